"""Builds static/map/basemap.pmtiles, the map of land, borders and places that the finder carries. Run by hand, some minutes; never at run time.

    python -m venv /tmp/basemap && /tmp/basemap/bin/pip install shapely==2.1.2 pmtiles==3.8.1 msgspec zstandard
    npm pack @geo-maps/earth-lands-100m@0.6.0 world-atlas@2.0.2      # both unpacked as node_modules has them, in one folder, named below
    PYTHONPATH=. /tmp/basemap/bin/python scripts/build_basemap.py <that folder>

Inputs, what is taken, and on what terms:
- @geo-maps/earth-lands-100m 0.6.0 (npm, code MIT): land without its lakes, to 100 m. Data: OpenStreetMap contributors, ODbL 1.0.
- world-atlas 2.0.2 (npm, ISC): borders between countries. Data: Natural Earth, public domain.
- finder.places, which this repository carries: towns and countries with their Swedish and English names. Data: GeoNames, CC BY 4.0.

What comes out is one PMTiles file of gzipped vector tiles, Web Mercator, with the layers `land` (land, upon
it lakes, upon them islands, told by `lake`), `borders` (lines) and `places`
(points: `sv`, `en`, `kind` country or town, `rank` from 0, the weightiest). Europe is drawn to zoom 8, which
a map stretches for the zooms beyond: in the north, where most readers are, as finely as the shores are known, elsewhere less so. The
same inputs give the same bytes.
"""

import argparse
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from finder.places import mercator
from finder.places.basemap import FILE as OUT
from finder.places.basemap import LAST_ZOOM
from finder.places.carried import carried
from finder.places.mvt import EXTENT, Feature, Kind, Point, encode
from finder.places.names import country, names, town

Box = tuple[float, float, float, float]
EUROPE: Box = (-32, 27, 50, 75)
NORTH: Box = (3, 53.5, 32, 71.6)
# From this zoom on tiles of the north are drawn more finely than others.
FINER_FROM = 6
# Tiles reach this far into their neighbours, so that no line is seen to end.
BUFFER = 64
# How far a line may stray, in 4096ths of a tile, and from what area on land or a lake is drawn: outside the north, on its last
# zoom, and in the north.
COARSE, LAST, FINE = (10.0, 400.0), (5.0, 150.0), (2.0, 20.0)
# Small lakes are known by a few corners only, and look like splinters.
LAKE_CORNERS = 8
MOST_BYTES = 10_000_000
LAYERS = ("land", "borders", "places")
CREDIT = "© OpenStreetMap contributors, Natural Earth, GeoNames"

Place = tuple[int, int, int]
Line = NDArray[np.float64]
"""Points as rows of x and y, on the square of `finder.places.mercator`. Of a ring the first is the last again."""


class Ring(NamedTuple):
    """Clockwise, around land or a lake."""

    points: Line
    lake: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("packages", type=Path, help="folder with @geo-maps/earth-lands-100m and world-atlas")
    packages = parser.parse_args().packages
    # The larger first: what lies within another is drawn upon it, an island of a lake upon the lake.
    rings = sorted(
        land(packages / "@geo-maps" / "earth-lands-100m" / "map.geo.json"), key=lambda ring: -area(ring.points)
    )
    lines = [project(line) for line in borders(packages / "world-atlas" / "countries-10m.json")]
    named = list(places())
    found: dict[Place, bytes] = {}
    for zoom in range(LAST_ZOOM + 1):
        drawn = layers(zoom, EUROPE, LAST if zoom == LAST_ZOOM else COARSE, rings, lines, named)
        if zoom >= FINER_FROM:
            finer = layers(zoom, NORTH, FINE, rings, lines, named)
            drawn |= {place: layer for place, layer in finer.items() if within(place, NORTH)}
        for place, layer in drawn.items():
            found[place] = gzip.compress(encode({name: layer[name] for name in LAYERS if name in layer}), 9, mtime=0)
        print(f"zoom {zoom}: {len(drawn)} tiles, {sum(map(len, found.values())):,} bytes so far", flush=True)
    write(found)
    size = OUT.stat().st_size
    print(f"{OUT}: {size:,} bytes")
    if size > MOST_BYTES:
        sys.exit(f"that is more than {MOST_BYTES:,}: draw less")


# What is drawn


class Shape(msgspec.Struct, tag_field="type", tag="MultiPolygon"):
    coordinates: list[list[list[tuple[float, float]]]]


class Single(msgspec.Struct, tag_field="type", tag="Polygon"):
    coordinates: list[list[tuple[float, float]]]


class Lands(msgspec.Struct):
    geometries: list[Shape | Single]


