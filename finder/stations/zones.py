"""A station's clock."""

from functools import lru_cache
from zoneinfo import ZoneInfo

# Times that are not a station's own are told in the clock of most readers.
SITE_ZONE = ZoneInfo("Europe/Stockholm")


@lru_cache(maxsize=512)
def zone(name: str | None) -> ZoneInfo:
    """By its name; the site's where a station's own is not known."""
    if name is None:
        return SITE_ZONE
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return SITE_ZONE
