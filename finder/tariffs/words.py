"""A tariff in sentences: its parts in the order of AFIR Art. 5(4), each price with its unit, VAT and condition.

Only what is certain is said. A tariff without currency, with a missing price or with a part that OCPI does not know has
no parts here, and its price is unknown; a tariff of many short windows is told as a range.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, Protocol

import msgspec

from finder.ocpi.types import DisplayText, PriceComponent, PriceLimit, Struct, Tariff, TariffRestrictions


class Say(Protocol):
    """The reader's language (`finder.web.language`)."""

    def gettext(self, message: str, **variables: object) -> str: ...
    def ngettext(self, singular: str, plural: str, num: int, **variables: object) -> str: ...
    def number(self, value: float | Decimal, digits: int = 0) -> str: ...
    def day(self, instant: datetime | date) -> str: ...


Unit = Literal["kWh", "minute", "session"]
Tax = Literal["included", "excluded", "none"]
Kind = Literal["ad_hoc", "contract", "profile"]

KINDS: dict[str | None, Kind] = {
    "AD_HOC_PAYMENT": "ad_hoc",
    None: "ad_hoc",  # no type: valid for every session, so for one without a contract too
    "REGULAR": "contract",
    "PROFILE_FAST": "profile",
    "PROFILE_CHEAP": "profile",
    "PROFILE_GREEN": "profile",
}
UNITS: dict[str, Unit] = {"ENERGY": "kWh", "TIME": "minute", "PARKING_TIME": "minute", "FLAT": "session"}
PER_MINUTE = {"TIME", "PARKING_TIME"}
RESERVED = {"RESERVATION", "RESERVATION_EXPIRES"}
WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
MOST_LINES = 6
STARTS_OF_DAY = {None, "00:00"}
ENDS_OF_DAY = {None, "00:00", "23:59", "24:00"}
UNRESTRICTED = TariffRestrictions()


class Rate(Struct):
    """What one unit costs while `when` holds. `vat` is the percentage inside the amount, None: not stated."""

    amount: Decimal
    tax: Tax
    vat: Decimal | None
    when: TariffRestrictions = UNRESTRICTED


class Line(Struct):
    """`price` has its currency, or is words ("No fee") when `plain`; `when` is empty for a price without condition."""

    price: str
    when: str = ""
    plain: bool = False


class Part(Struct):
    """One of the four parts of AFIR; `subject` tells two kinds of the same part apart (charging, idling)."""

    name: str
    lines: tuple[Line, ...]
    note: str = ""


class Headline(Struct):
    """The price per kWh (or minute) in one figure or one span, for a board; `tax` says what it includes."""

    price: str
    tax: Tax


class PriceList(Struct):
    """`parts` are empty where the price is unknown. `own_words` are the partner's, escaped by the template."""

    kind: Kind
    parts: tuple[Part, ...] = ()
    tax: str = ""
    headline: Headline | None = None
    free: bool = False
    valid: str = ""
    own_words: DisplayText | None = None
    url: str | None = None
    green: bool = False


def price_list(tariff: Tariff, today: date, language: str, say: Say) -> PriceList:
    """`today` is the local date at the station: windows that are over are not told."""
    rates = read_rates(tariff, today)
    described = PriceList(
        kind=KINDS.get(tariff.type, "contract"),
        valid=_validity(tariff, today, say),
        own_words=own_words(tariff.tariff_alt_text, language),
        url=tariff.tariff_alt_url,
        green=tariff.energy_mix is not None and tariff.energy_mix.is_green_energy is True,
    )
    if rates is None or tariff.currency is None:
        return described
    taxed = [rate for each in rates.values() for rate in each if rate.amount]
    currency = tariff.currency
    free = not taxed and not _limit(tariff.min_price)
    return msgspec.structs.replace(
        described,
        parts=_parts(tariff, rates, currency, say),
        tax=_tax_sentence(taxed, say),
        headline=_headline(rates, taxed, free, currency, say),
        free=free,
    )


def read_rates(tariff: Tariff, today: date) -> dict[str, list[Rate]] | None:
    """The rates of each dimension in the order in which they are tried; None: the price is not known.

    The first that matches counts, so what stands after one without condition never does. Reservation is not charging.
    """
    if tariff.currency is None or not tariff.elements:
        return None
    rates: dict[str, list[Rate]] = {}
    for element in tariff.elements:
        when = _plain(element.restrictions or UNRESTRICTED)
        if when.reservation in RESERVED or _over(when, today):
            continue
        for component in element.price_components:
            if component.price is None or component.type not in UNITS:
                return None
            earlier = rates.setdefault(component.type, [])
            if not (earlier and earlier[-1].when == UNRESTRICTED):
                earlier.append(_rate(tariff, component, when))
    if not rates:
        return None
    return {dimension: _joined(found) for dimension, found in rates.items()}


