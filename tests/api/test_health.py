import socket
from pathlib import Path
from time import monotonic

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app


@pytest.mark.parametrize("path", ["/healthz", "/livez"])
def test_alive_never_touches_the_database(app: Flask, path: str) -> None:
    asked: list[str] = []
    sa.event.listen(app.extensions["finder.engine"], "before_cursor_execute", lambda *said: asked.append(said[2]))
    response = app.test_client().get(path)
    assert (response.status_code, response.json, asked) == (200, {"status": "ok"}, [])
    assert response.headers["Cache-Control"] == "no-store"


def test_ready_with_the_current_schema(client: FlaskClient) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_not_ready_before_the_schema_is_there(tmp_path: Path) -> None:
    app = create_app({"FINDER_DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}"})
    response = app.test_client().get("/readyz")
    assert (response.status_code, response.mimetype) == (503, "application/problem+json")
    assert "schema" in response.json["detail"]
    assert "Retry-After" in response.headers
    app.extensions["finder.engine"].dispose()


def test_not_ready_with_another_schema(app: Flask, client: FlaskClient) -> None:
    with app.extensions["finder.engine"].begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    assert client.get("/readyz").status_code == 503


def test_not_ready_where_the_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_text("not a database, and long enough to be looked at as one" * 20)
    app = create_app({"FINDER_DATABASE_URL": f"sqlite:///{tmp_path / 'broken.db'}"})
    response = app.test_client().get("/readyz")
    assert response.status_code == 503
    assert str(tmp_path) not in response.text
    app.extensions["finder.engine"].dispose()


def test_a_database_that_hangs_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        app = create_app({"FINDER_DATABASE_URL": f"postgresql+psycopg://finder@127.0.0.1:{port}/finder"})
        client = app.test_client()
        begun = monotonic()
        assert client.get("/readyz").status_code == 503
        assert monotonic() - begun < 10
        assert client.get("/healthz").status_code == 200


def test_a_database_that_is_away_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    app = create_app({"FINDER_DATABASE_URL": f"postgresql+psycopg://finder@127.0.0.1:{port}/finder"})
    begun = monotonic()
    response = app.test_client().get("/readyz")
    assert (response.status_code, response.json["detail"]) == (503, "the database cannot be reached")
    assert monotonic() - begun < 10
