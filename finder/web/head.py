"""What a page says of itself before its body: title, description, canonical address, languages, structured data."""

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import current_app, url_for
from markupsafe import Markup

from finder.ocpi.types import Struct
from finder.web.language import LANGUAGES, language
from finder.web.language import gettext as _

TITLE, DESCRIPTION = 60, (120, 155)
INDEX, NO_INDEX = "index,follow", "noindex,follow"
# JSON inside <script>: no text of a partner may end the element or be read as HTML.
ESCAPES = tuple((letter, f"\\u{ord(letter):04x}") for letter in "<>&\u2028\u2029")

Json = Mapping[str, Any]


class Crumb(Struct):
    """A step of the way here; the last has no path, it is this page."""

    name: str
    path: str | None = None


class Alternate(Struct):
    language: str
    url: str


class Head(Struct):
    """`canonical` and `alternates` are absolute. An error has no canonical address."""

    title: str
    description: str
    canonical: str | None = None
    alternates: tuple[Alternate, ...] = ()
    robots: str = INDEX
    crumbs: tuple[Crumb, ...] = ()
    json_ld: tuple[Json, ...] = ()


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
    urls = {code: absolute(url_for(endpoint, lang=code, **values)) for code in LANGUAGES}
    return Head(
        title=titled(title),
        description=description,
        canonical=urls[language()],
        alternates=tuple(Alternate(code, url) for code, url in urls.items()) if robots == INDEX else (),
        robots=robots,
        crumbs=crumbs,
        json_ld=json_ld + ((breadcrumbs(crumbs, urls[language()]),) if crumbs else ()),
    )


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


def breadcrumbs(crumbs: tuple[Crumb, ...], here: str) -> Json:
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": n,
                "name": crumb.name,
                "item": absolute(crumb.path) if crumb.path else here,
            }
            for n, crumb in enumerate(crumbs, 1)
        ],
    }


def json_script(value: Json) -> Markup:
    """JSON for a <script type="application/ld+json">."""
    written = msgspec.json.encode(value).decode()
    for letter, escape in ESCAPES:
        written = written.replace(letter, escape)
    return Markup(written)  # noqa: S704 - the escapes above are what makes it safe
