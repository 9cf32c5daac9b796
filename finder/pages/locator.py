"""Where a station or the stations of an area are: a small map that the server draws."""

from collections.abc import Sequence

from markupsafe import Markup

from finder.pages import rows
from finder.pages.rows import Kind, Row
from finder.places import landmap
from finder.places.landmap import Pin
from finder.stations.summary import Status, Summary
from finder.stations.types import Station
from finder.web.language import gettext as _
from finder.web.language import language

KINDS: dict[Status, Kind] = {"available": "free", "busy": "busy", "out_of_order": "broken", "unknown": "unknown"}
# The dots of an area are all shown; only the first have their names.
NAMED = 5


def of_station(station: Station, nearby: Sequence[tuple[Station, Row]]) -> Markup:
    """With its neighbours."""
    called, place = rows.name(station.location), station.location.coordinates
    pins = [Pin(place.latitude, place.longitude, called, here=True)]
    pins += [_pin(other, row.name, row.state.kind) for other, row in nearby]
    label = _("Map: %(name)s and the charging stations nearby", name=called)
    return landmap.around(place.latitude, place.longitude, pins, label, language() == "sv", zoom=10)


def of_area(called: str, shown: Sequence[tuple[Station, Summary]]) -> Markup:
    pins = [
        _pin(station, rows.name(station.location) if number < NAMED else "", KINDS[summary.status])
        for number, (station, summary) in enumerate(shown)
    ]
    return landmap.of(pins, _("Map: charging stations in %(area)s", area=called), language() == "sv", size=(400, 300))


def _pin(station: Station, words: str, kind: Kind) -> Pin:
    place = station.location.coordinates
    return Pin(place.latitude, place.longitude, words, kind)
