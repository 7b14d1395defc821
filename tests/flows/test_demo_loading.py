"""The demo is loaded whole or not at all, once, and also on a machine whose clock is behind its story."""

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.utils import timezone

from taizhang.catalog.models import PackRelease
from taizhang.documents.models import Document
from taizhang.kernel.errors import Problem
from taizhang.org.models import Unit
from taizhang.plans.models import Plan, ProgressEntry, Task
from taizhang.registers.matching import LoadResult
from taizhang.registers.models import Record
from taizhang.site import demo

pytestmark = pytest.mark.django_db
MODELS = (Unit, Record, Document, Plan, Task, ProgressEntry)


def held() -> list[int]:
    return [model.objects.count() for model in MODELS]


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch, settings, tmp_path) -> Iterator[dt.date]:
    """A machine on which the county's last months are still to come."""
    day = dt.date(2026, 6, 1)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: day)
    settings.WAREHOUSE = tmp_path
    yield day


def test_a_load_that_broke_off_leaves_nothing_and_the_next_loads_all_that_is_not_to_come(early, monkeypatch):
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setitem(demo.LOADERS, "plan", broken)
        with pytest.raises(KeyboardInterrupt):
            demo.load_demo(say=lambda _: None)
    assert held() == [0] * len(MODELS) and not PackRelease.objects.filter(name="demo").exists()

    said: list[str] = []
    assert demo.load_demo(say=said.append)
    loaded = held()
    assert [line for line in said if "没有装入" in line and str(early) in line]
    assert ProgressEntry.objects.exists() and not ProgressEntry.objects.filter(on__gt=early).exists()
    assert Plan.objects.get().accepted_at is not None
    assert timezone.localtime(Plan.objects.get().accepted_at).date() == dt.date(2026, 2, 27)
    hazards = Record.objects.filter(register_code="safety_hazard")
    assert not hazards.filter(dated_on__gt=early).exists() and hazards.filter(dated_on__lt=early).exists()

    said.clear()
    assert not demo.load_demo(say=said.append)
    assert held() == loaded and "不再重复装入" in said[0]


def test_a_row_refused_for_anything_but_its_day_stops_the_demo(monkeypatch):
    def refusing(fault: dict[str, object]) -> list[str]:
        said: list[str] = []
        monkeypatch.setattr(demo, "load_table", lambda *_: LoadResult(read=200, created=199, refused=[fault]))
        demo._register({"register": "safety_hazard", "file": "safety_hazards.csv"}, None, said.append)  # type: ignore[arg-type]
        return said

    known = SimpleNamespace(register=lambda key: SimpleNamespace(name=key))
    monkeypatch.setattr(demo, "catalog", lambda: known)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: dt.date(2026, 11, 1))
    assert any(
        "1 条的日期晚于本机日期" in line for line in refusing({"row": 201, "field": "发现日期", "message": "晚于今天"})
    )
    for fault in (
        {"row": 2, "field": "发现日期", "message": "早已过去"},
        {"row": 201, "field": "隐患类别", "message": "没有这个选项"},
    ):
        with pytest.raises(Problem, match=f"第{fault['row']}行"):
            refusing(fault)
