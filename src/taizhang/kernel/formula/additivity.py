"""What must not be added: a rate over units, a part to the whole that holds it, parts that overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from taizhang.kernel.formula.errors import FormulaError
from taizhang.kernel.formula.facts import Fact
from taizhang.kernel.formula.nodes import Binary, Call, Formula, Name, Node, Unary, walk

_SUMS = ("sum", "sum_if", "share", "part")


def check_additive(formula: Formula, fact: Callable[[Name], Fact]) -> None:
    """Raises FormulaError at the first sum that would count wrongly."""
    inner: set[int] = set()
    for node in walk(formula.root):
        if isinstance(node, Call) and node.function in _SUMS:
            _summable(formula, node, fact)
        if isinstance(node, Binary) and node.op == "+" and id(node) not in inner:
            inner |= {id(part) for part in walk(node)} - {id(node)}
            _apart(formula, [name for term in _terms(node) if (name := _field(term))], fact)


def _summable(formula: Formula, call: Call, fact: Callable[[Name], Fact]) -> None:
    for name in _linear(call.args[0]):
        if fact(name).additive == "no":
            raise FormulaError(
                "additive", f"“{name.field}”不能相加", text=formula.text, position=name.at,
                remedy="它是比率一类的数：用分子、分母两个字段的合计相除，或用 avg、median、max",
            )  # fmt: skip


def _linear(node: Node) -> Iterator[Name]:
    """The fields that are added as they stand: not those multiplied or divided, nor those of conditions."""
    match node:
        case Name():
            yield node
        case Unary("-", operand):
            yield from _linear(operand)
        case Binary("+" | "-", left, right):
            yield from _linear(left)
            yield from _linear(right)
        case Call("if", (_, yes, no)):
            yield from _linear(yes)
            yield from _linear(no)
        case Call("coalesce" | "round" | "abs", args):
            for arg in args:
                yield from _linear(arg)


def _terms(node: Node) -> Iterator[Node]:
    """The parts that are added to one another; what is subtracted is no part of the sum."""
    if isinstance(node, Binary) and node.op == "+":
        yield from _terms(node.left)
        yield from _terms(node.right)
    elif isinstance(node, Binary) and node.op == "-":
        yield from _terms(node.left)
    else:
        yield node


def _field(term: Node) -> Name | None:
    """The field of a term: bare, or the whole of a sum. Sums under a condition may be of different rows."""
    if isinstance(term, Call) and term.function == "sum":
        term = term.args[0]
    return term if isinstance(term, Name) else None


def _apart(formula: Formula, names: list[Name], fact: Callable[[Name], Fact]) -> None:
    for place, second in enumerate(names):
        for first in names[:place]:
            if first.register == second.register and _overlap(first, second, fact):
                raise FormulaError(
                    "additive", f"“{first.field}”和“{second.field}”有重合，不能相加", text=formula.text, position=second.at,
                    remedy="其中数已含在总数里，只取一个；互不重合的各档请在台账里写 additive: exclusive",
                )  # fmt: skip


def _overlap(first: Name, second: Name, fact: Callable[[Name], Fact]) -> bool:
    """Whether one holds the other, or both are parts of one field of which one may hold the other's people too."""
    above, below = _wholes(first, fact), _wholes(second, fact)
    if second.field in above or first.field in below:
        return True
    kinds = {fact(first).additive, fact(second).additive}
    return bool(above[:1]) and above[:1] == below[:1] and first != second and "nested" in kinds


def _wholes(name: Name, fact: Callable[[Name], Fact]) -> list[str]:
    """The field that a field is part of, and what that is part of."""
    found: list[str] = []
    while (whole := fact(name).part_of) and whole not in found:
        found.append(whole)
        name = Name(whole, name.register)
    return found
