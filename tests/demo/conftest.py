"""The demonstration's country, whole and small, made once."""

from datetime import UTC, datetime

import pytest

from finder.demo.country import Country

# A working Friday afternoon in Sweden.
NOON = datetime(2026, 11, 20, 13, 32, tzinfo=UTC)


@pytest.fixture(scope="session")
def country() -> Country:
    return Country()


@pytest.fixture(scope="session")
def small() -> Country:
    return Country(stations=60)


@pytest.fixture(scope="session")
def medium() -> Country:
    """Enough places for every object fault."""
    return Country(stations=130)
