"""Objects that could not be used, kept with their text, the reason and the dates until a good one follows."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa
import zstandard

from finder.store.database import among, insert
from finder.store.schema import rejected


class Row(NamedTuple):
    partner_pk: int
    module: str
    ref: str
    fingerprint: bytes
    path: str
    reason: str
    raw: bytes
    first_seen: int
    last_seen: int


class Refused(NamedTuple):
    ref: str
    reason: str


def fingerprints(connection: sa.Connection, partner_pk: int, module: str) -> dict[bytes, Refused]:
    """What is refused already, by the fingerprint of its raw text."""
    query = sa.select(rejected.c.fingerprint, rejected.c.ref, rejected.c.reason).where(
        rejected.c.partner_pk == partner_pk, rejected.c.module == module
    )
    return {bytes(fingerprint): Refused(ref, reason) for fingerprint, ref, reason in connection.execute(query)}


def save(connection: sa.Connection, rows: Sequence[Row]) -> None:
    """Keeps these; one that was refused before keeps the day it was first seen. `raw` is packed here."""
    if not rows:
        return
    first = {row.ref: row for row in rows}
    since = _first_seen(connection, rows[0].partner_pk, rows[0].module, list(first))
    release(connection, rows[0].partner_pk, rows[0].module, list(first))
    packer = zstandard.ZstdCompressor()
    kept = [
        row._replace(raw=packer.compress(row.raw), first_seen=since.get(row.ref, row.first_seen))
        for row in first.values()
    ]
    insert(connection, rejected, Row._fields, kept)


def _first_seen(connection: sa.Connection, partner_pk: int, module: str, refs: Sequence[str]) -> dict[str, int]:
    query = sa.select(rejected.c.ref, rejected.c.first_seen).where(
        rejected.c.partner_pk == partner_pk, rejected.c.module == module, among(rejected.c.ref, refs)
    )
    return {ref: at for ref, at in connection.execute(query)}


def release(connection: sa.Connection, partner_pk: int, module: str, refs: Collection[str]) -> None:
    """A good object followed, or the bad one is gone."""
    if refs:
        theirs = (rejected.c.partner_pk == partner_pk) & (rejected.c.module == module)
        connection.execute(rejected.delete().where(theirs, among(rejected.c.ref, refs)))


def all_of(connection: sa.Connection, partner_pk: int) -> list[Row]:
    """Everything refused from a partner, `raw` unpacked, by module and reference."""
    query = (
        sa.select(*(rejected.c[name] for name in Row._fields))
        .where(rejected.c.partner_pk == partner_pk)
        .order_by(rejected.c.module, rejected.c.ref)
    )
    unpacker = zstandard.ZstdDecompressor()
    return [Row(*row)._replace(raw=unpacker.decompress(row.raw)) for row in connection.execute(query)]
