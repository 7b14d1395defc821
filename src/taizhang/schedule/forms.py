"""Forms of the work table. They check shape; rules are in the actions."""

from __future__ import annotations

from typing import Any

from django import forms

from taizhang.documents.models import Document
from taizhang.org.forms import UnitsField
from taizhang.org.models import Unit
from taizhang.schedule.checking import HALVES
from taizhang.schedule.models import Entry
from taizhang.schedule.weeks import FIRST_WEEKDAYS
from taizhang.ui.widgets import Date, Upload


class TableForm(forms.Form):
    """A term and whose table it is."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="编制单位", empty_label=None)
    period = forms.CharField(label="学期", max_length=20, help_text="如 SY2026T1（2026 学年第一学期）")
    first_day = forms.DateField(label="开学日期", widget=Date)
    last_day = forms.DateField(label="放假日期", widget=Date)
    first_weekday = forms.TypedChoiceField(label="每周从", choices=list(FIRST_WEEKDAYS.items()), coerce=int)
    title = forms.CharField(label="名称", required=False, max_length=200, help_text="不填即“单位＋学期＋工作安排”")

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])


class EntryForm(forms.Form):
    """One thing to do."""

    activity = forms.CharField(label="工作内容", max_length=500, widget=forms.Textarea({"rows": 2}))
    start = forms.DateField(label="开始日期", widget=Date)
    end = forms.DateField(label="结束日期", required=False, widget=Date, help_text="一天以内的不填")
    half = forms.ChoiceField(label="时段", required=False, choices=[("", "不限"), *((name, name) for name in HALVES)])
    actor = forms.CharField(label="责任科室或人员", required=False, max_length=200)
    place = forms.CharField(label="地点", required=False, max_length=200)
    people = forms.CharField(label="参加人员", required=False, max_length=300, help_text="姓名用顿号隔开")
    chain = forms.CharField(
        label="工作链", required=False, max_length=60, help_text="测试、阅卷、统计、总结会等前后相接的工作写同一个名称，如“期中检测”"
    )  # fmt: skip

    def __init__(self, *args: Any, units: list[Unit], entry: Entry | None = None, **kwargs: Any) -> None:
        if entry is not None:
            names = ("activity", "start", "half", "actor", "place", "people", "chain")
            kwargs["initial"] = {name: getattr(entry, name) for name in names} | {
                "end": entry.end if entry.end != entry.start else None,
                "schools": list(entry.schools.all()),
            }
        super().__init__(*args, **kwargs)
        self.fields["schools"] = UnitsField(
            units, label="参加或承办的学校", help_text="多所用顿号隔开；同一半天不能安排两次"
        )
        self.order_fields(("activity", "start", "end", "half", "actor", "place", "schools"))


class ImportForm(forms.Form):
    """A document that is there already, or a file."""

    document = forms.ModelChoiceField(Document.objects.none(), label="已有文稿", required=False, empty_label="不选")
    file = forms.FileField(
        label="或上传文件", required=False, widget=Upload, help_text=".docx .xlsx .pdf .txt，不超过 40 MB"
    )

    def __init__(self, *args: Any, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = documents


class RemarkForm(forms.Form):
    """The remark beside a week."""

    text = forms.CharField(label="本周备注", required=False, max_length=1000, widget=forms.Textarea({"rows": 3}))
