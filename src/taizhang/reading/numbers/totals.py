"""Candidates for totals: the list behind a number, or the list in front of it, and what speaks for each.

A list is read with its levels: what a bracket, a dash or a later clause says of one member (小学872台,又分科学类…) is a list of
that member and no part of the whole. Names, signs and words only weigh; the arithmetic decides.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from taizhang.reading.numbers.arithmetic import step
from taizhang.reading.numbers.candidates import AVERAGED, Ask, Candidate
from taizhang.reading.numbers.claims import Claim
from taizhang.reading.numbers.layout import NAME, Laid, laid_out, two_levels
from taizhang.reading.numbers.naming import pairs_of
from taizhang.reading.numbers.partition import TRIM, alike, complete, exclusive, parted, peers, rest_named
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.runs import BARE, TOTAL, Run, join, summable
from taizhang.reading.numbers.sums import OPEN_CLASSES, OVERLAP

LEAST = 13
"""Smaller totals fit and slip by chance."""
_CLOSES = re.compile(
    r"(?:合计|共计|总计|总共|一共|统共|加总|总和|之和|总量|总数|汇总|加起来|加到一起|加在一起|合起来|合在一[起处]|合并|相加|累加|归拢|归总|拢共|一加|并计|并数|凑成|凑足|算账|算下来|也就是|(?:[两二三四五六七]|几|以上|上述|各)[^,;。:\d]{0,10}[共计总合]|(?:以上|上述|前述|这)[两二三四五六七几])[^,;。\d]{0,12}$"
    r"|(?<![整综联组结融])合(?:为|到|是)?$"
)
_OPENS = re.compile(
    r"包括|包含|分为|分成|分[一二两三四五六七]|由|分别|构成|组成|来自|来源|按[^,。]{1,8}[分看划]|从[^,。]{1,10}看|依次|细分|拆开|(?<!\d):|[(\[—]|即"
)
_OF_IT = re.compile(r"其中|当中")
_AFRESH = re.compile(r"比|较|同比|增|减|由[^,]*[到至]|占|目标|计划|每")
_STOPS = re.compile(r"另|此外|同时|还有")
_ADDED, _AFTER = re.compile("追加|调增|新增|加上|续|补进"), re.compile("后|调整|达|现有|共")
_CHANGED = re.compile(r"[由从]|[减增降升缩扩压提][^,;。]{0,3}[到至为成]")
_ACTS = re.compile("获|超|达|增|减|新|率|已|未|均|每|等|学历|职称")
_PAIRED = re.compile(
    r"(?:男女|城乡|中小学|内外|上下|新老|东西|南北|大小|公办[、和]?民办)[^,;。\d]{0,8}(?:分别|各|依次)[^,;。\d]{0,6}$"
)
_COORDINATED = re.compile(r"(?:^|[,;:。()])([^,;:。()]{2,60}?)(?:分别|依次|各)[^,;。\d]{0,8}$")


def about_total(ask: Ask) -> Iterator[Candidate]:
    """A total with the list behind it, or with the list in front of it."""
    index, total = ask.index, ask.result
    if (
        not summable(total)
        or index in ask.deltas
        or total.loose
        or total.bound not in ("", "达到")
        or (total.value or 0) < LEAST
    ):
        return
    if AVERAGED.search(total.label) or (total.kind == "score" and not TOTAL.search(total.label)):
        return  # 文史548分,理工539分,二本503分、489分: lines and marks make no total that is not called one
    for closing in (False, True):
        parts = Run(ask, -1 if closing else 1).parts()
        if len(parts) > 1:
            yield from _candidates(ask, parts, closing)
    for laid in (*laid_out(ask.passage, index, ask.deltas), *two_levels(ask.passage, index, ask.deltas)):
        yield from _laid(ask, laid)
    if ask.kin:
        yield from _from_elsewhere(ask)


def _laid(ask: Ask, laid: Laid) -> Iterator[Candidate]:
    """A list whose members open their stretches."""
    passage, total, run = ask.passage, ask.result, laid.members
    if laid.closing and not _closes(passage, total, run):
        return
    evidence = _evidence(passage, total, run, run, laid.closing)
    # What confirms that numbers are on one level does not say that a list opened by 其中 is all there is.
    left_open = not laid.closing and _OF_IT.search(passage.between(total, run[0]))
    evidence += min(laid.confirmed, 2) / (2 if left_open else 1)
    if not laid.closing and run[0].sentence != total.sentence and not _OPENS.search(join(passage, run[0])):
        alone = [place for place in passage.sentences[total.sentence] if same_unit(passage.items[place], total)]
        evidence += 0.5 if len(alone) == 1 else -2
    yield Candidate(_claim(run, total), evidence, only_fit=evidence < 2)
    for count in range(2, len(run)):
        some = run[-count:] if laid.closing else run[:count]
        yield Candidate(_claim(some, total), 0.0, only_fit=True)


def _from_elsewhere(ask: Ask) -> Iterator[Candidate]:
    """东部片区收缴…|西部片区收缴…|东、西两片区收缴总额…: parts in paragraphs of their own that the total names."""
    passage, total = ask.passage, ask.result
    begin = passage.sentence_begin(total.sentence)
    words = passage.text[max(begin, total.begin - 60) : total.begin]
    if not (_CLOSES.search(words) or TOTAL.search(words)) or _AFRESH.search(words):
        return
    named = pairs_of(words)
    parts = [
        item for item in ask.kin
        if item.measured and same_unit(item, total) and passage.place(item) not in ask.deltas and not AVERAGED.search(item.label)
        and item.begin < total.begin and len(pairs_of(item.name) & named) >= 2 and not TOTAL.search(item.label)
    ]  # fmt: skip
    if not 2 <= len(parts) <= 4 or len({part.name for part in parts}) != len(parts):
        return
    evidence = 4.0 if _CLOSES.search(words) or "总" in words else 3.0
    evidence += 1 if alike([TRIM.sub("", part.name) for part in parts]) else 0
    yield Candidate(_claim(parts, total), evidence)


# --- what speaks for it ---------------------------------------------------------------------------------------------
def _candidates(ask: Ask, parts: Sequence[Item], closing: bool) -> Iterator[Candidate]:
    passage, total = ask.passage, ask.result
    told = not closing or _closes(passage, total, parts)
    if not closing and not _OPENS.search(between := passage.text[total.stop : parts[0].begin]):
        own = parts[0].sentence == total.sentence or _akin(total, parts[:2]) or _heads(passage, total, parts[0])
        told = bool(_OF_IT.search(between)) or not (_kin_before(passage, total) or total.begin in ask.parts or not own)
    for count in range(2, len(parts) + 1):
        run = parts[-count:] if closing else parts[:count]
        evidence = _evidence(passage, total, run, parts, closing) if told else 0.0
        # 研究生32人,其中博士2人、硕士30人;毕业生68人,合计100人: no part of the 32 is added without the others.
        torn = len({part.begin in ask.parts for part in run}) > 1
        yield Candidate(_claim(run, total), evidence, only_fit=evidence < 2 or torn)


def _closes(passage: Passage, total: Item, parts: Sequence[Item]) -> bool:
    """Do its words say that a number sums up what stands in front of it?"""
    lead = _lead(passage, total)
    told = _CLOSES.search(lead) or TOTAL.search(lead) or _AFTER.search(lead)
    return bool(told) or _tiers(total, parts) or _told_count(passage, total, parts, True) > 0


def _lead(passage: Passage, total: Item) -> str:
    """The words of its clause in front of a number; those of the clause before where it has none (一算账,1994万元)."""
    lead = passage.lead(total)
    if lead.strip():
        return lead
    begin = max(passage.sentence_begin(total.sentence), total.begin - 12)
    return re.split("[,;:]", passage.text[begin : total.begin].rstrip(" ,:"))[-1]


def _claim(parts: Sequence[Item], total: Item) -> Claim:
    operands = tuple(("part", part) for part in parts)
    return Claim("sum", operands, total, "total", lambda v: sum(v[1:], v[0]), " + ".join(["{}"] * len(parts)))


def _evidence(passage: Passage, total: Item, run: Sequence[Item], parts: Sequence[Item], closing: bool) -> float:
    labels = _labels(passage, run)
    values = [part.value or Fraction(0) for part in run]
    whole, added = total.value or Fraction(0), sum(values, Fraction(0))
    rest = sum((one.value or Fraction(0) for one in parts[len(run) :]), Fraction(0))
    evidence = 1.0 if len(run) == len(parts) or (not closing and rest in values) else 0.0
    evidence += 1 if len(run) > 2 else 0
    evidence += _told_count(passage, total, run, closing)
    firm = bool(closing and _CLOSES.search(_lead(passage, total)))
    evidence += _named(passage, total, run, labels, firm, added > whole)
    evidence += (
        _before(passage, total, run) if closing else _behind(passage, total, run, labels, whole - added, max(values))
    )
    joins = [passage.between(one, other) for one, other in itertools.pairwise(run)]
    if any(_STOPS.search(join) or "其中" in join for join in joins):
        evidence -= 2
    if any(_CHANGED.search(part.label) for part in run):
        evidence -= 2
    if all("、" in join or "和" in join for join in joins):
        evidence += 0.5
    digits = whole / min(step(item) for item in (*run, total))
    evidence += 1.5 if digits >= 20_000 else 1 if digits >= 5000 else 0.5 if digits >= 500 else 0
    if max(values) >= whole:
        evidence -= 1.5
    if abs(added - whole) * 2 > whole:
        evidence -= 0.5
    return evidence


def _heads(passage: Passage, total: Item, first: Item) -> bool:
    """Is a number called a total, the only one of its unit in its sentence, and the next sentence its list (共收回意见
    142条。采纳的58条,…)?"""
    alone = sum(same_unit(passage.items[place], total) for place in passage.sentences[total.sentence]) == 1
    near = first.begin - passage.sentence_begin(first.sentence) <= NAME
    return alone and near and bool(TOTAL.search(total.label))


_NUMERALS = {sign: place for place, sign in enumerate("两三四五六七八九十", 2)} | {"二": 2}
_COUNT = re.compile(
    r"(?:^|[^第十百\d年月点星周])([两三四五六七八九十]|二(?=者))[^年月日期号届楼中小一二三四五六七八九十百千万亿\d]"
)


def _told_count(passage: Passage, total: Item, run: Sequence[Item], closing: bool) -> float:
    """Do the words say how many parts there are (三所学校的新生总数, 分四路, 两家共)?"""
    words = passage.lead(total)
    if not closing:
        words = passage.text[total.stop : run[0].begin]
    else:
        start = passage.sentence_begin(run[0].sentence)
        words = f"{passage.text[max(start, run[0].begin - 24) : run[0].begin]}/{words}"
    return 1.5 if any(_NUMERALS[found] == len(run) for found in _COUNT.findall(words)) else 0.0


def _named(passage: Passage, total: Item, run: Sequence[Item], labels: Sequence[str], firm: bool, above: bool) -> float:
    """What the names of the parts say: that none is missing, that none holds another, that they are of one sort."""
    if not labels:
        paired = len(run) == 2 and _PAIRED.search(passage.text[max(0, run[0].begin - 20) : run[0].begin])
        return 2.5 if paired else -1.0
    ranked = any(all(row.search(label) for label in labels) for row in OPEN_CLASSES)
    evidence = 0.0
    if rest_named(labels) or complete(labels):
        evidence += 2.5
    elif any(OVERLAP.search(label) for label in labels) and not (firm or ranked or parted(labels)):
        evidence -= 2
    elif exclusive(labels):
        evidence += 2
    elif alike(labels):
        evidence += 1.5
    elif all(BARE.match(label) and (label.endswith("的") or not _ACTS.search(label)) for label in labels):
        evidence += 1
    if ranked:  # some are without a title or a degree: only a sum above the whole is wrong
        evidence += 1 if above else -2
    return evidence + (0.5 if _akin(total, run) else 0)


def _akin(total: Item, run: Sequence[Item]) -> bool:
    """Have the names of all parts something in common with the total's?"""
    return bool(pairs_of(total.name) & frozenset.intersection(*(pairs_of(part.name + part.after[:4]) for part in run)))


