"""Forms that the pack makes: a record, its key, a step, a list's filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

from taizhang.catalog.lifecycle_schema import TransitionDef
from taizhang.kernel.errors import Problem, Problems
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.org.policy import Reach
from taizhang.org.queries import find_unit, open_on
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.fields import Reference
from taizhang.registers.fields.base import CanonicalField
from taizhang.registers.fields.choices import Choice
from taizhang.registers.lifecycle import asked_by, needs_reason, target_of
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Record
from taizhang.registers.queries import Filters
from taizhang.ui.widgets import Date, Suggest

MOST_OPTIONS = 600
OTHER = "其他"
EMPTINESS = {"empty": "没有填的", "filled": "已经填的"}
FILTERABLE = ("choice", "choices", "yes_no")
PERIODS_BACK = 6


class RecordForm(forms.Form):
    """The fields of a register, or some of them, in their sections. The field objects clean; checks run in the save."""

    def __init__(
        self,
        plan: Blueprint,
        by: User,
        data: Any = None,
        files: Any = None,
        *,
        record: Record | None = None,
        previous: Record | None = None,
        given: Mapping[str, str] | None = None,
        names: Sequence[str] | None = None,
        skip: Sequence[str] = (),
        auto_id: str = "id_%s",
    ) -> None:
        super().__init__(data, files, auto_id=auto_id)
        self.plan, self.record = plan, record
        lookup = DbLookup(by).preload([item for item in (record, previous) if item is not None])
        life = plan.register.lifecycle
        rules = life.rules_in(record.state if record else life.initial)
        # A step's form shows what the step asks for, whatever the state says.
        shut = {*skip, *rules.hidden, *(rules.readonly if record else ())} if names is None else set(skip)
        for field in plan.writable():
            if (names is None or field.name in names) and field.name not in shut:
                self._add(field.name, lookup, previous)
        for name in set(rules.required) & set(self.fields) if names is None else ():
            self.fields[name].required = self.fields[name].widget.is_required = True
        self.initial.update({name: text for name, text in (given or {}).items() if name in self.fields})
        self.sections = self._sections()

    def _add(self, name: str, lookup: DbLookup, previous: Record | None) -> None:
        kind = self.plan.fields[name]
        made = self.fields[name] = kind.form_field()
        if isinstance(made, CanonicalField):
            made.lookup = lookup
        if isinstance(made.widget, Suggest):
            made.widget.url = f"{reverse('registers:suggest', args=[self.plan.code])}?{urlencode({'field': name})}"
        stored = self.record.data.get(name) if self.record else kind.definition.default
        if self.record is not None and stored is not None and (kind.definition.sensitive or kind.type == "file"):
            # What is there stays there unless something new is given.
            made.required = made.widget.is_required = False
            shown = self.plan.shown(name, self.record.data, lookup)
            made.help_text = escape(f"已有：{shown}。不改就留空。")
        elif self.record is not None:
            self.initial[name] = kind.edit_text(stored, lookup)
            if isinstance(kind, Choice):
                _keep_retired(made, kind, self.initial[name])
            if isinstance(kind, Reference) and stored is not None:
                # The control holds the key; the name stands beside it.
                made.help_text = format_html("<strong>{}</strong> {}", kind.display(stored, lookup), made.help_text)
        elif stored is not None:
            self.initial[name] = stored
        earlier = previous.data.get(name) if previous else None
        if previous is not None and earlier is not None and not kind.definition.sensitive:
            if self.record is None and not kind.definition.is_numeric:
                self.initial[name] = kind.edit_text(earlier, lookup)
            label = Period.parse(previous.period).label
            told = format_html("<strong>{}：{}</strong>", label, kind.display(earlier, lookup))
            made.help_text = format_html("{} {}", told, mark_safe(made.help_text))

    def _sections(self) -> list[tuple[str, list[str]]]:
        """(title, field names) in the pack's order of sections; fields without one come last."""
        groups: dict[str, list[str]] = {title: [] for title in self.plan.register.sections}
        for name in self.fields:
            groups.setdefault(self.plan.fields[name].definition.section or OTHER, []).append(name)
        found = [(title, names) for title, names in groups.items() if names]
        return [("", names) for _, names in found] if len(found) == 1 else found

    def raw_values(self) -> dict[str, Any]:
        """What was typed, by field name, for the actions, which read it themselves."""
        return {name: self[name].data for name in self.fields if self.plan.fields[name].type != "file"}

    def uploads(self) -> dict[str, list[Any]]:
        """The uploaded files by field name."""
        names = [name for name in self.fields if self.plan.fields[name].type == "file"]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}

    def take(self, problem: Problem) -> None:
        """Show a refusal of an action beside the fields that it names."""
        for item in problem.problems if isinstance(problem, Problems) else [problem]:
            text = f"{item.message}。{item.remedy}" if item.remedy else item.message
            self.add_error(item.where if item.where in self.fields else None, text)


