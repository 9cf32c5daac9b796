"""The files with all stations of a whole country: seconds, memory at the beginning and the end, sizes, and what it costs a station."""

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bench._country import LOCATIONS, missing
from bench.ingest import pulled

EARLY = 5_000


def main() -> None:
    print("export: all stations of the whole country into two files")
    if missing():
        return
    with tempfile.TemporaryDirectory(prefix="finder-bench-") as name:
        database = Path(name) / "country.db"
        told = os.environ.get("BENCH_DATABASE")
        if told:
            with sa.create_engine(f"sqlite:///{told}").connect() as connection:
                connection.exec_driver_sql("VACUUM INTO ?", (str(database),))
        else:
            pulled(database, LOCATIONS)
        measure(database, Path(name) / "export")


def measure(database: Path, folder: Path) -> None:
    from app import create_app
    from finder.api import bulk
    from finder.api.export import records
    from finder.api.records import Record, line, rows
    from finder.store import migrate
    from finder.store.export import one_view
    from finder.web.exported import FORMATS

    app = create_app({"FINDER_DATABASE_URL": f"sqlite:///{database}"})
    engine = app.extensions["finder.engine"]
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE partners SET licence = 'CC0-1.0'"))
    memory = []
    bytes_of = dict.fromkeys(FORMATS, 0)

    def counted(found: Iterator[Record]) -> Iterator[Record]:
        for n, record in enumerate(found):
            if n in (0, EARLY):
                memory.append(peak())
            yield record

    now = datetime.now(UTC)
    with app.test_request_context(), one_view(engine) as connection:
        before, cpu = time.perf_counter(), time.process_time()
        made = bulk.write(folder, FORMATS, counted(records(connection, now)), now)
        seconds, cpu = time.perf_counter() - before, time.process_time() - cpu
        memory.append(peak())
        for n, record in enumerate(records(connection, now)):
            bytes_of["geojsonl"] += len(line(record))
            bytes_of["csv"] += len(rows(record))
            if n == EARLY:
                break
    print(f"  {made[0].stations} stations in {seconds:.1f} s, {cpu / made[0].stations * 1e6:.0f} us CPU a station")
    print(
        "  peak memory: {:.0f} MB at the first, {:.0f} at {}, {:.0f} at the end".format(*memory[:2], EARLY, memory[-1])
    )
    for file in made:
        plain = bytes_of[file.format] / (EARLY + 1) * file.stations
        print(f"  {file.name:22} {file.size / 1e6:6.1f} MB, packed {plain / file.size:.1f} times")
    engine.dispose()


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
