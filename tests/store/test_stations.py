"""Stations found by place, words and id; the same on SQLite and PostgreSQL."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from math import acos, cos, radians, sin
from typing import Any

import pytest
import sqlalchemy as sa

from finder.ocpi.types import Location
from finder.places import locate
from finder.stations.types import Gone, Moved, Station
from finder.store import stations
from finder.store.cells import EARTH_KM
from finder.store.database import writing
from finder.store.stations import Found, Search
from tests.store.country import NOW, evse, location, partner, write


def find(engine: sa.Engine, **search: Any) -> Found:
    with engine.connect() as connection:
        return stations.find(connection, Search(**{"limit": 10_000} | search))


def names(found: Found) -> list[str]:
    return [station.location.id for station in found.stations]


@contextmanager
def statements(connection: sa.Connection) -> Iterator[list[str]]:
    """What is sent to the database meanwhile, as the database itself has it where it tells."""
    sent: list[str] = []
    if isinstance(driver := connection.connection.driver_connection, sqlite3.Connection):
        driver.set_trace_callback(sent.append)
        yield sent
        driver.set_trace_callback(None)
        return
    sa.event.listen(connection, "before_cursor_execute", lambda *call: sent.append(call[2]))
    yield sent


# Places


def scattered() -> list[Location]:
    """Places all over the world, many of them where maps are difficult."""
    chance = random.Random(3)
    points = [(chance.uniform(-90, 90), chance.uniform(-180, 180)) for _ in range(300)]
    points += [(chance.uniform(-3, 3), (chance.uniform(178, 182) + 180) % 360 - 180) for _ in range(100)]
    points += [(sign * chance.uniform(88.5, 90), chance.uniform(-180, 180)) for sign in (1, -1) for _ in range(50)]
    points += [(58 + chance.gauss(0, 0.3), 12 + chance.gauss(0, 0.5)) for _ in range(300)]
    points += [(90, 0), (-90, 0), (0, 180), (0, -180), (0, 0.5)]
    return [location(str(n), *point) for n, point in enumerate(points)]


CENTRES = [
    (58, 12, 5),
    (58, 12, 40),
    (58, 12, 300),
    (0, 180, 50),
    (0, -180, 50),
    (0.5, 179.9, 200),
    (-1, -179.5, 120),
    (90, 0, 100),
    (89.5, 77, 100),
    (-90, 0, 60),
    (-89.2, -120, 150),
    (10, 20, 5_000),
    (0, 0, 20_100),
]


def apart(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Great-circle kilometres by the law of cosines."""
    a, b, c, d = map(radians, (*here, *there))
    return EARTH_KM * acos(max(-1.0, min(1.0, sin(a) * sin(c) + cos(a) * cos(c) * cos(d - b))))


def test_near_finds_what_looking_at_every_place_finds(engine: sa.Engine) -> None:
    places = scattered()
    write(engine, partner(engine), places)
    for latitude, longitude, radius in CENTRES:
        distances = {
            place.id: apart((latitude, longitude), (place.coordinates.latitude, place.coordinates.longitude))
            for place in places
        }
        found = find(engine, near=(latitude, longitude), radius_km=radius)

        assert set(names(found)) == {id for id, distance in distances.items() if distance <= radius}
        assert found.total == len(found.stations)
        assert list(found.kilometres) == sorted(found.kilometres)
        for id, kilometres in zip(names(found), found.kilometres, strict=True):
            assert kilometres == pytest.approx(distances[id], abs=0.3)


def test_a_box_finds_what_looking_at_every_place_finds(engine: sa.Engine) -> None:
    places = scattered()
    write(engine, partner(engine), places)
    boxes = [
        (11.5, 57.9, 12.5, 58.3),
        (11, 50, 13, 65),
        (179, -1, -179, 1),
        (178.5, -2, 180, 2),
        (-180, -2, -178.5, 2),
        (-180, 89, 180, 90),
        (-180, -90, 180, 90),
        (170, -90, -170, 90),
        (0, 0, 0, 0),
    ]
    for west, south, east, north in boxes:
        inside = {
            place.id
            for place in places
            if south <= place.coordinates.latitude <= north
            and (
                west <= place.coordinates.longitude <= east
                if west <= east
                else place.coordinates.longitude >= west or place.coordinates.longitude <= east
            )
        }
        assert set(names(find(engine, bbox=(west, south, east, north)))) == inside, (west, south, east, north)


