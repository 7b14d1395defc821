"""Years, months, days, weekdays, quarters, and the numbers that a web site masked (20xx年, x月x日)."""

from __future__ import annotations

import re
from collections.abc import Callable

from taizhang.reading.numbers.scan import Sheet
from taizhang.reading.numbers.units import UNIT
from taizhang.reading.numerals import chinese

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_D4 = r"(?:(?:19|20)\d\d|[一二][零一二三四五六七八九]{3})"
_JOIN = r"\s*(?:—{1,2}|-{1,2}|~|至|到|——)\s*"
_MASK = r"[xX×*＊]"


def _number(text: str) -> int:
    """A printed day, month or year as a number."""
    if text.isdigit():
        return int(text)
    if text == "元":
        return 1
    value = chinese(text)
    return -1 if value is None else int(value)


def _month_day(month: str | None, day: str | None, year: str | None = None) -> str | None:
    """ISO-like text with X for what is not printed; None when no calendar has such a day."""
    m = _number(month) if month else None
    d = _number(day) if day else None
    if (m is not None and not 1 <= m <= 12) or (d is not None and not 1 <= d <= 31):
        return None
    head = f"{_number(year):04d}" if year else "XXXX"
    text = f"{head}-{m:02d}" if m is not None else f"{head}-XX"
    return f"{text}-{d:02d}" if d is not None else text


# --- masked numbers -----------------------------------------------------------------------------------------------
_PLACEHOLDERS = (
    rf"二[oO零〇]{_MASK}{{1,2}}年",
    rf"{_MASK}{{1,2}}月{_MASK}{{1,2}}日",
    rf"20(?:{_MASK}{{1,2}}|_{{1,2}}|\d{_MASK})(?:[-—~至](?:20)?{_MASK}{{1,2}})?(?:年|级|届|(?![0-9A-Za-z_]))",
    r"(?<!\d)_{1,4}年",
    rf"(?<![A-Za-z]){_MASK}{{2}}(?:年|月|日|届|大(?![学会队型])|级|万元|亿元|元|所|名|个|项|次|%|万人|人次)",
    r"(?<![A-Za-z])[xX×][年月日届](?![a-z])",
    r"(?<![\w_])_{1,4}(?:个百分点|万元|亿元|人次|[人元%所名个项次家件分册台套])|(?<=[一-鿿])_{1,4}(?:个百分点|万元|亿元|人次|[元%名项次件分册台套]|人(?=[,。;、]|被))",
    rf"(?<=[一-鿿])(?<![一-鿿]第){_MASK}{{1,2}}(?:万元|亿元|万平方米)|(?<=[一-鿿]){_MASK}{{2}}人(?=[,。;、)\s])",
    rf"第{_MASK}{{1,2}}(?:批|届|轮|次|名|个|位|期|号|条)?",
    r"[○〇零OО]{2,4}年(?=度|工|来|\d|的)",
)
PLACEHOLDER = re.compile("|".join(_PLACEHOLDERS))
_MASKS = rf"{_MASK}|_|[○〇零OО]{{2}}"


def placeholders(sheet: Sheet) -> None:
    """Masked numbers have a place but no value. Masked names (XX县, x小学) are nothing."""
    for found in sheet.matches(PLACEHOLDER, _MASKS):
        sheet.add(found.start(), found.end(), "placeholder")


