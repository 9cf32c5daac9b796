"""One batch of changed objects, one transaction: decides what each means beside what is stored, and writes it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import is_
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from finder import places
from finder.ingest.placing import Arrival, Placement, place
from finder.ingest.report import Counts, Report
from finder.ocpi.types import Evse, Hidden, Location, Rejected, Tariff
from finder.stations import merge
from finder.stations.identity import evse_key, key
from finder.store import clusters, documents, history, kinds, locations, rejected, stations, statuses, tariffs
from finder.store.cells import cell
from finder.store.database import new_keys
from finder.store.documents import Packer
from finder.store.schema import locations as locations_table
from finder.store.schema import tariffs as tariffs_table
from finder.store.times import millis

# A stamp further ahead than this is a wrong clock: it is not believed, so that it cannot block what follows.
CLOCK_SKEW = timedelta(minutes=5)
GONE = "removed by its operator"


class Item(NamedTuple):
    """An object that is not stored like this already."""

    fingerprint: bytes
    raw: bytes
    read: Location | Hidden | Tariff | Rejected


class Run(msgspec.Struct):
    """What one pull carries from batch to batch. `locations` and `tariffs` are the rows met so far. Of the module at hand, `refused`
    is what was refused before and `refused_again` what was in this pull (references); `unnamed` counts refused objects whose
    identity cannot be read: any of them may be one that seems absent."""

    partner: str
    partner_pk: int
    report: Report
    location_packer: Packer
    tariff_packer: Packer
    now: datetime
    locations: set[int] = msgspec.field(default_factory=set)
    tariffs: set[int] = msgspec.field(default_factory=set)
    has_locations: bool = True
    refused: set[str] = msgspec.field(default_factory=set)
    refused_again: set[str] = msgspec.field(default_factory=set)
    unnamed: int = 0


class _Change(msgspec.Struct, gc=False):
    """What one object will do to its row. `location` is None for one that must not be shown; `moved` when its facts
    are new, so that its document and its station are looked at again."""

    row: locations.Row
    location: Location | None = None
    moved: bool = False
    evse_keys: Sequence[int | None] = ()


class _Batch:
    """What one batch of locations will write, by key, gathered before anything is written."""

    def __init__(self) -> None:
        self.changes: dict[str, _Change] = {}
        self.left: set[int] = set()


def apply_locations(connection: sa.Connection, run: Run, items: Sequence[Item]) -> None:
    """Writes a batch of locations: documents, statuses, and the stations that they touch."""
    counts = run.report.locations
    named = _named(run, items, "locations", connection, counts)
    stored = locations.by_keys(connection, run.partner_pk, list(named)) if run.has_locations else {}
    run.has_locations = True
    batch = _Batch()
    created = [name for name in named if name not in stored]
    pks = dict(zip(created, new_keys(connection, locations_table, len(created)), strict=True))
    for name, item in named.items():
        _decide(connection, run, batch, name, item, stored.get(name), pks.get(name))
    rejected.release(connection, run.partner_pk, "locations", named.keys() & run.refused)
    _write(connection, run, batch, stored)


def _named(run: Run, items: Sequence[Item], module: str, connection: sa.Connection, counts: Counts) -> dict[str, Item]:
    """The readable items by key, the newest of each; the others are kept as refused."""
    refused: list[rejected.Row] = []
    named: dict[str, Item] = {}
    at = millis(run.now)
    for item in items:
        read = item.read
        if isinstance(read, Rejected):
            counts.rejected += 1
            run.report.reasons[read.reason] += 1
            ref = _reference(read)
            run.unnamed += ref is None
            ref = ref or item.fingerprint.hex()
            run.refused_again.add(ref)
            refused.append(
                rejected.Row(run.partner_pk, module, ref, item.fingerprint, read.path, read.reason, item.raw, at, at)
            )
            continue
        name = key(read.country_code, read.party_id, read.id)
        earlier = named.get(name)
        if earlier is not None:
            counts.ignored += 1
            if not _newer(read, earlier.read):
                continue
        named[name] = item
    rejected.save(connection, refused)
    return named


def _reference(read: Rejected) -> str | None:
    if read.id is None or read.country_code is None or read.party_id is None:
        return None
    return key(read.country_code, read.party_id, read.id)


def _newer(read: Location | Hidden | Tariff, other: Location | Hidden | Tariff | Rejected) -> bool:
    if isinstance(other, Rejected) or read.last_updated is None or other.last_updated is None:
        return False
    return read.last_updated > other.last_updated


def _stamp(read: Location | Hidden | Tariff, now: datetime) -> int | None:
    if read.last_updated is None or read.last_updated > now + CLOCK_SKEW:
        return None
    return millis(read.last_updated)


def _older(row: locations.Row | tariffs.Row, stamp: int | None, seen: set[int]) -> bool:
    """Older never overwrites newer; within one pull the first of two with the same stamp stays."""
    if row.pk in seen:
        return stamp is None or row.last_updated is None or stamp <= row.last_updated
    return stamp is not None and row.last_updated is not None and stamp < row.last_updated


def _decide(
    connection: sa.Connection,
    run: Run,
    batch: _Batch,
    name: str,
    item: Item,
    row: locations.Row | None,
    new_pk: int | None,
) -> None:
    counts = run.report.locations
    read = item.read
    assert isinstance(read, Location | Hidden)
    stamp = _stamp(read, run.now)
    if row is not None:
        older = _older(row, stamp, run.locations)
        run.locations.add(row.pk)
        if older:
            counts.ignored += 1
            return
    pk = row.pk if row is not None else new_pk
    assert pk is not None
    run.locations.add(pk)
    station_pk = row.station_pk if row is not None else None
    new = locations.Row(pk, run.partner_pk, name, item.fingerprint, station_pk, stamp, 0, None, None)
    if isinstance(read, Hidden):
        counts.hidden += 1
        batch.changes[name] = _Change(new._replace(station_pk=None, hidden=read.reason))
        if station_pk is not None:
            batch.left.add(station_pk)
        return
    location = _in_order(read)
    evse_keys = [evse_key(evse.evse_id) for evse in location.evses]
    if row is None or row.doc is None:
        counts.created += 1
        batch.changes[name] = _Change(new, location, True, evse_keys)
        return
    counts.updated += 1
    if documents.unpack(connection, row.doc, Location) == facts(location):
        batch.changes[name] = _Change(new._replace(doc=row.doc), location, False, evse_keys)
        return
    batch.changes[name] = _Change(new, location, True, evse_keys)


def _in_order(location: Location) -> Location:
    """With its EVSEs in an order of their own, so that a partner that shuffles them changes nothing."""
    order = sorted(location.evses, key=_evse_order)
    if all(map(is_, order, location.evses)):
        return location
    return msgspec.structs.replace(location, evses=tuple(order))


def _evse_order(evse: Evse) -> tuple[str, str]:
    return evse.evse_id or "", evse.uid


def facts(location: Location) -> Location:
    """A location without what is live: its stamps and its EVSEs' statuses."""
    return msgspec.structs.replace(
        location,
        last_updated=None,
        evses=tuple(msgspec.structs.replace(evse, status="UNKNOWN", last_updated=None) for evse in location.evses),
    )


