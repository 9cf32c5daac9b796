"""Searches among 100,000 stations, with BENCH_MILLION=1 also among a million, and beside PostGIS where it is installed.

The stations are made up, alike every time: towns of fifty, so many to the square kilometre whatever their number, for a million
charging stations is Europe and not ten times as many in one country.
"""

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from finder.ocpi.types import BusinessDetails, Connector, Coordinates, Evse, Hours, Location
from finder.stations import merge
from finder.stations.identity import evse_key, station_id
from finder.store import documents, kinds, locations, migrate, partners, stations, statuses
from finder.store.cells import cell
from finder.store.database import engine as make_engine
from finder.store.database import writing
from finder.store.filters import Search
from finder.store.schema import stations as table
from finder.store.times import millis

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIZES = (100_000, 1_000_000) if os.environ.get("BENCH_MILLION") else (100_000,)
IN_TOWN = 50
TOWNS_A_DEGREE = 20
BATCH = 10_000
ASKED = 300
PLUGS = (("IEC_62196_T2", "AC_3_PHASE"), ("IEC_62196_T2_COMBO", "DC"), ("CHADEMO", "DC"))
POWERS = (11_000, 22_000, 50_000, 100_000, 150_000, 300_000)
CCS = {"connectors": ("IEC_62196_T2_COMBO",), "min_power_kw": 100.0}
Points = list[tuple[float, float]]


def main() -> None:
    print("finding: stations near by, of an area, by words, and one; microseconds in process")
    p50: dict[str, list[float]] = {}
    for size in SIZES:
        database = Path(tempfile.gettempdir()) / f"finder-bench-{size}.db"
        points = towns(size)
        if not database.exists():
            fill(database, size)
        engine = make_engine(f"sqlite:///{database}")
        with engine.connect() as connection:
            for what, (middle, worst) in measured(connection, points).items():
                p50.setdefault(what, []).append(middle)
                print(f"  {size:9,} {what:44} p50 {middle:8.0f}  p99 {worst:8.0f}")
            beside_postgis(connection, points)
        engine.dispose()
    for what, (first, *more) in p50.items():
        for other in more:
            print(f"  {what:54} 1M/100k {other / first:5.2f}  (goal 1.3)")


def towns(size: int) -> Points:
    """Their middles, TOWNS_A_DEGREE to the square degree."""
    count = size // IN_TOWN
    side = (count / TOWNS_A_DEGREE) ** 0.5
    chance = random.Random(7)
    return [
        (36 + chance.random() * min(side, 34), -10 + chance.random() * side * max(1, side / 34)) for _ in range(count)
    ]


def made(size: int) -> Iterator[Location]:
    chance = random.Random(1)
    for number, (latitude, longitude) in enumerate(point for point in towns(size) for _ in range(IN_TOWN)):
        evses = []
        kind = chance.choices(range(3), (8, 3, 1))[0]
        for n in range(chance.choice((1, 2, 2, 4))):
            standard, power_type = PLUGS[kind]
            power = chance.choice(POWERS[:2] if kind == 0 else POWERS[2:])
            plug = Connector(
                "1", standard, "CABLE", power_type, max_electric_power=power, tariff_ids=(f"T{number % 300}",)
            )
            evse_id = f"SE*SYN*E{number:07}*{n}"
            status = chance.choice(("AVAILABLE", "CHARGING", "UNKNOWN"))
            capabilities = ("RFID_READER", "CREDIT_CARD_PAYABLE")[: chance.choice((1, 2))]
            evses.append(
                Evse(f"U{number}-{n}", evse_id, status, capabilities=capabilities, connectors=(plug,), last_updated=NOW)
            )
        yield Location(
            "SE", "SYN", f"L{number}", Coordinates(latitude + chance.gauss(0, 0.03), longitude + chance.gauss(0, 0.05)),
            evses=tuple(evses), name=f"Plats {number} ort{number // IN_TOWN}", address=f"Gatan {number % 90}",
            operator=BusinessDetails(f"Bolag {number % 70}"), time_zone="Europe/Stockholm",
            opening_times=Hours(twentyfourseven=True) if number % 3 else None,
        )  # fmt: skip


def fill(database: Path, size: int) -> None:
    engine = make_engine(f"sqlite:///{database}")
    migrate.upgrade(engine)
    with writing(engine) as connection:
        pk = partners.ensure(connection, "syn", name="Syn", licence="CC0-1.0", interval=300.0, now=NOW).pk
        partners.finished(connection, pk, "{}", NOW, last_success=NOW, outcome="ok")
    batch: list[Location] = []
    last = 0
    for location in made(size):
        batch.append(location)
        if len(batch) == BATCH:
            write(engine, pk, last, batch)
            last, batch = last + BATCH, []
    engine.dispose()


