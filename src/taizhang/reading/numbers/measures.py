"""Counts, amounts, money, lengths of time, percentages and ratios: every number that measures."""

from __future__ import annotations

import re
from fractions import Fraction

from taizhang.reading.numbers.scan import SOFT, Sheet
from taizhang.reading.numbers.units import KIND, MONEY_WORDS, UNIT_WITH_PER, kind_of
from taizhang.reading.numerals import ARABIC, CHINESE, chinese, scale_of, value_of
from taizhang.reading.numerals import arabic as arabic_value

_SCALE = r"(?:\s?(?:[百千十]?[万亿]+|[百千](?=\s?[余多]?\s?(?:元|名|人|所|个|户|册|台|套|平|亩|米|公里|字|件|万))))?"
_MORE = r"(?:\s?[余多来几](?!媒体|功能|样化?|种|渠道|层|维|元化|形式|方|少|年来))?"
# 几十 and 数百 are no numbers.
_NUM = rf"(?:{ARABIC}{_MORE}{_SCALE}|(?<!几)(?!(?<=[^人]数)[十百千万]){CHINESE}{_MORE}(?:[万亿]+)?)"
_JOIN = r"\s*(?:-{1,2}|—{1,2}|~|至|到|——|－)\s*"
# A number does not begin inside another one or inside a code.
_LEFT = r"(?<![\d.A-Za-z零一二三四五六七八九十百千万亿两])(?<![\d],)"
_GAP = r"[ \t]{0,6}"

_PERCENT = re.compile(rf"{_LEFT}(?P<a>{ARABIC})\s?%?(?:{_JOIN}(?P<b>{ARABIC}))?{_GAP}(?:%|‰)")
_PERCENT_WORDS = re.compile(rf"百分之(?P<a>{CHINESE}(?:点{CHINESE})?|{ARABIC})(?:{_JOIN}(?:百分之)?(?P<b>{CHINESE}))?")
_POINTS = re.compile(rf"{_LEFT}(?P<a>{ARABIC}|{CHINESE})(?:{_JOIN}(?P<b>{ARABIC}))?{_GAP}个?百分点")
_TENTHS = re.compile(r"(?<![\d一二三四五六七八九十完达形构])(?P<a>[一二三四五六七八九]|\d)成(?P<half>半)?(?=以上|以下|左右|的|[,。;、)）]|多|为|是|由)")
_FRACTION = re.compile(rf"{_LEFT}(?P<b>{CHINESE})分之(?P<a>{CHINESE})")
_COLON_RATIO = re.compile(rf"{_LEFT}(?P<a>{ARABIC})\s?:\s?(?P<b>{ARABIC})(?![\d:])(?!\.\d)")
_LOST_COLON = re.compile(r"(?:比|比例|配比)(?:达到|达|为|是|控制在|保持在|稳定在|保持)?(?:了|约|大体|大致)?(?P<a>[1-9]\d{1,2})(?=[,。;、)的左以\s])")
_HALF = re.compile(r"(?<![上下前后一二两三四五六七八九十\d大多])半(?:个)?(?P<unit>小时|年|天|个月|月|学期)(?!级|度|制)")
_AND_HALF = re.compile(rf"{_LEFT}(?P<a>\d+|{CHINESE})(?P<unit>年|天|个小时|个月|小时)半(?!年|天|的?级)|{_LEFT}(?P<c>\d+|{CHINESE})个半(?P<u2>小时|月)")
_RANGE = re.compile(rf"{_LEFT}(?P<a>{_NUM}){_GAP}(?:{UNIT_WITH_PER.replace('P<unit>', 'P<u1>').replace('P<per>', 'P<p1>')})?{_JOIN}(?P<b>{_NUM}){_GAP}{UNIT_WITH_PER}")
_ABOUT = re.compile(rf"(?<![\d零一二三四五六七八九十百千第])(?P<ten>[二三四五六七八九]?十)?(?P<a>[一二两三四五六七八九])(?P<b>[二三四五六七八九])(?P<scale>[十百千万亿]?){UNIT_WITH_PER}")
_COMPOUND = re.compile(rf"{_LEFT}(?P<a>\d+(?:\.\d+)?)亿(?P<b>\d+(?:\.\d+)?)万{_GAP}{UNIT_WITH_PER}?")
_PLAIN = re.compile(rf"{_LEFT}(?P<a>{_NUM})(?:{_GAP}{UNIT_WITH_PER}(?P<tail>[余多])?)?")


def _exact(text: str) -> Fraction | None:
    """The value of a matched number with its 余/多 and its 万/亿."""
    from taizhang.reading.numerals import NUMERAL

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
    _ranges(sheet)
    _plain(sheet)


