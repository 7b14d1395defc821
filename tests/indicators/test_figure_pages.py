"""Coverage in the figure, comparison, kept builds, from a record to its figures and back: for whom, and what is held back."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.current import catalog
from taizhang.catalog.pack import read_files
from taizhang.events.models import Event
from taizhang.indicators.comparing import Choice, compared_for
from taizhang.indicators.counted import parts_of
from taizhang.indicators.coverage import filed_for
from taizhang.indicators.queries import figures_below, values_for
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.kernel.tables import table_from_bytes
from taizhang.org.actions import assign_post
from taizhang.org.models import User
from taizhang.registers.actions import create_record
from taizhang.registers.collections.actions import open_round
from taizhang.registers.collections.models import Return
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record
from taizhang.registers.steps import take_step
from taizhang.warehouse.actions import keep_snapshot, publish_snapshot
from taizhang.warehouse.models import Snapshot
from taizhang.warehouse.projection import refresh
from tests.indicators.test_dashboards import PACK, ROWS
from tests.support import START, County, make_county

pytestmark = pytest.mark.django_db
YEAR = Period.parse("SY2025")
FIXES = """
register: fixes
name: 维修表
kind: case
line: 安全
fields:
  - {name: 日期, type: date, required: true}
  - {name: 花费, type: integer}
lifecycle:
  initial: 待修
  states: {待修: open, 修好: closed, 作废: void}
  transitions:
    - {name: 修完, from: [待修], to: 修好, by: [学校]}
    - {name: 作废, from: [待修], to: 作废, by: [学校]}
access:
  学校: {see: own, create: own, edit: own}
  科室: {see: all}
indicators:
  - {code: fixes_done, name: 修好率, formula: "count_if(状态 = '修好') / count()", unit: "%"}
  - {code: fixes_cost, name: 维修花费, formula: "sum(花费)", unit: 元, decimals: 0}
  - {code: fixes_more, name: 维修增减, formula: "count() - last_year(count())", unit: 件, decimals: 0}
