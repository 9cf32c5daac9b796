"""Guides are whole texts in both languages, and their figures are those of the database."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from finder.pages import guide_figures
from finder.pages.guide_examples import shared
from finder.pages.guides import GUIDES
from finder.store import database
from finder.web.language import speaking
from tests.pages import priced, read, site

PATHS = {name: {"sv": f"/sv/guider/{guide.slug}/", "en": f"/en/guides/{name}/"} for name, guide in GUIDES.items()}
EVERY = [(name, code) for name in PATHS for code in ("sv", "en")]
ENUM = re.compile(r"\b[A-Z0-9]{2,}_[A-Z0-9_]+\b|\b[a-z]+_[a-z_]+\b|\bNone\b|\bnull\b|\bNaN\b")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Stations with every kind of price, a third of them steered."""
    return guided(tmp_path_factory.mktemp("guides")).test_client()


def guided(folder: Path, dearer: float = 0) -> Flask:
    tariffs = [priced.tariff(f"T{n}", 3 + n / 10 + dearer) for n in range(9)]
    for n in (1, 4, 7):
        elements = tariffs[n]["elements"]
        night = {"start_time": "22:00", "end_time": "06:00"}
        cheap = {"price_components": [{"type": "ENERGY", "price": 2, "vat": 25, "step_size": 1}], "restrictions": night}
        elements.insert(0, cheap)
        elements[1]["price_components"].append({"type": "PARKING_TIME", "price": 60, "vat": 25, "step_size": 60})
    places = [priced.place(f"P{n}", f"Plats {n}", f"T{n % 9}", metres=200 * n, dc=n % 3 > 0) for n in range(18)]
    for place in places[::3]:
        place["evses"][0]["capabilities"] = ["CHARGING_PROFILE_CAPABLE"]
    app = site.application(folder)
    priced.take_in(app, folder, places, tariffs)
    return app


def soup(client: FlaskClient, name: str, code: str) -> BeautifulSoup:
    answer = client.get(PATHS[name][code])
    assert answer.status_code == 200
    return read.page(answer)


def outline(page: BeautifulSoup) -> list[str]:
    """What the text is made of, in order."""
    article = page.select_one("article")
    assert article is not None
    return [tag.name for tag in article.find_all(["h1", "h2", "h3", "dl", "ol", "ul", "table", "figure", "details"])]


def test_the_guides_are_those_of_the_plan() -> None:
    assert [paths["sv"].split("/")[3] for paths in PATHS.values()] == [
        "ladda-elbil-pris",
        "kontakter",
        "laddningsprofiler",
        "belastningshantering",
        "ocpi",
        "bli-partner",
    ]


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_headings_have_no_gaps_and_the_contents_lead_to_each(client: FlaskClient, name: str, code: str) -> None:
    page = soup(client, name, code)
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    sections = [str(tag["id"]) for tag in page.select(".read > h2[id]") if tag["id"] != "others"]
    assert [str(tag["href"]) for tag in page.select(".toc a")] == [f"#{id}" for id in sections]
    assert len(sections) >= 6


@pytest.mark.parametrize("name", PATHS)
def test_both_languages_have_the_same_outline(client: FlaskClient, name: str) -> None:
    assert outline(soup(client, name, "sv")) == outline(soup(client, name, "en"))


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_a_guide_is_worth_reading(client: FlaskClient, name: str, code: str) -> None:
    answer = client.get(PATHS[name][code])
    page = read.page(answer)
    assert len(answer.data) <= 60_000
    assert len(read.text(page.select_one("article")).split()) >= 700
    assert len(page.select("article strong")) >= 10
    # Nothing inline: what the policy of the site would stop.
    assert not page.select("[style], script:not([type='application/ld+json']):not([src])")
    assert ENUM.findall(read.text(page.select_one("main"))) == []


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_its_head_is_told_from_its_text(client: FlaskClient, name: str, code: str) -> None:
    page = soup(client, name, code)
    title = read.text(page.find("title"))
    assert len(title) <= 60
    assert "…" not in title
    assert 120 <= len(read.meta(page, "description")) <= 155
    (article,) = [told for told in read.json_ld(page) if told["@type"] in ("Article", "TechArticle")]
    updated = page.select_one("time[datetime]")
    assert updated is not None
    assert article["headline"] == read.text(page.find("h1"))
    assert article["dateModified"] == updated["datetime"]
    assert article["inLanguage"] == code
    assert article["author"]["name"] in read.text(page.select_one(".by"))
    assert article["url"] == read.link(page, "canonical")


