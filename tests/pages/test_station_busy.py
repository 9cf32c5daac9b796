"""Busy hours on a station's page: only where enough is known, unknown hours as unknown, and the sentence before the table."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask

from finder.pages import station_busy
from finder.stations.busy import Change, Point, week
from finder.store.times import millis
from finder.web.database import engine
from finder.web.language import speaking
from tests.pages import read, site

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = datetime(2026, 10, 26, tzinfo=STOCKHOLM).astimezone(UTC)


def point(days: float, *friday: int, key: int = 1) -> Point:
    """Heard for so many days, and in use on Fridays between these two hours."""
    changes = (
        [
            Change(MONDAY + timedelta(days=7 * n + 4, hours=hour), was, became)
            for n in range(4)
            for hour, was, became in zip(friday, ("available", "busy"), ("busy", "available"), strict=True)
        ]
        if friday
        else []
    )
    return Point(key, "available", tuple(changes), ((MONDAY, MONDAY + timedelta(days=days)),))


def drawn(*points: Point, language: str = "sv") -> BeautifulSoup:
    with speaking(language):
        told = station_busy.build(week(points, STOCKHOLM))
        assert told is not None
        return BeautifulSoup(station_busy.drawn(told), "lxml")


def cells(soup: BeautifulSoup, hour: int) -> list[str]:
    return [read.text(cell) for cell in soup.select("tbody tr")[hour]("td")]


def test_the_sentence_says_when_it_is_full() -> None:
    assert read.text(drawn(point(28, 16, 18)).p) == "Oftast upptaget: fre 16–17, 100 % av tiden."
    both = (point(28, 16, 18), point(28, 17, 18, key=2))
    assert read.text(drawn(*both).p) == "Oftast fullt: fre 17–18, 100 % av tiden."
    assert read.text(drawn(*both, language="en").p) == "Most often all taken: Fri 17–18, 100 % of the time."


def test_hours_that_are_never_full_are_no_habit() -> None:
    assert read.text(drawn(point(28)).p).startswith("Sällan upptaget länge")


def test_the_table_has_every_hour_of_the_week_with_its_tone() -> None:
    soup = drawn(point(28, 16, 18))
    assert [len(row("td")) for row in soup.select("tbody tr")] == [7] * 24
    assert cells(soup, 16) == ["0", "0", "0", "0", "100", "0", "0"]
    assert [cell["class"] for cell in soup.select("td[class]")] == [["l5"], ["l5"]]
    assert soup.details is not None
    assert not soup.details.has_attr("open")
    assert "Efter vad operatörerna sagt under 28 dygn" in read.text(soup.caption)


def test_hours_of_which_little_is_known_are_hatched_and_said_to_be_unknown() -> None:
    soup = drawn(point(16))
    assert cells(soup, 12) == ["0", "0", *["Okänt"] * 5]
    assert len(soup.select("td.hatch")) == 5 * 24
    assert "Streckat: för lite är känt." in read.text(soup.caption)


@pytest.mark.parametrize("points", [(), (point(6),), (point(10),)])
def test_nothing_is_shown_while_too_little_is_known(points: tuple[Point, ...]) -> None:
    with speaking("sv"):
        assert station_busy.build(week(points, STOCKHOLM)) is None


def watched(app: Flask, days: int) -> None:
    """As if the partner had been listened to for that long."""
    with app.app_context(), engine().begin() as connection:
        connection.execute(sa.text("UPDATE watches SET since = :at"), {"at": millis(site.NOW - timedelta(days=days))})


def test_the_page_tells_of_busy_hours_once_they_are_known(tmp_path: Path) -> None:
    made = site.application(tmp_path)
    site.take_in(made, tmp_path, [site.location("TORP", evses=[site.evse("1", "CHARGING")])])
    client = made.test_client()
    (link,) = read.page(client.get("/sv/sok?q=Torp")).select(".row .name a")
    assert "När det brukar vara fullt" not in client.get(str(link["href"])).text
    watched(made, 28)
    page = read.page(client.get(str(link["href"])))
    assert "När det brukar vara fullt" in read.text(page)
    assert len(page.select("table.busy-week td.l5")) == 7 * 24
