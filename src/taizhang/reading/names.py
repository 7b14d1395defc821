"""Numerals that measure nothing: slogans, policy terms, school numbers, titles, document numbers, telephone numbers."""

from __future__ import annotations

import re

from taizhang.reading.numbers.calendar import clock_times
from taizhang.reading.numbers.scan import NUMERAL_CHARS, SOFT, Sheet
from taizhang.reading.numbers.terms import TERMS, WORDS, Words
from taizhang.reading.numbers.units import UNIT

_WORDS = Words(WORDS)
_TERMS = Words(TERMS)

# --- document numbers ---------------------------------------------------------------------------------------------
# 湘政办发〔2008〕38号: a place or a body, what it issues, a bracket (one side of which crawlers lose), a number.
# The first character may be any but a particle or a verb that stands before such a code.
_BODY = "政教委府组人财统党纪宣体科民卫厅局办安监督师基职高成电函发字规令通传财物语艺考招国土建审法综函密档青团工妇残农林水商税市县区省"
_NOT_FIRST = "的和与及据照按执行件是由在从以对关于了将把等转印下贯彻落实依合遵至到见被文号"
_DOCNO = re.compile(
    rf"(?:[^\W\d_{_NOT_FIRST}A-Za-z]?[{_BODY}]{{1,7}}[一二三]?|[^\W\d_{_NOT_FIRST}A-Za-z]发)\s?"
    r"[〔\[(【﹝{]\s?(?:(?:19|20)?(?:\d{2,7}|[xX×*_\d]{2,4})年?|[xX]{2}年)?\s?[〕\])】﹞}]?\s?第?(?:\d{0,4}|[xX×*]{1,3})\s?号(?![楼院线桌机])"
    r"|(?:令)?第?\d{1,4}号令|(?<=令)第\d{1,4}号"
)

# The site's own numbering of its texts (工作计划篇3, 总结简短五) counts nothing.
_SITE_NUMBER = re.compile(r"(?:篇|简短|范文)[ \t]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?=[ \t]*(?:$|[:.、]))", re.M)

# [1] 各项数据…: the number of a note.
_NOTE = re.compile(r"[\[【]\d{1,2}[\]】]")

# Numbers of annexes, boxes, tables and figures.
_REFERENCE = re.compile(
    r"(?:附件|附表|附录|专栏|(?<=[见如,。(、])表|(?<=[见如,。(、])图)\s?(?:\d{1,3}(?:[-—.]\d{1,3})*|[一二三四五六七八九十]{1,2})(?![\d个张份种人])"
)

# --- telephone numbers --------------------------------------------------------------------------------------------
_PHONE = re.compile(
    r"(?<=电话|热线|手机|传真|号码|邮编)[:为是]?\s?(?P<a>(?:0\d{2,3}[-—])?\d{5,12}(?:-\d{1,4})?)|(?<![\d.])(?P<b>0\d{2,3}-\d{7,8}|1[3-9]\d{9})(?!\d)"
)

# --- quotation marks ----------------------------------------------------------------------------------------------
_QUOTED = re.compile(r"“([^“”\n]{1,60})”")
_STRAIGHT = re.compile(r'"([^"\n“”]{1,30})"')
_PIECE = re.compile(r"[^、,;:。!?()《》\s…]+")
LONGEST_SLOGAN = 8
# Real counts that merely stand in quotes.
_THINGS = "年级|班级|学校|学生|教师|老师|学段|学期|学年|乡镇|街道|校区|小时|月|孩子|部门|单位|村|县|市|区|科室|课时|人"
_CN = "[一二三四五六七八九十百千两]+"
_REAL = re.compile(
    rf"(?:(?:[一-鿿]{{2,}})?\d[\d.,]*\s?[余多]?[万亿]*{UNIT}|{_CN}[个所名](?:{_THINGS})|{_CN}连[升冠增涨]"
    rf"|{_CN}(?:年|天|小时|分钟|个月|岁|周岁|元|万元|平方米|公里|个百分点)|[\d.]+(?:%|‰)|第[{_CN[1:-2]}\d]+[批届轮次名个位])$"
)
_YEARLIKE = re.compile(r"\d{4}\s?(?:年|学年)|20[xX]|[xX]{2}|[一二][零九]..年|\d{1,2}月\d{1,2}日|第\d")

