"""How a new register begins: from nothing, like another one, from a sheet, or in the zip of a pack."""

from __future__ import annotations

from typing import Any

from django import forms

from taizhang.catalog.current import Catalog
from taizhang.registers.maker import documents
from taizhang.registers.maker.inputs import CODE, CODE_HELP, NAME_HELP, free_code
from taizhang.registers.maker.words import KINDS, PERIODS, TYPES


class StartForm(forms.Form):
    """A new register: the least that must be said."""

    name = forms.CharField(
        label="名称", max_length=60, help_text=NAME_HELP, widget=forms.TextInput(attrs={"autofocus": True})
    )
    register = forms.RegexField(CODE, label="代码", max_length=60, help_text=CODE_HELP)
    kind = forms.ChoiceField(label="类型", choices=[(key, f"{word}：{help_}") for key, (word, help_) in KINDS.items()])
    period = forms.ChoiceField(
        label="多久一期", required=False, choices=[("", "（不分期）"), *PERIODS.items()], help_text="报表型须选"
    )
    line = forms.CharField(label="业务条线", max_length=20, help_text="菜单里的分组：安全、后勤、人事……")
    like = forms.ChoiceField(label="从哪里开始", required=False, help_text="照着一本已有的台账改，比从空白开始快")

    def __init__(self, data: Any, whole: Catalog, *, likes: bool = True) -> None:
        super().__init__(data, initial={"register": free_code("ledger", set(whole.registers)), "line": "其他"})
        if likes:
            known = [(item.code, f"照着“{item.name}”") for item in whole.registers.values()]
            self.fields["like"].choices = [("", "空白"), *known]  # type: ignore[attr-defined]
        else:
            del self.fields["like"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == "statistics" and not cleaned.get("period") and not cleaned.get("like"):
            self.add_error("period", "报表型台账要选多久一期")
        if cleaned.get("kind") != "statistics":
            cleaned["period"] = ""
        return cleaned


class ColumnForm(forms.Form):
    """One column of a sheet, as it will become a field."""

    take = forms.BooleanField(label="登记", required=False)
    name = forms.CharField(label="字段", max_length=60)
    type = forms.ChoiceField(
        label="类型", choices=[(key, word) for key, (word, _) in TYPES.items() if key not in ("link", "file")]
    )
    required = forms.BooleanField(label="必填", required=False)
    sensitive = forms.BooleanField(label="敏感", required=False)
    query = forms.BooleanField(label="可筛选", required=False)
    unit = forms.CharField(label="计量单位", max_length=12, required=False)
    options = forms.CharField(label="选项", required=False, max_length=1000)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("take") and cleaned.get("type") in ("choice", "choices") and not cleaned.get("options"):
            self.add_error("options", "写上选项，用顿号分开")
        return cleaned

    def to_field(self) -> documents.Data:
        """The field of the document."""
        cleaned = self.cleaned_data
        made: documents.Data = {"name": cleaned["name"], "type": cleaned["type"]}
        made |= {key: True for key in ("required", "sensitive", "query") if cleaned[key]}
        if cleaned["type"] in ("choice", "choices"):
            made["options"] = [text for text in (part.strip() for part in cleaned["options"].split("、")) if text]
        return {**made, "unit": cleaned["unit"]} if cleaned["unit"] else made


ColumnForms = forms.formset_factory(ColumnForm, extra=0)


class SheetForm(forms.Form):
    """The sheet that a register is made from, or the zip of a pack."""

    file = forms.FileField(label="文件")
