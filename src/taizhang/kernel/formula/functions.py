"""The functions of the language: one table that feeds the parser, the type check and the reference page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["number", "text", "date", "yes_no", "null", "any"]
Group = Literal["row", "aggregate", "time", "sibling"]

TYPE_NAMES: dict[str, str] = {
    "number": "数值",
    "text": "文字",
    "date": "日期",
    "yes_no": "是否",
    "null": "空",
    "any": "不限",
    "same": "同类值",
    "ordered": "数值或日期",
}
GROUP_NAMES: dict[Group, str] = {
    "row": "逐行函数",
    "aggregate": "汇总函数",
    "time": "时间函数",
    "sibling": "同级比较函数",
}


@dataclass(frozen=True)
class Function:
    """One function. ``params`` are types, or ``same``/``ordered``, which stand for one type shared by all of them;
    ``result`` may be ``same`` too. ``required`` is how many arguments must be there; ``repeats`` allows more of the
    last kind."""

    name: str
    aliases: tuple[str, ...]
    group: Group
    signature: str
    params: tuple[str, ...]
    result: str
    meaning: str
    example: str
    required: int
    repeats: bool = False

    def accepts(self, count: int) -> bool:
        """Whether the function can be called with so many arguments."""
        return self.required <= count and (self.repeats or count <= len(self.params))

    def param(self, index: int) -> str:
        """The type wanted at an argument's place."""
        return self.params[min(index, len(self.params) - 1)]


def _f(
    name: str,
    aliases: str,
    group: Group,
    signature: str,
    params: str,
    result: str,
    meaning: str,
    example: str,
    optional: int = 0,
    repeats: bool = False,
) -> Function:
    kinds = tuple(params.split())
    return Function(
        name,
        tuple(aliases.split()),
        group,
        signature,
        kinds,
        result,
        meaning,
        example,
        len(kinds) - optional,
        repeats,
    )


