"""What charging costs in an area: the median of its stations, and the cheapest of those that are known to be free."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from statistics import median

from finder.ocpi.types import Struct
from finder.pages import rows
from finder.stations.prices import PlugPrice, best
from finder.stations.summary import Summary
from finder.stations.types import Station
from finder.tariffs.charge import Charge
from finder.web.language import gettext as _
from finder.web.language import number

USUAL = Charge()
# Of fewer a median says nothing.
FEWEST = 3

Prices = Sequence[PlugPrice | None]


class Median(Struct):
    """Per kWh with VAT, everything spread over the energy; of `priced` stations out of all."""

    per_kwh: Decimal
    currency: str
    priced: int
    of: int


class Cheapest(Struct):
    station: Station
    summary: Summary
    price: PlugPrice


def median_price(prices: Prices) -> Median | None:
    """In the currency of most of them. None where too few have a price with VAT."""
    currency = usual_currency(prices)
    told = [
        price.quote.per_kwh_incl_vat
        for price in prices
        if price is not None and price.quote.currency == currency and price.quote.per_kwh_incl_vat is not None
    ]
    if currency is None or len(told) < FEWEST:
        return None
    return Median(per_kwh=median(told), currency=currency, priced=len(told), of=len(prices))


def median_words(found: Median) -> str:
    """ "4,90 kr/kWh", "No charge"."""
    return rows.kwh_price(found.per_kwh, found.currency) if found.per_kwh else _("No charge")


def median_fact(found: Median) -> tuple[str, str]:
    return _("Median price"), _(
        "%(price)s incl. VAT, known for %(priced)s of %(total)s charging stations",
        price=median_words(found),
        priced=number(found.priced),
        total=number(found.of),
    )


def cheapest(told: Iterable[tuple[Station, Summary]], by_plug: Sequence[Sequence[PlugPrice]]) -> Cheapest | None:
    """Only one whose price with VAT is known, at a plug that is known to be free."""
    currency = usual_currency([price for prices in by_plug for price in prices])
    found = [
        Cheapest(station, summary, price)
        for (station, summary), prices in zip(told, by_plug, strict=True)
        for price in prices
        if price.quote.currency == currency and is_there_for(price, summary)
    ]
    return min(found, key=lambda each: (each.price.quote.incl_vat, each.station.id), default=None)


def is_there_for(price: PlugPrice, summary: Summary) -> bool:
    """Whether it is a price with VAT, at a kind of plug of which one is free."""
    if price.quote.reason is not None or price.quote.incl_vat is None:
        return False
    kind = price.standard, price.power_type, price.power_kw
    return any(plug.available and (plug.standard, plug.power_type, plug.power_kw) == kind for plug in summary.plugs)


def of_fast(prices: Sequence[PlugPrice], least_kw: float) -> PlugPrice | None:
    """The best of the plugs with so much power; of all where none has."""
    fast = [price for price in prices if price.power_kw is not None and price.power_kw >= least_kw]
    return best(fast or prices)


def usual_currency(prices: Prices) -> str | None:
    """That of most prices: others are not compared with them."""
    counted = Counter(price.quote.currency for price in prices if price is not None and price.quote.currency)
    return max(counted, key=lambda currency: (counted[currency], currency), default=None)
