"""What later stages add to a record's page: they register here, for this stage must not know them."""

from __future__ import annotations

from collections.abc import Callable

from taizhang.org.models import User
from taizhang.registers.models import Record

# Key → the label and address of a page about the record, or None where there is nothing to say. No query: every record's
# page asks.
RECORD_LINKS: dict[str, Callable[[User, Record], tuple[str, str] | None]] = {}


def links_of(user: User, record: Record) -> list[tuple[str, str]]:
    """Label and address of every page that says more about a record."""
    return [found for offer in RECORD_LINKS.values() if (found := offer(user, record)) is not None]
