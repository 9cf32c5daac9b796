"""A partner is asked as the specification and its settings say, and a token goes to nobody else."""

import base64
import gzip
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from finder.ocpi.client import Client, Limits, PullFailed, pull
from finder.ocpi.partner import Partner

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOST = "https://ocpi.nordladd.example"


class Platform:
    """A platform behind an httpx.MockTransport: versions, details, credentials and a list of locations in pages."""

    def __init__(self, locations=25, page=10, offered=("2.1.1", "2.2.1", "2.3.0"), token="base64", count=True):
        self.locations = locations
        self.page = page
        self.offered = offered
        self.token = token
        self.count = count
        self.requests = []
        self.answers = []  # taken before anything else: a response, or None for the usual one

    def __call__(self, request):
        self.requests.append(request)
        if self.answers and (answer := self.answers.pop(0)) is not None:
            return answer
        right = {"plain": "s3cret", "base64": base64.b64encode(b"s3cret").decode()}.get(self.token)
        if right and request.headers.get("authorization") != f"Token {right}":
            return httpx.Response(401)
        path = request.url.path
        if path == "/versions":
            return self.envelope([{"version": version, "url": f"{HOST}/{version}"} for version in self.offered])
        if path.removeprefix("/") in self.offered:
            return self.envelope({"version": path, "endpoints": self.endpoints(path)})
        if path.endswith("/credentials"):
            return self.envelope({"token": "x", "url": HOST, "country_code": "se", "party_id": "NOR"})
        return self.list(request)

    def endpoints(self, path):
        return [
            {"identifier": "credentials", "role": "RECEIVER", "url": f"{HOST}{path}/credentials"},
            {"identifier": "locations", "role": "RECEIVER", "url": f"{HOST}{path}/receiver/locations"},
            {"identifier": "locations", "role": "SENDER", "url": f"{HOST}{path}/sender/locations"},
            {"identifier": "tariffs", "url": f"{HOST}{path}/tariffs"},
            {"identifier": "cdrs", "role": "SENDER", "url": f"{HOST}{path}/cdrs"},
        ]

    def list(self, request):
        offset = int(request.url.params.get("offset", 0))
        found = [{"id": f"L{number}"} for number in range(offset, min(offset + self.page, self.locations))]
        headers = {"X-Total-Count": str(self.locations)} if self.count else {}
        if offset + self.page < self.locations:
            target = request.url.copy_set_param("offset", offset + self.page)
            headers["Link"] = f'<{target}>; rel="next"'
        return self.envelope(found, headers)

    def envelope(self, data, headers=None):
        return httpx.Response(200, headers=headers, json={"data": data, "status_code": 1000, "timestamp": "2026"})

    def paths(self):
        return [request.url.path for request in self.requests]


def partner(**changes):
    settings = {"slug": "nordladd", "name": "Nordladd", "versions_url": f"{HOST}/versions", "token": "s3cret"}
    return Partner(**settings | changes)


def feed(**changes):
    return Partner(**{"slug": "feed", "name": "Feed", "locations": f"{HOST}/feed"} | changes)


def client(platform, settings=None, **changes):
    arguments = {
        "contact": "https://finder.example/en/about-data/",
        "now": lambda: NOW,
        "sleep": lambda seconds: None,
        "transport": httpx.MockTransport(platform),
    }
    return Client(settings or partner(), **arguments | changes)


def answering(*answers):
    """A platform that gives these answers to one request after the other, and the last one for ever."""
    left = list(answers)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def listing(*ids, **headers):
    return httpx.Response(
        200,
        headers={name.replace("_", "-"): text for name, text in headers.items()},
        json={"data": [{"id": i} for i in ids]},
    )


# What is asked


def test_a_list_is_pulled_page_for_page_to_the_disk(tmp_path):
    platform = Platform()
    seen = []
    pulled = client(platform).pull("locations", tmp_path / "new", progress=lambda *step: seen.append(step))
    assert [path.name for path in pulled.pages] == [f"locations-0000{number}.json" for number in (1, 2, 3)]
    assert [len(json.loads(path.read_bytes())["data"]) for path in pulled.pages] == [10, 10, 5]
    assert pulled.complete
    assert pulled.full
    assert (pulled.version, pulled.objects, pulled.total, pulled.requests) == ("2.3.0", 25, 25, 5)
    assert pulled.started == NOW
    assert seen == [(10, 25), (20, 25), (25, 25)]
    assert platform.paths()[:3] == ["/versions", "/2.3.0", "/2.3.0/sender/locations"]