def _tiers(total: Item, run: Sequence[Item]) -> bool:
    """一本上线…,二本上线…,三本上线…,本科上线…: what is counted bears one name, in tiers and in all."""
    names = [TRIM.sub("", part.name) for part in run]
    tails = {name[-2:] for name in names}
    return len(run) > 2 and len(tails) == 1 and len(min(names, key=len)) > 2 and tails.pop() in total.name[-6:]


def _before(passage: Passage, total: Item, run: Sequence[Item]) -> float:
    """A list in front of the total: what closes it."""
    lead = _lead(passage, total)
    text = passage.text[run[-1].stop : total.begin]
    raised = any(_ADDED.search(part.label) for part in run[1:]) and _AFTER.search(lead)
    evidence = 2.5 if _CLOSES.search(lead) or raised else 1.0 if TOTAL.search(lead) else -1.0
    evidence += 2 if evidence < 0 and _tiers(total, run) else 0
    if _AFRESH.search(lead[-8:]) or _STOPS.search(text):
        evidence -= 2
    if total.clause - run[-1].clause > 1 and total.sentence == run[-1].sentence:
        evidence -= 0.5
    return evidence


def _behind(
    passage: Passage, total: Item, run: Sequence[Item], labels: Sequence[str], gap: Fraction, largest: Fraction
) -> float:
    """A list behind the total: what opens it, and whether others may be left out."""
    text = passage.text[total.stop : run[0].begin]
    opens, of_it = _OPENS.search(text), _OF_IT.search(text)
    bare = not opens and not of_it
    evidence = 1.5 if opens and not of_it else 0.5
    evidence += 1 if TOTAL.search(total.label) and not of_it else 0
    if bare:
        behind = re.match(r"\s*[、;]", passage.text[total.stop + len(total.after) :])
        if _kin_before(passage, total) or behind or ";" in text or peers(total.name, labels):
            evidence -= 3
    if re.search("不重复|不含重复|无重复|不交叉", passage.text[run[-1].stop : run[-1].stop + 20]):
        evidence += 2
    if run[0].sentence != total.sentence and not opens:
        evidence -= 0.5
    if _STOPS.search(passage.text[run[-1].stop : run[-1].stop + 6]):
        evidence -= 2
    closed = labels and (complete(labels) or rest_named(labels))
    if of_it and 0 < gap <= largest and not closed:  # room for one more; round small figures slip by chance
        smallest = min(part.value or Fraction(0) for part in run)
        evidence -= 1.5 if gap >= smallest and (total.value or 0) < 500 else 1
    return evidence


