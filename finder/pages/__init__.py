"""Kinds of pages. A new kind is a module with a `blueprint`, a template of its name, and its name here."""

from importlib import import_module

from flask import Flask

PAGES = ("home", "areas", "search", "about", "station", "robots")


def init_app(app: Flask) -> None:
    facts = import_module("finder.pages.facts")
    app.jinja_env.globals.update(facts=facts.drawn, value=facts.drawn_value)
    for name in PAGES:
        app.register_blueprint(import_module(f"finder.pages.{name}").blueprint)
