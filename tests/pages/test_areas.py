import pytest
from flask.testing import FlaskClient

from tests.pages import read

GOTEBORG = "/sv/laddstationer/vastra-gotalands-lan/goteborg/"


def test_counties_of_sweden_and_other_countries_are_listed_with_their_charging_points(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/laddstationer/"))
    assert {read.text(tag) for tag in soup.select(".ix a")} == {
        "Jämtlands län 4",
        "Västra Götalands län 262",
        "Norge 8",
    }


def test_a_county_lists_its_municipalities(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/"))
    assert [read.text(tag) for tag in soup.select(".ix")[0].select("a")] == [
        "Göteborg 240",
        "Trollhättan 6",
        "Uddevalla 16",
    ]
    assert "262 uttag på 131 platser" in read.text(soup.select_one(".sign"))


def test_a_municipality_answers_on_its_sign_with_a_time(client: FlaskClient) -> None:
    sign = read.text(read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/uddevalla/")).select_one(".sign"))
    assert "4 av 12 uttag är lediga nu" in sign
    assert "Räknat" in sign
    assert "4 uttag till har okänd status och räknas inte med" in sign


def test_fast_stations_stand_before_normal_ones(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/trollhattan/"))
    headings = [read.text(tag) for tag in soup.select("main h2")]
    assert headings[1:3] == ["Snabbladdare, minst 50 kW", "Normalladdning, under 50 kW eller utan uppgift"]
    assert read.names(soup) == ["Trollhättan park 1", "Trollhättan park 3", "Trollhättan park 2"]


def test_only_a_station_known_to_have_a_free_point_wins(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/trollhattan/"))
    assert [read.text(tag) for tag in soup.select(".wins a")] == ["Trollhättan park 1"]
    assert read.text(soup.select_one(".wins .n")) == "1 200 kW"


def test_a_long_list_has_pages_of_fifty_that_are_each_their_own(client: FlaskClient) -> None:
    pages = [read.page(client.get(path)) for path in (GOTEBORG, f"{GOTEBORG}?page=2", f"{GOTEBORG}?page=3")]
    assert [len(read.names(page)) for page in pages] == [50, 50, 20]
    assert len({name for page in pages for name in read.names(page)}) == 120
    assert len({read.text(page.title) for page in pages}) == 3
    assert read.link(pages[1], "canonical") == f"https://uttag.example{GOTEBORG}?page=2"
    assert read.languages(pages[1])["en"].endswith("/en/stations/vastra-gotalands-lan/goteborg/?page=2")
    around = [str(tag["href"]) for tag in pages[1].select(".paging a")]
    assert around == [GOTEBORG, f"{GOTEBORG}?page=3"]


@pytest.mark.parametrize("page", ["4", "0", "-1", "x", "1e1", "99999", "²"])
def test_a_page_that_is_not_there_is_not_found(client: FlaskClient, page: str) -> None:
    assert client.get(GOTEBORG, query_string={"page": page}).status_code == 404


@pytest.mark.parametrize(
    "path", ["/sv/laddstationer/atlantis/", "/sv/laddstationer/skane-lan/", "/sv/laddstationer/skane-lan/malmo/"]
)
def test_an_area_without_stations_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_sweden_is_the_list_of_its_counties(client: FlaskClient) -> None:
    answer = client.get("/en/stations/sverige/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/en/stations/")


def test_an_area_of_fewer_than_three_stations_is_not_indexed(client: FlaskClient) -> None:
    few = read.page(client.get("/sv/laddstationer/jamtlands-lan/are/"))
    many = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/trollhattan/"))
    assert read.meta(few, "robots") == "noindex,follow"
    assert read.languages(few) == {}
    assert read.meta(many, "robots") == "index,follow"


def test_neighbours_are_linked(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/uddevalla/"))
    assert {"/sv/laddstationer/vastra-gotalands-lan/trollhattan/", GOTEBORG} <= set(read.links(soup))


def test_the_source_and_its_licence_are_named(client: FlaskClient) -> None:
    soup = read.page(client.get("/en/stations/vastra-gotalands-lan/uddevalla/"))
    assert "Nordladd (CC BY 4.0)" in read.text(soup.main)


def test_the_list_in_json_is_the_list_on_the_page(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/uddevalla/"))
    (listed,) = [data for data in read.json_ld(soup) if data["@type"] == "CollectionPage"]
    items = listed["mainEntity"]["itemListElement"]
    assert [item["name"] for item in items] == read.names(soup)
    assert [item["position"] for item in items] == list(range(1, len(items) + 1))
    assert all(item["url"].startswith("https://uttag.example/sv/laddstation/") for item in items)


def test_the_town_is_not_said_again_in_every_row_of_its_own_list(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/uddevalla/"))
    assert {read.text(tag) for tag in soup.select(".row .meta")} == {"150 kW CCS · Nordladd", "22 kW Typ 2 · Nordladd"}
