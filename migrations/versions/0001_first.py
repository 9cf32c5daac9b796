"""Partners, their locations and tariffs, the stations made of them, live statuses, what was refused."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Text search is the one thing the two databases do not share; `finder.store.text` reads it.
SQLITE = (
    "CREATE VIRTUAL TABLE station_text USING fts5"
    "(text, content='stations', content_rowid='pk', detail='none', columnsize=0, prefix='2 3')",
)
POSTGRESQL = ("CREATE INDEX station_text ON stations USING gin (to_tsvector('simple', text))",)


def upgrade() -> None:
    op.create_table(
        "dictionaries",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionaries")),
    )
    op.create_table(
        "moves",
        sa.Column("old_id", sa.Text(), nullable=False),
        sa.Column("new_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_moves")),
    )
    op.create_table(
        "partners",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("interval", sa.Float(), server_default="300", nullable=False),
        sa.Column("last_attempt", sa.BigInteger(), nullable=True),
        sa.Column("last_success", sa.BigInteger(), nullable=True),
        sa.Column("last_full", sa.BigInteger(), nullable=True),
        sa.Column("delta_from", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "held",
            sa.Text(),
            nullable=True,
            comment="the mass deletion that waits: fingerprint, when first seen, how often",
        ),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_partners")),
        sa.UniqueConstraint("slug", name=op.f("uq_partners_slug")),
    )
    op.create_table(
        "stations",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=True, comment="finder.store.cells; null when gone"),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("evses", sa.Integer(), nullable=False),
        sa.Column("max_power", sa.Integer(), nullable=True, comment="watts"),
        sa.Column("text", sa.Text(), nullable=True, comment="what text search finds it by, folded; null when gone"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.Column("gone_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_stations")),
        sa.UniqueConstraint("id", name=op.f("uq_stations_id")),
    )
    op.create_index(op.f("ix_stations_area"), "stations", ["area"], unique=False)
    op.create_index(op.f("ix_stations_cell"), "stations", ["cell"], unique=False)
    op.create_table(
        "locations",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="country/party/id, folded for case"),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False, comment="of the raw object"),
        sa.Column("station_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_updated", sa.BigInteger(), nullable=True),
        sa.Column(
            "misses",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="complete pulls without it, in a row",
        ),
        sa.Column("hidden", sa.Text(), nullable=True, comment="why it must not be shown; its document is not kept"),
        sa.Column("doc", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_pk"], ["partners.pk"], name=op.f("fk_locations_partner_pk"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["station_pk"], ["stations.pk"], name=op.f("fk_locations_station_pk")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_locations")),
        sa.UniqueConstraint("partner_pk", "key", name=op.f("uq_locations_partner_pk_key")),
    )
    op.create_index(op.f("ix_locations_station_pk"), "locations", ["station_pk"], unique=False)
    op.create_table(
        "pulls",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False, comment="the report as JSON"),
        sa.ForeignKeyConstraint(["partner_pk"], ["partners.pk"], name=op.f("fk_pulls_partner_pk"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_pulls")),
    )
    op.create_index(op.f("ix_pulls_partner_pk"), "pulls", ["partner_pk"], unique=False)
    op.create_table(
        "rejected",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False, comment="the object's key, or its fingerprint where it has none"),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_pk"], ["partners.pk"], name=op.f("fk_rejected_partner_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_rejected")),
        sa.UniqueConstraint("partner_pk", "module", "ref", name=op.f("uq_rejected_partner_pk_module_ref")),
    )
    op.create_table(
        "tariffs",
        sa.Column("pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False, comment="the tariff's id, folded for case"),
        sa.Column("party", sa.Text(), nullable=False, comment="country/party, folded"),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("last_updated", sa.BigInteger(), nullable=True),
        sa.Column("misses", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("doc", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_pk"], ["partners.pk"], name=op.f("fk_tariffs_partner_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_tariffs")),
        sa.UniqueConstraint("partner_pk", "ref", "party", name=op.f("uq_tariffs_partner_pk_ref_party")),
    )
    op.create_table(
        "statuses",
        sa.Column(
            "location_pk", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "n", sa.SmallInteger(), autoincrement=False, nullable=False, comment="the EVSE's place in its document"
        ),
        sa.Column("evse_key", sa.BigInteger(), nullable=True, comment="hash of the normalised EVSE id"),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True, comment="the EVSE's last_updated"),
        sa.ForeignKeyConstraint(
            ["location_pk"], ["locations.pk"], name=op.f("fk_statuses_location_pk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("location_pk", "n", name=op.f("pk_statuses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_statuses_evse_key"), "statuses", ["evse_key"], unique=False)

    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)
