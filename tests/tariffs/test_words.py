from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from finder.ocpi.types import DisplayText, PriceComponent, PriceLimit, Tariff, TariffElement, TariffRestrictions
from finder.tariffs.words import PriceList, clock_span, conditions, days_in_words, moved, price_list
from finder.web import language
from finder.web.language import speaking
from tests.stations.full import FAST, element, part

FRIDAY = datetime(2026, 11, 20, 14, 32, tzinfo=ZoneInfo("Europe/Stockholm"))


def tariff(*elements: TariffElement, currency: str | None = "SEK", **more: object) -> Tariff:
    return Tariff("SE", "VAL", "T1", elements, currency, **more)  # type: ignore[arg-type]


def told(one: Tariff, code: str = "sv", now: datetime = FRIDAY) -> PriceList:
    with speaking(code):
        return price_list(one, now, code, language)


def lines(one: Tariff, code: str = "sv") -> list[str]:
    """Each part as "Per kWh: 5,49 kr vardagar 06–15 | ..."."""
    return [
        f"{each.name}: " + " | ".join(f"{line.price} {line.when}".strip() for line in each.lines).replace("\xa0", " ")
        for each in told(one, code).parts
    ]


def test_the_four_parts_stand_in_the_order_of_the_law_even_where_they_are_zero():
    assert lines(tariff(element(part("FLAT", "8"), part("TIME", "30"), part("ENERGY", "4")))) == [
        "Per kWh: 5,00 kr",
        "Per minut: 0,625 kr medan bilen laddar",
        "Per laddning: 10,00 kr",
        "Övrigt: Inget",
    ]
    assert lines(tariff(element(part("ENERGY", "4")))) == [
        "Per kWh: 5,00 kr",
        "Per minut: Ingen avgift",
        "Per laddning: Ingen avgift",
        "Övrigt: Inget",
    ]


def test_a_price_that_depends_on_the_time_has_a_line_each_in_the_order_tried():
    assert lines(FAST)[0] == (
        "Per kWh: 5,99 kr vardagar 15–19 | 5,49 kr vardagar 06–15, 19–22 | 4,99 kr helger 08–22 | 4,29 kr övrig tid"
    )
    assert lines(FAST, "en")[0] == (
        "Per kWh: SEK 5.99 weekdays 15–19 | SEK 5.49 weekdays 06–15, 19–22 | SEK 4.99 weekends 08–22 | SEK 4.29 otherwise"
    )


def test_a_price_whose_hours_others_take_is_not_told():
    day, night = {"start_time": "09:00", "end_time": "23:00"}, {"start_time": "23:00", "end_time": "09:00"}
    one = tariff(
        element(part("ENERGY", "4"), **day), element(part("ENERGY", "3"), **night), element(part("ENERGY", "9"))
    )
    assert lines(one)[0] == "Per kWh: 5,00 kr alla dagar 09–23 | 3,75 kr alla dagar 23–09"


def test_charging_time_and_idle_time_are_never_one_figure():
    both = lines(tariff(element(part("TIME", "24"), part("PARKING_TIME", "96"))))
    assert both[1] == "Per minut: 0,50 kr medan bilen laddar | 2,00 kr efter laddningen"
    idle = told(tariff(element(part("ENERGY", "4"), part("PARKING_TIME", "96")))).parts[1]
    assert [line.when for line in idle.lines] == ["efter laddningen"]
    assert idle.note == "Blockeringsavgift: när bilen står kvar efter laddningen. Ingen avgift medan bilen laddar."


