"""The page of one charging station: the answer on the sign, then all that its partners told that helps a driver."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from markupsafe import Markup

from finder import places
from finder.ocpi.types import Location, Struct
from finder.pages import areas, available, gone, locator, rows, share, station_busy, station_charge, station_data, words
from finder.pages.facts import Fact, stated
from finder.pages.station_charge import Asked, MyCharge
from finder.pages.station_history import Moved as PriceMoved
from finder.pages.station_history import history
from finder.pages.station_hours import Opening, opening
from finder.pages.station_place import (
    Find,
    ParkingFacts,
    address_lines,
    card_payments,
    contact,
    energy,
    find,
    lede,
    parking,
    payment,
    sources,
)
from finder.pages.station_points import Described, Line, Points, ages, board, described, room, scheduled, tables, titles
from finder.pages.station_prices import Prices, bare, prices
from finder.stations.busy import Week
from finder.stations.summary import Plug, PlugKey, Summary, summarise
from finder.stations.types import Gone, Moved, Station
from finder.store import stations, tariffs
from finder.store.stations import Near
from finder.store.tariffs import Version
from finder.web.database import reading
from finder.web.head import INDEX, NO_INDEX, TITLE, Crumb, Head, absolute, cut, describe, head, shared_with
from finder.web.language import gettext as _
from finder.web.language import kilowatts, listed, localised, ngettext, path_to, site_urls, utc_now
from finder.web.rendering import rendered

NEARBY = 3
NEARBY_KM = 25
SHORTEST_NAME, LONGEST_NAME = 12, 40
LONGEST_ID = 20

blueprint = Blueprint("station", __name__)


class StationPage(Struct):
    """`counted` is the status of all its points in words. `brief` repeats, beside the sign of a wide screen, what stands further
    down. `address` is the last part of its path, the same in every language."""

    head: Head
    id: str
    address: str
    counted: str
    drawings: tuple[str, ...]
    name: str
    lede: str
    board: tuple[Line, ...]
    room: str
    board_tax: str
    ages: tuple[str, ...]
    brief: tuple[Fact, ...]
    prices: Prices
    charge: MyCharge | None
    moved: tuple[PriceMoved, ...]
    live: bool
    tables: tuple[Points, ...]
    scheduled: tuple[str, ...]
    busy: station_busy.Busy | None
    feed: str
    feed_title: str
    plugs: Described
    opening: Opening
    find: Find
    payment: tuple[Fact, ...]
    parking: ParkingFacts
    energy: tuple[Fact, ...]
    contact: tuple[Fact, ...]
    map: Markup
    nearby: tuple[rows.Row, ...]
    sources: tuple[Fact, ...]


@localised(blueprint, "/station/<slug>-<id>/")
def show(slug: str, id: str) -> Response | str:
    now = utc_now()
    with reading() as connection:
        found = stations.by_id(connection, id)
        if isinstance(found, Moved):
            return _moved(connection, found, now)
        if isinstance(found, Gone):
            return gone.answer(connection, found, now)
        if found is None:
            abort(404)
        if slug != rows.slug_of(found.location):
            return _to(found)
        typed = station_charge.cleaned(request.args)
        if typed != {name: value for name, value in request.args.items() if name in station_charge.NAMES}:
            return redirect(url_for("station.show", slug=slug, id=id, **typed))  # type: ignore[return-value, arg-type]
        nearby = near_by(connection, found)
        versions = tariffs.history(connection, found)
        week = station_busy.week_of(connection, found, now)
    asked = station_charge.ask(typed, found.tariffs, rows.zone(found.location))
    page = rendered("pages/station.html", page=build(found, nearby, now, asked, versions, week))
    response = make_response(page, 400 if asked.wrong else 200)
    # Not when the facts changed: a client that asks by it alone must hear of statuses too.
    response.last_modified = newest_word(found, now)
    return response


def newest_word(station: Station, now: datetime) -> datetime:
    """When it was last told of: its page says so."""
    told = [origin.fetched_at for origin in station.origins if origin.fetched_at is not None]
    return min(max((station.changed_at, *told)), now)


def _moved(connection: sa.Connection, moved: Moved, now: datetime) -> Response:
    """In one hop to the station that the id stands for now."""
    found = stations.by_id(connection, moved.id)
    if isinstance(found, Gone):
        return gone.answer(connection, found, now)
    if not isinstance(found, Station):
        abort(404)
    return _to(found)


def _to(station: Station) -> Response:
    return make_response(redirect(rows.path(station), 301))


def near_by(connection: sa.Connection, station: Station) -> tuple[Near, ...]:
    """The nearest other stations."""
    where = station.location.coordinates
    return stations.nearest(
        connection, where.latitude, where.longitude, within_km=NEARBY_KM, limit=NEARBY, but=station.id
    )


def build(
    station: Station,
    nearby: Sequence[Near],
    now: datetime,
    asked: Asked = station_charge.NOTHING,
    versions: Sequence[Version] = (),
    week: Week | None = None,
) -> StationPage:
    """`versions` are what its tariffs said before, `week` when it is busy."""
    location, summary = station.location, summarise(station, now)
    zone = rows.zone(location)
    named = titles(summary.plugs)
    path = rows.path(station)
    priced = prices(station, summary.plugs, named, absolute(path), zone, now)
    hours = opening(location, zone if location.time_zone else None, now)
    paying, people = payment(station), contact(location)
    lines = board(summary, priced.board, named, now, zone)
    beside = [(other, rows.row(other, now, kilometres)) for other, kilometres in nearby]
    return StationPage(
        head=shared_with(
            share.station_path(station),
            _head(station, _mark(station, nearby), summary, named, hours, paying, priced, asked, zone, now),
        ),
        id=station.id,
        address=f"{rows.slug_of(location)}-{station.id}",
        counted=rows.state(summary.counts, summary.unknown_since, now, zone).words,
        drawings=("go", "save", *dict.fromkeys(line.drawing for line in lines if line.drawing)),
        name=rows.name(location),
        lede=lede(location),
        board=lines,
        room=room(summary),
        board_tax=priced.board_tax,
        ages=ages(station, summary.lives, now, zone),
        brief=_brief(station, hours, people),
        prices=priced,
        charge=_charge(station, priced, path, asked, zone, now),
        moved=history(versions, station.tariffs, priced.titles, zone),
        live=summary.known > 0,
        tables=tables(station, summary, named, now, zone),
        scheduled=scheduled(station.evses, now, zone),
        busy=station_busy.build(week),
        feed=available.path(station),
        feed_title=available.title(station),
        plugs=described(station, summary, named),
        opening=hours,
        find=find(location),
        payment=paying,
        parking=parking(station),
        energy=energy(location),
        contact=people,
        map=locator.of_station(station, beside),
        nearby=tuple(row for _other, row in beside),
        sources=sources(station, now, zone, path_to("api.station", id=station.id)),
    )


def _charge(
    station: Station, priced: Prices, path: str, asked: Asked, zone: ZoneInfo, now: datetime
) -> MyCharge | None:
    """None where no price is known in figures and nobody asks."""
    if not asked.anything and not any(each.parts for each in priced.priced):
        return None
    return station_charge.my_charge(station, path, asked, zone, now)


def _brief(station: Station, hours: Opening, people: Sequence[Fact]) -> tuple[Fact, ...]:
    location = station.location
    return (
        stated(_("Hours"), [hours.state] if hours.state else []),
        stated(_("Address"), address_lines(location)),
        stated(_("On site"), [words.in_line(cards)] if (cards := card_payments(station)) else []),
        *(each for each in people if each.name == _("Help")),
    )


# The head


def _head(
    station: Station,
    mark: str,
    summary: Summary,
    named: dict[PlugKey, str],
    hours: Opening,
    paying: Sequence[Fact],
    priced: Prices,
    asked: Asked,
    zone: ZoneInfo,
    now: datetime,
) -> Head:
    location = station.location
    name, path = rows.name(location), rows.path(station)
    area = places.area(station.place) if station.place else None
    return head(
        _title(location, mark, summary),
        _description(location, mark, summary, hours, priced.lowest),
        "station.show",
        robots=NO_INDEX if asked.anything else INDEX,
        crumbs=_crumbs(station, name),
        json_ld=(
            station_data.business(
                station,
                summary,
                named,
                name=name,
                url=absolute(path),
                image=absolute(share.station_path(station)),
                area=areas.name(area) if area else None,
                offers=priced.offers,
                free=priced.free,
                payments=[value.text for each in paying for value in each.values if value.text != _("Not stated")],
                zone=zone,
                now=now,
            ),
        ),
        slug=rows.slug_of(location),
        id=station.id,
    )


def _crumbs(station: Station, name: str) -> tuple[Crumb, ...]:
    if station.place is None:
        return (Crumb(_("Charging stations"), site_urls().areas), Crumb(name))
    area = places.area(station.place)
    return (*areas.crumbs(area)[:-1], Crumb(areas.name(area), areas.path(area)), Crumb(name))


def _mark(station: Station, nearby: Sequence[Near]) -> str:
    """Follows the name where a station near by has the same: the id that stands on the first charging point."""
    slug = rows.slug_of(station.location)
    if all(rows.slug_of(other.location) != slug for other, _km in nearby):
        return ""
    first = station.evses[0].evse.evse_id if station.evses else None
    return f", {first}" if first and len(first) <= LONGEST_ID else f", {station.id}"


def _title(location: Location, mark: str, summary: Summary) -> str:
    return _titled(_called(location, mark, TITLE - len(_titled("", summary))), summary)


def _called(location: Location, mark: str, room: int) -> str:
    """Its name with its town, and the mark; where that is too long, the name gives way."""
    name = rows.name(location)
    rest = rows.named_with_city(location)[len(name) :] + mark
    return (name if len(name) + len(rest) <= room else cut(name, max(room - len(rest), SHORTEST_NAME))) + rest


def _titled(name: str, summary: Summary) -> str:
    if summary.max_power_kw is None:
        return _("%(name)s – charging station", name=name)
    return _("%(name)s – charging station %(kw)s", name=name, kw=kilowatts(summary.max_power_kw))


def _description(location: Location, mark: str, summary: Summary, hours: Opening, price: str) -> str:
    """Facts only, none of them live."""
    return describe(
        _("%(name)s: %(points)s.", name=_called(location, mark, LONGEST_NAME), points=_points(summary)),
        *([price] if price else []),
        *([_("Open round the clock.")] if hours.state == _("Open round the clock") else []),
        *([_("Address: %(address)s.", address=location.address)] if location.address else []),
        *([_("Run by %(operator)s.", operator=location.operator.name)] if location.operator else []),
        _("Status, prices, opening hours and the way there."),
        _("No account needed."),
    )


def _points(summary: Summary) -> str:
    if not summary.plugs:
        return ngettext("%(num)s charging point", "%(num)s charging points", summary.total)
    return listed([_plug(plug) for plug in summary.plugs[:3]])


def _plug(plug: Plug) -> str:
    text = titles([plug])[plug.standard, plug.format, plug.power_type, plug.power_kw]
    return _("%(count)s × %(plug)s", count=plug.total, plug=bare(text))
