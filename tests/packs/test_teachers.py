"""The teachers' year as people live it: a posting from proposal to return, a session with those who attend, a medal."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.catalog.lint import lint
from taizhang.catalog.pack import read_files
from taizhang.indicators.queries import value_for
from taizhang.kernel.errors import Forbidden, NotFound, Problem, Problems
from taizhang.org.models import Unit
from taizhang.registers.actions import create_record, edit_record
from taizhang.registers.finding.search import search
from taizhang.registers.models import Letter, Record
from taizhang.registers.queries import get_record_for, seen_by
from taizhang.registers.steps import take_step
from tests.support import County, make_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(db, settings, tmp_path, monkeypatch) -> County:
    settings.FILES, settings.WAREHOUSE, settings.STATIC_ROOT = tmp_path / "files", tmp_path / "warehouse", tmp_path
    settings.WAREHOUSE.mkdir()
    monkeypatch.setattr(timezone, "localdate", lambda *_: dt.date(2026, 11, 20))
    return make_county()


def new(county: County, register: str, by, unit: str = "S1", **values) -> Record:
    return create_record(register=register, unit=county.unit(unit), values=values, by=by).record


def posting(county: County, by, **more) -> Record:
    values = {
        "教师姓名": "温如玉", "教职工号": "T0001", "任教学段": "小学", "骨干层级": "县级", "本校连续任教年限": "8",
        "接收单位": "S2", "交流形式": "点面交流", "起始日期": "2026-09-01", "结束日期": "2027-07-10",
    }  # fmt: skip
    return new(county, "teacher_rotation", by, **{**values, **more})


def page(user, record: Record) -> int:
    client = Client()
    client.force_login(user)
    return client.get(reverse("registers:record", args=[record.pk])).status_code


def hits(user, words: str) -> int:
    found = search(user, words, "record")
    return len(found["record"].hits)


def test_a_teacher_goes_to_another_school_and_comes_back(county):
    sent = posting(county, county.own)
    with pytest.raises(Problem):
        take_step(record=sent, step="批准派出", by=county.own)
    take_step(record=sent, step="批准派出", by=county.safety)
    assert Letter.objects.get(record=sent).name == "交流轮岗派出通知"
    sent.refresh_from_db()
    assert sent.due_on == dt.date(2026, 9, 1)
    with pytest.raises(Problem, match="到岗日期"):
        take_step(record=sent, step="确认到岗", by=county.own)
    take_step(record=sent, step="确认到岗", by=county.own, values={"到岗日期": "2026-09-01"})
    assert value_for(county.root, "rotation_count", "B1", "SY2026").value == 1
    assert value_for(county.root, "backbone_rotation_rate", "B1", "SY2026").value == 1
    with pytest.raises(Problem, match="这段时间已有一条交流记录"):
        posting(county, county.own, 接收单位="S3", 起始日期="2027-03-01", 结束日期="2028-07-10")
    given = {"返回日期": "2026-11-13", "终止原因": "病假"}
    ended = take_step(record=sent, step="提前终止", by=county.safety, values=given).record
    assert (ended.state, ended.data["结束日期"]) == ("提前终止", "2026-11-13")
    again = posting(county, county.own, 接收单位="S3", 起始日期="2026-11-16")
    take_step(record=again, step="批准派出", by=county.safety)
    take_step(record=again, step="确认到岗", by=county.own, values={"到岗日期": "2026-11-16"})
    assert value_for(county.root, "rotation_count", "B1", "SY2026").value == 1, "one person, two postings"
    assert [page(one, sent) for one in (county.own, county.inspector, county.other, county.stranger)] == [
        200, 200, 200, 404,
    ]  # fmt: skip
    assert page(county.other, again) == 404, "sent to the third school"


def test_the_receiving_school_sees_who_comes_and_changes_nothing(county):
    coming, elsewhere = posting(county, county.own), posting(county, county.own, 教职工号="T0002", 接收单位="S3")
    client = Client()
    client.force_login(county.other)
    shown = client.get("/registers/teacher_rotation/").content.decode()
    assert f"/registers/records/{coming.pk}/" in shown and f"/registers/records/{elsewhere.pk}/" not in shown
    assert list(Record.objects.filter(seen_by(county.other), register_code="teacher_rotation")) == [coming]
    with pytest.raises(NotFound):
        get_record_for(county.other, elsewhere.pk)
    with pytest.raises((Forbidden, NotFound)):
        edit_record(record=coming, values={"承担工作": "带教"}, by=county.other)
    with pytest.raises((Forbidden, NotFound)):
        take_step(record=coming, step="不予派出", by=county.other)
    form = client.post(f"/registers/records/{coming.pk}/edit/", {"承担工作": "带教"})
    assert form.status_code in (403, 404)
    assert [hits(person, "温如玉") for person in (county.other, county.own, county.stranger)] == [1, 2, 0]
    # Sent to another school after all, it is no longer that one's business.
    edit_record(record=coming, values={"接收单位": "S3"}, by=county.own)
    assert page(county.other, coming) == 404 and hits(county.other, "温如玉") == 0


def test_a_pack_shares_by_fields_that_name_a_unit():
    files = {
        "pack.yaml": "name: local\nversion: '1'\ntitle: 试\n",
        "registers/a.yaml": "register: lent\nname: 借用\nkind: case\nshared_with: [物品]\n"
        "fields:\n  - {name: 物品, type: text}\n  - {name: 借给, type: unit}\n",
    }
    told = [str(problem) for problem in lint(read_files(files), catalog())]
    assert any("“物品”不是填单位的字段" in text for text in told)


def test_a_session_is_filed_only_when_everybody_who_came_has_been_judged(county):
    plan = {
        "培训名称": "班主任培训",
        "培训期次": "第一期",
        "培训类别": "班主任培训",
        "立项日期": "2026-01-12",
        "计划人数": "40",
    }
    session = new(county, "teacher_training", county.safety, "K2", **plan)
    days = {"报名截止日期": "2026-04-07", "计划开班日期": "2026-04-13"}
    take_step(record=session, step="开始报名", by=county.safety, values=days)
    filed = {
        "所属培训": session.number,
        "报名日期": "2026-04-03",
        "教师姓名": "温如玉",
        "教职工号": "T0001",
        "任教学段": "小学",
    }
    one = new(county, "training_attendance", county.own, **filed)
    with pytest.raises(Problem, match="已经登记"):
        new(county, "training_attendance", county.own, **filed)
    take_step(record=session, step="开班", by=county.safety, values={"授课教师": "方老师"})
    take_step(record=session, step="结束授课", by=county.safety)
    closing = {"考核方式": "考试", "培训小结": "按计划完成"}
    with pytest.raises(Problem, match="还有 1 条“教师参训登记”未办结"):
        take_step(record=session, step="结业归档", by=county.safety, values=closing)
    take_step(record=one, step="登记考勤", by=county.safety, values={"出勤学时": "24"})
    with pytest.raises((Problem, Problems), match="不能超过出勤学时"):
        take_step(record=one, step="准予结业", by=county.safety, values={"考核结果": "合格", "取得学时": "30"})
    take_step(record=one, step="准予结业", by=county.safety, values={"考核结果": "合格", "取得学时": "24"})
    assert Letter.objects.get(record=one).name == "培训结业证明"
    session.refresh_from_db()
    assert take_step(record=session, step="结业归档", by=county.safety, values=closing).record.state == "已结业"
    assert value_for(county.root, "training_hours_per_person", "B1", "2026").value == 24
    assert value_for(county.root, "training_completion_rate", "B1", "2026").value == 1
    assert [page(county.other, session), page(county.other, one)] == [200, 404]


def test_three_schools_share_a_medal_and_the_honour_outlives_the_school(county):
    prize = {"获奖日期": "2026-05-20", "获奖项目": "全县运动会接力", "荣誉级别": "县级", "荣誉类别": "体育竞赛", "授予单位": "县教育局",
             "等次": "金牌", "获奖对象": "单位", "共同获奖单位数": "3"}  # fmt: skip
    medals = [new(county, "honour", county.safety, code, **prize, 获奖者=code) for code in ("S1", "S2", "S3")]
    for medal in medals:
        take_step(record=medal, step="核实认定", by=county.safety)
    assert value_for(county.root, "gold_medal_count", "B1", "2026").value == pytest.approx(1)
    with pytest.raises(Problem, match="这个奖项已经登记"):
        new(county, "honour", county.own, "S1", **prize, 获奖者="S1")
    title = {
        **prize,
        "获奖项目": "文明校园",
        "等次": "称号",
        "共同获奖单位数": "1",
        "获奖者": "第一小学",
        "有效期至": "2028-12-31",
    }
    lasting = new(county, "honour", county.own, **title)
    with pytest.raises(Problem, match="认定称号"):
        take_step(record=lasting, step="核实认定", by=county.safety)
    assert take_step(record=lasting, step="认定称号", by=county.safety).record.due_on == dt.date(2028, 12, 31)
    assert page(county.other, lasting) == 404
    Unit.objects.filter(code="S1").update(closed_on=dt.date(2026, 8, 31), merged_into=county.unit("S2"))
    heir = type(county.other).objects.get(pk=county.other.pk)
    assert get_record_for(heir, lasting.pk).unit.code == "S1" and page(heir, lasting) == 200
    medals[2].refresh_from_db()
    taken = take_step(record=medals[2], step="撤销荣誉", by=county.safety, note="发证单位撤销").record
    assert taken.state == "已撤销"
    assert float(value_for(county.root, "gold_medal_count", "B1", "2026").value) == pytest.approx(2 / 3)
