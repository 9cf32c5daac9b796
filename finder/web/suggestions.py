"""What the search field may become while it is typed: places, postal codes, streets, stations and operators, best first."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Literal

import sqlalchemy as sa

from finder import places
from finder.ocpi.types import Struct
from finder.places import Area, Town, postal
from finder.places.fold import fold
from finder.places.postal import PostalCode
from finder.stations.identity import slug
from finder.store import named
from finder.store.named import Called
from finder.web.language import language
from finder.web.understand import HOUSE, point

Kind = Literal["place", "postal_code", "street", "station", "operator"]
# From so many letters on stations are asked for; one letter begins too much. Fewer than that many are a place's, first of all.
LEAST_LETTERS, FEW_LETTERS, PLACES_FIRST = 2, 4, 3
HOME = "SE"
# A smaller place abroad stands after our own stations, streets and operators.
KNOWN_ABROAD = 50_000
MOST_OPERATORS, MOST_STREETS, MOST_ABROAD = 2, 3, 2


class Suggestion(Struct):
    """`region` and `country` (ISO alpha-2) are where it is. Chosen, it is the page of the station with the id `station`, the stations of
    `operator` (its name as in addresses), or a search for `text`, or around `near`."""

    name: str
    kind: Kind
    region: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    text: str | None = None
    near: tuple[float, float] | None = None
    operator: str | None = None
    station: str | None = None


def suggest(connection: sa.Connection, typed: str, limit: int, *, licensed: bool) -> tuple[Suggestion, ...]:
    """In the reader's language. What is named in full comes first, then what begins so, then what was probably mistyped."""
    text = " ".join(typed.split())
    if (near := point(text)) is not None:
        return (_of_point(*near),)[:limit]
    key = fold(text)
    if not key:
        return ()
    codes = [_of_postal_code(code) for code in _codes(text, limit)]
    found_towns = _towns_first(places.find(text, limit))
    towns = [_of_town(town) for town in found_towns]
    by_id = [_of_station(each) for each in named.by_evse_id(connection, text, licensed=licensed)]
    asks_for_ours = any(len(word) >= LEAST_LETTERS for word in key.split())
    held = named.by_words(connection, text, licensed=licensed) if asks_for_ours else ()
    operators, streets, stations = _operators(held, key), _streets(held, key), _stations(held, key)
    exact = [each for each in chain(towns[:1], operators, stations) if fold(each.name) == key]
    likely = [
        each
        for each, town in zip(towns, found_towns, strict=True)
        if fold(each.name).startswith(key) and (each.country == HOME or town.population >= KNOWN_ABROAD)
    ]
    found: dict[object, Suggestion] = {}
    foremost = likely[:PLACES_FIRST] if len(key) < FEW_LETTERS else ()
    ours = sorted((streets, stations), key=lambda some: not (some and fold(some[0].name).startswith(key)))
    # Where something of ours fits, a hamlet abroad that begins alike is hardly meant.
    others = towns[:MOST_ABROAD] if operators or streets or stations else towns
    for each in chain(by_id, codes, exact, foremost, _mixed(likely, operators, *ours), others):
        found.setdefault((each.name, each.kind, each.region), each)
    return tuple(islice(found.values(), limit))


def _towns_first(found: Iterable[Town]) -> list[Town]:
    """A municipality that has its name from one of these towns stands after all of them."""
    seen: set[str] = set()
    first: list[Town] = []
    after: list[Town] = []
    for town in found:
        (after if town.kind == "municipality" and town.area in seen else first).append(town)
        seen.add(town.area)
    return first + after


def _mixed(*lists: Iterable[Suggestion]) -> Iterator[Suggestion]:
    """One of each in turn, as long as they last."""
    waiting = [iter(each) for each in lists]
    while waiting:
        for each in list(waiting):
            found = next(each, None)
            if found is None:
                waiting.remove(each)
            else:
                yield found


def read_ahead() -> None:
    """Reads what the first question would have to wait a third of a second for: the gazetteer and the postal codes."""
    for text in ("Lund, Skåne", "Malmö stad"):
        places.named(text)
    postal.exact("451 50")


# Places


