"""Where the figures come from: partners with their licences and how fresh they are, what is refused, and our rules."""

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Protocol

from flask import Blueprint, current_app, render_template, url_for

from finder import places
from finder.ocpi.types import Struct
from finder.pages import rows
from finder.store import partners
from finder.store.partners import PartnerState
from finder.web.database import reading
from finder.web.exported import File, Format, offered
from finder.web.head import Crumb, Head, Json, absolute, describe, head
from finder.web.language import clock, day, language, listed, localised, ngettext, number, path_to, utc_now, when
from finder.web.language import gettext as _

# A partner is heard while its last good answer is no older than this or two of its intervals.
HEARD = timedelta(minutes=15)
MOST_REASONS = 20
API = "/api/v1/stations"
MEGABYTES_FROM = 100_000
CREATIVE_COMMONS = re.compile(r"CC-(BY(?:-NC)?(?:-SA|-ND)?)-(\d\.\d)")

blueprint = Blueprint("about", __name__)


class Source(Struct):
    """A partner; `silent` says since when where it has not answered in its time."""

    name: str
    evses: str
    evses_word: str
    answered: str
    silent: rows.State | None
    facts: str


class Reason(Struct):
    """`language` is that of the words where it is not the reader's: a partner's object can be wrong in any way."""

    count: str
    words: str
    language: str | None


class Download(Struct):
    """A file with all stations; `modified` and `sha256` are told to programs only."""

    name: str
    path: str
    words: str
    size: str
    media_type: str
    modified: str
    sha256: str


class Downloads(Struct):
    """The files, and what they have in common: where the stations lie, and under which licences."""

    heading: str
    about: str
    licences: str
    files: tuple[Download, ...]
    countries: tuple[str, ...]
    codes: tuple[str, ...]


class AboutPage(Struct):
    head: Head
    heading: str
    sources_figure: str
    sources_words: str
    heard_figure: str
    heard_words: str
    checked: str
    sources: tuple[Source, ...]
    rejected_heading: str
    rejected: tuple[Reason, ...]
    api: str
    downloads: Downloads | None


@localised(blueprint, "/about-data/")
def show() -> str:
    with reading() as connection:
        states = partners.states(connection)
    return render_template("pages/about.html", page=build(states, utc_now(), offered()))


def build(states: tuple[PartnerState, ...], now: datetime, files: tuple[File, ...] = ()) -> AboutPage:
    downloads = _downloads(files) if files else None
    sources = tuple(_source(state, now) for state in sorted(states, key=lambda state: -state.evses))
    heard = sum(not source.silent for source in sources)
    reasons: Counter[str] = Counter()
    for state in states:
        reasons.update(dict(state.rejected))
    words = ngettext(
        "source gives its facts straight to us, in an open format",
        "sources give their facts straight to us, in an open format",
        len(states),
    )
    return AboutPage(
        head=head(
            _("Where the figures come from"),
            describe(
                _("Which operators the facts come from, under which licences, how fresh they are and what we refuse."),
                _("Unknown is shown as unknown, with a time and a source."),
            ),
            "about.show",
            crumbs=(Crumb(_("Start"), url_for("home.show")), Crumb(_("About the data"))),
            json_ld=(dataset(downloads),) if downloads else (),
        ),
        heading=_("Where the figures come from"),
        sources_figure=number(len(states)),
        sources_words=words,
        heard_figure=_("%(heard)s of %(all)s", heard=number(heard), all=number(len(states))),
        heard_words=ngettext("has answered in its time", "have answered in their time", heard),
        checked=_("Checked %(time)s.", time=clock(now)) + _silence(states, now),
        sources=sources,
        rejected_heading=ngettext(
            "Why %(num)s charging station was refused", "Why %(num)s charging stations were refused", reasons.total()
        ),
        rejected=tuple(_reason(reason, count) for reason, count in reasons.most_common(MOST_REASONS)),
        api=API,
        downloads=downloads,
    )


class Asked(Protocol):
    """A source, as far as `is_silent` asks."""

    @property
    def last_success(self) -> datetime | None: ...
    @property
    def interval(self) -> float: ...


def is_silent(state: Asked, now: datetime) -> bool:
    if state.last_success is None:
        return True
    return now - state.last_success > max(HEARD, timedelta(seconds=2 * state.interval))


def _silence(states: tuple[PartnerState, ...], now: datetime) -> str:
    lost = [state for state in states if is_silent(state, now)]
    if not lost:
        return ""
    if len(lost) == 1 and lost[0].last_success:
        since = when(lost[0].last_success, now)
        return " " + _(
            "%(name)s has not answered since %(time)s; its status is shown as unknown.", name=lost[0].name, time=since
        )
    return " " + _("The status of the others is shown as unknown.")


