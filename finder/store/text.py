"""Text search: FTS5 on SQLite, `tsvector` on PostgreSQL. The only place where the two differ in what they can."""

from collections.abc import Collection
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
    query = match(connection, text)
    if query is None:
        return sa.false()
    return _holding(connection.dialect.name, sa.bindparam("match", query, type_=sa.Text))


def among_matching(connection: sa.Connection, query: sa.Select[Any], text: str) -> sa.Select[Any]:
    """What the query selects of `stations` that hold the words, as `matching`; with a limit no more of them are looked up than it takes,
    however many there are."""
    if connection.dialect.name != "sqlite":
        return query.where(matching(connection, text))
    index = sa.table("station_text", sa.column("rowid"))
    held = sa.text("station_text MATCH :match").bindparams(match=match(connection, text) or '""')
    return query.select_from(index.join(stations, stations.c.pk == index.c.rowid)).where(held)


def match(connection: sa.Connection, text: str) -> str | None:
    """The same words as `matching_given` takes them; None: there are none."""
    found = words(text)
    if connection.dialect.name == "postgresql":
        return " & ".join(f"{word}:*" for word in found) or None
    return " ".join(f'"{word}"*' for word in found) or None


def matching_given(dialect: str) -> sa.ColumnElement[bool]:
    """`matching` for a statement that is made once: the words are given as `match` when it is executed."""
    return _holding(dialect, sa.bindparam("match", type_=sa.Text))


def _holding(dialect: str, given: sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    if dialect == "postgresql":
        simple = sa.text("'simple'")
        return sa.func.to_tsvector(simple, stations.c.text).op("@@")(sa.func.to_tsquery(simple, given))
    held = sa.text("SELECT rowid FROM station_text WHERE station_text MATCH :match").bindparams(given)
    return stations.c.pk.in_(held)


def forget(connection: sa.Connection, pks: Collection[int]) -> None:
    """Before stations change: their words are taken out of the index. PostgreSQL keeps its index by itself."""
    if connection.dialect.name == "sqlite" and pks:
        rows = sa.select(sa.literal("delete"), stations.c.pk, stations.c.text)
        connection.execute(_index("station_text").from_select(["station_text", "rowid", "text"], _told(rows, pks)))


def learn(connection: sa.Connection, pks: Collection[int]) -> None:
    """After stations changed: their words are put in."""
    if connection.dialect.name == "sqlite" and pks:
        rows = sa.select(stations.c.pk, stations.c.text)
        connection.execute(_index().from_select(["rowid", "text"], _told(rows, pks)))


def _told(rows: sa.Select[Any], pks: Collection[int]) -> sa.Select[Any]:
    return rows.where(stations.c.text.is_not(None), among(stations.c.pk, pks))


def _index(*columns: str) -> sa.Insert:
    return sa.table("station_text", *(sa.column(name) for name in (*columns, "rowid", "text"))).insert()
