"""Everything a partner can do wrong, each as a switch: `name[=value][@module][~page][#times]`.

`gzip-bomb=256` always, `drop~2` on the third page only, `429-retry-after=1#1` once, `404@tariffs` on another module.
Modules are versions, details, locations, tariffs and all; without one a fault strikes where its `Kind` says.
What object faults do to a location is in `spoilt.py`; the rest is here.
"""

import json
import re
import socket
import zlib
from collections.abc import Callable, Iterable
from functools import partial
from struct import pack
from threading import Event, Lock
from typing import TYPE_CHECKING, Literal, NamedTuple

from finder.demo.country import Listing
from finder.demo.http import Answer, Request, Wire, chunk
from finder.demo.operators import Json
from finder.demo.spoilt import OBJECT_FAULTS, Outcome, Victim, put_raw

if TYPE_CHECKING:
    from finder.demo.platform import Platform

__all__ = ["FAULTS", "Fault", "Faults", "Kind", "Outcome", "Victim", "parse", "victims"]

MIB = 1024 * 1024

# Faults that strike a request: their names and values.
Active = dict[str, str]


class Kind(NamedTuple):
    """`outcome` is what a right receiver does: succeed, keep-old, either, or per object (see `Platform.expected`)."""

    where: Literal["object", "page", "body", "http", "wire"]
    outcome: Literal["succeed", "keep-old", "either", "per object"]
    what: str
    value: str = ""
    module: str = "locations"