def land(path: Path) -> Iterator[Ring]:
    for shape in msgspec.json.decode(path.read_bytes(), type=Lands).geometries:
        for polygon in shape.coordinates if isinstance(shape, Shape) else [shape.coordinates]:
            for place, ring in enumerate(polygon):
                points = np.array(ring)
                if touches(points, EUROPE) and not (place and len(points) <= LAKE_CORNERS):
                    points = project(points)
                    yield Ring(points if area(points) > 0 else points[::-1], lake=place > 0)


def touches(points: Line, box: Box) -> bool:
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    return bool(west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1])


def project(points: Line) -> Line:
    latitudes = np.radians(np.clip(points[:, 1], -85, 85))
    x = (points[:, 0] + 180) / 360
    return np.column_stack((x, (1 - np.log(np.tan(np.pi / 4 + latitudes / 2)) / np.pi) / 2))


def borders(path: Path) -> Iterator[Line]:
    """The arcs that two countries share."""
    topology = json.loads(path.read_bytes())
    used = Counter(
        arc if arc >= 0 else ~arc
        for shape in topology["objects"]["countries"]["geometries"]
        for polygon in (shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]])
        for ring in polygon
        for arc in ring
    )
    scale, corner = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    for number, arc in enumerate(topology["arcs"]):
        line = np.cumsum(np.array(arc), axis=0) * scale + corner
        if used[number] > 1 and touches(line, EUROPE):
            yield line


# How many people a town has that is shown from a zoom on: in the north, and elsewhere.
SHOWN = {4: (500_000, 1_500_000), 5: (250_000, 700_000), 6: (60_000, 250_000), 7: (15_000, 100_000), 8: (500, 20_000)}
NORTHERN = {"SE", "NO", "DK", "FI", "IS", "EE", "LV", "LT"}
# Territories too small to be named among the countries of a continent.
SMALLEST = 250_000


def places() -> Iterator[tuple[int, Line, dict[str, Any]]]:
    """Towns and countries, the weightiest first, each with the zoom that it is shown from."""
    kinds, populations = carried().kinds, names().populations
    named = set()
    for number in sorted(range(len(kinds)), key=lambda number: (-populations[number], number)):
        place = town(number)
        if place.kind not in ("town", "country") or not inside(place.longitude, place.latitude, EUROPE):
            continue
        shown = from_zoom(place.kind, place.population, country(number))
        key = place.name_sv, round(place.latitude, 1), round(place.longitude, 1)
        if shown is None or key in named:
            continue
        rank = len(named)
        named.add(key)
        point = project(np.array([[place.longitude, place.latitude]]))
        yield shown, point, {"sv": place.name_sv, "en": place.name_en, "kind": place.kind, "rank": rank}


def from_zoom(kind: str, population: int, where: str) -> int | None:
    if kind == "country":
        return 2 if population >= 5_000_000 else 3 if population >= SMALLEST else None
    northern = where in NORTHERN
    return next((zoom for zoom, least in SHOWN.items() if population >= least[not northern]), None)


def inside(longitude: float, latitude: float, box: Box) -> bool:
    return box[0] <= longitude <= box[2] and box[1] <= latitude <= box[3]


# Tiles


def layers(
    zoom: int,
    box: Box,
    detail: tuple[float, float],
    rings: list[Ring],
    lines: list[Line],
    named: list[tuple[int, Line, dict[str, Any]]],
) -> dict[Place, dict[str, list[Feature]]]:
    found: dict[Place, dict[str, list[Feature]]] = defaultdict(lambda: defaultdict(list))
    unit = EXTENT * 2**zoom
    stray, least = detail
    seen = [ring for ring in rings if area(ring.points) * unit**2 >= least]
    simple = [
        Ring(points, ring.lake)
        for points, ring in zip(simpler([ring.points for ring in seen], stray / unit), seen, strict=True)
    ]
    drawn: dict[Place, list[tuple[bool, list[Point]]]] = defaultdict(list)
    for ring in simple:
        for place, part in cut(ring.points, zoom, box, closed=True):
            points = whole(part, place)
            if len(points) > 3 and area(points) > 0:
                drawn[place].append((ring.lake, as_points(points[:-1])))
    for place, some in drawn.items():
        for lake, run in groupby(some, key=itemgetter(0)):
            parts = [points for _, points in run]
            found[place]["land"].append(Feature(Kind.POLYGON, parts, {"lake": lake}))
    for line in simpler(lines, stray / unit):
        for place, part in cut(line, zoom, box, closed=False):
            found[place]["borders"].append(Feature(Kind.LINE, [as_points(whole(part, place))]))
    for shown, point, properties in named:
        if shown <= zoom:
            (x, y), side = point[0], 2**zoom
            place = zoom, int(x * side), int(y * side)
            found[place]["places"].append(Feature(Kind.POINT, [as_points(whole(point, place))], properties))
    return found


