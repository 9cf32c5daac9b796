"""What a partner without a licence says is on the site, and never in the API."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from finder.stations.types import Station
from finder.store import stations
from finder.store.database import reading
from tests.api.conftest import TARIFF, Take, connector, evse, location, stamp

STATIONS = "/api/v1/stations"
CLOSED = {"name": "Hemlig plats", "address": "Hemliga gatan 1", "help_phone": "+46 000", "facilities": ["KIOSK"]}


def test_such_a_station_is_on_the_site_but_may_not_be_passed_on(app: Flask, client: FlaskClient, take: Take) -> None:
    take(location("closed", 58.35, 11.81, **CLOSED), slug="closed", licence=None)
    with reading(app.extensions["finder.reader"]) as connection:
        (station,) = stations.find(connection, stations.Search()).stations
    assert client.get(f"/sv/laddstation/hemlig-plats-uddevalla-{station.id}/").status_code == 200
    response = client.get(f"{STATIONS}/{station.id}")
    assert (response.status_code, response.mimetype) == (403, "application/problem+json")
    assert "Closed states no licence" in response.json["detail"]
    assert "Hemlig" not in response.text


@pytest.mark.parametrize("first", ["closed", "nordladd"])
def test_of_a_place_that_two_tell_of_only_the_licensed_word_is_passed_on(
    client: FlaskClient, take: Take, first: str
) -> None:
    told = {
        "nordladd": location("a", 58.35, 11.81, evse(1, "CHARGING"), evse(2)),
        "closed": location(
            "b", 58.3501, 11.81, evse(1, "AVAILABLE", last_updated=stamp(timedelta(minutes=1))), evse(3), **CLOSED
        ),
    }
    for slug in sorted(told, key=lambda slug: slug != first):
        take(told[slug], slug=slug, licence=None if slug == "closed" else "CC-BY-4.0")
    answer = client.get(STATIONS).json
    assert answer["total"] == 1
    properties = answer["features"][0]["properties"]
    assert (properties["name"], properties["evse_count"], properties["available_count"]) == ("Plats a", 2, 1)
    assert [source["partner"] for source in properties["sources"]] == ["nordladd"]
    one = client.get(f"{STATIONS}/{properties['id']}")
    assert [(each["uid"], each["status"], each["partner"]) for each in one.json["properties"]["evses"]] == [
        ("U1", "CHARGING", "nordladd"),
        ("U2", "AVAILABLE", "nordladd"),
    ]
    assert (one.json["properties"]["help_phone"], one.json["properties"]["facilities"]) == (None, [])
    assert "Hemlig" not in one.text


def test_a_tariff_of_a_partner_without_a_licence_is_not_passed_on(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81, evse(1, "AVAILABLE", connector(tariff_ids=["T1", "T9"]))))
    take(
        location("b", 58.35, 11.81, evse(1, "AVAILABLE", connector(tariff_ids=["T9"]))),
        slug="closed",
        licence=None,
        tariffs=(TARIFF | {"id": "T9"},),
    )
    id = client.get(STATIONS).json["features"][0]["id"]
    tariffs = client.get(f"{STATIONS}/{id}").json["properties"]["tariffs"]
    assert [tariff["id"] for tariff in tariffs] == ["T1"]


def test_the_site_still_shows_everything(app: Flask, take: Take) -> None:
    take(location("a", 58.35, 11.81, evse(1)))
    take(location("b", 58.35, 11.81, evse(1), evse(3)), slug="closed", licence=None)
    with reading(app.extensions["finder.reader"]) as connection:
        (station,) = stations.find(connection, stations.Search()).stations
        whole = stations.by_id(connection, station.id)
    assert isinstance(whole, Station)
    assert len(station.evses) == len(whole.evses) == 2
    assert [origin.licence for origin in whole.origins] == ["CC-BY-4.0", None]


def test_a_partner_without_a_licence_is_named_as_such(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81), slug="closed", licence=None)
    (partner,) = client.get("/api/v1/partners").json["partners"]
    assert (partner["slug"], partner["licence"], partner["stations"]) == ("closed", None, 1)


def test_a_licence_that_comes_later_opens_the_data(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81), licence=None)
    assert client.get(STATIONS).json["total"] == 0
    take(location("a", 58.35, 11.81), licence="CC0-1.0")
    answer = client.get(STATIONS).json
    assert [each["licence"] for each in answer["features"][0]["properties"]["sources"]] == ["CC0-1.0"]
