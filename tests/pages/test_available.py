"""The Atom feed of a station: an entry each time that another number of its charging points is available."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import read, site

ATOM = "{http://www.w3.org/2005/Atom}"


def place(*statuses: str, minutes: int) -> dict[str, Any]:
    """Torp, as its operator tells of it that many minutes before now."""
    stamp = f"{site.NOW - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"
    evses = [site.evse(str(n), status) | {"last_updated": stamp} for n, status in enumerate(statuses)]
    return site.location("TORP", evses=evses, last_updated=stamp)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Both points were free, then one, then none, then one again; at last one broke that was in use."""
    folder = tmp_path_factory.mktemp("available")
    made = site.application(folder)
    told = (("AVAILABLE", "AVAILABLE"), ("CHARGING", "AVAILABLE"), ("CHARGING", "CHARGING"), ("AVAILABLE", "CHARGING"))
    for n, statuses in enumerate((*told, ("AVAILABLE", "OUTOFORDER"))):
        site.take_in(made, folder, [place(*statuses, minutes=50 - 10 * n)])
    return made


@pytest.fixture
def page(client: FlaskClient) -> str:
    (link,) = read.page(client.get("/sv/sok?q=Torp")).select(".row .name a")
    return str(link["href"]).split("?")[0]


def entries(client: FlaskClient, path: str) -> list[ElementTree.Element]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return list(ElementTree.fromstring(answer.data).iter(f"{ATOM}entry"))


def texts(found: list[ElementTree.Element], tag: str) -> list[str]:
    return [" ".join((each.findtext(ATOM + tag) or "").split()) for each in found]


def test_the_newest_change_of_what_is_available_stands_first(client: FlaskClient, page: str) -> None:
    found = entries(client, f"{page}ledigt.atom")
    assert texts(found, "title") == ["Torp: 1 av 2 ledig", "Torp: Alla 2 upptagna", "Torp: 1 av 2 ledig"]
    updated = texts(found, "updated")
    assert updated == [f"{site.NOW - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%S.000Z}" for minutes in (20, 30, 40)]


def test_entries_are_known_again_and_lead_to_the_station(client: FlaskClient, page: str) -> None:
    found = entries(client, f"{page}ledigt.atom")
    ids = texts(found, "id")
    assert len(set(ids)) == 3
    assert all(re.fullmatch(r"tag:uttag\.example,2026-01-01:sv/station/\w+/\d+", id) for id in ids)
    assert texts(entries(client, f"{page}ledigt.atom"), "id") == ids
    assert {each.find(f"{ATOM}link").get("href") for each in found} == {f"https://uttag.example{page}"}  # type: ignore[union-attr]


def test_the_page_of_the_station_leads_to_its_feed(client: FlaskClient, page: str) -> None:
    shown = read.page(client.get(page))
    assert f"{page}ledigt.atom" in read.links(shown)
    (announced,) = shown.find_all("link", type="application/atom+xml")
    assert announced["href"] == f"{page}ledigt.atom"
    assert announced["title"] == "Ledigt på Torp, Uddevalla"


def test_the_feed_is_there_in_english(client: FlaskClient, page: str) -> None:
    found = entries(client, page.replace("/sv/laddstation/", "/en/station/") + "available.atom")
    assert texts(found, "title") == ["Torp: 1 of 2 available", "Torp: All 2 in use", "Torp: 1 of 2 available"]


def test_a_reader_that_has_it_gets_nothing_again(client: FlaskClient, page: str) -> None:
    first = client.get(f"{page}ledigt.atom")
    again = client.get(f"{page}ledigt.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "public, max-age=60"


def test_another_slug_leads_to_the_feed_and_no_station_to_nothing(client: FlaskClient, page: str) -> None:
    id = page.rstrip("/").rsplit("-", 1)[1]
    moved = client.get(f"/sv/laddstation/annat-{id}/ledigt.atom")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"{page}ledigt.atom")
    assert client.get("/sv/laddstation/annat-nothere/ledigt.atom").status_code == 404


def test_a_station_that_never_changed_has_an_empty_feed(tmp_path: Path) -> None:
    made = site.application(tmp_path)
    site.take_in(made, tmp_path, [place("AVAILABLE", minutes=1)])
    client = made.test_client()
    (link,) = read.page(client.get("/sv/sok?q=Torp")).select(".row .name a")
    assert entries(client, str(link["href"]).split("?")[0] + "ledigt.atom") == []
