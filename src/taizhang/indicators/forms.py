"""Choices of the indicator pages: which unit, which period."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import AnonymousUser

from taizhang.kernel.periods import Period
from taizhang.org.kinds import SECTION
from taizhang.org.models import User
from taizhang.org.queries import units_for


class WhereForm(forms.Form):
    """Unit (as far as the person may look) and period."""

    unit = forms.ChoiceField(label="单位", required=False)
    period = forms.ChoiceField(label="期间", required=False)

    def __init__(self, user: User | AnonymousUser, periods: list[Period], data: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["unit"].choices = _unit_choices(user)  # type: ignore[attr-defined]
        self.fields["period"].choices = [(period.code, period.label) for period in periods]  # type: ignore[attr-defined]


class FindForm(forms.Form):
    """Whose figures, and a word in the indicator's name or theme."""

    unit = forms.ChoiceField(label="单位", required=False)
    q = forms.CharField(label="查找", required=False, max_length=60)

    def __init__(self, user: User | AnonymousUser, data: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["unit"].choices = _unit_choices(user)  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs["placeholder"] = "名称、主题"


def _unit_choices(user: User | AnonymousUser) -> list[tuple[str, str]]:
    """The tree as indented choices; sections have no figures of their own."""
    units = units_for(user).exclude(level=SECTION)
    return [(unit.code, "　" * unit.depth() + unit.name) for unit in units]
