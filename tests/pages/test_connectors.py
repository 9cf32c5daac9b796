import pytest
from flask import Flask
from flask.testing import FlaskClient

from finder.pages.words import CONNECTOR_PAGES, CONNECTORS
from tests.pages import lists, read


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return lists.application(tmp_path_factory.mktemp("connectors"))


def test_a_plug_is_told_in_figures(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/kontakt/ccs/"))
    assert "11 laddstationer har CCS" in read.text(soup.select_one(".sign"))
    assert "11 av 77 laddstationer Kommuner 3" in read.text(soup.select_one(".facts"))


def test_the_strongest_are_listed_and_the_rest_are_found_by_place(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/kontakt/typ-2/"))
    assert "De 50 starkaste med Typ 2" in [read.text(tag) for tag in soup.select("h2")]
    assert len(read.names(soup)) == 50
    assert "Trollhättan 60" in [read.text(tag) for tag in soup.select(".ix a")]


def test_few_are_all_listed(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/kontakt/ccs/"))
    assert "Alla med CCS" in [read.text(tag) for tag in soup.select("h2")]
    assert len(read.names(soup)) == 11


def test_operators_and_other_plugs_are_linked(client: FlaskClient) -> None:
    links = read.links(read.page(client.get("/en/connectors/ccs/")))
    assert {"/en/operators/nordladd/", "/en/operators/tallmo/", "/en/connectors/typ-2/"} <= set(links)


@pytest.mark.parametrize("plug", ["chademo", "iec_62196_t2_combo", "okand"])
def test_a_plug_that_no_station_has_is_not_found(client: FlaskClient, plug: str) -> None:
    assert client.get(f"/sv/kontakt/{plug}/").status_code == 404


def test_every_plug_with_a_page_is_one_that_has_words() -> None:
    assert set(CONNECTOR_PAGES.values()) <= CONNECTORS.keys()
    assert len(set(CONNECTOR_PAGES.values())) == len(CONNECTOR_PAGES)


def test_home_leads_to_plugs_and_operators(client: FlaskClient) -> None:
    links = set(read.links(read.page(client.get("/sv/"))))
    assert {"/sv/kontakt/ccs/", "/sv/operatorer/", "/sv/operatorer/nordladd/"} <= links
