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
        ("【教育局2024年工作思路 一】", "【教育局2024年工作思路 二】"),
        ("教育局工作材料篇1", "教育局工作材料篇3"),
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


def test_a_document_whose_number_is_lost_begins_behind_the_furniture():
    text = (
        page("材料篇1")
        + "\n点击下载文档\n文档为doc格式\n办公室工作职责\n1、负责会务和机要工作;\n2、负责信访接待工作。\n"
        "推荐阅读:学校工作计划\n" + page("材料篇3").replace("材料篇1", "材料篇3")
    )
    titles = [article.title for article in read_text(text).articles]
    assert titles == ["材料篇1", "办公室工作职责", "材料篇3"]


@pytest.mark.parametrize(
    "line",
    [
        "【点击复制】【下载本文】【收藏】", "展开剩余70%", "相关热搜:学校工作总结 德育总结", "点击展开全部内容", "(本文已被浏览 256 次)", "----------",
        "更多>> 学区教研总结", "(完)", "[1] [2] 下一页", "→→ 阅读全文请点这里 ←←", "- - - 分 割 线 - - -", "(此件公开发布)", "相关附件:任务分解表.xls",
    ],
)  # fmt: skip
def test_what_a_site_writes_below_a_document_is_none_of_it(line):
    text = page("篇一:工作总结", "篇二:工作总结") + "\n" + line
    assert read_text(text).articles[-1].end == text.index("\n" + line)


def test_items_whose_sign_is_lost_are_items_where_they_count_on():
    text = "财务人员职责\n1严格执行财经纪律,坚持收支分开;\n2每月按时报送上月报表;\n3会计档案保存完整。\n一、其他\n1,检修交互黑板;\n2,开展素养培训。"
    assert [point.marker for point in read_text(text).points] == ["1", "2", "3", "1,", "2,"]
    assert read_text("工作总结\n1所学校改造完成。\n2所学校正在改造。\n3所学校准备改造。").points == []


def test_a_chapter_stands_over_sections_that_have_no_numbers_either():
    body = "年初召开全区教育工作会议,层层签订责任书,开展专项检查四次,整改到位,全年没有发生一起责任事故。"
    text = (
        f"工作汇报\n\n现将有关情况汇报如下。\n\n主要工作及成效\n\n党风廉政建设不断深入\n\n{body}\n\n项目建设快速推进\n\n{body}\n\n"
        f"存在的困难和问题\n\n{body}"
    )
    assert [(heading.level, heading.text) for heading in read_text(text).headings] == [
        (1, "主要工作及成效"), (2, "党风廉政建设不断深入"), (2, "项目建设快速推进"), (1, "存在的困难和问题"),
    ]  # fmt: skip


def test_neighbouring_paragraphs_that_open_with_a_task_or_a_result_are_sections():
    rest = "制定实施方案,明确责任分工,强化督促检查,各项任务按时完成,成效明显。"
    text = f"工作总结\n加强教师管理。{rest}\n推进信息化应用。{rest}\n学前教育普惠水平提高。{rest}"
    assert [heading.text for heading in read_text(text).headings] == [
        "加强教师管理",
        "推进信息化应用",
        "学前教育普惠水平提高",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("入园率达到91. 5%,新建操场4. 2万平方米。", [91.5, 42_000.0]),
        ("每人5 000元,1 000人以上的学校,36 000余名师生。", [5000.0, 1000.0, 36_000.0]),
        ("要求全体师生在2分40秒内撤离到操场。", [160.0]),
        ("高二、三年级每周开课两节。", [[2.0, 3.0], 2.0]),
        ("设一、二、三等奖若干名。", [[1.0, 2.0, 3.0]]),
        ("学前一年入园率达到75%。", [1.0, 75.0]),
        ("保证学生每天有一小时的体育活动时间。", [1.0]),
        ("九里铺区教育局投资30万元。", [300_000.0]),
        ("教师应达到普通话二级甲等。", [2.0]),
    ],
)
def test_numbers_of_such_pages_are_read_as_they_are_meant(text, told):
    assert [quantity.value for quantity in read_text(text).quantities] == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("小学每班不超过45人、初中不超过50人。", [("45人", "<="), ("50人", "<=")]),
        ("每天书面作业不得超过1小时。", [("1小时", "<=")]),
        ("对从教满30年的教师颁发证书。", []),
        ("以优异成绩庆祝建党100周年。", []),
        ("撤并10人以下教学点6个。", [("6个", "=")]),
    ],
)
def test_what_is_a_limit_and_what_only_says_of_whom(text, told):
    reading = read_text("教育局工作计划\n" + text)
    assert [(reading.source.text[slice(*one.quantity)], one.comparator) for one in reading.targets] == told


def test_rows_of_a_table_that_lost_its_form_are_no_results():
    text = "教育局工作总结\n全县学校情况如下。\n幼儿园　41　9312　806\n小学　58　24165　1533\n全年新建学校3所。"
    reading = read_text(text)
    assert [reading.source.text[slice(*one.quantity)] for one in reading.targets] == ["3所"]


def test_a_named_plan_promises_nothing():
    assert set(statuses("教育局工作总结\n补充教师213人,其中“特岗计划”教师40人。").values()) == {"done"}
