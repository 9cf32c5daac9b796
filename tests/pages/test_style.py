"""The style page is of the site as it is, and nobody's but those who work on it."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from finder.web.language import LANGUAGES
from tests.pages import read

STYLE = (Path(__file__).parents[2] / "static" / "site.css").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def development(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("style")
    return create_app({"FINDER_DATABASE_URL": f"sqlite:///{folder}/none.db", "FINDER_STYLE_PAGE": "allow"})


def test_in_production_there_is_no_style_page_and_nothing_leads_to_it(client: FlaskClient) -> None:
    assert client.get("/_stil").status_code == 404
    for code in LANGUAGES:
        assert "/_stil" not in read.links(read.page(client.get(f"/{code}/")))


def test_it_shows_every_colour_and_size_of_the_style_sheet(development: Flask) -> None:
    page = read.page(development.test_client().get("/_stil"))
    root = STYLE.split(":root{")[1].split("}")[0]
    colours = re.findall(r"--([\w-]+):(?:light-dark\(|#)", root)
    shown = {str(tag["aria-label"]) for tag in page.select("[aria-label^='--']")}
    assert len(colours) >= 20
    assert {f"--{name}" for name in colours} | {"--xxl", "--fig", "--xl", "--l", "--m", "--s", "--xs"} == shown


def test_it_shows_every_status_in_the_words_of_the_site(development: Flask) -> None:
    page = read.page(development.test_client().get("/_stil"))
    for kind, words in {
        "free": "3 av 6 lediga",
        "busy": "Alla 4 upptagna",
        "broken": "Ur funktion",
        "unknown": "Ingen live-status",
    }.items():
        assert words in {read.text(tag) for tag in page.select(f".st.{kind}")}
    assert len(page.select(".rows .row")) == 4
    assert page.select("[aria-invalid=true]")
    assert read.meta(page, "robots") == "noindex,follow"