def test_titles_and_descriptions_differ(client: FlaskClient) -> None:
    pages = [soup(client, name, code) for name, code in EVERY]
    assert len({read.text(page.find("title")) for page in pages}) == len(EVERY)
    assert len({read.meta(page, "description") for page in pages}) == len(EVERY)


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_each_language_leads_to_the_other_under_its_own_words(client: FlaskClient, name: str, code: str) -> None:
    page = soup(client, name, code)
    told = {language: f"https://uttag.example{path}" for language, path in PATHS[name].items()}
    assert read.languages(page) == {**told, "x-default": told["sv"]}
    other = "en" if code == "sv" else "sv"
    assert PATHS[name][other] in read.links(page)


@pytest.mark.parametrize(("name", "code"), EVERY)
def test_its_links_are_answered_and_searches_are_not_followed(client: FlaskClient, name: str, code: str) -> None:
    main = soup(client, name, code).select_one("main")
    assert main is not None
    for tag in main.find_all("a", href=True):
        address = str(tag["href"])
        if address.startswith("https:"):
            assert tag.get("rel") == ["noopener"], address
        elif address.startswith("/"):
            assert client.get(address).status_code == 200, address
            assert ("nofollow" in (tag.get("rel") or [])) == ("?" in address), address


def test_a_guide_names_its_sources(client: FlaskClient) -> None:
    for name, code in EVERY:
        outside = [url for url in read.links(soup(client, name, code)) if url.startswith("https:")]
        assert any("github.com/ocpi/ocpi" in url for url in outside)
        assert any("eur-lex.europa.eu/eli/" in url for url in outside)


@pytest.mark.parametrize("code", ["sv", "en"])
def test_the_index_leads_to_every_guide_with_its_figure(client: FlaskClient, code: str) -> None:
    page = read.page(client.get(PATHS["ocpi"][code].removesuffix("ocpi/")))
    listed = {str(tag["href"]) for tag in page.select(".guides a")}
    assert listed == {paths[code] for paths in PATHS.values()}
    assert len(page.select(".guides .n")) == len(PATHS)


def test_an_unknown_guide_is_not_found(client: FlaskClient) -> None:
    assert client.get("/sv/guider/hastkapplopning/").status_code == 404
    assert client.get("/sv/guider/charging-costs/").status_code == 404


# Figures


def sign(page: BeautifulSoup) -> str:
    return read.text(page.select_one(".sign"))


def test_the_signs_tell_what_is_in_the_database(client: FlaskClient) -> None:
    assert sign(soup(client, "connectors", "sv")).startswith("67 % av laddstationerna har CCS Typ 2 finns vid 33 %")
    assert sign(soup(client, "load-management", "sv")).startswith("33 % av laddstationerna uppger")
    assert sign(soup(client, "charging-profiles", "en")).startswith("33% of charging stations with a known price")
    assert sign(soup(client, "become-a-partner", "en")).startswith("1 source tells of its stations here")
    assert sign(soup(client, "ocpi", "sv")).startswith("1 version av OCPI talas med oss")


def test_a_price_that_changes_changes_the_guide(client: FlaskClient, tmp_path: Path) -> None:
    dearer = guided(tmp_path, dearer=1).test_client()
    assert sign(soup(client, "charging-costs", "sv")).startswith("4,31 kr per kWh")
    assert sign(soup(dearer, "charging-costs", "sv")).startswith("5,56 kr per kWh")


