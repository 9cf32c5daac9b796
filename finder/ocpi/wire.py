"""What the common parts of an object look like in well-typed JSON in the words of 2.3.0, before they are looked at.

Any member but an identity may be null. `Any` and `Raw` mark the parts that `parts.py` and `hours.py` read. What does not decode
into these goes through `repair.py` first. A member of type `None` is one that repair knows under another name: it may not
be there, so an object that has it is repaired.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw

from finder.ocpi.text import ID_LIMIT

# What is remembered by its text must be short, or a partner could fill the memory with it.
Short = Annotated[str, Meta(max_length=200)]
Id = Annotated[str, Meta(min_length=1, max_length=ID_LIMIT)]
Words = Annotated[tuple[Short, ...], Meta(max_length=100)]


class Wire(msgspec.Struct, gc=False):
    pass


class Connector(Wire):
    id: Id
    standard: Short | None = None
    format: Short | None = None
    power_type: Short | None = None
    max_voltage: float | None = None
    max_amperage: float | None = None
    max_electric_power: float | None = None
    tariff_ids: Words | None = None
    terms_and_conditions: str | None = None
    capabilities: Words | None = None
    status: Short | None = None
    voltage: None = None
    amperage: None = None
    ampere: None = None
    tariff_id: None = None
    max_power: None = None
    tariffs: None = None


class Coordinates(Wire):
    latitude: float
    longitude: float


class Evse(Wire):
    uid: Id
    evse_id: str | None = None
    status: Short | None = None
    status_schedule: Any = None
    capabilities: Words | None = None
    connectors: list[Connector] | None = None
    floor_level: str | None = None
    coordinates: Coordinates | None = None
    physical_reference: str | None = None
    directions: Any = None
    parking_restrictions: Words | None = None
    parking: Any = None
    images: Any = None
    accepted_service_providers: Any = None
    last_updated: datetime | None = None
    id: None = None
    evseId: None = None
    tariffs: None = None


class Location(Wire):
    id: Id
    country_code: Short | None = None
    party_id: Short | None = None
    publish: bool | None = None
    name: str | None = None
    address: str | None = None
    city: str | None = None
    postal_code: str | None = None
    state: str | None = None
    country: Short | None = None
    coordinates: Coordinates | None = None
    related_locations: Any = None
    parking_type: Short | None = None
    type: None = None
    evses: list[Evse] | None = None
    directions: Any = None
    operator: Raw = Raw()
    suboperator: Raw = Raw()
    owner: Raw = Raw()
    facilities: Words | None = None
    time_zone: Short | None = None
    opening_times: Raw = Raw()
    charging_when_closed: bool | None = None
    images: Any = None
    energy_mix: Any = None
    help_phone: str | None = None
    parking_places: Any = None
    last_updated: datetime | None = None
    subOperator: None = None


class PriceComponent(Wire):
    type: str
    price: Decimal | None = None
    vat: Decimal | None = None
    step_size: int | None = None


class TariffElement(Wire):
    price_components: list[PriceComponent]
    restrictions: Raw = Raw()


class Tariff(Wire):
    id: Id
    country_code: Short | None = None
    party_id: Short | None = None
    currency: Short | None = None
    type: str | None = None
    tariff_alt_text: Any = None
    tariff_alt_url: str | None = None
    min_price: Raw = Raw()
    max_price: Raw = Raw()
    preauthorize_amount: Decimal | None = None
    elements: list[TariffElement] | None = None
    tax_included: Short | None = None
    start_date_time: datetime | None = None
    end_date_time: datetime | None = None
    energy_mix: Any = None
    last_updated: datetime | None = None