"""


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE, settings.FILES = tmp_path / "warehouse", tmp_path / "files"
    settings.WAREHOUSE.mkdir()
    made = make_county()
    apply_pack(pack=read_files({**PACK, "registers/fixes.yaml": FIXES}), by_name="测试")
    load(made, "heads", ROWS)
    return made


def load(county: County, register: str, rows: str) -> None:
    assert load_table(register, table_from_bytes(rows.encode(), "x.csv"), county.root).refused == []


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def fix(county: County, unit: str = "S1", by: User | None = None, **values: object) -> Record:
    said = {"日期": timezone.localdate().isoformat(), **values}
    return create_record(register="fixes", unit=county.unit(unit), values=said, by=by or county.own).record


def a_round(county: County, **states: str) -> None:
    """A round over three schools; ``states`` say how each return stands, ``late`` after a + when it came too late."""
    due = timezone.localdate() + timedelta(days=5)
    units = [county.unit(code) for code in ("S1", "S2", "S3")]
    open_round(
        register="heads", period="SY2025", title="人数", due_on=due, units=units, by=county.root, asked_again="试报一次"
    )
    for code, word in states.items():
        state, _, late = word.partition("+")
        Return.objects.filter(unit__code=code).update(state=state, is_late=bool(late))


# Coverage


def test_a_figure_says_how_many_have_reported_and_names_who_has_not_and_who_was_late(county: County, client: Client):
    a_round(county, S1="approved", S2="approved+late", S3="todo")
    client.force_login(county.office)
    text = page(client, "/indicators/heads_count/?period=SY2025")
    assert "2/3 所已报" in text and "未报 1 所（河东中学）" in text and "迟报 1 所（第二小学）" in text
    assert "2/3 所已报" in page(client, "/indicators/") and "2/3 所已报" in page(client, "/boards/trial/")
    assert "未报 1 所" in page(client, "/indicators/heads_count/rows/?period=SY2025")


def test_a_return_under_approval_is_not_yet_in_the_figure(county: County):
    a_round(county, S1="approved", S2="submitted", S3="draft")
    filed = _filed(county, county.office, "B1")
    assert filed.text == "1/3 所已报" and filed.note == "审核中 1 所，尚未计入；未报 1 所（河东中学）"
    assert (filed.waiting, filed.missing, filed.late, filed.whole) == (1, 1, 0, False)


def test_each_counts_within_its_own_reach_and_names_only_what_it_may_see(county: County):
    a_round(county, S1="approved", S2="todo", S3="todo")
    assert _filed(county, county.own, "S1").text == "1/1 所已报"
    assert _filed(county, county.district, "D1").missing_names == ("第二小学",)
    no_returns = _filed(county, county.safety, "B1")
    assert no_returns.text == "1/3 所已报" and set(no_returns.missing_names) == {"第二小学", "河东中学"}
    assert _filed(county, county.inspector, "D1").missing_names == ("第二小学",)


def test_without_a_round_those_count_that_had_data_a_year_before(county: County):
    Record.objects.filter(register_code="heads", period="SY2025", unit__code="S3").delete()
    load(county, "heads", "单位编码,期间,学段,学生,教师\nS2,SY2025,小学,81,10\n")
    filed = _filed(county, county.office, "B1")
    assert filed.text == "2/3 所有数据" and filed.note == "上年有、本期没有 1 所（河东中学）"
    county.unit("S3").__class__.objects.filter(code="S3").update(closed_on="2025-01-01")
    assert _filed(county, county.office, "B1").text == "2/2 所有数据", "a closed school owes nothing"


def test_a_register_of_persons_tells_strangers_no_counts_of_units(county: County):
    rows = "单位编码,期间,性别,数\n" + "".join(f"S{n},SY2025,{sex},9\n" for n in (1, 2, 3) for sex in "男女")
    load(county, "persons", rows)
    build = refresh()
    item, unit = catalog().indicator("persons_count"), county.unit("B1")
    for user, seen in ((county.safety, False), (county.finance, True)):
        figures = values_for(user, [item], unit, YEAR, build=build)
        assert figures["persons_count"].value == 6, "six rows are enough to be told"
        assert bool(filed_for(user, figures.values(), unit, build)) is seen, user


def _filed(county: County, user: User, unit: str):
    build, at = refresh(), county.unit(unit)
    figures = values_for(user, [catalog().indicator("heads_count")], at, YEAR, build=build)
    return filed_for(user, figures.values(), at, build, names=True)["heads_count", YEAR]


# Comparison


def test_the_address_keeps_a_comparison_and_everybody_sees_it_by_their_own_right(county: County, client: Client):
    address = "/figures/compare/?i=heads_count&i=heads_ratio&u=level:school&p=SY2024&p=SY2025"
    client.force_login(county.office)
    text = page(client, address)
    body = text.partition("<tbody>")[2]
    assert "第一小学" in body and "河东中学" in body and "12.0" in body and "生师比例 2024-2025学年" in text
    assert text.count('type="application/json"') == 2 and 'value="level:school" checked' in text
    client.force_login(county.district)
    body = page(client, address).partition("<tbody>")[2]
    assert "第一小学" in body and "河东中学" not in body
    client.force_login(county.own)
    assert client.get("/figures/compare/?i=heads_count&u=S2").status_code == 404
    client.force_login(county.stranger)
    assert client.get(address).status_code == 404


def test_units_are_chosen_one_by_one_by_district_by_kind_and_by_level(county: County):
    def names(*units: str) -> list[str]:
        return [unit.name for unit in compared_for(county.root, Choice(("heads_count",), units, ())).units]

    assert names("in:D1") == ["第一小学", "第二小学"] and names("kind:初级中学") == ["河东中学"]
    assert names("level:district", "S3") == ["城关学区", "河东学区", "河东中学"]
    assert names() == ["城关学区", "河东学区"] and names("B1") == ["测试县教育局"]
    with pytest.raises(NotFound):
        names("in:没有")
    with pytest.raises(NotFound):
        compared_for(county.stranger, Choice(("heads_count",), (), ()))


def test_who_has_posts_in_two_places_compares_the_units_of_both(county: County, client: Client):
    assign_post(user=county.own, unit=county.unit("D2"), role="学区", since=START, by=None)
    a_round(county, S1="approved", S3="todo")
    client.force_login(county.own)
    text = page(client, "/figures/compare/?i=heads_count&i=heads_count&u=level:school&p=SY2025&p=SY2025")
    body = text.partition("<tbody>")[2]
    assert "120" in body and "330" in body and "第二小学" not in body
    assert "第一小学 1/1 所已报" in text and "河东学区 0/1 所已报" in text
    assert text.count('type="application/json"') == 1, "what is named twice stands once"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("i=heads_count&i=heads_ratio&i=fixes_done&i=fixes_cost&i=pupil_count", "1 到 4 个指标"),
        ("i=heads_count" + "".join(f"&p={year}" for year in range(2015, 2025)), "最多比较 6 个期间"),
        ("i=heads_count&p=最近", "最近"),
    ],
)
def test_what_cannot_be_compared_is_said_with_the_choice_kept(county: County, client: Client, query: str, told: str):
    client.force_login(county.office)
    answer = client.get(f"/figures/compare/?{query}")
    assert answer.status_code == 422 and told in answer.content.decode()
    assert client.get("/figures/compare/?i=nothing").status_code == 404


def test_the_workbook_holds_the_numbers_as_printed_and_the_log_says_who_took_it(county: County, client: Client):
    client.force_login(county.office)
    answer = client.get("/figures/compare/?i=heads_ratio&u=level:school&p=SY2025&export=xlsx")
    (sheet,) = [CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)]
    rows = sheet.to_python()
    assert rows[0] == ["单位编码", "单位", "生师比例（:1）"] and ["S1", "第一小学", 12.0] in rows
    event = Event.objects.get(action="indicators.figures.exported")
    assert event.data["rows"] == 3 and "heads_ratio" in event.data["filters"]


def test_a_small_number_does_not_come_out_by_choosing_its_neighbours(county: County):
    """D1 has 3 and 9 rows: told the district's 12 and the 9, anybody knows the 3."""
    rows = [("S1", "男"), ("S1", "女"), ("S2", "男"), ("S2", "女"), ("S3", "男"), ("S3", "女")]
    load(county, "persons", "单位编码,期间,性别,数\n" + "".join(f"{unit},SY2025,{sex},1\n" for unit, sex in rows))
    for choice in (("S1", "D1"), ("S2", "D1"), ("level:school",), ("in:D1", "D1")):
        found = compared_for(county.safety, Choice(("persons_count",), choice, ("SY2025",)))
        assert all(figure.value is None for figure in found.figures.values()), choice
    open_to = compared_for(county.finance, Choice(("persons_count",), ("S1",), ("SY2025",)))
    assert [figure.value for figure in open_to.figures.values()] == [2]