# --- titles -------------------------------------------------------------------------------------------------------
_TITLE = re.compile(r"《([^《》\n]{1,80})》")
_IN_TITLE = re.compile(rf"(?<![\d第零一二三四五六七八九十])(?:{_CN}|\d{{1,3}})(?:个|项|条|种|类|大)?[一-鿿]{{2}}")
_TITLE_NOT = re.compile(
    r"^(?:\d+|[零一二三四五六七八九十两]+)(?:年|学年|学期|月|日|届|中全会|次全|次会|号|期|年级|级|第)"
)

# --- school numbers -----------------------------------------------------------------------------------------------
_SCHOOL = re.compile(
    r"(?<![\d.第一二三四五六七八九十百高初])(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:中(?!心|央|间|期|断|止|国|小学|层|的|有|全|午|秋|旬|国|华|考|职|高|等职|级|共|年级)|职校|职高|职中|高中(?=学校|[、,。)（(]))"
    r"|(?<=[县市区镇乡关城实验附])[一二三四五六七八九](?:小(?!时|学|组|班|型|区|队|于|微|企)|幼(?!儿|教|师))"
    r"|(?<=[县市区、,])[一二三四五六七八九]高(?=[、,。)]|等)"
    r"|(?<=[一-鿿、,])(?<![一二三四五六七八九十零百千年月学])[一二三四五六七八九](?:小|幼)(?=主体|新建|扩建|迁建|改建|综合楼|教学楼|等[一-鿿]|项目|工程|校区)"
    r"|第(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:中学|小学|幼儿园|高级中学|初级中学|实验小学|实验中学|职业中学|中等职业学校|人民医院)"
)
_PLENARY = re.compile(
    r"(?:[一二三四五六七八]中(?:全会)?(?:、|和|及|以及)?){1,6}(?<=全会)|(?:[一二三四五六七八]中(?:、|和|及)?){1,6}全会"
)

