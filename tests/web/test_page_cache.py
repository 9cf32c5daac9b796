"""What is kept of pages, for how long, and what never is."""

import gzip
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import brotli
import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client, TestResponse

from app import serving
from finder.store import statuses
from finder.store.database import writing
from finder.web import parameters
from finder.web.language import SECONDS_TOLD
from finder.web.page_cache import KEPT_PARAMETERS, PageCache, accepted
from tests.pages import read, site

PAGE = b"<!doctype html><title>Page</title>" + b"<p>All of it is the same.</p>" * 40
PUBLIC = "public, max-age=0, must-revalidate"
HOST = "https://uttag.example"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Site:
    """What stands behind the cache: one answer, whatever is asked for, and how often it was made."""

    def __init__(self) -> None:
        self.made = 0
        self.status = "200 OK"
        self.body = PAGE
        self.headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": PUBLIC, "X-Frame-Options": "DENY"}
        self.length = True
        self.tells_seconds = False
        self.writes = b""
        self.waits: Callable[[], object] = lambda: None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.made += 1
        self.waits()
        if self.tells_seconds:
            environ[SECONDS_TOLD] = True
        length = [("Content-Length", str(len(self.body)))] if self.length else []
        write = start_response(self.status, [*self.headers.items(), *length])
        if self.writes:
            write(self.writes)
        return [self.body.removeprefix(self.writes)]


