"""Every number of a written report, computed again by another route, and compared with what is printed.

``python scripts/recompute_report.py REPORT_ID`` (left out: the newest annual summary). The other route is the rows of the
database and this page: each indicator is written down here once more, from its definition in prose, and is added up row by
row. Nothing of taizhang's formulas, indicators, warehouse or reports takes part; limits come from the released packs' YAML.
Prints one line a sort of number and every number that differs; exit 1 if any differs or could not be computed again.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import django
import yaml

BASE = "education_basics"
HAZARDS, FOUND = "safety_hazard", "发现日期"
BOTH = ("小学", "初中")
Row = Mapping[str, Any]
# Indicator → what is added up over the returns: fields with signs.
SUMS = {
    "pupil_count": "在校生数", "entrant_count": "招生数", "graduate_count": "毕业生数", "teacher_count": "专任教师数",
    "school_count": "校数", "teaching_point_count": "教学点数",
}  # fmt: skip
# Indicator → above the line, below it, times, the stages that it is about (none: all). A return counts where both are filled in.
RATIOS: dict[str, tuple[str, str, int, tuple[str, ...]]] = {
    "above_rule_teacher_rate": ("高于规定学历教师数", "专任教师数", 1, ()),
    "qualified_teacher_rate": ("学历合格教师数", "专任教师数", 1, ()),
    "boarder_rate": ("寄宿生数", "在校生数", 1, ()),
    "pupil_teacher_ratio": ("在校生数", "专任教师数", 1, ()),
    "average_class_size": ("在校生数", "班数", 1, ()),
    "above_rule_teachers_per_100": ("高于规定学历教师数", "在校生数", 100, ()),
    "backbone_teachers_per_100": ("县级及以上骨干教师数", "在校生数", 100, ()),
    "arts_sports_teachers_per_100": ("体育艺术教师数", "在校生数", 100, ()),
    "multimedia_rooms_per_100": ("网络多媒体教室间数", "在校生数", 100, ()),
    "computers_per_100": ("计算机台数", "在校生数", 100, ()),
    "books_per_pupil": ("图书册数", "在校生数", 1, ()),
    "building_area_per_pupil": ("校舍建筑面积", "在校生数", 1, ()),
    "teaching_area_per_pupil": ("教学及辅助用房面积-室内体育用房面积", "在校生数", 1, ()),
    "sports_area_per_pupil": ("体育运动场馆面积", "在校生数", 1, ()),
    "equipment_value_per_pupil": ("教学仪器设备值", "在校生数", 1, ()),
    "dangerous_building_rate": ("危房面积", "校舍建筑面积", 1, ()),
    "large_class_rate": ("班额56至65人+班额66人及以上", "班数", 1, ()),
    "oversize_class_rate": ("班额66人及以上", "班数", 1, ()),
    "preschool_gross_enrolment_rate": ("在校生数", "适龄人口数", 1, ("学前教育",)),
    "primary_net_enrolment_rate": ("适龄人口在校生数", "适龄人口数", 1, ("小学",)),
    "junior_net_enrolment_rate": ("适龄人口在校生数", "适龄人口数", 1, ("初中",)),
    "senior_gross_enrolment_rate": ("在校生数", "适龄人口数", 1, ("普通高中", "中等职业教育")),
    "junior_retention_rate": ("毕业生数-毕业班转入学生数+毕业班转出学生数", "毕业班入学时学生数-毕业班死亡学生数", 1, ("初中",)),
    "nine_year_retention_rate": ("毕业生数", "毕业生小学入学时学生数", 1, ("初中",)),
    "dropout_rate": ("辍学学生数", "在校生数-招生数+毕业生数-转入学生数+转出学生数+死亡学生数+辍学学生数", 1, BOTH),
}  # fmt: skip
SAME_UNITS = {"m²": "平方米", "㎡": "平方米", "名": "人"}
LOWER = (
    "dropout_rate", "large_class_rate", "oversize_class_rate", "dangerous_building_rate", "open_major_hazard_count",
    "pupil_teacher_ratio", "overdue_hazard_count",
)  # fmt: skip
WORDS = {">=": "不低于", "<=": "不超过", "=": "", "~": "约"}


class Again:
    """One report's numbers by the other route."""

    def __init__(self, report: Any) -> None:
        self.report = report
        self.year = int(report.period)
        self.paths, self.rows = _units(), _records()
        self.limits = list(_limits())
        self.tasks = _tasks(report, self.paths)
        self.late = iter(sorted(self._late(), key=lambda task: task["place"]))
        self.due: dict[str, Any] | None = None
        self.target: dict[str, Any] | None = None

    # Figures

    def value(self, code: str, unit: str, stage: str = "", year: int | None = None) -> Decimal | None:
        """An indicator; a percent is a ratio."""
        wanted = self.year if year is None else year
        if code == "equipment_value_cv":
            return self._spread(list(self._returns(unit, stage, wanted)))
        if code in SUMS:
            return _total([_amount(row, SUMS[code]) for row in self._returns(unit, stage, wanted)])
        if code in RATIOS:
            above, below, times, stages = RATIOS[code]
            rows = [row for row in self._returns(unit, stage, wanted) if not stages or row["学段"] in stages]
            pairs = [(_amount(row, above), _amount(row, below)) for row in rows]
            kept = [(top, base) for top, base in pairs if top is not None and base is not None]
            base = sum((base for _, base in kept), Decimal(0))
            return sum((top for top, _ in kept), Decimal(0)) / base * times if kept and base else None
        return self._hazards(code, list(self._cases(unit, wanted)))

    def _returns(self, unit: str, stage: str, year: int) -> Iterator[Row]:
        """The returns of a school year; a year reads the newest there are, another year as many years apart."""
        held = [int(period.removeprefix("SY")) for code, _, period, _, _ in self.rows if code == BASE]
        newest = max(one for one in held if one <= self.year)
        period = f"SY{newest + year - self.year}"
        for code, path, when, _, data in self.rows:
            if (code, when) == (BASE, period) and path.startswith(self.paths[unit]) and stage in ("", data["学段"]):
                yield data

    def _cases(self, unit: str, year: int) -> Iterator[Row]:
        for code, path, _, state, data in self.rows:
            if code == HAZARDS and path.startswith(self.paths[unit]) and data[FOUND][:4] == str(year):
                yield {**data, "状态": state}

    def _hazards(self, code: str, rows: list[Row]) -> Decimal | None:
        still = [row for row in rows if row["状态"] != "已销号"]
        major = [row for row in rows if row["隐患等级"] == "重大"]
        match code:
            case "hazard_count":
                return Decimal(len(rows))
            case "major_hazard_count":
                return Decimal(len(major))
            case "open_major_hazard_count":
                return Decimal(sum(row in still for row in major))
            case "overdue_hazard_count":
                return Decimal(sum((row.get("整改期限") or "9999") < str(self.report.day) for row in still))
            case "hazard_rectified_rate":
                return Decimal(len(rows) - len(still)) / len(rows) if rows else None
            case "hazard_cost":
                return _total([_amount(row, "整改投入") for row in rows])
        raise LookupError(code)

    def _spread(self, rows: list[Row]) -> Decimal | None:
        """The coefficient of variation of equipment per pupil between schools, by pupils; tiny teaching points left out."""
        found = []
        for row in rows:
            pupils, value = _amount(row, "在校生数"), _amount(row, "教学仪器设备值")
            tiny = row["办学类型"] == "小学教学点" and (pupils or 0) < 50
            if pupils and value is not None and not tiny:
                found.append((value, pupils))
        if not found:
            return None
        pupils = sum(weight for _, weight in found)
        mean = sum(value for value, _ in found) / pupils
        squares = sum(weight * (value / weight - mean) ** 2 for value, weight in found)
        return (squares / pupils).sqrt() / mean

    # Numbers as they are printed

    def shown(self, bound: Row) -> str | None:
        """(what should be printed); None for a sort of number that this page does not know."""
        where = {name: value for name, value in bound.get("where", ()) if name not in ("计量", "小数")}
        stage, code, unit = where.get("学段", ""), bound["code"], bound.get("unit_code", "")
        match bound["kind"]:
            case "period":
                newest = max(row[2] for row in self.rows if row[0] == BASE)
                first = int(newest.removeprefix("SY"))
                return f"{first}-{first + 1}学年" if code in SUMS else f"{self.year}年"
            case "indicator":
                return _as_printed(self.value(code, unit, stage), bound)
            case "change":
                return self._change(bound, stage)
            case "limit":
                return _plain(self._limit(code, stage)[0], bound.get("measure", ""))
            case "compare" if not code.startswith("task:"):
                limit, at_least = self._limit(code, stage)
                value = self.value(code, unit, stage)
                return (
                    "—" if value is None else "达到" if (value >= limit if at_least else value <= limit) else "未达到"
                )
            case "record_count":
                state = where.get("状态", "")
                return str(sum(state in ("", row["状态"]) for row in self._cases(unit, self.year)))
            case "task_count":
                return self._counted(bound, where.get("章节"))
            case "date":
                return self._date(bound)
            case "target" | "actual" | "compare":
                return self._promise(bound)
        return None

    def _change(self, bound: Row, stage: str) -> str:
        now, before = (self.value(bound["code"], bound["unit_code"], stage, self.year - back) for back in (0, 1))
        if now is None or before is None:
            return "—"
        percent, places = bound.get("measure") == "%", int(bound.get("decimals", 0))
        if abs(Decimal(bound["value"] or 0)) < 1 and not percent and bound["shown"].endswith("%"):
            grown = _round((now - before) / before * 100, 2)
            return "持平" if grown == 0 else f"{'增长' if grown > 0 else '下降'}{abs(grown):.2f}%"
        scale = 100 if percent else 1
        moved = _round(now * scale, places) - _round(before * scale, places)
        words = ("提高", "下降") if percent else ("增加", "减少")
        unit = "个百分点" if percent else bound.get("measure", "")
        return "持平" if moved == 0 else f"{words[moved < 0]}{abs(moved):.{places}f}{unit}"

    def _limit(self, code: str, stage: str) -> tuple[Decimal, bool]:
        """The newest limit in force on the report's day, and whether it is one from below."""
        day = self.report.day
        held = [
            one
            for one in self.limits
            if one["indicator"] == code and one.get("stage", "") == stage and not one.get("region")
            and (one.get("valid_from") or day) <= day <= (one.get("valid_to") or day)
        ]  # fmt: skip
        found = max(held, key=lambda one: one.get("valid_from") or date.min)
        least = found.get("at_least")
        return Decimal(str(found["at_most"] if least is None else least)), least is not None

    # The plan

    def _late(self) -> list[dict[str, Any]]:
        return [one for one in self.tasks if not one["done"] and one["deadline"] and one["deadline"] < self.report.day]

    def _counted(self, bound: Row, chapter: str | None) -> str:
        chosen = [one for one in self.tasks if chapter is None or one["chapter"] == chapter]
        done = sum(one["done"] for one in chosen)
        match bound["code"]:
            case "total":
                return str(len(chosen))
            case "done":
                return str(done)
            case "open":
                return str(len(chosen) - done)
            case "overdue":
                return str(sum(one in chosen for one in self._late()))
            case "done_rate":
                return f"{_round(Decimal(done * 100) / len(chosen), 1)}%"
            case "targets":
                wanted = bound["label"].removesuffix("目标数")
                found = [self._result(target) for one in chosen for target in one["targets"]]
                return str(sum(wanted in ("", result) for result in found))
        raise LookupError(bound["code"])

    def _date(self, bound: Row) -> str:
        if bound["label"] == "逾期天数":
            assert self.due is not None and bound["code"] == f"task:{self.due['id']}", bound
            return str((self.report.day - self.due["deadline"]).days)
        day = self.report.day
        if bound["label"] == "任务期限":
            self.due = next(self.late, None)
            if self.due is None:
                raise LookupError("no further task is late by now")
            day = self.due["deadline"]
        return f"{day.year}年{day.month}月{day.day}日"

    def _promise(self, bound: Row) -> str:
        """A target's own numbers stand one after the other: what was asked, what came out, how far, the result."""
        (task,) = (one for one in self.tasks if f"task:{one['id']}" == bound["code"])
        if bound["kind"] == "target":
            fits = [one for one in task["targets"] if f"{_subject(one)}目标" == bound["label"]]
            self.target = next((one for one in fits if _asked(one) == bound["shown"]), fits[0])
            return _asked(self.target)
        target = self.target
        assert target is not None and target["task_id"] == task["id"] and _subject(target) in bound["label"], bound
        if bound["kind"] == "compare":
            return self._result(target)
        if bound["label"].endswith("完成程度"):
            return self._fulfilled(target)
        return self._actual(target)[1]

    def _actual(self, target: Row) -> tuple[Decimal | None, str]:
        """(value in the target's unit, as printed): the indicator's, else what was reported."""
        if code := target["indicator_code"]:
            value = self.value(code, self.report.unit.code, target["stage"])
            if value is not None:
                declared = self.indicators[code]
                value = value * 100 if declared["unit"] == "%" else value
                return value, f"{_round(value, declared.get('decimals', 2)):f}{declared['unit']}"
        told = target["actual"] if target["measured_on"] is None else None
        return told, "—" if told is None else _plain(told, target["unit"])

    def _result(self, target: Row) -> str:
        value, _ = self._actual(target)
        declared = self.indicators.get(target["indicator_code"])
        if value is None:
            return "未报送"
        asked, sign = target["value"], target["comparator"]
        other = declared is not None and target["unit"] and not _alike(target["unit"], declared["unit"])
        if asked is None or sign not in (">=", "<=", "=") or other:
            return "待核对"
        low = sign == "<=" or (sign == "=" and target["indicator_code"] in LOWER)
        return "达到" if (value <= asked if low else value >= asked) else "未达到"

    def _fulfilled(self, target: Row) -> str:
        value, result = self._actual(target)[0], self._result(target)
        if value is None or target["value"] is None or result not in ("达到", "未达到"):
            return "—"
        over, percent = value - target["value"], target["unit"] == "%"
        amount = f"{_round(abs(over), 2)}个百分点" if percent else _plain(_round(abs(over), 2), target["unit"])
        if target["comparator"] == "<=" or (over and (over < 0) == (result == "达到")):
            return "控制在要求以内" if over <= 0 else f"超出{amount}"
        if over == 0:
            return "完成"
        if percent:
            return f"{'超出' if over > 0 else '差'}{amount}"
        share = f"{_round(value / target['value'] * 100, 2)}%"
        return f"超额完成（{share}）" if over > 0 else f"完成{share}"

    @property
    def indicators(self) -> dict[str, dict[str, Any]]:
        return _declared()


