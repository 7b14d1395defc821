"""The doctor says what is sound, and of what is not, what to do."""

from datetime import timedelta

import pytest
from django.contrib.staticfiles import storage
from django.utils import timezone

from taizhang.documents.actions import add_document
from taizhang.events.actions import record
from taizhang.events.models import DailyRun, Event, Work
from taizhang.kernel.errors import Problem
from taizhang.registers import secrecy
from taizhang.registers.actions import create_record
from taizhang.registers.models import Version
from taizhang.site import doctor
from taizhang.site.doctor import BAD, GOOD, NOTE, examine, systems
from tests.support import make_county

pytestmark = pytest.mark.django_db
HAZARD = {"发现日期": "2026-03-02", "隐患类别": "消防安全", "隐患描述": "配电箱没有门"}
PETITION = {
    "收到日期": "2026-03-02", "来件类别": "本级接收", "信访渠道": "电话", "事项概述": "反映食堂", "内容分类": "其他",
    "反映内容": "饭菜偏凉", "信访人姓名": "王芳", "联系电话": "13912345678",
}  # fmt: skip


@pytest.fixture
def county(settings, tmp_path, monkeypatch):
    settings.FILES = tmp_path
    monkeypatch.setattr(storage.staticfiles_storage, "path", lambda name: __file__, raising=False)
    return make_county()


def levels(name: str) -> dict[str, str]:
    """The words of one check's findings by level."""
    return {item.level: item.words for item in examine() if item.check == name}


def test_a_sound_installation_has_no_fault(county):
    DailyRun.objects.create(key="x", day=timezone.localdate(), tried_at=timezone.now())
    record("site.backed_up", by=None, subject="site:1")
    found = list(examine())
    assert {item.check for item in found} == set(doctor.CHECKS)
    assert [str(item) for item in found if item.level == BAD] == []


def test_a_missing_file_a_stopped_worker_and_a_backup_never_made_are_told(county, tmp_path):
    document = add_document(name="要点.txt", data="一、抓好安全。".encode(), by=county.office).document
    assert GOOD in levels("文件")
    next(path for path in tmp_path.rglob(document.sha256)).unlink()
    assert document.sha256[:12] in levels("文件")[BAD]
    old = timezone.now() - timezone.timedelta(hours=2)
    work = Work.objects.create(kind="x", title="导入")
    Work.objects.filter(pk=work.pk).update(made_at=old)
    assert "排队超过一小时" in levels("后台")[BAD] and "从未备份" in levels("备份")[NOTE]


def test_a_key_that_does_not_fit_is_found(county, settings):
    assert "还没有" in levels("密钥")[GOOD]
    case = create_record(register="petition", unit=county.unit("K1"), values=PETITION, by=None).record
    assert any(secrecy.is_encrypted(value) for value in case.data.values())
    assert "打得开" in levels("密钥")[GOOD]
    settings.FIELD_KEY = "x" * 64
    assert "解不开" in levels("密钥")[BAD]


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(county, monkeypatch):
    def broken():
        raise ZeroDivisionError("0")

    def refused():
        raise Problem("X-1", "坏了", remedy="修")

    monkeypatch.setitem(doctor.CHECKS, "机器", broken)
    monkeypatch.setitem(doctor.CHECKS, "备份", refused)
    found = {item.check: item for item in examine()}
    assert "ZeroDivisionError" in found["机器"].words and found["备份"].remedy == "修" and "数据库" in found


def test_every_business_system_is_listed_with_its_registers_or_its_stage(county):
    create_record(register="safety_hazard", unit=county.unit("S1"), values=HAZARD, by=county.own)
    found = {item["system"]: item for item in systems()}
    assert len(found) == 122 and next(iter(found)) == "S01"
    assert found["S85"]["records"] == 1 and found["S85"]["registers"] and found["S85"]["changed_at"]
    assert found["S122"] == {
        "system": "S122", "name": "机关综合事务", "registers": [], "records": 0, "changed_at": None,
    }  # fmt: skip
    assert found["S05"]["registers"] == ["督办函"] and found["S01"]["registers"][0] == "要点与任务"


def test_a_stage_and_a_register_beside_it_say_which_of_them_changed_last(
    county, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setitem(doctor.STAGES, "S85", ("巡检", Work, "plans.task"))
    create_record(register="safety_hazard", unit=county.unit("S1"), values=HAZARD, by=county.own)
    before, after = timezone.now() - timedelta(days=5), timezone.now() - timedelta(days=3)
    event = record("plans.task.added", by=None, subject="task:1")
    shown = timezone.localtime(after).isoformat(timespec="seconds")
    for stage_at, register_at in ((before, after), (after, before)):
        Event.objects.filter(pk=event.pk).update(at=stage_at)
        Version.objects.update(at=register_at)
        with django_assert_max_num_queries(len(doctor.STAGES) + 3):
            assert {item["system"]: item["changed_at"] for item in systems()}["S85"] == shown
