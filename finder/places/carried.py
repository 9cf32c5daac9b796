"""The gazetteer as it is carried: one compressed file, read once, on first use. scripts/build_places.py makes it."""

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import zstandard

PLACES = Path(__file__).parent / "data" / "places.msgpack.zst"
NOWHERE = 0xFFFF
# Set in a search key's place number where the key is one of the place's lesser names.
LESSER = 0x8000_0000
CELLS_A_DEGREE = 4
CELLS_A_ROW = 360 * CELLS_A_DEGREE

Kind = Literal["country", "region", "municipality"]


class Area(msgspec.Struct, frozen=True, array_like=True):
    """A country, a region (län in Sweden) or a municipality, with the point that stands for it."""

    code: str
    kind: Kind
    parent: str | None
    name_sv: str
    name_en: str
    slug: str
    country: str
    latitude: float
    longitude: float


class Carried(msgspec.Struct, frozen=True):
    """What the file holds. Byte fields are little-endian arrays: edges, leaves, place_areas of 16 bits, others of 32."""

    areas: list[Area]
    alpha3: dict[str, str]
    # The raster of Europe: row n's runs are rows[n] to rows[n + 1]; each has its first column and its area's index.
    south: float
    west: float
    rows_a_degree: int
    columns_a_degree: int
    columns: int
    rows: bytes
    edges: bytes
    leaves: bytes
    # Places and areas by rank: Sweden's first, then by population. A place's number is its rank.
    names: str
    english: dict[int, str]
    kinds: bytes
    latitudes: bytes
    longitudes: bytes
    populations: bytes
    place_areas: bytes
    # Places by quarter of a degree: box_places from box_starts[n] to box_starts[n + 1] lie in boxes[n].
    boxes: bytes
    box_starts: bytes
    box_places: bytes
    # Search keys in order, each with its place's number, or that and LESSER.
    keys: str
    key_places: bytes


@cache
def carried() -> Carried:
    return msgspec.msgpack.decode(zstandard.decompress(PLACES.read_bytes()), type=Carried)
