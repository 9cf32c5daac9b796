"""What a partner is told about a tariff, and that a good one is left in peace."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finder.ocpi.types import Tariff, TariffElement
from finder.tariffs import document
from finder.tariffs.cdr import read_cdr
from finder.tariffs.faults import FAULTS, Asked, Finding, never_reached
from finder.tariffs.lint import lint, lint_raw
from finder.tariffs.pricing import quote
from tests.tariffs.documents import STOCKHOLM, Json, cdr, charging, component, element, parking, tariff

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEXT = {"language": "en", "text": "EUR 0.70 per kWh"}


def energy(price: Any = "0.50", vat: Any = 25, step: int = 1, **restrictions: Any) -> Json:
    return element(component("ENERGY", price, vat, step), **restrictions)


def time(price: Any = "6.00", vat: Any = 25, step: int = 60, **restrictions: Any) -> Json:
    return element(component("TIME", price, vat, step), **restrictions)


def stay(price: Any = "6.00", vat: Any = 25, step: int = 60, **restrictions: Any) -> Json:
    return element(component("PARKING_TIME", price, vat, step), **restrictions)


def flat(price: Any = "1.00", vat: Any = 25, **restrictions: Any) -> Json:
    return element(component("FLAT", price, vat), **restrictions)


def findings(raw: Json, power_kw: int | None = None) -> tuple[Finding, ...]:
    read = document.read(raw, NOW)
    assert isinstance(read, Tariff)
    return lint_raw(raw, read, None if power_kw is None else Decimal(power_kw), NOW)


def kinds(raw: Json, power_kw: int | None = None) -> list[tuple[str, int | None]]:
    return [(finding.kind, finding.element) for finding in findings(raw, power_kw)]


GOOD = {
    "one price": tariff(energy()),
    "free": tariff(flat(0, vat=None)),
    "day and night": tariff(
        energy(start_time="06:00", end_time="22:00"), energy("0.30", start_time="22:00", end_time="06:00")
    ),
    "weekends": tariff(energy("0.30", day_of_week=["SATURDAY", "SUNDAY"]), energy()),
    "an hour in the morning, then the rest": tariff(energy("0.30", start_time="06:00", end_time="07:00"), energy()),
    "a fee for staying before the price": tariff(flat(25, min_duration=14400), energy(), stay(min_duration=7200)),
    "the first kWh are dearer": tariff(energy(max_kwh=20), energy("0.40", min_kwh=20)),
    "dear while fast": tariff(energy("0.40", max_power=50), energy("0.60")),
    "reservation": tariff(time(reservation="RESERVATION"), flat(4, reservation="RESERVATION_EXPIRES"), energy()),
    "gross prices without a rate": tariff(energy(vat=None), tax_included="YES"),
    "no tax at all": tariff(energy(vat=None), tax_included="N/A"),
    "a text with the price to pay": tariff(
        energy("0.70", vat=21), tariff_alt_text=[{"language": "en", "text": "EUR 0.847 per kWh, EUR 0.70 before VAT"}]
    ),
    "a text that says it is without VAT": tariff(
        energy("0.70", vat=21), tariff_alt_text=[{"language": "en", "text": "0.70 per kWh excl. VAT"}]
    ),
    "a text about something else": tariff(
        energy("0.70", vat=21), tariff_alt_text=[{"language": "en", "text": "0.70 % of the profit is given away"}]
    ),
    "seven days": tariff(
        *(energy(price, day_of_week=[day]) for price, day in zip("1234567", (
            "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"), strict=True))
    ),
    "quarters of one day": tariff(
        energy("0.30", start_time="23:30", end_time="23:45", start_date="2026-11-23", end_date="2026-11-24"),
        energy("0.31", start_time="23:45", end_time="00:00", start_date="2026-11-23", end_date="2026-11-24"),
    ),
    "kronor": tariff(energy("4.95"), currency="SEK"),
    "forints": tariff(energy("250", vat=27), currency="HUF"),
    "a day's parking by the hour": tariff(energy(), stay(step=3600)),
    "below the limit of the law": tariff(energy(), flat(), time()),
}  # fmt: skip


@pytest.mark.parametrize("raw", GOOD.values(), ids=GOOD)
def test_a_good_tariff_is_left_in_peace(raw: Json) -> None:
    assert findings(raw) == ()


BAD: list[tuple[str, Json, list[tuple[str, int | None]]]] = [
    # Missing
    ("text only", tariff(tariff_alt_text=[TEXT]), [("text_only", None)]),
    ("currency", tariff(energy(), currency=None), [("missing_currency", None)]),
    ("a currency that is none", tariff(energy(), currency="EURO"), [("missing_currency", None)]),
    ("type", tariff(energy(), type="DYNAMIC"), [("unknown_type", None)]),
    ("price", tariff(energy(None)), [("missing_price", 1)]),
    ("dimension", tariff(element(component("SESSION_TIME", 5, 25)), energy()), [("unknown_dimension", 1)]),
    ("vat", tariff(energy(vat=None)), [("missing_vat", 1)]),
    ("vat of one of two", tariff(flat(), energy(vat=None)), [("missing_vat", 2)]),
    ("taxes on top", tariff(time(vat=None), tax_included="NO"), [("missing_vat", 1)]),
    # Dead
    ("after an unrestricted one", tariff(energy(), energy("0.30", start_time="22:00", end_time="06:00")), [("never_reached", 2)]),
    ("only the one dimension", tariff(energy(), element(component("ENERGY", 3, 25), component("TIME", 3, 25), max_kwh=5)), [("never_reached", 2)]),
    ("after a wider window", tariff(energy(start_time="06:00", end_time="22:00"), energy("0.30", start_time="07:00", end_time="08:00"), energy("0.20")), [("never_reached", 2)]),
    ("after a lower limit", tariff(energy(min_kwh=10), energy("0.30", min_kwh=20), energy("0.20", max_kwh=10)), [("never_reached", 2)]),
    ("after the whole week", tariff(energy(start_time="00:00", end_time="00:00"), energy("0.30", day_of_week=["MONDAY"])), [("never_reached", 2)]),
    ("the same again", tariff(energy(), energy()), [("repeated", 2)]),
    ("a window of nothing", tariff(energy("0.30", start_time="08:00", end_time="08:00"), energy()), [("empty_window", 1)]),
    ("a limit upside down", tariff(energy("0.30", min_kwh=20, max_kwh=10), energy()), [("empty_limits", 1)]),
    ("a limit of nothing", tariff(energy("0.30", min_power=11, max_power=11), energy()), [("empty_limits", 1)]),
    ("a highest of 0", tariff(energy("0.30", max_duration=0), energy()), [("empty_limits", 1)]),
    ("dates upside down", tariff(energy("0.30", start_date="2027-02-01", end_date="2027-01-01"), energy()), [("empty_dates", 1)]),
    ("the same date twice", tariff(energy("0.30", start_date="2027-02-01", end_date="2027-02-01"), energy()), [("same_dates", 1)]),
    ("yesterday's prices", tariff(energy("0.30", start_date="2025-12-01", end_date="2025-12-02"), energy()), [("dates_over", 1)]),
    ("last year's tariff", tariff(energy(), end_date_time="2025-12-31T23:00:00Z"), [("tariff_over", None)]),
    ("a tariff that never holds", tariff(energy(), start_date_time="2027-02-01T00:00:00Z", end_date_time="2027-01-01T00:00:00Z"), [("empty_validity", None)]),
    # 2027-02-01 is a Monday.
    ("a day that never comes", tariff(energy("0.30", day_of_week=["SUNDAY"], start_date="2027-02-01", end_date="2027-02-04"), energy()), [("day_never_comes", 1)]),
    # Contradictory
    ("min above max", tariff(energy(), min_price={"excl_vat": 5}, max_price={"excl_vat": 4}), [("min_above_max", None)]),
    ("gross below net", tariff(energy(), min_price={"excl_vat": 5, "incl_vat": 4}), [("limit_sides", None)]),
    ("two rates", tariff(energy(max_kwh=20), energy(vat=12)), [("mixed_vat", None)]),
    ("tax that is not there", tariff(energy(), tax_included="N/A"), [("tax_contradicted", 1)]),
    ("text against field", tariff(energy(), tax_included="YES", tariff_alt_text=[{"language": "sv", "text": "0,50 kr exkl. moms"}]), [("tax_contradicted", None)]),
    ("nothing but reservations", tariff(time(reservation="RESERVATION"), type="AD_HOC_PAYMENT"), [("only_reservation", None)]),
    ("energy while reserved", tariff(energy(reservation="RESERVATION"), energy()), [("reservation_dimension", 1)]),
    # Probably wrong
    ("cents", tariff(energy(49)), [("price_in_cents", 1)]),
    ("öre", tariff(energy(495), currency="SEK"), [("price_in_cents", 1)]),
    ("a placeholder", tariff(energy("0.01")), [("placeholder_price", 1)]),
    ("VAT twice", tariff(energy("0.7025", vat=21), tariff_alt_text=[TEXT]), [("vat_doubled", 1)]),
    ("VAT twice, with a comma", tariff(energy("0.7025", vat=21), tariff_alt_text=[{"language": "nl", "text": "€ 0,70 per kWh"}]), [("vat_doubled", 1)]),
    ("amperes", tariff(time(max_power=32), time("9.00", min_power=32), energy()), [("amperes_as_power", 1), ("amperes_as_power", 2)]),
    ("a step as long as the wait", tariff(time(4, step=15000, min_duration=15000), energy()), [("step_is_duration", 1)]),
    ("a step of a day", tariff(time(step=86400)), [("long_step", 1)]),
    ("a step of 8 kWh", tariff(energy(step=8000)), [("long_step", 1)]),
    ("the last minute", tariff(energy(start_time="00:00", end_time="23:59")), [("minute_gap", 1)]),
    ("a minute at eight", tariff(energy(start_time="08:00", end_time="19:59"), energy("0.30", start_time="20:00", end_time="08:00")), [("minute_gap", 1)]),
    ("nothing at night", tariff(energy(start_time="06:00", end_time="22:00")), [("energy_gap", None)]),
    ("nothing on Sundays", tariff(energy(day_of_week=["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"])), [("energy_gap", None)]),
    # What reading leaves out
    ("an empty element", tariff(element(), energy(vat=None)), [("empty_element", 1), ("missing_vat", 2)]),
    ("a price beyond everything", tariff(energy("1e308")), [("unreadable_number", 1)]),
    ("a price that is none", tariff(flat(), energy("NaN")), [("unreadable_number", 2)]),
    ("a limit that is none", tariff(energy(), max_price={"excl_vat": "none"}, min_price="1e400"), [("unreadable_number", None)] * 2),
    ("no id", tariff(energy(), id=None), [("missing_id", None)]),
    ("a rate of 2500 %", tariff(energy(vat=2500)), [("unreadable_number", 1), ("missing_vat", 1)]),
    ("a time that is none", tariff(energy(start_time="25:00"), flat()), [("unreadable_restriction", 1)]),
    ("a restriction of one's own", tariff(energy("0.30", customer_group="A"), energy("0.40", max_kwh=5), energy()), [("unknown_restriction", 1), ("never_reached", 2)]),
    ("a date that does not exist", tariff(energy(), start_date_time="2026-02-30T00:00:00Z"), [("unreadable_date", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "expected"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_fault_is_found_where_it_is(raw: Json, expected: list[tuple[str, int | None]]) -> None:
    assert kinds(raw) == expected


@pytest.mark.parametrize("raw", [case[1] for case in BAD], ids=[case[0] for case in BAD])
def test_each_finding_is_one_sentence_that_says_where(raw: Json) -> None:
    for finding in findings(raw):
        where, _, words = finding.words.partition(": ")
        assert where.startswith("The tariff" if finding.element is None else "Element")
        assert str(finding.element or "tariff") in where
        assert words.endswith(".")
        assert "\n" not in words
        assert 40 < len(finding.words) < 400


def test_every_function_that_finds_faults_has_a_case() -> None:
    cases = [(raw, None) for _name, raw, _expected in BAD] + [(POWERFUL, Decimal(50)), (WEAK, Decimal(11))]
    read = [(document.read(raw, NOW), Asked(power_kw, NOW)) for raw, power_kw in cases]
    silent = {
        fault.__name__
        for fault in FAULTS
        if not any(list(fault(each, asked)) for each, asked in read if isinstance(each, Tariff))
    }
    assert silent == set()


def test_partners_can_look_up_every_kind() -> None:
    text = (Path(__file__).parents[2] / "docs" / "partners.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| [a-z ]*\| (`[^|]*`) \|", text.split("## What is wrong with a tariff")[1], re.MULTILINE)
    found = {kind for _name, raw, _expected in BAD for kind, _element in kinds(raw)}

    assert set(re.findall("`([a-z_]+)`", " ".join(table))) == {*found, "power_not_reached", "afir", "refused"}


# With what the charging point gives

POWERFUL = tariff(energy(), flat(), time(), stay())
WEAK = tariff(energy("0.60", min_power=22), energy())


def test_power_that_the_charging_point_never_gives_is_out_of_reach() -> None:
    assert kinds(WEAK, 11) == [("power_not_reached", 1)]
    assert kinds(WEAK, 22) == kinds(WEAK) == []


@pytest.mark.parametrize("type", [None, "AD_HOC_PAYMENT"])
def test_from_50_kw_what_visitors_pay_is_to_be_by_the_kwh(type: str | None) -> None:
    raw = POWERFUL | {"type": type}

    assert kinds(raw, 50) == [("afir", 2), ("afir", 3)]
    assert kinds(raw, 49) == []
    assert all("deployed since 13 April 2024" in finding.words for finding in findings(raw, 150))


def test_contracts_and_fees_for_staying_are_not_the_law_s_matter() -> None:
    assert kinds(POWERFUL | {"type": "REGULAR"}, 150) == []
    assert kinds(tariff(energy(), time(min_duration=3600), stay(), flat(0, vat=None)), 150) == []
    assert kinds(tariff(energy(), flat(reservation="RESERVATION")), 150) == []


def test_small_limits_are_amperes_only_where_the_power_is_small_too() -> None:
    raw = tariff(energy("0.60", max_power=32), energy())

    assert kinds(raw, 22) == [("amperes_as_power", 1)]
    assert kinds(raw, 150) == []


# Saying


def test_what_is_said_of_many_elements_is_said_once() -> None:
    (found,) = findings(tariff(*(energy(vat=None, max_kwh=each) for each in (1, 2, 3)), flat(), energy(vat=None)))

    assert found.element == 1
    assert found.words.startswith("Elements 1-3 and 5: VAT is not stated")


def test_elements_are_counted_as_the_partner_wrote_them() -> None:
    raw = tariff(element(), element(), energy(49))

    assert kinds(raw) == [("empty_element", 1), ("price_in_cents", 3)]
    (empty, dead) = findings(tariff(element(), energy(), energy("0.30", max_kwh=5)))
    assert (empty.element, dead.element) == (1, 3)
    assert "element 2 comes earlier" in dead.words


def test_the_hours_without_a_price_are_named() -> None:
    (found,) = findings(
        tariff(
            energy(start_time="06:00", end_time="22:00", day_of_week=["MONDAY", "TUESDAY"]),
            energy("0.30", day_of_week=["WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]),
        )
    )

    assert "Mon, Tue 00:00-06:00, 22:00-24:00" in found.words


def test_the_price_that_was_meant_is_named() -> None:
    assert "0.49 would be right" in findings(tariff(energy(49)))[0].words
    assert "with 21 % it is 0.85" in findings(tariff(energy("0.7025", vat=21), tariff_alt_text=[TEXT]))[0].words


def test_what_strangers_write_is_repeated_only_as_plain_text() -> None:
    for finding in findings(tariff(energy("\x1b[31m" + "9" * 500), type="\x1b[31mRED")):
        assert finding.words.isprintable()
        assert len(finding.words) < 400


def test_without_a_clock_nothing_is_over() -> None:
    read = document.read(tariff(energy(), end_date_time="2025-12-31T23:00:00Z"), NOW)
    assert isinstance(read, Tariff)

    assert lint(read) == ()
    assert [finding.kind for finding in lint(read, now=NOW)] == ["tariff_over"]


# Proving

RESTRICTED = st.fixed_dictionaries(
    {},
    optional={
        "start_time": st.sampled_from(["00:00", "06:00", "22:00"]),
        "end_time": st.sampled_from(["00:00", "06:00", "22:00", "23:59"]),
        "day_of_week": st.sampled_from([["SATURDAY"], ["FRIDAY", "SATURDAY"]]),
        "start_date": st.sampled_from(["2026-06-05", "2026-06-06"]),
        "end_date": st.sampled_from(["2026-06-06", "2026-06-08"]),
        "min_kwh": st.sampled_from([0, 10]),
        "max_kwh": st.sampled_from([10, 20]),
        "min_duration": st.sampled_from([0, 3600]),
        "max_duration": st.sampled_from([3600, 7200]),
        "min_power": st.sampled_from([11, 16]),
        "max_power": st.sampled_from([11, 16]),
        "max_current": st.sampled_from([16, 32]),
    },
)
DIMENSIONS = st.lists(st.sampled_from(["ENERGY", "TIME", "PARKING_TIME", "FLAT"]), min_size=1, max_size=3)
ELEMENTS = st.lists(st.tuples(DIMENSIONS, RESTRICTED), min_size=2, max_size=5)


@settings(max_examples=150, derandomize=True, database=None, deadline=None)
@given(ELEMENTS, st.integers(0, 95))
def test_what_is_said_to_be_dead_can_be_left_out_and_nothing_costs_more_or_less(made: Any, hour: int) -> None:
    """Each component has a price of its own, so that taking another one shows."""
    prices = iter(range(1, 100))
    raw = tariff(*(element(*(component(name, next(prices), 25) for name in names), **when) for names, when in made))
    read = document.read(raw, NOW)
    assert isinstance(read, Tariff)
    dead = {(finding.element, finding.words.split()[0]) for finding in never_reached(read, Asked())}
    alive = tuple(
        TariffElement(
            tuple(part for part in each.price_components if (number, part.type) not in dead), each.restrictions
        )
        for number, each in enumerate(read.elements, 1)
    )
    start = f"{datetime(2026, 6, 4) + timedelta(hours=hour):%Y-%m-%d %H:%M}"
    session = read_cdr(cdr(start, charging(90, 18, CURRENT=16), charging(60, 12, CURRENT=32), parking(90)), STOCKHOLM)

    assert quote(msgspec.structs.replace(read, elements=alive), session) == quote(read, session)
