"""The list's filter."""

from __future__ import annotations

from django import forms

from taizhang.documents.models import EVIDENCE, KINDS


class DocumentFilter(forms.Form):
    """What to look for; every field may be empty."""

    q = forms.CharField(label="标题或文件名", required=False, max_length=100)
    kind = forms.ChoiceField(label="类别", required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(code, label) for code, label in KINDS.items() if code != EVIDENCE]
        self.fields["kind"].choices = [("", "全部"), *kinds]
