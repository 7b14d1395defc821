"""Lists: every kind of condition, what is told beside the rows, and views that people keep and share."""

import pytest
from django.test import Client
from django.urls import reverse

from taizhang.registers.finding import lists
from taizhang.registers.finding.models import ListColumns, SavedView
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record
from taizhang.registers.queries import Filters, records_for
from tests.registers.conftest import sheet

pytestmark = pytest.mark.django_db
PACK = """
register: assets
name: 设备台账
line: 财务
kind: roster
title: 名称
fields:
  - {name: 名称, type: text, required: true, query: true}
  - {name: 类别, type: choice, options: [图书, 仪器, 课桌], query: true}
  - {name: 用途, type: choices, options: [教学, 办公, 办公室], query: true}
  - {name: 数量, type: integer, query: true}
  - {name: 单价, type: money, query: true}
  - {name: 完好率, type: percent, query: true}
  - {name: 购置日期, type: date, query: true}
  - {name: 在用, type: yes_no, query: true}
  - {name: 存放单位, type: unit, query: true}
  - {name: 保管电话, type: phone, sensitive: true, query: true}
access:
  学校: {see: own, create: own, edit: own}
  科室: {see: all, create: all, edit: all}
  办公室: {see: all}
"""
HEAD = "单位编码,名称,类别,用途,数量,单价,完好率,购置日期,在用,存放单位"
ROWS = (
    "S1,新华字典,图书,教学,40,19.90,90,2025-09-01,是,S1",
    "S1,显微镜,仪器,教学、办公,10,800.50,50,2024-03-01,是,S2",
    "S2,课桌椅,课桌,办公室,100,120,,2023-01-05,否,D2",
    "S3,投影仪,,,,,,,,",
)


@pytest.fixture
def assets(county, install):
    install(assets=PACK)
    result = load_table("assets", sheet(HEAD, *ROWS), None)
    assert not result.refused
    return county


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def listed(user, **query) -> str:
    response = browser(user).get(reverse("registers:list", args=["assets"]), query)
    assert response.status_code == 200
    return response.content.decode()


def names(user, **query) -> list[str]:
    text = listed(user, **query)
    return [name for name in ("新华字典", "显微镜", "课桌椅", "投影仪") if f">{name}</a>" in text]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"类别": ["图书", "仪器"]}, ["新华字典", "显微镜"]),
        ({"用途": ["办公"]}, ["显微镜"]),
        ({"用途": ["办公", "办公室"]}, ["显微镜", "课桌椅"]),
        ({"数量__from": "40"}, ["新华字典", "课桌椅"]),
        ({"数量__from": "20", "数量__to": "50"}, ["新华字典"]),
        ({"单价__to": "120"}, ["新华字典", "课桌椅"]),
        ({"完好率__from": "60"}, ["新华字典"]),
        ({"购置日期__from": "2024-01-01", "购置日期__to": "2024-12-31"}, ["显微镜"]),
        ({"在用": ["否"]}, ["课桌椅"]),
        ({"名称": "镜"}, ["显微镜"]),
        ({"存放单位": "D1"}, ["新华字典", "显微镜"]),
        ({"存放单位": "河东学区"}, ["课桌椅"]),
        ({"empty": ["类别"]}, ["投影仪"]),
        ({"filled": ["完好率"]}, ["新华字典", "显微镜"]),
        ({"类别": ["图书", "仪器"], "数量__to": "20", "在用": ["是"]}, ["显微镜"]),
        ({"unit": "D1"}, ["新华字典", "显微镜", "课桌椅"]),
    ],
)
def test_every_kind_of_condition_narrows_and_they_join(assets, query, expected):
    assert names(assets.root, **query) == expected


@pytest.mark.parametrize(
    "query", [{"数量__from": "很多"}, {"购置日期__from": "昨天"}, {"类别": "没有"}, {"empty": "没有"}]
)
def test_a_condition_that_cannot_be_read_is_left_out(assets, query):
    assert len(names(assets.root, **query)) == 4


def test_each_condition_is_a_chip_that_can_be_taken_off_alone(assets):
    text = listed(assets.root, 类别=["图书", "仪器"], 数量__from="5")
    assert "类别：图书" in text and "类别：仪器" in text and "数量 从：5" in text
    from django.http import QueryDict

    from taizhang.registers import policy
    from taizhang.registers.blueprint import blueprint
    from taizhang.registers.forms import FilterForm

    plan, asked = blueprint("assets"), QueryDict("类别=图书&类别=仪器&数量__from=5&page=2&sort=名称")
    form = FilterForm(plan, policy.reach_of(assets.root, plan.register, "see"), asked)
    rest = {chip.label: QueryDict(chip.url[1:]) for chip in lists.chips_of(form, asked)}
    assert rest["类别：图书"].getlist("类别") == ["仪器"] and rest["类别：图书"]["sort"] == "名称"
    assert "数量__from" not in rest["数量 从：5"] and "page" not in rest["数量 从：5"]


def test_an_empty_list_says_which_condition_to_take_off(assets):
    text = listed(assets.root, 类别=["课桌"], 数量__to="50")
    assert "去掉“类别：课桌”有 2 条" in text and "去掉“数量 到：50”有 1 条" in text
    own = listed(assets.own, 类别=["课桌"], 数量__to="200")
    assert "去掉“类别：课桌”有 2 条" in own and "去掉“数量 到：200”" not in own, "a neighbour's rows are not counted"


