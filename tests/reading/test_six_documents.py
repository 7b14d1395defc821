"""One year of a county in six papers: a year's report, a half-year's, a bulletin, a plan, last year's report and a copy."""

import pytest

from taizhang.reading import read_text
from taizhang.reading.crosscheck import compare, duplicates_of

WORK = (
    "坚持立德树人,完善师德考核,选树身边榜样。落实乡村教师待遇,改善周转宿舍条件,组织新任教师结对学习。"
    "逐校查找消防、用电、食堂和校车隐患,建立清单并限时销号。与公安、交通部门开展联合检查,家校签订安全责任书。"
    "开齐开足国家课程,推进集体备课和课堂展示,分层辅导学习困难学生,健全质量分析和反馈制度。\n"
)
FIGURES = "全县在校小学生{pupils}人,全县专任教师{teachers}人,九年义务教育巩固率{kept}%。\n"


def paper(title: str, figures: str, work: str = WORK):
    return read_text(f"{title}\n一、基本情况\n{figures}二、主要工作\n{work}", f"{title}.txt")


def year(pupils="18432", teachers="1296", kept="96.4"):
    return FIGURES.format(pupils=pupils, teachers=teachers, kept=kept)


def six(bulletin=None, report=None):
    """Figures agree where they speak of one thing; else period, definition or cut-off date differ."""
    return [
        paper("云岭县教育局2024年工作总结", report or year()),
        paper(
            "云岭县教育局2024年上半年工作小结",
            "截至6月底,全县在校小学生18510人,全县专任教师1284人。\n",
            "上半年重在摸清底数,分片召开调度会,逐项核对学校上报数据。\n",
        ),
        paper(
            "云岭县2024年教育事业统计公报",
            bulletin or "全县在校小学生18432人(不含特殊教育),全县公办学校专任教师1102人,九年义务教育巩固率96.4%。\n",
            "本公报数据来自事业统计报表,因四舍五入分项之和可能与总计略有出入。\n",
        ),
        paper(
            "云岭县教育局2025年工作要点",
            "确保九年义务教育巩固率达到97%。\n",
            "启动县城新校建设,推进课堂改革,治理大班额。\n",
        ),
        paper(
            "云岭县教育局2023年工作总结",
            year("18977", "1273", "95.9"),
            "重点抓好校舍维修、仪器配备和教师轮训三件大事。\n",
        ),
        paper(
            "河湾县教育局2024年工作总结",
            year("20511", "1404", "95.2"),
            "探索城乡学校共同体,推行校长职级制,规范民办教育。\n",
        ),
    ]


def alarms(readings):
    return [one for one in compare(readings) if one.severity == "alarm"]


def test_six_papers_that_agree_raise_no_alarm():
    assert alarms(six()) == []


@pytest.mark.parametrize(
    ("right", "wrong", "name"),
    [("18432", "18342", "在校小学生"), ("1296", "1269", "专任教师"), ("96.4", "94.6", "巩固率")],
)
def test_one_wrong_figure_among_them_is_told_with_both_values(right, wrong, name):
    papers = six(bulletin=year().replace(right, wrong))
    (found,) = alarms(papers)
    assert found.kind == "two_values" and name in found.why
    assert right in found.why and wrong in found.why
    assert {place.document for place in found.places} == {papers[0].source.name, papers[2].source.name}


def test_a_report_written_anew_over_last_years_text_is_a_note_with_both_years():
    papers = six()
    papers[4] = paper("云岭县教育局2023年工作总结", year("18977", "1273", "95.9"))
    (found,) = [one for one in compare(papers) if one.kind == "repeat"]
    assert found.severity == "note"
    assert "2023" in found.why and "2024" in found.why
    assert "（《" in found.why and "(" not in found.why


def test_an_article_that_stands_twice_in_one_file_is_folded_and_contradicts_nobody():
    once = f"{{}}\n云岭县教育局2024年工作总结\n一、基本情况\n{year()}二、主要工作\n{WORK}"
    collected = read_text("云岭县教育局文稿\n" + once.format("篇1") + once.format("篇2"), "汇编.txt")
    assert duplicates_of(collected) == {1: 0}
    findings = compare([collected, *six()[1:]])
    assert [one.kind for one in findings if one.kind == "duplicate"] == ["duplicate"]
    assert [one for one in findings if one.severity == "alarm"] == []
