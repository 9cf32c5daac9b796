"""Tariffs as partners sent them, found by id within a partner: connectors name them so."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from finder.store.database import among, upsert
from finder.store.schema import tariffs


class Row(NamedTuple):
    """A row of `tariffs`, in the order of its columns."""

    pk: int
    partner_pk: int
    ref: str
    party: str
    fingerprint: bytes
    last_updated: int | None
    misses: int
    doc: bytes


def by_refs(connection: sa.Connection, partner_pk: int, refs: Sequence[str]) -> dict[tuple[str, str], Row]:
    """Stored tariffs by (ref, party)."""
    columns = (tariffs.c[name] for name in Row._fields)
    query = sa.select(*columns).where(tariffs.c.partner_pk == partner_pk, among(tariffs.c.ref, refs))
    return {(row.ref, row.party): Row(*row) for row in connection.execute(query)}


def pks(connection: sa.Connection, partner_pk: int, keys: Collection[str]) -> set[int]:
    """Which of these keys (`country/party/id`) are stored."""
    whole = tariffs.c.party + "/" + tariffs.c.ref
    query = sa.select(tariffs.c.pk).where(tariffs.c.partner_pk == partner_pk, among(whole, keys))
    return set(connection.scalars(query)) if keys else set()


def save(connection: sa.Connection, rows: Sequence[Row]) -> None:
    upsert(connection, tariffs, Row._fields, rows)


def remove(connection: sa.Connection, pks: Sequence[int]) -> None:
    connection.execute(tariffs.delete().where(among(tariffs.c.pk, pks)))
