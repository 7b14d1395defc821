"""How an option set, a ladder, a letter or a dashboard will look: the letter drawn with sample values."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.safestring import mark_safe

from taizhang.catalog.current import Catalog
from taizhang.catalog.dashboard_schema import FORMS, TileDef
from taizhang.catalog.lifecycle_schema import LetterDef
from taizhang.catalog.lifecycles import letters_of
from taizhang.catalog.schema import FieldDef, RegisterDef
from taizhang.documents.papers import STYLES, draw_letter
from taizhang.kernel.calendar import parse_term
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.texts import chinese_date
from taizhang.org.queries import root_unit
from taizhang.registers.maker.words import Sort

NAME = re.compile(r"[\u4e00-\u9fff]\w*")
SAMPLES = {
    "integer": "12", "decimal": "3.5", "money": "12,000.00", "percent": "95%", "month": "2026年3月",
    "school_year": "2025-2026 学年", "yes_no": "是", "unit": "示例学校", "person": "张三", "phone": "138****0000",
    "id_card": "******************", "file": "附件一份",
}  # fmt: skip


def look_of(sort: Sort, name: str, thing: Any, whole: Catalog) -> dict[str, Any]:
    """Context of ``parts/shared.html``; empty while the document cannot be read."""
    if thing is None or sort.kind == "report":
        return {}
    if sort.kind == "options":
        used = [(item, [field.name for field in item.fields if field.options == name]) for item in _live(whole)]
        today = timezone.localdate()
        return {"options": [(item, bool(item.valid_to and item.valid_to < today)) for item in thing],
                "used": [(item, names) for item, names in used if names]}  # fmt: skip
    if sort.kind == "ladder":
        used = [
            (item, [deadline.key for deadline in item.lifecycle.deadlines if deadline.ladder == name])
            for item in _live(whole)
        ]
        return {"rungs": [(when(step.at), step) for step in thing.steps], "used": [pair for pair in used if pair[1]],
                "of_tasks": thing.about == "task"}  # fmt: skip
    if sort.kind == "dashboard":
        return {"tiles": [(FORMS[tile.form], _titles(tile, whole), tile) for tile in thing.tiles], "board": thing}
    users = [item for item in _live(whole) if name in letters_of(item, whole)]
    return {"used": [(item, []) for item in users], **_drawn(thing, users[0] if users else None, whole)}


def _drawn(letter: LetterDef, register: RegisterDef | None, whole: Catalog) -> dict[str, Any]:
    """The letter on a made-up record of the first register that writes it."""
    try:
        source, file = whole.letter_source(letter)
        values = sample_values(letter, register, whole, timezone.localdate())
        # A name that only another stage knows (a task's) stands for itself.
        values = {**{name: f"（{name}）" for name in NAME.findall(source)}, **values}
        paper = draw_letter(source, file, values, values["发文单位"])
    except (NotFound, Problem):
        return {}
    return {"paper": mark_safe(paper.html), "style": STYLES.get("letters.docx", "")}


def sample_values(letter: LetterDef, register: RegisterDef | None, whole: Catalog, today: date) -> dict[str, str]:
    """A value for every name that a letter may use; a text field stands for itself."""
    values = {item.name: _sample(item, whole, today) for item in register.fields} if register else {}
    return {
        **values,
        "文号": letter.number.replace("{year}", str(today.year)).replace("{seq}", "1"),
        "台账": register.name if register else "示例台账",
        "编号": "示例-0001",
        "标题": "示例事项",
        "单位": "示例学校",
        "状态": register.lifecycle.initial if register else "办理中",
        "期间": "",
        "主送": "示例学校" if letter.to in ("责任单位", "上级单位", "主管科室") else letter.to,
        "发文单位": letter.issuer or root_unit().name,
        "日期": chinese_date(today),
        "到期日期": chinese_date(today),
        "超期": "3个工作日",
        "说明": "办理时填写的说明",
    }


def _titles(tile: TileDef, whole: Catalog) -> str:
    known = {key: item.title for item in whole.indicators.values() for key in (item.code, item.name)}
    return tile.title or "、".join(known.get(name, name) for name in tile.indicators)


def when(at: str) -> str:
    """A rung's time in words: 到期前 3 个工作日."""
    try:
        term = parse_term(at)
    except Problem:
        return at
    if not term.days:
        return "到期当天"
    unit = "个工作日" if term.measure == "working_days" else "天"
    return f"{'到期前' if term.days < 0 else '逾期'} {abs(term.days)} {unit}"


def _sample(field: FieldDef, whole: Catalog, today: date) -> str:
    if field.type in ("date", "datetime"):
        return chinese_date(today)
    if field.type in ("choice", "choices"):
        return next(iter(whole.options_of(field.options)), "")
    return SAMPLES.get(field.type, f"（{field.name}）")


def _live(whole: Catalog) -> list[RegisterDef]:
    return [item for item in whole.registers.values() if not item.retired]
