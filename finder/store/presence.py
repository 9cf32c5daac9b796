"""Which of a partner's objects are still there: fingerprints of what is stored, and complete pulls that lacked it.

`table` is `locations` or `tariffs`; both keep `partner_pk`, `fingerprint` and `misses`.
"""

from collections.abc import Collection

import sqlalchemy as sa

from finder.store.database import among


def fingerprints(connection: sa.Connection, table: sa.Table, partner_pk: int) -> dict[bytes, int]:
    """The primary key of each stored object by the fingerprint of its raw text."""
    query = sa.select(table.c.fingerprint, table.c.pk).where(table.c.partner_pk == partner_pk)
    return {bytes(fingerprint): pk for fingerprint, pk in connection.execute(query).all()}


def misses(connection: sa.Connection, table: sa.Table, partner_pk: int) -> dict[int, int]:
    """How many complete pulls in a row lacked each stored object, by primary key."""
    query = sa.select(table.c.pk, table.c.misses).where(table.c.partner_pk == partner_pk)
    return {pk: count for pk, count in connection.execute(query).all()}


def missed(connection: sa.Connection, table: sa.Table, pks: Collection[int]) -> None:
    """One more complete pull without these."""
    connection.execute(table.update().where(among(table.c.pk, pks)).values(misses=table.c.misses + 1))


def found_again(connection: sa.Connection, table: sa.Table, pks: Collection[int]) -> None:
    connection.execute(table.update().where(among(table.c.pk, pks)).values(misses=0))
