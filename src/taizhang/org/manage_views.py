"""The pages on which units, people and posts are kept. Reading: who may look at the unit; writing: who manages units."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import xlsxwriter
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.tables import table_from_bytes
from taizhang.org import changes, posts
from taizhang.org.actions import PEOPLE_COLUMNS, UNIT_COLUMNS, Loaded, create_user, load_people, load_units
from taizhang.org.codes import doubt_about
from taizhang.org.manage_forms import (
    CloseForm,
    DelegationForm,
    EndPostForm,
    MoveForm,
    NewPersonForm,
    NewUnitForm,
    PostForm,
    ReasonForm,
    RenameForm,
    SplitForm,
    TableForm,
)
from taizhang.org.models import Delegation, Post, Unit, User
from taizhang.org.policy import can, posts_of, require
from taizhang.org.queries import get_unit_for, person_for
from taizhang.org.request import UserRequest
from taizhang.ui.tables import Column, Row, Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNPROCESSABLE = 422
Act = Callable[[Unit, dict[str, Any], User], Any]


def _merge_or_close(unit: Unit, given: dict[str, Any], by: User) -> Unit:
    more = {"last_day": given["last_day"], "reason": given["reason"], "by": by}
    if given["into"] is None:
        return changes.close_unit(unit=unit, **more)
    changes.merge_units(units=[unit], into=given["into"], move_posts=given["move_posts"], **more)
    return unit


# What can be done with a unit: its words on the page, its form, and the action behind it.
UNIT_ACTS: dict[str, tuple[str, type[forms.Form], Act]] = {
    "open": ("新增下级", NewUnitForm, lambda unit, given, by: None),
    "rename": ("改名称类型", RenameForm, lambda unit, given, by: changes.rename_unit(unit=unit, by=by, **given)),
    "move": ("换上级", MoveForm, lambda unit, given, by: changes.move_unit(unit=unit, by=by, **given)),
    "split": ("拆分", SplitForm, lambda unit, given, by: changes.split_unit(unit=unit, by=by, **given)),
    "close": ("撤并停用", CloseForm, _merge_or_close),
    "reopen": ("恢复", ReasonForm, lambda unit, given, by: changes.reopen_unit(unit=unit, by=by, **given)),
}


def unit(request: UserRequest, code: str) -> HttpResponse:
    """One unit: what it is, was, holds; and what can be done with it."""
    return _unit_page(request, get_unit_for(request.user, code))


@require_POST
def change_unit(request: UserRequest, code: str, act: str) -> HttpResponse:
    """One of the acts on a unit. A form that is wrong comes back open, with what was typed."""
    found = get_unit_for(request.user, code)
    require(request.user, changes.MANAGE, "维护单位")
    if act not in UNIT_ACTS:
        raise NotFound("ORG-070", "没有这个操作")
    label, form_class, act_on = UNIT_ACTS[act]
    form = form_class(request.POST)
    if form.is_valid():
        try:
            if isinstance(form, NewUnitForm):
                made = changes.open_unit(unit=form.unit(), parent=found, on=form.cleaned_data["on"], by=request.user)
                doubt = doubt_about(made.code, made.kind)
                if doubt:
                    messages.warning(request, f"请核对：{doubt}")
                found = made
            else:
                act_on(found, form.cleaned_data, request.user)
        except Problem as problem:
            return _unit_page(request, found, problem=problem, tried=(act, form))
        messages.success(request, f"{label}：已办理")
        return redirect("org:unit", found.code)
    return _unit_page(request, found, tried=(act, form), problem=_first_error(form))


def _unit_page(
    request: UserRequest, found: Unit, problem: Problem | None = None, tried: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    manages = can(request.user, changes.MANAGE)
    context = {
        "unit": found,
        "facts": _unit_facts(found),
        "spans": found.spans.select_related("parent"),
        "children": _children_table(found),
        "staff": _staff_table(found),
        "acts": _unit_forms(found, tried) if manages else [],
        "problem": problem,
        "breadcrumbs": [{"label": "单位", "url": reverse("org:units")}, {"label": found.name, "url": ""}],
    }
    return render(request, "org/unit.html", context, status=UNPROCESSABLE if problem else 200)


def _unit_facts(found: Unit) -> list[dict[str, Any]]:
    merged = "、".join(f"{item.name}（{item.closed_on}）" for item in found.merged_from.all())
    pairs = [
        ("编码", found.code), ("类型", found.kind), ("上级单位", found.parent.name if found.parent else ""),
        ("办学性质", found.ownership), ("城乡", found.locality), ("启用日期", found.opened_on),
        ("停用日期", found.closed_on or "—"), ("并入", found.merged_into.name if found.merged_into else ""),
        ("由谁拆分", found.split_from.name if found.split_from else ""), ("并入本单位的", merged),
    ]  # fmt: skip
    return [{"label": label, "value": value} for label, value in pairs if value not in ("", None)]


def _unit_forms(found: Unit, tried: tuple[str, forms.Form] | None) -> list[dict[str, Any]]:
    names = ["reopen"] if found.closed_on else ["open", "rename", "move", "split", "close"]
    initial = {"name": found.name, "kind": found.kind}
    return [
        {
            "name": name,
            "label": UNIT_ACTS[name][0],
            "form": tried[1]
            if tried and tried[0] == name
            else UNIT_ACTS[name][1](initial=initial if name == "rename" else None),
            "url": reverse("org:change_unit", args=[found.code, name]),
            "danger": name == "close",
            "id": f"act-{name}",
        }
        for name in names
    ]


def _children_table(found: Unit) -> Table:
    rows = [
        Row(
            [item.name, item.code, item.kind, item.opened_on, item.closed_on], url=reverse("org:unit", args=[item.code])
        )
        for item in found.children.order_by("closed_on", "order", "id")[:200]
    ]
    columns = [Column("名称"), Column("编码"), Column("类型"), Column("启用日期", "date"), Column("停用日期", "date")]
    return Table(columns, rows, "下级单位", empty="没有下级单位", id="children")


def _staff_table(found: Unit) -> Table:
    rows = [
        Row([post.user.name, post.role, post.since, post.until], url=reverse("org:person", args=[post.user_id]))
        for post in found.posts.select_related("user").order_by("until", "id")[:200]
    ]
    columns = [Column("姓名"), Column("岗位"), Column("起始日期", "date"), Column("截止日期", "date")]
    return Table(columns, rows, "人员", empty="没有人员", id="staff")


def person(request: UserRequest, person_id: int) -> HttpResponse:
    """One person's posts and delegations."""
    return _person_page(request, person_for(request.user, person_id))


