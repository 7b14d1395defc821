"""Faults of lifecycles, deadlines, ladders and letters are found before a pack is released, with line and way out."""

import textwrap

import pytest

from taizhang.catalog.current import Catalog
from taizhang.catalog.lint import lint
from taizhang.catalog.pack import read_files, read_folder
from taizhang.kernel.errors import Problems
from tests.support import PACKS

REGISTER = """\
register: visit
name: 走访
kind: case
fields:
  - {name: 走访日期, type: date, required: true}
  - {name: 次数, type: integer}
  - {name: 两倍, type: integer, formula: "次数 * 2"}
  - {name: 照片, type: file}
lifecycle:
  initial: 待办
  states: {待办: open, 暂停: open, 办结: closed, 作废: void}
  transitions:
    - {name: 办, from: 待办, to: 办结, by: 科室, guard: "次数 > 0", sets: {走访日期: today()}, letter: 催办信}
  reopen: {to: 待办, by: 科室}
  in_state: {待办: {required: [次数]}}
  deadlines:
    - {name: 走访, state: 待办, within: 15 working_days, pause: 暂停, ladder: 走访督办, extend: {by: 科室, at_most: 30 days}}
"""
LADDER = """\
ladder: 走访督办
steps:
  - {at: -3 working_days, level: 提醒, to: 责任单位}
  - {at: 0, level: 催办单, to: [主管科室, 局长], letter: 催办信, escalate: 办}
"""
LETTER = "letter: 催办信\ntemplate: letters/urge.txt\nnumber: '催〔{year}〕{seq}号'\nto: 责任单位\n"


def faults(*change: str) -> list[str]:
    texts = {
        "pack.yaml": "name: mine\nversion: '1'\ntitle: 我局\n",
        "registers/visit.yaml": textwrap.dedent(REGISTER),
        "ladders/visit.yaml": LADDER,
        "letters/urge.yaml": LETTER,
        "letters/urge.txt": "# 催办单\n请办理。\n",
    }
    if change:
        file, old, new = change
        assert old in texts[file], old
        texts[file] = texts[file].replace(old, new)
    core = read_folder(PACKS / "core")
    return [str(problem) + f" @{problem.where}" for problem in lint(read_files(texts), Catalog(packs=(core,)))]


def test_two_steps_of_one_name_are_refused():
    (fault,) = faults(
        "registers/visit.yaml", "  reopen:", "    - {name: 办, from: 暂停, to: 办结, by: 科室}\n  reopen:"
    )
    assert "步骤“办”写了两次" in fault and fault.endswith("@registers/visit.yaml:14")


