"""Pages of what registers share: option sets, ladders, letters. Editing and releasing is the desk's, as for registers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.catalog.current import catalog
from taizhang.kernel.errors import NotFound, Problem
from taizhang.registers.maker import actions, policy, queries
from taizhang.registers.maker.sample import look_of
from taizhang.registers.maker.words import SHARED, SORTS, Sort
from taizhang.registers.requests import Request, sent

UNPROCESSABLE = 422


class NameForm(forms.Form):
    """A new thing that registers share."""

    name = forms.RegexField(
        r"^[^/\\\s]+$",
        label="名称",
        max_length=40,
        help_text="台账按名称引用它，发布后不能改",
        widget=forms.TextInput(attrs={"autofocus": True}),
    )


def shared(request: Request, folder: str, name: str) -> HttpResponse:
    """An option set, a ladder or a letter as it is in force, and who uses it."""
    policy.require_look(request.user)
    sort = _sort(folder)
    pack, path = queries.declaring(folder, name)
    whole = catalog()
    letter = whole.letters[name] if folder == "letters" else None
    context = {
        "body": whole.letter_source(letter)[0] if letter and letter.template else "",
        "sort": sort,
        "folder": folder,
        "name": name,
        "pack": pack,
        "path": path,
        "text": pack.files[path],
        "core": pack.manifest.name == queries.CORE,
        "over_core": any((sort.kind, name) in item.places for item in whole.packs if item is not pack),
        "preview": look_of(sort, name, getattr(whole, folder)[name], whole),
        "may_make": policy.can(request.user, policy.MAKES),
        "may_release": policy.may_release(request.user),
        **_crumbs(name),
    }
    return render(request, "registers/maker/shared.html", context)


def start(request: Request, folder: str) -> HttpResponse:
    """A new one: first its name."""
    policy.require_making(request.user)
    sort, form = _sort(folder), NameForm(sent(request, request.POST))
    if request.method == "POST" and form.is_valid():
        try:
            draft = actions.start_thing(folder=folder, name=form.cleaned_data["name"], by=request.user)
        except Problem as problem:
            form.add_error("name", f"{problem.message}。{problem.remedy}")
        else:
            return redirect("maker:draft", draft.pk)
    context = {"form": form, "sort": sort, **_crumbs(f"新建{sort.word}")}
    return render(request, "registers/maker/shared_start.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def edit(request: Request, folder: str, name: str) -> HttpResponse:
    """Open its draft."""
    _sort(folder)
    return redirect("maker:draft", actions.open_thing(folder=folder, name=name, by=request.user).pk)


@require_POST
def drop(request: Request, folder: str, name: str) -> HttpResponse:
    """Take the bureau's own one away; what another pack says counts again."""
    sort = _sort(folder)
    actions.drop_thing(folder=folder, name=name, by=request.user)
    messages.success(request, f"本局的{sort.word}“{name}”已撤去，立即生效。")
    return redirect("maker:index")


def _sort(folder: str) -> Sort:
    if folder not in SHARED:
        raise NotFound("REG-300", "没有这一类内容", remedy="在“设置 › 业务包”中选择")
    return SORTS[folder]


def _crumbs(label: str) -> dict[str, Any]:
    return {"breadcrumbs": [{"label": "业务包", "url": reverse("maker:index")}, {"label": label, "url": ""}]}
