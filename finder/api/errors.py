"""Errors below /api/ are problems (RFC 9457); everywhere else they stay pages."""

import logging

from flask import Flask, Response, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from finder.api.answers import problem
from finder.web import errors as pages

API = "/api/"
DETAILS = {
    400: "the request cannot be read",
    404: "nothing is here; /api/v1/openapi.json lists what there is",
    405: "only GET, HEAD and OPTIONS are answered",
    413: "the request is too large",
    429: "too many requests in a short time",
    503: "the data cannot be reached right now",
}
OURS = "the fault is ours and has been noted"
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Call after `finder.web.init_app`, whose handlers these stand before."""
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(OperationalError, database_gone)


def answer(error: HTTPException) -> Response | HTTPException:
    code = error.code or 500
    if code < 400 or not request.path.startswith(API):
        return pages.answer(error)
    response = problem(code, DETAILS.get(code, OURS if code >= 500 else error.name))
    for name, value in error.get_headers():
        if name in pages.KEPT:
            response.headers[name] = value
    if code == 503:
        response.headers.setdefault("Retry-After", pages.RETRY_SECONDS)
    return response


def database_gone(error: OperationalError) -> Response | HTTPException:
    if not request.path.startswith(API):
        return pages.database_gone(error)
    log.error("database: %s", error.orig)
    return answer(ServiceUnavailable())
