"""Counts, amounts, money, lengths of time, percentages and ratios: every number that measures."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from taizhang.reading.numbers.ones import one_counts
from taizhang.reading.numbers.scan import Sheet
from taizhang.reading.numbers.units import KIND, MONEY_WORDS, UNIT_WITH_PER, kind_of
from taizhang.reading.numerals import ARABIC, CHINESE, NUMERAL, chinese, pointed, scale_of, value_of
from taizhang.reading.numerals import arabic as arabic_value

# 303万余元: 余 may stand behind 万 too; a line may end between 万 and 元.
_SCALE = r"(?:\s?(?:[百千十]?[万亿]+(?:\s?[余多](?=\s?(?:元|名|人|册|平|亩|件|次|字|套|台|户|公里|米|$)))?(?:\n(?=元|平方米))?|[百千](?!米|克|瓦|卡)(?=\s?[余多]?\s?(?:元|名|人|所|个|户|册|台|套|平|亩|米|公里|字|件|万))))?"
_MORE = r"(?:\s?[余多来几](?!媒体|功能|样化?|种|渠道|层|维|元化|形式|方|少|年来))?"
# 几十 and 数百 are no numbers.
_NUM = rf"(?:{ARABIC}{_MORE}{_SCALE}|(?<!几)(?<![A-Za-z×*_])(?!(?<=数)(?<![人总]数)[十百千万]){CHINESE}{_MORE}(?:[万亿]+)?)"
_JOIN = r"\s*(?:-{1,2}|—{1,2}|~|至|到|——|－)\s*"
# A number does not begin inside another one or inside a code.
# 高一212人: the grade is no part of the count.
_LEFT = r"(?!(?<=[A-Za-z])\d)(?:(?<=[高初][一二三])(?=\d)|(?<![\d.零一二三四五六七八九十百千万亿两]))(?<![\d],)"
_GAP = r"[ \t]{0,6}"

_PERCENT = re.compile(rf"{_LEFT}(?P<a>{ARABIC})\s?%?(?:{_JOIN}(?P<b>{ARABIC}))?{_GAP}(?:%|‰)")
_PERCENT_WORDS = re.compile(rf"百分之(?P<a>{CHINESE}(?:点{CHINESE})?|{ARABIC})(?:{_JOIN}(?:百分之)?(?P<b>{CHINESE}))?")
_POINTS = re.compile(rf"{_LEFT}(?P<a>{ARABIC}|{CHINESE})(?:{_JOIN}(?P<b>{ARABIC}))?{_GAP}个?[百千]分点")
_TENTHS = re.compile(
    r"(?<![\d一二三四五六七八九十完达形构])(?P<a>[一二三四五六七八九]|\d)成(?P<more>[半一二三四五六七八九])?"
    r"(?=以上|以下|左右|上下|的|[,。;、)）\s]|多|为|是|由|在|来自|属于|学生|教师|家长|学校|幼儿|群众|居民|受访|资金|经费|$)"
)
_FRACTION = re.compile(rf"{_LEFT}(?P<b>{CHINESE})分之(?P<a>{CHINESE})")
_COLON_RATIO = re.compile(rf"{_LEFT}(?<!\d:)(?P<a>{ARABIC})\s?:\s?(?P<b>{ARABIC})(?![\d:])(?!\.\d)")
_WORDS_RATIO = re.compile(
    rf"(?:(?<=[为是达到约近比])|(?<=[,、按])(?=一比))(?P<a>{CHINESE}(?:点{CHINESE})?)比(?P<b>{CHINESE}(?:点{CHINESE})?)(?=[,。;、)的左以\s]|$)"
)
# 师生比2.24比1, not 以3比1获胜 and not 2024比2023.
_DIGITS_RATIO = re.compile(
    rf"{_LEFT}(?<!以)(?P<a>\d{{1,3}}(?:\.\d+)?)\s?比\s?(?P<b>\d{{1,3}}(?:\.\d+)?)(?=[,。;、)的左以\s]|$)"
)
_A_HALF = re.compile(rf"{_LEFT}一半")
_LOST_COLON = re.compile(
    r"(?:比|比例|配比)(?:达到|达|为|是|控制在|保持在|稳定在|保持)?(?:了|约|大体|大致)?(?P<a>[1-9]\d{1,2})(?=[,。;、)的左以\s])"
)
_HALF = re.compile(r"(?<![上下前后一二两三四五六七八九十\d大多])半(?:个)?(?P<unit>小时|年|天|个月|月|学期)(?!级|度|制)")
_AND_HALF = re.compile(
    rf"{_LEFT}(?P<a>\d+|{CHINESE})(?P<unit>年|天|个小时|个月|小时)半(?!年|天|的?级)|{_LEFT}(?P<c>\d+|{CHINESE})个半(?P<u2>小时|月)"
)
_RANGE = re.compile(
    rf"{_LEFT}(?P<a>{_NUM}){_GAP}(?:{UNIT_WITH_PER.replace('P<unit>', 'P<u1>').replace('P<per>', 'P<p1>')})?{_JOIN}(?P<b>{_NUM}){_GAP}{UNIT_WITH_PER}"
)
_ABOUT = re.compile(
    rf"(?<![\d零一二三四五六七八九十百千第])(?P<ten>[二三四五六七八九]?十)?(?P<a>[一二两三四五六七八九])(?P<b>[二三四五六七八九])(?P<scale>[十百千万亿]?){UNIT_WITH_PER}"
)
# 二、三层: floors that are listed share their unit.
_FLOORS = re.compile(
    rf"{_LEFT}(?P<a>[一二三四五六七八九十]|\d)[、和](?P<b>[二三四五六七八九十]|\d)(?P<unit>层|楼)(?!面|次|宇|道)"
)
_MINUTES = re.compile(rf"{_LEFT}(?P<a>\d{{1,2}})分钟?(?P<b>[1-5]?\d)(?P<unit>秒)钟?")
_COMPOUND = re.compile(rf"{_LEFT}(?P<a>\d+(?:\.\d+)?)亿(?P<b>\d+(?:\.\d+)?)万{_GAP}{UNIT_WITH_PER}?")
# 一点六倍: a Chinese decimal.
_POINTED = re.compile(rf"{_LEFT}(?P<a>{CHINESE}点[零一二三四五六七八九]+[万亿]?){_GAP}{UNIT_WITH_PER}")
_PLAIN = re.compile(
    rf"{_LEFT}(?P<a>{_NUM})(?:{_GAP}{UNIT_WITH_PER}(?P<tail>[余多](?!媒体|功能|种|样|元|层|维|方|少|数|年来|渠道|次|\s?[\d一二两三四五六七八九十]|[了出录招收投办拨]))?)?"
)


@lru_cache(maxsize=4096)
def _exact(text: str) -> Fraction | None:
    """The value of a matched number with its 余/多 and its 万/亿."""
    found = NUMERAL.match(text)
    return value_of(found) if found else None


def _single(text: str) -> Fraction | None:
    return arabic_value(text) if text[:1].isdigit() else chinese(text)


def _span_value(first: Fraction, second: Fraction | None) -> float | list[float]:
    return float(first) if second is None else [float(first), float(second)]


def find_measures(sheet: Sheet) -> None:
    """From the most telling forms (%, a:b) to bare numbers."""
    _percentages(sheet)
    _ratios(sheet)
    _halves(sheet)
    _compounds(sheet)
    _pointed(sheet)
    _ranges(sheet)
    _plain(sheet)


def percent_words(sheet: Sheet) -> None:
    """百分之一点三, 三分之一: read before the dictionary sees 之一."""
    for found in sheet.matches(_PERCENT_WORDS):
        first, second = pointed(found["a"]), chinese(found["b"]) if found["b"] else None
        if first is not None:
            sheet.add(*found.span(), "percent", _span_value(first, second), "%")
    for found in sheet.matches(_FRACTION, "分之"):
        top, bottom = chinese(found["a"]), chinese(found["b"])
        if top is not None and bottom:
            sheet.add(*found.span(), "ratio", float(top / bottom))


def _percentages(sheet: Sheet) -> None:
    for pattern, sign in ((_POINTS, "[百千]分点"), (_PERCENT, "[%‰]")):
        for found in sheet.matches(pattern, sign):
            first, second = _single(found["a"]), _single(found["b"]) if found["b"] else None
            if first is not None:
                unit = "‰" if re.search("‰|千分点", found.group()) else "%"
                sheet.add(*found.span(), "percent", _span_value(first, second), unit)
    for found in sheet.matches(_TENTHS, "成"):
        tenth = _single(found["a"])
        more = Fraction(5) if found["more"] == "半" else chinese(found["more"] or "零")
        if tenth is not None and more is not None:
            sheet.add(*found.span(), "percent", float(tenth * 10 + more), "%")


def _ratios(sheet: Sheet) -> None:
    for found in sheet.matches(_A_HALF, "一半"):
        sheet.add(*found.span(), "ratio", 0.5)
    for found in sheet.matches(_COLON_RATIO, r"\d\s?:"):
        one, other = arabic_value(found["a"]), arabic_value(found["b"])
        if one is not None and other:
            sheet.add(*found.span(), "ratio", float(one / other), ":")
    for found in (*sheet.matches(_WORDS_RATIO, f"{CHINESE}比"), *sheet.matches(_DIGITS_RATIO, r"\d\s?比")):
        one, other = pointed(found["a"]), pointed(found["b"])
        if one is not None and other:
            sheet.add(*found.span(), "ratio", float(one / other), ":")
    # A ratio is never a bare whole number of two figures: its colon was lost on the way (比例达到11 was 1:1).
    for found in sheet.matches(_LOST_COLON):
        sheet.add(*found.span("a"), "ratio", None, ":")


def _halves(sheet: Sheet) -> None:
    for found in sheet.matches(_AND_HALF, "半"):
        group, unit = ("a", "unit") if found["a"] else ("c", "u2")
        number = _single(found[group])
        if number is not None:
            sheet.add(*found.span(), "duration", float(number + Fraction(1, 2)), found.span(unit))
    for found in sheet.matches(_HALF, "半"):
        sheet.add(*found.span(), "duration", 0.5, found.span("unit"))


def _compounds(sheet: Sheet) -> None:
    for found in sheet.matches(_MINUTES, "秒"):
        sheet.add(*found.span(), "duration", float(int(found["a"]) * 60 + int(found["b"])), found.span("unit"))
    for found in sheet.matches(_COMPOUND, "亿"):
        high, low = arabic_value(found["a"]), arabic_value(found["b"])
        if high is not None and low is not None:
            unit = found.span("unit") if found["unit"] else ""
            _claim(sheet, found, found.start(), found.end(), float(high * 10**8 + low * 10**4), unit)


def _pointed(sheet: Sheet) -> None:
    for found in sheet.matches(_POINTED, "点[零一二三四五六七八九]"):
        value = pointed(found["a"])
        if value is not None and sheet.free(*found.span()):
            _claim(sheet, found, found.start(), found.end(), float(value), found.span("unit"))


def _claim(
    sheet: Sheet, found: re.Match[str], begin: int, stop: int, value: float | list[float], unit: tuple[int, int] | str
) -> None:
    """One number with its unit, the 元/人 behind it included."""
    text = sheet.text[unit[0] : unit[1]] if isinstance(unit, tuple) else ""
    kind = kind_of(text) if text else "count"
    if (
        not text
        and MONEY_WORDS.search(sheet.text, max(0, begin - 14), begin)
        and re.search("[万亿]", sheet.text[begin:stop])
    ):
        kind = "money"
    if isinstance(unit, tuple) and found.groupdict().get("per"):
        unit = (unit[0], found.end("per"))
    sheet.add(begin, stop, kind, value, unit)


def _ranges(sheet: Sheet) -> None:
    """Two numbers that share a unit: 1-2人, 7—15周岁, 三至五年, 两三个."""
    for found in sheet.matches(_RANGE, "[-—~至到]"):
        if found["u1"] and found["u1"] != found["unit"]:
            continue
        first, second = _exact(found["a"]), _exact(found["b"])
        if first is None or second is None or first >= second * 10**4 or _is_idle(sheet, found):
            continue
        scale = scale_of("".join(re.findall("[万亿]", found["b"])))
        if scale > 1 and not re.search("[万亿]", found["a"]) and first * scale < second and found["b"][0].isdigit():
            first *= scale
        _claim(sheet, found, found.start(), found.end(), [float(first), float(second)], found.span("unit"))
    for found in sheet.matches(_FLOORS, "[层楼]"):
        low, high = _single(found["a"]), _single(found["b"])
        if low is not None and high is not None and low < high:
            _claim(sheet, found, found.start(), found.end(), [float(low), float(high)], found.span("unit"))
    for found in sheet.matches(_ABOUT, "[一二两三四五六七八九][二三四五六七八九]"):
        low, high = chinese(found["a"]), chinese(found["b"])
        if low is None or high is None or high != low + 1:
            continue
        factor = scale_of(found["scale"] or "")
        base = (chinese(found["ten"]) or Fraction(0)) if found["ten"] else Fraction(0)
        value = [float((base + low) * factor), float((base + high) * factor)]
        _claim(sheet, found, found.start(), found.end(), value, found.span("unit"))


def _is_idle(sheet: Sheet, found: re.Match[str]) -> bool:
    """Is the second number already part of a date, a name or a dictionary word?"""
    return not sheet.free(found.start(), found.end())


def _plain(sheet: Sheet) -> None:
    """Every other number, with its unit when one is printed."""
    for found in sheet.matches(_PLAIN):
        text = found["a"]
        wrapped = _WRAPPED.match(sheet.text, found.end()) if not found["unit"] else None
        if wrapped and text[0].isdigit() and _in_prose(sheet.text, found.start()):
            value = _exact(text)
            if value is not None and sheet.free(found.start(), wrapped.end()):
                _claim(sheet, wrapped, found.start(), wrapped.end(), float(value), wrapped.span("unit"))
                continue
        if not sheet.free(found.start(), found.end("a")):
            continue
        value = _exact(text)
        if value is None:
            continue
        unit = found["unit"] or ""
        if unit and not sheet.free(found.start(), found.end()):
            unit = ""
        stop = found.end() if unit else found.start() + len(text.rstrip())
        if text[0].isdigit():
            if not _bare_digits_fit(sheet, found, unit):
                continue
        elif not _words_fit(sheet, found, text, unit):
            continue
        _claim(sheet, found, found.start(), stop, float(value), found.span("unit") if unit else "")


# 培训教师3200 / 人次: a line that was broken by width may end between a number and its unit.
_WRAPPED = re.compile(rf"[ \t]*\n[ \t]*{UNIT_WITH_PER}")
WIDE = 12
"""So many characters in front of a number say that its line is prose and no cell of a table."""


def _in_prose(text: str, begin: int) -> bool:
    line = text[text.rfind("\n", 0, begin) + 1 : begin]
    return len(line) >= WIDE and re.search(r"[一-龥]\s?$", line) is not None and "\t" not in line and "|" not in line


def _bare_digits_fit(sheet: Sheet, found: re.Match[str], unit: str) -> bool:
    """Digits that touch a Latin letter, a dot or a slash are part of a code."""
    if unit:
        return True
    after = sheet.text[found.end("a") : found.end("a") + 2]
    return not re.match(r"[A-Za-z_+/*#@]|[.:]\d|\.[A-Za-z]", after)


_REACHED = re.compile("[上超逾近达过破]$")


def _words_fit(sheet: Sheet, found: re.Match[str], text: str, unit: str) -> bool:
    """Chinese numerals need a unit; 一 needs to say how many; lone 百/千/万 need a person or a school behind them."""
    if not unit:
        return bool(re.search("[余多]$", text)) and len(text) > 2
    bare = text.rstrip("余多来几")
    if bare == "一":
        return one_counts(sheet, found, unit)
    if unit == "元" and text in ("万", "亿") and not _REACHED.search(sheet.text[: found.start()][-2:]):
        return False  # 单位:万元; 采购总额（万元）: the name of a unit
    if bare[0] in "百千万亿":
        return (
            unit in ("名", "所", "人", "家", "户", "个", "元", "场", "台", "册", "平方米", "亩") and text != bare
        ) or (
            unit in ("名", "所", "元")
            or bool(re.search("突破|超|逾|近|达|过$", sheet.text[found.start() - 2 : found.start()]))
        )
    return KIND.get(unit) is not None
