"""Where a request reads from."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import current_app

from finder.store import database


def engine() -> sa.Engine:
    """The primary database of the current app."""
    found: sa.Engine = current_app.extensions["finder.engine"]
    return found


@contextmanager
def reading() -> Iterator[sa.Connection]:
    """A connection for reading, with one consistent view."""
    with database.reading(current_app.extensions["finder.reader"]) as connection:
        yield connection
