"""Walks the whole site from its start page, as a crawler would, and notes of each page what search engines look at."""

import gzip
import json
import re
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from flask import Flask
from flask.testing import FlaskClient
from lxml import html

ORIGIN = "https://uttag.example"
STARTS = ("/sv/", "/en/")
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HEADINGS = {f"h{level}" for level in range(1, 7)}
HIDDEN = ("script", "style", "template")


class Page(NamedTuple):
    """A page in HTML that answers 200. `links` are those that crawlers follow, as paths; `text` is what is visible, blanks as one."""

    path: str
    clicks: int
    title: str
    description: str
    robots: str
    canonical: str | None
    languages: dict[str, str]
    outline: tuple[int, ...]
    links: tuple[str, ...]
    text: str
    json_ld: tuple[dict[str, Any], ...]
    source: str
    live: tuple[str, ...]

    @property
    def indexed(self) -> bool:
        return self.robots == "index,follow"

    @property
    def is_station(self) -> bool:
        return self.path.startswith(("/sv/laddstation/", "/en/station/"))


class Crawl(NamedTuple):
    """`codes` is of every address that was met, `sitemap` all that the sitemaps list, as paths."""

    pages: dict[str, Page]
    codes: dict[str, int]
    found_on: dict[str, str]
    sitemap: tuple[str, ...]


def crawled(app: Flask) -> Crawl:
    client = app.test_client()
    pages: dict[str, Page] = {}
    codes: dict[str, int] = {}
    clicks = dict.fromkeys(STARTS, 0)
    found_on = dict.fromkeys(STARTS, "")
    waiting = list(STARTS)
    for path in waiting:
        with client.get(path) as answer:
            codes[path] = answer.status_code
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            page = pages[path] = read(path, clicks[path], answer.text)
        for link in page.links:
            if link not in clicks:
                clicks[link] = clicks[path] + 1
                found_on[link] = path
                waiting.append(link)
    return Crawl(pages, codes, found_on, tuple(listed(client)))


def read(path: str, clicks: int, source: str) -> Page:
    root = html.document_fromstring(source)
    head = {tag.get("name"): tag.get("content") for tag in root.iter("meta") if tag.get("name")}
    canonical = [tag.get("href") for tag in root.iter("link") if tag.get("rel") == "canonical"]
    json_ld = [json.loads(tag.text) for tag in root.iter("script") if tag.get("type") == "application/ld+json"]
    live = tuple(blanks(tag.text_content()) for tag in root.iter() if tag.get("data-nosnippet") is not None)
    return Page(
        path=path,
        clicks=clicks,
        title=blanks(root.findtext(".//title") or ""),
        description=head.get("description", ""),
        robots=head.get("robots", ""),
        canonical=canonical[0] if len(canonical) == 1 else None,
        languages={
            tag.get("hreflang"): tag.get("href")
            for tag in root.iter("link")
            if tag.get("rel") == "alternate" and tag.get("hreflang")
        },
        outline=tuple(int(tag.tag[1]) for tag in root.iter() if tag.tag in HEADINGS),
        links=tuple(dict.fromkeys(_links(path, root))),
        text=visible(root),
        json_ld=tuple(json_ld),
        source=source,
        live=live,
    )


def _links(path: str, root: Any) -> Any:
    for tag in root.iter("a"):
        href = tag.get("href")
        # Searches are endless, and crawlers are told so.
        if href is None or "nofollow" in (tag.get("rel") or ""):
            continue
        target = urlsplit(urljoin(ORIGIN + path, href))
        if f"{target.scheme}://{target.netloc}" == ORIGIN:
            yield target.path + (f"?{target.query}" if target.query else "")


def visible(root: Any) -> str:
    for tag in list(root.iter(*HIDDEN)):
        tag.drop_tree()
    return blanks(" ".join(root.itertext()))


def blanks(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def listed(client: FlaskClient) -> list[str]:
    parts = ElementTree.fromstring(client.get("/sitemap.xml").data).iter(f"{SPACE}loc")
    found = []
    for part in [str(tag.text).removeprefix(ORIGIN) for tag in parts]:
        root = ElementTree.fromstring(gzip.decompress(client.get(part).data))
        found += [str(tag.text).removeprefix(ORIGIN) for tag in root.iter(f"{SPACE}loc")]
    return found
