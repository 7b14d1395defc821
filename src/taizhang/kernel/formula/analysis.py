"""What a formula is, before it runs: row or aggregate, the names it uses, its type, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from taizhang.kernel.formula.additivity import check_additive
from taizhang.kernel.formula.errors import FormulaError, nearest
from taizhang.kernel.formula.facts import NO_FACT, Fact
from taizhang.kernel.formula.functions import AGGREGATES, BY_NAME, LIMITS, SIBLING, TIME, TYPE_NAMES, Type
from taizhang.kernel.formula.nodes import (
    Between,
    Binary,
    Call,
    Date,
    Formula,
    In,
    IsNull,
    Name,
    Node,
    Number,
    Text,
    Unary,
    YesNo,
    walk,
)
from taizhang.kernel.formula.units import Unit, Units

Kind = Literal["row", "aggregate"]

# The formula type of each field type that a pack may declare.
FIELD_TYPES: dict[str, Type] = {
    **dict.fromkeys(("integer", "decimal", "money", "percent"), "number"),
    **dict.fromkeys(("date", "datetime"), "date"),
    "yes_no": "yes_no",
    **dict.fromkeys(
        ("text", "long_text", "month", "school_year", "choice", "choices", "unit", "person", "link", "file", "phone",
         "id_card", "place"), "text"),
}  # fmt: skip


class Schema(Protocol):
    """The names that a formula may use. ``register`` None is the formula's own register."""

    def type_of(self, field: str, register: str | None) -> Type | None:
        """The type of a field, or None when there is no such field or register."""

    def fields(self, register: str | None) -> Collection[str]:
        """All field names of a register; empty when there is no such register."""

    def registers(self) -> Collection[str]:
        """All registers that may be named before a dot."""

    def fact_of(self, field: str, register: str | None) -> Fact:
        """What else is known of a field: its unit, what may be added to it."""

    def of_rows(self) -> Schema:
        """The same for row formulas, where a link field stands before the dot."""


@dataclass(frozen=True)
class MappingSchema:
    """A schema from plain mappings: own fields, the fields of other registers by register name, and those of the record
    that a link field of the own register names, by that field."""

    own: Mapping[str, Type] = field(default_factory=dict)
    others: Mapping[str, Mapping[str, Type]] = field(default_factory=dict)
    facts: Mapping[tuple[str | None, str], Fact] = field(default_factory=dict)
    linked: Mapping[str, Mapping[str, Type]] = field(default_factory=dict)

    def of_rows(self) -> MappingSchema:
        """What a row formula sees: before a dot stands a link field, not a register."""
        return MappingSchema(self.own, self.linked, {key: fact for key, fact in self.facts.items() if key[0] is None})

    def type_of(self, field: str, register: str | None) -> Type | None:
        return self._fields(register).get(field)

    def fields(self, register: str | None) -> Collection[str]:
        return self._fields(register).keys()

    def registers(self) -> Collection[str]:
        return self.others.keys()

    def fact_of(self, field: str, register: str | None) -> Fact:
        return self.facts.get((register, field), NO_FACT)

    def _fields(self, register: str | None) -> Mapping[str, Type]:
        return self.own if register is None else self.others.get(register, {})


@dataclass(frozen=True)
class Analysis:
    """``names`` are (register or None, field), without ``*``; ``registers`` are those named before a dot;
    ``external`` are the time and sibling calls, whose values the caller has to supply; ``unit`` is what the result counts
    in, as far as the fields say."""

    kind: Kind
    type: Type
    names: frozenset[tuple[str | None, str]]
    registers: frozenset[str]
    external: tuple[Call, ...]
    unit: Unit | None = None


def analyse(formula: Formula, schema: Schema) -> Analysis:
    """Check a formula against the known names and types. Raises FormulaError with the place and a remedy."""
    kind = kind_of(formula)
    names = [node for node in walk(formula.root) if isinstance(node, Name)]
    whole, schema = schema, schema.of_rows() if kind == "row" else schema
    for name in names:
        if kind == "row" and name.register not in (None, *schema.registers()) and name.register in whole.registers():
            remedy = "用汇总函数,例如 sum(台账.字段);要用关联记录的字段,点前写关联字段的名称"
            raise _error(formula, "kind", "逐行公式里不能用别的台账的字段", name, remedy)
        _check_name(formula, name, schema)
    type_ = _Types(formula, schema).of(formula.root)

    def fact(name: Name) -> Fact:
        return schema.fact_of(name.field, name.register)

    check_additive(formula, fact)
    return Analysis(
        kind,
        type_,
        frozenset((name.register, name.field) for name in names if name.field != "*"),
        frozenset(name.register for name in names if name.register is not None),
        tuple(node for node in walk(formula.root) if isinstance(node, Call) and node.function in TIME | SIBLING),
        Units(formula, fact).of(formula.root),
    )


