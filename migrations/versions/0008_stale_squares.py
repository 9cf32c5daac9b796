"""Clusters to be made anew are marked by squares of the map itself; at first all are, by the tile of the whole world."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.drop_table("stale_cells")
    op.create_table(
        "stale_squares",
        sa.Column(
            "key", sa.Integer(), autoincrement=False, nullable=False, comment="whose clusters are to be made anew"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_stale_squares")),
    )
    op.execute("INSERT INTO stale_squares VALUES (1)")
