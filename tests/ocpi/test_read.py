"""What becomes of almost-OCPI: repaired, left out, hidden or refused, each alone."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from finder.ocpi.envelope import OBJECT_LIMIT
from finder.ocpi.types import (
    BusinessDetails,
    Coordinates,
    DisplayText,
    ExceptionalPeriod,
    Hidden,
    Hours,
    Location,
    PriceComponent,
    PriceLimit,
    RegularHours,
    Rejected,
    Source,
    TariffRestrictions,
)
from tests.ocpi.objects import (
    Json,
    connector,
    evse,
    location,
    priced,
    read,
    read_price,
    shown,
    shown_connector,
    shown_evse,
    tariff,
    without,
)

BARE = Source("stadtnavi")

# Who and whether


@pytest.mark.parametrize(
    ("changes", "id"),
    [
        ({"id": 252}, "252"),
        ({"id": 0}, "0"),
        ({"id": "0"}, "0"),
        ({"id": "ES*VAL*GNRDR"}, "ES*VAL*GNRDR"),
        ({"id": None, "uid": "AT*HTB"}, "AT*HTB"),
        ({"id": None, "name": "BAR004"}, "BAR004"),
        ({"id": "", "name": "BAR004"}, "BAR004"),
        ({"id": " L\u200b1 "}, "L1"),
        ({"id": "x" * 100}, "x" * 100),
        ({"id": "  ", "name": "BAR004"}, "BAR004"),
    ],
)
def test_ids_are_taken_as_they_come(changes: Json, id: str) -> None:
    assert shown(location(**changes)).id == id


@pytest.mark.parametrize("changes", [{"id": None, "name": None}, {"id": "", "name": ""}, {"id": "x" * 101}])
def test_a_location_without_identity_is_refused(changes: Json) -> None:
    found = read(location(**changes))
    assert isinstance(found, Rejected)
    assert found.path == "id"
    assert "would be right" in found.reason


@pytest.mark.parametrize(
    ("changes", "source", "party"),
    [
        ({}, BARE, ("SE", "NOR")),
        ({"country_code": "se", "party_id": "nor "}, BARE, ("SE", "NOR")),
        ({"country_code": "swe"}, BARE, ("SE", "NOR")),
        ({"party_id": "ALL"}, BARE, ("SE", "ALL")),
        ({"party_id": ".SP"}, BARE, ("SE", ".SP")),
        ({"party_id": 911}, BARE, ("SE", "911")),
        ({"country_code": "FR", "country": "ESP"}, BARE, ("FR", "NOR")),
        ({"country_code": None, "party_id": None}, Source("x", "2.1.1", "NO", "ABC"), ("NO", "ABC")),
        ({"country_code": None, "party_id": None}, BARE, ("SE", "NOR")),
        ({"country_code": None, "party_id": None, "evses": [evse(evse_id="NLFASE3100201")]}, BARE, ("NL", "FAS")),
        ({"country_code": None, "party_id": None, "evses": [evse(evse_id="1")]}, BARE, ("SE", "STA")),
        ({"country_code": None, "party_id": None, "country": None, "evses": [evse(evse_id=None)]}, BARE, ("ZZ", "STA")),
        ({"party_id": None, "evses": [evse(evse_id="PL-97453")]}, Source("e"), ("SE", "EXX")),
    ],
)
def test_a_key_always_exists(changes: Json, source: Source, party: tuple[str, str]) -> None:
    found = shown(location(**changes), source)
    assert (found.country_code, found.party_id) == party


@pytest.mark.parametrize("publish", [False, "false", 0, "no", "perhaps", []])
def test_what_is_not_published_is_hidden(publish: Any) -> None:
    found = read(location(publish=publish, coordinates=None))
    assert found == Hidden("SE", "NOR", "L1", "publish=false", datetime(2026, 6, 7, 18, 40, 7, tzinfo=UTC))


@pytest.mark.parametrize("publish", [True, "true", 1, None])
def test_what_is_published_or_does_not_say_is_shown(publish: Any) -> None:
    assert shown(location(publish=publish)).id == "L1"


@pytest.mark.parametrize("evses", [[], None, "none", [1, None]])
def test_a_location_without_evse_is_hidden(evses: Any) -> None:
    assert read(location(evses=evses)) == Hidden(
        "SE", "NOR", "L1", "no EVSE", datetime(2026, 6, 7, 18, 40, 7, tzinfo=UTC)
    )


def test_removed_evses_are_gone_and_with_the_last_the_location() -> None:
    found = shown(location(evses=[evse(uid="1", status="REMOVED"), evse(uid="2"), evse(uid="3", status=" removed")]))
    assert [each.uid for each in found.evses] == ["2"]
    hidden = read(location(evses=[evse(status="REMOVED")]))
    assert isinstance(hidden, Hidden)
    assert hidden.reason == "every EVSE is REMOVED"


# Where


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"coordinates": {"latitude": 55.6058, "longitude": 13.0001}}, (55.6058, 13.0001)),
        ({"coordinates": {"lat": "55.6", "lon": "13.1"}}, (55.6, 13.1)),
        ({"coordinates": {"latitude": " 55.6 ", "longitude": "13.123456789012345"}}, (55.6, 13.123456789012345)),
        ({"coordinates": {"latitude": "13.0001", "longitude": "55.6058"}}, (55.6058, 13.0001)),
        ({"coordinates": {"latitude": "-0.09703", "longitude": "51.467819"}, "country": "GBR"}, (51.467819, -0.09703)),
        ({"coordinates": {"latitude": "151.2", "longitude": "-33.8"}, "country": None}, (-33.8, 151.2)),
        # What could be right is left as it is: wrong country, lost sign.
        ({"coordinates": {"latitude": "49.28", "longitude": "-123.12"}, "country": "GBR"}, (49.28, -123.12)),
        ({"coordinates": {"latitude": "52.5", "longitude": "2.444352"}, "country": "GBR"}, (52.5, 2.444352)),
        # A location whose own coordinates are none has those of its first EVSE.
        ({"coordinates": {"latitude": 27.9, "longitude": 27.9}, "evses": [evse(coordinates={"latitude": 45.1, "longitude": 27.9})], "country": "ROU"}, (45.1, 27.9)),
        ({"coordinates": None, "evses": [evse(coordinates={"latitude": "55.6", "longitude": "13.1"})]}, (55.6, 13.1)),
        ({"coordinates": {"latitude": "0", "longitude": "0"}, "evses": [evse(), evse(uid="2", coordinates={"latitude": "55.6", "longitude": "13.1"})]}, (55.6, 13.1)),
    ],
)  # fmt: skip
def test_a_place_is_found_where_there_is_one(changes: Json, where: tuple[float, float]) -> None:
    assert shown(location(**changes)).coordinates == Coordinates(*where)


@pytest.mark.parametrize(
    "coordinates",
    [
        None,
        {},
        [13.0, 55.6],
        "55.6, 13.0",
        {"latitude": "", "longitude": ""},
        {"latitude": "0", "longitude": "0"},
        {"latitude": "0.000000", "longitude": "0.000000"},
        {"latitude": "1", "longitude": "1"},
        {"latitude": "123.4", "longitude": "999"},
        {"latitude": "55.6", "longitude": "999"},
        {"latitude": "55,6058", "longitude": "13,0001"},
        {"latitude": "north", "longitude": "east"},
        {"latitude": "nan", "longitude": "13.0"},
        {"latitude": None, "longitude": "13.0"},
        {"latitude": True, "longitude": False},
    ],
)
def test_a_location_without_a_place_is_refused(coordinates: Any) -> None:
    found = read(location(coordinates=coordinates))
    assert isinstance(found, Rejected)
    assert (found.path, found.country_code, found.party_id, found.id) == ("coordinates", "SE", "NOR", "L1")
    assert "would be right" in found.reason


@pytest.mark.parametrize(
    "raw", [b"[]", b"null", b"17", b'"text"', b"{", b"", b"NaN", b'{"id": "\xe5\xe4\xf6", "name": "\xe5"}', b"[" * 9999]
)
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    found = read(raw)
    assert isinstance(found, Rejected)
    assert "\n" not in found.reason


def test_an_object_over_a_mebibyte_is_refused() -> None:
    found = read(location(name="x" * OBJECT_LIMIT))
    assert isinstance(found, Rejected)
    assert found.reason == "the object is larger than 1 MiB; less would be right"


def test_text_of_another_encoding_never_shows_as_other_letters() -> None:
    found = read(json.dumps(location(name="Örebro"), ensure_ascii=False).encode("latin-1"))
    assert isinstance(found, Rejected)
    assert "UTF-8" in found.reason


# Numbers that are none


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"1" + b"0" * 400, b"9" * 5000, b"-1"])
def test_an_impossible_number_is_unknown(number: bytes) -> None:
    raw = json.dumps(location()).encode().replace(b'"max_electric_power": 22000', b'"max_electric_power": ' + number)
    assert shown(raw).evses[0].connectors[0].max_electric_power is None


def test_an_unknown_field_is_ignored_however_deep() -> None:
    raw = json.dumps(location(extra={"a": [1, {"b": None}]}, distance_in_m=12)).encode()
    assert shown(raw) == shown(location())
    assert isinstance(read(raw[:-1] + b', "deep": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"), Rejected)


# Text


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("  Seaford Road ", "Seaford Road"),
        ("Nottingham,", "Nottingham"),
        ("Kirikkale\t", "Kirikkale"),
        ("Två\r\n  rader", "Två rader"),
        ("a\u202eb\u200bc\x00d\ufeff", "abcd"),
        ("\ud800half", "half"),
        ("smile \U0001f600", "smile \U0001f600"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("{{7*7}}", "{{7*7}}"),
        ("=1+1", "=1+1"),
        ("", None),
        (" ", None),
        ("#NA", None),
        ("n/a", None),
        ("null", None),
        ("None", "None"),
        (17, "17"),
        (["a"], None),
        (True, None),
        ("x" * 255, "x" * 255),
        ("x" * 300, "x" * 254 + "…"),
    ],
)
def test_names_are_shown_without_what_cannot_be_seen(raw: Any, name: str | None) -> None:
    assert shown(location(name=raw)).name == name


def test_long_texts_are_cut_within_their_limits() -> None:
    found = shown(location(name="n" * 300, address="a" * 300, city="c" * 60, postal_code="Oğuzeli/Gaziantep 27900\tTR"))
    assert [len(text or "") for text in (found.name, found.address, found.city)] == [255, 255, 45]
    assert found.postal_code is None


@pytest.mark.parametrize(
    ("raw", "link"),
    [
        ("https://go-evio.com", "https://go-evio.com"),
        ("http://example.se/a?b=c", "http://example.se/a?b=c"),
        ("www.inbalancegrid.lt", "https://www.inbalancegrid.lt"),
        ("powergo.nl/info", "https://powergo.nl/info"),
        (" https://example.se ", "https://example.se"),
        ("", None),
        (None, None),
        (17, None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.se", None),
        ("ftp://example.se", None),
        ("https://user:secret@example.se", None),
        ("https://example.se/\"><script>", None),
        ("https://localhost", None),
        ("https://[::1", None),
        ("https://example.se/" + "x" * 3000, None),
    ],
)  # fmt: skip
def test_only_plain_web_links_are_kept(raw: Any, link: str | None) -> None:
    assert shown(location(operator={"name": "Nord", "website": raw})).operator == BusinessDetails("Nord", link)


@pytest.mark.parametrize(
    ("raw", "texts"),
    [
        ("Bakom huset", (DisplayText("", "Bakom huset"),)),
        ([{"language": "SV", "text": " Bakom\nhuset"}], (DisplayText("sv", "Bakom huset"),)),
        ([{"language": "en", "text": ""}], ()),
        ([{"text": "x"}, None, "y", 3], (DisplayText("", "x"), DisplayText("", "y"))),
        (None, ()),
        ({}, ()),
    ],
)
def test_directions_in_any_shape(raw: Any, texts: tuple[DisplayText, ...]) -> None:
    assert shown(location(directions=raw)).directions == texts
    assert shown_evse(directions=raw).directions == texts


def test_camel_case_is_understood() -> None:
    raw = without(
        location(subOperator={"name": "Sub"}, timeZone="Europe/Oslo", postalCode="1"), "time_zone", "postal_code"
    )
    found = shown(raw | {"evses": [without(evse(evseId="SE*NOR*E9"), "evse_id")]})
    assert (found.suboperator, found.time_zone, found.postal_code) == (BusinessDetails("Sub"), "Europe/Oslo", "1")
    assert found.evses[0].evse_id == "SE*NOR*E9"


@pytest.mark.parametrize("operator", [None, {}, {"name": ""}, {"name": None}, [], 3, {"website": "https://example.se"}])
def test_an_operator_without_a_name_is_none(operator: Any) -> None:
    assert shown(location(operator=operator)).operator is None


def test_a_wrong_image_costs_only_itself() -> None:
    good = {"url": "https://example.se/a.png", "category": "location", "type": "PNG", "width": "512", "height": -1}
    found = shown(location(images=[good, {"url": "javascript:x"}, 7, {"category": "OTHER"}])).images
    assert [(each.url, each.category, each.type, each.width, each.height) for each in found] == [
        ("https://example.se/a.png", "LOCATION", "png", 512, None)
    ]


def test_nulls_say_nothing() -> None:
    optional = Location.__struct_fields__[5:]
    nulls = dict.fromkeys(set(optional) - {"evses"})
    evse_nulls = dict.fromkeys(set(evse()) ^ {"uid", "connectors"} | {"images", "status_schedule", "parking"})
    found = shown(
        location(**nulls) | {"evses": [{"uid": "1", "connectors": [{"id": "1"} | dict.fromkeys(connector())]}]}
    )
    assert found.evses[0].connectors[0].id == "1"
    assert found == Location("SE", "NOR", "L1", Coordinates(55.6058, 13.0001), found.evses)
    assert shown_evse(**evse_nulls | {"uid": "E1"}).status == "UNKNOWN"


# Countries, clocks, hours


@pytest.mark.parametrize(
    ("country", "code"),
    [("SWE", "SWE"), ("swe ", "SWE"), ("SE", "SWE"), ("RU", "RUS"), ("Polska", "POL"), ("TRY", "TUR"), ("EUR", None),
     ("", None), (None, None), ("Elbonia", None), (3, None), ("The Netherlands", "NLD"), ("UK", "GBR")],
)  # fmt: skip
def test_countries_are_alpha_3_or_none(country: Any, code: str | None) -> None:
    assert shown(location(country=country)).country == code


@pytest.mark.parametrize(
    ("zone", "country", "expected"),
    [
        ("Europe/Stockholm", "SWE", "Europe/Stockholm"),
        ("europe/stockholm ", "SWE", "Europe/Stockholm"),
        ("Asia/Kuala Lumpur", "MYS", "Asia/Kuala_Lumpur"),
        ("Amsterdam", None, "Europe/Amsterdam"),
        ("The Netherlands/Amsterdam", None, "Europe/Amsterdam"),
        ("Germany", None, "Europe/Berlin"),
        ("NL", None, "Europe/Amsterdam"),
        (None, "SWE", "Europe/Stockholm"),
        ("", "TRY", "Europe/Istanbul"),
        ("UTC", "SWE", "Europe/Stockholm"),
        ("Etc/GMT+5", "RU", None),
        ("+02:00", "SWE", "Europe/Stockholm"),
        (None, "ESP", None),
        ("nonsense", "ESP", None),
        ("Asia/Riyadh", "TUR", "Asia/Riyadh"),
        (7, "SWE", "Europe/Stockholm"),
    ],
)
def test_time_zones_are_iana_or_none(zone: Any, country: Any, expected: str | None) -> None:
    where = {"latitude": "40.1", "longitude": "20.2"}
    assert shown(location(time_zone=zone, country=country, coordinates=where)).time_zone == expected


def week(*periods: tuple[Any, str, str]) -> Json:
    names = ("weekday", "period_begin", "period_end")
    return {"twentyfourseven": False, "regular_hours": [dict(zip(names, period, strict=True)) for period in periods]}


@pytest.mark.parametrize(
    ("raw", "hours"),
    [
        ({"twentyfourseven": True}, Hours(True)),
        ({"twentyfourseven": "true", "regular_hours": None}, Hours(True)),
        (week((1, "08:00", "20:00")), Hours(False, (RegularHours(1, "08:00", "20:00"),))),
        (week(("1", "8:00", "20:00:00")), Hours(False, (RegularHours(1, "08:00", "20:00"),))),
        (week((0, "08:00", "20:00"), (6, "08:00", "20:00")), Hours(False, (RegularHours(7, "08:00", "20:00"), RegularHours(6, "08:00", "20:00")))),
        (week(("MONDAY", "06:30", "01:30")), Hours(False, (RegularHours(1, "06:30", "01:30"),))),
        (week((2, "00:00", "00:00")), Hours(False, (RegularHours(2, "00:00", "24:00"),))),
        (week((2, "00:00:00", "23:59:59")), Hours(False, (RegularHours(2, "00:00", "24:00"),))),
        (week((2, "08:00", "24:00")), Hours(False, (RegularHours(2, "08:00", "24:00"),))),
        (week((1, "08:00", "20:00"), (7, "вы:ходной", "вы:ходной")), None),
        (week((8, "08:00", "20:00")), None),
        (week((1, "25:00", "26:00")), None),
        ({"twentyfourseven": False}, None),
        ({"twentyfourseven": False, "regular_hours": []}, None),
        (None, None),
        ("24/7", None),
        ([], None),
    ],
)  # fmt: skip
def test_opening_hours(raw: Any, hours: Hours | None) -> None:
    assert shown(location(opening_times=raw)).opening_times == hours


def test_exceptional_periods_are_instants_and_wrong_ones_fall_away() -> None:
    raw = {
        "twentyfourseven": True,
        "exceptional_closings": [
            {"period_begin": "2026-12-24T18:00:00+01:00", "period_end": "2026-12-26T00:00:00Z"},
            {"period_begin": "2026-12-24T18:00:00Z", "period_end": "2026-12-24T17:00:00Z"},
            {"period_begin": "soon"},
        ],
    }
    closing = ExceptionalPeriod(datetime(2026, 12, 24, 17, tzinfo=UTC), datetime(2026, 12, 26, tzinfo=UTC))
    assert shown(location(opening_times=raw)).opening_times == Hours(True, exceptional_closings=(closing,))


@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        ("2026-06-07T18:40:07Z", datetime(2026, 6, 7, 18, 40, 7, tzinfo=UTC)),
        ("2026-06-07T18:40:07", datetime(2026, 6, 7, 18, 40, 7, tzinfo=UTC)),
        ("2026-06-07 18:40:07", datetime(2026, 6, 7, 18, 40, 7, tzinfo=UTC)),
        ("2026-06-07T20:40:07.407906+02:00", datetime(2026, 6, 7, 18, 40, 7, 407906, tzinfo=UTC)),
        (1780857607, datetime(2026, 6, 7, 18, 40, 7, tzinfo=UTC)),
        (1780857607000, datetime(2026, 6, 7, 18, 40, 7, tzinfo=UTC)),
        ("2099-01-01T00:00:00Z", datetime(2099, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
        ("9999-12-31T23:59:59-05:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        ({}, None),
    ],
)
def test_instants(raw: Any, instant: datetime | None) -> None:
    assert shown(location(last_updated=raw)).last_updated == instant
    assert shown_evse(last_updated=raw).last_updated == instant


# EVSEs


@pytest.mark.parametrize(
    ("changes", "uid", "evse_id"),
    [
        ({"uid": 32, "evse_id": 143}, "32", "143"),
        ({"uid": 0}, "0", "SE*NOR*E1"),
        ({"uid": None}, "SE*NOR*E1", "SE*NOR*E1"),
        ({"uid": ""}, "SE*NOR*E1", "SE*NOR*E1"),
        ({"uid": None, "evse_id": None, "id": "AT*HTB*E1"}, "AT*HTB*E1", None),
        ({"uid": "32", "evse_id": None, "id": "DE*ABC*E1"}, "32", "DE*ABC*E1"),
        ({"uid": None, "evse_id": None}, "#1", None),
        ({"uid": "x" * 101, "evse_id": None}, "#1", None),
    ],
)
def test_evses_are_known_by_what_they_have(changes: Json, uid: str, evse_id: str | None) -> None:
    found = shown_evse(**changes)
    assert (found.uid, found.evse_id) == (uid, evse_id)


def test_two_evses_never_share_a_uid() -> None:
    found = shown(
        location(
            evses=[
                evse(uid="a", evse_id="SE*NOR*E1"),
                evse(uid="A", evse_id="SE*NOR*E2"),
                evse(uid="b", evse_id=None, status="CHARGING", last_updated="2026-06-07T10:00:00Z"),
                evse(uid="B", evse_id=None, status="AVAILABLE", last_updated="2026-06-07T09:00:00Z"),
            ]
        )
    )
    assert [(each.uid, each.status) for each in found.evses] == [
        ("a", "AVAILABLE"),
        ("SE*NOR*E2", "AVAILABLE"),
        ("b", "CHARGING"),
    ]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("AVAILABLE", "AVAILABLE"), ("available", "AVAILABLE"), ("CHARGING ", "CHARGING"), ("out_of_order", "OUTOFORDER"),
        ("Out Of Order", "OUTOFORDER"), ("preparing", "CHARGING"), ("FAULTED", "OUTOFORDER"), ("WORKING", "UNKNOWN"),
        ("INOPERATIVE", "INOPERATIVE"), ("", "UNKNOWN"), (None, "UNKNOWN"), (3, "UNKNOWN"), ("x" * 999, "UNKNOWN"),
        ("SOMETHING_NEW", "UNKNOWN"),
    ],
)  # fmt: skip
def test_statuses(raw: Any, status: str) -> None:
    assert shown_evse(status=raw).status == status


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        (["AVAILABLE", "CHARGING"], "CHARGING"),
        (["OUTOFORDER", "available"], "AVAILABLE"),
        (["OUTOFORDER", "OUTOFORDER"], "OUTOFORDER"),
        (["OUTOFORDER", "BLOCKED"], "UNKNOWN"),
        (["UNKNOWN"], "UNKNOWN"),
    ],
)
def test_a_status_only_on_connectors_is_the_evses(statuses: list[str], status: str) -> None:
    connectors = [connector(id=str(number), status=each) for number, each in enumerate(statuses)]
    assert shown_evse(status=None, connectors=connectors).status == status
    assert shown_evse(status="RESERVED", connectors=connectors).status == "RESERVED"


@pytest.mark.parametrize("connectors", [[], None, {}, "none"])
def test_an_evse_without_connectors_is_shown(connectors: Any) -> None:
    found = shown_evse(connectors=connectors)
    assert found.uid == "E1"


def test_words_of_open_enums_are_kept_in_upper_case() -> None:
    found = shown(location(facilities=["hotel", "Spaceport", "HOTEL", None], parking_type="on driveway"))
    assert (found.facilities, found.parking_type) == (("HOTEL", "SPACEPORT"), "ON_DRIVEWAY")
    assert shown_evse(capabilities=["rfid_reader", "TELEPATHY"]).capabilities == ("RFID_READER", "TELEPATHY")
    assert shown_evse(parking_restrictions="BICYCLE_ONLY").parking_restrictions == ("BICYCLE_ONLY",)
    assert shown_evse(status_schedule={}).status_schedule == ()


# Connectors


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"standard": "IEC_60309_2_three_32"}, "IEC_60309_2_THREE_32"), ({"standard": "Type 2 outlet"}, "IEC_62196_T2"),
        ({"standard": "GB/T (DC)"}, "GBT_DC"), ({"standard": "CCS2"}, "IEC_62196_T2_COMBO"), ({"standard": "Chademo"}, "CHADEMO"),
        ({"standard": "domestic_f"}, "DOMESTIC_F"), ({"standard": "UNKNOWN"}, None), ({"standard": None}, None),
        ({"standard": "WIRELESS_9"}, "WIRELESS_9"), ({"standard": 7}, "7"), ({"standard": "x" * 500}, None),
    ],
)  # fmt: skip
def test_standards(changes: Json, expected: str | None) -> None:
    assert shown_connector(**changes).standard == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"power_type": "ac_3_phase", "format": "socket"}, ("AC_3_PHASE", "SOCKET")),
        ({"power_type": "AC_3_Phase", "format": "Cable"}, ("AC_3_PHASE", "CABLE")),
        ({"power_type": "", "format": None}, (None, None)),
        ({"power_type": "PLASMA", "format": "HOSE"}, (None, None)),
        ({"power_type": "AC_3_PHASE", "format": "CABLE", "standard": "CHADEMO"}, ("DC", "CABLE")),
    ],
)
def test_closed_enums_are_none_when_unknown(changes: Json, expected: tuple[str | None, str | None]) -> None:
    found = shown_connector(**changes)
    assert (found.power_type, found.format) == expected


def test_words_of_2_1_1_are_understood_in_every_version() -> None:
    old = {
        "id": 1,
        "standard": "IEC_62196_T2",
        "format": "CABLE",
        "power_type": "AC_3_PHASE",
        "voltage": "230",
        "amperage": 16.0,
        "tariff_id": 11,
    }
    for version in ("2.1.1", "2.2.1", "2.3.0", "9.9"):
        found = shown(location(type="ON_STREET", evses=[evse(connectors=[old])]), Source("x", version))
        plug = found.evses[0].connectors[0]
        assert (plug.id, plug.max_voltage, plug.max_amperage, plug.tariff_ids) == ("1", 230, 16, ("11",))
        assert found.parking_type == "ON_STREET"


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({"tariff_ids": None}, ()), ({"tariff_ids": []}, ()), ({"tariff_ids": ["1", 2, "1", None, ""]}, ("1", "2")),
        ({"tariff_ids": "T9"}, ("T9",)), ({"tariff_id": "T9", "tariff_ids": ["T1"]}, ("T1",)),
        ({"tariff_ids": None, "tariffs": [{"id": "T8"}]}, ("T8",)),
    ],
)  # fmt: skip
def test_tariffs_of_a_connector(changes: Json, ids: tuple[str, ...]) -> None:
    assert shown_connector(**changes).tariff_ids == ids


def test_tariffs_embedded_in_an_evse_are_those_of_its_connectors() -> None:
    raw = evse(tariffs=[{"id": "T7"}], connectors=[without(connector(), "tariff_ids")])
    assert shown(location(evses=[raw])).evses[0].connectors[0].tariff_ids == ("T7",)


def test_the_viewer_of_the_dutch_feed_is_read() -> None:
    raw = {
        "locationId": "50", "ocpiId": "50", "name": "IONITY Best", "address": "Eindhovenseweg Zuid 63", "city": "Best",
        "postalCode": "5683 PW", "country": "NLD", "latitude": 51.503064, "longitude": 5.414372, "operatorName": "IONITY",
        "operatorWebsite": "https://ionity.eu", "ownerName": "IONITY", "twentyFourSeven": True,
        "lastUpdated": "2026-06-07T19:13:33Z", "evses": [evse(evse_id="NL*IOY*E401301")],
    }  # fmt: skip
    found = shown(raw, Source("ndw"))
    assert (found.country_code, found.party_id, found.id, found.postal_code) == ("NL", "IOY", "50", "5683 PW")
    assert (found.coordinates, found.opening_times) == (Coordinates(51.503064, 5.414372), Hours(True))
    assert (found.operator, found.owner) == (BusinessDetails("IONITY", "https://ionity.eu"), BusinessDetails("IONITY"))
    assert found.last_updated == datetime(2026, 6, 7, 19, 13, 33, tzinfo=UTC)


# Tariffs


def component(**changes: Any) -> PriceComponent:
    raw = {"type": "ENERGY", "price": 4.5, "vat": 25, "step_size": 1} | changes
    return priced(tariff(elements=[{"price_components": [raw]}])).elements[0].price_components[0]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, PriceComponent("ENERGY", Decimal("4.5"), Decimal(25), 1)),
        ({"price": "0.4583", "vat": "20.0000", "step_size": "1"}, PriceComponent("ENERGY", Decimal("0.4583"), Decimal(20), 1)),
        ({"price": None, "vat": None}, PriceComponent("ENERGY", None, None, 1)),
        ({"price": -0.25}, PriceComponent("ENERGY", Decimal("-0.25"), Decimal(25), 1)),
        ({"price": 0.30000000000000004}, PriceComponent("ENERGY", Decimal("0.3"), Decimal(25), 1)),
        ({"price": 0}, PriceComponent("ENERGY", Decimal(0), Decimal(25), 1)),
        ({"price": "1e99999999", "vat": "1e-99999999"}, PriceComponent("ENERGY", None, Decimal(0), 1)),
        ({"price": "free"}, PriceComponent("ENERGY", None, Decimal(25), 1)),
        ({"price": 1e12, "vat": 400}, PriceComponent("ENERGY", None, None, 1)),
        ({"price": "NaN", "vat": "sNaN"}, PriceComponent("ENERGY", None, None, 1)),
        ({"type": "energy"}, PriceComponent("ENERGY", Decimal("4.5"), Decimal(25), 1)),
        ({"type": "SESSION_TIME"}, PriceComponent("SESSION_TIME", Decimal("4.5"), Decimal(25), 1)),
        ({"type": None}, PriceComponent("UNKNOWN", Decimal("4.5"), Decimal(25), 1)),
        ({"step_size": None}, PriceComponent("ENERGY", Decimal("4.5"), Decimal(25), None)),
        ({"step_size": -1}, PriceComponent("ENERGY", Decimal("4.5"), Decimal(25), None)),
    ],
)  # fmt: skip
def test_price_components(changes: Json, expected: PriceComponent) -> None:
    assert component(**changes) == expected


def test_a_price_is_the_number_as_written() -> None:
    raw = json.dumps(tariff()).encode().replace(b"4.5", b"0.1000")
    assert str(priced(raw).elements[0].price_components[0].price) == "0.1000"


def restricted(raw: Any) -> TariffRestrictions | None:
    element = {"price_components": [{"type": "ENERGY", "price": 1}], "restrictions": raw}
    return priced(tariff(elements=[element])).elements[0].restrictions


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, None), ([], None), ({}, None), ({"min_kwh": None, "day_of_week": []}, None),
        ({"start_time": "08:00:00", "end_time": "19:59:59"}, TariffRestrictions(start_time="08:00", end_time="20:00")),
        ([{"start_time": "8:00", "end_time": "24:00"}], TariffRestrictions(start_time="08:00", end_time="00:00")),
        ([{"start_time": "08:00"}, {"end_time": "18:00"}], TariffRestrictions(start_time="08:00", end_time="18:00")),
        ({"start_time": "00:00", "end_time": "23:59"}, TariffRestrictions(start_time="00:00", end_time="23:59")),
        ({"dayOfWeek": ["SATURDAY", "monday"]}, TariffRestrictions(day_of_week=("MONDAY", "SATURDAY"))),
        ({"min_kwh": "0.1000", "min_duration": "60"}, TariffRestrictions(min_kwh=Decimal("0.1000"), min_duration=60)),
        ({"start_date": "2026-06-07T00:00:00Z"}, TariffRestrictions(start_date="2026-06-07")),
        ({"reservation": "reservation"}, TariffRestrictions(reservation="RESERVATION")),
        ({"max_power": 50, "unheard_of": 7}, TariffRestrictions(max_power=Decimal(50))),
    ],
)  # fmt: skip
def test_restrictions(raw: Any, expected: TariffRestrictions | None) -> None:
    assert restricted(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [{"start_time": "morning"}, {"day_of_week": ["HOLIDAY"]}, {"min_kwh": "much"}, {"start_date": "2026-13-01"}, "none",
     [{"min_kwh": 1}, {"min_kwh": 2}], {"reservation": "MAYBE"}, {"max_duration": []  , "min_duration": {}}],
)  # fmt: skip
def test_a_restriction_that_cannot_be_read_makes_the_price_unknown(raw: Any) -> None:
    found = priced(
        tariff(elements=[{"price_components": [{"type": "TIME", "price": 9, "vat": 25}], "restrictions": raw}])
    )
    assert found.elements[0].price_components == (PriceComponent("TIME"),)


@pytest.mark.parametrize(
    ("raw", "limit"),
    [
        ({"excl_vat": 0.5, "incl_vat": 0.55}, PriceLimit(Decimal("0.5"), Decimal("0.55"))),
        ({"before_taxes": "0.50"}, PriceLimit(Decimal("0.50"))),
        (7, PriceLimit(Decimal(7))),
        (None, None),
        ({}, None),
        ("much", None),
    ],
)
def test_price_limits_of_every_version(raw: Any, limit: PriceLimit | None) -> None:
    found = priced(tariff(min_price=raw, max_price=raw))
    assert (found.min_price, found.max_price) == (limit, limit)


def test_a_highest_price_of_zero_is_none() -> None:
    found = priced(tariff(min_price=0, max_price={"excl_vat": 0, "incl_vat": 12}))
    assert (found.min_price, found.max_price) == (PriceLimit(Decimal(0)), PriceLimit(None, Decimal(12)))


@pytest.mark.parametrize(("raw", "currency"), [("sek", "SEK"), (None, None), ("", None), ("€", None), (752, None)])
def test_a_tariff_without_currency_is_kept(raw: Any, currency: str | None) -> None:
    assert priced(tariff(currency=raw)).currency == currency


def test_tariffs_of_no_party_have_the_sources() -> None:
    raw = without(tariff(country_code="gbr"), "party_id")
    assert (priced(raw, Source("arnold")).country_code, priced(raw, Source("arnold")).party_id) == ("GB", "ARN")
    assert priced(raw, Source("x", "2.1.1", "SE", "ABC")).party_id == "ABC"


def test_words_of_a_tariff() -> None:
    found = priced(
        tariff(tariff_alt_text=["Energy\n   0.5 EUR per kWh\n"], tariff_alt_url="example.se", tax_included="yes")
    )
    assert found.tariff_alt_text == (DisplayText("", "Energy 0.5 EUR per kWh"),)
    assert (found.tariff_alt_url, found.tax_included, found.type) == ("https://example.se", "YES", None)
    assert priced(tariff(type="ad_hoc_payment", tax_included="N/A")).type == "AD_HOC_PAYMENT"


@pytest.mark.parametrize(
    ("raw", "path"),
    [(tariff(id=None), "id"), (tariff(elements=[]), "elements"), (location(), "elements"), ([], "")],
)
def test_what_is_no_tariff_is_refused(raw: Any, path: str) -> None:
    found = read_price(json.dumps(raw).encode())
    assert isinstance(found, Rejected)
    assert found.path == path
