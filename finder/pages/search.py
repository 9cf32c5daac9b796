"""Search: nearest first around a point or a place, else by words. The list is the answer."""

import re
from collections.abc import Mapping
from datetime import datetime

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
from finder.store.stations import Found
from finder.web.database import reading
from finder.web.head import NO_INDEX, Head, describe, head
from finder.web.language import clock, distance, language, localised, ngettext, number, utc_now
from finder.web.language import gettext as _

PAGE_SIZE = 20
LAST_PAGE = 50
RADII = (10, 50, 200)
SAME_NAME = 5
LONGEST = 120
# In this order in every address: one search, one URL.
PARAMETERS = ("q", "near", "radius_km", "page")
POINT = re.compile(r"\s*(-?\d{1,2}(?:\.\d{1,10})?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d{1,10})?)\s*")

blueprint = Blueprint("search", __name__)


class BadParameter(ValueError):
    """One sentence: which parameter, and what it takes."""


class Query(Struct):
    text: str = ""
    near: tuple[float, float] | None = None
    radius_km: float | None = None
    page: int = 1


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


class Answer(Struct):
    """What was found: around `town` or `near` within `radius_km`, or by words alone."""

    found: Found
    near: tuple[float, float] | None = None
    radius_km: float | None = None
    town: Town | None = None
    namesakes: tuple[Town, ...] = ()
    also: Found = Found(stations=(), total=0)


@localised(blueprint, "/search")
def show() -> Response:
    clean = cleaned(request.args)
    if clean != dict(request.args.items(multi=True)) or list(clean) != [k for k, _v in request.args.items(multi=True)]:
        return redirect(url_for("search.show", **clean), 301)  # type: ignore[return-value, arg-type]
    try:
        query = read(clean)
    except BadParameter as error:
        return make_response(render_template("pages/search.html", page=build_wrong(clean, str(error))), 400)
    if not query.text and query.near is None:
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
    stripped = {name: " ".join(arguments.get(name, "").split())[:LONGEST] for name in PARAMETERS}
    return {name: value for name, value in stripped.items() if value and (name, value) != ("page", "1")}


def read(clean: Mapping[str, str]) -> Query:
    """Raises BadParameter. A point typed as the text is a point."""
    text, near = clean.get("q", ""), clean.get("near")
    typed = point(text)
    if near is None and typed is not None:
        return Query(text="", near=typed, radius_km=_radius(clean.get("radius_km")), page=_page(clean.get("page")))
    found = point(near) if near is not None else None
    if near is not None and found is None:
        raise BadParameter(_("near takes a latitude and a longitude in degrees, for example 58.35,11.94"))
    return Query(text=text, near=found, radius_km=_radius(clean.get("radius_km")), page=_page(clean.get("page")))


def point(text: str) -> tuple[float, float] | None:
    match = POINT.fullmatch(text)
    if match is None:
        return None
    latitude, longitude = float(match[1]), float(match[2])
    return (latitude, longitude) if -90 <= latitude <= 90 and -180 <= longitude <= 180 else None


def _radius(text: str | None) -> float | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text) or not 0 < float(text) <= RADII[-1]:
        raise BadParameter(_("radius_km takes a number of kilometres up to 200"))
    return float(text)


def _page(text: str | None) -> int:
    if text is None:
        return 1
    if not re.fullmatch(r"[1-9]\d?", text) or int(text) > LAST_PAGE:
        raise BadParameter(_("page takes a number from 1 to 50"))
    return int(text)


# The answer


def ask(connection: sa.Connection, query: Query) -> Answer:
    if query.near is not None:
        radius, found = around(connection, query.near, query, text=query.text or None)
        return Answer(found=found, near=query.near, radius_km=radius)
    towns = places.find(query.text)
    named = tuple(town for town in towns if is_named(town, query.text))
    by_words = stations.find(
        connection, stations.Search(text=query.text, limit=PAGE_SIZE, offset=(query.page - 1) * PAGE_SIZE)
    )
    if named:
        return ask_near_town(connection, query, named, by_words)
    if by_words.total or not towns:
        return Answer(found=by_words, namesakes=towns[:SAME_NAME])
    return ask_near_town(connection, query, towns[:1], by_words)


def ask_near_town(connection: sa.Connection, query: Query, towns: tuple[Town, ...], by_words: Found) -> Answer:
    """Around the first of these places; a county or a country has no middle to be near, so all of it."""
    town = towns[0]
    others = tuple(other for other in towns[1:] if other.area != town.area)[: SAME_NAME - 1]
    if town.kind in ("region", "country"):
        search = stations.Search(area=town.area, limit=PAGE_SIZE, offset=(query.page - 1) * PAGE_SIZE)
        return Answer(found=stations.find(connection, search), town=town, namesakes=others)
    near = (town.latitude, town.longitude)
    radius, found = around(connection, near, query)
    return Answer(found=found, near=near, radius_km=radius, town=town, namesakes=others, also=by_words)


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
        "near": f"{query.near[0]:g},{query.near[1]:g}" if query.near else "",
        "radius_km": f"{query.radius_km:g}" if query.radius_km else "",
        "page": str(page) if page > 1 else "",
    }
    return url_for("search.show", **{name: value for name, value in values.items() if value})  # type: ignore[arg-type]
