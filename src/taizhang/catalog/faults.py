"""What every lint says in the same way: the nearest known word, and what is wrong with a formula."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from taizhang.catalog.pack import Place
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import FormulaError, MappingSchema, analyse, misfit, parse
from taizhang.kernel.formula.functions import TYPE_NAMES

_KIND_WORDS = {"row": "逐行计算", "aggregate": "汇总"}


def check_formula(
    text: str, schema: MappingSchema, kind: str, type_: str | None, where: str, unit: str = ""
) -> Iterator[Problem]:
    """A formula must parse, name what exists, add only what may be added, and be of the kind, type and unit that its
    place needs."""
    try:
        found = analyse(parse(text), schema)
    except FormulaError as wrong:
        yield Problem("CAT-050", f"公式有误：{wrong.message}\n{wrong.caret}", where=where, remedy=wrong.remedy)
        return
    if found.kind != kind:
        remedy = (
            "用 sum(…)、count_if(…) 等汇总函数" if kind == "aggregate" else "这里只能用本条记录的字段，不能用汇总函数"
        )
        yield Problem("CAT-051", f"这里要{_KIND_WORDS[kind]}公式：{text}", where=where, remedy=remedy)
    elif type_ and found.type not in (type_, "null"):
        yield Problem("CAT-052", f"公式的结果不是{TYPE_NAMES[type_]}:{text}", where=where, remedy="改写公式")
    elif wrong_unit := misfit(unit, found.unit):
        yield Problem(
            "CAT-058",
            f"计量单位不对：{wrong_unit}",
            where=where,
            remedy="改 unit，或在公式里换算（例如除以 10000 成为万元）",
        )


def written_twice(word: str, names: Sequence[str], place: Place, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Things of one list are known by their names, so no two may share one."""
    for index, name in enumerate(names):
        if name in names[:index]:
            where = place.at(*path, index)
            yield Problem("CAT-096", f"{word}“{name}”写了两次", where=where, remedy="改名，或删去其中一个")


def near(word: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    return f"是否想写“{near[0]}”？" if near else "可用：" + ("、".join(names[:12]) or "（还没有）")
