"""Tells search engines which pages are new, changed or gone (indexnow.org): after a pull, each change once, a failure for later.

What was told is remembered as an instant, so a site that tells nobody for a day makes up for it, and one that begins says nothing of
what was there before.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import sleep

import httpx
import sqlalchemy as sa

from finder.ocpi.types import Struct
from finder.store import addresses
from finder.store.addresses import Change, Mark
from finder.store.database import writing

MOST_URLS = 10_000
# What one pull may lead to; the rest is told after the next.
MOST_REQUESTS = 10
PAUSE = 1.0
TIMEOUT = 10.0
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
STATIONS, LISTS = "indexnow/stations", "indexnow/lists"

StationUrls = Callable[[Sequence[Change]], list[str]]
ListUrls = Callable[[sa.Connection, int, int], list[str]]


class Site(Struct):
    """Whose pages they are. `endpoint` is told; `key_url` answers with the key. `languages`: how many addresses a station has."""

    endpoint: str
    host: str
    key: str
    key_url: str
    agent: str
    languages: int


class NotTold(Exception):
    """Nobody was told; `wait` is how long they ask us to be quiet, where they do."""

    def __init__(self, reason: str, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Teller:
    """For as long as a process lives it remembers how long to be quiet. One call at a time."""

    def __init__(
        self, site: Site, stations: StationUrls, lists: ListUrls, pause: Callable[[float], None] = sleep
    ) -> None:
        self._site = site
        self._stations = stations
        self._lists = lists
        self._pause = pause
        self._requests = 0
        self._failures = 0
        self._quiet_until: datetime | None = None

    def tell(self, engine: sa.Engine, now: datetime) -> str:
        """What came of it in a line; empty where there was nothing to tell. Raises nothing that the other side causes."""
        if self._quiet_until is not None and now < self._quiet_until:
            return ""
        self._requests = 0
        try:
            told = self._tell_stations(engine, now) + self._tell_lists(engine, now)
        except NotTold as error:
            self._failures += 1
            wait = error.wait or FIRST_WAIT * 2 ** min(self._failures - 1, 10)
            self._quiet_until = now + min(wait, LONGEST_WAIT)
            return f"not told: {error}; tried again after a later pull"
        self._failures, self._quiet_until = 0, None
        return f"told of {told} addresses" if told else ""

    def _tell_stations(self, engine: sa.Engine, now: datetime) -> int:
        told = 0
        most = MOST_URLS // self._site.languages
        while self._requests < MOST_REQUESTS:
            with engine.connect() as connection:
                until = addresses.settled(connection, now)
                mark = addresses.mark(connection, STATIONS)
                found = addresses.changes(connection, mark, until, most) if mark else ()
            if mark is None:
                _remember(engine, STATIONS, Mark(until))
            if not found:
                break
            told += self._submit(self._stations(found))
            _remember(engine, STATIONS, found[-1].mark)
        return told

    def _tell_lists(self, engine: sa.Engine, now: datetime) -> int:
        """All that changed, or none."""
        with engine.connect() as connection:
            until = addresses.settled(connection, now)
            mark = addresses.mark(connection, LISTS)
            urls = self._lists(connection, mark.at, until) if mark and mark.at < until else []
        parts = [urls[first : first + MOST_URLS] for first in range(0, len(urls), MOST_URLS)]
        if self._requests + len(parts) > MOST_REQUESTS:
            return 0
        told = sum([self._submit(part) for part in parts])
        if mark is None or urls:
            _remember(engine, LISTS, Mark(until))
        return told

    def _submit(self, urls: list[str]) -> int:
        """Raises NotTold."""
        if self._requests:
            self._pause(PAUSE)
        self._requests += 1
        post(self._site, urls)
        return len(urls)


def _remember(engine: sa.Engine, name: str, mark: Mark) -> None:
    with writing(engine) as connection:
        addresses.set_mark(connection, name, mark)


def post(site: Site, urls: list[str]) -> None:
    """Raises NotTold."""
    body = {"host": site.host, "key": site.key, "keyLocation": site.key_url, "urlList": urls}
    try:
        with (
            httpx.Client(timeout=TIMEOUT, headers={"User-Agent": site.agent}) as client,
            client.stream("POST", site.endpoint, json=body) as answer,
        ):
            status, retry_after = answer.status_code, answer.headers.get("Retry-After", "")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotTold(f"{type(error).__name__} at {site.endpoint}") from error
    if status not in (200, 202):
        seconds = int(retry_after) if retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 7 else 0
        raise NotTold(f"{site.endpoint} answered {status}", timedelta(seconds=seconds) if seconds else None)
