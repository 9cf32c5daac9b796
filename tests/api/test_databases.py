"""What differs from one database to the next: sorting, comparing, and what each can be asked."""

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finder.api.v1 import KNOWN
from tests.api.conftest import TARIFF, Take, connector, evse, location
from tests.api.test_v1 import STATIONS, listed, names


@pytest.fixture
def database_url(either_database_url: str) -> str:
    return either_database_url


@pytest.mark.parametrize(
    "search",
    [
        "",
        "near=58.35,11.81&radius_km=50",
        "bbox=11,58,12,59",
        "q=plats",
        "sort=power",
        "sort=cost",
        "sort=cost&near=58.35,11.81&radius_km=50&connector=IEC_62196_T2_COMBO&connector=CHADEMO",
        "sort=name&near=58.35,11.81&radius_km=50",
        "sort=cost&energy_kwh=20&power_kw=11&parking_minutes=5&q=plats",
    ],
)
def test_pages_hold_every_station_once(client: FlaskClient, take: Take, search: str) -> None:
    take(
        *(
            location(
                f"{n:02}",
                58.35 + n % 5 * 0.01,
                11.81,
                evse(n, "AVAILABLE", connector(tariff_ids=[f"T{n % 4}"])),
                name=f"Plats {n % 3}",
            )
            for n in range(11)
        ),
        tariffs=(TARIFF, TARIFF | {"id": "T2", "currency": "EUR"}),
    )
    found: list[str] = []
    url: str | None = f"{STATIONS}?limit=4&{search}"
    while url:
        answer = client.get(url.removeprefix("https://uttag.example")).json
        assert answer["total"] == 11
        assert len(answer["features"]) <= 4
        found += [feature["id"] for feature in answer["features"]]
        url = answer["next"]
    assert len(found) == len(set(found)) == 11
    assert found == [feature["id"] for feature in listed(client, f"limit=500&{search}")["features"]]


def test_a_station_that_comes_between_two_pages_repeats_none(client: FlaskClient, take: Take) -> None:
    places = [location(f"{n}", 58.35, 11 + n / 10) for n in range(4)]
    take(*places)
    first = listed(client, "limit=2")
    take(*places, location("00", 58.35, 12.9))
    second = client.get(first["next"].removeprefix("https://uttag.example")).json
    assert names(first) + names(second) == ["Plats 0", "Plats 1", "Plats 2", "Plats 3"]


NASTY = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["1", "cost", "2026-11-23T09:30", "NaN", "1e308", "-1", "free", "CHADEMO", "adhoc"]),
    st.sampled_from(["' OR 1=1 --", "%", "\x00", "*", '"', "NEAR(a b)", "a" * 10_000, "{{7*7}}", "58,11", "-180,-90,180,90"]),
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([parameter.name for parameter in KNOWN]), NASTY))
def test_whatever_is_asked_gets_an_answer_or_a_400(client: FlaskClient, query: dict[str, str]) -> None:
    assert client.get(STATIONS, query_string=query).status_code in (200, 400)


def test_only_what_is_licensed_is_counted_and_listed(client: FlaskClient, take: Take) -> None:
    take(location("closed", 58.35, 11.81, evse(1)), slug="closed", licence=None)
    take(location("open", 58.36, 11.81, evse(2)))
    for query in ("", "near=58.35,11.81", "bbox=11,58,12,59", "q=plats", "operator=nordladd"):
        assert (listed(client, query)["total"], names(listed(client, query))) == (1, ["Plats open"]), query


@pytest.mark.parametrize("id", ["%00", "nosuch", "%F0%9F%94%8C"])
def test_an_odd_id_is_not_found(client: FlaskClient, id: str) -> None:
    assert client.get(f"{STATIONS}/{id}").status_code == 404


def test_ready(client: FlaskClient) -> None:
    assert client.get("/readyz").status_code == 200
