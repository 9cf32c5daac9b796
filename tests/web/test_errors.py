import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

HEADINGS = {
    400: "Det förstod vi inte",
    404: "Återvändsväg",
    405: "Det går inte här",
    410: "Sidan är borttagen",
    413: "Det blev för mycket",
    429: "Vänta en stund",
    500: "Något gick sönder hos oss",
    503: "Stängt en stund",
}


@pytest.fixture(autouse=True)
def as_in_production(app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False


@pytest.mark.parametrize(("code", "heading"), HEADINGS.items())
def test_every_error_has_a_page_in_the_readers_language(client: FlaskClient, code: int, heading: str) -> None:
    swedish, english = client.get(f"/sv/fail/{code}"), client.get(f"/en/fail/{code}")
    assert (swedish.status_code, english.status_code) == (code, code)
    soup = BeautifulSoup(swedish.text, "lxml")
    assert soup.h1 is not None
    assert soup.h1.text == heading
    assert soup.select_one('form[action="/sv/sok"]')
    assert '<html lang="en">' in english.text
    assert heading not in english.text
    assert 'content="noindex,follow"' in english.text


def test_an_address_of_no_language_is_answered_in_swedish(client: FlaskClient) -> None:
    assert "Återvändsväg" in client.get("/wp-admin.php").text


def test_an_error_shows_nothing_of_the_inside(client: FlaskClient) -> None:
    text = client.get("/sv/fail/500").text
    for word in ("secret", "Traceback", "RuntimeError", "Werkzeug", "finder/", ".py"):
        assert word not in text


def test_a_missing_database_is_a_short_wait(client: FlaskClient) -> None:
    answer = client.get("/sv/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "SELECT" not in answer.text
    assert "Stängt en stund" in answer.text


def test_a_method_that_does_not_fit_says_which_would(client: FlaskClient) -> None:
    answer = client.post("/sv/sok")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert client.open("/sv/sok", method="TRACE").status_code == 405


def test_only_what_is_not_there_is_a_dead_end(client: FlaskClient) -> None:
    assert "roadsign" in client.get("/sv/nowhere").text
    assert "roadsign" not in client.get("/sv/fail/500").text


def test_a_request_that_is_too_large_is_refused(app: Flask, client: FlaskClient) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 10
    answer = client.post("/sv/form", data=b"x" * 100)
    assert answer.status_code == 413
    assert "Det blev för mycket" in answer.text
