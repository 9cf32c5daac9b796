"""Stations: found by id, place, box or words, each read with its documents and live statuses in one query."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from finder.ocpi.types import Location, Tariff
from finder.places import area as area_by_code
from finder.places import areas
from finder.stations import merge
from finder.stations.identity import is_station_id
from finder.stations.types import Gone, Moved, Origin, Station
from finder.store import documents, statuses, text
from finder.store.cells import box_around, kilometres, ranges
from finder.store.database import Prepared, among, among_given, spans_given, upsert
from finder.store.schema import locations, moves, partners, stations, tariffs
from finder.store.times import instant

STALE_AFTER = timedelta(minutes=15)
FIRST_RADIUS_KM = 1.0
GROWTH = 3
MOST_RANGES = 60


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


class Search(msgspec.Struct, frozen=True):
    """All that are set must hold. `near` is (latitude, longitude), `bbox` (west, south, east, north), `area` a code of
    `finder.places`: a municipality, region or country.

    `licensed`: only what may be passed on, the stations and what is said of them. `after` is `Found.next` of the page
    before: unlike `offset` it neither skips nor repeats a station when others come and go in between.
    """

    text: str | None = None
    near: tuple[float, float] | None = None
    radius_km: float = 10
    bbox: tuple[float, float, float, float] | None = None
    area: str | None = None
    operator: str | None = None
    licensed: bool = False
    limit: int = 20
    offset: int = 0
    after: tuple[str | float, str] | None = None


class Found(msgspec.Struct, frozen=True):
    """`total` of the whole result; `kilometres` beside the stations, only for a search with `near`.

    `next` is what the last station is sorted by (kilometres or name) and its id; None: there are no more.
    """

    stations: tuple[Station, ...]
    total: int
    kilometres: tuple[float, ...] = ()
    next: tuple[str | float, str] | None = None


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
    """Nearest first with `near`, else by name; the order is total."""
    clauses = list(_clauses(connection, search))
    given: dict[str, Any] = {}
    if search.bbox is not None:
        clause, given = _box(connection, search.bbox)
        clauses.append(clause)
    if search.near is not None:
        return _near(connection, search, search.near, clauses)
    total = connection.scalar(sa.select(sa.func.count()).select_from(stations).where(*clauses), given) or 0
    page = (
        sa.select(stations.c.pk, stations.c.name, stations.c.id)
        .where(*clauses)
        .order_by(stations.c.name, stations.c.id)
        .limit(search.limit + 1)
        .offset(search.offset)
    )
    if search.after is not None:
        page = page.where(sa.tuple_(stations.c.name, stations.c.id) > sa.tuple_(*search.after))
    rows = connection.execute(page, given).all()
    shown = rows[: search.limit]
    return Found(
        stations=_by_pks(connection, [row.pk for row in shown], search.licensed),
        total=total,
        next=(shown[-1].name, shown[-1].id) if len(rows) > len(shown) else None,
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


def _near(
    connection: sa.Connection, search: Search, near: tuple[float, float], clauses: list[sa.ColumnElement[bool]]
) -> Found:
    measured = _measured(connection, near, search.radius_km, _PLACES.where(*clauses))
    ordered = sorted(place for place in measured if search.after is None or place[:2] > search.after)
    end = search.offset + search.limit
    page = ordered[search.offset : end]
    return Found(
        stations=_by_pks(connection, [pk for _, _, pk in page], search.licensed),
        total=len(measured),
        kilometres=tuple(distance for distance, _, _ in page),
        next=page[-1][:2] if len(ordered) > end else None,
    )


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
