"""A clerk makes a register in the browser, and it works at once: form, sheet, import, step, figure, export, tombstone.

Nothing but the web client touches the system: no file is written, no action called.
"""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.support import County, make_county

pytestmark = pytest.mark.django_db
PACKS = "/settings/packs/"
RECORD = re.compile(r"/registers/records/\d+/")


class Browser:
    """A person at the desk: follows redirects, and reads ids from the pages as a person would."""

    def __init__(self, user: Any) -> None:
        self.client = Client()
        self.client.force_login(user)

    def get(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address, follow=True)
        assert answer.status_code == status, (address, answer.status_code)
        return answer.content.decode()

    def post(self, address: str, status: int = 200, **values: Any) -> str:
        named = {key.removesuffix("_"): value for key, value in values.items()}
        answer = self.client.post(address, named, follow=True)
        page = answer.content.decode()
        assert answer.status_code == status, (address, answer.status_code, problems(page))
        self.at = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        return page

    def change(self, part: str, **values: Any) -> str:
        """Change a part of the draft that is open."""
        page = self.get(f"{self.draft}?part={part}")
        seen = re.search(r'name="seen" value="(\d+)"', page)
        assert seen
        return self.post(self.draft, part=part, seen=seen[1], **values)

    def download(self, address: str) -> bytes:
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        return b"".join(answer.streaming_content) if answer.streaming else answer.content

    draft = ""
    at = ""


def problems(page: str) -> list[str]:
    return re.findall(r'(?:tz-callout-title"[^>]*>|tz-field-error"[^>]*>)(.*?)</p>', page, re.S)


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE = settings.FILES = tmp_path
    return make_county()


def make_register(office: Browser) -> None:
    """The register 食堂检查台账 from its name to its release."""
    office.post(f"{PACKS}new/", name="食堂检查台账", register="canteen", kind="case", line="后勤")
    office.draft = office.at.partition("?")[0]
    for field in (
        {"name": "检查日期", "type": "date", "required": "on", "query": "on"},
        {
            "name": "检查项目",
            "type": "choice",
            "required": "on",
            "query": "on",
            "options": "索证索票\n餐具消毒\n食品留样",
        },
        {"name": "存在问题", "type": "long_text"},
        {"name": "整改期限", "type": "date"},
        {"name": "整改花费", "type": "money", "unit": "元"},
        {"name": "负责人电话", "type": "phone", "sensitive": "on"},
    ):
        office.change("fields", item="new", **field)
    for name, category in (("待整改", "open"), ("已整改", "closed")):
        office.change("states", item="new", name=name, category=category)
    page = office.get(f"{office.draft}?part=states")
    order = re.findall(r'aria-label="“(.+?)”上移"', page)
    assert order == ["登记", "办结", "作废", "待整改", "已整改"]
    office.change("states", op=f"initial:{order.index('待整改')}")
    office.change("states", op="remove:0")
    office.change("states", op="remove:0")
    office.change(
        "transitions", item="new", name="整改完成", start="待整改", to="已整改", by=["学校"], requires="整改花费"
    )
    office.change("deadlines", item="new", state="待整改", due="整改期限")
    access = office.get(f"{office.draft}?part=access")
    roles = re.findall(r'aria-label="(\S+) 规定"', access)
    chosen = {}
    for role, scope in (("学校", "own"), ("科室", "all")):
        at = roles.index(role)
        chosen |= {f"{at}_how": "own", **{f"{at}_{verb}": scope for verb in ("see", "create", "edit")}}
    office.change("access", **chosen)
    office.change(
        "indicators", item="new", name="食堂整改率", code="canteen_rate", unit="%", decimals="1", better="higher",
        formula="count_if(状态 = '已整改') / count()",
    )  # fmt: skip
    page = office.get(f"{office.draft}release/")
    assert "台账 食堂检查台账" in page and "还没有记录" in page
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    office.post(f"{office.draft}release/", seen=seen[1])


