"""Text into tokens. Full-width signs are folded one for one, so positions stay those of the source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from taizhang.kernel.formula.errors import FormulaError
from taizhang.kernel.formula.functions import KEYWORDS

MAX_DIGITS = 30
_FOLD = {
    "×": "*", "✕": "*", "÷": "/", "−": "-", "–": "-", "—": "-", "、": ",", "\u3000": " ",
    "≤": "<=", "≥": ">=", "≠": "<>",
}  # fmt: skip
_CLOSERS = {"'": "'", "‘": "’'", "’": "’'", "＇": "＇'", '"': '"', "“": "”\"", "”": "”\"", "＂": '＂"'}  # fmt: skip
_TEXT_OPENERS = "'‘’＇"
_OPERATORS = ("<=", ">=", "<>", "!=", "==", "+", "-", "*", "/", "=", "<", ">", "(", ")", ",", ".")
_SPELLED = {"!=": "<>", "==": "="}
_COMMENTS = ("--", "/*", "//")
_DATE_WORDS = ("date", "日期")


@dataclass(frozen=True)
class Token:
    """``kind`` is number, text, date, name, quoted, op or end; ``op`` holds signs and keywords in one spelling."""

    kind: str
    op: str
    value: Decimal | date | str | None
    at: int


def fold(ch: str) -> str:
    """The half-width spelling of one character outside quotes."""
    if "\uff01" <= ch <= "\uff5e":
        return chr(ord(ch) - 0xFEE0)
    return _FOLD.get(ch, ch)


def _is_digit(ch: str) -> bool:
    return "0" <= ch <= "9"


def _is_word(ch: str) -> bool:
    return ch.isalnum() or ch in "_·"


class Lexer:
    """One pass over one formula."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.folded = [fold(ch) for ch in text]

    def tokens(self) -> list[Token]:
        """All tokens, the last of kind ``end``. Raises FormulaError at the first sign that means nothing."""
        found: list[Token] = []
        while self.at < len(self.text):
            if self.folded[self.at].isspace():
                self.at += 1
            else:
                found.append(self._token())
        found.append(Token("end", "", None, len(self.text)))
        return found

    def fail(self, message: str, at: int, remedy: str) -> FormulaError:
        return FormulaError("syntax", message, text=self.text, position=at, remedy=remedy)

    def _ahead(self, length: int) -> str:
        return "".join(self.folded[self.at : self.at + length])[:length]

    def _token(self) -> Token:
        ch = self.folded[self.at]
        if self.text[self.at] in _CLOSERS:
            return self._quoted()
        if _is_digit(ch):
            return self._number()
        if _is_word(ch):
            return self._word()
        if self._ahead(2) in _COMMENTS:
            raise self.fail("公式里不能写注释", self.at, "删去注释;减去负数请写成 a - (-1)")
        for op in _OPERATORS:
            if self._ahead(len(op)) == op:
                start = self.at
                self.at += 1 if len(ch) > 1 else len(op)
                return Token("op", _SPELLED.get(op, op), None, start)
        raise self.fail(
            f"无法识别的符号“{self.text[self.at]}”", self.at, "去掉该符号;带特殊符号的名称请加双引号,文字请加单引号"
        )

    def _quoted(self) -> Token:
        start = self.at
        opener = self.text[start]
        closers, i = _CLOSERS[opener], start + 1
        pieces: list[str] = []
        while i < len(self.text):
            ch = self.text[i]
            if ch in closers:
                if self.text[i + 1 : i + 2] != ch:
                    self.at = i + 1
                    kind = "text" if opener in _TEXT_OPENERS else "quoted"
                    return Token(kind, "", "".join(pieces), start)
                i += 1  # a doubled quote stands for itself
            pieces.append(ch)
            i += 1
        raise self.fail("引号没有配对", start, "在文字或名称末尾补上同样的引号")

    def _run(self, start: int, belongs: Callable[[str], bool]) -> int:
        end = start
        while end < len(self.text) and belongs(self.folded[end]):
            end += 1
        return end

    def _number(self) -> Token:
        start = self.at
        end = self._run(start, _is_digit)
        if end < len(self.text) and _is_word(self.folded[end]):
            return self._word()  # 15周岁人口: a name may begin with digits
        if self.folded[end : end + 1] == ["."] and self._run(end + 1, _is_digit) > end + 1:
            end = self._run(end + 1, _is_digit)
            if end < len(self.text) and _is_word(self.folded[end]):
                raise self.fail("数字后面不能紧跟文字", end, "数字和名称之间加运算符;万、亿请写成 × 10000 等")
        digits = "".join(self.folded[start:end])
        if len(digits) > MAX_DIGITS:
            raise self.fail(f"数字太长(最多 {MAX_DIGITS} 位)", start, "请核对数字")
        value = Decimal(digits)
        if self.folded[end : end + 1] == ["%"]:
            value, end = value.scaleb(-2), end + 1
        self.at = end
        return Token("number", "", value, start)

    def _word(self) -> Token:
        start = self.at
        self.at = self._run(start, _is_word)
        word = "".join(self.folded[start : self.at])
        if word.lower() in _DATE_WORDS and self.text[self.at : self.at + 1] in tuple(_TEXT_OPENERS):
            return self._date(start)
        keyword = KEYWORDS.get(word.lower())
        return Token("op", keyword, word, start) if keyword else Token("name", "", word, start)

    def _date(self, start: int) -> Token:
        written = str(self._quoted().value)
        try:
            value = date.fromisoformat(written)
            if value.isoformat() != written:
                raise ValueError(written)
        except ValueError:
            raise self.fail(f"日期“{written}”不存在或写法不对", start, "日期写成 date'2025-09-01'") from None
        return Token("date", "", value, start)
