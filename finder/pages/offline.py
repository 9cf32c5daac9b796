"""The site on a telephone: how it is installed, and what of it is kept for where there is no network.

Kept by `static/worker.js`, in the reader's browser alone: style, script and typeface, the start page, the stations that were last
looked at and those that are saved. Never a search, which may hold a position, nor what the API or the map answers.
"""

import json
from hashlib import blake2b
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template

from finder.ocpi.types import Struct
from finder.pages import rows
from finder.web.head import NO_INDEX, Crumb, Head, cut, describe, head
from finder.web.headers import cached
from finder.web.language import LANGUAGES, LOCALES, language, localised, path_to, site_urls, speaking
from finder.web.language import gettext as _
from finder.web.static import PREFIX, files, unhashed

MANIFEST = "application/manifest+json"
DAY = 86_400
# The page's ground, as `--ground` of site.css has it in the light.
GROUND = "#f3f5f3"
LONGEST_SHORT_NAME = 12
# Kept with the first visit: what pages are made of, but for the moving map.
KEPT_KINDS = {".css", ".js", ".woff2"}
MOST_SEEN = 30
PATIENCE_MS = 3000

blueprint = Blueprint("offline", __name__)


class OfflinePage(Struct):
    head: Head


@blueprint.get("/manifest.webmanifest")
@localised(blueprint, "/manifest.webmanifest")
def manifest() -> Response:
    return cached(json.dumps(described(), ensure_ascii=False, indent=1).encode(), MANIFEST, DAY)


def described() -> dict[str, Any]:
    """The manifest in the reader's language (W3C, Web Application Manifest). It is one application in both."""
    name = str(current_app.config["SITE_NAME"])
    return {
        "id": "/",
        "name": f"{name}: {_('Charging stations')}",
        "short_name": cut(name, LONGEST_SHORT_NAME),
        "description": _("Public charging stations: what is available now, what it costs and who says so."),
        "lang": str(LOCALES[language()]).replace("_", "-"),
        "dir": "ltr",
        "start_url": site_urls().home,
        "scope": "/",
        "display": "standalone",
        "theme_color": GROUND,
        "background_color": GROUND,
        "categories": ["navigation", "travel", "utilities"],
        "icons": [
            _icon("icon-192.png", 192),
            _icon("icon-512.png", 512),
            _icon("icon-maskable.png", 512, purpose="maskable"),
        ],
        "shortcuts": [
            {"name": _("Search charging stations"), "url": site_urls().search},
            {"name": _("Saved charging stations"), "url": site_urls().saved},
        ],
    }


def _icon(name: str, size: int, **more: str) -> dict[str, str]:
    return {"src": _static_names()[name], "sizes": f"{size}x{size}", "type": "image/png", **more}


def _static_names() -> dict[str, str]:
    """Each static file's address by its name."""
    named = files(Path(current_app.root_path) / "static").names
    return {name: f"/{PREFIX}{hashed}" for name, hashed in named.items()}


@blueprint.get("/sw.js")
def worker() -> Response:
    """What the worker keeps, and the worker. A new release has other names in it, so browsers take it in place of the old one."""
    names = _static_names()
    said = json.dumps(kept(names), ensure_ascii=False)
    source = f'const SITE = {said};\nimportScripts("{names["worker.js"]}");\n'
    response = Response(source, mimetype="text/javascript")
    # Not to be kept by anybody: an old worker would keep an old site.
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    return response


def kept(names: dict[str, str]) -> dict[str, Any]:
    """`files` are by the address that they would have without a hash: pages that were kept longer ask for older ones."""
    static = {
        unhashed(url): url
        for name, url in names.items()
        if "/" not in name and name != "worker.js" and Path(name).suffix in KEPT_KINDS
    }
    spoken = {code: _spoken(code) for code in LANGUAGES}
    version = blake2b(json.dumps([static, names["worker.js"], spoken]).encode(), digest_size=5).hexdigest()
    return {"version": version, "most": MOST_SEEN, "patience": PATIENCE_MS, "files": static, "languages": spoken}


def _spoken(code: str) -> dict[str, str]:
    """The pages of one language that the worker knows, and what it writes over a page that it kept. `#` stands for a time."""
    with speaking(code):
        return {
            "home": path_to("home.show"),
            "saved": path_to("saved.show"),
            "offline": path_to("offline.show"),
            "station": f"{rows.folder(code)}/",
            "noNetwork": _("The page as it was %(time)s. You have no network.", time="#"),
            "noAnswer": _("The page as it was %(time)s. We get no answer right now.", time="#"),
            "again": _("Try again"),
        }


@localised(blueprint, "/offline/")
def show() -> str:
    return render_template("pages/offline.html", page=build())


def build() -> OfflinePage:
    return OfflinePage(
        head=head(
            _("Without network"),
            describe(
                _(
                    "What can be read without network: the charging stations that you have saved and those that you last saw."
                )
            ),
            "offline.show",
            robots=NO_INDEX,
            crumbs=(Crumb(_("Start"), site_urls().home), Crumb(_("Without network"))),
        ),
    )
