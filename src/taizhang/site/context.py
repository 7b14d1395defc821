"""What the frame of every page shows: the menu, the person's post."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from taizhang.events.work import waiting_for
from taizhang.org.models import Unit
from taizhang.org.notices import unread_count
from taizhang.org.policy import can, home_unit, is_installation, posts_of
from taizhang.registers.finding.lists import menu_views
from taizhang.registers.queries import registers_for
from taizhang.site.audit import may_audit

Item = dict[str, Any]
MOST_OPEN = 8


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of ``ui/base.html``. Asked for lazily: an error page of a passer-by costs no query."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"bureau_name": "台账"}
    post = next(iter(posts_of(user)), None)
    label = f"{user} · {post.unit.name} {post.role}" if post else str(user)
    return {
        "bureau_name": _bureau_name(),
        "menu": _menu(request),
        "user_label": label,
        "user_links": [
            {"label": "后台工作", "url": reverse("events:works"), "icon": "activity"},
            {"label": "我的岗位", "url": reverse("org:me"), "icon": "users"},
            {"label": "接口令牌", "url": reverse("api_tokens"), "icon": "key"},
            {"label": "修改密码", "url": reverse("password"), "icon": "key"},
        ],
        "search_url": reverse("search"),
        "notices_url": reverse("notices:index"),
        "notices_unread": lambda: unread_count(user),
        "works_url": reverse("events:works"),
        "works_waiting": lambda: waiting_for(user),
    }


def _bureau_name() -> str:
    """Whose ledger this is."""
    root = Unit.objects.filter(parent__isnull=True).order_by("id").values_list("name", flat=True).first()
    return f"{root or ''}台账"


def _menu(request: HttpRequest) -> list[dict[str, Any]]:
    """The stages of the loop, then the registers by line of business. A person without a post has a desk and no more."""
    user = request.user
    groups = [{"label": "", "items": [_item(request, "工作台", "desk", "home", key="d", exact=True)]}]
    if not posts_of(user) and not is_installation(user):
        return groups
    loop = [
        ("要点任务", "plans:tasks", "list-check", "t"),
        ("日程", "schedule:index", "calendar-week", "c"),
        ("报送", "collections:index", "send", "b"),
        ("文稿", "documents:index", "file-text", "w"),
        ("看板", "boards:index", "layout-dashboard", ""),
        ("指标", "indicators:index", "chart-line", "i"),
        ("标准与达标", "standards:index", "target", ""),
        ("数据质量", "quality:index", "checklist", ""),
        ("考核", "appraisal:index", "award", "k"),
        ("稿件", "reports:index", "report", "r"),
    ]
    if home_unit(user) and not _at_bureau(user):
        loop = loop[:-1]
    groups[0]["items"] += [_item(request, label, name, icon, key=key) for label, name, icon, key in loop]
    if pinned := menu_views(user):
        views = [{"label": name, "url": url, "icon": "pin", "key": "", "active": False} for name, url in pinned]
        groups.append({"label": "常用视图", "items": views, "open": True})
    registers = sorted(registers_for(user), key=lambda register: register.line)
    on_record = request.path.startswith(reverse("registers:index") + "records/")
    for line, items in groupby(registers, key=lambda register: register.line):
        entries = [
            _item(request, register.label or register.name, "registers:list", "notebook", args=[register.code])
            for register in items
        ]
        # A long menu shows the line one works in; the others open by a click.
        shown = len(registers) <= MOST_OPEN or on_record or any(entry["active"] for entry in entries)
        groups.append({"label": f"台账 · {line}", "items": entries, "open": shown})
    if can(user, "manage_units") or _at_bureau(user):
        settings = [_item(request, "单位", "org:units", "sitemap"), _item(request, "人员", "org:people", "users")]
        if can(user, "make_registers") or can(user, "release_packs"):
            settings.append(_item(request, "业务包", "maker:index", "packages"))
            settings.append(_item(request, "工作日历", "calendar", "calendar"))
        if can(user, "manage_units"):
            settings.append(_item(request, "体检", "health", "activity"))
        if may_audit(user):
            settings.append(_item(request, "审计", "audit", "eye"))
        groups.append({"label": "设置", "items": settings})
    return groups


def _at_bureau(user: Any) -> bool:
    return is_installation(user) or any(post.unit.level in ("bureau", "section") for post in posts_of(user))


def _item(
    request: HttpRequest,
    label: str,
    name: str,
    icon: str,
    *,
    key: str = "",
    args: list[str] | None = None,
    exact: bool = False,
) -> Item:
    url = reverse(name, args=args)
    active = request.path == url if exact else request.path.startswith(url)
    return {"label": label, "url": url, "icon": icon, "key": key, "active": active}