IDLE = [
    (
        "minutes count from the start of the session, not from the end of the charge",
        [element(part("PARKING_TIME", "96"), min_duration=2700)],
        "2,00 kr efter laddningen, tidigast 45 min efter att du anslutit",
        "SEK 2.00 after charging, no sooner than 45 min after you plug in",
    ),
    (
        "and not at night",
        [element(part("PARKING_TIME", "96"), min_duration=2700, start_time="06:00", end_time="22:00")],
        "2,00 kr efter laddningen, alla dagar 06–22, tidigast 45 min efter att du anslutit",
        "SEK 2.00 after charging, every day 06–22, no sooner than 45 min after you plug in",
    ),
    (
        "free minutes before are said once",
        [
            element(part("PARKING_TIME", "0"), max_duration=1800),
            element(part("PARKING_TIME", "96"), min_duration=1800),
        ],
        "2,00 kr efter laddningen, tidigast 30 min efter att du anslutit",
        "SEK 2.00 after charging, no sooner than 30 min after you plug in",
    ),
    (
        "one price for charging and idling is one line",
        [element(part("TIME", "48"), part("PARKING_TIME", "48"), min_duration=10800)],
        "1,00 kr så länge bilen är ansluten, om den laddar eller inte, tidigast 3 timmar efter att du anslutit",
        "SEK 1.00 as long as the car is plugged in, charging or not, no sooner than 3 hours after you plug in",
    ),
    (
        "free nights come first",
        [
            element(part("PARKING_TIME", "0"), start_time="22:00", end_time="06:00"),
            element(part("PARKING_TIME", "96")),
        ],
        "Ingen avgift efter laddningen, alla dagar 22–06 | 2,00 kr efter laddningen, övrig tid",
        "No fee after charging, every day 22–06 | SEK 2.00 after charging, otherwise",
    ),
]


@pytest.mark.parametrize(
    ("elements", "swedish", "english"), [case[1:] for case in IDLE], ids=[case[0] for case in IDLE]
)
def test_an_idle_fee_says_when_it_begins(elements, swedish, english):
    one = tariff(*elements, element(part("ENERGY", "4")))
    assert lines(one)[1] == f"Per minut: {swedish}"
    assert lines(one, "en")[1] == f"Per minute: {english}"


TAXES = [
    ("with VAT stated, VAT is in the price", {}, "25", "5,00 kr", "Priser inkl. 25 % moms."),
    ("without, it is said that it is not", {}, None, "4,00 kr", "Priser exkl. moms, momssatsen är inte angiven."),
    ("included already", {"tax_included": "YES"}, "25", "4,00 kr", "Priser inkl. 25 % moms."),
    ("included at a rate not stated", {"tax_included": "YES"}, None, "4,00 kr", "Priser inkl. moms."),
    ("to be added", {"tax_included": "NO"}, "25", "5,00 kr", "Priser inkl. 25 % moms."),
    ("to be added at a rate not stated", {"tax_included": "NO"}, None, "4,00 kr", "Priser exkl. moms, momssatsen är inte angiven."),
    ("no tax", {"tax_included": "N/A"}, None, "4,00 kr", "Ingen moms tas ut på priserna."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "vat", "price", "sentence"), [case[1:] for case in TAXES], ids=[case[0] for case in TAXES]
)
def test_vat_is_always_told(more, vat, price, sentence):
    found = told(tariff(element(part("ENERGY", "4", vat)), **more))
    assert found.parts[0].lines[0].price.replace("\xa0", " ") == price
    assert found.tax.replace("\xa0", " ") == sentence


def test_parts_of_different_vat_are_told_apart():
    found = told(tariff(element(part("ENERGY", "4", "25"), part("FLAT", "10", None))))
    assert found.tax.startswith("Några priser är exkl. moms")
    assert found.headline is None


UNKNOWN = [
    ("no currency", tariff(element(part("ENERGY", "4")), currency=None)),
    ("no elements", tariff()),
    ("a price that is missing", tariff(TariffElement((PriceComponent("ENERGY"),)))),
    ("a part OCPI does not know", tariff(element(part("SESSION_TIME", "4"), part("ENERGY", "4")))),
    ("every window over", tariff(element(part("ENERGY", "4"), start_date="2025-12-01", end_date="2025-12-02"))),
    ("only a reservation priced", tariff(element(part("TIME", "4"), reservation="RESERVATION"))),
]


@pytest.mark.parametrize("one", [case[1] for case in UNKNOWN], ids=[case[0] for case in UNKNOWN])
def test_a_price_that_is_not_certain_is_unknown_and_never_zero(one):
    found = told(one)
    assert (found.parts, found.headline, found.free, found.tax) == ((), None, False, "")


