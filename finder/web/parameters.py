"""What a search can be asked, on pages and in the API alike: each parameter with its reader and its words.

The words are English and msgids: the API sends them as they are, a page translates them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from werkzeug.datastructures import MultiDict

LONGEST_TEXT = 120
WIDEST_KM = 200
MOST = 500
# Written out in digits: no NaN, no infinity, no exponent, and no digits of other scripts.
DEGREES = r"[+-]?\d{1,3}(?:\.\d{1,20})?"
POINT = re.compile(rf"({DEGREES})\s*[,;\s]\s*({DEGREES})", re.ASCII)
BOX = re.compile(r"\s*,\s*".join([f"({DEGREES})"] * 4), re.ASCII)
KILOMETRES = re.compile(r"\d{1,3}(?:\.\d{1,20})?", re.ASCII)
COUNT = re.compile(r"\d{1,3}", re.ASCII)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


class BadParameter(ValueError):
    """A parameter that cannot be read; `str()` is one sentence: which one, and what it takes."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(words)
        self.name = name


class Parameter(msgspec.Struct, frozen=True):
    """`read` raises ValueError. `takes` is the sentence for what it does not take, `about` what the parameter does."""

    name: str
    read: Callable[[str], Any]
    takes: str
    about: str
    schema: Mapping[str, Any]
    example: str


def N_(message: str) -> str:
    """A text that is translated where it is said."""
    return message


def text(value: str) -> str:
    """Blanks and line breaks count as one blank."""
    joined = " ".join(value.split())
    if not 0 < len(joined) <= LONGEST_TEXT:
        raise ValueError
    return joined


def point(value: str) -> tuple[float, float]:
    """Latitude and longitude; people part them with a comma, a semicolon or a blank."""
    match = POINT.fullmatch(value.strip())
    if match is None:
        raise ValueError
    return latitude(match[1]), longitude(match[2])


def box(value: str) -> tuple[float, float, float, float]:
    """West, south, east, north; a west greater than the east crosses the antimeridian."""
    match = BOX.fullmatch(value.strip())
    if match is None:
        raise ValueError
    west, south, east, north = longitude(match[1]), latitude(match[2]), longitude(match[3]), latitude(match[4])
    if south > north:
        raise ValueError
    return west, south, east, north


def latitude(value: str) -> float:
    return within(float(value), -90, 90)


def longitude(value: str) -> float:
    return within(float(value), -180, 180)


def radius(value: str) -> float:
    if not KILOMETRES.fullmatch(value) or not float(value):
        raise ValueError
    return within(float(value), 0, WIDEST_KM)


def count(value: str) -> int:
    if not COUNT.fullmatch(value):
        raise ValueError
    return int(within(int(value), 1, MOST))


def slug(value: str) -> str:
    if len(value) > 60 or not SLUG.fullmatch(value):
        raise ValueError
    return value


def within(value: float, least: float, most: float) -> float:
    if not least <= value <= most:
        raise ValueError
    return value


Q = Parameter(
    "q",
    text,
    N_("q takes 1 to 120 characters: a place, street, postal code, station or operator"),
    "Free text: place, street, postal code, station or operator. Every word must be found, as the beginning of a word.",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
    "Torp",
)
NEAR = Parameter(
    "near",
    point,
    N_("near takes a latitude and a longitude in degrees, for example 58.35,11.94"),
    "Latitude and longitude in degrees (WGS 84). The nearest come first, by great-circle distance.",
    {"type": "string", "pattern": rf"^{DEGREES},{DEGREES}$"},
    "58.35,11.94",
)
RADIUS_KM = Parameter(
    "radius_km",
    radius,
    N_("radius_km takes a number of kilometres up to 200"),
    "How far from `near` to look; 10 km where it is left out.",
    {"type": "number", "exclusiveMinimum": 0, "maximum": WIDEST_KM, "default": 10},
    "25",
)
BBOX = Parameter(
    "bbox",
    box,
    N_("bbox takes west, south, east and north in degrees, for example 11.2,57.9,12.4,58.6"),
    "West, south, east, north in degrees (WGS 84). A west greater than the east crosses the antimeridian.",
    {"type": "string", "pattern": rf"^{DEGREES}(,{DEGREES}){{3}}$"},
    "11.2,57.9,12.4,58.6",
)
OPERATOR = Parameter(
    "operator",
    slug,
    N_("operator takes the operator's name as in addresses: a-z, 0-9 and single hyphens"),
    "The operator's name as the addresses of the site have it: a-z, 0-9 and single hyphens.",
    {"type": "string", "pattern": rf"^{SLUG.pattern}$", "maxLength": 60},
    "vastan-laddning",
)
LIMIT = Parameter(
    "limit",
    count,
    f"limit takes a whole number from 1 to {MOST}",
    "The most stations in one answer; `next` leads to the others.",
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": 20},
    "100",
)

SEARCH = (Q, NEAR, RADIUS_KM, BBOX, OPERATOR)


def read(arguments: MultiDict[str, str], known: Iterable[Parameter]) -> dict[str, Any]:
    """The values by name. Raises BadParameter for a value that is wrong, a name said twice, and a name not known."""
    by_name = {parameter.name: parameter for parameter in known}
    found: dict[str, Any] = {}
    for name, values in arguments.lists():
        parameter = by_name.get(name)
        if parameter is None:
            raise BadParameter(name, f"{shown(name)} is no parameter here; known are {', '.join(by_name) or 'none'}")
        if len(values) > 1:
            raise BadParameter(name, f"{name} is said {len(values)} times; it takes one value")
        try:
            found[name] = parameter.read(values[0])
        except ValueError:
            raise BadParameter(name, parameter.takes) from None
    if RADIUS_KM.name in found and NEAR.name not in found:
        raise BadParameter(RADIUS_KM.name, "radius_km needs near, the point that it is measured from")
    return found


def shown(name: str) -> str:
    """A stranger's word, short enough to be said back."""
    return repr(name if len(name) <= 40 else name[:39] + "…")
