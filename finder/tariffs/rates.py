"""The prices of a tariff as a driver pays them: what one unit costs, with VAT wherever the tariff says how much it is, and when."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from finder.ocpi.types import PriceComponent, Struct, Tariff, TariffRestrictions
from finder.tariffs import restrictions
from finder.tariffs.restrictions import UNRESTRICTED, WEEK

Unit = Literal["kWh", "minute", "session"]
Tax = Literal["included", "excluded", "none"]

UNITS: dict[str, Unit] = {"ENERGY": "kWh", "TIME": "minute", "PARKING_TIME": "minute", "FLAT": "session"}
MINUTES = 60
RESERVED = {"RESERVATION", "RESERVATION_EXPIRES"}
STARTS_OF_DAY = {None, "00:00"}
ENDS_OF_DAY = {None, "00:00", "23:59", "24:00"}


class Rate(Struct):
    """What one unit (kWh, minute or session) costs while `when` holds.

    `vat` is the percentage inside the amount, None: not stated. `step` counts the volume: Wh or seconds.
    """

    amount: Decimal
    tax: Tax
    vat: Decimal | None
    when: TariffRestrictions = UNRESTRICTED
    step: int = 0


Rates = dict[str, list[Rate]]
"""By dimension of OCPI, in the order in which they are tried."""


def read_rates(tariff: Tariff, today: date) -> Rates | None:
    """None: the price is not known. `today` is the local date at the station: windows that are over are left out.

    The first that matches counts, so what stands after one without condition never does. Reservation is not charging.
    """
    if tariff.currency is None or not tariff.elements:
        return None
    rates: Rates = {}
    for element in tariff.elements:
        when = _plain(element.restrictions, today) if element.restrictions is not None else UNRESTRICTED
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
    return {dimension: _joined(found) if len(found) > 1 else found for dimension, found in rates.items()}


def costs(rates: list[Rate]) -> bool:
    return any(rate.amount for rate in rates)


def _rate(tariff: Tariff, component: PriceComponent, when: TariffRestrictions) -> Rate:
    """Rule 8 of the tariff rules: gross only where the tariff says so or names the VAT."""
    assert component.price is not None
    amount = component.price / MINUTES if UNITS[component.type] == "minute" else component.price
    step = 0 if component.type == "FLAT" else component.step_size or 0
    if tariff.tax_included == "N/A":
        return Rate(amount, "none", None, when, step)
    if tariff.tax_included == "YES":
        return Rate(amount, "included", component.vat, when, step)
    if component.vat is None:
        return Rate(amount, "excluded", None, when, step)
    return Rate(amount * (1 + component.vat / 100), "included", component.vat, when, step)


def _plain(when: TariffRestrictions, today: date) -> TariffRestrictions:
    """Without the restrictions that restrict nothing: feeds write 00:00 to 23:59, all seven days, at least 0 kWh, and
    dates that have come long ago."""
    begun = when.start_date != when.end_date and (first := first_day(when)) is not None and first <= today
    all_day = when.start_time in STARTS_OF_DAY and when.end_time in ENDS_OF_DAY
    return msgspec.structs.replace(
        when,
        start_time=None if all_day else when.start_time,
        end_time=None if all_day else when.end_time,
        start_date=None if begun else when.start_date,
        min_kwh=when.min_kwh or None,
        min_power=when.min_power or None,
        min_current=when.min_current or None,
        min_duration=when.min_duration or None,
        day_of_week=() if len(set(when.day_of_week)) == len(WEEK) else when.day_of_week,
    )


def _over(when: TariffRestrictions, today: date) -> bool:
    if when.end_date is None:
        return False
    last = last_day(when)
    return last is not None and last < today


def first_day(when: TariffRestrictions) -> date | None:
    first, _end = restrictions.days(when)
    return None if first is None else date.fromordinal(first)


def last_day(when: TariffRestrictions) -> date | None:
    """`end_date` is exclusive."""
    _first, end = restrictions.days(when)
    return None if end is None else date.fromordinal(end) - timedelta(days=1)


def _joined(rates: list[Rate]) -> list[Rate]:
    """Rates that differ in the day of the week alone as one: feeds write seven elements with one price.

    What costs as much as the rest, which comes right after it, belongs to the rest.
    """
    joined: list[Rate] = []
    for rate in rates:
        last = joined[-1] if joined else None
        if last and rate.when.day_of_week and last.when.day_of_week and _same_but_days(last, rate):
            days = last.when.day_of_week + rate.when.day_of_week
            joined[-1] = msgspec.structs.replace(rate, when=_on_days(rate.when, days))
        else:
            joined.append(rate)
    while len(joined) > 1 and joined[-1] == msgspec.structs.replace(joined[-2], when=UNRESTRICTED):
        del joined[-2]
    return joined


def _on_days(when: TariffRestrictions, days: tuple[str, ...]) -> TariffRestrictions:
    return msgspec.structs.replace(when, day_of_week=() if len(set(days)) == len(WEEK) else days)


def _same_but_days(one: Rate, other: Rate) -> bool:
    days = other.when.day_of_week
    return msgspec.structs.replace(one, when=msgspec.structs.replace(one.when, day_of_week=days)) == other
