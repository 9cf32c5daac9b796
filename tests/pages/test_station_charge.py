"""The reader's own charge on a station's page: the form, the bill, and the sum on the sign."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import read, site

TWENTY = {"energy_kwh": "20", "power_kw": "50"}


def tariff(id: str, *parts: tuple[str, float], **more: Any) -> dict[str, Any]:
    components = [{"type": kind, "price": price, "vat": 25, "step_size": 1} for kind, price in parts]
    return {
        "country_code": "SE",
        "party_id": "NLD",
        "id": id,
        "currency": "SEK",
        "type": "AD_HOC_PAYMENT",
        "elements": [{"price_components": components}],
        "last_updated": "2026-11-01T06:00:00Z",
    } | more


TARIFFS = [
    tariff("FAST", ("ENERGY", 4.0), ("PARKING_TIME", 96.0)),
    tariff("SLOW", ("ENERGY", 2.4)),
    tariff("CONTRACT", ("ENERGY", 3.2), type="REGULAR"),
    tariff("OTHER", ("ENERGY", 4.8)),
    tariff("NO-VAT", elements=[{"price_components": [{"type": "ENERGY", "price": 4.0, "step_size": 1}]}]),
    tariff("ALL", ("ENERGY", 4.0), type=None),
    tariff("SIGN", elements=[], tariff_alt_text=[{"language": "sv", "text": "Se skylten vid infarten."}]),
]
# The name of a station, and the tariffs of its CCS and of its Type 2.
PLACES = {
    "both": (["FAST", "CONTRACT"], ["SLOW"]),
    "split": (["FAST", "OTHER"], None),
    "bare": (["NO-VAT"], None),
    "contract": (["CONTRACT"], None),
    "all": (["ALL"], None),
    "site": (["SLOW"], None),
    "words": (["SIGN"], None),
    "silent": ([], None),
}


def places() -> list[dict[str, Any]]:
    made = []
    for n, (name, (direct, alternating)) in enumerate(PLACES.items()):
        evses = [site.evse(f"{name}-1", "AVAILABLE")]
        evses[0]["connectors"][0]["tariff_ids"] = direct
        if alternating is not None:
            evses.append(site.evse(f"{name}-2", "AVAILABLE", dc=False))
            evses[1]["connectors"][0]["tariff_ids"] = alternating
        where = {"latitude": f"{58.35 + n / 10:.5f}", "longitude": "11.81050"}
        made.append(site.location(name, name=name.capitalize(), coordinates=where, evses=evses))
    return made


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("charge")
    made = site.application(folder)
    (folder / "tariffs.json").write_text(json.dumps(TARIFFS))
    partners: Path = folder / "partners.toml"
    partners.write_text(partners.read_text() + f'tariffs = "{folder / "tariffs.json"}"\n')
    site.take_in(made, folder, places())
    return made


@pytest.fixture(scope="module")
def paths(app: Flask) -> dict[str, str]:
    """The Swedish page of each station by name."""
    found = app.test_client().get("/api/v1/stations").get_json()["features"]
    return {
        each["properties"]["name"].lower(): each["properties"]["url"].removeprefix("https://uttag.example")
        for each in found
    }


def bill(soup: BeautifulSoup) -> list[str]:
    return [f"{read.text(row.dt)}: {read.text(row.dd)}" for row in soup.select("dl.sum > div")]


def rest(soup: BeautifulSoup) -> list[str]:
    return [f"{read.text(row.dt)}: {read.text(row.dd)}" for row in soup.select("dl.rest > div")]


def field(soup: BeautifulSoup, name: str) -> Tag:
    found = soup.select_one(f"form.calc [name={name}]")
    assert found is not None
    return found


def ask(client: FlaskClient, path: str, **values: str) -> BeautifulSoup:
    answer = client.get(path, query_string=values)
    assert answer.status_code == 200, answer.status_code
    return read.page(answer)


# The answer


def test_without_a_question_the_usual_charge_is_answered(client: FlaskClient, paths: dict[str, str]) -> None:
    soup = ask(client, paths["both"])
    sign = read.text(soup.select_one(".sign"))
    assert "120 kr för 40 kWh med Typ 2, klart" in sign
    assert "CCS 150 kW, klart" in sign
    assert ": 191 kr" in sign
    assert bill(soup)[0] == "Energi, 40 kWh × 3,00 kr: 120,00 kr"
    assert bill(soup)[-1] == "Summa, varav moms 24,00 kr: 120,00 kr"
    text = read.text(soup.main)
    assert "Ett batteri på 60 kWh från 20 till 80 %: 40 kWh vid uttaget, förluster inräknade." in text
    assert "11 kW hela vägen." in text
    assert "Priset är det på plats, utan avtal." in text


def test_what_is_asked_is_answered_line_by_line(client: FlaskClient, paths: dict[str, str]) -> None:
    soup = ask(
        client, paths["both"], connector="IEC_62196_T2_COMBO", parking_minutes="15", start="2026-12-01T09:30", **TWENTY
    )
    assert bill(soup) == [
        "Energi, 20 kWh × 5,00 kr: 100,00 kr",
        "Tid, ingen avgift medan bilen laddar: –",
        "Blockeringsavgift, 15 min × 2,00 kr: 30,00 kr",
        "Per laddning, ingen avgift: –",
        "Summa, varav moms 26,00 kr: 130,00 kr",
    ]
    text = read.text(soup.main)
    assert "inkl. moms, 6,50 kr per kWh allt inräknat" in text
    assert "CCS 150 kW, start 1 december 2026 09:30, klart 09:54." in text
    assert "130 kr för 20 kWh med CCS, klart 1 december 2026 09:54" in read.text(soup.select_one(".sign"))
    assert "Typ 2" not in " ".join(rest(soup))


def test_the_contract_has_its_own_price(client: FlaskClient, paths: dict[str, str]) -> None:
    soup = ask(client, paths["both"], connector="IEC_62196_T2_COMBO", pay="contract", **TWENTY)
    assert bill(soup)[-1] == "Summa, varav moms 16,00 kr: 80,00 kr"
    assert "Priset är det med laddtjänst; din kan ta ett annat." in read.text(soup.main)


def test_a_price_of_no_kind_holds_with_a_contract_too_and_that_is_said(
    client: FlaskClient, paths: dict[str, str]
) -> None:
    asked, usual = (read.text(ask(client, paths["all"], **more, **TWENTY).main) for more in ({"pay": "contract"}, {}))
    assert "Operatören har ett pris för alla, med och utan avtal; din laddtjänst kan ta ett annat." in asked
    assert "Priset är det med laddtjänst" not in asked
    assert "Priset är det på plats, utan avtal." in usual


def test_a_price_on_site_is_none_for_a_contract(client: FlaskClient, paths: dict[str, str]) -> None:
    soup = ask(client, paths["site"], pay="contract", **TWENTY)
    assert bill(soup) == []
    assert "Operatören anger bara ett pris på plats, inget för den som har avtal." in read.text(soup.main)
    named = ask(client, paths["site"], pay="contract", tariff="SLOW", **TWENTY)
    assert "Priset är det på plats, utan avtal." in read.text(named.main)


def test_a_price_in_words_alone_stands_on_the_sign_as_the_operators_words(
    client: FlaskClient, paths: dict[str, str]
) -> None:
    soup = ask(client, paths["words"])
    sign = soup.select_one(".sign")
    assert sign is not None
    assert "Priset med operatörens ord: Se skylten vid infarten." in read.text(sign)
    assert "Pris på plats saknas" not in read.text(sign)
    assert "Se skylten vid infarten." not in read.text(ask(client, paths["both"]).select_one(".sign"))


def test_tariffs_that_disagree_have_each_a_sum_of_their_own(client: FlaskClient, paths: dict[str, str]) -> None:
    soup = ask(client, paths["split"], **TWENTY)
    assert bill(soup) == []
    assert rest(soup) == ["CCS 150 kW, 5,00 kr/kWh: 100 kr", "CCS 150 kW, 6,00 kr/kWh: 120 kr"]
    assert "Flera priser gäller samtidigt och är olika." in read.text(soup.main)
    assert "100 kr" not in read.text(soup.select_one(".sign"))


def test_a_price_without_vat_says_so_wherever_it_stands(client: FlaskClient, paths: dict[str, str]) -> None:
    soup = ask(client, paths["bare"], **TWENTY)
    assert bill(soup)[-1] == "Summa exkl. moms: 80,00 kr"
    assert read.text(soup.select_one("#answer .n")) == "80,00 kr + moms"
    assert read.text(soup.select_one(".board .b")) == "4,00 kr/kWh + moms"
    assert "80 kr + moms för 20 kWh med CCS, klart" in read.text(soup.select_one(".sign"))
    assert "Moms ingår inte i summan: operatören anger inte momssatsen." in read.text(soup.main)


REASONS = {
    "contract": "Operatören anger bara priser för den som har avtal, inget för den som betalar på plats.",
    "words": "Operatören anger priset bara i ord, så det går inte att räkna ut.",
    "silent": "Operatören anger inget pris för det här uttaget.",
}


@pytest.mark.parametrize("name", REASONS)
def test_where_there_is_no_price_the_reason_stands_instead_of_a_sum(
    client: FlaskClient, paths: dict[str, str], name: str
) -> None:
    soup = ask(client, paths[name], **TWENTY)
    assert bill(soup) == []
    assert REASONS[name] in read.text(soup.select_one("#answer").find_parent("section"))  # type: ignore[union-attr]
    assert not re.search(r"\b0 kr|gratis", read.text(soup.main))


def test_the_operators_own_words_stand_beside_the_answer(client: FlaskClient, paths: dict[str, str]) -> None:
    soup = ask(client, paths["words"], **TWENTY)
    reason = soup.find(id="answer")
    assert isinstance(reason, Tag)
    assert read.text(reason.find_next_sibling("p")) == "Med operatörens ord: Se skylten vid infarten."


def test_a_station_without_figures_has_no_form_until_somebody_asks(client: FlaskClient, paths: dict[str, str]) -> None:
    soup = ask(client, paths["words"])
    assert soup.select_one("form.calc") is None
    assert "Priset med operatörens ord: " in read.text(soup.select_one(".sign"))


# The form


def test_the_form_keeps_what_was_asked(client: FlaskClient, paths: dict[str, str]) -> None:
    asked = {
        "connector": "IEC_62196_T2",
        "battery_kwh": "77,5",
        "from": "10",
        "to": "90",
        "power_kw": "7,4",
        "parking_minutes": "30",
        "start": "2026-12-01T22:00",
    }
    soup = ask(client, paths["both"], **asked)
    for name in ("battery_kwh", "from", "to", "power_kw", "parking_minutes", "start"):
        assert field(soup, name)["value"] == asked[name]
    chosen = soup.select("form.calc option[selected]")
    assert [option["value"] for option in chosen] == ["IEC_62196_T2", "adhoc"]
    assert soup.select_one("details.more[open]") is not None


def test_the_form_works_by_address_alone_and_every_field_has_a_label(
    client: FlaskClient, paths: dict[str, str]
) -> None:
    soup = ask(client, paths["both"])
    form = soup.select_one("form.calc")
    assert form is not None
    assert form.get("method", "get") == "get"
    assert form["action"] == paths["both"] + "#answer"
    assert soup.find(id="answer") is not None
    names = {str(tag["name"]): tag for tag in form(["input", "select"])}
    assert list(names) == [
        "connector", "battery_kwh", "from", "to", "energy_kwh", "power_kw", "parking_minutes", "start", "pay"
    ]  # fmt: skip
    for tag in names.values():
        assert read.text(form.find("label", attrs={"for": tag["id"]}))  # type: ignore[arg-type]
    assert soup.select_one("details.more[open]") is None


def test_one_kind_of_plug_is_no_choice(client: FlaskClient, paths: dict[str, str]) -> None:
    assert ask(client, paths["split"]).select_one("form.calc [name=connector]") is None


def test_empty_and_usual_values_leave_the_address(client: FlaskClient, paths: dict[str, str]) -> None:
    path = paths["both"]
    filled = {"battery_kwh": "60", "from": "20", "to": "80", "energy_kwh": "", "start": "", "pay": "adhoc"}
    answer = client.get(path, query_string=filled)
    assert (answer.status_code, answer.location) == (302, path)
    answer = client.get(path, query_string=filled | {"energy_kwh": "20"})
    assert (answer.status_code, answer.location) == (302, f"{path}?energy_kwh=20")
    assert client.get(path, query_string={"utm_source": "x"}).status_code == 200


def test_a_page_with_a_question_is_not_indexed(client: FlaskClient, paths: dict[str, str]) -> None:
    path = paths["both"]
    soup = ask(client, path, energy_kwh="20")
    assert read.meta(soup, "robots") == "noindex,follow"
    assert read.link(soup, "canonical") == "https://uttag.example" + path
    assert read.languages(soup) == {}
    assert read.meta(ask(client, path), "robots") == "index,follow"
    other = soup.select_one("header a[hreflang=en]")
    assert other is not None
    assert str(other["href"]).endswith("?energy_kwh=20")


WRONG = [
    ("energy_kwh", "many", "Skriv kWh från 0,1 till 500, till exempel 20."),
    ("energy_kwh", "0", "Skriv kWh från 0,1 till 500, till exempel 20."),
    ("battery_kwh", "-1", "Skriv kWh från 1 till 500, till exempel 60."),
    ("from", "120", "Skriv procent från 0 till 100."),
    ("to", "5", "Skriv procent upp till 100, och mer än före laddningen."),
    ("power_kw", "1e9", "Skriv kW, till exempel 11 eller 150, så att laddningen blir klar inom 30 dygn."),
    ("parking_minutes", "NaN", "Skriv minuter från 0 till 10 000."),
    ("start", "i morgon", "Skriv ett datum och en tid som finns, till exempel 2026-12-01 09:30."),
    ("start", "2026-03-29T02:30", "Klockan hoppar över den tiden. Skriv en timme senare."),
    ("pay", "shells", "Välj något i listan."),
    ("connector", "SCHUKO", "Välj något i listan."),
]


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_a_wrong_value_is_kept_and_told_beside_its_field(
    client: FlaskClient, paths: dict[str, str], name: str, value: str, sentence: str
) -> None:
    answer = client.get(paths["both"], query_string={name: value})
    assert answer.status_code == 400
    soup = read.page(answer)
    wrong = field(soup, name)
    assert wrong["aria-invalid"] == "true"
    assert read.text(soup.find(id=wrong["aria-describedby"])) == sentence  # type: ignore[arg-type]
    if wrong.name == "input":
        assert wrong["value"] == value
    assert len(soup.select("[aria-invalid]")) == 1
    assert bill(soup) == []
    assert read.meta(soup, "robots") == "noindex,follow"


def test_every_wrong_field_says_so_at_once_under_one_line_above_the_form(
    client: FlaskClient, paths: dict[str, str]
) -> None:
    typed = {"battery_kwh": "60 kW", "from": "120", "to": "10", "power_kw": "fast", "start": "i morgon"}
    answer = client.get(paths["both"], query_string=typed)
    assert answer.status_code == 400
    soup = read.page(answer)
    assert {str(tag["name"]) for tag in soup.select("[aria-invalid]")} == {"battery_kwh", "from", "power_kw", "start"}
    form = soup.select_one("form.calc")
    assert form is not None
    above = read.text(form.find_previous_sibling("p"))
    assert above == "Summan räknas inte ut förrän de 4 markerade fälten är rättade."


def test_units_and_a_date_as_people_write_them_are_taken(client: FlaskClient, paths: dict[str, str]) -> None:
    typed = {
        "battery_kwh": "70 kWh",
        "from": "10 %",
        "to": "90%",
        "power_kw": "11 kW",
        "parking_minutes": "30 min",
        "start": "2026-12-01 09:30",
    }
    answer = client.get(paths["both"], query_string=typed)
    assert answer.status_code == 302
    soup = read.page(client.get(answer.headers["Location"]))
    assert [field(soup, name)["value"] for name in typed] == ["70", "10", "90", "11", "30", "2026-12-01T09:30"]
    assert bill(soup) != []


def test_a_wrong_value_without_a_field_is_told_in_the_form(client: FlaskClient, paths: dict[str, str]) -> None:
    answer = client.get(paths["both"], query_string={"charging_minutes": "soon"})
    assert answer.status_code == 400
    form = read.page(answer).select_one("form.calc")
    assert "Laddningens minuter passar inte mängden" in read.text(form)


def test_a_value_that_no_field_shows_is_not_taken_along_when_it_is_wrong(
    client: FlaskClient, paths: dict[str, str]
) -> None:
    answer = client.get(paths["both"], query_string={"tariff": "NONE", "charging_minutes": "24"})
    assert answer.status_code == 400
    form = read.page(answer).select_one("form.calc")
    assert form is not None
    assert "Ingen prislista här har det id:t." in read.text(form)
    assert [(tag["name"], tag["value"]) for tag in form.select("[type=hidden]")] == [("charging_minutes", "24")]


def test_a_plug_that_is_not_there_is_said_not_to_be(client: FlaskClient, paths: dict[str, str]) -> None:
    soup = ask(client, paths["both"], connector="CHADEMO")
    assert read.text(soup.find(id="answer")) == "Det uttaget finns inte här."  # type: ignore[arg-type]


def test_one_tariff_can_be_asked_for(client: FlaskClient, paths: dict[str, str]) -> None:
    soup = ask(client, paths["split"], tariff="other", **TWENTY)
    assert bill(soup)[-1] == "Summa, varav moms 24,00 kr: 120,00 kr"


def test_values_are_text_and_nothing_else(client: FlaskClient, paths: dict[str, str]) -> None:
    answer = client.get(paths["both"], query_string={"energy_kwh": '"><img src=x onerror=alert(1)>', "tariff": '"><b>'})
    assert answer.status_code == 400
    soup = read.page(answer)
    assert not soup("img")
    assert not soup.select("form b")


def test_the_same_answer_in_english(client: FlaskClient, paths: dict[str, str]) -> None:
    path = paths["both"].replace("/sv/laddstation/", "/en/station/")
    soup = ask(client, path, connector="IEC_62196_T2_COMBO", parking_minutes="15", **TWENTY)
    assert bill(soup)[2] == "Idle fee, 15 min × SEK 2.00: SEK 30.00"
    assert "SEK 130 for 20 kWh with CCS, done" in read.text(soup.select_one(".sign"))
