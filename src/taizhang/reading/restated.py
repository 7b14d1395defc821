"""One thing with two values in one text: the same name at the same time and in the same place, printed twice.

A figure is said again under its bare name (年内新创绿色学校32所 … 新创绿色学校31所均已挂牌). Two figures are held against
each other only when the shorter name closes the longer one, nothing beside the names tells two times, places, stages or
parts apart, and a slip of the pen or a few per cent is all that lies between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from taizhang.reading.model import Finding
from taizhang.reading.numbers.passage import Item, Passage
from taizhang.reading.numbers.slips import one_slip

KINDS = frozenset({"count", "area", "percent", "money"})
NEAR = Fraction(1, 9)
"""Two drafts of one figure are no further apart than this share of the smaller one."""
LEAST = 13
"""Smaller figures lie a slip apart by chance."""
SURELY = 5
"""A name of so many characters, said twice of one thing, needs no word that takes it up."""
KEPT = 12
"""So many earlier figures of one kind of name are remembered, so that the cost stays linear."""
REACH = 120
"""Words further in front of a figure say nothing about it."""
SCOPED = re.compile(r"全[省市县区校镇乡国年]|[我本][省市县区校局]|教育系统")
STOCK = re.compile(
    r"在校|专任教师|教职工|幼儿园|小学|初中|高中|学校|率$|在园|班级|班额|教学班|教学点|学生|教师|党员|党组织|报名|总额|总量|总投[入资]|总面积|总数|藏书|占地"
)
# Words that say nothing of what is counted: scope, time of the year, verbs of holding and of doing.
_BEFORE = re.compile(
    r"^(?:全[省市县区校镇乡国]|[我本][省市县区校局]|年内|今年|本年度?|本次|此次|本届|全年|目前|当前|截至(?:目前|年底)|到目前|现|已|共|总(?![投面长造产支收预])|有|在(?![校园编册职读籍])|对|向|为|将|把|由|从|这|该|上述|的|了|和|与|"
    r"拥有|设有|建有|办有|开展|组织|举办|举行|完成|实施|建成|建立|配备|安排|落实|实现|教育系统|其|按|经|据?统计|登记|在册|累计|先后|分别|直接|通过|针对|围绕|涉及|惠及|覆盖)+"
)
_BEHIND = re.compile(
    r"(?:总人数|人数|总数|总量|总计|共计|合计|现有|共有|一共|稳定在|保持在|数量|共|有|为|是|达到?|到|约|已|仅|的|了|数)+$"
)
_SPACES = re.compile(r"[\s、,“”\"《》的]")
_EVENT = re.compile("举办|举行|召开|开展|组织|检查|培训|走访|排查|巡查|发放|发布|印发|报送|每|各|第[一二三四五]")
# 新生4321人全部…, 绿色学校31所均已…, 学校23所的报告: what was told before is taken up again.
_THIS_TIME = re.compile(r"本次|此次|这次|本届|该次")
_PERIOD = re.compile(r"全年|年内|一年来|本?年度|今年|全?本?学年|本学期|累计")
"""What was done in all of one period is done once."""
AGAIN = re.compile(
    r"\s*(?:的(?!比)|全部|全都|均|都|皆|已|一律|逐一|悉数|统一|无一|实行|实现|中,?(?=\D)|,(?=均|都|皆|已|逐|全部|全都|其|并|实行|期期|项项|个个|人人|无一|账实|挂牌|按))"
)
_SAID = re.compile(r"这|上述|该|前述|为$|对$|向$|将$|把$")
THIS = re.compile(r"(?:这|上述|前述|该)$")
_OTHER = re.compile(
    r"计划|力争|目标|任务|应|拟|要求|需|(?<!需)要|将(?!\w{0,8}$)|预计|增加|减少|下降|增长|比|较|其中|原|每|均|平均|又|再|另|还|其他|其余|第|分别"
)
TIMES = re.compile(
    r"[上这前]一?[回次]|前年|明年|去年|上年|上半年|下半年|[上下]学[期年]|[春秋]季学期|第?[一二三四]季度|\d+月|同期|年初|年末|年底"
)
# Kinds, places and conditions: a figure under one of these is not that of the whole.
APART = re.compile(
    r"公办|民办|普惠|义务教育|学前|普通高中|普高|中职|职业|特殊教育|小学|初中|高中|中学|幼儿园?|乡村|农村|城镇|城区|县城|县直|局直|直属|乡镇|户籍|常住|应届|往届|寄宿|走读|[男女]|编内|在编|编外|专任|本科|专科|"
    r"研究生|硕士|文科|理科|贫困|困难|随迁|留守|残疾|国家|省级|市级|县级|校级|上级|本级|中央|新建|改建|扩建|新增|市属|[一二三]等|优秀|第|东|西|南|北|镇|学区|片区|街道|(?:[一-鿿]{2}|[一二三四五六七八九])中(?=[,、])|实验"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure under a name: the name without what only says that it is a figure, and what tells it apart."""

    item: Item
    name: str
    front: str
    times: frozenset[str]
    scoped: bool
    again: bool


