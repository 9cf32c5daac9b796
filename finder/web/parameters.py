"""What a search can be asked, on pages and in the API alike: each parameter with its reader and its words.

The words are English and msgids: the API sends them as they are, a page translates them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from werkzeug.datastructures import MultiDict

from finder.ocpi.vocabulary import STANDARDS
from finder.stations.traits import FACILITIES, PAYMENTS
from finder.store import filters
from finder.tariffs.charge import Charge

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
# A comma is what most of Europe writes for the point.
AMOUNT = re.compile(r"(\d{1,5})(?:[.,](\d{1,6}))?", re.ASCII)
LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2000, 2099
LONGEST_ID = 100


class BadParameter(ValueError):
    """A parameter that cannot be read; `str()` is one sentence: which one, and what it takes."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(words)
        self.name = name


class Parameter(msgspec.Struct, frozen=True):
    """`read` raises ValueError. `takes` is the sentence for what it does not take, `about` what the parameter does.

    One that is `repeatable` may be said several times, and its value is a tuple.
    """

    name: str
    read: Callable[[str], Any]
    takes: str
    about: str
    schema: Mapping[str, Any]
    example: str
    repeatable: bool = False


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


def amount(least: str, most: str) -> Callable[[str], Decimal]:
    """Reads a number that is written in digits, with a point or a comma, from `least` to `most`."""
    low, high = Decimal(least), Decimal(most)

    def read(value: str) -> Decimal:
        match = AMOUNT.fullmatch(value.strip())
        if match is None:
            raise ValueError
        found = Decimal(f"{match[1]}.{match[2] or 0}")
        if not low <= found <= high:
            raise ValueError
        return found

    return read


def amounts(least: float, most: float) -> Mapping[str, Any]:
    return {"type": "number", "minimum": least, "maximum": most}


def local_time(value: str) -> datetime:
    """What a clock on the spot shows, without a zone; whether that clock ever shows it is known at the station."""
    if not LOCAL.fullmatch(value.strip()):
        raise ValueError
    found = datetime.fromisoformat(value.strip())
    within(found.year, FIRST_YEAR, LAST_YEAR)
    return found


def connector(value: str) -> str:
    found = value.strip().upper()
    if found not in STANDARDS:
        raise ValueError
    return found


def kilowatts(value: str) -> float:
    return float(amount("0.1", "4000")(value))


def facility(value: str) -> str:
    found = value.strip().upper()
    if found not in FACILITIES:
        raise ValueError
    return found


