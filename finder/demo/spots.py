"""Where the demonstration's places stand: in towns, along roads, at airports, with names and addresses as people write them."""

from functools import cache
from math import cos, radians, sin, sqrt
from random import Random
from typing import NamedTuple

from finder.demo.chargers import KINDS
from finder.demo.towns import AIRPORTS, FERRIES, RESORTS, ROADS, TOWNS, Town
from finder.demo.words import NAMES, PROPER, SIDES, STREETS, WAYS

KM_PER_DEGREE = 111.2

# Every 24 places: how many stand in which country.
_COUNTRIES = (
    *("SE", "SE", "NO", "SE", "DK", "SE", "SE", "FI", "SE", "SE", "DE", "SE"),
    *("SE", "NO", "SE", "FI", "SE", "DK", "SE", "SE", "NO", "SE", "SE", "SE"),
)


class Spot(NamedTuple):
    """Where a place stands, before anything else is known of it."""

    country: str
    kind: str
    latitude: float
    longitude: float
    town: str
    postal_code: str
    name: str
    address: str


TORP = Spot("SE", "mall", 58.355200, 11.815600, "Uddevalla", "451 76", "Torp köpcentrum", "Östra Torpvägen 4")


class Surveyor:
    """Draws spots one after the other, and never the same name twice in a town."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], int] = {}

    def draw(self, random: Random, number: int) -> Spot:
        if number == 12:
            return TORP
        if number % 250 == 17:
            return _airport(random, number // 250)
        country = "AX" if number % 75 == 8 else _COUNTRIES[number % len(_COUNTRIES)]
        if number % 9 == 4 and ROADS[country]:
            return self._along_road(random, country)
        if number % 40 == 3:
            return self._in_town(random, _draw_town(random, country, RESORTS), "resort")
        if number % 60 == 14:
            return self._in_town(random, _draw_town(random, country, frozenset(FERRIES)), "ferry")
        town = _draw_town(random, country)
        return self._in_town(random, town, _draw_kind(random, town))

    def _in_town(self, random: Random, town: Town, kind: str) -> Spot:
        reach = 0.15 if town.island else min(4.0, 0.12 * sqrt(town.weight) + 0.18)
        if KINDS[kind].outside and not town.island:
            reach *= 1.3
        latitude, longitude = _offset(random, town, reach)
        street = random.choice(WAYS[town.country] if KINDS[kind].outside else STREETS[town.country])
        address = _address(random, town.country, street)
        name = self._name(random, town, kind, address=address, street=street)
        return Spot(town.country, kind, latitude, longitude, town.name, _postal_code(random, town), name, address)

    def _along_road(self, random: Random, country: str) -> Spot:
        road, names = random.choice(ROADS[country])
        leg = random.randrange(len(names) - 1)
        by_name = {town.name: town for town in TOWNS[country]}
        start, end = by_name[names[leg]], by_name[names[leg + 1]]
        share = random.random() * 0.24 + 0.04
        if random.random() < 0.5:
            start, end = end, start
        latitude = start.latitude + (end.latitude - start.latitude) * share + random.uniform(-0.004, 0.004)
        longitude = start.longitude + (end.longitude - start.longitude) * share + random.uniform(-0.006, 0.006)
        kind = "truck" if random.random() < 0.12 else "motorway"
        street = random.choice(WAYS[country])
        address = _address(random, country, street)
        name = self._name(random, start, kind, address=address, street=street, road=road)
        return Spot(
            country,
            kind,
            round(latitude, 6),
            round(longitude, 6),
            start.name,
            _postal_code(random, start),
            name,
            address,
        )

    def _name(self, random: Random, town: Town, kind: str, *, address: str, street: str, road: str = "") -> str:
        """A name no other place of the town has."""
        name = random.choice(NAMES[town.country][kind]).format(
            town=town.name,
            street=street,
            number=address.removeprefix(street).strip(),
            side=random.choice(SIDES[town.country]),
            name=random.choice(PROPER[town.country]),
            ferry=FERRIES.get(town.name, ""),
            road=road or street,
        )
        if (name, town.name) in self._names and not name.startswith(street):
            name = f"{name}, {street}"
        seen = self._names.get((name, town.name), 0)
        self._names[(name, town.name)] = seen + 1
        return f"{name} {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[seen % 26]}" if seen else name


def _airport(random: Random, number: int) -> Spot:
    name, country, latitude, longitude, postal_code, town = AIRPORTS[number % len(AIRPORTS)]
    lot = "PQRSTUVWXYZ"[number // len(AIRPORTS) % 11] + str(random.randint(1, 9))
    return Spot(
        country,
        "airport",
        round(latitude + random.uniform(-0.002, 0.002), 6),
        round(longitude + random.uniform(-0.004, 0.004), 6),
        town,
        postal_code,
        f"{name} {lot}",
        name,
    )


def beside(random: Random, near: Spot) -> Spot:
    """Another operator's place 35 metres off, on the same plot."""
    bearing = random.random() * 6.28
    latitude = near.latitude + 0.035 * cos(bearing) / KM_PER_DEGREE
    longitude = near.longitude + 0.035 * sin(bearing) / (KM_PER_DEGREE * cos(radians(near.latitude)))
    return near._replace(latitude=round(latitude, 6), longitude=round(longitude, 6))


