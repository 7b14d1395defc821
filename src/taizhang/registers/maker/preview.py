"""What will come out of a document: the form, the head of the list, the lifecycle, and what a formula gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.dashboard_schema import FORMS
from taizhang.catalog.faults import check_formula
from taizhang.catalog.names import formula_schema
from taizhang.catalog.schema import IndicatorDef, RegisterDef
from taizhang.kernel.errors import Problem
from taizhang.kernel.formula import FormulaError, analyse, parse
from taizhang.kernel.formula.functions import TYPE_NAMES
from taizhang.org.models import User
from taizhang.registers import pages
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.forms import RecordForm
from taizhang.registers.maker import chain, documents
from taizhang.registers.maker.hooks import TRIALS
from taizhang.registers.maker.queries import Desk
from taizhang.registers.maker.sample import look_of, when
from taizhang.ui.tables import Row


def preview_of(desk: Desk, user: User) -> dict[str, Any]:
    """What will come out of a draft: ``looks`` is the template that shows ``preview``."""
    if desk.sort.kind != "register":
        return {
            "looks": "registers/maker/parts/shared.html",
            "preview": look_of(desk.sort, desk.name, desk.thing, desk.whole),
        }
    made = preview(desk.register, desk.whole, user) if desk.register else {}
    return {"looks": "registers/maker/parts/preview.html", "preview": made}


def preview(register: RegisterDef, whole: Any, user: User) -> dict[str, Any]:
    """Context of ``parts/preview.html``. A register that cannot be built yet has no preview: its faults say why."""
    try:
        plan = Blueprint(register, whole)
        form = RecordForm(plan, user, auto_id="preview_%s")
    except Problem:
        return {}
    table = pages.record_table(plan, [], pages.columns_of(plan, []), user, timezone.localdate(), ("", ""))
    columns = [replace(column, sort="") for column in table.columns]
    head = replace(table, columns=columns, rows=[Row([None] * len(columns))], stack=False, id="preview-list")
    return {
        "form": form,
        "head": head,
        "computed": [field for field in register.fields if field.formula is not None],
        "drawing": chain.draw(register.lifecycle) if register.lifecycle.states else None,
        "register": register,
    }


def say_formula(desk: Desk, text: str, kind: str, result: str, user: User) -> dict[str, Any]:
    """Context of ``parts/formula.html``: what is wrong with a formula, or what it is and what it gives now."""
    if not text.strip():
        return {}
    register = desk.register or desk.released
    schema = formula_schema(desk.whole, register)
    problems = list(check_formula(text, schema, kind, result or None, ""))
    if problems:
        return {"problem": problems[0]}
    try:
        found = analyse(parse(text), schema)
    except FormulaError as wrong:  # pragma: no cover (check_formula has just read it)
        return {"problem": wrong}
    value, note, statement = _value(desk, text, user) if kind == "aggregate" else ("", "", "")
    names = "、".join(sorted(f"{owner}.{name}" if owner else name for owner, name in found.names))
    return {"kind": TYPE_NAMES[found.type], "names": names, "value": value, "note": note, "statement": statement}


def _value(desk: Desk, text: str, user: User) -> tuple[str, str, str]:
    """The figure over the records that are there, or why there is none; and the statement that computes it."""
    trial, statement, released = TRIALS.get("indicators"), TRIALS.get("indicators.statement"), desk.released
    if trial is None or statement is None:
        return "", "", ""
    try:
        found = analyse(parse(text), formula_schema(catalog(), released))
    except FormulaError:
        return "", "用到的字段还没有发布，发布后可以试算" if released else "发布并有记录后可以试算", ""
    # A register that is new has no records, but a formula over others alone has something to read.
    if released is None and not (found.names and all(owner for owner, _ in found.names)):
        return "", "发布并有记录后可以试算", ""
    home = str((desk.data or {}).get("register") or "") if released else None
    declared = IndicatorDef(code="trial", name="试算", formula=text, register=home)
    try:
        return trial(user, declared), "", statement(user, declared)
    except Problem as wrong:
        return "", wrong.message, ""


def line_text(desk: Desk, line: int) -> str:
    """A line of the document, shortened, so that a fault shows what it speaks of."""
    lines = desk.text.splitlines()
    found = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return found if len(found) <= 90 else found[:89] + "…"


def name_of(item: documents.Data) -> str:
    """What an item of any list is called."""
    named = (item.get(key) for key in ("name", "due", "level", "title"))
    return str(next(filter(None, named), "") or _listed(item.get("indicator")))


def columns_of_part(part: str, item: documents.Data) -> list[str]:
    """An item in a few words for the list of its part."""
    return [text for text in _SUMMARIES[part](item) if text]


def _listed(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")


_SUMMARIES: dict[str, Any] = {
    "checks": lambda item: [str(item.get("formula", "")), str(item.get("message", ""))],
    "transitions": lambda item: [
        f"{_listed(item.get('from'))} → {item.get('to', '')}", _listed(item.get("by")),
        f"须填 {_listed(item.get('requires'))}" if item.get("requires") else "",
    ],
    "deadlines": lambda item: [
        f"到 {item['due']}" if item.get("due") else f"{item.get('within', '')} 内",
        str(item.get("when") or ""), f"督办：{item['ladder']}" if item.get("ladder") else "",
    ],
    "indicators": lambda item: [str(item.get("formula", "")), str(item.get("unit", ""))],
    "values": lambda item: [
        str(item.get("code") or ""), str(item.get("group") or ""),
        f"{item['valid_from']} 起" if item.get("valid_from") else "", f"到 {item['valid_to']}" if item.get("valid_to") else "",
    ],
    "tiles": lambda item: [
        FORMS.get(str(item.get("form") or "number"), str(item.get("form"))), _listed(item.get("indicator")),
        {"district": "各学区", "school": "各学校"}.get(str(item.get("units")), ""),
        f"按{item['by']}" if item.get("by") else "", str(item.get("period") or ""),
    ],
    "rungs": lambda item: [
        when(str(item.get("at", ""))), f"发给 {_listed(item.get('to'))}", str(item.get("letter") or ""),
        f"自动办理“{item['escalate']}”" if item.get("escalate") else "",
    ],
}  # fmt: skip
