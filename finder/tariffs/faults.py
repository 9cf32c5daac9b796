"""What is dead, contradictory or probably wrong in a tariff: one function a kind of fault.

Each finds its fault with the element that has it, counted from 1, and says what would be right. A tariff may be meant
as it is written: nothing is refused for a fault, and the words say what follows from it.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

from finder.ocpi.types import PriceComponent, Struct, Tariff, TariffElement, TariffRestrictions
from finder.tariffs.document import plain
from finder.tariffs.quote import DIMENSIONS
from finder.tariffs.restrictions import (
    DAY,
    MINUTE,
    UNRESTRICTED,
    WEEK,
    clock,
    current,
    days,
    duration,
    energy,
    power,
    weekdays,
    windows,
)

TYPES = ("AD_HOC_PAYMENT", "PROFILE_CHEAP", "PROFILE_FAST", "PROFILE_GREEN", "REGULAR")
FOR_VISITORS = (None, "AD_HOC_PAYMENT")

DEAREST = {
    "AUD": 10, "BAM": 20, "BGN": 15, "CAD": 10, "CHF": 10, "CZK": 150, "DKK": 30, "EUR": 10, "GBP": 10, "HUF": 2000,
    "INR": 300, "ISK": 600, "JPY": 800, "MXN": 100, "MYR": 20, "NOK": 30, "NZD": 10, "PLN": 30, "RON": 30, "RSD": 600,
    "SEK": 30, "TRY": 200, "UAH": 200, "USD": 10, "ZAR": 100,
}  # fmt: skip
"""What a kWh costs nowhere: a higher price is one in the hundredth of the currency. Other currencies are not judged."""
PLACEHOLDER = Decimal("0.01")
AMPERES = (16, 32, 63)
"""Ratings of plugs and fuses, which nobody would choose as limits in kW."""
STRONG_KW = 50
LONG_STEP = {"ENERGY": 8000, "TIME": 3601, "PARKING_TIME": 3601}
SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

NUMBER = re.compile(r"(?<![\d.,])(\d{1,4}[.,]\d{1,4})(?![\d.,]*\d|\s*%)")
WITHOUT_TAX = re.compile(
    r"\b(?:excl|exkl|ex\.? ?(?:vat|btw|moms)|plus (?:vat|tax)|zzgl|hors t|netto|without vat)", re.IGNORECASE
)


class Finding(Struct):
    """`element` is the first that is meant, counted from 1; None: the tariff as a whole. `words` are for the partner."""

    element: int | None
    kind: str
    words: str


class Asked(Struct):
    """What is known beside the tariff. `power_kw`: what the EVSE gives; `now`: without it nothing is over."""

    power_kw: Decimal | None = None
    now: datetime | None = None


Fault = Callable[[Tariff, Asked], Iterator[Finding]]


# Missing


def text_only(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    if not tariff.elements:
        yield Finding(
            None, "text_only", "it has words but no prices, so nobody can reckon with it; elements would be right"
        )


def missing_currency(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    if tariff.elements and tariff.currency is None:
        words = "it has no currency of three letters, so its prices are unknown; EUR, say, would be right"
        yield Finding(None, "missing_currency", words)


def unknown_type(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    if tariff.type is not None and tariff.type not in TYPES:
        yield Finding(None, "unknown_type", f"type is {tariff.type}; {', '.join(TYPES)} or no type would be right")


def missing_price(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    for number, _when, component in _components(tariff):
        if component.price is None:
            words = f"{component.type} has no price that can be read, so no price is known; 0 is right for what is free"
            yield Finding(number, "missing_price", words)


def unknown_dimension(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    for number, _when, component in _components(tariff):
        if component.type not in DIMENSIONS:
            words = f"{component.type} is no dimension, so no price is known; {', '.join(DIMENSIONS)} are"
            yield Finding(number, "unknown_dimension", words)


def missing_vat(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    """With tax_included YES the price to pay is known all the same."""
    if tariff.tax_included in ("YES", "N/A"):
        return
    for number, _when, component in _components(tariff):
        if component.price and component.vat is None:
            words = (
                "VAT is not stated, so drivers can only be told the price without it; the rate in vat would be right"
            )
            yield Finding(number, "missing_vat", words)


# Dead


def never_reached(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    """Per dimension the first element whose restrictions match is taken, so one that holds wherever a later one "
    "does hides it."""
    boxes = [_Box(element) for element in tariff.elements]
    for dimension in DIMENSIONS:
        earlier: list[tuple[int, PriceComponent]] = []
        for place, element in enumerate(tariff.elements):
            component = _component(element, dimension)
            if component is None or not boxes[place].ever:
                continue
            hidden_by = next((each for each in earlier if boxes[each[0]].covers(boxes[place])), None)
            if hidden_by is None:
                earlier.append((place, component))
                continue
            first, other = hidden_by
            if (other.price, other.vat) == (component.price, component.vat):
                words = f"{dimension} says again what element {first + 1} says; leaving it out would be right"
                yield Finding(place + 1, "repeated", words)
                continue
            words = (
                f"{dimension} is never used: element {first + 1} comes earlier and holds whenever this one does; "
                "the element with more restrictions first would be right"
            )
            yield Finding(place + 1, "never_reached", words)


