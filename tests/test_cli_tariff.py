"""`flask tariff price` and `flask tariff lint` as a partner or a script runs them."""

import gzip
import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from finder.cli import SAID
from finder.tariffs.quote import Assumption, Reason
from tests.tariffs.documents import Json, cdr, charging, component, element, parking, tariff

ROOT = Path(__file__).parents[1]
TARIFF = tariff(
    element(component("FLAT", "0.50", 20), component("ENERGY", "0.25", 10), component("PARKING_TIME", "2.00", 20, 900))
)
CDR = cdr("2026-03-06 12:00", charging(60, 20), parking(40), cdr_location={"country": "SWE"})
# interface.md, `flask tariff price`
PRICED = {
    "currency": "EUR",
    "excl_vat": "7.00",
    "incl_vat": "7.90",
    "components": [
        {"type": "ENERGY", "volume": "20", "excl_vat": "5.00", "incl_vat": "5.50"},
        {"type": "PARKING_TIME", "volume": "0.75", "excl_vat": "1.50", "incl_vat": "1.80"},
        {"type": "FLAT", "volume": "1", "excl_vat": "0.50", "incl_vat": "0.60"},
    ],
    "assumptions": [],
    "reason": None,
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app({"FINDER_DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('none')}/none.db"})


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files are named as they are in the folder that the command runs in."""
    monkeypatch.chdir(tmp_path)
    write("cdr.json", CDR)
    return tmp_path


def write(name: str, content: Any) -> str:
    body = content if isinstance(content, bytes) else json.dumps(content, default=str).encode()
    Path(name).write_bytes(body)
    return name


def run(app: Flask, *words: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["tariff", *words])


def price(app: Flask, raw: Any, record: Any = None, *words: str) -> Result:
    write("tariff.json", raw)
    if record is not None:
        write("cdr.json", record)
    return run(app, "price", "tariff.json", "cdr.json", "--json", *words)


# flask tariff price


def test_the_price_is_one_json_object_with_exact_amounts(app: Flask) -> None:
    result = price(app, TARIFF)

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == PRICED


@pytest.mark.parametrize(
    "wrap",
    [
        lambda raw: [raw],
        lambda raw: {"data": raw, "status_code": 1000, "timestamp": "2026-11-23T09:30:00Z"},
        lambda raw: {"data": [raw], "status_code": 1000},
        lambda raw: {"response": {"status_code": 200, "body": {"data": [raw]}}},
        lambda raw: CDR | {"tariffs": [raw]},
        lambda raw: b"\xef\xbb\xbf" + json.dumps(raw).encode(),
        lambda raw: gzip.compress(json.dumps(raw).encode()),
        lambda raw: {name: value for name, value in raw.items() if name not in ("id", "country_code", "party_id")},
    ],
)
def test_a_tariff_is_found_in_whatever_it_comes_in(app: Flask, wrap: Any) -> None:
    assert json.loads(price(app, wrap(TARIFF)).stdout) == PRICED


@pytest.mark.parametrize(
    ("name", "incl_vat"),
    [("2.1.1/mod_cdrs_00.json", None), ("2.2.1/cdr_example.json", "4.40"), ("2.3.0/cdr_example.json", "4.40")],
)
def test_the_record_of_each_version_costs_what_it_says(app: Flask, name: str, incl_vat: str | None) -> None:
    path = ROOT.parent / "shared" / "data" / "ocpi" / "spec" / name
    if not path.exists():
        pytest.skip("the specification's own files are not on this machine")
    found = json.loads(run(app, "price", str(path), str(path), "--json").stdout)

    assert (found["excl_vat"], found["incl_vat"]) == ("4.00", incl_vat)


def test_of_several_tariffs_the_one_that_the_record_names_is_taken(app: Flask) -> None:
    record = CDR | {"charging_periods": [each | {"tariff_id": "T1"} for each in CDR["charging_periods"]]}
    other = tariff(element(component("ENERGY", 9, 25)), id="T2")

    assert json.loads(price(app, record | {"tariffs": [other, TARIFF]}, record).stdout) == PRICED


@pytest.mark.parametrize("wrap", [lambda raw: [raw], lambda raw: {"data": raw}, lambda raw: {"data": [raw]}])
def test_a_cdr_is_found_in_whatever_it_comes_in(app: Flask, wrap: Any) -> None:
    assert json.loads(price(app, TARIFF, wrap(CDR)).stdout) == PRICED


def test_each_version_has_its_own_words(app: Flask) -> None:
    energy = component("ENERGY", "0.25")
    oldest = {"id": "1", "currency": "EUR", "elements": [element(energy)], "min_price": 6, "max_price": 9}
    newest = tariff(element(energy | {"vat": 10}), tax_included="YES", min_price={"before_taxes": 6, "after_taxes": 7})

    old = json.loads(price(app, oldest).stdout)
    assert (old["excl_vat"], old["incl_vat"], old["assumptions"]) == ("6.00", None, ["vat_not_stated", "parking_zero"])
    new = json.loads(price(app, newest).stdout)
    assert (new["excl_vat"], new["incl_vat"]) == ("6.00", "7.00")


def test_amounts_have_no_exponent_and_at_most_ten_decimals(app: Flask) -> None:
    small = price(
        app, tariff(element(component("ENERGY", "0.000001", 10))), cdr("2026-03-06 12:00", charging(7, "0.01"))
    )
    large = price(app, tariff(element(component("TIME", 900000000, 25))), cdr("2026-03-06 12:00", charging(20)))

    said = json.loads(small.stdout)
    assert (said["excl_vat"], said["incl_vat"]) == ("0.00000001", "0.000000011")
    said = json.loads(large.stdout)
    assert (said["excl_vat"], said["incl_vat"]) == ("300000000.00", "375000000.00")
    assert said["components"][0]["volume"] == "0.3333333333"
    assert not re.search(r"\d[eE][+-]?\d|\d\.\d{11}", small.stdout + large.stdout)


def test_the_zone_is_the_option_s_then_the_record_s(app: Flask) -> None:
    raw = tariff(element(component("ENERGY", 1, 25), end_time="12:00"), element(component("ENERGY", 3, 25)))
    # 11:00 UTC is noon in Sweden and the end of the morning in London.
    record = cdr("2026-03-06 12:00", charging(60, 10), cdr_location={"country": "SWE"})

    assert json.loads(price(app, raw, record).stdout)["excl_vat"] == "30.00"
    assert json.loads(price(app, raw, record, "--time-zone", "Europe/London").stdout)["excl_vat"] == "10.00"
    unplaced = price(app, raw, record | {"cdr_location": {"country": "USA"}})
    assert json.loads(unplaced.stdout)["excl_vat"] == "10.00"
    assert re.fullmatch("Note: .*UTC.*--time-zone.*\n", unplaced.stderr)


def test_the_zone_is_not_asked_for_where_nothing_depends_on_it(app: Flask) -> None:
    assert price(app, TARIFF, CDR | {"cdr_location": None}).stderr == ""


@pytest.mark.parametrize(
    ("raw", "reason", "said"),
    [
        (tariff(element(component("ENERGY", None, 25))), "no_price", "cannot be read"),
        (TARIFF | {"currency": None}, "no_currency", "no currency"),
        (tariff(tariff_alt_text=[{"language": "en", "text": "Ask inside"}]), "text_only", "no prices"),
        (tariff(element(component("SESSION_TIME", 5, 25))), "unsupported_dimension", "OCPI does not know"),
        (tariff(element(component("ENERGY", 5, 25), max_current=16)), "unknown_current", "amperes"),
        (tariff(element(component("ENERGY", 5, 25), start_time="01:00", end_time="02:00")), "outside_windows", "holds"),
    ],
)
def test_a_session_without_a_price_is_exit_1_with_the_reason(app: Flask, raw: Json, reason: str, said: str) -> None:
    result = price(app, raw)

    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["excl_vat"], found["incl_vat"], found["reason"]) == (None, None, reason)
    assert re.fullmatch(f"No price: .*{said}.*\n", result.stderr)


def test_for_a_reader_the_price_is_a_short_table(app: Flask) -> None:
    write("tariff.json", TARIFF | {"max_price": {"excl_vat": 6, "incl_vat": 7}})
    result = run(app, "price", "tariff.json", "cdr.json")

    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["excl.", "VAT", "incl.", "VAT"],
        ["energy", "20", "kWh", "5.00", "5.50"],
        ["parking", "0.75", "h", "1.50", "1.80"],
        ["fee", "1", "0.50", "0.60"],
        ["the", "tariff's", "max_price", "holds"],
        ["total", "EUR", "6.00", "7.00"],
    ]


def test_what_is_not_known_is_said_to_be_unknown(app: Flask) -> None:
    write("tariff.json", tariff(element(component("ENERGY", "0.25"))))
    result = run(app, "price", "tariff.json", "cdr.json")

    assert re.search(r"^total EUR +5.00 +unknown$", result.stdout, re.MULTILINE)
    assert "Note: VAT is not stated" in result.stdout


def test_every_reason_and_assumption_has_words() -> None:
    assert set(SAID) >= {*get_args(Reason), *get_args(Assumption)}


# What cannot be read

BROKEN = [
    ("nothing", b"", "it is no JSON: .* line 1, column 1"),
    ("half of it", b'{"id": "1", "elements": [', "it is no JSON: .* line 1"),
    ("a page", b"<html>", "it is no JSON"),
    ("NaN", json.dumps(TARIFF).replace('"0.25"', "NaN").encode(), "it has NaN"),
    ("infinity", b'{"id": 1, "elements": [{"price_components": [{"price": -Infinity}]}]}', "it has -Infinity"),
    ("no UTF-8", b'{"id": "\xff"}', "byte 8 is no UTF-8"),
    ("too deep", b"[" * 100_000, "nested too deep"),
    ("a damaged archive", b"\x1f\x8b\x08damaged", "its gzip is damaged"),
    ("an exponent without end", b'{"elements": [1e99999999999999999999]}', "is no number"),
    ("no object", b"[1, 2, null]", "it has no"),
]


@pytest.mark.parametrize(("body", "said"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
@pytest.mark.parametrize(
    "words", [("price", "bad.json", "cdr.json"), ("price", "good.json", "bad.json"), ("lint", "bad.json")]
)
def test_a_broken_file_is_exit_2_with_one_line(app: Flask, words: tuple[str, ...], body: bytes, said: str) -> None:
    write("good.json", TARIFF)
    write("bad.json", body)
    result = run(app, *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(rf"Error: bad\.json: .*{said}.*\n", result.stderr), result.stderr


@pytest.mark.parametrize("name", ["missing.json", "."])
@pytest.mark.parametrize("words", [("price", "{}", "cdr.json"), ("price", "good.json", "{}"), ("lint", "{}")])
def test_a_file_that_is_not_there_is_exit_2_with_one_line(app: Flask, words: tuple[str, ...], name: str) -> None:
    write("good.json", TARIFF)
    result = run(app, *(word.format(name) for word in words))

    assert result.exit_code == 2
    assert re.fullmatch(rf"Error: {re.escape(name)}: it cannot be read \(.*\)\n", result.stderr), result.stderr


@pytest.mark.parametrize("value", ["1e308", "NaN", "gratis", 10**12, []])
def test_a_price_that_is_no_number_is_exit_2_with_its_place(app: Flask, value: Any) -> None:
    result = price(app, tariff(element(component("FLAT", 1, 25)), element(component("ENERGY", value, 25))))

    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(r"Error: tariff\.json: elements\[1\]\.price_components\[0\]\.price is .*\n", result.stderr)


def test_a_limit_that_is_no_number_is_exit_2_with_its_place(app: Flask) -> None:
    result = price(app, TARIFF | {"max_price": {"excl_vat": 5, "incl_vat": "1e308"}})

    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(r"Error: tariff\.json: max_price\.incl_vat is 1e308; .*\n", result.stderr)


@pytest.mark.parametrize("value", ["NaN", "-1", "1e308", None, 100_001])
def test_a_volume_that_no_session_has_is_exit_2_with_its_place(app: Flask, value: Any) -> None:
    result = price(app, TARIFF, cdr("2026-03-06 12:00", (60, {"ENERGY": value})))

    assert (result.exit_code, result.stdout) == (2, "")
    where = r"charging_periods\[0\]\.dimensions\[0\]\.volume"
    assert re.fullmatch(rf"Error: cdr\.json: {where} is .*; a number from 0 to 100000 would be right\n", result.stderr)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "stockholm"])
def test_a_time_zone_that_does_not_exist_is_exit_2(app: Flask, name: str) -> None:
    result = price(app, TARIFF, None, "--time-zone", name)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"Error: --time-zone {name}: no such time zone; Europe/Stockholm, say, would be right\n"


@pytest.mark.parametrize(
    ("raw", "record", "said"),
    [
        (TARIFF, TARIFF, r"cdr\.json: it has no CDR"),
        (TARIFF, [CDR, CDR], r"cdr\.json: it has 2 CDRs"),
        (TARIFF, {"charging_periods": []}, r"cdr\.json: neither charging_periods"),
        (CDR, CDR, r"tariff\.json: it has no tariff"),
        ([TARIFF, TARIFF | {"id": "T2"}], CDR, r"tariff\.json: it has 2 tariffs"),
        ({"id": "1", "elements": []}, CDR, r"tariff\.json: elements: neither prices nor words"),
        (TARIFF | {"id": "x" * 200}, CDR, r"tariff\.json: id: no id"),
    ],
)
def test_what_is_no_tariff_or_no_cdr_is_exit_2(app: Flask, raw: Any, record: Any, said: str) -> None:
    result = price(app, raw, record)

    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(f"Error: {said}.*\n", result.stderr), result.stderr


# flask tariff lint

DEAR = tariff(element(component("ENERGY", 49, 25)))
DEAD = tariff(element(component("ENERGY", 1, 25)), element(component("ENERGY", 2, 25), max_kwh=5), id="T2")


def test_a_tariff_without_a_finding_is_exit_0_and_says_nothing(app: Flask) -> None:
    result = run(app, "lint", write("good.json", TARIFF))

    assert (result.exit_code, result.output) == (0, "")


def test_a_finding_is_exit_1_and_one_line_that_says_where(app: Flask) -> None:
    result = run(app, "lint", write("dear.json", DEAR))

    assert result.exit_code == 1
    assert re.fullmatch(r"dear\.json: SE NOR T1: price_in_cents: Element 1: 49 EUR per kWh .*0\.49 .*\n", result.stdout)


def test_a_feed_ends_with_counts(app: Flask) -> None:
    one = write("feed.json", {"data": [TARIFF, DEAR, DEAD, DEAR | {"id": "T3"}]})
    other = write("more.json.gz", gzip.compress(json.dumps([TARIFF]).encode()))
    result = run(app, "lint", one, other)

    assert result.exit_code == 1
    assert result.stdout.splitlines()[3:] == [
        "5 tariffs, 2 without a finding",
        "      2 price_in_cents",
        "      1 never_reached",
    ]


def test_json_has_every_tariff_with_its_findings(app: Flask) -> None:
    result = run(app, "lint", "--json", write("feed.json", [TARIFF, DEAD]))

    found = json.loads(result.stdout)
    assert [each["id"] for each in found["tariffs"]] == ["T1", "T2"]
    assert found["tariffs"][0]["findings"] == []
    (finding,) = found["tariffs"][1]["findings"]
    assert finding.keys() == {"element", "kind", "words"}
    assert (finding["element"], finding["kind"]) == (2, "never_reached")
    assert found["counts"] == {"never_reached": 1}


def test_tariffs_inside_of_locations_are_found_once_each(app: Flask) -> None:
    connectors = [{"id": str(number), "tariffs": [DEAR, TARIFF]} for number in (1, 2)]
    location = {"id": "L1", "evses": [{"uid": "1", "connectors": connectors}]}
    result = run(app, "lint", "--json", write("locations.json", {"data": [location]}))

    assert result.exit_code == 1
    assert [each["id"] for each in json.loads(result.stdout)["tariffs"]] == ["T1", "T1"]


def test_a_tariff_that_cannot_be_used_is_a_finding_of_its_own(app: Flask) -> None:
    result = run(app, "lint", write("feed.json", [TARIFF, {"id": "T9", "elements": []}]))

    assert result.exit_code == 1
    assert "T9: refused: The tariff cannot be used: elements: neither prices nor words" in result.stdout


def test_the_power_says_what_is_out_of_reach(app: Flask) -> None:
    write("tariff.json", tariff(element(component("ENERGY", 2, 25), min_power=22), element(component("ENERGY", 1, 25))))

    assert run(app, "lint", "tariff.json").exit_code == 0
    result = run(app, "lint", "tariff.json", "--power", "11")
    assert result.exit_code == 1
    assert "power_not_reached" in result.stdout


@pytest.mark.parametrize("power", ["NaN", "-11", "0", "1e308", "eleven", ""])
def test_a_power_that_is_none_is_exit_2(app: Flask, power: str) -> None:
    result = run(app, "lint", write("good.json", TARIFF), "--power", power)

    assert result.exit_code == 2
    assert re.fullmatch("Error: --power .*: no power in kW; a number from 1 to 10000 would be right\n", result.stderr)


def test_strangers_names_do_not_reach_the_terminal_as_commands(app: Flask) -> None:
    result = run(app, "lint", write("feed.json", [DEAR | {"id": "\x1b[31mred\ud800"}]))

    assert result.exit_code == 1
    assert "\x1b" not in result.stdout
    assert run(app, "lint", "--json", "feed.json").exit_code == 1


@pytest.mark.parametrize("words", [(), ("price",), ("lint",)])
def test_every_command_has_help(app: Flask, words: tuple[str, ...]) -> None:
    result = run(app, *words, "--help")

    assert result.exit_code == 0
    assert "Usage:" in result.output
