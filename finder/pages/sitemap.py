"""What search engines may index, and since when it says what it says (sitemaps.org, with Google's alternates for languages).

An index, and parts by kind of page. `lastmod` is when facts changed, of a list those of its stations; a page of which nobody knows
has none. Statuses change nothing here.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app

from finder.pages import rows
from finder.pages.guides import GUIDES
from finder.pages.indexed import indexable
from finder.store import addresses, partners
from finder.store.addresses import PART, Address, Part
from finder.store.times import EPOCH, millis
from finder.web.database import reading
from finder.web.drawings import escape
from finder.web.head import absolute
from finder.web.headers import cached
from finder.web.language import LANGUAGES, path_to

SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
BEGINS = '<?xml version="1.0" encoding="UTF-8"?>\n'
URLS = f'{BEGINS}<urlset xmlns="{SPACE}" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
STATIONS = "stations"
# Pages that are there however many stations there are, and of which nobody notes when they change.
ALWAYS = ("home.show", "about.show", "guides.index")
XML, GZIP = "application/xml", "application/gzip"
# What is gone is out of here within the minute.
MAX_AGE = 60
# Level 3 is as quick as 1; 6 takes three times as long and saves a third.
LEVEL = 3
AT_ONCE = 500

blueprint = Blueprint("sitemap", __name__)


class Entry(NamedTuple):
    """A page by its absolute address in each of LANGUAGES; `changed_at` in ms."""

    urls: tuple[str, ...]
    changed_at: int | None = None


@blueprint.get("/sitemap.xml")
def index() -> Response:
    with reading() as connection:
        named = [(STATIONS, part) for part in _held_parts(connection)]
        lists = others(connection)
    return cached(drawn_index([*_parts(lists), *named]), XML, MAX_AGE)


@blueprint.get("/sitemaps/<kind>-<n>.xml.gz")
def part(kind: str, n: str) -> Response:
    if not re.fullmatch("[1-9][0-9]{0,4}", n):
        abort(404)
    number = int(n)
    with reading() as connection:
        if kind == STATIONS:
            drawn = drawn_stations(addresses.of_part(connection, number))
        else:
            drawn = map(_element, others(connection).get(kind, [])[(number - 1) * PART : number * PART])
    packed = drawn_part(drawn)
    if packed is None:
        abort(404)
    return cached(packed, GZIP, MAX_AGE)


def _held_parts(connection: sa.Connection) -> tuple[Part, ...]:
    """Counted anew after a pull: every station is looked at."""
    pull = partners.newest_pull(connection)
    held: tuple[tuple[Part, ...], int] | None = current_app.extensions.get("finder.sitemap")
    if held is None or held[1] != pull:
        held = current_app.extensions["finder.sitemap"] = (addresses.parts(connection), pull)
    return held[0]


def _parts(lists: dict[str, list[Entry]]) -> Iterator[tuple[str, Part]]:
    for kind, entries in lists.items():
        for number, first in enumerate(range(0, len(entries), PART), 1):
            some = entries[first : first + PART]
            newest = max((entry.changed_at or 0 for entry in some), default=0)
            yield kind, Part(number, len(some), newest)


# The pages


def others(connection: sa.Connection) -> dict[str, list[Entry]]:
    """All indexable pages but the stations', by kind."""
    found: dict[str, list[Entry]] = {
        "pages": [_entry(endpoint, {}) for endpoint in ALWAYS],
        "guides": [_entry("guides.show", {"guide": name}, _day(guide.updated)) for name, guide in GUIDES.items()],
    }
    for listed in indexable(connection):
        entry = _entry(listed.endpoint, listed.values, listed.changed_at)
        found.setdefault(listed.endpoint.split(".")[0], []).append(entry)
    return found


def _entry(endpoint: str, values: Mapping[str, str], changed_at: datetime | None = None) -> Entry:
    urls = [absolute(path_to(endpoint, code, **values)) for code in LANGUAGES]
    return Entry(tuple(urls), millis(changed_at))


def _day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


# The documents


def drawn_index(parts: Iterable[tuple[str, Part]]) -> bytes:
    """Of the parts, each with its kind."""
    origin = escape(absolute("/sitemaps/"))
    lines = [
        f"<sitemap><loc>{origin}{kind}-{part.number}.xml.gz</loc>{_lastmod(part.changed_at)}</sitemap>\n"
        for kind, part in parts
    ]
    return f'{BEGINS}<sitemapindex xmlns="{SPACE}">\n{"".join(lines)}</sitemapindex>\n'.encode()


def drawn_part(elements: Iterable[str]) -> bytes | None:
    """Packed as it is drawn, so that a part is never whole in memory. None: there is nothing in it."""
    packer = zlib.compressobj(LEVEL, wbits=31)
    packed, waiting = [packer.compress(URLS.encode())], []
    some = False
    for element in elements:
        some = True
        waiting.append(element)
        if len(waiting) >= AT_ONCE:
            packed.append(packer.compress("".join(waiting).encode()))
            waiting.clear()
    if not some:
        return None
    packed += [packer.compress(("".join(waiting) + "</urlset>\n").encode()), packer.flush()]
    return b"".join(packed)


def drawn_stations(found: Iterable[Address]) -> Iterator[str]:
    """An element for each language. Slugs and ids have nothing to escape."""
    folders = [escape(absolute(rows.folder(code))).replace("%", "%%") for code in LANGUAGES]
    pattern = _written([f"{folder}/%s/" for folder in folders], "%s")
    links = len(LANGUAGES) + 1
    for _pk, id, slug, changed_at in found:
        path, changed = f"{slug}-{id}", _lastmod(changed_at)
        yield pattern % ((path, changed, *(path,) * links) * len(LANGUAGES))


def _element(entry: Entry) -> str:
    return _written([escape(url) for url in entry.urls], _lastmod(entry.changed_at))


def _written(urls: list[str], lastmod: str) -> str:
    links = [_alternate(code, url) for code, url in zip(LANGUAGES, urls, strict=True)]
    rest = "".join([lastmod, *links, _alternate("x-default", urls[0])])
    return "".join([f"<url><loc>{url}</loc>{rest}</url>\n" for url in urls])


def _alternate(language: str, url: str) -> str:
    return f'<xhtml:link rel="alternate" hreflang="{language}" href="{url}"/>'


def _lastmod(changed_at: int | None) -> str:
    """What strftime writes, at a fifth of its cost: a part has thousands of instants."""
    if not changed_at:
        return ""
    minutes, seconds = divmod(changed_at // 1000 % 86_400, 60)
    return f"<lastmod>{_date(changed_at // 86_400_000)}T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}Z</lastmod>"


@lru_cache(maxsize=1024)
def _date(days: int) -> str:
    return (EPOCH + timedelta(days=days)).date().isoformat()
