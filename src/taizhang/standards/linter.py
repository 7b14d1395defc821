"""What standards and quality rules say of other parts of the packs must be true."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.catalog.current import Catalog
from taizhang.catalog.faults import check_formula, near
from taizhang.catalog.names import formula_schema
from taizhang.catalog.pack import Pack, Place
from taizhang.catalog.schema import QualityDef, RegisterDef, StandardDef
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import FormulaError, names_in, parse

ITEM = "评估项目"


def lint_standards(pack: Pack, whole: Catalog) -> Iterator[Problem]:
    """Indicators, items, registers and formulas of every standard exist and fit."""
    for standard in pack.standards.values():
        place = pack.places["standard", standard.code]
        yield from _thresholds(standard, place, whole)
        yield from _schools(standard, place, whole)
        yield from _items(standard, place, whole)


def lint_quality(pack: Pack, whole: Catalog) -> Iterator[Problem]:
    """A quality rule reads stored fields of its register; comparisons need a return to compare."""
    for rule in pack.quality.values():
        place = pack.places["quality", rule.code]
        register = whole.registers.get(rule.register_code)
        if register is None:
            yield _no_register(rule.register_code, place.at("register"), whole)
            continue
        key, text = _question(rule)
        schema = formula_schema(whole, register)
        yield from check_formula(text, schema, "row", "yes_no" if key == "formula" else "number", place.at(key))
        yield from _stored(text, register, place.at(key))
        if key != "formula" and register.kind != "statistics":
            yield Problem("STD-007", "只有报表型台账能与上年、与同类比较", where=place.at(key), remedy="改用 formula")
        for name in rule.among:
            if register.field(name) is None:
                yield Problem("CAT-047", f"没有字段“{name}”", where=place.at("among"),
                              remedy=near(name, (item.name for item in register.fields)))  # fmt: skip


def _question(rule: QualityDef) -> tuple[str, str]:
    return next((key, text) for key in ("formula", "change_of", "outlier_of") if (text := getattr(rule, key)))


def _thresholds(standard: StandardDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    known = {*whole.indicators, *(item.code for item in standard.items)}
    for index, limit in enumerate(standard.thresholds):
        where = place.at("thresholds", index)
        if limit.indicator not in known:
            yield Problem(
                "STD-001", f"没有指标或项目“{limit.indicator}”", where=where, remedy=near(limit.indicator, known)
            )
        if limit.at_least is None and limit.at_most is None:
            yield Problem("STD-002", "没有写标准值", where=where, remedy="写 at_least（不低于）或 at_most（不高于）")


def _schools(standard: StandardDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    schools = standard.schools
    if schools is None:
        return
    register = whole.registers.get(schools.register_code)
    if register is None or register.kind != "statistics":
        yield _no_register(schools.register_code, place.at("schools", "register"), whole)
        return
    schema = formula_schema(whole, register)
    if register.field(schools.stage) is None:
        yield Problem("CAT-047", f"没有字段“{schools.stage}”", where=place.at("schools"), remedy="写学段所在的字段")
    formulas = [("pupils", schools.pupils, "number"), ("left_out", schools.left_out, "yes_no")]
    for key, text, type_ in formulas:
        if text:
            yield from check_formula(text, schema, "row", type_, place.at("schools", key))
            yield from _stored(text, register, place.at("schools", key))
    for index, item in enumerate(schools.resources):
        where = place.at("schools", "resources", index)
        for code in filter(None, (item.indicator, item.spread)):
            if code not in whole.indicators:
                yield Problem("STD-001", f"没有指标“{code}”", where=where, remedy=near(code, whole.indicators))
        for text in filter(None, (item.amount, item.base)):
            yield from check_formula(text, schema, "row", "number", where)
            yield from _stored(text, register, where)


def _items(standard: StandardDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    judged = [item for item in standard.items if item.judged]
    review = whole.registers.get(standard.review)
    if judged and (review is None or ITEM not in review.dimensions):
        yield Problem("STD-003", "有须评判的项目，却没有记评判结果的台账", where=place.at("items"),
                      remedy=f"写 review: 台账代码，该台账须为报表型并有维度“{ITEM}”")  # fmt: skip
    options = whole.options_of(ITEM)
    schools = standard.schools
    for index, item in enumerate(standard.items):
        where = place.at("items", index)
        if item.judged and item.name not in options:
            yield Problem("STD-004", f"选项集“{ITEM}”里没有“{item.name}”", where=where, remedy="补一个同名选项")
        if item.indicator and item.indicator not in whole.indicators:
            yield Problem(
                "STD-001", f"没有指标“{item.indicator}”", where=where, remedy=near(item.indicator, whole.indicators)
            )
        if item.each and schools is None:
            yield Problem("STD-005", "逐校的项目要有 schools", where=where, remedy="写 schools，或改为评判")
        elif item.each and schools and schools.register_code in whole.registers:
            register = whole.registers[schools.register_code]
            yield from check_formula(item.each, formula_schema(whole, register), "row", "number", where)
            yield from _stored(item.each, register, where)


def _stored(text: str, register: RegisterDef, where: str) -> Iterator[Problem]:
    """Figures read what is stored: a field that is computed, sensitive or a file is not in the warehouse."""
    try:
        names = {name for _, name in names_in(parse(text))}
    except FormulaError:
        return  # already told
    for item in register.fields:
        if item.name in names and (item.formula or item.sensitive or item.type == "file"):
            yield Problem("STD-006", f"“{item.name}”不能用在这里", where=where, remedy="改用直接填报、不敏感的字段")


def _no_register(code: str, where: str, whole: Catalog) -> Problem:
    statistics = [item.code for item in whole.registers.values() if item.kind == "statistics"]
    return Problem("CAT-053", f"没有台账“{code}”", where=where, remedy=near(code, statistics))
