"""What functions that draw parts of a page share: escaping, and references to its drawings (partials/_icons.html)."""

import html
import re
from functools import cache

from markupsafe import Markup

_special = re.compile("""[&<>"']""").search


def escape(text: str) -> str:
    """As `html.escape`, which looks five times through a text that mostly has nothing to escape."""
    return html.escape(text) if _special(text) else text


@cache
def glyph(name: str, kind: str = "") -> Markup:
    """A drawing that fills its shape: statuses, plugs, logo. `name` and `kind` are words of ours."""
    classed = f' class="{kind}"' if kind else ""
    return Markup(f'<svg{classed} aria-hidden="true"><use href="#{name}"/></svg>')  # noqa: S704 - no stranger's text


@cache
def icon(name: str) -> Markup:
    """A drawing in lines, as large as the text beside it."""
    return Markup(f'<svg class="i" aria-hidden="true"><use href="#{name}"/></svg>')  # noqa: S704 - no stranger's text
