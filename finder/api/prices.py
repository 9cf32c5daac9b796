"""What a charge costs, as the API says it: amounts as decimal strings, and a reason wherever there is no price."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from finder.stations.prices import PlugPrice
from finder.tariffs.charge import Charge
from finder.tariffs.document import plain
from finder.tariffs.quote import Dimension, Item, Reason
from finder.tariffs.quotes_in_words import assumptions, reckoned, sentence
from finder.tariffs.words import exact
from finder.web import language
from finder.web.language import speaking

PER_KWH = Decimal("0.0001")


class Price(msgspec.Struct, frozen=True):
    """What a kWh comes to, incl. VAT and with everything that is paid besides, for the charge that is asked for; without one 20 to
    80 % of a 60 kWh battery, paid on site, started now. Null with a `reason`, never 0 for a price that is not known."""

    currency: str | None
    per_kwh_incl_vat: str | None
    reason: Reason | None


class Component(msgspec.Struct, frozen=True):
    """What one kind of price adds. `volume` is what is billed, in kWh (ENERGY), hours (TIME, PARKING_TIME) or sessions (FLAT)."""

    type: Dimension
    volume: str
    excl_vat: str | None
    incl_vat: str | None


class ChargePrice(msgspec.Struct, frozen=True):
    """The cheapest of the station's plugs that were asked for. Amounts are decimal strings in `currency`, not rounded to coins.

    - `components` come before the lowest or highest price of a session that a tariff may have, which the totals hold.
    - `effective_per_kwh` is everything spread over the energy: incl. VAT, or excl. where `incl_vat` is null.
    - `tariff_id` is the partner's tariff that was used. `assumptions` say in English what was taken for granted.
    - `reason` says why there is no price, or no price incl. VAT, and `reason_text` says it in English. What is not known is null.
    """

    currency: str | None
    excl_vat: str | None
    incl_vat: str | None
    components: tuple[Component, ...]
    effective_per_kwh: str | None
    tariff_id: str | None
    assumptions: tuple[str, ...]
    reason: Reason | None
    reason_text: str | None


def price(found: PlugPrice | None) -> Price:
    """`None`: the station has no plug of those asked for."""
    if found is None:
        return Price(currency=None, per_kwh_incl_vat=None, reason="no_tariff")
    return Price(
        currency=found.quote.currency, per_kwh_incl_vat=_each(found.quote.per_kwh_incl_vat), reason=_reason(found)
    )


def charge_price(found: PlugPrice | None, charge: Charge, zone: ZoneInfo) -> ChargePrice:
    reason = "no_tariff" if found is None else _reason(found)
    text = None
    if reason is not None:
        with speaking("en"):
            text = _spaced(sentence(reason, language, charge.pay))
    if found is None or found.quote.reason is not None:
        return ChargePrice(
            currency=found.quote.currency if found else None,
            excl_vat=None,
            incl_vat=None,
            components=(),
            effective_per_kwh=None,
            tariff_id=found.tariff.id if found and found.tariff else None,
            assumptions=_assumptions(found, charge, zone) if found else (),
            reason=reason,
            reason_text=text,
        )
    quote = found.quote
    total = quote.excl_vat if quote.incl_vat is None else quote.incl_vat
    return ChargePrice(
        currency=quote.currency,
        excl_vat=_money(quote.excl_vat),
        incl_vat=_money(quote.incl_vat),
        components=_components(quote.items),
        effective_per_kwh=_each(total / quote.energy_kwh) if total is not None and quote.energy_kwh else None,
        tariff_id=found.tariff.id if found.tariff else None,
        assumptions=_assumptions(found, charge, zone),
        reason=reason,
        reason_text=text,
    )


def _reason(found: PlugPrice) -> Reason | None:
    if found.quote.reason is None and found.quote.incl_vat is None:
        return "vat_not_stated"
    return found.quote.reason


def _components(items: Sequence[Item]) -> tuple[Component, ...]:
    return tuple(
        Component(
            type=item.dimension,
            volume=plain(item.volume),
            excl_vat=_money(item.excl_vat),
            incl_vat=_money(item.incl_vat),
        )
        for item in items
    )


def _assumptions(found: PlugPrice, charge: Charge, zone: ZoneInfo) -> tuple[str, ...]:
    with speaking("en"):
        said = (
            *_plug(found, zone),
            *reckoned(charge, charge.energy(found.alternating), found.kw, language),
            *assumptions(found.quote, language),
        )
    return tuple(map(_spaced, said))


def _plug(found: PlugPrice, zone: ZoneInfo) -> Iterator[str]:
    """The plug, and when the charge begins, by the clock there with its offset."""
    power = "" if found.power_kw is None else f" with {exact(Decimal(str(found.power_kw)), language)} kW"
    start = found.start.astimezone(zone).isoformat(timespec="minutes")
    minutes = exact(Decimal(found.charging.total_seconds()) / 60, language, 0)
    yield f"{found.standard or 'A plug of unknown kind'}{power}, from {start}, charging for {minutes} min."


def _spaced(text: str) -> str:
    """With the blanks of a keyboard, for programs."""
    return text.replace("\u00a0", " ")


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount, 2)


def _each(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount.quantize(PER_KWH), 2)
