"""The commands: `flask db`, `flask ingest`, `flask schedule`, `flask partners`, `flask tariff`, `flask export`, `flask serve`."""

import gzip
import os
import signal
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from random import Random
from threading import Event
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, available_timezones

import click
import msgspec
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from finder.api import bulk
from finder.api.export import records
from finder.ingest.indexnow import Teller
from finder.ingest.pull import Progress as Told
from finder.ingest.report import Report
from finder.ingest.run import calm_collector, keep_fresh, pull_all
from finder.ocpi.client import Client
from finder.ocpi.partner import ConfigError, Partner, read_partners
from finder.ocpi.text import text
from finder.ocpi.types import Rejected, Tariff
from finder.pages.indexnow import teller
from finder.settings import SettingError
from finder.store import migrate
from finder.store import partners as stored
from finder.store.database import writing
from finder.store.export import one_view
from finder.tariffs import document
from finder.tariffs.cdr import read_cdr, time_zone
from finder.tariffs.document import plain
from finder.tariffs.lint import Finding, lint_raw
from finder.tariffs.pricing import quote
from finder.tariffs.quote import Item, Quote
from finder.tariffs.restrictions import UNRESTRICTED, Axes
from finder.web.database import engine
from finder.web.exported import FORMATS, Format

BAD_CONFIGURATION = 2
MOST_WORKERS = 4
# Longer than any page takes; somebody who reads an export is cut off.
STOP_SECONDS = 10
PHASES = {"tariffs": "tariffs", "locations": "locations", "saving": "saving"}
FIGURES = ("received", "created", "updated", "unchanged", "removed", "hidden", "rejected")
LARGEST_DOCUMENT = 256 << 20
ITEMS = {"ENERGY": "energy", "TIME": "charging time", "PARKING_TIME": "parking", "FLAT": "fee"}
UNITS = {"ENERGY": "kWh", "TIME": "h", "PARKING_TIME": "h", "FLAT": ""}
SAID = {
    "no_tariff": "there is no tariff",
    "unresolved": "the tariff is not there",
    "not_for_payment": "the tariff is for another way to pay",
    "expired": "the tariff is over",
    "not_yet_valid": "the tariff begins later",
    "conflicting": "several tariffs hold at once",
    "text_only": "the tariff has words, but no prices",
    "no_currency": "the tariff has no currency",
    "no_price": "the tariff has a price or a restriction that cannot be read",
    "unsupported_dimension": "the tariff has a price for something that OCPI does not know",
    "outside_windows": "no element of the tariff holds for a part of the session",
    "unknown_current": "the tariff has a limit in amperes, and the CDR does not say how many flowed",
    "vat_not_stated": "VAT is not stated for all prices, so one of the totals is unknown",
    "several_flat": "there are several different fees; each is counted once",
    "uncovered": "what no element of the tariff names costs nothing",
    "min_above_max": "min_price is above max_price, so max_price holds",
    "paused_unpriced": "time in which the operator held power back costs nothing",
    "amperes_from_power": "amperes are worked out from the power with 230 V",
    "parking_zero": "the tariff has no price for parking, so it is free",
}
"""Reasons and assumptions of a quote, to whoever reads the command's output."""


def init_app(app: Flask) -> None:
    for command in (ingest, schedule, export, serve):
        app.cli.add_command(command)
    app.cli.add_command(db)
    app.cli.add_command(partners)
    app.cli.add_command(tariff)


def _now() -> datetime:
    return datetime.now(UTC)


def _contact() -> str:
    return str(current_app.config["CONTACT"])


def _configured(slugs: tuple[str, ...] = ()) -> tuple[Partner, ...]:
    """The partners of partners.toml, or those named. Ends the command where that cannot be."""
    path = Path(current_app.config["PARTNERS"])
    try:
        found = read_partners(path.read_text(encoding="utf-8"), os.environ)
    except OSError as error:
        _end(f"{path.name}: it cannot be read ({error.strerror}); copy partners.example.toml or set FINDER_PARTNERS")
    except UnicodeDecodeError:
        _end(f"{path.name}: it is not UTF-8 text")
    except ConfigError as error:
        _end(str(error))
    unknown = sorted(set(slugs) - {partner.slug for partner in found})
    if unknown:
        _end(f"--partner {unknown[0]}: no such partner; {path.name} has {', '.join(p.slug for p in found) or 'none'}")
    return tuple(partner for partner in found if not slugs or partner.slug in slugs)


