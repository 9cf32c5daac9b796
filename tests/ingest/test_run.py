"""Many partners, again and again: by their intervals, spread, and less often where it only fails."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from threading import Event
from typing import Any

import msgspec
import sqlalchemy as sa

from finder.demo.platform import Clock
from finder.ingest.report import Report
from finder.ingest.run import FAILURES_TO_OPEN, OPEN_FOR, keep_fresh, pull_all
from finder.ocpi.client import Client
from finder.ocpi.partner import Partner
from tests.ingest.partnership import CALM, Partnership, connecting

Start = Callable[..., Partnership]
TICK = timedelta(seconds=10)


class Passing(Event):
    """Time that passes quicker: each look at it moves the clock on, while nobody is at work, until the end."""

    def __init__(self, clock: Clock, end: timedelta, most: int) -> None:
        super().__init__()
        self.clock = clock
        self.end = clock() + end
        self.most = most
        self.begun = 0
        self.told: list[Report] = []

    def connect(self, partner: Partner, clock: Any) -> Client:
        self.begun += 1
        return connecting(CALM)(partner, clock)

    def wait(self, timeout: float | None = None) -> bool:
        time.sleep(0.002)  # the pulls are threads
        if self.begun == len(self.told):
            self.clock.to(self.clock() + TICK)
        return self.clock() > self.end or len(self.told) >= self.most


def starts(partner: Partnership, passing: timedelta, most: int) -> list[datetime]:
    """When the partner's pulls began, until `most` have ended or the time is over."""
    stop = Passing(partner.clock, passing, most)
    keep_fresh(
        partner.engine,
        [partner.settings],
        clock=partner.clock,
        connect=stop.connect,
        stop=stop,
        chance=Random(4),
        told=stop.told.append,
    )
    return [report.started for report in stop.told if report.started is not None]


def gaps(moments: list[datetime]) -> list[timedelta]:
    return [later - earlier for earlier, later in pairwise(moments)]


def test_a_partner_is_pulled_again_after_its_interval_more_or_less(sqlite: sa.Engine, partnership: Start) -> None:
    partner = partnership(sqlite)
    partner.settings = msgspec.structs.replace(partner.settings, interval=600.0)

    between = gaps(starts(partner, timedelta(hours=12), most=6))

    assert len(between) >= 4
    assert min(between) >= timedelta(seconds=480)
    assert len(set(between)) > 1


def test_after_five_failures_it_is_left_alone_for_longer(sqlite: sa.Engine, partnership: Start) -> None:
    partner = partnership(sqlite)
    partner.platform.misbehave("404@versions")

    between = gaps(starts(partner, timedelta(days=2), most=FAILURES_TO_OPEN + 3))

    assert min(between) >= timedelta(seconds=48)
    assert max(between[: FAILURES_TO_OPEN - 2]) < OPEN_FOR
    assert min(between[FAILURES_TO_OPEN - 1 :]) >= OPEN_FOR


def test_when_it_says_how_long_to_wait_it_is_not_asked_before(sqlite: sa.Engine, partnership: Start) -> None:
    partner = partnership(sqlite)
    partner.platform.misbehave("429-retry-after=3000")

    between = gaps(starts(partner, timedelta(days=1), most=2))

    assert between
    assert min(between) >= timedelta(seconds=3000)


def test_all_are_pulled_once_and_told_as_they_end(sqlite: sa.Engine, partnership: Start) -> None:
    found = [partnership(sqlite, version) for version in ("2.1.1", "2.2.1", "2.3.0")]
    found[0].platform.misbehave("slow=0.1")

    reports = list(pull_all(sqlite, [one.settings for one in found], clock=found[0].clock, connect=connecting(CALM)))

    assert [report.outcome for report in reports] == ["ok"] * 3
    assert reports[-1].partner == "vastan"
