"""Opening hours as partners write them: seconds, 24:00, days by name, Sunday as 0."""

import re
from collections.abc import Iterable
from typing import Any

from finder.ocpi.text import boolean, moment, number
from finder.ocpi.types import ExceptionalPeriod, Hours, RegularHours

CLOCK = re.compile(r"\s*(\d{1,2})[:.](\d{2})(?::(\d{2})(?:\.\d+)?)?\s*")
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


def hours(raw: Any) -> Hours | None:
    """None where nothing is stated. That includes `twentyfourseven: false` alone, and times that cannot be read:
    leaving out one day of a week would say that it is closed."""
    if not isinstance(raw, dict):
        return None
    always = boolean(raw.get("twentyfourseven")) or False
    found = Hours(
        twentyfourseven=always,
        regular_hours=() if always else _week(raw.get("regular_hours")),
        exceptional_openings=_periods(raw.get("exceptional_openings")),
        exceptional_closings=_periods(raw.get("exceptional_closings")),
    )
    stated = found.twentyfourseven or found.regular_hours or found.exceptional_openings
    return found if stated else None


def clock(value: Any) -> str | None:
    """`HH:MM` from 00:00 to 24:00; 23:59:59 is 24:00, other seconds fall away."""
    match = CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    minutes = int(match[1]) * 60 + int(match[2]) + (match[3] == "59")
    if int(match[2]) > 59 or int(match[3] or 0) > 59 or minutes > 24 * 60:
        return None
    return f"{minutes // 60:02}:{minutes % 60:02}"


def weekday(value: Any) -> int | None:
    """1 is Monday, 7 Sunday; so is 0, which some count from."""
    if isinstance(value, str) and value.strip().upper() in DAYS:
        return DAYS.index(value.strip().upper()) + 1
    day = number(value)
    if day is None or day not in range(8):
        return None
    return int(day) or 7


def _week(raw: Any) -> tuple[RegularHours, ...]:
    periods = [_regular(period) for period in raw] if isinstance(raw, list) else []
    readable = [period for period in periods if period is not None]
    return tuple(dict.fromkeys(readable)) if len(readable) == len(periods) else ()


def _regular(raw: Any) -> RegularHours | None:
    if not isinstance(raw, dict):
        return None
    day, begin, end = weekday(raw.get("weekday")), clock(raw.get("period_begin")), clock(raw.get("period_end"))
    if day is None or begin is None or end is None:
        return None
    # 00:00 and 23:59 are how feeds without 24:00 write the end of a day.
    return RegularHours(day, "00:00" if begin == "24:00" else begin, "24:00" if end in ("00:00", "23:59") else end)


def _periods(raw: Any) -> tuple[ExceptionalPeriod, ...]:
    return tuple(_readable(raw)) if isinstance(raw, list) else ()


def _readable(raw: list[Any]) -> Iterable[ExceptionalPeriod]:
    for period in raw:
        if not isinstance(period, dict):
            continue
        begin, end = moment(period.get("period_begin")), moment(period.get("period_end"))
        if begin and end and begin < end:
            yield ExceptionalPeriod(begin, end)
