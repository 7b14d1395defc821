"""The page on which an administrator sees whether the installation is sound and which business has its register."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from taizhang.org.policy import require
from taizhang.org.request import UserRequest
from taizhang.site.doctor import BAD, GOOD, NOTE, examine, systems
from taizhang.ui.tables import Column, Row, Table

CATEGORY = {GOOD: "", NOTE: "warn", BAD: "late"}


def page(request: UserRequest) -> HttpResponse:
    """The doctor's findings, and the business systems with their registers."""
    require(request.user, "manage_units", "查看体检")
    findings = list(examine())
    checks = Table(
        [Column("检查"), Column("结果"), Column("情况"), Column("处理办法")],
        [Row([item.check, item.level, item.words, item.remedy], category=CATEGORY[item.level]) for item in findings],
        "体检",
        id="checks",
    )
    found = systems()
    held = sum(bool(item["registers"]) for item in found)
    business = Table(
        [Column("编号"), Column("业务"), Column("台账或环节"), Column("记录", "number")],
        [Row([item["system"], item["name"], "、".join(item["registers"]), item["records"]]) for item in found],
        "业务覆盖",
        id="systems",
    )
    faults = sum(item.level == BAD for item in findings)
    shown = {"checks": checks, "business": business, "faults": faults, "held": held, "total": len(found)}
    return render(request, "site/health.html", shown)
