"""The style page, for those who work on the site: tokens, type and components with their states.

Tokens are read from static/site.css, and components are drawn by the functions and templates that draw the site, so neither can differ
from it. Nobody is led here, and in production there is no such page (`FINDER_STYLE_PAGE`).
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from flask import Blueprint, abort, current_app, render_template
from markupsafe import Markup

from finder.ocpi.types import Struct
from finder.pages import charge_form, guide_drawn, rows, station_drawn
from finder.pages.charge_form import ChargeForm
from finder.pages.drawn import strip
from finder.pages.facts import Fact, fact, stated
from finder.pages.guide_drawn import Bar
from finder.pages.listing import Link, Paging
from finder.pages.listing import Page as Numbered
from finder.pages.rows import Cost, Row, State
from finder.pages.station_points import Line, Point, Points
from finder.stations.summary import Counts
from finder.web.errors import ErrorPage
from finder.web.errors import build as error_page
from finder.web.head import NO_INDEX, Head, titled
from finder.web.language import age, clock, kilowatts, utc_now
from finder.web.language import gettext as _

ROOT_RULE = re.compile(r":root\{(.*?)\}", re.DOTALL)
TOKEN = re.compile(r"--([\w-]+):((?:[^;(]|\([^)]*\))+)")
COLOUR = re.compile(r"light-dark\((#\w+),(#\w+)\)|(#\w+)")
TYPE = ("xxl", "fig", "xl", "l", "m", "s", "xs")
PLUGS = {"ccs": "CCS", "t2": "Typ 2", "chademo": "CHAdeMO"}

blueprint = Blueprint("style", __name__)


class Token(Struct):
    """`value` as the style sheet has it; a colour's in the light and in the dark."""

    name: str
    value: str


class Tokens(Struct):
    colours: tuple[Token, ...]
    type: tuple[Token, ...]
    spaces: tuple[Token, ...]


class StylePage(Struct):
    head: Head
    tokens: Tokens
    states: tuple[State, ...]
    strips: tuple[Markup, ...]
    plugs: dict[str, str]
    board: Markup
    ages: tuple[str, str]
    rows: tuple[Row, ...]
    facts: tuple[Fact, ...]
    points: Markup
    form: Markup
    chart: Markup
    links: tuple[Link, ...]
    paging: Paging
    error: ErrorPage


@blueprint.get("/_stil")
def show() -> str:
    if not (current_app.debug or current_app.config["STYLE_PAGE"]):
        abort(404)
    return render_template("pages/style.html", page=build())


@cache
def tokens(path: Path) -> Tokens:
    """What stands in the style sheet's first rule."""
    rule = ROOT_RULE.search(path.read_text(encoding="utf-8"))
    found = [Token(name, value) for name, value in TOKEN.findall(rule[1] if rule else "")]
    return Tokens(
        colours=tuple(_colours(found)),
        type=tuple(token for name in TYPE for token in found if token.name == name),
        spaces=tuple(token for token in found if token.name.isdigit()),
    )


def _colours(found: list[Token]) -> Iterator[Token]:
    for token in found:
        colour = COLOUR.fullmatch(token.value)
        if colour:
            yield Token(token.name, colour[3] or f"{colour[1]} / {colour[2]}")


def build() -> StylePage:
    return StylePage(
        head=Head(title=titled(_("Style page")), description=_("Tokens, type and components."), robots=NO_INDEX),
        tokens=tokens(Path(current_app.root_path) / "static" / "site.css"),
        states=tuple(_states()),
        strips=tuple(Markup(strip(*counts)) for counts in ((3, 3, 0, 0), (0, 4, 0, 0), (2, 0, 1, 1))),  # noqa: S704
        plugs=PLUGS,
        board=station_drawn.board(_board()),
        ages=(age(utc_now(), utc_now()), clock(utc_now())),
        rows=tuple(_rows()),
        facts=(
            fact(_("Per kWh"), _("%(count)s available", count=3)),
            stated(_("Address"), ["Torpvägen 2", "451 76 Uddevalla"]),
            stated(_("On site"), []),
        ),
        points=station_drawn.table(_points()),
        form=charge_form.drawn(_form()),
        chart=_chart(),
        links=tuple(Link(name, "#", count) for name, count in (("Uddevalla", "52"), ("Örnsköldsvik", "118"))),
        paging=Paging(where="2/3", previous="#", next="#", pages=tuple(_numbers())),
        error=error_page(404),
    )


def _states() -> Iterator[State]:
    now = utc_now()
    for counts in (
        Counts(available=3, busy=3),
        Counts(available=1, busy=1, unknown=2),
        Counts(available=1),
        Counts(busy=4),
        Counts(busy=1, broken=1),
        Counts(broken=1),
        Counts(planned=2),
    ):
        yield rows.state(counts, None, now)
    yield rows.state(Counts(unknown=2), now, now)
    yield rows.state(Counts(unknown=2), None, now)


def _board() -> tuple[Line, ...]:
    now = utc_now()
    some, unknown = Counts(available=3, busy=2, broken=1), Counts(unknown=2)
    return (
        Line("ccs", f"CCS, {kilowatts(150)}", "5,49 kr/kWh", 3, 2, 1, 0, rows.state(some, None, now), ""),
        Line("t2", f"Typ 2, {kilowatts(22)}", _("Price not given"), 0, 0, 0, 2, rows.state(unknown, now, now), ""),
    )


def _rows() -> Iterator[Row]:
    now = utc_now()
    place = (rows.Fact("CCS", strong=kilowatts(150)), rows.Fact("Nordladd"))
    for name, counts, cost in (
        ("Kungstorgets p-hus", Counts(available=1, busy=1), Cost("186 kr", ("4,90 kr/kWh",))),
        ("Herrestad, E6", Counts(busy=4), Cost("198 kr", ("5,20 kr/kWh",))),
        ("Rotviksbro", Counts(broken=2), Cost("198 kr", ("5,20 kr/kWh",))),
        ("Ljungskile", Counts(unknown=2), Cost(_("Price not given"), (_("by the operator"),), known=False)),
    ):
        yield Row(name, "#", rows.state(counts, None, now), place, cost)


def _points() -> Points:
    states = [state for state in _states() if state.kind != "free"][:3]
    points = [Point(state, clock(utc_now()), f"{n}", f"SE*NLD*E{n:04}", "") for n, state in enumerate(states, 1)]
    return Points(caption=f"CCS, {kilowatts(150)}", points=tuple(points), folded=False)


def _form() -> ChargeForm:
    return ChargeForm(
        action="#", typed={"battery_kwh": "77", "from": "120"}, problems={"from": _("We did not understand that")}
    )


def _chart() -> Markup:
    bars = [Bar(f"{hour:02}", 1 + (hour * 5) % 9, str(hour)) for hour in range(24)]
    return guide_drawn.columns(bars, _("Charts"), _("Charts"), _("Since"), _("Status"))


def _numbers() -> Iterator[Numbered]:
    yield Numbered("1", "#")
    yield Numbered("2", None)
    yield Numbered("3", "#")