def two_values(passage: Passage, deltas: frozenset[int]) -> Iterator[Finding]:
    """Every figure that contradicts an earlier one of the same thing, with the places of both."""
    known: dict[tuple[str, str], list[Mention]] = {}
    told: set[str] = set()
    for index, item in enumerate(passage.items):
        if index in deltas or item.value is None or item.kind not in KINDS or item.loose or item.bound or item.points:
            continue
        for mention in _mentions(passage, index):
            row = known.setdefault((item.unit, mention.name[-2:]), [])
            turned = known.setdefault((item.unit, "".join(sorted(set(mention.name)))), [])
            other = next((one for one in (*row, *turned) if _same_thing(one, mention)), None)
            if other is not None and other.item.value != item.value and mention.name not in told:
                told.add(mention.name)
                yield _finding(other, mention)
            if len(row) < KEPT and (other is None or other.name != mention.name):
                row.append(mention)
                turned.append(mention)


def told_of_another(passage: Passage, finding: Finding) -> bool:
    """Does a number beside the one bear the name of a number beside the other, and another value? Then the same is told of two
    projects, places or years: 11个项目已完工,1个正在施工 … 14个项目已完工,3个正在施工."""
    first, second = (passage.at(start) for start, _ in (finding.spans[0], finding.spans[-1]))
    return any(
        _named_alike(passage, first + step, second + step) and first + step != second
        for step in (-2, -1, 1, 2)
        if first + step >= 0 and second + step < len(passage.items)
    )


def _named_alike(passage: Passage, first: int, second: int) -> bool:
    one, other = passage.items[first], passage.items[second]
    if one.unit != other.unit or one.kind != other.kind or one.value == other.value or one.value is None:
        return False
    names = [bare_name(item) or _WORDS.match(item.after)[0][:6] for item in (one, other)]  # type: ignore[index]
    if len(names[0]) > 1 and names[0] == names[1]:
        return True
    # 慰问困难教师120人,发放慰问金24万元;慰问离退休教师45人,发放…: of one sort, and not the same ones.
    return (
        len(min(names, key=len)) > 3
        and names[0][-2:] == names[1][-2:]
        and names[0][:2] == names[1][:2]
        and not close(one, other)
    )


_WORDS = re.compile("[一-鿿]*")


def _finding(first: Mention, second: Mention) -> Finding:
    spans = tuple((one.item.quantity.start, one.item.quantity.end) for one in (first, second))
    name = min(first.name, second.name, key=len)
    why = f"「{name}」前文写 {first.item.quantity.text}，此处写 {second.item.quantity.text}，前后不一致"
    return Finding("two_values", "alarm", spans, why)


def _mentions(passage: Passage, index: int) -> Iterator[Mention]:
    """The names of a figure: what stands in front of it (绿色学校31所) or behind it (31所绿色学校)."""
    item = passage.items[index]
    lead = passage.lead(item)
    if _OTHER.search(lead):
        return
    front = sentence_front(passage, item)
    if "其中" in front[-60:] or re.search(r"[一-鿿]中,", front):
        return
    times = times_of(passage, index)
    again = bool(AGAIN.match(passage.text, item.stop))
    scoped = bool(SCOPED.search(lead))
    name = bare_name(item)
    if len(name) >= 3 or (scoped and len(name) == 2):
        yield Mention(item, name, front, times, scoped, again)
    behind = re.match(r"[一-鿿]{3,14}?(?=的|全部|均|都|已|[,。;(]|$)", item.after)
    if behind and len(name) < 3 and not (_DOES.search(behind[0]) or _OF_SOME.search(lead)):
        yield Mention(item, behind[0], front + behind[0], times, scoped, True)


_DOES = re.compile("[均都已未不]|开[设展]|通过|参加")
"""19所学校均未超标: what they do is no name,"""
_OF_SOME = re.compile("(?<![县市区省镇乡校年])的$")
"""and 抽查的19所学校 are some of them."""


