"""A county with two years of returns, hazards and a plan, for the tests that write a report from the database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from taizhang.kernel.tables import table_from_bytes
from taizhang.plans.models import Plan, Target, Task, TaskUnit
from taizhang.registers.loading import load_table
from tests.support import County, make_county

HEAD = (
    "单位编码,期间,学段,办学类型,办学性质,城乡分类,校数,教学点数,在校生数,招生数,毕业生数,转入学生数,转出学生数,死亡学生数,辍学学生数,"
    "班数,教职工数,专任教师数,适龄人口数,适龄人口在校生数,体育运动场馆面积,占地面积\n"
)
ROW = "{unit},{period},{stage},{kind},公办,主城区,1,0,{pupils},100,90,0,0,0,0,20,80,{teachers},900,890,{sports},60000\n"
# unit, stage, kind, period → pupils, teachers, sports area
RETURNS = {
    ("S1", "小学", "小学", "SY2024"): (800, 50, 5600),
    ("S2", "小学", "小学", "SY2024"): (600, 40, 4800),
    ("S3", "初中", "初级中学", "SY2024"): (900, 70, 9900),
    ("S1", "小学", "小学", "SY2025"): (820, 52, 5600),
    ("S2", "小学", "小学", "SY2025"): (590, 40, 4800),
    ("S3", "初中", "初级中学", "SY2025"): (910, 70, 9900),
}
HAZARDS = """单位编码,发现日期,隐患类别,隐患等级,隐患描述,整改期限,状态
S1,2026-03-01,消防安全,一般,楼道堆放杂物,2026-03-20,已销号
S1,2026-04-01,消防安全,重大,疏散门上锁,2026-04-10,整改中
S3,2026-05-01,食品卫生,一般,留样不足,2026-05-20,已销号
S3,2025-05-01,食品卫生,一般,台账缺页,2025-05-20,已销号
S2,2026-06-01,水电气热,一般,重复登记,2026-06-20,作废
"""


@pytest.fixture
def county(db, settings, tmp_path: Path) -> County:
    """Two school years of three schools, five hazards, four tasks."""
    settings.FILES, settings.WAREHOUSE = tmp_path / "files", tmp_path / "warehouse"
    settings.WAREHOUSE.mkdir()
    # Nothing is collected here, and the static server warns where no folder is.
    settings.STATIC_ROOT = tmp_path
    cast = make_county()
    rows = [
        ROW.format(unit=unit, period=period, stage=stage, kind=kind, pupils=pupils, teachers=teachers, sports=sports)
        for (unit, stage, kind, period), (pupils, teachers, sports) in RETURNS.items()
    ]
    for register, text in (("education_basics", HEAD + "".join(rows)), ("safety_hazard", HAZARDS)):
        loaded = load_table(register, table_from_bytes(text.encode(), f"{register}.csv"), None)
        assert not loaded.refused, loaded.refused
    _plan(cast)
    return cast


def _plan(cast: County) -> None:
    plan = Plan.objects.create(title="2026年工作要点", unit=cast.unit("B1"), period="2026", state=Plan.ACCEPTED)
    lines = (
        ("排查校舍12处", "安全工作", date(2026, 3, 31), Task.DONE, date(2026, 3, 20)),
        ("更新消防器材", "安全工作", date(2026, 4, 30), Task.OPEN, None),
        ("核定预算", "经费管理", None, Task.OPEN, None),
        ("取消的任务", "经费管理", None, Task.CANCELLED, None),
    )
    for order, (title, chapter, deadline, state, done_on) in enumerate(lines):
        task = Task.objects.create(
            plan=plan, order=order, title=title, path=[chapter], deadline=deadline, state=state, done_on=done_on
        )
        TaskUnit.objects.create(task=task, unit=cast.unit("K2"), part=TaskUnit.LEAD)
    first = plan.tasks.get(order=0)
    Target.objects.create(
        task=first, subject="隐患整改率", comparator=">=", value=95, unit="%", indicator_code="hazard_rectified_rate"
    )