def test_two_small_schools_of_two_districts_do_not_come_out_of_their_districts_totals(county: County):
    """S1 has 1 row, S2 has 6, S3 has 2: two are held back, yet D1's 7 less the 6 of S2 is S1's 1."""
    six = PACK["registers/persons.yaml"].replace("[男, 女]", "[男, 女, 三, 四, 五, 六]")
    apply_pack(pack=read_files({**PACK, "registers/fixes.yaml": FIXES, "registers/persons.yaml": six}), by_name="测试")
    rows = [("S1", "男"), *(("S2", word) for word in "男女三四五六"), ("S3", "男"), ("S3", "女")]
    load(county, "persons", "单位编码,期间,性别,数\n" + "".join(f"{unit},SY2025,{word},1\n" for unit, word in rows))
    told = figures_below(county.safety, "persons_count", "B1", "SY2025", "学校")
    assert [figure.held_back for figure in told] == [True, True, True]
    seen = figures_below(county.finance, "persons_count", "B1", "SY2025", "学校")
    assert [figure.value for figure in seen] == [1, 6, 2]


# Kept builds


def test_a_kept_figure_stands_beside_the_live_one(county: County, client: Client):
    keep_snapshot("七月通报", by=county.office)
    load(county, "heads", "单位编码,期间,学段,学生,教师\nS1,SY2025,小学,130,10\n")
    snapshot = Snapshot.objects.get()
    client.force_login(county.office)
    assert "七月通报" in page(client, "/figures/kept/") and "KB" in page(client, "/figures/kept/")
    text = page(client, f"/indicators/heads_count/?period=SY2025&build={snapshot.pk}")
    assert "“七月通报”（数据截止" in text and "为 530人，现为 540人" in text
    listed = page(client, f"/figures/kept/{snapshot.pk}/?period=SY2025&q=学生总数")
    assert "530" in listed and "540" in listed and "已变" in listed
    assert "没有不同" in page(client, f"/figures/kept/{snapshot.pk}/?period=SY2024&q=学生总数&only=moved")
    assert "未变" in page(client, f"/indicators/heads_count/?period=SY2024&build={snapshot.pk}")


