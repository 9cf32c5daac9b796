"""Which of a partner's objects are still there: fingerprints of what is stored, and complete pulls that lacked it.

`table` is `locations` or `tariffs`; both keep `partner_pk`, `fingerprint` and `misses`.
"""

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from finder.store.database import among


class Stored(NamedTuple):
    """A partner's stored objects: the primary key of each by the fingerprint of its raw text, and how many complete pulls
    in a row lacked each, by primary key."""

    pks: dict[bytes, int]
    misses: dict[int, int]


def stored(connection: sa.Connection, table: sa.Table, partner_pk: int) -> Stored:
    query = sa.select(table.c.fingerprint, table.c.pk, table.c.misses).where(table.c.partner_pk == partner_pk)
    rows = connection.execute(query).all()
    return Stored({bytes(mark): pk for mark, pk, _ in rows}, {pk: misses for _, pk, misses in rows})


def missed(connection: sa.Connection, table: sa.Table, pks: Collection[int]) -> None:
    """One more complete pull without these."""
    connection.execute(table.update().where(among(table.c.pk, pks)).values(misses=table.c.misses + 1))


def found_again(connection: sa.Connection, table: sa.Table, pks: Collection[int]) -> None:
    connection.execute(table.update().where(among(table.c.pk, pks)).values(misses=0))
