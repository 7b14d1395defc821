"""The invented county's plan of 2026: its figures are the registers', its targets stand in its items."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import yaml

from tests.packs.test_demo_data import (
    DEMO,
    EXPECTED,
    HAZARDS,
    PEOPLE,
    UNITS,
    column,
    core,
    expected,
    large_classes,
    parts,
    table,
)

PLAN = (DEMO / "plan.txt").read_text(encoding="utf-8")
TARGETS, PROGRESS = table("plan_targets.csv"), table("plan_progress.csv")
LOAD = yaml.safe_load((DEMO / "load.yaml").read_text(encoding="utf-8"))
CODE = {row["名称"]: row["编码"] for row in UNITS}


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


def reached(target: dict[str, str]) -> bool:
    """Whether the county's figure of the target's period keeps the promise."""
    value, wanted = expected(target["指标"], target["期间"], target["学段"] or None), float(target["目标值"])
    return bool({">=": value >= wanted, "<=": value <= wanted, "=": value == wanted}[target["比较"]])


def test_targets_are_judged_at_the_newest_returns_or_at_the_year_and_most_but_not_all_are_reached() -> None:
    hazards = {row["指标"] for row in TARGETS if row["期间"] == "2026"}
    assert hazards == {"hazard_rectified_rate", "open_major_hazard_count"}
    assert {row["期间"] for row in TARGETS} == {"2026", "SY2026"}
    missed = {(row["指标"], row["学段"]) for row in TARGETS if not reached(row)}
    assert missed == {
        ("multimedia_rooms_per_100", "初中"), ("above_rule_teacher_rate", ""),
        ("hazard_rectified_rate", ""), ("open_major_hazard_count", ""),
    }  # fmt: skip


def part_of(unit: str, item: str) -> str:
    """Whether a unit leads or assists in an item that names it; empty when it has no part (各学区 names nobody)."""
    found = re.search(r"牵头单位：(.+?)；配合单位：(.+?)；", items()[item])
    assert found
    name = next(row["名称"] for row in UNITS if row["编码"] == unit)
    return "lead" if name in found[1].split("、") else "assisting" if name in found[2].split("、") else ""


def test_reports_come_from_units_of_the_task_by_people_who_may_report() -> None:
    posts = {post for post, body in core("roles.yaml")["posts"].items() if "edit_own_task" in body["can"]}
    able = {row["单位编码"] for row in PEOPLE if row["岗位"] in posts}
    for row in PROGRESS:
        assert row["单位编码"] in able, row
        part = part_of(row["单位编码"], row["条目"])
        assert part and (part == "lead" or int(row["进度"]) < 100), row
    assert {part_of(row["单位编码"], row["条目"]) for row in PROGRESS} == {"lead", "assisting"}


def test_a_report_of_a_stranger_to_the_task_would_be_noticed() -> None:
    assert part_of(CODE["办公室"], "1") == "lead"
    assert part_of(CODE["东岭学区"], "7") == "assisting"
    assert part_of(CODE["东岭学区"], "1") == part_of(CODE["办公室"], "2") == ""


def test_reports_run_from_the_acceptance_to_today_on_weekdays_and_never_fall_back() -> None:
    assert list(PROGRESS[0]) == ["条目", "日期", "单位编码", "进度", "说明"]
    accepted = next(step["accepted"] for step in LOAD["load"] if "plan" in step)
    days = [dt.date.fromisoformat(row["日期"]) for row in PROGRESS]
    assert accepted == dt.date(2026, 2, 27) < days[0] and days[-1] <= LOAD["today"]
    assert days == sorted(days) and all(day.weekday() < 5 for day in days)
    for item in items():
        steps = [int(row["进度"]) for row in PROGRESS if row["条目"] == item]
        assert steps and steps == sorted(set(steps)) and steps[0] > 0 and steps[-1] <= 100, item
    assert all(len(row["说明"]) >= 10 for row in PROGRESS)
    assert len({row["说明"] for row in PROGRESS}) == len(PROGRESS)


def deadline(item: str) -> dt.date:
    found = re.search(r"完成时限：(\d+)年(\d+)月(\d+)日", items()[item])
    assert found
    return dt.date(*(int(part) for part in found.groups()))


def test_most_due_tasks_are_done_some_late_and_a_few_are_overdue_today() -> None:
    done = {row["条目"]: dt.date.fromisoformat(row["日期"]) for row in PROGRESS if row["进度"] == "100"}
    late = {item for item, day in done.items() if day > deadline(item)}
    overdue = {item for item in items() if item not in done and deadline(item) < LOAD["today"]}
    assert late == {"3", "10"}
    assert overdue == {"5", "7", "17", "20"}
    due = [item for item in items() if deadline(item) < LOAD["today"]]
    assert len([item for item in due if item in done and item not in late]) > len(due) / 2
    assert len(items()) - len(done) - len(overdue) == 9  # on course for the end of November or December


def test_reports_quote_the_registers_figures() -> None:
    notes = "\n".join(row["说明"] for row in PROGRESS)

    def percent(indicator: str, period: str = "SY2026") -> str:
        return f"{expected(indicator, period) * 100:.2f}%"

    found = [row for row in HAZARDS if row["发现日期"] >= "2026" and row["状态"] != "作废"]
    closed = sum(row["状态"] == "已销号" for row in found)
    before, now = (sum(large_classes(period).values()) for period in ("SY2025", "SY2026"))
    for said in (
        f"小学净入学率{percent('primary_net_enrolment_rate')}，初中三年巩固率{percent('junior_retention_rate')}",
        f"九年义务教育巩固率{percent('nine_year_retention_rate')}", f"辍学{column('辍学学生数', 'SY2026'):.0f}人",
        f"大班额由{before}个减到{now}个", f"学前三年毛入园率{percent('preschool_gross_enrolment_rate')}",
        f"学历合格率{percent('qualified_teacher_rate')}，高于规定学历教师比例{percent('above_rule_teacher_rate')}",
        f"教学及辅助用房{expected('teaching_area_per_pupil', 'SY2026', '小学'):.2f}平方米",
        f"体育运动场馆{expected('sports_area_per_pupil', 'SY2026', '小学'):.2f}平方米",
        f"网络多媒体教室{expected('multimedia_rooms_per_100', 'SY2026', '初中'):.2f}间",
        f"仪器设备值{expected('equipment_value_per_pupil', 'SY2026'):.0f}元",
        f"图书{expected('books_per_pupil', 'SY2026'):.2f}册", f"计算机{expected('computers_per_100', 'SY2026'):.2f}台",
        f"登记隐患{len(found)}条，已销号{closed}条，整改率{percent('hazard_rectified_rate', '2026')}",
        f"重大隐患{expected('open_major_hazard_count', '2026')}条未销号",
    ):  # fmt: skip
        assert said in notes, said
    assert EXPECTED["today"] == LOAD["today"].isoformat()


def test_the_plan_document_holds_the_plan_text_and_no_clock() -> None:
    content = (DEMO / "plan.docx").read_bytes()
    text = re.sub(r"<[^>]+>", "", parts(content)["word/document.xml"].decode())
    for line in filter(None, PLAN.split("\n")):
        assert line.removeprefix("# ") in text
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert {info.date_time for info in package.infolist()} == {(2026, 2, 25, 9, 0, 0)}


def test_the_number_check_finds_nothing_wrong_in_the_demos_own_plan():
    from taizhang.reading import read

    reading = read(DEMO / "plan.docx")
    assert [item.why for item in reading.relations if item.holds is False] == []
