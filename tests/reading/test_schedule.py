"""Weekly tables and monthly lists, flattened or in cells, become entries with days, actors and places."""

import io
from datetime import date

import pytest
from docx import Document

from taizhang.reading import outline, read_bytes, read_text
from taizhang.reading.model import Entry
from taizhang.reading.schedule import entries

# 2024-09-01 is a Sunday.
WEEKLY = """青河区教研中心2024年秋季学期工作安排
周次
日期
每周工作要点
备注
1
1/9
—7/9
1、周一 全室开学工作会议
2、周二至四 各科室制定学期计划
3、周五下午 小学数学教研活动(地点:青河二小)
2
8/9
—14/9
1、周一 小学、初中教学视导
上午:青河一中 下午:柳湾学校
2、周四至日 初三摸底阅卷
3、周三 区教师节表彰大会 支部:主题党日
本周公布课题立项名单。
1、各校教研组长上交学期计划。
3
15/9
—21/9
中秋放假。
4
22/9
—28/9
1、周六至三 室外出交流:临江市教研室
2、周四、周五上午 高中组教研员下校调研
"""

MONTHLY = """石桥县教研室2024年秋季工作安排
一、工作思路
坚持教研为教学服务,面向全体学校。
二、月度安排
九月份:
1、召开学科组长会议
2、组织新教师岗前培训
十月份:
1、10月18日 举行课堂教学比赛
一月份:
1、期末质量检测
三、工作要求
1、各校要高度重视。
"""


def docx_schedule(*rows: tuple[str, ...]) -> bytes:
    """A Word file with a title and one table."""
    document = Document()
    document.add_paragraph("望江县教育局2024年秋季学期工作安排")
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def week(found: list[Entry], number: int) -> list[Entry]:
    return [entry for entry in found if entry.week == number]


@pytest.fixture(scope="module")
def weekly() -> list[Entry]:
    return entries(read_text(WEEKLY))


def test_a_flattened_weekly_table_gives_every_entry_of_every_week(weekly):
    assert [entry.week for entry in weekly] == [1, 1, 1, 2, 2, 2, 2, 2, 3, 4, 4]
    assert week(weekly, 1)[0].dates_text == "1/9 —7/9"
    assert (weekly[0].week_start, weekly[0].week_end) == (date(2024, 9, 1), date(2024, 9, 7))


def test_every_entry_is_an_exact_slice_of_the_text(weekly):
    assert all(WEEKLY[entry.start : entry.end] == entry.text for entry in weekly)
    assert weekly[0].text == "周一 全室开学工作会议"


def test_weekday_ranges_become_days(weekly):
    plans = weekly[1]
    assert (plans.weekdays, plans.first_day, plans.last_day) == ((2, 3, 4), date(2024, 9, 3), date(2024, 9, 5))
    assert (plans.actor, plans.activity) == ("各科室", "制定学期计划")


def test_a_range_over_the_border_of_the_week_ends_on_the_next_sunday(weekly):
    marking = next(entry for entry in weekly if "阅卷" in entry.activity)
    assert (marking.weekdays, marking.first_day, marking.last_day) == (
        (4, 5, 6, 7),
        date(2024, 9, 12),
        date(2024, 9, 15),
    )


def test_a_range_in_front_of_earlier_days_began_in_the_week_before(weekly):
    trip = next(entry for entry in weekly if entry.actor == "室")
    assert (trip.weekdays, trip.first_day, trip.last_day) == ((6, 7, 1, 2, 3), date(2024, 9, 21), date(2024, 9, 25))
    assert (trip.activity, trip.place) == ("外出交流:临江市教研室", "临江市教研室")


def test_half_days_of_one_visit_share_its_activity_and_have_their_own_place(weekly):
    visits = [entry for entry in weekly if "视导" in entry.activity]
    assert [(entry.half_day, entry.place) for entry in visits] == [("上午", "青河一中"), ("下午", "柳湾学校")]
    assert {entry.weekdays for entry in visits} == {(1,)}


def test_two_bodies_in_one_cell_are_two_entries(weekly):
    party = next(entry for entry in weekly if entry.actor == "支部")
    assert (party.activity, party.weekdays) == ("主题党日", (3,))


