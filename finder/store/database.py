"""Engines: SQLite by default, PostgreSQL by URL. Every difference between the two that is not text search stands here."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from threading import local
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

# One writer at a time also on PostgreSQL: two partners that bring the same EVSE at once must see each other.
WRITER_LOCK = 0x0CB1
BUSY_MS = 30_000


def engine(url: str) -> sa.Engine:
    """Raises `sqlalchemy.exc.ArgumentError` for what is no database URL."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed, pool_pre_ping=True)
    in_file = parsed.database and parsed.database != ":memory:"
    if in_file:
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    # As many connections as there are threads that read: each keeps its own, and a limit would make the next one wait in vain.
    made = sa.create_engine(parsed, max_overflow=-1) if in_file else sa.create_engine(parsed)
    sa.event.listen(made, "connect", _prepare)
    sa.event.listen(made, "begin", _begin)
    return made


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "page_size = 8192",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        f"busy_timeout = {BUSY_MS}",
        "cache_size = -32000",
        "wal_autocheckpoint = 8000",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get("finder_writes"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif not options.get("finder_reads"):
        _driver(connection).execute("BEGIN")  # takes no lock, so it cannot fail


def _driver(connection: sa.Connection) -> Any:
    return connection.connection.driver_connection


def reading(engine: sa.Engine) -> AbstractContextManager[sa.Connection]:
    """A connection with one consistent view of the database."""
    return _view(engine) if engine.dialect.name == "sqlite" else engine.connect()


_mine = local()


@contextmanager
def _view(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Each thread keeps its connection: to take one from the pool and to give it back costs ten times what SQLite needs."""
    connection: sa.Connection | None = getattr(_mine, "connection", None)
    _mine.connection = None
    if connection is None or connection.engine is not engine:
        if connection is not None:
            connection.close()
        connection = engine.connect().execution_options(finder_reads=True)
        connection.begin()
    driver = _driver(connection)
    driver.execute("BEGIN")
    try:
        yield connection
    finally:
        # An error may have ended it.
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        _mine.connection = connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction, committed at the end, rolled back by an error; waits for other writers."""
    with engine.connect() as plain:
        connection = plain.execution_options(finder_writes=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITER_LOCK})
            yield connection


# SQLite counts commits of others, for each connection anew. Two equal snapshots of PostgreSQL see the same rows.
VERSIONS = {"sqlite": "PRAGMA data_version", "postgresql": "SELECT CAST(pg_current_snapshot() AS text)"}


class DataVersion:
    """What is another after every commit to a database, asked on a connection of its own; for one thread at a time."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._question = VERSIONS[engine.dialect.name]
        self._connection: Any = None
        self._connected = 0

    def read(self) -> tuple[int, Any] | None:
        """Equal to an earlier one only if nothing was committed in between; None: the database cannot be asked."""
        try:
            if self._connection is None:
                self._connect()
            (version,) = self._connection.execute(self._question).fetchone()
        except (sa.exc.DBAPIError, self._engine.dialect.loaded_dbapi.Error):
            self.close()
            return None
        return self._connected, version

    def _connect(self) -> None:
        pooled = self._engine.raw_connection()
        self._connection = pooled.driver_connection
        pooled.detach()
        if self._engine.dialect.name == "postgresql":
            self._connection.autocommit = True
        self._connected += 1

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def new_keys(connection: sa.Connection, table: sa.Table, count: int) -> list[int]:
    """Primary keys for rows about to be inserted in this writing transaction."""
    if count == 0:
        return []
    if connection.dialect.name == "postgresql":
        sequence = sa.func.nextval(sa.func.pg_get_serial_sequence(table.name, "pk"))
        rows = sa.func.generate_series(1, count).table_valued("n")
        return list(connection.scalars(sa.select(sequence).select_from(rows)))
    last = connection.scalar(sa.select(sa.func.max(table.c.pk))) or 0
    return list(range(last + 1, last + count + 1))


def upsert(
    connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Inserts rows or, where the primary key is there already, replaces the given columns."""
    _many(connection, rows, columns, lambda dialect: _upsert_statement(dialect, table, columns))


def insert(
    connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    _many(connection, rows, columns, lambda _: table.insert().values({name: sa.bindparam(name) for name in columns}))


def _many(connection: sa.Connection, rows: Sequence[tuple[Any, ...]], columns: tuple[str, ...], statement: Any) -> None:
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        # The driver's own executemany: SQLAlchemy's way through dicts costs three times as much.
        compiled = statement("sqlite").compile(dialect=connection.dialect)
        order = [columns.index(name) for name in compiled.positiontup]
        if order == list(range(len(columns))):
            connection.exec_driver_sql(str(compiled), list(rows))
        else:
            connection.exec_driver_sql(str(compiled), [tuple(row[i] for i in order) for row in rows])
        return
    connection.execute(statement("postgresql"), [dict(zip(columns, row, strict=True)) for row in rows])


@lru_cache(maxsize=64)
def _upsert_statement(dialect: str, table: sa.Table, columns: tuple[str, ...]) -> Any:
    maker = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = maker(table).values({name: sa.bindparam(name) for name in columns})
    keys = [column.name for column in table.primary_key]
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in columns if name not in keys}
    )


