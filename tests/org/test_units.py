"""Units and people come in from tables, all or none; pages show them as far as a person may see."""

import pytest
from django.test import Client

from taizhang.events.models import Event
from taizhang.kernel.errors import Problem, Problems
from taizhang.kernel.tables import table_from_bytes
from taizhang.org.actions import load_people, load_units
from taizhang.org.models import Post, Unit, User
from tests.support import UNITS, make_county

pytestmark = pytest.mark.django_db
HEAD = "编码,名称,类型,上级编码,启用日期,停用日期\n"


def units(text: str, name: str = "单位.csv"):
    return load_units(table=table_from_bytes(text.encode(), name), by=None)


def test_rows_may_come_in_any_order_and_the_tree_is_right():
    units(HEAD + "S1,一小,小学,D1,2000-01-01,\nD1,东区,学区,B1,2000-01-01,\nB1,某局,教育局,,2000-01-01,\n")
    school = Unit.objects.get(code="S1")
    assert [Unit.objects.get(pk=int(part)).code for part in school.path.strip("/").split("/")] == ["B1", "D1", "S1"]
    assert school.level == "school"


def test_the_same_table_again_updates_and_a_moved_unit_takes_its_subtree_along():
    units(UNITS)
    moved = UNITS.replace("D2,河东学区,学区,B1", "D2,河东片区,学区,D1")
    loaded = units(moved)
    assert (loaded.created, loaded.updated) == (0, 9)
    assert Unit.objects.get(code="S3").path.startswith(Unit.objects.get(code="D1").path)
    assert Unit.objects.get(code="D2").name == "河东片区"


def test_a_unit_hung_under_one_that_moved_in_the_same_table_is_found_below_it():
    units(UNITS)
    units(HEAD + "D2,河东学区,学区,D1,2000-01-01,\nN1,新校,小学,S3,2025-09-01,\n")
    made = Unit.objects.get(code="N1")
    assert made.path == f"{Unit.objects.get(code='S3').path}{made.pk}/"
    assert made.path.startswith(Unit.objects.get(code="D1").path)


def test_a_merged_school_says_where_it_went():
    table = "编码,名称,类型,上级编码,启用日期,停用日期,并入\nB1,某局,教育局,,2000-01-01,,\nS1,一小,小学,B1,2000-01-01,2025-08-31,S2\nS2,二小,小学,B1,2000-01-01,,\n"
    units(table)
    closed = Unit.objects.get(code="S1")
    assert closed.merged_into.code == "S2"
    assert closed.is_open(closed.closed_on) and not closed.is_open(closed.closed_on.replace(year=2026))


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("S1,一小,小学,D9,2000-01-01,\n", "D9"),
        ("S1,一小,小学堂,,2000-01-01,\n", "九年一贯制学校"),
        (",一小,小学,,2000-01-01,\n", "编码"),
        ("S1,,小学,,2000-01-01,\n", "名称"),
        ("S1,一小,小学,,去年,\n", "2025-09-01"),
        ("S1,一小,小学,S1,2000-01-01,\n", "圈"),
    ],
)
def test_a_faulty_row_is_named_and_nothing_is_saved(row: str, word: str):
    with pytest.raises(Problem) as refused:
        units(HEAD + "B1,某局,教育局,,2000-01-01,\n" + row)
    assert word in str(refused.value) and "第3行" in str(refused.value)
    assert not Unit.objects.exists()


def test_every_faulty_row_is_told_at_once():
    with pytest.raises(Problems) as refused:
        units(HEAD + "S1,,小学,,2000-01-01,\nS2,二小,学堂,,2000-01-01,\n")
    assert len(refused.value.problems) == 2


def test_a_missing_column_is_named():
    with pytest.raises(Problem, match="类型"):
        units("编码,名称,上级编码\nS1,一小,\n")


def test_people_get_accounts_and_posts_and_a_second_load_doubles_nothing():
    make_county()
    table = "姓名,账号,单位编码,岗位,起始日期,电话\n赵一,zhao,S1,学校,2024-09-01,15400000000\n赵一,zhao,K1,办公室,2024-09-01,\n"
    for _ in range(2):
        load_people(table=table_from_bytes(table.encode(), "人员.csv"), by=None, password="first-password")
    user = User.objects.get(username="zhao")
    assert user.must_change_password and user.check_password("first-password")
    assert Post.objects.filter(user=user).count() == 2
    assert Event.objects.filter(action="org.user.created", subject=f"user:{user.pk}").count() == 1


@pytest.mark.parametrize(
    ("row", "word"), [("赵一,zhao,S9,学校\n", "S9"), ("赵一,zhao,S1,教研员\n", "学校"), (",zhao,S1,学校\n", "姓名")]
)
def test_a_faulty_person_is_named_with_the_remedy(row: str, word: str):
    make_county()
    with pytest.raises(Problem) as refused:
        load_people(table=table_from_bytes(("姓名,账号,单位编码,岗位\n" + row).encode(), "人员.csv"), by=None)
    assert word in str(refused.value)


@pytest.mark.parametrize(
    ("who", "sees", "misses"),
    [
        ("office", ["第一小学", "第二小学"], []),
        ("district", ["第一小学", "第二小学"], ["河东中学"]),
        ("own", ["第一小学"], ["第二小学", "河东中学"]),
        ("stranger", [], ["第一小学", "城关学区"]),
    ],
)
@pytest.mark.parametrize("page", ["units", "people"])
def test_units_and_people_are_shown_as_far_as_a_person_may_see(client: Client, who, sees, misses, page):
    county = make_county()
    client.force_login(getattr(county, who))
    text = client.get(f"/settings/{page}/").content.decode()
    main = text[text.index('<main class="tz-main"') :]
    assert all(name in main for name in sees) and not any(name in main for name in misses)


def test_a_search_finds_by_name_and_by_code(client: Client):
    county = make_county()
    client.force_login(county.office)
    assert "河东中学" in client.get("/settings/units/?q=河东中").content.decode()
    main = client.get("/settings/units/?q=S1").content.decode().split('<main class="tz-main"')[1]
    assert "第一小学" in main and "第二小学" not in main
