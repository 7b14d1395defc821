"""The search: what is found by which words, in which order, and by whom."""

import pytest
from django.test import Client
from django.urls import reverse

from taizhang.documents.actions import add_document
from taizhang.plans.actions import accept_plan, add_task, create_plan
from taizhang.registers.actions import create_record, edit_record
from taizhang.registers.finding import index
from taizhang.registers.finding.search import SOURCES, search
from taizhang.registers.finding.words import fold, pieces, terms
from taizhang.registers.loading import load_table
from taizhang.registers.models import Record
from tests.registers.conftest import HAZARD, sheet
from tests.registers.untidy import REPAIRS

pytestmark = pytest.mark.django_db
HEAD = "单位编码,发现日期,隐患类别,隐患等级,隐患描述,隐患部位,责任人电话"
ROWS = (
    "S1,2026-01-05,消防安全,一般,二楼东侧灭火器过期,教学楼2班门口,15400000001",
    "S1,2026-02-05,防溺水,重大,校门外堰塘没有护栏,北门,",
    "S2,2026-03-05,消防安全,重大,食堂应急灯损坏,食堂,15400000002",
    "S3,2026-04-05,食品卫生,一般,留样盒没有标签,食堂后厨灭火器旁,",
)


@pytest.fixture
def hazards(county):
    load_table("safety_hazard", sheet(HEAD, *ROWS), None)
    return county


def titles(user, query, kind="record") -> list[str]:
    found = search(user, query, kind)
    return ["".join(text for text, _ in hit.title) for hit in found[kind].hits] if found else []


def numbers(user, query) -> list[str]:
    return sorted(title.split()[0][-1] for title in titles(user, query))


def test_words_and_fragments_are_found_however_short(hazards):
    by = hazards.safety
    assert numbers(by, "灭火器") == ["1", "4"]
    assert numbers(by, "火器") == ["1", "4"], "two characters out of the middle"
    assert numbers(by, "堰") == ["2"] and numbers(by, "栏") == ["2"], "one character, also the last of its text"
    assert numbers(by, "食堂 应急") == ["3"], "every word must be there"
    assert numbers(by, "火灭") == [] and numbers(by, "食堂护栏") == []
    assert numbers(by, "2班") == ["1"] and numbers(by, "重大") == ["2", "3"]


def test_width_script_and_case_do_not_matter(hazards):
    assert numbers(hazards.safety, "滅火器") == ["1", "4"]
    assert numbers(hazards.safety, "ＡＱ－２０２６－０００３") == ["3"]
    assert numbers(hazards.safety, "aq-2026-0003") == ["3"] and numbers(hazards.safety, "0003") == ["3"]
    create_record(
        register="safety_hazard",
        unit=hazards.unit("S1"),
        values={**HAZARD, "隐患描述": "應急燈ＬＥＤ損壞"},
        by=hazards.own,
    )
    assert numbers(hazards.safety, "应急灯led") == ["5"]


def test_the_number_comes_before_the_title_and_the_title_before_the_text(hazards):
    values = {**HAZARD, "隐患描述": "AQ-2026-0003 所记的问题再次出现", "隐患部位": "食堂"}
    create_record(register="safety_hazard", unit=hazards.unit("S2"), values=values, by=hazards.other)
    assert [title.split()[0] for title in titles(hazards.safety, "AQ-2026-0003")] == ["AQ-2026-0003", "AQ-2026-0005"]
    # Record 3 has 食堂 in its title; 4 and 5, both younger, have it in a field below.
    assert titles(hazards.safety, "食堂")[0].startswith("AQ-2026-0003")


def test_a_school_finds_its_own_and_learns_nothing_of_its_neighbour(hazards):
    assert numbers(hazards.own, "灭火器") == ["1"] and numbers(hazards.own, "应急灯") == []
    assert numbers(hazards.own, "AQ-2026-0003") == [] and numbers(hazards.own, "食堂") == []
    assert numbers(hazards.other, "应急灯") == ["3"]
    assert numbers(hazards.district, "消防") == ["1", "3"] and numbers(hazards.inspector, "消防") == ["1", "3"]
    for person in (hazards.finance, hazards.stranger):
        assert numbers(person, "灭火器") == []
    assert numbers(hazards.own, "第二小学") == [] and numbers(hazards.safety, "第二小学 消防") == ["3"]


