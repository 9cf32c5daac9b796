"""What programs that read the web may read, and where what they look for stands: robots.txt, llms.txt.

Everything but searches, which are endless (seo.md, rule 2), and what only open pages ask for.
"""

from collections.abc import Iterable

from flask import Blueprint, Response, current_app, url_for

from finder.pages import rows
from finder.store import export
from finder.web.database import reading
from finder.web.exported import File, offered
from finder.web.head import absolute
from finder.web.headers import cached
from finder.web.language import LANGUAGES, in_language, path_to

MAX_AGE = 3600
TEXT = "text/plain"
# Those who gather texts for language models, or answer with them, by what they call themselves.
AI_CRAWLERS = (
    "AI2Bot",
    "Amazonbot",
    "anthropic-ai",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ChatGPT-User",
    "Claude-SearchBot",
    "Claude-User",
    "ClaudeBot",
    "cohere-ai",
    "DuckAssistBot",
    "FacebookBot",
    "Google-Extended",
    "GPTBot",
    "meta-externalagent",
    "MistralAI-User",
    "OAI-SearchBot",
    "Perplexity-User",
    "PerplexityBot",
)

blueprint = Blueprint("robots", __name__)


@blueprint.get("/robots.txt")
def show() -> Response:
    groups = [_everybody()]
    if not current_app.config["AI_CRAWLERS"]:
        groups.append([*(f"User-agent: {name}" for name in AI_CRAWLERS), "Disallow: /"])
    groups.append([f"Sitemap: {absolute(url_for('sitemap.index'))}"])
    return cached("\n\n".join("\n".join(lines) for lines in groups).encode() + b"\n", TEXT, MAX_AGE)


def _everybody() -> list[str]:
    searches = [f"Disallow: {in_language('/search', code)}?" for code in LANGUAGES]
    fragments = [f"Disallow: {in_language('/live', code)}?" for code in LANGUAGES]
    return ["User-agent: *", *searches, *fragments, "Disallow: /tiles/"]


@blueprint.get("/llms.txt")
def llms() -> Response:
    """In English, as its readers expect it (llmstxt.org)."""
    with reading() as connection:
        licences = export.licences(connection)
    told = sorted({rows.licence(licence) for licence in licences.values() if licence})
    return cached("\n".join(_described(offered(), told)).encode() + b"\n", "text/markdown", MAX_AGE)


def _described(files: Iterable[File], licences: list[str]) -> list[str]:
    name = current_app.config["SITE_NAME"]
    api = absolute("/api/v1")
    about, search = absolute(path_to("about.show", "en")), absolute(path_to("search.show", "en"))
    return [
        f"# {name}",
        "",
        "> Public charging stations for electric cars: where they are, which charging points are available right now, power,",
        "> plugs, prices and opening hours. The facts come from the operators themselves, over OCPI, each with source and time.",
        "",
        "Unknown is told as unknown, never as available or 0. Prices are final prices with VAT where the operator states VAT.",
        "Live status is right for minutes: ask again rather than remember it. Every page is there in Swedish and English.",
        "",
        "## Pages",
        "",
        f"- [All areas]({absolute(path_to('areas.index', 'en'))}): counties and countries, then municipalities, then stations",
        f"- [Search]({search}): `?q=` takes a place, postal code, street, station or operator",
        f"- [Guides]({absolute(path_to('guides.index', 'en'))}): OCPI, prices, load management, plugs, with live figures",
        f"- [About the data]({about}): sources, licences, freshness, and what was refused",
        f"- [Sitemap]({absolute(url_for('sitemap.index'))}): every page, with when its facts changed",
        "",
        "## API",
        "",
        f"- [OpenAPI]({api}/openapi.json): JSON without a key, from any origin",
        f"- `{api}/stations?near=57.70,11.97&limit=3`: stations as GeoJSON, with conditions and prices",
        f"- `{api}/stations/<id>/price?energy_kwh=20`: what a charge costs there, part by part, or why nobody can say",
        "",
        "## Everything at once",
        "",
        *(
            [
                f"- [{each.name}]({api}/export/{each.name}): {each.stations} stations, {each.size} bytes"
                for each in files
            ]
            or [f"- [Now]({api}/export/stations.geojsonl): all stations as they are, a line each"]
        ),
        "",
        "## Licences",
        "",
        f"- Of the data: {', '.join(licences) or 'none stated'}. Name the `sources` that each station has.",
        "- A partner without a licence is shown on the pages and is not in the API.",
    ]
