"""Row expressions as sqlglot nodes. Text of a user never becomes SQL text: every node is built new from a closed list.

The answers are those of ``rows``: a comparison that involves a quotient is made at 9 decimals, a divisor that is 0
at 9 decimals gives null, an ``if`` whose condition is unknown gives null. Whole-number columns should be BIGINT.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from sqlglot import exp

from taizhang.kernel.formula.nodes import (
    Between,
    Binary,
    Call,
    Date,
    In,
    IsNull,
    Name,
    Node,
    Null,
    Number,
    Slot,
    Text,
    Unary,
    YesNo,
)
from taizhang.kernel.formula.parser import places_of
from taizhang.kernel.formula.values import NO_SPREAD, SETTLED_PLACES

Sql = exp.Expr
SETTLED_TYPE = f"DECIMAL(38, {SETTLED_PLACES})"

_COMPARE: dict[str, type[exp.Binary]] = {
    "=": exp.EQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
}  # fmt: skip
_PLAIN: dict[str, type[exp.Binary]] = {
    "+": exp.Add, "-": exp.Sub, "*": exp.Mul, "and": exp.And, "or": exp.Or,
}  # fmt: skip


def column(name: str) -> Sql:
    """A column under its own name, always quoted."""
    return exp.column(exp.to_identifier(name, quoted=True))


def integer(value: int) -> Sql:
    """A whole-number literal."""
    return exp.Literal.number(value)


def cast(node: Sql, kind: str) -> Sql:
    """``CAST(node AS kind)``."""
    return exp.Cast(this=node, to=exp.DataType.build(kind))


def bracketed(node: Sql) -> Sql:
    """The node in brackets where it could otherwise bind wrongly inside another."""
    loose = isinstance(node, (exp.Binary, exp.Unary, exp.In, exp.Between)) and not isinstance(node, exp.Paren)
    return exp.Paren(this=node) if loose else node


def negated(node: Sql) -> Sql:
    """``NOT node``."""
    return exp.Not(this=bracketed(node))


def binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    """A binary operation with its sides bracketed."""
    return kind(this=bracketed(left), expression=bracketed(right))


def missing(node: Sql, *, known: bool) -> Sql:
    """``node IS NULL``, or ``node IS NOT NULL`` when ``known``."""
    return exp.Is(this=bracketed(node), expression=exp.Not(this=exp.Null()) if known else exp.Null())


def quotient(left: Sql, right: Sql) -> Sql:
    """A division in floating numbers; null when the divisor is 0."""
    divisor = exp.Nullif(this=right, expression=integer(0))
    return exp.Div(this=cast(left, "DOUBLE"), expression=divisor, typed=False, safe=False)


def carried(node: Node) -> Iterator[Node]:
    """The parts whose value can become part of the node's own value; not conditions, and not what is only compared."""
    yield node
    match node:
        case Unary("-", operand):
            parts: tuple[Node, ...] = (operand,)
        case Binary("+" | "-" | "*" | "/"):
            parts = node.children()
        case Call("if", (_, yes, no)):
            parts = (yes, no)
        case Call("coalesce" | "min2" | "max2" | "abs" | "round", args):
            parts = args
        case _:
            parts = ()
    for part in parts:
        yield from carried(part)


def inexact(node: Node) -> bool:
    """Whether SQL computes the part in floating numbers."""
    return any(
        (isinstance(part, Slot) and part.kind == "floating")
        or (isinstance(part, Binary) and (part.op == "/" or _long_product(part)))
        or (isinstance(part, Call) and part.function == "cv_of_sums")
        for part in carried(node)
    )


def wide(node: Node) -> bool:
    """Whether the part may be a decimal of full width: merged with another scale it would lose decimals."""
    return any(
        (isinstance(part, Slot) and part.kind == "exact")
        or (isinstance(part, Binary) and part.op == "*")
        or (isinstance(part, Call) and part.function == "round")
        for part in carried(node)
    )


def _long_product(node: Binary) -> bool:
    """A product of three or more columns: its exact decimal would not fit 38 digits, so it is made in floats."""
    return node.op == "*" and any(
        isinstance(part, Binary) and part.op == "*" and not any(isinstance(n, Number) for n in part.children())
        for side in node.children()
        for part in carried(side)
    )


