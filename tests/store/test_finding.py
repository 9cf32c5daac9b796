"""Random searches find what reading every document finds, in the same order: in the demonstration's country, and in a real one."""

import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from finder.demo.country import Country
from finder.ingest.pull import pull
from finder.ocpi.client import Client
from finder.ocpi.partner import Partner
from finder.stations import zones
from finder.stations.prices import Pricing
from finder.stations.traits import FACILITIES, PAYMENTS
from finder.stations.types import Station
from finder.store import migrate, stations
from finder.store.database import engine as make_engine
from finder.store.filters import Search
from finder.store.offers import is_free
from finder.tariffs.charge import Charge
from finder.tariffs.pricing import rules
from tests.conftest import FEEDS, emptied
from tests.ingest.partnership import listing, write_feed
from tests.store import naive

NOW = datetime(2026, 11, 23, 10, 2, 30, tzinfo=UTC)
VERSIONS = ("2.1.1", "2.2.1", "2.3.0")
SEARCHES = int(os.environ.get("FINDER_SEARCHES", "200"))
"""How many random searches of each country: 2,000 for the whole proof."""

REAL = FEEDS / "feeds" / "ndw_2026"
FEED, TARIFFS = REAL / "ndw_national_locations.json.gz", REAL / "ndw_national_tariffs.json.gz"


def take(
    engine: sa.Engine, slug: str, locations: Path, tariffs: Path, version: str, at: datetime, licence: str | None
) -> None:
    partner = Partner(
        slug=slug, name=slug, locations=str(locations), tariffs=str(tariffs), version=version, licence=licence,
        country_code="SE", party_id="NOR",
    )  # fmt: skip
    report = pull(
        engine,
        partner,
        clock=lambda: at,
        connect=lambda partner, clock: Client(partner, contact="test@uttag.example", now=clock),
    )
    assert report.outcome == "ok", report.row()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demonstrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """Three partners that tell of the same places, one of them long silent, one without a licence."""
    home = tmp_path_factory.mktemp("demonstrated")
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{home / 'finder.db'}")
        migrate.upgrade(engine)
    else:
        engine = emptied(request.getfixturevalue("postgresql"))
    country = Country(stations=400)
    for number, version in enumerate(VERSIONS):
        take(
            engine,
            f"p{number}",
            write_feed(home / f"{version}.json", listing(country, version, now=NOW)),
            write_feed(home / f"{version}-t.json", country.tariffs(version)),
            version,
            NOW - timedelta(minutes=(3, 7, 90)[number]),
            ("CC0-1.0", None, "CC-BY-4.0")[number],
        )
    yield engine
    engine.dispose()


def chosen(chance: random.Random, middles: list[tuple[float, float]], plugs: list[str]) -> Search:
    """A search such as somebody might make, and some that nobody would."""
    asked: dict[str, Any] = {"now": NOW, "limit": chance.choice((1, 3, 20, 100)), "offset": chance.choice((0, 0, 0, 5))}
    latitude, longitude = chance.choice(middles)
    latitude, longitude = latitude + chance.gauss(0, 0.02), longitude + chance.gauss(0, 0.02)
    where = chance.random()
    if where < 0.5:
        asked |= {"near": (latitude, longitude), "radius_km": chance.choice((0.5, 2, 10, 10, 40, 200))}
    if 0.4 < where < 0.9:
        wide, high = chance.choice((0.02, 0.2, 1, 5)), chance.choice((0.02, 0.2, 1, 5))
        asked["bbox"] = (longitude - wide, latitude - high, longitude + wide, latitude + high)
    said = {
        "connectors": lambda: tuple(chance.sample(plugs, chance.choice((1, 1, 2)))),
        "min_power_kw": lambda: chance.choice((3.7, 11, 11.04, 22, 50, 100, 150, 299.5)),
        "facilities": lambda: tuple(chance.sample(FACILITIES, chance.choice((1, 1, 2)))),
        "payments": lambda: tuple(chance.sample(list(PAYMENTS), chance.choice((1, 1, 2)))),
        "available": lambda: True,
        "open_now": lambda: True,
        "free": lambda: True,
        "green": lambda: True,
        "smart": lambda: True,
    }
    for name in chance.sample(list(said), chance.choice((0, 1, 1, 2, 2, 3))):
        asked[name] = said[name]()
    asked["sort"] = chance.choice((None, None, "distance", "power", "name"))
    return Search(**asked)