class World:
    """A cache with everything around it: `version` is the database's, None when it is away."""

    def __init__(self) -> None:
        self.site, self.clock = Site(), Clock()
        self.version: object = 1
        self.cache = PageCache(self.site, lambda: self.version, lambda environ: "evil" not in environ["HTTP_HOST"])
        self.cache.capacity, self.cache.clock = 1 << 20, self.clock

    def get(self, path: str = "/sv/", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client(self.cache, use_cookies=False).get(path, base_url=HOST, headers=named)

    def made_by(self, path: str = "/sv/", **headers: str) -> int:
        """How often the site is asked when this is asked for twice."""
        before = self.site.made
        self.get(path, **headers)
        self.get(path, **headers)
        return self.site.made - before


@pytest.fixture
def world() -> World:
    return World()


# For how long


def test_a_page_is_made_once_and_sent_again(world: World) -> None:
    first, second = world.get(), world.get()
    assert first.data == second.data == PAGE
    assert first.status == second.status == "200 OK"
    assert first.headers == second.headers
    assert world.site.made == 1


@pytest.mark.parametrize("age", [5.0, 6.5, 29.0])
def test_after_a_change_nothing_of_before_is_sent_for_longer_than_five_seconds(world: World, age: float) -> None:
    for second in range(int(age)):
        world.clock.now = 1000.0 + second
        world.get()
    world.clock.now = 1000.0 + age - 5.0
    world.get()
    world.version, world.site.body = 2, b"changed"
    world.clock.now += 5.0
    assert world.get().data == b"changed"


def test_a_page_of_a_moment_ago_is_sent_whatever_is_pushed(world: World) -> None:
    world.get()
    for push in range(39):
        world.clock.now += 0.1
        world.version = 100 + push
        world.get()
    assert world.site.made == 1


def test_asking_for_headers_alone_makes_no_page_last_longer(world: World) -> None:
    world.get()
    world.version = 2
    world.clock.now += 3.9
    Client(world.cache).head("/sv/", base_url=HOST)
    world.clock.now += 0.2
    world.get()
    assert world.site.made == 2


def test_while_nothing_changes_a_page_is_made_every_half_minute(world: World) -> None:
    for _ in range(120):
        world.get()
        world.clock.now += 1.0
    assert world.site.made == 4


def test_a_page_that_tells_an_age_in_seconds_is_soon_made_anew(world: World) -> None:
    world.site.tells_seconds = True
    for _ in range(20):
        world.get()
        world.clock.now += 1.0
    assert world.site.made == 5


def test_the_database_is_asked_once_a_second_however_much_is_read(world: World) -> None:
    asked = []
    cache = PageCache(world.site, lambda: asked.append(1), lambda environ: True)
    cache.capacity, cache.clock = 1 << 20, world.clock
    for number in range(100):
        Client(cache).get(f"/sv/{number}", base_url=HOST)
        world.clock.now += 0.05
    assert len(asked) == 5


def test_a_page_that_came_out_the_same_keeps_its_packed_forms(world: World) -> None:
    tag = world.get(Accept_Encoding="br").headers["ETag"]
    size = world.cache.size
    world.clock.now += 40
    assert world.get(Accept_Encoding="br", If_None_Match=tag).status_code == 304
    assert (world.site.made, world.cache.size) == (2, size)


# When the database is away


def test_without_the_database_a_page_of_the_last_minute_is_sent(world: World) -> None:
    world.get()
    world.version, world.site.status, world.site.body = None, "503 Service Unavailable", b"closed"
    for second in (5, 20, 59):
        world.clock.now = 1000.0 + second
        assert (world.get().status_code, world.get().data) == (200, PAGE)
    world.clock.now = 1061.0
    assert (world.get().status_code, world.get().data) == (503, b"closed")
    assert world.get("/sv/other").status_code == 503


def test_a_page_outlives_no_change_because_the_version_is_not_known(world: World) -> None:
    world.version = None
    world.get()
    world.clock.now += 4.5
    world.site.body = b"changed"
    assert world.get().data == b"changed"


@pytest.mark.parametrize("status", ["500 INTERNAL SERVER ERROR", "410 GONE", "404 NOT FOUND", "301 MOVED PERMANENTLY"])
def test_what_takes_the_place_of_a_page_is_told_at_once_and_not_kept(world: World, status: str) -> None:
    world.get()
    world.clock.now += 40
    world.site.status = status
    assert world.get().status == world.get().status == status
    assert (world.site.made, len(world.cache), world.cache.size) == (3, 0, 0)


# Encodings and tags


@pytest.mark.parametrize(
    ("said", "encoding"),
    [
        ("", ""),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0,gzip;q=0", ""),
        ("*", "br"),
        ("*;q=0", ""),
        ("identity", ""),
        ("BR", "br"),
        ("br;q=nonsense, gzip;q=0.1", "gzip"),
    ],
)
def test_the_encoding_that_is_liked_best_is_taken(said: str, encoding: str) -> None:
    assert accepted(said) == encoding


UNPACK: dict[str, Callable[[bytes], bytes]] = {"": bytes, "br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize("encoding", UNPACK)
def test_every_encoding_holds_the_same_bytes(world: World, encoding: str) -> None:
    for answer in (world.get(Accept_Encoding=encoding), world.get(Accept_Encoding=encoding)):
        assert UNPACK[encoding](answer.data) == PAGE
        assert answer.headers.get("Content-Encoding", "") == encoding
        assert answer.headers["Content-Length"] == str(len(answer.data))
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == PUBLIC
    assert world.site.made == 1


def test_each_encoding_has_a_strong_tag_of_its_own(world: World) -> None:
    tags = {world.get(Accept_Encoding=encoding).headers["ETag"] for encoding in UNPACK}
    assert len(tags) == 3
    assert all(tag.startswith('"') for tag in tags)


@pytest.mark.parametrize("encoding", UNPACK)
def test_who_has_the_page_is_told_so_without_a_body(world: World, encoding: str) -> None:
    first = world.get(Accept_Encoding=encoding)
    tag = first.headers["ETag"]
    for has in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = world.get(Accept_Encoding=encoding, If_None_Match=has)
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
        for name in ("Cache-Control", "Vary", "X-Frame-Options"):
            assert answer.headers[name] == first.headers[name]
        assert "Content-Length" not in answer.headers
    assert world.get(Accept_Encoding=encoding, If_None_Match='"other"').status_code == 200
    assert world.site.made == 1


def test_a_tag_of_another_encoding_is_not_the_same(world: World) -> None:
    tag = world.get(Accept_Encoding="br").headers["ETag"]
    assert world.get(Accept_Encoding="gzip", If_None_Match=tag).status_code == 200


def test_head_has_the_headers_of_the_page_and_no_body(world: World) -> None:
    client = Client(world.cache)
    before = client.head("/sv/", base_url=HOST)
    page = world.get()
    after = client.head("/sv/", base_url=HOST)
    assert before.headers == after.headers == page.headers
    assert before.data == after.data == b""
    assert world.site.made == 1


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
def test_what_an_application_writes_stands_before_what_it_returns(world: World, status: str) -> None:
    world.site.status, world.site.writes = status, PAGE[:7]
    assert world.get().data == PAGE


def test_what_is_packed_already_or_too_small_is_sent_as_it_is(world: World) -> None:
    world.site.body = b"small"
    answer = world.get(Accept_Encoding="br")
    assert (answer.data, "Vary" in answer.headers) == (b"small", False)
    world.site.body, world.site.headers["Content-Type"] = PAGE, "image/png"
    answer = world.get("/picture", Accept_Encoding="br")
    assert (answer.data, "Content-Encoding" in answer.headers) == (PAGE, False)


def test_https_is_asked_to_stay_whoever_asked_first(world: World) -> None:
    world.site.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    client = Client(world.cache)
    secure = client.get("/sv/", base_url=HOST)
    plain = client.get("/sv/", base_url="http://uttag.example")
    assert secure.headers.getlist("Strict-Transport-Security") == ["max-age=63072000; includeSubDomains"]
    assert "Strict-Transport-Security" not in plain.headers
    assert world.site.made == 1


# What is never kept


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache-Control": "private, max-age=0"},
        {"Cache-Control": "no-store"},
        {"Cache-Control": "no-cache"},
        {"Cache-Control": "max-age=60"},
        {"Cache-Control": "public, no-store"},
        {"Set-Cookie": "a=b"},
        {"Vary": "Cookie"},
        {"Vary": "Accept-Language"},
        {"Content-Encoding": "gzip"},
    ],
)
def test_an_answer_that_may_be_somebodys_own_is_not_kept(world: World, headers: dict[str, str]) -> None:
    world.site.headers |= headers
    assert world.made_by() == 2
    assert (len(world.cache), world.cache.size) == (0, 0)


