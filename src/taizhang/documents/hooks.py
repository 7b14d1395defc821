"""What later stages offer to do with a document: they register here, for this stage must not know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from taizhang.documents.models import Document
from taizhang.org.models import User


@dataclass(frozen=True, slots=True)
class Offer:
    """A button on the document's page; ``post`` when pressing it changes something."""

    label: str
    url: str
    post: bool = False


Offering = Callable[[User | AnonymousUser, Document], list[Offer]]
_offerings: dict[str, Offering] = {}


def register(key: str, offering: Offering) -> None:
    """Make a stage's offers known under a stable key; registering again replaces."""
    _offerings[key] = offering


def offers(user: User | AnonymousUser, document: Document) -> list[Offer]:
    """Everything that may be done with a document by this person, in the order of the keys."""
    return [offer for _, offering in sorted(_offerings.items()) for offer in offering(user, document)]
