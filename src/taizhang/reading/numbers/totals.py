"""Candidates for totals: the list behind a number, or the list in front of it, and what speaks for each.

A list is read with its levels: what a bracket, a dash or a later clause says of one member (小学872台,又分科学类…) is a list of
that member and no part of the whole. Names, signs and words only weigh; the arithmetic decides.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from taizhang.reading.numbers.candidates import AVERAGED, Ask, Candidate
from taizhang.reading.numbers.claims import Claim, step
from taizhang.reading.numbers.naming import pairs_of
from taizhang.reading.numbers.partition import TRIM, alike, complete, exclusive, parted, rest_named
from taizhang.reading.numbers.passage import MEASURED, Item, Passage, same_unit
from taizhang.reading.numbers.sums import OPEN_CLASSES, OVERLAP

REACH = 16
MOST = 7
"""Longer runs are tables."""
LEAST = 13
"""Smaller totals fit and slip by chance."""
_KINDS = MEASURED | {"score", "duration"}
_PASSED = frozenset({"percent", "year", "date", "ordinal", "ratio", "name", "placeholder", "docno", "other"})
_CLOSES = re.compile(
    r"(?:合计|共计|总计|总共|一共|统共|加总|总和|之和|总量|总数|汇总|加起来|加到一起|加在一起|合起来|合在一起|合并|相加|并计|凑成|凑足|(?:[两二三四五六七]|几|以上|上述|各)[^,;。:\d]{0,10}[共计总合]|(?:以上|上述|前述|这)[两二三四五六七几])[^,;。\d]{0,12}$"
    r"|(?<![整综联组结融])合(?:为|到|是)?$"
)
_TOTAL = re.compile(r"(?:共|累计|总|全年|全学年|受教育面|受益|惠及|整体|统算)[^,;。\d]{0,14}$")
_OPENS = re.compile(
    r"包括|包含|分为|分成|分[一二两三四五六七]|由|分别|构成|组成|来自|来源|按[^,。]{1,8}[分看划]|从[^,。]{1,10}看|依次|细分|拆开|(?<!\d):|[(\[—]|即"
)
_OF_IT = re.compile(r"其中|当中")
_INNER = re.compile(r"[(——]|其中|当中|又分|又有|再分|细分|后者|前者")
_AFRESH = re.compile(r"比|较|同比|增|减|由[^,]*[到至]|占|目标|计划|每")
_STOPS = re.compile(r"另|此外|同时|还有")
_ADDED, _AFTER = re.compile("追加|调增|新增|加上|续|补进"), re.compile("后|调整|达|现有|共")
_ELSE = re.compile("占|总数|总量|总额")
_EARLIER = re.compile("去年|上年|同期|前年")
_CHANGED = re.compile(r"[由从]|[减增降升缩扩压提][^,;。]{0,3}[到至为成]")
_BARE = re.compile(r"^[一-鿿A-Za-z“”]{1,9}$")
_ACTS = re.compile("获|超|达|增|减|新|率|已|未|均|每|等|学历|职称")
_PAIRED = re.compile(
    r"(?:男女|城乡|中小学|内外|上下|新老|东西|南北|大小|公办[、和]?民办)[^,;。\d]{0,8}(?:分别|各|依次)[^,;。\d]{0,6}$"
)
_COORDINATED = re.compile(r"(?:^|[,;:。()])([^,;:。()]{2,60}?)(?:分别|依次|各)[^,;。\d]{0,8}$")


def about_total(ask: Ask) -> Iterator[Candidate]:
    """A total with the list behind it, or with the list in front of it."""
    index, total = ask.index, ask.result
    if not _summable(total) or index in ask.deltas or total.loose or total.bound or (total.value or 0) < LEAST:
        return
    if AVERAGED.search(total.label):
        return
    for closing in (False, True):
        parts = _Run(ask, -1 if closing else 1).parts()
        if len(parts) > 1:
            yield from _candidates(ask, parts, closing)
    if ask.kin:
        yield from _from_elsewhere(ask)


def _summable(item: Item) -> bool:
    return item.value is not None and item.kind in _KINDS


def _from_elsewhere(ask: Ask) -> Iterator[Candidate]:
    """东部片区收缴…|西部片区收缴…|东、西两片区收缴总额…: parts in paragraphs of their own that the total names."""
    passage, total = ask.passage, ask.result
    begin = passage.sentence_begin(total.sentence)
    words = passage.text[max(begin, total.begin - 60) : total.begin]
    if not (_CLOSES.search(words) or _TOTAL.search(words)) or _AFRESH.search(words):
        return
    named = pairs_of(words)
    parts = [
        item for item in ask.kin
        if item.measured and same_unit(item, total) and passage.place(item) not in ask.deltas and not AVERAGED.search(item.label)
        and item.begin < total.begin and len(pairs_of(item.name) & named) >= 2 and not _TOTAL.search(item.label)
    ]  # fmt: skip
    if not 2 <= len(parts) <= 4 or len({part.name for part in parts}) != len(parts):
        return
    evidence = 4.0 if _CLOSES.search(words) or "总" in words else 3.0
    evidence += 1 if alike([TRIM.sub("", part.name) for part in parts]) else 0
    yield Candidate(_claim(parts, total), evidence)


# --- the list -------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Run:
    """The numbers of the total's unit on one side of it, on one level, within its sentence or the next one."""

    ask: Ask
    way: int

    def parts(self) -> list[Item]:
        passage, index, way, total = self.ask.passage, self.ask.index, self.way, self.ask.result
        found: list[Item] = []
        skipped = 0
        for place in range(index + way, index + way * (REACH + 1), way):
            if not 0 <= place < len(passage.items):
                break
            item = passage.items[place]
            if item.paragraph != total.paragraph or abs(item.sentence - total.sentence) > 1:
                break
            if found and item.sentence != found[-1].sentence:
                break
            if item.kind in _PASSED or place in self.ask.deltas or AVERAGED.search(item.label):
                continue
            verdict = self._verdict(item, found)
            if verdict == "end":
                break
            if verdict == "part":
                found.append(item)
            skipped += 1
            if len(found) > MOST or skipped > REACH:
                return []
        return found[::way]

    def _verdict(self, item: Item, found: Sequence[Item]) -> str:
        """part, pass (a number of another level or unit), or end."""
        passage, total, way = self.ask.passage, self.ask.result, self.way
        if not _summable(item) or not same_unit(item, total):
            last = found[-1] if found else total
            if found and way > 0 and abs(item.clause - last.clause) <= 1 and item.kind == total.kind:
                return "end"
            return "pass"
        if way > 0 and not found and _EARLIER.search(item.label) and not _EARLIER.search(total.label):
            return "pass"
        if item.loose or item.bound:
            return "end"
        if _inside(passage, total, item):
            listed = found and _inside(passage, total, found[0])
            if not listed and (found or way < 0):
                return "pass"
        elif found and _inside(passage, total, found[0]):
            return "end"
        if way > 0 and found:
            join = _join(passage, item)
            if _ELSE.search(join) or (_TOTAL.search(join) and not _BARE.match(item.label)):
                return "end"
            if self._speaks_of(found, passage.text[found[-1].stop : item.begin]):
                return "end"
            if len(found) and _INNER.search(join) and not _inside(passage, total, found[0]):
                return "pass"
            if self._inner(found, item):
                return "pass"
        return "part"

    def _speaks_of(self, found: Sequence[Item], between: str) -> bool:
        """Does a later clause take up one of the members (;专题督查里,安全专题…)?"""
        cut = re.split("[;。,]", between, maxsplit=1)
        if len(cut) < 2:
            return False
        stems = (TRIM.sub("", part.name)[:4] for part in found)
        return any(len(stem) > 1 and cut[1].lstrip().startswith(stem) for stem in stems)

    def _inner(self, found: Sequence[Item], item: Item) -> bool:
        """Behind a dash or 又分: still of the member that was opened, up to a semicolon."""
        text = self.ask.passage.text[found[-1].stop : item.begin]
        return bool(_INNER.search(text)) and ";" not in text and "(" not in text


