"""The invented county's files, as data: what a bureau's own files would have to satisfy, and what the story promises."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from scripts import make_demo

PACKS = Path(make_demo.PACK).parent
DEMO, CORE = PACKS / "demo", PACKS / "core"
Row = dict[str, str]
SCHOOL_CODE = re.compile(r"(11|21|22|3[1-7]|4[12]|51|9[123])(\d{2})(\d{6})")
PROVINCES = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)}
SCHOOL_TYPES = ("幼儿园", "小学", "教学点", "初级中学", "九年一贯制学校", "完全中学", "高级中学", "中等职业学校",
                "特殊教育学校")  # fmt: skip
PARTS = {  # whole: fields that can never exceed it
    "在校生数": ("女生数", "寄宿生数", "随迁子女数", "留守儿童数", "残疾学生数", "招生数"),
    "教职工数": ("专任教师数",),
    "专任教师数": ("学历合格教师数", "县级及以上骨干教师数", "体育艺术教师数", "中级及以上职称教师数"),
    "学历合格教师数": ("高于规定学历教师数",),
    "校舍建筑面积": ("教学及辅助用房面积", "危房面积"),
    "教学及辅助用房面积": ("室内体育用房面积",),
    "体育运动场馆面积": ("室内体育用房面积",),
    "占地面积": (),
    "适龄人口数": ("适龄人口在校生数",),
}
BANDS = {"班额25人及以下": (1, 25), "班额26至35人": (26, 35), "班额36至45人": (36, 45), "班额46至50人": (46, 50),
         "班额51至55人": (51, 55), "班额56至65人": (56, 65), "班额66人及以上": (66, 99)}  # fmt: skip
DEGREES = ("研究生学历教师数", "本科学历教师数", "专科学历教师数", "高中阶段学历教师数", "高中阶段以下学历教师数")


def table(name: str) -> list[Row]:
    with (DEMO / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def core(path: str) -> Any:
    return yaml.safe_load((CORE / path).read_text(encoding="utf-8"))


UNITS, PEOPLE = table("units.csv"), table("people.csv")
BASICS, HAZARDS = table("education_basics.csv"), table("safety_hazards.csv")
UNIT = {row["编码"]: row for row in UNITS}
EXPECTED = json.loads((DEMO / "expected.json").read_text(encoding="utf-8"))


def expected(indicator: str, period: str, stage: str | None = None) -> Any:
    """The county's value of an indicator."""
    by = {"学段": stage} if stage else None
    return next(
        item["value"]
        for item in EXPECTED["values"]
        if (item["indicator"], item["unit"], item["period"], item["by"]) == (indicator, "529926", period, by)
    )


def is_open(code: str, day: str) -> bool:
    unit = UNIT[code]
    return unit["启用日期"] <= day and (not unit["停用日期"] or day <= unit["停用日期"])


# --- units and people ------------------------------------------------------------------------------------------------


def test_unit_codes_are_unique_and_parents_come_first() -> None:
    seen: set[str] = set()
    for row in UNITS:
        assert row["编码"] not in seen
        assert not row["上级编码"] or row["上级编码"] in seen
        seen.add(row["编码"])
    assert [row["编码"] for row in UNITS if not row["上级编码"]] == ["529926"]


def test_the_county_has_twelve_sections_six_districts_and_sixty_schools_of_every_kind() -> None:
    kinds = [row["类型"] for row in UNITS]
    assert (kinds.count("教育局"), kinds.count("科室"), kinds.count("学区")) == (1, 12, 6)
    assert sum(kind in SCHOOL_TYPES for kind in kinds) == 60
    assert set(SCHOOL_TYPES) <= set(kinds)
    assert {row["办学性质"] for row in UNITS if row["类型"] in SCHOOL_TYPES} == {"公办", "民办", "普惠性民办"}


def is_school_code(code: str) -> bool:
    match = SCHOOL_CODE.fullmatch(code)
    return bool(match) and int(match[2]) in PROVINCES


