"""What a pass gives, column by column: its cells, and the groups that they are added up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from taizhang.indicators.scope import Key, key_of

# How the values of parts become that of the whole; None where they do not.
Merge = Callable[[Sequence[Any]], Any] | None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name, each with one value a key."""

    keys: list[Key] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)

    def merged(self, places: Sequence[int], merges: Mapping[str, Merge]) -> Table:
        """The table of fewer groups: of the keys, which are tuples, only these places."""
        groups: dict[tuple[Any, ...], list[int]] = {}
        for at, key in enumerate(self.keys):
            groups.setdefault(tuple([key[place] for place in places]), []).append(at)
        if len(groups) == len(self.keys):
            return Table(list(groups), self.columns)
        parts = list(groups.values())
        return Table(
            list(groups), {name: _merged_all(column, parts, merges[name]) for name, column in self.columns.items()}
        )

    def keyed(self) -> Table:
        """The same with the keys of figures: the value alone where a key has one."""
        return Table(list(map(key_of, self.keys)), self.columns)

    def beside(self, other: Table) -> Table:
        """The columns of both; missing where one has no such key."""
        if not self.keys:
            return other
        if self.keys == other.keys:
            return Table(other.keys, {**self.columns, **other.columns})
        keys = list(dict.fromkeys((*self.keys, *other.keys)))
        return Table(keys, {**self._at(keys), **other._at(keys)})

    def _at(self, keys: list[Key]) -> dict[str, list[Any]]:
        place = {key: at for at, key in enumerate(self.keys)}
        found = [place.get(key) for key in keys]
        return {name: [None if at is None else column[at] for at in found] for name, column in self.columns.items()}


def _merged_all(column: list[Any], parts: list[list[int]], merge: Merge) -> list[Any]:
    if merge is None:
        return [None] * len(parts)
    found = []
    for part in parts:
        values = [value for at in part if (value := column[at]) is not None]
        found.append(merge(values) if values else None)
    return found
