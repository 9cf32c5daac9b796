"""When an element of a tariff holds (mod_tariffs, TariffRestrictions).

Every restriction is a half-open span on an axis: clock, days, energy so far, time so far, current, power. An element holds
inside the box of its spans, so what a tariff says changes only at their edges: `Axes` has the edges of all elements, and a
moment of a session is told by which spaces between the edges it lies in.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar

from finder.ocpi.types import TariffRestrictions
from finder.tariffs.session import KWH, SECOND

MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE
WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
UNRESTRICTED = TariffRestrictions()

# From the first, included, to the second, excluded; None: without end.
Span = tuple[int | None, int | None]
Strength = tuple[Decimal | None, Decimal | None]
Edge = TypeVar("Edge", int, Decimal)
Indices = tuple[int, int]


class Place(NamedTuple):
    """Where a moment lies: a space between the edges of each axis, by its number (`bisect_right`), and its day.

    `day` is the proleptic ordinal of the local date; any other of the same weekday where dates do not matter. `reserved` is 0 in a session, 1 while reserved, 2 in a reservation that
    expired.
    """

    clock: int
    day: int
    energy: int
    duration: int
    power: int
    current: int
    reserved: int


class Box:
    """The spans of one element, as numbers of spaces on the axes."""

    __slots__ = ("clock", "current", "days", "duration", "energy", "power", "reservation", "weekdays")

    def __init__(self, when: TariffRestrictions, axes: "Axes") -> None:
        self.clock = [_indices(_to_midnight(span), axes.clock) for span in windows(when)]
        self.days = days(when)
        self.weekdays = weekdays(when)
        self.energy = _indices(energy(when), axes.energy)
        self.duration = _indices(duration(when), axes.duration)
        self.power = _indices(power(when), axes.power)
        self.current = _indices(current(when), axes.current)
        self.reservation = when.reservation

    def holds(self, at: Place) -> bool:
        """Whether all of its restrictions match. Reservation is looked at by the caller."""
        return (
            any(first <= at.clock < last for first, last in self.clock)
            and _day_in(at.day, self.days)
            and (not self.weekdays or (at.day - 1) % 7 in self.weekdays)
            and self.energy[0] <= at.energy < self.energy[1]
            and self.duration[0] <= at.duration < self.duration[1]
            and self.power[0] <= at.power < self.power[1]
            and self.current[0] <= at.current < self.current[1]
        )


class Axes:
    """The edges of all elements, sorted; `clock` in microseconds of the local day, always from 0."""

    __slots__ = ("by_date", "by_weekday", "clock", "current", "duration", "energy", "power")

    def __init__(self, restrictions: Sequence[TariffRestrictions]) -> None:
        self.clock = sorted(
            {0, *(edge for when in restrictions for window in windows(when) for edge in window)} - {DAY}
        )
        self.energy = _edges(energy(when) for when in restrictions)
        self.duration = _edges(duration(when) for when in restrictions)
        self.power = _edges(power(when) for when in restrictions)
        self.current = _edges(current(when) for when in restrictions)
        self.by_date = any(days(when) != (None, None) for when in restrictions)
        self.by_weekday = any(weekdays(when) for when in restrictions)

    @property
    def by_clock(self) -> bool:
        """Whether anything depends on the local time or day."""
        return self.by_date or self.by_weekday or len(self.clock) > 1


def windows(when: TariffRestrictions) -> tuple[tuple[int, int], ...]:
    """The hours of a day, in microseconds. Before its start, an end lies on the next day; 00:00 is the end of the day.

    Equal ends hold never, but for midnight; 00:00 to 23:59 is how many feeds write the whole day.
    """
    begin, end = clock(when.start_time), clock(when.end_time) or DAY
    if begin == 0 and end >= DAY - MINUTE:
        return ((0, DAY),)
    if end > begin:
        return ((begin, end),)
    return ((begin, DAY), (0, end)) if end < begin else ()


def clock(text: str | None) -> int:
    """HH:MM as microseconds of the day; None: midnight."""
    if text is None:
        return 0
    return (int(text[:2]) * 60 + int(text[3:5])) * MINUTE


def days(when: TariffRestrictions) -> tuple[int | None, int | None]:
    """Local dates as ordinals, the last excluded. Feeds write the same date twice and mean that day."""
    first, last = _ordinal(when.start_date), _ordinal(when.end_date)
    if first is not None and first == last:
        return first, first + 1
    return first, last


def weekdays(when: TariffRestrictions) -> frozenset[int]:
    """0 is Monday; empty for every day."""
    found = frozenset(WEEK.index(day) for day in when.day_of_week if day in WEEK)
    return frozenset() if len(found) == len(WEEK) else found


def energy(when: TariffRestrictions) -> Span:
    """nano-kWh since the session's start."""
    return _scaled(when.min_kwh, KWH), _scaled(when.max_kwh, KWH)


def duration(when: TariffRestrictions) -> Span:
    """Microseconds since the session's start, charging or not."""
    least, most = when.min_duration, when.max_duration
    return least * SECOND if least else None, most * SECOND if most is not None else None


def power(when: TariffRestrictions) -> Strength:
    """W. Nothing is below 0, so a least power of 0 restricts nothing."""
    return _thousand(when.min_power), _thousand(when.max_power)


def current(when: TariffRestrictions) -> Strength:
    """A, the sum over the phases."""
    return when.min_current or None, when.max_current


def _scaled(value: Decimal | None, unit: int) -> int | None:
    return round(value * unit) if value is not None else None


def _thousand(kilo: Decimal | None) -> Decimal | None:
    return kilo * 1000 if kilo is not None else None


def _ordinal(text: str | None) -> int | None:
    return date.fromisoformat(text).toordinal() if text is not None else None


def _day_in(day: int, span: tuple[int | None, int | None]) -> bool:
    first, last = span
    return (first is None or first <= day) and (last is None or day < last)


def _to_midnight(window: tuple[int, int]) -> Span:
    """The end of the day is no edge within it."""
    begin, end = window
    return begin, end if end < DAY else None


def _edges(spans: Iterable[tuple[Edge | None, Edge | None]]) -> list[Edge]:
    return sorted({edge for span in spans for edge in span if edge is not None and edge > 0})


def _indices(span: tuple[Edge | None, Edge | None], edges: Sequence[Edge]) -> Indices:
    low, high = span
    first = bisect_right(edges, low) if low is not None else 0
    last = bisect_right(edges, high) if high is not None else len(edges) + 1
    return first, last
