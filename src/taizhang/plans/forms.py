"""Forms of plans and tasks. They check shape; rules are in the actions."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.utils.html import escape

from taizhang.catalog.current import catalog
from taizhang.org.forms import UnitsField
from taizhang.org.models import Unit, User
from taizhang.plans import pace
from taizhang.plans.actions.progress import BACK_DAYS
from taizhang.plans.binding import STAGE
from taizhang.plans.models import Plan, Target, Task
from taizhang.plans.queries import plans_for, units_with_tasks
from taizhang.ui.widgets import Date, Figure, Upload

LIGHTS = [
    ("", "全部"),
    *((word, f"{pace.LIGHTS[word]}灯 {word}") for word in (pace.OVERDUE, pace.BEHIND, pace.ON_COURSE, pace.FINISHED)),
]
DUE = {"": "全部", "overdue": "已逾期", "7": "7 天内到期", "30": "30 天内到期"}


class TaskForm(forms.Form):
    """One task in words, with its units."""

    title = forms.CharField(label="任务", max_length=200)
    deadline = forms.DateField(label="完成时限", required=False, widget=Date)
    persons = forms.CharField(label="责任人", required=False, max_length=200)
    text = forms.CharField(label="任务内容", required=False, widget=forms.Textarea({"rows": 4}))
    begins = forms.DateField(label="开始日期", required=False, widget=Date, help_text="不填即期间的第一天")
    pace = forms.ChoiceField(label="推进方式", choices=Task.PACES.items(), initial=Task.LINEAR)

    def __init__(self, *args: Any, units: list[Unit], task: Task | None = None, **kwargs: Any) -> None:
        if task is not None:
            kwargs["initial"] = {
                "title": task.title, "text": task.text, "deadline": task.deadline, "persons": task.persons,
                "leads": task.leads, "assistants": task.assistants, "begins": task.begins, "pace": task.pace,
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        if task is None or task.plan.state == Plan.DRAFT:
            # On the desk a row is mended quickly: how it advances is said on the task's page.
            del self.fields["begins"], self.fields["pace"]
        lead_text, assisting_text = (task.lead_text, task.assisting_text) if task else ("", "")
        self.fields["leads"] = UnitsField(units, label="牵头单位", help_text=_printed(lead_text))
        self.fields["assistants"] = UnitsField(units, label="配合单位", help_text=_printed(assisting_text))
        self.order_fields(("title", "leads", "assistants", "deadline", "persons", "text"))


class TakeUpForm(TaskForm):
    """A task that is in no document: what a meeting, a leader's note, an inspection or a petition brought up."""

    plan = forms.ModelChoiceField(Plan.objects.none(), label="列入计划", empty_label=None)
    origin = forms.ChoiceField(label="来源", choices=[("", "未写"), *Task.ORIGINS.items()], required=False)
    origin_text = forms.CharField(
        label="来源说明",
        required=False,
        max_length=200,
        help_text="会议名称和日期、批示人和日期、反馈意见文号、信访件编号",
    )
    origin_url = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, plans: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, units=units, **kwargs)
        self.fields["plan"].queryset = plans
        self.order_fields(
            ("plan", "origin", "origin_text", "title", "leads", "assistants", "deadline", "persons", "text")
        )

    def clean(self) -> dict[str, Any] | None:
        """A plan under way gives out its task at once: said here, before what was typed is lost."""
        said = super().clean()
        plan, leads = self.cleaned_data.get("plan"), self.cleaned_data.get("leads")
        if plan is not None and plan.state == Plan.ACCEPTED and leads == []:
            self.add_error("leads", "这份计划已在执行，请写明牵头单位。")
        return said


class AssignForm(forms.Form):
    """Units for several rows at once."""

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leads"] = UnitsField(units, label="牵头单位")


class SplitForm(forms.Form):
    """The task's text with an empty line where it is to be cut."""

    text = forms.CharField(
        label="在要拆开的地方空一行", widget=forms.Textarea({"rows": 8}), help_text="每一段成为一项任务"
    )

    def parts(self) -> list[str]:
        return re.split(r"\n\s*\n", self.cleaned_data["text"].replace("\r\n", "\n"))


class RevisionForm(forms.Form):
    """A revised document."""

    file = forms.FileField(label="修订后的文稿", widget=Upload, help_text=".docx .pdf .txt .html，不超过 40 MB")


class PlanForm(forms.Form):
    """Name and period of a plan."""

    title = forms.CharField(label="计划名称", max_length=300)
    period = forms.CharField(
        label="期间", required=False, max_length=20, help_text="如 2026（年）、2026H1（上半年）、SY2026T1（第一学期）"
    )


