"""The search field suggests while one types, and is a plain form without script."""

from pathlib import Path
from typing import get_args

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from finder.web.suggestions import Kind
from tests.pages.read import page

STATIC = Path(__file__).parents[2] / "static"
PAGES = ["/sv/", "/en/", "/sv/sok", "/en/search", "/sv/laddstationer/"]


def field(soup: BeautifulSoup) -> Tag:
    found = soup.select_one("form[role=search] input[name=q]")
    assert found is not None
    return found


@pytest.mark.parametrize("path", PAGES)
def test_every_search_field_is_a_plain_form_that_a_script_adds_to(client: FlaskClient, path: str) -> None:
    soup = page(client.get(path))
    (script,) = soup.select("script[type=module][src*=suggest]")
    with client.get(str(script["src"])) as answer:
        assert answer.mimetype == "text/javascript"
    typed = field(soup)
    assert not typed.has_attr("role")
    assert typed.find_parent("form") is not None
    assert soup.select("[role=listbox]") == []


@pytest.mark.parametrize("path", PAGES)
def test_the_field_names_where_to_ask_and_every_kind_of_answer(client: FlaskClient, path: str) -> None:
    typed = field(page(client.get(path)))
    assert client.get(f"{typed['data-suggest']}lund").status_code == 200
    assert f"lang={path[1:3]}&" in str(typed["data-suggest"])
    assert all(typed[f"data-{kind}"] for kind in get_args(Kind))
    assert "#" in str(typed["data-counted"])


def test_the_script_is_small_and_asks_nobody_else() -> None:
    text = (STATIC / "suggest.js").read_text(encoding="utf-8")
    assert len(text.encode()) <= 4096
    assert "http" not in text
    assert "innerHTML" not in text
