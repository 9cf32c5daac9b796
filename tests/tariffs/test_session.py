from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from finder.tariffs.session import HOUR, KWH, nano_kwh, steady
from tests.tariffs.objects import STOCKHOLM, at

START = at("2026-06-08 10:00")


def test_a_steady_charge_takes_as_long_as_its_power_needs() -> None:
    made = steady(START, STOCKHOLM, kwh=Decimal(38), kw=Decimal(50), parking=timedelta(minutes=20))
    charging, parking = made.periods
    assert (charging.length, charging.energy) == (HOUR * 38 // 50, 38 * KWH)
    assert (parking.begin, parking.length, parking.kind) == (charging.length, HOUR // 3, "parking")


def test_on_alternating_current_the_amperes_follow_from_the_power() -> None:
    made = steady(START, STOCKHOLM, kwh=Decimal(11), kw=Decimal(11), alternating=True)
    assert made.periods[0].current == Decimal(11000) / 230
    assert steady(START, STOCKHOLM, kwh=Decimal(11), kw=Decimal(11)).periods[0].current is None


@pytest.mark.parametrize("amount", ["-0.1", "NaN", "Infinity", "1E+308", "100000.1"])
def test_amounts_that_are_no_energy_are_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="kWh"):
        nano_kwh(Decimal(amount))


@pytest.mark.parametrize(
    "asked",
    [
        {"kw": Decimal(0)},
        {"kw": Decimal("NaN")},
        {"kw": Decimal("1E-9")},
        {"charging": timedelta(seconds=-1)},
        {"charging": timedelta(days=31)},
        {},
    ],
)
def test_charges_that_never_end_are_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"would be right|needs its power"):
        steady(START, STOCKHOLM, kwh=Decimal(20), **asked)
