"""The field rules of OCPI's locations, version by version, compact: `faults_of` says what a location breaks."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

Json = dict[str, Any]
Check = Callable[[Any], bool]

ZONES = available_timezones()


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STATUS = words("AVAILABLE BLOCKED CHARGING INOPERATIVE OUTOFORDER PLANNED REMOVED RESERVED UNKNOWN")
CAPABILITIES = words(
    "CHARGING_PROFILE_CAPABLE CREDIT_CARD_PAYABLE REMOTE_START_STOP_CAPABLE RESERVABLE RFID_READER UNLOCK_CAPABLE"
)
NEW_CAPABILITIES = CAPABILITIES | words(
    "CHARGING_PREFERENCES_CAPABLE CHIP_CARD_SUPPORT CONTACTLESS_CARD_SUPPORT DEBIT_CARD_PAYABLE PED_TERMINAL "
    "START_SESSION_CONNECTOR_REQUIRED TOKEN_GROUP_CAPABLE"
)
FACILITIES = words(
    "HOTEL RESTAURANT CAFE MALL SUPERMARKET SPORT RECREATION_AREA NATURE MUSEUM BUS_STOP TAXI_STAND TRAIN_STATION AIRPORT "
    "CARPOOL_PARKING FUEL_STATION WIFI"
)
NEW_FACILITIES = FACILITIES | words("BIKE_SHARING TRAM_STOP METRO_STATION PARKING_LOT")
RESTRICTIONS = words("EV_ONLY PLUGGED DISABLED CUSTOMERS MOTORCYCLES")
STANDARDS = words(
    "CHADEMO DOMESTIC_A DOMESTIC_B DOMESTIC_C DOMESTIC_D DOMESTIC_E DOMESTIC_F DOMESTIC_G DOMESTIC_H DOMESTIC_I DOMESTIC_J "
    "DOMESTIC_K DOMESTIC_L IEC_60309_2_single_16 IEC_60309_2_three_16 IEC_60309_2_three_32 IEC_60309_2_three_64 IEC_62196_T1 "
    "IEC_62196_T1_COMBO IEC_62196_T2 IEC_62196_T2_COMBO IEC_62196_T3A IEC_62196_T3C TESLA_R TESLA_S"
)
TYPES = words("ON_STREET PARKING_GARAGE UNDERGROUND_GARAGE PARKING_LOT OTHER UNKNOWN")
NEW_TYPES = words("ALONG_MOTORWAY PARKING_GARAGE PARKING_LOT ON_DRIVEWAY ON_STREET UNDERGROUND_GARAGE")
VEHICLES = words(
    "MOTORCYCLE PERSONAL_VEHICLE PERSONAL_VEHICLE_WITH_TRAILER VAN SEMI_TRACTOR RIGID TRUCK_WITH_TRAILER BUS DISABLED"
)
SOURCES = words("NUCLEAR GENERAL_FOSSIL COAL GAS GENERAL_GREEN SOLAR WIND WATER")


def text(most: int) -> Check:
    return lambda value: isinstance(value, str) and 0 < len(value) <= most and value == value.strip()


def matches(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def one_of(*allowed: frozenset[str]) -> Check:
    known = frozenset().union(*allowed)
    return lambda value: value in known


def many(check: Check, least: int = 0) -> Check:
    return lambda value: isinstance(value, list) and len(value) >= least and all(check(one) for one in value)


def instant(value: Any) -> bool:
    return isinstance(value, str) and value.endswith("Z") and datetime.fromisoformat(value).tzinfo is not None


def whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def shape(required: dict[str, Check], optional: dict[str, Check]) -> Check:
    return lambda value: isinstance(value, dict) and not list(_faults(value, required, optional))


display_text = shape({"language": matches("[a-z]{2}"), "text": text(512)}, {})
web = matches(r"https?://.{1,247}")
business = shape({"name": text(100)}, {"website": web})
_latitude = matches(r"-?[0-9]{1,2}\.[0-9]{5,7}")
_longitude = matches(r"-?[0-9]{1,3}\.[0-9]{5,7}")
point = shape({"latitude": _latitude, "longitude": _longitude}, {})
related = shape({"latitude": _latitude, "longitude": _longitude}, {"name": display_text})
_clock = matches(r"([0-1][0-9]|2[0-3]):[0-5][0-9]")
period = shape({"period_begin": instant, "period_end": instant}, {})
hours = shape(
    {},
    {
        "twentyfourseven": flag,
        "regular_hours": many(
            shape({"weekday": lambda day: day in range(1, 8), "period_begin": _clock, "period_end": _clock}, {})
        ),
        "exceptional_openings": many(period),
        "exceptional_closings": many(period),
    },
)
schedule = shape({"period_begin": instant, "status": one_of(STATUS)}, {"period_end": instant})


def energy_mix(impact: str) -> Check:
    sources = many(shape({"source": one_of(SOURCES), "percentage": lambda share: 0 <= share <= 100}, {}))
    mix = shape(
        {"is_green_energy": flag},
        {
            "energy_sources": sources,
            "environ_impact": many(
                shape({impact: one_of(words("NUCLEAR_WASTE CARBON_DIOXIDE")), "amount": lambda amount: amount >= 0}, {})
            ),
            "supplier_name": text(64),
            "energy_product_name": text(64),
        },
    )
    return lambda value: mix(value) and sum(part["percentage"] for part in value["energy_sources"]) == 100


def connector(version: str) -> Check:
    standards = STANDARDS | (words("MCS SAE_J3400") if version == "2.3.0" else frozenset())
    required: dict[str, Check] = {
        "id": text(36),
        "standard": one_of(standards),
        "format": one_of(words("SOCKET CABLE")),
        "power_type": one_of(words("AC_1_PHASE AC_3_PHASE DC")),
        "last_updated": instant,
    }
    if version == "2.1.1":
        return shape(
            required | {"voltage": whole, "amperage": whole}, {"tariff_id": text(36), "terms_and_conditions": web}
        )
    optional: dict[str, Check] = {
        "max_electric_power": whole,
        "tariff_ids": many(text(36)),
        "terms_and_conditions": web,
    }
    if version == "2.3.0":
        optional["capabilities"] = many(
            one_of(words("ISO_15118_2_PLUG_AND_CHARGE ISO_15118_20_PLUG_AND_CHARGE")), least=1
        )
    return shape(required | {"max_voltage": whole, "max_amperage": whole}, optional)


def evse(version: str) -> Check:
    capabilities = CAPABILITIES if version == "2.1.1" else NEW_CAPABILITIES
    restrictions = RESTRICTIONS | (words("EMPLOYEES TAXIS TENANTS") if version == "2.3.0" else frozenset())
    optional: dict[str, Check] = {
        "evse_id": matches(r"[A-Z]{2}\*[A-Z0-9]{3}\*E[A-Z0-9*]{1,31}"),
        "status_schedule": many(schedule),
        "capabilities": many(one_of(capabilities)),
        "floor_level": text(4),
        "coordinates": point,
        "physical_reference": text(16),
        "directions": many(display_text),
        "parking_restrictions": many(one_of(restrictions)),
    }
    if version == "2.3.0":
        optional |= {
            "parking": many(shape({"parking_id": text(36)}, {"evse_position": one_of(words("LEFT RIGHT CENTER"))})),
            "accepted_service_providers": many(text(50)),
        }
    required: dict[str, Check] = {
        "uid": text(39 if version == "2.1.1" else 36),
        "status": one_of(STATUS),
        "connectors": many(connector(version), least=1),
        "last_updated": instant,
    }
    return shape(required, optional)


parking = shape(
    {
        "id": text(36),
        "vehicle_types": many(one_of(VEHICLES), least=1),
        "restricted_to_type": flag,
        "reservation_required": flag,
    },
    {
        "physical_reference": text(12),
        "direction": one_of(words("PARALLEL PERPENDICULAR ANGLE")),
        "standards": many(text(36)),
        **dict.fromkeys(
            ("drive_through", "roofed", "lighting", "refrigeration_outlet", "dangerous_goods_allowed"), flag
        ),
        **dict.fromkeys(
            (
                *("max_vehicle_weight", "max_vehicle_height", "max_vehicle_length", "max_vehicle_width"),
                *("parking_space_length", "parking_space_width", "time_limit"),
            ),
            whole,
        ),
    },
)


@cache
def location(version: str) -> tuple[dict[str, Check], dict[str, Check]]:
    """The required and the optional fields."""
    old = version == "2.1.1"
    required: dict[str, Check] = {
        "id": text(39 if old else 36),
        "address": text(45 if old else 255),
        "city": text(45),
        "country": matches("[A-Z]{3}"),
        "coordinates": point,
        "evses": many(evse(version), least=1),
        "last_updated": instant,
    }
    optional: dict[str, Check] = {
        "name": text(255),
        "related_locations": many(related),
        "directions": many(display_text),
        "operator": business,
        "suboperator": business,
        "owner": business,
        "facilities": many(one_of(FACILITIES if old else NEW_FACILITIES)),
        "opening_times": hours,
        "charging_when_closed": flag,
        "energy_mix": energy_mix("source" if old else "category"),
    }
    zone = one_of(frozenset(ZONES))
    if old:
        return required | {"type": one_of(TYPES), "postal_code": text(10)}, optional | {"time_zone": zone}
    required |= {
        "country_code": matches("[A-Z]{2}"),
        "party_id": matches("[A-Z0-9]{3}"),
        "publish": flag,
        "time_zone": zone,
    }
    optional |= {
        "publish_allowed_to": many(shape({}, {"group_id": text(36)})),
        "postal_code": text(10),
        "parking_type": one_of(NEW_TYPES),
        "help_phone": text(25),  # no field of 2.2.1 yet, but sent
    }
    if version == "2.3.0":
        optional["parking_places"] = many(parking)
    return required, optional


def _faults(value: Json, required: dict[str, Check], optional: dict[str, Check]) -> Iterator[str]:
    yield from (f"{name} is missing" for name in required.keys() - value.keys())
    checks = required | optional
    for name, one in value.items():
        if name not in checks:
            yield f"{name} is no field"
        elif not checks[name](one):
            yield f"{name} is not valid: {one!r}"


def faults_of(value: Json, version: str) -> list[str]:
    """What a location breaks of its version's rules; empty where it is valid."""
    found = list(_faults(value, *location(version)))
    return found or list(_contradictions(value, version))


def _contradictions(value: Json, version: str) -> Iterator[str]:
    """What does not fit together in a location whose fields are right."""
    if version != "2.1.1" and not value.get("publish") and not value.get("publish_allowed_to"):
        yield "hidden, yet allowed to nobody"
    newest = max((one["last_updated"] for one in value.get("evses", ())), default="")
    if newest > value.get("last_updated", ""):
        yield "an EVSE is newer than its location"
    for one in value.get("evses", ()):
        if max(plug["last_updated"] for plug in one["connectors"]) > one["last_updated"]:
            yield "a connector is newer than its EVSE"
    bays = {bay["id"] for bay in value.get("parking_places", ())}
    if any(place["parking_id"] not in bays for one in value.get("evses", ()) for place in one.get("parking", ())):
        yield "an EVSE names a bay that is not there"
