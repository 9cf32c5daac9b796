import re

import pytest
from flask.testing import FlaskClient

from finder.pages.home import Hundred, hundred
from finder.store.stations import Totals
from tests.pages import read


def test_the_root_leads_to_the_swedish_start_page_whatever_the_browser_speaks(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["Location"]) == (301, "/sv/")


def test_the_start_page_searches_without_script(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/"))
    form = soup.select_one("form[role=search]")
    assert form is not None
    assert form["action"] == "/sv/sok"
    assert [str(field["name"]) for field in form.select("input")] == ["q"]


def test_near_me_waits_for_its_script_and_says_what_to_do_without(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/"))
    button = soup.select_one("[data-geolocate]")
    assert button is not None
    assert button.has_attr("hidden")
    assert button["data-geolocate"] == "/sv/sok"
    assert "behöver skript" in read.text(soup.find("noscript"))


def test_a_hundred_sockets_are_drawn_as_they_are_counted(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/"))
    drawn = soup.select(".hundred svg")
    assert len(drawn) == 100
    free = len(soup.select(".hundred svg.free"))
    assert f"Av hundra uttag är {free} lediga nu" in read.text(soup)
    assert re.search(r"Räknat \d\d:\d\d", read.text(soup))


@pytest.mark.parametrize(
    ("totals", "shown"),
    [
        (Totals(stations=1, evses=3, available=1, known=3), Hundred(33, 67, 0)),
        (Totals(stations=1, evses=8, available=1, known=2), Hundred(12, 12, 76)),
        (Totals(stations=1, evses=200, available=199, known=200), Hundred(100, 0, 0)),
        (Totals(stations=1, evses=3, available=0, known=0), None),
        (Totals(stations=0, evses=0, available=0, known=0), None),
    ],
)
def test_the_parts_of_a_hundred_add_up(totals: Totals, shown: Hundred | None) -> None:
    assert hundred(totals) == shown


def test_every_area_with_stations_is_linked_with_its_count(client: FlaskClient) -> None:
    soup = read.page(client.get("/sv/"))
    listed = {read.text(tag) for tag in soup.select(".ix a")}
    assert {"Västra Götalands län 262", "Norge 8", "Göteborg 240"} <= listed
