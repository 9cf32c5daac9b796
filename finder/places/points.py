"""Which area a point lies in, and the nearest town to it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from math import asin, ceil, cos, radians, sin, sqrt

import msgspec

from finder.places.carried import CELLS_A_DEGREE, CELLS_A_ROW, NOWHERE, carried
from finder.places.names import Town, town

EARTH_KM = 6371.0
KM_A_DEGREE = 111.2
# A partner's country is believed if one of its places is this near, and not much farther than the nearest of all:
# beside a border the partner knows better than our lines; a Dutch point with a wrong country stays Dutch.
BELIEVED_KM, BELIEVED_LEAD_KM = 40.0, 10.0
REACH_KM = 50.0
# From here no country is worth guessing: 0, 0 has no place within it.
FAR_KM = 300.0
# What is named on a map of more boxes than these is at least a LARGE town.
MOST_BOXES, LARGE = 400, 10_000
ALIASES = {"UK": "GB", "EL": "GR", "AX": "FI", "SJ": "NO"}


class _Points(msgspec.Struct, frozen=True):
    codes: list[str]
    countries: list[str]
    alpha2: dict[str, str]
    rows: memoryview
    edges: memoryview
    leaves: memoryview
    boxes: dict[int, int]
    box_starts: memoryview
    box_places: memoryview
    latitudes: memoryview
    longitudes: memoryview
    populations: memoryview
    areas: memoryview


def locate(latitude: float, longitude: float, country: str | None = None) -> str | None:
    """The code of the leaf area that a point lies in: "SE-1280", "NL-0363", "DE-BY", "US".

    The country, alpha-2 or alpha-3, is what a partner says; unknown ones are ignored. Where nothing is near, the
    country itself is the answer, or None if there is none. Never raises, NaN included.
    """
    points = _points()
    said = points.alpha2.get(country.upper()) if country else None
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        return said
    leaf = _drawn(points, latitude, longitude)
    if leaf != NOWHERE and (said is None or said == points.countries[leaf]):
        return points.codes[leaf]
    return _weigh(points, latitude, longitude, said, leaf)


def nearest_town(latitude: float, longitude: float, least: int = 1000) -> Town | None:
    """The nearest town of at least so many people, for headings; None if there is none within 50 km."""
    if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
        return None
    found = _nearest(_points(), latitude, longitude, REACH_KM, least=least)
    return town(found[1]) if found else None


def within(box: tuple[float, float, float, float], least: int) -> Iterator[Town]:
    """The towns of at least so many people in a box (west, south, east, north; not across the antimeridian), the largest first."""
    west, south, east, north = (
        int((degrees + half) * CELLS_A_DEGREE) for degrees, half in zip(box, (180, 90, 180, 90), strict=True)
    )
    points = _points()
    if (east - west + 1) * (north - south + 1) > MOST_BOXES:
        numbers: Iterable[int] = _large()
    else:
        numbers = [
            number
            for row in range(south, north + 1)
            for column in range(west, east + 1)
            for number in _of_box(row * CELLS_A_ROW + column)
        ]
    inside = [
        number
        for number in numbers
        if points.populations[number] >= least
        and box[0] <= points.longitudes[number] / 10_000 <= box[2]
        and box[1] <= points.latitudes[number] / 10_000 <= box[3]
    ]
    for number in sorted(inside, key=lambda number: -points.populations[number]):
        place = town(number)
        if place.kind == "town":
            yield place


def _of_box(number: int) -> Iterable[int]:
    points = _points()
    box = points.boxes.get(number)
    return () if box is None else points.box_places[points.box_starts[box] : points.box_starts[box + 1]]


@cache
def _large() -> tuple[int, ...]:
    populations = _points().populations
    return tuple(number for number in range(len(populations)) if populations[number] >= LARGE)


def _drawn(points: _Points, latitude: float, longitude: float) -> int:
    """The area drawn at the point in the raster of Europe, or NOWHERE."""
    data = carried()
    row = int((latitude - data.south) * data.rows_a_degree)
    column = int((longitude - data.west) * data.columns_a_degree)
    if latitude < data.south or longitude < data.west or row >= len(points.rows) - 1 or column >= data.columns:
        return NOWHERE
    leaf: int = points.leaves[bisect_right(points.edges, column, points.rows[row], points.rows[row + 1]) - 1]
    return leaf


def _weigh(points: _Points, latitude: float, longitude: float, said: str | None, leaf: int) -> str | None:
    """Settles a point outside the raster, or where the partner's country is not the one drawn there."""
    nearest = _nearest(points, latitude, longitude, REACH_KM)
    near = nearest[0] if nearest else REACH_KM
    own = (
        _nearest(points, latitude, longitude, min(BELIEVED_KM, near + BELIEVED_LEAD_KM), country=said) if said else None
    )
    if own:
        return points.codes[points.areas[own[1]]]
    if leaf != NOWHERE:
        return points.codes[leaf]
    if nearest:
        return points.codes[points.areas[nearest[1]]]
    if said:
        return said
    far = _nearest(points, latitude, longitude, FAR_KM)
    return points.countries[points.areas[far[1]]] if far else None


