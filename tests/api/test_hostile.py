"""Whatever is asked gets a right answer or a 400, soon; never a fault of ours."""

import gc
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from finder.api.v1 import KNOWN
from tests.api.conftest import Take, connector, evse, location
from tests.api.test_v1 import STATIONS

EXAMPLES = int(os.environ.get("FINDER_HOSTILE", "300"))
"""20,000 for the whole proof."""
SOON = 0.5

SAID = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["' OR 1=1 --", "%", "_", "*", "\x00", "a\x00b", '"', "NEAR(a b)", "a" * 10_000, "å" * 10_000, "{{7*7}}"]),
    st.sampled_from(["nan,nan", "NaN,12", "58,inf", "1e308,0", "58,11", "90,180", "-90,-180", "91,0", "0,181", "-1", "0", "200"]),
    st.sampled_from(["179,-1,-179,1", "-180,-90,180,90", "180,-1,-180,1", "10.015,0,10.005,1", "0,1,0,0", "nan,0,1,1"]),
    st.sampled_from(["IEC_62196_T2_COMBO", "WIFI", "card", "plug-and-charge", "1", "50", "0.1", "4000", "cost", "power", "name"]),
)  # fmt: skip
NAMES = st.sampled_from([parameter.name for parameter in KNOWN])


@contextmanager
def uncollected() -> Iterator[None]:
    """What hypothesis remembers of thousands of examples takes the garbage collector longer than any answer."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(NAMES, SAID), max_size=6))
@example([("near", "58.35,11.81"), ("radius_km", "-1")])
@example([("bbox", "179,-1,-179,1"), ("available", "1"), ("connector", "IEC_62196_T2_COMBO")])
@example([("bbox", "10.015,0,10.005,1")])
@example([("near", "NaN,NaN")])
@example([("q", "a" * 10_000)])
@example([("free", "1"), ("available", "1"), ("min_power_kw", "50"), ("sort", "power")])
def test_whatever_is_asked_gets_a_right_answer_or_a_400(client: FlaskClient, asked: list[tuple[str, str]]) -> None:
    with uncollected():
        before = time.process_time()
        answer = client.get(STATIONS, query_string=asked)
        spent = time.process_time() - before
    assert answer.status_code in (200, 400), answer.get_data(as_text=True)
    assert spent < SOON
    if answer.status_code == 400:
        assert answer.json["parameter"]


def test_a_box_whose_edges_share_a_cell_across_the_antimeridian_counts_no_station_twice(
    client: FlaskClient, take: Take
) -> None:
    take(
        location("a", 58.35, 10.001),
        location("b", 58.35, 10.018),
        location("c", 58.35, 10.010),
        location("d", 58.35, -170),
    )
    found = client.get(f"{STATIONS}?bbox=10.015,58,10.005,59").json
    assert (found["total"], len(found["features"])) == (3, 3)


def test_each_filter_is_asked_for_by_its_parameter(client: FlaskClient, take: Take) -> None:
    take(
        location(
            "full", 58.35, 11.81,
            evse(1, "AVAILABLE", connector(), capabilities=["CREDIT_CARD_PAYABLE", "CHARGING_PROFILE_CAPABLE"]),
            facilities=["WIFI", "CAFE"], opening_times={"twentyfourseven": True}, energy_mix={"is_green_energy": True},
        ),
        location("plain", 58.36, 11.81, evse(2, "UNKNOWN", connector(max_electric_power=50000))),
    )  # fmt: skip
    for query in (
        "min_power_kw=100", "facility=wifi&facility=CAFE", "payment=card", "available=1", "open_now=1", "green=1", "smart=1",
        "connector=IEC_62196_T2_COMBO&min_power_kw=150&available=1",
    ):  # fmt: skip
        found = client.get(f"{STATIONS}?{query}").json
        assert [each["properties"]["name"] for each in found["features"]] == ["Plats full"], query
    assert client.get(f"{STATIONS}?facility=WIFI&facility=HOTEL").json["total"] == 0
    assert client.get(f"{STATIONS}?payment=cash").json["parameter"] == "payment"
