"""JSON documents with tariffs and CDRs: numbers as they are written, objects wherever they are."""

from decimal import Decimal
from typing import Any

import pytest

from finder.tariffs import document
from tests.tariffs.documents import Json, component, element, in_2_3_0, tariff


def test_numbers_keep_every_digit() -> None:
    found = document.decoded(b"[0.1, 1.10, 12345678901234567890, 1e3, -7]")

    assert found == [Decimal("0.1"), Decimal("1.10"), Decimal(12345678901234567890), Decimal(1000), -7]
    assert str(found[1]) == "1.10"


def test_half_of_a_surrogate_pair_is_no_letter() -> None:
    assert document.decoded(rb'["a\ud800b", "\ud83d\ude97", "\\ud800"]') == ["ab", "🚗", "\\ud800"]


@pytest.mark.parametrize(
    ("raw", "version"),
    [
        ({"id": "1", "elements": []}, "2.1.1"),
        ({"id": "1", "elements": [element(component("ENERGY", 1))], "min_price": 5, "country_code": None}, "2.1.1"),
        (tariff(element(component("ENERGY", 1))), "2.2.1"),
        ({"id": "1", "min_price": {"excl_vat": 5}}, "2.2.1"),
        ({"id": "1", "type": "REGULAR"}, "2.2.1"),
        (in_2_3_0(tariff(element(component("ENERGY", 1)))), "2.3.0"),
        ({"id": "1", "max_price": {"before_taxes": 5}}, "2.3.0"),
    ],
)
def test_the_version_is_told_by_the_fields(raw: Json, version: str) -> None:
    assert document.version(raw) == version


@pytest.mark.parametrize(
    ("value", "least", "shown"),
    [
        ("5", 2, "5.00"),
        ("5.5", 2, "5.50"),
        ("5.125", 2, "5.125"),
        ("20", 0, "20"),
        ("0.50", 0, "0.5"),
        ("1E+3", 2, "1000.00"),
        ("1E-9", 0, "0.000000001"),
        ("0.33333333335", 0, "0.3333333334"),
        ("1E-11", 2, "0.00"),
        ("-1E-11", 2, "0.00"),
        ("-0.5", 2, "-0.50"),
        ("123456789012345678901234567890.5", 2, "123456789012345678901234567890.50"),
    ],
)
def test_an_amount_is_plain_text(value: str, least: int, shown: str) -> None:
    assert document.plain(Decimal(value), least) == shown


@pytest.mark.parametrize("around", [lambda raw: raw, lambda raw: [[raw]], lambda raw: {"a": {"b": [1, None, raw]}}])
def test_tariffs_are_found_at_any_depth(around: Any) -> None:
    raw = tariff(element(component("ENERGY", 1)))

    assert list(document.tariffs(around(raw))) == [raw]
    assert list(document.tariffs(around({"id": "L1", "evses": []}))) == []
