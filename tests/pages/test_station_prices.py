"""Prices on a station's page: the week, what is announced, what changed, who says so, and what search engines are told."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from msgspec.structs import replace

from finder.ocpi.types import Tariff, TariffElement
from finder.stations.types import Station
from finder.web.language import day, speaking
from tests.pages import read, site
from tests.pages.test_station import section, shown
from tests.pages.test_station_charge import tariff as raw_tariff
from tests.stations.full import FAST, SLOW, element, full_station, part
from tests.stations.make import NOW, ccs, evse, origin, station, type2


def tariff(id: str, *elements: TariffElement, **more: Any) -> Tariff:
    fields: dict[str, Any] = {"currency": "SEK", "type": "AD_HOC_PAYMENT"}
    return Tariff("SE", "VAL", id, elements, **(fields | more))


def energy(price: str, **when: object) -> TariffElement:
    return element(part("ENERGY", price), **when)


def with_tariffs(*tariffs: Tariff, **more: Any) -> Station:
    """One CCS that names them all."""
    return station(evse("AVAILABLE", ccs(300, tariff_ids=tuple(each.id for each in tariffs))), tariffs=tariffs, **more)


def sign(soup: BeautifulSoup) -> str:
    return read.text(soup.select_one(".sign"))


# Whose price it is


def test_copies_of_one_tariff_for_each_point_are_one_price_for_all(app: Flask) -> None:
    copies = tuple(replace(SLOW, id=f"slow-{n}") for n in (1, 2))
    points = [evse("AVAILABLE", type2(22, tariff_ids=(copy.id,)), uid=copy.id) for copy in copies]
    soup = shown(app, station(*points, tariffs=copies))
    assert [read.text(tag) for tag in soup("h3")][:2] == ["Din laddning", "På plats, utan avtal"]
    assert "3,90 kr/kWh" in sign(soup)
    assert len(offers(soup)) == 1


def test_price_lists_for_some_points_name_them(app: Flask) -> None:
    dear = tariff("dear", energy("4"))
    points = [
        evse("AVAILABLE", type2(22, tariff_ids=(ref,)), uid=f"{ref}{n}", physical_reference=str(n))
        for n, ref in enumerate(("slow", "dear", "slow"), 1)
    ]
    soup = shown(app, station(*points, tariffs=(SLOW, dear)))
    assert [read.text(tag) for tag in soup("h3")][1:3] == [
        "På plats, utan avtal: Typ 2 22 kW (uttag 1, 3)",
        "På plats, utan avtal: Typ 2 22 kW (uttag 2)",
    ]
    assert "kr/kWh" not in read.text(soup.select_one(".board"))


def test_of_plugs_that_cost_the_same_the_one_for_cars_is_answered(app: Flask) -> None:
    lorry, car = (ccs(kw, standard=standard, tariff_ids=("slow",)) for kw, standard in ((1000, "MCS"), (300, "IEC_62196_T2_COMBO")))  # fmt: skip
    soup = shown(app, station(evse("AVAILABLE", lorry, uid="A"), evse("AVAILABLE", car, uid="B"), tariffs=(SLOW,)))
    assert "149 kr för 38 kWh med CCS, klart" in sign(soup)


# The week


def rows(soup: BeautifulSoup) -> list[list[str]]:
    return [[read.text(cell) for cell in row(["th", "td"])] for row in soup.select("table.week tr")]


def test_a_price_that_moves_with_time_has_its_week(app: Flask) -> None:
    soup = shown(app, full_station())
    assert rows(soup) == [
        ["Tid", "Vardagar", "Helger"],
        ["00–06", "4,29", "4,29"],
        ["06–08", "5,49"],
        ["08–15", "4,99"],
        ["15–19", "5,99"],
        ["19–22", "5,49"],
        ["22–24", "4,29", "4,29"],
    ]
    caption = read.text(soup.select_one("table.week caption"))
    assert caption.startswith("Priset under veckan, kr/kWh. Lägst 4,29 kr/kWh, högst 5,99 kr/kWh vardagar 15–19.")
    assert caption.endswith("Nu: fre 14:32, markerat med ram.")
    now = soup.select("[aria-current=time]")
    assert [read.text(cell) for cell in now] == ["5,49"]
    levels = {read.text(cell): cell["class"] for cell in soup.select("table.week td")}
    assert levels == {"4,29": ["l1"], "4,99": ["l2"], "5,49": ["l4"], "5,99": ["l5"]}
    assert "CCS 300 kW: 5,49 kr/kWh till 15:00, sedan 5,99 kr/kWh." in sign(soup)


def test_a_price_that_stays_has_no_week(app: Flask) -> None:
    soup = shown(app, with_tariffs(SLOW))
    assert soup.select_one("table.week") is None
    assert "under veckan" not in read.text(soup.main)


def test_the_hours_of_a_dynamic_price_are_folded_and_its_ends_are_not(app: Flask) -> None:
    hours = [
        energy(str(Decimal(hour + 1) / 10), start_time=f"{hour:02}:00", end_time=f"{(hour + 1) % 24:02}:00", start_date=day, end_date=day)
        for day in ("2026-11-20", "2026-11-21")
        for hour in range(24)
    ]  # fmt: skip
    soup = shown(app, with_tariffs(tariff("SPOT", *hours, energy("9"))), "en")
    assert soup.select_one("details > table.week") is not None
    assert rows(soup)[0] == ["Time", "Fri 20", "Sat 21", "Sun 22 – Thu 26"]
    assert rows(soup)[1] == ["00–01", "", "0.125", "11.25"]
    prices = section(soup, "Prices")
    assert (
        "The price over the week, SEK/kWh. Lowest SEK 0.125/kWh 21 November 2026 00–01, highest SEK 11.25/kWh" in prices
    )
    assert "SEK 1.875/kWh until 15:00, then SEK 2.00/kWh." in sign(soup)


def test_minutes_that_move_with_time_have_a_week_too(app: Flask) -> None:
    day = element(part("TIME", "30"), start_time="08:00", end_time="22:00")
    soup = shown(app, with_tariffs(tariff("T", day, element(part("TIME", "12"), part("ENERGY", "4")))))
    assert "Priset under veckan, kr/min. Lägst 0,25 kr/min alla dagar 22–08" in section(soup, "Priser")


# What comes


def test_a_price_that_is_announced_stands_beside_todays(app: Flask) -> None:
    soon = datetime(2026, 11, 30, 23, tzinfo=UTC)
    soup = shown(
        app,
        with_tariffs(tariff("T1", energy("4"), end_date_time=soon), tariff("T2", energy("4.4"), start_date_time=soon)),
    )
    prices = section(soup, "Priser")
    assert "Per kWh 5,00 kr" in prices
    assert "Från 1 december 2026: 5,50 kr/kWh." in prices
    assert "Gäller till och med 30 november 2026." in prices
    (offer,) = offers(soup)
    assert offer["priceSpecification"]["validThrough"] == "2026-11-30"
    assert [read.text(tag) for tag in soup.select("details > summary")][-1:] == [
        "På plats, utan avtal, från 1 december 2026"
    ]
    assert "5,00 kr/kWh" in sign(soup)
    assert "5,50" not in sign(soup)


# Whose word it is


def test_vat_is_said_once_where_it_is_the_same_for_all(app: Flask) -> None:
    alike = with_tariffs(tariff("A", energy("4")), tariff("B", energy("3"), type="REGULAR"))
    assert section(shown(app, alike), "Priser").count("Priser inkl. 25 % moms.") == 1
    other = element(part("ENERGY", "3", None))
    apart = with_tariffs(tariff("A", energy("4")), tariff("B", other, type="REGULAR"))
    prices = section(shown(app, apart), "Priser")
    assert prices.count("Priser inkl. 25 % moms.") == 1
    assert prices.count("Priser exkl. moms, momssatsen är inte angiven.") == 1


def test_prices_have_a_source_and_old_ones_say_that_they_are_old(app: Flask) -> None:
    assert "Priser från Vastan 14:31" in section(shown(app, with_tariffs(SLOW)), "Priser")
    week_old = with_tariffs(SLOW, origins=(origin(age=timedelta(days=7, minutes=1)),))
    soup = shown(app, week_old)
    assert "Gamla priser: hämtade 13 november 2026 från Vastan" in section(soup, "Priser")
    assert [read.text(tag) for tag in soup.select(".age strong")] == [
        "Gamla priser: hämtade 13 november 2026 från Vastan"
    ]


def test_pounds_are_told_as_pence_a_kwh(app: Flask) -> None:
    soup = shown(app, with_tariffs(tariff("UK", element(part("ENERGY", "0.65", "20")), currency="GBP")), "en")
    assert "78p/kWh" in sign(soup)
    assert "£29.87 for 38 kWh with CCS" in sign(soup)
    prices = section(soup, "Prices")
    assert "Energy, 38.3 kWh × 78p £29.87" in prices
    assert "78p per kWh in all" in prices


def test_a_board_of_today_says_that_it_is_of_today(app: Flask) -> None:
    dear = energy("9", day_of_week=("SUNDAY",))
    sign = read.text(shown(app, with_tariffs(tariff("A", dear, energy("4")))).select_one(".sign"))
    assert "5,00 kr/kWh" in sign
    assert "Priser på plats i dag, inkl. moms." in sign


# What changed


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BeautifulSoup]:
    """Two stations by name; the price of one was 4.00 kr, then 4.40, and is now 4.40 with an idle fee."""
    folder = tmp_path_factory.mktemp("moved")
    app = site.application(folder)
    tariffs: Path = folder / "tariffs.json"
    partners: Path = folder / "partners.toml"
    partners.write_text(partners.read_text() + f'tariffs = "{tariffs}"\n')
    places = []
    for n, name in enumerate(("moved", "steady")):
        where = {"latitude": f"{58.35 + n / 10:.5f}", "longitude": "11.81050"}
        point = site.evse(name, "AVAILABLE")
        point["connectors"][0]["tariff_ids"] = [name]
        places.append(site.location(name, name=name.capitalize(), coordinates=where, evses=[point]))
    for n, parts in enumerate(([("ENERGY", 4.0)], [("ENERGY", 4.4)], [("ENERGY", 4.4), ("PARKING_TIME", 96.0)])):
        changed = {"last_updated": f"2026-11-0{n + 1}T06:00:00Z"}
        made = [raw_tariff("moved", *parts, **changed), raw_tariff("steady", ("ENERGY", 3.0), **changed)]
        tariffs.write_text(json.dumps(made))
        site.take_in(app, folder, places)
    client = app.test_client()
    found = client.get("/api/v1/stations").get_json()["features"]
    return {each["properties"]["name"].lower(): read.page(client.get(each["properties"]["url"])) for each in found}


def moves(soup: BeautifulSoup) -> list[Tag]:
    heading = next(tag for tag in soup("h3") if read.text(tag) == "Så har priset ändrats")
    told = heading.find_next("ol")
    assert isinstance(told, Tag)
    return list(told("li"))


def test_a_price_that_changed_says_from_what_to_what(moved: dict[str, BeautifulSoup]) -> None:
    for told, words in zip(
        moves(moved["moved"]),
        (
            "Per minut: från ingen avgift till 2,00 kr efter laddningen",
            "Per kWh: höjt från 5,00 kr till 5,50 kr",
        ),
        strict=True,
    ):
        assert read.text(told).endswith(words)


def test_a_change_says_the_clock_time_beside_a_date_that_is_not_broken(moved: dict[str, BeautifulSoup]) -> None:
    with speaking("sv"):
        today = day(site.NOW).replace("\xa0", " ")
    for told in moves(moved["moved"]):
        assert re.fullmatch(rf"{today} \d\d:\d\d", read.text(told.select_one(".nw")))


def test_a_price_that_never_changed_has_no_history(moved: dict[str, BeautifulSoup]) -> None:
    assert "Så har priset ändrats" not in read.text(moved["steady"].main)


# Search engines


def test_the_description_names_the_lowest_price(app: Flask) -> None:
    moving = shown(app, full_station())
    assert "Från 3,90 kr/kWh på plats." in read.meta(moving, "description").replace("\xa0", " ")
    steady = shown(app, with_tariffs(SLOW), "en")
    assert "SEK 3.90/kWh on site." in read.meta(steady, "description").replace("\xa0", " ")
    silent = shown(app, station(evse()))
    assert "kr/kWh" not in read.meta(silent, "description")


def offers(soup: BeautifulSoup) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = business(soup)["makesOffer"]
    return found


def business(soup: BeautifulSoup) -> dict[str, Any]:
    return next(each for each in read.json_ld(soup) if each["@type"] == "AutomotiveBusiness")


def test_search_engines_are_told_the_prices_that_stand_on_the_page(app: Flask) -> None:
    soup = shown(app, with_tariffs(tariff("T", element(part("FLAT", "8"), part("PARKING_TIME", "96", step=900), part("ENERGY", "4.392", step=100)))))  # fmt: skip
    assert offers(soup) == [
        {
            "@type": "Offer",
            "name": "På plats, utan avtal",
            "url": "https://uttag.example/sv/laddstation/torp-kopcentrum-uddevalla-k7m2xq/",
            "priceSpecification": {
                "@type": "CompoundPriceSpecification",
                "priceCurrency": "SEK",
                "valueAddedTaxIncluded": True,
                "priceComponent": [
                    {
                        "@type": "UnitPriceSpecification",
                        "priceCurrency": "SEK",
                        "valueAddedTaxIncluded": True,
                        "price": 5.49,
                        "unitCode": "KWH",
                        "referenceQuantity": {"@type": "QuantitativeValue", "value": 1, "unitCode": "KWH"},
                        "billingIncrement": 0.1,
                    },
                    {
                        "@type": "UnitPriceSpecification",
                        "priceCurrency": "SEK",
                        "valueAddedTaxIncluded": True,
                        "price": 2.0,
                        "unitCode": "MIN",
                        "referenceQuantity": {"@type": "QuantitativeValue", "value": 1, "unitCode": "MIN"},
                        "billingIncrement": 15.0,
                        "description": "efter laddningen",
                    },
                    {
                        "@type": "UnitPriceSpecification",
                        "priceCurrency": "SEK",
                        "valueAddedTaxIncluded": True,
                        "price": 10.0,
                        "unitCode": "C62",
                        "referenceQuantity": {"@type": "QuantitativeValue", "value": 1, "unitCode": "C62"},
                    },
                ],
            },
        }
    ]
    prices = section(soup, "Priser")
    assert all(text in prices for text in ("5,49 kr", "2,00 kr efter laddningen", "10,00 kr"))


def test_prices_that_move_with_time_are_told_by_their_ends(app: Flask) -> None:
    fast = offers(shown(app, full_station()))[0]["priceSpecification"]
    assert (fast["minPrice"], fast["maxPrice"]) == (4.29, 5.99)
    per_kwh = fast["priceComponent"][0]
    assert (per_kwh["minPrice"], per_kwh["maxPrice"]) == (4.29, 5.99)
    assert "price" not in per_kwh


def test_what_is_announced_or_unknown_is_no_offer(app: Flask) -> None:
    ahead = tariff("A", energy("4"), start_date_time=NOW + timedelta(days=9))
    words = tariff("B")
    assert "makesOffer" not in business(shown(app, with_tariffs(ahead, words)))


def test_only_a_station_that_is_free_for_all_is_told_to_be(app: Flask) -> None:
    free = tariff("FREE", element(part("FLAT", "0")))
    assert business(shown(app, with_tariffs(free)))["isAccessibleForFree"] is True
    assert "isAccessibleForFree" not in business(shown(app, with_tariffs(SLOW)))
    assert "isAccessibleForFree" not in business(shown(app, station(evse())))
    half = station(
        evse("AVAILABLE", ccs(300, tariff_ids=("FREE",)), uid="A"),
        evse("AVAILABLE", type2(22, tariff_ids=("slow",)), uid="B"),
        tariffs=(free, SLOW),
    )
    assert "isAccessibleForFree" not in business(shown(app, half))
    assert "isAccessibleForFree" not in business(shown(app, with_tariffs(replace(free, type="REGULAR"), FAST)))


def test_plugs_that_cost_the_same_and_take_as_long_are_one_line(app: Flask) -> None:
    fast = (ccs(50, tariff_ids=("dear",)), ccs(50, standard="CHADEMO", tariff_ids=("dear",)))
    slow = type2(22, tariff_ids=("slow",))
    one = station(evse("AVAILABLE", *fast, slow), tariffs=(SLOW, tariff("dear", energy("4"))))
    soup = shown(app, one)
    assert "CCS 50 kW och CHAdeMO 50 kW, klart 15:17: 191 kr" in sign(soup)
    assert [read.text(row.dt) for row in soup.select("dl.rest > div")] == ["CCS 50 kW och CHAdeMO 50 kW, klart 15:17"]