class SqlCompiler:
    """Compiles row expressions for one table. ``column`` turns a Name or Slot into a column; ``today`` is fixed."""

    def __init__(self, column: Callable[[Name | Slot], Sql], today: date) -> None:
        self.column, self.today = column, today

    def all_of(self, conditions: tuple[Node, ...]) -> Sql:
        """All conditions joined by AND."""
        return exp.and_(*map(self.condition, conditions))

    def condition(self, node: Node) -> Sql:
        """The SQL of a condition: Spark wants to know of a bare null that it is a yes or no."""
        compiled = self.compile(node)
        return cast(compiled, "BOOLEAN") if isinstance(compiled, exp.Null) else compiled

    def compile(self, node: Node) -> Sql:
        """The SQL of a row expression."""
        match node:
            case Name() | Slot():
                return self.column(node)
            case Number(value):
                return exp.Literal.number(format(value, "f"))
            case Text(value):
                return exp.Literal.string(value)
            case Date(value):
                return self._date(value)
            case YesNo(value):
                return exp.Boolean(this=value)
            case Null():
                return exp.Null()
            case Unary("not", operand):
                return negated(self.condition(operand))
            case Unary(_, operand):
                return exp.Neg(this=bracketed(self.compile(operand)))
            case Binary():
                return self._binary(node)
            case IsNull(operand, is_not):
                return missing(self.compile(operand), known=is_not)
            case In(operand, items, is_not):
                listed = self._comparable(operand, *items)
                found = exp.In(this=bracketed(listed[0]), expressions=listed[1:])
                return negated(found) if is_not else found
            case Between(operand, low, high, is_not):
                middle, first, last = map(bracketed, self._comparable(operand, low, high))
                inside = exp.Between(this=middle, low=first, high=last)
                return negated(inside) if is_not else inside
            case Call(function, args):
                return self._functions()[function](*args)
        raise TypeError(f"no such node: {node!r}")

    def _date(self, value: date) -> Sql:
        return cast(exp.Literal.string(value.isoformat()), "DATE")

    def _comparable(self, *nodes: Node) -> list[Sql]:
        """The parts of one comparison: numbers at 9 decimals if one is a float, moments as days if one is a day."""
        compiled = [self.compile(node) for node in nodes]
        if any(map(inexact, nodes)):
            return [cast(part, SETTLED_TYPE) for part in compiled]
        if any(isinstance(node, Date) or node == Call("today") for node in nodes):
            return [cast(part, "DATE") for part in compiled]
        return compiled

    def _binary(self, node: Binary) -> Sql:
        if node.op in _COMPARE:
            left, right = self._comparable(node.left, node.right)
            return binary(_COMPARE[node.op], left, right)
        side = self.condition if node.op in ("and", "or") else self.compile
        left, right = side(node.left), side(node.right)
        if node.op == "/":
            return self._divide(node, left, right)
        if _long_product(node):
            left, right = cast(left, "DOUBLE"), cast(right, "DOUBLE")
        return binary(_PLAIN[node.op], left, right)

    def _divide(self, node: Binary, left: Sql, right: Sql) -> Sql:
        if inexact(node.right):
            apart = exp.NEQ(this=cast(right, SETTLED_TYPE), expression=integer(0))
            right = exp.Case().when(apart, right.copy())
        return quotient(left, right)

    def _functions(self) -> dict[str, Callable[..., Sql]]:
        return {
            "if": self._if,
            "coalesce": self._coalesce,
            "round": self._round,
            "abs": lambda x: exp.Abs(this=self.compile(x)),
            "min2": lambda a, b: self._if(Binary("<=", a, b), a, b),
            "max2": lambda a, b: self._if(Binary(">=", a, b), a, b),
            "days": lambda start, end: exp.DateDiff(
                this=self._day(end), expression=self._day(start), unit=exp.var("DAY")
            ),
            "today": lambda: self._date(self.today),
            "year": lambda moment: self._part("YEAR", moment),
            "age": self._age,
            "cv_of_sums": self._weighted_cv,
        }

    def _if(self, condition: Node, yes: Node, no: Node) -> Sql:
        """``CASE c WHEN TRUE … WHEN FALSE … END``: an unknown condition meets neither and gives null."""
        case = exp.Case(this=bracketed(self.condition(condition)))
        branches = self._merged(yes, no)
        return case.when(exp.true(), branches[0]).when(exp.false(), branches[1])

    def _coalesce(self, *parts: Node) -> Sql:
        first, *rest = self._merged(*parts)
        return exp.Coalesce(this=first, expressions=rest)

    def _merged(self, *nodes: Node) -> list[Sql]:
        """Parts of which one is chosen: of one decimal type where the engine's common type would drop decimals."""
        compiled = [self.compile(node) for node in nodes]
        if any(map(wide, nodes)) and not any(map(inexact, nodes)):
            return [cast(part, SETTLED_TYPE) for part in compiled]
        return compiled

    def _round(self, x: Node, places: Node | None = None) -> Sql:
        wanted = (places_of(places) if places is not None else 0) or 0
        decimals = integer(abs(wanted))
        rounded = cast(self.compile(x), SETTLED_TYPE)
        return exp.Round(this=rounded, decimals=exp.Neg(this=decimals) if wanted < 0 else decimals)

    def _day(self, moment: Node) -> Sql:
        return cast(self.compile(moment), "DATE")

    def _part(self, part: str, moment: Node) -> Sql:
        return exp.Extract(this=exp.var(part), expression=self._day(moment))

    def _age(self, born: Node) -> Sql:
        month_day = binary(exp.Add, binary(exp.Mul, self._part("MONTH", born), integer(100)), self._part("DAY", born))
        birthday_ahead = binary(exp.GT, month_day, integer(self.today.month * 100 + self.today.day))
        years = binary(exp.Sub, integer(self.today.year), self._part("YEAR", born))
        return binary(exp.Sub, years, exp.Case().when(birthday_ahead, integer(1)).else_(integer(0)))

    def _weighted_cv(self, weight: Node, total: Node, squares: Node) -> Sql:
        w, x, q = (cast(self.compile(part), "DOUBLE") for part in (weight, total, squares))
        square = binary(exp.Sub, quotient(binary(exp.Mul, q, w), binary(exp.Mul, x, x.copy())), integer(1))
        noise = exp.Literal.number(format(NO_SPREAD, "f"))
        spread = exp.Case().when(binary(exp.GT, square, noise), square.copy())
        return exp.Sqrt(this=spread.when(binary(exp.LTE, square.copy(), noise.copy()), integer(0)))
