"""The whole site, as a crawler walks it from the start page."""

import re
from collections import Counter
from functools import cache
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests.pages import read, site

ORIGIN = "https://uttag.example"
NEVER = re.compile(
    r"\b(None|null|NaN|undefined|IEC_62196|AC_3_PHASE|AVAILABLE|OUTOFORDER|INOPERATIVE|UNKNOWN|lorem|TODO)\b|%\(|\{\{"
)


class Crawl:
    def __init__(self, app: Flask) -> None:
        client = app.test_client()
        self.pages: dict[str, BeautifulSoup] = {}
        self.codes: dict[str, int] = {}
        self.clicks = {"/sv/": 0, "/en/": 0}
        self.sizes: dict[str, int] = {}
        waiting = list(self.clicks)
        while waiting:
            path = waiting.pop(0)
            answer = client.get(path)
            self.codes[path] = answer.status_code
            answer.close()
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            soup = self.pages[path] = read.page(answer)
            self.sizes[path] = len(answer.data)
            # Searches are endless, and crawlers are told so.
            for href in (str(tag["href"]) for tag in soup.select("a[href]:not([rel~=nofollow])")):
                target = urlsplit(urljoin(f"{ORIGIN}{path}", href))
                if target.scheme != "https" or target.netloc != "uttag.example":
                    continue
                there = target.path + (f"?{target.query}" if target.query else "")
                if there not in self.clicks:
                    self.clicks[there] = self.clicks[path] + 1
                    waiting.append(there)


@cache
def crawl(app: Flask) -> Crawl:
    return Crawl(app)


@pytest.fixture
def crawled(app: Flask) -> Crawl:
    return crawl(app)


def indexed(crawled: Crawl) -> dict[str, BeautifulSoup]:
    return {path: soup for path, soup in crawled.pages.items() if read.meta(soup, "robots") == "index,follow"}


def test_no_link_is_dead_or_a_detour(crawled: Crawl) -> None:
    assert {path: code for path, code in crawled.codes.items() if code != 200} == {}


def test_every_station_is_at_most_four_clicks_from_the_start_page(crawled: Crawl) -> None:
    pages = {path: clicks for path, clicks in crawled.clicks.items() if path.endswith("/")}
    stations = {path: clicks for path, clicks in pages.items() if path.startswith("/sv/laddstation/")}
    assert len(stations) == sum(count for *_place, count in site.TOWNS)
    assert max(stations.values()) <= 4


def test_every_page_stays_in_its_language(crawled: Crawl) -> None:
    for path, soup in crawled.pages.items():
        assert soup.html is not None
        assert soup.html["lang"] == path.split("/")[1]


def test_titles_are_short_and_no_two_pages_share_one(crawled: Crawl) -> None:
    titles = {path: read.text(soup.title) for path, soup in indexed(crawled).items()}
    assert {path: title for path, title in titles.items() if not 10 <= len(title) <= 60} == {}
    assert [title for title, count in Counter(titles.values()).items() if count > 1] == []


def test_descriptions_are_of_the_length_that_is_shown(crawled: Crawl) -> None:
    said = {path: read.meta(soup, "description") for path, soup in indexed(crawled).items()}
    assert {path: (len(text), text) for path, text in said.items() if not 120 <= len(text) <= 155} == {}


def test_every_indexed_page_is_its_own_canonical_address(crawled: Crawl) -> None:
    for path, soup in indexed(crawled).items():
        assert read.link(soup, "canonical") == ORIGIN + path
        assert read.meta(soup, "og:url") == ORIGIN + path


def test_every_indexed_page_names_its_twin_and_the_twin_names_it(crawled: Crawl) -> None:
    pages = indexed(crawled)
    for path, soup in pages.items():
        languages = read.languages(soup)
        assert set(languages) == {"sv", "en", "x-default"}
        assert languages["x-default"] == languages["sv"]
        for url in languages.values():
            assert read.languages(pages[url.removeprefix(ORIGIN)]) == languages, path


def test_the_language_link_leads_to_the_same_page(crawled: Crawl) -> None:
    for path, soup in crawled.pages.items():
        (other,) = {str(tag["href"]) for tag in soup.select("a[hreflang]")}
        assert other in crawled.pages, path
        assert path in {str(tag["href"]) for tag in crawled.pages[other].select("a[hreflang]")}


def test_every_page_has_one_heading_and_no_empty_one(crawled: Crawl) -> None:
    for path, soup in crawled.pages.items():
        assert len(soup.find_all("h1")) == 1, path
        assert [tag for tag in soup.find_all(re.compile("^h[1-6]$")) if not read.text(tag)] == [], path


def test_the_way_here_stands_on_every_page_but_the_start_and_search(crawled: Crawl) -> None:
    for path, soup in crawled.pages.items():
        if path in ("/sv/", "/en/") or "/sok" in path or "/search" in path:
            continue
        steps = [read.text(tag) for tag in soup.select(".crumbs li")]
        (marked,) = [data for data in read.json_ld(soup) if data["@type"] == "BreadcrumbList"]
        assert [item["name"] for item in marked["itemListElement"]] == steps, path


def test_nothing_of_our_insides_is_ever_shown(crawled: Crawl) -> None:
    for path, soup in crawled.pages.items():
        for tag in soup(["script", "style"]):
            tag.extract()
        assert NEVER.findall(read.text(soup)) == [], path


def test_what_a_partner_writes_is_text_and_never_markup(app: Flask, crawled: Crawl) -> None:
    answer = app.test_client().get("/sv/laddstationer/vastra-gotalands-lan/uddevalla/")
    assert "<script>alert" not in answer.text
    assert site.ATTACK in read.names(read.page(answer))
    (link,) = [tag for tag in read.page(answer).select(".row .name a") if read.text(tag) == site.ATTACK]
    station = read.page(app.test_client().get(str(link["href"])))
    assert site.ATTACK in [data.get("name") for data in read.json_ld(station)]


def test_hidden_and_refused_locations_are_nowhere(crawled: Crawl) -> None:
    assert [path for path, soup in crawled.pages.items() if "Hemma hos" in read.text(soup)] == []


def test_pages_are_light(crawled: Crawl) -> None:
    assert {path: size for path, size in crawled.sizes.items() if size > 60_000} == {}


def test_ids_are_unique_and_references_lead_somewhere(crawled: Crawl) -> None:
    for path, soup in crawled.pages.items():
        ids = [str(tag["id"]) for tag in soup.find_all(id=True)]
        assert len(ids) == len(set(ids)), path
        drawn = {str(tag["href"]).removeprefix("#") for tag in soup.find_all("use")}
        assert drawn <= set(ids), path
        assert {href[1:] for href in read.links(soup) if href.startswith("#")} <= set(ids), path


def test_nothing_stands_inline_that_the_policy_forbids(crawled: Crawl) -> None:
    for path, soup in crawled.pages.items():
        assert soup.find_all(style=True) == [], path
        assert soup.find_all("style") == [], path
        plain = [
            tag for tag in soup.find_all("script") if not tag.get("src") and tag.get("type") != "application/ld+json"
        ]
        assert plain == [], path
        assert [tag for tag in soup.find_all() if any(name.startswith("on") for name in tag.attrs)] == [], path


def test_every_field_has_a_label(crawled: Crawl) -> None:
    for path, soup in crawled.pages.items():
        for field in soup.select("input:not([type=hidden]), select"):
            assert soup.find("label", attrs={"for": field["id"]}), path