def test_versions_and_details_are_read_once_for_both_lists(tmp_path):
    platform = Platform(locations=3)
    with client(platform) as one:
        assert one.offers("tariffs")
        assert one.pull("locations", tmp_path).requests == 1
        assert one.pull("tariffs", tmp_path).requests == 1
    assert len(platform.requests) == 4


def test_pull_alone_is_one_list_of_a_local_feed(tmp_path):
    (tmp_path / "feed.json").write_text('[{"id": "1"}]')
    settings = feed(locations=str(tmp_path / "feed.json"))
    assert pull(settings, "locations", tmp_path, contact="x", now=lambda: NOW).objects == 1


def test_every_request_says_who_asks_and_has_its_own_id(tmp_path):
    platform = Platform()
    client(platform).pull("locations", tmp_path)
    headers = [request.headers for request in platform.requests]
    assert {one["user-agent"] for one in headers} == {"charger-finder/0.1 (+https://finder.example/en/about-data/)"}
    assert len({one["x-request-id"] for one in headers}) == len(headers)
    assert len({one["x-correlation-id"] for one in headers}) == 1
    assert {one["accept-encoding"] for one in headers} == {"gzip"}


@pytest.mark.parametrize(
    ("offered", "pinned", "version"),
    [
        (["2.1.1", "2.2.1", "2.3.0"], None, "2.3.0"),
        (["2.3.0", "2.1.1", "2.2"], "2.2.1", "2.2.1"),
        (["2.0", "2.1", "2.10", "3.0"], None, "2.1.1"),
        (["2.2", "2.2.1"], None, "2.2.1"),
        (["2.2.1-d2", "2.1.1"], None, "2.2.1"),
        (["2.1.1", "2.2.1"], "2.1.1", "2.1.1"),
    ],
)
def test_the_newest_common_version_is_spoken_unless_one_is_pinned(offered, pinned, version):
    platform = Platform(offered=offered, token=None)
    assert client(platform, partner(version=pinned)).discover().version == version


def test_2_2_1_is_preferred_to_2_2():
    platform = Platform(offered=["2.2.1", "2.2"])
    assert client(platform).discover().endpoints["tariffs"] == f"{HOST}/2.2.1/tariffs"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"data": [{"version": "2.0", "url": HOST}]}, "offers none that is known, not one of 2.3.0, 2.2.1, 2.1.1"),
        ({"data": {"version": "2.2.1"}}, "no list of {version, url}"),
        ({"data": None}, "no list of {version, url}"),
        ({"data": [], "status_code": 2001}, "status_code is 2001, not 1000"),
        ([None, 1, {"version": 2.2, "url": HOST}], "offers none"),
    ],
)
def test_versions_that_cannot_be_used_are_a_failure(answer, says):
    with pytest.raises(PullFailed) as caught:
        client(answering(httpx.Response(200, json=answer))).discover()
    assert says in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b'{"data": [}'])
def test_versions_that_are_no_json_are_a_failure(body):
    with pytest.raises(PullFailed, match="no JSON"):
        client(answering(httpx.Response(200, content=body))).discover()


def test_a_missing_module_is_named(tmp_path):
    one = client(Platform(), feed(tariffs=f"{HOST}/tariffs", locations=None))
    assert not one.offers("locations")
    with pytest.raises(PullFailed, match="no module locations to read from; it has tariffs"):
        one.pull("locations", tmp_path)


def test_the_party_of_a_2_1_1_platform_comes_from_its_credentials(tmp_path):
    pulled = client(Platform(offered=["2.1.1"], token="plain")).pull("locations", tmp_path)
    assert (pulled.country_code, pulled.party_id) == ("SE", "NOR")
    configured = client(Platform(), partner(country_code="NO", party_id="XYZ")).pull("locations", tmp_path)
    assert (configured.country_code, configured.party_id) == ("NO", "XYZ")


def test_a_2_1_1_platform_that_does_not_tell_its_party_is_pulled_all_the_same(tmp_path):
    platform = Platform(offered=["2.1.1"], token=None)
    platform.answers = [None, None, httpx.Response(503)]
    pulled = client(platform).pull("locations", tmp_path)
    assert (pulled.country_code, pulled.objects) == (None, 25)


