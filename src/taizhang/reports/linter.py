"""Reads a template before it is used: every digit in its prose, every name and every binding that does not exist."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from jinja2 import TemplateSyntaxError, meta, nodes

from taizhang.catalog.current import Catalog
from taizhang.catalog.lifecycle_schema import LetterDef
from taizhang.catalog.pack import Pack
from taizhang.catalog.schema import ReportDef
from taizhang.kernel.errors import NotFound, Problem
from taizhang.reports.bound import has_digit
from taizhang.reports.functions import NAMES, NAMES_INDICATOR, NAMES_REGISTER, NAMES_STANDARD, VARIABLES
from taizhang.reports.markup import DIRECTIVES, directive_of
from taizhang.reports.template import environment, explain

# A quantity in Chinese numerals is a number too: 三十所, 百分之九十, 两百余人. 一个, 一项, 一年 are words.
_MEASURES = "所个名人项条处次起家座间台套亩元件份门月日天岁万亿"
_CHINESE_AMOUNT = re.compile(
    rf"(?<![第每])(?:百分之[〇零一二三四五六七八九十百]+|(?!一[{_MEASURES}])[〇零一二两三四五六七八九十百千]+[多余几]?[{_MEASURES}成倍])"
)
_TYPED_ORDINAL = re.compile(r"^#{2,5}\s+(?:[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十]+[)）])")
REMEDY_NUMBER = '改用 {{ 值("指标") }} 等函数；名称、引文、文号用 {{ 原文("…") }}、{{ 文号("…") }} 声明'


def lint_template(source: str, file: str, catalog: Catalog) -> list[Problem]:
    """Every fault of one template, each with ``file:line`` and what to do."""
    env = environment()
    try:
        tree = env.parse(source, filename=file)
    except TemplateSyntaxError as wrong:
        return [explain(wrong, file)]
    problems = [*_prose(source, file), *_names(tree, source, file), *_outputs(tree, file), *_calls(tree, file, catalog)]
    return sorted(problems, key=lambda problem: int(problem.where.rpartition(":")[2]))


def lint_reports(pack: Pack, whole: Catalog) -> list[Problem]:
    """Every fault of a pack's templates; ``whole`` holds the packs around it. A missing file is the catalogue's fault."""
    sources = dict.fromkeys(
        source_in(pack, "report", report.code, report)
        for report in pack.reports.values()
        if report.text or report.template in pack.files
    )
    return [problem for source, file in sources for problem in lint_template(source, file, whole)]


def source_in(pack: Pack, kind: str, key: str, thing: LetterDef | ReportDef) -> tuple[str, str]:
    """A template and its file in a pack, the template's lines where they stand in that file."""
    if not thing.text:
        return pack.files[thing.template], thing.template
    file, _, line = pack.places[kind, key].at("text").rpartition(":")
    return "\n" * int(line) + thing.text, file


def _prose(source: str, file: str) -> Iterator[Problem]:
    """Faults in the text between the expressions. An expression leaves a mark, so that lines keep their place."""
    for line, text in enumerate(_without_expressions(source).splitlines(), start=1):
        where = f"{file}:{line}"
        if has_digit(text):
            yield Problem("RPT-001", f"正文里有未声明来源的数字：“{_around(text)}”", where=where, remedy=REMEDY_NUMBER)
        if amount := _CHINESE_AMOUNT.search(text):
            yield Problem("RPT-001", f"正文里有汉字写的数量：“{amount[0]}”", where=where, remedy=REMEDY_NUMBER)
        if _TYPED_ORDINAL.match(text.strip()):
            yield Problem("RPT-008", "标题的序号会自动生成", where=where, remedy="删去手写的序号，只留标题文字")
        found = directive_of(text.strip())
        if found and found[0] not in DIRECTIVES:
            yield Problem("RPT-004", f"没有版式标记“@{found[0]}”", where=where, remedy=_near(found[0], DIRECTIVES))


def _without_expressions(source: str) -> str:
    """The prose alone, on its own lines."""
    return re.sub(
        r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", lambda match: "\u3000" + "\n" * match[0].count("\n"), source, flags=re.S
    )


def _around(text: str) -> str:
    position = next(index for index, char in enumerate(text) if has_digit(char))
    return text[max(0, position - 8) : position + 9].strip()


def _names(tree: nodes.Template, source: str, file: str) -> Iterator[Problem]:
    known = (*NAMES, *VARIABLES)
    for name in sorted(meta.find_undeclared_variables(tree) - set(known)):
        lines = [node.lineno for node in tree.find_all(nodes.Name) if node.name == name]
        yield Problem("RPT-009", f"没有函数或名称“{name}”", where=f"{file}:{min(lines)}", remedy=_near(name, known))


def _outputs(tree: nodes.Template, file: str) -> Iterator[Problem]:
    """Constants and arithmetic that would print a number of their own."""
    for output in tree.find_all(nodes.Output):
        for child in output.nodes:
            printed = child if isinstance(child, nodes.Const) else None
            if printed is not None and has_digit(str(printed.value)):
                yield Problem(
                    "RPT-001",
                    f"表达式输出了常数“{printed.value}”",
                    where=f"{file}:{child.lineno}",
                    remedy=REMEDY_NUMBER,
                )
            if isinstance(child, nodes.BinExpr):
                yield Problem(
                    "RPT-001",
                    "模板里不能拼接或计算数字",
                    where=f"{file}:{child.lineno}",
                    remedy="差额用 变化()，比率声明为指标；文字直接写在 {{ }} 外面",
                )


def _calls(tree: nodes.Template, file: str, catalog: Catalog) -> Iterator[Problem]:
    """Indicators and registers that are named and do not exist."""
    for call in tree.find_all(nodes.Call):
        name = getattr(call.node, "name", "")
        if not call.args or not isinstance(call.args[0], nodes.Const):
            continue
        key = str(call.args[0].value)
        try:
            if name in NAMES_INDICATOR:
                catalog.indicator(key)
            elif name in NAMES_REGISTER:
                catalog.register(key)
            elif name in NAMES_STANDARD:
                catalog.standard(key)
        except NotFound as missing:
            yield Problem("RPT-011", missing.message, where=f"{file}:{call.lineno}", remedy=missing.remedy)


def _near(word: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(word, names, n=2, cutoff=0.4)
    return f"是否想写“{'”或“'.join(near)}”？" if near else "可用：" + "、".join(names)
