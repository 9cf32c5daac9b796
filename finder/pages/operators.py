"""Operators: all of them, one with everything it runs, and one in a municipality. They are told apart by their names' slugs."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, abort, render_template, url_for
from markupsafe import Markup

from finder import places
from finder.ocpi.types import Struct
from finder.pages import facts, listing, locator, rows, search_charge
from finder.pages.area_prices import USUAL
from finder.pages.areas import LOOKED_AT, NEIGHBOURS, figures_words, median_sentence, operators_in, sources, title_name
from finder.pages.areas import name as area_name
from finder.pages.areas import path as area_path
from finder.pages.indexed import operator_is_paged, robots
from finder.pages.listing import (
    Counted,
    Figures,
    Link,
    Listing,
    Paging,
    Pairs,
    collection,
    counted,
    page_number,
    page_sentence,
    paging,
)
from finder.places import Area
from finder.stations.identity import slug as slug_of
from finder.stations.summary import Summary
from finder.stations.types import Station
from finder.store.listed import Choice, Count
from finder.web.database import reading
from finder.web.head import Crumb, Head, Json, absolute, describe, head
from finder.web.language import alphabetical, localised, ngettext, number, site_urls, utc_now
from finder.web.language import gettext as _

# An operator may be in every municipality of Europe; its page names those where it has most.
MOST_PLACES = 250
OTHERS = 8

blueprint = Blueprint("operators", __name__)


class IndexPage(Struct):
    head: Head
    figures: str
    operators: tuple[Link, ...]


class OperatorPage(Struct):
    """`rows` are all its stations where they are few; else its places lead to them. `more` says how many places are not named."""

    head: Head
    heading: str
    figure: str
    figure_words: str
    counted: str
    facts_heading: str
    facts: tuple[tuple[str, str | Markup], ...]
    places: tuple[Link, ...]
    more: str
    rows: tuple[rows.Row, ...]
    charge: str
    paging: Paging | None
    map: Markup | None
    others: tuple[Link, ...]
    sources: str
    feed: str
    feed_words: str


class AreaPage(Struct):
    """`near`: the same operator in the municipalities nearby; `all`: everything there is in this one."""

    head: Head
    heading: str
    figure: str
    figure_words: str
    counted: str
    facts_heading: str
    facts: Pairs
    rows: tuple[rows.Row, ...]
    charge: str
    paging: Paging | None
    map: Markup
    near: tuple[Link, ...]
    others: tuple[Link, ...]
    all: Link
    sources: str


@localised(blueprint, "/operators/")
def index() -> str:
    with reading() as connection:
        found = counted(connection, utc_now())
    if not found.census.operators:
        abort(404)
    return render_template("pages/operators.html", page=build_index(found))


@localised(blueprint, "/operators/<slug>/")
def show(slug: str) -> str:
    now, page = utc_now(), page_number()
    with reading() as connection:
        found = counted(connection, now)
        total = found.census.operators.get(slug)
        if total is None or (page > 1 and not operator_is_paged(total)):
            abort(404)
        choice = Choice(tuple(found.census.pairs[slug]), operator=slug)
        list_of = listing.read(connection, choice, total.stations, page, now)
        new = found.census.new_of.get(slug, ())
        figures = listing.figures(connection, ("operator", slug), choice, list_of, found, new, now)
    return render_template("pages/operator.html", page=build(slug, found, list_of, figures, page, now))


@localised(blueprint, "/operators/<slug>/<place>/")
def area(slug: str, place: str) -> str:
    here, now, page = places.by_word(place), utc_now(), page_number()
    if here is None:
        abort(404)
    with reading() as connection:
        found = counted(connection, now)
        total = found.census.pairs.get(slug, {}).get(here.code)
        if total is None:
            abort(404)
        choice = Choice((here.code,), operator=slug)
        list_of = listing.read(connection, choice, total.stations, page, now)
        new = [each for each in found.census.new.get(here.code, ()) if each.operator == slug]
        figures = listing.figures(connection, ("operator", slug, here.code), choice, list_of, found, new, now)
    built = build_area(slug, here, found, list_of, figures, page, now)
    return render_template("pages/operator_area.html", page=built)


# Links


def operator_path(slug: str, page: int = 1) -> str:
    """Of the operator whose name has this slug (`finder.stations.identity.slug`)."""
    return url_for("operators.show", slug=slug, page=page if page > 1 else None)


def path_of(station: Station) -> str | None:
    """Of the page of the station's operator; None: nobody says who that is."""
    operator = station.location.operator
    return None if operator is None else operator_path(slug_of(operator.name))


