"""Almost-OCPI made into JSON that `wire.py` decodes: the slow way, for objects that are wrongly typed or oddly named.

One function an object, in the specification's order. A member that cannot be made right is left out and costs only itself.
Nothing is judged here but types and names; what the values mean is for `read.py`, which reads the result like any other.
"""

import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from types import ModuleType
from typing import Any

import msgspec

from finder.ocpi import wire
from finder.ocpi.parts import Json, position
from finder.ocpi.text import amount, boolean, identifier, moment, number, plain

EMI3 = re.compile(r"[A-Z]{2}[*.-]?[A-Z0-9]{3,4}[*.-]?E[A-Z0-9*.-]+", re.IGNORECASE)
ESCAPES = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
DIGITS = 18
TOO_DEEP = "the object is nested too deep; 64 levels would do"


class Unreadable(Exception):
    """An object's bytes are no JSON object. One line: what is wrong and what would be right."""


def decoded(raw: bytes) -> Json:
    """A JSON object with forgiveness: NaN, infinities and numbers of more than 18 digits are null, control characters and half
    surrogate pairs in texts are allowed. Raises Unreadable."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"byte {error.start} is no UTF-8; UTF-8 throughout would be right") from error
    if "\\u" in text:
        text = ESCAPES.sub(lambda escape: "" if escape[1] else escape[0], text)
    try:
        found = json.loads(text, strict=False, parse_int=_integer, parse_float=_fraction, parse_constant=_nothing)
    except json.JSONDecodeError as error:
        raise Unreadable(f"the object is no JSON: {error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise Unreadable(TOO_DEEP) from error
    if not isinstance(found, dict):
        raise Unreadable(f"{_KINDS.get(type(found), 'a value')} where an object would be right")
    return found


_KINDS = {list: "a list", str: "a text", int: "a number", Decimal: "a number", bool: "a boolean", type(None): "null"}


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= DIGITS else None


def _fraction(digits: str) -> Decimal | None:
    return amount(digits)


def _nothing(_name: str) -> None:
    return None


def location(raw: Json, version: ModuleType) -> Json:
    raw = _flattened(version.location(_named(raw, wire.Location, _LOCATION_NAMES)))
    return _known(raw, wire.Location) | {
        **_all(_short, raw, "country_code", "party_id", "country"),
        **_all(plain, raw, "name", "address", "city", "postal_code", "state", "help_phone"),
        # A missing id is Jolt's; its names are unique.
        "id": _identity(raw, "id", "uid", "name"),
        "publish": _publish(raw.get("publish")),
        "coordinates": _coordinates(raw.get("coordinates")),
        **_all(_short, raw, "parking_type", "time_zone"),
        "evses": [evse(each, place, version) for place, each in enumerate(_objects(raw.get("evses"), 5_000), 1)],
        **_all(_texts, raw, "facilities"),
        **_all(boolean, raw, "charging_when_closed"),
        **_all(moment, raw, "last_updated"),
    }


def evse(raw: Json, place: int, version: ModuleType) -> Json:
    raw = _named(raw, wire.Evse)
    own_id = plain(raw.get("id"))
    evse_id = plain(raw.get("evse_id"))
    if not evse_id and own_id and raw.get("uid") and EMI3.fullmatch(own_id):
        evse_id = own_id
    embedded = _tariff_ids(raw)
    return _known(raw, wire.Evse) | {
        # Where nothing names it, its place in the list does: it can be shown, if not addressed.
        "uid": _identity(raw, "uid", "id", "evse_id") or f"#{place}",
        "evse_id": evse_id,
        "status": _short(raw.get("status")),
        **_all(_texts, raw, "capabilities", "parking_restrictions"),
        "connectors": [
            connector(each, number, embedded, version)
            for number, each in enumerate(_objects(raw.get("connectors"), 200), 1)
        ],
        "coordinates": _coordinates(raw.get("coordinates")),
        **_all(plain, raw, "floor_level", "physical_reference"),
        **_all(moment, raw, "last_updated"),
    }


def connector(raw: Json, place: int, evse_tariffs: list[str], version: ModuleType) -> Json:
    raw = version.connector(_named(raw, wire.Connector))
    return _known(raw, wire.Connector) | {
        "id": _identity(raw, "id", "uid") or str(place),
        **_all(_short, raw, "standard", "format", "power_type", "status"),
        **_all(plain, raw, "terms_and_conditions"),
        **_all(number, raw, "max_voltage", "max_amperage", "max_electric_power"),
        "tariff_ids": _texts(raw.get("tariff_ids")) or _tariff_ids(raw) or evse_tariffs,
        **_all(_texts, raw, "capabilities"),
    }


def tariff(raw: Json) -> Json:
    raw = _named(raw, wire.Tariff)
    return _known(raw, wire.Tariff) | {
        **_all(_short, raw, "country_code", "party_id", "currency", "tax_included"),
        **_all(plain, raw, "type", "tariff_alt_url"),
        "id": _identity(raw, "id", "uid"),
        **_all(amount, raw, "preauthorize_amount"),
        "elements": [element(each) for each in _objects(raw.get("elements"), 2_000)],
        **_all(moment, raw, "start_date_time", "end_date_time", "last_updated"),
    }


def element(raw: Json) -> Json:
    raw = _named(raw, wire.TariffElement)
    return raw | {"price_components": [price_component(each) for each in _objects(raw.get("price_components"), 50)]}


def price_component(raw: Json) -> Json:
    raw = _named(raw, wire.PriceComponent)
    return {
        # Without a dimension it is still something to pay: kept, so that no price is called complete.
        "type": plain(raw.get("type")) or "UNKNOWN",
        **_all(amount, raw, "price", "vat"),
        "step_size": _whole(raw.get("step_size")),
    }


# Names


def _named(raw: Json, shape: type[msgspec.Struct], other: Json | None = None) -> Json:
    """camelCase and other spellings under the specification's names, unless those are there too."""
    known = _NAMES[shape] | (other or {})
    missed = {
        name: value
        for key, value in raw.items()
        if (name := known.get(_squashed(key))) and name != key and raw.get(name) is None
    }
    return raw | missed if missed else raw


