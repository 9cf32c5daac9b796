from pathlib import Path

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient

from app import create_app


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The application without any table: whatever asks the database fails."""
    made = create_app(
        {"FINDER_DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "FINDER_BASE_URL": "https://uttag.example"}
    )

    @made.get("/<any(sv,en):prefix>/fail/<int:code>")
    def fail(prefix: str, code: int) -> str:
        if code == 500:
            raise RuntimeError("secret of the inside")
        abort(code)

    @made.post("/sv/form")
    def form() -> str:
        return str(len(request.get_data()))

    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
