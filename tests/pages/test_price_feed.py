"""The Atom feed of a municipality's prices, held to what RFC 4287 asks of a feed."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import read, site
from tests.pages.priced import place, take_in, tariff

ATOM = "{http://www.w3.org/2005/Atom}"
SWEDISH = "/sv/laddstationer/vastra-gotalands-lan/uddevalla/priser.atom"
ENGLISH = "/en/stations/vastra-gotalands-lan/uddevalla/prices.atom"
HOSTILE = '<b>Torp</b> ]]> \x0b & "co" \'</content>'
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
IRI = re.compile(r"(https://uttag\.example/|tag:uttag\.example,2026-01-01:)\S+", re.ASCII)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One price moved at a station of a hostile name, another at three stations, one is announced, and one is withdrawn."""
    folder = tmp_path_factory.mktemp("prices")
    made = site.application(folder)
    soon = f"{site.NOW + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"
    locations = [
        place("A", HOSTILE, "T1"),
        *(place(f"B{n}", f"Plats {n}", f"T2-{n}", metres=1000 * n) for n in range(1, 4)),
        place("C", "Kurödsleden", "T3", "T4", metres=5000),
        place("D", "Lillegården", "T5", metres=6000),
    ]
    many = [tariff(f"T2-{n}", 4) for n in range(1, 4)]
    ahead = [tariff("T3", 3.2, end_date_time=soon), tariff("T4", 3.6, start_date_time=soon)]
    take_in(made, folder, locations, [tariff("T1", 3.92), *many, *ahead, tariff("T5", 2)])
    many = [tariff(f"T2-{n}", 4.4) for n in range(1, 4)]
    for _ in range(3):
        take_in(made, folder, locations, [tariff("T1", 4.16), *many, *ahead])
    return made


def feed(client: FlaskClient, path: str = SWEDISH) -> ElementTree.Element:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.data)


def text(element: ElementTree.Element, tag: str) -> str:
    found = element.find(ATOM + tag)
    assert found is not None
    return " ".join((found.text or "").split())


def titles(client: FlaskClient, path: str = SWEDISH) -> list[str]:
    return sorted(text(entry, "title") for entry in feed(client, path).iter(f"{ATOM}entry"))


def entry(client: FlaskClient, words: str) -> ElementTree.Element:
    (found,) = [each for each in feed(client).iter(f"{ATOM}entry") if words in text(each, "title")]
    return found


def content(client: FlaskClient, words: str) -> BeautifulSoup:
    return BeautifulSoup(text(entry(client, words), "content"), "lxml")


def href(element: ElementTree.Element, rel: str) -> str:
    (found,) = [link for link in element.findall(f"{ATOM}link") if link.get("rel") == rel]
    return found.get("href") or ""


@pytest.mark.parametrize("path", [SWEDISH, ENGLISH])
def test_a_feed_has_what_the_rfc_asks_of_it(client: FlaskClient, path: str) -> None:
    root = feed(client, path)
    assert root.tag == f"{ATOM}feed"
    assert href(root, "self") == f"https://uttag.example{path}"
    assert href(root, "alternate") == f"https://uttag.example{path.rsplit('/', 1)[0]}/"
    entries = root.findall(f"{ATOM}entry")
    for each in (root, *entries):
        for once in ("id", "title", "updated"):
            assert len(each.findall(ATOM + once)) == 1
        assert IRI.fullmatch(text(each, "id"))
        assert INSTANT.fullmatch(text(each, "updated"))
        assert [text(author, "name") != "" for author in each.findall(f"{ATOM}author")] == [True]
        assert IRI.fullmatch(href(each, "alternate"))
        assert text(each, "title")
    ids = [text(each, "id") for each in (root, *entries)]
    assert len(set(ids)) == len(ids)
    moments = [datetime.fromisoformat(text(each, "updated")) for each in entries]
    assert moments == sorted(moments, reverse=True)
    assert datetime.fromisoformat(text(root, "updated")) == moments[0]
    assert all(each.find(f"{ATOM}content").get("type") == "html" for each in entries)  # type: ignore[union-attr]


def test_a_price_that_moved_is_told_from_what_to_what_and_from_when(client: FlaskClient) -> None:
    found = entry(client, "Torp")
    assert "4,90 kr/kWh → 5,20 kr/kWh inkl. moms, sett " in text(found, "title")
    assert "/sv/laddstation/" in href(found, "alternate")
    said = read.text(content(client, "Torp"))
    assert "Pris på plats, utan avtal." in said
    assert "från 4,90 kr till 5,20 kr" in said
    assert "Källa: Nordladd." in said


def test_tariffs_that_move_alike_are_one_entry_with_all_their_stations(client: FlaskClient) -> None:
    found = entry(client, "Nordladd, 3 laddstationer: 5,00 kr/kWh → 5,50 kr/kWh inkl. moms")
    assert href(found, "alternate") == "https://uttag.example/sv/laddstationer/vastra-gotalands-lan/uddevalla/"
    links = content(client, "3 laddstationer").select("a")
    assert [read.text(link) for link in links] == ["Plats 1", "Plats 2", "Plats 3"]
    for link in links:
        path = str(link["href"]).removeprefix("https://uttag.example")
        assert client.get(path, follow_redirects=True).status_code == 200


