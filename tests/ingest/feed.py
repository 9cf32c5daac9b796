"""Partners whose whole word is a file, for tests that choose each object themselves."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from finder.demo.platform import Clock
from finder.ingest.pull import pull
from finder.ingest.report import Report
from finder.ocpi.partner import Partner
from finder.stations.types import Gone, Moved, Station
from finder.store import partners, rejected, stations
from tests.ingest.partnership import connecting, public_ids, shown, write_feed

Json = dict[str, Any]

PLACE = (58.3535, 11.8105)
METRE = 1 / 111_200


def evse(number: int | str, status: str = "AVAILABLE", **more: Any) -> Json:
    return {
        "uid": f"U{number}",
        "evse_id": f"SE*NOR*E{number:>04}",
        "status": status,
        "connectors": [
            {
                "id": "1",
                "standard": "IEC_62196_T2_COMBO",
                "format": "CABLE",
                "power_type": "DC",
                "max_voltage": 920,
                "max_amperage": 330,
                "max_electric_power": 300000,
                "tariff_ids": ["T1"],
                "last_updated": "2026-11-01T00:00:00Z",
            }
        ],
        "last_updated": "2026-11-20T10:00:00Z",
        **more,
    }


def location(id: str, *evses: Json, metres_north: float = 0, **more: Any) -> Json:
    return {
        "country_code": "SE",
        "party_id": "NOR",
        "id": id,
        "publish": True,
        "name": f"Plats {id}",
        "address": "Storgatan 1",
        "city": "Uddevalla",
        "country": "SWE",
        "coordinates": {"latitude": f"{PLACE[0] + metres_north * METRE:.6f}", "longitude": f"{PLACE[1]:.6f}"},
        "time_zone": "Europe/Stockholm",
        "operator": {"name": "Nordladd"},
        "evses": list(evses) or [evse(id)],
        "last_updated": "2026-11-20T10:00:00Z",
        **more,
    }


def tariff(id: str, price: float = 4.9, **more: Any) -> Json:
    return {
        "country_code": "SE",
        "party_id": "NOR",
        "id": id,
        "currency": "SEK",
        "elements": [{"price_components": [{"type": "ENERGY", "price": price, "vat": 25, "step_size": 1}]}],
        "last_updated": "2026-11-01T00:00:00Z",
        **more,
    }


class Feeds:
    """Any number of partners, each told by `take` what it says from now on."""

    def __init__(self, engine: sa.Engine, folder: Path, clock: Clock) -> None:
        self.engine = engine
        self.folder = folder
        self.clock = clock

    def take(self, slug: str, objects: list[Any], tariffs: list[Any] | None = None, **settings: Any) -> Report:
        """One pull of everything that the partner says."""
        files = {"locations": str(write_feed(self.folder / f"{slug}-locations.json", objects))}
        if tariffs is not None:
            files["tariffs"] = str(write_feed(self.folder / f"{slug}-tariffs.json", tariffs))
        given = {"name": slug.capitalize(), "licence": "CC0-1.0", "version": "2.2.1"} | settings
        partner = Partner(slug=slug, **given, **files)
        return pull(self.engine, partner, clock=self.clock, connect=connecting())

    def later(self, **passed: float) -> None:
        self.clock.to(self.clock.moment + timedelta(**passed))

    def shown(self, slug: str) -> set[str]:
        return set(shown(self.engine, slug))

    def public_id(self, slug: str, location_id: str) -> str:
        return public_ids(self.engine, slug)[location_id.casefold()]

    def by_id(self, id: str) -> Station | Gone | Moved | None:
        with self.engine.connect() as connection:
            return stations.by_id(connection, id)

    def station(self, slug: str, location_id: str) -> Station:
        found = self.by_id(self.public_id(slug, location_id))
        assert isinstance(found, Station)
        return found

    def find(self, **search: Any) -> stations.Found:
        with self.engine.connect() as connection:
            return stations.find(connection, stations.Search(**search))

    def refused(self, slug: str) -> list[rejected.Row]:
        with self.engine.connect() as connection:
            row = partners.by_slug(connection, slug)
            assert row is not None
            return rejected.all_of(connection, row.pk)


def statuses(station: Station) -> dict[str | None, str]:
    return {held.evse.evse_id: held.evse.status for held in station.evses}


def without(one: Json, *names: str) -> Json:
    return {name: value for name, value in one.items() if name not in names}


def facts(station: Station) -> Station:
    """The station without when its partners were last asked."""
    origins = tuple(msgspec.structs.replace(origin, fetched_at=None) for origin in station.origins)
    return msgspec.structs.replace(station, origins=origins)
