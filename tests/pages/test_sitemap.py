import gzip
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from finder.pages import sitemap
from tests.pages import read, site

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ORIGIN = "https://uttag.example"


def parts(client: FlaskClient) -> dict[str, str]:
    """The address of each part, and its lastmod."""
    root = ElementTree.fromstring(client.get("/sitemap.xml").data)
    return {
        str(tag.findtext(f"{SPACE}loc")).removeprefix(ORIGIN): tag.findtext(f"{SPACE}lastmod") or ""
        for tag in root.iter(f"{SPACE}sitemap")
    }


def urls(client: FlaskClient, part: str) -> list[dict[str, Any]]:
    root = ElementTree.fromstring(gzip.decompress(client.get(part).data))
    return [
        {
            "loc": tag.findtext(f"{SPACE}loc"),
            "lastmod": tag.findtext(f"{SPACE}lastmod"),
            "alternates": {link.get("hreflang"): link.get("href") for link in tag if link.get("hreflang")},
            "tags": {child.tag.rpartition("}")[2] for child in tag},
        }
        for tag in root.iter(f"{SPACE}url")
    ]


def everything(client: FlaskClient) -> list[dict[str, Any]]:
    return [url for part in parts(client) for url in urls(client, part)]


def test_every_page_of_it_answers_may_be_indexed_and_is_its_own_canonical_address(client: FlaskClient) -> None:
    told = everything(client)
    assert len({url["loc"] for url in told}) == len(told) > 2 * sum(count for *_place, count in site.TOWNS)
    for url in told:
        answer = client.get(url["loc"].removeprefix(ORIGIN))
        soup = read.page(answer)
        assert answer.status_code == 200, url
        assert read.meta(soup, "robots") == "index,follow", url
        assert read.link(soup, "canonical") == url["loc"]
        assert read.languages(soup) == url["alternates"]


def test_stations_stand_apart_with_when_their_facts_changed(client: FlaskClient) -> None:
    told = parts(client)
    stations = urls(client, "/sitemaps/stations-1.xml.gz")
    assert len(stations) == 2 * sum(count for *_place, count in site.TOWNS)
    assert {url["lastmod"] for url in stations} == {told["/sitemaps/stations-1.xml.gz"]}
    changed = datetime.fromisoformat(stations[0]["lastmod"])
    assert abs((changed - site.NOW).total_seconds()) < 600


def test_nothing_is_said_that_search_engines_pass_over(client: FlaskClient) -> None:
    assert set().union(*(url["tags"] for url in everything(client))) <= {"loc", "lastmod", "link"}


def test_a_status_changes_no_lastmod_and_a_fact_does(tmp_path: Path) -> None:
    app, client = small(tmp_path)
    before = urls(client, "/sitemaps/stations-1.xml.gz")
    changed = [
        place | {"evses": [site.evse(str(n), "CHARGING")]} | ({"name": "Anders torg"} if n == 1 else {})
        for n, place in enumerate(PLACES, 1)
    ]
    site.take_in(app, tmp_path, changed)
    after = {url["loc"]: url["lastmod"] for url in urls(client, "/sitemaps/stations-1.xml.gz")}
    kept = [url for url in before if after.get(url["loc"]) == url["lastmod"]]
    assert len(kept) == len(before) - 2
    assert any("anders-torg" in loc for loc in after)


def test_a_station_that_is_gone_or_became_part_of_another_is_not_in_it(tmp_path: Path) -> None:
    app, client = small(tmp_path)
    assert len(stations_of(client)) == 3
    removed = PLACES[2] | {"evses": [site.evse("3", "REMOVED")]}
    site.take_in(app, tmp_path, [PLACES[0], PLACES[1] | {"evses": PLACES[0]["evses"]}, removed])
    left = stations_of(client)
    assert len(left) == 1
    assert all(client.get(urlsplit(url).path).status_code == 200 for url in left)


def test_without_a_station_there_is_no_part_for_them(tmp_path: Path) -> None:
    client = site.application(tmp_path).test_client()
    assert [path for path in parts(client) if "stations" in path] == []
    assert len(everything(client)) >= 2


@pytest.mark.parametrize("part", ["stations-2", "stations-0", "stations-50001", "nothing-1", "pages-2", "stations-x"])
def test_a_part_that_is_not_there_is_404(client: FlaskClient, part: str) -> None:
    assert client.get(f"/sitemaps/{part}.xml.gz").status_code == 404


def test_parts_are_cut_before_they_hold_too_much(monkeypatch: pytest.MonkeyPatch, client: FlaskClient) -> None:
    """The longest addresses that there can be."""
    longest = sitemap.addresses.Address(1, "x" * 9, "x" * 60, 1_700_000_000_000)
    host = f"https://{'x' * 250}.se:65535"
    monkeypatch.setitem(client.application.config, "BASE_URL", host)
    with client.application.test_request_context():
        (element,) = sitemap.drawn_stations([longest])
    assert element.count("<url>") * sitemap.PART <= 50_000
    assert len(element) * sitemap.PART + 1000 < 50 * 1024 * 1024


def test_whoever_has_a_part_already_gets_304(client: FlaskClient) -> None:
    for path in ("/sitemap.xml", "/sitemaps/stations-1.xml.gz"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_parts_keep_the_rules_of_sitemaps(client: FlaskClient) -> None:
    """As sitemaps.org has them: one absolute address each, then a date with a zone where there is one, as every station
    has, and no other tag but links to languages."""
    link = "{http://www.w3.org/1999/xhtml}link"
    for part in parts(client):
        root = ElementTree.fromstring(gzip.decompress(client.get(part).data))
        assert root.tag == f"{SPACE}urlset"
        found = list(root)
        assert 0 < len(found) <= 50_000
        for url in found:
            tags = [tag.tag for tag in url]
            assert url.tag == f"{SPACE}url"
            assert (tags[0], set(tags[1:]) - {f"{SPACE}lastmod"}) == (f"{SPACE}loc", {link})
            assert tags.count(f"{SPACE}loc") == 1
            assert tags.count(f"{SPACE}lastmod") <= 1
            assert tags == sorted(tags, key=lambda tag: tag == link)
            address, changed = url.findtext(f"{SPACE}loc") or "", url.findtext(f"{SPACE}lastmod")
            assert address.startswith(f"{ORIGIN}/")
            assert len(address) < 2048
            assert changed or "/stations-" not in part
            assert changed is None or datetime.fromisoformat(changed).tzinfo is not None


PLACES = [
    site.location("A", name="Anders plats", coordinates={"latitude": "58.35000", "longitude": "11.90000"}),
    site.location("B", name="Britas plats", coordinates={"latitude": "58.35010", "longitude": "11.90000"}),
    site.location("C", name="Carls plats", coordinates={"latitude": "58.39000", "longitude": "11.94000"}),
]
for number, place in enumerate(PLACES, 1):
    place["evses"] = [site.evse(str(number), "AVAILABLE")]


def small(folder: Path) -> tuple[Flask, FlaskClient]:
    app = site.application(folder)
    site.take_in(app, folder, PLACES)
    return app, app.test_client()


def stations_of(client: FlaskClient) -> list[str]:
    return [url["loc"] for url in urls(client, "/sitemaps/stations-1.xml.gz") if "/sv/" in url["loc"]]