def test_pages_of_a_search_neither_skip_nor_repeat(engine: sa.Engine) -> None:
    write(engine, partner(engine), [location(str(n), 58 + n / 1000, 12, name="Samma namn") for n in range(23)])
    for search in ({}, {"near": (58.0, 12.0)}, {"text": "samma"}):
        pages, after = [], None
        while True:
            found = find(engine, limit=5, after=after, **search)
            assert found.total == 23
            pages += names(found)
            after = found.next
            if after is None:
                break
        assert len(pages) == len(set(pages)) == 23
        assert [id for n in range(0, 23, 5) for id in names(find(engine, limit=5, offset=n, **search))] == pages


# Words


@pytest.fixture
def named(engine: sa.Engine) -> sa.Engine:
    write(
        engine,
        partner(engine),
        [
            location("1", name="Torp köpcentrum", address="Torpvägen 2", city="Uddevalla", postal_code="451 50"),
            location("2", name="Åre station", address="Årevägen 1", city="Åre", operator="Nordladd Öst AB"),
            location("3", name="Ærøskøbing havn", city="Ærøskøbing"),
            location("4", name="100 % grön", address="C++-gatan 7"),
            location("5", name='O\'Hara "Pub" (bar) -not'),
        ],
    )
    return engine


FOUND_BY = {
    "torp": {"1"},
    "TORP": {"1"},
    "köpcentrum": {"1"},
    "kopcentrum": {"1"},
    "kopc": {"1"},
    "uddevalla torp": {"1"},
    "torp åre": set(),
    "åre": {"2"},
    "are": {"2"},
    "Åre Öst": {"2"},
    "ærøsk": {"3"},
    "aerosk": {"3"},
    "45150": set(),
    "451 50": {"1"},
    "o'hara": {"5"},
    "pub": {"5"},
    "centrum": set(),
    "gr": {"4"},
}


def test_words_are_found_folded_and_by_their_beginning(named: sa.Engine) -> None:
    assert {text: set(names(find(named, text=text))) for text in FOUND_BY} == FOUND_BY


HOSTILE = (
    "",
    "   ",
    "%",
    "_",
    "*",
    '"',
    "'",
    "\\",
    "\x00",
    "torp\x00",
    "a" * 10_000,
    "a " * 10_000,
    "NEAR(a b)",
    "text:torp",
    "torp OR",
    "AND",
    "NOT torp",
    "-torp",
    "^torp",
    "torp)",
    '"torp',
    "torp & !x",
    "a:*|b",
    "'; DROP TABLE stations;--",
    "\ud83d",
    "😀",
    "\u202e",
    "ß",
    "(((((",
    "{}[]",
)


def test_no_text_breaks_the_search(named: sa.Engine) -> None:
    for text in HOSTILE:
        assert find(named, text=text).total <= 5
    assert find(named).total == 5


def test_words_of_a_query_language_are_just_words(named: sa.Engine) -> None:
    assert names(find(named, text="bar not")) == ["5"]
    assert names(find(named, text="torp or")) == []


# Counting


def test_an_area_holds_what_lies_in_it_and_below(engine: sa.Engine) -> None:
    pk = partner(engine)
    uddevalla, are = locate(58.35, 11.94, "SWE"), locate(63.4, 13.08, "SWE")
    assert uddevalla
    assert are
    write(engine, pk, [location("1", 58.35, 11.94), location("2")], area=uddevalla)
    write(engine, pk, [location("3", 63.4, 13.08)], area=are)
    assert find(engine, area=uddevalla).total == 2
    assert find(engine, area="SE").total == 3


def totals(engine: sa.Engine) -> stations.Totals:
    with engine.connect() as connection:
        return stations.totals(connection, NOW)


def test_an_empty_database_counts_nothing(engine: sa.Engine) -> None:
    assert totals(engine) == stations.Totals(0, 0, 0, 0)


def test_totals_count_what_is_free_and_what_is_known(engine: sa.Engine) -> None:
    held = [evse("1"), evse("2", "CHARGING"), evse("3", "UNKNOWN"), evse("4", "OUTOFORDER")]
    write(engine, partner(engine), [location("A", 58, 11, *held)])

    assert totals(engine) == stations.Totals(stations=1, evses=4, available=1, known=3)


def test_an_evse_of_two_partners_counts_once_by_its_newest_word(engine: sa.Engine) -> None:
    write(engine, partner(engine, "nord"), [location("A", 58, 11, evse("1", "AVAILABLE", NOW - timedelta(minutes=9)))])
    write(engine, partner(engine, "syd"), [location("X", 58, 11, evse("1", "CHARGING"))], station=1)

    assert totals(engine) == stations.Totals(stations=1, evses=1, available=0, known=1)


