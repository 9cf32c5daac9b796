"""The JSON API: stations as GeoJSON, partners, and the description of both."""

import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
from flask import Blueprint, Response, request, url_for

from finder.api import openapi
from finder.api.answers import CORS, GEOJSON, PREFLIGHT, answer, problem
from finder.api.cursor import CURSOR, write
from finder.api.features import FeatureCollection, feature, feature_details
from finder.api.partners import partner_list
from finder.pages.rows import slug_of
from finder.stations.types import Gone, Moved, Station
from finder.store import partners, stations
from finder.store.stations import Found, Search, Withheld
from finder.web.database import reading
from finder.web.head import absolute
from finder.web.parameters import LIMIT, SEARCH, BadParameter, read

# Statuses live for minutes; what is removed must be gone within one.
MAX_AGE = 10
DESCRIPTION_MAX_AGE = 3600
KNOWN = (*SEARCH, LIMIT, CURSOR)
# What no id of ours looks like is not asked for: PostgreSQL fails at a NUL.
ID = re.compile(r"[a-z0-9]{1,40}", re.ASCII)
SEARCHED = {"q": "text", CURSOR.name: "after"}

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/stations")
def station_list() -> Response:
    values = read(request.args, KNOWN)
    search = Search(licensed=True, **{SEARCHED.get(name, name): value for name, value in values.items()})
    if search.after is not None and isinstance(search.after[0], str) == (search.near is not None):
        raise BadParameter(CURSOR.name, CURSOR.takes)
    with reading() as connection:
        found = stations.find(connection, search)
    return answer(collection(found, datetime.now(UTC)), MAX_AGE, GEOJSON)


@blueprint.get("/stations/<id>")
def station(id: str) -> Response:
    read(request.args, ())
    with reading() as connection:
        found = stations.licensed_by_id(connection, id) if ID.fullmatch(id) else None
    match found:
        case Station():
            return answer(feature_details(found, page_url(found), datetime.now(UTC)), MAX_AGE, GEOJSON)
        case Moved():
            return moved(found)
        case Gone():
            reason = found.reason or "removed"
            return problem(410, f"this station is gone: {reason}", gone_at=found.gone_at, reason=reason)
        case Withheld():
            named = ", ".join(found.partners)
            return problem(403, f"the station is on the site, but {named} states no licence that lets it be passed on")
        case None:
            return problem(404, "no station has this id; ids are those of /api/v1/stations")


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
    return msgspec.Raw(msgspec.json.encode(openapi.describe(origin, KNOWN)))


@blueprint.errorhandler(BadParameter)
def wrong_parameter(error: BadParameter) -> Response:
    return problem(400, str(error), parameter=error.name)


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
            feature(each, page_url(each), now, distance)
            for each, distance in zip(found.stations, kilometres, strict=True)
        ),
    )


def next_url(cursor: str) -> str:
    asked: dict[str, Any] = request.args.to_dict() | {CURSOR.name: cursor}
    return absolute(url_for("api.station_list", **asked))


def page_url(station: Station) -> str:
    return absolute(url_for("station.show", lang="sv", slug=slug_of(station.location), id=station.id))


def moved(to: Moved) -> Response:
    """One hop to the station that the id stands for now."""
    response = Response(status=301)
    response.headers["Location"] = absolute(url_for("api.station", id=to.id))
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return response
