"""Prices a second on one core, and the prices of a thousand stations for one driver, as ratios to `json.loads` of a tariff."""

import gc
import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bench._country import missing
from bench._database import country_database
from finder.ocpi.types import PriceComponent, Tariff, TariffElement, TariffRestrictions
from finder.stations.prices import Pricing, plug_prices
from finder.tariffs.charge import Charge
from finder.tariffs.pricing import quote, rules
from finder.tariffs.session import Session, steady

CALLS = 5_000
ROUNDS = 7
STATIONS = 1_000
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MORNING = datetime(2026, 6, 8, 3, tzinfo=UTC)
NOON = datetime(2026, 6, 7, 10, tzinfo=UTC)
WINDOWS = (("00:00", "06:00"), ("06:00", "10:00"), ("10:00", "16:00"), ("16:00", "20:00"), ("20:00", "00:00"))

SENT = json.dumps(
    {
        "country_code": "SE",
        "party_id": "NOR",
        "id": "T1",
        "currency": "SEK",
        "elements": [
            {
                "price_components": [
                    {"type": "ENERGY", "price": 4.5, "vat": 25, "step_size": 1},
                    {"type": "FLAT", "price": 10, "vat": 25, "step_size": 1},
                    {"type": "PARKING_TIME", "price": 30, "vat": 25, "step_size": 60},
                ]
            }
        ],
        "last_updated": "2026-06-07T18:40:07Z",
    }
)
"""The fixed yardstick: what it takes to read one small tariff with the standard library."""


def main() -> None:
    print("tariffs: prices a second on one core")
    yardstick = seconds(lambda: json.loads(SENT))
    print(f"  {'json.loads of a tariff':44} {1 / yardstick:9,.0f} a second")
    simple, by_the_hour = rules(simple_tariff()), rules(hourly_tariff())
    short, long = charge(hours=1, parked=20), charge(hours=16)
    told("energy, start fee and parking", lambda: simple.quote(short), yardstick, "100,000")
    told("across four hours at which the price changes", lambda: by_the_hour.quote(long), yardstick, "30,000")
    told("the first of these with its compiling", lambda: quote(simple.tariff, short), yardstick)
    told("the second of these with its compiling", lambda: quote(by_the_hour.tariff, long), yardstick)
    if missing():
        return
    with country_database() as database:
        country(database, yardstick)


def simple_tariff() -> Tariff:
    prices = (("ENERGY", "4.5", 1), ("FLAT", "10", 1), ("PARKING_TIME", "30", 60))
    components = tuple(PriceComponent(type, Decimal(price), Decimal(25), step) for type, price, step in prices)
    return Tariff("SE", "NOR", "T1", elements=(TariffElement(components),), currency="SEK")


def hourly_tariff() -> Tariff:
    elements = tuple(
        TariffElement(
            (PriceComponent("ENERGY", Decimal(number + 2), Decimal(25), 1),),
            TariffRestrictions(start_time=begin, end_time=end),
        )
        for number, (begin, end) in enumerate(WINDOWS)
    )
    return Tariff("SE", "NOR", "T2", elements=elements, currency="SEK")


def charge(hours: int, parked: int = 0) -> Session:
    lasts, parking = timedelta(hours=hours), timedelta(minutes=parked)
    return steady(MORNING, AMSTERDAM, kwh=Decimal(40), charging=lasts, parking=parking)


def country(database: Path, yardstick: float) -> None:
    from finder.store import offers, stations
    from finder.store.database import engine

    with engine(f"sqlite:///{database}").connect() as connection:
        rows = connection.execute(sa.text("SELECT pk, id FROM stations WHERE gone_at IS NULL ORDER BY id")).all()
        chosen = random.Random(1).sample(rows, STATIONS)
        pks = [pk for pk, _ in chosen]
        found = [station for _, id in chosen if (station := stations.by_id(connection, id)) is not None]

        def one_by_one() -> None:
            for station in found:
                plug_prices(station, Charge(), AMSTERDAM, NOON)

        def together() -> int:
            prices = offers.Prices(offers.Offers(connection, pks), Pricing(Charge(), NOON))
            return sum(1 for pk in pks if (best := prices.best(pk)) is not None and best.quote.excl_vat is not None)

        before = time.process_time()
        priced = together()
        first = time.process_time() - before
        print(f"  {STATIONS} stations of the country for one driver; {priced} of them have a price")
        milliseconds("from the database, tariffs compiled", seconds(together, calls=1), yardstick)
        milliseconds("from the database, the first time of all", first, yardstick)
        milliseconds("read already, each with its tariffs compiled", seconds(one_by_one, calls=1), yardstick)


def told(what: str, call: Callable[[], object], yardstick: float, goal: str = "") -> None:
    each = seconds(call)
    aim = f"  (goal {goal})" if goal else ""
    print(f"  {what:44} {1 / each:9,.0f} a second  {each / yardstick:6.2f} x json.loads{aim}")


def milliseconds(what: str, each: float, yardstick: float) -> None:
    print(f"  {what:44} {each * 1000:9.1f} ms        {each / yardstick:6,.0f} x json.loads  (goal 100 ms)")


def seconds(call: Callable[[], object], calls: int = CALLS) -> float:
    """CPU time of one call: the fastest of a few rounds."""
    call()
    gc.collect()
    best = 9e9
    for _ in range(ROUNDS):
        before = time.process_time_ns()
        for _ in range(calls):
            call()
        best = min(best, time.process_time_ns() - before)
    return best / calls / 1e9
