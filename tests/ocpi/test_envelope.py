"""The shapes a list arrives in, and what is refused as a whole."""

import json
import mmap
from pathlib import Path

import pytest

from finder.ocpi import envelope
from finder.ocpi.envelope import OBJECT_LIMIT, BadAnswer, check, embedded_tariffs, split
from tests.ocpi.objects import connector, evse, location, tariff

OBJECTS = [location(id="1"), location(id="2")]
RAW = json.dumps(OBJECTS).encode()


@pytest.mark.parametrize(
    "body",
    [
        OBJECTS,
        {"data": OBJECTS, "status_code": 1000, "timestamp": "2026-06-08T12:00:00Z"},
        {"status_code": "1000", "data": OBJECTS},
        {"status_code": "Success", "data": OBJECTS},
        {"data": OBJECTS},
        {"next": None, "items": OBJECTS},
        {"locations": OBJECTS},
        {"name": "OK", "message": "ok", "data": OBJECTS, "error": None, "forcelogout": False},
        {"data": {"locations": {"data": OBJECTS}, "tariffs": {"data": [tariff()]}}},
        {"data": {"locations": OBJECTS, "tariffs": [tariff()]}},
        {"content": OBJECTS, "pageable": {"offset": 0}, "totalPages": 1, "last": True},
        {"1": OBJECTS[0], "2": OBJECTS[1]},
        {"request": {"method": "GET"}, "response": {"status_code": 200, "headers": {}, "body": {"data": OBJECTS}}},
        {"request": {"method": "GET"}, "response": {"status_code": 200, "headers": {}, "body": OBJECTS}},
    ],
)
def test_every_shape_of_list_gives_its_objects(body: object) -> None:
    assert [json.loads(raw) for raw in split(json.dumps(body).encode(), "locations").objects] == OBJECTS
    assert check(json.dumps(body, indent=2).encode(), "locations") == 2


def test_one_url_for_both_modules_gives_each_its_own() -> None:
    body = json.dumps({"data": {"locations": {"data": OBJECTS}, "tariffs": {"data": [tariff()]}}}).encode()
    assert [json.loads(raw)["id"] for raw in split(body, "tariffs").objects] == ["T1"]


@pytest.mark.parametrize(("module", "raw"), [("locations", location()), ("tariffs", tariff())])
def test_a_bare_object_is_a_list_of_one(module: envelope.Module, raw: object) -> None:
    assert [json.loads(each) for each in split(json.dumps(raw).encode(), module).objects] == [raw]


def test_a_byte_order_mark_and_blank_lines_do_no_harm() -> None:
    assert check(b"\xef\xbb\xbf" + RAW, "locations") == check(b"\n\n  " + RAW + b"\n", "locations") == 2


