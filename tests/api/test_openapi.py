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
    known = empty.get("/api/v1/stations?unknown=1").json["detail"].split("known are ")[1].split(", ")
    assert known == names
    of_a_price = described["paths"]["/api/v1/stations/{id}/price"]["get"]["parameters"]
    assert {"energy_kwh", "from", "start", "pay", "connector"} <= {parameter["name"] for parameter in of_a_price}
    answer = empty.get("/api/v1/stations/x/price?unknown=1").json["detail"]
    assert answer.split("known are ")[1].split(", ") == [each["name"] for each in of_a_price if each["in"] == "query"]


@pytest.mark.parametrize("path", ["/api/v1/stations", "/api/v1/stations/{id}/price"])
def test_the_example_of_each_parameter_is_taken(empty: FlaskClient, described: dict[str, Any], path: str) -> None:
    right = 200 if path.endswith("stations") else 404
    for parameter in described["paths"][path]["get"]["parameters"]:
        near = {"near": "58,12"} if parameter["name"] == "radius_km" else {}
        if parameter["in"] == "path":
            continue
        query = near | {parameter["name"]: parameter["example"]}
        assert empty.get(path.replace("{id}", "x"), query_string=query).status_code == right, parameter["name"]
        schema = parameter["schema"]
        if "pattern" in schema:
            assert re.search(schema["pattern"], parameter["example"])
        example = parameter["example"]
        if schema["type"] == "array":
            (example,), schema = example, schema["items"]
        assert example in schema.get("enum", [example])


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
    assert one["price"].keys() == schemas["Price"]["properties"].keys()
    price = client.get(f"/api/v1/stations/{feature['id']}/price").json
    assert price.keys() == schemas["ChargePrice"]["properties"].keys()
    assert price["components"][0].keys() == schemas["Component"]["properties"].keys()
    (partner,) = client.get("/api/v1/partners").json["partners"]
    assert partner.keys() == schemas["PartnerReport"]["properties"].keys()


def test_every_status_that_is_sent_is_described(described: dict[str, Any]) -> None:
    for path in ("/api/v1/stations/{id}", "/api/v1/stations/{id}/price"):
        responses = described["paths"][path]["get"]["responses"]
        assert responses.keys() == {"200", "301", "304", "400", "403", "404", "410", "503"}


def test_the_server_is_the_configured_one(described: dict[str, Any]) -> None:
    assert described["servers"] == [{"url": "https://uttag.example"}]
