"""Opening hours: open or not at an instant, when that changes, and the week in rows (mod_locations, Hours).

open(t) = (twentyfourseven or a regular period or an exceptional opening) and no exceptional closing. Hours that say
nothing are not stated, which is neither open nor closed. Beyond the specification, because feeds do it: an end of
24:00, 00:00 or 23:59 is the end of the day, and an end not after its begin runs past midnight.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from finder.ocpi.types import ExceptionalPeriod, Hours, RegularHours, Struct

MIDNIGHT = "24:00"
ENDS_OF_DAY = ("24:00", "00:00", "23:59")
ALL_DAY = (("00:00", MIDNIGHT),)
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
DAYS_AHEAD = 8  # the week comes round within these


class Days(Struct):
    """Weekdays `first` to `last` (1 is Monday) with the same periods, local `HH:MM`; none: closed.

    A period that ends at or before its begin runs past midnight.
    """

    first: int
    last: int
    periods: tuple[tuple[str, str], ...]


class Exceptional(Struct):
    """A time when the week does not hold: open or closed in spite of it."""

    opens: bool
    begin: datetime
    end: datetime


def is_open(hours: Hours | None, zone: ZoneInfo | None, now: datetime) -> bool | None:
    """None: not stated, or the week cannot be read without the time zone."""
    if hours is None:
        return None
    if _within(hours.exceptional_closings, now):
        return False
    if hours.twentyfourseven or _within(hours.exceptional_openings, now):
        return True
    if not hours.regular_hours:
        return False if hours.exceptional_openings else None
    if zone is None:
        return None
    local = now.astimezone(zone)
    return _in_week(hours.regular_hours, local.isoweekday(), f"{local:%H:%M}")


def next_change(hours: Hours | None, zone: ZoneInfo | None, now: datetime) -> datetime | None:
    """The instant within eight days when open becomes closed or the other way; None: no such change, or not known."""
    state = is_open(hours, zone, now)
    if hours is None or state is None or (round_the_clock(hours) and not hours.exceptional_closings):
        return None
    for edges in _edges_by_day(hours, zone, now):
        for edge in sorted(edges):
            if edge > now and is_open(hours, zone, edge) is not state:
                return edge
    return None


def round_the_clock(hours: Hours) -> bool:
    """Always open but for exceptional closings, in whichever way the partner says so."""
    if hours.twentyfourseven:
        return True
    return bool(hours.regular_hours) and all(_periods(hours, day) == ALL_DAY for day in range(1, 8))


def week(hours: Hours) -> tuple[Days, ...]:
    """Monday to Sunday, neighbouring days with the same periods in one row; empty where no week is stated."""
    if not hours.regular_hours:
        return ()
    rows: list[Days] = []
    for day in range(1, 8):
        periods = _periods(hours, day)
        if rows and rows[-1].periods == periods:
            rows[-1] = Days(rows[-1].first, day, periods)
        else:
            rows.append(Days(day, day, periods))
    return tuple(rows)


def exceptions(hours: Hours, now: datetime) -> tuple[Exceptional, ...]:
    """Exceptional openings and closings that are not over, soonest first."""
    openings = [Exceptional(True, each.period_begin, each.period_end) for each in hours.exceptional_openings]
    closings = [Exceptional(False, each.period_begin, each.period_end) for each in hours.exceptional_closings]
    coming = [each for each in openings + closings if each.end > now]
    return tuple(sorted(coming, key=lambda each: (each.begin, each.end)))


def _within(periods: tuple[ExceptionalPeriod, ...], now: datetime) -> bool:
    return any(each.period_begin <= now < each.period_end for each in periods)


def _in_week(regular: tuple[RegularHours, ...], weekday: int, clock: str) -> bool:
    """`HH:MM` compares as text. The day before matters where its period runs past midnight."""
    yesterday = weekday - 1 or 7
    for each in regular:
        begin, end = each.period_begin, _end(each)
        wraps = end <= begin
        if each.weekday == weekday and begin <= clock and (wraps or clock < end):
            return True
        if wraps and each.weekday == yesterday and clock < end:
            return True
    return False


def _end(period: RegularHours) -> str:
    return MIDNIGHT if period.period_end in ENDS_OF_DAY else period.period_end


def _periods(hours: Hours, weekday: int) -> tuple[tuple[str, str], ...]:
    """The day's periods in order, those that touch or overlap as one."""
    found: list[tuple[str, str]] = []
    for begin, end in sorted(
        {(each.period_begin, _end(each)) for each in hours.regular_hours if each.weekday == weekday}
    ):
        if found and found[-1][0] < found[-1][1] and begin <= found[-1][1]:
            found[-1] = (found[-1][0], end if end <= begin else max(found[-1][1], end))
        else:
            found.append((begin, end))
    return tuple(found)


def _edges_by_day(hours: Hours, zone: ZoneInfo | None, now: datetime) -> Iterator[set[datetime]]:
    """Every instant at which open might change, a day at a time from now on."""
    clock_zone = zone or UTC
    special = {
        edge
        for each in (*hours.exceptional_openings, *hours.exceptional_closings)
        for edge in (each.period_begin, each.period_end)
    }
    regular = () if hours.twentyfourseven or zone is None else hours.regular_hours
    clocks = {clock for each in regular for clock in (each.period_begin, _end(each))}
    begin = datetime.combine(now.astimezone(clock_zone).date(), time(), clock_zone)
    for _ in range(DAYS_AHEAD + 1):
        end = datetime.combine(begin.date() + DAY, time(), clock_zone)
        yield (
            {_instant(begin, end, clock) for clock in clocks}
            | {edge for edge in special if begin <= edge <= end}
            | _jumps(begin, end)
        )
        begin = end


def _instant(begin: datetime, end: datetime, clock: str) -> datetime:
    wall = end if clock == MIDNIGHT else begin.replace(hour=int(clock[:2]), minute=int(clock[3:5]))
    return wall.astimezone(UTC)


def _jumps(begin: datetime, end: datetime) -> set[datetime]:
    """On the day when the clock is put on or back, walls fail to come or come twice: then each quarter of an hour counts."""
    if begin.utcoffset() == end.utcoffset():
        return set()
    first, last = begin.astimezone(UTC), end.astimezone(UTC)
    return {first + quarter * QUARTER for quarter in range((last - first) // QUARTER)}
