"""Suggestions while typing: what the search field may become, for programs and for the list box of the pages."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from finder.stations.identity import slug
from finder.web import parameters, suggestions
from finder.web.database import reading
from finder.web.head import absolute
from finder.web.language import LANGUAGES, SAFE, path_to, speaking
from finder.web.parameters import BadParameter, Parameter, Q
from finder.web.suggestions import Kind, Suggestion

MAX_AGE = 60
USUAL, MOST = 8, 20


class Place(msgspec.Struct, frozen=True):
    """Something that the text may mean. `url` is a station's page or a search; `lat` and `lon` are null for an operator and for a
    postal code that nobody knows the position of. A postal code lies in the middle of its town, not of its own streets."""

    name: str
    kind: Kind
    region: str | None
    country: str | None
    lat: float | None
    lon: float | None
    url: str


def count(value: str) -> int:
    return int(parameters.within(parameters.count(value), 1, MOST))


LIMIT = Parameter(
    "limit",
    count,
    f"limit takes a whole number from 1 to {MOST}",
    "The most suggestions in the answer.",
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    "8",
)
LANG = Parameter(
    "lang",
    parameters.one_of(*LANGUAGES),
    f"lang takes {' or '.join(LANGUAGES)}",
    "The language of the names and of the pages that the urls lead to.",
    {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
    "en",
)
TYPED = Parameter(
    Q.name,
    Q.read,
    Q.takes,
    "What was typed so far: a place, street, postal code, station, operator, EVSE id, or a latitude and a longitude.",
    Q.schema,
    "udde",
)
KNOWN = (TYPED, LIMIT, LANG)


def place_list(values: Mapping[str, Any]) -> list[Place]:
    """Suggestions for what is read of `KNOWN`. Raises BadParameter where nothing was typed."""
    if TYPED.name not in values:
        raise BadParameter(TYPED.name, TYPED.takes)
    with speaking(values.get(LANG.name, LANGUAGES[0])), reading() as connection:
        found = suggestions.suggest(connection, values[TYPED.name], values.get(LIMIT.name, USUAL), licensed=True)
        return [place(each) for each in found]


def place(found: Suggestion) -> Place:
    return Place(
        name=found.name,
        kind=found.kind,
        region=found.region,
        country=found.country,
        lat=found.latitude,
        lon=found.longitude,
        url=absolute(path(found)),
    )


def path(found: Suggestion) -> str:
    if found.station is not None:
        return path_to("station.show", slug=slug(found.name), id=found.station)
    asked = {"q": found.text, "operator": found.operator}
    if found.near is not None:
        asked["near"] = f"{found.near[0]},{found.near[1]}"
    query = urlencode({name: value for name, value in asked.items() if value is not None}, safe=SAFE)
    return f"{path_to('search.show')}?{query}"
