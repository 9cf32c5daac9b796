"""Parts of pages that are drawn by functions: lists are long, and a loop of a template takes three times as long.

Each takes a struct or plain words and decides nothing. Every text is escaped here; templates take the rest.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from markupsafe import Markup

from finder.pages.rows import Cost, Fact, Kind, Row, State
from finder.web.drawings import escape, glyph, icon

MOST_SOCKETS = 12
# The figure of a sum, between the currency before or after it.
FIGURE = re.compile(r"\d(?:[\d.,\u00a0]*\d)?")


def rows(shown: Iterable[Row]) -> Markup:
    """Stations in a list."""
    return Markup(f'<ol class="rows">\n{"".join([_row(row) for row in shown])}</ol>')  # noqa: S704


def _row(row: Row) -> str:
    return (
        f'<li class="row"><h3 class="name"><a href="{escape(row.url)}">{escape(row.name)}</a></h3>{_cost(row.cost) if row.cost else ""}\n'
        f'<p class="state">{status(row.state)}</p>\n'
        f'<p class="meta">{" · ".join([_fact(fact) for fact in row.facts])}</p></li>\n'
    )


def _fact(fact: Fact) -> str:
    if not fact.strong:
        return escape(fact.text)
    return f'<span class="kw">{escape(fact.strong)}</span>{" " if fact.text else ""}{escape(fact.text)}'


@lru_cache(maxsize=4096)
def _cost(cost: Cost) -> str:
    beneath = "".join([f'<br><span class="xs q">{escape(text)}</span>' for text in cost.beneath])
    if not cost.known:
        return f'<p class="cost none"><span class="b">{escape(cost.words)}</span>{beneath}</p>'
    return f'<p class="cost">{sum_of(cost.words)}{beneath}</p>'


def sum_of(words: str) -> str:
    """An amount with its currency, the figure large: "186 kr", "€11.83"; in words where there is no figure."""
    text = escape(words)
    made, figures = FIGURE.subn(lambda found: f'<span class="n">{found[0]}</span>', text, count=1)
    return made if figures else f'<span class="b">{text}</span>'


def status(state: State) -> Markup:
    drawing = glyph(state.kind)
    return Markup(  # noqa: S704
        f'<span class="st {state.kind}" data-nosnippet>{drawing}{escape(state.words)}</span>'
    )


def age(words: str, strong: bool = False, fact: str = "") -> Markup:
    """`fact` is what `static/live.js` knows it by."""
    known_by = f' data-fact="{fact}"' if fact else ""
    told = f"<strong>{escape(words)}</strong>" if strong else f"<span>{escape(words)}</span>"
    return Markup(f'<div class="age"{known_by} data-nosnippet>{icon("clock")}{told}</div>')  # noqa: S704


def sockets(counts: Sequence[tuple[Kind, int]]) -> Markup:
    """One for each charging point, in this order."""
    return Markup("".join([glyph(kind, kind) * count for kind, count in counts if count]))  # noqa: S704


def strip(free: int, busy: int, broken: int, unknown: int) -> str:
    """The sockets on a line of their own, unless they are too many to be counted at a glance."""
    if free + busy + broken + unknown > MOST_SOCKETS:
        return "<span></span>"
    drawn = sockets((("free", free), ("busy", busy), ("broken", broken), ("unknown", unknown)))
    return f'<span class="strip" aria-hidden="true">{drawn}</span>'
