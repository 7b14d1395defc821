"""Forms by which units, posts and people are kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.kernel.errors import Problem
from taizhang.org.changes import NewUnit
from taizhang.org.kinds import KINDS
from taizhang.org.models import Unit, User
from taizhang.org.queries import find_unit
from taizhang.ui.widgets import Date

LOCALITIES = ("主城区", "城乡结合区", "镇中心区", "镇乡结合区", "特殊区域", "乡中心区", "村庄")
OWNERSHIPS = ("公办", "普惠性民办", "民办")


class UnitKey(forms.CharField):
    """A unit by code or full name."""

    def clean(self, value: Any) -> Unit | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return find_unit(text)
        except Problem as wrong:
            raise forms.ValidationError(f"{wrong.message}。{wrong.remedy}") from wrong


class PersonKey(forms.CharField):
    """A person by account, or by a name that only one person has."""

    def clean(self, value: Any) -> User:
        text = super().clean(value)
        found = list(User.objects.filter(username=text)) or list(User.objects.filter(name=text, is_active=True)[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                f"有几个人都叫“{text}”，请改填账号" if found else f"没有“{text}”这个人，请核对姓名或账号"
            )
        return found[0]


def _day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(label=label, widget=Date(), initial=timezone.localdate, help_text=help_text)


def _choices(names: Any, blank: str = "") -> list[tuple[str, str]]:
    return [*([("", blank)] if blank else []), *((name, name) for name in names)]


class NewUnitForm(forms.Form):
    """A unit under another one."""

    code = forms.CharField(
        label="编码", max_length=40, help_text="学校填 10 位学校标识码；编码一经使用不再更改，也不给别的单位。"
    )
    name = forms.CharField(label="名称", max_length=120)
    kind = forms.ChoiceField(label="类型", choices=_choices(KINDS))
    ownership = forms.ChoiceField(label="办学性质", required=False, choices=_choices(OWNERSHIPS, "不填"))
    locality = forms.ChoiceField(label="城乡", required=False, choices=_choices(LOCALITIES, "不填"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"] = _day("启用日期")

    def unit(self) -> NewUnit:
        cleaned = self.cleaned_data
        return NewUnit(*(cleaned[name] for name in ("code", "name", "kind", "ownership", "locality")))


class RenameForm(forms.Form):
    name = forms.CharField(label="新名称", max_length=120)
    kind = forms.ChoiceField(label="类型", choices=_choices(KINDS))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"] = _day("生效日期", "此前的名称留在沿革里")


class MoveForm(forms.Form):
    parent = UnitKey(label="新的上级单位", help_text="单位编码或全称；下级单位一起移动")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"] = _day("生效日期")


class CloseForm(forms.Form):
    into = UnitKey(
        label="并入", required=False, help_text="撤并的填接收单位（编码或全称），它的人员接着办未办结的记录；不填即撤销"
    )
    move_posts = forms.BooleanField(label="人员岗位转到接收单位", required=False)
    reason = forms.CharField(label="原因", max_length=200, help_text="批文文号或缘由")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"] = _day("停用日期", "这一天是最后一天")
        self.order_fields(["last_day", "into", "move_posts", "reason"])


class SplitForm(forms.Form):
    parts = forms.CharField(
        label="拆分出的单位", widget=forms.Textarea(attrs={"rows": 3}), help_text="一行一个：编码 名称 类型，用空格分隔"
    )
    stays = forms.BooleanField(label="原单位保留", required=False, initial=True)
    reason = forms.CharField(label="原因", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"] = _day("启用日期")

    def clean_parts(self) -> list[NewUnit]:
        found = []
        for number, line in enumerate(self.cleaned_data["parts"].splitlines(), start=1):
            words = line.split()
            if words and len(words) != 3:
                raise forms.ValidationError(f"第 {number} 行应有编码、名称、类型三项，用空格分隔")
            if words:
                found.append(NewUnit(*words))
        return found


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200)


class PostForm(forms.Form):
    unit = UnitKey(label="单位", help_text="单位编码或全称")
    role = forms.ChoiceField(label="岗位")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.name, role.label or role.name) for role in catalog().roles.values()]  # type: ignore[attr-defined]
        self.fields["since"] = _day("起始日期")
        self.fields["until"] = forms.DateField(label="截止日期", required=False, widget=Date(), help_text="不填即长期")


class EndPostForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"] = _day("截止日期", "这一天是最后一天")


class DelegationForm(forms.Form):
    to = PersonKey(label="受托人", help_text="姓名或账号")
    reason = forms.CharField(label="原因", max_length=200, help_text="如：出差、休假、学习")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"] = _day("起始日期")
        self.fields["until"] = _day("截止日期")
        self.order_fields(["to", "since", "until", "reason"])


class NewPersonForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=40)
    username = forms.CharField(label="账号", max_length=60, help_text="登录用，不能重复")
    phone = forms.CharField(label="电话", max_length=20, required=False)

    def clean_username(self) -> str:
        text = str(self.cleaned_data["username"]).strip()
        if User.objects.filter(username=text).exists():
            raise forms.ValidationError(f"账号“{text}”已有人用，换一个")
        return text


class TableForm(forms.Form):
    """A table to load."""

    file = forms.FileField(label="表格文件")
