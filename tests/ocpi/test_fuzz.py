"""Whatever arrives, reading raises nothing and shows nothing that it should not."""

import json
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finder.ocpi.envelope import BadAnswer, embedded_tariffs, split
from finder.ocpi.power import watts
from finder.ocpi.read import read_location, read_tariff
from finder.ocpi.types import Hidden, Location, Rejected, Source, Tariff
from tests.ocpi.objects import NOW, connector, evse, location, tariff

SOURCES = st.sampled_from([Source("a"), Source("b", "2.1.1", "SE", "ABC"), Source("c", "2.3.0"), Source("-", "x")])
ODD = st.sampled_from(
    ["", " ", "0", "#NA", "null", "NaN", "sNaN", "1e999", "x" * 300, "\u202e", "\x00", "åäö", "true", "24:00", "2026-01-01",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "javascript:1", "http://[", "AVAILABLE", "REMOVED", "DC", "NLD",
     "Europe/", "../../etc/passwd", "Etc/GMT+5", -1, 0, 1e308, -1e308, 10**17, 10**30, 0.1, True, False, None, [], {}, [[]], [None]]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
QUICK = settings(max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])

FULL_LOCATION = location(
    evses=[
        evse(
            status_schedule=[{"period_begin": "2026-01-01T00:00:00Z", "status": "PLANNED"}],
            capabilities=["RFID_READER"],
            connectors=[connector(capabilities=[], terms_and_conditions="https://example.se")],
            floor_level="-1",
            coordinates={"latitude": "55.6", "longitude": "13.0"},
            directions=[{"language": "sv", "text": "Bakom"}],
            parking=[{"parking_id": "1"}],
            images=[{"url": "https://example.se/a.png", "category": "OTHER", "type": "png"}],
        )
    ],
    related_locations=[{"latitude": "55.6", "longitude": "13.0", "name": {"language": "sv", "text": "Infart"}}],
    operator={"name": "Nord", "website": "https://example.se", "logo": {"url": "https://example.se/a.png"}},
    opening_times={
        "twentyfourseven": False,
        "regular_hours": [{"weekday": 1, "period_begin": "08:00", "period_end": "20:00"}],
        "exceptional_closings": [{"period_begin": "2026-01-01T00:00:00Z", "period_end": "2026-01-02T00:00:00Z"}],
    },
    energy_mix={"is_green_energy": True, "energy_sources": [{"source": "WIND", "percentage": 100}]},
    parking_places=[{"id": "1", "vehicle_types": ["VAN"], "max_vehicle_height": 200, "roofed": True}],
)
FULL_TARIFF = tariff(
    min_price={"excl_vat": 1, "incl_vat": 2},
    tariff_alt_text=[{"language": "sv", "text": "Billigt"}],
    start_date_time="2026-01-01T00:00:00Z",
    elements=[
        {
            "price_components": [{"type": "ENERGY", "price": 4.5, "vat": 25, "step_size": 1}],
            "restrictions": {"start_time": "08:00", "day_of_week": ["MONDAY"], "min_kwh": 1},
        }
    ],
)


def places(raw: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    return [found for key, value in inner for found in [(*path, key), *places(value, (*path, key))]]


def spoilt(raw: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(raw))
    where = copy
    for key in path[:-1]:
        where = where[key]
    where[path[-1]] = value
    return copy


def encoded(raw: Any) -> bytes:
    return json.dumps(raw).encode()


def check(found: Location | Hidden | Rejected | Tariff) -> None:
    msgspec.json.encode(found)
    if isinstance(found, Rejected):
        assert found.reason
        assert "\n" not in found.reason
        return
    assert found.id
    assert found.country_code
    assert found.party_id
    assert found.last_updated is None or found.last_updated.utcoffset() is not None
    if isinstance(found, Location):
        check_location(found)


def check_location(found: Location) -> None:
    assert -90 <= found.coordinates.latitude <= 90
    assert -180 <= found.coordinates.longitude <= 180
    assert found.evses
    uids = [evse.uid.casefold() for evse in found.evses]
    assert len(uids) == len(set(uids))
    for each in found.evses:
        assert each.status != "REMOVED"
        assert all((power := watts(plug)) is None or 1000 <= power <= 4_500_000 for plug in each.connectors)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Location) == found


@QUICK
@given(JSON, SOURCES)
def test_any_json_is_read_or_refused(raw: Any, source: Source) -> None:
    check(read_location(encoded(raw), source, NOW))
    check(read_tariff(encoded(raw), source, NOW))
    embedded_tariffs(encoded(raw))


@QUICK
@given(st.binary(max_size=200), SOURCES)
def test_any_bytes_are_read_or_refused(raw: bytes, source: Source) -> None:
    check(read_location(raw, source, NOW))
    check(read_tariff(b"{" + raw + b"}", source, NOW))


@QUICK
@given(st.lists(st.tuples(st.sampled_from(places(FULL_LOCATION)), JSON), min_size=1, max_size=3), SOURCES)
def test_a_spoilt_location_is_read_or_refused(changes: list[tuple[tuple[Any, ...], Any]], source: Source) -> None:
    raw = FULL_LOCATION
    for path, value in changes:
        try:
            raw = spoilt(raw, path, value)
        except (KeyError, IndexError, TypeError):
            continue
    check(read_location(encoded(raw), source, NOW))
    embedded_tariffs(encoded(raw))


@pytest.mark.parametrize("path", places(FULL_LOCATION), ids=str)
@pytest.mark.parametrize("value", [None, "", 0, -1, [], {}, "x" * 2000, True, [[]], [{}], 1e300])
def test_one_wrong_field_never_costs_more_than_itself(path: tuple[Any, ...], value: Any) -> None:
    found = read_location(encoded(spoilt(FULL_LOCATION, path, value)), Source("a"), NOW)
    check(found)
    if path[0] not in ("id", "publish", "evses", "coordinates"):
        assert isinstance(found, Location)


@QUICK
@given(st.sampled_from(places(FULL_TARIFF)), JSON, SOURCES)
def test_a_spoilt_tariff_is_read_or_refused(path: tuple[Any, ...], value: Any, source: Source) -> None:
    check(read_tariff(encoded(spoilt(FULL_TARIFF, path, value)), source, NOW))


@QUICK
@given(st.data())
def test_a_damaged_answer_is_split_or_refused(data: st.DataObject) -> None:
    body = bytearray(encoded({"status_code": 1000, "data": [FULL_LOCATION, FULL_LOCATION]}))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(body) - 1))
        stop = data.draw(st.integers(start, min(len(body), start + 30)))
        body[start:stop] = data.draw(st.binary(max_size=5) | st.sampled_from([b"[", b"}", b'"', b"\\", b"NaN", b","]))
    try:
        objects = split(bytes(body), "locations").objects
    except BadAnswer:
        return
    for raw in objects:
        check(read_location(raw, Source("a"), NOW))


@QUICK
@given(st.lists(JSON, max_size=5))
def test_every_list_is_split_into_what_it_holds(raws: list[Any]) -> None:
    body = json.dumps(raws, allow_nan=True).encode()
    if raws and isinstance(raws[0], list):
        with pytest.raises(BadAnswer):
            split(body, "locations")
        return
    found = [json.loads(raw) for raw in split(body, "locations").objects]
    assert repr(found) == repr(raws)


def test_now_changes_nothing() -> None:
    raw = encoded(FULL_LOCATION)
    assert read_location(raw, Source("a"), NOW) == read_location(
        raw, Source("a"), datetime.max.replace(tzinfo=NOW.tzinfo)
    )
