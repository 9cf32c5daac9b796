"""What a CDR says happened, in every version and as partners write it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from finder.tariffs.cdr import read_cdr, time_zone
from finder.tariffs.session import HOUR, KWH, Period, Session
from tests.tariffs.documents import STOCKHOLM, Json, cdr, charging, parking, reserved

MINUTE = HOUR // 60
START = datetime(2026, 3, 6, 11, tzinfo=UTC)


def read(raw: Json) -> Session:
    return read_cdr(raw, STOCKHOLM)


def record(*periods: tuple[Any, Json], **stated: Any) -> Json:
    return cdr("2026-03-06 12:00", *periods, **stated)


def period(start: str | None, **volumes: Any) -> Json:
    return {
        "start_date_time": start,
        "dimensions": [{"type": name, "volume": volume} for name, volume in volumes.items()],
    }


# Periods


def test_a_period_ends_where_the_next_begins_and_the_last_with_the_record() -> None:
    session = read(record((90, {"ENERGY": 10}), (30, {"ENERGY": "0.5"})))

    assert session.start == START
    assert session.zone is STOCKHOLM
    assert session.periods == (
        Period(0, 90 * MINUTE, "charging", 10 * KWH),
        Period(90 * MINUTE, 30 * MINUTE, "charging", KWH // 2),
    )


def test_2_1_1_ends_with_stop_date_time() -> None:
    raw = record((90, {"ENERGY": 10}))
    raw["stop_date_time"] = raw.pop("end_date_time")

    assert read(raw).periods == (Period(0, 90 * MINUTE, "charging", 10 * KWH),)


def test_periods_in_any_order_are_put_in_order() -> None:
    raw = record(charging(30, 5), charging(30, 4), parking(30))
    turned = raw | {"charging_periods": raw["charging_periods"][::-1]}

    assert read(turned) == read(raw)
    assert [each.kind for each in read(turned).periods] == ["charging", "charging", "parking"]


def test_a_session_begins_with_its_first_period_even_if_the_record_says_later() -> None:
    raw = record(charging(30, 5)) | {"start_date_time": "2026-03-06T11:10:00Z"}

    assert read(raw).start == START
    assert read(raw).periods[0].begin == 0


def test_the_time_that_is_stated_is_billed_whatever_the_clock_says() -> None:
    session = read(record((60, {"ENERGY": 5, "TIME": "0.9"}), (60, {"PARKING_TIME": "1.25"})))

    assert session.periods == (
        Period(0, 54 * MINUTE, "charging", 5 * KWH),
        Period(60 * MINUTE, 75 * MINUTE, "parking"),
    )


def test_time_and_parking_time_in_one_period_are_charging_and_then_parking() -> None:
    session = read(record((120, {"TIME": 1, "PARKING_TIME": "0.5", "ENERGY": 7})))

    assert session.periods == (
        Period(0, 60 * MINUTE, "charging", 7 * KWH),
        Period(60 * MINUTE, 30 * MINUTE, "parking"),
    )


def test_parking_without_a_time_of_charging_leaves_the_rest_for_the_energy() -> None:
    session = read(record((120, {"PARKING_TIME": "0.5", "ENERGY": 7})))

    assert session.periods == (
        Period(0, 90 * MINUTE, "charging", 7 * KWH),
        Period(90 * MINUTE, 30 * MINUTE, "parking"),
    )


def test_parking_and_nothing_else_is_parking_for_as_long_as_it_says() -> None:
    assert read(record(parking(45))).periods == (Period(0, 45 * MINUTE, "parking"),)
    assert read(record((60, {"PARKING_TIME": "0.75", "ENERGY": 0}))).periods == (Period(0, 45 * MINUTE, "parking"),)


def test_a_reservation_comes_before_the_charge() -> None:
    session = read(record(reserved(15), charging(60, 20)))

    assert [(each.kind, each.begin, each.length) for each in session.periods] == [
        ("reserved", 0, 15 * MINUTE),
        ("charging", 15 * MINUTE, 60 * MINUTE),
    ]


def test_a_reservation_that_expired_has_nothing_else() -> None:
    assert read(record(reserved(60))).periods == (Period(0, 60 * MINUTE, "reserved"),)


def test_a_third_of_an_hour_is_twenty_minutes() -> None:
    assert read(record((20, {"TIME": "0.3333333333"}))).periods[0].length == 20 * MINUTE


@pytest.mark.parametrize("volume", [7.4, "7.4", Decimal("7.4"), " 7.40 "])
def test_numbers_may_be_texts_and_types_in_lower_case(volume: Any) -> None:
    raw = record((60, {"energy": volume, "time": "1"}))

    assert read(raw).periods == (Period(0, 60 * MINUTE, "charging", 7_400_000_000),)


def test_energy_is_exact_to_the_last_decimal() -> None:
    assert read(record((60, {"ENERGY": Decimal("0.1152")}))).energy_kwh == Decimal("0.1152")


def test_what_ocpi_does_not_know_is_left_out() -> None:
    known = read(record((60, {"ENERGY": 5})))

    assert read(record((60, {"ENERGY": 5, "SESSION_TIME": "much", "STATE_OF_CHARGE": 80, "FLAT": None}))) == known


def test_the_same_dimension_twice_is_added_up() -> None:
    raw = record((60, {"ENERGY": 5}))
    raw["charging_periods"][0]["dimensions"] *= 2

    assert read(raw).energy_kwh == 10


@pytest.mark.parametrize(
    ("stated", "watts", "amperes"),
    [
        ({}, None, None),
        ({"POWER": "7.4"}, 7400, None),
        ({"MIN_POWER": 10, "MAX_POWER": 12}, 11_000, None),
        ({"MAX_POWER": 50}, 50_000, None),
        ({"POWER": 11, "MAX_POWER": 22}, 11_000, None),
        ({"CURRENT": 32}, None, 32),
        ({"MIN_CURRENT": 14, "MAX_CURRENT": 16}, None, 15),
        ({"max_current": "43"}, None, 43),
    ],
)
def test_power_and_current_are_those_of_the_moment(stated: Json, watts: int | None, amperes: int | None) -> None:
    (found,) = read(record((60, {"ENERGY": 10} | stated))).periods

    assert found.power == watts
    assert found.current == amperes


def test_energy_that_no_period_states_is_spread_over_the_charging() -> None:
    raw = record(charging(60), charging(30), parking(60), total_energy=Decimal("10"))

    assert [each.energy for each in read(raw).periods] == [6_666_666_666, 3_333_333_334, 0]


def test_energy_of_a_period_is_not_doubled_by_the_total() -> None:
    assert read(record(charging(60, 10), charging(60), total_energy=12)).energy_kwh == 10


def test_energy_without_any_time_is_not_lost() -> None:
    assert read(record(parking(60), total_energy=12)).energy_kwh == 12
    assert read(record((60, {"TIME": 0, "ENERGY": 12}))).periods == (Period(0, 0, "charging", 12 * KWH),)


# Totals


@pytest.mark.parametrize("periods", [None, [], [period("2026-03-06T11:00:00Z", FLAT=1)]])
def test_without_usable_periods_the_totals_are_one_charge_and_then_parking(periods: Any) -> None:
    raw = record() | {"charging_periods": periods}
    totals = {"total_energy": 20, "total_time": Decimal("1.5"), "total_parking_time": "0.25"}

    assert read(raw | totals).periods == (
        Period(0, 75 * MINUTE, "charging", 20 * KWH),
        Period(75 * MINUTE, 15 * MINUTE, "parking"),
    )


def test_without_a_total_time_the_clock_says_how_long_it_took() -> None:
    raw = record((60, {}), total_energy=20)

    assert read(raw).periods == (Period(0, 60 * MINUTE, "charging", 20 * KWH),)


def test_a_session_in_which_nothing_flowed_is_a_session() -> None:
    assert read(record(total_energy=0, total_time=0)).periods == (Period(0, 0, "charging"),)


# What is wrong


@pytest.mark.parametrize(
    "volume", ["NaN", "-1", -1, "1e308", Decimal("1E+308"), "Infinity", None, "much", True, 100_001, []]
)
def test_a_volume_that_no_session_has_is_named(volume: Any) -> None:
    raw = record(charging(60, 5), (60, {"TIME": 1, "ENERGY": volume}))

    with pytest.raises(
        ValueError, match=r"^charging_periods\[1\]\.dimensions\[1\]\.volume is .*; a number from 0 to"
    ) as told:
        read(raw)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({}, "neither charging_periods with volumes nor a total_energy"),
        ({"charging_periods": "none"}, "charging_periods is no list"),
        ({"charging_periods": [7]}, r"charging_periods\[0\] is no object"),
        ({"charging_periods": [period(None, ENERGY=1)]}, r"charging_periods\[0\]\.start_date_time is missing"),
        ({"charging_periods": [period("2026-02-30T00:00:00Z", ENERGY=1)]}, "2026-02-30T00:00:00Z, which is no date"),
        ({"charging_periods": [{"dimensions": 3}]}, r"charging_periods\[0\]\.dimensions is no list"),
        ({"charging_periods": [{"dimensions": [{"volume": 3}]}]}, r"dimensions\[0\] has no type"),
        ({"charging_periods": [period("2026-03-06T11:00:00Z", ENERGY=1)]}, "end_date_time is missing"),
        (
            {"charging_periods": [period("2026-03-06T11:00:00Z", ENERGY=1)], "end_date_time": "2026-03-06T10:00:00Z"},
            r"end_date_time is before charging_periods\[0\]",
        ),
        (
            {"charging_periods": [period("2026-03-06T11:00:00Z", ENERGY=1)], "end_date_time": "soon"},
            "end_date_time is soon, which is no date",
        ),
        ({"total_energy": 5}, "start_date_time is missing"),
        ({"total_energy": "much", "start_date_time": "2026-03-06T11:00:00Z"}, "total_energy is much"),
        ({"total_energy": 5, "start_date_time": "2026-03-06T11:00:00Z"}, "end_date_time is missing"),
        (
            {"total_energy": 5, "start_date_time": "2026-03-06T11:00:00Z", "total_time": 1, "total_parking_time": 2},
            "total_time is 1 and total_parking_time 2",
        ),
        (
            {
                "charging_periods": [
                    period("2026-01-06T11:00:00Z", ENERGY=1, TIME=1),
                    period("2026-03-06T11:00:00Z", ENERGY=1, TIME=1),
                ]
            },
            "more than 30 days",
        ),
        ({"charging_periods": [period("2026-03-06T11:00:00Z", ENERGY=60_000, TIME=1)] * 2}, "more than 100000 kWh"),
    ],
)
def test_a_record_that_cannot_be_read_says_where_and_what_would_be_right(raw: Json, said: str) -> None:
    with pytest.raises(ValueError, match=said) as told:
        read(raw)
    assert "\n" not in str(told.value)


# Zones


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ({"location": {"time_zone": "Europe/Oslo", "country": "SWE"}}, "Europe/Oslo"),
        ({"cdr_location": {"country": "SWE"}}, "Europe/Stockholm"),
        ({"cdr_location": {"country": "BE"}}, "Europe/Brussels"),
        ({"cdr_location": {"country": "USA"}}, None),
        ({"cdr_location": {"country": 46, "time_zone": None}}, None),
        ({"location": "LOC1"}, None),
        ({}, None),
    ],
)
def test_the_zone_is_the_location_s_or_its_country_s(place: Json, zone: str | None) -> None:
    assert time_zone(place) == (ZoneInfo(zone) if zone else None)