FAULTS: dict[str, Kind] = {
    "missing-required": Kind("object", "per object", "a required field is missing, a different one each time"),
    "wrong-types": Kind("object", "per object", "number for string, object for list, and the like"),
    "unknown-enum": Kind("object", "per object", "values no version knows", module="all"),
    "coords-swapped": Kind("object", "per object", "latitude and longitude exchanged"),
    "coords-range": Kind("object", "per object", "latitude 123.4, longitude 999, text, comma for point, empty"),
    "coords-zero": Kind("object", "per object", "0.000000, 0.000000"),
    "bad-timestamps": Kind("object", "per object", "last_updated that is no DateTime, or has an offset"),
    "future-last-updated": Kind("object", "per object", "last_updated in 2099"),
    "xss": Kind(
        "object", "per object", "script, event handlers, javascript: URLs, templates, SQL, formulas", module="all"
    ),
    "control-chars": Kind("object", "per object", "CR LF, tab, NUL, RTL override, zero-width, lone surrogate"),
    "giant-string": Kind("object", "per object", "a name of 1 MB"),
    "long-strings": Kind("object", "per object", "strings just over the limits of the specification"),
    "nan": Kind("object", "per object", "NaN, Infinity, 1e999, 10^400, negative power or price", module="all"),
    "huge-int": Kind("object", "either", "an integer of 5,000 digits"),
    "deep-object": Kind("object", "either", "an unknown field nested VALUE deep", "50000"),
    "duplicate-ids": Kind("object", "per object", "the same id a second time, older, at the end of the list"),
    "null-fields": Kind("object", "per object", "every optional field present and null"),
    "extra-fields": Kind("object", "per object", "fields no version knows"),
    "huge-evses": Kind("object", "per object", "one location with VALUE EVSEs", "2000"),
    "alien-party": Kind("object", "per object", "that many objects claim that other party", "3:SE/ABC"),
    "huge-page": Kind("page", "succeed", "limit is ignored: everything in one page"),
    "tiny-pages": Kind("page", "succeed", "limit is ignored: VALUE objects a page", "3"),
    "endless-pagination": Kind("page", "keep-old", "next for ever: empty, repeat or fresh pages", "repeat"),
    "self-next": Kind("page", "keep-old", "next points at the page itself"),
    "wrong-total-count": Kind("page", "either", "X-Total-Count: double, zero, abc or none", "double"),
    "missing-link": Kind("page", "either", "no Link though X-Total-Count says there is more"),
    "link-to-other-host": Kind("page", "keep-old", "next points to another origin, the stranger unless VALUE is one"),
    "relative-link": Kind("page", "succeed", "Link is relative"),
    "odd-link": Kind("page", "succeed", "Link without quotes, other parameters first, lower-case header name"),
    "page-shift": Kind("page", "either", "after every page the first object moves to the end"),
    "empty-data": Kind("page", "keep-old", "data: [] and X-Total-Count: 0 all of a sudden"),
    "shrink": Kind("page", "keep-old", "VALUE per cent of the objects are gone all of a sudden", "60"),
    "null-data": Kind("page", "keep-old", "data: null with status 1000"),
    "no-data": Kind("page", "keep-old", "no data field with status 1000"),
    "data-object": Kind("page", "keep-old", "data is an object, not a list"),
    "status-2001": Kind("page", "keep-old", "HTTP 200, status_code 2001 and an empty list"),
    "status-3000": Kind("page", "keep-old", "HTTP 200, status_code 3000 and an empty list"),
    "status-string": Kind("page", "either", 'status_code "1000", a string'),
    "details-other-host": Kind("page", "either", "version details point to the stranger", module="details"),
    "truncate-json": Kind("body", "keep-old", "half of the JSON, correct Content-Length"),
    "html-200": Kind("body", "keep-old", "an HTML error page with status 200"),
    "wrong-content-type": Kind("body", "either", "right body, Content-Type text/html"),
    "invalid-utf8": Kind("body", "either", "bytes that are no UTF-8 inside a name"),
    "latin1": Kind("body", "either", "the body is ISO-8859-1"),
    "bom": Kind("body", "either", "a UTF-8 byte order mark first"),
    "deep-nesting": Kind("body", "keep-old", "data is a list nested VALUE deep", "100000"),
    "gzip": Kind("body", "succeed", "gzip, when the client said it accepts it"),
    "bad-gzip": Kind("body", "keep-old", "Content-Encoding: gzip, body is cut and spoilt"),
    "gzip-bomb": Kind("body", "keep-old", "VALUE MiB of spaces in about VALUE KiB of gzip", "256"),
    "big-body": Kind("body", "keep-old", "VALUE MiB of plain body", "100"),
    "500-every-k": Kind("http", "either", "every VALUE-th request answers 500", "3", "all"),
    "503": Kind("http", "keep-old", "503 always"),
    "429-retry-after": Kind("http", "either", "429 with Retry-After: VALUE on every second request", "1"),
    "401": Kind("http", "keep-old", "401 always"),
    "403": Kind("http", "keep-old", "403 always"),
    "404": Kind("http", "keep-old", "404 always"),
    "redirect-loop": Kind("http", "keep-old", "302 to itself"),
    "redirect-other-host": Kind("http", "keep-old", "302 to another origin, the stranger unless VALUE is one"),
    "expired-token": Kind("http", "keep-old", "401 from the VALUE-th authorised request on", "3", "all"),
    "clock-skew": Kind("http", "succeed", "Date and timestamp are VALUE seconds off", "3600", "all"),
    "slow": Kind("wire", "either", "VALUE seconds before every answer", "2", "all"),
    "hang": Kind("wire", "keep-old", "never answers"),
    "drop": Kind("wire", "keep-old", "closes in the middle of the body"),
    "chunked-drop": Kind("wire", "keep-old", "chunked, closes before the last chunk"),
    "chunked": Kind("wire", "succeed", "chunked transfer"),
    "reset": Kind("wire", "keep-old", "TCP reset instead of an answer"),
    "slow-loris": Kind(
        "wire", "keep-old", "one byte every VALUE seconds, for ever; VALUE:body for the body only", "0.5"
    ),
}

_SWITCH = re.compile(r"([a-z0-9-]+)(?:=([^@~#]*))?(?:@([a-z]+))?(?:~(\d+))?(?:#(\d+))?")
_MODULES = ("versions", "details", "locations", "tariffs", "all")


class Fault(NamedTuple):
    name: str
    value: str
    module: str
    page: int | None = None
    times: int | None = None


def parse(wrong: str | Iterable[str]) -> tuple[Fault, ...]:
    """Switches as they are written, one by one or with commas between; ValueError names a wrong one."""
    switches = wrong.split(",") if isinstance(wrong, str) else list(wrong)
    return tuple(_fault(switch.strip()) for switch in switches if switch.strip())


