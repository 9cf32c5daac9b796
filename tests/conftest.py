"""Databases for the tests: SQLite in a file, and a PostgreSQL that the tests start themselves where it is installed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from finder.store import migrate
from finder.store.database import engine as make_engine
from finder.store.schema import metadata
from tests.postgresql import binaries, server

SHARED = Path(__file__).parents[2] / "shared"
FEEDS = SHARED / "data" / "ocpi"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a throwaway server, one for each test process."""
    at = binaries()
    if at is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with server(at) as url:
        yield url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the current schema, to be copied: quicker than migrating each."""
    path = tmp_path_factory.mktemp("migrated") / "finder.db"
    made = make_engine(f"sqlite:///{path}")
    migrate.upgrade(made)
    made.dispose()
    return path


def emptied(url: str) -> sa.Engine:
    """A PostgreSQL with the current schema and no row, whatever the test before did to it."""
    made = make_engine(url)
    with made.begin() as connection:
        current = migrate.is_current(connection)
        if current:
            names = ", ".join(table.name for table in tables())
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        else:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    if not current:
        migrate.upgrade(made)
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """An empty database with the current schema, on each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite")
        return
    made = emptied(request.getfixturevalue("postgresql"))
    yield made
    made.dispose()


@pytest.fixture
def sqlite(migrated: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    """An empty SQLite database with the current schema."""
    shutil.copy(migrated, tmp_path / "finder.db")
    made = make_engine(f"sqlite:///{tmp_path / 'finder.db'}")
    yield made
    made.dispose()


def tables() -> list[sa.Table]:
    return list(metadata.sorted_tables)
