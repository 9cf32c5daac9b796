import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask, render_template
from flask.testing import FlaskClient
from msgspec.structs import replace

from finder.ocpi.types import DisplayText, Hours, Location, StatusSchedule
from finder.pages.station import build
from finder.stations.types import Station, StationEvse
from finder.store.stations import Near
from tests.pages import read, site
from tests.stations.full import FAST, SLOW, full_station
from tests.stations.make import NOW, ccs, evse, location, origin, station, type2

NOBODY: tuple[Near, ...] = ()
ATTACK = "</script><img src=x onerror=alert(1)>"
ENUM = re.compile(r"\b[A-Z0-9]+(?:_[A-Z0-9]+)+\b")
OUTLINE = [
    "Priser",
    "Lediga uttag just nu",
    "Uttag och effekt",
    "Öppettider",
    "Hitta hit",
    "Betala",
    "Parkering",
    "Elen",
    "Kontakt",
    "Laddstationer i närheten",
    "Källa och uppdaterad",
]


def shown(app: Flask, one: Station, language: str = "sv", nearby: tuple[Near, ...] = NOBODY) -> BeautifulSoup:
    path = {"sv": "/sv/laddstation/x-1/", "en": "/en/station/x-1/"}[language]
    with app.test_request_context(path):
        app.preprocess_request()
        return BeautifulSoup(render_template("pages/station.html", page=build(one, nearby, NOW)), "lxml")


def words(soup: BeautifulSoup) -> str:
    for tag in soup(["script", "style"]):
        tag.decompose()
    return read.text(soup.body)


def section(soup: BeautifulSoup, heading: str) -> str:
    found = next(tag for tag in soup("h2") if read.text(tag) == heading)
    return read.text(found.parent)


def facts(soup: BeautifulSoup) -> dict[str, str]:
    return {read.text(row.dt): read.text(row.dd) for row in soup.select("dl.facts > div")}


@pytest.fixture(scope="module")
def full(app: Flask) -> BeautifulSoup:
    near = replace(station(evse(uid="N1"), place=location(name="Herrestad, E6")), id="n3rr3st4d")
    return shown(app, full_station(), nearby=((near, 2.6),))


# The answer


def test_the_sign_says_how_many_are_free_what_it_costs_and_until_when_it_is_open(full: BeautifulSoup) -> None:
    sign = read.text(full.select_one(".sign"))
    assert "CCS, 300 kW" in sign
    assert "3 av 6 lediga" in sign
    assert "2 av 3 lediga 1 okänt" in sign
    assert "4,29–5,99 kr/kWh" in sign
    assert "Priser på plats inkl. moms." in sign
    assert "Öppet till 22:00" in sign
    assert "Status från Västan Laddning 14:31, för 40 sekunder sedan" in sign


def test_unknown_points_are_never_counted_as_zero_available(app: Flask) -> None:
    silent = station(evse(), evse(uid="E2"), origins=(origin(age=timedelta(minutes=27)),))
    text = words(shown(app, silent))
    assert "Okänt sedan 14:05" in text
    assert "Senaste svar från Vastan 14:05" in text
    assert "Ledig" not in text
    assert "0 av" not in text


def test_a_partner_without_status_is_said_to_have_none(app: Flask) -> None:
    text = words(shown(app, station(evse("UNKNOWN"))))
    assert "Ingen live-status" in text
    assert "utan status" in text


def test_closed_and_reserved_points_have_words_of_their_own(app: Flask) -> None:
    kinds = ("AVAILABLE", "CHARGING", "BLOCKED", "RESERVED", "OUTOFORDER", "INOPERATIVE", "PLANNED")
    text = words(shown(app, station(*[evse(kind, uid=f"E{n}") for n, kind in enumerate(kinds)])))
    for word in ("Ledig", "Upptagen", "Blockerad", "Reserverad", "Ur funktion", "Tillfälligt avstängd", "Öppnar snart"):
        assert word in text


