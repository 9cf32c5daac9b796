"""Places: all regions and countries, a region with its municipalities, a municipality with its charging stations.

Sweden is told by county and municipality; other countries by what the gazetteer has below the country.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from markupsafe import Markup

from finder import places
from finder.ocpi.types import Struct
from finder.pages import area_prices, locator, rows, search_charge
from finder.pages.area_prices import USUAL, Cheapest, Median
from finder.pages.search_query import address
from finder.pages.words import connector
from finder.places import Area
from finder.stations.prices import PlugPrice
from finder.stations.summary import Summary, summarise
from finder.stations.types import Station
from finder.store import partners, stations
from finder.store.stations import AreaCount, Found
from finder.tariffs.quotes_in_words import total as total_in_words
from finder.tariffs.words import exact
from finder.web import language as say
from finder.web.database import reading
from finder.web.head import INDEX, NO_INDEX, Crumb, Head, Json, absolute, describe, head
from finder.web.language import (
    alphabetical,
    clock,
    day,
    kilowatts,
    language,
    listed,
    localised,
    ngettext,
    number,
    site_urls,
    utc_now,
)
from finder.web.language import gettext as _

PAGE_SIZE = 50
# So many stations are read for the figures of a place; of larger ones only a page and the counts.
READ_WHOLE = 200
NEIGHBOURS = 8
LOOKED_AT = 60
PLUGS_SHOWN = 4
INDEXED_FROM = 3
FAST_KW = 50
HOME_COUNTRY = "SE"
HELD = timedelta(seconds=30)

blueprint = Blueprint("areas", __name__)


class AreaLink(Struct):
    name: str
    url: str
    count: str


class Tally(Struct):
    """An area's counts, summed over the areas inside it."""

    area: Area
    stations: int
    evses: int
    max_power_kw: float | None

    @staticmethod
    @lru_cache(maxsize=4)
    def of(counts: tuple[AreaCount, ...]) -> dict[str, "Tally"]:
        """By code, of these areas and all that they lie in."""
        found: dict[str, Tally] = {}
        for count in counts:
            code: str | None = count.area
            while code is not None:
                area = places.area(code)
                before = found.get(code, Tally(area, 0, 0, None))
                found[code] = Tally(
                    area,
                    before.stations + count.stations,
                    before.evses + count.evses,
                    max((kw for kw in (before.max_power_kw, count.max_power_kw) if kw is not None), default=None),
                )
                code = area.parent
        return found


class IndexPage(Struct):
    head: Head
    figures: str
    regions: tuple[AreaLink, ...]
    countries: tuple[AreaLink, ...]


class RegionPage(Struct):
    head: Head
    heading: str
    evses: str
    stations: str
    facts: tuple[tuple[str, str], ...]
    children: tuple[AreaLink, ...]
    others: tuple[AreaLink, ...]


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


class Paging(Struct):
    """Neighbouring pages of a list; None where there is none."""

    where: str
    previous: str | None
    next: str | None


class LeafPage(Struct):
    head: Head
    heading: str
    figure: str
    figure_words: str
    wins: tuple[Win, ...]
    counted: str
    sections: tuple[Section, ...]
    charge: str
    charge_url: str
    paging: Paging | None
    figures_heading: str
    facts: tuple[tuple[str, str], ...]
    map: Markup
    operators: tuple[tuple[str, str], ...]
    neighbours: tuple[AreaLink, ...]
    sources: str
    feed: str
    feed_words: str


@localised(blueprint, "/stations/")
def index() -> str:
    with reading() as connection:
        counts = held_counts(connection, utc_now())
    return render_template("pages/areas.html", page=build_index(counts))


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
    now, number_of_page = utc_now(), _page_number()
    with reading() as connection:
        tallies = Tally.of(held_counts(connection, now))
        if area.code not in tallies:
            abort(404)
        if children(area, tallies):
            if number_of_page != 1:
                abort(404)
            return render_template("pages/region.html", page=build_region(area, tallies))
        total = tallies[area.code].stations
        whole = total <= READ_WHOLE
        found = stations.find(
            connection,
            stations.Search(
                area=area.code,
                charge=USUAL,
                now=now,
                limit=READ_WHOLE if whole else PAGE_SIZE,
                offset=0 if whole else (number_of_page - 1) * PAGE_SIZE,
            ),
        )
        if number_of_page > pages(found.total):
            abort(404)
        median = (
            area_prices.median_price(found.prices) if whole else area_prices.held_median(connection, area.code, now)
        )
    page = build_leaf(area, tallies, found, number_of_page, now, median)
    return render_template("pages/area.html", page=page)


