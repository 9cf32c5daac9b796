"""Guides: texts of ours for drivers and operators, with figures counted of the stations as they are now.

A guide is a template in each language, templates/guides/<language>/<name>.html, so that its text is written and translated as
a whole. It has a block `sign`, the answer in one figure, and a block `text`; both get `f`, the figures in words.
"""

import re
from datetime import date
from typing import Literal

from flask import Blueprint, current_app, render_template, url_for
from markupsafe import Markup

from finder.ocpi.types import Struct
from finder.pages import guide_drawn, guide_figures
from finder.pages.guide_examples import examples, sharing_drawn, timed
from finder.pages.guide_figures import Told
from finder.pages.listing import collection
from finder.pages.words import N_
from finder.web.database import reading
from finder.web.head import Crumb, Head, Json, absolute, describe, head
from finder.web.language import LANGUAGES, day, in_language, language, localised, number, path_to, tie, utc_now
from finder.web.language import gettext as _

HEADING = re.compile(r'<h2 id="([a-z-]+)">(.+?)</h2>')

blueprint = Blueprint("guides", __name__)


class Guide(Struct):
    """`slug` is the Swedish one; the English is the name. `title` and `about` are for search engines and lists, `updated` is when
    its text last changed."""

    name: str
    slug: str
    kind: Literal["Article", "TechArticle"]
    updated: date
    heading: str
    title: str
    about: tuple[str, ...]


WRITTEN = date(2026, 11, 23)
FIGURES = N_("With live figures.")
GUIDES = {
    guide.name: guide
    for guide in (
        Guide(
            name="charging-costs",
            slug="ladda-elbil-pris",
            kind="Article",
            updated=WRITTEN,
            heading=N_("What does charging away from home cost?"),
            title=N_("What charging costs, and how to read a price"),
            about=(
                N_("Price per kWh, per minute and per session, idle fees and VAT: how to read a charging price."),
                N_("And what stations really take."),
                FIGURES,
            ),
        ),
        Guide(
            name="connectors",
            slug="kontakter",
            kind="Article",
            updated=WRITTEN,
            heading=N_("Plugs: CCS, Type 2, CHAdeMO and the others"),
            title=N_("EV plugs: CCS, Type 2, CHAdeMO and who has which"),
            about=(
                N_(
                    "Which plug your car has, whether you need a cable, how many kW it gives and what limits the power."
                ),
                FIGURES,
            ),
        ),
        Guide(
            name="charging-profiles",
            slug="laddningsprofiler",
            kind="Article",
            updated=WRITTEN,
            heading=N_("Charging profiles: fastest, cheapest, greenest"),
            title=N_("Charging profiles: faster, cheaper or greener"),
            about=(
                N_(
                    "How a charge becomes faster, cheaper or greener, what OCPI offers for it and what you can do yourself."
                ),
                FIGURES,
            ),
        ),
        Guide(
            name="load-management",
            slug="belastningshantering",
            kind="Article",
            updated=WRITTEN,
            heading=N_("Load management: when chargers share power"),
            title=N_("Load management: when chargers share power"),
            about=(
                N_(
                    "Why power drops when others charge, where chargers share it, what you notice and which can be steered."
                ),
                FIGURES,
            ),
        ),
        Guide(
            name="ocpi",
            slug="ocpi",
            kind="TechArticle",
            updated=WRITTEN,
            heading=N_("OCPI: the language of charging stations"),
            title=N_("OCPI explained: what drivers and operators gain"),
            about=(
                N_("What OCPI is, what it gives drivers and operators, how its versions differ and how we read each."),
                FIGURES,
            ),
        ),
        Guide(
            name="become-a-partner",
            slug="bli-partner",
            kind="TechArticle",
            updated=WRITTEN,
            heading=N_("Become a partner: share your stations by OCPI"),
            title=N_("Become a partner: share your stations by OCPI"),
            about=(
                N_("How an operator joins with OCPI: address, token, licence, what is read and checked, and the law."),
                FIGURES,
            ),
        ),
    )
}


class Link(Struct):
    """`figure` is the guide's answer, where it is known, and `figure_words` what it counts."""

    name: str
    url: str
    about: str
    figure: str = ""
    figure_words: str = ""


class GuidePage(Struct):
    """`template` holds the text, `updated` is told to people and `modified` to programs."""

    head: Head
    heading: str
    template: str
    updated: str
    modified: str
    others: tuple[Link, ...]


class IndexPage(Struct):
    head: Head
    heading: str
    lead: str
    guides: tuple[Link, ...]


@localised(blueprint, "/guides/")
def index() -> str:
    now = utc_now()
    with reading() as connection:
        told = guide_figures.held(connection, now)
    return render_template("pages/guides.html", page=build_index(told), f=told)


