import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import lists, read

UDDEVALLA = "/sv/snabbladdare/uddevalla/"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return lists.application(tmp_path_factory.mktemp("fast"))


def test_only_stations_with_a_fast_plug_are_listed(client: FlaskClient) -> None:
    soup = read.page(client.get(UDDEVALLA))
    assert len(read.names(soup)) == 7
    assert {read.text(tag).split(" ")[0] for tag in soup.select(".row .kw")} == {"150"}


def test_what_counts_as_fast_is_said_on_the_sign(client: FlaskClient) -> None:
    sign = read.text(read.page(client.get(UDDEVALLA)).select_one(".sign"))
    assert "7 av 7 uttag är lediga nu" in sign
    assert "Här räknas en kontakt som snabb från 50 kW" in sign


def test_the_municipality_and_its_fast_stations_lead_to_each_other(client: FlaskClient) -> None:
    municipality = "/sv/laddstationer/vastra-gotalands-lan/uddevalla/"
    assert UDDEVALLA in read.links(read.page(client.get(municipality)))
    assert municipality in read.links(read.page(client.get(UDDEVALLA)))


def test_a_municipality_without_fast_stations_has_no_such_page(client: FlaskClient) -> None:
    assert client.get("/sv/snabbladdare/trollhattan/").status_code == 404
    assert client.get("/sv/snabbladdare/habo/").status_code == 404
    assert client.get(f"{UDDEVALLA}?page=2").status_code == 404


def test_fast_stations_nearby_are_linked_in_the_readers_language(client: FlaskClient) -> None:
    soup = read.page(client.get("/en/fast-charging/uddevalla/"))
    assert "/en/fast-charging/vanersborg/" in read.links(soup)
    assert read.text(soup.h1) == "Fast charging in Uddevalla"
