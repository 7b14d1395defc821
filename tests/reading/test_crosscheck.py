"""Documents held against one another: figures that contradict, texts that come again under another year."""

import random

import pytest

from taizhang.reading import read_text
from taizhang.reading.crosscheck import compare, duplicates_of

BODY = """一、队伍建设
坚持师德为先,健全教师荣誉制度,评选最美乡村教师。落实班主任津贴,改善农村教师住宿条件。组织新教师跟岗学习,开展青蓝结对。
二、校园安全
逐校排查消防、用电和食堂隐患,建立清单,限时销号。开展防溺水宣传,学校与家长签订责任书。校车实行一车一档,驾驶员定期体检。
三、教学质量
规范课程开设,开齐开足音体美课程。推进集体备课,组织课堂教学展示。加强毕业年级研判,分层辅导,做好学困生帮扶。
"""


def report(sentence: str, *, year: str = "2024", office: str = "青河县教育局", kind: str = "工作总结"):
    """A document with one sentence of figures between two chapters."""
    text = f"{office}{year}年{kind}\n一、基本情况\n{sentence}\n二、主要做法\n坚持统筹推进,压实责任,各项工作平稳有序。\n"
    return read_text(text, f"{office}{year}{kind}.txt")


def two_values(*readings):
    return [finding for finding in compare(readings) if finding.kind == "two_values"]


def test_one_figure_with_two_values_in_two_documents_is_an_alarm():
    one, other = report("全县共有专任教师2451人。"), report("目前,全县专任教师2415人。", kind="教育情况报告")
    (finding,) = two_values(one, other)
    assert (finding.kind, finding.severity) == ("two_values", "alarm")
    assert "2451人" in finding.why and "2415人" in finding.why and "2024年" in finding.why
    for place, reading in zip(finding.places, (one, other), strict=True):
        assert place.document == reading.source.name
        assert reading.source.text[place.start : place.end] == place.text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("九年义务教育巩固率达到98.2%。", "全县九年义务教育巩固率为97.2%。"),
        ("全县现有小学85所,在校小学生34776人。", "全县现有小学85所,在校小学生34767人。"),
        ("全县校舍建筑面积62.5万平方米。", "全县校舍建筑面积65.2万平方米。"),
        ("2023年,全县在园幼儿8267人。", "全县2023年在园幼儿8276人。"),
        ("全县共有幼儿园57所。", "全县共有75所幼儿园。"),
        ("全年全县共投入教育经费4200万元。", "全年全县共投入教育经费2400万元。"),
    ],
)
def test_contradictions_are_found_in_other_words(one, other):
    assert len(two_values(report(one), report(other, kind="情况汇报"))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("全县共有专任教师2451人。", "全县共有专任教师0.245万人。"),  # printed to another digit
        ("全县在校小学生3.48万人。", "全县在校小学生34776人。"),
        ("全县共有专任教师2451人。", "全县共有专任教师近2500人。"),
        ("全县共有专任教师2451人。", "全县公办学校专任教师2100人。"),  # another definition
        ("全县幼儿园57所(含民办)。", "全县幼儿园31所(不含民办)。"),
        ("全县高中阶段毛入学率92.1%。", "全县高中阶段净入学率88.4%。"),
        ("全县小学在校学生34776人。", "全县初中在校学生17440人。"),
        ("全县义务教育在校生52000人。", "全县高中在校生13000人。"),
        ("全县共有专任教师2451人。", "全市共有专任教师12451人。"),  # another scope
        ("全县共有专任教师2451人。", "柳湾镇共有专任教师145人。"),
        ("上半年,全县入园率88.1%。", "全年,全县下半年入园率90.2%。"),  # another time
        ("截至6月底,全县在校生52000人。", "截至10月底,全县在校生51000人。"),
        ("全县巩固率98.2%,比上年提高0.6个百分点。", "全县巩固率98.2%,比2022年提高1.1个百分点。"),
        ("去年,全县大班额26个。", "全县大班额12个。"),
        ("培训教师320人次。", "培训教师150人次。"),  # events
        ("新建校舍3200平方米。", "新建校舍1800平方米。"),
        ("发放资助金120万元。", "发放资助金80万元。"),
        ("全县教师2451人。", "全县教师培训2451人次。"),  # persons and person-times
        ("占全县在校生总数的12%。", "占全县在校生总数的15%。"),
        ("一、二、三本上线人数分别为87人、299人、202人。", "一、二、三本上线人数分别为78人、299人、202人。"),
    ],
)
def test_figures_that_differ_for_a_reason_are_left_alone(one, other):
    assert two_values(report(one), report(other, kind="情况汇报")) == []


def test_other_years_other_offices_and_plans_are_left_alone():
    now = report("全县共有专任教师2451人。")
    assert two_values(now, report("全县共有专任教师2398人。", year="2023")) == []
    assert two_values(now, report("全县共有专任教师3398人。", office="石桥县教育局")) == []
    assert two_values(now, report("全县共有专任教师2500人。", kind="工作要点")) == []


