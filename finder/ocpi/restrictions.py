"""When an element of a tariff applies (mod_tariffs, TariffRestrictions), as partners write it."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from finder.ocpi.hours import DAYS, clock
from finder.ocpi.text import amount, number, word
from finder.ocpi.types import TariffRestrictions

DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?")
RESERVATIONS = ("RESERVATION", "RESERVATION_EXPIRES")


class Unclear(Exception):
    """A restriction cannot be read. Leaving it out would apply a price where it does not hold, so its price is unknown."""


def restrictions(raw: Any) -> TariffRestrictions | None:
    """None where nothing is restricted. Raises Unclear. Some send a list of objects: together they are one."""
    if isinstance(raw, list):
        raw = _together(raw)
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise Unclear(f"restrictions are {type(raw).__name__}; an object would be right")
    found = {
        name: _READ[name](value)
        for key, value in raw.items()
        if (name := _NAMES.get(key.replace("_", "").casefold())) and value is not None and value != []
    }
    made = TariffRestrictions(**found)
    return made if made != TariffRestrictions() else None


def known(name: str) -> bool:
    """Whether a restriction of OCPI goes by this name, in whatever spelling; others are not looked at."""
    return name.replace("_", "").casefold() in _NAMES


def _together(raw: list[Any]) -> dict[str, Any] | None:
    merged: dict[str, Any] = {}
    for each in raw:
        stated = {key: value for key, value in each.items() if value is not None} if isinstance(each, dict) else None
        if stated is None or not merged.keys().isdisjoint(stated):
            raise Unclear("restrictions are a list that states something twice; one object would be right")
        merged |= stated
    return merged or None


def _time(value: Any) -> str:
    """`HH:MM`; the end of the day is 00:00, as the specification has no 24:00."""
    found = clock(value)
    if found is None:
        raise Unclear(f"{value!r:.20} is no time; HH:MM would be right")
    return "00:00" if found == "24:00" else found


def _date(value: Any) -> str:
    match = DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        return date.fromisoformat(match[1] if match else "").isoformat()
    except ValueError:
        raise Unclear(f"{value!r:.20} is no date; YYYY-MM-DD would be right") from None


def _amount(value: Any) -> Any:
    found = amount(value)
    if found is None:
        raise Unclear(f"{value!r:.20} is no number")
    return found


def _seconds(value: Any) -> int:
    found = number(value)
    if found is None:
        raise Unclear(f"{value!r:.20} is no number of seconds")
    return int(found)


def _days(value: Any) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list):
        raise Unclear(f"{value!r:.20} is no list of days")
    found = [next((day for day in DAYS if day[:3] == str(name).strip().upper()[:3]), None) for name in names]
    if None in found:
        raise Unclear(f"{value!r:.60} has a day that is none; MONDAY would be right")
    return tuple(day for day in DAYS if day in found)


def _reservation(value: Any) -> str:
    found = word(value) if isinstance(value, str) else None
    if found not in RESERVATIONS:
        raise Unclear(f"{value!r:.20} is no reservation; RESERVATION would be right")
    return found


_READ: dict[str, Callable[[Any], Any]] = {
    "start_time": _time,
    "end_time": _time,
    "start_date": _date,
    "end_date": _date,
    "min_kwh": _amount,
    "max_kwh": _amount,
    "min_current": _amount,
    "max_current": _amount,
    "min_power": _amount,
    "max_power": _amount,
    "min_duration": _seconds,
    "max_duration": _seconds,
    "day_of_week": _days,
    "reservation": _reservation,
}
_NAMES = {name.replace("_", ""): name for name in _READ}
