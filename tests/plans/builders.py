"""A plan of our own words as a .docx, and what the reader makes of it."""

from __future__ import annotations

import io

import docx

from taizhang.documents.actions import add_document
from taizhang.documents.models import Document
from taizhang.org.models import User

PLAN = """测试县教育局2026年工作要点
2026年,全县教育工作以安全和质量为主线,重点抓好以下任务。
一、安全工作
1.开展校园安全隐患排查。全年排查隐患整改率达到98%以上,2026年6月底前完成第一轮。牵头单位:安全管理科;配合单位:办公室。
2.完善校园安防设施。确保专职保安配备率达到100%。牵头单位:安全管理科。
二、经费管理
1.做好预算执行。力争生均公用经费拨付率不低于95%,9月底前完成。牵头单位:计划财务科;配合单位:第一小学。
2.清理历年往来款项。牵头单位:审计小组。
"""


def plan_docx(text: str = PLAN) -> bytes:
    """The text as a Word file, one paragraph for each line, so that it has no heading styles to help the reader."""
    book = docx.Document()
    for line in text.strip().splitlines():
        book.add_paragraph(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def plan_document(by: User, text: str = PLAN) -> Document:
    """The plan uploaded by a person."""
    return add_document(data=plan_docx(text), name="2026年工作要点.docx", by=by).document
