from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from finder.web.picture import SIZE, Line, Sign, drawable, png

SIGN = Sign("Uttag", "Torp köpcentrum", "Torpvägen 2, Uddevalla", (Line("CCS, 300 kW", 6, "6 uttag"),))


def opened(written: bytes) -> Image.Image:
    image = Image.open(BytesIO(written))
    image.load()
    return image


def test_a_picture_has_the_size_that_those_who_show_it_want() -> None:
    image = opened(png(SIGN))
    assert (image.format, image.size) == ("PNG", SIZE) == ("PNG", (1200, 630))
    assert len(png(SIGN)) < 100_000


def test_the_same_words_are_the_same_bytes() -> None:
    first = png(SIGN)
    png.cache_clear()
    assert png(SIGN) == first
    assert png(Sign("Uttag", "Torp", "Uddevalla", ())) != first


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Åre", "Åre"),
        ("Łódź 5", "Lódz 5"),
        ("Ḷaḍḍa", "Ladda"),
        ("A\u030are  \n torg", "Åre torg"),
        ("\u202egnal\u200b", "gnal"),
        ("Λευκωσία 5", "5"),
        ("充電", ""),
    ],
)
def test_letters_that_the_typeface_has_not_are_written_plainly_or_left_out(text: str, drawn: str) -> None:
    assert drawable(text) == drawn


@settings(max_examples=25, deadline=None)
@given(name=st.text(max_size=300), place=st.text(max_size=300), sockets=st.integers(0, 5000))
def test_whatever_somebody_is_called_there_is_a_picture(name: str, place: str, sockets: int) -> None:
    lines = (Line(place, sockets, name), Line(name, sockets), Line(name, 0, place))
    assert opened(png(Sign(name, name, place, lines))).size == SIZE


def test_a_long_name_stays_inside_the_sign() -> None:
    long = opened(png(Sign("Uttag", "W" * 300, "W" * 300, (Line("W" * 300, 5000, "5000 uttag"),)))).convert("RGB")
    empty = opened(png(Sign("Uttag", "", "", ()))).convert("RGB")
    for x in (1130, 1150, 1170):
        assert [long.getpixel((x, y)) for y in range(60, 570)] == [empty.getpixel((x, y)) for y in range(60, 570)]
