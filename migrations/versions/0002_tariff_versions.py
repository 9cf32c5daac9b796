"""What tariffs said before."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "tariff_versions",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False, comment="the tariff's id, folded for case"),
        sa.Column("party", sa.Text(), nullable=False, comment="country/party, folded"),
        sa.Column("until", sa.BigInteger(), nullable=False, comment="when it was replaced or removed"),
        sa.Column("doc", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_pk"], ["partners.pk"], name=op.f("fk_tariff_versions_partner_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_tariff_versions")),
    )
    op.create_index(op.f("ix_tariff_versions_partner_pk_ref"), "tariff_versions", ["partner_pk", "ref"], unique=False)
    op.create_index(op.f("ix_tariff_versions_until"), "tariff_versions", ["until"], unique=False)
