"""What does not fit together in several documents, and what people said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from taizhang.documents.models import ACROSS, Document, Settlement
from taizhang.reading.crosscheck import CrossFinding, compare
from taizhang.reading.model import Reading


@dataclass(frozen=True, slots=True)
class Across:
    """A doubt between documents. ``keeper`` is the document under which a word on it is kept: the one that came last.

    ``key`` is made from the files and places, whatever the order in which the documents were chosen.
    """

    finding: CrossFinding
    key: str
    places: tuple[tuple[Document, str], ...]
    keeper: Document
    settlement: Settlement | None


def across_of(documents: Sequence[Document], readings: Sequence[Reading]) -> list[Across]:
    """The doubts between documents, alarms first; ``readings`` are what was found in each."""
    found = [
        (item, _key(item, documents), max((documents[place.index] for place in item.places), key=lambda it: it.pk))
        for item in compare(readings)
    ]
    said = {
        (item.document_id, item.key): item
        for item in Settlement.objects.filter(key__in=[key for _, key, _ in found]).select_related("by")
    }
    return [
        Across(
            item,
            key,
            tuple((documents[place.index], place.text) for place in item.places),
            keeper,
            said.get((keeper.pk, key)),
        )
        for item, key, keeper in found
    ]


def _key(item: CrossFinding, documents: Sequence[Document]) -> str:
    places = sorted(f"{documents[place.index].sha256}:{place.start}-{place.end}" for place in item.places)
    return ACROSS + hashlib.sha256(f"{item.kind}:{places}".encode()).hexdigest()[:16]
