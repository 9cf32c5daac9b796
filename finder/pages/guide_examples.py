"""Worked examples of the guides: bills from the engine that prices every station, and two cars that share a charger."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from markupsafe import Markup

from finder.ocpi.types import PriceComponent, Struct, Tariff, TariffElement
from finder.pages import guide_drawn
from finder.pages.guide_drawn import Stack
from finder.pages.station_stay import lasting
from finder.stations.zones import SITE_ZONE
from finder.tariffs.charge import Charge
from finder.tariffs.pricing import quote
from finder.tariffs.quotes_in_words import Bill, amount, bill
from finder.web import language as say
from finder.web.language import gettext as _
from finder.web.language import kilowatts, number

# 42.3 kWh into the battery: 45 kWh of direct current or 47 kWh of alternating current at the charging point.
BATTERY, FROM, TO = Decimal("70.5"), Decimal(20), Decimal(80)
THREE_PHASES, ONE_PHASE, FAST = Decimal(11), Decimal("3.7"), Decimal(75)
IDLE_MINUTES = Decimal(15)
VAT = Decimal(25)
# A noon in winter; the examples' prices do not depend on the time.
START = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


class Worked(Struct):
    """A bill, and the charge that it is of. `each` are the prices with VAT that it was reckoned from."""

    kwh: str
    minutes: str
    each: tuple[str, ...]
    bill: Bill


class Examples(Struct):
    """`fast` is direct current with an idle fee, `slow` alternating current with a fee per session; `by_time` and `by_time_slowly`
    are one price per minute for a car on three phases and for one on a single phase."""

    battery: str
    stored: str
    fast: Worked
    slow: Worked
    by_time: Worked
    by_time_slowly: Worked


def examples() -> Examples:
    return Examples(
        battery=number(BATTERY, 1),
        stored=number(BATTERY * (TO - FROM) / 100, 1),
        fast=_worked({"ENERGY": "3.84", "PARKING_TIME": "96"}, FAST, IDLE_MINUTES),
        slow=_worked({"ENERGY": "2.56", "FLAT": "8"}, THREE_PHASES),
        by_time=_worked({"TIME": "28.80"}, THREE_PHASES),
        by_time_slowly=_worked({"TIME": "28.80"}, ONE_PHASE),
    )


def _worked(prices: dict[str, str], kw: Decimal, idle: Decimal = Decimal(0)) -> Worked:
    """`prices` without VAT, per kWh, hour or session; time is counted in whole minutes."""
    alternating = kw != FAST
    charge = Charge(battery_kwh=BATTERY, from_percent=FROM, to_percent=TO, power_kw=kw, parking_minutes=idle)
    priced = quote(_tariff(prices), charge.session(SITE_ZONE, START, alternating, most=None))
    made = bill(priced, bool(idle), say)
    assert made is not None
    kwh = charge.energy(alternating)
    return Worked(
        kwh=number(kwh),
        minutes=number(kwh / kw * 60),
        each=tuple([_each(dimension, Decimal(price)) for dimension, price in prices.items()]),
        bill=made,
    )


def _each(dimension: str, price: Decimal) -> str:
    """What one kWh, minute or session costs, with VAT."""
    per = 60 if dimension.endswith("TIME") else 1
    return amount(price * (1 + VAT / 100) / per, "SEK", say)


def _tariff(prices: dict[str, str]) -> Tariff:
    components = tuple(
        [
            PriceComponent(type=dimension, price=Decimal(price), vat=VAT, step_size=60 if dimension == "TIME" else 1)
            for dimension, price in prices.items()
        ]
    )
    return Tariff("SE", "EXA", "example", elements=(TariffElement(components),), currency="SEK")


# How long it takes


class Timed(Struct):
    """The usual charge at so many kW all the way; `alternating` says at which kind of plug."""

    kw: str
    alternating: bool
    kwh: str
    time: str


def timed() -> tuple[Timed, ...]:
    return tuple(_timed(Decimal(kw), kw in SLOW) for kw in (*SLOW, "50", "150"))


SLOW = ("2.3", "11", "22")


def _timed(kw: Decimal, alternating: bool) -> Timed:
    kwh = Charge().energy(alternating)
    return Timed(
        kw=kilowatts(float(kw)),
        alternating=alternating,
        kwh=number(kwh, 1),
        time=lasting(timedelta(hours=float(kwh / kw))),
    )


# Power that is shared

LIMIT = 150.0
STEP_MINUTES = 5
# What each car would take by itself, kW every five minutes: less as its battery fills. The second comes a quarter later.
FIRST_CAR = (150, 150, 150, 140, 130, 110, 90, 70, 55, 40, 0, 0, 0, 0)
SECOND_CAR = (0, 0, 0, 150, 150, 150, 150, 140, 130, 110, 90, 70, 55, 40)


def shared(limit: float, wanted: Sequence[float]) -> tuple[float, ...]:
    """As much for each as for any other, but none more than it wants; what it leaves goes to the rest."""
    given = [0.0] * len(wanted)
    left, open_ = limit, sorted(range(len(wanted)), key=lambda n: wanted[n])
    while open_:
        car = open_[0]
        given[car] = min(wanted[car], left / len(open_))
        left -= given[car]
        open_.pop(0)
    return tuple(given)


def sharing_drawn() -> Markup:
    stacks = [
        Stack(f"{n * STEP_MINUTES}\u00a0min", shared(LIMIT, both))
        for n, both in enumerate(zip(FIRST_CAR, SECOND_CAR, strict=True))
    ]
    return guide_drawn.stacks(
        stacks,
        (_("First car"), _("Second car")),
        LIMIT,
        _("Two cars at a charger of 150 kW get 75 kW each as long as both want more."),
        _(
            "An example: the first car comes at once, the second after a quarter of an hour. What the first leaves goes to the second."
        ),
        _("Time"),
        "kW",
    )
