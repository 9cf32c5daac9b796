import gzip

import brotli  # type: ignore[import-untyped]
import pytest

from finder.places import basemap, mercator
from tests import tile

UTRECHT, KATTEGAT, SKAGEN, STOCKHOLM = (52.09, 5.12), (56.9, 11.6), (57.72, 10.58), (59.33, 18.07)


def at(zoom: int, latitude: float, longitude: float) -> tuple[int, int, int]:
    x, y = mercator.project(latitude, longitude)
    return zoom, int(x * 2**zoom), int(y * 2**zoom)


def is_land(latitude: float, longitude: float) -> bool:
    """By the even-odd rule, on the last zoom."""
    zoom = basemap.LAST_ZOOM
    place = at(zoom, latitude, longitude)
    x, y = ((part * 2**zoom - first) * 4096 for part, first in zip(mercator.project(latitude, longitude), place[1:], strict=True))  # fmt: skip
    crossed = 0
    for ring in basemap.land(*place) or ():
        for (ax, ay), (bx, by) in zip(ring, (*ring[1:], ring[0]), strict=True):
            crossed += (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax
    return crossed % 2 == 1


def test_the_map_is_at_most_ten_megabytes() -> None:
    assert basemap.FILE.stat().st_size <= 10_000_000


@pytest.mark.parametrize(
    ("latitude", "longitude", "land"),
    [
        (*UTRECHT, True),
        (59.86, 17.64, True),
        (57.0, 15.0, True),
        (*KATTEGAT, False),
        (58.9, 13.3, False),  # Vänern
        (58.3, 14.5, False),  # Vättern
        (58.0, 20.0, False),
        (57.4, 18.5, True),  # Gotland
        (48.0, -10.0, False),
        (45.0, 10.0, True),
    ],
)
def test_land_is_land_and_water_is_water(latitude: float, longitude: float, land: bool) -> None:
    assert is_land(latitude, longitude) is land


def test_every_zoom_has_the_north() -> None:
    for zoom in range(basemap.LAST_ZOOM + 1):
        found = basemap.tile(*at(zoom, *STOCKHOLM))
        assert found is not None
        assert "land" in tile.read(found)


def test_names_are_in_both_languages() -> None:
    found = tile.read(basemap.tile(*at(7, 55.68, 12.57)) or b"")["places"]
    assert ("Köpenhamn", "Copenhagen") in {(each.properties["sv"], each.properties["en"]) for each in found}
    countries = tile.read(basemap.tile(*at(3, 55.68, 12.57)) or b"")["places"]
    assert {"Sverige", "Norge"} <= {each.properties["sv"] for each in countries if each.properties["kind"] == "country"}


def test_borders_are_drawn_on_land() -> None:
    assert tile.read(basemap.tile(*at(6, 61.0, 12.5)) or b"")["borders"]


def test_beyond_the_map_there_is_nothing() -> None:
    assert basemap.tile(*at(8, 0.0, -100.0)) is None
    assert basemap.land(*at(8, 0.0, -100.0)) is None
    assert basemap.tile(basemap.LAST_ZOOM + 1, 0, 0) is None


def test_it_says_whose_data_it_is() -> None:
    content = basemap.FILE.read_bytes()
    start, length = (int.from_bytes(content[at : at + 8], "little") for at in (24, 32))
    assert "OpenStreetMap" in gzip.decompress(content[start : start + length]).decode()


def test_what_is_carried_compressed_is_what_is_carried() -> None:
    packed = sorted(basemap.FILE.parent.glob("*.br"))
    assert len(packed) == 3
    for path in packed:
        assert brotli.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()
