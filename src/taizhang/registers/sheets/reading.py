"""A workbook read into a register: its sheets understood, its rows as a table that loads, and the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, overload

from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.kernel.sheets import Sheet, Workbook, day_of_serial, number_in, open_workbook, serial_of_day
from taizhang.kernel.tables import Table
from taizhang.org.models import Unit, User
from taizhang.registers.blueprint import Blueprint, blueprint
from taizhang.registers.columns import SHARED
from taizhang.registers.fields import Field
from taizhang.registers.models import SheetMapping
from taizhang.registers.sheets.labels import CERTAIN, IGNORE, Match, factor_of, match_all, signature
from taizhang.registers.sheets.layout import PLAIN_REASONS, Head, find_head, why_skipped

# Rows of the second sheet of a workbook are numbered from here on, those of the third from twice that …
SHEET_STEP = 2**20
SHOWN_SKIPPED = 300
DITTO = frozenset({"〃", "″", "同上", "同前", '"', "''", "“", "”", "..", "同左上"})
# What stands in a cell that has nothing to say.
NOTHING = frozenset({"—", "——", "–", "-", "--", "－", "/", "／", "\\"})
SIGNS = DITTO | NOTHING
LONGEST_SIGN = max(map(len, SIGNS))
EVERY_KIND = frozenset({str, int, float, bool, date, datetime})  # of cells
DAY_NUMBERS = range(20_000, 80_000)  # 1954 to 2119
OWN_UNIT = re.compile(r"(-?[\d,.]+)\s*([^\d\s,.]+)")


@dataclass(slots=True)
class Reading:
    """One sheet as it will be read."""

    sheet: Sheet
    head: Head
    matches: list[Match]
    offset: int = 0

    @property
    def mapped(self) -> list[Match]:
        return [item for item in self.matches if item.target]


@dataclass(slots=True)
class Skipped:
    """A row that is no record."""

    row: int
    why: str
    text: str

    @property
    def is_plain(self) -> bool:
        return self.why in PLAIN_REASONS


@dataclass(slots=True)
class Survey:
    """What one walk through the sheets found: the rows that are no records, by sheet and number, and how many are."""

    targets: tuple[str, ...]
    reasons: list[dict[int, str]]
    skipped: list[Skipped]
    count: int


@dataclass(slots=True)
class Source:
    """A workbook for a register. ``unused`` are sheets left out, with the reason; ``remembered`` says that a person has
    confirmed a sheet with this header before."""

    plan: Blueprint
    name: str
    readings: list[Reading]
    unused: list[tuple[str, str]] = field(default_factory=list)
    remembered: bool = False
    surveyed: Survey | None = None

    @property
    def signature(self) -> str:
        return signature(self.readings[0].head.columns)

    @property
    def matches(self) -> list[Match]:
        return self.readings[0].matches

    def place(self, row: int) -> str:
        """A row's number as a person finds it."""
        sheet, number = divmod(row, SHEET_STEP)
        return f"{self.readings[sheet].sheet.name} 第{number}行" if len(self.readings) > 1 else f"第{number}行"

    def is_certain(self) -> bool:
        """Nothing that a person should look at before it is loaded."""
        return self.remembered or (
            all(item.is_sure and item.factor == 1 for item in self.matches)
            and len(self.readings) == 1
            and self.readings[0].head.first == self.readings[0].head.last
            and all(item.is_plain for item in self.skipped())
        )

    def is_clear(self) -> bool:
        """Nothing was guessed: what was understood follows from the words of the sheet alone."""
        return self.remembered or (
            all(item.is_sure for item in self.matches) and all(item.is_plain for item in self.skipped())
        )

    def skipped(self) -> list[Skipped]:
        """The rows below the headers that are no records, the blank ones between the others left out."""
        return self.survey().skipped

    def count(self) -> int:
        """How many rows are records."""
        return self.survey().count

    def survey(self) -> Survey:
        """One walk through the sheets; which columns are mapped decides, so a new choice asks again."""
        targets = tuple(item.target for item in self.matches)
        if self.surveyed is None or self.surveyed.targets != targets:
            made = Survey(targets, [], [], 0)
            for reading in self.readings:
                reasons: dict[int, str] = {}
                for number, cells, why in _body(reading):
                    if not why:
                        made.count += 1
                        continue
                    reasons[number] = why
                    if why != "空行":
                        words = " ".join(str(cell) for cell in cells if cell is not None)
                        made.skipped.append(Skipped(reading.offset + number, why, words[:60]))
                made.reasons.append(reasons)
            self.surveyed = made
        return self.surveyed

    def table(self) -> Table:
        """The rows under the names of fields and shared columns; read anew each time they are walked through."""
        targets = [item.target for item in self.readings[0].mapped]
        extra = ("单位",) if self._stated_units(targets) else ()
        first = self.readings[0].head
        return Table(self.name, (*targets, *extra), _Rows(self), first.last + 1)

    def _stated_units(self, targets: Sequence[str]) -> bool:
        """Whether the line above the header names the unit, and no column does."""
        if {"单位", "单位编码", "编号"} & {SHARED.get(name, "") for name in targets}:
            return False
        names = {reading.head.unit_name for reading in self.readings}
        return bool(names - {""}) and Unit.objects.filter(name__in=names).count() == len(names)

    def original(self, wanted: set[int] | frozenset[int]) -> Iterator[tuple[Reading, int, list[Any]]]:
        """Rows by number, as their sender wrote them."""
        for reading in self.readings:
            for number, cells in enumerate(reading.sheet.rows(), start=1):
                if reading.offset + number in wanted:
                    yield reading, reading.offset + number, cells


