"""Text as the search sees it: one width, one script, one case, cut into pairs of characters.

Chinese has no spaces, so every two neighbouring characters are a token (消防安全 is 消防 防安 安全 全); a phrase of such tokens
is found wherever its characters stand side by side. Latin words and numbers are tokens as they are. The closing single
character lets one character be asked for: as a prefix it finds every pair that it begins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from opencc import OpenCC

from taizhang.reading.view import simplify

RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
MOST_TERMS = 6
LONGEST_QUERY = 60
AROUND = 28


class _Folding(dict[int, str]):
    """A translation table that is learned as characters come."""

    def __missing__(self, code: int) -> str:
        made = simplify(unicodedata.normalize("NFKC", chr(code)).lower())
        self[code] = made
        return made


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Half width, simplified, lower case, character by character."""
    return text.translate(_FOLDING)


def tokens(text: str) -> Iterator[list[str]]:
    """The tokens of a text, a list for each run of characters."""
    for run in RUN.findall(fold(text)):
        yield [run] if run[0].isascii() else [*(run[i : i + 2] for i in range(len(run) - 1)), run[-1]]


@dataclass(frozen=True)
class Term:
    """One word of a query: ``runs`` are its pieces between marks, all of which must stand in this order."""

    text: str
    runs: tuple[str, ...]

    @property
    def phrase(self) -> tuple[list[str], bool]:
        """The tokens that stand one behind the other, and whether the last is only a beginning."""
        found: list[str] = []
        for run in self.runs:
            found += next(tokens(run))
        last = self.runs[-1]
        if last[0].isascii() or len(last) == 1:
            return found, True
        return found[:-1], False  # the last pair says it all: what follows it in the text is open

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds the term in a folded text."""
        return re.compile(r"[\W_]*".join(map(re.escape, self.runs)))

    def variants(self) -> list[str]:
        """The ways in which a text that is not indexed may write it: as typed, folded, traditional, full width."""
        folded = fold(self.text)
        wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in folded)
        return list(dict.fromkeys((self.text, folded, _traditional(folded), wide)))


def terms(query: str) -> list[Term]:
    """The words of a query; every one must be found."""
    found = []
    for text in query[:LONGEST_QUERY].split()[:MOST_TERMS]:
        runs = tuple(RUN.findall(fold(text)))
        if runs:
            found.append(Term(text, runs))
    return found


def pieces(text: str, wanted: list[Term], *, whole: bool = False) -> list[tuple[str, bool]]:
    """A cut of a text around its first hit, or the ``whole``: (words, whether they were looked for). Empty when nothing
    is there."""
    folded, origin = _folded_with_origin(text)
    spans = sorted(
        (origin[match.start()], origin[match.end() - 1] + 1)
        for term in wanted
        for match in term.pattern.finditer(folded)
    )
    if not spans:
        return []
    begin, stop = max(0, spans[0][0] - AROUND // 2), min(len(text), spans[0][1] + 2 * AROUND)
    if whole:
        begin, stop = 0, len(text)
    found: list[tuple[str, bool]] = [("…", False)] if begin else []
    at = begin
    for start, end in spans:
        if start < at or end > stop:
            continue
        found += [(text[at:start], False), (text[start:end], True)]
        at = end
    found.append((text[at:stop] + ("…" if stop < len(text) else ""), False))
    return [(part.replace("\n", " "), hit) for part, hit in found if part]


def _folded_with_origin(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place it comes from: ㎡ folds to two."""
    parts: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        made = fold(character)
        parts.append(made)
        origin += [index] * len(made)
    return "".join(parts), origin


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("s2t")  # reads its dictionaries: once


def _traditional(text: str) -> str:
    made: str = _converter().convert(text)
    return made
