"""What crawlers may read: everything but searches, which are endless (seo.md, rule 2)."""

from flask import Blueprint, Response

from finder.web.language import LANGUAGES, in_language

blueprint = Blueprint("robots", __name__)


@blueprint.get("/robots.txt")
def show() -> Response:
    searches = [f"Disallow: {in_language('/search', code)}?" for code in LANGUAGES]
    return Response("\n".join(["User-agent: *", *searches, ""]), mimetype="text/plain")
