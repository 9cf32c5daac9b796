"""Places: all regions and countries, a region with its municipalities, a municipality with its charging stations.

Sweden is told by county and municipality; other countries by what the gazetteer has below the country.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec
import sqlalchemy as sa
from flask import Blueprint, Response, abort, redirect, render_template, url_for
from markupsafe import Markup

from finder import places
from finder.ocpi.types import Struct
from finder.pages import area_prices, listing, locator, rows, search_charge
from finder.pages.area_prices import USUAL, Cheapest
from finder.pages.indexed import HOME_COUNTRY, area_endpoint, robots
from finder.pages.listing import (
    PAGE_SIZE,
    Counted,
    Figures,
    Link,
    Listing,
    Paging,
    Pairs,
    Prices,
    Summaries,
    Tallies,
    Tally,
    counted,
    drawn_rows,
    page_number,
    page_sentence,
    paging,
)
from finder.pages.listing import collection as collection
from finder.pages.search_query import address
from finder.pages.words import CONNECTOR_PAGES, connector
from finder.places import Area
from finder.stations.summary import Summary
from finder.stations.types import Station
from finder.store.listed import FAST_KW, Choice, together
from finder.store.stations import leaves
from finder.tariffs.quotes_in_words import total as total_in_words
from finder.tariffs.words import exact
from finder.web import language as say
from finder.web.database import reading
from finder.web.head import Crumb, Head, describe, head, shared_with
from finder.web.language import (
    alphabetical,
    kilowatts,
    language,
    listed,
    localised,
    ngettext,
    number,
    path_to,
    site_urls,
    utc_now,
)
from finder.web.language import gettext as _

NEIGHBOURS = 8
LOOKED_AT = 60
OPERATORS_SHOWN = 12

blueprint = Blueprint("areas", __name__)


class IndexPage(Struct):
    head: Head
    figures: str
    facts: Pairs
    regions: tuple[Link, ...]
    countries: tuple[Link, ...]
    plugs: tuple[Link, ...]


class RegionPage(Struct):
    head: Head
    heading: str
    figure: str
    figure_words: str
    counted: str
    facts: Pairs
    children: tuple[Link, ...]
    operators: tuple[Link, ...]
    others_heading: str
    others: tuple[Link, ...]


class Win(Struct):
    what: str
    name: str
    url: str
    figure: str
    unit: str
    note: str


class Section(Struct):
    heading: str
    rows: tuple[rows.Row, ...]


class LeafPage(Struct):
    """`ways`: other lists of the same area."""

    head: Head
    heading: str
    figure: str
    figure_words: str
    wins: tuple[Win, ...]
    counted: str
    ways: tuple[Link, ...]
    sections: tuple[Section, ...]
    charge: str
    charge_url: str
    paging: Paging | None
    figures_heading: str
    facts: tuple[tuple[str, str], ...]
    map: Markup
    operators: tuple[Link, ...]
    plugs: tuple[Link, ...]
    neighbours: tuple[Link, ...]
    sources: str
    feed: str
    feed_words: str


@localised(blueprint, "/stations/")
def index() -> str:
    with reading() as connection:
        now = utc_now()
        found = counted(connection, now)
        figures = _figures_of(connection, None, found, now)
    return render_template("pages/areas.html", page=build_index(found, figures))


@localised(blueprint, "/stations/<first>/")
def region(first: str) -> str | Response:
    area = places.by_path(first)
    if area is not None and area.code == HOME_COUNTRY:
        return redirect(url_for("areas.index"), 301)  # type: ignore[return-value]
    return _show(area)


@localised(blueprint, "/stations/<first>/<second>/")
def leaf(first: str, second: str) -> str:
    return _show(places.by_path(first, second))


def _show(area: Area | None) -> str:
    if area is None:
        abort(404)
    now, page = utc_now(), page_number()
    with reading() as connection:
        found = counted(connection, now)
        if area.code not in found.tallies:
            abort(404)
        if children(area, found.tallies):
            if page != 1:
                abort(404)
            figures = _figures_of(connection, area, found, now)
            return render_template("pages/region.html", page=build_region(area, found, figures))
        choice = Choice(leaves(area.code))
        list_of = listing.read(connection, choice, found.tallies[area.code].stations, page, now)
        new = found.census.new.get(area.code, ())
        figures = listing.figures(connection, ("area", area.code), choice, list_of, found, new, now)
    return render_template("pages/area.html", page=build_leaf(area, found, list_of, figures, page, now))


def _figures_of(connection: sa.Connection, area: Area | None, found: Counted, now: datetime) -> Figures:
    """Of an area with others inside it; of all there is without one."""
    inside = found.census.areas if area is None else leaves(area.code)
    codes = tuple([code for code in inside if code in found.census.areas])
    new = sorted((each for code in codes for each in found.census.new.get(code, ())), key=lambda each: -each.created_at)
    total = sum(found.census.areas[code].stations for code in codes)
    key = ("area", "" if area is None else area.code)
    return listing.held_figures(connection, key, Choice(codes), total, found, new, now)


# Names and links


def name(area: Area) -> str:
    return area.name_sv if language() == "sv" else area.name_en


def title_name(area: Area) -> str:
    """With what it lies in where another area is called the same."""
    if places.word(area.code) == area.slug or area.parent is None:
        return name(area)
    return f"{name(area)}, {name(places.area(area.parent))}"


def path(area: Area, page: int = 1) -> str:
    return _path(language(), area.code, page)


def feed_path(area: Area) -> str:
    """Of the feed of price changes that the page of an area without others inside it leads to."""
    first, second = places.path(area.code)
    if second is None:
        return url_for("feeds.outer", first=first)
    return url_for("feeds.inner", first=first, second=second)


@lru_cache(maxsize=16_384)
def _path(code: str, area: str, page: int) -> str:
    first, second = places.path(area)
    number_of_page = {"page": page} if page > 1 else {}
    if second is None:
        return url_for("areas.region", lang=code, first=first, **number_of_page)  # type: ignore[arg-type]
    return url_for("areas.leaf", lang=code, first=first, second=second, **number_of_page)  # type: ignore[arg-type]


def link(tally: Tally) -> Link:
    return Link(name=name(tally.area), url=path(tally.area), count=number(tally.evses))


def by_name(tallies: Iterable[Tally]) -> tuple[Link, ...]:
    return tuple(link(tally) for tally in sorted(tallies, key=lambda tally: alphabetical(name(tally.area))))


def children(area: Area, tallies: Tallies) -> list[Tally]:
    return [tally for tally in tallies.values() if tally.area.parent == area.code]


def region_links(tallies: Tallies) -> tuple[Link, ...]:
    return by_name(tally for tally in tallies.values() if tally.area.parent == HOME_COUNTRY)


def country_links(tallies: Tallies) -> tuple[Link, ...]:
    return by_name(t for t in tallies.values() if t.area.kind == "country" and t.area.code != HOME_COUNTRY)


def largest(tallies: Tallies, limit: int) -> tuple[Link, ...]:
    """The municipalities with the most charging points, by name."""
    found = [tally for tally in tallies.values() if tally.area.kind == "municipality"]
    return by_name(sorted(found, key=lambda tally: (-tally.evses, tally.area.code))[:limit])


def neighbours(area: Area, tallies: Tallies) -> tuple[Link, ...]:
    """The nearest areas of the same kind that have stations, by name."""
    near = [tallies[other.code] for other in places.neighbours(area.code, LOOKED_AT) if other.code in tallies]
    return by_name(near[:NEIGHBOURS])


def crumbs(area: Area) -> tuple[Crumb, ...]:
    """From all charging stations down to this area; a country of its own page stands between, Sweden does not."""
    return (*crumbs_to(area)[:-1], Crumb(name(area)))


def crumbs_to(area: Area) -> tuple[Crumb, ...]:
    """The same for a page below the area's own."""
    steps = [Crumb(name(area), path(area))]
    parent = area.parent
    while parent is not None and parent != HOME_COUNTRY:
        above = places.area(parent)
        if places.path(above.code) != places.path(area.code):
            steps.append(Crumb(name(above), path(above)))
        parent = above.parent
    return (Crumb(_("Charging stations"), site_urls().areas), *reversed(steps))


