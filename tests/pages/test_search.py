from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from finder.pages import search, search_query
from finder.store import stations
from finder.store.stations import Search
from finder.web.language import speaking
from tests.pages import priced, read


def ask(client: FlaskClient, **parameters: Any) -> tuple[int, str, list[str]]:
    answer = client.get("/sv/sok", query_string=parameters)
    soup = read.page(answer)
    return answer.status_code, read.text(soup.main), read.names(soup)


def test_near_lists_the_nearest_first_with_their_distance(client: FlaskClient) -> None:
    code, words, names = ask(client, near="58.28401,12.289")
    assert code == 200
    assert names[:3] == ["Trollhättan park 1", "Trollhättan park 2", "Trollhättan park 3"]
    assert "Mätt från 58.284, 12.289. Inom 10 km." in words
    assert "10 m" in words


def test_a_place_that_is_typed_becomes_near_that_place(client: FlaskClient) -> None:
    code, words, names = ask(client, q="trollhattan")
    assert code == 200
    assert words.startswith("Ort, adress eller laddstation Sök 3 laddstationer nära Trollhättan")
    assert "Trollhättan i Västra Götalands län." in words
    assert len(names) == 3


def test_coordinates_that_are_typed_are_a_point(client: FlaskClient) -> None:
    assert ask(client, q="58.284, 12.289")[2] == ask(client, near="58.284,12.289")[2]


def test_a_county_lists_all_that_is_in_it(client: FlaskClient) -> None:
    _code, words, names = ask(client, q="Norge")
    assert "4 laddstationer i Norge" in words
    assert names == [f"Oslo park {n}" for n in range(1, 5)]


def test_words_find_stations_by_name_street_and_operator(client: FlaskClient) -> None:
    assert ask(client, q="oslo park 2")[2] == ["Oslo park 2"]
    code, words, names = ask(client, q="nordladd")
    assert code == 200
    assert "137 träffar på nordladd" in words
    assert len(names) == 20


def test_a_slip_of_the_pen_finds_the_place_that_was_meant(client: FlaskClient) -> None:
    assert "3 laddstationer nära Trollhättan" in ask(client, q="trolhättan")[1]


def test_where_nothing_is_near_the_circle_grows_and_says_so(client: FlaskClient) -> None:
    _code, words, names = ask(client, near="58.2,11.6")
    assert "Ingen inom 10 km. De här ligger inom 50 km." in words
    assert len(names) == 11


def test_nothing_found_is_not_found_and_says_what_to_try(client: FlaskClient) -> None:
    code, words, names = ask(client, q="qqqqqq")
    assert (code, names) == (404, [])
    assert "Inga träffar på qqqqqq" in words
    assert "Skriv färre ord" in words
    assert "Välj i listan över alla områden" in words


def test_a_radius_that_is_asked_for_is_kept_to(client: FlaskClient) -> None:
    code, words, names = ask(client, near="58.2,11.6", radius_km="5")
    assert (code, names) == (404, [])
    assert "Inga laddstationer i närheten" in words


@pytest.mark.parametrize(
    ("asked", "clean"),
    [
        ("q=oslo&utm_source=x", "/sv/sok?q=oslo"),
        ("radius_km=5&near=58.3,12.3", "/sv/sok?near=58.3,12.3&radius_km=5"),
        ("q=&near=58.3,12.3", "/sv/sok?near=58.3,12.3"),
        ("q=oslo&page=1", "/sv/sok?q=oslo"),
        ("q=%20oslo%20", "/sv/sok?q=oslo"),
        ("q=a&q=b", "/sv/sok?q=a"),
        ("next=https://evil.example", "/sv/sok"),
    ],
)
def test_one_search_has_one_address(client: FlaskClient, asked: str, clean: str) -> None:
    answer = client.get(f"/sv/sok?{asked}")
    assert (answer.status_code, answer.headers["Location"]) == (301, clean)


@pytest.mark.parametrize(
    ("name", "value"),
    [("near", "here"), ("near", "91,0"), ("radius_km", "0"), ("radius_km", "1e3"), ("page", "51"), ("bbox", "1,2,3")],
)
def test_a_parameter_that_cannot_be_read_is_named_and_explained(client: FlaskClient, name: str, value: str) -> None:
    answer = client.get("/sv/sok", query_string={name: value})
    soup = read.page(answer)
    error = soup.select_one("#q-error")
    assert answer.status_code == 400
    assert read.text(error).startswith(f"{name} tar ")
    field = soup.select_one("#q")
    assert field is not None
    assert field["aria-describedby"] == "q-error"


