"""Postal codes lead to their town."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.places import postal


@pytest.mark.parametrize("text", ["451 50", "45150", "SE-451 50", "S-451 50", " 451 50 "])
def test_a_swedish_code_is_understood_however_it_is_parted(text: str) -> None:
    code = postal.exact(text)
    assert code is not None
    assert (code.code, code.country, code.locality, code.area) == ("451 50", "SE", "Uddevalla", "SE-1485")


def test_the_own_country_comes_first_where_several_have_a_code() -> None:
    assert [code.country for code in postal.find("22100", 2)] == ["SE", "FI"]
    assert [code.country for code in postal.find("22100", 2, "FI")] == ["FI", "SE"]


def test_a_country_may_be_said() -> None:
    assert [(code.country, code.locality) for code in postal.find("FI-22100")] == [("FI", "Mariehamn")]


def test_the_beginning_of_a_code_is_enough_from_three_digits_on() -> None:
    assert {code.code[:4] for code in postal.find("411 ")} == {"411 "}
    assert postal.find("41") == ()


def test_of_towns_of_one_name_the_one_among_its_neighbours_is_meant() -> None:
    code = postal.exact("197 30")
    assert code is not None
    assert (code.locality, code.area) == ("Bro", "SE-0139")


def test_a_town_that_the_gazetteer_does_not_know_has_no_position() -> None:
    code = postal.exact("148 97")
    assert code is not None
    assert (code.locality, code.latitude, code.area) == ("Sorunda", None, None)


def test_danish_codes_have_positions_of_their_own() -> None:
    code = postal.exact("DK-3200")
    assert code is not None
    assert code.latitude == pytest.approx(56.011, abs=0.001)


@pytest.mark.parametrize("text", ["", "12", "999 99 99", "451\u00a050x", "٤٥١٥٠", "4515O", "1" * 500, "451 50\0"])
def test_what_is_no_code_finds_none(text: str) -> None:
    assert postal.find(text) == ()


@given(st.text(alphabet="0123456789 -SEDNLAB", max_size=10))
def test_every_answer_begins_as_typed(text: str) -> None:
    digits = postal.NOT_DIGIT.sub("", text)
    assert all(postal.NOT_DIGIT.sub("", code.code).startswith(digits) for code in postal.find(text))
