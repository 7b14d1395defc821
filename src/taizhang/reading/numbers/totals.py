"""Candidates for totals: every run of numbers of one unit behind a number or in front of it, and what speaks for each."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from taizhang.reading.numbers.candidates import AVERAGED, Ask, Candidate
from taizhang.reading.numbers.claims import Claim, step
from taizhang.reading.numbers.naming import pairs_of
from taizhang.reading.numbers.partition import TRIM, alike, complete, exclusive, rest_named
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.sums import OPEN_CLASSES, OVERLAP

REACH = 12
MOST = 7
"""Longer runs are tables."""
_CLOSES = re.compile(
    r"(?:合计|共计|总计|总共|一共|加总|总和|加起来|合起来|相加|(?:[两二三四五六七]|几|以上|上述|各)[^,;。:\d]{0,10}[共计总]|(?:以上|上述|前述|这)[两二三四五六七几])[^,;。\d]{0,12}$"
)
_TOTAL = re.compile(r"(?:共|累计|总|全年|全学年|受教育面|受益|惠及)[^,;。\d]{0,10}$")
_OPENS = re.compile(r"包括|包含|分为|分成|由|分别|构成|组成|按[^,。]{1,8}[分看]|从[^,。]{1,10}看|依次|[::(\[—]|即")
_AFRESH = re.compile(r"比|较|同比|增|减|由[^,]*[到至]|占|目标|计划|每")
_STOPS = re.compile(r"另|此外|同时|还有")
_ADDED, _AFTER = re.compile("追加|调增|新增|加上|续"), re.compile("后|调整|达|现有|共")
_ELSE = re.compile("占|总数|总量|总额")
_PAIRED = re.compile("男女|城乡|中小学|内外|上下|新老|东西|南北|大小|公办[、和]?民办")
_EARLIER = re.compile("去年|上年|同期|前年")
_TELLING = 5000


def about_total(ask: Ask) -> Iterator[Candidate]:
    """A total with the run behind it, or with the run in front of it."""
    passage, index, deltas, total = ask.passage, ask.index, ask.deltas, ask.result
    if not total.measured or index in deltas or total.loose or total.bound or AVERAGED.search(total.label):
        return
    if (total.value or 0) < 13:
        return
    behind, front = _run(passage, index, deltas, 1), _run(passage, index, deltas, -1)
    for parts, closing in ((behind, False), (front, True)):
        if len(parts) < 2:
            continue
        yield from _candidates(passage, total, parts, closing)
    if ask.kin:
        yield from _from_elsewhere(ask)


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


def _run(passage: Passage, index: int, deltas: frozenset[int], way: int) -> list[Item]:
    """Numbers of the total's unit on one side of it, in its sentence, else in the next one."""
    total, found = passage.items[index], list[Item]()
    last = total
    for place in range(index + way, index + way * (REACH + 1), way):
        if not 0 <= place < len(passage.items):
            break
        item = passage.items[place]
        if item.paragraph != total.paragraph or abs(item.sentence - total.sentence) > 1:
            break
        if found and item.sentence != found[-1].sentence:
            break
        if way > 0 and not found and _EARLIER.search(item.label) and not _EARLIER.search(total.label):
            continue
        if (
            place in deltas
            or item.kind in ("percent", "year", "date", "ordinal", "ratio", "name")
            or AVERAGED.search(item.label)
        ):
            continue
        if _inside(passage, total, item) and not (found and _inside(passage, total, found[0])) and (found or way < 0):
            continue
        if found and _inside(passage, total, found[0]) and not _inside(passage, total, item):
            break
        if not item.measured or not same_unit(item, total):
            if item.sentence != total.sentence and not found:
                continue
            if found and abs(item.clause - last.clause) <= 1 and item.kind == total.kind:
                break
            continue
        if item.loose or item.bound or (way > 0 and found and _ELSE.search(passage.between(last, item))):
            break
        found.append(item)
        last = item
        if len(found) > MOST:
            return []
    return found[::way]


def _candidates(passage: Passage, total: Item, parts: Sequence[Item], closing: bool) -> Iterator[Candidate]:
    lead = passage.lead(total)
    told = bool(_CLOSES.search(lead) or _TOTAL.search(lead) or _AFTER.search(lead)) if closing else True
    if not closing and not _OPENS.search(between := passage.text[total.stop : parts[0].begin]):
        told = "其中" in between or "当中" in between or not _kin_before(passage, total)
    for count in range(2, len(parts) + 1):
        run = parts[-count:] if closing else parts[:count]
        evidence = _evidence(passage, total, run, parts, closing) if told else 0.0
        yield Candidate(_claim(run, total), evidence, only_fit=evidence < 2)