def write(engine: sa.Engine, partner_pk: int, last: int, batch: list[Location]) -> None:
    told, kept, live = [], [], []
    with writing(engine) as connection:
        packer = documents.Packer(connection, Location)
        encoded = [documents.encode(each) for each in batch]
        packer.learn(connection, encoded)
        facts = [merge.facts([each]) for each in batch]
        columns = kinds.columns(connection, facts)
        for number, each in enumerate(batch):
            pk, fact, name = last + number + 1, facts[number], f"se/syn/{each.id.lower()}"
            told.append(
                stations.Row(
                    pk, station_id("syn", name, 0), fact.name, fact.latitude, fact.longitude, cell(fact.latitude, fact.longitude),
                    f"SE-{pk // 200}", fact.operator, fact.evses, fact.max_power, fact.text, millis(NOW), millis(NOW), None, None,
                    *columns[number],
                )
            )  # fmt: skip
            mark = pk.to_bytes(8, "big")
            kept.append(
                locations.Row(pk, partner_pk, name, mark, pk, millis(NOW), 0, None, packer.pack(encoded[number]))
            )
            live += [
                (pk, n, evse_key(evse.evse_id), statuses.CODES[evse.status], millis(NOW))
                for n, evse in enumerate(each.evses)
            ]
        stations.save(connection, told)
        locations.save(connection, kept)
        statuses.replace(connection, [], live)


def measured(connection: sa.Connection, points: Points) -> dict[str, tuple[float, float]]:
    """p50 and p99 in microseconds."""
    chance = random.Random(3)
    here = [chance.choice(points) for _ in range(ASKED)]
    ids = list(connection.scalars(sa.text("SELECT id FROM stations WHERE pk % 331 = 0 LIMIT 300")))
    areas = [f"SE-{chance.randrange(len(points) * IN_TOWN // 200)}" for _ in range(ASKED)]
    near = [Search(near=point, now=NOW) for point in here]
    fast = [Search(near=point, now=NOW, **CCS) for point in here]
    free = [Search(near=point, now=NOW, available=True, **CCS) for point in here]
    words = [Search(text=f"ort{chance.randrange(len(points))}") for _ in range(ASKED)]
    query = sa.select(table.c.pk, table.c.id).where(
        table.c.area == sa.bindparam("code")
    ).order_by(table.c.name).limit(20)  # fmt: skip
    return {
        "near me, 20 of 10 km": times([lambda it=it: stations.rank(connection, it) for it in near]),
        "near me, CCS from 100 kW": times([lambda it=it: stations.rank(connection, it) for it in fast]),
        "near me, CCS from 100 kW, available now": times([lambda it=it: stations.rank(connection, it) for it in free]),
        "the same with the stations read": times([lambda it=it: stations.find(connection, it) for it in fast]),
        "one station": times([lambda id=id: stations.by_id(connection, id) for id in ids]),
        "an area by name": times([lambda code=code: connection.execute(query, {"code": code}).all() for code in areas]),
        "by words": times([lambda it=it: stations.rank(connection, it) for it in words]),
    }


def times(calls: list[Callable[[], object]]) -> tuple[float, float]:
    best = [9e9] * len(calls)
    for _ in range(5):
        for place, call in enumerate(calls):
            before = time.perf_counter()
            call()
            best[place] = min(best[place], time.perf_counter() - before)
    best.sort()
    return median(best) * 1e6, best[int(len(best) * 0.99)] * 1e6


def beside_postgis(connection: sa.Connection, points: Points) -> None:
    """The same question to PostGIS: BENCH_POSTGIS is the URL of a database with the extension, for instance of Debian's
    postgresql-15-postgis-3; it gets a table `bench_finding`."""
    url = os.environ.get("BENCH_POSTGIS")
    if not url:
        print("  PostGIS: skipped, BENCH_POSTGIS has no database")
        return
    theirs = make_engine(url)
    rows = connection.execute(
        sa.text(
            "SELECT stations.pk, id, latitude, longitude, coalesce(max_power, 0), plug_sets.doc LIKE '%COMBO%' FROM stations "
            "JOIN plug_sets ON plug_sets.pk = stations.plugs"
        )
    ).all()
    with theirs.begin() as there:
        for statement in (
            "CREATE EXTENSION IF NOT EXISTS postgis",
            "DROP TABLE IF EXISTS bench_finding",
            "CREATE TABLE bench_finding (pk int PRIMARY KEY, id text, ccs bool, power int, at geography(point))",
        ):
            there.exec_driver_sql(statement)
        there.exec_driver_sql(
            "INSERT INTO bench_finding VALUES (%s, %s, %s, %s, ST_MakePoint(%s, %s)::geography)",
            [(pk, id, bool(ccs), power, longitude, latitude) for pk, id, latitude, longitude, power, ccs in rows],
        )
        there.exec_driver_sql("CREATE INDEX ON bench_finding USING gist (at)")
    with theirs.connect().execution_options(isolation_level="AUTOCOMMIT") as there:
        there.exec_driver_sql("ANALYZE bench_finding")
        asked = (
            "SELECT pk, id, at <-> ST_MakePoint(%(x)s, %(y)s)::geography FROM bench_finding WHERE ccs AND power >= 100000 "
            "AND ST_DWithin(at, ST_MakePoint(%(x)s, %(y)s)::geography, 10000) ORDER BY 3 LIMIT 20"
        )
        chance = random.Random(3)
        here = [chance.choice(points) for _ in range(ASKED)]
        ours = times([lambda p=p: stations.rank(connection, Search(near=p, now=NOW, **CCS)) for p in here])[0]
        driver = there.connection.driver_connection
        assert driver is not None
        theirs_ = times(
            [lambda p=p: driver.execute(asked, {"x": p[1], "y": p[0]}, prepare=True).fetchall() for p in here]
        )[0]
    print(
        f"  near me, CCS from 100 kW: PostGIS {theirs_:.0f} (it counts no total), ours {ours / theirs_:.2f} of it  (goal 0.33)"
    )
    theirs.dispose()
