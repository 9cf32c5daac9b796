"""A partner that writes markup, scripts and turned text into every field that it has."""

from pathlib import Path
from typing import Any

from tests.pages import site

SCRIPT = "</script><script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
QUOTES = "'\" onmouseover='alert(1)' x=\""
TEMPLATE = "{{ 7 * 7 }} {% raw %} %(name)s ${7*7}"
TURNED = "\u202egnal\u202c \u2066Torp\u2069 \u200f\u200b\u00ad\ufeff"
ADDRESS = "javascript:alert(document.domain)"
ATTACKS = (SCRIPT, IMAGE, QUOTES, TEMPLATE, TURNED, "<!--", "]]>", "\u2028alert(1)\u2029", "&lt;b&gt;&#60;i&#62;")


def feed() -> list[dict[str, Any]]:
    return [_location(n, attack) for n, attack in enumerate(ATTACKS)]


def _location(n: int, attack: str) -> dict[str, Any]:
    """All in one place, so that they stand in one another's lists."""
    evse = site.evse(f"X{n}", "AVAILABLE")
    evse |= {
        "physical_reference": attack,
        "floor_level": attack[:4],
        "directions": [{"language": "sv", "text": attack}],
        "images": [_image(attack)],
        "parking_restrictions": [attack],
    }
    evse["connectors"][0] |= {"terms_and_conditions": ADDRESS, "tariff_ids": [f"T{n}"]}
    return site.location(
        f"X{n}",
        name=f"{attack} {n}",
        address=f"{attack} {n}",
        city=attack,
        postal_code=attack[:9],
        state=attack,
        coordinates={"latitude": f"57.{7000 + n * 10}", "longitude": "14.1500"},
        operator={"name": f"{attack} AB", "website": ADDRESS, "logo": _image(attack)},
        suboperator={"name": attack, "website": f"data:text/html,{attack}"},
        owner={"name": attack, "website": "https://x.example/\"onclick='alert(1)'"},
        directions=[{"language": "sv", "text": attack}, {"language": attack, "text": attack}],
        images=[_image(attack)],
        help_phone=attack,
        energy_mix={"is_green_energy": True, "supplier_name": attack, "energy_product_name": attack},
        evses=[evse],
    )


def _image(attack: str) -> dict[str, str]:
    return {"url": f"{ADDRESS}//{attack}", "thumbnail": ADDRESS, "category": "LOCATION", "type": "svg"}


def tariffs() -> list[dict[str, Any]]:
    return [
        {
            "country_code": "SE",
            "party_id": "NLD",
            "id": f"T{n}",
            "currency": "SEK",
            "tariff_alt_text": [{"language": "sv", "text": attack}, {"language": attack, "text": attack}],
            "tariff_alt_url": ADDRESS,
            "elements": [{"price_components": [{"type": "ENERGY", "price": 4.9, "vat": 25, "step_size": 1}]}],
            "last_updated": f"{site.NOW:%Y-%m-%dT%H:%M:%SZ}",
        }
        for n, attack in enumerate(ATTACKS)
    ]


def toml(folder: Path) -> str:
    return f"""
[[partner]]
slug = "hostile"
name = "{SCRIPT}"
locations = "{folder / "hostile.json"}"
tariffs = "{folder / "tariffs.json"}"
version = "2.2.1"
licence = "CC-BY-4.0"
"""
