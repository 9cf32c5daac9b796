"""The map of 100,000 charging stations in a real Chromium without graphics: seconds from pressing its button until it rests with
everything on it, and the script's memory, in the page and in its workers."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench._synthetic import synthetic
from finder.store import partners
from finder.store.database import engine, writing
from tests.browser import chromium

SIZE = 100_000
ROUNDS = 5
PATIENCE_S = 60
SOON_S, MOST_MB = 4, 100
VIEWS = {"all of them": "bbox=2,49,32,71", "a country's south": "bbox=11,55,19,60", "a city": "q=Stockholm"}
WINDOW = {"width": 1280, "height": 900}

RESTED = """patience => new Promise((resolve, reject) => {
    const began = performance.now();
    document.querySelector('[data-show]').click();
    (function look() {
        const map = document.querySelector('#map').finder?.map, passed = performance.now() - began;
        const spots = document.querySelectorAll('.spot').length;
        if (map && map.loaded() && !map.isMoving() && spots) resolve([passed / 1000, spots]);
        else if (passed > patience) reject(new Error('the map did not come to rest'));
        else setTimeout(look, 10);
    })();
})"""


def main() -> None:
    print(f"map: {SIZE:,} charging stations in a browser")
    found = chromium.installed()
    if found is None:
        print("  skipped: there is no Chromium (Debian: apt-get install chromium)")
        return
    with synthetic(SIZE) as database, tempfile.TemporaryDirectory(prefix="finder-bench-") as home:
        pulled_now(database)
        with serving(database) as address, chromium.start(found, Path(home)) as started:
            if started is None:
                print(f"  skipped: {found} did not start within {chromium.PATIENCE_S} s")
                return
            look(started, address)


def pulled_now(database: Path) -> None:
    """So that its statuses hold."""
    made, now = engine(f"sqlite:///{database}"), datetime.now(UTC)
    with writing(made) as connection:
        for partner in partners.states(connection):
            row = partners.by_slug(connection, partner.slug)
            assert row is not None
            partners.finished(connection, row.pk, "{}", now, last_success=now, outcome="ok")
    made.dispose()


@contextmanager
def serving(database: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    settings = {"FINDER_DATABASE_URL": f"sqlite:///{database}", "FINDER_BASE_URL": address}
    server = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "serve", "--port", str(port), "--workers", "1"],
        env=os.environ | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(f"{address}/readyz")
        yield address
    finally:
        server.terminate()
        server.wait(10)


def wait_for(url: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


def look(started: chromium.Started, address: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(started.address, timeout=PATIENCE_S * 1000)
        for what, query in VIEWS.items():
            rounds = [view(browser, f"{address}/sv/sok?{query}") for _ in range(ROUNDS)]
            page, rest, spots, kept, used, workers = (list(each) for each in zip(*rounds, strict=True))
            print(
                f"  {what:18} page {median(page):4.1f} s, button to rest {median(rest):4.1f} s, at most {max(rest):4.1f} (goal {SOON_S}), "
                f"{median(spots):.0f} pins and clusters; script memory {max(kept):.0f} MB held and {max(workers):.0f} in workers, "
                f"{max(used):.0f} before it is tidied (goal {MOST_MB})"
            )
        started.end()


def view(browser: Any, url: str) -> tuple[float, float, int, float, float, float]:
    """Seconds of the page and of the map, how much is on it, and MB: held, used, and used in workers."""
    context = browser.new_context(viewport=WINDOW, locale="sv-SE")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    session = context.new_cdp_session(page)
    workers = Workers(session)
    begun = time.perf_counter()
    page.goto(url)
    loaded = time.perf_counter() - begun
    rested, spots = page.evaluate(RESTED, PATIENCE_S * 1000)
    used = heap(session)
    in_workers = workers.heap(page)
    session.send("HeapProfiler.collectGarbage")
    kept = heap(session)
    context.close()
    return loaded, rested, spots, kept, used, in_workers


def heap(session: Any) -> float:
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


class Workers:
    """Those of a page: each has a heap of its own, which the page's own does not count."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._sessions: list[str] = []
        self._used: list[float] = []
        session.on("Target.attachedToTarget", lambda told: self._sessions.append(told["sessionId"]))
        session.on("Target.receivedMessageFromTarget", self._told)
        session.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False})

    def _told(self, message: dict[str, str]) -> None:
        result = json.loads(message["message"]).get("result", {})
        if "usedSize" in result:
            self._used.append(result["usedSize"] / 1e6)

    def heap(self, page: Any) -> float:
        """MB of all together."""
        asked = json.dumps({"id": 1, "method": "Runtime.getHeapUsage"})
        for each in self._sessions:
            self._session.send("Target.sendMessageToTarget", {"sessionId": each, "message": asked})
        page.wait_for_timeout(300)
        assert len(self._used) == len(self._sessions) > 0
        return sum(self._used)
