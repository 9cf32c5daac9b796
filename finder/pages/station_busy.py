"""When all charging points of a station tend to be taken: a sentence, and the week hour by hour."""

from datetime import datetime

import sqlalchemy as sa
from markupsafe import Markup

from finder.ocpi.types import Struct
from finder.pages import rows
from finder.stations import busy
from finder.stations.busy import Week
from finder.stations.types import Station
from finder.store import history
from finder.tariffs.words import day_name
from finder.web import language
from finder.web.drawings import escape
from finder.web.language import gettext as _
from finder.web.language import ngettext, number

DAYS = range(7)
LEVELS = 5
# Less often than in one of twenty hours is no habit.
SELDOM = 0.05
MOST_WEEKS = 2_000


class Busy(Struct):
    """`rows` by hour: percent and level (0 to 5) by day; None: too little is known."""

    finding: str
    rows: tuple[tuple[tuple[int, int] | None, ...], ...]
    known: str


# Weeks that were worked out, by database, station and hour: reading six weeks costs more than the rest of the page.
_weeks: dict[tuple[sa.Engine, str, int], Week] = {}


def week_of(connection: sa.Connection, station: Station, now: datetime) -> Week | None:
    """As of the first time that it is asked for in the hour; None: partners were not listened to for long enough."""
    key = connection.engine, station.id, int(now.timestamp() // busy.HOUR)
    if key not in _weeks:
        points = history.of_station(connection, station.id, now, busy.LEAST_KNOWN)
        if not points:
            return None
        if len(_weeks) >= MOST_WEEKS:
            _weeks.clear()
        _weeks[key] = busy.week(points, rows.zone(station.location))
    return _weeks[key]


def build(week: Week | None) -> Busy | None:
    """None where too little is known."""
    if week is None or not week.is_told:
        return None
    return Busy(
        finding=_finding(week),
        rows=tuple(tuple(_cell(week.days[day][hour].share) for day in DAYS) for hour in range(24)),
        known=_known(week),
    )


def _finding(week: Week) -> str:
    assert week.busiest is not None
    day, hour, share = week.busiest
    if share < SELDOM:
        return ngettext(
            "Hardly ever in use for long, at any hour that we know enough of.",
            "Hardly ever all in use at once, at any hour that we know enough of.",
            week.points,
        )
    return ngettext(
        "Most often taken: %(day)s %(hours)s, %(percent)s %% of the time.",
        "Most often all taken: %(day)s %(hours)s, %(percent)s %% of the time.",
        week.points,
        day=day_name(day + 1, language),
        hours=_hours(hour),
        percent=number(_percent(share)),
    )


def _known(week: Week) -> str:
    days = week.known.days
    return ngettext(
        "From what the operators said in %(num)s day. Only time in which the status was known counts.",
        "From what the operators said in %(num)s days. Only time in which the status was known counts.",
        days,
    )


def _percent(share: float) -> int:
    return round(100 * share)


def _cell(share: float | None) -> tuple[int, int] | None:
    if share is None:
        return None
    percent = _percent(share)
    return percent, min(LEVELS, -(-percent * LEVELS // 100))


def _hours(hour: int) -> str:
    return f"{hour:02d}–{hour + 1:02d}"


# Drawn


def drawn(told: Busy) -> Markup:
    head = "".join([f"<th>{escape(day_name(day + 1, language))}</th>" for day in DAYS])
    unknown = escape(_("Not known"))
    body = "".join(
        [
            f"<tr><th>{_hours(hour)}</th>{''.join([_drawn_cell(cell, unknown) for cell in cells])}</tr>"
            for hour, cells in enumerate(told.rows)
        ]
    )
    caption = escape(_("Percent of the time in which no charging point was available."))
    hatched = escape(_("Hatched: too little is known.")) if any(None in cells for cells in told.rows) else ""
    return Markup(  # noqa: S704 - every text in it is escaped
        f"<h3>{escape(_('When it is busy'))}</h3><p>{escape(told.finding)}</p>"
        f'<details><summary>{escape(_("Hour by hour"))}</summary><table class="week busy-week">'
        f'<caption>{caption} {hatched} <span class="q">{escape(told.known)}</span></caption>'
        f"<thead><tr><th>{escape(_('Time'))}</th>{head}</tr></thead><tbody>{body}</tbody></table></details>"
    )


def _drawn_cell(cell: tuple[int, int] | None, unknown: str) -> str:
    if cell is None:
        return f'<td class="hatch"><span class="vh">{unknown}</span></td>'
    percent, level = cell
    return f'<td class="l{level}">{percent}</td>' if level else f"<td>{percent}</td>"
