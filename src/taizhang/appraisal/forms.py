"""Forms of the appraisal. They check shape; rules are in the actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import escape

from taizhang.appraisal.scoring import Line
from taizhang.catalog.appraisal_schema import SchemeDef
from taizhang.kernel.texts import plain_number
from taizhang.ui.widgets import Date, Figure, Upload


class RoundForm(forms.Form):
    """What a round is about."""

    scheme = forms.ChoiceField(label="考核方案")
    period = forms.CharField(
        label="期间", max_length=20, help_text="如 2026（年）、2026H1（上半年）、SY2026T1（第一学期）"
    )
    title = forms.CharField(label="名称", required=False, max_length=200, help_text="不填即“期间＋方案名称”")

    def __init__(self, *args: Any, schemes: Sequence[SchemeDef], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"period": str(timezone.localdate().year)})
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [(scheme.code, scheme.name) for scheme in schemes]


class DayForm(forms.Form):
    """The day on which a round is looked at."""

    on = forms.DateField(label="截至日期", required=False, widget=Date)


class LinesForm(forms.Form):
    """Points and words for several lines of one sheet; a line left as it was says nothing."""

    def __init__(self, *args: Any, lines: Sequence[Line], own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.sections = list(lines), []
        for number, line in enumerate(self.lines):
            names = [f"points_{number}", f"note_{number}", f"evidence_{number}"]
            before = line.own if own else line.earned
            points = forms.CharField(label="自评分" if own else "评分", required=False, max_length=10, widget=Figure,
                                     initial="" if before is None else plain_number(before),
                                     help_text=escape(_rule(line)))  # fmt: skip
            points.unit = f"/ {line.item.points:f} 分"  # type: ignore[attr-defined, union-attr]
            self.fields[names[0]] = points
            self.fields[names[1]] = forms.CharField(
                label="自评说明" if own else "扣分理由", required=False, max_length=1000, initial=_last_note(line, own),
                widget=forms.Textarea({"rows": 2}),
            )  # fmt: skip
            proof = "佐证材料（必附）" if own and getattr(line.item, "evidence", False) else "佐证材料"
            self.fields[names[2]] = forms.FileField(label=proof, required=False, widget=Upload)
            self.sections.append((f"{line.section} · {line.item.name}", names))

    def said(self) -> Iterator[tuple[str, str, str, Any]]:
        """(item, points, words, file) of each line that was filled and changed."""
        for number, line in enumerate(self.lines):
            keys = [f"points_{number}", f"note_{number}", f"evidence_{number}"]
            points, note, file = (self.cleaned_data[key] for key in keys)
            if points.strip() and any(key in self.changed_data for key in keys):
                yield line.item.name, points, note, file


class AdjustForm(forms.Form):
    """Points beside the sections."""

    item = forms.ChoiceField(label="加减分项")
    times = forms.CharField(
        label="次数", max_length=10, initial="1", widget=Figure, help_text="几家共同获得的按折算数填，如 0.5"
    )
    source = forms.CharField(label="来源", max_length=300, help_text="文件名称、文号或证书编号")
    note = forms.CharField(label="说明", required=False, max_length=1000, widget=forms.Textarea({"rows": 2}))
    evidence = forms.FileField(label="佐证材料", required=False, widget=Upload)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = list(choices)


class VetoForm(forms.Form):
    """一票否决."""

    item = forms.ChoiceField(label="否决事项")
    source = forms.CharField(label="来源", max_length=300, help_text="认定的文件、文号和日期")
    note = forms.CharField(label="事实", required=False, max_length=1000, widget=forms.Textarea({"rows": 3}))
    evidence = forms.FileField(label="佐证材料", required=False, widget=Upload)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = list(choices)


class ObjectionForm(forms.Form):
    """What is objected to, and why."""

    item = forms.ChoiceField(label="申诉事项")
    reason = forms.CharField(
        label="理由", max_length=1000, widget=forms.Textarea({"rows": 4}), help_text="写明事实、依据和要求"
    )
    evidence = forms.FileField(label="佐证材料", required=False, widget=Upload)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = list(choices)


class AnswerForm(forms.Form):
    """The answer to an objection."""

    accepted = forms.ChoiceField(
        label="结论", choices=[("no", "不采纳，维持原分"), ("yes", "采纳")], widget=forms.RadioSelect
    )
    points = forms.CharField(
        label="改后的分数", required=False, max_length=10, widget=Figure, help_text="采纳且由人评分的项目填写"
    )
    reply = forms.CharField(
        label="答复", max_length=1000, widget=forms.Textarea({"rows": 4}), help_text="写明核查的事实和结论"
    )


class WaiveForm(forms.Form):
    """A line that does not fit."""

    item = forms.ChoiceField(label="不适用的项目")
    reason = forms.CharField(label="理由", max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = list(choices)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="原因", max_length=1000, widget=forms.Textarea({"rows": 3}))


def _rule(line: Line) -> str:
    own = f" 自评 {line.own:f} 分。" if line.own is not None else ""
    return f"{line.item.rule}{own}"


def _last_note(line: Line, own: bool) -> str:
    kind = "self_scored" if own else "judged"
    return next((fact.data.get("note", "") for fact in reversed(line.facts) if fact.kind == kind), "")
