"""A partner's word for a country or a time zone, and whether a position has its latitude and longitude exchanged."""

import math
import re
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import available_timezones

import msgspec

TABLE = Path(__file__).with_name("countries.tsv")
NO_ZONE = re.compile(r"etc/.*|(?:utc|gmt|uct|zulu|universal|greenwich|z)?", re.IGNORECASE)
OTHER_NAMES = {
    "czech republic": "czechia",
    "england": "united kingdom",
    "great britain": "united kingdom",
    "holland": "netherlands",
    "northern ireland": "united kingdom",
    "scotland": "united kingdom",
    "the uk": "united kingdom",
    "turkey": "türkiye",
    "u.k.": "united kingdom",
    "uk": "united kingdom",
    "wales": "united kingdom",
}
FAR, NEAR = 2000.0, 1500.0
"""Kilometres from a country's nearest zone city: beyond FAR a position is not in it, within NEAR it may be."""


class Country(msgspec.Struct, frozen=True):
    """`zone` is None where clocks differ within the country. `cities` are the tz database's places, one a zone."""

    alpha_2: str
    alpha_3: str
    zone: str | None
    cities: tuple[tuple[float, float], ...]


@lru_cache(maxsize=1024)
def country(text: str) -> Country | None:
    """By alpha-3, alpha-2, a name in English, Swedish, German or a language of the country, or its own currency."""
    return _by_word().get(text.strip().casefold())


def alpha_3(text: str | None) -> str | None:
    found = country(text) if text else None
    return found.alpha_3 if found else None


def alpha_2(text: str | None) -> str | None:
    """The code of a party's country. One that no list has is kept: a party is whoever it says it is."""
    if not text or not text.strip():
        return None
    found = country(text)
    if found:
        return found.alpha_2
    shown = text.strip().upper()
    return shown if len(shown) == 2 and shown.isascii() and shown.isalnum() else None


@lru_cache(maxsize=4096)
def zone(text: str | None, country_text: str | None) -> str | None:
    """The IANA zone meant, or that of the country where it has only one, or None.

    UTC and the fixed offsets (whose sign is not what it seems: Etc/GMT+5 is west) are no place's clock and count as missing.
    Repairs `Asia/Kuala Lumpur`, `Amsterdam`, `The Netherlands/Amsterdam`, `Germany` and `NL`.
    """
    here = country(country_text) if country_text else None
    usual = here.zone if here else None
    said = (text or "").strip().replace(" ", "_").casefold()
    if NO_ZONE.fullmatch(said):
        return usual
    named = country((text or "").replace("_", " "))
    return _zones().get(said) or _cities().get(said.rpartition("/")[2]) or (named.zone if named else None) or usual


def exchanged(latitude: float, longitude: float, country_text: str | None) -> bool:
    """Whether latitude and longitude have certainly changed places: far from the country as stated, in it when turned."""
    here = country(country_text) if country_text else None
    if not -90 <= longitude <= 90:
        return False
    if not -90 <= latitude <= 90:
        return here is None or _nearest(here, longitude, latitude) < NEAR
    if here is None:
        return False
    for north, east in here.cities:
        if -12 < latitude - north < 12 and -12 < longitude - east < 12:
            return False
    return _nearest(here, latitude, longitude) > FAR and _nearest(here, longitude, latitude) < NEAR


def _nearest(here: Country, latitude: float, longitude: float) -> float:
    return min(_kilometres(latitude, longitude, *city) for city in here.cities)


def _kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    north, other_north = math.radians(latitude), math.radians(other_latitude)
    half = (
        math.sin((other_north - north) / 2) ** 2
        + math.cos(north) * math.cos(other_north) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    )
    return 12742 * math.asin(math.sqrt(min(1.0, half)))


@cache
def _by_word() -> dict[str, Country]:
    found: dict[str, Country] = {}
    rows = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    countries = [(row, Country(row[0], row[1], row[2] or None, _places(row[5]))) for row in rows]
    shared = Counter(name for row, _ in countries for name in row[4].split("|"))
    for row, entry in countries:
        words = [name for name in row[4].split("|") if shared[name] == 1]
        for word in (*words, f"the {words[0]}" if words else "", row[3].casefold()):
            found.setdefault(word, entry)
    for name, code in OTHER_NAMES.items():
        found[name] = found[code]
    # Codes win over names and currencies that look like them.
    for row, entry in countries:
        found[row[0].casefold()] = found[row[1].casefold()] = entry
    found.pop("", None)
    return found


def _places(text: str) -> tuple[tuple[float, float], ...]:
    return tuple((float(place.split(",")[0]), float(place.split(",")[1])) for place in text.split())


@cache
def _zones() -> dict[str, str]:
    """Zones by their names in lower case; the database's old one-word names (NL, Poland, PRC) are not taken for zones."""
    return {name.casefold(): name for name in available_timezones() if "/" in name and not name.startswith("posix")}


@cache
def _cities() -> dict[str, str]:
    """Zones by their last part, where only one zone has it."""
    shared = Counter(name.rpartition("/")[2].casefold() for name in available_timezones())
    return {
        name.rpartition("/")[2].casefold(): name
        for name in available_timezones()
        if shared[name.rpartition("/")[2].casefold()] == 1 and "/" in name and name[:4] != "Etc/"
    }
