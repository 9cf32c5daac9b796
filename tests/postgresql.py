"""A throwaway PostgreSQL, where it is installed."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def unprivileged() -> dict[str, str]:
    """PostgreSQL refuses to run as root: as root it is started as another user."""
    return {"user": "postgres"} if os.geteuid() == 0 else {}


@contextmanager
def server(at: Path, *settings: str) -> Iterator[str]:
    """The URL of a server of its own, with these `settings` (`name=value`), by the binaries in this folder."""
    home = Path(tempfile.mkdtemp(prefix="finder-pg-"))
    as_user = unprivileged()
    if as_user:
        shutil.chown(home, as_user["user"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = home / "data"
    run = {"check": True, "cwd": home, "stdout": subprocess.DEVNULL, **as_user}
    subprocess.run([at / "initdb", "-D", data, "-U", "finder", "-A", "trust", "-E", "UTF8", "-N"], **run)
    told = ("listen_addresses=127.0.0.1", f"unix_socket_directories={home}", "fsync=off", *settings)
    options = " ".join([f"-p {port}", *(f"-c {each}" for each in told)])
    subprocess.run([at / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", options, "start"], **run)
    try:
        yield f"postgresql+psycopg://finder@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([at / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **run)
        shutil.rmtree(home, ignore_errors=True)
