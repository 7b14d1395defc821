"""A section makes its table, takes a document in, is told of clashes, issues it; schools read it and subscribe."""

from __future__ import annotations

import io
from datetime import date, timedelta

import docx
import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from taizhang.api.tokens import make_token
from taizhang.documents.actions import add_document
from taizhang.events.models import Event
from taizhang.kernel.errors import Forbidden, NotFound, Problem
from taizhang.kernel.tables import table_from_bytes
from taizhang.org.actions import assign_post, load_units
from taizhang.org.models import User
from taizhang.schedule import actions
from taizhang.schedule.models import Entry, Table
from taizhang.schedule.policy import may_write, writes_for
from taizhang.schedule.queries import coming_for, doubts_of, entries_of, get_table_for, rows_of, tables_for
from taizhang.schedule.weeks import SUNDAY
from tests.support import START, County, make_county

pytestmark = pytest.mark.django_db
WEEKLY = """办公室2025年秋季学期工作安排
周次
日期
每周工作要点
备注
1
30/8
—5/9
1、周一 全室开学工作会议
2、周二至四 各科室制定学期计划
本周公布值班表。
2
6/9
—12/9
1、周一至四 初三、高三质量监控测试
2、周四至日 初三、高三阅卷
3、周三上午 教学视导:第一小学
3
13/9
—19/9
1、周一至三 初三质量检测数据统计
2、周五上午 初三质量检测情况汇总会
"""


@pytest.fixture
def county(settings, tmp_path) -> County:
    settings.FILES = tmp_path
    return make_county()


def made(county: County, code: str = "K1", by: str = "office") -> Table:
    return actions.create_table(
        unit=county.unit(code), period="SY2026T1", first_day=date(2026, 8, 31), last_day=date(2027, 1, 23),
        first_weekday=SUNDAY, by=getattr(county, by),
    )  # fmt: skip


def save(table: Table, county: County, **values: object) -> Entry:
    return actions.save_entry(
        table=table, by=county.office, **{"activity": "例会", "start": date(2026, 9, 7), **values}
    )


def test_a_table_is_made_by_its_own_people_for_a_real_term(county):
    table = made(county)
    assert table.title == "办公室2026-2027学年第一学期工作安排" and len(table.weeks) == 21
    for person in (county.safety, county.own, county.chief, county.district, county.stranger):
        with pytest.raises(Forbidden):
            actions.create_table(
                unit=county.unit("K1"),
                period="SY2026T1",
                first_day=date(2026, 9, 1),
                last_day=date(2027, 1, 2),
                by=person,
            )
    for period, first, last in (
        ("2026", date(2026, 9, 1), date(2027, 1, 1)), ("SY2026T1", date(2026, 9, 1), date(2026, 9, 1)),
        ("SY2026T1", date(2026, 9, 1), date(2028, 1, 1)), ("开学", date(2026, 9, 1), date(2027, 1, 1)),
    ):  # fmt: skip
        with pytest.raises(Problem):
            actions.create_table(
                unit=county.unit("K1"), period=period, first_day=first, last_day=last, by=county.office
            )


def test_a_right_counts_where_its_post_is(county):
    """A leader of the bureau who also reports for a school writes no table of the bureau, nor of a section."""
    table = made(county, "B1")
    for code, role in (("K2", "管理员"), ("S1", "学校"), ("B1", "分管领导")):
        assign_post(user=county.stranger, unit=county.unit(code), role=role, since=START, by=None)
    person = User.objects.get(pk=county.stranger.pk)
    assert may_write(person, county.unit("S1")) and may_write(county.office, county.unit("B1"))
    assert not may_write(person, county.unit("K2")) and not may_write(person, county.unit("B1"))
    assert writes_for(person) == [] and get_table_for(county.office, table.pk) == table


def test_the_clerk_of_a_bureau_below_writes_and_reads_no_draft_of_the_bureau_above(county):
    above = made(county, "B1")
    rows = "编码,名称,类型,上级编码,启用日期,停用日期\nB2,开发区教育局,教育局,B1,2000-01-01,\nK9,开发区办公室,科室,B2,2000-01-01,\n"
    load_units(table=table_from_bytes(rows.encode(), "units.csv"), by=None)
    assign_post(user=county.stranger, unit=county.unit("K9"), role="办公室", since=START, by=None)
    clerk = User.objects.get(pk=county.stranger.pk)
    assert may_write(clerk, county.unit("B2")) and not may_write(clerk, county.unit("B1"))
    with pytest.raises(NotFound):
        get_table_for(clerk, above.pk)
    with pytest.raises(Forbidden):
        actions.remove_entry(entry=save(above, county), by=clerk)


