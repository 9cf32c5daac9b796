"""A municipality in which every kind of price is to be found, for tests of lists."""

import json
from pathlib import Path
from typing import Any

from flask import Flask

from tests.pages import site

# Name, metres north of the town's middle, status, on direct current, the operator, the tariffs that its plug names.
STATIONS = (
    ("Torp", 100, "AVAILABLE", True, "Nordladd", ("T-400",)),
    ("Kuröd", 200, "UNKNOWN", True, "Nordladd", ("T-320",)),
    ("Skeppsholmen", 300, "AVAILABLE", False, "Tallmo", ("T-240",)),
    ("Herrestad", 400, "CHARGING", True, "Tallmo", ("T-NO-VAT",)),
    ("Fröland", 500, "AVAILABLE", True, "Nordladd", ()),
    ("Gustafsberg", 600, "OUTOFORDER", False, "Tallmo", ("T-FREE",)),
    ("Ljungskile", 700, "AVAILABLE", True, "Nordladd", ("T-CONTRACT",)),
)
MIDDLE = (58.348, 11.942)


def tariff(id: str, price: float, **more: Any) -> dict[str, Any]:
    """So much per kWh without VAT, for paying on site."""
    return {
        "country_code": "SE",
        "party_id": "NLD",
        "id": id,
        "currency": "SEK",
        "type": "AD_HOC_PAYMENT",
        "elements": [{"price_components": [{"type": "ENERGY", "price": price, "vat": 25, "step_size": 1}]}],
        "last_updated": "2026-11-01T06:00:00Z",
        **more,
    }


TARIFFS = [
    tariff("T-400", 4),
    tariff("T-320", 3.2),
    tariff("T-240", 2.4),
    tariff("T-NO-VAT", 3, elements=[{"price_components": [{"type": "ENERGY", "price": 3, "step_size": 1}]}]),
    tariff("T-FREE", 0, elements=[{"price_components": [{"type": "FLAT", "price": 0, "vat": 25, "step_size": 1}]}]),
    tariff("T-CONTRACT", 2, type="REGULAR"),
]


def place(
    id: str, name: str, *tariff_ids: str, metres: int = 0, status: str = "AVAILABLE", dc: bool = True, **more: Any
) -> dict[str, Any]:
    point = site.evse(id, status, dc)
    point["connectors"][0]["tariff_ids"] = list(tariff_ids)
    where = {"latitude": f"{MIDDLE[0] + metres / 111_200:.5f}", "longitude": f"{MIDDLE[1]:.5f}"}
    return site.location(id, name=name, coordinates=where, evses=[point], **more)


def locations() -> list[dict[str, Any]]:
    return [
        place(name, name, *named, metres=metres, status=status, dc=dc, operator={"name": operator})
        for name, metres, status, dc, operator, named in STATIONS
    ]


def take_in(app: Flask, folder: Path, places: list[dict[str, Any]], tariffs: list[dict[str, Any]]) -> None:
    """One full pull of the feed, with its prices."""
    (folder / "tariffs.json").write_text(json.dumps(tariffs))
    partners = folder / "partners.toml"
    if "tariffs" not in partners.read_text():
        partners.write_text(partners.read_text() + f'tariffs = "{folder / "tariffs.json"}"\n')
    site.take_in(app, folder, places)


def application(folder: Path) -> Flask:
    made = site.application(folder)
    take_in(made, folder, locations(), TARIFFS)
    return made
