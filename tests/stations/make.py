"""Stations for tests, made by hand: short calls for what a test is about, sensible values for the rest."""

from datetime import UTC, datetime, timedelta
from typing import Any

from finder.ocpi.types import BusinessDetails, Connector, Coordinates, Evse, Location, Tariff
from finder.stations.types import Origin, Station, StationEvse

NOW = datetime(2026, 11, 20, 13, 32, tzinfo=UTC)  # Friday 14:32 in Stockholm


def ccs(kw: float | None = 300, **more: Any) -> Connector:
    fields = {"standard": "IEC_62196_T2_COMBO", "format": "CABLE", "power_type": "DC"}
    return Connector("1", **(fields | {"max_electric_power": None if kw is None else kw * 1000} | more))


def type2(kw: float | None = 22, **more: Any) -> Connector:
    fields = {"standard": "IEC_62196_T2", "format": "SOCKET", "power_type": "AC_3_PHASE"}
    return Connector("2", **(fields | {"max_electric_power": None if kw is None else kw * 1000} | more))


def evse(status: str = "AVAILABLE", *connectors: Connector, uid: str = "E1", **more: Any) -> Evse:
    fields: dict[str, Any] = {"evse_id": f"SE*VAL*{uid}", "last_updated": NOW - timedelta(minutes=34)}
    return Evse(uid, status=status, connectors=connectors or (ccs(),), **(fields | more))


def origin(partner: str = "vastan", age: timedelta = timedelta(seconds=40), **more: Any) -> Origin:
    fields: dict[str, Any] = {
        "name": partner.capitalize(),
        "licence": "CC-BY-4.0",
        "fetched_at": NOW - age,
        "location_id": "L1",
        "last_updated": NOW - timedelta(days=23),
    }
    return Origin(partner, **(fields | more))


def location(**more: Any) -> Location:
    fields: dict[str, Any] = {
        "name": "Torp köpcentrum",
        "address": "Torpvägen 2",
        "postal_code": "451 76",
        "city": "Uddevalla",
        "country": "SWE",
        "time_zone": "Europe/Stockholm",
        "operator": BusinessDetails("Västan Laddning", "https://vastan.example"),
    }
    return Location("SE", "VAL", "L1", Coordinates(58.3535, 11.8105), **(fields | more))


def station(
    *evses: Evse | StationEvse,
    place: Location | None = None,
    origins: tuple[Origin, ...] | None = None,
    tariffs: tuple[Tariff, ...] = (),
) -> Station:
    entries = tuple(each if isinstance(each, StationEvse) else StationEvse(each) for each in evses)
    return Station(
        id="k7m2xq",
        location=place or location(),
        place=None,
        evses=entries,
        origins=origins or (origin(),),
        changed_at=datetime(2026, 10, 28, 9, 0, tzinfo=UTC),
        tariffs=tariffs,
    )
