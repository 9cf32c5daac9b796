"""The reader's language: from the URL's first segment, with its paths, texts, numbers, dates and distances.

English is the msgid. Catalogues are `translations/<language>/*.po`, merged and kept in memory.
A literal "%" in a text that has variables is written "%%".
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Blueprint, Flask, has_request_context, request, url_for
from markupsafe import Markup
from werkzeug.routing import BuildError

from finder.ocpi.types import Struct
from finder.places.fold import fold
from finder.stations.zones import SITE_ZONE as SITE_ZONE
from finder.web.drawings import escape

LANGUAGES = ("sv", "en")
LOCALES = {"sv": Locale("sv", "SE"), "en": Locale("en", "GB")}
NAMES = {"sv": "Svenska", "en": "English"}
TRANSLATIONS = Path(__file__).parents[2] / "translations"
# Words of the URL that other languages than English spell their own way.
PATH_WORDS = {
    "sv": {
        "search": "sok",
        "stations": "laddstationer",
        "station": "laddstation",
        "operators": "operatorer",
        "connectors": "kontakt",
        "fast-charging": "snabbladdare",
        "guides": "guider",
        "about-data": "om-data",
        "saved": "sparade",
        "offline": "utan-nat",
        "new": "ny",
        "picture": "bild",
        "area": "omrade",
        "prices.atom": "priser.atom",
        "available.atom": "ledigt.atom",
    },
    "en": {},
}
UNIT = re.compile(r"(?:(?<=\d)|(?<=\)[sd])) (?=(?:kWh|kW|km|kr|min|m|A|V|%%|%)(?![\w(]))")

SECONDS_TOLD = "finder.seconds_told"
"""In the environment of a request whose answer tells an age in seconds, which is wrong in a moment."""

_language: ContextVar[str] = ContextVar("language", default="sv")
# What stands for itself both in a path and in a query.
SAFE = "!$'()*,:;@"
PLAIN = re.compile(r"[A-Za-z0-9-]*")
View = TypeVar("View", bound=Callable[..., Any])


def language() -> str:
    """`sv` or `en`."""
    return _language.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Everything inside is said in that language; for what is written outside a request."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


# Paths


def localised(blueprint: Blueprint, path: str) -> Callable[[View], View]:
    """Routes a view at one path a language: `/station/<id>/` answers at /en/station/… and /sv/laddstation/….

    The view does not see `lang`; `url_for` takes it, and without it stays in the reader's language.
    """

    def register(view: View) -> View:
        for code in LANGUAGES:
            blueprint.add_url_rule(in_language(path, code), view.__name__, view, defaults={"lang": code})
        return view

    return register


def in_language(path: str, code: str) -> str:
    words = PATH_WORDS[code]
    return f"/{code}" + "/".join(words.get(part, part) for part in path.split("/"))


def language_of(path: str) -> str:
    first = path.split("/", 2)[1:2]
    return first[0] if first and first[0] in LANGUAGES else LANGUAGES[0]


def language_links() -> tuple[Markup, ...]:
    """To this page in the other languages."""
    return tuple(
        Markup(f'<a href="{escape(_switched(code))}" lang="{code}" hreflang="{code}">{NAMES[code]}</a>')  # noqa: S704
        for code in LANGUAGES
        if code != language()
    )


def _switched(code: str) -> str:
    """The start page where this page has no twin (errors)."""
    endpoint = request.endpoint
    if endpoint is None or "lang" not in (request.url_rule.arguments if request.url_rule else ()):
        return url_for("home.show", lang=code)
    path = path_to(endpoint, code, **(request.view_args or {}))
    return f"{path}?{urlencode(list(request.args.items(multi=True)), safe=SAFE)}" if request.args else path


def path_to(endpoint: str, code: str | None = None, **values: Any) -> str:
    """What `url_for` gives, at a tenth of its cost where all values are parts of the path: a page has a dozen links."""
    code = code or language()
    pattern = _pattern(endpoint, code, tuple(values))
    if pattern is None:
        with speaking(code):
            return url_for(endpoint, **values)
    return pattern.format(**{name: _quoted(str(value)) for name, value in values.items()})


def _quoted(text: str) -> str:
    """Slugs and ids have nothing to quote, and to look is a quarter of the cost of trying."""
    return text if PLAIN.fullmatch(text) else quote(text, safe=SAFE)


@cache
def _pattern(endpoint: str, code: str, names: tuple[str, ...]) -> str | None:
    """The path with `{name}` for each value; None where some of them go into the query, or choose the path (guides)."""
    try:
        with speaking(code):
            path = url_for(endpoint, **{name: f"__{name}__" for name in names})  # type: ignore[arg-type]
    except BuildError:
        return None
    return None if "?" in path else re.sub("__(.+?)__", r"{\1}", path)


class SiteUrls(Struct):
    """The pages that every page leads to."""

    home: str
    search: str
    areas: str
    operators: str
    guides: str
    about: str
    live: str
    saved: str


def site_urls() -> SiteUrls:
    """In the reader's language. They are the same for every request, and `url_for` is not free."""
    return _site_urls(language())


