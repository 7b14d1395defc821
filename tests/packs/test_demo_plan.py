"""The invented county's plan of 2026: its figures are the registers', its targets stand in its items."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

from tests.packs.test_demo_data import DEMO, UNITS, column, expected, parts, table

PLAN = (DEMO / "plan.txt").read_text(encoding="utf-8")
TARGETS = table("plan_targets.csv")


def test_the_plan_quotes_the_registers_figures() -> None:
    def percent(indicator: str) -> str:
        return f"{expected(indicator, 'SY2025') * 100:.2f}%"

    before, now = expected("pupil_count", "SY2024"), expected("pupil_count", "SY2025")
    for said in (
        f"学校{expected('school_count', 'SY2025')}所", f"在校学生{now}人", f"{before}人减少{before - now}人",
        f"下降{(before - now) / before * 100:.2f}%", f"专任教师{expected('teacher_count', 'SY2025')}人",
        f"生师比为{expected('pupil_teacher_ratio', 'SY2025'):.1f}:1",
        f"小学净入学率{percent('primary_net_enrolment_rate')}", f"初中三年巩固率{percent('junior_retention_rate')}",
        f"九年义务教育巩固率{percent('nine_year_retention_rate')}",
        f"高中阶段毛入学率{percent('senior_gross_enrolment_rate')}",
        f"学前三年毛入园率{percent('preschool_gross_enrolment_rate')}", f"占{percent('large_class_rate')}",
        f"{column('危房面积', 'SY2025'):.0f}平方米C级、D级危房",
    ):  # fmt: skip
        assert said in PLAN, said


def items() -> dict[str, str]:
    return {match[1]: match[0] for match in re.finditer(r"^(\d+)\..+$", PLAN, re.M)}


def test_every_item_of_the_plan_names_existing_leads_and_a_deadline_in_the_year() -> None:
    names = {row["名称"] for row in UNITS} | {"各学区"}
    for at, text in items().items():
        found = re.search(r"（牵头单位：(.+?)；配合单位：(.+?)；完成时限：(2026)年\d+月\d+日）$", text)
        assert found, at
        assert {*found[1].split("、"), *found[2].split("、")} <= names, at
    assert list(items()) == [str(at) for at in range(1, 27)]
    assert len(re.findall(r"^[一二三四五六七八]、", PLAN, re.M)) == 8


def test_every_target_stands_in_its_item_with_its_number_and_deadline() -> None:
    for row in TARGETS:
        text = items()[row["条目"]]
        value = float(row["目标值"])
        shown = [f"{value:g}", f"{value * 100:g}%", *(["零"] if value == 0 else [])]
        assert any(form in text for form in shown), row
        day = dt.date.fromisoformat(row["期限"])
        assert f"{day.year}年{day.month}月{day.day}日" in text, row
        assert expected(row["指标"], row["期间"], row["学段"] or None) is not None
    assert {row["比较"] for row in TARGETS} == {">=", "<=", "="}


def test_the_plan_document_holds_the_plan_text_and_no_clock() -> None:
    content = (DEMO / "plan.docx").read_bytes()
    text = re.sub(r"<[^>]+>", "", parts(content)["word/document.xml"].decode())
    for line in filter(None, PLAN.split("\n")):
        assert line.removeprefix("# ") in text
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert {info.date_time for info in package.infolist()} == {(2026, 2, 25, 9, 0, 0)}
