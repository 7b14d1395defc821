"""Texts that were written once and appear again: under another year, in another file, or twice in one.

Sentences are compared by a hash of what stays when years, masks, spaces, signs and case are taken out. Text is compared
with what already stands in the hash table only, so that the cost grows with the length of all documents together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taizhang.reading.model import Article, Part, Reading
from taizhang.reading.view import View, view_of

ALIKE = 0.8
"""From this share of the shorter text's characters on, one repeats the other."""
SHORTEST = 120
"""A text with fewer characters (without signs) is too short to call it a repetition."""
MANY = 64
"""A sentence in more texts than this is a formula of the trade and says nothing."""
_SENTENCE = re.compile(r"[^。!?;\n]+")
_MASKED = re.compile(
    r"(?:19|20)\d\d(?=年|[-—~至/]|学年|级|届|秋|春|\D)|20[xX_]{1,2}|[xX]{2}|二[○〇零oOxX0一二三四五六七八九]{3}(?=年)|[○〇零]{2,4}(?=年)|_{1,4}(?=年)"
)
_SIGNS = re.compile(r"[\W_]+")
_MARKER = re.compile(r"^\s*(?:[((]?[一二三四五六七八九十\d]{1,3}[))、..]\s*)+(?!\d)")


@dataclass(frozen=True, slots=True)
class Copied:
    """A text and the earlier text that it repeats: indexes of the documents, spans, and the share of the shorter one
    that stands in the other."""

    earlier: int
    earlier_span: tuple[int, int]
    later: int
    later_span: tuple[int, int]
    share: float


@dataclass(frozen=True, slots=True)
class _Text:
    """One article or part as its sentences' hashes with their lengths."""

    document: int
    span: tuple[int, int]
    sentences: dict[str, int]
    length: int


def repeats_of(readings: Sequence[Reading]) -> list[Copied]:
    """Articles, and parts of articles that are not repeated as a whole, that repeat an earlier one (of any document)."""
    views = [view_of(reading.source.text) for reading in readings]
    whole = [
        _text(index, view, article)
        for index, (reading, view) in enumerate(zip(readings, views, strict=True))
        for article in reading.articles
    ]
    found = _copies(whole)
    settled = {(copy.later, copy.later_span) for copy in found}
    settled |= {(copy.earlier, copy.earlier_span) for copy in found}
    halves = [
        _text(index, view, part)
        for index, (reading, view) in enumerate(zip(readings, views, strict=True))
        for article in reading.articles
        if (index, (article.start, article.end)) not in settled
        for part in _parts(reading, article)
    ]
    return found + [copy for copy in _copies(halves) if copy not in found]


def _parts(reading: Reading, article: Article) -> list[Part | Article]:
    parts: list[Part | Article] = [part for part in reading.parts if article.start <= part.start < article.end]
    return parts or [article]


def _copies(texts: Sequence[_Text]) -> list[Copied]:
    """Every text that repeats an earlier one. A repetition is not entered itself, so that many copies stay cheap."""
    owners: dict[str, list[int]] = {}
    found: list[Copied] = []
    for number, text in enumerate(texts):
        if text.length < SHORTEST:
            continue
        common: Counter[int] = Counter()
        for sentence, length in text.sentences.items():
            for owner in owners.get(sentence, ()):
                common[owner] += length
        best, shared = max(common.items(), key=lambda item: (item[1], -item[0]), default=(-1, 0))
        share = shared / min(text.length, texts[best].length) if shared else 0.0
        if share >= ALIKE:
            earlier = texts[best]
            found.append(Copied(earlier.document, earlier.span, text.document, text.span, min(share, 1.0)))
            if text.length <= earlier.length:
                continue
        for sentence in text.sentences:
            known = owners.setdefault(sentence, [])
            if len(known) < MANY:
                known.append(number)
    return found


def _text(document: int, view: View, piece: Article | Part) -> _Text:
    sentences: dict[str, int] = {}
    for plain in _sentences(view, view.at(piece.start), view.at(piece.end)):
        sentences[plain] = sentences.get(plain, 0) + len(plain)
    return _Text(document, (piece.start, piece.end), sentences, sum(sentences.values()))


def _sentences(view: View, start: int, end: int) -> Iterator[str]:
    """Sentences without what differs between copies; those of a few characters say nothing."""
    for found in _SENTENCE.finditer(view.text, start, end):
        plain = _SIGNS.sub("", _MASKED.sub("", _MARKER.sub("", found[0]))).lower()
        if len(plain) >= 4:
            yield plain
