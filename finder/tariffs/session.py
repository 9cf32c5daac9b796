"""A charging session as a tariff sees it: what happens when, how much energy flows, and how fast.

Inside the engine time is whole microseconds and energy whole nano-kWh (a millionth of a Wh), so that every cut is exact.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from finder.ocpi.types import Struct

Kind = Literal["charging", "parking", "paused", "reserved"]

SECOND = 1_000_000
HOUR = 3600 * SECOND
KWH = 1_000_000_000
PHASE_VOLTS = 230
LONGEST = timedelta(days=30)
MOST_KWH = Decimal(100_000)


class Period(Struct):
    """A stretch of a session in which one thing happens evenly.

    - `begin` and `length` are microseconds, `begin` since the session's start; `energy` is nano-kWh.
    - `parking`: connected while the car asks for no power. `paused`: the operator gives none though the car asks; neither
      TIME nor PARKING_TIME. `reserved`: before the session, kept for this driver.
    - `power` (W) and `current` (A, the sum of the phases) are momentary; None: `energy` over `length`, and unknown.
    """

    begin: int
    length: int
    kind: Kind
    energy: int = 0
    power: Decimal | None = None
    current: Decimal | None = None


class Session(Struct):
    """`start` is an instant, `zone` the location's: windows and days of tariffs are local (mod_tariffs, TariffRestrictions).

    `periods` follow each other in time. A session of nothing but reservation is one that expired.
    """

    start: datetime
    zone: ZoneInfo
    periods: tuple[Period, ...]

    @property
    def energy_kwh(self) -> Decimal:
        return Decimal(sum(period.energy for period in self.periods)) / KWH


def nano_kwh(kwh: Decimal) -> int:
    """Raises ValueError for what is no amount of energy: below 0, not a number, or more than 100 MWh."""
    if not (kwh.is_finite() and 0 <= kwh <= MOST_KWH):
        raise ValueError(f"{kwh} kWh is no amount of energy; 0 to {MOST_KWH} would be right")
    return round(kwh * KWH)


def steady(
    start: datetime,
    zone: ZoneInfo,
    *,
    kwh: Decimal,
    kw: Decimal | None = None,
    charging: timedelta | None = None,
    parking: timedelta = timedelta(0),
    alternating: bool | None = None,
) -> Session:
    """A charge at one power, then some time connected without charging.

    Either `kw` or `charging` says how long it takes. `alternating`: on alternating current the amperes follow from the power
    (230 V from line to neutral); on direct current, and where it is not known (None), they are unknown.
    Raises ValueError for amounts that no session has.
    """
    energy = nano_kwh(kwh)
    if charging is not None:
        length = _micros(charging)
    elif kw is not None and kw.is_finite() and kw > 0:
        length = round(kwh * HOUR / kw)
    elif energy == 0:
        length = 0
    else:
        raise ValueError("a charge needs its power or its minutes")
    if length > _micros(LONGEST):
        raise ValueError("a charge of more than 30 days; less energy or more power would be right")
    watts = kw * 1000 if kw is not None and charging is None else power_of(energy, length)
    charged = Period(0, length, "charging", energy, watts, watts / PHASE_VOLTS if alternating else None)
    if not parking:
        return Session(start, zone, (charged,))
    return Session(start, zone, (charged, Period(length, _micros(parking), "parking")))


def power_of(energy: int, length: int) -> Decimal:
    """W of this many nano-kWh in this many microseconds."""
    return Decimal(3600 * energy) / length if length else Decimal(0)


def _micros(time: timedelta) -> int:
    if not timedelta(0) <= time <= LONGEST:
        raise ValueError(f"{time} is no time that a session takes; 0 to 30 days would be right")
    return time // timedelta(microseconds=1)
