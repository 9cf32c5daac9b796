"""Live statuses, one narrow row an EVSE, so that a status change touches no fact."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from finder.ocpi.types import Location
from finder.store.database import among, insert
from finder.store.schema import locations, partners, statuses
from finder.store.times import instant, millis

# Stored by position: append only.
WORDS = (
    "UNKNOWN",
    "AVAILABLE",
    "CHARGING",
    "BLOCKED",
    "RESERVED",
    "OUTOFORDER",
    "INOPERATIVE",
    "PLANNED",
)
CODES = {word: code for code, word in enumerate(WORDS)}


COLUMNS = ("location_pk", "n", "evse_key", "status", "at")
Row = tuple[int, int, int | None, int, int | None]
"""A row of `statuses`, in the order of COLUMNS."""


def replace(connection: sa.Connection, location_pks: Sequence[int], rows: Sequence[Row]) -> None:
    """Writes all statuses of these locations anew."""
    if location_pks:
        connection.execute(statuses.delete().where(among(statuses.c.location_pk, location_pks)))
    insert(connection, statuses, COLUMNS, rows)


def written() -> sa.ScalarSelect[str]:
    """All statuses of one location in one text (`n,status,at;…`), so that a station is one query."""
    at = sa.func.coalesce(sa.cast(statuses.c.at, sa.Text), "")
    one = sa.cast(statuses.c.n, sa.Text) + "," + sa.cast(statuses.c.status, sa.Text) + "," + at
    return (
        sa.select(sa.func.aggregate_strings(one, ";"))
        .where(statuses.c.location_pk == locations.c.pk)
        .correlate(locations)
        .scalar_subquery()
    )


def applied(location: Location, written: str | None) -> Location:
    """The location with its EVSEs' live statuses, as `written()` gave them."""
    evses = list(location.evses)
    for part in written.split(";") if written else ():
        n, status, at = part.split(",")
        evses[int(n)] = msgspec.structs.replace(
            evses[int(n)], status=WORDS[int(status)], last_updated=instant(int(at)) if at else None
        )
    return msgspec.structs.replace(location, evses=tuple(evses))


def totals(connection: sa.Connection, now: datetime, stale_after: timedelta) -> tuple[int, int]:
    """(available, known) over all EVSEs, each world-wide EVSE once with its newest word.

    `stale_after`: a partner whose last good pull is longer ago, and longer than two of its intervals, says nothing.
    """
    age = sa.literal(millis(now)) - partners.c.last_success
    fresh = (age <= stale_after.total_seconds() * 1000) | (age <= partners.c.interval * 2000)
    once = sa.func.coalesce(statuses.c.evse_key, -(statuses.c.location_pk * 4096 + statuses.c.n))
    at = sa.func.coalesce(statuses.c.at, 0)  # the databases disagree on where null sorts
    newest = sa.func.row_number().over(partition_by=once, order_by=(at.desc(), statuses.c.location_pk))
    words = (
        sa.select(statuses.c.status, newest.label("rank"))
        .join_from(statuses, locations, statuses.c.location_pk == locations.c.pk)
        .join(partners, locations.c.partner_pk == partners.c.pk)
        .where(locations.c.station_pk.is_not(None), fresh)
        .subquery()
    )
    known = words.c.status != CODES["UNKNOWN"]
    free = words.c.status == CODES["AVAILABLE"]
    row = connection.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(sa.case((free, 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((known, 1), else_=0)), 0),
        ).where(words.c.rank == 1)
    ).one()
    return int(row[0]), int(row[1])
