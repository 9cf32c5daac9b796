"""What of a page is live, alone: asked for now and then by `static/live.js`, drawn by the functions that draw the page.

Ages are clock times here, so that an answer stays the same, and costs a 304, until there is something new.
"""

from datetime import datetime

from flask import Blueprint, Response, abort, request
from markupsafe import Markup

from finder.pages import drawn, rows, station_drawn
from finder.pages.station_points import ages, board, tables, titles
from finder.pages.station_prices import prices
from finder.stations.summary import summarise
from finder.stations.types import Station
from finder.store import stations
from finder.web.database import reading
from finder.web.drawings import escape
from finder.web.head import absolute
from finder.web.headers import cached
from finder.web.language import localised, utc_now, when

MOST_ROWS = 60
MAX_AGE = 15

blueprint = Blueprint("live", __name__)


@localised(blueprint, "/live")
def show() -> Response:
    """`station` is the one whose page is open, each `row` one of a list; those that are gone are left out."""
    now = utc_now()
    listed = list(dict.fromkeys(request.args.getlist("row")))[:MOST_ROWS]
    with reading() as connection:
        open_page = stations.by_id(connection, request.args.get("station", ""))
        in_rows = stations.shown(connection, listed)
    parts = [of_page(open_page, now)] if isinstance(open_page, Station) else []
    parts += [of_row(one, now) for one in in_rows]
    if not parts:
        abort(404)
    return _answer("".join(parts).encode())


def _answer(body: bytes) -> Response:
    """200, or 304 for a page that shows it already."""
    response = cached(body, "text/html", MAX_AGE)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def of_page(station: Station, now: datetime) -> Markup:
    """The board, the ages and the table of points of a station's page."""
    summary, zone = summarise(station, now), rows.zone(station.location)
    named = titles(summary.plugs)
    priced = prices(station, summary.plugs, named, absolute(rows.path(station)), zone, now)
    counted = escape(rows.state(summary.counts, summary.unknown_since, now, zone).words)
    parts = (
        station_drawn.board(board(summary, priced.board, named, now, zone)),
        station_drawn.ages(ages(station, summary.lives, now, zone, told=when)),
        *(station_drawn.table(group) for group in tables(station, summary, named, now, zone)),
    )
    return Markup(f'<div data-counted="{counted}">{"".join(parts)}</div>')  # noqa: S704 - all of it is drawn


def of_row(station: Station, now: datetime) -> Markup:
    """Its status in a list."""
    summary = summarise(station, now)
    state = rows.state(summary.counts, summary.unknown_since, now, rows.zone(station.location))
    return Markup(f'<p data-fact="row-{station.id}">{drawn.status(state)}</p>')  # noqa: S704 - drawn, and an id
