"""Charts of the guides: x and width in percent and y in px, so that lettering keeps its size at every width.

Each says its finding as its label, and stands as a table beneath. Every text is escaped here.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from finder.ocpi.types import Struct
from finder.web.drawings import escape
from finder.web.language import gettext as _

BAR, CLASS, TALL = 46, 31, 150
WIDEST, FIRST = 66, 24
LABELLED = 6
LEVELS = 5


class Bar(Struct):
    """`words` is what its value says; `strong`: told apart."""

    name: str
    value: float
    words: str
    strong: bool = False


class Stack(Struct):
    """What is there at one time, from below."""

    name: str
    values: tuple[float, ...]


def bars(bars: Sequence[Bar], finding: str, caption: str, *names: str) -> Markup:
    """A name above each: for names of any length."""
    most = max(bar.value for bar in bars) or 1
    drawn = [
        f'<text class="a" x="0" y="{n * BAR + 13}">{escape(bar.name)}</text>'
        f'<text x="100%" y="{n * BAR + 13}" text-anchor="end">{escape(bar.words)}</text>'
        f'<rect class="l1" y="{n * BAR + 20}" width="100%" height="14"/>'
        f'<rect class="l4" y="{n * BAR + 20}" width="{100 * bar.value / most:.1f}%" height="14"/>'
        for n, bar in enumerate(bars)
    ]
    return _figure("".join(drawn), BAR * len(bars), finding, caption) + _table(bars, *names)


def classes(bars: Sequence[Bar], finding: str, caption: str, *names: str) -> Markup:
    """A short name beside each."""
    most = max(bar.value for bar in bars) or 1
    drawn = []
    for n, bar in enumerate(bars):
        wide, y = WIDEST * bar.value / most, n * CLASS
        drawn.append(
            f'<text x="0" y="{y + 19}">{escape(bar.name)}</text>'
            f'<rect class="{"l5" if bar.strong else "l3"}" x="{FIRST}%" y="{y + 4}" width="{wide:.1f}%" height="22"/>'
            f'<text class="a" x="{FIRST + wide + 1.5:.1f}%" y="{y + 19}">{escape(bar.words)}</text>'
        )
    return _figure("".join(drawn), CLASS * len(bars), finding, caption) + _table(bars, *names)


def columns(bars: Sequence[Bar], finding: str, caption: str, *names: str) -> Markup:
    """Side by side, the higher the darker; every sixth is named."""
    most, wide = max(bar.value for bar in bars) or 1, 100 / len(bars)
    drawn = [f'<line class="ax" x2="100%" y1="{TALL}" y2="{TALL}"/>']
    for n, bar in enumerate(bars):
        high = TALL * bar.value / most
        if bar.value:
            level = -(-LEVELS * bar.value // most)
            drawn.append(
                f'<rect class="l{level:.0f}" x="{n * wide + 0.4:.2f}%" y="{TALL - high:.1f}" width="{wide - 0.8:.2f}%" height="{high:.1f}"/>'
            )
        if n % LABELLED == 0:
            drawn.append(f'<text x="{n * wide + 0.4:.2f}%" y="{TALL + 17}">{escape(bar.name[:2])}</text>')
    return _figure("".join(drawn), TALL + 22, finding, caption) + _table(bars, *names)


def stacks(
    stacks: Sequence[Stack], parts: Sequence[str], most: float, finding: str, caption: str, first: str, unit: str
) -> Markup:
    """Side by side, `parts` from below; up to `most`, which is a line."""
    wide = 100 / len(stacks)
    levels = ("l5", "l2")
    drawn = [f'<line class="ax now" x2="100%" y1="20" y2="20"/><text class="nowt" x="0" y="13">{most:g} {unit}</text>']
    for n, stack in enumerate(stacks):
        below = 0.0
        for level, value in zip(levels, stack.values, strict=True):
            high = TALL * value / most
            if value:
                drawn.append(
                    f'<rect class="{level}" x="{n * wide + 0.4:.2f}%" y="{20 + TALL - below - high:.1f}" width="{wide - 0.8:.2f}%" height="{high:.1f}"/>'
                )
            below += high
        if n % 2 == 0:
            drawn.append(f'<text x="{n * wide + 0.4:.2f}%" y="{TALL + 37}">{escape(stack.name)}</text>')
    keys = "".join(
        [
            f'<li><svg class="ch" aria-hidden="true"><rect class="{level}" width="14" height="14"/></svg>{escape(part)}</li>'
            for level, part in zip(levels, parts, strict=True)
        ]
    )
    head = "".join([f'<th class="r">{escape(part)}</th>' for part in parts])
    body = "".join([f"<tr><th>{escape(stack.name)}</th>{_cells(stack.values, unit)}</tr>" for stack in stacks])
    table = _folded(f"<thead><tr><th>{escape(first)}</th>{head}</tr></thead><tbody>{body}</tbody>")
    return _figure("".join(drawn), TALL + 42, finding, caption, f'<ul class="key s">{keys}</ul>') + table


def connections(parties: int) -> Markup:
    """So many operators above and services below: each connected with each, and each with one language between them."""
    top, middle, bottom, right = 34, 86, 138, 55
    places = [3 + n * 39 / (parties - 1) for n in range(parties)]
    each, one = parties * parties, 2 * parties
    wires = [(a, top, b, bottom) for a in places for b in places]
    wires += [(right + x, y, right + x, middle) for x in places for y in (top, bottom)]
    dots = [(x + side, y) for side in (0, right) for x in places for y in (top, bottom)]
    drawn = [f'<line class="wire" x1="{a:.1f}%" y1="{y}" x2="{b:.1f}%" y2="{z}"/>' for a, y, b, z in wires]
    drawn.append(f'<rect class="l5" x="{right}%" y="{middle - 8}" width="45%" height="16"/>')
    drawn += [f'<circle class="l5" cx="{x:.1f}%" cy="{y}" r="7"/>' for x, y in dots]
    drawn += [
        f'<text class="a" x="{x}%" y="13">{escape(_("%(count)s connections", count=count))}</text>'
        for x, count in ((0, each), (right, one))
    ]
    bars = [Bar(_("Each with each"), each, str(each)), Bar(_("One language"), one, str(one))]
    finding = _("%(each)s connections become %(one)s.", each=each, one=one)
    caption = _("Operators above, services below. To the left each talks to each, to the right all speak one language.")
    return _figure("".join(drawn), bottom + 12, finding, caption) + _table(bars, _("How"), _("Connections"))


def _cells(values: Iterable[float], unit: str) -> str:
    return "".join([f'<td class="r">{value:g}\u00a0{unit}</td>' for value in values])


def _figure(drawn: str, height: int, finding: str, caption: str, key: str = "") -> Markup:
    return Markup(  # noqa: S704 - every text in it is escaped
        f'<figure>{key}<svg class="ch" height="{height}" role="img" aria-label="{escape(finding)}">{drawn}</svg>'
        f"<figcaption>{escape(finding)} {escape(caption)}</figcaption></figure>"
    )


def _table(bars: Iterable[Bar], first: str, second: str) -> Markup:
    rows = "".join([f'<tr><th>{escape(bar.name)}</th><td class="r">{escape(bar.words)}</td></tr>' for bar in bars])
    return _folded(
        f'<thead><tr><th>{escape(first)}</th><th class="r">{escape(second)}</th></tr></thead><tbody>{rows}</tbody>'
    )


def _folded(table: str) -> Markup:
    summary = escape(_("The same as a table"))
    return Markup(f"<details><summary>{summary}</summary><table>{table}</table></details>")  # noqa: S704
