"""Locations read for their plugs and tariffs alone: many hundred at once, where reading all that they say would take too long."""

import msgspec
import sqlalchemy as sa

from finder.ocpi.types import Connector, Struct
from finder.store import documents


class Plug(Struct):
    """Of a Connector, in its words and units."""

    standard: str | None = None
    power_type: str | None = None
    max_voltage: float | None = None
    max_amperage: float | None = None
    max_electric_power: float | None = None
    tariff_ids: tuple[str, ...] = ()


class Point(Struct):
    """Of an EVSE."""

    uid: str
    evse_id: str | None = None
    connectors: tuple[Plug, ...] = ()


class Place(Struct):
    """Of a Location."""

    country_code: str
    party_id: str
    time_zone: str | None = None
    evses: tuple[Point, ...] = ()

    @property
    def party(self) -> str:
        """As `tariffs` and `tariff_versions` have it."""
        return f"{self.country_code}/{self.party_id}".casefold()

    @property
    def refs(self) -> set[str]:
        """The tariffs that it names, folded for case."""
        return {ref.casefold() for evse in self.evses for plug in evse.connectors for ref in plug.tariff_ids}


def plug(connector: Connector) -> Plug:
    return Plug(
        standard=connector.standard,
        power_type=connector.power_type,
        max_voltage=connector.max_voltage,
        max_amperage=connector.max_amperage,
        max_electric_power=connector.max_electric_power,
        tariff_ids=connector.tariff_ids,
    )


_decoder = msgspec.json.Decoder(Place)


def read(connection: sa.Connection, packed: bytes) -> Place:
    """From the document of a location."""
    return _decoder.decode(documents.raw(connection, packed))