def held_counts(connection: sa.Connection, now: datetime) -> tuple[AreaCount, ...]:
    """Counted anew after every pull: they read every station there is. Half a minute is for what comes without one."""
    pull = partners.newest_pull(connection)
    held: tuple[tuple[AreaCount, ...], int, datetime] | None = current_app.extensions.get("finder.area_counts")
    if held is None or held[1] != pull or not timedelta(0) <= now - held[2] < HELD:
        held = current_app.extensions["finder.area_counts"] = (stations.area_counts(connection), pull, now)
    return held[0]


def _page_number() -> int:
    text = request.args.get("page", "1")
    if not text.isascii() or not text.isdigit() or not 1 <= len(text) <= 4 or int(text) < 1:
        abort(404)
    return int(text)


def pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))


# Names and links


def name(area: Area) -> str:
    return area.name_sv if language() == "sv" else area.name_en


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


def link(tally: Tally) -> AreaLink:
    return AreaLink(name=name(tally.area), url=path(tally.area), count=number(tally.evses))


def by_name(tallies: Iterable[Tally]) -> tuple[AreaLink, ...]:
    return tuple(link(tally) for tally in sorted(tallies, key=lambda tally: alphabetical(name(tally.area))))


def children(area: Area, tallies: dict[str, Tally]) -> list[Tally]:
    return [tally for tally in tallies.values() if tally.area.parent == area.code]


def region_links(tallies: dict[str, Tally]) -> tuple[AreaLink, ...]:
    return by_name(tally for tally in tallies.values() if tally.area.parent == HOME_COUNTRY)


def country_links(tallies: dict[str, Tally]) -> tuple[AreaLink, ...]:
    return by_name(t for t in tallies.values() if t.area.kind == "country" and t.area.code != HOME_COUNTRY)


def largest(tallies: dict[str, Tally], limit: int) -> tuple[AreaLink, ...]:
    """The municipalities with the most charging points, by name."""
    found = [tally for tally in tallies.values() if tally.area.kind == "municipality"]
    return by_name(sorted(found, key=lambda tally: (-tally.evses, tally.area.code))[:limit])


def neighbours(area: Area, tallies: dict[str, Tally]) -> tuple[AreaLink, ...]:
    """The nearest areas of the same kind that have stations, by name."""
    near = [tallies[other.code] for other in places.neighbours(area.code, LOOKED_AT) if other.code in tallies]
    return by_name(near[:NEIGHBOURS])


def crumbs(area: Area) -> tuple[Crumb, ...]:
    """From all charging stations down to this area; a country of its own page stands between, Sweden does not."""
    steps = [Crumb(name(area))]
    parent = area.parent
    while parent is not None and parent != HOME_COUNTRY:
        above = places.area(parent)
        if places.path(above.code) != places.path(area.code):
            steps.append(Crumb(name(above), path(above)))
        parent = above.parent
    return (Crumb(_("Charging stations"), site_urls().areas), *reversed(steps))


# Pages


def build_index(counts: tuple[AreaCount, ...]) -> IndexPage:
    tallies = Tally.of(counts)
    countries = [tally for tally in tallies.values() if tally.area.kind == "country"]
    evses = sum(tally.evses for tally in countries)
    total = sum(tally.stations for tally in countries)
    figures = figures_words(evses, total)
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
        regions=regions,
        countries=others,
    )


def build_region(area: Area, tallies: dict[str, Tally]) -> RegionPage:
    tally, below = tallies[area.code], children(area, tallies)
    called = name(area)
    strongest = max(below, key=lambda each: each.max_power_kw or 0)
    facts = [(_("Areas with charging stations"), number(len(below)))]
    if strongest.max_power_kw:
        facts.append((_("Highest power"), f"{kilowatts(strongest.max_power_kw)}, {name(strongest.area)}"))
    most = max(below, key=lambda each: each.evses)
    facts.append((_("Most charging points"), f"{name(most.area)}, {number(most.evses)}"))
    first, second = places.path(area.code)
    links = by_name(below)
    title = _("Charging stations in %(area)s", area=called)
    siblings = [t for t in tallies.values() if t.area.kind == area.kind and t.area.code != area.code]
    return RegionPage(
        head=head(
            title,
            describe(
                figures_words(tally.evses, tally.stations, called),
            ),
            "areas.region" if second is None else "areas.leaf",
            robots=INDEX if tally.stations >= INDEXED_FROM else NO_INDEX,
            crumbs=crumbs(area),
            json_ld=(collection(title, path(area), ((each.name, each.url) for each in links)),),
            **({"first": first} if second is None else {"first": first, "second": second}),
        ),
        heading=_("Charge your car in %(area)s", area=called),
        evses=number(tally.evses),
        stations=ngettext("charging points at %(num)s place", "charging points at %(num)s places", tally.stations),
        facts=tuple(facts),
        children=links,
        others=by_name(siblings) if area.kind != "country" else (),
    )