@pytest.mark.parametrize("headers", [{"Cookie": "a=b"}, {"Authorization": "Token x"}])
def test_a_request_that_says_who_asks_neither_fills_the_cache_nor_is_answered_from_it(
    world: World, headers: dict[str, str]
) -> None:
    assert world.made_by(**headers) == 2
    assert len(world.cache) == 0
    world.get()
    assert world.made_by(**headers) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_what_is_no_reading_goes_through(world: World, method: str) -> None:
    world.get()
    for _ in range(2):
        Client(world.cache).open("/sv/", base_url=HOST, method=method)
    assert (world.site.made, len(world.cache)) == (3, 1)


def test_a_foreign_host_gets_its_own_answer(world: World) -> None:
    world.get()
    world.site.body = b"unknown host"
    assert Client(world.cache).get("/sv/", base_url="https://evil.example").data == b"unknown host"
    assert world.get().data == PAGE
    assert Client(world.cache).get("/en/", base_url="https://evil.example").data == b"unknown host"
    assert len(world.cache) == 1


def test_names_of_hosts_are_not_gathered(world: World) -> None:
    for port in range(1, 300):
        Client(world.cache).get("/sv/", base_url=f"https://uttag.example:{port}")
    assert (world.site.made, len(world.cache)) == (1, 1)
    assert len(world.cache._hosts) <= 64


@pytest.mark.parametrize(
    "query",
    [
        "near=58.35,11.94",
        "bbox=11,57,12,58",
        "radius_km=5",
        "cursor=abc",
        "utm_source=x",
        "page=2&x=1",
        "x",
        "=",
        "page=2&" * 200 + "page=2",
    ],
)
def test_where_somebody_is_and_what_nobody_knows_is_not_kept(world: World, query: str) -> None:
    assert world.made_by(f"/sv/sok?{query}") == 2
    assert len(world.cache) == 0


