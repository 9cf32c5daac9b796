"""The search columns that many stations have alike: sets of plugs and opening hours, each kept once and named by a number.

A process holds them all, read anew when one was added. The numbers are never used twice: the last row is never deleted.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import msgspec
import sqlalchemy as sa

from finder.ocpi.types import Location, Tariff
from finder.stations.merge import Facts, facts
from finder.stations.traits import FREE, Opening, PlugSet, Wanted, strongest
from finder.store import documents
from finder.store import plugs as plugs_of
from finder.store.database import Prepared, among, insert, new_keys, upsert
from finder.store.schema import STRONG_W, free_refs, locations, openings, plug_sets, stations, tariffs
from finder.tariffs.rates import read_rates

T = TypeVar("T")
A = TypeVar("A")
MOST_ANSWERS = 256


class Columns(NamedTuple):
    """`stations.traits`, `plugs` and `hours`."""

    traits: int
    plugs: int
    hours: int | None


def columns(connection: sa.Connection, told: Sequence[Facts]) -> list[Columns]:
    """Of these stations, in their order; a set of plugs or hours that is new is written."""
    free = frozenset(connection.scalars(sa.select(free_refs.c.ref)))
    plugs = _named(connection, plug_sets, {_plugs_doc(each.plugs) for each in told})
    hours = _named(connection, openings, {_hours_doc(each.opening) for each in told if each.opening is not None})
    return [
        Columns(
            each.traits | FREE if free and not free.isdisjoint(map(str.casefold, each.tariff_ids)) else each.traits,
            plugs[_plugs_doc(each.plugs)],
            None if each.opening is None else hours[_hours_doc(each.opening)],
        )
        for each in told
    ]


@lru_cache(maxsize=4096)
def _plugs_doc(plugs: PlugSet) -> str:
    return msgspec.json.encode(plugs).decode()


@lru_cache(maxsize=4096)
def _hours_doc(opening: Opening) -> str:
    return msgspec.json.encode(opening).decode()


@lru_cache(maxsize=4096)
def _mark(doc: str) -> int:
    """So that long hours have a short key: 63 bits."""
    return int.from_bytes(blake2b(doc.encode(), digest_size=8).digest(), "big") >> 1


def _named(connection: sa.Connection, table: sa.Table, docs: Collection[str]) -> dict[str, int]:
    """The number of each document."""
    marks = {_mark(doc): doc for doc in docs}
    query = sa.select(table.c.mark, table.c.pk).where(among(table.c.mark, list(marks)))
    found = {marks[mark]: pk for mark, pk in connection.execute(query)} if marks else {}
    missing = sorted(set(docs) - found.keys())
    pks = new_keys(connection, table, len(missing))
    rows = [(pk, _mark(doc), doc) for pk, doc in zip(pks, missing, strict=True)]
    insert(connection, table, ("pk", "mark", "doc"), rows)
    return found | dict(zip(missing, pks, strict=True))


def forget_unused(connection: sa.Connection) -> None:
    """Opening hours with dates come and go."""
    for table, used in ((plug_sets, stations.c.plugs), (openings, stations.c.hours)):
        last = sa.select(sa.func.max(table.c.pk)).scalar_subquery()
        held = sa.select(used).where(used.is_not(None))
        connection.execute(table.delete().where(table.c.pk < last, table.c.pk.not_in(held)))


# Which of them a search wants


class Held(Generic[T]):
    """All rows of a table as of its last one, and what was asked of them since."""

    def __init__(self, last: tuple[int, int] | None, rows: Mapping[int, T]) -> None:
        self.last = last
        self.rows = rows
        self.answers: dict[Any, Any] = {}

    def answered(self, question: object, answer: Callable[[], A]) -> A:
        """What it was the last time, else what the call returns."""
        known = self.answers.get(question)
        if known is None:
            if len(self.answers) >= MOST_ANSWERS:
                self.answers.clear()
            known = self.answers[question] = answer()
        return known


class Takes(NamedTuple):
    """Sets of plugs: `some` plug of theirs is one that is wanted, or `all` are. `strong`: each of `some` has a plug of STRONG_W."""

    some: frozenset[int]
    all: frozenset[int]
    strong: bool


def _last(table: sa.Table) -> Prepared:
    return Prepared(lambda _: sa.select(table.c.pk, table.c.mark).order_by(table.c.pk.desc()).limit(1))


_LAST = {table: _last(table) for table in (plug_sets, openings)}
_held: WeakKeyDictionary[sa.Engine, dict[sa.Table, Held[Any]]] = WeakKeyDictionary()


def held(connection: sa.Connection, table: sa.Table, kind: type[T]) -> Held[T]:
    of_engine = _held.setdefault(connection.engine, {})
    newest = _LAST[table].rows(connection)
    last = tuple(newest[0]) if newest else None
    known = of_engine.get(table)
    if known is None or known.last != last:
        rows = connection.execute(sa.select(table.c.pk, table.c.doc)).all()
        decoder = msgspec.json.Decoder(kind)
        known = of_engine[table] = Held(last, {pk: decoder.decode(doc) for pk, doc in rows})
    return known


def sets_of_plugs(connection: sa.Connection) -> Mapping[int, PlugSet]:
    return held(connection, plug_sets, PlugSet).rows


def taking(connection: sa.Connection, wanted: Wanted) -> Takes:
    """The sets with the plugs that are wanted."""
    known = held(connection, plug_sets, PlugSet)

    def answer() -> Takes:
        fits = {pk: [wanted.takes(*plug) for plug in plugs] for pk, plugs in known.rows.items()}
        some = frozenset([pk for pk, each in fits.items() if any(each)])
        return Takes(
            some,
            frozenset([pk for pk, each in fits.items() if each and all(each)]),
            all((strongest(known.rows[pk]) or 0) >= STRONG_W for pk in some),
        )

    return known.answered((wanted.connectors, wanted.min_power_kw), answer)


def open_at(connection: sa.Connection, now: datetime) -> frozenset[int]:
    """The opening hours that hold then. A week changes by the minute; exceptions may by the second."""
    known = held(connection, openings, Opening)
    minute = now.replace(second=0, microsecond=0)
    steady = known.answered(
        minute, lambda: _open([each for each in known.rows.items() if not _has_dates(each[1])], now)
    )
    dated = known.answered("dated", lambda: [each for each in known.rows.items() if _has_dates(each[1])])
    return steady | _open(dated, now)


def _open(some: Iterable[tuple[int, Opening]], now: datetime) -> frozenset[int]:
    return frozenset([pk for pk, opening in some if opening.is_open(now)])


def _has_dates(opening: Opening) -> bool:
    return bool(opening.hours.exceptional_openings or opening.hours.exceptional_closings)


# What may be free


def may_be_free(tariff: Tariff) -> bool:
    """Whether there can be a day on which nothing of it costs anything; whether this is the day is asked of its rates."""
    prices = [component.price for element in tariff.elements for component in element.price_components]
    if not any(price == 0 for price in prices):
        return False
    when = [element.restrictions for element in tariff.elements if element.restrictions is not None]
    if any(each.start_date or each.end_date for each in when):
        return True
    rates = read_rates(tariff, _ANY_DAY)
    return rates is not None and not any(rate.amount for found in rates.values() for rate in found)


_ANY_DAY = date(2026, 1, 1)


def note_free(connection: sa.Connection, partner_pk: int, refs: Collection[str]) -> None:
    """These tariffs of a partner, by id, folded, may be free.

    Stations that are stored already learn of it when the pull ends (`tell_free`). A tariff that may be free no longer only costs
    a search a second look.
    """
    if not refs:
        return
    known = set(connection.scalars(sa.select(free_refs.c.ref).where(free_refs.c.partner_pk == partner_pk)))
    first = connection.scalar(sa.select(locations.c.pk).where(locations.c.partner_pk == partner_pk).limit(1)) is None
    new = [(partner_pk, ref, first) for ref in sorted(set(refs) - known)]
    insert(connection, free_refs, ("partner_pk", "ref", "told"), new)


def tell_free(connection: sa.Connection) -> None:
    """Stations that name a tariff which may be free since it was last told get the trait."""
    untold = connection.execute(sa.select(free_refs.c.partner_pk, free_refs.c.ref).where(~free_refs.c.told)).all()
    if not untold:
        return
    refs = {ref for _, ref in untold}
    of_partners = sa.select(locations.c.station_pk).where(locations.c.partner_pk.in_({pk for pk, _ in untold}))
    query = sa.select(locations.c.station_pk, locations.c.doc).where(
        locations.c.station_pk.in_(of_partners), locations.c.doc.is_not(None)
    )
    named = {pk for pk, doc in connection.execute(query) if not refs.isdisjoint(plugs_of.read(connection, doc).refs)}
    if named:
        set_ = stations.c.traits.bitwise_or(FREE)
        connection.execute(stations.update().where(among(stations.c.pk, sorted(named))).values(traits=set_))
    connection.execute(free_refs.update().where(~free_refs.c.told).values(told=True))


def note_all_free(connection: sa.Connection) -> None:
    """From every tariff that is stored."""
    query = sa.select(tariffs.c.partner_pk, tariffs.c.ref, tariffs.c.doc)
    found = {
        (partner_pk, ref, True)
        for partner_pk, ref, doc in connection.execute(query)
        if may_be_free(documents.unpack(connection, doc, Tariff))
    }
    upsert(connection, free_refs, ("partner_pk", "ref", "told"), sorted(found))


# For rows from before there were these columns

BATCH = 2_000


def fill(connection: sa.Connection) -> None:
    """Tells every station that has no traits or no city yet from its stored documents; what it says of itself besides is left as it is."""
    untold = (
        sa.select(stations.c.pk)
        .where(stations.c.traits.is_(None) | stations.c.city.is_(None), stations.c.gone_at.is_(None))
        .order_by(stations.c.pk)
        .limit(BATCH)
    )
    last = -1
    while pks := connection.scalars(untold.where(stations.c.pk > last)).all():
        if last < 0:
            note_all_free(connection)
        last = pks[-1]
        _fill(connection, pks)


def _fill(connection: sa.Connection, pks: Sequence[int]) -> None:
    query = sa.select(locations.c.station_pk, locations.c.doc).where(among(locations.c.station_pk, pks))
    told: dict[int, list[Location]] = defaultdict(list)
    for pk, doc in connection.execute(query.where(locations.c.doc.is_not(None)).order_by(locations.c.pk)):
        told[pk].append(documents.unpack(connection, doc, Location))
    found = [facts(members) for members in told.values()]
    rows = [
        {"station": pk, "power": each.max_power, "town": each.city, **said._asdict()}
        for pk, each, said in zip(told, found, columns(connection, found), strict=True)
    ]
    if rows:
        values: dict[str, Any] = {name: sa.bindparam(name) for name in Columns._fields} | {
            "max_power": sa.bindparam("power"),
            "city": sa.bindparam("town"),
        }
        connection.execute(stations.update().where(stations.c.pk == sa.bindparam("station")).values(**values), rows)