def _fault(switch: str) -> Fault:
    match = _SWITCH.fullmatch(switch)
    if match is None or match[1] not in FAULTS:
        raise ValueError(f"no such fault: {switch!r}; see finder.demo.faults.FAULTS for the names")
    name, value, module, page, times = match.groups()
    kind = FAULTS[name]
    if module is not None and module not in _MODULES:
        raise ValueError(f"{switch!r}: module is one of {', '.join(_MODULES)}")
    return Fault(
        name, value or kind.value, module or kind.module, int(page) if page else None, int(times) if times else None
    )


class Faults:
    """The switches that are on, and how often each has struck."""

    def __init__(self, faults: tuple[Fault, ...] = ()) -> None:
        self.faults = faults
        self._met = [0] * len(faults)
        self._struck = [0] * len(faults)
        self._lock = Lock()

    def active(self, module: str, page: int | None, *, authorised: bool) -> Active:
        """What strikes this request; `page` counts from 0 and is None outside lists."""
        with self._lock:
            return {
                fault.name: fault.value
                for index, fault in enumerate(self.faults)
                if fault.module in ("all", module)
                and (fault.page is None or fault.page == page)
                and self._strikes(index, fault, authorised)
            }

    def _strikes(self, index: int, fault: Fault, authorised: bool) -> bool:
        if fault.name == "expired-token" and not authorised:
            return False
        self._met[index] += 1
        met = self._met[index]
        if fault.name == "500-every-k" and met % int(fault.value):
            return False
        if fault.name == "429-retry-after" and met % 2 == 0:
            return False
        if fault.name == "expired-token" and met < int(fault.value):
            return False
        if fault.times is not None and self._struck[index] >= fault.times:
            return False
        self._struck[index] += 1
        return True


def victims(faults: Faults, candidates: list[Listing], version: str) -> tuple[Victim, ...]:
    """Which objects the object faults change, and what should become of each. Every object suffers one fault."""
    found: list[Victim] = []
    free = iter(candidates)
    tariffs = iter(sorted({id for listing in candidates for id in _tariff_ids(listing.facts)}))
    for fault in faults.faults:
        if FAULTS[fault.name].where != "object":
            continue
        for spoil in OBJECT_FAULTS[fault.name](version, fault.value):
            id = next(tariffs, None) if spoil.module == "tariffs" else next((listing.id for listing in free), None)
            if id is None:
                raise ValueError(f"{fault.name}: the country has too few locations for it; make it with more stations")
            found.append(Victim(spoil.module, id, fault.name, spoil.label, spoil.outcome, spoil.change, spoil.second))
    return tuple(found)


def _tariff_ids(location: Json) -> list[str]:
    connectors = [connector for evse in location["evses"] for connector in evse["connectors"]]
    ids = [id for connector in connectors for id in connector.get("tariff_ids", [connector.get("tariff_id")]) if id]
    return [id for id in ids if not id.endswith(("-KAMPANJ-2025", "-SKYLT"))]


# Refusals: answers instead of the asked one.

_STATUSES = {"503": 503, "401": 401, "403": 403, "404": 404, "expired-token": 401, "500-every-k": 500}


def refusal(active: Active, platform: "Platform", request: Request) -> Answer | None:
    """The answer a fault gives instead; None where the platform may answer itself. `slow` waits here."""
    if "slow" in active:
        platform.closing.wait(float(active["slow"]))
    for name, status in _STATUSES.items():
        if name in active:
            return _failure(status)
    if "429-retry-after" in active:
        return _failure(429).with_headers(Retry_After=active["429-retry-after"])
    if "redirect-loop" in active:
        return _failure(302).with_headers(Location=platform.url + request.target)
    if "redirect-other-host" in active:
        origin = active["redirect-other-host"] or platform.stranger.url
        return _failure(302).with_headers(Location=origin + request.target)
    return None


def _failure(status: int) -> Answer:
    body = json.dumps({"status_code": 2000, "status_message": f"HTTP {status}", "timestamp": "2026-11-20T13:32:00Z"})
    return Answer(status, body.encode(), (("Content-Type", "application/json"),))


# Pages

Makers = list[Callable[[], Json]]


def window(active: Active, objects: Makers, offset: int, limit: int, platform: "Platform") -> tuple[Makers, int, int]:
    """The objects of the whole list, and the offset and limit of the page, as the faults will have them."""
    if "empty-data" in active:
        objects = []
    if "shrink" in active:
        objects = objects[: round(len(objects) * (100 - float(active["shrink"])) / 100)]
    if "page-shift" in active and objects:
        turned = platform.turn() % len(objects)
        objects = objects[turned:] + objects[:turned]
    if "huge-page" in active:
        limit = max(len(objects), 1)
    if "tiny-pages" in active:
        limit = int(active["tiny-pages"])
    if "endless-pagination" in active and offset >= len(objects):
        return _beyond(active["endless-pagination"], objects, offset, limit)
    return objects, offset, limit


