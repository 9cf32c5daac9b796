"""A tariff in sentences: its parts in the order of AFIR Art. 5(4), each price with its unit, VAT and condition.

Only what is certain is said. A tariff without currency, with a missing price or with a part that OCPI does not know has
no parts here, and its price is unknown; a tariff of many short windows is told as a range, with its week beside it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, partial
from typing import Literal, Protocol

import msgspec

from finder.ocpi.types import DisplayText, PriceLimit, Struct, Tariff, TariffRestrictions
from finder.tariffs.choice import is_ahead
from finder.tariffs.rates import RESERVED, Rate, Rates, Tax, Unit, costs, first_day, last_day, read_rates
from finder.tariffs.restrictions import UNRESTRICTED, WEEK
from finder.tariffs.week import Week, met, times, week


class Say(Protocol):
    """The reader's language (`finder.web.language`)."""

    def gettext(self, message: str, **variables: object) -> str: ...
    def ngettext(self, singular: str, plural: str, num: int, **variables: object) -> str: ...
    def number(self, value: float | Decimal, digits: int = 0) -> str: ...
    def day(self, instant: datetime | date) -> str: ...


Kind = Literal["ad_hoc", "contract", "profile"]

KINDS: dict[str | None, Kind] = {
    "AD_HOC_PAYMENT": "ad_hoc",
    None: "ad_hoc",  # no type: valid for every session, so for one without a contract too
    "REGULAR": "contract",
    "PROFILE_FAST": "profile",
    "PROFILE_CHEAP": "profile",
    "PROFILE_GREEN": "profile",
}
MOST_LINES = 6
ZERO, TENTH = Decimal(0), Decimal("0.1")


class Price(Protocol):
    """From the least to the greatest amount of a unit."""

    def __call__(self, low: Decimal, high: Decimal) -> str: ...


class Line(Struct):
    """`price` has its currency, or is words ("No fee") when `plain`; `when` is empty for a price without condition.

    `low` and `high` are its figures, None where it has none; `step` counts the volume, in Wh or seconds. `idle`: of the time after
    the charge.
    """

    price: str
    when: str = ""
    plain: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    step: int = 0
    idle: bool = False


class Part(Struct):
    """One of the four parts of AFIR; the last, Other, has no `unit`."""

    name: str
    lines: tuple[Line, ...]
    note: str = ""
    unit: Unit | None = None


class Headline(Struct):
    """The price per kWh (or minute) in one figure or one span, for a board; `tax` says what it includes. `today`: other days have other
    prices."""

    price: str
    tax: Tax
    today: bool = False


class PriceList(Struct):
    """`parts` are empty where the price is unknown. `own_words` are the partner's, escaped by the template.

    - `begins`: announced for that local day, not yet to be paid; None: in force. `ends`: its last day.
    - `taxed` is what all prices mean, None where they differ or nothing costs.
    - `week` is set where the price per `unit` depends on the time.
    """

    kind: Kind
    parts: tuple[Part, ...] = ()
    tax: str = ""
    taxed: Tax | None = None
    headline: Headline | None = None
    currency: str | None = None
    free: bool = False
    begins: date | None = None
    ends: date | None = None
    own_words: DisplayText | None = None
    url: str | None = None
    green: bool = False
    week: Week | None = None
    unit: Unit = "kWh"


def price_list(tariff: Tariff, now: datetime, language: str, say: Say) -> PriceList:
    """`now` is the clock at the station: windows that are over are not told."""
    begins = _begins(tariff, now)
    first = max(now.date(), begins) if begins else now.date()
    rates = read_rates(tariff, first)
    described = PriceList(
        kind=KINDS.get(tariff.type, "contract"),
        begins=begins,
        ends=_ends(tariff, now),
        own_words=own_words(tariff.tariff_alt_text, language),
        url=tariff.tariff_alt_url,
        green=tariff.energy_mix is not None and tariff.energy_mix.is_green_energy is True,
    )
    if rates is None or tariff.currency is None:
        return described
    taxed = [rate for each in rates.values() for rate in each if rate.amount]
    currency = tariff.currency
    free = not taxed and not _limit(tariff.min_price)
    unit, moving = _week(rates, now)
    energy_week = moving if unit == "kWh" else None
    return msgspec.structs.replace(
        described,
        parts=_parts(tariff, rates, energy_week, now, currency, say),
        tax=_tax_sentence(taxed, say),
        taxed=kinds.pop() if len(kinds := {rate.tax for rate in taxed}) == 1 else None,
        headline=_headline(rates, first, taxed, free, currency, say),
        currency=currency,
        free=free,
        week=moving,
        unit=unit,
    )