@cache
def _site_urls(code: str) -> SiteUrls:
    endpoints = (
        "home.show",
        "search.show",
        "areas.index",
        "operators.index",
        "guides.index",
        "about.show",
        "live.show",
        "saved.show",
    )
    return SiteUrls(*(url_for(endpoint, lang=code) for endpoint in endpoints))


# Texts


@cache
def catalogue(code: str) -> NullTranslations:
    """All texts of one language, merged from its PO files."""
    merged: NullTranslations = NullTranslations()
    for path in sorted((TRANSLATIONS / code).glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=LOCALES[code]))
        compiled.seek(0)
        texts = Translations(fp=compiled)
        merged = merged.merge(texts) if isinstance(merged, Translations) else texts
    return merged


class Texts(dict[str, str]):
    """A language's texts by their English ones, each looked up once: a page says a hundred and fifty."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code

    def __missing__(self, message: str) -> str:
        text = self[message] = tie(catalogue(self._code).gettext(message))
        return text


_texts = {code: Texts(code) for code in LANGUAGES}


@lru_cache(maxsize=8192)
def _plural(code: str, singular: str, plural: str, count: int) -> str:
    return tie(catalogue(code).ngettext(singular, plural, count))


@lru_cache(maxsize=8192)
def _text_in_context(code: str, context: str, message: str) -> str:
    return tie(str(catalogue(code).pgettext(context, message)))


def tie(text: str) -> str:
    """A unit stays on its number's line."""
    return UNIT.sub("\u00a0", text)


def gettext(message: str, **variables: object) -> str:
    text = _texts[_language.get()][message]
    return text % variables if variables else text


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """`%(num)s` is the count, written as `number` writes it."""
    text = _plural(language(), singular, plural, num)
    return text % {"num": number(num), **variables}


def pgettext(context: str, message: str, **variables: object) -> str:
    text = _text_in_context(language(), context, message)
    return text % variables if variables else text


# Numbers


# As the locales have them; Babel takes 40 microseconds for a number that it has not seen.
SIGNS = {"sv": str.maketrans({",": "\u00a0", ".": ","}), "en": {}}


@lru_cache(maxsize=8192)
def _decimal(value: float | Decimal, digits: int, code: str) -> str:
    return format(Decimal(str(value)), f",.{digits}f").translate(SIGNS[code])


def number(value: float | Decimal, digits: int = 0) -> str:
    """Exactly so many decimals, a half to the even one: 22 846 or 22,846; 4,90 or 4.90."""
    return _decimal(value, digits, language())


def kilowatts(kw: float) -> str:
    """ "22 kW", "7,4 kW": a decimal only where it says something."""
    digits = 1 if kw < 100 and abs(kw - round(kw)) >= 0.05 else 0
    return f"{number(kw, digits)}\u00a0kW"


