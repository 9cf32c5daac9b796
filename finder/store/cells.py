"""Cells for geographic search: a grid of 0.02 degrees, numbered row by row, so that a box is one range of numbers a row."""

from collections.abc import Iterable, Iterator
from math import asin, cos, floor, pi, radians, sin, sqrt
from typing import Any

SIZE = 0.02
COLUMNS = round(360 / SIZE)
ROWS = round(180 / SIZE)
EARTH_KM = 6371.0088
KM_PER_DEGREE = EARTH_KM * radians(1)
Place = Any


def cell(latitude: float, longitude: float) -> int:
    row = min(floor((latitude + 90) / SIZE), ROWS - 1)
    column = min(floor((longitude + 180) / SIZE), COLUMNS - 1)
    return row * COLUMNS + column


def ranges(west: float, south: float, east: float, north: float) -> Iterator[tuple[int, int]]:
    """Inclusive ranges of cells that cover the box, no cell twice; `west > east` crosses the antimeridian."""
    if west > east and floor((west + 180) / SIZE) <= floor((east + 180) / SIZE):
        west, east = -180, 180
    if west > east:
        yield from ranges(west, south, 180, north)
        yield from ranges(-180, south, east, north)
        return
    first = min(floor((west + 180) / SIZE), COLUMNS - 1)
    last = min(floor((east + 180) / SIZE), COLUMNS - 1)
    lowest, highest = (min(floor((latitude + 90) / SIZE), ROWS - 1) for latitude in (south, north))
    for row in range(lowest, highest + 1):
        yield row * COLUMNS + first, row * COLUMNS + last


def kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance (haversine)."""
    a = radians(latitude)
    b = radians(other_latitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other_longitude - longitude) / 2) ** 2
    return arc(half)


def arc(haversine: float) -> float:
    """In km."""
    return 2 * EARTH_KM * asin(sqrt(min(1.0, haversine)))


def around(latitude: float, longitude: float, places: Iterable[Place], within_km: float) -> list[tuple[float, Place]]:
    """The places that are no farther from the point, each with the haversine of its arc, which grows with the distance. A place
    begins with anything, its latitude and its longitude."""
    here = radians(latitude)
    cosine = cos(here)
    farthest = sin(within_km / (2 * EARTH_KM)) ** 2 if within_km < EARTH_KM * pi else 1.0
    found: list[tuple[float, Place]] = []
    # A search near by spends as much time here as in the database.
    for place in places:
        there = radians(place[1])
        up = sin((there - here) / 2)
        along = sin(radians(place[2] - longitude) / 2)
        haversine = up * up + cosine * cos(there) * along * along
        if haversine <= farthest:
            found.append((haversine, place))
    return found


def box_around(latitude: float, longitude: float, radius_km: float) -> tuple[float, float, float, float]:
    """The smallest box (west, south, east, north) that holds the circle; near a pole it goes all the way round."""
    up = radius_km / KM_PER_DEGREE
    south, north = max(latitude - up, -90.0), min(latitude + up, 90.0)
    if south == -90.0 or north == 90.0:
        return -180.0, south, 180.0, north
    ratio = sin(radius_km / EARTH_KM) / cos(radians(latitude))
    if ratio >= 1:
        return -180.0, south, 180.0, north
    side = asin(ratio) / radians(1)
    west, east = longitude - side, longitude + side
    return (west + 360 if west < -180 else west), south, (east - 360 if east > 180 else east), north


def holds(box: tuple[float, float, float, float], latitude: float, longitude: float) -> bool:
    """Whether the box (west, south, east, north) holds a point; `west > east` crosses the antimeridian."""
    west, south, east, north = box
    if not south <= latitude <= north:
        return False
    return west <= longitude <= east if west <= east else longitude >= west or longitude <= east