# Pages


def build_index(found: Counted, told: Figures) -> IndexPage:
    tallies = found.tallies
    countries = [tally.count for tally in tallies.values() if tally.area.kind == "country"]
    figures = figures_words(sum(each.evses for each in countries), sum(each.stations for each in countries))
    regions, others = region_links(tallies), country_links(tallies)
    title = _("All charging stations by area")
    return IndexPage(
        head=head(
            title,
            describe(
                figures,
                _(
                    "Choose a county or a country, then a municipality, and see status, power and plugs for every charging station."
                ),
            ),
            "areas.index",
            crumbs=(Crumb(_("Start"), url_for("home.show")), Crumb(_("Charging stations"))),
            json_ld=(
                collection(title, url_for("areas.index"), ((each.name, each.url) for each in (*regions, *others))),
            ),
        ),
        figures=figures,
        facts=listing.facts(together(countries), told),
        regions=regions,
        countries=others,
        plugs=plug_links(found),
    )


def build_region(area: Area, found: Counted, told: Figures) -> RegionPage:
    tallies = found.tallies
    tally, below = tallies[area.code], children(area, tallies)
    called = name(area)
    figure, figure_words, counted_at = listing.answer(tally.count, told.live)
    most = max(below, key=lambda each: each.evses)
    more = (
        (_("Areas with charging stations"), number(len(below))),
        (_("Most charging points"), f"{name(most.area)}, {number(most.evses)}"),
    )
    endpoint, values = area_endpoint(area)
    links = by_name(below)
    title = _("Charging stations in %(area)s", area=title_name(area))
    siblings = [
        each
        for each in tallies.values()
        if each.area.parent == area.parent and each.area.code not in (area.code, HOME_COUNTRY)
    ]
    return RegionPage(
        head=_pictured(
            area,
            head(
                title,
                describe(figures_words(tally.evses, tally.stations, called), *median_sentence(told)),
                endpoint,
                robots=robots(tally.stations),
                crumbs=crumbs(area),
                json_ld=(collection(title, path(area), ((each.name, each.url) for each in links)),),
                **values,
            ),
        ),
        heading=_("Charge your car in %(area)s", area=called),
        figure=figure,
        figure_words=figure_words,
        counted=counted_at,
        facts=listing.facts(tally.count, told, *more),
        children=links,
        operators=_operators_of([each.area.code for each in below], found),
        others_heading=_("Other countries") if area.kind == "country" else _("Other counties"),
        others=by_name(siblings),
    )


