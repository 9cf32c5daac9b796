"""What open pages ask for while they are looked at: the same words as on the page, and nothing where nothing is new."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from finder.pages import live
from finder.stations.types import Station
from finder.web.language import speaking
from tests.pages import read, site
from tests.stations.make import NOW, evse, origin, station

SCRIPT = Path(__file__).parents[2] / "static" / "live.js"


def paths(client: FlaskClient, listed: str = "/sv/sok?q=Uddevalla") -> list[str]:
    return [str(link["href"]).split("?")[0] for link in read.page(client.get(listed)).select(".row .name a")]


def id_of(path: str) -> str:
    found = re.search(r"-([^-/]+)/$", path)
    assert found
    return found[1]


def facts(soup: BeautifulSoup, kind: str) -> list[str]:
    return [read.text(part) for part in soup.select(f"[data-fact={kind}]")]


def test_the_fragment_of_a_station_has_the_board_and_points_of_its_page(client: FlaskClient) -> None:
    for path in paths(client)[:4]:
        page = read.page(client.get(path))
        script = page.find("script", attrs={"data-live": True})
        assert script is not None
        fragment = read.page(client.get(str(script["data-live"])))
        for kind in ("board", "points"):
            assert facts(fragment, kind) == facts(page, kind) != []
        for kind in ("board", "points"):
            drawn = [part.decode_contents() for part in page.select(f"[data-fact={kind}]")]
            assert [part.decode_contents() for part in fragment.select(f"[data-fact={kind}]")] == drawn
        counted = fragment.find(attrs={"data-counted": True})
        assert counted is not None
        assert counted["data-counted"] == script["data-counted"]


def test_every_age_of_the_page_is_made_anew(client: FlaskClient) -> None:
    (path, *_) = paths(client)
    page, fragment = read.page(client.get(path)), read.page(client.get(f"/sv/live?station={id_of(path)}"))
    ages = facts(page, "age")
    assert len(ages) == 2 * len(facts(fragment, "age")) == 2
    assert all(re.match(r"Status från Nordladd \d\d:\d\d", words) for words in ages)


def test_rows_of_a_list_get_the_words_that_the_list_has(client: FlaskClient) -> None:
    listed = read.page(client.get("/sv/sok?q=Uddevalla"))
    assert listed.find("script", attrs={"data-live": "/sv/live"})
    states = [read.text(state) for state in listed.select(".row .state")]
    ids = [id_of(path) for path in paths(client)]
    fragment = read.page(client.get("/sv/live?" + "&".join(f"row={id}" for id in ids)))
    assert [facts(fragment, f"row-{id}") for id in ids] == [[state] for state in states]


def test_lists_of_municipalities_stay_fresh_too(client: FlaskClient) -> None:
    area = read.page(client.get("/sv/laddstationer/vastra-gotalands-lan/uddevalla/"))
    assert area.find("script", attrs={"data-live": "/sv/live"})


def test_the_fragment_speaks_the_language_of_the_page(client: FlaskClient) -> None:
    id = id_of(paths(client)[0])
    assert "Status from Nordladd" in client.get(f"/en/live?station={id}").text
    assert client.get(f"/sv/live?station={id}").text != client.get(f"/en/live?station={id}").text


def test_an_answer_that_is_known_already_costs_nothing(client: FlaskClient) -> None:
    url = f"/sv/live?station={id_of(paths(client)[0])}"
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_time_alone_makes_no_new_answer_and_a_lost_partner_does(app: Flask) -> None:
    one: Station = station(evse(), origins=(origin(fetched_at=NOW),))
    with app.test_request_context("/sv/live"), speaking("sv"):
        first = live.of_page(one, NOW + timedelta(seconds=5))
        assert live.of_page(one, NOW + timedelta(minutes=9)) == first
        lost = read.text(BeautifulSoup(live.of_page(one, NOW + timedelta(minutes=40)), "lxml"))
    assert "Okänt sedan" in lost
    assert "Ledig" not in lost


def test_search_engines_are_kept_from_the_fragment(client: FlaskClient) -> None:
    answer = client.get(f"/sv/live?station={id_of(paths(client)[0])}")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize("query", ["", "?station=", "?station=nothere", "?row=%00", "?row=" + "x" * 10_000])
def test_who_asks_for_nothing_that_is_there_is_told_so(client: FlaskClient, query: str) -> None:
    assert client.get(f"/sv/live{query}").status_code == 404


def test_stations_that_are_gone_are_left_out(client: FlaskClient) -> None:
    id = id_of(paths(client)[0])
    fragment = read.page(client.get(f"/sv/live?row=nothere&row={id}&row={id}"))
    assert len(fragment.select("[data-fact]")) == 1


def test_no_more_rows_are_read_than_a_page_shows(client: FlaskClient) -> None:
    ids = [id_of(path) for page in range(1, 7) for path in paths(client, f"/sv/sok?q=park&page={page}")]
    assert len(set(ids)) > live.MOST_ROWS
    fragment = read.page(client.get("/sv/live?" + "&".join(f"row={id}" for id in ids)))
    assert len(fragment.select("[data-fact]")) == live.MOST_ROWS


def test_names_cannot_break_out_of_the_fragment(client: FlaskClient) -> None:
    found = [path for path in paths(client, "/sv/sok?q=alert") if "alert" in path]
    assert found
    assert site.ATTACK not in client.get(f"/sv/live?station={id_of(found[0])}").text


def test_the_script_is_small_and_of_our_own(client: FlaskClient) -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    assert len(script.encode()) <= 3_000
    assert "http" not in script
    assert f"MOST_ROWS = {live.MOST_ROWS}" in script
