from datetime import date
from decimal import Decimal

import pytest

from finder.ocpi.types import Tariff, TariffElement, TariffRestrictions
from finder.tariffs.rates import read_rates
from tests.stations.full import element, part

TODAY = date(2026, 11, 20)


def energy(price: str, **when: object) -> TariffElement:
    return element(part("ENERGY", price, "0"), **when)


def read(*elements: TariffElement) -> list[tuple[Decimal, TariffRestrictions]]:
    rates = read_rates(Tariff("SE", "VAL", "T1", elements, "SEK"), TODAY)
    assert rates is not None
    return [(rate.amount, rate.when) for rate in rates["ENERGY"]]


ANYTIME = TariffRestrictions()
NIGHT = TariffRestrictions(start_time="22:00", end_time="06:00")
night = {"start_time": "22:00", "end_time": "06:00"}
SAME = [
    ("a date that has come", [energy("4", start_date="2025-01-01")], [(4, ANYTIME)]),
    ("a date that comes", [energy("4", start_date="2026-12-01")], [(4, TariffRestrictions(start_date="2026-12-01"))]),
    (
        "today alone",
        [energy("4", start_date="2026-11-20", end_date="2026-11-20")],
        [(4, TariffRestrictions(start_date="2026-11-20", end_date="2026-11-20"))],
    ),
    ("a date that is over", [energy("4", end_date="2026-11-20"), energy("5")], [(5, ANYTIME)]),
    ("hours that cost what the rest costs", [energy("4", **night), energy("4")], [(4, ANYTIME)]),
    (
        "hours that do, before others that do not",
        [energy("4", **night), energy("3", min_kwh=Decimal(9)), energy("4")],
        [(4, NIGHT), (3, TariffRestrictions(min_kwh=Decimal(9))), (4, ANYTIME)],
    ),
    ("what stands after a price without condition", [energy("4"), energy("3", **night)], [(4, ANYTIME)]),
]


@pytest.mark.parametrize(("elements", "rates"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_a_price_is_read_without_conditions_that_change_nothing(elements, rates):
    assert read(*elements) == rates


def test_minutes_are_a_sixtieth_of_the_hour_and_hold_their_vat():
    rates = read_rates(Tariff("SE", "VAL", "T1", (element(part("TIME", "24", "25", 900)),), "SEK"), TODAY)
    assert rates is not None
    (rate,) = rates["TIME"]
    assert (rate.amount, rate.tax, rate.step) == (Decimal("0.5"), "included", 900)
