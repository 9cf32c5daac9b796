from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from finder.ocpi.types import Tariff
from finder.tariffs.choice import choose
from finder.tariffs.pricing import quote
from tests.tariffs.objects import at, element, session, tariff

START = at("2026-06-08 10:00")
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("begins", "ends", "right"),
    [
        (START, None, None),
        (START + SECOND, None, "not_yet_valid"),
        (None, START, "expired"),
        (None, START + SECOND, None),
        (START - SECOND, START, "expired"),
    ],
    ids=["from its start", "not before", "not at its end", "until then", "not at its end, once begun"],
)
def test_a_tariff_holds_from_its_start_up_to_but_without_its_end(
    begins: datetime | None, ends: datetime | None, right: str | None
) -> None:
    priced = tariff(element(energy=1), start_date_time=begins, end_date_time=ends)
    assert choose([priced], "adhoc", START) == (right or (priced,))


def of_type(name: str | None, id: str = "T1") -> Tariff:
    return msgspec.structs.replace(tariff(element(energy=1), type=name), id=id)


@pytest.mark.parametrize(
    ("types", "pay", "chosen"),
    [
        (["AD_HOC_PAYMENT", "REGULAR", None], "adhoc", ["AD_HOC_PAYMENT"]),
        (["AD_HOC_PAYMENT", "REGULAR", None], "contract", ["REGULAR"]),
        (["REGULAR", None], "adhoc", [None]),
        (["AD_HOC_PAYMENT", None], "contract", [None]),
        (["REGULAR"], "adhoc", "not_for_payment"),
        (["PROFILE_GREEN"], "contract", "not_for_payment"),
        ([], "adhoc", "no_tariff"),
    ],
)
def test_a_tariff_is_chosen_by_the_way_to_pay(types: list[str | None], pay: Any, chosen: Any) -> None:
    found = choose([of_type(name, str(number)) for number, name in enumerate(types)], pay, START)
    assert chosen == (found if isinstance(found, str) else [each.type for each in found])


def test_a_tariff_that_holds_at_the_start_holds_to_the_end() -> None:
    priced = tariff(element(energy=1), end_date_time=START + SECOND)
    assert choose([priced], "adhoc", START) == (priced,)
    assert quote(priced, session("2026-06-08 10:00", (60, 10))).excl_vat == 10
