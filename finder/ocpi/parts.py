"""The parts of a location that are read from decoded JSON: each is taken if it can be, else left out alone.

In the specification's order (mod_locations, types). What is read so is seldom there or the same for thousands of
locations; the parts that every location has of its own are in `wire.py` and `read.py`.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from finder.ocpi import vocabulary
from finder.ocpi.text import boolean, identifier, link, moment, number, plain, text, word
from finder.ocpi.types import (
    AdditionalGeoLocation,
    BusinessDetails,
    DisplayText,
    EnergyMix,
    EnergySource,
    EnvironmentalImpact,
    EvseParking,
    Image,
    Parking,
    StatusSchedule,
)

Json = dict[str, Any]
Part = TypeVar("Part")


def each(raw: Any, part: Callable[[Json], Part | None]) -> tuple[Part, ...]:
    """The parts of a list that can be read; one object where a list should be is a list of one."""
    if isinstance(raw, dict):
        raw = [raw]
    if not isinstance(raw, list):
        return ()
    return tuple(found for item in raw if isinstance(item, dict) and (found := part(item)) is not None)


def object_words(raw: Any) -> tuple[str, ...]:
    """Words of an open enum from a list or a single word."""
    if isinstance(raw, str):
        raw = [raw]
    if not isinstance(raw, list):
        return ()
    return tuple(dict.fromkeys(shown for item in raw if isinstance(item, str) and (shown := word(item))))


def texts(raw: Any, limit: int = 512) -> tuple[DisplayText, ...]:
    """Texts in languages. A bare text is one in a language not stated, written ""."""
    if isinstance(raw, str | dict):
        raw = [raw]
    if not isinstance(raw, list):
        return ()
    return tuple(found for item in raw if (found := display_text(item, limit)) is not None)


def display_text(raw: Any, limit: int = 512) -> DisplayText | None:
    if isinstance(raw, str):
        raw = {"text": raw}
    if not isinstance(raw, dict):
        return None
    shown = text(plain(raw.get("text")), limit)
    language = (plain(raw.get("language")) or "").strip().lower()
    if shown is None:
        return None
    return DisplayText(language[:2] if language[:2].isalpha() and language[:2].isascii() else "", shown)


def located(raw: Json) -> AdditionalGeoLocation | None:
    latitude, longitude = position(raw)
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return AdditionalGeoLocation(latitude, longitude, display_text(raw.get("name")))


def position(raw: Any) -> tuple[float | None, float | None]:
    """Latitude and longitude, under their own names or as `lat` and `lon`."""
    if not isinstance(raw, dict):
        return None, None
    latitude = number(raw.get("latitude", raw.get("lat")))
    longitude = number(raw.get("longitude", raw.get("lon", raw.get("lng"))))
    return latitude, longitude


def business(raw: Any) -> BusinessDetails | None:
    """A bare text is a name."""
    if isinstance(raw, str):
        raw = {"name": raw}
    if not isinstance(raw, dict):
        return None
    name = text(plain(raw.get("name")), 100)
    return BusinessDetails(name, link(raw.get("website")), image(raw.get("logo"))) if name else None


def image(raw: Any) -> Image | None:
    """A bare text is a link to one."""
    if isinstance(raw, str):
        raw = {"url": raw}
    if not isinstance(raw, dict):
        return None
    address = link(raw.get("url"))
    if address is None:
        return None
    return Image(
        url=address,
        category=word(plain(raw.get("category")) or "") or "OTHER",
        type=(text(plain(raw.get("type")), 20) or "").lower(),
        thumbnail=link(raw.get("thumbnail")),
        width=_pixels(raw.get("width")),
        height=_pixels(raw.get("height")),
    )


def _pixels(raw: Any) -> int | None:
    found = number(raw)
    return int(found) if found is not None and 1 <= found <= 99_999 else None


def energy_mix(raw: Any) -> EnergyMix | None:
    if not isinstance(raw, dict):
        return None
    found = EnergyMix(
        is_green_energy=boolean(raw.get("is_green_energy")),
        energy_sources=each(raw.get("energy_sources"), _energy_source),
        environ_impact=each(raw.get("environ_impact"), _impact),
        supplier_name=text(plain(raw.get("supplier_name")), 64),
        energy_product_name=text(plain(raw.get("energy_product_name")), 64),
    )
    return found if found != EnergyMix() else None


def _energy_source(raw: Json) -> EnergySource | None:
    source, percentage = word(plain(raw.get("source")) or ""), number(raw.get("percentage"))
    return EnergySource(source, percentage) if source and percentage is not None and 0 <= percentage <= 100 else None


def _impact(raw: Json) -> EnvironmentalImpact | None:
    """2.1.1 names the category `source`."""
    category, amount = word(plain(raw.get("category") or raw.get("source")) or ""), number(raw.get("amount"))
    return EnvironmentalImpact(category, amount) if category and amount is not None and amount >= 0 else None


def status_schedule(raw: Json) -> StatusSchedule | None:
    begin, end = moment(raw.get("period_begin")), moment(raw.get("period_end"))
    if begin is None or (end is not None and end <= begin):
        return None
    return StatusSchedule(begin, vocabulary.status(plain(raw.get("status"))), end)


def evse_parking(raw: Json) -> EvseParking | None:
    place = identifier(plain(raw.get("parking_id")))
    return EvseParking(place, word(plain(raw.get("evse_position")) or "")) if place else None


def parking(raw: Json) -> Parking | None:
    place = identifier(plain(raw.get("id")))
    if place is None:
        return None
    sizes: Json = {name: _size(raw.get(name)) for name in _SIZES}
    answers: Json = {name: boolean(raw.get(name)) for name in _YES_OR_NO}
    return Parking(
        id=place,
        physical_reference=text(plain(raw.get("physical_reference")), 50),
        vehicle_types=object_words(raw.get("vehicle_types")),
        **sizes,
        **answers,
        direction=word(plain(raw.get("direction")) or ""),
        time_limit=_size(raw.get("time_limit")),
        images=each(raw.get("images"), image),
        standards=tuple(found for item in _list(raw.get("standards")) if (found := text(plain(item), 36))),
        apds_reference=text(plain(raw.get("apds_reference")), 255),
    )


_SIZES = (
    "max_vehicle_weight",
    "max_vehicle_height",
    "max_vehicle_length",
    "max_vehicle_width",
    "parking_space_length",
    "parking_space_width",
)
_YES_OR_NO = (
    "dangerous_goods_allowed",
    "drive_through",
    "restricted_to_type",
    "reservation_required",
    "roofed",
    "lighting",
    "refrigeration_outlet",
)


def _size(raw: Any) -> float | None:
    found = number(raw)
    return found if found is not None and found > 0 else None


def providers(raw: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for item in _list(raw) if (found := text(plain(item), 50))))


def _list(raw: Any) -> Iterable[Any]:
    return raw if isinstance(raw, list) else ()
