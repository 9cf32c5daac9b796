"""Some of a municipality's stations: what the pages of its fast and of its new ones have in common."""

from collections.abc import Mapping

from markupsafe import Markup

from finder import places
from finder.ocpi.types import Struct
from finder.pages import rows
from finder.pages.areas import LOOKED_AT, NEIGHBOURS, crumbs_to, list_path
from finder.pages.areas import name as area_name
from finder.pages.areas import path as area_path
from finder.pages.indexed import robots
from finder.pages.listing import Counted, Link, Paging, Pairs, Summaries, collection
from finder.places import Area
from finder.web.head import Crumb, Head, describe, head
from finder.web.language import alphabetical, number
from finder.web.language import gettext as _


class PartPage(Struct):
    """`rule` says which stations they are; `near` leads to the same of other municipalities, `all` to every station here."""

    head: Head
    heading: str
    figure: str
    figure_words: str
    counted: str
    rule: str
    facts_heading: str
    facts: Pairs
    rows: tuple[rows.Row, ...]
    charge: str
    paging: Paging | None
    map: Markup
    near_heading: str
    near: tuple[Link, ...]
    all: Link
    sources: str


def near(kind: str, here: Area, counts: Mapping[str, int]) -> tuple[Link, ...]:
    """`kind` as `areas.list_path` has it; `counts` are of the stations, by area."""
    found = [other for other in places.neighbours(here.code, LOOKED_AT) if other.code in counts][:NEIGHBOURS]
    ordered = sorted(found, key=lambda each: alphabetical(area_name(each)))
    return tuple(Link(area_name(each), list_path(kind, each), number(counts[each.code])) for each in ordered)


def everything(here: Area, found: Counted) -> Link:
    words = _("All charging stations in %(area)s", area=area_name(here))
    return Link(words, area_path(here), number(found.tallies[here.code].stations))


def share(total: int, here: Area, found: Counted) -> tuple[str, str]:
    everyone = number(found.tallies[here.code].stations)
    return _("Share of the municipality"), _(
        "%(count)s of %(total)s charging stations", count=number(total), total=everyone
    )


def part_head(
    kind: str,
    here: Area,
    title: str,
    sentences: tuple[str, ...],
    total: int,
    page: int,
    shown: Summaries,
    crumb: str,
) -> Head:
    return head(
        title,
        describe(*sentences, _("See which are available and what a charge costs.")),
        f"{kind}.show",
        robots=robots(total, facets=2),
        crumbs=(*crumbs_to(here), Crumb(crumb)),
        json_ld=(
            collection(
                title,
                list_path(kind, here, page),
                [(rows.name(station.location), rows.path(station)) for station, _s in shown],
            ),
        ),
        place=places.word(here.code),
        **({"page": page} if page > 1 else {}),
    )
