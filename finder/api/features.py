"""A station as GeoJSON (RFC 7946): the one line of a list, and everything that its page shows, in OCPI's words.

A field that is null, or an empty list, is not stated by any partner; it never means "no" or 0.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from finder import places
from finder.api.prices import Price
from finder.ocpi.countries import alpha_2
from finder.ocpi.types import (
    AdditionalGeoLocation,
    BusinessDetails,
    Connector,
    DisplayText,
    EnergyMix,
    Evse,
    Hours,
    Image,
    Location,
    Parking,
    Tariff,
)
from finder.stations import merge
from finder.stations.status import Live
from finder.stations.summary import Plug, Status, Summary, kilowatts, summarise
from finder.stations.types import Origin, Station, StationEvse


class Point(msgspec.Struct, frozen=True, tag="Point"):
    """Longitude first, then latitude; degrees, WGS 84."""

    coordinates: tuple[float, float]


class ConnectorGroup(msgspec.Struct, frozen=True):
    """The EVSEs that offer one kind of connector: `count` of them, `available` now (null: no status of them is known)."""

    standard: str | None
    format: str | None
    power_type: str | None
    power_kw: float | None
    count: int
    available: int | None


class Source(msgspec.Struct, frozen=True):
    """Where the facts come from, under which licence, and when that partner last confirmed them. Name it where you show them."""

    partner: str
    licence: str
    fetched_at: datetime | None


class Properties(msgspec.Struct, frozen=True, kw_only=True):
    """`url` is the station's page. `available_count` is null while no status is known, never 0 for that.

    `updated_at` is when the facts last changed; statuses do not count. `distance_km` is there in a search with `near`.
    """

    id: str
    url: str
    name: str
    address: str | None
    postal_code: str | None
    city: str | None
    country: str | None
    operator: str | None
    status: Status
    evse_count: int
    available_count: int | None
    max_power_kw: float | None
    connectors: tuple[ConnectorGroup, ...]
    price: Price
    distance_km: float | msgspec.UnsetType = msgspec.UNSET
    updated_at: datetime
    sources: tuple[Source, ...]


class ConnectorDetails(Connector, frozen=True, omit_defaults=False):
    """An OCPI Connector; `power_kw` is what it gives, as stated or from volts and amperes."""

    power_kw: float | None = None


class EvseDetails(Evse, frozen=True, omit_defaults=False):
    """An OCPI EVSE; `status` is UNKNOWN where the partner's word is too old to be believed. `partner` gave the status."""

    status_updated_at: datetime | None = None
    partner: str = ""
    connectors: tuple[ConnectorDetails, ...] = ()


class Details(Properties, frozen=True, kw_only=True):
    """Everything that the station's page shows, in the words of OCPI 2.3.0."""

    evses: tuple[EvseDetails, ...]
    tariffs: tuple[Tariff, ...]
    opening_times: Hours | None
    time_zone: str | None
    charging_when_closed: bool | None
    facilities: tuple[str, ...]
    parking_type: str | None
    parking_places: tuple[Parking, ...]
    directions: tuple[DisplayText, ...]
    related_locations: tuple[AdditionalGeoLocation, ...]
    state: str | None
    operator_details: BusinessDetails | None
    suboperator: BusinessDetails | None
    owner: BusinessDetails | None
    help_phone: str | None
    energy_mix: EnergyMix | None
    images: tuple[Image, ...]


class Feature(msgspec.Struct, frozen=True, tag="Feature"):
    """A station in a list."""

    id: str
    geometry: Point
    properties: Properties


class FeatureDetails(msgspec.Struct, frozen=True, tag="Feature"):
    """A station with everything that is known of it."""

    id: str
    geometry: Point
    properties: Details


class FeatureCollection(msgspec.Struct, frozen=True, tag="FeatureCollection"):
    """`total` counts the whole result, `next` leads to its next page (null on the last)."""

    total: int
    next: str | None
    features: tuple[Feature, ...]


SHARED = Properties.__struct_fields__
# What a location says and a list leaves out, under OCPI's own name.
STATED = tuple(
    field
    for field in Details.__struct_fields__
    if field in Location.__struct_fields__ and field not in (*SHARED, "evses")
)


def feature(station: Station, price: Price, url: str, now: datetime, kilometres: float | None = None) -> Feature:
    return Feature(
        id=station.id,
        geometry=point(station.location),
        properties=properties(station, summarise(station, now), price, url, kilometres),
    )


def feature_details(station: Station, price: Price, url: str, now: datetime) -> FeatureDetails:
    summary = summarise(station, now)
    shared = properties(station, summary, price, url)
    details = Details(
        **{field: getattr(shared, field) for field in SHARED},
        **{field: getattr(station.location, field) for field in STATED},
        evses=evses(station, summary.lives),
        tariffs=station.tariffs,
        operator_details=station.location.operator,
    )
    return FeatureDetails(id=station.id, geometry=point(station.location), properties=details)


def point(location: Location) -> Point:
    return Point(coordinates=(location.coordinates.longitude, location.coordinates.latitude))


def properties(
    station: Station, summary: Summary, price: Price, url: str, kilometres: float | None = None
) -> Properties:
    location = station.location
    return Properties(
        id=station.id,
        url=url,
        name=merge.title(location),
        address=location.address,
        postal_code=location.postal_code,
        city=location.city,
        country=country(station),
        operator=location.operator.name if location.operator else None,
        status=summary.status,
        evse_count=summary.total,
        available_count=summary.available if summary.known else None,
        max_power_kw=summary.max_power_kw,
        connectors=tuple(connector_group(plug) for plug in summary.plugs),
        price=price,
        distance_km=msgspec.UNSET if kilometres is None else round(kilometres, 3),
        updated_at=station.changed_at,
        sources=sources(station.origins),
    )


def country(station: Station) -> str | None:
    """As the partner says, else where the station lies."""
    said = alpha_2(station.location.country)
    if said is None and station.place is not None:
        return places.area(station.place).country
    return said


def connector_group(plug: Plug) -> ConnectorGroup:
    return ConnectorGroup(
        standard=plug.standard,
        format=plug.format,
        power_type=plug.power_type,
        power_kw=plug.power_kw,
        count=plug.total,
        available=plug.available if plug.known else None,
    )


def sources(origins: Sequence[Origin]) -> tuple[Source, ...]:
    """Each partner once; one without a licence is none."""
    found = {
        origin.partner: Source(partner=origin.partner, licence=origin.licence, fetched_at=origin.fetched_at)
        for origin in origins
        if origin.licence is not None
    }
    return tuple(found.values())


def evses(station: Station, lives: Sequence[Live]) -> tuple[EvseDetails, ...]:
    return tuple(evse_details(entry, live, station.origins) for entry, live in zip(station.evses, lives, strict=True))


def evse_details(entry: StationEvse, live: Live, origins: Sequence[Origin]) -> EvseDetails:
    evse = entry.evse
    changed = {
        "status": "UNKNOWN" if live.word == "unknown" else evse.status,
        "connectors": tuple(connector_details(connector) for connector in evse.connectors),
    }
    return EvseDetails(
        **(msgspec.structs.asdict(evse) | changed),
        status_updated_at=live.since,
        partner=origins[entry.origin].partner,
    )


def connector_details(connector: Connector) -> ConnectorDetails:
    return ConnectorDetails(**msgspec.structs.asdict(connector), power_kw=kilowatts(connector))