def _keep_retired(made: forms.Field, kind: Choice, present: Any) -> None:
    """A record keeps an option that was retired since, until somebody chooses another."""
    offered = kind.offered()
    held = [name for name in (present if isinstance(present, list) else [present]) if name and name not in offered]
    made.widget.choices = [*made.widget.choices, *((name, f"{name}（已停用）") for name in held)]


class StepForm(RecordForm):
    """What a step asks for, and a note."""

    def __init__(
        self, plan: Blueprint, by: User, record: Record, step: TransitionDef, *more: Any, number: int = 0
    ) -> None:
        self.asked = asked_by(plan.register, step, record)
        super().__init__(plan, by, *more, record=record, names=self.asked, auto_id=f"step{number}_%s")
        self.transition = step
        self.dialog_id = f"step{number}"
        self.danger = plan.register.lifecycle.voids(step)
        self.target = target_of(plan.register, step, record)
        for name, made in self.fields.items():
            kind = plan.fields[name]
            stays = record.data.get(name) is not None and (kind.definition.sensitive or kind.type == "file")
            made.required = made.widget.is_required = not stays
        self.fields["step"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=step.name)
        self.fields["revision"] = forms.IntegerField(required=False, widget=forms.HiddenInput, initial=record.revision)
        required = needs_reason(plan.register, step)
        self.fields["note"] = forms.CharField(
            label="说明", required=required, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
        )
        self.sections = [("", [name for name in self.fields if name not in ("step", "revision")])]

    def raw_values(self) -> dict[str, Any]:
        names = [name for name in self.asked if name in self.fields and self.plan.fields[name].type != "file"]
        return {name: self[name].data for name in names}

    def uploads(self) -> dict[str, list[Any]]:
        names = [name for name in self.asked if name in self.fields and self.plan.fields[name].type == "file"]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