def names_in(formula: Formula) -> frozenset[tuple[str | None, str]]:
    """The (register or None, field) pairs that a formula mentions, known or not."""
    return frozenset((n.register, n.field) for n in walk(formula.root) if isinstance(n, Name) and n.field != "*")


def kind_of(formula: Formula) -> Kind:
    """Row or aggregate formula, with the nesting rules checked. Raises FormulaError."""
    grouped = any(isinstance(n, Call) and n.function in AGGREGATES | SIBLING for n in walk(formula.root))
    kind: Kind = "aggregate" if grouped else "row"
    for node in walk(formula.root) if grouped else ():
        if isinstance(node, Call) and node.function in LIMITS:
            remedy = "指标与标准的比较在“标准”页;这里写数值"
            raise _error(formula, "nesting", "汇总公式里不能用标准的限值", node, remedy)
    _check_nesting(formula, formula.root, outside=kind == "aggregate", inside="", shifted=False)
    return kind


def _error(formula: Formula, code: str, message: str, node: Node, remedy: str) -> FormulaError:
    return FormulaError(code, message, text=formula.text, position=node.at, remedy=remedy)


def _check_nesting(formula: Formula, node: Node, *, outside: bool, inside: str, shifted: bool) -> None:
    """``outside``: in an aggregate formula and not within an aggregate; ``inside``: the aggregate around us."""
    if isinstance(node, Name) and outside:
        raise _error(
            formula, "nesting", f"字段“{node.field}”没有放在汇总函数里", node,
            f"写明怎样汇总,例如 sum({node.field}) 或 count_if(…)",
        )  # fmt: skip
    elsewhere = outside and isinstance(node, Call) and node.function in SIBLING | TIME and bool(node.args)
    if isinstance(node, Call) and node.function in AGGREGATES | SIBLING | TIME:
        outside, inside, shifted = _enter(formula, node, outside=outside, inside=inside, shifted=shifted)
    for child in node.children():
        _check_nesting(formula, child, outside=outside, inside=inside, shifted=shifted)
    if isinstance(node, Call) and node.function in AGGREGATES:
        _check_one_register(formula, node)
    if elsewhere and not any(isinstance(n, Call) and n.function in AGGREGATES for n in walk(node)):
        raise _error(formula, "nesting", "这里面要写汇总式", node, "例如 previous(sum(在校生数))、rank(avg(得分))")


def _enter(formula: Formula, node: Call, *, outside: bool, inside: str, shifted: bool) -> tuple[bool, str, bool]:
    if inside:
        raise _error(
            formula, "nesting", f"{inside} 里面不能再用 {node.function}", node, "汇总函数里只写逐行的式子,不能套汇总"
        )
    if node.function in TIME:
        if shifted:
            raise _error(formula, "nesting", "时间函数不能套时间函数", node, "只留一层,例如 previous(sum(在校生数))")
        # A streak asks of each period whether it rose against the one before.
        return outside, inside, node.function != "streak"
    if node.function in SIBLING:
        return outside, inside, shifted
    return False, node.function, shifted


def _check_one_register(formula: Formula, call: Call) -> None:
    names = [node for node in walk(call) if isinstance(node, Name)]
    for name in names:
        if name.register != names[0].register:
            raise _error(
                formula, "nesting", "一个汇总函数里只能用同一个台账的字段", name,
                "每个字段前都写同一个台账名,或拆成两个汇总函数",
            )  # fmt: skip


def _check_name(formula: Formula, name: Name, schema: Schema) -> None:
    register, known = name.register, schema.registers()
    if register is not None and register not in known:
        remedy = nearest(register, known) + "核对台账名"
        raise _error(formula, "unknown_name", f"没有台账“{register}”", name, remedy)
    if name.field != "*" and schema.type_of(name.field, register) is None:
        place = "本台账" if register is None else f"台账“{register}”"
        remedy = nearest(name.field, schema.fields(register)) + "核对字段名;带括号或符号的名称请加双引号"
        if name.field in BY_NAME:
            remedy = f"“{name.field}”是函数,后面要写括号"
        raise _error(formula, "unknown_name", f"{place}里没有字段“{name.field}”", name, remedy)