def test_an_entry_says_what_and_when_or_is_refused(county):
    table = made(county)
    for wrong in ({"activity": " "}, {"end": date(2026, 9, 1)}, {"half": "凌晨"}, {"start": date(2016, 9, 7)}):
        with pytest.raises(Problem):
            save(table, county, **wrong)
    with pytest.raises(Forbidden):
        actions.save_entry(table=table, activity="例会", start=date(2026, 9, 7), by=county.safety)
    entry = save(table, county, schools=[county.unit("S1")], half="上午")
    changed = save(table, county, entry=entry, start=date(2026, 9, 8))
    assert changed.pk == entry.pk and not changed.schools.exists()
    actions.remove_entry(entry=changed, by=county.office)
    kinds = Event.objects.filter(subject=f"schedule:{table.pk}").order_by("id").values_list("action", flat=True)
    assert [kind.rpartition(".")[2] for kind in kinds] == ["created", "entry_added", "entry_edited", "entry_removed"]


def test_a_document_is_taken_in_with_the_year_of_the_term(county):
    table = made(county)
    document = add_document(data=WEEKLY.encode(), name="周次表.txt", by=county.office).document
    count, left = actions.import_document(table=table, document=document, by=county.office)
    assert (count, left) == (7, [])
    entries = entries_of(table)
    assert all(entry.start.year == 2026 for entry in entries)
    marking = next(entry for entry in entries if "阅卷" in entry.activity)
    assert (marking.start, marking.end) == (date(2026, 9, 10), date(2026, 9, 13)), "Thursday to Sunday crosses the week"
    assert [unit.code for unit in next(e for e in entries if "视导" in e.activity).schools.all()] == ["S1"]
    assert doubts_of(entries) == []
    rows = rows_of(table, entries)
    assert [len(listed) for _, listed, _ in rows[:4]] == [2, 3, 2, 0] and "值班表" in rows[0][2]
    assert actions.import_document(table=table, document=document, by=county.office)[0] == 7
    assert table.entries.count() == 7, "taken in again, it replaces itself"


def test_a_document_without_a_schedule_is_refused(county):
    table = made(county)
    document = add_document(data="通知\n请各校上报材料。\n".encode(), name="通知.txt", by=county.office).document
    with pytest.raises(Problem, match="没有读到周次表"):
        actions.import_document(table=table, document=document, by=county.office)


def test_clashes_are_told_to_the_writer(county, client: Client):
    table = made(county)
    save(table, county, half="上午", schools=[county.unit("S1")], activity="教学视导")
    client.force_login(county.office)
    form = {"activity": "安全检查", "start": "2026-09-07", "half": "上午", "schools": "第一小学"}
    text = client.post(f"/schedule/{table.pk}/add/", form, follow=True).content.decode()
    assert "学校冲突" in text and "有 1 处须核对" in text
    refused = client.post(f"/schedule/{table.pk}/add/", {**form, "schools": "第一小学、没有的学校"}).content.decode()
    assert "没有这个单位：没有的学校" in refused and Entry.objects.count() == 2


def test_a_draft_is_its_writers_and_an_issued_table_everybodys(county, client: Client):
    table = made(county, "K2", "safety")
    with pytest.raises(Problem, match="还是空的"):
        actions.issue_table(table=table, by=county.safety)
    actions.save_entry(table=table, activity="校园安全检查", start=date(2026, 9, 8), by=county.safety)
    readers = (county.own, county.other, county.district, county.finance, county.chief)
    assert not any(tables_for(person).exists() for person in readers)
    with pytest.raises(NotFound):
        get_table_for(county.own, table.pk)
    with pytest.raises(Forbidden):
        actions.issue_table(table=table, by=county.finance)
    actions.issue_table(table=table, by=county.safety)
    assert all(tables_for(person).count() == 1 for person in readers) and not tables_for(county.stranger).exists()
    client.force_login(county.own)
    text = client.get(f"/schedule/{table.pk}/?week=2").content.decode()
    assert "校园安全检查" in text and "添加安排" not in text
    entry = Entry.objects.get()
    for url in (f"/schedule/{table.pk}/add/", f"/schedule/entries/{entry.pk}/"):
        assert client.get(url).status_code == 403
    for url in ("issue/", "take/", "remark/2/"):
        assert client.post(f"/schedule/{table.pk}/{url}", {"text": "x"}).status_code == 403
    assert client.post(f"/schedule/entries/{entry.pk}/remove/").status_code == 403 and Entry.objects.exists()