def test_school_codes_are_valid_and_of_the_class_of_their_kind() -> None:
    classes = {"幼儿园": "11", "小学": "21", "教学点": "21", "初级中学": "31", "九年一贯制学校": "31",
               "完全中学": "34", "高级中学": "34", "中等职业学校": "36", "特殊教育学校": "51"}  # fmt: skip
    for row in UNITS:
        if row["类型"] in SCHOOL_TYPES:
            assert is_school_code(row["编码"]) and row["编码"][:2] == classes[row["类型"]], row
            assert row["编码"][4:6] == "99"  # the run that marks the county as invented


@pytest.mark.parametrize("code", ["2199990001", "6152990001", "215299001", "21529900011", "21529900a1"])
def test_a_wrong_school_code_would_be_noticed(code: str) -> None:
    assert not is_school_code(code)


def test_the_merged_school_closes_before_the_year_and_names_its_receiver() -> None:
    closed = [row for row in UNITS if row["停用日期"]]
    assert [(row["名称"], row["停用日期"]) for row in closed] == [("东岭乡干溪教学点", "2025-08-31")]
    assert UNIT[closed[0]["并入"]]["名称"] == "东岭乡中心小学"
    assert not UNIT[closed[0]["并入"]]["停用日期"]


def test_every_person_holds_a_declared_post_in_a_unit_where_it_makes_sense() -> None:
    posts = core("roles.yaml")["posts"]
    for row in PEOPLE:
        assert UNIT[row["单位编码"]]["类型"] in posts[row["岗位"]]["at"], row
        assert re.fullmatch(r"154\d{8}", row["电话"])  # a prefix that no operator holds
        dt.date.fromisoformat(row["起始日期"])
    assert {row["岗位"] for row in PEOPLE} == set(posts)
    for column in ("账号", "姓名", "电话"):
        assert len({row[column] for row in PEOPLE}) == len(PEOPLE)
    assert {"juzhang", "bangongshi", "anquan", "jijiao", "duxue", "xuequ"} <= {row["账号"] for row in PEOPLE}


def test_every_school_and_district_has_somebody_who_fills_in() -> None:
    held = {(row["单位编码"], row["岗位"]) for row in PEOPLE}
    for row in UNITS:
        if row["类型"] in SCHOOL_TYPES:
            assert (row["编码"], "学校") in held
        if row["类型"] == "学区":
            assert {(row["编码"], "学区"), (row["编码"], "督学")} <= held


def test_the_roles_use_only_declared_capabilities_and_reaches() -> None:
    roles = core("roles.yaml")
    for post, body in roles["posts"].items():
        assert set(body["can"]) <= set(roles["capabilities"]), post
        assert set(body.get("access", {})) <= {"see", "create", "edit"}
        assert set(body.get("access", {}).values()) <= {"own", "below", "all"}


# --- statistics ------------------------------------------------------------------------------------------------------


def faults(row: Row) -> list[str]:
    """What is wrong inside one record, by name of the rule."""
    number = {name: float(value) for name, value in row.items() if re.fullmatch(r"-?\d+(\.\d+)?", value)}
    found = [f"{part}>{whole}" for whole, parts in PARTS.items() for part in parts if number[part] > number[whole]]
    found += [name for name, value in number.items() if value < 0]
    if sum(number[band] for band in BANDS) != number["班数"]:
        found.append("班额合计")
    if sum(number[degree] for degree in DEGREES) != number["专任教师数"]:
        found.append("学历合计")
    least = sum(number[band] * low for band, (low, _) in BANDS.items())
    most = sum(number[band] * high for band, (_, high) in BANDS.items())
    if not least <= number["在校生数"] <= most:
        found.append("班额与在校生")
    if row["毕业班入学时学生数"]:
        came, went = number["毕业班转入学生数"], number["毕业班转出学生数"]
        stayed = number["毕业班入学时学生数"] - number["毕业班死亡学生数"] + came - went
        if number["毕业生数"] > stayed:
            found.append("巩固")
    return found