def test_a_price_to_come_is_announced(client: FlaskClient) -> None:
    found = entry(client, "Kurödsleden")
    assert text(found, "title").startswith("Kurödsleden: 4,00 kr/kWh → 4,50 kr/kWh inkl. moms från ")
    assert text(found, "updated") == "2026-11-01T06:00:00.000Z"
    assert "Aviserat. Gäller från " in read.text(content(client, "Kurödsleden"))


def test_a_price_that_is_withdrawn_is_told(client: FlaskClient) -> None:
    assert text(entry(client, "Lillegården"), "title").startswith(
        "Lillegården: priset är återkallat, det var 2,50 kr/kWh inkl. moms, sett "
    )


def test_a_hostile_name_stays_text(client: FlaskClient) -> None:
    assert "</b>" in text(entry(client, "Torp"), "title")
    found = content(client, "Torp")
    assert found.select("b") == []
    assert "<b>Torp</b>" in read.text(found.select_one("li a"))


def test_each_language_has_entries_of_its_own(client: FlaskClient) -> None:
    swedish, english = ({each.text for each in feed(client, path).iter(f"{ATOM}id")} for path in (SWEDISH, ENGLISH))
    assert swedish.isdisjoint(english)
    assert any("SEK 5.00/kWh → SEK 5.50/kWh incl. VAT, seen" in title for title in titles(client, ENGLISH))


def test_ids_stay_when_the_feed_is_asked_for_again(client: FlaskClient) -> None:
    assert client.get(SWEDISH).data == client.get(SWEDISH).data


def test_a_reader_that_has_it_already_gets_no_body(client: FlaskClient) -> None:
    first = client.get(SWEDISH)
    again = client.get(SWEDISH, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_page_of_the_municipality_leads_to_it(client: FlaskClient) -> None:
    soup = read.page(client.get(SWEDISH.removesuffix("priser.atom")))
    link = soup.find("link", rel="alternate", type="application/atom+xml")
    assert link is not None
    assert link["href"] == SWEDISH  # type: ignore[index]
    (visible,) = [tag for tag in soup.select("main a") if tag["href"] == SWEDISH]
    assert read.text(visible) == "Följ prisändringar i Uddevalla (Atom)"


@pytest.mark.parametrize(
    "path",
    [
        "/sv/laddstationer/vastra-gotalands-lan/priser.atom",
        "/sv/laddstationer/vastra-gotalands-lan/munkedal/priser.atom",
        "/sv/laddstationer/atlantis/priser.atom",
    ],
)
def test_only_a_municipality_with_stations_has_a_feed(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_where_no_price_moved_the_feed_is_empty_and_valid(tmp_path: Path) -> None:
    made = site.application(tmp_path)
    take_in(made, tmp_path, [place("A", "Torp", "T1")], [tariff("T1", 4)])
    root = feed(made.test_client())
    assert root.findall(f"{ATOM}entry") == []
    assert INSTANT.fullmatch(text(root, "updated"))


def test_every_move_of_a_day_is_an_entry_of_its_own(tmp_path: Path) -> None:
    made = site.application(tmp_path)
    for price in (4, 4.4, 4):
        take_in(made, tmp_path, [place("A", "Torp", "T1")], [tariff("T1", price)])
    client = made.test_client()
    newest, first = feed(client).iter(f"{ATOM}entry")
    assert text(newest, "title").startswith("Torp: 5,50 kr/kWh → 5,00 kr/kWh inkl. moms, sett ")
    assert text(first, "title").startswith("Torp: 5,00 kr/kWh → 5,50 kr/kWh inkl. moms, sett ")
    take_in(made, tmp_path, [place("A", "Torp", "T1")], [tariff("T1", 4.8)])
    assert {text(each, "id") for each in (newest, first)} < {
        text(each, "id") for each in feed(client).iter(f"{ATOM}entry")
    }


def test_a_price_that_moves_by_the_hour_leaves_room_for_the_others(tmp_path: Path) -> None:
    made = site.application(tmp_path)
    places = [place("A", "Torp", "T1"), place("B", "Kuröd", "T2", metres=900)]
    for price in range(24):
        take_in(made, tmp_path, places, [tariff("T1", 4 + price / 10), tariff("T2", 3 if price else 2)])
    told = titles(made.test_client())
    assert sum(title.startswith("Torp: ") for title in told) == 20
    assert sum(title.startswith("Kuröd: ") for title in told) == 1


def test_each_announced_step_begins_at_the_one_before(tmp_path: Path) -> None:
    made = site.application(tmp_path)
    first, second = (f"{site.NOW + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (40, 400))
    steps = [
        tariff("T1", 4),
        tariff("T2", 4.4, start_date_time=first, end_date_time=second),
        tariff("T3", 4.8, start_date_time=second),
    ]
    take_in(made, tmp_path, [place("A", "Torp", "T1", "T2", "T3")], steps)
    assert [title.split(" inkl.")[0] for title in titles(made.test_client())] == [
        "Torp: 5,00 kr/kWh → 5,50 kr/kWh",
        "Torp: 5,50 kr/kWh → 6,00 kr/kWh",
    ]


def test_links_lead_straight_to_the_stations(client: FlaskClient) -> None:
    for each in feed(client).iter(f"{ATOM}entry"):
        links = BeautifulSoup(text(each, "content"), "lxml").select("a")
        for url in (href(each, "alternate"), *(str(link["href"]) for link in links)):
            assert client.get(url.removeprefix("https://uttag.example")).status_code == 200
