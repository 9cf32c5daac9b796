"""Stations by what people call them; by words, EVSE id and operator they are asked for in tests/api/test_places.py."""

import pytest

from finder.store.named import begins


@pytest.mark.parametrize(
    ("words", "texts", "expected"),
    [
        (["torp"], ("Torp köpcentrum",), True),
        (["kop", "torp"], ("Torp köpcentrum",), True),
        (["orp"], ("Torp köpcentrum",), False),
        (["torp", "udde"], ("Torp", None, "Uddevalla"), True),
        (["torp", "udde"], ("Torp", None), False),
        (["torp"], (None,), False),
        ([], ("Torp",), True),
    ],
)
def test_every_word_begins_a_word_of_the_texts(words: list[str], texts: tuple[str | None, ...], expected: bool) -> None:
    assert begins(words, *texts) is expected
