"""What browsers ask for beside the pages: our search as one of theirs (OpenSearch 1.1), and the icon."""

from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from flask import Blueprint, Response, current_app, url_for

from finder.web.head import absolute, cut
from finder.web.headers import cached
from finder.web.language import LOCALES, language, localised, path_to
from finder.web.language import gettext as _

SPACE = "http://a9.com/-/spec/opensearch/1.1/"
MIMETYPE = "application/opensearchdescription+xml"
# As many characters as the specification lets a name and a long name have.
NAME, LONG_NAME = 16, 48
DAY = 86_400

blueprint = Blueprint("opensearch", __name__)


@blueprint.get("/opensearch.xml")
@localised(blueprint, "/opensearch.xml")
def show() -> Response:
    root = ElementTree.Element("OpenSearchDescription", {"xmlns": SPACE})
    name = str(current_app.config["SITE_NAME"])
    _text(root, "ShortName", cut(name, NAME))
    _text(root, "LongName", cut(f"{name}: {_('Search charging stations')}", LONG_NAME))
    _text(root, "Description", _("Public charging stations by place, postal code, street, name or operator."))
    _text(root, "Language", str(LOCALES[language()]).replace("_", "-"))
    _text(root, "InputEncoding", "UTF-8")
    _text(root, "Image", absolute(url_for("opensearch.icon")), width="16", height="16", type="image/x-icon")
    _url(root, "text/html", f"{absolute(path_to('search.show'))}?q={{searchTerms}}", rel="results")
    _url(root, MIMETYPE, absolute(path_to("opensearch.show")), rel="self")
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return cached(written, MIMETYPE, DAY)


def _text(parent: ElementTree.Element, tag: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, tag, attributes).text = text


def _url(parent: ElementTree.Element, type: str, template: str, rel: str) -> None:
    ElementTree.SubElement(parent, "Url", {"type": type, "rel": rel, "template": template})


@blueprint.get("/favicon.ico")
def icon() -> Response:
    return cached(_icon(Path(current_app.root_path) / "static" / "favicon.ico"), "image/x-icon", DAY)


@cache
def _icon(path: Path) -> bytes:
    return path.read_bytes()
