"""The demonstration, smaller, with a fourth partner who wishes ill; walked once by whoever asks for it.

`CRAWL_STATIONS=3300` walks all of it, which takes minutes.
"""

import json
import os
from contextlib import ExitStack

import pytest
from flask import Flask

from app import create_app
from finder.demo.country import Country
from finder.demo.operators import PARTNERS
from finder.demo.platform import Platform, partners_toml
from tests.pages import site
from tests.site import hostile
from tests.site.crawl import Crawl, crawled

STATIONS = int(os.environ.get("CRAWL_STATIONS", "150"))


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("demonstration")
    (folder / "hostile.json").write_text(json.dumps(hostile.feed()))
    (folder / "tariffs.json").write_text(json.dumps(hostile.tariffs()))
    made = create_app(
        {
            "FINDER_DATABASE_URL": f"sqlite:///{folder / 'finder.db'}",
            "FINDER_PARTNERS": str(folder / "partners.toml"),
            "FINDER_BASE_URL": "https://uttag.example",
        }
    )
    site.run(made, "db", "upgrade")
    country = Country(stations=STATIONS)
    with ExitStack() as running:
        platforms = [running.enter_context(Platform(partner.version, country)) for partner in PARTNERS]
        (folder / "partners.toml").write_text(f"{partners_toml(platforms)}\n{hostile.toml(folder)}")
        site.run(made, "ingest", "--full")
    return made


@pytest.fixture(scope="session")
def crawl(app: Flask) -> Crawl:
    return crawled(app)