FUNCTIONS: tuple[Function, ...] = (
    _f("if", "如果", "row", "if(条件, 甲, 乙)", "yes_no same same", "same",
       "条件成立取甲,不成立取乙;条件为空则结果为空", "if(在校生数 < 100, 100, 在校生数)"),
    _f("coalesce", "首个非空 取非空", "row", "coalesce(甲, 乙, …)", "same same", "same",
       "从左到右取第一个不为空的值", "coalesce(实有人数, 0)", repeats=True),
    _f("round", "四舍五入", "row", "round(数, 位数)", "number number", "number",
       "四舍五入到指定的小数位,位数省略为 0,负数表示整数位;逢五向远离零的方向进位", "round(12.345, 2)", optional=1),
    _f("abs", "绝对值", "row", "abs(数)", "number", "number", "去掉负号", "abs(本年数 - 上年数)"),
    _f("min2", "较小", "row", "min2(甲, 乙)", "ordered ordered", "same",
       "两者中较小(较早)的;有一个为空则为空", "min2(得分, 10)"),
    _f("max2", "较大", "row", "max2(甲, 乙)", "ordered ordered", "same",
       "两者中较大(较晚)的;有一个为空则为空", "max2(在校生数, 100)"),
    _f("days", "天数 相差天数", "row", "days(起, 止)", "date date", "number",
       "从起到止相隔的天数,止在前则为负", "days(整改期限, today())"),
    _f("today", "今天", "row", "today()", "", "date", "计算当天的日期", "发现日期 <= today()"),
    _f("year", "年份", "row", "year(日期)", "date", "number", "日期的年份", "year(发现日期) = 2025"),
    _f("age", "周岁 年龄", "row", "age(出生日期)", "date", "number",
       "到计算当天的周岁", "count_if(age(出生日期) >= 50)"),
    _f("limit", "限值 标准", "row", "limit(标准, 指标, 学段)", "text text text", "number",
       "标准在记录所属日期的限值（下限，没有下限的取上限），学段可省；只用于逐行公式，标准和指标写代码",
       "班额 <= limit('class_size', 'large_class_rate', 学段)", optional=1),
    _f("sum", "求和 合计", "aggregate", "sum(数)", "number", "number",
       "求和;空值不参加,一个值也没有时结果为空", "sum(在校生数)"),
    _f("avg", "平均 平均值", "aggregate", "avg(数)", "number", "number",
       "不为空的值的算术平均(不加权)", "avg(班额)"),
    _f("min", "最小 最小值", "aggregate", "min(值)", "ordered", "same", "最小(最早)的值", "min(班额)"),
    _f("max", "最大 最大值", "aggregate", "max(值)", "ordered", "same", "最大(最晚)的值", "max(班额)"),
    _f("median", "中位数", "aggregate", "median(数)", "number", "number",
       "排序后居中的值;个数为偶数时取中间两个的平均", "median(班额)"),
    _f("count", "计数", "aggregate", "count() 或 count(值)", "any", "number",
       "记录条数;给出值时只数该值不为空的记录;count(台账.*) 数另一台账的记录", "count()", optional=1),
    _f("count_distinct", "去重计数", "aggregate", "count_distinct(值)", "any", "number",
       "不同的非空值有几个", "count_distinct(身份证号)"),
    _f("count_if", "条件计数", "aggregate", "count_if(条件)", "yes_no", "number",
       "条件成立的记录条数;条件为空的不算成立", "count_if(状态 = '已销号') / count()"),
    _f("sum_if", "条件求和", "aggregate", "sum_if(数, 条件)", "number yes_no", "number",
       "条件成立的记录的和,条件不成立的按 0 计;条件为空、或条件成立而数为空的记录不参加",
       "sum_if(在校生数, 城乡 = '农村')"),
    _f("weighted_cv", "差异系数", "aggregate", "weighted_cv(总量, 权)", "number number", "number",
       "按权加权的差异系数 S/X̄:Xᵢ=总量ᵢ/权ᵢ,X̄=Σ总量/Σ权,S=√Σ(权ᵢ/Σ权)(Xᵢ−X̄)²;总量为空或权不大于 0 的记录不参加",
       "weighted_cv(图书册数, 在校生数)"),
    _f("share", "占比", "sibling", "share(数) 或 share(汇总式)", "number", "number",
       "本单位的合计(或汇总式的值)占上级单位的比", "share(在校生数)"),
    _f("part", "构成比", "sibling", "part(数) 或 part(汇总式)", "number", "number",
       "分组统计时本组占本单位各组合计的比;不分组时为 1", "part(count())"),
    _f("rank", "排名", "sibling", "rank(汇总式)", "number", "number",
       "在同一上级的同级单位中由高到低的名次(分维度取数时为各组的名次),并列的名次相同;由低到高写 rank(-式)", "rank(avg(得分))", optional=1),
    _f("previous", "上期", "time", "previous(式)", "same", "same",
       "同一个式子在上一个期间的值", "sum(在校生数) - previous(sum(在校生数))"),
    _f("last_year", "同期 上年同期", "time", "last_year(式)", "same", "same",
       "同一个式子在上年同期的值", "count() / last_year(count()) - 1"),
    _f("change", "比上期增减 增减", "time", "change(式)", "number", "number",
       "本期的值减上期的值,即 式 - previous(式)", "change(sum(在校生数))"),
    _f("growth", "比上期增幅 环比", "time", "growth(式)", "number", "number",
       "本期比上期增长的比率,即 (式 - previous(式)) / previous(式)", "growth(count())"),
    _f("change_last_year", "比上年增减 同比增减", "time", "change_last_year(式)", "number", "number",
       "本期的值减上年同期的值,即 式 - last_year(式)", "change_last_year(sum(在校生数))"),
    _f("growth_last_year", "比上年增幅 同比", "time", "growth_last_year(式)", "number", "number",
       "比上年同期增长的比率,即 (式 - last_year(式)) / last_year(式)", "growth_last_year(sum(在校生数))"),
    _f("streak", "连续期数", "time", "streak(条件)", "yes_no", "number",
       "到本期为止,条件连续成立了几期(最多数 60 期);本期不成立为 0,本期无法判断为空;条件里可以用一层时间函数",
       "streak(count() < previous(count()))"),
    _f("ytd", "累计 本年累计", "time", "ytd(式)", "same", "same",
       "同一个式子从年初(期间是学年、学期、周的从学年初)到本期末的值", "ytd(sum(退费金额))"),
)  # fmt: skip

BY_NAME: dict[str, Function] = {key: function for function in FUNCTIONS for key in (function.name, *function.aliases)}

AGGREGATES = frozenset(function.name for function in FUNCTIONS if function.group == "aggregate")
TIME = frozenset(function.name for function in FUNCTIONS if function.group == "time")
# Those that are short for an expression with others.
DERIVED = {"change": "previous", "growth": "previous", "change_last_year": "last_year", "growth_last_year": "last_year"}
SIBLING = frozenset(function.name for function in FUNCTIONS if function.group == "sibling")

# Row functions whose answer only the caller has: the limits of the standards.
LIMITS = frozenset({"limit"})

# Words that are not names unless quoted; the value is the token they stand for.
KEYWORDS: dict[str, str] = {
    "and": "and", "且": "and", "并且": "and",
    "or": "or", "或": "or", "或者": "or",
    "not": "not", "非": "not",
    "in": "in", "属于": "in", "不属于": "not in",
    "between": "between", "介于": "between",
    "is": "is", "为空": "is null", "不为空": "is not null",
    "null": "null", "空": "null",
    "true": "true", "真": "true", "是": "true",
    "false": "false", "假": "false", "否": "false",
}  # fmt: skip


def find_function(name: str) -> Function | None:
    """The function of that name or alias; English names in either case."""
    return BY_NAME.get(name) or BY_NAME.get(name.lower())