def _operators_of(codes: Sequence[str], found: Counted) -> tuple[Link, ...]:
    """Those with most charging points in these areas, by name."""
    census = found.census
    evses = {
        named: sum(here.evses for code in codes if (here := by_area.get(code)))
        for named, by_area in census.pairs.items()
    }
    chosen = sorted((named for named in evses if evses[named]), key=lambda named: (-evses[named], named))
    ordered = sorted(chosen[:OPERATORS_SHOWN], key=lambda named: alphabetical(census.names[named]))
    return tuple(
        Link(census.names[named], url_for("operators.show", slug=named), number(evses[named])) for named in ordered
    )


def median_sentence(figures: Figures) -> tuple[str, ...]:
    """For a description."""
    if figures.median is None:
        return ()
    return (_("Median price %(price)s incl. VAT.", price=area_prices.median_words(figures.median)),)


def plug_links(found: Counted, but: str = "") -> tuple[Link, ...]:
    """The kinds of plug that have a page, with how many stations have them, most first."""
    counts = {
        slug: sum(count.stations for count in by_area.values())
        for slug, standard in CONNECTOR_PAGES.items()
        if slug != but and (by_area := found.census.plugs.get(standard))
    }
    return tuple(
        Link(connector(CONNECTOR_PAGES[slug]), url_for("connectors.show", plug=slug), number(counts[slug]))
        for slug in sorted(counts, key=lambda slug: -counts[slug])
    )