def test_a_place_behind_its_label_is_read(weekly):
    assert (weekly[2].place, weekly[2].half_day) == ("青河二小", "下午")


def test_the_remark_cell_is_no_entry(weekly):
    second = week(weekly, 2)
    assert {entry.remark for entry in second} == {"本周公布课题立项名单。 1、各校教研组长上交学期计划。"}
    assert not any("上交" in entry.activity for entry in weekly)


def test_a_week_without_numbers_is_still_read(weekly):
    (holiday,) = week(weekly, 3)
    assert (holiday.activity, holiday.weekdays, holiday.first_day) == ("中秋放假", (), date(2024, 9, 15))


def test_a_list_of_weekdays_is_not_a_range(weekly):
    assert (weekly[-1].weekdays, weekly[-1].half_day, weekly[-1].actor) == ((4, 5), "上午", "高中组教研员")


def test_days_stay_unresolved_when_the_weekdays_contradict_the_printed_year():
    # 2025-09-01 is a Monday, but 31/8 then opens nothing: weeks of 1/9 to 7/9 shifted by two days fit no calendar week.
    found = entries(read_text(WEEKLY.replace("2024年", "2026年")))  # 2026-09-01 is a Tuesday
    assert len(found) == 11
    assert all(entry.first_day is None and entry.week_start is None for entry in found)


def test_days_stay_unresolved_without_a_year():
    found = entries(read_text(WEEKLY.replace("2024年秋季", "秋季")))
    assert found[1].weekdays == (2, 3, 4)
    assert found[1].first_day is None


@pytest.mark.parametrize("dates", ["9月1日—9月7日", "9月1日至7日", "9.1-9.7", "2024年9月1日-9月7日"])
def test_weeks_are_written_in_many_ways(dates):
    text = f"青河区2024年工作安排\n第一周({dates}):\n1、周一 例会\n第二周(9月8日—9月14日):\n1、周二 督学会议\n"
    found = entries(read_text(text))
    assert [(entry.week, entry.first_day) for entry in found] == [(1, date(2024, 9, 2)), (2, date(2024, 9, 10))]


def test_a_term_runs_on_into_the_next_year():
    text = "2023年秋季学期安排\n第20周(12月25日—12月31日)\n1、周一 复习\n第21周(1月1日—1月7日)\n1、周四 期末考试\n"
    assert [entry.first_day for entry in entries(read_text(text))] == [date(2023, 12, 25), date(2024, 1, 4)]


def test_monthly_lists_give_jobs_with_their_month():
    found = entries(read_text(MONTHLY))
    assert [(entry.month, entry.activity) for entry in found] == [
        (9, "召开学科组长会议"),
        (9, "组织新教师岗前培训"),
        (10, "举行课堂教学比赛"),
        (1, "期末质量检测"),
    ]
    assert (found[0].first_day, found[0].last_day) == (date(2024, 9, 1), date(2024, 9, 30))
    assert (found[2].first_day, found[2].last_day) == (date(2024, 10, 18), date(2024, 10, 18))
    assert found[3].first_day == date(2025, 1, 1)


def test_a_word_table_is_read_by_its_columns():
    data = docx_schedule(
        ("周次", "日期", "工作内容", "责任科室", "备注"),
        ("1", "9月2日—9月8日", "1.周一上午 开学检查\n2.周三 师德报告会(望江一中)", "基教科", "校车同查"),
        ("2", "9月9日—9月15日", "教师节慰问;食堂检查", "办公室、安全科", ""),
    )
    reading = read_bytes(data, "安排.docx")
    found = entries(reading)
    assert [(entry.week, entry.activity, entry.actor) for entry in found] == [
        (1, "开学检查", "基教科"),
        (1, "师德报告会(望江一中)", "基教科"),
        (2, "教师节慰问", "办公室、安全科"),
        (2, "食堂检查", "办公室、安全科"),
    ]
    assert (found[0].first_day, found[0].half_day, found[0].remark) == (date(2024, 9, 2), "上午", "校车同查")
    assert found[1].place == "望江一中"
    assert all(reading.source.text[entry.start : entry.end] == entry.text for entry in found)