@pytest.mark.parametrize("status", [401, 403, 405])
def test_refused_credentials_do_not_spoil_the_token(status, tmp_path):
    platform = Platform(offered=["2.1.1"], token="plain")
    platform.answers = [None, None, None, httpx.Response(status)]
    pulled = client(platform).pull("locations", tmp_path)
    assert (pulled.party_id, pulled.objects) == (None, 25)
    assert authorizations(platform) == [ENCODED, *["Token s3cret"] * 6]


@pytest.mark.parametrize("secret", ["s3crät", "s3cret\r\nX-Evil: 1", "s3cret\n", " s3cret"])
@pytest.mark.parametrize("where", ["token", "header"])
def test_a_secret_that_cannot_be_sent_is_not_shown(secret, where):
    settings = partner(token=secret) if where == "token" else partner(headers={"X-Api-Key": secret})
    with pytest.raises(PullFailed) as caught:
        client(Platform(), settings).discover()
    assert str(caught.value) == "token and headers must be printable ASCII without spaces around"


def test_a_delta_asks_for_what_changed_since_then(tmp_path):
    platform = Platform()
    since = datetime(2026, 11, 22, 12, 30, 15, 900_000, tzinfo=UTC).astimezone(tz=None)
    pulled = client(platform).pull("locations", tmp_path, date_from=since)
    assert not pulled.full
    assert platform.requests[2].url.params["date_from"] == "2026-11-22T12:30:15Z"
    assert "date_from" not in platform.requests[0].url.params


def test_an_empty_delta_is_complete_and_an_empty_full_list_is_not(tmp_path):
    assert client(Platform(locations=0)).pull("locations", tmp_path, date_from=NOW).complete
    assert not client(Platform(locations=0)).pull("locations", tmp_path).complete


def test_the_platforms_clock_is_told(tmp_path):
    behind = client(answering(listing(1, date="Sun, 22 Nov 2026 11:00:00 GMT")), feed()).pull("locations", tmp_path)
    assert behind.peer_time == datetime(2026, 11, 22, 11, tzinfo=UTC)
    assert client(answering(listing(1, date="soon")), feed()).pull("locations", tmp_path).peer_time is None


# Tokens


def authorizations(platform):
    return [request.headers.get("authorization") for request in platform.requests]


ENCODED = "Token " + base64.b64encode(b"s3cret").decode()


def test_a_token_is_base64_of_itself_without_a_newline():
    platform = Platform()
    client(platform).discover()
    assert authorizations(platform) == [ENCODED, ENCODED]


def test_the_other_encoding_is_tried_after_one_401():
    platform = Platform(token="plain")
    client(platform).discover()
    assert authorizations(platform) == [ENCODED, "Token s3cret", "Token s3cret"]


def test_the_other_encoding_is_tried_once():
    platform = Platform(token="another")
    platform.token = None
    platform.answers = [httpx.Response(401)] * 9
    with pytest.raises(PullFailed, match="answers 401 Unauthorized") as caught:
        client(platform).discover()
    assert caught.value.status == 401
    assert len(platform.requests) == 2


@pytest.mark.parametrize("encoding", ["plain", "base64"])
def test_a_set_encoding_is_the_only_one(encoding):
    platform = Platform(token="base64" if encoding == "plain" else "plain")
    with pytest.raises(PullFailed):
        client(platform, partner(token_encoding=encoding)).discover()
    assert len(platform.requests) == 1


def test_2_1_1_takes_the_token_as_it_is():
    platform = Platform(offered=["2.1.1"], token="plain")
    client(platform, partner(version="2.1.1")).discover()
    assert set(authorizations(platform)) == {"Token s3cret"}


def test_open_versions_do_not_hide_that_2_1_1_wants_a_plain_token(tmp_path):
    platform = Platform(offered=["2.1.1"], token=None)
    client(platform).pull("locations", tmp_path)
    assert authorizations(platform)[0] == ENCODED
    assert set(authorizations(platform)[1:]) == {"Token s3cret"}


def test_without_a_token_there_is_no_authorization_and_no_second_try():
    platform = Platform()
    with pytest.raises(PullFailed, match="401"):
        client(platform, partner(token=None)).discover()
    assert authorizations(platform) == [None]


@pytest.mark.parametrize("name", ["apikey", "X-Api-Key", "ec-subscription-key", "authorization"])
def test_headers_of_the_settings_are_sent_as_they_are(name, tmp_path):
    platform = Platform(token=None)
    client(platform, feed(headers={name: "k3y"}, token="s3cret")).pull("locations", tmp_path)
    assert {request.headers[name] for request in platform.requests} == {"k3y"}
    assert ("k3y" if name == "authorization" else ENCODED) == authorizations(platform)[0]


