"""The map's vector tiles: clusters of charging stations on small scales, one by one from zoom 12."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from math import floor

from flask import Blueprint, Response, request

from finder.api.answers import problem
from finder.pages.search_query import CONDITIONS
from finder.places import mercator
from finder.places.mvt import EXTENT, Feature, Kind, Value, encode
from finder.stations.identity import slug
from finder.store import clusters, stations
from finder.store.clusters import LAST_ZOOM, Cluster, Pin
from finder.store.stations import Search, TooMany
from finder.web.database import reading
from finder.web.headers import cached
from finder.web.parameters import FIELDS, BadParameter, Q, read

MVT = "application/vnd.mapbox-vector-tile"
MAX_AGE = 60
DEEPEST = 16
KNOWN = (Q, *CONDITIONS)
SEARCHED = {Q.name: "text", **FIELDS}
NUMBER = re.compile(r"\d{1,5}", re.ASCII)

blueprint = Blueprint("tiles", __name__)


@blueprint.get("/tiles/<z>/<x>/<y>.mvt")
def tile(z: str, x: str, y: str) -> Response:
    place = _place(z, x, y)
    if place is None:
        return problem(
            404, f"no such tile: zoom goes from 0 to {DEEPEST}, x and y from 0 to 2 to the power of zoom, less 1"
        )
    asked = {SEARCHED.get(name, name): value for name, value in read(request.args, KNOWN).items()}
    now = datetime.now(UTC)
    try:
        body = drawn(place, Search(**asked, bbox=mercator.box(*place), now=now), now, bool(asked))
    except TooMany:
        return problem(
            400, "too many charging stations to look into for these conditions: ask for tiles of a deeper zoom"
        )
    return cached(body, MVT, MAX_AGE)


def _place(*numbers: str) -> tuple[int, int, int] | None:
    if not all(map(NUMBER.fullmatch, numbers)):
        return None
    zoom, x, y = map(int, numbers)
    return (zoom, x, y) if zoom <= DEEPEST and max(x, y) < 2**zoom else None


def drawn(place: tuple[int, int, int], search: Search, now: datetime, narrowed: bool) -> bytes:
    """The tile. `narrowed`: `search` has conditions beside its box. Raises TooMany."""
    zoom, x, y = place
    with reading() as connection:
        if zoom <= LAST_ZOOM and not narrowed:
            return _clusters(clusters.in_tile(connection, zoom, x, y, now), place)
        found = clusters.pins(connection, stations.found_pks(connection, search), now)
    side = 2**zoom
    # The box has its edges in common with its neighbours', a tile has not.
    pins = [pin for pin in found if floor(pin.x * side) == x and floor(pin.y * side) == y]
    if zoom <= LAST_ZOOM:
        return _clusters(clusters.together(pins, zoom), place)
    return encode({"stations": [_point(pin.x, pin.y, place, _station(pin)) for pin in pins]} if pins else {})


def _clusters(found: Iterable[Cluster], place: tuple[int, int, int]) -> bytes:
    points = [_point(each.x, each.y, place, _cluster(each)) for each in found]
    return encode({"clusters": points} if points else {})


def _cluster(cluster: Cluster) -> dict[str, Value]:
    """Charging points are counted only where something is known of them."""
    return {"stations": cluster.stations, **_counted(cluster)}


def _station(pin: Pin) -> dict[str, Value]:
    told: dict[str, Value] = {
        "id": pin.id,
        "name": pin.name,
        "path": f"{slug(pin.name)}-{pin.id}",
        "points": pin.points,
        **_counted(pin),
    }
    if pin.max_power_kw is not None:
        told["max_power_kw"] = pin.max_power_kw
    return told


def _counted(of: Cluster | Pin) -> dict[str, Value]:
    """`status_at` in seconds since 1970: a status without its age is none."""
    if of.at is None or not of.known:
        return {"status": "unknown"}
    busy = of.busy if isinstance(of, Pin) else of.known - of.available
    status = "available" if of.available else "busy" if busy else "out_of_order"
    return {"status": status, "available": of.available, "known": of.known, "status_at": int(of.at.timestamp())}


def _point(x: float, y: float, place: tuple[int, int, int], properties: dict[str, Value]) -> Feature:
    zoom, column, row = place
    across, down = ((value * 2**zoom - first) * EXTENT for value, first in ((x, column), (y, row)))
    return Feature(Kind.POINT, (((min(int(across), EXTENT - 1), min(int(down), EXTENT - 1)),),), properties)


@blueprint.errorhandler(BadParameter)
def wrong_parameter(error: BadParameter) -> Response:
    return problem(400, str(error), parameter=error.name)
