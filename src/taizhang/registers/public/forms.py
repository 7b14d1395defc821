"""The forms of the public door. They refuse what is too long, too big or no text, each time with what to do."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from pathlib import PurePath
from typing import Any, cast

from django import forms
from django.core import signing
from django.http import QueryDict

from taizhang.catalog.schema import PublicDef
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.forms import RecordForm

MOST_FILES, MOST_BYTES = 5, 5 * 2**20
# Everything together: the files, the text, and what a browser puts around them.
MOST_BODY = MOST_FILES * MOST_BYTES + 2**20
SUFFIXES = (".jpg", ".jpeg", ".png", ".pdf", ".docx")
LONGEST = 5000
HOURS = 24
SALT = "taizhang.public"


class CaseForm(RecordForm):
    """What a stranger fills in: the fields that the pack opens, and two that people do not see."""

    def __init__(self, plan: Blueprint, door: PublicDef, data: Any = None, files: Any = None) -> None:
        super().__init__(plan, None, data, files, names=door.fields, auto_id="case_%s")  # type: ignore[arg-type]
        self.order_fields(list(door.fields))
        self.sections = [("", list(door.fields))]
        for name in door.required:
            self.fields[name].required = self.fields[name].widget.is_required = True
        for name, made in self.fields.items():
            if plan.fields[name].type == "long_text":
                made.widget.attrs.update({"rows": 6, "maxlength": self._longest(name)})
            if plan.fields[name].type == "file":
                made.widget.attrs["accept"] = ",".join(SUFFIXES)
                made.help_text = f"可不传。{_kinds()}，最多 {MOST_FILES} 个，每个不超过 {MOST_BYTES // 2**20} MB。"
        # A machine fills every field; a person never sees this one.
        self.fields["homepage"] = forms.CharField(required=False, label="此栏请留空")
        self.fields["once"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=new_form_mark)

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            raise forms.ValidationError("“此栏请留空”一栏填了字。如系浏览器自动填写，请清空后再提交")
        return ""

    def clean_once(self) -> str:
        mark = self.cleaned_data["once"]
        try:
            signing.loads(mark, salt=SALT, max_age=HOURS * 3600)
        except signing.BadSignature:
            # The page was left open too long, or this did not come from our page: the words stay, with a new mark.
            fresh = cast("QueryDict", self.data).copy()
            fresh["once"] = new_form_mark()
            self.data = fresh
            raise forms.ValidationError("页面打开得太久，请核对后再提交一次") from None
        return mark

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.sections[0][1]:
            if self.plan.fields[name].type == "file":
                self._check_files(name, cleaned.get(name) or [])
            elif isinstance(cleaned.get(name), str):
                self._check_text(name, cleaned[name])
        return cleaned

    @property
    def form_digest(self) -> str:
        """By which the same form sent twice is known."""
        return hashlib.sha256(self.cleaned_data["once"].encode()).hexdigest()

    def listed(self) -> list[forms.BoundField]:
        """The fields that the page lists."""
        return [self[name] for name in self.sections[0][1]]

    def hidden_faults(self) -> list[str]:
        """Faults of the two fields that the page does not list."""
        return [str(text) for name in ("homepage", "once") for text in self.errors.get(name, [])]

    def raw_values(self) -> dict[str, Any]:
        return {name: self[name].data for name in self.sections[0][1] if self.plan.fields[name].type != "file"}

    def uploads(self) -> dict[str, list[Any]]:
        names = [name for name in self.sections[0][1] if self.plan.fields[name].type == "file"]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}

    def _longest(self, name: str) -> int:
        return self.plan.fields[name].definition.max_length or LONGEST

    def _check_text(self, name: str, text: str) -> None:
        if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") and char not in "\n\r\t" for char in text):
            self.add_error(name, "含有不是文字的内容。请直接输入文字，文件请放在附件里")
        elif self.plan.fields[name].type == "long_text" and len(text) > self._longest(name):
            self.add_error(name, f"太长：{len(text)} 字。请缩短到 {self._longest(name)} 字以内，详细材料可作附件")

    def _check_files(self, name: str, uploads: list[Any]) -> None:
        if len(uploads) > MOST_FILES:
            self.add_error(name, f"选了 {len(uploads)} 个文件。最多 {MOST_FILES} 个，可以合并后再传")
        for upload in uploads:
            if PurePath(upload.name).suffix.lower() not in SUFFIXES:
                self.add_error(name, f"“{upload.name}”不能上传。可以传 {_kinds()}")
            elif upload.size > MOST_BYTES:
                size = f"{upload.size / 2**20:.1f}"
                self.add_error(name, f"“{upload.name}”有 {size} MB。每个不超过 {MOST_BYTES // 2**20} MB，照片可先压缩")


class FollowForm(forms.Form):
    """A code."""

    query_code = forms.CharField(
        label="查询码",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "如 7K2M-9QXW-…"}),
        help_text="提交时显示的 16 位字母和数字，大小写、横线随意。",
    )


class RateForm(forms.Form):
    """How a case was handled, in the words that the pack offers."""

    query_code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    rating = forms.ChoiceField(label="对办理情况是否满意", widget=forms.RadioSelect)

    def __init__(self, choices: list[str], data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["rating"].choices = [(name, name) for name in choices]  # type: ignore[attr-defined]


def new_form_mark() -> str:
    """A signed mark of one form, good for a day."""
    return signing.dumps(secrets.token_hex(8), salt=SALT)


def _kinds() -> str:
    return "、".join(suffix[1:] for suffix in SUFFIXES)