def test_only_a_tariff_that_says_so_is_free():
    free = told(tariff(element(part("FLAT", "0"))))
    assert free.free
    assert free.headline is not None
    assert free.headline.price == "Gratis"
    assert not told(tariff(element(part("FLAT", "0")), min_price=PriceLimit(Decimal(5)))).free


def test_a_part_after_one_without_condition_never_counts():
    assert lines(tariff(element(part("ENERGY", "4")), element(part("ENERGY", "9"))))[0] == "Per kWh: 5,00 kr"


def test_seven_elements_with_one_price_are_one_line():
    days = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
    assert lines(tariff(*(element(part("ENERGY", "4"), day_of_week=(day,)) for day in days)))[0] == "Per kWh: 5,00 kr"


def test_windows_that_restrict_nothing_are_not_told():
    assert lines(tariff(element(part("ENERGY", "4"), start_time="00:00", end_time="23:59", min_kwh=Decimal(0))))[0] == (
        "Per kWh: 5,00 kr"
    )


def test_a_tariff_of_many_windows_is_a_range():
    hours = [
        element(part("ENERGY", str(price)), start_time=f"{price:02}:00", end_time=f"{price + 1:02}:00")
        for price in range(1, 12)
    ]
    assert lines(tariff(*hours))[0] == "Per kWh: 1,25–13,75 kr beroende på tid"


def test_conditions_of_different_kinds_come_with_the_rule_that_the_first_counts():
    one = tariff(
        element(part("ENERGY", "2"), min_kwh=Decimal(20)),
        element(part("ENERGY", "3"), start_time="20:00", end_time="06:00"),
        element(part("ENERGY", "4")),
    )
    assert told(one).parts[0].note == "Stämmer flera rader gäller den första."


def test_what_else_costs_is_told_with_its_vat():
    one = tariff(
        element(part("ENERGY", "4", step=1000), part("TIME", "60", step=900)),
        element(part("FLAT", "9"), reservation="RESERVATION"),
        min_price=PriceLimit(Decimal(10), Decimal("12.50")),
        max_price=PriceLimit(Decimal(200)),
        preauthorize_amount=Decimal(300),
    )
    assert lines(one)[3] == (
        "Övrigt: Minst 12,50 kr inkl. moms per laddning | Högst 200,00 kr exkl. moms per laddning"
        " | Energin räknas per påbörjade 1 kWh | Tiden räknas per påbörjade 15 min | Att boka ett uttag har ett eget pris"
        " | Operatören reserverar 300,00 kr på ditt kort tills laddningen är betald"
    )


MONEY = [
    ("SEK", "4.392", "25", "5,49 kr", "SEK 5.49"),
    ("EUR", "0.4583", "20", "0,55 €", "€0.55"),
    ("EUR", "0.45833", None, "0,458 €", "€0.458"),
    ("GBP", "0.79", None, "79 pence", "79p"),
    ("GBP", "0.4325", "20", "51,9 pence", "51.9p"),
    ("NOK", "1234.5", None, "1 234,50 NOK", "NOK 1,234.50"),
    ("EUR", "0.01234", None, "0,0123 €", "€0.0123"),
]


@pytest.mark.parametrize(("currency", "price", "vat", "swedish", "english"), MONEY)
def test_money_is_written_as_people_write_it(currency, price, vat, swedish, english):
    one = tariff(element(part("ENERGY", price, vat)), currency=currency)
    assert lines(one)[0] == f"Per kWh: {swedish}"
    assert lines(one, "en")[0] == f"Per kWh: {english}"