def test_the_pages_of_the_writer(county, client: Client):
    client.force_login(county.office)
    form = {
        "unit": county.unit("K1").pk,
        "period": "SY2026T1",
        "first_day": "2026-08-31",
        "last_day": "2027-01-23",
        "first_weekday": "6",
    }
    assert client.post("/schedule/new/", {**form, "last_day": ""}).status_code == 422
    assert client.post("/schedule/new/", {**form, "unit": county.unit("K2").pk}).status_code == 422
    url = client.post("/schedule/new/", form).url
    table = Table.objects.get()
    file = SimpleUploadedFile("周次表.txt", WEEKLY.encode())
    assert "已导入 7 项安排" in client.post(f"{url}take/", {"file": file}, follow=True).content.decode()
    week = client.get(f"{url}?week=2").content.decode()
    assert week.count("阅卷</a>") == 3, "of the four days the last is in the next week"
    assert "阅卷" in client.get(f"{url}?week=3").content.decode()
    term = client.get(f"{url}?view=term").content.decode()
    assert "周四至日 初三、高三阅卷" in term and "8月30日—9月5日" in term
    for nonsense in ("?week=0", "?week=999", "?week=x", "?week=-1"):
        assert client.get(url + nonsense).status_code == 200
    client.post(f"{url}remark/2/", {"text": "教师节慰问"})
    assert "教师节慰问" in client.get(f"{url}?week=2").content.decode()
    assert client.post(f"{url}remark/40/", {"text": "x"}).status_code == 422
    assert "已印发" in client.post(f"{url}issue/", follow=True).content.decode()
    assert table.entries.count() == 7


def test_the_table_on_paper_is_the_familiar_one(county, client: Client):
    table = made(county)
    save(table, county, half="上午", actor="全室", place="三楼会议室")
    actions.set_remark(table=table, week=2, text="教师节\n慰问", by=county.office)
    client.force_login(county.office)
    paper = docx.Document(io.BytesIO(client.get(f"/schedule/{table.pk}/paper/").content))
    rows = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert rows[0] == ["周次", "日期", "每周工作要点", "备注"] and len(rows) == 22
    assert rows[2] == ["2", "9月6日—9月12日", "1、周一上午 全室 例会（三楼会议室）", "教师节\n慰问"]


def test_the_paper_is_read_back_into_the_same_entries(county):
    table = made(county)
    save(table, county, half="上午", activity="全室例会")
    save(table, county, start=date(2026, 12, 31), end=date(2027, 1, 2), activity="年终盘点")
    from taizhang.schedule.paper import table_docx

    data = table_docx(table, rows_of(table, entries_of(table)))
    document = add_document(data=data, name="周次表.docx", by=county.office).document
    copy = made(county)
    actions.import_document(table=copy, document=document, by=county.office)
    back = [(entry.start, entry.end, entry.half) for entry in entries_of(copy)]
    assert back == [(entry.start, entry.end, entry.half) for entry in entries_of(table)]


def test_a_feed_needs_no_login_but_its_own_address_and_an_open_account(county, client: Client):
    table = made(county)
    save(table, county, activity="例会, 全体", half="下午")
    actions.issue_table(table=table, by=county.office)
    client.force_login(county.own)
    text = client.get(f"/schedule/{table.pk}/").content.decode()
    address = text.split('<p><a href="http://testserver')[1].split('"')[0]
    client.logout()
    feed = client.get(address)
    assert feed.status_code == 200 and feed["Content-Type"].startswith("text/calendar")
    assert "SUMMARY:例会\\, 全体" in feed.content.decode()
    assert client.get(address[:-3] + "xx/").status_code == 404
    county.own.is_active = False
    county.own.save()
    assert client.get(address).status_code == 404


def test_a_feeds_address_ends_with_the_password_it_was_made_under(county, client: Client):
    table = made(county)
    save(table, county)
    actions.issue_table(table=table, by=county.office)

    def address() -> str:
        text = client.get(f"/schedule/{table.pk}/").content.decode()
        assert "要收回已经给出的地址，请修改登录密码" in text
        return text.split('<p><a href="http://testserver')[1].split('"')[0]

    client.force_login(county.own)
    old, reader = address(), Client()
    assert old == address() and reader.get(old).status_code == 200
    county.own.set_password("Xin-mima-2026")
    county.own.save()
    client.force_login(county.own)
    new = address()
    assert reader.get(old).status_code == 404 and reader.get(new).status_code == 200
    assert (
        reader.get(reverse("schedule:feed", args=[signing.Signer(salt="schedule.feed").sign_object([1])])).status_code
        == 404
    )


