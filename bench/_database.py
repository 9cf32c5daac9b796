"""The country in a database: the one that BENCH_DATABASE names, brought up to date, else one of its own."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench._country import LOCATIONS
from bench.ingest import pulled
from finder.store import migrate
from finder.store.database import engine


@contextmanager
def country_database() -> Iterator[Path]:
    told = os.environ.get("BENCH_DATABASE")
    with tempfile.TemporaryDirectory(prefix="finder-bench-") as name:
        database = Path(told or Path(name) / "country.db")
        if not database.exists():
            pulled(database, LOCATIONS)
        migrate.upgrade(engine(f"sqlite:///{database}"))
        yield database