# From page to page


@pytest.mark.parametrize(
    "link",
    [
        f'<{HOST}/feed?offset=1>; rel="next"',
        "</feed?offset=1>; rel=next",
        "<?offset=1>; title=x; rel=next",
        '<http://ocpi.nordladd.example/feed?offset=1>; rel="next"',
    ],
)
def test_odd_and_relative_links_are_followed(link, tmp_path):
    asked = []

    def platform(request):
        asked.append(str(request.url))
        return listing(2) if request.url.query else listing(1, link=link)

    assert client(platform, feed()).pull("locations", tmp_path).objects == 2
    assert asked == [f"{HOST}/feed", f"{HOST}/feed?offset=1"]


def test_a_link_to_something_else_is_not_followed(tmp_path):
    platform = answering(listing(1, link='<https://uk.mer.eco/wp-json/>; rel="https://api.w.org/"'))
    assert client(platform, feed()).pull("locations", tmp_path).complete


@pytest.mark.parametrize(
    ("following", "asked"),
    [
        ("abc+/=", f"{HOST}/feed?brand=x&cursor=abc%2B%2F%3D"),
        (f"{HOST}/feed?page=2", f"{HOST}/feed?page=2"),
        ("/feed?page=2", f"{HOST}/feed?page=2"),
    ],
)
def test_next_in_the_body_is_an_address_or_a_cursor(following, asked, tmp_path):
    requests = []

    def platform(request):
        requests.append(request.url)
        more = {"next": following} if len(requests) == 1 else {}
        return httpx.Response(200, json={"items": [{"id": len(requests)}], **more})

    assert client(platform, feed(locations=f"{HOST}/feed?brand=x")).pull("locations", tmp_path).objects == 2
    assert urlsplit(str(requests[1]))[:3] == urlsplit(asked)[:3]
    assert parse_qs(requests[1].query.decode()) == parse_qs(urlsplit(asked).query)


def test_a_pause_is_kept_between_requests(tmp_path):
    slept = []
    client(Platform(), partner(delay=6), sleep=slept.append).pull("locations", tmp_path)
    assert len(slept) == 4
    assert all(5.5 < seconds <= 6 for seconds in slept)


# Tries


def test_a_passing_failure_is_tried_again_after_a_while(tmp_path):
    platform = Platform()
    platform.answers = [httpx.Response(500), httpx.Response(408), None, None, None, httpx.Response(503)]
    slept = []
    pulled = client(platform, sleep=slept.append, chance=lambda: 0.5).pull("locations", tmp_path)
    assert pulled.complete
    assert slept == [4.5, 15.5, 4.5]


@pytest.mark.parametrize("chance", [0.0, 0.9999])
def test_waits_are_between_one_and_thirty_seconds(chance):
    slept = []
    with pytest.raises(PullFailed, match=r"503 Service Unavailable \(3 tries\)") as caught:
        client(answering(httpx.Response(503)), sleep=slept.append, chance=lambda: chance).discover()
    assert caught.value.status == 503
    assert len(slept) == 2
    assert all(1 <= seconds <= 30 for seconds in slept)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 451])
def test_other_refusals_are_final(status):
    platform = Platform(token=None)
    platform.answers = [httpx.Response(status)] * 3
    with pytest.raises(PullFailed) as caught:
        client(platform, partner(token_encoding="plain")).discover()
    assert caught.value.status == status
    assert len(platform.requests) == 1


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7.0),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 4.5),
        ("0", 4.5),
        ("soon", 4.5),
        ("-5", 4.5),
    ],
)
def test_retry_after_is_obeyed(header, wait):
    platform = Platform()
    platform.answers = [httpx.Response(429, headers={"Retry-After": header})]
    slept = []
    client(platform, sleep=slept.append, chance=lambda: 0.5).discover()
    assert slept == [wait]


def test_retry_after_is_an_hour_at_most():
    platform = Platform()
    platform.answers = [httpx.Response(503, headers={"Retry-After": "999999999"})]
    slept = []
    client(platform, sleep=slept.append).discover(deadline=7200)
    assert slept == [3600.0]


def test_a_wait_beyond_the_deadline_ends_the_pull_at_once(tmp_path):
    slept = []
    platform = answering(httpx.Response(429, headers={"Retry-After": "1200"}))
    with pytest.raises(PullFailed, match="429 Too Many Requests") as caught:
        client(platform, sleep=slept.append).pull("locations", tmp_path, deadline=900)
    assert (caught.value.status, caught.value.retry_after) == (429, 1200.0)
    assert slept == []


