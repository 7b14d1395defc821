"""Numbers that know where they come from, and words that were declared. Nothing else with a digit gets into a report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

MISSING = "—"
# A quantity may be printed in a larger unit; the power of ten by which its value is divided.
SCALES = {"万": 4, "亿": 8}
PERCENT = "%"
# The kinds whose printed number is a rounded one.
ROUNDED = ("indicator", "change", "actual")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One computed value as it stands in a report.

    ``shown`` is the text in the document, unit included; ``value`` the exact value before rounding (a percent is a
    ratio). ``kind``: indicator | change | limit | compare | task_count | record_count | unit_count | date | period.
    ``day`` is the report's cut-off. ``where`` are the dimensions it was restricted to; ``note`` says why it is missing.
    """

    kind: str
    code: str
    label: str
    shown: str
    unit_code: str = ""
    unit_name: str = ""
    period: str = ""
    value: Decimal | None = None
    measure: str = ""
    decimals: int = 0
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    coverage: str = ""
    as_of: str = ""
    build: str = ""
    formula: str = ""
    where: tuple[tuple[str, str], ...] = ()
    note: str = ""
    day: str = ""

    def __bool__(self) -> bool:
        """Whether there is something to tell: present and not zero."""
        return bool(self.value)

    def __str__(self) -> str:
        """Text without its binding; the renderer refuses it when it holds a digit."""
        return self.shown

    def as_dict(self) -> dict[str, Any]:
        """JSON: decimals as text, empty keys left out."""
        plain = {key: str(item) if isinstance(item, Decimal) else item for key, item in asdict(self).items()}
        plain["rounding"] = self.rounding
        return {key: item for key, item in plain.items() if item not in ("", None, ()) or key == "value"}

    @property
    def rounding(self) -> str:
        """The rule by which the exact value became the printed one; '' for words, dates and counts."""
        if self.kind not in ROUNDED or self.value is None:
            return ""
        return f"四舍五入到{self.decimals}位小数" if self.decimals else "四舍五入到整数"


@dataclass(frozen=True, slots=True)
class Declared:
    """Words that may hold digits because somebody stands for them: a name, a document number, a quotation."""

    kind: str
    text: str

    def __bool__(self) -> bool:
        return bool(self.text)

    def __str__(self) -> str:
        return self.text


Piece = str | Bound | Declared


@dataclass(frozen=True, slots=True)
class Phrase:
    """Several pieces that a function gives back as one."""

    pieces: tuple[Piece, ...]

    def __bool__(self) -> bool:
        return bool(self.pieces)


@dataclass(slots=True)
class Bindings:
    """Every binding of one report, in reading order; what the document carries inside and the trace reads again."""

    report: dict[str, str] = field(default_factory=dict)
    bounds: dict[str, Bound] = field(default_factory=dict)
    declared: list[Declared] = field(default_factory=list)

    def tag(self, bound: Bound) -> str:
        """Take a value in; its tag is unique in the document."""
        tag = f"b{len(self.bounds) + 1}"
        self.bounds[tag] = bound
        return tag

    def as_dict(self) -> dict[str, Any]:
        return {
            "report": self.report,
            "bindings": {tag: bound.as_dict() for tag, bound in self.bounds.items()},
            "declared": [{"kind": item.kind, "text": item.text} for item in self.declared],
        }

    def as_json(self) -> str:
        return as_json(self.as_dict())


def as_json(inside: Any) -> str:
    """JSON whose bytes depend on its content alone."""
    return json.dumps(inside, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half up, as school statistics are; minus zero is zero."""
    result = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def shown_number(value: Decimal | None, measure: str, decimals: int) -> str:
    """A value with its unit as running text prints it: 38550人, 99.65%, 17.2:1, 3.12万人; missing is —, never 0."""
    if value is None:
        return MISSING
    if measure == PERCENT:
        return f"{rounded(value * 100, decimals):f}%"
    scale = SCALES.get(measure[:1], 0)
    return f"{rounded(value.scaleb(-scale), decimals):f}{measure}"


def has_digit(text: str) -> bool:
    """Whether text holds a digit of any script, or a character that is a number (①, Ⅳ, ½); Chinese numerals are words."""
    return any(char.isdigit() or (char.isnumeric() and not _is_chinese_numeral(char)) for char in text)


def _is_chinese_numeral(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or char in "〇"


def joined(items: Sequence[Piece], separator: str = "、") -> Phrase:
    """Pieces as a list in a sentence."""
    pieces: list[Piece] = []
    for item in items:
        if pieces:
            pieces.append(separator)
        pieces.append(item)
    return Phrase(tuple(pieces))
