"""Many locations, one station: whose word on what counts.

Facts come from the lead, the location that was there first, so that a name or an address does not flicker with
every status; what the lead leaves unsaid is filled from the others. An EVSE that several describe is one EVSE: its
status is the newest word on it, its facts the lead's where the lead has it.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from finder.ocpi.power import watts
from finder.ocpi.types import Evse, Location, Struct
from finder.stations.identity import evse_key, fold, slug
from finder.stations.types import Origin, Station, StationEvse

# Locations that share an EVSE id are one place when they are at most this far apart: of 48,688 such pairs in a
# national feed 98.9 % are within 10 m, 0.1 % beyond 500 m, and those are ids that moved or were used twice.
SAME_PLACE_KM = 0.5
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
DIGITS = re.compile(r"([0-9]+)")
OWN = {"country_code", "party_id", "id", "coordinates", "evses", "last_updated"}
FACTS = tuple(field for field in Location.__struct_fields__ if field not in OWN)


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
        evses=tuple(sorted(_evses(locations), key=_counting)),
        origins=tuple(origin for _, origin in words),
        changed_at=changed_at,
    )


def merged_facts(locations: Sequence[Location]) -> Location:
    """The lead's facts without its EVSEs, its silences filled by the others in order."""
    lead = locations[0]
    changes: dict[str, Any] = {"evses": ()}
    for field in FACTS if len(locations) > 1 else ():
        if getattr(lead, field) in (None, ()):
            said = next((value for other in locations[1:] if (value := getattr(other, field)) not in (None, ())), None)
            if said is not None:
                changes[field] = said
    return msgspec.structs.replace(lead, **changes)


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
    facts: dict[str, Any] = {
        field: said
        for field in Evse.__struct_fields__
        if getattr(earlier.evse, field) in (None, ()) and (said := getattr(evse, field)) not in (None, ())
    }
    if (evse.last_updated or NEVER) > (earlier.evse.last_updated or NEVER):
        facts |= {"status": evse.status, "last_updated": evse.last_updated}
    else:
        origin = earlier.origin
        facts.pop("last_updated", None)
    return StationEvse(evse=msgspec.structs.replace(earlier.evse, **facts), origin=origin)


def title(location: Location) -> str:
    """What a place is called: its name, else its address, else its town, else its id."""
    return location.name or location.address or location.city or location.id


def facts(locations: Sequence[Location]) -> Facts:
    """The search columns of the station that these locations describe, the lead first."""
    lead = locations[0]
    name = title(lead)
    operator = next((said.operator.name for said in locations if said.operator), None)
    words = [name, lead.address, lead.city, lead.postal_code, operator]
    for other in locations[1:]:
        words += [other.name, other.address]
    power = max(
        [watts(connector) or 0 for said in locations for evse in said.evses for connector in evse.connectors], default=0
    )
    return Facts(
        name=name,
        latitude=lead.coordinates.latitude,
        longitude=lead.coordinates.longitude,
        country=lead.country,
        operator=slug(operator) if operator else None,
        evses=len(lead.evses) if len(locations) == 1 else _count(locations),
        max_power=power or None,
        text=searchable(words),
    )


def _count(locations: Sequence[Location]) -> int:
    return len({_same(origin, evse) for origin, location in enumerate(locations) for evse in location.evses})


def searchable(words: Sequence[str | None]) -> str:
    """The words that a station is found by, folded, each once."""
    text = fold(" ".join(word for word in words if word))
    return " ".join(dict.fromkeys(text.replace(",", " ").split()))