def test_a_word_table_of_months_is_read():
    data = docx_schedule(
        ("月份", "工作任务", "责任单位"),
        ("3月", "1、春季开学督导 2、招生摸底", "督导室"),
        ("四月", "校舍安全排查", "项目办"),
    )
    found = entries(read_bytes(data, "安排.docx"))
    assert [(entry.month, entry.activity, entry.actor) for entry in found] == [
        (3, "春季开学督导", "督导室"),
        (3, "招生摸底", "督导室"),
        (4, "校舍安全排查", "项目办"),
    ]


def test_merged_week_cells_reach_the_rows_below():
    data = docx_schedule(
        ("周次", "起止日期", "星期", "工作安排"),
        ("3", "9月16日—9月22日", "周二", "教研员例会"),
        ("", "", "周四下午", "学籍核对"),
    )
    found = entries(read_bytes(data, "安排.docx"))
    assert [(entry.week, entry.first_day, entry.half_day) for entry in found] == [
        (3, date(2024, 9, 17), ""),
        (3, date(2024, 9, 19), "下午"),
    ]


def test_web_wreckage_between_time_and_activity_is_passed_over():
    text = WEEKLY.replace("3、周五下午 小学", "3、周五下午&nbs\np; 小学")
    found = entries(read_text(text))
    assert (found[2].half_day, found[2].activity[:4], len(found)) == ("下午", "小学数学", 11)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024年教育局工作要点\n一、总体要求\n1、抓好质量。\n2、抓好安全。\n",
        "3\n27/8\n",
        "第三周(9月1日—9月7日)是开学第一周,要做好检查。\n",
        "99/99—88/88\n1\n99/99\n—1/1\n2\n40/13\n—41/13\n1、周一 例会\n",
        "十三月份:\n1、无此月\n二十月份:\n1、无此月\n",
    ],
)
def test_what_is_no_schedule_gives_no_days(text):
    assert all(entry.first_day is None for entry in entries(read_text(text)))


def test_prose_with_months_is_no_schedule():
    text = "2024年工作总结\n9月,召开会议3次。10月,检查学校12所。\n1、培训教师。\n2、检查食堂。\n"
    assert entries(read_text(text)) == []


def docx_grid(title: str, *rows: tuple[str, ...]) -> list[Entry]:
    """The entries of a Word file with a title (lines) and one table."""
    document = Document()
    for line in title.split("\n"):
        document.add_paragraph(line)
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    file = io.BytesIO()
    document.save(file)
    return read_bytes(file.getvalue(), "安排.docx").schedule


def test_a_grid_of_weekdays_and_half_days_gives_a_job_for_every_filled_cell():
    found = docx_grid(
        "云岭县教育局2025年9月第3周工作安排\n(9月15日—9月19日)",
        ("星期", "上午", "下午", "地点", "负责人"),
        ("周一", "局党组会", "开学督导汇总;安全例会", "三楼会议室", "王海"),
        ("周二", "—", "学校食堂抽检", "云岭二小", "李明"),
        ("周三至周五", "教师培训", "", "进修校", ""),
    )
    assert [(e.week, e.first_day, e.last_day, e.half_day, e.activity, e.place, e.actor) for e in found] == [
        (3, date(2025, 9, 15), date(2025, 9, 15), "上午", "局党组会", "三楼会议室", "王海"),
        (3, date(2025, 9, 15), date(2025, 9, 15), "下午", "开学督导汇总", "三楼会议室", "王海"),
        (3, date(2025, 9, 15), date(2025, 9, 15), "下午", "安全例会", "三楼会议室", "王海"),
        (3, date(2025, 9, 16), date(2025, 9, 16), "下午", "学校食堂抽检", "云岭二小", "李明"),
        (3, date(2025, 9, 17), date(2025, 9, 19), "上午", "教师培训", "进修校", ""),
    ]


DATED = (
    ("日期", "时间", "工作内容", "地点", "参加人员"),
    ("9月15日(周一)", "上午", "局务会", "二楼会议室", "全体"),
    ("", "下午", "校车检查", "各校", "安全科"),
    ("9月16日(周二)", "全天", "教研活动", "云岭一中", "教研室"),
)