def _week(rates: Rates, now: datetime) -> tuple[Unit, Week | None]:
    """Of the price per kWh, or else per minute."""
    for dimension, unit in WEEKLY:
        if (found := rates.get(dimension)) and (moving := week(found, now)):
            return unit, moving
    return "kWh", None


WEEKLY: tuple[tuple[str, Unit], ...] = (("ENERGY", "kWh"), ("TIME", "minute"))


# Parts


def _parts(
    tariff: Tariff, rates: Rates, energy_week: Week | None, now: datetime, currency: str, say: Say
) -> tuple[Part, ...]:
    energy, flat = rates.get("ENERGY", []), rates.get("FLAT", [])
    return (
        Part(
            say.gettext("Per kWh"),
            _lines(energy, energy_week, partial(price, unit="kWh", currency=currency, say=say), say),
            _order(energy, say),
            "kWh",
        ),
        _per_minute(rates.get("TIME", []), rates.get("PARKING_TIME", []), now, currency, say),
        Part(
            say.gettext("Per session"),
            _lines(flat, week(flat, now), partial(price, unit="session", currency=currency, say=say), say),
            _order(flat, say),
            "session",
        ),
        Part(
            say.gettext("Other"),
            tuple(Line(text, plain=True) for text in _others(tariff, rates, currency, say))
            or (Line(say.gettext("Nothing"), plain=True),),
        ),
    )


def _per_minute(charging: list[Rate], parking: list[Rate], now: datetime, currency: str, say: Say) -> Part:
    """Charging time and idle time are never one figure, unless they cost the same under the same conditions."""
    charging, parking = _telling(charging), _telling(parking)

    def lines(rates: list[Rate], during: str, idle: bool = False) -> tuple[Line, ...]:
        found = _lines(rates, week(rates, now), partial(price, unit="minute", currency=currency, say=say), say)
        return tuple(
            msgspec.structs.replace(each, when=f"{during}, {each.when}" if each.when else during, idle=idle)
            for each in found
        )

    while_charging, afterwards = say.gettext("while the car charges"), say.gettext("after charging")
    idle_fee = say.gettext("Idle fee: when the car stays after the charge.")
    note = _order(charging, say) or _order(parking, say)
    if not charging and not parking:
        found = _no_fee(say)
    elif charging == parking:
        found = lines(charging, say.gettext("as long as the car is plugged in, charging or not"))
    elif not charging:
        found = lines(parking, afterwards, idle=True)
        note = " ".join((idle_fee, say.gettext("No fee while the car charges."), note)).rstrip()
    elif not parking:
        found = lines(charging, while_charging)
        note = " ".join((say.gettext("No idle fee afterwards."), note)).rstrip()
    else:
        found = (*lines(charging, while_charging), *lines(parking, afterwards, idle=True))
        note = " ".join((idle_fee, note)).rstrip()
    return Part(say.gettext("Per minute"), found, note, "minute")


def _no_fee(say: Say) -> tuple[Line, ...]:
    return (Line(say.gettext("No fee"), plain=True, low=ZERO, high=ZERO),)


def _telling(rates: list[Rate]) -> list[Rate]:
    """Without those that say "no fee" where there is none anyway; none at all where nothing costs."""
    if not costs(rates):
        return []
    told = list(rates)
    while not told[-1].amount:
        told.pop()
    starts = min(rate.when.min_duration or 0 for rate in told if rate.amount)
    return [rate for rate in told if rate.amount or not _only_before(rate.when, starts)]


def _only_before(when: TariffRestrictions, seconds: int) -> bool:
    return when.max_duration is not None and when.max_duration <= seconds


