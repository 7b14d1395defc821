"""Choices of the standards' pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms

from taizhang.kernel.periods import Period
from taizhang.org.kinds import SECTION
from taizhang.org.models import User
from taizhang.org.queries import units_for
from taizhang.standards.quality import LEVELS
from taizhang.standards.verdicts import STATES

Choices = Iterable[tuple[str, str]]


def unit_choices(user: User) -> list[tuple[str, str]]:
    """The tree as indented choices, as far as the person may look; sections have no figures of their own."""
    units = units_for(user).exclude(level=SECTION)
    return [(unit.code, "　" * unit.depth() + unit.name) for unit in units]


class BoardForm(forms.Form):
    """Whose board, of which period, and which lines of it."""

    unit = forms.ChoiceField(label="单位", required=False)
    period = forms.ChoiceField(label="期间", required=False)
    stage = forms.ChoiceField(label="学段", required=False)
    state = forms.ChoiceField(
        label="结果", required=False, choices=[("", "全部"), *((key, word) for key, (word, _) in STATES.items())]
    )
    q = forms.CharField(label="学校", required=False, max_length=60)

    def __init__(self, units: Choices, periods: list[Period], stages: list[str], data: Mapping[str, str]) -> None:
        super().__init__(data)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["period"].choices = [(period.code, period.label) for period in periods]  # type: ignore[attr-defined]
        self.fields["stage"].choices = [("", "全部"), *((stage, stage) for stage in stages)]  # type: ignore[attr-defined]


class WhereForm(forms.Form):
    """Whose figures of which period."""

    unit = forms.ChoiceField(label="单位", required=False)
    period = forms.ChoiceField(label="期间", required=False)

    def __init__(self, units: Choices, periods: list[Period], data: Mapping[str, str]) -> None:
        super().__init__(data)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        if periods:
            self.fields["period"].choices = [(period.code, period.label) for period in periods]  # type: ignore[attr-defined]
        else:
            del self.fields["period"]


class SpreadForm(WhereForm):
    """Which coefficient."""

    pick = forms.ChoiceField(label="指标", required=False)

    def __init__(self, units: Choices, periods: list[Period], picks: Choices, data: Mapping[str, str]) -> None:
        super().__init__(units, periods, data)
        self.fields["pick"].choices = list(picks)  # type: ignore[attr-defined]


class ChangeForm(forms.Form):
    """One step of a what-if."""

    kind = forms.ChoiceField(label="调整", choices=[("move", "调配：从一校调到另一校"), ("add", "新增：增加教师、用房、设备"),
                                                 ("merge", "合并：整体并入"), ("close", "停办：学生和可移动的资源并入，校舍不计")])  # fmt: skip
    source = forms.ChoiceField(label="调出学校", required=False, help_text="新增不填")
    target = forms.ChoiceField(label="调入学校")
    stage = forms.ChoiceField(label="学段", required=False, help_text="合并、停办不填")
    resource = forms.ChoiceField(label="资源", required=False)
    amount = forms.DecimalField(label="数量", required=False, min_value=0, help_text="名、间、平方米或元")

    def __init__(
        self, schools: Choices, stages: list[str], resources: Choices, data: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(data)
        listed = list(schools)
        self.fields["source"].choices = [("", "—"), *listed]  # type: ignore[attr-defined]
        self.fields["target"].choices = listed  # type: ignore[attr-defined]
        self.fields["stage"].choices = [(stage, stage) for stage in stages]  # type: ignore[attr-defined]
        self.fields["resource"].choices = list(resources)  # type: ignore[attr-defined]


class KeepForm(forms.Form):
    """A scenario's name."""

    name = forms.CharField(label="方案名称", max_length=60)
    note = forms.CharField(label="说明", max_length=300, required=False)


class FindingForm(forms.Form):
    """Which of a register's questions."""

    unit = forms.ChoiceField(label="单位", required=False)
    period = forms.ChoiceField(label="期间", required=False)
    level = forms.ChoiceField(
        label="级别", required=False, choices=[("", "全部"), *((key, word) for key, (word, _) in LEVELS.items())]
    )
    rule = forms.ChoiceField(label="规则", required=False)
    q = forms.CharField(label="单位名称", required=False, max_length=60)

    def __init__(self, units: Choices, periods: list[Period], rules: Choices, data: Mapping[str, str]) -> None:
        super().__init__(data)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["period"].choices = [(period.code, period.label) for period in periods]  # type: ignore[attr-defined]
        self.fields["rule"].choices = [("", "全部"), *rules]  # type: ignore[attr-defined]
