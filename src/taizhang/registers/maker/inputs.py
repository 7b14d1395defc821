"""Kinds of field that the forms of the desk share, and what is said about names and codes."""

from __future__ import annotations

from typing import Any

from django import forms

CODE = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
CODE_HELP = "小写字母开头，只用小写字母、数字、下划线；用于网址和文件名，发布后不能改"
NAME_HELP = "名称就是钥匙：表单、表头、公式、稿件里都是它，发布后不能改"
Choices = list[tuple[str, str]]


class Lines(forms.CharField):
    """A list, one item to a line (or parted by 、)."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3}), **more)

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value).replace("、", "\n")
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value


class Ticks(forms.MultipleChoiceField):
    """Some of a few things."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class Formula(forms.CharField):
    """A formula, checked as it is typed. ``kind`` row or aggregate, ``result`` the type that its place needs."""

    def __init__(self, kind: str, result: str = "", **more: Any) -> None:
        attrs = {"rows": 2, "spellcheck": "false", "data-formula": kind, "data-result": result}
        super().__init__(widget=forms.Textarea(attrs=attrs), **more)
        self.kind, self.result = kind, result


def free_code(stem: str, taken: Any) -> str:
    """The first code of a stem that nobody has."""
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"
