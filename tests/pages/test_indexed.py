"""Which lists may be indexed, that they differ, and that what is counted for them is right."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask, url_for
from flask.testing import FlaskClient

from finder.pages import indexed
from finder.pages.listing import busiest
from finder.web.database import reading
from finder.web.language import LANGUAGES, speaking
from tests.pages import lists, read, site

SHINGLE, MOST_ALIKE = 5, 0.8
Crawled = dict[str, dict[str, BeautifulSoup]]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    made = lists.application(tmp_path_factory.mktemp("indexed"))
    lists.grow_old(made, days=200, newer="Uddevalla nordladd", told_days_ago=3)
    return made


def listed(app: Flask) -> dict[str, indexed.Listed]:
    with app.test_request_context(), speaking("sv"), reading() as connection:
        return {url_for(each.endpoint, **each.values): each for each in indexed.indexable(connection, site.NOW)}


@pytest.fixture(scope="module")
def crawled(app: Flask) -> dict[str, dict[str, BeautifulSoup]]:
    """Of each language every page but stations' and guides' that plain links lead to."""
    return {language: dict(_crawled(app.test_client(), language)) for language in LANGUAGES}


def _crawled(client: FlaskClient, language: str) -> Iterator[tuple[str, BeautifulSoup]]:
    ahead, seen = [f"/{language}/"], set()
    while ahead:
        path = ahead.pop()
        if path in seen or re.search(
            r"/(laddstation|station|sok|search)[/?]|\.atom|/(guider|guides|om-data|about)", path
        ):
            continue
        seen.add(path)
        soup = read.page(client.get(path))
        yield path, soup
        ahead += [link.split("#")[0] for link in read.links(soup) if link.startswith(f"/{language}/")]


def test_what_may_be_indexed_is_what_pages_say_of_themselves(app: Flask, crawled: Crawled) -> None:
    told = {path for path, soup in crawled["sv"].items() if read.meta(soup, "robots") == "index,follow"} - {"/sv/"}
    assert told == set(listed(app))


def test_a_list_takes_three_stations_and_one_of_two_facets_five() -> None:
    assert [indexed.robots(number) for number in (2, 3)] == ["noindex,follow", "index,follow"]
    assert [indexed.robots(number, facets=2) for number in (4, 5)] == ["noindex,follow", "index,follow"]


def test_few_stations_are_shown_but_not_indexed(client: FlaskClient, app: Flask) -> None:
    path = "/sv/operatorer/tallmo/uddevalla/"
    soup = read.page(client.get(path))
    assert read.meta(soup, "robots") == "noindex,follow"
    assert read.languages(soup) == {}
    assert path not in listed(app)
    assert read.link(soup, "canonical") == f"https://uttag.example{path}"


def test_each_is_told_with_its_stations_and_when_a_fact_of_them_changed(app: Flask) -> None:
    each = listed(app)["/sv/operatorer/nordladd/uddevalla/"]
    assert each.stations == 8
    assert abs(each.changed_at - site.NOW) < timedelta(hours=1)


def test_later_pages_of_a_list_may_be_indexed_too(app: Flask) -> None:
    assert "/sv/laddstationer/vastra-gotalands-lan/trollhattan/?page=2" in listed(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_and_descriptions_are_of_one_page_each(crawled: Crawled, language: str) -> None:
    heads = []
    for path, soup in crawled[language].items():
        heads.append((read.text(soup.title), read.meta(soup, "description"), path))
        assert len(read.text(soup.title)) <= 60
        assert 120 <= len(read.meta(soup, "description")) <= 155, path
        assert len(soup.select("h1")) == 1
    assert len({title for title, *_ in heads}) == len(heads)
    described = Counter(description for _title, description, _path in heads)
    assert [each for each in heads if described[each[1]] > 1] == []


def test_structured_lists_have_the_links_that_are_shown(crawled: Crawled) -> None:
    for path, soup in crawled["sv"].items():
        shown = set(read.links(soup))
        for data in read.json_ld(soup):
            items = data["mainEntity"]["itemListElement"] if data["@type"] == "CollectionPage" else []
            assert [item for item in items if urlsplit(item["url"]).path not in shown] == [], path


def test_every_station_is_four_clicks_from_home_at_most(crawled: Crawled) -> None:
    level, seen, found = {"/sv/"}, {"/sv/"}, set()
    for _click in range(4):
        ahead = set()
        for path in level:
            if (soup := crawled["sv"].get(path)) is not None:
                plain = soup.select("a[href^='/sv/']:not([rel~=nofollow])")
                ahead |= {str(tag["href"]).split("#")[0] for tag in plain}
        level = ahead - seen
        seen |= level
        found |= {path for path in level if "/laddstation/" in path}
    assert len(found) == 77


def shingles(soup: BeautifulSoup) -> set[tuple[str, ...]]:
    words = read.text(soup.main).casefold().split()
    return {tuple(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1)}


def test_no_two_municipalities_say_nearly_the_same(crawled: Crawled, app: Flask) -> None:
    paths = [path for path, each in listed(app).items() if each.endpoint == "areas.leaf"]
    held = {path: shingles(crawled["sv"][path]) for path in paths}
    assert len(held) >= 3
    for one, other in combinations(held, 2):
        alike = len(held[one] & held[other]) / min(len(held[one]), len(held[other]))
        assert alike <= MOST_ALIKE, (one, other)


def test_the_busiest_hour_is_told_by_the_clock_of_the_site_and_only_of_many() -> None:
    hour = site.NOW.replace(year=2026, month=7, day=6, hour=13, minute=0)
    assert busiest([(hour, 30), (hour + timedelta(days=7), 20), (hour + timedelta(hours=1), 40)], hour).at == (0, 15)
    assert busiest([(hour, 30)], hour).at is None


def test_pages_of_a_list_are_asked_for_by_their_number_alone(app: Flask) -> None:
    for path, each in listed(app).items():
        assert set(parse_qs(urlsplit(path).query)) <= {"page"}
        assert all(isinstance(value, str) for value in each.values.values())
