"""Candidates for shares and for changes: which numbers of the paragraph could give them, and what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from taizhang.reading.numbers.changes import ARRIVED, aimed
from taizhang.reading.numbers.claims import Claim, Formula, lead_of
from taizhang.reading.numbers.comparisons import run_of
from taizhang.reading.numbers.gaps import base_of, by_themselves, hinted, is_gap, paired, told_apart
from taizhang.reading.numbers.naming import about, likeness, of_others, pairs_of
from taizhang.reading.numbers.passage import MEASURED, Item, Passage, same_unit
from taizhang.reading.numbers.rates import of_another_year

FRONT, BEHIND = 18, 6
"""So many numbers in front of a result and behind it are looked at."""
DRAFT = Fraction(1, 9)


@dataclass(slots=True)
class Candidate:
    """A claim with what speaks for it. ``only_fit``: it may settle the result, a miss says nothing."""

    claim: Claim
    evidence: float
    only_fit: bool = False
    share: Fraction = DRAFT


@dataclass(frozen=True)
class Ask:
    """A result, what is known of its article, and the numbers of other paragraphs that may belong to it."""

    passage: Passage
    index: int
    deltas: frozenset[int]
    parts: AbstractSet[int] = frozenset()
    """Where the parts of judged sums begin: they are nobody's whole."""
    kin: tuple[Item, ...] = ()

    @property
    def result(self) -> Item:
        return self.passage.items[self.index]

    @cached_property
    def pool(self) -> list[Item]:
        """The numbers of the paragraph around the result that may be its operands, and its kin."""
        passage, result = self.passage, self.result
        found = []
        for place in range(max(0, self.index - FRONT), min(len(passage.items), self.index + BEHIND + 1)):
            item = passage.items[place]
            if (
                place != self.index
                and item.paragraph == result.paragraph
                and item.value
                and not item.loose
                and not item.bound.startswith(("不", "至少"))
            ):
                found.append(item)
        return found if not self.kin else sorted([*found, *self.kin], key=lambda item: item.begin)


def plain_level(passage: Passage, item: Item, deltas: frozenset[int]) -> bool:
    """Is this an amount of something (or of time: 课时), neither an average nor a change?"""
    return (
        (item.measured or (item.kind == "duration" and item.unit in _HOURS and item.value is not None))
        and passage.place(item) not in deltas
        and not averaged(passage, item)
    )


def averaged(passage: Passage, item: Item) -> bool:
    """Is it how many there are of each: 生均10册, or one of a row (生均10册、14册)?"""
    return bool(AVERAGED.search(item.label if item.label.strip("、和及与") else passage.lead(item)))


_HOURS = frozenset({"课时", "学时", "个课时", "个学时", "小时"})
AVERAGED = re.compile(r"(?<![日月周])均|每(?![日天周月年])|标准")

# --- shares ---------------------------------------------------------------------------------------------------------
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


