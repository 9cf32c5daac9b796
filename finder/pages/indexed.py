"""Which lists a search engine may keep, told once: the pages ask for their robots tag, the sitemap for all of them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from finder import places
from finder.ocpi.types import Struct
from finder.pages.listing import READ_WHOLE, Counted, counted, pages
from finder.pages.words import CONNECTOR_PAGES
from finder.places import Area
from finder.store.listed import Count, New
from finder.store.times import instant
from finder.web.head import INDEX, NO_INDEX
from finder.web.language import utc_now

LEAST, LEAST_OF_TWO = 3, 5
HOME_COUNTRY = "SE"


class Listed(Struct):
    """A page that may be indexed: `endpoint` and `values` as `finder.web.head.head` takes them, the same in every language.

    `changed_at`: when a fact of one of its stations last changed, never a status.
    """

    endpoint: str
    values: Mapping[str, str]
    stations: int
    changed_at: datetime


def robots(stations: int, facets: int = 1) -> str:
    """Of a list of so many stations: of two facets, as an operator in a municipality, it takes more of them."""
    return INDEX if stations >= (LEAST if facets == 1 else LEAST_OF_TWO) else NO_INDEX


def indexable(connection: sa.Connection, now: datetime | None = None) -> Iterator[Listed]:
    """Every list page that may be indexed, later pages of long lists among them. Stations, guides and the start page are no lists."""
    found = counted(connection, now or utc_now())
    yield from _areas(found)
    yield from _operators(found)
    for slug, standard in CONNECTOR_PAGES.items():
        if by_area := found.census.plugs.get(standard):
            yield from _list("connectors.show", {"plug": slug}, _sum(by_area), facets=1)
    for code, count in found.census.fast.items():
        yield from _list("fast.show", {"place": places.word(code)}, count, facets=2, paged=True)
    for code, new in found.census.new.items():
        yield from _list("newest.show", {"place": places.word(code)}, of_new(new), facets=2, paged=True)


def _areas(found: Counted) -> Iterator[Listed]:
    parents = {tally.area.parent for tally in found.tallies.values()}
    countries = [tally.count for tally in found.tallies.values() if tally.area.kind == "country"]
    if countries:
        yield from _list("areas.index", {}, _sum(dict(enumerate(countries))), facets=1)
    for code, tally in found.tallies.items():
        if code != HOME_COUNTRY:
            endpoint, values = area_endpoint(tally.area)
            yield from _list(endpoint, values, tally.count, facets=1, paged=code not in parents)


def _operators(found: Counted) -> Iterator[Listed]:
    census = found.census
    if census.operators:
        yield from _list("operators.index", {}, _sum(census.operators), facets=1)
    for slug, count in census.operators.items():
        yield from _list("operators.show", {"slug": slug}, count, facets=1, paged=operator_is_paged(count))
        for code, here in census.pairs[slug].items():
            values = {"slug": slug, "place": places.word(code)}
            yield from _list("operators.area", values, here, facets=2, paged=True)


def operator_is_paged(count: Count) -> bool:
    """A large operator's page leads to its municipalities, which list its stations."""
    return count.stations <= READ_WHOLE


def area_endpoint(area: Area) -> tuple[str, dict[str, str]]:
    first, second = places.path(area.code)
    if second is None:
        return "areas.region", {"first": first}
    return "areas.leaf", {"first": first, "second": second}


def of_new(new: tuple[New, ...]) -> Count:
    return Count(stations=len(new), changed_at=max(each.created_at for each in new))


def _sum(counts: Mapping[Any, Count]) -> Count:
    return Count(
        stations=sum(count.stations for count in counts.values()),
        changed_at=max(count.changed_at for count in counts.values()),
    )


def _list(
    endpoint: str, values: Mapping[str, str], count: Count, *, facets: int, paged: bool = False
) -> Iterator[Listed]:
    if robots(count.stations, facets) != INDEX:
        return
    for number in range(1, (pages(count.stations) if paged else 1) + 1):
        page = {"page": str(number)} if number > 1 else {}
        yield Listed(endpoint, {**values, **page}, count.stations, instant(count.changed_at))
