"""Busy hours: what is counted as all taken, what is not known, and which hours say nothing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from finder.stations.busy import Change, Point, all_taken, moments, week
from finder.stations.status import Group

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = datetime(2026, 11, 2, tzinfo=STOCKHOLM).astimezone(UTC)


def at(**passed: float) -> datetime:
    return MONDAY + timedelta(**passed)


def point(now: Group, *changes: Change, days: float = 28, key: int = 1) -> Point:
    return Point(key, now, changes, ((MONDAY, at(days=days)),))


def weekly(weekday: int, begin: int, end: int, weeks: int = 4) -> tuple[Change, ...]:
    """In use from the one hour to the other, on that day of each week."""
    return tuple(
        change
        for n in range(weeks)
        for change in (
            Change(at(days=7 * n + weekday, hours=begin), "available", "busy"),
            Change(at(days=7 * n + weekday, hours=end), "busy", "available"),
        )
    )


@pytest.mark.parametrize(
    ("groups", "taken"),
    [
        (["busy"], True),
        (["busy", "busy"], True),
        (["busy", "available"], False),
        (["available", "unknown"], False),
        (["busy", "unknown"], None),
        (["unknown"], None),
        (["busy", "broken"], True),
        (["busy", "planned"], True),
        (["broken"], None),
        (["planned", "broken"], None),
        ([], None),
    ],
)
def test_all_are_taken_where_none_is_free_and_none_unknown(groups: list[Group], taken: bool | None) -> None:
    assert all_taken(groups) is taken


def test_an_hour_says_in_how_much_of_it_all_were_taken() -> None:
    made = week([point("available", *weekly(4, 16, 18))], STOCKHOLM)
    assert made.busiest == (4, 16, 1.0)
    assert [made.days[4][hour].share for hour in (15, 16, 17, 18)] == [0.0, 1.0, 1.0, 0.0]
    assert made.days[4][16].known == pytest.approx(4)
    assert made.known == timedelta(days=28)
    assert made.is_told


def test_a_point_that_is_free_is_enough() -> None:
    both = [point("available", *weekly(4, 16, 18)), point("available", *weekly(4, 17, 19), key=2)]
    made = week(both, STOCKHOLM)
    assert [made.days[4][hour].share for hour in (16, 17, 18)] == [0.0, 1.0, 0.0]


def test_parts_of_hours_count_as_parts() -> None:
    half = Change(at(days=1, hours=8, minutes=30), "available", "busy")
    whole = Change(at(days=1, hours=9), "busy", "available")
    hour = week([point("available", half, whole)], STOCKHOLM).days[1][8]
    assert hour.share == pytest.approx(0.5 / 4)


def test_before_the_first_change_a_point_was_what_it_changed_from() -> None:
    change = Change(at(days=14), "busy", "available")
    made = week([point("available", change)], STOCKHOLM)
    assert {hour.share for day in made.days for hour in day} == {0.5}


def test_of_a_point_that_never_changed_is_known_what_it_is() -> None:
    made = week([point("busy")], STOCKHOLM)
    assert {hour.share for day in made.days for hour in day} == {1.0}


def test_while_a_partner_is_not_heard_nothing_is_known() -> None:
    spans = ((MONDAY, at(days=7)), (at(days=8), at(days=28)))
    made = week([Point(1, "busy", (), spans)], STOCKHOLM)
    assert [made.days[day][12].known for day in (0, 1)] == pytest.approx([3, 4])
    assert made.known == timedelta(days=27)


def test_an_hour_with_little_known_says_nothing() -> None:
    made = week([point("busy", days=16)], STOCKHOLM)
    assert made.days[0][12].share == 1.0
    assert made.days[5][12].share is None
    assert made.is_told


@pytest.mark.parametrize(("days", "told"), [(0, False), (6.9, False), (13.9, False), (14.1, True)])
def test_nothing_is_shown_before_hours_are_known_three_times(days: float, told: bool) -> None:
    assert week([point("available", days=days)], STOCKHOLM).is_told is told


def test_without_points_there_is_no_week() -> None:
    made = week([], STOCKHOLM)
    assert made.known == timedelta()
    assert made.busiest is None
    assert not made.is_told


def test_hours_are_those_of_the_clock_at_the_station_on_both_sides_of_summer_time() -> None:
    begin = datetime(2026, 10, 12, tzinfo=STOCKHOLM)  # summer time ends on Sunday 25 October
    changes = []
    for n in range(4):
        day = (begin.replace(tzinfo=None) + timedelta(weeks=n)).replace(tzinfo=STOCKHOLM)
        changes.append(Change(day.replace(hour=8).astimezone(UTC), "available", "busy"))
        changes.append(Change(day.replace(hour=9).astimezone(UTC), "busy", "available"))
    end = datetime(2026, 11, 9, tzinfo=STOCKHOLM)
    made = week([Point(1, "available", tuple(changes), ((begin.astimezone(UTC), end.astimezone(UTC)),))], STOCKHOLM)
    assert made.days[0][8].share == pytest.approx(1.0)
    assert made.days[0][7].share == made.days[0][9].share == 0.0
    assert made.known == timedelta(days=28, hours=1)
    assert made.days[6][2].known == pytest.approx(5)


def test_hours_fit_zones_that_are_not_whole_hours_away() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    begin = datetime(2026, 11, 2, tzinfo=kathmandu)
    changes = [
        Change(begin + timedelta(hours=8), "available", "busy"),
        Change(begin + timedelta(hours=9), "busy", "available"),
    ]
    made = week([Point(1, "available", tuple(changes), ((begin, begin + timedelta(days=28)),))], kathmandu)
    assert [made.days[0][hour].share for hour in (7, 8, 9)] == pytest.approx([0.0, 0.25, 0.0])


def test_a_moment_is_one_where_another_number_of_points_was_free() -> None:
    first = point("busy", Change(at(hours=1), "available", "busy"), Change(at(hours=3), "busy", "busy"))
    second = point("available", Change(at(hours=2), "busy", "available"), key=2)
    newest, oldest = moments([first, second], 10)
    assert (newest.at, newest.groups, newest.free_before) == (at(hours=2), ("busy", "available"), 0)
    assert (oldest.at, oldest.groups, oldest.free_before) == (at(hours=1), ("busy", "busy"), 1)
    assert moments([first, second], 1) == (newest,)


def test_changes_at_once_are_one_moment() -> None:
    both = [point("busy", Change(at(hours=1), "available", "busy"), key=key) for key in (1, 2)]
    (moment,) = moments(both, 10)
    assert (moment.groups, moment.free_before) == (("busy", "busy"), 2)
    swapped = [both[0], point("available", Change(at(hours=1), "busy", "available"), key=2)]
    assert moments(swapped, 10) == ()