@pytest.mark.parametrize(
    ("body", "following"),
    [
        ({"items": [], "next": "cursor"}, "cursor"),
        ({"data": [], "pagination": {"nextCursor": "abc"}}, "abc"),
        ([], None),
    ],
)
def test_the_next_page_named_in_the_body_is_told(body: object, following: str | None) -> None:
    listing = split(json.dumps(body).encode(), "locations")
    assert (list(listing.objects), listing.next) == ([], following)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the answer is empty; a JSON object or list would be right"),
        (b"<html><body>Forbidden</body></html>", "the answer is XML or HTML; JSON would be right"),
        (b"Service unavailable", "the answer starts with 'Service unavailable'; JSON would be right"),
        (b'{"status_code": 2001, "status_message": "Invalid\\nparameter"}', "status_code is 2001 (Invalid parameter); 1000 would be right"),
        (b'{"status_code": "3000", "data": []}', "status_code is 3000; 1000 would be right"),
        (b'{"status_code": 1000, "data": null}', "data is null; a list of locations would be right"),
        (b'{"status_code": 1000}', "the answer has no list of locations; it would be in data, items, content or locations"),
        (b'{"status_code": 1000, "data": {"id": "L1"}}', "data is an object; a list of locations would be right"),
        (b'{"status_code": 1000, "data": "none"}', "data is no list; a list of locations would be right"),
        (b'{"data": ' + b"[" * 70 + b"]" * 70 + b"}", "the listing is a list of lists; a list of objects would be right"),
        (b'{"status_code": 1000, "data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "the listing is a list of lists; a list of objects would be right"),
        (b"[" * 100_000 + b"]" * 100_000, "the listing is a list of lists; a list of objects would be right"),
        (RAW[: len(RAW) // 2], "the answer is cut short"),
        (RAW[:-1], "the answer is cut short"),
        (b'{"data": ' + RAW, "the answer is cut short"),
        (b'{"data": ' + RAW[: len(RAW) // 2], "the answer is cut short"),
        (RAW + RAW, "no JSON"),
        (RAW[:-1] + b" {}]", "no JSON"),
        (b'{"data": [1 2]}', "no JSON"),
        (b'{"type": "FeatureCollection", "features": []}', "the answer has no list of locations"),
        (b'{"request": {}, "response": {"status_code": 503, "body": "busy"}}', "the recorded answer has HTTP status 503; 200 would be right"),
        (b'{"data": [], "status_code": 1000', "cut short"),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_listing_is_refused_in_one_line(body: bytes, said: str) -> None:
    with pytest.raises(BadAnswer) as refused:
        split(body, "locations")
    line = str(refused.value)
    assert said in line
    assert "\n" not in line
    assert len(line) < 250


BAD_OBJECTS = [
    b'{"id": NaN}',
    b'{"id": [Infinity, -Infinity]}',
    b'{"id": 1e999}',
    b'{"id": 1' + b"0" * 400 + b"}",
    b'{"id": ' + b"9" * 5000 + b"}",
    b'{"id": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    b'{"id": "\xe5\xe4\xf6"}',
    b'{"id": "a\x00b\nc"}',
    b'{"id": "\\ud800"}',
    b'{"id": 1,}',
    b'{"id": "} ] \\" {"}',
    b"NaN",
    b"17",
    b'"text"',
]


@pytest.mark.parametrize("bad", BAD_OBJECTS)
@pytest.mark.parametrize(("before", "after"), [(b"[", b"]"), (b'{"status_code": 1000, "data": [', b'], "x": 1}')])
def test_something_bad_in_an_object_costs_no_other(bad: bytes, before: bytes, after: bytes) -> None:
    good = [json.dumps(each).encode() for each in OBJECTS]
    body = before + b" , ".join([good[0], bad, good[1]]) + after
    assert list(split(body, "locations").objects) == [good[0], bad, good[1]]


def test_a_bad_object_in_a_large_answer_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "WINDOW", 5_000)
    good = [json.dumps(location(id=str(number))).encode() for number in range(100)]
    spoilt = [*good[:50], b'{"id": NaN}', *good[50:]]
    assert list(split(b"[" + b",\n".join(spoilt) + b"]", "locations").objects) == spoilt


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("window", [100, 700, 1_000, 20_000])
def test_windows_fall_between_objects_whatever_their_size(
    monkeypatch: pytest.MonkeyPatch, window: int, indent: int | None
) -> None:
    monkeypatch.setattr(envelope, "WINDOW", window)
    # Connectors start with the same key as locations do, and texts look like ends of objects.
    raws = [{"id": str(n), "name": '},{"id":"', "evses": [evse(connectors=[connector()] * (n % 5))]} for n in range(60)]
    body = json.dumps(raws, indent=indent).encode()
    assert [json.loads(raw) for raw in split(body, "locations").objects] == raws


def test_an_object_over_the_limit_is_cut_so_that_reading_refuses_it() -> None:
    body = json.dumps([location(), location(name="x" * OBJECT_LIMIT), location()]).encode()
    assert [len(raw) > OBJECT_LIMIT for raw in split(body, "locations").objects] == [False, True, False]


def test_a_list_of_a_great_many_nothings_is_refused() -> None:
    assert check(b"[" + b"{}," * 999 + b"{}]", "locations") == 1000
    with pytest.raises(BadAnswer, match="too many for its size"):
        split(b"[" + b"{}," * 100_000 + b"{}]", "locations")


def test_a_file_in_memory_is_read_in_place(tmp_path: Path) -> None:
    (tmp_path / "answer").write_bytes(RAW)
    with (tmp_path / "answer").open("rb") as file:
        body = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        listing = split(body, "locations")
        assert len(listing.objects) == len(list(listing.objects)) == 2
        del listing
        body.close()


def test_tariffs_in_a_location_are_found_once_with_its_party() -> None:
    plain = {"id": "T9", "currency": "EUR", "elements": []}
    own = tariff(id="T8", party_id="ABC")
    raw = location(evses=[evse(tariffs=[plain], connectors=[connector(tariffs=[plain, own])]), evse(tariffs=[plain])])
    found = [json.loads(each) for each in embedded_tariffs(json.dumps(raw).encode())]
    assert [(each["party_id"], each["id"]) for each in found] == [("NOR", "T9"), ("ABC", "T8")]
    assert embedded_tariffs(json.dumps(location()).encode()) == []
