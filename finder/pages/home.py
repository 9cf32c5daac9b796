"""The start page: one search field, how many charging points are free, and the way to every place."""

from datetime import datetime, timedelta
from heapq import nlargest

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, redirect, render_template, url_for

from finder.ocpi.types import Struct
from finder.pages import guides, operators, rows
from finder.pages.areas import country_links, figures_words, largest, plug_links, region_links
from finder.pages.listing import HELD, Counted, Link, counted
from finder.stations.summary import summarise
from finder.stations.types import Station
from finder.store import stations
from finder.store.listed import New
from finder.web.database import reading
from finder.web.head import Head, absolute, describe, head
from finder.web.language import clock, kilowatts, language, localised, ngettext, number, utc_now
from finder.web.language import gettext as _

LARGEST = 15
NEWEST = 6

blueprint = Blueprint("home", __name__)


class Hundred(Struct):
    """All charging points as if they were a hundred; `taken` are in use or out of order. The parts add up to 100."""

    free: int
    taken: int
    unknown: int


class HomePage(Struct):
    head: Head
    hundred: Hundred | None
    figures: str
    counted: str
    largest: tuple[Link, ...]
    regions: tuple[Link, ...]
    countries: tuple[Link, ...]
    operators: tuple[Link, ...]
    plugs: tuple[Link, ...]
    guides: tuple[Link, ...]
    newest: tuple[Link, ...]


@blueprint.get("/")
def root() -> Response:
    return redirect(url_for("home.show", lang="sv"), 301)  # type: ignore[return-value]


@localised(blueprint, "/")
def show() -> str:
    now = utc_now()
    with reading() as connection:
        totals, counted_at = _totals(connection, now)
        found = counted(connection, now)
        newest = stations.shown(connection, [each.id for each in _newest(found)])
    return render_template("pages/home.html", page=build(totals, found, newest, counted_at))


def _newest(found: Counted) -> list[New]:
    """What came with a partner's first list is not new."""
    new = (each for here in found.census.new.values() for each in here)
    return nlargest(NEWEST, new, key=lambda each: (each.created_at, each.pk))


def _totals(connection: sa.Connection, now: datetime) -> tuple[stations.Totals, datetime]:
    """Counted at most every half minute, with the time they were counted: they read every status there is."""
    held: tuple[stations.Totals, datetime] | None = current_app.extensions.get("finder.totals")
    if held is None or not timedelta(0) <= now - held[1] < HELD:
        held = current_app.extensions["finder.totals"] = (stations.totals(connection, now), now)
    return held


def build(totals: stations.Totals, found: Counted, newest: tuple[Station, ...], now: datetime) -> HomePage:
    tallies = found.tallies
    return HomePage(
        head=_head(totals),
        hundred=hundred(totals),
        figures=_figures(totals),
        counted=_("Counted %(time)s", time=clock(now)),
        largest=largest(tallies, LARGEST),
        regions=region_links(tallies),
        countries=country_links(tallies),
        operators=operators.largest(found, LARGEST),
        plugs=plug_links(found),
        guides=tuple(Link(_(guide.heading), guides.path_of(guide.name)) for guide in guides.GUIDES.values()),
        newest=tuple(_opened(station, now) for station in newest),
    )


def hundred(totals: stations.Totals) -> Hundred | None:
    """None where no status at all is known: then nothing can be said of a hundred."""
    if not totals.known or totals.evses < 1:
        return None
    free, taken = (totals.available * 100) / totals.evses, (totals.known - totals.available) * 100 / totals.evses
    parts = Hundred(free=round(free), taken=round(taken), unknown=0)
    return Hundred(
        free=parts.free, taken=min(parts.taken, 100 - parts.free), unknown=max(0, 100 - parts.free - parts.taken)
    )


def _figures(totals: stations.Totals) -> str:
    text = figures_words(totals.evses, totals.stations)
    silent = totals.evses - totals.known
    if silent <= 0:
        return text
    return f"{text} " + ngettext(
        "%(num)s of them has no live status right now and is never counted as available.",
        "%(num)s of them have no live status right now and are never counted as available.",
        silent,
    )


def _opened(station: Station, now: datetime) -> Link:
    summary = summarise(station, now)
    what = ngettext("%(num)s charging point", "%(num)s charging points", summary.total)
    if summary.max_power_kw:
        what += f", {kilowatts(summary.max_power_kw)}"
    return Link(rows.named_with_city(station.location), rows.path(station), what)


def _head(totals: stations.Totals) -> Head:
    name = current_app.config["SITE_NAME"]
    return head(
        _("Find an available charging station"),
        describe(
            _(
                "See which public charging stations are available right now, how fast they charge and which plugs they have."
            ),
            _("Without an account or an app, with a source for every fact."),
            _("%(count)s charging points.", count=number(totals.evses)),
        ),
        "home.show",
        json_ld=(
            {
                "@context": "https://schema.org",
                "@type": "WebSite",
                "name": name,
                "url": absolute(url_for("home.show")),
                "inLanguage": language(),
            },
        ),
    )