# --- changes --------------------------------------------------------------------------------------------------------
_MOVES = re.compile(
    r"(?:增|减|降|升|多|少|扩|压|净|涨|跌|落|滑|超|差|添|裁|砍|扬|富余|盈余|结存|缺口|缺额|空缺|短缺|节|省|结余|领先|(?<!提)高(?![中等级职考校一二三])|低|化解|退|消|撤|缩|短|回|新增|调[增减]|[上下]调|翻|扩?大|长|幅|速|拉开|相距|相去)"
    r"(?:了|出|去|下|收|招|大约|约|近|仅|为|达|到|掉|少|加|低|落|长|升|先|减|幅|度|率|速|滑|大|降|充|解|用|开|距|水|电|支|约|资金|金额|经费|支出|投资|人数|数量|比例)*\s*$"
)
_REST = re.compile(
    r"(?:剩余|剩下|余下|其余|尚余|尚有|还有|仍有|还剩|未[一-鿿]{1,4}|不(?![超低少高足到得])[一-鿿]{1,3})的?(?:有|为|是)?\s*$"
)
_THEN = re.compile(
    r"去年|上一?(?:年|学年|学期|届|次|轮|月|周|季|个)|前年|同期|原|年初|期初|基期|往年|以往|过去|此前|起步|当初|最早|旧|之前|[前末]期|(?:撤并|合并|改造|改革|改制|调整|实施|整治|扩建|搬迁)前|[一二三四五六七八九十\d]年前|底数|之初"
)
# 81666元(上年)和88567元(本年); 2631万人次,这是前年
_THEN_BEHIND = re.compile(r"(?:\(|,?(?:这是|此为|系|是))(?:前年|上年|去年|上一?期|往年|同期|年初)")
_NOW = re.compile(r"今年|本年|本届|本轮|本次|本期|目前|现|如今|眼下|当年|这个|这次|新|年末|年底")
_TO = re.compile(r"(?:到|至|为|成|达)了?(?:[一-鿿]{0,6}的)?\s*$")
_FOLD = re.compile(r"(?:增|多|高|长|涨|扩|提|翻|升|攀|增量)[^,;。\d]{0,12}$|[大宽厚快重][了出]$")


def about_change(ask: Ask) -> Iterator[Candidate]:
    """A difference, a growth or a factor: every two levels of one thing."""
    passage, index, deltas, result = ask.passage, ask.index, ask.deltas, ask.result
    lead = lead_of(passage, result)
    times = result.unit == "倍"
    if result.unit == "番" or (
        times and not re.search(r"\d", result.quantity.text) and "点" not in result.quantity.text
    ):
        return  # 翻了一番 and 增加一倍 are said of what is about doubled
    percent = result.kind == "percent"
    moves = (bool(_MOVES.search(lead)) and not ARRIVED.search(lead)) or index in deltas or is_gap(passage, result)
    rest = bool(_REST.search(lead)) and result.measured
    hint = not (moves or rest or times) and result.kind in _MEASURED and hinted(passage, result)
    silent = not (moves or rest or times or hint)
    if silent and (result.kind not in _MEASURED or _NO_CHANGE.search(lead) or not _MEANWHILE.search(lead)):
        return
    levels = [item for item in ask.pool if _is_level(passage, item, result, deltas)]
    near = _two_near(levels, result)
    if silent and not _then_and_now(passage, near, levels, result):
        return
    for place, one in enumerate(levels):
        for other in levels[place + 1 :]:
            if (one.kind, one.unit) != (other.kind, other.unit) or _too_far(one, other, result):
                continue
            evidence = _pair_evidence(passage, one, other, result, near, levels)
            if silent and (one is not near[0] or other is not near[1]):
                continue
            if rest:
                evidence += _rest_evidence(passage, one, other, result, levels)
            evidence += 0.5 if hint else 1 if moves or (times and _TIMES_OF.search(lead)) else 0
            if hint and evidence < PAIR and not paired(passage, one, other, result):
                continue
            if moves or rest or times or hint:
                evidence -= 2 if told_apart(passage, one, other, result) else 0
                evidence += paired(passage, one, other, result)
                evidence += 0.5 if by_themselves(passage, one, other, result) else 0
            yield from _changes(one, other, result, evidence, lead, times, percent, rest, passage)


_MEASURED = MEASURED | {"percent", "score"}
PAIR = 4.5
"""Evidence of two levels beside a hint that are told apart by their times or by 由…到."""
_TIMES_OF = re.compile(r"(?:是|为|达到?|相当于|等于)[^,;。]{0,16}的?\s*$|^的$")
# 一年里走了12人: no verb that we know, but a stretch of time between the two levels
_MEANWHILE = re.compile(r"[年月期周季](?:里|内|间|来|中|下来|之间)|前后|其间|期间|相比|一[进来][,、]?一[出去]")
_NO_CHANGE = re.compile("占|其中|共|计|总|率|每|均|达标|目标|计划|比例|比重|份额|完成|今年|目前|现|至|到$|为$|是$|有$")


