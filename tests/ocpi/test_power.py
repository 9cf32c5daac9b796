"""What a connector can give, and which figures cannot be true."""

import pytest

from finder.ocpi.power import Figures, plausible, watts
from finder.ocpi.types import Connector
from tests.ocpi.objects import shown_connector

T2, CCS = "IEC_62196_T2", "IEC_62196_T2_COMBO"


@pytest.mark.parametrize(
    ("standard", "power_type", "volts", "amperes", "stated", "found"),
    [
        # Three phases: line to neutral below 300 V, between lines above.
        (T2, "AC_3_PHASE", 230, 32, None, 22_080),
        (T2, "AC_3_PHASE", 230, 16, None, 11_040),
        (T2, "AC_3_PHASE", 400, 32, None, 22_170),
        (T2, "AC_1_PHASE", 230, 16, None, 3_680),
        (T2, "AC_2_PHASE", 230, 16, None, 7_360),
        (T2, "AC_2_PHASE", 400, 16, None, 6_400),
        ("IEC_62196_T1", "AC_2_PHASE_SPLIT", 240, 32, None, 7_680),
        (CCS, "DC", 400, 125, None, 50_000),
        # A limited charger says so; what it says wins.
        (CCS, "DC", 1000, 400, 150_000, 150_000),
        (T2, "AC_1_PHASE", 400, 32, 22_000, 22_000),
        # Without volts, amperes or phases there is no telling.
        (T2, "AC_3_PHASE", None, 32, None, None),
        (T2, "AC_3_PHASE", 230, None, None, None),
        (T2, None, 230, 32, None, None),
        # Beyond what the plug carries.
        ("DOMESTIC_E", "AC_3_PHASE", 230, 16, None, None),
        (T2, "AC_3_PHASE", 400, 125, None, None),
    ],
)  # fmt: skip
def test_watts(
    standard: str, power_type: str | None, volts: float, amperes: float, stated: float | None, found: int | None
) -> None:
    plug = Connector("1", standard, None, power_type, volts, amperes, stated)
    assert watts(plug) == found


@pytest.mark.parametrize(
    ("standard", "power_type", "figures", "expected"),
    [
        (T2, "AC_3_PHASE", (230, 32, 22_000), (230, 32, 22_000)),
        # kW for W
        (T2, "AC_3_PHASE", (None, None, 7.4), (None, None, 7_400)),
        (CCS, "DC", (None, None, 60.0), (None, None, 60_000)),
        (CCS, "DC", (None, None, 400), (None, None, 400_000)),
        # W times a thousand
        (T2, "AC_1_PHASE", (230, 32, 7_360_000), (230, 32, 7_360)),
        (CCS, "DC", (None, None, 50_000_000), (None, None, 50_000)),
        # unknown
        (T2, "AC_3_PHASE", (0, 0, 0), (None, None, None)),
        (T2, "AC_3_PHASE", (-230, -16, -1), (None, None, None)),
        (T2, "AC_3_PHASE", (22, 0, None), (None, None, None)),
        (T2, "AC_3_PHASE", (688, 32, None), (None, 32, None)),
        (T2, "AC_3_PHASE", (230, 900, 900), (230, None, None)),
        ("DOMESTIC_F", "AC_1_PHASE", (230, 16, 22_000), (230, 16, None)),
        (CCS, "DC", (5_000, 5_000, 9_000_000_000), (None, None, None)),
        ("MCS", "DC", (1_250, 3_000, 3_750_000), (1_250, 3_000, 3_750_000)),
        ("WIRELESS_9", None, (None, None, 5_000_000_000), (None, None, None)),
    ],
)
def test_only_figures_that_can_be_true_are_kept(
    standard: str, power_type: str | None, figures: Figures, expected: Figures
) -> None:
    assert plausible(standard, power_type, *figures) == expected


def test_a_plug_for_direct_current_carries_it_whatever_is_stated() -> None:
    plug = shown_connector(
        standard="CHADEMO", power_type="AC_3_PHASE", max_voltage="400", max_amperage=125, max_electric_power=None
    )
    assert watts(plug) == 50_000
