"""Fast charging in a municipality: the stations with a plug of at least 50 kW, and what is counted of those plugs alone."""

from datetime import datetime

from flask import Blueprint, abort, render_template

from finder import places
from finder.pages import area_part, listing, locator, search_charge
from finder.pages.area_part import PartPage, part_head
from finder.pages.area_prices import USUAL
from finder.pages.areas import list_path, median_sentence, sources, title_name
from finder.pages.areas import name as area_name
from finder.pages.listing import (
    Counted,
    Figures,
    Listing,
    Summaries,
    counted,
    page_number,
    page_sentence,
    paging,
)
from finder.places import Area
from finder.stations.traits import Wanted
from finder.store.listed import FAST_KW, Choice, Count, fast_sets
from finder.web.database import reading
from finder.web.head import Head
from finder.web.language import gettext as _
from finder.web.language import kilowatts, localised, ngettext, number, utc_now

FAST = Wanted(min_power_kw=FAST_KW)

blueprint = Blueprint("fast", __name__)


@localised(blueprint, "/fast-charging/<place>/")
def show(place: str) -> str:
    here, now, page = places.by_word(place), utc_now(), page_number()
    if here is None:
        abort(404)
    with reading() as connection:
        found = counted(connection, now)
        total = found.census.fast.get(here.code)
        if total is None:
            abort(404)
        choice = Choice((here.code,), plugs=fast_sets(connection))
        list_of = listing.read(connection, choice, total.stations, page, now, FAST)
        pks = {each.pk for each in list_of.members}
        new = [each for each in found.census.new.get(here.code, ()) if each.pk in pks]
        figures = listing.figures(connection, ("fast", here.code), choice, list_of, found, new, now, FAST)
    return render_template("pages/area_part.html", page=build(here, found, list_of, figures, page, now))


def build(here: Area, found: Counted, list_of: Listing, figures: Figures, page: int, now: datetime) -> PartPage:
    called = area_name(here)
    total = _only_fast(found.census.fast[here.code], figures)
    shown = list_of.page(page)
    figure, figure_words, counted_at = listing.answer(total, figures.live)
    return PartPage(
        head=_head(here, total, figures, page, shown),
        heading=_("Fast charging in %(area)s", area=called),
        figure=figure,
        figure_words=figure_words,
        counted=counted_at,
        rule=_("Here a plug counts as fast from %(power)s, which is direct current.", power=kilowatts(FAST_KW))
        + " "
        + (_("Only such plugs are counted.") if figures.live else ""),
        facts_heading=_("Fast charging in %(area)s in figures", area=called),
        facts=listing.facts(
            total,
            figures,
            area_part.share(total.stations, here, found),
        ),
        rows=listing.drawn_rows(shown, list_of.prices, now, called, FAST_KW),
        charge=search_charge.sentence(USUAL, (), now),
        paging=paging(page, list_of.total, lambda n: list_path("fast", here, n)),
        map=locator.of_area(called, shown),
        near_heading=_("Fast charging nearby"),
        near=area_part.near("fast", here, {code: count.stations for code, count in found.census.fast.items()}),
        all=area_part.everything(here, found),
        sources=sources([station for station, _summary in list_of.summaries]),
    )


def _only_fast(total: Count, figures: Figures) -> Count:
    """The charging points with a fast plug, where they were looked at one by one."""
    return total if figures.live is None else total._replace(evses=figures.live.evses)


def _head(here: Area, total: Count, figures: Figures, page: int, shown: Summaries) -> Head:
    called = title_name(here)
    title = _("Fast charging in %(area)s: price, power", area=called)
    if page > 1:
        title = _("Fast charging in %(area)s, page %(page)s", area=called, page=number(page))
    sentences = (
        *page_sentence(page, total.stations),
        ngettext(
            "%(num)s charging station in %(area)s charges with at least %(power)s.",
            "%(num)s charging stations in %(area)s charge with at least %(power)s.",
            total.stations,
            area=called,
            power=kilowatts(FAST_KW),
        ),
        *median_sentence(figures),
        _("Highest power %(power)s.", power=kilowatts(total.max_power_kw or FAST_KW)),
    )
    return part_head("fast", here, title, sentences, total.stations, page, shown, _("Fast charging"))
