"""Pages for what goes wrong: in the reader's language, saying what to do next, and nothing of our insides."""

import logging

from flask import Flask, Response, make_response, render_template
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError, ServiceUnavailable

from finder.ocpi.types import Struct
from finder.web.head import NO_INDEX, Head, describe, titled
from finder.web.language import gettext as _

RETRY_SECONDS = "30"
KEPT = ("Allow", "Retry-After")
log = logging.getLogger(__name__)


class ErrorPage(Struct):
    """`dead_end`: there is no such page, and the road sign says so."""

    head: Head
    heading: str
    text: str
    dead_end: bool = False


def build(code: int) -> ErrorPage:
    heading, text = words(code)
    description = describe(
        text,
        _(
            "Search for a place, an address or a charging station, or choose an area in the list of all charging stations."
        ),
    )
    head = Head(title=titled(heading), description=description, robots=NO_INDEX)
    return ErrorPage(head=head, heading=heading, text=text, dead_end=code == 404)


def words(code: int) -> tuple[str, str]:
    match code:
        case 404:
            return _("Dead end"), _(
                "This page does not exist. The address may be misspelt, or the link never led anywhere."
            )
        case 405:
            return _("That does not work here"), _("The page can be read, but not changed in this way.")
        case 410:
            return _("The page is gone"), _("What was here has been removed and does not come back.")
        case 413:
            return _("That was too much"), _("The request is larger than we accept.")
        case 429:
            return _("Wait a moment"), _("Many questions came from you in a short time. Try again in a minute.")
        case 503:
            return _("Closed for a moment"), _("We cannot reach our data right now. Try again in half a minute.")
        case _ if code >= 500:
            return _("Something broke here"), _(
                "The fault is ours and has been noted. Try again, or search for something else."
            )
        case _:
            return _("We did not understand that"), _("The address or the form holds something that we cannot read.")


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(OperationalError, database_gone)


def answer(error: HTTPException) -> Response | HTTPException:
    code = error.code or 500
    if code < 400:
        return error
    if isinstance(error, SecurityError):
        # Asked by a name that is not ours: there is no site to link to.
        return Response("400: unknown host\n", 400, mimetype="text/plain")
    response = make_response(render_template("pages/error.html", page=build(code)), code)
    response.headers["Cache-Control"] = "no-store" if code >= 500 else "no-cache"
    for name, value in error.get_headers():
        if name in KEPT:
            response.headers[name] = value
    if code == 503:
        response.headers.setdefault("Retry-After", RETRY_SECONDS)
    return response


def database_gone(error: OperationalError) -> Response | HTTPException:
    log.error("database: %s", error.orig)
    return answer(ServiceUnavailable())
