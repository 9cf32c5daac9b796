"""Imports keep the direction of the rooms, and each library stays in the room that may have it.

    app > cli, api, pages > web > ingest > store > stations, places > charging > tariffs > ocpi

The table below is that line with its reasons worked in:

- `cli`, `api`, `pages` and `web` are the site's outside and may see each other from left to right: cli takes its database
  from web, api shows some of pages' words; web, which wraps every answer, knows none of the others.
- `ocpi.client` talks to partners, so of all rooms only `ingest` and `cli` may have it; the rest of `ocpi` is pure.
- `ingest.indexnow` talks to search engines: one address of ours, none that a partner names, so it needs none of the client's guard.
  It is the only other one with httpx; pages, which know the addresses, hand them to it.
- `demo` is a server of its own, that stands in for partners: nobody imports it, and it knows nothing of the finder.
- `settings` is read by `app`; `cli` says in one line what is wrong with them.
- SQLAlchemy's types (`Connection`, `Engine`, errors) may be named where connections are handed on; statements are made and
  run in `store` only. `settings` looks at database URLs.
- The wall clock is read by the outside and handed down as `now`; `time.monotonic` measures and is no wall clock.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((*ROOT.glob("finder/**/*.py"), ROOT / "app.py"))

PURE = {"ocpi", "tariffs", "charging", "places", "stations"}
MAY_IMPORT: dict[str, set[str]] = {
    "app": {"cli", "api", "pages", "web", "settings", "store"},
    "cli": {"api", "pages", "web", "ingest", "store", *PURE, "client", "indexnow", "settings"},
    "api": {"pages", "web", "ingest", "store", *PURE},
    "pages": {"web", "ingest", "store", *PURE, "indexnow"},
    "web": {"ingest", "store", *PURE},
    "ingest": {"store", *PURE, "client"},
    "store": PURE,
    "stations": {"places", "charging", "tariffs", "ocpi"},
    "places": {"ocpi"},
    "charging": {"tariffs", "ocpi"},
    "tariffs": {"ocpi"},
    "client": {"ocpi"},
    "indexnow": {"store", "ocpi"},
    "ocpi": set(),
    "settings": set(),
    "demo": set(),
}
# What talks to partners, and what it is made of.
CLIENT = {"client", "credentials", "guard", "spool", "paging", "versions"}
OUTSIDE = {"app", "cli", "api", "pages", "web"}
ONLY_IN = {
    "flask": OUTSIDE,
    "werkzeug": OUTSIDE,
    "jinja2": OUTSIDE,
    "click": {"cli", "app"},
    "rich": {"cli"},
    "granian": {"cli"},
    "httpx": {"client", "indexnow"},
    "httpcore": {"client"},
    "requests": set(),
    "urllib.request": set(),
    "alembic": {"store"},
    "psycopg": set(),
    "sqlite3": set(),
}
# Names of sqlalchemy that make no statement.
ONLY_NAMES = {"Connection", "Engine", "exc", "make_url"}
RUN_STATEMENTS = {"execute", "scalar", "scalars", "exec_driver_sql"}
READ_CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime"}
MAY_READ_CLOCK = {*OUTSIDE, "demo"}


def room(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] == "app":
        return "app"
    if parts[1] == "ocpi" and parts[-1] in CLIENT:
        return "client"
    return "indexnow" if parts[1:] == ("ingest", "indexnow") else parts[1]


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module that is imported, with what is taken from it, and the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def room_of(module: str) -> str | None:
    parts = module.split(".")
    if parts[0] != "finder" or len(parts) == 1:
        return None
    if parts[1] == "ocpi" and len(parts) > 2 and parts[2] in CLIENT:
        return "client"
    return "indexnow" if parts[1:3] == ["ingest", "indexnow"] else parts[1]


def trees() -> Iterator[tuple[Path, ast.AST]]:
    for path in FILES:
        if path.name != "__init__.py" or path.parent.name != "finder":
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def at(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ROOT)}:{line} {what}"


def test_imports_point_one_way() -> None:
    wrong = []
    for path, tree in trees():
        here = room(path)
        for module, line in imported(tree):
            there = room_of(module)
            if there is not None and there != here and there not in MAY_IMPORT[here]:
                wrong.append(
                    at(path, line, f"imports {module}: {here} may import {', '.join(sorted(MAY_IMPORT[here]))}")
                )
    assert wrong == []


def test_every_room_is_in_the_table_and_the_table_has_no_circle() -> None:
    assert {room(path) for path, _ in trees()} <= MAY_IMPORT.keys()
    for here in MAY_IMPORT:
        seen, level = set(), {here}
        while level:
            level = {there for one in level for there in MAY_IMPORT[one]} - seen
            seen |= level
        assert here not in seen


@pytest.mark.parametrize("library", ONLY_IN)
def test_each_library_stays_where_it_belongs(library: str) -> None:
    wrong = [
        at(path, line, f"imports {module}")
        for path, tree in trees()
        for module, line in imported(tree)
        if (module == library or module.startswith(f"{library}.")) and room(path) not in ONLY_IN[library]
    ]
    assert wrong == []


def test_sql_is_written_in_the_store_only() -> None:
    wrong = []
    for path, tree in trees():
        if room(path) == "store":
            continue
        named = set()
        for module, line in imported(tree):
            if module.startswith("sqlalchemy.") and module.split(".")[1] not in ONLY_NAMES:
                wrong.append(at(path, line, f"imports {module}"))
            if module == "sqlalchemy":
                named.add(line)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute):
                continue
            if named and isinstance(node.value, ast.Name) and node.value.id == "sa" and node.attr not in ONLY_NAMES:
                wrong.append(at(path, node.lineno, f"uses sa.{node.attr}"))
            if named and node.attr in RUN_STATEMENTS:
                wrong.append(at(path, node.lineno, f"runs a statement: .{node.attr}"))
    assert wrong == []


def test_only_the_outside_reads_the_wall_clock() -> None:
    wrong = [
        at(path, node.lineno, f"reads the clock: {ast.unparse(node)}; take `now` as an argument")
        for path, tree in trees()
        if room(path) not in MAY_READ_CLOCK
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in READ_CLOCK
    ]
    assert wrong == []


def test_no_error_is_caught_whatever_it_is() -> None:
    wrong = [
        at(path, node.lineno, "catches everything")
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    ]
    assert wrong == []
