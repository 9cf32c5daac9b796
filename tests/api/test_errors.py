from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app

PROBLEM = "application/problem+json"


def test_a_wrong_address_below_api_is_a_problem(empty: FlaskClient) -> None:
    response = empty.get("/api/v1/nothing")
    assert (response.status_code, response.mimetype) == (404, PROBLEM)
    assert response.json == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "nothing is here; /api/v1/openapi.json lists what there is",
    }


def test_a_wrong_address_elsewhere_is_a_page(empty: FlaskClient) -> None:
    response = empty.get("/sv/nothing")
    assert (response.status_code, response.mimetype) == (404, "text/html")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_method_that_changes_things_is_not_answered(empty: FlaskClient, method: str) -> None:
    response = empty.open("/api/v1/stations", method=method)
    assert (response.status_code, response.mimetype) == (405, PROBLEM)
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_fault_of_ours_says_nothing_of_our_insides(app: Flask) -> None:
    @app.get("/api/v1/fault")
    def fault() -> str:
        raise RuntimeError("secret /srv/path")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    response = app.test_client().get("/api/v1/fault")
    assert (response.status_code, response.mimetype) == (500, PROBLEM)
    assert response.json["detail"] == "the fault is ours and has been noted"
    assert "secret" not in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_without_its_database_the_api_says_when_to_come_back(tmp_path: Path) -> None:
    app = create_app({"FINDER_DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"})
    response = app.test_client().get("/api/v1/stations")
    assert (response.status_code, response.mimetype) == (503, PROBLEM)
    assert int(response.headers["Retry-After"]) > 0
    assert "stations" not in response.json["detail"]
    app.extensions["finder.engine"].dispose()


def test_a_host_that_is_not_ours_is_refused(empty: FlaskClient) -> None:
    response = empty.get("/api/v1/stations", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "evil" not in response.text
