"""A Station: what all partners together say of one place where cars charge."""

from datetime import datetime

from finder.ocpi.types import Evse, Location, Struct, Tariff


class Origin(Struct):
    """One partner's word on a station. `fetched_at` is that partner's last good pull: until then its word is known to hold."""

    partner: str
    name: str
    licence: str | None
    fetched_at: datetime | None
    location_id: str
    last_updated: datetime | None = None
    interval: float = 300.0


class StationEvse(Struct):
    """An EVSE and the origin (index in `Station.origins`) whose word on it is the newest."""

    evse: Evse
    origin: int = 0


class Station(Struct):
    """`location` holds the merged facts (its own `evses` are empty), `evses` every EVSE once.

    `id` is the public id, `place` the code of its municipality (`finder.places`). `changed_at` is when the facts last changed, never a status.
    """

    id: str
    location: Location
    place: str | None
    evses: tuple[StationEvse, ...]
    origins: tuple[Origin, ...]
    changed_at: datetime
    tariffs: tuple[Tariff, ...] = ()

    @property
    def tariff_refs(self) -> set[str]:
        """The ids of tariffs that its connectors name, folded for case."""
        return {
            tariff_id.casefold()
            for held in self.evses
            for connector in held.evse.connectors
            for tariff_id in connector.tariff_ids
        }


class Gone(Struct):
    """A station that was here: removed by its partner, or absent from its feeds."""

    id: str
    name: str
    latitude: float
    longitude: float
    gone_at: datetime
    reason: str
    place: str | None = None


class Moved(Struct):
    """An id that now answers as another station's (merged): `id` is the one to go to."""

    id: str
