"""A station page, uncached: CPU milliseconds of the whole request, of its parts, and how many queries its station takes."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import EnvironBuilder

from bench._country import missing
from bench._database import country_database

PAGES = 300
ROUNDS = 5


def main() -> None:
    print("pages: station pages of the whole country, uncached")
    if missing():
        return
    with country_database() as database:
        measure(database)


def measure(database: Path) -> None:
    from app import serving
    from finder.pages import station
    from finder.store import stations
    from finder.web.language import utc_now

    app = serving({"FINDER_DATABASE_URL": f"sqlite:///{database}", "FINDER_PAGE_CACHE_MB": "0"})
    with app.extensions["finder.engine"].connect() as connection:
        ids = list(connection.scalars(sa.text("SELECT id FROM stations WHERE gone_at IS NULL ORDER BY id")))
    chosen = random.Random(1).sample(ids, PAGES)
    paths = [f"/sv/laddstation/{slug_of(app, id)}" for id in chosen]
    requests = [EnvironBuilder(path=path, base_url=app.config["BASE_URL"]).get_environ() for path in paths]
    milliseconds("whole request", [lambda environ=environ: get(app, environ) for environ in requests])
    with app.extensions["finder.engine"].connect() as connection:
        milliseconds("its station from the database", [lambda id=id: stations.by_id(connection, id) for id in chosen])
        found = [stations.by_id(connection, id) for id in chosen]
        milliseconds("the stations near it", [lambda one=one: station.near_by(connection, one) for one in found])
        near = [station.near_by(connection, one) for one in found]
        print(f"  queries for one station with its tariffs: {queries(connection, chosen[0])}")
    now = utc_now()
    with app.test_request_context("/sv/"):
        milliseconds(
            "facts put into words",
            [lambda one=one, by=by: station.build(one, by, now) for one, by in zip(found, near, strict=True)],
        )


def slug_of(app: Flask, id: str) -> str:
    answer = app.test_client().get(f"/sv/laddstation/x-{id}/")
    return str(answer.headers["Location"]).rstrip("/").rsplit("/", 1)[-1] + "/"


def get(app: Flask, environ: dict[str, object]) -> None:
    """One request through the whole application, without the test client's own work."""
    status = []
    body = app.wsgi_app(dict(environ), lambda line, headers, error=None: status.append(line))
    b"".join(body)
    assert status == ["200 OK"], (environ["PATH_INFO"], status)


def milliseconds(what: str, calls: list[Callable[[], object]]) -> None:
    """The median over the calls of each one's fastest CPU time in a few rounds."""
    best = [9e9] * len(calls)
    for _ in range(ROUNDS):
        for index, call in enumerate(calls):
            before = time.process_time_ns()
            call()
            best[index] = min(best[index], time.process_time_ns() - before)
    print(f"  {what:32} {median(best) / 1e6:6.2f} ms CPU")


def queries(connection: sa.Connection, id: str) -> int:
    from finder.store import stations

    seen: list[str] = []
    driver = connection.connection.driver_connection
    driver.set_trace_callback(seen.append)
    stations.by_id(connection, id)
    driver.set_trace_callback(None)
    return len(seen)
