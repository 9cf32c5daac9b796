"""Where a request reads from."""

from contextlib import AbstractContextManager

import sqlalchemy as sa
from flask import current_app

from finder.store import database


def engine() -> sa.Engine:
    """The primary database of the current app."""
    found: sa.Engine = current_app.extensions["finder.engine"]
    return found


def reading() -> AbstractContextManager[sa.Connection]:
    """A connection for reading, with one consistent view."""
    return database.reading(current_app.extensions["finder.reader"])
