from hypothesis import given
from hypothesis import strategies as st

from finder.places.mvt import Feature, Kind, encode, rings
from tests import tile

NUMBERS = st.integers(-(2**31), 2**31)
VALUES = st.text(max_size=20) | NUMBERS | st.booleans() | st.floats(allow_nan=False)
POINTS = st.tuples(st.integers(-500, 5000), st.integers(-500, 5000))


def test_a_point_is_written_as_in_the_specification() -> None:
    written = encode({"here": [Feature(Kind.POINT, (((25, 17),),))]})
    assert bytes((9, 50, 34)) in written


def test_a_polygon_is_written_as_in_the_specification() -> None:
    written = encode({"here": [Feature(Kind.POLYGON, (((3, 6), (8, 12), (20, 34)),))]})
    assert bytes((9, 6, 12, 18, 10, 12, 24, 44, 15)) in written


@given(st.lists(st.tuples(POINTS, st.dictionaries(st.text(max_size=8), VALUES, max_size=4)), max_size=8))
def test_what_is_written_is_read_again(
    points: list[tuple[tuple[int, int], dict[str, str | int | float | bool]]],
) -> None:
    written = encode({"lager": [Feature(Kind.POINT, ((place,),), properties) for place, properties in points]})
    (found,) = tile.read(written).values()
    assert [(each.kind, each.geometry, each.properties) for each in found] == [
        (1, [[place]], properties) for place, properties in points
    ]


@given(st.lists(st.lists(POINTS, min_size=3, max_size=9), min_size=1, max_size=5))
def test_rings_are_read_as_they_were_written(given: list[list[tuple[int, int]]]) -> None:
    written = encode({"land": [Feature(Kind.POLYGON, given, {"lake": True})], "other": [Feature(Kind.POLYGON, given)]})
    assert list(rings(written, "land")) == given == tile.read(written)["other"][0].geometry
    assert list(rings(written, "nothing")) == []
