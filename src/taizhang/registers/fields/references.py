"""Fields that point at something real (a unit, a person, a record) or hold files. The link itself is a foreign key."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.utils.html import escape

from taizhang.registers.fields.base import MISSING, Field, Lookup, Scalar, plain
from taizhang.registers.fields.choices import SEPARATOR
from taizhang.ui.widgets import Suggest, Upload


class Reference(Field):
    """A key that finds the thing: a unit's code, a person's account, a record's number. With ``many: true`` several
    keys, joined by 、 in the order in which they were written."""

    remedy: ClassVar[str] = ""

    def keys(self, stored: Scalar) -> list[str]:
        """The keys in a stored value."""
        if stored is None:
            return []
        return str(stored).split(SEPARATOR) if self.definition.many else [str(stored)]

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        if lookup is None:
            raise self.problem("这里不能填写关联", "请在记录页上填写")
        texts = re.split(r"[、,;\n]+", plain(raw)) if self.definition.many else [plain(raw)]
        found = [lookup.resolve(self.definition, text.strip()) for text in texts if text.strip()]
        return SEPARATOR.join(dict.fromkeys(found)) or None

    def display(self, stored: Scalar, lookup: Lookup | None = None) -> str:
        if stored is None:
            return MISSING
        return SEPARATOR.join(lookup.label(self.definition, key) if lookup else key for key in self.keys(stored))

    def cell(self, stored: Scalar, lookup: Lookup | None = None) -> Any:
        # The key and not the label: two schools may share a name, and the sheet must read back to the same thing.
        return stored

    def widget(self) -> forms.Widget:
        if self.definition.many:
            return forms.TextInput(attrs={"placeholder": f"{self.remedy}，多个用顿号分隔"})
        return Suggest(attrs={"placeholder": self.remedy})


class UnitField(Reference):
    """A unit of the tree, stored by its code."""

    type = "unit"
    doc = "单位：填单位名称或编码；many: true 时可填几个，用顿号分隔。"
    remedy = "单位名称或编码"


class Person(Reference):
    """A person with an account, stored by the account's name."""

    type = "person"
    doc = "人员：填姓名或账号，须是本系统的用户；many: true 时可填几个，用顿号分隔。"
    remedy = "姓名或账号"


class LinkField(Reference):
    """A record of another register, stored by its number (or # and its id when the register gives no numbers)."""

    type = "link"
    doc = "关联：填另一台账记录的编号；register 写该台账的代码；many: true 时可填几个，用顿号分隔。"
    remedy = "记录编号"


class MultipleUpload(Upload):
    """Several pictures in one go."""

    allow_multiple_selected = True


class File(Field):
    """Attachments. The canonical value is their names, so that versions show what came and went."""

    type = "file"
    doc = "附件：many: true 时可传多个；单个不超过 20 MB。"

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        raise self.problem("附件不能写成文字", "请在记录页上传文件，表格里留空")

    def form_field(self) -> forms.Field:
        return UploadField(self)

    def widget(self) -> forms.Widget:
        return MultipleUpload() if self.definition.many else Upload()


class UploadField(forms.FileField):
    """A file input that gives a list of uploads, empty when none."""

    def __init__(self, field: File) -> None:
        definition = field.definition
        super().__init__(
            label=definition.title,
            required=definition.required,
            widget=field.widget(),
            help_text=escape(definition.help),
        )
        self.wide = True

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = data if isinstance(data, (list, tuple)) else [data]
        found = [super(UploadField, self).clean(item, initial) for item in uploads if item]
        if not found and not initial:
            super().clean(None, initial)
        return [item for item in found if item]
