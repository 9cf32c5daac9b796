"""What somebody means by the one search field: a town, a postal code, a street, an operator, a station, an EVSE or a point."""

import re
from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa

from finder import places
from finder.ocpi.types import Struct
from finder.places import Town, postal
from finder.places.fold import fold
from finder.places.postal import PostalCode
from finder.stations.identity import bare_evse_id, slug
from finder.store import named
from finder.store.cells import kilometres
from finder.store.named import Called
from finder.web import parameters

Kind = Literal["nothing", "point", "evse", "postal_code", "place", "operator", "street", "station", "words"]
POSTAL_CODE = re.compile(rf"(?<!\d)(?:SE?[- ])?({postal.SWEDISH.pattern})(?!\d)", re.ASCII | re.IGNORECASE)
# What a house has after its street, and all that follows: "Storgatan 12 B", "Storgatan 1-3".
HOUSE = re.compile(r"\s+\d+.*$", re.ASCII)
STREET = re.compile(r"\S(?:gata|gatan|väg|vägen|gränd|stig|stigen|allé|allén|torg|torget|plan|backen|leden|vej|gade|veien|gate|straße|strasse)\b|\b(?:street|road|avenue|lane|square|rue|via|calle)\b", re.IGNORECASE)  # fmt: skip
MOST_SAID = 3
SAME_PLACE_KM = 5.0


class Understood(Struct):
    """What the text means. Whoever searches looks around `near` if there is one, and for `text` by words if it is not empty.

    - `place` is the town or area, for a street the one it is said to be in; `others` are places of the same name.
    - `guessed`: the place's name is not what was typed, but begins so or differs by a slip.
    - `operator` is its name as in addresses. `stations` are some of those meant, by EVSE id, by name or on the street.
    """

    kind: Kind
    text: str = ""
    near: tuple[float, float] | None = None
    place: Town | None = None
    others: tuple[Town, ...] = ()
    guessed: bool = False
    postal_code: PostalCode | None = None
    operator: str | None = None
    stations: tuple[Called, ...] = ()


def understand(connection: sa.Connection, typed: str, *, licensed: bool = False, own: str = "SE") -> Understood:
    """Never raises for what is typed. `licensed`: what only partners without a licence tell counts as not there."""
    text = " ".join(typed.split())[: parameters.LONGEST_TEXT]
    if (near := point(text)) is not None:
        return Understood("point", near=near)
    if not fold(text):
        return Understood("nothing")
    return (
        _evse(connection, text, licensed)
        or _postal_code(connection, text, licensed, own)
        or _place(text, own)
        or _operator(connection, text, licensed)
        or _place(text, None)
        or _street(connection, text, licensed, own)
        or _by_words(connection, text, licensed, own)
    )


def point(text: str) -> tuple[float, float] | None:
    try:
        return parameters.point(text)
    except ValueError:
        return None


def _evse(connection: sa.Connection, text: str, licensed: bool) -> Understood | None:
    if bare_evse_id(text) is None:
        return None
    stations = named.by_evse_id(connection, text, licensed=licensed)
    return Understood("evse", near=_middle(stations), stations=stations) if stations else None


def _postal_code(connection: sa.Connection, text: str, licensed: bool, own: str) -> Understood | None:
    """Alone, or with its town; with a street it tells which town the street is in."""
    match = POSTAL_CODE.search(text)
    typed = match[1] if match else text
    rest = fold(POSTAL_CODE.sub(" ", text)) if match else ""
    code = postal.exact(typed, own)
    if code is None or (rest and code.country != "SE"):
        return None
    if rest and rest != fold(code.locality):
        return _street(connection, f"{POSTAL_CODE.sub(' ', text)}, {code.locality}", licensed, own)
    if code.latitude is not None and code.longitude is not None:
        return Understood("postal_code", near=(code.latitude, code.longitude), postal_code=code)
    stations = named.by_words(connection, code.code, licensed=licensed)
    return Understood("postal_code", "" if stations else text, _middle(stations), postal_code=code, stations=stations)


def _place(text: str, own: str | None) -> Understood | None:
    """A place that is named in full; of the country `own`, if that is said."""
    found = places.named(text, own=own or "SE")
    if not found or (own is not None and places.area(found[0].area).country != own):
        return None
    return Understood("place", near=_at(found[0]), place=found[0], others=found[1:])


def _operator(connection: sa.Connection, text: str, licensed: bool) -> Understood | None:
    wanted = slug(text)
    station = named.operator(connection, wanted, licensed=licensed)
    return Understood("operator", operator=wanted, stations=(station,)) if station else None


def _street(connection: sa.Connection, text: str, licensed: bool, own: str) -> Understood | None:
    """A street that a station is on, with or without its town; or one that is not, in a town that is named."""
    street, town = _parted(text, own)
    held = named.by_words(connection, text, licensed=licensed)
    words = fold(HOUSE.sub("", street)).split()
    stations = tuple(each for each in held if words and named.begins(words, HOUSE.sub("", each.address or "")))
    if stations:
        return Understood("street", text.strip(" ,"), _middle(stations), place=town, stations=stations)
    if town is not None and (STREET.search(street) or HOUSE.search(street)) and not held:
        return Understood("street", near=_at(town), place=town)
    return None


def _parted(text: str, own: str) -> tuple[str, Town | None]:
    """The street and the town after it, parted by a comma or a blank."""
    head, comma, tail = text.partition(",")
    if comma and (found := places.named(tail.strip(" ,"), 1, own)):
        return head, found[0]
    words = text.replace(",", " ").split()
    for said in range(min(MOST_SAID, len(words) - 1), 0, -1):
        if found := places.named(" ".join(words[-said:]), 1, own):
            return " ".join(words[:-said]), found[0]
    return text, None


def _by_words(connection: sa.Connection, text: str, licensed: bool, own: str) -> Understood:
    """Stations of that name; else the place that was probably meant: one at home that begins so, or any if no station has the words."""
    words = fold(text).split()
    held = named.by_words(connection, text, licensed=licensed)
    stations = tuple(each for each in held if named.begins(words, each.name))
    if stations:
        return Understood("station", text, _middle(stations), stations=stations)
    found = places.find(text, own=own)
    if found and (not held or _begins(found[0], text, own)):
        return Understood("place", near=_at(found[0]), place=found[0], others=found[1:], guessed=True)
    return Understood("words", text, stations=held)


def _begins(town: Town, text: str, own: str) -> bool:
    here = places.area(town.area).country == own
    return here and any(fold(name).startswith(fold(text)) for name in (town.name_sv, town.name_en))


def _at(town: Town) -> tuple[float, float]:
    return town.latitude, town.longitude


def _middle(stations: Sequence[Called]) -> tuple[float, float] | None:
    """The first of them, if all are in one place."""
    if not stations:
        return None
    first = stations[0]
    here = first.latitude, first.longitude
    near = all(kilometres(*here, each.latitude, each.longitude) <= SAME_PLACE_KM for each in stations)
    return here if near else None
