"""The tables. A document stands beside the columns that a query filters or sorts by; live statuses stand apart.

Instants are whole milliseconds since 1970 (UTC), so that they sort and compare alike on every database.
"""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Millis = sa.BigInteger()

partners = sa.Table(
    "partners",
    metadata,
    sa.Column("pk", Key, primary_key=True),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("licence", sa.Text),
    sa.Column("version", sa.Text),
    sa.Column("interval", sa.Float, nullable=False, server_default="300"),
    sa.Column("last_attempt", Millis),
    sa.Column("last_success", Millis),
    sa.Column("last_full", Millis),
    sa.Column("delta_from", Millis),
    sa.Column("outcome", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("retry_at", Millis),
    sa.Column("held", sa.Text, comment="the mass deletion that waits: fingerprint, when first seen, how often"),
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until", Millis),
)

pulls = sa.Table(
    "pulls",
    metadata,
    sa.Column("pk", Key, primary_key=True),
    sa.Column("partner_pk", sa.ForeignKey("partners.pk", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("started_at", Millis, nullable=False),
    sa.Column("report", sa.Text, nullable=False, comment="the report as JSON"),
)

locations = sa.Table(
    "locations",
    metadata,
    sa.Column("pk", Key, primary_key=True),
    sa.Column("partner_pk", sa.ForeignKey("partners.pk", ondelete="CASCADE"), nullable=False),
    sa.Column("key", sa.Text, nullable=False, comment="country/party/id, folded for case"),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False, comment="of the raw object"),
    sa.Column("station_pk", sa.ForeignKey("stations.pk"), index=True),
    sa.Column("last_updated", Millis),
    sa.Column(
        "misses", sa.SmallInteger, nullable=False, server_default="0", comment="complete pulls without it, in a row"
    ),
    sa.Column("hidden", sa.Text, comment="why it must not be shown; its document is not kept"),
    sa.Column("doc", sa.LargeBinary),
    sa.UniqueConstraint("partner_pk", "key"),
)

stations = sa.Table(
    "stations",
    metadata,
    sa.Column("pk", Key, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("latitude", sa.Float, nullable=False),
    sa.Column("longitude", sa.Float, nullable=False),
    sa.Column("cell", sa.Integer, comment="finder.store.cells; null when gone"),
    sa.Column("area", sa.Text, index=True),
    sa.Column("operator", sa.Text),
    sa.Column("evses", sa.Integer, nullable=False),
    sa.Column("max_power", sa.Integer, comment="watts"),
    sa.Column("text", sa.Text, comment="what text search finds it by, folded; null when gone"),
    sa.Column("created_at", Millis, nullable=False),
    sa.Column("changed_at", Millis, nullable=False),
    sa.Column("gone_at", Millis),
    sa.Column("gone_reason", sa.Text),
    sa.Column("traits", sa.BigInteger, comment="bits of finder.stations.traits; null: not told yet, or gone"),
    sa.Column("plugs", sa.Integer, comment="the row of plug_sets"),
    sa.Column("hours", sa.Integer, comment="the row of openings; null: not stated"),
    sa.Column("city", sa.Text, comment="empty: not stated; null: not told yet. Its address is made of it and the name"),
    # A search near by is answered from it but for the coordinates.
    sa.Index(None, "cell", "traits", "plugs"),
)

STRONG_W = 43_000
STRONG = stations.c.max_power >= sa.literal_column(str(STRONG_W))
"""Those that can charge fast are few, and are searched for most: near by they are found by an index of their own, without a look at
their rows."""
sa.Index(
    "ix_stations_strong",
    *(stations.c[name] for name in ("cell", "plugs", "traits", "latitude", "longitude")),
    sqlite_where=STRONG,
    postgresql_where=STRONG,
)

plug_sets = sa.Table(
    "plug_sets",
    metadata,
    sa.Column("pk", Key, primary_key=True),
    sa.Column("mark", sa.BigInteger, nullable=False, unique=True, comment="hash of doc"),
    sa.Column("doc", sa.Text, nullable=False, comment="standard and W of each kind of plug, as JSON"),
)

openings = sa.Table(
    "openings",
    metadata,
    sa.Column("pk", Key, primary_key=True),
    sa.Column("mark", sa.BigInteger, nullable=False, unique=True, comment="hash of doc"),
    sa.Column("doc", sa.Text, nullable=False, comment="opening hours and time zone, as JSON"),
)

moves = sa.Table(
    "moves",
    metadata,
    sa.Column("old_id", sa.Text, primary_key=True),
    sa.Column("new_id", sa.Text, nullable=False),
)

statuses = sa.Table(
    "statuses",
    metadata,
    sa.Column("location_pk", sa.ForeignKey("locations.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("n", sa.SmallInteger, primary_key=True, autoincrement=False, comment="the EVSE's place in its document"),
    sa.Column("evse_key", sa.BigInteger, index=True, comment="hash of the normalised EVSE id"),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("at", Millis, comment="the EVSE's last_updated"),
    sqlite_with_rowid=False,
)

status_changes = sa.Table(
    "status_changes",
    metadata,
    sa.Column("location_pk", sa.ForeignKey("locations.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("at", Millis, primary_key=True, autoincrement=False),
    sa.Column(
        "evse", sa.BigInteger, primary_key=True, autoincrement=False, comment="its key, else its place in the document"
    ),
    sa.Column("was", sa.SmallInteger, nullable=False, comment="finder.store.history.GROUPS"),
    sa.Column("became", sa.SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

watches = sa.Table(
    "watches",
    metadata,
    sa.Column("partner_pk", sa.ForeignKey("partners.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("since", Millis, primary_key=True, autoincrement=False, comment="the first good pull of a row of them"),
    sa.Column("until", Millis, nullable=False, comment="the last"),
    sqlite_with_rowid=False,
)

tariffs = sa.Table(
    "tariffs",
    metadata,
    sa.Column("pk", Key, primary_key=True),
    sa.Column("partner_pk", sa.ForeignKey("partners.pk", ondelete="CASCADE"), nullable=False),
    sa.Column("ref", sa.Text, nullable=False, comment="the tariff's id, folded for case"),
    sa.Column("party", sa.Text, nullable=False, comment="country/party, folded"),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("last_updated", Millis),
    sa.Column("misses", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("doc", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("partner_pk", "ref", "party"),
)

free_refs = sa.Table(
    "free_refs",
    metadata,
    sa.Column("partner_pk", sa.ForeignKey("partners.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("ref", sa.Text, primary_key=True, comment="id, folded, of a tariff that may be free some day"),
    sa.Column("told", sa.Boolean, nullable=False, comment="whether every station that names it has the trait"),
    sqlite_with_rowid=False,
)

tariff_versions = sa.Table(
    "tariff_versions",
    metadata,
    sa.Column("pk", Key, primary_key=True),
    sa.Column("partner_pk", sa.ForeignKey("partners.pk", ondelete="CASCADE"), nullable=False),
    sa.Column("ref", sa.Text, nullable=False, comment="the tariff's id, folded for case"),
    sa.Column("party", sa.Text, nullable=False, comment="country/party, folded"),
    sa.Column("until", Millis, nullable=False, index=True, comment="when it was replaced or removed"),
    sa.Column("doc", sa.LargeBinary, nullable=False),
    sa.Index(None, "partner_pk", "ref"),
)

rejected = sa.Table(
    "rejected",
    metadata,
    sa.Column("pk", Key, primary_key=True),
    sa.Column("partner_pk", sa.ForeignKey("partners.pk", ondelete="CASCADE"), nullable=False),
    sa.Column("module", sa.Text, nullable=False),
    sa.Column("ref", sa.Text, nullable=False, comment="the object's key, or its fingerprint where it has none"),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("first_seen", Millis, nullable=False),
    sa.Column("last_seen", Millis, nullable=False),
    sa.UniqueConstraint("partner_pk", "module", "ref"),
)

dictionaries = sa.Table(
    "dictionaries",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

clusters = sa.Table(
    "clusters",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False, comment="finder.places.mercator.key"),
    sa.Column("partner_pk", sa.ForeignKey("partners.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("stations", sa.Integer, nullable=False, comment="those that this partner told of first"),
    sa.Column("available", sa.Integer, nullable=False, comment="EVSEs of which this partner has the newest word"),
    sa.Column("known", sa.Integer, nullable=False, comment="those of them in service whose status it knows"),
    sa.Column("x", sa.Integer, nullable=False, comment="sum over the stations, from 0 to 63 each within the square"),
    sa.Column("y", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

tellings = sa.Table(
    "tellings",
    metadata,
    sa.Column("name", sa.Text, primary_key=True, comment="who is told of changes"),
    sa.Column("at", Millis, nullable=False, comment="what changed before is told"),
    sa.Column("pk", Key, nullable=False, comment="and of what changed just then the stations up to this one"),
    sqlite_with_rowid=False,
)

stale_squares = sa.Table(
    "stale_squares",
    metadata,
    sa.Column("key", sa.Integer, primary_key=True, autoincrement=False, comment="whose clusters are to be made anew"),
)