class _Rows(Sequence[tuple[int, tuple[Any, ...]]]):
    """The rows of a source without holding them all: each walk reads the sheets again."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def __iter__(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        source = self.source
        has_unit = source._stated_units([item.target for item in source.matches if item.target])
        for reading, reasons in zip(source.readings, source.survey().reasons, strict=True):
            make = _Cells(source.plan, reading)
            tail = (reading.head.unit_name or None,) if has_unit else ()
            for number, cells, why in _body(reading, reasons):
                values = make.values(number - 1, cells)
                if not why:
                    yield reading.offset + number, (*values, *tail)

    def __len__(self) -> int:
        return self.source.count()

    @overload
    def __getitem__(self, index: int) -> tuple[int, tuple[Any, ...]]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[int, tuple[Any, ...]]]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return list(self)[index]
        return next(islice(self, index, None))


def _body(reading: Reading, reasons: Mapping[int, str] | None = None) -> Iterator[tuple[int, list[Any], str]]:
    """(row number from 1, cells as wide as the header, why it is no record) below the header, merged columns filled.
    ``reasons`` are those of an earlier walk."""
    head, width = reading.head, reading.head.width
    mapped = frozenset(item.column.index for item in reading.mapped)
    down = _Down(reading)
    first = True
    for number, row in enumerate(reading.sheet.rows(), start=1):
        if number <= head.last + 1:
            continue
        cells = row if len(row) == width else [*row[:width], *[None] * (width - len(row))]
        if reasons is None:
            why = why_skipped(cells, head, mapped, is_first=first)
            first = first and why == "空行"
        else:
            why = reasons.get(number, "")
        yield number, down.fill(number - 1, cells), why


class _Down:
    """Cells that are merged downwards hold their value in the first row only; here every row gets it."""

    def __init__(self, reading: Reading) -> None:
        tall = [item for item in reading.sheet.merges if item[1][0] > item[0][0] > reading.head.last]
        self.starts: dict[int, list[tuple[int, int]]] = {}
        for (row, column), (last, _) in tall:
            self.starts.setdefault(row, []).append((column, last))
        self.held: dict[int, tuple[Any, int]] = {}

    def fill(self, row: int, cells: list[Any]) -> list[Any]:
        if not self.starts:
            return cells
        for column, last in self.starts.get(row, ()):
            if column < len(cells):
                self.held[column] = (cells[column], last)
        for column, (value, last) in list(self.held.items()):
            if row > last:
                del self.held[column]
            elif cells[column] is None:
                cells[column] = value
        return cells


class _Cells:
    """Turns a row's cells into what the fields read: same-as-above signs, percents, day numbers, units of measure."""

    def __init__(self, plan: Blueprint, reading: Reading) -> None:
        self.percents, self.before = reading.sheet.percents, dict[int, Any]()
        self.makers = [(item.column.index, *_maker(plan, item, bool(self.percents))) for item in reading.mapped]

    def values(self, row: int, cells: list[Any]) -> list[Any]:
        made, before = [], self.before
        for index, maker, plain in self.makers:
            cell = cells[index]
            if cell is not None:
                kind = type(cell)
                if kind is str and len(cell) <= LONGEST_SIGN and cell in SIGNS:
                    cell = before.get(index) if cell in DITTO else None
                elif kind not in plain:
                    cell = maker(cell, (row, index) in self.percents)
                before[index] = cell
            made.append(cell)
        return made


Maker = Callable[[Any, bool], Any]


def _maker(plan: Blueprint, item: Match, has_percents: bool) -> tuple[Maker, frozenset[type]]:
    """The conversion of a column's cells, and the kinds of cells that it leaves as they are."""
    kind = plan.fields.get(item.target)
    if item.target == "期间" or (kind is None and SHARED.get(item.target) == "期间"):
        return lambda cell, percent: _period(plan, cell), frozenset({int, float, bool})
    if kind is not None and kind.definition.is_numeric:
        is_percent = kind.type == "percent"
        figures = {int, float} if item.factor == 1 and not (is_percent and has_percents) else set()
        return lambda cell, percent: _number(kind, cell, percent and is_percent, item.factor), frozenset(figures)
    if kind is not None and kind.type in ("date", "datetime"):
        return lambda cell, percent: _day(cell), frozenset({str, date, datetime, bool})
    return lambda cell, percent: cell, EVERY_KIND


