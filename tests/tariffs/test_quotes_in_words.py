from datetime import datetime, timedelta
from decimal import Decimal
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from finder.ocpi.types import PriceLimit, Tariff, TariffElement
from finder.tariffs.charge import Charge
from finder.tariffs.pricing import quote
from finder.tariffs.quote import Assumption, Quote, Reason, unpriced
from finder.tariffs.quotes_in_words import Bill, amount, assumed, assumptions, bill, reckoned, sentence, short, total
from finder.tariffs.session import steady
from finder.web import language
from finder.web.language import speaking
from tests.stations.full import FAST, element, part

ZONE = ZoneInfo("Europe/Stockholm")
FRIDAY = datetime(2026, 11, 20, 14, 45, tzinfo=ZONE)


def priced(
    *elements: TariffElement, kwh: str = "38", kw: str = "95", parking: int = 0, currency: str = "SEK", **more: object
) -> Quote:
    one = Tariff("SE", "VAL", "T1", elements, currency, **more)  # type: ignore[arg-type]
    session = steady(FRIDAY, ZONE, kwh=Decimal(kwh), kw=Decimal(kw), parking=timedelta(minutes=parking))
    return quote(one, session)


def told(one: Quote, parked: bool = False, code: str = "sv") -> list[str]:
    with speaking(code):
        found = bill(one, parked, language)
    assert found is not None
    return [f"{row.words}: {row.sum}".removesuffix(": ").replace("\xa0", " ") for row in (*found.rows, found.total)]


def in_swedish(one: Quote, parked: bool = False) -> Bill | None:
    with speaking("sv"):
        return bill(one, parked, language)


def test_every_part_of_the_law_has_its_line_and_the_sum_its_vat():
    one = priced(element(part("ENERGY", "4.392")))
    assert told(one) == [
        "Energi, 38 kWh × 5,49 kr: 208,62 kr",
        "Tid, ingen avgift medan bilen laddar",
        "Ingen blockeringsavgift, du kör vidare direkt",
        "Per laddning, ingen avgift",
        "Summa, varav moms 41,72 kr: 208,62 kr",
    ]
    assert told(one, code="en")[0] == "Energy, 38 kWh × SEK 5.49: SEK 208.62"
    found = in_swedish(one)
    assert found is not None
    assert found.per_kwh.replace("\xa0", " ") == "5,49 kr per kWh allt inräknat"


def test_a_charge_over_a_change_of_price_has_a_line_for_each_price():
    lines = told(priced(*FAST.elements))
    assert lines[:2] == ["Energi, 23,75 kWh × 5,49 kr: 130,39 kr", "Energi, 14,25 kWh × 5,99 kr: 85,36 kr"]


def test_minutes_are_told_as_minutes():
    one = priced(element(part("TIME", "24"), part("PARKING_TIME", "96"), part("FLAT", "8")), parking=30)
    assert told(one, parked=True) == [
        "Energi, ingen avgift",
        "Laddtid, 24 min × 0,50 kr: 12,00 kr",
        "Blockeringsavgift, 30 min × 2,00 kr: 60,00 kr",
        "Avgift per laddning: 10,00 kr",
        "Summa, varav moms 16,40 kr: 82,00 kr",
    ]


def test_time_without_a_fee_is_told_beside_the_time_that_costs_and_not_as_a_step():
    one = priced(
        element(part("TIME", "9.504", step=60), min_duration=10_800), element(part("ENERGY", "2")), kwh="118.9", kw="11"
    )
    used = {"TIME": Decimal("118.9") / 11}
    with speaking("sv"):
        found = bill(one, False, language, used)
        assert assumptions(one, language, used) == ()
        assert assumptions(one, language) != ()
    assert found is not None
    assert [f"{row.words}: {row.sum}".replace("\xa0", " ") for row in found.rows[1:3]] == [
        "Laddtid 649 min, varav 180 min utan avgift: ",
        "Laddtid, 469 min × 0,198 kr: 92,86 kr",
    ]


@pytest.mark.parametrize(
    ("kwh", "each", "line"),
    [
        ("40", "2.76512", "Energi, 40 kWh × 3,4564 kr: 138,26 kr"),
        ("38", "4.392", "Energi, 38 kWh × 5,49 kr: 208,62 kr"),
        ("38.298", "4.80968", "Energi, 38,298 kWh × 6,012 kr: 230,25 kr"),
        ("20", "2.76488", "Energi, 20 kWh × 3,456 kr: 69,12 kr"),
    ],
)
def test_a_price_of_a_unit_has_the_decimals_that_its_line_needs(kwh, each, line):
    assert told(priced(element(part("ENERGY", each)), kwh=kwh))[0] == line


def test_energy_without_a_fee_is_told_beside_the_energy_that_costs():
    one = priced(element(part("ENERGY", "0"), max_kwh=Decimal(10)), element(part("ENERGY", "4")))
    assert told(one)[:2] == ["Energi 38 kWh, varav 10 kWh utan avgift", "Energi, 28 kWh × 5,00 kr: 140,00 kr"]


def test_a_step_is_explained():
    one = priced(element(part("ENERGY", "4", step=1000), part("TIME", "60", step=900)), kwh="32.4", kw="97.2")
    with speaking("en"):
        assert [text.replace("\xa0", " ") for text in assumptions(one, language)] == [
            "32.4 kWh is counted as 33 kWh.",
            "20 min is counted as 30 min.",
        ]


