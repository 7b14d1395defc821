"""The pages: what each shows, filters, sorts, exports; for whom."""

import io

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from tests.standards.county import make_schools
from tests.support import County

pytestmark = pytest.mark.django_db
PAGES = ("", "spread/", "items/", "history/", "what-if/")


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE = settings.FILES = tmp_path
    return make_schools()


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_index_lists_every_standard_that_looks_at_something(county: County, client: Client):
    client.force_login(county.office)
    text = page(client, "/standards/")
    assert "资源标准" in text and "2/4" in text and "优质均衡" in text and "没有数据" in text


def test_the_board_filters_by_result_and_stage_and_sorts(county: County, client: Client):
    client.force_login(county.office)
    failed = page(client, "/standards/halls/?state=failed")
    assert "第四小学" in failed and "第一小学" not in failed.partition("<tbody>")[2]
    assert "河东中学" in page(client, "/standards/halls/?stage=初中").partition("<tbody>")[2]
    assert "没有这样的学校" in page(client, "/standards/halls/?q=没有")
    up, down = (
        page(client, f"/standards/halls/?sort={sort}").partition("<tbody>")[2] for sort in ("halls_area", "-halls_area")
    )
    assert up.index("第二小学") < up.index("第一小学") and down.index("第一小学") < down.index("第二小学")
    assert down.index("第二小学") < down.index("河东中学"), "what is missing comes last either way"


def test_a_result_is_told_by_word_and_icon_and_not_by_colour_alone(county: County, client: Client):
    client.force_login(county.office)
    text = page(client, "/standards/halls/")
    for word in ("达标", "达标（有余项）", "未达标", "缺数据"):
        assert f"</svg>{word}" in text, word
    assert "教师 3 名" in text and "设备 8.5 万元" in text


def test_every_page_answers_and_tells_a_neighbour_nothing(county: County, client: Client):
    for user, seen in ((county.office, 200), (county.own, 200), (county.district, 200)):
        client.force_login(user)
        for part in PAGES:
            assert client.get(f"/standards/halls/{part}").status_code == seen, (user, part)
    client.force_login(county.own)
    for part in PAGES:
        assert "第二小学" not in page(client, f"/standards/halls/{part}"), part
        assert client.get(f"/standards/halls/{part}?unit=S2").status_code == 404, part
    assert client.get("/standards/halls/schools/S2/").status_code == 404
    client.force_login(county.stranger)
    for part in PAGES:
        assert client.get(f"/standards/halls/{part}").status_code == 404, part


def test_a_school_reads_what_it_lacks(county: County, client: Client):
    client.force_login(county.other)
    text = page(client, "/standards/halls/schools/S2/?period=SY2025")
    assert "50 平方米" in text and "余项，不低于底线" in text and "达到标准的指标数" in text
    assert client.get("/standards/halls/schools/S2/?period=SY2020").status_code == 200, (
        "an unknown period gives the newest"
    )


def test_the_spread_page_names_who_drives_a_coefficient(county: County, client: Client):
    client.force_login(county.office)
    text = page(client, "/standards/halls/spread/?pick=halls_area~小学")
    assert "哪些学校影响最大" in text and "不含该校" in text and 'type="application/json"' in text


def test_a_standard_of_judged_items_alone_has_its_page_and_no_board(county: County, client: Client):
    client.force_login(county.office)
    assert "作业总量" in page(client, "/standards/pupil_burden/items/")
    assert client.get("/standards/pupil_burden/").status_code == 404
    assert client.get("/standards/staffing/items/").status_code == 404
    assert client.get("/standards/nothing/").status_code == 404


def test_a_wrong_period_is_refused_in_words(county: County, client: Client):
    client.force_login(county.office)
    assert client.get("/standards/halls/?period=最近").status_code == 422


def test_the_workbook_has_the_official_table_the_gaps_and_the_items(county: County, client: Client):
    client.force_login(county.office)
    answer = client.get("/standards/halls/?unit=B1&period=SY2025&export=xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["小学", "初中", "差距清单", "评估项目"]
    rows = book.get_sheet_by_name("小学").to_python()
    first = next(row for row in rows if row[1] == "第一小学")
    assert first[2:5] == [400, 24, 6] and first[-2:] == ["4/4", "达标"]
    labels = [row[1] for row in rows]
    cv = rows[labels.index("差异系数")]
    assert 0 < cv[6] < 0.5 and rows[labels.index("差异系数标准")][6] == "≤ 0.5"
    gaps = book.get_sheet_by_name("差距清单").to_python()
    assert ["第四小学", "8.5 万元"] in [[row[0], row[6]] for row in gaps]


def test_a_board_page_takes_few_queries(county: County, client: Client, django_assert_max_num_queries):
    client.force_login(county.office)
    client.get("/standards/halls/")
    with django_assert_max_num_queries(22):
        client.get("/standards/halls/")
