"""Kinds of pages. A new kind is a module with a `blueprint`, a template of its name, and its name here."""

from importlib import import_module

from flask import Flask

from finder.pages import drawn, facts, search_charge, station_charge, station_drawn

PAGES = ("home", "areas", "feeds", "search", "about", "station", "robots")


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(facts=facts.drawn, value=facts.drawn_value)
    app.jinja_env.globals.update(rows=drawn.rows, status=drawn.status, sockets=drawn.sockets, age=drawn.age)
    app.jinja_env.globals.update(board=station_drawn.board, table=station_drawn.table)
    app.jinja_env.globals.update(tariffs=station_drawn.tariffs, price_moves=station_drawn.price_moves)
    app.jinja_env.globals.update(charge_form=station_charge.drawn_form, charge_answer=station_charge.drawn_answer)
    app.jinja_env.globals.update(charge_in_short=station_charge.drawn_in_short)
    app.jinja_env.globals.update(charge_form_of_list=search_charge.drawn_form)
    for name in PAGES:
        app.register_blueprint(import_module(f"finder.pages.{name}").blueprint)
