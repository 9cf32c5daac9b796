"""Station pages over HTTP beside nginx sending the same bytes from files: the same client, as many processes, rounds in turn.

`BENCH_PAGES` (200) and `BENCH_ROUNDS` (5) say how many pages are hot and how often each is measured.
"""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench._country import missing
from bench._database import country_database

PAGES = int(os.environ.get("BENCH_PAGES", "200"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
WORKERS = 2
SECONDS = 3
# Pages are kept for 4 seconds whatever happens: whole turns of that, after the first.
SECONDS_PUSHED = 8
PUSHES = 100
ROOT = Path(__file__).parents[1]

NGINX = """
worker_processes {workers}; daemon off; pid {folder}/pid; error_log {folder}/errors; {user}
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  open_file_cache max=10000; open_file_cache_valid 60s; default_type "text/html; charset=utf-8";
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4;
  scgi_temp_path {folder}/5;
  server {{ listen 127.0.0.1:{port} reuseport; root {folder}; location /br/ {{ add_header Content-Encoding br; }} }}
}}
"""
CLIENT = """
local paths, more = {paths}, {more}
local asked, n = {{}}, 0
function init(args)
  for i, path in ipairs(paths) do
    local headers = {{["Accept-Encoding"] = "{encoding}"}}
    if more[i] then headers["If-None-Match"] = more[i] end
    asked[i] = wrk.format("GET", path, headers)
  end
end
function request() n = n % #asked + 1; return asked[n] end
function done(all, latency)
  local e = all.errors
  io.write(string.format("\\nFOUND %d %d %d %d %d\\n", all.requests, all.duration, all.bytes,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(99)))
end
"""


class Server(NamedTuple):
    process: subprocess.Popen[bytes]
    origin: str


class Case(NamedTuple):
    """What is asked of whom, and the script that asks."""

    server: Server
    script: Path


class Figure(NamedTuple):
    """`cpu` is the server's microseconds a request, `p99` milliseconds."""

    rate: float
    cpu: float
    p99: float
    size: float


def main() -> None:
    print(f"http: {PAGES} station pages of the whole country, {WORKERS} processes, 32 connections, {ROUNDS} rounds")
    if missing():
        return
    for program in ("nginx", "wrk"):
        if shutil.which(program) is None:
            print(f"skipped: {program} is not installed (Debian: apt-get install nginx wrk)")
            return
    with country_database() as held, tempfile.TemporaryDirectory(prefix="finder-http-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        database = folder / "country.db"
        # Of its own: statuses are pushed into it.
        shutil.copy(held, database)
        paths = hot_paths(database)
        kept = stack.enter_context(ours(database, {}))
        bare = stack.enter_context(ours(database, {"FINDER_PAGE_CACHE_MB": "0"}))
        beside = stack.enter_context(nginx(folder, kept, paths))
        measure(folder, database, paths, kept, bare, beside)


def hot_paths(database: Path) -> list[str]:
    import sqlalchemy as sa

    from app import create_app
    from bench.pages import slug_of

    app = create_app({"FINDER_DATABASE_URL": f"sqlite:///{database}"})
    with app.extensions["finder.engine"].connect() as connection:
        ids = list(connection.scalars(sa.text("SELECT id FROM stations WHERE gone_at IS NULL ORDER BY id")))
    return [f"/sv/laddstation/{slug_of(app, id)}" for id in random.Random(1).sample(ids, PAGES)]


@contextmanager
def ours(database: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    port = free_port()
    environ = {
        **os.environ,
        "FINDER_DATABASE_URL": f"sqlite:///{database}",
        "FINDER_BASE_URL": f"http://127.0.0.1:{port}",
        **settings,
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "serve", "--port", str(port), "--workers", str(WORKERS)]
    with started(command, f"http://127.0.0.1:{port}", environ) as server:
        yield server


@contextmanager
def nginx(folder: Path, source: Server, paths: list[str]) -> Iterator[Server]:
    """With what `source` answers as files."""
    for encoding in ("identity", "br"):
        (folder / encoding).mkdir()
        for number, path in enumerate(paths):
            (folder / encoding / str(number)).write_bytes(got(source.origin + path, encoding)[1])
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(workers=WORKERS, folder=folder, user=user, port=port))
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "errors")]
    with started(command, f"http://127.0.0.1:{port}", os.environ) as server:
        yield server


@contextmanager
def started(command: list[str], origin: str, environ: Mapping[str, str]) -> Iterator[Server]:
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port = int(origin.rsplit(":", 1)[1])
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            sys.exit(f"{command[0]} does not listen")
        time.sleep(1.0)  # its other processes
        yield Server(process, origin)
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def got(url: str, encoding: str) -> tuple[str, bytes]:
    """ETag and body."""
    asked = urllib.request.Request(url, headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        assert answer.headers.get("Content-Encoding", "identity") == encoding
        return answer.headers["ETag"], answer.read()


# Measuring


def measure(folder: Path, database: Path, paths: list[str], kept: Server, bare: Server, beside: Server) -> None:
    files = {encoding: [f"/{encoding}/{number}" for number in range(len(paths))] for encoding in ("identity", "br")}
    known_files = [got(beside.origin + path, "br")[0] for path in files["br"]]
    cases = {
        "nginx, identity": Case(beside, script(folder, "1", files["identity"], "identity")),
        "kept, identity": Case(kept, script(folder, "2", paths, "identity")),
        "nginx, br": Case(beside, script(folder, "3", files["br"], "br")),
        "kept, br": Case(kept, script(folder, "4", paths, "br")),
        "nginx, 304": Case(beside, script(folder, "5", files["br"], "br", known_files)),
        "kept, 304": Case(kept, folder / "6.lua"),
        "uncached, identity": Case(bare, script(folder, "7", paths, "identity")),
    }
    script(folder, "6", paths, "br")
    for case in cases.values():
        asked(case, SECONDS)  # warm
    found: dict[str, list[Figure]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        # A page may have changed since the last round: what a charge from now on costs, it tells by the minute.
        script(folder, "6", paths, "br", [got(kept.origin + path, "br")[0] for path in paths])
        for name, case in cases.items():
            found[name].append(asked(case, SECONDS))
    quiet, pushed, pushes = while_pushing(cases["kept, br"], database)
    found |= {"kept, br, quiet": quiet, "kept, br, pushes": pushed}
    for name, figures in found.items():
        middle = Figure(*(median(each) for each in zip(*figures, strict=True)))
        print(
            f"  {name:20} {middle.rate:8,.0f} a second {middle.cpu:8.1f} µs CPU a request"
            f" {middle.p99:7.1f} ms p99 {middle.size:8,.0f} bytes"
        )
    for goal, least, one, other in (
        ("kept page, identity", 0.5, "kept, identity", "nginx, identity"),
        ("kept page, br", 0.5, "kept, br", "nginx, br"),
        ("304", 0.45, "kept, 304", "nginx, 304"),
        ("uncached page", 0.04, "uncached, identity", "nginx, identity"),
        (f"kept page, {pushes:.0f} pushes a second", 0.8, "kept, br, pushes", "kept, br, quiet"),
    ):
        ratio = median(a.rate / b.rate for a, b in zip(found[one], found[other], strict=True))
        of = "of nginx" if other.startswith("nginx") else "of no pushes"
        print(f"  {goal:36} {ratio:6.3f} {of} (goal {least})")


def while_pushing(case: Case, database: Path) -> tuple[list[Figure], list[Figure], float]:
    """Without pushes, with them, and how many there were a second."""
    quiet, pushed, made = [], [], []
    for _ in range(max(1, ROUNDS // 2)):
        quiet.append(asked(case, SECONDS_PUSHED))
        seconds = SECONDS_PUSHED + 6
        command = [sys.executable, "-m", "bench.http", str(database), str(seconds)]
        pusher = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        try:
            time.sleep(5)
            pushed.append(asked(case, SECONDS_PUSHED))
            made.append(float(pusher.communicate(timeout=60)[0]))
        finally:
            pusher.terminate()
            pusher.wait(20)
    return quiet, pushed, median(made)


def script(folder: Path, name: str, paths: list[str], encoding: str, known: list[str] | None = None) -> Path:
    def table(values: list[str]) -> str:
        return "{" + ",".join(map(json.dumps, values)) + "}"

    path = folder / f"{name}.lua"
    path.write_text(CLIENT.format(paths=table(paths), more=table(known or []), encoding=encoding))
    return path


def asked(case: Case, seconds: int) -> Figure:
    before = cpu_seconds(case.server.process.pid)
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "--timeout", "20s", "-s", str(case.script), case.server.origin]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    requests, duration, size, errors, p99 = map(int, said.split("FOUND", 1)[1].split()[:5])
    assert errors == 0, said
    used = cpu_seconds(case.server.process.pid) - before
    return Figure(requests / duration * 1e6, used / requests * 1e6, p99 / 1000, size / requests)


def cpu_seconds(pid: int) -> float:
    """Of a process and its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(map(cpu_seconds, map(int, children)))


# Pushing, in a process of its own


def push(database: str, seconds: float) -> None:
    """Statuses all over the country, one a transaction; prints how many a second."""
    from finder.store.database import engine, writing

    made = engine(f"sqlite:///{database}")
    with made.connect() as connection:
        rows = list(connection.exec_driver_sql("SELECT location_pk, n, status FROM statuses"))
    random.Random(2).shuffle(rows)
    begin, count = time.monotonic(), 0
    while (passed := time.monotonic() - begin) < seconds:
        if count > passed * PUSHES:
            time.sleep(count / PUSHES - passed)
        location_pk, n, was = rows[count % len(rows)]
        status = 1 + (was + count // len(rows)) % 2
        told = status, time.time_ns() // 1_000_000, location_pk, n
        with writing(made) as connection:
            connection.exec_driver_sql("UPDATE statuses SET status = ?, at = ? WHERE location_pk = ? AND n = ?", told)
        count += 1
    print(count / (time.monotonic() - begin))


if __name__ == "__main__":
    push(sys.argv[1], float(sys.argv[2]))
