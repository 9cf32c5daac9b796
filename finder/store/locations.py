"""Locations as partners sent them: one document each, found by its key or by the fingerprint of its raw object."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from finder.ocpi.types import Location
from finder.store import documents
from finder.store.database import among, upsert
from finder.store.schema import locations, stations, status_changes, statuses


class Row(NamedTuple):
    """A row of `locations`, in the order of its columns."""

    pk: int
    partner_pk: int
    key: str
    fingerprint: bytes
    station_pk: int | None
    last_updated: int | None
    misses: int
    hidden: str | None
    doc: bytes | None


class Placed(NamedTuple):
    """A stored location that holds an EVSE, and where its station stands."""

    evse_key: int
    location_pk: int
    station_pk: int
    latitude: float
    longitude: float


def by_keys(connection: sa.Connection, partner_pk: int, keys: Sequence[str]) -> dict[str, Row]:
    rows = _rows(connection, locations.c.partner_pk == partner_pk, among(locations.c.key, keys))
    return {row.key: row for row in rows}


def pks(connection: sa.Connection, partner_pk: int, keys: Collection[str]) -> set[int]:
    """Which of these keys are stored."""
    query = sa.select(locations.c.pk).where(locations.c.partner_pk == partner_pk, among(locations.c.key, keys))
    return set(connection.scalars(query)) if keys else set()


def by_pks(connection: sa.Connection, pks: Sequence[int]) -> list[Row]:
    return _rows(connection, among(locations.c.pk, pks))


def of_stations(connection: sa.Connection, station_pks: Sequence[int]) -> list[Row]:
    """Every location of these stations, oldest first."""
    return sorted(_rows(connection, among(locations.c.station_pk, station_pks)))


def _rows(connection: sa.Connection, *clauses: sa.ColumnElement[bool]) -> list[Row]:
    query = sa.select(*(locations.c[name] for name in Row._fields)).where(*clauses)
    return [Row(*row) for row in connection.execute(query).all()]


def document(connection: sa.Connection, row: Row) -> Location:
    if row.doc is None:
        raise ValueError(f"location {row.key}: it is hidden and has no document")
    return documents.unpack(connection, row.doc, Location)


def save(connection: sa.Connection, rows: Sequence[Row]) -> None:
    upsert(connection, locations, Row._fields, rows)


def rehome(connection: sa.Connection, old_station: int, new_station: int) -> None:
    """Every location of the one station belongs to the other from now on."""
    connection.execute(locations.update().where(locations.c.station_pk == old_station).values(station_pk=new_station))


def sharing(connection: sa.Connection, evse_keys: Sequence[int]) -> list[Placed]:
    """The stored locations that hold any of these EVSEs."""
    columns = (
        statuses.c.evse_key,
        statuses.c.location_pk,
        locations.c.station_pk,
        stations.c.latitude,
        stations.c.longitude,
    )
    query = (
        sa.select(*columns)
        .join_from(statuses, locations, statuses.c.location_pk == locations.c.pk)
        .join(stations, locations.c.station_pk == stations.c.pk)
        .where(among(statuses.c.evse_key, evse_keys))
    )
    return [Placed(*row) for row in connection.execute(query).all()]


def remove(connection: sa.Connection, pks: Sequence[int]) -> set[int]:
    """Deletes these locations with their statuses and how those went; returns the stations that held them."""
    held = sa.select(locations.c.station_pk).where(among(locations.c.pk, pks), locations.c.station_pk.is_not(None))
    touched = set(connection.scalars(held))
    connection.execute(statuses.delete().where(among(statuses.c.location_pk, pks)))
    connection.execute(status_changes.delete().where(among(status_changes.c.location_pk, pks)))
    connection.execute(locations.delete().where(among(locations.c.pk, pks)))
    return touched
