from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from finder.api.features import FeatureCollection, FeatureDetails
from tests.api.conftest import TORP, Json, Take, connector, evse, location

STATIONS = "/api/v1/stations"


def listed(client: FlaskClient, query: str = "") -> Json:
    response = client.get(f"{STATIONS}?{query}" if query else STATIONS)
    assert response.status_code == 200, response.text
    msgspec.json.decode(response.data, type=FeatureCollection)
    return response.json


def names(answer: Json) -> list[str]:
    return [feature["properties"]["name"] for feature in answer["features"]]


def only(client: FlaskClient) -> Json:
    (feature,) = listed(client)["features"]
    return feature


def test_a_station_in_a_list_has_every_property_of_the_interface(client: FlaskClient, take: Take) -> None:
    take(TORP)
    feature = only(client)
    assert feature["type"] == "Feature"
    assert feature["geometry"] == {"type": "Point", "coordinates": [11.8105, 58.3535]}
    properties = feature["properties"]
    fetched_at = properties["sources"][0].pop("fetched_at")
    assert datetime.now(UTC) - datetime.fromisoformat(fetched_at) < timedelta(minutes=1)
    assert datetime.now(UTC) - datetime.fromisoformat(properties.pop("updated_at")) < timedelta(minutes=1)
    assert properties == {
        "id": feature["id"],
        "url": f"https://uttag.example/sv/laddstation/torp-kopcentrum-uddevalla-{feature['id']}/",
        "name": "Torp köpcentrum",
        "address": "Torpvägen 2",
        "postal_code": "451 50",
        "city": "Uddevalla",
        "country": "SE",
        "operator": "Nordladd",
        "status": "available",
        "evse_count": 3,
        "available_count": 1,
        "max_power_kw": 300,
        "connectors": [
            {
                "standard": "IEC_62196_T2_COMBO",
                "format": "CABLE",
                "power_type": "DC",
                "power_kw": 300,
                "count": 2,
                "available": 1,
            },
            {
                "standard": "IEC_62196_T2",
                "format": "SOCKET",
                "power_type": "AC_3_PHASE",
                "power_kw": 22,
                "count": 1,
                "available": None,
            },
        ],
        "price": {"currency": "SEK", "per_kwh_incl_vat": "6.125", "reason": None},
        "sources": [{"partner": "nordladd", "licence": "CC-BY-4.0"}],
    }


def test_the_page_of_a_station_is_where_its_url_leads(client: FlaskClient, take: Take) -> None:
    take(TORP)
    url = only(client)["properties"]["url"]
    assert client.get(url.removeprefix("https://uttag.example")).status_code == 200


def test_available_count_is_null_where_no_status_is_known(client: FlaskClient, take: Take) -> None:
    take(location("a", 58, 12, evse(1, "UNKNOWN")))
    properties = only(client)["properties"]
    assert (properties["status"], properties["available_count"]) == ("unknown", None)
    assert properties["connectors"][0]["available"] is None


def test_available_count_is_0_where_all_are_known_to_be_busy(client: FlaskClient, take: Take) -> None:
    take(location("a", 58, 12, evse(1, "CHARGING")))
    properties = only(client)["properties"]
    assert (properties["status"], properties["available_count"]) == ("busy", 0)


def test_a_status_of_a_partner_that_fell_silent_is_unknown(client: FlaskClient, take: Take) -> None:
    take(TORP, ago=timedelta(hours=1))
    feature = only(client)
    assert (feature["properties"]["status"], feature["properties"]["available_count"]) == ("unknown", None)
    one = client.get(f"{STATIONS}/{feature['id']}").json
    assert {each["status"] for each in one["properties"]["evses"]} == {"UNKNOWN"}


def test_near_gives_the_nearest_first_with_their_distances(client: FlaskClient, take: Take) -> None:
    take(location("far", 58.40, 11.81), location("here", 58.35, 11.81), location("mid", 58.37, 11.81))
    answer = listed(client, "near=58.35,11.81")
    assert names(answer) == ["Plats here", "Plats mid", "Plats far"]
    assert [f["properties"]["distance_km"] for f in answer["features"]] == pytest.approx([0, 2.224, 5.560], abs=0.002)
    assert names(listed(client, "near=58.35,11.81&radius_km=3")) == ["Plats here", "Plats mid"]


def test_a_box_holds_only_what_lies_inside(client: FlaskClient, take: Take) -> None:
    take(location("in", 58.35, 11.81), location("out", 59.35, 11.81))
    assert names(listed(client, "bbox=11,58,12,59")) == ["Plats in"]