# --- place names and slogans of a pattern -------------------------------------------------------------------------
_NUM = "一二两三四五六七八九十百千万双"
_PLACE = re.compile(
    rf"(?<![{_NUM}\d第])[{_NUM}](?!(?:{UNIT}|年|级|大|中全))[^\W\d_的是等和与及或者在为有各多了a-zA-Z]{{1,2}}(?:乡(?!镇)|镇|街道|路|村(?!级)|社区|学区|中学|小学|学校|幼儿园|新区|中心校|县(?!级)|河|湖)"
)
_PLACE_WORDS = rf"[{_NUM}][^\d\s]{{1,2}}(?:乡|镇|街道|路|村|社区|学区|[中小]学|学校|幼儿园|新区|中心校|[县河湖])"
_HAN1 = "[^\\W\\d_a-zA-Z一二两三四五六七八九十百千万双零点比是年月日个所名项次条类种级届批期中和或与,、位元人份件场家周天本高初等第的为以在及到至]"
_PAIRED = re.compile(
    rf"(?<![{_NUM}\d第每])[{_NUM}](?!般|些|定|样|切|致|直|起|体|同|旦)({_HAN1})[{_NUM}]({_HAN1})(?:[{_NUM}]({_HAN1}))*"
)
_ONE_EACH = re.compile(
    r"(?<![一二三四五六七八九十\d第每])一[校生师车岗户村乡镇县班室企园馆队案事科课月周日](?:一|两|双|三|多)(?![次天个所名项年月日期])"
    r"(?:主题|特色|台账|台帐|品牌|优课|方案|档案|清单|讲评|小结|考评|对策|课题|总结|通报|调度|排查|活动|品|策|案|档|册|码|评|练|考|课|会|训|测|查|报|议|研|卡|表|责|查)"
)
_ONES = re.compile(rf"(?<![{_NUM}\d第])[两二三四五六七八九十]个(?:一|百|千)(?:百|千|万|工程)?(?!样|般|定|些|起|级|类)")
_SEVERAL = re.compile(
    rf"(?<![{_NUM}\d第])[两二三四五六七八九十]个(?:坚持|必须|不变|到位|相?统一|结合|离不开|面向|倡导|不准|严禁|不得|一律|确保|带头|贴近|延伸|转变|满意|不放过|清楚)(?!的)"
)
# 5.12防灾减灾日: the day of a campaign, by its figures.
_CAMPAIGN = re.compile(r"(?<![\d.])\d{1,2}[.·]\d{1,2}(?=”?(?!工作日|个)[一-鿿]{2,8}日)")
_CENTURY = re.compile(
    r"(?:二十一?|[12]\d)世纪(?:[二三四五六七八九]十年代|\d0年代)?|(?<![一二三四五六七八九十\d])(?:[二三四五六七八九]十|\d0)年代"
)
# 督导评价体系3.0, 3.0督导评价体系: a version.
_VERSION = re.compile(
    r"(?<![\d.])\d\.0(?=版|时代|督导|评价|体系|工程|行动|模式|升级|计划)|(?<=版本)\d\.0|(?<=行动|体系|工程)\d\.0(?!\d|[个万亿%])"
)
# 三县五区: regions that are counted, no slogan.
_REGIONS = "县市区州旗乡镇街村"
_HOTLINE = re.compile(
    r"(?<![\d.])(?:\d{5}|1[12]\d)(?=(?:服务|举报|监督|政务|市长|急救|报警|心理)*(?:热线|电话|平台|急救|报警))"
)
# 两考核, 三提升: a numeral right before an activity, without a measure word, is a slogan.
_ACTIVITIES = re.compile(
    rf"(?<![{_NUM}\d第])[两三四五六七八九十](?:考核|评议|帮扶|促进|结合|公开|覆盖|提升|达标|统一|同步|转变|延伸|保障|落实)(?![组员办委])"
)
_FIRST = re.compile(
    r"(?:安全|健康|生命|服务|育人|预防|稳定|师德|群众|责任|质量(?<!学质量))第一(?![批届轮次名个位期阶课责时线书要任季学年])"
)
_ZERO = re.compile(r"(?<![\d零一二三四五六七八九十百千万.点])零(?![\d零一二两三四五六七八九十点星散售碎])[一-鿿]{2}")
_PLUS = re.compile(
    r"(?<![\w.])\d{1,2}(?:\+(?:\d{1,2}|[XxNn]))+(?:项目|工程|模式|课程|证书|行动|计划)?|(?<![\w])[NX]\+\d"
)
_SLASHED = re.compile(r"(?<=[(、,])\d{1,3}(?=/[一-鿿]{2})")
# 3:3:4 is neither a ratio of two nor a clock time: understood, but the guideline has no value for it.
_CHAIN = re.compile(r"(?<![\d.:])\d{1,3}(?::\d{1,3}){2,}(?![\d.:])")
_SITE = re.compile(r"第[一二三四五六七八九十][一-鿿]{2}网")
# Names by their build, each with what it cannot do without (see Sheet.every).
_SLOGANS = (
    (_ONE_EACH, "一[校生师车岗户村乡镇县班室企园馆队案事科课月周日](?:一|两|双|三|多)"),
    (_PAIRED, rf"[{_NUM}]{_HAN1}[{_NUM}]"),
    (_ONES, "个[一百千]"),
    (_SEVERAL, "[两二三四五六七八九十]个"),
    (_HOTLINE, "热线|电话|平台|急救|报警"),
    (_CAMPAIGN, r"\d[.·]\d"),
    (_CENTURY, "世纪|年代"),
    (_ACTIVITIES, "[两三四五六七八九十](?:考核|评议|帮扶|促进|结合|公开|覆盖|提升|达标|统一|同步|转变|延伸|保障|落实)"),
    (_FIRST, "第一"),
    (_ZERO, "零"),
    (_PLUS, r"\+"),
    (_SLASHED, r"\d/"),
    (_SITE, ""),
    (_VERSION, r"\d\.0"),
)


_REFERENCES = (
    (_NOTE, r"[\[【]\d"),
    (_SITE_NUMBER, ""),
    (_REFERENCE, "[附表图栏]"),
    (_CHAIN, r":\d{1,3}:"),
)


def find_names(sheet: Sheet) -> None:
    """Document numbers first, then names, as the guideline orders them (docno > name > date > number)."""
    for found in sheet.matches(_DOCNO, "号"):
        if re.search(r"\d|[xX]", found.group()) or "〔" in found.group():
            sheet.add(found.start(), found.end(), "docno")
    for found in sheet.matches(_PHONE, r"电话|热线|手机|传真|号码|邮编|\d{7}"):
        group = "a" if found["a"] else "b"
        digits = re.sub(r"\D", "", found[group])
        sheet.add(*found.span(group), "other", float(digits[:17]))
    for pattern, near in _REFERENCES:
        for found in sheet.every(pattern, near):
            sheet.block(*found.span())
    for found in _WORDS.finditer(sheet.text):
        sheet.block(*found.span(), SOFT)
    _in_quotes(sheet)
    _in_titles(sheet)
    _fixed_terms(sheet)


# 5G, A4, GB28881: digits of a code. 一支队伍: the indefinite article.
_CODE = re.compile(r"(?<=[A-Za-z])-?\d+|(?<!\d)\d++(?=[A-Za-z])")
# 千瓦时: the prefix of a unit.
_PREFIX = re.compile("千(?=[米克瓦卡])")
_ARTICLE = re.compile(r"(?<![0-9零一二三四五六七八九十百千万亿第])一(?![0-9零一二三四五六七八九十百千万亿])")