CONDITIONS = [
    ({"start_time": "22:00", "end_time": "06:00"}, "alla dagar 22–06"),
    ({"start_time": "07:30"}, "alla dagar 07:30–24:00"),
    ({"day_of_week": ("FRIDAY",), "start_time": "22:00", "end_time": "06:00"}, "fre 22–06"),
    ({"day_of_week": ("MONDAY", "TUESDAY", "WEDNESDAY")}, "mån–ons"),
    ({"day_of_week": ("MONDAY", "WEDNESDAY")}, "mån, ons"),
    ({"start_date": "2026-12-01", "end_date": "2027-01-01"}, "1 december 2026 – 31 december 2026"),
    ({"start_date": "2026-12-24", "end_date": "2026-12-24"}, "24 december 2026"),
    ({"start_date": "2026-12-01"}, "från 1 december 2026"),
    ({"end_date": "2026-12-01"}, "till och med 30 november 2026"),
    ({"min_kwh": Decimal(20)}, "efter 20 kWh"),
    ({"max_kwh": Decimal("7.5")}, "de första 7,5 kWh"),
    ({"min_kwh": Decimal(20), "max_kwh": Decimal(40)}, "från 20–40 kWh"),
    ({"min_duration": 7200}, "tidigast 2 timmar efter att du anslutit"),
    ({"max_duration": 2700}, "de första 45 min efter att du anslutit"),
    ({"min_duration": 1800, "max_duration": 3600}, "från 30 min till 60 min efter att du anslutit"),
    ({"min_power": Decimal(50)}, "när bilen tar minst 50 kW"),
    ({"max_power": Decimal("11.5")}, "när bilen tar mindre än 11,5 kW"),
    ({"max_current": Decimal(16)}, "när bilen tar mindre än 16 A"),
    ({"start_time": "08:00", "end_time": "20:00", "min_kwh": Decimal(10)}, "alla dagar 08–20, efter 10 kWh"),
    ({}, ""),
]


@pytest.mark.parametrize(("when", "text"), CONDITIONS)
def test_every_restriction_is_told_in_words(when, text):
    with speaking("sv"):
        assert conditions(TariffRestrictions(**when), language).replace("\xa0", " ") == text


def test_a_tariff_is_announced_for_the_day_at_the_station():
    ahead = tariff(element(part("ENERGY", "4")), start_date_time=datetime(2026, 11, 30, 23, tzinfo=UTC))
    assert told(ahead).begins == date(2026, 12, 1)
    assert told(tariff(element(part("ENERGY", "4")))).begins is None


def test_a_tariff_that_ends_at_midnight_holds_to_the_day_before():
    ending = tariff(element(part("ENERGY", "4")), end_date_time=datetime(2026, 11, 30, 23, tzinfo=UTC))
    assert told(ending).ends == date(2026, 11, 30)


WEEKEND = {"day_of_week": ("SATURDAY", "SUNDAY")}
NIGHT = {"start_time": "22:00", "end_time": "06:00"}
MET = [
    ("a price of other days", [element(part("ENERGY", "2"), **WEEKEND), element(part("ENERGY", "4"))], "5,00 kr/kWh"),
    (
        "what stands after the price of the day",
        [element(part("ENERGY", "4"), day_of_week=("FRIDAY",)), element(part("ENERGY", "2"), **NIGHT)],
        "5,00 kr/kWh",
    ),
    (
        "what stands after hours that fill the day",
        [
            element(part("ENERGY", "2"), **NIGHT),
            element(part("ENERGY", "4"), start_time="05:00", end_time="23:00"),
            element(part("ENERGY", "9")),
        ],
        "2,50–5,00 kr/kWh",
    ),
    (
        "a season that holds",
        [element(part("ENERGY", "4"), end_date="2026-12-01"), element(part("ENERGY", "9"))],
        "5,00 kr/kWh",
    ),
    (
        "a condition that may fail",
        [element(part("ENERGY", "4"), day_of_week=("FRIDAY",), max_kwh=Decimal(20)), element(part("ENERGY", "9"))],
        "5,00–11,25 kr/kWh",
    ),
]


@pytest.mark.parametrize(("elements", "price"), [case[1:] for case in MET], ids=[case[0] for case in MET])
def test_a_board_counts_what_can_be_met_on_the_day(elements, price):
    headline = told(tariff(*elements)).headline
    assert headline is not None
    assert headline.price.replace("\xa0", " ") == price


def test_prices_of_other_currencies_have_headlines_as_their_country_writes_them():
    for currency, english in (("GBP", "79–85p/kWh"), ("EUR", "€0.79–0.85/kWh"), ("SEK", "SEK 0.79–0.85/kWh")):
        prices = (element(part("ENERGY", "0.79", None), max_kwh=Decimal(9)), element(part("ENERGY", "0.85", None)))
        headline = told(tariff(*prices, currency=currency), "en").headline
        assert headline is not None
        assert headline.price.replace("\xa0", " ") == english


