"""Alive, and ready: what a load balancer asks."""

from concurrent.futures import Future
from threading import Lock, Thread

import sqlalchemy as sa
from flask import Blueprint, Flask, Response, current_app

from finder.api.answers import encode, problem
from finder.store import database, migrate

PATIENCE = 0.5

blueprint = Blueprint("health", __name__)


class Readiness:
    """Asks the database in a thread of its own, one at a time, so that one that hangs holds up nobody."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._asked: Future[str | None] | None = None

    def hindrance(self) -> str | None:
        """What stands in the way of answering; None: nothing."""
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                Thread(target=self._ask, args=(self._asked,), daemon=True, name="readiness").start()
            asked = self._asked
        try:
            return asked.result(PATIENCE)
        except TimeoutError:
            return "the database does not answer"

    def _ask(self, asked: Future[str | None]) -> None:
        try:
            with database.reading(self._engine) as connection:
                current = migrate.is_current(connection)
        except sa.exc.SQLAlchemyError:
            asked.set_result("the database cannot be reached")
        else:
            asked.set_result(None if current else "the database does not have the current schema: flask db upgrade")


def init_app(app: Flask) -> None:
    app.extensions["finder.readiness"] = Readiness(app.extensions["finder.reader"])
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
@blueprint.get("/livez")
def alive() -> Response:
    return _fresh(Response(encode({"status": "ok"}), mimetype="application/json"))


@blueprint.get("/readyz")
def ready() -> Response:
    readiness: Readiness = current_app.extensions["finder.readiness"]
    hindrance = readiness.hindrance()
    if hindrance is None:
        return alive()
    response = problem(503, hindrance)
    response.headers["Retry-After"] = "5"
    return _fresh(response)


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
