"""The sections of a station's page that hold headings, facts and lists alone, drawn by functions.

The template has what is told around them. A page has forty such parts, and each costs ten times as much to call and to escape
again from a template as from here.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from finder.pages import charge_form, facts, station_busy, station_charge, station_drawn
from finder.pages.drawn import age, rows
from finder.pages.facts import Fact, drawn_value
from finder.pages.rows import folder
from finder.pages.station_hours import Opening
from finder.pages.station_points import Described, Points
from finder.pages.station_prices import InWords
from finder.web.drawings import escape, icon
from finder.web.language import gettext as _
from finder.web.language import language, pgettext, site_urls

if TYPE_CHECKING:
    from finder.pages.station import StationPage


def sign(page: "StationPage") -> Markup:
    """What a driver sees first: the plugs, what the charge costs, whether it is open, the way there, and how old that is."""
    hours = page.opening.state or _("Opening hours not stated")
    pieces = [
        station_drawn.board(page.board),
        f"<p>{escape(page.room)}</p>" if page.room else "",
        *map(_in_words, page.prices.in_words),
        _cost_in_short(page),
        f'<div class="line" data-nosnippet><strong>{escape(hours)}</strong></div>',
        f"<p>{escape(page.board_tax)}</p>" if page.board_tax else "",
        f'<div class="pair"><a class="btn" href="#find">{icon("go")}{escape(_("The way there"))}</a>{_save(page)}</div>',
        station_drawn.ages(page.ages),
        age(page.prices.source) if page.prices.old else "",
    ]
    return _marked(f'<div class="sign">\n{_lines(pieces)}</div>')


def _save(page: "StationPage") -> str:
    """Does nothing without script, so it is hidden until static/saved.js shows it; there is room for it all the same."""
    saved, told, every = (
        escape(pgettext("one charging station", "Saved")),
        escape(_("Saved on this device.")),
        escape(_("All saved")),
    )
    return (
        f'<button class="btn alt" type="button" hidden data-save="{escape(page.address)}" data-folder="{folder(language())}/" data-name="{escape(page.name)}" '
        f'data-where="{escape(page.lede)}" data-on="{saved}" data-removed="{escape(_("Not saved any more."))}" aria-pressed="false">'
        f"{icon('save')}<span>{escape(_('Save'))}</span></button>"
        f'<p class="told s" role="status" data-told="{told}" data-all="{every}" data-url="{escape(site_urls().saved)}"></p>'
    )


def _cost_in_short(page: "StationPage") -> str:
    if page.charge is None:
        return _missing(page)
    answer = page.charge.answer
    return station_charge.drawn_in_short(answer, page.prices.change) if answer else ""


def _in_words(told: InWords) -> str:
    """A price that no figure holds, marked as what the operator says."""
    theirs = f"{escape(told.plugs)}. " if told.plugs else ""
    theirs += escape(_("The price in the operator's words:"))
    return f"<p>{theirs} <strong><q>{drawn_value(told.words)}</q></strong></p>"


def _missing(page: "StationPage") -> str:
    return f"<p>{escape(page.prices.missing)}</p>" if page.prices.missing else ""


def costs(page: "StationPage") -> Markup:
    """The reader's own charge, then what each tariff says, and what it said before."""
    return _section(
        _("Prices"),
        _missing(page),
        _charge(page),
        station_drawn.tariffs(page.prices),
        f"{_heading(_('How the price has changed'))}\n{station_drawn.price_moves(page.moved)}" if page.moved else "",
    )


def _charge(page: "StationPage") -> str:
    """The form, and its answer; where something in it is wrong there is none, and the link to it leads to the form."""
    if page.charge is None:
        return ""
    form, answer, title = charge_form.drawn(page.charge.form), page.charge.answer, escape(_("Your charge"))
    if answer is None:
        return f'<h3 id="answer">{title}</h3>\n{form}'
    return f"<h3>{title}</h3>\n{form}\n{station_charge.drawn_answer(answer)}"


def points(page: "StationPage") -> Markup:
    """The status of every charging point, and what is announced of them."""
    return _section(
        _("Available charging points right now") if page.live else _("The charging points"),
        station_drawn.ages(page.ages),
        *map(_table, page.tables),
        f"{_heading(_('Announced'))}\n{_list(page.scheduled)}" if page.scheduled else "",
        station_busy.drawn(page.busy) if page.busy else "",
        _feed(page),
    )


def _feed(page: "StationPage") -> str:
    words = escape(_("Feed that tells when one is available (Atom)"))
    return f'<p class="s"><a href="{escape(page.feed)}" type="application/atom+xml">{words}</a></p>'


def _table(group: Points) -> str:
    table = station_drawn.table(group)
    return f"<details><summary>{escape(group.caption)}</summary>\n{table}\n</details>" if group.folded else table


def plugs(described: Described) -> Markup:
    whole = [f"{_heading(_('The whole station'))}\n{facts.drawn(described.facts)}"] if described.facts else []
    each = [f"{_heading(plug.title)}\n{facts.drawn(plug.facts)}" for plug in described.plugs]
    return _section(_("Plugs and power"), *each, *whole)


def hours(opening: Opening) -> Markup:
    state = f"<p><strong>{escape(opening.state)}.</strong></p>" if opening.state else ""
    unknown = "" if opening.state or opening.week else f"<p>{escape(_('Not stated'))}</p>"
    return _section(
        _("Opening hours"),
        state or unknown,
        facts.drawn(opening.week),
        f"{_heading(_('Other days'))}\n{_list(opening.exceptions)}" if opening.exceptions else "",
        *[f"<p>{escape(note)}</p>" for note in opening.notes],
    )


def terms(page: "StationPage") -> Markup:
    """How to pay and to park, whose power it is and whom to ask."""
    bays = [f"{_heading(each.title)}\n{facts.drawn(each.facts)}" for each in page.parking.bays]
    return _marked(
        _section(_("Pay"), facts.drawn(page.payment))
        + _section(_("Parking"), facts.drawn(page.parking.facts), *bays)
        + _section(_("The electricity"), facts.drawn(page.energy))
        + _section(_("Contact"), facts.drawn(page.contact))
    )


def nearby(page: "StationPage") -> Markup:
    return _section(_("Charging stations nearby"), rows(page.nearby)) if page.nearby else Markup()


def sources(shown: Sequence[Fact]) -> Markup:
    return _section(_("Source and updated"), facts.drawn(shown), kind="sec wrap")


def _section(title: str, *pieces: str, kind: str = "sec") -> Markup:
    return _marked(f'<section class="{kind}"><h2>{escape(title)}</h2>\n{_lines(pieces)}</section>')


def _heading(title: str) -> str:
    return f"<h3>{escape(title)}</h3>"


def _list(texts: Iterable[str]) -> str:
    return f"<ul>\n{_lines([f'<li>{escape(text)}</li>' for text in texts])}</ul>"


def _lines(pieces: Iterable[str]) -> str:
    """Those that say something, each on a line of its own."""
    return "".join([f"{piece}\n" for piece in pieces if piece])


def _marked(drawn: str) -> Markup:
    return Markup(drawn)  # noqa: S704 - every text in it is escaped
