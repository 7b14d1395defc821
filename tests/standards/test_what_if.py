"""What would be: computed on copies, refused when it cannot be, kept only under a name."""

from decimal import Decimal

import pytest
from django.test import Client

from taizhang.kernel.errors import Forbidden, Problem
from taizhang.registers.models import Version
from taizhang.standards.actions import drop_scenario, keep_scenario
from taizhang.standards.models import Scenario
from taizhang.standards.queries import board_for, judged_board
from taizhang.standards.what_if import Change, applied, change_from_text, words_of
from tests.standards.county import ROWS, make_schools
from tests.support import County

pytestmark = pytest.mark.django_db
NINE = "N1,SY2025,小学,九年一贯制学校,300,20,3000,4000,900000,40\nN1,SY2025,初中,九年一贯制学校,200,20,2000,4000,900000,40\n"


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.WAREHOUSE = settings.FILES = tmp_path
    return make_schools(ROWS + NINE)


def after(county: County, *changes: Change):
    board = board_for(county.chief, "halls", "B1", "SY2025")
    parts = applied(board.parts, changes, board.schools)
    return judged_board(board.standard, board.unit, board.period, board.build, parts, board.filed)


def line(board, name: str, stage: str = "小学"):
    return next(item for item in board.lines if (item.part.name, item.part.stage) == (name, stage))


TEACHERS = Change("move", "S1", "S4", "小学", "halls_teachers", "4")


def test_teachers_that_move_change_both_schools_and_no_record(county: County):
    versions = Version.objects.count()
    board = after(county, TEACHERS, Change("add", "", "S4", "小学", "halls_money", "85000"))
    assert line(board, "第四小学").state == "met"
    assert (line(board, "第一小学").part.amounts["halls_teachers"], line(board, "第一小学").state) == (20, "met")
    assert Version.objects.count() == versions
    assert line(board_for(county.chief, "halls", "B1", "SY2025"), "第四小学").state == "failed"


def test_a_merged_school_brings_everything_a_closed_one_leaves_its_buildings(county: County):
    merged = line(after(county, Change("merge", "S4", "S2")), "第二小学")
    closed = line(after(county, Change("close", "S4", "S2")), "第二小学")
    assert (merged.part.pupils, closed.part.pupils) == (500, 500)
    assert (merged.part.amounts["halls_area"], closed.part.amounts["halls_area"]) == (2350, 850)
    assert merged.part.amounts["halls_books"] == closed.part.amounts["halls_books"] == 5500
    assert "第四小学" not in {item.part.name for item in after(county, Change("merge", "S4", "S2")).lines}


def test_a_point_that_was_too_small_counts_once_it_is_part_of_a_school(county: County):
    assert line(after(county, Change("merge", "S5", "S1")), "第一小学").part.pupils == 440


def test_a_stage_that_the_receiving_school_lacked_comes_into_being(county: County):
    board = after(county, Change("merge", "S3", "S1"))
    assert line(board, "第一小学", "初中").part.pupils == 500


def test_what_a_mixed_school_gets_is_divided_again(county: County):
    board = after(county, Change("add", "", "N1", "小学", "halls_area", "260"))
    junior, primary = line(board, "九年学校", "初中"), line(board, "九年学校")
    assert primary.part.amounts["halls_area"] + junior.part.amounts["halls_area"] == 5260
    assert junior.cells[1].value / primary.cells[1].value == pytest.approx(Decimal("1.1"))


def test_the_coefficient_follows(county: County):
    now = board_for(county.chief, "halls", "B1", "SY2025").spread("halls_area", "小学").cv
    assert after(county, Change("add", "", "S2", "小学", "halls_area", "400")).spread("halls_area", "小学").cv < now


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change("move", "S1", "S4", "小学", "halls_teachers", "25"), "只有 20 名教师"),
        (Change("move", "S1", "S1", "小学", "halls_teachers", "1"), "同一所"),
        (Change("move", "S1", "S4", "小学", "halls_teachers", "-1"), "不是可用的数量"),
        (Change("move", "S1", "S4", "小学", "halls_teachers", "很多"), "不是可用的数量"),
        (Change("add", "", "S1", "初中", "halls_teachers", "1"), "没有学校“S1”的初中"),
        (Change("add", "", "S1", "小学", "nothing", "1"), "没有资源"),
        (Change("merge", "S1", "S1"), "不能并入自己"),
        (Change("close", "S1", "X"), "没有学校“X”"),
        (Change("close", "X", "S1"), "没有学校“X”"),
    ],
)
def test_a_step_that_cannot_be_taken_is_refused_with_its_place(county: County, change: Change, said: str):
    with pytest.raises(Problem, match=said) as wrong:
        after(county, TEACHERS, change)
    assert wrong.value.where == "第 2 步"