# Rows


def _units() -> dict[str, str]:
    from taizhang.org.models import Unit

    return dict(Unit.objects.values_list("code", "path"))


def _records() -> list[tuple[str, str, str, str, Row]]:
    """(register, unit's path, period, state, fields), void ones left out."""
    from taizhang.registers.models import Record

    kept = Record.objects.exclude(state_category="void").filter(register_code__in=[BASE, HAZARDS])
    return list(kept.values_list("register_code", "unit__path", "period", "state", "data"))


def _tasks(report: Any, paths: Mapping[str, str]) -> list[dict[str, Any]]:
    from taizhang.plans.models import Target, Task

    held = Task.objects.filter(plan__period=report.period, plan__unit=report.unit, plan__state="accepted")
    found = [
        {
            "id": one["id"], "place": place, "deadline": one["deadline"], "chapter": one["path"][0] if one["path"] else "其他任务",
            "done": one["state"] == "done" and one["done_on"] is not None and one["done_on"] <= report.day,
            "targets": list(Target.objects.filter(task_id=one["id"]).order_by("id").values()),
        }
        for place, one in enumerate(held.exclude(state="cancelled").order_by("order", "id").values())
    ]  # fmt: skip
    assert paths[report.unit.code]
    return found


def _documents(folder: str) -> Iterator[Any]:
    from taizhang.catalog.models import PackRelease

    newest = {release.name: release for release in PackRelease.objects.order_by("id")}
    for release in newest.values():
        for name, text in release.files.items():
            if name.startswith(folder) and name.endswith(".yaml"):
                yield yaml.safe_load(text)


