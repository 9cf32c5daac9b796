"""Tariffs and CDRs in JSON documents: decoded without loss, found in whatever surrounds them, and read."""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any, NamedTuple

import msgspec

from finder.ocpi.read import read_tariff
from finder.ocpi.repair import ESCAPES
from finder.ocpi.text import amount, text
from finder.ocpi.types import Rejected, Source, Tariff

Json = dict[str, Any]

DIGITS = 18
AROUND = ("data", "items", "content", "response", "body", "cdr", "cdrs")
"""Where answers and recorded exchanges hold their objects."""
OF_A_CDR = ("charging_periods", "total_energy")
DECIMALS = 10


def decoded(body: bytes) -> Any:
    """JSON with its numbers as they are written. Raises ValueError with one sentence."""
    try:
        whole = ESCAPES.sub(lambda escape: "" if escape[1] else escape[0], body.decode("utf-8-sig"))
        return json.loads(whole, parse_float=_number, parse_int=_number, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is no UTF-8; UTF-8 throughout would be right") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deep; 64 levels would do") from error


def _number(digits: str) -> int | Decimal:
    if digits.lstrip("-").isdigit() and len(digits) <= DIGITS:
        return int(digits)
    try:
        return Decimal(digits)
    except InvalidOperation as error:
        raise ValueError(f"{digits[:40]} is no number that anything costs") from error


def _no_number(name: str) -> None:
    raise ValueError(f"it has {name}, which is no number in JSON; a number or null would be right")


def tariffs(raw: Any) -> Iterator[Json]:
    """Every tariff in a document: bare, listed, in an envelope, embedded in a CDR, an EVSE or a connector."""
    if isinstance(raw, list):
        for each in raw:
            yield from tariffs(each)
    elif isinstance(raw, dict):
        if "elements" in raw or "tariff_alt_text" in raw:
            yield raw
        else:
            for each in raw.values():
                yield from tariffs(each)


def cdr(raw: Any) -> Json:
    """The one CDR of a document. Raises ValueError."""
    found = list(_cdrs(raw))
    if len(found) != 1:
        said = f"{len(found)} CDRs" if found else "no CDR"
        raise ValueError(f"it has {said}; one object with charging_periods would be right")
    return found[0]


def _cdrs(raw: Any) -> Iterator[Json]:
    if isinstance(raw, list):
        for each in raw:
            yield from _cdrs(each)
    elif isinstance(raw, dict):
        if any(name in raw for name in OF_A_CDR):
            yield raw
        else:
            for name in AROUND:
                yield from _cdrs(raw.get(name))


def tariff_ids(record: Json) -> set[str]:
    """The tariffs that a CDR's charging periods name."""
    named = (period.get("tariff_id") for period in _objects(record.get("charging_periods")))
    return {each for each in named if isinstance(each, str)}


def read(raw: Json, now: datetime) -> Tariff | Rejected:
    """A decoded tariff; one without an id is a fragment and gets a name of its own, for it has a price all the same."""
    if raw.get("id") is None:
        raw = raw | {"id": "tariff"}
    return read_tariff(_ENCODER.encode(raw), Source("tariff", version(raw)), now)


_ENCODER = msgspec.json.Encoder(decimal_format="number")


def version(raw: Json) -> str:
    """The version of OCPI that a tariff is written in, as its fields tell."""
    limits = [raw[name] for name in ("min_price", "max_price") if isinstance(raw.get(name), dict)]
    if "tax_included" in raw or any("before_taxes" in limit for limit in limits):
        return "2.3.0"
    newer = ("country_code", "party_id", "type", "start_date_time", "end_date_time")
    return "2.2.1" if limits or any(raw.get(name) is not None for name in newer) else "2.1.1"


class Unreadable(NamedTuple):
    """A number that is stated and is none. `element` counts from 1; None: it is the tariff's own."""

    element: int | None
    name: str
    path: str
    value: Any

    @property
    def words(self) -> str:
        return f"is {text(str(self.value), 40) or 'empty'}; a number below 1000000000 would be right"


def unreadable(raw: Json) -> Iterator[Unreadable]:
    """Prices, rates, steps and limits that are no numbers: without them a tariff would seem to cost something else."""
    for name in ("min_price", "max_price"):
        limit = raw.get(name)
        for side, value in limit.items() if isinstance(limit, dict) else [("", limit)]:
            if value is not None and amount(value) is None:
                yield Unreadable(None, name, f"{name}.{side}".rstrip("."), value)
    for place, element in enumerate(_objects(raw.get("elements"))):
        for number, component in enumerate(_objects(element.get("price_components"))):
            for name in ("price", "vat", "step_size"):
                value = component.get(name)
                if value is not None and amount(value) is None:
                    path = f"elements[{place}].price_components[{number}].{name}"
                    yield Unreadable(place + 1, name, path, value)


def _objects(raw: Any) -> list[Json]:
    return [each if isinstance(each, dict) else {} for each in raw] if isinstance(raw, list) else []


def plain(value: Decimal, least: int = 0) -> str:
    """An exact amount as text: no exponent, at least this many decimals and at most ten."""
    rounded = _EXACT.quantize(value, Decimal(1).scaleb(-DECIMALS))
    whole, _, fraction = f"{rounded:f}".partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    shown = f"{whole}.{fraction}" if fraction else whole
    return shown if rounded else shown.removeprefix("-")


_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
