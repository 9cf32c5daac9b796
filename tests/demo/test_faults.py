import gzip
import json
import re
import socket
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from finder.demo.country import Country
from finder.demo.faults import FAULTS, parse
from finder.demo.platform import Clock, Platform
from finder.demo.spoilt import OBJECT_FAULTS, PROBES
from finder.demo.versions import VERSIONS
from tests.demo.conftest import NOON
from tests.demo.rules import faults_of
from tests.demo.test_platform import Visitor

CATALOGUE = Path(__file__).parents[3] / "shared" / "docs" / "reliability.md"


@contextmanager
def visiting(country: Country, wrong: str = "", version: str = "2.2.1", limit: int = 5) -> Iterator[Visitor]:
    with Platform(version, country, wrong, limit=limit, now=Clock(NOON)) as platform:
        visitor = Visitor(platform)
        with visitor.client:
            yield visitor


@pytest.fixture(scope="module")
def visitor(small: Country) -> Iterator[Visitor]:
    """One platform for the whole module; each test sets its faults."""
    with visiting(small) as visitor:
        yield visitor


def misbehaving(visitor: Visitor, wrong: str) -> Visitor:
    visitor.platform.misbehave(wrong)
    visitor.platform.forget()
    visitor.platform.stranger.forget()
    return visitor


def test_the_catalogue_names_the_same_faults() -> None:
    if not CATALOGUE.exists():
        pytest.skip("reliability.md is not beside the project")
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (\w+) \| ([\w -]+) \|", CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)

    assert {name: (where, outcome) for name, where, outcome in rows if name != "fault"} == {
        name: (kind.where, kind.outcome) for name, kind in FAULTS.items()
    }


def test_a_switch_says_name_value_module_page_and_times() -> None:
    (fault,) = parse("429-retry-after=7@tariffs~2#1")

    assert (fault.name, fault.value, fault.module, fault.page, fault.times) == ("429-retry-after", "7", "tariffs", 2, 1)
    assert [fault.name for fault in parse("drop~2, slow=1")] == ["drop", "slow"]
    assert parse("gzip-bomb")[0].value == "256"


@pytest.mark.parametrize("switch", ["sloth", "drop~x", "drop@kitchen", "drop#"])
def test_a_wrong_switch_is_named(switch: str) -> None:
    with pytest.raises(ValueError, match=re.escape(switch)):
        parse(switch)


# Objects


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", OBJECT_FAULTS)
def test_an_object_fault_changes_its_victims_and_nothing_else(medium: Country, name: str, version: str) -> None:
    with visiting(medium, name, version, limit=500) as visitor:
        expected = visitor.platform.expected
        wrong = visitor.module().content
        tariffs = visitor.get(visitor.platform.module_url("tariffs")).content
        visitor.platform.behave()
        right = visitor.everything()

    assert 1 <= len(expected) < len(right)
    assert expected.keys() <= {one["id"] for one in right}
    # Whole objects of those who did not suffer are still there, byte for byte.
    kept = [json.dumps(one, ensure_ascii=False).encode() for one in right if one["id"] not in expected]
    assert all(one in wrong for one in kept)
    spoilt = [json.dumps(one, ensure_ascii=False).encode() for one in right if one["id"] in expected]
    if name != "duplicate-ids":  # where the first one stays as it is
        assert not any(one in wrong for one in spoilt)
    assert (b"VIBES" in tariffs) == (name == "unknown-enum")


@pytest.mark.parametrize("name", ["missing-required", "wrong-types"])
def test_a_victim_breaks_the_rules_of_its_version(medium: Country, name: str) -> None:
    with visiting(medium, name, limit=500) as visitor:
        objects = {one["id"]: one for one in visitor.everything() if isinstance(one, dict) and "id" in one}
        expected = visitor.platform.expected

    assert [id for id in expected if id in objects and not faults_of(objects[id], "2.2.1")] == []


def test_outcomes_are_told_per_object(medium: Country) -> None:
    platform = Platform("2.2.1", medium, "missing-required,coords-zero,alien-party=2:SE/ABC")
    by_label = {victim.label: victim.outcome for victim in platform.victims}
    platform.stop()

    assert by_label["no id"] == "either"
    assert by_label["no evses"] == "hide"
    assert by_label["no city"] == "accept"
    assert by_label["0.000000"] == "reject"
    assert sum(victim.label == "claims SE/ABC" for victim in platform.victims) == 2
    assert len(platform.expected) == len(platform.victims)


