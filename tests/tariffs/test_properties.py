"""What holds for every tariff and every session; above all, that the engine says what the plain reckoning says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from finder.ocpi.types import PriceComponent, PriceLimit, Tariff, TariffElement, TariffRestrictions
from finder.tariffs.pricing import quote
from finder.tariffs.quote import Quote
from finder.tariffs.session import HOUR, KWH, SECOND, Period, Session
from tests.tariffs import oracle

Kinds = Literal["charging", "parking", "paused", "reserved"]


def examples(count: int) -> settings:
    """The same ones in every run, and none is too slow: a busy machine is no fault of the engine."""
    return settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )


# Sessions. All amounts can be divided by 12, so that a session can be split and stays exact.

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = [STOCKHOLM, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Santiago")]
"""One hour at two in the night; half an hour; and an hour at midnight, so that a day begins at 01:00."""
DST_NIGHTS = {
    "Europe/Stockholm": ("2026-03-29", "2026-10-25"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "America/Santiago": ("2026-04-05", "2026-09-06"),
}
MINUTE = 60 * SECOND
LENGTHS = [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 5 * HOUR, 26 * HOUR, 437 * SECOND * 12, 12, 999_999 * 12]
ENERGIES = [0, 5 * KWH, 10 * KWH, 20 * KWH, 12_345_678_900, 12, 33_333_333_336]


@st.composite
def starts(draw: st.DrawFn, zone: ZoneInfo, nights: bool = False) -> datetime:
    if nights or draw(st.booleans()):
        night = datetime.fromisoformat(draw(st.sampled_from(DST_NIGHTS[zone.key]))).replace(tzinfo=zone)
        begin = night.astimezone(UTC) - timedelta(hours=4)
        return begin + draw(st.sampled_from([30, 60, 437])) * timedelta(minutes=1) * draw(st.integers(0, 14))
    begin = datetime(2026, 6, 5, 9, tzinfo=UTC) + timedelta(minutes=15) * draw(st.integers(0, 300))
    return begin + draw(st.sampled_from([timedelta(0), timedelta(seconds=31), timedelta(microseconds=1)]))


@st.composite
def periods(draw: st.DrawFn, begin: int, kind: Kinds) -> Period:
    length = draw(st.sampled_from([*LENGTHS, 0] if kind == "charging" else LENGTHS))
    if kind != "charging":
        return Period(begin, length, kind)
    energy = draw(st.sampled_from(ENERGIES))
    power = draw(st.sampled_from([None, None, None, Decimal(11_000), Decimal(50_000), Decimal("7359.9")]))
    current = draw(st.sampled_from([None, Decimal(32), Decimal("31.99"), Decimal(48), Decimal(0)]))
    return Period(begin, length, kind, energy, power, current)


@st.composite
def sessions(draw: st.DrawFn, *, reserved: bool = True, nights: bool = False) -> Session:
    zone = draw(st.sampled_from(ZONES))
    kinds: list[Kinds] = draw(st.lists(st.sampled_from(["charging", "charging", "parking", "paused"]), max_size=4))
    if not kinds or (reserved and draw(st.integers(0, 5)) == 0):
        kinds = ["reserved", *kinds] if reserved else ["charging"]
    found: list[Period] = []
    for kind in kinds:
        begin = found[-1].begin + found[-1].length if found else 0
        found.append(draw(periods(begin, kind)))
    assume(any(period.length or period.energy for period in found))
    return Session(draw(starts(zone, nights)), zone, tuple(found))


# Tariffs

CLOCKS = ["00:00", "01:00", "02:00", "02:30", "03:00", "06:00", "12:00", "17:45", "22:00", "23:59"]
DATES = ["2026-03-28", "2026-03-29", "2026-04-05", "2026-06-06", "2026-06-07", "2026-09-06", "2026-10-04", "2026-10-25"]
KWHS = [Decimal(each) for each in ("0", "5", "10", "12.3456789", "20", "25", "60")]
SECONDS = [0, 437, 900, 1800, 3600, 7200, 18_000, 93_600]
PRICES = [Decimal(each) for each in ("0", "0.25", "2", "3.999", "0.0001", "12.5", "100")]
VATS = [None, None, Decimal(0), Decimal(25), Decimal("5.2"), Decimal(21)]
STEPS = [None, 0, 1, 7, 60, 300, 900, 1000, 3600, 15_000]

DIMENSIONS = ["ENERGY", "TIME", "PARKING_TIME", "FLAT"]


def components(dimensions: list[str], prices: list[Decimal] = PRICES) -> st.SearchStrategy[PriceComponent]:
    return st.builds(
        PriceComponent,
        type=st.sampled_from(dimensions),
        price=st.sampled_from(prices),
        vat=st.sampled_from(VATS),
        step_size=st.sampled_from(STEPS),
    )


RESTRICTIONS: dict[str, st.SearchStrategy[Any]] = {
    "start_time": st.sampled_from(CLOCKS),
    "end_time": st.sampled_from(CLOCKS),
    "start_date": st.sampled_from(DATES),
    "end_date": st.sampled_from(DATES),
    "min_kwh": st.sampled_from(KWHS),
    "max_kwh": st.sampled_from(KWHS),
    "min_current": st.sampled_from([Decimal(0), Decimal(16), Decimal(32), Decimal("48.5")]),
    "max_current": st.sampled_from([Decimal(16), Decimal(32), Decimal("48.5")]),
    "min_power": st.sampled_from([Decimal(0), Decimal("7.36"), Decimal(10), Decimal(50)]),
    "max_power": st.sampled_from([Decimal("7.36"), Decimal(10), Decimal(11), Decimal(50)]),
    "min_duration": st.sampled_from(SECONDS),
    "max_duration": st.sampled_from(SECONDS),
    "day_of_week": st.lists(st.sampled_from(oracle.WEEK), min_size=1, max_size=6, unique=True).map(tuple),
}
RESERVATION = st.sampled_from(["RESERVATION", "RESERVATION_EXPIRES"])


@st.composite
def restrictions(draw: st.DrawFn, reserved: bool = True) -> TariffRestrictions | None:
    names = draw(st.lists(st.sampled_from(list(RESTRICTIONS)), max_size=3, unique=True))
    found = {name: draw(RESTRICTIONS[name]) for name in names}
    if reserved and draw(st.integers(0, 5)) == 0:
        found["reservation"] = draw(RESERVATION)
    return TariffRestrictions(**found) if found else None


@st.composite
def elements(draw: st.DrawFn, *, reserved: bool = True, prices: list[Decimal] = PRICES) -> TariffElement:
    when = draw(restrictions(reserved))
    kinds = ["FLAT", "TIME"] if when is not None and when.reservation else DIMENSIONS
    some = st.lists(components(kinds, prices), min_size=1, max_size=3, unique_by=lambda each: each.type)
    return TariffElement(tuple(draw(some)), when)


AMOUNTS = st.sampled_from([None, Decimal("0.5"), Decimal(5), Decimal(40), Decimal("120.75")])
LIMITS = st.none() | st.none() | st.builds(PriceLimit, AMOUNTS, AMOUNTS)


def tariffs(
    of: st.SearchStrategy[TariffElement] | None = None, most: int = 5, limits: bool = True
) -> st.SearchStrategy[Tariff]:
    return st.builds(
        Tariff,
        st.just("SE"),
        st.just("NOR"),
        st.just("T1"),
        elements=st.lists(elements() if of is None else of, min_size=1, max_size=most).map(tuple),
        currency=st.just("SEK"),
        min_price=LIMITS if limits else st.none(),
        max_price=LIMITS if limits else st.none(),
        tax_included=st.sampled_from([None, "NO", "YES", "N/A"]),
    )


# The engine and the plain reckoning


def agree(found: Decimal | None, right: Fraction | None) -> bool:
    """To 25 digits: the engine divides each amount once, to 40, and an item sums what it shows to 28."""
    if found is None or right is None:
        return found is None and right is None
    return abs(Fraction(found) - right) <= Fraction(1, 10**25) * max(1, abs(right))


UNKNOWN = ("no_price", "unsupported_dimension", "unknown_current")
"""Where two of these hold, either may be said."""


def assert_right(tariff: Tariff, session: Session) -> None:
    found, right = quote(tariff, session), oracle.price(tariff, session)
    if right.reason in UNKNOWN:
        assert found.reason in UNKNOWN
        return
    assert found.reason == right.reason
    assert agree(found.excl_vat, right.excl_vat), (found.excl_vat, right.excl_vat)
    assert agree(found.incl_vat, right.incl_vat), (found.incl_vat, right.incl_vat)
    assert [item.dimension for item in found.items] == list(right.lines)
    for item in found.items:
        line = right.lines[item.dimension]
        assert agree(item.volume, line.volume)
        assert agree(item.measured, line.measured)
        assert agree(item.excl_vat, line.excl_vat)
        assert agree(item.incl_vat, line.incl_vat)
        assert agree(sum((part.volume for part in item.parts), Decimal(0)), line.volume)


@examples(1200)
@given(tariffs(), sessions())
def test_the_engine_and_the_plain_reckoning_agree(tariff: Tariff, session: Session) -> None:
    assert_right(tariff, session)


@examples(300)
@given(tariffs(most=8), sessions(nights=True))
def test_they_agree_in_the_nights_when_clocks_change(tariff: Tariff, session: Session) -> None:
    assert_right(tariff, session)


CREDITS = [*PRICES, Decimal("-0.5"), Decimal(-3)]


@examples(200)
@given(tariffs(elements(prices=CREDITS)), sessions())
def test_they_agree_when_electricity_is_so_cheap_that_the_driver_is_paid(tariff: Tariff, session: Session) -> None:
    assert_right(tariff, session)


@st.composite
def spoilt(draw: st.DrawFn) -> TariffElement:
    found = draw(elements())
    broken = draw(
        st.sampled_from([PriceComponent("ENERGY"), PriceComponent("SESSION_TIME", Decimal(1)), PriceComponent("FLAT")])
    )
    return msgspec.structs.replace(found, price_components=(broken, *found.price_components))


@examples(200)
@given(tariffs(elements() | spoilt()), sessions())
def test_they_agree_on_prices_that_cannot_be_read(tariff: Tariff, session: Session) -> None:
    assert_right(tariff, session)


# Splitting


@st.composite
def split(draw: st.DrawFn, session: Session) -> Session:
    """The same session, told in more periods."""
    found: list[Period] = []
    for period in session.periods:
        share = draw(st.integers(0, 12))
        at, energy = period.length * share // 12, period.energy * share // 12
        power = period.power
        first = msgspec.structs.replace(period, length=at, energy=energy, power=power)
        second = msgspec.structs.replace(
            period, begin=period.begin + at, length=period.length - at, energy=period.energy - energy, power=power
        )
        found += [each for each in (first, second) if each.length or each.energy]
    return msgspec.structs.replace(session, periods=tuple(found))


@examples(400)
@given(st.data(), tariffs(), sessions())
def test_where_a_session_is_split_changes_nothing(data: st.DataObject, tariff: Tariff, session: Session) -> None:
    assert quote(tariff, data.draw(split(session))) == quote(tariff, session)


# Dead elements

NEVER = st.sampled_from(
    [
        TariffRestrictions(start_time="12:00", end_time="12:00"),
        TariffRestrictions(start_date="2025-01-01", end_date="2025-02-01"),
        TariffRestrictions(end_date="2026-01-01"),
        TariffRestrictions(start_date="2027-01-01"),
        TariffRestrictions(start_date="2026-06-07", end_date="2026-06-06"),
        TariffRestrictions(max_kwh=Decimal(0)),
        TariffRestrictions(max_duration=0),
        TariffRestrictions(min_kwh=Decimal(20), max_kwh=Decimal(20)),
        TariffRestrictions(min_duration=40 * 24 * 3600),
        TariffRestrictions(max_power=Decimal(0)),
    ]
)
DEAD = st.builds(
    TariffElement,
    st.lists(components(DIMENSIONS), min_size=1, max_size=3, unique_by=lambda each: each.type).map(tuple),
    NEVER,
)


def bill(tariff: Tariff, session: Session) -> tuple[object, ...]:
    """All that the driver is told, without the numbers of the elements."""
    found = quote(tariff, session)
    parts = [msgspec.structs.replace(part, element=0) for item in found.items for part in item.parts]
    return found.excl_vat, found.incl_vat, found.limited, found.reason, parts


@examples(300)
@given(st.data(), tariffs(), st.lists(DEAD, min_size=1, max_size=4), sessions())
def test_elements_that_never_hold_change_nothing_wherever_they_stand(
    data: st.DataObject, tariff: Tariff, dead: list[TariffElement], session: Session
) -> None:
    living = list(tariff.elements)
    for element in dead:
        living.insert(data.draw(st.integers(0, len(living))), element)
    crowded = msgspec.structs.replace(tariff, elements=tuple(living))
    assert bill(crowded, session) == bill(tariff, session)


@examples(200)
@given(st.data(), tariffs(elements(reserved=False), most=3), sessions(reserved=False))
def test_what_stands_after_an_element_without_restrictions_changes_nothing_in_any_order(
    data: st.DataObject, tariff: Tariff, session: Session
) -> None:
    always = TariffElement(
        tuple(data.draw(components([dimension])) for dimension in DIMENSIONS),
    )
    after = data.draw(st.permutations(tariff.elements))
    alone = msgspec.structs.replace(tariff, elements=(always,))
    followed = msgspec.structs.replace(tariff, elements=(always, *after))
    assert bill(followed, session) == bill(alone, session)