def test_a_sound_lifecycle_with_everything_has_no_fault():
    assert faults() == []


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("from: 待办, to", "from: 待辦, to", 13, "没有状态“待辦”"),
        ("by: 科室, guard", "by: 科宝, guard", 13, "没有岗位“科宝”"),
        ("from: 待办, to: 办结", "from: 待办, to: 原状态", 13, "没有步骤进入“待办”"),
        ("暂停: open", "原状态: open", 11, "状态不能叫“原状态”"),
        ("次数 > 0", "次树 > 0", 13, "次树"),
        ("次数 > 0", "次数 + 1", 13, "是否"),
        ("{走访日期: today()}", "{走访日: today()}", 13, "没有字段“走访日”"),
        ("{走访日期: today()}", "{走访日期: 次数}", 13, "日期"),
        ("{走访日期: today()}", "{两倍: '1'}", 13, "不能由步骤填写"),
        ("{走访日期: today()}", "{照片: today()}", 13, "不能由步骤填写"),
        ("letter: 催办信", "letter: 催信", 13, "没有文书“催信”"),
        ("reopen: {to: 待办", "reopen: {to: 办结", 14, "不是办理中的状态"),
        ("required: [次数]", "required: [次]", 15, "没有字段“次”"),
        ("{required: [次数]}", "{required: [次数], hidden: [次数]}", 15, "又必填又隐藏"),
        ("within: 15 working_days", "when: 次数 + 1, within: 15 working_days", 17, "是否"),
        ("within: 15 working_days", "when: 次树 > 1, within: 15 working_days", 17, "次树"),
        ("within: 15 working_days", "within: 15 workdays", 17, "看不懂"),
        ("within: 15 working_days", "within: 0 days", 17, "大于零"),
        ("within: 15 working_days", "within: 5 days, due: 走访日期", 17, "due 或 within 之一"),
        ("within: 15 working_days, pause: 暂停", "due: 走访日期, pause: 暂停", 17, "不能与"),
        ("within: 15 working_days, pause: 暂停, ladder: 走访督办, extend: {by: 科室, at_most: 30 days}", "due: 次数", 17, "不是日期"),
        ("within: 15 working_days", "within: 15 working_days, after: 来访日期", 17, "没有字段“来访日期”"),
        ("pause: 暂停", "pause: 停", 17, "没有状态“停”"),
        ("ladder: 走访督办", "ladder: 走访催办", 17, "没有督办阶梯“走访催办”"),
        ("extend: {by: 科室", "extend: {by: 股室", 17, "没有岗位“股室”"),
    ],
)  # fmt: skip
def test_a_fault_of_a_lifecycle_names_its_line(old, new, line, told):
    found = faults("registers/visit.yaml", old, new)
    assert any(told in text and f"@registers/visit.yaml:{line}" in text for text in found), found


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("ladders/visit.yaml", "to: 责任单位", "to: 责任人", "没有发送对象“责任人”"),
        ("ladders/visit.yaml", "letter: 催办信", "letter: 催信", "没有文书“催信”"),
        ("ladders/visit.yaml", "escalate: 办", "escalate: 挂牌", "没有“走访”的步骤“挂牌”"),
        ("ladders/visit.yaml", "at: 0", "at: -5 days", "先后排列"),
        ("ladders/visit.yaml", "at: 0", "at: 明天", "看不懂"),
        ("letters/urge.yaml", "to: 责任单位", "to: 家长", "没有发送对象“家长”"),
        ("letters/urge.yaml", "letters/urge.txt", "letters/none.txt", "没有模板文件"),
        ("letters/urge.yaml", "{seq}", "", "没有流水号"),
    ],
)
def test_a_fault_of_a_ladder_or_a_letter_is_told(file, old, new, told):
    assert any(told in text and f"@{file}:" in text for text in faults(file, old, new)), faults(file, old, new)


def test_an_unknown_level_is_refused_with_the_known_ones():
    with pytest.raises(Problems, match="通报"):
        faults("ladders/visit.yaml", "level: 提醒", "level: 警告")


def test_two_deadlines_of_one_name_are_refused():
    extra = "\n    - {name: 走访, state: 暂停, within: 3 days}\n"
    found = faults("registers/visit.yaml", "at_most: 30 days}}\n", "at_most: 30 days}}" + extra)
    assert any("两个期限" in text for text in found)


def test_a_bureaus_own_days_come_with_its_pack():
    texts = {
        "pack.yaml": "name: mine\nversion: '1'\ntitle: 我局\n",
        "calendar.yaml": "days: {2026-03-09: 休, 2026-03-14: 班}\n",
    }
    calendar = Catalog(packs=(read_files(texts),)).calendar
    assert [str(day) for day in calendar.exceptions] == ["2026-03-09", "2026-03-14"]
    with pytest.raises(Problems, match=r"calendar\.yaml:1"):
        read_files({**texts, "calendar.yaml": "days: {2026-03-09: 放假}\n"})


def test_the_handbooks_examples_have_no_fault():
    handbook = (PACKS.parent.parent.parent / "docs" / "handbook.md").read_text(encoding="utf-8")
    blocks = [part.split("```")[0] for part in handbook.split("```yaml\n")[1:]]
    lifecycle = next(text for text in blocks if text.startswith("lifecycle:"))
    ladder = next(text for text in blocks if text.startswith("ladder:"))
    names = ("登记日期", "受理日期")
    # 受理告知书 names its 首问责任人.
    fields = "".join(f"  - {{name: {name}, type: date}}\n" for name in names)
    fields += "  - {name: 处理意见, type: long_text}\n  - {name: 附议人数, type: integer}\n  - {name: 首问责任人, type: text}\n"
    texts = {
        "pack.yaml": "name: mine\nversion: '1'\ntitle: 我局\n",
        "registers/petition.yaml": f"register: petition_x\nname: 来信\nkind: case\nfields:\n{fields}{lifecycle}",
        "ladders/petition.yaml": ladder,
    }
    core = read_folder(PACKS / "core")
    assert [str(problem) for problem in lint(read_files(texts), Catalog(packs=(core,)))] == []
