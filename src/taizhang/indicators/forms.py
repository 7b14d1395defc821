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
        units = units_for(user).exclude(level=SECTION)
        self.fields["unit"].choices = [(unit.code, "　" * unit.depth() + unit.name) for unit in units]  # type: ignore[attr-defined]
        self.fields["period"].choices = [(period.code, period.label) for period in periods]  # type: ignore[attr-defined]
