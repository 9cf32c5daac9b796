"""Where a list goes on: what its last station is sorted by, and its id, in a form that nobody needs to read."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from finder.web.parameters import Parameter

Place = tuple[str | float, str]

_decoder = msgspec.json.Decoder(tuple[str | float, str])


def write(place: Place) -> str:
    return urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def read(cursor: str) -> Place:
    """Raises ValueError for what `write` did not write."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        place = _decoder.decode(urlsafe_b64decode(padded.encode("ascii")))
    except (binascii.Error, UnicodeError, msgspec.MsgspecError) as error:
        raise ValueError("no cursor of ours") from error
    # PostgreSQL fails at a NUL.
    if any(isinstance(part, str) and "\0" in part for part in place):
        raise ValueError("no cursor of ours")
    return place


CURSOR = Parameter(
    "cursor",
    read,
    "cursor takes what `next` of the same search gave",
    "Where the list goes on. Not to be made or changed: follow `next`, which holds it.",
    {"type": "string"},
    write(("Torp köpcentrum", "k7m2xqbcd")),
)