def test_a_register_from_its_first_field_to_its_tombstone(county: County):
    office, school, neighbour = Browser(county.office), Browser(county.own), Browser(county.other)
    make_register(office)
    assert office.at == "/registers/canteen/"

    # The form, at once, with every field that was made.
    form = school.get("/registers/canteen/new/")
    for name in ("检查日期", "检查项目", "餐具消毒", "整改花费", "负责人电话"):
        assert name in form

    # The sheet, filled in and brought back.
    book = openpyxl.load_workbook(io.BytesIO(school.download("/registers/canteen/template/")))
    sheet = book.worksheets[0]
    header = next(
        row for row in sheet.iter_rows() if any("检查日期" in str(cell.value or "") for cell in row)
    )  # fmt: skip
    columns = {
        str(cell.value).strip("*").partition("(")[0].partition("（")[0]: cell.column for cell in header if cell.value
    }
    row = header[0].row + 1
    rows = [("2026-03-02", "餐具消毒", "13900000001"), ("2026-03-09", "食品留样", "13900000002")]
    for offset, (day, kind, phone) in enumerate(rows):
        for name, value in (("检查日期", day), ("检查项目", kind), ("负责人电话", phone)):
            sheet.cell(row + offset, columns[name], value)
    out = io.BytesIO()
    book.save(out)
    verdict = school.post("/registers/canteen/import/", file=SimpleUploadedFile("食堂.xlsx", out.getvalue()))
    assert "新增" in verdict
    school.post(school.at)
    listed = school.get("/registers/canteen/")
    assert len(set(RECORD.findall(listed))) == 2 and "13900000001" not in listed
    assert not RECORD.search(neighbour.get("/registers/canteen/"))

    # A step of the lifecycle, which asks for what was said.
    record = RECORD.search(listed)
    assert record
    page = school.get(record[0])
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision and "整改完成" in page
    school.post(f"{record[0]}step/", 422, step="整改完成", revision=revision[1])
    page = school.post(f"{record[0]}step/", step="整改完成", revision=revision[1], 整改花费="120.50")
    assert "已整改" in page and "120.50" in page

    # The figure, from the warehouse, with the rows behind it.
    figure = office.get("/indicators/canteen_rate/?period=2026")
    assert "50.0" in figure
    assert "/registers/records/" in office.get("/indicators/canteen_rate/rows/?period=2026")

    # Out again.
    exported = openpyxl.load_workbook(io.BytesIO(office.download("/registers/canteen/export/")))
    cells = {str(cell.value) for line in exported.worksheets[0].iter_rows() for cell in line}
    assert {"餐具消毒", "食品留样", "已整改"} <= cells and "13900000001" not in cells

    # And gone from the menu, with its records still to be read, its names never given again.
    assert "1 处用到它：指标 食堂整改率" in office.get(f"{PACKS}registers/canteen/")
    office.post(f"{PACKS}registers/canteen/retire/")
    assert "/registers/canteen/" not in school.get("/")
    assert "这本台账已停用" in school.get(record[0])
    listed = school.get("/registers/canteen/")
    assert "已停用" in listed and len(set(RECORD.findall(listed))) == 2
    assert "120.50" in school.get(record[0])
    school.get("/registers/canteen/new/", 403)
    school.post("/registers/canteen/import/", 403)
    assert {"餐具消毒"} <= {
        str(cell.value)
        for line in openpyxl.load_workbook(io.BytesIO(office.download("/registers/canteen/export/")))
        .worksheets[0]
        .iter_rows()
        for cell in line
    }
    for code, name in (("canteen", "新台账"), ("canteen2", "食堂检查台账")):
        page = office.post(f"{PACKS}new/", 422, name=name, register=code, kind="case", line="后勤")
        assert "曾用过" in page and f'value="{name}"' in page


def test_a_school_a_neighbour_and_a_stranger_do_not_reach_the_desk(county: County):
    office = Browser(county.office)
    make_register(office)
    office.post(f"{PACKS}registers/canteen/edit/")
    draft = office.at
    for user in (county.own, county.other, county.stranger):
        other = Browser(user)
        for address in (PACKS, f"{PACKS}new/", f"{PACKS}from-sheet/", f"{PACKS}take-in/", f"{PACKS}registers/canteen/",
                        draft, f"{draft}release/"):  # fmt: skip
            other.get(address, 403)
        other.post(draft, 403, part="fields", item="new", name="私加", type="text", seen="1")
        other.post(f"{draft}release/", 403, seen="1")
        other.post(f"{draft}move/", 403, op="discard")
        other.post(f"{PACKS}registers/canteen/retire/", 403)
        other.post(f"{PACKS}registers/canteen/edit/", 403)
    # A section drafts; it does not release.
    section = Browser(county.finance)
    assert "canteen" in section.get(draft)
    assert "由能发布业务包的岗位" in section.get(f"{draft}release/")
    section.post(f"{draft}release/", 403, seen="1")
    section.post(f"{PACKS}registers/canteen/retire/", 403)
    assert "食堂检查台账" in office.get(PACKS)
