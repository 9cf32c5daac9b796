"""Connections go to public addresses only, unless the operator trusts the network, and to the address that was checked."""

import threading
import time
from socket import gaierror

import httpcore
import pytest

from finder.ocpi import guard
from tests.ocpi.wire import serving

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "::1",
    "fc00::1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
]
NEVER = [
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "::127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "2002:a9fe:a9fe::1",
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_asked(address):
    guard.check("x.example", address, trust_private_network=False)
    guard.check("x.example", address, trust_private_network=True)


@pytest.mark.parametrize("address", [*PRIVATE, *NEVER, "100.64.0.1", "192.0.2.1", "198.18.0.1", "2001:db8::1"])
def test_other_addresses_may_not(address):
    with pytest.raises(guard.Refused, match="no public address"):
        guard.check("x.example", address, trust_private_network=False)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_trusted_network_opens_private_addresses(address):
    guard.check("x.example", address, trust_private_network=True)


@pytest.mark.parametrize("address", NEVER)
def test_a_trusted_network_does_not_open_link_local_and_reserved_addresses(address):
    with pytest.raises(guard.Refused):
        guard.check("x.example", address, trust_private_network=True)


@pytest.mark.parametrize("address", ["2002:7f00:1::1", "64:ff9b::127.0.0.1", "2001:0:7f00:1::"])
def test_an_address_wrapped_in_another_is_seen(address):
    with pytest.raises(guard.Refused):
        guard.check("x.example", address, trust_private_network=False)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "127.0.0.1", "::1"])
def test_other_spellings_of_loopback_are_refused(host):
    network = _network()
    with pytest.raises(guard.Refused, match=r"leads to (127\.0\.0\.1|::1)"):
        network.connect_tcp(host, 443, timeout=1)


def test_a_public_name_of_a_private_address_is_refused():
    network = _network(lambda host, port: ["127.0.0.1"])
    with pytest.raises(guard.Refused, match=r"127-0-0-1\.nip\.example leads to 127\.0\.0\.1"):
        network.connect_tcp("127-0-0-1.nip.example", 443, timeout=1)


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    network = _network(lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(guard.Refused, match=r"10\.0\.0\.1"):
        network.connect_tcp("x.example", 443, timeout=1)


def test_the_name_is_asked_once_and_the_checked_address_is_used():
    """A resolver that changes its answer after the check (DNS rebinding) is never asked again."""
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with serving(lambda connection, request: connection.sendall(b"hello")) as port:
        network = _network(rebinding, trust=True)
        stream = network.connect_tcp("x.example", port, timeout=1)
        stream.write(b"GET / HTTP/1.1\r\n\r\n")
        assert stream.read(5) == b"hello"
        assert stream.get_extra_info("socket").getpeername()[0] == "127.0.0.1"
        stream.close()
        assert asked == ["x.example"]


def test_a_dead_address_leaves_time_for_the_next():
    with serving(lambda connection, request: connection.sendall(b"hello")) as port:
        network = _network(lambda host, port: ["127.0.0.2", "127.0.0.1"], trust=True)
        network.connect_tcp("x.example", port, timeout=1).close()


def test_a_slow_resolver_is_left_behind():
    free = threading.Event()

    def hanging(host, port):
        free.wait(5)
        return ["8.8.8.8"]

    began = time.monotonic()
    with pytest.raises(httpcore.ConnectTimeout, match="in time"):
        _network(hanging).connect_tcp("x.example", 443, timeout=0.1)
    assert time.monotonic() - began < 10
    free.set()


def test_an_unknown_name_is_a_failed_connection():
    def unknown(host, port):
        raise gaierror(-2, "Name or service not known")

    with pytest.raises(httpcore.ConnectError, match=r"no address for x\.example"):
        _network(unknown).connect_tcp("x.example", 443, timeout=1)


def test_nothing_is_begun_after_the_deadline():
    network = _network()
    network.until = time.monotonic() - 1
    with pytest.raises(httpcore.ReadTimeout):
        network.connect_tcp("x.example", 443, timeout=1)


def _network(resolve=guard.resolve, trust=False):
    network = guard.Network(trust, resolve)
    network.until = time.monotonic() + 5
    return network