# --- days and months ----------------------------------------------------------------------------------------------
_DATE = re.compile(
    rf"(?:(?P<y>{_D4})\s?年\s?)?(?P<m>{_N}|元)\s?月\s?(?:(?P<d>{_N})\s?[日号])?"
    rf"(?:{_JOIN}(?:(?P<y2>{_D4})\s?年\s?)?(?:(?P<m2>{_N})\s?月\s?)?(?:(?P<d2>{_N})\s?[日号])?)?"
)
_MONTHS = re.compile(rf"(?:(?P<y>{_D4})\s?年\s?)?(?P<m>{_N})(?:{_JOIN}|、)(?P<m2>{_N})\s?月(?!\s?{_N}\s?日)")
_NUMERIC = re.compile(r"(?<![\d.])(?P<y>(?:19|20)\d\d)([-./])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?![\d.])")
_WEEK_CELL = re.compile(r"(?<!\d)(?P<d>\d{1,2})/(?P<m>\d{1,2})\s*[-—~至]{1,2}\s*(?P<d2>\d{1,2})/(?P<m2>\d{1,2})(?!\d)")
# 9.1-9.7 in a cell or bracket of its own: the days of a week.
_DOTTED = re.compile(
    r"(?<![^\s|()周])(?P<m>1[0-2]|[1-9])\.(?P<d>\d{1,2})\s*(?:-|—{1,2}|~|至)\s*(?P<m2>1[0-2]|[1-9])\.(?P<d2>\d{1,2})(?=\s|[|)、,日]|$)"
)
_DAY = re.compile(
    rf"(?<![\d一二三四五六七八九十每节假末周])(?P<d>\d{{1,2}})\s?日"
    rf"(?:{_JOIN}(?P<d2>\d{{1,2}})\s?日)?(?!内|以内|均|益|常|制|产|校)"
)
_DAYS = re.compile(r"(?<![\d.])(?P<d>\d{1,2})\s*(?:-|—{1,2}|~|至)\s*(?P<d2>\d{1,2})\s?日(?!内|以内)")
_QUARTER = re.compile(
    rf"(?:(?P<y>{_D4})\s?年\s?)?第?(?P<q>[一二三四1-4])(?:(?:、|{_JOIN})第?(?P<q2>[一二三四1-4]))?季度(?!性)"
)


def _dated(sheet: Sheet, found: re.Match[str]) -> bool:
    """One date, or a range of two when the second is printed."""
    parts = found.groupdict()
    first = _month_day(parts.get("m"), parts.get("d"), parts.get("y"))
    if first is None:
        return False
    if not (parts.get("m2") or parts.get("d2")):
        return sheet.add(found.start(), _core_end(found), "date", first)
    second = _month_day(parts.get("m2") or parts.get("m"), parts.get("d2"), parts.get("y2") or parts.get("y"))
    if second is None:
        return sheet.add(found.start(), _core_end(found), "date", first)
    return sheet.add(found.start(), found.end(), "date", [first, second])


def _core_end(found: re.Match[str]) -> int:
    """Where the first date ends: a joining mark behind it belongs to what follows."""
    tail = re.match(rf"(?:{_D4}\s?年\s?)?(?:{_N}|元)\s?月(?:\s?{_N}\s?[日号])?", found.group())
    return found.start() + (tail.end() if tail else len(found.group()))


def days(sheet: Sheet) -> None:
    """Dates with a month, quarters, and lone days of the month."""
    for pattern, sign in ((_WEEK_CELL, r"\d/\d"), (_NUMERIC, r"\d[-./]\d"), (_DOTTED, r"\d\.\d"), (_MONTHS, "月")):
        for found in sheet.matches(pattern, sign):
            _dated(sheet, found)
    for found in sheet.matches(_DATE, "月"):
        before = sheet.text[found.start() - 1 : found.start()]
        if before not in ("个", "每") and not (before.isdigit() or before == "."):
            _dated(sheet, found)
    for found in sheet.matches(_QUARTER, "季度"):
        head = f"{_number(found['y']):04d}" if found["y"] else "XXXX"
        first = f"{head}-Q{_number(found['q'])}"
        value: str | list[str] = [first, f"{head}-Q{_number(found['q2'])}"] if found["q2"] else first
        sheet.add(found.start(), found.end(), "date", value)
    for pattern in (_DAYS, _DAY):
        for found in sheet.matches(pattern, r"\d\s?日"):
            one, two = _month_day(None, found["d"]), _month_day(None, found["d2"]) if found["d2"] else None
            if one:
                sheet.add(found.start(), found.end(), "date", [one, two] if two else one)