class _Many(sa.types.TypeDecorator[Any]):
    """A list of values in one parameter: JSON for SQLite, an array for PostgreSQL."""

    impl = sa.types.NullType
    cache_ok = True

    def __init__(self, item: sa.types.TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        # Without its type PostgreSQL cannot tell a list of texts.
        return postgresql.ARRAY(self.item) if dialect.name == "postgresql" else sa.types.NullType()

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        return json.dumps(value) if dialect.name == "sqlite" else value


class _Unpacked(FunctionElement[Any]):
    """The values of such a parameter, one a row."""

    inherit_cache = True


@compiles(_Unpacked, "sqlite")
def _unpacked_sqlite(element: _Unpacked, compiler: Any, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"


@compiles(_Unpacked, "postgresql")
def _unpacked_postgresql(element: _Unpacked, compiler: Any, **options: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **options)}))"


def among(column: sa.ColumnElement[Any], values: Collection[Any]) -> sa.ColumnElement[bool]:
    """`column IN values` with any number of numbers or texts in one parameter, so that it is compiled only once."""
    return column.bool_op("IN")(_Unpacked(sa.bindparam(None, list(values), type_=_Many(column.type), unique=True)))


def among_given(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """The same for a statement that is made once: the values are given as a list under this name when it is executed."""
    return column.bool_op("IN")(_Unpacked(sa.bindparam(name, type_=_Many(column.type))))


SPAN_BITS = 15
SPANS = {
    "sqlite": "SELECT value >> 15 AS low, (value >> 15) + (value & 32767) AS high FROM json_each(:spans)",
    "postgresql": "SELECT span >> 15 AS low, (span >> 15) + (span & 32767) AS high "
    "FROM (SELECT CAST(jsonb_array_elements_text(CAST(:spans AS jsonb)) AS bigint) AS span) AS given",
}


def spans_given(dialect: str) -> sa.Subquery:
    """A table with the columns `low` and `high`; its rows are given under the name `spans`, as `spans` writes them."""
    return sa.text(SPANS[dialect]).columns(low=sa.BigInteger, high=sa.BigInteger).subquery("spans")


def spans(ranges: Iterable[tuple[int, int]]) -> str:
    """None longer than 15 bits: each is one number, which is taken apart in half the time of a pair."""
    return as_json([low << SPAN_BITS | high - low for low, high in ranges])


def as_json(value: Sequence[Any]) -> str:
    """As `json.dumps`, at a tenth of its cost, for statements of a page."""
    return msgspec.json.encode(value).decode()


class Prepared:
    """A statement that is compiled once for each kind of database, and whose rows are plain tuples.

    For the few statements of the hottest pages: SQLAlchemy's way to the rows costs three times what SQLite needs.
    """

    def __init__(self, make: Callable[[str], sa.Select[Any]]) -> None:
        self._make = make
        self._compiled: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {}

    def rows(self, connection: sa.Connection, **given: Any) -> Sequence[Any]:
        """All rows; `given` are the named parameters, lists for `among_given`."""
        dialect = connection.dialect
        if dialect.name not in self._compiled:
            compiled = self._make(dialect.name).compile(dialect=dialect)
            assert isinstance(compiled, SQLCompiler)
            state = compiled.construct_expanded_state(given)
            self._compiled[dialect.name] = state.statement, tuple(state.positiontup or ()), dict(state.parameters)
        text, order, fixed = self._compiled[dialect.name]
        if dialect.name != "sqlite":
            return connection.exec_driver_sql(text, fixed | given).all()
        values = [given[name] if name in given else fixed[name] for name in order]
        return _rows(connection, text, [as_json(value) if isinstance(value, list) else value for value in values])


def _rows(connection: sa.Connection, text: str, values: Sequence[Any]) -> list[Any]:
    """From SQLite's driver itself, in the connection's transaction."""
    if not connection.in_transaction():
        connection.begin()
    try:
        rows: list[Any] = _driver(connection).execute(text, values).fetchall()
    except connection.dialect.loaded_dbapi.OperationalError as error:
        raise sa.exc.OperationalError(text, values, error) from error
    return rows