# Who is asked


STRANGERS = [
    "https://stranger.example/l",
    "https://stranger.example:443/l",
    "//stranger.example/l",
    "https://ocpi.nordladd.example.stranger.example/l",
    "https://ocpi.nordladd.example@stranger.example/l",
    "https://user:pass@ocpi.nordladd.example/l",
    "https://ocpi.nordladd.example:8443/l",
    "http://ocpi.nordladd.example:8080/l",
    "http://stranger.example/l",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/l",
    "https://[::ffff:127.0.0.1]/l",
    "https://0x7f000001/l",
    "https://2130706433/l",
    "https://127.1/l",
    "https://127.0.0.1.nip.example/l",
    "https://ocpi.nordlädd.example/l",
    "https://ocpi.nordladd。example。stranger.example/l",
    "https://ocpi.nordladd.example\\@stranger.example/l",
    "ftp://ocpi.nordladd.example/l",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https:///l",
    "https://",
    "https://ocpi.nordladd.example:99999/l",
    "https://ocpi.nordladd.example\r\nX-Evil: 1/l",
]


@pytest.mark.parametrize("address", STRANGERS)
@pytest.mark.parametrize("where", ["version", "endpoint", "next"])
def test_nobody_else_is_asked(address, where, tmp_path):
    asked = []

    def platform(request):
        asked.append(request.url.netloc)
        data = {
            "/versions": [{"version": "2.2.1", "url": address if where == "version" else f"{HOST}/details"}],
            "/details": {
                "endpoints": [{"identifier": "locations", "url": address if where == "endpoint" else f"{HOST}/l"}]
            },
        }.get(request.url.path, [{"id": "1"}])
        more = {"next": address} if isinstance(data, list) and where == "next" and request.url.path == "/l" else {}
        return httpx.Response(200, json={"data": data, "status_code": 1000, **more})

    one = client(platform)
    try:
        one.pull("locations", tmp_path)
    except PullFailed as failure:
        assert "\n" not in str(failure)  # noqa: PT017
        assert "pass@" not in str(failure)  # noqa: PT017
    # What is no address is a cursor to come back with, or relative to the platform: it may be asked of the platform.
    assert set(asked) == {b"ocpi.nordladd.example"}


def test_a_link_header_to_a_stranger_is_a_failure(tmp_path):
    platform = answering(listing(1, link='<https://stranger.example/l?k=s3cret>; rel="next"'))
    with pytest.raises(PullFailed) as caught:
        client(platform, feed()).pull("locations", tmp_path)
    assert str(caught.value) == (
        "https://stranger.example/l is on another host; if that is right, add stranger.example:443 to allow_hosts"
    )


@pytest.mark.parametrize(
    "allowed", ["stranger.example", "stranger.example:443", "STRANGER.example", "strånger.example"]
)
def test_a_host_of_the_settings_is_asked(allowed, tmp_path):
    name = httpx.URL(f"https://{allowed}/").raw_host.decode()
    asked = []

    def platform(request):
        asked.append(request.url.host)
        return listing(1, link=f'<https://{name}/l?page=2>; rel="next"') if not request.url.query else listing(2)

    assert client(platform, feed(allow_hosts=(allowed,))).pull("locations", tmp_path).objects == 2
    assert len(set(asked)) == 2


def test_a_port_of_the_settings_is_the_only_one(tmp_path):
    platform = answering(listing(1, link='<https://stranger.example:8443/l?page=2>; rel="next"'))
    with pytest.raises(PullFailed, match=r"add stranger\.example:8443 to allow_hosts"):
        client(platform, feed(allow_hosts=("stranger.example:443",))).pull("locations", tmp_path)


def test_http_is_refused_unless_the_network_is_trusted(tmp_path):
    settings = {"locations": "http://10.0.0.5:8000/feed"}
    with pytest.raises(PullFailed, match="is not https"):
        client(answering(listing(1)), feed(**settings)).pull("locations", tmp_path)
    trusted = feed(**settings, trust_private_network=True)
    assert client(answering(listing(1)), trusted).pull("locations", tmp_path).objects == 1


