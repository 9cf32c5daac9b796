"""The application: settings, database, pages, API and commands put together."""

import os
from pathlib import Path

from flask import Flask

from finder import api, cli, pages, settings, web
from finder.store import database


def create_app(environ: dict[str, str] | None = None) -> Flask:
    """The site. `environ` stands in for the environment's FINDER_ variables. Raises SettingError."""
    said = settings.read(os.environ if environ is None else environ, Path.cwd())
    app = Flask(__name__, static_folder=None)
    app.config.update(
        DATABASE_URL=said.database_url,
        DATABASE_READ_URL=said.database_read_url,
        PARTNERS=said.partners,
        BASE_URL=said.base_url,
        SITE_NAME=said.site_name,
        CONTACT=said.contact,
    )
    app.extensions["finder.engine"] = database.engine(said.database_url)
    app.extensions["finder.reader"] = (
        app.extensions["finder.engine"]
        if said.database_read_url == said.database_url
        else database.engine(said.database_read_url)
    )
    for part in (web, pages, api, cli):
        part.init_app(app)
    return app
