"""Kinds of pages. A new kind is a module with a `blueprint`, a template of its name, and its name here."""

from importlib import import_module

from flask import Flask

from finder.pages import charge_form, drawn, facts, station_sections

PAGES = (
    "home",
    "areas",
    "operators",
    "connectors",
    "fast",
    "newest",
    "feeds",
    "search",
    "about",
    "guides",
    "station",
    "available",
    "live",
    "robots",
    "sitemap",
    "opensearch",
    "indexnow",
    "share",
    "saved",
    "offline",
    "style",
)
SECTIONS = (
    station_sections.sign,
    station_sections.costs,
    station_sections.points,
    station_sections.plugs,
    station_sections.hours,
    station_sections.terms,
    station_sections.nearby,
    station_sections.sources,
)


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(rows=drawn.rows, status=drawn.status, sockets=drawn.sockets, age=drawn.age)
    app.jinja_env.globals.update(charge_form=charge_form.drawn)
    # Filters and not functions: Jinja calls these at a third of the cost.
    app.jinja_env.filters.update(facts=facts.drawn)
    for section in SECTIONS:
        app.jinja_env.filters[f"station_{section.__name__}"] = section
    for name in PAGES:
        app.register_blueprint(import_module(f"finder.pages.{name}").blueprint)