def _join(passage: Passage, item: Item) -> str:
    """The words between a number and the one printed before it."""
    place = passage.place(item)
    return passage.text[passage.items[place - 1].stop : item.begin] if place else ""


def _inside(passage: Passage, total: Item, item: Item) -> bool:
    """Does a number stand in a bracket that does not hold the total?"""
    one, other = sorted((total, item), key=lambda one: one.begin)
    between = passage.text[one.stop : other.begin]
    opened, closed = between.count("(") + between.count("["), between.count(")") + between.count("]")
    return opened > closed if item is other else closed > opened


# --- what speaks for it ---------------------------------------------------------------------------------------------
def _candidates(ask: Ask, parts: Sequence[Item], closing: bool) -> Iterator[Candidate]:
    passage, total = ask.passage, ask.result
    lead = passage.lead(total)
    told = bool(_CLOSES.search(lead) or _TOTAL.search(lead) or _AFTER.search(lead)) or _tiers(total, parts)
    told = told or not closing
    if not closing and not _OPENS.search(between := passage.text[total.stop : parts[0].begin]):
        own = parts[0].sentence == total.sentence or _akin(total, parts[:2])
        told = bool(_OF_IT.search(between)) or not (_kin_before(passage, total) or total.begin in ask.parts or not own)
    for count in range(2, len(parts) + 1):
        run = parts[-count:] if closing else parts[:count]
        evidence = _evidence(passage, total, run, parts, closing) if told else 0.0
        yield Candidate(_claim(run, total), evidence, only_fit=evidence < 2)


