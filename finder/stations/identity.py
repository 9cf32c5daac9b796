"""What makes a location, an EVSE and a station the same one tomorrow: keys, public ids, slugs."""

import re
from functools import lru_cache
from hashlib import blake2b
from itertools import product

from finder.places.fold import fold

# No vowels and no look-alikes, so that an id spells no word and can be read aloud.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
# The letters of an id are taken three at a time.
THREES = tuple("".join(letters) for letters in product(ALPHABET, repeat=3))
STATION_ID = re.compile(f"[{ALPHABET}]{{9}}")
APART = re.compile(r"[^A-Z0-9]+")
NOT_SLUG = re.compile(r"[^a-z0-9]+")
CONTRACT_ID = re.compile(r"[A-Z]{2}(?=[A-Z0-9]*[0-9])[A-Z0-9]{5,}")
UUID_LENGTH = 32
UUID = re.compile(r"[0-9A-F]+")


def key(country_code: str, party_id: str, id: str) -> str:
    """A location's whole key within its partner; CiString, so folded (2.2.1 types, CiString Type)."""
    return f"{country_code}/{party_id}/{id}".casefold()


@lru_cache(maxsize=8_192)
def station_id(partner: str, location_key: str, attempt: int) -> str:
    """The public id of the station that this location founds; `attempt` counts up when the id is taken."""
    digest = blake2b(f"{partner}\n{location_key}\n{attempt}".encode(), digest_size=8).digest()
    number, first = divmod(int.from_bytes(digest, "big"), len(THREES))
    number, second = divmod(number, len(THREES))
    return THREES[first] + THREES[second] + THREES[number % len(THREES)]


def is_station_id(text: str) -> bool:
    return STATION_ID.fullmatch(text) is not None


# A batch asks for each id again and again: while it is placed, merged and stored.
@lru_cache(maxsize=16_384)
def evse_key(evse_id: str | None) -> int | None:
    """A 47-bit hash of a world-wide EVSE id, or None where the id is none.

    47 bits are six bytes in the database, and two of a million EVSEs meet by chance once in 280 such databases; what
    shares a hash is only one station if it also stands in one place.
    """
    bare = bare_evse_id(evse_id)
    return None if bare is None else int.from_bytes(blake2b(bare.encode(), digest_size=6).digest(), "big") >> 1


def bare_evse_id(evse_id: str | None) -> str | None:
    """A world-wide EVSE id with its separators and case taken away.

    Feeds use serial numbers and UUIDs as EVSE ids (quirk 11); those say nothing across locations and are None.
    """
    if not evse_id:
        return None
    bare = evse_id.upper()
    if not bare.isalnum():
        bare = APART.sub("", bare)
    if not CONTRACT_ID.fullmatch(bare) or (len(bare) == UUID_LENGTH and UUID.fullmatch(bare)):
        return None
    return bare


# Towns and operators come again and again, and what a station is called is folded for its address and for its words.
folded = lru_cache(maxsize=4096)(fold)


@lru_cache(maxsize=4096)
def slug(text: str) -> str:
    """Words for a URL: `Torp köpcentrum` becomes `torp-kopcentrum`; at most 60 letters, never empty."""
    return _hyphened(fold(text))


@lru_cache(maxsize=1024)  # a page asks four times for its own
def place_slug(called: str, city: str) -> str:
    """Of a station, the same in every language; its town is said where its name does not hold it."""
    words, town = folded(called), folded(city)
    return _hyphened(words if town in words else f"{words} {town}")


def _hyphened(words: str) -> str:
    words = words.replace(" ", "-") if words.isascii() else NOT_SLUG.sub("-", words).strip("-")
    return words[:60].rstrip("-") or "laddstation"