def end_command(error: SettingError) -> None:
    """Within a `flask` command a wrong setting is one line, not a traceback; elsewhere nothing happens."""
    if click.get_current_context(silent=True) is not None:
        _end(str(error))


def _end(reason: str) -> NoReturn:
    click.echo(f"Error: {reason}", err=True)
    sys.exit(BAD_CONFIGURATION)


def _ready_engine() -> sa.Engine:
    """The database, brought to the current schema."""
    found = engine()
    try:
        migrate.upgrade(found)
    except sa.exc.OperationalError as error:
        _end(f"the database cannot be reached: {str(error.orig).splitlines()[0]}; see FINDER_DATABASE_URL")
    except sa.exc.DatabaseError as error:
        # What SQLite says of a file that is something else; any other is a fault of ours.
        if type(error) is not sa.exc.DatabaseError:
            raise
        _end(f"the database cannot be used: {str(error.orig).splitlines()[0]}; see FINDER_DATABASE_URL")
    return found


db = AppGroup("db", help="The database.")


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to the current schema; safe to repeat."""
    _ready_engine()
    click.echo("The database has the current schema.")


@click.command("ingest")
@click.option("--partner", "slugs", multiple=True, metavar="SLUG", help="Only this partner; may be repeated.")
@click.option("--full", is_flag=True, help="Everything, not only what changed since the last pull.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a partner instead of a table.")
def ingest(slugs: tuple[str, ...], full: bool, as_json: bool) -> None:
    """Pull every partner once. Exit 0: all pulled, 1: some failed, 2: bad configuration."""
    chosen = _configured(slugs)
    ready = _ready_engine()
    calm_collector()
    contact = _contact()
    reports = []
    with _progress(as_json) as progress:
        for report in pull_all(
            ready,
            chosen,
            clock=_now,
            connect=partial(_client, contact),
            full=full,
            progress=progress,
        ):
            reports.append(report)
            if as_json:
                click.echo(msgspec.json.encode(report.row()).decode())
            elif not sys.stdout.isatty():
                click.echo(_line(report))
    if not as_json and sys.stdout.isatty():
        _print_table(reports)
    if not as_json:
        _print_reasons(reports)
    _tell_search_engines()
    sys.exit(1 if any(report.outcome == "failed" for report in reports) else 0)


def _tell_search_engines(known: Teller | None = None) -> None:
    """Of what changed, where there is a key for it. No failure of that is one of the pull."""
    # For the addresses of pages, which the site's origin begins.
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        told = known or teller(_contact())
        if told is None:
            return
        try:
            line = told.tell(engine(), _now())
        except sa.exc.OperationalError as error:
            line = f"not told: {str(error.orig).splitlines()[0]}; tried again after a later pull"
    if line:
        click.echo(f"search engines: {line}", err=True)


def _client(contact: str, partner: Partner, clock: object) -> Client:
    return Client(partner, contact=contact, now=_now)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[Partner], Told] | None]:
    if quiet or not sys.stdout.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True) as bars:

        def of(partner: Partner) -> Told:
            task = bars.add_task(partner.name, total=None)

            def told(phase: str, done: int, total: int | None) -> None:
                bars.update(task, description=f"{partner.name}: {PHASES[phase]}", completed=done, total=total)

            return told

        yield of


def _line(report: Report) -> str:
    row = report.row()
    figures = " ".join(f"{name}={row[name]}" for name in (*FIGURES, "requests"))
    tariffs = report.tariffs
    return (
        f"{report.partner} version={report.version or '-'} seconds={row['seconds']} {figures} "
        f"tariffs={tariffs.received} outcome={report.outcome}" + (f" reason={report.reason}" if report.reason else "")
    )


def _print_table(reports: list[Report]) -> None:
    table = Table()
    for heading in ("partner", "version", "seconds", *FIGURES, "tariffs", "requests", "outcome"):
        table.add_column(heading, justify="left" if heading in ("partner", "version", "outcome") else "right")
    for report in reports:
        row = report.row()
        figures = [str(row[name]) for name in FIGURES]
        table.add_row(
            report.partner,
            report.version or "-",
            f"{report.seconds:.1f}",
            *figures,
            str(report.tariffs.received),
            str(report.requests),
            report.outcome,
        )
    Console().print(table)


def _print_reasons(reports: list[Report]) -> None:
    for report in reports:
        if report.reason and sys.stdout.isatty():
            click.echo(f"{report.partner}: {report.reason}")
        for reason, count in report.reasons.most_common():
            click.echo(f"{report.partner}: refused {count}: {reason}")


@click.command("schedule")
def schedule() -> None:
    """Keep every partner fresh, in the foreground, until stopped."""
    chosen = _configured()
    ready = _ready_engine()
    calm_collector()
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="indexnow") as pool:
        keep_fresh(
            ready,
            chosen,
            clock=_now,
            connect=partial(_client, _contact()),
            stop=stop,
            chance=Random(),
            told=_telling(pool),
        )


def _telling(pool: Executor) -> Callable[[Report], None]:
    """Prints each report, and lets search engines be told beside the pulls, one round at a time."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        known = teller(_contact())
    rounds: list[Future[None]] = []

    def tell() -> None:
        with app.app_context():
            _tell_search_engines(known)

    def told(report: Report) -> None:
        click.echo(_line(report))
        if known is None or (rounds and not rounds[0].done()):
            return
        if rounds:
            rounds.pop().result()
        rounds.append(pool.submit(tell))

    return told


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--format", "format", type=click.Choice(FORMATS), help="Only this one; else both.")
def export(folder: Path, format: Format | None) -> None:
    """Write all stations that may be passed on into DIR. Exit 0: written, 1: not, and the old files stay, 2: bad configuration."""
    ready = _ready_engine()
    calm_collector()
    now = _now()
    formats = (format,) if format else FORMATS
    # For the addresses of pages, which the site's origin begins.
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]), one_view(ready) as connection:
        try:
            made = bulk.write(folder, formats, records(connection, now), now)
        except bulk.Busy:
            _fail(f"{folder}: another export is writing there; wait for it")
        except OSError as error:
            _fail(f"{folder}: it cannot be written to ({error.strerror}); the files that were there stay")
        except sa.exc.OperationalError as error:
            _fail(f"the database went away: {str(error.orig).splitlines()[0]}; the files that were there stay")
    for file in made:
        click.echo(
            f"{file.name} stations={file.stations} records={file.records} bytes={file.size} sha256={file.sha256}"
        )


