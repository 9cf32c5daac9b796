"""A country's feed into SQLite: first pull, unchanged, one in a hundred changed, as ratios to `json.loads` of the same bytes."""

import gzip
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench._country import LOCATIONS, TARIFFS, missing

ROUNDS = 3


def main() -> None:
    print("ingest: the national feed into SQLite")
    if missing():
        return
    with tempfile.TemporaryDirectory(prefix="finder-bench-") as name:
        home = Path(name)
        changed = home / "changed.json.gz"
        size = write_changed(changed)
        base = min(loads() for _ in range(ROUNDS))
        print(f"  json.loads of {size / 1e6:.0f} MB: {base:.2f} s (fastest of {ROUNDS})")
        best: dict[str, tuple[float, float]] = {}
        for round_ in range(ROUNDS):
            database = home / f"{round_}.db"
            for step, feed in (("first", LOCATIONS), ("unchanged", LOCATIONS), ("1 % changed", changed)):
                seconds, peak = pulled(database, feed)
                earlier = best.get(step, (9e9, 0.0))
                best[step] = (min(seconds, earlier[0]), max(peak, earlier[1]))
            stored = sum(path.stat().st_size for path in home.glob(f"{round_}.db*"))
        for step, (seconds, peak) in best.items():
            print(f"  {step:12} {seconds:6.2f} s  {seconds / base:5.2f} x json.loads  peak {peak:.0f} MB")
        print(f"  database {stored / 1e6:.1f} MB  {stored / size:.3f} of the raw JSON")


def loads() -> float:
    """Seconds that `json.loads` takes for both files, in a process of its own."""
    code = (
        "import gzip,json,sys,time\n"
        "bodies=[gzip.open(p).read() for p in sys.argv[1:]]\n"
        "t=time.perf_counter()\n"
        "for b in bodies: json.loads(b)\n"
        "print(time.perf_counter()-t)"
    )
    answer = subprocess.run([sys.executable, "-c", code, LOCATIONS, TARIFFS], check=True, capture_output=True)
    return float(answer.stdout)


def write_changed(path: Path) -> int:
    """The feed with another status, and a newer stamp, in one of a hundred locations; returns the raw bytes of both files."""
    body = gzip.decompress(LOCATIONS.read_bytes())
    locations = json.loads(body)
    chosen = random.Random(1)
    for location in chosen.sample(locations, len(locations) // 100):
        evse = location["evses"][0]
        evse["status"] = "CHARGING" if evse["status"] == "AVAILABLE" else "AVAILABLE"
        evse["last_updated"] = location["last_updated"] = "2026-06-09T12:00:00Z"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(json.dumps(locations, separators=(",", ":"), ensure_ascii=False).encode())
    return len(body) + len(gzip.decompress(TARIFFS.read_bytes()))


def pulled(database: Path, feed: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of one pull in a process of its own."""
    command = [sys.executable, "-m", "bench.ingest", str(database), str(feed)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak = answer.stdout.split()[-2:]
    return float(seconds), float(peak)


def child(database: str, feed: str) -> None:
    from finder.ingest.pull import pull
    from finder.ingest.run import calm_collector
    from finder.ocpi.client import Client
    from finder.ocpi.partner import Partner
    from finder.store import migrate
    from finder.store.database import engine

    def clock() -> datetime:
        return datetime.now(UTC)

    calm_collector()
    ready = engine(f"sqlite:///{database}")
    migrate.upgrade(ready)
    partner = Partner(slug="ndw", name="NDW", locations=feed, tariffs=str(TARIFFS), version="2.2.1")
    started = time.perf_counter()
    report = pull(
        ready,
        partner,
        clock=clock,
        connect=lambda partner, clock: Client(partner, contact="bench@example.invalid", now=clock),
        full=True,
    )
    seconds = time.perf_counter() - started
    if report.outcome != "ok":
        sys.exit(f"{report.outcome}: {report.reason}")
    print(report.row(), file=sys.stderr)
    print(seconds, peak_megabytes())


def peak_megabytes() -> float:
    """Of this process alone: `ru_maxrss` would count what its parent held when it started this one."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


if __name__ == "__main__":
    child(*sys.argv[1:])