def build_leaf(
    area: Area, tallies: dict[str, Tally], found: Found, page: int, now: datetime, median: Median | None = None
) -> LeafPage:
    """`median` is of the whole area, whatever is found here."""
    tally, called = tallies[area.code], name(area)
    whole = len(found.stations) == found.total
    summaries = [(station, summarise(station, now)) for station in found.stations]
    prices = {station.id: by_plug for station, by_plug in zip(found.stations, found.by_plug, strict=True)}
    ordered = by_speed(summaries) if whole else summaries
    shown = ordered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE] if whole else ordered
    figure, figure_words, counted = _answer(tally, summaries if whole else [], now)
    return LeafPage(
        head=_leaf_head(area, tally, shown, page, median),
        heading=_("Charge your car in %(area)s", area=called),
        figure=figure,
        figure_words=figure_words,
        wins=_wins(summaries, area_prices.cheapest(summaries, found.by_plug), now) if whole and found.total > 1 else (),
        counted=counted,
        sections=_sections(shown, prices, now, called)
        if whole
        else (Section(_("All charging stations"), _rows(shown, prices, now, called)),),
        charge=search_charge.sentence(USUAL, (), now),
        charge_url=address((("q", called),)) + "#charge",
        paging=paging(area, page, found.total),
        figures_heading=_("%(area)s in figures", area=called),
        facts=_facts(tally, summaries if whole else [], median),
        map=locator.of_area(called, shown),
        operators=_operators(summaries) if whole else (),
        neighbours=neighbours(area, tallies),
        sources=_sources(found.stations),
        feed=feed_path(area),
        feed_words=_("Follow price changes in %(area)s (Atom)", area=called),
    )


Summaries = Sequence[tuple[Station, Summary]]


def by_speed(summaries: Summaries) -> Summaries:
    """Fast ones first, each class by name as they came."""
    return sorted(summaries, key=lambda each: not is_fast(each[1]))


def is_fast(summary: Summary) -> bool:
    return summary.max_power_kw is not None and summary.max_power_kw >= FAST_KW


Prices = Mapping[str, tuple[PlugPrice, ...]]
"""By a station's id, one for each kind of plug."""


def _rows(
    summaries: Summaries, prices: Prices, now: datetime, within: str, least_kw: float = 0
) -> tuple[rows.Row, ...]:
    """`least_kw`: what the plug gives that a row's price is for, where the station has such plugs."""
    return tuple(
        rows.from_summary(
            station,
            summary,
            now,
            within=within,
            cost=rows.cost(area_prices.of_fast(prices[station.id], least_kw), summary),
        )
        for station, summary in summaries
    )


def _sections(shown: Summaries, prices: Prices, now: datetime, within: str) -> tuple[Section, ...]:
    fast = [each for each in shown if is_fast(each[1])]
    rest = [each for each in shown if not is_fast(each[1])]
    sections = (
        Section(_("Fast charging, at least 50 kW"), _rows(fast, prices, now, within, FAST_KW)),
        Section(_("Normal charging, below 50 kW or not stated"), _rows(rest, prices, now, within)),
    )
    return tuple(section for section in sections if section.rows)


def _answer(tally: Tally, summaries: Summaries, now: datetime) -> tuple[str, str, str]:
    """The figure on the sign, what it counts, and when it was counted."""
    known = sum(summary.known for _station, summary in summaries)
    if not known:
        words = ngettext("charging points at %(num)s place", "charging points at %(num)s places", tally.stations)
        return number(tally.evses), words, ""
    free = sum(summary.available for _station, summary in summaries)
    unknown = sum(summary.counts.unknown for _station, summary in summaries)
    figure = _("%(free)s of %(known)s", free=number(free), known=number(known))
    words = ngettext("charging point is available now", "charging points are available now", free)
    counted = _("Counted %(time)s.", time=clock(now))
    if unknown:
        counted += " " + ngettext(
            "%(num)s more has no known status and is not counted.",
            "%(num)s more have no known status and are not counted.",
            unknown,
        )
    return figure, words, counted


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


