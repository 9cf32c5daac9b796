"""A station as a record of a bulk export: a line of GeoJSON, or rows of a table for each kind of plug that it has.

A line is the Feature that `/api/v1/stations/<id>` answers. In a file that lies for a day statuses are left unknown: they would be
wrong within minutes.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import NamedTuple

import msgspec

from finder.api.answers import encode
from finder.api.features import ConnectorGroup, FeatureDetails, feature_details
from finder.api.prices import price
from finder.pages.rows import zone
from finder.stations.prices import PlugPrice, best, plug_prices
from finder.stations.types import Station, StationEvse
from finder.tariffs.charge import Charge

COLUMNS = (
    "station_id",
    "name",
    "address",
    "postal_code",
    "city",
    "country",
    "latitude",
    "longitude",
    "operator",
    "connector",
    "format",
    "power_type",
    "power_kw",
    "count",
    "available",
    "currency",
    "price_per_kwh_incl_vat",
    "price_reason",
    "station_evse_count",
    "station_max_power_kw",
    "open_24_7",
    "facilities",
    "url",
    "updated_at",
    "partners",
    "licences",
    "fetched_at",
)
SEVERAL = "; "
# What a spreadsheet takes for a formula at the beginning of a cell, or after a semicolon where that parts its cells.
FORMULA = re.compile(r"(^|;)(\s*)(?=[=+\-@＝＋－＠])")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

Cell = str | int | float | Decimal | None


class Record(NamedTuple):
    """`names` of the partners by their slugs."""

    feature: FeatureDetails
    prices: tuple[PlugPrice, ...]
    names: dict[str, str]


def record(station: Station, url: str, now: datetime) -> Record:
    """`url` is the station's page."""
    prices = plug_prices(station, Charge(), zone(station.location), now)
    names = {origin.partner: origin.name for origin in station.origins}
    return Record(feature_details(station, price(best(prices)), url, now), prices, names)


def without_live(station: Station) -> Station:
    """The station for a file that is read later. That a charging point is only planned stays."""
    return msgspec.structs.replace(station, evses=tuple([_without_live(held) for held in station.evses]))


def _without_live(held: StationEvse) -> StationEvse:
    if held.evse.status == "PLANNED":
        return held
    evse = msgspec.structs.replace(held.evse, status="UNKNOWN", last_updated=None)
    return msgspec.structs.replace(held, evse=evse)


def line(found: Record) -> bytes:
    """JSON has no line end in itself."""
    return encode(found.feature) + b"\n"


def header() -> bytes:
    return _table([COLUMNS])


def rows(found: Record) -> bytes:
    """RFC 4180: one row for each kind of plug; one all the same for a station of which no plug is known."""
    told = found.feature.properties
    longitude, latitude = found.feature.geometry.coordinates
    hours = told.opening_times
    before: tuple[Cell, ...] = (
        told.id,
        told.name,
        told.address,
        told.postal_code,
        told.city,
        told.country,
        latitude,
        longitude,
        told.operator,
    )
    after: tuple[Cell, ...] = (
        told.evse_count,
        told.max_power_kw,
        None if hours is None else "yes" if hours.twentyfourseven else "no",
        " ".join(told.facilities),
        told.url,
        _stamp(told.updated_at),
        SEVERAL.join(source.partner for source in told.sources),
        SEVERAL.join(source.licence for source in told.sources),
        SEVERAL.join(_stamp(source.fetched_at) for source in told.sources),
    )
    groups = told.connectors or (None,)
    return _table([(*before, *_plug(group, found.prices), *after) for group in groups])


def _plug(group: ConnectorGroup | None, prices: Sequence[PlugPrice]) -> tuple[Cell, ...]:
    if group is None:
        return (None,) * 9
    kind = group.standard, group.power_type, group.power_kw
    cost = price(best([each for each in prices if (each.standard, each.power_type, each.power_kw) == kind]))
    return (
        group.standard,
        group.format,
        group.power_type,
        group.power_kw,
        group.count,
        group.available,
        cost.currency,
        None if cost.per_kwh_incl_vat is None else Decimal(cost.per_kwh_incl_vat),
        cost.reason,
    )


def _table(lines: Sequence[Sequence[Cell]]) -> bytes:
    buffer = StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC).writerows([list(_cells(each)) for each in lines])
    return buffer.getvalue().encode()


def _cells(cells: Sequence[Cell]) -> Iterator[Cell]:
    for cell in cells:
        yield safe(cell) if isinstance(cell, str) else "" if cell is None else cell


def safe(text: str) -> str:
    """One line that no spreadsheet takes for a formula."""
    return FORMULA.sub(r"\1\2'", CONTROL.sub(" ", text))


def _stamp(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant:%Y-%m-%dT%H:%M:%SZ}"
