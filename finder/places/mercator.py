"""Web Mercator: the square of the world that map tiles are cut from. x runs east and y south, both from 0 to 1."""

from functools import cache
from math import atan, degrees, log, pi, radians, sinh, tan

# Beyond this the square ends.
LAST_LATITUDE = 85.0511287798066
# Where Morton keys get their bits from: two numbers of up to 16 bits, one after the other.
_SPREAD = (0x00FF00FF, 0x0F0F0F0F, 0x33333333, 0x55555555)

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Both below 1; what lies beyond the square is moved to its edge."""
    bounded = max(-LAST_LATITUDE, min(LAST_LATITUDE, latitude))
    x = (longitude + 180) / 360
    y = (1 - log(tan(pi / 4 + radians(bounded) / 2)) / pi) / 2
    return min(x, 1 - 2**-40), min(max(y, 0.0), 1 - 2**-40)


def longitude(x: float) -> float:
    return x * 360 - 180


def latitude(y: float) -> float:
    return degrees(atan(sinh(pi * (1 - 2 * y))))


def box(zoom: int, x: int, y: int) -> Box:
    """Of a tile. What lies beyond the square belongs to the tiles at its edge."""
    side = 2**zoom
    north = 90.0 if y == 0 else latitude(y / side)
    south = -90.0 if y == side - 1 else latitude((y + 1) / side)
    return longitude(x / side), south, longitude((x + 1) / side), north


def key(zoom: int, x: int, y: int) -> int:
    """A tile's number of its own: its four quarters are `4 * key` to `4 * key + 3`, so that all within it, on any one zoom, are
    a range. Up to zoom 15."""
    return 1 << 2 * zoom | _spread(x) | _spread(y) << 1


@cache  # of a map's 65,536 rows and columns
def _spread(number: int) -> int:
    """With a 0 before each bit."""
    for shift, mask in zip((8, 4, 2, 1), _SPREAD, strict=True):
        number = (number | number << shift) & mask
    return number


def tile(key: int) -> tuple[int, int, int]:
    """What `key` was made of."""
    zoom = (key.bit_length() - 1) // 2
    x = y = 0
    for bit in range(zoom):
        x |= (key >> 2 * bit & 1) << bit
        y |= (key >> 2 * bit + 1 & 1) << bit
    return zoom, x, y
