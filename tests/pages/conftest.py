from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import site


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The site over the feed of `site.feed()`; read only."""
    folder = tmp_path_factory.mktemp("site")
    made = site.application(folder)
    site.take_in(made, folder, site.feed())
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
