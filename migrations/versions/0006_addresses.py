"""The words in a station's address, so that sitemaps need no documents, and who was told of which changes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("stations", sa.Column("slug", sa.Text(), comment="the words in its address; kept when it is gone"))
    op.create_table(
        "tellings",
        sa.Column("name", sa.Text(), nullable=False, comment="who is told of changes"),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="what changed before is told"),
        sa.Column(
            "pk",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="and of what changed just then the stations up to this one",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tellings")),
        sqlite_with_rowid=False,
    )