def test_a_list_of_dated_half_days_carries_the_merged_date_down():
    found = docx_grid("云岭县教育局2025年一周工作安排", *DATED)
    assert [(e.first_day, e.half_day, e.activity, e.actor) for e in found] == [
        (date(2025, 9, 15), "上午", "局务会", "全体"),
        (date(2025, 9, 15), "下午", "校车检查", "安全科"),
        (date(2025, 9, 16), "全天", "教研活动", "教研室"),
    ]


def test_days_of_a_grid_stay_open_when_their_weekdays_contradict_the_year_in_the_title():
    found = docx_grid("云岭县教育局2024年一周工作安排", *DATED)  # 2024-09-15 is a Sunday
    assert len(found) == 3 and all(entry.first_day is None for entry in found)
    assert [entry.weekdays for entry in found] == [(1,), (1,), (2,)]


def test_a_grid_with_weekdays_across_the_head_crosses_the_border_of_the_month():
    found = docx_grid(
        "云岭县教育局2025年秋季学期第5周安排(9月28日-10月4日)",
        ("", "周日", "周一", "周三"),
        ("上午", "值班", "1.例会 2.开学检查", ""),
        ("下午", "", "视导:云岭二中", "校园巡查"),
    )
    assert [(e.week, e.first_day, e.half_day, e.activity) for e in found] == [
        (5, date(2025, 9, 28), "上午", "值班"),
        (5, date(2025, 9, 29), "上午", "例会"),
        (5, date(2025, 9, 29), "上午", "开学检查"),
        (5, date(2025, 9, 29), "下午", "视导:云岭二中"),
        (5, date(2025, 10, 1), "下午", "校园巡查"),
    ]


def test_a_calendar_of_months_and_tenths_ends_with_the_month():
    found = docx_grid(
        "云岭县教育局2025年工作月历",
        ("月份", "上旬", "中旬", "下旬"),
        ("2月", "开学检查", "教研会", "督导培训"),
        ("3月", "植树", "", "质量分析;家访"),
    )
    assert [(e.month, e.first_day, e.last_day) for e in found] == [
        (2, date(2025, 2, 1), date(2025, 2, 10)),
        (2, date(2025, 2, 11), date(2025, 2, 20)),
        (2, date(2025, 2, 21), date(2025, 2, 28)),
        (3, date(2025, 3, 1), date(2025, 3, 10)),
        (3, date(2025, 3, 21), date(2025, 3, 31)),
        (3, date(2025, 3, 21), date(2025, 3, 31)),
    ]


NEXT_WEEK = """云岭县教育局一周工作安排
本周工作安排(2025年9月29日—10月5日)
周一 上午 局党组会
下午 安全例会
周三至周日 国庆放假值班
下周工作安排
周一、周二 假期值班
周四 上午:各校复课检查
联系电话另行通知。
"""


def test_next_week_without_dates_follows_the_week_before_it():
    found = read_text(NEXT_WEEK).schedule
    assert [(e.first_day, e.last_day, e.half_day, e.activity) for e in found] == [
        (date(2025, 9, 29), date(2025, 9, 29), "上午", "局党组会"),
        (date(2025, 9, 29), date(2025, 9, 29), "下午", "安全例会"),
        (date(2025, 10, 1), date(2025, 10, 5), "", "国庆放假值班"),
        (date(2025, 10, 6), date(2025, 10, 7), "", "假期值班"),
        (date(2025, 10, 9), date(2025, 10, 9), "上午", "复课检查"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        (("学校", "上午人数", "下午人数"), ("一中", "120", "118"), ("二中", "98", "97")),
        (("日期", "隐患", "整改人数"), ("合计", "5", "3"), ("一中", "2", "1")),
        (("序号", "工作内容", "完成时限"), ("1", "建校", "12月底前"), ("2", "招生", "9月1日前")),
    ],
)
def test_tables_of_figures_and_of_tasks_are_no_schedules(rows):
    assert docx_grid("云岭县教育局2025年工作", *rows) == []


def test_the_schedule_is_part_of_the_outline_and_of_the_json():
    reading = read_text(NEXT_WEEK)
    shown = outline(reading)
    assert "日程 5 项" in shown and "周三至周日 国庆放假值班" in shown
    first = reading.as_dict()["schedule"][0]
    assert NEXT_WEEK[first["start"] : first["end"]] == first["text"]
    assert (first["first_day"], first["weekdays"], first["half_day"]) == ("2025-09-29", [1], "上午")