# The outline


def test_the_outline_is_that_of_every_station(full: BeautifulSoup) -> None:
    assert [read.text(tag) for tag in full("h2")] == OUTLINE
    assert [read.text(tag) for tag in full("h1")] == ["Torp köpcentrum"]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_heading_is_empty_and_no_field_name_is_shown(app: Flask, language: str) -> None:
    bare = station(
        evse("AVAILABLE", ccs(None, standard=None, format=None, power_type=None)),
        place=Location("SE", "VAL", "L1", location().coordinates),
        origins=(origin(licence=None, last_updated=None),),
    )
    no_plugs = station(StationEvse(evse().__class__("E9")))
    for one in (full_station(), bare, no_plugs):
        soup = shown(app, one, language)
        assert all(read.text(tag) for tag in soup(["h1", "h2", "h3", "dt", "dd", "caption", "summary"]))
        text = words(soup)
        assert not ENUM.findall(text)
        assert not re.search(r"\b(None|null|NaN|nan|True|False)\b", text)
        assert not re.search(r"\b0 (kr|kW|av|of)\b|SEK 0", text)


def test_no_english_word_of_ours_stands_on_the_swedish_page(full: BeautifulSoup) -> None:
    text = words(BeautifulSoup(str(full), "lxml"))
    english = [
        "station",
        "until",
        "closed",
        "open",
        "not",
        "stated",
        "price",
        "charging",
        "available",
        "power",
        "parking",
        "the",
        "and",
        "with",
        "from",
        "operator",
    ]
    assert not [
        word for word in english if re.search(rf"\b{word}\b", text.replace("car park, behind the supermarket", ""))
    ]


def test_what_the_law_asks_for_takes_a_line_even_when_missing(app: Flask) -> None:
    bare = station(evse("AVAILABLE", ccs(None, format=None)), place=location(operator=None))
    told = facts(shown(app, bare))
    for name in (
        "Kabel",
        "Fordon",
        "På plats",
        "Plats för rörelse\xadhindrade",
        "100 % förnybar",
        "Operatör",
        "Ägare",
        "Hjälp",
    ):
        assert told[name] == "Uppgift saknas", name
    assert section(shown(app, bare), "Öppettider") == "Öppettider Uppgift saknas"


# The facts


def test_every_fact_that_helps_a_driver_is_on_the_page(full: BeautifulSoup) -> None:
    text = read.text(full.main)
    for said in (
        "Upp till 22 kW, växelström, 3 faser",
        "230 V, 32 A",
        "Fast kabel",
        "Egen kabel",
        "Operatörens villkor",
        "Styrbar laddning: din laddtjänst kan styra",
        "Går att boka",
        "Annan: some new thing",
        "Plan -1",
        "Till höger om hissen.",
        "Ur funktion 23 november 2026",
        "Mån–fre 07–22",
        "Sön Stängt",
        "Öppet 29 november 2026 10–16",
        "Stängt 24 december 2026 – 26 december 2026",
        "Du kan ladda även när det är stängt.",
        "Norra parkeringen, bakom mataffären.",
        "Torpvägen 2 451 76 Uddevalla",
        "58,35350, 11,81050",
        "Mataffär, restaurang, wifi, annan: dog park",
        "Infart: 58,35360, 11,81100",
        "Kreditkort",
        "Blippa kort eller mobil",
        "Starta i app",
        "Laddtagg",
        "Plug & Charge",
        "Plugsurfing",
        "Parkeringsplats",
        "Bara för elbilar (6 av 10 uttag)",
        "Parkeringstillstånd för rörelsehindrade krävs (uttag 3)",
        "2 platser: A1, A2",
        "högst 2,1 m hög",
        "2,5 m bred, 5 m lång",
        "4 timmar",
        "Under tak",
        "Belyst",
        "Bred plats, rörelsehindrad",
        "Kör igenom utan att backa",
        "Laddaren står till vänster om rutan",
        "Ja, uppger operatören",
        "Vind 70 %",
        "Koldioxid 21,5 g/kWh",
        "Vind och vatten",
        "Torp Fastigheter",
        "Västan Drift",
        "+46 31 390 06 12",
        "SE*VAL*E5511*1",
        "licens CC-BY-4.0",
        "28 oktober 2026",
    ):
        assert " ".join(said.split()) in text, said


