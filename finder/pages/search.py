"""Search: nearest first around a point or a place, else by words. The list is the answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from finder import places
from finder.ocpi.types import Struct
from finder.pages import rows
from finder.pages.areas import name as area_name
from finder.pages.areas import path as area_path
from finder.pages.rows import Row
from finder.places import Town
from finder.places.fold import fold
from finder.store import stations
from finder.store.stations import Found, Search
from finder.web import parameters
from finder.web.database import reading
from finder.web.head import NO_INDEX, Head, describe, head
from finder.web.language import clock, distance, language, localised, ngettext, number, utc_now
from finder.web.language import gettext as _
from finder.web.parameters import N_, BadParameter, Parameter

PAGE_SIZE = 20
LAST_PAGE = 50
RADII = (10, 50, 200)
SAME_NAME = 5


def page_number(value: str) -> int:
    return int(parameters.within(parameters.count(value), 1, LAST_PAGE))


PAGE = Parameter("page", page_number, N_("page takes a number from 1 to 50"), "", {}, "2")
# In this order in every address: one search, one URL.
PARAMETERS = (*parameters.SEARCH, PAGE)

blueprint = Blueprint("search", __name__)


class Query(Struct):
    text: str = ""
    near: tuple[float, float] | None = None
    radius_km: float | None = None
    bbox: tuple[float, float, float, float] | None = None
    operator: str | None = None
    page: int = 1

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.near or self.bbox or self.operator)


class Suggestion(Struct):
    name: str
    url: str


class SearchPage(Struct):
    """`advice` says what to try when nothing is found, or nothing was asked."""

    head: Head
    text: str
    heading: str
    words: str
    rows: tuple[Row, ...] = ()
    counted: str = ""
    also: tuple[Row, ...] = ()
    area: Suggestion | None = None
    suggestions_heading: str = ""
    suggestions: tuple[Suggestion, ...] = ()
    advice: tuple[str, ...] = ()
    where: str = ""
    previous: str | None = None
    next: str | None = None
    error: str = ""


NOTHING = Found(stations=(), total=0)


class Answer(Struct):
    """What was found: around `town` or `near` within `radius_km`, or by words alone."""

    found: Found
    near: tuple[float, float] | None = None
    radius_km: float | None = None
    town: Town | None = None
    namesakes: tuple[Town, ...] = ()
    also: Found = NOTHING


@localised(blueprint, "/search")
def show() -> Response:
    clean = cleaned(request.args)
    if clean != dict(request.args.items(multi=True)) or list(clean) != [k for k, _v in request.args.items(multi=True)]:
        return redirect(url_for("search.show", **clean), 301)  # type: ignore[return-value, arg-type]
    try:
        query = read(clean)
    except BadParameter as error:
        return make_response(render_template("pages/search.html", page=build_wrong(clean, str(error))), 400)
    if query.is_empty:
        return make_response(render_template("pages/search.html", page=build_empty()))
    now = utc_now()
    with reading() as connection:
        answer = ask(connection, query)
    page = build(query, answer, now)
    # An empty answer is not found: search engines take a 200 without content for a soft error.
    return make_response(render_template("pages/search.html", page=page), 200 if page.rows or page.also else 404)


# The question


def cleaned(arguments: Mapping[str, str]) -> dict[str, str]:
    """The parameters we know, that say something, in their order."""
    stripped = {parameter.name: " ".join(arguments.get(parameter.name, "").split()) for parameter in PARAMETERS}
    return {name: value for name, value in stripped.items() if value and (name, value) != ("page", "1")}


def read(clean: Mapping[str, str]) -> Query:
    """Raises BadParameter. A point typed as the text is a point."""
    values: dict[str, Any] = {}
    for parameter in PARAMETERS:
        if parameter.name in clean:
            try:
                values[parameter.name] = parameter.read(clean[parameter.name])
            except ValueError:
                raise BadParameter(parameter.name, _(parameter.takes)) from None
    typed = values.pop("q", "")
    query = Query(text=typed, **values)
    if query.near is None and (where := _typed_point(typed)) is not None:
        return msgspec.structs.replace(query, text="", near=where)
    return query


def _typed_point(text: str) -> tuple[float, float] | None:
    try:
        return parameters.point(text)
    except ValueError:
        return None


# The answer


def ask(connection: sa.Connection, query: Query) -> Answer:
    if query.near is not None:
        return _around(connection, query, query.near, text=query.text or None)
    by_words = stations.find(connection, _search(query, text=query.text or None))
    towns = places.find(query.text)
    named = tuple(town for town in towns if is_named(town, query.text))
    if named:
        return _near_town(connection, query, named, by_words)
    if by_words.total or not towns:
        return Answer(found=by_words, namesakes=towns[:SAME_NAME])
    return _near_town(connection, query, towns[:1], by_words)


def _search(query: Query, **more: Any) -> Search:
    offset = (query.page - 1) * PAGE_SIZE
    return Search(bbox=query.bbox, operator=query.operator, limit=PAGE_SIZE, offset=offset, **more)


def _near_town(connection: sa.Connection, query: Query, towns: tuple[Town, ...], by_words: Found) -> Answer:
    """Around the first of these places; a county or a country has no middle to be near, so all of it."""
    town = towns[0]
    others = tuple(other for other in towns[1:] if other.area != town.area)[: SAME_NAME - 1]
    if town.kind in ("region", "country"):
        found = stations.find(connection, _search(query, area=town.area))
        return Answer(found=found, town=town, namesakes=others)
    answer = _around(connection, query, (town.latitude, town.longitude))
    return msgspec.structs.replace(answer, town=town, namesakes=others, also=by_words)


def _around(connection: sa.Connection, query: Query, near: tuple[float, float], text: str | None = None) -> Answer:
    """Within the radius asked for; where none was, within the first of 10, 50 and 200 km that has any."""
    answer = Answer(found=NOTHING, near=near)
    for radius in (query.radius_km,) if query.radius_km is not None else RADII:
        found = stations.find(connection, _search(query, text=text, near=near, radius_km=radius))
        answer = Answer(found=found, near=near, radius_km=radius)
        if found.total:
            break
    return answer


def is_named(town: Town, text: str) -> bool:
    return fold(text) in (fold(town.name_sv), fold(town.name_en))


def around(
    connection: sa.Connection, near: tuple[float, float], query: Query, text: str | None = None
) -> tuple[float, Found]:
    """Within the radius asked for; where none was, within the first of 10, 50 and 200 km that has any."""
    radii = (query.radius_km,) if query.radius_km is not None else RADII
    found, radius = Found(stations=(), total=0), float(radii[0])
    for radius in radii:
        search = stations.Search(
            text=text, near=near, radius_km=radius, limit=PAGE_SIZE, offset=(query.page - 1) * PAGE_SIZE
        )
        found = stations.find(connection, search)
        if found.total:
            break
    return radius, found


# The page


def build(query: Query, answer: Answer, now: datetime) -> SearchPage:
    found = answer.found
    kilometres = found.kilometres or (None,) * len(found.stations)
    shown = {station.id for station in found.stations}
    also = [station for station in answer.also.stations if station.id not in shown][:SAME_NAME]
    heading, words = _heading(query, answer), _words(query, answer)
    last = min(LAST_PAGE, max(1, -(-found.total // PAGE_SIZE)))
    return SearchPage(
        head=_head(heading, words or heading),
        text=query.text or (_point_words(query.near) if query.near else ""),
        heading=heading,
        words=words,
        rows=tuple(rows.row(station, now, km) for station, km in zip(found.stations, kilometres, strict=True)),
        counted=_("Status at %(time)s.", time=clock(now)) if found.stations else "",
        also=tuple(rows.row(station, now) for station in also),
        area=_area(answer),
        suggestions_heading=_("Other places with that name") if answer.town else _("Places with a similar name"),
        suggestions=tuple(_suggestion(town) for town in answer.namesakes),
        advice=() if found.total or also else _advice(query),
        where=_("Page %(page)s of %(last)s", page=number(query.page), last=number(last)) if last > 1 else "",
        previous=_page_url(query, query.page - 1) if query.page > 1 else None,
        next=_page_url(query, query.page + 1) if query.page < last else None,
    )


def build_empty() -> SearchPage:
    words = _("Write a place, an address, a charging station or an operator.")
    heading = _("Search charging stations")
    return SearchPage(head=_head(heading, words), text="", heading=heading, words=words)


def build_wrong(clean: Mapping[str, str], error: str) -> SearchPage:
    heading = _("We did not understand that")
    return SearchPage(head=_head(heading, error), text=clean.get("q", ""), heading=heading, words="", error=error)


def _head(title: str, words: str) -> Head:
    return head(
        title,
        describe(
            words if words.endswith(".") else f"{words}.",
            _(
                "See which charging stations are available, how far away they are, how fast they charge and who runs them."
            ),
        ),
        "search.show",
        robots=NO_INDEX,
    )


def _heading(query: Query, answer: Answer) -> str:
    total = answer.found.total
    if answer.town:
        return _heading_of_town(answer.town, answer.near is not None, total)
    if answer.near and not query.text:
        if not total:
            return _("No charging stations nearby")
        return ngettext("%(num)s charging station nearby", "%(num)s charging stations nearby", total)
    if not query.text:
        return ngettext("%(num)s charging station", "%(num)s charging stations", total) if total else _("No matches")
    if not total:
        return _("No matches for %(text)s", text=query.text)
    return ngettext("%(num)s match for %(text)s", "%(num)s matches for %(text)s", total, text=query.text)


def _heading_of_town(town: Town, near: bool, total: int) -> str:
    name = town_name(town)
    if not total:
        return _("No charging stations near %(place)s", place=name)
    if not near:
        return ngettext(
            "%(num)s charging station in %(place)s", "%(num)s charging stations in %(place)s", total, place=name
        )
    return ngettext(
        "%(num)s charging station near %(place)s", "%(num)s charging stations near %(place)s", total, place=name
    )


def _words(query: Query, answer: Answer) -> str:
    """Where the list is measured from and how far it reaches."""
    if answer.near is None or answer.radius_km is None or not answer.found.total:
        return ""
    reach = distance(answer.radius_km) if answer.radius_km % 1 else f"{number(answer.radius_km)}\u00a0km"
    where = inside(answer.town) if answer.town else ""
    if query.radius_km is None and answer.radius_km > RADII[0]:
        text = _("None within 10 km. These are within %(reach)s, nearest first.", reach=reach)
    else:
        text = _("Within %(reach)s, nearest first.", reach=reach)
    if answer.town and where:
        return _("%(place)s in %(region)s.", place=town_name(answer.town), region=where) + " " + text
    if answer.near and not answer.town:
        return _("Measured from %(point)s.", point=_point_words(answer.near)) + " " + text
    return text


def _point_words(near: tuple[float, float]) -> str:
    return f"{near[0]:g}, {near[1]:g}"


def town_name(town: Town) -> str:
    return town.name_sv if language() == "sv" else town.name_en


def inside(town: Town) -> str:
    """The municipality or county that a town lies in, whichever is not simply called the same; empty for a country."""
    area: places.Area | None = places.area(town.area)
    while area is not None and fold(area_name(area)) in (fold(town.name_sv), fold(town.name_en)):
        area = places.area(area.parent) if area.parent else None
    return area_name(area) if area else ""


def _suggestion(town: Town) -> Suggestion:
    where = inside(town)
    return Suggestion(
        name=f"{town_name(town)}, {where}" if where else town_name(town),
        url=url_for("search.show", near=f"{town.latitude:.3f},{town.longitude:.3f}"),
    )


def _area(answer: Answer) -> Suggestion | None:
    """The page of the area that the place lies in, where one of the stations found shows that there is one."""
    if answer.town is None or all(station.place != answer.town.area for station in answer.found.stations):
        return None
    area = places.area(answer.town.area)
    return Suggestion(name=_("All charging stations in %(area)s", area=area_name(area)), url=area_path(area))


def _advice(query: Query) -> tuple[str, ...]:
    advice = [_("Write fewer words, or only the name of the place."), _("Check the spelling.")]
    if query.near is not None:
        advice = [_("Search around another place, or with a wider radius.")]
        if query.text:
            advice.append(_("Leave out the words and search by place alone."))
    return tuple(advice)


def _page_url(query: Query, page: int) -> str:
    values = {
        "q": query.text,
        "near": ",".join(f"{degrees:g}" for degrees in query.near or ()),
        "radius_km": f"{query.radius_km:g}" if query.radius_km else "",
        "bbox": ",".join(f"{degrees:g}" for degrees in query.bbox or ()),
        "operator": query.operator or "",
        "page": str(page) if page > 1 else "",
    }
    return url_for("search.show", **{name: value for name, value in values.items() if value})  # type: ignore[arg-type]
