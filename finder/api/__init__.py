"""The public JSON API and the health of the site."""

from flask import Flask

from finder.api import errors, export, health, tiles, v1


def init_app(app: Flask) -> None:
    app.register_blueprint(v1.blueprint)
    app.register_blueprint(export.blueprint)
    app.register_blueprint(tiles.blueprint)
    health.init_app(app)
    errors.init_app(app)
