"""The map of land, borders and places that the finder carries (scripts/build_basemap.py), read tile by tile for what the server draws.

The file is PMTiles 3: a header, a directory of tiles by their place on Hilbert's curve, perhaps with leaves, and the tiles.
"""

import gzip
import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

from finder.places.mvt import EXTENT, Point, rings, varints

FILE = Path(__file__).parents[2] / "static" / "map" / "basemap.pmtiles"
HEADER_BYTES = 127
LAST_ZOOM = 8

Rings = tuple[tuple[Point, ...], ...]
Entry = tuple[int, int, int, int]
"""The first tile's number, how many are alike, offset and length in bytes. None alike: a leaf of the directory."""


def land(zoom: int, x: int, y: int) -> Rings | None:
    """The shores of a tile by the even-odd rule, in EXTENTs; empty for open sea, None where the map does not reach. Beyond the last
    zoom the quarter of the tile above."""
    return _carried(zoom, x, y) if zoom <= LAST_ZOOM else _deeper(zoom, x, y)


# A full tile is a megabyte in memory, a quarter of its quarters next to nothing.
@lru_cache(24)
def _carried(zoom: int, x: int, y: int) -> Rings | None:
    found = tile(zoom, x, y)
    return None if found is None else tuple(map(tuple, rings(found, "land")))


@lru_cache(512)
def _deeper(zoom: int, x: int, y: int) -> Rings | None:
    above = land(zoom - 1, x >> 1, y >> 1)
    return None if above is None else tuple(_quarter(above, (x & 1) * EXTENT // 2, (y & 1) * EXTENT // 2))


def _quarter(above: Iterable[Sequence[Point]], left: int, top: int) -> Iterator[tuple[Point, ...]]:
    half = EXTENT // 2
    for ring in above:
        cut = inside(ring, (left, top), (left + half, top + half))
        if len(cut) > 2:
            yield tuple([(round(2 * (x - left)), round(2 * (y - top))) for x, y in cut])


Spot = tuple[float, float]


def inside(ring: Sequence[Point], low: Spot, high: Spot) -> Sequence[Spot]:
    """The ring within the box; where it went beyond, it runs along the edge (Sutherland and Hodgman)."""
    found: Sequence[Spot] = ring
    for axis in (0, 1):
        values = [spot[axis] for spot in found]
        if not values or max(values) < low[axis] or min(values) > high[axis]:
            return ()
        if min(values) < low[axis]:
            found = list(_half(found, axis, low[axis], 1))
        if max(values) > high[axis]:
            found = list(_half(found, axis, high[axis], -1))
    return found


def _half(ring: Sequence[Spot], axis: int, limit: float, sign: int) -> Iterator[Spot]:
    before = ring[-1] if ring else (0.0, 0.0)
    was = (before[axis] - limit) * sign
    for spot in ring:
        beyond = (spot[axis] - limit) * sign
        if (beyond >= 0) != (was >= 0):
            share = was / (was - beyond)
            yield before[0] + (spot[0] - before[0]) * share, before[1] + (spot[1] - before[1]) * share
        if beyond >= 0:
            yield spot
        before, was = spot, beyond


def tile(zoom: int, x: int, y: int) -> bytes | None:
    """None where there is none."""
    start, length, leaves, data = _file()
    number = tile_number(zoom, x, y)
    for _ in range(3):
        entry = _entry(_directory(start, length), number)
        if entry is None:
            return None
        first, alike, offset, length = entry
        if alike:
            return gzip.decompress(_read(data + offset, length)) if number < first + alike else None
        start = leaves + offset
    return None


def _entry(directory: list[Entry], number: int) -> Entry | None:
    """The last that does not begin behind the tile."""
    low, high = 0, len(directory)
    while low < high:
        middle = (low + high) // 2
        if directory[middle][0] <= number:
            low = middle + 1
        else:
            high = middle
    return directory[low - 1] if low else None


def tile_number(zoom: int, x: int, y: int) -> int:
    """How many tiles of lesser zooms there are, and how many come before on the curve."""
    number = ((1 << 2 * zoom) - 1) // 3
    side = 1 << zoom >> 1
    while side:
        right, down = int(x & side > 0), int(y & side > 0)
        number += side * side * (3 * right ^ down)
        if not down:
            if right:
                x, y = side - 1 - (x & side - 1), side - 1 - (y & side - 1)
            x, y = y, x
        side >>= 1
    return number


@cache
def _file() -> tuple[int, int, int, int]:
    """Where the directory begins, its length, and where leaves and tiles begin."""
    header = _read(0, HEADER_BYTES)
    start, length = struct.unpack_from("<QQ", header, 8)
    return start, length, *struct.unpack_from("<Q8xQ", header, 40)


@lru_cache(64)
def _directory(start: int, length: int) -> list[Entry]:
    numbers = varints(gzip.decompress(_read(start, length)))
    count = next(numbers)
    tiles, alike, lengths, offsets = ([next(numbers) for _ in range(count)] for _ in range(4))
    found: list[Entry] = []
    number = offset = 0
    for place in range(count):
        number += tiles[place]
        offset = offsets[place] - 1 if offsets[place] else offset + lengths[place - 1]
        found.append((number, alike[place], offset, lengths[place]))
    return found


def _read(start: int, length: int) -> bytes:
    return os.pread(_descriptor(), length, start)


@cache
def _descriptor() -> int:
    """Open for as long as the process lives; several threads may read at once."""
    return os.open(FILE, os.O_RDONLY)
