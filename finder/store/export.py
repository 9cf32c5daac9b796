"""Every station that may be passed on, a page at a time, so that a whole country takes no more memory than one page of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import sqlalchemy as sa

from finder.stations.types import Station
from finder.store.database import Prepared
from finder.store.schema import locations, partners, stations
from finder.store.stations import licensed_by_id

PAGE = 500
FIRST = 0


class Page(NamedTuple):
    """`last` is where the next page begins after; None: there is no more."""

    stations: tuple[Station, ...]
    last: int | None


_LICENSED = (
    sa.select(locations.c.pk)
    .join_from(locations, partners, locations.c.partner_pk == partners.c.pk)
    .where(locations.c.station_pk == stations.c.pk, partners.c.licence.is_not(None))
    .exists()
)
_IDS = Prepared(
    lambda _: (
        sa.select(stations.c.pk, stations.c.id)
        .where(stations.c.gone_at.is_(None), stations.c.pk > sa.bindparam("after"), _LICENSED)
        .order_by(stations.c.pk)
        .limit(PAGE)
    )
)


def licensed(connection: sa.Connection, after: int = FIRST) -> Page:
    """A page of the stations as those partners tell them whose licence lets them be passed on, with their tariffs."""
    rows = _IDS.rows(connection, after=after)
    found = (licensed_by_id(connection, id) for _pk, id in rows)
    # One that went, or became part of another, since its id was read is neither.
    told = tuple([station for station in found if isinstance(station, Station)])
    return Page(told, rows[-1][0] if rows else None)


def count(connection: sa.Connection) -> int:
    """Of the stations that are told."""
    query = sa.select(sa.func.count()).select_from(stations).where(stations.c.gone_at.is_(None), _LICENSED)
    return connection.scalar(query) or 0


@contextmanager
def one_view(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection to which the database stays as it is, however many pages are read."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def licences(connection: sa.Connection) -> dict[str, str | None]:
    """Of every partner, by slug, as of now."""
    return {slug: licence for slug, licence in connection.execute(sa.select(partners.c.slug, partners.c.licence))}
