"""Reads: what each person gets, in which order, and what waits for them."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taizhang.kernel.errors import NotFound, Problem
from taizhang.registers.actions import create_record
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record
from taizhang.registers.queries import (
    Filters,
    get_record_for,
    owed_by,
    records_by_ids_for,
    records_for,
    register_totals,
    registers_for,
    state_counts,
    versions_for,
)
from tests.registers.conftest import HAZARD, sheet

pytestmark = pytest.mark.django_db
HEAD = "单位编码,发现日期,隐患类别,隐患等级,隐患描述,整改期限,状态"
ROWS = (
    "S1,2026-01-05,消防安全,一般,灭火器,2026-02-01,整改中",
    "S1,2026-02-05,防溺水,重大,堰塘,2026-12-31,整改中",
    "S2,2026-03-05,消防安全,重大,应急灯,,待整改",
    "S3,2026-04-05,食品卫生,一般,留样,2026-05-01,已销号",
)


@pytest.fixture
def hazards(county):
    load_table("safety_hazard", sheet(HEAD, *ROWS), None)
    return county


def numbers(page) -> list[str]:
    return [record.number[-1] for record in page]


def found(county, by="safety", sort="编号", **filters) -> list[str]:
    return numbers(records_for(getattr(county, by), "safety_hazard", Filters(**filters), sort))


def test_each_person_gets_the_records_of_their_reach(hazards):
    reached = {name: found(hazards, by=name) for name in ("safety", "office", "own", "other", "district")}
    assert reached == {
        "safety": ["1", "2", "3", "4"], "office": ["1", "2", "3", "4"], "own": ["1", "2"], "other": ["3"],
        "district": ["1", "2", "3"],
    }  # fmt: skip
    for name in ("finance", "stranger"):
        with pytest.raises(NotFound):
            found(hazards, by=name)


def test_filters_join_and_narrow(hazards):
    assert found(hazards, facets={"隐患类别": "消防安全"}) == ["1", "3"]
    assert found(hazards, facets={"隐患类别": "消防安全", "隐患等级": "重大"}) == ["3"]
    assert found(hazards, facets={"整改期限": ("2026-02-01", None)}) == ["1", "2", "4"]
    assert found(hazards, facets={"发现日期": (date(2026, 2, 1), date(2026, 3, 31))}) == ["2", "3"]
    assert found(hazards, unit=hazards.unit("D1")) == ["1", "2", "3"]
    assert found(hazards, state="已销号") == ["4"]
    assert found(hazards, overdue=True) == ["1", "3"]
    assert found(hazards, since=date(2026, 2, 5), until=date(2026, 3, 5)) == ["2", "3"]
    assert found(hazards, text="堰塘") == ["2"] and found(hazards, text="AQ-2026-0003") == ["3"]
    assert found(hazards, text="食品") == ["4"], "a fragment of an indexed field"


def test_sorting_by_any_indexed_field_puts_missing_values_last_both_ways(hazards):
    assert found(hazards, sort="整改期限") == ["1", "4", "2", "3"]
    assert found(hazards, sort="-整改期限") == ["2", "4", "1", "3"]
    assert found(hazards, sort="") == ["4", "3", "2", "1"]
    assert found(hazards, sort="-日期") == ["4", "3", "2", "1"]


@pytest.mark.parametrize(
    ("filters", "sort"),
    [({"facets": {"隐患描述": "灯"}}, ""), ({"facets": {"整改期限": "昨天"}}, ""), ({}, "责任人电话")],
)
def test_what_a_list_cannot_filter_or_sort_on_is_told(hazards, filters, sort):
    with pytest.raises(Problem, match="不能按"):
        found(hazards, sort=sort, **filters)


def test_pages_are_cut_in_the_database(hazards):
    page = records_for(hazards.safety, "safety_hazard", None, "编号", 2, 3)
    assert numbers(page) == ["4"] and page.paginator.count == 4 and page.paginator.num_pages == 2


def test_a_record_its_versions_and_lists_of_ids_follow_the_same_reach(hazards):
    record = Record.objects.get(unit__code="S2")
    ids = list(Record.objects.order_by("-id").values_list("id", flat=True))
    assert get_record_for(hazards.other, record.pk) == record
    assert versions_for(hazards.other, record).count() == 1
    for person in (hazards.own, hazards.stranger, hazards.finance):
        with pytest.raises(NotFound):
            get_record_for(person, record.pk)
        with pytest.raises(NotFound):
            versions_for(person, record)
    with pytest.raises(NotFound):
        get_record_for(hazards.safety, 10**9)
    assert [item.unit.code for item in records_by_ids_for(hazards.own, ids)] == ["S1", "S1"]
    assert records_by_ids_for(hazards.stranger, ids) == []


def test_what_waits_for_each_person_is_their_step_and_the_latest_comes_first(hazards):
    own = owed_by(hazards.own, date(2026, 6, 1))
    assert [(item.record.number[-1], item.steps, item.overdue) for item in own] == [
        ("1", ("提交整改反馈",), True), ("2", ("提交整改反馈",), False),
    ]  # fmt: skip
    waiting = {item.record.number[-1]: item.steps for item in owed_by(hazards.inspector, date(2026, 6, 1))}
    assert waiting == {"3": ("下发整改通知",)}
    assert owed_by(hazards.stranger) == [] and owed_by(hazards.office) == []


def test_counts_by_state_and_by_register_are_those_of_the_person(hazards):
    from taizhang.catalog.current import catalog

    register = catalog().register("safety_hazard")
    counts = state_counts(hazards.own, register)
    assert list(counts) == list(register.lifecycle.states) and {k: v for k, v in counts.items() if v} == {"整改中": 2}
    totals = register_totals(hazards.safety)["safety_hazard"]
    assert totals == {"all": 4, "open": 3, "late": 2}
    seen = {item.code for item in registers_for(hazards.finance)}
    assert "education_basics" in seen and "safety_hazard" not in seen


def test_another_sections_register_keeps_its_records_from_links(hazards, install):
    install(
        visit="register: visit\nname: 走访\nkind: case\nfields:\n"
        "  - {name: 内容, type: text, required: true}\n  - {name: 隐患, type: link, register: safety_hazard}\n"
        "  - {name: 同行单位, type: unit}\n  - {name: 经办, type: person}\n"
    )
    values = {"内容": "走访", "隐患": "AQ-2026-0001", "同行单位": "第二小学", "经办": hazards.own.name}
    record = create_record(register="visit", unit=hazards.unit("S1"), values=values, by=hazards.own).record
    assert record.data["同行单位"] == "S2" and record.data["经办"] == hazards.own.username
    assert {link.field for link in record.links.all()} == {"隐患", "同行单位", "经办"}
    assert record.links.get(field="隐患").target_record.number == "AQ-2026-0001"
    with pytest.raises(Problem, match="没有“安全隐患台账”记录"):
        create_record(
            register="visit", unit=hazards.unit("S1"), values={**values, "隐患": "AQ-2026-0003"}, by=hazards.own
        )
    with pytest.raises(Problem, match="没有单位“第三小学”"):
        create_record(
            register="visit", unit=hazards.unit("S1"), values={**values, "同行单位": "第三小学"}, by=hazards.own
        )


def test_text_of_a_sensitive_field_is_not_found_by_searching(county):
    create_record(
        register="safety_hazard", unit=county.unit("S1"), values={**HAZARD, "责任人电话": "13912348888"}, by=county.own
    )
    assert found(county, text="13912348888") == [] and found(county, text="消防") == ["1"]


@pytest.mark.parametrize("sort", ["整改期限", "-整改期限"])
def test_a_list_longer_than_is_counted_keeps_its_order_with_the_undated_last(county, monkeypatch, sort):
    rows = [f"S1,2026-03-02,消防安全,第{n}处,{f'2026-04-{n:02d}' if n % 3 else ''}" for n in range(1, 13)]
    load_table("safety_hazard", sheet("单位编码,发现日期,隐患类别,隐患描述,整改期限", *rows), None)
    whole = [record.pk for record in records_for(county.safety, "safety_hazard", sort=sort, size=20)]
    monkeypatch.setattr("taizhang.registers.paging.MOST_COUNTED", 11)
    monkeypatch.setattr("taizhang.registers.queries.MOST_COUNTED", 11)
    first, second = (records_for(county.safety, "safety_hazard", sort=sort, page=page, size=6) for page in (1, 2))
    assert first.paginator.count == 11 and first.paginator.is_capped
    assert len(first) == 6 and len(second) == 5 and not {item.pk for item in first} & {item.pk for item in second}
    dates = [item.data.get("整改期限") for item in (*first, *second)]
    dated = [day for day in dates if day]
    assert len(whole) == 12 and len(dated) == 8 and dates[:8] == dated, "the undated come last"
    assert dated == sorted(dated, reverse=sort.startswith("-"))


def test_a_long_list_is_never_read_whole_to_show_one_page(hazards, monkeypatch):
    monkeypatch.setattr("taizhang.registers.paging.MOST_COUNTED", 1)
    with CaptureQueriesContext(connection) as asked:
        records_for(hazards.safety, "safety_hazard", Filters(), "隐患类别")
    ordered = [
        query["sql"] for query in asked.captured_queries if "ORDER BY" in query["sql"] and "隐患类别" in query["sql"]
    ]
    assert ordered and all("LIMIT" in sql for sql in ordered)
