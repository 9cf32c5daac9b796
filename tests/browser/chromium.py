"""Chromium as a process of our own, which can be ended when it no longer answers."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new",
    "--remote-debugging-port=0",
    # Maps are drawn by WebGL, which a machine without graphics has in software only.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # In a container: no sandbox for root, and little or no shared memory.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # Playwright waits for a page that is gone back to as for any other.
    "--disable-back-forward-cache",
    # Nothing that waits for a window to be looked at, for a keyring or for the network.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-breakpad",
    "--disable-extensions",
    "--disable-hang-monitor",
    "--disable-ipc-flooding-protection",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--password-store=basic",
    "--use-mock-keychain",
)
PATIENCE_S = 30


def installed() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


class Started:
    """`address` is where it is steered from."""

    def __init__(self, process: subprocess.Popen[bytes], address: str) -> None:
        self._process = process
        self.address = address

    def end(self) -> None:
        """It and all its children; may be called again."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@contextmanager
def start(path: str, home: Path) -> Iterator[Started | None]:
    """With a profile of its own in `home`. None: it did not start in time."""
    log = (home / "log").open("wb")
    process = subprocess.Popen(
        [path, *FLAGS, f"--user-data-dir={home / 'profile'}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    started = Started(process, "")
    try:
        port = _port(process, home / "profile" / "DevToolsActivePort")
        started.address = f"http://127.0.0.1:{port}"
        yield started if port else None
    finally:
        started.end()
        log.close()


def _port(process: subprocess.Popen[bytes], told: Path) -> str | None:
    until = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < until:
        written = told.read_text().splitlines() if told.exists() else []
        if len(written) == 2:
            return written[0]
        time.sleep(0.05)
    return None
