"""What a list of stations shows, in words: each condition of a search, and the search without it."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from finder.web.language import gettext as _
from finder.web.language import kilowatts
from finder.web.parameters import (
    AVAILABLE,
    CONDITIONS,
    CONNECTOR,
    FACILITY,
    FREE,
    GREEN,
    MIN_POWER_KW,
    N_,
    OPEN_NOW,
    OPERATOR,
    PAYMENT,
    SMART,
)

CONNECTORS = {
    "CHADEMO": N_("CHAdeMO"),
    "CHAOJI": N_("ChaoJi"),
    "DOMESTIC_A": N_("Household socket type A"),
    "DOMESTIC_B": N_("Household socket type B"),
    "DOMESTIC_C": N_("Household socket type C"),
    "DOMESTIC_D": N_("Household socket type D"),
    "DOMESTIC_E": N_("Household socket type E"),
    "DOMESTIC_F": N_("Household socket (Schuko)"),
    "DOMESTIC_G": N_("Household socket type G"),
    "DOMESTIC_H": N_("Household socket type H"),
    "DOMESTIC_I": N_("Household socket type I"),
    "DOMESTIC_J": N_("Household socket type J"),
    "DOMESTIC_K": N_("Household socket type K"),
    "DOMESTIC_L": N_("Household socket type L"),
    "DOMESTIC_M": N_("Household socket type M"),
    "DOMESTIC_N": N_("Household socket type N"),
    "DOMESTIC_O": N_("Household socket type O"),
    "GBT_AC": N_("GB/T AC"),
    "GBT_DC": N_("GB/T DC"),
    "IEC_60309_2_SINGLE_16": N_("Blue CEE 16 A"),
    "IEC_60309_2_THREE_16": N_("Red CEE 16 A"),
    "IEC_60309_2_THREE_32": N_("Red CEE 32 A"),
    "IEC_60309_2_THREE_64": N_("Red CEE 64 A"),
    "IEC_62196_T1": N_("Type 1"),
    "IEC_62196_T1_COMBO": N_("CCS Type 1"),
    "IEC_62196_T2": N_("Type 2"),
    "IEC_62196_T2_COMBO": N_("CCS"),
    "IEC_62196_T3A": N_("Type 3A"),
    "IEC_62196_T3C": N_("Type 3C"),
    "MCS": N_("MCS, truck"),
    "NEMA_5_20": N_("NEMA 5-20"),
    "NEMA_6_30": N_("NEMA 6-30"),
    "NEMA_6_50": N_("NEMA 6-50"),
    "NEMA_10_30": N_("NEMA 10-30"),
    "NEMA_10_50": N_("NEMA 10-50"),
    "NEMA_14_30": N_("NEMA 14-30"),
    "NEMA_14_50": N_("NEMA 14-50"),
    "PANTOGRAPH_BOTTOM_UP": N_("Pantograph, bus"),
    "PANTOGRAPH_TOP_DOWN": N_("Pantograph, bus"),
    "SAE_J3400": N_("NACS"),
    "TESLA_R": N_("Tesla Roadster"),
    "TESLA_S": N_("Tesla (Model S and X)"),
}
FACILITIES = {
    "HOTEL": N_("Hotel"),
    "RESTAURANT": N_("Restaurant"),
    "CAFE": N_("Café"),
    "MALL": N_("Shopping centre"),
    "SUPERMARKET": N_("Supermarket"),
    "SPORT": N_("Sport"),
    "RECREATION_AREA": N_("Recreation area"),
    "NATURE": N_("Nature"),
    "MUSEUM": N_("Museum"),
    "BIKE_SHARING": N_("Bike hire"),
    "BUS_STOP": N_("Bus stop"),
    "TAXI_STAND": N_("Taxi"),
    "TRAM_STOP": N_("Tram"),
    "METRO_STATION": N_("Metro"),
    "TRAIN_STATION": N_("Train station"),
    "AIRPORT": N_("Airport"),
    "PARKING_LOT": N_("Car park"),
    "CARPOOL_PARKING": N_("Car-pool parking"),
    "FUEL_STATION": N_("Fuel station"),
    "WIFI": N_("Wifi"),
}
PAYMENTS = {
    "card": N_("card at a terminal"),
    "contactless": N_("contactless card"),
    "app": N_("app"),
    "rfid": N_("charge card"),
    "plug-and-charge": N_("Plug & Charge"),
}
YES = {
    AVAILABLE.name: N_("available now"),
    OPEN_NOW.name: N_("open now"),
    FREE.name: N_("free of charge"),
    GREEN.name: N_("with green electricity"),
    SMART.name: N_("with smart charging"),
}


class Condition(msgspec.Struct, frozen=True):
    """`without` are the values of the search with this condition taken away, the others as they are."""

    name: str
    words: str
    without: dict[str, Any]


def conditions(values: Mapping[str, Any]) -> tuple[Condition, ...]:
    """The conditions among these values of `parameters.read`, as they are said one after another, all of which hold.

    Of several connectors any will do, which their one condition says; of facilities and ways to pay each is one of its own.
    """
    return tuple(_conditions(values))


def sentence(values: Mapping[str, Any]) -> str:
    """ "with CCS or CHAdeMO, at least 100 kW, available now"; empty without conditions."""
    return ", ".join(each.words for each in conditions(values))


def _conditions(values: Mapping[str, Any]) -> Iterator[Condition]:
    for parameter in (*CONDITIONS, OPERATOR):
        name = parameter.name
        if name not in values:
            continue
        said = values[name]
        if parameter in (FACILITY, PAYMENT):
            for each in said:
                rest = tuple(other for other in said if other != each)
                yield Condition(name, _one(name, each), _without(values, name) | ({name: rest} if rest else {}))
        else:
            yield Condition(name, _words(name, said), _without(values, name))


def _without(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {other: value for other, value in values.items() if other != name}


def _words(name: str, said: Any) -> str:
    if name == CONNECTOR.name:
        return _("with %(plugs)s", plugs=any_of([_connector(standard) for standard in said]))
    if name == MIN_POWER_KW.name:
        return _("at least %(power)s", power=kilowatts(said))
    if name == OPERATOR.name:
        return _("from %(operator)s", operator=said)
    return _(YES[name])


def _one(name: str, said: str) -> str:
    if name == PAYMENT.name:
        return _("payment by %(way)s", way=_(PAYMENTS[said]))
    facility = _(FACILITIES[said])
    return _("with %(place)s nearby", place=facility[:1].lower() + facility[1:])


def _connector(standard: str) -> str:
    return _(CONNECTORS[standard]) if standard in CONNECTORS else standard


def any_of(words: list[str]) -> str:
    """ "a, b or c"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s or %(last)s", first=", ".join(words[:-1]), last=words[-1])
