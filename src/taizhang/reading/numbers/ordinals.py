"""Numbers that rank or name a place in an order: 第二批, 十八届, 高二、三, 一至九年级, 三等奖, 二期工程."""

from __future__ import annotations

import re

from taizhang.reading.numbers.scan import Sheet
from taizhang.reading.numerals import ROMAN, chinese

_C = "[一二三四五六七八九十]{1,3}"
_N = rf"(?:\d{{1,3}}|{_C})"
_TO = r"\s*(?:至|到|-|—{1,2}|~)\s*"
_AND = r"(?:、|和|及|,)"
_ROMAN = "[Ⅰ-Ⅹⅰ-ⅹ]"

# 第N with the classifier that belongs to it (guideline Q2); other words behind it do not.
_FIRST = re.compile(
    rf"第\s?(?P<a>[一二三四五六七八九十百零]{{1,5}}|\d{{1,4}})(?:(?:{_AND}|{_TO})第?(?P<b>{_N})(?=批|届|轮|次|名|个|位|期|阶段|圈层|周|学期|季度|学段))?"
    r"(?:[ \t]?(?P<unit>批次|批|届|轮|次|名(?!师|著)|个|位|期(?!间|中|末)|阶段|圈层))?"
)
# The word that every match holds, and the rule.
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (word, re.compile(pattern))
    for word, pattern in (
        ("届", rf"(?<![第\d往历应本每上这首])(?P<a>{_N})(?P<unit>届)(?!时|毕业|满)"),
        ("届", r"(?<![\d.])(?P<a>(?:19|20)\d\d)\s?(?P<unit>届)"),
        ("次", rf"(?P<a>{_N})(?P<unit>次)(?=(?:、|和|及){_N}次(?:全会|全体))"),
        ("次", rf"(?P<a>{_N})(?P<unit>次)(?=全会|全体|代表大会|党代会|会议精神)"),
        ("次", rf"(?<=届)(?P<a>{_N})(?P<unit>次)(?=会议|常委)"),
        ("次", rf"(?<=人大|政协|党委|全会)(?P<a>{_N})(?P<unit>次)(?=会议|常委)"),
        ("中", rf"(?<![\d第高初])(?P<a>[一二三四五六七八])(?P<unit>中)(?=(?:{_AND}|以及)[一二三四五六七八]中|全会)"),
        ("中", r"(?<=中[、和及])(?P<a>[一二三四五六七八])(?P<unit>中)(?=全会)"),
        ("大", r"(?<![\d第一二三四五六七八九十])(?P<a>十[一三四五六七八九]|二十[一二三]?)(?P<unit>大)(?!类|工程|行动|任务|举措|体系|项|重点|板块|亮点|战|员|学|型)"),
        ("年级", r"(?<![\d第一二三四五六七八九十.高初])(?P<a>[一二三四五六七八])(?P<b>[二三四五六七八九])(?P<unit>年级)"),
        ("年级", rf"(?<![\d第一二三四五六七八九十.、高初])(?P<a>{_N})(?:(?:{_AND}|{_TO})?{_N}?{_AND}|{_TO})(?P<b>{_N})(?P<unit>年级)"),
        ("年级", rf"(?<![\d第一二三四五六七八九十.高初])(?P<a>{_N})(?:年级)?{_TO}(?P<b>{_N})(?P<unit>年级)"),
        ("年级", rf"(?<![\d第一二三四五六七八九十.个高初])(?<!高[一二]、)(?<!初[一二]、)(?P<a>[1-9]|{_C})(?P<unit>年级)"),
        ("高", rf"(?<![提最较新更崇拔很])(?P<unit>高)(?P<a>[一二三])(?:(?:{_AND}|{_TO})?(?P<b>[二三])(?![本段批表类级十百个所名项大期是要次月等中]|年(?!级))|{_TO}高(?P<c>[二三]))?"
               r"(?!本|段|表|类|级别|十|百|个|所|名|项|大|期|是|流|等)"),
        ("初", rf"(?<![最起当年月之])(?P<unit>初)(?P<a>[一二三四])(?:(?:{_AND}|{_TO})(?P<b>[二三四])(?![本段批表类级十百个所名项大期是要次年月等中])|{_TO}初(?P<c>[二三四]))?(?!本|段|表|十|百|个|所|名|项)"),
        ("大", r"(?<![一-鿿\d])(?P<unit>大)(?P<a>[一二三四])(?=学生|新生|年级|、大|至)"),
        ("等", rf"(?P<a>{_N})(?:(?:{_AND}|{_TO})?{_N}?{_AND}|{_TO})(?P<b>{_N})(?P<unit>等奖)"),
        ("等", r"(?P<a>[一二三四])[二三]?(?P<b>[二三四])(?P<unit>等奖)"),
        ("等", rf"(?P<a>{_N})(?P<unit>等奖|等(?=功|品|[1-9]|助学|资助|标准))"),
        ("星", r"(?P<a>[1-5]|[一二三四五十])(?P<unit>星级)"),
        ("A级", r"(?<![\d.])(?P<a>[1-5])(?P<unit>A级)"),
        ("星", r"(?P<a>[1-5]|[一二三四五])(?P<unit>星)(?=评定|学校|单位|标准|党|校)"),
        ("本", r"(?<![基样课文版剧书读成资根脚副原])(?P<unit>本)(?P<a>[一二三])(?=上线|线|率|达线|进线|录取|以上|批|院校|人数)"),
        ("[一二三四](?:、|和|及|至|-|—)[二三四五]", r"(?<![\d第一二三四五六七八九十])(?P<a>[一二三四])(?:、|和|及|至|-|—{1,2})(?P<b>[二三四五])(?P<unit>本|表|段|期|批|类|星级|级)(?=上线|线|率|录取|以上|以下|院校|考|人数|工程|项目|建设|标准|园|幼儿园|学校|[,。;、)]|$)"),
        ("本", r"(?<![\d第一二三四五六七八九十])(?P<a>[一二三])(?P<unit>本)(?=上线|线|率|进线|达线|录取|以上|批|及|、|院校|重点|共|人数|考|文|理|升)"),
        ("表", r"(?<![\d第一二三四五六七八九十])(?P<a>[一二三])(?P<unit>表)(?=进段|以上|上线|招生|线|录取|率|人数|院校|、|本科)"),
        ("段", r"(?<![\d第一二三四五六七八九十])(?P<a>[一二三])(?P<unit>段)(?=上线|线|率|录取|人数|以上|入围|达线|、|考生|分数|招生)"),
        ("类", r"(?P<a>一)(?P<unit>类)(?=标准|幼儿园|学校|园|装备|课题|模式|及以上|以上|、|区|地区|高校|校)"),
        ("类", rf"(?P<a>[二三四]|{_ROMAN})(?P<unit>类)(?=标准|幼儿园|园|地区|装备|区域|以上|及)"),
        ("期", r"(?<![\d第一二三四五六七八九十])(?P<a>[一二三四])(?P<unit>期)(?=工程|项目|建设|计划|规划|改造|扩建|课改|行动|攻坚|投资|用地|主体|开工|竣工|学前|三年)"),
        ("期", r"(?<=计划|工程|项目|行动|校区|园区|公园|小区)(?P<a>[一二三四])(?P<unit>期)"),
        ("期", r"(?<=小学|中学|学校|儿园|高中|中心|学院|新校)(?P<a>[一二三四])(?P<unit>期)(?=[、,;。)和及与]|校舍|教学)"),
        ("号", r"(?<![\d第])(?P<a>\d{1,3})(?P<unit>号)(?=楼|教学楼|宿舍|院|线|桌|机|公寓|实训|门|馆)"),
        ("级", r"(?<![\d.])(?P<a>(?:19|20)\d\d)(?P<unit>级)"),
        ("级", r"(?<![\d第一二三四五六七八九十])(?P<a>[一二三])(?P<unit>级)(?=[甲乙]等)"),
        ("轮", r"(?<![\d第一二三四五六七八九十])(?P<a>[一二])(?:、|和)(?P<b>[二三])(?P<unit>轮)(?=复习|备考|检查|督导|培训|考试)"),
        ("修", r"(?P<unit>必修|选修|选择性必修)\s?(?P<a>[一二三四五六七八九十]|\d)(?!门|课|个)"),
        ("级", r"(?<![\d第一二三四五六七八九十两.])(?P<a>[1-9]|十?[一二三四五六七八九])(?P<unit>级)(?!预警|教育|网络|联动|响应|甲|跳)"),
    )
)  # fmt: skip
# 校、市两级; 国家、省、市三级; 县——学校二级: levels that are listed are counted, not ranked.
_COUNTED_LEVELS = re.compile(
    r"(?:、|——|—|和|与|及|到)(?:[省市县区镇乡校村班园组片州国家学校集团年级教研街道社]{1,4})\s?$"
)
# 区、片、校三级; 省、某市、某县三级: as many levels as are listed.
_LISTED_LEVELS = re.compile(r"(?P<list>[一-龥]{1,8}(?:(?:、|和|与)[一-龥]{1,5})+)[”)]?\s?$")
_WEEK_ROW = re.compile(r"^[ \t]*(?P<n>\d{1,2})[ \t]*\n(?=[ \t]*\d{1,2}/\d{1,2}\s*[-—~至])", re.M)


