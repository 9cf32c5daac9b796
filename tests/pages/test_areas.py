from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import priced, read, site
from tests.pages.priced import place, tariff

GOTEBORG = "/sv/laddstationer/vastra-gotalands-lan/goteborg/"


def test_counties_of_sweden_and_other_countries_are_listed_with_their_charging_points(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/laddstationer/"))
    assert [[read.text(tag) for tag in index.select("a")] for index in soup.select(".ix")[:2]] == [
        ["Jämtlands län 4", "Västra Götalands län 262"],
        ["Norge 8"],
    ]


def test_a_county_lists_its_municipalities(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/"))
    assert [read.text(tag) for tag in soup.select(".ix")[0].select("a")] == [
        "Göteborg 240",
        "Trollhättan 6",
        "Uddevalla 16",
    ]
    assert "65 av 197 uttag är lediga nu" in read.text(soup.select_one(".sign"))
    facts = read.text(soup.select_one(".facts"))
    assert "Laddstationer 131 Uttag 262 Laddstationer efter effekt 66 med minst 150 kW, 65 under 50 kW" in facts


def test_a_municipality_answers_on_its_sign_with_a_time(client: FlaskClient) -> None:
    sign = read.text(read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/uddevalla/")).select_one(".sign"))
    assert "4 av 12 uttag är lediga nu" in sign
    assert "Räknat" in sign
    assert "4 uttag till har okänd status och räknas inte med" in sign


def test_fast_stations_stand_before_normal_ones(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/trollhattan/"))
    headings = [read.text(tag) for tag in soup.select("main h2")]
    assert headings[:2] == ["Snabbladdare, minst 50 kW", "Normalladdning, under 50 kW eller utan uppgift"]
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
    around = [str(tag["href"]) for tag in pages[1].select(".paging > a")]
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
    shown = [f"https://uttag.example{tag['href']}" for tag in soup.select(".row .name a")]
    assert [(item["name"], item["url"]) for item in items] == list(zip(read.names(soup), shown, strict=True))
    assert [item["position"] for item in items] == list(range(1, len(items) + 1))
    assert all(item["url"].startswith("https://uttag.example/sv/laddstation/") for item in items)


def test_the_town_is_not_said_again_in_every_row_of_its_own_list(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/uddevalla/"))
    assert {read.text(tag) for tag in soup.select(".row .meta")} == {"150 kW CCS · Nordladd", "22 kW Typ 2 · Nordladd"}


# What charging costs

UDDEVALLA = "/sv/laddstationer/vastra-gotalands-lan/uddevalla/"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return priced.application(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def prices(shop: Flask) -> FlaskClient:
    return shop.test_client()


def test_each_row_says_what_a_usual_charge_costs(prices: FlaskClient) -> None:
    soup = read.page(prices.get(UDDEVALLA))
    costs = {read.text(row.select_one(".name")): read.text(row.select_one(".cost")) for row in soup.select("li.row")}
    assert costs["Torp"] == "191 kr 5,00 kr/kWh"
    assert costs["Skeppsholmen"] == "120 kr 3,00 kr/kWh"
    assert costs["Herrestad"] == "115 kr + moms 3,00 kr/kWh"
    assert costs["Fröland"] == "Pris saknas från operatören"
    said = read.text(soup.select_one(".sec > p.s"))
    assert said.startswith("Pris för 38 kWh (växelström 40): 20 till 80 % av 60 kWh, nu")


def test_a_way_leads_to_the_own_charge(prices: FlaskClient) -> None:
    soup = read.page(prices.get(UDDEVALLA))
    (link,) = [str(tag["href"]) for tag in soup.select("a") if read.text(tag) == "Räkna på din egen laddning"]
    assert link == "/sv/sok?q=Uddevalla#charge"
    assert read.page(prices.get(link)).select_one("#charge form") is not None


def test_the_cheapest_on_the_sign_is_known_to_be_free_and_has_a_price_with_vat(prices: FlaskClient) -> None:
    """Cheaper are one without live status, one in use, one out of order, and one that tells its price without VAT."""
    win = read.page(prices.get(UDDEVALLA)).select(".wins li")[0]
    assert read.text(win) == "Billigast Skeppsholmen 120 kr 40 kWh med Typ 2, Ledig"


def test_where_no_free_station_has_a_price_nobody_is_the_cheapest(tmp_path: Path) -> None:
    made = site.application(tmp_path)
    places = [
        place("A", "Torp", "T-400", status="UNKNOWN"),
        place("B", "Kuröd", metres=500),
        place("C", "Herrestad", "T-NO-VAT", metres=900),
        place("D", "Fröland", "T-320", metres=1500, status="CHARGING"),
    ]
    priced.take_in(made, tmp_path, places, priced.TARIFFS)
    wins = [read.text(tag) for tag in read.page(made.test_client().get(UDDEVALLA)).select(".wins li > :first-child")]
    assert wins != []
    assert "Billigast" not in wins


def test_the_median_says_how_many_stations_it_stands_on(prices: FlaskClient) -> None:
    soup = read.page(prices.get(UDDEVALLA))
    facts = {read.text(tag.dt): read.text(tag.dd) for tag in soup.select(".facts.fig > div")}
    assert facts["Medianpris"] == "3,50 kr/kWh inkl. moms, känt för 4 av 7 laddstationer"
    assert "Medianpris 3,50 kr/kWh inkl. moms." in " ".join(read.meta(soup, "description").split())


def test_of_two_prices_there_is_no_median(tmp_path: Path) -> None:
    made = site.application(tmp_path)
    places = [place(name, name, f"T-{name}", metres=300 * n) for n, name in enumerate("ABC")]
    priced.take_in(made, tmp_path, places, [tariff("T-A", 3), tariff("T-B", 4)])
    facts = read.text(read.page(made.test_client().get(UDDEVALLA)).select_one(".facts"))
    assert "Medianpris För få har berättat ett pris med moms" in facts


def test_a_fast_station_is_told_with_the_price_of_its_fast_plug(tmp_path: Path) -> None:
    made = site.application(tmp_path)
    both = place("A", "Torp", "T-400")
    both["evses"] += place("A2", "Torp", "T-240", dc=False)["evses"]
    priced.take_in(made, tmp_path, [both], priced.TARIFFS)
    client = made.test_client()
    assert read.text(read.page(client.get(UDDEVALLA)).select_one(".row .cost")) == "191 kr 5,00 kr/kWh"
    searched = read.page(client.get("/sv/sok?q=Uddevalla")).select_one(".row .cost")
    assert read.text(searched) == "120 kr 3,00 kr/kWh med Typ 2"


def test_a_large_municipality_has_a_median_too(tmp_path: Path) -> None:
    made = site.application(tmp_path)
    places = [place(f"L{n}", f"Plats {n}", "T-400", metres=60 * n - 6000) for n in range(201)]
    priced.take_in(made, tmp_path, places, priced.TARIFFS)
    text = read.text(read.page(made.test_client().get(UDDEVALLA)).main)
    assert "5,00 kr/kWh inkl. moms, känt för 201 av 201 laddstationer" in text
