"""What a connector can give, in watts, and which of its electrical figures can be true.

Partners write kW for W (60.0, 7.4), W times a thousand (7,360,000 on a Type 2), 0 for unknown, kilowatts as volts, and 688 V
on three phases. A figure that cannot be true is unknown, never shown.
"""

import math
from functools import lru_cache
from typing import Protocol

LEAST_POWER = 1_000.0
"""W. Nothing weaker is sold as charging, so a smaller figure is in kW."""

MOST_AC = 45_000.0
"""W. A Type 2 carries 63 A on three phases at 400 V, 43.6 kW; some room for 415 V."""

MOST = {
    # Single phase by its making: 80 A at 240 V.
    "IEC_62196_T1": 20_000.0,
    "IEC_60309_2_SINGLE_16": 4_500.0,
    "IEC_60309_2_THREE_16": 12_500.0,
    "IEC_60309_2_THREE_32": 25_000.0,
    # Old fast chargers of one maker gave direct current through it.
    "IEC_62196_T2": 150_000.0,
    "IEC_62196_T3A": 8_000.0,
    # Tesla's and NACS carry both; the limit is that of direct current.
    "SAE_J3400": 1_100_000.0,
    "TESLA_R": 1_100_000.0,
    "TESLA_S": 350_000.0,
    "CHADEMO": 500_000.0,
    "CHAOJI": 1_300_000.0,
    "GBT_DC": 1_300_000.0,
    "IEC_62196_T1_COMBO": 1_100_000.0,
    "IEC_62196_T2_COMBO": 1_100_000.0,
    "MCS": 4_500_000.0,
}
MOST_DOMESTIC = 8_000.0
"""W. A household socket: 32 A on one phase at the very most."""

MOST_ANY = 4_500_000.0
LEAST_VOLTS, MOST_VOLTS_AC, MOST_VOLTS_DC = 50.0, 500.0, 1_600.0
LEAST_AMPERES, MOST_AMPERES_AC, MOST_AMPERES_DC = 1.0, 250.0, 3_500.0
LINE_TO_NEUTRAL = 300.0
"""V. The specification's voltage of AC_3_PHASE is line to neutral; at or above this it is line to line whatever it says."""

Figures = tuple[float | None, float | None, float | None]


class Electric(Protocol):
    """What its power is told by, of a Connector or of less."""

    @property
    def standard(self) -> str | None: ...
    @property
    def power_type(self) -> str | None: ...
    @property
    def max_voltage(self) -> float | None: ...
    @property
    def max_amperage(self) -> float | None: ...
    @property
    def max_electric_power(self) -> float | None: ...


@lru_cache(maxsize=8192)
def plausible(
    standard: str | None, power_type: str | None, volts: float | None, amperes: float | None, watts: float | None
) -> Figures:
    """Voltage, amperage and power as they can be, each None where the stated one cannot.

    - volts: 50 to 500 on alternating current, to 1,600 on direct current or where the kind is not stated;
    - amperes: 1 to 250 on alternating current, to 3,500 otherwise;
    - watts: below 1,000 they are kW; above what the plug carries (`MOST`, household sockets 8 kW, other alternating current
      45 kW, anything 4.5 MW) they are W times a thousand if that fits, else unknown.
    """
    alternating = power_type is not None and power_type.startswith("AC")
    return (
        _within(volts, LEAST_VOLTS, MOST_VOLTS_AC if alternating else MOST_VOLTS_DC),
        _within(amperes, LEAST_AMPERES, MOST_AMPERES_AC if alternating else MOST_AMPERES_DC),
        _power(watts, most(standard, power_type)),
    )


def watts(connector: Electric) -> int | None:
    """The most it gives: what the partner states, else what voltage and amperage make, else None.

    DC and one phase V x A; two phases V x A between lines (split phase always), twice that from line to neutral; three phases
    3 x V x A below 300 V, else sqrt(3) x V x A. Without a power type there is no telling how many phases, so None.
    """
    if connector.max_electric_power is not None:
        return round(connector.max_electric_power)
    volts, amperes, kind = connector.max_voltage, connector.max_amperage, connector.power_type
    if volts is None or amperes is None or kind is None:
        return None
    found = volts * amperes * _lines(kind, volts)
    return round(found) if LEAST_POWER <= found <= most(connector.standard, kind) else None


def most(standard: str | None, power_type: str | None) -> float:
    """The W beyond which a figure for this plug cannot be true."""
    if standard is not None and standard.startswith("DOMESTIC"):
        return MOST_DOMESTIC
    limit = MOST.get(standard or "", MOST_ANY)
    if power_type is not None and power_type.startswith("AC"):
        return min(limit, MOST_AC)
    return min(limit, MOST_AC) if standard == "IEC_62196_T2" and power_type is None else limit


def _lines(power_type: str, volts: float) -> float:
    if power_type == "AC_3_PHASE":
        return 3.0 if volts < LINE_TO_NEUTRAL else math.sqrt(3)
    if power_type == "AC_2_PHASE":
        return 2.0 if volts < LINE_TO_NEUTRAL else 1.0
    return 1.0


def _within(value: float | None, least: float, most: float) -> float | None:
    return value if value is not None and least <= value <= most else None


def _power(value: float | None, most: float) -> float | None:
    if value is None:
        return None
    if value < LEAST_POWER:
        value *= 1000
    elif value > most:
        value /= 1000
    return _within(value, LEAST_POWER, most)