def test_a_step_that_does_not_show_is_not_explained():
    one = priced(element(part("ENERGY", "4"), part("TIME", "60")), kwh="32.3999", kw="97.2")
    free = priced(element(part("ENERGY", "4"), part("TIME", "0", step=900)), kwh="32.4", kw="97.2")
    for each in (one, free):
        assert assumptions(each, language) == ()


def test_a_charge_that_costs_nothing_says_so():
    assert told(priced(element(part("FLAT", "0"))))[-1] == "Summa: Ingen kostnad"


def test_the_lowest_and_highest_price_have_a_line():
    low = priced(element(part("ENERGY", "1")), kwh="2", min_price=PriceLimit(Decimal(8), Decimal(10)))
    assert told(low)[-2:] == ["Upp till lägsta pris för en laddning: +7,50 kr", "Summa, varav moms 2,00 kr: 10,00 kr"]
    high = priced(element(part("ENERGY", "8")), max_price=PriceLimit(Decimal(80), Decimal(100)))
    assert told(high)[-2] == "Ner till högsta pris för en laddning: −280,00 kr"


TAXES = [
    ("VAT not stated", None, {}, "Summa exkl. moms: 152,00 kr", "exkl. moms"),
    ("VAT inside at a rate not stated", None, {"tax_included": "YES"}, "Summa inkl. moms: 152,00 kr", "inkl. moms"),
    ("no VAT", None, {"tax_included": "N/A"}, "Summa: 152,00 kr", ""),
]


@pytest.mark.parametrize(
    ("vat", "more", "last", "tax"), [case[1:] for case in TAXES], ids=[case[0] for case in TAXES]
)  # fmt: skip
def test_the_sum_says_what_vat_it_holds(vat, more, last, tax):
    one = priced(element(part("ENERGY", "4", vat)), **more)
    assert told(one)[-1] == last
    found = in_swedish(one)
    assert found is not None
    assert found.tax == tax


TOTALS = [
    ("SEK", "4.392", "sv", "209 kr"),
    ("SEK", "4.392", "en", "SEK 209"),
    ("SEK", "0.008", "sv", "0,38 kr"),
    ("EUR", "0.4", "sv", "19,00 €"),
    ("GBP", "0.632", "en", "£30.02"),
    ("ISK", "40.004", "en", "ISK 1,900"),
    ("SEK", "0", "sv", "Ingen kostnad"),
]


@pytest.mark.parametrize(("currency", "each", "code", "text"), TOTALS)
def test_a_total_in_a_list_is_short(currency, each, code, text):
    with speaking(code):
        assert total(priced(element(part("ENERGY", each)), currency=currency), language).replace("\xa0", " ") == text


def test_where_there_is_no_price_there_is_no_sum():
    for reason in get_args(Reason):
        assert total(unpriced(reason, "SEK"), language) == ""
        assert bill(unpriced(reason, "SEK"), False, language) is None


def test_hours_without_a_price_give_no_sum_though_the_letter_of_the_specification_does():
    one = priced(element(part("ENERGY", "4"), start_time="15:00", end_time="16:00"))
    assert one.reason == "outside_windows"
    assert total(one, language) == ""
    assert bill(one, False, language) is None


@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_reason_has_words_for_a_row_and_a_page(reason):
    for pay in ("adhoc", "contract"):
        with speaking("en"):
            english = short(reason, language, pay), sentence(reason, language, pay)
        with speaking("sv"):
            swedish = short(reason, language, pay), sentence(reason, language, pay)
        for row, full in (english, swedish):
            assert 0 < len(row) <= 30
            assert full.endswith(".")
            assert reason not in full
        assert english != swedish


@pytest.mark.parametrize("assumption", get_args(Assumption))
def test_every_assumption_is_a_sentence(assumption):
    with speaking("en"):
        english = assumed(assumption, language)
    with speaking("sv"):
        swedish = assumed(assumption, language)
    assert english.endswith(".")
    assert swedish.endswith(".")
    assert english != swedish


def test_amounts_are_rounded_half_up_once():
    with speaking("en"):
        assert amount(Decimal("0.125"), "EUR", language) == "€0.13"
        assert amount(Decimal("1.4999"), "SEK", language, 0).replace("\xa0", " ") == "SEK 1"


RECKONED = [
    (
        Charge(),
        [
            "A battery of 60 kWh from 20 to 80 %: 38.3 kWh at the charging point, losses included.",
            "75 kW all the way. A cold battery or shared power takes longer.",
        ],
    ),
    (
        Charge(energy_kwh=Decimal(20), charging_minutes=Decimal(24), parking_minutes=Decimal(30)),
        [
            "20 kWh at the charging point.",
            "It takes 24 min.",
            "The car stays plugged in for 30 min after that.",
        ],
    ),
]


@pytest.mark.parametrize(("charge", "sentences"), RECKONED)
def test_what_is_reckoned_with_is_said(charge, sentences):
    with speaking("en"):
        found = reckoned(charge, charge.energy(False), charge.kilowatts(False, None), language)
        assert [text.replace("\xa0", " ") for text in found] == sentences
