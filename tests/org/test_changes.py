"""Units change in time and people change posts; what was stays readable, and nothing is rewritten."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.kernel.tables import table_from_bytes
from taizhang.org.actions import load_units
from taizhang.org.changes import (
    NewUnit,
    close_unit,
    merge_units,
    move_unit,
    open_unit,
    rename_unit,
    reopen_unit,
    split_unit,
)
from taizhang.org.codes import doubt_about
from taizhang.org.models import Delegation, Post, Unit, UnitSpan
from taizhang.org.notices import holders_of
from taizhang.org.policy import posts_of
from taizhang.org.posts import delegate, end_delegation, end_post, give_post, reset_password, set_active
from taizhang.registers.actions import create_record
from taizhang.registers.models import Record
from taizhang.registers.steps import take_step
from tests.registers.conftest import picture
from tests.support import make_county

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2026, 9, 1)
HAZARD = {"发现日期": "2026-03-02", "隐患类别": "消防安全", "隐患描述": "灭火器过期", "整改期限": "2026-04-01"}


@pytest.fixture
def county(settings, tmp_path):
    settings.FILES = tmp_path
    return make_county()


@pytest.fixture
def admin(county):
    """Who manages units and people, and sees no record by right of that post."""
    give_post(user=county.stranger, unit=county.unit("B1"), role="管理员", since=date(2026, 1, 1), by=None)
    return type(county.stranger).objects.get(pk=county.stranger.pk)


def fresh(user):
    """The same person at the next request: posts are remembered for one request only."""
    return type(user).objects.get(pk=user.pk)


def test_a_renamed_school_keeps_its_code_and_its_former_name_stays_readable(county, admin):
    school = county.unit("S1")
    rename_unit(unit=school, name="第一实验小学", kind="小学", on=SEPTEMBER, by=admin)
    rename_unit(unit=school, name="实验学校", kind="九年一贯制学校", on=date(2026, 10, 1), by=admin)
    now = county.unit("S1")
    assert now.name == "实验学校" and now.kind == "九年一贯制学校"
    spans = list(UnitSpan.objects.filter(unit=now).values_list("name", "since", "until"))
    assert spans == [
        ("第一实验小学", SEPTEMBER, date(2026, 9, 30)),
        ("第一小学", date(2000, 1, 1), date(2026, 8, 31)),
    ]


def test_a_change_before_the_last_one_or_still_to_come_is_refused(county, admin):
    school = county.unit("S1")
    rename_unit(unit=school, name="第一实验小学", kind="小学", on=SEPTEMBER, by=admin)
    with pytest.raises(Problem, match="须晚于 2026-09-01"):
        rename_unit(unit=school, name="实验小学", kind="小学", on=date(2026, 3, 1), by=admin)
    with pytest.raises(Problem, match="还没有到"):
        rename_unit(unit=school, name="实验小学", kind="小学", on=timezone.localdate() + timedelta(days=2), by=admin)
    assert county.unit("S1").name == "第一实验小学"


def test_a_moved_district_takes_its_schools_along_and_cannot_move_below_itself(county, admin):
    move_unit(unit=county.unit("D2"), parent=county.unit("D1"), on=SEPTEMBER, by=admin)
    assert county.unit("S3").path.startswith(county.unit("D1").path)
    assert UnitSpan.objects.get(unit=county.unit("D2")).parent == county.unit("B1")
    with pytest.raises(Problem, match="自己的下级"):
        move_unit(unit=county.unit("D1"), parent=county.unit("S3"), on=date(2026, 10, 1), by=admin)


def test_records_of_a_merged_school_stay_its_own_and_its_successor_finishes_them(county, admin):
    hazard = create_record(register="safety_hazard", unit=county.unit("S2"), values=HAZARD, by=county.other).record
    take_step(record=hazard, step="下发整改通知", by=county.safety)
    merge_units(
        units=[county.unit("S2")], into=county.unit("S1"), last_day=date(2026, 8, 31), reason="县政府批复", by=admin
    )
    own = fresh(county.own)
    take_step(
        record=hazard, step="提交整改反馈", values={"整改措施": "已更换"}, files={"整改后照片": [picture()]}, by=own
    )
    done = Record.objects.get(pk=hazard.pk)
    assert done.unit.code == "S2" and done.state == "待复查"
    assert not posts_of(fresh(county.other)), "the posts of the closed school have ended"


def test_people_of_a_merged_school_may_move_with_it(county, admin):
    last = date(2026, 8, 31)
    merge_units(
        units=[county.unit("S2")], into=county.unit("S1"), last_day=last, reason="批复", by=admin, move_posts=True
    )
    assert [post.unit.code for post in posts_of(fresh(county.other))] == ["S1"]
    assert Post.objects.get(user=county.other, unit__code="S2").until == last


def test_a_chain_of_mergers_ends_at_the_last_school(county, admin):
    hazard = create_record(register="safety_hazard", unit=county.unit("S3"), values=HAZARD, by=county.safety).record
    merge_units(units=[county.unit("S3")], into=county.unit("S2"), last_day=date(2025, 8, 31), reason="批复", by=admin)
    merge_units(units=[county.unit("S2")], into=county.unit("S1"), last_day=date(2026, 8, 31), reason="批复", by=admin)
    client = Client()
    client.force_login(fresh(county.own))
    assert client.get(reverse("registers:record", args=[hazard.pk])).status_code == 200


def test_a_school_is_split_and_the_parts_say_where_they_come_from(county, admin):
    parts = [NewUnit("2133010101", "一小东校区", "小学"), NewUnit("2133010102", "一小西校区", "小学")]
    made = split_unit(unit=county.unit("S1"), parts=parts, on=SEPTEMBER, by=admin, stays=False, reason="办学规模")
    assert {unit.split_from.code for unit in made} == {"S1"} and made[0].parent.code == "D1"
    assert county.unit("S1").closed_on == date(2026, 8, 31)


def test_half_a_split_is_no_split(county, admin):
    parts = [NewUnit("2133010101", "一小东校区", "小学"), NewUnit("S2", "一小西校区", "小学")]
    with pytest.raises(Problem, match="已用于“第二小学”"):
        split_unit(unit=county.unit("S1"), parts=parts, on=SEPTEMBER, by=admin, stays=False, reason="办学规模")
    assert not Unit.objects.filter(code="2133010101").exists() and county.unit("S1").closed_on is None


def test_a_unit_with_open_units_below_is_not_closed_and_a_wrong_closing_is_undone(county, admin):
    with pytest.raises(Problem, match="第一小学"):
        close_unit(unit=county.unit("D1"), last_day=SEPTEMBER, reason="撤学区", by=admin)
    close_unit(unit=county.unit("S3"), last_day=SEPTEMBER, reason="误操作", by=admin)
    with pytest.raises(Problem, match="已于"):
        close_unit(unit=county.unit("S3"), last_day=SEPTEMBER, reason="再来", by=admin)
    reopen_unit(unit=county.unit("S3"), reason="撤错了", by=admin)
    assert county.unit("S3").closed_on is None
    assert Event.objects.filter(action="org.unit.reopened", actor_name=admin.name).exists()


def test_who_does_not_manage_units_changes_none(county):
    for user in (county.own, county.district, county.office):
        with pytest.raises(Forbidden):
            rename_unit(unit=county.unit("S1"), name="新名", kind="小学", on=SEPTEMBER, by=user)
    assert county.unit("S1").name == "第一小学"


def test_codes_are_for_life(county, admin):
    close_unit(unit=county.unit("S3"), last_day=SEPTEMBER, reason="撤销", by=admin)
    with pytest.raises(Problem, match="不再给别的单位"):
        open_unit(unit=NewUnit("S3", "新中学", "初级中学"), parent=county.unit("D2"), on=SEPTEMBER, by=admin)


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("2133010101", "小学", ""),
        ("3133010101", "小学", "类别码"),
        ("213301010", "小学", "10 位"),
        ("2199010101", "小学", "省级区划"),
        ("K01", "科室", ""),
        ("330381", "教育局", ""),
        ("330381101", "教育局", ""),
        ("330381101201", "教育局", ""),
        ("B1", "教育局", ""),
        ("3303", "教育局", "行政区划代码"),
        ("990381", "教育局", "省级区划"),
        ("330381000", "教育局", "乡级"),
    ],
)
def test_an_official_code_is_checked_digit_group_by_group(code, kind, said):
    found = doubt_about(code, kind)
    assert said in found if said else found == ""


@pytest.mark.parametrize(
    ("code", "kind", "refused"),
    [
        ("9933010101", "小学", True),
        ("2199010101", "小学", True),
        ("3133010199", "小学", False),
        ("YEY-001", "幼儿园", False),
        ("990381", "教育局", True),
        ("S9", "小学", False),
    ],
)
def test_a_new_unit_with_an_impossible_official_code_is_refused_with_what_to_do(county, admin, code, kind, refused):
    """By hand and by table alike; one that is only of another kind is doubted, for a school keeps its code."""
    table = table_from_bytes(f"编码,名称,类型,上级编码\n{code},新单位,{kind},D2\n".encode(), "单位.csv")
    by_hand = partial(open_unit, unit=NewUnit(code, "新单位", kind), parent=county.unit("D2"), on=SEPTEMBER, by=admin)
    for make in (partial(load_units, table=table, by=admin), by_hand):
        with transaction.atomic():
            if refused:
                with pytest.raises(Problem) as told:
                    make()
                assert "改正" in str(told.value) and not Unit.objects.filter(code=code).exists()
            else:
                make()
                Unit.objects.filter(code=code).delete()


def test_one_person_holds_several_posts_and_loses_one_of_them(county, admin):
    post = give_post(user=county.own, unit=county.unit("S2"), role="学校", since=date(2026, 1, 1), by=admin)
    assert {item.unit.code for item in posts_of(fresh(county.own))} == {"S1", "S2"}
    end_post(post=post, last_day=timezone.localdate() - timedelta(days=1), by=admin)
    assert {item.unit.code for item in posts_of(fresh(county.own))} == {"S1"}


@pytest.mark.parametrize(
    ("code", "role", "said"),
    [("S1", "局长", "不设在"), ("S1", "门卫", "没有岗位"), ("S1", "学校", "已是"), ("D1", "学校", "不设在")],
)
def test_a_post_that_does_not_fit_is_refused(county, admin, code, role, said):
    with pytest.raises(Problem, match=said):
        give_post(user=county.own, unit=county.unit(code), role=role, since=date(2026, 1, 1), by=admin)


def test_somebody_acts_for_an_absent_officer_and_is_told_what_the_officer_is_told(county):
    post = county.safety.posts.get()
    today = timezone.localdate()
    delegate(
        post=post, to=county.finance, since=today, until=today + timedelta(days=7), reason="休假", by=county.safety
    )
    acting = fresh(county.finance)
    assert [item.unit.code for item in posts_of(acting)] == ["K3", "K2"], "the own post comes first"
    assert set(holders_of(county.unit("K2"))) == {county.safety, county.finance}
    hazard = create_record(register="safety_hazard", unit=county.unit("S1"), values=HAZARD, by=county.own).record
    take_step(record=hazard, step="下发整改通知", by=acting)
    end_delegation(delegation=Delegation.objects.get(), by=county.safety)
    assert [item.unit.code for item in posts_of(fresh(county.finance))] == ["K3"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": " "}, "原因"),
        ({"until": date(2020, 1, 1)}, "起止日期"),
        ({"until": date(2040, 1, 1)}, "起止日期"),
    ],
)
def test_a_delegation_needs_a_reason_and_an_end(county, change, said):
    today = timezone.localdate()
    given = {"to": county.finance, "since": today, "until": today, "reason": "出差"} | change
    with pytest.raises(Problem, match=said):
        delegate(post=county.safety.posts.get(), by=county.safety, **given)


def test_nobody_lends_the_post_of_another(county):
    today = timezone.localdate()
    with pytest.raises(Forbidden):
        delegate(post=county.chief.posts.get(), to=county.own, since=today, until=today, reason="代管", by=county.own)


def test_a_closed_account_and_a_reset_password(county, admin):
    told = reset_password(user=county.own, by=admin)
    again = fresh(county.own)
    assert again.check_password(told) and again.must_change_password
    set_active(user=again, active=False, by=admin)
    assert not posts_of(fresh(county.own))
    with pytest.raises(Problem, match="自己"):
        set_active(user=admin, active=False, by=admin)
    with pytest.raises(Forbidden):
        reset_password(user=county.root, by=admin)
    assert told not in str(list(Event.objects.values_list("data", "label")))


# The pages.


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_page_of_a_unit_offers_changes_to_who_manages_units_alone(county, admin):
    where = reverse("org:unit", args=["S1"])
    assert "撤并停用" in client_of(admin).get(where).content.decode()
    for user in (county.office, county.own, county.district):
        page = client_of(user).get(where)
        assert page.status_code == 200 and "撤并停用" not in page.content.decode()
    assert client_of(county.other).get(where).status_code == 404


def test_a_school_is_renamed_merged_and_its_page_tells_the_story(county, admin):
    client = client_of(admin)
    renamed = client.post(
        reverse("org:change_unit", args=["S2", "rename"]), {"name": "城南小学", "kind": "小学", "on": "2026-09-01"}
    )
    assert renamed.status_code == 302
    closed = {"last_day": "2026-10-31", "into": "S1", "reason": "县政府批复", "move_posts": "on"}
    assert client.post(reverse("org:change_unit", args=["S2", "close"]), closed).status_code == 302
    page = client.get(reverse("org:unit", args=["S2"])).content.decode()
    assert "第二小学" in page and "第一小学" in page and "2026-10-31" in page and "恢复" in page
    assert "城南小学（2026-10-31）" in client.get(reverse("org:unit", args=["S1"])).content.decode()


def test_a_wrong_form_comes_back_with_its_words_and_changes_nothing(county, admin):
    client = client_of(admin)
    answer = client.post(
        reverse("org:change_unit", args=["S2", "close"]),
        {"last_day": "2026-10-31", "into": "没有的学校", "reason": "批复"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and "没有单位" in page and "批复" in page and county.unit("S2").closed_on is None
    split = {"parts": "2133010101 东校区", "on": "2026-09-01", "reason": "规模"}
    assert "三项" in client.post(reverse("org:change_unit", args=["S2", "split"]), split).content.decode()


def test_nobody_else_posts_to_the_pages_of_management(county):
    for user in (county.own, county.office, county.district):
        client = client_of(user)
        sent = client.post(
            reverse("org:change_unit", args=["S1", "rename"]), {"name": "新", "kind": "小学", "on": "2026-09-01"}
        )
        assert sent.status_code == 403
        assert client.get(reverse("org:load", args=["units"])).status_code == 403
        assert client.get(reverse("org:new_person")).status_code == 403
        assert client.post(reverse("org:reset_password", args=[county.own.pk])).status_code in (403, 404)


def test_a_person_is_made_given_a_post_and_a_password_on_one_page(county, admin):
    client = client_of(admin)
    made = client.post(reverse("org:new_person"), {"name": "温如言", "username": "wenruyan"}, follow=True)
    assert "还没有岗位" in made.content.decode()
    person = fresh(county.own).__class__.objects.get(username="wenruyan")
    given = {"unit": "第一小学", "role": "校长", "since": "2026-09-01"}
    assert client.post(reverse("org:give_post", args=[person.pk]), given).status_code == 302
    shown = client.post(reverse("org:reset_password", args=[person.pk]))
    assert "只显示这一次" in shown.content.decode() and shown["Cache-Control"] == "no-store"
    assert "只显示这一次" not in client.get(reverse("org:person", args=[person.pk])).content.decode()
    assert "已有人用" in client.post(reverse("org:new_person"), {"name": "甲", "username": "wenruyan"}).content.decode()


def test_an_officer_lends_the_own_post_from_the_own_page(county):
    client = client_of(county.safety)
    assert "委托他人" in client.get(reverse("org:me")).content.decode()
    today = timezone.localdate().isoformat()
    sent = {"to": "finance", "since": today, "until": today, "reason": "出差"}
    assert client.post(reverse("org:delegate", args=[county.safety.posts.get().pk]), sent).status_code == 302
    assert "正在代办" in client_of(county.finance).get(reverse("org:me")).content.decode()
    assert (
        client_of(county.own).post(reverse("org:delegate", args=[county.safety.posts.get().pk]), sent).status_code
        == 404
    )


def test_a_table_of_units_is_loaded_on_the_page_or_refused_with_its_row(county, admin):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, where = client_of(admin), reverse("org:load", args=["units"])
    head = "编码,名称,类型,上级编码,启用日期,停用日期\n"
    good = SimpleUploadedFile("单位.csv", (head + "2133010109,第九小学,小学,D1,2026-09-01,\n").encode())
    assert client.post(where, {"file": good}).status_code == 302 and Unit.objects.filter(name="第九小学").exists()
    bad = SimpleUploadedFile("单位.csv", (head + "X1,第十小学,小学堂,D1,2026-09-01,\n").encode())
    refused = client.post(where, {"file": bad})
    assert refused.status_code == 422 and "第2行" in refused.content.decode()
    assert client.get(reverse("org:load_template", args=["people"])).status_code == 200
    assert client.get(reverse("org:load", args=["cats"])).status_code == 404


def test_a_merging_that_has_not_come_yet_gives_nothing_of_the_neighbour(county, admin):
    hazard = create_record(register="safety_hazard", unit=county.unit("S2"), values=HAZARD, by=county.other).record
    today = timezone.localdate()
    merge_units(units=[county.unit("S2")], into=county.unit("S1"), last_day=today, reason="批复", by=admin)
    client = Client()
    client.force_login(fresh(county.own))
    assert client.get(reverse("registers:record", args=[hazard.pk])).status_code == 404
    Unit.objects.filter(code="S2").update(closed_on=today - timedelta(days=1))
    client.force_login(fresh(county.own))
    assert client.get(reverse("registers:record", args=[hazard.pk])).status_code == 200


@pytest.mark.parametrize("code", ["A/1", "A 1", "A?1", "..", "一" * 41])
def test_a_code_that_cannot_stand_in_an_address_is_refused(county, admin, code):
    with pytest.raises(Problem, match="不能用"):
        open_unit(unit=NewUnit(code, "新学校", "小学"), parent=county.unit("D1"), on=SEPTEMBER, by=admin)


def test_the_installations_own_account_is_not_closed_from_a_page(county, admin):
    with pytest.raises(Forbidden, match="管理员账号"):
        set_active(user=county.root, active=False, by=admin)
