"""Sheets as people send them: understood, confirmed once, remembered, given back as they were."""

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from taizhang.kernel.errors import Problem
from taizhang.kernel.sheets import open_workbook
from taizhang.registers.blueprint import blueprint
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record, SheetMapping
from taizhang.registers.sheets.labels import CERTAIN, GUESSED, Column, factor_of, match
from taizhang.registers.sheets.reading import clear_source, understand
from taizhang.registers.sheets.refused import write_refused_source
from tests.registers import untidy

pytestmark = pytest.mark.django_db


@pytest.fixture
def repairs(county, install):
    install(repairs=untidy.REPAIRS)
    return county


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, data: bytes, name="维修.xlsx"):
    """Upload, and follow to where it leads."""
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("registers:import", args=["repairs"]), {"file": file})


def confirm_columns(client: Client, where: str):
    """The mapping page, confirmed as it is proposed."""
    page = client.get(where)
    assert page.status_code == 200, page.content.decode()[-1500:]
    columns = page.context["columns"]
    choices = {f"target{item['number']}": item["target"] for item in columns}
    return client.post(where, choices | {f"factor{item['number']}": item["factor"] for item in columns})


def stored() -> list[tuple]:
    """The records as the drawn sheets state them."""
    return sorted(
        (
            record.unit.name, record.data["项目名称"], record.data["工程类别"], record.data["开工日期"],
            Decimal(record.data["面积"]), Decimal(record.data["预算金额"]), int(record.data["施工人数"]),
        )
        for record in Record.objects.filter(register_code="repairs")
    )  # fmt: skip


def wanted(records=untidy.RECORDS) -> list[tuple]:
    return sorted(
        (school, name, kind, begun.isoformat(), Decimal(str(area)), Decimal(yuan), workers)
        for school, name, kind, begun, area, yuan, _, workers in records
    )


EXPECTED = {
    "same_as_above": [
        *untidy.RECORDS,
        ("河东中学", "西侧围墙加固", "围墙", untidy.RECORDS[3][3], 210, 96000, 100, 8),
    ],
    "unit_line_and_near_names": untidy.RECORDS[:2],
}


@pytest.mark.parametrize("name", untidy.SHEETS)
def test_an_untidy_sheet_loads_after_one_confirmation_and_its_like_without_any(repairs, name):
    client, data = browser(repairs.finance), untidy.SHEETS[name]()
    answer = send(client, data)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    where = answer["Location"]
    if where.endswith("/columns/"):
        answer = confirm_columns(client, where)
        assert answer.status_code == 302, answer.content.decode()[-1500:]
        where = answer["Location"]
    verdict = client.get(where)
    assert verdict.context["result"]["refused"] == []
    assert client.post(where).status_code == 200
    assert stored() == wanted(EXPECTED.get(name, untidy.RECORDS))
    progress = {record.data["完成进度"] for record in Record.objects.all() if "完成进度" in record.data}
    assert not progress or progress == {"1", "0.6", "0.355"}
    assert "/columns/" not in send(client, data + b"", "又一张.xlsx")["Location"], "remembered"


@pytest.mark.parametrize("name", untidy.SHEETS)
def test_every_row_that_is_left_out_is_shown_with_its_reason(repairs, name):
    source = understand(blueprint("repairs"), open_workbook(untidy.SHEETS[name](), "维修.xlsx"))
    whys = {item.why for item in source.skipped()}
    expected = {
        "title_and_filler_line": {"表尾说明"},
        "two_line_header": {"栏次行"},
        "totals_and_blanks": {"合计行", "重复的表头"},
        "merged_down": {"只有一格有字"},
        "unit_line_and_near_names": {"表尾说明"},
        "totals_on_top": {"合计行"},
        "continued_on_the_next_page": {"合计行", "重复的表头", "只有一格有字"},
        "everything_at_once": {"合计行", "栏次行", "表尾说明"},
    }
    assert whys == expected.get(name, set())
    if name == "several_sheets":
        assert dict(source.unused) == {"Sheet1": "没有本台账的表头", "选项": "隐藏的工作表"}
        assert source.place(source.readings[1].offset + 2) == "第二小学 第2行"


# What follows from the words of the sheet alone goes in by the command line too; the others are explained.
CLEAR = {
    "title_and_filler_line", "totals_and_blanks", "numbers_as_text", "same_as_above", "several_sheets",
    "foreign_formats", "two_line_header", "totals_on_top", "units_on_a_line_of_their_own",
}  # fmt: skip


