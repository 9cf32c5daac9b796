"""Which station each location belongs to.

Locations that hold the same EVSE within `SAME_PLACE_KM` are one station. A location stays where it is while that
holds; the oldest station of those it joins lives on, and the ids of the others lead to it.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from finder.ocpi.types import Location
from finder.stations.identity import station_id
from finder.stations.merge import SAME_PLACE_KM
from finder.store import locations as stored
from finder.store import stations
from finder.store.cells import kilometres
from finder.store.database import new_keys
from finder.store.schema import stations as table


class Arrival(NamedTuple):
    """A location that is new or whose facts changed; `station_pk` is where it was, `evse_keys` what it holds."""

    pk: int
    key: str
    location: Location
    station_pk: int | None
    evse_keys: Sequence[int | None]


class Placement(NamedTuple):
    """`homes`: station by location, for every location that got or changed one. `members`: locations by station, for
    the stations met. `touched`: stations to be told anew. `founded`: public ids of stations that are new.
    `merged`: stations that are no more, and into which."""

    homes: dict[int, int]
    members: dict[int, set[int]]
    touched: set[int]
    founded: dict[int, str]
    merged: dict[int, int]


class Holder(NamedTuple):
    location_pk: int
    station_pk: int
    latitude: float
    longitude: float


class Founding:
    """Gives new stations their primary key and public id; a station that was gone comes back under its old ones."""

    def __init__(self, connection: sa.Connection, partner: str, arrivals: Sequence[Arrival]) -> None:
        self._partner = partner
        self._connection = connection
        self._pks = iter(new_keys(connection, table, len(arrivals)))
        self._known = stations.by_ids(connection, [station_id(partner, arrival.key, 0) for arrival in arrivals])

    def found(self, key: str) -> tuple[int, str]:
        attempt = 0
        while True:
            id = station_id(self._partner, key, attempt)
            known = self._known.get(id) if attempt == 0 else stations.by_ids(self._connection, [id]).get(id)
            if known is None:
                pk = next(self._pks)
                self._known[id] = stations.Known(pk, gone=False)
                return pk, id
            if known.gone:
                self._known[id] = known._replace(gone=False)
                return known.pk, id
            attempt += 1


def place(connection: sa.Connection, partner: str, arrivals: Sequence[Arrival]) -> Placement:
    """Finds every arrival's station within this transaction; writes nothing. `partner` is the slug."""
    keys = {arrival.pk: [key for key in arrival.evse_keys if key is not None] for arrival in arrivals}
    holders = _holders(connection, keys)
    known = {arrival.station_pk for arrival in arrivals if arrival.station_pk is not None}
    known |= {holder.station_pk for some in holders.values() for holder in some}
    members: dict[int, set[int]] = defaultdict(set)
    for station_pk, location_pk in stations.members(connection, list(known)):
        members[station_pk].add(location_pk)
    placement = Placement({}, members, set(), {}, {})
    founding = Founding(connection, partner, arrivals)
    for arrival in arrivals:
        _place_one(arrival, keys[arrival.pk], holders, placement, founding)
    return placement


def _place_one(
    arrival: Arrival,
    keys: Sequence[int],
    holders: dict[int, list[Holder]],
    placement: Placement,
    founding: Founding,
) -> None:
    members = placement.members
    own = _final(placement, arrival.station_pk)
    candidates = _joined(arrival, keys, holders, placement)
    if own is not None and members[own] == {arrival.pk}:
        candidates.add(own)
    homes = sorted(candidates)
    if homes:
        home = homes[0]
    else:
        home, id = founding.found(arrival.key)
        placement.founded[home] = id
    if own is not None and own != home:
        members[own].discard(arrival.pk)
        placement.touched.add(own)
    members[home].add(arrival.pk)
    for other in homes[1:]:
        members[home] |= members.pop(other, set())
        placement.merged[other] = home
        placement.touched.discard(other)
        placement.founded.pop(other, None)
        placement.homes.update(dict.fromkeys(members[home], home))
    placement.homes[arrival.pk] = home
    placement.touched.add(home)
    here = arrival.location.coordinates
    holder = Holder(arrival.pk, home, here.latitude, here.longitude)
    for key in keys:
        holders[key].append(holder)


def _joined(arrival: Arrival, keys: Sequence[int], holders: dict[int, list[Holder]], placement: Placement) -> set[int]:
    """The stations near by of other locations that hold one of these EVSEs."""
    here = arrival.location.coordinates
    found: dict[int, Holder] = {}
    for key in keys:
        if key in holders:
            found |= {holder.location_pk: holder for holder in holders[key]}
    found.pop(arrival.pk, None)
    return {
        _station(placement, holder.station_pk)
        for holder in found.values()
        if kilometres(here.latitude, here.longitude, holder.latitude, holder.longitude) <= SAME_PLACE_KM
    }


def _final(placement: Placement, station_pk: int | None) -> int | None:
    return None if station_pk is None else _station(placement, station_pk)


def _station(placement: Placement, pk: int) -> int:
    """The station that this one is part of by now."""
    while pk in placement.merged:
        pk = placement.merged[pk]
    return pk


def _holders(connection: sa.Connection, keys: dict[int, list[int]]) -> dict[int, list[Holder]]:
    holders: dict[int, list[Holder]] = defaultdict(list)
    wanted = list({key for some in keys.values() for key in some})
    for row in stored.sharing(connection, wanted):
        # The arrivals' own stored EVSEs are yesterday's word; what they hold today is added as they are placed.
        if row.location_pk not in keys:
            holders[row.evse_key].append(Holder(row.location_pk, row.station_pk, row.latitude, row.longitude))
    return holders
