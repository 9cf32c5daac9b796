"""A station as every list shows it: name, address on the site, status in words, what a charge costs, and the facts that fit on
a line."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from flask import url_for

from finder.ocpi.types import Location, Struct
from finder.pages.words import connector
from finder.places.fold import fold
from finder.stations import zones
from finder.stations.identity import place_slug
from finder.stations.merge import title
from finder.stations.prices import PlugPrice
from finder.stations.summary import Counts, Summary, summarise
from finder.stations.types import Station
from finder.stations.zones import SITE_ZONE
from finder.tariffs.choice import Pay
from finder.tariffs.quote import Quote, Reason
from finder.tariffs.quotes_in_words import short, total
from finder.tariffs.words import unit_price
from finder.web import language
from finder.web.language import distance, kilowatts, ngettext, number, when
from finder.web.language import gettext as _

Kind = Literal["free", "busy", "broken", "unknown"]
# That the operator says nothing is all there is to say of these.
NOT_GIVEN: tuple[Reason, ...] = ("no_tariff", "unresolved", "no_currency", "no_price")
CENT = Decimal("0.01")


class State(Struct):
    kind: Kind
    words: str


class Fact(Struct):
    """`strong` stands first and heavier."""

    text: str
    strong: str = ""


class Cost(Struct):
    """What the charge costs in all ("186 kr"), and beneath it what that makes per kWh; not `known`: why nobody can say."""

    words: str
    beneath: tuple[str, ...] = ()
    known: bool = True


class Row(Struct):
    name: str
    url: str
    state: State
    facts: tuple[Fact, ...]
    cost: Cost | None = None


def row(station: Station, now: datetime, kilometres: float | None = None) -> Row:
    return from_summary(station, summarise(station, now), now, kilometres)


def from_summary(
    station: Station,
    summary: Summary,
    now: datetime,
    kilometres: float | None = None,
    within: str = "",
    cost: Cost | None = None,
    query: str = "",
) -> Row:
    """`within` is the area that the list is of: its name is not said again in every row. `query` asks the station's page for the
    charge that `cost` is of."""
    return Row(
        name=name(station.location),
        url=path(station) + query,
        state=state(summary.counts, summary.unknown_since, now, zone(station.location)),
        facts=facts(station.location, summary, kilometres, within),
        cost=cost,
    )


def cost(price: PlugPrice | None, summary: Summary, pay: Pay = "adhoc") -> Cost:
    """Of the plug that `price` is for. It is named where the power of a stronger one stands beside it."""
    if price is None:
        return Cost(_("Price not given"), (_("by the operator"),), known=False)
    said = _cost(price.quote, pay)
    if not said.known or price.standard is None or (price.power_kw or 0) >= (summary.max_power_kw or 0):
        return said
    return Cost(said.words, (*said.beneath, _("with %(plug)s", plug=connector(price.standard))))


def _cost(quote: Quote, pay: Pay) -> Cost:
    told = total(quote, language)
    if not told:
        reason = quote.reason or "no_price"
        beneath = (_("by the operator"),) if reason in NOT_GIVEN else ()
        return Cost(short(reason, language, pay), beneath, known=False)
    per_kwh = per_kwh_in_words(quote)
    return Cost(told, (per_kwh,) if per_kwh else ())


def per_kwh_in_words(quote: Quote) -> str:
    """ "4,90 kr/kWh": everything, spread over the energy; empty where nothing is charged for."""
    whole = quote.excl_vat if quote.incl_vat is None else quote.incl_vat
    if not whole or not quote.energy_kwh or quote.currency is None:
        return ""
    return kwh_price(whole / quote.energy_kwh, quote.currency)


def kwh_price(amount: Decimal, currency: str) -> str:
    rounded = amount.quantize(CENT, rounding=ROUND_HALF_UP)
    return unit_price(rounded, rounded, "kWh", currency, language)


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
    return f"{folder(language.language())}/{slug_of(station.location)}-{station.id}/"


@cache
def folder(code: str) -> str:
    return url_for("station.show", lang=code, slug="", id="").rsplit("/", 2)[0]


def slug_of(location: Location) -> str:
    """The same words in every language, so that a station has one slug."""
    return place_slug(title(location), location.city or "")


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