def paging(area: Area, page: int, total: int) -> Paging | None:
    last = pages(total)
    if last == 1:
        return None
    return Paging(
        where=_("Page %(page)s of %(last)s", page=number(page), last=number(last)),
        previous=path(area, page - 1) if page > 1 else None,
        next=path(area, page + 1) if page < last else None,
    )


def _facts(tally: Tally, summaries: Summaries, median: Median | None) -> tuple[tuple[str, str], ...]:
    facts = [(_("Charging stations"), number(tally.stations)), (_("Charging points"), number(tally.evses))]
    fast = sum(is_fast(summary) for _station, summary in summaries)
    if fast:
        facts[0] = (
            _("Charging stations"),
            _("%(count)s, %(fast)s with fast charging", count=facts[0][1], fast=number(fast)),
        )
    if plugs := _plug_words(summaries):
        facts.append((_("Sockets and cables"), plugs))
    if median:
        facts.append(area_prices.median_fact(median))
    if tally.max_power_kw:
        facts.append((_("Highest power"), kilowatts(tally.max_power_kw)))
    if summaries:
        facts.append((_("Facts last changed"), day(max(station.changed_at for station, _summary in summaries))))
    return tuple(facts)


def _plug_words(summaries: Summaries) -> str:
    """The commonest plugs with how many there are of each: "22 Typ 2, 16 CCS"."""
    totals: Counter[str] = Counter()
    for _station, summary in summaries:
        for plug in summary.plugs:
            if plug.standard:
                totals[connector(plug.standard)] += plug.connectors
    return ", ".join(f"{number(count)}\u00a0{plug}" for plug, count in totals.most_common(PLUGS_SHOWN))


def _operators(summaries: Summaries) -> tuple[tuple[str, str], ...]:
    """Operators with most charging points first: name, and how much they have here."""
    evses: dict[str, int] = {}
    places_of: dict[str, int] = {}
    for station, summary in summaries:
        if station.location.operator:
            operator = station.location.operator.name
            evses[operator] = evses.get(operator, 0) + summary.total
            places_of[operator] = places_of.get(operator, 0) + 1
    return tuple(
        (
            operator,
            ngettext("%(num)s charging point", "%(num)s charging points", count)
            + ", "
            + ngettext("%(num)s place", "%(num)s places", places_of[operator]),
        )
        for operator, count in sorted(evses.items(), key=lambda each: (-each[1], each[0]))
    )


def _sources(found: Sequence[Station]) -> str:
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


def _leaf_head(area: Area, tally: Tally, shown: Summaries, page: int, median: Median | None) -> Head:
    called = name(area)
    title = _("Charging stations in %(area)s: price, status", area=called)
    if page > 1:
        title = _("Charging stations in %(area)s, page %(page)s", area=called, page=number(page))
    first, second = places.path(area.code)
    values: dict[str, str | int] = {"first": first} if second is None else {"first": first, "second": second}
    if page > 1:
        values["page"] = page
    strongest = _("Highest power %(power)s.", power=kilowatts(tally.max_power_kw)) if tally.max_power_kw else ""
    return head(
        title,
        describe(
            figures_words(tally.evses, tally.stations, called),
            *((_("Median price %(price)s incl. VAT.", price=area_prices.median_words(median)),) if median else ()),
            *((strongest,) if strongest else ()),
            _("See which are available, what a charge costs and who runs them."),
        ),
        "areas.region" if second is None else "areas.leaf",
        robots=INDEX if tally.stations >= INDEXED_FROM else NO_INDEX,
        crumbs=crumbs(area),
        json_ld=(
            collection(
                title, path(area, page), ((rows.name(station.location), rows.path(station)) for station, _s in shown)
            ),
        ),
        **values,
    )


def collection(title: str, url: str, items: Iterable[tuple[str, str]]) -> Json:
    """A page that lists others: (name, path) of each, in the order shown."""
    return {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "name": title,
        "url": absolute(url),
        "inLanguage": language(),
        "mainEntity": {
            "@type": "ItemList",
            "itemListElement": [
                {"@type": "ListItem", "position": n, "name": called, "url": absolute(where)}
                for n, (called, where) in enumerate(items, 1)
            ],
        },
    }