def _of_point(latitude: float, longitude: float) -> Suggestion:
    code = places.locate(latitude, longitude)
    near = round(latitude, 5), round(longitude, 5)
    words = f"{near[0]}, {near[1]}"
    return Suggestion(words, "place", *_where(code), *near, near=near)


def _of_town(town: Town) -> Suggestion:
    name = town_name(town)
    region, country = _where(town.area)
    if region == name:
        region = None
    text, near = _asked(town, name, region)
    return Suggestion(name, "place", region, country, town.latitude, town.longitude, text, near)


def town_name(town: Town) -> str:
    name = town.name_sv if language() == "sv" else town.name_en
    if town.kind != "municipality" or places.area(town.area).country != HOME:
        return name
    return f"{places.genitive(name)} kommun" if language() == "sv" else f"{name} municipality"


def _asked(town: Town, name: str, region: str | None) -> tuple[str | None, tuple[float, float] | None]:
    """The words that are understood as this place and no other of its name, else its point."""
    for text in (name, f"{name}, {region}" if region else name):
        if places.named(text)[:1] == (town,):
            return text, None
    return None, (town.latitude, town.longitude)


def _codes(text: str, limit: int) -> tuple[PostalCode, ...]:
    """Where the text is a code of this country, what it is elsewhere matters little."""
    found = postal.find(text, limit)
    return found[:MOST_ABROAD] if found and found[0].country == HOME and postal.exact(text) else found


def _of_postal_code(code: PostalCode) -> Suggestion:
    region, country = _where(code.area) if code.area else (None, code.country)
    # A code that several countries have means the one of the country that comes first.
    near = (code.latitude, code.longitude) if code.country != HOME and code.latitude and code.longitude else None
    name = f"{code.code} {code.locality}"
    text = None if near else code.code
    return Suggestion(name, "postal_code", region, country, code.latitude, code.longitude, text, near)


def _where(code: str | None) -> tuple[str | None, str | None]:
    """The region, or where a country has none the municipality, and the country."""
    if code is None:
        return None, None
    area: Area | None = places.area(code)
    country = area.country if area else None
    chosen: Area | None = None
    while area is not None and area.kind != "country":
        chosen, area = area, places.area(area.parent) if area.parent else None
    return (area_name(chosen) if chosen else None), country


def area_name(area: Area) -> str:
    return area.name_sv if language() == "sv" else area.name_en


# Of our own


def _operators(held: Iterable[Called], key: str) -> list[Suggestion]:
    found = {
        slug(each.operator): each.operator
        for each in held
        if each.operator and named.begins(key.split(), each.operator)
    }
    return [Suggestion(name, "operator", operator=word) for word, name in found.items()][:MOST_OPERATORS]


def _streets(held: Iterable[Called], key: str) -> list[Suggestion]:
    """The first word is the street's, all are of the address; a street is where the first of its stations is."""
    found: dict[str, Suggestion] = {}
    words = key.split()
    for each in held:
        street = HOUSE.sub("", each.address or "").strip(" ,")
        if not street or not each.city or fold(street) == fold(each.city):
            continue
        if not named.begins(words[:1], street) or not named.begins(words, each.address, each.city, each.postal_code):
            continue
        name = f"{street}, {each.city}"
        at = each.latitude, each.longitude
        found.setdefault(fold(name), Suggestion(name, "street", *_where(each.area), *at, text=name))
    return list(found.values())[:MOST_STREETS]


def _stations(held: Iterable[Called], key: str) -> list[Suggestion]:
    """Whose own name holds one of the words; those that begin with them, or hold them all, before others."""
    words = key.split()
    found = [each for each in held if any(named.begins([word], each.name) for word in words)]
    found.sort(key=lambda each: (not fold(each.name).startswith(key), not named.begins(words, each.name)))
    return [_of_station(each) for each in found]


def _of_station(station: Called) -> Suggestion:
    at = station.latitude, station.longitude
    return Suggestion(_with_city(station), "station", *_where(station.area), *at, station=station.id)


def _with_city(station: Called) -> str:
    if not station.city or fold(station.city) in fold(station.name):
        return station.name
    return f"{station.name}, {station.city}"
