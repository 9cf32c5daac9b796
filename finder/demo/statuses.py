"""What an EVSE is doing at a moment: a pure function of its seed and the time, with the rhythm of a day.

A day's sessions are drawn once and kept; breakdowns are drawn by the week. A change is told together with
the second it happened, so that `last_updated` is honest and a pull by `date_from` holds what really changed.
"""

from bisect import bisect_right
from functools import cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

DAY = 86_400
_WEEK = 7
_LOOK_BACK = 40

Event = tuple[int, str]


class Habit(NamedTuple):
    """How a sort of charger is used. `hours` weighs the local hours of arrival, `minutes` is shortest and longest stay."""

    per_day: float
    minutes: tuple[int, int]
    hours: tuple[int, ...]
    weekend: float
    day_starts: int  # hour of UTC at which hardly any car stands there: sessions end before it


def _hours(text: str) -> tuple[int, ...]:
    return tuple(int(digit) for digit in text)


HABITS: dict[str, Habit] = {
    "motorway": Habit(11, (12, 40), _hours("110001234556777888875432"), 1.4, 2),
    "quick": Habit(8, (15, 50), _hours("000001245556666678764321"), 1.1, 2),
    "shop": Habit(5, (25, 100), _hours("000000012467887778630000"), 1.2, 2),
    "street": Habit(2.6, (60, 300), _hours("100000135643335678754322"), 1.0, 10),
    "night": Habit(1.1, (420, 780), _hours("000000000000113678886310"), 1.1, 10),
    "work": Habit(1.3, (240, 540), _hours("000001598621110000000000"), 0.15, 2),
    "visit": Habit(1.6, (60, 240), _hours("000000013567777654320000"), 1.5, 2),
}


@cache
def _sums(hours: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(accumulate(hours))


def _draw_hour(hours: tuple[int, ...], at: float) -> float:
    """The hour (with its fraction) at share `at` of the weights."""
    sums = _sums(hours)
    wanted = at * sums[-1]
    hour = bisect_right(sums, wanted)
    return hour + 1 - (sums[hour] - wanted) / hours[hour]


def _chance(seed: int, number: int) -> float:
    """A number from 0 to 1 for a seed and a day or week, without the cost of a generator of its own."""
    mixed = (seed * 0x9E3779B1 + number * 0x85EBCA6B) & 0xFFFFFFFF
    mixed = ((mixed ^ mixed >> 16) * 0x7FEB352D) & 0xFFFFFFFF
    mixed = ((mixed ^ mixed >> 15) * 0x846CA68B) & 0xFFFFFFFF
    return (mixed ^ mixed >> 16) / 2**32


class Rhythm:
    """One EVSE's statuses. `fixed` is a status that never moves; `offset` is local time minus UTC in seconds."""

    __slots__ = ("_day", "fixed", "habit", "offset", "seed", "since", "site")

    def __init__(self, seed: int, site: int, habit: str, since: int, offset: int, fixed: str | None = None) -> None:
        self.seed = seed
        self.site = site
        self.habit = HABITS[habit]
        self.since = since
        self.offset = offset
        self.fixed = fixed
        self._day: tuple[int, tuple[int, ...], tuple[Event, ...]] | None = None

    def fixed_at(self, status: str, since: int) -> "Rhythm":
        """The same EVSE, from `since` in one status for good."""
        made = Rhythm(self.seed, self.site, "street", since, self.offset, status)
        made.habit = self.habit
        return made

    def at(self, moment: int) -> tuple[str, int]:
        """Status at `moment` (seconds since 1970) and the second it began."""
        if self.fixed is not None:
            return self.fixed, self.since
        day = (moment - self.habit.day_starts * 3600) // DAY
        known = self._day
        if known is None or known[0] != day:
            events = (self._before(day), *self._events(day))
            known = (day, tuple(second for second, _ in events), events)
            self._day = known
        second, status = known[2][bisect_right(known[1], moment) - 1]
        return status, second

    def _before(self, day: int) -> Event:
        """The last change before a day begins."""
        for earlier in range(day - 1, day - _LOOK_BACK, -1):
            events = self._events(earlier)
            if events:
                return events[-1]
        return min(self.since, (day - _LOOK_BACK) * DAY), "AVAILABLE"

    def _events(self, day: int) -> list[Event]:
        """The changes of a day, oldest first; the day ends with the EVSE free unless it is broken."""
        random = Random(self.seed * 1_000_003 + day)
        start = day * DAY + self.habit.day_starts * 3600
        events = self._sessions(random, start)
        if _chance(self.site, day) < 0.02:  # the site's modem is silent for a while: nobody knows
            lost = Random(self.site * 1_000_003 + day)
            begin = start + int(lost.random() * DAY * 0.8)
            events = _overlay(events, begin, begin + 900 + int(lost.random() * 3 * 3600), "UNKNOWN", start)
        broken = self._broken(day // _WEEK)
        if broken:
            events = _overlay(events, *broken, "OUTOFORDER", start)
        return events

    def _sessions(self, random: Random, start: int) -> list[Event]:
        habit = self.habit
        weekday = ((start + self.offset) // DAY + 3) % 7  # 0 is Monday: 1970 began on a Thursday
        rate = habit.per_day * (habit.weekend if weekday >= 5 else 1.0)
        count = int(rate * (0.5 + random.random()) + random.random())
        arrivals = []
        for _ in range(count):
            local = _draw_hour(habit.hours, random.random()) * 3600 - self.offset
            arrivals.append(start + int(local - habit.day_starts * 3600) % DAY)
        arrivals.sort()
        events: list[Event] = []
        free_from = start + 600
        last = start + DAY - 600
        for arrival in arrivals:
            luck = random.random()
            stay = habit.minutes[0] * 60 + int((habit.minutes[1] - habit.minutes[0]) * 60 * luck * luck)
            if arrival < free_from or arrival >= last:
                continue
            if luck > 0.96 and arrival - 900 > free_from:
                events.append((arrival - 840, "RESERVED"))
            events.append((arrival, "CHARGING"))
            end = min(arrival + stay, last - 1)
            if 0.3 < luck < 0.4 and end + 1500 < last:
                events.append((end, "BLOCKED"))
                end += 300 + int(luck * 2400)
            events.append((end, "AVAILABLE"))
            free_from = end + 240
        return events

    def _broken(self, week: int) -> tuple[int, int] | None:
        if _chance(self.seed, week) > 0.035:
            return None
        random = Random(self.seed * 7_919 + week)
        begin = (week * _WEEK + self.habit.day_starts / 24) * DAY + random.random() * 5 * DAY
        return int(begin), int(begin + 3 * 3600 + random.random() * 40 * 3600)


def _overlay(events: list[Event], begin: int, end: int, status: str, start: int) -> list[Event]:
    """`events` of the day from `start` with a stretch of `status` laid over; it ends with the EVSE free."""
    stop = start + DAY
    if end <= start or begin >= stop:
        return events
    before = [event for event in events if event[0] < begin]
    after = [event for event in events if event[0] > end]
    # A session that outlives the stretch is dropped up to its end.
    while after and after[0][1] != "CHARGING":
        after.pop(0)
    laid: list[Event] = []
    if begin >= start:
        laid.append((begin, status))
    if end < stop:
        laid.append((end, "AVAILABLE"))
    return [*before, *laid, *after]