@pytest.mark.parametrize("name", untidy.SHEETS)
def test_the_command_line_takes_what_is_certain_and_explains_the_rest(repairs, name):
    data = untidy.SHEETS[name]()
    if name not in CLEAR:
        with pytest.raises(Problem, match="要人确认"):
            clear_source("repairs", data, "维修.xlsx")
        return
    result = load_table("repairs", clear_source("repairs", data, "维修.xlsx").table(), None)
    assert result.refused == [] and stored() == wanted(EXPECTED.get(name, untidy.RECORDS))


def test_refused_rows_come_back_in_the_senders_own_sheet_and_go_in_again_when_mended(repairs):
    data = untidy.title_and_filler_line()
    book = load_workbook(io.BytesIO(data))
    page = book.active
    page["C5"], page["F6"] = "水点", "九万元左右"
    sent = io.BytesIO()
    book.save(sent)
    source = clear_source("repairs", sent.getvalue(), "维修.xlsx")
    result = load_table("repairs", source.table(), None)
    assert result.created == 2 and result.refused_rows == 2
    out = io.BytesIO()
    assert write_refused_source(source, result.refused, out) == 2
    back = load_workbook(io.BytesIO(out.getvalue()))
    page = back.active
    assert page["A1"].value == "测试县2025年暑期校舍维修情况统计表" and page["A2"].value == "填报人：王老师"
    assert [cell.value for cell in page[3]] == [*untidy.HEAD, "拒收原因"]
    assert page["C4"].value == "水点" and page["C4"].fill.fgColor.rgb.endswith("F8C9C4") and "水电" in page["I4"].value
    assert page["F5"].fill.fgColor.rgb.endswith("F8C9C4") and not page["A5"].fill.fgColor.rgb.endswith("F8C9C4")
    page["C4"], page["F5"] = "水电", 1256000
    again = io.BytesIO()
    back.save(again)
    result = load_table("repairs", clear_source("repairs", again.getvalue(), "拒收.xlsx").table(), None)
    assert (result.created, result.refused) == (2, []) and stored() == wanted()


def test_a_person_may_choose_otherwise_and_the_choice_is_kept(repairs):
    client = browser(repairs.finance)
    where = send(client, untidy.other_order_and_units())["Location"]
    page = client.get(where)
    columns = {item["label"]: item for item in page.context["columns"]}
    assert columns["监理单位"]["target"] == "" and columns["预算金额（万元）"]["factor"] == "10000"
    choices = {f"target{item['number']}": item["target"] for item in columns.values()}
    choices |= {f"factor{item['number']}": item["factor"] for item in columns.values()}
    choices[f"target{columns['监理单位']['number']}"] = "备注"
    answer = client.post(where, choices)
    client.post(answer["Location"])
    assert {record.data["备注"] for record in Record.objects.all()} == {"宏远监理"}
    assert SheetMapping.objects.get().by == repairs.finance
    assert SheetMapping.objects.get().columns["监理单位"] == ["备注", "1"]


def test_two_columns_for_one_field_and_a_wrong_factor_are_refused(repairs):
    client = browser(repairs.finance)
    where = send(client, untidy.other_order_and_units())["Location"]
    twice = client.post(where, {"target0": "工程类别", "target1": "工程类别"})
    assert twice.status_code == 422 and "选了两次" in twice.content.decode()
    odd = client.post(where, {"target0": "工程类别", "factor0": "-1"})
    assert odd.status_code == 422 and "倍数" in odd.content.decode()
    missing = client.post(where, {"target0": "工程类别"})
    assert missing.status_code == 422 and "缺少列" in missing.content.decode()
    assert not SheetMapping.objects.exists()


@pytest.mark.parametrize(
    ("label", "target", "how", "factor"),
    [
        ("预算金额", "预算金额", CERTAIN, 1), ("预算金额（元）", "预算金额", CERTAIN, 1),
        ("预算金额(万元)", "预算金额", CERTAIN, 10_000), ("预算金额（美元）", "预算金额", GUESSED, 1),
        ("面积(亩)", "面积", GUESSED, 1), ("面积(㎡)", "面积", CERTAIN, 1), ("面积（万平方米）", "面积", CERTAIN, 10_000),
        ("施工人数(名)", "施工人数", CERTAIN, 1), ("实施·开工日期", "开工日期", CERTAIN, 1), ("天气", "", "unknown", 1),
        ("序号", "", "ignored", 1), ("学校名称", "单位", CERTAIN, 1), ("项目·名称", "项目名称", CERTAIN, 1),
    ],
)  # fmt: skip
def test_a_label_is_understood_with_its_unit_of_measure(repairs, label, target, how, factor):
    made = match(blueprint("repairs"), Column(0, label))
    assert (made.target, made.how, made.factor) == (target, how, factor)


