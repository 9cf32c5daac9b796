"""The map of land, borders and places that the finder carries (scripts/build_basemap.py), read tile by tile for what the server draws.

The file is PMTiles 3: a header, a directory of tiles by their place on Hilbert's curve, perhaps with leaves, and the tiles.
"""

import gzip
import os
import struct
from functools import cache, lru_cache
from pathlib import Path

from finder.places.mvt import Point, rings, varints

FILE = Path(__file__).parents[2] / "static" / "map" / "basemap.pmtiles"
HEADER_BYTES = 127
LAST_ZOOM = 8

Entry = tuple[int, int, int, int]
"""The first tile's number, how many are alike, offset and length in bytes. None alike: a leaf of the directory."""


@lru_cache(64)
def land(zoom: int, x: int, y: int) -> tuple[tuple[Point, ...], ...] | None:
    """The shores of a tile by the even-odd rule, in EXTENTs; empty for open sea, None where the map does not reach."""
    found = tile(zoom, x, y)
    return None if found is None else tuple(map(tuple, rings(found, "land")))


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