def _then_and_now(passage: Passage, near: tuple[Item, ...], levels: Sequence[Item], result: Item) -> bool:
    """去年此时…名,现在…名,一年里…名: two levels told apart by their time and nothing else of their unit in the sentence."""
    if len(near) != 2 or near[1].begin > result.begin or near[0].unit != near[1].unit:
        return False
    same = [item for item in levels if item.sentence == result.sentence and same_unit(item, near[0])]
    marks = [is_then(passage, item) for item in near]
    return len(same) == 2 and marks[0] != marks[1]


def _too_far(one: Item, other: Item, result: Item) -> bool:
    """Two levels of which neither stands in the sentence, or one in the paragraph but far off."""
    near = [item for item in (one, other) if item.paragraph == result.paragraph]
    return not near or any(abs(item.sentence - result.sentence) > 2 for item in near)


def _is_level(passage: Passage, item: Item, result: Item, deltas: frozenset[int]) -> bool:
    if passage.place(item) in deltas or item.unit in ("倍", "番") or aimed(item):
        return False
    if result.points:
        return item.kind == "percent" and not item.points
    if result.kind == "percent" or result.unit in ("倍", "番"):
        return (
            item.measured
            or item.kind == "score"
            or (item.kind == "duration" and (item.clause != result.clause or item.unit in _HOURS))
        )
    return same_unit(item, result) and (item.measured or item.kind == result.kind)


def _two_near(levels: Sequence[Item], result: Item) -> tuple[Item, ...]:
    """The two levels that stand nearest in the sentence, in front before behind."""
    same = [item for item in levels if item.sentence == result.sentence]
    for count in (2, 1):
        front = [item for item in same if item.begin < result.begin][-count:]
        behind = [item for item in same if item.begin > result.begin][: 2 - len(front)]
        if len(front) + len(behind) == 2 and len(front) == count:
            return (*front, *behind)
    return ()


def _pair_evidence(
    passage: Passage, one: Item, other: Item, result: Item, near: tuple[Item, ...], levels: Sequence[Item]
) -> float:
    evidence = 0.0
    if near and one is near[0] and other is near[1]:
        evidence += 2 if other.begin < result.begin else 1.5
    elif other.sentence == result.sentence:
        evidence += 0.5
    marks = [is_then(passage, item) for item in (one, other)]
    if (
        marks[0] != marks[1]
        or _two_times(passage, one, other)
        or (_TO.search(other.label) and re.search("[由从]", passage.lead(one)) and one.sentence == other.sentence)
    ):
        evidence += 1.5
    kin = [item for item in levels if item.sentence == result.sentence and same_unit(item, one)]
    if len(kin) == 2 and one.sentence == other.sentence == result.sentence:
        evidence += 1
    elif len([item for item in levels if same_unit(item, one)]) == 2:
        evidence += 0.5
    if one.sentence != other.sentence or one.sentence != result.sentence:
        names = pairs_of(_timeless(one.name)) & pairs_of(_timeless(other.name))
        told = marks[0] != marks[1] or _two_times(passage, one, other)
        evidence += 1 if (names or not pairs_of(_timeless(other.name))) and told else -1
        if one.paragraph != other.paragraph:
            far, local = (one, other) if one.paragraph != result.paragraph else (other, one)
            named = likeness(far.name, passage, local) >= 0.5 and told
            named = named or sum(pair in passage.lead(result) for pair in pairs_of(far.name)) * 4 >= 3 * len(
                pairs_of(far.name)
            )
            evidence += 2 if named and local.sentence == result.sentence else 0
    if (
        "其中" in passage.text[max(one.stop, other.stop) : result.begin]
        and other.stop < result.begin
        and not _REST.search(passage.lead(result))
    ):
        evidence -= 3
    if "其中" in passage.text[one.stop : other.begin] and not _REST.search(passage.lead(result)):
        evidence -= 2
    return evidence


