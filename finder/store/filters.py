"""What a search asks of stations, and the columns that answer: each condition once, with its clause and what it is executed with.

Two conditions the columns cannot always decide: whether the free plug is the one that is asked for, and what is free of charge. Then
the clause finds every station that may fit, and `undecided` says which of them have to be read.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from finder.places import area as area_by_code
from finder.places import areas
from finder.stations.status import INTERVALS_HELD, SHORTEST_HOLD
from finder.stations.traits import BARE, Wanted
from finder.store import kinds, statuses, text
from finder.store.cells import ranges
from finder.store.database import Prepared, among_given, spans, spans_given
from finder.store.schema import STRONG, locations, partners, stations
from finder.store.schema import statuses as statuses_table
from finder.store.times import millis
from finder.tariffs.charge import Charge

MOST_RANGES = 60
Sort = Literal["distance", "power", "cost", "name"]
Box = tuple[float, float, float, float]


class Search(Wanted):
    """What is wanted, and where: all that are set must hold. `near` is (latitude, longitude), `bbox` (west, south, east, north), `area` a code of
    `finder.places`: a municipality, region or country.

    - `sort`: left out, and for `distance` without `near`, it is by distance with `near` and else by name. `power` begins with
      the strongest of the plugs asked for, `cost` with the cheapest for `charge`; those that nobody knows it of come last.
    - `charge` is what `Found.prices` are for; it, and what depends on the time, are as of `now`.
    - `licensed`: only what may be passed on, the stations and what is said of them.
    - `after` is `Found.next` of the page before: unlike `offset` it neither skips nor repeats a station when others come and go
      in between.
    """

    text: str | None = None
    near: tuple[float, float] | None = None
    radius_km: float = 10
    bbox: Box | None = None
    area: str | None = None
    operator: str | None = None
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
    def wants_prices(self) -> bool:
        return self.charge is not None or self.sort == "cost"

    @property
    def as_of(self) -> datetime:
        if self.now is None:
            raise TypeError("a search for prices, statuses or opening hours says as of when")
        return self.now

    @property
    def wanted(self) -> Wanted:
        return Wanted(**{name: getattr(self, name) for name in Wanted.__struct_fields__})


CONDITIONS = {
    "operator": "operator",
    "connector": "connectors",
    "min_power_kw": "min_power_kw",
    "facility": "facilities",
    "payment": "payments",
    "available": "available",
    "open_now": "open_now",
    "free": "free",
    "green": "green",
    "smart": "smart",
}
"""What a search can do without: the parameter, and the field of Search."""
NOTHING_ASKED = Search()


class Partners(NamedTuple):
    """Whose word counts in a search: those partners, all but the `unlicensed`; of the `fresh` the statuses too. `all_fresh`: there
    are no others."""

    fresh: list[int]
    unlicensed: list[int]
    all_fresh: bool


class Asked(NamedTuple):
    """A search on its way to the database. `takes`: the sets of plugs that fit."""

    connection: sa.Connection
    search: Search
    wanted: Wanted
    partners: Partners
    takes: kinds.Takes | None


def asked(connection: sa.Connection, search: Search) -> Asked:
    wanted = search.wanted
    takes = kinds.taking(connection, wanted) if wanted.of_plugs else None
    return Asked(connection, search, wanted, _partners(connection, search), takes)


_PARTNERS = Prepared(
    lambda _: sa.select(partners.c.pk, partners.c.licence, partners.c.last_success, partners.c.interval)
)


def _partners(connection: sa.Connection, search: Search) -> Partners:
    if not (search.available or search.licensed):
        return Partners([], [], False)
    rows = _PARTNERS.rows(connection)
    unlicensed = [pk for pk, licence, *_ in rows if licence is None] if search.licensed else []
    fresh = [pk for pk, _, at, interval in rows if pk not in unlicensed and _holds(search, at, interval)]
    return Partners(fresh, unlicensed, len(fresh) == len(rows))


def _holds(search: Search, last_success: int | None, interval: float) -> bool:
    """`finder.stations.status.holds_until`, in milliseconds."""
    held = max(SHORTEST_HOLD.total_seconds(), INTERVALS_HELD * interval) * 1000
    return search.available and last_success is not None and millis(search.as_of) <= last_success + held


class Filter(NamedTuple):
    """`clause` is made once for each kind of database; what is asked is given when it is executed.

    Of a station that a partner without a licence tells of too, `by_word` conditions cannot be told by the columns where only
    licensed words count: they are made of all words.
    """

    asked: Callable[[Asked], bool]
    clause: Callable[[str], sa.ColumnElement[bool]]
    given: Callable[[Asked], dict[str, Any]]
    by_word: bool = False


def _has_traits(_: str) -> sa.ColumnElement[bool]:
    bits = sa.bindparam("bits", type_=sa.BigInteger)
    return stations.c.traits.bitwise_and(bits) == bits


def _licensed(_: str) -> sa.ColumnElement[bool]:
    of_station = locations.c.station_pk == stations.c.pk
    return sa.exists().where(of_station, sa.not_(among_given(locations.c.partner_pk, "unlicensed")))


def _mixed(_: str) -> sa.ColumnElement[bool]:
    of_station = locations.c.station_pk == stations.c.pk
    return sa.exists().where(of_station, among_given(locations.c.partner_pk, "unlicensed"))


def _available(*of_location: Callable[[sa.FromClause], sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    """An EVSE whose newest word is AVAILABLE (`finder.stations.merge` has which is the newest), of a location that is so.

    Of a station with one location every EVSE stands for itself, though two have one id. Most have one: to look for others first
    costs less than to look for newer words.
    """
    here, live = locations.alias("here"), statuses_table.alias("live")
    there, other = locations.alias("there"), statuses_table.alias("other")
    beside = locations.alias("beside")
    at, other_at = sa.func.coalesce(live.c.at, 0), sa.func.coalesce(other.c.at, 0)
    earlier = (there.c.pk < here.c.pk) | ((there.c.pk == here.c.pk) & (other.c.n < live.c.n))
    told_twice = (
        sa.select(beside.c.pk)
        .where(beside.c.station_pk == here.c.station_pk, beside.c.pk != here.c.pk)
        .correlate(here)
        .exists()
    )
    newer = (
        sa.select(other.c.n)
        .join_from(other, there, there.c.pk == other.c.location_pk)
        .where(
            other.c.evse_key == live.c.evse_key,
            there.c.station_pk == here.c.station_pk,
            (other_at > at) | ((other_at == at) & earlier),
        )
        .correlate(here, live)
        .exists()
    )
    return (
        sa.select(live.c.n)
        .join_from(here, live, live.c.location_pk == here.c.pk)
        .where(
            here.c.station_pk == stations.c.pk,
            live.c.status == sa.literal_column(str(statuses.CODES["AVAILABLE"])),
            *[each(here) for each in of_location],
            sa.not_(told_twice & newer),
        )
        .correlate(stations)
        .exists()
    )


def _of_fresh(here: sa.FromClause) -> sa.ColumnElement[bool]:
    return among_given(here.c.partner_pk, "fresh")


@lru_cache(maxsize=1024)
def leaves(code: str) -> tuple[str, ...]:
    """The areas that stations are filed under within this one, itself among them."""
    area_by_code(code)
    found, level = [code], {code}
    while level:
        level = {area.code for area in areas() if area.parent in level}
        found += sorted(level)
    return tuple(found)


FILTERS = (
    Filter(lambda _: True, lambda _: stations.c.gone_at.is_(None), lambda _: {}),
    Filter(
        lambda it: it.search.text is not None,
        text.matching_given,
        lambda it: {"match": text.match(it.connection, it.search.text or "")},
    ),
    Filter(
        lambda it: it.search.area is not None,
        lambda _: among_given(stations.c.area, "areas"),
        lambda it: {"areas": list(leaves(it.search.area or ""))},
    ),
    Filter(
        lambda it: it.search.operator is not None,
        lambda _: stations.c.operator == sa.bindparam("runs_it", type_=sa.Text),
        lambda it: {"runs_it": it.search.operator},
    ),
    Filter(
        lambda it: bool(it.partners.unlicensed),
        _licensed,
        lambda it: {"unlicensed": it.partners.unlicensed},
    ),
    Filter(
        lambda it: it.wanted.traits != 0,
        _has_traits,
        lambda it: {"bits": it.wanted.traits},
        by_word=True,
    ),
    Filter(
        lambda it: it.takes is not None,
        lambda _: among_given(stations.c.plugs, "sets"),
        lambda it: {"sets": sorted(it.takes.some) if it.takes else []},
        by_word=True,
    ),
    # Says nothing new of these stations, but that the index of the strong ones has them all.
    Filter(
        lambda it: it.takes is not None and it.takes.strong,
        lambda _: STRONG,
        lambda _: {},
        by_word=True,
    ),
    Filter(
        lambda it: it.wanted.open_now,
        lambda _: among_given(stations.c.hours, "open"),
        lambda it: {"open": sorted(kinds.open_at(it.connection, it.search.as_of))},
        by_word=True,
    ),
    # Where all partners were pulled of late there is no need to ask of which a location is.
    Filter(
        lambda it: it.wanted.available and it.partners.all_fresh,
        lambda _: _available(),
        lambda _: {},
        by_word=True,
    ),
    Filter(
        lambda it: it.wanted.available and not it.partners.all_fresh,
        lambda _: _available(_of_fresh),
        lambda it: {"fresh": it.partners.fresh},
        by_word=True,
    ),
)
SHOWN = 0
"""The first of them."""


def _numbers(it: Asked) -> tuple[int, ...]:
    return tuple([number for number, each in enumerate(FILTERS) if each.asked(it)])


def mixes(it: Asked) -> bool:
    """Whether the words of unlicensed partners have to be told from the others'."""
    return bool(it.partners.unlicensed) and it.wanted != Wanted()