def test_every_record_is_consistent_in_itself() -> None:
    assert {(row["单位编码"], row["期间"], row["学段"]): faults(row) for row in BASICS if faults(row)} == {}


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [("女生数", "99999", "女生数>在校生数"), ("班额66人及以上", "7", "班额合计"), ("本科学历教师数", "0", "学历合计"),
     ("图书册数", "-5", "图书册数"), ("在校生数", "9", "班额与在校生"), ("毕业班死亡学生数", "900", "巩固")],
)  # fmt: skip
def test_a_spoiled_record_would_be_noticed(field: str, value: str, rule: str) -> None:
    row = next(row for row in BASICS if row["学段"] == "小学" and row["毕业班入学时学生数"])
    assert rule in faults({**row, field: value})


def test_each_open_school_files_every_stage_once_a_year() -> None:
    keys = [(row["单位编码"], row["期间"], row["学段"]) for row in BASICS]
    assert len(set(keys)) == len(keys)
    for period, day in (("SY2024", "2024-09-01"), ("SY2025", "2025-09-01"), ("SY2026", "2026-09-01")):
        filed = {row["单位编码"] for row in BASICS if row["期间"] == period}
        assert filed == {row["编码"] for row in UNITS if row["类型"] in SCHOOL_TYPES and is_open(row["编码"], day)}
    assert [sum(row["期间"] == period for row in BASICS) for period in ("SY2024", "SY2025", "SY2026")] == [75, 74, 74]


def test_the_columns_are_the_registers_fields_and_the_choices_its_options() -> None:
    register = core("registers/education_basics.yaml")
    names = [field["name"] for field in register["fields"]]
    assert list(BASICS[0]) == ["单位编码", "期间", *names]
    for field in register["fields"]:
        if field["type"] == "choice":
            files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (CORE / "options").glob("*.yaml")]
            options = next(one for one in files if one["options"] == field["options"])
            assert {row[field["name"]] for row in BASICS} <= {value["name"] for value in options["values"]}
        if field.get("required"):
            assert all(row[field["name"]] != "" for row in BASICS), field["name"]


def test_pupils_of_one_year_are_those_of_the_year_before_after_its_changes() -> None:
    pupils = {(row["单位编码"], row["期间"], row["学段"]): int(row["在校生数"]) for row in BASICS}
    signs = {"毕业生数": -1, "招生数": 1, "转入学生数": 1, "转出学生数": -1, "死亡学生数": -1, "辍学学生数": -1}
    for row in BASICS:
        year = int(row["期间"][2:])
        if year > 2024:
            before = pupils[row["单位编码"], f"SY{year - 1}", row["学段"]]
            after = before + sum(sign * int(row[name]) for name, sign in signs.items())
            assert after == int(row["在校生数"]), (row["单位编码"], year)


def test_the_merged_points_pupils_are_found_in_the_receiving_school() -> None:
    point = next(row for row in UNITS if row["停用日期"])
    left = next(row for row in BASICS if row["单位编码"] == point["编码"])
    received = next(row for row in BASICS if row["单位编码"] == point["并入"] and row["期间"] == "SY2025")
    assert left["期间"] == "SY2024"
    assert int(received["转入学生数"]) >= int(left["在校生数"]) > 0


def large_classes(period: str) -> dict[str, int]:
    """Classes of 56 and more by school, where there are any."""
    counts = {UNIT[row["单位编码"]]["名称"]: int(row["班额56至65人"]) + int(row["班额66人及以上"])
              for row in BASICS if row["期间"] == period}  # fmt: skip
    return {school: count for school, count in counts.items() if count}


def test_large_classes_are_the_matter_of_two_schools_and_of_one_after_the_plan() -> None:
    assert set(large_classes("SY2024")) == set(large_classes("SY2025")) == {"青山县实验小学", "青山县第二中学"}
    assert set(large_classes("SY2026")) == {"青山县第二中学"}
    assert sum(large_classes("SY2026").values()) < sum(large_classes("SY2025").values()) / 4


def test_the_first_grades_of_the_two_schools_keep_to_the_standard_class_after_the_plan() -> None:
    for name, stage, limit in (("青山县实验小学", "小学", 45), ("青山县第二中学", "初中", 50)):
        code = next(row["编码"] for row in UNITS if row["名称"] == name)
        row = next(r for r in BASICS if (r["单位编码"], r["期间"], r["学段"]) == (code, "SY2026", stage))
        bands = [band for band, (_, most) in BANDS.items() if most <= limit]
        assert sum(int(row[band]) for band in bands) * limit >= int(row["招生数"])