_TIMES = re.compile(r"第?[一二三四]季度|[上下]半年|[上下]学期|[春夏秋冬]季|\d{4}年|[一二三四五六七八九十]月|\d+月")


def _two_times(passage: Passage, one: Item, other: Item) -> bool:
    """Do two levels bear two names of one sort of time (一季度, 二季度)?"""
    found = [_TIMES.search(passage.lead(item)) for item in (one, other)]
    return found[0] is not None and found[1] is not None and found[0][0] != found[1][0]


def _timeless(name: str) -> str:
    return _NOW.sub("", _THEN.sub("", name))


def is_then(passage: Passage, item: Item) -> bool:
    """Do its words say that it was the level before?"""
    known = passage.then.get(item.begin)
    if known is None:
        known = passage.then[item.begin] = _is_then(passage, item)
    return known


def _is_then(passage: Passage, item: Item) -> bool:
    start = max(passage.text.rfind(sign, max(0, item.begin - 30), item.begin) for sign in ",;。\n") + 1
    words = passage.text[max(start, item.begin - 30) : item.begin]
    return bool(_THEN.search(item.name + words[-12:]) or _THEN_BEHIND.match(passage.text, item.stop))


def _rest_evidence(passage: Passage, one: Item, other: Item, result: Item, levels: Sequence[Item]) -> float:
    same = [item for item in levels if item.sentence == result.sentence]
    if not same or one is not same[0] or other.begin > result.begin:
        return -1.0
    if one.label.endswith("的") and one.begin - passage.sentence_begin(one.sentence) <= 8:
        return -1.0  # …112条。采纳的58条,部分采纳的38条,未予采纳的16条: the first is a part too
    return 3.5 if other is [item for item in same if item.begin < result.begin][-1] else 0.5


def _changes(
    one: Item,
    other: Item,
    result: Item,
    evidence: float,
    lead: str,
    times: bool,
    percent: bool,
    rest: bool,
    passage: Passage,
) -> Iterator[Candidate]:
    """What two levels give, both ways round; the order that the words tell is the one that may miss."""
    then_first = not is_then(passage, other) or is_then(passage, one)
    sure = is_then(passage, one) != is_then(passage, other)
    open_order = not sure and _two_times(passage, one, other)
    if times and not sure and (base := base_of(passage, one, other, result)) is not None:
        then_first = base is one
    for now, before, told in ((other, one, then_first), (one, other, not then_first)):
        if sure and not told:
            continue
        operands = (("now", now), ("before", before))
        if times:
            # 扩到原先的5.5倍 tells what was reached, 扩大了4.5倍 by how much.
            fold = bool(_FOLD.search(lead)) and not _TO.search(lead)
            yield Candidate(_factor(operands, result, fold), evidence, not told)
        elif percent and not result.points:
            claim = Claim("growth", operands, result, "pct", _growth, "({0} - {1}) ÷ {1}")
            yield Candidate(claim, evidence, not told and not open_order)
        elif told:
            # What remains is never less than nothing, whichever digit slipped.
            gap = _remainder if rest else _difference
            claim = Claim("difference", operands, result, "delta", gap, "{} 与 {} 相差")
            yield Candidate(claim, evidence)


def _growth(v: Sequence[Fraction]) -> Fraction:
    return 100 * abs(v[0] - v[1]) / v[1]


def _remainder(v: Sequence[Fraction]) -> Fraction:
    return v[1] - v[0]


def _difference(v: Sequence[Fraction]) -> Fraction:
    return abs(v[0] - v[1])


def _factor(operands: tuple[tuple[str, Item], ...], result: Item, fold: bool) -> Claim:
    formula: Formula = (lambda v: (v[0] - v[1]) / v[1]) if fold else (lambda v: v[0] / v[1])
    shows = "({0} - {1}) ÷ {1}" if fold else "{} ÷ {}"
    return Claim("multiple", operands, result, "factor", formula, shows)