def undecided(it: Asked, traits: int | None, plugs: int | None, mixed: bool = False) -> bool:
    """Whether a station that the clauses found has to be read to tell whether it fits."""
    if mixed or it.wanted.free:
        return True
    if not (it.wanted.available and it.takes is not None):
        return False
    return plugs not in it.takes.all or bool((traits or 0) & BARE)


def may_be_undecided(it: Asked) -> bool:
    return it.wanted.free or (it.wanted.available and it.wanted.of_plugs) or mixes(it)


# Statements


Columns = tuple[str, ...]
By = Literal["name", "power"]


def rows(it: Asked, columns: Columns, box: Box | None = None, most: int | None = None) -> Sequence[Any]:
    """These columns of every station that may fit; with `mixes` a last one, whether unlicensed partners tell of it."""
    if it.search.text is not None and not text.words(it.search.text):
        return ()
    within, given = boxed(box)
    statement = _rows(_numbers(it), columns, within, mixes(it), most is not None)
    return statement.rows(it.connection, **_given(it), **given, **({} if most is None else {"most": most}))


def count(it: Asked) -> int:
    """How many fit, where nothing is undecided."""
    if it.search.text is not None and not text.words(it.search.text):
        return 0
    within, given = boxed(it.search.bbox)
    return int(_count(_numbers(it), within).rows(it.connection, **_given(it), **given)[0][0])