@pytest.mark.parametrize("order", [("nord", "syd"), ("syd", "nord")])
def test_a_word_with_a_time_is_newer_than_one_without(engine: sa.Engine, order: tuple[str, str]) -> None:
    said = {"nord": evse("1", "AVAILABLE", NOW), "syd": evse("1", "CHARGING", None)}
    for number, slug in enumerate(order):
        write(engine, partner(engine, slug), [location(slug, 58, 11, said[slug])], station=1 if number else None)

    assert (totals(engine).available, totals(engine).known) == (1, 1)
    with engine.connect() as connection:
        (station,) = stations.find(connection, Search()).stations
    assert [held.evse.status for held in station.evses] == ["AVAILABLE"]


def test_a_partner_that_was_not_pulled_for_long_says_nothing(engine: sa.Engine) -> None:
    write(engine, partner(engine, "nord", pulled=NOW - timedelta(minutes=16)), [location("A", 58, 11, evse("1"))])
    write(engine, partner(engine, "syd", pulled=NOW - timedelta(minutes=14)), [location("X", 58, 12, evse("2"))])

    assert totals(engine) == stations.Totals(stations=2, evses=2, available=1, known=1)


# One station


def test_a_station_is_one_query_and_its_tariffs_another(engine: sa.Engine) -> None:
    write(engine, partner(engine, "nord"), [location("A", 58, 11, evse("1"), evse("2"))])
    write(engine, partner(engine, "syd"), [location("X", 58, 11, evse("1"))], station=1)
    (id,) = [station.id for station in find(engine).stations]
    with engine.connect() as connection, statements(connection) as sent:
        station = stations.by_id(connection, id)

    assert isinstance(station, Station)
    assert (len(station.evses), len(station.origins)) == (2, 2)
    assert len([statement for statement in sent if not statement.startswith("BEGIN")]) == 1


def test_a_page_of_a_list_is_three_queries_however_long(engine: sa.Engine) -> None:
    write(engine, partner(engine), [location(str(n), 58 + n / 1000, 12) for n in range(50)])
    with engine.connect() as connection, statements(connection) as sent:
        found = stations.find(connection, Search(limit=50))

    assert len(found.stations) == 50
    assert len([statement for statement in sent if not statement.startswith("BEGIN")]) == 3


def test_an_unknown_id_is_none_and_a_hostile_one_too(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert stations.by_id(connection, "nope") is None
        assert stations.by_id(connection, "' OR 1=1 --") is None


def test_a_merged_stations_id_leads_to_the_other_and_no_further(engine: sa.Engine) -> None:
    write(engine, partner(engine), [location(str(n)) for n in range(3)])
    ids = {station.location.id: station.id for station in find(engine).stations}
    with writing(engine) as connection:
        rows = stations.rows(connection, [1, 2, 3])
        connection.execute(sa.text("UPDATE locations SET station_pk = 3"))
        stations.merge_into(connection, rows[1], rows[2].id)
        stations.merge_into(connection, rows[2], rows[3].id)
    with engine.connect() as connection:
        assert stations.by_id(connection, ids["0"]) == Moved(id=ids["2"])
        assert stations.by_id(connection, ids["1"]) == Moved(id=ids["2"])
        assert isinstance(stations.by_id(connection, ids["2"]), Station)


def test_a_gone_station_answers_and_is_found_nowhere(engine: sa.Engine) -> None:
    write(engine, partner(engine), [location("A", name="Torp")])
    with writing(engine) as connection:
        row = stations.rows(connection, [1])[1]
        stations.save(connection, [row._replace(cell=None, text=None, gone_at=5_000, gone_reason="stängd")], [row.pk])
        connection.execute(sa.text("DELETE FROM statuses"))
        connection.execute(sa.text("DELETE FROM locations"))
    with engine.connect() as connection:
        gone = stations.by_id(connection, row.id)

    assert isinstance(gone, Gone)
    assert (gone.name, gone.reason) == ("Torp", "stängd")
    assert find(engine).total == find(engine, text="torp").total == 0
    assert totals(engine).stations == 0


def test_names_in_other_letters_are_found_too(engine: sa.Engine) -> None:
    write(
        engine,
        partner(engine),
        [location("1", 55.7, 37.6, name="Тверская улица"), location("2", 37.9, 23.7, name="Πλατεία")],
    )
    for text in ("тверск", "ТВЕРСКАЯ УЛИЦА"):
        assert names(find(engine, text=text)) == ["1"]
    assert names(find(engine, text="πλατεια")) == ["2"]