def _person_page(request: UserRequest, found: User, problem: Problem | None = None, told: str = "") -> HttpResponse:
    today = timezone.localdate()
    held = list(found.posts.select_related("unit").order_by("-since"))
    lent = Delegation.objects.filter(post__user=found).select_related("post__unit", "to")
    manages = can(request.user, changes.MANAGE)
    context = {
        "person": found,
        "posts": [
            {
                "post": post,
                "end_id": f"end-{post.pk}",
                "lend_id": f"lend-{post.pk}",
                "held": post.since <= today and (post.until is None or post.until >= today),
                "end_form": EndPostForm() if manages and (post.until is None or post.until > today) else None,
                "delegate_form": DelegationForm() if manages or found.pk == request.user.pk else None,
            }
            for post in held
        ],
        "delegations": [
            {"item": item, "may_end": item.until >= today and (manages or found.pk == request.user.pk)} for item in lent
        ],
        "post_form": PostForm() if manages else None,
        "manages": manages and found.pk != request.user.pk,
        "told": told,
        "problem": problem,
        "breadcrumbs": [{"label": "人员", "url": reverse("org:people")}, {"label": found.name, "url": ""}],
    }
    return render(request, "org/person.html", context, status=UNPROCESSABLE if problem else 200)


def _done(
    request: UserRequest, found: User, form: forms.Form | None, act: Callable[[dict[str, Any]], Any]
) -> HttpResponse:
    """Run an act on a person's page, and come back there."""
    if form is not None and not form.is_valid():
        return _person_page(request, found, problem=_first_error(form))
    try:
        act(form.cleaned_data if form is not None else {})
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        return _person_page(request, found, problem=problem)
    messages.success(request, "已办理。")
    return redirect("org:person", found.pk)


@require_POST
def give_post(request: UserRequest, person_id: int) -> HttpResponse:
    """Another post for a person."""
    found = person_for(request.user, person_id)
    return _done(
        request, found, PostForm(request.POST), lambda given: posts.give_post(user=found, by=request.user, **given)
    )


@require_POST
def end_post(request: UserRequest, post_id: int) -> HttpResponse:
    """The last day of a post."""
    post = _post(request, post_id)
    return _done(
        request, post.user, EndPostForm(request.POST), lambda given: posts.end_post(post=post, by=request.user, **given)
    )


