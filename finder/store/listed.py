"""What lists of stations say in figures: all stations counted in one go by place, operator and plug, and what a list adds.

Lists are counted from columns, so that a page of a million stations costs what it shows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import nlargest
from typing import Any, NamedTuple

import sqlalchemy as sa

from finder.ocpi.types import Struct
from finder.stations.identity import slug
from finder.stations.prices import PlugPrice, Pricing
from finder.stations.status import INTERVALS_HELD, SHORTEST_HOLD
from finder.stations.summary import whole_kilowatts
from finder.stations.traits import PlugSet, Wanted
from finder.store import kinds, statuses
from finder.store.database import Prepared, among, among_given
from finder.store.history import GROUPS
from finder.store.named import called
from finder.store.offers import Offers, Prices
from finder.store.schema import locations, partners, stations, status_changes, watches
from finder.store.schema import statuses as statuses_table
from finder.store.times import instant, millis
from finder.tariffs.charge import Charge

FAST_KW = 50
# Classes of a station by its strongest plug: below 50, from 50, from 150 kW. Not stated counts in none.
CLASSES_KW = (0, 50, 150)
NEW_FOR = timedelta(days=90)
# What a partner tells in its first hour was there before it was listened to.
FIRST_TOLD = timedelta(hours=1)
MOST_NEW = 20_000
STRONGEST = 50


class Count(NamedTuple):
    """`power` is the highest, in W; `changed_at` the newest change of a fact in ms, a station's end among them."""

    stations: int = 0
    evses: int = 0
    power: int | None = None
    changed_at: int = 0
    classes: tuple[int, ...] = (0,) * len(CLASSES_KW)

    @property
    def max_power_kw(self) -> float | None:
        return whole_kilowatts(self.power)


class _Sum:
    """A Count in the making."""

    __slots__ = ("changed_at", "classes", "evses", "power", "stations")

    def __init__(self) -> None:
        self.stations = self.evses = self.power = self.changed_at = 0
        self.classes = [0] * len(CLASSES_KW)

    def add(self, stations: int, evses: int, power: int, changed_at: int, place: int | None) -> None:
        self.stations += stations
        self.evses += evses
        if power > self.power:
            self.power = power
        if changed_at > self.changed_at:
            self.changed_at = changed_at
        if place is not None:
            self.classes[place] += stations

    def count(self) -> Count:
        return Count(self.stations, self.evses, self.power or None, self.changed_at, tuple(self.classes))


Sums = defaultdict[str, _Sum]


def together(counts: Iterable[Count]) -> Count:
    """Of several lists that have no station in common."""
    found = _Sum()
    for count in counts:
        found.add(count.stations, count.evses, count.power or 0, count.changed_at, None)
        found.classes = [one + two for one, two in zip(found.classes, count.classes, strict=True)]
    return found.count()


class New(NamedTuple):
    """A station that was told of for the first time after its partner's beginning."""

    pk: int
    id: str
    area: str | None
    operator: str | None
    created_at: int
    changed_at: int


class Census(Struct):
    """All stations, counted. By area are those filed under it, not those of areas inside it.

    `names` are the operators' by slug; `strongest` the areas and sets of plugs with the strongest plugs of a standard.
    `since`: what is new was told after it.
    """

    areas: Mapping[str, Count]
    operators: Mapping[str, Count]
    names: Mapping[str, str]
    pairs: Mapping[str, Mapping[str, Count]]
    plugs: Mapping[str, Mapping[str, Count]]
    plug_operators: Mapping[str, Mapping[str, Count]]
    strongest: Mapping[str, tuple[tuple[str, int], ...]]
    fast: Mapping[str, Count]
    new: Mapping[str, tuple[New, ...]]
    new_of: Mapping[str, tuple[New, ...]]
    since: datetime | None

    @property
    def total(self) -> int:
        return sum(count.stations for count in self.areas.values())


def census(connection: sa.Connection, now: datetime) -> Census:
    sets = {pk: _by_standard(plugs) for pk, plugs in kinds.sets_of_plugs(connection).items()}
    areas, operators, fast = Sums(_Sum), Sums(_Sum), Sums(_Sum)
    pairs, plugs, plug_operators = (defaultdict[str, Sums](lambda: Sums(_Sum)) for _ in range(3))
    by_power: dict[str, list[tuple[int, int, str, int]]] = defaultdict(list)
    samples: dict[str, list[int]] = defaultdict(list)
    for area, operator, plug_set, stations_of, evses, power, changed_at, pk in connection.execute(_GROUPS):
        told = int(stations_of), int(evses), power, changed_at, _class(power)
        areas[area].add(*told)
        if is_fast(power):
            fast[area].add(*told)
        if operator is not None:
            operators[operator].add(*told)
            pairs[operator][area].add(*told)
            samples[operator].append(pk)
        for standard, strength in sets.get(plug_set, {}).items():
            with_plug = *told[:2], strength, changed_at, _class(strength)
            plugs[standard][area].add(*with_plug)
            if operator is not None:
                plug_operators[standard][operator].add(*with_plug)
            if told[0]:
                by_power[standard].append((strength, told[0], area, plug_set))
    since, new = _new(connection, now)
    held = _held(operators)
    return Census(
        areas=_held(areas),
        operators=held,
        names=_names(connection, {named: samples[named] for named in held}),
        pairs={named: _held(pairs[named]) for named in held},
        plugs={standard: there for standard, by_area in plugs.items() if (there := _held(by_area))},
        plug_operators={standard: _held(found) for standard, found in plug_operators.items()},
        strongest={standard: _strongest(found) for standard, found in by_power.items()},
        fast=_held(fast),
        new=_by(new, lambda each: each.area),
        new_of=_by(new, lambda each: each.operator),
        since=since,
    )


