"""The syntax tree: frozen values. ``at`` is the place in the source and takes no part in equality."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from taizhang.kernel.formula.functions import AGGREGATES, SIBLING


@dataclass(frozen=True)
class Node:
    """Any part of a formula."""

    at: int = field(default=0, compare=False, kw_only=True)

    def children(self) -> tuple[Node, ...]:
        """The parts directly below, from left to right."""
        return ()


@dataclass(frozen=True)
class Number(Node):
    value: Decimal  # a percent literal is already a ratio: 95% is 0.95


@dataclass(frozen=True)
class Text(Node):
    value: str


@dataclass(frozen=True)
class Date(Node):
    value: date


@dataclass(frozen=True)
class YesNo(Node):
    value: bool


@dataclass(frozen=True)
class Null(Node):
    pass


@dataclass(frozen=True)
class Name(Node):
    """A field, of the formula's own register when ``register`` is None. ``*`` stands for the row itself."""

    field: str
    register: str | None = None


@dataclass(frozen=True)
class Slot(Node):
    """A value that is put in from outside: an aggregate's result in the outer part of a plan. Never parsed."""

    key: str
    # in SQL: a plain column of any type, an exact number of full width, a floating number, or a count (missing is 0)
    kind: Literal["column", "exact", "floating", "count"] = "column"


@dataclass(frozen=True)
class Unary(Node):
    op: str  # - not
    operand: Node

    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True)
class Binary(Node):
    op: str  # + - * / = <> < <= > >= and or
    left: Node
    right: Node

    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True)
class IsNull(Node):
    operand: Node
    negated: bool = False

    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True)
class In(Node):
    operand: Node
    items: tuple[Node, ...]
    negated: bool = False

    def children(self) -> tuple[Node, ...]:
        return (self.operand, *self.items)


@dataclass(frozen=True)
class Between(Node):
    operand: Node
    low: Node
    high: Node
    negated: bool = False

    def children(self) -> tuple[Node, ...]:
        return (self.operand, self.low, self.high)


@dataclass(frozen=True)
class Call(Node):
    function: str  # the canonical name
    args: tuple[Node, ...] = ()

    def children(self) -> tuple[Node, ...]:
        return self.args


@dataclass(frozen=True)
class Formula:
    """A parsed formula with the text that error messages quote. Equal when the trees are equal."""

    text: str = field(compare=False)
    root: Node

    def __str__(self) -> str:
        return self.text


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.children()))


def is_row(node: Node) -> bool:
    """Whether a part names fields and holds no aggregate: a row expression."""
    parts = list(walk(node))
    grouped = any(isinstance(part, Call) and part.function in AGGREGATES | SIBLING for part in parts)
    return not grouped and any(isinstance(part, Name) for part in parts)


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with every direct child replaced by ``change(child)``."""
    match node:
        case Unary(operand=operand) | IsNull(operand=operand):
            return replace(node, operand=change(operand))
        case Binary(left=left, right=right):
            return replace(node, left=change(left), right=change(right))
        case In(operand=operand, items=items):
            return replace(node, operand=change(operand), items=tuple(map(change, items)))
        case Between(operand=operand, low=low, high=high):
            return replace(node, operand=change(operand), low=change(low), high=change(high))
        case Call(args=args):
            return replace(node, args=tuple(map(change, args)))
    return node


def quoted(name: str) -> str:
    """A name in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def text_of(node: Node) -> str:
    """The formula in its canonical spelling: English names, everything quoted and bracketed. It parses back to an
    equal tree and so serves as a stable key of a part of a formula."""
    match node:
        case Number(value):
            return format(value, "f")
        case Text(value):
            return "'" + value.replace("'", "''") + "'"
        case Date(value):
            return f"date'{value.isoformat()}'"
        case YesNo(value):
            return "true" if value else "false"
        case Name(name, register):
            shown = name if name == "*" else quoted(name)
            return shown if register is None else f"{quoted(register)}.{shown}"
        case Slot(key):
            return f"[{key}]"
        case Unary(op, operand):
            return f"({op} {text_of(operand)})"
        case Binary(op, left, right):
            return f"({text_of(left)} {op} {text_of(right)})"
        case IsNull(operand, negated):
            return f"({text_of(operand)} is {'not ' if negated else ''}null)"
        case In(operand, items, negated):
            listed = ", ".join(map(text_of, items))
            return f"({text_of(operand)} {'not ' if negated else ''}in ({listed}))"
        case Between(operand, low, high, negated):
            word = "not between" if negated else "between"
            return f"({text_of(operand)} {word} {text_of(low)} and {text_of(high)})"
        case Call(function, args):
            return f"{function}({', '.join(map(text_of, args))})"
    return "null"
