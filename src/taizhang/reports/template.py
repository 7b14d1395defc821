"""A template, rendered: text in which every number is bound.

Jinja2 in its sandbox does the filling. Whatever an expression gives passes :meth:`_Sink.take`: a bound value or a
declared word becomes one private character that stands for it; anything else that holds a digit is refused. So no
number gets into a report that cannot say where it comes from.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, pass_context
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.reports.blocks import Annex, Block, Control, Imprint, Inline, Note, Runs, Title, plain
from taizhang.reports.bound import Bindings, Bound, Declared, Phrase, Piece, has_digit
from taizhang.reports.door import Sources, UnitRef
from taizhang.reports.functions import Functions
from taizhang.reports.markup import blocks_of

# One character of a private plane stands for one piece; no document holds these.
FIRST, LAST = 0xF0000, 0xFFFFD
# How many missing figures the paper names; its page on screen lists them all.
MOST_NOTES = 12


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report before it is drawn."""

    title: str
    blocks: tuple[Block, ...]
    bindings: Bindings


def environment() -> ImmutableSandboxedEnvironment:
    """Templates may compute and loop; they reach nothing but what they are given."""
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False, keep_trailing_newline=True
    )


def render(source: str, *, file: str, sources: Sources, unit: UnitRef, period: Period) -> Rendered:
    """Fill a template for one unit and period. Raises Problem with ``file:line`` and a remedy.

    >>> render("# {{ 单位 }}工作总结", file="a.txt", …).title
    """
    sink = _Sink(sources)
    text = _fill(source, file, Functions(sources, unit, period).names(), sink)
    blocks = blocks_of(text, sink.runs, file)
    notes = sink.missing_notes()
    if notes:
        told = Note(sink.runs(sink.mark(Declared("说明", f"注：“—”表示截至编写时没有数据：{notes}"))))
        # 附注 follows the date: before annexes and 版记.
        ends = (index for index, block in enumerate(blocks) if isinstance(block, Annex | Imprint))
        last = next(ends, len(blocks))
        blocks = (*blocks[:last], told, *blocks[last:])
    title = next(("".join(plain(line) for line in block.lines) for block in blocks if isinstance(block, Title)), "")
    sink.bindings.report = {
        "unit": unit.code,
        "unit_name": unit.name,
        "period": period.code,
        "title": title,
        "day": sources.day.isoformat(),
        "template": file,
    }
    return Rendered(title, blocks, sink.bindings)


def _fill(source: str, file: str, names: dict[str, Any], sink: _Sink) -> str:
    env = environment()

    @pass_context
    def finalize(_: Any, value: Any) -> str:
        return sink.take(value)

    env.finalize = finalize
    try:
        code = env.compile(source, name=file, filename=file)
        return env.template_class.from_code(env, code, env.make_globals(None)).render(names)
    except Problem as problem:
        problem.where = problem.where or f"{file}:{_line(problem, file)}"
        raise
    except TemplateError as wrong:
        raise explain(wrong, file) from wrong
    except (TypeError, ValueError, LookupError, ArithmeticError) as wrong:
        if not _is_the_templates(wrong, file):
            raise
        raise explain(wrong, file) from wrong


def explain(wrong: Exception, file: str) -> Problem:
    """A template's fault as a sentence with file and line."""
    if isinstance(wrong, TemplateSyntaxError):
        where, said = f"{file}:{wrong.lineno}", wrong.message or ""
        return Problem(
            "RPT-002", f"模板写法不对：{said}", where=where, remedy="核对 {{ }}、{% %} 是否成对，括号引号须用半角"
        )
    where = f"{file}:{_line(wrong, file)}"
    if isinstance(wrong, UndefinedError):
        return Problem("RPT-002", f"模板里用了没有的名称：{wrong}", where=where, remedy="对照手册“稿件模板”的函数表")
    if isinstance(wrong, SecurityError):
        return Problem("RPT-002", "模板里用了不允许的写法", where=where, remedy="只用手册“稿件模板”列出的函数")
    return Problem("RPT-002", f"模板的参数不对：{wrong}", where=where, remedy="对照手册“稿件模板”的函数表")


def _is_the_templates(wrong: Exception, file: str) -> bool:
    """Whether an error arose in the template itself (a wrong argument), not in our own code behind a function."""
    *_, (frame, _) = traceback.walk_tb(wrong.__traceback__)
    return frame.f_code.co_filename == file or frame.f_globals.get("__name__", "").startswith("jinja2.")


def _line(wrong: BaseException, file: str) -> int:
    """The template's line: Jinja puts it into the traceback."""
    lines = [line for frame, line in traceback.walk_tb(wrong.__traceback__) if frame.f_code.co_filename == file]
    return lines[-1] if lines else 1


class _Sink:
    """Takes what expressions give, keeps the bound and the declared apart from the prose."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.bindings = Bindings()
        self.pieces: list[Bound | Declared] = []
        self.notes: dict[str, None] = {}

    def take(self, value: Any) -> str:
        """The text that stands for a value. Raises Problem for a number that is not bound."""
        if isinstance(value, Phrase):
            return "".join(self.take(piece) for piece in value.pieces)
        if isinstance(value, Bound | Declared):
            return self.mark(value)
        if isinstance(value, Period):
            return self.mark(Bound(kind="period", code=value.code, label="期间", shown=value.label, period=value.code))
        if isinstance(value, UnitRef):
            return self.mark(Declared("名称", value.name))
        if isinstance(value, str):
            if has_digit(value) or any(FIRST <= ord(char) <= LAST for char in value):
                raise Problem(
                    "RPT-001",
                    f"“{value.strip()[:30]}”里有未声明来源的数字",
                    remedy='数字用 值("指标") 等函数取；名称、引文用 原文("…") 声明',
                )
            return " ".join(value.split()) if "\n" in value else value
        raise Problem(
            "RPT-001",
            f"模板输出了没有来源的值“{value}”",
            remedy='数字只能来自 值("指标")、任务数() 等函数，不能由模板计算',
        )

    def mark(self, piece: Bound | Declared) -> str:
        self.pieces.append(piece)
        if FIRST + len(self.pieces) > LAST:
            raise Problem("RPT-006", "一份稿件的数字太多", remedy="分成几份稿件")
        return chr(FIRST + len(self.pieces) - 1)

    def runs(self, text: str) -> Runs:
        """A line's text with its pieces put back. Bindings are numbered here, in reading order."""
        found: list[Inline] = []
        prose = ""
        for char in text:
            index = ord(char) - FIRST
            piece: Piece = self.pieces[index] if 0 <= index < len(self.pieces) else char
            if isinstance(piece, Bound):
                found += [prose, Control(piece.shown, self._bind(piece), piece.label)]
                prose = ""
            elif isinstance(piece, Declared):
                self.bindings.declared.append(piece)
                prose += " ".join(piece.text.split())
            else:
                prose += piece
        return tuple(item for item in (*found, prose) if item != "")

    def _bind(self, bound: Bound) -> str:
        if bound.note:
            self.notes[bound.note] = None
        return self.bindings.tag(replace(bound, day=self.sources.day.isoformat()))

    def missing_notes(self) -> str:
        told = list(self.notes)
        return "；".join(told[:MOST_NOTES]) + ("等" if len(told) > MOST_NOTES else "")