def test_each_point_has_its_status_its_time_and_its_source(full: BeautifulSoup) -> None:
    rows = [read.text(row) for row in full.select("table.points tbody tr")]
    assert rows[0] == "Ledig 14:15 1 E5511*1"
    assert rows[-1] == "Okänd – E5521*4 Nordladd"
    assert len(rows) == 10


def test_points_with_several_plugs_serve_one_car(app: Flask) -> None:
    soup = shown(app, station(evse("AVAILABLE", ccs(50), type2(43, format="CABLE"))))
    assert [read.text(tag) for tag in soup("caption")] == ["CCS 50 kW + Typ 2 43 kW, en bil åt gången"]


def test_many_points_are_folded_away(app: Flask) -> None:
    soup = shown(app, station(*[evse(uid=f"E{n}") for n in range(40)]))
    assert soup.details is not None
    assert soup.select_one(".strip") is None


def test_directions_are_in_the_readers_language(app: Flask) -> None:
    for language, first in (("sv", "Norra"), ("en", "North")):
        section_ = shown(app, full_station(), language).find(id="find")
        assert section_ is not None
        texts = [read.text(tag) for tag in section_("p")][1:]
        assert texts[0].startswith(first)
        assert len(texts) == 1


def test_links_lead_to_maps_and_the_phone_and_load_nothing(full: BeautifulSoup) -> None:
    links = read.links(full)
    assert "geo:58.35350,11.81050?q=58.35350,11.81050" in links
    assert any(link.startswith("https://www.openstreetmap.org/") for link in links)
    assert any(link.startswith("https://www.google.com/maps/dir/") for link in links)
    assert any(link.startswith("https://maps.apple.com/") for link in links)
    assert "tel:+46313900612" in links
    assert not full("img")
    assert all(str(tag["src"]).startswith("/") for tag in full("script", src=True))


def test_partners_links_are_web_addresses_and_vouched_for_by_nobody(full: BeautifulSoup) -> None:
    assert not [link for link in read.links(full) if link.startswith("javascript")]
    for tag in full("a", href=re.compile("vastan.example|torp.example")):
        assert tag["rel"] == ["noopener", "nofollow", "ugc"]


# Prices


def test_prices_stand_in_the_order_of_the_law_with_unit_and_vat(full: BeautifulSoup) -> None:
    headings = [read.text(tag) for tag in full("h3")][:4]
    assert headings == [
        "Din laddning",
        "På plats, utan avtal: CCS 300 kW",
        "På plats, utan avtal: Typ 2 22 kW",
        "Med laddtjänst: CCS 300 kW",
    ]
    for title in headings[1:4]:
        tariff = next(tag for tag in full("h3") if read.text(tag) == title).find_next("dl")
        assert isinstance(tariff, Tag)
        assert [read.text(tag) for tag in tariff("dt")] == ["Per kWh", "Per minut", "Per laddning", "Övrigt"]
    prices = section(full, "Priser")
    assert "5,99 kr vardagar 15–19" in prices
    assert "4,29 kr övrig tid" in prices
    assert "2,00 kr efter laddningen Blockeringsavgift" in prices
    assert prices.count("Priser inkl. 25 % moms.") == 1
    assert "Med operatörens ord: Betala med kort" in prices


def test_a_station_without_tariffs_says_that_the_price_is_missing(app: Flask) -> None:
    assert section(shown(app, station(evse())), "Priser") == "Priser Pris på plats saknas från operatören."
    assert "Price on site: not given by the operator." in section(shown(app, station(evse()), "en"), "Prices")