def _beyond(sort: str, objects: Makers, offset: int, limit: int) -> tuple[Makers, int, int]:
    """A page after the last one."""
    if sort == "empty" or not objects:
        return objects, offset, limit
    if sort == "fresh":
        return [partial(_invented, objects[0], offset + number) for number in range(limit)], 0, limit
    return objects, 0, limit


def _invented(like: Callable[[], Json], number: int) -> Json:
    return like() | {"id": f"FRESH-{number}"}


def paging(
    active: Active, platform: "Platform", request: Request, following: str, *, more: bool, total: int, limit: int
) -> tuple[tuple[str, str], ...]:
    """Link, X-Total-Count and X-Limit. `following` is the path of the next page, `more` whether there is one."""
    headers = [("X-Limit", str(limit))]
    count = _total_count(active.get("wrong-total-count"), total)
    if count is not None:
        headers.append(("X-Total-Count", count))
    if "missing-link" in active:
        return tuple(headers)
    if "self-next" in active:
        more, following = True, request.target
    if "endless-pagination" in active:
        more = True
    if more:
        headers.append(_link(active, platform, following))
    return tuple(headers)


def _total_count(wrong: str | None, total: int) -> str | None:
    return {None: str(total), "double": str(total * 2), "zero": "0", "abc": "abc"}.get(wrong)


def _link(active: Active, platform: "Platform", following: str) -> tuple[str, str]:
    url = platform.url + following
    if "link-to-other-host" in active:
        url = (active["link-to-other-host"] or platform.stranger.url) + following
    if "relative-link" in active:
        url = following
    if "odd-link" in active:
        return "link", f"<{url}>; title=page; rel=next"
    return "Link", f'<{url}>; rel="next"'


def envelope(active: Active, made: Json) -> Json:
    """The envelope of a list as the faults will have it."""
    if "null-data" in active:
        made = made | {"data": None}
    if "no-data" in active:
        made = {name: value for name, value in made.items() if name != "data"}
    if "data-object" in active:
        made = made | {"data": {str(index): one for index, one in enumerate(made["data"])}}
    if "status-2001" in active or "status-3000" in active:
        code = 2001 if "status-2001" in active else 3000
        made = made | {"data": [], "status_code": code, "status_message": "Something is not right"}
    if "status-string" in active:
        made = made | {"status_code": str(made["status_code"])}
    return made


def skew(active: Active) -> int:
    return int(active.get("clock-skew", 0))


# Bodies


def encode(made: Json) -> bytes:
    """JSON in UTF-8; what JSON in Python cannot say (`spoilt.RAW`) is put in afterwards."""
    # A lone surrogate is no UTF-8: backslashreplace makes it the escape that JSON allows.
    return put_raw(json.dumps(made, ensure_ascii=False).encode("utf-8", "backslashreplace"))


_HTML = b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Temporarily down</h1></body></html>"


def spoil_body(answer: Answer, active: Active, request: Request) -> Answer:
    for name, spoil in _BODIES.items():
        if name in active:
            answer = spoil(answer, active[name])
    if "gzip" in active and "gzip" in request.headers.get("accept-encoding", ""):
        answer = answer._replace(body=_gzip(answer.body)).with_headers(Content_Encoding="gzip")
    return answer


def _typed(answer: Answer, body: bytes, content_type: str) -> Answer:
    return answer._replace(body=body).with_headers(Content_Type=content_type)


def _latin1(answer: Answer, _: str) -> Answer:
    return _typed(answer, answer.body.decode().encode("latin-1", "replace"), "application/json")


def _invalid_utf8(answer: Answer, _: str) -> Answer:
    return answer._replace(body=answer.body.replace(b'"name": "', b'"name": "\xff\xfe\xe5', 1))


def _deep_nesting(answer: Answer, value: str) -> Answer:
    depth = int(value)
    start, data, end = answer.body.partition(b'"data": ')
    if not data:
        return answer
    rest = end[end.rindex(b', "status_code"') :]
    return answer._replace(body=start + data + b"[" * depth + b"]" * depth + rest)