def _value(text: str) -> float:
    """A printed rank as a number (digits, Chinese, Roman)."""
    if text in ROMAN:
        return float(ROMAN[text])
    if text.isdigit():
        return float(text)
    number = chinese(text)
    return float(number) if number is not None else 0.0


def find_ordinals(sheet: Sheet) -> None:
    """第N first, then the fused forms in the order of the table."""
    for found in sheet.matches(_WEEK_ROW):
        sheet.add(*found.span("n"), "ordinal", _value(found["n"]))
    for found in sheet.matches(_FIRST, "第"):
        first = _value(found["a"])
        stop = found.end(next(name for name in ("unit", "b", "a") if found[name]))
        value: float | list[float] = [first, _value(found["b"])] if found["b"] else first
        sheet.add(found.start(), stop, "ordinal", value, found.span("unit") if found["unit"] else "")
    for word, pattern in _RULES:
        for found in sheet.matches(pattern, word):
            if word == "级" and _counted(sheet, found):
                continue
            _rank(sheet, found)


def _counted(sheet: Sheet, found: re.Match[str]) -> bool:
    """Is this 三级 a number of levels that are listed in front of it?"""
    if _COUNTED_LEVELS.search(sheet.text, max(0, found.start() - 8), found.start()):
        return True
    listed = _LISTED_LEVELS.search(sheet.text, max(0, found.start() - 30), found.start())
    return listed is not None and len(re.findall("[、和与]", listed["list"])) + 1 == _value(found["a"])


_EACH = re.compile(rf"{_N}(?:[、和及]{_N}){{2,}}(?=等奖)")


def _rank(sheet: Sheet, found: re.Match[str]) -> None:
    groups = found.groupdict()
    last = groups.get("b") or groups.get("c")
    value: float | list[float] = [_value(found["a"]), _value(last)] if last else _value(found["a"])
    listed = _EACH.match(found[0])
    if listed:  # 一、二、三等奖
        value = [_value(one) for one in re.split("[、和及]", listed[0])]
    sheet.add(found.start(), found.end(), "ordinal", value, found.span("unit"))
