"""Suggestions while typing."""

from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finder.api.places import Place
from tests.api.conftest import Take, evse, location

PLACES = "/api/v1/places"
TORP = location("torp", 58.3535, 11.8105, evse(1), name="Torp köpcentrum", address="Torpvägen 2")
KAMPEN = location("kampen", 58.3490, 11.9370, evse(2), name="Kampenhof", address="Västerlånggatan 12 B")
GONE = {"publish": False}


def suggested(client: FlaskClient, text: str, **more: Any) -> list[dict[str, Any]]:
    response = client.get(PLACES, query_string={"q": text, **more})
    assert response.status_code == 200, response.text
    msgspec.json.decode(response.data, type=list[Place])
    found: list[dict[str, Any]] = response.json
    return found


def kinds(client: FlaskClient, text: str) -> list[tuple[str, str]]:
    return [(each["kind"], each["name"]) for each in suggested(client, text)]


@pytest.fixture
def database_url(either_database_url: str) -> str:
    return either_database_url


def test_a_place_is_suggested_as_the_interface_says(empty: FlaskClient) -> None:
    first = suggested(empty, "uddeva")[0]
    assert first == {
        "name": "Uddevalla",
        "kind": "place",
        "region": "Västra Götalands län",
        "country": "SE",
        "lat": 58.3478,
        "lon": 11.9424,
        "url": "https://uttag.example/sv/sok?q=Uddevalla",
    }


def test_names_and_urls_are_in_the_language_that_is_asked_for(empty: FlaskClient) -> None:
    first = suggested(empty, "gothenb", lang="en")[0]
    assert (first["name"], first["region"], first["url"]) == (
        "Gothenburg",
        "Västra Götaland County",
        "https://uttag.example/en/search?q=Gothenburg",
    )
    assert suggested(empty, "gothenburg munic", lang="en")[0]["name"] == "Gothenburg municipality"
    assert suggested(empty, "gothenb")[0]["name"] == "Göteborg"
    assert suggested(empty, "göteborgs komm")[0]["name"] == "Göteborgs kommun"


def test_every_url_of_a_place_leads_to_a_search_that_means_it(empty: FlaskClient) -> None:
    for text in ("bro", "berg", "lund", "örk", "köp", "par", "451 50", "00100", "malmö komm", "skåne", "58.35,11.94"):
        for each in suggested(empty, text):
            path, _, query = each["url"].removeprefix("https://uttag.example").partition("?")
            assert path == "/sv/sok"
            assert query.startswith(("q=", "near="))


def test_a_code_a_point_and_a_town_of_several_are_told_apart(empty: FlaskClient) -> None:
    code = suggested(empty, "45150")[0]
    assert (code["kind"], code["name"], code["region"]) == ("postal_code", "451 50 Uddevalla", "Västra Götalands län")
    (point,) = suggested(empty, " 58.35 , 11.94 ")
    assert (point["kind"], point["lat"], point["lon"]) == ("place", 58.35, 11.94)
    assert point["url"] == "https://uttag.example/sv/sok?near=58.35,11.94"
    names = [(each["name"], each["region"], each["country"]) for each in suggested(empty, "bergen", limit=20)]
    assert len(set(names)) == len(names) > 3


def test_stations_streets_and_operators_are_suggested(client: FlaskClient, take: Take) -> None:
    take(TORP, KAMPEN)
    assert kinds(client, "kampenh")[0] == ("station", "Kampenhof, Uddevalla")
    assert ("street", "Västerlånggatan, Uddevalla") in kinds(client, "västerlångg")
    assert ("street", "Västerlånggatan, Uddevalla") in kinds(client, "vasterlanggatan udde")
    assert kinds(client, "nordl")[0] == ("operator", "Nordladd")
    (operator,) = [each for each in suggested(client, "nordladd") if each["kind"] == "operator"]
    assert operator["url"] == "https://uttag.example/sv/sok?operator=nordladd"
    assert (operator["lat"], operator["lon"]) == (None, None)
    (station,) = [each for each in suggested(client, "torp köpc") if each["kind"] == "station"]
    assert "/sv/laddstation/torp-kopcentrum-uddevalla-" in station["url"]
    assert client.get(station["url"].removeprefix("https://uttag.example")).status_code == 200
    assert (station["lat"], station["lon"], station["region"]) == (58.3535, 11.8105, "Västra Götalands län")


@pytest.mark.parametrize("text", ["SE*NOR*E0001", "se-nor-e0001", "SENORE0001", " SE NOR E0001 "])
def test_an_evse_id_leads_to_its_station_however_it_is_punctuated(client: FlaskClient, take: Take, text: str) -> None:
    take(TORP, KAMPEN)
    assert kinds(client, text)[0] == ("station", "Torp köpcentrum, Uddevalla")


