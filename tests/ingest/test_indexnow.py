"""Search engines are told of changes: against a server of this machine that answers as they do."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa

from finder.ingest import indexnow
from finder.ingest.indexnow import MOST_REQUESTS, MOST_URLS, Site, Teller
from finder.store.addresses import Change
from tests.pages import site
from tests.store.country import NOW, location, partner, write

KEY = "0123456789abcdef"
LATER = NOW + timedelta(hours=1)


class Engine:
    """What a search engine was told; `answers` are the statuses to come, then 200."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.told: list[dict[str, Any]] = []
        self.answers: list[tuple[int, str]] = []

    @property
    def urls(self) -> list[str]:
        return [url for body in self.told for url in body["urlList"]]


@pytest.fixture
def search_engine() -> Iterator[Engine]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, retry_after = found.answers.pop(0) if found.answers else (200, "")
            if status < 300:
                found.told.append(body)
            self.send_response(status)
            if retry_after:
                self.send_header("Retry-After", retry_after)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Engine(f"http://127.0.0.1:{server.server_port}/indexnow")
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def addresses(changes: Sequence[Change]) -> list[str]:
    return [f"https://uttag.example/{change.address.slug}" for change in changes]


def teller(
    endpoint: str, lists: Callable[[sa.Connection, int, int], list[str]] = lambda *_: [], languages: int = 1
) -> Teller:
    where = Site(endpoint, "uttag.example", KEY, f"https://uttag.example/{KEY}.txt", "charger-finder", languages)
    return Teller(where, addresses, lists, pause=lambda _: None)


def change(engine: sa.Engine, id: int, at: datetime, **more: object) -> None:
    with engine.begin() as connection:
        values = {"changed_at": int(at.timestamp() * 1000), **more}
        sets = ", ".join(f"{name} = :{name}" for name in values)
        connection.execute(sa.text(f"UPDATE stations SET {sets} WHERE pk = :pk"), values | {"pk": id})


@pytest.fixture
def known(engine: sa.Engine) -> sa.Engine:
    """Three stations, of which nobody was told when telling began."""
    write(engine, partner(engine), [location("A"), location("B"), location("C")])
    assert teller("http://127.0.0.1:9/unused").tell(engine, LATER) == ""
    return engine


def test_what_was_there_before_is_not_told(known: sa.Engine, search_engine: Engine) -> None:
    assert teller(search_engine.url).tell(known, LATER + timedelta(minutes=5)) == ""
    assert search_engine.told == []


def test_what_is_new_changed_or_gone_is_told_once_with_the_key(known: sa.Engine, search_engine: Engine) -> None:
    at = LATER + timedelta(minutes=1)
    change(known, 2, at, name="Ny plats", city="")
    change(known, 3, NOW, gone_at=int(at.timestamp() * 1000))
    mine = teller(search_engine.url)
    assert mine.tell(known, at) == "told of 2 addresses"
    assert mine.tell(known, at + timedelta(minutes=1)) == ""
    (body,) = search_engine.told
    assert body == {
        "host": "uttag.example",
        "key": KEY,
        "keyLocation": f"https://uttag.example/{KEY}.txt",
        "urlList": ["https://uttag.example/ny-plats", "https://uttag.example/plats-c"],
    }


def test_a_refusal_is_waited_out_and_nothing_is_forgotten(known: sa.Engine, search_engine: Engine) -> None:
    at = LATER + timedelta(minutes=1)
    change(known, 1, at)
    search_engine.answers = [(429, "600")]
    mine = teller(search_engine.url)
    assert mine.tell(known, at) == f"not told: {search_engine.url} answered 429; tried again after a later pull"
    assert mine.tell(known, at + timedelta(seconds=599)) == ""
    assert search_engine.told == []
    assert mine.tell(known, at + timedelta(seconds=600)) == "told of 1 addresses"


def test_whoever_does_not_say_how_long_is_left_alone_twice_as_long_each_time(
    known: sa.Engine, search_engine: Engine
) -> None:
    at = LATER + timedelta(minutes=1)
    change(known, 1, at)
    search_engine.answers = [(503, "")] * 3
    mine = teller(search_engine.url)
    tries = [minute for minute in range(20) if "not told" in mine.tell(known, at + timedelta(minutes=minute))]
    assert tries == [0, 1, 3]
    assert search_engine.urls == ["https://uttag.example/plats-a"]


def test_nobody_there_is_no_error(known: sa.Engine) -> None:
    change(known, 1, LATER)
    told = teller("http://127.0.0.1:9/indexnow").tell(known, LATER + timedelta(minutes=1))
    assert told == "not told: ConnectError at http://127.0.0.1:9/indexnow; tried again after a later pull"


