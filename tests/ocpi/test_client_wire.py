"""Answers over real sockets that hang, drip, break off, lie or explode: a pull ends in time and in little memory."""

import gzip
import json
import logging
import shutil
import ssl
import subprocess
import sys
import textwrap
import time
import zlib
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from finder.ocpi.client import Client, Limits, PullFailed
from finder.ocpi.partner import Partner
from tests.ocpi.wire import ok, reset, serving

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BODY = b'{"data": [{"id": "1"}], "status_code": 1000, "timestamp": "2026-11-22T12:00:00Z"}'
QUICK = Limits(request=0.3, connect=0.3, tries=1)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def drip(connection, data, seconds=0.02):
    for byte in data:
        connection.sendall(bytes([byte]))
        time.sleep(seconds)


def for_ever(connection, data):
    while True:
        drip(connection, data)


def hang(connection, request):
    time.sleep(3)


def slow_headers(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for_ever(connection, b"X-Filler: a\r\n")


def slow_status_line(connection, request):
    for_ever(connection, b"H")


def slow_body(connection, request):
    connection.sendall(ok(b"[", length=1000))
    for_ever(connection, b" ")


def slow_chunks(connection, request):
    connection.sendall(CHUNKED)
    for_ever(connection, b"1\r\n \r\n")


def slow_trailer(connection, request):
    connection.sendall(CHUNKED + b"%x\r\n%s\r\n0\r\n" % (len(BODY), BODY))
    for_ever(connection, b"X-Filler: a\r\n")


def fast_for_ever(connection, request):
    """Never silent for long, never too large, never over."""
    for _ in count():
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        time.sleep(0.01)


def slow_gzip(connection, request):
    stored = gzip.compress(b"", mtime=0)[:10] + b"\0\xff\xff\0\0"  # promises 65,535 bytes
    connection.sendall(ok(stored, "Content-Encoding: gzip", length=70_000))
    for_ever(connection, b" ")


TOO_SLOW = [hang, slow_status_line, slow_headers, slow_body, slow_chunks, slow_trailer, fast_for_ever, slow_gzip]


def drop(connection, request):
    connection.sendall(ok(BODY[:20], length=len(BODY)))


def drop_headers(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-")


def drop_at_once(connection, request):
    pass


def chunked_drop(connection, request):
    connection.sendall(CHUNKED + b"%x\r\n%s\r\n" % (len(BODY), BODY))


def reset_at_once(connection, request):
    reset(connection)


def cut_gzip(connection, request):
    packed = gzip.compress(BODY * 1000, mtime=0)
    half = packed[: len(packed) // 2]
    connection.sendall(ok(half, "Content-Encoding: gzip"))


def cut_gzip_file(connection, request):
    packed = gzip.compress(BODY * 1000, mtime=0)
    connection.sendall(ok(packed[: len(packed) // 2], "Content-Type: application/gzip"))


def no_http(connection, request):
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def endless_headers(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: a\r\n" * 100_000)


def two_lengths(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n[1,2]")


BROKEN = [
    drop,
    drop_headers,
    drop_at_once,
    chunked_drop,
    reset_at_once,
    cut_gzip,
    cut_gzip_file,
    no_http,
    endless_headers,
    two_lengths,
]


def bad_gzip(connection, request):
    packed = bytearray(gzip.compress(BODY * 1000, mtime=0))
    packed[20:60] = b"x" * 40
    connection.sendall(ok(bytes(packed), "Content-Encoding: gzip"))


def brotli(connection, request):
    connection.sendall(ok(BODY, "Content-Encoding: br"))


def big_body(connection, request):
    connection.sendall(ok(b" " * (33 << 20) + BODY))


def plain(connection, request):
    connection.sendall(ok(BODY))


def gzipped(connection, request):
    connection.sendall(ok(gzip.compress(BODY, mtime=0), "Content-Encoding: gzip"))


def chunked(connection, request):
    connection.sendall(CHUNKED + b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\n\r\n")


def until_closed(connection, request):
    connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + BODY)


def slow_but_in_time(connection, request):
    time.sleep(0.1)
    drip(connection, ok(BODY), 0.0005)


def feed(port, **changes):
    settings = {"slug": "feed", "name": "Feed", "versions_url": None, "token": "s3cret", "trust_private_network": True}
    return Partner(**settings | {"locations": f"http://127.0.0.1:{port}/feed"} | changes)


def platform(port):
    return feed(port, versions_url=f"http://127.0.0.1:{port}/versions", locations=None)


def client(settings, limits=QUICK, **changes):
    return Client(settings, contact="x", now=lambda: NOW, limits=limits, sleep=lambda seconds: None, **changes)


def pull(settings, into, limits=QUICK, **changes):
    with client(settings, limits, **changes) as one:
        return one.pull("locations", into, deadline=changes.get("deadline"))


def listed(answer):
    """An answer to the request for the list, after proper versions and details."""

    def answering(connection, request):
        target = request.split(b" ")[1].decode()
        if target == "/versions":
            data = [{"version": "2.2.1", "url": "/details"}]
        elif target == "/details":
            data = {"endpoints": [{"identifier": "locations", "url": "/locations"}]}
        else:
            return answer(connection, request)
        return connection.sendall(ok(json.dumps({"data": data, "status_code": 1000}).encode()))

    return answering


@pytest.mark.parametrize("answer", TOO_SLOW)
def test_no_request_lasts_longer_than_its_time(answer, tmp_path):
    with serving(listed(answer)) as port:
        began = time.monotonic()
        with pytest.raises(PullFailed, match=r"in time|is over") as caught:
            pull(platform(port), tmp_path)
        assert 0.25 < time.monotonic() - began < 10
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("answer", [slow_headers, slow_body])
def test_no_feed_lasts_longer_than_its_pull(answer, tmp_path):
    with serving(answer) as port, client(feed(port), Limits(tries=3)) as one:
        began = time.monotonic()
        with pytest.raises(PullFailed):
            one.pull("locations", tmp_path, deadline=0.4)
        assert time.monotonic() - began < 10


@pytest.mark.parametrize("answer", BROKEN)
def test_a_broken_answer_is_tried_again(answer, tmp_path):
    requests = []

    def second_time_right(connection, request):
        requests.append(request)
        (answer if len(requests) == 1 else plain)(connection, request)

    with serving(listed(second_time_right)) as port:
        pulled = pull(platform(port), tmp_path, Limits(request=2))
        assert pulled.pages[0].read_bytes() == BODY
        assert len(requests) == 2
        assert pulled.requests == 4


@pytest.mark.parametrize("answer", BROKEN)
def test_an_answer_that_stays_broken_is_a_failure(answer, tmp_path):
    with serving(answer) as port, pytest.raises(PullFailed, match=r"\(3 tries\)") as caught:
        pull(feed(port), tmp_path, Limits(request=2))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "says"),
    [(bad_gzip, "gzip is damaged"), (brotli, "neither gzip nor absent"), (big_body, "larger than 32 MiB")],
)
def test_an_unusable_body_is_a_failure_at_once(answer, says, tmp_path):
    requests = []

    def counted(connection, request):
        requests.append(request)
        answer(connection, request)

    with serving(listed(counted)) as port, pytest.raises(PullFailed, match=says):
        pull(platform(port), tmp_path, Limits(request=5))
    assert len(requests) == 1


@pytest.mark.parametrize("answer", [plain, gzipped, chunked, until_closed, slow_but_in_time])
def test_legal_answers_are_taken(answer, tmp_path):
    with serving(answer) as port:
        assert pull(feed(port), tmp_path, Limits(request=3)).pages[0].read_bytes() == BODY


def test_an_open_connection_is_used_again(tmp_path):
    connections = []

    def keeping(connection, request):
        connections.append(request)
        port = connection.getsockname()[1]
        for number in range(3):
            link = f'Link: <http://127.0.0.1:{port}/feed?page={number}>; rel="next"\r\n' if number < 2 else ""
            body = b'[{"id": "%d"}]' % number
            connection.sendall(f"HTTP/1.1 200 OK\r\n{link}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            if number < 2:
                connection.recv(65536)

    with serving(keeping) as port:
        assert pull(feed(port), tmp_path).objects == 3
    assert len(connections) == 1


def test_nobody_listening_is_a_failure(tmp_path):
    with serving(plain) as port:
        pass
    with pytest.raises(PullFailed, match=r"refused \(3 tries\)"):
        pull(feed(port), tmp_path, Limits())


def test_loopback_is_refused_without_trust(tmp_path):
    requests = []
    with serving(lambda connection, request: requests.append(request)) as port:
        settings = feed(port, locations=f"https://localhost:{port}/feed", trust_private_network=False)
        with pytest.raises(PullFailed, match="no public address; trust_private_network = true would allow it"):
            pull(settings, tmp_path)
    assert requests == []


def test_a_resolver_that_changes_its_mind_reaches_only_what_was_checked(tmp_path):
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    with serving(listed(plain)) as port:
        settings = feed(port, versions_url=f"http://rebind.example:{port}/versions", locations=None)
        with pytest.raises(PullFailed, match=r"rebind\.example leads to 169\.254\.169\.254"):
            # The first connection ends with its answer; the second is checked anew.
            pull(settings, tmp_path, resolve=lambda host, port: next(answers))


def test_a_secret_is_in_no_log_of_the_libraries(tmp_path, caplog):
    with serving(plain) as port, caplog.at_level(logging.DEBUG):
        pull(feed(port, headers={"X-Api-Key": "k3y"}, token_encoding="plain"), tmp_path)
    assert "s3cret" not in caplog.text
    assert "k3y" not in caplog.text


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if not shutil.which("openssl"):
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3 -subj /CN=x -addext"
    target = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run(
        [*command.split(), "subjectAltName=DNS:ocpi.nordladd.example", *target], check=True, capture_output=True
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=folder / "cert.pem")


def test_tls_checks_the_host_name_though_the_address_is_pinned(certificate, tmp_path):
    server, trusting = certificate
    with serving(plain, tls=server) as port:
        for host, right in (("ocpi.nordladd.example", True), ("other.example", False)):
            settings = feed(port, locations=f"https://{host}:{port}/feed")
            with client(settings, tls=trusting, resolve=lambda host, port: ["127.0.0.1"]) as one:
                if right:
                    assert one.pull("locations", tmp_path).objects == 1
                else:
                    with pytest.raises(PullFailed, match="no TLS: Hostname mismatch"):
                        one.pull("locations", tmp_path)


def test_an_unknown_certificate_is_refused(certificate, tmp_path):
    server, _ = certificate
    with serving(plain, tls=server) as port:
        settings = feed(port, locations=f"https://ocpi.nordladd.example:{port}/feed")
        with pytest.raises(PullFailed, match="no TLS: self-signed certificate"):
            pull(settings, tmp_path, resolve=lambda host, port: ["127.0.0.1"])


def test_a_handshake_has_the_time_of_the_request(tmp_path):
    began = time.monotonic()
    # A TLS greeting is no request, so this server waits for the rest of it and never answers.
    with serving(plain) as port, pytest.raises(PullFailed, match="no TLS in time"):
        pull(feed(port, locations=f"https://127.0.0.1:{port}/feed"), tmp_path)
    assert time.monotonic() - began < 10


# Memory

MEASURED = textwrap.dedent(
    """
    import re, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from finder.ocpi.client import Client, PullFailed
    from finder.ocpi.partner import Partner

    def peak():
        # ru_maxrss of a new process begins with that of its parent; this begins with its own.
        return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])

    kind, address, into = sys.argv[1:]
    partner = Partner(slug="a", name="A", trust_private_network=True, max_feed_mib=64, **{kind: address})
    before = peak()
    with Client(partner, contact="x", now=lambda: datetime.now(UTC)) as client:
        try:
            client.pull("locations", Path(into))
        except PullFailed as failure:
            print(failure, file=sys.stderr)
    print(peak() - before)
    """
)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory where Linux tells it")
@pytest.mark.parametrize(("kind", "cap"), [("versions_url", 32), ("locations", 64)])
def test_a_gzip_bomb_stops_at_the_limit_and_needs_little_memory(kind, cap, tmp_path):
    block = zlib.compressobj(wbits=-15)
    mebibyte = block.compress(b" " * (1 << 20)) + block.flush(zlib.Z_FULL_FLUSH)
    bomb = gzip.compress(b"", mtime=0)[:10] + mebibyte * 256

    def explode(connection, request):
        connection.sendall(ok(bomb, "Content-Encoding: gzip"))

    with serving(listed(explode)) as port:
        address = f"http://127.0.0.1:{port}/" + ("versions" if kind == "versions_url" else "feed")
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, kind, address, tmp_path],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
    assert f"larger than {cap} MiB" in done.stderr
    assert int(done.stdout) < 20 * 1024  # KiB
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= cap << 20
