"""What a register must not hold twice: the same award from two hands, one teacher at two schools at a time."""

from __future__ import annotations

import pytest

from taizhang.catalog.actions import plan_pack
from taizhang.catalog.pack import read_files
from taizhang.kernel.errors import Problem
from taizhang.registers.actions import create_record, edit_record
from taizhang.registers.loading import check_table, load_table
from taizhang.registers.models import Facet, Record
from taizhang.registers.retention import renew_encryption
from taizhang.registers.steps import take_step
from tests.registers.conftest import sheet

pytestmark = pytest.mark.django_db
AWARD = """
register: award
name: 奖项
kind: case
fields:
  - {name: 日期, type: date, required: true}
  - {name: 奖项名称, type: text, required: true}
  - {name: 等次, type: choice, options: [一等奖, 二等奖]}
  - {name: 学生, type: text, sensitive: true}
no_repeat:
  - {name: 同一奖项, fields: [单位, 奖项名称, 等次, 学生], message: 这项奖已经登记}
"""
STAY = """
register: stay
name: 驻校
kind: case
number: "ZX-{year}-{seq:3}"
fields:
  - {name: 登记日期, type: date, required: true}
  - {name: 工号, type: text, required: true}
  - {name: 开始日期, type: date}
  - {name: 结束日期, type: date}
no_repeat:
  - {name: 时间重叠, fields: [工号], between: [开始日期, 结束日期], message: 该教师这段时间已在别处}
"""


def award(county, by=None, unit: str = "S1", **values):
    raw = {"日期": "2026-03-02", "奖项名称": "合唱比赛", "等次": "一等奖", **values}
    return create_record(register="award", unit=county.unit(unit), values=raw, by=by or county.own).record


def stay(county, since: str, until: str, number: str = "T01", unit: str = "S1"):
    raw = {"登记日期": "2026-03-02", "工号": number, "开始日期": since, "结束日期": until}
    return create_record(register="stay", unit=county.unit(unit), values=raw, by=county.root).record


def test_the_same_award_is_refused_and_the_record_that_holds_it_is_named(county, install):
    install(award=AWARD)
    award(county)
    with pytest.raises(Problem, match="这项奖已经登记") as refused:
        award(county, 奖项名称="合唱 比赛")
    assert refused.value.code == "REG-158" and "已有的那一条" in refused.value.remedy
    assert award(county, 等次="二等奖") and award(county, county.other, "S2"), "another rank and another school may"


def test_an_empty_field_agrees_with_an_empty_one_and_a_struck_out_record_holds_nothing(county, install):
    install(award=AWARD)
    first = award(county, 等次="")
    with pytest.raises(Problem, match="已经登记"):
        award(county, 等次="")
    assert not Facet.objects.filter(record=first, text__contains="合唱").exists(), "the key is a digest"


def test_a_sensitive_field_takes_part_and_outlives_a_change_of_keys(county, install, settings):
    install(award=AWARD)
    award(county, 学生="周小禾")
    assert award(county, 学生="林小树")
    settings.FIELD_KEY = f"a-new-key-of-this-test {settings.FIELD_KEY}"
    renew_encryption()
    with pytest.raises(Problem, match="已经登记"):
        award(county, 学生="周小禾")


def test_the_database_keeps_the_rule_when_two_people_save_at_once(county, install, monkeypatch):
    install(award=AWARD)
    award(county)
    monkeypatch.setattr("taizhang.registers.writing.refuse_repeats", lambda drafts: None)
    with pytest.raises(Problem, match="相同"):
        award(county)


def test_one_person_cannot_be_in_two_places_while_the_dates_overlap(county, install):
    install(stay=STAY)
    first = stay(county, "2026-09-01", "2027-07-15")
    with pytest.raises(Problem, match=r"该教师这段时间已在别处（ZX-2026-001）"):
        stay(county, "2027-07-15", "2028-07-15", unit="S2")
    second = stay(county, "2027-07-16", "")
    with pytest.raises(Problem, match="已在别处"):
        stay(county, "2030-09-01", "2031-07-15")  # an end left out is open
    assert stay(county, "2026-09-01", "2027-07-15", number="T02")
    with pytest.raises(Problem, match="已在别处"):
        edit_record(record=second, values={"开始日期": "2027-05-01"}, by=county.root)
    edited = edit_record(record=first, values={"结束日期": "2027-06-30"}, by=county.root)
    assert edited.record.data["结束日期"] == "2027-06-30", "a record does not stand in its own way"


def test_striking_out_gives_the_time_free(county, install):
    install(stay=STAY)
    first = stay(county, "2026-09-01", "2027-07-15")
    take_step(record=first, step="作废", by=county.root, note="未成行")
    assert stay(county, "2026-09-01", "2027-07-15").number == "ZX-2026-002"


def test_a_table_is_refused_row_by_row_also_when_rows_repeat_each_other(county, install):
    install(award=AWARD)
    award(county)
    table = sheet(
        "单位编码,日期,奖项名称,等次",
        "S1,2026-03-03,合唱比赛,一等奖",
        "S1,2026-03-03,书法比赛,一等奖",
        "S1,2026-03-04,书法比赛,一等奖",
        "S2,2026-03-04,书法比赛,一等奖",
    )
    said = check_table("award", table, county.root)
    done = load_table("award", table, county.root)
    assert said.as_dict() == done.as_dict()
    assert (done.read, done.created, [item["row"] for item in done.refused]) == (4, 2, [2, 4])
    assert "第 3 行" in done.refused[1]["message"]
    assert Record.objects.filter(register_code="award").count() == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("fields: [工号]", "fields: [工牌]"), "没有可填写的字段“工牌”"),
        (("[开始日期, 结束日期]", "[开始日期, 工号]"), "“工号”不是日期字段"),
        (("name: 时间重叠", "name: 工号"), "“工号”已是字段"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_with_the_pack(county, change, said):
    files = {"pack.yaml": "name: local\nversion: '1'\ntitle: 本地\n", "registers/stay.yaml": STAY.replace(*change)}
    with pytest.raises(Problem, match=said):
        plan_pack(pack=read_files(files))
