"""The price over the week as a table: hours down, days across, and the dearer the darker."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from itertools import pairwise

from markupsafe import Markup

from finder.ocpi.types import Struct
from finder.tariffs.rates import Unit
from finder.tariffs.week import Change, Days, Week, change
from finder.tariffs.words import clock_span, day_name, days_in_words, figure, hours, sign, times_in_words, unit_price
from finder.web import language
from finder.web.language import gettext as _

LONG_TABLE = 8
LONGEST_TIMES = 40


class Cell(Struct):
    """`words` is the price without its unit; `level` 1 to 5, or 0 where no price is known."""

    words: str
    level: int
    rows: int
    now: bool


class Row(Struct):
    """None where a cell above reaches down."""

    hours: str
    cells: tuple[Cell | None, ...]


class WeekTable(Struct):
    """`title` holds the unit, `finding` is what the table shows, `marked` what its frame means. `folded`: too long to stand open."""

    title: str
    finding: str
    marked: str
    days: tuple[str, ...]
    rows: tuple[Row, ...]
    folded: bool


def table(week: Week, unit: Unit, currency: str, now: datetime) -> WeekTable:
    """`now` is the clock at the station."""
    rows = tuple(_rows(week, unit, currency, now))
    return WeekTable(
        title=_("The price over the week, %(unit)s", unit=sign(unit, currency, language)),
        finding=finding(week, unit, currency),
        marked=_(
            "Now: %(day)s %(time)s, marked with a frame.", day=day_name(now.isoweekday(), language), time=f"{now:%H:%M}"
        ),
        days=tuple(_named(each) for each in week.days),
        rows=rows,
        folded=len(rows) > LONG_TABLE,
    )


def finding(week: Week, unit: Unit, currency: str) -> str:
    """ "Lowest 4,29 kr/kWh every day 22–06, highest 5,99 kr/kWh weekdays 15–19."""
    return _(
        "Lowest %(low)s, highest %(high)s.",
        low=_when(week, week.low, unit, currency),
        high=_when(week, week.high, unit, currency),
    )


def _when(week: Week, amount: Decimal, unit: Unit, currency: str) -> str:
    told = _cost(amount, unit, currency)
    when = times_in_words(week, amount, language)
    return f"{told} {when}" if len(when) <= LONGEST_TIMES else told


def _cost(amount: Decimal, unit: Unit, currency: str) -> str:
    return unit_price(amount, amount, unit, currency, language) if amount else _("no fee")


def next_change(week: Week, unit: Unit, currency: str, now: datetime) -> str:
    """ "5,49 kr/kWh until 15:00, then 5,99 kr/kWh."; empty where it stays for a day or is not known."""
    amount, then = change(week, now)
    if amount is None or then is None or then.amount is None or not _soon(then, now):
        return ""
    told = _(
        "%(price)s until %(time)s, then %(next)s.",
        price=_cost(amount, unit, currency),
        time=f"{then.at:%H:%M}",
        next=_cost(then.amount, unit, currency),
    )
    return told[:1].upper() + told[1:]


def _soon(then: Change, now: datetime) -> bool:
    """Within a day, so that a clock time says which."""
    return (then.at - now.replace(tzinfo=None)).total_seconds() < 24 * 3600


def _named(days: Days) -> str:
    if days.first and days.last:
        first, last = _short(days.first), _short(days.last)
        return first if first == last else f"{first} – {last}"
    named = days_in_words(days.weekdays, language) or _("Every day")
    return named[:1].upper() + named[1:]


def _short(day: date) -> str:
    """ "fre 20"."""
    return f"{day_name(day.isoweekday(), language)}\u00a0{day.day}"


def _rows(week: Week, unit: Unit, currency: str, now: datetime) -> Iterator[Row]:
    edges = week.edges()
    place = {edge: index for index, edge in enumerate(edges)}
    today = week.on(now.date())
    minute = now.hour * 60 + now.minute
    levels = week.levels()
    columns: list[dict[int, Cell]] = []
    for each in week.days:
        columns.append(
            {
                place[span.begin]: Cell(
                    "–" if span.amount is None else figure(span.amount, unit, currency, language),
                    0 if span.amount is None else levels[span.amount],
                    place[span.end] - place[span.begin],
                    each.spans is today and span.begin <= minute < span.end,
                )
                for span in each.spans
            }
        )
        if each.spans[0].begin > edges[0]:
            columns[-1][0] = Cell("", 0, place[each.spans[0].begin], False)
    for index, (begin, end) in enumerate(pairwise(edges)):
        yield Row(clock_span(hours(begin), hours(end)), tuple(column.get(index) for column in columns))


# Drawn


def drawn(table: WeekTable) -> Markup:
    """Written here and not in a template: prices by the quarter of an hour have hundreds of cells."""
    head = "".join([f"<th>{escape(day)}</th>" for day in table.days])
    body = "".join([f"<tr><th>{row.hours}</th>{_drawn_cells(row.cells)}</tr>" for row in table.rows])
    time, every = escape(_("Time")), escape(_("All hours"))
    title, found = f"<strong>{escape(table.title)}.</strong>", escape(table.finding)
    caption = "" if table.folded else f"{title} {found} "
    made = (
        f'<table class="week"><caption>{caption}<span class="q">{escape(table.marked)}</span></caption>'
        f"<thead><tr><th>{time}</th>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
    if table.folded:
        made = f"<p>{title} {found}</p><details><summary>{every}</summary>{made}</details>"
    return Markup(made)  # noqa: S704 - every text in it is escaped


def _drawn_cells(cells: Sequence[Cell | None]) -> str:
    return "".join([_drawn_cell(cell) for cell in cells if cell is not None])


def _drawn_cell(cell: Cell) -> str:
    level = f' class="l{cell.level}"' if cell.level else ""
    rows = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    now = ' aria-current="time"' if cell.now else ""
    return f"<td{level}{rows}{now}>{escape(cell.words)}</td>"
