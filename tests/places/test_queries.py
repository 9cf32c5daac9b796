"""What people type, and the place that comes first: the table is queries.tsv."""

from pathlib import Path

import pytest

from finder import places
from finder.places import postal

LINES = (Path(__file__).parent / "queries.tsv").read_text(encoding="utf-8").splitlines()
QUERIES = [[*line.split("\t"), ""][:4] for line in LINES if line and not line.startswith("#")]
ENOUGH, RIGHT = 300, 0.95


def first(text: str) -> tuple[str, str, str]:
    """The Swedish name, the area and the kind of what comes first."""
    codes = postal.find(text, 1)
    if codes:
        return codes[0].locality, codes[0].area or "", "postal_code"
    found = places.find(text, 1)
    return (found[0].name_sv, found[0].area, found[0].kind) if found else ("", "", "")


def is_right(text: str, name: str, area: str, kind: str) -> bool:
    got = first(text)
    inside = got[1] == area or (len(area) == 2 and got[1].startswith(area))
    return got[0] == name and inside and kind in ("", got[2])


def test_there_are_enough_queries_and_each_is_there_once() -> None:
    texts = [text for text, *_ in QUERIES]
    assert len(set(texts)) == len(texts) >= ENOUGH


def test_the_right_place_comes_first() -> None:
    wrong = [(text, name, first(text)) for text, name, area, kind in QUERIES if not is_right(text, name, area, kind)]
    assert len(wrong) <= (1 - RIGHT) * len(QUERIES), wrong


@pytest.mark.parametrize(
    ("text", "area"),
    [("Lund", "SE-1281"), ("Bergen", "NO-4601"), ("Paris", "FR-75C"), ("Göteborgs kommun", "SE-1480"), ("Lund, Skåne", "SE-1281")],
)  # fmt: skip
def test_what_is_named_in_full_is_known_as_such(text: str, area: str) -> None:
    assert places.named(text)[0].area == area


@pytest.mark.parametrize("text", ["Upps", "gotebrg", "torp", "malm", "", "?", "zzzz, Skåne", "Lund, zzzz"])
def test_what_only_begins_so_or_is_mistyped_is_not_named(text: str) -> None:
    assert places.named(text) == ()


def test_another_country_can_come_first() -> None:
    assert places.find("Bergen")[0].area == "NO-4601"
    assert places.find("Bergen", own="NL")[0].area == "NL-0373"
    assert places.find("hels", own="FI")[0].name_sv == "Helsingfors"


def test_towns_stand_before_areas_that_begin_alike() -> None:
    assert [place.kind for place in places.find("stock", 8)][:2] == ["town", "municipality"]


@pytest.mark.parametrize(("name", "genitive"), [("Göteborg", "Göteborgs"), ("Malmö", "Malmö"), ("Borås", "Borås"), ("Falun", "Falu")])  # fmt: skip
def test_municipalities_are_called_as_they_call_themselves(name: str, genitive: str) -> None:
    assert places.genitive(name) == genitive