def test_a_price_for_some_points_is_not_one_for_all(app: Flask) -> None:
    priced = type2(22.1, tariff_ids=("slow",))
    soup = shown(
        app, station(evse("AVAILABLE", priced, uid="A"), evse("AVAILABLE", type2(22.1), uid="B"), tariffs=(SLOW,))
    )
    prices = section(soup, "Priser")
    assert "Pris på plats för Typ 2 22 kW (vissa uttag) saknas från operatören." in prices
    assert "På plats, utan avtal: Typ 2 22 kW (uttag A)" in prices
    assert "kr/kWh" not in read.text(soup.select_one(".sign"))


def test_points_with_different_tariffs_all_have_a_price(app: Flask) -> None:
    one, other = type2(22, tariff_ids=("slow",)), type2(22, tariff_ids=("FAST",))
    soup = shown(app, station(evse("AVAILABLE", one, uid="A"), evse("AVAILABLE", other, uid="B"), tariffs=(SLOW, FAST)))
    assert "saknas" not in section(soup, "Priser")


# The head


def test_the_structured_data_say_what_the_page_says(full: BeautifulSoup) -> None:
    data = next(each for each in read.json_ld(full) if each["@type"] == "AutomotiveBusiness")
    text = read.text(full.main)
    assert data["additionalType"] == "https://www.wikidata.org/wiki/Q2140665"
    assert data["name"] == read.text(full.h1)
    for said in (
        data["telephone"],
        data["parentOrganization"]["name"],
        *(data["address"][key] for key in ("streetAddress", "postalCode", "addressLocality")),
        *(
            each["name"]
            for each in data["amenityFeature"]
            if each["name"] not in ("Högsta effekt", "Restaurang", "Wifi", "Annan: dog park")
        ),
        *(each["value"] for each in data["identifier"]),
        *data["paymentAccepted"].split(", "),
    ):
        assert " ".join(said.split()) in text, said
    assert data["geo"] == {"@type": "GeoCoordinates", "latitude": 58.3535, "longitude": 11.8105}
    assert {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": ["Saturday"],
        "opens": "09:00",
        "closes": "18:00",
    } in data["openingHoursSpecification"]
    assert "AVAILABLE" not in str(data)
    assert "ledig" not in str(data).lower()


def test_title_and_description_are_short_and_hold_no_status(app: Flask) -> None:
    long = location(name="Ett mycket långt namn på en plats " * 4)
    for one in (full_station(), station(evse()), station(evse(), place=long)):
        soup = shown(app, one)
        assert soup.title is not None
        assert len(soup.title.text) <= 60
        description = read.meta(soup, "description")
        assert 100 <= len(description) <= 155
        assert "ledig" not in description.lower()
    assert soup.title is not None


def test_what_partners_write_is_text_and_nothing_else(app: Flask) -> None:
    place = location(
        name=ATTACK,
        address=ATTACK,
        city=ATTACK,
        facilities=(ATTACK.upper(),),
        directions=(DisplayText('sv" onclick="x', ATTACK),),
        help_phone=ATTACK,
        opening_times=Hours(True),
    )
    odd = evse("AVAILABLE", ccs(50, standard=ATTACK), uid=ATTACK, physical_reference=ATTACK, capabilities=(ATTACK,))
    soup = shown(app, station(odd, place=place, origins=(origin(name=ATTACK, licence=ATTACK),)))
    assert not soup("img")
    assert all(tag.get("type") == "application/ld+json" or tag.get("src") for tag in soup("script"))
    assert not [tag for tag in soup(True) if any(name.startswith("on") for name in tag.attrs)]
    assert any(each["@type"] == "AutomotiveBusiness" and each["name"] == ATTACK for each in read.json_ld(soup))


# The address


@pytest.fixture
def path(client: FlaskClient) -> str:
    leaf = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/trollhattan/"))
    return next(link for link in read.links(leaf) if "/laddstation/" in link)