def understood(sheet: Sheet) -> None:
    """Blocks what holds a numeral but is deliberately no quantity: dictionary words, place names, site numbers."""
    codes = ((_CODE, r"[A-Za-z]-?\d|\d[A-Za-z]"), (_ARTICLE, "一"), (_PREFIX, "千"))
    for pattern, near in (*_REFERENCES, (_PLACE, _PLACE_WORDS), *codes):
        for found in sheet.every(pattern, near):
            sheet.block(*found.span(), SOFT)
    for found in _WORDS.finditer(sheet.text):
        sheet.block(*found.span(), SOFT)
    clock_times(sheet)


def _fixed_terms(sheet: Sheet) -> None:
    """Policy terms, school numbers, slogans by their build, and names of places (which are nothing at all)."""
    for found in _TERMS.finditer(sheet.text):
        sheet.add(*found.span(), "name", over_words=True)
    _quoted_elsewhere(sheet)
    plenary = {place for found in sheet.every(_PLENARY, "全会") for place in range(*found.span())}
    for found in sheet.matches(_SCHOOL, r"[\d一二三四五六七八九十](?:[中职高小幼初]|实验|人民)"):
        if found.start() not in plenary:
            sheet.add(*found.span(), "name")
    for found in sheet.matches(_PLACE, _PLACE_WORDS):
        if sheet.free(*found.span()):
            sheet.block(*found.span(), SOFT)
    for pattern, near in _SLOGANS:
        for found in sheet.matches(pattern, near):
            if pattern is _PAIRED and found[1] in _REGIONS and found[2] in _REGIONS and "一" not in found.group():
                continue
            sheet.add(*found.span(), "name")


def _in_quotes(sheet: Sheet) -> None:
    """A short piece in quotation marks that holds a numeral is a slogan, unless it is a plain count, date or year."""
    for pattern in (_QUOTED, _STRAIGHT):
        for quoted in pattern.finditer(sheet.text):
            for piece in _PIECE.finditer(sheet.text, quoted.start(1), quoted.end(1)):
                _quoted_piece(sheet, *piece.span())


# A length of time or a count that merely stood in quotes once is no term.
_PLAIN_HEAD = re.compile(rf"(?:{_CN}|\d+)(?:年|月|天|周|个|所|名|项|条|次|小时|分钟|学期|周年)")
MOST_QUOTED = 200


def _quoted_elsewhere(sheet: Sheet) -> None:
    """A slogan that the article quotes once is the same slogan where the quotation marks are left out."""
    view = sheet.view
    spans = [(view.index(found.start), view.index(found.end)) for found in sheet.found if found.kind == "name"]
    quoted = {sheet.text[begin:stop] for begin, stop in spans}
    terms = sorted(term for term in quoted if len(term) >= 3 and not _PLAIN_HEAD.match(term))[:MOST_QUOTED]
    if not terms:
        return
    for found in re.finditer("|".join(map(re.escape, sorted(terms, key=len, reverse=True))), sheet.text):
        sheet.add(*found.span(), "name", over_words=True)


def _quoted_piece(sheet: Sheet, begin: int, stop: int) -> None:
    text = sheet.text[begin:stop]
    numerals = [begin + found.start() for found in NUMERAL_CHARS.finditer(text)]
    if not any(sheet.state[place] == 0 for place in numerals) or _REAL.match(text) or _YEARLIKE.search(text):
        return
    if _TERMS.search(text) and len(text) > LONGEST_SLOGAN:
        return
    if len(text) <= LONGEST_SLOGAN:
        sheet.add(begin, stop, "name", over_words=True)
        return
    for found in re.finditer(rf"(?<![第\d{_NUM}])[{_NUM[:-1]}]+(?!{UNIT}|年|月|日|届|中全|分之)[一-鿿]{{2}}", text):
        if not any(sheet.state[begin + found.start() : begin + found.end()]):
            sheet.add(begin + found.start(), begin + found.end(), "name")


def _in_titles(sheet: Sheet) -> None:
    """Numerals in 《》 are part of the title, except years and lengths of time."""
    for title in _TITLE.finditer(sheet.text):
        for found in _IN_TITLE.finditer(sheet.text, title.start(1), title.end(1)):
            if _TITLE_NOT.match(found.group()) or not sheet.free(*found.span()):
                continue
            term = _TERMS.at(sheet.text, found.start())
            sheet.add(found.start(), term.end() if term else found.end(), "name")