def test_an_exact_place_stands_before_stations_of_that_name(client: FlaskClient, take: Take) -> None:
    take(*(location(f"{n}", 58.35, 11.9 + n / 100, evse(n), name=f"Uddevalla {n}") for n in range(12)))
    found = kinds(client, "Uddevalla")
    assert found[0] == ("place", "Uddevalla")
    assert ("station", "Uddevalla 1") in found
    assert len(found) == 8


def test_what_is_not_public_or_gone_is_never_suggested(client: FlaskClient, take: Take) -> None:
    take(TORP, KAMPEN)
    take(TORP | GONE, KAMPEN)
    assert not any(kind == "station" and "Torp" in name for kind, name in kinds(client, "torp"))
    assert not any(kind == "station" for kind, _ in kinds(client, "SE*NOR*E0001"))


def test_what_only_partners_without_a_licence_tell_is_not_suggested(client: FlaskClient, take: Take) -> None:
    closed = location(
        "b", 58.35, 11.81, evse(7), name="Hemligt", address="Dolda gatan 1", operator={"name": "Tystladd"}
    )
    take(closed, slug="closed", licence=None)
    for text in ("hemligt", "dolda gatan", "tystladd", "SE*NOR*E0007"):
        assert [kind for kind, _ in kinds(client, text) if kind not in ("place", "postal_code")] == [], text


def test_of_a_place_that_two_tell_of_the_licensed_name_is_suggested(client: FlaskClient, take: Take) -> None:
    take(location("b", 58.35, 11.81, evse(1), name="Hemligt torg"), slug="closed", licence=None)
    take(location("a", 58.35, 11.81, evse(1), name="Öppet torg"))
    assert kinds(client, "SE*NOR*E0001")[0] == ("station", "Öppet torg, Uddevalla")
    assert not any(kind == "station" for kind, _ in kinds(client, "hemligt"))


def test_many_without_a_licence_do_not_hide_one_with(client: FlaskClient, take: Take) -> None:
    numbers = range(1000, 1320)
    take(*(location(f"{n}", 58 + n / 1e4, 11.9, evse(n), name="Torget") for n in numbers), slug="closed", licence=None)
    take(location("open", 58.35, 11.81, evse(1), name="Torget Öppet"))
    assert ("station", "Torget Öppet, Uddevalla") in kinds(client, "torget")


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=%20%20", "q"),
        (f"q={'x' * 10_000}", "q"),
        ("q=lund&limit=0", "limit"),
        ("q=lund&limit=21", "limit"),
        ("q=lund&limit=-1", "limit"),
        ("q=lund&limit=x", "limit"),
        ("q=lund&lang=de", "lang"),
        ("q=lund&q=malmo", "q"),
        ("q=lund&near=1,2", "near"),
    ],
)
def test_a_wrong_parameter_is_told(empty: FlaskClient, query: str, wrong: str) -> None:
    response = empty.get(f"{PLACES}?{query}")
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    assert response.json["parameter"] == wrong
    assert wrong in response.json["detail"]


HOSTILE = [
    "'; DROP TABLE stations; --",
    '" OR 1=1 --',
    "%",
    "_",
    "*",
    "a* OR b*",
    'NEAR("a" "b")',
    "\0",
    "lund\0",
    "\u202e\u200fלונד",
    "🙂🙂🙂",
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "NaN,NaN",
    "1e5,2",
    "91,181",
    "-" * 120,
    "a " * 60,
    "ﷺ" * 40,
    "½ ² ﬁ",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "../../etc/passwd",
]


def test_hostile_texts_get_an_answer_or_400(client: FlaskClient, take: Take) -> None:
    take(TORP)
    for text in HOSTILE:
        for path, codes in ((PLACES, {200, 400}), ("/api/v1/stations", {200, 400}), ("/sv/sok", {200, 301, 400, 404})):
            response = client.get(path, query_string={"q": text})
            assert response.status_code in codes, (path, text)
            assert b"<script>alert" not in response.data
    assert kinds(client, "torp köpcentrum")[0][0] == "station"


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gets_an_answer_or_400(empty: FlaskClient, text: str) -> None:
    response = empty.get(PLACES, query_string={"q": text})
    assert response.status_code in {200, 400}


def test_an_answer_may_be_kept_for_a_minute_and_asked_for_again(empty: FlaskClient) -> None:
    first = empty.get(f"{PLACES}?q=lund")
    assert (first.mimetype, first.headers["Cache-Control"]) == ("application/json", "public, max-age=60")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    again = empty.get(f"{PLACES}?q=lund", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_description_has_the_parameters_that_are_read(empty: FlaskClient) -> None:
    described = empty.get("/api/v1/openapi.json").json["paths"][PLACES]["get"]["parameters"]
    known = empty.get(f"{PLACES}?unknown=1").json["detail"].split("known are ")[1].split(", ")
    assert [each["name"] for each in described] == known == ["q", "limit", "lang"]
    asked = {each["name"]: each["example"] for each in described}
    assert empty.get(PLACES, query_string=asked).status_code == 200
