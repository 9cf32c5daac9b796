"""One pull of one partner: fetched whole, judged whole, then written batch for batch.

Nothing is written before the last page has come and every page is known to be a list, so a bad answer changes nothing.
A run that is killed leaves whole batches behind; what they hold is unchanged for the next run, which does the rest.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from uuid import uuid4

import msgspec
import sqlalchemy as sa

from finder.ingest import brake
from finder.ingest.batch import Item, Run, apply_locations, apply_tariffs, close, facts
from finder.ingest.report import Counts, Report
from finder.ocpi.client import Client, Pulled, PullFailed
from finder.ocpi.envelope import BadAnswer, embedded_tariffs, split
from finder.ocpi.partner import Module, Partner
from finder.ocpi.read import read_location, read_tariff
from finder.ocpi.types import Location, Source, Tariff
from finder.store import clusters, documents, history, kinds, partners, presence, rejected
from finder.store import locations as stored_locations
from finder.store import tariffs as stored_tariffs
from finder.store.database import writing
from finder.store.documents import MOST_SAMPLES, Packer
from finder.store.schema import locations as locations_table
from finder.store.schema import tariffs as tariffs_table

MODULES: tuple[Module, ...] = ("tariffs", "locations")
BATCH = 5_000
DEFAULT_VERSION = "2.2.1"
"""What a plain feed that says nothing of its version is read as."""
FULL_EVERY = timedelta(hours=24)
# date_from is "after" in 2.1.1 and inclusive later, and clocks differ: the overlap costs only fingerprints.
OVERLAP = timedelta(minutes=5)
HEARTBEAT = 15.0
ABSENT = "no longer in its operator's data"

Clock = Callable[[], datetime]
Progress = Callable[[str, int, int | None], None]
Connect = Callable[[Partner, Clock], Client]

# Writers of one process take turns here, in order, instead of waiting for the database's lock.
_turn = Lock()


def pull(
    engine: sa.Engine,
    partner: Partner,
    *,
    clock: Clock,
    connect: Connect,
    full: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Pulls a partner's tariffs and locations into the store and says what came of it; raises nothing a partner causes.

    `progress` is told the phase (`tariffs`, `locations`, `saving`), how many objects so far, and of how many.
    """
    started = clock()
    begun = monotonic()
    report = Report(partner=partner.slug, started=started)
    owner = f"{os.getpid()}-{uuid4().hex[:8]}"
    with _writing(engine) as connection:
        row = partners.ensure(
            connection,
            partner.slug,
            name=partner.name,
            licence=partner.licence,
            interval=partner.interval,
            now=started,
        )
        leased = partners.take_lease(connection, row.pk, owner, started)
    if not leased:
        report.outcome, report.reason = "busy", "another process is pulling it"
        return report
    with _lease(engine, row.pk, owner, clock):
        try:
            _pull(engine, partner, row, report, clock, connect, full, progress or _silent)
        except (PullFailed, BadAnswer, OSError) as error:
            # An OSError is the disk that the pages are spooled to, or a feed's file.
            report.outcome, report.reason = "failed", str(error)
            report.seconds = monotonic() - begun
            _failed(engine, row, report, error)
        else:
            report.seconds = monotonic() - begun
            _succeeded(engine, row, report)
    return report


def _silent(phase: str, done: int, total: int | None) -> None:
    pass


@contextmanager
def _writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    with _turn, writing(engine) as connection:
        yield connection


@contextmanager
def _lease(engine: sa.Engine, pk: int, owner: str, clock: Clock) -> Iterator[None]:
    """Keeps the lease alive until the pull ends; a killed process loses it after a minute."""
    done = Event()

    def renew() -> None:
        while not done.wait(HEARTBEAT):
            with _writing(engine) as connection:
                partners.take_lease(connection, pk, owner, clock())

    beat = Thread(target=renew, daemon=True, name=f"lease-{pk}")
    beat.start()
    try:
        yield
    finally:
        done.set()
        beat.join()
        with _writing(engine) as connection:
            partners.drop_lease(connection, pk, owner)


