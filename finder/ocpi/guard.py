"""The way out: connections go to checked addresses only, and end at a deadline.

The name is resolved once a connection, every address it has is checked, and the connection is made to one of those
addresses, so that a second answer of the resolver (DNS rebinding) is never used. TLS still checks the host name.
"""

import select
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from socket import IPPROTO_TCP, SOCK_STREAM, TCP_NODELAY, create_connection, gaierror, getaddrinfo, socket
from typing import Any

import httpcore

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[str]]

_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")


class Refused(Exception):
    """The address may not be asked; one line: which host, where it leads, what would be right."""


def check(host: str, address: str, trust_private_network: bool) -> None:
    """Raises Refused for an address that is not public.

    On a trusted private network private and loopback addresses are right too, link-local ones never: that is where
    clouds keep their credentials (169.254.169.254).
    """
    for ip in _meant(ip_address(address.partition("%")[0])):
        if _is_public(ip) or (trust_private_network and _is_private(ip)):
            continue
        remedy = "" if trust_private_network or not _is_private(ip) else "; trust_private_network = true would allow it"
        raise Refused(f"{host} leads to {address}, which is no public address{remedy}")


def _meant(ip: Address) -> tuple[Address, ...]:
    """The address and the IPv4 addresses wrapped in it (mapped, 6to4, Teredo, NAT64): all must hold."""
    if isinstance(ip, IPv4Address):
        return (ip,)
    if ip.ipv4_mapped:
        return (ip.ipv4_mapped,)
    if ip.sixtofour:
        return (ip, ip.sixtofour)
    if ip.teredo:
        return (ip, *ip.teredo)
    if ip in _NAT64:
        return (IPv4Address(int(ip) & 0xFFFFFFFF),)
    return (ip,)


def _is_public(ip: Address) -> bool:
    if isinstance(ip, IPv6Address) and (ip.is_site_local or ip in _LOCAL_NAT64):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def _is_private(ip: Address) -> bool:
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        return False
    # ::1 counts as reserved, in the block ::/8
    return ip.is_loopback or (ip.is_private and not ip.is_reserved)


def resolve(host: str, port: int) -> list[str]:
    """Every address of the host, in the resolver's order; also of 127.1, 0x7f000001 and other spellings of an address."""
    return list(dict.fromkeys(str(entry[4][0]) for entry in getaddrinfo(host, port, type=SOCK_STREAM)))


class Network(httpcore.NetworkBackend):
    """Connects to checked addresses; no read, write or handshake lasts beyond `until` (on the monotonic clock).

    HTTP libraries limit each read, so a byte every half second keeps them reading for ever. Here every wait is cut to
    what is left of the request, whether it waits for a name, a handshake, headers or a body.
    """

    def __init__(self, trust_private_network: bool, resolve: Resolve = resolve) -> None:
        self.until = 0.0
        self._trust = trust_private_network
        self._resolve = resolve

    def left(self, timeout: float | None) -> float:
        """Seconds that the next wait may last. Raises httpcore.ReadTimeout when none is left."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the request is over")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        ends = time.monotonic() + self.left(timeout)
        addresses = self._addresses(host, port, ends - time.monotonic())
        for address in addresses:
            check(host, address, self._trust)
        error: OSError = OSError("no address")
        for number, address in enumerate(addresses):
            # One dead address of several must not use up the time of the others.
            share = max(0.01, (ends - time.monotonic()) / (len(addresses) - number))
            try:
                connected = create_connection((address, port), share)
            except OSError as failed:
                error = failed
                continue
            connected.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
            return _Stream(connected, self)
        if isinstance(error, TimeoutError):
            raise httpcore.ConnectTimeout(str(error)) from error
        raise httpcore.ConnectError(error.strerror or str(error)) from error

    def _addresses(self, host: str, port: int, timeout: float) -> list[str]:
        """The resolver has no time limit of its own, so it is asked in a thread that may be left behind."""
        answers: SimpleQueue[list[str] | OSError | UnicodeError] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
        try:
            answer = answers.get(timeout=max(0.01, timeout))
        except Empty:
            raise httpcore.ConnectTimeout(f"no address for {host} in time") from None
        if isinstance(answer, gaierror | UnicodeError):
            raise httpcore.ConnectError(f"no address for {host}") from answer
        if isinstance(answer, OSError):
            raise httpcore.ConnectError(str(answer)) from answer
        return answer


class _Stream(httpcore.NetworkStream):
    def __init__(self, connected: socket, network: Network) -> None:
        self._socket = connected
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._socket.settimeout(self._network.left(timeout))
        try:
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout("no answer in time") from error
        except OSError as error:
            raise httpcore.ReadError(error.strerror or "connection lost") from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        while buffer:
            self._socket.settimeout(self._network.left(timeout))
            try:
                sent = self._socket.send(buffer)
            except TimeoutError as error:
                raise httpcore.WriteTimeout("nothing was taken in time") from error
            except OSError as error:
                raise httpcore.WriteError(error.strerror or "connection lost") from error
            buffer = buffer[sent:]

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        # The time limit of a socket holds for the handshake as a whole.
        self._socket.settimeout(self._network.left(timeout))
        try:
            return _Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname), self._network)
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout("no TLS in time") from error
        except (OSError, ValueError) as error:
            self.close()
            raise httpcore.ConnectError(f"no TLS: {getattr(error, 'verify_message', '') or error}") from error

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object" and isinstance(self._socket, ssl.SSLSocket):
            return self._socket
        if info == "socket":
            return self._socket
        if info == "is_readable":
            return _is_readable(self._socket)
        return None


def _is_readable(connected: socket) -> bool:
    """An idle connection with something to read was closed by the other side."""
    if connected.fileno() < 0:
        return True
    waiting = select.poll()
    waiting.register(connected, select.POLLIN)
    return bool(waiting.poll(0))
