"""Kinds of pages. A new kind is a module with a `blueprint`, a template of its name, and its name here."""

from importlib import import_module

from flask import Flask

from finder.pages import charge_form, drawn, facts, station_charge, station_drawn

PAGES = ("home", "areas", "feeds", "search", "about", "station", "live", "robots")


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(facts=facts.drawn, value=facts.drawn_value)
    app.jinja_env.globals.update(rows=drawn.rows, status=drawn.status, sockets=drawn.sockets, age=drawn.age)
    app.jinja_env.globals.update(board=station_drawn.board, table=station_drawn.table, ages=station_drawn.ages)
    app.jinja_env.globals.update(tariffs=station_drawn.tariffs, price_moves=station_drawn.price_moves)
    app.jinja_env.globals.update(charge_form=charge_form.drawn, charge_answer=station_charge.drawn_answer)
    app.jinja_env.globals.update(charge_in_short=station_charge.drawn_in_short)
    for name in PAGES:
        app.register_blueprint(import_module(f"finder.pages.{name}").blueprint)
