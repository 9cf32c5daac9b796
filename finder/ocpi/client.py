"""The only module that talks to partners: politely, within limits, and never with a token for anybody else.

    with Client(partner, contact=..., now=...) as client:
        client.pull("locations", spool, date_from=...)
        client.pull("tariffs", spool)

Decisions:

- Addresses. Everything asked must have the host and port of the configured address, or be named by `allow_hosts`
  ("host" for any port, "host:port" for one). That holds for version details, endpoints and links. Redirects are not
  followed. A link that says http though the platform is asked by https (common behind proxies) is asked by https.
- Tokens. Base64 except where the version is 2.1.1, or as `token_encoding` says. Without that setting the first 401
  is answered by trying the other encoding once. `headers` of partners.toml are sent as they are and win.
- Tries. Three, for lost connections, time-outs, 408, 429 and 5xx, with waits of 1 to 30 seconds by chance, or what
  Retry-After says (an hour at most). A wait that does not fit into the pull's time ends the pull at once.
- Paging is judged in `paging.py`. Every page is checked to be a list before the first one is handed over, so a pull
  is taken whole or not at all.
- No proxy of the environment is used: it would resolve names behind the guard's back.
"""

import base64
import random
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, partial
from http import HTTPStatus
from mmap import ACCESS_READ, mmap
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from uuid import uuid4

import httpcore
import httpx
import msgspec

from finder.ocpi import guard, spool, versions
from finder.ocpi.envelope import BadAnswer, Objects, split
from finder.ocpi.paging import Crawl, Dishonest, next_link, total_count
from finder.ocpi.partner import Module, Partner

T = TypeVar("T")
Progress = Callable[[int, int | None], None]

