"""Pictures for those who share a page: a road sign with a name, a place, and plugs on a plate (1200 x 630, as Open Graph wants them).

Drawn with our own typeface. Letters that it does not have are written with those it has, or left out. The same words are the same
bytes. One is drawn at a time, so that memory stays bounded however many are asked for.
"""

import unicodedata
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock

from PIL import Image, ImageDraw, ImageFont

from finder.ocpi.types import Struct
from finder.places.fold import fold

SIZE = 1200, 630
TYPEFACE = Path(__file__).parents[2] / "static" / "instrument-sans.woff2"
GROUND, SIGN, ON_SIGN, ON_SIGN_2, INK, TINT = "#f3f5f3", "#0a4a8c", "#ffffff", "#d3e3f5", "#0e1f1d", "#e4eae7"
# Shapes are drawn three times as large and made smaller, so that their edges are smooth.
FINER = 3
LEFT, RIGHT = 84, 1116
PLATE_END, ROW = 560, 78
MOST_SOCKETS = 8
NARROW, WIDE = 78, 100
KEPT = 64
# What is looked at of a text that a stranger wrote.
LONGEST = 200

Font = ImageFont.FreeTypeFont
_turn = Lock()


class Line(Struct):
    """On the plate: `sockets` so many as a strip, `figure` at the end, heavier."""

    text: str
    sockets: int = 0
    figure: str = ""


class Sign(Struct):
    """What a picture says. At most three lines."""

    site: str
    name: str
    place: str
    lines: tuple[Line, ...]


@lru_cache(maxsize=KEPT)
def png(sign: Sign) -> bytes:
    with _turn:
        image = _ground().copy()
        draw = ImageDraw.Draw(image)
        _write(draw, (LEFT + 62, 94), drawable(sign.site), _font(38, 700, NARROW), ON_SIGN, "lm")
        image.paste(ON_SIGN, (LEFT, 72), socket_mask(44))
        _name(draw, sign.name, sign.place)
        if sign.lines:
            _plate(image, draw, sign.lines[:3])
        written = BytesIO()
        image.save(written, "PNG", optimize=False, compress_level=6)
        return written.getvalue()


@lru_cache(maxsize=1)
def _ground() -> Image.Image:
    large = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER), GROUND)
    draw = ImageDraw.Draw(large)
    draw.rounded_rectangle(_scaled(24, 24, 1176, 606), 56 * FINER, SIGN)
    draw.rounded_rectangle(_scaled(38, 38, 1162, 592), 44 * FINER, None, ON_SIGN, 6 * FINER)
    return large.resize(SIZE, Image.Resampling.LANCZOS)


def _scaled(*edges: int) -> tuple[float, ...]:
    return tuple([edge * FINER for edge in edges])


@lru_cache(maxsize=4)
def socket_mask(size: int) -> Image.Image:
    """A mask: a disc with two notches and two holes, in a square of 24."""
    unit = size * FINER / 24
    mask = Image.new("L", (size * FINER, size * FINER))
    draw = ImageDraw.Draw(mask)
    draw.ellipse([1.5 * unit, 1.5 * unit, 22.5 * unit, 22.5 * unit], 255)
    for top, bottom in ((0, 5.2), (18.8, 24)):
        draw.rectangle([10.3 * unit, top * unit, 13.7 * unit, bottom * unit], 0)
    for middle in (7.9, 16.1):
        draw.ellipse([(middle - 1.8) * unit, 10.2 * unit, (middle + 1.8) * unit, 13.8 * unit], 0)
    return mask.resize((size, size), Image.Resampling.LANCZOS)


@lru_cache(maxsize=16)
def _rounded(width: int, height: int, radius: int) -> Image.Image:
    mask = Image.new("L", (width * FINER, height * FINER))
    ImageDraw.Draw(mask).rounded_rectangle(_scaled(0, 0, width, height), radius * FINER, 255)
    return mask.resize((width, height), Image.Resampling.LANCZOS)


