"""References to the drawings of a page; the drawings themselves are in templates/partials/_icons.html."""

from functools import cache

from markupsafe import Markup


@cache
def glyph(name: str, kind: str = "") -> Markup:
    """A drawing that fills its shape: statuses, plugs, logo. `name` and `kind` are words of ours."""
    classed = f' class="{kind}"' if kind else ""
    return Markup(f'<svg{classed} aria-hidden="true"><use href="#{name}"/></svg>')  # noqa: S704 - no stranger's text


@cache
def icon(name: str) -> Markup:
    """A drawing in lines, as large as the text beside it."""
    return Markup(f'<svg class="i" aria-hidden="true"><use href="#{name}"/></svg>')  # noqa: S704 - no stranger's text
