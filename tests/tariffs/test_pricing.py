"""What sessions cost: each choice where the specification is silent, and its oddities. Worked examples are beside.

Totals are (without VAT, with VAT). A session is told in periods of (minutes, kWh or what else is done, kW, A).
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from finder.ocpi.types import PriceComponent, Source, Tariff, TariffElement
from finder.tariffs.pricing import quote, rules
from finder.tariffs.quote import EXACT, Quote
from finder.tariffs.session import HOUR, KWH, Period, Session, steady
from tests.ocpi.objects import priced as as_read
from tests.ocpi.objects import tariff as tariff_as_sent
from tests.tariffs.objects import STOCKHOLM, at, component, decimal, element, session, tariff

MONDAY = "2026-06-08"


def totals(priced: Tariff, charged: Session) -> tuple[Decimal | None, Decimal | None]:
    found = quote(priced, charged)
    return found.excl_vat, found.incl_vat


def exactly(excl: Any, incl: Any) -> tuple[Decimal | None, Decimal | None]:
    return decimal(excl), decimal(incl)


def charged(kwh: Any, minutes: Any = 60, *after: tuple[Any, ...], start: str = f"{MONDAY} 10:00") -> Session:
    return session(start, (minutes, kwh), *after)


# Windows: what one price of 1 a kWh bills of 24 kWh, one each hour from midnight on a Monday

WINDOWS = {
    "the end of a window is not in it": ({"start_time": "08:00", "end_time": "10:00"}, 2),
    "an end of 00:00 is the end of the day": ({"start_time": "20:00", "end_time": "00:00"}, 4),
    "a window without a start begins at midnight": ({"end_time": "06:00"}, 6),
    "a window without an end goes on to midnight": ({"start_time": "22:00"}, 2),
    "an end before the start is on the next day": ({"start_time": "22:00", "end_time": "06:00"}, 8),
    "00:00 to 23:59 is the whole day": ({"start_time": "00:00", "end_time": "23:59"}, 24),
    "00:00 to 00:00 is the whole day": ({"start_time": "00:00", "end_time": "00:00"}, 24),
    "equal times are no time at all": ({"start_time": "12:00", "end_time": "12:00"}, 0),
    "the first day is in": ({"start_date": MONDAY}, 24),
    "the last day is not": ({"start_date": "2026-06-01", "end_date": MONDAY}, 0),
    "one day written twice is that day": ({"start_date": MONDAY, "end_date": MONDAY}, 24),
    "dates the wrong way round hold never": ({"start_date": "2026-06-10", "end_date": "2026-06-01"}, 0),
    "a window of one day in the dates": ({"start_date": MONDAY, "end_date": "2026-06-09", "start_time": "23:00"}, 1),
    "a day of the week": ({"day_of_week": ("MONDAY", "SUNDAY")}, 24),
    "another day of the week": ({"day_of_week": ("TUESDAY",)}, 0),
    "after midnight of a window the day is the new one": (
        {"day_of_week": ("MONDAY",), "start_time": "22:00", "end_time": "06:00"},
        8,
    ),
}


@pytest.mark.parametrize(("when", "kwh"), WINDOWS.values(), ids=WINDOWS)
def test_windows_of_a_day(when: dict[str, Any], kwh: int) -> None:
    priced = tariff(element(energy=1, **when), element(energy=0))
    assert quote(priced, session(f"{MONDAY} 00:00", (24 * 60, 24))).excl_vat == kwh


@pytest.mark.parametrize("version", ["2.1.1", "2.2.1", "2.3.0"])
def test_windows_are_local_time_of_the_location_in_every_version(version: str) -> None:
    """2.1.1 names no zone."""
    night = {"start_time": "00:00", "end_time": "02:00"}
    prices = [{"type": "ENERGY", "price": 1, "step_size": 1}], [{"type": "ENERGY", "price": 5, "step_size": 1}]
    raw = tariff_as_sent(
        elements=[{"price_components": prices[0], "restrictions": night}, {"price_components": prices[1]}]
    )
    midnight_in_stockholm = datetime(2026, 6, 7, 22, tzinfo=UTC)
    charged = steady(midnight_in_stockholm, STOCKHOLM, kwh=Decimal(4), kw=Decimal(2))
    assert quote(as_read(raw, Source("nordic", version)), charged).excl_vat == 4


LIMITS = {
    "at exactly the least kWh it holds": ({"min_kwh": 6}, 4),
    "at exactly the most kWh it does not": ({"max_kwh": 6}, 6),
    "a most of 0 kWh holds never": ({"max_kwh": 0}, 0),
    "a least of 0 kWh holds always": ({"min_kwh": 0}, 10),
    "at exactly the least time it holds": ({"min_duration": 1800}, 5),
    "at exactly the most time it does not": ({"max_duration": 1800}, 5),
    "at exactly the least power it holds": ({"min_power": 10}, 10),
    "at exactly the most power it does not": ({"max_power": 10}, 0),
    "a hair above the power it does": ({"max_power": "10.001"}, 10),
    "at exactly the least current it holds": ({"min_current": 16}, 10),
    "at exactly the most current it does not": ({"max_current": 16}, 0),
    "all restrictions have to hold": ({"min_kwh": 2, "max_duration": 1800}, 3),
}


@pytest.mark.parametrize(("when", "kwh"), LIMITS.values(), ids=LIMITS)
def test_limits_of_a_charge_of_10_kwh_in_an_hour_at_16_amperes(when: dict[str, Any], kwh: int) -> None:
    priced = tariff(element(energy=1, **when), element(energy=0))
    assert quote(priced, session(f"{MONDAY} 10:00", (60, 10, None, 16))).excl_vat == kwh


def test_a_car_that_does_not_charge_takes_no_power_so_that_highest_limits_hold() -> None:
    priced = tariff(element(parking=6, max_power=5, max_current=6), element(energy=1))
    assert totals(priced, session(f"{MONDAY} 10:00", (60, 10, None, 16), (30, "parking"))) == exactly("13", "16.25")


def test_a_car_that_does_not_charge_takes_no_power_so_that_lowest_limits_do_not() -> None:
    priced = tariff(element(parking=6, min_power=5), element(energy=1))
    assert totals(priced, charged(10, 60, (30, "parking"))) == exactly("10", "12.50")


def test_parking_uses_no_energy_however_long() -> None:
    priced = tariff(element(parking=6, min_kwh=5, start_time="00:00", end_time="23:00"), element(energy=1))
    assert totals(priced, charged(4, 60, (2000, "parking"))) == exactly("4", "5")


def test_minutes_count_from_the_start_of_the_charge_and_not_of_the_reservation() -> None:
    priced = tariff(element(energy=5, min_duration=1800), element(energy=1))
    assert totals(priced, session(f"{MONDAY} 10:00", (45, "reserved"), (60, 10))) == exactly("30", "37.50")


def test_minutes_count_whether_the_car_charges_or_not() -> None:
    priced = tariff(element(energy=5, min_duration=5400), element(energy=1))
    assert totals(priced, session(f"{MONDAY} 10:00", (60, 10), (30, "parking"), (60, 10))) == exactly("60", "75")


# Amperes

AMPERES = tariff(element(energy=3, max_current=32), element(energy=5))


def test_a_limit_in_amperes_needs_the_current() -> None:
    found = quote(AMPERES, charged(10))
    assert (found.reason, found.excl_vat, found.incl_vat) == ("unknown_current", None, None)


@pytest.mark.parametrize(
    "limited",
    [
        element(energy=3, max_current=32, day_of_week=("SUNDAY",)),
        element(parking=3, max_current=32, min_kwh=50),
        element(energy=3, max_current=0),
    ],
    ids=["another day", "more energy", "never"],
)
def test_a_limit_in_amperes_that_does_not_decide_hides_no_price(limited: TariffElement) -> None:
    assert totals(tariff(limited, element(energy=5)), charged(10)) == exactly("50", "62.50")


def test_amperes_of_a_parked_car_are_known() -> None:
    priced = tariff(element(parking=6, max_current=32))
    assert totals(priced, session(f"{MONDAY} 10:00", (30, "parking"))) == exactly("3", "3.75")


# Time


def test_a_pause_of_the_car_is_parking_and_one_of_the_operator_is_neither() -> None:
    priced = tariff(element(time=60, parking=30))
    assert totals(priced, session(f"{MONDAY} 10:00", (30, 5), (30, "parking"), (30, 5))) == exactly("75", "93.75")
    held_back = quote(priced, session(f"{MONDAY} 10:00", (30, 5), (30, "paused"), (30, 5)))
    assert held_back.excl_vat == 60
    assert "paused_unpriced" in held_back.assumptions


def test_without_a_price_for_parking_it_is_free_and_that_is_said() -> None:
    found = quote(tariff(element(time=60)), charged(5, 30, (300, "parking")))
    assert found.excl_vat == 30
    assert "parking_zero" in found.assumptions


# Fees


def test_two_different_fees_of_one_session_are_both_due_and_that_is_said() -> None:
    priced = tariff(element(flat=5, max_duration=3600), element(flat=8, min_duration=3600), element(energy=1))
    found = quote(priced, charged(10, 90))
    assert found.excl_vat == 23
    assert "several_flat" in found.assumptions


def test_the_same_fee_in_an_element_a_weekday_is_one() -> None:
    week = [element(flat=5, energy=1, day_of_week=(day,)) for day in ("MONDAY", "TUESDAY")]
    found = quote(tariff(*week), session(f"{MONDAY} 23:00", (120, 10)))
    assert found.excl_vat == 15
    assert found.assumptions == ()


def test_a_fee_that_holds_again_is_not_due_again() -> None:
    priced = tariff(element(flat=5, start_time="08:00", end_time="09:00"), element(energy=1))
    assert quote(priced, session(f"{MONDAY} 08:30", (30 * 60, 10))).excl_vat == 15


def test_a_fee_that_begins_at_so_many_kwh_is_due_at_exactly_so_many() -> None:
    priced = tariff(element(flat=5, min_kwh=10), element(energy=1))
    assert quote(priced, charged(10)).excl_vat == 15
    assert quote(priced, charged("9.999")).excl_vat == Decimal("9.999")


def test_at_the_very_end_the_clock_is_still_on_the_moment_before() -> None:
    overstay = element(flat=5, min_duration=3600, end_time="11:00")
    assert quote(tariff(overstay, element(energy=1)), charged(10, 60)).excl_vat == 15
    late = element(flat=5, min_duration=3600, start_time="11:00")
    assert quote(tariff(late, element(energy=1)), charged(10, 60)).excl_vat == 10


# Steps


STEPS = {
    "nothing is added where there is no step": (element(energy=1, step=0), "5.4321", "5.4321"),
    "energy is rounded up to the Wh": (element(energy=1, step=1), "5.4321", "5.433"),
    "an exact multiple stays": (element(energy=1, step=500), "5.5", "5.5"),
    "the smallest amount is a whole step": (element(energy=1, step=8000), "0.0001", "8"),
    "no energy is no step": (element(energy=1, step=8000, flat=1), "0", "1"),
}


@pytest.mark.parametrize(("billed", "kwh", "price"), STEPS.values(), ids=STEPS)
def test_steps_of_energy(billed: TariffElement, kwh: str, price: str) -> None:
    assert quote(tariff(billed), charged(kwh)).excl_vat == Decimal(price)


def test_a_step_is_taken_once_of_the_total_and_by_the_last_price() -> None:
    priced = tariff(element(time=60, step=600, end_time="10:30"), element(time=120, step=900))
    found = quote(priced, charged(5, 40))
    assert found.excl_vat == 30 + 2 * 15
    [time] = found.items
    assert (time.measured, time.volume) == (EXACT.divide(decimal(40), decimal(60)), Decimal("0.75"))


def test_a_period_without_a_price_is_not_in_the_total_that_is_rounded() -> None:
    priced = tariff(element(parking=60, step=900, end_time="10:10"))
    assert quote(priced, session(f"{MONDAY} 10:00", (40, "parking"))).excl_vat == 15


def test_parking_for_nothing_still_ends_the_rounding_of_charging_time() -> None:
    """So that a longer session costs less."""
    priced = tariff(element(time=60, step=3600), element(parking=0))
    assert quote(priced, charged(5, 10)).excl_vat == 60
    assert quote(priced, charged(5, 10, (1, "parking"))).excl_vat == 10


def test_reserved_time_is_rounded_for_itself() -> None:
    priced = tariff(element(time=60, step=900, reservation="RESERVATION"), element(time=30, step=600))
    assert quote(priced, session(f"{MONDAY} 10:00", (16, "reserved"), (11, 5))).excl_vat == 30 + 10


# Reservations


def test_an_expired_reservation_is_billed_by_its_own_prices_first() -> None:
    priced = tariff(
        element(time=5, reservation="RESERVATION"),
        element(flat=4, reservation="RESERVATION_EXPIRES"),
        element(energy=1, time=100, flat=50),
    )
    assert quote(priced, session(f"{MONDAY} 10:00", (60, "reserved"))).excl_vat == 9
    dearer = tariff(*priced.elements, element(time=6, reservation="RESERVATION_EXPIRES"))
    assert quote(dearer, session(f"{MONDAY} 10:00", (60, "reserved"))).excl_vat == 10


def test_a_reservation_that_was_used_does_not_expire() -> None:
    priced = tariff(element(flat=4, reservation="RESERVATION_EXPIRES"), element(energy=1))
    assert quote(priced, session(f"{MONDAY} 10:00", (60, "reserved"), (60, 10))).excl_vat == 10


def test_a_reservation_before_the_start_has_the_clock_of_its_own_hour() -> None:
    """From 01:30 in summer time, three hours before 03:30 in winter time."""
    priced = tariff(
        element(time=60, reservation="RESERVATION", start_time="01:00", end_time="02:00"), element(energy=1)
    )
    reserved = Period(-3 * HOUR, 3 * HOUR, "reserved")
    begun = Session(at("2026-10-25 03:30"), STOCKHOLM, (reserved, Period(0, HOUR, "charging", KWH)))
    assert quote(priced, begun).excl_vat == 30 + 1


# Tax

TAXES = {
    "before 2.3.0 prices are without VAT": (None, 25, "100", "125"),
    "2.3.0 may say the same": ("NO", 25, "100", "125"),
    "included": ("YES", 25, "80", "100"),
    "no tax at all": ("N/A", None, "100", "100"),
    "VAT of 0 is not an unknown VAT": (None, 0, "100", "100"),
    "an unknown VAT is not guessed": (None, None, "100", None),
    "nor is it in North America": ("NO", None, "100", None),
    "included and unknown": ("YES", None, None, "100"),
}


@pytest.mark.parametrize(("included", "vat", "excl", "incl"), TAXES.values(), ids=TAXES)
def test_taxes(included: str | None, vat: int | None, excl: str | None, incl: str | None) -> None:
    found = quote(tariff(element(energy=10, vat=vat), tax_included=included), charged(10))
    assert (found.excl_vat, found.incl_vat) == exactly(excl, incl)
    assert ("vat_not_stated" in found.assumptions) == (incl is None)
    assert found.reason is None


def test_nothing_is_nothing_whatever_the_vat() -> None:
    assert totals(tariff(element(energy=0, flat=0, vat=None)), charged(10)) == exactly(0, 0)
    filler = tariff(element(energy=2, vat=25), element(flat=0, vat=None))
    assert totals(filler, charged(10)) == exactly(20, 25)


def test_one_price_without_vat_leaves_the_whole_without() -> None:
    assert totals(tariff(element(energy=2, vat=25), element(flat=1, vat=None)), charged(10)) == exactly(21, None)


# Lowest and highest price

BOUNDS = {
    "the highest holds where the lowest is above it": ({"least": (50, 60), "most": (30, 40)}, (30, 40)),
    "a lowest price without VAT lifts the price with VAT no lower": ({"least": (20, None)}, (20, 20)),
    "a highest price with VAT lowers the price without VAT no higher": ({"most": (None, 5)}, (5, 5)),
    "one side alone may be limited": ({"most": (None, 11)}, (10, 11)),
    "and so may the other": ({"least": (11, None)}, (11, "12.50")),
}


@pytest.mark.parametrize(("bounds", "right"), BOUNDS.values(), ids=BOUNDS)
def test_limits_of_a_price_of_10(bounds: dict[str, Any], right: tuple[Any, Any]) -> None:
    assert totals(tariff(element(energy=1), **bounds), charged(10)) == exactly(*right)


def test_a_lowest_price_above_the_highest_is_said() -> None:
    found = quote(tariff(element(energy=1), least=(50, None), most=(30, None)), charged(10))
    assert (found.limited, "min_above_max" in found.assumptions) == ("max", True)


@pytest.mark.parametrize(("kwh", "limited"), [(1, "min"), (10, None), (100, "max")])
def test_whether_a_limit_made_the_price_is_said(kwh: int, limited: str | None) -> None:
    assert quote(tariff(element(energy=1), least=(5, None), most=(50, None)), charged(kwh)).limited == limited


def test_an_unknown_side_stays_unknown_under_a_limit() -> None:
    assert totals(tariff(element(energy=1, vat=None), least=(20, 25)), charged(10)) == exactly(20, None)


# What cannot be priced

UNPRICED = {
    "only words": (tariff(), "text_only"),
    "no currency": (tariff(element(energy=1), currency=None), "no_currency"),
    "no price": (tariff(TariffElement((PriceComponent("ENERGY"),))), "no_price"),
    "something that OCPI does not know": (
        tariff(TariffElement((component("ENERGY", 1), component("SESSION_TIME", 5)))),
        "unsupported_dimension",
    ),
    "another hour": (tariff(element(energy=1, start_time="20:00", end_time="22:00")), "outside_windows"),
    "only a reservation": (tariff(element(flat=1, reservation="RESERVATION")), "outside_windows"),
}


@pytest.mark.parametrize(("priced", "reason"), UNPRICED.values(), ids=UNPRICED)
def test_what_has_no_price_has_a_reason_and_no_total(priced: Tariff, reason: str) -> None:
    found = quote(priced, charged(10))
    assert (found.reason, found.excl_vat, found.incl_vat) == (reason, None, None)
    assert found.per_kwh_incl_vat is None


def test_a_part_that_no_element_names_is_counted_as_nothing_and_hides_the_price() -> None:
    found = quote(tariff(element(energy=1, end_time="10:30")), charged(10))
    assert (found.reason, found.excl_vat) == ("outside_windows", 5)
    assert "uncovered" in found.assumptions
    assert found.per_kwh_incl_vat is None


def test_a_price_for_nearly_all_of_the_charge_is_one() -> None:
    found = quote(tariff(element(energy=1, min_kwh=Decimal("0.1"))), charged(10))
    assert (found.reason, found.excl_vat) == (None, Decimal("9.9"))
    assert "uncovered" in found.assumptions


def test_a_fee_at_the_start_covers_what_follows() -> None:
    assert quote(tariff(element(flat=9, end_time="10:30")), charged(10)).reason is None


def test_a_fee_for_reserving_does_not_cover_the_charge() -> None:
    priced = tariff(element(flat=2, reservation="RESERVATION"))
    assert quote(priced, session(f"{MONDAY} 10:00", (15, "reserved"), (60, 10))).reason == "outside_windows"


def test_a_price_that_cannot_be_read_harms_only_the_sessions_that_use_it() -> None:
    priced = tariff(element(energy=1), TariffElement((PriceComponent("PARKING_TIME"),)))
    assert quote(priced, charged(10)).excl_vat == 10
    assert quote(priced, charged(10, 60, (5, "parking"))).reason == "no_price"


def test_a_filler_of_nothing_for_something_unknown_is_no_harm() -> None:
    priced = tariff(TariffElement((component("ENERGY", 1), component("SESSION_TIME", 0))))
    assert quote(priced, charged(10)).excl_vat == 10


@pytest.mark.parametrize("priced", [tariff(element(flat=0)), tariff(element(energy=0)), tariff(element(time=0))])
def test_what_is_free_is_free_because_an_element_says_so(priced: Tariff) -> None:
    found = quote(priced, charged(10))
    assert (found.excl_vat, found.incl_vat, found.reason) == (0, 0, None)


# Exactness


def test_nothing_is_rounded_but_for_display() -> None:
    priced = tariff(element(time="0.10", step=0), element(energy="0.0001", step=0))
    assert totals(priced, charged("0.000000001", 1)) == (
        pytest.approx(Decimal("0.10") / 60, abs=Decimal("1e-12")),
        pytest.approx(Decimal("0.125") / 60, abs=Decimal("1e-12")),
    )
    assert quote(tariff(element(energy="0.0000000001", step=0)), charged("0.000000001")).excl_vat == Decimal("1E-19")


def test_three_thirds_are_a_whole() -> None:
    thirds = session(f"{MONDAY} 10:00", (20, 1), (20, 1), (20, 1))
    assert quote(tariff(element(time=1, step=0)), thirds).excl_vat == 1


def test_a_compiled_tariff_says_the_same_again() -> None:
    compiled = rules(
        tariff(element(flat=20, min_duration=7200), element(energy="2.50", start_time="06:00"), element(energy=1))
    )
    first = [compiled.quote(charged(18, 60 * hours)) for hours in (1, 2, 30)]
    assert [compiled.quote(charged(18, 60 * hours)) for hours in (1, 2, 30)] == first
    assert [quote(compiled.tariff, charged(18, 60 * hours)) for hours in (1, 2, 30)] == first


def test_the_price_of_everything_is_spread_over_the_energy() -> None:
    found: Quote = quote(tariff(element(flat=10, energy=2, vat=25)), charged(20))
    assert found.per_kwh_incl_vat == Decimal("3.125")