def test_a_box_may_cross_the_antimeridian(client: FlaskClient, take: Take) -> None:
    fiji = {"country": "FJI", "time_zone": "Pacific/Fiji"}
    take(location("west", -17, 179.5, **fiji), location("east", -17, -179.5, **fiji), location("not", -17, 170, **fiji))
    assert sorted(names(listed(client, "bbox=179,-20,-179,-10"))) == ["Plats east", "Plats west"]


def test_words_operator_and_place_must_all_hold(client: FlaskClient, take: Take) -> None:
    take(
        location("one", 58.35, 11.81, name="Östra torget"),
        location("two", 58.35, 11.82, name="Östra torget", operator={"name": "Ström & Sol"}),
        location("three", 58.35, 11.83, name="Hamnen", operator={"name": "Ström & Sol"}),
    )
    assert listed(client, "q=ostra")["total"] == 2
    assert listed(client, "operator=strom-sol")["total"] == 2
    assert names(listed(client, "q=torg&operator=strom-sol&near=58.35,11.82")) == ["Östra torget"]
    assert listed(client, "q=!!!") == {"type": "FeatureCollection", "total": 0, "next": None, "features": []}


def test_next_keeps_the_search(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81), location("b", 58.36, 11.81))
    url = listed(client, "q=plats&near=58.35,11.81&limit=1")["next"]
    assert url.startswith("https://uttag.example/api/v1/stations?q=plats&near=58.35,11.81&limit=1&cursor=")


def test_one_station_tells_everything_in_the_words_of_ocpi(client: FlaskClient, take: Take) -> None:
    take(TORP)
    id = only(client)["id"]
    response = client.get(f"{STATIONS}/{id}")
    assert response.mimetype == "application/geo+json"
    msgspec.json.decode(response.data, type=FeatureDetails)
    properties = response.json["properties"]
    assert properties["facilities"] == ["RESTAURANT", "WIFI"]
    assert properties["opening_times"] == {"twentyfourseven": True}
    assert properties["help_phone"] == "+46 522 000 00"
    assert properties["operator_details"] == {"name": "Nordladd", "website": "https://nordladd.example"}
    assert properties["parking_type"] is None
    assert [(each["uid"], each["evse_id"], each["status"]) for each in properties["evses"]] == [
        ("U1", "SE*NOR*E0001", "AVAILABLE"),
        ("U2", "SE*NOR*E0002", "CHARGING"),
        ("U3", "SE*NOR*E0003", "UNKNOWN"),
    ]
    first = properties["evses"][0]
    assert (first["partner"], first["status_updated_at"]) == ("nordladd", TORP["evses"][0]["last_updated"])
    assert first["connectors"][0]["standard"] == "IEC_62196_T2_COMBO"
    assert first["connectors"][0]["power_kw"] == 300
    (tariff,) = properties["tariffs"]
    (component,) = tariff["elements"][0]["price_components"]
    assert (tariff["id"], tariff["currency"], component["type"], component["price"]) == ("T1", "SEK", "ENERGY", "4.9")


def test_a_removed_station_is_gone_with_when_and_why(client: FlaskClient, take: Take) -> None:
    take(TORP, location("other", 58, 12))
    id = listed(client, "q=torp")["features"][0]["id"]
    removed = [each | {"status": "REMOVED", "last_updated": TORP["last_updated"]} for each in TORP["evses"]]
    take(TORP | {"evses": removed, "last_updated": datetime.now(UTC).isoformat()}, location("other", 58, 12))
    response = client.get(f"{STATIONS}/{id}")
    assert response.status_code == 410
    assert response.mimetype == "application/problem+json"
    assert response.json["reason"]
    assert datetime.now(UTC) - datetime.fromisoformat(response.json["gone_at"]) < timedelta(minutes=1)
    assert listed(client, "q=torp")["total"] == 0


def test_an_id_that_was_merged_leads_to_its_station(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81, evse(1)), location("b", 58.3501, 11.81, evse(2)))
    before = {feature["id"] for feature in listed(client)["features"]}
    later = datetime.now(UTC).isoformat()
    take(
        location("a", 58.35, 11.81, evse(1)),
        location("b", 58.3501, 11.81, evse(2), evse(1), last_updated=later),
    )
    (left,) = {feature["id"] for feature in listed(client)["features"]}
    (gone,) = before - {left}
    response = client.get(f"{STATIONS}/{gone}")
    assert (response.status_code, response.headers["Location"]) == (301, f"https://uttag.example{STATIONS}/{left}")


