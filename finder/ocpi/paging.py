"""From page to page of a list, and whether the pages together can be believed (transport_and_format, pagination).

Only a list that was read whole may later prove that an object is gone. So this is careful in one direction: a
list that may have a hole is not complete, whatever its last page says. Decisions, where the specification is silent:

- Only `rel="next"` (or `next` in the body) leads on. Counts, X-Limit and page sizes never do.
- X-Total-Count smaller than the page it came with is no guide and is ignored, as is one that is no number.
- More announced than received, or a total that fell on the way (objects were removed, so later ones moved up and one
  may have been skipped): not complete. The next pull heals it, which is simpler than asking for `offset - 1`.
- An object that came on an earlier page and is not older now is a sign that the list moved: it does not count towards
  the total; without a total it makes the list incomplete. An older record of the same id is just a second record.
- An empty full list is never complete: it is what a broken platform sends, and proves nothing.
- A page that leads to itself or to a page asked before, three pages in a row that bring nothing new, a second page
  that leads on when as many objects came as were announced, or 10,000 pages: the whole answer is refused.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Protocol

import msgspec

MAX_PAGES = 10_000
_STALE_PAGES = 3

_LINK = re.compile(r'<([^<>]*)>((?:[^,<"]|"[^"]*")*)')
_PARAMETER = re.compile(r';\s*([A-Za-z*]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]+))')


class Dishonest(Exception):
    """The pages contradict each other; one line how."""


def next_link(headers: Iterable[str]) -> str | None:
    """The target of the first `rel="next"` of the Link headers, as written there."""
    for header in headers:
        for target, parameters in _LINK.findall(header[:8192]):
            for name, quoted, plain in _PARAMETER.findall(parameters):
                if name.lower() == "rel" and "next" in (quoted or plain).lower().split():
                    return str(target)
    return None


def total_count(header: str | None) -> int | None:
    """X-Total-Count, or None where it is absent or no number."""
    return int(header) if header and re.fullmatch(r"\s*[0-9]{1,9}\s*", header) else None


class _Head(msgspec.Struct):
    id: msgspec.Raw = msgspec.Raw()
    country_code: msgspec.Raw = msgspec.Raw()
    party_id: msgspec.Raw = msgspec.Raw()
    last_updated: msgspec.Raw = msgspec.Raw()


_head = msgspec.json.Decoder(_Head)


class _Objects(Protocol):
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[bytes]: ...


class Crawl:
    """What the pages of one list have told so far."""

    def __init__(self) -> None:
        self.pages = 0
        self.count = 0
        self.total: int | None = None
        self._asked: set[str] = set()
        self._seen: dict[bytes, bytes] = {}
        self._repeats = 0
        self._fell = False
        self._stale = 0
        self._beyond = 0

    def ask(self, address: str) -> None:
        """Raises Dishonest for a page that was asked before, and for one page too many."""
        if address in self._asked:
            raise Dishonest("the next page is one that was read before")
        if self.pages >= MAX_PAGES:
            raise Dishonest(f"more than {MAX_PAGES} pages")
        self._asked.add(address)

    def take(self, objects: _Objects, total: int | None, leads_on: bool) -> None:
        """One page's objects. Raises Dishonest where following its `next` is pointless."""
        if self.pages == 0 and not leads_on:  # the common case of one big file needs no memory of its objects
            size = fresh = len(objects)
        else:
            size, fresh = self._remember(objects)
        self.pages += 1
        self.count += size
        self._repeats += size - fresh
        if total is not None and total >= size:
            self._fell = self._fell or (self.total is not None and total < self.total)
            self.total = max(total, self.total or 0)
        if leads_on:
            self._expect_more(fresh)

    def complete(self) -> bool:
        """Whether every object of the list came. Ask after the last page."""
        if self.total is None:
            return self._repeats == 0 and self.count > 0
        return not self._fell and self.count > 0 and self.count - self._repeats >= self.total

    def _remember(self, objects: Iterable[bytes]) -> tuple[int, int]:
        """The number of objects, and how many of them no earlier page had."""
        size = repeats = 0
        page: dict[bytes, bytes] = {}
        for raw in objects:
            size += 1
            key, stamp = _identity(raw)
            earlier = self._seen.get(key)
            if earlier is not None and stamp >= earlier:
                repeats += 1
            page[key] = max(stamp, page.get(key, b""))
        self._seen.update(page)
        return size, size - repeats

    def _expect_more(self, fresh: int) -> None:
        self._stale = 0 if fresh else self._stale + 1
        if self._stale >= _STALE_PAGES:
            raise Dishonest(f"{_STALE_PAGES} pages in a row bring nothing new and lead on")
        if self.total is not None and self.count - self._repeats >= self.total:
            self._beyond += 1
            if self._beyond > 1:
                raise Dishonest(f"{self.pages} pages lead on, though X-Total-Count is {self.total} and as many came")


def _identity(raw: bytes) -> tuple[bytes, bytes]:
    """What tells an object from others, and its last_updated (text in ISO order, compared as bytes)."""
    try:
        head = _head.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return blake2b(raw, digest_size=16).digest(), b""
    if not bytes(head.id):
        return blake2b(raw, digest_size=16).digest(), b""
    return b"|".join((bytes(head.country_code), bytes(head.party_id), bytes(head.id))).lower(), bytes(head.last_updated)
