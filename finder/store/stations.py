"""Stations: found by id, place, box or words, each read with its documents and live statuses in one query."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Any, Literal, NamedTuple

import msgspec
import sqlalchemy as sa

from finder.ocpi.types import Connector, Location, Tariff
from finder.stations import merge
from finder.stations.identity import is_station_id
from finder.stations.prices import PlugPrice, Pricing, best
from finder.stations.types import Gone, Moved, Origin, Station
from finder.store import documents, filters, kinds, plugs, statuses, text
from finder.store.cells import arc, around, box_around, holds
from finder.store.database import Prepared, among, among_given, upsert
from finder.store.filters import CONDITIONS, NOTHING_ASKED, Asked
from finder.store.filters import Search as Search
from finder.store.filters import Sort as Sort
from finder.store.filters import leaves as leaves
from finder.store.offers import Cheapest, Offers, Prices
from finder.store.schema import locations, moves, partners, stations, tariffs
from finder.store.times import EPOCH, instant
from finder.tariffs.charge import Charge

STALE_AFTER = timedelta(minutes=15)
FIRST_RADIUS_KM = 0.5
GROWTH = 4
MOST_READ = 5_000


class Row(NamedTuple):
    """A row of `stations`, in the order of its columns. Gone: no cell, no text."""

    pk: int
    id: str
    name: str
    latitude: float
    longitude: float
    cell: int | None
    area: str | None
    operator: str | None
    evses: int
    max_power: int | None
    text: str | None
    created_at: int
    changed_at: int
    gone_at: int | None
    gone_reason: str | None
    traits: int | None
    plugs: int | None
    hours: int | None
    city: str | None = None


class Told(NamedTuple):
    """A station in the words of one of its locations, as `_with_documents` selects it."""

    pk: int
    id: str
    name: str
    latitude: float
    longitude: float
    area: str | None
    changed_at: int
    gone_at: int | None
    gone_reason: str | None
    doc: bytes
    key: str
    last_updated: int | None
    live: str | None
    partner_pk: int
    partner: str
    partner_name: str
    licence: str | None
    last_success: int | None
    interval: float


class Found(msgspec.Struct, frozen=True):
    """`total` of the whole result; `kilometres` beside the stations, only for a search with `near`, and `by_plug` only for one
    with a `charge` or by cost: the prices at each kind of plug that was asked for.

    `next` is what the last station is sorted by and its id; None: there are no more.
    """

    stations: tuple[Station, ...]
    total: int
    kilometres: tuple[float, ...] = ()
    by_plug: tuple[tuple[PlugPrice, ...], ...] = ()
    next: tuple[str | float, str] | None = None

    @property
    def prices(self) -> tuple[PlugPrice | None, ...]:
        """The best price of each, or why it has none; None: it has no plug of those asked for."""
        return tuple(map(best, self.by_plug))


class TooMany(ValueError):
    """More stations than can be looked into one by one for a search: MOST_READ."""


class OtherOrder(ValueError):
    """`Search.after` is not of a search in this order."""


Near = tuple[Station, float]
"""A station and how far it is, in km."""


class Totals(msgspec.Struct, frozen=True):
    """`known` counts the EVSEs whose status is known and fresh, `available` those of them that are free."""

    stations: int
    evses: int
    available: int
    known: int


class Withheld(msgspec.Struct, frozen=True):
    """A station of which no partner allows anything to be passed on; `partners` are their names."""

    partners: tuple[str, ...]


def by_id(connection: sa.Connection, id: str) -> Station | Gone | Moved | None:
    rows = _rows_of(connection, id)
    return _told(connection, rows) if rows else _moved(connection, id)


def licensed_by_id(connection: sa.Connection, id: str) -> Station | Withheld | Gone | Moved | None:
    """The station as those partners tell it whose licence lets it be passed on."""
    rows = _rows_of(connection, id)
    if not rows:
        return _moved(connection, id)
    if rows[0].gone_at is not None:
        return _gone(rows[0])
    licensed = _licensed(rows)
    if not licensed:
        return Withheld(partners=tuple(dict.fromkeys(row.partner_name for row in rows)))
    return _told(connection, licensed)


def _rows_of(connection: sa.Connection, id: str) -> Sequence[Told]:
    if not is_station_id(id):
        return ()
    return [Told._make(row) for row in _BY_ID.rows(connection, id=id)]


def find(connection: sa.Connection, search: Search) -> Found:
    """The order is total. Raises TooMany, OtherOrder, and NoSuchTime for a charge that starts when the clocks skip."""
    ranked = rank(connection, search)
    told = _by_pks(connection, ranked.pks, search.licensed)
    return Found(
        stations=told,
        total=ranked.total,
        kilometres=ranked.kilometres,
        by_plug=_prices_of(connection, ranked.pks, search, ranked.prices),
        next=None if ranked.last is None else (ranked.last, told[-1].id),
    )


class Ranked(NamedTuple):
    """What is found, before any of it is read. `last` is what the last one is sorted by, None where there are no more; `prices`
    where they were needed for the order."""

    pks: tuple[int, ...]
    total: int
    kilometres: tuple[float, ...] = ()
    last: str | float | None = None
    prices: Prices | None = None


def rank(connection: sa.Connection, search: Search) -> Ranked:
    """A page of the primary keys, and the number of all. Raises as `find` does."""
    it = filters.asked(connection, search)
    order = search.order
    by_columns = order == "name" or (order == "power" and not it.wanted.of_plugs)
    if search.near is None and by_columns and not filters.may_be_undecided(it):
        return _listed(it)
    return _ranked(it)


def total(connection: sa.Connection, search: Search) -> int:
    """How many are found. Raises NoSuchTime as `find` does."""
    it = filters.asked(connection, search)
    if search.near is None and not filters.may_be_undecided(it):
        return filters.count(it)
    return len(_found(it, _least(it)))


def relaxed(connection: sa.Connection, search: Search) -> tuple[tuple[str, int], ...]:
    """For each condition of the search, by its parameter, how many are found without it alone."""
    asked = [name for name, field in CONDITIONS.items() if getattr(search, field) != getattr(NOTHING_ASKED, field)]
    return tuple([(name, total(connection, _without(search, name))) for name in asked])


def _without(search: Search, name: str) -> Search:
    field = CONDITIONS[name]
    return msgspec.structs.replace(search, **{field: getattr(NOTHING_ASKED, field)})


def _listed(it: Asked) -> Ranked:
    """By name or power, where the columns tell everything."""
    search = it.search
    by: Literal["name", "power"] = "name" if search.order == "name" else "power"
    after = None if search.after is None else _Plain(by).after(*search.after)
    rows = filters.page(it, by, after, search.limit + 1, search.offset)
    shown = rows[: search.limit]
    return Ranked(
        pks=tuple([row[0] for row in shown]),
        total=filters.count(it),
        last=shown[-1][2] if len(rows) > len(shown) else None,
    )


def totals(connection: sa.Connection, now: datetime) -> Totals:
    shown = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(stations.c.evses), 0))
    count, evses = connection.execute(shown.where(stations.c.gone_at.is_(None))).one()
    available, known = statuses.totals(connection, now, STALE_AFTER)
    return Totals(stations=count, evses=int(evses), available=available, known=known)


def _with_documents() -> sa.Select[Any]:
    """A row (`Told`) a location, oldest location first; a station that is gone has one without location."""
    return (
        sa.select(
            *(stations.c[name] for name in Told._fields[: Told._fields.index("doc")]),
            locations.c.doc,
            locations.c.key,
            locations.c.last_updated,
            statuses.written(),
            partners.c.pk,
            partners.c.slug,
            partners.c.name,
            partners.c.licence,
            partners.c.last_success,
            partners.c.interval,
        )
        .outerjoin_from(stations, locations, locations.c.station_pk == stations.c.pk)
        .outerjoin(partners, partners.c.pk == locations.c.partner_pk)
        .order_by(stations.c.pk, locations.c.pk)
    )


# Made once: putting a statement together costs more than most of them take to run.
_DOCUMENTS = _with_documents()
_BY_ID = Prepared(lambda _: _DOCUMENTS.where(stations.c.id == sa.bindparam("id")))
_IDS = Prepared(lambda _: sa.select(stations.c.pk, stations.c.id).where(among_given(stations.c.pk, "pks")))
_BY_PKS = Prepared(lambda _: _DOCUMENTS.where(among_given(stations.c.pk, "pks")))
_PLACES = sa.select(stations.c.pk, stations.c.latitude, stations.c.longitude, stations.c.id).where(
    stations.c.gone_at.is_(None)
)
_TARIFFS = Prepared(
    lambda _: (
        sa.select(tariffs.c.doc)
        .where(among_given(tariffs.c.partner_pk, "partner_pks"), among_given(tariffs.c.ref, "refs"))
        .order_by(tariffs.c.pk)
    )
)


def _moved(connection: sa.Connection, id: str) -> Moved | None:
    new_id = connection.scalar(sa.select(moves.c.new_id).where(moves.c.old_id == id))
    return Moved(id=new_id) if new_id else None


def _told(connection: sa.Connection, rows: Sequence[Told]) -> Station | Gone:
    """What these rows of one station say, with its tariffs."""
    if rows[0].gone_at is not None:
        return _gone(rows[0])
    station = _station(connection, rows)
    return msgspec.structs.replace(station, tariffs=_tariffs(connection, station, rows))


def _licensed(rows: Sequence[Told]) -> list[Told]:
    return [row for row in rows if row.licence is not None]


def shown(connection: sa.Connection, ids: Sequence[str]) -> tuple[Station, ...]:
    """Those of these stations that are there, in this order, without their tariffs."""
    here = sa.select(stations.c.id, stations.c.pk).where(among(stations.c.id, ids), stations.c.gone_at.is_(None))
    pks = {id: pk for id, pk in connection.execute(here)} if ids else {}
    return _by_pks(connection, [pks[id] for id in ids if id in pks])


def _by_pks(connection: sa.Connection, pks: Sequence[int], licensed: bool = False) -> tuple[Station, ...]:
    """These stations, in this order."""
    rows: dict[int, list[Told]] = defaultdict(list)
    for row in map(Told._make, _BY_PKS.rows(connection, pks=list(pks))):
        rows[row.pk].append(row)
    return tuple(_station(connection, _licensed(rows[pk]) if licensed else rows[pk]) for pk in pks)


def _station(connection: sa.Connection, rows: Sequence[Told]) -> Station:
    words = []
    for row in rows:
        location = statuses.applied(documents.unpack(connection, row.doc, Location), row.live)
        origin = Origin(
            partner=row.partner,
            name=row.partner_name,
            licence=row.licence,
            fetched_at=instant(row.last_success),
            location_id=location.id,
            last_updated=instant(row.last_updated),
            interval=row.interval,
        )
        words.append((location, origin))
    first = rows[0]
    return merge.station(first.id, first.area, words, instant(first.changed_at))


def _gone(row: Told) -> Gone:
    assert row.gone_at is not None
    return Gone(
        id=row.id,
        name=row.name,
        latitude=row.latitude,
        longitude=row.longitude,
        gone_at=instant(row.gone_at),
        reason=row.gone_reason or "",
        place=row.area,
    )


def _tariffs(connection: sa.Connection, station: Station, rows: Sequence[Told]) -> tuple[Tariff, ...]:
    """The tariffs that the station's connectors name, of the partners that name them; the location's own party first."""
    refs = station.tariff_refs
    if not refs:
        return ()
    named = _TARIFFS.rows(connection, partner_pks=list({row.partner_pk for row in rows}), refs=sorted(refs))
    own = {tuple(row.key.split("/", 2)[:2]) for row in rows}
    found = [documents.unpack(connection, doc, Tariff) for (doc,) in named]
    best: dict[str, Tariff] = {}
    for tariff in found:
        ref = tariff.id.casefold()
        theirs = (tariff.country_code.casefold(), tariff.party_id.casefold()) in own
        if ref not in best or theirs:
            best[ref] = tariff
    return tuple(best.values())


_AROUND = Prepared(
    lambda dialect: filters.through_cells(
        dialect, stations.c.pk, stations.c.latitude, stations.c.longitude, stations.c.id
    )
)
_SCANNED = Prepared(lambda _: _PLACES.where(filters.inside()))


def nearest(
    connection: sa.Connection,
    latitude: float,
    longitude: float,
    *,
    within_km: float,
    limit: int,
    but: str | None = None,
) -> tuple[Near, ...]:
    """The nearest stations with their distances in km, nearest first, none farther than `within_km`, without the one
    whose id is `but`."""
    radius = min(FIRST_RADIUS_KM, within_km)
    while True:
        found = [place for place in _around(connection, (latitude, longitude), radius) if place[1] != but]
        if len(found) >= limit or radius >= within_km:
            break
        radius = min(radius * GROWTH, within_km)
    page = sorted(found)[:limit]
    told = _by_pks(connection, [pk for _, _, pk in page])
    return tuple(zip(told, (distance for distance, _, _ in page), strict=True))


def _around(connection: sa.Connection, near: tuple[float, float], radius_km: float) -> list[tuple[float, str, int]]:
    """(distance in km, id, primary key) of every station within the radius."""
    boxed, given = filters.boxed(box_around(*near, radius_km))
    rows = (_AROUND if boxed == "few" else _SCANNED).rows(connection, **given)
    return [(arc(haversine), id, pk) for haversine, (pk, _, _, id) in around(*near, rows, radius_km)]


class _Candidate(NamedTuple):
    """`name` and `power` where it is sorted by them."""

    pk: int
    id: str
    kilometres: float | None
    name: str = ""
    power: int = 0


PLACE = ("pk", "latitude", "longitude")
DECIDES = (*PLACE, "traits", "plugs")
NAMED = (*DECIDES, "id")
Far = tuple[float, Any]
"""The haversine of a distance, 0 for a search that is near nothing, and the row of what is so far."""


def _ranked(it: Asked) -> Ranked:
    """What the columns alone do not tell: how far it is, what is free now at the plug asked for, what it costs."""
    search = it.search
    by = search.order
    if by == "distance":
        return _nearest_first(it)
    columns = {"name": (*NAMED, "name"), "power": (*NAMED, "max_power")}.get(by, NAMED)
    candidates = _candidates(it, columns, MOST_READ if by == "cost" else None)
    prices: Prices | None = None
    order: _Plain | _ByCost = _Plain(by)
    if by == "cost":
        pks = [each.pk for each in candidates]
        prices = _prices(Offers(it.connection, pks, search.licensed), search)
        order = _ByCost(candidates, {pk: prices.best(pk, it.wanted) for pk in pks})
    placed = order.placed(candidates)
    if search.after is not None:
        after = order.after(*search.after)
        placed = [each for each in placed if each[:-1] > after]
    end = search.offset + search.limit
    page = [each for *_, each in nsmallest(end, placed)[search.offset :]]
    return Ranked(
        pks=tuple([each.pk for each in page]),
        total=len(candidates),
        kilometres=tuple([each.kilometres for each in page if each.kilometres is not None]),
        last=order.value(page[-1]) if page and len(placed) > end else None,
        prices=prices,
    )


def _found(it: Asked, columns: tuple[str, ...], most: int | None = None) -> list[Far]:
    """All that are found, in no order: these columns of theirs, which begin as PLACE. Raises TooMany where there are more than `most`."""
    search, near, bbox = it.search, it.search.near, it.search.bbox
    box = box_around(*near, search.radius_km) if near is not None else bbox
    rows = filters.rows(it, columns, box, None if most is None or near is not None else most + 1)
    found: list[Far] = [(0.0, row) for row in rows] if near is None else around(*near, rows, search.radius_km)
    if near is not None and bbox is not None:
        found = [each for each in found if holds(bbox, each[1][1], each[1][2])]
    if filters.may_be_undecided(it):
        fits = _fitting(it, [row for _, row in found])
        found = [each for each in found if each[1][0] in fits]
    if most is not None and len(found) > most:
        raise TooMany
    return found


def _least(it: Asked) -> tuple[str, ...]:
    """The columns that it takes to find them: the index near by has no others."""
    return DECIDES if filters.may_be_undecided(it) else PLACE


def _candidates(it: Asked, columns: tuple[str, ...], most: int | None = None) -> list[_Candidate]:
    """All that are found, by columns that begin as NAMED. Raises as `_found` does."""
    far = it.search.near is not None
    found = [(row, arc(haversine) if far else None) for haversine, row in _found(it, columns, most)]
    last = columns[-1]
    if last == "name":
        return [_Candidate(row[0], row[5], distance, name=row[6]) for row, distance in found]
    if last != "max_power":
        return [_Candidate(row[0], row[5], distance) for row, distance in found]
    if it.takes is None:
        return [_Candidate(row[0], row[5], distance, power=row[6] or 0) for row, distance in found]
    sets = kinds.sets_of_plugs(it.connection)
    return [_Candidate(row[0], row[5], distance, power=it.wanted.power(sets[row[4]])) for row, distance in found]


def _nearest_first(it: Asked) -> Ranked:
    """By distance. Of two as far the one whose id comes first: ids are only read where that is to be told."""
    search = it.search
    found = _found(it, _least(it))
    left = found if search.after is None else _beyond(it, found, *search.after)
    end = search.offset + search.limit
    page = _first(it, left, end)[search.offset :]
    far = tuple([arc(haversine) for haversine, _ in page])
    return Ranked(
        pks=tuple([row[0] for _, row in page]),
        total=len(found),
        kilometres=far,
        last=far[-1] if far and len(left) > end else None,
    )


def _beyond(it: Asked, found: list[Far], kilometres: str | float, id: str) -> list[Far]:
    """Raises OtherOrder."""
    if isinstance(kilometres, str):
        raise OtherOrder
    as_far = [each for each in found if arc(each[0]) == kilometres]
    ids = _ids(it, as_far)
    return [each for each in found if arc(each[0]) > kilometres] + [each for each in as_far if ids[each[1][0]] > id]


FEW = 500


def _first(it: Asked, found: list[Far], count: int) -> list[Far]:
    """The nearest of them, in order."""
    page = sorted(found)[: count + 1] if len(found) < FEW else nsmallest(count + 1, found)
    far = [haversine for haversine, _ in page]
    if len(set(far)) == len(far):
        return page[:count]
    near = [each for each in found if each[0] <= far[-1]]
    ids = _ids(it, near)
    return sorted(near, key=lambda each: (each[0], ids[each[1][0]]))[:count]


def _ids(it: Asked, found: Iterable[Far]) -> dict[int, str]:
    return dict(_IDS.rows(it.connection, pks=[row[0] for _, row in found]))


def _fitting(it: Asked, rows: Sequence[Any]) -> set[int]:
    """Which of these fit: those that the columns cannot tell of are read."""
    mixes = filters.mixes(it)
    unsure = [row[0] for row in rows if filters.undecided(it, row[3], row[4], mixes and bool(row[-1]))]
    fits = {row[0] for row in rows}.difference(unsure)
    licensed = it.search.licensed
    prices = _free_prices(it, unsure) if it.wanted.free else None
    now = it.search.as_of if it.wanted.available or it.wanted.open_now or it.wanted.free else EPOCH
    for pk, station in zip(unsure, _by_pks(it.connection, unsure, licensed), strict=True):
        free = _Free(prices.free_plugs(pk) if prices is not None else frozenset())
        if it.wanted.fits(station, now, free.holds):
            fits.add(pk)
    return fits


class _Free(NamedTuple):
    """The kinds of plug of one station that are free of charge."""

    plugs: frozenset[plugs.Plug]

    def holds(self, plug: Connector) -> bool:
        return plugs.plug(plug) in self.plugs


def _free_prices(it: Asked, pks: Sequence[int]) -> Prices:
    """What anybody pays, however the charge that is asked for is paid."""
    anybodys = msgspec.structs.replace(it.search.charge or Charge(), pay="adhoc", tariff=None)
    return Prices(Offers(it.connection, pks, it.search.licensed), Pricing(anybodys, it.search.as_of))


def _prices(offers: Offers, search: Search) -> Prices:
    return Prices(offers, Pricing(search.charge or Charge(), search.as_of))


def found_pks(connection: sa.Connection, search: Search) -> list[int]:
    """The primary keys of all that are found, in no order. Raises NoSuchTime as `find` does."""
    it = filters.asked(connection, search)
    return [row[0] for _, row in _found(it, _least(it))]


def _prices_of(
    connection: sa.Connection, pks: Sequence[int], search: Search, known: Prices | None = None
) -> tuple[tuple[PlugPrice, ...], ...]:
    if not search.wants_prices:
        return ()
    prices = known or _prices(Offers(connection, pks, search.licensed), search)
    return tuple([prices.of(pk, search.wanted) for pk in pks])


# The order of a list


Placed = tuple[Any, ...]
"""A station after what it is sorted by, the last of which is its id, so that no two are alike."""


class _Plain:
    """By what the columns tell: the distance, the name, or the power with the strongest first."""

    def __init__(self, by: Sort) -> None:
        self._by = by

    def value(self, each: _Candidate) -> str | float:
        if self._by == "distance" and each.kilometres is not None:
            return each.kilometres
        return each.name if self._by == "name" else -each.power

    def placed(self, candidates: Iterable[_Candidate]) -> list[Placed]:
        return [(self.value(each), each.id, each) for each in candidates]

    def after(self, value: str | float, id: str) -> Placed:
        """Raises OtherOrder."""
        if isinstance(value, str) != (self._by == "name"):
            raise OtherOrder
        return value, id


class _ByCost:
    """The cheapest first, of two alike the nearer."""

    def __init__(self, candidates: Iterable[_Candidate], prices: Mapping[int, PlugPrice | None]) -> None:
        self._prices = prices
        self._cheapest = Cheapest(prices.values())
        self._far = {each.id: each.kilometres or 0.0 for each in candidates}

    def value(self, each: _Candidate) -> str | float:
        return self._cheapest.write(self._prices[each.pk])

    def placed(self, candidates: Iterable[_Candidate]) -> list[Placed]:
        rank = self._cheapest.rank
        return [(*rank(self._prices[each.pk]), each.kilometres or 0.0, each.id, each) for each in candidates]

    def after(self, value: str | float, id: str) -> Placed:
        """Raises OtherOrder. A station that is gone meanwhile stood before those that cost the same."""
        try:
            rank = self._cheapest.read(str(value))
        except ValueError as error:
            raise OtherOrder from error
        return *rank, self._far.get(id, -1.0), id


# Writing


def rows(connection: sa.Connection, pks: Sequence[int]) -> dict[int, Row]:
    query = sa.select(*(stations.c[name] for name in Row._fields)).where(among(stations.c.pk, pks))
    return {row.pk: Row(*row) for row in connection.execute(query).all()}


class Known(NamedTuple):
    pk: int
    gone: bool


def by_ids(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Known]:
    """The stations that have, or had, these public ids. An id that leads elsewhere counts as taken."""
    here = sa.select(stations.c.id, stations.c.pk, stations.c.gone_at).where(among(stations.c.id, ids))
    led = sa.select(moves.c.old_id).where(among(moves.c.old_id, ids))
    found = {id: Known(pk, gone_at is not None) for id, pk, gone_at in connection.execute(here)}
    return found | {id: Known(0, gone=False) for id in connection.scalars(led)}


def save(connection: sa.Connection, changed: Sequence[Row], known: Collection[int]) -> None:
    """`known` are the primary keys of those that are there already."""
    text.forget(connection, known)
    upsert(connection, stations, Row._fields, changed)
    text.learn(connection, [row.pk for row in changed])


def merge_into(connection: sa.Connection, old: Row, new_id: str) -> None:
    """The old station is no more: its id, and those that led to it, lead to the new one."""
    connection.execute(moves.update().where(moves.c.new_id == old.id).values(new_id=new_id))
    connection.execute(moves.insert().values(old_id=old.id, new_id=new_id))
    text.forget(connection, [old.pk])
    connection.execute(stations.delete().where(stations.c.pk == old.pk))


def members(connection: sa.Connection, station_pks: Sequence[int]) -> list[tuple[int, int]]:
    """(station, location) for every location of these stations."""
    query = sa.select(locations.c.station_pk, locations.c.pk).where(among(locations.c.station_pk, station_pks))
    return [(station_pk, location_pk) for station_pk, location_pk in connection.execute(query).all()]
