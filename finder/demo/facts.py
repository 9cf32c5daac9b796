"""What a place of the demonstration says of itself: everything but who lists it, what it costs and its statuses."""

from functools import cache
from random import Random
from time import gmtime
from typing import Literal

from finder.demo.chargers import KINDS, MODELS, NEWER, Kind, Plug, connector
from finder.demo.hours import hours
from finder.demo.operators import Json, Operator
from finder.demo.spots import Spot
from finder.demo.statuses import DAY
from finder.demo.words import COUNTRIES, DIRECTIONS, LOCAL_DIRECTIONS

Fate = Literal["public", "hidden", "removed"]
Plans = dict[str, list[str]]  # "quick" and "slow": tariff ids

_PLUG_AND_CHARGE = frozenset({"TLM", "HLP", "TNG"})
_PROVIDERS = ("Tallmo", "Nordladd", "Västan Laddning", "Elresan", "Plugga In")


@cache
def _stamp_day(day: int) -> str:
    at = gmtime(day * DAY)
    return f"{at.tm_year:04d}-{at.tm_mon:02d}-{at.tm_mday:02d}"


def stamp(second: int) -> str:
    """Seconds since 1970 as OCPI writes an instant."""
    day, into = divmod(second, DAY)
    return f"{_stamp_day(day)}T{into // 3600:02d}:{into // 60 % 60:02d}:{into % 60:02d}Z"


def coordinates(latitude: float, longitude: float) -> Json:
    return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}


def facts_of(
    random: Random, number: int, spot: Spot, operator: Operator, plans: Plans, fate: Fate, changed: int
) -> Json:
    """A location in 2.3.0's words, without ids, statuses and its own `last_updated`."""
    kind = KINDS[spot.kind]
    alpha_3, zone, _ = COUNTRIES[spot.country]
    parking_type = random.choice(kind.parking)
    facts: Json = {
        "publish": fate != "hidden",
        "name": spot.name,
        "address": spot.address,
        "city": spot.town,
        "postal_code": spot.postal_code,
        "country": alpha_3,
        "coordinates": coordinates(spot.latitude, spot.longitude),
        "parking_type": parking_type,
        "operator": operator.details,
        "time_zone": zone,
        "help_phone": operator.phone,
    }
    if fate == "hidden":
        facts["publish_allowed_to"] = [{"group_id": f"{operator.party_id}-boende-{number}"}]
    if random.random() < 0.25:
        facts["directions"] = _directions(random, spot.country)
    if random.random() < 0.12:
        facts["owner"] = {"name": f"{spot.town} fastigheter"}
    if random.random() < 0.08:
        facts["suboperator"] = {"name": "Laddservice i Norden", "website": "https://laddservice.example"}
    if kind.facilities:
        facts["facilities"] = sorted(random.sample(kind.facilities, random.randint(1, min(4, len(kind.facilities)))))
    opening = hours(random, random.choice(kind.hours), zone)
    if opening is not None:
        facts |= opening
    if random.random() < 0.8:
        facts["energy_mix"] = _energy_mix(random, operator)
    if parking_type.endswith("GARAGE"):
        facts["related_locations"] = [_entrance(random, spot)]
    facts["evses"] = _evses(random, number, spot, operator, plans, changed, parking_type)
    if operator.partner == "tallmo":
        facts["parking_places"] = _parking_places(random, spot.kind, facts["evses"], parking_type)
    return facts


