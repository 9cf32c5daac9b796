"""Sitemaps of a million stations in both languages: seconds, memory at the beginning and the end, sizes."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.export import peak

STATIONS = int(os.environ.get("BENCH_STATIONS", "1000000"))
AT_ONCE = 20_000
TOWNS = ("Uddevalla", "Göteborg", "Åre", "Örnsköldsvik", "Malmö", "Kiruna", "Västerås", "Halmstad")
STREETS = ("Storgatan", "Järnvägsgatan", "Hamnplan", "Köpmangatan", "Torget", "Industrivägen")


def main() -> None:
    print(f"sitemap: {STATIONS} stations, each in two languages")
    with tempfile.TemporaryDirectory(prefix="finder-bench-") as name:
        measure(Path(name) / "many.db")


def measure(database: Path) -> None:
    from app import create_app
    from finder.store import migrate
    from finder.store.database import insert, writing

    app = create_app({"FINDER_DATABASE_URL": f"sqlite:///{database}", "FINDER_BASE_URL": "https://uttag.example"})
    engine = app.extensions["finder.engine"]
    migrate.upgrade(engine)
    from finder.store.schema import stations
    from finder.store.stations import Row

    for first in range(1, STATIONS + 1, AT_ONCE):
        with writing(engine) as connection:
            insert(connection, stations, Row._fields, list(rows(first, min(first + AT_ONCE, STATIONS + 1))))
    client = app.test_client()
    before, cpu, memory = time.perf_counter(), time.process_time(), [peak()]
    parts = client.get("/sitemap.xml").text.split("<loc>https://uttag.example")[1:]
    counted = time.perf_counter() - before
    packed = 0
    for part in parts:
        answer = client.get(part.split("<")[0])
        assert answer.status_code == 200
        packed += len(answer.data)
        memory.append(peak())
    seconds, cpu = time.perf_counter() - before, time.process_time() - cpu
    million = 1_000_000 / STATIONS
    print(
        f"  {seconds * million:.1f} s a million ({cpu * million:.1f} s CPU), {counted * million:.1f} s of it the index"
    )
    print(f"  {len(parts)} parts, {packed / 1e6:.1f} MB packed")
    print(
        f"  peak memory: {memory[0]:.0f} MB before, {memory[len(memory) // 10]:.0f} after a tenth, {memory[-1]:.0f} at the end"
    )
    engine.dispose()


def rows(first: int, end: int) -> Iterator[tuple[object, ...]]:
    from finder.stations.identity import station_id
    from finder.store.stations import Row

    empty = Row._make([None] * len(Row._fields))
    for n in range(first, end):
        name = f"{STREETS[n % len(STREETS)]} {n % 997} {TOWNS[n % len(TOWNS)]}"
        yield empty._replace(
            pk=n,
            id=station_id("bench", str(n), 0),
            name=name,
            latitude=58.0,
            longitude=12.0,
            evses=4,
            text=name.lower(),
            created_at=1_790_000_000_000,
            changed_at=1_790_000_000_000 + n % 86_400 * 1000,
            city=TOWNS[n % len(TOWNS)],
        )