def build_leaf(area: Area, found: Counted, list_of: Listing, figures: Figures, page: int, now: datetime) -> LeafPage:
    tally, called, whole = found.tallies[area.code], name(area), list_of.whole
    told = by_speed(list_of.summaries) if whole else list_of.summaries
    shown = told[(page - 1) * PAGE_SIZE : page * PAGE_SIZE] if whole else told
    figure, figure_words, counted_at = listing.answer(tally.count, figures.live)
    prices = list_of.prices
    wins: tuple[Win, ...] = ()
    if whole and list_of.total > 1:
        by_plug = [prices[station.id] for station, _summary in list_of.summaries]
        wins = _wins(list_of.summaries, area_prices.cheapest(list_of.summaries, by_plug), now)
    return LeafPage(
        head=_leaf_head(area, tally, shown, page, figures),
        heading=_("Charge your car in %(area)s", area=called),
        figure=figure,
        figure_words=figure_words,
        wins=wins,
        counted=counted_at,
        ways=_ways(area, found),
        sections=_sections(shown, prices, now, called)
        if whole
        else (Section(_("All charging stations"), drawn_rows(shown, prices, now, called)),),
        charge=search_charge.sentence(USUAL, (), now),
        charge_url=address((("q", called),)) + "#charge",
        paging=paging(page, list_of.total, lambda n: path(area, n)),
        figures_heading=_("%(area)s in figures", area=called),
        facts=_facts(tally, list_of, figures),
        map=locator.of_area(called, shown),
        operators=operators_in(area, found),
        plugs=plugs_in(area, found),
        neighbours=neighbours(area, found.tallies),
        sources=sources([station for station, _summary in list_of.summaries]),
        feed=feed_path(area),
        feed_words=_("Follow price changes in %(area)s (Atom)", area=called),
    )


def _ways(area: Area, found: Counted) -> tuple[Link, ...]:
    links = []
    if fast := found.census.fast.get(area.code):
        links.append(
            Link(_("Fast charging in %(area)s", area=name(area)), list_path("fast", area), number(fast.stations))
        )
    if new := found.census.new.get(area.code):
        links.append(Link(_("New in %(area)s", area=name(area)), list_path("newest", area), number(len(new))))
    return tuple(links)


def list_path(kind: str, area: Area, page: int = 1) -> str:
    """Of the area's fast stations ("fast") or new ones ("newest")."""
    return url_for(f"{kind}.show", place=places.word(area.code), page=page if page > 1 else None)


def operators_in(area: Area, found: Counted, but: str = "") -> tuple[Link, ...]:
    """Those with most charging points first, each to its list in this area."""
    census = found.census
    here = [(named, count) for named, by_area in census.pairs.items() if (count := by_area.get(area.code))]
    return tuple(
        Link(
            census.names[named],
            url_for("operators.area", slug=named, place=places.word(area.code)),
            ngettext("%(num)s charging point", "%(num)s charging points", count.evses)
            + ", "
            + ngettext("%(num)s place", "%(num)s places", count.stations),
        )
        for named, count in sorted(here, key=lambda each: (-each[1].evses, each[0]))
        if named != but
    )


def plugs_in(area: Area, found: Counted) -> tuple[Link, ...]:
    """The plugs that have a page, with how many stations here have them."""
    counts = [
        (slug, standard, count)
        for slug, standard in CONNECTOR_PAGES.items()
        if (count := found.census.plugs.get(standard, {}).get(area.code))
    ]
    return tuple(
        Link(connector(standard), url_for("connectors.show", plug=slug), number(count.stations))
        for slug, standard, count in sorted(counts, key=lambda each: -each[2].stations)
    )


def by_speed(summaries: Summaries) -> Summaries:
    """Fast ones first, each class by name as they came."""
    return sorted(summaries, key=lambda each: not is_fast(each[1]))


def is_fast(summary: Summary) -> bool:
    return summary.max_power_kw is not None and summary.max_power_kw >= FAST_KW


def _sections(shown: Summaries, prices: Prices, now: datetime, within: str) -> tuple[Section, ...]:
    fast = [each for each in shown if is_fast(each[1])]
    rest = [each for each in shown if not is_fast(each[1])]
    sections = (
        Section(_("Fast charging, at least 50 kW"), drawn_rows(fast, prices, now, within, FAST_KW)),
        Section(_("Normal charging, below 50 kW or not stated"), drawn_rows(rest, prices, now, within)),
    )
    return tuple(section for section in sections if section.rows)


def _wins(summaries: Summaries, cheapest: Cheapest | None, now: datetime) -> tuple[Win, ...]:
    """Only stations with a charging point that is known to be available can win."""
    wins = _wins_by_points(summaries, now)
    return wins if cheapest is None else (_cheapest(cheapest, now), *wins)


