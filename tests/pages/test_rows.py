from datetime import timedelta

import pytest
from flask import Flask

from finder.pages import rows
from finder.stations.summary import Counts
from finder.web.language import speaking
from tests.stations.make import NOW, ccs, evse, location, station, type2


@pytest.mark.parametrize(
    ("counts", "kind", "words"),
    [
        (Counts(available=3, busy=3), "free", "3 av 6 lediga"),
        (Counts(available=1, busy=1), "free", "1 av 2 ledig"),
        (Counts(available=1), "free", "Ledig"),
        (Counts(busy=4), "busy", "Alla 4 upptagna"),
        (Counts(busy=1), "busy", "Upptagen"),
        (Counts(busy=2, broken=1), "busy", "2 upptagna, 1 ur funktion"),
        (Counts(broken=1), "broken", "Ur funktion"),
        (Counts(broken=3), "broken", "Alla 3 ur funktion"),
        (Counts(available=2, busy=2, unknown=2), "free", "2 av 4 lediga, 2 okända"),
        (Counts(unknown=6), "unknown", "Ingen live-status"),
        (Counts(planned=2), "unknown", "Öppnar snart"),
    ],
)
def test_status_in_words_counts_only_what_is_known(counts: Counts, kind: str, words: str) -> None:
    with speaking("sv"):
        assert rows.state(counts, None, NOW) == rows.State(kind, words)  # type: ignore[arg-type]


def test_a_status_that_was_lost_says_since_when() -> None:
    with speaking("sv"):
        assert rows.state(Counts(unknown=6), NOW - timedelta(minutes=27), NOW).words == "Okänt sedan 14:05"


def test_a_row_says_power_plugs_distance_and_operator(app: Flask) -> None:
    with app.test_request_context("/sv/"), speaking("sv"):
        row = rows.row(station(evse("AVAILABLE", ccs(300), type2(22))), NOW, 7.52)
    assert row.url == "/sv/laddstation/torp-kopcentrum-uddevalla-k7m2xq/"
    assert [f"{fact.strong} {fact.text}".strip() for fact in row.facts] == [
        "300\u00a0kW CCS, Typ 2",
        "7,5\u00a0km",
        "Västan Laddning",
    ]


def test_power_that_is_not_known_is_not_said(app: Flask) -> None:
    with app.test_request_context("/sv/"), speaking("sv"):
        row = rows.row(station(evse("AVAILABLE", ccs(None))), NOW)
    assert [fact.strong for fact in row.facts] == ["", "", ""]
    assert [fact.text for fact in row.facts] == ["CCS", "Uddevalla", "Västan Laddning"]


@pytest.mark.parametrize(
    ("facts", "called"),
    [
        ({}, "Torp köpcentrum"),
        ({"name": None}, "Torpvägen 2"),
        ({"name": None, "address": None}, "Laddstation i Uddevalla"),
        ({"name": None, "address": None, "city": None}, "Laddstation"),
    ],
)
def test_a_place_is_called_by_the_best_that_is_known(facts: dict[str, None], called: str) -> None:
    with speaking("sv"):
        assert rows.name(location(**facts)) == called


def test_the_words_of_an_address_do_not_repeat_the_town_and_are_an_id_at_worst() -> None:
    assert rows.slug_of(location(name="Uddevalla centrum")) == "uddevalla-centrum"
    assert rows.slug_of(location()) == "torp-kopcentrum-uddevalla"
    assert rows.slug_of(location(name=None, address=None, city=None)) == "l1"


def test_a_time_zone_that_is_no_zone_is_read_as_ours() -> None:
    assert rows.zone(location(time_zone="Mars/Olympus")) == rows.zone(location(time_zone="Europe/Stockholm"))


def test_licences_are_written_as_people_do() -> None:
    assert rows.licence("CC-BY-4.0") == "CC BY 4.0"
    assert rows.licence("dl-de/by-2-0") == "dl-de/by-2-0"
