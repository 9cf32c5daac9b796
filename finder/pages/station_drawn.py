"""Parts of a station's page that are drawn by functions; see `finder.pages.drawn`."""

import re
from collections.abc import Sequence

from markupsafe import Markup

from finder.pages import station_week
from finder.pages.drawn import age, status, strip
from finder.pages.facts import drawn_value
from finder.pages.station_history import Moved
from finder.pages.station_points import Line, Point, Points
from finder.pages.station_prices import Priced, Prices
from finder.tariffs import words
from finder.web.drawings import escape, glyph
from finder.web.language import gettext as _

HOURS = re.compile(r"\d\d(?::\d\d)?–\d\d(?::\d\d)?,?")


def board(lines: Sequence[Line]) -> Markup:
    """The plugs on the sign: which, what they cost, how many are free."""
    drawn = "".join([_line(line) for line in lines])
    return Markup(f'<div class="plate" data-fact="board" data-nosnippet><ul class="board">\n{drawn}</ul></div>')  # noqa: S704


def _line(line: Line) -> str:
    plug = f"{glyph(line.drawing) if line.drawing else ''}{escape(line.words)}"
    note = f" <small>{escape(line.note)}</small>" if line.note else ""
    return (
        f'<li><span class="plug">{plug}</span> <span class="b">{escape(line.price)}</span> '
        f"{strip(line.free, line.busy, line.broken, line.unknown)} "
        f'<span class="n {line.state.kind}">{escape(line.state.words)}{note}</span></li>\n'
    )


def ages(told: Sequence[str]) -> Markup:
    """Whose word it is, and how old."""
    return Markup("\n".join([age(words, fact="age") for words in told]))  # noqa: S704


def table(group: Points) -> Markup:
    """Charging points with the same plugs, a row each."""
    points = "".join([_point(point) for point in group.points])
    status, since, name = _("Status"), _("Since"), _("Charging point")
    return Markup(  # noqa: S704
        f'<table class="points" data-fact="points"><caption>{escape(group.caption)}</caption>'
        f'<thead><tr><th>{status}</th><th>{since}</th><th class="r">{name}</th></tr></thead>'
        f"<tbody>\n{points}</tbody></table>"
    )


def _point(point: Point) -> str:
    id = f' <span class="xs">{escape(point.id)}</span>' if point.id else ""
    source = f'<br><span class="xs">{escape(point.source)}</span>' if point.source else ""
    return (
        f"<tr><td>{status(point.state)}</td><td><span data-nosnippet>{escape(point.since)}</span></td>"
        f'<td class="r q">{escape(point.name)}{id}{source}</td></tr>\n'
    )


def tariffs(prices: Prices) -> Markup:
    """Each tariff, those that are announced folded; then what the prices include, who told them and when."""
    drawn = [_folded(each) if each.ahead else _tariff(each) for each in prices.priced]
    if prices.tax:
        drawn.append(f'<p class="s q">{escape(prices.tax)}</p>')
    if prices.source:
        drawn.append(str(age(prices.source, strong=prices.old)))
    return Markup("\n".join(drawn))  # noqa: S704


def _folded(priced: Priced) -> str:
    return f"<details><summary>{escape(priced.title)}</summary>{_terms(priced)}</details>"


def _tariff(priced: Priced) -> str:
    return f"<h3>{escape(priced.title)}</h3>{_terms(priced)}"


def _terms(priced: Priced) -> str:
    """Its four parts in the order of the law, then what is announced, notes, and the operator's own words."""
    parts = "".join([_part(part) for part in priced.parts])
    own_words, page = priced.own_words, priced.page
    theirs = escape(_("In the operator's words:"))
    pieces = [
        f'<dl class="facts">\n{parts}</dl>' if parts else "",
        str(station_week.drawn(priced.week)) if priced.week else "",
        "".join([f"<p><strong>{escape(each)}</strong></p>" for each in priced.next]),
        f'<p class="s q">{escape(" ".join(priced.notes))}</p>' if priced.notes else "",
        f'<p class="s">{theirs} <q>{drawn_value(own_words)}</q></p>' if own_words else "",
        f'<p class="s">{drawn_value(page)}</p>' if page and page.url else "",
    ]
    return "\n".join([piece for piece in pieces if piece])


def _part(part: words.Part) -> str:
    note = f'<span class="q s">{escape(part.note)}</span>' if part.note else ""
    if len(part.lines) > 1:
        tiers = "".join([f"<li>{_price(line)} <span>{_unbroken(line.when)}</span></li>" for line in part.lines])
        return f'<div><dt>{escape(part.name)}</dt><dd><ul class="tiers">{tiers}</ul>{note}</dd></div>\n'
    value = "".join([f"{_price(line)} {_unbroken(line.when)}".rstrip() for line in part.lines])
    return f"<div><dt>{escape(part.name)}</dt><dd>{value}{'<br>' if note else ''}{note}</dd></div>\n"


def _unbroken(when: str) -> str:
    """Hours stay on one line."""
    return HOURS.sub(r'<span class="nw">\g<0></span>', escape(when)) if "–" in when else escape(when)


def _price(line: words.Line) -> str:
    return escape(line.price) if line.plain else f"<strong>{escape(line.price)}</strong>"


def price_moves(moved: Sequence[Moved]) -> Markup:
    return Markup(f'<ol class="list">{"".join([_move(each) for each in moved])}</ol>')  # noqa: S704


def _move(moved: Moved) -> str:
    """Stacked: beside a date that is not broken there is no room on a phone."""
    of = f" · {escape(moved.of)}" if moved.of else ""
    when = f'<b class="nw">{escape(moved.day)} {moved.time}</b>'
    words = "".join([f"<br>{escape(each)}" for each in moved.words])
    return f"<li>{when}{of}{words}</li>"