def empty_window(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    for number, when in _restricted(tariff):
        if not windows(when):
            words = "start_time and end_time are the same, so it never holds; 00:00 to 00:00 would be the whole day"
            yield Finding(number, "empty_window", words)


def empty_limits(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    for number, when in _restricted(tariff):
        for name, (low, high) in _spans(when):
            if high is not None and high <= (low or 0):
                words = (
                    f"max_{name} is not above {f'min_{name}' if low else '0'}, so it never holds; a higher "
                    f"max_{name} would be right"
                )
                yield Finding(number, "empty_limits", words)


def empty_dates(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    for number, when in _restricted(tariff):
        if when.start_date is None or when.end_date is None:
            continue
        if when.start_date == when.end_date:
            words = (
                "start_date and end_date are the same day, and by the specification end_date is the first day on "
                "which an element "
                "no longer holds; the day after would be right"
            )
            yield Finding(number, "same_dates", words)
        elif when.start_date > when.end_date:
            words = (
                f"end_date {when.end_date} is before start_date {when.start_date}, so it never holds; a later "
                "end_date would be right"
            )
            yield Finding(number, "empty_dates", words)


def dates_over(tariff: Tariff, asked: Asked) -> Iterator[Finding]:
    """A day of grace, for it is yesterday somewhere."""
    if asked.now is None:
        return
    if tariff.end_date_time is not None and tariff.end_date_time <= asked.now:
        words = (
            f"end_date_time is {tariff.end_date_time:%Y-%m-%d}, so it is over; leaving the tariff out would be right"
        )
        yield Finding(None, "tariff_over", words)
        return
    today = asked.now.toordinal()
    for number, when in _restricted(tariff):
        _first, last = days(when)
        if last is not None and last < today:
            yield Finding(
                number, "dates_over", "its end_date is past, so it never holds again; leaving it out would be right"
            )


def empty_validity(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    begin, end = tariff.start_date_time, tariff.end_date_time
    if begin is not None and end is not None and end <= begin:
        words = "end_date_time is not after start_date_time, so it never holds; a later end would be right"
        yield Finding(None, "empty_validity", words)


def day_never_comes(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    for number, when in _restricted(tariff):
        first, last = days(when)
        wanted = weekdays(when)
        if not wanted or first is None or last is None or not 0 < last - first < 7:
            continue
        if not any((day - 1) % 7 in wanted for day in range(first, last)):
            names = ", ".join(WEEK[day] for day in sorted(wanted))
            words = (
                f"no {names} lies between {when.start_date} and {when.end_date}, so it never holds; days or dates "
                "that meet would be right"
            )
            yield Finding(number, "day_never_comes", words)


def power_not_reached(tariff: Tariff, asked: Asked) -> Iterator[Finding]:
    if asked.power_kw is None:
        return
    for number, when in _restricted(tariff):
        if when.min_power is not None and when.min_power > asked.power_kw:
            words = (
                f"min_power is {plain(when.min_power)} kW, and the EVSE gives {plain(asked.power_kw)} kW, so it "
                "never holds; a lower one would be right"
            )
            yield Finding(number, "power_not_reached", words)


# Contradictory


def min_above_max(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    least, most = tariff.min_price, tariff.max_price
    for name, limit in (("min_price", least), ("max_price", most)):
        if (
            limit
            and limit.before_taxes is not None
            and limit.after_taxes is not None
            and limit.after_taxes < limit.before_taxes
        ):
            yield Finding(
                None, "limit_sides", f"{name} is lower with taxes than without; the two sides exchanged would be right"
            )
    if least is None or most is None:
        return
    sides = (("without", least.before_taxes, most.before_taxes), ("with", least.after_taxes, most.after_taxes))
    for side, low, high in sides:
        if low is not None and high is not None and low > high:
            words = (
                f"min_price {plain(low)} is above max_price {plain(high)} {side} taxes; the lowest price is never "
                "reached and the highest holds"
            )
            yield Finding(None, "min_above_max", words)


def mixed_vat(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    for dimension in DIMENSIONS:
        rates: dict[Decimal, int] = {}
        for number, when, component in _components(tariff):
            if (
                component.type == dimension
                and component.price
                and component.vat is not None
                and when.reservation is None
            ):
                rates.setdefault(component.vat, number)
        if len(rates) > 1:
            shown = " and ".join(f"{plain(rate)} % in element {number}" for rate, number in rates.items())
            words = f"VAT on {dimension} is {shown}; one rate for one kind of thing would be right"
            yield Finding(None, "mixed_vat", words)


def tax_contradicted(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    if tariff.tax_included == "N/A":
        for number, _when, component in _components(tariff):
            if component.vat:
                words = (
                    f"tax_included is N/A, which says that there is no tax, but vat is {plain(component.vat)} %; "
                    "YES or NO would be right"
                )
                yield Finding(number, "tax_contradicted", words)
    if tariff.tax_included == "YES" and any(WITHOUT_TAX.search(each.text) for each in tariff.tariff_alt_text):
        words = "tax_included is YES, but tariff_alt_text says that prices are without VAT; one of them would be right"
        yield Finding(None, "tax_contradicted", words)


def only_reservation(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    reserved = [_when(each).reservation for each in tariff.elements if each.price_components]
    if reserved and all(reserved) and tariff.type in FOR_VISITORS:
        words = (
            "every element is for reservations, so charging has no price; an element without reservation would be right"
        )
        yield Finding(None, "only_reservation", words)


def reservation_dimension(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    for number, when, component in _components(tariff):
        if when.reservation is not None and component.type in ("ENERGY", "PARKING_TIME"):
            words = (
                f"{component.type} cannot be used during a reservation, so it never costs anything; FLAT or TIME "
                "would be right"
            )
            yield Finding(number, "reservation_dimension", words)


# Probably wrong


def price_in_cents(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    dearest = DEAREST.get(tariff.currency or "")
    for number, _when, component in _components(tariff):
        if component.type != "ENERGY" or component.price is None:
            continue
        if dearest is not None and component.price > dearest:
            words = (
                f"{plain(component.price)} {tariff.currency} per kWh is probably meant in hundredths; prices are in "
                "the "
                f"currency itself, so {plain(component.price / 100)} would be right"
            )
            yield Finding(number, "price_in_cents", words)
        elif 0 < component.price <= PLACEHOLDER:
            words = (
                f"{plain(component.price)} per kWh looks like a placeholder, and drivers are told it; the price, or "
                "0 where energy is free, would be right"
            )
            yield Finding(number, "placeholder_price", words)


def vat_doubled(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    """The price that people are told is the one that VAT is added to once more."""
    if tariff.tax_included in ("YES", "N/A"):
        return
    told = [text.text for text in tariff.tariff_alt_text if not WITHOUT_TAX.search(text.text)]
    figures = {Decimal(figure.replace(",", ".")) for text in told for figure in NUMBER.findall(text)}
    for number, _when, component in _components(tariff):
        if not component.price or not component.vat:
            continue
        gross = component.price * (1 + component.vat / 100)
        same = next((each for each in figures if _said_as(component.price, each)), None)
        if same is not None and not any(_said_as(gross, each) for each in figures):
            words = (
                f"tariff_alt_text says {plain(same)}, which is the price without VAT; with {plain(component.vat)} % "
                f"it is {plain(round(gross, 4))}. "
                "If the text is right, VAT is in the price already, and a price without it would be right"
            )
            yield Finding(number, "vat_doubled", words)


def _said_as(price: Decimal, figure: Decimal) -> bool:
    exponent = figure.as_tuple().exponent
    return isinstance(exponent, int) and exponent <= -2 and round(price, -exponent) == figure


def amperes_as_power(tariff: Tariff, asked: Asked) -> Iterator[Finding]:
    """The complex example of 2.1.1 writes amperes into min_power and max_power, and feeds copy it."""
    if asked.power_kw is not None and asked.power_kw > STRONG_KW:
        return
    for number, when in _restricted(tariff):
        for name, limit in (("min_power", when.min_power), ("max_power", when.max_power)):
            if limit in AMPERES:
                words = (
                    f"{name} is {plain(limit)}, which reads like amperes but is in kW; "
                    f"{name.replace('power', 'current')} would be right for amperes"
                )
                yield Finding(number, "amperes_as_power", words)


def long_step(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    for number, when, component in _components(tariff):
        step = component.step_size
        if not step or not component.price or component.type not in LONG_STEP:
            continue
        least = _volume(component.type, step)
        if component.type != "ENERGY" and step == when.min_duration and step > 60:
            words = (
                f"step_size of {component.type} is the same as min_duration, so the first moment costs {least}; 60, "
                "a minute, is probably right"
            )
            yield Finding(number, "step_is_duration", words)
        elif step >= LONG_STEP[component.type]:
            words = (
                f"step_size of {component.type} is {step}, so the least that is billed is {least}; "
                f"{'1, a Wh,' if component.type == 'ENERGY' else '60, a minute,'} is probably right"
            )
            yield Finding(number, "long_step", words)


def _volume(dimension: str, step: int) -> str:
    if dimension == "ENERGY":
        return f"{plain(Decimal(step) / 1000)} kWh"
    return f"{step // 3600} h {step % 3600 // 60} min" if step >= 3600 else f"{step // 60} min"


def minute_gap(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    """End times are exclusive: 23:59 leaves out the last minute, and so does 16:59 before an element from 17:00."""
    starts = {when.start_time for _number, when in _restricted(tariff)} | {"00:00"}
    for number, when in _restricted(tariff):
        if when.end_time is None or not when.end_time.endswith("9"):
            continue
        after = _time((clock(when.end_time) + MINUTE) % DAY)
        if after in starts:
            words = (
                f"end_time {when.end_time} is the first minute in which it no longer holds, which leaves a gap of a "
                f"minute; {after} would be right"
            )
            yield Finding(number, "minute_gap", words)


def energy_gap(tariff: Tariff, _asked: Asked) -> Iterator[Finding]:
    """Hours of the week in which no element has a price per kWh. Tariffs with dates are not judged: their week is "
    "not the next."""
    found = [_when(each) for each in tariff.elements if _component(each, "ENERGY") is not None]
    whens = [when for when in found if when.reservation is None]
    if not whens or any(when.start_date or when.end_date for when in whens):
        return
    gaps = [_gaps([span for when in whens if _on(day, when) for span in windows(when)]) for day in range(7)]
    if not any(gaps):
        return
    shown = "; ".join(_days_of(gaps, gap) + " " + ", ".join(gap) for gap in dict.fromkeys(gaps) if gap)
    words = (
        f"no element has a price per kWh on {shown}, so energy is free then; an element that holds then, with 0 if "
        "it is free, would be right"
    )
    yield Finding(None, "energy_gap", words)


def _on(day: int, when: TariffRestrictions) -> bool:
    wanted = weekdays(when)
    return not wanted or day in wanted


def _gaps(spans: list[tuple[int, int]]) -> tuple[str, ...]:
    """What the spans leave of a day; a single minute is another fault."""
    found = []
    reached = 0
    for begin, end in [*sorted(spans), (DAY, DAY)]:
        if begin - reached > MINUTE:
            found.append(f"{_time(reached)}-{_time(begin)}")
        reached = max(reached, end)
    return tuple(found)


def _time(micros: int) -> str:
    minutes = micros // MINUTE
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _days_of(gaps: list[tuple[str, ...]], gap: tuple[str, ...]) -> str:
    found = [SHORT[day] for day, each in enumerate(gaps) if each == gap]
    return "every day" if len(found) == 7 else ", ".join(found)


# Law


def afir(tariff: Tariff, asked: Asked) -> Iterator[Finding]:
    """Regulation (EU) 2023/1804, Article 5(4). Whether it binds a point depends on when that was deployed, which "
    "OCPI does not say."""
    if asked.power_kw is None or asked.power_kw < STRONG_KW or tariff.type not in FOR_VISITORS:
        return
    for number, when, component in _components(tariff):
        per = {"FLAT": "session", "TIME": "minute of charging"}.get(component.type)
        if per is None or not component.price or when.reservation is not None:
            continue
        if component.type == "TIME" and when.min_duration:
            continue
        words = (
            f"it has a price per {per}; from 50 kW, points deployed since 13 April 2024 are to have ad-hoc prices "
            "per kWh, and beside them only "
            "a fee per minute for staying long (AFIR, Article 5(4)). For these ENERGY and PARKING_TIME would be right"
        )
        yield Finding(number, "afir", words)


FAULTS: tuple[Fault, ...] = (
    text_only,
    missing_currency,
    unknown_type,
    missing_price,
    unknown_dimension,
    missing_vat,
    never_reached,
    empty_window,
    empty_limits,
    empty_dates,
    dates_over,
    empty_validity,
    day_never_comes,
    power_not_reached,
    min_above_max,
    mixed_vat,
    tax_contradicted,
    only_reservation,
    reservation_dimension,
    price_in_cents,
    vat_doubled,
    amperes_as_power,
    long_step,
    minute_gap,
    energy_gap,
    afir,
)


# Elements


class _Box:
    """When an element holds, as spans that can be compared."""

    def __init__(self, element: TariffElement) -> None:
        when = _when(element)
        self.reservation = when.reservation
        self.windows = windows(when)
        self.days = days(when)
        self.weekdays = weekdays(when) or frozenset(range(7))
        self.spans = [span for _name, span in _spans(when)]

    @property
    def ever(self) -> bool:
        first, last = self.days
        return (
            bool(self.windows)
            and not (first is not None and last is not None and last <= first)
            and all(high is None or high > (low or 0) for low, high in self.spans)
        )

    def covers(self, other: "_Box") -> bool:
        return (
            self.reservation == other.reservation
            and all(any(_within(inner, outer) for outer in self.windows) for inner in other.windows)
            and _within(other.days, self.days)
            and self.weekdays >= other.weekdays
            and all(_within(inner, outer) for inner, outer in zip(other.spans, self.spans, strict=True))
        )


Span = tuple[int | Decimal | None, int | Decimal | None]


def _within(inner: Span, outer: Span) -> bool:
    low, high = outer
    return (not low or (inner[0] or 0) >= low) and (high is None or (inner[1] is not None and inner[1] <= high))


def _spans(when: TariffRestrictions) -> list[tuple[str, Span]]:
    return [("kwh", energy(when)), ("duration", duration(when)), ("power", power(when)), ("current", current(when))]


def _when(element: TariffElement) -> TariffRestrictions:
    return element.restrictions or UNRESTRICTED


def _restricted(tariff: Tariff) -> Iterator[tuple[int, TariffRestrictions]]:
    for number, element in enumerate(tariff.elements, 1):
        if element.restrictions is not None:
            yield number, element.restrictions


def _components(tariff: Tariff) -> Iterator[tuple[int, TariffRestrictions, PriceComponent]]:
    for number, element in enumerate(tariff.elements, 1):
        for component in element.price_components:
            yield number, _when(element), component


def _component(element: TariffElement, dimension: str) -> PriceComponent | None:
    """The one that is used: the first of its dimension."""
    return next((each for each in element.price_components if each.type == dimension), None)
