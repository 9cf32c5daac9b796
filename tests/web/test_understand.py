"""What the text of the search field means."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finder.store.database import reading
from finder.web.understand import Understood, understand
from tests.api.conftest import Take, evse, location, take

__all__ = ["take"]


@pytest.fixture
def app(database: Flask) -> Flask:
    return database


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    from tests.api.conftest import site

    yield from site(f"sqlite:///{tmp_path_factory.mktemp('understand') / 'finder.db'}")


@pytest.fixture
def connection(app: Flask, take: Take) -> Iterator[sa.Connection]:
    take(
        location("torp", 58.3535, 11.8105, evse(1), name="Torp köpcentrum", address="Torpvägen 2", postal_code="451 76"),
        location("kampen", 58.349, 11.937, evse(2), name="Kampenhof", address="Västerlånggatan 12 B"),
        location("berg", 59.4, 18.0, evse(3), name="Solna centrum", address="Storgatan 5", city="Solna", postal_code="171 44"),
        location("sorunda", 59.0, 17.83, evse(4), name="Sorunda", address="Spångbrovägen 1", city="Sorunda", postal_code="148 97"),
        location("mer", 57.7, 12.0, evse(5), name="Heden", address="Hedgatan 1", city="Göteborg", postal_code="411 00", operator={"name": "Mer"}),
    )  # fmt: skip
    take(location("x", 57.7, 11.9, evse(6), name="Hemligt", operator={"name": "Tystladd"}), slug="closed", licence=None)
    with reading(app.extensions["finder.reader"]) as made:
        yield made


def meant(found: Understood) -> str:
    """What it is about, in a word."""
    if found.place is not None and found.kind != "street":
        return f"{found.place.name_sv} {found.place.kind}"
    if found.postal_code is not None:
        return found.postal_code.code
    return found.operator or (found.stations[0].name if found.stations else found.text)


def test_every_kind_of_text_is_understood(connection: sa.Connection) -> None:
    cases = {
        "Uddevalla": ("place", "Uddevalla town"),
        "  göteborg ": ("place", "Göteborg town"),
        "Göteborgs kommun": ("place", "Göteborg municipality"),
        "skåne": ("place", "Skåne län region"),
        "Lund, Skåne": ("place", "Lund town"),
        "Köpenhamn": ("place", "Köpenhamn town"),
        "uddeva": ("place", "Uddevalla town"),
        "gotebrg": ("place", "Göteborg town"),
        "451 50": ("postal_code", "451 50"),
        "45150 Uddevalla": ("postal_code", "451 50"),
        "00100": ("postal_code", "00100"),
        "Nordladd": ("operator", "nordladd"),
        "nordladd": ("operator", "nordladd"),
        "Mer": ("operator", "mer"),
        "Torp köpcentrum": ("station", "Torp köpcentrum"),
        "kampenh": ("station", "Kampenhof"),
        "SE*NOR*E0001": ("evse", "Torp köpcentrum"),
        "se nor e0002": ("evse", "Kampenhof"),
        "Västerlånggatan": ("street", "Kampenhof"),
        "Västerlånggatan 12 B, Uddevalla": ("street", "Kampenhof"),
        "vasterlanggatan uddevalla": ("street", "Kampenhof"),
        "Storgatan 5, 171 44 Solna": ("street", "Solna centrum"),
        "58.35,11.94": ("point", ""),
        "58.35; 11.94": ("point", ""),
        "zzzz qqqq": ("words", "zzzz qqqq"),
        "": ("nothing", ""),
        "  ?! ": ("nothing", ""),
    }
    got = {text: understand(connection, text) for text in cases}
    assert {text: (each.kind, meant(each)) for text, each in got.items()} == cases


def test_where_to_look_is_told(connection: sa.Connection) -> None:
    assert understand(connection, "58.35,11.94").near == (58.35, 11.94)
    assert understand(connection, "Uddevalla").near == pytest.approx((58.35, 11.94), abs=0.01)
    assert understand(connection, "451 50").near == understand(connection, "Uddevalla").near
    assert understand(connection, "Västerlånggatan, Uddevalla").near == (58.349, 11.937)


def test_what_is_guessed_is_told(connection: sa.Connection) -> None:
    assert understand(connection, "gotebrg").guessed
    assert understand(connection, "uddeva").guessed
    assert not understand(connection, "Göteborg").guessed


def test_a_street_without_stations_leads_to_its_town(connection: sa.Connection) -> None:
    found = understand(connection, "Kungsgatan 14, Göteborg")
    assert (found.kind, found.stations, found.text) == ("street", (), "")
    assert found.place is not None
    assert (found.place.name_sv, found.near) == ("Göteborg", understand(connection, "Göteborg").near)


def test_a_code_whose_town_nobody_knows_is_where_its_stations_are(connection: sa.Connection) -> None:
    found = understand(connection, "148 97")
    assert (found.kind, found.near) == ("postal_code", (59.0, 17.83))


def test_a_town_at_home_stands_before_an_operator_and_that_before_a_town_abroad(connection: sa.Connection) -> None:
    assert understand(connection, "Heden").kind in ("station", "place")
    assert understand(connection, "Mer").operator == "mer"
    assert understand(connection, "Mer, Frankrike").kind == "place"


def test_for_the_api_what_only_unlicensed_partners_tell_is_not_there(connection: sa.Connection) -> None:
    for text in ("Hemligt", "Tystladd", "SE*NOR*E0006"):
        assert understand(connection, text).stations, text
        assert not understand(connection, text, licensed=True).stations, text


def test_any_text_means_something(connection: sa.Connection) -> None:
    tokens = st.sampled_from(
        [
            "Uddevalla",
            "451 50",
            "Storgatan",
            "1",
            ",",
            "SE*NOR*E0001",
            "58.35",
            "\0",
            "\u202e",
            "%",
            '"',
            "å",
            "kommun",
            "län",
        ]
    )
    texts = st.one_of(st.text(max_size=200), st.lists(tokens, max_size=8).map(" ".join))

    @given(texts)
    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def check(text: str) -> None:
        found = understand(connection, text)
        assert (found.near is None) or (-90 <= found.near[0] <= 90 and -180 <= found.near[1] <= 180)
        assert found.kind != "words" or found.text

    check()
