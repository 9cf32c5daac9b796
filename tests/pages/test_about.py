from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from finder.pages.about import build, licence_link
from finder.store.partners import PartnerState
from finder.web.language import speaking
from tests.pages import read

NOW = datetime(2026, 11, 20, 13, 32, tzinfo=UTC)


def state(**more: Any) -> PartnerState:
    return PartnerState(
        **{
            "slug": "tallmo",
            "name": "Tallmo",
            "licence": None,
            "version": "2.2.1",
            "last_attempt": NOW,
            "last_success": NOW,
            "outcome": "ok",
            "reason": None,
            "locations": 2,
            "stations": 2,
            "evses": 4,
            "tariffs": 0,
            "rejected": (),
            "interval": 300.0,
        }
        | more
    )


def test_every_source_is_named_with_licence_version_and_freshness(client: FlaskClient) -> None:
    row = read.text(read.page(client.get("/sv/om-data/")).select_one("li.row"))
    assert row.startswith("Nordladd 274 uttag Svarade ")
    assert row.endswith("137 laddstationer · 1 avvisad · OCPI 2.2.1 · CC BY 4.0")


def test_the_reasons_of_what_was_refused_are_told_in_the_readers_language(client: FlaskClient) -> None:
    swedish = read.text(read.page(client.get("/sv/om-data/")).select_one("details"))
    english = read.text(read.page(client.get("/en/about-data/")).select_one("details"))
    assert swedish.startswith("Varför 1 objekt avvisades 1 objekt ingen latitud och longitud")
    assert english.startswith("Why 1 charging station was refused 1 object no latitude and longitude")


def test_a_reason_without_swedish_words_says_that_it_is_english(app: Flask) -> None:
    with app.test_request_context("/sv/"), speaking("sv"):
        page = build((state(rejected=(("Expected `str`, got `int`", 2),)),), NOW)
    assert [(reason.count, reason.language) for reason in page.rejected] == [("2 objekt", "en")]


def test_a_silent_source_is_unknown_since_its_last_answer(app: Flask) -> None:
    silent = state(last_success=NOW - timedelta(minutes=27))
    with app.test_request_context("/sv/"), speaking("sv"):
        page = build((silent, state(name="Nordladd", licence="CC0-1.0")), NOW)
    assert (page.sources_figure, page.heard_figure) == ("2", "1 av 2")
    assert page.checked == "Kontrollerat 14:32. Tallmo har inte svarat sedan 14:05; deras status visas som okänd."
    assert [(source.name, source.answered, bool(source.silent)) for source in page.sources] == [
        ("Tallmo", "Tyst sedan 14:05", True),
        ("Nordladd", "Svarade 14:32", False),
    ]
    assert page.sources[0].facts.endswith("licens saknas, delas inte vidare")


def test_a_slow_source_is_not_silent_before_two_of_its_intervals(app: Flask) -> None:
    slow = state(last_success=NOW - timedelta(hours=1), interval=3600.0)
    with app.test_request_context("/sv/"), speaking("sv"):
        assert build((slow,), NOW).heard_figure == "1 av 1"


def test_no_source_at_all_is_said(app: Flask) -> None:
    with app.test_request_context("/sv/"), speaking("sv"):
        assert build((), NOW).sources == ()


@pytest.mark.parametrize(
    ("code", "link"),
    [
        ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC-BY-NC-SA-3.0", "https://creativecommons.org/licenses/by-nc-sa/3.0/"),
        ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("https://nordladd.example/terms", "https://nordladd.example/terms"),
        ("our terms", {"@type": "CreativeWork", "name": "our terms"}),
    ],
)
def test_a_licence_is_told_to_programs_by_its_address_where_that_is_known(code: str, link: object) -> None:
    assert licence_link(code) == link
