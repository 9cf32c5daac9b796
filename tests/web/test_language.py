from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask, url_for

from finder.web import language as lang

NOW = datetime(2026, 11, 20, 13, 32, 10, tzinfo=UTC)  # Friday 14:32 in Stockholm


@pytest.mark.parametrize(
    ("path", "code"),
    [("/sv/", "sv"), ("/en/search", "en"), ("/en", "en"), ("/", "sv"), ("/de/", "sv"), ("/english/", "sv")],
)
def test_the_first_word_of_the_address_is_the_language(path: str, code: str) -> None:
    assert lang.language_of(path) == code


@pytest.mark.parametrize(
    ("path", "swedish"),
    [
        ("/", "/sv/"),
        ("/search", "/sv/sok"),
        ("/stations/<first>/", "/sv/laddstationer/<first>/"),
        ("/station/<slug>-<id>/", "/sv/laddstation/<slug>-<id>/"),
        ("/about-data/", "/sv/om-data/"),
    ],
)
def test_a_path_is_spelt_in_each_language(path: str, swedish: str) -> None:
    assert lang.in_language(path, "sv") == swedish
    assert lang.in_language(path, "en") == f"/en{path}"


@pytest.mark.parametrize(
    ("value", "digits", "swedish", "english"),
    [(22846, 0, "22\u00a0846", "22,846"), (4.9, 2, "4,90", "4.90"), (Decimal("0.005"), 3, "0,005", "0.005")],
)
def test_numbers(value: float, digits: int, swedish: str, english: str) -> None:
    with lang.speaking("sv"):
        assert lang.number(value, digits) == swedish
    with lang.speaking("en"):
        assert lang.number(value, digits) == english


@pytest.mark.parametrize(
    ("kw", "said"),
    [
        (300.0, "300\u00a0kW"),
        (22.08, "22,1\u00a0kW"),
        (11.04, "11\u00a0kW"),
        (3.7, "3,7\u00a0kW"),
        (149.6, "150\u00a0kW"),
    ],
)
def test_power(kw: float, said: str) -> None:
    with lang.speaking("sv"):
        assert lang.kilowatts(kw) == said


@pytest.mark.parametrize(
    ("kilometres", "said"),
    [(0.0, "10\u00a0m"), (0.084, "80\u00a0m"), (0.2, "0,2\u00a0km"), (13.94, "13,9\u00a0km"), (140.4, "140\u00a0km")],
)
def test_distances(kilometres: float, said: str) -> None:
    with lang.speaking("sv"):
        assert lang.distance(kilometres) == said


@pytest.mark.parametrize(
    ("before", "swedish", "english"),
    [
        (timedelta(minutes=27), "14:05", "14:05"),
        (timedelta(hours=20), "i går 18:32", "yesterday 18:32"),
        (timedelta(days=2), "18\u00a0nov", "18\u00a0Nov"),
        (timedelta(days=400), "16\u00a0okt 2025", "16\u00a0Oct 2025"),
    ],
)
def test_a_moment_is_told_as_shortly_as_it_is_clear(before: timedelta, swedish: str, english: str) -> None:
    with lang.speaking("sv"):
        assert lang.when(NOW - before, NOW) == swedish
    with lang.speaking("en"):
        assert lang.when(NOW - before, NOW) == english


def test_age_is_told_in_seconds_only_while_it_is_short() -> None:
    with lang.speaking("sv"):
        assert lang.age(NOW - timedelta(seconds=40), NOW) == "14:31, för 40 sekunder sedan"
        assert lang.age(NOW - timedelta(minutes=27), NOW) == "14:05"


def test_the_clock_has_twenty_four_hours_in_both_languages() -> None:
    for code in lang.LANGUAGES:
        with lang.speaking(code):
            assert lang.clock(NOW) == "14:32"


def test_days() -> None:
    with lang.speaking("sv"):
        assert lang.day(NOW) == "20\u00a0november 2026"
    with lang.speaking("en"):
        assert lang.day(NOW) == "20\u00a0November 2026"


def test_swedish_letters_sort_after_z() -> None:
    names = ["Östersund", "Arvika", "Åre", "Ystad", "Älvkarleby", "Ørsta"]
    with lang.speaking("sv"):
        assert sorted(names, key=lang.alphabetical) == ["Arvika", "Ystad", "Åre", "Älvkarleby", "Ørsta", "Östersund"]
    with lang.speaking("en"):
        assert sorted(names, key=lang.alphabetical) == ["Älvkarleby", "Åre", "Arvika", "Ørsta", "Östersund", "Ystad"]


@pytest.mark.parametrize(
    ("text", "tied"),
    [
        ("minst 50 kW", "minst 50\u00a0kW"),
        ("within 10 km, nearest", "within 10\u00a0km, nearest"),
        ("%(power)s kW", "%(power)s\u00a0kW"),
        ("%(share)d %%", "%(share)d\u00a0%%"),
        ("4 metres", "4 metres"),
        ("50 kWh", "50\u00a0kWh"),
    ],
)
def test_a_unit_stays_with_its_number(text: str, tied: str) -> None:
    assert lang.tie(text) == tied


def test_words_are_listed_as_people_do() -> None:
    with lang.speaking("sv"):
        assert lang.listed(["a", "b", "c"]) == "a, b och c"
        assert lang.listed(["a"]) == "a"
        assert lang.listed([]) == ""


def test_plurals() -> None:
    with lang.speaking("sv"):
        assert lang.ngettext("%(num)s place", "%(num)s places", 1) == "1 plats"
        assert lang.ngettext("%(num)s place", "%(num)s places", 1200) == "1\u00a0200 platser"


@pytest.mark.parametrize("slug", ["torp-kopcentrum", "å b", "a?b", "50%"])
def test_a_path_is_the_one_that_flask_makes(app: Flask, slug: str) -> None:
    with app.test_request_context("/sv/"):
        assert lang.path_to("station.show", slug=slug, id="x") == url_for("station.show", slug=slug, id="x")
