"""Tariffs and CDRs as partners send them, in few words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def component(type: str, price: Any, vat: Any = None, step: int = 1) -> Json:
    stated = {"type": type, "price": price, "step_size": step}
    return stated if vat is None else stated | {"vat": vat}


def element(*components: Json, **restrictions: Any) -> Json:
    made: Json = {"price_components": list(components)}
    return made | {"restrictions": restrictions} if restrictions else made


def tariff(*elements: Json, **stated: Any) -> Json:
    """In the words of 2.2.1."""
    return {"country_code": "SE", "party_id": "NOR", "id": "T1", "currency": "EUR", "elements": list(elements)} | stated


def in_2_3_0(raw: Json) -> Json:
    """The same tariff as that version writes it."""
    limits = {
        name: {"before_taxes": raw[name]["excl_vat"], "after_taxes": raw[name]["incl_vat"]}
        for name in ("min_price", "max_price")
        if name in raw
    }
    return {"tax_included": "NO"} | raw | limits


def hours(minutes: Any) -> Decimal:
    """To a microsecond, so that 20 minutes are 20 minutes."""
    return round(Decimal(str(minutes)) / 60, 10)


def charging(minutes: Any, kwh: Any = None, **momentary: Any) -> tuple[Any, Json]:
    volumes = {"TIME": hours(minutes)} | momentary
    return minutes, volumes if kwh is None else volumes | {"ENERGY": kwh}


def parking(minutes: Any) -> tuple[Any, Json]:
    return minutes, {"PARKING_TIME": hours(minutes)}


def reserved(minutes: Any) -> tuple[Any, Json]:
    return minutes, {"RESERVATION_TIME": hours(minutes)}


def cdr(start: str, *periods: tuple[Any, Json], zone: ZoneInfo = STOCKHOLM, **stated: Any) -> Json:
    """`start` is local; a period is its minutes on the clock and its volumes."""
    at = datetime.fromisoformat(start).replace(tzinfo=zone).astimezone(UTC)
    begin, said = at, []
    for minutes, volumes in periods:
        dimensions = [{"type": name, "volume": volume} for name, volume in volumes.items()]
        said.append({"start_date_time": stamp(at), "dimensions": dimensions})
        at += timedelta(minutes=float(minutes))
    ends = {"start_date_time": stamp(begin), "end_date_time": stamp(at)}
    return {"id": "C1", "currency": "EUR", **ends, "charging_periods": said} | stated


def stamp(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S.%fZ}"