def area_operator_path(slug: str, area: Area, page: int = 1) -> str:
    return url_for("operators.area", slug=slug, place=places.word(area.code), page=page if page > 1 else None)


def links(found: Counted, chosen: Sequence[tuple[str, Count]]) -> tuple[Link, ...]:
    """By name, with their charging points."""
    names = found.census.names
    ordered = sorted(chosen, key=lambda each: alphabetical(names[each[0]]))
    return tuple(Link(names[slug], operator_path(slug), number(count.evses)) for slug, count in ordered)


def largest(found: Counted, limit: int) -> tuple[Link, ...]:
    ordered = sorted(found.census.operators.items(), key=lambda each: (-each[1].evses, each[0]))
    return links(found, ordered[:limit])


# Pages


def build_index(found: Counted) -> IndexPage:
    census = found.census
    shown = links(found, list(census.operators.items()))
    stations_of = sum(count.stations for count in census.operators.values())
    figures = figures_words(sum(count.evses for count in census.operators.values()), stations_of)
    title = _("Operators of charging stations")
    many = ngettext("%(num)s operator.", "%(num)s operators.", len(shown))
    return IndexPage(
        head=head(
            title,
            describe(
                many, figures, _("See what each of them charges, where its stations are and which are available.")
            ),
            "operators.index",
            robots=robots(stations_of),
            crumbs=(Crumb(_("Start"), site_urls().home), Crumb(_("Operators"))),
            json_ld=(collection(title, url_for("operators.index"), ((each.name, each.url) for each in shown)),),
        ),
        figures=f"{many} {figures}",
        operators=shown,
    )


def build(slug: str, found: Counted, list_of: Listing, figures: Figures, page: int, now: datetime) -> OperatorPage:
    called, total = found.census.names[slug], found.census.operators[slug]
    shown = list_of.page(page) if operator_is_paged(total) else ()
    figure, figure_words, counted_at = listing.answer(total, figures.live)
    by_area, more = _places(slug, found)
    told = listing.facts(total, figures, (_("Municipalities"), number(len(found.census.pairs[slug]))))
    website = _website(list_of.summaries)
    return OperatorPage(
        head=_head(slug, found, figures, page, website, shown, by_area),
        heading=_("Charge your car with %(operator)s", operator=called),
        figure=figure,
        figure_words=figure_words,
        counted=counted_at,
        facts_heading=_("%(operator)s in figures", operator=called),
        facts=(*told, *(((_("Website"), facts.drawn_value(facts.link(website, website))),) if website else ())),
        places=by_area,
        more=more,
        rows=listing.drawn_rows(shown, list_of.prices, now),
        charge=search_charge.sentence(USUAL, (), now),
        paging=paging(page, list_of.total, lambda n: operator_path(slug, n)) if shown else None,
        map=locator.of_area(called, shown) if shown else None,
        others=links(found, _others(slug, found)),
        sources=sources([station for station, _summary in list_of.summaries]),
        feed=url_for("feeds.operator", slug=slug),
        feed_words=_("Follow price changes at %(operator)s (Atom)", operator=called),
    )


def _places(slug: str, found: Counted) -> tuple[tuple[Link, ...], str]:
    """By name, each to the operator's list there; and how many are not named."""
    by_area = found.census.pairs[slug]
    chosen = sorted(by_area, key=lambda code: (-by_area[code].evses, code))[:MOST_PLACES]
    areas = sorted([places.area(code) for code in chosen], key=lambda each: alphabetical(title_name(each)))
    shown = tuple(
        Link(title_name(each), area_operator_path(slug, each), number(by_area[each.code].evses)) for each in areas
    )
    left = len(by_area) - len(shown)
    more = ngettext("And %(num)s more with fewer.", "And %(num)s more with fewer.", left) if left else ""
    return shown, more


def _others(slug: str, found: Counted) -> list[tuple[str, Count]]:
    """Those with most charging points where this one has most."""
    census = found.census
    mine = census.pairs[slug]
    top = sorted(mine, key=lambda code: (-mine[code].evses, code))[:3]
    beside = {
        other: sum(here.evses for code in top if (here := by_area.get(code)))
        for other, by_area in census.pairs.items()
        if other != slug
    }
    chosen = sorted((other for other in beside if beside[other]), key=lambda other: (-beside[other], other))[:OTHERS]
    return [(other, census.operators[other]) for other in chosen]


def _website(found: Sequence[tuple[Station, Summary]]) -> str | None:
    """As its stations name it."""
    for station, _summary in found:
        operator = station.location.operator
        if operator is not None and (address := facts.web_address(operator.website)):
            return address
    return None


