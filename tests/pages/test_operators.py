from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from finder.pages.operators import operator_path
from finder.web.language import speaking
from tests.pages import lists, read

NORDLADD = "/sv/operatorer/nordladd/"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return lists.application(tmp_path_factory.mktemp("operators"))


def test_every_operator_is_listed_with_its_charging_points(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/operatorer/"))
    assert [read.text(tag) for tag in soup.select(".ix a")] == ["Ensam 2", "Nordladd 68", "Tallmo 7"]
    assert "3 operatörer. 77 publika uttag på 77 platser." in read.text(soup.main)


def test_two_partners_that_spell_it_otherwise_mean_the_same_operator(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/operatorer/nordladd/uddevalla/"))
    assert "Uddevalla NORDLADD 1".lower() in [name.lower() for name in read.names(soup)]
    assert len(read.names(soup)) == 8
    assert "Andra (CC BY 4.0) och Första (CC BY 4.0)" in read.text(soup.main)


def test_an_operator_is_told_in_figures(client: FlaskClient) -> None:
    soup = read.page(client.get(NORDLADD))
    facts = read.text(soup.select_one(".facts"))
    assert "Laddstationer 68 Uttag 68 Laddstationer efter effekt 5 med minst 150 kW, 63 under 50 kW" in facts
    assert "Kommuner 2" in facts
    assert "Flest börjar ladda För lite är känt ännu: vi har lyssnat sedan" in facts
    assert "68 av 68" in read.text(soup.select_one(".sign"))


def test_what_is_live_is_kept_from_the_results_of_search_engines(client: FlaskClient) -> None:
    for path in (NORDLADD, "/sv/operatorer/nordladd/uddevalla/"):
        sign = read.page(client.get(path)).select_one(".sign")
        assert sign is not None
        assert [tag.has_attr("data-nosnippet") for tag in sign.select(".line, .age")] == [True, True]


def test_an_operator_leads_to_its_municipalities_and_others_there(client: FlaskClient) -> None:
    links = read.links(read.page(client.get(NORDLADD)))
    assert {f"{NORDLADD}uddevalla/", f"{NORDLADD}trollhattan/", "/sv/operatorer/tallmo/"} <= set(links)


def test_later_pages_are_their_own_and_all_linked_by_number(client: FlaskClient) -> None:
    first, second = (read.page(client.get(path)) for path in (NORDLADD, f"{NORDLADD}?page=2"))
    assert (len(read.names(first)), len(read.names(second))) == (50, 18)
    assert read.link(second, "canonical") == f"https://uttag.example{NORDLADD}?page=2"
    assert read.text(first.title) != read.text(second.title)
    assert [str(tag["href"]) for tag in first.select(".numbers a")] == [f"{NORDLADD}?page=2"]
    assert client.get(f"{NORDLADD}?page=3").status_code == 404


def test_an_operator_is_an_organization_with_the_website_that_is_shown(client: FlaskClient) -> None:
    soup = read.page(client.get(NORDLADD))
    (organization,) = [data for data in read.json_ld(soup) if data["@type"] == "Organization"]
    assert organization["name"] == "Nordladd"
    assert organization["url"] in read.text(soup.main)
    (shown,) = [tag for tag in soup.select(".facts a")]
    assert shown["rel"] == ["noopener", "nofollow", "ugc"]


@pytest.mark.parametrize(
    "path",
    ["/sv/operatorer/okand/", "/sv/operatorer/nordladd/habo-jonkopings-lan/", "/sv/operatorer/nordladd/atlantis/"],
)
def test_an_operator_that_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_municipalities_with_the_same_name_are_told_apart(client: FlaskClient) -> None:
    habo, habo_uppsala = (
        read.page(client.get(f"/sv/operatorer/tallmo/{place}/"))
        for place in ("habo-jonkopings-lan", "habo-uppsala-lan")
    )
    assert read.text(habo.title) == "Tallmo i Habo, Jönköpings län: priser, status | Uttag"
    assert read.text(habo_uppsala.title) == "Tallmo i Håbo, Uppsala län: priser, status | Uttag"


def test_a_station_leads_to_its_operator_by_the_slug_of_the_name(app: Flask) -> None:
    with app.test_request_context(), speaking("en"):
        assert operator_path("nordladd") == "/en/operators/nordladd/"


def test_the_feed_of_an_operator_is_told_of_in_its_head(client: FlaskClient) -> None:
    soup = read.page(client.get(NORDLADD))
    (feed,) = [str(tag["href"]) for tag in soup.find_all("link", type="application/atom+xml")]
    answer = client.get(feed)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    assert "<title>Laddpriser hos Nordladd</title>" in answer.text


def test_an_operator_whose_stations_are_all_gone_is_not_found(tmp_path: Path) -> None:
    app = lists.application(tmp_path)
    hidden = [each | {"publish": False} for each in lists.locations("A", lists.SECOND)]
    lists.take_in(app, tmp_path, lists.locations("F", lists.FIRST), hidden)
    assert app.test_client().get("/sv/operatorer/ensam/").status_code == 404
    assert "Ensam" not in app.test_client().get("/sv/operatorer/").text
