"""The stations that a reader has saved. They are on the reader's own device, so the page is the same for everybody: its list is drawn
there, by `static/saved.js`."""

from flask import Blueprint, render_template

from finder.ocpi.types import Struct
from finder.pages import rows
from finder.web.head import NO_INDEX, Crumb, Head, describe, head
from finder.web.language import gettext as _
from finder.web.language import language, localised, path_to, site_urls

blueprint = Blueprint("saved", __name__)


class SavedPage(Struct):
    """`folder` is what the path of every station begins with."""

    head: Head
    folder: str
    offline: str


@localised(blueprint, "/saved/")
def show() -> str:
    return render_template("pages/saved.html", page=build())


def build() -> SavedPage:
    return SavedPage(
        head=head(
            _("Saved charging stations"),
            describe(_("The charging stations that you have saved, with their status now. They stay on this device.")),
            "saved.show",
            robots=NO_INDEX,
            crumbs=(Crumb(_("Start"), site_urls().home), Crumb(_("Saved"))),
        ),
        folder=f"{rows.folder(language())}/",
        offline=path_to("offline.show"),
    )
