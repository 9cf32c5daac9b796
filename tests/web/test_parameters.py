import pytest
from werkzeug.datastructures import MultiDict

from finder.web.parameters import BBOX, LIMIT, NEAR, OPERATOR, RADIUS_KM, SEARCH, BadParameter, Parameter, Q, read


@pytest.mark.parametrize(
    ("parameter", "value", "meaning"),
    [
        (NEAR, "58.35,11.94", (58.35, 11.94)),
        (NEAR, " 58.35 , 11.94 ", (58.35, 11.94)),
        (NEAR, "58.35 11.94", (58.35, 11.94)),
        (NEAR, "-90,+180", (-90, 180)),
        (NEAR, "59.329323999999996,18.068580800000063", (59.329323999999996, 18.068580800000063)),
        (RADIUS_KM, "200", 200),
        (RADIUS_KM, "0.5", 0.5),
        (BBOX, "11.2,57.9,12.4,58.6", (11.2, 57.9, 12.4, 58.6)),
        (BBOX, "179,-20,-179,-10", (179, -20, -179, -10)),
        (BBOX, "-180,-90,180,90", (-180, -90, 180, 90)),
        (Q, "  Östra \n torget ", "Östra torget"),
        (OPERATOR, "strom-sol", "strom-sol"),
        (LIMIT, "500", 500),
    ],
)
def test_a_right_value_is_read(parameter: Parameter, value: str, meaning: object) -> None:
    assert parameter.read(value) == meaning


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        *(
            (NEAR, value)
            for value in ("", "58", "58,11,12", "90.1,0", "0,180.1", "NaN,NaN", "inf,0", "1e1,0", "５８,11")
        ),
        *((RADIUS_KM, value) for value in ("", "0", "0.0", "-1", "200.1", "1e2", "nan", "ten", "1000")),
        *((BBOX, value) for value in ("", "1,2,3", "1,3,2,2", "181,0,182,1", "0,-91,1,0", "nan,0,1,1", "1 2 3 4")),
        *((Q, value) for value in ("", "   ", "a" * 121)),
        *((OPERATOR, value) for value in ("", "Ström", "a--b", "-a", "a" * 61, "a'b")),
        *((LIMIT, value) for value in ("", "0", "501", "-1", "1.0", "1e2", "٣", "9" * 50)),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(parameter: Parameter, value: str) -> None:
    needed = {"near": "58,12"} if parameter is RADIUS_KM else {}
    with pytest.raises(BadParameter, match=f"^{parameter.name} takes ") as raised:
        read(MultiDict(needed | {parameter.name: value}), (*SEARCH, LIMIT))
    assert raised.value.name == parameter.name


def test_a_parameter_takes_one_value() -> None:
    with pytest.raises(BadParameter, match="q is said 2 times"):
        read(MultiDict([("q", "a"), ("q", "b")]), SEARCH)


def test_an_unknown_parameter_is_named_but_not_at_length() -> None:
    with pytest.raises(BadParameter, match="'radius' is no parameter here; known are q, near, radius_km") as raised:
        read(MultiDict({"radius": "1"}), SEARCH)
    assert raised.value.name == "radius"
    with pytest.raises(BadParameter) as raised:
        read(MultiDict({"x" * 9999: "1"}), SEARCH)
    assert len(str(raised.value)) < 150


def test_a_radius_needs_its_middle() -> None:
    with pytest.raises(BadParameter, match="needs near"):
        read(MultiDict({"radius_km": "5"}), SEARCH)