def _bad_gzip(answer: Answer, _: str) -> Answer:
    body = bytearray(_gzip(answer.body))
    middle = len(body) // 2
    body[middle : middle + 8] = bytes(255 - byte for byte in body[middle : middle + 8])
    return answer._replace(body=bytes(body[: len(body) * 3 // 4])).with_headers(Content_Encoding="gzip")


def _gzip_bomb(answer: Answer, value: str) -> Answer:
    return answer._replace(body=_bomb(answer.body, int(value))).with_headers(Content_Encoding="gzip")


def _big_body(answer: Answer, value: str) -> Answer:
    return answer._replace(body=answer.body[:1] + b" " * (int(value) * MIB) + answer.body[1:])


_BODIES: dict[str, Callable[[Answer, str], Answer]] = {
    "truncate-json": lambda answer, _: answer._replace(body=answer.body[: len(answer.body) // 2]),
    "html-200": lambda answer, _: _typed(answer, _HTML, "text/html; charset=utf-8"),
    "wrong-content-type": lambda answer, _: _typed(answer, answer.body, "text/html; charset=utf-8"),
    "invalid-utf8": _invalid_utf8,
    "latin1": _latin1,
    "bom": lambda answer, _: answer._replace(body=b"\xef\xbb\xbf" + answer.body),
    "deep-nesting": _deep_nesting,
    "bad-gzip": _bad_gzip,
    "gzip-bomb": _gzip_bomb,
    "big-body": _big_body,
}

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"


def _gzip(body: bytes) -> bytes:
    """gzip without a time in it, so that the same body gives the same bytes."""
    return _GZIP_HEAD + _deflate(body, zlib.Z_FINISH) + pack("<II", zlib.crc32(body), len(body) % 2**32)


def _deflate(body: bytes, flush: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush(flush)


def _bomb(body: bytes, mebibytes: int) -> bytes:
    """`body` with that many MiB of spaces after its first byte, packed without ever being in memory unpacked."""
    spaces = b" " * MIB
    check = zlib.crc32(body[:1])
    for _ in range(mebibytes):
        check = zlib.crc32(spaces, check)
    check = zlib.crc32(body[1:], check)
    # After a full flush a block stands alone, so one packed MiB may be repeated.
    packed = (
        _deflate(body[:1], zlib.Z_FULL_FLUSH)
        + _deflate(spaces, zlib.Z_FULL_FLUSH) * mebibytes
        + _deflate(body[1:], zlib.Z_FINISH)
    )
    return _GZIP_HEAD + packed + pack("<II", check, (len(body) + mebibytes * MIB) % 2**32)


# The wire


def on_the_wire(answer: Answer, active: Active) -> Answer:
    """`answer` with the way it is sent."""
    if "chunked" in active:
        return answer._replace(chunked=True)
    if "chunked-drop" in active:
        return answer._replace(chunked=True, wire=_chunked_drop)
    if "slow-loris" in active:
        return answer._replace(wire=_loris(active["slow-loris"]))
    for name, wire in _WIRES.items():
        if name in active:
            return answer._replace(wire=wire)
    return answer


def _hang(connection: socket.socket, head: bytes, body: bytes, closing: Event) -> None:
    closing.wait()


def _drop(connection: socket.socket, head: bytes, body: bytes, closing: Event) -> None:
    connection.sendall(head + body[: len(body) // 2])


def _chunked_drop(connection: socket.socket, head: bytes, body: bytes, closing: Event) -> None:
    connection.sendall(head + chunk(body[: len(body) // 2]))


def _reset(connection: socket.socket, head: bytes, body: bytes, closing: Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
    socket.close(connection.detach())


def _loris(value: str) -> Wire:
    pause, _, part = value.partition(":")

    def send(connection: socket.socket, head: bytes, body: bytes, closing: Event) -> None:
        slowly = head + body
        if part == "body":
            connection.sendall(head)
            slowly = body
        for byte in slowly:
            if closing.wait(float(pause)):
                return
            connection.sendall(bytes((byte,)))
        closing.wait()

    return send


_WIRES: dict[str, Wire] = {"hang": _hang, "drop": _drop, "reset": _reset}
