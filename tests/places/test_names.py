"""Places are found by name, typed as people type them."""

import pytest

from finder.places import find
from finder.places.fold import fold


@pytest.mark.parametrize(
    ("text", "name", "area"),
    [
        ("Malmö", "Malmö", "SE-1280"),
        ("malmo", "Malmö", "SE-1280"),
        ("MALMØ", "Malmö", "SE-1280"),
        ("  malmö ", "Malmö", "SE-1280"),
        ("goteborg", "Göteborg", "SE-1480"),
        ("Gothenburg", "Göteborg", "SE-1480"),
        ("göte", "Göteborg", "SE-1480"),
        ("Åre", "Åre", "SE-2321"),
        ("are", "Åre", "SE-2321"),
        ("lund", "Lund", "SE-1281"),
        ("lun", "Lund", "SE-1281"),
        ("orebro", "Örebro", "SE-1880"),
        ("sto", "Stockholm", "SE-0180"),
        ("uppsala", "Uppsala", "SE-0380"),
        ("uppsala lan", "Uppsala län", "SE-C"),
        ("skåne", "Skåne län", "SE-M"),
        ("Skåne County", "Skåne län", "SE-M"),
        ("malmö kommun", "Malmö", "SE-1280"),
        ("dals-ed", "Dals-Ed", "SE-1438"),
        ("dals ed", "Dals-Ed", "SE-1438"),
        ("sälen", "Sälen", "SE-2023"),
        ("Copenhagen", "Köpenhamn", "DK-101"),
        ("Köpenhamn", "Köpenhamn", "DK-101"),
        ("København", "Köpenhamn", "DK-101"),
        ("kobenhavn", "Köpenhamn", "DK-101"),
        ("Helsingfors", "Helsingfors", "FI-18"),
        ("Helsinki", "Helsingfors", "FI-18"),
        ("Åbo", "Åbo", "FI-19"),
        ("Tammerfors", "Tammerfors", "FI-11"),
        ("Oslo", "Oslo", "NO-0301"),
        ("tromso", "Tromsø", "NO-5501"),
        ("Amsterdam", "Amsterdam", "NL-0363"),
        ("den haag", "Haag", "NL-0518"),
        ("Wien", "Wien", "AT-9"),
        ("Vienna", "Wien", "AT-9"),
        ("münchen", "München", "DE-BY"),
        ("munich", "München", "DE-BY"),
        ("Norge", "Norge", "NO"),
        ("Germany", "Tyskland", "DE"),
        ("stockhlm", "Stockholm", "SE-0180"),
        ("gotebrog", "Göteborg", "SE-1480"),
        ("linkopping", "Linköping", "SE-0580"),
        ("vasteraas", "Västerås", "SE-1980"),
    ],
)
def test_the_right_place_comes_first(text: str, name: str, area: str) -> None:
    found = find(text)
    assert found
    assert (found[0].name_sv, found[0].area) == (name, area)


def test_a_place_has_its_swedish_and_its_english_name() -> None:
    assert (find("Köpenhamn")[0].name_en, find("Göteborg")[0].name_en) == ("Copenhagen", "Gothenburg")


def test_rings_that_were_typed_come_first() -> None:
    first = [place.name_sv[0] for place in find("örk", 8)]
    assert first[0] == "Ö"
    assert first == sorted(first, key=lambda letter: letter != "Ö")


def test_a_place_is_listed_once() -> None:
    found = find("köpenhamn", 8)
    assert len(found) == len(set(found))


def test_no_more_than_the_limit() -> None:
    assert len(find("a", 3)) == 3
    assert not find("a", 0)


@pytest.mark.parametrize("text", ["", "  ", "-", "?*%", "zzzzqqqq", "x" * 10_000, "\0", "ﬁ", "'; DROP TABLE"])
def test_odd_texts_find_nothing_and_break_nothing(text: str) -> None:
    assert len(find(text)) <= 8


def test_folding_is_the_same_for_every_spelling() -> None:
    assert fold("Åre") == fold("ÅRE") == fold("A\u030are") == "are"
    assert fold("Saint-Étienne") == "saint etienne"
    assert fold("Tromsø") == "tromso"
    assert fold("Straße") == "strasse"
    assert fold("İzmir") == "izmir"