def page(it: Asked, by: By, after: tuple[str | float, str] | None, limit: int, offset: int) -> Sequence[Any]:
    """(primary key, id, what it is sorted by) of those that fit, in order, where nothing is undecided."""
    if it.search.text is not None and not text.words(it.search.text):
        return ()
    within, given = boxed(it.search.bbox)
    place = {} if after is None else dict(zip(("after_value", "after_id"), after, strict=True))
    statement = _page(_numbers(it), within, by, after is not None)
    return statement.rows(it.connection, **_given(it), **given, **place, most=limit, skipped=offset)


def _given(it: Asked) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in FILTERS:
        if each.asked(it):
            found |= each.given(it)
    return found


Boxed = Literal["none", "few", "wide"]


def boxed(box: Box | None) -> tuple[Boxed, dict[str, Any]]:
    """Through the cells where a box has few rows of them: many cost more than reading along. A country is a scan, a town a few
    ranges."""
    if box is None:
        return "none", {}
    rows = list(ranges(*box))
    given: dict[str, Any] = dict(zip(("west", "south", "east", "north"), box, strict=True))
    if len(rows) > MOST_RANGES:
        return "wide", given
    return "few", given | {"spans": spans(rows)}


@lru_cache(maxsize=1024)
def _rows(numbers: tuple[int, ...], columns: Columns, within: Boxed, mixed: bool, limited: bool) -> Prepared:
    def make(dialect: str) -> sa.Select[Any]:
        told = [stations.c[name] for name in columns]
        query = _where(dialect, numbers, within, mixed, *told, *([_mixed(dialect)] if mixed else []))
        return query.limit(sa.bindparam("most", type_=sa.Integer)) if limited else query

    return Prepared(make)