def test_a_sensitive_field_is_never_found_not_even_by_an_index_that_still_holds_it(hazards, monkeypatch):
    assert numbers(hazards.safety, "15400000001") == [] and numbers(hazards.own, "1540") == []
    record = Record.objects.get(number="AQ-2026-0001")
    honest = index.texts_of
    with monkeypatch.context() as patch:
        patch.setattr(index, "texts_of", lambda *args: [*honest(*args), ("责任人电话", "15400000001")])
        edit_record(record=record, values={"隐患部位": "三楼"}, by=hazards.own)
    assert numbers(hazards.own, "15400000001") == []


def test_the_index_follows_every_write_and_is_rebuilt_from_nothing(hazards):
    record = Record.objects.get(number="AQ-2026-0002")
    edit_record(record=record, values={"隐患描述": "校门外水库没有警示牌"}, by=hazards.own)
    assert numbers(hazards.own, "堰塘") == [] and numbers(hazards.own, "警示牌") == ["2"]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {index.TABLE}")
    assert numbers(hazards.own, "警示牌") == []
    assert index.reindex() == 4
    assert numbers(hazards.own, "警示牌") == ["2"] and numbers(hazards.safety, "灭火器") == ["1", "4"]


def test_a_failed_save_leaves_the_index_as_it_was(hazards):
    from taizhang.kernel.errors import Problem

    record = Record.objects.get(number="AQ-2026-0001")
    with pytest.raises(Problem):
        edit_record(record=record, values={"隐患描述": "改成别的", "整改期限": "昨天"}, by=hazards.own)
    assert numbers(hazards.own, "改成别的") == [] and numbers(hazards.own, "灭火器") == ["1"]


@pytest.mark.parametrize(
    "query", ["", "   ", "“”", "!!", '"', "*", "a OR", "NEAR(", "') | '", ":*", "\\", "消防'", "(", "𠮷"]
)
def test_marks_and_operators_are_words_or_nothing_and_never_an_error(hazards, query):
    for kind in SOURCES:
        titles(hazards.own, query, kind)


def test_without_fts5_numbers_and_titles_are_still_found(hazards, monkeypatch):
    from taizhang.registers.finding import search as module

    monkeypatch.setattr(module, "engine_of", lambda: None)
    assert numbers(hazards.safety, "AQ-2026-0003") == ["3"] and numbers(hazards.safety, "堰塘") == ["2"]
    assert numbers(hazards.own, "应急灯") == []


@pytest.fixture
def everything(hazards):
    plan = create_plan(title="2026年工作要点", unit=hazards.unit("B1"), by=hazards.office, period="2026")
    add_task(plan=plan, title="更换灭火器", by=hazards.office, leads=[hazards.unit("S2")])
    add_task(plan=plan, title="校车检查", text="检查车上灭火器", by=hazards.office, leads=[hazards.unit("S1")])
    accept_plan(plan=plan, by=hazards.office)
    add_document(data="第二小学总结\n一、更换灭火器\n共换30个。\n".encode(), name="总结.txt", by=hazards.other)
    return hazards


def test_tasks_documents_units_and_people_are_found_in_the_same_box(everything):
    assert titles(everything.office, "灭火器", "task") == ["更换灭火器", "校车检查"], "titles first"
    assert titles(everything.own, "灭火器", "task") == ["校车检查"]
    assert titles(everything.other, "滅火器", "document") == ["第二小学总结"]
    assert titles(everything.own, "灭火器", "document") == []
    assert titles(everything.office, "第二", "unit") == ["第二小学"] and titles(everything.office, "S3", "unit")
    assert titles(everything.office, "学校own", "person") == ["学校own"]
    assert titles(everything.stranger, "小学", "unit") == titles(everything.stranger, "own", "person") == []


