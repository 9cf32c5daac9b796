"""The application: settings, database, pages, API and commands put together."""

import gc
import os
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from finder import api, cli, pages, settings, web
from finder.store import database
from finder.web import suggestions


def create_app(environ: dict[str, str] | None = None) -> Flask:
    """The site. `environ` stands in for the environment's FINDER_ variables. Raises SettingError; within a `flask` command
    a wrong setting ends it with that one line."""
    try:
        return _app(settings.read(os.environ if environ is None else environ, Path.cwd()))
    except settings.SettingError as error:
        cli.end_command(error)
        raise


def serving(environ: dict[str, str] | None = None) -> Flask:
    """The site in a process of its own (`flask serve`), with its pages kept for seconds. What starting made stays, and a page
    leaves next to no cycles, so the cyclic collector may look less often."""
    app = create_app(environ)
    app.extensions["finder.page_cache"].capacity = app.config["PAGE_CACHE_MB"] << 20
    suggestions.read_ahead()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    return app


def _app(said: settings.Settings) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.config.update(
        DATABASE_URL=said.database_url,
        DATABASE_READ_URL=said.database_read_url,
        PARTNERS=said.partners,
        BASE_URL=said.base_url,
        SITE_NAME=said.site_name,
        CONTACT=said.contact,
        TILES_URL=said.tiles_url,
        EXPORT=said.export,
        PAGE_CACHE_MB=said.page_cache_mb,
        AI_CRAWLERS=said.ai_crawlers,
        STYLE_PAGE=said.style_page,
        INDEXNOW_KEY=said.indexnow_key,
        INDEXNOW_URL=said.indexnow_url,
    )
    app.extensions["finder.engine"] = _engine("DATABASE_URL", said.database_url)
    app.extensions["finder.reader"] = (
        app.extensions["finder.engine"]
        if said.database_read_url == said.database_url
        else _engine("DATABASE_READ_URL", said.database_read_url)
    )
    for part in (web, pages, api, cli):
        part.init_app(app)
    return app


def _engine(name: str, url: str) -> sa.Engine:
    try:
        return database.engine(url)
    except OSError as error:
        raise settings.SettingError(
            f"FINDER_{name}: the folder of the database cannot be made ({error.strerror}); "
            "right would be one that this user may write to"
        ) from error