def _lines(rates: list[Rate], moving: Week | None, price: Price, say: Say) -> tuple[Line, ...]:
    if not costs(rates):
        return _no_fee(say)
    if moving is not None and len(rates) > 1 and all(_by_clock_alone(rate.when) for rate in rates):
        found = _lines_of_week(moving, rates, price, say)
        if len(found) <= MOST_LINES:
            return found
    if len(rates) > MOST_LINES:
        low, high = min(rate.amount for rate in rates), max(rate.amount for rate in rates)
        step = max(rate.step for rate in rates)
        return (Line(price(low, high), say.gettext("depending on the time"), low=low, high=high, step=step),)
    otherwise = say.gettext("otherwise") if len(rates) > 1 else ""
    return tuple(_line(rate, conditions(rate.when, say) or otherwise, price, say) for rate in rates)


def _line(rate: Rate, when: str, price: Price, say: Say) -> Line:
    amount = rate.amount
    text = price(amount, amount) if amount else say.gettext("No fee")
    return Line(text, when, plain=not amount, low=amount, high=amount, step=rate.step)


def _by_clock_alone(when: TariffRestrictions) -> bool:
    clock = TariffRestrictions(start_time=when.start_time, end_time=when.end_time, day_of_week=when.day_of_week)
    return when == clock


def _lines_of_week(moving: Week, rates: list[Rate], price: Price, say: Say) -> tuple[Line, ...]:
    """When each price holds in the end, where windows overlap too: nobody has to know that the first one counts."""
    rest = rates[-1].amount if rates[-1].when == UNRESTRICTED else None
    lines = []
    first: dict[Decimal, Rate] = {}
    for rate in rates:
        first.setdefault(rate.amount, rate)
    for amount, rate in first.items():
        holds = times_in_words(moving, amount, say)
        when = say.gettext("otherwise") if amount == rest else holds
        if holds:
            lines.append(_line(rate, when, price, say))
    if rest is None and any(span.amount is None for each in moving.days for span in each.spans):
        lines.append(Line(say.gettext("Not stated"), say.gettext("otherwise"), plain=True))
    return tuple(lines)


def times_in_words(moving: Week, amount: Decimal, say: Say) -> str:
    """ "weekdays 06–15, 19–22, weekends 08–22"."""
    found = []
    for each, spans in times(moving, amount):
        if each.first and each.last:
            days = say.day(each.first) if each.first == each.last else f"{say.day(each.first)} – {say.day(each.last)}"
        else:
            days = days_in_words(each.weekdays, say)
        if not spans:
            continue
        if spans == [(0, 24 * 60)]:
            found.append(days)
            continue
        clock = ", ".join(clock_span(hours(begin), hours(end)) for begin, end in spans)
        found.append(f"{days} {clock}" if days else say.gettext("every day %(times)s", times=clock))
    return ", ".join(found)


