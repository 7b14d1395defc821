"""A percentage as the share of a part in a whole: every part of the paragraph with every whole of its unit, and what speaks
for each two: names that the words ask for, places, words between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from taizhang.reading.numbers.candidates import Ask, Candidate, plain_level
from taizhang.reading.numbers.claims import Claim, lead_of
from taizhang.reading.numbers.comparisons import run_of
from taizhang.reading.numbers.gaps import is_gap
from taizhang.reading.numbers.naming import about, likeness, of_others, pairs_of
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.rates import of_another_year

_LINK = (
    r"(?:达到了?|达|为|是|约|大约|近|仅|只|有|高达|高|低至|了|去|掉|在|已|就|的|上|则|到|分别|比上年|百分之|[—:\s])*"
)
_SHARE = re.compile(
    rf"(?:(?:在|于)(?P<inside>[^,;。:()占]{{1,16}}?)[中里内](?:所)?)?占(?!地|用)(?P<of>(?!比)[^,;。:()占]{{0,20}}?)(?:的)?(?:比例|比重|份额|百分比|比)?{_LINK}$"
    rf"|(?:完成|达到|为|是|等于|相当于|执行|兑现|实现)(?P<task>[^,;。:()]{{1,20}}?)的{_LINK}$"
    rf"|(?P<name>[一-鿿“”]{{0,14}}?)(?P<word>率|比例|比重|占比|份额|进度|比率|百分比|面){_LINK}$"
    rf"|(?P<done>完成|执行|兑现|到位|交付|销号|实现|占比){_LINK}$"
)
_PLAIN = re.compile(r"(?P<of>(?!))?(?P<inside>(?!))?(?P<task>(?!))?(?P<name>(?!))?(?P<word>(?!))?(?P<done>(?!))?$")
"""Nothing that is known as a share: place alone must tell."""
_NO_SHARE = re.compile(r"(?:增长|降低|下降|上升|增|降|变化|利|税|费|汇|效|频|(?<!成)功|概|同比|环比|[增降]幅)$")
# Words of a change or of a bound: what follows them is no share, even where nothing else is said of it.
_AIMED = re.compile("目标|控制在|力争|确保|明年|达到$|不低于|不少于|至少")
_NO_PLAIN = re.compile(
    r"增|减|降|升|涨|跌|提高|扩|缩|压|节|省|超|高于|低于|多|少|快|慢|幅|速|差|比(?!例|重|率)|力争|目标|确保|不低|不少|至少|以上|以下|折|利|税|误差|上浮|下浮|同比|环比|费率|浓度|湿度|满分|权重|按"
)
_REACHED = re.compile(r"^\s*达到$")
_OWN = re.compile(r"的?[一-鿿]{2}")
"""16.7%有蛔虫, 79%的教师毕业于…: what is counted stands behind."""
_BEFORE = re.compile(r"[由从][^,;。]{0,12}$")
_BECOMES = re.compile(r"[变升降提增减涨跌扩调回][^,;。\d]{0,2}[为成至到]")
_PLAN = re.compile(r"计划|任务|目标|预算|指标|下达|应|盘子|核定|确定|方案|清单|台账|承诺")
_NOT = re.compile(r"[不未非]$|基本$")
_TOPIC = re.compile(r"(?:^|[,;。:(\n])(?P<name>[一-鿿“”]{2,14}?)(?:当?中|里面?|之中),")
_LESS = re.compile("节约|节支|节省|压减|核减|下浮|降幅|减少")
_LEFT = re.compile("未|剩|余|不|尚|其他|流失|逾期|缺")


def about_share(ask: Ask) -> Iterator[Candidate]:
    """A percentage of a whole: every part with every whole of its unit."""
    passage, pct, deltas, parts = ask.passage, ask.result, ask.deltas, ask.parts
    if pct.kind != "percent" or pct.points or ask.index in deltas:
        return
    if ask.index and passage.items[ask.index - 1].stop == pct.begin:
        return  # 面商率、答复率两个100%: the percentages themselves are counted
    run = run_of(passage, ask.index)
    if len(run) > 1 and "分别" in passage.lead(passage.items[run[0]]):
        return  # 分别占73%、91.2%和66%: what stands in their order is paired by it
    lead = _lead(passage, pct)
    called = _SHARE.search(lead) or _PLAIN.search(lead)
    if called is None or _NO_SHARE.search((called["name"] or "") if called["word"] else ""):
        return
    if called.re is _PLAIN and is_gap(passage, pct):
        return
    if called.re is _PLAIN and (_NO_PLAIN.search(lead[-12:]) or (not lead.strip() and _OWN.match(pct.after))):
        return
    if _BEFORE.search(lead) and _BECOMES.match(pct.after):
        return  # 合格率由上年的92.8%变为95.69%: the numbers at hand give what it became
    wanted = called["of"] or called["inside"] or called["task"] or ""
    subject = called["name"] if called["word"] else "" if called["task"] or called["done"] else lead[: called.start()]
    levels = [item for item in ask.pool if plain_level(passage, item, deltas)]
    near = _scope(pct, levels)
    if (
        not called["of"]
        and pairs_of(wanted)
        and max((likeness(wanted, passage, item) for item in levels), default=1) < 0.5
    ):
        wanted = ""  # a whole in words that no number bears: it is meant by its place
    wholes = levels + _elsewhere(passage, ask.index, wanted, levels, deltas)
    nearest = _nearest(pct, near)
    kind = "rate" if called["word"] == "率" else "share"
    # 全覆盖、100%: what is complete is seldom computed
    doubt = (2.0 if _AIMED.search(lead) and not _REACHED.search(lead) else 0.0) + (1.0 if pct.value == 100 else 0.0)
    planned = bool(called["task"] or called["done"] or called["word"] in ("进度", "率"))
    sure = bool(_LESS.search(subject or ""))
    named = [
        (whole, _name_evidence(passage, whole, wanted), 1.0 if planned and _PLAN.search(whole.label) else 0.0)
        for whole in wholes
        if not of_another_year(subject or "", whole)
    ]
    only_two = [item for item in levels if item.sentence == pct.sentence] if called["word"] == "率" else []
    for item in levels[-10:]:
        part = _Part.of(passage, item, near, [one for one in levels if one.begin not in parts], wanted)
        said = _part_evidence(passage, pct, item, subject or "", bool(called["word"]), nearest) - doubt
        for whole, name, of_plan in named:
            if whole is item or not (same_unit(item, whole) or _only_two(item, whole, only_two)):
                continue
            evidence = said + name + _whole_evidence(passage, pct, part, whole, wanted)
            evidence += 0 if of_plan and _PLAN.search(item.label) else of_plan
            yield Candidate(_quotient(kind, (item,), whole, pct), evidence)
            if sure or _LEFT.search(item.label):
                yield Candidate(_missing(item, whole, pct), evidence + 0.5 if sure else 0, only_fit=not sure)
    yield from _added(kind, levels, wholes, pct)


def _lead(passage: Passage, pct: Item) -> str:
    """The words in front of a percentage; past a colon in a line of named fields (过关率:96%)."""
    lead = lead_of(passage, pct)
    if lead.strip() or passage.text[pct.begin - 1 : pct.begin] != ":":
        return lead
    return re.split("[,;。:\n(]", passage.text[max(0, pct.begin - 20) : pct.begin - 1])[-1]


def _quotient(kind: str, parts: Sequence[Item], whole: Item, pct: Item) -> Claim:
    operands = (*(("part", part) for part in parts), ("whole", whole))
    return Claim(kind, operands, pct, "pct", _percent if len(parts) == 1 else _percent_of_all, "{} ÷ {}")


def _percent(v: Sequence[Fraction]) -> Fraction:
    return 100 * v[0] / v[1]


def _percent_of_all(v: Sequence[Fraction]) -> Fraction:
    return 100 * sum(v[1:-1], v[0]) / v[-1]


def _only_two(part: Item, whole: Item, beside: Sequence[Item]) -> bool:
    """The only two counts of the sentence under a rate (通知书4100份,实到3980人,报到率97%)."""
    plain = len(beside) == 2 and part.kind == whole.kind == "count"
    return plain and part in beside and whole in beside and whole.begin < part.begin


def _missing(part: Item, whole: Item, pct: Item) -> Claim:
    operands = (("now", part), ("before", whole))
    return Claim("growth", operands, pct, "pct", lambda v: 100 * abs(v[1] - v[0]) / v[1], "({1} - {0}) ÷ {1}")


def _added(kind: str, levels: Sequence[Item], wholes: Sequence[Item], pct: Item) -> Iterator[Candidate]:
    """优秀…人、良好…人,优良率…: two or three in a row together; only a fit says something."""
    near = [item for item in levels if pct.sentence - 1 <= item.sentence <= pct.sentence][-7:]
    for count in (2, 3):
        for first in range(len(near) - count + 1):
            parts = near[first : first + count]
            if same_unit(*parts):
                for whole in wholes:
                    if same_unit(whole, parts[0]) and not any(whole is part for part in parts):
                        yield Candidate(_quotient(kind, parts, whole, pct), 0, only_fit=True)


def _elsewhere(passage: Passage, index: int, wanted: str, levels: Sequence[Item], deltas: frozenset[int]) -> list[Item]:
    """The numbers of other paragraphs that bear the whole's name."""
    if len(pairs_of(wanted)) < 2:
        return []
    known = {item.begin for item in levels}
    near = passage.items[max(0, index - 60) : index + 40]
    return [
        item for item in near
        if item.begin not in known and item.value and not item.loose and plain_level(passage, item, deltas) and likeness(wanted, passage, item) >= 0.99
    ]  # fmt: skip


