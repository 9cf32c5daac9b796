"""In front of Flask: pages as they were sent, by address, for seconds; what they weigh packed; and who has them already.

A page is right within 5 seconds of a change (docs/decisions/0017-page-cache.md): it is sent again for `FRESH` seconds whatever
happens, then only as long as the database says that nothing was committed, and never for longer than `OLDEST`.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from hashlib import blake2b
from itertools import chain
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import brotli  # type: ignore[import-untyped]
from flask import Flask
from werkzeug.exceptions import SecurityError
from werkzeug.wsgi import ClosingIterator, get_host

from finder.ocpi.types import Struct
from finder.store.database import DataVersion
from finder.web import parameters
from finder.web.headers import TWO_YEARS, is_secure
from finder.web.language import SECONDS_TOLD

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# In seconds of age.
FRESH = 4.0
OLDEST = 30.0
WHILE_ANOTHER_IS_MADE = 4.7
WHILE_THE_DATABASE_IS_AWAY = 60.0
# How often the database is asked for its version at most, and for how long a page trusts the answer.
ASKED_EVERY = 1.0
LONGEST_WAIT = 10.0

LARGEST = 1 << 20
# What a page takes beside its bytes: headers, keys, objects.
BESIDE = 6 << 10
LONGEST_QUERY = 1000
MOST_HOSTS = MOST_HEADERS = 64
LONGEST_HEADER = 200
# Files, which WhiteNoise packs, and exports, which are streams and larger than memory.
NOT_OURS = ("/static/", "/api/v1/export")
BROTLI_QUALITY, GZIP_LEVEL = 5, 6
WORTH_PACKING = 500
PACKED_TYPES = ("text/", "application/json", "application/vnd.mapbox-vector-tile", "image/svg+xml")
# What a query may say for its answer to be kept. Not where somebody is, and nothing that we do not know.
KEPT_PARAMETERS = {
    *(each.name for each in (parameters.Q, parameters.OPERATOR, *parameters.CONDITIONS, parameters.SORT)),
    *(each.name for each in (*parameters.CAR, parameters.TARIFF, parameters.LIMIT)),
    *("page", "lang", "station", "row"),
}
OF_THE_BODY = ("content-type", "content-length", "content-encoding", "content-language")

Headers = list[tuple[str, str]]
Key = tuple[str, str]
"""The path, unquoted as WSGI has it, and the query as it was asked."""


class Form:
    """One encoding of a page: what is sent with it and without it, each over http and over https."""

    __slots__ = ("body", "etag", "headers", "size", "unmodified")

    def __init__(self, body: bytes, etag: str, shared: Headers, encoding: str) -> None:
        self.body = [body]
        self.etag = etag
        self.size = len(body)
        own = [*shared, ("ETag", etag)]
        kept = [each for each in own if each[0].lower() not in OF_THE_BODY]
        sent = [*own, ("Content-Length", str(len(body)))]
        if encoding:
            sent.append(("Content-Encoding", encoding))
        self.headers = sent, [*sent, TWO_YEARS]
        self.unmodified = kept, [*kept, TWO_YEARS]


class Page:
    """An answer with its forms. `made` is when its making began, and `version` what the database was known to have before;
    until `until` nobody needs to look whether it still holds. `public`: it may be kept, `kept`: it is. `brief`: it tells an
    age in seconds."""

    __slots__ = (
        "body",
        "brief",
        "forms",
        "kept",
        "made",
        "mark",
        "packs",
        "public",
        "shared",
        "size",
        "until",
        "version",
    )

    def __init__(self, body: bytes, headers: Headers, public: bool, brief: bool) -> None:
        lower = {name.lower(): value for name, value in headers}
        self.body = body
        self.mark = blake2b(body, digest_size=16).hexdigest()
        self.packs = len(body) >= WORTH_PACKING and lower.get("content-type", "").startswith(PACKED_TYPES)
        replaced = ("content-length", "etag", "vary", TWO_YEARS[0].lower())
        self.shared = [each for each in headers if each[0].lower() not in replaced]
        if self.packs:
            self.shared.append(("Vary", "Accept-Encoding"))
        self.forms = {"": Form(body, f'"{self.mark}"', self.shared, "")}
        self.size = BESIDE + len(body)
        self.public, self.kept, self.brief = public, False, brief
        self.made = self.until = 0.0
        self.version: Any = None

    def packed(self, encoding: str) -> Form:
        """Strong tags differ with the encoding (RFC 9110, 8.8.3.3)."""
        if not self.packs:
            return self.forms[""]
        body = (
            brotli.compress(self.body, quality=BROTLI_QUALITY)
            if encoding == "br"
            else gzip.compress(self.body, GZIP_LEVEL, mtime=0)
        )
        return Form(body, f'"{self.mark}-{encoding}"', self.shared, encoding)


class Passed(Struct):
    """An answer that is none of ours, to be sent on as it is."""

    status: str
    headers: Headers
    body: Iterable[bytes]


class PageCache:
    """The WSGI application in front of `inner`. `capacity` is in bytes; with 0 nothing is kept, and answers are the same.

    `version` tells what the database has, None when it is away; `clock` is in seconds.
    """

    def __init__(
        self, inner: "WSGIApplication", version: Callable[[], Any], trusted: Callable[["WSGIEnvironment"], bool]
    ) -> None:
        self.capacity = 0
        self.clock = monotonic
        self.size = 0
        self._inner = inner
        self._version_of_database = version
        self._version: Any = None
        self._asked_at = -ASKED_EVERY
        self._asking = Lock()
        self._trusted = trusted
        self._hosts: set[str] = set()
        self._takes = {"": ""}
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._making: dict[Key, Event] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        page = self._pages.get((environ["PATH_INFO"], environ["QUERY_STRING"]))
        if (
            page is not None
            and self.clock() < page.until
            and environ["REQUEST_METHOD"] == "GET"
            and environ.get("HTTP_HOST") in self._hosts
            and "HTTP_COOKIE" not in environ
            and "HTTP_AUTHORIZATION" not in environ
        ):
            return self._sent(page, environ, start_response)
        return self._asked(environ, start_response)

    def _asked(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or path.startswith(NOT_OURS) or not self._is_ours(environ):
            return self._inner(environ, start_response)
        # Whatever says who asks may change the answer.
        personal = "HTTP_COOKIE" in environ or "HTTP_AUTHORIZATION" in environ
        if self.capacity and not personal and may_be_kept(query):
            found = self._found((path, query), environ)
        else:
            found = self._made(environ)
        if isinstance(found, Passed):
            start_response(found.status, found.headers)
            return found.body
        return self._sent(found, environ, start_response)

    def _is_ours(self, environ: "WSGIEnvironment") -> bool:
        """Whether it is asked by a name of ours: any other gets its refusal from Flask."""
        host = environ.get("HTTP_HOST")
        if host in self._hosts:
            return True
        if host is None or not self._trusted(environ):
            return False
        if len(self._hosts) < MOST_HOSTS:
            self._hosts.add(host)
        return True

    # Sending

    def _sent(self, page: Page, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        takes = environ.get("HTTP_ACCEPT_ENCODING", "")
        encoding = self._takes.get(takes)
        if encoding is None:
            encoding = self._understood(takes)
        form = page.forms.get(encoding) or self._packed(page, encoding)
        has = environ.get("HTTP_IF_NONE_MATCH")
        if has is not None and (has == form.etag or form.etag in tags(has) or has == "*"):
            start_response("304 Not Modified", form.unmodified[is_secure(environ)])
            return []
        start_response("200 OK", form.headers[is_secure(environ)])
        return form.body if environ["REQUEST_METHOD"] == "GET" else []

    def _understood(self, takes: str) -> str:
        encoding = accepted(takes)
        if len(takes) <= LONGEST_HEADER and len(self._takes) < MOST_HEADERS:
            self._takes[takes] = encoding
        return encoding

    def _packed(self, page: Page, encoding: str) -> Form:
        form = page.packed(encoding)
        with self._lock:
            if encoding not in page.forms:
                page.forms[encoding] = form
                page.size += form.size
                if page.kept:
                    self.size += form.size
                    self._make_room()
        return form

    # Finding

    def _found(self, key: Key, environ: "WSGIEnvironment") -> Page | Passed:
        """The page of this address: one that still holds, else one that is made now, by one thread for all."""
        now = self.clock()
        version = self._known_version(now)
        with self._lock:
            page = self._pages.get(key)
            if page is not None and _holds(page, now, version):
                if now - page.made >= FRESH:
                    page.until = min(now + ASKED_EVERY, page.made + OLDEST)
                self._pages.move_to_end(key)
                return page
            turn = self._making.get(key)
            mine = turn is None
            if turn is None:
                turn = self._making[key] = Event()
        if not mine:
            if page is not None and now - page.made < WHILE_ANOTHER_IS_MADE:
                return page
            turn.wait(LONGEST_WAIT)
            page = self._pages.get(key)
            return page if page is not None and self.clock() < page.until else self._made(environ)
        try:
            return self._renewed(key, page, environ, now, version)
        finally:
            with self._lock:
                del self._making[key]
            turn.set()

    def _renewed(
        self, key: Key, old: Page | None, environ: "WSGIEnvironment", now: float, version: Any
    ) -> Page | Passed:
        made = self._made(environ)
        away = isinstance(made, Passed) and made.status.startswith("503")
        if away and old is not None and now - old.made < WHILE_THE_DATABASE_IS_AWAY:
            # Better what was right a moment ago than nothing.
            old.until = now + ASKED_EVERY
            return old
        if isinstance(made, Page) and made.public:
            if old is not None and old.mark == made.mark and old.shared == made.shared:
                # The same again: what it weighs packed is known.
                old.brief = made.brief
                made = old
            made.made, made.version, made.until = now, version, now + FRESH
            self._keep(key, made)
        elif old is not None:
            self._keep(key, None)
        return made

    def _keep(self, key: Key, page: Page | None) -> None:
        """In place of what was kept under this address."""
        with self._lock:
            old = self._pages.pop(key, None)
            if old is not None:
                self._leave(old)
            if page is not None:
                self._pages[key] = page
                self.size += page.size
                page.kept = True
                self._make_room()

    def _leave(self, page: Page) -> None:
        self.size -= page.size
        page.kept = False

    def _make_room(self) -> None:
        """What nobody asked for lately goes first."""
        while self.size > self.capacity and self._pages:
            self._leave(self._pages.popitem(last=False)[1])

    def _known_version(self, now: float) -> Any:
        """Of no longer ago than two questions; None: not known. Nobody waits for somebody else's question."""
        if now - self._asked_at >= ASKED_EVERY and self._asking.acquire(blocking=False):
            try:
                self._version = self._version_of_database()
                self._asked_at = now
            finally:
                self._asking.release()
        return self._version if now - self._asked_at < 2 * ASKED_EVERY else None

    # Making

    def _made(self, environ: "WSGIEnvironment") -> Page | Passed:
        """What Flask answers now, as a page if it is one."""
        if environ["REQUEST_METHOD"] == "HEAD":
            # The same page with the same headers; its body is left out when it is sent.
            found = self._made(environ | {"REQUEST_METHOD": "GET"})
            if isinstance(found, Passed):
                _close(found.body)
                return Passed(found.status, found.headers, ())
            return found
        answered: list[tuple[str, Headers]] = []
        written: list[bytes] = []

        def start(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            answered.append((status, headers))
            return written.append

        body = self._inner(environ, start)
        if written:
            # What an application wrote (PEP 3333) stands before what it returns.
            body = ClosingIterator(chain(written, body), partial(_close, body))
        status, headers = answered[-1]
        said = {name.lower(): value for name, value in headers}
        if not _is_page(status, said):
            return Passed(status, headers, body)
        content = b"".join(body)
        _close(body)
        return Page(content, headers, _is_public(said), SECONDS_TOLD in environ)


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()


def _is_page(status: str, said: dict[str, str]) -> bool:
    """A whole answer of a size that can be held. One without a length is a stream."""
    length = said.get("content-length", "")
    return (
        status.startswith("200")
        and length.isdecimal()
        and int(length) <= LARGEST
        and not said.keys() & {"content-encoding", "set-cookie", "content-range"}
        and "no-store" not in said.get("cache-control", "")
        and said.get("vary", "Accept-Encoding").lower() == "accept-encoding"
    )


def _is_public(said: dict[str, str]) -> bool:
    words = {word.strip().lower() for word in said.get("cache-control", "").split(",")}
    return "public" in words


def _holds(page: Page, now: float, version: Any) -> bool:
    age = now - page.made
    if age < FRESH:
        return True
    return not page.brief and age < OLDEST and version is not None and version == page.version


def may_be_kept(query: str) -> bool:
    """Whether the answer may be, if it says so itself: short, and of parameters that are known and are nobody's position."""
    if not query:
        return True
    if len(query) > LONGEST_QUERY:
        return False
    return all(name in KEPT_PARAMETERS for name, _value in parse_qsl(query, keep_blank_values=True))


def accepted(said: str) -> str:
    """The encoding that an Accept-Encoding header likes best of `br`, `gzip` and none (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for part in said.lower().split(","):
        name, _, weight = part.partition(";")
        try:
            weights[name.strip()] = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
    others = weights.get("*", 0.0)
    brotli_weight, gzip_weight = weights.get("br", others), weights.get("gzip", others)
    if max(brotli_weight, gzip_weight) <= 0:
        return ""
    return "br" if brotli_weight >= gzip_weight else "gzip"


def tags(said: str) -> list[str]:
    """The tags of an If-None-Match header. Weak ones count as strong here (RFC 9110, 13.1.2)."""
    return [tag.strip().removeprefix("W/") for tag in said.split(",")]


def init_app(app: Flask) -> None:
    """Call last: it sends headers that those inside of it gave. Nothing is kept until `capacity` is set."""
    version = DataVersion(app.extensions["finder.reader"])

    def trusted(environ: "WSGIEnvironment") -> bool:
        try:
            return bool(get_host(environ, app.config["TRUSTED_HOSTS"]))
        except SecurityError:
            return False

    cache = PageCache(app.wsgi_app, version.read, trusted)
    app.extensions["finder.page_cache"] = cache
    app.wsgi_app = cache  # type: ignore[method-assign]