def one_of(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in words:
            raise ValueError
        return value

    return read


def yes(value: str) -> bool:
    if value != "1":
        raise ValueError
    return True


def identifier(value: str) -> str:
    found = value.strip()
    if not 0 < len(found) <= LONGEST_ID:
        raise ValueError
    return found


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
CONNECTOR = Parameter(
    "connector",
    connector,
    N_("connector takes a ConnectorType of OCPI, for example IEC_62196_T2_COMBO"),
    "A plug as OCPI's ConnectorType names it, in upper or lower case; said several times: any of them. One plug has to have all "
    "that `connector`, `min_power_kw`, `available` and `free` ask for.",
    {"type": "string", "enum": STANDARDS},
    "IEC_62196_T2_COMBO",
    repeatable=True,
)
FREE = Parameter(
    "free",
    yes,
    N_("free takes 1, or is left out"),
    "1: only where a tariff says that anybody charges free of charge now. A price that is not known is not free.",
    {"type": "string", "enum": ["1"]},
    "1",
)
MIN_POWER_KW = Parameter(
    "min_power_kw",
    kilowatts,
    N_("min_power_kw takes a number of kW from 0.1 to 4000, for example 100"),
    "How much the plug gives at least. With `connector` it is one plug that has both. Not stated is not enough.",
    amounts(0.1, 4000),
    "100",
)
FACILITY = Parameter(
    "facility",
    facility,
    N_("facility takes a Facility of OCPI, for example RESTAURANT"),
    "What is on the spot, as OCPI's Facility names it, in upper or lower case; said several times: all of them.",
    {"type": "string", "enum": FACILITIES},
    "RESTAURANT",
    repeatable=True,
)
PAYMENT = Parameter(
    "payment",
    one_of(*PAYMENTS),
    N_("payment takes card, contactless, app, rfid or plug-and-charge"),
    "How one can pay, at one of the charging points at least: `card` is any card at a terminal, `rfid` a provider's tag; said "
    "several times: all of them, not always at the same charging point.",
    {"type": "string", "enum": [*PAYMENTS]},
    "card",
    repeatable=True,
)
AVAILABLE = Parameter(
    "available",
    yes,
    N_("available takes 1, or is left out"),
    "1: only where a charging point is free now, with `connector` or `min_power_kw` one with such a plug. A status that is not "
    "known, or too old to be believed, is not free.",
    {"type": "string", "enum": ["1"]},
    "1",
)
OPEN_NOW = Parameter(
    "open_now",
    yes,
    N_("open_now takes 1, or is left out"),
    "1: only what is open now by its stated opening hours. Hours that are not stated are not open.",
    {"type": "string", "enum": ["1"]},
    "1",
)
GREEN = Parameter(
    "green",
    yes,
    N_("green takes 1, or is left out"),
    "1: only where the operator states that the electricity is green. Not stated is not green.",
    {"type": "string", "enum": ["1"]},
    "1",
)
SMART = Parameter(
    "smart",
    yes,
    N_("smart takes 1, or is left out"),
    "1: only where a charging point can be steered: it takes a charging profile, or a driver's preferences.",
    {"type": "string", "enum": ["1"]},
    "1",
)
SORT = Parameter(
    "sort",
    one_of("distance", "power", "cost", "name"),
    N_("sort takes distance, power, cost or name"),
    "Nearest first (with `near`), strongest first, cheapest first for the charge that is asked for, or by name. "
    "Where no price is known stands last. Left out: nearest first with `near`, else by name.",
    {"type": "string", "enum": ["distance", "power", "cost", "name"]},
    "name",
)
ENERGY_KWH = Parameter(
    "energy_kwh",
    amount("0.1", "500"),
    N_("energy_kwh takes a number of kWh from 0.1 to 500, for example 20"),
    "How much is charged, as the charging point counts it. Left out: what `battery_kwh`, `from` and `to` make, with losses.",
    amounts(0.1, 500),
    "20",
)
BATTERY_KWH = Parameter(
    "battery_kwh",
    amount("1", "500"),
    N_("battery_kwh takes a number of kWh from 1 to 500, for example 60"),
    "How much the car's battery holds.",
    {**amounts(1, 500), "default": 60},
    "60",
)
FROM = Parameter(
    "from",
    amount("0", "100"),
    N_("from takes a percentage from 0 to 100"),
    "How full the battery is before, in percent.",
    {**amounts(0, 100), "default": 20},
    "20",
)
TO = Parameter(
    "to",
    amount("0", "100"),
    N_("to takes a percentage from 0 to 100"),
    "How full the battery is to be after, in percent; more than `from`.",
    {**amounts(0, 100), "default": 80},
    "80",
)
POWER_KW = Parameter(
    "power_kw",
    amount("0.1", "4000"),
    N_("power_kw takes a number of kW from 0.1 to 4000, for example 50"),
    "What the car takes at most. Left out: 11 kW of alternating, 75 kW of direct current.",
    amounts(0.1, 4000),
    "50",
)
CHARGING_MINUTES = Parameter(
    "charging_minutes",
    amount("1", "10000"),
    N_("charging_minutes takes a number of minutes from 1 to 10000"),
    "How long it charges, in place of `power_kw`.",
    amounts(1, 10000),
    "24",
)
START = Parameter(
    "start",
    local_time,
    N_(
        "start takes a date and a time that exist, as the clock at the station shows them, for example 2026-11-23T09:30"
    ),
    "When the charge begins, in local time at the station, `YYYY-MM-DDTHH:MM`. Left out: now.",
    {"type": "string", "pattern": f"^{LOCAL.pattern}$"},
    "2026-11-23T09:30",
)
PARKING_MINUTES = Parameter(
    "parking_minutes",
    amount("0", "10000"),
    N_("parking_minutes takes a number of minutes up to 10000"),
    "How long the car stays connected after it is charged.",
    {**amounts(0, 10000), "default": 0},
    "30",
)
PAY = Parameter(
    "pay",
    one_of("adhoc", "contract"),
    N_("pay takes adhoc or contract"),
    "How it is paid: on site by anybody, or through a charging provider.",
    {"type": "string", "enum": ["adhoc", "contract"], "default": "adhoc"},
    "adhoc",
)
TARIFF = Parameter(
    "tariff",
    identifier,
    N_("tariff takes the id of one of the station's tariffs"),
    "The id of one of the station's tariffs. Left out: those that hold at the start and fit `pay`.",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_ID},
    "T1",
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
# All that are asked must hold. `FIELDS` has which field of a Search each of them is, and the operator.
FIELDS = filters.CONDITIONS
CONDITIONS = (CONNECTOR, MIN_POWER_KW, AVAILABLE, FREE, OPEN_NOW, PAYMENT, FACILITY, GREEN, SMART)
TOO_MANY = N_("more than 5000 stations would have to be looked into one by one: narrow it by near, bbox, operator or q")
# A driver's car and charge.
CAR = (ENERGY_KWH, BATTERY_KWH, FROM, TO, POWER_KW, CHARGING_MINUTES, START, PARKING_MINUTES, PAY)


def read(arguments: MultiDict[str, str], known: Iterable[Parameter]) -> dict[str, Any]:
    """The values by name. Raises BadParameter for a value that is wrong, a name said twice, and a name not known.

    A repeatable one has a tuple of what was said, each once.
    """
    by_name = {parameter.name: parameter for parameter in known}
    found: dict[str, Any] = {}
    for name, values in arguments.lists():
        parameter = by_name.get(name)
        if parameter is None:
            raise BadParameter(name, f"{shown(name)} is no parameter here; known are {', '.join(by_name) or 'none'}")
        if len(values) > 1 and not parameter.repeatable:
            raise BadParameter(name, f"{name} is said {len(values)} times; it takes one value")
        try:
            each = tuple(dict.fromkeys(map(parameter.read, values)))
        except ValueError:
            raise BadParameter(name, parameter.takes) from None
        found[name] = each if parameter.repeatable else each[0]
    if RADIUS_KM.name in found and NEAR.name not in found:
        raise BadParameter(RADIUS_KM.name, "radius_km needs near, the point that it is measured from")
    return found


CHARGED = {FROM.name: "from_percent", TO.name: "to_percent"}
LONGEST_HOURS = 30 * 24
MOST_KW = 4000


def charge(values: Mapping[str, Any]) -> Charge:
    """What these values of `CAR` and `tariff` ask; others are left aside. Raises BadParameter where they do not go together."""
    told = {CHARGED.get(each.name, each.name): values[each.name] for each in (*CAR, TARIFF) if each.name in values}
    asked = Charge(**told)
    if asked.from_percent >= asked.to_percent and asked.energy_kwh is None:
        raise BadParameter(TO.name, N_("to takes a higher percentage than from, which is 20 where it is left out"))
    if asked.power_kw is not None and asked.charging_minutes is not None:
        raise BadParameter(CHARGING_MINUTES.name, N_("charging_minutes stands for power_kw: give one of the two"))
    if asked.power_kw is not None and asked.energy(True) > asked.power_kw * LONGEST_HOURS:
        raise BadParameter(POWER_KW.name, N_("power_kw is too low: so much energy would take more than 30 days"))
    if asked.charging_minutes is not None and asked.energy(True) * 60 > asked.charging_minutes * MOST_KW:
        raise BadParameter(
            CHARGING_MINUTES.name, N_("charging_minutes is too short: so much energy would take more than 4000 kW")
        )
    return asked


def shown(name: str) -> str:
    """A stranger's word, short enough to be said back."""
    return repr(name if len(name) <= 40 else name[:39] + "…")