def _source(state: PartnerState, now: datetime) -> Source:
    silent = is_silent(state, now)
    if state.last_success is None:
        answered = _("Has never answered")
    elif silent:
        answered = _("Silent since %(time)s", time=when(state.last_success, now))
    else:
        answered = _("Answered %(time)s", time=when(state.last_success, now))
    rejected = sum(count for _reason, count in state.rejected)
    facts = [
        ngettext("%(num)s charging station", "%(num)s charging stations", state.stations),
        ngettext("%(num)s refused", "%(num)s refused", rejected) if rejected else _("none refused"),
        *((f"OCPI {state.version}",) if state.version else ()),
        rows.licence(state.licence) if state.licence else _("no licence stated, not passed on"),
    ]
    return Source(
        name=state.name,
        evses=number(state.evses),
        evses_word=ngettext("charging point", "charging points", state.evses),
        answered=answered,
        silent=rows.State("unknown", answered) if silent else None,
        facts=" · ".join(facts),
    )


def _reason(reason: str, count: int) -> Reason:
    words = _(reason)
    return Reason(
        count=ngettext("%(num)s object", "%(num)s objects", count),
        words=words,
        language="en" if words == reason and language() != "en" else None,
    )


def _downloads(files: tuple[File, ...]) -> Downloads:
    """At least one file."""
    newest = max(files, key=lambda file: file.created_at)
    names = {each.code: each.name_sv if language() == "sv" else each.name_en for each in places.areas()}
    countries = tuple([names[code] for code in newest.countries if code in names])
    licences = {source.licence: None for file in files for source in file.sources}
    partners = {source.name: None for file in files for source in file.sources}
    made = day(newest.created_at)
    about = (
        _(
            "All charging stations in %(countries)s that may be passed on, as they were on %(day)s: what is there, what it "
            "costs and who says so. Live status is not in the files, but in the API.",
            countries=listed(countries),
            day=made,
        )
        if countries
        else _("All charging stations that may be passed on, as they were on %(day)s.", day=made)
    )
    return Downloads(
        heading=_("Everything in one file"),
        about=about,
        licences=_(
            "From %(partners)s, under %(licences)s.",
            partners=listed(tuple(partners)),
            licences=listed(tuple(map(rows.licence, licences))),
        )
        if licences
        else "",
        files=tuple([_download(file) for file in files]),
        countries=countries,
        codes=tuple(licences),
    )


def _download(file: File) -> Download:
    names: dict[Format, str] = {"geojsonl": "GeoJSON", "csv": "CSV"}
    words: dict[Format, str] = {
        "geojsonl": _("one charging station a line"),
        "csv": _("a table with a row for each kind of plug"),
    }
    return Download(
        name=names[file.format],
        path=url_for("export.nightly", format=file.format),
        words=words[file.format],
        size=_size(file.size),
        media_type=file.media_type,
        modified=f"{file.created_at:%Y-%m-%dT%H:%M:%SZ}",
        sha256=file.sha256,
    )


def _size(size: int) -> str:
    return f"{number(size / 1e6, 1)}\u00a0MB" if size >= MEGABYTES_FROM else f"{number(max(1, size // 1000))}\u00a0kB"


def dataset(told: Downloads) -> Json:
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{_('Charging stations')} – {current_app.config['SITE_NAME']}",
        "description": told.about,
        "url": absolute(path_to("about.show")),
        "dateModified": max(file.modified for file in told.files),
        "license": [licence_link(code) for code in told.codes],
        "isAccessibleForFree": True,
        "creator": {
            "@type": "Organization",
            "name": str(current_app.config["SITE_NAME"]),
            "url": absolute("/"),
        },
        "spatialCoverage": [{"@type": "Place", "name": country} for country in told.countries],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.name,
                "description": file.words,
                "contentUrl": absolute(file.path),
                "encodingFormat": file.media_type,
                "contentSize": file.size,
                "dateModified": file.modified,
                "sha256": file.sha256,
            }
            for file in told.files
        ],
    }


def licence_link(code: str) -> str | Json:
    """Where the licence stands, where that is known; else its name."""
    if code == "CC0-1.0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    known = CREATIVE_COMMONS.fullmatch(code)
    if known:
        return f"https://creativecommons.org/licenses/{known[1].lower()}/{known[2]}/"
    return code if code.startswith("https://") else {"@type": "CreativeWork", "name": code}
