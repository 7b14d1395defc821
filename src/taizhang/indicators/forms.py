"""Choices of the indicator pages: which unit, which period."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.contrib.auth.models import AnonymousUser

from taizhang.catalog.schema import IndicatorDef
from taizhang.kernel.periods import Period
from taizhang.org.kinds import SECTION
from taizhang.org.models import User
from taizhang.org.queries import units_for
from taizhang.warehouse.models import Snapshot


class WhereForm(forms.Form):
    """Unit (as far as the person may look) and period; the version of the definition where there are several; a kept build
    to compare with where the person may open any."""

    unit = forms.ChoiceField(label="单位", required=False)
    period = forms.ChoiceField(label="期间", required=False)

    def __init__(
        self,
        user: User | AnonymousUser,
        item: IndicatorDef,
        periods: list[Period],
        kept: Sequence[Snapshot],
        data: dict[str, str],
    ) -> None:
        super().__init__(data)
        if item.earlier:
            versions = [("", "各期当时的"), *((one.version, f"口径 {one.version}") for one in item.versions)]
            self.fields["version"] = forms.ChoiceField(label="口径", required=False, choices=versions)
        if kept:
            choices = [("", "不对照"), *((str(item.pk), f"{item.name}（{item.day}）") for item in kept)]
            self.fields["build"] = forms.ChoiceField(label="与留存的对照", required=False, choices=choices)
        self.fields["unit"].choices = unit_choices(user)  # type: ignore[attr-defined]
        self.fields["period"].choices = [(period.code, period.label) for period in periods]  # type: ignore[attr-defined]


class UnitForm(forms.Form):
    """Whose figures."""

    unit = forms.ChoiceField(label="单位", required=False)

    def __init__(self, user: User | AnonymousUser, data: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["unit"].choices = unit_choices(user)  # type: ignore[attr-defined]


class KeepForm(forms.Form):
    """A name for the build of now."""

    name = forms.CharField(label="名称", max_length=100, help_text="例：2026年7月通报。以后凭它取当时的数")


class DropForm(forms.Form):
    """Why a kept build is let go."""

    why = forms.CharField(label="为什么删除", max_length=200, strip=True)


class KeptForm(UnitForm):
    """Which figures of a kept build."""

    period = forms.CharField(label="期间", required=False, max_length=20)
    q = forms.CharField(label="查找", required=False, max_length=60)
    only = forms.ChoiceField(label="显示", required=False, choices=[("", "全部"), ("moved", "只看变了的")])

    def __init__(self, user: User | AnonymousUser, data: dict[str, str]) -> None:
        super().__init__(user, data)
        self.fields["period"].widget.attrs["placeholder"] = "当时最近的一期"
        self.fields["q"].widget.attrs["placeholder"] = "名称、主题"


class FindForm(forms.Form):
    """Whose figures, of which theme, and a word in the indicator's name."""

    unit = forms.ChoiceField(label="单位", required=False)
    theme = forms.ChoiceField(label="主题", required=False)
    q = forms.CharField(label="查找", required=False, max_length=60)

    def __init__(self, user: User | AnonymousUser, themes: Sequence[str], data: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["unit"].choices = unit_choices(user)  # type: ignore[attr-defined]
        self.fields["theme"].choices = [("", "全部"), *((theme, theme) for theme in themes if theme)]  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs["placeholder"] = "名称、主题"


def unit_choices(user: User | AnonymousUser) -> list[tuple[str, str]]:
    """The tree as indented choices; sections have no figures of their own."""
    units = units_for(user).exclude(level=SECTION)
    return [(unit.code, "　" * unit.depth() + unit.name) for unit in units]