@lru_cache(maxsize=1024)
def _count(numbers: tuple[int, ...], within: Boxed) -> Prepared:
    return Prepared(lambda dialect: _where(dialect, numbers, within, False, sa.func.count()))


@lru_cache(maxsize=1024)
def _page(numbers: tuple[int, ...], within: Boxed, by: By, after: bool) -> Prepared:
    def make(dialect: str) -> sa.Select[Any]:
        value: sa.ColumnElement[Any] = -sa.func.coalesce(stations.c.max_power, 0)
        kind: sa.types.TypeEngine[Any] = sa.Float()
        if by == "name":
            # Letter by letter, as SQLite and Python compare.
            value = stations.c.name.collate("C") if dialect == "postgresql" else stations.c.name
            kind = sa.Text()
        query = _where(dialect, numbers, within, False, stations.c.pk, stations.c.id, value.label("by"))
        if after:
            last = sa.bindparam("after_value", type_=kind), sa.bindparam("after_id", type_=sa.Text)
            query = query.where((value > last[0]) | ((value == last[0]) & (stations.c.id > last[1])))
        ordered = query.order_by(value, stations.c.id)
        return ordered.limit(sa.bindparam("most", type_=sa.Integer)).offset(sa.bindparam("skipped", type_=sa.Integer))

    return Prepared(make)


def _where(dialect: str, numbers: tuple[int, ...], within: Boxed, mixed: bool, *told: Any) -> sa.Select[Any]:
    # What is gone is in no cell; to ask for that too would be to read every row.
    chosen = [FILTERS[number] for number in numbers if not (within == "few" and number == SHOWN)]
    sure = [each.clause(dialect) for each in chosen if not (mixed and each.by_word)]
    by_word = [each.clause(dialect) for each in chosen if mixed and each.by_word]
    query = sa.select(*told).where(*sure)
    if by_word:
        query = query.where(sa.or_(sa.and_(*by_word), _mixed(dialect)))
    if within == "none":
        return query.select_from(stations)
    query = query.where(inside())
    return query.select_from(stations) if within == "wide" else query.select_from(_cells(dialect))


def _cells(dialect: str) -> sa.FromClause:
    given = spans_given(dialect)
    return given.join(stations, stations.c.cell.between(given.c.low, given.c.high))


def through_cells(dialect: str, *told: Any) -> sa.Select[Any]:
    """These columns of every station in a box of few rows of cells."""
    return sa.select(*told).select_from(_cells(dialect)).where(inside())


@cache
def inside() -> sa.ColumnElement[bool]:
    """Stations inside a box that is given on execution."""
    west, south, east, north = (sa.bindparam(name, type_=sa.Float) for name in ("west", "south", "east", "north"))
    longitude = stations.c.longitude
    across = (west > east) & ((longitude >= west) | (longitude <= east))
    return stations.c.latitude.between(south, north) & (longitude.between(west, east) | across)
