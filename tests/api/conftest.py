"""A site with a few stations, taken in from feeds in files, as any partner's are."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from finder.ingest.pull import pull
from finder.ocpi.client import Client
from finder.ocpi.partner import Partner
from finder.store import migrate
from finder.store.database import engine

Json = dict[str, Any]
Take = Callable[..., None]


def stamp(ago: timedelta = timedelta(0)) -> str:
    return (datetime.now(UTC) - ago).strftime("%Y-%m-%dT%H:%M:%SZ")


def connector(id: str = "1", **more: Any) -> Json:
    return {
        "id": id,
        "standard": "IEC_62196_T2_COMBO",
        "format": "CABLE",
        "power_type": "DC",
        "max_voltage": 920,
        "max_amperage": 330,
        "max_electric_power": 300000,
        "tariff_ids": ["T1"],
        "last_updated": stamp(timedelta(days=9)),
        **more,
    }


def evse(number: int, status: str = "AVAILABLE", *connectors: Json, **more: Any) -> Json:
    return {
        "uid": f"U{number}",
        "evse_id": f"SE*NOR*E{number:04}",
        "status": status,
        "connectors": list(connectors) or [connector()],
        "last_updated": stamp(timedelta(minutes=34)),
        **more,
    }


def location(id: str, latitude: float, longitude: float, *evses: Json, **more: Any) -> Json:
    return {
        "country_code": "SE",
        "party_id": "NOR",
        "id": id,
        "publish": True,
        "name": f"Plats {id}",
        "address": "Storgatan 1",
        "city": "Uddevalla",
        "postal_code": "451 50",
        "country": "SWE",
        "coordinates": {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"},
        "time_zone": "Europe/Stockholm",
        "operator": {"name": "Nordladd", "website": "https://nordladd.example"},
        "evses": list(evses) or [evse(crc32(id.encode()))],
        "last_updated": stamp(timedelta(days=3)),
        **more,
    }


TARIFF: Json = {
    "country_code": "SE",
    "party_id": "NOR",
    "id": "T1",
    "currency": "SEK",
    "elements": [{"price_components": [{"type": "ENERGY", "price": 4.9, "vat": 25, "step_size": 1}]}],
    "last_updated": "2026-11-01T00:00:00Z",
}

TORP = location(
    "torp",
    58.3535,
    11.8105,
    evse(1),
    evse(2, "CHARGING"),
    evse(3, "UNKNOWN", connector(standard="IEC_62196_T2", format="SOCKET", power_type="AC_3_PHASE", max_voltage=230, max_amperage=32, max_electric_power=22000)),
    name="Torp köpcentrum",
    address="Torpvägen 2",
    facilities=["RESTAURANT", "WIFI"],
    opening_times={"twentyfourseven": True},
    help_phone="+46 522 000 00",
)  # fmt: skip


def site(database_url: str) -> Iterator[Flask]:
    made = create_app({"FINDER_DATABASE_URL": database_url, "FINDER_BASE_URL": "https://uttag.example"})
    engine = made.extensions["finder.engine"]
    migrate.upgrade(engine)
    yield made
    engine.dispose()


@pytest.fixture(scope="package")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A site without a station, for tests that need none and change nothing."""
    for made in site(f"sqlite:///{tmp_path_factory.mktemp('empty') / 'finder.db'}"):
        yield made.test_client()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'finder.db'}"
    url: str = request.getfixturevalue("postgresql")
    made = engine(url)
    with made.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    made.dispose()
    return url


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'finder.db'}"


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    yield from site(database_url)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def take(app: Flask, tmp_path: Path) -> Take:
    """Takes in a partner's whole feed, as of some time `ago`."""

    def taken(
        *locations: Json,
        slug: str = "nordladd",
        licence: str | None = "CC-BY-4.0",
        tariffs: tuple[Json, ...] = (TARIFF,),
        ago: timedelta = timedelta(0),
    ) -> None:
        files = {"locations": list(locations), "tariffs": list(tariffs)}
        for name, content in files.items():
            (tmp_path / f"{slug}-{name}.json").write_text(json.dumps(content), encoding="utf-8")
        partner = Partner(
            slug=slug,
            name=slug.capitalize(),
            licence=licence,
            version="2.2.1",
            **{name: str(tmp_path / f"{slug}-{name}.json") for name in files},
        )
        report = pull(
            app.extensions["finder.engine"],
            partner,
            clock=lambda: datetime.now(UTC) - ago,
            connect=lambda partner, clock: Client(partner, contact="test@uttag.example", now=clock),
        )
        assert (report.outcome, report.locations.rejected) == ("ok", 0), report.row()

    return taken
