from datetime import datetime
from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from finder.tariffs.charge import Charge
from finder.web.parameters import (
    BATTERY_KWH,
    BBOX,
    CAR,
    CHARGING_MINUTES,
    CONNECTOR,
    ENERGY_KWH,
    FREE,
    FROM,
    LIMIT,
    NEAR,
    OPERATOR,
    PARKING_MINUTES,
    PAY,
    POWER_KW,
    RADIUS_KM,
    SEARCH,
    SORT,
    START,
    TARIFF,
    TO,
    BadParameter,
    Parameter,
    Q,
    charge,
    read,
)

ALL = (*SEARCH, CONNECTOR, FREE, SORT, *CAR, TARIFF, LIMIT)
# No NaN, infinity, exponent, sign, hexadecimal, blank inside, digits of other scripts, nor thousands separators.
NO_AMOUNTS = (
    "",
    " ",
    "NaN",
    "inf",
    "-1",
    "+5",
    "1e2",
    "1e308",
    "0x10",
    "1 0",
    "٣",
    "1_0",
    ".5",
    "5.",
    "1.0.0",
    "1,000,0",
)


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
        (ENERGY_KWH, "20", Decimal(20)),
        (ENERGY_KWH, "0,1", Decimal("0.1")),
        (ENERGY_KWH, " 33.333333 ", Decimal("33.333333")),
        (BATTERY_KWH, "500", Decimal(500)),
        (FROM, "0", Decimal(0)),
        (TO, "100", Decimal(100)),
        (POWER_KW, "3,7", Decimal("3.7")),
        (CHARGING_MINUTES, "10000", Decimal(10_000)),
        (PARKING_MINUTES, "0", Decimal(0)),
        (START, "2026-11-23T09:30", datetime(2026, 11, 23, 9, 30)),
        (START, "2028-02-29T00:00", datetime(2028, 2, 29)),
        (PAY, "contract", "contract"),
        (TARIFF, " PP358367698_7 ", "PP358367698_7"),
        (CONNECTOR, "iec_62196_t2_combo", "IEC_62196_T2_COMBO"),
        (FREE, "1", True),
        (SORT, "cost", "cost"),
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
        *((ENERGY_KWH, value) for value in (*NO_AMOUNTS, "0", "500.1", "9" * 50)),
        *((BATTERY_KWH, value) for value in (*NO_AMOUNTS, "0.9", "501")),
        *((FROM, value) for value in (*NO_AMOUNTS, "100.1", "20%")),
        *((TO, value) for value in (*NO_AMOUNTS, "101")),
        *((POWER_KW, value) for value in (*NO_AMOUNTS, "0", "4001")),
        *((CHARGING_MINUTES, value) for value in (*NO_AMOUNTS, "0", "10001")),
        *((PARKING_MINUTES, value) for value in (*NO_AMOUNTS, "10001")),
        *(
            (START, value)
            for value in ("", "now", "2026-11-23", "2026-11-23T9:30", "2026-11-23 09:30", "2026-11-23T24:00")
        ),
        *((START, value) for value in ("2026-02-29T09:30", "2026-13-01T09:30", "2026-11-31T09:30", "2026-11-23T09:60")),
        *(
            (START, value)
            for value in ("2026-11-23T09:30Z", "2026-11-23T09:30+01:00", "0001-01-01T00:00", "9999-12-31T23:59")
        ),
        *((PAY, value) for value in ("", "ADHOC", "cash")),
        *((TARIFF, value) for value in ("", "  ", "x" * 101)),
        *((CONNECTOR, value) for value in ("", "CCS", "IEC_62196_T2_COMBI", "a" * 99)),
        *((FREE, value) for value in ("", "0", "true")),
        *((SORT, value) for value in ("", "price", "Cost")),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(parameter: Parameter, value: str) -> None:
    needed = {"near": "58,12"} if parameter is RADIUS_KM else {}
    with pytest.raises(BadParameter, match=f"^{parameter.name} takes ") as raised:
        read(MultiDict(needed | {parameter.name: value}), ALL)
    assert raised.value.name == parameter.name


def test_a_parameter_takes_one_value() -> None:
    with pytest.raises(BadParameter, match="q is said 2 times"):
        read(MultiDict([("q", "a"), ("q", "b")]), SEARCH)


def test_a_plug_may_be_said_several_times_and_any_of_them_counts() -> None:
    said = MultiDict([("connector", "chademo"), ("connector", "IEC_62196_T2"), ("connector", "CHADEMO")])
    assert read(said, ALL) == {"connector": ("CHADEMO", "IEC_62196_T2")}
    said.add("connector", "teapot")
    with pytest.raises(BadParameter, match="connector takes a ConnectorType"):
        read(said, ALL)


@pytest.mark.parametrize("parameter", ALL)
def test_the_example_of_a_parameter_is_right(parameter: Parameter) -> None:
    parameter.read(parameter.example)


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


def asked(**said: str) -> Charge:
    return charge(read(MultiDict({name.rstrip("_"): value for name, value in said.items()}), ALL))


def test_nothing_said_is_the_usual_charge() -> None:
    assert asked() == Charge()
    assert asked(q="Torp", limit="5") == Charge()


def test_a_charge_is_what_was_said() -> None:
    assert asked(
        battery_kwh="77", from_="10", to="90,5", start="2026-11-23T09:30", pay="contract", tariff="T1"
    ) == Charge(
        battery_kwh=Decimal(77),
        from_percent=Decimal(10),
        to_percent=Decimal("90.5"),
        start=datetime(2026, 11, 23, 9, 30),
        pay="contract",
        tariff="T1",
    )
    assert asked(energy_kwh="20", power_kw="50", parking_minutes="30") == Charge(
        energy_kwh=Decimal(20), power_kw=Decimal(50), parking_minutes=Decimal(30)
    )


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"from_": "80", "to": "20"}, "to"),
        ({"from_": "50", "to": "50"}, "to"),
        ({"from_": "90"}, "to"),
        ({"to": "10"}, "to"),
        ({"power_kw": "50", "charging_minutes": "30"}, "charging_minutes"),
        ({"power_kw": "0.1", "energy_kwh": "500"}, "power_kw"),
        ({"charging_minutes": "1", "energy_kwh": "500"}, "charging_minutes"),
    ],
)
def test_values_that_do_not_go_together_are_refused(said: dict[str, str], name: str) -> None:
    with pytest.raises(BadParameter, match=f"^{name} ") as raised:
        asked(**said)
    assert raised.value.name == name


def test_how_full_the_battery_is_does_not_matter_where_the_energy_is_said() -> None:
    assert asked(energy_kwh="20", from_="90").energy_kwh == 20
