"""Charging stations made up: as many as are asked for, alike every time, in the real towns of Europe by how many people live there.

However many they are, there are as many to a town: 100,000 are the Nordic countries, the Netherlands and Belgium, a million are all of
Europe. They are written by the store's own functions, past the pull.
"""

import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate, islice
from math import cos, pi, radians, sqrt
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from finder.ocpi.types import (
    BusinessDetails,
    Connector,
    Coordinates,
    Evse,
    Hours,
    Location,
    PriceComponent,
    Tariff,
    TariffElement,
)
from finder.places.names import Town, names, town
from finder.stations import merge
from finder.stations.identity import evse_key, key, station_id
from finder.store import clusters, documents, kinds, locations, migrate, partners, stations, statuses
from finder.store.cells import KM_PER_DEGREE, cell
from finder.store.database import engine, insert, writing
from finder.store.schema import tariffs
from finder.store.times import millis

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PULLED = NOW - timedelta(minutes=2)
BATCH = 10_000
PEOPLE_A_STATION = 500
PEOPLE_A_SQUARE_KM = 2_500
"""Of a town's own people, whom its suburbs, towns of their own, come on top of."""
COUNTRIES = [
    "SE",
    "NO",
    "DK",
    "FI",
    "IS",
    "NL",
    "BE",
    "LU",
    "DE",
    "FR",
    "CH",
    "AT",
    "GB",
    "IE",
    "ES",
    "PT",
    "IT",
    "PL",
    "CZ",
    "SK",
    "HU",
    "SI",
    "HR",
    "RO",
    "BG",
    "GR",
    "EE",
    "LV",
    "LT",
    "RS",
    "BA",
    "ME",
    "MK",
    "AL",
    "MD",
    "CY",
    "MT",
    "LI",
    "MC",
    "SM",
    "AD",
    "FO",
    "GI",
    "UA",
]
PARTNERS = (("alfa", "CC0-1.0"), ("beta", "CC-BY-4.0"), ("gamma", "CC0-1.0"))
CCS = "IEC_62196_T2_COMBO"
PLUGS = (
    ("IEC_62196_T2", "AC_3_PHASE", (11_000, 22_000)),
    (CCS, "DC", (50_000, 100_000, 150_000, 300_000)),
    ("CHADEMO", "DC", (50_000,)),
)
OF_EACH = (80, 17, 3)
STATUSES = ("AVAILABLE", "AVAILABLE", "CHARGING", "UNKNOWN", "OUTOFORDER")
COMMON_STREETS = (
    "Storgatan",
    "Stationsgatan",
    "Hamnvägen",
    "Kerkstraat",
    "Ringvägen",
    "Skolgatan",
    "Markt",
    "Parkvägen",
    "Torget",
)
COMMON = 0.05
TARIFFS = 300
"""Of each partner."""


@contextmanager
def synthetic(size: int) -> Iterator[Path]:
    """A database with so many stations. BENCH_MILLION names the file in which that of a million is kept, so that it is made once."""
    kept = os.environ.get("BENCH_MILLION") if size == 1_000_000 else None
    with tempfile.TemporaryDirectory(prefix="finder-bench-") as folder:
        database = Path(kept or Path(folder) / f"{size}.db")
        if not database.exists():
            before = time.perf_counter()
            half_done = database.with_suffix(".half")
            fill(half_done, size)
            half_done.rename(database)
            print(f"  {size:,} stations made in {time.perf_counter() - before:.0f} s")
        made = engine(f"sqlite:///{database}")
        migrate.upgrade(made)
        made.dispose()
        yield database


def fill(database: Path, size: int) -> None:
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()
    made = engine(f"sqlite:///{database}")
    sa.event.listen(made, "connect", careless)
    migrate.upgrade(made)
    with writing(made) as connection:
        partner_pks = [
            partners.ensure(connection, slug, name=slug.title(), licence=licence, interval=300.0, now=PULLED).pk
            for slug, licence in PARTNERS
        ]
        for pk in partner_pks:
            partners.finished(connection, pk, "{}", PULLED, last_success=PULLED, outcome="ok")
            write_tariffs(connection, pk)
    made_up = stations_of(size)
    first = 1
    while batch := list(islice(made_up, BATCH)):
        with writing(made) as connection:
            write(connection, partner_pks, first, batch)
        first += len(batch)
    with writing(made) as connection:
        clusters.refresh(connection)
    made.dispose()


def careless(connection: Any, _: object) -> None:
    """What is half written when the machine stops is made anew."""
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -400000")