def _rate(tariff: Tariff, component: PriceComponent, when: TariffRestrictions) -> Rate:
    """Rule 8 of the tariff rules: gross only where the tariff says so or names the VAT."""
    assert component.price is not None
    amount = component.price / 60 if component.type in PER_MINUTE else component.price
    if tariff.tax_included == "N/A":
        return Rate(amount, "none", None, when)
    if tariff.tax_included == "YES":
        return Rate(amount, "included", component.vat, when)
    if component.vat is None:
        return Rate(amount, "excluded", None, when)
    return Rate(amount * (1 + component.vat / 100), "included", component.vat, when)


def _plain(when: TariffRestrictions) -> TariffRestrictions:
    """Without the restrictions that restrict nothing: feeds write 00:00 to 23:59, all seven days, at least 0 kWh."""
    all_day = when.start_time in STARTS_OF_DAY and when.end_time in ENDS_OF_DAY
    return msgspec.structs.replace(
        when,
        start_time=None if all_day else when.start_time,
        end_time=None if all_day else when.end_time,
        min_kwh=when.min_kwh or None,
        min_power=when.min_power or None,
        min_current=when.min_current or None,
        min_duration=when.min_duration or None,
        day_of_week=() if len(set(when.day_of_week)) == len(WEEK) else when.day_of_week,
    )


def _over(when: TariffRestrictions, today: date) -> bool:
    last = _last_day(when)
    return last is not None and last < today


def _last_day(when: TariffRestrictions) -> date | None:
    """`end_date` is exclusive, but feeds write the same date twice and mean that day."""
    end = _date(when.end_date)
    if end is None:
        return None
    return end if when.end_date == when.start_date else end - timedelta(days=1)


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _joined(rates: list[Rate]) -> list[Rate]:
    """Rates that differ in the day of the week alone as one: feeds write seven elements with one price."""
    joined: list[Rate] = []
    for rate in rates:
        last = joined[-1] if joined else None
        if last and rate.when.day_of_week and last.when.day_of_week and _same_but_days(last, rate):
            days = last.when.day_of_week + rate.when.day_of_week
            joined[-1] = msgspec.structs.replace(
                rate, when=_plain(msgspec.structs.replace(rate.when, day_of_week=days))
            )
        else:
            joined.append(rate)
    return joined


def _same_but_days(one: Rate, other: Rate) -> bool:
    days = other.when.day_of_week
    return msgspec.structs.replace(one, when=msgspec.structs.replace(one.when, day_of_week=days)) == other


# Parts


def _parts(tariff: Tariff, rates: dict[str, list[Rate]], currency: str, say: Say) -> tuple[Part, ...]:
    energy, charging = rates.get("ENERGY", []), rates.get("TIME", [])
    parking, flat = rates.get("PARKING_TIME", []), rates.get("FLAT", [])
    parts = [Part(say.gettext("Per kWh"), _lines(energy, currency, say), _order(energy, say))]
    if _costs(charging) and _costs(parking):
        parts.append(
            Part(say.gettext("Per minute, while charging"), _lines(charging, currency, say), _order(charging, say))
        )
        parts.append(
            Part(say.gettext("Per minute, after charging"), _lines(parking, currency, say), _order(parking, say))
        )
    elif _costs(parking):
        note = say.gettext("Idle fee, when the car no longer charges. No fee while it charges.")
        parts.append(Part(say.gettext("Per minute"), _lines(parking, currency, say), note))
    elif _costs(charging):
        note = say.gettext("While the car charges. No idle fee afterwards.")
        parts.append(Part(say.gettext("Per minute"), _lines(charging, currency, say), note))
    else:
        parts.append(Part(say.gettext("Per minute"), _lines([], currency, say)))
    parts.append(Part(say.gettext("Per session"), _lines(flat, currency, say), _order(flat, say)))
    others = tuple(Line(text, plain=True) for text in _others(tariff, currency, say))
    parts.append(Part(say.gettext("Other"), others or (Line(say.gettext("Nothing"), plain=True),)))
    return tuple(parts)