def _labels(passage: Passage, run: Sequence[Item]) -> list[str]:
    """The names of parts; where they repeat, with what their clauses say before; those of 甲、乙、丙分别为…; none where
    they stay unnamed."""
    named = _COORDINATED.search(passage.text[max(0, run[0].begin - 70) : run[0].begin])
    if named and len(names := re.split("、|和|及|与", named[1])) == len(run):
        return [TRIM.sub("", name) for name in names]
    labels = [TRIM.sub("", part.name) for part in run]
    labels[0] = _OPENED.split(labels[0])[-1]
    if not any(labels) and all(BARE.match(part.after) for part in run):
        labels = [part.after for part in run]  # 316名小学教师、208名初中教师
    elif len(set(labels)) != len(labels) and all(labels):
        labels = [_since_stop(passage, part) for part in run]
    return labels if all(labels) and len(set(labels)) == len(labels) else []


_OPENED = re.compile("由|包括|包含|其中|分为|既有")


def _since_stop(passage: Passage, part: Item) -> str:
    start = max(passage.text.rfind(sign, max(0, part.begin - 40), part.begin) for sign in ";。\n") + 1
    return TRIM.sub("", passage.text[max(start, part.begin - 40) : part.begin])


def _kin_before(passage: Passage, total: Item) -> bool:
    """Is there a number of the unit in front of it in the sentence?"""
    index = passage.place(total)
    return any(same_unit(passage.items[place], total) for place in passage.same_sentence(index, 6))


def open_list(passage: Passage, items: Sequence[Item]) -> bool:
    """Does the text itself tell that these parts (the total last) are no complete list of one level?

    Some of them make another of them, two are the levels of one change, or their share of the total is printed.
    """
    *parts, total = items
    values = [part.value or Fraction(0) for part in parts]
    for first in range(1, len(parts) - 1):
        for last in range(first + 2, len(parts) + 1):
            if sum(values[first:last]) == values[first - 1]:
                return True
    if any(_MOVED.search(part.label) for part in parts):
        return True
    share = 100 * sum(values, Fraction(0)) / (total.value or 1)
    near = passage.items[passage.place(parts[-1]) : passage.place(parts[-1]) + 6]
    return any(
        item.kind == "percent"
        and item.sentence - parts[-1].sentence <= 1
        and item.value
        and abs(item.value - share) < step(item)
        and share < 99
        for item in near
    )


_MOVED = re.compile(r"[减增降升缩扩压提][^,;。]{0,3}[到至为成]")
