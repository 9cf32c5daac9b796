import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from finder.store.schema import locations, stations
from finder.store.times import millis
from tests.pages import lists, read, site

UDDEVALLA = "/sv/ny/uddevalla/"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    made = lists.application(tmp_path_factory.mktemp("newest"))
    lists.grow_old(made, days=200, newer="Uddevalla nordladd", told_days_ago=3)
    return made


def test_new_is_what_came_after_the_first_list(client: FlaskClient) -> None:
    soup = read.page(client.get(UDDEVALLA))
    assert "8 nya laddstationer" in read.text(soup.select_one(".sign"))
    assert all(name.startswith("Uddevalla nordladd") for name in read.names(soup))
    assert "de senaste 90 dagarna, men inte i sin första lista" in read.text(soup.select_one(".sign"))
    assert read.text(soup.select_one(".row .meta")).startswith("tillkom ")
    assert "Andel av kommunen 8 av 12 laddstationer" in read.text(soup.select_one(".facts"))


def test_a_municipality_without_new_stations_has_no_such_page(client: FlaskClient) -> None:
    assert client.get("/sv/ny/trollhattan/").status_code == 404
    assert client.get("/sv/ny/atlantis/").status_code == 404
    assert client.get(f"{UDDEVALLA}?page=2").status_code == 404


def test_the_municipality_leads_to_its_new_stations_and_names_the_newest(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/uddevalla/"))
    assert UDDEVALLA in read.links(soup)
    assert "Senast tillkommen Uddevalla nordladd" in read.text(soup.select_one(".facts"))
    quiet = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/trollhattan/"))
    assert "Senast tillkommen Ingen sedan" in read.text(quiet.select_one(".facts"))


def test_nothing_is_new_on_the_first_day(tmp_path: Path) -> None:
    client = lists.application(tmp_path).test_client()
    assert client.get(UDDEVALLA).status_code == 404
    soup = read.page(client.get("/en/stations/vastra-gotalands-lan/uddevalla/"))
    assert "Newest No new one since" in read.text(soup.select_one(".facts"))


def test_it_is_the_same_page_in_both_languages(client: FlaskClient) -> None:
    soup = read.page(client.get("/en/new/uddevalla/"))
    assert read.languages(soup)["sv"] == f"https://uttag.example{UDDEVALLA}"
    assert "8 new charging stations" in read.text(soup.select_one(".sign"))


def test_home_names_the_newest_with_their_town(client: FlaskClient) -> None:
    soup = read.page(client.get("/en/"))
    listed = [read.text(tag) for tag in soup.select(".list a") if "charging point" in read.text(tag)]
    assert len(listed) == 6
    assert all(re.fullmatch(r"Uddevalla nordladd \d 1 charging point, (150|22) kW", text) for text in listed)


def test_home_says_nothing_of_new_stations_on_the_first_day(tmp_path: Path) -> None:
    client = lists.application(tmp_path).test_client()
    assert "New here" not in read.text(read.page(client.get("/en/")))


def test_one_that_is_gone_since_they_were_counted_is_left_out(tmp_path: Path) -> None:
    app = lists.application(tmp_path)
    lists.grow_old(app, days=200, newer="Uddevalla nordladd", told_days_ago=3)
    client = app.test_client()
    assert len(read.names(read.page(client.get(UDDEVALLA)))) == 8
    with app.extensions["finder.engine"].begin() as connection:
        gone = sa.select(stations.c.pk).where(stations.c.name == "Uddevalla nordladd 1").limit(1).scalar_subquery()
        connection.execute(locations.update().where(locations.c.station_pk == gone).values(station_pk=None))
        connection.execute(stations.update().where(stations.c.pk == gone).values(gone_at=millis(site.NOW)))
    assert len(read.names(read.page(client.get(UDDEVALLA)))) == 7