def _cheapest(found: Cheapest, now: datetime) -> Win:
    told = total_in_words(found.price.quote, say)
    # A currency after its figure is written smaller.
    figure, unit = told.rsplit("\u00a0", 1) if "\u00a0" in told and not told[-1].isdigit() else (told, "")
    kwh, plug = exact(found.price.quote.energy_kwh, say, 0), found.price.standard
    of = _("%(kwh)s kWh with %(plug)s", kwh=kwh, plug=connector(plug)) if plug else _("%(kwh)s kWh", kwh=kwh)
    win = _win(_("Cheapest"), found.station, figure, unit, found.summary, now)
    state = rows.state(found.summary.counts, found.summary.unknown_since, now).words
    return msgspec.structs.replace(win, note=f"{of}, {state}")


def _wins_by_points(summaries: Summaries, now: datetime) -> tuple[Win, ...]:
    free = [(station, summary) for station, summary in summaries if summary.available]
    if not free:
        return ()
    most, most_summary = max(free, key=lambda each: each[1].available)
    strong = [each for each in free if each[1].max_power_kw]
    if not strong:
        return (_win(_("Most available"), most, number(most_summary.available), _("available"), most_summary, now),)
    best, summary = max(strong, key=lambda each: each[1].max_power_kw or 0)
    figure, unit = kilowatts(summary.max_power_kw or 0).rsplit("\u00a0", 1)
    wins = [_win(_("Most powerful"), best, figure, unit, summary, now)]
    if most is not best:
        wins.append(_win(_("Most available"), most, number(most_summary.available), _("available"), most_summary, now))
    return tuple(wins)


def _win(what: str, station: Station, figure: str, unit: str, summary: Summary, now: datetime) -> Win:
    return Win(
        what=what,
        name=rows.name(station.location),
        url=rows.path(station),
        figure=figure,
        unit=unit,
        note=f"{rows.plugs(summary)}, {rows.state(summary.counts, summary.unknown_since, now).words}".lstrip(", "),
    )


def _facts(tally: Tally, list_of: Listing, figures: Figures) -> tuple[tuple[str, str], ...]:
    plugs = listing.plug_words(list_of.summaries) if list_of.whole else ""
    return listing.facts(tally.count, figures, *(((_("Sockets and cables"), plugs),) if plugs else ()))


def sources(found: Iterable[Station]) -> str:
    said = {origin.name: origin.licence for station in found for origin in station.origins}
    return listed(
        [
            f"{partner} ({rows.licence(licence)})" if licence else _("%(partner)s (no licence stated)", partner=partner)
            for partner, licence in sorted(said.items())
        ]
    )


def figures_words(evses: int, total: int, area: str = "") -> str:
    at = ngettext("%(num)s place", "%(num)s places", total)
    if area:
        return ngettext(
            "%(num)s public charging point at %(places)s in %(area)s.",
            "%(num)s public charging points at %(places)s in %(area)s.",
            evses,
            places=at,
            area=area,
        )
    return ngettext(
        "%(num)s public charging point at %(places)s.",
        "%(num)s public charging points at %(places)s.",
        evses,
        places=at,
    )


def _leaf_head(area: Area, tally: Tally, shown: Summaries, page: int, figures: Figures) -> Head:
    called = title_name(area)
    title = _("Charging stations in %(area)s: price, status", area=called)
    if page > 1:
        title = _("Charging stations in %(area)s, page %(page)s", area=called, page=number(page))
    endpoint, values = area_endpoint(area)
    if page > 1:
        values["page"] = str(page)
    strongest = _("Highest power %(power)s.", power=kilowatts(tally.max_power_kw)) if tally.max_power_kw else ""
    told = head(
        title,
        describe(
            *page_sentence(page, tally.stations),
            figures_words(tally.evses, tally.stations, called),
            *median_sentence(figures),
            *((strongest,) if strongest else ()),
            _("See which are available, what a charge costs and who runs them."),
        ),
        endpoint,
        robots=robots(tally.stations),
        crumbs=crumbs(area),
        json_ld=(
            collection(
                title, path(area, page), ((rows.name(station.location), rows.path(station)) for station, _s in shown)
            ),
        ),
        **values,
    )
    return _pictured(area, told)


def _pictured(area: Area, head: Head) -> Head:
    return shared_with(path_to("share.area", place=area.code), head)
