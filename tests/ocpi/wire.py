"""A server of raw sockets on loopback, for answers that no proper server would give."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socket import SO_LINGER, SOL_SOCKET, create_connection, create_server, socket
from struct import pack

Answer = Callable[[socket, bytes], None]


@contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that calls `answer(connection, request)` once a connection, in a thread each, and hangs up."""
    server = create_server(("127.0.0.1", 0))
    over = threading.Event()

    def talk(connection: socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            spoken = tls.wrap_socket(connection, server_side=True) if tls else connection
            with spoken:
                request = b""
                while b"\r\n\r\n" not in request and (chunk := spoken.recv(65536)):
                    request += chunk
                if request.endswith(b"\r\n\r\n"):
                    answer(spoken, request)

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        over.set()
        # Closing does not wake an accept() on Linux; a connection does.
        with suppress(OSError):
            create_connection(server.getsockname()).close()
        server.close()


def ok(body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = [
        "HTTP/1.1 200 OK",
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def reset(connection: socket) -> None:
    """Closes with RST."""
    connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
    connection.close()
