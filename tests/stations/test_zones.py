from zoneinfo import ZoneInfo

import pytest

from finder.stations.zones import SITE_ZONE, zone


def test_a_station_has_the_clock_that_it_names() -> None:
    assert zone("Atlantic/Reykjavik") == ZoneInfo("Atlantic/Reykjavik")


@pytest.mark.parametrize("name", [None, "", "Mars/Olympus", "../etc/passwd", "a" * 999, "Europe"])
def test_where_no_clock_is_known_it_is_the_sites(name: str | None) -> None:
    assert zone(name) == SITE_ZONE
