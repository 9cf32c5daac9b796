"""A country of charging stations, the same for the same seed: believable places, and what each partner says of them.

`Country(seed, stations)` holds at least `stations` public places, some of them known to two partners; beyond that a few
hidden and a few removed ones. `listings(version)` is one partner's word: each `Listing` gives its location at a moment.
"""

from datetime import datetime
from functools import cache
from math import cos, radians, sin, sqrt
from random import Random
from time import gmtime
from typing import Literal, NamedTuple

from finder.demo import versions
from finder.demo.chargers import KINDS, MODELS, NEWER, Kind, Plug, connector
from finder.demo.hours import hours
from finder.demo.operators import OPERATORS, PARTNERS, Json, Operator, Partner, partner
from finder.demo.statuses import DAY, Rhythm
from finder.demo.tariffs import GUEST, QUICK, SLOW, TariffBook
from finder.demo.towns import AIRPORTS, FERRIES, RESORTS, ROADS, TOWNS, Town
from finder.demo.words import (
    COUNTRIES,
    DIRECTIONS,
    LOCAL_DIRECTIONS,
    NAMES,
    PROPER,
    SECOND_NAMES,
    SIDES,
    STREETS,
    WAYS,
)

KM_PER_DEGREE = 111.2
WEEK = 7 * DAY
_MONDAY = 4 * DAY  # 1970 began on a Thursday

# Every 24 places: how many stand in which country.
_COUNTRIES = (
    *("SE", "SE", "NO", "SE", "DK", "SE", "SE", "FI", "SE", "SE", "DE", "SE"),
    *("SE", "NO", "SE", "FI", "SE", "DK", "SE", "SE", "NO", "SE", "SE", "SE"),
)

Fate = Literal["public", "hidden", "removed"]


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


class Place(NamedTuple):
    """One place. `facts` are in 2.3.0's words without partner and ids; `rhythms` tell each EVSE's status, in its order."""

    number: int
    spot: Spot
    operator: Operator
    facts: Json
    rhythms: tuple[Rhythm, ...]
    fate: Fate
    changed: int
    pauses: bool


class Listing:
    """What one partner says of one place. `lag` is how many seconds later it hears of a status than the operator."""

    __slots__ = ("changed", "facts", "lag", "pauses", "place", "rhythms", "version")

    def __init__(
        self,
        facts: Json,
        rhythms: tuple[Rhythm, ...],
        changed: int,
        version: str,
        place: int,
        lag: int = 0,
        pauses: bool = False,
    ) -> None:
        self.facts = facts
        self.rhythms = rhythms
        self.changed = changed
        self.version = version
        self.place = place
        self.lag = lag
        self.pauses = pauses

    @property
    def id(self) -> str:
        return str(self.facts["id"])

    def alive(self) -> bool:
        """True where its first EVSE lives a life of its own, and it has more than one."""
        return len(self.rhythms) > 1 and self.rhythms[0].fixed is None

    def copy(self) -> "Listing":
        return Listing(self.facts, self.rhythms, self.changed, self.version, self.place, self.lag, self.pauses)

    def last_updated(self, moment: int) -> int:
        """When anything of it last changed, in seconds since 1970."""
        newest = max((since for _, since in self._statuses(moment)), default=0)
        return max(newest, self.changed)

    def at(self, moment: int) -> Json:
        """The location as the partner serves it at `moment`."""
        evses = []
        newest = self.changed
        for evse, (status, since) in zip(self.facts["evses"], self._statuses(moment), strict=True):
            newest = max(newest, since)
            evses.append(evse | {"status": status, "last_updated": stamp(since)})
        return self.facts | {"evses": evses, "last_updated": stamp(newest)}

    def _statuses(self, moment: int) -> list[tuple[str, int]]:
        heard = moment - self.lag
        said = [rhythm.at(heard) for rhythm in self.rhythms]
        if self.lag:
            said = [(status, since + self.lag) for status, since in said]
        if not self.pauses:
            return said
        return self._with_pause(said, moment)

    def _with_pause(self, said: list[tuple[str, int]], moment: int) -> list[tuple[str, int]]:
        """A visiting charger: taken away one week in three from some moment until the week ends, back afterwards."""
        week, into = divmod(moment - _MONDAY, WEEK)
        leaves = DAY + Random(self.place * 31 + week).randrange(5 * DAY)
        begins = _MONDAY + week * WEEK
        turn = (week + self.place) % 3
        if turn == 0 and into >= leaves:
            return [("REMOVED", begins + leaves) for _ in said]
        back = begins - turn * WEEK + WEEK if turn else begins - 2 * WEEK
        return [(status, max(since, back)) for status, since in said]


