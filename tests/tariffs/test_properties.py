"""What holds for every tariff and every session; above all, that the engine says what the plain reckoning says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from finder.ocpi.types import PriceComponent, PriceLimit, Tariff, TariffElement, TariffRestrictions
from finder.tariffs.pricing import quote
from finder.tariffs.quote import Quote
from finder.tariffs.session import HOUR, KWH, SECOND, Period, Session
from tests.tariffs import oracle


def examples(count: int) -> settings:
    """The same ones in every run, and none is too slow: a busy machine is no fault of the engine."""
    return settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )


# Sessions. Lengths and energies can be divided by 10, so that a session can be split and stays exact. Whatever has a few
# values is listed whole and drawn at once: drawing is what takes the time.

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = st.sampled_from([STOCKHOLM, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Santiago")])
"""One hour at two in the night; half an hour; and an hour at midnight, so that a day begins at 01:00."""
DST_NIGHTS = {
    "Europe/Stockholm": ("2026-03-29", "2026-10-25"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "America/Santiago": ("2026-04-05", "2026-09-06"),
}
MINUTE = 60 * SECOND
LENGTHS = [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 5 * HOUR, 26 * HOUR, 437 * SECOND * 12, 10, 9_999_990]
ENERGIES = [0, 5 * KWH, 10 * KWH, 20 * KWH, 12_345_678_900, 10, 33_333_333_330]
POWERS = [None, None, None, Decimal(11_000), Decimal(50_000), Decimal("7359.9")]
CURRENTS = [None, Decimal(32), Decimal("31.99"), Decimal(48), Decimal(0)]

CHARGING = [
    Period(0, length, "charging", energy, power, current)
    for length in [*LENGTHS, 0]
    for energy in ENERGIES
    for power in POWERS
    for current in CURRENTS
]
IDLE = [Period(0, length, kind) for kind in ("parking", "paused") for length in LENGTHS]
SOME_PERIODS = st.lists(st.sampled_from(CHARGING) | st.sampled_from(CHARGING) | st.sampled_from(IDLE), max_size=4)
RESERVED = st.none() | st.sampled_from([Period(0, length, "reserved") for length in LENGTHS])

ON_DST_NIGHTS = st.integers(0, 59).map(
    lambda half_hours: (half_hours % 2, timedelta(minutes=30 * (half_hours // 2 - 8)))
)
STARTS = [datetime(2026, 6, 5, 9, tzinfo=UTC) + timedelta(minutes=15) * quarters for quarters in range(300)]
ODD_STARTS = [start + timedelta(seconds=31, microseconds=1) for start in STARTS[::7]]
IN_SUMMER = st.sampled_from([*STARTS, *ODD_STARTS])


def starts_at_night(zone: ZoneInfo, drawn: tuple[int, timedelta]) -> datetime:
    night, after = drawn
    return datetime.fromisoformat(DST_NIGHTS[zone.key][night]).replace(tzinfo=zone).astimezone(UTC) + after


@st.composite
def sessions(draw: st.DrawFn, *, reserved: bool = True, nights: bool = False) -> Session:
    first = draw(RESERVED) if reserved else None
    drawn = [*([first] if first else []), *draw(SOME_PERIODS)]
    assume(any(period.length or period.energy for period in drawn))
    found, begin = [], 0
    for period in drawn:
        found.append(msgspec.structs.replace(period, begin=begin))
        begin += period.length
    zone = draw(ZONES)
    start = draw(ON_DST_NIGHTS if nights else IN_SUMMER | ON_DST_NIGHTS)
    return Session(start if isinstance(start, datetime) else starts_at_night(zone, start), zone, tuple(found))


# Tariffs

CLOCKS = ["00:00", "01:00", "02:00", "02:30", "03:00", "06:00", "12:00", "17:45", "22:00", "23:59"]
DATES = ["2026-03-28", "2026-03-29", "2026-04-05", "2026-06-06", "2026-06-07", "2026-09-06", "2026-10-04", "2026-10-25"]
KWHS = [Decimal(each) for each in ("0", "5", "10", "12.3456789", "20", "25", "60")]
SECONDS = [0, 437, 900, 1800, 3600, 7200, 18_000, 93_600]
DAYS = [(day,) for day in oracle.WEEK] + [oracle.WEEK[:5], oracle.WEEK[5:], oracle.WEEK]
RESTRICTIONS: dict[str, list[Any]] = {
    "start_time": CLOCKS,
    "end_time": CLOCKS,
    "start_date": DATES,
    "end_date": DATES,
    "min_kwh": KWHS,
    "max_kwh": KWHS,
    "min_current": [Decimal(0), Decimal(16), Decimal(32), Decimal("48.5")],
    "max_current": [Decimal(16), Decimal(32), Decimal("48.5")],
    "min_power": [Decimal(0), Decimal("7.36"), Decimal(10), Decimal(50)],
    "max_power": [Decimal("7.36"), Decimal(10), Decimal(11), Decimal(50)],
    "min_duration": SECONDS,
    "max_duration": SECONDS,
    "day_of_week": DAYS,
}
SINGLE = st.sampled_from(list(RESTRICTIONS)).flatmap(
    lambda name: st.sampled_from([(name, value) for value in RESTRICTIONS[name]])
)
WHEN = st.lists(SINGLE, max_size=3).map(lambda found: TariffRestrictions(**dict(found)) if found else None)
RESERVATIONS = st.sampled_from(["RESERVATION", "RESERVATION_EXPIRES"])

PRICES = [Decimal(each) for each in ("0", "0.25", "2", "3.999", "0.0001", "12.5", "100")]
CREDITS = [*PRICES, Decimal("-0.5"), Decimal(-3)]
VATS = [None, None, Decimal(0), Decimal(25), Decimal("5.2"), Decimal(21)]
STEPS = [None, 0, 1, 7, 60, 300, 900, 1000, 3600, 15_000]
DIMENSIONS = ("ENERGY", "TIME", "PARKING_TIME", "FLAT")


def components(*dimensions: str, prices: list[Decimal] = PRICES) -> st.SearchStrategy[PriceComponent]:
    return st.sampled_from(
        [
            PriceComponent(dimension, price, vat, step)
            for dimension in dimensions
            for price in prices
            for vat in VATS
            for step in STEPS
        ]
    )


def one_each(some: st.SearchStrategy[PriceComponent]) -> st.SearchStrategy[tuple[PriceComponent, ...]]:
    by_dimension = st.lists(some, min_size=1, max_size=3).map(lambda found: {each.type: each for each in found})
    return by_dimension.map(lambda found: tuple(found.values()))


def elements(prices: list[Decimal] = PRICES) -> st.SearchStrategy[TariffElement]:
    return st.builds(TariffElement, one_each(components(*DIMENSIONS, prices=prices)), WHEN)


OF_RESERVATION = st.builds(
    lambda components, when, reservation: TariffElement(
        components, msgspec.structs.replace(when or TariffRestrictions(), reservation=reservation)
    ),
    one_each(components("FLAT", "TIME")),
    WHEN,
    RESERVATIONS,
)
ANY = elements() | elements() | elements() | OF_RESERVATION

AMOUNTS = [Decimal("0.5"), Decimal(5), Decimal(40), Decimal("120.75")]
LIMITS = st.none() | st.sampled_from(
    [
        PriceLimit(before, after)
        for before in [None, *AMOUNTS]
        for after in [None, *AMOUNTS]
        if before is not None or after is not None
    ]
)


def tariffs(of: st.SearchStrategy[TariffElement] = ANY, most: int = 5) -> st.SearchStrategy[Tariff]:
    return st.builds(
        Tariff,
        st.just("SE"),
        st.just("NOR"),
        st.just("T1"),
        elements=st.lists(of, min_size=1, max_size=most).map(tuple),
        currency=st.just("SEK"),
        min_price=LIMITS,
        max_price=LIMITS,
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


@examples(500)
@given(tariffs(), sessions())
def test_the_engine_and_the_plain_reckoning_agree(tariff: Tariff, session: Session) -> None:
    assert_right(tariff, session)


@examples(200)
@given(tariffs(most=8), sessions(nights=True))
def test_they_agree_in_the_nights_when_clocks_change(tariff: Tariff, session: Session) -> None:
    assert_right(tariff, session)


LONG = (
    Period(0, HOUR, "charging", 4 * KWH, None, Decimal(16)),
    Period(HOUR, 26 * HOUR, "parking"),
    Period(27 * HOUR, 2 * HOUR, "charging", 20 * KWH, Decimal(50_000), Decimal(48)),
    Period(29 * HOUR, HOUR, "paused"),
    Period(30 * HOUR, 5 * HOUR, "charging", 33_333_333_330, None, Decimal(0)),
    Period(35 * HOUR, 40 * HOUR, "parking"),
)
BOOKED = (Period(-30 * HOUR, 30 * HOUR, "reserved"), *LONG[:3])
LONG_SESSIONS = [
    Session(datetime.fromisoformat(start).replace(tzinfo=UTC), STOCKHOLM, periods)
    for start in ("2026-03-28 09:17", "2026-06-06 03:00", "2026-10-24 22:00")
    for periods in (LONG, BOOKED)
]


@examples(100)
@given(tariffs(most=6))
def test_they_agree_on_long_sessions_of_many_kinds(tariff: Tariff) -> None:
    for session in LONG_SESSIONS:
        assert_right(tariff, session)


@examples(120)
@given(tariffs(elements(CREDITS)), sessions())
def test_they_agree_when_electricity_is_so_cheap_that_the_driver_is_paid(tariff: Tariff, session: Session) -> None:
    assert_right(tariff, session)


BROKEN = st.sampled_from([PriceComponent("ENERGY"), PriceComponent("SESSION_TIME", Decimal(1)), PriceComponent("FLAT")])
SPOILT = st.builds(
    lambda element, broken: msgspec.structs.replace(element, price_components=(broken, *element.price_components)),
    ANY,
    BROKEN,
)


@examples(120)
@given(tariffs(ANY | SPOILT), sessions())
def test_they_agree_on_prices_that_cannot_be_read(tariff: Tariff, session: Session) -> None:
    assert_right(tariff, session)


# Splitting


@st.composite
def split(draw: st.DrawFn, session: Session) -> Session:
    """The same session, told in more periods."""
    found: list[Period] = []
    for period in session.periods:
        tenths = draw(st.integers(0, 10))
        at, energy = period.length * tenths // 10, period.energy * tenths // 10
        first = msgspec.structs.replace(period, length=at, energy=energy)
        second = msgspec.structs.replace(
            period, begin=period.begin + at, length=period.length - at, energy=period.energy - energy
        )
        found += [first, second]
    return msgspec.structs.replace(session, periods=tuple(found))


@examples(200)
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
DEAD = st.builds(TariffElement, one_each(components(*DIMENSIONS)), NEVER)


def bill(tariff: Tariff, session: Session) -> tuple[object, ...]:
    """All that the driver is told, without the numbers of the elements."""
    found = quote(tariff, session)
    parts = [msgspec.structs.replace(part, element=0) for item in found.items for part in item.parts]
    return found.excl_vat, found.incl_vat, found.limited, found.reason, parts


@examples(150)
@given(st.data(), tariffs(), st.lists(DEAD, min_size=1, max_size=4), sessions())
def test_elements_that_never_hold_change_nothing_wherever_they_stand(
    data: st.DataObject, tariff: Tariff, dead: list[TariffElement], session: Session
) -> None:
    living = list(tariff.elements)
    for element in dead:
        living.insert(data.draw(st.integers(0, len(living))), element)
    crowded = msgspec.structs.replace(tariff, elements=tuple(living))
    assert bill(crowded, session) == bill(tariff, session)


ALWAYS = st.builds(TariffElement, st.tuples(*[components(dimension) for dimension in DIMENSIONS]))


@examples(120)
@given(st.data(), ALWAYS, tariffs(elements(), most=3), sessions(reserved=False))
def test_what_stands_after_an_element_without_restrictions_changes_nothing_in_any_order(
    data: st.DataObject, always: TariffElement, tariff: Tariff, session: Session
) -> None:
    after = data.draw(st.permutations(tariff.elements))
    alone = msgspec.structs.replace(tariff, elements=(always,))
    followed = msgspec.structs.replace(tariff, elements=(always, *after))
    assert bill(followed, session) == bill(alone, session)


# Growing. A longer session can cost less where the specification makes it so, and these tests leave that out:
# - the first minute parked ends the rounding of charging time (step_size), and may cost less than that did;
# - a step is paid at the price that holds last, so with steps a cheaper price later may make the whole cheaper;
# - a fee that begins at so many minutes or kWh, and ends by the clock, is due at the very end of a session, not after it;
# - more energy in the same time is more power and more amperes, which may be cheaper;
# - and an amount that is not stated cannot be compared.


def assert_not_less(longer: Quote, shorter: Quote) -> None:
    for more, less in ((longer.excl_vat, shorter.excl_vat), (longer.incl_vat, shorter.incl_vat)):
        assert more is None or less is None or more >= less


UNRESTRICTED = st.builds(TariffElement, one_each(components(*DIMENSIONS)))


def charge(minutes: int, energy: int, parked: int) -> Session:
    charging = Period(0, minutes * MINUTE, "charging", energy)
    parking = Period(minutes * MINUTE, parked * MINUTE, "parking")
    return Session(STARTS[0], STOCKHOLM, (charging, parking) if parked else (charging,))


MINUTES, MORE = st.integers(1, 600), st.integers(0, 600)


@examples(100)
@given(tariffs(UNRESTRICTED), MINUTES, st.sampled_from(ENERGIES), st.sampled_from(ENERGIES), MORE)
def test_more_energy_never_costs_less_where_nothing_is_restricted(
    tariff: Tariff, minutes: int, energy: int, more: int, parked: int
) -> None:
    assert_not_less(
        quote(tariff, charge(minutes, energy + more, parked)), quote(tariff, charge(minutes, energy, parked))
    )


@examples(100)
@given(tariffs(UNRESTRICTED), MINUTES, MORE, MORE)
def test_more_charging_time_never_costs_less_where_nothing_is_restricted(
    tariff: Tariff, minutes: int, more: int, parked: int
) -> None:
    assert_not_less(quote(tariff, charge(minutes + more, KWH, parked)), quote(tariff, charge(minutes, KWH, parked)))


@examples(100)
@given(tariffs(UNRESTRICTED), MINUTES, MINUTES, MORE)
def test_more_parking_never_costs_less_where_some_is_parked_and_nothing_is_restricted(
    tariff: Tariff, minutes: int, parked: int, more: int
) -> None:
    assert_not_less(quote(tariff, charge(minutes, KWH, parked + more)), quote(tariff, charge(minutes, KWH, parked)))


WITHOUT_STEP = [
    PriceComponent(dimension, price, vat) for dimension in DIMENSIONS[:3] for price in PRICES for vat in VATS
]
STEPLESS = st.builds(TariffElement, one_each(st.sampled_from(WITHOUT_STEP)), WHEN)
FEE = st.builds(TariffElement, st.tuples(components("FLAT")))


@examples(150)
@given(tariffs(STEPLESS | FEE), sessions(reserved=False), SOME_PERIODS)
def test_staying_longer_never_costs_less_where_nothing_is_rounded_up(
    tariff: Tariff, session: Session, after: list[Period]
) -> None:
    staying = list(session.periods)
    for period in after:
        staying.append(msgspec.structs.replace(period, begin=staying[-1].begin + staying[-1].length))
    longer = msgspec.structs.replace(session, periods=tuple(staying))
    assert_not_less(quote(tariff, longer), quote(tariff, session))


# VAT


@examples(150)
@given(tariffs(), sessions())
def test_with_vat_is_never_less_than_without(tariff: Tariff, session: Session) -> None:
    found = quote(tariff, session)
    for priced in (found, *found.items, *found.parts):
        if priced.excl_vat is not None and priced.incl_vat is not None:
            assert priced.incl_vat >= priced.excl_vat


# Time


@pytest.mark.parametrize(
    ("zone", "night", "hours"),
    [
        ("Europe/Stockholm", "2026-03-29", "5"),
        ("Europe/Stockholm", "2026-10-25", "7"),
        ("Australia/Lord_Howe", "2026-04-05", "6.5"),
        ("Australia/Lord_Howe", "2026-10-04", "5.5"),
        ("America/Santiago", "2026-04-05", "7"),
        ("America/Santiago", "2026-09-06", "5"),
    ],
)
def test_a_night_in_which_clocks_change_bills_the_hours_that_pass(zone: str, night: str, hours: str) -> None:
    """From 22:00 to 04:00 on the clock."""
    ends = datetime.fromisoformat(f"{night} 04:00").replace(tzinfo=ZoneInfo(zone))
    begins = (ends - timedelta(hours=6)).astimezone(UTC)
    length = (ends.astimezone(UTC) - begins) // timedelta(microseconds=1)
    session = Session(begins, ZoneInfo(zone), (Period(0, length, "charging", 30 * KWH),))
    tariff = Tariff(
        "SE", "NOR", "T1", elements=(hourly("22:00", "02:30", 1), hourly("02:30", "22:00", 2)), currency="SEK"
    )
    [billed] = quote(tariff, session).items
    assert billed.volume == Decimal(hours)


def hourly(begin: str, end: str, price: int) -> TariffElement:
    return TariffElement((PriceComponent("TIME", Decimal(price)),), TariffRestrictions(start_time=begin, end_time=end))


@examples(80)
@given(
    st.lists(st.sampled_from(CLOCKS[:-1]), min_size=2, unique=True).map(sorted), sessions(reserved=False, nights=True)
)
def test_prices_for_all_hours_of_the_day_bill_all_that_passes(clocks: list[str], session: Session) -> None:
    windows = zip(clocks, clocks[1:] + clocks[:1], strict=True)
    prices = {"ENERGY": Decimal(3), "TIME": Decimal(2), "PARKING_TIME": Decimal(1)}
    elements = tuple(
        TariffElement(
            tuple(PriceComponent(dimension, price + number) for dimension, price in prices.items()),
            TariffRestrictions(start_time=begin, end_time=end),
        )
        for number, (begin, end) in enumerate(windows)
    )
    billed = quote(Tariff("SE", "NOR", "T1", elements=elements, currency="SEK"), session).items
    volumes = {item.dimension: item.volume for item in billed}
    for dimension, kind in (("TIME", "charging"), ("PARKING_TIME", "parking")):
        passed = sum(period.length for period in session.periods if period.kind == kind)
        assert agree(volumes.get(dimension, Decimal(0)), Fraction(passed, HOUR))
    assert agree(volumes.get("ENERGY", Decimal(0)), Fraction(session.energy_kwh))
