"""What a document says an indicator amounts to: the figure with its name, unit, period, scope and definition.

Only standing figures are taken (在校生, 专任教师, 巩固率, 全年累计…): an event may happen twice with other numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from taizhang.reading.model import Article, Part, Reading
from taizhang.reading.numbers.passage import Item, Passage
from taizhang.reading.numerals import decimals
from taizhang.reading.relations import deltas_of

Period = tuple[str | None, str]
"""Year (or school year) and what of it: "" the whole, 上半年, 第1季度, 截至10月 …"""

REACH = 300
"""Words further in front of a figure say nothing about it."""
KINDS = frozenset({"count", "amount", "area", "length", "money", "percent", "ratio"})
# An indicator's name ends with what is counted or measured.
_HEAD = re.compile(
    r"(?:学生|在校生|寄宿生|毕业生|新生|幼儿|儿童|少年|子女|教师|教职工|教职员|班主任|校长|园长|督学|党员|人口|人数|总数|数量|数|率|满意度|比|比例|比重|占比|系数|"
    r"学校|小学|初中|高中|中学|幼儿园|公办园|民办园|教学点|教学班|班级|大班额|学位|支部|党组织|面积|校舍|图书|藏书|计算机|投入|投资|支出|经费|资金|补助|年限|固定资产|校车|食堂|隐患|"
    r"案件|来信|来访|信访)$"
)
_SCOPE = re.compile(r"[全我](?P<level>[省市县区州旗镇乡校])")
_FLOW = re.compile(
    r"新建|新增|改造|改扩建|维修|招聘|补充|引进|交流|培训|表彰|评选|评出|获|选派|发放|检查|排查|走访|举办|开展|组织|整改|处理|受理|资金|经费|录取|招收|招生|添置|购置|"
    r"投入|投资|支出|争取|下达|拨付|补助|完成|撤并|减少|增加|参加|参与|申报|立项|资助|转移|化解|抽查|抽取|完工|开工|查处|安排|落实|聘|达标|创建|命名|认定"
)
_TOTAL = re.compile(r"全年|累计|合计|共计|总计|总共|一共|总[投支经]|全[市县区]共|年内共")
_PLANNED = re.compile(
    r"计划|力争|争取|目标|确保|保证|预计|将|(?<![主重需纲概摘必])要(?![求点素])|(?<!模)拟|不低于|不少于|规划|下达|任务"
)
_LINKS = re.compile(
    r"^(?:截至|截止|到|至|其中|目前|现|已|据统计|统计表明|共|总计|合计|累计|全年|年内|今年|本年度?|我局|我们|覆盖|现有|共有|拥有|设有|建有|办有|有|实现|完成|保持|稳定|[,、。;:\s\u201c\u201d《》()])+|[\s、的了\u201c\u201d《》()]"
)
_VERBS = re.compile(
    r"(?:力争|争取|确保|保证|计划|预计|将|要|应|须|目标|现有|共有|拥有|设有|建有|办有|有|为|是|达到了?|达|到|共计|总计|合计|总共|一共|共|已|约|稳定在|保持在|控制在|提高到|提升到|上升到|增加到|增长到|减少到|下降到|降到|降至|增至|升至|:)+$"
)
_ABSOLUTE = re.compile(r"(?P<a>(?:19|20)\d\d)(?:\s?[-—~至]+\s?(?P<b>(?:19|20)?\d\d))?\s?(?P<unit>学年度?|年)")
_RELATIVE = (
    (re.compile(r"去年|上年|上一年|上学年"), -1), (re.compile(r"前年"), -2), (re.compile(r"明年|下一年|来年"), 1),
)  # fmt: skip
_WITHIN = re.compile(
    r"上半年|下半年|第?[一二三四1-4]季度|[春秋]季学期|[上下本]学期|第[一二]学期|(?:截至|截止|到|至)[^,。;]{0,8}?\d{1,2}月(?:\d{1,2}日|底|末)?|\d{1,2}月(?:\d{1,2}日|底|末|份)?|年初|年底|期末|开学|以来"
)
# Words that make another figure of the same name; two texts are compared only when both say the same.
_MEASURE = re.compile(
    r"(?:不?含|不?包括|剔除|扣除|除)[^,;。()]{1,10}|公办|民办|普惠|义务教育|学前|普通高中|普高|中职|职业|特殊教育|小学|初中|高中|幼儿园|乡村|农村|城镇|城区|县城|县直|局直|直属|"
    r"[毛净](?=入)|户籍|常住|应届|往届|往年|学籍|寄宿|男|女|编内|在编|编外|专任|本科|专科|研究生|一本|二本|文化分|五类|贫困|困难|随迁|留守|残疾|小口径|大口径"
)
_PLAN = re.compile(r"要点|计划|安排|方案|打算|思路|责任书|规划")
_REPORT = re.compile(r"总结|报告|汇报|情况")
_KIND_OF_SCHOOL = re.compile(
    r"公办|民办|普惠|义务教育|学前|普通高中|普高|中职|职业|特殊教育|小学|初中|高中|幼儿园|本科|专科|教学点|城区|农村|乡村"
)
_INCLUDING = re.compile(r"(?:不?含|不?包括|剔除|扣除)[^,;。()]{1,10}|[小大全]口径")
_SOMEWHERE = re.compile(r"[一-龥]{2}(?:镇|乡|街道|学区|片区|中心校)|[一-龥]{2,4}[一二三四五六七八九]中(?![全、])")
_OTHER_TIME = re.compile(r"[比较与同]\s*$")
_SHORT = re.compile(r"小学|初中|高中|学校|中学|党员|校车")
"""Names of two characters that still say what is counted."""
_ISSUER = re.compile(
    r"[^\d,。()]{2,20}?(?:教育局|教育体育局|教体局|教育和体育局|教育委员会|教研室|教研中心|学校|小学|中学|高中|幼儿园|中心校)"
)
_PLACE = re.compile(r"[一-龥]{2,4}?[省市县区州旗]")


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure. ``name`` is the normalised noun phrase, ``grain`` one unit of the last printed digit."""

    document: int
    start: int
    end: int
    text: str
    name: str
    unit: str
    value: Fraction
    grain: Fraction
    period: Period
    planned: bool
    level: str
    measures: frozenset[str]
    issuer: str

    def agrees(self, other: Fact) -> bool:
        """Is it the same figure, printed to another digit?"""
        return abs(self.value - other.value) < max(self.grain, other.grain)


