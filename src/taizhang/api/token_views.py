"""The page on which a person makes and takes back the keys of other programs."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from taizhang.api.models import Token
from taizhang.api.tokens import drop_token, make_token
from taizhang.kernel.errors import Problem
from taizhang.org.request import UserRequest
from taizhang.ui.widgets import Date

UNPROCESSABLE = 422


class TokenForm(forms.Form):
    """What the key is for, and how long."""

    name = forms.CharField(label="用途", max_length=60, help_text="哪个系统用，如“资产系统同步”")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        in_half_a_year = timezone.localdate() + timedelta(days=180)
        self.fields["expires_on"] = forms.DateField(
            label="有效期至", widget=Date(), initial=in_half_a_year, help_text="最长一年"
        )


def index(request: UserRequest) -> HttpResponse:
    """One's own keys; a new one's text is shown this once."""
    form, told, problem = TokenForm(request.POST or None), "", None
    if request.method == "POST" and form.is_valid():
        try:
            told = make_token(by=request.user, **form.cleaned_data)
        except Problem as wrong:
            problem = wrong
        else:
            form = TokenForm()
    context = {"form": form, "told": told, "problem": problem, "tokens": Token.objects.filter(user=request.user)}
    status = UNPROCESSABLE if problem or form.errors else 200
    response = render(request, "api/tokens.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def drop(request: UserRequest, token_id: int) -> HttpResponse:
    """Take a key back: it stops working at once."""
    drop_token(token_id=token_id, by=request.user)
    messages.success(request, "令牌已作废，使用它的程序不能再访问。")
    return redirect("api_tokens")