def _write(connection: sa.Connection, run: Run, batch: _Batch, stored: dict[str, locations.Row]) -> None:
    moved = {change.row.pk: change for change in batch.changes.values() if change.moved}
    encoded = {pk: documents.encode(facts(change.location)) for pk, change in moved.items() if change.location}
    run.location_packer.learn(connection, encoded.values())
    arrivals = [
        Arrival(pk, change.row.key, change.location, change.row.station_pk, change.evse_keys)
        for pk, change in moved.items()
        if change.location
    ]
    placement = place(connection, run.partner, arrivals)
    hidden = {change.row.pk for change in batch.changes.values() if change.location is None}
    for members in placement.members.values():
        members -= hidden
    before = {row.station_pk for row in stored.values() if row.station_pk is not None and row.key in batch.changes}
    clusters.mark(connection, before | placement.touched | placement.merged.keys() | batch.left)
    _write_stations(connection, run, placement, {arrival.pk: arrival.location for arrival in arrivals})
    rows = []
    for change in batch.changes.values():
        row = change.row
        home = placement.homes.get(row.pk, row.station_pk)
        doc = run.location_packer.pack(encoded[row.pk]) if change.moved else row.doc
        rows.append(locations.Row(*row[:4], home, *row[5:8], doc))
    locations.save(connection, rows)
    _write_statuses(connection, run, batch, stored)
    _settle(connection, run, placement, batch.left | placement.touched)
    clusters.mark(connection, placement.touched)


def _write_stations(connection: sa.Connection, run: Run, placement: Placement, fresh: dict[int, Location]) -> None:
    touched = sorted(placement.touched)
    others = {pk for station in touched for pk in placement.members[station]} - fresh.keys()
    known = dict(fresh)
    for row in locations.by_pks(connection, list(others)):
        if row.doc is not None:
            known[row.pk] = locations.document(connection, row)
    before = stations.rows(connection, touched)
    told = []
    for station in touched:
        members = [known[pk] for pk in sorted(placement.members[station]) if pk in known]
        if members:
            told.append(_Telling(station, placement.founded.get(station), before.get(station), merge.facts(members)))
    stations.save(connection, _station_rows(connection, told, run.now), before.keys())


class _Telling(NamedTuple):
    """A station to be told anew; `founded` is its id if it is new."""

    pk: int
    founded: str | None
    before: stations.Row | None
    facts: merge.Facts


def _station_rows(connection: sa.Connection, told: Sequence[_Telling], at: datetime) -> list[stations.Row]:
    columns = kinds.columns(connection, [each.facts for each in told])
    return [_station_row(each, said, millis(at)) for each, said in zip(told, columns, strict=True)]


