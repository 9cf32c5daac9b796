"""A station in figures: how many points are free, which plugs it has and how strong it is."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Literal

from finder.ocpi.power import watts
from finder.ocpi.types import Connector, Struct
from finder.stations.status import Live, statuses
from finder.stations.types import Station

Status = Literal["available", "busy", "out_of_order", "unknown"]

WHOLE_FROM_KW, NEARLY = 10.0, 0.15


class Counts(Struct):
    """EVSEs by what a driver can do with them."""

    available: int = 0
    busy: int = 0
    broken: int = 0
    unknown: int = 0
    planned: int = 0

    @property
    def total(self) -> int:
        return self.available + self.busy + self.broken + self.unknown + self.planned

    @property
    def known(self) -> int:
        """Points in service whose status is known: the "6" of "3 of 6 available"."""
        return self.available + self.busy + self.broken


class Plug(Struct):
    """The EVSEs that offer one kind of connector. An EVSE with two kinds stands in both; the sums need not agree."""

    standard: str | None
    format: str | None
    power_type: str | None
    power_kw: float | None
    counts: Counts
    connectors: int

    @property
    def total(self) -> int:
        return self.counts.total

    @property
    def available(self) -> int:
        """Says something only where `known` is above 0."""
        return self.counts.available

    @property
    def known(self) -> int:
        return self.counts.known


class Summary(Struct):
    """`unknown_since` is when the last word on the unknown points was lost; None: there are none, or no word ever came.

    `lives` follows `station.evses`; `plugs` begins with the strongest.
    """

    counts: Counts
    status: Status
    unknown_since: datetime | None
    max_power_kw: float | None
    plugs: tuple[Plug, ...]
    lives: tuple[Live, ...]

    @property
    def total(self) -> int:
        return self.counts.total

    @property
    def available(self) -> int:
        return self.counts.available

    @property
    def known(self) -> int:
        return self.counts.known


PlugKey = tuple[str | None, str | None, str | None, float | None]


def plug_key(connector: Connector) -> PlugKey:
    return connector.standard, connector.format, connector.power_type, kilowatts(connector)


def kilowatts(connector: Connector) -> float | None:
    return whole_kilowatts(watts(connector))


@lru_cache(maxsize=1024)  # a country has a few hundred different powers, and a page asks fifty times
def whole_kilowatts(power: int | None) -> float | None:
    """W as a driver says them: 3 x 230 V x 32 A are 22.08 kW and everybody's 22 kW."""
    if power is None:
        return None
    kw = round(power / 1000, 1)
    return float(round(kw)) if kw >= WHOLE_FROM_KW and abs(kw - round(kw)) < NEARLY else kw


def summarise(station: Station, now: datetime) -> Summary:
    lives = statuses(station, now)
    counts = count(lives)
    plugs = _plugs(station, lives)
    lost = [live.since for live in lives if live.word == "unknown" and live.since is not None]
    return Summary(
        counts=counts,
        status=_status(counts),
        unknown_since=max(lost, default=None),
        max_power_kw=max((plug.power_kw for plug in plugs if plug.power_kw is not None), default=None),
        plugs=plugs,
        lives=lives,
    )


def count(lives: Iterable[Live]) -> Counts:
    tally = dict.fromkeys(("available", "busy", "broken", "unknown", "planned"), 0)
    for live in lives:
        tally[live.group] += 1
    return Counts(**tally)


def _status(counts: Counts) -> Status:
    """The best that is known: unknown points neither help nor spoil what the others say."""
    if counts.available:
        return "available"
    if counts.busy:
        return "busy"
    if counts.broken:
        return "out_of_order"
    return "unknown"


def _plugs(station: Station, lives: tuple[Live, ...]) -> tuple[Plug, ...]:
    offering: dict[PlugKey, list[Live]] = {}
    connectors: dict[PlugKey, int] = {}
    for entry, live in zip(station.evses, lives, strict=True):
        keys = [plug_key(connector) for connector in entry.evse.connectors]
        for key in keys:
            connectors[key] = connectors.get(key, 0) + 1
        for key in dict.fromkeys(keys):
            offering.setdefault(key, []).append(live)
    plugs = [Plug(*key, counts=count(found), connectors=connectors[key]) for key, found in offering.items()]
    return tuple(sorted(plugs, key=_strongest_first))


def _strongest_first(plug: Plug) -> tuple[float, str, str]:
    return -(plug.power_kw or 0), plug.standard or "~", plug.format or "~"
