"""Pulls of many partners: side by side, each alone with its faults; once, or for ever by their intervals."""

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta
from random import Random
from threading import Event

import sqlalchemy as sa

from finder.ingest.pull import Connect, Progress, pull
from finder.ingest.report import Report
from finder.ocpi.partner import Partner
from finder.store import partners as stored

AT_ONCE = 8
SPLAY = 0.2
# After this many failures in a row a partner is asked only once in a while.
FAILURES_TO_OPEN = 5
OPEN_FOR = timedelta(minutes=30)
LOOK_EVERY = 1.0

Clock = Callable[[], datetime]


def calm_collector() -> None:
    """For a process that ingests: what is imported stays, and structs hold no cycles, so the cyclic collector, which
    else takes a tenth of a first pull, may look less often."""
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)


def pull_all(
    engine: sa.Engine,
    partners: Sequence[Partner],
    *,
    clock: Clock,
    connect: Connect,
    full: bool = False,
    progress: Callable[[Partner], Progress] | None = None,
) -> Iterator[Report]:
    """One pull of each partner, reports in the order they finish."""
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="pull") as pool:
        futures: list[Future[Report]] = [
            pool.submit(
                pull,
                engine,
                partner,
                clock=clock,
                connect=connect,
                full=full,
                progress=progress(partner) if progress else None,
            )
            for partner in partners
        ]
        for future in as_completed(futures):
            yield future.result()


def keep_fresh(
    engine: sa.Engine,
    partners: Sequence[Partner],
    *,
    clock: Clock,
    connect: Connect,
    stop: Event,
    chance: Random,
    told: Callable[[Report], None],
) -> None:
    """Pulls each partner when it is due, until `stop` is set; intervals are splayed so that nobody is asked in step."""
    due = {partner.slug: clock() for partner in partners}
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="pull") as pool:
        running: dict[str, Future[Report]] = {}
        while not stop.wait(LOOK_EVERY):
            for partner in partners:
                future = running.get(partner.slug)
                if future is not None and future.done():
                    del running[partner.slug]
                    told(future.result())
                    due[partner.slug] = _next(engine, partner, clock(), chance)
                elif future is None and due[partner.slug] <= clock():
                    running[partner.slug] = pool.submit(pull, engine, partner, clock=clock, connect=connect)


def _next(engine: sa.Engine, partner: Partner, now: datetime, chance: Random) -> datetime:
    with engine.connect() as connection:
        row = stored.by_slug(connection, partner.slug)
    wait = timedelta(seconds=partner.interval * (1 + chance.uniform(-SPLAY, SPLAY)))
    if row is None:
        return now + wait
    if row.failures >= FAILURES_TO_OPEN:
        wait = max(wait, OPEN_FOR)
    return max(now + wait, row.retry_at or now)