def _station_row(told: _Telling, columns: kinds.Columns, now: int) -> stations.Row:
    before, facts = told.before, told.facts
    founded = told.founded if before is None else before.id
    assert founded is not None
    return stations.Row(
        pk=told.pk,
        id=founded,
        name=facts.name,
        latitude=facts.latitude,
        longitude=facts.longitude,
        cell=cell(facts.latitude, facts.longitude),
        area=places.locate(facts.latitude, facts.longitude, facts.country),
        operator=facts.operator,
        evses=facts.evses,
        max_power=facts.max_power,
        text=facts.text,
        created_at=before.created_at if before else now,
        changed_at=now,
        gone_at=None,
        gone_reason=None,
        traits=columns.traits,
        plugs=columns.plugs,
        hours=columns.hours,
        city=facts.city,
    )


def _write_statuses(connection: sa.Connection, run: Run, batch: _Batch, stored: dict[str, locations.Row]) -> None:
    code = statuses.CODES.get
    rows = [
        (change.row.pk, n, change.evse_keys[n], code(evse.status, 0), millis(evse.last_updated))
        for change in batch.changes.values()
        if change.location
        for n, evse in enumerate(change.location.evses)
    ]
    known = [row.pk for name, row in stored.items() if name in batch.changes]
    told_anew = [change.row.pk for change in batch.changes.values() if change.moved]
    history.note(connection, run.partner_pk, known, told_anew, rows, run.now)
    statuses.replace(connection, known, rows)


def _settle(connection: sa.Connection, run: Run, placement: Placement, touched: set[int]) -> None:
    """Stations that were merged lead to their new one; stations that nobody describes any more are gone."""
    merged = stations.rows(connection, list(placement.merged))
    for old, row in merged.items():
        home = placement.merged[old]
        while home in placement.merged:
            home = placement.merged[home]
        locations.rehome(connection, old, home)
        stations.merge_into(connection, row, stations.rows(connection, [home])[home].id)
    close(connection, touched - merged.keys() - set(placement.homes.values()), run.now, GONE)


def close(connection: sa.Connection, left: set[int], now: datetime, reason: str) -> None:
    """After locations left these stations: those that nobody describes any more are gone, the others are told anew."""
    clusters.mark(connection, left)
    members: dict[int, list[Location]] = defaultdict(list)
    for row in locations.of_stations(connection, list(left)):
        members[row.station_pk or 0].append(locations.document(connection, row))
    told, gone = [], []
    known = stations.rows(connection, list(left))
    for pk, before in known.items():
        if pk in members:
            told.append(_Telling(pk, before.id, before, merge.facts(members[pk])))
        elif before.gone_at is None:
            gone.append(_gone(before, now, reason))
    stations.save(connection, [*_station_rows(connection, told, now), *gone], known.keys())
    clusters.mark(connection, left)


def _gone(row: stations.Row, now: datetime, reason: str) -> stations.Row:
    return row._replace(
        cell=None, text=None, traits=None, plugs=None, hours=None, gone_at=millis(now), gone_reason=reason
    )


def apply_tariffs(connection: sa.Connection, run: Run, items: Sequence[Item]) -> None:
    """Writes a batch of tariffs; what one said before is kept where it says something else now."""
    counts = run.report.tariffs
    named = _named(run, items, "tariffs", connection, counts)
    refs = {name: name.split("/", 2) for name in named}
    encoded = {name: documents.encode(item.read) for name, item in named.items() if isinstance(item.read, Tariff)}
    run.tariff_packer.learn(connection, encoded.values())
    stored = tariffs.by_refs(connection, run.partner_pk, [parts[2] for parts in refs.values()])
    fresh = iter(new_keys(connection, tariffs_table, len(named)))
    rows, replaced = [], []
    free: set[str] = set()
    for name, item in named.items():
        read = item.read
        assert isinstance(read, Tariff)
        country, party, ref = refs[name]
        row = stored.get((ref, f"{country}/{party}"))
        stamp = _stamp(read, run.now)
        if row is not None and row.fingerprint == item.fingerprint:
            run.tariffs.add(row.pk)
            continue
        if row is not None and _older(row, stamp, run.tariffs):
            run.tariffs.add(row.pk)
            counts.ignored += 1
            continue
        if row is None:
            counts.created += 1
        else:
            counts.updated += 1
            if not tariffs.same(connection, row, read):
                replaced.append(row)
        pk = row.pk if row is not None else next(fresh)
        run.tariffs.add(pk)
        doc = run.tariff_packer.pack(encoded[name])
        if kinds.may_be_free(read):
            free.add(ref)
        rows.append(tariffs.Row(pk, run.partner_pk, ref, f"{country}/{party}", item.fingerprint, stamp, 0, doc))
    tariffs.supersede(connection, replaced, run.now)
    tariffs.save(connection, rows)
    kinds.note_free(connection, run.partner_pk, free)
    rejected.release(connection, run.partner_pk, "tariffs", named.keys() & run.refused)
