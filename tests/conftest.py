"""Databases for the tests: SQLite in a file, and a PostgreSQL that the tests start themselves where it is installed."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from finder.store import migrate
from finder.store.database import engine as make_engine
from finder.store.schema import metadata

SHARED = Path(__file__).parents[2] / "shared"
FEEDS = SHARED / "data" / "ocpi"


def postgresql_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def unprivileged() -> dict[str, str]:
    """PostgreSQL refuses to run as root: as root it is started as another user."""
    return {"user": "postgres"} if os.geteuid() == 0 else {}


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a throwaway server, one for each test process."""
    binaries = postgresql_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    home = Path(tempfile.mkdtemp(prefix="finder-pg-"))
    as_user = unprivileged()
    if as_user:
        shutil.chown(home, as_user["user"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = home / "data"
    run = {"check": True, "cwd": home, "stdout": subprocess.DEVNULL, **as_user}
    subprocess.run([binaries / "initdb", "-D", data, "-U", "finder", "-A", "trust", "-E", "UTF8", "-N"], **run)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c fsync=off"
    subprocess.run([binaries / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", options, "start"], **run)
    try:
        yield f"postgresql+psycopg://finder@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **run)
        shutil.rmtree(home, ignore_errors=True)


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