def test_a_long_answer_has_pages(client: FlaskClient) -> None:
    first = read.page(client.get("/sv/sok?q=nordladd"))
    (second,) = [str(tag["href"]) for tag in first.select(".paging a")]
    assert second == "/sv/sok?q=nordladd&page=2"
    assert set(read.names(first)).isdisjoint(read.names(read.page(client.get(second))))


def test_an_empty_search_is_a_form(client: FlaskClient) -> None:
    code, words, names = ask(client)
    assert (code, names) == (200, [])
    assert "Skriv en ort, en adress, en laddstation eller en operatör." in words


def test_searches_are_never_indexed(client: FlaskClient) -> None:
    for path in ("/sv/sok", "/sv/sok?q=oslo", "/en/search?near=58.3,12.3"):
        assert read.meta(read.page(client.get(path)), "robots") == "noindex,follow"
    assert "Disallow: /sv/sok?" in client.get("/robots.txt").text


def test_what_was_typed_is_said_back_as_text(client: FlaskClient) -> None:
    answer = client.get("/sv/sok", query_string={"q": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text
    assert "alert(1)" in read.text(read.page(answer).h1)


def test_a_place_found_leads_on_to_the_page_of_its_area(client: FlaskClient) -> None:
    soup = read.page(client.get("/en/search?q=oslo"))
    assert "/en/stations/norge/oslo/" in read.links(soup)


# What a charge costs


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return priced.application(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def prices(shop: Flask) -> FlaskClient:
    return shop.test_client()


def found(client: FlaskClient, query: str = "q=Uddevalla", path: str = "/sv/sok") -> BeautifulSoup:
    return read.page(client.get(f"{path}?{query}"))


def costs(soup: BeautifulSoup) -> dict[str, str]:
    """By the station's name, in the order of the list."""
    return {read.text(row.select_one(".name")): read.text(row.select_one(".cost")) for row in soup.select("li.row")}


def test_each_row_says_what_the_charge_costs_and_what_that_makes_per_kwh(prices: FlaskClient) -> None:
    assert costs(found(prices)) == {
        "Torp": "191 kr 5,00 kr/kWh",
        "Kuröd": "153 kr 4,00 kr/kWh",
        "Skeppsholmen": "120 kr 3,00 kr/kWh",
        "Herrestad": "115 kr + moms 3,00 kr/kWh",
        "Fröland": "Pris saknas från operatören",
        "Gustafsberg": "Ingen kostnad",
        "Ljungskile": "Bara med avtal",
    }


def test_in_english_money_is_written_as_in_english(prices: FlaskClient) -> None:
    soup = found(prices, path="/en/search")
    assert list(costs(soup).values())[:2] == ["SEK 191 SEK 5.00/kWh", "SEK 153 SEK 4.00/kWh"]
    assert "Price of 38 kWh (40 on alternating current): 20 to 80 % of 60 kWh, starting now, paid on site." in (
        read.text(soup.main)
    )


def test_the_list_says_what_its_prices_are_for_and_leads_to_the_form(prices: FlaskClient) -> None:
    soup = found(prices)
    said = soup.select_one(".for")
    assert (
        "Pris för 38 kWh (växelström 40): 20 till 80 % av 60 kWh, nu, på plats. Inkl. moms om det inte står + moms."
        in (read.text(said))
    )
    assert isinstance(said, Tag)
    (link,) = said.select("a")
    assert soup.select_one(str(link["href"])) is not None


@pytest.mark.parametrize(
    ("asked", "cost", "said"),
    [
        ("energy_kwh=10", "50 kr 5,00 kr/kWh", "för 10 kWh: nu"),
        ("battery_kwh=30", "96 kr 5,00 kr/kWh", "för 19 kWh (växelström 20): 20 till 80 % av 30 kWh"),
        ("pay=contract", "Inget avtalspris", "med laddtjänst"),
        (
            "power_kw=50&parking_minutes=30",
            "191 kr 5,00 kr/kWh",
            "bilen tar högst 50 kW, nu, kvar 30 min efteråt",
        ),
        ("start=2027-03-01T09:30", "191 kr 5,00 kr/kWh", "start 1 mars 2027 09:30"),
    ],
)
def test_the_price_is_of_the_charge_that_is_asked_for(prices: FlaskClient, asked: str, cost: str, said: str) -> None:
    soup = found(prices, f"q=Uddevalla&{asked}")
    assert costs(soup)["Torp"] == cost
    assert said in read.text(soup.select_one(".for"))


def test_the_cheapest_first_and_last_those_without_a_price(prices: FlaskClient) -> None:
    soup = found(prices, "q=Uddevalla&sort=cost")
    assert list(costs(soup)) == [
        "Gustafsberg",
        "Skeppsholmen",
        "Kuröd",
        "Torp",
        "Herrestad",
        "Fröland",
        "Ljungskile",
    ]
    assert "Priser som anges utan moms står efter dem med moms." in read.text(soup.main)
    assert read.text(soup.select_one(".sort [aria-current]")) == "Billigast"


def test_orders_are_links_that_keep_the_question(prices: FlaskClient) -> None:
    soup = found(prices, "q=Uddevalla&battery_kwh=77")
    links = {read.text(tag): str(tag["href"]) for tag in soup.select(".sort a")}
    assert links == {
        "Närmast": "/sv/sok?q=Uddevalla&battery_kwh=77",
        "Billigast": "/sv/sok?q=Uddevalla&sort=cost&battery_kwh=77",
        "Snabbast": "/sv/sok?q=Uddevalla&sort=power&battery_kwh=77",
        "Namn": "/sv/sok?q=Uddevalla&sort=name&battery_kwh=77",
    }
    for path in links.values():
        assert prices.get(path).status_code == 200
    by_name = read.names(read.page(prices.get(links["Namn"])))
    assert by_name == sorted(by_name)


def test_where_there_is_no_middle_nothing_is_nearest(prices: FlaskClient) -> None:
    links = [read.text(tag) for tag in found(prices, "operator=tallmo").select(".sort a")]
    assert links == ["Billigast", "Snabbast", "Namn"]
    assert read.text(found(prices, "operator=tallmo").select_one(".sort [aria-current]")) == "Namn"


def test_conditions_are_links_each_of_which_takes_itself_away(prices: FlaskClient) -> None:
    soup = found(prices, "q=Uddevalla&operator=tallmo&connector=IEC_62196_T2&free=1&sort=cost&battery_kwh=77")
    assert read.names(soup) == ["Gustafsberg"]
    assert read.text(soup.select_one(".conds")).startswith("Typ 2 och gratis och från Tallmo ")
    assert [str(tag["href"]) for tag in soup.select(".cond")] == [
        "/sv/sok?q=Uddevalla&operator=tallmo&free=1&sort=cost&battery_kwh=77",
        "/sv/sok?q=Uddevalla&operator=tallmo&connector=IEC_62196_T2&sort=cost&battery_kwh=77",
        "/sv/sok?q=Uddevalla&connector=IEC_62196_T2&free=1&sort=cost&battery_kwh=77",
    ]
    assert all(tag["rel"] == ["nofollow"] for tag in soup.select(".cond"))


def test_of_several_plugs_any_will_do(prices: FlaskClient) -> None:
    soup = found(prices, "q=Uddevalla&connector=CHADEMO&connector=IEC_62196_T2")
    assert read.names(soup) == ["Skeppsholmen", "Gustafsberg"]
    assert "CHAdeMO eller Typ 2" in read.text(soup.select_one(".conds"))
    assert "för 38 kWh (växelström 40)" in read.text(soup.select_one(".for"))


def test_a_plug_that_is_asked_for_settles_how_much_is_lost(prices: FlaskClient) -> None:
    assert "för 40 kWh:" in read.text(found(prices, "q=Uddevalla&connector=IEC_62196_T2").select_one(".for"))
    assert "för 38 kWh:" in read.text(found(prices, "q=Uddevalla&connector=IEC_62196_T2_COMBO").select_one(".for"))


def test_what_most_would_add_is_a_link(prices: FlaskClient) -> None:
    soup = found(prices)
    quick = {read.text(tag): str(tag["href"]) for tag in soup.select(".quick a")}
    assert quick["+ CCS"] == "/sv/sok?q=Uddevalla&connector=IEC_62196_T2_COMBO"
    assert quick["+ gratis"] == "/sv/sok?q=Uddevalla&free=1"
    assert read.names(read.page(prices.get(quick["+ gratis"]))) == ["Gustafsberg"]


def test_nothing_found_says_what_comes_without_each_condition(prices: FlaskClient) -> None:
    answer = prices.get("/sv/sok?q=Uddevalla&operator=nordladd&free=1")
    links = {read.text(tag): str(tag["href"]) for tag in read.page(answer).select(".ask li a")}
    assert answer.status_code == 404
    assert links == {
        "Utan villkoret gratis: 4 laddstationer": "/sv/sok?q=Uddevalla&operator=nordladd",
        "Utan villkoret från nordladd: 1 laddstation": "/sv/sok?q=Uddevalla&free=1",
    }


def test_a_station_is_asked_for_the_same_charge(prices: FlaskClient) -> None:
    soup = found(prices, "q=Uddevalla&connector=IEC_62196_T2_COMBO&battery_kwh=77&pay=contract")
    link = str(soup.select_one(".row a")["href"])  # type: ignore[index]
    assert link.endswith("/?battery_kwh=77&pay=contract&connector=IEC_62196_T2_COMBO")
    assert prices.get(link).status_code == 200
    assert "?" not in str(found(prices).select_one(".row a")["href"])  # type: ignore[index]


def test_the_form_has_the_values_and_takes_the_search_along(prices: FlaskClient) -> None:
    form = found(prices, "q=Uddevalla&operator=nordladd&sort=cost&battery_kwh=62.5&from=10").select_one("#charge form")
    assert isinstance(form, Tag)
    sent = {str(tag["name"]): str(tag.get("value", "")) for tag in form.select("input")}
    assert sent == {
        "q": "Uddevalla",
        "operator": "nordladd",
        "sort": "cost",
        "battery_kwh": "62,5",
        "from": "10",
        "to": "80",
        "energy_kwh": "",
        "power_kw": "",
        "parking_minutes": "0",
        "start": "",
    }
    answer = prices.get("/sv/sok", query_string=sent | {"connector": "", "pay": "adhoc"})
    assert answer.headers["Location"] == "/sv/sok?q=Uddevalla&operator=nordladd&sort=cost&battery_kwh=62.5&from=10"


def test_a_new_search_takes_the_conditions_and_the_charge_along(prices: FlaskClient) -> None:
    form = found(prices, "near=58.348,11.942&radius_km=20&free=1&battery_kwh=77").select_one("form.find")
    assert isinstance(form, Tag)
    assert {str(tag["name"]): tag.get("value") for tag in form.select("input[type=hidden]")} == {
        "free": "1",
        "battery_kwh": "77",
    }


def test_near_me_takes_the_conditions_and_the_charge_along(prices: FlaskClient) -> None:
    button = found(prices, "q=Uddevalla&free=1&battery_kwh=77").select_one("[data-geolocate]")
    assert isinstance(button, Tag)
    assert (button["data-geolocate"], button["data-kept"]) == ("/sv/sok", "&free=1&battery_kwh=77")


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        ("battery_kwh=x", "c-battery_kwh", "Skriv kWh från 1 till 500, till exempel 60."),
        ("from=90", "c-to", "Skriv procent upp till 100, och mer än före laddningen."),
        ("start=2026-02-30T10:00", "c-start", "Skriv ett datum och en tid som finns"),
        ("start=2027-03-28T02:30", "c-start", "Klockan hoppar över den tiden."),
        ("parking_minutes=-1", "c-parking_minutes", "Skriv minuter från 0 till 10"),
        ("connector=PLUG", "q", "connector tar "),
        ("free=yes", "q", "free tar "),
        ("sort=price", "q", "sort tar "),
    ],
)
def test_a_wrong_value_is_told_beside_its_field_and_stays(
    prices: FlaskClient, asked: str, field: str, sentence: str
) -> None:
    answer = prices.get(f"/sv/sok?q=Uddevalla&{asked}")
    soup = read.page(answer)
    tag = soup.select_one(f"#{field}")
    assert answer.status_code == 400
    assert isinstance(tag, Tag)
    assert tag["aria-invalid"] == "true"
    assert read.text(soup.select_one(f"#{tag['aria-describedby']}")).startswith(sentence)
    assert soup.select_one("#q")["value"] == "Uddevalla"  # type: ignore[index]
    name, value = asked.split("=")
    assert [each["value"] for each in soup.select(f"input[type=hidden][name={name}]") if each["value"] == value] == []
    if field == f"c-{name}":
        assert tag["value"] == value


def test_a_fold_opens_where_something_in_it_is_wrong_or_set(prices: FlaskClient) -> None:
    for asked, opened in (("", False), ("&battery_kwh=77", False), ("&power_kw=50", True), ("&power_kw=x", True)):
        fold = found(prices, f"q=Uddevalla{asked}").select_one("#charge details")
        assert isinstance(fold, Tag)
        assert fold.has_attr("open") == opened, asked


@pytest.mark.parametrize(
    ("asked", "clean"),
    [
        ("q=x&battery_kwh=60&from=20&to=80&pay=adhoc&parking_minutes=0", "q=x"),
        ("q=x&battery_kwh=77,0", "q=x&battery_kwh=77"),
        ("battery_kwh=77&q=x", "q=x&battery_kwh=77"),
        ("q=x&sort=distance", "q=x"),
        ("operator=nordladd&sort=name", "operator=nordladd"),
        ("q=x&connector=iec_62196_t2_combo&connector=CHADEMO", "q=x&connector=CHADEMO&connector=IEC_62196_T2_COMBO"),
        ("q=x&connector=CHADEMO&connector=CHADEMO", "q=x&connector=CHADEMO"),
        ("q=x&tariff=T1", "q=x"),
    ],
)
def test_a_search_with_a_charge_has_one_address(client: FlaskClient, asked: str, clean: str) -> None:
    answer = client.get(f"/sv/sok?{asked}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/sv/sok?{clean}")


def test_paging_keeps_the_charge(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/sok?q=nordladd&sort=cost&battery_kwh=77"))
    assert [str(tag["href"]) for tag in soup.select(".paging a")] == [
        "/sv/sok?q=nordladd&sort=cost&battery_kwh=77&page=2"
    ]


def test_the_other_language_asks_the_same(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/sok?q=nordladd&sort=cost&battery_kwh=77"))
    assert "/en/search?q=nordladd&sort=cost&battery_kwh=77" in read.links(soup)


def test_what_is_typed_into_a_field_is_said_back_as_text(client: FlaskClient) -> None:
    answer = client.get("/sv/sok", query_string={"q": "Uddevalla", "battery_kwh": '"><script>alert(1)</script>'})
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text


def test_too_many_to_compare_leads_to_the_same_search_by_name(app: Flask) -> None:
    with app.test_request_context("/sv/sok"), speaking("sv"):
        page = search.build_too_many(search_query.read((("q", "nordladd"), ("sort", "cost"))))
    assert page.heading == "För många laddstationer att jämföra"
    assert [(drop.name, drop.url) for drop in page.drops] == [("Sortera efter namn", "/sv/sok?q=nordladd")]


def test_a_postal_code_is_a_place(client: FlaskClient) -> None:
    code, words, names = ask(client, q="461 30")
    assert code == 200
    assert "laddstationer nära 461 30 Trollhättan" in words
    assert names[0].startswith("Trollhättan park")


def test_the_id_of_a_charging_point_leads_to_its_station(client: FlaskClient, app: Flask) -> None:
    with app.extensions["finder.engine"].connect() as connection:
        found = stations.find(connection, Search(text="oslo park 2")).stations[0]
    typed = str(found.evses[0].evse.evse_id).replace("*", " ")
    answer = client.get("/sv/sok", query_string={"q": typed})
    assert (answer.status_code, found.id in answer.headers["Location"]) == (302, True)


def test_all_conditions_are_a_form_that_keeps_the_search(prices: FlaskClient) -> None:
    soup = found(prices, "q=Uddevalla&connector=IEC_62196_T2&min_power_kw=11&sort=cost&battery_kwh=77")
    form = soup.select_one("form.filters")
    assert form is not None
    assert {str(tag["value"]) for tag in form.select("input[checked]")} == {"IEC_62196_T2", "11"}
    kept = {str(tag["name"]): str(tag["value"]) for tag in form.select("input[type=hidden]")}
    assert kept == {"q": "Uddevalla", "sort": "cost", "battery_kwh": "77"}
    legends = [read.text(tag) for tag in form.select("legend")]
    assert legends == [
        "Kontakt, någon av dem",
        "Lägsta effekt",
        "Betalning, alla du kryssar",
        "Måste stämma",
        "I närheten, alla du kryssar",
    ]


def test_what_must_hold_is_said_and_can_be_dropped(prices: FlaskClient) -> None:
    soup = found(prices, "q=Uddevalla&min_power_kw=11&open_now=1&payment=card&green=1")
    words = read.text(soup.select_one(".conds"))
    assert words.startswith("minst 11 kW och öppna nu och betalning med kort")
    assert any("green" not in str(tag["href"]) for tag in soup.select(".conds .cond"))


def test_every_wrong_field_of_the_charge_says_so_at_once(prices: FlaskClient) -> None:
    answer = prices.get("/sv/sok?q=Uddevalla&from=120&power_kw=fast")
    assert answer.status_code == 400
    soup = read.page(answer)
    assert [tag["name"] for tag in soup.select("[aria-invalid]")] == ["from", "power_kw"]
    assert "Summan räknas inte ut förrän de 2 markerade fälten är rättade." in read.text(soup.main)
    written = prices.get("/sv/sok?q=Uddevalla&battery_kwh=70+kWh")
    assert written.headers["Location"].endswith("?q=Uddevalla&battery_kwh=70")
