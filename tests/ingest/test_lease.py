"""Two pulls of one partner at once: one works, the other leaves; a killed one blocks for a minute at most."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from finder.demo.platform import Clock
from finder.ingest.pull import pull
from finder.ingest.report import Report
from finder.ocpi.client import Client
from finder.ocpi.partner import Partner
from finder.store import partners
from finder.store.database import writing
from tests.ingest.feed import location
from tests.ingest.partnership import Partnership, connecting, dump, write_feed

ROOT = Path(__file__).parents[2]


def test_of_two_threads_one_pulls_and_one_finds_it_busy(
    engine: sa.Engine, partnership: Callable[..., Partnership]
) -> None:
    partner = partnership(engine)
    waiting = threading.Event()
    go_on = threading.Event()

    def slow(settings: Partner, clock: Clock) -> Client:
        waiting.set()
        assert go_on.wait(20)
        return connecting()(settings, clock)

    found: list[Report] = []
    first = threading.Thread(
        target=lambda: found.append(pull(engine, partner.settings, clock=partner.clock, connect=slow))
    )
    first.start()
    assert waiting.wait(20)
    second = partner.pull()
    go_on.set()
    first.join()

    assert second.outcome == "busy"
    assert [report.outcome for report in found] == ["ok"]
    assert partner.shown() == partner.truth()
    assert partner.taken().locations.unchanged


def test_many_at_once_end_like_one(engine: sa.Engine, partnership: Callable[..., Partnership]) -> None:
    partner = partnership(engine)
    found: list[Report] = []
    threads = [threading.Thread(target=lambda: found.append(partner.pull())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {report.outcome for report in found} <= {"ok", "busy"}
    assert "ok" in {report.outcome for report in found}
    assert partner.shown() == partner.truth()


def test_of_many_processes_none_fails(engine: sa.Engine, tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed.json", [location(str(number)) for number in range(300)])
    url = engine.url.render_as_string(hide_password=False)
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.ingest.puller", url, str(feed)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    outcomes = []
    for process in started:
        out, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        outcomes.append(out.strip())

    assert set(outcomes) <= {"ok", "busy"}
    assert "ok" in outcomes
    assert len(dump(engine, "locations")["locations"]) == 300


def test_a_killed_owners_lease_is_taken_over_after_a_minute(nordladd: Partnership) -> None:
    with writing(nordladd.engine) as connection:
        assert partners.take_lease(connection, nordladd.row(connection).pk, "killed", nordladd.clock())
    assert nordladd.pull().outcome == "busy"

    nordladd.later(seconds=61)

    nordladd.taken()


def test_a_lease_is_kept_by_its_owner_and_let_go_at_the_end(nordladd: Partnership) -> None:
    now = nordladd.clock()
    with writing(nordladd.engine) as connection:
        pk = nordladd.row(connection).pk
        assert partners.take_lease(connection, pk, "one", now)
        assert partners.take_lease(connection, pk, "one", now + timedelta(seconds=50))
        assert not partners.take_lease(connection, pk, "other", now + timedelta(seconds=100))
        partners.drop_lease(connection, pk, "other")
        assert not partners.take_lease(connection, pk, "other", now + timedelta(seconds=100))
        partners.drop_lease(connection, pk, "one")
        assert partners.take_lease(connection, pk, "other", now + timedelta(seconds=100))


def test_a_failed_pull_lets_its_lease_go(nordladd: Partnership) -> None:
    nordladd.platform.misbehave("503")
    assert nordladd.pull().outcome == "failed"
    nordladd.platform.behave()

    nordladd.taken()
