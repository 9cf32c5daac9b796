"""A small HTTP/1.1 server on loopback in threads of its own, that remembers every request and can answer badly."""

import socket
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

_REASONS = {
    200: "OK",
    302: "Found",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Request(NamedTuple):
    """`target` is the path with its query; header names are lower case."""

    method: str
    target: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


# Sends an answer in a way of its own. It gets the head and the body, and an event that is set when the server closes.
Wire = Callable[[socket.socket, bytes, bytes, Event], None]


class Answer(NamedTuple):
    """`headers` are sent as they are written; Content-Length is added unless `chunked`."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    wire: Wire | None = None
    chunked: bool = False

    def head(self) -> bytes:
        length = ("Transfer-Encoding", "chunked") if self.chunked else ("Content-Length", str(len(self.body)))
        lines = [f"HTTP/1.1 {self.status} {_REASONS[self.status]}"]
        lines += [f"{name}: {value}" for name, value in (*self.headers, length)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def with_headers(self, **headers: str) -> "Answer":
        """Replaces headers, `_` in a name standing for `-`."""
        wanted = {name.replace("_", "-").lower(): (name.replace("_", "-"), value) for name, value in headers.items()}
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in wanted)
        return self._replace(headers=(*kept, *wanted.values()))


def chunk(body: bytes, size: int = 4096) -> bytes:
    """`body` in chunked coding, without the last chunk."""
    parts = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts)


class Server(ABC):
    """Runs from `start` to `stop`, or inside a `with`; subclasses say `answer`. Port 0 takes a free one."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self.requests: list[Request] = []
        self.closing = Event()
        self._connections: set[socket.socket] = set()
        self._lock = Lock()
        self._http = _Http((host, port), self)
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def host(self) -> str:
        return str(self._http.server_address[0])

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """The origin, without a slash at its end."""
        return f"http://{self.host}:{self.port}"

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """What the request is answered with."""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Closes every connection; threads that hang on purpose wake and end."""
        self.closing.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()
        with self._lock:
            connections = tuple(self._connections)
        for connection in connections:
            _hang_up(connection)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def forget(self) -> None:
        """Clears the record of requests."""
        self.requests.clear()

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.discard(connection)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # the other side was faster
        return


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], owner: Server) -> None:
        self.owner = owner
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is nothing to tell of."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def setup(self) -> None:
        super().setup()
        self.server.owner.opened(self.connection)

    def finish(self) -> None:
        self.server.owner.closed(self.connection)
        super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: `Server.requests` is the record."""

    def _serve(self) -> None:
        owner = self.server.owner
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        request = Request(
            self.command,
            self.path,
            parts.path,
            dict(parse_qsl(parts.query)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length) if length else b"",
        )
        owner.requests.append(request)
        answer = owner.answer(request)
        if answer.wire is not None:
            self.close_connection = True
            answer.wire(self.connection, answer.head(), answer.body, owner.closing)
            return
        body = chunk(answer.body) + b"0\r\n\r\n" if answer.chunked else answer.body
        self.wfile.write(answer.head() + body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve


class Stranger(Server):
    """A server nobody should ask: it remembers who did, and what token was given away. Its answer tempts to be believed."""

    def answer(self, request: Request) -> Answer:
        body = b'{"data":[],"status_code":1000,"timestamp":"2026-01-01T00:00:00Z"}'
        return Answer(200, body, (("Content-Type", "application/json"),))

    @property
    def tokens(self) -> list[str]:
        """Every Authorization it was sent."""
        return [request.headers["authorization"] for request in self.requests if "authorization" in request.headers]
