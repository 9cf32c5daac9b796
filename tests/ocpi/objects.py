"""Objects as a careful partner sends them, for tests to spoil one thing at a time."""

import json
from datetime import UTC, datetime
from typing import Any

from finder.ocpi.read import read_location, read_tariff
from finder.ocpi.types import Connector, Evse, Hidden, Location, Rejected, Source, Tariff

NOW = datetime(2026, 6, 8, 12, tzinfo=UTC)
SOURCE = Source("nordic", "2.2.1", "SE", "NOR")
Json = dict[str, Any]


def connector(**changes: Any) -> Json:
    return {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 32,
        "max_electric_power": 22000,
        "tariff_ids": ["T1"],
        "last_updated": "2026-06-07T18:40:07Z",
    } | changes


def evse(**changes: Any) -> Json:
    return {
        "uid": "E1",
        "evse_id": "SE*NOR*E1",
        "status": "AVAILABLE",
        "connectors": [connector()],
        "last_updated": "2026-06-07T18:40:07Z",
    } | changes


def location(**changes: Any) -> Json:
    return {
        "country_code": "SE",
        "party_id": "NOR",
        "id": "L1",
        "publish": True,
        "name": "Stortorget",
        "address": "Stortorget 1",
        "city": "Malmö",
        "postal_code": "211 22",
        "country": "SWE",
        "coordinates": {"latitude": "55.605800", "longitude": "13.000100"},
        "evses": [evse()],
        "time_zone": "Europe/Stockholm",
        "last_updated": "2026-06-07T18:40:07Z",
    } | changes


def tariff(**changes: Any) -> Json:
    return {
        "country_code": "SE",
        "party_id": "NOR",
        "id": "T1",
        "currency": "SEK",
        "elements": [{"price_components": [{"type": "ENERGY", "price": 4.5, "vat": 25, "step_size": 1}]}],
        "last_updated": "2026-06-07T18:40:07Z",
    } | changes


def without(raw: Json, *names: str) -> Json:
    return {name: value for name, value in raw.items() if name not in names}


def read(raw: Json | bytes, source: Source = SOURCE) -> Location | Hidden | Rejected:
    return read_location(raw if isinstance(raw, bytes) else json.dumps(raw).encode(), source, NOW)


def shown(raw: Json | bytes, source: Source = SOURCE) -> Location:
    found = read(raw, source)
    assert isinstance(found, Location), found
    return found


def shown_evse(**changes: Any) -> Evse:
    return shown(location(evses=[evse(**changes)])).evses[0]


def shown_connector(**changes: Any) -> Connector:
    return shown_evse(connectors=[connector(**changes)]).connectors[0]


def read_price(raw: Json | bytes, source: Source = SOURCE) -> Tariff | Rejected:
    return read_tariff(raw if isinstance(raw, bytes) else json.dumps(raw).encode(), source, NOW)


def priced(raw: Json | bytes, source: Source = SOURCE) -> Tariff:
    found = read_price(raw, source)
    assert isinstance(found, Tariff), found
    return found
