"""A charge detail record as a session: what its charging periods say happened (mod_cdrs, CDR and ChargingPeriod).

Volumes win over the clock: a stated TIME or PARKING_TIME is what is billed, so the period lasts that long. Where a
period states neither, it lasts until the next begins, the last one until the record's end.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from finder.ocpi import countries
from finder.ocpi.text import amount, moment
from finder.ocpi.types import Struct
from finder.tariffs.session import HOUR, LONGEST, MOST_KWH, Period, Session, nano_kwh

Json = Mapping[str, Any]

ENERGY, TIME, PARKING, RESERVED = "ENERGY", "TIME", "PARKING_TIME", "RESERVATION_TIME"
HOURS = Decimal(LONGEST // timedelta(hours=1))
MOST: dict[str, Decimal] = {ENERGY: MOST_KWH, TIME: HOURS, PARKING: HOURS, RESERVED: HOURS}
"""The dimensions that are volumes, and more than any session has of them."""
MOMENTARY = ("POWER", "MIN_POWER", "MAX_POWER", "CURRENT", "MIN_CURRENT", "MAX_CURRENT")
STRONGEST = Decimal(100_000)
"""kW and A: ten times the strongest chargers that are built."""
MICROSECOND = timedelta(microseconds=1)


def read_cdr(raw: Json, zone: ZoneInfo) -> Session:
    """The session of a decoded CDR of 2.1.1, 2.2.1 or 2.3.0. Raises ValueError with one sentence that names the field.

    - Periods come in any order and may begin before the record does. A period with more than one of RESERVATION_TIME,
      TIME and PARKING_TIME is these one after the other; one with PARKING_TIME and energy, but without TIME, charged
      for the rest of its time.
    - Dimensions that OCPI does not know are left out. Where POWER is not stated, the momentary value is between
      MIN_POWER and MAX_POWER, or the one of them that is stated; the same for CURRENT. Amperes are not guessed.
    - Where no period states energy, `total_energy` is spread evenly over the time of charging.
    - A record without usable periods is one charge of `total_energy` and `total_time` (less `total_parking_time`, which
      that includes), then the parking.
    """
    said = [_said(period, f"charging_periods[{place}]") for place, period in enumerate(_list(raw, "charging_periods"))]
    said.sort(key=lambda each: each.begin)
    if not any(each.volumes for each in said):
        return _of_totals(raw, zone)
    ends = [*(each.begin for each in said[1:]), _end(raw)]
    start = said[0].begin
    pieces = [
        piece
        for each, end in zip(said, ends, strict=True)
        for piece in _pieces(each, end, (each.begin - start) // MICROSECOND)
    ]
    if not any(ENERGY in each.volumes for each in said):
        pieces = _spread(pieces, _total(raw, "total_energy", MOST_KWH) or Decimal(0))
    return _session(start, zone, pieces)


def time_zone(raw: Json) -> ZoneInfo | None:
    """The zone of the record's location, or of its country where clocks are the same all over it."""
    place = raw.get("cdr_location") or raw.get("location")
    if not isinstance(place, Mapping):
        return None
    name, country = place.get("time_zone"), place.get("country")
    found = countries.zone(name if isinstance(name, str) else None, country if isinstance(country, str) else None)
    return ZoneInfo(found) if found else None


class _Said(Struct):
    """A charging period: when it begins, its volumes in kWh and hours, its momentary values in kW and A."""

    path: str
    begin: datetime
    volumes: dict[str, Decimal]
    momentary: dict[str, Decimal]


# Reading


def _said(raw: Any, path: str) -> _Said:
    if not isinstance(raw, Mapping):
        raise ValueError(f"{path} is no object; a start_date_time and dimensions would be right")
    volumes: dict[str, Decimal] = {}
    momentary: dict[str, Decimal] = {}
    for place, dimension in enumerate(_list(raw, "dimensions", f"{path}.")):
        where = f"{path}.dimensions[{place}]"
        if not isinstance(dimension, Mapping) or not isinstance(dimension.get("type"), str):
            raise ValueError(f"{where} has no type; a type and a volume would be right")
        kind = dimension["type"].strip().upper()
        if kind in MOST:
            volume = _amount(dimension.get("volume"), f"{where}.volume", Decimal(0), MOST[kind])
            volumes[kind] = volumes.get(kind, Decimal(0)) + volume
        elif kind in MOMENTARY:
            # Below zero the car gives to the grid.
            momentary[kind] = _amount(dimension.get("volume"), f"{where}.volume", -STRONGEST, STRONGEST)
    return _Said(path, _instant(raw, "start_date_time", f"{path}."), volumes, momentary)


def _list(raw: Json, name: str, path: str = "") -> list[Any]:
    found = raw.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise ValueError(f"{path}{name} is no list; a list of objects would be right")
    return found


def _instant(raw: Json, name: str, path: str = "") -> datetime:
    found = moment(raw.get(name))
    if found is None:
        stated = "is missing" if raw.get(name) is None else f"is {_shown(raw[name])}, which is no date and time"
        raise ValueError(f"{path}{name} {stated}; one such as 2026-11-23T09:30:00Z would be right")
    return found