def show(guide: str) -> str:
    now = utc_now()
    with reading() as connection:
        told = guide_figures.held(connection, now)
    page = build(GUIDES[guide])
    return render_template(
        page.template,
        page=page,
        f=told,
        guide=path_of,
        contents=contents,
        connections=guide_drawn.connections,
        examples=examples,
        sharing=sharing_drawn,
        timed=timed,
        contact=_contact(),
    )


# A rule for each guide in each language: their slugs are words of the language.
for _guide in GUIDES.values():
    for _code in LANGUAGES:
        _rule = in_language("/guides/", _code) + (_guide.slug if _code == "sv" else _guide.name) + "/"
        blueprint.add_url_rule(_rule, "show", show, defaults={"lang": _code, "guide": _guide.name})


def build_index(told: Told) -> IndexPage:
    heading = _("Guides to charging")
    links = tuple(_link(guide, *_answer(guide, told)) for guide in GUIDES.values())
    return IndexPage(
        head=head(
            heading,
            describe(
                _(
                    "What charging costs, which plug fits, how power is shared and what OCPI is: guides for drivers and operators."
                ),
                _("With live figures."),
            ),
            "guides.index",
            crumbs=(Crumb(_("Start"), url_for("home.show")), Crumb(_("Guides"))),
            json_ld=(collection(heading, url_for("guides.index"), ((each.name, each.url) for each in links)),),
        ),
        heading=heading,
        lead=_("Six texts of ours, with figures counted of the charging stations as they are now."),
        guides=links,
    )


def build(guide: Guide) -> GuidePage:
    crumbs = (
        Crumb(_("Start"), url_for("home.show")),
        Crumb(_("Guides"), url_for("guides.index")),
        Crumb(_(guide.heading)),
    )
    return GuidePage(
        head=head(
            _(guide.title),
            describe(*map(_, guide.about)),
            "guides.show",
            crumbs=crumbs,
            json_ld=(_article(guide),),
            guide=guide.name,
        ),
        heading=_(guide.heading),
        template=f"guides/{language()}/{guide.name}.html",
        updated=day(guide.updated),
        modified=guide.updated.isoformat(),
        others=tuple([_link(each) for each in GUIDES.values() if each is not guide]),
    )


def _contact() -> Link | None:
    """Where partners reach us; None where nothing is set but the site's own address."""
    contact = str(current_app.config["CONTACT"])
    if "@" in contact:
        address = contact.removeprefix("mailto:")
        return Link(address, f"mailto:{address}", "")
    if contact.startswith("https://") and contact != absolute("") and not contact.endswith(".invalid"):
        return Link(contact.removeprefix("https://"), contact, "")
    return None


def path_of(name: str) -> str:
    """A guide's in the reader's language."""
    return path_to("guides.show", guide=name)


def _link(guide: Guide, figure: str = "", figure_words: str = "") -> Link:
    return Link(_(guide.heading), path_to("guides.show", guide=guide.name), _(guide.about[0]), figure, figure_words)


def _answer(guide: Guide, told: Told) -> tuple[str, str]:
    """What stands on its sign; empty where it is not known."""
    match guide.name:
        case "charging-costs" if told.direct:
            return told.direct.figure, _("median per kWh of direct current")
        case "connectors" if told.plugs:
            return told.plugs[0].percent, _("of charging stations have %(plug)s", plug=told.plugs[0].name)
        case "charging-profiles" if told.clock and told.clock.stations.any:
            return told.clock.stations.percent, _("have a price that follows the clock")
        case "load-management" if told.smart and told.smart.any:
            return told.smart.percent, _("say that they can be steered")
        case "ocpi" if told.versions:
            return number(len(told.versions)), _("versions of OCPI are spoken with us")
        case "become-a-partner" if told.sources:
            return number(len(told.sources)), _("sources tell of their stations")
    return "", ""


def _article(guide: Guide) -> Json:
    ours = {"@type": "Organization", "name": str(current_app.config["SITE_NAME"]), "url": absolute("/")}
    return {
        "@context": "https://schema.org",
        "@type": guide.kind,
        "headline": _(guide.heading),
        "url": absolute(path_to("guides.show", guide=guide.name)),
        "inLanguage": language(),
        "dateModified": guide.updated.isoformat(),
        "author": ours,
        "publisher": ours,
    }


def contents(text: str) -> list[tuple[str, Markup]]:
    """Where each section of a guide's text is, and what it is called."""
    return [(id, Markup(name)) for id, name in HEADING.findall(text)]  # noqa: S704 - out of a text of ours


@blueprint.app_template_filter()
def tied(text: str) -> Markup:
    """A text of ours with each unit on the line of its number."""
    return Markup(tie(text))  # noqa: S704
