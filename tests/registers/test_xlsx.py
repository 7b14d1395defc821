"""Workbooks there and back."""

import io

import pytest
from openpyxl import load_workbook

from taizhang.kernel.tables import table_from_bytes
from taizhang.registers import xlsx
from taizhang.registers.actions import create_record
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record
from taizhang.registers.queries import filtered_records
from taizhang.registers.sheets.export import write_export
from tests.registers.conftest import HAZARD

pytestmark = pytest.mark.django_db

MANY = "、".join(f"选项{number:03d}" for number in range(80))
SURVEY = f"""
register: survey
name: 调查[一]/表
kind: statistics
period: term
dimensions: [类]
fields:
  - {{name: 类, type: choice, options: [甲, 乙], required: true}}
  - {{name: 人数, type: integer, required: true, min: 0, unit: 人, help: 在册人数}}
  - {{name: 经费, type: money}}
  - {{name: 比例, type: percent}}
  - {{name: 长项, type: choice, options: [{MANY.replace("、", ", ")}]}}
  - {{name: 日子, type: date}}
  - {{name: 时刻, type: datetime}}
  - {{name: 是否, type: yes_no}}
  - {{name: 多项, type: choices, options: [天, 地]}}
  - {{name: 备注, type: text}}
  - {{name: 电话, type: phone, sensitive: true}}
  - {{name: 人均, type: decimal, decimals: 2, formula: "经费 / 人数"}}
  - {{name: 照片, type: file}}
access:
  学校: {{see: own, create: own, edit: own}}
  科室: {{see: all, create: all, edit: all}}
"""
FILLED = {
    "期间": "SY2025T1", "类": "甲", "人数": 12, "经费": 1200.5, "比例": 85.5, "长项": "选项007", "日子": "2025-09-01",
    "时刻": "2025-09-01 08:30", "是否": "是", "多项": "地、天", "备注": "=1+1", "电话": "13912348888",
}  # fmt: skip


@pytest.fixture
def survey(county, install):
    install(survey=SURVEY)
    return county


def template_of(register, units=(), period=""):
    out = io.BytesIO()
    xlsx.write_template(register, out, units, period)
    return load_workbook(io.BytesIO(out.getvalue()))


def exported(register, user) -> io.BytesIO:
    out = io.BytesIO()
    write_export(register, filtered_records(user, register).iterator(chunk_size=100), out, user)
    return io.BytesIO(out.getvalue())


def test_a_template_filled_in_loads_and_its_export_loads_again_without_a_change(survey):
    book = template_of("survey", [survey.unit("S1"), survey.unit("S2")], "SY2025T1")
    page = book.worksheets[0]
    header = {cell.value: cell.column for cell in page[1]}
    assert "人均" not in header and "照片" not in header and page["A2"].value == "S1" and page.freeze_panes == "D2"
    assert page.protection.sheet and page["A1"].protection.locked
    assert not page["A2"].protection.locked and not page.column_dimensions["A"].protection.locked
    for row in (2, 3):
        for name, value in FILLED.items():
            page.cell(row, header[name]).value = value
            page.cell(row, header[name]).data_type = "s" if isinstance(value, str) else "n"
    sent = io.BytesIO()
    book.save(sent)
    result = load_table("survey", table_from_bytes(sent.getvalue(), "填好.xlsx"), survey.finance)
    assert result.created == 2, result.refused
    before = {record.pk: record.data for record in Record.objects.all()}
    assert Record.objects.get(unit__code="S1").data["备注"] == "=1+1"

    back = exported("survey", survey.finance)
    row = [cell.value for cell in load_workbook(back).active[2]]
    assert "139****8888" in row and 85.5 in row and 1200.5 in row and 100.04 in row
    again = load_table("survey", table_from_bytes(back.getvalue(), "导出.xlsx"), survey.finance)
    assert (again.created, again.updated, again.unchanged, again.refused) == (0, 2, 2, [])
    assert {record.pk: record.data for record in Record.objects.all()} == before


def test_a_template_has_drop_downs_notes_units_and_a_page_that_explains(survey):
    book = template_of("survey")
    page, notes = book.worksheets[0], book["填写说明"]
    rules = {next(iter(rule.sqref.ranges)).min_col: rule for rule in page.data_validations.dataValidation}
    column = {cell.value: cell.column for cell in page[1]}
    assert rules[column["类"]].formula1 == '"甲,乙"'
    assert rules[column["长项"]].formula1.startswith("选项!$") and book["选项"].sheet_state == "hidden"
    assert len([cell for cell in book["选项"]["A"] if cell.value]) == 80
    assert "单位：人" in page.cell(1, column["人数"]).comment.text
    told = "\n".join(str(cell.value) for row in notes.iter_rows() for cell in row if cell.value)
    assert "在册人数" in told and "SY2025T1" in told and "选项079" in told
    assert book.sheetnames[0] == "调查 一  表"


def test_a_school_gets_a_template_without_the_unit_column(survey):
    page = template_of("survey", [survey.unit("S1")], "SY2025T1").worksheets[0]
    assert page["A1"].value == "期间" and page["A2"].value == "SY2025T1"


def test_what_somebody_typed_is_never_run_by_the_sheet(county):
    create_record(
        register="safety_hazard", unit=county.unit("S1"), values={**HAZARD, "隐患描述": "=HYPERLINK(1)"}, by=None
    )
    page = load_workbook(exported("safety_hazard", county.safety)).active
    cells = [cell for cell in page[2] if cell.value == "=HYPERLINK(1)"]
    assert len(cells) == 1 and cells[0].data_type == "s"