class Free:
    """Whether a plug is free of charge, told by the station's own tariffs."""

    def __init__(self) -> None:
        self._known: dict[str, list[Any]] = {}

    def __call__(self, station: Station, plug: Any) -> bool:
        if station.id not in self._known:
            known = {tariff.id.casefold(): rules(tariff) for tariff in station.tariffs}
            pricing, zone = Pricing(Charge(), NOW), zones.zone(station.location.time_zone)
            self._known[station.id] = [
                each
                for entry in station.evses
                for each in entry.evse.connectors
                if is_free(pricing.price(each, known, zone))
            ]
        return plug in self._known[station.id]


def everything(connection: sa.Connection, licensed: bool) -> list[Station]:
    ids = connection.scalars(sa.text("SELECT id FROM stations WHERE gone_at IS NULL ORDER BY id")).all()
    by_id = stations.licensed_by_id if licensed else stations.by_id
    return [station for id in ids if isinstance(station := by_id(connection, id), Station)]


def compared(engine: sa.Engine, count: int, seed: int, licensed: bool = False) -> int:
    """Every search's page, total and next page; how many stations were found in all."""
    chance, free, hits = random.Random(seed), Free(), 0
    with engine.connect() as connection:
        whole = {each.id: each for each in everything(connection, licensed=False)}
        every = everything(connection, licensed) if licensed else list(whole.values())
        middles = [(each.location.coordinates.latitude, each.location.coordinates.longitude) for each in every]
        plugs = sorted({plug.standard for each in every for plug in naive.plugs(each) if plug.standard})
        for _ in range(count):
            search = msgspec.structs.replace(chosen(chance, middles, plugs), licensed=licensed)
            expected = naive.found(every, whole, search, free)
            ranked = stations.rank(connection, search)
            page = expected[search.offset : search.offset + search.limit]
            assert ids(connection, ranked.pks) == [each.id for each in page], search
            assert (ranked.total, stations.total(connection, search)) == (len(expected), len(expected)), search
            if ranked.last is not None:
                after = ranked.last, page[-1].id
                on = stations.rank(connection, msgspec.structs.replace(search, after=after, offset=0))
                rest = expected[search.offset + search.limit :][: search.limit]
                assert ids(connection, on.pks) == [each.id for each in rest], search
            hits += len(expected)
    return hits


def ids(connection: sa.Connection, pks: tuple[int, ...]) -> list[str]:
    known = stations.rows(connection, list(pks))
    return [known[pk].id for pk in pks]


def test_searches_of_the_demonstration_find_what_reading_everything_finds(demonstrated: sa.Engine) -> None:
    assert compared(demonstrated, SEARCHES, seed=1) > SEARCHES


def test_so_they_do_where_only_licensed_words_count(demonstrated: sa.Engine) -> None:
    assert compared(demonstrated, SEARCHES, seed=2, licensed=True) > SEARCHES


@pytest.mark.skipif(not FEED.exists(), reason="the national feed is not beside the project")
@pytest.mark.skipif("FINDER_SEARCHES" not in os.environ, reason="takes minutes; FINDER_SEARCHES=2000 runs it")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_searches_of_a_real_country_do(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> None:
    if kind == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'finder.db'}")
        migrate.upgrade(engine)
    else:
        engine = emptied(request.getfixturevalue("postgresql"))
    take(engine, "ndw", FEED, TARIFFS, "2.2.1", NOW - timedelta(minutes=4), "CC0-1.0")
    assert compared(engine, SEARCHES, seed=3) > SEARCHES
    engine.dispose()


def test_strong_plugs_near_by_are_found_by_an_index_of_their_own(demonstrated: sa.Engine) -> None:
    if demonstrated.dialect.name != "sqlite":
        pytest.skip("how PostgreSQL goes about it depends on how many there are")
    asked: list[str] = []
    with demonstrated.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for strong in (50.0, 22.0):
            driver.set_trace_callback(asked.append)
            stations.rank(connection, Search(near=(59.3, 18.0), min_power_kw=strong))
            driver.set_trace_callback(None)
            (statement,) = [each for each in asked if "max_power" in each or "BETWEEN" in each]
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all())
            assert ("ix_stations_strong" in plan) == (strong == 50.0), plan
            asked.clear()


def test_each_condition_says_what_there_is_without_it(demonstrated: sa.Engine) -> None:
    search = Search(connectors=("CHADEMO",), min_power_kw=300, facilities=("CAFE",), available=True, now=NOW)
    with demonstrated.connect() as connection:
        told = dict(stations.relaxed(connection, search))
        assert list(told) == ["connector", "min_power_kw", "facility", "available"]
        without = msgspec.structs.replace(search, min_power_kw=None)
        assert told["min_power_kw"] == stations.find(connection, without).total > stations.total(connection, search)
