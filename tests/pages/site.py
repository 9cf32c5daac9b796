"""A small site for tests: a feed of charging stations in real towns, taken in as an operator would take it in."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app

NOW = datetime.now(UTC).replace(microsecond=0)
ATTACK = "</script><script>alert(1)</script>"
# Town, country, latitude, longitude, how many stations.
TOWNS = (
    ("Uddevalla", "SWE", 58.348, 11.942, 8),
    ("Trollhättan", "SWE", 58.284, 12.289, 3),
    ("Göteborg", "SWE", 57.707, 11.967, 120),
    ("Åre", "SWE", 63.399, 13.081, 2),
    ("Oslo", "NOR", 59.913, 10.746, 4),
)
STATUSES = ("AVAILABLE", "CHARGING", "OUTOFORDER", "UNKNOWN")


def feed() -> list[dict[str, Any]]:
    locations = []
    for town, country, latitude, longitude, count in TOWNS:
        for n in range(count):
            number = len(locations) + 1
            locations.append(
                location(
                    f"L{number}",
                    name=f"{town} park {n + 1}",
                    address=f"Storgatan {n + 1}",
                    city=town,
                    country=country,
                    coordinates={"latitude": f"{latitude + n * 0.0001:.5f}", "longitude": f"{longitude:.5f}"},
                    evses=[evse(f"{number}-{i}", STATUSES[(n + i) % 4], dc=n % 2 == 0) for i in range(2)],
                )
            )
    locations[0]["name"] = ATTACK
    # For lorries: a power with a thousands separator.
    locations[8]["evses"][0]["connectors"][0] |= {
        "standard": "MCS",
        "max_voltage": 1000,
        "max_amperage": 1200,
        "max_electric_power": 1_200_000,
    }
    locations.append({"id": "NOWHERE", "country_code": "SE", "party_id": "NLD", "evses": [evse("x", "AVAILABLE")]})
    locations.append(location("HOME", publish=False, name="Hemma hos någon"))
    return locations


def location(id: str, **more: Any) -> dict[str, Any]:
    return {
        "country_code": "SE",
        "party_id": "NLD",
        "id": id,
        "publish": True,
        "name": "Torp",
        "address": "Torpvägen 2",
        "city": "Uddevalla",
        "country": "SWE",
        "coordinates": {"latitude": "58.35350", "longitude": "11.81050"},
        "operator": {"name": "Nordladd"},
        "time_zone": "Europe/Stockholm",
        "evses": [evse("1", "AVAILABLE")],
        "last_updated": f"{NOW:%Y-%m-%dT%H:%M:%SZ}",
    } | more


def evse(uid: str, status: str, dc: bool = True) -> dict[str, Any]:
    standard, power_type, kind, watts = (
        ("IEC_62196_T2_COMBO", "DC", "CABLE", 150_000) if dc else ("IEC_62196_T2", "AC_3_PHASE", "SOCKET", 22_000)
    )
    return {
        "uid": uid,
        "evse_id": f"SE*NLD*E{uid}",
        "status": status,
        "connectors": [
            {
                "id": "1",
                "standard": standard,
                "format": kind,
                "power_type": power_type,
                "max_voltage": 400 if dc else 230,
                "max_amperage": 375 if dc else 32,
                "max_electric_power": watts,
                "last_updated": f"{NOW:%Y-%m-%dT%H:%M:%SZ}",
            }
        ],
        "last_updated": f"{NOW:%Y-%m-%dT%H:%M:%SZ}",
    }


def application(
    folder: Path, *, base_url: str = "https://uttag.example", indexnow: tuple[str, str] = ("", "")
) -> Flask:
    """An application over an empty database in that folder. `indexnow`: the key, and who is told of changes."""
    partners = folder / "partners.toml"
    partners.write_text(
        f"""
[[partner]]
slug = "nordladd"
name = "Nordladd"
locations = "{folder / "locations.json"}"
version = "2.2.1"
licence = "CC-BY-4.0"
"""
    )
    app = create_app(
        {
            "FINDER_DATABASE_URL": f"sqlite:///{folder / 'finder.db'}",
            "FINDER_PARTNERS": str(partners),
            "FINDER_BASE_URL": base_url,
            "FINDER_INDEXNOW_KEY": indexnow[0],
            "FINDER_INDEXNOW_URL": indexnow[1],
        }
    )
    run(app, "db", "upgrade")
    return app


def take_in(app: Flask, folder: Path, locations: list[dict[str, Any]]) -> None:
    """One full pull of the feed."""
    (folder / "locations.json").write_text(json.dumps(locations))
    run(app, "ingest", "--full")


def run(app: Flask, *words: str) -> str:
    with app.app_context():
        result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 0, result.output
    return str(result.output)
