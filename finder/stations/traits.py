"""What stations are chosen by: the plugs, the ways to pay, the surroundings, the hours. Each is decided here alone.

The search columns are made of it, and where they cannot decide, a station is read and asked by the same rules (`Wanted.fits`).
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from finder.ocpi.power import watts
from finder.ocpi.types import Connector, Evse, Hours, Location, Struct
from finder.stations.hours import is_open
from finder.stations.status import live
from finder.stations.summary import whole_kilowatts
from finder.stations.types import Station

FACILITIES = (
    "HOTEL",
    "RESTAURANT",
    "CAFE",
    "MALL",
    "SUPERMARKET",
    "SPORT",
    "RECREATION_AREA",
    "NATURE",
    "MUSEUM",
    "BIKE_SHARING",
    "BUS_STOP",
    "TAXI_STAND",
    "TRAM_STOP",
    "METRO_STATION",
    "TRAIN_STATION",
    "AIRPORT",
    "PARKING_LOT",
    "CARPOOL_PARKING",
    "FUEL_STATION",
    "WIFI",
)
"""OCPI's Facility (mod_locations); it is an open enum, and other words are shown but not searched for."""

CONTACTLESS = "CONTACTLESS_CARD_SUPPORT"
PAYMENTS = {
    "card": {"CREDIT_CARD_PAYABLE", "DEBIT_CARD_PAYABLE", "CHIP_CARD_SUPPORT", CONTACTLESS, "PED_TERMINAL"},
    "contactless": {CONTACTLESS},
    "app": {"REMOTE_START_STOP_CAPABLE"},
    "rfid": {"RFID_READER"},
    "plug-and-charge": {"ISO_15118_2_PLUG_AND_CHARGE", "ISO_15118_20_PLUG_AND_CHARGE"},
}
"""The capabilities, of a charging point or of its plugs, any of which makes a way to pay."""

STEERED = {"CHARGING_PROFILE_CAPABLE", "CHARGING_PREFERENCES_CAPABLE"}

# Stored by position: append only. The common ones come first, so that most stations need two bytes.
# `free`: a plug names a tariff that may be free some day. `bare`: an EVSE names no plug.
TRAITS = ("app", "rfid", "card", "smart", "contactless", "plug-and-charge", "green", "free", "bare", *FACILITIES)
BITS = {trait: 1 << place for place, trait in enumerate(TRAITS)}
FREE, BARE = BITS["free"], BITS["bare"]

PlugSet = tuple[tuple[str | None, int | None], ...]
"""Standard and W of each kind of plug at a station, in order."""


class Opening(Struct):
    """When a station is open, and by which clock."""

    hours: Hours
    time_zone: str | None = None

    def is_open(self, now: datetime) -> bool:
        """What is not stated is not open."""
        return is_open(self.hours, clock(self.time_zone), now) is True


class Offered(Struct):
    """What some EVSEs have. `capabilities` are theirs and their plugs', `tariff_ids` as they are written."""

    plugs: frozenset[tuple[str | None, int | None]]
    capabilities: frozenset[str]
    tariff_ids: frozenset[str]
    bare: bool


def offered(evses: Iterable[Evse]) -> Offered:
    plugs: set[tuple[str | None, int | None]] = set()
    capabilities: set[str] = set()
    tariff_ids: set[str] = set()
    bare = False
    for evse in evses:
        capabilities.update(evse.capabilities)
        bare = bare or not evse.connectors
        for connector in evse.connectors:
            plugs.add((connector.standard, watts(connector)))
            capabilities.update(connector.capabilities)
            tariff_ids.update(connector.tariff_ids)
    return Offered(frozenset(plugs), frozenset(capabilities), frozenset(tariff_ids), bare)


def plug_set(plugs: Iterable[tuple[str | None, int | None]]) -> PlugSet:
    return tuple(sorted(plugs, key=_plug_order))


def _plug_order(plug: tuple[str | None, int | None]) -> tuple[str, int]:
    return plug[0] or "", plug[1] or 0


