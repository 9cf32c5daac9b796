"""Postal codes: which town a code belongs to. The file is a database of its own, under the Open Database License.

Where a code lies follows, in most countries, only from joining its town's name with the gazetteer: it is the middle of that
town, not of the code's own streets, and a code of a town that the gazetteer does not know has no position. Denmark, Belgium and
Poland have positions of their own. scripts/build_postal_codes.py makes the file.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from statistics import median

import msgspec
import zstandard

from finder.places.fold import fold
from finder.places.names import LAST, Town, country, exactly, names, number_of, town
from finder.places.points import locate

CODES = Path(__file__).parent / "data" / "postal_codes.msgpack.zst"
UNKNOWN = -(2**31)
# So many digits are a whole code on Iceland alone.
BEGINNING = 3
SWEDISH = re.compile(r"\d{3} ?\d{2}", re.ASCII)
# A country before the code, the code's digits however they are parted, the letters that a Dutch one ends with.
TYPED = re.compile(r"(?:([A-Za-z]{1,3})[ -])?(\d{3,5}|\d{3} \d{0,2}|\d{2}-\d{0,3})( ?[A-Za-z]{2})?", re.ASCII)
PREFIXES = {"S": "SE", "N": "NO", "FIN": "FI", "D": "DE", "A": "AT", "B": "BE", "F": "FR", "I": "IT", "E": "ES"}
NOT_DIGIT = re.compile(r"\D+", re.ASCII)
# What stands behind a town's name: "KRISTIANSUND N", "Lausanne 25", "Menden (Sauerland)".
BEHIND = re.compile(r"\s+(?:[A-Z]{1,2}|\d+|\(.*\))$")
# Codes this near in the list are mostly of one neighbourhood.
NEIGHBOURS = 15
FAR_APART = 3_000
OTHER_NAMES = {"'s-Gravenhage": "Den Haag"}


class Country(msgspec.Struct, frozen=True, array_like=True):
    """A country's codes in order; of each its locality's number, and in ten thousandths of a degree where it lies, if the source says."""

    codes: str
    localities: str
    of: bytes
    latitudes: bytes
    longitudes: bytes


class PostalCode(msgspec.Struct, frozen=True):
    """A code as it is written in its country, and its town; no position where the gazetteer does not know the town."""

    code: str
    country: str
    locality: str
    latitude: float | None = None
    longitude: float | None = None
    area: str | None = None


class _Codes(msgspec.Struct, frozen=True):
    codes: list[str]
    keys: list[str]
    localities: list[str]
    of: memoryview
    latitudes: memoryview
    longitudes: memoryview


@lru_cache(1024)
def find(text: str, limit: int = 8, own: str = "SE") -> tuple[PostalCode, ...]:
    """Codes that the text is, or from three digits on begins; of the country `own` first. "451 50", "45150", "SE-451 50", "1012 AB"."""
    match = TYPED.fullmatch(text.strip())
    if match is None or limit < 1:
        return ()
    said = (match[1] or "").upper()
    said = PREFIXES.get(said, said) or ("NL" if match[3] else "")
    digits = NOT_DIGIT.sub("", match[2])
    countries = [said] if said else [own, *(code for code in _file() if code != own)]
    found = [(where, at) for where in countries if where in _file() for at in islice(_beginning(where, digits), limit)]
    if len(digits) > BEGINNING:
        found.sort(key=lambda each: _codes(each[0]).keys[each[1]] != digits)
    return tuple(_told(*each) for each in found[:limit])


def exact(text: str, own: str = "SE") -> PostalCode | None:
    """The code that the text is, in the country `own` if there is one."""
    digits = NOT_DIGIT.sub("", text)
    return next((code for code in find(text, 1, own) if NOT_DIGIT.sub("", code.code) == digits), None)


def _beginning(where: str, digits: str) -> Iterator[int]:
    keys = _codes(where).keys
    yield from range(bisect_left(keys, digits), bisect_left(keys, digits + LAST))


def _told(where: str, at: int) -> PostalCode:
    codes = _codes(where)
    locality = codes.localities[codes.of[at]]
    place = _town(where, at)
    called = place.name_sv if place else locality.title() if locality.isupper() else locality
    if codes.latitudes and codes.latitudes[at] != UNKNOWN:
        latitude, longitude = codes.latitudes[at] / 10_000, codes.longitudes[at] / 10_000
        return PostalCode(codes.codes[at], where, called, latitude, longitude, locate(latitude, longitude, where))
    if place is None:
        return PostalCode(codes.codes[at], where, called)
    return PostalCode(codes.codes[at], where, called, place.latitude, place.longitude, place.area)


# Which place of the gazetteer a locality is


def _town(where: str, at: int) -> Town | None:
    """Of several by that name the one that the neighbouring codes lie around."""
    numbers = _numbers(where, at)
    if len(numbers) < 2:
        return town(numbers[0]) if numbers else None
    known = names()
    around = [numbers_[0] for other in _neighbours(where, at) if len(numbers_ := _numbers(where, other)) == 1]
    if not around:
        return town(numbers[0])
    latitude = median(known.latitudes[number] for number in around)
    longitude = median(known.longitudes[number] for number in around)

    def away(number: int) -> float:
        return abs(known.latitudes[number] - latitude) + abs(known.longitudes[number] - longitude) / 2

    nearest = min(numbers, key=away)
    # Two parts of one town: the larger one is meant, and it stands first.
    return town(numbers[0] if away(numbers[0]) - away(nearest) < FAR_APART else nearest)


def _neighbours(where: str, at: int) -> range:
    return range(max(0, at - NEIGHBOURS), min(len(_codes(where).keys), at + NEIGHBOURS + 1))


def _numbers(where: str, at: int) -> list[int]:
    """The places of that name in that country, the largest first."""
    codes = _codes(where)
    numbers = (number_of(entry) for entry in entries_of(codes.localities[codes.of[at]]))
    return sorted({number for number in numbers if country(number) == where})


def entries_of(locality: str) -> list[int]:
    """The entries of the first of its spellings that the gazetteer has."""
    return next((found for spelling in _spellings(locality) if (found := list(exactly(fold(spelling))))), [])


def _spellings(locality: str) -> Iterator[str]:
    """As it stands, without what stands behind it, and each part of "PERHENIEMI, Iitti" and "STOCKHOLM-GLOBEN"."""
    yield OTHER_NAMES.get(locality, locality)
    yield BEHIND.sub("", locality)
    if "," in locality:
        yield from (part for part in locality.split(",") if part.strip())
    if "-" in locality:
        yield from (part for part in reversed(locality.split("-")) if part.strip())


# The file


@cache
def _file() -> dict[str, Country]:
    return msgspec.msgpack.decode(zstandard.decompress(CODES.read_bytes()), type=dict[str, Country])


@cache
def _codes(where: str) -> _Codes:
    packed = _file()[where]
    codes = packed.codes.split("\n")
    return _Codes(
        codes=codes,
        keys=[NOT_DIGIT.sub("", code) for code in codes],
        localities=packed.localities.split("\n"),
        of=memoryview(packed.of).cast("H"),
        latitudes=memoryview(packed.latitudes).cast("i"),
        longitudes=memoryview(packed.longitudes).cast("i"),
    )
