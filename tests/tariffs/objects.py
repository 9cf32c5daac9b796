"""Tariffs and sessions in few words, for tests that change one thing at a time."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from finder.ocpi.types import PriceComponent, PriceLimit, Tariff, TariffElement, TariffRestrictions
from finder.tariffs.session import HOUR, Kind, Period, Session, nano_kwh

IDLE = ("parking", "paused", "reserved")
STOCKHOLM = ZoneInfo("Europe/Stockholm")
TYPES = {"energy": "ENERGY", "time": "TIME", "parking": "PARKING_TIME", "flat": "FLAT"}


def decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def component(type: str, price: Any, vat: Any = None, step: int | None = None) -> PriceComponent:
    return PriceComponent(type, decimal(price), decimal(vat), step)


def element(*, vat: Any = 25, step: int = 1, when: TariffRestrictions | None = None, **prices: Any) -> TariffElement:
    """`element(energy=2, flat=10, max_kwh=20)`: prices by dimension, and restrictions."""
    components = tuple(component(TYPES[name], prices.pop(name), vat, step) for name in list(prices) if name in TYPES)
    restricted = {name: decimal(value) if name.endswith(DECIMALS) else value for name, value in prices.items()}
    return TariffElement(components, TariffRestrictions(**restricted) if restricted else when)


DECIMALS = ("_kwh", "_power", "_current")


def tariff(*elements: TariffElement, least: Any = (None, None), most: Any = (None, None), **stated: Any) -> Tariff:
    """`least` and `most` are min_price and max_price: without and with VAT."""
    limits = {
        name: PriceLimit(decimal(limit[0]), decimal(limit[1]))
        for name, limit in (("min_price", least), ("max_price", most))
        if limit != (None, None)
    }
    return Tariff("SE", "NOR", "T1", elements=elements, **{"currency": "SEK"} | limits | stated)


def at(text: str, zone: ZoneInfo = STOCKHOLM) -> datetime:
    """A moment of the local clock, `2026-03-06 23:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def session(start: str, *periods: tuple[Any, ...], zone: ZoneInfo = STOCKHOLM) -> Session:
    """Each period is (minutes, kWh or a kind without energy, power in kW or None, amperes or None)."""
    begin = 0
    made: list[Period] = []
    for minutes, what, *strength in periods:
        length = int(Decimal(str(minutes)) * HOUR / 60)
        power, current = [*strength, None, None][:2]
        kind: Kind = what if what in IDLE else "charging"
        energy = 0 if what in IDLE else nano_kwh(Decimal(str(what)))
        watts = None if power is None else Decimal(str(power)) * 1000
        made.append(Period(begin, length, kind, energy, watts, decimal(current)))
        begin += length
    return Session(at(start, zone), zone, tuple(made))