def distance(kilometres: float) -> str:
    """ "80 m", "2,9 km", "140 km"."""
    if kilometres < 0.095:
        return f"{max(10, round(kilometres * 100) * 10)}\u00a0m"
    return f"{number(kilometres, 1 if kilometres < 99.95 else 0)}\u00a0km"


def listed(words: list[str] | tuple[str, ...]) -> str:
    """ "a, b och c"."""
    if len(words) < 2:
        return "".join(words)
    return gettext("%(first)s and %(last)s", first=", ".join(words[:-1]), last=words[-1])


# In Swedish å, ä and ö are letters of their own, after z; ø and æ sort with ö and ä.
SWEDISH_ORDER = str.maketrans({"å": "zza", "ä": "zzb", "æ": "zzb", "ö": "zzc", "ø": "zzc"})


def alphabetical(text: str) -> str:
    """A key to sort names by, as the reader's language does."""
    lower = text.casefold()
    return fold(lower.translate(SWEDISH_ORDER)) if language() == "sv" else fold(lower)


# Time


def clock(instant: datetime, zone: ZoneInfo = SITE_ZONE) -> str:
    return _clock(instant.astimezone(zone))


def _clock(local: datetime) -> str:
    """What `strftime` gives for %H:%M, at a fifth of its cost: a page tells a dozen times."""
    return f"{local.hour:02}:{local.minute:02}"


@lru_cache(maxsize=4096)
def _date(day: date, pattern: str, code: str) -> str:
    return format_date(day, pattern, locale=LOCALES[code]).replace(".", "")


def day(instant: datetime | date, zone: ZoneInfo = SITE_ZONE) -> str:
    """ "20 november 2026"."""
    local = instant.astimezone(zone).date() if isinstance(instant, datetime) else instant
    return _date(local, "d\u00a0MMMM y", language())


def when(instant: datetime, now: datetime, zone: ZoneInfo = SITE_ZONE) -> str:
    """The clock today, "i går 14:05" yesterday, else the date: "18 nov", with the year where it is another."""
    local, today = instant.astimezone(zone), now.astimezone(zone).date()
    on = local.date()
    if on == today:
        return _clock(local)
    if on == today - timedelta(days=1):
        return gettext("yesterday %(time)s", time=_clock(local))
    return _date(on, "d\u00a0MMM" if on.year == today.year else "d\u00a0MMM y", language())


def ago(instant: datetime, now: datetime) -> str:
    """ "för 40 sekunder sedan"; never of the future."""
    seconds = max(1, int((now - instant).total_seconds()))
    if seconds < 60 and has_request_context():
        request.environ[SECONDS_TOLD] = True
    return _ago(seconds, language())


@lru_cache(maxsize=2048)
def _ago(seconds: int, code: str) -> str:
    return format_timedelta(timedelta(seconds=-seconds), add_direction=True, locale=LOCALES[code], threshold=1.0)


def age(instant: datetime, now: datetime, zone: ZoneInfo = SITE_ZONE) -> str:
    """ "14:32, för 40 sekunder sedan" under ten minutes, then the time alone."""
    if now - instant < timedelta(minutes=10):
        return f"{clock(instant, zone)}, {ago(instant, now)}"
    return when(instant, now, zone)


def utc_now() -> datetime:
    return datetime.now(UTC)


# Flask


def init_app(app: Flask) -> None:
    for code in LANGUAGES:
        catalogue(code)

    def listen() -> None:
        _language.set(language_of(request.path))

    def take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values:
            values.pop("lang", None)

    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = language()

    app.before_request(listen)
    app.url_value_preprocessor(take_language)
    app.url_defaults(give_language)
    # Plain functions instead of Jinja's extension, which looks them up anew for each of a page's hundred texts.
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext, pgettext=pgettext)
    app.jinja_env.globals.update(language=language, language_links=language_links, site_urls=site_urls)
    app.jinja_env.filters.update(number=number, kilowatts=kilowatts, distance=distance, clock=clock, day=day)
