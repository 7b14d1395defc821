"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from taizhang.catalog.current import forget_check


@pytest.fixture(autouse=True)
def catalogue_asked_anew() -> Iterator[None]:
    """A test's releases are rolled back without a word to the process that has read them."""
    forget_check()
    yield
    forget_check()
