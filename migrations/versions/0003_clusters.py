"""Clusters for the map; all that is there is counted with the next pull."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "clusters",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False, comment="finder.places.mercator.key"),
        sa.Column("partner_pk", KEY, autoincrement=False, nullable=False),
        sa.Column("stations", sa.Integer(), nullable=False, comment="those that this partner told of first"),
        sa.Column("available", sa.Integer(), nullable=False, comment="EVSEs of which this partner has the newest word"),
        sa.Column("known", sa.Integer(), nullable=False, comment="those of them in service whose status it knows"),
        sa.Column(
            "x", sa.Integer(), nullable=False, comment="sum over the stations, from 0 to 63 each within the square"
        ),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_pk"], ["partners.pk"], name=op.f("fk_clusters_partner_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "partner_pk", name=op.f("pk_clusters")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stale_cells",
        sa.Column(
            "cell", sa.Integer(), autoincrement=False, nullable=False, comment="where clusters are to be made anew"
        ),
        sa.PrimaryKeyConstraint("cell", name=op.f("pk_stale_cells")),
    )
    op.execute("INSERT INTO stale_cells SELECT DISTINCT cell FROM stations WHERE cell IS NOT NULL")