@lru_cache(maxsize=1024)
def is_fast(power: int | None) -> bool:
    """At least 50 kW, as a driver says them: direct current in practice, for no alternating current is so strong."""
    kw = whole_kilowatts(power)
    return kw is not None and kw >= FAST_KW


_HERE = stations.c.gone_at.is_(None)
# Those of one place, operator and set of plugs have the same power. Of those that are gone only when they went counts.
_GROUPS = (
    sa.select(
        stations.c.area,
        stations.c.operator,
        stations.c.plugs,
        sa.func.sum(sa.case((_HERE, 1), else_=0)),
        sa.func.sum(sa.case((_HERE, stations.c.evses), else_=0)),
        sa.func.coalesce(sa.func.max(sa.case((_HERE, stations.c.max_power))), 0),
        sa.func.max(sa.func.coalesce(stations.c.gone_at, stations.c.changed_at)),
        sa.func.min(stations.c.pk),
    )
    .where(stations.c.area.is_not(None))
    .group_by(stations.c.area, stations.c.operator, stations.c.plugs)
)


@lru_cache(maxsize=1024)
def _class(power: int) -> int | None:
    kw = whole_kilowatts(power or None)
    return None if kw is None else sum(kw >= least for least in CLASSES_KW) - 1


def _by_standard(plugs: PlugSet) -> dict[str, int]:
    """The strongest plug of each standard, in W; 0: not stated."""
    found: dict[str, int] = {}
    for standard, power in plugs:
        if standard is not None:
            found[standard] = max(found.get(standard, 0), power or 0)
    return found


def _held(sums: Mapping[str, _Sum]) -> dict[str, Count]:
    return {key: each.count() for key, each in sums.items() if each.stations}


def _strongest(found: Sequence[tuple[int, int, str, int]]) -> tuple[tuple[str, int], ...]:
    """Areas and sets of plugs that hold the strongest stations, enough of them for a list."""
    chosen, held = [], 0
    for _, number, area, plugs in nlargest(STRONGEST, found):
        if held >= STRONGEST:
            break
        chosen.append((area, plugs))
        held += number
    return tuple(chosen)


def _names(connection: sa.Connection, samples: Mapping[str, Sequence[int]]) -> dict[str, str]:
    """As one of its stations spells it; partners that spell it alike but for case or signs mean the same operator."""
    found: dict[str, str] = {}
    for place in range(3):
        asked = {pks[place]: named for named, pks in samples.items() if named not in found and len(pks) > place}
        for told in called(connection, list(asked), licensed=False):
            if told.operator and slug(told.operator) == asked[told.pk]:
                found[asked[told.pk]] = told.operator
    return {named: found.get(named, named.replace("-", " ").capitalize()) for named in samples}


def _by(new: Sequence[New], key: Any) -> dict[str, tuple[New, ...]]:
    found: dict[str, list[New]] = defaultdict(list)
    for each in new:
        if key(each) is not None:
            found[key(each)].append(each)
    return {name: tuple(each) for name, each in found.items()}


# What is new


def _new(connection: sa.Connection, now: datetime) -> tuple[datetime | None, tuple[New, ...]]:
    """Since when, and the stations told of since, the newest first: what came with a partner's beginning is not new."""
    begun = (
        sa.select(watches.c.partner_pk, sa.func.min(watches.c.since).label("at"))
        .group_by(watches.c.partner_pk)
        .subquery("begun")
    )
    starts = connection.scalars(sa.select(begun.c.at)).all()
    if not starts:
        return None, ()
    first = int(FIRST_TOLD.total_seconds() * 1000)
    earliest = max(min(starts) + first, millis(now - NEW_FOR))
    told_before = sa.exists().where(
        locations.c.station_pk == stations.c.pk,
        locations.c.partner_pk == begun.c.partner_pk,
        stations.c.created_at <= begun.c.at + first,
    )
    query = (
        sa.select(*(stations.c[name] for name in New._fields))
        .where(stations.c.created_at > earliest, stations.c.gone_at.is_(None), ~told_before)
        .order_by(stations.c.created_at.desc(), stations.c.pk.desc())
        .limit(MOST_NEW)
    )
    found = tuple([New._make(row) for row in connection.execute(query)])
    return instant(max(max(starts), millis(now - NEW_FOR))), found


# The stations of a list


