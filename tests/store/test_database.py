from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import sqlalchemy as sa

from finder.store import partners
from finder.store.database import DataVersion, reading, writing
from finder.store.database import engine as make_engine
from tests.stations.make import NOW


def test_every_commit_is_another_version_and_nothing_else_is(engine: sa.Engine) -> None:
    version = DataVersion(engine)
    first = version.read()
    assert first is not None
    assert version.read() == first
    with engine.connect() as connection:
        partners.newest_pull(connection)
    assert version.read() == first
    with writing(engine) as connection:
        partners.ensure(connection, "a", name="A", licence=None, interval=60, now=NOW)
        assert partners.by_slug(connection, "a") is not None
    second = version.read()
    assert second not in (None, first)
    with writing(engine) as connection:
        partners.ensure(connection, "b", name="B", licence=None, interval=60, now=NOW)
    assert version.read() not in (None, first, second)
    version.close()


def test_a_version_of_one_connection_is_none_of_another(sqlite: sa.Engine) -> None:
    version = DataVersion(sqlite)
    first = version.read()
    version.close()
    assert version.read() not in (None, first)
    version.close()


def test_a_database_that_is_away_has_no_version(tmp_path: Path) -> None:
    gone = make_engine(f"sqlite:///{tmp_path / 'file' / 'finder.db'}")
    (tmp_path / "file").rmdir()
    assert DataVersion(gone).read() is None
    nowhere = make_engine("postgresql+psycopg://finder@127.0.0.1:1/finder")
    assert DataVersion(nowhere).read() is None


def test_any_number_of_threads_read_at_once(sqlite: sa.Engine) -> None:
    threads = 40
    all_read = Barrier(threads, timeout=20)

    def read() -> bool:
        with reading(sqlite) as connection:
            partners.states(connection)
        # The connection stays with the thread, and the thread stays.
        all_read.wait()
        return True

    with ThreadPoolExecutor(threads) as pool:
        assert all(pool.map(lambda _: read(), range(threads)))
