"""Tokens into a tree: a Pratt parser. Nothing is ever evaluated here."""

from __future__ import annotations

from decimal import Decimal

from taizhang.kernel.formula.errors import FormulaError, nearest
from taizhang.kernel.formula.functions import BY_NAME, Function, find_function
from taizhang.kernel.formula.lexer import Lexer, Token
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
    Null,
    Number,
    Text,
    Unary,
    YesNo,
    is_row,
)

MAX_LENGTH = 2000  # characters
MAX_NODES = 400
MAX_WORK = 4000  # parts of the SQL, in which some parts stand more than once
MAX_DEPTH = 64  # of brackets, and of the tree: what every later recursion may cost

_COMPARISON = 40
_BINDING = {
    "or": 10, "and": 20,
    "=": _COMPARISON, "<>": _COMPARISON, "<": _COMPARISON, "<=": _COMPARISON, ">": _COMPARISON, ">=": _COMPARISON,
    "is": _COMPARISON, "is null": _COMPARISON, "is not null": _COMPARISON,
    "in": _COMPARISON, "not in": _COMPARISON, "between": _COMPARISON, "not": _COMPARISON,
    "+": 50, "-": 50, "*": 60, "/": 60,
}  # fmt: skip
_NOT, _SIGN = 30, 70  # prefix operators
_LITERALS = {"null": Null(), "true": YesNo(True), "false": YesNo(False)}


