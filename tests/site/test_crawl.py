"""The whole demonstration as search engines see it (seo.md)."""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from lxml import html

from tests.site import hostile
from tests.site.crawl import ORIGIN, Crawl, Page, blanks

# The first of them walks the site.
pytestmark = pytest.mark.timeout(900)
# Without the soft hyphen, with which we part long words ourselves.
TURNING = re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
ADDRESSES = {"href", "src", "action", "formaction", "poster", "data", "srcset", "content"}
# Of structured data, what names a thing or says where it is: people must be able to read it on the page.
SAID = {"name", "streetAddress", "postalCode", "addressLocality", "telephone", "headline", "alternateName"}


def indexed(crawl: Crawl) -> dict[str, Page]:
    return {path: page for path, page in crawl.pages.items() if page.indexed}


def shared(values: dict[str, str]) -> dict[str, list[str]]:
    """What several pages have alike."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, value in values.items():
        found[value].append(path)
    return {value: paths for value, paths in found.items() if len(paths) > 1}


def test_no_link_is_dead_or_a_detour(crawl: Crawl) -> None:
    assert {(path, crawl.found_on[path]): code for path, code in crawl.codes.items() if code != 200} == {}


def test_every_station_is_at_most_four_clicks_from_the_start_page(crawl: Crawl) -> None:
    stations = {path: page.clicks for path, page in crawl.pages.items() if page.is_station}
    assert len(stations) > 200
    assert {path: clicks for path, clicks in stations.items() if clicks > 4} == {}


def test_the_sitemap_lists_just_the_pages_that_may_be_indexed(crawl: Crawl) -> None:
    """So none of them is an orphan either."""
    assert len(set(crawl.sitemap)) == len(crawl.sitemap)
    assert set(crawl.sitemap) - indexed(crawl).keys() == set()
    assert indexed(crawl).keys() - set(crawl.sitemap) == set()


def test_every_page_that_may_be_indexed_is_its_own_canonical_address(crawl: Crawl) -> None:
    assert {path: page.canonical for path, page in indexed(crawl).items() if page.canonical != ORIGIN + path} == {}


def test_every_page_names_its_twin_and_the_twin_names_it(crawl: Crawl) -> None:
    pages = indexed(crawl)
    for path, page in pages.items():
        assert set(page.languages) == {"sv", "en", "x-default"}, path
        assert page.languages["x-default"] == page.languages["sv"]
        assert ORIGIN + path in page.languages.values()
        for url in page.languages.values():
            assert pages[url.removeprefix(ORIGIN)].languages == page.languages, path


def test_every_page_has_one_heading_of_the_first_level_and_no_gap_below(crawl: Crawl) -> None:
    wrong = {}
    for path, page in crawl.pages.items():
        levels = page.outline
        gaps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        if levels.count(1) != 1 or levels[0] != 1 or gaps:
            wrong[path] = levels
    assert wrong == {}


def test_no_two_pages_have_one_title_or_one_description(crawl: Crawl) -> None:
    pages = indexed(crawl)
    assert shared({path: page.title for path, page in pages.items()}) == {}
    assert shared({path: page.description for path, page in pages.items()}) == {}


def test_titles_and_descriptions_have_the_length_that_is_shown(crawl: Crawl) -> None:
    pages = indexed(crawl)
    assert {path: page.title for path, page in pages.items() if not 10 <= len(page.title) <= 60} == {}
    lengths = {path: len(page.description) for path, page in pages.items()}
    assert {path: length for path, length in lengths.items() if not 120 <= length <= 155} == {}


def test_structured_data_says_what_the_page_says(crawl: Crawl) -> None:
    wrong = {}
    for path, page in indexed(crawl).items():
        text = f"{page.text} {page.title}".casefold()
        missing = [said for said in _said(page.json_ld) if blanks(said).casefold() not in text]
        if missing:
            wrong[path] = missing
    assert wrong == {}


def test_prices_in_structured_data_stand_on_the_page(crawl: Crawl) -> None:
    priced = 0
    for path, page in indexed(crawl).items():
        for price in _prices(page.json_ld):
            priced += 1
            assert any(form in page.text for form in _forms(price)), (path, price)
    assert priced > 100


def test_no_status_is_in_structured_data_or_a_description(crawl: Crawl) -> None:
    for path, page in indexed(crawl).items():
        assert "availability" not in str(page.json_ld).casefold().replace("isaccessible", ""), path
        if page.is_station:
            assert not re.search(r"\d+ (av|of) \d+ (lediga|available)", page.description), path


def test_what_is_live_on_a_station_is_kept_out_of_search_results(crawl: Crawl) -> None:
    counted = re.compile(r"\b\d+ (av|of) \d+ (är )?(lediga|ledigt|available)")
    for path, page in crawl.pages.items():
        if page.is_station and page.indexed:
            root = html.document_fromstring(page.source)
            for tag in [each for each in root.iter() if each.get("data-nosnippet") is not None]:
                tag.drop_tree()
            main = root.find(".//main")
            own = main.find(".//*[@class='sign']")
            assert own is None or not counted.search(blanks(own.text_content())), path


def test_what_search_results_leave_out_is_marked_where_they_look_for_it(crawl: Crawl) -> None:
    marked = [html.document_fromstring(page.source).xpath("//*[@data-nosnippet]") for page in crawl.pages.values()]
    assert {str(tag.tag) for tags in marked for tag in tags} <= {"span", "div", "section"}


def test_what_a_partner_writes_is_text_and_never_markup(crawl: Crawl) -> None:
    met = 0
    for path, page in crawl.pages.items():
        met += "alert(1)" in page.text
        root = html.document_fromstring(page.source)
        for tag in root.iter():
            if not isinstance(tag.tag, str):
                continue
            assert not [name for name in tag.attrib if name.startswith("on")], path
            for name in ADDRESSES & set(tag.attrib):
                assert not re.match(r"\s*(javascript|data|vbscript):", str(tag.get(name)), re.IGNORECASE), path
        scripts = [tag for tag in root.iter("script") if tag.get("src") is None]
        assert {tag.get("type") for tag in scripts} <= {"application/ld+json"}, path
        assert not [tag for tag in root.iter("img") if tag.get("src") == "x"], path
        assert "49 " not in page.text or "{{ 7 * 7 }}" not in page.source or "49 {%" not in page.text, path
    assert met > 20


def test_no_partner_turns_or_hides_text(crawl: Crawl) -> None:
    assert {
        path: TURNING.findall(page.source) for path, page in crawl.pages.items() if TURNING.search(page.source)
    } == {}


@pytest.mark.parametrize("attack", hostile.ATTACKS[:4])
def test_every_hostile_station_has_a_page_of_its_own(crawl: Crawl, attack: str) -> None:
    named = [page for page in crawl.pages.values() if page.is_station and blanks(attack) in page.text]
    assert len({page.path for page in named}) >= 2


def test_what_else_is_answered_holds_no_markup_of_a_partner(app: Flask, crawl: Crawl) -> None:
    client = app.test_client()
    from xml.etree import ElementTree

    for path in crawl.pages:
        if path.startswith("/sv/laddstation/") and "alert" in path:
            assert ElementTree.fromstring(client.get(f"{path}ledigt.atom").data).tag.endswith("feed")
    assert "<script" not in client.get("/llms.txt").text


def _said(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, held in value.items():
            if key in SAID and isinstance(held, str):
                yield held
            else:
                yield from _said(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _said(held)


def _prices(value: Any) -> Iterator[Decimal]:
    if isinstance(value, dict):
        for key, held in value.items():
            if key in ("price", "minPrice", "maxPrice"):
                yield Decimal(str(held))
            else:
                yield from _prices(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _prices(held)


def _forms(price: Decimal) -> set[str]:
    """How people write it: with two decimals or as it is, in pence where it is in pounds, and nothing at all as a word."""
    plain = {f"{price:.2f}", f"{price.normalize():f}", f"{(price * 100).normalize():f}"}
    return plain | {form.replace(".", ",") for form in plain} | ({"ratis", "free"} if price == 0 else set())
