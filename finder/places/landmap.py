"""A small map drawn by the server: land and water, names of places, pins, a scale. It needs no script, no style sheet but the page's
colours, and nothing from elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from itertools import islice
from math import cos, floor, log2, log10, radians
from typing import Literal, NamedTuple

from markupsafe import Markup

from finder.ocpi.types import Struct
from finder.places import basemap, mercator
from finder.places.basemap import inside
from finder.places.mvt import EXTENT, Point
from finder.places.points import within

Kind = Literal["free", "busy", "broken", "unknown"]
# Pixels of a tile at its own zoom.
TILE = 512
SCALE = TILE / EXTENT
# Land is worked out once for all maps whose middle lies in the same square of so many pixels.
SQUARE = 100
DEEPEST = 12
METRES_ROUND = 40_075_016.686
# Lettering of 13 px: how high a line is, and which letters are not as wide as most.
LINE = 26
NARROW, WIDE = frozenset("fijlrtI1 .,:;'’|()"), frozenset("mwMW")
MOST_NAMES, MOST_LETTERS, MOST_PLATES = 24, 22, 12
# A page has 60 kB: of an archipelago the coarsest of these many pixels a step is drawn that fits, without smaller islands.
MOST_LAND, STEPS = 12_000, (1, 2, 3, 4, 6, 8)


class Pin(Struct):
    """`words` stand on a plate beside the dot: a price or a name; none: only the dot. `here` is what the map is about."""

    latitude: float
    longitude: float
    words: str = ""
    kind: Kind = "unknown"
    here: bool = False


class _View(NamedTuple):
    """A window on the world's pixels at a zoom."""

    zoom: int
    left: int
    top: int
    width: int
    height: int

    def place(self, latitude: float, longitude: float) -> tuple[int, int]:
        x, y = mercator.project(latitude, longitude)
        side = TILE * 2**self.zoom
        return round(x * side) - self.left, round(y * side) - self.top


