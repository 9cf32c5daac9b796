"""A station as every list shows it: name, address on the site, status in words, and the facts that fit on a line."""

from datetime import datetime
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from flask import url_for

from finder.ocpi.types import Location, Struct
from finder.pages.words import connector
from finder.places.fold import fold
from finder.stations import zones
from finder.stations.identity import slug
from finder.stations.summary import Counts, Summary, summarise
from finder.stations.types import Station
from finder.stations.zones import SITE_ZONE
from finder.web.language import distance, kilowatts, language, ngettext, number, when
from finder.web.language import gettext as _

Kind = Literal["free", "busy", "broken", "unknown"]


class State(Struct):
    kind: Kind
    words: str


class Fact(Struct):
    """`strong` stands first and heavier."""

    text: str
    strong: str = ""


class Row(Struct):
    name: str
    url: str
    state: State
    facts: tuple[Fact, ...]


def row(station: Station, now: datetime, kilometres: float | None = None) -> Row:
    return from_summary(station, summarise(station, now), now, kilometres)


def from_summary(
    station: Station, summary: Summary, now: datetime, kilometres: float | None = None, within: str = ""
) -> Row:
    """`within` is the area that the list is of: its name is not said again in every row."""
    return Row(
        name=name(station.location),
        url=path(station),
        state=state(summary.counts, summary.unknown_since, now, zone(station.location)),
        facts=facts(station.location, summary, kilometres, within),
    )


def facts(location: Location, summary: Summary, kilometres: float | None, within: str = "") -> tuple[Fact, ...]:
    found = []
    if summary.max_power_kw:
        found.append(Fact(plugs(summary), strong=kilowatts(summary.max_power_kw)))
    elif summary.plugs:
        found.append(Fact(plugs(summary)))
    if kilometres is not None:
        found.append(Fact("", strong=distance(kilometres)))
    elif location.city and fold(location.city) not in (fold(within), *fold(name(location)).split()):
        found.append(Fact(location.city))
    if location.operator:
        found.append(Fact(location.operator.name))
    return tuple(fact for fact in found if fact.text or fact.strong)


def name(location: Location) -> str:
    """What the place is called; feeds without names have at least an address."""
    if location.name:
        return location.name
    if location.address:
        return location.address
    return _("Charging station in %(city)s", city=location.city) if location.city else _("Charging station")


def named_with_city(location: Location) -> str:
    """For lists of many towns: the city stands after the name where the name does not hold it."""
    called, city = name(location), location.city
    return called if not city or fold(city) in fold(called) else f"{called}, {city}"


def path(station: Station) -> str:
    """The station's page in the reader's language. A list has many, and `url_for` is not free."""
    return f"{_folder(language())}/{slug_of(station.location)}-{station.id}/"


@cache
def _folder(code: str) -> str:
    return url_for("station.show", lang=code, slug="", id="").rsplit("/", 2)[0]


def slug_of(location: Location) -> str:
    """The same words in every language, so that a station has one slug."""
    called = location.name or location.address or ""
    city = location.city or ""
    return slug(called if fold(city) in fold(called) else f"{called} {city}")


def zone(location: Location) -> ZoneInfo:
    """The station's clock; the site's where its own is not known."""
    return zones.zone(location.time_zone)


def licence(code: str) -> str:
    """Creative Commons' licences as people write them: CC-BY-4.0 is "CC BY 4.0"."""
    return code.replace("-", " ") if code.upper().startswith("CC") else code


def state(counts: Counts, unknown_since: datetime | None, now: datetime, zone: ZoneInfo = SITE_ZONE) -> State:
    """Only points whose status is known are counted; unknown ones are added in words."""
    if not counts.known:
        return State("unknown", _nothing_known(counts, unknown_since, now, zone))
    kind, words = _known(counts)
    if counts.unknown:
        words += ", " + ngettext("%(num)s unknown", "%(num)s unknown", counts.unknown)
    return State(kind, words)


def _nothing_known(counts: Counts, unknown_since: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    if counts.planned and not counts.unknown:
        return _("Opening soon")
    if unknown_since is None:
        return _("No live status")
    return _("Unknown since %(time)s", time=when(unknown_since, now, zone))


def _known(counts: Counts) -> tuple[Kind, str]:
    if counts.available:
        if counts.known == 1:
            return "free", _("Available")
        text = ngettext(
            "%(num)s of %(total)s available",
            "%(num)s of %(total)s available",
            counts.available,
            total=number(counts.known),
        )
        return "free", text
    if counts.busy and counts.broken:
        busy = ngettext("%(num)s in use", "%(num)s in use", counts.busy)
        return "busy", busy + ", " + ngettext("%(num)s out of order", "%(num)s out of order", counts.broken)
    if counts.busy:
        return "busy", _("In use") if counts.known == 1 else _("All %(total)s in use", total=number(counts.known))
    if counts.known == 1:
        return "broken", _("Out of order")
    return "broken", _("All %(total)s out of order", total=number(counts.known))


def plugs(summary: Summary) -> str:
    """The kinds of plug, strongest first, each once."""
    return ", ".join(dict.fromkeys(connector(plug.standard) for plug in summary.plugs if plug.standard))
