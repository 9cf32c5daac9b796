"""A station that was here and is not: its sign struck through, who said so and when, and the five nearest."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask import Response, make_response, render_template

from finder import places
from finder.ocpi.types import Struct
from finder.pages import areas, rows
from finder.stations.types import Gone
from finder.store import stations
from finder.web.head import NO_INDEX, Crumb, Head, describe, titled
from finder.web.language import day, site_urls
from finder.web.language import gettext as _

NEAREST = 5
WIDEST_KM = 200


class GonePage(Struct):
    head: Head
    name: str
    text: str
    nearest: tuple[rows.Row, ...]


def answer(connection: sa.Connection, gone: Gone, now: datetime) -> Response:
    """410 for an address that was right once."""
    found = stations.nearest(connection, gone.latitude, gone.longitude, within_km=WIDEST_KM, limit=NEAREST)
    response = make_response(render_template("pages/gone.html", page=build(gone, found, now)), 410)
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def build(gone: Gone, found: Sequence[stations.Near], now: datetime) -> GonePage:
    text = _("The charging station was removed on %(day)s and is no longer here.", day=day(gone.gone_at))
    return GonePage(
        head=Head(
            title=titled(_("%(name)s is removed", name=gone.name)),
            description=describe(
                text, _("Here are the nearest charging stations that remain, with their status, power and distance.")
            ),
            robots=NO_INDEX,
            crumbs=crumbs(gone),
        ),
        name=gone.name,
        text=text,
        nearest=tuple(rows.row(station, now, kilometres) for station, kilometres in found),
    )


def crumbs(gone: Gone) -> tuple[Crumb, ...]:
    """The way to the area that the station stood in. Its own page may have gone with its last station, so county or country."""
    area = places.area(gone.place) if gone.place else None
    above = areas.crumbs(area)[:-1] if area else (Crumb(_("Charging stations"), site_urls().areas),)
    return (*above, Crumb(gone.name))
