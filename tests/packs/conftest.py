"""What the stories of the packs share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import County, make_county


@pytest.fixture
def bureau(db, settings, tmp_path) -> Iterator[County]:
    """The test county with files and warehouse of its own."""
    settings.FILES = tmp_path / "files"
    settings.WAREHOUSE = tmp_path / "warehouse"
    settings.WAREHOUSE.mkdir()
    settings.STATIC_ROOT = tmp_path
    yield make_county()
