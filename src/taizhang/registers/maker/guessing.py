"""A register from a sheet that exists: what each column probably is, for a person to confirm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from taizhang.kernel.tables import Table, as_date
from taizhang.registers.columns import IGNORED, SHARED
from taizhang.registers.sheets.layout import TOTAL

LOOKED_AT = 2000
MOST_OPTIONS = 12
SURE = 0.9
UNIT_BEHIND = re.compile(r"^(.{1,50}?)\s*[(（\[【]([^)）\]】]{1,12})[)）\]】]$")
ID_CARD = re.compile(r"\d{17}[\dXx]")
PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")
NUMBER = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?|-?\d+(\.\d+)?")
PERCENT = re.compile(r"-?\d+(\.\d+)?\s*[%％]")
MONEY_WORDS = ("金额", "经费", "资金", "费用", "补助", "投入", "单价", "总价", "工资", "造价")
SHARE_WORDS = ("率", "占比", "比例")
LONG_WORDS = ("说明", "备注", "描述", "内容", "措施", "意见", "情况", "原因")


@dataclass(slots=True)
class Guess:
    """One column: the proposed field, or why it becomes none. ``sample`` are some of its values."""

    header: str
    name: str
    type: str = "text"
    required: bool = False
    options: list[str] = field(default_factory=list)
    unit: str = ""
    sensitive: bool = False
    query: bool = False
    skip: str = ""
    why: str = ""
    sample: str = ""


def guess(table: Table) -> list[Guess]:
    """A guess for every column of a sheet."""
    rows = [row for row in table.rows[:LOOKED_AT] if not _is_total(row[1])]
    found = []
    for index, header in enumerate(table.header):
        values = [cells[index] for _, cells in rows]
        found.append(_column(header, [value for value in values if value is not None], len(values)))
    return found


def _is_total(cells: Sequence[Any]) -> bool:
    """A row of totals begins so; it says nothing of what a column holds."""
    first = next((cell for cell in cells[:3] if isinstance(cell, str)), "")
    return bool(TOTAL.match("".join(first.split())))


def _column(header: str, values: Sequence[Any], count: int) -> Guess:
    label = re.sub(r"\s+", "", header).strip("*＊:：")
    sample = "、".join(dict.fromkeys(_words(value)[:20] for value in values[:40]))[:60]
    if label in SHARED:
        return Guess(header, label, skip=f"就是系统的“{SHARED[label]}”列", sample=sample)
    if label in IGNORED:
        return Guess(header, label, skip="序号一类，不必登记", sample=sample)
    split = UNIT_BEHIND.match(label)
    name, unit = (split[1], split[2]) if split else (label, "")
    made = Guess(header, name, unit=unit, required=bool(count >= 3 and len(values) == count), sample=sample)
    for rule in (_persons, _days, _figures, _choices):
        if rule(made, values):
            break
    else:
        texts = [_words(value) for value in values]
        if any(len(text) > 60 or "\n" in text for text in texts) or (not texts and name.endswith(LONG_WORDS)):
            made.type, made.why = "long_text", "文字较长"
    if made.type in ("date", "choice", "yes_no"):
        made.query = True
    return made


def _persons(made: Guess, values: Sequence[Any]) -> bool:
    if _share(values, ID_CARD) >= SURE or (not values and "身份证" in made.name):
        made.type, made.sensitive, made.why = "id_card", True, "身份证号，须加密遮蔽"
    elif _share(values, PHONE) >= SURE or (not values and re.search("电话|手机|联系方式", made.name)):
        made.type, made.sensitive, made.why = "phone", True, "电话号码，须加密遮蔽"
    else:
        return False
    made.unit = ""
    return True


def _days(made: Guess, values: Sequence[Any]) -> bool:
    if not values:
        wanted = bool(re.search("日期|时间$", made.name))
    else:
        wanted = sum(_is_date(value) for value in values) / len(values) >= SURE
    if wanted:
        made.type, made.unit, made.why = "date", "", "都是日期"
    return wanted


def _figures(made: Guess, values: Sequence[Any]) -> bool:
    if not values:
        return False
    if _share(values, PERCENT) >= SURE or (
        made.unit in ("%", "％") or (made.name.endswith(SHARE_WORDS) and _share(values, NUMBER) >= SURE)
    ):
        made.type, made.unit, made.why = "percent", "", "百分数"
        return True
    if _share(values, NUMBER) < SURE or any(_looks_like_code(value) for value in values):
        return False
    whole = all(
        float(_words(value).replace(",", "")).is_integer() for value in values if NUMBER.fullmatch(_words(value))
    )
    if made.unit == "元" or (any(word in made.name for word in MONEY_WORDS) and made.unit in ("", "元")):
        made.type, made.unit, made.why = "money", "", "金额，按元精确到分"
    else:
        made.type, made.why = ("integer", "都是整数") if whole else ("decimal", "有小数")
    return True


def _choices(made: Guess, values: Sequence[Any]) -> bool:
    texts = [_words(value) for value in values]
    distinct = list(dict.fromkeys(texts))
    if distinct and set(distinct) <= {"是", "否"}:
        made.type, made.why = "yes_no", "只有是、否"
        return True
    few = 1 < len(distinct) <= MOST_OPTIONS and len(texts) >= max(6, 2 * len(distinct))
    if few and all(len(text) <= 20 for text in distinct):
        made.type, made.options, made.why = "choice", distinct, f"只有 {len(distinct)} 种写法"
        return True
    return False


def _share(values: Sequence[Any], form: re.Pattern[str]) -> float:
    return sum(bool(form.fullmatch(_words(value))) for value in values) / len(values) if values else 0


def _is_date(value: Any) -> bool:
    if isinstance(value, date | datetime):
        return True
    if not isinstance(value, str) or len(value) < 6:
        return False
    try:
        return as_date(value) is not None
    except ValueError:
        return False


def _looks_like_code(value: Any) -> bool:
    """Digits that are a number plate rather than a quantity: a leading zero, or too long to count anything."""
    text = _words(value)
    return text.isdigit() and (len(text) > 10 or (len(text) > 1 and text[0] == "0"))


def _words(value: Any) -> str:
    return str(value).strip()