class TargetForm(forms.Form):
    """One number that a task promises."""

    subject = forms.CharField(label="对象", max_length=200)
    comparator = forms.ChoiceField(label="比较", choices=Target.COMPARATORS.items())
    value = forms.CharField(label="目标值", required=False, max_length=60, widget=Figure, help_text="区间写成 1-2")
    unit = forms.CharField(label="单位", required=False, max_length=20)
    commitment = forms.CharField(label="承诺强度", required=False, max_length=20, help_text="如 确保、力争")
    issuer = forms.CharField(label="下达方", required=False, max_length=60, help_text="几级都下达同一指标时填写")
    deadline = forms.DateField(label="时限", required=False, widget=Date)
    indicator_code = forms.ChoiceField(label="对应指标", required=False)
    stage = forms.ChoiceField(label="学段", required=False)
    period = forms.CharField(
        label="考核期间", required=False, max_length=20, help_text="不填即计划的期间；如 SY2026 表示 2026 学年"
    )

    def __init__(self, *args: Any, target: Target | None = None, **kwargs: Any) -> None:
        if target is not None:
            names = (
                "subject",
                "comparator",
                "unit",
                "commitment",
                "issuer",
                "deadline",
                "indicator_code",
                "stage",
                "period",
            )
            kwargs["initial"] = {name: getattr(target, name) for name in names} | {"value": target.printed_value}
        super().__init__(*args, **kwargs)
        indicators = [(item.code, item.title) for item in catalog().indicators.values()]
        self.fields["indicator_code"].choices = [("", "不对应指标"), *indicators]
        stages = [(name, name) for name in catalog().options_of(STAGE)]
        self.fields["stage"].choices = [("", "不分学段"), *stages]


class ProgressForm(forms.Form):
    """How far, in percent and in words, with proof."""

    percent = forms.IntegerField(
        label="进度", min_value=0, max_value=100, widget=forms.NumberInput({"inputmode": "numeric"})
    )
    on = forms.DateField(
        label="填报日期", required=False, widget=Date, help_text=f"不填即今天；可补报 {BACK_DAYS} 天以内的进展"
    )
    note = forms.CharField(label="进展说明", widget=forms.Textarea({"rows": 3}))
    evidence = forms.FileField(
        label="佐证材料", required=False, widget=Upload, help_text="照片、扫描件或文档，不超过 40 MB"
    )

    finish = forms.BooleanField(label="办结", required=False)

    def __init__(self, *args: Any, computed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["percent"].unit = "%"
        # Where figures or milestones compute the progress, people say only what they did, and when it is over.
        del self.fields["percent" if computed else "finish"]


class AnswerForm(forms.Form):
    """What a unit reports back on a letter."""

    text = forms.CharField(label="反馈内容", max_length=2000, widget=forms.Textarea({"rows": 4}))
    evidence = forms.FileField(label="佐证材料", required=False, widget=Upload)


class ExtensionForm(forms.Form):
    """A request for more time."""

    until = forms.DateField(label="申请延至", widget=Date)
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea({"rows": 3}))
    evidence = forms.FileField(label="佐证材料", required=False, widget=Upload)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea({"rows": 3}))


class TaskFilter(forms.Form):
    """What to look for; every field may be empty. Offers only plans and units that the person may see."""

    q = forms.CharField(label="任务内容", required=False, max_length=100)
    plan = forms.ModelChoiceField(Plan.objects.none(), label="计划", required=False, empty_label="全部")
    unit = forms.ModelChoiceField(Unit.objects.none(), label="单位", required=False, empty_label="全部")
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *Task.STATES.items()])
    due = forms.ChoiceField(label="时限", required=False, choices=list(DUE.items()))
    origin = forms.ChoiceField(label="来源", required=False, choices=[("", "全部"), *Task.ORIGINS.items()])
    light = forms.ChoiceField(label="灯", required=False, choices=LIGHTS)
    person = forms.CharField(label="责任人", required=False, max_length=40)
    chapter = forms.CharField(label="章节", required=False, max_length=200)
    view = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User | AnonymousUser, plan: Plan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans_for(user)
        self.fields["unit"].queryset = units_with_tasks(user)
        if plan is not None:
            del self.fields["plan"]

    def conditions(self) -> dict[str, Any]:
        """What :func:`taizhang.plans.queries.tasks_for` understands; a condition that is nonsense is no condition."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        chosen.pop("view", None)
        due = chosen.pop("due", "")
        found = {"text" if name == "q" else name: value for name, value in chosen.items()}
        if due == "overdue":
            found["overdue"] = True
        elif due:
            found["due_within"] = int(due)
        return found


def _printed(words: str) -> str:
    return f"原文：{escape(words)}" if words else ""