# --- weekdays -----------------------------------------------------------------------------------------------------
_WEEK = {"一": "W1", "二": "W2", "三": "W3", "四": "W4", "五": "W5", "六": "W6", "日": "W7", "天": "W7", "末": "W7"}
_WEEKDAY = re.compile(
    r"(?P<head>周|星期|礼拜)(?P<a>[一二三四五六])"
    r"(?:(?:\s*(?:至|到|-|—{1,2}|~|、|和|及)\s*)(?:周|星期|礼拜)?(?P<b>[一二三四五六日天])(?![年个月次届]))?"
    r"(?:、(?:周|星期)?(?P<c>[一二三四五六日])(?![年个月次届]))?"
)
_WEEK_RANGE_FROM_SUNDAY = re.compile(
    r"(?:周|星期)(?P<a>[日天])\s*(?:至|到|-|—{1,2}|~)\s*(?:周|星期)?(?P<b>[一二三四五六])"
)
# 每周一次, 一周一练: the number belongs to the event, not to the week.
_EVENT = re.compile(r"[次个节篇场课练查报测评考歌讲题学文书结检例会训主]|小时|汇报|主题")


def weekdays(sheet: Sheet) -> None:
    """Weekdays and their ranges; 周日 alone has no numeral."""
    for pattern in (_WEEK_RANGE_FROM_SUNDAY, _WEEKDAY):
        for found in sheet.matches(pattern):
            before = sheet.text[found.start() - 1 : found.start()]
            after = sheet.text[found.end() : found.end() + 2]
            if before in tuple("每一两双几三四几期") and found["b"] is None and _EVENT.match(after):
                continue
            last = found.groupdict().get("c") or found["b"]
            value: str | list[str] = [_WEEK[found["a"]], _WEEK[last]] if last else _WEEK[found["a"]]
            stop = found.end("c") if found.groupdict().get("c") else found.end("b") if found["b"] else found.end("a")
            sheet.add(found.start(), stop, "date", value)


# --- years --------------------------------------------------------------------------------------------------------
# Of an older century only what begins or is dated is a year (建于1868年); 1500年历史 is a length of time.
_Y = rf"(?:{_D4}|(?<=于|在|自|从|元|至|\(|,)1[0-8]\d\d(?=\s?年))"
_YEAR = re.compile(
    rf"(?:(?<![\d.])|(?<=[^\d.]\d\.)|(?<=[^\d.]\d\d\.))(?P<a>{_Y})\s?(?:(?:[学]?年)?\s?(?:—{{1,2}}|-|~|至|到|、|/)\s?(?P<b>{_Y}|(?<=[-—~/])\d\d(?=\s?[学]?年)))?\s?"
    rf"(?P<unit>学年|年)(?!级|段)"
)
_BARE_YEAR = re.compile(
    r"(?<![\d.,a-zA-Z号第])(?P<a>(?:19|20)\d\d)(?:\s?(?:—{1,2}|-|~|至)\s?(?P<b>(?:19|20)\d\d))?"
    r"(?![一-龥]次(?![数序要]))(?=[^\d.,%\sA-Za-z年名人个元万亿所家余多平米次件项台套册本场分天户条支辆间座栋幢份起例枚幅封棵株盏袋箱瓶盒桶片艘扇床吨课斤桌筆個項條張間輛場戶臺棟檔冊幢号]|[)\]。,、;]|\s*$)",
    re.M,
)
_SHORT_YEAR = re.compile(r"(?<![\d.])(?P<a>\d\d)年(?=\d{1,2}月|以来|度|级)|(?<![\d.])(?P<z>0\d)年")
_SHORT_AFTER = re.compile(r"(?<=自|从|至|于|截)(?P<a>[0-3]\d)年(?=起|底|初|末|开始|秋|春|\d)")