def test_internal_names_are_no_words_of_the_operator():
    texts = (
        DisplayText("en", "Tariff_Rapid31be"),
        DisplayText("nl", "Prijs per kWh"),
        DisplayText("sv", "Pris på skylten"),
    )
    found = told(tariff(element(part("ENERGY", "4")), tariff_alt_text=texts))
    assert found.own_words == texts[2]
    assert told(tariff(tariff_alt_text=texts[:1])).own_words is None


def test_spans_of_time_and_days_are_short():
    assert clock_span("07:00", "22:00") == "07–22"
    assert clock_span("07:30", "22:00") == "07:30–22:00"
    assert clock_span("08:00", "23:59") == "08–24"
    with speaking("en"):
        assert days_in_words([1, 2, 3, 4, 5, 6, 7], language) == ""
        assert days_in_words([6, 7], language) == "weekends"


MOVES = [
    ("a price", [element(part("ENERGY", "4"))], [element(part("ENERGY", "5"))], ["Per kWh: höjt från 5,00 kr till 6,25 kr"]),
    ("a lower one", [element(part("ENERGY", "5"))], [element(part("ENERGY", "4"))], ["Per kWh: sänkt från 6,25 kr till 5,00 kr"]),
    (
        "a fee that is new",
        [element(part("ENERGY", "4"))],
        [element(part("ENERGY", "4"), part("PARKING_TIME", "48"))],
        ["Per minut: från ingen avgift till 1,00 kr efter laddningen"],
    ),
    (
        "an idle fee whose condition stays",
        [element(part("PARKING_TIME", "48"), min_duration=2700), element(part("ENERGY", "4"))],
        [element(part("PARKING_TIME", "60"), min_duration=2700), element(part("ENERGY", "4"))],
        [
            "Blockeringsavgift efter laddningen, tidigast 45 min efter att du anslutit: höjt från 1,00 kr till 1,25 kr per minut"
        ],
    ),
    (
        "figures that move apart",
        [element(part("ENERGY", "4"), max_kwh=Decimal(9)), element(part("ENERGY", "5"))],
        [element(part("ENERGY", "3"), max_kwh=Decimal(9)), element(part("ENERGY", "6"))],
        ["Per kWh: från 5,00–6,25 kr till 3,75–7,50 kr"],
    ),
    (
        "a span",
        [element(part("ENERGY", "4"), max_kwh=Decimal(9)), element(part("ENERGY", "5"))],
        [element(part("ENERGY", "4"))],
        ["Per kWh: från 5,00–6,25 kr till 5,00 kr"],
    ),
    (
        "hours",
        [element(part("ENERGY", "4"), start_time="08:00", end_time="20:00"), element(part("ENERGY", "5"))],
        [element(part("ENERGY", "4"), start_time="09:00", end_time="20:00"), element(part("ENERGY", "5"))],
        ["Per kWh: 5,00–6,25 kr, på andra tider än förut"],
    ),
    (
        "VAT",
        [element(part("ENERGY", "4", None))],
        [element(part("ENERGY", "4"))],
        ["Per kWh: från 4,00 kr till 5,00 kr", "Tidigare: Priser exkl. moms, momssatsen är inte angiven."],
    ),
    ("a price given at last", [], [element(part("ENERGY", "4"))], ["Priset anges i siffror: 5,00 kr/kWh"]),
    ("a price withheld", [element(part("ENERGY", "4"))], [], ["Priset i siffror anges inte längre. Tidigare: 5,00 kr/kWh"]),
    ("nothing that is shown", [element(part("ENERGY", "4", step=1))], [element(part("ENERGY", "4", step=1))], []),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), [case[1:] for case in MOVES], ids=[case[0] for case in MOVES])
def test_a_change_is_told_from_what_to_what(old, new, words):
    before, after = told(tariff(*old)), told(tariff(*new))
    with speaking("sv"):
        assert [text.replace("\xa0", " ") for text in moved(before, after, language)] == words
