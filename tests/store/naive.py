"""A search answered the slow way: every station read, every condition asked of its documents, in the words of the rules."""

from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any

from finder.ocpi.power import watts
from finder.stations.hours import is_open
from finder.stations.types import Station, StationEvse
from finder.store.filters import Search

WAYS = {
    "card": ("CREDIT_CARD_PAYABLE", "DEBIT_CARD_PAYABLE", "CHIP_CARD_SUPPORT", "CONTACTLESS_CARD_SUPPORT", "PED_TERMINAL"),
    "contactless": ("CONTACTLESS_CARD_SUPPORT",),
    "app": ("REMOTE_START_STOP_CAPABLE",),
    "rfid": ("RFID_READER",),
    "plug-and-charge": ("ISO_15118_2_PLUG_AND_CHARGE", "ISO_15118_20_PLUG_AND_CHARGE"),
}  # fmt: skip
STEERED = ("CHARGING_PROFILE_CAPABLE", "CHARGING_PREFERENCES_CAPABLE")


def found(stations: list[Station], whole: dict[str, Station], search: Search, free: Any) -> list[Station]:
    """All that are found, in order. `free(station, plug)` says whether nothing is charged for there.

    `whole` are the stations in everybody's words: by these they stand where they stand, on the map and in the list.
    """
    fitting = [each for each in stations if is_there(whole[each.id], search) and fits(each, search, free)]
    return sorted(fitting, key=lambda each: (place(whole[each.id], search), each.id))


def place(station: Station, search: Search) -> Any:
    if search.sort == "power":
        wanted = [
            watts(plug) or 0 for plug in plugs(station) if not search.connectors or plug.standard in search.connectors
        ]
        return -max(wanted, default=0)
    if search.sort == "name" or search.near is None:
        location = station.location
        return location.name or location.address or location.city or location.id
    return far(station, search)


def far(station: Station, search: Search) -> float:
    assert search.near is not None
    here, there = station.location.coordinates, search.near
    a, b = radians(there[0]), radians(here.latitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(here.longitude - there[1]) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(min(1.0, half)))


def plugs(station: Station) -> list[Any]:
    return [plug for entry in station.evses for plug in entry.evse.connectors]


def is_there(station: Station, search: Search) -> bool:
    here = station.location.coordinates
    if search.near is not None and far(station, search) > search.radius_km:
        return False
    if search.bbox is not None:
        west, south, east, north = search.bbox
        inside = west <= here.longitude <= east if west <= east else not east < here.longitude < west
        if not (south <= here.latitude <= north and inside):
            return False
    return True


def fits(station: Station, search: Search, free: Any) -> bool:
    able: set[str] = set()
    if search.payments or search.smart:
        able = {word for entry in station.evses for word in entry.evse.capabilities}
        able |= {word for plug in plugs(station) for word in plug.capabilities}
    mix = station.location.energy_mix
    return (
        all(each in station.location.facilities for each in search.facilities)
        and all(any(word in able for word in WAYS[way]) for way in search.payments)
        and (not search.smart or any(word in able for word in STEERED))
        and (not search.green or (mix is not None and mix.is_green_energy is True))
        and (not search.open_now or open_(station, search.as_of))
        and has_plug(station, search, free)
    )


def open_(station: Station, now: datetime) -> bool:
    from zoneinfo import ZoneInfo

    name = station.location.time_zone
    return is_open(station.location.opening_times, ZoneInfo(name) if name else None, now) is True


def has_plug(station: Station, search: Search, free: Any) -> bool:
    entries = [each for each in station.evses if not search.available or is_free_now(station, each, search.as_of)]
    if not (search.connectors or search.min_power_kw or search.free):
        return bool(entries) or not search.available
    return any(
        (not search.connectors or plug.standard in search.connectors)
        and (not search.min_power_kw or shown(plug) >= search.min_power_kw)
        and (not search.free or free(station, plug))
        for entry in entries
        for plug in entry.evse.connectors
    )


def shown(plug: Any) -> float:
    """Nearly whole kilowatts are told as whole ones."""
    kw = round((watts(plug) or 0) / 1000, 1)
    return round(kw) if kw >= 10 and abs(kw - round(kw)) < 0.15 else kw


def is_free_now(station: Station, entry: StationEvse, now: datetime) -> bool:
    origin = station.origins[entry.origin]
    if entry.evse.status != "AVAILABLE" or origin.fetched_at is None:
        return False
    return now - origin.fetched_at <= max(timedelta(minutes=15), timedelta(seconds=2 * origin.interval))