def parse(text: str) -> Formula:
    """Parse a formula. Raises FormulaError with the place and a remedy."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            "limit", f"公式太长({len(text)} 个字符,最多 {MAX_LENGTH} 个)", text=text, position=MAX_LENGTH,
            remedy="把公式拆成几个指标",
        )  # fmt: skip
    if not text.strip():
        raise FormulaError("syntax", "公式是空的", text=text, position=0, remedy="写一个公式,例如 count()")
    return Formula(text, _Parser(text).whole())


def _repetition(node: Node, index: int) -> int:
    """How often a child stands in the SQL of its parent: nested, this multiplies, and has to be bounded."""
    if isinstance(node, Call) and node.function in ("min2", "max2"):
        return 3
    return 2 if isinstance(node, Binary) and node.op == "/" and index == 1 else 1


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = Lexer(text).tokens()
        self.index = 0
        self.depth = 0

    # -- tokens

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def _next(self) -> Token:
        token = self.tokens[self.index]
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def _sees(self, *ops: str) -> bool:
        return self.token.kind == "op" and self.token.op in ops

    def _take(self, *ops: str) -> bool:
        if self._sees(*ops):
            self._next()
            return True
        return False

    def _expect(self, op: str, what: str) -> None:
        if not self._take(op):
            raise self._fail(f"这里应当是“{op}”{what}", self.token, f"补上“{op}”")

    def _fail(self, message: str, at: Token | int, remedy: str, code: str = "syntax") -> FormulaError:
        position = at if isinstance(at, int) else at.at
        return FormulaError(code, message, text=self.text, position=position, remedy=remedy)

    # -- grammar

    def whole(self) -> Node:
        node = self._expression(0)
        if self.token.kind != "end":
            if self._sees(")"):
                raise self._fail("多了一个右括号", self.token, "删去它,或在前面补上左括号")
            raise self._fail("公式到这里应当结束,后面的内容多余", self.token, "两个值之间要有运算符;一次只写一个公式")
        self._measure(node)
        return node

    def _measure(self, root: Node) -> None:
        """Limits on the finished tree; without recursion, since it may be deep."""
        stack, count, work = [(root, 1, 1)], 0, 0
        self._check_whole_row(root, None)
        while stack:
            node, depth, times = stack.pop()
            count, work = count + 1, work + times
            if depth > MAX_DEPTH:
                raise self._too_deep(node.at)
            if count > MAX_NODES or work > MAX_WORK:
                raise self._fail(f"公式太复杂(最多 {MAX_NODES} 个部分)", node.at, "把公式拆成几个指标", "limit")
            for index, child in enumerate(node.children()):
                self._check_whole_row(child, node)
                stack.append((child, depth + 1, times * _repetition(node, index)))

    def _check_whole_row(self, node: Node, parent: Node | None) -> None:
        counted = isinstance(parent, Call) and parent.function == "count"
        if isinstance(node, Name) and node.field == "*" and not counted:
            raise self._fail("“台账.*”只能写在 count() 里", node.at, "例如 count(安全隐患台账.*)")

    def _too_deep(self, at: int) -> FormulaError:
        return self._fail(f"公式嵌套太深(最多 {MAX_DEPTH} 层)", at, "减少括号,或把公式拆成几个指标", "limit")

    def _expression(self, minimum: int) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._too_deep(self.token.at)
        left = self._operand()
        compared = False
        while self.token.kind == "op" and (power := _BINDING.get(self.token.op, -1)) >= minimum:
            if power == _COMPARISON and compared:
                raise self._fail("比较不能连写", self.token, "用 and 连接,例如 a < b and b < c,或写 between")
            compared = power == _COMPARISON
            left = self._infix(left, power)
        self.depth -= 1
        return left

    def _infix(self, left: Node, power: int) -> Node:
        token = self._next()
        op = token.op
        if op == "not":
            return self._negated(left, token)
        if op in ("is null", "is not null"):
            return IsNull(left, op == "is not null", at=token.at)
        if op == "is":
            negated = self._take("not")
            self._expect("null", "(is 后面只能是 null 或 not null)")
            return IsNull(left, negated, at=token.at)
        if op in ("in", "not in"):
            return self._in(left, op == "not in", token)
        if op == "between":
            return self._between(left, False, token)
        return Binary(op, left, self._expression(power + 1), at=token.at)

    def _negated(self, left: Node, token: Token) -> Node:
        if self._take("in"):
            return self._in(left, True, token)
        if self._take("between"):
            return self._between(left, True, token)
        raise self._fail("not 在这里要接 in 或 between", token, "写成 not in (…) 或 not between … and …")

    def _in(self, left: Node, negated: bool, token: Token) -> Node:
        self._expect("(", ",in 后面是括号里的一列值")
        items = [self._expression(0)]
        while self._take(","):
            items.append(self._expression(0))
        self._expect(")", "")
        return In(left, tuple(items), negated, at=token.at)

    def _between(self, left: Node, negated: bool, token: Token) -> Node:
        low = self._expression(_COMPARISON + 1)
        self._expect("and", ",between 要写两端")
        return Between(left, low, self._expression(_COMPARISON + 1), negated, at=token.at)

    def _operand(self) -> Node:
        token = self._next()
        value = token.value
        if token.kind == "number" and isinstance(value, Decimal):
            return Number(value, at=token.at)
        if token.kind == "text":
            return Text(str(value), at=token.at)
        if token.kind == "date":
            return Date(value, at=token.at)  # type: ignore[arg-type]
        if token.kind in ("name", "quoted"):
            return self._name(token)
        return self._prefix(token)

    def _prefix(self, token: Token) -> Node:
        if token.kind == "op":
            if token.op == "(":
                node = self._expression(0)
                self._expect(")", ",括号没有配对")
                return node
            if token.op == "-":
                return Unary("-", self._expression(_SIGN), at=token.at)
            if token.op == "+":
                return self._expression(_SIGN)
            if token.op == "not":
                return Unary("not", self._expression(_NOT), at=token.at)
            if token.op in _LITERALS:
                literal = _LITERALS[token.op]
                return YesNo(literal.value, at=token.at) if isinstance(literal, YesNo) else Null(at=token.at)
        shown = "公式在这里断了" if token.kind == "end" else f"这里应当是一个值,却是“{self.text[token.at]}”"
        raise self._fail(shown, token, "补上字段名、数字、文字或函数")

    def _name(self, token: Token) -> Node:
        name = str(token.value)
        if token.kind == "name" and self._sees("("):
            return self._call(token, name)
        if not self._take("."):
            return Name(name, at=token.at)
        part = self._next()
        if part.kind == "op" and part.op == "*":
            return Name("*", name, at=token.at)
        if part.kind not in ("name", "quoted") and not isinstance(part.value, str):
            raise self._fail("点号后面应当是字段名", part, "写成 台账.字段,例如 教育基本情况.在校生数")
        if self._sees("."):
            raise self._fail("名称最多两级", self.token, "写成 台账.字段;名称里带点的请加双引号")
        return Name(str(part.value), name, at=token.at)

    def _call(self, token: Token, name: str) -> Node:
        function = find_function(name)
        if function is None:
            remedy = nearest(name, BY_NAME) + "函数见公式说明;带括号的字段名请加双引号"
            raise self._fail(f"没有函数“{name}”", token, remedy, "unknown_function")
        self._next()
        args: list[Node] = []
        if not self._sees(")"):
            args.append(self._expression(0))
            while self._take(","):
                args.append(self._expression(0))
        self._expect(")", ",函数的括号没有配对")
        self._check_arguments(function, name, args, token)
        if function.name in ("share", "part") and is_row(args[0]):
            args = [Call("sum", (args[0],), at=args[0].at)]
        return Call(function.name, tuple(args), at=token.at)

    def _check_arguments(self, function: Function, name: str, args: list[Node], token: Token) -> None:
        if not function.accepts(len(args)):
            hint = f";取两个值中的一个用 {function.name}2(甲, 乙)" if function.name in ("min", "max") else ""
            raise self._fail(
                f"函数“{name}”的参数个数不对,给了 {len(args)} 个",
                token,
                f"写成 {function.signature}{hint}",
                "arguments",
            )
        if function.name == "round" and len(args) == 2 and places_of(args[1]) is None:
            raise self._fail("round 的位数要写成 -9 到 9 的整数", args[1].at, "例如 round(比率, 4)")


def places_of(node: Node) -> int | None:
    """The number of decimals written as round's second argument, or None when it is no small whole number."""
    sign, body = (-1, node.operand) if isinstance(node, Unary) and node.op == "-" else (1, node)
    if isinstance(body, Number) and body.value == body.value.to_integral_value() and body.value <= 9:
        return sign * int(body.value)
    return None