_WIRE_FAULTS = (httpx.TransportError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds and bytes; a request's seconds include its connection, headers and body."""

    connect: float = 5.0
    request: float = 30.0
    pull: float = 900.0
    tries: int = 3
    shortest_wait: float = 1.0
    longest_wait: float = 30.0
    longest_retry_after: float = 3600.0
    page: int = 32 << 20
    document: int = 1 << 20  # versions, details, credentials
    page_size: int = 500  # objects asked for at a time; the platform may send fewer or more


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform offers. `country_code` and `party_id` are known where it speaks for one party only."""

    version: str | None
    endpoints: dict[str, str]  # as written by the platform; relative ones to `address`
    address: str = ""
    country_code: str | None = None
    party_id: str | None = None


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """A list read to its end. `pages` hold the bodies as sent, unpacked, in order; every one is a list of objects."""

    version: str | None
    pages: tuple[Path, ...]
    complete: bool  # False: something may be missing, so nothing may be taken as gone
    full: bool  # not filtered by date_from; only full and complete together prove an absence
    objects: int
    total: int | None  # as announced by the platform
    requests: int
    started: datetime
    peer_time: datetime | None  # the platform's clock at the first page; the earlier of the two is safe for date_from
    country_code: str | None = None
    party_id: str | None = None
    only: Objects | None = None  # where there is one page, its objects, so that nobody has to split it again


class PullFailed(Exception):
    """Nothing of the answer may be used; one line why. `retry_after` is in seconds, where the platform named it."""

    def __init__(self, reason: str, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after


class _Passing(PullFailed):
    """A failure that another try may not meet."""


def pull(
    partner: Partner,
    module: Module,
    into: Path,
    *,
    contact: str,
    now: Callable[[], datetime],
    date_from: datetime | None = None,
    progress: Progress | None = None,
) -> Pulled:
    """One list of one partner. Raises PullFailed. For both lists keep a Client, which looks at the versions once."""
    with Client(partner, contact=contact, now=now) as client:
        return client.pull(module, into, date_from=date_from, progress=progress)


class Client:
    """One partner, asked one request at a time; not to be shared by threads."""

    def __init__(
        self,
        partner: Partner,
        *,
        contact: str,  # an address or e-mail for the partner's operator, sent as part of the User-Agent
        now: Callable[[], datetime],
        limits: Limits = Limits(),  # noqa: B008 - frozen
        transport: httpx.BaseTransport | None = None,
        resolve: guard.Resolve = guard.resolve,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.partner = partner
        self.requests = 0
        self._now = now
        self._limits = limits
        self._sleep = sleep
        self._chance = chance
        self._agent = f"charger-finder/0.1 (+{contact})"
        self._correlation = str(uuid4())
        self._network = guard.Network(partner.trust_private_network, resolve)
        # Not an httpx.Client: redirects, cookies, proxies of the environment and a log of addresses are not wanted.
        self._transport = transport or _Transport(self._network, tls or _public_tls())
        self._peer: Peer | None = None
        self._ends = 0.0
        self._not_before = 0.0
        self._encoding = partner.token_encoding or ("plain" if partner.version == "2.1.1" else "base64")
        self._may_change_encoding = partner.token is not None and partner.token_encoding is None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    def discover(self, deadline: float | None = None) -> Peer:
        """Versions and details, asked once. Raises PullFailed."""
        self._begin(deadline)
        return self._discovered()

    def offers(self, module: Module) -> bool:
        """Whether there is such a list to pull. Raises PullFailed."""
        return module in self.discover().endpoints

    def pull(
        self,
        module: Module,
        into: Path,
        *,
        date_from: datetime | None = None,
        deadline: float | None = None,
        progress: Progress | None = None,
    ) -> Pulled:
        """The list, page for page, as files in the directory `into`; `deadline` in seconds from now.

        `date_from` (with its overlap already taken off) is left out for plain feeds, which know no filter. `progress`
        is told the objects so far and how many were announced. Raises PullFailed.
        """
        started = self._now()
        asked_before = self.requests
        self._begin(deadline)
        peer = self._discovered()
        source = self._endpoint(peer, module)
        into.mkdir(parents=True, exist_ok=True)
        if self.partner.versions_url is None:
            date_from = None
            if not _is_web(source):
                return self._local(Path(source), module, into, started, progress)
        crawl = Crawl()
        pages: list[Path] = []
        peer_time = None
        url: httpx.URL | None = self._first_page(peer, source, date_from)
        try:
            while url is not None:
                crawl.ask(str(url))
                path, headers = self._page(url, into / f"{module}-{len(pages) + 1:05}.json")
                pages.append(path)
                peer_time = peer_time or _instant(headers.get("date"))
                url, objects = self._take(url, path, headers, module, crawl)
                if progress:
                    progress(crawl.count, crawl.total)
        except Dishonest as error:
            raise PullFailed(f"{_shown(url)}: {error}") from error
        return Pulled(
            version=peer.version,
            pages=tuple(pages),
            complete=crawl.complete() or (date_from is not None and crawl.count == 0 and not crawl.total),
            full=date_from is None,
            objects=crawl.count,
            total=crawl.total,
            requests=self.requests - asked_before,
            started=started,
            peer_time=peer_time,
            country_code=peer.country_code,
            party_id=peer.party_id,
            only=objects if len(pages) == 1 else None,
        )

    def _begin(self, deadline: float | None) -> None:
        self._ends = time.monotonic() + (self._limits.pull if deadline is None else deadline)

    # What the partner offers

    def _discovered(self) -> Peer:
        if self._peer is None:
            self._refuse_unsendable()
            self._peer = self._platform() if self.partner.versions_url else self._plain_feed()
        return self._peer

    def _plain_feed(self) -> Peer:
        partner = self.partner
        feeds = {"locations": partner.locations, "tariffs": partner.tariffs}
        return Peer(
            version=partner.version,
            endpoints={module: address for module, address in feeds.items() if address},
            country_code=partner.country_code,
            party_id=partner.party_id,
        )

    def _platform(self) -> Peer:
        partner = self.partner
        base = self._configured(partner.versions_url or "")
        version, address = self._document(base, partial(versions.newest, pinned=partner.version))
        if version == "2.1.1" and self._may_change_encoding:
            self._encoding = "plain"  # versions may have been open to everybody, whatever the token looked like
        details = self._allowed(address, base)
        endpoints = self._document(details, versions.endpoints)
        country, party = partner.country_code, partner.party_id
        if version == "2.1.1" and not (country and party):
            country, party = self._party(endpoints, details)
        return Peer(version=version, endpoints=endpoints, address=str(details), country_code=country, party_id=party)

    def _party(self, endpoints: dict[str, str], base: httpx.URL) -> tuple[str | None, str | None]:
        """Objects of 2.1.1 do not name their party. A platform that does not tell is no failure."""
        if "credentials" not in endpoints:
            return None, None
        # A platform may refuse to show credentials to a token that is right in this encoding.
        may_change_encoding, self._may_change_encoding = self._may_change_encoding, False
        try:
            return self._document(self._allowed(endpoints["credentials"], base), versions.party, tries=1)
        except PullFailed:
            return None, None
        finally:
            self._may_change_encoding = may_change_encoding

    def _document(self, url: httpx.URL, read: Callable[[object], T], tries: int | None = None) -> T:
        body, _ = self._fetch(url, b"".join, self._limits.document, self._limits.request, tries)
        try:
            return read(versions.data(body))
        except versions.BadOffer as error:
            raise PullFailed(f"{_shown(url)}: {error}") from error

    def _endpoint(self, peer: Peer, module: Module) -> str:
        try:
            return versions.endpoint(peer.endpoints, module)
        except versions.BadOffer as error:
            raise PullFailed(str(error)) from error

    # A list

    def _local(self, path: Path, module: Module, into: Path, started: datetime, progress: Progress | None) -> Pulled:
        try:
            page = spool.local(path, into / f"{module}-00001.json", self.partner.max_feed_mib << 20)
        except (spool.BadBody, OSError) as error:
            raise PullFailed(f"{path}: {getattr(error, 'strerror', None) or error}") from error
        crawl = Crawl()
        after, objects = _look(page, module, crawl, None, None, str(path))
        if progress:
            progress(crawl.count, None)
        return Pulled(
            version=self.partner.version,
            pages=(page,),
            complete=crawl.complete() and after is None,
            full=True,
            objects=crawl.count,
            total=None,
            requests=0,
            started=started,
            peer_time=None,
            country_code=self.partner.country_code,
            party_id=self.partner.party_id,
            only=objects,
        )

    def _first_page(self, peer: Peer, source: str, date_from: datetime | None) -> httpx.URL:
        if self.partner.versions_url is None:
            return self._configured(source)
        url = self._allowed(source, httpx.URL(peer.address)).copy_merge_params({"limit": str(self._limits.page_size)})
        if date_from is None:
            return url
        return url.copy_merge_params({"date_from": date_from.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")})

    def _page(self, url: httpx.URL, path: Path) -> tuple[Path, httpx.Headers]:
        if self.partner.versions_url:
            return self._fetch(url, partial(spool.save, path=path), self._limits.page, self._limits.request)
        # A plain feed is one large file, which may take as long as the pull may.
        return self._fetch(url, partial(spool.save, path=path), self.partner.max_feed_mib << 20, self._limits.pull)

    def _take(
        self, url: httpx.URL, path: Path, headers: httpx.Headers, module: Module, crawl: Crawl
    ) -> tuple[httpx.URL | None, Objects]:
        """Looks at a page and says where the next one is, and what stands on this one."""
        link = next_link(headers.get_list("link"))
        total = total_count(headers.get("x-total-count"))
        after, objects = _look(path, module, crawl, link, total, _shown(url))
        if not after:
            return None, objects
        if link is None and not re.match(r"https?://|[/?]", after):
            return url.copy_set_param("cursor", after), objects  # a token to come back with, not an address
        return self._allowed(after, url), objects

    # Which addresses may be asked

    def _configured(self, address: str) -> httpx.URL:
        return self._checked(_url(address, None))

    def _allowed(self, address: str, base: httpx.URL) -> httpx.URL:
        """An address that the platform names."""
        url = _url(address, base)
        if url.scheme == "http" and url.port is None and not self.partner.trust_private_network:
            url = url.copy_with(scheme="https")
        return self._checked(url)

    def _checked(self, url: httpx.URL) -> httpx.URL:
        if url.scheme != "https" and not (url.scheme == "http" and self.partner.trust_private_network):
            raise PullFailed(f"{_shown(url)} is not https")
        if url.userinfo:
            raise PullFailed(f"{_shown(url)} has a user name in it; use token or headers of partners.toml")
        if not any(_covers(entry, url) for entry in self._hosts()):
            raise PullFailed(f"{_shown(url)} is on another host; if that is right, add {_origin(url)} to allow_hosts")
        return url

    def _hosts(self) -> Iterator[str]:
        partner = self.partner
        for address in (partner.versions_url, partner.locations, partner.tariffs):
            if address and _is_web(address):
                yield _origin(_url(address, None))
        yield from partner.allow_hosts

    # One request

    def _fetch(
        self,
        url: httpx.URL,
        take: Callable[[Iterator[bytes]], T],
        limit: int,
        seconds: float,
        tries: int | None = None,
    ) -> tuple[T, httpx.Headers]:
        tries = tries or self._limits.tries
        attempt = 1
        while True:
            try:
                return self._once(url, take, limit, seconds)
            except _Passing as failure:
                if attempt == tries:
                    raise PullFailed(f"{failure} ({tries} tries)", failure.status, failure.retry_after) from failure
                self._wait(failure, attempt)
                attempt += 1
            except PullFailed as failure:
                if failure.status != HTTPStatus.UNAUTHORIZED or not self._may_change_encoding:
                    raise
                self._may_change_encoding = False
                self._encoding = "plain" if self._encoding == "base64" else "base64"

    def _once(
        self, url: httpx.URL, take: Callable[[Iterator[bytes]], T], limit: int, seconds: float
    ) -> tuple[T, httpx.Headers]:
        self._pause(self._not_before - time.monotonic(), PullFailed(f"{_shown(url)}: no time left for it"))
        self._network.until = min(time.monotonic() + seconds, self._ends)
        self.requests += 1
        try:
            with closing(self._transport.handle_request(self._request(url))) as response:
                self._judge(url, response)
                encoding = response.headers.get("content-encoding", "").strip().lower()
                assert isinstance(response.stream, httpx.SyncByteStream)  # for type checkers; read raw, not by httpx
                return take(spool.decoded(response.stream, encoding, limit)), response.headers
        except guard.Refused as error:
            raise PullFailed(str(error)) from error
        except spool.CutBody as error:
            raise _Passing(f"{_shown(url)}: {error}") from error
        except spool.BadBody as error:
            raise PullFailed(f"{_shown(url)}: {error}") from error
        except _WIRE_FAULTS as error:
            raise _Passing(f"{_shown(url)}: {error or type(error).__name__}") from error
        finally:
            self._not_before = time.monotonic() + self.partner.delay

    def _request(self, url: httpx.URL) -> httpx.Request:
        limits = self._limits
        timeout = httpx.Timeout(limits.request, connect=limits.connect).as_dict()
        return httpx.Request("GET", url, headers=self._headers(), extensions={"timeout": timeout})

    def _headers(self) -> httpx.Headers:
        headers = httpx.Headers(
            {
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": self._agent,
                "X-Request-ID": str(uuid4()),
                "X-Correlation-ID": self._correlation,
            }
        )
        token = self.partner.token
        if token:
            encoded = base64.b64encode(token.encode()).decode() if self._encoding == "base64" else token
            headers["Authorization"] = f"Token {encoded}"
        headers.update(self.partner.headers)
        return headers

    def _refuse_unsendable(self) -> None:
        """The libraries below would show what they cannot send."""
        for secret in (self.partner.token or "", *self.partner.headers.values()):
            if not (secret.isascii() and secret.isprintable() and secret == secret.strip()):
                raise PullFailed("token and headers must be printable ASCII without spaces around")

    def _judge(self, url: httpx.URL, response: httpx.Response) -> None:
        status = response.status_code
        if status == HTTPStatus.OK:
            return
        if response.has_redirect_location:
            target = _redirect(url, response.headers["location"])
            raise PullFailed(
                f"{_shown(url)} redirects ({status}) to {target}; redirects are not followed, so configure the right one",
                status,
            )
        reason = f"{_shown(url)} answers {status}{_phrase(status)}"
        if status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS) or status >= 500:
            raise _Passing(reason, status, self._retry_after(response.headers.get("retry-after")))
        raise PullFailed(reason, status)

    def _retry_after(self, header: str | None) -> float | None:
        """Seconds, from seconds or an HTTP date; None where there is nothing of use."""
        if header is None:
            return None
        if re.fullmatch(r"\s*\d{1,9}\s*", header):
            seconds = float(header)
        else:
            instant = _instant(header)
            if instant is None:
                return None
            seconds = (instant - self._now()).total_seconds()
        return min(max(seconds, 0.0), self._limits.longest_retry_after)

    def _wait(self, failure: PullFailed, attempt: int) -> None:
        limits = self._limits
        seconds = failure.retry_after
        if not seconds:
            longest = min(limits.longest_wait, limits.shortest_wait * 8 * 4 ** (attempt - 1))
            seconds = limits.shortest_wait + self._chance() * (longest - limits.shortest_wait)
        self._pause(seconds, failure)

    def _pause(self, seconds: float, failure: PullFailed) -> None:
        """Raises the failure where the pull would be over before the pause is."""
        if seconds > self._ends - time.monotonic():
            raise PullFailed(str(failure), failure.status, failure.retry_after) from failure
        if seconds > 0:
            self._sleep(seconds)


class _Transport(httpx.BaseTransport):
    """httpx over the guarded network; httpx has no setting for the network below it."""

    def __init__(self, network: guard.Network, tls: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(ssl_context=tls, max_connections=1, network_backend=network)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@cache
def _public_tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _look(
    path: Path, module: Module, crawl: Crawl, link: str | None, total: int | None, shown: str
) -> tuple[str | None, Objects]:
    """Reads a page that is on disk into the crawl; what comes next, by Link or else by the body, and its objects."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            raise PullFailed(f"{shown}: the body is empty, not a list of {module}")
        body = mmap(file.fileno(), 0, access=ACCESS_READ)
    try:
        listing = split(body, module)
        after = link or listing.next
        crawl.take(listing.objects, total, leads_on=bool(after))
    except BadAnswer as error:
        raise PullFailed(f"{shown}: {error}") from error
    return after, listing.objects


def _is_web(address: str) -> bool:
    return address.lower().startswith(("http://", "https://"))


def _url(address: str, base: httpx.URL | None) -> httpx.URL:
    try:
        url = httpx.URL(address) if base is None else base.join(address)
        if url.scheme not in ("http", "https") or not url.host:
            raise PullFailed(f"{_shown(url)} is no address of the web")
        return url.copy_with(fragment=None)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise PullFailed(f"an address that is none: {error}") from None


def _origin(url: httpx.URL) -> str:
    """host:port, in ASCII and lower case."""
    host = url.raw_host.decode("ascii").lower().rstrip(".")
    port = url.port or (443 if url.scheme == "https" else 80)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _covers(entry: str, url: httpx.URL) -> bool:
    """Whether "host" or "host:port" names the origin of the address."""
    named = re.search(r":\d+$", entry.rpartition("]")[2]) is not None
    allowed = _origin(_url(f"https://{entry}/", None))
    if named:
        return allowed == _origin(url)
    return allowed.rpartition(":")[0] == _origin(url).rpartition(":")[0]


def _shown(url: httpx.URL | None) -> str:
    """The address without what may be secret: user, password and query."""
    if url is None:
        return "the last page"
    return f"{url.scheme}://{url.netloc.decode('ascii')}{url.path}"[:200]


def _redirect(url: httpx.URL, location: str) -> str:
    with suppress(PullFailed):
        return _shown(_url(location, url))
    return "something that is no address"


def _phrase(status: int) -> str:
    with suppress(ValueError):
        return f" {HTTPStatus(status).phrase}"
    return ""


def _instant(header: str | None) -> datetime | None:
    """An HTTP date."""
    if not header:
        return None
    try:
        instant = parsedate_to_datetime(header)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
