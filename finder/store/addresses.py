"""Stations as search engines are told of them: the words of their address and when their facts changed, a part at a time.

A part is a span of primary keys, not of places in a list: to find where it begins nothing is counted, and what is in it stays in it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from finder.stations.identity import place_slug
from finder.store.database import Prepared, upsert
from finder.store.schema import partners, stations, tellings
from finder.store.times import millis

# At most so many stations a part. In two languages, at the longest addresses that there can be, they stay below 50 MB.
PART = 15_000


class Address(NamedTuple):
    """`changed_at` in ms: when the facts changed, or the station went."""

    pk: int
    id: str
    slug: str
    changed_at: int


class Part(NamedTuple):
    """`number` counts from 1. `changed_at` in ms is the newest change in it, a station's end among them."""

    number: int
    stations: int
    changed_at: int


# pk 1 to PART are the first part.
_NUMBER: sa.ColumnElement[Any] = sa.literal_column(f"(stations.pk + {PART - 1}) / {PART}")
_latest = sa.case(
    (stations.c.gone_at > stations.c.changed_at, stations.c.gone_at),
    else_=stations.c.changed_at,
)
_COUNT = sa.func.sum(sa.case((stations.c.gone_at.is_(None), 1), else_=0))
_PARTS = Prepared(
    lambda _: sa.select(_NUMBER, _COUNT, sa.func.max(_latest)).select_from(stations).group_by(_NUMBER).order_by(_NUMBER)
)
_ADDRESSES = sa.select(stations.c.pk, stations.c.id, stations.c.name, stations.c.city, stations.c.changed_at)
_OF_PART = Prepared(lambda _: _ADDRESSES.where(_given_part(), stations.c.gone_at.is_(None)).order_by(stations.c.pk))


def _given_part() -> sa.ColumnElement[bool]:
    return stations.c.pk.between(sa.bindparam("first"), sa.bindparam("last"))


def _span(number: int) -> dict[str, int]:
    return {"first": (number - 1) * PART + 1, "last": number * PART}


def parts(connection: sa.Connection) -> tuple[Part, ...]:
    """All that have a station."""
    return tuple(
        [Part(number, int(count), changed_at) for number, count, changed_at in _PARTS.rows(connection) if count]
    )


def of_part(connection: sa.Connection, number: int) -> Sequence[Address]:
    """Its stations that are there, by primary key."""
    return [_address(*row) for row in _OF_PART.rows(connection, **_span(number))]


def _address(pk: int, id: str, name: str, city: str | None, changed_at: int) -> Address:
    return Address(pk, id, place_slug(name, city or ""), changed_at)


# Who was told of which changes


class Mark(NamedTuple):
    """What changed before `at` (ms) is told, and of what changed just then the stations up to the primary key `pk`."""

    at: int
    pk: int = 0


class Change(NamedTuple):
    """A station that is new, changed or gone."""

    address: Address
    at: int

    @property
    def mark(self) -> Mark:
        return Mark(self.at, self.address.pk)


# Changes carry the instant at which their pull began to write. While one writes, they may come in so late.
LONGEST_WRITE = timedelta(minutes=15)
_CHANGES = Prepared(
    lambda _: (
        sa.select(*_ADDRESSES.selected_columns, _latest)
        .where(
            (_latest > sa.bindparam("at")) | ((_latest == sa.bindparam("at")) & (stations.c.pk > sa.bindparam("pk"))),
            _latest <= sa.bindparam("until"),
        )
        .order_by(_latest, stations.c.pk)
        .limit(sa.bindparam("most"))
    )
)


def settled(connection: sa.Connection, now: datetime) -> int:
    """Until when (ms) no change can come in any more."""
    pulling = sa.select(partners.c.pk).where(partners.c.lease_until > millis(now)).limit(1)
    return millis(now if connection.scalar(pulling) is None else now - LONGEST_WRITE)


def changes(connection: sa.Connection, after: Mark, until: int, most: int) -> Sequence[Change]:
    """The oldest first."""
    found = _CHANGES.rows(connection, at=after.at, pk=after.pk, until=until, most=most)
    return [Change(_address(*row), at) for *row, at in found]


def mark(connection: sa.Connection, name: str) -> Mark | None:
    row = connection.execute(sa.select(tellings.c.at, tellings.c.pk).where(tellings.c.name == name)).first()
    return Mark(*row) if row else None


def set_mark(connection: sa.Connection, name: str, mark: Mark) -> None:
    upsert(connection, tellings, ("name", "at", "pk"), [(name, *mark)])
