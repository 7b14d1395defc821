"""Forms of the account pages."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm


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
