"""Stations written straight into the tables, for questions about places, words and statuses."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from finder.ocpi.types import BusinessDetails, Connector, Coordinates, Evse, Location
from finder.stations import merge
from finder.stations.identity import evse_key, key, station_id
from finder.store import documents, kinds, locations, partners, stations, statuses
from finder.store.cells import cell
from finder.store.database import writing
from finder.store.times import millis

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def evse(number: str, status: str = "AVAILABLE", at: datetime | None = NOW) -> Evse:
    plug = Connector(id="1", standard="IEC_62196_T2_COMBO", power_type="DC", max_electric_power=150_000)
    return Evse(uid=number, evse_id=f"SE*NOR*E{number:>05}", status=status, connectors=(plug,), last_updated=at)


def location(
    id: str, latitude: float = 58.35, longitude: float = 11.81, *evses: Evse, operator: str | None = None, **more: Any
) -> Location:
    return Location(
        country_code="SE",
        party_id="NOR",
        id=id,
        coordinates=Coordinates(latitude, longitude),
        evses=evses or (evse(id),),
        operator=BusinessDetails(operator) if operator else None,
        **{"name": f"Plats {id}", **more},
    )


def partner(engine: sa.Engine, slug: str = "nord", *, licence: str | None = "CC0-1.0", pulled: datetime = NOW) -> int:
    with writing(engine) as connection:
        row = partners.ensure(connection, slug, name=slug.title(), licence=licence, interval=300.0, now=NOW)
        partners.finished(connection, row.pk, "{}", pulled, last_success=pulled, outcome="ok")
    return row.pk


def write(
    engine: sa.Engine,
    partner_pk: int,
    given: Iterable[Location],
    *,
    area: str | None = None,
    station: int | None = None,
) -> None:
    """Each location a station of its own, or all of them another word on `station` (its primary key)."""
    told, kept, live = [], [], []
    with writing(engine) as connection:
        (last,) = connection.execute(sa.text("SELECT coalesce(max(pk), 0) FROM locations")).one()
        packer = documents.Packer(connection, Location)
        for pk, one in enumerate(given, start=last + 1):
            name = key(one.country_code, one.party_id, one.id)
            facts = merge.facts([one])
            home = station or pk
            if station is None:
                told.append(
                    stations.Row(
                        pk,
                        station_id(str(partner_pk), name, 0),
                        facts.name,
                        facts.latitude,
                        facts.longitude,
                        cell(facts.latitude, facts.longitude),
                        area,
                        facts.operator,
                        facts.evses,
                        facts.max_power,
                        facts.text,
                        millis(NOW) + pk,
                        millis(NOW),
                        None,
                        None,
                        *kinds.columns(connection, [facts])[0],
                        facts.city,
                    )
                )
            bare = msgspec.structs.replace(one, last_updated=None)
            doc = packer.pack(documents.encode(bare))
            kept.append(locations.Row(pk, partner_pk, name, str(pk).encode(), home, millis(NOW), 0, None, doc))
            live += [
                (pk, n, evse_key(held.evse_id), statuses.CODES[held.status], millis(held.last_updated))
                for n, held in enumerate(one.evses)
            ]
        stations.save(connection, told, ())
        locations.save(connection, kept)
        statuses.replace(connection, [], live)