def _pull(
    engine: sa.Engine,
    partner: Partner,
    row: partners.Row,
    report: Report,
    clock: Clock,
    connect: Connect,
    full: bool,
    progress: Progress,
) -> None:
    date_from = None if full else _date_from(partner, row, clock())
    with ExitStack() as stack:
        spool = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="finder-")))
        client = stack.enter_context(connect(partner, clock))
        fetched: dict[Module, Pulled] = {}
        for module in MODULES:
            # A platform without tariffs is legal; one without locations is not, and pulling them says so.
            if module == "tariffs" and not client.offers("tariffs"):
                continue
            into = spool / module
            into.mkdir()
            fetched[module] = client.pull(module, into, date_from=date_from, progress=partial(progress, module))
        report.requests = client.requests
        report.version = fetched["locations"].version or DEFAULT_VERSION
        report.full = fetched["locations"].full
        report.delta_from = _next_start(fetched, row)
        report.complete = fetched["locations"].complete
        _refuse_sudden_silence(engine, row, fetched["locations"])
        with engine.connect() as connection:
            packers = Packer(connection, Location), Packer(connection, Tariff)
        run = Run(partner.slug, row.pk, report, *packers, clock())
        _take_tariffs(engine, partner, run, fetched, stack)
        _take_locations(engine, partner, run, fetched["locations"], row, stack, progress)


def _date_from(partner: Partner, row: partners.Row, now: datetime) -> datetime | None:
    """Where a delta may start: only from a platform, after a good pull, and with a full pull within the last day."""
    if partner.versions_url is None or row.delta_from is None or row.last_full is None:
        return None
    if now - row.last_full >= FULL_EVERY:
        return None
    return row.delta_from - OVERLAP


def _next_start(fetched: dict[Module, Pulled], row: partners.Row) -> datetime | None:
    """From when the next delta asks: what an incomplete list left out is asked for again."""
    # A partner whose whole list of tariffs is empty is never complete there, and has nothing to be missed.
    if all(pulled.complete or (pulled.full and not pulled.objects) for pulled in fetched.values()):
        return _safe_start(fetched["locations"])
    return row.delta_from


def _safe_start(pulled: Pulled) -> datetime:
    """When a list was asked for, by the earlier of the two clocks: theirs may be slow."""
    if pulled.peer_time is None:
        return pulled.started
    return min(pulled.started, pulled.peer_time)


def _refuse_sudden_silence(engine: sa.Engine, row: partners.Row, pulled: Pulled) -> None:
    """An empty list from a partner that had locations is a fault, not the news that all are gone."""
    if not pulled.full or pulled.objects:
        return
    with engine.connect() as connection:
        shown = partners.shown(connection, row.pk)
    if shown:
        raise PullFailed(f"locations: the list is empty, though {shown} are known; nothing was changed")


def _source(partner: Partner, pulled: Pulled) -> Source:
    return Source(
        partner=partner.slug,
        version=pulled.version or partner.version or DEFAULT_VERSION,
        country_code=partner.country_code or pulled.country_code,
        party_id=partner.party_id or pulled.party_id,
    )


def _objects(pulled: Pulled, module: Module, stack: ExitStack) -> Iterator[bytes]:
    if pulled.only is not None:
        yield from pulled.only
        return
    for page in pulled.pages:
        if page.stat().st_size == 0:
            continue
        file = stack.enter_context(page.open("rb"))
        body = mmap(file.fileno(), 0, access=ACCESS_READ)
        yield from split(body, module).objects


def fingerprint(raw: bytes) -> bytes:
    """Of the raw object, so that what has not changed is never decoded."""
    return blake2b(raw, digest_size=8).digest()


def _take_tariffs(
    engine: sa.Engine, partner: Partner, run: Run, fetched: dict[Module, Pulled], stack: ExitStack
) -> None:
    pulled = fetched.get("tariffs")
    if pulled is None:
        return
    source = _source(partner, pulled)
    with engine.connect() as connection:
        known = presence.stored(connection, tariffs_table, run.partner_pk)
        refused = rejected.fingerprints(connection, run.partner_pk, "tariffs")
    inbox = _Inbox(run, run.report.tariffs, run.tariffs, known, refused)
    for raw in _objects(pulled, "tariffs", stack):
        mark = inbox.new(raw)
        if mark is None:
            continue
        inbox.items.append(Item(mark, raw, read_tariff(raw, source, run.now)))
        if len(inbox.items) >= BATCH:
            _flush_tariffs(engine, run, inbox)
    _flush_tariffs(engine, run, inbox)
    if pulled.full and pulled.complete:
        _forget_tariffs(engine, run, inbox)


