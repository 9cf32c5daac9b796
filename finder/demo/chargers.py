"""The hardware: what plugs a charger has, and what each kind of place is equipped with."""

from typing import NamedTuple

from finder.demo.operators import Json


class Plug(NamedTuple):
    """`volts` is line to neutral for AC_3_PHASE; `watts` is what the plug gives at most."""

    standard: str
    format: str
    power_type: str
    volts: int
    amps: int
    watts: int


def _dc(watts: int, standard: str = "IEC_62196_T2_COMBO") -> Plug:
    volts = 500 if watts <= 100_000 else 1000
    amps = 125 if watts <= 63_000 else 200 if watts <= 100_000 else 300 if watts <= 200_000 else 500
    return Plug(standard, "CABLE", "DC", volts, amps, watts)


def _type_2(amps: int, form: str = "SOCKET") -> Plug:
    return Plug("IEC_62196_T2", form, "AC_3_PHASE", 230, amps, {16: 11_000, 32: 22_000, 63: 43_000}[amps])


def _single(amps: int, standard: str = "IEC_62196_T2") -> Plug:
    return Plug(standard, "SOCKET", "AC_1_PHASE", 230, amps, {10: 2_300, 16: 3_700, 32: 7_400}[amps])


MODELS: dict[str, tuple[Plug, ...]] = {
    "AC22": (_type_2(32),),
    "AC22C": (_type_2(32, "CABLE"),),
    "AC11": (_type_2(16),),
    "AC11C": (_type_2(16, "CABLE"),),
    "AC7": (_single(32),),
    "AC4": (_single(16),),
    "MIX": (_type_2(16), _single(10, "DOMESTIC_F")),
    "SCHUKO": (_single(10, "DOMESTIC_F"),),
    "CEE": (Plug("IEC_60309_2_three_16", "SOCKET", "AC_3_PHASE", 230, 16, 11_000),),
    "DC50": (_dc(50_000), _dc(50_000, "CHADEMO")),
    "DC50T": (_dc(50_000), _dc(50_000, "CHADEMO"), _type_2(63, "CABLE")),
    "DC100": (_dc(100_000),),
    "DC150": (_dc(150_000),),
    "DC150D": (_dc(150_000), _dc(63_000, "CHADEMO")),
    "DC180": (_dc(180_000),),
    "DC200": (_dc(200_000),),
    "DC240": (_dc(240_000),),
    "DC300": (_dc(300_000),),
    "DC350": (_dc(350_000),),
    "DC400": (_dc(400_000),),
    "NACS": (_dc(250_000), _dc(250_000, "SAE_J3400")),
    "MCS": (Plug("MCS", "CABLE", "DC", 1250, 800, 1_000_000),),
}

# What only 2.3.0 has a word for, and what stands there for the other partners.
NEWER = {"NACS": "DC240", "MCS": "DC400"}


class Kind(NamedTuple):
    """A sort of place. `sets` are what may stand there, each a list of "count*model"; `habit` is how it is used (`statuses.py`)."""

    weight: float
    parking: tuple[str, ...]
    sets: tuple[str, ...]
    hours: tuple[str, ...]
    habit: str
    facilities: tuple[str, ...]
    restrictions: tuple[str, ...] = ()
    guest: bool = False
    outside: bool = False


