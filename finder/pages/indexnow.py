"""What search engines are told of changes (indexnow.org), and the key by which they know that it is us who tells them."""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, url_for

from finder.ingest.indexnow import Site, Teller
from finder.pages import rows
from finder.pages.indexed import indexable
from finder.store.addresses import Change
from finder.store.times import millis
from finder.web.head import absolute
from finder.web.headers import cached
from finder.web.language import LANGUAGES, path_to

MAX_AGE = 3600

blueprint = Blueprint("indexnow", __name__)


@blueprint.get("/<key>.txt")
def proof(key: str) -> Response:
    if key != current_app.config["INDEXNOW_KEY"]:
        abort(404)
    return cached(key.encode(), "text/plain", MAX_AGE)


def teller(contact: str) -> Teller | None:
    """None where nobody is to be told. Needs a request's context, then and whenever it tells, for the addresses of pages."""
    key, host = current_app.config["INDEXNOW_KEY"], urlsplit(str(current_app.config["BASE_URL"])).hostname or ""
    if key is None or not _public(host):
        return None
    site = Site(
        endpoint=current_app.config["INDEXNOW_URL"],
        host=host,
        key=key,
        key_url=absolute(url_for("indexnow.proof", key=key)),
        agent=f"charger-finder/0.1 (+{contact})",
        languages=len(LANGUAGES),
    )
    return Teller(site, of_stations, of_lists)


def _public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host


def of_stations(changes: Sequence[Change]) -> list[str]:
    folders = [absolute(rows.folder(code)) for code in LANGUAGES]
    return [f"{folder}/{change.address.slug}-{change.address.id}/" for change in changes for folder in folders]


def of_lists(connection: sa.Connection, after: int, until: int) -> list[str]:
    """Whose stations changed since then, both in ms."""
    changed = [listed for listed in indexable(connection) if after < millis(listed.changed_at) <= until]
    return [absolute(path_to(each.endpoint, code, **each.values)) for each in changed for code in LANGUAGES]
