"""The picture that a page is shared with: the name, the place, plugs with their power, and the usual price; never a status.

A station's address holds when its facts changed, so that whoever shares it anew shows it anew.
"""

from datetime import datetime

from flask import Blueprint, Response, abort, current_app, redirect
from werkzeug.exceptions import Gone as GoneForGood

from finder import places
from finder.pages import areas, rows
from finder.pages.area_prices import median_words
from finder.pages.listing import Tally, counted, held_prices, most_of
from finder.pages.station_place import lede
from finder.pages.station_points import titles
from finder.pages.station_prices import key_of, prices
from finder.places import Area
from finder.stations.summary import summarise
from finder.stations.types import Gone, Moved, Station
from finder.store import stations
from finder.store.listed import Choice
from finder.store.stations import leaves
from finder.web.database import reading
from finder.web.head import absolute
from finder.web.headers import cached
from finder.web.language import gettext as _
from finder.web.language import kilowatts, localised, ngettext, path_to, utc_now
from finder.web.picture import Line, Sign, png

MIMETYPE = "image/png"
# The address of a station's changes with its facts; an area's does not.
STATION_AGE, AREA_AGE = 86_400, 3_600
MOST_PLUGS = 2

blueprint = Blueprint("share", __name__)


@localised(blueprint, "/picture/<id>.png")
def station(id: str) -> Response:
    now = utc_now()
    with reading() as connection:
        found = stations.by_id(connection, id)
    if isinstance(found, Moved):
        return redirect(path_to("share.station", id=found.id), 301)  # type: ignore[return-value]
    if isinstance(found, Gone):
        raise GoneForGood
    if found is None:
        abort(404)
    return cached(png(of_station(found, now)), MIMETYPE, STATION_AGE)


@localised(blueprint, "/picture/area/<place>.png")
def area(place: str) -> Response:
    now = utc_now()
    with reading() as connection:
        found = counted(connection, now)
        if place not in found.tallies:
            abort(404)
        choice = Choice(tuple([code for code in leaves(place) if code in found.census.areas]))
        sampled = Choice(most_of(found.census, choice))
        median, _lowest = held_prices(connection, ("area", place), sampled, now)
    return cached(png(of_area(found.tallies[place], median_words(median) if median else "")), MIMETYPE, AREA_AGE)


def station_path(station: Station) -> str:
    return f"{path_to('share.station', id=station.id)}?v={int(station.changed_at.timestamp() * 1000):x}"


def of_station(station: Station, now: datetime) -> Sign:
    summary, location = summarise(station, now), station.location
    named = titles(summary.plugs)
    priced = prices(station, summary.plugs, named, absolute(rows.path(station)), rows.zone(location), now)
    lines = [Line(named[key_of(plug)], plug.total, _points(plug.total)) for plug in summary.plugs[:MOST_PLUGS]]
    lines = lines or [Line(_points(summary.total), summary.total)]
    if priced.lowest:
        lines.append(Line(_("%(price)s incl. VAT", price=priced.lowest.rstrip("."))))
    return Sign(_site(), rows.name(location), lede(location), tuple(lines))


def of_area(tally: Tally, median: str) -> Sign:
    places_words = ngettext("%(num)s charging station", "%(num)s charging stations", tally.stations)
    lines = [Line(places_words, 0, _points(tally.evses))]
    if tally.max_power_kw:
        lines.append(Line(_("Highest power"), 0, kilowatts(tally.max_power_kw)))
    if median:
        lines.append(Line(_("%(price)s incl. VAT", price=_("Median price")), 0, median))
    above = [areas.name(places.area(code)) for code in _above(tally.area)]
    return Sign(_site(), _("Charge your car in %(area)s", area=areas.name(tally.area)), ", ".join(above), tuple(lines))


def _above(area: Area) -> list[str]:
    """What it lies in, from the nearest."""
    found = []
    while area.parent is not None:
        found.append(area.parent)
        area = places.area(area.parent)
    return found


def _points(count: int) -> str:
    return ngettext("%(num)s charging point", "%(num)s charging points", count)


def _site() -> str:
    return str(current_app.config["SITE_NAME"])