def bits(merged: Location, had: Offered) -> int:
    """The traits of a station, `merged` without its EVSEs; all but whether it may be free."""
    found = _of_capabilities(had.capabilities)
    for facility in merged.facilities:
        found |= BITS.get(facility, 0) if facility in _SEARCHED else 0
    if is_green(merged):
        found |= BITS["green"]
    return found | BARE if had.bare else found


_SEARCHED = frozenset(FACILITIES)


@cache
def _of_capabilities(capabilities: frozenset[str]) -> int:
    found = sum(BITS[way] for way, any_of in PAYMENTS.items() if not any_of.isdisjoint(capabilities))
    return found if STEERED.isdisjoint(capabilities) else found | BITS["smart"]


def is_green(merged: Location) -> bool:
    return merged.energy_mix is not None and merged.energy_mix.is_green_energy is True


def opening(merged: Location) -> Opening | None:
    """None: not stated."""
    hours = merged.opening_times
    return None if hours is None or hours == Hours() else Opening(hours, merged.time_zone)


@cache
def clock(name: str | None) -> ZoneInfo | None:
    """None: a week cannot be told by it."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, OSError, ValueError):
        return None


class Wanted(Struct):
    """What a driver asks of a station; all that is set must hold.

    `connectors`, `min_power_kw`, `available` and `free` ask for one plug that has them all: one of these standards, at least so
    strong, at a charging point that is free now, where it costs nobody anything. The others may be anywhere at the station: each
    of the `facilities`, each of the `payments`, a charging point that can be steered (`smart`). Unknown is never yes.
    """

    connectors: tuple[str, ...] = ()
    min_power_kw: float | None = None
    facilities: tuple[str, ...] = ()
    payments: tuple[str, ...] = ()
    available: bool = False
    open_now: bool = False
    free: bool = False
    green: bool = False
    smart: bool = False

    @property
    def of_plugs(self) -> bool:
        return bool(self.connectors) or self.min_power_kw is not None

    @property
    def traits(self) -> int:
        """The bits that a station must have."""
        named = (
            *self.facilities,
            *self.payments,
            *[each for each in ("green", "smart", "free") if getattr(self, each)],
        )
        found = 0
        for name in named:
            found |= BITS[name]
        return found

    def takes(self, standard: str | None, power: int | None) -> bool:
        """A plug of so many W; as many kW as a driver would say."""
        if self.connectors and standard not in self.connectors:
            return False
        kw = whole_kilowatts(power)
        return self.min_power_kw is None or (kw is not None and kw >= self.min_power_kw)

    def fits(self, station: Station, now: datetime, is_free: Callable[[Connector], bool]) -> bool:
        """The rule itself, told by everything that is known of a station."""
        had = offered([entry.evse for entry in station.evses])
        needed = self.traits & ~FREE
        if needed & bits(station.location, had) != needed:
            return False
        if self.open_now:
            hours = opening(station.location)
            if hours is None or not hours.is_open(now):
                return False
        return self._has_plug(station, now, is_free)

    def _has_plug(self, station: Station, now: datetime, is_free: Callable[[Connector], bool]) -> bool:
        if not (self.of_plugs or self.available or self.free):
            return True
        entries = [
            entry
            for entry in station.evses
            if not self.available or live(entry, station.origins, now).word == "available"
        ]
        if not (self.of_plugs or self.free):
            return bool(entries)
        return any(
            self.takes(plug.standard, watts(plug)) and (not self.free or is_free(plug))
            for entry in entries
            for plug in entry.evse.connectors
        )

    def power(self, plugs: PlugSet) -> int:
        """W, of the strongest plug of these standards; 0: not known."""
        return max(
            [watt or 0 for standard, watt in plugs if not self.connectors or standard in self.connectors], default=0
        )


def strongest(plugs: Iterable[tuple[str | None, int | None]]) -> int | None:
    return max([watt or 0 for _, watt in plugs], default=0) or None
