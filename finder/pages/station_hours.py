"""Opening hours in words."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from finder.ocpi.types import Hours, Location, Struct
from finder.pages.facts import Fact, fact
from finder.stations.hours import Days, Exceptional, exceptions, is_open, next_change, round_the_clock, week
from finder.tariffs.words import clock_span, day_name
from finder.web import language
from finder.web.language import clock, day
from finder.web.language import gettext as _

MOST_EXCEPTIONS = 10
DAY = timedelta(days=1)


class Opening(Struct):
    """`state` is the answer ("Open until 22:00"); empty where it cannot be told."""

    state: str
    week: tuple[Fact, ...]
    exceptions: tuple[str, ...]
    notes: tuple[str, ...]
    open: bool | None = None


def opening(location: Location, zone: ZoneInfo | None, now: datetime) -> Opening:
    hours = location.opening_times
    if hours is None or hours == Hours():
        return Opening("", (), (), ())
    clock_zone = zone or language.SITE_ZONE
    found = is_open(hours, zone, now)
    return Opening(
        state=_state(hours, zone, found, now),
        week=() if round_the_clock(hours) else tuple(_row(row) for row in week(hours)),
        exceptions=tuple(_exception(each, clock_zone) for each in exceptions(hours, now)[:MOST_EXCEPTIONS]),
        notes=_notes(location, hours),
        open=found,
    )


def _state(hours: Hours, zone: ZoneInfo | None, found: bool | None, now: datetime) -> str:
    if found is None:
        return ""
    change = next_change(hours, zone, now)
    if change is None:
        if found:
            return _("Open round the clock") if round_the_clock(hours) else _("Open")
        return _("Closed")
    when = moment(change, now, zone or language.SITE_ZONE)
    return _("Open until %(time)s", time=when) if found else _("Closed until %(time)s", time=when)


def moment(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    """ "22:00" today, "Mon 07:00" on another day; an end of day is told as 24:00."""
    local, today = instant.astimezone(zone), now.astimezone(zone).date()
    text = f"{local:%H:%M}"
    date = local.date()
    if text == "00:00":
        text, date = "24:00", date - DAY
    return text if date == today else f"{day_name(date.isoweekday(), language)} {text}"


def _row(row: Days) -> Fact:
    first, last = day_name(row.first, language), day_name(row.last, language)
    name = first if row.first == row.last else f"{first}–{last}"
    times = ", ".join(clock_span(begin, end) for begin, end in row.periods)
    return fact(name[0].upper() + name[1:], times or _("Closed"))


def _exception(each: Exceptional, zone: ZoneInfo) -> str:
    span = span_in_words(each.begin, each.end, zone)
    return _("Open %(span)s", span=span) if each.opens else _("Closed %(span)s", span=span)


def span_in_words(begin: datetime, end: datetime | None, zone: ZoneInfo) -> str:
    """Whole days as dates, hours of one day as "31 december 2026 10–14", all else with both ends in full."""
    first = begin.astimezone(zone)
    if end is None:
        return _("from %(time)s", time=f"{day(first, zone)} {first:%H:%M}")
    last = end.astimezone(zone)
    if f"{first:%H:%M}{last:%H:%M}" == "00:0000:00":
        ends = dict.fromkeys((day(first, zone), day(last - DAY, zone)))
        return " – ".join(ends)
    if first.date() == last.date() or (last - first <= DAY and f"{last:%H:%M}" == "00:00"):
        return f"{day(first, zone)} {clock_span(clock(first, zone), clock(last, zone))}"
    return f"{day(first, zone)} {first:%H:%M} – {day(last, zone)} {last:%H:%M}"


def _notes(location: Location, hours: Hours) -> tuple[str, ...]:
    if round_the_clock(hours) and not hours.exceptional_closings:
        return ()
    if location.charging_when_closed is True:
        return (_("You can charge outside the opening hours too."),)
    if location.charging_when_closed is False:
        return (_("Charging works during the opening hours only."),)
    return ()
