"""Places by what somebody typed: whole or half, with a slip, without rings, with the region that they are in."""

from collections.abc import Collection, Iterable, Iterator
from functools import cache, lru_cache
from heapq import nlargest, nsmallest
from math import log10

from finder.places.carried import LESSER, Area, carried
from finder.places.fold import fold
from finder.places.names import KINDS, Kind, Town, beginning, country, exactly, names, number_of, slips, town
from finder.places.tree import area as area_by_code
from finder.places.tree import areas

LONGEST = 80
# A shorter text is one slip away from too many names to be worth guessing at; a longer one than MOST is no name.
LEAST_TO_GUESS, MOST_TO_GUESS = 4, 40
# What begins with so few letters is too much to be looked through.
SHORT = 2
# How well a name fits, on the scale of its people: each 1 is as good as ten times as many.
EXACT, SLIP, SLIP_AND_MORE, LESSER_NAME, LETTER_FOR_LETTER = 3.0, -0.5, -2.0, -1.7, 4.0
OWN_COUNTRY, NORTHERN, BEYOND_EUROPE = 2.5, 0.5, -0.7
NORTH = frozenset({"SE", "NO", "DK", "FI", "IS"})
# South and west of this, and east of it, in ten thousandths of a degree, hardly anybody drives an electric car from here.
EUROPE = (340_000, -250_000, 450_000)
OF_KIND: dict[Kind, float] = {"town": 0.0, "municipality": -2.0, "region": -2.5, "country": -2.5}
# What fits as well as this was not mistyped.
CERTAIN = 6.5
# Of the names that begin so, how many are looked at: the foremost of their country, and of all others.
OWN_BEGUN, OTHERS_BEGUN = 64, 32
NEAR_DEGREES = 0.5
# A text of so few letters is not yet a lesser name, nor a hamlet abroad; what is mistyped is no place abroad with fewer people.
FEW, KNOWN = 4, 5_000

OF_AREA: dict[str, Kind] = {
    "kommun": "municipality",
    "kommune": "municipality",
    "municipality": "municipality",
    "stad": "municipality",
    "gemeente": "municipality",
    "lan": "region",
    "county": "region",
    "region": "region",
}
SPELT_OUT = (("aa", "a"), ("ae", "a"), ("oe", "o"), ("ue", "u"))


@lru_cache(4096)
def find(text: str, limit: int = 8, own: str = "SE") -> tuple[Town, ...]:
    """Places whose name is the text or begins with it: exact ones first, the country `own` before others, then by population.

    Rings, dots and case do not matter. One slip is forgiven from four letters on. "Bro, Upplands-Bro", "Lund Skåne", "Malmö stad"
    and "Uppsala county" are understood: the region, municipality, country or a town near by follows the name.
    """
    typed = text[:LONGEST].strip()
    key = fold(typed)
    if not key or limit < 1:
        return ()
    found = _ranked(_scores(key, typed.casefold(), own), limit)
    if not found or not _is_exact(key, found[0]):
        found = [*_areas_named(key, own), *_inside(typed, limit, own), *found]
    if not found:
        found = _ranked(_spelt_out(key, own), limit)
    return tuple(town(number) for number in list(dict.fromkeys(found))[:limit])


@lru_cache(4096)
def named(text: str, limit: int = 8, own: str = "SE") -> tuple[Town, ...]:
    """Of what `find` finds only that which the text names in full: nothing that it merely begins, or is a slip away from."""
    typed = text[:LONGEST].strip()
    key = fold(typed)
    exact = {number_of(entry) for entry in exactly(key) if _is_meant(entry, key, own)} if key else set()
    found = _ranked(_scores(key, typed.casefold(), own, exact), limit) if exact else []
    found = (
        found or _areas_named(key, own) or [number for number in _inside(typed, limit, own) if _heads(typed, number)]
    )
    return tuple(town(number) for number in found[:limit])


def _is_meant(entry: int, key: str, own: str) -> bool:
    """So few letters are a foreign or lesser name only of a place with so many people: "torp" is not Gelsted, once Torp."""
    number = number_of(entry)
    mainly = country(number) == own and not entry & LESSER
    return mainly or len(key) > FEW or names().populations[number] >= KNOWN


