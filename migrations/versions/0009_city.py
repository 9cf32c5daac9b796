"""A station's city, of which, with its name, the words in its address are made: a third of their size."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.drop_column("stations", "slug")
    op.add_column(
        "stations",
        sa.Column(
            "city",
            sa.Text(),
            comment="empty: not stated; null: not told yet. Its address is made of it and the name",
        ),
    )
