"""The shapes a list arrives in, split into the raw bytes of each object.

The specification's `{data, status_code, timestamp}` and what partners send instead: a bare list, `{next, items}`, a list
under the module's name, one URL for both modules, a Spring page, one bare object, an object keyed by location id, and a
recorded exchange. Nothing is decoded here: an object is cut out, and `read.py` judges it alone, so that a bad object
costs only itself. Memory is a few bytes an object, whatever the answer holds.
"""

import re
from array import array
from collections.abc import Iterator
from mmap import MADV_DONTNEED, mmap
from typing import Literal

import msgspec
from msgspec import Raw

Module = Literal["locations", "tariffs"]

OBJECT_LIMIT = 1 << 20
"""Bytes of one object. A longer one is cut one byte after this, which `read.py` refuses."""

WINDOW = 1 << 20
LET_GO = 16 << 20
"""Bytes of a mapped file that may lie in memory behind the reader."""
MOST_OBJECTS = 2_000_000
LEAST_AVERAGE = 64
"""Bytes of an object on average, where there are more than a thousand: no location or tariff says anything in less."""

SPACE = re.compile(rb"[ \t\r\n]*+")
SEPARATOR = re.compile(rb"[ \t\r\n]*+,[ \t\r\n]*+")
TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+([\[\]{}])', re.DOTALL)
LITERAL = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[^][{}",\s]++', re.DOTALL)
MEMBER = re.compile(rb'[ \t\r\n]*+"(?:[^"\\]++|\\.)*+"[ \t\r\n]*+:[ \t\r\n]*+', re.DOTALL)
FIRST_KEYS = re.compile(
    rb'\{\s*+("[^"\\]++")\s*+:\s*+(?:"(?:[^"\\]++|\\.)*+"|\{[^{}]*+\}|\[[^\[\]]*+\]|[^",{}\[\]]++),\s*+("[^"\\]++")',
    re.DOTALL,
)
STAND_IN = b'["the listing"]'


class BadAnswer(Exception):
    """The answer as a whole is no listing. One line: what is wrong and what would be right."""


class Objects:
    """The objects of a listing as raw bytes, cut out one at a time; `len()` is how many there are.

    May be gone through several times. The body must stay open meanwhile: a `mmap` can be closed when the listing is gone.
    """

    __slots__ = ("_lengths", "_most", "_starts", "_view")

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._most = min(MOST_OBJECTS, max(1000, len(view) // LEAST_AVERAGE))
        self._starts = array("Q")
        self._lengths = array("Q")

    def add(self, start: int, length: int) -> None:
        if len(self._starts) == self._most:
            raise BadAnswer(
                f"the listing has more than {self._most} objects, too many for its size; pages would be right"
            )
        self._starts.append(start)
        self._lengths.append(length)

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[bytes]:
        let_go = LET_GO
        for start, length in zip(self._starts, self._lengths, strict=True):
            if start > let_go:
                let_go = start + LET_GO
                _let_go(self._view)
            yield bytes(self._view[start : start + min(length, OBJECT_LIMIT + 1)])


class Listing(msgspec.Struct, frozen=True):
    """`next` is the cursor or URL of the next page where the body names one; a Link header is the client's to read."""

    objects: Objects
    next: str | None = None


class Frame(msgspec.Struct):
    """What may surround a list. A member that is absent is an empty `Raw`."""

    status_code: Raw = Raw()
    status_message: Raw = Raw()
    message: Raw = Raw()
    data: Raw = Raw()
    items: Raw = Raw()
    content: Raw = Raw()
    locations: Raw = Raw()
    tariffs: Raw = Raw()
    next: Raw = Raw()
    pagination: Raw = Raw()
    request: Raw = Raw()
    response: Raw = Raw()
    body: Raw = Raw()
    evses: Raw = Raw()
    coordinates: Raw = Raw()
    elements: Raw = Raw()


def split(body: bytes | bytearray | mmap, module: Module) -> Listing:
    """The objects of `module` in an answer. Raises BadAnswer.

    The whole answer has been gone through when this returns: every object's limits are known and nothing is raised later.
    """
    view = memoryview(body)
    if bytes(view[:3]) == b"\xef\xbb\xbf":
        view = view[3:]
    view = _trimmed(view)
    first = _first(view)
    if first == b"[":
        return Listing(_elements(view))
    if first == b"{":
        return _in_frame(view, module)
    raise BadAnswer(_not_json(view))


def check(body: bytes | bytearray | mmap, module: Module) -> int:
    """How many objects the answer has. Raises BadAnswer. `split` checks as much; this is for whoever wants only the count."""
    return len(split(body, module).objects)


# Frames


def _in_frame(view: memoryview, module: Module) -> Listing:
    try:
        return _listing(view, module)
    except (msgspec.DecodeError, RecursionError) as error:
        return _past_bad_object(view, module, error)


def _listing(view: memoryview, module: Module) -> Listing:
    frame = msgspec.json.decode(view, type=Frame)
    if _given(frame.request) and _given(frame.response):
        return _recorded(frame.response, module)
    _refuse_error(frame)
    for name in ("data", "items", "content", module):
        part = getattr(frame, name)
        if len(memoryview(part)):
            return _part(memoryview(part), name, module, _next(frame))
    if _given(frame.elements if module == "tariffs" else frame.evses):
        return Listing(_single(view))
    if module == "locations" and (objects := _keyed(view)) is not None:
        return Listing(objects)
    raise BadAnswer(f"the answer has no list of {module}; it would be in data, items, content or {module}")


def _part(view: memoryview, name: str, module: Module, following: str | None) -> Listing:
    first = _first(view)
    if first == b"[":
        return Listing(_elements(view), following)
    if first == b"{":
        return _within(view, name, module, following)
    found = "null" if bytes(view[:4]) == b"null" else "no list"
    raise BadAnswer(f"{name} is {found}; a list of {module} would be right")


def _within(view: memoryview, name: str, module: Module, following: str | None) -> Listing:
    """`{data: {locations: {data: [...]}, tariffs: {data: [...]}}}`: one URL for both modules."""
    frame = msgspec.json.decode(view, type=Frame)
    _refuse_error(frame)
    for inner in (module, "data", "items", "content"):
        part = getattr(frame, inner)
        if len(memoryview(part)) and name != inner:
            return _part(memoryview(part), inner, module, following or _next(frame))
    raise BadAnswer(f"{name} is an object; a list of {module} would be right")


def _recorded(response: Raw, module: Module) -> Listing:
    """An exchange as written down by a recorder: the payload is `response.body`, its `status_code` is HTTP's."""
    frame = msgspec.json.decode(response, type=Frame)
    if bytes(memoryview(frame.status_code))[:1] not in (b"", b"2"):
        raise BadAnswer(f"the recorded answer has HTTP status {_words(frame.status_code)}; 200 would be right")
    view = memoryview(frame.body)
    if _first(view) == b"[":
        return Listing(_elements(view))
    if _first(view) == b"{":
        return _listing(view, module)
    raise BadAnswer("the recorded answer has no body; response.body would hold it")


def _refuse_error(frame: Frame) -> None:
    """OCPI status codes: 1xxx is success, as a number or a text."""
    if not _given(frame.status_code):
        return
    code = _words(frame.status_code)
    if (len(code) == 4 and code.startswith("1")) or code.casefold() in ("success", "ok"):
        return
    message = _words(frame.status_message) or _words(frame.message)
    said = f" ({message})" if message else ""
    raise BadAnswer(f"status_code is {code}{said}; 1000 would be right")


def _next(frame: Frame) -> str | None:
    if _given(frame.next):
        return _text(frame.next)
    if _given(frame.pagination):
        try:
            return msgspec.json.decode(frame.pagination, type=_Pagination).nextCursor
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
    return None


class _Pagination(msgspec.Struct):
    nextCursor: str | None = None


def _single(view: memoryview) -> Objects:
    objects = Objects(view)
    objects.add(0, len(view))
    return objects


def _keyed(view: memoryview) -> Objects | None:
    """The values of an object keyed by location id, or None where it is something else."""
    objects = Objects(view)
    position = 1
    while member := MEMBER.match(view, position):
        start = member.end()
        if _first(view[start:]) != b"{":
            return None
        end = _element_end(view, start)
        if b'"evses"' not in bytes(view[start : min(end, start + OBJECT_LIMIT)]):
            return None
        objects.add(start, end - start)
        separator = SEPARATOR.match(view, end)
        position = separator.end() if separator else len(view)
    return objects if len(objects) else None


def _past_bad_object(view: memoryview, module: Module, error: Exception) -> Listing:
    """The listing of a frame that is no JSON because of something inside an object.

    The largest list is taken out, the frame is read with a stand-in in its place, and must have its listing there.
    """
    start, end = _largest_list(view)
    patched = bytes(view[:start]) + STAND_IN + bytes(view[end:])
    try:
        around = _listing(memoryview(patched), module)
    except (msgspec.DecodeError, RecursionError):
        raise BadAnswer(f"the answer is no JSON: {_one_line(str(error))}") from error
    if list(around.objects) != [STAND_IN[1:-1]]:
        raise BadAnswer(f"the answer is no JSON: {_one_line(str(error))}") from error
    return Listing(_elements(view[start:end]), around.next)


def _largest_list(view: memoryview) -> tuple[int, int]:
    """Where the largest list starts and ends that is in no other list. Raises BadAnswer if brackets do not pair."""
    largest = (0, 0)
    open_brackets = bytearray()
    lists = 0
    start = position = 0
    while found := TO_BRACKET.match(view, position):
        position = found.end()
        bracket = view[position - 1]
        if bracket in b"[{":
            open_brackets.append(bracket)
            if bracket == 0x5B:
                start = start if lists else position - 1
                lists += 1
            continue
        if not open_brackets or open_brackets.pop() != bracket - 2:
            raise BadAnswer("the answer is no JSON: its brackets do not pair")
        if bracket == 0x5D:
            lists -= 1
            if not lists:
                largest = max(largest, (start, position), key=lambda span: span[1] - span[0])
        if not open_brackets:
            break
    if open_brackets or position != len(view):
        raise BadAnswer("the answer is cut short or no JSON; a whole JSON object would be right")
    return largest


# Lists


def _elements(view: memoryview) -> Objects:
    """The elements of the list that `view` is, brackets included. Raises BadAnswer.

    Windows of a MiB are parsed as strict JSON: that a prefix parses proves that it ends between two elements, and nothing is
    kept but lengths. A window with something bad in it is gone through bracket by bracket instead.
    """
    if bytes(view[-1:]) != b"]":
        raise BadAnswer("the answer is cut short; the list would end with ]")
    objects = Objects(view)
    end = len(view) - 1
    position = _after(SPACE, view, 1)
    if position < end and view[position] == 0x5B:
        raise BadAnswer("the listing is a list of lists; a list of objects would be right")
    keys = None
    let_go = position + LET_GO
    while position < end:
        if position > let_go:
            let_go = position + LET_GO
            _let_go(view)
        keys = keys or FIRST_KEYS.match(view, position)
        window = _whole_elements(view, position, end, keys)
        if window is None:
            position = _one_by_one(view, position, end, objects)
            continue
        for raw in window:
            length = memoryview(raw).nbytes
            objects.add(position, length)
            position += length
            if view[position] == 0x2C and view[position + 1] == 0x7B:
                position += 1
            elif position < end:
                position = _over_separator(view, position, end)
    return objects


def _let_go(view: memoryview) -> None:
    """Gives the pages of a mapped file back to the system, which reads them again if they are asked for."""
    if isinstance(view.obj, mmap):
        view.obj.madvise(MADV_DONTNEED)


def _whole_elements(view: memoryview, position: int, end: int, keys: re.Match[bytes] | None) -> list[Raw] | None:
    """Elements from `position` on, about a window's worth, or None if they are not found to be strict JSON."""
    if end - position <= WINDOW:
        return _strict(bytearray().join((b"[", view[position:end], b"]")), end - position)
    window = bytearray().join((b"[", view[position : position + WINDOW]))
    for boundary in _likely_boundaries(window, keys):
        elements = _strict(window, boundary - 1)
        if elements is not None:
            return elements
    return None


def _strict(window: bytearray, length: int) -> list[Raw] | None:
    """The elements in `length` bytes after the first of a window, whose first is [."""
    before = window[length + 1]
    window[length + 1] = 0x5D
    try:
        return _DECODER.decode(memoryview(window)[: length + 2])
    except (msgspec.DecodeError, RecursionError):
        window[length + 1] = before
        return None


_DECODER = msgspec.json.Decoder(list[Raw])


def _likely_boundaries(window: bytearray, keys: re.Match[bytes] | None) -> Iterator[int]:
    """Places of commas before objects that start with the same two keys as the first one, from the end, three at most."""
    if keys is None:
        return
    opening = keys[1]
    tries = 0
    found = len(window)
    while tries < 3 and (found := window.rfind(opening, 1, found)) > 0:
        brace = window.rfind(b"{", max(0, found - 100), found)
        start = FIRST_KEYS.match(window, brace) if brace > 0 else None
        if start is None or start.group(1, 2) != keys.group(1, 2):
            continue
        before = window[max(0, brace - 200) : brace].rstrip(b" \t\r\n")
        if before.endswith(b","):
            tries += 1
            yield brace - (len(window[max(0, brace - 200) : brace]) - len(before)) - 1


def _one_by_one(view: memoryview, position: int, end: int, objects: Objects) -> int:
    """Add a window's worth of elements by their brackets alone, and return where the next one starts."""
    until = position + WINDOW
    while position < end and position < until:
        stop = _element_end(view, position)
        if stop > end:
            raise BadAnswer("the answer is no JSON: its brackets do not pair")
        objects.add(position, stop - position)
        position = _over_separator(view, stop, end)
    return position


def _element_end(view: memoryview, position: int) -> int:
    if view[position] not in b"[{":
        literal = LITERAL.match(view, position)
        if literal is None:
            raise BadAnswer(f"the answer is no JSON: a value would be right at byte {position}")
        return literal.end()
    depth = 0
    while found := TO_BRACKET.match(view, position):
        position = found.end()
        depth += 1 if view[position - 1] in b"[{" else -1
        if not depth:
            return position
    raise BadAnswer("the answer is cut short; each object would be closed")


def _over_separator(view: memoryview, position: int, end: int) -> int:
    """Where the next element starts after one that ends at `position`; `end` after the last."""
    separator = SEPARATOR.match(view, position)
    if separator and separator.end() < end:
        return separator.end()
    if _after(SPACE, view, position) == end:
        return end
    raise BadAnswer(f"the answer is no JSON: a comma between two objects would be right at byte {position}")


# Embedded tariffs


class _Holder(msgspec.Struct):
    tariffs: list[Raw] | None = None


class _EvseWithTariffs(msgspec.Struct):
    tariffs: list[Raw] | None = None
    connectors: list[_Holder] | None = None


class _LocationWithTariffs(msgspec.Struct):
    country_code: str | None = None
    party_id: str | None = None
    evses: list[_EvseWithTariffs] | None = None


class _Party(msgspec.Struct):
    country_code: str | None = None
    party_id: str | None = None


def embedded_tariffs(raw_location: bytes) -> list[bytes]:
    """Tariffs that a location carries in its EVSEs or connectors, each once, with the location's party where they name none."""
    if b'"tariffs"' not in raw_location:
        return []
    try:
        location = msgspec.json.decode(raw_location, type=_LocationWithTariffs)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    found: dict[bytes, None] = {}
    for evse in location.evses or ():
        for holder in (evse, *(evse.connectors or ())):
            for raw in holder.tariffs or ():
                found[_with_party(bytes(memoryview(raw)), location)] = None
    return list(found)


def _with_party(raw: bytes, location: _LocationWithTariffs) -> bytes:
    try:
        own = msgspec.json.decode(raw, type=_Party)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return raw
    if own.party_id or not (location.country_code and location.party_id):
        return raw
    party = msgspec.json.encode({"country_code": location.country_code, "party_id": location.party_id})
    return party[:-1] + b"," + raw.lstrip()[1:]


# Small parts


def _trimmed(view: memoryview) -> memoryview:
    start = _after(SPACE, view, 0)
    end = len(view)
    while end > start and view[end - 1] in b" \t\r\n":
        end -= 1
    return view[start:end]


def _after(pattern: re.Pattern[bytes], view: memoryview, position: int) -> int:
    match = pattern.match(view, position)
    return match.end() if match else position


def _first(view: memoryview) -> bytes:
    return bytes(view[:1])


def _given(raw: Raw) -> bool:
    return bytes(memoryview(raw)[:5]) not in (b"", b"null")


def _text(raw: Raw) -> str | None:
    try:
        return msgspec.json.decode(raw, type=str) or None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _words(raw: Raw) -> str:
    text = _text(raw)
    return _one_line(text if text is not None else bytes(memoryview(raw)).decode("utf-8", "replace"))


def _one_line(text: str) -> str:
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text[:400]).split())
    return words if len(words) <= 120 else words[:119] + "…"


def _not_json(view: memoryview) -> str:
    if not len(view):
        return "the answer is empty; a JSON object or list would be right"
    if _first(view) == b"<":
        return "the answer is XML or HTML; JSON would be right"
    return f"the answer starts with {_one_line(bytes(view[:20]).decode('utf-8', 'replace'))!r}; JSON would be right"