def test_no_dangerous_building_is_left_after_the_plan() -> None:
    assert column("危房面积", "SY2025") == 740
    assert column("危房面积", "SY2026") == 0


def test_teachers_of_no_stage_grow_by_more_than_were_recruited() -> None:
    recruited = {"学前教育": 10, "小学": 26, "初中": 20, "普通高中": 10}
    for stage, most in recruited.items():
        assert column("专任教师数", "SY2026", stage) - column("专任教师数", "SY2025", stage) <= most


def test_nine_year_and_complete_schools_share_their_campus_by_weighted_pupils() -> None:
    weights = {"小学": 1.0, "初中": 1.1, "普通高中": 1.32}
    for code in {row["单位编码"] for row in BASICS if row["办学类型"] in ("九年一贯制学校", "完全中学")}:
        first, second = (row for row in BASICS if (row["单位编码"], row["期间"]) == (code, "SY2024"))
        one, other = (int(row["在校生数"]) * weights[row["学段"]] for row in (first, second))
        ground = float(first["占地面积"]), float(second["占地面积"])
        assert ground[0] / sum(ground) == pytest.approx(one / (one + other), abs=1e-6)


# --- hazards ---------------------------------------------------------------------------------------------------------


def breaches(row: Row) -> list[str]:
    """Where one hazard contradicts the lifecycle of its register."""
    needs = {
        "待整改": (), "作废": (), "整改中": ("整改期限",), "待复查": ("整改期限", "整改措施", "整改完成日期"),
        "已销号": ("整改期限", "整改措施", "整改完成日期", "销号日期"),
        "挂牌督办": ("整改期限", "挂牌编号", "挂牌日期", "督办期限", "督办领导", "防范措施"),
        "列入黑名单": ("挂牌编号", "督办期限", "列入黑名单日期", "惩戒措施"),
    }  # fmt: skip
    found = [f"缺{name}" for name in needs[row["状态"]] if not row[name]]
    found += [
        f"{name}早于发现" for name in ("整改期限", "整改完成日期", "销号日期") if "" < row[name] < row["发现日期"]
    ]
    found += [f"{name}在今天之后" for name in ("整改完成日期", "销号日期") if row[name] > EXPECTED["today"]]
    if row["销号日期"] and row["状态"] != "已销号":
        found.append("未销号却有销号日期")
    if "" < row["销号日期"] < row["整改完成日期"]:
        found.append("销号早于完成")
    if not is_open(row["单位编码"], row["发现日期"]):
        found.append("单位未启用")
    if row["挂牌编号"] and row["隐患等级"] != "重大":
        found.append("一般隐患挂牌")
    if row["状态"] == "已销号" and row["列入黑名单日期"] and not row["移出黑名单日期"]:
        found.append("销号后仍在黑名单")
    return found


def test_every_hazard_obeys_its_lifecycle() -> None:
    assert [(row["发现日期"], breaches(row)) for row in HAZARDS if breaches(row)] == []


def test_a_hazard_against_its_lifecycle_would_be_noticed() -> None:
    closed = next(row for row in HAZARDS if row["状态"] == "已销号")
    assert breaches({**closed, "整改措施": ""}) == ["缺整改措施"]
    assert "销号日期早于发现" in breaches({**closed, "销号日期": "2024-01-01"})
    assert breaches({**closed, "隐患等级": "一般", "挂牌编号": "9"}) == ["一般隐患挂牌"]
    assert breaches({**closed, "列入黑名单日期": "2026-01-01"}) == ["销号后仍在黑名单"]
    assert "单位未启用" in breaches({**closed, "单位编码": "2152990039", "发现日期": "2025-09-01"})


def test_every_hazard_has_a_number_of_its_year_counted_without_a_gap() -> None:
    assert core("registers/safety_hazard.yaml")["number"] == "AQ-{year}-{seq:4}"
    for year in ("2025", "2026"):
        found = [row for row in HAZARDS if row["发现日期"][:4] == year]
        assert [row["编号"] for row in found] == [f"AQ-{year}-{at:04d}" for at in range(1, len(found) + 1)]


