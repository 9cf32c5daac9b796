"""The JSON API: stations as GeoJSON, suggestions, partners, and the description of all."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
from flask import Blueprint, Response, request, url_for

from finder.api import openapi, places
from finder.api.answers import CORS, GEOJSON, PREFLIGHT, answer, problem
from finder.api.cursor import CURSOR, write
from finder.api.features import FeatureCollection, feature, feature_details
from finder.api.partners import partner_list
from finder.api.prices import charge_price, price
from finder.pages.rows import slug_of, zone
from finder.stations.prices import best, plug_prices
from finder.stations.types import Gone, Moved, Station
from finder.store import partners, stations
from finder.store.stations import Found, OtherOrder, Search, TooMany, Withheld
from finder.tariffs.charge import Charge, NoSuchTime
from finder.web.database import reading
from finder.web.head import absolute
from finder.web.parameters import (
    CAR,
    CONDITIONS,
    CONNECTOR,
    FIELDS,
    LIMIT,
    NEAR,
    SEARCH,
    SORT,
    START,
    TARIFF,
    TOO_MANY,
    BadParameter,
    charge,
    read,
)

# Statuses live for minutes; what is removed must be gone within one.
MAX_AGE = 10
DESCRIPTION_MAX_AGE = 3600
MOST_NAMED = 20
KNOWN = (*SEARCH, *CONDITIONS, SORT, *CAR, LIMIT, CURSOR)
OF_A_PRICE = (*CAR, CONNECTOR, TARIFF)
# What no id of ours looks like is not asked for: PostgreSQL fails at a NUL.
ID = re.compile(r"[a-z0-9]{1,40}", re.ASCII)
SEARCHED = {"q": "text", **FIELDS, CURSOR.name: "after"}
OF_A_CHARGE = {each.name for each in CAR}

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/stations")
def station_list() -> Response:
    values = read(request.args, KNOWN)
    if values.get(SORT.name) == "distance" and NEAR.name not in values:
        raise BadParameter(SORT.name, "sort=distance needs near, the point that it is measured from")
    named = {SEARCHED.get(name, name): value for name, value in values.items() if name not in OF_A_CHARGE}
    now = datetime.now(UTC)
    search = Search(licensed=True, charge=charge(values), now=now, **named)
    try:
        with reading() as connection:
            found = stations.find(connection, search)
    except TooMany as error:
        raise BadParameter(SORT.name, TOO_MANY) from error
    except OtherOrder as error:
        raise BadParameter(CURSOR.name, CURSOR.takes) from error
    return answer(collection(found, now), MAX_AGE, GEOJSON)


@blueprint.get("/stations/<id>")
def station(id: str) -> Response:
    read(request.args, ())
    found = licensed(id, "api.station")
    if isinstance(found, Response):
        return found
    now = datetime.now(UTC)
    told = price(best(plug_prices(found, Charge(), zone(found.location), now)))
    return answer(feature_details(found, told, page_url(found), now), MAX_AGE, GEOJSON)


@blueprint.get("/stations/<id>/price")
def station_price(id: str) -> Response:
    values = read(request.args, OF_A_PRICE)
    asked = charge(values)
    found = licensed(id, "api.station_price")
    if isinstance(found, Response):
        return found
    connectors = values.get(CONNECTOR.name, ())
    check_connectors(found, connectors)
    check_tariff(found, asked.tariff)
    clock = zone(found.location)
    prices = plug_prices(found, asked, clock, datetime.now(UTC), connectors)
    return answer(charge_price(best(prices), asked, clock), MAX_AGE)


def licensed(id: str, endpoint: str) -> Station | Response:
    """The station, or the answer to who asks for one that there is not; `endpoint` is where a moved one is looked for."""
    with reading() as connection:
        found = stations.licensed_by_id(connection, id) if ID.fullmatch(id) else None
    match found:
        case Station():
            return found
        case Moved():
            return moved(found, endpoint)
        case Gone():
            reason = found.reason or "removed"
            return problem(410, f"this station is gone: {reason}", gone_at=found.gone_at, reason=reason)
        case Withheld():
            named = ", ".join(found.partners)
            return problem(403, f"the station is on the site, but {named} states no licence that lets it be passed on")
        case None:
            return problem(404, "no station has this id; ids are those of /api/v1/stations")


def check_connectors(found: Station, connectors: Sequence[str]) -> None:
    """Raises BadParameter for one that the station does not have."""
    has = sorted({plug.standard for held in found.evses for plug in held.evse.connectors if plug.standard is not None})
    missing = next((each for each in connectors if each not in has), None)
    if missing is not None:
        raise BadParameter(
            CONNECTOR.name, f"connector: this station has no {missing}; it has {', '.join(has) or 'none'}"
        )


def check_tariff(found: Station, id: str | None) -> None:
    """Raises BadParameter for one that is none of the station's."""
    has = sorted({tariff.id for tariff in found.tariffs})
    if id is not None and id.casefold() not in {each.casefold() for each in has}:
        raise BadParameter(TARIFF.name, f"{TARIFF.takes}; this one has {', '.join(has[:MOST_NAMED]) or 'none'}")


@blueprint.get("/places")
def place_list() -> Response:
    return answer(places.place_list(read(request.args, places.KNOWN)), places.MAX_AGE)


@blueprint.get("/partners")
def partners_() -> Response:
    read(request.args, ())
    with reading() as connection:
        states = partners.states(connection)
    return answer(partner_list(states, datetime.now(UTC)), MAX_AGE)


@blueprint.get("/openapi.json")
def description() -> Response:
    read(request.args, ())
    return answer(described(absolute("")), DESCRIPTION_MAX_AGE)


@cache
def described(origin: str) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(openapi.describe(origin, KNOWN, OF_A_PRICE, places.KNOWN)))


@blueprint.errorhandler(BadParameter)
def wrong_parameter(error: BadParameter) -> Response:
    return problem(400, str(error), parameter=error.name)


@blueprint.errorhandler(NoSuchTime)
def skipped_time(error: NoSuchTime) -> Response:
    return problem(400, f"start: the clocks at the station skip {error}; {START.takes}", parameter=START.name)


@blueprint.after_request
def open_to_all(response: Response) -> Response:
    response.headers.update(CORS)
    if request.method == "OPTIONS":
        response.headers.update(PREFLIGHT)
    return response


def collection(found: Found, now: datetime) -> FeatureCollection:
    kilometres = found.kilometres or (None,) * len(found.stations)
    return FeatureCollection(
        total=found.total,
        next=None if found.next is None else next_url(write(found.next)),
        features=tuple(
            feature(each, price(cost), page_url(each), now, distance)
            for each, cost, distance in zip(found.stations, found.prices, kilometres, strict=True)
        ),
    )


def next_url(cursor: str) -> str:
    asked: dict[str, Any] = request.args.to_dict(flat=False) | {CURSOR.name: cursor}
    return absolute(url_for("api.station_list", **asked))


def page_url(station: Station) -> str:
    return absolute(url_for("station.show", lang="sv", slug=slug_of(station.location), id=station.id))


def moved(to: Moved, endpoint: str) -> Response:
    """One hop to the station that the id stands for now."""
    response = Response(status=301)
    asked: dict[str, Any] = request.args.to_dict(flat=False)
    response.headers["Location"] = absolute(url_for(endpoint, id=to.id, **asked))
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return response
