"""How statuses went, from now on."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "status_changes",
        sa.Column("location_pk", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "evse",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="its key, else its place in the document",
        ),
        sa.Column("was", sa.SmallInteger(), nullable=False, comment="finder.store.history.GROUPS"),
        sa.Column("became", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_pk"], ["locations.pk"], name=op.f("fk_status_changes_location_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("location_pk", "at", "evse", name=op.f("pk_status_changes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "watches",
        sa.Column("partner_pk", KEY, autoincrement=False, nullable=False),
        sa.Column(
            "since",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="the first good pull of a row of them",
        ),
        sa.Column("until", sa.BigInteger(), nullable=False, comment="the last"),
        sa.ForeignKeyConstraint(
            ["partner_pk"], ["partners.pk"], name=op.f("fk_watches_partner_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_pk", "since", name=op.f("pk_watches")),
        sqlite_with_rowid=False,
    )
