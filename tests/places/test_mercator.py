from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.places import mercator

ZOOMS = st.integers(0, 15)


@given(st.floats(-85, 85), st.floats(-180, 180))
def test_a_place_is_where_it_was_after_there_and_back(latitude: float, longitude: float) -> None:
    x, y = mercator.project(latitude, longitude)
    assert 0 <= x < 1
    assert 0 <= y < 1
    assert isclose(mercator.latitude(y), latitude, abs_tol=1e-9)
    assert isclose(mercator.longitude(x), longitude, abs_tol=1e-9)


@pytest.mark.parametrize(("latitude", "longitude"), [(90, 180), (-90, -180), (89.9, 180.0)])
def test_the_ends_of_the_world_are_on_the_map(latitude: float, longitude: float) -> None:
    x, y = mercator.project(latitude, longitude)
    west, south, east, north = mercator.box(3, int(x * 8), int(y * 8))
    assert west <= longitude <= east
    assert south <= latitude <= north


@given(ZOOMS, st.data())
def test_a_tile_has_a_number_of_its_own(zoom: int, data: st.DataObject) -> None:
    numbers = st.integers(0, 2**zoom - 1)
    place = zoom, data.draw(numbers), data.draw(numbers)
    assert mercator.tile(mercator.key(*place)) == place


@given(st.integers(0, 14), st.data())
def test_quarters_of_a_tile_are_a_range(zoom: int, data: st.DataObject) -> None:
    numbers = st.integers(0, 2**zoom - 1)
    x, y = data.draw(numbers), data.draw(numbers)
    quarters = [mercator.key(zoom + 1, 2 * x + right, 2 * y + down) for down in (0, 1) for right in (0, 1)]
    assert quarters == [4 * mercator.key(zoom, x, y) + each for each in range(4)]
