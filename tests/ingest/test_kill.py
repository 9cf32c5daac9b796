"""A pull that is killed at any moment: the database holds, and the next pull gives what an undisturbed one gives."""

import gzip
import json
import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from finder.demo.country import Country
from finder.demo.platform import Clock
from finder.demo.versions import VERSIONS
from finder.ingest.pull import BATCH, pull
from finder.ingest.report import Report
from finder.ocpi.envelope import split
from finder.ocpi.partner import Partner
from finder.ocpi.types import Location
from finder.store import documents, migrate
from finder.store.database import engine as make_engine
from finder.store.schema import locations, moves, stations, statuses
from tests.conftest import FEEDS
from tests.ingest.partnership import connecting, listing

COUNTRY = FEEDS / "ndw_2026" / "ndw_national_locations.json.gz"
LOCATIONS = 4_500
KILLS = 50
KILLS_OF_POSTGRESQL = 3
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
# Not by fork: this process has threads. The server of forks has the modules, so that a child starts at once.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.ingest.test_kill"])


class Feeds(NamedTuple):
    """The feed of one day, and of the next: some are gone, some new, some changed, most as they were."""

    first: Path
    second: Path


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Feeds:
    folder = tmp_path_factory.mktemp("feeds")
    objects = [json.loads(raw) for raw in _raw()]
    first, second = objects[:-200], []
    for number, one in enumerate(objects):
        if number % 97 == 5:
            continue
        if number % 5 == 0:
            second.append(one | {"name": f"Nytt namn {number}", "last_updated": "2026-11-22T10:00:00Z"})
        else:
            second.append(one)
    found = Feeds(folder / "first.json", folder / "second.json")
    for path, content in zip(found, (first, second), strict=True):
        path.write_text(json.dumps(content), encoding="utf-8")
    return found


def _raw() -> list[bytes]:
    """The beginning of a whole country's feed where it is beside the project, else the demonstration's."""
    if COUNTRY.exists():
        with gzip.open(COUNTRY) as file:
            return [bytes(raw) for raw in islice(split(file.read(), "locations").objects, LOCATIONS)]
    country = Country(stations=1_500)
    return [json.dumps(one).encode() for version in VERSIONS for one in listing(country, version)]


def take(url: str, feed: Path, now: datetime) -> Report:
    engine = make_engine(url)
    partner = Partner(slug="land", name="Land", version="2.2.1", country_code="NL", party_id="NDW", locations=str(feed))
    try:
        return pull(engine, partner, clock=Clock(now), connect=connecting())
    finally:
        engine.dispose()


def content(url: str) -> dict[str, Any]:
    """What is stored, without what depends on the order of writing or on the day."""
    engine = make_engine(url)
    with engine.connect() as connection:
        ids = {one: other for one, other in connection.execute(sa.select(stations.c.pk, stations.c.id))}
        live: dict[int, list[Any]] = {}
        for pk, *status in connection.execute(sa.select(statuses).order_by(statuses.c.location_pk, statuses.c.n)):
            live.setdefault(pk, []).append(status)
        found: dict[str, Any] = {
            "locations": {
                row.key: (
                    row.fingerprint,
                    row.last_updated,
                    row.misses,
                    row.hidden,
                    ids.get(row.station_pk),
                    documents.unpack(connection, row.doc, Location) if row.doc else None,
                    live.get(row.pk, []),
                )
                for row in connection.execute(sa.select(locations))
            },
            "stations": {row.id: (*row[2:11], row.gone_at is None) for row in connection.execute(sa.select(stations))},
            "moves": {one: other for one, other in connection.execute(sa.select(moves))},
        }
        if connection.dialect.name == "sqlite":
            words = "SELECT rowid FROM station_text WHERE station_text MATCH '\"nytt\"*'"
            found["words"] = sorted(ids[pk] for pk in connection.scalars(sa.text(words)))
    engine.dispose()
    return found


class Whole(NamedTuple):
    """An undisturbed first and second pull: the databases after each, their content, and how long each took."""

    databases: tuple[Path, Path]
    contents: tuple[dict[str, Any], dict[str, Any]]
    seconds: tuple[float, float]


