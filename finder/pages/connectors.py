"""A kind of plug: what it is, how many charging stations have it, how strong they are and where."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa
from flask import Blueprint, abort, render_template, url_for

from finder import places
from finder.ocpi.types import Struct
from finder.pages import listing, rows, search_charge
from finder.pages.area_prices import USUAL
from finder.pages.areas import median_sentence, plug_links, sources, title_name
from finder.pages.areas import path as area_path
from finder.pages.indexed import robots
from finder.pages.listing import (
    READ_WHOLE,
    Counted,
    Figures,
    Link,
    Listing,
    Pairs,
    collection,
    counted,
)
from finder.pages.operators import operator_path
from finder.pages.words import CONNECTOR_PAGES, N_, connector, drawing
from finder.stations.summary import Plug
from finder.stations.traits import Wanted
from finder.store import listed
from finder.store.listed import STRONGEST, Choice, Count
from finder.web.database import reading
from finder.web.head import Crumb, Head, describe, head
from finder.web.language import alphabetical, kilowatts, localised, ngettext, number, site_urls, utc_now
from finder.web.language import gettext as _

PLACES_SHOWN, OPERATORS_SHOWN = 40, 12
MEANING = {
    "ccs": N_(
        "CCS is the plug for fast charging with direct current in Europe. The cable is always attached to the charger."
    ),
    "typ-2": N_("Type 2 is the plug for alternating current in Europe. Most of its sockets want your own cable."),
    "chademo": N_(
        "CHAdeMO is an older plug for direct current, found on cars such as Nissan Leaf. The cable is attached to the charger."
    ),
    "typ-1": N_(
        "Type 1 is an older plug for alternating current with one phase, on early cars from Japan and America."
    ),
    "ccs-typ-1": N_("CCS Type 1 is the plug for direct current in North America. It is rare in Europe."),
    "tesla": N_("Tesla's own plug for Model S and X from before 2019. Newer cars charge with CCS and Type 2."),
    "nacs": N_("NACS is the plug of North America, on cars that were made for its roads."),
    "mcs": N_("MCS is the plug for lorries: direct current of more than 1,000 kW."),
    "schuko": N_("A household socket gives about 2 kW and is meant for short times. Bring your own cable."),
    "typ-3c": N_("Type 3C is a plug for alternating current that France used before Type 2."),
}

blueprint = Blueprint("connectors", __name__)


class ConnectorPage(Struct):
    """`rows` are the strongest; `places` and `operators` those with most."""

    head: Head
    heading: str
    icon: str | None
    figure: str
    figure_words: str
    meaning: str
    facts_heading: str
    facts: Pairs
    rows_heading: str
    rows: tuple[rows.Row, ...]
    charge: str
    places: tuple[Link, ...]
    operators: tuple[Link, ...]
    others: tuple[Link, ...]
    sources: str


@localised(blueprint, "/connectors/<plug>/")
def show(plug: str) -> str:
    now, standard = utc_now(), CONNECTOR_PAGES.get(plug, "")
    with reading() as connection:
        found = counted(connection, now)
        if not found.census.plugs.get(standard):
            abort(404)
        list_of = _strongest(connection, standard, found, now)
        figures = _figures(connection, standard, found, list_of, now)
    return render_template("pages/connector.html", page=build(plug, found, list_of, figures, now))


def _strongest(connection: sa.Connection, standard: str, found: Counted, now: datetime) -> Listing:
    """The stations whose plug of this kind is strongest; all, where they are few."""
    by_area = found.census.plugs[standard]
    total = sum(count.stations for count in by_area.values())
    wanted = Wanted(connectors=(standard,))
    if total <= STRONGEST:
        choice = Choice(tuple(by_area), plugs=listed.sets_with(connection, standard))
    else:
        chosen = found.census.strongest[standard]
        choice = Choice(
            tuple(dict.fromkeys(area for area, _plugs in chosen)), plugs=tuple({plugs for _area, plugs in chosen})
        )
    members = listed.members(connection, choice, READ_WHOLE)
    list_of = listing.of_members(connection, members, total, total <= STRONGEST, now, wanted)
    if not members:
        abort(404)
    return list_of


def _figures(connection: sa.Connection, standard: str, found: Counted, list_of: Listing, now: datetime) -> Figures:
    by_area = found.census.plugs[standard]
    choice = Choice(tuple(by_area), plugs=listed.sets_with(connection, standard))
    wanted = Wanted(connectors=(standard,))
    figures = listing.held_figures(connection, ("plug", standard), choice, list_of.total, found, (), now, wanted)
    live = listing.live_of(list_of.summaries, now, wanted) if list_of.whole else None
    return msgspec.structs.replace(figures, live=live)


def path(plug: str) -> str:
    return url_for("connectors.show", plug=plug)


def build(plug: str, found: Counted, list_of: Listing, figures: Figures, now: datetime) -> ConnectorPage:
    standard = CONNECTOR_PAGES[plug]
    called, by_area = connector(standard), found.census.plugs[standard]
    total = listed.together(by_area.values())
    shown = sorted(list_of.summaries, key=lambda each: -_power(each[1].plugs, standard))[:STRONGEST]
    by_places = _places(standard, found)
    return ConnectorPage(
        head=_head(
            plug,
            total,
            len(by_area),
            figures,
            [(rows.name(station.location), rows.path(station)) for station, _summary in shown],
        ),
        heading=_("Charge your car with %(plug)s", plug=called),
        icon=drawing(standard),
        figure=number(total.stations),
        figure_words=ngettext(
            "charging station has %(plug)s", "charging stations have %(plug)s", total.stations, plug=called
        ),
        meaning=_(MEANING[plug]) if plug in MEANING else "",
        facts_heading=_("%(plug)s in figures", plug=called),
        facts=_facts(total, found, len(by_area), figures),
        rows_heading=_("All with %(plug)s", plug=called)
        if len(shown) == total.stations
        else _("The %(count)s strongest with %(plug)s", count=number(len(shown)), plug=called),
        rows=listing.drawn_rows(shown, list_of.prices, now),
        charge=search_charge.sentence(USUAL, (standard,), now),
        places=by_places,
        operators=_operators(standard, found),
        others=plug_links(found, but=plug),
        sources=sources([station for station, _summary in shown]),
    )


def _power(plugs: Sequence[Plug], standard: str) -> float:
    return max((plug.power_kw or 0 for plug in plugs if plug.standard == standard), default=0)


def _places(standard: str, found: Counted) -> tuple[Link, ...]:
    by_area = found.census.plugs[standard]
    chosen = sorted(by_area, key=lambda code: (-by_area[code].stations, code))[:PLACES_SHOWN]
    areas = sorted([places.area(code) for code in chosen], key=lambda each: alphabetical(title_name(each)))
    return tuple(Link(title_name(each), area_path(each), number(by_area[each.code].stations)) for each in areas)


def _operators(standard: str, found: Counted) -> tuple[Link, ...]:
    counts = found.census.plug_operators.get(standard, {})
    chosen = sorted(counts, key=lambda slug: (-counts[slug].stations, slug))[:OPERATORS_SHOWN]
    ordered = sorted(chosen, key=lambda slug: alphabetical(found.census.names[slug]))
    return tuple(Link(found.census.names[slug], operator_path(slug), number(counts[slug].stations)) for slug in ordered)


def _facts(total: Count, found: Counted, municipalities: int, figures: Figures) -> Pairs:
    everyone = sum(count.stations for count in found.census.areas.values())
    told = [
        (
            _("Charging stations"),
            _("%(count)s of %(total)s charging stations", count=number(total.stations), total=number(everyone)),
        ),
        (_("Municipalities"), number(municipalities)),
        *listing.classes(total),
        *listing.prices_facts(figures),
        (_("Most charges begin"), listing.busiest_words(figures.busiest)),
        (_("Facts last changed"), listing.changed_words(total)),
    ]
    return tuple(told)


def _head(plug: str, total: Count, municipalities: int, figures: Figures, items: Sequence[tuple[str, str]]) -> Head:
    called = connector(CONNECTOR_PAGES[plug])
    title = _("%(plug)s: charging stations, power and price", plug=called)
    return head(
        title,
        describe(
            ngettext(
                "%(num)s charging station has %(plug)s, in %(places)s.",
                "%(num)s charging stations have %(plug)s, in %(places)s.",
                total.stations,
                plug=called,
                places=ngettext("%(num)s municipality", "%(num)s municipalities", municipalities),
            ),
            *median_sentence(figures),
            *((_("Highest power %(power)s.", power=kilowatts(total.max_power_kw)),) if total.max_power_kw else ()),
            _("See the strongest, and where most of them are."),
        ),
        "connectors.show",
        robots=robots(total.stations),
        crumbs=(Crumb(_("Charging stations"), site_urls().areas), Crumb(called)),
        json_ld=(collection(title, path(plug), items),),
        plug=plug,
    )