@cache
def _weighed(country: str, among: frozenset[str]) -> tuple[list[Town], list[float]]:
    """The towns of `among` and their weights (all where none is); a city has more places, but not in proportion."""
    towns = [town for town in TOWNS[country] if town.name in among] or list(TOWNS[country])
    return towns, [max(town.weight, 2) ** 0.6 for town in towns]


def _draw_town(random: Random, country: str, among: frozenset[str] = frozenset()) -> Town:
    towns, weights = _weighed(country, among)
    return random.choices(towns, weights)[0]


_KIND_NAMES = tuple(KINDS)
_KIND_WEIGHTS = tuple(kind.weight for kind in KINDS.values())


def _draw_kind(random: Random, town: Town) -> str:
    if town.name in RESORTS:
        return random.choice(("resort", "resort", "resort", "hotel", "supermarket", "camping"))
    kind = random.choices(_KIND_NAMES, _KIND_WEIGHTS)[0]
    if kind == "ferry" and town.name not in FERRIES:
        return "station"
    if kind in ("truck", "mall") and town.weight < 8:
        return "supermarket"
    return kind


def _offset(random: Random, town: Town, reach: float) -> tuple[float, float]:
    """A point up to `reach` km from the town's centre, on its dry side."""
    bearing = random.random() * 360 if town.inland is None else town.inland + random.uniform(-65, 65)
    distance = reach * sqrt(random.random())
    latitude = town.latitude + distance * cos(radians(bearing)) / KM_PER_DEGREE
    longitude = town.longitude + distance * sin(radians(bearing)) / (KM_PER_DEGREE * cos(radians(town.latitude)))
    return round(latitude, 6), round(longitude, 6)


def _address(random: Random, country: str, street: str) -> str:
    number = random.choices((random.randint(1, 40), random.randint(41, 150)), (4, 1))[0]
    letter = random.choice("ABC") if random.random() < 0.12 else ""
    return f"{street} {number}{letter}"


def _postal_code(random: Random, town: Town) -> str:
    if town.country == "SE":
        return f"{town.postal} {random.randint(30, 65)}"
    length = {"NO": 4, "DK": 4, "FI": 5, "AX": 5, "DE": 5}[town.country]
    free = length - len(town.postal)
    if town.country in ("FI", "AX"):
        return f"{town.postal}{random.randint(0, 10 ** (free - 1) - 1):0{free - 1}d}0"
    return f"{town.postal}{random.randint(1, 10**free - 1):0{free}d}"
