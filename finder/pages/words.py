"""Every word of OCPI as a driver would say it. English here, other languages in translations/*/words.po.

An open enum may bring a word that is not listed: it is told as "Other: ..." in small letters. Nothing that looks like
an enum reaches a page.
"""

import re
from collections.abc import Iterable, Mapping

from finder.ocpi.types import Evse
from finder.web.conditions import CONNECTORS as CONNECTORS
from finder.web.conditions import FACILITIES as FACILITIES
from finder.web.language import gettext as _

OPERATOR = re.compile(r"^[A-Za-z]{2}\*[A-Za-z0-9]{3}\*(?=.)")


def N_(message: str) -> str:
    """Marks a text for the catalogue; it is translated where it is said."""
    return message


STATUSES = {
    "available": N_("Available"),
    "charging": N_("In use"),
    "blocked": N_("Blocked"),
    "reserved": N_("Reserved"),
    "out_of_order": N_("Out of order"),
    "inoperative": N_("Temporarily closed"),
    "planned": N_("Opening soon"),
    "unknown": N_("Unknown"),
}
SCHEDULED = {
    "AVAILABLE": N_("Open"),
    "CHARGING": N_("In use"),
    "BLOCKED": N_("Blocked"),
    "RESERVED": N_("Reserved"),
    "OUTOFORDER": N_("Out of order"),
    "INOPERATIVE": N_("Temporarily closed"),
    "PLANNED": N_("Not open yet"),
    "REMOVED": N_("Taken away"),
    "UNKNOWN": N_("Unknown"),
}
# Plugs that have a drawing of their own (templates/partials/_icons.html).
DRAWINGS = {
    "IEC_62196_T2_COMBO": "ccs",
    "IEC_62196_T1_COMBO": "ccs",
    "IEC_62196_T2": "t2",
    "CHADEMO": "chademo",
}
# Plugs that have a page of their own, by its word in the address, which is the same in every language.
CONNECTOR_PAGES = {
    "ccs": "IEC_62196_T2_COMBO",
    "typ-2": "IEC_62196_T2",
    "chademo": "CHADEMO",
    "typ-1": "IEC_62196_T1",
    "ccs-typ-1": "IEC_62196_T1_COMBO",
    "tesla": "TESLA_S",
    "nacs": "SAE_J3400",
    "mcs": "MCS",
    "schuko": "DOMESTIC_F",
    "typ-3c": "IEC_62196_T3C",
    "cee-bla-16": "IEC_60309_2_SINGLE_16",
    "cee-rod-16": "IEC_60309_2_THREE_16",
    "cee-rod-32": "IEC_60309_2_THREE_32",
    "cee-rod-64": "IEC_60309_2_THREE_64",
}
FORMATS = {"SOCKET": N_("Bring your cable"), "CABLE": N_("Cable attached")}
POWER_TYPES = {
    "AC_1_PHASE": N_("AC, single-phase"),
    "AC_2_PHASE": N_("AC, two-phase"),
    "AC_2_PHASE_SPLIT": N_("AC, two-phase"),
    "AC_3_PHASE": N_("AC, three-phase"),
    "DC": N_("DC"),
}

# Capabilities, by what they are about. TOKEN_GROUP_CAPABLE tells a driver nothing.
SILENT = {"TOKEN_GROUP_CAPABLE"}
CARD_PAYMENTS = {
    "CREDIT_CARD_PAYABLE": N_("Credit card"),
    "DEBIT_CARD_PAYABLE": N_("Debit card"),
    "CHIP_CARD_SUPPORT": N_("Chip card"),
    "CONTACTLESS_CARD_SUPPORT": N_("Contactless"),
    "PED_TERMINAL": N_("Terminal with PIN pad"),
}
PROVIDER_PAYMENTS = {
    "REMOTE_START_STOP_CAPABLE": N_("Start in an app"),
    "RFID_READER": N_("Charge card"),
    "ISO_15118_2_PLUG_AND_CHARGE": N_("Plug & Charge (starts when you plug in)"),
    "ISO_15118_20_PLUG_AND_CHARGE": N_("Plug & Charge (starts when you plug in)"),
}
STEERING = {
    "CHARGING_PROFILE_CAPABLE": N_("Smart charging: your provider can steer"),
    "CHARGING_PREFERENCES_CAPABLE": N_("Smart charging: the operator can steer"),
}
HANDLING = {
    "RESERVABLE": N_("Can be reserved"),
    "UNLOCK_CAPABLE": N_("Support can release the cable"),
    "START_SESSION_CONNECTOR_REQUIRED": N_("Choose the plug in the app"),
}
CAPABILITIES = CARD_PAYMENTS | PROVIDER_PAYMENTS | STEERING | HANDLING