def test_too_many_steps_and_garbage_in_the_address_are_refused(county: County):
    with pytest.raises(Problem, match="最多"):
        after(county, *[TEACHERS] * 31)
    for text in ("", "move~a", "drop~S1~S2~小学~halls_teachers~1"):
        with pytest.raises(Problem, match="看不懂"):
            change_from_text(text)
    assert change_from_text(TEACHERS.as_text()) == TEACHERS


def test_steps_are_told_in_words(county: County):
    board = board_for(county.chief, "halls", "B1", "SY2025")
    names = {part.code: part.name for part in board.parts}
    resources = {item.indicator: item for item in board.schools.resources}
    told = [
        words_of(change, names, resources)
        for change in (TEACHERS, Change("close", "S4", "S2"), Change("merge", "S5", "S1"))
    ]
    assert told == [
        "从第一小学调 4 名教师到第四小学（小学）",
        "第四小学停办，学生、教师和设备到第二小学",
        "第五小学并入第一小学",
    ]


def test_a_scenario_is_kept_under_one_name_and_dropped_by_its_maker(county: County):
    board = board_for(county.office, "halls", "B1", "SY2025")
    made = keep_scenario(board=board, name=" 调四名教师 ", changes=[TEACHERS], by=county.office)
    assert (made.name, made.changes[0]["target"]) == ("调四名教师", "S4")
    with pytest.raises(Problem, match="已有方案"):
        keep_scenario(board=board, name="调四名教师", changes=[TEACHERS], by=county.office)
    for name, changes in (("", [TEACHERS]), ("空", [])):
        with pytest.raises(Problem, match="至少一步"):
            keep_scenario(board=board, name=name, changes=changes, by=county.office)
    with pytest.raises(Forbidden, match="只能删去自己的方案"):
        drop_scenario(scenario=made, by=county.chief)
    drop_scenario(scenario=made, by=county.office)
    assert not Scenario.objects.exists()


def test_the_page_adds_steps_keeps_them_and_opens_them_again(county: County, client: Client):
    client.force_login(county.office)
    where = {"unit": "B1", "period": "SY2025"}
    step = {
        "kind": "move",
        "source": "S1",
        "target": "S4",
        "stage": "小学",
        "resource": "halls_teachers",
        "amount": "4",
    }
    page = client.get("/standards/halls/what-if/", {**where, **step}).content.decode()
    assert "从第一小学调 4 名教师到第四小学" in page and "4.00 → 5.33" in page
    refused = client.get(
        "/standards/halls/what-if/", {**where, **step, "amount": "99", "c": TEACHERS.as_text()}
    ).content.decode()
    assert "调不出" in refused and "从第一小学调 4 名教师到第四小学" in refused
    kept = client.post("/standards/halls/what-if/keep/", {**where, "name": "方案一", "c": TEACHERS.as_text()})
    assert kept.status_code == 302
    made = Scenario.objects.get()
    assert "4.00 → 5.33" in client.get(kept["Location"]).content.decode()
    client.force_login(county.own)
    assert client.get(f"/standards/halls/what-if/?scenario={made.pk}").status_code == 404, "not a unit of theirs"
    assert client.post(f"/standards/scenarios/{made.pk}/drop/").status_code == 404
    client.force_login(county.chief)
    assert client.post(f"/standards/scenarios/{made.pk}/drop/").status_code == 403
    client.force_login(county.office)
    client.post(f"/standards/scenarios/{made.pk}/drop/")
    assert not Scenario.objects.exists()