def test_kept_builds_are_for_those_who_write_or_sign_reports(county: County, client: Client):
    keep_snapshot("留着", by=county.office)
    pk = Snapshot.objects.get().pk
    for user, seen in (
        (county.chief, 200),
        (county.safety, 200),
        (county.own, 404),
        (county.district, 404),
        (county.stranger, 404),
    ):
        client.force_login(user)
        for address in ("/figures/kept/", f"/figures/kept/{pk}/"):
            assert client.get(address).status_code == seen, (user, address)
    client.force_login(county.own)
    assert client.get(f"/indicators/heads_count/?build={pk}").status_code == 404
    assert "与留存的对照" not in page(client, "/indicators/heads_count/")
    client.force_login(county.office)
    assert client.get("/figures/kept/999999/").status_code == 404
    for wrong in ("abc", "²", "9" * 30):
        assert client.get(f"/indicators/heads_count/?build={wrong}").status_code == 404, wrong


def test_a_build_is_kept_from_the_page_and_let_go_with_a_reason(county: County, client: Client):
    client.force_login(county.office)
    assert reverse("figures:kept_index") in page(client, "/indicators/"), "the first one is kept there"
    assert client.post("/figures/kept/", {"name": "年中"}).status_code == 302
    assert client.post("/figures/kept/", {"name": "年中"}).status_code == 422, "the name is taken"
    snapshot = Snapshot.objects.get()
    drop = reverse("figures:drop_kept", args=[snapshot.pk])
    client.post(drop, {"why": " "})
    assert Snapshot.objects.exists(), "not without a reason"
    client.force_login(county.chief)
    assert client.post(drop, {"why": "清理"}).status_code == 403
    client.force_login(county.own)
    assert client.post(drop, {"why": "清理"}).status_code == 404
    client.force_login(county.office)
    client.post(drop, {"why": "重名，清理"})
    assert not Snapshot.objects.exists()
    assert Event.objects.get(action="warehouse.snapshot.dropped").data["why"] == "重名，清理"


def test_what_a_signed_report_rests_on_is_not_let_go(county: County, client: Client):
    keep_snapshot("签发", by=county.office, reason=Snapshot.DRAFT, subject="report:1")
    publish_snapshot(subject="report:1", by=county.chief)
    pk = Snapshot.objects.get().pk
    client.force_login(county.office)
    assert "为什么删除" not in page(client, f"/figures/kept/{pk}/")
    assert client.post(f"/figures/kept/{pk}/drop/", {"why": "清理"}).status_code == 422
    assert Snapshot.objects.exists()


# From a record to its figures and back


def test_a_record_names_the_figures_that_it_counts_in_and_what_it_adds(county: County, client: Client):
    made = fix(county, 花费=300)
    take_step(record=made, step="修完", by=county.own)
    fix(county)
    made.refresh_from_db()
    parts = {part.indicator.code: part for part in parts_of(county.own, made)}
    assert parts["fixes_done"].words == "分子 1，分母 1" and parts["fixes_cost"].words == "300"
    assert parts["fixes_more"].words == "参加计算", "what looks at other years cannot be told of one record"
    figure = parts["fixes_done"].figure
    assert figure is not None and figure.text == "50.00"
    client.force_login(county.own)
    assert f"/figures/records/{made.pk}/" in page(client, f"/registers/records/{made.pk}/")
    text = page(client, f"/figures/records/{made.pk}/")
    assert "修好率" in text and "/indicators/fixes_done/rows/" in text and "50.00" in text


def test_an_open_record_counts_in_the_denominator_alone_and_a_void_one_nowhere(county: County):
    made = fix(county)
    parts = {part.indicator.code: part for part in parts_of(county.own, made)}
    assert parts["fixes_done"].words == "分子 0，分母 1" and parts["fixes_done"].counts
    assert not parts["fixes_cost"].counts and "没有填" in parts["fixes_cost"].words
    take_step(record=made, step="作废", by=county.own, note="重复登记")
    made.refresh_from_db()
    assert parts_of(county.own, made) == []