def times_of(passage: Passage, index: int) -> frozenset[str]:
    """The times, years and dates that a sentence names in front of a figure; a masked year may be any."""
    item, near = passage.items[index], passage.items[max(0, index - 24) : index]
    times = frozenset(TIMES.findall(sentence_front(passage, item)))
    times |= {one.quantity.text for one in near[-6:] if one.sentence == item.sentence and one.kind in ("year", "date")}
    return times | {
        f"{one.quantity.text}{one.begin}" for one in near if one.sentence == item.sentence and one.kind == "placeholder"
    }


def bare_name(item: Item) -> str:
    """What stands in front of a figure without scope, time and verbs."""
    return _BEHIND.sub("", _BEFORE.sub("", _SPACES.sub("", item.name)))


def _same_thing(one: Mention, other: Mention) -> bool:
    """Do two figures stand for one thing, so that they must agree?"""
    beside = one.item.sentence == other.item.sentence
    if one.times != other.times or (beside and not other.again):
        return False
    short, long = (one.name, other.name) if len(one.name) <= len(other.name) else (other.name, one.name)
    extra = _left_out(short, long)
    if extra is None:
        return False
    if APART.search(extra) or one.item.kind != other.item.kind:
        return False
    brief = one if one.name == short else other
    again = brief.again
    if extra and brief.item.after.lstrip("的").startswith(extra):
        extra, again, short = "", True, long  # 总投资8640万元的职教中心, 职教中心总投资8640万元
    if extra and not again:
        return False
    if _elsewhere(one, other):
        return False
    if not extra and one.scoped and other.scoped and STOCK.search(short):
        return True
    return _settled(one, other, short, again or other.again) and close(one.item, other.item)


def _left_out(short: str, long: str) -> str | None:
    """What a longer name says beside the shorter one: it closes the longer one, or lacks a word or two inside."""
    if long.endswith(short):
        return long[: len(long) - len(short)]
    if _permuted(short, long):
        return ""
    if len(short) < SURELY or short[-3:] != long[-3:] or short[0] != long[0] or len(long) - len(short) > 4:
        return None
    place, extra = 0, ""
    for char in long:
        if place < len(short) and char == short[place]:
            place += 1
        else:
            extra += char
    return extra if place == len(short) else None


def _permuted(one: str, other: str) -> bool:
    """校舍维修资金投入, 投入校舍维修资金: the same words in another order."""
    return len(one) >= SURELY and set(one) == set(other)


def _settled(one: Mention, other: Mention, name: str, again: bool) -> bool:
    """Does the name alone say of what this is the figure? Said of the whole county, or taken up again."""
    if again and (len(name) >= 4 or THIS.search(one.front) or THIS.search(other.front)):
        return True
    alike = one.name == other.name or _permuted(one.name, other.name)
    if alike and len(name) >= SURELY and not _EVENT.search(one.front + other.front):
        return True
    if alike and len(name) >= 4 and _THIS_TIME.search(other.front) and not _THIS_TIME.search(one.front):
        return True
    if alike and one.scoped and other.scoped and one_slip([one.item, other.item], lambda values: values[0] - values[1]):
        return True
    if alike and len(name) >= 4 and _PERIOD.search(one.front) and _PERIOD.search(other.front):
        return True
    return (one.scoped or other.scoped) and len(name) >= 4 and bool(STOCK.search(name))


def close(one: Item, other: Item) -> bool:
    """Equal, a slip apart, or a few per cent apart."""
    first, second = one.value or Fraction(0), other.value or Fraction(0)
    if first == second:
        return True
    if max(first, second) < LEAST or min(first, second) <= 0:
        return False
    if abs(first - second) <= NEAR * min(first, second):
        return True
    return one_slip([one, other], lambda values: values[0] - values[1])


def _elsewhere(one: Mention, other: Mention) -> bool:
    """Does the sentence of one figure speak of a stage, place or kind of which the other's does not?"""
    return _apart(one.front) != _apart(other.front)


@lru_cache(maxsize=256)
def _apart(front: str) -> frozenset[str]:
    """The stages, places and kinds that a sentence names; each is held against many."""
    return frozenset(APART.findall(front))


def sentence_front(passage: Passage, item: Item) -> str:
    """The sentence up to a figure."""
    first = max(0, item.begin - REACH)
    start = max(passage.text.rfind(sign, first, item.begin) for sign in "。!?\n") + 1
    return passage.text[max(start, first) : item.begin]