@pytest.mark.parametrize("query", ["page=2", "operator=nordladd&connector=CHADEMO", "battery_kwh=77&from=10&to=80"])
def test_questions_that_many_ask_are_kept(world: World, query: str) -> None:
    assert world.made_by(f"/sv/sok?{query}") == 1


def test_a_path_is_not_taken_for_a_query(world: World) -> None:
    world.get("/sv/sok?page=2")
    world.site.body = b"other"
    assert world.get("/sv/sok%3Fpage=2").data == b"other"


def test_streams_and_large_answers_go_through(world: World) -> None:
    world.site.length = False
    assert world.made_by() == 2
    world.site.length, world.site.body = True, b"x" * (1 << 20) + b"x"
    assert world.made_by() == 2
    assert "ETag" not in world.get().headers


# Memory and threads


def test_memory_is_bounded_and_what_is_read_stays(world: World) -> None:
    world.cache.capacity = 200_000
    for number in range(500):
        world.get("/sv/", Accept_Encoding="br")
        world.get(f"/sv/{number}", Accept_Encoding=("br", "gzip", "")[number % 3])
        world.clock.now += 0.5
        assert world.cache.size <= 200_000
    assert 10 < len(world.cache) < 40
    before = world.site.made
    assert world.get("/sv/").data == PAGE
    assert world.site.made == before


def test_with_no_memory_answers_are_the_same_and_nothing_is_kept(world: World) -> None:
    kept = world.get(Accept_Encoding="br")
    bare = World()
    bare.cache.capacity = 0
    for _ in range(2):
        answer = bare.get(Accept_Encoding="br")
        assert (answer.data, answer.headers) == (kept.data, kept.headers)
    assert (bare.site.made, len(bare.cache), bare.cache.size) == (2, 0, 0)


def test_one_page_is_made_by_one_thread_for_all(world: World) -> None:
    arrived, together = Event(), Barrier(4)

    def wait() -> None:
        arrived.set()
        # The others come while this is being made.
        together.wait(5)

    world.site.waits = wait

    def get() -> bytes:
        return world.get().data

    def get_beside() -> bytes:
        arrived.wait(5)
        together.wait(5)
        return world.get().data

    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(get), *(threads.submit(get_beside) for _ in range(3))]
        assert {answer.result(10) for answer in answers} == {PAGE}
    assert world.site.made == 1


def test_the_last_good_page_is_sent_while_another_is_made(world: World) -> None:
    world.get()
    world.clock.now += 4.5
    world.version = 2
    begun, done = Event(), Event()

    def wait() -> None:
        begun.set()
        done.wait(5)

    world.site.waits = wait
    with ThreadPoolExecutor(1) as threads:
        making = threads.submit(world.get)
        begun.wait(5)
        assert world.get().data == PAGE
        assert world.site.made == 2
        done.set()
        assert making.result(10).status_code == 200


def test_a_fault_in_the_making_holds_up_nobody_after_it(world: World) -> None:
    def fail() -> None:
        raise RuntimeError("a fault")

    world.site.waits = fail
    with pytest.raises(RuntimeError, match="a fault"):
        world.get()
    world.site.waits = lambda: None
    assert world.get().data == PAGE