def facts_of(document: int, reading: Reading) -> list[Fact]:
    """The standing figures of a document. A figure that it gives twice with two values is left out: it is not one."""
    found = [fact for article in reading.articles for fact in _facts(document, reading, article)]
    values: dict[object, list[Fact]] = {}
    for fact in found:
        key = (fact.name, fact.unit, fact.period, fact.planned, fact.level, fact.measures, fact.issuer)
        values.setdefault(key, []).append(fact)
    return [same[0] for same in values.values() if all(same[0].agrees(other) for other in same)]


def _facts(document: int, reading: Reading, article: Article) -> Iterator[Fact]:
    inside = [one for one in reading.quantities if article.start <= one.start and one.end <= article.end]
    passage = Passage(reading.source.text, article.start, article.end, inside)
    deltas = deltas_of(passage)
    parts = [part for part in reading.parts if article.start <= part.start < article.end]
    issuer = _issuer(article.title)
    for index, item in enumerate(passage.items):
        if index in deltas or item.value is None or item.kind not in KINDS or item.loose or item.points:
            continue
        if item.bound not in ("", "达到"):
            continue
        name = _name(item)
        lead = passage.lead(item)
        if name is None or (_FLOW.search(lead) and not _TOTAL.search(lead)):
            continue
        part = next((part for part in parts if part.start <= item.quantity.start < part.end), None)
        plan = part.kind == "plan" if part else _is_plan(article)
        yield Fact(
            document, item.quantity.start, item.quantity.end, item.quantity.text, name, item.unit, item.value,
            _grain(item), _period(_sentence(passage, item), lead, article, part), bool(plan or _PLANNED.search(lead)),
            _level(passage, item), _measures(passage, item, name), issuer,
        )  # fmt: skip


def _is_plan(article: Article) -> bool:
    """What the title says, else the kind read from the text: a plan's figures are those of another day."""
    if _REPORT.search(article.title):
        return False
    return article.kind == "plan" or bool(_PLAN.search(article.title))


def _sentence(passage: Passage, item: Item) -> str:
    """The sentence up to the number: what was said there about time and scope holds for it."""
    first = max(0, item.begin - REACH)
    start = max(passage.text.rfind(sign, first, item.begin) for sign in "。!?\n") + 1
    return passage.text[max(start, first) : item.begin]


