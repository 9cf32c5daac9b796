"""When a charging point is free again, as an Atom feed a station: a feed reader tells, and nobody needs an account."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, redirect

from finder.pages import feeds, rows
from finder.pages.feeds import Entry, Feed
from finder.stations import busy
from finder.stations.busy import Moment, Point
from finder.stations.status import Group
from finder.stations.summary import Counts
from finder.stations.types import Moved, Station
from finder.store import history, stations
from finder.web.database import reading
from finder.web.head import absolute
from finder.web.language import clock, day, language, localised, path_to, utc_now
from finder.web.language import gettext as _

MOST = 50
MAX_AGE = 60

blueprint = Blueprint("available", __name__)


@localised(blueprint, "/station/<slug>-<id>/available.atom")
def show(slug: str, id: str) -> Response:
    now = utc_now()
    with reading() as connection:
        found = stations.by_id(connection, id)
        if isinstance(found, Moved):
            found = stations.by_id(connection, found.id)
        if not isinstance(found, Station):
            abort(404)
        if (found.id, rows.slug_of(found.location)) != (id, slug):
            return redirect(path(found), 301)  # type: ignore[return-value]
        points = history.of_station(connection, id, now)
    answer = feeds.sent(build(found, points))
    answer.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return answer


def path(station: Station) -> str:
    return path_to("available.show", slug=rows.slug_of(station.location), id=station.id)


def title(station: Station) -> str:
    return _("Available at %(name)s", name=rows.named_with_city(station.location))


def build(station: Station, points: Sequence[Point]) -> Feed:
    return Feed(
        id=_tagged(station, "available"),
        title=title(station),
        subtitle=_("When the number of available charging points changes, as the operators tell it."),
        url=absolute(path(station)),
        page=absolute(rows.path(station)),
        author=str(current_app.config["SITE_NAME"]),
        entries=tuple(_entry(station, moment) for moment in busy.moments(points, MOST)),
    )


def _entry(station: Station, moment: Moment) -> Entry:
    zone = rows.zone(station.location)
    name, url = rows.name(station.location), absolute(rows.path(station))
    words = rows.state(_counts(moment.groups), None, moment.at, zone).words
    told = _("%(words)s on %(day)s at %(time)s.", words=words, day=day(moment.at, zone), time=clock(moment.at, zone))
    return Entry(
        id=_tagged(station, str(int(moment.at.timestamp() * 1000))),
        title=_("%(name)s: %(words)s", name=name, words=words),
        updated=moment.at,
        url=url,
        partner=listed(station),
        lines=(told,),
        stations=((name, url),),
    )


def listed(station: Station) -> str:
    """Whose word it is."""
    return ", ".join(dict.fromkeys(origin.name for origin in station.origins))


def _counts(groups: Sequence[Group]) -> Counts:
    return Counts(**{group: groups.count(group) for group in ("available", "busy", "broken", "unknown", "planned")})


def _tagged(station: Station, what: str) -> str:
    """An id for ever (RFC 4151)."""
    host = urlsplit(str(current_app.config["BASE_URL"])).hostname
    return f"tag:{host},{feeds.SINCE:%Y-%m-%d}:{language()}/station/{station.id}/{what}"
