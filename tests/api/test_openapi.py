import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import TORP, Take


@pytest.fixture
def described(empty: FlaskClient) -> dict[str, Any]:
    response = empty.get("/api/v1/openapi.json")
    assert response.mimetype == "application/json"
    return response.json


def test_every_path_of_the_api_is_described_and_no_other(empty: FlaskClient, described: dict[str, Any]) -> None:
    rules = {
        rule.rule.replace("<id>", "{id}")
        for rule in empty.application.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == rules - {"/api/v1/openapi.json"}


def test_the_parameters_are_those_that_are_read(empty: FlaskClient, described: dict[str, Any]) -> None:
    parameters = described["paths"]["/api/v1/stations"]["get"]["parameters"]
    names = [parameter["name"] for parameter in parameters]
    assert names == ["q", "near", "radius_km", "bbox", "operator", "limit", "cursor"]
    known = empty.get("/api/v1/stations?unknown=1").json["detail"].split("known are ")[1].split(", ")
    assert known == names


def test_the_example_of_each_parameter_is_taken(empty: FlaskClient, described: dict[str, Any]) -> None:
    for parameter in described["paths"]["/api/v1/stations"]["get"]["parameters"]:
        near = {"near": "58,12"} if parameter["name"] == "radius_km" else {}
        query = near | {parameter["name"]: parameter["example"]}
        assert empty.get("/api/v1/stations", query_string=query).status_code == 200, parameter["name"]
        pattern = parameter["schema"].get("pattern")
        assert pattern is None or re.search(pattern, parameter["example"])


def test_every_reference_leads_to_a_schema(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    references = re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(described))
    assert references
    assert set(references) == schemas.keys()


def test_what_is_sent_is_what_is_described(client: FlaskClient, take: Take, described: dict[str, Any]) -> None:
    take(TORP)
    schemas = described["components"]["schemas"]
    answer = client.get("/api/v1/stations?near=58.35,11.81").json
    assert answer.keys() == schemas["FeatureCollection"]["properties"].keys()
    (feature,) = answer["features"]
    assert feature["properties"].keys() == schemas["Properties"]["properties"].keys()
    one = client.get(f"/api/v1/stations/{feature['id']}").json["properties"]
    assert one.keys() == schemas["Details"]["properties"].keys() - {"distance_km"}
    assert one["evses"][0].keys() == schemas["EvseDetails"]["properties"].keys()
    (partner,) = client.get("/api/v1/partners").json["partners"]
    assert partner.keys() == schemas["PartnerReport"]["properties"].keys()


def test_every_status_that_is_sent_is_described(described: dict[str, Any]) -> None:
    station = described["paths"]["/api/v1/stations/{id}"]["get"]["responses"]
    assert station.keys() == {"200", "301", "304", "400", "403", "404", "410", "503"}


def test_the_server_is_the_configured_one(described: dict[str, Any]) -> None:
    assert described["servers"] == [{"url": "https://uttag.example"}]