def test_a_station_answers_in_both_languages_with_reciprocal_links(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    soup = read.page(answer)
    assert read.link(soup, "canonical") == "https://uttag.example" + path
    english = read.languages(soup)["en"].removeprefix("https://uttag.example")
    other = client.get(english)
    assert other.status_code == 200
    assert read.languages(read.page(other)) == read.languages(soup)


def test_a_wrong_slug_leads_to_the_right_one(client: FlaskClient, path: str) -> None:
    answer = client.get(re.sub(r"/laddstation/.*-", "/laddstation/annat-namn-", path))
    assert (answer.status_code, answer.location) == (301, path)


def test_an_unknown_station_is_not_found(client: FlaskClient) -> None:
    assert client.get("/sv/laddstation/torp-zzzzzzzzz/").status_code == 404
    assert client.get("/sv/laddstation/torp/").status_code == 404


def test_the_station_itself_is_not_among_its_neighbours(client: FlaskClient, path: str) -> None:
    soup = read.page(client.get(path))
    names = read.names(soup)
    assert names
    assert read.text(soup.h1) not in names


@pytest.fixture
def small(folder: Path) -> Flask:
    made = site.application(folder)
    site.take_in(made, folder, site.feed()[:12])
    return made


def test_a_removed_station_is_gone_and_names_the_nearest(small: Flask, folder: Path) -> None:
    client = small.test_client()
    leaf = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/uddevalla/"))
    gone = next(link for link in read.links(leaf) if "/laddstation/uddevalla-park-8" in link)
    feed = site.feed()[:12]
    feed[7]["evses"][0]["status"] = feed[7]["evses"][1]["status"] = "REMOVED"
    site.take_in(small, folder, feed)
    answer = client.get(gone)
    assert answer.status_code == 410
    assert len(read.names(read.page(answer))) == 5


def test_the_sign_says_how_many_cars_fit_where_points_have_several_plugs(app: Flask) -> None:
    several = [evse("AVAILABLE", ccs(50), type2(22), uid=uid) for uid in ("A", "B")]
    sign = read.text(shown(app, station(*several, evse("AVAILABLE", type2(22), uid="C"))).select_one(".sign"))
    assert "Plats för 3 bilar åt gången: en vid varje uttag." in sign
    one = read.text(shown(app, station(several[0])).select_one(".sign"))
    assert "Plats för 1 bil åt gången: kontakterna delar på ett uttag." in one
    assert "åt gången" not in read.text(shown(app, station(evse("AVAILABLE", ccs(50)))).select_one(".sign"))


def test_a_point_that_is_planned_says_when_it_opens_and_not_since_when(app: Flask) -> None:
    opens = StatusSchedule(datetime(2026, 12, 1, 7, tzinfo=UTC), "AVAILABLE")
    long_ago = NOW - timedelta(days=140)
    announced = evse("PLANNED", uid="A", last_updated=long_ago, status_schedule=(opens,))
    silent = evse("PLANNED", uid="B", last_updated=long_ago)
    table = shown(app, station(announced, silent)).select_one("table.points")
    assert table is not None
    assert [read.text(row("td")[1]) for row in table("tr")[1:]] == ["öppnar 1 december 2026", "–"]


def test_directions_in_another_language_say_which(app: Flask) -> None:
    there = location(directions=(DisplayText("de", "Hinter dem Rathaus."), DisplayText("en", "Behind the town hall.")))
    point = evse(directions=(DisplayText("de", "Neben dem Aufzug."),))
    soup = shown(app, station(point, place=there))
    found = soup.select_one("#find")
    assert found is not None
    assert [read.text(tag) for tag in found.select("p:has([lang])")] == [
        "På engelska: Behind the town hall.",
        "På tyska: Hinter dem Rathaus.",
    ]
    assert [tag["lang"] for tag in found.select("[lang]")] == ["en", "de"]
    assert read.text(soup.find("span", lang="de", string="Neben dem Aufzug.")) == "Neben dem Aufzug."
