from itertools import pairwise
from math import acos, asin, atan2, cos, degrees, isclose, pi, radians, sin

from hypothesis import example, given
from hypothesis import strategies as st

from finder.store.cells import COLUMNS, EARTH_KM, ROWS, box_around, cell, kilometres, ranges

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)
# A few hundred rows, so that an example takes no second.
HEIGHTS = st.floats(0, 5)


@given(LATITUDES, LONGITUDES)
@example(90, 180)
@example(-90, -180)
def test_every_place_has_a_cell_of_the_grid(latitude: float, longitude: float) -> None:
    assert 0 <= cell(latitude, longitude) < ROWS * COLUMNS


@given(LATITUDES, LONGITUDES, HEIGHTS, LONGITUDES, st.floats(0, 1), st.floats(0, 1))
@example(0, 170, 1, 180, 0.5, 1)
@example(0, 180, 1, 180, 0.5, 0)
@example(0, 179, 1, -179, 0.5, 0.5)
@example(89, -180, 1, 180, 1, 1)
def test_ranges_cover_the_box(south: float, west: float, height: float, east: float, up: float, along: float) -> None:
    north = min(south + height, 90.0)
    width = east - west if west <= east else east - west + 360
    latitude = min(south + up * (north - south), north)
    longitude = west + along * width
    if longitude > 180:
        longitude -= 360
    longitude = min(longitude, east) if west <= east or longitude <= east else longitude

    here = cell(latitude, longitude)

    assert any(first <= here <= last for first, last in ranges(west, south, east, north))


@given(LATITUDES, LONGITUDES, st.floats(0, 3))
def test_ranges_are_within_the_grid_and_do_not_overlap(south: float, west: float, side: float) -> None:
    spans = sorted(ranges(west, south, min(west + side, 180.0), min(south + side, 90.0)))

    assert all(0 <= first <= last < ROWS * COLUMNS for first, last in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@given(LATITUDES, LONGITUDES, st.floats(0.01, 15_000), st.floats(0, 2 * pi), st.floats(0, 1))
@example(89.9, 0, 50, 1.0, 1.0)
@example(0, 179.9, 100, pi / 2, 1.0)
def test_the_box_around_a_circle_holds_it(
    latitude: float, longitude: float, radius: float, bearing: float, share: float
) -> None:
    angle = radius * share * 0.999999 / EARTH_KM
    a, b = radians(latitude), radians(longitude)
    reached = asin(max(-1.0, min(1.0, sin(a) * cos(angle) + cos(a) * sin(angle) * cos(bearing))))
    across = degrees(b + atan2(sin(bearing) * sin(angle) * cos(a), cos(angle) - sin(a) * sin(reached)))
    across = (across + 540) % 360 - 180

    west, south, east, north = box_around(latitude, longitude, radius)

    near = 1e-6  # a millimetre or so of rounding
    assert south - near <= degrees(reached) <= north + near
    if west <= east:
        assert west - near <= across <= east + near or isclose(abs(across), 180)
    else:
        assert across >= west - near or across <= east + near


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_kilometres_are_those_of_the_sphere(a: float, b: float, c: float, d: float) -> None:
    cosine = sin(radians(a)) * sin(radians(c)) + cos(radians(a)) * cos(radians(c)) * cos(radians(d - b))

    assert isclose(kilometres(a, b, c, d), EARTH_KM * acos(max(-1.0, min(1.0, cosine))), rel_tol=1e-6, abs_tol=0.2)


def test_two_known_places() -> None:
    assert round(kilometres(57.7089, 11.9746, 59.3293, 18.0686)) == 397
    assert round(kilometres(0, 179.5, 0, -179.5)) == 111