def _costs(rates: list[Rate]) -> bool:
    return any(rate.amount for rate in rates)


def _lines(rates: list[Rate], currency: str, say: Say) -> tuple[Line, ...]:
    if not _costs(rates):
        return (Line(say.gettext("No fee"), plain=True),)
    if len(rates) > MOST_LINES:
        return (Line(_span(rates, currency, say), say.gettext("depending on the time")),)
    return tuple(
        Line(
            money(rate.amount, currency, say) if rate.amount else say.gettext("No fee"),
            conditions(rate.when, say) or (say.gettext("otherwise") if len(rates) > 1 else ""),
            plain=not rate.amount,
        )
        for rate in rates
    )


def _span(rates: list[Rate], currency: str, say: Say) -> str:
    amounts = [rate.amount for rate in rates]
    return money_span(min(amounts), max(amounts), currency, say)


def _order(rates: list[Rate], say: Say) -> str:
    """Conditions of different kinds can hold at once; then the order decides, and is told."""
    kinds = {_kind(rate.when) for rate in rates if rate.when != UNRESTRICTED}
    if len(kinds) < 2 or len(rates) > MOST_LINES:
        return ""
    return say.gettext("Where several lines fit, the first one counts.")


def _kind(when: TariffRestrictions) -> tuple[bool, ...]:
    by_time = bool(when.start_time or when.end_time or when.day_of_week)
    by_date = bool(when.start_date or when.end_date)
    return by_time, by_date, *(getattr(when, name) is not None for name in ("min_kwh", "min_power", "min_duration"))


def _others(tariff: Tariff, currency: str, say: Say) -> Iterable[str]:
    for limit, sentence in (
        (tariff.min_price, say.gettext("At least %(price)s a session")),
        (tariff.max_price, say.gettext("At most %(price)s a session")),
    ):
        stated = _limit(limit)
        if stated:
            yield sentence % {"price": _taxed_money(*stated, currency, say)}
    yield from _steps(tariff, say)
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


def _steps(tariff: Tariff, say: Say) -> Iterable[str]:
    """Steps large enough to be felt: a whole kWh, more than a minute."""
    steps: dict[bool, int] = {}
    for element in tariff.elements:
        for component in element.price_components:
            if component.type in UNITS and component.type != "FLAT" and component.price:
                is_energy = component.type == "ENERGY"
                steps[is_energy] = max(steps.get(is_energy, 0), component.step_size or 0)
    if steps.get(True, 0) >= 1000:
        kwh = Decimal(steps[True]) / 1000
        yield say.gettext("Energy is counted in steps of %(kwh)s kWh", kwh=_exact(kwh, say))
    if steps.get(False, 0) > 60:
        yield say.gettext("Time is counted in steps of %(time)s", time=duration(steps[False], say))


# Tax, headline, validity


def _tax_sentence(rates: Sequence[Rate], say: Say) -> str:
    if not rates:
        return ""
    kinds = {rate.tax for rate in rates}
    percents = {rate.vat for rate in rates}
    if kinds == {"included"}:
        if len(percents) == 1 and (percent := percents.pop()) is not None:
            return say.gettext("Prices incl. %(percent)s %% VAT.", percent=_exact(percent, say))
        return say.gettext("Prices incl. VAT.")
    if kinds == {"none"}:
        return say.gettext("No VAT is charged on these prices.")
    if kinds == {"excluded"}:
        return say.gettext("Prices excl. VAT; the operator does not state the VAT rate.")
    return say.gettext("Some prices are excl. VAT; the operator does not state the VAT rate for them.")


def _headline(
    rates: dict[str, list[Rate]], taxed: Sequence[Rate], free: bool, currency: str, say: Say
) -> Headline | None:
    """Only where one figure (or span) tells the truth: every rate of one tax, and a price per kWh or per minute."""
    if free:
        return Headline(say.gettext("Free of charge"), "included")
    kinds = {rate.tax for rate in taxed}
    if len(kinds) != 1:
        return None
    for dimension, pattern in (("ENERGY", say.gettext("%(price)s/kWh")), ("TIME", say.gettext("%(price)s/min"))):
        if _costs(rates.get(dimension, [])):
            return Headline(pattern % {"price": _span(rates[dimension], currency, say)}, kinds.pop())
    return None


def _validity(tariff: Tariff, today: date, say: Say) -> str:
    begin = tariff.start_date_time
    if begin is not None and begin.date() > today:
        return say.gettext("Applies from %(day)s.", day=say.day(begin))
    if tariff.end_date_time is not None:
        return say.gettext("Applies until %(day)s.", day=say.day(tariff.end_date_time))
    return ""


