"""What a map shows: stations counted by squares of the map at every scale, or one by one with their live statuses.

The counts are a table, so that a map of a country reads no more than that of a town. They are made anew after a pull, only where it
changed something: a batch marks the squares that it touches in its own transaction, so that nothing is forgotten if it is killed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from finder.ocpi.types import Struct
from finder.places import mercator
from finder.stations.status import GROUPS, INTERVALS_HELD, SHORTEST_HOLD, WORDS
from finder.store import statuses
from finder.store.cells import ranges
from finder.store.database import Prepared, among, among_given, insert, spans, spans_given
from finder.store.schema import clusters, locations, partners, stale_squares, stations
from finder.store.schema import statuses as statuses_table
from finder.store.times import instant, millis

# A tile of zoom z has 8 x 8 squares, of 64 pixels each: those of zoom z + 3.
DEEPER = 3
LAST_ZOOM = 11
FINEST = LAST_ZOOM + DEEPER
COARSEST = DEEPER
# Places within a square.
STEPS = 64
# With more of the finest squares to be counted anew than this part of all, all are.
MOST = 0.3
# The tile that everything is in.
WORLD = mercator.key(0, 0, 0)

GROUP_OF = [GROUPS[WORDS.get(word, "unknown")] for word in statuses.WORDS]


class Cluster(Struct):
    """Stations of one square together, in their middle (x and y of `finder.places.mercator`). `available` and `known` count charging
    points: what is known at `at`, the oldest of the good pulls that say so. None: nothing is known."""

    x: float
    y: float
    stations: int
    available: int
    known: int
    at: datetime | None


class Pin(Struct):
    """One station; `points` are its charging points, `known` those in service whose status is known at `at`."""

    pk: int
    id: str
    name: str
    x: float
    y: float
    points: int
    max_power_kw: float | None
    available: int
    busy: int
    known: int
    at: datetime | None


class _Word(NamedTuple):
    """A row of `_STATIONS`: an EVSE's status in the words of one location, or a location without EVSEs."""

    pk: int
    id: str
    name: str
    latitude: float
    longitude: float
    evses: int
    max_power: int | None
    location_pk: int
    partner_pk: int
    n: int | None
    evse_key: int | None
    status: int | None
    at: int | None


_STATIONS = (
    sa.select(
        stations.c.pk,
        stations.c.id,
        stations.c.name,
        stations.c.latitude,
        stations.c.longitude,
        stations.c.evses,
        stations.c.max_power,
        locations.c.pk,
        locations.c.partner_pk,
        statuses_table.c.n,
        statuses_table.c.evse_key,
        statuses_table.c.status,
        statuses_table.c.at,
    )
    .select_from(stations)
    .join(locations, locations.c.station_pk == stations.c.pk)
    .outerjoin(statuses_table, statuses_table.c.location_pk == locations.c.pk)
    .where(stations.c.gone_at.is_(None))
    .order_by(stations.c.pk, locations.c.pk, statuses_table.c.n)
)
_ALL = Prepared(lambda _: _STATIONS)
_BY_PKS = Prepared(lambda _: _STATIONS.where(among_given(stations.c.pk, "pks")))


def _in_cells(dialect: str) -> sa.Select[Any]:
    given = spans_given(dialect)
    here = sa.select(stations.c.pk, stations.c.latitude, stations.c.longitude).distinct()
    return here.select_from(given).join(stations, stations.c.cell.between(given.c.low, given.c.high))


_IN_CELLS = Prepared(_in_cells)


def _clusters(_: str) -> sa.Select[Any]:
    now = sa.bindparam("now", type_=sa.BigInteger)
    fresh = _holds_until() >= now
    known = sa.case((fresh, clusters.c.known), else_=0)
    return (
        sa.select(
            clusters.c.key,
            sa.func.sum(clusters.c.stations),
            sa.func.sum(sa.case((fresh, clusters.c.available), else_=0)),
            sa.func.sum(known),
            sa.func.sum(clusters.c.x),
            sa.func.sum(clusters.c.y),
            sa.func.min(sa.case((known > 0, partners.c.last_success))),
        )
        .join(partners, partners.c.pk == clusters.c.partner_pk)
        .where(clusters.c.key.between(sa.bindparam("low"), sa.bindparam("high")))
        .group_by(clusters.c.key)
        .having(sa.func.sum(clusters.c.stations) > 0)
        .order_by(clusters.c.key)
    )


def _holds_until() -> sa.ColumnElement[int]:
    """`finder.stations.status.holds_until`; null: never pulled."""
    shortest = int(SHORTEST_HOLD.total_seconds() * 1000)
    held = partners.c.interval * (INTERVALS_HELD * 1000)
    return partners.c.last_success + sa.case((held > shortest, held), else_=shortest)


