"""What stands around every page of a language and is the same on all of them: drawn once."""

from functools import cache

from flask import Flask
from markupsafe import Markup

from finder.ocpi.types import Struct
from finder.web.language import language


class Frame(Struct):
    """`head` ends the head's fixed lines, `top` begins the header, `menu` the footer: the languages' links follow both."""

    head: Markup
    top: Markup
    menu: Markup
    foot: Markup


def init_app(app: Flask) -> None:
    parts = app.jinja_env.get_template("partials/_frame.html")

    @cache
    def frame(code: str) -> Frame:
        # A module of its own: the macros' texts are in the language of the moment.
        made = parts.make_module()
        return Frame(**{name: getattr(made, name)() for name in Frame.__struct_fields__})

    app.jinja_env.globals["frame"] = lambda: frame(language())