@require_POST
def delegate(request: UserRequest, post_id: int) -> HttpResponse:
    """Somebody acts in a post while its holder is away."""
    post = _post(request, post_id)
    return _done(
        request,
        post.user,
        DelegationForm(request.POST),
        lambda given: posts.delegate(post=post, by=request.user, **given),
    )


@require_POST
def end_delegation(request: UserRequest, delegation_id: int) -> HttpResponse:
    """Take a delegation back."""
    found = Delegation.objects.select_related("post__user", "post__unit", "to").filter(pk=delegation_id).first()
    if found is None:
        raise NotFound("ORG-071", "没有这项委托", remedy="请刷新页面")
    person_for(request.user, found.post.user_id)
    return _done(request, found.post.user, None, lambda given: posts.end_delegation(delegation=found, by=request.user))


@require_POST
def set_active(request: UserRequest, person_id: int) -> HttpResponse:
    """Close an account, or open it."""
    found = person_for(request.user, person_id)
    wanted = request.POST.get("active") == "1"
    return _done(request, found, None, lambda given: posts.set_active(user=found, active=wanted, by=request.user))


@require_POST
def reset_password(request: UserRequest, person_id: int) -> HttpResponse:
    """A new password, shown this once and never cached."""
    found = person_for(request.user, person_id)
    password = posts.reset_password(user=found, by=request.user)
    response = _person_page(request, found, told=password)
    response["Cache-Control"] = "no-store"
    return response


def new_person(request: UserRequest) -> HttpResponse:
    """An account; its posts and password are set on its page."""
    require(request.user, changes.MANAGE, "维护人员")
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = create_user(by=request.user, **form.cleaned_data)
        messages.success(request, "账号已建立，请安排岗位并重设密码。")
        return redirect("org:person", made.pk)
    return render(request, "org/new_person.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


LOADERS: dict[str, tuple[str, tuple[str, ...], Callable[..., Loaded]]] = {
    "units": ("单位", (*UNIT_COLUMNS, "并入", "办学性质", "城乡"), load_units),
    "people": ("人员", (*PEOPLE_COLUMNS, "电话"), load_people),
}


def load(request: UserRequest, what: str) -> HttpResponse:
    """Units or people from a table: all rows or none, each fault with its row."""
    require(request.user, changes.MANAGE, "维护单位与人员")
    if what not in LOADERS:
        raise NotFound("ORG-070", "没有这个页面")
    label, columns, loader = LOADERS[what]
    form = TableForm(request.POST or None, request.FILES or None)
    problem = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            loaded = loader(table=table_from_bytes(file.read(), file.name), by=request.user)
        except Problem as wrong:
            problem = wrong
        else:
            messages.success(request, f"已导入{label}：新增 {loaded.created}，更新 {loaded.updated}。")
            return redirect(f"org:{what}")
    context = {"form": form, "label": label, "what": what, "columns": columns, "problem": problem}
    return render(request, "org/load.html", context, status=UNPROCESSABLE if problem or form.errors else 200)


def load_template(request: UserRequest, what: str) -> HttpResponse:
    """The table to fill in, as xlsx with text columns: codes keep their leading zeros."""
    require(request.user, changes.MANAGE, "维护单位与人员")
    if what not in LOADERS:
        raise NotFound("ORG-070", "没有这个页面")
    label, columns, _ = LOADERS[what]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page, text = book.add_worksheet(label), book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True})
        page.set_column(0, len(columns) - 1, 18, text)
        page.write_row(0, 0, columns, bold)
        page.freeze_panes(1, 0)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename={what}.xlsx"
    return response


def me(request: UserRequest) -> HttpResponse:
    """One's own page: posts, delegations given and received."""
    acting = [post for post in posts_of(request.user) if post.user_id != request.user.pk]
    for post in acting:
        messages.info(request, f"您正在代办：{post.user.name}（{post.unit.name} {post.role}）")
    return _person_page(request, request.user)


def _post(request: UserRequest, post_id: int) -> Post:
    post = Post.objects.select_related("user", "unit").filter(pk=post_id).first()
    if post is None:
        raise NotFound("ORG-072", "没有这个岗位", remedy="请刷新页面")
    person_for(request.user, post.user_id)
    return post


def _first_error(form: forms.Form) -> Problem:
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return Problem("ORG-073", f"{label}：{errors[0]}" if label else str(errors[0]), where=str(label or ""))
