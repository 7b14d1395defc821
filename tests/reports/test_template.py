"""Templates: what a function prints, and that no number gets out without its origin."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from taizhang.kernel.errors import Problem
from taizhang.reports.blocks import Control, Heading, Note, Paragraph, Signature, Table, Title, plain, texts
from taizhang.reports.bound import Bound, has_digit, shown_number
from taizhang.reports.door import TargetLine, TaskLine
from tests.reports.fakes import FakeSources, rendered


def text_of(source: str, sources: FakeSources | None = None) -> str:
    return "\n".join(plain(runs) for block in rendered(source, sources).blocks for runs in texts(block))


def only_bound(source: str, sources: FakeSources | None = None) -> Bound:
    (bound,) = rendered(source, sources).bindings.bounds.values()
    return bound


def with_values(**by_period: str | None) -> FakeSources:
    """在校生数 of the county by period: 'y2026' → value."""
    values = {
        ("在校生数", "B1", key[1:], ""): None if value is None else Decimal(value) for key, value in by_period.items()
    }
    return FakeSources(values=values)


def rates(now: str | None, before: str | None) -> FakeSources:
    pairs = (("2026", now), ("2025", before))
    return FakeSources(
        values={("初中三年巩固率", "B1", year, ""): None if value is None else Decimal(value) for year, value in pairs}
    )


def test_a_value_prints_with_its_unit_and_knows_its_origin() -> None:
    bound = only_bound('全县{{ 值("在校生数") }}。', with_values(y2026="38550"))
    assert bound.shown == "38550人"
    assert (bound.code, bound.unit_code, bound.unit_name, bound.period) == (
        "pupil_count",
        "B1",
        "青石县教育局",
        "2026",
    )
    assert (bound.value, bound.build, bound.as_of) == (Decimal(38550), "build-7", "2026-12-31T08:00:00")
    assert bound.formula == "sum(教育基本情况.在校生数)"


@pytest.mark.parametrize(
    ("value", "measure", "decimals", "shown"),
    [
        ("0.99654", "%", 2, "99.65%"),
        ("0.99655", "%", 2, "99.66%"),
        ("17.25", ":1", 1, "17.3:1"),
        ("1234567.891", "万元", 2, "123.46万元"),
        ("0", "人", 0, "0人"),
        ("-0.001", "人", 0, "0人"),
        (None, "%", 2, "—"),
        (None, "人", 0, "—"),
    ],
)
def test_numbers_are_rounded_half_up_and_missing_is_a_dash(
    value: str | None, measure: str, decimals: int, shown: str
) -> None:
    assert shown_number(None if value is None else Decimal(value), measure, decimals) == shown


def test_a_missing_value_is_a_dash_with_a_note_at_the_end() -> None:
    report = rendered('全县{{ 值("在校生数") }}。', with_values(y2026=None))
    assert plain(texts(report.blocks[0])[0]) == "全县—。"
    note = report.blocks[-1]
    assert isinstance(note, Note)
    assert "青石县教育局在校生数（2026年）没有数据" in plain(note.runs)


def test_a_report_without_gaps_has_no_note() -> None:
    assert not [block for block in rendered("{{ 任务数() }}项").blocks if isinstance(block, Note)]


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ("38550", "37347", "增加1203人"),
        ("37347", "38550", "减少1203人"),
        ("38550", "38550", "持平"),
        ("38550", None, "—"),
        (None, "38550", "—"),
    ],
)
def test_change_computes_its_word(now: str | None, before: str | None, words: str) -> None:
    assert only_bound('{{ 变化("在校生数") }}', with_values(y2026=now, y2025=before)).shown == words


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ("0.9965", "0.9931", "提高0.34个百分点"),
        ("0.9931", "0.9965", "下降0.34个百分点"),
        # 99.65 and 99.31 are what the reader sees, though the exact difference rounds to 0.33
        ("0.99646", "0.99314", "提高0.34个百分点"),
        ("0.99652", "0.99648", "持平"),
    ],
)
def test_a_rate_changes_by_percentage_points_of_the_printed_values(now: str, before: str, words: str) -> None:
    assert only_bound('{{ 变化("初中三年巩固率") }}', rates(now, before)).shown == words


def test_growth_is_relative_and_needs_a_base() -> None:
    sources = with_values(y2026="110", y2025="100", y2024="0")
    assert only_bound('{{ 增幅("在校生数") }}', sources).shown == "增长10.00%"
    assert only_bound('{{ 增幅("在校生数", 基期=上年.last_year()) }}', sources).shown == "—"


def test_last_year_is_asked_for_when_the_template_says_so() -> None:
    sources = FakeSources()
    rendered('{{ 值("在校生数", 期间=上年, 学段="小学") }}', sources)
    assert sources.asked == [("在校生数", "B1", "2025", {"学段": "小学"})]


def test_limits_come_from_the_standards() -> None:
    assert only_bound('{{ 标准值("生均体育运动场馆面积", 学段="小学") }}').shown == "7.5m²"
    assert only_bound('{{ 标准值("初中三年巩固率", 学段="初中") }}').shown == "95%"
    assert only_bound('{{ 标准值("在校生数") }}').shown == "—"


@pytest.mark.parametrize(("value", "word"), [("7.5", "达到"), ("7.4999", "未达到"), (None, "—")])
def test_compliance_compares_the_exact_value(value: str | None, word: str) -> None:
    key = ("生均体育运动场馆面积", "B1", "2026", "小学")
    sources = FakeSources(values={key: None if value is None else Decimal(value)})
    assert only_bound('{{ 达标("生均体育运动场馆面积", 学段="小学") }}', sources).shown == word


def test_the_district_with_the_highest_value_is_named_with_it() -> None:
    sources = FakeSources(
        values={("生师比", "D1", "2026", ""): Decimal(15), ("生师比", "D2", "2026", ""): Decimal("16.24")}
    )
    assert text_of('{{ 首位("生师比") }}', sources) == "河东学区（16.2:1）"
    assert text_of('{{ 首位("生师比", 最高=False) }}', sources) == "城关学区（15.0:1）"


def test_tasks_are_counted_by_chapter_and_state() -> None:
    source = "{{ 任务数() }}/{{ 完成任务数() }}/{{ 未完成任务数() }}/{{ 逾期任务数() }}/{{ 完成率() }}"
    assert text_of(source) == "3/1/2/1/33.3%"
    loop = "{% for 章 in 章节列表() %}{{ 章.标题 }}{{ 章.任务数 }}；{% endfor %}"
    assert text_of(loop) == "扩大学前资源2；守住安全底线1；"


def test_without_tasks_the_rate_is_missing_not_zero() -> None:
    assert only_bound("{{ 完成率() }}", FakeSources(task_lines=())).shown == "—"


def test_a_task_title_may_hold_digits_because_it_is_quoted() -> None:
    report = rendered('{{ 列举(任务列表(状态="已完成")) }}')
    assert plain(texts(report.blocks[0])[0]) == "建成3所公办幼儿园"
    assert [item.text for item in report.bindings.declared] == ["建成3所公办幼儿园"]


def test_a_late_task_says_how_late() -> None:
    source = '{% for 项 in 任务列表(状态="逾期") %}{{ 项.标题 }}:{{ 项.期限 }},{{ 项.逾期天数 }}天{% endfor %}'
    assert text_of(source) == "普惠园认定:2026年10月31日,61天"


def test_a_long_list_ends_with_and_others() -> None:
    assert text_of("{{ 列举(任务列表(), 最多=1) }}") == "建成3所公办幼儿园等"


def test_targets_are_compared_with_what_was_reported() -> None:
    source = "{% for 项 in 目标列表() %}{{ 项.对象 }}{{ 项.要求 }}{{ 项.实际 }}{{ 项.结果 }};{% endfor %}"
    assert text_of(source).split("\n")[0] == (
        "公办园建设数不低于3所3所达到;普惠园数不低于40所36所未达到;普惠率不低于85.5%—未报送;"
    )


def test_an_approximate_target_is_left_to_a_person() -> None:
    about = TargetLine(subject="学位", comparator="~", value=Decimal(500), measure="个", actual=Decimal(490))
    sources = FakeSources(task_lines=(TaskLine(key="task:9", title="增加学位", chapter="扩容", targets=(about,)),))
    source = "{% for 项 in 目标列表() %}{{ 项.要求 }}{{ 项.实际 }}{{ 项.结果 }}{% endfor %}"
    assert text_of(source, sources) == "约500个490个待核对"


@pytest.mark.parametrize(
    "source",
    [
        '{{ "12所" }}',
        "{{ 12 }}",
        "{{ 3 * 4 }}",
        '{{ 值("在校生数") ~ "" }}',
        '{{ 值("在校生数").value }}',
        '{{ 值("在校生数").shown }}',
        "{{ 任务列表() | length }}",
        "{{ 期间.code }}",
        "{{ loop_count }}",
        "{% for 项 in 任务列表() %}{{ loop.index }}{% endfor %}",
        "{{ ['①'] | first }}",
    ],
)
def test_a_number_without_origin_is_refused_with_its_line(source: str) -> None:
    with pytest.raises(Problem) as refusal:
        rendered(f"第一行\n{source}")
    assert refusal.value.code in ("RPT-001", "RPT-002")
    assert refusal.value.where == "reports/a.txt:2"
    assert refusal.value.remedy


@pytest.mark.parametrize(
    "source",
    [
        "{{ 值.__globals__ }}",
        "{{ 单位.__class__.__mro__ }}",
        "{% set x = 任务列表().append(任务数()) %}",
        "{% include 'other.txt' %}",
        "{{ 值('在校生数' }}",
        "{% for 项 in 任务列表() %}",
        "{{ 值() }}",
        '{{ 值("在校生数", 单位) }}',
        "{{ 没有的函数() }}",
        '{{ 任务列表(状态="差不多") }}',
    ],
)
def test_a_broken_or_hostile_template_gives_a_problem_not_a_crash(source: str) -> None:
    with pytest.raises(Problem) as refusal:
        rendered(source)
    assert refusal.value.where.startswith("reports/a.txt")
    assert refusal.value.remedy


def test_an_unknown_indicator_is_suggested() -> None:
    with pytest.raises(Problem) as refusal:
        rendered('\n\n{{ 值("在校学生数") }}')
    assert "在校生数" in refusal.value.remedy
    assert refusal.value.where == "reports/a.txt:3"


def test_declared_words_may_hold_digits() -> None:
    report = rendered('按照{{ 文号("〔2026〕12号") }}，推进{{ 原文("123工程") }}')
    assert plain(texts(report.blocks[0])[0]) == "按照〔2026〕12号，推进123工程"
    assert not report.bindings.bounds


def test_markup_becomes_blocks() -> None:
    source = (
        "# {{ 单位 }}\n# 工作总结\n\n## 情况\n正文。\n@表 学区\n| 学区 | 数 |\n"
        "{% for 区 in 单位列表() %}\n| {{ 区 }} | {{ 任务数() }} |\n{% endfor %}\n@署名 {{ 单位 }}\n@日期 {{ 截止日期() }}\n"
    )
    report = rendered(source)
    kinds = [type(block).__name__ for block in report.blocks]
    assert kinds == ["Title", "Heading", "Paragraph", "Caption", "Table", "Signature"]
    title, heading, paragraph, _, table, signature = report.blocks
    assert isinstance(title, Title)
    assert [plain(line) for line in title.lines] == ["青石县教育局", "工作总结"]
    assert isinstance(heading, Heading)
    assert heading.number == "一、"
    assert isinstance(paragraph, Paragraph)
    assert isinstance(table, Table)
    assert [[plain(cell) for cell in row] for row in table.rows] == [["城关学区", "3"], ["河东学区", "3"]]
    assert isinstance(signature, Signature)
    assert plain(signature.date) == "2026年12月31日"


@pytest.mark.parametrize(
    ("line", "code"), [("###### 第五级", "RPT-003"), ("@页眉 字", "RPT-004"), ("| 甲 | 乙 |\n| 丙 |", "RPT-005")]
)
def test_markup_that_does_not_exist_is_refused(line: str, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        rendered(line)
    assert refusal.value.code == code


def test_tags_follow_reading_order() -> None:
    report = rendered("{{ 逾期任务数() }}和{{ 任务数() }}")
    controls = [piece for piece in texts(report.blocks[0])[0] if isinstance(piece, Control)]
    assert [(piece.tag, piece.text) for piece in controls] == [("b1", "1"), ("b2", "3")]
    assert list(report.bindings.bounds) == ["b1", "b2"]


def test_the_cut_off_day_is_a_bound_date() -> None:
    bound = only_bound("{{ 截止日期() }}", FakeSources(day=date(2026, 11, 21)))
    assert (bound.kind, bound.code, bound.shown) == ("date", "2026-11-21", "2026年11月21日")


@pytest.mark.parametrize(
    ("text", "answer"),
    [("三十所", False), ("3", True), ("３", True), ("①", True), ("Ⅳ", True), ("½", True), ("〇", False)],
)
def test_what_counts_as_a_digit(text: str, answer: bool) -> None:
    assert has_digit(text) is answer


def test_a_fault_of_our_own_is_not_blamed_on_the_template() -> None:
    class Broken(FakeSources):
        def record_count(self, *args: object, **kwargs: object) -> object:
            raise TypeError("ours")

    with pytest.raises(TypeError, match="ours"):
        rendered('{{ 记录数("安全隐患台账") }}', Broken())
