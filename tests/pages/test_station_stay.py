"""What the place makes of a charge, right under its sum."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template

from finder.ocpi.types import EvseParking, Hours, Parking, RegularHours
from finder.pages import station_charge
from finder.pages.station import build
from finder.stations.zones import SITE_ZONE
from tests.pages import read
from tests.stations.full import SLOW
from tests.stations.make import NOW, evse, location, station, type2

DAYS = Hours(regular_hours=tuple(RegularHours(day, "09:00", "22:00") for day in range(1, 8)))
NIGHT = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)  # 23:30 in Stockholm


@dataclass
class Told:
    sign: str
    answer: str


def told(
    app: Flask, now: datetime = NOW, parking: tuple[EvseParking, ...] = (), typed: Any = None, **place: Any
) -> Told:
    """Of the usual charge at 11 kW, which takes 3 h 38 min."""
    one = station(
        evse("AVAILABLE", type2(22, tariff_ids=("slow",)), parking=parking), place=location(**place), tariffs=(SLOW,)
    )
    asked = station_charge.ask(typed or {}, one.tariffs, SITE_ZONE)
    with app.test_request_context("/sv/laddstation/x-1/"):
        app.preprocess_request()
        soup = BeautifulSoup(render_template("pages/station.html", page=build(one, (), now, asked)), "lxml")
    return Told(read.text(soup.select_one(".sign")), read.text(soup.select_one("#answer")))


def test_a_charge_that_takes_longer_than_the_place_allows_says_so_under_the_sum(app: Flask) -> None:
    found = told(app, parking_places=(Parking("P1", time_limit=120),))
    words = "Här får du stå högst 2 timmar; laddningen tar 3 h 38 min."
    assert words in found.sign
    assert words in found.answer


def test_time_after_the_charge_counts_too(app: Flask) -> None:
    bay = Parking("P1", time_limit=240)
    found = told(app, parking_places=(bay,), typed={"parking_minutes": "60"})
    assert "Här får du stå högst 4 timmar; med tiden efter laddningen blir det 4 h 38 min." in found.answer
    assert "Här får du stå" not in told(app, parking_places=(bay,)).answer


@pytest.mark.parametrize(
    "places",
    [
        (Parking("P1", time_limit=120), Parking("P2")),
        (Parking("P1", time_limit=120), Parking("P2", time_limit=600)),
        (Parking("P2", vehicle_types=("DISABLED",), time_limit=120),),
    ],
    ids=["one bay without a limit", "one with a longer one", "only for others"],
)
def test_where_some_bay_allows_it_nothing_is_said(app: Flask, places: tuple[Parking, ...]) -> None:
    assert "Här får du stå" not in told(app, parking_places=places).answer


def test_the_bays_of_the_plug_count_where_they_are_named(app: Flask) -> None:
    places = (Parking("P1", time_limit=120), Parking("P2"))
    assert "Här får du stå högst 2 timmar" in told(app, parking=(EvseParking("P1"),), parking_places=places).answer


@pytest.mark.parametrize(
    ("works", "words"),
    [
        (True, "Stängt när laddningen börjar, öppnar lör 09:00. Det går att ladda ändå."),
        (False, "Stängt när laddningen börjar, öppnar lör 09:00. Du kan bara ladda under öppettiderna."),
        (None, "Stängt när laddningen börjar, öppnar lör 09:00. Om det går att ladda då är inte angivet."),
    ],
)
def test_a_charge_that_begins_while_it_is_closed_says_when_it_opens(app: Flask, works: bool | None, words: str) -> None:
    found = told(app, NIGHT, opening_times=DAYS, charging_when_closed=works)
    assert words in found.sign
    assert words in found.answer


def test_it_is_the_hour_of_the_charge_that_counts(app: Flask) -> None:
    tomorrow = f"{NIGHT + timedelta(hours=12):%Y-%m-%d}T10:00"
    assert "Stängt" not in told(app, NIGHT, typed={"start": tomorrow}, opening_times=DAYS).answer
    early = f"{NIGHT + timedelta(hours=12):%Y-%m-%d}T07:00"
    found = told(app, typed={"start": early}, opening_times=DAYS, charging_when_closed=False)
    assert "Stängt när laddningen börjar, öppnar 09:00." in found.answer
