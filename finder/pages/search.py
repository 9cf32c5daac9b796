"""Search: nearest first around a point or a place, else by words. The list is the answer, with what the reader's charge costs."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
import sqlalchemy as sa
from flask import Blueprint, Response, make_response, redirect, render_template, request

from finder import places
from finder.ocpi.types import Struct
from finder.pages import charge_form, rows, search_charge, search_panel
from finder.pages.areas import name as area_name
from finder.pages.areas import path as area_path
from finder.pages.charge_form import ChargeForm
from finder.pages.live_map import LiveMap
from finder.pages.live_map import build as build_map
from finder.pages.rows import Row
from finder.pages.search_panel import Panel, condition_words
from finder.pages.search_query import (
    CONDITIONS,
    LAST_PAGE,
    Pairs,
    Query,
    address,
    changed,
    cleaned,
    is_of_charge,
    of_charge,
    only,
    read,
    without,
)
from finder.pages.words import connector
from finder.places import Town
from finder.places.fold import fold
from finder.places.postal import PostalCode
from finder.stations.identity import slug
from finder.stations.summary import summarise
from finder.stations.types import Station
from finder.store import stations
from finder.store.stations import Found, Search, Sort, TooMany
from finder.tariffs.charge import NoSuchTime
from finder.web import parameters
from finder.web.database import reading
from finder.web.head import NO_INDEX, Head, describe, head
from finder.web.language import SAFE, clock, distance, language, localised, ngettext, number, utc_now
from finder.web.language import gettext as _
from finder.web.parameters import BadParameter
from finder.web.understand import understand

PAGE_SIZE = 20
RADII = (10, 50, 200)
SAME_NAME = 5
QUICK_PLUGS = ("IEC_62196_T2_COMBO", "IEC_62196_T2")
QUICK = ((parameters.AVAILABLE, "1"), (parameters.MIN_POWER_KW, "50"), (parameters.FREE, "1"))

blueprint = Blueprint("search", __name__)


class Suggestion(Struct):
    name: str
    url: str


class Condition(Struct):
    """A link that takes the condition away; `before` is the word that joins it to the one before."""

    before: str
    words: str
    url: str


class Order(Struct):
    words: str
    url: str
    current: bool


class SearchPage(Struct):
    """`advice` says what to try when nothing is found, or nothing was asked. `kept` goes along with a new search."""

    head: Head
    text: str
    heading: str
    words: str
    form: ChargeForm
    kept: Pairs = ()
    conditions: tuple[Condition, ...] = ()
    quick: tuple[Suggestion, ...] = ()
    panel: Panel | None = None
    orders: tuple[Order, ...] = ()
    charge: str = ""
    rows: tuple[Row, ...] = ()
    note: str = ""
    counted: str = ""
    also: tuple[Row, ...] = ()
    area: Suggestion | None = None
    suggestions_heading: str = ""
    suggestions: tuple[Suggestion, ...] = ()
    advice: tuple[str, ...] = ()
    drops: tuple[Suggestion, ...] = ()
    where: str = ""
    previous: str | None = None
    next: str | None = None
    error: str = ""
    map: LiveMap | None = None


NOTHING = Found(stations=(), total=0)


class Answer(Struct):
    """What was found: around `town`, `postal_code` or `near` within `radius_km`, or by words alone. `guessed`: the town is not
    called just as was typed."""

    found: Found
    near: tuple[float, float] | None = None
    radius_km: float | None = None
    town: Town | None = None
    postal_code: PostalCode | None = None
    guessed: bool = False
    namesakes: tuple[Town, ...] = ()
    also: Found = NOTHING


@localised(blueprint, "/search")
def show() -> Response:
    asked = cleaned(request.args)
    if asked != tuple(request.args.items(multi=True)):
        return redirect(address(asked), 301)  # type: ignore[return-value]
    try:
        query = read(asked)
    except BadParameter as error:
        return _rendered(build_wrong(asked, error), 400)
    if query.is_empty:
        return _rendered(build_empty(query), 200)
    now = utc_now()
    try:
        with reading() as connection:
            if (elsewhere := pointed_at(connection, query)) is not None:
                return redirect(elsewhere)  # type: ignore[return-value]
            answer = ask(connection, query, now)
            drops = () if answer.found.total else tuple(_drops(connection, query, now))
    except NoSuchTime:
        skipped = BadParameter("start", _("The clocks skip that time. Write an hour later."))
        return _rendered(build_wrong(asked, skipped), 400)
    except TooMany:
        return _rendered(build_too_many(query), 400)
    page = build(query, answer, now, drops)
    # An empty answer is not found: search engines take a 200 without content for a soft error.
    return _rendered(page, 200 if page.rows or page.also else 404)


def _rendered(page: SearchPage, code: int) -> Response:
    return make_response(render_template("pages/search.html", page=page), code)


# The answer


def ask(connection: sa.Connection, query: Query, now: datetime) -> Answer:
    """Raises TooMany, and NoSuchTime for a charge that starts when the clocks skip."""
    if query.near is not None:
        return _around(connection, query, now, query.near, text=query.text or None)
    if not query.text:
        return Answer(found=stations.find(connection, _search(query, now)))
    meant = understand(connection, query.text)
    if meant.place is not None and meant.kind == "place":
        also = NOTHING if meant.guessed else _also(connection, query, now)
        found = _near_town(connection, query, now, (meant.place, *meant.others), also)
        return msgspec.structs.replace(found, guessed=meant.guessed)
    if meant.near is not None and not meant.text:
        around = _around(connection, query, now, meant.near)
        town = meant.place if meant.kind == "street" else None
        return msgspec.structs.replace(around, town=town, postal_code=meant.postal_code)
    by_words = stations.find(connection, _search(query, now, text=query.text))
    return Answer(found=by_words, namesakes=() if by_words.total else places.find(query.text)[:SAME_NAME])


def pointed_at(connection: sa.Connection, query: Query) -> str | None:
    """The page of the one station that a text means: its EVSE id was typed."""
    if not query.text or query.near is not None:
        return None
    meant = understand(connection, query.text)
    if meant.kind != "evse" or len(meant.stations) != 1:
        return None
    station = stations.by_id(connection, meant.stations[0].id)
    return rows.path(station) if isinstance(station, Station) else None


def _search(query: Query, now: datetime, **more: Any) -> Search:
    asked = {
        "bbox": query.bbox,
        **dict(query.conditions),
        "sort": query.sort,
        "charge": query.charge,
        "now": now,
        "limit": PAGE_SIZE,
        "offset": (query.page - 1) * PAGE_SIZE,
    }
    return Search(**(asked | more))


def _also(connection: sa.Connection, query: Query, now: datetime) -> Found:
    """Stations whose words hold the name of the place: a few, by name."""
    try:
        return stations.find(connection, _search(query, now, text=query.text, sort=None, limit=PAGE_SIZE, offset=0))
    except TooMany:
        return NOTHING


def _near_town(
    connection: sa.Connection, query: Query, now: datetime, towns: tuple[Town, ...], by_words: Found
) -> Answer:
    """Around the first of these places; a county or a country has no middle to be near, so all of it."""
    town = towns[0]
    others = tuple(other for other in towns[1:] if other.area != town.area)[: SAME_NAME - 1]
    if town.kind in ("region", "country"):
        found = stations.find(connection, _search(query, now, area=town.area))
        return Answer(found=found, town=town, namesakes=others)
    answer = _around(connection, query, now, (town.latitude, town.longitude))
    return msgspec.structs.replace(answer, town=town, namesakes=others, also=by_words)


def _around(
    connection: sa.Connection, query: Query, now: datetime, near: tuple[float, float], text: str | None = None
) -> Answer:
    """Within the radius asked for; where none was, within the first of 10, 50 and 200 km that has any."""
    answer = Answer(found=NOTHING, near=near)
    for radius in (query.radius_km,) if query.radius_km is not None else RADII:
        found = stations.find(connection, _search(query, now, text=text, near=near, radius_km=radius))
        answer = Answer(found=found, near=near, radius_km=radius)
        if found.total:
            break
    return answer


def _drops(connection: sa.Connection, query: Query, now: datetime) -> Iterator[Suggestion]:
    """For each condition, how many there are without it."""
    conditions = list(_conditions(query))
    found = 0
    for condition, rest in conditions:
        if total := _total(connection, rest, now):
            found += 1
            words = ngettext(
                "Without %(condition)s: %(num)s charging station",
                "Without %(condition)s: %(num)s charging stations",
                total,
                condition=condition.words,
            )
            yield Suggestion(words, condition.url)
    rest = changed(query.asked, **dict.fromkeys([*(each.name for each in CONDITIONS), "radius_km"]))
    if len(conditions) > 1 and not found and (total := _total(connection, rest, now)):
        words = ngettext(
            "Without all conditions: %(num)s charging station",
            "Without all conditions: %(num)s charging stations",
            total,
        )
        yield Suggestion(words, address(rest))


def _total(connection: sa.Connection, asked: Pairs, now: datetime) -> int:
    """How many there are; 0 for a search that has no answer."""
    query = read(asked)
    try:
        return 0 if query.is_empty else ask(connection, query, now).found.total
    except TooMany:
        return 0


# The page


def build(query: Query, answer: Answer, now: datetime, drops: tuple[Suggestion, ...] = ()) -> SearchPage:
    found = answer.found
    told = list(_rows(query, found, now))
    shown = {station.id for station in found.stations}
    also = [row for station, row in _rows(query, answer.also, now) if station.id not in shown][:SAME_NAME]
    heading, words = _heading(query, answer), _words(query, answer)
    last = min(LAST_PAGE, max(1, -(-found.total // PAGE_SIZE)))
    return SearchPage(
        head=_head(heading, words or heading),
        text=query.text or (_point_words(query.near) if query.near else ""),
        heading=heading,
        words=words,
        form=search_charge.form(query.asked),
        kept=_kept(query.asked),
        conditions=tuple(condition for condition, _rest in _conditions(query, found.stations)),
        quick=tuple(_quick(query)),
        panel=search_panel.build(query),
        orders=tuple(_orders(query, answer)) if found.total > 1 else (),
        charge=search_charge.sentence(query.charge, query.connectors, now),
        rows=tuple(row for _station, row in told),
        map=build_map(
            query, told, answer.near, by_words=bool(query.text) and answer.near is None and answer.town is None
        ),
        note=_note(query, found),
        counted=_("Status at %(time)s.", time=clock(now)) if found.stations else "",
        also=tuple(also),
        area=_area(answer),
        suggestions_heading=_("Other places with that name") if answer.town else _("Places with a similar name"),
        suggestions=tuple(_suggestion(query, town) for town in answer.namesakes),
        advice=() if found.total or also or drops else _advice(query, answer),
        drops=drops,
        where=_("Page %(page)s of %(last)s", page=number(query.page), last=number(last)) if last > 1 else "",
        previous=_page_url(query, query.page - 1) if query.page > 1 else None,
        next=_page_url(query, query.page + 1) if query.page < last else None,
    )


def build_empty(query: Query) -> SearchPage:
    words = _("Write a place, an address, a charging station or an operator.")
    heading = _("Search charging stations")
    return SearchPage(
        head=_head(heading, words),
        text="",
        heading=heading,
        words=words,
        form=search_charge.form(query.asked),
        kept=_kept(query.asked),
        conditions=tuple(condition for condition, _rest in _conditions(query)),
    )


def build_wrong(asked: Pairs, error: BadParameter) -> SearchPage:
    """What was typed stays; the sentence stands by its field, or by the search field where it has none. No form takes the wrong
    value along unseen."""
    heading = _("We did not understand that")
    right = tuple(pair for pair in asked if pair[0] != error.name)
    mine = is_of_charge(error.name)
    problems = {**charge_form.read(dict(asked), parameters.CAR)[1], error.name: str(error)} if mine else {}
    form = search_charge.form(asked if mine else right, problems)
    return SearchPage(
        head=_head(heading, str(error)),
        text=dict(asked).get("q", ""),
        heading=heading,
        words="",
        form=form,
        kept=only(right, CONDITIONS, (parameters.SORT,)) if mine else _kept(right),
        error="" if mine else str(error),
    )


def build_too_many(query: Query) -> SearchPage:
    """So many cannot be looked into one by one."""
    heading = _("Too many charging stations to compare")
    words = _("Write a place, or sort by name.")
    conditions = tuple(condition for condition, _rest in _conditions(query))
    return SearchPage(
        head=_head(heading, words),
        text=query.text,
        heading=heading,
        words=words,
        form=search_charge.form(query.asked),
        kept=_kept(query.asked),
        conditions=conditions,
        drops=(Suggestion(_("Sort by name"), address(changed(query.asked, sort=None))),)
        if query.sort == "cost"
        else (),
    )


def _kept(asked: Pairs) -> Pairs:
    """What a search for another place takes along: everything but where, and the page."""
    return only(asked, CONDITIONS, (parameters.SORT, *parameters.CAR))


def _rows(query: Query, found: Found, now: datetime) -> Iterator[tuple[Station, Row]]:
    kilometres = found.kilometres or (None,) * len(found.stations)
    charge = of_charge(query.asked)
    asked = f"?{urlencode(charge, safe=SAFE)}" if charge else ""
    for station, far, price in zip(found.stations, kilometres, found.prices, strict=True):
        summary = summarise(station, now)
        cost = rows.cost(price, summary, query.charge.pay)
        yield station, rows.from_summary(station, summary, now, far, cost=cost, query=asked)


def _note(query: Query, found: Found) -> str:
    """Why a lower figure stands below a higher one."""
    excluded = any(price and price.quote.incl_vat is None and price.quote.excl_vat for price in found.prices)
    return (
        _("Prices that are told without VAT stand after those with VAT.") if query.sort == "cost" and excluded else ""
    )


# Conditions and orders


def _conditions(query: Query, found: tuple[Station, ...] = ()) -> Iterator[tuple[Condition, Pairs]]:
    """Each with the search without it. All must hold; of the plugs, any."""
    before = ""
    for number_of, standard in enumerate(query.connectors):
        rest = without(query.asked, "connector", standard)
        yield Condition(_("or") if number_of else before, connector(standard), address(rest)), rest
        before = _("and")
    for parameter in CONDITIONS:
        if parameter in (parameters.OPERATOR, parameters.CONNECTOR):
            continue
        for said in [value for name, value in query.asked if name == parameter.name]:
            rest = without(query.asked, parameter.name, said)
            yield Condition(before, condition_words(parameter, said), address(rest)), rest
            before = _("and")
    if query.operator:
        rest = changed(query.asked, operator=None)
        words = _("from %(operator)s", operator=_operator(query.operator, found))
        yield Condition(before, words, address(rest)), rest
        before = _("and")
    if query.radius_km is not None:
        rest = changed(query.asked, radius_km=None)
        yield Condition(before, _("within %(reach)s", reach=_reach(query.radius_km)), address(rest)), rest


def _operator(named: str, found: tuple[Station, ...]) -> str:
    """Its name as its stations have it; the word of the address where none is shown."""
    for station in found:
        operator = station.location.operator
        if operator and slug(operator.name) == named:
            return operator.name
    return named


def _quick(query: Query) -> Iterator[Suggestion]:
    """What most drivers would add."""
    if not query.connectors:
        for standard in QUICK_PLUGS:
            yield Suggestion(connector(standard), address(changed(query.asked, connector=standard)))
    for parameter, value in QUICK:
        if not query.holds(parameter):
            url = address(changed(query.asked, **{parameter.name: value}))
            yield Suggestion(condition_words(parameter, value), url)


def _orders(query: Query, answer: Answer) -> Iterator[Order]:
    orders: dict[Sort, str] = {"cost": _("Cheapest"), "power": _("Fastest"), "name": _("Name")}
    if answer.near is not None:
        orders = {"distance": _("Nearest"), **orders}
    usual: Sort = "distance" if answer.near is not None else "name"
    current = query.sort if query.sort in orders else usual
    for sort, words in orders.items():
        url = address(changed(query.asked, sort=None if sort == usual else sort))
        yield Order(words, url, sort == current)


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
        return _heading_of_place(town_name(answer.town), answer.near is not None, total)
    if answer.postal_code:
        return _heading_of_place(_coded(answer.postal_code), True, total)
    if answer.near and not query.text:
        if not total:
            return _("No charging stations nearby")
        return ngettext("%(num)s charging station nearby", "%(num)s charging stations nearby", total)
    if not query.text:
        return ngettext("%(num)s charging station", "%(num)s charging stations", total) if total else _("No matches")
    if not total:
        return _("No matches for %(text)s", text=query.text)
    return ngettext("%(num)s match for %(text)s", "%(num)s matches for %(text)s", total, text=query.text)


def _heading_of_place(name: str, near: bool, total: int) -> str:
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
    if query.bbox is not None and query.near is None and not query.text:
        return _("On the part of the map that you chose.")
    if answer.near is None or answer.radius_km is None or not answer.found.total:
        return ""
    if query.radius_km is None and answer.radius_km > RADII[0]:
        text = _("None within 10 km. These are within %(reach)s.", reach=_reach(answer.radius_km))
    else:
        text = _("Within %(reach)s.", reach=_reach(answer.radius_km))
    if answer.town:
        where, name = inside(answer.town), town_name(answer.town)
        found = _("%(place)s in %(region)s.", place=name, region=where) if where else ""
        guessed = _("We took it for %(place)s.", place=name) if answer.guessed and not where else ""
        return " ".join(filter(None, (found or guessed, text)))
    if not answer.postal_code:
        return _("Measured from %(point)s.", point=_point_words(answer.near)) + " " + text
    return text


def _coded(code: PostalCode) -> str:
    return f"{code.code} {code.locality}".strip()


def _reach(kilometres: float) -> str:
    return distance(kilometres) if kilometres % 1 else f"{number(kilometres)}\u00a0km"


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


def _suggestion(query: Query, town: Town) -> Suggestion:
    where = inside(town)
    return Suggestion(
        name=f"{town_name(town)}, {where}" if where else town_name(town),
        url=address(changed(query.asked, q=None, near=f"{town.latitude:.3f},{town.longitude:.3f}")),
    )


def _area(answer: Answer) -> Suggestion | None:
    """The page of the area that the place lies in, where one of the stations found shows that there is one."""
    if answer.town is None or all(station.place != answer.town.area for station in answer.found.stations):
        return None
    area = places.area(answer.town.area)
    return Suggestion(name=_("All charging stations in %(area)s", area=area_name(area)), url=area_path(area))


def _advice(query: Query, answer: Answer) -> tuple[str, ...]:
    advice = [_("Write fewer words, or only the name of the place."), _("Check the spelling.")]
    if query.bbox is not None and query.near is None and not query.text:
        return (_("Move the map, or zoom out."),)
    if answer.near is not None:
        advice = [_("Search around another place, or with a wider radius.")]
        if query.text and answer.town is None:
            advice.append(_("Leave out the words and search by place alone."))
    return tuple(advice)


def _page_url(query: Query, page: int) -> str:
    asked = tuple(pair for pair in query.asked if pair[0] != "page")
    return address((*asked, ("page", str(page))) if page > 1 else asked)