def simpler(lines: list[Line], stray: float) -> list[Line]:
    shapes = shapely.simplify([shapely.LineString(line) for line in lines], stray, preserve_topology=False)
    return [shapely.get_coordinates(shape) for shape in shapes]


def area(ring: Line) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2


def cut(line: Line, zoom: int, box: Box, closed: bool) -> Iterator[tuple[Place, Line]]:
    """The parts of the line within each tile that touches the box, and a little around it."""
    side, margin = 2**zoom, BUFFER / EXTENT
    (left, top), (right, bottom) = mercator.project(box[3], box[0]), mercator.project(box[1], box[2])
    for column, strip in cut_along(line, 0, side, margin, (int(left * side), int(right * side)), closed):
        for row, part in cut_along(strip, 1, side, margin, (int(top * side), int(bottom * side)), closed):
            yield (zoom, column, row), part


def cut_along(
    line: Line, axis: int, side: int, margin: float, most: tuple[int, int], closed: bool
) -> Iterator[tuple[int, Line]]:
    values = line[:, axis] * side
    low, high = float(values.min()), float(values.max())
    for place in range(max(most[0], int(np.floor(low - margin))), min(most[1], int(np.floor(high + margin))) + 1):
        first, last = place - margin, place + 1 + margin
        if high < first or low > last:
            continue
        if first <= low and high <= last:
            yield place, line
        elif closed:
            part = half(half(line, axis, first / side, 1), axis, last / side, -1)
            if len(part) > 3:
                yield place, part
        else:
            yield from ((place, part) for part in pieces(line, axis, first / side, last / side))


def half(ring: Line, axis: int, limit: float, sign: int) -> Line:
    """The ring on one side of a line (Sutherland and Hodgman); where it went beyond, it runs along the line."""
    if len(ring) < 2:
        return ring
    beyond = (ring[:, axis] - limit) * sign
    inside = beyond >= 0
    if inside.all():
        return ring
    start, end, here, there = ring[:-1], ring[1:], beyond[:-1], beyond[1:]
    crosses = inside[:-1] != inside[1:]
    share = np.where(crosses, here / np.where(crosses, here - there, 1), 0)
    both = np.stack((start, start + (end - start) * share[:, None]), axis=1).reshape(-1, 2)
    kept = both[np.column_stack((inside[:-1], crosses)).reshape(-1)]
    return np.vstack((kept, kept[:1])) if len(kept) else kept


def pieces(line: Line, axis: int, first: float, last: float) -> list[Line]:
    """Whole steps of a line that are not wholly outside."""
    values = line[:, axis]
    step = (np.maximum(values[:-1], values[1:]) >= first) & (np.minimum(values[:-1], values[1:]) <= last)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], step.astype(np.int8), [0]))))
    return [line[begin : end + 1] for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def whole(line: Line, place: Place) -> Line:
    """In 4096ths of the tile, without points that fall on the one before."""
    zoom, x, y = place
    points = np.rint((line * 2**zoom - (x, y)) * EXTENT)
    if len(points) == 1:
        return points
    moved = np.concatenate(([True], (np.diff(points, axis=0) != 0).any(axis=1)))
    return points[moved]


def as_points(line: Line) -> list[Point]:
    return [(int(x), int(y)) for x, y in line]


def write(found: dict[Place, bytes]) -> None:
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with OUT.open("wb") as file:
        writer = Writer(file)
        for place in sorted(found, key=lambda place: zxy_to_tileid(*place)):
            writer.write_tile(zxy_to_tileid(*place), found[place])
        writer.finalize(header(), {"attribution": CREDIT, "vector_layers": described()})


def header() -> dict[str, Any]:
    west, south, east, north = (round(degrees * 10_000_000) for degrees in EUROPE)
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": 4,
        "center_lon_e7": 150_000_000,
        "center_lat_e7": 600_000_000,
    }


def described() -> list[dict[str, Any]]:
    fields = {
        "land": {"lake": "Boolean"},
        "borders": {},
        "places": {"sv": "String", "en": "String", "kind": "String", "rank": "Number"},
    }
    return [{"id": name, "fields": has} for name, has in fields.items()]


def within(place: Place, box: Box) -> bool:
    west, south, east, north = mercator.box(*place)
    return box[0] <= west and east <= box[2] and box[1] <= south and north <= box[3]


if __name__ == "__main__":
    main()