# Words


def _name(draw: ImageDraw.ImageDraw, name: str, place: str) -> None:
    """On one line as large as there is room, else on two."""
    font, lines = _fitted(drawable(name))
    y = 132
    for line in lines:
        _write(draw, (LEFT, y), line, font, ON_SIGN, "la")
        y += round(font.size * 1.06)
    shown = _cut(drawable(place), _font(36, 400, WIDE), RIGHT - LEFT)
    _write(draw, (LEFT, y + 14), shown, _font(36, 400, WIDE), ON_SIGN_2, "la")


def _fitted(name: str) -> tuple[Font, list[str]]:
    for size in (104, 92, 80):
        font = _font(size, 700, NARROW)
        if font.getlength(name) <= RIGHT - LEFT:
            return font, [name]
    font = _font(66, 700, NARROW)
    first, rest = _broken(name, font)
    return font, [first, _cut(rest, font, RIGHT - LEFT)] if rest else [first]


def _broken(text: str, font: Font) -> tuple[str, str]:
    """At the last blank before the line is full; a word that is longer than a line is cut."""
    words = text.split()
    for count in range(len(words), 0, -1):
        first = " ".join(words[:count])
        if font.getlength(first) <= RIGHT - LEFT:
            return first, " ".join(words[count:])
    return _cut(text, font, RIGHT - LEFT), ""


def _cut(text: str, font: Font, width: float) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _plate(image: Image.Image, draw: ImageDraw.ImageDraw, lines: tuple[Line, ...]) -> None:
    top = PLATE_END - ROW * len(lines)
    image.paste(ON_SIGN, (LEFT - 14, top), _rounded(RIGHT - LEFT + 28, ROW * len(lines), 20))
    for n, line in enumerate(lines):
        middle = top + ROW * n + ROW // 2
        if n:
            draw.line([(LEFT + 6, middle - ROW // 2), (RIGHT - 6, middle - ROW // 2)], TINT, 2)
        end = RIGHT - 10
        if line.figure:
            font = _font(44, 700, NARROW)
            _write(draw, (end, middle), drawable(line.figure), font, INK, "rm")
            end -= round(font.getlength(drawable(line.figure))) + 28
        if line.sockets:
            end = _strip(image, end, middle, line.sockets)
        font = _font(36, 600, WIDE)
        _write(draw, (LEFT + 10, middle), _cut(drawable(line.text), font, end - LEFT - 34), font, INK, "lm")


def _strip(image: Image.Image, end: int, middle: int, sockets: int) -> int:
    """Its left edge. Of many there are as many as fit."""
    shown = min(sockets, MOST_SOCKETS)
    width = shown * 40 + 12
    image.paste(TINT, (end - width, middle - 25), _rounded(width, 50, 25))
    for n in range(shown):
        image.paste(SIGN, (end - width + 8 + n * 40, middle - 18), socket_mask(36))
    return end - width


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, font: Font, fill: str, anchor: str) -> None:
    if text:
        draw.text(at, text, fill, font, anchor)


@lru_cache(maxsize=16)
def _font(size: int, weight: int, width: int) -> Font:
    font = ImageFont.truetype(TYPEFACE, size)
    font.set_variation_by_axes([width, weight])
    return font


def drawable(text: str) -> str:
    """The text in letters that the typeface has: others lose their marks or are left out, and so is what has no shape."""
    written = "".join([_written(letter) for letter in unicodedata.normalize("NFC", text[:LONGEST])])
    return " ".join(written.split())


@lru_cache(maxsize=4096)
def _written(letter: str) -> str:
    if letter.isspace():
        return " "
    if unicodedata.category(letter).startswith("C"):
        return ""
    if _has(letter):
        return letter
    plain = fold(letter).upper() if letter.isupper() else fold(letter)
    return "".join([each for each in plain if _has(each)])


def _has(letter: str) -> bool:
    font = _font(36, 400, WIDE)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))