def _scope(result: Item, levels: Sequence[Item]) -> list[Item]:
    """The levels of the result's sentence; with those of the sentence before where it holds no two of one unit."""
    own = [item for item in levels if item.sentence == result.sentence]
    if any(same_unit(one, other) for place, one in enumerate(own) for other in own[place + 1 :]):
        return own
    return [item for item in levels if result.sentence - 1 <= item.sentence <= result.sentence]


def _nearest(result: Item, near: Sequence[Item]) -> Item | None:
    front = [item for item in near if item.begin < result.begin]
    behind = [item for item in near if item.begin > result.begin]
    return front[-1] if front else behind[0] if behind else None


def _part_evidence(passage: Passage, pct: Item, part: Item, subject: str, called: bool, nearest: Item | None) -> float:
    evidence = 0.0
    if part is nearest:
        evidence += 2 if abs(pct.clause - part.clause) <= 2 else 1
    elif part.sentence == pct.sentence:
        evidence += 0.5
    elif part.sentence > pct.sentence or pct.sentence - part.sentence > 2:
        evidence -= 1
    like = likeness(subject, passage, part) if pairs_of(subject) else 0.0
    if part.sentence != pct.sentence and part is nearest and not like and part.begin < pct.begin:
        evidence -= 2 if subject else 1
    if pairs_of(subject):
        named = part.label.endswith(subject[-2:]) and part.sentence == pct.sentence and len(subject) <= 4
        evidence += 1.5 if like >= 0.5 else 0.5 if like or set(subject[-2:]) & set(part.name + part.after[:6]) else -0.5
        evidence += 0.5 if named and part is not nearest else 0
    if called and subject:
        stem = subject[-2:]
        place = part.label.rfind(stem)
        if place > 0 and _NOT.search(part.label[:place]) and not _NOT.search(subject[:-2]):
            evidence -= 2
    return evidence