@pytest.mark.parametrize(
    "target", [f"{HOST}/elsewhere?k=s3cret", "https://stranger.example/l", "/versions", "//", "x:y"]
)
def test_a_redirect_is_a_failure(target):
    asked = []

    def platform(request):
        asked.append(request.url)
        return httpx.Response(302, headers={"Location": target})

    with pytest.raises(PullFailed, match="redirects are not followed") as caught:
        client(platform).discover()
    assert "s3cret" not in str(caught.value)
    assert len(asked) == 1


def test_a_secret_is_in_no_failure_and_no_log(tmp_path, caplog):
    settings = partner(
        versions_url=f"{HOST}/versions?apiKey=qu3ry", headers={"X-Api-Key": "k3y"}, allow_hosts=("stranger.example",)
    )
    faults = [
        httpx.Response(401),
        httpx.Response(403),
        httpx.Response(503),
        httpx.Response(302, headers={"Location": "/x?apiKey=qu3ry"}),
        httpx.Response(200, content=b"s3cret"),
        httpx.Response(200, json={"data": []}),
    ]
    with caplog.at_level(logging.DEBUG):
        for fault in faults:
            with pytest.raises(PullFailed) as caught:
                client(answering(fault), settings).discover()
            error = caught.value
            while error is not None:
                for text in (str(error), repr(error), repr(vars(error).get("args"))):
                    assert not any(secret in text for secret in ("s3cret", "qu3ry", "k3y", ENCODED))
                error = error.__cause__
        client(Platform(), settings).pull("locations", tmp_path)
    assert not any(secret in caplog.text for secret in ("s3cret", "qu3ry", "k3y", ENCODED))


# Files


def test_a_feed_in_one_gzip_file_is_unpacked(tmp_path):
    body = gzip.compress(b'[{"id": "1"}, {"id": "2"}]', mtime=0)
    for headers in ({}, {"Content-Encoding": "gzip"}):
        pulled = client(answering(httpx.Response(200, headers=headers, stream=Bytes(body))), feed()).pull(
            "locations", tmp_path
        )
        assert pulled.pages[0].read_bytes() == b'[{"id": "1"}, {"id": "2"}]'
        assert (pulled.objects, pulled.complete, pulled.version) == (2, True, None)


class Bytes(httpx.SyncByteStream):
    """A body as it is on the wire; httpx.Response(content=...) would be unpacked beforehand."""

    def __init__(self, body):
        self.body = body

    def __iter__(self):
        yield self.body


def test_a_plain_feed_is_asked_without_parameters(tmp_path):
    platform = Platform(token=None)
    client(platform, feed()).pull("locations", tmp_path, date_from=NOW - timedelta(hours=1))
    assert platform.requests[0].url == f"{HOST}/feed"


def test_a_local_file_is_pulled_without_a_copy(tmp_path):
    path = tmp_path / "feed.json"
    path.write_bytes(b'[{"id": "1"}]')
    seen = []
    pulled = client(Platform(), feed(locations=str(path), version="2.2.1")).pull(
        "locations", tmp_path / "spool", date_from=NOW, progress=lambda *step: seen.append(step)
    )
    assert pulled.pages == (path,)
    assert (pulled.complete, pulled.full, pulled.objects, pulled.requests) == (True, True, 1, 0)
    assert seen == [(1, None)]


def test_a_local_gzip_file_is_unpacked_to_the_spool(tmp_path):
    path = tmp_path / "feed.json.gz"
    path.write_bytes(gzip.compress(b'[{"id": "1"}]', mtime=0))
    pulled = client(Platform(), feed(locations=str(path))).pull("locations", tmp_path / "spool")
    assert pulled.pages == (tmp_path / "spool" / "locations-00001.json",)
    assert pulled.objects == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file"),
        (b"", "empty"),
        (b"<xml/>", "JSON"),
        (gzip.compress(b"[]" * 999, mtime=0)[:20], "gzip ends too early"),
        (b"[" + b" " * (2 << 20) + b"]", "larger than 1 MiB"),
    ],
)
def test_a_local_file_that_cannot_be_used_is_a_failure_in_one_line(content, says, tmp_path):
    path = Path(tmp_path / "feed.json")
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PullFailed) as caught:
        client(Platform(), feed(locations=str(path), max_feed_mib=1)).pull("locations", tmp_path / "spool")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_limits_can_be_set(tmp_path):
    platform = Platform(locations=1)
    client(platform, limits=Limits(page_size=50)).pull("locations", tmp_path)
    assert platform.requests[-1].url.params["limit"] == "50"
    with pytest.raises(PullFailed, match="larger than"):
        client(Platform(), limits=Limits(page=100)).pull("locations", tmp_path)
