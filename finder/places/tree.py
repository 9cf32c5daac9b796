"""The tree of areas: country, region, municipality, and the two words by which a page's address names one."""

from collections import defaultdict
from functools import cache
from math import cos, radians

import msgspec

from finder.places.carried import Area, carried


class _Tree(msgspec.Struct, frozen=True):
    by_code: dict[str, Area]
    children: dict[str, tuple[Area, ...]]
    by_path: dict[tuple[str, str | None], Area]
    words: dict[str, str]
    by_word: dict[str, Area]


def area(code: str) -> Area:
    """The area of this code, as "SE", "SE-M", "SE-1280", "NL-0363". KeyError if there is none."""
    return _tree().by_code[code]


def areas() -> tuple[Area, ...]:
    return tuple(_tree().by_code.values())


def children(code: str) -> tuple[Area, ...]:
    """The areas just below, by Swedish name; none for a leaf or an unknown code."""
    return _tree().children.get(code, ())


def path(code: str) -> tuple[str, str | None]:
    """The address: Swedish län and kommun; elsewhere country and its region or municipality. KeyError as for area()."""
    place = area(code)
    if place.parent is None or place.parent == "SE":
        return place.slug, None
    return area(place.parent).slug, place.slug


def by_path(first: str, second: str | None = None) -> Area | None:
    return _tree().by_path.get((first, second))


def word(code: str) -> str:
    """The one word that names it in addresses without its region: "lund" of Sweden, "lund-norge", "habo-uppsala-lan"."""
    return _tree().words[area(code).code]


def by_word(word: str) -> Area | None:
    return _tree().by_word.get(word)


def neighbours(code: str, count: int) -> list[Area]:
    """The nearest areas of the same kind in the same country, by their centres; of another län too. Nearest first."""
    here = area(code)
    narrowing = cos(radians(here.latitude))

    def away(other: Area) -> float:
        north = other.latitude - here.latitude
        east = (other.longitude - here.longitude + 180) % 360 - 180
        return north * north + (east * narrowing) ** 2

    others = [
        other
        for other in _tree().by_code.values()
        if other.kind == here.kind and other.code != code and (here.kind == "country" or other.country == here.country)
    ]
    return sorted(others, key=away)[:count]


@cache
def _tree() -> _Tree:
    by_code = {place.code: place for place in carried().areas}
    below: dict[str, list[Area]] = defaultdict(list)
    by_path: dict[tuple[str, str | None], Area] = {}
    for place in by_code.values():
        if place.parent is None or place.parent == "SE":
            by_path[place.slug, None] = place
        else:
            by_path[by_code[place.parent].slug, place.slug] = place
        if place.parent is not None:
            below[place.parent].append(place)
    children = {code: tuple(sorted(found, key=lambda place: place.name_sv)) for code, found in below.items()}
    words = _words(by_code)
    return _Tree(by_code, children, by_path, words, {word: by_code[code] for code, word in words.items()})


def _words(by_code: dict[str, Area]) -> dict[str, str]:
    """Sweden's have their own slug where no other of Sweden's has it; the rest have it where nobody has."""
    alike: dict[str, list[Area]] = defaultdict(list)
    for place in by_code.values():
        alike[place.slug].append(place)
    words: dict[str, str] = {}
    for slug, found in alike.items():
        at_home = [place for place in found if place.country == "SE"]
        plain = found if len(found) == 1 else at_home if len(at_home) == 1 else []
        for place in found:
            above = by_code[place.parent].slug if place.parent else place.country.lower()
            words[place.code] = slug if place in plain else f"{slug}-{above}"
    return words
