"""Text search: FTS5 on SQLite, `tsvector` on PostgreSQL. The only place where the two differ in what they can."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from finder.places.fold import fold
from finder.store.database import among
from finder.store.schema import stations

MOST_WORDS = 12


def words(text: str) -> list[str]:
    """The folded words of what somebody typed, each once; nothing else of it reaches the database."""
    return list(dict.fromkeys(fold(text).split()))[:MOST_WORDS]


def matching(connection: sa.Connection, text: str) -> sa.ColumnElement[bool]:
    """Stations that hold every word of the text, the last one and all others as beginnings of words."""
    found = words(text)
    if not found:
        return sa.false()
    if connection.dialect.name == "postgresql":
        query = " & ".join(f"{word}:*" for word in found)
        return sa.func.to_tsvector(sa.text("'simple'"), stations.c.text).op("@@")(
            sa.func.to_tsquery(sa.text("'simple'"), query)
        )
    query = " ".join(f'"{word}"*' for word in found)
    return stations.c.pk.in_(
        sa.text("SELECT rowid FROM station_text WHERE station_text MATCH :match").bindparams(match=query)
    )


def forget(connection: sa.Connection, pks: Sequence[int]) -> None:
    """Before stations change: their words are taken out of the index. PostgreSQL keeps its index by itself."""
    if connection.dialect.name == "sqlite":
        rows = sa.select(sa.literal("delete"), stations.c.pk, stations.c.text)
        connection.execute(_index("station_text").from_select(["station_text", "rowid", "text"], _told(rows, pks)))


def learn(connection: sa.Connection, pks: Sequence[int]) -> None:
    """After stations changed: their words are put in."""
    if connection.dialect.name == "sqlite":
        rows = sa.select(stations.c.pk, stations.c.text)
        connection.execute(_index().from_select(["rowid", "text"], _told(rows, pks)))


def _told(rows: sa.Select[Any], pks: Sequence[int]) -> sa.Select[Any]:
    return rows.where(stations.c.text.is_not(None), among(stations.c.pk, pks))


def _index(*columns: str) -> sa.Insert:
    return sa.table("station_text", *(sa.column(name) for name in (*columns, "rowid", "text"))).insert()
