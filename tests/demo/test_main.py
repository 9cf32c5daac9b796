import signal
import subprocess
import sys
import tomllib
from pathlib import Path

from finder.demo.__main__ import move_prices
from finder.demo.country import Country
from finder.demo.platform import Platform

ROOT = Path(__file__).parents[2]


def test_three_partners_run_in_the_foreground_until_told_to_stop(tmp_path: Path) -> None:
    toml = tmp_path / "partners.toml"
    command = [sys.executable, "-m", "finder.demo", "--stations", "60", "--port", "0", "--partners", str(toml)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            lines = [process.stdout.readline() for _ in range(3)]
            entries = tomllib.loads(toml.read_text(encoding="utf-8"))["partner"]
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0

    assert [entry["slug"] for entry in entries] == ["vastan", "nordladd", "tallmo"]
    for line, entry in zip(lines, entries, strict=True):
        assert line.startswith(entry["name"])
        assert line.rstrip().endswith(entry["versions_url"])


def test_a_wrong_switch_or_partner_is_one_clear_line() -> None:
    for fault, said in (("nordladd:sloth", "sloth"), ("nobody:drop", "nobody")):
        command = [sys.executable, "-m", "finder.demo", "--stations", "60", "--port", "0", "--fault", fault]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20)
        assert ended.returncode == 2
        assert said in ended.stderr.splitlines()[-1]
        assert "Traceback" not in ended.stderr


def test_prices_move_and_come_back(small: Country) -> None:
    with Platform("2.2.1", small, []) as platform:
        before = dict(platform.tariffs)
        move_prices([platform], 0)
        dearer = [id for id, tariff in platform.tariffs.items() if tariff != before[id]]
        move_prices([platform], 1)
        after = {id: tariff["elements"] for id, tariff in platform.tariffs.items()}

    assert len(dearer) == 1
    assert after[dearer[0]] == before[dearer[0]]["elements"]
