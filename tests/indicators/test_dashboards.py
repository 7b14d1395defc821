"""Dashboards: declared in a pack, checked to the line, shown to the posts they are made for."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.current import catalog
from taizhang.catalog.lint import lint
from taizhang.catalog.models import PackDraft
from taizhang.catalog.pack import read_files
from taizhang.indicators.dashboards import dashboard_for, dashboards_for, tiles_for
from taizhang.kernel.errors import NotFound, Problem, Problems
from taizhang.kernel.tables import table_from_bytes
from taizhang.registers.loading import load_table
from taizhang.registers.maker import actions
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
REGISTER = """
register: heads
name: 人数表
kind: statistics
period: school_year
line: 统计
dimensions: [学段]
fields:
  - {name: 学段, type: choice, options: [小学, 初中], required: true, query: true}
  - {name: 学生, type: integer}
  - {name: 教师, type: integer}
access:
  学校: {see: own, create: own, edit: own}
  科室: {see: all}
indicators:
  - {code: heads_count, name: 学生总数, formula: "sum(学生)", unit: 人, decimals: 0, by: [学段]}
  - {code: heads_ratio, name: 生师比例, formula: "sum(学生) / sum(教师)", unit: ":1", decimals: 1, better: lower}
"""
PERSONS = """
register: persons
name: 名单
kind: statistics
period: school_year
line: 统计
owner: 计划财务科
privacy: {suppress_below: 5}
fields:
  - {name: 性别, type: choice, options: [男, 女], required: true, query: true}
  - {name: 数, type: integer}
dimensions: [性别]
access:
  学校: {see: own, create: own, edit: own}
  科室: {see: all}
indicators:
  - {code: persons_count, name: 名单人数, formula: "count()", unit: 人, decimals: 0}
"""
BOARD = """
dashboard: 试看板
code: trial
description: 试一试
roles: [办公室, 学校]
tiles:
  - {indicator: [heads_count, 生师比例]}
  - {indicator: heads_count, form: trend, back: 3}
  - {indicator: heads_count, form: dimension, by: 学段}
  - {indicator: heads_ratio, form: ranking, units: school, title: 生师比排行}
  - {indicator: [heads_count, heads_ratio], form: table, units: district}
  - {indicator: heads_count, form: small, units: district, back: 2}
