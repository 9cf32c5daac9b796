"""The tree of areas: complete for Sweden, and every area has one address."""

import re

import pytest

from finder.places import area, areas, by_path, by_word, children, neighbours, path, word


def test_sweden_has_21_counties_and_290_municipalities() -> None:
    counties = children("SE")
    assert len(counties) == 21
    assert sum(len(children(county.code)) for county in counties) == 290
    assert {place.kind for place in counties} == {"region"}


def test_every_municipality_lies_in_a_county_of_its_number() -> None:
    of_county = {county.code: {kommun.code[3:5] for kommun in children(county.code)} for county in children("SE")}
    assert all(len(numbers) == 1 for code, numbers in of_county.items() if code not in {"SE-M", "SE-O"})
    assert of_county["SE-M"] == {"12"}
    assert of_county["SE-O"] == {"14"}
    assert area("SE-1280").parent == "SE-M"


def test_every_area_has_a_name_a_centre_and_a_country() -> None:
    for place in areas():
        assert place.name_sv
        assert place.name_en
        assert len(place.country) == 2
        assert -90 <= place.latitude <= 90
        assert -180 <= place.longitude <= 180
        assert place.parent is None or area(place.parent).country == place.country


def test_swedish_municipalities_have_a_centre_in_sweden() -> None:
    assert all(55.3 < k.latitude < 69.1 and 10.9 < k.longitude < 24.2 for c in children("SE") for k in children(c.code))


def test_slugs_are_lower_case_ascii_and_one_address_means_one_area() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", place.slug) for place in areas())
    addresses = [path(place.code) for place in areas()]
    assert len(addresses) == len(set(addresses))


def test_every_area_is_found_by_its_address() -> None:
    for place in areas():
        assert by_path(*path(place.code)) is place


def test_an_unknown_address_is_no_area() -> None:
    assert by_path("malmo") is None
    assert by_path("skane-lan", "oslo") is None


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        area("SE-9999")


@pytest.mark.parametrize(
    ("code", "swedish", "english", "address"),
    [
        ("SE-M", "Skåne län", "Skåne County", ("skane-lan", None)),
        ("SE-1280", "Malmö", "Malmö", ("skane-lan", "malmo")),
        ("SE-1480", "Göteborg", "Gothenburg", ("vastra-gotalands-lan", "goteborg")),
        ("SE-0114", "Upplands Väsby", "Upplands Väsby", ("stockholms-lan", "upplands-vasby")),
        ("SE", "Sverige", "Sweden", ("sverige", None)),
        ("NO", "Norge", "Norway", ("norge", None)),
        ("NL", "Nederländerna", "Netherlands", ("nederlanderna", None)),
        ("NO-0301", "Oslo", "Oslo", ("norge", "oslo")),
        ("DK-101", "Köpenhamn", "Copenhagen", ("danmark", "kopenhamn")),
        ("FI-18", "Nyland", "Uusimaa", ("finland", "nyland")),
        ("FI-01", "Åland", "Åland Islands", ("finland", "aland")),
        ("DE-BY", "Bayern", "Bavaria", ("tyskland", "bayern")),
        ("NL-0518", "Haag", "The Hague", ("nederlanderna", "haag")),
        ("GB-GLA", "London", "London", ("storbritannien", "london")),
    ],
)
def test_names_and_addresses(code: str, swedish: str, english: str, address: tuple[str, str | None]) -> None:
    place = area(code)
    assert (place.name_sv, place.name_en, path(code)) == (swedish, english, address)


def test_neighbours_are_the_nearest_of_the_same_kind() -> None:
    assert [place.name_sv for place in neighbours("SE-1280", 3)] == ["Burlöv", "Lomma", "Staffanstorp"]
    assert {place.kind for place in neighbours("SE-M", 5)} == {"region"}
    assert "SE-1280" not in {place.code for place in neighbours("SE-1280", 300)}
    assert all(place.kind == "country" for place in neighbours("NO", 4))


def test_each_area_has_one_word_of_its_own() -> None:
    words = {word(place.code) for place in areas()}
    assert len(words) == len(areas())
    assert all(by_word(word(place.code)) == place for place in areas())


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("SE-1485", "uddevalla"),
        ("SE-1281", "lund"),
        ("NO-1112", "lund-norge"),
        ("SE-0643", "habo-jonkopings-lan"),
        ("SE-0305", "habo-uppsala-lan"),
    ],
)
def test_a_word_is_the_slug_unless_another_has_it(code: str, said: str) -> None:
    assert word(code) == said


def test_a_word_that_nothing_is_called_leads_nowhere() -> None:
    assert by_word("habo") is None
