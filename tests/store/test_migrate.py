from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from finder.ocpi.types import Hours
from finder.store import migrate
from finder.store.database import engine as make_engine
from finder.store.schema import metadata
from tests.ingest.partnership import dump
from tests.store.country import location, partner, write


def differences(engine: sa.Engine) -> list[object]:
    """What an automatic migration would still do; text search is written by hand on each database."""

    def ours(_: object, name: str | None, *__: object) -> bool:
        return not (name or "").startswith("station_text")

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_server_default": True})
        return list(compare_metadata(context, metadata))


@pytest.mark.filterwarnings("ignore:.*station_text.*", "ignore:autogenerate skipping.*")
def test_a_migrated_database_has_the_schema_of_the_code(engine: sa.Engine) -> None:
    assert differences(engine) == []
    with engine.connect() as connection:
        assert migrate.is_current(connection)


def test_an_upgrade_may_be_repeated_and_keeps_what_is_there(engine: sa.Engine) -> None:
    write(engine, partner(engine), [location("A")])
    before = dump(engine)

    migrate.upgrade(engine)

    assert dump(engine) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_empty_database_gets_the_schema(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> None:
    if kind == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'deep' / 'down' / 'empty.db'}")
    else:
        engine = make_engine(request.getfixturevalue("postgresql"))
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    with engine.connect() as connection:
        assert not migrate.is_current(connection)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert migrate.is_current(connection)
    engine.dispose()


def test_an_upgrade_that_breaks_off_leaves_nothing_half(tmp_path: Path) -> None:
    """A table in the way stops it; with that gone it goes through."""
    engine = make_engine(f"sqlite:///{tmp_path / 'finder.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE statuses (x)")
    with pytest.raises(sa.exc.OperationalError, match="statuses"):
        migrate.upgrade(engine)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == ["statuses"]
        connection.exec_driver_sql("DROP TABLE statuses")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert migrate.is_current(connection)
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_of_an_earlier_version_comes_to_hold_what_one_of_today_does(
    request: pytest.FixtureRequest, kind: str, tmp_path: Path, sqlite: sa.Engine
) -> None:
    if kind == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'earlier.db'}")
    else:
        engine = make_engine(request.getfixturevalue("postgresql"))
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    always = Hours(twentyfourseven=True)
    write(sqlite, partner(sqlite), [location("A"), location("B", facilities=("CAFE",), opening_times=always)])
    migrate.upgrade(engine, "0001")
    copy(sqlite, engine)

    migrate.upgrade(engine)

    names = ("partners", "stations", "locations", "statuses", "plug_sets", "openings")
    assert dump(engine, *names) == dump(sqlite, *names)
    with engine.connect() as connection:
        assert migrate.is_current(connection)
    engine.dispose()


def copy(source: sa.Engine, target: sa.Engine) -> None:
    """What an earlier schema has room for."""
    earlier = sa.MetaData()
    earlier.reflect(target, only=("partners", "stations", "locations", "statuses"))
    with source.connect() as reading, target.begin() as writing:
        for table in earlier.sorted_tables:
            columns = [metadata.tables[table.name].c[column.name] for column in table.columns]
            writing.execute(table.insert(), [row._asdict() for row in reading.execute(sa.select(*columns))])