@pytest.mark.parametrize("id", ["nosuch", "%00", "A", "x" * 300, "..", "å"])
def test_an_id_that_never_was_is_not_found(empty: FlaskClient, id: str) -> None:
    response = empty.get(f"{STATIONS}/{id}")
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("near=NaN,11", "near"),
        ("near=58,inf", "near"),
        ("near=91,11", "near"),
        ("near=58", "near"),
        ("near=", "near"),
        ("near=58,11&radius_km=-1", "radius_km"),
        ("near=58,11&radius_km=0", "radius_km"),
        ("near=58,11&radius_km=201", "radius_km"),
        ("near=58,11&radius_km=1e2", "radius_km"),
        ("radius_km=5", "radius_km"),
        ("bbox=11,59,12,58", "bbox"),
        ("bbox=11,58,12", "bbox"),
        ("bbox=11,58,181,59", "bbox"),
        ("bbox=nan,58,12,59", "bbox"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=-1", "limit"),
        ("limit=1.5", "limit"),
        ("limit=١", "limit"),
        ("limit=1&limit=2", "limit"),
        ("q=", "q"),
        ("q=" + "a" * 121, "q"),
        ("operator=Ström", "operator"),
        ("cursor=abc", "cursor"),
        ("cursor=WzEuMCwiYSJd", "cursor"),
        ("near=58,11&cursor=WyJhIiwiYSJd", "cursor"),
        ("page=2", "page"),
        ("NEAR=58,11", "NEAR"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_it_takes(empty: FlaskClient, query: str, parameter: str) -> None:
    response = empty.get(f"{STATIONS}?{query}")
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    assert response.json["parameter"] == parameter
    assert parameter in response.json["detail"]
    assert {"type", "title", "status", "detail"} <= response.json.keys()


@pytest.mark.parametrize("path", [f"{STATIONS}/abc", "/api/v1/partners", "/api/v1/openapi.json"])
def test_where_no_parameter_is_taken_one_is_refused(empty: FlaskClient, path: str) -> None:
    response = empty.get(f"{path}?debug=1")
    assert (response.status_code, response.json["parameter"]) == (400, "debug")


def test_an_answer_that_is_known_already_is_not_sent_again(client: FlaskClient, take: Take) -> None:
    take(TORP)
    first = client.get(STATIONS)
    etag = first.headers["ETag"]
    assert not etag.startswith("W/")
    again = client.get(STATIONS, headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "public, max-age=10"
    take(TORP, location("new", 58, 12))
    assert client.get(STATIONS, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    "path", [STATIONS, f"{STATIONS}/nosuch", f"{STATIONS}?limit=0", "/api/v1/partners", "/api/v1/no"]
)
def test_scripts_of_any_origin_may_read_every_answer(empty: FlaskClient, path: str) -> None:
    response = empty.get(path, headers={"Origin": "https://other.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Origin" not in response.headers.get("Vary", "")
    assert "Set-Cookie" not in response.headers


def test_a_script_may_ask_with_an_etag(empty: FlaskClient) -> None:
    asked = {"Origin": "https://other.example", "Access-Control-Request-Headers": "If-None-Match"}
    response = empty.options(STATIONS, headers=asked)
    assert response.status_code == 200
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]


def test_markup_of_a_partner_is_no_markup_in_json(client: FlaskClient, take: Take) -> None:
    nasty = "</script><img src=x onerror=alert(1)>"
    take(location("a", 58, 12, name=nasty))
    response = client.get(STATIONS)
    assert b"<" not in response.data
    assert "img src=x" in response.json["features"][0]["properties"]["name"]


def test_partners_tell_how_fresh_they_are(client: FlaskClient, take: Take) -> None:
    take(TORP, location("other", 58, 12), ago=timedelta(minutes=5))
    (partner,) = client.get("/api/v1/partners").json["partners"]
    assert partner.pop("lag_seconds") in range(299, 320)
    assert partner.pop("last_success") == partner.pop("last_attempt")
    assert partner == {
        "slug": "nordladd",
        "name": "Nordladd",
        "licence": "CC-BY-4.0",
        "version": "2.2.1",
        "outcome": "ok",
        "interval_seconds": 300,
        "locations": 2,
        "stations": 2,
        "evses": 4,
        "tariffs": 1,
        "rejected": {},
    }


def test_a_position_asked_for_is_in_no_log(client: FlaskClient, take: Take, caplog: Any) -> None:
    take(TORP)
    caplog.set_level("DEBUG")
    listed(client, "near=58.123456,11.654321")
    assert "58.12" not in caplog.text


def test_the_plug_decides_the_group(client: FlaskClient, take: Take) -> None:
    both = evse(1, "AVAILABLE", connector("1"), connector("2", standard="CHADEMO", max_electric_power=50000))
    take(location("a", 58, 12, both))
    groups = only(client)["properties"]["connectors"]
    assert [(each["standard"], each["power_kw"], each["count"]) for each in groups] == [
        ("IEC_62196_T2_COMBO", 300, 1),
        ("CHADEMO", 50, 1),
    ]
