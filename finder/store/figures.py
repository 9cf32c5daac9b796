"""What the guides tell of all stations: plugs, steering, prices and sources, counted in a few queries.

What the columns tell is counted of every station. What only documents tell (charging points by plug, prices) is counted of
MOST_LOOKED stations at most, drawn evenly, so that a million stations cost no more than a few thousand.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median, quantiles
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from finder.ocpi.types import Struct
from finder.places import mercator
from finder.stations.identity import bare_evse_id
from finder.stations.prices import FOR_LORRIES, PlugPrice, Pricing, best
from finder.stations.summary import whole_kilowatts
from finder.stations.traits import BITS, STEERED, PlugSet
from finder.stations.zones import SITE_ZONE
from finder.store import documents, kinds
from finder.store.clusters import COARSEST
from finder.store.database import among
from finder.store.offers import Offers, Prices
from finder.store.schema import clusters, locations, partners, stations
from finder.store.times import instant
from finder.tariffs.charge import Charge
from finder.tariffs.rates import costs, read_rates
from finder.tariffs.week import Week, week

MOST_LOOKED = 2_000
# Of fewer a median says nothing.
FEWEST = 3
# Knuth's multiplicative hash: keys that lie side by side, as those of one partner do, fall all over.
SPREAD, RANGE = 2_654_435_761, 1 << 32
WORKING_DAYS = 5
HOURS = range(24)
# The squares of the coarsest clusters, in which everything is.
WORLD = mercator.key(COARSEST, 0, 0), 2 * mercator.key(COARSEST, 0, 0) - 1


class PlugCount(Struct):
    """A standard, at so many of all stations. `usual_kw` is the median of their strongest plugs of it; None: never stated."""

    standard: str
    stations: int
    usual_kw: float | None


class PointCount(Struct):
    """Charging points with a plug of that standard; how many of the plugs have a cable, and how many are sockets."""

    standard: str
    points: int
    cables: int
    sockets: int


class Spread(Struct):
    """What a kWh costs at stations, with VAT, everything spread over the energy: in order. `of` have such a plug."""

    currency: str
    amounts: tuple[Decimal, ...]
    of: int

    @property
    def median(self) -> Decimal:
        return median(self.amounts)

    @property
    def middle(self) -> tuple[Decimal, Decimal]:
        """What a quarter is below, and a quarter above."""
        low, _, high = quantiles(self.amounts, n=4, method="inclusive")
        return low, high


class Parts(Struct):
    """Stations with a price, by what its tariff charges for besides energy. `energy_only`: for nothing else."""

    priced: int = 0
    energy_only: int = 0
    time: int = 0
    idle: int = 0
    session: int = 0


class ByClock(Struct):
    """Stations whose price of a kWh follows the clock. `difference` is the median from their lowest to their highest price, and
    `cheapest` for each hour of a working day how many of them are at the lowest of that day."""

    stations: int
    difference: Decimal | None
    told: int
    cheapest: tuple[int, ...]


class Steering(Struct):
    """Stations where a charging point says that it can be steered: by the driver's provider, by the operator. At those of
    `priced` a plug has a price for a charging profile; `points` says it."""

    provider: int
    operator: int
    priced: int
    points: int


class Looked(Struct):
    """What the documents of `stations` say; they have `points` charging points."""

    stations: int
    points: int
    plugs: tuple[PointCount, ...]
    steering: Steering
    alternating: Spread | None
    direct: Spread | None
    parts: Parts
    clock: ByClock


class Source(Struct):
    """`version` is None for a partner that was never heard. `stations` are those that it told of first; None: not counted yet."""

    name: str
    version: str | None
    last_success: datetime | None
    interval: float
    stations: int | None


class Figures(Struct):
    """As of `at`. `plugs` begin with the most common. `smart` and `green` count stations that say so; others say nothing."""

    at: datetime
    stations: int
    points: int
    smart: int
    green: int
    plugs: tuple[PlugCount, ...]
    looked: Looked
    sources: tuple[Source, ...]


def figures(connection: sa.Connection, now: datetime) -> Figures:
    whole = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(stations.c.evses), 0))
    total, points = connection.execute(whole.where(stations.c.gone_at.is_(None))).one()
    alike = _alike(connection)
    return Figures(
        at=now,
        stations=total,
        points=int(points),
        smart=sum(each.stations for each in alike if each.traits & BITS["smart"]),
        green=sum(each.stations for each in alike if each.traits & BITS["green"]),
        plugs=_plugs(alike, kinds.sets_of_plugs(connection)),
        looked=_looked(connection, total, now),
        sources=_sources(connection),
    )


class _Alike(NamedTuple):
    """So many stations with the same traits and plugs."""

    traits: int
    plugs: int | None
    stations: int


def _alike(connection: sa.Connection) -> list[_Alike]:
    """From one index alone."""
    query = (
        sa.select(sa.func.coalesce(stations.c.traits, 0), stations.c.plugs, sa.func.count())
        .where(stations.c.cell.is_not(None))
        .group_by(stations.c.traits, stations.c.plugs)
    )
    return [_Alike._make(row) for row in connection.execute(query)]


def _plugs(alike: Iterable[_Alike], sets: Mapping[int, PlugSet]) -> tuple[PlugCount, ...]:
    powers: dict[str, Counter[int]] = defaultdict(Counter)
    for each in alike:
        for standard, watts in _strongest(sets.get(each.plugs or 0, ())).items():
            powers[standard][watts] += each.stations
    found = [_plug_count(standard, counted) for standard, counted in powers.items()]
    return tuple(sorted(found, key=lambda plug: (-plug.stations, plug.standard)))


def _strongest(plugs: PlugSet) -> dict[str, int]:
    """W by standard, 0 where none of them states any."""
    found: dict[str, int] = {}
    for standard, watts in plugs:
        if standard is not None:
            found[standard] = max(found.get(standard, 0), watts or 0)
    return found


def _plug_count(standard: str, powers: Counter[int]) -> PlugCount:
    known = [watts for watts in sorted(powers) for _ in range(powers[watts]) if watts]
    return PlugCount(
        standard=standard,
        stations=powers.total(),
        usual_kw=whole_kilowatts(known[len(known) // 2]) if known else None,
    )


def _sources(connection: sa.Connection) -> tuple[Source, ...]:
    """Their stations are counted after each pull; to count the locations themselves is to read them all."""
    world = sa.select(clusters.c.partner_pk, sa.func.sum(clusters.c.stations)).where(clusters.c.key.between(*WORLD))
    counts = {pk: int(count) for pk, count in connection.execute(world.group_by(clusters.c.partner_pk))}
    rows = connection.execute(sa.select(partners).order_by(partners.c.slug))
    return tuple(
        Source(
            name=row.name,
            version=row.version,
            last_success=instant(row.last_success),
            interval=row.interval,
            stations=counts.get(row.pk, 0) if counts else None,
        )
        for row in rows
    )


# What the documents say


class _Plug(Struct):
    standard: str | None = None
    format: str | None = None


class _Point(Struct):
    uid: str
    evse_id: str | None = None
    capabilities: tuple[str, ...] = ()
    connectors: tuple[_Plug, ...] = ()


class _Place(Struct):
    """Of a Location, only what is counted."""

    evses: tuple[_Point, ...] = ()


_decoder = msgspec.json.Decoder(_Place)


def _looked(connection: sa.Connection, total: int, now: datetime) -> Looked:
    told = _told(connection, _drawn(connection, total))
    points = [point for each in told.values() for point in each]
    offers = Offers(connection, told)
    prices = Prices(offers, Pricing(Charge(), now))
    by_plug = [[price for price in prices.of(pk) if price.standard not in FOR_LORRIES] for pk in told]
    currency = _currency(price for each in by_plug for price in each)
    return Looked(
        stations=len(told),
        points=len(points),
        plugs=_points(points),
        steering=_steering(told, offers),
        alternating=_spread(by_plug, currency, alternating=True),
        direct=_spread(by_plug, currency, alternating=False),
        parts=_parts(by_plug),
        clock=_by_clock(by_plug, currency, now),
    )


def _drawn(connection: sa.Connection, total: int) -> list[int]:
    """The same ones every time, as long as they are there."""
    shown = sa.select(stations.c.pk).where(stations.c.gone_at.is_(None))
    if total > MOST_LOOKED:
        shown = shown.where(stations.c.pk * SPREAD % RANGE < RANGE * MOST_LOOKED // total)
    return list(connection.scalars(shown.order_by(stations.c.pk)))


def _told(connection: sa.Connection, pks: Sequence[int]) -> dict[int, list[_Point]]:
    """The charging points of each station; what several partners tell of one is taken from the first."""
    query = (
        sa.select(locations.c.station_pk, locations.c.doc)
        .where(among(locations.c.station_pk, pks), locations.c.doc.is_not(None))
        .order_by(locations.c.station_pk, locations.c.pk)
    )
    told: dict[int, dict[object, _Point]] = defaultdict(dict)
    for n, (pk, doc) in enumerate(connection.execute(query)):
        for point in _decoder.decode(documents.raw(connection, doc)).evses:
            told[pk].setdefault(bare_evse_id(point.evse_id) or (n, point.uid), point)
    return {pk: list(points.values()) for pk, points in told.items()}


def _points(points: Iterable[_Point]) -> tuple[PointCount, ...]:
    having: Counter[str] = Counter()
    formats: Counter[tuple[str, str | None]] = Counter()
    for point in points:
        having.update({plug.standard for plug in point.connectors if plug.standard})
        formats.update([(plug.standard, plug.format) for plug in point.connectors if plug.standard])
    return tuple(
        PointCount(standard, count, formats[standard, "CABLE"], formats[standard, "SOCKET"])
        for standard, count in having.most_common()
    )


def _steering(told: Mapping[int, Sequence[_Point]], offers: Offers) -> Steering:
    provider, operator, points = 0, 0, 0
    for station in told.values():
        capabilities = {each for point in station for each in point.capabilities}
        provider += "CHARGING_PROFILE_CAPABLE" in capabilities
        operator += "CHARGING_PREFERENCES_CAPABLE" in capabilities
        points += sum(not STEERED.isdisjoint(point.capabilities) for point in station)
    return Steering(provider, operator, sum(_has_profiles(offers, pk) for pk in told), points)


def _has_profiles(offers: Offers, pk: int) -> bool:
    station = offers.of(pk)
    known = [rules.tariff for plug in station.plugs for rules in offers.known(plug, station.asked).values()]
    return any(tariff.type is not None and tariff.type.startswith("PROFILE_") for tariff in known)


# Prices

_ByPlug = Sequence[Sequence[PlugPrice]]
"""Of each station, one for each kind of plug."""


def _currency(prices: Iterable[PlugPrice]) -> str | None:
    """That of most prices: others are not compared with them."""
    counted = Counter(price.quote.currency for price in prices if price.quote.per_kwh_incl_vat is not None)
    return max(counted, key=lambda currency: (counted[currency], currency or ""), default=None)


def _spread(by_plug: _ByPlug, currency: str | None, alternating: bool) -> Spread | None:
    """None where too few have a price with VAT."""
    cheapest = [best(price for price in prices if price.alternating == alternating) for prices in by_plug]
    having = [price.quote for price in cheapest if price is not None]
    amounts = [quote.per_kwh_incl_vat for quote in having if quote.currency == currency]
    told = sorted([amount for amount in amounts if amount is not None])
    return None if currency is None or len(told) < FEWEST else Spread(currency, tuple(told), len(having))


def _parts(by_plug: _ByPlug) -> Parts:
    priced, alone, counted = 0, 0, Counter[str]()
    for price in filter(None, map(best, by_plug)):
        rates = read_rates(price.tariff, price.start.date()) if price.tariff and price.quote.reason is None else None
        if rates is None:
            continue
        charged = {dimension for dimension, found in rates.items() if costs(found)}
        priced += 1
        alone += charged == {"ENERGY"}
        counted.update(charged)
    return Parts(priced, alone, counted["TIME"], counted["PARKING_TIME"], counted["FLAT"])


def _by_clock(by_plug: _ByPlug, currency: str | None, now: datetime) -> ByClock:
    moving = list(_moving(by_plug, currency, now))
    day = _working_day(now.astimezone(SITE_ZONE).date())
    days = [amounts for each in moving if (amounts := _by_hour(each, day))]
    return ByClock(
        stations=len(moving),
        difference=median([each.high - each.low for each in moving]) if len(moving) >= FEWEST else None,
        told=len(days),
        cheapest=tuple([sum(amounts[hour] == min(amounts) for amounts in days) for hour in HOURS]),
    )


def _moving(by_plug: _ByPlug, currency: str | None, now: datetime) -> Iterator[Week]:
    """The price of a kWh over the week, with VAT, of each station where it is not always the same."""
    local = now.astimezone(SITE_ZONE).replace(tzinfo=None)
    for price in filter(None, map(best, by_plug)):
        if price.tariff is None or price.tariff.currency != currency:
            continue
        rates = read_rates(price.tariff, local.date()) or {}
        found = week(rates["ENERGY"], local) if "ENERGY" in rates else None
        if found is not None and found.tax != "excluded":
            yield found


def _by_hour(week: Week, day: date) -> list[Decimal]:
    """What a kWh costs as each hour begins; empty where not all of them are told."""
    spans = week.on(day)
    found = [
        span.amount
        for hour in HOURS
        for span in spans
        if span.begin <= hour * 60 < span.end and span.amount is not None
    ]
    return found if len(found) == len(HOURS) else []


def _working_day(today: date) -> date:
    """The next one, so that all of it lies ahead."""
    return next(day for n in range(1, 8) if (day := today + timedelta(days=n)).isoweekday() <= WORKING_DAYS)
