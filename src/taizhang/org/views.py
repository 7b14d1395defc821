"""Login, password, and the pages that show units and people."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from taizhang.org.actions import change_password
from taizhang.org.forms import LoginForm, NewPasswordForm, SearchForm
from taizhang.org.policy import can
from taizhang.org.queries import people_for, units_for
from taizhang.ui.tables import Column, Row, Table

PAGE_SIZE = 50


class Login(LoginView):
    """The one page that needs no login."""

    template_name = "org/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        if self.request.user.must_change_password:
            return reverse("password")
        return super().get_success_url()


def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    form = NewPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = change_password(user=request.user, password=form.cleaned_data["new_password1"], by=request.user)
        update_session_auth_hash(request, user)
        messages.success(request, "密码已修改。")
        return redirect("desk")
    return render(request, "org/password.html", {"form": form})


def units(request: HttpRequest) -> HttpResponse:
    """The unit tree, as far as the person may see it."""
    form = SearchForm(request.GET or None)
    found = units_for(request.user)
    if query := form.query():
        found = found.filter(Q(name__icontains=query) | Q(code__startswith=query))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        Row(
            ["　" * unit.depth() + unit.name, unit.code, unit.kind, unit.ownership, unit.locality, unit.opened_on, unit.closed_on,
             unit.merged_into.name if unit.merged_into else ""],
            url=reverse("org:unit", args=[unit.code]),
        )
        for unit in page
    ]  # fmt: skip
    columns = [
        Column("名称"), Column("编码"), Column("类型"), Column("办学性质"), Column("城乡"), Column("启用日期", "date"),
        Column("停用日期", "date"), Column("并入"),
    ]  # fmt: skip
    table = Table(columns, rows, "单位", empty="没有单位", remedy="导入单位表，或换一个查询词")
    return render(
        request,
        "org/units.html",
        {"page": page, "table": table, "filters": form, "manages": can(request.user, "manage_units")},
    )


def people(request: HttpRequest) -> HttpResponse:
    """Who holds which post."""
    form = SearchForm(request.GET or None)
    found = people_for(request.user)
    if query := form.query():
        found = found.filter(Q(user__name__icontains=query) | Q(unit__name__icontains=query))
    page = Paginator(found.order_by("unit__order", "id"), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        Row(
            [post.user.name, post.unit.name, post.role, post.user.username, post.since, post.until],
            url=reverse("org:person", args=[post.user_id]),
        )
        for post in page
    ]
    columns = [
        Column("姓名"), Column("单位"), Column("岗位"), Column("账号"), Column("起始日期", "date"), Column("截止日期", "date")
    ]  # fmt: skip
    table = Table(columns, rows, "人员", empty="没有人员", remedy="导入人员表，或换一个查询词")
    return render(
        request,
        "org/people.html",
        {"page": page, "table": table, "filters": form, "manages": can(request.user, "manage_units")},
    )