def _nearest(
    points: _Points, latitude: float, longitude: float, reach: float, *, country: str | None = None, least: int = 0
) -> tuple[float, int] | None:
    """(km, number) of the nearest place within reach, tried in widening circles."""
    for radius in (min(8.0, reach), min(25.0, reach), reach):
        best: tuple[float, int] | None = None
        for number in _in_box(points, latitude, longitude, radius):
            if points.populations[number] < least:
                continue
            if country is not None and points.countries[points.areas[number]] != country:
                continue
            away = _kilometres(
                latitude, longitude, points.latitudes[number] / 10_000, points.longitudes[number] / 10_000
            )
            if best is None or away < best[0]:
                best = away, number
        if best and best[0] <= radius:
            return best
    return None


def _in_box(points: _Points, latitude: float, longitude: float, radius: float) -> Iterator[int]:
    north = radius / KM_A_DEGREE
    widest = min(89.9, abs(latitude) + north)
    east = min(180.0, north / cos(radians(widest)))
    columns = min(ceil(2 * east * CELLS_A_DEGREE) + 1, CELLS_A_ROW)
    west = int((longitude - east + 360) * CELLS_A_DEGREE)
    offset = 180 * CELLS_A_DEGREE
    bottom, top = (int((latitude + sign * north + 90) * CELLS_A_DEGREE) for sign in (-1, 1))
    for row in range(max(bottom, 0), top + 1):
        for column in range(west, west + columns):
            box = points.boxes.get(row * CELLS_A_ROW + (column - offset) % CELLS_A_ROW)
            if box is not None:
                yield from points.box_places[points.box_starts[box] : points.box_starts[box + 1]]


def _kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    phi, other = radians(latitude), radians(other_latitude)
    half = sin((other - phi) / 2) ** 2 + cos(phi) * cos(other) * sin(radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


@cache
def _points() -> _Points:
    data = carried()
    countries = [area.country for area in data.areas]
    boxes = memoryview(data.boxes).cast("I")
    return _Points(
        [area.code for area in data.areas],
        countries,
        data.alpha3 | {code: code for code in countries} | ALIASES,
        memoryview(data.rows).cast("I"),
        memoryview(data.edges).cast("H"),
        memoryview(data.leaves).cast("H"),
        {number: index for index, number in enumerate(boxes)},
        memoryview(data.box_starts).cast("I"),
        memoryview(data.box_places).cast("I"),
        memoryview(data.latitudes).cast("i"),
        memoryview(data.longitudes).cast("i"),
        memoryview(data.populations).cast("I"),
        memoryview(data.place_areas).cast("H"),
    )
