"""The map beside a search: drawn by the server for everybody, moving for those who ask for it (static/map/live.js)."""

from collections.abc import Sequence
from functools import cache
from urllib.parse import urlencode

import msgspec
from flask import current_app, url_for
from markupsafe import Markup

from finder.ocpi.types import Struct
from finder.pages.rows import Row, folder
from finder.pages.search_query import CONDITIONS, Query, only
from finder.places import landmap, mercator
from finder.places.landmap import Pin
from finder.stations.types import Station
from finder.web import parameters
from finder.web.language import SAFE, language, ngettext
from finder.web.language import gettext as _

# Of the drawing, in its own units; the page makes it as large as there is room.
SIZE = (400, 600)
# A box this wide in degrees is drawn around a single station.
AROUND = 0.04


class LiveMap(Struct):
    """`box` is what is to be seen: just that if `exact`, else with some room around. `words` are the texts of the moving map as JSON."""

    drawing: Markup
    tiles: str
    box: str
    exact: bool
    near: str
    station: str
    words: str
    streets: str


def build(
    query: Query, shown: Sequence[tuple[Station, Row]], near: tuple[float, float] | None, by_words: bool
) -> LiveMap | None:
    """None where nothing says what part of the world is meant. `by_words`: the text is not a place, but what stations are found by."""
    pins = [_pin(station, row) for station, row in shown]
    if query.near is not None:
        pins.append(Pin(*query.near, words=_("Here"), here=True))
    box = query.bbox or _around(pins, near)
    if box is None:
        return None
    # Across the antimeridian the drawing shows the half that begins in the west.
    drawn = box if box[0] <= box[2] else (box[0], box[1], 180.0, box[3])
    asked = [*only(query.asked, CONDITIONS), *((parameters.Q.name, query.text),) * by_words]
    return LiveMap(
        drawing=landmap.of(pins, _label(len(shown)), language() == "sv", box=drawn if query.bbox else None, size=SIZE),
        tiles=_tiles() + (f"?{urlencode(asked, safe=SAFE)}" if asked else ""),
        box=",".join(f"{degrees:.4f}" for degrees in box),
        exact=query.bbox is not None,
        near="" if query.near is None else f"{query.near[0]},{query.near[1]}",
        station=f"{folder(language())}/",
        words=_texts(language()),
        streets=current_app.config["TILES_URL"] or "",
    )


def _pin(station: Station, row: Row) -> Pin:
    place = station.location.coordinates
    words = row.cost.words if row.cost is not None and row.cost.known else row.name
    return Pin(place.latitude, place.longitude, words, row.state.kind)


def _around(pins: Sequence[Pin], near: tuple[float, float] | None) -> mercator.Box | None:
    spots = [(pin.latitude, pin.longitude) for pin in pins] or ([near] if near else [])
    if not spots:
        return None
    (south, north), (west, east) = ((min(values), max(values)) for values in zip(*spots, strict=True))
    spare = AROUND / 2 if east - west < AROUND and north - south < AROUND else 0
    return west - spare, south - spare / 2, east + spare, north + spare / 2


def _label(count: int) -> str:
    return ngettext(
        "Map with %(num)s charging station, as in the list", "Map with %(num)s charging stations, as in the list", count
    )


@cache
def _tiles() -> str:
    return url_for("tiles.tile", z=1, x=2, y=3).replace("1/2/3", "{z}/{x}/{y}")


@cache
def _texts(code: str) -> str:
    """In the language of the moment, which `code` names. "#" stands for a count, "§" for what it is of."""
    return msgspec.json.encode(
        {
            "map": _("Map"),
            "stations": [
                ngettext("%(num)s charging station", "%(num)s charging stations", count).replace(str(count), "#")
                for count in (1, 2)
            ],
            "available": [
                ngettext("%(num)s of %(total)s available", "%(num)s of %(total)s available", count, total="§").replace(
                    str(count), "#"
                )
                for count in (1, 2)
            ],
            "busy": _("In use"),
            "out_of_order": _("Out of order"),
            "unknown": _("Status not known"),
            "here": _("Here"),
            "search_here": _("Search here"),
            "zoom_in": _("Zoom in"),
            "zoom_out": _("Zoom out"),
            "north": _("Move north"),
            "south": _("Move south"),
            "west": _("Move west"),
            "east": _("Move east"),
            "too_many": _("Zoom in to see the charging stations that fit these conditions."),
        }
    ).decode()