def _evses(
    random: Random, number: int, spot: Spot, operator: Operator, plans: Plans, changed: int, parking_type: str
) -> list[Json]:
    kind = KINDS[spot.kind]
    models = _models(random, kind, operator.partner == "tallmo" and number % 22 != 5)
    capabilities = _capabilities(random, operator)
    restrictions = [word for word in kind.restrictions if random.random() < 0.6]
    evses = []
    for position, model in enumerate(models, start=1):
        plugs = MODELS[model]
        quick = plugs[0].power_type == "DC"
        evse: Json = {
            "uid": f"{operator.party_id}{number:05d}-{position:02d}",
            "evse_id": f"{operator.country_code}*{operator.party_id}*E{10_000 + number}*{position}",
            "capabilities": _of_charger(capabilities, quick),
        }
        evse["connectors"] = [
            _connector(index, plug, operator, plans) | {"last_updated": stamp(changed)}
            for index, plug in enumerate(plugs, start=1)
        ]
        if parking_type.endswith("GARAGE"):
            evse["floor_level"] = str(-1 - position % 3 if parking_type.startswith("UNDER") else position % 4)
        if len(models) > 2:
            evse["physical_reference"] = f"{'ABCDEF'[position // 10 % 6]}{position}" if quick else str(position)
        if len(models) > 7 and kind.outside:
            step = position * 0.00004
            evse["coordinates"] = coordinates(spot.latitude + step, spot.longitude)
        if restrictions:
            evse["parking_restrictions"] = restrictions
        if operator.partner == "tallmo" and random.random() < 0.7:
            evse["accepted_service_providers"] = list(_PROVIDERS[: 2 + number % 4])
        _schedule(evse, number, position)
        evses.append(evse)
    return evses


def _models(random: Random, kind: Kind, newer: bool) -> list[str]:
    models: list[str] = []
    for part in random.choice(kind.sets).split():
        count, model = part.split("*")
        models += [model if newer else NEWER.get(model, model)] * int(count)
    return models


def _schedule(evse: Json, number: int, position: int) -> None:
    """Announced openings of planned EVSEs, and some repairs."""
    if number % 60 == 19:
        evse["status_schedule"] = [{"period_begin": "2027-03-01T07:00:00Z", "status": "AVAILABLE"}]
    elif number % 45 == 9 and position == 1:
        evse["status_schedule"] = [
            {"period_begin": "2027-01-12T08:00:00Z", "period_end": "2027-01-12T14:00:00Z", "status": "INOPERATIVE"}
        ]


def _connector(number: int, plug: Plug, operator: Operator, plans: dict[str, list[str]]) -> Json:
    quick = plug.power_type == "DC"
    made = connector(number, plug)
    plan = plans["quick" if quick else "slow"]
    if plan:
        made["tariff_ids"] = plan
    if quick:
        made["terms_and_conditions"] = f"{operator.website}/villkor"
    if quick and operator.party_id in _PLUG_AND_CHARGE:
        made["capabilities"] = ["ISO_15118_2_PLUG_AND_CHARGE"]
    return made


_COMMON = ["RFID_READER", "REMOTE_START_STOP_CAPABLE"]
_TERMINAL = ["CREDIT_CARD_PAYABLE", "DEBIT_CARD_PAYABLE", "CONTACTLESS_CARD_SUPPORT", "CHIP_CARD_SUPPORT"]
_EXTRA = ["UNLOCK_CAPABLE", "CHARGING_PROFILE_CAPABLE", "RESERVABLE", "TOKEN_GROUP_CAPABLE", "PED_TERMINAL"]
_SMART = ["CHARGING_PREFERENCES_CAPABLE", "START_SESSION_CONNECTOR_REQUIRED"]


def _capabilities(random: Random, operator: Operator) -> list[str]:
    """What this place's chargers can; card terminals only stand at quick ones (`_of_charger`)."""
    words = list(_COMMON)
    words += _TERMINAL[: random.randint(0, 4)]
    words += [word for word in _EXTRA if random.random() < 0.25]
    if operator.partner != "vastan":
        words += [word for word in _SMART if random.random() < 0.2]
    return words


def _of_charger(capabilities: list[str], quick: bool) -> list[str]:
    return [word for word in capabilities if quick or word not in _TERMINAL]


def _directions(random: Random, country: str) -> list[Json]:
    swedish, english = random.choice(DIRECTIONS)
    texts = [{"language": "sv", "text": swedish}, {"language": "en", "text": english}]
    if country in LOCAL_DIRECTIONS:
        language, text = LOCAL_DIRECTIONS[country]
        texts = [
            {"language": language, "text": text},
            {"language": "en", "text": "The chargers are to the right of the main entrance."},
        ]
    return texts


