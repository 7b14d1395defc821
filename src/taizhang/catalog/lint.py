"""What a pack's documents say of each other must be true: names, states, options, formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from taizhang.catalog.current import Catalog
from taizhang.catalog.diff import lost_options
from taizhang.catalog.faults import check_formula, near, written_twice
from taizhang.catalog.lifecycles import ladders_and_letters_are_sound, lifecycle_is_sound, template_is_there
from taizhang.catalog.names import SHARED_COLUMNS, formula_schema
from taizhang.catalog.pack import Pack, Place
from taizhang.catalog.public import public_door_is_sound
from taizhang.catalog.schema import FieldDef, IndicatorDef, RegisterDef
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import FIELD_TYPES, FormulaError, parse
from taizhang.kernel.formula.functions import LIMITS
from taizhang.kernel.formula.nodes import Call, Text, walk

# Rules of later stages, which read their own parts of a pack; each is registered under a stable key at start.
PACK_RULES: dict[str, Callable[[Pack, Catalog], Iterable[Problem]]] = {}


def lint(pack: Pack, around: Catalog) -> list[Problem]:
    """Every fault of ``pack`` when it is loaded beside the packs already in force (``around``)."""
    return list(_faults(pack, tuple(item for item in around.packs if item.manifest.name != pack.manifest.name)))


@lru_cache(maxsize=16)
def _faults(pack: Pack, others: tuple[Pack, ...]) -> list[Problem]:
    """The same packs beside each other have the same faults: a check, a comparison and a release ask in turn."""
    whole = Catalog(packs=(*others, pack))
    problems = list(_names_are_free(pack, Catalog(packs=others)))
    problems.extend(_options_keep_names(pack, Catalog(packs=others)))
    for register in pack.registers.values():
        place = pack.places["register", register.code]
        for rule in REGISTER_RULES:
            problems.extend(rule(register, place, whole))
    for indicator in pack.indicators.values():
        problems.extend(_indicator_is_sound(indicator, pack.places["indicator", indicator.code], whole))
    problems.extend(ladders_and_letters_are_sound(pack, whole))
    for report in pack.reports.values():
        problems.extend(template_is_there(report, pack.places["report", report.code], pack, "稿件", "reports"))
    for pack_rule in PACK_RULES.values():
        problems.extend(pack_rule(pack, whole))
    return problems


def _names_are_free(pack: Pack, others: Catalog) -> Iterator[Problem]:
    """Codes and Chinese names are keys everywhere, so two packs cannot share one."""
    for kind, own, taken in (
        ("register", pack.registers, others.registers),
        ("indicator", pack.indicators, others.indicators),
    ):
        used = {key for item in taken.values() for key in (item.code, item.name)}
        for code, thing in own.items():
            for key in {code, thing.name} & used:
                where = pack.places[kind, code].at()
                yield Problem("CAT-014", f"“{key}”已由别的业务包声明", where=where, remedy="换一个代码和名称")


def _options_keep_names(pack: Pack, others: Catalog) -> Iterator[Problem]:
    """A set that speaks over another pack's may add and retire options, not lose them."""
    for name, values in pack.options.items():
        where = pack.places["options", name].at("values")
        for change in lost_options(name, others.options.get(name, ()), values):
            yield Problem("CAT-090", change.what, where=where, remedy=change.remedy)