def years(sheet: Sheet) -> None:
    """Calendar years and school years, also by digits (二〇一一年) and by their last two digits (07年)."""
    for found in sheet.matches(_YEAR, "年"):
        _year(sheet, found, found.span("unit"))
    for found in sheet.matches(_SHORT_YEAR, r"\d年"):
        short = int(found["a"] or found["z"])
        if found["a"] and found["a"][0] != "0" and not re.match(r"\d{1,2}月|以来|级", sheet.text[found.end() :][:4]):
            continue
        sheet.add(found.start(), found.end(), "year", float(_century(short)), (found.end() - 1, found.end()))
    for found in sheet.matches(_SHORT_AFTER, r"\d年"):
        sheet.add(found.start(), found.end(), "year", float(_century(int(found["a"]))), (found.end() - 1, found.end()))


_COUNTED = re.compile(f"(?![年级届市县区省镇乡校地院企室大])(?:{UNIT})")
"""2000笔, 1921学时: so many of something."""


def bare_years(sheet: Sheet) -> None:
    """Four digits that can only be a year (2016-2020, in a title without 年)."""
    for found in sheet.matches(_BARE_YEAR, r"(?:19|20)\d\d"):
        if not _COUNTED.match(sheet.text, found.end()):
            _year(sheet, found, None)


def _year(sheet: Sheet, found: re.Match[str], unit: tuple[int, int] | None) -> None:
    first, last = _number(found["a"]), found["b"]
    if not 1000 <= first <= 2100:
        return
    value: float | list[float] = float(first)
    if last:
        second = _number(last)
        second = first // 100 * 100 + second if second < 100 else second
        value = [float(first), float(second)]
    sheet.add(found.start(), found.end(), "year", value, unit or "")


def _century(short: int) -> int:
    return 1900 + short if short >= 50 else 2000 + short


# Clock times are understood (and so not reported as unread), but the guideline has no kind for them.
_CLOCK = re.compile(
    r"(?<![\d:：比])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?:\s*[-—~至]{1,2}\s*(?:[01]?\d|2[0-4]):[0-5]\d)?(?!\d|:)"
    r"|(?:上午|下午|晚上|早上|中午|傍晚|凌晨|晚)\s?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[点时](?:半|\d{1,2}分|整)?"
    r"|(?<!\d)\d{1,2}[点时][0-5]\d分?|(?<!\d)\d{1,2}点(?:半|钟|整)"
    # A place on the earth, and a year of a reign.
    r"|(?<![\d.])\d{1,3}(?:\.\d+)?°(?:\s?\d{1,2}(?:\.\d+)?[′'ˊ’](?:\s?\d{1,2}(?:\.\d+)?[″\"ˊ”]{1,2})?)?"
    r"|(?<=民国|光绪|乾隆|康熙|雍正|嘉庆|道光|咸丰|同治|宣统|嘉靖|万历|崇祯|洪武|永乐)(?:元|[一二三四五六七八九十]{1,3}|\d{1,2})年"
)
_RATIO_BEFORE = re.compile("比[^,。;]{0,6}$")


def clock_times(sheet: Sheet) -> list[tuple[int, int]]:
    """Blocks clock times and returns where they stand in the view."""
    spans = []
    for found in sheet.matches(
        _CLOCK,
        r"\d[:：]\d|[\d一二三四五六七八九十][点时]|\d°|[国绪隆熙正庆光丰治统靖历祯武乐][元一二三四五六七八九十\d]",
    ):
        if _RATIO_BEFORE.search(sheet.text, max(0, found.start() - 10), found.start()):
            continue
        if not re.match(r"\d{1,2}:[0-5]\d", found.group()) or "0" in found.group() or len(found.group()) >= 5:
            sheet.block(*found.span())
            spans.append(found.span())
    return spans


LAYERS: tuple[Callable[[Sheet], object], ...] = (placeholders, days, weekdays, years)
