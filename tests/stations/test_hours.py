from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from finder.ocpi.types import ExceptionalPeriod, Hours, RegularHours
from finder.stations.hours import Days, exceptions, is_open, next_change, round_the_clock, week

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM, fold=fold).astimezone(UTC)


def days(begin: str, end: str, *weekdays: int) -> tuple[RegularHours, ...]:
    return tuple(RegularHours(day, begin, end) for day in weekdays)


def closed_from(begin: str, end: str) -> tuple[ExceptionalPeriod, ...]:
    return (ExceptionalPeriod(local(begin), local(end)),)


SHOP = Hours(regular_hours=days("07:00", "22:00", 1, 2, 3, 4, 5) + days("09:00", "18:00", 6))
NIGHT = Hours(regular_hours=days("18:00", "02:00", 5, 6))
SUNDAY_NIGHT = Hours(regular_hours=days("22:00", "06:00", 7))
ALWAYS = Hours(twentyfourseven=True)

# 20 November 2026 is a Friday.
OPEN_OR_NOT = [
    ("open in the period", SHOP, "2026-11-20 14:32", True),
    ("open from its first minute", SHOP, "2026-11-20 07:00", True),
    ("closed from its end", SHOP, "2026-11-20 22:00", False),
    ("closed on a day without a period", SHOP, "2026-11-22 12:00", False),
    ("always", ALWAYS, "2026-11-22 03:00", True),
    ("past midnight, the evening", NIGHT, "2026-11-20 23:59", True),
    ("past midnight, the morning after", NIGHT, "2026-11-21 01:59", True),
    ("past midnight, over", NIGHT, "2026-11-21 02:00", False),
    ("past midnight, the morning of the first day", NIGHT, "2026-11-20 01:00", False),
    ("past midnight from Sunday to Monday", SUNDAY_NIGHT, "2026-11-23 05:00", True),
    ("24:00 is the end of the day", Hours(regular_hours=days("08:00", "24:00", 5)), "2026-11-20 23:59", True),
    ("00:00 is the end of the day", Hours(regular_hours=days("08:00", "00:00", 5)), "2026-11-20 23:59", True),
    ("23:59 is the end of the day", Hours(regular_hours=days("08:00", "23:59", 5)), "2026-11-20 23:59", True),
    ("and not the next day", Hours(regular_hours=days("08:00", "00:00", 5)), "2026-11-21 00:00", False),
    ("00:00 to 00:00 is all day", Hours(regular_hours=days("00:00", "00:00", 5)), "2026-11-20 12:00", True),
    ("not stated", None, "2026-11-20 12:00", None),
    ("not around the clock and nothing else: not stated", Hours(), "2026-11-20 12:00", None),
    ("a closing over always", Hours(True, (), (), closed_from("2026-11-20", "2026-11-21")), "2026-11-20 12:00", False),
    ("a closing over", Hours(True, (), (), closed_from("2026-11-20", "2026-11-21")), "2026-11-21 00:00", True),
    (
        "a closing over an opening",
        Hours(False, (), closed_from("2026-11-20", "2026-11-21"), closed_from("2026-11-20", "2026-11-21")),
        "2026-11-20 12:00",
        False,
    ),
    (
        "an opening outside the week",
        Hours(False, SHOP.regular_hours, closed_from("2026-11-22 10:00", "2026-11-22 16:00")),
        "2026-11-22 12:00",
        True,
    ),
    ("outside the only openings", Hours(False, (), closed_from("2026-11-22", "2026-11-23")), "2026-11-20 12:00", False),
]


@pytest.mark.parametrize(
    ("hours", "at", "expected"), [case[1:] for case in OPEN_OR_NOT], ids=[case[0] for case in OPEN_OR_NOT]
)
def test_open_at_an_instant(hours, at, expected):
    assert is_open(hours, STOCKHOLM, local(at)) is expected


def test_a_week_without_a_time_zone_tells_nothing():
    assert is_open(SHOP, None, local("2026-11-20 14:32")) is None
    assert is_open(ALWAYS, None, local("2026-11-20 14:32")) is True


