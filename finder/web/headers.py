"""What every answer says to the browser about safety, errors and static files too."""

from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, request

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
    """200, or 304 to who has it already. Nothing of the request but its address may change the body, so there is no Vary."""
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={max_age}"
    response.set_etag(blake2b(body, digest_size=16).hexdigest())
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    """Call last: whatever wraps the application outside of this is not covered."""
    fixed = HEADERS | {"Content-Security-Policy": content_security_policy(app.config.get("TILES_URL"))}
    inner: WSGIApplication = app.wsgi_app

    def with_headers(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # A browser heeds HSTS over https only, so a forged header gains nothing.
        secure = environ.get("HTTP_X_FORWARDED_PROTO") == "https" or environ["wsgi.url_scheme"] == "https"

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            present = {name.lower() for name, _ in headers}
            added = [(name, value) for name, value in fixed.items() if name.lower() not in present]
            if secure:
                added.append(TWO_YEARS)
            return start_response(status, headers + added, exc_info)

        return inner(environ, start)

    app.wsgi_app = with_headers  # type: ignore[method-assign]