def _measures(passage: Passage, item: Item, name: str) -> frozenset[str]:
    """The words that make it another figure: those of its clause, of a bracket behind it, and of a definition in its
    sentence; a bare 在校生 belongs to the kind of school that was named last."""
    sentence = _sentence(passage, item)
    bracket = re.match(r"[^,;。(]{0,4}\(([^()]{1,16})\)", passage.text[item.stop : item.stop + 24])
    words = _MEASURE.findall(f"{passage.lead(item)};{item.label};{item.after};{bracket[1] if bracket else ''}")
    words += _INCLUDING.findall(sentence) + _SOMEWHERE.findall(sentence)
    if not _KIND_OF_SCHOOL.search(name) and not re.search("中学|学校|园", name):
        words += _KIND_OF_SCHOOL.findall(sentence)[-1:]
    return frozenset(words)


def _name(item: Item) -> str | None:
    """What the figure is a figure of: 全县小学专任教师共有 → 小学专任教师; None when that is not plain."""
    if "分别" in item.label or item.label.startswith("占") or len(item.label) > 30:
        return None
    label = _SCOPE.sub("", _WITHIN.sub("", _ABSOLUTE.sub("", item.label)))
    for pattern, _ in _RELATIVE:
        label = pattern.sub("", label)
    name = _LINKS.sub("", _VERBS.sub("", _LINKS.sub("", label)))
    if not name and (behind := re.match(r"[一-龥]{2,12}", item.after)):  # 全县共有35所小学
        name = behind[0]
    plain = len(name) > 2 or _SHORT.fullmatch(name)
    return name if plain and _HEAD.search(name) else None


def _grain(item: Item) -> Fraction:
    """One unit of the last printed digit, in the unit of the value: 3.48万人 → 100."""
    printed = re.search(r"\d[\d,]*(?:\.\d+)?", item.quantity.text)
    if not printed or not item.value:
        return Fraction(1)
    number = Fraction(printed[0].replace(",", ""))
    return abs(item.value / number) / 10 ** decimals(printed[0]) if number else Fraction(1)


def _period(sentence: str, lead: str, article: Article, part: Part | None) -> Period:
    """The time that the sentence names, else that of the document or of its half (总结和计划 have one each).

    比上年 and 较2023年 name the time of something else; 去年 counts in the figure's own clause only.
    """
    words = article.period_text or ""
    years = [found[0] for found in _ABSOLUTE.finditer(words)]
    second = part is not None and part.kind == "plan" and len(years) > 1
    base = _year(years[1] if second else years[0]) if years else None
    stated = [found for found in _ABSOLUTE.finditer(sentence) if not _OTHER_TIME.search(sentence[: found.start()])]
    year = _year(stated[-1][0]) if stated else base
    for pattern, step in _RELATIVE:
        found = pattern.match(sentence) or pattern.search(lead)
        if found and not stated and not _OTHER_TIME.search(found.string[: found.start()]):
            year = str(int(base) + step) if base and base.isdigit() else found[0]
    within = _WITHIN.findall(sentence)
    own = re.search(r"上半年|下半年|第[一二三四]季度", words) if not stated and not within and not second else None
    return year, re.sub(r"^(?:截至|截止|到|至)", "截至", within[-1]) if within else own[0] if own else ""


def _year(text: str) -> str:
    found = re.findall(r"\d+", text)
    return "-".join(found) + "学年" if "学年" in text else found[-1] if len(found) == 1 else "-".join(found)


def _level(passage: Passage, item: Item) -> str:
    """县 when the paragraph up to the figure says 全县 or 我县; "" when it leaves open whose figure it is."""
    first = max(0, item.begin - REACH)
    start = max(passage.text.rfind("\n", first, item.begin) + 1, first)
    found = list(_SCOPE.finditer(passage.text, start, item.begin))
    return found[-1]["level"] if found else ""


def _issuer(title: str) -> str:
    """Whose document it is: the office or school of its title; "" when it names none."""
    found = _ISSUER.search(re.sub(r"(?:19|20)\d\d|[xX]{2}|20[xX]{2}", "", title))
    name = re.sub(r"^(?:年度?|关于|中共|印发|[《<])+", "", found[0]) if found else ""
    if found:
        place = _PLACE.match(name)
        return place[0] if place and re.search("局|委员会", name) else name
    place = _PLACE.search(re.sub(r"[^一-龥]", "", title))
    return place[0] if place else ""
