"""What lists are counted by; the same on SQLite and PostgreSQL."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from finder.places import locate
from finder.stations.traits import Wanted
from finder.store import listed
from finder.store.database import writing
from finder.store.listed import Choice, Live
from finder.store.schema import stations, status_changes, watches
from finder.store.times import millis
from finder.tariffs.charge import Charge
from tests.store.country import NOW, evse, location, partner, write

UDDEVALLA, ARE = locate(58.35, 11.94, "SWE") or "", locate(63.4, 13.08, "SWE") or ""


@pytest.fixture
def told(engine: sa.Engine) -> sa.Engine:
    """Two operators in Uddevalla, one of them in Åre too."""
    first, second = partner(engine), partner(engine, "syd")
    write(
        engine,
        first,
        [location("1", 58.35, 11.94, evse("1"), evse("2", "CHARGING"), operator="Nordladd"), location("2")],
        area=UDDEVALLA,
    )
    write(
        engine,
        second,
        [location("3", 58.36, 11.95, operator="NORDLADD"), location("4", operator="Tallmo")],
        area=UDDEVALLA,
    )
    write(engine, first, [location("5", 63.4, 13.08, operator="Nordladd")], area=ARE)
    return engine


def census(engine: sa.Engine, now: datetime = NOW) -> listed.Census:
    with engine.connect() as connection:
        return listed.census(connection, now)


def heard(engine: sa.Engine, partner_pk: int, since: datetime) -> None:
    with writing(engine) as connection:
        connection.execute(watches.insert().values(partner_pk=partner_pk, since=millis(since), until=millis(NOW)))


def test_stations_are_counted_by_place_operator_and_plug(told: sa.Engine) -> None:
    found = census(told)
    assert {code: (count.stations, count.evses) for code, count in found.areas.items()} == {
        UDDEVALLA: (4, 5),
        ARE: (1, 1),
    }
    assert {slug: count.stations for slug, count in found.operators.items()} == {"nordladd": 3, "tallmo": 1}
    assert {code: count.evses for code, count in found.pairs["nordladd"].items()} == {UDDEVALLA: 3, ARE: 1}
    assert found.plugs["IEC_62196_T2_COMBO"][UDDEVALLA].stations == 4
    assert found.plug_operators["IEC_62196_T2_COMBO"]["tallmo"].stations == 1
    assert (found.fast[ARE].stations, found.areas[ARE].classes, found.areas[ARE].max_power_kw) == (1, (0, 0, 1), 150)
    assert found.total == 5


def test_an_operator_is_called_as_one_of_its_stations_spells_it(told: sa.Engine) -> None:
    assert census(told).names == {"nordladd": "Nordladd", "tallmo": "Tallmo"}


def test_of_what_is_gone_only_when_it_went_counts(told: sa.Engine) -> None:
    later = millis(NOW) + 5_000
    with writing(told) as connection:
        connection.execute(stations.update().where(stations.c.operator == "tallmo").values(gone_at=later))
    found = census(told)
    assert "tallmo" not in found.operators
    assert (found.areas[UDDEVALLA].stations, found.areas[UDDEVALLA].changed_at) == (3, later)


def test_nothing_is_new_of_a_partners_first_hour_or_of_long_ago(told: sa.Engine) -> None:
    for partner_pk in (1, 2):
        heard(told, partner_pk, NOW - timedelta(minutes=59))
    assert census(told).new == {}
    assert census(told, NOW + timedelta(days=100)).new == {}


def test_what_comes_later_is_new_the_newest_first(told: sa.Engine) -> None:
    heard(told, 1, NOW - timedelta(days=1))
    heard(told, 2, NOW)
    found = census(told)
    assert [each.pk for each in found.new[UDDEVALLA]] == [2, 1]
    assert [each.pk for each in found.new_of["nordladd"]] == [5, 1]
    assert found.since == NOW


def test_a_station_that_two_tell_of_is_not_new_where_one_had_it_from_its_beginning(told: sa.Engine) -> None:
    heard(told, 1, NOW - timedelta(days=1))
    heard(told, 2, NOW)
    write(told, 2, [location("5b", 63.4, 13.08)], station=5)
    assert ARE not in census(told).new


def test_a_list_is_chosen_by_columns_in_the_order_of_names(told: sa.Engine) -> None:
    with told.connect() as connection:
        here = listed.members(connection, Choice((UDDEVALLA,)), 10)
        assert [each.pk for each in here] == [1, 2, 3, 4]
        assert [each.pk for each in listed.members(connection, Choice((UDDEVALLA,)), 2, 2)] == [3, 4]
        assert [each.pk for each in listed.members(connection, Choice((UDDEVALLA, ARE), "nordladd"), 10)] == [1, 3, 5]
        fast = listed.fast_sets(connection)
        assert fast == listed.sets_with(connection, "IEC_62196_T2_COMBO")
        assert len(listed.members(connection, Choice((UDDEVALLA,), plugs=fast), 10)) == 4
        assert listed.members(connection, Choice((UDDEVALLA,), plugs=()), 10) == []


def test_what_is_free_is_counted_while_the_partners_word_holds(told: sa.Engine) -> None:
    with told.connect() as connection:
        assert listed.live(connection, [1, 2], NOW) == Live(2, 3, 3)
        assert listed.live(connection, [1, 2], NOW + timedelta(minutes=16)) == Live(0, 0, 3)


def test_a_point_that_two_tell_of_counts_once_with_the_newest_word(told: sa.Engine) -> None:
    newer = evse("2", "AVAILABLE", NOW + timedelta(seconds=5))
    write(told, 2, [location("1b", 58.35, 11.94, newer)], station=1)
    with told.connect() as connection:
        assert listed.live(connection, [1], NOW) == Live(2, 2, 2)


def test_a_price_is_told_for_each_station_in_order(told: sa.Engine) -> None:
    with told.connect() as connection:
        found = listed.prices(connection, [3, 1], Charge(), NOW, Wanted(min_power_kw=50))
    assert [[price.quote.reason for price in each] for each in found] == [["no_tariff"], ["no_tariff"]]


def test_charges_begin_where_a_free_point_is_taken(told: sa.Engine) -> None:
    free, busy, broken = 1, 2, 3
    hour = NOW - timedelta(hours=3)
    rows = [(1, minute, free, busy) for minute in (0, 20, 59)] + [(1, 70, free, busy), (1, 80, broken, busy)]
    with writing(told) as connection:
        for location_pk, minute, was, became in [*rows, (5, 10, free, busy)]:
            at = millis(hour + timedelta(minutes=minute))
            values = {"location_pk": location_pk, "at": at, "evse": 1, "was": was, "became": became}
            connection.execute(status_changes.insert().values(**values))
    with told.connect() as connection:
        found = listed.starts(connection, [1, 2], NOW - timedelta(days=1))
        assert dict(found) == {hour: 3, hour + timedelta(hours=1): 1}
        assert listed.starts(connection, [1], NOW) == ()