def _heads(typed: str, number: int) -> bool:
    """Whether the text begins with the place's whole name."""
    key = f"{fold(typed)} "
    known = town(number)
    return any(key.startswith(f"{fold(name)} ") for name in (known.name_sv, known.name_en))


def _is_exact(key: str, number: int) -> bool:
    return any(number_of(entry) == number for entry in exactly(key))


def _ranked(scores: dict[int, float], limit: int) -> list[int]:
    return nlargest(limit, scores, key=lambda number: (scores[number], -number))


# What a name is worth


def _scores(key: str, literal: str, own: str, among: Collection[int] | None = None) -> dict[int, float]:
    """Each place that the text may mean, and how well it fits; `among` are the only ones asked for."""
    found: dict[int, float] = {}
    lesser = LESSER_NAME * 2 if len(key) <= FEW else LESSER_NAME

    def take(entries: Iterable[int], fit: float) -> None:
        for entry in entries:
            number = number_of(entry)
            if among is None or number in among:
                worth = fit + _worth(number, literal, own) + (lesser if entry & LESSER else 0)
                found[number] = max(found.get(number, worth), worth)

    take(exactly(key), EXACT)
    take(_begun(key, literal, own) if among is None else beginning(key), 0)
    wanting = among is None or len(found) < len(among)
    if wanting and max(found.values(), default=0) < CERTAIN and _may_be_slipped(key, bool(found)):
        for whole, entries in slips(key):
            if whole:
                take(entries, SLIP)
            elif len(key) > LEAST_TO_GUESS:
                foremost = nsmallest(8, entries)
                take((entry for entry in foremost if _is_known(entry, own)), SLIP_AND_MORE)
    return found


def _is_known(entry: int, own: str) -> bool:
    number = number_of(entry)
    return country(number) == own or names().populations[number] >= KNOWN


def _may_be_slipped(key: str, known: bool) -> bool:
    """Four letters are guessed at only where they mean nothing as they are."""
    return LEAST_TO_GUESS + known <= len(key) <= MOST_TO_GUESS


def _begun(key: str, literal: str, own: str) -> list[int]:
    """The foremost that begin so: places stand by rank, Sweden's first, and lesser names after all."""
    entries = beginning(key)
    most = OWN_BEGUN if literal.isascii() else 4 * OWN_BEGUN
    if len(entries) <= most + OTHERS_BEGUN:
        return list(entries)
    abroad = names().abroad
    first = nsmallest(most if own == "SE" else OTHERS_BEGUN, entries)
    others = nsmallest(OTHERS_BEGUN, (entry for entry in entries if entry >= abroad))
    if own != "SE":
        others += nsmallest(most, (entry for entry in entries if country(number_of(entry)) == own))
    return first + others


def _worth(number: int, literal: str, own: str) -> float:
    known = names()
    worth = log10(known.populations[number] + 100) + OF_KIND[KINDS[known.kinds[number]]]
    where = country(number)
    if where == own:
        worth += OWN_COUNTRY
    elif where in NORTH and own in NORTH:
        worth += NORTHERN
    elif known.latitudes[number] < EUROPE[0] or not EUROPE[1] < known.longitudes[number] < EUROPE[2]:
        worth += BEYOND_EUROPE
    if not literal.isascii() and known.names[number].casefold().startswith(literal):
        worth += LETTER_FOR_LETTER
    return worth


def _spelt_out(key: str, own: str) -> dict[int, float]:
    """Without rings and dots as other keyboards spell them: "vaesteraas" is "vasteras"."""
    bare = key
    for letters, letter in SPELT_OUT:
        bare = bare.replace(letters, letter)
    return _scores(bare, bare, own) if bare != key else {}


# A name with the area it is in


def _areas_named(key: str, own: str) -> list[int]:
    """Municipalities and regions that are called so by what they are: "goteborgs stad", "region skane", "stockholm county"."""
    words = key.split()
    if len(words) < 2:
        return []
    half = next((word for word in OF_AREA if len(words[-1]) > SHORT and word.startswith(words[-1])), "")
    for kind, name in ((OF_AREA.get(half), words[:-1]), (OF_AREA.get(words[0]), words[1:])):
        if kind is not None:
            meant = (area for area in _by_name().get(" ".join(name), ()) if area.kind == kind)
            numbers = [_numbers_of_areas()[area.code] for area in meant if area.code in _numbers_of_areas()]
            return sorted(numbers, key=lambda number: (country(number) != own, number))
    return []


