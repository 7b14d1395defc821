"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from taizhang.catalog.current import forget_check

# A busy machine is no finding: no test fails for being slow.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what never asks a database: the second run, on the other database, leaves it out."""
    for item in items:
        asks = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
        if not asks and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.once)


@pytest.fixture(autouse=True)
def catalogue_asked_anew() -> Iterator[None]:
    """A test's releases are rolled back without a word to the process that has read them."""
    forget_check()
    yield
    forget_check()
