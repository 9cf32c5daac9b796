"""The nouns of OCPI: one frozen struct each, in the words of 2.3.0 (mod_locations, mod_tariffs).

Older versions are read into these. Text of an open enum stays as the partner wrote it, in upper case.
An absent field is None or an empty tuple and means "not stated", never "no". Powers are watts, energy is kWh
where the specification says so, money is `Decimal`, instants are aware UTC datetimes.
"""

from datetime import datetime
from decimal import Decimal
from typing import dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Struct(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Frozen, compared by value, and written without the fields that say nothing."""


class DisplayText(Struct):
    language: str
    text: str


class Image(Struct):
    url: str
    category: str = "OTHER"
    type: str = ""
    thumbnail: str | None = None
    width: int | None = None
    height: int | None = None


class BusinessDetails(Struct):
    name: str
    website: str | None = None
    logo: Image | None = None


class Coordinates(Struct):
    """Degrees, WGS 84. Read from text or number; always within range, never 0,0."""

    latitude: float
    longitude: float


class AdditionalGeoLocation(Struct):
    latitude: float
    longitude: float
    name: DisplayText | None = None


class RegularHours(Struct):
    """Local time at the location, `HH:MM`; weekday 1 is Monday.

    `period_end` 24:00 is the end of the day; an end not after the begin runs past midnight.
    """

    weekday: int
    period_begin: str
    period_end: str


class ExceptionalPeriod(Struct):
    period_begin: datetime
    period_end: datetime


class Hours(Struct):
    twentyfourseven: bool = False
    regular_hours: tuple[RegularHours, ...] = ()
    exceptional_openings: tuple[ExceptionalPeriod, ...] = ()
    exceptional_closings: tuple[ExceptionalPeriod, ...] = ()


class EnergySource(Struct):
    source: str
    percentage: float


class EnvironmentalImpact(Struct):
    category: str
    amount: float


class EnergyMix(Struct):
    is_green_energy: bool | None = None
    energy_sources: tuple[EnergySource, ...] = ()
    environ_impact: tuple[EnvironmentalImpact, ...] = ()
    supplier_name: str | None = None
    energy_product_name: str | None = None


class StatusSchedule(Struct):
    period_begin: datetime
    status: str
    period_end: datetime | None = None


class Connector(Struct):
    """`max_voltage` is line to neutral for AC_3_PHASE. Implausible electrical values are None (`power.py`).

    Its own `last_updated` is left out: the EVSE's covers its connectors too (mod_locations, EVSE object).
    """

    id: str
    standard: str | None = None
    format: str | None = None
    power_type: str | None = None
    max_voltage: float | None = None
    max_amperage: float | None = None
    max_electric_power: float | None = None
    tariff_ids: tuple[str, ...] = ()
    terms_and_conditions: str | None = None
    capabilities: tuple[str, ...] = ()


class EvseParking(Struct):
    parking_id: str
    evse_position: str | None = None


class Evse(Struct):
    """`status` and `last_updated` are the live part; everything else is a fact that seldom changes."""

    uid: str
    evse_id: str | None = None
    status: str = "UNKNOWN"
    status_schedule: tuple[StatusSchedule, ...] = ()
    capabilities: tuple[str, ...] = ()
    connectors: tuple[Connector, ...] = ()
    floor_level: str | None = None
    coordinates: Coordinates | None = None
    physical_reference: str | None = None
    directions: tuple[DisplayText, ...] = ()
    parking_restrictions: tuple[str, ...] = ()
    parking: tuple[EvseParking, ...] = ()
    images: tuple[Image, ...] = ()
    accepted_service_providers: tuple[str, ...] = ()
    last_updated: datetime | None = None


class Parking(Struct):
    """Lengths in cm, weight in kg, `time_limit` in minutes."""

    id: str
    physical_reference: str | None = None
    vehicle_types: tuple[str, ...] = ()
    max_vehicle_weight: float | None = None
    max_vehicle_height: float | None = None
    max_vehicle_length: float | None = None
    max_vehicle_width: float | None = None
    parking_space_length: float | None = None
    parking_space_width: float | None = None
    dangerous_goods_allowed: bool | None = None
    direction: str | None = None
    drive_through: bool | None = None
    restricted_to_type: bool | None = None
    reservation_required: bool | None = None
    time_limit: float | None = None
    roofed: bool | None = None
    images: tuple[Image, ...] = ()
    lighting: bool | None = None
    refrigeration_outlet: bool | None = None
    standards: tuple[str, ...] = ()
    apds_reference: str | None = None


class Location(Struct):
    """One location of one party, public and with at least one EVSE that is not REMOVED.

    `country_code` and `party_id` are upper case, `country` is ISO 3166-1 alpha-3 or None, `time_zone` an IANA zone
    or None. `publish=false`, REMOVED EVSEs and the lists that only owners may see are gone before one is made.
    """

    country_code: str
    party_id: str
    id: str
    coordinates: Coordinates
    evses: tuple[Evse, ...] = ()
    name: str | None = None
    address: str | None = None
    city: str | None = None
    postal_code: str | None = None
    state: str | None = None
    country: str | None = None
    related_locations: tuple[AdditionalGeoLocation, ...] = ()
    parking_type: str | None = None
    directions: tuple[DisplayText, ...] = ()
    operator: BusinessDetails | None = None
    suboperator: BusinessDetails | None = None
    owner: BusinessDetails | None = None
    facilities: tuple[str, ...] = ()
    time_zone: str | None = None
    opening_times: Hours | None = None
    charging_when_closed: bool | None = None
    images: tuple[Image, ...] = ()
    energy_mix: EnergyMix | None = None
    help_phone: str | None = None
    parking_places: tuple[Parking, ...] = ()
    last_updated: datetime | None = None


class PriceLimit(Struct):
    """2.2.1 says excl_vat and incl_vat, 2.1.1 a bare number without VAT."""

    before_taxes: Decimal | None = None
    after_taxes: Decimal | None = None


class PriceComponent(Struct):
    """`price` per kWh (ENERGY), per hour (TIME, PARKING_TIME) or per session (FLAT); `vat` in percent, None: not stated.

    `price` is None where the partner sent none: then the price is unknown, never 0.
    """

    type: str
    price: Decimal | None = None
    vat: Decimal | None = None
    step_size: int | None = None


class TariffRestrictions(Struct):
    """All that are set must hold. Times are `HH:MM` and dates `YYYY-MM-DD`, local at the location."""

    start_time: str | None = None
    end_time: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    min_kwh: Decimal | None = None
    max_kwh: Decimal | None = None
    min_current: Decimal | None = None
    max_current: Decimal | None = None
    min_power: Decimal | None = None
    max_power: Decimal | None = None
    min_duration: int | None = None
    max_duration: int | None = None
    day_of_week: tuple[str, ...] = ()
    reservation: str | None = None


class TariffElement(Struct):
    price_components: tuple[PriceComponent, ...]
    restrictions: TariffRestrictions | None = None


class Tariff(Struct):
    """`tax_included` is YES, NO or N/A; older versions have none and mean NO, with VAT per component (2.2.1) or none (2.1.1).

    `currency` is None where the partner sent none: then nothing can be priced.
    """

    country_code: str
    party_id: str
    id: str
    elements: tuple[TariffElement, ...] = ()
    currency: str | None = None
    type: str | None = None
    tariff_alt_text: tuple[DisplayText, ...] = ()
    tariff_alt_url: str | None = None
    min_price: PriceLimit | None = None
    max_price: PriceLimit | None = None
    preauthorize_amount: Decimal | None = None
    start_date_time: datetime | None = None
    end_date_time: datetime | None = None
    tax_included: str | None = None
    energy_mix: EnergyMix | None = None
    last_updated: datetime | None = None


class Hidden(Struct):
    """An object that is right but must not be shown: its identity and why (`publish=false`, every EVSE REMOVED, no EVSE)."""

    country_code: str
    party_id: str
    id: str
    reason: str
    last_updated: datetime | None = None


class Rejected(Struct):
    """An object that cannot be used. `path` is the field (`evses[2].uid`), `reason` one sentence: what is wrong, what would be right.

    Identity is None where it could not be read.
    """

    reason: str
    path: str = ""
    country_code: str | None = None
    party_id: str | None = None
    id: str | None = None


class Source(Struct):
    """Who an object comes from, for what its version does not say itself: 2.1.1 objects carry no party."""

    partner: str
    version: str = "2.2.1"
    country_code: str | None = None
    party_id: str | None = None