def test_victims_are_the_same_every_time_and_known_to_one_partner_only(medium: Country) -> None:
    one, other = (Platform("2.2.1", medium, "xss") for _ in range(2))
    shared = {id for pair in medium.shared for _, id in pair}

    assert one.expected == other.expected
    assert not one.expected.keys() & shared
    for platform in (one, other):
        platform.stop()


def test_what_json_cannot_say_is_said_all_the_same(medium: Country) -> None:
    with visiting(medium, "nan,huge-int,deep-object=70", limit=500) as visitor:
        body = visitor.module().content

    assert b": NaN" in body
    assert b": -Infinity" in body
    assert b": 1e999" in body
    assert b"7" * 5000 in body
    assert b'{"a":' * 70 in body
    with pytest.raises(ValueError, match="integer"):
        json.loads(body)


def test_a_lone_surrogate_is_an_escape_and_the_body_stays_utf_8(medium: Country) -> None:
    with visiting(medium, "control-chars", limit=500) as visitor:
        body = visitor.module().content

    body.decode()
    assert b"\\ud83d tecken" in body


def test_every_probe_of_xss_is_somewhere(medium: Country) -> None:
    with visiting(medium, "xss", limit=500) as visitor:
        names = [one["name"] for one in visitor.everything()]

    assert all(any(probe in name for name in names) for probe in PROBES)


def test_a_giant_name_and_a_location_of_2000_evses_stay_under_a_mebibyte(medium: Country) -> None:
    with visiting(medium, "giant-string,huge-evses", limit=500) as visitor:
        sizes = sorted(len(json.dumps(one, ensure_ascii=False).encode()) for one in visitor.everything())

    assert 500_000 < sizes[-2] < sizes[-1] < 2**20


def test_a_duplicate_stands_at_the_end_and_is_older(medium: Country) -> None:
    with visiting(medium, "duplicate-ids") as visitor:
        objects = visitor.everything()
        expected = visitor.platform.expected

    first = {one["id"]: one for one in reversed(objects)}
    for copy in objects[-3:]:
        assert copy["id"] in expected
        assert copy["last_updated"] < first[copy["id"]]["last_updated"]


# Pages


def test_huge_and_tiny_pages_ignore_the_limit(visitor: Visitor) -> None:
    total = len(misbehaving(visitor, "").everything())

    assert len(misbehaving(visitor, "huge-page").module(limit=2).json()["data"]) == total
    assert len(misbehaving(visitor, "tiny-pages=2").module().json()["data"]) == 2
    assert len(visitor.everything()) == total