class Choice(Struct):
    """Stations of these areas, of this operator, with one of these sets of plugs: what is set must hold."""

    areas: tuple[str, ...]
    operator: str | None = None
    plugs: tuple[int, ...] | None = None


class Member(NamedTuple):
    pk: int
    id: str


def fast_sets(connection: sa.Connection) -> tuple[int, ...]:
    """The sets of plugs of which one is fast."""
    sets = kinds.sets_of_plugs(connection)
    return tuple([pk for pk, plugs in sets.items() if any(is_fast(power) for _, power in plugs)])


def sets_with(connection: sa.Connection, standard: str) -> tuple[int, ...]:
    sets = kinds.sets_of_plugs(connection)
    return tuple([pk for pk, plugs in sets.items() if any(each == standard for each, _ in plugs)])


def members(connection: sa.Connection, choice: Choice, limit: int, offset: int = 0) -> list[Member]:
    """In the order of their names."""
    query = sa.select(stations.c.pk, stations.c.id).where(
        stations.c.gone_at.is_(None), among(stations.c.area, list(choice.areas))
    )
    if choice.operator is not None:
        query = query.where(stations.c.operator == choice.operator)
    if choice.plugs is not None:
        query = query.where(among(stations.c.plugs, list(choice.plugs)))
    ordered = query.order_by(stations.c.name, stations.c.id).limit(limit).offset(offset)
    return [Member._make(row) for row in connection.execute(ordered)]


def prices(
    connection: sa.Connection, pks: Sequence[int], charge: Charge, now: datetime, wanted: Wanted
) -> tuple[tuple[PlugPrice, ...], ...]:
    """At each kind of plug that is wanted, of each of these stations."""
    found = Prices(Offers(connection, pks), Pricing(charge, now))
    return tuple([found.of(pk, wanted) for pk in pks])


class Live(NamedTuple):
    """Of all charging points, those whose status is known and fresh, and of these the free."""

    available: int
    known: int
    evses: int


_LIVE = Prepared(
    lambda _: (
        sa.select(
            locations.c.station_pk,
            statuses_table.c.evse_key,
            statuses_table.c.status,
            sa.func.coalesce(statuses_table.c.at, 0),
            partners.c.last_success,
            partners.c.interval,
        )
        .join_from(locations, statuses_table, statuses_table.c.location_pk == locations.c.pk)
        .join(partners, partners.c.pk == locations.c.partner_pk)
        .where(among_given(locations.c.station_pk, "pks"))
        .order_by(locations.c.pk, statuses_table.c.n)
    )
)


def live(connection: sa.Connection, pks: Sequence[int], now: datetime) -> Live:
    """Each charging point once, with its newest word; what is planned is not in service."""
    newest: dict[tuple[int, int], tuple[int, int, bool]] = {}
    at_now = millis(now)
    for n, (station, key, status, at, success, interval) in enumerate(_LIVE.rows(connection, pks=list(pks))):
        place = (station, -n) if key is None else (station, key)
        if place not in newest or at > newest[place][0]:
            newest[place] = at, status, _holds(at_now, success, interval)
    planned, unknown, free = (statuses.CODES[word] for word in ("PLANNED", "UNKNOWN", "AVAILABLE"))
    served = [(status, holds) for _, status, holds in newest.values() if status != planned]
    known = [status for status, holds in served if holds and status != unknown]
    return Live(known.count(free), len(known), len(newest))


def _holds(now: int, last_success: int | None, interval: float) -> bool:
    """`finder.stations.status.holds_until`, in milliseconds."""
    held = max(SHORTEST_HOLD.total_seconds(), INTERVALS_HELD * interval) * 1000
    return last_success is not None and now <= last_success + held


# When charges begin


BUSY, FREE = GROUPS.index("busy"), GROUPS.index("available")
HOUR = 3_600_000


def _begun(_: str) -> sa.Select[Any]:
    return (
        sa.select((status_changes.c.at // HOUR).label("hour"), sa.func.count())
        .join_from(locations, status_changes, status_changes.c.location_pk == locations.c.pk)
        .where(
            among_given(locations.c.station_pk, "pks"),
            status_changes.c.at >= sa.bindparam("since", type_=sa.BigInteger),
            status_changes.c.was == sa.literal_column(str(FREE)),
            status_changes.c.became == sa.literal_column(str(BUSY)),
        )
        .group_by(sa.literal_column("hour"))
    )


_STARTS = Prepared(_begun)


def starts(connection: sa.Connection, pks: Sequence[int], since: datetime) -> tuple[tuple[datetime, int], ...]:
    """How many charging points went from free to busy, by the hour in which they did."""
    rows = _STARTS.rows(connection, pks=list(pks), since=millis(since))
    return tuple([(instant(int(hour) * HOUR), count) for hour, count in rows])


def listened_since(connection: sa.Connection) -> datetime | None:
    """When the first of the partners began to be listened to, as far as it is kept."""
    first: int | None = connection.scalar(sa.select(sa.func.min(watches.c.since)))
    return instant(first)