def _fail(reason: str) -> NoReturn:
    click.echo(f"Error: {reason}", err=True)
    sys.exit(1)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; one a core by default, at most 4.")
def serve(host: str, port: int, workers: int | None) -> None:
    """The production server."""
    from granian.constants import HTTPModes, Interfaces
    from granian.server import Server

    _ready_engine()
    Server(
        "app:serving",
        factory=True,
        address=host,
        port=port,
        workers=workers or min(len(os.sched_getaffinity(0)), MOST_WORKERS),
        interface=Interfaces.WSGI,
        # While one waits for the database, others answer; more of them would only wait for Python's lock.
        blocking_threads=4,
        # What stands in front speaks HTTP/1.1, and to look for anything else costs each connection.
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        # Its lines would say where people are.
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()


partners = AppGroup("partners", help="The partners.")


@partners.command("list")
def list_partners() -> None:
    """What is configured, and how each stands."""
    with _ready_engine().connect() as connection:
        states = {state.slug: state for state in stored.states(connection)}
    for partner in _configured():
        state = states.get(partner.slug)
        if state is None or state.last_attempt is None:
            click.echo(f"{partner.slug}: {partner.name}, never pulled")
            continue
        good = f"{state.last_success:%Y-%m-%d %H:%M} UTC" if state.last_success else "never"
        click.echo(
            f"{partner.slug}: {partner.name}, {state.locations} locations, {state.stations} stations, "
            f"last good pull {good}, {state.outcome}" + (f": {state.reason}" if state.reason else "")
        )


@partners.command("release")
@click.argument("slug")
def release(slug: str) -> None:
    """Let the mass deletion that waits for a partner go ahead at its next full pull."""
    with writing(_ready_engine()) as connection:
        if not stored.release(connection, slug):
            _end(f"{slug}: nothing of this partner waits; `flask partners list` shows who is held")
    click.echo(f"{slug}: released; the next full pull removes what is missing.")


tariff = AppGroup("tariff", help="Tariffs as JSON files.")


@tariff.command("price")
@click.argument("tariff_file", metavar="TARIFF.json")
@click.argument("cdr_file", metavar="CDR.json")
@click.option(
    "--time-zone",
    "zone_name",
    metavar="ZONE",
    help="The location's, such as Europe/Stockholm. Else the CDR's country says.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def price(tariff_file: str, cdr_file: str, zone_name: str | None, as_json: bool) -> None:
    """The price of a charging session under a tariff. Exit 0: priced, 1: it has no price, 2: a file cannot be read."""
    record = _from(cdr_file, document.cdr)
    raw_tariff = _one_tariff(tariff_file, record)
    zone = _zone(zone_name, record)
    held = _tariff(tariff_file, raw_tariff)
    try:
        session = read_cdr(record, zone or ZoneInfo("UTC"))
    except ValueError as error:
        _end(f"{cdr_file}: {error}")
    if zone is None and _by_clock(held):
        click.echo("Note: the CDR does not tell its time zone, so UTC is taken; --time-zone would tell it.", err=True)
    found = quote(held, session)
    if as_json:
        click.echo(msgspec.json.encode(_quoted(found)).decode())
    else:
        _print_quote(found)
    priced = found.excl_vat is not None or found.incl_vat is not None
    if found.reason and not priced:
        click.echo(f"No price: {SAID[found.reason]}.", err=True)
    sys.exit(0 if priced else 1)


@tariff.command("lint")
@click.argument("files", metavar="FILE", nargs=-1, required=True)
@click.option("--power", "power", metavar="KW", help="What the charging points of the tariff give, in kW.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def lint(files: tuple[str, ...], power: str | None, as_json: bool) -> None:
    """What is dead, contradictory or probably wrong in tariffs. Exit 0: nothing, 1: something, 2: unreadable."""
    kilowatts = _kilowatts(power)
    now = _now()
    found = [(name, raw, _linted(raw, kilowatts, now)) for name in files for raw in _from(name, _some_tariffs)]
    counts = Counter(kind for _name, _raw, findings in found for kind in {finding.kind for finding in findings})
    if as_json:
        click.echo(msgspec.json.encode(_linted_as_json(found, counts)).decode())
    else:
        _print_findings(found, counts)
    sys.exit(1 if counts else 0)


Linted = tuple[str, document.Json, tuple[Finding, ...]]


def _from(name: str, read: Callable[[Any], Any]) -> Any:
    """What a JSON file, plain or gzip, holds. Ends the command where it cannot be read."""
    try:
        with Path(name).open("rb") as file:
            body = file.read(LARGEST_DOCUMENT + 1)
        if body[:2] == b"\x1f\x8b":
            with gzip.open(name) as unpacked:
                body = unpacked.read(LARGEST_DOCUMENT + 1)
        if len(body) > LARGEST_DOCUMENT:
            _end(f"{name}: it is larger than 256 MiB; less would be right")
        return read(document.decoded(body))
    except (EOFError, gzip.BadGzipFile, zlib.error):
        _end(f"{name}: its gzip is damaged; a whole file would be right")
    except OSError as error:
        _end(f"{name}: it cannot be read ({error.strerror})")
    except RecursionError:
        _end(f"{name}: it is nested too deep; 64 levels would do")
    except ValueError as error:
        _end(f"{name}: {error}")


def _some_tariffs(raw: Any) -> list[document.Json]:
    """Each once: a feed that embeds them has the same in many connectors."""
    found = list({msgspec.json.encode(each): each for each in document.tariffs(raw)}.values())
    if not found:
        raise ValueError("it has no tariff; an object with elements would be right")
    return found


def _one_tariff(name: str, record: document.Json) -> document.Json:
    """The tariff of a file, or of several the one that the CDR's periods name."""
    found = _from(name, _some_tariffs)
    if len(found) > 1:
        named = document.tariff_ids(record)
        found = [each for each in found if each.get("id") in named] or found
    if len(found) > 1:
        _end(f"{name}: it has {len(found)} tariffs; a file with the one that holds would be right")
    raw: document.Json = found[0]
    for unreadable in document.unreadable(raw):
        _end(f"{name}: {unreadable.path} {unreadable.words}")
    return raw


def _tariff(name: str, raw: document.Json) -> Tariff:
    found = document.read(raw, _now())
    if isinstance(found, Rejected):
        _end(f"{name}: {found.path + ': ' if found.path else ''}{found.reason}")
    return found


def _zone(stated: str | None, record: document.Json) -> ZoneInfo | None:
    """None where neither the option nor the record tells it."""
    if stated is None:
        return time_zone(record)
    if stated not in available_timezones():
        _end(f"--time-zone {stated}: no such time zone; Europe/Stockholm, say, would be right")
    return ZoneInfo(stated)


def _by_clock(held: Tariff) -> bool:
    return Axes([element.restrictions or UNRESTRICTED for element in held.elements]).by_clock


def _kilowatts(stated: str | None) -> Decimal | None:
    if stated is None:
        return None
    try:
        found = Decimal(stated)
    except InvalidOperation:
        found = Decimal("NaN")
    if not (found.is_finite() and 0 < found <= 10_000):
        _end(f"--power {stated}: no power in kW; a number from 1 to 10000 would be right")
    return found


def _quoted(found: Quote) -> dict[str, Any]:
    return {
        "currency": found.currency,
        "excl_vat": _money(found.excl_vat),
        "incl_vat": _money(found.incl_vat),
        "components": [
            {
                "type": item.dimension,
                "volume": plain(item.volume),
                "excl_vat": _money(item.excl_vat),
                "incl_vat": _money(item.incl_vat),
            }
            for item in found.items
        ],
        "assumptions": found.assumptions,
        "reason": found.reason,
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount, 2)


def _print_quote(found: Quote) -> None:
    rows = [("", "", "excl. VAT", "incl. VAT"), *(_row(item) for item in found.items)]
    if found.limited:
        rows.append((f"the tariff's {found.limited}_price holds", "", "", ""))
    rows.append((f"total {found.currency or ''}".rstrip(), "", _shown(found.excl_vat), _shown(found.incl_vat)))
    first, *widths = (max(len(row[column]) for row in rows) for column in range(4))
    for name, *figures in rows:
        line = name.ljust(first) + "".join(
            "  " + figure.rjust(width) for figure, width in zip(figures, widths, strict=True)
        )
        click.echo(line.rstrip())
    for code in dict.fromkeys((*found.assumptions, *((found.reason,) if found.reason and found.items else ()))):
        click.echo(f"Note: {SAID[code]}.")


def _row(item: Item) -> tuple[str, str, str, str]:
    volume = f"{plain(item.volume)} {UNITS[item.dimension]}".rstrip()
    return ITEMS[item.dimension], volume, _shown(item.excl_vat), _shown(item.incl_vat)


def _shown(amount: Decimal | None) -> str:
    return "unknown" if amount is None else plain(amount, 2)


def _linted(raw: document.Json, kilowatts: Decimal | None, now: datetime) -> tuple[Finding, ...]:
    found = document.read(raw, now)
    if isinstance(found, Rejected):
        where = f"{found.path}: " if found.path else ""
        return (Finding(None, "refused", f"The tariff cannot be used: {where}{found.reason}."),)
    return lint_raw(raw, found, kilowatts, now)


def _linted_as_json(found: list[Linted], counts: Counter[str]) -> dict[str, Any]:
    return {
        "tariffs": [
            {
                "file": name,
                "country_code": raw.get("country_code"),
                "party_id": raw.get("party_id"),
                "id": raw.get("id"),
                "findings": [
                    {"element": finding.element, "kind": finding.kind, "words": finding.words} for finding in findings
                ],
            }
            for name, raw, findings in found
        ],
        "counts": dict(counts.most_common()),
    }


def _print_findings(found: list[Linted], counts: Counter[str]) -> None:
    for name, raw, findings in found:
        who = " ".join(text(str(raw.get(part) or ""), 40) or "" for part in ("country_code", "party_id", "id")).strip()
        for finding in findings:
            click.echo(f"{name}: {who or 'tariff'}: {finding.kind}: {finding.words}")
    if len(found) > 1:
        good = sum(1 for _name, _raw, findings in found if not findings)
        click.echo(f"{len(found)} tariffs, {good} without a finding")
        for kind, count in counts.most_common():
            click.echo(f"{count:7} {kind}")
