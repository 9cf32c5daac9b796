"""Where the figures come from: partners with their licences and how fresh they are, what is refused, and our rules."""

from collections import Counter
from datetime import datetime, timedelta

from flask import Blueprint, render_template, url_for

from finder.ocpi.types import Struct
from finder.pages import rows
from finder.store import partners
from finder.store.partners import PartnerState
from finder.web.database import reading
from finder.web.head import Crumb, Head, describe, head
from finder.web.language import clock, language, localised, ngettext, number, utc_now, when
from finder.web.language import gettext as _

# A partner is heard while its last good answer is no older than this or two of its intervals.
HEARD = timedelta(minutes=15)
MOST_REASONS = 20
API = "/api/v1/stations"

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


@localised(blueprint, "/about-data/")
def show() -> str:
    with reading() as connection:
        states = partners.states(connection)
    return render_template("pages/about.html", page=build(states, utc_now()))


def build(states: tuple[PartnerState, ...], now: datetime) -> AboutPage:
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
    )


def is_silent(state: PartnerState, now: datetime) -> bool:
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
