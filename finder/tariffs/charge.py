"""What a driver asks the price of: so much energy, at most so fast, from then on, so long parked, paid this way."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from finder.ocpi.types import Struct
from finder.tariffs.choice import Pay
from finder.tariffs.session import Session, steady

LOSSES = {True: Decimal("0.90"), False: Decimal("0.94")}
"""What reaches the battery of a kWh at the charging point: on alternating current the car converts it itself."""

USUAL_KW = {True: Decimal(11), False: Decimal(75)}
"""What a car takes where nothing is said: three phases of 16 A, and a middling average from 20 to 80 % on direct current."""

SLOWEST_KW = Decimal("0.1")


class NoSuchTime(ValueError):
    """A local time that the clocks skipped; `str()` is the time."""


class Charge(Struct):
    """The default is 20 to 80 % of a 60 kWh battery, started now, with nothing parked, paid on site.

    `energy_kwh` is at the charging point, `battery_kwh` in the battery. `power_kw` is what the car takes at most, and
    `charging_minutes` may stand for it. `start` is local at the station, without zone; None is now.
    """

    energy_kwh: Decimal | None = None
    battery_kwh: Decimal = Decimal(60)
    from_percent: Decimal = Decimal(20)
    to_percent: Decimal = Decimal(80)
    power_kw: Decimal | None = None
    charging_minutes: Decimal | None = None
    start: datetime | None = None
    parking_minutes: Decimal = Decimal(0)
    pay: Pay = "adhoc"
    tariff: str | None = None

    @property
    def parked(self) -> timedelta:
        """After it is charged."""
        return _minutes(self.parking_minutes)

    def energy(self, alternating: bool) -> Decimal:
        """kWh at the charging point."""
        if self.energy_kwh is not None:
            return self.energy_kwh
        stored = self.battery_kwh * (self.to_percent - self.from_percent) / 100
        return round(stored / LOSSES[alternating], 3)

    def kilowatts(self, alternating: bool, most: Decimal | None) -> Decimal:
        """What flows: the least of what the car takes and the plug gives (None: not known)."""
        car = self.power_kw if self.power_kw is not None else USUAL_KW[alternating]
        return max(SLOWEST_KW, car if most is None else min(car, most))

    def begin(self, zone: ZoneInfo, now: datetime) -> datetime:
        """The instant it starts. Raises NoSuchTime."""
        return now if self.start is None else instant(self.start, zone)

    def session(self, zone: ZoneInfo, now: datetime, alternating: bool, most: Decimal | None) -> Session:
        """Raises NoSuchTime, and ValueError for more than a session can be."""
        minutes = self.charging_minutes
        return steady(
            self.begin(zone, now),
            zone,
            kwh=self.energy(alternating),
            kw=self.kilowatts(alternating, most),
            charging=None if minutes is None else _minutes(minutes),
            parking=self.parked,
            alternating=alternating,
        )


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """A local time as an instant; of one that comes twice, the first. Raises NoSuchTime for one that the clocks skip."""
    found = local.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local:
        raise NoSuchTime(f"{local:%Y-%m-%dT%H:%M}")
    return found


def _minutes(minutes: Decimal) -> timedelta:
    return timedelta(microseconds=int(minutes * 60_000_000))
