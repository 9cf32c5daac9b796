from datetime import timedelta

import pytest
import sqlalchemy as sa

from finder.store import addresses
from finder.store.addresses import PART, Mark
from finder.store.times import millis
from tests.store.country import NOW, location, partner, write


@pytest.fixture
def three(engine: sa.Engine) -> sa.Engine:
    """One station stands in the second part."""
    write(
        engine,
        partner(engine),
        [location("A", city="Åre"), location("B", name=None, address="Storgatan 2"), location("C")],
    )
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE locations SET station_pk = NULL WHERE pk = 3"))
        connection.execute(sa.text("UPDATE stations SET pk = :pk WHERE pk = 3"), {"pk": PART + 1})
    return engine


def test_a_part_holds_a_span_of_stations_with_the_words_of_their_addresses(three: sa.Engine) -> None:
    with three.connect() as connection:
        assert [(each.pk, each.slug) for each in addresses.of_part(connection, 1)] == [
            (1, "plats-a-are"),
            (2, "storgatan-2"),
        ]
        assert [each.slug for each in addresses.of_part(connection, 2)] == ["plats-c"]
        assert addresses.of_part(connection, 3) == []


def test_parts_are_counted_and_say_when_they_changed(three: sa.Engine) -> None:
    later = millis(NOW + timedelta(hours=1))
    with three.begin() as connection:
        connection.execute(sa.text("UPDATE stations SET gone_at = :at WHERE pk = 2"), {"at": later})
    with three.connect() as connection:
        assert addresses.parts(connection) == ((1, 1, later), (2, 1, millis(NOW)))


def test_a_part_whose_stations_are_all_gone_is_none(three: sa.Engine) -> None:
    with three.begin() as connection:
        connection.execute(sa.text("UPDATE stations SET gone_at = changed_at WHERE pk <= 2"))
    with three.connect() as connection:
        assert [part.number for part in addresses.parts(connection)] == [2]
        assert addresses.of_part(connection, 1) == []


def test_changes_come_oldest_first_and_none_twice(three: sa.Engine) -> None:
    at = millis(NOW)
    with three.begin() as connection:
        connection.execute(sa.text("UPDATE stations SET changed_at = changed_at + 5 WHERE pk = 1"))
    with three.connect() as connection:
        first = addresses.changes(connection, Mark(at - 1), at + 10, 2)
        rest = addresses.changes(connection, first[-1].mark, at + 10, 2)
        assert [change.address.pk for change in (*first, *rest)] == [2, PART + 1, 1]
        assert addresses.changes(connection, rest[-1].mark, at + 10, 2) == []
        assert addresses.changes(connection, Mark(at), at + 4, 9) == addresses.changes(connection, Mark(at, 0), at, 9)


def test_who_was_told_is_remembered(three: sa.Engine) -> None:
    with three.begin() as connection:
        assert addresses.mark(connection, "somebody") is None
        addresses.set_mark(connection, "somebody", Mark(5, 7))
        addresses.set_mark(connection, "somebody", Mark(6))
        addresses.set_mark(connection, "another", Mark(1, 2))
    with three.connect() as connection:
        assert addresses.mark(connection, "somebody") == Mark(6, 0)