def _head(
    slug: str,
    found: Counted,
    figures: Figures,
    page: int,
    website: str | None,
    shown: Sequence[tuple[Station, Summary]],
    by_area: tuple[Link, ...],
) -> Head:
    called, total = found.census.names[slug], found.census.operators[slug]
    title = _("%(operator)s: charging stations and prices", operator=called)
    if page > 1:
        title = _("%(operator)s: charging stations, page %(page)s", operator=called, page=number(page))
    items = (
        [(rows.name(station.location), rows.path(station)) for station, _s in shown]
        if shown
        else [(each.name, each.url) for each in by_area]
    )
    return head(
        title,
        describe(
            *page_sentence(page, total.stations),
            f"{called}: {figures_words(total.evses, total.stations)}",
            *median_sentence(figures),
            _("See which are available, what a charge costs and where they are."),
        ),
        "operators.show",
        robots=robots(total.stations),
        crumbs=(Crumb(_("Operators"), url_for("operators.index")), Crumb(called)),
        json_ld=(
            collection(title, operator_path(slug, page), items),
            *((_organization(slug, called, website),) if page == 1 else ()),
        ),
        slug=slug,
        **({"page": page} if page > 1 else {}),
    )


def _organization(slug: str, called: str, website: str | None) -> Json:
    return {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": f"{absolute(url_for('operators.show', lang='sv', slug=slug))}#operator",
        "name": called,
        **({"url": website} if website else {}),
    }


def build_area(
    slug: str, here: Area, found: Counted, list_of: Listing, figures: Figures, page: int, now: datetime
) -> AreaPage:
    called, place, total = found.census.names[slug], area_name(here), found.census.pairs[slug][here.code]
    shown = list_of.page(page)
    figure, figure_words, counted_at = listing.answer(total, figures.live)
    plugs = listing.plug_words(list_of.summaries) if list_of.whole else ""
    everyone = found.tallies[here.code].count
    more = [(_("Sockets and cables"), plugs)] if plugs else []
    more.append(
        (
            _("Share of the municipality"),
            _(
                "%(count)s of %(total)s charging points",
                count=number(total.evses),
                total=number(everyone.evses),
            ),
        )
    )
    return AreaPage(
        head=_area_head(slug, here, found, figures, page, shown),
        heading=_("%(operator)s in %(area)s", operator=called, area=place),
        figure=figure,
        figure_words=figure_words,
        counted=counted_at,
        facts_heading=_("%(operator)s in %(area)s in figures", operator=called, area=place),
        facts=listing.facts(total, figures, *more),
        rows=listing.drawn_rows(shown, list_of.prices, now, place),
        charge=search_charge.sentence(USUAL, (), now),
        paging=paging(page, list_of.total, lambda n: area_operator_path(slug, here, n)),
        map=locator.of_area(place, shown),
        near=_near(slug, here, found),
        others=operators_in(here, found, but=slug),
        all=Link(_("All charging stations in %(area)s", area=place), area_path(here), number(everyone.stations)),
        sources=sources([station for station, _summary in list_of.summaries]),
    )


def _near(slug: str, here: Area, found: Counted) -> tuple[Link, ...]:
    mine = found.census.pairs[slug]
    near = [other for other in places.neighbours(here.code, LOOKED_AT) if other.code in mine][:NEIGHBOURS]
    ordered = sorted(near, key=lambda each: alphabetical(area_name(each)))
    return tuple(
        Link(area_name(each), area_operator_path(slug, each), number(mine[each.code].evses)) for each in ordered
    )


def _area_head(
    slug: str,
    here: Area,
    found: Counted,
    figures: Figures,
    page: int,
    shown: Sequence[tuple[Station, Summary]],
) -> Head:
    called, place, total = found.census.names[slug], title_name(here), found.census.pairs[slug][here.code]
    title = _("%(operator)s in %(area)s: prices, status", operator=called, area=place)
    if page > 1:
        title = _("%(operator)s in %(area)s, page %(page)s", operator=called, area=place, page=number(page))
    return head(
        title,
        describe(
            *page_sentence(page, total.stations),
            f"{called}: {figures_words(total.evses, total.stations, place)}",
            *median_sentence(figures),
            _("See which are available and what a charge costs."),
        ),
        "operators.area",
        robots=robots(total.stations, facets=2),
        crumbs=(
            Crumb(_("Operators"), url_for("operators.index")),
            Crumb(called, operator_path(slug)),
            Crumb(area_name(here)),
        ),
        json_ld=(
            collection(
                title,
                area_operator_path(slug, here, page),
                [(rows.name(station.location), rows.path(station)) for station, _s in shown],
            ),
        ),
        slug=slug,
        place=places.word(here.code),
        **({"page": page} if page > 1 else {}),
    )
