"""Towns and areas by name, for the search field."""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache
from heapq import nsmallest
from typing import Literal

import msgspec

from finder.places.carried import LESSER, carried
from finder.places.fold import fold

Kind = Literal["town", "municipality", "region", "country"]
KINDS: tuple[Kind, ...] = ("town", "municipality", "region", "country")
ALPHABET = "abcdefghijklmnopqrstuvwxyz "
# A shorter text is one slip away from too many names to be worth guessing at.
LEAST_TO_GUESS = 4
# A text of so few letters is a foreign or lesser name only of a place with so many people.
SHORT, KNOWN = 4, 5000


class Town(msgspec.Struct, frozen=True):
    """A place to search near. `area` is the code of the area it lies in, or of itself if its kind is not "town"."""

    name_sv: str
    name_en: str
    kind: Kind
    latitude: float
    longitude: float
    area: str
    population: int


class _Names(msgspec.Struct, frozen=True):
    names: list[str]
    keys: list[str]
    key_places: memoryview
    populations: memoryview
    latitudes: memoryview
    longitudes: memoryview
    areas: memoryview


@lru_cache(4096)
def find(text: str, limit: int = 8) -> tuple[Town, ...]:
    """Places whose name is the text or begins with it, exact ones first, Sweden's before others, then by population.

    Rings, dots and case do not matter. Where nothing fits, names that differ from the text by one letter are tried.
    """
    key = fold(text[:80])
    if not key or limit < 1:
        return ()
    found = _exact(key, text.strip().casefold())
    found += _prefixed(key, text.strip().casefold(), limit + len(found))
    if not found and len(key) >= LEAST_TO_GUESS:
        found = _slipped(key)
    return tuple(town(number) for number in list(dict.fromkeys(found))[:limit])


def town(number: int) -> Town:
    names, data = _names(), carried()
    name = names.names[number]
    return Town(
        name,
        data.english.get(number, name),
        KINDS[data.kinds[number]],
        names.latitudes[number] / 10_000,
        names.longitudes[number] / 10_000,
        data.areas[names.areas[number]].code,
        names.populations[number],
    )


def _exact(key: str, literal: str) -> list[int]:
    """Main names before lesser ones, Sweden before others, "Åre" before "Are" if that was typed, then by rank."""
    names, data = _names(), carried()

    def foreign(number: int) -> bool:
        return data.areas[names.areas[number]].country != "SE"

    def meant(entry: int) -> bool:
        # "lun" is the beginning of Lund sooner than a hamlet abroad of that name.
        number = entry & ~LESSER
        return len(key) > SHORT or not (entry & LESSER or foreign(number)) or names.populations[number] >= KNOWN

    def order(entry: int) -> tuple[bool, bool, bool, int]:
        number = entry & ~LESSER
        return bool(entry & LESSER), foreign(number), names.names[number].casefold() != literal, number

    start, end = _span(key, key + "\0")
    return [entry & ~LESSER for entry in sorted(filter(meant, names.key_places[start:end]), key=order)]


def _prefixed(key: str, literal: str, limit: int) -> list[int]:
    """By main names before lesser ones; where rings or dots were typed, names that have them come first."""
    names = _names()
    start, end = _span(key, key + "\uffff")
    if literal.isascii():
        # A place may be there by several of its names.
        return [entry & ~LESSER for entry in nsmallest(4 * limit, names.key_places[start:end])]
    found = [entry & ~LESSER for entry in nsmallest(40 * limit, names.key_places[start:end])]
    return sorted(found, key=lambda number: not names.names[number].casefold().startswith(literal))


def _slipped(key: str) -> list[int]:
    """Places one slip away, by rank: whole names before names that only begin so."""
    whole: set[int] = set()
    begun: set[int] = set()
    for guess in _one_slip(key):
        start, end = _span(guess, guess + "\uffff")
        if start == end:
            continue
        if _names().keys[start] == guess:
            whole.update(entry & ~LESSER for entry in _names().key_places[slice(*_span(guess, guess + "\0"))])
        elif len(key) > LEAST_TO_GUESS:
            begun.update(entry & ~LESSER for entry in nsmallest(8, _names().key_places[start:end]))
    return sorted(whole) + sorted(begun)


def _one_slip(key: str) -> Iterator[str]:
    for at in range(len(key) + 1):
        head, tail = key[:at], key[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in ALPHABET:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


def _span(first: str, last: str) -> tuple[int, int]:
    keys = _names().keys
    start = bisect_left(keys, first)
    return start, bisect_left(keys, last, start)


@cache
def _names() -> _Names:
    data = carried()
    return _Names(
        data.names.split("\n"),
        data.keys.split("\n"),
        memoryview(data.key_places).cast("I"),
        memoryview(data.populations).cast("I"),
        memoryview(data.latitudes).cast("i"),
        memoryview(data.longitudes).cast("i"),
        memoryview(data.place_areas).cast("H"),
    )