def test_the_page_of_a_table_with_many_doubts_costs_what_a_plain_one_costs(county, client: Client):
    def page_of(count: int) -> None:
        table = made(county)
        for number in range(count):
            save(table, county, activity=f"例会{number}", half="上午", people="张三")
        client.get(f"/schedule/{table.pk}/")
        with CaptureQueriesContext(connection) as asked:
            text = client.get(f"/schedule/{table.pk}/?week=2").content.decode()
        assert ("须核对" in text) == (count > 1)
        costs.append(len(asked))

    costs: list[int] = []
    client.force_login(county.office)
    page_of(1)
    page_of(12)
    assert costs[0] == costs[1]


def test_what_concerns_a_person_this_week_stands_on_the_desk_and_nowhere_else(county, client: Client):
    table, today = made(county), date(2026, 9, 9)
    save(table, county, activity="全室例会", start=date(2026, 9, 9))
    save(table, county, activity="下校视导", start=date(2026, 9, 10), schools=[county.unit("S1")])
    save(table, county, activity="安全督查", start=date(2026, 9, 8), end=date(2026, 9, 11), actor="安全管理科")
    save(table, county, activity="听评课", start=date(2026, 9, 13), people=f"李红、{county.other.display_name}")
    save(table, county, activity="同名者的会", start=date(2026, 9, 11), people=f"{county.other.display_name}丽，李红")
    save(table, county, activity="下周会议", start=date(2026, 9, 16), schools=[county.unit("S1")])
    save(table, county, activity="已开过的会", start=date(2026, 9, 8), schools=[county.unit("S1")])

    def told(person) -> list[str]:
        return [entry.activity for entry in coming_for(person, today)]

    assert told(county.own) == [], "a draft is its writers'"
    assert told(county.office) == ["安全督查", "全室例会", "下校视导", "同名者的会", "听评课"]
    actions.issue_table(table=table, by=county.office)
    assert told(county.own) == ["下校视导"] and told(county.safety) == ["安全督查"] and told(county.other) == ["听评课"]
    assert told(county.finance) == told(county.stranger) == []


def test_the_desk_lists_the_weeks_work_and_links_to_its_week(county, client: Client):
    today = timezone.localdate()
    table = actions.create_table(
        unit=county.unit("K1"), period=f"SY{today.year}T1", first_day=today - timedelta(days=30),
        last_day=today + timedelta(days=60), by=county.office,
    )  # fmt: skip
    save(table, county, activity="下校视导", start=today, schools=[county.unit("S1")])
    actions.issue_table(table=table, by=county.office)
    client.force_login(county.own)
    text = client.get("/").content.decode()
    assert (
        "今天起七天的安排" in text
        and "下校视导" in text
        and f"/schedule/{table.pk}/?week={table.week_of(today)}" in text
    )
    client.force_login(county.other)
    assert "今天起七天的安排" not in client.get("/").content.decode()


def test_programs_read_the_tables_that_their_person_may_read(county):
    table = made(county)
    entry = save(table, county, schools=[county.unit("S1")], half="上午")
    term = timezone.localdate() + timedelta(days=30)

    def asks(person, path: str):
        key = make_token(name="日历", expires_on=term, by=person)
        return Client(headers={"authorization": f"Bearer {key}"}).get(f"/api/v1/schedule{path}")

    entries = f"/{table.pk}/entries"
    assert asks(county.own, "").json() == [] and asks(county.own, entries).status_code == 404
    assert asks(county.own, f"/entries/{entry.pk}").status_code == 404
    actions.issue_table(table=table, by=county.office)
    (listed,) = asks(county.own, "").json()
    assert (listed["id"], listed["unit"], listed["state"], listed["first_weekday"]) == (table.pk, "K1", "已印发", 6)
    (told,) = asks(county.own, entries).json()
    assert told == asks(county.own, f"/entries/{entry.pk}").json()
    assert (told["schools"], told["half"], told["week"], told["start"]) == (
        ["S1"],
        "上午",
        table.week_of(entry.start),
        entry.start.isoformat(),
    )
    assert asks(county.own, f"{entries}?start=2027-01-01").json() == []
    assert len(asks(county.own, f"{entries}?end=2026-12-31").json()) == 1
    assert asks(county.own, f"{entries}?start=昨天").status_code == 422
    assert asks(county.stranger, entries).status_code == 404
    assert Client().get(f"/api/v1/schedule{entries}").status_code == 401
