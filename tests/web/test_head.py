import json

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from finder.web.head import cut, describe, json_script, titled
from finder.web.language import LANGUAGES, speaking


@pytest.mark.parametrize("code", LANGUAGES)
@given(length=st.integers(30, 155))
def test_a_description_is_never_too_short_or_too_long(code: str, length: int) -> None:
    with speaking(code):
        assert 120 <= len(describe("x" * length)) <= 155


def test_a_sentence_that_does_not_fit_is_left_out_whole() -> None:
    with speaking("en"):
        assert describe("A" * 100 + ".", "B" * 60 + ".", "C" * 30 + ".").split() == ["A" * 100 + ".", "C" * 30 + "."]


def test_a_long_title_is_cut_at_a_word(app: Flask) -> None:
    with app.app_context():
        assert titled("Uddevalla") == "Uddevalla | Uttag"
        long = titled("Laddstationer " * 6)
    assert len(long) <= 60
    assert long.endswith("Laddstationer…")


def test_a_single_long_word_is_cut_too() -> None:
    assert len(cut("x" * 100, 60)) <= 60


@given(st.text())
def test_json_in_a_page_reads_back_and_never_ends_its_element(text: str) -> None:
    written = str(json_script({"name": text}))
    assert json.loads(written) == {"name": text}
    assert not set(written) & set("<>&\u2028\u2029")