KINDS: dict[str, Kind] = {
    "street": Kind(
        26,
        ("ON_STREET",),
        ("2*AC22", "4*AC22", "2*AC11", "4*AC11", "1*AC22 1*AC11", "6*AC11", "2*AC7", "1*DC50T"),
        ("always", "always", "always", "silent"),
        "street",
        ("BUS_STOP", "TRAM_STOP", "CAFE", "BIKE_SHARING", "METRO_STATION"),
        ("EV_ONLY", "PLUGGED"),
    ),
    "garage": Kind(
        11,
        ("PARKING_GARAGE", "PARKING_GARAGE", "UNDERGROUND_GARAGE"),
        ("6*AC11", "10*AC11", "12*AC22", "4*AC22 2*DC50", "8*AC11C", "4*AC7 4*AC4", "16*AC11"),
        ("always", "garage", "late", "weekdays"),
        "street",
        ("PARKING_LOT", "MALL", "RESTAURANT", "BIKE_SHARING"),
        ("CUSTOMERS", "PLUGGED", "DISABLED"),
    ),
    "mall": Kind(
        8,
        ("PARKING_LOT", "PARKING_GARAGE"),
        ("4*DC150 6*AC22", "8*DC180", "2*DC50T 4*AC22", "4*DC300 4*AC11", "6*DC200 2*NACS", "12*AC22", "2*DC150D"),
        ("always", "shop", "shopcharging"),
        "shop",
        ("MALL", "RESTAURANT", "CAFE", "WIFI", "SUPERMARKET"),
        ("CUSTOMERS", "EV_ONLY"),
    ),
    "supermarket": Kind(
        11,
        ("PARKING_LOT",),
        ("2*DC150", "2*DC50", "4*AC22", "2*DC180 2*AC22", "4*DC200", "2*DC50T", "1*DC100"),
        ("always", "shop", "shopcharging", "long"),
        "shop",
        ("SUPERMARKET", "CAFE", "PARKING_LOT"),
        ("CUSTOMERS",),
    ),
    "station": Kind(
        8,
        ("PARKING_LOT", "PARKING_LOT", "PARKING_GARAGE"),
        ("4*AC11", "8*AC11", "6*AC22", "10*MIX", "2*DC50 4*AC11", "6*AC4"),
        ("always", "always", "garage"),
        "work",
        ("TRAIN_STATION", "BUS_STOP", "TAXI_STAND", "CARPOOL_PARKING"),
        ("PLUGGED",),
    ),
    "hotel": Kind(
        8,
        ("PARKING_LOT",),
        ("2*AC11", "4*AC11C", "4*AC22", "1*DC50 4*AC11", "2*MIX", "6*AC11", "3*AC22C"),
        ("always", "silent", "always", "charging"),
        "night",
        ("HOTEL", "RESTAURANT", "WIFI"),
        ("CUSTOMERS",),
        guest=True,
    ),
    "ferry": Kind(
        1.5,
        ("PARKING_LOT",),
        ("4*AC22 2*DC150", "8*AC11", "4*DC180", "6*AC22"),
        ("always", "late"),
        "visit",
        ("RESTAURANT", "WIFI", "PARKING_LOT"),
    ),
    "resort": Kind(
        0,
        ("PARKING_LOT",),
        ("6*AC11", "4*AC22 2*DC150", "4*DC200", "12*AC11", "8*MIX", "2*DC50T 6*AC11"),
        ("always", "season", "always"),
        "night",
        ("RECREATION_AREA", "HOTEL", "RESTAURANT", "SPORT", "NATURE"),
        ("CUSTOMERS",),
    ),
    "motorway": Kind(
        0,
        ("ALONG_MOTORWAY",),
        (
            "4*DC180",
            "8*DC300",
            "12*DC400",
            "6*DC200 2*DC50",
            "4*DC150D",
            "10*DC350",
            "4*DC300 2*MCS",
            "6*NACS",
            "16*DC240",
            "2*DC50T",
        ),
        ("always", "always", "always", "long"),
        "motorway",
        ("FUEL_STATION", "RESTAURANT", "CAFE", "WIFI", "PARKING_LOT"),
        ("EV_ONLY",),
        outside=True,
    ),
    "truck": Kind(
        2,
        ("PARKING_LOT", "ALONG_MOTORWAY"),
        ("4*MCS 4*DC400", "6*DC400", "2*MCS 2*DC350", "8*DC350"),
        ("always",),
        "quick",
        ("RESTAURANT", "WIFI", "PARKING_LOT"),
        outside=True,
    ),
    "office": Kind(
        4,
        ("PARKING_LOT", "PARKING_GARAGE"),
        ("8*AC11", "12*AC11C", "4*AC22", "10*AC4"),
        ("office", "office", "charging"),
        "work",
        ("CAFE", "WIFI"),
        ("EMPLOYEES",),
    ),
    "housing": Kind(
        4,
        ("PARKING_GARAGE", "PARKING_LOT", "ON_DRIVEWAY"),
        ("6*AC11", "10*AC11", "4*AC7", "12*AC4"),
        ("always",),
        "night",
        (),
        ("TENANTS",),
    ),
    "sport": Kind(
        6,
        ("PARKING_LOT",),
        ("2*AC22", "4*AC22", "4*AC11", "2*AC11 2*SCHUKO", "1*DC50 2*AC22"),
        ("long", "always", "shop", "charging"),
        "visit",
        ("SPORT", "CAFE", "RECREATION_AREA"),
        ("CUSTOMERS", "DISABLED"),
        guest=True,
    ),
    "museum": Kind(
        4,
        ("PARKING_LOT", "ON_STREET"),
        ("2*AC22", "4*AC11", "2*AC11", "2*MIX"),
        ("visit", "charging", "always"),
        "visit",
        ("MUSEUM", "CAFE", "RESTAURANT", "BUS_STOP"),
        ("CUSTOMERS",),
        guest=True,
    ),
    "camping": Kind(
        4,
        ("PARKING_LOT",),
        ("2*AC11 2*CEE", "4*SCHUKO", "2*AC22", "4*MIX", "2*CEE"),
        ("season", "always", "silent"),
        "visit",
        ("NATURE", "RECREATION_AREA", "RESTAURANT", "WIFI"),
        (),
        guest=True,
    ),
    "airport": Kind(
        0,
        ("PARKING_LOT", "PARKING_GARAGE"),
        ("12*AC11", "4*DC150 10*AC11", "20*SCHUKO", "8*AC22"),
        ("always",),
        "work",
        ("AIRPORT", "TAXI_STAND", "BUS_STOP", "HOTEL"),
    ),
}


def connector(number: int, plug: Plug) -> Json:
    """In 2.3.0's words, without tariffs and `last_updated`."""
    return {
        "id": str(number),
        "standard": plug.standard,
        "format": plug.format,
        "power_type": plug.power_type,
        "max_voltage": plug.volts,
        "max_amperage": plug.amps,
        "max_electric_power": plug.watts,
    }
