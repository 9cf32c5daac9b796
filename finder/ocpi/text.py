"""Text, links, identifiers and numbers as strangers write them, made fit to show; None where nothing is left.

Markup stays as it is written, for templates escape it; what a reader cannot see (control characters, text direction
overrides, zero-width characters, lone surrogates) is taken out.
"""

import math
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

ID_LIMIT = 100
"""Letters of an id. The specification says 36 or 39; longer ones are seen and kept, for a cut id may be another's."""

URL_LIMIT = 2000
"""Letters of a link. The specification says 255, but a cut link leads nowhere, so longer ones are kept or left out."""

WORD_LIMIT = 50
"""Letters of a word of an enum."""

UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
NOTHING = frozenset({"#NA", "N/A", "#N/A", "NULL", "-", "--"})
HOST_ONLY = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)
UNSAFE_IN_URL = re.compile(r"[\s\\\"'<>`{}|^]")
EARLIEST, LATEST = 2000, 9000


def text(value: str | None, limit: int) -> str | None:
    """One line, trimmed, without a trailing comma; longer than `limit` it ends in an ellipsis within the limit.

    `#NA` may fill a required text that cannot be known (2.2+, types); partners write N/A and null for the same.
    """
    if value is None:
        return None
    if not value.isprintable():
        value = " ".join(UNSEEN.sub("", value).split())
    value = value.strip().rstrip(", ")
    if len(value) <= 4 and (not value or value.upper() in NOTHING):
        return None
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def identifier(value: str | None) -> str | None:
    """An id without what cannot be seen; "0" is one. None when empty or longer than ID_LIMIT."""
    if value is None:
        return None
    if not value.isprintable():
        value = UNSEEN.sub("", value)
    value = value.strip()
    return value if 0 < len(value) <= ID_LIMIT else None


def url(value: str) -> str | None:
    """A link that may be shown: http or https, no credentials; `https://` is put before a bare host name."""
    return _url(value) if len(value) <= URL_LIMIT else None


@lru_cache(maxsize=4096)
def _url(value: str) -> str | None:
    value = UNSEEN.sub("", value).strip()
    if HOST_ONLY.match(value):
        value = "https://" + value
    if UNSAFE_IN_URL.search(value):
        return None
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    right = parts.scheme in ("http", "https") and parts.hostname and "." in parts.hostname and "@" not in parts.netloc
    return value if right else None


def word(value: str) -> str | None:
    """A word of an open enum: upper case, blanks and hyphens as underscores. None when it is no word."""
    return _word(value) if len(value) <= WORD_LIMIT else None


@lru_cache(maxsize=4096)
def _word(value: str) -> str | None:
    return re.sub(r"[\s-]+", "_", UNSEEN.sub("", value).strip()).upper() or None


@lru_cache(maxsize=1024)
def words(values: tuple[str, ...]) -> tuple[str, ...]:
    """Words of an open enum, each once, in the partner's order."""
    return tuple(dict.fromkeys(shown for value in values if (shown := word(value))))


def link(value: Any) -> str | None:
    return url(value) if isinstance(value, str) else None


def plain(value: Any) -> str | None:
    """Text from a text or a number (2.1.1's own examples give numbers for texts), else None."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    return None


def number(value: Any) -> float | None:
    """A finite number from a number or its text; no decimal comma, which some read as thousands."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and abs(found) < 1e15 else None


def amount(value: Any) -> Decimal | None:
    """Money or energy to ten decimals (feeds carry the noise of floats); negative is allowed, 1e9 and beyond is not."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not found.is_finite() or not -1_000_000_000 < found < 1_000_000_000:
        return None
    return found if found == (rounded := round(found, 10)) else rounded.normalize()


def boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return _BOOLEANS.get(str(value).strip().casefold()) if isinstance(value, int | float | Decimal | str) else None


_BOOLEANS = {"true": True, "1": True, "yes": True, "y": True, "false": False, "0": False, "no": False, "n": False}


def instant(value: datetime | None) -> datetime | None:
    """UTC; without a zone it is UTC already (types, DateTime). None for 0001-01-01 and its like."""
    if value is None or not EARLIEST <= value.year <= LATEST:
        return None
    if value.tzinfo is UTC:
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(value: Any) -> datetime | None:
    """An instant from RFC 3339 text, the same with a blank for T, or seconds or milliseconds since 1970."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, str):
        try:
            return instant(datetime.fromisoformat(value.strip()))
        except ValueError:
            pass
    seconds = number(value)
    if seconds is None:
        return None
    try:
        return instant(datetime.fromtimestamp(seconds / 1000 if abs(seconds) > 1e11 else seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None
