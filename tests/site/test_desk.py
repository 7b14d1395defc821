"""Login, the desk, the frame of every page, and what a person is told when something is refused."""

from datetime import date, timedelta

import pytest
from django.test import Client

from taizhang.org.actions import change_password
from taizhang.org.models import User
from taizhang.plans.actions import accept_plan, add_task, create_plan
from tests.support import County, make_county

pytestmark = pytest.mark.django_db
LATE = date.today() - timedelta(days=40)


@pytest.fixture
def county() -> County:
    return make_county()


def give_task(county: County, title: str, unit: str, deadline: date) -> None:
    plan = create_plan(title="年度要点", unit=county.unit("B1"), by=county.office, period=str(deadline.year))
    add_task(plan=plan, title=title, by=county.office, deadline=deadline, leads=[county.unit(unit)])
    accept_plan(plan=plan, by=county.office)


def test_a_person_logs_in_and_a_first_password_must_be_changed(county: County, client: Client):
    user = change_password(user=county.own, password="right-password-1", by=None)
    wrong = client.post("/login/", {"username": "own", "password": "wrong"})
    assert "账号或密码不对" in wrong.content.decode()
    assert client.post("/login/", {"username": "own", "password": "right-password-1"}).url == "/"
    client.logout()
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    assert client.post("/login/", {"username": "own", "password": "right-password-1"}).url == "/password/"
    done = client.post(
        "/password/",
        {"old_password": "right-password-1", "new_password1": "green-hill-2026", "new_password2": "green-hill-2026"},
    )
    assert done.status_code == 302
    user.refresh_from_db()
    assert user.check_password("green-hill-2026") and not user.must_change_password


def test_a_wrong_old_password_changes_nothing(county: County, client: Client):
    client.force_login(county.own)
    answer = client.post(
        "/password/", {"old_password": "x", "new_password1": "green-hill-2026", "new_password2": "green-hill-2026"}
    )
    assert "原密码不对" in answer.content.decode()


def test_an_overdue_task_stands_on_the_desk_of_whoever_owes_it_and_of_the_office(county: County, client: Client):
    give_task(county, "消除大班额", "K2", LATE)
    for who, seen in (("safety", True), ("office", True), ("chief", True), ("finance", False), ("own", False)):
        client.force_login(getattr(county, who))
        main = client.get("/").content.decode().split('<main class="tz-main"')[1]
        assert ("消除大班额" in main) is seen, who


def test_a_school_that_leads_a_task_finds_it_on_its_desk(county: County, client: Client):
    give_task(county, "改造操场", "S1", LATE)
    client.force_login(county.own)
    assert "改造操场" in client.get("/").content.decode()
    client.force_login(county.other)
    assert "改造操场" not in client.get("/").content.decode()


def test_a_person_without_a_post_is_told_what_to_do_and_sees_no_menu(county: County, client: Client):
    client.force_login(county.stranger)
    text = client.get("/").content.decode()
    assert "您还没有岗位" in text and "安全隐患台账" not in text


def test_the_menu_shows_registers_that_a_person_may_see(county: County, client: Client):
    client.force_login(county.finance)
    text = client.get("/").content.decode()
    assert "教育基本情况" in text and "安全隐患台账" not in text


@pytest.mark.parametrize(
    "path", ["/", "/plans/", "/registers/", "/indicators/", "/reports/", "/documents/", "/settings/units/"]
)
def test_a_passer_by_is_sent_to_the_login_everywhere(client: Client, path: str):
    answer = client.get(path)
    assert answer.status_code == 302 and answer.url.startswith("/login/")


def test_pages_run_nothing_but_our_own_files(county: County, client: Client):
    client.force_login(county.office)
    policy = client.get("/")["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'") and "unsafe" not in policy


def test_a_refusal_is_a_page_with_the_way_out_and_for_htmx_a_notice(county: County, client: Client):
    client.force_login(county.own)
    page = client.get("/indicators/pupil_count/?unit=S2")
    assert page.status_code == 404 and "没有办成" in page.content.decode()
    part = client.get("/indicators/pupil_count/?unit=S2", headers={"HX-Request": "true"})
    assert part["HX-Retarget"] == "#notices" and "<html" not in part.content.decode()


def test_an_unknown_address_is_answered_in_chinese(county: County, client: Client):
    client.force_login(county.own)
    answer = client.get("/nowhere/")
    assert answer.status_code == 404 and "工作台" in answer.content.decode()


def test_the_desk_asks_the_database_as_often_for_many_tasks_as_for_few(
    county: County, client: Client, django_assert_max_num_queries
):
    client.force_login(county.office)
    give_task(county, "第一项", "K1", LATE)
    client.get("/")
    counts = []
    for number in (1, 12):
        for index in range(number):
            give_task(county, f"任务{number}-{index}", "K1", LATE)
        with django_assert_max_num_queries(60) as seen:
            client.get("/")
        counts.append(len(seen))
    assert counts[0] == counts[1]