class KeyForm(forms.Form):
    """Whose record, and for a statistics register of which period and dimensions: asked first."""

    def __init__(self, plan: Blueprint, reach: Reach, today: date, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.plan, self.reach = plan, reach
        self.fields["单位"] = forms.CharField(label="单位")
        units = list(open_on(Unit.objects.filter(reach.q("")), today).order_by("order", "id")[: MOST_OPTIONS + 1])
        self.only = units[0] if len(units) == 1 else None
        if len(units) <= MOST_OPTIONS:
            options = [("", "请选择"), *((unit.code, unit.name) for unit in units)]
            self.fields["单位"].widget = forms.Select(choices=options if self.only is None else options[1:])
        else:
            self.fields["单位"].help_text = "填单位名称或编码"
        if plan.is_statistics:
            self.fields["期间"] = forms.CharField(
                label="期间", widget=forms.Select(choices=period_choices(plan.register.period or "year", today))
            )
            for name in plan.register.dimensions:
                self.fields[name] = plan.fields[name].form_field()
        if self.only is not None:
            self.initial.setdefault("单位", self.only.code)

    def clean_单位(self) -> Unit:
        try:
            unit = find_unit(self.cleaned_data["单位"])
        except Problem as wrong:
            raise forms.ValidationError(f"{wrong.message}。{wrong.remedy}") from wrong
        if not self.reach.holds(unit):
            raise forms.ValidationError(f"您不能为“{unit.name}”新增记录")
        return unit


class FilterForm(forms.Form):
    """The filter bar of a list. Field names stand in the address as they are in the pack."""

    q = forms.CharField(label="查找", required=False, widget=forms.TextInput(attrs={"placeholder": "编号、标题、内容"}))
    state = forms.ChoiceField(label="状态", required=False)

    def __init__(self, plan: Blueprint, reach: Reach, data: Any) -> None:
        super().__init__(data)
        self.plan, self.reach = plan, reach
        states = plan.register.lifecycle.states
        self.fields["state"].choices = [("", "全部"), *((name, name) for name in states)]  # type: ignore[attr-defined]
        units = list(Unit.objects.filter(reach.q("")).order_by("path")[: MOST_OPTIONS + 1])
        if len(units) > 1:
            self.fields["unit"] = forms.CharField(label="单位", required=False)
            if len(units) <= MOST_OPTIONS:
                indent = {unit.code: "　" * (unit.depth() - units[0].depth()) + unit.name for unit in units}
                self.fields["unit"].widget = forms.Select(choices=[("", "全部"), *indent.items()])
        if plan.is_statistics:
            known = period_choices(plan.register.period or "year", timezone.localdate())
            self.fields["period"] = forms.ChoiceField(label="期间", required=False, choices=[("", "全部"), *known])
        else:
            self.fields["since"] = forms.DateField(label="日期从", required=False, widget=Date())
            self.fields["until"] = forms.DateField(label="到", required=False, widget=Date())
        for item in self.listed():
            self._add(item)
        if plan.register.lifecycle.deadlines:
            self.fields["overdue"] = forms.ChoiceField(
                label="期限", required=False, choices=[("", "全部"), ("1", "只看逾期")]
            )

        names = [(item.name, item.definition.title) for item in self.listed()]
        for key, label in EMPTINESS.items():
            if names:
                self._picks(key, label, names)

    def listed(self) -> list[Any]:
        """The indexed fields, those with choices first: what the list can be narrowed by."""
        found = [item for item in self.plan.indexed() if not item.definition.sensitive]
        return sorted(found, key=lambda item: item.type not in FILTERABLE)

    def _add(self, item: Any) -> None:
        name, title = item.name, item.definition.title
        if item.type in FILTERABLE:
            self._picks(name, title, [(option, option) for option in item.choices or ("是", "否")])
        elif item.facet_slot == "number":
            self.fields[f"{name}__from"] = forms.DecimalField(label=f"{title} 从", required=False)
            self.fields[f"{name}__to"] = forms.DecimalField(label=f"{title} 到", required=False)
        elif item.facet_slot == "date":
            self.fields[f"{name}__from"] = forms.DateField(label=f"{title} 从", required=False, widget=Date())
            self.fields[f"{name}__to"] = forms.DateField(label=f"{title} 到", required=False, widget=Date())
        else:
            hint = "单位，含下属" if item.type == "unit" else "包含的字"
            control = forms.TextInput(attrs={"placeholder": hint})
            self.fields[name] = forms.CharField(label=title, required=False, max_length=100, widget=control)

    def _picks(self, name: str, label: str, choices: list[tuple[str, str]]) -> None:
        made = forms.MultipleChoiceField(
            label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
        )
        made.picks = True  # type: ignore[attr-defined]
        self.fields[name] = made

    def conditions(self) -> list[tuple[str, str, str]]:
        """(key in the address, words, value in the address) of every condition in force."""
        self.is_valid()
        found = []
        for name, made in self.fields.items():
            for value in cast(QueryDict, self.data).getlist(name):
                if value in ("", None) or name in self.errors:
                    continue
                shown = dict(getattr(made, "choices", ())).get(value, value)
                found.append((name, f"{made.label}：{str(shown).strip()}", str(value)))
        return found

    def _facets(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for item in self.listed():
            bounds = tuple(cleaned.get(f"{item.name}__{end}") for end in ("from", "to"))
            if any(bound is not None for bound in bounds):
                # A percent is typed as it is shown and kept as a ratio.
                share = item.type == "percent"
                found[item.name] = tuple(bound / 100 if share and bound is not None else bound for bound in bounds)
            elif wanted := cleaned.get(item.name):
                found[item.name] = wanted
        return found

    def filters(self) -> Filters:
        """The filters of a valid form; of a faulty one those that could be read."""
        self.is_valid()
        cleaned: Mapping[str, Any] = self.cleaned_data
        unit = Unit.objects.filter(code=cleaned["unit"]).first() if cleaned.get("unit") else None
        if unit is None and cleaned.get("unit"):
            unit = find_unit(cleaned["unit"])
        return Filters(
            text=cleaned.get("q", ""),
            state=cleaned.get("state", ""),
            unit=unit,
            period=cleaned.get("period", ""),
            since=cleaned.get("since"),
            until=cleaned.get("until"),
            overdue=bool(cleaned.get("overdue")),
            facets=self._facets(cleaned),
            empty=tuple(cleaned.get("empty") or ()),
            filled=tuple(cleaned.get("filled") or ()),
        )


class RevealForm(forms.Form):
    """Why somebody reads a masked value."""

    reason = forms.CharField(
        label="查看原因", min_length=2, max_length=200, help_text="查看人、时间和原因会记入审计日志。"
    )
    field = forms.CharField(widget=forms.HiddenInput)


class ImportForm(forms.Form):
    """The sheet, and what it lacks."""

    file = forms.FileField(label="表格文件")
    period = forms.CharField(label="期间", required=False, help_text="表中没有“期间”列时选择")

    def __init__(self, plan: Blueprint, today: date, *args: Any) -> None:
        super().__init__(*args)
        if plan.is_statistics:
            known = period_choices(plan.register.period or "year", today)
            self.fields["period"].widget = forms.Select(choices=[("", "按表中的期间列"), *known])
        else:
            del self.fields["period"]


def period_choices(kind: str, today: date) -> list[tuple[str, str]]:
    """The running period of a kind and those before it, newest first."""
    period = Period.of(kind, today)
    found = [(period.code, period.label)]
    for _ in range(PERIODS_BACK if kind != "month" else 2 * PERIODS_BACK):
        period = period.previous()
        found.append((period.code, period.label))
    return found
