"""Many locations, one station: whose word on what counts.

Facts come from the lead, the location that was there first, so that a name or an address does not flicker with
every status; what the lead leaves unsaid is filled from the others. An EVSE that several describe is one EVSE: its
status is the newest word on it, its facts the lead's where the lead has it.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import TypeVar

import msgspec

from finder.ocpi.types import Evse, Location, Struct
from finder.stations import traits
from finder.stations.identity import evse_key, folded, slug
from finder.stations.traits import Opening, PlugSet
from finder.stations.types import Origin, Station, StationEvse

# Locations that share an EVSE id are one place when they are at most this far apart: of 48,688 such pairs in a
# national feed 98.9 % are within 10 m, 0.1 % beyond 500 m, and those are ids that moved or were used twice.
SAME_PLACE_KM = 0.5
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
DIGITS = re.compile(r"([0-9]+)")
Told = TypeVar("Told", Location, Evse)


class Facts(Struct):
    """What a query needs to know of a station, read off its documents."""

    name: str
    latitude: float
    longitude: float
    country: str | None
    operator: str | None
    evses: int
    max_power: int | None
    text: str
    traits: int
    plugs: PlugSet
    opening: Opening | None
    tariff_ids: frozenset[str]
    city: str


def station(
    id: str,
    place: str | None,
    words: Sequence[tuple[Location, Origin]],
    changed_at: datetime,
) -> Station:
    """The station that these locations describe, the lead first. Each location's EVSEs carry their live status."""
    locations = [location for location, _ in words]
    return Station(
        id=id,
        location=merged_facts(locations),
        place=place,
        evses=_in_order(_evses(locations)),
        origins=tuple(origin for _, origin in words),
        changed_at=changed_at,
    )


def merged_facts(locations: Sequence[Location]) -> Location:
    """The lead's facts without its EVSEs, its silences filled by the others in order."""
    return msgspec.structs.replace(reduce(_filled, locations), evses=())


def _filled(first: Told, second: Told) -> Told:
    """The first with what it does not say from the second."""
    said = zip(msgspec.structs.astuple(first), msgspec.structs.astuple(second), strict=True)
    return type(first)(*[other if own is None or own == () else own for own, other in said])


def _in_order(evses: tuple[StationEvse, ...]) -> tuple[StationEvse, ...]:
    return tuple(sorted(evses, key=_counting)) if len(evses) > 1 else evses


def _counting(held: StationEvse) -> list[str | int]:
    """An order in which E9 stands before E10."""
    parts = DIGITS.split(held.evse.evse_id or held.evse.uid)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]


def _evses(locations: Sequence[Location]) -> tuple[StationEvse, ...]:
    if len(locations) == 1:
        return tuple(StationEvse(evse=evse) for evse in locations[0].evses)
    found: dict[object, StationEvse] = {}
    for origin, location in enumerate(locations):
        for evse in location.evses:
            key = _same(origin, evse)
            earlier = found.get(key)
            found[key] = StationEvse(evse=evse, origin=origin) if earlier is None else _newest(earlier, evse, origin)
    return tuple(found.values())


def _same(origin: int, evse: Evse) -> object:
    """What two words on one EVSE have in common: its world-wide id, else only its place in its own location."""
    return evse_key(evse.evse_id) or (origin, evse.uid)


def _newest(earlier: StationEvse, evse: Evse, origin: int) -> StationEvse:
    """The earlier word's facts with the newer word's status; facts that only the other states are kept."""
    newer = (evse.last_updated or NEVER) > (earlier.evse.last_updated or NEVER)
    live = evse if newer else earlier.evse
    facts = _filled(earlier.evse, evse)
    told = msgspec.structs.replace(facts, status=live.status, last_updated=live.last_updated)
    return StationEvse(evse=told, origin=origin if newer else earlier.origin)


def title(location: Location) -> str:
    """What a place is called: its name, else its address, else its town, else its id."""
    return location.name or location.address or location.city or location.id


def facts(locations: Sequence[Location]) -> Facts:
    """The search columns of the station that these locations describe, the lead first."""
    lead = locations[0]
    merged = lead if len(locations) == 1 else merged_facts(locations)
    name = title(merged)
    operator = next((said.operator.name for said in locations if said.operator), None)
    words = [name, lead.address, lead.city, lead.postal_code, operator]
    for other in locations[1:]:
        words += [other.name, other.address]
    had = _offered(locations)
    return Facts(
        name=name,
        latitude=lead.coordinates.latitude,
        longitude=lead.coordinates.longitude,
        country=lead.country,
        operator=slug(operator) if operator else None,
        evses=len(lead.evses) if len(locations) == 1 else _count(locations),
        max_power=traits.strongest(had.plugs),
        text=searchable(words),
        traits=traits.bits(merged, had),
        plugs=traits.plug_set(had.plugs),
        opening=traits.opening(merged),
        tariff_ids=had.tariff_ids,
        city=merged.city or "",
    )


def _offered(locations: Sequence[Location]) -> traits.Offered:
    """Of the EVSEs as `_evses` has them; they need not be put together where all say the same. Tariffs: of all."""
    first = traits.offered(locations[0].evses)
    tariff_ids = first.tariff_ids
    together = False
    for other in locations[1:]:
        had = traits.offered(other.evses)
        tariff_ids |= had.tariff_ids
        same = had.plugs <= first.plugs and had.capabilities <= first.capabilities
        together = together or first.bare or had.bare or not same
    if together:
        first = traits.offered([entry.evse for entry in _evses(locations)])
    return first if first.tariff_ids == tariff_ids else msgspec.structs.replace(first, tariff_ids=tariff_ids)


def _count(locations: Sequence[Location]) -> int:
    return len({_same(origin, evse) for origin, location in enumerate(locations) for evse in location.evses})


def searchable(words: Sequence[str | None]) -> str:
    """The words that a station is found by, folded, each once."""
    return " ".join(dict.fromkeys(" ".join([folded(word) for word in words if word]).split()))
