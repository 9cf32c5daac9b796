"""The prices of a station for schema.org: an Offer for each tariff in force, with the figures that the page shows.

schema.org has no price that depends on the time: its least and greatest stand there, and the week stands on the page.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from finder.tariffs.rates import Unit
from finder.tariffs.words import Line, Part, PriceList, rounded

# UN/CEFACT Recommendation 20.
UNIT_CODES: dict[Unit, str] = {"kWh": "KWH", "minute": "MIN", "session": "C62"}
STEPS: dict[Unit, int] = {"kWh": 1000, "minute": 60}

Json = dict[str, Any]


def offer(name: str, described: PriceList, url: str) -> Json | None:
    """None where the price is not known in figures."""
    if described.currency is None or not described.parts:
        return None
    components = [each for part in described.parts for each in _components(part, described)]
    compound: Json = {
        "@type": "CompoundPriceSpecification",
        "priceCurrency": described.currency,
        **_vat(described),
        "priceComponent": components,
    }
    if described.week is not None:
        compound |= {"minPrice": _number(described.week.low), "maxPrice": _number(described.week.high)}
    if described.ends is not None:
        compound["validThrough"] = described.ends.isoformat()
    return {"@type": "Offer", "name": name, "url": url, "priceSpecification": compound}


def _components(part: Part, described: PriceList) -> Iterator[Json]:
    """Prices per kWh and per session are one component each; charging and idling are not the same minute."""
    if part.unit is None:
        return
    known = [line for line in part.lines if line.low is not None and line.high is not None]
    if part.unit == "minute":
        for line in known:
            yield from _component([line], part.unit, described, line.when)
    elif known:
        yield from _component(known, part.unit, described, known[0].when if len(known) == 1 else "")


def _component(lines: list[Line], unit: Unit, described: PriceList, when: str) -> Iterator[Json]:
    low = min(line.low for line in lines if line.low is not None)
    high = max(line.high for line in lines if line.high is not None)
    if not high:
        return
    step = max(line.step for line in lines)
    made: Json = {"@type": "UnitPriceSpecification", "priceCurrency": described.currency, **_vat(described)}
    made |= {"price": _number(low)} if low == high else {"minPrice": _number(low), "maxPrice": _number(high)}
    made["unitCode"] = UNIT_CODES[unit]
    made["referenceQuantity"] = {"@type": "QuantitativeValue", "value": 1, "unitCode": UNIT_CODES[unit]}
    if step and unit in STEPS:
        made["billingIncrement"] = _number(Decimal(step) / STEPS[unit])
    if when:
        made["description"] = when
    yield made


def _vat(described: PriceList) -> Json:
    tax = described.taxed
    return {} if tax is None else {"valueAddedTaxIncluded": tax == "included"}


def _number(amount: Decimal) -> float:
    return float(rounded(amount))
