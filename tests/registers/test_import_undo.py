"""An import is taken back as a whole: what it added is struck out, what it changed is as before, nobody is overwritten."""

import pytest
from django.urls import reverse

from taizhang.events.models import Event, Work
from taizhang.events.work import retry
from taizhang.kernel.errors import Problem
from taizhang.registers import loading
from taizhang.registers.actions import edit_record
from taizhang.registers.finding import bulk_views
from taizhang.registers.finding.models import BulkAct
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record, Version
from taizhang.registers.sheets import views
from tests.registers.conftest import sheet
from tests.registers.test_sheets import HEAD, browser, buses, rows, send  # noqa: F401

pytestmark = pytest.mark.django_db


def standing() -> dict[str, int]:
    found = Record.objects.exclude(state_category="void")
    return {record.data["车牌"]: record.data["座位"] for record in found}


def imported(person, *lines: str, **more):
    client = browser(person)
    where = send(client, *lines, **more)["Location"]
    client.get(where)
    return client, where, client.post(where, {"whole": "1"})


def test_an_import_is_taken_back_but_for_records_that_somebody_changed_since(buses):  # noqa: F811
    load_table("bus", sheet(HEAD, *rows(3)), None)
    client, where, answer = imported(buses.finance, *rows(6, seats=40))
    assert "撤销这次导入" in answer.content.decode() and set(standing().values()) == {40}
    changed = Record.objects.get(pk=Record.objects.order_by("id")[1].pk)
    edit_record(record=changed, values={"座位": "44"}, by=buses.finance)
    act = BulkAct.objects.get()
    told = client.post(reverse("registers:bulk_undo", args=[act.pk]), follow=True).content.decode()
    assert standing() == {"浙A0000": 30, "浙A0001": 44, "浙A0002": 30}
    assert "没有撤销的" in told and "导入之后又被改过" in told and "已作废或恢复" in told
    event = Event.objects.get(action="registers.bulk.undone")
    assert (event.data["changed"], event.data["refused"]) == (5, 1) and "撤销导入 校车.csv" in event.label
    assert Version.objects.filter(action="撤销", reason=f"撤销导入 {act.pk}").count() == 5
    assert "这次导入已撤销" in client.get(where).content.decode()
    client.post(reverse("registers:bulk_undo", args=[act.pk]))
    assert Event.objects.filter(action="registers.bulk.undone").count() == 1
    again = imported(buses.finance, *rows(6, seats=50))[2]
    assert again.context["result"]["created"] == 3, "a plate that was struck out is free again"


def test_only_who_imported_takes_it_back_and_only_while_they_may_import(buses):  # noqa: F811
    imported(buses.own, "S1,浙B0001,20")
    undo = reverse("registers:bulk_undo", args=[BulkAct.objects.get().pk])
    for person in (buses.other, buses.finance, buses.office, buses.stranger):
        assert browser(person).post(undo).status_code == 404
    assert standing() == {"浙B0001": 20}
    buses.own.posts.update(until="2020-01-01")
    assert browser(buses.own).post(undo, follow=True).status_code in (200, 403, 404)
    assert standing() == {"浙B0001": 20}


def test_a_long_import_is_taken_back_by_the_worker_also_after_a_break(buses, monkeypatch):  # noqa: F811
    monkeypatch.setattr(views, "MOST_INLINE", 5)
    monkeypatch.setattr(bulk_views, "MOST_INLINE", 5)
    real = loading.write

    def fails(drafts, **more):
        if drafts[0].row > 5:
            raise Problem("TST-001", "磁盘满了")
        return real(drafts, **more)

    monkeypatch.setattr(loading, "write", fails)
    client, where = browser(buses.finance), send(browser(buses.finance), *rows(9))["Location"]
    client.get(where)
    client.post(where)
    made = Work.objects.get(kind="registers.import")
    assert len(BulkAct.objects.get().done) == 4 and BulkAct.objects.get().state == BulkAct.LOADING
    monkeypatch.setattr(loading, "write", real)
    retry(made, by=buses.finance)
    act = BulkAct.objects.get()
    assert act.state == BulkAct.APPLIED and len(act.done) == 9
    assert client.get(reverse("registers:bulk_act", args=[act.pk])).status_code == 200
    client.post(reverse("registers:bulk_undo", args=[act.pk]))
    assert Work.objects.order_by("-id")[0].result["words"] == "已撤销 9 条，0 条没有撤销" and standing() == {}


def test_an_import_that_saved_nothing_leaves_nothing_to_take_back(buses):  # noqa: F811
    load_table("bus", sheet(HEAD, *rows(2)), None)
    answer = imported(buses.finance, *rows(2))[2]
    assert "撤销这次导入" not in answer.content.decode() and not BulkAct.objects.exists()
