"""Runs the three demonstration partners in the foreground: `python -m finder.demo --port 8101`."""

import argparse
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Event

from finder.demo.country import Country
from finder.demo.faults import parse
from finder.demo.operators import PARTNERS
from finder.demo.platform import Platform, partners_toml

PRICES_MOVE_EVERY = 240
"""s."""
DEARER = 1.04


def main() -> int:
    options = _options()
    country = Country(options.seed, options.stations)
    done = Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: done.set())
    with ExitStack() as running:
        platforms = [
            running.enter_context(
                Platform(
                    partner.version, country, options.wrong[partner.slug], port=options.port and options.port + index
                )
            )
            for index, partner in enumerate(PARTNERS)
        ]
        if options.partners:
            options.partners.write_text(partners_toml(platforms), encoding="utf-8")
        for platform in platforms:
            print(
                f"{platform.name}: OCPI {platform.version}, {len(platform.listings)} locations, "
                f"{len(platform.tariffs)} tariffs at {platform.versions_url}",
                flush=True,
            )
        turn = 0
        while not done.wait(PRICES_MOVE_EVERY):
            move_prices(platforms, turn)
            turn += 1
    return 0


def move_prices(platforms: Sequence[Platform], turn: int) -> None:
    """One tariff of each partner becomes 4 % dearer, another goes back to what it was: prices have a history to show."""
    for platform in platforms:
        paid_on_site = [id for id, tariff in platform.tariffs.items() if tariff.get("type") != "REGULAR"]
        platform.reprice(paid_on_site[turn % len(paid_on_site)], DEARER)
        if turn:
            platform.reprice(paid_on_site[(turn - 1) % len(paid_on_site)], 1 / DEARER)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m finder.demo", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8101, help="port of the first partner, the others follow; 0: free ones"
    )
    parser.add_argument("--stations", type=int, default=3300, help="public stations in the country")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--partners", type=Path, help="write their partners.toml to this file")
    parser.add_argument("--fault", action="append", default=[], metavar="SLUG:SWITCH", help="e.g. nordladd:drop~2")
    options = parser.parse_args()
    try:
        options.wrong = _wrong(options.fault)
    except ValueError as error:
        parser.error(str(error))
    return options


def _wrong(switches: list[str]) -> dict[str, list[str]]:
    """The faults of each partner; ValueError names a wrong one."""
    wrong: dict[str, list[str]] = {partner.slug: [] for partner in PARTNERS}
    for switch in switches:
        slug, _, fault = switch.partition(":")
        if slug not in wrong:
            raise ValueError(f"no such partner: {slug!r}; --fault takes SLUG:SWITCH with one of {', '.join(wrong)}")
        parse(fault)
        wrong[slug].append(fault)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
