"""The commands: `flask db upgrade`, `flask ingest`, `flask schedule`, `flask partners`, `flask serve`."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from threading import Event
from typing import NoReturn

import click
import msgspec
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from finder.ingest.pull import Progress as Told
from finder.ingest.report import Report
from finder.ingest.run import calm_collector, keep_fresh, pull_all
from finder.ocpi.client import Client
from finder.ocpi.partner import ConfigError, Partner, read_partners
from finder.settings import SettingError
from finder.store import migrate
from finder.store import partners as stored
from finder.store.database import writing
from finder.web.database import engine

BAD_CONFIGURATION = 2
PHASES = {"tariffs": "tariffs", "locations": "locations", "saving": "saving"}
FIGURES = ("received", "created", "updated", "unchanged", "removed", "hidden", "rejected")


def init_app(app: Flask) -> None:
    for command in (ingest, schedule, serve):
        app.cli.add_command(command)
    app.cli.add_command(db)
    app.cli.add_command(partners)


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
    sys.exit(1 if any(report.outcome == "failed" for report in reports) else 0)


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
    keep_fresh(
        ready,
        chosen,
        clock=_now,
        connect=partial(_client, _contact()),
        stop=stop,
        chance=Random(),
        told=lambda report: click.echo(_line(report)),
    )


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """The production server."""
    from granian.constants import Interfaces
    from granian.server import Server

    _ready_engine()
    Server(
        "app:create_app",
        factory=True,
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.WSGI,
        blocking_threads=4,
        log_access=False,
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