def test_many_go_in_requests_of_ten_thousand_addresses_at_most_and_the_rest_later(
    sqlite: sa.Engine, search_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexnow, "MOST_URLS", 20)
    pk = partner(sqlite)
    mine = teller(search_engine.url, languages=2)
    mine.tell(sqlite, NOW - timedelta(hours=1))
    write(sqlite, pk, [location(f"L{n}") for n in range(MOST_REQUESTS * 10 + 3)])
    mine.tell(sqlite, LATER)
    assert [len(body["urlList"]) for body in search_engine.told] == [10] * MOST_REQUESTS
    mine.tell(sqlite, LATER + timedelta(minutes=1))
    assert len(search_engine.urls) == len(set(search_engine.urls)) == MOST_REQUESTS * 10 + 3
    assert MOST_URLS == 10_000


def test_lists_are_told_with_their_stations(known: sa.Engine, search_engine: Engine) -> None:
    asked: list[tuple[int, int]] = []

    def lists(_: sa.Connection, after: int, until: int) -> list[str]:
        asked.append((after, until))
        return ["https://uttag.example/sv/laddstationer/"]

    mine = teller(search_engine.url, lists)
    mine.tell(known, LATER + timedelta(minutes=1))
    mine.tell(known, LATER + timedelta(minutes=2))
    assert search_engine.urls == ["https://uttag.example/sv/laddstationer/"] * 2
    assert asked[0][1] == asked[1][0]


def test_while_a_pull_writes_what_may_still_come_in_is_waited_for(known: sa.Engine, search_engine: Engine) -> None:
    """Its changes carry the instant at which it began."""
    at = LATER + timedelta(minutes=1)
    change(known, 1, at)
    with known.begin() as connection:
        until = int((at + timedelta(hours=1)).timestamp() * 1000)
        connection.execute(sa.text("UPDATE partners SET lease_owner = 'x', lease_until = :until"), {"until": until})
    mine = teller(search_engine.url)
    assert mine.tell(known, at + timedelta(minutes=14)) == ""
    assert mine.tell(known, at + timedelta(minutes=16)) == "told of 1 addresses"


def test_a_pull_tells_of_stations_and_their_lists_in_both_languages(tmp_path: Path, search_engine: Engine) -> None:
    places = [site.location(f"L{n}", name=f"Plats {n}", evses=[site.evse(f"L{n}", "AVAILABLE")]) for n in range(3)]
    app = site.application(tmp_path, indexnow=(KEY, search_engine.url))
    site.take_in(app, tmp_path, places)
    assert search_engine.told == []
    site.take_in(app, tmp_path, [places[0] | {"name": "Anders plats"}, *places[1:]])
    paths = {url.removeprefix("https://uttag.example") for url in search_engine.urls}
    stations = {path for path in paths if "/laddstation/" in path or "/station/" in path}
    assert len(stations) == 2
    assert all("anders-plats-uddevalla-" in path for path in stations)
    assert "/sv/laddstationer/vastra-gotalands-lan/uddevalla/" in paths
    client = app.test_client()
    assert {client.get(path).status_code for path in paths} == {200}


def test_a_pull_goes_well_though_nobody_can_be_told(tmp_path: Path) -> None:
    app = site.application(tmp_path, indexnow=(KEY, "http://127.0.0.1:9/indexnow"))
    site.take_in(app, tmp_path, [site.location("A")])
    site.take_in(app, tmp_path, [site.location("A", name="Anders plats")])
    assert app.test_client().get("/sv/laddstationer/").status_code == 200


def test_the_key_is_answered_where_it_is_said_to_be_and_no_other(tmp_path: Path) -> None:
    client = site.application(tmp_path, indexnow=(KEY, "http://127.0.0.1:9/")).test_client()
    answer = client.get(f"/{KEY}.txt")
    assert (answer.text, answer.mimetype) == (KEY, "text/plain")
    assert client.get("/fedcba9876543210.txt").status_code == 404


def test_without_a_key_there_is_none(tmp_path: Path) -> None:
    client = site.application(tmp_path).test_client()
    assert {client.get(path).status_code for path in ("/None.txt", f"/{KEY}.txt", "/.txt")} == {404}


@pytest.mark.parametrize("host", ["http://127.0.0.1:8000", "http://localhost", "http://10.0.0.7", "http://[::1]"])
def test_a_site_of_this_machine_tells_nobody(tmp_path: Path, search_engine: Engine, host: str) -> None:
    app = site.application(tmp_path, base_url=host, indexnow=(KEY, search_engine.url))
    site.take_in(app, tmp_path, [site.location("A")])
    site.take_in(app, tmp_path, [site.location("A", name="Anders plats")])
    assert search_engine.told == []