class Country:
    """Deterministic: the same seed and number of stations give the same places, tariffs and statuses."""

    def __init__(self, seed: int = 1, stations: int = 3300) -> None:
        self.seed = seed
        self.stations = stations
        self._names: dict[tuple[str, str], int] = {}
        self._books: dict[tuple[str, str], TariffBook] = {}
        self._tariffs: dict[str, list[Json]] = {}
        self._listings: dict[str, list[Listing]] = {version: [] for version in versions.VERSIONS}
        self.shared: list[tuple[tuple[str, str], tuple[str, str]]] = []
        self.places: list[Place] = []
        self._settle()

    def listings(self, version: str) -> list[Listing]:
        """That partner's locations in the order it lists them; a copy, free to change."""
        return [listing.copy() for listing in self._listings[version]]

    def tariffs(self, version: str) -> list[Json]:
        """That partner's tariffs in the order it lists them; do not change them."""
        if version not in self._tariffs:
            self._tariffs[version] = self._written_tariffs(version)
        return self._tariffs[version]

    def _written_tariffs(self, version: str) -> list[Json]:
        slug = partner(version).slug
        books = [book for _, book in sorted(self._books.items()) if book.operator.partner == slug]
        return [versions.tariff(tariff, version) for book in books for tariff in book.tariffs.values()]

    def _settle(self) -> None:
        fates: list[Fate] = ["public"] * self.stations
        fates.extend(["hidden"] * (self.stations // 80 + 1))
        fates.extend(["removed"] * (self.stations // 120 + 1))
        before: Place | None = None
        for number, fate in enumerate(fates):
            near = before if before and number % 110 == 30 else None
            before = self._place(number, fate, near)
            self.places.append(before)
            self._list(before)

    def _place(self, number: int, fate: Fate, near: Place | None) -> Place:
        random = Random(f"{self.seed}/{number}")
        spot = self._beside(random, near) if near else self._spot(random, number)
        operator = _operator(random, spot, near.operator if near else None, fate)
        changed = 1_735_689_600 + random.randrange(650 * DAY)  # 2025-01-01 and later
        offset = COUNTRIES[spot.country][2]
        facts = self._facts(random, number, spot, operator, fate, changed)
        kind = KINDS[spot.kind]
        rhythms = tuple(
            Rhythm(
                random.getrandbits(32),
                number,
                "quick" if kind.habit != "motorway" and _quick(evse) else kind.habit,
                changed,
                offset,
                _fixed_status(number, position, len(facts["evses"]), fate),
            )
            for position, evse in enumerate(facts["evses"])
        )
        return Place(
            number, spot, operator, facts, rhythms, fate, changed, pauses=fate == "public" and number % 150 == 41
        )

    # Where it stands

    def _spot(self, random: Random, number: int) -> Spot:
        if number % 250 == 17:
            return self._airport(random, number // 250)
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

    def _airport(self, random: Random, number: int) -> Spot:
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

    def _beside(self, random: Random, near: Place) -> Spot:
        """Another operator's place 35 metres off, on the same plot."""
        bearing = random.random() * 6.28
        latitude = near.spot.latitude + 0.035 * cos(bearing) / KM_PER_DEGREE
        longitude = near.spot.longitude + 0.035 * sin(bearing) / (KM_PER_DEGREE * cos(radians(near.spot.latitude)))
        return near.spot._replace(latitude=round(latitude, 6), longitude=round(longitude, 6))

    def _name(self, random: Random, town: Town, kind: str, *, address: str, street: str, road: str = "") -> str:
        """A name no other place of the town has."""
        if kind == "mall" and town.name == "Uddevalla" and ("Torp köpcentrum", town.name) not in self._names:
            name = "Torp köpcentrum"
        else:
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

    # What it says of itself

    def _facts(self, random: Random, number: int, spot: Spot, operator: Operator, fate: Fate, changed: int) -> Json:
        kind = KINDS[spot.kind]
        alpha_3, zone, _ = COUNTRIES[spot.country]
        parking_type = random.choice(kind.parking)
        facts: Json = {
            "publish": fate != "hidden",
            "name": spot.name,
            "address": spot.address,
            "city": spot.town,
            "postal_code": spot.postal_code,
            "country": alpha_3,
            "coordinates": coordinates(spot.latitude, spot.longitude),
            "parking_type": parking_type,
            "operator": operator.details,
            "time_zone": zone,
            "help_phone": operator.phone,
        }
        if fate == "hidden":
            facts["publish_allowed_to"] = [{"group_id": f"{operator.party_id}-boende-{number}"}]
        if random.random() < 0.25:
            facts["directions"] = _directions(random, spot.country)
        if random.random() < 0.12:
            facts["owner"] = {"name": f"{spot.town} fastigheter"}
        if random.random() < 0.08:
            facts["suboperator"] = {"name": "Laddservice i Norden", "website": "https://laddservice.example"}
        if kind.facilities:
            facts["facilities"] = sorted(
                random.sample(kind.facilities, random.randint(1, min(4, len(kind.facilities))))
            )
        opening = hours(random, random.choice(kind.hours), zone)
        if opening is not None:
            facts |= opening
        if random.random() < 0.8:
            facts["energy_mix"] = _energy_mix(random, operator)
        if parking_type.endswith("GARAGE"):
            facts["related_locations"] = [_entrance(random, spot)]
        facts["evses"] = self._evses(random, number, spot, operator, changed, parking_type)
        if operator.partner == "tallmo":
            facts["parking_places"] = _parking_places(random, spot.kind, facts["evses"], parking_type)
        return facts

    def _evses(
        self, random: Random, number: int, spot: Spot, operator: Operator, changed: int, parking_type: str
    ) -> list[Json]:
        kind = KINDS[spot.kind]
        models = _models(random, kind, operator.partner == "tallmo" and number % 22 != 5)
        plans = self._plans(random, spot, operator, kind)
        capabilities = _capabilities(random, operator)
        restrictions = [word for word in kind.restrictions if random.random() < 0.6]
        evses = []
        for position, model in enumerate(models, start=1):
            plugs = MODELS[model]
            quick = plugs[0].power_type == "DC"
            evse: Json = {
                "uid": f"{operator.party_id}{number:05d}-{position:02d}",
                "evse_id": f"{operator.country_code}*{operator.party_id}*E{10_000 + number}*{position}",
                "capabilities": _of_charger(capabilities, quick),
            }
            evse["connectors"] = [
                _connector(index, plug, operator, plans) | {"last_updated": stamp(changed)}
                for index, plug in enumerate(plugs, start=1)
            ]
            if parking_type.endswith("GARAGE"):
                evse["floor_level"] = str(-1 - position % 3 if parking_type.startswith("UNDER") else position % 4)
            if len(models) > 2:
                evse["physical_reference"] = f"{'ABCDEF'[position // 10 % 6]}{position}" if quick else str(position)
            if len(models) > 7 and kind.outside:
                step = position * 0.00004
                evse["coordinates"] = coordinates(spot.latitude + step, spot.longitude)
            if restrictions:
                evse["parking_restrictions"] = restrictions
            if operator.partner == "tallmo" and random.random() < 0.7:
                evse["accepted_service_providers"] = list(_PROVIDERS[: 2 + number % 4])
            _schedule(evse, number, position)
            evses.append(evse)
        return evses

    def _plans(self, random: Random, spot: Spot, operator: Operator, kind: Kind) -> dict[str, list[str]]:
        book = self._book(operator, spot.country)
        return {
            "quick": book.plans[random.choice(QUICK)],
            "slow": book.plans[random.choice(GUEST if kind.guest else SLOW)],
        }

    def _book(self, operator: Operator, country: str) -> TariffBook:
        key = (operator.party_id, country)
        if key not in self._books:
            level = 0.9 + Random(f"{self.seed}/{key}").random() * 0.25
            self._books[key] = TariffBook(operator, country, round(level, 3))
        return self._books[key]

    # Who lists it

    def _list(self, place: Place) -> None:
        first = next(one for one in PARTNERS if one.slug == place.operator.partner)
        own = self._listing(
            place, first, place.operator.country_code, place.operator.party_id, _location_id(place, first)
        )
        self._listings[first.version].append(own)
        if place.number % 22 != 5 or place.fate != "public":
            return
        second = PARTNERS[(PARTNERS.index(first) + 1 + place.number % 2) % 3]
        other = self._second_listing(place, second)
        self._listings[second.version].append(other)
        self.shared.append(((first.slug, own.id), (second.slug, other.id)))

    def _listing(self, place: Place, by: Partner, country_code: str, party_id: str, id: str) -> Listing:
        facts = {"country_code": country_code, "party_id": party_id, "id": id} | place.facts
        return Listing(
            versions.location(facts, by.version),
            place.rhythms,
            place.changed,
            by.version,
            place.number,
            pauses=place.pauses,
        )

    def _second_listing(self, place: Place, by: Partner) -> Listing:
        """The same EVSE ids under another location id, in other words, heard a little later and not always."""
        random = Random(f"{self.seed}/second/{place.number}")
        book = self._book(next(one for one in OPERATORS if one.party_id == by.party_id), place.spot.country)
        plan = {"quick": book.plans["plain"], "slow": book.plans["slow"]}
        name = SECOND_NAMES[place.spot.country].format(town=place.spot.town, name=place.spot.name)
        facts = {
            key: value for key, value in place.facts.items() if key not in ("directions", "help_phone", "owner")
        } | {
            "name": name,
            "coordinates": coordinates(
                place.spot.latitude + random.uniform(-0.0001, 0.0001),
                place.spot.longitude + random.uniform(-0.0001, 0.0001),
            ),
            "evses": [_second_evse(evse, by, plan, place.number) for evse in place.facts["evses"]],
        }
        silent = place.number % 4 == 1
        rhythms = tuple(
            Rhythm(0, 0, "street", place.changed, 0, "UNKNOWN") if silent and rhythm.fixed is None else rhythm
            for rhythm in place.rhythms
        )
        ids = {"country_code": by.country_code, "party_id": by.party_id, "id": _second_id(place, by, random)}
        return Listing(
            versions.location(ids | facts, by.version),
            rhythms,
            place.changed + random.randrange(DAY),
            by.version,
            place.number,
            lag=20 + random.randrange(70),
            pauses=place.pauses,
        )


_PLUG_AND_CHARGE = frozenset({"TLM", "HLP", "TNG"})
_PROVIDERS = ("Tallmo", "Nordladd", "Västan Laddning", "Elresan", "Plugga In")


@cache
def _stamp_day(day: int) -> str:
    at = gmtime(day * DAY)
    return f"{at.tm_year:04d}-{at.tm_mon:02d}-{at.tm_mday:02d}"


def stamp(second: int) -> str:
    """Seconds since 1970 as OCPI writes an instant."""
    day, into = divmod(second, DAY)
    return f"{_stamp_day(day)}T{into // 3600:02d}:{into // 60 % 60:02d}:{into % 60:02d}Z"


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def coordinates(latitude: float, longitude: float) -> Json:
    return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}


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


def _operator(random: Random, spot: Spot, other_than: Operator | None, fate: Fate) -> Operator:
    fitting = [
        operator
        for operator in OPERATORS
        if spot.country in operator.weights
        and (not operator.kinds or spot.kind in operator.kinds)
        and operator is not other_than
        and not (fate == "hidden" and operator.partner == "vastan")  # 2.1.1 has no publish
    ]
    if not fitting:
        fitting = [
            operator for operator in OPERATORS if operator.party_id in ("NLD", "TLM") and operator is not other_than
        ]
    return random.choices(fitting, [operator.weights.get(spot.country, 1) for operator in fitting])[0]


def _models(random: Random, kind: Kind, newer: bool) -> list[str]:
    models: list[str] = []
    for part in random.choice(kind.sets).split():
        count, model = part.split("*")
        models += [model if newer else NEWER.get(model, model)] * int(count)
    return models


def _quick(evse: Json) -> bool:
    return bool(evse["connectors"][0]["power_type"] == "DC")


def _fixed_status(number: int, position: int, count: int, fate: Fate) -> str | None:
    """The few EVSEs whose status never moves."""
    if fate == "removed":
        return "REMOVED"
    last = position == count - 1 and count > 1
    if number % 40 == 11 and last:
        return "REMOVED"
    if number % 60 == 19 and position >= count // 2:
        return "PLANNED"
    if number % 50 == 23 and position == 0:
        return "INOPERATIVE"
    if number % 13 == 7:
        return "UNKNOWN"
    return None


def _schedule(evse: Json, number: int, position: int) -> None:
    """Announced openings of planned EVSEs, and some repairs."""
    if number % 60 == 19:
        evse["status_schedule"] = [{"period_begin": "2027-03-01T07:00:00Z", "status": "AVAILABLE"}]
    elif number % 45 == 9 and position == 1:
        evse["status_schedule"] = [
            {"period_begin": "2027-01-12T08:00:00Z", "period_end": "2027-01-12T14:00:00Z", "status": "INOPERATIVE"}
        ]


def _connector(number: int, plug: Plug, operator: Operator, plans: dict[str, list[str]]) -> Json:
    quick = plug.power_type == "DC"
    made = connector(number, plug)
    plan = plans["quick" if quick else "slow"]
    if plan:
        made["tariff_ids"] = plan
    if quick:
        made["terms_and_conditions"] = f"{operator.website}/villkor"
    if quick and operator.party_id in _PLUG_AND_CHARGE:
        made["capabilities"] = ["ISO_15118_2_PLUG_AND_CHARGE"]
    return made


_COMMON = ["RFID_READER", "REMOTE_START_STOP_CAPABLE"]
_TERMINAL = ["CREDIT_CARD_PAYABLE", "DEBIT_CARD_PAYABLE", "CONTACTLESS_CARD_SUPPORT", "CHIP_CARD_SUPPORT"]
_EXTRA = ["UNLOCK_CAPABLE", "CHARGING_PROFILE_CAPABLE", "RESERVABLE", "TOKEN_GROUP_CAPABLE", "PED_TERMINAL"]
_SMART = ["CHARGING_PREFERENCES_CAPABLE", "START_SESSION_CONNECTOR_REQUIRED"]


def _capabilities(random: Random, operator: Operator) -> list[str]:
    """What this place's chargers can; card terminals only stand at quick ones (`_of_charger`)."""
    words = list(_COMMON)
    words += _TERMINAL[: random.randint(0, 4)]
    words += [word for word in _EXTRA if random.random() < 0.25]
    if operator.partner != "vastan":
        words += [word for word in _SMART if random.random() < 0.2]
    return words


def _of_charger(capabilities: list[str], quick: bool) -> list[str]:
    return [word for word in capabilities if quick or word not in _TERMINAL]


def _directions(random: Random, country: str) -> list[Json]:
    swedish, english = random.choice(DIRECTIONS)
    texts = [{"language": "sv", "text": swedish}, {"language": "en", "text": english}]
    if country in LOCAL_DIRECTIONS:
        language, text = LOCAL_DIRECTIONS[country]
        texts = [
            {"language": language, "text": text},
            {"language": "en", "text": "The chargers are to the right of the main entrance."},
        ]
    return texts


def _energy_mix(random: Random, operator: Operator) -> Json:
    if not operator.green:
        return {
            "is_green_energy": False,
            "energy_sources": [
                {"source": "WIND", "percentage": 48.0},
                {"source": "GAS", "percentage": 22.5},
                {"source": "COAL", "percentage": 12.5},
                {"source": "SOLAR", "percentage": 17.0},
            ],
            "environ_impact": [
                {"category": "CARBON_DIOXIDE", "amount": 212.4},
                {"category": "NUCLEAR_WASTE", "amount": 0.0},
            ],
            "supplier_name": "Øst Energi" if operator.country_code == "DK" else "Küstenstrom",
            "energy_product_name": "Standard",
        }
    water = random.choice((55.0, 62.5, 70.0))
    mix: Json = {
        "is_green_energy": True,
        "energy_sources": [{"source": "WATER", "percentage": water}, {"source": "WIND", "percentage": 100 - water}],
        "supplier_name": random.choice(("Norrviken Energi", "Bygdens Kraft", "Ljusnan El")),
        "energy_product_name": random.choice(("Vatten och vind", "Förnybart 100")),
    }
    if random.random() < 0.4:
        mix["environ_impact"] = [
            {"category": "CARBON_DIOXIDE", "amount": 8.5},
            {"category": "NUCLEAR_WASTE", "amount": 0.0},
        ]
    return mix


def _entrance(random: Random, spot: Spot) -> Json:
    point = coordinates(spot.latitude + random.uniform(-3e-4, 3e-4), spot.longitude + random.uniform(-3e-4, 3e-4))
    text = {"SE": "Infart", "AX": "Infart", "NO": "Innkjøring", "DK": "Indkørsel", "FI": "Sisäänajo", "DE": "Einfahrt"}
    language = {"SE": "sv", "AX": "sv", "NO": "nb", "DK": "da", "FI": "fi", "DE": "de"}
    return point | {"name": {"language": language[spot.country], "text": text[spot.country]}}


def _parking_places(random: Random, kind: str, evses: list[Json], parking_type: str) -> list[Json]:
    """The bays of a 2.3.0 location; each EVSE is told which is its own."""
    places: list[Json] = []
    for index, evse in enumerate(evses, start=1):
        bay = _bay(random, kind, index, parking_type)
        places.append(bay)
        evse["parking"] = [{"parking_id": bay["id"], "evse_position": ("LEFT", "CENTER", "RIGHT")[index % 3]}]
    return places


def _bay(random: Random, kind: str, index: int, parking_type: str) -> Json:
    bay: Json = {
        "id": f"P{index}",
        "physical_reference": str(index),
        "vehicle_types": ["PERSONAL_VEHICLE", "VAN"],
        "restricted_to_type": False,
        "reservation_required": False,
        "lighting": True,
        "roofed": parking_type.endswith("GARAGE"),
        "parking_space_length": 500,
        "parking_space_width": 250,
    }
    if parking_type.endswith("GARAGE"):
        bay["max_vehicle_height"] = 210
    if kind == "truck":
        return bay | {
            "vehicle_types": ["SEMI_TRACTOR", "RIGID", "TRUCK_WITH_TRAILER", "BUS"],
            "restricted_to_type": True,
            "reservation_required": index % 4 == 0,
            "drive_through": True,
            "direction": "ANGLE",
            "max_vehicle_length": 2525,
            "max_vehicle_width": 260,
            "max_vehicle_height": 450,
            "max_vehicle_weight": 64_000,
            "parking_space_length": 2600,
            "parking_space_width": 400,
            "refrigeration_outlet": index % 3 == 0,
            "dangerous_goods_allowed": index % 5 == 0,
        }
    if index == 1 and random.random() < 0.3:
        return bay | {
            "vehicle_types": ["DISABLED"],
            "restricted_to_type": True,
            "parking_space_width": 360,
            "standards": ["SS-EN 17210"],
        }
    if kind == "motorway" and index % 4 == 0:
        return bay | {
            "vehicle_types": ["PERSONAL_VEHICLE_WITH_TRAILER", "VAN"],
            "drive_through": True,
            "direction": "PARALLEL",
            "max_vehicle_length": 1200,
            "parking_space_length": 1300,
        }
    if kind in ("supermarket", "mall", "sport"):
        bay["time_limit"] = random.choice((60, 120, 180))
    bay["direction"] = "PARALLEL" if kind == "street" else "PERPENDICULAR"
    return bay


def _location_id(place: Place, by: Partner) -> str:
    """Each platform has ids of its own shape."""
    if by.version == "2.1.1":
        return str(20_000 + place.number)
    if by.version == "2.2.1":
        return _uuid(Random(f"uuid/{place.operator.party_id}/{place.number}"))
    return f"{place.operator.party_id}-{place.number:05d}"


def _second_id(place: Place, by: Partner, random: Random) -> str:
    if by.version == "2.1.1":
        return str(70_000 + place.number)
    if by.version == "2.2.1":
        return _uuid(random)
    return f"ROAM-{place.number:05d}"


def _uuid(random: Random) -> str:
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _second_evse(evse: Json, by: Partner, plan: dict[str, list[str]], number: int) -> Json:
    position = evse["uid"].rpartition("-")[2]
    connectors = [
        plug | {"tariff_ids": plan["quick" if plug["power_type"] == "DC" else "slow"]} for plug in evse["connectors"]
    ]
    kept = {key: value for key, value in evse.items() if key not in ("parking", "physical_reference")}
    return kept | {"uid": f"R{by.party_id}{number:05d}{position}", "connectors": connectors}
