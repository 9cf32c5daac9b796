import pytest

from finder.web.conditions import conditions, sentence
from finder.web.language import speaking

ASKED = {
    "near": (58.35, 11.94),
    "connector": ("IEC_62196_T2_COMBO", "CHADEMO"),
    "min_power_kw": 100.0,
    "available": True,
    "facility": ("WIFI", "CAFE"),
}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "with CCS or CHAdeMO, at least 100\u00a0kW, available now, with wifi nearby, with café nearby"),
        ("sv", "med CCS eller CHAdeMO, minst 100\u00a0kW, lediga nu, med wifi intill, med kafé intill"),
    ],
)
def test_conditions_say_what_all_must_hold_and_what_any_may(language: str, words: str) -> None:
    with speaking(language):
        assert sentence(ASKED) == words


def test_each_condition_leads_to_the_search_without_it() -> None:
    with speaking("en"):
        found = {each.words: each.without for each in conditions(ASKED)}
    assert found["available now"] == {name: value for name, value in ASKED.items() if name != "available"}
    assert found["with wifi nearby"] == ASKED | {"facility": ("CAFE",)}
    assert all(without["near"] == ASKED["near"] for without in found.values())


def test_a_search_without_conditions_says_nothing() -> None:
    with speaking("sv"):
        assert sentence({"near": (58.35, 11.94), "sort": "power"}) == ""