def _number(field: Field, cell: Any, is_ratio: bool, factor: Decimal) -> Any:
    if isinstance(cell, date):
        cell = serial_of_day(cell)
    if isinstance(cell, str) and (match := OWN_UNIT.fullmatch(cell)):
        # 125.6万元, 12人: a unit of the figure's own says more than the header's.
        number, scale = number_in(match[1]), factor_of(field, match[2])
        return cell if number is None or scale is None else format(number * scale, "f")
    if factor == 1 and not is_ratio:
        return cell
    number = number_in(cell)
    if number is None:
        return cell
    return format(number * factor * (100 if is_ratio else 1), "f")


def _day(cell: Any) -> Any:
    if isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in DAY_NUMBERS:
        return day_of_serial(cell)
    return cell


def _period(plan: Blueprint, cell: Any) -> Any:
    if isinstance(cell, date | datetime) and plan.register.period:
        return Period.of(plan.register.period, cell).code
    if isinstance(cell, str) and (month := re.fullmatch(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*月?(?:份)?", cell)):
        return f"{month[1]}-{int(month[2]):02d}"
    return cell


def understand(plan: Blueprint, book: Workbook) -> Source:
    """How a workbook reads into a register. Sheets with the same header are read together; another sheet is left out.

    Raises Problem when no sheet has a header that says anything of the register.
    """
    heads = [(sheet, find_head(plan, sheet)) for sheet in book.sheets]
    fitting = [(sheet, head) for sheet, head in heads if head is not None]
    if not fitting:
        raise Problem(
            "REG-170",
            f"找不到“{plan.register.name}”的表头",
            where=book.name,
            remedy="表头里要有本台账的列名；下载模板对照，或把表头行放到前十五行内",
        )
    weights = {id(head): _weight(plan, head) for _, head in fitting}
    best = max(fitting, key=lambda pair: weights[id(pair[1])])[1]
    source = Source(plan, book.name, [], [(name, "隐藏的工作表") for name in book.hidden])
    for sheet, head in heads:
        if head is None or signature(head.columns) != signature(best.columns):
            source.unused.append(
                (sheet.name, "没有本台账的表头" if head is None else "表头与其他工作表不同，请分开导入")
            )
            continue
        offset = len(source.readings) * SHEET_STEP
        source.readings.append(Reading(sheet, head, match_all(plan, head.columns, head.money_unit), offset))
    known = SheetMapping.objects.filter(register_code=plan.code, signature=source.signature).first()
    if known is not None:
        choose(source, known.columns)
        source.remembered = True
    return source


def _weight(plan: Blueprint, head: Head) -> int:
    return sum(item.how == CERTAIN for item in match_all(plan, head.columns))


def choose(source: Source, columns: Mapping[str, Sequence[str]]) -> None:
    """Take a person's word for what the columns are: label → [target, factor]. Raises Problem for what cannot be."""
    plan, taken = source.plan, set[str]()
    known = {field.name for field in plan.writable() if field.type != "file"} | set(SHARED.values())
    for reading in source.readings:
        matches, taken = [], set()
        for item in reading.matches:
            target, factor = columns.get(item.column.label, ("", "1"))
            if target and (target not in known or target in taken):
                raise Problem(
                    "REG-171",
                    f"“{target}”选了两次，或不是本台账的列",
                    where=item.column.label,
                    remedy="每个字段只选一列",
                )
            taken.add(target) if target else None
            how = CERTAIN if target else IGNORE
            matches.append(replace(item, target=target, how=how, factor=Decimal(factor), note=""))
        reading.matches = matches


def remember(source: Source, *, by: User | None) -> None:
    """Keep how this header is read, for everybody's next sheet with it."""
    columns = {item.column.label: [item.target, format(item.factor, "f")] for item in source.matches}
    SheetMapping.objects.update_or_create(
        register_code=source.plan.code, signature=source.signature, defaults={"columns": columns, "by": by}
    )
    source.remembered = True


def clear_source(register: str, data: bytes, name: str) -> Source:
    """A file as it reads into a register when nothing has to be guessed. Raises Problem that says what is in doubt."""
    source = understand(blueprint(register), open_workbook(data, name))
    if not source.is_clear():
        raise explain(source)
    return source


def explain(source: Source) -> Problem:
    """Why a sheet is not loaded without a person's confirmation."""
    doubts = [f"“{item.column.label}”{item.note or '看不懂'}" for item in source.matches if not item.is_sure]
    rows = [
        f"{source.place(item.row)}（{item.why}：{item.text[:20]}）" for item in source.skipped() if not item.is_plain
    ]
    return Problem(
        "REG-172",
        "这张表有要人确认的地方：" + "；".join([*doubts[:8], *rows[:5]]),
        where=source.name,
        remedy="在网页上导入一次并确认对应关系（以后同样的表头不再问），或改好表头再导",
    )
