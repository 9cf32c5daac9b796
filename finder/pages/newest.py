"""New charging stations in a municipality: those that were told of in the last ninety days, the newest first.

What a partner tells when it begins to be listened to was there before, so it is not new.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from flask import Blueprint, abort, render_template

from finder import places
from finder.pages import area_part, area_prices, listing, locator, rows, search_charge
from finder.pages.area_part import PartPage, part_head
from finder.pages.area_prices import USUAL
from finder.pages.areas import list_path, sources, title_name
from finder.pages.areas import name as area_name
from finder.pages.listing import (
    PAGE_SIZE,
    READ_WHOLE,
    Counted,
    Listing,
    Pairs,
    Summaries,
    counted,
    page_number,
    page_sentence,
    paging,
)
from finder.places import Area
from finder.store.listed import NEW_FOR, Member, New
from finder.store.times import instant
from finder.web.database import reading
from finder.web.head import Head
from finder.web.language import day, kilowatts, localised, ngettext, number, utc_now
from finder.web.language import gettext as _

blueprint = Blueprint("newest", __name__)


@localised(blueprint, "/new/<place>/")
def show(place: str) -> str:
    here, now, page = places.by_word(place), utc_now(), page_number()
    if here is None:
        abort(404)
    with reading() as connection:
        found = counted(connection, now)
        new = found.census.new.get(here.code, ())
        if page > listing.pages(len(new)):
            abort(404)
        whole = len(new) <= READ_WHOLE
        chosen = new if whole else new[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        members = [Member(each.pk, each.id) for each in chosen]
        list_of = listing.of_members(connection, members, len(new), whole, now)
    if not list_of.summaries:
        abort(404)
    return render_template("pages/area_part.html", page=build(here, found, new, list_of, page, now))


def build(here: Area, found: Counted, new: Sequence[New], list_of: Listing, page: int, now: datetime) -> PartPage:
    called = area_name(here)
    shown = list_of.page(page)
    told_at = {each.id: instant(each.created_at) for each in new}
    return PartPage(
        head=_head(here, new, page, shown),
        heading=_("New charging stations in %(area)s", area=called),
        figure=number(len(new)),
        figure_words=ngettext("new charging station", "new charging stations", len(new)),
        counted="",
        rule=_(
            "New is what an operator has told of for the first time in the last %(days)s days, and not with its first list.",
            days=number(NEW_FOR.days),
        ),
        facts_heading=_("New in %(area)s in figures", area=called),
        facts=_facts(list_of, new, area_part.share(len(new), here, found)),
        rows=tuple(
            [
                msgspec.structs.replace(
                    row, facts=(rows.Fact(_("told %(day)s", day=day(told_at[station.id]))), *row.facts)
                )
                for row, (station, _summary) in zip(
                    listing.drawn_rows(shown, list_of.prices, now, called), shown, strict=True
                )
            ]
        ),
        charge=search_charge.sentence(USUAL, (), now),
        paging=paging(page, list_of.total, lambda n: list_path("newest", here, n)),
        map=locator.of_area(called, shown),
        near_heading=_("New nearby"),
        near=area_part.near("newest", here, {code: len(each) for code, each in found.census.new.items()}),
        all=area_part.everything(here, found),
        sources=sources([station for station, _summary in list_of.summaries]),
    )


def _facts(list_of: Listing, new: Sequence[New], share: tuple[str, str]) -> Pairs:
    """Of the stations that were read: all, where they are few."""
    summaries = [summary for _station, summary in list_of.summaries]
    told = [share, (_("Newest"), day(instant(new[0].created_at)))]
    if not list_of.whole:
        return tuple(told)
    told.insert(0, (_("Charging points"), number(sum(summary.total for summary in summaries))))
    if plugs := listing.plug_words(list_of.summaries):
        told.append((_("Sockets and cables"), plugs))
    if power := max((summary.max_power_kw or 0 for summary in summaries), default=0):
        told.append((_("Highest power"), kilowatts(power)))
    if median := area_prices.median_price(list_of.best):
        told.append(area_prices.median_fact(median))
    if lowest := listing.lowest_of(list_of.summaries, list_of.best):
        told.append((_("Lowest price"), listing.lowest_words(lowest)))
    return tuple(told)


def _head(here: Area, new: Sequence[New], page: int, shown: Summaries) -> Head:
    called = title_name(here)
    title = _("New charging stations in %(area)s", area=called)
    if page > 1:
        title = _("New charging stations in %(area)s, page %(page)s", area=called, page=number(page))
    sentences = (
        *page_sentence(page, len(new)),
        ngettext(
            "%(num)s new charging station in %(area)s in the last %(days)s days.",
            "%(num)s new charging stations in %(area)s in the last %(days)s days.",
            len(new),
            area=called,
            days=number(NEW_FOR.days),
        ),
        _("The newest was told of on %(day)s.", day=day(instant(new[0].created_at))),
    )
    return part_head("newest", here, title, sentences, len(new), page, shown, _("New charging stations"))
