"""Stations: found by id, place, box or words, each read with its documents and live statuses in one query."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from heapq import nsmallest
from typing import Any, Literal, NamedTuple

import msgspec
import sqlalchemy as sa

from finder.ocpi.types import Location, Tariff
from finder.places import area as area_by_code
from finder.places import areas
from finder.stations import merge
from finder.stations.identity import is_station_id
from finder.stations.prices import PlugPrice, Pricing, best
from finder.stations.types import Gone, Moved, Origin, Station
from finder.store import documents, statuses, text
from finder.store.cells import box_around, holds, kilometres, ranges
from finder.store.database import Prepared, among, among_given, spans_given, upsert
from finder.store.offers import Cheapest, Offers, Prices
from finder.store.schema import locations, moves, partners, stations, tariffs
from finder.store.times import instant
from finder.tariffs.charge import Charge

STALE_AFTER = timedelta(minutes=15)
FIRST_RADIUS_KM = 0.5
GROWTH = 4
MOST_RANGES = 60
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


Sort = Literal["distance", "power", "cost", "name"]


class Search(msgspec.Struct, frozen=True):
    """All that are set must hold. `near` is (latitude, longitude), `bbox` (west, south, east, north), `area` a code of
    `finder.places`: a municipality, region or country.

    - `connectors`: any of these standards. `free`: one of its plugs costs nobody anything, by a tariff that says so.
    - `sort`: left out, and for `distance` without `near`, it is by distance with `near` and else by name. `power` begins with
      the strongest, `cost` with the cheapest for `charge`; those that nobody knows it of come last.
    - `charge` is what `Found.prices` are for; it, and `free`, are as of `now`.
    - `licensed`: only what may be passed on, the stations and what is said of them.
    - `after` is `Found.next` of the page before: unlike `offset` it neither skips nor repeats a station when others come and go
      in between.
    """

    text: str | None = None
    near: tuple[float, float] | None = None
    radius_km: float = 10
    bbox: tuple[float, float, float, float] | None = None
    area: str | None = None
    operator: str | None = None
    connectors: tuple[str, ...] = ()
    free: bool = False
    sort: Sort | None = None
    charge: Charge | None = None
    now: datetime | None = None
    licensed: bool = False
    limit: int = 20
    offset: int = 0
    after: tuple[str | float, str] | None = None

    @property
    def order(self) -> Sort:
        if self.near is None and self.sort == "distance":
            return "name"
        return self.sort or ("name" if self.near is None else "distance")

    @property
    def looks_inside(self) -> bool:
        """Whether documents have to be read to tell which stations are found, or in which order."""
        return bool(self.connectors) or self.free or self.sort == "cost"

    @property
    def wants_prices(self) -> bool:
        return self.charge is not None or self.sort == "cost"

    @property
    def as_of(self) -> datetime:
        if self.now is None:
            raise TypeError("a search for prices says as of when")
        return self.now


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


class AreaCount(msgspec.Struct, frozen=True):
    area: str
    stations: int
    evses: int
    max_power_kw: float | None


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
    if search.near is None and not search.looks_inside:
        return _listed(connection, search)
    return _ranked(connection, search)


def _listed(connection: sa.Connection, search: Search) -> Found:
    """By name or power, where the columns tell everything."""
    clauses = list(_clauses(connection, search))
    given: dict[str, Any] = {}
    if search.bbox is not None:
        clause, given = _box(connection, search.bbox)
        clauses.append(clause)
    total = connection.scalar(sa.select(sa.func.count()).select_from(stations).where(*clauses), given) or 0
    by: sa.ColumnElement[Any] = (
        stations.c.name if search.order == "name" else -sa.func.coalesce(stations.c.max_power, 0)
    )
    page = (
        sa.select(stations.c.pk, stations.c.id, by.label("by"))
        .where(*clauses)
        .order_by(by, stations.c.id)
        .limit(search.limit + 1)
        .offset(search.offset)
    )
    if search.after is not None:
        page = page.where(sa.tuple_(by, stations.c.id) > sa.tuple_(*_Plain(search.order).after(*search.after)))
    rows = connection.execute(page, given).all()
    shown = rows[: search.limit]
    pks = [row.pk for row in shown]
    return Found(
        stations=_by_pks(connection, pks, search.licensed),
        total=total,
        by_plug=_prices_of(connection, pks, search),
        next=(shown[-1].by, shown[-1].id) if len(rows) > len(shown) else None,
    )


def newest(connection: sa.Connection, limit: int) -> tuple[Station, ...]:
    page = (
        sa.select(stations.c.pk)
        .where(stations.c.gone_at.is_(None))
        .order_by(stations.c.created_at.desc(), stations.c.pk.desc())
        .limit(limit)
    )
    return _by_pks(connection, connection.scalars(page).all())


def area_counts(connection: sa.Connection) -> tuple[AreaCount, ...]:
    query = (
        sa.select(
            stations.c.area,
            sa.func.count(),
            sa.func.sum(stations.c.evses),
            sa.func.max(stations.c.max_power),
        )
        .where(stations.c.gone_at.is_(None), stations.c.area.is_not(None))
        .group_by(stations.c.area)
        .order_by(stations.c.area)
    )
    return tuple(
        AreaCount(area=area, stations=count, evses=evses, max_power_kw=power / 1000 if power else None)
        for area, count, evses, power in connection.execute(query)
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
_BY_PKS = Prepared(lambda _: _DOCUMENTS.where(among_given(stations.c.pk, "pks")))
_CANDIDATES = sa.select(
    stations.c.pk, stations.c.id, stations.c.name, stations.c.max_power, stations.c.latitude, stations.c.longitude
)
_PLACES = sa.select(stations.c.pk, stations.c.id, stations.c.latitude, stations.c.longitude).where(
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
    refs = {
        tariff_id.casefold()
        for held in station.evses
        for connector in held.evse.connectors
        for tariff_id in connector.tariff_ids
    }
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


def _clauses(connection: sa.Connection, search: Search) -> Iterable[sa.ColumnElement[bool]]:
    yield stations.c.gone_at.is_(None)
    if search.text is not None:
        yield text.matching(connection, search.text)
    if search.area is not None:
        yield stations.c.area.in_(leaves(search.area))
    if search.operator is not None:
        yield stations.c.operator == search.operator
    if search.licensed:
        yield from _licensed_clauses(connection)


def _licensed_clauses(connection: sa.Connection) -> Iterable[sa.ColumnElement[bool]]:
    """Stations that a partner with a licence tells of. Where every partner has one, nothing needs to be asked."""
    unlicensed = connection.scalars(sa.select(partners.c.pk).where(partners.c.licence.is_(None))).all()
    if unlicensed:
        of_station = locations.c.station_pk == stations.c.pk
        yield sa.exists().where(of_station, locations.c.partner_pk.not_in(unlicensed))


def leaves(code: str) -> tuple[str, ...]:
    """The areas that stations are filed under within this one, itself among them."""
    area_by_code(code)
    found, level = [code], {code}
    while level:
        level = {area.code for area in areas() if area.parent in level}
        found += sorted(level)
    return tuple(found)


@cache
def _boxed(dialect: str, few_rows: bool) -> sa.ColumnElement[bool]:
    """Stations inside a box that is given on execution (`_box`), through their cells where it has few rows of them.

    Many rows of cells cost more than reading along: a country is a scan, a town is a few ranges.
    """
    west, south, east, north = (sa.bindparam(name, type_=sa.Float) for name in ("west", "south", "east", "north"))
    longitude = stations.c.longitude
    across = (west > east) & ((longitude >= west) | (longitude <= east))
    inside = stations.c.latitude.between(south, north) & (longitude.between(west, east) | across)
    if not few_rows:
        return inside
    here, cells = stations.alias("here"), spans_given(dialect)
    held = sa.select(here.c.pk).select_from(cells).join(here, here.c.cell.between(cells.c.low, cells.c.high))
    return sa.and_(stations.c.pk.in_(held), inside)


_AROUND = Prepared(lambda dialect: _PLACES.where(_boxed(dialect, True)))


def _box(
    connection: sa.Connection, bbox: tuple[float, float, float, float]
) -> tuple[sa.ColumnElement[bool], dict[str, Any]]:
    """The clause for a box (west, south, east, north), and what to execute it with."""
    rows = list(ranges(*bbox))
    few = len(rows) <= MOST_RANGES
    given: dict[str, Any] = dict(zip(("west", "south", "east", "north"), bbox, strict=True))
    return _boxed(connection.dialect.name, few), given | ({"spans": json.dumps(rows)} if few else {})


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
    """The same as `_measured` for every station, as quickly as can be."""
    west, south, east, north = bbox = box_around(*near, radius_km)
    cells = list(ranges(*bbox))
    if len(cells) > MOST_RANGES:
        return _measured(connection, near, radius_km, _PLACES)
    rows = _AROUND.rows(connection, west=west, south=south, east=east, north=north, spans=json.dumps(cells))
    return _within(near, radius_km, rows)


def _measured(
    connection: sa.Connection, near: tuple[float, float], radius_km: float, places: sa.Select[Any]
) -> list[tuple[float, str, int]]:
    """(distance in km, id, primary key) of every one of these places within the radius."""
    clause, given = _box(connection, box_around(*near, radius_km))
    return _within(near, radius_km, connection.execute(places.where(clause), given).all())


def _within(near: tuple[float, float], radius_km: float, rows: Sequence[Any]) -> list[tuple[float, str, int]]:
    measured = ((kilometres(*near, latitude, longitude), id, pk) for pk, id, latitude, longitude in rows)
    return [place for place in measured if place[0] <= radius_km]


class _Candidate(NamedTuple):
    pk: int
    id: str
    name: str
    power: int
    kilometres: float | None


def _ranked(connection: sa.Connection, search: Search) -> Found:
    """What the columns alone do not tell: how far it is, what plugs it has, what it costs."""
    candidates = _candidates(connection, search)
    prices = None
    if search.looks_inside:
        if len(candidates) > MOST_READ:
            raise TooMany
        offers = Offers(connection, [each.pk for each in candidates], search.licensed)
        candidates = _fitting(candidates, offers, search)
        prices = _prices(offers, search) if search.wants_prices else None
    order: _Plain | _ByCost
    if prices is not None and search.order == "cost":
        order = _ByCost(candidates, {each.pk: prices.best(each.pk, search.connectors) for each in candidates})
    else:
        order = _Plain(search.order)
    placed = order.placed(candidates)
    if search.after is not None:
        after = order.after(*search.after)
        placed = [each for each in placed if each[:-1] > after]
    end = search.offset + search.limit
    page = [each for *_, each in nsmallest(end, placed)[search.offset :]]
    pks = [each.pk for each in page]
    return Found(
        stations=_by_pks(connection, pks, search.licensed),
        total=len(candidates),
        kilometres=tuple(each.kilometres for each in page if each.kilometres is not None),
        by_plug=_prices_of(connection, pks, search, prices),
        next=(order.value(page[-1]), page[-1].id) if page and len(placed) > end else None,
    )


def _candidates(connection: sa.Connection, search: Search) -> list[_Candidate]:
    """At most one more than can be looked into, where that has to be done."""
    clauses = list(_clauses(connection, search))
    near, bbox = search.near, search.bbox
    box = box_around(*near, search.radius_km) if near is not None else bbox
    clause, given = (sa.true(), {}) if box is None else _box(connection, box)
    query = _CANDIDATES.where(*clauses, clause)
    if near is None:
        query = query.limit(MOST_READ + 1)
    rows = connection.execute(query, given).all()
    if near is None:
        return [_Candidate(*row[:3], row[3] or 0, None) for row in rows]
    far = [kilometres(*near, latitude, longitude) for *_, latitude, longitude in rows]
    return [
        _Candidate(pk, id, name, power or 0, distance)
        for (pk, id, name, power, latitude, longitude), distance in zip(rows, far, strict=True)
        if distance <= search.radius_km and (bbox is None or holds(bbox, latitude, longitude))
    ]


def _fitting(candidates: list[_Candidate], offers: Offers, search: Search) -> list[_Candidate]:
    """Those with the plugs asked for; their power is that of these plugs."""
    if search.connectors:
        candidates = [
            each._replace(power=offers.power(each.pk, search.connectors))
            for each in candidates
            if offers.has(each.pk, search.connectors)
        ]
    if search.free:
        anybodys = msgspec.structs.replace(search.charge or Charge(), pay="adhoc", tariff=None)
        prices = Prices(offers, Pricing(anybodys, search.as_of))
        candidates = [each for each in candidates if prices.free(each.pk, search.connectors)]
    return candidates


def _prices(offers: Offers, search: Search) -> Prices:
    return Prices(offers, Pricing(search.charge or Charge(), search.as_of))


def prices(connection: sa.Connection, search: Search) -> tuple[PlugPrice | None, ...]:
    """The prices of all that are found, MOST_READ at most, without the stations."""
    pks = [each.pk for each in _candidates(connection, search)][:MOST_READ]
    return tuple(map(best, _prices_of(connection, pks, search)))


def found_pks(connection: sa.Connection, search: Search) -> list[int]:
    """The primary keys of all that are found by a search without `near`, in no order. Raises TooMany, and NoSuchTime."""
    if search.looks_inside:
        candidates = _candidates(connection, search)
        if len(candidates) > MOST_READ:
            raise TooMany
        offers = Offers(connection, [each.pk for each in candidates], search.licensed)
        return [each.pk for each in _fitting(candidates, offers, search)]
    clauses = list(_clauses(connection, search))
    clause, given = (sa.true(), {}) if search.bbox is None else _box(connection, search.bbox)
    return list(connection.scalars(sa.select(stations.c.pk).where(*clauses, clause), given))


def _prices_of(
    connection: sa.Connection, pks: Sequence[int], search: Search, known: Prices | None = None
) -> tuple[tuple[PlugPrice, ...], ...]:
    if not search.wants_prices:
        return ()
    prices = known or _prices(Offers(connection, pks, search.licensed), search)
    return tuple([prices.of(pk, search.connectors) for pk in pks])


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


def save(connection: sa.Connection, changed: Sequence[Row]) -> None:
    pks = [row.pk for row in changed]
    text.forget(connection, pks)
    upsert(connection, stations, Row._fields, changed)
    text.learn(connection, pks)


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