def _flush_tariffs(engine: sa.Engine, run: Run, inbox: "_Inbox") -> None:
    if not inbox.items:
        return
    with _writing(engine) as connection:
        apply_tariffs(connection, run, inbox.items)
    inbox.items = []


def _forget_tariffs(engine: sa.Engine, run: Run, inbox: "_Inbox") -> None:
    with engine.connect() as connection:
        refused = stored_tariffs.pks(connection, run.partner_pk, run.refused_again)
    misses = inbox.misses
    verdict = brake.judge(misses, run.tariffs | refused, None, run.now)
    if verdict.held is not None:
        # Tariffs are not held for a day: a price that is no longer told must not be shown for long.
        absent = misses.keys() - run.tariffs - refused
        gone = frozenset(pk for pk in absent if misses[pk] + 1 >= brake.PULLS_TO_RELEASE)
        verdict = brake.Verdict(missed=frozenset(absent - gone), gone=gone)
    if run.unnamed and len(misses) - len(run.tariffs | refused) <= run.unnamed:
        verdict = brake.Verdict()
    back = [pk for pk, count in misses.items() if count and pk in run.tariffs]
    stale = inbox.stale_refusals()
    if not (verdict.missed or verdict.gone or back or stale):
        return
    with _writing(engine) as connection:
        presence.missed(connection, tariffs_table, verdict.missed)
        presence.found_again(connection, tariffs_table, back)
        stored_tariffs.remove(connection, list(verdict.gone), run.now)
        rejected.release(connection, run.partner_pk, "tariffs", stale)
    run.report.tariffs.removed += len(verdict.gone)


class _Inbox:
    """Tells what is new from what is stored just so, by fingerprint alone, and keeps the books of one module."""

    def __init__(
        self,
        run: Run,
        counts: Counts,
        seen: set[int],
        known: presence.Stored,
        refused: dict[bytes, rejected.Refused],
    ) -> None:
        self.items: list[Item] = []
        self._run = run
        self._seen = seen
        self._counts = counts
        self._known = known.pks
        self.misses = known.misses
        self._refused = refused
        run.refused = {refusal.ref for refusal in refused.values()}
        run.refused_again = set()
        run.unnamed = 0

    def new(self, raw: bytes) -> bytes | None:
        """The fingerprint of an object that is not stored like this, None for one that is."""
        self._counts.received += 1
        mark = fingerprint(raw)
        pk = self._known.get(mark)
        if pk is not None:
            self._counts.unchanged += 1
            self._seen.add(pk)
            return None
        refusal = self._refused.get(mark)
        if refusal is not None:
            self._counts.rejected += 1
            self._run.report.reasons[refusal.reason] += 1
            self._run.unnamed += "/" not in refusal.ref
            self._run.refused_again.add(refusal.ref)
            return None
        return mark

    def stale_refusals(self) -> set[str]:
        """What was refused before and did not come again in this pull."""
        return self._run.refused - self._run.refused_again


def _take_locations(
    engine: sa.Engine,
    partner: Partner,
    run: Run,
    pulled: Pulled,
    row: partners.Row,
    stack: ExitStack,
    progress: Progress,
) -> None:
    source = _source(partner, pulled)
    with engine.connect() as connection:
        known = presence.stored(connection, locations_table, run.partner_pk)
        refused = rejected.fingerprints(connection, run.partner_pk, "locations")
    run.has_locations = bool(known.pks)
    inbox = _Inbox(run, run.report.locations, run.locations, known, refused)
    _learn(engine, run, pulled, source, stack)
    extra: list[Item] = []
    for raw in _objects(pulled, "locations", stack):
        mark = inbox.new(raw)
        if mark is None:
            continue
        inbox.items.append(Item(mark, raw, read_location(raw, source, run.now)))
        extra += _embedded(raw, source, run.now)
        if len(inbox.items) >= BATCH:
            _flush_locations(engine, run, inbox, extra)
            progress("saving", run.report.locations.received, pulled.objects)
    _flush_locations(engine, run, inbox, extra)
    progress("saving", pulled.objects, pulled.objects)
    if pulled.full and pulled.complete:
        _forget_locations(engine, run, inbox, row)
    elif row.held:
        # A pull that proves no absence does not end the wait for one that does.
        _tell_held(run.report, msgspec.json.decode(row.held, type=brake.Held), len(known.misses))


