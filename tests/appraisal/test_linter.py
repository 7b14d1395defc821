"""A scheme that cannot work, or that the law forbids, is refused before it is released."""

from __future__ import annotations

import pytest

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.pack import read_files
from taizhang.kernel.errors import Problem
from tests.appraisal.rounds import PACK, SCHEME, release
from tests.support import make_county

pytestmark = pytest.mark.django_db

SPOILED = {
    "按升学率": ("name: 预算,", "name: 中考升学率,"),
    "没有单位类型“小学校”": ("kinds: [小学]", "kinds: [小学校]"),
    "里没有单位": ("{name: 小学组, kinds: [小学]}", "{name: 小学组}"),
    "没有组别“高中组”": ("judge: 计划财务科}", "judge: 计划财务科, groups: [高中组]}"),
    "从高到低": ("at_least: 80", "at_least: 95"),
    "没有等次“良”": ("band: 良好", "band: 良"),
    "写错了地方": ("effect: deduct, points: 4,", "effect: deduct,"),
    "没有指标“隐患整治率”": ("coalesce(隐患整改率, 1)", "隐患整治率"),
    "不能有汇总函数": ("满分 * coalesce(隐患整改率, 1)", "sum(隐患整改率)"),
    "看不懂": ("满分 * coalesce(隐患整改率, 1)", "满分 * ("),
    "公式不对": ("kind: judged, points: 40, judge: 安全管理科", "kind: measured, points: 40, judge: 安全管理科"),
    "没有分值": ("kind: add, each: 2, max: 6", "kind: add, max: 6"),
    "写了两次": ("name: 预算,", "name: 检查,"),
    "不认识": ("judge: 计划财务科", "judger: 计划财务科"),
}


@pytest.mark.parametrize("message", sorted(SPOILED))
def test_a_spoiled_scheme_is_refused_with_its_line(message: str):
    make_county()
    before, after = SPOILED[message]
    assert before in SCHEME
    text = SCHEME.replace(before, after)
    with pytest.raises(Problem, match=message) as refused:
        apply_pack(pack=read_files({"pack.yaml": PACK, "appraisal/small.yaml": text}), by_name="测试")
    assert "appraisal/small.yaml:" in str(refused.value)


def test_the_scheme_that_was_spoiled_is_sound():
    make_county()
    release()