def _inside(typed: str, limit: int, own: str) -> list[int]:
    """Places of the first name that lie in what follows it, after a comma or a blank."""
    for head, rest, beginnings in _parted(typed):
        key = fold(head)
        insides = [_Inside(words, beginnings) for words in rest]
        if not all(insides):
            continue
        entries = beginning(key) if beginnings and len(key) > SHORT else exactly(key)
        numbers = {number_of(entry) for entry in entries}
        if not numbers and LEAST_TO_GUESS <= len(key) <= MOST_TO_GUESS:
            numbers = {number_of(entry) for whole, entries in slips(key) if whole for entry in entries}
        numbers = {number for number in numbers if all(inside.holds(number) for inside in insides)}
        if numbers:
            return _ranked(_scores(key, head.strip().casefold(), own, numbers), limit)
    return []


class _Inside:
    """What a place is said to lie in: areas of this name, or else the surroundings of towns of this name."""

    def __init__(self, words: str, beginnings: bool) -> None:
        self._codes = {area.code for area in _areas_of(words, beginnings)}
        self._towns = [number_of(entry) for entry in exactly(words)][:8]

    def __bool__(self) -> bool:
        return bool(self._codes or self._towns)

    def holds(self, number: int) -> bool:
        if not self._codes.isdisjoint(_chains()[names().areas[number]]):
            return True
        return any(number != other and _is_near(number, other) for other in self._towns)


def _parted(typed: str) -> Iterator[tuple[str, list[str], bool]]:
    """The name, what it is said to lie in, and whether the last of that may be half typed."""
    head, *rest = typed.split(",")
    rest = [folded for part in rest if (folded := fold(part))]
    if rest and fold(head):
        yield head, rest[:3], True
        return
    words = typed.replace(",", " ").split()
    for at in range(len(words) - 1, 0, -1):
        yield " ".join(words[:at]), [fold(" ".join(words[at:]))], False


def _is_near(number: int, other: int) -> bool:
    """Some fifty kilometres in the north-south direction, a little less across."""
    known = names()
    north = known.latitudes[number] - known.latitudes[other]
    east = known.longitudes[number] - known.longitudes[other]
    return max(abs(north), abs(east) / 2) <= NEAR_DEGREES * 10_000


def _areas_of(words: str, beginnings: bool) -> Iterable[Area]:
    by_name = _by_name()
    if words in by_name or not beginnings:
        return by_name.get(words, ())
    return [area for name, some in by_name.items() if name.startswith(words) for area in some]


@cache
def _by_name() -> dict[str, tuple[Area, ...]]:
    """Areas by each of their names, with and without what they are, and countries by their code as well."""
    found: dict[str, list[Area]] = {}
    for area in areas():
        called = {fold(area.name_sv), fold(area.name_en)}
        if area.kind == "country":
            called.add(area.code.casefold())
        bare = {name.removesuffix(" lan").removesuffix(" county") for name in called}
        called |= bare | {name.removesuffix("s") for name in bare if area.kind == "region" and area.country == "SE"}
        if area.kind == "municipality":
            called |= {fold(genitive(area.name_sv)) if area.country == "SE" else name for name in bare}
            called |= {f"{name} {word}" for name in called for word in ("kommun", "municipality")}
        for name in called:
            found.setdefault(name, []).append(area)
    return {name: tuple(some) for name, some in found.items()}


def genitive(name: str) -> str:
    """What stands before "kommun" in Swedish: "Göteborgs", "Malmö", "Borås"."""
    if name == "Falun":
        return "Falu"
    return name if name[-1] in "aeiouyåäösxz" else f"{name}s"


@cache
def _chains() -> list[frozenset[str]]:
    """For each area of the carried list, its code and those of the areas that it lies in."""
    found = []
    for place in carried().areas:
        codes, parent = {place.code}, place.parent
        while parent is not None:
            codes.add(parent)
            parent = area_by_code(parent).parent
        found.append(frozenset(codes))
    return found


@cache
def _numbers_of_areas() -> dict[str, int]:
    """The numbers of the places that are areas, by their code."""
    known, data = names(), carried()
    town_kind = KINDS.index("town")
    return {
        data.areas[known.areas[number]].code: number for number, kind in enumerate(known.kinds) if kind != town_kind
    }
