"""A site whose lists are long enough to be told apart: two partners, three operators, and stations that came later."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from finder.store.schema import stations, watches
from finder.store.times import millis
from tests.pages import site

UDDEVALLA, TROLLHATTAN, HABO, HABO_UPPSALA = (58.348, 11.942), (58.284, 12.289), (57.909, 14.075), (59.567, 17.530)
# Town, where, operator, fast, how many; those of the second partner are told in other letters.
FIRST = (
    ("Uddevalla", UDDEVALLA, "Nordladd", True, 4),
    ("Uddevalla", UDDEVALLA, "Nordladd", False, 3),
    ("Uddevalla", UDDEVALLA, "Tallmo", True, 2),
    ("Trollhättan", TROLLHATTAN, "Nordladd", False, 60),
    ("Habo", HABO, "Tallmo", False, 1),
    ("Bålsta", HABO_UPPSALA, "Tallmo", True, 3),
    ("Vänersborg", (58.381, 12.323), "Tallmo", True, 1),
)
SECOND = (("Uddevalla", (58.349, 11.952), "NORDLADD", True, 1), ("Uddevalla", (58.349, 11.952), "Ensam", False, 2))


def application(folder: Path) -> Flask:
    partners = folder / "partners.toml"
    partners.write_text(
        "".join(
            f'[[partner]]\nslug = "{slug}"\nname = "{name}"\nlocations = "{folder / slug}.json"\n'
            'version = "2.2.1"\nlicence = "CC-BY-4.0"\n'
            for slug, name in (("forsta", "Första"), ("andra", "Andra"))
        )
    )
    app = create_app(
        {
            "FINDER_DATABASE_URL": f"sqlite:///{folder / 'finder.db'}",
            "FINDER_PARTNERS": str(partners),
            "FINDER_BASE_URL": "https://uttag.example",
        }
    )
    site.run(app, "db", "upgrade")
    take_in(app, folder, locations("F", FIRST), locations("A", SECOND))
    return app


def take_in(app: Flask, folder: Path, first: list[dict[str, Any]], second: list[dict[str, Any]]) -> None:
    (folder / "forsta.json").write_text(json.dumps(first))
    (folder / "andra.json").write_text(json.dumps(second))
    site.run(app, "ingest", "--full")


def locations(letter: str, told: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for town, (latitude, longitude), operator, fast, count in told:
        for _ in range(count):
            number = len(found) + 1
            found.append(
                site.location(
                    f"{letter}{number}",
                    name=f"{town} {operator.lower()} {number}",
                    address=f"Gatan {number}",
                    city=town,
                    coordinates={"latitude": f"{latitude + number * 0.0003:.5f}", "longitude": f"{longitude:.5f}"},
                    operator={"name": operator, "website": f"https://{operator.lower()}.example"},
                    evses=[site.evse(f"{letter}{number}-1", "AVAILABLE", dc=fast)],
                )
            )
    return found


def grow_old(app: Flask, days: int, newer: str, told_days_ago: int) -> None:
    """As if the partners had been listened to for so many days, and the stations whose name begins so had come later.

    Before the first request: what is counted is held.
    """
    begun, later = millis(site.NOW - timedelta(days=days)), millis(site.NOW - timedelta(days=told_days_ago))
    with app.extensions["finder.engine"].begin() as connection:
        connection.execute(watches.update().values(since=begun))
        connection.execute(stations.update().values(created_at=begun))
        connection.execute(stations.update().where(stations.c.name.startswith(newer)).values(created_at=later))
