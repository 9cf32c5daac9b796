"""What stations are filtered by, as columns. They are filled when the upgrade is through (`finder.store.migrate`)."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for table, comment in (
        ("plug_sets", "standard and W of each kind of plug, as JSON"),
        ("openings", "opening hours and time zone, as JSON"),
    ):
        op.create_table(
            table,
            sa.Column("pk", KEY, nullable=False),
            sa.Column("mark", sa.BigInteger(), nullable=False, comment="hash of doc"),
            sa.Column("doc", sa.Text(), nullable=False, comment=comment),
            sa.PrimaryKeyConstraint("pk", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("mark", name=op.f(f"uq_{table}_mark")),
        )
    op.create_table(
        "free_refs",
        sa.Column("partner_pk", KEY, autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False, comment="id, folded, of a tariff that may be free some day"),
        sa.Column("told", sa.Boolean(), nullable=False, comment="whether every station that names it has the trait"),
        sa.ForeignKeyConstraint(
            ["partner_pk"], ["partners.pk"], name=op.f("fk_free_refs_partner_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_pk", "ref", name=op.f("pk_free_refs")),
        sqlite_with_rowid=False,
    )
    # Added one by one, so that SQLite need not write the table anew.
    for column in (
        sa.Column("traits", sa.BigInteger(), comment="bits of finder.stations.traits; null: not told yet, or gone"),
        sa.Column("plugs", sa.Integer(), comment="the row of plug_sets"),
        sa.Column("hours", sa.Integer(), comment="the row of openings; null: not stated"),
    ):
        op.add_column("stations", column)
    op.drop_index(op.f("ix_stations_cell"), table_name="stations")
    op.create_index(op.f("ix_stations_cell_traits_plugs"), "stations", ["cell", "traits", "plugs"], unique=False)
