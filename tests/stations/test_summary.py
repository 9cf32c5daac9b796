from datetime import timedelta

import pytest

from finder.stations.summary import Counts, summarise
from finder.stations.types import StationEvse
from tests.stations.make import NOW, ccs, evse, origin, station, type2

HOUR = timedelta(hours=1)


def test_points_are_counted_by_what_a_driver_can_do_with_them():
    statuses = [
        "AVAILABLE",
        "AVAILABLE",
        "CHARGING",
        "BLOCKED",
        "RESERVED",
        "OUTOFORDER",
        "INOPERATIVE",
        "UNKNOWN",
        "PLANNED",
    ]
    found = summarise(station(*[evse(each, uid=f"E{n}") for n, each in enumerate(statuses)]), NOW)
    assert found.counts == Counts(available=2, busy=3, broken=2, unknown=1, planned=1)
    assert (found.total, found.known) == (9, 7)


@pytest.mark.parametrize(
    ("statuses", "word"),
    [
        (["CHARGING", "AVAILABLE", "OUTOFORDER"], "available"),
        (["CHARGING", "OUTOFORDER", "UNKNOWN"], "busy"),
        (["OUTOFORDER", "UNKNOWN"], "out_of_order"),
        (["UNKNOWN"], "unknown"),
        (["PLANNED"], "unknown"),
        ([], "unknown"),
    ],
)
def test_the_status_of_a_station_is_the_best_that_is_known(statuses, word):
    found = summarise(station(*[evse(each, uid=f"E{n}") for n, each in enumerate(statuses)]), NOW)
    assert found.status == word


def test_a_station_whose_partner_fell_silent_is_never_available():
    found = summarise(station(evse(), origins=(origin(age=HOUR),)), NOW)
    assert (found.status, found.available, found.known) == ("unknown", 0, 0)
    assert found.unknown_since == NOW - HOUR


def test_the_last_word_lost_dates_the_unknown():
    origins = (origin("vastan", age=3 * HOUR), origin("nordladd", age=HOUR))
    found = summarise(station(evse(), StationEvse(evse(uid="E2"), 1), origins=origins), NOW)
    assert found.unknown_since == NOW - HOUR


def test_plugs_of_one_kind_and_power_are_one_line_strongest_first():
    found = summarise(
        station(
            evse("AVAILABLE", type2(22), uid="A"),
            evse("CHARGING", ccs(300), uid="B"),
            evse("AVAILABLE", ccs(300), uid="C"),
            evse("AVAILABLE", ccs(150), uid="D"),
        ),
        NOW,
    )
    assert [(plug.power_kw, plug.available, plug.known, plug.total) for plug in found.plugs] == [
        (300, 1, 2, 2),
        (150, 1, 1, 1),
        (22, 1, 1, 1),
    ]
    assert found.max_power_kw == 300


def test_an_evse_with_two_kinds_of_plug_counts_once_and_stands_under_both():
    found = summarise(station(evse("AVAILABLE", ccs(50), type2(22))), NOW)
    assert found.total == 1
    assert [plug.available for plug in found.plugs] == [1, 1]


def test_two_like_plugs_on_one_evse_serve_one_car():
    found = summarise(station(evse("AVAILABLE", ccs(50), ccs(50))), NOW)
    assert [(plug.total, plug.connectors) for plug in found.plugs] == [(1, 2)]


def test_a_plug_without_power_is_of_unknown_power():
    found = summarise(station(evse("AVAILABLE", ccs(None))), NOW)
    assert [plug.power_kw for plug in found.plugs] == [None]
    assert found.max_power_kw is None
