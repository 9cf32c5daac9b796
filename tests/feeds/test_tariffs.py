"""Every tariff of real feeds and of the specification prices an ordinary charge, or says why it does not.

A change of a figure here is a change of what drivers see: look at the tariffs before the figure is changed.
"""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from finder.ocpi.envelope import embedded_tariffs, split
from finder.ocpi.read import read_tariff
from finder.ocpi.types import Source, Tariff
from finder.tariffs.choice import choose
from finder.tariffs.pricing import rules
from finder.tariffs.quote import Quote, unpriced
from finder.tariffs.session import Session, steady
from tests.conftest import FEEDS
from tests.feeds.test_feeds import EMBEDDED, TARIFFS, body, index, source
from tests.ocpi.objects import NOW
from tests.tariffs import oracle

pytestmark = pytest.mark.skipif(not FEEDS.exists(), reason="the feeds are in ../shared/data/ocpi, beside the project")

DAYS = {
    "chargecloud": (datetime(2026, 6, 7, 10, tzinfo=UTC), ZoneInfo("Europe/Berlin")),
    "ndw_2026": (datetime(2026, 6, 7, 10, tzinfo=UTC), ZoneInfo("Europe/Amsterdam")),
    "ndw_receiver": (datetime(2021, 6, 7, 10, tzinfo=UTC), ZoneInfo("Europe/Amsterdam")),
    "uk_pcpr_2026": (datetime(2026, 10, 10, 10, tzinfo=UTC), ZoneInfo("Europe/London")),
}
"""When each was fetched, at noon or nearly."""

WITH_VAT, WITHOUT = "with VAT", "without VAT"
OUTCOMES = {
    "ndw_2026/ndw_national_tariffs.json.gz": (
        {WITHOUT: 10773, WITH_VAT: 561, "outside_windows": 18},
        {WITHOUT: 10773, WITH_VAT: 571, "outside_windows": 8},
    ),
    "ndw_2026/tariffs_extracted.json": (
        {WITHOUT: 209, WITH_VAT: 119, "outside_windows": 8},
        {WITHOUT: 209, WITH_VAT: 120, "outside_windows": 7},
    ),
    "ndw_receiver/tariffs.json": ({"no_currency": 5}, {"no_currency": 5}),
    "uk_pcpr_2026/arnold_clark_tariffs.json": ({WITH_VAT: 2}, {WITH_VAT: 2}),
    "uk_pcpr_2026/chargeplace_scotland_tariffs.json": ({WITH_VAT: 6}, {WITH_VAT: 6}),
    "uk_pcpr_2026/chargy_tariffs_page1.json": ({WITHOUT: 2}, {WITHOUT: 2}),
    "uk_pcpr_2026/clenergy_tariffs.json": ({WITH_VAT: 2, WITHOUT: 6}, {WITH_VAT: 2, WITHOUT: 6}),
    "uk_pcpr_2026/jolt_tariff_13.json": ({"no_price": 1}, {"no_price": 1}),
    "uk_pcpr_2026/jolt_tariff_25.json": ({WITH_VAT: 1}, {WITH_VAT: 1}),
    "uk_pcpr_2026/mfg_tariffs.json": ({WITH_VAT: 2}, {WITH_VAT: 2}),
    "chargecloud/ludwigsburg_2025_page1.json": ({WITHOUT: 4}, {WITHOUT: 4}),
    "chargecloud/ludwigsburg_2025_page2.json": ({WITHOUT: 3}, {WITHOUT: 3}),
    "chargecloud/ludwigsburg_2026_page.json": ({WITHOUT: 5}, {WITHOUT: 5}),
    "ndw_2026/altena.details.json": ({WITH_VAT: 10, WITHOUT: 40}, {WITH_VAT: 10, WITHOUT: 40}),
    "ndw_2026/borsele.details.json": (
        {WITH_VAT: 4, WITHOUT: 35, "outside_windows": 1},
        {WITH_VAT: 4, WITHOUT: 35, "outside_windows": 1},
    ),
    "ndw_2026/echt-susteren.details.json": ({WITH_VAT: 3, WITHOUT: 11}, {WITH_VAT: 3, WITHOUT: 11}),
    "ndw_2026/hulst.details.json": ({WITH_VAT: 4, WITHOUT: 14}, {WITH_VAT: 4, WITHOUT: 14}),
    "ndw_2026/leiderdorp.details.json": ({WITH_VAT: 8, WITHOUT: 20}, {WITH_VAT: 8, WITHOUT: 20}),
    "ndw_2026/leusden.details.json": ({WITH_VAT: 12, WITHOUT: 30}, {WITH_VAT: 12, WITHOUT: 30}),
    "ndw_2026/reimerswaal.details.json": ({WITH_VAT: 3, WITHOUT: 24}, {WITH_VAT: 3, WITHOUT: 24}),
    "ndw_2026/roosendaal.details.json": ({WITH_VAT: 9, WITHOUT: 29}, {WITH_VAT: 9, WITHOUT: 29}),
}
"""38 kWh at 50 kW on direct current, and 20 kWh at 11 kW on alternating current."""


