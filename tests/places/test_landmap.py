import re
from xml.etree import ElementTree

import pytest

from finder.places import landmap
from finder.places.landmap import Pin

HERE = Pin(58.3535, 11.8105, "Torp", here=True)
PINS = (HERE, Pin(58.36, 11.83, "186 kr", "free"), Pin(58.345, 11.79, "Kungstorget", "busy"), Pin(58.35, 11.85))
SVG = "{http://www.w3.org/2000/svg}"


def parsed(drawn: str) -> ElementTree.Element:
    return ElementTree.fromstring(str(drawn).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def texts(drawn: str) -> list[str]:
    return [text.text or "" for text in parsed(drawn).iter(f"{SVG}text")]


def test_it_shows_land_pins_names_a_scale_and_whose_data_it_is() -> None:
    drawn = landmap.around(58.3535, 11.8105, PINS, "Karta: Torp", True)
    assert parsed(drawn).attrib["aria-label"] == "Karta: Torp"
    assert {"Torp", "186 kr", "Kungstorget", "2\u00a0km", "© OpenStreetMap"} <= set(texts(drawn))
    assert len(list(parsed(drawn).iter(f"{SVG}circle"))) >= len(PINS)
    assert "var(--land)" in drawn
    assert "style" not in drawn


def test_status_is_a_shape_beside_the_words() -> None:
    drawn = landmap.around(58.3535, 11.8105, PINS, "", True)
    assert {use.attrib["href"] for use in parsed(drawn).iter(f"{SVG}use")} == {"#free", "#busy"}


def test_plates_do_not_hide_each_other() -> None:
    crowd = tuple(Pin(58.35 + n * 0.0004, 11.81 + n * 0.0003, f"{n} kr", "free") for n in range(30))
    drawn = landmap.around(58.35, 11.81, crowd, "", True)
    found = [tuple(int(rect.attrib[name]) for name in ("x", "y", "width", "height")) for rect in parsed(drawn).iter(f"{SVG}rect") if "x" in rect.attrib]  # fmt: skip
    assert 1 < len(found) <= landmap.MOST_PLATES
    for n, (x, y, width, height) in enumerate(found):
        assert 0 <= x <= 400 - width
        assert 0 <= y <= 300 - height
        for ox, oy, other_width, other_height in found[n + 1 :]:
            assert x >= ox + other_width or ox >= x + width or y >= oy + other_height or oy >= y + height


def test_all_pins_are_in_a_map_of_pins() -> None:
    spots = [(55.6, 13.0), (59.3, 18.1), (57.7, 11.9)]
    drawn = landmap.of([Pin(*spot) for spot in spots], "", True)
    found = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in parsed(drawn).iter(f"{SVG}circle")]
    assert len(found) == 3
    assert all(0 < x < 400 and 0 < y < 400 for x, y in found)
    assert landmap.of([], "", True) == ""


@pytest.mark.parametrize("box", [(11.0, 57.0, 13.0, 59.0), (-180, -85, 180, 85), (11.81, 58.35, 11.81, 58.35)])
def test_a_box_is_drawn_whatever_its_size(box: tuple[float, float, float, float]) -> None:
    assert parsed(landmap.of((HERE,), "", True, box=box)) is not None


@pytest.mark.parametrize(("latitude", "longitude"), [(89.9, 180.0), (-90.0, -180.0), (0.0, 0.0), (-16.8, 180.0)])
def test_where_no_map_reaches_there_are_still_pins(latitude: float, longitude: float) -> None:
    drawn = landmap.around(latitude, longitude, (Pin(latitude, longitude, "Här", here=True),), "", True)
    assert "<circle" in drawn
    assert "var(--land)" not in drawn


def test_names_are_in_the_language_that_is_asked_for() -> None:
    drawn = {swedish: texts(landmap.around(55.68, 12.57, (), "", swedish, zoom=8)) for swedish in (True, False)}
    assert "Köpenhamn" in drawn[True]
    assert "Copenhagen" in drawn[False]


def test_what_strangers_say_is_no_markup() -> None:
    drawn = landmap.around(58.35, 11.81, (Pin(58.35, 11.81, "<b>&", "free"),), '"><script>', True)
    assert "<script>" not in drawn
    assert "<b>" not in drawn
    assert "<b>&" in texts(drawn)


def test_shores_do_not_run_along_the_edges_of_tiles() -> None:
    """Where two tiles meet, land goes on."""
    drawn = landmap.around(58.3535, 11.8105, (), "", True, zoom=9)
    (shore,) = (
        path.attrib["d"] for path in parsed(drawn).iter(f"{SVG}path") if path.attrib.get("stroke-width") == ".6"
    )
    assert all(abs(int(step)) < 200 for step in re.findall(r"-?\d+", " ".join(re.findall(r"l([^M]*)", shore))))
