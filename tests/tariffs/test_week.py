from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from finder.ocpi.types import Tariff, TariffElement
from finder.tariffs.pricing import rules
from finder.tariffs.rates import read_rates
from finder.tariffs.session import steady
from finder.tariffs.week import Change, Days, Week, change, week
from finder.tariffs.words import hours
from tests.stations.full import FAST, element, part

STOCKHOLM = ZoneInfo("Europe/Stockholm")
FRIDAY = datetime(2026, 11, 20, 14, 32, tzinfo=STOCKHOLM)


def moving(*elements: TariffElement, now: datetime = FRIDAY, kw: Decimal | None = None) -> Week | None:
    rates = read_rates(Tariff("SE", "VAL", "T1", elements, "SEK"), now.date())
    assert rates is not None
    return week(rates["ENERGY"], now, kw)


def rows(found: Week | None) -> list[str]:
    """Each group of days as "12345: 00:00 4.29 06:00 5.49"; a price that is not known as "?"."""
    assert found is not None
    return [
        f"{_days(each)}: " + " ".join(f"{hours(span.begin)} {_amount(span.amount)}" for span in each.spans)
        for each in found.days
    ]


def _days(each: Days) -> str:
    return f"{each.first:%d}-{each.last:%d}" if each.first and each.last else "".join(map(str, each.weekdays))


def _amount(amount: Decimal | None) -> str:
    return "?" if amount is None else f"{amount.normalize():f}"


def energy(price: str, **when: object) -> TariffElement:
    return element(part("ENERGY", price, "0"), **when)


def test_days_that_are_alike_are_one_and_the_first_window_counts():
    assert rows(moving(*FAST.elements)) == [
        "12345: 00:00 4.29 06:00 5.49 15:00 5.99 19:00 5.49 22:00 4.29",
        "67: 00:00 4.29 08:00 4.99 22:00 4.29",
    ]


STEADY = [
    ("one price", [energy("4")]),
    ("windows with one price", [energy("4", start_time="08:00", end_time="20:00"), energy("4")]),
    ("a price by amount", [energy("3", min_kwh=Decimal(20)), energy("4")]),
    ("a season that holds all week", [energy("3", start_date="2026-11-01", end_date="2027-04-01"), energy("4")]),
    ("a window that is over", [energy("3", start_date="2026-11-01", end_date="2026-11-20"), energy("4")]),
    (
        "power that nobody knows",
        [energy("3", start_time="08:00", end_time="20:00", max_power=Decimal(50)), energy("4")],
    ),
]


@pytest.mark.parametrize("elements", [case[1] for case in STEADY], ids=[case[0] for case in STEADY])
def test_a_price_that_does_not_move_with_time_has_no_week(elements):
    assert moving(*elements) is None


def test_the_power_at_the_beginning_tells_which_price_holds():
    night = {"start_time": "22:00", "end_time": "06:00"}
    prices = (energy("3", max_power=Decimal(50), **night), energy("5", **night), energy("4"))
    assert rows(moving(*prices, kw=Decimal(11))) == ["1234567: 00:00 3 06:00 4 22:00 3"]
    assert rows(moving(*prices, kw=Decimal(50))) == ["1234567: 00:00 5 06:00 4 22:00 5"]


def test_hours_that_no_element_names_are_unknown():
    assert rows(moving(energy("4", start_time="08:00", end_time="12:00"), energy("3", start_time="12:00", end_time="20:00"))) == [
        "1234567: 00:00 ? 08:00 4 12:00 3 20:00 ?"
    ]  # fmt: skip


def test_quarters_of_an_hour_are_kept():
    assert rows(moving(energy("3", start_time="05:15", end_time="05:30"), energy("4"))) == [
        "1234567: 00:00 4 05:15 3 05:30 4"
    ]


def test_prices_by_date_are_told_for_seven_days_from_now():
    hourly = [
        energy(str(hour + 1), start_time=f"{hour:02}:00", end_time=f"{(hour + 1) % 24:02}:00", start_date=day, end_date=day)
        for day in ("2026-11-20", "2026-11-21")
        for hour in (14, 15, 23)
    ]  # fmt: skip
    assert rows(moving(*hourly, energy("9"))) == [
        "20-20: 14:00 15 15:00 16 16:00 9 23:00 24",
        "21-21: 00:00 9 14:00 15 15:00 16 16:00 9 23:00 24",
        "22-26: 00:00 9",
    ]
    assert rows(moving(*hourly))[1:] == ["21-21: 00:00 ? 14:00 15 15:00 16 16:00 ? 23:00 24"]