def charges(file: str) -> tuple[Session, Session]:
    start, zone = DAYS[file.split("/")[0]]
    return (
        steady(start, zone, kwh=Decimal(38), kw=Decimal(50), alternating=False),
        steady(start, zone, kwh=Decimal(20), kw=Decimal(11), alternating=True),
    )


@cache
def tariffs(file: str) -> list[Tariff]:
    if file in TARIFFS:
        raws = split(body(f"feeds/{file}"), "tariffs").objects
    else:
        locations = split(body(f"feeds/{file}"), "locations").objects
        raws = list(dict.fromkeys(found for raw in locations for found in embedded_tariffs(raw)))
    sender = source(f"feeds/{file}")
    found = [read_tariff(raw, sender, NOW) for raw in raws]
    assert all(isinstance(tariff, Tariff) for tariff in found)
    return found


def priced(tariff: Tariff, session: Session) -> Quote:
    chosen = choose([tariff], "contract" if tariff.type == "REGULAR" else "adhoc", session.start)
    return unpriced(chosen) if isinstance(chosen, str) else rules(tariff).quote(session)


def outcome(tariff: Tariff, session: Session) -> str:
    found = priced(tariff, session)
    if found.reason is not None:
        return found.reason
    assert found.excl_vat is not None or found.incl_vat is not None
    for total in (found.excl_vat, found.incl_vat):
        # Nothing is free but what says so.
        assert total is None or total > 0 or not any(part.price for part in found.parts)
    return WITHOUT if found.incl_vat is None else WITH_VAT


@pytest.mark.parametrize("file", [*TARIFFS, *EMBEDDED])
def test_tariffs_of_a_feed_are_priced_or_say_why_not(file: str) -> None:
    found = tariffs(file)
    counts = tuple(dict(Counter(outcome(tariff, session) for tariff in found)) for session in charges(file))
    assert counts == OUTCOMES[file]
    assert all(sum(each.values()) == len(found) for each in counts)


def test_the_plain_reckoning_comes_to_the_same() -> None:
    """For one in ten of the nation's: it is slow."""
    every = tariffs("ndw_2026/ndw_national_tariffs.json.gz")
    for session in charges("ndw_2026"):
        for tariff in every[::10]:
            found, right = rules(tariff).quote(session), oracle.price(tariff, session)
            assert found.reason == right.reason
            for total, exact in ((found.excl_vat, right.excl_vat), (found.incl_vat, right.incl_vat)):
                assert (total is None) == (exact is None)
                assert total is None or exact is None or abs(Fraction(total) - exact) < Fraction(1, 10**25)


PREFERENCES_AND_OVER = {"not_for_payment": 1, "expired": 1}
"""One for drivers with charging preferences, and one that ended in 2019."""
SPECIFICATION = {
    "2.1.1": ({WITHOUT: 4, WITH_VAT: 1}, {WITHOUT: 4, WITH_VAT: 1}),
    "2.2.1": (
        {WITH_VAT: 16, WITHOUT: 1, **PREFERENCES_AND_OVER, "unknown_current": 1},
        {WITH_VAT: 17, WITHOUT: 1, **PREFERENCES_AND_OVER},
    ),
    "2.3.0": (
        {WITH_VAT: 17, WITHOUT: 2, **PREFERENCES_AND_OVER, "unknown_current": 1},
        {WITH_VAT: 18, WITHOUT: 2, **PREFERENCES_AND_OVER},
    ),
}


@pytest.mark.parametrize("version", SPECIFICATION)
def test_tariffs_of_the_specification_are_priced_or_say_why_not(version: str) -> None:
    files = [
        file for file, row in index().items() if file.startswith(f"spec/{version}/") and row["object_type"] == "tariff"
    ]
    raws = [raw for file in files for raw in split(body(file), "tariffs").objects]
    found = [read_tariff(raw, Source("spec", version), NOW) for raw in raws]
    counts = tuple(dict(Counter(outcome(tariff, session) for tariff in found)) for session in charges("ndw_2026"))
    assert counts == SPECIFICATION[version]