# The site itself


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a few stations."""
    made = tmp_path_factory.mktemp("kept")
    app = site.application(made)
    site.take_in(app, made, site.feed()[1:9])
    app.extensions["finder.engine"].dispose()
    return made


@pytest.fixture
def app(folder: Path, tmp_path: Path) -> Flask:
    """The site as `flask serve` has it, but for its collector of garbage, with a clock that stands still."""
    shutil.copy(folder / "finder.db", tmp_path)
    made = site.application(tmp_path)
    cache = made.extensions["finder.page_cache"]
    cache.capacity, cache.clock = 1 << 24, Clock()
    return made


def station(app: Flask) -> str:
    return str(read.page(app.test_client().get("/sv/sok?q=Uddevalla")).select(".row .name a")[0]["href"])


def board(answer: TestResponse) -> str:
    return read.text(read.page(answer).select_one("[data-fact=board]"))


def occupy(engine: sa.Engine) -> None:
    """Every charging point is taken from now on."""
    with writing(engine) as connection:
        connection.execute(sa.text("UPDATE statuses SET status = :taken"), {"taken": statuses.CODES["CHARGING"]})


def test_a_station_is_right_within_five_seconds_of_a_change_of_its_status(app: Flask) -> None:
    path, client = station(app), app.test_client()
    cache = app.extensions["finder.page_cache"]
    before = board(client.get(path))
    occupy(app.extensions["finder.engine"])
    cache.clock.now += 5
    after = board(client.get(path))
    cache.capacity = 0
    assert before != after == board(client.get(path))


def test_pages_are_kept_and_headers_are_the_same(app: Flask) -> None:
    client, cache = app.test_client(use_cookies=False), app.extensions["finder.page_cache"]
    path = station(app)
    for each in ("/sv/", path, "/en/stations/", "/robots.txt", "/api/v1/stations", "/tiles/3/4/2.mvt"):
        fresh = client.get(each, headers={"Cookie": "not=kept"})
        first, second = client.get(each), client.get(each)
        assert dict(fresh.headers) == dict(first.headers) == dict(second.headers), each
        assert "public" in second.headers["Cache-Control"], each
        assert second.headers["X-Content-Type-Options"] == "nosniff"
        assert (each, "") in cache._pages, each


@pytest.mark.parametrize(
    "path",
    [
        "/sv/sok?near=58.35,11.94",
        "/sv/sok?bbox=11,57,13,59",
        "/sv/sok?q=58.35,11.94",
        "/sv/sok?q=Storgatan+1,+Uddevalla",
        "/api/v1/stations?near=58.35,11.94",
        "/api/v1/places?q=Storgatan+1",
    ],
)
def test_where_somebody_is_stays_in_their_own_browser(app: Flask, path: str) -> None:
    client, cache = app.test_client(), app.extensions["finder.page_cache"]
    assert client.get(path).headers["Cache-Control"].startswith("private")
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"].startswith("private")
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert len(cache) == 0


def test_health_files_errors_and_exports_are_not_kept(app: Flask) -> None:
    client, cache = app.test_client(), app.extensions["finder.page_cache"]
    style = app.jinja_env.globals["static_url"]("site.css")  # type: ignore[operator]
    for path in ("/healthz", "/readyz", "/sv/nowhere", style, "/api/v1/export", "/api/v1/export/stations.csv", "/"):
        client.get(path, buffered=True).close()
    assert len(cache) == 0


def test_kept_parameters_are_parameters_of_the_site() -> None:
    known = {each.name for each in (*parameters.SEARCH, *parameters.CONDITIONS, *parameters.CAR)}
    assert {"near", "bbox", "radius_km"} <= known
    assert not {"near", "bbox", "radius_km"} & KEPT_PARAMETERS
    assert KEPT_PARAMETERS - {"page", "lang", "station", "row", "sort", "tariff", "limit"} <= known


def test_while_the_database_is_away_its_pages_are_there_for_a_minute(app: Flask, tmp_path: Path) -> None:
    client, cache = app.test_client(), app.extensions["finder.page_cache"]
    kept = client.get("/sv/om-data/")
    app.extensions["finder.engine"].dispose()
    with sqlite3.connect(tmp_path / "finder.db") as broken:
        broken.execute("ALTER TABLE partners RENAME TO elsewhere")
    broken.close()
    cache.clock.now += 30
    assert client.get("/sv/om-data/").data == kept.data
    assert client.get("/en/about-data/").status_code == 503
    cache.clock.now += 31
    assert client.get("/sv/om-data/").status_code == 503


def test_a_process_that_serves_keeps_as_much_as_it_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gc.freeze", lambda: None)
    monkeypatch.setattr("gc.set_threshold", lambda *_: None)
    told = {"FINDER_DATABASE_URL": f"sqlite:///{folder / 'finder.db'}", "FINDER_PAGE_CACHE_MB": "3"}
    assert serving(told).extensions["finder.page_cache"].capacity == 3 << 20
