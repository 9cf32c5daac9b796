"""OCPI 2.2 and 2.2.1 in the words of 2.3.0, and 2.1.1's words where a partner still uses them."""

from typing import Any

from finder.ocpi import v2_1_1
from finder.ocpi.v2_1_1 import connector, location

__all__ = ["connector", "location", "price_limit"]


def price_limit(raw: Any) -> Any:
    """Price {excl_vat, incl_vat}."""
    raw = v2_1_1.price_limit(raw)
    if not isinstance(raw, dict):
        return raw
    return {"before_taxes": raw.get("excl_vat"), "after_taxes": raw.get("incl_vat")} | raw