def test_figures_are_counted_anew_after_ten_minutes(tmp_path: Path) -> None:
    app = guided(tmp_path)
    now = datetime.now(UTC)
    engine = app.extensions["finder.engine"]

    def told(at: datetime) -> str:
        with app.test_request_context("/sv/guider/"), speaking("sv"), database.reading(engine) as connection:
            return guide_figures.held(connection, at).stations

    assert told(now) == "18"
    priced.take_in(app, tmp_path, [priced.place("P0", "Plats 0")], [])
    priced.take_in(app, tmp_path, [priced.place("P0", "Plats 0")], [])
    assert told(now + timedelta(minutes=9)) == "18"
    assert told(now + timedelta(minutes=11)) != "18"


def test_charts_say_the_same_as_their_tables(client: FlaskClient) -> None:
    page = soup(client, "connectors", "sv")
    chart = page.select_one("figure svg[role=img]")
    assert chart is not None
    drawn = [read.text(tag) for tag in chart.find_all("text")]
    table = page.select_one("figure + details table")
    assert table is not None
    assert drawn == [read.text(cell) for cell in table.select("tbody th, tbody td")]
    assert drawn[:2] == ["CCS", "67 %"]


def test_every_chart_has_its_finding_and_a_table(client: FlaskClient) -> None:
    charts = [chart for name, code in EVERY for chart in soup(client, name, code).select("figure")]
    assert len(charts) >= 10
    for chart in charts:
        drawing, after = chart.select_one("svg[role=img]"), chart.find_next_sibling()
        assert drawing is not None
        assert " ".join(str(drawing["aria-label"]).split()) in read.text(chart.find("figcaption"))
        assert isinstance(after, Tag)
        assert after.name == "details"


def test_the_example_is_worked_out_by_the_engine(client: FlaskClient) -> None:
    bills = [read.text(tag) for tag in soup(client, "charging-costs", "sv").select("dl.sum")]
    assert bills == [
        "Energi, 45 kWh × 4,80 kr 216,00 kr Tid, ingen avgift medan bilen laddar – Blockeringsavgift, 15 min × 2,00 kr 30,00 kr "
        "Per laddning, ingen avgift – Summa, varav moms 49,20 kr 246,00 kr",
        "Energi, 47 kWh × 3,20 kr 150,40 kr Tid, ingen avgift medan bilen laddar – Ingen blockeringsavgift, du kör vidare direkt – "
        "Avgift per laddning 10,00 kr Summa, varav moms 32,08 kr 160,40 kr",
    ]


def test_how_long_a_charge_takes_counts_losses(client: FlaskClient) -> None:
    (table,) = [
        table for table in soup(client, "connectors", "sv").select("table") if "150 kW likström" in read.text(table)
    ]
    rows = [read.text(row) for row in table.select("tbody tr")]
    assert rows[1] == "11 kW växelström 40,0 kWh 3 h 38 min"
    assert rows[4] == "150 kW likström 38,3 kWh 15 min"


@pytest.mark.parametrize(
    ("limit", "wanted", "given"),
    [
        (150, (150, 0), (150, 0)),
        (150, (150, 150), (75, 75)),
        (150, (40, 150), (40, 110)),
        (150, (40, 50), (40, 50)),
        (90, (10, 100, 100), (10, 40, 40)),
    ],
)
def test_power_is_shared_equally_and_what_is_left_goes_on(
    limit: float, wanted: tuple[float, ...], given: tuple[float, ...]
) -> None:
    assert shared(limit, wanted) == given


def test_without_stations_nothing_is_claimed(tmp_path: Path) -> None:
    client = site.application(tmp_path).test_client()
    for name, code in EVERY:
        page = soup(client, name, code)
        assert not re.search(r"\d+ ?%", sign(page))
        assert "None" not in read.text(page.select_one("main"))
    assert "Medianpriset är inte känt" in sign(soup(client, "charging-costs", "sv"))
    assert "No source has answered yet" in sign(soup(client, "ocpi", "en"))