def _learn(engine: sa.Engine, run: Run, pulled: Pulled, source: Source, stack: ExitStack) -> None:
    """The first dictionary is learnt from all over the feed: it packs a national one 4 % smaller than one learnt from its beginning."""
    if run.location_packer.has_learnt or pulled.objects < BATCH:
        return
    some = islice(_objects(pulled, "locations", stack), 0, None, pulled.objects // MOST_SAMPLES)
    read = [read_location(raw, source, run.now) for raw in some]
    samples = [documents.encode(facts(each)) for each in read if isinstance(each, Location)]
    with _writing(engine) as connection:
        run.location_packer.learn(connection, samples)


def _embedded(raw: bytes, source: Source, now: datetime) -> Iterator[Item]:
    for tariff in embedded_tariffs(raw):
        yield Item(fingerprint(tariff), tariff, read_tariff(tariff, source, now))


def _flush_locations(engine: sa.Engine, run: Run, inbox: _Inbox, extra: list[Item]) -> None:
    if not inbox.items:
        return
    with _writing(engine) as connection:
        apply_locations(connection, run, inbox.items)
        if extra:
            apply_tariffs(connection, run, extra)
    inbox.items = []
    extra.clear()


def _forget_locations(engine: sa.Engine, run: Run, inbox: _Inbox, row: partners.Row) -> None:
    with engine.connect() as connection:
        # A refused object is not an absent one: the good one of before stays.
        seen = run.locations | stored_locations.pks(connection, run.partner_pk, run.refused_again)
    held = msgspec.json.decode(row.held, type=brake.Held) if row.held else None
    misses = inbox.misses
    verdict = brake.judge(misses, seen, held, run.now)
    if run.unnamed and len(misses) - len(seen) <= run.unnamed:
        # Objects without a readable id came: any of the absent may be among them.
        verdict = brake.Verdict()
    back = [pk for pk, count in misses.items() if count and pk in seen]
    stale = inbox.stale_refusals()
    held_now = msgspec.json.encode(verdict.held).decode() if verdict.held else None
    if verdict.held is not None:
        _tell_held(run.report, verdict.held, len(misses))
    if not (verdict.missed or verdict.gone or back or stale or held_now != row.held):
        return
    with _writing(engine) as connection:
        presence.missed(connection, locations_table, verdict.missed)
        presence.found_again(connection, locations_table, back)
        left = stored_locations.remove(connection, list(verdict.gone))
        close(connection, left, run.now, ABSENT)
        rejected.release(connection, run.partner_pk, "locations", stale)
        partners.hold(connection, row.pk, held_now)
    run.report.locations.removed += len(verdict.gone)


def _tell_held(report: Report, held: brake.Held, known: int) -> None:
    report.outcome = "held"
    report.reason = (
        f"{held.count} of {known} locations are suddenly missing; none was removed. "
        f"They go after {brake.PULLS_TO_RELEASE} such pulls over a day, or when released"
    )


def _failed(engine: sa.Engine, row: partners.Row, report: Report, error: Exception) -> None:
    retry_after = getattr(error, "retry_after", None)
    assert report.started is not None
    with _writing(engine) as connection:
        partners.finished(
            connection,
            row.pk,
            _as_json(report),
            report.started,
            last_attempt=report.started,
            outcome=report.outcome,
            reason=report.reason,
            failures=row.failures + 1,
            retry_at=report.started + timedelta(seconds=retry_after) if retry_after else None,
        )
        clusters.refresh(connection)
        kinds.tell_free(connection)


def _succeeded(engine: sa.Engine, row: partners.Row, report: Report) -> None:
    assert report.started is not None
    whole = report.full and report.complete
    with _writing(engine) as connection:
        partners.finished(
            connection,
            row.pk,
            _as_json(report),
            report.started,
            last_attempt=report.started,
            last_success=report.started,
            last_full=report.started if whole else row.last_full,
            delta_from=report.delta_from,
            version=report.version,
            outcome=report.outcome,
            reason=report.reason,
            failures=0,
            retry_at=None,
        )
        history.heard(connection, row.pk, report.started)
        clusters.refresh(connection)
        kinds.tell_free(connection)
        if whole:
            kinds.forget_unused(connection)


def _as_json(report: Report) -> str:
    return msgspec.json.encode(report).decode()
