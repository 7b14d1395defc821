"""Pages of long lists: nothing here costs more with a million records than with a thousand.

A list is counted up to a limit and no further, and may be leafed through up to there; somebody who looks for one record
among a hundred thousand filters or sorts. Sorted by an indexed field, rows are read from the field's own index.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet

from taizhang.registers.models import Facet, Record

MOST_COUNTED = 10_000


def counted(found: QuerySet[Any], most: int = MOST_COUNTED) -> int:
    """How many there are, at most ``most`` + 1: more than that is not counted."""
    return found.order_by().values("pk")[: most + 1].count()


class Listing:
    """A list in the order of one facet: records that have it, by value, then those that do not.

    A short list is ``ordered`` by the database as it is. Of a long one the facet's index is read in its own order and
    the first records that belong to the list are taken. Slices like a list of records.
    """

    # The paginator asks whether this is set; a query under that name would be read whole to be told true or false.
    ordered = True

    def __init__(
        self, found: QuerySet[Record], ordered: QuerySet[Record], field: str, code: str, slot: str, *, down: bool
    ) -> None:
        """``slot`` is the facet's column: text, number, date."""
        self.found, self.in_order, self.down, self.slot = found, ordered, down, slot
        self.facets = Facet.objects.filter(register_code=code, field=field, **{f"{slot}__isnull": False})

    def __getitem__(self, part: slice) -> list[Record]:
        start, stop = part.start or 0, part.stop
        if self.counted <= MOST_COUNTED:
            return list(self.in_order[start:stop])
        having = self._having()
        rows = self._records(list(having.values_list("record_id", flat=True)[start:stop]))
        if len(rows) < stop - start:
            before = start + len(rows) if rows else counted(having, stop)
            rows += list(self._lacking()[max(0, start - before) : max(0, stop - before)])
        return rows

    @cached_property
    def counted(self) -> int:
        """Up to one more than the limit."""
        return counted(self.found)

    def _having(self) -> QuerySet[Facet]:
        order = [f"-{self.slot}", "-record_id"] if self.down else [self.slot, "record_id"]
        return self.facets.filter(Exists(self.found.order_by().filter(pk=OuterRef("record_id")))).order_by(*order)

    def _records(self, keys: list[int]) -> list[Record]:
        found = Record.objects.select_related("unit").in_bulk(keys)
        return [found[key] for key in keys]

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
        if isinstance(self.object_list, Listing):
            return self.object_list.counted
        return counted(self.object_list)  # type: ignore[arg-type]

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED)

    @property
    def is_capped(self) -> bool:
        """There are more than ``count`` says."""
        return self._counted > MOST_COUNTED
