"""What `make run` does: a database, partners, one pull with a progress bar, and the site with its partners kept fresh.

With a partners.toml in the working directory, or FINDER_PARTNERS set, those partners are pulled; without, three
demonstration partners are started on loopback and the site has a database of its own for them.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
READY_WITHIN = 60


def flask(*arguments: str, environ: dict[str, str]) -> list[str]:
    environ.setdefault("FLASK_APP", str(ROOT / "app.py"))
    return [sys.executable, "-m", "flask", *arguments]


def main() -> int:
    environ = dict(os.environ, PYTHONPATH=str(ROOT))
    port = environ.get("PORT", "8000")
    environ.setdefault("FINDER_BASE_URL", f"http://127.0.0.1:{port}")
    children: list[subprocess.Popen[bytes]] = []
    # A plain kill must end the partners and the schedule too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        if "FINDER_PARTNERS" not in environ and not Path("partners.toml").exists():
            children.append(start_demonstration(environ))
        subprocess.run(flask("ingest", environ=environ), env=environ, check=False)
        children.append(subprocess.Popen(flask("schedule", environ=environ), env=environ, stdout=subprocess.DEVNULL))
        print(f"The site is on http://127.0.0.1:{port} - stop it with Ctrl-C.", flush=True)
        children.append(subprocess.Popen(flask("serve", "--port", port, environ=environ), env=environ))
        return children[-1].wait()
    except KeyboardInterrupt:
        return 0
    finally:
        # A child that is killed outright leaves its own workers behind; asked to end, it takes them along.
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


def start_demonstration(environ: dict[str, str]) -> subprocess.Popen[bytes]:
    """Starts the three demonstration partners and points the settings at them."""
    instance = Path("instance")
    instance.mkdir(exist_ok=True)
    toml = instance / "demo-partners.toml"
    command = [sys.executable, "-m", "finder.demo", "--port", "0", "--partners", str(toml.absolute())]
    toml.unlink(missing_ok=True)
    print("Starting three demonstration partners …", flush=True)
    child = subprocess.Popen(command, env=environ)
    wait_for(toml, child)
    environ["FINDER_PARTNERS"] = str(toml.absolute())
    environ.setdefault("FINDER_DATABASE_URL", f"sqlite:///{(instance / 'demo.db').absolute()}")
    environ.setdefault("FINDER_STYLE_PAGE", "allow")
    return child


def wait_for(toml: Path, child: subprocess.Popen[bytes]) -> None:
    for _ in range(READY_WITHIN * 10):
        if child.poll() is not None:
            sys.exit("The demonstration partners ended before they answered.")
        if toml.exists():
            return
        time.sleep(0.1)
    child.terminate()
    sys.exit("The demonstration partners did not answer within a minute.")


if __name__ == "__main__":
    sys.exit(main())
