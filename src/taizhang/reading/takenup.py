"""A figure that is taken up again with what it counts behind it: 全县共有校车213辆。213辆校车全部安装….

A bare number at the head of a clause speaks of things that are known already when the noun behind it stands beside an
earlier figure; a word for all of them, a word that points (这, 上述) or what was done with them (受理的327件) make it
surer. It must then be the figure they were told with. Where two earlier figures could be meant, or the number stands
anywhere before, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from taizhang.reading.model import Finding
from taizhang.reading.numbers.passage import Item, Passage, spans_of
from taizhang.reading.numbers.slips import one_slip
from taizhang.reading.restated import APART, TIMES, bare_name, close, sentence_front

REACH = 24
"""What is taken up is looked for among so many numbers before."""
POINTED = 2
"""What 这 and 上述 point at stands no more sentences before."""
ENOUGH, SURE = 2.0, 3.0
"""Evidence from which a slip makes an alarm, and from which the figure of an earlier draft does."""
KINDS = frozenset({"count", "money", "area", "length", "amount"})

# What may stand in front of a number that is known: prepositions, scope, words for all, what was done with them.
_HEAD = re.compile(
    r"^(?:同时|目前|此外|经|机关|全(?:[省市县区校镇乡局]|系统|部)|[我本][省市县区校局系]统?|教育系统|对|向|为|给|将|把|由|从|在|让|使|按|与|和|所有|整个|总共|其|(?P<done>[一-鿿“”]{2,12})的)*"
    r"(?:(?P<this>这|上述|前述|以上|该|这些|此)(?:批|共|些)?(?P<name>[一-鿿]{2,8})?)?$"
)
_PART = re.compile(
    r"其中|其他|其余|另|还有|部分|剩余|(?<!目)前(?!述)|(?<!先)后|第|首|每|各|又|再|计划(?![的中内])|拟|力争|将(?=[一-鿿])|同期|去年|上年|增|减|约|近"
)
# 还有52个目标没有结果 is a part that nobody takes up as 72个目标中.
_REST = re.compile(r"(?:还|尚|仍|另外?)有?\s*$|其余|剩余|其他")
_ALL = re.compile(
    r"[一-鿿“”]{0,12}?(?:全部|全都|全员|均|都(?!市)|皆|一律|逐|悉数|统一|无一|陆续|分批|依次|中(?=,|[一-鿿])|里(?=,)|当中|之中|分布|共(?!青|同|建)|合计|总计|平均|分别|分[为成布属三四五六两]|"
    r"由(?!于)|来自|涉及|包括|涵盖|人人|个个|实行|如期|如数|顺利|集中)"
)
_ONE_BY_ONE = re.compile("[对将把向为给]")
_ANYBODY = frozenset((
    "教师", "学生", "学校", "人员", "师生", "家长", "项目", "单位", "幼儿", "儿童", "资金", "问题", "中小", "部门", "干部", "党员", "班级",
))  # fmt: skip
_WORD = re.compile(r"[一-鿿“”]*")


def reprises(passage: Passage, deltas: frozenset[int]) -> Iterator[Finding]:
    """Every figure that takes up an earlier one and has another value."""
    for index, item in enumerate(passage.items):
        if index in deltas or not _counts(item):
            continue
        lead = passage.lead(item).strip()
        head = _HEAD.match(lead)
        if head is None or _PART.search(lead):
            continue
        first = _antecedent(passage, index, deltas, head)
        if first is not None:
            spans = spans_of([first, item])
            why = f"前文写 {first.quantity.text}，此处写 {item.quantity.text}{item.after[:6]}，前后不一致"
            yield Finding("two_values", "alarm", spans, why)


def _counts(item: Item) -> bool:
    return item.kind in KINDS and item.value is not None and not item.loose and not item.bound and bool(item.unit)


def _antecedent(passage: Passage, index: int, deltas: frozenset[int], head: re.Match[str]) -> Item | None:
    """The earlier figure that is meant, when it is another one; None when it agrees or nobody can say which is meant."""
    item, found = passage.items[index], []
    most = 0.0
    for place in range(index - 1, max(index - REACH, -1), -1):
        one = passage.items[place]
        if one.unit != item.unit or one.kind != item.kind or one.value is None:
            continue
        if one.value == item.value:
            return None
        if place in deltas or one.clause == item.clause or _REST.search(passage.lead(one)):
            continue
        evidence = _evidence(passage, one, item, head)
        if evidence > most:
            most, found = evidence, [one]
        elif evidence == most:
            found.append(one)
    if len({one.value for one in found}) != 1 or most < ENOUGH or not _counts(found[0]) or not close(found[0], item):
        return None
    slipped = one_slip([found[0], item], lambda values: values[0] - values[1])
    return found[0] if slipped or most >= SURE else None


def _evidence(passage: Passage, one: Item, item: Item, head: re.Match[str]) -> float:
    """What speaks for it that a figure takes up this earlier one."""
    words = one.name + " " + one.after
    noun = _common(head["name"] or item.after, words)
    gap = item.sentence - one.sentence
    if head["this"]:
        if gap > POINTED or (head["name"] and not noun):
            return 0.0
        evidence = 3.5 - 0.5 * gap + (1 if noun else 0)
    elif len(noun) < 2:
        return 0.0
    else:
        turned = len(noun) == 2 and re.match("[一-鿿]{4}", item.after) and set(item.after[:4]) <= set(words)
        evidence = 1.0 + (0.5 if len(noun) > 2 or turned else 0)
    every = bool(_ALL.match(passage.text, item.stop))
    if not gap and not (head["this"] or (every and _ONE_BY_ONE.match(head.group()))):
        return 0.0
    if noun in _ANYBODY and not (head["this"] or head["done"]) and bare_name(one) != noun:
        return 0.0  # 线上教研覆盖教师451人 … 476名教师中
    evidence += 1.5 if every else 0
    front = sentence_front(passage, one)
    done = head["done"]
    if done:
        # 受理的327件: what was done with them is told of the earlier figure
        evidence += 1.5 if _common(done, front + words) else -0.5
    told = head.group() + noun
    if not set(APART.findall(told)) <= set(APART.findall(front + one.after)):
        return 0.0
    if set(TIMES.findall(sentence_front(passage, item))) - set(TIMES.findall(front)):
        return 0.0
    evidence += 0.5 if not head.group() or re.match("全|[我本]", head.group()) else 0
    return evidence


def _common(name: str, words: str) -> str:
    """The longest beginning of a noun, of two characters at least, that stands in other words."""
    name = _WORD.match(name.strip())[0]  # type: ignore[index]
    for stop in range(min(len(name), 12), 1, -1):
        if name[:stop] in words:
            return name[:stop]
    return ""