def towns(size: int) -> list[tuple[Town, int]]:
    """With how many of the stations each has: town after town, until there are as many as are asked for."""
    of_country: dict[str, list[Town]] = {code: [] for code in COUNTRIES}
    for number in range(len(names().names)):
        place = town(number)
        code = place.area.partition("-")[0]
        if place.kind == "town" and code in of_country:
            of_country[code].append(place)
    every = [place for country in of_country.values() for place in country]
    people = accumulate(place.population for place in every)
    ends = [min(size, so_far // PEOPLE_A_STATION) for so_far in people]
    return [(place, end - begin) for place, begin, end in zip(every, [0, *ends], ends, strict=False) if end > begin]


def stations_of(size: int) -> Iterator[tuple[Location, str]]:
    """Each with the code of its area."""
    chance = random.Random(1)
    number = 0
    # Most streets are named for somewhere else.
    elsewhere = [f"{town(number).name_en}vägen" for number in range(0, len(names().names), 9)]
    for place, count in towns(size):
        spread = max(0.6, sqrt(place.population / PEOPLE_A_SQUARE_KM / pi)) / 1.5 / KM_PER_DEGREE
        wide = spread / cos(radians(place.latitude))
        for of_town in range(count):
            number += 1
            at = Coordinates(
                round(place.latitude + chance.gauss(0, spread), 6), round(place.longitude + chance.gauss(0, wide), 6)
            )
            street = chance.choice(COMMON_STREETS if chance.random() < COMMON else elsewhere)
            yield location(number, place, f"{street} {of_town % 120 + 1}", at, chance), place.area


def location(number: int, place: Town, street: str, at: Coordinates, chance: random.Random) -> Location:
    standard, power_type, powers = chance.choices(PLUGS, OF_EACH)[0]
    country = place.area[:2]
    plug = Connector(
        "1", standard, "CABLE", power_type, max_electric_power=chance.choice(powers), tariff_ids=(f"T{number % TARIFFS}",)
    )  # fmt: skip
    evses = tuple([
        Evse(
            f"{number}-{n}", f"{country}*SYN*E{number:07}*{n}", chance.choice(STATUSES),
            capabilities=("RFID_READER", "CREDIT_CARD_PAYABLE")[: 1 + number % 2], connectors=(plug,), last_updated=PULLED,
        )
        for n in range(chance.choice((1, 2, 2, 4)))
    ])  # fmt: skip
    return Location(
        country, "SYN", f"L{number}", at, name=f"{place.name_en} {street}", address=street, city=place.name_en, country=country,
        postal_code=f"{number % 90_000 + 10_000}", evses=evses, operator=BusinessDetails(f"Bolag {number * 7 % 70}"),
        time_zone="Europe/Stockholm", opening_times=Hours(twentyfourseven=True) if number % 3 else None,
    )  # fmt: skip


def write(connection: sa.Connection, partner_pks: list[int], first: int, batch: list[tuple[Location, str]]) -> None:
    encoded = [documents.encode(each) for each, _ in batch]
    facts = [merge.facts([each]) for each, _ in batch]
    packer = documents.Packer(connection, Location)
    packer.learn(connection, encoded)
    told, kept, live = [], [], []
    every = zip(batch, encoded, facts, kinds.columns(connection, facts), strict=True)
    for pk, ((each, area), doc, fact, columns) in enumerate(every, first):
        whose = pk % len(PARTNERS)
        of_partner = key(each.country_code, each.party_id, each.id)
        at = millis(PULLED)
        told.append(
            stations.Row(
                pk, station_id(PARTNERS[whose][0], of_partner, 0), fact.name, fact.latitude, fact.longitude,
                cell(fact.latitude, fact.longitude), area, fact.operator, fact.evses, fact.max_power, fact.text, at, at, None, None,
                *columns,
                fact.city,
            )
        )  # fmt: skip
        mark = pk.to_bytes(16, "big")
        kept.append(locations.Row(pk, partner_pks[whose], of_partner, mark, pk, at, 0, None, packer.pack(doc)))
        live += [
            (pk, n, evse_key(evse.evse_id), statuses.CODES[evse.status], at)
            for n, evse in enumerate(each.evses)
        ]  # fmt: skip
    stations.save(connection, told, ())
    locations.save(connection, kept)
    statuses.replace(connection, [], live)
    clusters.mark(connection, [row.pk for row in told])


def write_tariffs(connection: sa.Connection, partner_pk: int) -> None:
    packer = documents.Packer(connection, Tariff)
    rows = []
    for number in range(TARIFFS):
        price = PriceComponent("ENERGY", Decimal(30 + number % 40) / 10, Decimal(25), 1)
        tariff = Tariff("SE", "SYN", f"T{number}", elements=(TariffElement((price,)),), currency="SEK")
        doc = packer.pack(documents.encode(tariff))
        rows.append((partner_pk, tariff.id.casefold(), "se/syn", number.to_bytes(16, "big"), 0, doc))
    insert(connection, tariffs, ("partner_pk", "ref", "party", "fingerprint", "misses", "doc"), rows)
