"""The API described in OpenAPI 3.1, from the structs that are sent and the table of parameters that is read."""

from collections.abc import Iterable, Mapping
from inspect import cleandoc
from typing import Any

import msgspec

from finder.api.answers import GEOJSON, JSON, PROBLEM
from finder.api.bulk import MEDIA_TYPES, PACKED
from finder.api.export_list import ExportList
from finder.api.features import FeatureCollection, FeatureDetails
from finder.api.partners import PartnerList
from finder.api.places import Place
from finder.api.prices import ChargePrice
from finder.web.exported import FORMATS, Format
from finder.web.parameters import Parameter

Json = Mapping[str, Any]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457. `parameter` is the one that is wrong (400); `gone_at` and `reason` tell of a removed station (410)."""

    type: str
    title: str
    status: int
    detail: str
    parameter: str = ""
    gone_at: str = ""
    reason: str = ""


SENT = (FeatureCollection, FeatureDetails, ChargePrice, Place, PartnerList, ExportList, Problem)
REFERENCE = "#/components/schemas/{name}"


def describe(
    origin: str, search: Iterable[Parameter], of_a_price: Iterable[Parameter], of_places: Iterable[Parameter]
) -> Json:
    _, schemas = msgspec.json.schema_components(SENT, ref_template=REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Charging stations",
            "version": "1",
            "description": (
                "Charging stations with live status, free to use without a key from any origin. Every station names its "
                "sources and their licences: name them where you show it. Null means not stated, never no or 0."
            ),
        },
        "servers": [{"url": origin}],
        "paths": {
            "/api/v1/stations": {"get": station_list(search)},
            "/api/v1/stations/{id}": {"get": station()},
            "/api/v1/stations/{id}/price": {"get": price(of_a_price)},
            "/api/v1/places": {"get": places(of_places)},
            "/api/v1/partners": {"get": partners()},
            "/api/v1/export": {"get": export_list()},
            **{f"/api/v1/export/stations.{each}.gz": {"get": export_file(each)} for each in FORMATS},
            **{f"/api/v1/export/stations.{each}": {"get": export_now(each)} for each in FORMATS},
        },
        "components": {"schemas": {name: schema(each) for name, each in schemas.items()}},
    }


def station_list(search: Iterable[Parameter]) -> Json:
    return {
        "operationId": "listStations",
        "summary": "Stations, all or those that every given parameter holds for; nearest first with near, else by name, or as sort says",
        "parameters": [parameter(each) for each in search],
        "responses": {
            "200": answer("A page of stations", GEOJSON, FeatureCollection),
            "304": {"description": "Unchanged since the answer whose ETag If-None-Match names"},
            "400": answer("A parameter is wrong; the problem names it and says what it takes", PROBLEM, Problem),
            "503": answer("The data cannot be reached right now", PROBLEM, Problem),
        },
    }


def station() -> Json:
    return {
        "operationId": "getStation",
        "summary": "Everything that is known of one station",
        "parameters": [ID],
        "responses": of_one(
            answer("The station", GEOJSON, FeatureDetails),
            answer("There is a parameter, and none is taken here", PROBLEM, Problem),
        ),
    }


def price(parameters: Iterable[Parameter]) -> Json:
    return {
        "operationId": "priceCharge",
        "summary": "What a charge costs at one station, and why where nobody can say",
        "parameters": [ID, *(parameter(each) for each in parameters)],
        "responses": of_one(
            answer("The price, or null with a reason", JSON, ChargePrice),
            answer("A parameter is wrong; the problem names it and says what it takes", PROBLEM, Problem),
        ),
    }


ID = {"name": "id", "in": "path", "required": True, "description": "Its id", "schema": {"type": "string"}}


def of_one(found: Json, wrong: Json) -> Json:
    """The responses of an address below one station."""
    return {
        "200": found,
        "301": {"description": "It is now part of the station that Location leads to"},
        "304": {"description": "Unchanged since the answer whose ETag If-None-Match names"},
        "400": wrong,
        "403": answer("No partner that tells of it states a licence that lets it be passed on", PROBLEM, Problem),
        "404": answer("No station has or had this id", PROBLEM, Problem),
        "410": answer("It is removed", PROBLEM, Problem),
        "503": answer("The data cannot be reached right now", PROBLEM, Problem),
    }


def places(parameters: Iterable[Parameter]) -> Json:
    listed = {"schema": {"type": "array", "items": {"$ref": REFERENCE.format(name=Place.__name__)}}}
    return {
        "operationId": "suggestPlaces",
        "summary": "What a text that is being typed may mean, best first",
        "parameters": [parameter(each) for each in parameters],
        "responses": {
            "200": {"description": "Suggestions; an empty list where nothing fits", "content": {JSON: listed}},
            "304": {"description": "Unchanged since the answer whose ETag If-None-Match names"},
            "400": answer("A parameter is wrong; the problem names it and says what it takes", PROBLEM, Problem),
            "503": answer("The data cannot be reached right now", PROBLEM, Problem),
        },
    }


def partners() -> Json:
    return {
        "operationId": "listPartners",
        "summary": "Where the data comes from, how fresh it is and what was refused",
        "responses": {
            "200": answer("The partners", JSON, PartnerList),
            "304": {"description": "Unchanged since the answer whose ETag If-None-Match names"},
            "400": answer("There is a parameter, and none is taken here", PROBLEM, Problem),
            "503": answer("The data cannot be reached right now", PROBLEM, Problem),
        },
    }


def export_list() -> Json:
    return {
        "operationId": "listExports",
        "summary": "The files with all stations, and where they are to be had as of now",
        "responses": {
            "200": answer("The files", JSON, ExportList),
            "304": {"description": "Unchanged since the answer whose ETag If-None-Match names"},
            "400": answer("There is a parameter, and none is taken here", PROBLEM, Problem),
            "503": answer("The data cannot be reached right now", PROBLEM, Problem),
        },
    }


WRITTEN: dict[Format, str] = {
    "geojsonl": "a Feature a line, each what /api/v1/stations/{id} answers",
    "csv": "a row for each kind of plug at a station, headed by the names of the columns (RFC 4180)",
}
BYTES = {"schema": {"type": "string", "format": "binary"}}
TEXT = {"schema": {"type": "string"}}


def export_file(format: Format) -> Json:
    return {
        "operationId": f"getExport{format.title()}File",
        "summary": f"All stations as they were last night, without statuses, packed with gzip: {WRITTEN[format]}",
        "responses": {
            "200": {"description": "The file", "content": {PACKED: BYTES}},
            "206": {"description": "The part of it that Range asks for", "content": {PACKED: BYTES}},
            "304": {"description": "Unchanged since the answer whose ETag or date the request names"},
            "400": answer("There is a parameter, and none is taken here", PROBLEM, Problem),
            "404": answer("None has been written, or a partner no longer allows what is in it", PROBLEM, Problem),
            "416": answer("The range lies beyond the file's end", PROBLEM, Problem),
            "503": answer("The data cannot be reached right now", PROBLEM, Problem),
        },
    }


def export_now(format: Format) -> Json:
    return {
        "operationId": f"exportNow{format.title()}",
        "summary": f"All stations as they are now, with statuses, written while they are sent: {WRITTEN[format]}",
        "responses": {
            "200": {"description": "The stations", "content": {MEDIA_TYPES[format]: TEXT}},
            "400": answer("There is a parameter, and none is taken here", PROBLEM, Problem),
            "429": answer(
                "Somebody else is reading them: try again after Retry-After, or take the file", PROBLEM, Problem
            ),
            "503": answer("The data cannot be reached right now", PROBLEM, Problem),
        },
    }


def parameter(each: Parameter) -> Json:
    # Commas inside a value part latitude from longitude and stay as they are.
    return {
        "name": each.name,
        "in": "query",
        "description": each.about,
        "schema": {"type": "array", "items": each.schema} if each.repeatable else each.schema,
        "example": [each.example] if each.repeatable else each.example,
        "allowReserved": True,
    }


def answer(description: str, mimetype: str, sent: type) -> Json:
    return {
        "description": description,
        "content": {mimetype: {"schema": {"$ref": REFERENCE.format(name=sent.__name__)}}},
    }


def schema(each: dict[str, Any]) -> Json:
    """A docstring of ours as a description: without the indentation of the source."""
    return each | {"description": cleandoc(each["description"])} if "description" in each else each
