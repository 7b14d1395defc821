"""Forms of rounds. They check shape; rules are in the actions."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from taizhang.kernel.errors import Problem, Problems
from taizhang.kernel.periods import Period
from taizhang.org.kinds import DISTRICT
from taizhang.org.models import Unit
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.collections.actions.rounds import DEFAULT_CHAIN, DEFAULT_SWING
from taizhang.registers.collections.models import Round
from taizhang.registers.collections.policy import STAGES
from taizhang.registers.collections.queries import units_needed
from taizhang.registers.forms import period_choices
from taizhang.ui.widgets import Date, Figure

WORDS = forms.Textarea(attrs={"rows": 3})


class Telling(forms.Form):
    """A form that shows an action's refusal beside the fields that it names (by label)."""

    def take(self, problem: Problem) -> None:
        labels = {str(field.label): name for name, field in self.fields.items()}
        for item in problem.problems if isinstance(problem, Problems) else [problem]:
            text = f"{item.message}。{item.remedy}" if item.remedy else item.message
            self.add_error(labels.get(item.where), text)


class RoundForm(Telling):
    """Opening a round of one register."""

    title = forms.CharField(
        label="名称", required=False, max_length=120, help_text="不填或不改的，按所选期间加台账名称"
    )  # fmt: skip
    due_on = forms.DateField(label="截止日期", widget=Date())
    instructions = forms.CharField(label="填报说明", required=False, max_length=5000, widget=WORDS)
    contact = forms.CharField(label="联系人", required=False, max_length=120, help_text="姓名和电话，学校看得到")
    swing = forms.DecimalField(
        label="异动比例", min_value=0, max_value=1000, widget=Figure(), initial=DEFAULT_SWING * 100,
        help_text="与上期相比增减超过这个百分比的，须说明原因；业务包里字段另有规定的从其规定",
    )  # fmt: skip
    chain = forms.MultipleChoiceField(
        label="审核环节", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(stage.key, stage.label) for stage in STAGES.values()], help_text="全部不选，提交即入账",
    )  # fmt: skip

    def __init__(self, plan: Blueprint, today: date, data: Any = None, source: Round | None = None) -> None:
        super().__init__(data)
        self.plan, self.today = plan, today
        self.fields["swing"].unit = "%"  # type: ignore[attr-defined]
        choices = period_choices(plan.register.period or "year", today) if plan.is_statistics else []
        self.suggested = _titles(plan, choices, source)
        if plan.is_statistics:
            self.fields["period"] = forms.ChoiceField(label="期间", choices=choices)
        else:
            self.fields["period"] = forms.CharField(label="期间", required=False, max_length=20, help_text="可不填")
        needed = units_needed(plan.register, "", today)
        kinds = list(dict.fromkeys(needed.order_by("kind").values_list("kind", flat=True)))
        districts = Unit.objects.filter(level=DISTRICT).order_by("path").values_list("code", "name")
        self.fields["kinds"] = forms.MultipleChoiceField(
            label="单位类型", required=False, choices=[(kind, kind) for kind in kinds], help_text="不选即全部",
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self.fields["districts"] = forms.MultipleChoiceField(
            label="学区", required=False, choices=list(districts), help_text="不选即全部",
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self.fields["codes"] = forms.CharField(
            label="填报单位",
            required=False,
            widget=WORDS,
            help_text="只要个别单位时，列出单位编码或全称，一行一个；空着按类型和学区",
        )
        self.fields["asked_again"] = forms.CharField(
            label="再次收集的理由", required=False, max_length=500,
            help_text="台账已有本期同名数据时必填；已有的数会预填给学校核对",
        )  # fmt: skip
        self.initial = {"title": "", "chain": list(DEFAULT_CHAIN), "swing": DEFAULT_SWING * 100}
        if source is not None:
            same = ("instructions", "contact", "chain")
            self.initial |= {name: getattr(source, name) for name in same} | {"swing": source.swing * 100}
        self.initial["title"] = next(iter(self.suggested.values()))
        order = ("title", "period", "due_on", "contact", "instructions", "kinds", "districts", "codes", "chain")
        self.order_fields(order)
        self.sections = [
            ("要什么", ["title", "period", "due_on", "contact", "instructions"]),
            ("谁来填", ["kinds", "districts", "codes"]),
            ("怎么审", ["chain", "swing", "asked_again"]),
        ]

    def clean_swing(self) -> Decimal:
        return Decimal(self.cleaned_data["swing"]) / 100

    def clean(self) -> dict[str, Any]:
        """A title that nobody changed names the period that was chosen."""
        given = self.cleaned_data
        if given.get("title", "") in {"", *self.suggested.values()}:
            first = next(iter(self.suggested.values()))
            given["title"] = self.suggested.get(given.get("period", ""), first)
        return given

    def units(self) -> list[Unit]:
        """The units chosen: those listed, else those that the register needs, by kind and district."""
        cleaned = self.cleaned_data
        listed = [word for word in re.split(r"[\s,，、;；]+", cleaned["codes"]) if word]
        if listed:
            found = {unit.code: unit for unit in Unit.objects.filter(code__in=listed)}
            found |= {unit.name: unit for unit in Unit.objects.filter(name__in=listed)}
            unknown = [word for word in listed if word not in found]
            if unknown:
                raise Problem(
                    "REG-232", f"没有单位：{'、'.join(unknown[:8])}", where="填报单位", remedy="核对编码或全称"
                )
            return list({unit.pk: unit for word in listed if (unit := found[word])}.values())
        units = list(units_needed(self.plan.register, cleaned["period"] if self.plan.is_statistics else "", self.today))
        paths = list(Unit.objects.filter(code__in=cleaned["districts"]).values_list("path", flat=True))
        return [
            unit for unit in units
            if (not cleaned["kinds"] or unit.kind in cleaned["kinds"])
            and (not paths or any(unit.path.startswith(path) for path in paths))
        ]  # fmt: skip


def _titles(plan: Blueprint, choices: list[tuple[str, str]], source: Round | None) -> dict[str, str]:
    """Period → the title suggested for it: the copied round's with its period replaced, else the register's name."""
    named = {code: f"{label}{plan.register.name}" for code, label in choices}
    if source is None:
        return named or {"": plan.register.name}
    was = Period.parse(source.period).label if named and source.period else ""
    if not was or was not in source.title:
        return dict.fromkeys(named, source.title) or {"": source.title}
    return {code: source.title.replace(was, label) for code, label in choices}


class EditForm(Telling):
    """Words, due date and swing of a running round."""

    title = forms.CharField(label="名称", max_length=120)
    due_on = forms.DateField(label="截止日期", widget=Date())
    contact = forms.CharField(label="联系人", required=False, max_length=120)
    swing = forms.DecimalField(label="异动比例", min_value=0, max_value=1000, widget=Figure())
    instructions = forms.CharField(label="填报说明", required=False, max_length=5000, widget=WORDS)
    reason = forms.CharField(label="原因", required=False, max_length=300, help_text="改截止日期须写明")

    def __init__(self, round_: Round, data: Any = None) -> None:
        names = ("title", "due_on", "contact", "instructions")
        super().__init__(data, initial={name: getattr(round_, name) for name in names} | {"swing": round_.swing * 100})
        self.fields["swing"].unit = "%"  # type: ignore[attr-defined]

    def clean_swing(self) -> Decimal:
        return Decimal(self.cleaned_data["swing"]) / 100


class EndForm(Telling):
    """Why a round is ended, and how."""

    how = forms.ChoiceField(label="方式", choices=[("close", "结束：未报的不再收"), ("cancel", "取消：这一轮作废")])
    reason = forms.CharField(label="原因", required=False, max_length=500, help_text="取消须写明")


class ExtendForm(Telling):
    """Let one unit fill until a later day."""

    unit = forms.CharField(label="单位", widget=forms.Select)
    until = forms.DateField(label="放宽至", widget=Date())
    reason = forms.CharField(label="原因", max_length=300)

    def __init__(self, units: list[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data)
        self.fields["unit"].widget = forms.Select(choices=[("", "请选择"), *units])


class SheetForm(Telling):
    """A round's workbook, sent back."""

    file = forms.FileField(label="表格文件", help_text="从本轮下载、填好的表")
    submit = forms.BooleanField(label="核对无误的单位同时提交", required=False)


class BackForm(Telling):
    """Why a return is sent back."""

    reason = forms.CharField(label="原因", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    until = forms.DateField(
        label="改好的期限", required=False, widget=Date(), help_text="不填为三天；截止日期更晚的从截止日期"
    )