def test_two_hundred_hazards_on_working_days_in_all_states_some_of_them_late() -> None:
    states = core("registers/safety_hazard.yaml")["lifecycle"]["states"]
    assert len(HAZARDS) == 200
    assert {row["状态"] for row in HAZARDS} == set(states)
    assert {row["发现日期"][:4] for row in HAZARDS} == {"2025", "2026"}
    assert all(dt.date.fromisoformat(row["发现日期"]).weekday() < 5 for row in HAZARDS)
    assert max(row["发现日期"] for row in HAZARDS) <= EXPECTED["today"]
    late = [row for row in HAZARDS if row["状态"] == "整改中" and row["整改期限"] < EXPECTED["today"]]
    assert 5 <= len(late) <= 30


def test_hazard_columns_and_choices_are_the_registers() -> None:
    register = core("registers/safety_hazard.yaml")
    fields = {field["name"]: field for field in register["fields"]}
    columns = [name for name in HAZARDS[0] if name not in ("编号", "单位编码", "状态")]
    assert set(columns) <= set(fields)
    kinds = {value["name"] for value in core("options/hazard_kind.yaml")["values"]}
    assert {row["隐患类别"] for row in HAZARDS} <= kinds
    assert {row["隐患等级"] for row in HAZARDS} == set(fields["隐患等级"]["options"])


# --- figures, generator ----------------------------------------------------------------------------------------


def column(name: str, period: str, *stages: str) -> float:
    """Sum of a column, blanks as nothing; for the figures below no column has blanks in the stages named."""
    chosen = [row[name] for row in BASICS if row["期间"] == period and (not stages or row["学段"] in stages)]
    assert all(chosen), name
    return sum(float(value) for value in chosen)


@pytest.mark.parametrize("period", ["SY2024", "SY2025", "SY2026"])
@pytest.mark.parametrize(
    ("indicator", "upper", "lower", "stages"),
    [
        ("primary_net_enrolment_rate", "适龄人口在校生数", "适龄人口数", ("小学",)),
        ("junior_gross_enrolment_rate", "在校生数", "适龄人口数", ("初中",)),
        ("senior_gross_enrolment_rate", "在校生数", "适龄人口数", ("普通高中", "中等职业教育")),
        ("nine_year_retention_rate", "毕业生数", "毕业生小学入学时学生数", ("初中",)),
        ("pupil_teacher_ratio", "在校生数", "专任教师数", ()),
        ("building_area_per_pupil", "校舍建筑面积", "在校生数", ()),
        ("equipment_value_per_pupil", "教学仪器设备值", "在校生数", ()),
        ("oversize_class_rate", "班额66人及以上", "班数", ()),
        ("boarder_rate", "寄宿生数", "在校生数", ()),
    ],
)
def test_expected_ratios_are_the_files_column_sums(
    indicator: str, upper: str, lower: str, stages: tuple[str, ...], period: str
) -> None:
    value = column(upper, period, *stages) / column(lower, period, *stages)
    assert expected(indicator, period) == pytest.approx(value, rel=1e-11)


def test_changes_are_the_differences_of_the_figures_and_cover_every_one_compared() -> None:
    changes = {(item["indicator"], item["period"]): item for item in EXPECTED["changes"]}
    assert len(changes) == len(EXPECTED["changes"])
    for (code, period), item in changes.items():
        assert (item["value"], item["value_before"]) == (expected(code, period), expected(code, item["before"]))
        assert item["difference"] == pytest.approx(item["value"] - item["value_before"], abs=1e-11)
    assert changes["large_class_rate", "SY2026"]["difference"] < -0.03
    assert changes["pupil_count", "SY2026"]["difference"] == column("在校生数", "SY2026") - column("在校生数", "SY2025")


@pytest.mark.parametrize(("period", "year"), [("2025", "SY2025"), ("2026H1", "SY2025"), ("2026", "SY2026")])
def test_a_calendar_period_reads_the_returns_that_were_newest_when_it_closed(period: str, year: str) -> None:
    for code in ("pupil_count", "pupil_teacher_ratio", "large_class_rate", "junior_retention_rate"):
        assert expected(code, period) == expected(code, year)