@pytest.fixture(scope="module")
def whole(feeds: Feeds, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("whole")
    empty, after = folder / "empty.db", folder / "after.db"
    engine = make_engine(f"sqlite:///{empty}")
    migrate.upgrade(engine)
    engine.dispose()
    copy(empty, after)
    url = f"sqlite:///{after}"
    contents, seconds = [], []
    first = folder / "first.db"
    for number, feed in enumerate(feeds):
        begun = time.monotonic()
        report = take(url, feed, NOW + timedelta(hours=number))
        seconds.append(time.monotonic() - begun)
        assert report.outcome == "ok"
        assert report.locations.received > 1_000
        contents.append(content(url))
        if number == 0:
            copy(after, first)
    assert len(contents[0]["locations"]) > BATCH or not COUNTRY.exists()
    return Whole((empty, first), (contents[0], contents[1]), (seconds[0], seconds[1]))


def copy(source: Path, target: Path) -> None:
    for path in target.parent.glob(f"{target.name}*"):
        path.unlink()
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()


def kill_a_pull(url: str, feed: Path, now: datetime, after: float) -> bool:
    """Starts a pull in a process of its own and kills it; whether it was still at work."""
    begins = PROCESSES.Event()
    child = PROCESSES.Process(target=_child, args=(url, feed, now, begins))
    child.start()
    assert begins.wait(30)
    time.sleep(after)
    at_work = child.is_alive()
    assert child.pid is not None
    if at_work:
        os.kill(child.pid, signal.SIGKILL)
    child.join(30)
    assert child.exitcode in (-signal.SIGKILL, 0)
    at_work = child.exitcode != 0
    child.close()
    return at_work


def _child(url: str, feed: Path, now: datetime, begins: Any) -> None:
    begins.set()
    take(url, feed, now)


def assert_sound(path: Path) -> int:
    """Opens, is whole, and holds nothing half: every shown location its statuses and its station. The number of locations."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO station_text (station_text, rank) VALUES ('integrity-check', 1)")
        half = """
            SELECT count(*) FROM locations WHERE hidden IS NULL AND (
                doc IS NULL OR station_pk IS NULL
                OR NOT EXISTS (SELECT 1 FROM statuses WHERE location_pk = locations.pk)
                OR NOT EXISTS (SELECT 1 FROM stations WHERE pk = station_pk AND gone_at IS NULL))
        """
        assert connection.execute(half).fetchone() == (0,)
        empty = """
            SELECT count(*) FROM stations WHERE gone_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM locations WHERE station_pk = stations.pk)
        """
        assert connection.execute(empty).fetchone() == (0,)
        (count,) = connection.execute("SELECT count(*) FROM locations").fetchone()
        return int(count)
    finally:
        connection.rollback()
        connection.close()


def moments(number: int, longest: float) -> Iterator[float]:
    chance = random.Random(7)
    for n in range(number):
        yield longest * (n + chance.random()) / number


def test_fifty_kills_at_random_moments(feeds: Feeds, whole: Whole, tmp_path: Path) -> None:
    """Two in a row each time, so that what the second is killed at may be the rest of the first's work."""
    killed = 0
    chance = random.Random(1)
    database = tmp_path / "finder.db"
    url = f"sqlite:///{database}"
    for number in range(KILLS // 2):
        which = min(number % 3, 1)
        copy(whole.databases[which], database)
        now = NOW + timedelta(hours=which)
        for _ in range(2):
            killed += kill_a_pull(url, feeds[which], now, chance.random() * whole.seconds[which] * 0.7)
            assert_sound(database)
            # A killed one's lease ends after a minute.
            now += timedelta(seconds=61)

        report = take(url, feeds[which], now)

        assert report.outcome == "ok", report.reason
        assert_sound(database)
        assert content(url) == whole.contents[which]
    assert killed > KILLS / 2


def test_a_pull_that_was_killed_again_and_again_is_finished_by_the_next(
    feeds: Feeds, whole: Whole, tmp_path: Path
) -> None:
    database = tmp_path / "finder.db"
    url = f"sqlite:///{database}"
    copy(whole.databases[0], database)
    counts = [0]
    for number, when in enumerate(moments(4, whole.seconds[0])):
        kill_a_pull(url, feeds.first, NOW + timedelta(minutes=2 * number), when)
        counts.append(assert_sound(database))
    take(url, feeds.first, NOW + timedelta(hours=1))

    assert counts == sorted(counts)
    assert content(url) == whole.contents[0]


def test_postgresql_is_whole_after_kills_too(feeds: Feeds, whole: Whole, postgresql: str) -> None:
    engine = make_engine(postgresql)
    for when in moments(KILLS_OF_POSTGRESQL, whole.seconds[0] * 1.5):
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        migrate.upgrade(engine)
        kill_a_pull(postgresql, feeds.first, NOW, when)

        assert take(postgresql, feeds.first, NOW + timedelta(seconds=61)).outcome == "ok"
        assert content(postgresql) == {name: part for name, part in whole.contents[0].items() if name != "words"}
    engine.dispose()
