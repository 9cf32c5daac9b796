"""A country of charging stations, the same for the same seed: believable places, and what each partner says of them.

`Country(seed, stations)` holds at least `stations` public places, some of them known to two partners; beyond that a few
hidden and a few removed ones. `listings(version)` is one partner's word: each `Listing` gives its location at a moment.
"""

from datetime import datetime
from random import Random
from typing import NamedTuple

from finder.demo import versions
from finder.demo.chargers import KINDS, Kind
from finder.demo.facts import Fate, coordinates, facts_of, stamp
from finder.demo.operators import OPERATORS, PARTNERS, Json, Operator, Partner, partner
from finder.demo.spots import Spot, Surveyor, beside
from finder.demo.statuses import DAY, Rhythm
from finder.demo.tariffs import GUEST, QUICK, SLOW, TariffBook
from finder.demo.words import COUNTRIES, SECOND_NAMES

WEEK = 7 * DAY
_MONDAY = 4 * DAY  # 1970 began on a Thursday


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
        self._surveyor = Surveyor()
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
        spot = beside(random, near.spot) if near else self._surveyor.draw(random, number)
        operator = _operator(random, spot, near.operator if near else None, fate)
        changed = 1_735_689_600 + random.randrange(650 * DAY)  # 2025-01-01 and later
        offset = COUNTRIES[spot.country][2]
        kind = KINDS[spot.kind]
        facts = facts_of(random, number, spot, operator, self._plans(random, spot, operator, kind), fate, changed)
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

    # What it costs

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


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


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
