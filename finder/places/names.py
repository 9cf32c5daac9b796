"""The names of places in order, and what begins with, is, or is one slip away from what was typed."""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import Literal

import msgspec

from finder.places.carried import LESSER, carried

Kind = Literal["town", "municipality", "region", "country"]
KINDS: tuple[Kind, ...] = ("town", "municipality", "region", "country")
ALPHABET = "abcdefghijklmnopqrstuvwxyz "
# Above every letter that a folded name has.
LAST = "\uffff"


class Town(msgspec.Struct, frozen=True):
    """A place to search near. `area` is the code of the area it lies in, or of itself if its kind is not "town"."""

    name_sv: str
    name_en: str
    kind: Kind
    latitude: float
    longitude: float
    area: str
    population: int


class Names(msgspec.Struct, frozen=True):
    """The carried lists as they are read. `abroad` is the number of the first place that is not in Sweden."""

    names: list[str]
    keys: list[str]
    key_places: memoryview
    kinds: bytes
    populations: memoryview
    latitudes: memoryview
    longitudes: memoryview
    areas: memoryview
    countries: list[str]
    abroad: int


def town(number: int) -> Town:
    known, data = names(), carried()
    name = known.names[number]
    return Town(
        name,
        data.english.get(number, name),
        KINDS[known.kinds[number]],
        known.latitudes[number] / 10_000,
        known.longitudes[number] / 10_000,
        data.areas[known.areas[number]].code,
        known.populations[number],
    )


def country(number: int) -> str:
    known = names()
    return known.countries[known.areas[number]]


def exactly(key: str) -> memoryview:
    """The entries of this key: a place's number, or that and LESSER."""
    return names().key_places[slice(*span(key, key + "\0"))]


def beginning(key: str) -> memoryview:
    return names().key_places[slice(*span(key, key + LAST))]


def slips(key: str) -> Iterator[tuple[bool, memoryview]]:
    """Entries of the keys that are, or else begin, one slip away: a letter left out, added, mistaken or changed places."""
    keys = names().keys
    for guess in dict.fromkeys(_one_slip(key)):
        start = bisect_left(keys, guess)
        if start == len(keys) or guess == key or not keys[start].startswith(guess):
            continue
        if keys[start] == guess:
            yield True, exactly(guess)
        else:
            yield False, beginning(guess)


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


def span(first: str, last: str) -> tuple[int, int]:
    keys = names().keys
    start = bisect_left(keys, first)
    return start, bisect_left(keys, last, start)


@cache
def names() -> Names:
    data = carried()
    areas = memoryview(data.place_areas).cast("H")
    countries = [area.country for area in data.areas]
    return Names(
        names=data.names.split("\n"),
        keys=data.keys.split("\n"),
        key_places=memoryview(data.key_places).cast("I"),
        kinds=data.kinds,
        populations=memoryview(data.populations).cast("I"),
        latitudes=memoryview(data.latitudes).cast("i"),
        longitudes=memoryview(data.longitudes).cast("i"),
        areas=areas,
        countries=countries,
        abroad=bisect_left(areas, True, key=lambda area: countries[area] != "SE"),
    )


def number_of(entry: int) -> int:
    return entry & ~LESSER
