"""What a reader or a crawler sees of an answer."""

import json
from typing import Any

from bs4 import BeautifulSoup, Tag
from werkzeug.test import TestResponse


def page(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "lxml")


def text(soup: BeautifulSoup | Tag | None) -> str:
    """The words, blanks and no-break spaces as one blank."""
    assert soup is not None
    return " ".join(soup.get_text(" ").split())


def meta(soup: BeautifulSoup, name: str) -> str:
    tag = soup.find("meta", attrs={"name": name}) or soup.find("meta", attrs={"property": name})
    assert isinstance(tag, Tag), name
    return str(tag["content"])


def link(soup: BeautifulSoup, rel: str) -> str | None:
    tag = soup.find("link", rel=rel)
    return str(tag["href"]) if isinstance(tag, Tag) else None


def languages(soup: BeautifulSoup) -> dict[str, str]:
    return {str(tag["hreflang"]): str(tag["href"]) for tag in soup.find_all("link", rel="alternate", hreflang=True)}


def links(soup: BeautifulSoup) -> list[str]:
    return [str(tag["href"]) for tag in soup.find_all("a", href=True)]


def json_ld(soup: BeautifulSoup) -> list[dict[str, Any]]:
    return [json.loads(str(tag.string)) for tag in soup.find_all("script", type="application/ld+json")]


def names(soup: BeautifulSoup) -> list[str]:
    """The stations of the lists, in order."""
    return [text(tag) for tag in soup.select("li.row .name")]