def test_units_of_measure_convert_only_where_that_is_known(repairs):
    field = blueprint("repairs").fields["面积"]
    assert factor_of(field, "公顷") == 10_000 and factor_of(field, "亩") is None


def test_a_sheet_without_any_header_of_ours_is_answered_with_what_to_do(repairs):
    answer = send(browser(repairs.finance), "甲,乙,丙\n1,2,3\n".encode(), "别的.csv")
    assert answer.status_code == 422 and "找不到" in answer.content.decode()


@pytest.mark.parametrize("person", ["own", "stranger", "other"])
def test_an_upload_belongs_to_its_sender(repairs, person):
    where = send(browser(repairs.finance), untidy.other_order_and_units())["Location"]
    client = browser(getattr(repairs, person))
    for address in (where, where.removesuffix("columns/"), where.replace("columns/", "refused/")):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404


@pytest.mark.parametrize("label", ["要求完成日期", "限期完成日期", "完成时限", "截止日期"])
def test_the_day_by_which_something_must_be_done_is_the_registers_deadline(county, label):
    found = match(blueprint("safety_hazard"), Column(0, label))
    assert (found.target, found.how) == ("整改期限", "guessed")
    assert match(blueprint("safety_hazard"), Column(0, "发现时间")).target == "发现日期"


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("12人", 12),
        ("12 名", 12),
        ("—", None),
        ("/", None),
        ("－", None),
        ("1千人", 1000),
        ("无", "refused"),
        ("12间", "refused"),
    ],
)
def test_a_figure_with_its_unit_is_a_figure_and_a_dash_is_nothing(repairs, cell, kept):
    text = f"单位,项目名称,工程类别,开工日期,预算金额,施工人数\n第一小学,翻修,屋面,2025-07-03,5000,{cell}\n"
    result = load_table("repairs", clear_source("repairs", text.encode(), "维修.csv").table(), None)
    if kept == "refused":
        assert result.refused[0]["field"] == "施工人数"
    else:
        assert result.refused == [] and Record.objects.get().data.get("施工人数") == kept


def test_the_same_as_a_dash_is_nothing_too(repairs):
    head = "单位,项目名称,工程类别,开工日期,预算金额,施工人数"
    rows = [
        f"第一小学,{name},屋面,2025-07-03,5000,{workers}"
        for name, workers in zip("甲乙丙丁", ("9", "〃", "—", "〃"), strict=True)
    ]
    clean = clear_source("repairs", "\n".join([head, *rows]).encode(), "维修.csv").table()
    assert load_table("repairs", clean, None).refused == []
    assert [item.data.get("施工人数") for item in Record.objects.order_by("id")] == [9, 9, None, None]


@pytest.mark.parametrize("merged", [True, False])
def test_the_unit_of_a_group_above_two_columns_counts_for_both(county, install, merged):
    """A label merged downwards makes the lower line complete by itself; the group's 万元 above it still holds."""
    asked = "{name: 批复投资, type: money}\n  - {name: 面积,"
    install(repairs=untidy.REPAIRS.replace("{name: 面积,", asked, 1))
    made = untidy.Drawn()
    made.page.merge_range(0, 0, 0, 5, "校舍维修一览表（2025年）")
    names = ["单位", "项目名称", "工程类别", "开工日期"]
    made.rows(1, [*names, "投资（万元）"] if merged else [None] * 4 + ["投资（万元）"])
    made.rows(2, [*([None] * 4 if merged else names), "预算金额", "批复投资"])
    if merged:
        made.page.merge_range(1, 4, 1, 5, "投资（万元）")
        for place, name in enumerate(names):
            made.page.merge_range(1, place, 2, place, name)
    made.rows(3, ["第一小学", "教学楼翻修", "屋面", "2025-07-03", 36.8, 40], ["合计", None, None, None, 36.8, 40])
    source = understand(blueprint("repairs"), open_workbook(made.done(), "维修.xlsx"))
    factors = {item.target: item.factor for item in source.matches}
    assert factors["预算金额"] == factors["批复投资"] == 10_000 and factors["单位"] == 1
    assert source.count() == 1 and not source.is_certain()


def test_a_unit_on_its_own_line_counts_and_a_first_row_of_words_does_not(repairs):
    source = understand(blueprint("repairs"), open_workbook(untidy.units_on_a_line_of_their_own(), "维修.xlsx"))
    money = next(item for item in source.matches if item.target == "预算金额")
    assert money.factor == 10_000 and source.count() == 4
    text = "单位,项目名称,工程类别,开工日期,预算金额\n第一小学,翻修,屋面,2025-07-03,5000\n"
    assert understand(blueprint("repairs"), open_workbook(text.encode(), "维修.csv")).count() == 1
