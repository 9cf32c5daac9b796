"""A site that a browser can ask, and the browser, where there is one: on Debian after `apt-get install chromium`.

A browser without graphics now and then stops answering, and Playwright waits for some of its answers for ever. So the process is ours:
when a test takes too long it is ended, which ends whatever waits for it, and the test fails.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread, Timer

import pytest
from flask import Flask
from werkzeug.serving import make_server

from finder.ingest.pull import pull
from finder.ocpi.client import Client
from finder.ocpi.partner import Partner
from tests.api.conftest import TARIFF, Json, connector, evse, location, site
from tests.browser import chromium

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (requirements/test.txt)")
Browser, Page, sync_playwright = sync_api.Browser, sync_api.Page, sync_api.sync_playwright

PATIENCE_MS = 20_000
LONGEST_S = 60
"""A test; then the browser is ended."""
WIDE, NARROW = {"width": 1000, "height": 640}, {"width": 320, "height": 640}
STATUSES = ("AVAILABLE", "CHARGING", "OUTOFORDER", "UNKNOWN")


SLOW = connector(
    standard="IEC_62196_T2", power_type="AC_3_PHASE", max_voltage=230, max_amperage=32, max_electric_power=22000
)


def stations() -> list[Json]:
    """Forty around Uddevalla, each fifth of them slow, and one by itself in Vänersborg."""
    found = [
        location(
            f"p{n}",
            58.33 + n % 8 * 0.006,
            11.88 + n // 8 * 0.016,
            evse(100 + n, STATUSES[n % 4], *([] if n % 5 else [SLOW])),
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process of several runs them all: one browser is enough for two cores."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Started]:
    found = chromium.installed()
    if found is None:
        pytest.skip("there is no Chromium (Debian: apt-get install chromium)")
    with chromium.start(found, tmp_path_factory.mktemp("chromium")) as process:
        if process is None:
            pytest.skip(f"{found} did not start within {chromium.PATIENCE_S} s")
        yield process


@pytest.fixture(scope="package")
def browser(started: chromium.Started) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.connect_over_cdp(started.address, timeout=PATIENCE_MS)
        started.end()


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
            """patience => new Promise((resolve, reject) => {
                const { map } = document.querySelector('#map').finder;
                const began = performance.now();
                (function look() {
                    if (map.loaded() && !map.isMoving()) resolve();
                    else if (performance.now() - began > patience) reject(new Error('the map did not come to rest'));
                    else setTimeout(look, 50);
                })();
            })""",
            PATIENCE_MS,
        )
        self.page.wait_for_timeout(200)

    def pins(self) -> int:
        return int(self.page.locator(".spot").count())

    def names(self) -> list[str]:
        return list(self.page.locator('[data-part="list"] .row h3').all_inner_texts())

    def heading(self) -> str:
        return str(self.page.inner_text("h1"))

    def too_wide(self) -> bool:
        return bool(self.page.evaluate("() => document.documentElement.scrollWidth > innerWidth"))


@contextmanager
def window(started: chromium.Started, browser: Browser, address: str, **settings: object) -> Iterator[Watched]:
    """A window of its own, with no cookie or cache of another; it fails if the page had an error, or asked anybody else for anything."""
    given = {"viewport": WIDE, "locale": "sv-SE", "reduced_motion": "reduce", **settings}
    end = Timer(LONGEST_S, started.end)
    end.start()
    try:
        context = browser.new_context(**given)
        seen = Watched(context.new_page(), address)
        yield seen
        context.close()
    finally:
        end.cancel()
    assert seen.wrong == []
    assert [url for url in seen.asked if not url.startswith((address, "data:", "blob:"))] == []


@pytest.fixture
def watched(started: chromium.Started, browser: Browser, address: str) -> Iterator[Watched]:
    with window(started, browser, address) as seen:
        yield seen


@pytest.fixture
def unscripted(started: chromium.Started, browser: Browser, address: str) -> Iterator[Watched]:
    """A telephone without script."""
    with window(started, browser, address, viewport=NARROW, java_script_enabled=False) as seen:
        yield seen
