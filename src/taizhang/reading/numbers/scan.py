"""The sheet on which the quantity rules write: one view of an article, what is taken, and what was found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from taizhang.reading.model import Quantity, Value
from taizhang.reading.view import Excerpt

FREE, SOFT, TAKEN = 0, 1, 2
_AT_LEAST_SOFT = bytes(max(mark, SOFT) for mark in range(256))
REACH = 40
"""No rule looks further than this from the word that it needs; a numeral of so many digits is none."""
NUMERAL_CHARS = re.compile(r"[0-9零一二三四五六七八九十百千万亿两双半ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ]")


@dataclass(slots=True)
class Sheet:
    """Stretches of the view are taken once; a dictionary word (SOFT) stops numbers but not longer names."""

    view: Excerpt
    state: bytearray = field(init=False)
    found: list[Quantity] = field(default_factory=list)
    _stretches: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state = bytearray(len(self.view.text))

    @property
    def text(self) -> str:
        return self.view.text

    def block(self, begin: int, stop: int, mark: int = TAKEN) -> None:
        """Nothing may begin or end here any more."""
        if mark == SOFT:
            self.state[begin:stop] = self.state[begin:stop].translate(_AT_LEAST_SOFT)
        else:
            self.state[begin:stop] = bytes([mark]) * (stop - begin)

    def free(self, begin: int, stop: int, *, over_words: bool = False) -> bool:
        """May this stretch be taken? ``over_words``: dictionary words do not stand in the way."""
        if self.state.find(TAKEN, begin, stop) >= 0:
            return False
        return over_words or self.state.find(SOFT, begin, stop) < 0

    def add(
        self,
        begin: int,
        stop: int,
        kind: str,
        value: Value = None,
        unit: str | tuple[int, int] = "",
        *,
        over_words: bool = False,
    ) -> bool:
        """Takes a quantity when its stretch is free. ``unit`` is a text, or the span of the printed unit in the view."""
        if begin >= stop or not self.free(begin, stop, over_words=over_words):
            return False
        start, end = self.view.span(begin, stop)
        printed = unit if isinstance(unit, str) else self.view.printed(*unit)
        self.found.append(Quantity(start, end, self.view.source[start:end], value, printed, kind))
        self.block(begin, stop)
        return True

    def matches(self, pattern: re.Pattern[str], near: str = "") -> Iterator[re.Match[str]]:
        """Matches whose first character is still free. ``near``: see :meth:`every`."""
        return (found for found in self.every(pattern, near) if self.state[found.start()] != TAKEN)

    def every(self, pattern: re.Pattern[str], near: str = "") -> Iterator[re.Match[str]]:
        """All matches.

        ``near`` is a pattern of a sign or word without which there is no match, so that only what stands around it need
        be searched: the engine is fast in looking for plain words and slow in trying a rule at every character.
        """
        for begin, stop in self._around(near) if near else ((0, len(self.text)),):
            yield from pattern.finditer(self.text, begin, stop)

    def _around(self, near: str) -> list[tuple[int, int]]:
        """The stretches within :data:`REACH` of a sign or word, in order, those that touch made one."""
        known = self._stretches.get(near)
        if known is not None:
            return known
        stretches: list[tuple[int, int]] = []
        begin, stop = 0, -1
        for found in re.finditer(near, self.text):
            if found.start() - REACH > stop:
                if stop > 0:
                    stretches.append((begin, stop))
                begin = max(found.start() - REACH, 0)
            stop = found.end() + REACH
        if stop > 0:
            stretches.append((begin, min(stop, len(self.text))))
        self._stretches[near] = stretches
        return stretches

    def skip(self, spans: Iterable[tuple[int, int]]) -> None:
        """Markers of headings and points: their numerals count nothing."""
        for start, end in spans:
            self.block(self.view.index(start), self.view.index(end))
