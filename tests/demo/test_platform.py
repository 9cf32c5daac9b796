import tomllib
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from finder.demo.country import Country
from finder.demo.country import seconds as to_seconds
from finder.demo.facts import stamp
from finder.demo.platform import Clock, Platform, partners_toml
from finder.demo.versions import VERSIONS
from tests.demo.conftest import NOON


class Visitor:
    """Asks a platform as a partner would."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        token = platform.token if platform.version == "2.1.1" else b64encode(platform.token.encode()).decode()
        # No TLS here: without `verify` the client need not load every certificate first.
        self.client = httpx.Client(headers={"Authorization": f"Token {token}"}, timeout=10, verify=False)

    def get(self, url: str, **query: Any) -> httpx.Response:
        return self.client.get(url, params=query or None)

    def module(self, **query: Any) -> httpx.Response:
        return self.get(self.platform.module_url("locations"), **query)

    def everything(self, module: str = "locations", **query: Any) -> list[dict[str, Any]]:
        response = self.get(self.platform.module_url(module), **query)
        objects = response.json()["data"]
        while "next" in response.links:
            response = self.get(response.links["next"]["url"])
            objects += response.json()["data"]
        return objects


@pytest.fixture(params=VERSIONS)
def visitor(request: pytest.FixtureRequest, small: Country) -> Iterator[Visitor]:
    with Platform(request.param, small, limit=5, now=Clock(NOON)) as platform:
        visitor = Visitor(platform)
        with visitor.client:
            yield visitor


def test_versions_lead_to_details_and_details_to_the_modules(visitor: Visitor) -> None:
    platform = visitor.platform

    (version,) = visitor.get(platform.versions_url).json()["data"]
    details = visitor.get(version["url"]).json()["data"]

    assert version["version"] == platform.version == details["version"]
    assert {endpoint["identifier"]: endpoint["url"] for endpoint in details["endpoints"]} == {
        "locations": platform.module_url("locations"),
        "tariffs": platform.module_url("tariffs"),
    }
    assert all(("role" in endpoint) == (platform.version != "2.1.1") for endpoint in details["endpoints"])


def test_a_request_without_the_right_token_is_refused(visitor: Visitor) -> None:
    url = visitor.platform.versions_url
    plain, encoded = visitor.platform.token, b64encode(visitor.platform.token.encode()).decode()
    wrong = encoded if visitor.platform.version == "2.1.1" else plain

    assert httpx.get(url).status_code == 401
    assert httpx.get(url, headers={"Authorization": f"Token {wrong}"}).status_code == 401
    assert httpx.get(url, headers={"Authorization": "Token nobody"}).json()["status_code"] == 2000


def test_a_base64_token_may_end_in_a_newline_as_in_the_specifications_example(small: Country) -> None:
    with Platform("2.2.1", small) as platform:
        token = b64encode(platform.token.encode() + b"\n").decode()
        assert httpx.get(platform.versions_url, headers={"Authorization": f"Token {token}"}).status_code == 200


def test_pages_together_are_every_location_once(visitor: Visitor) -> None:
    objects = visitor.everything()
    first = visitor.module()

    assert [one["id"] for one in objects] == list(visitor.platform.listings)
    assert first.headers["X-Total-Count"] == str(len(objects))
    assert first.headers["X-Limit"] == "5"
    assert first.json()["status_code"] == 1000


def test_a_limit_above_the_servers_is_cut_and_one_below_is_obeyed(visitor: Visitor) -> None:
    assert len(visitor.module(limit=1000).json()["data"]) == 5
    assert len(visitor.module(limit=2, offset=1).json()["data"]) == 2


def test_nonsense_parameters_are_told_in_the_envelope(visitor: Visitor) -> None:
    assert visitor.module(date_from="igår").json()["status_code"] == 2001
    assert visitor.module(limit=0).json()["status_code"] == 2001


def test_a_delta_is_the_difference_of_two_full_pulls(visitor: Visitor) -> None:
    clock = visitor.platform.now
    assert isinstance(clock, Clock)
    before = {one["id"]: one for one in visitor.everything()}
    clock.to(NOON + timedelta(minutes=40))
    after = {one["id"]: one for one in visitor.everything()}
    since = stamp(to_seconds(NOON) + (0 if visitor.platform.version == "2.1.1" else 1))

    changed = visitor.everything(date_from=since)

    assert changed
    assert {one["id"]: one for one in changed} == {id: one for id, one in after.items() if before[id] != one}


def test_date_from_is_after_in_2_1_1_and_inclusive_later(visitor: Visitor) -> None:
    moment = max(one["last_updated"] for one in visitor.everything())

    found = visitor.everything(date_from=moment)

    assert bool(found) == (visitor.platform.version != "2.1.1")


def test_single_objects_can_be_asked_for(visitor: Visitor) -> None:
    location = visitor.everything()[0]
    evse = location["evses"][0]
    url = f"{visitor.platform.module_url('locations')}/{location['id']}"

    assert visitor.get(url).json()["data"] == location
    assert visitor.get(f"{url}/{evse['uid']}").json()["data"] == evse
    assert visitor.get(f"{url}/{evse['uid']}/1").json()["data"] == evse["connectors"][0]
    assert visitor.get(f"{url}x").status_code == 404
    assert visitor.get(f"{url}/nowhere").status_code == 404


def test_every_tariff_is_listed(visitor: Visitor) -> None:
    assert visitor.everything("tariffs") == list(visitor.platform.tariffs.values())


def test_request_ids_are_echoed_from_2_2_on(visitor: Visitor) -> None:
    answer = visitor.client.get(visitor.platform.versions_url, headers={"X-Request-ID": "r1", "X-Correlation-ID": "c1"})

    assert (answer.headers.get("X-Request-ID") == "r1") == (visitor.platform.version != "2.1.1")


def test_only_get_is_answered(visitor: Visitor) -> None:
    assert visitor.client.post(visitor.platform.module_url("locations"), json={"a": 1}).status_code == 405
    assert visitor.get(f"{visitor.platform.url}/elsewhere").status_code == 404


def test_a_crawl_sees_one_moment_though_time_goes_on(visitor: Visitor) -> None:
    clock = visitor.platform.now
    assert isinstance(clock, Clock)
    first = visitor.module()
    clock.to(NOON + timedelta(hours=3))
    second = visitor.get(first.links["next"]["url"])

    assert max(one["last_updated"] for one in second.json()["data"]) <= stamp(to_seconds(NOON))


def test_changes_are_served_and_dated(visitor: Visitor) -> None:
    platform = visitor.platform
    assert isinstance(platform.now, Clock)
    platform.now.to(NOON + timedelta(days=1))
    tariff = next(id for id, one in platform.tariffs.items() if one["elements"])

    gone = platform.remove(2)
    renamed, broken, *_ = platform.shown()
    uid = platform.listings[broken].facts["evses"][0]["uid"]
    platform.rename(renamed, "Nytt namn")
    platform.set_status(broken, "REMOVED", uid)
    platform.reprice(tariff, 2)
    found = {one["id"]: one for one in visitor.everything()}

    assert not found.keys() & set(gone)
    assert found[renamed]["name"] == "Nytt namn"
    assert found[renamed]["last_updated"] == stamp(to_seconds(platform.now()))
    assert found[broken]["evses"][0]["status"] == "REMOVED"
    assert found[broken]["last_updated"] == stamp(to_seconds(platform.now()))
    prices = platform.country.tariffs(platform.version)
    old = next(one for one in prices if one["id"] == tariff)
    (new,) = [one for one in visitor.everything("tariffs") if one["id"] == tariff]
    assert new["elements"][0]["price_components"][0]["price"] == pytest.approx(
        2 * old["elements"][0]["price_components"][0]["price"]
    )
    assert new["last_updated"] > old["last_updated"]


def test_changes_of_one_platform_do_not_reach_another(small: Country) -> None:
    one, other = Platform("2.2.1", small), Platform("2.2.1", small)
    (id, *_) = one.shown()
    one.rename(id, "Nytt namn")
    one.hide(id)

    assert other.listings[id].facts["name"] != "Nytt namn"
    assert id not in one.shown()
    assert id in other.shown()
    one.stop()
    other.stop()


def test_partners_toml_is_read_back_as_it_was_meant(small: Country) -> None:
    with Platform("2.1.1", small) as one, Platform("2.3.0", small) as other:
        entries = tomllib.loads(partners_toml([one, other]))["partner"]

    assert entries == [one.entry(), other.entry()]
    assert entries[0]["name"] == "Västan Laddning"
