"""Pages on which a site collects short documents: where each begins, and what damage of such pages must not mislead."""

import pytest

from taizhang.reading import read_text
from tests.reading.judging import alarms

BODY = "全年新建幼儿园{n}所,新增学位{m}个,各项工作取得了明显成效,群众满意度进一步提高。"


def page(*heads: str) -> str:
    return "\n".join(f"{head}\n{BODY.format(n=place + 2, m=360 + place)}" for place, head in enumerate(heads))


def statuses(text: str) -> dict[str, str]:
    reading = read_text(text)
    return {reading.source.text[slice(*one.quantity)]: one.status for one in reading.targets}


@pytest.mark.parametrize(
    "heads",
    [
        ("教育局年度工作总结 第1篇", "教育局年度工作总结 第2篇", "教育局年度工作总结 第3篇"),
        ("【篇一】小学安全工作总结", "【篇二】幼儿园工作总结"),
        ("[_TAG_h2]学校工作总结 第一篇", "[_TAG_h2]学校工作总结 第二篇"),
        ("(篇1)教研室工作总结", "(篇2)教研室工作总结"),
    ],
)
def test_each_numbered_document_of_a_page_is_one(heads):
    assert [article.title for article in read_text(page(*heads)).articles] == list(heads)


def test_where_a_site_goes_on_with_its_links_the_document_ends():
    text = page("篇一:工作总结", "篇二:工作总结") + "\n更多教育局工作总结文章:\n1.教育局工作总结范文\n2.学校工作总结"
    assert read_text(text).articles[-1].end == text.index("\n更多")


def test_the_duties_of_several_offices_are_chapters_and_none_is_the_title():
    text = (
        "篇一:科室工作职责\n人事股工作职责\n1、负责教师调配、考核、奖惩工作;\n2、负责教师职称评审工作。\n"
        "计财股工作职责\n1、负责编制年度教育经费预算;\n2、负责教育专项资金的管理。\n" + page("篇二:工作总结")
    )
    reading = read_text(text)
    assert reading.articles[0].title == "篇一:科室工作职责"
    assert [heading.text for heading in reading.headings] == ["人事股工作职责", "计财股工作职责"]


def test_the_next_week_is_no_text_of_the_item_before_it():
    text = (
        "小学德育工作计划\n一、工作安排\n第一周(2月14日-2月18日)\n1、开学典礼。\n2、安全教育第一课。\n"
        "第二周(2月21日-2月25日)\n1、召开德育工作会议,布置本学期各项工作。\n2、班主任上交本学期班级工作计划。"
    )
    reading = read_text(text)
    assert [heading.text for heading in reading.headings][1:] == ["第一周(2月14日-2月18日)", "第二周(2月21日-2月25日)"]
    assert [point.marker for point in reading.points] == ["1、", "2、", "1、", "2、"]


def test_the_points_of_a_speech_are_chapters_and_what_this_year_is_to_bring_is_planned():
    text = (
        "同志们:\n今天召开全县教育工作会议,总结去年工作,部署今年任务。下面我讲两点意见。\n第一点意见,肯定成绩,增强信心\n"
        "去年全县教育投入达到6.82亿元,高考600分以上人数由上年的46人增加到63人,教育事业迈上了新的台阶。\n第二点意见,突出重点,狠抓落实\n"
        "今年要确保普通高中招生4200人,职业学校招生不低于2600人,完成教师招聘150名。各校要在开学前完成校舍维修。"
    )
    assert read_text(text).points == []
    said = statuses(text)
    assert (said["6.82亿元"], said["63人"]) == ("done", "done")
    assert {said["4200人"], said["2600人"], said["150名"]} == {"planned"}


def test_a_chapter_whose_text_is_a_list_in_its_own_line_is_one():
    text = (
        "教育局工作总结\n1.党建工作。全年发展党员56名,培训入党积极分子120人。\n2.队伍建设。新招教师236人,教师交流比例达到12%。\n"
        "3.明年打算。(1)新建幼儿园5所,增加学位1500个;(2)完成第三小学搬迁。"
    )
    reading = read_text(text)
    assert [heading.text for heading in reading.headings] == ["党建工作", "队伍建设", "明年打算"]
    assert reading.articles[0].kind == "report+plan"
    assert statuses(text)["5所"] == "planned" and statuses(text)["56名"] == "done"


def test_a_sentence_that_leads_to_a_list_is_no_chapter():
    text = "工作汇报\n今年我们的主要成绩可概括为“两个突破”:\n1、学前教育有突破,新建幼儿园7所。\n2、职业教育有突破,招生2130人。"
    assert read_text(text).headings == []


def test_thousands_set_apart_by_a_blank_are_one_number():
    reading = read_text("全年落实资助资金4 236.8万元,培训教师5 600人次,发放告家长书2 400份。")
    assert [quantity.value for quantity in reading.quantities] == [42_368_000.0, 5600.0, 2400.0]
    assert {repair.raw for repair in reading.repairs} == {" "}
    kept = read_text("表1 236人参加,附件2 400份,共有小学12 36所。")
    assert 236.0 in [quantity.value for quantity in kept.quantities]


def test_numbers_of_different_items_of_a_series_are_not_held_against_each_other():
    assert alarms("明年,我们将从四个方面入手:①建好项目12个;②招聘教师200名;③化解大班额30个;④培训校长90人次。") == []


def test_who_is_counted_does_not_act():
    (target,) = read_text("继续实施教师素质提升工程,年内培训教师不少于2000人次。").targets
    assert target.responsible_text is None