def _name_evidence(passage: Passage, whole: Item, wanted: str) -> float:
    """Does a number bear the name of the whole that the words ask for?"""
    if not pairs_of(wanted):
        return 0.0
    like = likeness(wanted, passage, whole)
    evidence = 3 if like >= 0.75 else 2.5 if like >= 0.6 else 2 if like >= 0.5 else -2
    return evidence + (0.5 if 0.5 <= like < 0.75 and wanted.strip()[:2] in about(passage, whole) else 0)


@dataclass(slots=True)
class _Part:
    """A number that may be the part, with what is the same for every whole: the numbers of its unit in the scope
    (``larger``: those that can hold it), the free levels of the paragraph, and the topic that its sentence opens with."""

    item: Item
    others: list[Item]
    larger: list[Item]
    scope: int
    free: list[Item]
    topic: str

    @classmethod
    def of(cls, passage: Passage, item: Item, near: Sequence[Item], free: list[Item], wanted: str) -> _Part:
        others = [one for one in near if one is not item and same_unit(one, item)]
        larger = [one for one in others if (one.value or 0) >= (item.value or 0)]
        begin = max(0, passage.sentence_begin(item.sentence) - 1)
        topic = None if pairs_of(wanted) else _TOPIC.search(passage.text, begin, item.begin)
        return cls(item, others, larger, len(near), free, topic["name"] if topic else "")


def _whole_evidence(passage: Passage, pct: Item, part: _Part, whole: Item, wanted: str) -> float:
    """What the places of a part and a whole say, and where no name is asked for, the words between and before them."""
    own, others = part.item, part.others
    evidence = 0.0 if same_unit(own, whole) else 2.5  # the only two counts of the sentence
    only = len(others) == 1 and others[0] is whole
    if only:
        evidence += 1.5
    elif (len(part.larger) == 1 and part.larger[0] is whole) or (
        not others and sum(same_unit(item, own) for item in part.free) == 2
    ):
        evidence += 1
    if others and others[0] is whole and (whole.begin < own.begin or only):
        evidence += 0.5
    if only and part.scope == 2 and pct.sentence in (own.sentence, whole.sentence):
        evidence += 0.5  # there is nothing else that could be meant
    if not (own.unit and whole.unit) and own.sentence != whole.sentence:
        evidence -= 2  # a telephone number, a page
    if whole.rough < own.rough:
        evidence -= 0.5 if (pct.value or 0) <= 100 and len(others) > 1 else 0
    elif pct.rough > 100:
        evidence -= 0.5
    return evidence if pairs_of(wanted) else evidence + _unnamed_evidence(passage, pct, part, whole)


def _unnamed_evidence(passage: Passage, pct: Item, part: _Part, whole: Item) -> float:
    own, evidence = part.item, 0.0
    if whole.begin < own.begin:
        if whole.sentence == own.sentence:
            evidence += 0.5 if _OF_IT.search(passage.text, whole.stop, own.begin) else 0
        elif of_others(passage, own, whole):
            evidence -= 1
        elif part.topic:
            evidence += 2.5 if likeness(part.topic, passage, whole) >= 0.5 else -0.5
        elif whole.sentence == own.sentence - 1 and not part.others:
            first = next((item for item in part.free if item.sentence == whole.sentence), None)
            evidence += 0.5 if first is whole else 0
    if whole.paragraph != pct.paragraph:
        evidence += 2 if likeness(own.name, passage, whole) >= 0.5 else -1
    elif pct.sentence - whole.sentence > 2:
        evidence -= 1
    return evidence


_OF_IT = re.compile("其中|当中")
