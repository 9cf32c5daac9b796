"""Makes the icons that a telephone shows for the site, out of the drawing of static/icon.svg: python scripts/build_icons.py

`static/icon-192.png` and `static/icon-512.png` are the drawing as it is. `static/icon-maskable.png` and
`static/icon-apple.png` are filled to the edges, because the telephone cuts a shape of its own out of them: of a maskable icon only
what lies within four fifths of it is sure to be seen (W3C, Web Application Manifest), so there the socket stands without its line.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from finder.web.picture import FINER, ON_SIGN, SIGN, socket_mask  # noqa: E402

# As in icon.svg, whose side is 32: the sign's corners, its line, and the socket's side.
SIDE, CORNER, SOCKET = 32, 7, 21.6
LINE = 2, 5, 1.5


def drawn(size: int, *, edges: bool = True, line: bool = True) -> Image.Image:
    """`edges`: with the sign's round corners, and nothing beyond them."""
    unit = size * FINER / SIDE
    large = Image.new("RGBA", (size * FINER, size * FINER), (0, 0, 0, 0) if edges else SIGN)
    draw = ImageDraw.Draw(large)
    draw.rounded_rectangle([0, 0, large.width - 1, large.height - 1], CORNER * unit if edges else 0, SIGN)
    if line:
        inset, corner, width = LINE
        outer, end = (inset - width / 2) * unit, large.width - 1
        box = [outer, outer, end - outer, end - outer]
        draw.rounded_rectangle(box, (corner + width / 2) * unit, None, ON_SIGN, round(width * unit))
    image = large.resize((size, size), Image.Resampling.LANCZOS)
    mask = socket_mask(round(size * SOCKET / SIDE))
    at = (size - mask.width) // 2
    image.paste(ON_SIGN, (at, at), mask)
    return image if edges else image.convert("RGB")


def main() -> None:
    icons = {
        "icon-192.png": drawn(192),
        "icon-512.png": drawn(512),
        "icon-maskable.png": drawn(512, edges=False, line=False),
        "icon-apple.png": drawn(180, edges=False),
    }
    for name, image in icons.items():
        # Four colours and the steps between them: a palette keeps them small.
        image.quantize(32).save(ROOT / "static" / name, optimize=True)


if __name__ == "__main__":
    main()