_IN_TILE = Prepared(_clusters)


def in_tile(connection: sa.Connection, zoom: int, x: int, y: int, now: datetime) -> Iterator[Cluster]:
    """Of a tile of zoom 0 to LAST_ZOOM, as of the last pull."""
    first = mercator.key(zoom, x, y) << 2 * DEEPER
    rows = _IN_TILE.rows(connection, low=first, high=first + (1 << 2 * DEEPER) - 1, now=millis(now))
    for key, count, available, known, east, south, at in rows:
        deep, column, row = mercator.tile(key)
        side = 2**deep
        yield Cluster(
            x=(column + (east / count + 0.5) / STEPS) / side,
            y=(row + (south / count + 0.5) / STEPS) / side,
            stations=int(count),
            available=int(available),
            known=int(known),
            at=instant(at),
        )


def together(pins: Iterable[Pin], zoom: int) -> list[Cluster]:
    """The same of these stations, for a tile of this zoom."""
    side = 2 ** (zoom + DEEPER)
    squares: dict[tuple[int, int], list[Pin]] = defaultdict(list)
    for pin in pins:
        squares[int(pin.x * side), int(pin.y * side)].append(pin)
    return [
        Cluster(
            x=sum(pin.x for pin in some) / len(some),
            y=sum(pin.y for pin in some) / len(some),
            stations=len(some),
            available=sum(pin.available for pin in some),
            known=sum(pin.known for pin in some),
            at=min((pin.at for pin in some if pin.at is not None), default=None),
        )
        for some in squares.values()
    ]


def pins(connection: sa.Connection, pks: Sequence[int], now: datetime) -> list[Pin]:
    """These stations with their live statuses: a word that no longer holds counts as unknown."""
    held = _held(connection, now)
    rows = _BY_PKS.rows(connection, pks=list(pks))
    return [_pin(station, held) for station in _told(rows)]


def _held(connection: sa.Connection, now: datetime) -> dict[int, datetime]:
    """When those partners were last pulled whose word holds."""
    query = sa.select(partners.c.pk, partners.c.last_success).where(_holds_until() >= millis(now))
    return {pk: instant(at) for pk, at in connection.execute(query)}


class _Told(NamedTuple):
    """A station with its EVSEs' groups, each with the partner of the newest word. `first` is the partner that told of it first."""

    row: _Word
    first: int
    groups: list[tuple[int, str]]


def _told(rows: Iterable[Any]) -> Iterator[_Told]:
    for _, some in groupby(rows, key=_first):
        words = [_Word._make(row) for row in some]
        yield _Told(
            words[0], words[0].partner_pk, [(each.partner_pk, GROUP_OF[each.status or 0]) for each in _newest(words)]
        )


def _first(row: Any) -> int:
    return row[0]  # type: ignore[no-any-return]


def _newest(words: list[_Word]) -> Iterable[_Word]:
    """Each EVSE once, as `finder.stations.merge` has it: with the newest word on it, of two of the same moment the earlier."""
    if words[0].location_pk == words[-1].location_pk:
        return [word for word in words if word.n is not None]
    found: dict[object, _Word] = {}
    for word in words:
        if word.n is None:
            continue
        same = word.evse_key or (word.location_pk, word.n)
        earlier = found.get(same)
        if earlier is None or (word.at or 0) > (earlier.at or 0):
            found[same] = word
    return found.values()


def _pin(station: _Told, held: dict[int, datetime]) -> Pin:
    row = station.row
    groups = [group for partner, group in station.groups if partner in held]
    available, busy, broken = (groups.count(group) for group in ("available", "busy", "broken"))
    x, y = mercator.project(row.latitude, row.longitude)
    said = [held[partner] for partner, group in station.groups if partner in held and group in COUNTED]
    return Pin(
        pk=row.pk,
        id=row.id,
        name=row.name,
        x=x,
        y=y,
        points=row.evses,
        max_power_kw=row.max_power / 1000 if row.max_power else None,
        available=available,
        busy=busy,
        known=available + busy + broken,
        at=min(said, default=None),
    )


# Points in service whose status is known: planned ones are not there yet.
COUNTED = frozenset(("available", "busy", "broken"))


# Writing


def mark(connection: sa.Connection, station_pks: Collection[int]) -> None:
    """Something about these stations changes, or has changed. A station that moves is marked before and after."""
    if not station_pks:
        return
    known = set(connection.scalars(sa.select(stale_squares.c.key)))
    if WORLD in known:
        return
    if not _finest_there(connection):
        mark_all(connection)
        return
    places = sa.select(stations.c.latitude, stations.c.longitude).where(
        among(stations.c.pk, station_pks), stations.c.cell.is_not(None)
    )
    marked = {_square(*mercator.project(*place)) for place in connection.execute(places)}
    insert(connection, stale_squares, ("key",), [(square,) for square in marked - known])


