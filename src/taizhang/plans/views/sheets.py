"""The progress sheet (进展表): every running task with its light, as xlsx and as an official docx table."""

from __future__ import annotations

import io
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from taizhang.documents.papers import draw_letter
from taizhang.kernel.texts import chinese_date
from taizhang.org.request import UserRequest
from taizhang.plans.lenses import lit_tasks
from taizhang.plans.models import ProgressEntry
from taizhang.plans.overview import Lit, running
from taizhang.plans.pace import percent
from taizhang.plans.queries import plans_for

HEADERS = (
    "序号", "任务", "牵头单位", "配合单位", "责任人", "完成时限", "应完成", "已完成", "状态", "情况", "最近进展",
)  # fmt: skip
WIDTHS = (6, 40, 18, 18, 12, 12, 9, 9, 9, 44, 40)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What one drawing of an official table holds; a longer list goes out as xlsx.
MOST_ON_PAPER = 800
# The words of the table come in as values, so that a task's own bars and signs break no line.
PAPER = """# {{ 标题 }}
@表 截至{{ 日期 }}，共{{ 总数 }}项
| 序号 | 任务 | 牵头单位 | 时限 | 完成 | 状态和情况 |
{% for 行 in 行们 %}| {{ 行[0] }} | {{ 行[1] }} | {{ 行[2] }} | {{ 行[3] }} | {{ 行[4] }} | {{ 行[5] }} |
{% endfor %}
"""


@require_GET
def progress(request: UserRequest) -> HttpResponse:
    """The sheet of one plan (``plan``) or of all; ``format`` xlsx or docx."""
    key = request.GET.get("plan", "")
    plan = plans_for(request.user, state="accepted").filter(pk=key).first() if key.isdecimal() else None
    today = timezone.localdate()
    tasks = running(request.user, plan).select_related("plan").prefetch_related("units__unit")
    lit = lit_tasks(tasks.order_by("plan_id", "order", "id"), today)
    title = f"{plan.title if plan else '要点任务'}进展表"
    on_paper = request.GET.get("format") == "docx" and len(lit) <= MOST_ON_PAPER
    data = _docx(title, lit) if on_paper else _xlsx(title, lit)
    response = HttpResponse(data, content_type=DOCX if on_paper else XLSX)
    name = quote(f"{title}{today:%Y%m%d}.{'docx' if on_paper else 'xlsx'}")
    response["Content-Disposition"] = f"attachment; filename*=utf-8''{name}"
    return response


def _xlsx(title: str, lit: list[Lit]) -> bytes:
    latest: dict[int, str] = {}
    entries = ProgressEntry.objects.filter(task__in=[item.task.pk for item in lit]).order_by("-id")
    for task, note in entries.values_list("task_id", "note"):
        latest.setdefault(task, note)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("进展表")
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter"})
        wrap = book.add_format({"text_wrap": True, "border": 1, "valign": "top"})
        head = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        sheet.merge_range(0, 0, 0, len(HEADERS) - 1, title, head)
        for column, (name, width) in enumerate(zip(HEADERS, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(1, column, name, bold)
        for row, item in enumerate(lit, start=2):
            for column, cell in enumerate(_cells(row - 1, item, latest.get(item.task.pk, ""))):
                sheet.write_string(row, column, cell, wrap)
        sheet.freeze_panes(2, 2)
        sheet.repeat_rows(1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    return buffer.getvalue()


def _cells(number: int, item: Lit, latest: str) -> list[str]:
    task, light = item.task, item.light
    return [
        task.number.rstrip(".．、") or str(number),
        task.title,
        "、".join(unit.name for unit in task.leads) or task.lead_text,
        "、".join(unit.name for unit in task.assistants) or task.assisting_text,
        task.persons,
        task.deadline.isoformat() if task.deadline else "",
        percent(light.expected),
        percent(light.share),
        light.word,
        light.reason,
        latest,
    ]


def _docx(title: str, lit: list[Lit]) -> bytes:
    rows = []
    for number, item in enumerate(lit, start=1):
        cells = _cells(number, item, "")
        rows.append([cells[0], cells[1], cells[2], cells[5] or "未定", cells[7], f"{cells[8]}。{cells[9]}"])
    today = timezone.localdate()
    values = {"标题": title, "日期": chinese_date(today), "总数": str(len(lit)), "行们": rows}
    return draw_letter(PAPER, "progress_sheet", values, "").docx
