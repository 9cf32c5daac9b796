"""Locations and tariffs of 2.3.0 put into the words of an older version, as that version's text has them."""

from finder.demo.operators import Json

VERSIONS = ("2.1.1", "2.2.1", "2.3.0")

_OLD_TYPES = {"ON_STREET", "PARKING_GARAGE", "UNDERGROUND_GARAGE", "PARKING_LOT"}
_NEW_FACILITIES = {"BIKE_SHARING", "TRAM_STOP", "METRO_STATION", "PARKING_LOT"}
_OLD_CAPABILITIES = {
    "CHARGING_PROFILE_CAPABLE",
    "CREDIT_CARD_PAYABLE",
    "REMOTE_START_STOP_CAPABLE",
    "RESERVABLE",
    "RFID_READER",
    "UNLOCK_CAPABLE",
}
_OLD_RESTRICTIONS = {"EV_ONLY", "PLUGGED", "DISABLED", "CUSTOMERS", "MOTORCYCLES"}


def location(facts: Json, version: str) -> Json:
    if version == "2.3.0":
        return facts
    if version == "2.2.1":
        return _location_2_2_1(facts)
    return _location_2_1_1(facts)


def tariff(facts: Json, version: str) -> Json:
    if version == "2.3.0":
        return _tariff_2_3_0(facts)
    if version == "2.2.1":
        return _tariff_2_2_1(facts)
    return _tariff_2_1_1(facts)


def _without(facts: Json, *names: str) -> Json:
    return {name: value for name, value in facts.items() if name not in names}


def _kept(evse: Json, name: str, allowed: set[str]) -> Json:
    """`{name: [...]}` with the words the version knows, empty where none is left."""
    kept = [word for word in evse.get(name, ()) if word in allowed]
    return {name: kept} if kept else {}


def _location_2_2_1(facts: Json) -> Json:
    # help_phone is no field of 2.2.1, but partners send it and a driver needs it.
    made = _without(facts, "parking_places")
    return made | {"evses": [_evse_2_2_1(evse) for evse in facts["evses"]]}


def _evse_2_2_1(evse: Json) -> Json:
    made = _without(evse, "parking", "accepted_service_providers", "parking_restrictions")
    made["connectors"] = [_without(connector, "capabilities") for connector in evse["connectors"]]
    return made | _kept(evse, "parking_restrictions", _OLD_RESTRICTIONS)


def _location_2_1_1(facts: Json) -> Json:
    made = _without(
        facts,
        "country_code",
        "party_id",
        "publish",
        "publish_allowed_to",
        "state",
        "parking_type",
        "help_phone",
        "parking_places",
    )
    parking_type = facts.get("parking_type", "UNKNOWN")
    made["type"] = parking_type if parking_type in _OLD_TYPES else "OTHER"
    made["facilities"] = [facility for facility in facts.get("facilities", ()) if facility not in _NEW_FACILITIES]
    if "energy_mix" in facts:
        made["energy_mix"] = _energy_mix_2_1_1(facts["energy_mix"])
    return made | {"evses": [_evse_2_1_1(evse) for evse in facts["evses"]]}


def _energy_mix_2_1_1(mix: Json) -> Json:
    if "environ_impact" not in mix:
        return mix
    impacts = [{"source": impact["category"], "amount": impact["amount"]} for impact in mix["environ_impact"]]
    return mix | {"environ_impact": impacts}


def _evse_2_1_1(evse: Json) -> Json:
    made = _without(evse, "parking", "accepted_service_providers", "parking_restrictions", "capabilities")
    made |= _kept(evse, "capabilities", _OLD_CAPABILITIES) | _kept(evse, "parking_restrictions", _OLD_RESTRICTIONS)
    return made | {"connectors": [_connector_2_1_1(connector) for connector in evse["connectors"]]}


def _connector_2_1_1(connector: Json) -> Json:
    volts, amps = _volts_and_amps(connector)
    made = _without(
        connector, "max_voltage", "max_amperage", "max_electric_power", "tariff_ids", "capabilities", "last_updated"
    )
    made |= {"voltage": volts, "amperage": amps}
    if connector.get("tariff_ids"):
        made["tariff_id"] = connector["tariff_ids"][0]
    return made | {"last_updated": connector["last_updated"]}


def _volts_and_amps(connector: Json) -> tuple[int, int]:
    """2.1.1 has no power: volts and amperes must make the watts of a DC plug."""
    watts = connector["max_electric_power"]
    if connector["power_type"] != "DC":
        return connector["max_voltage"], connector["max_amperage"]
    volts = next(volts for volts in (400, 800, 500, 1000, 1250) if watts % volts == 0 and watts // volts <= 800)
    return volts, watts // volts


def _tariff_2_3_0(facts: Json) -> Json:
    """Consumer prices with tax, as 2.3.0 partners in the Nordic countries give them; German ones stay before tax."""
    if facts["currency"] == "EUR" and facts["country_code"] == "DE":
        return facts
    elements = [
        element | {"price_components": [_gross(part) for part in element["price_components"]]}
        for element in facts["elements"]
    ]
    return facts | {"elements": elements, "tax_included": "YES"}


def _gross(part: Json) -> Json:
    return part | {"price": round(part["price"] * (1 + part["vat"] / 100), 2)}


def _tariff_2_2_1(facts: Json) -> Json:
    made = _without(facts, "tax_included", "preauthorize_amount")
    for name in ("min_price", "max_price"):
        if name in facts:
            made[name] = {"excl_vat": facts[name]["before_taxes"], "incl_vat": facts[name]["after_taxes"]}
    return made


def _tariff_2_1_1(facts: Json) -> Json:
    made = _without(
        facts,
        "country_code",
        "party_id",
        "type",
        "min_price",
        "max_price",
        "tax_included",
        "preauthorize_amount",
        "start_date_time",
        "end_date_time",
    )
    elements = [element for element in facts["elements"] if "reservation" not in element.get("restrictions", {})]
    return made | {"elements": [_element_2_1_1(element) for element in elements]}


def _element_2_1_1(element: Json) -> Json:
    made: Json = {"price_components": [_without(part, "vat") for part in element["price_components"]]}
    restrictions = _without(element.get("restrictions", {}), "min_current", "max_current")
    return made | ({"restrictions": restrictions} if restrictions else {})
