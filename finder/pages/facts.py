"""Pairs of a word and what is known about it, as the pages with many facts show them."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from markupsafe import Markup

from finder.ocpi.types import BusinessDetails, DisplayText, Struct
from finder.web.drawings import escape
from finder.web.language import LOCALES, language
from finder.web.language import gettext as _

MOST_NAMED = 3
NOT_DIALLED = re.compile(r"[^0-9+]")


class Value(Struct):
    """`theirs`: the link was written by a partner. `language` is set where it is not the page's."""

    text: str
    url: str | None = None
    theirs: bool = False
    language: str | None = None

    @property
    def plain(self) -> bool:
        return self.url is None and self.language is None

    @property
    def outside(self) -> bool:
        return self.url is not None and self.url.startswith("https:")


class Fact(Struct):
    name: str
    values: tuple[Value, ...]


def fact(name: str, *texts: str) -> Fact:
    return Fact(name, tuple(Value(text) for text in texts))


def stated(name: str, texts: Iterable[str]) -> Fact:
    """For what the law asks for: a missing one takes its line and says so."""
    values = tuple(Value(text) for text in texts)
    return Fact(name, values or (Value(_("Not stated")),))


def given(*facts: Fact | None) -> tuple[Fact, ...]:
    """Those that say something."""
    return tuple(each for each in facts if each is not None and each.values)


def drawn(facts: Sequence[Fact]) -> Markup:
    """The facts as a description list.

    Written here and not in a template: a station has eighty values, and a loop of a template takes three times as long.
    """
    if not facts:
        return Markup()
    rows = [
        f"<div><dt>{escape(each.name)}</dt><dd>{''.join([f'<div>{_drawn(value)}</div>' for value in each.values])}</dd></div>"
        for each in facts
    ]
    return Markup('<dl class="facts">' + "".join(rows) + "</dl>")  # noqa: S704 - every text in it is escaped


def _drawn(value: Value) -> str:
    text = escape(value.text)
    if value.url is not None:
        # A partner's link is told apart.
        rel = ' rel="noopener nofollow ugc"' if value.theirs else ' rel="noopener"' if value.outside else ""
        return f'<a href="{escape(value.url)}"{rel}>{text}</a>'
    return text if value.language is None else f'<span lang="{escape(value.language)}">{text}</span>'


def drawn_value(value: Value) -> Markup:
    return Markup(_drawn(value))  # noqa: S704 - its texts are escaped


def web_address(url: str | None) -> str | None:
    """An http or https address, or None for everything else a partner may write there."""
    if not url:
        return None
    if url.lower().startswith("www."):
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and parts.hostname else None


def link(text: str, url: str | None) -> Value:
    address = web_address(url)
    return Value(text, address, theirs=address is not None)


def quoted(text: DisplayText | None) -> Value | None:
    """A partner's text, marked where it is not in the page's language."""
    if text is None:
        return None
    return Value(text.text, language=text.language if text.language != language() else None)


def in_that_language(code: str) -> str:
    """ "In German:", for a text that is not in the reader's language; empty where nobody knows that code."""
    name = LOCALES[language()].languages.get(code.lower().replace("_", "-").split("-")[0])
    return _("In %(language)s:", language=name) if name else ""


def business(details: BusinessDetails) -> Value:
    return link(details.name, details.website)


def phone(number: str) -> Value:
    dialled = NOT_DIALLED.sub("", number)
    return Value(number, f"tel:{dialled}" if len(dialled) > 2 else None)


def spread(entries: Sequence[tuple[str, Iterable[str]]]) -> tuple[str, ...]:
    """What the charging points say, each text once; with those it holds for where it does not hold for all.

    `entries` are a charging point's name and its texts. Leave out points that say nothing on the matter at all.
    """
    holders: dict[str, list[str]] = {}
    for name, texts in entries:
        for text in dict.fromkeys(texts):
            holders.setdefault(text, []).append(name)
    return tuple(held_by(text, names, len(entries)) for text, names in holders.items())


def held_by(text: str, names: Sequence[str], total: int) -> str:
    """The text with the charging points it holds for, where these are not all."""
    if len(names) == total:
        return text
    if len(names) <= MOST_NAMED:
        return _("%(text)s (charging point %(names)s)", text=text, names=", ".join(names))
    return _("%(text)s (%(count)s of %(total)s charging points)", text=text, count=len(names), total=total)
