from datetime import timedelta

import pytest

from finder.stations.status import live, statuses
from finder.stations.types import StationEvse
from tests.stations.make import NOW, evse, origin, station

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "word", "group"),
    [
        ("AVAILABLE", "available", "available"),
        ("CHARGING", "charging", "busy"),
        ("BLOCKED", "blocked", "busy"),
        ("RESERVED", "reserved", "busy"),
        ("OUTOFORDER", "out_of_order", "broken"),
        ("INOPERATIVE", "inoperative", "broken"),
        ("PLANNED", "planned", "planned"),
        ("UNKNOWN", "unknown", "unknown"),
        ("SOMETHING_NEW", "unknown", "unknown"),
    ],
)
def test_every_status_has_a_word_and_a_group(status, word, group):
    found = live(StationEvse(evse(status)), (origin(),), NOW)
    assert (found.word, found.group) == (word, group)


@pytest.mark.parametrize(
    ("age", "interval", "believed"),
    [
        (15 * MINUTE, 60, True),  # never less than a quarter of an hour
        (15 * MINUTE + timedelta(seconds=1), 60, False),
        (20 * MINUTE, 600, True),  # two intervals of ten minutes
        (20 * MINUTE + timedelta(seconds=1), 600, False),
        (119 * MINUTE, 3600, True),
        (121 * MINUTE, 3600, False),
    ],
)
def test_a_status_holds_for_two_intervals_and_at_least_a_quarter_of_an_hour(age, interval, believed):
    found = live(StationEvse(evse()), (origin(age=age, interval=interval),), NOW)
    assert (found.word == "available") is believed


def test_a_lost_status_is_unknown_since_the_last_good_pull():
    found = live(StationEvse(evse()), (origin(age=27 * MINUTE),), NOW)
    assert (found.word, found.since) == ("unknown", NOW - 27 * MINUTE)


def test_a_status_that_never_came_is_unknown_since_no_time():
    assert live(StationEvse(evse("UNKNOWN")), (origin(),), NOW).since is None
    assert live(StationEvse(evse()), (origin(fetched_at=None),), NOW).since is None


def test_a_status_begins_when_the_evse_was_last_updated():
    assert live(StationEvse(evse()), (origin(),), NOW).since == NOW - 34 * MINUTE


def test_a_beginning_in_the_future_is_not_told():
    assert live(StationEvse(evse(last_updated=NOW + MINUTE)), (origin(),), NOW).since is None


def test_each_evse_is_as_old_as_its_own_origin():
    fresh, lost = origin("vastan"), origin("nordladd", age=40 * MINUTE)
    found = statuses(station(evse(), StationEvse(evse(uid="E2"), 1), origins=(fresh, lost)), NOW)
    assert [(each.word, each.origin) for each in found] == [("available", 0), ("unknown", 1)]
