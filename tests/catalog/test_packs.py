"""A pack is checked before it is released: every fault names its file, its line and the way out."""

import textwrap
from pathlib import Path

import pytest

from taizhang.catalog.actions import apply_pack, plan_pack
from taizhang.catalog.current import Catalog, catalog
from taizhang.catalog.diff import compare
from taizhang.catalog.lint import lint
from taizhang.catalog.pack import read_files, read_folder
from taizhang.kernel.errors import Problem, Problems
from tests.support import PACKS

MANIFEST = "name: mine\nversion: '1'\ntitle: 我局业务包\n"
REGISTER = """\
register: bus
name: 校车台账
kind: roster
fields:
  - {name: 车牌号, type: text, unique: true, required: true}
  - {name: 座位数, type: integer}
checks:
  - {name: 座位合理, formula: "座位数 > 0", message: 座位数应大于0}
"""


def pack_of(register: str = REGISTER, **files: str):
    texts = {"pack.yaml": MANIFEST, "registers/bus.yaml": textwrap.dedent(register)}
    return read_files({**texts, **{name.replace("__", "/") + ".yaml": text for name, text in files.items()}})


def faults(register: str) -> list[Problem]:
    return lint(pack_of(register), Catalog(packs=()))


def test_the_shipped_packs_have_no_fault():
    core, demo = read_folder(PACKS / "core"), read_folder(PACKS / "demo")
    assert lint(core, Catalog(packs=())) == []
    assert lint(demo, Catalog(packs=(core,))) == []


def test_a_register_without_lifecycle_gets_the_plain_one_of_its_kind():
    register = pack_of().registers["bus"]
    assert register.lifecycle.initial == "在册"
    assert register.lifecycle.states["作废"] == "void"


def test_a_dimension_that_is_no_field_becomes_a_choice_of_the_option_set_of_its_name():
    pack = pack_of(
        "register: heads\nname: 人数\nkind: statistics\nperiod: year\ndimensions: [学段]\nfields:\n  - {name: 人数, type: integer}\n",
        options__stage="options: 学段\nvalues: [小学, 初中]\n",
    )
    assert pack.registers["heads"].field("学段").options == "学段"
    assert lint(pack, Catalog(packs=())) == []


@pytest.mark.parametrize(
    ("change", "line", "message", "remedy"),
    [
        (("座位数 > 0", "坐位数 > 0"), 8, "坐位数", "座位数"),
        (("座位数 > 0", "座位数 >"), 8, "公式有误", ""),
        (("座位数 > 0", "sum(座位数) > 0"), 8, "逐行计算", "不能用汇总函数"),
        (("座位数 > 0", "座位数 + 1"), 8, "是否", ""),
        (("type: integer", "type: choice"), 6, "没有选项", "options"),
        (("座位数, type: integer", "车牌号, type: integer"), 6, "写了两次", "改名"),
        (("座位数, type: integer", "状态, type: integer"), 6, "系统自带", "换一个名字"),
        (("座位数, type: integer", "座位数, type: integer, formula: 车牌号"), 6, "结果不是数值", "改写公式"),
        (
            ("message: 座位数应大于0}", "message: 甲}\n  - {name: 座位合理, formula: 座位数 < 99, message: 乙}"),
            9,
            "核对“座位合理”写了两次",
            "改名",
        ),
    ],
)
def test_a_fault_names_file_line_and_remedy(change, line, message, remedy):
    found = faults(REGISTER.replace(*change))
    assert found, "the fault was not seen"
    assert found[0].where == f"registers/bus.yaml:{line}"
    assert message in str(found[0]) and remedy in found[0].remedy


@pytest.mark.parametrize(
    ("change", "line", "remedy"),
    [
        (("座位数, type: integer", "座位数, typ: integer"), 6, "补上"),
        (("type: integer", "type: interger"), 6, "integer"),
        (("kind: roster", "kind: list"), 3, "roster"),
        (("register: bus", "register: Bus"), 1, "小写字母"),
        (("name: 校车台账\n", ""), 1, "补上"),
        (("kind: roster", "kind: roster\nlifecylce: {}"), 4, "lifecycle"),
    ],
)
def test_what_the_schema_does_not_know_is_refused_with_a_suggestion(change, line, remedy):
    with pytest.raises(Problems) as refused:
        pack_of(REGISTER.replace(*change))
    assert any(p.where == f"registers/bus.yaml:{line}" and remedy in p.remedy for p in refused.value.problems), str(
        refused.value
    )


def test_broken_yaml_names_its_line():
    with pytest.raises(Problem) as refused:
        pack_of(REGISTER + "  broken: [1, 2\n")
    assert refused.value.where.startswith("registers/bus.yaml:")


def test_a_key_written_twice_is_refused():
    with pytest.raises(Problem, match="写了两次"):
        pack_of(REGISTER + "name: 又一个\n")


def test_a_folder_without_manifest_says_what_a_pack_is(tmp_path: Path):
    with pytest.raises(Problem) as refused:
        read_folder(tmp_path)
    assert "pack.yaml" in refused.value.remedy


def test_a_file_in_another_encoding_is_named(tmp_path: Path):
    (tmp_path / "pack.yaml").write_bytes("title: 我局".encode("gb18030"))
    with pytest.raises(Problem) as refused:
        read_folder(tmp_path)
    assert refused.value.where == "pack.yaml" and "UTF-8" in refused.value.remedy