def test_the_last_hour_of_the_day_belongs_to_the_day():
    late = FRIDAY.replace(hour=23, minute=59)
    prices = (energy("3", start_date="2026-11-21"), energy("4"))
    assert rows(moving(*prices, now=late)) == ["20-20: 00:00 4", "21-26: 00:00 3"]


NEXT = [
    (FRIDAY, "5.49", (20, 15, "5.99")),
    (FRIDAY.replace(hour=22, minute=0), "4.29", (21, 8, "4.99")),
    (FRIDAY.replace(day=22, hour=21, minute=59), "4.99", (22, 22, "4.29")),
    (FRIDAY.replace(day=22, hour=23), "4.29", (23, 6, "5.49")),
]


@pytest.mark.parametrize(("now", "price", "then"), NEXT)
def test_what_it_costs_now_and_next(now, price, then):
    found = moving(*FAST.elements, now=now)
    assert found is not None
    day, hour, becomes = then
    assert change(found, now) == (Decimal(price), Change(datetime(2026, 11, day, hour), Decimal(becomes)))


def test_after_the_last_known_hour_the_price_is_unknown():
    found = moving(*(energy(str(h), start_time=f"{h}:00", end_time=f"{h + 1}:00", start_date="2026-11-20", end_date="2026-11-20") for h in (14, 15)))  # fmt: skip
    assert found is not None
    now = FRIDAY + timedelta(hours=1)
    assert change(found, now) == (Decimal(15), Change(datetime(2026, 11, 20, 16), None))


def test_levels_run_from_the_least_to_the_greatest():
    found = moving(*FAST.elements)
    assert found is not None
    assert list(found.levels().values()) == [1, 2, 4, 5]
    prices = range(4, 25)
    hourly = moving(*(energy(str(kr), start_time=f"{kr - 3:02}:00", end_time=f"{kr - 2:02}:00") for kr in prices))
    assert hourly is not None
    assert [hourly.levels()[Decimal(kr)] for kr in (4, 9, 14, 19, 24)] == [1, 2, 3, 4, 5]


TARIFFS = [
    ("overlapping windows", FAST.elements),
    (
        "nights of some days, past midnight",
        (
            energy("2", start_time="22:00", end_time="06:00", day_of_week=("FRIDAY", "SUNDAY")),
            energy("3", start_time="20:15", end_time="01:45"),
            energy("4", day_of_week=("MONDAY", "TUESDAY")),
            energy("5"),
        ),
    ),
    (
        "dates within the week",
        (
            energy("2", start_date="2026-11-22", end_date="2026-11-24", start_time="08:00", end_time="20:00"),
            energy("3", start_date="2026-11-25"),
            energy("4", end_date="2026-11-21"),
            energy("5"),
        ),
    ),
    ("what only a longer charge reaches", (energy("1", min_kwh=Decimal(5)), energy("2", start_time="08:00", end_time="09:00"), energy("3"))),
]  # fmt: skip


@pytest.mark.parametrize("elements", [case[1] for case in TARIFFS], ids=[case[0] for case in TARIFFS])
def test_the_week_says_what_the_bill_says_at_every_quarter(elements):
    found = moving(*elements)
    assert found is not None
    compiled = rules(Tariff("SE", "VAL", "T1", tuple(elements), "SEK"))
    end = datetime(2026, 11, 27, tzinfo=STOCKHOLM)
    at = FRIDAY.replace(hour=15, minute=0)
    while (at := at + timedelta(minutes=15)) < end:
        bill = compiled.quote(steady(at, STOCKHOLM, kwh=Decimal("0.001"), kw=Decimal(11)))
        minute = at.hour * 60 + at.minute
        span = next(span for span in found.on(at.date()) if span.begin <= minute < span.end)
        assert bill.per_kwh_incl_vat == span.amount, at