"""
PACK = {
    "pack.yaml": "name: heads\nversion: '1'\ntitle: 测试\n",
    "registers/heads.yaml": REGISTER,
    "registers/persons.yaml": PERSONS,
    "dashboards/trial.yaml": BOARD,
}
ROWS = """单位编码,期间,学段,学生,教师
S1,SY2024,小学,100,10
S2,SY2024,小学,90,9
S3,SY2024,初中,300,30
S1,SY2025,小学,120,10
S2,SY2025,小学,80,10
S3,SY2025,初中,330,30
"""


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE = settings.FILES = tmp_path
    made = make_county()
    apply_pack(pack=read_files(PACK), by_name="测试")
    assert load_table("heads", table_from_bytes(ROWS.encode(), "x.csv"), made.root).refused == []
    return made


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_office_sees_every_form_of_tile_with_the_table_behind_each_chart(county: County, client: Client):
    client.force_login(county.office)
    text = page(client, "/boards/trial/")
    assert "530" in text and "10.6" in text, "the two numbers"
    assert text.count('type="application/json"') == 3 and text.count("数据表") == 3
    ranking = text.partition("<h2>生师比排行")[2]
    assert 0 < ranking.index("第二小学") < ranking.index("第一小学"), "fewer pupils to a teacher stand first"
    assert "城关学区" in text and "200" in text and "河东学区" in text
    assert "3/3 所有数据" in text, "no round was opened: those with data a year before count"
    assert "530" in page(client, "/boards/试看板/"), "its name is an address too"


def test_a_ranking_may_begin_with_those_to_look_after(county: County, client: Client):
    board = BOARD.replace("title: 生师比排行", "first: worst, title: 生师比排行")
    apply_pack(pack=read_files({**PACK, "dashboards/trial.yaml": board}), by_name="测试")
    client.force_login(county.office)
    ranking = page(client, "/boards/trial/").partition("<h2>生师比排行")[2]
    assert 0 < ranking.index("第一小学") < ranking.index("第二小学")


def test_a_board_is_for_its_posts_and_shows_each_its_own_unit(county: County, client: Client):
    assert [item.code for item in dashboards_for(county.office) if item.code == "trial"] == ["trial"]
    for user in (county.chief, county.stranger, county.district):
        client.force_login(user)
        assert client.get("/boards/trial/").status_code == 404, user
    client.force_login(county.own)
    text = page(client, "/boards/trial/")
    assert "第一小学" in text and "120" in text and "第二小学" not in text and "生师比排行" not in text
    assert client.get("/boards/trial/?unit=S2").status_code == 404
    assert client.get("/boards/nothing/").status_code == 404
    client.force_login(county.stranger)
    assert client.get("/boards/").status_code == 404


def test_the_menu_leads_to_the_boards_and_an_only_one_opens_at_once(county: County, client: Client):
    client.force_login(county.office)
    text = page(client, "/boards/")
    assert "局长看板" in text and "试看板" in text and "安全看板" not in text
    client.force_login(county.inspector)
    answer = client.get("/boards/")
    assert answer.status_code == 302 and answer["Location"] == "/boards/safety/"


def test_the_shipped_boards_open_for_their_posts(county: County, client: Client):
    for user in (county.chief, county.office, county.safety, county.district, county.own, county.root):
        client.force_login(user)
        for board in dashboards_for(user):
            assert page(client, f"/boards/{board.address}/"), (user, board.name)


def test_more_tiles_take_no_more_queries(county: County):
    def queries(board) -> int:
        tiles_for(county.root, board, county.unit("B1"))
        with CaptureQueriesContext(connection) as asked:
            tiles_for(county.root, board, county.unit("B1"))
        # Outside a request the catalogue is asked for anew every second.
        return sum("catalog_packrelease" not in query["sql"] for query in asked.captured_queries)

    board = dashboard_for(county.root, "局长看板")
    once, thrice = queries(board), queries(board.model_copy(update={"tiles": board.tiles * 3}))
    assert once == thrice <= 8


def test_a_small_number_of_persons_is_held_back_on_a_board_too(county: County, client: Client):
    board = BOARD.replace("试看板", "人数看板").replace("trial", "people").replace("heads_ratio, form: ranking", "persons_count, form: ranking")  # fmt: skip
    board = board.replace("[heads_count, 生师比例]}", "[persons_count, heads_count]}").replace(
        "[办公室, 学校]", "[科室]"
    )
    apply_pack(pack=read_files({**PACK, "dashboards/people.yaml": board}), by_name="测试")
    rows = "单位编码,期间,性别,数\nS1,SY2025,男,1\nS1,SY2025,女,1\nS2,SY2025,男,1\n"
    assert load_table("persons", table_from_bytes(rows.encode(), "x.csv"), county.root).refused == []
    client.force_login(county.safety)
    text = page(client, "/boards/people/")
    assert "人数过少，不显示" in text and "2/2" not in text, "neither the number nor how many units stand behind it"
    client.force_login(county.root)
    assert "人数过少" not in page(client, "/boards/people/")


@pytest.mark.parametrize(
    ("old", "new", "told", "line"),
    [
        ("[heads_count, 生师比例]", "[heads_cuont]", "没有指标“heads_cuont”", 7),
        ("by: 学段", "by: 学断", "不能按“学断”分列", 9),
        ("roles: [办公室, 学校]", "roles: [办公厅]", "没有岗位“办公厅”", 5),
        ("back: 3", "back: 3, period: 去年", "看不懂", 8),
        ("back: 3", "back: 3, period: yaer", "看不懂期间“yaer”", 8),
        ("code: trial", "code: leader", "已是看板“局长看板”的代码", 3),
    ],
)
def test_what_a_board_says_wrongly_is_told_with_file_line_and_the_nearest_word(county, old, new, told, line):
    changed = read_files({**PACK, "dashboards/trial.yaml": BOARD.replace(old, new, 1)})
    (found,) = [item for item in lint(changed, catalog()) if "trial.yaml" in item.where]
    assert told in found.message and found.where == f"dashboards/trial.yaml:{line}" and found.remedy


def test_the_nearest_indicator_is_suggested(county: County):
    changed = read_files({**PACK, "dashboards/trial.yaml": BOARD.replace("heads_count, form: trend", "heads_coun, form: trend")})  # fmt: skip
    assert "是否想写“heads_count”" in lint(changed, catalog())[0].remedy


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("form: trend", "form: trned", "trned"),
        ("form: ranking, units: school", "form: ranking", "须写 units"),
        ("indicator: heads_count, form: trend", "indicator: [heads_count, heads_ratio], form: trend", "只能写一个指标"),
        ("form: dimension, by: 学段", "form: dimension", "须写 by"),
        ("back: 3}", "back: 3, units: school}", "不能写 units"),
        ("back: 3}", "bakc: 3}", "不认识“bakc”"),
        ("code: trial", "code: 试", "写法不对"),
    ],
)
def test_a_form_that_does_not_fit_is_refused(county: County, old: str, new: str, told: str):
    with pytest.raises(Problems) as refused:
        read_files({**PACK, "dashboards/trial.yaml": BOARD.replace(old, new, 1)})
    assert any(told in str(problem) for problem in refused.value.problems), refused.value


def test_a_new_board_is_made_in_the_browser_checked_and_released(county: County, client: Client):
    client.force_login(county.office)
    assert client.post(reverse("maker:start_shared", args=["dashboards"]), {"name": "校长看板"}).status_code == 302
    draft = PackDraft.objects.get(path="dashboards/校长看板.yaml")

    def send(**said):
        seen = PackDraft.objects.get(pk=draft.pk).number
        return client.post(f"/settings/packs/drafts/{draft.pk}/", {"seen": seen, **said})

    assert send(part="tiles", item="new", indicator="学生总树\n生师比例", form="number", units="own").status_code == 302
    text = page(client, f"/settings/packs/drafts/{draft.pk}/?part=tiles")
    assert "没有指标“学生总树”" in text and "是否想写“学生总数”" in text
    send(part="tiles", item="0", indicator="学生总数\n生师比例", form="number", units="own")
    send(part="basics", code="head_teacher", posts=["学校", "校长"], order="5")
    draft.refresh_from_db()
    assert "学生总数、生师比例" in page(client, f"/settings/packs/drafts/{draft.pk}/?part=tiles")
    actions.release_draft(draft=draft, by=county.office, seen=draft.number)
    assert catalog().dashboards["校长看板"].roles == ("学校", "校长")
    client.force_login(county.own)
    assert "12.0" in page(client, "/boards/head_teacher/")
    client.force_login(county.stranger)
    assert client.get("/boards/head_teacher/").status_code == 404
    with pytest.raises(NotFound):
        dashboard_for(county.chief, "head_teacher")


def test_the_bureaus_own_word_counts_over_the_core_packs_board(county: County, client: Client):
    draft = actions.open_thing(folder="dashboards", name="安全看板", by=county.office)
    text = "dashboard: 安全看板\ncode: safety\nroles: [办公室]\ntiles:\n  - {indicator: hazard_count}\n"
    actions.save_draft(draft=draft, text=text, what="改", by=county.office, seen=draft.number)
    draft.refresh_from_db()
    actions.release_draft(draft=draft, by=county.office, seen=draft.number)
    assert len(catalog().dashboards["安全看板"].tiles) == 1
    client.force_login(county.safety)
    assert client.get("/boards/safety/").status_code == 404
    with pytest.raises(Problem):
        actions.start_thing(folder="dashboards", name="安全看板", by=county.office)
