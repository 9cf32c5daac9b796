"""The commands as cron and an operator run them: what they print, and with what they exit."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import FlaskGroup

from app import create_app
from finder.demo.country import Country
from finder.demo.platform import Platform, partners_toml
from finder.demo.versions import VERSIONS
from finder.ingest.brake import ALLOWED

ROOT = Path(__file__).parents[1]
FLASK = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py")]
# interface.md, `flask ingest`
FIELDS = {
    "partner",
    "version",
    "seconds",
    "received",
    "created",
    "updated",
    "unchanged",
    "removed",
    "rejected",
    "requests",
    "outcome",
}


@pytest.fixture(scope="module")
def platforms() -> Iterator[dict[str, Platform]]:
    country = Country(stations=60)
    found = {platform.slug: platform for platform in (Platform(version, country) for version in VERSIONS)}
    for platform in found.values():
        platform.start()
    yield found
    for platform in found.values():
        platform.stop()


@pytest.fixture
def home(platforms: dict[str, Platform], tmp_path: Path) -> Path:
    """A folder with a partners.toml of three partners that behave."""
    for platform in platforms.values():
        platform.behave()
    (tmp_path / "partners.toml").write_text(partners_toml(platforms.values()), encoding="utf-8")
    return tmp_path


def settings(home: Path) -> dict[str, str]:
    return {
        "FINDER_DATABASE_URL": f"sqlite:///{home / 'data' / 'finder.db'}",
        "FINDER_PARTNERS": str(home / "partners.toml"),
    }


@pytest.fixture
def app(home: Path) -> Iterator[Flask]:
    made = create_app(settings(home))
    yield made
    made.extensions["finder.engine"].dispose()


def run(app: Flask, *words: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=list(words))


def flask(home: Path, *words: str, **environ: str) -> Result:
    """As `flask` itself does it: the application is made by the command."""
    group = FlaskGroup(create_app=lambda: create_app(settings(home) | environ))
    return CliRunner().invoke(group, list(words))


def process(home: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, beside nothing but its settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FINDER_", "FLASK_"))}
    return subprocess.run(
        [*FLASK, *words],
        cwd=home,
        env=kept | {"PYTHONPATH": str(ROOT)} | settings(home) | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# flask ingest


def test_cron_reads_one_plain_line_a_partner(app: Flask) -> None:
    result = run(app, "ingest")

    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert {line.split()[0] for line in lines} == {"vastan", "nordladd", "tallmo"}
    for line in lines:
        said = dict(re.findall(r"(\w+)=(\S+)", line))
        assert FIELDS - {"partner"} <= said.keys()
        assert said["outcome"] == "ok"
        assert int(said["received"]) >= int(said["created"]) > 0
    assert not re.search("\x1b|╭|│", result.output)


def test_json_is_one_object_a_partner_with_the_promised_fields(app: Flask) -> None:
    first = [json.loads(line) for line in run(app, "ingest", "--json").output.splitlines()]
    again = [json.loads(line) for line in run(app, "ingest", "--json", "--full").output.splitlines()]

    assert {row["partner"] for row in first} == {"vastan", "nordladd", "tallmo"}
    for row in (*first, *again):
        assert row.keys() >= FIELDS
        assert isinstance(row["reasons"], dict)
        assert row["outcome"] == "ok"
        assert row["requests"] > 0
    for row in again:
        assert row["created"] == 0
        assert row["received"] == row["unchanged"] + row["updated"] + row["hidden"]


def test_named_partners_only(app: Flask) -> None:
    rows = [
        json.loads(line)
        for line in run(app, "ingest", "--json", "--partner", "tallmo", "--partner", "vastan").output.splitlines()
    ]

    assert {row["partner"] for row in rows} == {"tallmo", "vastan"}


def test_without_full_the_second_pull_is_a_delta(app: Flask, platforms: dict[str, Platform]) -> None:
    run(app, "ingest", "--partner", "nordladd")
    platforms["nordladd"].forget()
    run(app, "ingest", "--partner", "nordladd")
    assert any("date_from" in request.query for request in platforms["nordladd"].requests)

    platforms["nordladd"].forget()
    run(app, "ingest", "--partner", "nordladd", "--full")
    assert not any("date_from" in request.query for request in platforms["nordladd"].requests)


def test_one_partner_that_fails_is_exit_1_and_the_others_are_pulled(app: Flask, platforms: dict[str, Platform]) -> None:
    platforms["nordladd"].misbehave("404")

    result = run(app, "ingest")

    assert result.exit_code == 1
    outcomes = dict(re.findall(r"^(\w+) .*outcome=(\w+)", result.output, re.MULTILINE))
    assert outcomes == {"vastan": "ok", "nordladd": "failed", "tallmo": "ok"}
    assert re.search("^nordladd .*reason=.*404", result.output, re.MULTILINE)
    assert "Traceback" not in result.output


def test_why_objects_were_refused_is_told_with_how_many(app: Flask, platforms: dict[str, Platform]) -> None:
    platforms["nordladd"].misbehave("coords-zero")

    result = run(app, "ingest", "--partner", "nordladd")

    assert result.exit_code == 0
    assert re.search("^nordladd: refused 2: .*degrees such as", result.output, re.MULTILINE)


def test_the_token_is_never_printed(app: Flask, platforms: dict[str, Platform]) -> None:
    platforms["nordladd"].misbehave("401,redirect-other-host")

    assert platforms["nordladd"].token not in run(app, "ingest").output


def test_a_terminal_gets_a_table(home: Path) -> None:
    master, slave = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FINDER_", "FLASK_"))}
    child = subprocess.Popen(
        [*FLASK, "ingest"],
        cwd=home,
        env=kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "200"} | settings(home),
        stdout=slave,
        stderr=subprocess.PIPE,
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # how a terminal ends on Linux
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    _, errors = child.communicate(timeout=60)

    assert child.returncode == 0, errors
    table = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert set(re.findall(r"\w+", table)) >= FIELDS
    assert len(re.findall(r"(?:vastan|nordladd|tallmo) .*\bok\b", table)) == 3


def test_an_unknown_partner_is_exit_2(app: Flask) -> None:
    result = run(app, "ingest", "--partner", "nordlad")

    assert result.exit_code == 2
    assert result.output == ("Error: --partner nordlad: no such partner; partners.toml has vastan, nordladd, tallmo\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[partner", "is not TOML"),
        ('[[partner]]\nslug = "a"\n', "name is needed"),
        ('[partner]\nslug = "a"\n', "double brackets"),
        (
            '[[partner]]\nslug = "a"\nname = "A"\nlocations = "https://a.example"\ntoken = "env:NOT_SET_ANYWHERE"\n',
            "NOT_SET_ANYWHERE",
        ),
    ],
)
def test_a_broken_partners_toml_is_exit_2_with_one_line(app: Flask, home: Path, text: str, said: str) -> None:
    (home / "partners.toml").write_text(text)

    result = run(app, "ingest")

    assert result.exit_code == 2
    assert said in result.output
    assert result.output.count("\n") == 1


def test_a_missing_or_unreadable_partners_toml_is_exit_2_with_one_line(app: Flask, home: Path) -> None:
    (home / "partners.toml").write_bytes(b"\xff\xfe")
    assert run(app, "ingest").exit_code == 2
    (home / "partners.toml").unlink()

    result = run(app, "ingest")

    assert result.exit_code == 2
    assert re.fullmatch(r"Error: partners\.toml: it cannot be read .*partners\.example\.toml.*\n", result.output)


# flask db, flask partners


def test_db_upgrade_makes_the_database_and_may_be_repeated(app: Flask, home: Path) -> None:
    for _ in range(2):
        result = run(app, "db", "upgrade")
        assert (result.exit_code, result.output) == (0, "The database has the current schema.\n")
    assert (home / "data" / "finder.db").exists()


def test_partners_list_says_how_each_stands(app: Flask, platforms: dict[str, Platform]) -> None:
    assert run(app, "partners", "list").output.splitlines() == [
        "vastan: Västan Laddning, never pulled",
        "nordladd: Nordladd, never pulled",
        "tallmo: Tallmo, never pulled",
    ]
    platforms["tallmo"].misbehave("404")
    run(app, "ingest")

    vastan, nordladd, tallmo = run(app, "partners", "list").output.splitlines()

    assert re.fullmatch(r"nordladd: Nordladd, \d+ locations, \d+ stations, last good pull \S+ \S+ UTC, ok", nordladd)
    assert vastan.endswith(", ok")
    assert re.fullmatch(r"tallmo: Tallmo, 0 locations, 0 stations, last good pull never, failed: .*404.*", tallmo)


def test_what_is_held_is_told_and_can_be_released(app: Flask, platforms: dict[str, Platform]) -> None:
    platform = platforms["nordladd"]
    kept = dict(platform.listings)
    try:
        run(app, "ingest", "--partner", "nordladd")
        assert run(app, "partners", "release", "nordladd").exit_code == 2
        platform.remove(ALLOWED + 1)
        result = run(app, "ingest", "--partner", "nordladd", "--full")
        assert result.exit_code == 0
        assert "outcome=held" in result.output
        assert "held" in run(app, "partners", "list").output

        assert run(app, "partners", "release", "nordladd").exit_code == 0
        result = run(app, "ingest", "--partner", "nordladd", "--full")

        assert f"removed={ALLOWED + 1}" in result.output
        assert "outcome=ok" in result.output
    finally:
        platform.listings = kept


# Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FINDER_DATABASE_URL", "nonsense"),
        ("FINDER_DATABASE_URL", "mysql://user:secret@host/finder"),
        ("FINDER_DATABASE_URL", "postgresql+nope://user:secret@host/finder"),
        ("FINDER_DATABASE_URL", "postgresql://user:secret@host:port/finder"),
        ("FINDER_DATABASE_URL", "sqlite:////proc/nowhere/finder.db"),
        ("FINDER_DATABASE_READ_URL", "oracle://user:secret@host/finder"),
        ("FINDER_BASE_URL", "uttag.example"),
        ("FINDER_BASE_URL", "https://uttag.example:99999"),
        ("FINDER_BASE_URL", "https://uttag.example/sv"),
    ],
)
def test_a_wrong_setting_ends_a_command_with_one_line(home: Path, name: str, value: str) -> None:
    result = flask(home, "ingest", **{name: value})

    assert result.exit_code == 2
    assert result.stdout == ""
    assert re.fullmatch(rf"Error: {name}: .*right would be .*\n", result.stderr), result.stderr
    assert "secret" not in result.stderr


@pytest.mark.parametrize(
    "words", [("--help",), ("db", "upgrade"), ("partners", "list"), ("routes",), ("ingest", "--help")]
)
def test_whatever_the_command(home: Path, words: tuple[str, ...]) -> None:
    result = flask(home, *words, FINDER_DATABASE_URL="nonsense")

    assert result.exit_code == 2
    assert re.fullmatch(r"Error: FINDER_DATABASE_URL: .*\n", result.stderr), result.stderr


def test_in_a_process_of_its_own_too(home: Path) -> None:
    result = process(home, "ingest", FINDER_DATABASE_URL="nonsense")

    assert (result.returncode, result.stdout) == (2, "")
    assert re.fullmatch(r"Error: FINDER_DATABASE_URL: .*\n", result.stderr), result.stderr


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://finder@127.0.0.1:1/finder", "sqlite:///{home}/junk.db", "sqlite:///{home}"]
)
def test_a_database_that_cannot_be_used_is_one_line(home: Path, url: str) -> None:
    (home / "junk.db").write_bytes(b"This is a letter, not a database." * 300)

    result = flask(home, "db", "upgrade", FINDER_DATABASE_URL=url.format(home=home))

    assert result.exit_code == 2
    assert re.fullmatch(r"Error: the database cannot be .*; see FINDER_DATABASE_URL\n", result.stderr), result.stderr


@pytest.mark.parametrize(
    "words", [(), ("db",), ("db", "upgrade"), ("ingest",), ("schedule",), ("serve",), ("partners", "list")]
)
def test_every_command_has_help(app: Flask, words: tuple[str, ...]) -> None:
    result = run(app, *words, "--help")

    assert result.exit_code == 0
    assert "Usage:" in result.output
