"""A site that a browser can ask, and the browser: `BROWSER_TESTS=1 make test`, on Debian after `apt-get install chromium`.

Only when asked for: a browser without graphics now and then hangs for good, and would take all other tests with it.
"""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from finder.ingest.pull import pull
from finder.ocpi.client import Client
from finder.ocpi.partner import Partner
from tests.api.conftest import TARIFF, Json, evse, location, site

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (requirements/test.txt)")
Browser, Page, sync_playwright = sync_api.Browser, sync_api.Page, sync_api.sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Maps are drawn by WebGL, which a machine without graphics has in software only.
FLAGS = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox"]
PATIENCE_MS = 30_000
STATUSES = ("AVAILABLE", "CHARGING", "OUTOFORDER", "UNKNOWN")


def stations() -> list[Json]:
    """Forty around Uddevalla, and one by itself in Vänersborg."""
    found = [
        location(
            f"p{n}",
            58.33 + n % 8 * 0.006,
            11.88 + n // 8 * 0.016,
            evse(100 + n, STATUSES[n % 4]),
            name=f"Plats {n:02}",
        )
        for n in range(40)
    ]
    return [*found, location("v", 58.38, 12.32, evse(99), name="Vänersborg torg", city="Vänersborg")]


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the site answers."""
    folder = tmp_path_factory.mktemp("site")
    for app in site(f"sqlite:///{folder / 'finder.db'}"):
        taken_in(app, folder)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()
        server.server_close()


def taken_in(app: Flask, folder: Path) -> None:
    (folder / "locations.json").write_text(json.dumps(stations()), encoding="utf-8")
    (folder / "tariffs.json").write_text(json.dumps([TARIFF]), encoding="utf-8")
    files = {name: str(folder / f"{name}.json") for name in ("locations", "tariffs")}
    pull(
        app.extensions["finder.engine"],
        Partner(slug="nordladd", name="Nordladd", licence="CC-BY-4.0", version="2.2.1", **files),
        clock=lambda: datetime.now(UTC),
        connect=lambda partner, clock: Client(partner, contact="test@uttag.example", now=clock),
    )


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not os.environ.get("BROWSER_TESTS"):
        pytest.skip("a browser is started only when asked for (BROWSER_TESTS=1)")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("there is no Chromium (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield started
        started.close()


class Watched:
    """A page, and what went wrong on it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.asked: list[str] = []
        self.wrong: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda told: self.wrong.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def open_map(self) -> None:
        self.page.click("[data-show]")
        self.settle()

    def settle(self) -> None:
        """Until the map has come to rest with pins on it. `wait_for_function` would need what the site's policy forbids."""
        self.page.wait_for_selector(".spot")
        self.page.evaluate(
            "() => { const { map } = document.querySelector('#map').finder;"
            " return map.loaded() && !map.isMoving() ? null : map.once('idle').then(() => null); }"
        )
        self.page.wait_for_timeout(200)

    def pins(self) -> int:
        return self.page.locator(".spot").count()


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Watched]:
    """A window of a desktop. The test fails if the page had an error, or asked anybody else for anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="sv-SE", reduced_motion="reduce")
    seen = Watched(context.new_page(), address)
    yield seen
    context.close()
    assert seen.wrong == []
    assert [url for url in seen.asked if not url.startswith((address, "data:", "blob:"))] == []
