"""Brings a database to the current schema, with Alembic."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from finder.store.kinds import fill

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Safe to repeat; a killed upgrade is taken up again. What columns are made of documents is filled in with it."""
    config = _config()
    with engine.connect() as plain:
        connection = plain.execution_options(finder_writes=True)
        config.attributes["connection"] = connection
        with connection.begin():
            command.upgrade(config, revision)
            if revision == "head":
                fill(connection)


def is_current(connection: sa.Connection) -> bool:
    """Whether the database has just the schema that this code knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest
