"""A demonstration platform, and the database that it is pulled into, as a site and its partner live together."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from finder.demo.country import Country, seconds
from finder.demo.platform import Clock, Platform
from finder.ingest.pull import Connect, pull
from finder.ingest.report import Report
from finder.ocpi.client import Client, Limits
from finder.ocpi.partner import Partner, read_partners
from finder.ocpi.read import read_location, read_tariff
from finder.ocpi.types import Location, Source, Tariff
from finder.stations.types import Gone, Moved, Station
from finder.store import documents, partners, rejected, stations
from finder.store.schema import locations, metadata, tariffs
from finder.store.schema import stations as stations_table
from finder.store.schema import statuses as statuses_table
from finder.store.statuses import WORDS
from finder.store.times import instant

# A working Friday afternoon in Sweden.
NOON = datetime(2026, 11, 20, 13, 32, tzinfo=UTC)
# What a pull writes each time, changed or not.
BOOKS = {"partners", "pulls", "watches"}
CALM = Limits(connect=5, request=10, pull=30)


def connecting(limits: Limits = CALM) -> Connect:
    """Clients that do not really wait between their tries."""

    def connect(partner: Partner, clock: Any) -> Client:
        return Client(
            partner, contact="test@uttag.example", now=clock, limits=limits, sleep=lambda _: None, chance=lambda: 0.0
        )

    return connect


class Partnership:
    """One partner: `platform` is its side, `engine` ours, `clock` everybody's."""

    def __init__(self, engine: sa.Engine, platform: Platform, clock: Clock, limits: Limits = CALM) -> None:
        self.engine = engine
        self.platform = platform
        self.clock = clock
        self.limits = limits
        self.settings = read_partners(platform.toml(), {})[0]

    def pull(self, *, full: bool = True) -> Report:
        return pull(self.engine, self.settings, clock=self.clock, connect=connecting(self.limits), full=full)

    def taken(self, *, full: bool = True) -> Report:
        """A pull that must be good."""
        report = self.pull(full=full)
        assert report.outcome == "ok", report.reason
        return report

    def later(self, **passed: float) -> None:
        self.clock.to(self.clock.moment + timedelta(**passed))

    # What the platform says

    @property
    def source(self) -> Source:
        settings = self.settings
        return Source(settings.slug, self.platform.version, settings.country_code, settings.party_id)

    def truth(self) -> dict[str, Location]:
        """Every location that the platform shows now, read one by one, as it should be stored."""
        moment = seconds(self.clock())
        found = {}
        for id in self.platform.shown():
            raw = json.dumps(self.platform.listings[id].at(moment)).encode()
            read = read_location(raw, self.source, self.clock())
            assert isinstance(read, Location), (id, read)
            found[id] = ordered(read)
        return found

    def true_tariffs(self) -> dict[str, Tariff]:
        found = {}
        for id, tariff in self.platform.tariffs.items():
            read = read_tariff(json.dumps(tariff).encode(), self.source, self.clock())
            assert isinstance(read, Tariff), (id, read)
            found[id] = read
        return found

    # What is stored

    def shown(self) -> dict[str, Location]:
        return shown(self.engine, self.settings.slug)

    def tariffs(self) -> dict[str, Tariff]:
        with self.engine.connect() as connection:
            docs = connection.scalars(sa.select(tariffs.c.doc).where(tariffs.c.partner_pk == self.row(connection).pk))
            read = [documents.unpack(connection, doc, Tariff) for doc in docs]
        return {tariff.id: tariff for tariff in read}

    def row(self, connection: sa.Connection) -> partners.Row:
        found = partners.by_slug(connection, self.settings.slug)
        assert found is not None
        return found

    def state(self) -> partners.PartnerState:
        with self.engine.connect() as connection:
            return next(one for one in partners.states(connection) if one.slug == self.settings.slug)

    def refused(self) -> list[rejected.Row]:
        with self.engine.connect() as connection:
            return rejected.all_of(connection, self.row(connection).pk)

    def public_id(self, location_id: str) -> str:
        """The id of the page that the location stands on."""
        return public_ids(self.engine, self.settings.slug)[location_id.casefold()]

    def by_id(self, id: str) -> Station | Gone | Moved | None:
        with self.engine.connect() as connection:
            return stations.by_id(connection, id)

    def station(self, location_id: str) -> Station:
        found = self.by_id(self.public_id(location_id))
        assert isinstance(found, Station)
        return found


def ordered(location: Location) -> Location:
    """As it is stored: EVSEs in an order of their own, and no stamp of its own (that one stands in a column)."""
    evses = tuple(sorted(location.evses, key=lambda evse: (evse.evse_id or "", evse.uid)))
    return msgspec.structs.replace(location, evses=evses, last_updated=None)


def shown(engine: sa.Engine, slug: str) -> dict[str, Location]:
    """Every location that stands on a page, with its live statuses, by its own id."""
    found = {}
    with engine.connect() as connection:
        row = partners.by_slug(connection, slug)
        assert row is not None
        query = sa.select(locations.c.pk, locations.c.doc).where(
            locations.c.partner_pk == row.pk, locations.c.station_pk.is_not(None)
        )
        live: dict[int, dict[int, Any]] = {}
        for status in connection.execute(sa.select(statuses_table)):
            live.setdefault(status.location_pk, {})[status.n] = status
        for pk, doc in connection.execute(query):
            location = documents.unpack(connection, doc, Location)
            evses = tuple(
                msgspec.structs.replace(evse, status=WORDS[live[pk][n].status], last_updated=instant(live[pk][n].at))
                for n, evse in enumerate(location.evses)
            )
            assert len(evses) == len(live[pk])
            found[location.id] = msgspec.structs.replace(location, evses=evses)
    return found


def public_ids(engine: sa.Engine, slug: str) -> dict[str, str]:
    with engine.connect() as connection:
        row = partners.by_slug(connection, slug)
        assert row is not None
        query = (
            sa.select(locations.c.key, stations_table.c.id)
            .join_from(locations, stations_table, locations.c.station_pk == stations_table.c.pk)
            .where(locations.c.partner_pk == row.pk)
        )
        return {key.split("/", 2)[2]: id for key, id in connection.execute(query)}


def dump(engine: sa.Engine, *names: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of these tables (of all but the books, where none is named), to be compared with another dump."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
            if (table.name in names if names else table.name not in BOOKS)
        }


def write_feed(path: Path, objects: list[Any]) -> Path:
    """A plain feed of these objects."""
    # A lone surrogate is no UTF-8: backslashreplace makes it the escape that JSON allows.
    path.write_bytes(json.dumps(objects, ensure_ascii=False).encode("utf-8", "backslashreplace"))
    return path


def listing(country: Country, version: str, *, now: datetime = NOON) -> list[dict[str, Any]]:
    """The locations of one partner of the country, as it lists them."""
    return [one.at(seconds(now)) for one in country.listings(version)]