def test_an_indicator_with_a_bad_formula_names_file_and_line():
    text = 'indicators:\n  - {code: seats, name: 座位, formula: "sum(校车台账.坐位数)"}\n'
    found = lint(pack_of(indicators__seats=text), Catalog(packs=()))
    assert found[0].where == "indicators/seats.yaml:2" and "座位数" in found[0].remedy


def test_a_name_that_another_pack_uses_is_refused():
    first = pack_of()
    second = read_files(
        {
            "pack.yaml": MANIFEST.replace("mine", "other"),
            "registers/coach.yaml": REGISTER.replace("register: bus", "register: coach"),
        }
    )
    found = lint(second, Catalog(packs=(first,)))
    assert found[0].code == "CAT-014" and "校车台账" in found[0].message


def test_a_template_with_an_unbound_number_is_refused_with_its_line():
    pack = read_files(
        {
            "pack.yaml": MANIFEST,
            "reports/all.yaml": "reports:\n  - {code: brief, name: 简报, title: 简报, template: reports/brief.txt}\n",
            "reports/brief.txt": "# 简报\n全县有学校30所。\n",
        }
    )
    found = lint(pack, Catalog(packs=()))
    assert [problem.where for problem in found] == ["reports/brief.txt:2"] and "30" in found[0].message


@pytest.mark.django_db
class TestRelease:
    def test_what_is_released_is_in_force_at_once(self):
        apply_pack(pack=pack_of(), by_name="测试")
        assert catalog().register("校车台账").code == "bus"

    def test_the_same_pack_again_changes_nothing(self):
        assert apply_pack(pack=pack_of(), by_name="测试")
        assert apply_pack(pack=pack_of(), by_name="测试") is None

    def test_the_difference_is_said_before_it_is_made(self):
        apply_pack(pack=pack_of(), by_name="测试")
        wider = pack_of(REGISTER.replace("checks:", "  - {name: 核载, type: integer}\nchecks:"))
        assert any("核载" in change.what and change.kind == "add" for change in plan_pack(wider))

    def test_what_a_lifecycle_changes_is_said_thing_by_thing(self):
        step = "{name: 年检, from: 在用, to: 在用, by: 科室}"
        flow = "lifecycle:\n  initial: 在用\n  states: {在用: open, 停用: closed}\n  transitions:\n    - "
        before = pack_of(REGISTER + flow + step + "\n")
        other = (
            step.replace("年检", "停运")
            + "\n  reopen: {to: 在用, by: 科室}\n  in_state: {停用: {required: [座位数]}}\n"
        )
        after = pack_of(REGISTER.replace("座位数 > 0", "座位数 > 1") + flow + other)
        told = [change.what for change in compare(before, after)]
        said = ["状态“停用”", "步骤“停运”", "删去步骤“年检”", "办结后重新办理", "核对“座位合理”"]
        assert [what for what in told if "：" in what] == [f"校车台账：{what}" for what in said]

    @pytest.mark.parametrize(
        ("change", "word"),
        [
            (("  - {name: 座位数, type: integer}\n", "  - {name: 座位, type: integer}\n"), "座位数"),
            (("座位数, type: integer", "座位数, type: date"), "类型"),
            (("kind: roster", "kind: case"), "台账类型"),
        ],
    )
    def test_names_and_types_are_for_ever(self, change, word):
        apply_pack(pack=pack_of(), by_name="测试")
        changed = REGISTER.replace(*change).replace('"座位数 > 0"', '"车牌号 is not null"')
        with pytest.raises(Problems) as refused:
            apply_pack(pack=pack_of(changed), by_name="测试")
        assert word in str(refused.value)
        assert catalog().register("bus").field("座位数").type == "integer"

    def test_a_field_may_retire_with_a_tombstone_and_its_name_is_not_used_again(self):
        apply_pack(pack=pack_of(), by_name="测试")
        gone = REGISTER.replace("  - {name: 座位数, type: integer}\n", "").split("checks:")[0]
        apply_pack(pack=pack_of(gone + "removed:\n  - {name: 座位数, type: integer, since: '2026'}\n"), by_name="测试")
        again = pack_of(gone + "  - {name: 座位数, type: integer}\n")
        assert any(change.kind == "refuse" and "曾用过" in change.what for change in plan_pack(again))


def test_a_report_is_found_by_its_other_names_but_a_name_of_its_own_comes_first():
    reports = "reports:\n  - {code: long, name: 年度工作总结, aliases: [年度总结, 简报], title: 甲, template: a.txt}\n"
    reports += "  - {code: brief, name: 简报, title: 乙, template: a.txt}\n"
    known = Catalog(packs=(read_files({"pack.yaml": MANIFEST, "reports/all.yaml": reports}),))
    assert known.report("年度总结").code == known.report("年度工作总结").code == "long"
    assert known.report("简报").code == "brief"
    with pytest.raises(Problem, match="没有稿件模板“半年总结”"):
        known.report("半年总结")


def test_the_shipped_summary_is_found_by_the_name_that_people_use():
    core = Catalog(packs=(read_folder(PACKS / "core"),))
    assert core.report("年度总结") == core.report("年度工作总结") == core.report("annual_summary")
