"""What a page says of itself before its body: title, description, canonical address, languages, structured data."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from flask import current_app
from markupsafe import Markup

from finder.ocpi.types import Struct
from finder.web.drawings import escape
from finder.web.language import LANGUAGES, LOCALES, language, path_to
from finder.web.language import gettext as _
from finder.web.static import PREFIX, files

TITLE, DESCRIPTION = 60, (120, 155)
INDEX, NO_INDEX = "index,follow", "noindex,follow"
# JSON inside <script>: no text of a partner may end the element or be read as HTML.
ESCAPES = tuple((letter, f"\\u{ord(letter):04x}") for letter in "<>&\u2028\u2029")
_special = re.compile("[<>&\u2028\u2029]").search

LOCALE_NAMES = {code: str(locale) for code, locale in LOCALES.items()}

Json = Mapping[str, Any]


class Crumb(Struct):
    """A step of the way here; the last has no path, it is this page."""

    name: str
    path: str | None = None


class Alternate(Struct):
    language: str
    url: str


class Head(Struct):
    """`canonical` and `alternates` are absolute. An error has no canonical address. `picture` is the path of what it is shared with,
    1200 x 630; else the site's own."""

    title: str
    description: str
    canonical: str | None = None
    alternates: tuple[Alternate, ...] = ()
    robots: str = INDEX
    crumbs: tuple[Crumb, ...] = ()
    json_ld: tuple[Json, ...] = ()
    picture: str = ""


def absolute(path: str) -> str:
    """From the configured origin, never from the Host header."""
    return str(current_app.config["BASE_URL"]).rstrip("/") + path


def head(
    title: str,
    description: str,
    endpoint: str,
    *,
    robots: str = INDEX,
    crumbs: tuple[Crumb, ...] = (),
    json_ld: tuple[Json, ...] = (),
    **values: Any,
) -> Head:
    """The head of the page that `endpoint` and `values` answer; `values` are the same in every language."""
    origin = absolute("")
    urls = {code: origin + path_to(endpoint, code, **values) for code in LANGUAGES}
    return Head(
        title=titled(title),
        description=description,
        canonical=urls[language()],
        alternates=tuple(Alternate(code, url) for code, url in urls.items()) if robots == INDEX else (),
        robots=robots,
        crumbs=crumbs,
        json_ld=json_ld + ((breadcrumbs(crumbs, urls[language()], origin),) if crumbs else ()),
    )


def shared_with(picture: str, head: Head) -> Head:
    """`picture` is a path."""
    return msgspec.structs.replace(head, picture=picture)


def titled(title: str) -> str:
    """At most 60 characters: the site's name where there is room, a cut at a word where there is too much."""
    named = f"{title} | {current_app.config['SITE_NAME']}"
    return named if len(named) <= TITLE else cut(title, TITLE)


def describe(*sentences: str) -> str:
    """120 to 155 characters: the sentences that fit, in their order, then what holds for every page."""
    shortest, longest = DESCRIPTION
    text = ""
    for sentence in sentences:
        if len(text) + 1 + len(sentence) <= longest:
            text = f"{text} {sentence}".strip()
    text = text or cut(sentences[0], longest)
    for sentence in (
        _("See which charging points are available now, their power and plugs."),
        _("Every status has a time and a source."),
        _("No account needed."),
    ):
        if len(text) < shortest and len(text) + 1 + len(sentence) <= longest and sentence not in text:
            text = f"{text} {sentence}"
    return text


def cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:–-|") + "…"


def breadcrumbs(crumbs: tuple[Crumb, ...], here: str, origin: str) -> Json:
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": n,
                "name": crumb.name,
                "item": origin + crumb.path if crumb.path else here,
            }
            for n, crumb in enumerate(crumbs, 1)
        ],
    }


# Drawn by functions: every page has these, and in a template they cost three times as much.


def drawn(head: Head) -> Markup:
    """Its lines that differ from page to page, but for the structured data."""
    title, description, here = escape(head.title), escape(head.description), language()
    canonical = escape(head.canonical) if head.canonical else ""
    lines = [
        f"<title>{title}</title>",
        f'<meta name="description" content="{description}">',
        f'<meta name="robots" content="{head.robots}">',
        *([f'<link rel="canonical" href="{canonical}">'] if canonical else ()),
        *(_alternate(each.language, each.url) for each in head.alternates),
        *([_alternate("x-default", head.alternates[0].url)] if head.alternates else ()),
        _property("og:type", "website"),
        _property("og:site_name", escape(current_app.config["SITE_NAME"])),
        _property("og:title", title),
        _property("og:description", description),
        *([_property("og:url", canonical)] if canonical else ()),
        _property("og:image", escape(absolute(head.picture or _picture_of_site(current_app.root_path)))),
        _property("og:locale", LOCALE_NAMES[here]),
        *(
            _property("og:locale:alternate", LOCALE_NAMES[each.language])
            for each in head.alternates
            if each.language != here
        ),
    ]
    return Markup("\n".join(lines))  # noqa: S704 - every text in it is escaped


@cache
def _picture_of_site(root: str) -> str:
    return f"/{PREFIX}{files(Path(root) / 'static').names['share.png']}"


def _alternate(language: str, url: str) -> str:
    return f'<link rel="alternate" hreflang="{language}" href="{escape(url)}">'


def _property(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


def drawn_crumbs(crumbs: tuple[Crumb, ...]) -> Markup:
    if not crumbs:
        return Markup()
    steps = [
        f'<li><a href="{escape(crumb.path)}">{escape(crumb.name)}</a></li>'
        if crumb.path
        else f'<li aria-current="page">{escape(crumb.name)}</li>'
        for crumb in crumbs
    ]
    label = escape(_("You are here"))
    return Markup(  # noqa: S704 - every text in it is escaped
        f'<div class="wrap"><nav class="crumbs" aria-label="{label}"><ol>{"".join(steps)}</ol></nav></div>'
    )


def drawn_json_ld(head: Head) -> Markup:
    return Markup(  # noqa: S704 - `json_script` escapes
        "\n".join([f'<script type="application/ld+json">{json_script(value)}</script>' for value in head.json_ld])
    )


def json_script(value: Json) -> str:
    """JSON for a <script type="application/ld+json">."""
    written = msgspec.json.encode(value).decode()
    if not _special(written):
        return written
    for letter, escaped in ESCAPES:
        written = written.replace(letter, escaped)
    return written