def _end(raw: Json) -> datetime | None:
    """2.1.1 has `stop_date_time`. None where it is absent: it is needed only if the last period states no time."""
    name = "end_date_time" if raw.get("end_date_time") is not None else "stop_date_time"
    return _instant(raw, name) if raw.get(name) is not None else None


def _total(raw: Json, name: str, most: Decimal) -> Decimal | None:
    return _amount(raw[name], name, Decimal(0), most) if raw.get(name) is not None else None


def _amount(value: Any, path: str, least: Decimal, most: Decimal) -> Decimal:
    found = amount(value)
    if found is None or not least <= found <= most:
        raise ValueError(f"{path} is {_shown(value)}; a number from {least} to {most} would be right")
    return found


def _shown(value: Any) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


# Periods


def _pieces(said: _Said, end: datetime | None, begin: int) -> Iterable[Period]:
    """What happened in a period, one after the other; `begin` in microseconds since the session's."""
    volumes = said.volumes
    energy = nano_kwh(volumes.get(ENERGY, Decimal(0)))
    reserved, parking = _micros(volumes.get(RESERVED)), _micros(volumes.get(PARKING))
    if TIME in volumes:
        charging = _micros(volumes[TIME])
    elif reserved or parking:
        charging = max(0, _wall(said, end) - reserved - parking) if energy else 0
    elif PARKING in volumes or RESERVED in volumes:
        charging = 0
    else:
        charging = _wall(said, end)
    if reserved:
        yield Period(begin, reserved, "reserved")
    if charging or energy:
        kw, amperes = _momentary(said.momentary, "POWER"), _momentary(said.momentary, "CURRENT")
        watts = kw * 1000 if kw is not None else None
        yield Period(begin + reserved, charging, "charging", energy, watts, amperes)
    if parking:
        yield Period(begin + reserved + charging, parking, "parking")


def _wall(said: _Said, end: datetime | None) -> int:
    if end is None:
        raise ValueError("end_date_time is missing, and nothing else says how long it took; an end would be right")
    if end < said.begin:
        raise ValueError(f"end_date_time is before {said.path}.start_date_time; an end after it would be right")
    return (end - said.begin) // MICROSECOND


def _momentary(stated: Mapping[str, Decimal], name: str) -> Decimal | None:
    if name in stated:
        return stated[name]
    ends = [stated[side] for side in (f"MIN_{name}", f"MAX_{name}") if side in stated]
    return sum(ends, Decimal(0)) / len(ends) if ends else None


def _micros(hours: Decimal | None) -> int:
    return round(hours * HOUR) if hours is not None else 0


def _spread(pieces: list[Period], kwh: Decimal) -> list[Period]:
    """The energy over the time of charging, to the last nano-kWh."""
    whole = nano_kwh(kwh)
    time = sum(piece.length for piece in pieces if piece.kind == "charging")
    if not whole:
        return pieces
    if not time:
        return [Period(pieces[0].begin if pieces else 0, 0, "charging", whole), *pieces]
    spread: list[Period] = []
    passed = 0
    for piece in pieces:
        if piece.kind == "charging":
            before = whole * passed // time
            passed += piece.length
            energy = whole * passed // time - before
            piece = Period(piece.begin, piece.length, piece.kind, energy, piece.power, piece.current)
        spread.append(piece)
    return spread


# Totals


def _of_totals(raw: Json, zone: ZoneInfo) -> Session:
    kwh = _total(raw, "total_energy", MOST_KWH)
    if kwh is None:
        raise ValueError("neither charging_periods with volumes nor a total_energy: this is no CDR that can be priced")
    start = _instant(raw, "start_date_time")
    parking = _total(raw, "total_parking_time", HOURS) or Decimal(0)
    time = _total(raw, "total_time", HOURS)
    if time is not None and time < parking:
        raise ValueError(f"total_time is {time} and total_parking_time {parking}; the first includes the second")
    whole = _micros(time) if time is not None else _wall(_Said("", start, {}, {}), _end(raw))
    charging = max(0, whole - _micros(parking))
    pieces = [Period(0, charging, "charging", nano_kwh(kwh)), Period(charging, _micros(parking), "parking")]
    return _session(start, zone, pieces)


def _session(start: datetime, zone: ZoneInfo, pieces: Iterable[Period]) -> Session:
    kept = tuple(piece for piece in pieces if piece.length or piece.energy) or (Period(0, 0, "charging"),)
    if max(piece.begin + piece.length for piece in kept) * MICROSECOND > LONGEST:
        raise ValueError("the session takes more than 30 days; nearer dates in charging_periods would be right")
    if sum(piece.energy for piece in kept) > nano_kwh(MOST_KWH):
        raise ValueError(f"charging_periods have more than {MOST_KWH} kWh together; less would be right")
    return Session(start, zone, kept)