def test_lists_sort_by_two_columns(assets):
    def order(sort):
        return [record.title for record in records_for(assets.root, "assets", Filters(), sort)]

    assert order("-在用,数量") == ["显微镜", "新华字典", "课桌椅", "投影仪"]
    assert order("-在用,-数量") == ["新华字典", "显微镜", "课桌椅", "投影仪"]
    text = listed(assets.root, sort="-在用", then="数量")
    assert text.index("显微镜") < text.index("新华字典") < text.index("课桌椅")


def test_sums_and_counts_are_of_the_filtered_list_and_of_the_persons_rows(assets):
    text = listed(assets.root, cols="数量,单价,完好率", 类别=["图书", "仪器"])
    assert "筛选结果合计" in text and "820.40" in text and "70.00" in text
    grouped = listed(assets.root, group="类别")
    assert "（没有填）" in grouped and "按类别计数" in grouped
    own = listed(assets.own, cols="数量", group="类别")
    assert "按类别计数" in own and ">课桌</a>" not in own and "150" not in own
    assert "按保管电话计数" not in listed(assets.root, group="保管电话")


def test_columns_sorting_and_views_are_arranged_above_the_table_however_long_it_is(assets):
    text = listed(assets.root)
    assert text.index("保存视图") < text.index("<tbody")


def test_what_was_struck_out_is_in_no_sum_unless_it_is_what_is_asked_for(assets):
    asked = {"cols": "单价", "类别": ["图书", "仪器"]}
    struck = Record.objects.get(title="显微镜")
    Record.objects.filter(pk=struck.pk).update(state="作废", state_category="void")
    text = listed(assets.root, **asked)
    assert "筛选结果合计（不含作废）" in text and "820.40" not in text and "显微镜" in text
    alone = listed(assets.root, cols="单价", state="作废")
    assert "筛选结果合计</span>" in alone and str(struck.data["单价"]) in alone.partition("筛选结果合计")[2]


def test_columns_are_kept_per_person_and_an_address_may_name_its_own(assets):
    client = browser(assets.own)
    client.post(reverse("registers:columns", args=["assets"]), {"column": ["单价"], "query": "类别=图书"})
    assert ListColumns.objects.get().columns == ["单价"]
    assert 'data-label="单价"' in listed(assets.own) and 'data-label="购置日期"' not in listed(assets.own)
    assert 'data-label="购置日期"' in listed(assets.own, cols="购置日期")
    assert 'data-label="单价"' not in listed(assets.other, cols="购置日期")
    client.post(reverse("registers:columns", args=["assets"]), {"query": ""})
    assert not ListColumns.objects.exists()


def test_a_view_reproduces_its_list_for_those_it_is_shared_with_each_with_their_own_rows(assets):
    query = "类别=图书&类别=课桌&sort=-数量"
    mine = lists.save_view(register="assets", name="只我", query=query + "&page=3", by=assets.own)
    assert "page" not in mine.query
    lists.save_view(register="assets", name="我校的", query=query, by=assets.own, share="unit", in_menu=True)
    lists.save_view(register="assets", name="各校都看", query=query, by=assets.root, share="post", role="学校")
    assert "只我" in listed(assets.own) and "我校的" in listed(assets.own) and "各校都看" in listed(assets.own)
    assert "常用视图" in listed(assets.own)
    other = listed(assets.other)
    assert "只我" not in other and "我校的" not in other and "各校都看" in other and "常用视图" not in other
    assert "各校都看" not in listed(assets.office)
    address = lists.address_of(SavedView.objects.get(name="各校都看"))
    page = browser(assets.other).get(address).content.decode()
    assert "课桌椅" in page and "新华字典" not in page


def test_views_are_saved_and_removed_on_the_page_by_their_owner_alone(assets):
    here = reverse("registers:save_view", args=["assets"])
    client = browser(assets.own)
    client.post(here, {"name": "图书", "query": "类别=图书"})
    view = SavedView.objects.get()
    said = client.post(here, {"name": "图书", "query": ""}, follow=True).content.decode()
    assert "您已有一个叫“图书”的视图" in said
    assert "没有名称" in client.post(here, {"name": " "}, follow=True).content.decode()
    refused = client.post(here, {"name": "全县", "share": "post", "role": "学校"}, follow=True).content.decode()
    assert "只有主管这本台账的人" in refused and SavedView.objects.count() == 1
    gone = reverse("registers:remove_view", args=[view.pk])
    for person in (assets.other, assets.office, assets.stranger):
        assert browser(person).post(gone).status_code == 404
    assert browser(assets.stranger).post(here, {"name": "x"}).status_code == 404
    client.post(gone)
    assert not SavedView.objects.exists()


def test_the_list_asks_the_database_the_same_however_long_it_is(assets, django_assert_max_num_queries):
    load_table("assets", sheet(HEAD, *[f"S1,书{n},图书,教学,1,1,1,2025-01-01,是,S1" for n in range(60)]), None)
    with django_assert_max_num_queries(36):
        listed(assets.own, cols="数量,单价", group="类别", 数量__from="1", sort="类别", then="数量")
