"""An index of the stations that can charge fast, which are few, and are searched for most."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

STRONG = sa.text("max_power >= 43000")


def upgrade() -> None:
    op.create_index(
        op.f("ix_stations_strong"),
        "stations",
        ["cell", "plugs", "traits", "latitude", "longitude"],
        unique=False,
        sqlite_where=STRONG,
        postgresql_where=STRONG,
    )
