"""The price over the week where it depends on the time: each day a row of spans, days that are alike told once.

It is the price at the beginning of a charge, by the clock on the spot. A generic week has no date and so no change of
summer time; a tariff with dates in the next seven days (prices of the power exchange) is told by date, from now on.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from finder.ocpi.types import Struct, TariffRestrictions
from finder.tariffs.rates import Rate, Tax
from finder.tariffs.restrictions import MINUTE, days, weekdays, windows

DAY = 24 * 60
SEVEN = 7
LEVELS = 5


class Span(Struct):
    """Minutes of the local day, the end excluded. `amount` is None where no element names a price."""

    begin: int
    end: int
    amount: Decimal | None


class Days(Struct):
    """Days with the same spans: `weekdays` (1 is Monday) of any week, or the dates `first` to `last`.

    The spans of a first day that has begun start with the one that holds now.
    """

    spans: tuple[Span, ...]
    weekdays: tuple[int, ...] = ()
    first: date | None = None
    last: date | None = None


class Week(Struct):
    """`low` and `high` are the least and the greatest amount there is."""

    days: tuple[Days, ...]
    low: Decimal
    high: Decimal
    tax: Tax

    @property
    def dated(self) -> bool:
        return self.days[0].first is not None

    def on(self, day: date) -> tuple[Span, ...]:
        """Empty for a date that the tariff does not tell of."""
        for each in self.days:
            if day.isoweekday() in each.weekdays or (each.first and each.last and each.first <= day <= each.last):
                return each.spans
        return ()

    def edges(self) -> list[int]:
        """All minutes at which the price of some day changes, with the beginning and the end."""
        return sorted({edge for each in self.days for span in each.spans for edge in (span.begin, span.end)})

    def levels(self) -> dict[Decimal, int]:
        """1 to 5 for each amount, from the least to the greatest; up to five amounts have a level of their own."""
        amounts = sorted({span.amount for each in self.days for span in each.spans if span.amount is not None})
        if len(amounts) <= LEVELS:
            return {amount: 1 + round(rank * (LEVELS - 1) / (len(amounts) - 1)) for rank, amount in enumerate(amounts)}
        span = self.high - self.low
        return {amount: 1 + round((LEVELS - 1) * (amount - self.low) / span) for amount in amounts}


class Change(Struct):
    """The price becomes `amount` at a local time; None: from then on the tariff does not say."""

    at: datetime
    amount: Decimal | None


def week(rates: Sequence[Rate], now: datetime, kw: Decimal | None = None) -> Week | None:
    """None where the price does not depend on the time. `now` is the clock at the station, `kw` the power at the beginning.

    None too where only the power or the current would tell which price holds.
    """
    if not any(_timed(rate.when) for rate in rates):
        return None
    starting = _at_start(rates, kw)
    if starting is None or not any(_timed(rate.when) for rate in starting):
        return None
    today = now.date().toordinal()
    dated = any(_changes(rate.when, today) for rate in starting)
    found = _dates(starting, now) if dated else _weekdays(starting, today)
    amounts = [span.amount for each in found for span in each.spans if span.amount is not None]
    taxes = {rate.tax for rate in starting if rate.amount}
    if not amounts or len(taxes) != 1 or min(amounts) == max(amounts):
        return None
    return Week(found, min(amounts), max(amounts), taxes.pop())


def change(week: Week, now: datetime) -> tuple[Decimal | None, Change | None]:
    """What holds now, and what it becomes next within seven days."""
    minute = now.hour * 60 + now.minute
    moments = [
        (day, span)
        for day in (now.date() + timedelta(days=n) for n in range(SEVEN + 1))
        for span in week.on(day)
        if day > now.date() or span.end > minute
    ]
    if not moments:
        return None, None
    current = moments[0][1].amount
    for day, span in moments[1:]:
        if span.amount != current:
            at = datetime.combine(day, datetime.min.time()) + timedelta(minutes=span.begin)
            return current, Change(at, span.amount)
    return current, None


def met(rates: Sequence[Rate], day: date) -> list[Rate]:
    """Those that can hold on that day: not what is for other days, nor what stands after others that take all of its hours."""
    if not any(_timed(rate.when) for rate in rates):
        return list(rates)
    ordinal, found = day.toordinal(), []
    taken: list[tuple[int, int]] = []
    for rate in rates:
        when = rate.when
        if not _on(when, ordinal) or ((on := weekdays(when)) and (ordinal - 1) % SEVEN not in on):
            continue
        hours = _minutes(when)
        if all(_inside(span, taken) for span in hours):
            continue
        found.append(rate)
        if _by_clock(when):
            taken = _union([*taken, *hours])
    return found


def _by_clock(when: TariffRestrictions) -> bool:
    """Whether nothing but the day and the hour decides."""
    return not (
        when.min_kwh
        or when.max_kwh is not None
        or when.min_power
        or when.max_power is not None
        or when.min_current
        or when.max_current is not None
        or when.min_duration
        or when.max_duration is not None
    )


def _inside(span: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    return any(begin <= span[0] and span[1] <= end for begin, end in taken)


def _union(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    return joined


def times(week: Week, amount: Decimal) -> Iterator[tuple[Days, list[tuple[int, int]]]]:
    """When this amount holds: days with their spans. Where all days are alike in it, a span runs past midnight."""
    spans = [[(span.begin, span.end) for span in each.spans if span.amount == amount] for each in week.days]
    if not week.dated and spans.count(spans[0]) == len(spans):
        found = spans[0]
        if len(found) > 1 and found[0][0] == 0 and found[-1][1] == DAY:
            found = [*found[1:-1], (found[-1][0], found[0][1])]
        yield Days((), tuple(range(1, SEVEN + 1))), found
        return
    for each, found in zip(week.days, spans, strict=True):
        if found:
            yield each, found


def _timed(when: TariffRestrictions) -> bool:
    return bool(when.start_time or when.end_time or when.day_of_week or when.start_date or when.end_date)


def _at_start(rates: Sequence[Rate], kw: Decimal | None) -> list[Rate] | None:
    """Those that can hold when a charge begins."""
    found = []
    for rate in rates:
        when = rate.when
        if when.min_kwh or when.min_duration or when.max_kwh == 0 or when.max_duration == 0:
            continue
        if when.min_current is not None or when.max_current is not None:
            return None
        if when.min_power is not None or when.max_power is not None:
            if kw is None:
                return None
            if kw < (when.min_power or 0) or (when.max_power is not None and kw >= when.max_power):
                continue
        found.append(rate)
    return found


def _changes(when: TariffRestrictions, today: int) -> bool:
    """Whether dates begin or end to hold within the next seven days."""
    if when.start_date is None and when.end_date is None:
        return False
    first, end = days(when)
    return any(edge is not None and today < edge < today + SEVEN for edge in (first, end))


def _weekdays(rates: Sequence[Rate], today: int) -> tuple[Days, ...]:
    holding = [rate for rate in rates if _on(rate.when, today)]
    alike: dict[tuple[Span, ...], list[int]] = {}
    if not any(rate.when.day_of_week for rate in holding):
        return (Days(_spans(holding), tuple(range(1, SEVEN + 1))),)
    for weekday in range(SEVEN):
        chosen = [rate for rate in holding if not (on := weekdays(rate.when)) or weekday in on]
        alike.setdefault(_spans(chosen), []).append(weekday + 1)
    return tuple(Days(spans, tuple(found)) for spans, found in alike.items())


def _dates(rates: Sequence[Rate], now: datetime) -> tuple[Days, ...]:
    """From now for seven days; dates that no element names are left out."""
    today, minute = now.date().toordinal(), now.hour * 60 + now.minute
    found: list[Days] = []
    for ordinal in range(today, today + SEVEN):
        chosen = [
            rate
            for rate in rates
            if _on(rate.when, ordinal) and (not (on := weekdays(rate.when)) or (ordinal - 1) % SEVEN in on)
        ]
        spans = _spans(chosen)
        if ordinal == today:
            spans = tuple(span for span in spans if span.end > minute)
        if all(span.amount is None for span in spans):
            continue
        day = date.fromordinal(ordinal)
        last = found[-1] if found else None
        if last and last.spans == spans and last.first and last.last == day - timedelta(days=1):
            found[-1] = Days(spans, first=last.first, last=day)
        else:
            found.append(Days(spans, first=day, last=day))
    return tuple(found)


def _on(when: TariffRestrictions, ordinal: int) -> bool:
    if when.start_date is None and when.end_date is None:
        return True
    first, end = days(when)
    return (first is None or first <= ordinal) and (end is None or ordinal < end)


def _spans(rates: Sequence[Rate]) -> tuple[Span, ...]:
    """Painted from the last rate to the first: the first that matches counts."""
    opened = [(rate.amount, _minutes(rate.when)) for rate in rates]
    edges = sorted({0, DAY}.union(*(span for _amount, spans in opened for span in spans)))
    place = {edge: index for index, edge in enumerate(edges)}
    painted: list[Decimal | None] = [None] * (len(edges) - 1)
    for amount, spans in reversed(opened):
        for begin, end in spans:
            painted[place[begin] : place[end]] = [amount] * (place[end] - place[begin])
    joined: list[Span] = []
    for (begin, end), price in zip(pairwise(edges), painted, strict=True):
        if joined and joined[-1].amount == price:
            joined[-1] = Span(joined[-1].begin, end, price)
        else:
            joined.append(Span(begin, end, price))
    return tuple(joined)


def _minutes(when: TariffRestrictions) -> tuple[tuple[int, int], ...]:
    if when.start_time is None and when.end_time is None:
        return ((0, DAY),)
    return tuple((int(begin or 0) // MINUTE, int(end or 0) // MINUTE) for begin, end in windows(when))
