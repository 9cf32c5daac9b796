"""The demonstration's country, small, and its platforms beside an empty database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from finder.demo.country import Country
from finder.demo.platform import Clock, Platform
from tests.ingest.feed import Feeds
from tests.ingest.partnership import NOON, Partnership


@pytest.fixture(scope="session")
def small() -> Country:
    return Country(stations=60)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def partnership(small: Country, clock: Clock) -> Iterator[Callable[..., Partnership]]:
    """Starts a platform of a version, with pages of ten, to be pulled into a database."""
    with ExitStack() as stack:

        def make(engine: sa.Engine, version: str = "2.2.1", country: Country = small) -> Partnership:
            platform = stack.enter_context(Platform(version, country, limit=10, now=clock))
            return Partnership(engine, platform, clock)

        yield make


@pytest.fixture
def nordladd(engine: sa.Engine, partnership: Callable[..., Partnership]) -> Partnership:
    """The 2.2.1 partner, pulled once."""
    made = partnership(engine)
    made.taken()
    return made


@pytest.fixture
def feeds(engine: sa.Engine, tmp_path: Path, clock: Clock) -> Feeds:
    return Feeds(engine, tmp_path, clock)