def test_hours_are_wall_clock_when_the_clock_is_put_on_and_back():
    morning = Hours(regular_hours=days("02:30", "05:00", 7))
    assert is_open(morning, STOCKHOLM, datetime(2026, 3, 29, 0, 59, tzinfo=UTC)) is False  # 01:59
    assert is_open(morning, STOCKHOLM, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) is True  # 03:00, 02:30 never came
    assert next_change(morning, STOCKHOLM, datetime(2026, 3, 29, 0, 0, tzinfo=UTC)) == datetime(
        2026, 3, 29, 1, 0, tzinfo=UTC
    )
    assert next_change(morning, STOCKHOLM, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) == local("2026-03-29 05:00")
    # 25 October: 02:30 comes twice, and the wall says half past two both times.
    assert is_open(morning, STOCKHOLM, local("2026-10-25 02:40")) is True
    assert is_open(morning, STOCKHOLM, local("2026-10-25 02:40", fold=1)) is True


NEXT = [
    ("closes this evening", SHOP, "2026-11-20 14:32", "2026-11-20 22:00"),
    ("opens on Monday", SHOP, "2026-11-21 18:00", "2026-11-23 07:00"),
    ("closes after midnight", NIGHT, "2026-11-20 19:00", "2026-11-21 02:00"),
    (
        "days that meet at midnight do not change",
        Hours(regular_hours=days("00:00", "24:00", 1, 2, 3, 4, 5)),
        "2026-11-18 12:00",
        "2026-11-21 00:00",
    ),
    ("never", ALWAYS, "2026-11-20 14:32", None),
    ("not stated", None, "2026-11-20 14:32", None),
    (
        "a closing is the next change",
        Hours(True, (), (), closed_from("2026-11-24 08:00", "2026-11-25")),
        "2026-11-20 14:32",
        "2026-11-24 08:00",
    ),
    (
        "a closing far away is not",
        Hours(True, (), (), closed_from("2026-12-24", "2026-12-25")),
        "2026-11-20 14:32",
        None,
    ),
    (
        "a closing over the morning delays the opening",
        Hours(False, SHOP.regular_hours, (), closed_from("2026-11-23 00:00", "2026-11-23 12:00")),
        "2026-11-22 12:00",
        "2026-11-23 12:00",
    ),
]


@pytest.mark.parametrize(("hours", "at", "expected"), [case[1:] for case in NEXT], ids=[case[0] for case in NEXT])
def test_next_change(hours, at, expected):
    assert next_change(hours, STOCKHOLM, local(at)) == (local(expected) if expected else None)


WEEKS = [
    ("neighbouring days share a row, absent days are closed", SHOP, (Days(1, 5, (("07:00", "22:00"),)), Days(6, 6, (("09:00", "18:00"),)), Days(7, 7, ()))),
    ("nothing stated", Hours(), ()),
    ("lunch", Hours(regular_hours=(RegularHours(1, "13:00", "17:00"), RegularHours(1, "08:00", "12:00"))), (Days(1, 1, (("08:00", "12:00"), ("13:00", "17:00"))), Days(2, 7, ()))),
    ("periods that meet are one", Hours(regular_hours=(RegularHours(1, "00:00", "12:00"), RegularHours(1, "12:00", "23:59"))), (Days(1, 1, (("00:00", "24:00"),)), Days(2, 7, ()))),
    ("past midnight stays as it is", NIGHT, (Days(1, 4, ()), Days(5, 6, (("18:00", "02:00"),)), Days(7, 7, ()))),
]  # fmt: skip


@pytest.mark.parametrize(("hours", "rows"), [case[1:] for case in WEEKS], ids=[case[0] for case in WEEKS])
def test_the_week_in_rows(hours, rows):
    assert week(hours) == rows


def test_round_the_clock_is_recognised_however_it_is_said():
    assert round_the_clock(ALWAYS)
    assert round_the_clock(Hours(regular_hours=days("00:00", "23:59", 1, 2, 3, 4, 5, 6, 7)))
    assert not round_the_clock(SHOP)
    assert not round_the_clock(Hours())


def test_exceptions_to_come_are_told_soonest_first_and_past_ones_forgotten():
    hours = Hours(
        True,
        exceptional_openings=closed_from("2026-12-31 00:00", "2026-12-31 12:00"),
        exceptional_closings=closed_from("2026-12-24", "2026-12-27") + closed_from("2026-06-19", "2026-06-20"),
    )
    found = exceptions(hours, local("2026-11-20 14:32"))
    assert [(each.opens, each.begin) for each in found] == [(False, local("2026-12-24")), (True, local("2026-12-31"))]
