"""How the API answers: JSON that any origin may read, with an ETag, and problems as RFC 9457."""

from http import HTTPStatus
from typing import Any

import msgspec
from flask import Response

from finder.web.headers import cached

JSON = "application/json"
GEOJSON = "application/geo+json"
PROBLEM = "application/problem+json"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
# A script that asks with If-None-Match asks for leave first; for a day the answer holds.
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}

_encoder = msgspec.json.Encoder()


def answer(content: Any, max_age: int, mimetype: str = JSON) -> Response:
    response = cached(encode(content), mimetype, max_age)
    response.headers.update(CORS)
    return response


def problem(status: int, detail: str, **more: Any) -> Response:
    """An error in one sentence, for people; `more` are members for programs."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    response = Response(encode(content), status, mimetype=PROBLEM)
    response.headers.update(CORS)
    response.headers["Cache-Control"] = "no-store" if status >= 500 else "no-cache"
    return response


def encode(content: Any) -> bytes:
    """JSON without angle brackets: no text of a partner is markup, wherever the JSON is put."""
    return _encoder.encode(content).replace(b"<", b"\\u003c").replace(b">", b"\\u003e")