def test_a_return_counts_in_the_figures_of_its_own_period(county: County):
    record = Record.objects.select_related("unit").get(register_code="heads", period="SY2024", unit__code="S1")
    parts = {part.indicator.code: part for part in parts_of(county.own, record)}
    assert parts["heads_count"].period.code == "SY2024" and parts["heads_count"].words == "100"
    assert parts["heads_ratio"].words == "分子 100，分母 10"


def test_the_page_of_a_records_figures_is_as_closed_as_the_record(county: County, client: Client):
    made = fix(county)
    for user, seen in ((county.office, 200), (county.own, 200), (county.other, 404), (county.stranger, 404)):
        client.force_login(user)
        assert client.get(f"/figures/records/{made.pk}/").status_code == seen, user


def test_a_figure_leads_to_its_rows_and_each_row_to_its_record(county: County, client: Client):
    made = fix(county)
    client.force_login(county.own)
    assert "/indicators/fixes_done/rows/" in page(client, "/indicators/fixes_done/")
    assert f"/registers/records/{made.pk}/" in page(client, "/indicators/fixes_done/rows/")


# The indicator's own page


def test_the_page_shows_the_statement_the_districts_and_small_charts_of_each(county: County, client: Client):
    client.force_login(county.office)
    text = page(client, "/indicators/heads_count/?period=SY2025")
    assert "SELECT" in text and "reg_heads" in text
    assert "城关学区" in text and '"kind": "small"' in text
    assert "另取上年同期的同一公式" in page(client, "/indicators/fixes_more/")


def test_an_indicator_page_takes_few_queries(county: County, client: Client, django_assert_max_num_queries):
    client.force_login(county.office)
    page(client, "/indicators/heads_count/")
    with django_assert_max_num_queries(40):
        page(client, "/indicators/heads_count/")


def test_a_wrong_period_is_refused_in_words(county: County, client: Client):
    client.force_login(county.office)
    assert client.get("/indicators/heads_count/?period=最近").status_code == 422
    with pytest.raises(Problem):
        compared_for(county.office, Choice((), (), ()))


# A rate's definition is a policy decision

PLACES = """
register: places
name: 学位表
kind: statistics
period: school_year
line: 统计
fields:
  - {name: 公办在校生, type: integer, unit: 人}
  - {name: 购买学位, type: integer, unit: 人}
  - {name: 在校生, type: integer, unit: 人}
access:
  学校: {see: own, create: own, edit: own}
indicators:
  - code: public_share
    name: 公办学位占比
    formula: "sum(公办在校生 + 购买学位) / sum(在校生)"
    unit: "%"
    version: 含购买学位
    valid_from: 2026-01-01
    definition: {numerator: 公办在校生与政府购买学位, denominator: 在校生}
    earlier:
      - {version: 纯公办, formula: "sum(公办在校生) / sum(在校生)", definition: {numerator: 公办在校生, denominator: 在校生}}
"""


def test_two_definitions_of_one_share_stand_side_by_side_with_their_parts_and_can_be_switched(county, client: Client):
    apply_pack(
        pack=read_files({**PACK, "registers/fixes.yaml": FIXES, "registers/places.yaml": PLACES}), by_name="测试"
    )
    load(
        county,
        "places",
        "单位编码,期间,公办在校生,购买学位,在校生\nS1,SY2024,25000,7000,38000\nS1,SY2025,25693,7473,38550\n",
    )
    client.force_login(county.office)
    text = page(client, "/indicators/public_share/?period=SY2025")
    table = text.partition("口径版本</h2>")[2]
    assert "86.03" in table and "66.65" in table and "33,166" in table and "25,693" in table
    assert "口径有变化" in text and "一律按口径 含购买学位" in text
    switched = page(client, "/indicators/public_share/?period=SY2025&version=纯公办")
    assert switched.index("66.65") < switched.index("86.03"), "the headline follows the chosen version"
    assert "口径有变化" not in switched
    assert client.get("/indicators/public_share/?version=没有").status_code == 404
