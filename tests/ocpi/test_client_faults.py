"""What a platform can do wrong with its pages, bodies and statuses, and what becomes of the pull.

taken: all objects came, and what is not among them is gone. held: what came may be used, but nothing is gone.
failed: nothing of the answer is used. Faults of the wire itself are in test_client_wire.py.
"""

import gzip
import json
from datetime import UTC, datetime

import httpx
import pytest

from finder.ocpi.client import Client, Limits, PullFailed
from finder.ocpi.partner import Partner

HOST = "https://ocpi.nordladd.example"
STRANGER = "https://stranger.example"
OBJECTS = 45
PAGE = 10
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Platform:
    """Objects in pages of ten; a fault is a method that bends one answer."""

    def __init__(self, fault=None, on_page=None):
        self.bend = fault
        self.on_page = on_page
        self.requests = []
        self.order = list(range(OBJECTS))

    def __call__(self, request):
        self.requests.append(request)
        path = request.url.path
        if path == "/versions":
            return answer([{"version": "2.2.1", "url": f"{HOST}/details"}])
        if path == "/details":
            url = f"{STRANGER}/l" if self.bend == "details-other-host" else f"{HOST}/l"
            return answer({"endpoints": [{"identifier": "locations", "role": "SENDER", "url": url}]})
        page = self.page(request)
        number = int(request.url.params.get("offset", 0)) // PAGE
        if callable(self.bend) and self.on_page in (None, number):
            return self.bend(page, request, self)
        return page

    def page(self, request, size=PAGE):
        offset = int(request.url.params.get("offset", 0))
        headers = {"X-Total-Count": str(OBJECTS), "X-Limit": str(size)}
        if offset + size < OBJECTS:
            headers["Link"] = f'<{HOST}/l?offset={offset + size}&limit={size}>; rel="next"'
        return answer([thing(number) for number in self.order[offset : offset + size]], headers)

    @property
    def list_requests(self):
        return sum(request.url.path == "/l" for request in self.requests)


def thing(number):
    return {"id": f"L{number}", "name": "Södra", "last_updated": "2026-11-01T00:00:00Z"}


def answer(data, headers=None, **members):
    return httpx.Response(
        200, headers=headers, json={"data": data, "status_code": 1000, "timestamp": "2026-11-22T12:00:00Z"} | members
    )


def with_headers(page, **headers):
    return with_body(page, page.content, **headers)


def with_body(page, body, **headers):
    """The page with another body, and headers changed, or taken away by None."""
    changed = dict(page.headers) | {name.replace("_", "-"): text for name, text in headers.items()}
    changed["content-length"] = str(len(body))
    kept = {name: text for name, text in changed.items() if text is not None}
    return httpx.Response(200, headers=kept, stream=Raw(body))


class Raw(httpx.SyncByteStream):
    """A body as it is on the wire, in pieces."""

    def __init__(self, body):
        self.body = body

    def __iter__(self):
        return (self.body[start : start + 65536] for start in range(0, len(self.body), 65536))


def with_envelope(**members):
    def bend(page, request, platform):
        envelope = json.loads(page.content) | members
        return with_body(
            page, json.dumps({name: value for name, value in envelope.items() if value != "absent"}).encode()
        )

    return bend


def huge_page(page, request, platform):
    return platform.page(request, OBJECTS)


def tiny_pages(page, request, platform):
    return platform.page(request, 1)


def endless_empty(page, request, platform):
    offset = int(request.url.params.get("offset", 0))
    return answer([], {"X-Total-Count": "45", "Link": f'<{HOST}/l?offset={offset + PAGE}>; rel="next"'})


def endless_repeat(page, request, platform):
    offset = int(request.url.params.get("offset", 0))
    things = [thing(number) for number in range(PAGE)]
    return answer(things, {"X-Total-Count": "45", "Link": f'<{HOST}/l?offset={offset + PAGE}>; rel="next"'})