def _limits() -> Iterator[dict[str, Any]]:
    for document in _documents("standards/"):
        for standard in document["standards"]:
            yield from standard.get("thresholds", ())


_INDICATORS: dict[str, dict[str, Any]] = {}


def _declared() -> dict[str, dict[str, Any]]:
    """Unit and decimals of each indicator, as the packs print them."""
    if not _INDICATORS:
        for folder in ("indicators/", "registers/"):
            for document in _documents(folder):
                _INDICATORS.update({one["code"]: one for one in document.get("indicators", ())})
    return _INDICATORS


# Numbers


def _amount(row: Row, expression: str) -> Decimal | None:
    """A-B+C of a row; nothing where one of them was not filled in."""
    parts = re.findall(r"([+-]?)([^+-]+)", expression)
    values = [None if row.get(name) is None else Decimal(str(row[name])) for _, name in parts]
    if any(value is None for value in values):
        return None
    return sum((-value if sign == "-" else value for (sign, _), value in zip(parts, values, strict=True)), Decimal(0))  # type: ignore[operator,misc]


def _total(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def _round(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + 0


def _plain(value: Decimal, unit: str) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + unit


def _as_printed(value: Decimal | None, bound: Row) -> str:
    """With its unit, without it in a table, or in ten thousands."""
    if value is None:
        return "—"
    unit, places, was = bound.get("measure", ""), int(bound.get("decimals", 0)), bound["shown"]
    if unit == "%":
        return f"{_round(value * 100, places)}%"
    if was.endswith(f"万{unit}"):
        return f"{_round(value / 10000, places)}万{unit}"
    return f"{_round(value, places)}{unit if was.endswith(unit) else ''}"


def _alike(one: str, other: str) -> bool:
    return not other or SAME_UNITS.get(one, one) == SAME_UNITS.get(other, other)


def _subject(target: Row) -> str:
    return target["subject"] if target["stage"] in target["subject"] else target["stage"] + target["subject"]


def _asked(target: Row) -> str:
    return (
        target["text"]
        if target["value"] is None
        else WORDS[target["comparator"]] + _plain(target["value"], target["unit"])
    )


def differences(report: Any) -> tuple[Counter[str], list[str]]:
    """(how many of each sort are equal, what differs or could not be computed again)."""
    again, equal, wrong = Again(report), Counter[str](), list[str]()
    for tag, bound in report.used().items():
        try:
            text = again.shown(bound)
        except (LookupError, AssertionError, ValueError) as fault:
            text = f"? {type(fault).__name__} {fault}"
        if text == bound["shown"]:
            equal[bound["kind"]] += 1
        else:
            wrong.append(f"{tag} {bound['kind']} {bound['label']}: {bound['shown']} != {text}")
    return equal, wrong


def main(arguments: list[str]) -> int:
    """Compare all numbers of one report."""
    from taizhang.reports.models import Report

    reports = Report.objects.select_related("unit")
    report = reports.get(pk=int(arguments[0])) if arguments else reports.filter(template="annual_summary").first()
    assert report is not None, "no annual summary was written yet"
    equal, wrong = differences(report)
    for kind, count in sorted(equal.items()):
        print(f"{count:5d} {kind}")
    total = sum(equal.values())
    print("\n".join(wrong) if wrong else f"all {total} numbers of “{report}” are equal")
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.site.settings")
    django.setup()
    raise SystemExit(main(sys.argv[1:]))
