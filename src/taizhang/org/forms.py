"""Forms of the account pages, and the fields that many forms name units with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm

from taizhang.kernel.texts import names_in
from taizhang.org.models import Unit
from taizhang.org.queries import match_unit


class LoginForm(AuthenticationForm):
    """Name and password, with messages that do not tell which of the two was wrong."""

    error_messages = {
        "invalid_login": "账号或密码不对。请核对大小写；连续 5 次输错将锁定 15 分钟。",
        "inactive": "该账号已停用，请联系管理员。",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "账号"
        self.fields["password"].label = "密码"


class NewPasswordForm(SetPasswordForm):
    """A new password, twice, after the old one."""

    old_password = forms.CharField(
        label="原密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    field_order = ["old_password", "new_password1", "new_password2"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password2"].label = "再输一遍新密码"

    def clean_old_password(self) -> str:
        old = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise forms.ValidationError("原密码不对")
        return str(old)


class SearchForm(forms.Form):
    """One word to look for in a list."""

    q = forms.CharField(label="查询", required=False, max_length=60)

    def query(self) -> str:
        return str(self.cleaned_data["q"]).strip() if self.is_bound and self.is_valid() else ""


class UnitsField(forms.CharField):
    """Unit names as people type them, parted by 、: quicker at the keyboard than a list of a hundred schools."""

    def __init__(self, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(required=False, max_length=1000, widget=forms.TextInput({"list": "units"}), **kwargs)
        self.units = units

    def prepare_value(self, value: Any) -> Any:
        return "、".join(unit.name for unit in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[Unit]:
        """The units named, each once. Raises ValidationError with the names that nobody bears."""
        names = names_in(super().clean(value))
        found = {name: match_unit(name, self.units) for name in names}
        if unknown := [name for name, unit in found.items() if unit is None]:
            raise forms.ValidationError(f"没有这个单位：{'、'.join(unknown)}。请写全称或简称，多个单位用顿号隔开。")
        return list(dict.fromkeys(unit for unit in found.values() if unit))
