"""A register of five hundred columns works in form, sheet and list as one of five does."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from taizhang.registers.models import Record

pytestmark = pytest.mark.django_db
WIDE = "register: wide\nname: 综合报表\nkind: statistics\nperiod: school_year\nfields:\n" + "".join(
    f"  - {{name: 指标{number}, type: {'money' if number % 5 == 0 else 'integer'}, section: 第{number // 50 + 1}部分}}\n"
    for number in range(1, 501)
)


@pytest.fixture
def school(county, install) -> Client:
    install(wide=WIDE)
    client = Client()
    client.force_login(county.own)
    return client


def test_five_hundred_fields_are_filled_in_and_shown(school, django_assert_max_num_queries):
    where = reverse("registers:new", args=["wide"]) + "?单位=S1&期间=SY2025"
    with django_assert_max_num_queries(30):
        assert "指标500" in school.get(where).content.decode()
    sent = {f"指标{number}": str(number) for number in range(1, 501)}
    with django_assert_max_num_queries(40):
        assert school.post(where, sent).status_code == 302
    record = Record.objects.get()
    assert len(record.data) == 500 and record.data["指标500"] == "500.00"
    with django_assert_max_num_queries(40):
        assert "指标499" in school.get(reverse("registers:record", args=[record.pk])).content.decode()


def test_one_wrong_figure_among_five_hundred_is_named_and_nothing_is_lost(school):
    where = reverse("registers:new", args=["wide"]) + "?单位=S1&期间=SY2025"
    sent = {f"指标{number}": str(number) for number in range(1, 501)} | {"指标377": "三百多"}
    answer = school.post(where, sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "三百多" in page and 'value="376"' in page and not Record.objects.exists()


def test_the_sheet_of_five_hundred_columns_goes_out_and_comes_back(school):
    book = load_workbook(io.BytesIO(school.get(reverse("registers:template", args=["wide"])).content))
    page = book.worksheets[0]
    headers = [cell.value for cell in page[1]]
    for number in range(1, 501):
        page.cell(2, headers.index(f"指标{number}") + 1).value = number
    page.cell(2, headers.index("期间") + 1).value = "SY2024"
    out = io.BytesIO()
    book.save(out)
    verdict = school.post(
        reverse("registers:import", args=["wide"]), {"file": SimpleUploadedFile("表.xlsx", out.getvalue())}
    )
    school.post(verdict["Location"])
    assert len(Record.objects.get(period="SY2024").data) == 500
