"""Finding charging stations among 100,000 and among a million that are made up (bench/_synthetic.py): microseconds in process, the
growth from one to the other, and the same question to PostGIS in the same run, round by round, where Debian's postgresql-15-postgis-3 is
installed. BENCH_MILLION names a file that the million are kept in: to make them takes minutes.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import sqlalchemy as sa

from app import create_app
from bench._synthetic import CCS, COMMON_STREETS, NOW, synthetic, towns
from finder import places
from finder.api import tiles
from finder.places import mercator, postal
from finder.store import kinds, stations
from finder.store.clusters import LAST_ZOOM
from finder.store.database import engine
from finder.store.filters import Search
from finder.store.schema import stations as table
from finder.web.language import speaking
from finder.web.suggestions import read_ahead, suggest
from tests.postgresql import binaries, server

SIZES = (100_000, 1_000_000)
ASKED = 300
ROUNDS = 5
FAST: dict[str, Any] = {"connectors": (CCS,), "min_power_kw": 100.0}
RADIUS_KM, MOST = 10, 20
COUNTRY_ZOOM, PINS_ZOOM = 5, LAST_ZOOM + 2
GROWTH, SOON_US, COLD_US, OF_POSTGIS = 1.3, 400, 10_000, 1 / 3
Point = tuple[float, float]


class Times(NamedTuple):
    """Microseconds, of calls of which each counts with its fastest."""

    p50: float
    p99: float


def main() -> None:
    print("finding: stations near by, tiles of the map, suggestions and single stations; microseconds in process")
    grown: dict[str, list[float]] = {}
    for size in SIZES:
        with synthetic(size) as database:
            for what, found in measured(database).items():
                grown.setdefault(what, []).append(found.p50)
                aim = {"near me, CCS": SOON_US, "a tile of the country, cold": COLD_US}
                goal = next((f"  (goal {most:,})" for name, most in aim.items() if what.startswith(name)), "")
                print(f"  {size:9,} {what:48} p50 {found.p50:8.0f}  p99 {found.p99:8.0f}{goal}")
            beside_postgis(database)
    for what, (few, many) in grown.items():
        print(f"  {what:58} a million {many / few:5.2f} times 100,000  (goal {GROWTH})")


def measured(database: Path) -> dict[str, Times]:
    made = engine(f"sqlite:///{database}")
    with made.connect() as connection:
        chance = random.Random(3)
        here = points(connection, chance)
        ids = connection.execute(sa.select(table.c.pk, table.c.id).where(table.c.pk.in_(some(chance)))).all()

        def near(**wanted: Any) -> list[Search]:
            return [Search(near=point, radius_km=RADIUS_KM, limit=MOST, now=NOW, **wanted) for point in here]

        found = {
            "near me": times([lambda it=it: stations.rank(connection, it) for it in near()]),
            "near me, CCS from 100 kW": times([lambda it=it: stations.rank(connection, it) for it in near(**FAST)]),
            "near me, CCS from 100 kW, free now": times(
                [lambda it=it: stations.rank(connection, it) for it in near(available=True, **FAST)]
            ),
            "20 stations of such a search read": times(
                [lambda it=it: stations.find(connection, it) for it in near(**FAST)]
            ),
            "one station": times([lambda id=id: stations.by_id(connection, id) for _, id in ids]),
        }
        read_ahead()
        with speaking("sv"):
            found["a suggestion"] = times([lambda it=it: suggested(connection, it) for it in typed(chance)])
    made.dispose()
    return found | of_tiles(database, here)


def points(connection: sa.Connection, chance: random.Random) -> list[Point]:
    """Beside stations: most people are where most of them are."""
    at = sa.select(table.c.latitude, table.c.longitude).where(table.c.pk.in_(some(chance))).order_by(table.c.pk)
    return [(y + chance.gauss(0, 0.005), x + chance.gauss(0, 0.01)) for y, x in connection.execute(at)]


def some(chance: random.Random) -> list[int]:
    """Of those that all sizes have: where as many stand, whatever there is elsewhere."""
    return chance.sample(range(1, SIZES[0] + 1), ASKED)


def typed(chance: random.Random) -> list[str]:
    """The beginnings of towns, half of them with a street."""
    names = [place.name_en for place, _ in towns(SIZES[0])]
    chosen = [chance.choice(names) for _ in range(ASKED)]
    return [
        f"{name} {chance.choice(COMMON_STREETS)[:5]}" if number % 2 else name[: chance.randrange(3, 8)]
        for number, name in enumerate(chosen)
    ]


def suggested(connection: sa.Connection, text: str) -> object:
    for held in (places.find, places.named, postal.find):
        held.cache_clear()
    return suggest(connection, text, 8, licensed=False)


def of_tiles(database: Path, here: list[Point]) -> dict[str, Times]:
    """Cold: on a connection that has read nothing."""
    app = create_app({"FINDER_DATABASE_URL": f"sqlite:///{database}"})
    reader = app.extensions["finder.reader"]

    def draw(zoom: int, point: Point) -> Callable[[], object]:
        x, y = (int(part * 2**zoom) for part in mercator.project(*point))
        search = Search(bbox=mercator.box(zoom, x, y), now=NOW)
        return lambda: tiles.drawn((zoom, x, y), search, NOW, False)

    with app.app_context():
        found = {
            "a tile of the country, cold": times([draw(COUNTRY_ZOOM, point) for point in here], reader.dispose),
            "a tile of the country": times([draw(COUNTRY_ZOOM, point) for point in here]),
            "a tile of a city": times([draw(LAST_ZOOM, point) for point in here]),
            "a tile of a part of town, with pins": times([draw(PINS_ZOOM, point) for point in here]),
        }
    reader.dispose()
    return found


def times(calls: list[Callable[[], object]], before: Callable[[], object] = int) -> Times:
    """`before` is called before each, and not counted."""
    best = [9e9] * len(calls)
    for _ in range(ROUNDS):
        for place, call in enumerate(calls):
            before()
            best[place] = min(best[place], seconds(call))
    return of(best)


def of(best: list[float]) -> Times:
    return Times(median(best) * 1e6, sorted(best)[len(best) * 99 // 100] * 1e6)


def seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


# Beside PostGIS


ASKED_OF_POSTGIS = (
    "SELECT pk, at <-> ST_MakePoint(%(x)s, %(y)s)::geography AS far{more} FROM stations "
    "WHERE plugs = ANY(%(sets)s) AND ST_DWithin(at, ST_MakePoint(%(x)s, %(y)s)::geography, %(metres)s) ORDER BY far LIMIT %(most)s"
)
COLUMNS = [column.name for column in table.columns]


def beside_postgis(database: Path) -> None:
    """The nearest with CCS from 100 kW: of the same columns, by the same sets of plugs, from a prepared statement."""
    at = binaries()
    if at is None:
        print("  PostGIS: skipped, there is no PostgreSQL (Debian: apt-get install postgresql-15-postgis-3)")
        return
    made = engine(f"sqlite:///{database}")
    with server(at, "shared_buffers=1GB", "max_wal_size=8GB") as url, made.connect() as ours:
        if extended(url):
            with copied(ours, url) as theirs:
                compare(ours, theirs)
        else:
            print("  PostGIS: skipped, it is not installed (Debian: apt-get install postgresql-15-postgis-3)")
    made.dispose()


def extended(url: str) -> bool:
    made = engine(url)
    with made.begin() as connection:
        there = connection.scalar(sa.text("SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'"))
        if there:
            connection.exec_driver_sql("CREATE EXTENSION postgis")
    made.dispose()
    return bool(there)


@contextmanager
def copied(ours: sa.Connection, url: str) -> Iterator[Any]:
    """A connection of the driver to a table of all stations, with a GiST index of where they are."""
    made = engine(url)
    with made.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        table.to_metadata(sa.MetaData()).create(connection)
        connection.exec_driver_sql("ALTER TABLE stations ADD COLUMN at geography(point)")
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY stations ({', '.join(COLUMNS)}, at) FROM STDIN") as rows:
            for row in ours.execute(sa.select(table)):
                rows.write_row((*row, f"POINT({row.longitude} {row.latitude})"))
        connection.exec_driver_sql("CREATE INDEX stations_at ON stations USING gist (at)")
        connection.exec_driver_sql("VACUUM ANALYZE stations")
        yield driver
    made.dispose()


def compare(ours: sa.Connection, theirs: Any) -> None:
    searches = [
        Search(near=point, radius_km=RADIUS_KM, limit=MOST, now=NOW, **FAST) for point in points(ours, random.Random(3))
    ]
    sets = sorted(kinds.taking(ours, searches[0].wanted).some)
    asked = [
        {"x": near[1], "y": near[0], "sets": sets, "metres": RADIUS_KM * 1000, "most": MOST}
        for near in (each.near for each in searches)
        if near is not None
    ]
    forms = {"the nearest": "", "the nearest and how many there are, as ours": ", count(*) OVER ()"}
    cursor = theirs.cursor()
    for what, more in forms.items():
        statement = ASKED_OF_POSTGIS.format(more=more)
        best, best_of_theirs = [9e9] * ASKED, [9e9] * ASKED
        found = [stations.rank(ours, search).pks for search in searches]
        told = [tuple(row[0] for row in cursor.execute(statement, given).fetchall()) for given in asked]
        same = sum(map(tuple.__eq__, found, told))
        # Round by round: after a call to the other, each would begin with the processor's caches emptied.
        for _ in range(ROUNDS):
            for place, search in enumerate(searches):
                best[place] = min(best[place], seconds(lambda it=search: stations.rank(ours, it)))
            for place, given in enumerate(asked):
                call = partial(cursor.execute, statement, given, prepare=True)
                best_of_theirs[place] = min(best_of_theirs[place], seconds(lambda it=call: it().fetchall()))
        mine, other = of(best), of(best_of_theirs)
        print(
            f"  PostGIS, {what}: p50 {other.p50:.0f}  p99 {other.p99:.0f}; ours {mine.p50:.0f} and {mine.p99:.0f}, "
            f"{mine.p50 / other.p50:.2f} of it  (goal {OF_POSTGIS:.2f}); the same stations in {same} of {ASKED}"
        )