def endless_fresh(page, request, platform):
    offset = int(request.url.params.get("offset", 0))
    things = [thing(number) for number in range(offset, offset + PAGE)]
    return answer(things, {"X-Total-Count": "45", "Link": f'<{HOST}/l?offset={offset + PAGE}>; rel="next"'})


def endless_without_total(page, request, platform):
    return with_headers(endless_repeat(page, request, platform), x_total_count=None)


def self_next(page, request, platform):
    return with_headers(page, link=f'<{request.url}>; rel="next"')


def back_to_the_first(page, request, platform):
    first = next(request for request in platform.requests if request.url.path == "/l")
    return with_headers(page, link=f'<{first.url}>; rel="next"')


def total(text):
    return lambda page, request, platform: with_headers(page, x_total_count=text)


def missing_link(page, request, platform):
    return with_headers(page, link=None)


def other_host(page, request, platform):
    return with_headers(page, link=f'<{STRANGER}/l?offset=10>; rel="next"')


def relative_link(page, request, platform):
    link = page.headers.get("link")
    return with_headers(page, link=link.replace(HOST, "") if link else None)


def odd_link(page, request, platform):
    link = page.headers.get("link")
    return with_headers(page, link=link.replace('; rel="next"', "; type=x;rel=next") if link else None)


def page_shift(page, request, platform):
    platform.order.append(platform.order.pop(0))
    return page


def page_shift_without_total(page, request, platform):
    return with_headers(page_shift(page, request, platform), x_total_count=None)


def empty_data(page, request, platform):
    return answer([], {"X-Total-Count": "0"})


def body(make):
    return lambda page, request, platform: with_body(page, make(page.content))


def gzipped(make=gzip.compress):
    return lambda page, request, platform: with_body(page, make(page.content), content_encoding="gzip")


def spoilt(content):
    packed = bytearray(gzip.compress(content, mtime=0))
    packed[15:30] = b"\xff" * 15
    return bytes(packed)


def bomb(content):
    return gzip.compress(b" " * (33 << 20), 1, mtime=0)


def nested(content):
    return b'{"status_code": 1000, "data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def html_type(page, request, platform):
    return with_headers(page, content_type="text/html")


def status(code, every=1, **headers):
    def bend(page, request, platform):
        headed = {name.replace("_", "-"): text for name, text in headers.items()}
        return httpx.Response(code, headers=headed) if len(platform.requests) % every == 0 else page

    return bend


def expired_token(page, request, platform):
    return httpx.Response(401) if len(platform.requests) > 4 else page


def clock_skew(page, request, platform):
    return with_headers(page, date="Sun, 22 Nov 2026 09:00:00 GMT")


