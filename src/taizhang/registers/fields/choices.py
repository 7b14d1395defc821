"""Values from a list."""

from __future__ import annotations

import difflib
import re
from functools import cached_property
from typing import Any

from django import forms
from django.utils import timezone

from taizhang.registers.fields.base import MISSING, Field, Lookup, Scalar, plain

SEPARATOR = "、"


class Choice(Field):
    """One of the declared options; its code is understood too."""

    type = "choice"
    doc = "单选:options 写列表 [甲, 乙] 或选项集名称。"

    @cached_property
    def _exact(self) -> frozenset[str]:
        """The options that are written as anybody would type them."""
        return frozenset(name for name in self.choices if plain(name) == name)

    def offered(self) -> list[str]:
        """The options that may be chosen today; one that was retired stays readable, and in records that have it."""
        today = timezone.localdate()
        return [
            name
            for name in self.choices
            if (term := self.terms.get(name)) is None
            or ((term[0] is None or term[0] <= today) and (term[1] is None or today <= term[1]))
        ]

    def parse(self, raw: Any, lookup: Lookup | None = None) -> Scalar:
        return raw if type(raw) is str and raw in self._exact else super().parse(raw, lookup)

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        return self.option(plain(raw))

    def option(self, text: str) -> str:
        """The option that was meant. Raises Problem with the nearest ones."""
        if text in self.choices:
            return text
        for name, code in self.choices.items():
            if text == plain(name) or (code and text == code):
                return name
        near = difflib.get_close_matches(text, list(self.choices), n=3, cutoff=0.3)
        near = near or [name for name in self.choices if text in name or name in text]
        known = SEPARATOR.join(list(self.choices)[:12])
        raise self.problem(f"“{text}”不在选项中", f"是否应为：{SEPARATOR.join(near)}" if near else f"可填：{known}")

    def widget(self) -> forms.Widget:
        return forms.Select(choices=[("", "请选择"), *((name, name) for name in self.offered())])

    def validation(self) -> dict[str, Any] | None:
        return {"validate": "list", "source": self.offered()}


class Choices(Choice):
    """Several of the declared options, stored in the list's order, joined by 、."""

    type = "choices"
    doc = "多选：在表格里用顿号分隔；选项名称里不能有顿号。"

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        texts = raw if isinstance(raw, (list, tuple)) else re.split(r"[、,;\n]+", plain(raw))
        chosen = {self.option(plain(text)) for text in texts if plain(text)}
        return SEPARATOR.join(name for name in self.choices if name in chosen) or None

    def edit_text(self, stored: Scalar, lookup: Lookup | None = None) -> Any:
        return [] if stored is None else str(stored).split(SEPARATOR)

    def widget(self) -> forms.Widget:
        return forms.CheckboxSelectMultiple(choices=[(name, name) for name in self.offered()])

    def validation(self) -> dict[str, Any] | None:
        return None


class YesNo(Field):
    """是 or 否."""

    type = "yes_no"
    warehouse_type = "boolean"
    doc = "是否：填 是 或 否(也认 有/无、√/×、1/0)。"
    words = {
        **dict.fromkeys(("是", "有", "√", "✓", "对", "1", "y", "yes", "true", "t"), True),
        **dict.fromkeys(("否", "无", "×", "✗", "错", "0", "n", "no", "false", "f"), False),
    }

    def parse(self, raw: Any, lookup: Lookup | None = None) -> Scalar:
        answer = self.words.get(raw) if type(raw) is str else None
        return super().parse(raw, lookup) if answer is None else answer

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        answer = self.words.get(plain(raw).lower())
        if answer is None:
            raise self.problem(f"“{raw}”看不懂", "填 是 或 否")
        return answer

    def from_value(self, value: Any) -> Scalar:
        return None if value is None else bool(value)

    def display(self, stored: Scalar, lookup: Lookup | None = None) -> str:
        return MISSING if stored is None else ("是" if stored else "否")

    def edit_text(self, stored: Scalar, lookup: Lookup | None = None) -> Any:
        return "" if stored is None else self.display(stored)

    def facet(self, stored: Scalar) -> str | None:
        return None if stored is None else self.display(stored)

    def widget(self) -> forms.Widget:
        return forms.Select(choices=[("", "请选择"), ("是", "是"), ("否", "否")])

    def validation(self) -> dict[str, Any] | None:
        return {"validate": "list", "source": ["是", "否"]}
