"""When a station's charging points are all taken: a week of 7 x 24 hours, worked out from how their statuses went.

An hour says only what was known in it. At a moment it is known that not all points were taken if one was free, and that
all were if none was free and of none the status was missing; points that were broken count neither way.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from finder.ocpi.types import Struct
from finder.stations.status import Group

HOUR = 3600.0
LEAST_KNOWN = timedelta(days=7)
# An hour of the week of which less is known says nothing.
LEAST_HOURS = 3.0


class Change(Struct):
    """From one group to another."""

    at: datetime
    was: Group
    became: Group


class Point(Struct):
    """A charging point: its group now, how it came to that (oldest first), and when its partner was listened to.

    `key` tells it from the others of its station.
    """

    key: int
    now: Group
    changes: tuple[Change, ...] = ()
    heard: tuple[tuple[datetime, datetime], ...] = ()


class Hour(Struct):
    """An hour of the week: hours in which it is known whether all points were taken, and in how many of them they were."""

    known: float = 0.0
    taken: float = 0.0

    @property
    def share(self) -> float | None:
        """0 to 1; None: too little is known."""
        return self.taken / self.known if self.known >= LEAST_HOURS else None


class Week(Struct):
    """Monday's midnight first, on the station's clock. `points` is of how many charging points it is."""

    days: tuple[tuple[Hour, ...], ...]
    points: int

    @property
    def known(self) -> timedelta:
        return timedelta(hours=sum(hour.known for day in self.days for hour in day))

    @property
    def is_told(self) -> bool:
        """Whether it is worth showing: a week is known in all, and something of an hour."""
        return self.known >= LEAST_KNOWN and self.busiest is not None

    @property
    def busiest(self) -> tuple[int, int, float] | None:
        """(weekday from 0, hour, share), the first of those with most; None: of no hour enough is known."""
        shares = [
            (-share, day, hour)
            for day, hours in enumerate(self.days)
            for hour, each in enumerate(hours)
            if (share := each.share) is not None
        ]
        if not shares:
            return None
        share, day, hour = min(shares)
        return day, hour, -share


def heard_for(points: Sequence[Point]) -> timedelta:
    """How long its partner was listened to, of the point of which that is longest: more cannot be known."""
    return max((sum((b - a for a, b in point.heard), timedelta()) for point in points), default=timedelta())


def week(points: Sequence[Point], zone: ZoneInfo) -> Week:
    known, taken = [0.0] * 168, [0.0] * 168
    step = _step(points, zone)
    for begin, end, is_taken in _spans(points):
        at = begin
        while at < end:
            number = at // step
            place = _place(number * step, zone)
            stop = min(end, (number + 1) * step)
            known[place] += stop - at
            if is_taken:
                taken[place] += stop - at
            at = stop
    hours = [Hour(known[place] / HOUR, taken[place] / HOUR) for place in range(168)]
    return Week(tuple(tuple(hours[24 * day : 24 * day + 24]) for day in range(7)), len(points))


def _step(points: Sequence[Point], zone: ZoneInfo) -> float:
    """Seconds that lie in one hour of the clock; nowhere does it differ by less than a quarter of an hour from whole hours."""
    whole = all(not at.astimezone(zone).minute for point in points for span in point.heard for at in map(_hour, span))
    return HOUR if whole else HOUR / 4


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


# A country's stations share their hours: six weeks of them in a few zones.
@lru_cache(maxsize=16_384)
def _place(at: float, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(at, zone)
    return local.weekday() * 24 + local.hour


def _spans(points: Sequence[Point]) -> Iterator[tuple[float, float, bool]]:
    """Seconds since 1970 from, until, and whether all points were taken; only where that is known."""
    groups: list[Group] = ["unknown"] * len(points)
    moments = sorted(((at, n, group) for n, point in enumerate(points) for at, group in _told(point)))
    for (at, n, group), (then, _, _) in pairwise(moments):
        groups[n] = group
        if then > at and (is_taken := all_taken(groups)) is not None:
            yield at, then, is_taken


def _told(point: Point) -> Iterator[tuple[float, Group]]:
    """From when on which group is known of it."""
    times = [change.at.timestamp() for change in point.changes]
    groups = [*(change.was for change in point.changes), point.now]
    for begin, end in point.heard:
        since, until = begin.timestamp(), end.timestamp()
        first, last = bisect_right(times, since), bisect_right(times, until)
        yield since, groups[first]
        for n in range(first, last):
            yield times[n], groups[n + 1]
        yield until, "unknown"


def all_taken(groups: Sequence[Group]) -> bool | None:
    """None: not known, or there is no point in service."""
    if "available" in groups:
        return False
    if "unknown" in groups or "busy" not in groups:
        return None
    return True


class Moment(Struct):
    """How the station stood from `at` on, point by point, and how many were free before."""

    at: datetime
    groups: tuple[Group, ...]
    free_before: int


def moments(points: Sequence[Point], most: int) -> tuple[Moment, ...]:
    """The last times when another number of points was free, newest first."""
    groups = [point.now for point in points]
    changes = sorted(
        ((change.at, n, change) for n, point in enumerate(points) for change in point.changes), key=_newest
    )
    found: list[Moment] = []
    place = 0
    while place < len(changes) and len(found) < most:
        at, after = changes[place][0], tuple(groups)
        while place < len(changes) and changes[place][0] == at:
            _, n, change = changes[place]
            groups[n] = change.was
            place += 1
        if groups.count("available") != after.count("available"):
            found.append(Moment(at, after, groups.count("available")))
    return tuple(found)


def _newest(change: tuple[datetime, int, Change]) -> tuple[float, int]:
    return -change[0].timestamp(), change[1]
