"""Days, moments, months and school years."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django import forms

from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import Period
from taizhang.kernel.tables import as_date
from taizhang.registers.fields.base import MISSING, Field, Lookup, Scalar, plain
from taizhang.ui import widgets

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)


class Date(Field):
    """A day."""

    type = "date"
    warehouse_type = "date"
    facet_slot = "date"
    doc = "日期，写作 2025-09-01、2025/9/1 或 2025年9月1日。"
    number_format = "yyyy-mm-dd"

    def parse(self, raw: Any, lookup: Lookup | None = None) -> Scalar:
        # A sheet's own day, as most are.
        if type(raw) is date and EARLIEST.year <= raw.year <= LATEST.year:
            return raw.isoformat()
        return super().parse(raw, lookup)

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        return self.day(raw).isoformat()

    def day(self, raw: Any) -> date:
        """The day that was written. Raises Problem when there is no such day."""
        if type(raw) is date and EARLIEST <= raw <= LATEST:
            return raw
        try:
            day = None if isinstance(raw, (bool, float)) else as_date(plain(raw) if isinstance(raw, str) else raw)
        except ValueError:
            day = None
        if day is None:
            raise self.problem(f"“{raw}”不是有效日期", "写成 2025-09-01，并核对该月有没有这一天")
        if not EARLIEST <= day <= LATEST:
            raise self.problem(f"日期 {day} 不在合理范围", "核对年份")
        return day

    def value(self, stored: Scalar) -> Any:
        return None if stored is None else date.fromisoformat(str(stored)[:10])

    def facet(self, stored: Scalar) -> date | None:
        return self.value(stored)

    def cell(self, stored: Scalar, lookup: Lookup | None = None) -> Any:
        return self.value(stored)

    def widget(self) -> forms.Widget:
        return widgets.Date()

    def validation(self) -> dict[str, Any] | None:
        return {
            "validate": "date",
            "criteria": "between",
            "minimum": EARLIEST,
            "maximum": LATEST,
            "error_title": self.name,
            "error_message": "填写日期，如 2025-09-01",
        }


class DateTime(Date):
    """A moment to the minute, in the bureau's local time."""

    type = "datetime"
    warehouse_type = "timestamp"
    doc = "日期和时刻，写作 2025-09-01 08:30。"
    number_format = "yyyy-mm-dd hh:mm"
    parse = Field.parse  # a day alone is not yet a moment

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        if isinstance(raw, datetime):
            return raw.replace(tzinfo=None).isoformat(timespec="minutes")
        if isinstance(raw, date):
            return f"{raw.isoformat()}T00:00"
        parts = re.split(r"[T ]+", plain(raw), maxsplit=1)
        clock = re.fullmatch(r"(\d{1,2})[:时](\d{2})(?:分|:\d{2})?", parts[1]) if len(parts) == 2 else None
        if len(parts) == 2 and (clock is None or int(clock[1]) > 23 or int(clock[2]) > 59):
            raise self.problem(f"“{raw}”不是有效时刻", "写成 2025-09-01 08:30")
        hour, minute = (int(clock[1]), int(clock[2])) if clock else (0, 0)
        return f"{self.day(parts[0]).isoformat()}T{hour:02d}:{minute:02d}"

    def display(self, stored: Scalar, lookup: Lookup | None = None) -> str:
        return MISSING if stored is None else str(stored).replace("T", " ")

    def cell(self, stored: Scalar, lookup: Lookup | None = None) -> Any:
        return None if stored is None else datetime.fromisoformat(str(stored))

    def widget(self) -> forms.Widget:
        return forms.TextInput(attrs={"type": "datetime-local"})

    def validation(self) -> dict[str, Any] | None:
        return None


class PeriodField(Field):
    """A period of one kind, stored by its code."""

    kind = ""
    remedy = ""

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        if isinstance(raw, (date, datetime)):
            return Period.of(self.kind, raw).code
        try:
            period = Period.parse(self.written(plain(raw)))
        except Problem as wrong:
            raise self.problem(f"“{raw}”看不懂", self.remedy) from wrong
        if period.kind != self.kind:
            raise self.problem(f"“{raw}”看不懂", self.remedy)
        return period.code

    def written(self, text: str) -> str:
        return text

    def display(self, stored: Scalar, lookup: Lookup | None = None) -> str:
        return MISSING if stored is None else Period.parse(str(stored)).label


class Month(PeriodField):
    """A month."""

    type = "month"
    kind = "month"
    doc = "月份，写作 2025-09。"
    remedy = "写成 2025-09"

    def written(self, text: str) -> str:
        match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})月?", text)
        return f"{match[1]}-{int(match[2]):02d}" if match else text

    def widget(self) -> forms.Widget:
        return widgets.Month()


class SchoolYear(PeriodField):
    """A school year."""

    type = "school_year"
    kind = "school_year"
    doc = "学年，写作 SY2025 或 2025-2026学年。"
    remedy = "写成 2025-2026学年 或 SY2025"

    def widget(self) -> forms.Widget:
        return forms.TextInput(attrs={"placeholder": "如 2025-2026"})