def page(user, **query) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("search"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_marks_hits_counts_by_kind_and_says_what_to_do_when_there_is_nothing(everything):
    text = page(everything.office, q="灭火器")
    assert "<mark>灭火器</mark>" in text and "台账记录" in text and "任务" in text and "文稿" in text
    alone = page(everything.office, q="灭火器", kind="document")
    assert "更换<mark>灭火器</mark>" in alone and "二楼东侧" not in alone
    assert "没有找到您可以查看的内容" in page(everything.own, q="应急灯")
    assert "写几个字再搜索" in page(everything.own)
    assert 'id="search"' in page(everything.own), "the box of the top bar"


@pytest.mark.parametrize("person", ["own", "other", "office", "stranger"])
def test_the_page_shows_each_person_what_is_theirs(everything, person):
    text = page(getattr(everything, person), q="灭火器")
    assert ("二楼东侧" in text) == (person in ("own", "office"))
    assert ("第二小学总结" in text) == (person in ("other", "office"))
    assert ("更换" in text) == (person in ("other", "office"))


def test_the_page_asks_the_database_no_more_for_many_hits_than_for_few(everything, django_assert_max_num_queries):
    rows = [f"S1,2026-01-05,消防安全,一般,第{number}号灭火器过期,走廊," for number in range(60)]
    load_table("safety_hazard", sheet(HEAD, *rows), None)
    with django_assert_max_num_queries(40):
        text = page(everything.own, q="灭火器", kind="record", page="2")
    assert text.count("<mark>") >= 20 and "61" in text


def test_a_cut_shows_the_words_around_its_hit():
    wanted = terms("应急灯")
    long = "一" * 100 + "食堂的應急燈㎡已经损坏" + "二" * 100
    cut = pieces(long, wanted)
    assert [text for text, hit in cut if hit] == ["應急燈"] and cut[0][0] == "…" and cut[-1][0].endswith("…")
    assert pieces("没有", wanted) == [] and fold("ＡＢ１滅") == "ab1灭"


def test_after_an_upgrade_the_worker_indexes_again_what_an_earlier_program_indexed(hazards, monkeypatch):
    from datetime import date

    from django.db import connection

    from taizhang.events import daily
    from taizhang.registers.finding.models import SearchForm
    from taizhang.site import doctor

    index.reindex()
    assert index.outdated() == [] and [item[0] for item in doctor._search()] == [doctor.GOOD]
    # An index of before: it knew of fewer words, and nobody has said how it was built.
    SearchForm.objects.filter(register_code="safety_hazard").delete()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {index.TABLE}")
    assert numbers(hazards.safety, "灭火器") == []
    [(level, words, remedy)] = doctor._search()
    assert level == doctor.NOTE and "安全隐患台账" in words and "worker" in remedy
    assert f"registers.search.{index.FORM}" in daily.run_due(date(2026, 3, 4))
    assert numbers(hazards.safety, "灭火器") == ["1", "4"] and index.outdated() == []
    assert index.mend() == 0
    # The next upgrade writes the index otherwise.
    monkeypatch.setattr(index, "FORM", index.FORM + 1)
    assert index.outdated() == ["safety_hazard"]
    assert index.mend() == 4 and index.outdated() == []


def test_a_release_that_lets_more_be_found_asks_for_a_new_index(county, install):
    install(repairs=REPAIRS)
    values = {"项目名称": "屋面翻修", "工程类别": "屋面", "开工日期": "2025-07-03", "预算金额": "5000"}
    create_record(register="repairs", unit=county.unit("S1"), values=values, by=county.own)
    assert index.mend() == 1 and index.outdated() == []
    install(repairs=REPAIRS.replace("access:", "  - {name: 监理单位, type: text}\naccess:", 1))
    assert index.outdated() == ["repairs"]


def test_what_is_entered_into_an_empty_register_is_not_indexed_twice(county, install):
    install(repairs=REPAIRS)
    assert index.mend() == 0
    values = {"项目名称": "屋面翻修", "工程类别": "屋面", "开工日期": "2025-07-03", "预算金额": "5000"}
    create_record(register="repairs", unit=county.unit("S1"), values=values, by=county.own)
    assert index.outdated() == [] and index.mend() == 0
    assert numbers(county.own, "翻修") != []


def test_an_index_that_was_left_half_built_is_mended_by_the_worker(hazards):
    def broken_off(done: int) -> None:
        raise KeyboardInterrupt

    index.reindex()
    with pytest.raises(KeyboardInterrupt):
        index.reindex(broken_off)
    assert index.outdated() != []
    index.mend()
    assert numbers(hazards.safety, "灭火器") == ["1", "4"] and index.outdated() == []
