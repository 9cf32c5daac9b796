from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app
from finder.pages.robots import AI_CRAWLERS


def rules(text: str) -> list[list[str]]:
    return [group.splitlines() for group in text.strip().split("\n\n")]


def test_everything_may_be_read_but_searches_and_what_only_open_pages_ask_for(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    everybody, sitemap = rules(answer.text)
    assert answer.mimetype == "text/plain"
    assert everybody == [
        "User-agent: *",
        "Disallow: /sv/sok?",
        "Disallow: /en/search?",
        "Disallow: /sv/live?",
        "Disallow: /en/live?",
        "Disallow: /tiles/",
    ]
    assert sitemap == ["Sitemap: https://uttag.example/sitemap.xml"]


def test_one_setting_turns_those_away_who_gather_texts_for_language_models(tmp_path: Path) -> None:
    app = create_app({"FINDER_DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "FINDER_AI_CRAWLERS": "refuse"})
    _everybody, refused, _sitemap = rules(app.test_client().get("/robots.txt").text)
    assert refused == [*(f"User-agent: {name}" for name in AI_CRAWLERS), "Disallow: /"]
    assert {"User-agent: GPTBot", "User-agent: ClaudeBot", "User-agent: Google-Extended"} <= set(refused)
    assert "User-agent: Googlebot" not in refused


def test_language_models_are_told_what_is_here_in_thirty_lines(client: FlaskClient) -> None:
    answer = client.get("/llms.txt")
    lines = answer.text.splitlines()
    assert answer.mimetype == "text/markdown"
    assert lines[0] == "# Uttag"
    assert len(lines) <= 32
    assert [line for line in lines if line.startswith("## ")] == [
        "## Pages",
        "## API",
        "## Everything at once",
        "## Licences",
    ]
    assert "- Of the data: CC BY 4.0. Name the `sources` that each station has." in lines


def test_every_address_that_language_models_are_told_is_answered(client: FlaskClient) -> None:
    links = [part.split(")")[0] for part in client.get("/llms.txt").text.split("](https://uttag.example")[1:]]
    assert len(links) >= 6
    for path in links:
        with client.get(path) as answer:
            assert answer.status_code == 200, path


@pytest.mark.parametrize("path", ["/robots.txt", "/llms.txt", "/opensearch.xml", "/favicon.ico"])
def test_who_has_it_already_gets_304(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
