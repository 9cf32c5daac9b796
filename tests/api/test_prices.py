"""What a charge costs, as the API says it: the price of one station, of each in a list, and the reasons where there is none."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from finder.api.prices import ChargePrice
from tests.api.conftest import TARIFF, Json, Take, connector, evse, location, stamp
from tests.api.test_v1 import STATIONS, listed, names, only

SEK = {"currency": "SEK"}
AC = connector("2", standard="IEC_62196_T2", power_type="AC_3_PHASE", max_voltage=230, max_amperage=16, max_electric_power=11000)  # fmt: skip


def tariff(id: str, *components: tuple[str, float | None], vat: float | None = 25, step: int = 1, **more: Any) -> Json:
    told = [{"type": type, "price": price, "vat": vat, "step_size": step} for type, price in components]
    return TARIFF | {"id": id, "elements": [{"price_components": told}]} | more


def asked(client: FlaskClient, query: str = "") -> Json:
    response = client.get(f"{STATIONS}/{only(client)['id']}/price?{query}")
    assert response.status_code == 200, response.text
    msgspec.json.decode(response.data, type=ChargePrice)
    return response.json


def wrong(client: FlaskClient, query: str) -> tuple[str, str]:
    response = client.get(f"{STATIONS}/{only(client)['id']}/price?{query}")
    assert (response.status_code, response.mimetype) == (400, "application/problem+json"), response.text
    return response.json["parameter"], response.json["detail"]


def test_a_charge_is_priced_in_all_and_part_by_part(client: FlaskClient, take: Take) -> None:
    parts = tariff("T1", ("ENERGY", 4.0), ("TIME", 6.0), ("PARKING_TIME", 30.0), ("FLAT", 5.0))
    take(location("a", 58.35, 11.81), tariffs=(parts,))
    assert asked(client, "energy_kwh=20&power_kw=50&start=2026-11-23T09:30&parking_minutes=30") == {
        "currency": "SEK",
        "excl_vat": "102.40",
        "incl_vat": "128.00",
        "components": [
            {"type": "ENERGY", "volume": "20", "excl_vat": "80.00", "incl_vat": "100.00"},
            {"type": "TIME", "volume": "0.4", "excl_vat": "2.40", "incl_vat": "3.00"},
            {"type": "PARKING_TIME", "volume": "0.5", "excl_vat": "15.00", "incl_vat": "18.75"},
            {"type": "FLAT", "volume": "1", "excl_vat": "5.00", "incl_vat": "6.25"},
        ],
        "effective_per_kwh": "6.40",
        "tariff_id": "T1",
        "assumptions": [
            "IEC_62196_T2_COMBO with 300 kW, from 2026-11-23T09:30+01:00, charging for 24 min.",
            "20 kWh at the charging point.",
            "50 kW all the way. A cold battery or shared power takes longer.",
            "The car stays plugged in for 30 min after that.",
        ],
        "reason": None,
        "reason_text": None,
    }


def test_minutes_may_stand_for_the_power(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81), tariffs=(tariff("T1", ("TIME", 6.0), vat=None, tax_included="N/A"),))
    assert asked(client, "energy_kwh=20&charging_minutes=90")["incl_vat"] == "9.00"
    assert asked(client, "energy_kwh=20&charging_minutes=90")["assumptions"][2] == "It takes 90 min."


def test_a_decimal_comma_is_read(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81))
    assert asked(client, "energy_kwh=0,5")["excl_vat"] == asked(client, "energy_kwh=0.5")["excl_vat"] == "2.45"


def test_without_a_word_it_is_the_usual_charge_as_in_the_list(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81), tariffs=(tariff("T1", ("ENERGY", 4.0), ("FLAT", 5.0)),))
    told = asked(client)
    assert told["components"][0]["volume"] == "38.298"
    in_list = only(client)["properties"]["price"]
    alone = client.get(f"{STATIONS}/{only(client)['id']}").json["properties"]["price"]
    assert alone == in_list == SEK | {"per_kwh_incl_vat": told["effective_per_kwh"], "reason": None}


def test_a_list_has_the_price_of_the_charge_that_is_asked_for(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81), tariffs=(tariff("T1", ("ENERGY", 4.0), ("FLAT", 4.0)),))
    (feature,) = listed(client, "energy_kwh=10")["features"]
    assert feature["properties"]["price"] == SEK | {"per_kwh_incl_vat": "5.50", "reason": None}


def test_the_cheapest_plug_is_told_and_any_other_on_demand(client: FlaskClient, take: Take) -> None:
    both = evse(1, "AVAILABLE", connector(tariff_ids=["T9"]), AC | {"tariff_ids": ["T2"]})
    take(location("a", 58.35, 11.81, both), tariffs=(tariff("T9", ("ENERGY", 9)), tariff("T2", ("ENERGY", 2))))
    assert asked(client, "energy_kwh=10")["tariff_id"] == "T2"
    assert asked(client, "energy_kwh=10&connector=iec_62196_t2_combo")["tariff_id"] == "T9"
    assert asked(client, "energy_kwh=10&connector=IEC_62196_T2&connector=IEC_62196_T2_COMBO")["tariff_id"] == "T2"
    assert asked(client, "energy_kwh=10&tariff=t9")["incl_vat"] == "112.50"


def test_who_has_a_contract_gets_its_price(client: FlaskClient, take: Take) -> None:
    plug = connector(tariff_ids=["C", "A"])
    of_both = tariff("C", ("ENERGY", 2), type="REGULAR"), tariff("A", ("ENERGY", 5), type="AD_HOC_PAYMENT")
    take(location("a", 58.35, 11.81, evse(1, "AVAILABLE", plug)), tariffs=of_both)
    assert [asked(client, f"pay={pay}")["tariff_id"] for pay in ("adhoc", "contract")] == ["A", "C"]
    assert asked(client)["tariff_id"] == "A"
    assert asked(client, "tariff=C")["tariff_id"] == "C"


def test_a_price_without_vat_is_told_as_such(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81), tariffs=(tariff("T1", ("ENERGY", 4.0), vat=None),))
    told = asked(client, "energy_kwh=10")
    assert (told["excl_vat"], told["incl_vat"], told["effective_per_kwh"], told["reason"]) == (
        "40.00", None, "4.00", "vat_not_stated",
    )  # fmt: skip
    assert only(client)["properties"]["price"] == SEK | {"per_kwh_incl_vat": None, "reason": "vat_not_stated"}
    assert "VAT is not in the sum: the operator does not state its rate." in told["assumptions"]


@pytest.mark.parametrize(
    ("tariffs", "reason"),
    [
        ((), "unresolved"),
        ((tariff("T1", ("ENERGY", 4.0), type="REGULAR"),), "not_for_payment"),
        ((tariff("T1", ("ENERGY", 4.0), end_date_time="2026-01-01T00:00:00Z"),), "expired"),
        ((tariff("T1", ("ENERGY", 4.0), start_date_time="2099-01-01T00:00:00Z"),), "not_yet_valid"),
        ((TARIFF | {"elements": [], "tariff_alt_text": [{"language": "sv", "text": "5 kr/kWh"}]},), "text_only"),
        ((tariff("T1", ("ENERGY", 4.0), currency=""),), "no_currency"),
        ((tariff("T1", ("ENERGY", None)),), "no_price"),
    ],
)
def test_where_there_is_no_price_there_is_a_reason(
    client: FlaskClient, take: Take, tariffs: tuple[Json, ...], reason: str
) -> None:
    take(location("a", 58.35, 11.81), tariffs=tariffs)
    told = asked(client)
    assert told["reason"] == reason
    assert (told["excl_vat"], told["incl_vat"], told["effective_per_kwh"], told["components"]) == (None, None, None, [])
    assert told["reason_text"].endswith(".")
    in_list = only(client)["properties"]["price"]
    assert (in_list["per_kwh_incl_vat"], in_list["reason"]) == (None, reason)
    assert listed(client, "free=1")["total"] == 0


def test_a_plug_without_tariffs_has_no_price(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81, evse(1, "AVAILABLE", connector(tariff_ids=[]))))
    assert asked(client)["reason"] == "no_tariff"


def test_free_is_0_and_found(client: FlaskClient, take: Take) -> None:
    take(
        location("a", 58.35, 11.81, evse(1, "AVAILABLE", connector(tariff_ids=["T0"]))),
        location("b", 58.36, 11.81, evse(2)),
        tariffs=(TARIFF, tariff("T0", ("ENERGY", 0))),
    )
    assert names(listed(client, "free=1")) == ["Plats a"]
    id = listed(client, "free=1")["features"][0]["id"]
    told = client.get(f"{STATIONS}/{id}/price").json
    assert (told["incl_vat"], told["effective_per_kwh"], told["reason"]) == ("0.00", "0.00", None)


def test_by_cost_the_cheapest_charge_comes_first_and_no_price_last(client: FlaskClient, take: Take) -> None:
    """A short charge is cheap without a start fee, a long one with it."""
    places = [
        location(id, 58.35 + n / 100, 11.81, evse(n, "AVAILABLE", connector(tariff_ids=[id])))
        for n, id in enumerate(("none", "fee", "kwh"))
    ]
    take(*places, tariffs=(tariff("fee", ("FLAT", 20), ("ENERGY", 2)), tariff("kwh", ("ENERGY", 4))))
    assert names(listed(client, "sort=cost&energy_kwh=5")) == ["Plats kwh", "Plats fee", "Plats none"]
    assert names(listed(client, "sort=cost&energy_kwh=50")) == ["Plats fee", "Plats kwh", "Plats none"]
    assert names(listed(client, "sort=cost&near=58.35,11.81&limit=1")) == ["Plats fee"]
    costs = [Decimal(each["properties"]["price"]["per_kwh_incl_vat"] or "inf") for each in listed(client, "sort=cost")["features"]]  # fmt: skip
    assert costs == sorted(costs)


def test_by_power_name_and_distance(client: FlaskClient, take: Take) -> None:
    take(
        location("weak", 58.35, 11.81, evse(1, "AVAILABLE", AC)),
        location("strong", 58.36, 11.81, evse(2)),
        location("far", 58.37, 11.81, evse(3, "AVAILABLE", AC)),
    )
    assert names(listed(client, "sort=power"))[0] == "Plats strong"
    assert names(listed(client, "sort=power&near=58.35,11.81"))[0] == "Plats strong"
    assert names(listed(client, "sort=name&near=58.35,11.81")) == ["Plats far", "Plats strong", "Plats weak"]
    assert names(listed(client, "sort=distance&near=58.35,11.81")) == ["Plats weak", "Plats strong", "Plats far"]


def test_a_plug_is_found_by_its_name_in_any_case(client: FlaskClient, take: Take) -> None:
    take(location("dc", 58.35, 11.81, evse(1)), location("ac", 58.36, 11.81, evse(2, "AVAILABLE", AC)))
    assert names(listed(client, "connector=iec_62196_t2")) == ["Plats ac"]
    assert names(listed(client, "connector=CHADEMO")) == []
    assert len(names(listed(client, "connector=IEC_62196_T2&connector=IEC_62196_T2_COMBO"))) == 2


def test_the_next_page_asks_for_the_same(client: FlaskClient, take: Take) -> None:
    take(*(location(f"{n}", 58.35, 11.8 + n / 100, evse(n)) for n in range(3)))
    first = listed(client, "limit=2&connector=IEC_62196_T2_COMBO&connector=CHADEMO&sort=cost&energy_kwh=7")
    assert first["next"].count("connector=") == 2
    second = client.get(first["next"].removeprefix("https://uttag.example")).json
    assert second["features"][0]["properties"]["price"] == first["features"][0]["properties"]["price"]


# What is wrong is named


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("energy_kwh=NaN", "energy_kwh", "energy_kwh takes a number of kWh from 0.1 to 500"),
        ("energy_kwh=1e308", "energy_kwh", "energy_kwh takes"),
        ("energy_kwh=-1", "energy_kwh", "energy_kwh takes"),
        ("power_kw=0", "power_kw", "power_kw takes a number of kW from 0.1 to 4000"),
        ("power_kw=50&charging_minutes=5", "charging_minutes", "stands for power_kw"),
        ("from=80&to=20", "to", "to takes a higher percentage than from"),
        ("start=2026-02-29T09:30", "start", "start takes a date and a time that exist"),
        ("start=2027-03-28T02:30", "start", "the clocks at the station skip 2027-03-28T02:30"),
        ("parking_minutes=10001", "parking_minutes", "parking_minutes takes"),
        ("pay=cash", "pay", "pay takes adhoc or contract"),
        ("connector=teapot", "connector", "connector takes a ConnectorType of OCPI"),
        ("connector=CHADEMO", "connector", "this station has no CHADEMO; it has IEC_62196_T2_COMBO"),
        ("tariff=T404", "tariff", "tariff takes the id of one of the station's tariffs; this one has T1"),
        ("near=58,11", "near", "'near' is no parameter here; known are energy_kwh"),
        ("pay=adhoc&pay=contract", "pay", "pay is said 2 times"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_it_takes(
    client: FlaskClient, take: Take, query: str, name: str, words: str
) -> None:
    take(location("a", 58.35, 11.81))
    parameter, detail = wrong(client, query)
    assert parameter == name
    assert words in detail


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("sort=distance", "sort"),
        ("sort=price", "sort"),
        ("free=0", "free"),
        ("connector=teapot", "connector"),
        ("sort=cost&start=2027-03-28T02:30", "start"),
        ("from=80&to=20", "to"),
        ("tariff=T1", "tariff"),
        ("sort=cost&cursor=WyJUb3JwIGvDtnBjZW50cnVtIiwiazdtMnhxYmNkIl0", "cursor"),
    ],
)
def test_so_it_is_in_a_list(client: FlaskClient, take: Take, query: str, name: str) -> None:
    take(location("a", 58.35, 11.81))
    response = client.get(f"{STATIONS}?{query}")
    assert (response.status_code, response.json["parameter"]) == (400, name)


def test_too_wide_a_search_says_how_to_narrow_it(
    client: FlaskClient, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    from finder.store import stations
    from finder.web.parameters import TOO_MANY

    assert str(stations.MOST_READ) in TOO_MANY
    monkeypatch.setattr(stations, "MOST_READ", 1)
    take(location("a", 58.35, 11.81, evse(1)), location("b", 59.35, 11.81, evse(2)))
    response = client.get(f"{STATIONS}?sort=cost")
    assert (response.status_code, response.json["parameter"]) == (400, "sort")
    assert "narrow it by near, bbox" in response.json["detail"]
    for query in ("sort=cost&near=58.35,11.81", "free=1", "free=1&connector=CHADEMO", "available=1&min_power_kw=50"):
        assert client.get(f"{STATIONS}?{query}").status_code == 200, query


# Whose data it is


def test_a_station_without_a_licence_has_no_price_to_pass_on(app: Any, client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81))
    id = only(client)["id"]
    take(location("a", 58.35, 11.81), licence=None)
    response = client.get(f"{STATIONS}/{id}/price")
    assert (response.status_code, response.mimetype) == (403, "application/problem+json")
    assert "4.9" not in response.text


def test_a_price_of_a_partner_without_a_licence_is_not_told(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81, evse(1, "AVAILABLE", connector(tariff_ids=["T1"]))))
    cheap = evse(2, "AVAILABLE", connector(tariff_ids=["T1"]))
    free = tariff("T1", ("ENERGY", 0))
    take(location("b", 58.35, 11.81, evse(1), cheap), slug="closed", licence=None, tariffs=(free,))
    assert asked(client, "energy_kwh=10")["excl_vat"] == "49.00"
    assert only(client)["properties"]["price"]["per_kwh_incl_vat"] == "6.125"
    assert listed(client, "free=1")["total"] == 0


def test_a_station_that_is_gone_or_unknown_has_no_price(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81), location("b", 58.36, 11.81))
    id = next(each["id"] for each in listed(client)["features"] if each["properties"]["name"] == "Plats b")
    for _ in range(2):
        take(location("a", 58.35, 11.81))
    assert client.get(f"{STATIONS}/{id}/price").status_code == 410
    assert client.get(f"{STATIONS}/nosuch/price").status_code == 404


def test_a_station_that_became_part_of_another_has_its_price_there(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81, evse(1)), location("b", 58.3501, 11.81, evse(2)))
    old = {each["properties"]["name"]: each["id"] for each in listed(client)["features"]}
    take(location("a", 58.35, 11.81, evse(1), evse(2)), location("b", 58.3501, 11.81, evse(2), last_updated=stamp()))
    (new,) = [each["id"] for each in listed(client)["features"]]
    (moved,) = set(old.values()) - {new}
    response = client.get(f"{STATIONS}/{moved}/price?energy_kwh=5&connector=CHADEMO&connector=IEC_62196_T2_COMBO")
    assert response.status_code == 301
    assert response.headers["Location"] == (
        f"https://uttag.example{STATIONS}/{new}/price?energy_kwh=5&connector=CHADEMO&connector=IEC_62196_T2_COMBO"
    )


def test_a_price_has_an_etag_and_may_be_asked_from_anywhere(client: FlaskClient, take: Take) -> None:
    take(location("a", 58.35, 11.81), ago=timedelta(hours=3))
    url = f"{STATIONS}/{only(client)['id']}/price?start=2026-11-23T09:30"
    response = client.get(url)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(url, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
