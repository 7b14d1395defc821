"""What the reader finds in a document.

Every layer carries offsets into :attr:`Reading.source`'s decoded text: Unicode code points, ``end`` exclusive. Names and
keys are those of the annotation guideline, so that ``Reading.as_dict()`` is what ``taizhang read --json`` prints.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

Value = float | str | list[float] | list[str] | None
Holds = bool | Literal["corrupt"] | None


@dataclass(frozen=True, slots=True)
class Repair:
    """Damage that was mended for understanding only; the text itself keeps what was printed.

    ``how_sure`` is between 0 and 1; ``confidence`` is the same under the name that readers of the JSON look for.
    """

    start: int
    end: int
    raw: str
    repaired: str
    why: str
    how_sure: float
    confidence: float = -1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "confidence", self.how_sure)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the text that a format knew to be one thing: a table row, a header, a numbered paragraph.

    ``kind`` is paragraph | heading | table_row | header | footer. ``level`` is the format's own heading level (0: none).
    ``cells`` are the spans of a table row's cells; ``table`` numbers the table within the document.
    """

    start: int
    end: int
    kind: str
    level: int = 0
    cells: tuple[tuple[int, int], ...] = ()
    table: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Decoded text of one file, with what its format said about the text's structure.

    ``furniture`` are headers, footers and running heads: read, but kept out of the text.
    """

    name: str
    text: str
    format: str
    encoding: str = "utf-8"
    blocks: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
    furniture: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    start: int
    end: int
    title: str
    kind: str
    period_text: str | None


@dataclass(frozen=True, slots=True)
class Part:
    start: int
    end: int
    title: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Heading:
    start: int
    end: int
    level: int
    marker: str
    text: str


@dataclass(frozen=True, slots=True)
class Point:
    start: int
    end: int
    marker: str


@dataclass(frozen=True, slots=True)
class Quantity:
    start: int
    end: int
    text: str
    value: Value
    unit: str
    kind: str


@dataclass(frozen=True, slots=True)
class Operand:
    role: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Relation:
    """Arithmetic that the text itself asserts between numbers, and whether it is true.

    ``check`` is exact | feasible | corrupt (guideline R3). ``holds`` None means that nobody can judge, for ``reason``.
    ``severity`` is alarm | note, only when ``holds`` is False or 'corrupt'; ``why`` is one Chinese sentence that shows
    the arithmetic.
    """

    kind: str
    operands: tuple[Operand, ...]
    stated: float | None
    computed: float | None
    tolerance: float | None
    holds: Holds
    check: str
    severity: str | None = None
    why: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    start: int
    end: int
    text: str
    status: str
    subject: str
    quantity: tuple[int, int]
    comparator: str
    deadline_text: str | None
    responsible_text: str | None


@dataclass(frozen=True, slots=True)
class Task:
    """One actionable item of a plan.

    ``path`` are the headings above it, outermost first; ``targets`` index :attr:`Reading.targets`.
    """

    start: int
    end: int
    text: str
    title: str
    number: str
    path: tuple[str, ...]
    targets: tuple[int, ...]
    lead_units: tuple[str, ...]
    assisting_units: tuple[str, ...]
    persons: tuple[str, ...]
    deadline: date | None
    deadline_text: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to do in a schedule; ``text`` is the exact slice.

    ``week`` or ``month`` is None when the schedule has none. ``dates_text`` are the dates of the week as printed,
    ``week_start`` and ``week_end`` the days they mean, ``first_day`` and ``last_day`` the days of this entry (those of its
    week or month when it names none): all None while the year is unknown, or is contradicted by the weekdays.
    ``weekdays`` count from Monday = 1 in the order in which they pass: 周四至日 is (4, 5, 6, 7), 周六至三 is (6, 7, 1, 2, 3).
    ``half_day`` is 上午 | 中午 | 下午 | 晚上 | 全天 | "". ``remark`` is the remark of the whole week.
    """

    start: int
    end: int
    text: str
    week: int | None
    month: int | None
    dates_text: str
    week_start: date | None
    week_end: date | None
    first_day: date | None
    last_day: date | None
    weekdays: tuple[int, ...]
    half_day: str
    actor: str
    activity: str
    place: str
    remark: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A numeral that no layer explains."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt that is not one printed relation: a list that misses 100 %, one thing with two values, an odd unit value."""

    kind: str
    severity: str
    spans: tuple[tuple[int, int], ...]
    why: str


@dataclass(slots=True)
class Reading:
    """Everything found in one document."""

    source: Source
    articles: list[Article] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    schedule: list[Entry] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The JSON face: the gold keys first, then ours."""
        layers = {name: [_plain(asdict(item)) for item in getattr(self, name)] for name in LAYERS}
        return {
            "file": self.source.name,
            "format": self.source.format,
            "encoding": self.source.encoding,
            "n_chars": len(self.source.text),
            "offset_unit": "unicode code points",
            "notes": list(self.source.notes),
            **layers,
        }


LAYERS = (
    "articles",
    "parts",
    "headings",
    "points",
    "quantities",
    "relations",
    "targets",
    "tasks",
    "unread",
    "findings",
    "repairs",
    "schedule",
)


def _plain(value: Any) -> Any:
    """Dates become ISO text and tuples lists, so that the result is what JSON gives back."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