def _fields_are_sound(register: RegisterDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    seen: set[str] = set()
    buried = {item.name for item in register.removed}
    if not register.fields:
        yield Problem(
            "CAT-095", f"“{register.name}”还没有字段", where=place.at("fields"), remedy="至少写一个要填的字段"
        )
    for index, field in enumerate(register.fields):
        where = place.at("fields", index)
        if field.name in seen:
            yield Problem("CAT-040", f"字段“{field.name}”写了两次", where=where, remedy="改名，或删去其中一个")
        if field.name in buried:
            yield Problem("CAT-041", f"字段“{field.name}”已停用，名字不能再用", where=where, remedy="换一个新名字")
        if field.name in RESERVED:
            yield Problem("CAT-042", f"“{field.name}”是系统自带的列", where=where, remedy="换一个名字")
        seen.add(field.name)
        yield from _options_exist(field, where, whole)
        if field.type == "link" and field.register_code not in whole.registers:
            yield Problem(
                "CAT-044",
                f"关联的台账“{field.register_code or ''}”不存在",
                where=where,
                remedy=near(field.register_code or "", whole.registers),
            )


def _options_exist(field: FieldDef, where: str, whole: Catalog) -> Iterator[Problem]:
    if field.type in ("choice", "choices"):
        if not field.options:
            yield Problem(
                "CAT-043", f"字段“{field.name}”没有选项", where=where, remedy="写 options: [甲，乙]，或写选项集的名称"
            )
        elif isinstance(field.options, str) and field.options not in whole.options:
            yield Problem(
                "CAT-043", f"没有选项集“{field.options}”", where=where, remedy=near(field.options, whole.options)
            )


def _parent_is_sound(register: RegisterDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    if register.parent is None:
        return
    field, where = register.field(register.parent), place.at("parent")
    if field is None or field.type != "link" or field.many or not field.required:
        yield Problem(
            "CAT-056",
            f"parent 写的“{register.parent}”不能作上级记录",
            where=where,
            remedy="写一个必填的 link 字段（required: true，不加 many）的名称",
        )
        return
    seen, above = {register.code}, whole.registers.get(field.register_code or "")
    while above is not None:
        if above.code in seen:
            yield Problem("CAT-057", f"“{register.name}”的上级绕回了自己", where=where, remedy="改掉其中一个 parent")
            return
        seen.add(above.code)
        link = above.field(above.parent or "")
        above = whole.registers.get(link.register_code or "") if link else None


def _statistics_have_a_period(register: RegisterDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    if register.kind == "statistics" and register.period is None:
        yield Problem(
            "CAT-045",
            "报表型台账缺少 period",
            where=place.at("kind"),
            remedy="写 period: school_year（或 month、term、year）",
        )
    if register.kind != "statistics" and register.dimensions:
        yield Problem(
            "CAT-046",
            "只有报表型台账才有 dimensions",
            where=place.at("dimensions"),
            remedy="改 kind: statistics，或删去",
        )


def _names_used_exist(register: RegisterDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    names = {field.name for field in register.fields}
    used: list[tuple[tuple[str | int, ...], Iterable[str]]] = [
        (("list",), (name for name in register.columns if name not in LISTABLE)),
        (("dimensions",), register.dimensions),
        (("dated_by",), [register.dated_by] if register.dated_by else []),
        (("title",), [register.title] if register.title else []),
    ]
    for path, wanted in used:
        for name in wanted:
            if name not in names:
                yield Problem("CAT-047", f"没有字段“{name}”", where=place.at(*path), remedy=near(name, names))
    units = [item.name for item in register.fields if item.type == "unit"]
    for name in register.shared_with:
        if name not in units:
            where = place.at("shared_with")
            yield Problem("CAT-092", f"“{name}”不是填单位的字段", where=where, remedy=near(name, units))
    for role in register.access:
        if role not in whole.roles:
            where = place.at("access", role)
            yield Problem("CAT-049", f"没有岗位“{role}”", where=where, remedy=near(role, whole.roles))


def _repeats_are_sound(register: RegisterDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    """Rules of ``no_repeat`` compare fields that people fill in, and dates that are dates; their names are their own."""
    known = {"单位", *(item.name for item in register.fields if item.formula is None)}
    dates = {item.name for item in register.fields if item.type == "date"}
    taken = {item.name for item in register.fields}
    for index, rule in enumerate(register.no_repeat):
        where = place.at("no_repeat", index)
        if rule.name in taken:
            yield Problem("CAT-087", f"“{rule.name}”已是字段或另一条规则的名称", where=where, remedy="换一个名称")
        taken.add(rule.name)
        for name in rule.fields:
            if name not in known:
                yield Problem("CAT-047", f"没有可填写的字段“{name}”", where=where, remedy=near(name, known))
        for name in rule.between or ():
            if name not in dates:
                yield Problem("CAT-088", f"“{name}”不是日期字段", where=where, remedy=near(name, dates))


def _formulas_are_sound(register: RegisterDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    schema = formula_schema(whole, register)
    yield from written_twice("核对", [check.name for check in register.checks], place, ("checks",))
    for index, field in enumerate(register.fields):
        if field.formula:
            made = FIELD_TYPES[field.type]
            yield from check_formula(field.formula, schema, "row", made, place.at("fields", index, "formula"))
    for index, check in enumerate(register.checks):
        yield from check_formula(check.formula, schema, "row", "yes_no", place.at("checks", index, "formula"))


def _limits_exist(register: RegisterDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    """A limit that a formula asks for by name is one that a standard of the packs sets."""
    texts = [(item.formula, ("fields", index, "formula")) for index, item in enumerate(register.fields) if item.formula]
    texts += [(item.formula, ("checks", index, "formula")) for index, item in enumerate(register.checks)]
    for text, path in texts:
        for standard, indicator in _limits_named(text):
            known = {key: item for item in whole.standards.values() for key in (item.code, item.name)}
            if standard not in known:
                yield Problem("CAT-091", f"没有标准“{standard}”", where=place.at(*path), remedy=near(standard, known))
                continue
            keys = {item.indicator for item in known[standard].thresholds}
            if indicator not in keys:
                told = f"标准“{standard}”没有“{indicator}”的限值"
                yield Problem("CAT-091", told, where=place.at(*path), remedy=near(indicator, keys))


def _limits_named(text: str) -> list[tuple[str, str]]:
    try:
        nodes = list(walk(parse(text).root))
    except FormulaError:
        return []  # told by the formula's own rule
    calls = [node.args for node in nodes if isinstance(node, Call) and node.function in LIMITS]
    return [(a.value, b.value) for a, b, *_ in calls if isinstance(a, Text) and isinstance(b, Text)]


def _indicator_is_sound(indicator: IndicatorDef, place: Place, whole: Catalog) -> Iterator[Problem]:
    register = whole.registers.get(indicator.register_code or "")
    if indicator.register_code and register is None:
        yield Problem(
            "CAT-053",
            f"没有台账“{indicator.register_code}”",
            where=place.at("register"),
            remedy=near(indicator.register_code, whole.registers),
        )
        return
    yield from check_formula(
        indicator.formula, formula_schema(whole, register), "aggregate", "number", place.at("formula"), indicator.unit
    )
    for index, former in enumerate(indicator.earlier):
        schema, where = formula_schema(whole, register), place.at("earlier", index)
        yield from check_formula(former.formula, schema, "aggregate", "number", where, indicator.unit)
    yield from _versions_are_sound(indicator, place)


def _versions_are_sound(indicator: IndicatorDef, place: Place) -> Iterator[Problem]:
    """Each version has a name of its own and a day from which it holds; only the oldest may hold since ever."""
    known = indicator.versions
    names = [item.version for item in known]
    if len(set(names)) < len(names):
        where = place.at("earlier")
        yield Problem("CAT-092", f"“{indicator.name}”的口径版本重名", where=where, remedy="每个版本写不同的 version")
    if any(item.valid_from is None for item in known[:-1]):
        where = place.at("earlier")
        remedy = "给每个口径版本写 valid_from（最早的一个可以不写）"
        yield Problem("CAT-093", f"“{indicator.name}”的口径版本没有起始日期", where=where, remedy=remedy)
    elif indicator.valid_from != max((item.valid_from for item in known if item.valid_from), default=None):
        where = place.at("valid_from")
        yield Problem(
            "CAT-094",
            f"“{indicator.name}”现行口径的起始日期早于历史口径",
            where=where,
            remedy="现行口径的 valid_from 应最晚",
        )


RESERVED = ("单位编码", *SHARED_COLUMNS)
LISTABLE = (*SHARED_COLUMNS, "更新时间")
Rule = Callable[[RegisterDef, Place, Catalog], Iterator[Problem]]
REGISTER_RULES: tuple[Rule, ...] = (
    _fields_are_sound,
    _parent_is_sound,
    _statistics_have_a_period,
    _names_used_exist,
    lifecycle_is_sound,
    public_door_is_sound,
    _repeats_are_sound,
    _formulas_are_sound,
    _limits_exist,
)