PARKING_TYPES = {
    "ALONG_MOTORWAY": N_("Along the motorway"),
    "PARKING_GARAGE": N_("Multi-storey"),
    "UNDERGROUND_GARAGE": N_("Underground"),
    "PARKING_LOT": N_("Car park (open air)"),
    "ON_STREET": N_("On street"),
    "ON_DRIVEWAY": N_("Driveway"),
    "OTHER": N_("Another kind of place"),
    "UNKNOWN": N_("Not stated"),
}
RESTRICTIONS = {
    "EV_ONLY": N_("EVs only"),
    "PLUGGED": N_("Only while plugged in"),
    "DISABLED": N_("Disabled permit required"),
    "CUSTOMERS": N_("Customers only"),
    "MOTORCYCLES": N_("Motorcycles only"),
    "EMPLOYEES": N_("Staff only"),
    "TAXIS": N_("Taxis only"),
    "TENANTS": N_("Tenants only"),
}
VEHICLES = {
    "MOTORCYCLE": N_("Motorcycle"),
    "PERSONAL_VEHICLE": N_("Car"),
    "PERSONAL_VEHICLE_WITH_TRAILER": N_("Car with trailer"),
    "VAN": N_("Van"),
    "SEMI_TRACTOR": N_("Tractor unit"),
    "RIGID": N_("Rigid lorry"),
    "TRUCK_WITH_TRAILER": N_("Lorry with trailer"),
    "BUS": N_("Bus"),
    "DISABLED": N_("Accessible bay"),
}
DIRECTIONS = {
    "PARALLEL": N_("Parallel to the road"),
    "PERPENDICULAR": N_("At a right angle"),
    "ANGLE": N_("At an angle"),
}
POSITIONS = {
    "LEFT": N_("Charger on the left of the bay"),
    "RIGHT": N_("Charger on the right of the bay"),
    "CENTER": N_("Charger at the end of the bay"),
}
IMAGES = {
    "CHARGER": N_("The charger"),
    "ENTRANCE": N_("The entrance"),
    "LOCATION": N_("The place"),
    "NETWORK": N_("The network"),
    "OPERATOR": N_("The operator"),
    "OTHER": N_("Another picture"),
    "OWNER": N_("The owner"),
}
ENERGY_SOURCES = {
    "SOLAR": N_("Solar"),
    "WIND": N_("Wind"),
    "WATER": N_("Water"),
    "NUCLEAR": N_("Nuclear"),
    "COAL": N_("Coal"),
    "GAS": N_("Gas"),
    "GENERAL_GREEN": N_("Renewable"),
    "GENERAL_FOSSIL": N_("Fossil"),
}
IMPACTS = {"CARBON_DIOXIDE": N_("Carbon dioxide"), "NUCLEAR_WASTE": N_("Nuclear waste")}


def word(words: Mapping[str, str], code: str) -> str:
    message = words.get(code)
    return _(message) if message is not None else other(code)


def other(code: str) -> str:
    """For a word of an open enum that we do not know."""
    return _("Other: %(text)s", text=code.replace("_", " ").strip().lower())


def said(words: Mapping[str, str], codes: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the order given."""
    return tuple(dict.fromkeys(word(words, code) for code in codes))


def known(words: Mapping[str, str], codes: Iterable[str]) -> tuple[str, ...]:
    """Those of the codes that are in the table, in the table's order."""
    present = set(codes)
    return tuple(dict.fromkeys(_(message) for code, message in words.items() if code in present))


def lower(text: str) -> str:
    """For the middle of a line; abbreviations and names in capitals keep their letters."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def in_line(texts: Iterable[str]) -> str:
    """ "Mataffär, restaurang, wifi"."""
    first, *rest = texts
    return ", ".join((first, *(lower(text) for text in rest)))


def name_of(evse: Evse) -> str:
    """What stands on the post, else the part of its id that tells it from its neighbours."""
    return evse.physical_reference or short_id(evse) or evse.uid


def short_id(evse: Evse) -> str:
    """ "E5511*1" of "SE*VAL*E5511*1"."""
    return OPERATOR.sub("", evse.evse_id or "")


def connector(standard: str | None) -> str:
    return _("Plug not stated") if standard is None else word(CONNECTORS, standard.upper())


def drawing(standard: str | None) -> str | None:
    return DRAWINGS.get(standard or "")
