"""Text and its kinds with a form of their own: phone, identity card, place."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import Any

from django import forms

from taizhang.registers.fields.base import Field, Lookup, Scalar, plain
from taizhang.ui.widgets import Phone as PhoneInput


class Text(Field):
    """One line."""

    type = "text"
    doc = "一行文字，默认不超过 200 字；可加 pattern(正则)限定写法。"
    longest = 200

    def parse(self, raw: Any, lookup: Lookup | None = None) -> Scalar:
        # What most cells are, without a second look: words on one line.
        if type(raw) is str and (text := raw.strip()) and len(text) <= self._free and text.isprintable():
            return text
        return super().parse(raw, lookup)

    @cached_property
    def _free(self) -> int:
        """How long a text may be of which nothing else is asked."""
        return 0 if self.definition.pattern else self.definition.max_length or self.longest

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        text = str(int(raw) if isinstance(raw, float) and raw.is_integer() else raw).strip()
        longest = self.definition.max_length or self.longest
        if len(text) > longest:
            raise self.problem(f"太长：{len(text)} 字", f"缩短到 {longest} 字以内")
        if self.definition.pattern and not re.fullmatch(self.definition.pattern, text):
            raise self.problem(f"“{text}”写法不对", self.definition.help or f"须符合 {self.definition.pattern}")
        return text

    def widget(self) -> forms.Widget:
        return forms.TextInput(attrs={"maxlength": self.definition.max_length or self.longest})


class LongText(Text):
    """Several lines."""

    type = "long_text"
    doc = "多行文字，默认不超过 20000 字。"
    longest = 20_000

    def widget(self) -> forms.Widget:
        return forms.Textarea(attrs={"rows": 3})


class Place(Text):
    """An address in words."""

    type = "place"
    doc = "地点或地址，写到门牌或村组。"


class Phone(Field):
    """A mobile or fixed-line number of the mainland, with area code and extension, or a short service number."""

    type = "phone"
    doc = "电话：11 位手机号，或带区号的固定电话(0571-87654321，可带 -分机)。"
    forms_of_number = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|[48]00-?\d{3}-?\d{4}|\d{3,5}")

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        text = re.sub(r"[\s()]", "", plain(raw)).replace("—", "-").removeprefix("+86")
        if not self.forms_of_number.fullmatch(text):
            raise self.problem(f"“{raw}”不是电话号码", "填 11 位手机号，或区号-号码，如 0571-87654321")
        return text

    def widget(self) -> forms.Widget:
        return PhoneInput()


class IdCard(Field):
    """An 18-digit citizen identity number. Source of the check digit: GB 11643-1999, ISO 7064 MOD 11-2."""

    type = "id_card"
    doc = "居民身份证号，18 位，核对出生日期和校验码。"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check_digits = "10X98765432"

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        text = plain(raw).replace(" ", "").upper()
        if not re.fullmatch(r"\d{17}[\dX]", text):
            raise self.problem(
                f"身份证号须为 18 位，现为 {len(text)} 位", "在表格里把该列设为“文本”格式再填写，逐位核对"
            )
        try:
            born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
        except ValueError as wrong:
            raise self.problem(f"身份证号中的出生日期 {text[6:14]} 不存在", "逐位核对第 7 至 14 位") from wrong
        total = sum(weight * int(digit) for weight, digit in zip(self.weights, text, strict=False))
        if self.check_digits[total % 11] != text[17] or born.year < 1900:
            raise self.problem("身份证号校验码不对", "逐位核对，常见为两位写颠倒或末位 X 写成数字")
        return text
