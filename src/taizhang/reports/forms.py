"""What the report pages ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.org.kinds import SECTION
from taizhang.org.models import User
from taizhang.org.queries import units_for
from taizhang.reports.models import Report


class ReportFilter(forms.Form):
    """What to look for; every field may be empty."""

    q = forms.CharField(label="标题", required=False, max_length=100)
    template = forms.ChoiceField(label="模板", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *Report.STATES.items()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [("", "全部"), *_templates()]  # type: ignore[attr-defined]


class WriteForm(forms.Form):
    """Which report, of whom, for when."""

    template = forms.ChoiceField(label="模板")
    unit = forms.ChoiceField(label="单位")
    period = forms.CharField(
        label="期间",
        max_length=20,
        help_text="2026 年度，2026H1 上半年，2026Q3 第三季度，2026-09 月，SY2025 学年，SY2025T1 学期，SY2025T1W03 教学周",
    )

    def __init__(self, user: User | AnonymousUser, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"period": str(timezone.localdate().year)})
        super().__init__(*args, **kwargs)
        units = units_for(user).exclude(level=SECTION).order_by("path")
        self.fields["template"].choices = _templates()  # type: ignore[attr-defined]
        self.fields["unit"].choices = [(unit.code, "　" * unit.depth() + unit.name) for unit in units]  # type: ignore[attr-defined]


class TraceForm(forms.Form):
    """A report that came back."""

    file = forms.FileField(label="退回的稿件（.docx）")


class TemplateForm(forms.Form):
    """A template that was changed in Word."""

    file = forms.FileField(label="改好的模板（.docx）")


class PreviewForm(forms.Form):
    """With whose data, and of when, a template is tried."""

    unit = forms.ChoiceField(label="单位", required=False)
    period = forms.CharField(label="期间", required=False, max_length=20)

    def __init__(self, user: User | AnonymousUser, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_for(user).exclude(level=SECTION).order_by("path")
        self.fields["unit"].choices = [("", "本局"), *((unit.code, "　" * unit.depth() + unit.name) for unit in units)]  # type: ignore[attr-defined]


def _templates() -> list[tuple[str, str]]:
    return [(report.code, report.name) for report in catalog().reports.values()]