def _percentages(sheet: Sheet) -> None:
    for pattern in (_POINTS, _PERCENT):
        for found in sheet.matches(pattern):
            first, second = _single(found["a"]), _single(found["b"]) if found["b"] else None
            if first is not None:
                sheet.add(*found.span(), "percent", _span_value(first, second), "%")
    for found in sheet.matches(_PERCENT_WORDS):
        whole, _, part = found["a"].partition("点")
        first, second = _single(whole), chinese(found["b"]) if found["b"] else None
        fine = chinese(part) if part else Fraction(0)
        if first is not None and fine is not None:
            digits = Fraction(int(fine), 10 ** len(part)) if part else fine
            sheet.add(*found.span(), "percent", _span_value(first + digits, second), "%")
    for found in sheet.matches(_TENTHS):
        tenth = _single(found["a"])
        if tenth is not None:
            sheet.add(*found.span(), "percent", float(tenth * 10 + (5 if found["half"] else 0)), "%")


def _ratios(sheet: Sheet) -> None:
    for found in sheet.matches(_FRACTION):
        top, bottom = chinese(found["a"]), chinese(found["b"])
        if top is not None and bottom:
            sheet.add(*found.span(), "ratio", float(top / bottom))
    for found in sheet.matches(_COLON_RATIO):
        one, other = arabic_value(found["a"]), arabic_value(found["b"])
        if one is not None and other:
            sheet.add(*found.span(), "ratio", float(one / other), ":")
    # A ratio is never a bare whole number of two figures: its colon was lost on the way (比例达到11 was 1:1).
    for found in sheet.matches(_LOST_COLON):
        sheet.add(*found.span("a"), "ratio", None, ":")


def _halves(sheet: Sheet) -> None:
    for found in sheet.matches(_AND_HALF):
        group, unit = ("a", "unit") if found["a"] else ("c", "u2")
        number = _single(found[group])
        if number is not None:
            sheet.add(*found.span(), "duration", float(number + Fraction(1, 2)), found.span(unit))
    for found in sheet.matches(_HALF):
        sheet.add(*found.span(), "duration", 0.5, found.span("unit"))


def _compounds(sheet: Sheet) -> None:
    for found in sheet.matches(_COMPOUND):
        high, low = arabic_value(found["a"]), arabic_value(found["b"])
        if high is not None and low is not None:
            unit = found.span("unit") if found["unit"] else ""
            _claim(sheet, found, found.start(), found.end(), float(high * 10**8 + low * 10**4), unit)


def _claim(sheet: Sheet, found: re.Match[str], begin: int, stop: int, value: float | list[float], unit: tuple[int, int] | str) -> None:
    """One number with its unit, the 元/人 behind it included."""
    text = sheet.text[unit[0] : unit[1]] if isinstance(unit, tuple) else ""
    kind = kind_of(text) if text else "count"
    if not text and MONEY_WORDS.search(sheet.text, max(0, begin - 14), begin) and re.search("[万亿]", sheet.text[begin:stop]):
        kind = "money"
    if isinstance(unit, tuple) and found.groupdict().get("per"):
        unit = (unit[0], found.end("per"))
    sheet.add(begin, stop, kind, value, unit)


def _ranges(sheet: Sheet) -> None:
    """Two numbers that share a unit: 1-2人, 7—15周岁, 三至五年, 两三个."""
    for found in sheet.matches(_RANGE):
        if found["u1"] and found["u1"] != found["unit"]:
            continue
        first, second = _exact(found["a"]), _exact(found["b"])
        if first is None or second is None or first >= second * 10**4 or _is_idle(sheet, found):
            continue
        scale = scale_of("".join(re.findall("[万亿]", found["b"])))
        if scale > 1 and not re.search("[万亿]", found["a"]) and first * scale < second and found["b"][0].isdigit():
            first *= scale
        _claim(sheet, found, found.start(), found.end(), [float(first), float(second)], found.span("unit"))
    for found in sheet.matches(_ABOUT):
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


