"""Parts of pages that are drawn by functions: lists are long, and a loop of a template takes three times as long.

Each takes a struct or plain words and decides nothing. Every text is escaped here; templates take the rest.
"""

from collections.abc import Iterable, Sequence
from html import escape

from markupsafe import Markup

from finder.pages.rows import Fact, Kind, Row, State
from finder.web.drawings import glyph, icon

MOST_SOCKETS = 12


def rows(shown: Iterable[Row]) -> Markup:
    """Stations in a list."""
    return Markup(f'<ol class="rows">\n{"".join([_row(row) for row in shown])}</ol>')  # noqa: S704


def _row(row: Row) -> str:
    return (
        f'<li class="row"><h3 class="name"><a href="{escape(row.url)}">{escape(row.name)}</a></h3>\n'
        f'<p class="state">{status(row.state)}</p>\n'
        f'<p class="meta">{" · ".join([_fact(fact) for fact in row.facts])}</p></li>\n'
    )


def _fact(fact: Fact) -> str:
    if not fact.strong:
        return escape(fact.text)
    return f'<span class="kw">{escape(fact.strong)}</span>{" " if fact.text else ""}{escape(fact.text)}'


def status(state: State) -> Markup:
    drawing = glyph(state.kind)
    return Markup(  # noqa: S704
        f'<span class="st {state.kind}" data-nosnippet>{drawing}{escape(state.words)}</span>'
    )


def age(words: str, strong: bool = False) -> Markup:
    told = f"<strong>{escape(words)}</strong>" if strong else f"<span>{escape(words)}</span>"
    return Markup(f'<p class="age" data-nosnippet>{icon("clock")}{told}</p>')  # noqa: S704


def sockets(counts: Sequence[tuple[Kind, int]]) -> Markup:
    """One for each charging point, in this order."""
    return Markup("".join([glyph(kind, kind) * count for kind, count in counts if count]))  # noqa: S704


def strip(free: int, busy: int, broken: int, unknown: int) -> str:
    """The sockets on a line of their own, unless they are too many to be counted at a glance."""
    if free + busy + broken + unknown > MOST_SOCKETS:
        return "<span></span>"
    drawn = sockets((("free", free), ("busy", busy), ("broken", broken), ("unknown", unknown)))
    return f'<span class="strip" aria-hidden="true">{drawn}</span>'