def hours(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _order(rates: list[Rate], say: Say) -> str:
    """Conditions of different kinds can hold at once; then the order decides, and is told."""
    kinds = {_kind(rate.when) for rate in rates if rate.when != UNRESTRICTED}
    if len(kinds) < 2 or len(rates) > MOST_LINES:
        return ""
    return say.gettext("Where several lines fit, the first one counts.")


def _kind(when: TariffRestrictions) -> tuple[bool, ...]:
    by_time = bool(when.start_time or when.end_time or when.day_of_week)
    by_date = bool(when.start_date or when.end_date)
    return (
        by_time,
        by_date,
        when.min_kwh is not None or when.max_kwh is not None,
        when.min_power is not None or when.max_power is not None,
        when.min_current is not None or when.max_current is not None,
        when.min_duration is not None or when.max_duration is not None,
    )


def _others(tariff: Tariff, rates: Rates, currency: str, say: Say) -> Iterable[str]:
    for limit, sentence in (
        (tariff.min_price, say.gettext("At least %(price)s a session")),
        (tariff.max_price, say.gettext("At most %(price)s a session")),
    ):
        stated = _limit(limit)
        if stated:
            yield sentence % {"price": _taxed_money(*stated, currency, say)}
    yield from _steps(rates, say)
    if any(element.restrictions and element.restrictions.reservation in RESERVED for element in tariff.elements):
        yield say.gettext("Reserving a charging point has a price of its own")
    if tariff.preauthorize_amount:
        yield say.gettext(
            "The operator reserves %(price)s on your card until the session is paid",
            price=money(tariff.preauthorize_amount, currency, say),
        )


def _limit(limit: PriceLimit | None) -> tuple[Decimal, Tax] | None:
    if limit is None:
        return None
    if limit.after_taxes:
        return limit.after_taxes, "included"
    return (limit.before_taxes, "excluded") if limit.before_taxes else None


def _taxed_money(amount: Decimal, tax: Tax, currency: str, say: Say) -> str:
    price = money(amount, currency, say)
    if tax == "included":
        return say.gettext("%(price)s incl. VAT", price=price)
    return say.gettext("%(price)s excl. VAT", price=price)


def _steps(rates: Rates, say: Say) -> Iterable[str]:
    """Steps large enough to be felt: a whole kWh, more than a minute."""
    energy, charging, idle = (_step(rates.get(name, [])) for name in ("ENERGY", "TIME", "PARKING_TIME"))
    if energy >= 1000:
        yield say.gettext("Energy is charged for each %(kwh)s kWh begun", kwh=exact(Decimal(energy) / 1000, say))
    if charging > 60 and idle in (0, charging):
        yield say.gettext("Time is charged for each %(time)s begun", time=duration(charging, say))
        return
    if charging > 60:
        yield say.gettext("Charging time is charged for each %(time)s begun", time=duration(charging, say))
    if idle > 60:
        yield say.gettext("The idle fee is charged for each %(time)s begun", time=duration(idle, say))


def _step(rates: list[Rate]) -> int:
    return max((rate.step for rate in rates if rate.amount), default=0)


# What changed


def moved(old: PriceList, new: PriceList, say: Say) -> tuple[str, ...]:
    """From what to what: each part whose words differ, "Per kWh: raised from 5,29 kr to 5,49 kr". Empty where no word does."""
    if not old.parts or not new.parts:
        if old.headline and not new.parts:
            return (
                say.gettext("The price in figures is no longer given. Before: %(price)s", price=old.headline.price),
            )
        if new.headline and not old.parts:
            return (say.gettext("The price in figures is given: %(price)s", price=new.headline.price),)
        return ()
    comparable = old.currency == new.currency and old.taxed == new.taxed
    found = [
        sentence
        for was, now in zip(old.parts, new.parts, strict=True)
        if was.lines != now.lines
        for sentence in _part_moved(was, now, old.currency, new.currency, comparable, say)
    ]
    if found and old.tax != new.tax:
        found.append(say.gettext("Before: %(words)s", words=old.tax or say.gettext("No fee")))
    return tuple(found)


def _part_moved(was: Part, now: Part, old: str | None, new: str | None, comparable: bool, say: Say) -> Iterable[str]:
    """`old` and `new` are currencies. A condition that stays is told once, before the figures."""
    pairs = list(zip(was.lines, now.lines, strict=False))
    alike = len(was.lines) == len(now.lines) and all(one.when == other.when for one, other in pairs)
    if alike and now.unit is not None and (now.unit == "minute" or len(pairs) == 1):
        for one, other in pairs:
            if one.price != other.price:
                way = _way([(one, other)]) if comparable else 0
                figures = _from_to(_figures(one), _figures(other), way, say)
                if now.unit == "minute" and not other.plain:
                    figures = say.gettext("%(price)s per minute", price=figures)
                yield f"{_whose(now, other, say)}: {figures}"
        return
    before, after = _in_short(was, old, say), _in_short(now, new, say)
    if before == after:
        yield say.gettext("%(part)s: %(new)s, at other times than before", part=was.name, new=after)
        return
    yield f"{was.name}: {_from_to(before, after, _way(pairs) if alike and comparable else 0, say)}"


def _whose(part: Part, line: Line, say: Say) -> str:
    if line.idle:
        return f"{say.gettext('Idle fee')} {line.when}"
    if part.unit == "minute":
        return f"{part.name} {line.when}".rstrip()
    return f"{part.name}, {line.when}" if line.when else part.name


def _figures(line: Line) -> str:
    return _lower(line.price) if line.plain else line.price


def _from_to(old: str, new: str, way: int, say: Say) -> str:
    if way > 0:
        return say.gettext("raised from %(old)s to %(new)s", old=old, new=new)
    if way < 0:
        return say.gettext("lowered from %(old)s to %(new)s", old=old, new=new)
    return say.gettext("from %(old)s to %(new)s", old=old, new=new)


def _way(pairs: Sequence[tuple[Line, Line]]) -> int:
    """1 where figures rose and none fell, -1 where they fell and none rose, else 0."""
    steps = []
    for was, now in pairs:
        if was.low is None or was.high is None or now.low is None or now.high is None:
            return 0
        steps += [now.low - was.low, now.high - was.high]
    if min(steps, default=ZERO) >= 0:
        return 1 if any(steps) else 0
    return -1 if max(steps) <= 0 else 0


def _in_short(part: Part, currency: str | None, say: Say) -> str:
    figures = [edge for line in part.lines for edge in (line.low, line.high) if edge is not None]
    if len(part.lines) > 1 and len(figures) == 2 * len(part.lines) and part.unit in ("kWh", "session") and currency:
        return price(min(figures), max(figures), part.unit, currency, say)
    return "; ".join(f"{_figures(line)} {line.when}".rstrip() for line in part.lines)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


# Tax, headline, validity


def _tax_sentence(rates: Sequence[Rate], say: Say) -> str:
    if not rates:
        return ""
    kinds = {rate.tax for rate in rates}
    percents = {rate.vat for rate in rates}
    if kinds == {"included"}:
        if len(percents) == 1 and (percent := percents.pop()) is not None:
            return say.gettext("Prices incl. %(percent)s %% VAT.", percent=exact(percent, say))
        return say.gettext("Prices incl. VAT.")
    if kinds == {"none"}:
        return say.gettext("No VAT is charged on these prices.")
    if kinds == {"excluded"}:
        return say.gettext("Prices excl. VAT; the operator does not state the VAT rate.")
    return say.gettext("Some prices are excl. VAT; the operator does not state the VAT rate for them.")


def _headline(rates: Rates, day: date, taxed: Sequence[Rate], free: bool, currency: str, say: Say) -> Headline | None:
    """Of what can be met on that day. Only where one figure (or span) tells the truth: every rate of one tax, and a price per kWh or
    per minute."""
    if free:
        return Headline(say.gettext("Free of charge"), "included")
    kinds = {rate.tax for rate in taxed}
    if len(kinds) != 1:
        return None
    for dimension, unit in WEEKLY:
        if costs(found := rates.get(dimension, [])):
            there = met(found, day)
            span = _least_and_most(there if costs(there) else found)
            return Headline(unit_price(*span, unit, currency, say), kinds.pop(), today=span != _least_and_most(found))
    return None


def _least_and_most(rates: Sequence[Rate]) -> tuple[Decimal, Decimal]:
    amounts = [rate.amount for rate in rates]
    return min(amounts), max(amounts)


def _begins(tariff: Tariff, now: datetime) -> date | None:
    begin = tariff.start_date_time
    return begin.astimezone(now.tzinfo).date() if begin is not None and is_ahead(tariff, now) else None


def _ends(tariff: Tariff, now: datetime) -> date | None:
    """The last day: an end at midnight belongs to the day before."""
    if tariff.end_date_time is None:
        return None
    return (tariff.end_date_time - timedelta(microseconds=1)).astimezone(now.tzinfo).date()


def own_words(texts: Sequence[DisplayText], language: str) -> DisplayText | None:
    """The partner's text in the reader's language, else in English, else the first; internal names are no text."""
    readable = [text for text in texts if " " in text.text.strip()]
    return in_language(readable, language)


def in_language(texts: Sequence[DisplayText], language: str) -> DisplayText | None:
    for wanted in (language, "en"):
        for text in texts:
            if text.language.lower().startswith(wanted):
                return text
    return texts[0] if texts else None


# Conditions


def conditions(when: TariffRestrictions, say: Say) -> str:
    """ "weekdays 06–15, after 20 kWh"; empty where nothing is restricted."""
    return ", ".join(text for text in (tell(when, say) for tell in CONDITIONS) if text)


def _days_and_time(when: TariffRestrictions, say: Say) -> str:
    days = days_in_words([WEEK.index(day) + 1 for day in when.day_of_week if day in WEEK], say)
    if when.start_time is None and when.end_time is None:
        return days
    times = clock_span(when.start_time or "00:00", when.end_time or "24:00")
    return f"{days} {times}" if days else say.gettext("every day %(times)s", times=times)


def _dates(when: TariffRestrictions, say: Say) -> str:
    first, last = first_day(when), last_day(when)
    if first and last:
        return say.day(first) if first >= last else f"{say.day(first)} – {say.day(last)}"
    if first:
        return say.gettext("from %(day)s", day=say.day(first))
    return say.gettext("until %(day)s", day=say.day(last)) if last else ""


def _energy(when: TariffRestrictions, say: Say) -> str:
    if when.min_kwh and when.max_kwh:
        span = f"{exact(when.min_kwh, say)}–{exact(when.max_kwh, say)}"
        return say.gettext("from %(span)s kWh", span=span)
    if when.min_kwh:
        return say.gettext("after %(kwh)s kWh", kwh=exact(when.min_kwh, say))
    return say.gettext("the first %(kwh)s kWh", kwh=exact(when.max_kwh, say)) if when.max_kwh else ""


def _duration(when: TariffRestrictions, say: Say) -> str:
    """Since the session's start, charging or not: not since the end of the charge."""
    if when.min_duration and when.max_duration:
        begin, end = duration(when.min_duration, say), duration(when.max_duration, say)
        return say.gettext("from %(begin)s to %(end)s after you plug in", begin=begin, end=end)
    if when.min_duration:
        return say.gettext("no sooner than %(time)s after you plug in", time=duration(when.min_duration, say))
    if when.max_duration:
        return say.gettext("the first %(time)s after you plug in", time=duration(when.max_duration, say))
    return ""


def _power(when: TariffRestrictions, say: Say) -> str:
    if when.min_power and when.max_power:
        span = f"{exact(when.min_power, say)}–{exact(when.max_power, say)}"
        return say.gettext("while the car takes %(span)s kW", span=span)
    if when.min_power:
        return say.gettext("while the car takes at least %(kw)s kW", kw=exact(when.min_power, say))
    return (
        say.gettext("while the car takes less than %(kw)s kW", kw=exact(when.max_power, say)) if when.max_power else ""
    )


def _current(when: TariffRestrictions, say: Say) -> str:
    if when.min_current and when.max_current:
        span = f"{exact(when.min_current, say)}–{exact(when.max_current, say)}"
        return say.gettext("while the car takes %(span)s A", span=span)
    if when.min_current:
        return say.gettext("while the car takes at least %(ampere)s A", ampere=exact(when.min_current, say))
    if when.max_current:
        return say.gettext("while the car takes less than %(ampere)s A", ampere=exact(when.max_current, say))
    return ""


CONDITIONS: tuple[Callable[[TariffRestrictions, Say], str], ...] = (
    _days_and_time,
    _dates,
    _energy,
    _duration,
    _power,
    _current,
)


# Figures and spans


def money(amount: Decimal, currency: str, say: Say) -> str:
    """At least the two decimals of a price tag, a third where it matters and a fourth under a tenth."""
    return in_currency(_figure(amount, say), currency, say)


def unit_price(low: Decimal, high: Decimal, unit: Unit, currency: str, say: Say) -> str:
    """ "5,49 kr/kWh", "4,29–5,99 kr/kWh"."""
    found = price(low, high, unit, currency, say)
    return say.gettext("%(price)s/kWh", price=found) if unit == "kWh" else say.gettext("%(price)s/min", price=found)


def price(low: Decimal, high: Decimal, unit: Unit, currency: str, say: Say) -> str:
    """What one unit costs, without naming the unit.

    A kWh in pounds is told in pence: the UK's Public Charge Point Regulations 2023, reg. 11.
    """
    figures = _spanning(figure(low, unit, currency, say), figure(high, unit, currency, say))
    return (
        say.gettext("%(amount)sp", amount=figures)
        if unit == "kWh" and currency == "GBP"
        else in_currency(figures, currency, say)
    )


def sign(unit: Unit, currency: str, say: Say) -> str:
    """For the head of a table: "kr/kWh"."""
    name = {"SEK": say.gettext("SEK"), "EUR": "€", "GBP": "£"}.get(currency, currency)
    if unit == "kWh":
        return say.gettext("%(price)s/kWh", price=say.gettext("pence") if currency == "GBP" else name)
    return say.gettext("%(price)s/min", price=name)


def figure(amount: Decimal, unit: Unit, currency: str, say: Say) -> str:
    """A price without its unit and currency, for a table that has them in its head."""
    return exact(amount * 100, say, 2) if unit == "kWh" and currency == "GBP" else _figure(amount, say)


def _spanning(low: str, high: str) -> str:
    return low if low == high else f"{low}–{high}"


def _figure(amount: Decimal, say: Say) -> str:
    figure = rounded(amount)
    return say.number(figure, max(2, _decimals(figure)))


@lru_cache(maxsize=8192)
def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@lru_cache(maxsize=8192)
def rounded(amount: Decimal) -> Decimal:
    """A price as it is told: to a thousandth, under a tenth to a ten-thousandth."""
    most = 3 if abs(amount) >= TENTH else 4
    return amount.quantize(Decimal(1).scaleb(-most), rounding=ROUND_HALF_UP).normalize()


def in_currency(amount: str, currency: str, say: Say) -> str:
    if currency == "SEK":
        return say.gettext("SEK\u00a0%(amount)s", amount=amount)
    if currency == "EUR":
        return say.gettext("€%(amount)s", amount=amount)
    if currency == "GBP":
        return say.gettext("£%(amount)s", amount=amount)
    return say.gettext("%(currency)s\u00a0%(amount)s", currency=currency, amount=amount)


def exact(value: Decimal, say: Say, most: int = 3) -> str:
    """As many decimals as there are, at most so many."""
    return say.number(value, _decimals(round(value, most).normalize()))


def duration(seconds: int, say: Say) -> str:
    if seconds >= 7200 and seconds % 1800 == 0:
        hours = Decimal(seconds) / 3600
        return say.gettext("%(hours)s hours", hours=exact(hours, say))
    return say.gettext("%(minutes)s min", minutes=exact(Decimal(seconds) / 60, say))


def clock_span(begin: str, end: str) -> str:
    """ "07–22", or "07:30–22:00" where minutes matter."""
    end = "24:00" if end == "23:59" or (end == "00:00") else end
    if begin.endswith(":00") and end.endswith(":00"):
        return f"{begin[:2]}–{end[:2]}"
    return f"{begin[:5]}–{end[:5]}"


def days_in_words(days: Sequence[int], say: Say) -> str:
    """1 is Monday; "weekdays", "weekends", "Mon–Thu", "Mon, Wed"; empty for none and for all."""
    wanted = sorted(set(days))
    if wanted == [1, 2, 3, 4, 5]:
        return say.gettext("weekdays")
    if wanted == [6, 7]:
        return say.gettext("weekends")
    if len(wanted) in (0, len(WEEK)):
        return ""
    if len(wanted) > 2 and wanted[-1] - wanted[0] == len(wanted) - 1:
        return f"{day_name(wanted[0], say)}–{day_name(wanted[-1], say)}"
    return ", ".join(day_name(day, say) for day in wanted)


def day_name(day: int, say: Say) -> str:
    names = (
        say.gettext("Mon"),
        say.gettext("Tue"),
        say.gettext("Wed"),
        say.gettext("Thu"),
        say.gettext("Fri"),
        say.gettext("Sat"),
        say.gettext("Sun"),
    )
    return names[day - 1]
