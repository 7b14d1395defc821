"""Pages of long lists: nothing here costs more with a million records than with a thousand.

A list is counted up to a limit and no further, and may be leafed through up to there; somebody who looks for one record
among a hundred thousand filters or sorts. Sorted by an indexed field, rows are read from the field's own index; where
nothing but facets narrows a list, they are counted and walked without a look at the records.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet

from taizhang.registers.models import Facet, Record

MOST_COUNTED = 10_000


def counted(found: QuerySet[Any], most: int = MOST_COUNTED) -> int:
    """How many there are, at most ``most`` + 1: more than that is not counted."""
    return found.order_by().values("pk")[: most + 1].count()


def holders(hits: Sequence[Q]) -> QuerySet[Facet]:
    """The facets of the first hit whose records have all the others too: one for each record."""
    return with_all(Facet.objects.filter(hits[0]), hits[1:])


def with_all(facets: QuerySet[Facet], hits: Sequence[Q]) -> QuerySet[Facet]:
    """Those facets whose records have one of each of these kinds."""
    for hit in hits:
        facets = facets.filter(Exists(Facet.objects.filter(hit, record_id=OuterRef("record_id"))))
    return facets


def records_of(keys: Sequence[int]) -> list[Record]:
    """Records with their units, in the order of the keys."""
    found = Record.objects.select_related("unit").in_bulk(keys)
    return [found[key] for key in keys if key in found]


class Newest:
    """A long list of the records that hold one value, newest first, read from the value's own place in the index."""

    ordered = True

    def __init__(self, hit: Q) -> None:
        self.facets = Facet.objects.filter(hit).order_by("-record_id")

    def __getitem__(self, part: slice) -> list[Record]:
        return records_of(list(self.facets.values_list("record_id", flat=True)[part]))


class Listing:
    """A list in the order of one facet: records that have it, by value, then those that do not.

    A short list is ``ordered`` by the database as it is. Of a long one the facet's index is read in its own order and
    the first records that belong to the list are taken. Slices like a list of records.
    """

    # The paginator asks whether this is set; a query under that name would be read whole to be told true or false.
    ordered = True

    def __init__(
        self,
        found: QuerySet[Record],
        ordered: QuerySet[Record],
        field: str,
        code: str,
        slot: str,
        *,
        down: bool,
        known: int,
        hits: Sequence[Q] | None,
    ) -> None:
        """``slot`` is the facet's column: text, number, date. ``known`` is what was counted; ``hits`` are the facets that
        alone narrow the list, None when something else does."""
        self.found, self.in_order, self.down, self.slot = found, ordered, down, slot
        self.counted, self.hits = known, hits
        self.facets = Facet.objects.filter(register_code=code, field=field, **{f"{slot}__isnull": False})

    def __getitem__(self, part: slice) -> list[Record]:
        start, stop = part.start or 0, part.stop
        if self.counted <= MOST_COUNTED:
            return list(self.in_order[start:stop])
        having = self._having()
        rows = records_of(list(having.values_list("record_id", flat=True)[start:stop]))
        if len(rows) < stop - start:
            before = start + len(rows) if rows else counted(having, stop)
            rows += list(self._lacking()[max(0, start - before) : max(0, stop - before)])
        return rows

    def _having(self) -> QuerySet[Facet]:
        order = [f"-{self.slot}", "-record_id"] if self.down else [self.slot, "record_id"]
        if self.hits is not None:
            return with_all(self.facets, self.hits).order_by(*order)
        return self.facets.filter(Exists(self.found.order_by().filter(pk=OuterRef("record_id")))).order_by(*order)

    def _lacking(self) -> QuerySet[Record]:
        return self.found.filter(~Exists(self.facets.filter(record=OuterRef("pk")))).order_by("-id")


class RecordPaginator(Paginator):
    """Django's, that counts no further than a page can be; ``known`` is what :func:`counted` has told already."""

    def __init__(self, object_list: Any, per_page: int, known: int | None = None) -> None:
        super().__init__(object_list, per_page)
        self.known = known

    @cached_property
    def _counted(self) -> int:
        if self.known is not None:
            return self.known
        return counted(self.object_list)  # type: ignore[arg-type]

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED)

    @property
    def is_capped(self) -> bool:
        """There are more than ``count`` says."""
        return self._counted > MOST_COUNTED