_ORDERED = ("number", "date")
_WRONG_TYPE_HINT = {
    ("date", "text"): "日期写成 date'2025-09-01'",
    ("number", "text"): "数值不加引号",
    ("text", "number"): "文字要加单引号",
    ("yes_no", "text"): "是否字段直接当条件写,例如 寄宿制 或 not 寄宿制",
}


class _Types:
    """Type inference with refusals. ``null`` fits everywhere."""

    def __init__(self, formula: Formula, schema: Schema) -> None:
        self.formula, self.schema = formula, schema
        self.known: dict[int, Type] = {}

    def of(self, node: Node) -> Type:
        """The type of a part; each part is looked at once, however often it is asked for."""
        if id(node) not in self.known:
            self.known[id(node)] = self._infer(node)
        return self.known[id(node)]

    def _infer(self, node: Node) -> Type:
        match node:
            case Number():
                return "number"
            case Text():
                return "text"
            case Date():
                return "date"
            case YesNo():
                return "yes_no"
            case Name(field, register):
                return "any" if field == "*" else self.schema.type_of(field, register) or "any"
            case Unary(op, operand):
                return self.want(operand, "yes_no" if op == "not" else "number")
            case Binary():
                return self.binary(node)
            case IsNull(operand):
                self.of(operand)
                return "yes_no"
            case In(operand, items):
                for item in items:
                    self.alike(operand, item, node)
                return "yes_no"
            case Between(operand, low, high):
                for bound in (low, high):
                    self.ordered(self.alike(operand, bound, node), node)
                return "yes_no"
            case Call():
                return self.call(node)
        return "null"

    def binary(self, node: Binary) -> Type:
        if node.op in ("and", "or"):
            self.want(node.left, "yes_no")
            return self.want(node.right, "yes_no")
        if node.op in "+-*/":
            self.want(node.left, "number", node)
            return self.want(node.right, "number", node)
        kind = self.alike(node.left, node.right, node)
        if node.op not in ("=", "<>"):
            self.ordered(kind, node)
        return "yes_no"

    def want(self, node: Node, wanted: Type, where: Node | None = None) -> Type:
        """The part must be of this type."""
        found = self.of(node)
        if found not in (wanted, "null", "any"):
            remedy = _WRONG_TYPE_HINT.get((wanted, found), "")
            if found == "date":
                remedy = "日期不能直接加减,相隔天数用 days(起, 止)"
            message = f"这里需要{TYPE_NAMES[wanted]},却是{TYPE_NAMES[found]}"
            raise _error(
                self.formula, "type", message, where or node, remedy or f"改成结果为{TYPE_NAMES[wanted]}的式子"
            )
        return wanted

    def alike(self, left: Node, right: Node, where: Node, said: str = "{}不能和{}比较") -> Type:
        """Both parts must be of one type; returns it."""
        first, second = self.of(left), self.of(right)
        if first in ("null", "any"):
            return second
        if second in ("null", "any", first):
            return first
        wanted, found = (second, first) if isinstance(left, (Text, Number)) else (first, second)
        remedy = _WRONG_TYPE_HINT.get((wanted, found)) or _WRONG_TYPE_HINT.get((found, wanted)) or "两边换成同一类的值"
        raise _error(self.formula, "type", said.format(TYPE_NAMES[first], TYPE_NAMES[second]), where, remedy)

    def ordered(self, kind: Type, where: Node) -> None:
        if kind not in (*_ORDERED, "null", "any"):
            message = f"{TYPE_NAMES[kind]}不分大小"
            raise _error(self.formula, "type", message, where, "文字只能用 =、<>、in 比较;大小比较用于数值和日期")

    def call(self, node: Call) -> Type:
        function = BY_NAME[node.function]
        shared: Node | None = None
        shared_type: Type = "null"
        for index, arg in enumerate(node.args):
            wanted = function.param(index)
            if wanted in ("same", "ordered"):
                shared_type = self.of(arg) if shared is None else self.alike(shared, arg, arg, "{}不能和{}混用")
                if shared is None or self.of(shared) == "null":
                    shared = arg
                if wanted == "ordered":
                    self.ordered(shared_type, arg)
            elif wanted == "any":
                self.of(arg)
            else:
                self.want(arg, wanted)  # type: ignore[arg-type]
        return shared_type if function.result == "same" else function.result  # type: ignore[return-value]