def test_an_open_period_or_scope_is_a_note_that_says_so():
    without_year = read_text("青河县教育局情况介绍\n全县共有专任教师2415人,分布在85所学校。\n", "介绍.txt")
    (finding,) = two_values(report("全县共有专任教师2451人。"), without_year)
    assert finding.severity == "note"
    assert "时期" in finding.why
    (finding,) = two_values(report("全县共有专任教师2451人。"), report("共有专任教师2415人。", kind="汇报"))
    assert finding.severity == "note"


def test_two_targets_for_one_thing_are_a_note():
    one = report("九年义务教育巩固率力争达到98.5%。", kind="工作要点")
    other = report("九年义务教育巩固率要达到97.5%。", kind="工作计划")
    (finding,) = two_values(one, other)
    assert (finding.severity, "目标" in finding.why) == ("note", True)


def test_three_documents_give_one_finding_with_every_value():
    readings = [report(f"全县共有专任教师{number}人。", kind=kind) for number, kind in
                ((2451, "工作总结"), (2415, "情况汇报"), (2451, "自查报告"), (2541, "述职报告"))]  # fmt: skip
    (finding,) = two_values(*readings)
    assert [place.text for place in finding.places] == ["2451人", "2415人", "2541人"]


def test_a_document_that_names_several_values_itself_contradicts_nobody():
    several = report("全县共有专任教师2451人。全县共有专任教师2415人。")
    assert two_values(several, report("全县共有专任教师2398人。", kind="汇报")) == []


def test_a_text_under_another_year_is_told_with_both_years():
    old = read_text(f"青河县教育局2022年工作总结\n2022年,我局工作如下。\n{BODY}", "二二.txt")
    new = read_text(f"青河县教育局2023年工作总结\n2023年,我局工作如下。\n{BODY}", "二三.txt")
    (finding,) = compare([old, new])
    assert (finding.kind, finding.severity) == ("repeat", "note")
    assert all(word in finding.why for word in ("2022", "2023", "二二", "%"))
    assert [place.document for place in finding.places] == ["二二.txt", "二三.txt"]


def test_masks_spaces_case_signs_and_line_breaks_do_not_hide_a_copy():
    old = read_text(f"青河县教育局2022年工作总结\n{BODY}", "旧.txt")
    changed = BODY.replace("。", "。\n").replace(",", ",\xa0").replace("一车一档", "一车 一档").replace("一、", "1、")
    new = read_text(f"青河县教育局20xx年工作总结\n{changed}", "新.txt")
    assert [finding.kind for finding in compare([old, new])] == ["repeat"]


def test_a_half_that_repeats_is_found_within_a_longer_document():
    rng = random.Random(5)
    words = ["督导", "课程", "资助", "招生", "学籍", "党建", "后勤", "项目", "宣传", "考核", "普法", "档案"]
    other = "".join(f"{'一二三四五'[n]}、{rng.choice(words)}工作\n" + "".join(
        f"做好{rng.choice(words)}与{rng.choice(words)}衔接,第{rng.choice(words)}组牵头。" for _ in range(12)) + "\n" for n in range(5))  # fmt: skip
    old = read_text(f"青河县教育局2022年工作总结\n{BODY}", "旧.txt")
    new = read_text(f"青河县教育局2023年工作总结\n{other}{BODY}", "新.txt")
    (finding,) = compare([old, new])
    assert finding.kind == "repeat"


def test_texts_that_only_share_their_formulas_are_no_repetition():
    formula = "坚持以人民为中心的发展思想,落实立德树人根本任务。\n"
    old = read_text(f"青河县教育局2022年工作总结\n{formula}{BODY}", "旧.txt")
    new = read_text(f"青河县教育局2023年工作总结\n{formula}一、招生入学\n" + "".join(
        f"第{n}片区划定招生范围,公布学位和咨询电话,受理第{n}类报名材料。" for n in "一二三四五六七八") + "\n", "新.txt")  # fmt: skip
    assert compare([old, new]) == []


def test_duplicate_articles_of_one_file_are_folded():
    text = f"工作总结篇1\n青河县教育局2021年工作总结\n{BODY}\n工作总结篇2\n石桥县教育局2021年工作计划\n做好招生。\n\n工作总结篇3\n柳湾县教育局20xx年工作总结\n{BODY}"
    reading = read_text(text)
    assert len(reading.articles) == 3
    assert duplicates_of(reading) == {2: 0}
    (finding,) = compare([reading])
    assert (finding.kind, "只计一次" in finding.why) == ("duplicate", True)


def test_many_copies_are_each_reported_once():
    copies = [read_text(f"青河县教育局{year}年工作总结\n{BODY}", f"{year}.txt") for year in range(2005, 2025)]
    found = compare(copies)
    assert len(found) == 19
    assert {finding.places[0].document for finding in found} == {"2005.txt"}


@pytest.mark.parametrize("text", ["", "\n\n", "2024年", "人" * 5000, "98%" * 500, "全县" * 3000])
def test_odd_documents_give_no_findings_against_a_good_one(text):
    assert compare([read_text(text, "怪.txt"), report("全县共有专任教师2451人。")]) == []


def test_nothing_to_compare_gives_nothing():
    assert compare([]) == []
    assert compare([report("全县共有专任教师2451人。")]) == []