class _Plate(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int

    def touches(self, others: Iterable["_Plate"]) -> bool:
        left, top, right, bottom = self
        # The loop that a map spends most of its time in.
        for west, north, east, south in others:
            if left < east and west < right and top < south and north < bottom:
                return True
        return False


def around(
    latitude: float,
    longitude: float,
    pins: Sequence[Pin],
    label: str,
    swedish: bool,
    *,
    zoom: int = 11,
    size: tuple[int, int] = (400, 300),
) -> Markup:
    """With the point in the middle. `label` says in words what the map shows."""
    x, y = mercator.project(latitude, longitude)
    side = TILE * 2**zoom
    width, height = size
    view = _View(zoom, round(x * side) - width // 2, round(y * side) - height // 2, width, height)
    return _draw(view, pins, label, swedish, latitude)


def of(
    pins: Sequence[Pin],
    label: str,
    swedish: bool,
    *,
    box: mercator.Box | None = None,
    size: tuple[int, int] = (400, 400),
) -> Markup:
    """With all of the box in it, or else all the pins; empty where there is neither."""
    corners = ((box[1], box[0]), (box[3], box[2])) if box else [(pin.latitude, pin.longitude) for pin in pins]
    if not corners:
        return Markup()
    spots = [mercator.project(*corner) for corner in corners]
    west, east = min(x for x, _ in spots), max(x for x, _ in spots)
    north, south = min(y for _, y in spots), max(y for _, y in spots)
    # Pins at the edge have room for their plates; a box is seen to its edge.
    width, height = size
    spare = 0 if box else 100
    fits = max((east - west) / (width - spare), (south - north) / (height - spare)) * TILE
    zoom = max(0, min(DEEPEST, floor(-log2(fits)))) if fits else DEEPEST
    side = TILE * 2**zoom
    left, top = round((west + east) / 2 * side) - width // 2, round((north + south) / 2 * side) - height // 2
    latitude = mercator.latitude((north + south) / 2)
    return _draw(_View(zoom, left, top, width, height), pins, label, swedish, latitude)


def _draw(view: _View, pins: Sequence[Pin], label: str, swedish: bool, latitude: float) -> Markup:
    column, row = view.left // SQUARE, view.top // SQUARE
    window = _View(view.zoom, column * SQUARE, row * SQUARE, view.width + SQUARE, view.height + SQUARE)
    moved = window.left - view.left, window.top - view.top
    parts = [
        f'<svg viewBox="0 0 {view.width} {view.height}" preserveAspectRatio="xMidYMid slice" role="img"'
        f' aria-label="{escape(label)}" width="100%" fill="var(--ink)" font-size="13" font-weight="600">'
        '<rect width="100%" height="100%" fill="var(--water)"/>'
    ]
    if land := _land(window):
        parts.append(f'<g transform="translate({moved[0]} {moved[1]})">{land}</g>')
    shown = [
        (pin, spot)
        for pin in pins
        if 0 <= (spot := view.place(pin.latitude, pin.longitude))[0] < view.width and 0 <= spot[1] < view.height
    ]
    taken = [_Plate(x - 6, y - 6, x + 6, y + 6) for _, (x, y) in shown]
    taken += (
        _Plate(0, view.height - 40, 130, view.height),
        _Plate(view.width - 116, view.height - 24, view.width, view.height),
    )
    lines, plates = _plates(shown, view, taken)
    for name, x, y, half in _names(window, swedish):
        east, south = x + moved[0], y + moved[1]
        plate = _Plate(east - half, south - 11, east + half, south + 11)
        if _free(plate, view, taken):
            taken.append(plate)
            parts.append(f'<text x="{east}" y="{south + 4}" text-anchor="middle">{name}</text>')
    parts += lines
    parts += [_dot(pin, spot) for pin, spot in reversed(shown)]
    parts += plates
    parts += (_scale(view, latitude), _credit(view), "</svg>")
    return Markup("".join(parts))  # noqa: S704 - what strangers say is escaped


# Land


@lru_cache(2048)
def _land(window: _View) -> str:
    """Two paths, of the land and of its shores; empty for open sea and where no map reaches."""
    zoom, left, top, width, height = window
    columns = range(left // TILE, (left + width) // TILE + 1)
    rows = range(top // TILE, (top + height) // TILE + 1)
    tiles = {(x, y): basemap.land(zoom, x, y) for x in columns for y in rows}
    rings_of: list[tuple[list[Point], _Edges]] = []
    for (x, y), rings in tiles.items():
        east, south = x * TILE - left, y * TILE - top
        box = _Edges(max(0, east), max(0, south), min(width, east + TILE), min(height, south + TILE))
        low, high = (
            ((across - east) / SCALE, (down - south) / SCALE)
            for across, down in ((box.left, box.top), (box.right, box.bottom))
        )
        for ring in rings or ():
            cut = [(round(px * SCALE + east), round(py * SCALE + south)) for px, py in inside(ring, low, high)]
            rings_of.append((cut, box))
    drawings = (_land_drawn(rings_of, step) for step in STEPS)
    return next((each for each in drawings if len(each) <= MOST_LAND), "") or _land_drawn(rings_of, STEPS[-1])


def _land_drawn(rings: Sequence[tuple[Sequence[Point], "_Edges"]], step: int) -> str:
    land: list[str] = []
    shores: list[str] = []
    for ring, box in rings:
        if cut := _coarse(ring, box, step):
            land.append(_closed(cut))
            shores += _shores(cut, box)
    path = "".join(land)
    return (
        f'<path fill="var(--land)" fill-rule="evenodd" d="{path}"/>'
        f'<path fill="none" stroke="var(--line-2)" stroke-width=".6" d="{"".join(shores)}"/>'
        if path
        else ""
    )


def _coarse(ring: Sequence[Point], edges: "_Edges", step: int) -> Sequence[Point]:
    """Its points at least so many pixels apart, and those at the edges; nothing of a ring that is hardly larger."""
    if step == 1 or not ring:
        return ring
    across, down = [x for x, _ in ring], [y for _, y in ring]
    if max(across) - min(across) < 2 * step and max(down) - min(down) < 2 * step:
        return ()
    kept = [ring[0]]
    for point in ring[1:]:
        x, y = kept[-1]
        if abs(point[0] - x) >= step or abs(point[1] - y) >= step or edges.holds(point):
            kept.append(point)
    return kept


class _Edges(NamedTuple):
    """Along which rings are cut."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, point: Point) -> bool:
        return point[0] in (self.left, self.right) or point[1] in (self.top, self.bottom)

    def along(self, one: Point, other: Point) -> bool:
        return (one[0] == other[0] and one[0] in (self.left, self.right)) or (
            one[1] == other[1] and one[1] in (self.top, self.bottom)
        )


def _closed(ring: Sequence[Point]) -> str:
    """Empty where nothing is enclosed."""
    path = _path(ring)
    return f"{path}z" if path.count(" ") > 2 or path.count("-") > 2 else ""


def _shores(ring: Sequence[Point], edges: _Edges) -> Iterator[str]:
    """The ring without what runs along the edges."""
    run: list[Point] = []
    for one, other in zip(ring, (*ring[1:], *ring[:1]), strict=True):
        if edges.along(one, other):
            yield _path(run)
            run = []
        else:
            run = [*run, other] if run else [one, other]
    yield _path(run)


def _path(line: Sequence[Point]) -> str:
    """In steps, without those that are none; empty where there is none."""
    if not line:
        return ""
    x, y = line[0]
    start = f"M{x} {y}"
    steps = []
    for px, py in line[1:]:
        if (px, py) != (x, y):
            steps.append(f"{px - x} {py - y}")
            x, y = px, py
    return f"{start}l{' '.join(steps)}".replace(" -", "-") if steps else ""


# Lettering


def _plates(
    shown: Iterable[tuple[Pin, tuple[int, int]]], view: _View, taken: list[_Plate]
) -> tuple[list[str], list[str]]:
    """For the first of the pins, where there is room beside them: lines to the dots, and the plates that lie upon all lines."""
    lines, plates = [], []
    for pin, (x, y) in [each for each in shown if each[0].words][:MOST_PLATES]:
        words = pin.words if len(pin.words) <= MOST_LETTERS else pin.words[: MOST_LETTERS - 1].rstrip() + "…"
        glyph = 0 if pin.here else 21
        half, up = (_wide(words) + glyph + 17) // 2, LINE // 2
        for across, down in _beside(2 * half):
            to_x, to_y = x + across, y + down
            plate = _Plate(to_x - half, to_y - up, to_x + half, to_y + up)
            if _free(plate, view, taken):
                taken.append(plate)
                lines.append(f'<path stroke="var(--ink)" stroke-width="2" d="M{x} {y}L{to_x} {to_y}"/>')
                plates.append(_plate(pin, words, plate, glyph))
                break
    return lines, plates


def _wide(words: str) -> int:
    """About, and rather too much."""
    return round(sum(map(_letter, words)))


def _letter(letter: str) -> float:
    if letter in NARROW:
        return 4.2
    if letter in WIDE:
        return 12.0
    return 9.4 if letter.isupper() else 7.8


def _beside(width: int) -> Iterator[tuple[int, int]]:
    """Where a plate's middle may be, from the dot: above, below, to the sides, and farther."""
    for far in (34, 62):
        for across in (0, width // 3, -(width // 3)):
            yield across, -far
            yield across, far
        yield width // 2 + far // 2, 0
        yield -(width // 2 + far // 2), 0


def _free(plate: _Plate, view: _View, taken: Iterable[_Plate]) -> bool:
    left, top, right, bottom = plate
    seen = left > 3 and top > 3 and right < view.width - 3 and bottom < view.height - 3
    return seen and not plate.touches(taken)


def _plate(pin: Pin, words: str, plate: _Plate, glyph: int) -> str:
    left, top, right, _bottom = plate
    width = right - left
    rect = f'<rect x="{left}" y="{top}" width="{width}" height="{LINE}" rx="5"'
    if pin.here:
        return (
            f'{rect} fill="var(--sign)" stroke="#fff" stroke-width="2"/>'
            f'<text x="{left + width // 2}" y="{top + 18}" text-anchor="middle" fill="#fff">{escape(words)}</text>'
        )
    return (
        f'{rect} fill="var(--plate)" stroke="var(--ink)" stroke-width="1.25"/>'
        f'<use href="#{pin.kind}" class="{pin.kind}" x="{left + 6}" y="{top + 5}" width="16" height="16"/>'
        f'<text x="{left + 6 + glyph}" y="{top + 18}">{escape(words)}</text>'
    )


def _dot(pin: Pin, spot: tuple[int, int]) -> str:
    look = 'r="6"' if pin.here else f'r="4.5" class="{pin.kind}" fill="currentColor"'
    return f'<circle cx="{spot[0]}" cy="{spot[1]}" {look} stroke="var(--plate)" stroke-width="1.5"/>'


@lru_cache(2048)
def _names(window: _View, swedish: bool) -> tuple[tuple[str, int, int, int], ...]:
    """The weightiest places, escaped, with where they are and half of how wide their lettering is."""
    side = TILE * 2**window.zoom
    west, east = mercator.longitude(window.left / side), mercator.longitude((window.left + window.width) / side)
    north, south = mercator.latitude(window.top / side), mercator.latitude((window.top + window.height) / side)
    found = islice(within((west, south, east, north), _least(window.zoom)), MOST_NAMES)
    named = [(place.name_sv if swedish else place.name_en, place) for place in found]
    return tuple(
        [
            (escape(name), *window.place(place.latitude, place.longitude), (_wide(name) + 8) // 2)
            for name, place in named
        ]
    )


def _least(zoom: int) -> int:
    """How many people a place has that is named."""
    return {12: 0, 11: 200, 10: 500, 9: 3_000, 8: 15_000, 7: 50_000}.get(zoom, 200_000)


def _scale(view: _View, latitude: float) -> str:
    """A round length of at most a quarter of the width."""
    bounded = max(-mercator.LAST_LATITUDE, min(mercator.LAST_LATITUDE, latitude))
    metres_a_pixel = METRES_ROUND * cos(radians(bounded)) / (TILE * 2**view.zoom)
    most = metres_a_pixel * view.width / 4
    power = 10 ** int(log10(most))
    length = next(step * power for step in (5, 2, 1) if step * power <= most)
    words = f"{length / 1000:g}\u00a0km" if length >= 1000 else f"{length:g}\u00a0m"
    y = view.height - 20
    return f'<path fill="none" stroke="var(--ink)" stroke-width="2" d="M18 {y}v6h{round(length / metres_a_pixel)}v-6"/><text x="24" y="{y - 2}">{words}</text>'


def _credit(view: _View) -> str:
    """What the licence of the land asks for (NOTICE)."""
    place = f'x="{view.width - 8}" y="{view.height - 9}" text-anchor="end"'
    return f'<text {place} font-size="12" font-weight="400" fill="var(--ink-2)">© OpenStreetMap</text>'