def test_districts_and_schools_directly_below_the_bureau_make_the_county() -> None:
    districts = [row["编码"] for row in UNITS if row["类型"] == "学区"]
    values = {(item["indicator"], item["unit"]): item["value"]
              for item in EXPECTED["values"] if item["period"] == "SY2026" and item["by"] is None}  # fmt: skip
    direct = sum(int(row["在校生数"]) for row in BASICS
                 if row["期间"] == "SY2026" and UNIT[row["单位编码"]]["上级编码"] == "529926")  # fmt: skip
    assert sum(values["pupil_count", code] for code in districts) + direct == values["pupil_count", "529926"]


def test_the_expected_spread_is_the_weighted_one_over_evaluated_schools() -> None:
    rows = [row for row in BASICS if row["期间"] == "SY2025" and row["学段"] == "小学"]
    rows = [row for row in rows if row["办学类型"] != "小学教学点" or int(row["在校生数"]) >= 50]
    pupils = sum(int(row["在校生数"]) for row in rows)
    mean = sum(float(row["教学仪器设备值"]) for row in rows) / pupils
    squares = sum(float(row["教学仪器设备值"]) ** 2 / int(row["在校生数"]) for row in rows) / pupils
    assert expected("equipment_value_cv", "SY2025", "小学") == pytest.approx(
        (squares - mean**2) ** 0.5 / mean, rel=1e-9
    )
    assert len(rows) < sum(row["期间"] == "SY2025" and row["学段"] == "小学" for row in BASICS)


def test_expected_hazard_figures_leave_void_ones_out() -> None:
    kept = [row for row in HAZARDS if row["发现日期"].startswith("2026") and row["状态"] != "作废"]
    closed = sum(row["状态"] == "已销号" for row in kept)
    assert expected("hazard_count", "2026") == len(kept) < sum(row["发现日期"][:4] == "2026" for row in HAZARDS)
    assert expected("hazard_rectified_rate", "2026") == pytest.approx(closed / len(kept), rel=1e-11)


def test_every_indicator_of_the_core_pack_has_an_expected_value_and_none_is_invented() -> None:
    declared = {
        item["code"]
        for path in (CORE / "indicators").glob("*.yaml")
        for item in core(f"indicators/{path.name}")["indicators"]
    }
    for path in (CORE / "registers").glob("*.yaml"):
        declared |= {item["code"] for item in core(f"registers/{path.name}").get("indicators", [])}
    assert {item["indicator"] for item in EXPECTED["values"]} == declared


def test_the_generator_gives_the_committed_files() -> None:
    made = make_demo.make()
    assert made == make_demo.make()
    for name, content in made.items():
        if name.endswith(".docx"):
            assert parts(content) == parts((DEMO / name).read_bytes())
        else:
            assert content == (DEMO / name).read_bytes(), name


def test_a_further_year_leaves_the_earlier_ones_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    source = yaml.safe_load((DEMO / "source" / "county.yaml").read_text(encoding="utf-8"))
    whole = make_demo.statistics.make_years(make_demo.county.read_schools(source))
    monkeypatch.setattr(make_demo.statistics, "YEARS", (2024, 2025))
    shorter = make_demo.statistics.make_years(make_demo.county.read_schools(source))
    assert list(whole) == ["SY2024", "SY2025", "SY2026"]
    assert shorter == {period: whole[period] for period in ("SY2024", "SY2025")}


def parts(content: bytes) -> dict[str, bytes]:
    """A docx part by part: compression may differ between builds of zlib, the document may not."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_the_loading_order_names_files_that_are_there() -> None:
    load = yaml.safe_load((DEMO / "load.yaml").read_text(encoding="utf-8"))
    names = [
        value
        for step in load["load"]
        for key, value in step.items()
        if key in ("units", "people", "file", "plan", "targets", "progress")
    ]
    assert names[:2] == ["units.csv", "people.csv"] and names[-3] == "plan.docx"
    assert len(names) == len(set(names))
    assert all((DEMO / name).is_file() for name in names)
