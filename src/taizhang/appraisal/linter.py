"""A scheme's faults, said before it is released: names that nobody knows, bands out of order, what the law forbids."""

from __future__ import annotations

import re
from collections.abc import Iterator

from taizhang.appraisal.scoring import FULL
from taizhang.appraisal.sources import SOURCES
from taizhang.catalog.appraisal_schema import AdjustmentDef, ItemDef, SchemeDef
from taizhang.catalog.current import Catalog
from taizhang.catalog.faults import near
from taizhang.catalog.pack import Pack, Place
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import FormulaError, names_in, parse
from taizhang.kernel.formula.nodes import is_row
from taizhang.org.kinds import KINDS

# 《深化新时代教育评价改革总体方案》(2020) forbids setting such targets for schools and ranking schools by them.
FORBIDDEN = re.compile(r"升学率|上线率|录取率|重点率|一本率|本科率|平均分|中考成绩|高考成绩|升学指标")


def lint_schemes(pack: Pack, whole: Catalog) -> Iterator[Problem]:
    """Every fault of a pack's schemes; ``whole`` holds the packs around it."""
    for scheme in pack.schemes.values():
        place = pack.places["scheme", scheme.code]
        yield from _names(scheme, place)
        yield from _groups(scheme, place)
        yield from _bands(scheme, place)
        for at, line in _lines(scheme):
            yield from _line(line, place.at(*at), whole)


def indicators_of(line: ItemDef | AdjustmentDef) -> list[str]:
    """The names that a line's formula reads, 满分 aside, in the alphabet's order."""
    if not line.formula:
        return []
    return sorted({name for _, name in names_in(parse(line.formula))} - {FULL})


def _lines(scheme: SchemeDef) -> Iterator[tuple[tuple[str | int, ...], ItemDef | AdjustmentDef]]:
    for index, section in enumerate(scheme.sections):
        for number, item in enumerate(section.items):
            yield ("sections", index, "items", number), item
    for index, line in enumerate(scheme.adjustments):
        yield ("adjustments", index), line


def _names(scheme: SchemeDef, place: Place) -> Iterator[Problem]:
    seen: set[str] = set()
    lines = list(_lines(scheme)) + [(("vetoes", number), veto) for number, veto in enumerate(scheme.vetoes)]
    for at, line in lines:
        if line.name in seen:
            yield Problem("APR-001", f"“{line.name}”写了两次", where=place.at(*at), remedy="改名：每个评分项名称唯一")
        seen.add(line.name)
        if FORBIDDEN.search(line.name) or FORBIDDEN.search(getattr(line, "formula", None) or ""):
            yield Problem(
                "APR-002", f"“{line.name}”按升学率或考试成绩考核", where=place.at(*at),
                remedy="国家规定不得以升学率、考试成绩给学校下指标、排名次，请删去",
            )  # fmt: skip


def _groups(scheme: SchemeDef, place: Place) -> Iterator[Problem]:
    names = [group.name for group in scheme.groups]
    for index, group in enumerate(scheme.groups):
        for kind in group.kinds:
            if kind not in KINDS:
                yield Problem(
                    "APR-003", f"没有单位类型“{kind}”", where=place.at("groups", index), remedy=near(kind, KINDS)
                )
        if not group.kinds and not group.units:
            yield Problem(
                "APR-003", f"“{group.name}”里没有单位", where=place.at("groups", index), remedy="写 kinds 或 units"
            )
    for at, line in _lines(scheme):
        for name in getattr(line, "groups", ()):
            if name not in names:
                yield Problem("APR-003", f"没有组别“{name}”", where=place.at(*at), remedy=near(name, names))


def _bands(scheme: SchemeDef, place: Place) -> Iterator[Problem]:
    limits = [band.at_least for band in scheme.bands]
    if limits != sorted(limits, reverse=True) or len(set(limits)) != len(limits) or limits[-1] != 0:
        yield Problem(
            "APR-004", "等次的分数线须从高到低，最后一档从 0 分起", where=place.at("bands"), remedy="逐档核对 at_least"
        )
    names = [band.name for band in scheme.bands]
    for index, veto in enumerate(scheme.vetoes):
        if veto.band and veto.band not in names:
            yield Problem(
                "APR-004", f"没有等次“{veto.band}”", where=place.at("vetoes", index), remedy=near(veto.band, names)
            )
        if (veto.effect == "deduct") != (veto.points is not None):
            yield Problem("APR-005", f"“{veto.name}”的 points 写错了地方", where=place.at("vetoes", index),
                          remedy="只有 effect: deduct 写 points，且必须写")  # fmt: skip


def _line(line: ItemDef | AdjustmentDef, where: str, whole: Catalog) -> Iterator[Problem]:
    wants_formula = line.kind == "measured" if isinstance(line, ItemDef) else None
    if wants_formula is not None and wants_formula != bool(line.formula):
        yield Problem("APR-006", f"“{line.name}”的公式不对", where=where, remedy="measured 必须写 formula，judged 不写")
    if isinstance(line, AdjustmentDef) and not line.formula and line.each is None:
        yield Problem("APR-006", f"“{line.name}”没有分值", where=where, remedy="写 each（每次几分）或 formula")
    if not line.formula:
        return
    try:
        formula = parse(line.formula)
    except FormulaError as wrong:
        yield Problem("APR-007", f"“{line.name}”的公式看不懂：{wrong.message}", where=where, remedy=wrong.remedy)
        return
    if not is_row(formula.root):
        yield Problem(
            "APR-007", f"“{line.name}”的公式里不能有汇总函数", where=where, remedy="先声明指标，再写指标的名称"
        )
        return
    known = {item.name for item in whole.indicators.values()} | set(SOURCES)
    for name in indicators_of(line):
        if name not in known:
            yield Problem("APR-008", f"没有指标“{name}”", where=where, remedy=near(name, known))
    if isinstance(line, AdjustmentDef) and line.max is None and any(name == FULL for _, name in names_in(formula)):
        yield Problem("APR-006", f"“{line.name}”用了满分而没有写 max", where=where, remedy="写 max（最多几分）")
