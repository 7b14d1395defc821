"""Numbers, exact. A float of a sheet is taken at the 15 digits that the sheet itself shows."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django import forms

from taizhang.kernel.formula.values import round_half_up
from taizhang.registers.fields.base import MISSING, Field, Lookup, Scalar, plain
from taizhang.ui import formats
from taizhang.ui.widgets import Figure

FACET_STEP = Decimal("0.000001")
MOST_DIGITS = 15
WHOLE = 10**MOST_DIGITS
SHORT = 1e9
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


class NumberField(Field):
    """What the four numeric types share."""

    warehouse_type = "decimal"
    facet_slot = "number"
    number_format = "General"

    def parse(self, raw: Any, lookup: Lookup | None = None) -> Scalar:
        if type(raw) is float and (short := self._short(raw)) is not None:
            return short
        return super().parse(raw, lookup)

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        number = self.checked(self.number(raw))
        return self.canonical(number)

    def _short(self, raw: float) -> Scalar:
        """The canonical value of a sheet's everyday number, which is its text; None for any that needs a closer look: one
        near or beyond a limit, too long, with too many decimals. A sheet has a million of them."""
        low, high = self._span
        if not low < raw < high:
            return None
        text = f"{raw:.15g}"
        whole, _, decimals = text.partition(".")
        if len(decimals) > self._most_places or "e" in text:
            return None
        return self._from_text(whole, decimals)

    def _from_text(self, whole: str, decimals: str) -> Scalar:
        """The canonical value of these digits, without zeros at the end; None leaves it to ``canonical``."""
        return f"{whole}.{decimals}" if decimals else None

    def number(self, raw: Any) -> Decimal:
        """The number that was written. Raises Problem for anything else."""
        if isinstance(raw, (bool, date, datetime)):
            raise self.problem(f"“{raw}”不是数字", "填写数字")
        if isinstance(raw, int):
            return Decimal(raw)
        text = f"{raw:.15g}" if isinstance(raw, float) else THOUSANDS.sub("", plain(raw)).replace("−", "-")
        try:
            number = Decimal(text)
        except InvalidOperation as wrong:
            raise self.problem(f"“{raw}”不是数字", self._how(text)) from wrong
        if not number.is_finite():
            raise self.problem(f"“{raw}”不是数字", "填写数字，没有就留空")
        if number.adjusted() >= MOST_DIGITS:
            raise self.problem(f"“{raw}”太大", "核对计量单位")
        return number

    def _how(self, text: str) -> str:
        leading = re.match(r"-?[\d.]+", text)
        if leading and len(leading[0]) < len(text):
            return f"只填数字 {leading[0]}，不写“{text[len(leading[0]) :]}”"
        return "只填数字；没有数据就留空，不写“无”或“/”"

    def checked(self, number: Decimal) -> Decimal:
        """Limits and decimals of the definition."""
        low, high = self._limits
        unit = self.definition.unit
        if low is not None and number < low:
            limit = f"{self.definition.min:g}"
            raise self.problem(f"{number} 小于下限 {limit}{unit}", f"须不小于 {limit}")
        if high is not None and number > high:
            limit = f"{self.definition.max:g}"
            raise self.problem(f"{number} 大于上限 {limit}{unit}", f"须不大于 {limit}")
        places = self.places
        if places is not None and number != round(number, places):
            how = f"最多 {places} 位小数" if places else "须为整数"
            raise self.problem(f"{number} {how}", "四舍五入后再填，或核对计量单位")
        return number

    @cached_property
    def _limits(self) -> tuple[Decimal | None, Decimal | None]:
        low, high = (
            None if limit is None else Decimal(str(limit)) for limit in (self.definition.min, self.definition.max)
        )
        return low, high

    @cached_property
    def _span(self) -> tuple[float, float]:
        """Between these a sheet's number is within the limits whatever its last digit is."""
        low, high = self.definition.min, self.definition.max
        return max(-SHORT, -SHORT if low is None else low), min(SHORT, SHORT if high is None else high)

    @property
    def places(self) -> int | None:
        return self.definition.decimals

    @cached_property
    def _most_places(self) -> int:
        return MOST_DIGITS if self.places is None else self.places

    def canonical(self, number: Decimal) -> Scalar:
        return format(number.normalize() + 0, "f")

    def value(self, stored: Scalar) -> Any:
        return None if stored is None else Decimal(str(stored))

    def from_value(self, value: Any) -> Scalar:
        if value is None:
            return None
        return self.canonical(Decimal(value) if self.places is None else round_half_up(Decimal(value), self.places))

    def display(self, stored: Scalar, lookup: Lookup | None = None) -> str:
        return formats.number_text(None if stored is None else str(stored), self.definition.decimals)

    def facet(self, stored: Scalar) -> Decimal | None:
        return None if stored is None else Decimal(str(stored)).quantize(FACET_STEP)

    def cell(self, stored: Scalar, lookup: Lookup | None = None) -> Any:
        if stored is None or type(stored) is int:
            return stored
        number = float(stored)
        return int(number) if number.is_integer() else number

    def widget(self) -> forms.Widget:
        return Figure()

    def validation(self) -> dict[str, Any] | None:
        low, high = self.definition.min, self.definition.max
        kind = "integer" if self.places == 0 else "decimal"
        return {
            "validate": kind,
            "criteria": "between",
            "minimum": -(10**MOST_DIGITS) if low is None else low,
            "maximum": 10**MOST_DIGITS if high is None else high,
            "error_title": self.name,
            "error_message": "只填数字" + (f",不小于 {low:g}" if low is not None else ""),
        }


