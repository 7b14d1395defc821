"""What the tests of collections share: two small registers, a round, a full return."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from taizhang.org.actions import assign_post, create_user
from taizhang.org.models import User
from taizhang.registers.collections.actions import open_round
from taizhang.registers.collections.models import Return, Round
from tests.support import START, County

ACCESS = """
access:
  学校: {see: own, create: own, edit: own}
  学区: {see: below, edit: below}
  科室: {see: all, create: all, edit: all}
"""
MEALS = f"""
register: meals
name: 就餐情况
line: 统计
kind: statistics
owner: 计划财务科
period: month
dimensions: [学段]
sections: [人数, 费用]
fields:
  - {{name: 学段, type: choice, options: [小学, 初中], required: true}}
  - {{name: 在校生数, type: integer, required: true, min: 0, section: 人数}}
  - {{name: 就餐人数, type: integer, required: true, min: 0, swing: 0.1, section: 人数}}
  - {{name: 就餐率, type: percent, formula: "就餐人数 / 在校生数", section: 人数}}
  - {{name: 餐费, type: money, section: 费用}}
  - {{name: 补助比例, type: percent, section: 费用}}
  - {{name: 负责人电话, type: phone, sensitive: true, section: 费用}}
checks:
  - {{name: 就餐不超过在校, formula: "就餐人数 <= 在校生数", message: 就餐人数不能大于在校生数}}
  - {{name: 餐费合理, formula: "餐费 <= 就餐人数 * 500", message: 人均餐费超过500元, level: warning}}
{ACCESS}"""
HEADS = f"""
register: heads
name: 月报人数
line: 统计
kind: statistics
owner: 计划财务科
period: month
dimensions: [学段]
fields:
  - {{name: 学段, type: choice, options: [小学, 初中], required: true}}
  - {{name: 在校生数, type: integer, required: true, min: 0}}
{ACCESS}"""
ROOMS = f"""
register: rooms
name: 功能室名册
line: 统计
kind: roster
owner: 计划财务科
fields:
  - {{name: 名称, type: text, required: true}}
  - {{name: 面积, type: decimal}}
{ACCESS}"""
PERIOD = "2026-10"
FULL: dict[str, Any] = {
    "在校生数": "400",
    "就餐人数": "380",
    "餐费": "3000.50",
    "补助比例": "85.5",
    "负责人电话": "15400000001",
}


def a_round(county: County, codes: str = "S1 S2 S3", by: User | None = None, **more: Any) -> Round:
    """An open round of the meals register, due in a week."""
    settings = {
        "register": "meals", "period": PERIOD, "title": "10月就餐情况", "by": by or county.finance,
        "units": [county.unit(code) for code in codes.split()], "due_on": timezone.localdate() + timedelta(days=7),
    }  # fmt: skip
    return open_round(**(settings | more))


def return_of(round_: Round, code: str) -> Return:
    return round_.returns.select_related("round", "unit", "submitted_by").get(unit__code=code)


def cells(key: str = "小学", **changes: Any) -> dict[tuple[str, str], Any]:
    """The cells of one full row."""
    return {(key, name): value for name, value in (FULL | changes).items()}


def headmaster(county: County, code: str = "S1") -> User:
    """A 校长 of a school."""
    user = create_user(username=f"head{code}", name=f"校长{code}", by=None)
    assign_post(user=user, unit=county.unit(code), role="校长", since=START, by=None)
    return user