def _energy_mix(random: Random, operator: Operator) -> Json:
    if not operator.green:
        return {
            "is_green_energy": False,
            "energy_sources": [
                {"source": "WIND", "percentage": 48.0},
                {"source": "GAS", "percentage": 22.5},
                {"source": "COAL", "percentage": 12.5},
                {"source": "SOLAR", "percentage": 17.0},
            ],
            "environ_impact": [
                {"category": "CARBON_DIOXIDE", "amount": 212.4},
                {"category": "NUCLEAR_WASTE", "amount": 0.0},
            ],
            "supplier_name": "Øst Energi" if operator.country_code == "DK" else "Küstenstrom",
            "energy_product_name": "Standard",
        }
    water = random.choice((55.0, 62.5, 70.0))
    mix: Json = {
        "is_green_energy": True,
        "energy_sources": [{"source": "WATER", "percentage": water}, {"source": "WIND", "percentage": 100 - water}],
        "supplier_name": random.choice(("Norrviken Energi", "Bygdens Kraft", "Ljusnan El")),
        "energy_product_name": random.choice(("Vatten och vind", "Förnybart 100")),
    }
    if random.random() < 0.4:
        mix["environ_impact"] = [
            {"category": "CARBON_DIOXIDE", "amount": 8.5},
            {"category": "NUCLEAR_WASTE", "amount": 0.0},
        ]
    return mix


def _entrance(random: Random, spot: Spot) -> Json:
    point = coordinates(spot.latitude + random.uniform(-3e-4, 3e-4), spot.longitude + random.uniform(-3e-4, 3e-4))
    text = {"SE": "Infart", "AX": "Infart", "NO": "Innkjøring", "DK": "Indkørsel", "FI": "Sisäänajo", "DE": "Einfahrt"}
    language = {"SE": "sv", "AX": "sv", "NO": "nb", "DK": "da", "FI": "fi", "DE": "de"}
    return point | {"name": {"language": language[spot.country], "text": text[spot.country]}}


def _parking_places(random: Random, kind: str, evses: list[Json], parking_type: str) -> list[Json]:
    """The bays of a 2.3.0 location; each EVSE is told which is its own."""
    places: list[Json] = []
    for index, evse in enumerate(evses, start=1):
        bay = _bay(random, kind, index, parking_type)
        places.append(bay)
        evse["parking"] = [{"parking_id": bay["id"], "evse_position": ("LEFT", "CENTER", "RIGHT")[index % 3]}]
    return places


def _bay(random: Random, kind: str, index: int, parking_type: str) -> Json:
    bay: Json = {
        "id": f"P{index}",
        "physical_reference": str(index),
        "vehicle_types": ["PERSONAL_VEHICLE", "VAN"],
        "restricted_to_type": False,
        "reservation_required": False,
        "lighting": True,
        "roofed": parking_type.endswith("GARAGE"),
        "parking_space_length": 500,
        "parking_space_width": 250,
    }
    if parking_type.endswith("GARAGE"):
        bay["max_vehicle_height"] = 210
    if kind == "truck":
        return bay | {
            "vehicle_types": ["SEMI_TRACTOR", "RIGID", "TRUCK_WITH_TRAILER", "BUS"],
            "restricted_to_type": True,
            "reservation_required": index % 4 == 0,
            "drive_through": True,
            "direction": "ANGLE",
            "max_vehicle_length": 2525,
            "max_vehicle_width": 260,
            "max_vehicle_height": 450,
            "max_vehicle_weight": 64_000,
            "parking_space_length": 2600,
            "parking_space_width": 400,
            "refrigeration_outlet": index % 3 == 0,
            "dangerous_goods_allowed": index % 5 == 0,
        }
    if index == 1 and random.random() < 0.3:
        return bay | {
            "vehicle_types": ["DISABLED"],
            "restricted_to_type": True,
            "parking_space_width": 360,
            "standards": ["SS-EN 17210"],
        }
    if kind == "motorway" and index % 4 == 0:
        return bay | {
            "vehicle_types": ["PERSONAL_VEHICLE_WITH_TRAILER", "VAN"],
            "drive_through": True,
            "direction": "PARALLEL",
            "max_vehicle_length": 1200,
            "parking_space_length": 1300,
        }
    if kind in ("supermarket", "mall", "sport"):
        bay["time_limit"] = random.choice((60, 120, 180))
    bay["direction"] = "PARALLEL" if kind == "street" else "PERPENDICULAR"
    return bay