# --- 一 with a measure word (guideline Q5) --------------------------------------------------------------------------
# "How many" is answered in a frequency or a rule (每年一次) and behind a verb that makes or holds something concrete.
_EVERY = re.compile(r"(?:每(?!一)[^,。;:!?\n]{0,14}|[一二两三半]\s?(?:年|月|周|天|学期|季度)|全年|平均|各|都|均|至少|不少于|不低于|最多|限|仅|只|共|或|满)(?:要|应|须|必须|能|可|得|有|为|配|配备|组织|开展|召开|举行|举办|进行|建|建成|明确|确定|突出|一个|安排|设|设立|派|选派|培养|开设|完成|写|读|听|上|参加|撰写|发表|提供|享受|打造|建设|形成|创建)?$")
_MADE = re.compile(r"(?:举办|举行|召开|新建|建成|建设|建立|兴建|改建|扩建|迁建|创办|开办|新办|发放|配备|配置|购置|购买|添置|采购|新增|增设|增加|培训|培养|引进|选派|派出|评选|评出|评为|推出|编印|编写|印发|出版|发表|出台|下发|组建|成立|开设|设置|设立|安装|完成|获得|荣获|获|开展|组织|进行|建造|拨付|表彰|奖励|招聘|选聘|录用|明确|确定|拿出|选择|整理|撰写|上报|聘请|聘任|评比|检查|查处|处理|通报|处分|撤并|撤销|合并|资助|帮扶|结对|联系|挂钩|负责|承担|申报|立项|增|有|创建|遴选|推荐|调整|新设|打造)(?:了|过|出|成)?(?:[^,。;:!?\n]{0,2})?$")
_CONCRETE = set("所 期 次 堂 场 节 届 座 栋 幢 间 辆 册 台 门 篇 首 部 例 件 处 家 名 位 份 轮 人 人次 场次 天 小时".split())
_ADJECTIVE = re.compile(r"(?:好|强|新|高|大|优|真|专业|合格|优秀|良好|安全|干净|和谐|重要|需要|长期|系统|求真|爱岗|有力|健康|整洁|明确|品德|结构|素质|政治|数量|以|集|能打|既|具有|充满|不可|关键|核心|基本|主要|整体|完整|科学|有效|切实|全新|崭新|温馨|宽松|文明|平安|公平|优质|高效)")
_NUMBERED_SERIES = re.compile(r"(?:强化|突出|抓住|抓好|把握|围绕|落实|实现|坚持|健全|完善|建好|用好|树立|加强|狠抓|紧扣|明确|聚焦)$")
_TIME_UNITS = set("年 天 周 小时 分钟 学期 学年 个月 个小时 个学期 周年 个学年 课时 个课时 星期 个星期".split())
_NOT_THE_FIRST = re.compile(r"(?:这|新的|那|每|某|有|又|哪|任何|同|另|统|不|第|头)$")


def _one_counts(sheet: Sheet, found: re.Match[str], unit: str) -> bool:
    """Does 一 + measure word say how many here?"""
    begin, stop = found.start(), found.end()
    before = sheet.text[max(0, begin - 22) : begin]
    before = re.split(r"[,。;:!?\n、]", before)[-1]
    after = sheet.text[stop : stop + 6]
    if _NOT_THE_FIRST.search(before):
        return False
    if unit in _TIME_UNITS or unit in ("倍", "番"):
        return True
    if _EVERY.search(before) or re.search(r"每[^,。;:]{0,12}$", before):
        return not before.endswith("每")
    if _NUMBERED_SERIES.search(before) and unit == "个" and _series(sheet, found):
        return True
    if _ADJECTIVE.match(after):
        return False
    if unit in _CONCRETE:
        return bool(_MADE.search(before)) or after[:1] in ",。;、)" and bool(_MADE.search(before))
    if unit in ("个", "项", "套", "条", "支"):
        return bool(re.search(r"(?:发放|新建|新增|增设|增加|设立|建成|评选|选派|拿出|推荐|申报|立项|查处|撤销|撤并|获得|荣获|配备|购置|安装|派出|招聘)(?:了|过)?$", before))
    return False


def _series(sheet: Sheet, found: re.Match[str]) -> bool:
    """强化一个管理, 抓好两个环节 …: is a neighbour of the series counted in the same words?"""
    around = sheet.text[max(0, found.start() - 60) : found.end() + 60]
    return bool(re.search(r"[两二三四五六]个", around)) and bool(_NUMBERED_SERIES.search(sheet.text, max(0, found.start() - 4), found.start()))


def _plain(sheet: Sheet) -> None:
    """Every other number, with its unit when one is printed."""
    for found in sheet.matches(_PLAIN):
        text = found["a"]
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


def _bare_digits_fit(sheet: Sheet, found: re.Match[str], unit: str) -> bool:
    """Digits that touch a Latin letter, a dot or a slash are part of a code."""
    if unit:
        return True
    after = sheet.text[found.end("a") : found.end("a") + 2]
    return not re.match(r"[A-Za-z_+/*#@]|[.:]\d|\.[A-Za-z]", after)


def _words_fit(sheet: Sheet, found: re.Match[str], text: str, unit: str) -> bool:
    """Chinese numerals need a unit; 一 needs to say how many; lone 百/千/万 need a person or a school behind them."""
    if not unit:
        return bool(re.search("[余多]$", text)) and len(text) > 2
    bare = text.rstrip("余多来几")
    if bare == "一":
        return _one_counts(sheet, found, unit)
    if bare[0] in "百千万亿":
        return unit in ("名", "所", "人", "家", "户", "个", "元", "场", "台", "册", "平方米", "亩") and text != bare or (
            unit in ("名", "所", "元") or bool(re.search("突破|超|逾|近|达|过$", sheet.text[found.start() - 2 : found.start()]))
        )
    return KIND.get(unit) is not None
