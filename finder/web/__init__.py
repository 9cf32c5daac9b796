"""What wraps every answer: language, headers, static files, errors."""

from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask

from finder.web import drawings, errors, frame, head, headers, language, page_cache, static


def init_app(app: Flask) -> None:
    host = urlsplit(app.config["BASE_URL"]).hostname
    if not app.config.get("TRUSTED_HOSTS"):
        app.config["TRUSTED_HOSTS"] = [*({host} if host else ()), "localhost", "127.0.0.1", "[::1]"]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["site_name"] = app.config["SITE_NAME"]
    app.jinja_env.globals["absolute_url"] = head.absolute
    app.jinja_env.globals.update(head=head.drawn, crumbs=head.drawn_crumbs, json_ld=head.drawn_json_ld)
    app.jinja_env.globals.update(glyph=drawings.glyph, icon=drawings.icon)
    language.init_app(app)
    static.init_app(app)
    _share_parts(app)
    frame.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    page_cache.init_app(app)


def _share_parts(app: Flask) -> None:
    """The macros that every page draws with. As globals they cost nothing; an import in each template costs a module a page."""
    icons = app.jinja_env.get_template("partials/_icons.html").module
    common, symbols = (getattr(icons, name) for name in ("common", "symbols"))
    # Remembered: pages draw the same few. Their names are ours, so there are not many sets of them.
    app.jinja_env.globals.update(common=common, symbols=lru_cache(maxsize=256)(symbols))
    app.jinja_env.globals["parts"] = app.jinja_env.get_template("partials/_parts.html").module