def _claim(parts: Sequence[Item], total: Item) -> Claim:
    operands = tuple(("part", part) for part in parts)
    return Claim("sum", operands, total, "total", lambda v: sum(v, Fraction(0)), " + ".join(["{}"] * len(parts)))


def _evidence(passage: Passage, total: Item, run: Sequence[Item], parts: Sequence[Item], closing: bool) -> float:
    labels = _labels(passage, run)
    values = [part.value or Fraction(0) for part in run]
    whole, added = total.value or Fraction(0), sum(values, Fraction(0))
    evidence = 0.0
    rest = parts[len(run) :]
    if len(run) == len(parts) or (
        not closing and sum((one.value or Fraction(0) for one in rest), Fraction(0)) in values
    ):
        evidence += 1
    if len(run) > 2:
        evidence += 0.5
    text = (
        passage.text[min(total.stop, run[0].begin) : run[0].begin]
        if not closing
        else passage.text[run[-1].stop : total.begin]
    )
    if labels:
        if rest_named(labels) or complete(labels):
            evidence += 2
        elif exclusive(labels):
            evidence += 1.5
        elif alike(labels):
            evidence += 1
        firm = exclusive(labels) or rest_named(labels) or (closing and _CLOSES.search(passage.lead(total)))
        ranked = any(all(row.search(label) for label in labels) for row in OPEN_CLASSES)
        evidence += 1 if ranked else 0
        if any(OVERLAP.search(label) for label in labels) and not firm and not ranked:
            evidence -= 2
        common = pairs_of(total.name) & frozenset.intersection(*(pairs_of(part.name + part.after[:4]) for part in run))
        evidence += 0.5 if common else 0
    elif not re.search("分别|依次|各", passage.lead(run[0])):
        evidence -= 1
    else:
        evidence += 2 if _PAIRED.search(passage.lead(run[0])) else 0.5
    if closing:
        lead = passage.lead(total)
        raised = any(_ADDED.search(label) for label in labels[1:]) and _AFTER.search(lead)
        evidence += 2 if _CLOSES.search(lead) or raised else 1 if _TOTAL.search(lead) else -1
        if _AFRESH.search(lead[-8:]) or _STOPS.search(text):
            evidence -= 2
        if total.clause - run[-1].clause > 1 and total.sentence == run[-1].sentence:
            evidence -= 0.5
    else:
        opens = _OPENS.search(text)
        bare = not opens and "其中" not in text and "当中" not in text
        evidence += 1.5 if opens else 0.5 if bare else 0
        if bare and (
            _kin_before(passage, total)
            or re.match(r"\s*[、;]", passage.text[total.stop + len(total.after) :])
            or ";" in text
        ):
            evidence -= 3
        if re.search("不重复|不含重复|无重复|不交叉", passage.text[run[-1].stop : run[-1].stop + 20]):
            evidence += 2
        if run[0].sentence != total.sentence and not opens:
            evidence -= 0.5
        if _STOPS.search(passage.text[run[-1].stop : run[-1].stop + 6]):
            evidence -= 2
        if (
            "其中" in text
            and added < whole
            and whole - added <= max(values)
            and not (labels and (complete(labels) or rest_named(labels)))
        ):
            evidence -= 1
    joins = [passage.between(one, other) for one, other in itertools.pairwise(run)]
    if any(_STOPS.search(join) or "其中" in join or ("。" in join) for join in joins):
        evidence -= 2
    if all("、" in join or "和" in join for join in joins):
        evidence += 0.5
    digits = whole / min(step(item) for item in (*run, total))
    evidence += 1.5 if digits >= 4 * _TELLING else 1 if digits >= _TELLING else 0
    if max(values) >= whole:
        evidence -= 1.5
    if abs(added - whole) * 2 > whole:
        evidence -= 0.5 if closing and _CLOSES.search(passage.lead(total)) else 1
    return evidence


def _inside(passage: Passage, total: Item, item: Item) -> bool:
    """Does a number stand in a bracket that does not hold the total?"""
    one, other = sorted((total, item), key=lambda one: one.begin)
    between = passage.text[one.stop : other.begin]
    opened, closed = between.count("(") + between.count("["), between.count(")") + between.count("]")
    return opened > closed if item is other else closed > opened


def _labels(passage: Passage, run: Sequence[Item]) -> list[str]:
    """The names of parts; where they repeat, with what their clauses say before; none where they stay unnamed."""
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