def is_over(tariff: Tariff, now: datetime) -> bool:
    return tariff.end_date_time is not None and tariff.end_date_time <= now


def is_ahead(tariff: Tariff, now: datetime) -> bool:
    """Announced, not yet to be paid."""
    return tariff.start_date_time is not None and tariff.start_date_time > now


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
    first, last = _date(when.start_date), _last_day(when)
    if first and last:
        return say.day(first) if first >= last else f"{say.day(first)} – {say.day(last)}"
    if first:
        return say.gettext("from %(day)s", day=say.day(first))
    return say.gettext("until %(day)s", day=say.day(last)) if last else ""


def _energy(when: TariffRestrictions, say: Say) -> str:
    if when.min_kwh and when.max_kwh:
        span = f"{_exact(when.min_kwh, say)}–{_exact(when.max_kwh, say)}"
        return say.gettext("from %(span)s kWh", span=span)
    if when.min_kwh:
        return say.gettext("after %(kwh)s kWh", kwh=_exact(when.min_kwh, say))
    return say.gettext("the first %(kwh)s kWh", kwh=_exact(when.max_kwh, say)) if when.max_kwh else ""


def _duration(when: TariffRestrictions, say: Say) -> str:
    if when.min_duration and when.max_duration:
        begin, end = duration(when.min_duration, say), duration(when.max_duration, say)
        return say.gettext("from %(begin)s to %(end)s after the start", begin=begin, end=end)
    if when.min_duration:
        return say.gettext("from %(time)s after the start", time=duration(when.min_duration, say))
    return say.gettext("the first %(time)s", time=duration(when.max_duration, say)) if when.max_duration else ""


def _power(when: TariffRestrictions, say: Say) -> str:
    if when.min_power and when.max_power:
        span = f"{_exact(when.min_power, say)}–{_exact(when.max_power, say)}"
        return say.gettext("while the car takes %(span)s kW", span=span)
    if when.min_power:
        return say.gettext("while the car takes at least %(kw)s kW", kw=_exact(when.min_power, say))
    return (
        say.gettext("while the car takes less than %(kw)s kW", kw=_exact(when.max_power, say)) if when.max_power else ""
    )


def _current(when: TariffRestrictions, say: Say) -> str:
    if when.min_current and when.max_current:
        span = f"{_exact(when.min_current, say)}–{_exact(when.max_current, say)}"
        return say.gettext("while the car takes %(span)s A", span=span)
    if when.min_current:
        return say.gettext("while the car takes at least %(ampere)s A", ampere=_exact(when.min_current, say))
    if when.max_current:
        return say.gettext("while the car takes less than %(ampere)s A", ampere=_exact(when.max_current, say))
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
    return _in_currency(_figure(amount, say), currency, say)


def money_span(low: Decimal, high: Decimal, currency: str, say: Say) -> str:
    figures = dict.fromkeys((_figure(low, say), _figure(high, say)))
    return _in_currency("–".join(figures), currency, say)


def _figure(amount: Decimal, say: Say) -> str:
    most = 3 if abs(amount) >= Decimal("0.1") else 4
    rounded = amount.quantize(Decimal(1).scaleb(-most), rounding=ROUND_HALF_UP).normalize()
    exponent = rounded.as_tuple().exponent
    assert isinstance(exponent, int)
    return say.number(rounded, max(2, -exponent))


def _in_currency(amount: str, currency: str, say: Say) -> str:
    if currency == "SEK":
        return say.gettext("SEK\u00a0%(amount)s", amount=amount)
    if currency == "EUR":
        return say.gettext("€%(amount)s", amount=amount)
    if currency == "GBP":
        return say.gettext("£%(amount)s", amount=amount)
    return say.gettext("%(currency)s\u00a0%(amount)s", currency=currency, amount=amount)


def _exact(value: Decimal, say: Say) -> str:
    exponent = value.normalize().as_tuple().exponent
    return say.number(value, min(3, max(0, -exponent)) if isinstance(exponent, int) else 0)


def duration(seconds: int, say: Say) -> str:
    if seconds >= 7200 and seconds % 1800 == 0:
        hours = Decimal(seconds) / 3600
        return say.gettext("%(hours)s hours", hours=_exact(hours, say))
    return say.gettext("%(minutes)s min", minutes=_exact(Decimal(seconds) / 60, say))


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
