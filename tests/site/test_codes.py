"""What each address answers when its station is removed, merged, renamed, unheard of, or never was (seo.md, rule 3)."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.http import parse_date

from tests.pages import read, site

PLACES = [
    site.location("A", name="Anders plats", evses=[site.evse("1", "AVAILABLE")]),
    site.location(
        "B",
        name="Britas plats",
        evses=[site.evse("2", "AVAILABLE")],
        coordinates={"latitude": "58.35360", "longitude": "11.81050"},
    ),
]


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    made = site.application(tmp_path)
    site.take_in(made, tmp_path, PLACES)
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def address(client: FlaskClient, name: str) -> str:
    rows = read.page(client.get(f"/sv/sok?q={name}")).select(".row .name a")
    return next(str(row["href"]) for row in rows if read.text(row).startswith(name))


def english(client: FlaskClient, path: str) -> str:
    return read.languages(read.page(client.get(path)))["en"].removeprefix("https://uttag.example")


@pytest.mark.parametrize(
    "path",
    [
        "/sv/laddstation/torp-999999999/",
        "/sv/laddstation/torp-999999999/ledigt.atom",
        "/en/station/x-y/",
        "/sv/laddstationer/ingenstans/",
        "/sv/laddstationer/vastra-gotalands-lan/ingenstans/",
        "/sv/laddstationer/vastra-gotalands-lan/uddevalla/?page=2",
        "/sv/operatorer/ingen/",
        "/sv/operatorer/nordladd/ingenstans/",
        "/sv/kontakt/ingen/",
        "/sv/snabbladdare/ingenstans/",
        "/sv/ny/ingenstans/",
        "/sv/guider/ingen/",
        "/sitemaps/stations-9.xml.gz",
    ],
)
def test_what_never_was_is_404_and_is_never_indexed(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert read.meta(read.page(answer), "robots") == "noindex,follow"


def test_a_station_that_is_renamed_leads_to_its_new_address_in_one_hop(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    old = address(client, "Anders plats")
    twin = english(client, old)
    site.take_in(app, tmp_path, [PLACES[0] | {"name": "Anders torg"}, PLACES[1]])
    new = address(client, "Anders torg")
    answer = client.get(old)
    assert (answer.status_code, answer.location) == (301, new)
    assert client.get(twin).location == english(client, new)
    assert client.get(new).status_code == 200


def test_stations_that_turn_out_to_be_one_lead_to_it_in_one_hop(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    kept, merged = address(client, "Anders plats"), address(client, "Britas plats")
    site.take_in(app, tmp_path, [PLACES[0], PLACES[1] | {"evses": PLACES[0]["evses"]}])
    found = {path: client.get(path) for path in (kept, merged)}
    assert sorted(answer.status_code for answer in found.values()) == [200, 301]
    (target,) = [answer.location for answer in found.values() if answer.status_code == 301]
    assert client.get(target).status_code == 200


def test_a_station_that_two_whole_lists_do_not_have_is_410(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    gone = address(client, "Britas plats")
    site.take_in(app, tmp_path, PLACES[:1])
    assert client.get(gone).status_code == 200
    site.take_in(app, tmp_path, PLACES[:1])
    answer = client.get(gone)
    assert answer.status_code == 410
    assert read.names(read.page(answer)) == ["Anders plats"]
    assert client.get(gone.replace("britas", "annans")).status_code == 410


def test_a_station_whose_partner_does_not_answer_stays(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    path = address(client, "Anders plats")
    (tmp_path / "locations.json").write_text("no list")
    with app.app_context():
        assert app.test_cli_runner().invoke(args=["ingest", "--full"]).exit_code == 1
    answer = client.get(path)
    assert answer.status_code == 200
    assert read.meta(read.page(answer), "robots") == "index,follow"


def test_a_station_says_when_it_was_last_told_of(client: FlaskClient) -> None:
    told = parse_date(client.get(address(client, "Anders plats")).headers["Last-Modified"])
    assert told is not None
    assert abs(told - site.NOW) < timedelta(minutes=10)
