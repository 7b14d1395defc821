"""The list's filter, and what an upload holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from taizhang.documents.actions import MAX_BYTES
from taizhang.documents.models import EVIDENCE, KINDS
from taizhang.kernel.errors import Problem


def received(file: UploadedFile | None) -> tuple[bytes, str]:
    """An upload's bytes and its name. A file beyond the limit is refused before it is taken into memory."""
    if file is None:
        raise Problem("DOC-005", "没有选择文件", remedy="点“选择文件”或把文件拖进来")
    if (file.size or 0) > MAX_BYTES:
        raise Problem("DOC-003", "文件超过 40 MB", where=file.name or "", remedy="压缩图片或拆成几份后再上传")
    return file.read(), file.name or ""


def word_in(posted: Mapping[str, str]) -> dict[str, str]:
    """What the form of a doubt says: the arguments of the actions that settle it."""
    return {name: posted.get(name, "") for name in ("decision", "correction", "note")}


class DocumentFilter(forms.Form):
    """What to look for; every field may be empty."""

    q = forms.CharField(label="标题或文件名", required=False, max_length=100)
    kind = forms.ChoiceField(label="类别", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(code, label) for code, label in KINDS.items() if code != EVIDENCE]
        self.fields["kind"].choices = [("", "全部"), *kinds]