@lru_cache(maxsize=1024)
def _squashed(key: str) -> str:
    return key.replace("_", "").casefold()


_NAMES: dict[type[msgspec.Struct], dict[str, str]] = {
    shape: {name.replace("_", ""): name for name in shape.__struct_fields__ if name.islower()}
    for shape in (wire.Location, wire.Evse, wire.Connector, wire.Tariff, wire.TariffElement, wire.PriceComponent)
}
_LOCATION_NAMES = {"locationid": "id", "ocpiid": "id"}


def _known(raw: Json, shape: type[msgspec.Struct]) -> Json:
    """The members that decoding knows, without those that only repair does."""
    return {name: raw[name] for name in _PARTS[shape] if name in raw}


_PARTS = {
    shape: [field.name for field in msgspec.structs.fields(shape) if field.type is not type(None)] for shape in _NAMES
}


def _flattened(raw: Json) -> Json:
    """Coordinates, hours and parties written straight into the location, as one viewer of the Dutch feed does."""
    inner: Json = {}
    if not raw.get("coordinates") and "latitude" in raw:
        inner["coordinates"] = {"latitude": raw.get("latitude"), "longitude": raw.get("longitude")}
    if not raw.get("opening_times") and "twentyFourSeven" in raw:
        inner["opening_times"] = {"twentyfourseven": raw["twentyFourSeven"]}
    for party in ("operator", "owner"):
        if not raw.get(party) and raw.get(f"{party}Name"):
            inner[party] = {"name": raw[f"{party}Name"], "website": raw.get(f"{party}Website")}
    return raw | inner


# Values


def _all(read: Callable[[Any], Any], raw: Json, *names: str) -> Json:
    return {name: read(raw[name]) for name in names if name in raw}


def _identity(raw: Json, *names: str) -> str | None:
    """The first member that says something, if it can be an id. 0 is one; "" says nothing."""
    said = (plain(raw.get(name)) for name in names)
    return identifier(next((text for text in said if text and text.strip()), None))


def _publish(raw: Any) -> bool:
    """Missing means published (2.1.1 has no such field); something that is neither yes nor no is not taken for a yes."""
    return True if raw is None else boolean(raw) or False


def _coordinates(raw: Any) -> Json | None:
    latitude, longitude = position(raw)
    return None if latitude is None or longitude is None else {"latitude": latitude, "longitude": longitude}


def _objects(raw: Any, most: int) -> Iterable[Json]:
    """The objects of a list. More than `most` are no station's; repairing them would cost memory without end."""
    if isinstance(raw, dict):
        raw = [raw]
    return [each for each in raw[:most] if isinstance(each, dict)] if isinstance(raw, list) else []


def _texts(raw: Any) -> list[str]:
    if not isinstance(raw, list):
        raw = [raw]
    return [found for each in raw[:100] if (found := _short(each))]


def _short(raw: Any) -> str | None:
    """Text for an enum, a code or an id of a tariff; one too long for any of these is none."""
    found = plain(raw)
    return found if found is not None and len(found) <= 200 else None


def _tariff_ids(raw: Json) -> list[str]:
    """The ids of tariffs that are embedded in an EVSE or a connector instead of being referred to."""
    return [found for each in _objects(raw.get("tariffs"), 100) if (found := _identity(each, "id"))]


def _whole(raw: Any) -> int | None:
    found = number(raw)
    return int(found) if found is not None and 0 <= found < 1e9 else None