def mark_all(connection: sa.Connection) -> None:
    connection.execute(stale_squares.delete())
    insert(connection, stale_squares, ("key",), [(WORLD,)])


def refresh(connection: sa.Connection) -> int:
    """Makes the clusters anew wherever something was marked; returns how many squares were."""
    marked = set(connection.scalars(sa.select(stale_squares.c.key)))
    if not marked:
        return 0
    if WORLD in marked or len(marked) > MOST * _finest_there(connection):
        connection.execute(clusters.delete())
        rows = _finest(_told(_ALL.rows(connection)))
        insert(connection, clusters, Row._fields, rows)
        for _ in range(FINEST - COARSEST):
            rows = _coarser(rows)
            insert(connection, clusters, Row._fields, rows)
    else:
        squares = marked
        _replace(connection, squares, _finest(_within(connection, squares)))
        for _ in range(FINEST - COARSEST):
            squares = {square >> 2 for square in squares}
            _replace(connection, squares, _coarser(_quarters(connection, squares)))
    connection.execute(stale_squares.delete())
    return len(marked)


def _finest_there(connection: sa.Connection) -> int:
    count: int = connection.scalar(sa.select(sa.func.count()).where(clusters.c.key >= 1 << 2 * FINEST)) or 0
    return count


def _replace(connection: sa.Connection, squares: Collection[int], rows: list["Row"]) -> None:
    connection.execute(clusters.delete().where(among(clusters.c.key, squares)))
    insert(connection, clusters, Row._fields, rows)


def _quarters(connection: sa.Connection, squares: Collection[int]) -> Iterator["Row"]:
    quarters = [quarter for square in squares for quarter in range(4 * square, 4 * square + 4)]
    rows = connection.execute(sa.select(clusters).where(among(clusters.c.key, quarters)).order_by(clusters.c.key))
    return map(Row._make, rows)


class Row(NamedTuple):
    """A row of `clusters`, in the order of its columns."""

    key: int
    partner_pk: int
    stations: int
    available: int
    known: int
    x: int
    y: int


def _finest(told: Iterable[_Told]) -> list[Row]:
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * 5)
    steps = 2**FINEST * STEPS
    for station in told:
        x, y = mercator.project(station.row.latitude, station.row.longitude)
        key, east, south = _square(x, y), int(x * steps) % STEPS, int(y * steps) % STEPS
        for partner, count, available, known in _counts(station):
            total = sums[key, partner]
            total[0] += count
            total[1] += available
            total[2] += known
            total[3] += count * east
            total[4] += count * south
    return _of(sums)


def _square(x: float, y: float) -> int:
    """The finest that a place lies in."""
    side = 2**FINEST
    return mercator.key(FINEST, int(x * side), int(y * side))


def _coarser(rows: Iterable[Row]) -> list[Row]:
    """Each square from its four quarters."""
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * 5)
    half = STEPS // 2
    for row in rows:
        total = sums[row.key >> 2, row.partner_pk]
        total[0] += row.stations
        total[1] += row.available
        total[2] += row.known
        total[3] += (row.x + 1) // 2 + half * row.stations * (row.key & 1)
        total[4] += (row.y + 1) // 2 + half * row.stations * (row.key >> 1 & 1)
    return _of(sums)


def _of(sums: dict[tuple[int, int], list[int]]) -> list[Row]:
    return [Row(*place, *total) for place, total in sorted(sums.items())]


def _counts(station: _Told) -> Iterable[tuple[int, int, int, int]]:
    """(partner, stations, available, known)"""
    counted: dict[int, list[int]] = {station.first: [0, 0]}
    for partner, group in station.groups:
        if group in COUNTED:
            sums = counted.get(partner) or counted.setdefault(partner, [0, 0])
            sums[0] += group == "available"
            sums[1] += 1
    return [
        (partner, int(partner == station.first), available, known) for partner, (available, known) in counted.items()
    ]


def _within(connection: sa.Connection, squares: Collection[int]) -> Iterator[_Told]:
    cells = {span for square in squares for span in ranges(*mercator.box(*mercator.tile(square)))}
    near = _IN_CELLS.rows(connection, spans=spans(sorted(cells)))
    pks = [pk for pk, latitude, longitude in near if _square(*mercator.project(latitude, longitude)) in squares]
    return _told(_BY_PKS.rows(connection, pks=pks))