FAULTS = {
    # page
    "huge-page": (huge_page, "taken"),
    "tiny-pages": (tiny_pages, "taken"),
    "endless-pagination=empty": (endless_empty, "failed"),
    "endless-pagination=repeat": (endless_repeat, "failed"),
    "endless-pagination=fresh": (endless_fresh, "failed"),
    "endless-pagination=repeat, no total": (endless_without_total, "failed"),
    "self-next": (self_next, "failed"),
    "next of an earlier page": (back_to_the_first, "failed"),
    "wrong-total-count=double": (total("90"), "held"),
    "wrong-total-count=zero": (total("0"), "taken"),
    "wrong-total-count=abc": (total("abc"), "taken"),
    "wrong-total-count=none": (total(None), "taken"),
    "missing-link": (missing_link, "held"),
    "link-to-other-host": (other_host, "failed"),
    "relative-link": (relative_link, "taken"),
    "odd-link": (odd_link, "taken"),
    "page-shift": (page_shift, "held"),
    "page-shift, no total": (page_shift_without_total, "held"),
    "empty-data": (empty_data, "held"),
    "null-data": (with_envelope(data=None), "failed"),
    "no-data": (with_envelope(data="absent"), "failed"),
    "data-object": (with_envelope(data={"id": "L1", "name": "x"}), "failed"),
    "status-2001": (with_envelope(status_code=2001), "failed"),
    "status-3000": (with_envelope(status_code=3000), "failed"),
    "status-string": (with_envelope(status_code="1000"), "taken"),
    "details-other-host": ("details-other-host", "failed"),
    # body
    "truncate-json": (body(lambda content: content[: len(content) // 2]), "failed"),
    "empty body": (body(lambda content: b""), "failed"),
    "html-200": (body(lambda content: b"<!doctype html><title>Oops</title>"), "failed"),
    "zip": (body(lambda content: b"PK\x03\x04" + content), "failed"),
    "wrong-content-type": (html_type, "taken"),
    "bom": (body(lambda content: b"\xef\xbb\xbf" + content), "taken"),
    "leading line": (body(lambda content: b"\r\n" + content), "taken"),
    "deep-nesting": (body(nested), "failed"),
    "gzip": (gzipped(), "taken"),
    "gzip, cut": (gzipped(lambda content: gzip.compress(content, mtime=0)[:-20]), "failed"),
    "bad-gzip": (gzipped(spoilt), "failed"),
    "gzip-bomb": (gzipped(bomb), "failed"),
    "big-body": (body(lambda content: b" " * (33 << 20) + content), "failed"),
    # http
    "500-every-3": (status(500, every=3), "taken"),
    "503": (status(503), "failed"),
    "429-retry-after=2": (status(429, every=2, retry_after="2"), "taken"),
    "429-retry-after=7200": (status(429, every=2, retry_after="7200"), "failed"),
    "401": (status(401), "failed"),
    "403": (status(403), "failed"),
    "404": (status(404), "failed"),
    "204": (status(204), "failed"),
    "206": (status(206), "failed"),
    "redirect-loop": (status(302, location=f"{HOST}/l"), "failed"),
    "redirect-other-host": (status(302, location=f"{STRANGER}/l"), "failed"),
    "304": (status(304), "failed"),
    "expired-token": (expired_token, "failed"),
    "clock-skew": (clock_skew, "taken"),
}


def pull(platform, into):
    settings = Partner(slug="n", name="N", versions_url=f"{HOST}/versions", token="s3cret")
    transport = httpx.MockTransport(platform)
    with Client(
        settings, contact="x", now=lambda: NOW, transport=transport, sleep=lambda seconds: None, limits=Limits()
    ) as client:
        try:
            return client.pull("locations", into), None
        except PullFailed as failure:
            return None, failure


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_has_its_outcome(name, tmp_path):
    fault, outcome = FAULTS[name]
    platform = Platform(fault)
    pulled, failure = pull(platform, tmp_path)
    if outcome == "failed":
        assert pulled is None
        assert "\n" not in str(failure)
        assert "s3cret" not in str(failure)
    else:
        assert pulled is not None, failure
        assert pulled.complete == (outcome == "taken")
        assert pulled.objects == OBJECTS or outcome == "held"
    assert {request.url.host for request in platform.requests} == {"ocpi.nordladd.example"}


@pytest.mark.parametrize("name", [name for name in FAULTS if name.startswith(("endless", "self", "next"))])
def test_no_fault_costs_more_requests_than_the_list_needs_and_three(name, tmp_path):
    platform = Platform(FAULTS[name][0])
    pull(platform, tmp_path)
    assert len(platform.requests) <= -(-OBJECTS // PAGE) + 3


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("name", ["503", "truncate-json", "gzip, cut", "null-data", "401", "self-next"])
def test_a_fault_on_any_page_spoils_the_whole_answer(name, number, tmp_path):
    pulled, _ = pull(Platform(FAULTS[name][0], on_page=number), tmp_path)
    assert pulled is None


@pytest.mark.parametrize("number", range(5))
def test_a_list_that_ends_early_on_any_page_is_held(number, tmp_path):
    pulled, _ = pull(Platform(missing_link, on_page=number), tmp_path)
    assert pulled.complete == (number == 4)