class Integer(NumberField):
    """A count."""

    type = "integer"
    warehouse_type = "integer"
    doc = "整数;min、max 为上下限,unit 为计量单位。"
    number_format = "0"

    @property
    def places(self) -> int:
        return 0

    def parse(self, raw: Any, lookup: Lookup | None = None) -> Scalar:
        low, high = self._span
        # Between these no limit is near, whatever kind of number it is.
        return raw if type(raw) is int and low < raw < high else super().parse(raw, lookup)

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        whole = int(raw) if type(raw) is str and raw.isascii() and raw.isdigit() and len(raw) <= MOST_DIGITS else raw
        if type(whole) is not int or not -WHOLE < whole < WHOLE:
            return super().read(raw, lookup)
        low, high = self._limits
        if (low is not None and whole < low) or (high is not None and whole > high):
            return super().read(raw, lookup)
        return whole

    def canonical(self, number: Decimal) -> Scalar:
        return int(number)

    def display(self, stored: Scalar, lookup: Lookup | None = None) -> str:
        return formats.number_text(None if stored is None else int(stored), 0)


class DecimalNumber(NumberField):
    """A number with decimals, exact."""

    type = "decimal"
    doc = "小数，精确保存；decimals 限定小数位数。"


class Money(NumberField):
    """Yuan with two decimals, exact."""

    type = "money"
    doc = "金额，单位元，精确到分。"
    number_format = "#,##0.00"

    @property
    def places(self) -> int:
        return 2

    def number(self, raw: Any) -> Decimal:
        return super().number(plain(raw).lstrip("¥￥").removesuffix("元") if isinstance(raw, str) else raw)

    def canonical(self, number: Decimal) -> Scalar:
        return format(number.quantize(Decimal("0.01")) + 0, "f")

    def display(self, stored: Scalar, lookup: Lookup | None = None) -> str:
        return formats.money_text(None if stored is None else str(stored))

    def _from_text(self, whole: str, decimals: str) -> Scalar:
        return f"{whole}.{decimals:0<2}" if decimals else None


class Percent(NumberField):
    """Typed and shown ×100, stored as a ratio. ``min`` and ``max`` are in the figures that people see."""

    type = "percent"
    doc = "百分比：填 85.5 表示 85.5%；按比值 0.855 保存；min、max 按显示的数写。"

    def number(self, raw: Any) -> Decimal:
        return super().number(plain(raw).removesuffix("%") if isinstance(raw, str) else raw)

    def canonical(self, number: Decimal) -> Scalar:
        return format((number / 100).normalize() + 0, "f")

    def _from_text(self, whole: str, decimals: str) -> Scalar:
        if not decimals or whole[0] == "-":
            return None
        digits = whole.rjust(3, "0")
        return f"{digits[:-2]}.{digits[-2:]}{decimals}"

    def from_value(self, value: Any) -> Scalar:
        return None if value is None else format(Decimal(value).normalize() + 0, "f")

    def shown(self, stored: Scalar) -> Decimal | None:
        return None if stored is None else (Decimal(str(stored)) * 100).normalize()

    def display(self, stored: Scalar, lookup: Lookup | None = None) -> str:
        shown = self.shown(stored)
        return MISSING if shown is None else f"{formats.number_text(shown, self.definition.decimals)}%"

    def edit_text(self, stored: Scalar, lookup: Lookup | None = None) -> Any:
        shown = self.shown(stored)
        return "" if shown is None else format(shown, "f")

    def cell(self, stored: Scalar, lookup: Lookup | None = None) -> Any:
        shown = self.shown(stored)
        return None if shown is None else super().cell(format(shown, "f"))