@pytest.mark.parametrize(("sort", "new"), [("empty", 0), ("repeat", 0), ("fresh", 5)])
def test_endless_pagination_never_ends(visitor: Visitor, sort: str, new: int) -> None:
    total = len(misbehaving(visitor, f"endless-pagination={sort}").platform.listings)
    response = visitor.module()
    seen: set[str] = set()
    for _ in range(total // 5 + 3):
        objects = response.json()["data"]
        fresh = len({one["id"] for one in objects} - seen)
        seen |= {one["id"] for one in objects}
        response = visitor.get(response.links["next"]["url"])

    assert fresh == new
    assert "next" in response.links


def test_self_next_points_at_itself(visitor: Visitor) -> None:
    response = misbehaving(visitor, "self-next").module(offset=5)

    assert response.links["next"]["url"] == str(response.url)


@pytest.mark.parametrize(("sort", "said"), [("double", "{}"), ("zero", "0"), ("abc", "abc"), ("none", None)])
def test_the_total_count_is_wrong(visitor: Visitor, sort: str, said: str | None) -> None:
    response = misbehaving(visitor, f"wrong-total-count={sort}").module()

    total = 2 * len(visitor.platform.listings)
    assert response.headers.get("X-Total-Count") == (said and said.format(total))


def test_the_link_is_missing_relative_odd_or_elsewhere(visitor: Visitor) -> None:
    assert "Link" not in misbehaving(visitor, "missing-link").module().headers
    assert misbehaving(visitor, "relative-link").module().headers["Link"].startswith("</ocpi/2.2.1/locations?")
    odd = misbehaving(visitor, "odd-link").module()
    assert re.fullmatch(r"<http[^>]+>; title=page; rel=next", odd.headers["Link"])
    assert b"link" in [name for name, _ in odd.headers.raw]
    away = misbehaving(visitor, "link-to-other-host").module().links["next"]["url"]
    assert away.startswith(visitor.platform.stranger.url)
    named = misbehaving(visitor, "link-to-other-host=http://10.0.0.1:80").module().links["next"]["url"]
    assert named.startswith("http://10.0.0.1:80/ocpi/")


def test_a_page_switch_strikes_its_page_only(visitor: Visitor) -> None:
    misbehaving(visitor, "missing-link~1")

    assert "Link" in visitor.module().headers
    assert "Link" not in visitor.module(offset=5).headers


def test_the_list_shifts_under_the_crawl(visitor: Visitor) -> None:
    objects = [one["id"] for one in misbehaving(visitor, "page-shift").everything()][:25]
    every = list(visitor.platform.listings)

    assert objects[:5] == every[:5]
    assert every[5] not in objects
    assert objects[5] == every[6]


def test_all_or_most_is_gone_of_a_sudden(visitor: Visitor) -> None:
    total = len(visitor.platform.listings)

    assert misbehaving(visitor, "empty-data").module().json()["data"] == []
    assert visitor.module().headers["X-Total-Count"] == "0"
    assert len(misbehaving(visitor, "shrink=90").everything()) == round(total / 10)


@pytest.mark.parametrize(
    ("fault", "data", "code"),
    [
        ("null-data", None, 1000),
        ("no-data", "absent", 1000),
        ("status-2001", [], 2001),
        ("status-3000", [], 3000),
        ("data-object", dict, 1000),
        ("status-string", list, "1000"),
    ],
)
def test_the_envelope_is_wrong(visitor: Visitor, fault: str, data: object, code: object) -> None:
    envelope = misbehaving(visitor, fault).module().json()

    found = envelope.get("data", "absent")
    assert isinstance(found, data) if isinstance(data, type) else found == data
    assert envelope["status_code"] == code


def test_details_point_to_the_stranger_who_remembers_tokens(visitor: Visitor) -> None:
    details = misbehaving(visitor, "details-other-host").get(f"{visitor.platform.url}/ocpi/2.2.1").json()["data"]
    visitor.get(details["endpoints"][0]["url"])
    stranger = visitor.platform.stranger

    assert stranger.requests[0].path == "/ocpi/2.2.1/locations"
    assert stranger.tokens == [visitor.client.headers["Authorization"]]


# Bodies


def test_bodies_are_spoilt(visitor: Visitor) -> None:
    right = misbehaving(visitor, "").module().content

    assert misbehaving(visitor, "truncate-json").module().content == right[: len(right) // 2]
    assert misbehaving(visitor, "bom").module().content == b"\xef\xbb\xbf" + right
    html = misbehaving(visitor, "html-200").module()
    assert (html.status_code, html.text[:15]) == (200, "<!DOCTYPE html>")
    typed = misbehaving(visitor, "wrong-content-type").module()
    assert (typed.headers["Content-Type"][:9], typed.content) == ("text/html", right)
    assert misbehaving(visitor, "latin1").module().content.decode("latin-1") == right.decode()
    with pytest.raises(UnicodeDecodeError):
        misbehaving(visitor, "invalid-utf8").module().content.decode()
    assert b"[" * 100_000 + b"]" * 100_000 in misbehaving(visitor, "deep-nesting").module().content
    big = misbehaving(visitor, "big-body=3").module()
    assert len(big.content) > 3 * 2**20
    assert big.json() == json.loads(right)


def test_gzip_is_sent_to_those_who_take_it(visitor: Visitor) -> None:
    misbehaving(visitor, "gzip")
    url = visitor.platform.module_url("locations")
    packed = visitor.client.get(url, headers={"Accept-Encoding": "gzip"})
    plain = visitor.client.get(url, headers={"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content


def raw(visitor: Visitor) -> bytes:
    with visitor.client.stream("GET", visitor.platform.module_url("locations")) as response:
        return b"".join(response.iter_raw())


def test_bad_gzip_cannot_be_unpacked(visitor: Visitor) -> None:
    body = raw(misbehaving(visitor, "bad-gzip"))

    with pytest.raises((EOFError, zlib.error)):
        gzip.decompress(body)


def test_a_bomb_is_small_and_unpacks_to_valid_json(visitor: Visitor) -> None:
    right = misbehaving(visitor, "").module().json()
    body = raw(misbehaving(visitor, "gzip-bomb=8"))

    assert len(body) < 100_000
    opened = gzip.decompress(body)
    assert 8 * 2**20 < len(opened) < 9 * 2**20
    assert json.loads(opened) == right


def test_a_bomb_costs_the_platform_no_memory(visitor: Visitor) -> None:
    misbehaving(visitor, "gzip-bomb=256")
    tracemalloc.start()
    body = raw(visitor)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(body) < 2**20
    assert most < 20 * 2**20


# HTTP


@pytest.mark.parametrize("status", [503, 401, 403, 404])
def test_a_status_is_answered_always(visitor: Visitor, status: int) -> None:
    misbehaving(visitor, str(status))

    assert [visitor.module().status_code for _ in range(3)] == [status] * 3
    assert visitor.get(visitor.platform.versions_url).status_code == 200


def test_every_third_request_fails(visitor: Visitor) -> None:
    misbehaving(visitor, "500-every-k=3")

    assert [visitor.module().status_code for _ in range(6)] == [200, 200, 500, 200, 200, 500]


def test_every_second_request_comes_too_soon_or_only_one(visitor: Visitor) -> None:
    misbehaving(visitor, "429-retry-after=7")
    answers = [visitor.module() for _ in range(4)]

    assert [answer.status_code for answer in answers] == [429, 200, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"
    misbehaving(visitor, "429-retry-after=7#1")
    assert [visitor.module().status_code for _ in range(4)] == [429, 200, 200, 200]


def test_a_token_expires(visitor: Visitor) -> None:
    misbehaving(visitor, "expired-token=2")

    assert httpx.get(visitor.platform.versions_url).status_code == 401
    assert [visitor.module().status_code for _ in range(3)] == [200, 401, 401]


def test_redirects_lead_nowhere_or_away(visitor: Visitor) -> None:
    loop = misbehaving(visitor, "redirect-loop").module()
    assert (loop.status_code, loop.headers["Location"]) == (302, str(loop.url))
    away = misbehaving(visitor, "redirect-other-host").module()
    assert away.headers["Location"].startswith(visitor.platform.stranger.url)
    assert not visitor.platform.stranger.requests


def test_the_clock_is_off(visitor: Visitor) -> None:
    answer = misbehaving(visitor, "clock-skew=-3600").module()

    assert answer.headers["Date"] == "Fri, 20 Nov 2026 12:32:00 GMT"
    assert answer.json()["timestamp"] == "2026-11-20T12:32:00Z"
    assert max(one["last_updated"] for one in answer.json()["data"]) > "2026-11-20T12:32:00Z"


# The wire


def test_slow_waits_before_the_answer(visitor: Visitor) -> None:
    misbehaving(visitor, "slow=0.2")
    begun = time.monotonic()

    assert visitor.module().status_code == 200
    assert time.monotonic() - begun >= 0.2


@pytest.mark.parametrize("fault", ["drop", "chunked-drop"])
def test_the_connection_closes_in_the_middle(visitor: Visitor, fault: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|without"):
        misbehaving(visitor, fault).module()


def test_chunked_is_legal(visitor: Visitor) -> None:
    right = misbehaving(visitor, "").module().content
    answer = misbehaving(visitor, "chunked").module()

    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.content == right
    assert visitor.module().content == right


def test_reset_is_a_reset(visitor: Visitor) -> None:
    with pytest.raises(httpx.ReadError, match=r"reset|104"):
        misbehaving(visitor, "reset").module()


def test_hang_never_answers_and_ends_with_the_server(small: Country) -> None:
    with visiting(small, "hang") as visitor, pytest.raises(httpx.ReadTimeout):
        visitor.client.get(visitor.platform.module_url("locations"), timeout=0.2)


def test_slow_loris_drips(small: Country) -> None:
    with visiting(small, "slow-loris=0.02") as visitor:
        authorization = visitor.client.headers["Authorization"]
        with socket.create_connection((visitor.platform.host, visitor.platform.port)) as connection:
            connection.sendall(
                f"GET /ocpi/2.2.1/locations HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n\r\n".encode()
            )
            time.sleep(0.3)
            received = connection.recv(4096)

    assert b"HTTP/1.1 20".startswith(received[:11])
    assert 2 < len(received) < 20


def test_slow_loris_may_drip_the_body_only(small: Country) -> None:
    with visiting(small, "slow-loris=0.02:body") as visitor:
        with visitor.client.stream("GET", visitor.platform.module_url("locations")) as response:
            first: Any = next(response.iter_raw())

        assert response.status_code == 200
        assert len(first) < 10


def test_a_platform_stops_at_once_whatever_hangs(small: Country) -> None:
    with visiting(small, "hang") as visitor:
        connection = socket.create_connection((visitor.platform.host, visitor.platform.port))
        connection.sendall(b"GET /ocpi/2.2.1/locations HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.1)
        begun = time.monotonic()
    connection.close()

    assert time.monotonic() - begun < 1
