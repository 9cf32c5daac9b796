"""OCPI 2.1.1 in the words of 2.3.0. Objects of this version carry neither a party nor `publish`."""

from typing import Any

Json = dict[str, Any]


def location(raw: Json) -> Json:
    return raw | {"parking_type": raw.get("parking_type") or raw.get("type")} if "type" in raw else raw


def connector(raw: Json) -> Json:
    """`voltage`, `amperage` and one `tariff_id`; feeds that call themselves newer use these too."""
    renamed = {new: raw[old] for old, new in _CONNECTOR.items() if old in raw and not raw.get(new)}
    if raw.get("tariff_id") is not None and not raw.get("tariff_ids"):
        renamed["tariff_ids"] = [raw["tariff_id"]]
    return raw | renamed


_CONNECTOR = {
    "ampere": "max_amperage",
    "amperage": "max_amperage",
    "voltage": "max_voltage",
    "max_power": "max_electric_power",
}


def price_limit(raw: Any) -> Any:
    """2.1.1 has none, but feeds send a bare number, which by that version's rule is without VAT."""
    return raw if isinstance(raw, dict) or raw is None else {"before_taxes": raw}