def _claim(parts: Sequence[Item], total: Item) -> Claim:
    operands = tuple(("part", part) for part in parts)
    return Claim("sum", operands, total, "total", lambda v: sum(v[1:], v[0]), " + ".join(["{}"] * len(parts)))


def _evidence(passage: Passage, total: Item, run: Sequence[Item], parts: Sequence[Item], closing: bool) -> float:
    labels = _labels(passage, run)
    values = [part.value or Fraction(0) for part in run]
    whole, added = total.value or Fraction(0), sum(values, Fraction(0))
    rest = sum((one.value or Fraction(0) for one in parts[len(run) :]), Fraction(0))
    evidence = 1.0 if len(run) == len(parts) or (not closing and rest in values) else 0.0
    evidence += 0.5 if len(run) > 2 else 0
    firm = bool(closing and _CLOSES.search(passage.lead(total)))
    evidence += _named(passage, total, run, labels, firm, added > whole)
    evidence += (
        _before(passage, total, run) if closing else _behind(passage, total, run, labels, whole - added, max(values))
    )
    joins = [passage.between(one, other) for one, other in itertools.pairwise(run)]
    if any(_STOPS.search(join) or "其中" in join or "。" in join for join in joins):
        evidence -= 2
    if any(_CHANGED.search(part.label) for part in run):
        evidence -= 2
    if all("、" in join or "和" in join for join in joins):
        evidence += 0.5
    digits = whole / min(step(item) for item in (*run, total))
    evidence += 1.5 if digits >= 20_000 else 1 if digits >= 5000 else 0.5 if digits >= 500 else 0
    if max(values) >= whole:
        evidence -= 0.5
    if abs(added - whole) * 2 > whole:
        evidence -= 0.5
    return evidence


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
    elif all(_BARE.match(label) and not _ACTS.search(label) for label in labels):
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
    lead = passage.lead(total)
    text = passage.text[run[-1].stop : total.begin]
    raised = any(_ADDED.search(part.label) for part in run[1:]) and _AFTER.search(lead)
    evidence = 2.5 if _CLOSES.search(lead) or raised else 1.0 if _TOTAL.search(lead) else -1.0
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
    evidence += 1 if _TOTAL.search(total.label) and not of_it else 0
    if bare:
        behind = re.match(r"\s*[、;]", passage.text[total.stop + len(total.after) :])
        if _kin_before(passage, total) or behind or ";" in text:
            evidence -= 3
    if re.search("不重复|不含重复|无重复|不交叉", passage.text[run[-1].stop : run[-1].stop + 20]):
        evidence += 2
    if run[0].sentence != total.sentence and not opens:
        evidence -= 0.5
    if _STOPS.search(passage.text[run[-1].stop : run[-1].stop + 6]):
        evidence -= 2
    closed = labels and (complete(labels) or rest_named(labels))
    if of_it and 0 < gap <= largest and not closed:
        evidence -= 1
    return evidence


def _labels(passage: Passage, run: Sequence[Item]) -> list[str]:
    """The names of parts; where they repeat, with what their clauses say before; those of 甲、乙、丙分别为…; none where
    they stay unnamed."""
    named = _COORDINATED.search(passage.text[max(0, run[0].begin - 70) : run[0].begin])
    if named and len(names := re.split("、|和|及|与", named[1])) == len(run):
        return [TRIM.sub("", name) for name in names]
    labels = [TRIM.sub("", part.name) for part in run]
    if len(set(labels)) != len(labels) and all(labels):
        labels = [_since_stop(passage, part) for part in run]
    return labels if all(labels) and len(set(labels)) == len(labels) else []


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
