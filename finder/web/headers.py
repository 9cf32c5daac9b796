"""What every answer says to the browser about safety, errors and static files too."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.datastructures import MultiDict

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}
EACH_TIME = "public, max-age=0, must-revalidate"
POSITIONS = ("near", "bbox")
TWO_YEARS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")


def content_security_policy(tiles_url: str | None) -> str:
    """`tiles_url` is where the map's streets come from, if from elsewhere."""
    parts = urlsplit(tiles_url or "")
    streets = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "worker-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: blob:{streets}",
            "font-src 'self'",
            f"connect-src 'self'{streets}",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        )
    )


def cached(body: bytes, mimetype: str, max_age: int) -> Response:
    """An answer that anybody may keep for `max_age` seconds. Its ETag, and 304 to who has it, come from `page_cache`."""
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={max_age}"
    return response


def is_secure(environ: "WSGIEnvironment") -> bool:
    """Whether the reader's browser speaks https, as far as a proxy says. It heeds HSTS over https only, so a forged header
    gains nothing."""
    return environ.get("HTTP_X_FORWARDED_PROTO") == "https" or environ["wsgi.url_scheme"] == "https"


def tells_a_place(asked: MultiDict[str, str]) -> bool:
    """Whether the question says where somebody is: by a point or a box, or by a text with digits (a point, a house, a postal
    code)."""
    return any(name in asked for name in POSITIONS) or any(map(str.isdigit, asked.get("q", "")))


def say_who_may_keep(response: Response) -> Response:
    """Pages may be kept by everybody and are asked for again each time, which costs a 304; what tells where somebody is, only by
    their own browser."""
    if response.status_code == 200 and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = EACH_TIME
    if request.query_string and tells_a_place(request.args):
        said = response.headers.get("Cache-Control", EACH_TIME)
        response.headers["Cache-Control"] = said.replace("public", "private")
    return response


def init_app(app: Flask) -> None:
    """Call last but for `page_cache`: whatever else wraps the application outside of this is not covered."""
    fixed = HEADERS | {"Content-Security-Policy": content_security_policy(app.config.get("TILES_URL"))}
    inner: WSGIApplication = app.wsgi_app

    def with_headers(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        secure = is_secure(environ)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            present = {name.lower() for name, _ in headers}
            added = [(name, value) for name, value in fixed.items() if name.lower() not in present]
            if secure:
                added.append(TWO_YEARS)
            return start_response(status, headers + added, exc_info)

        return inner(environ, start)

    app.after_request(say_who_may_keep)
    app.wsgi_app = with_headers  # type: ignore[method-assign]
