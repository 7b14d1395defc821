"""Now against then: 比去年增加33人, 由54人增加到87人, 同比增长5.2%, 翻了一番, 是去年的2倍."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import derived, exact, number, said, step, tolerance_of
from taizhang.reading.numbers.passage import MEASURED, Item, Passage, same_unit
from taizhang.reading.numbers.rounded import ROUNDED, grain
from taizhang.reading.numbers.slips import one_slip
from taizhang.reading.numerals import decimals

_UP = "增加|增长|增|多|提高|上升|提升|扩大|扩招|净增|增收|增招|增幅|递增|上涨|涨|长|高(?!达)|超"
_DOWN = "减少|下降|降低|减|少|缩小|下滑|压缩|回落|降|低|缩减|降幅"
# The change itself, not the level that it leads to (增加到 is a level).
_CHANGE = re.compile(
    rf"(?P<word>{_UP}|{_DOWN})(?:率|速)?(?P<made>招|收|投入|拨付|录取|培训)?(?:了|约|近|达到|达|为|出|超过|不到)*(?:分别)?(?:为|是)?\s*$"
)
AGAINST = re.compile(r"比(?![例重值率])|较|同比|环比|与[^,;。]{1,12}相比|对比")
_DOWN_WORD = re.compile(rf"^(?:{_DOWN})$")
_REACHED = re.compile(
    r"^[,,\s]*(?!其中)(?:[^,;。]{0,12}?)(?:达到|达|增至|升至|提高到|上升到|增加到|增长到|降至|下降到|减少到|减至|降到|为|至)(?:了)?[^,;。\d]{0,6}$"
)
_FROM = re.compile(r"(?:由|从|比|较)[^,;。]{0,16}$")
# 增加到87人, 增加到2023年的87人
_LEADS_TO = re.compile(r"(?:到|至|为|达)(?:了)?\s*(?:[^,;。]{0,10}(?:年|月|日|底|末|期)的?)?\s*$")
FORMER = re.compile(r"去年|上年|上一年|前年|同期|原来|原有|上学年|上学期|上届|年初|期初|上次")


# 任务数是100个,实际减少120个: what was done, no change against last year.
_DONE = re.compile(r"实际(?:已|共|累计)*(?:减少|增加|新增|压减|降低)了?$")


# 由104.92下降为102.67: the level now, not the size of the change.
_LED_TO = re.compile(r"[增加长减少升降低大缩]为\s*$")


def is_delta(passage: Passage, item: Item) -> bool:
    """Is this number the size of a change?"""
    lead = passage.lead(item)
    own = item.label or lead
    if _LED_TO.search(own) and re.search("[由从]", lead):
        return False
    if not _CHANGE.search(own) or (_DONE.search(own) and not AGAINST.search(lead)):
        return False
    return bool(AGAINST.search(lead)) or bool(
        re.search(
            r"(?:增加|增长|净增|提高|上升|减少|下降|降低|增幅|降幅|增长率|降低率|下降率|增速)(?:了|约|近|达到|达|为)*\s*$",
            own,
        )
    )


# Words in front of a change that name nothing of their own.
_NO_SUBJECT = re.compile(
    r"分别|均|又|也|净|共|各|同期|总体|实现|今年|本年|当年|人数|数量|总数|总量|面积|金额|资金|其中|了|实际|同时|[\s、和]"
)


def _own_subject(delta: Item) -> str:
    """What a change says that it is a change of: 招生人数提高了53% speaks of 招生, 比去年增加33人 of what came before."""
    head = re.split(r"比|较|同比|环比|与", delta.label)[0]
    return _NO_SUBJECT.sub("", _CHANGE.sub("", head))


def direction(item: Item) -> int:
    found = _CHANGE.search(item.label)
    return -1 if found and _DOWN_WORD.match(found["word"]) else 1


def find_comparisons(passage: Passage, deltas: frozenset[int]) -> Iterator[Relation]:
    """Differences and growth, for each number that is a change."""
    for index in sorted(deltas):
        yield from _change(passage, index, deltas)


YEARLY = re.compile("[年月]均|平均每[年月]")
"""五年间由5.2万人降到4.6万人,年均减少1200人: the change of one year of several."""


def _change(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Relation]:
    items = passage.items
    delta = items[index]
    if YEARLY.search(delta.label):
        return
    if delta.value is None or delta.kind not in MEASURED | {"percent", "score", "duration"}:
        return
    run = run_of(passage, index)
    if len(run) > 1:
        if index == run[0] and re.search("分别|各", passage.lead(delta)):
            for place, now in zip(run, _list_before(passage, run, deltas), strict=False):
                yield from stated_change(items[now], items[place], None, direction(delta), None)
        return
    levels = _of_named_years(passage, index) or _levels(passage, index, deltas)
    if levels is None:
        return
    level, before = levels
    beside = items[index - 1] if index - 1 in deltas and items[index - 1].kind == level.kind else None
    yield from stated_change(level, delta, before, direction(delta), beside)


# No list in prose is longer; a longer row is a table or noise.
LONGEST_RUN = 12
_AND = re.compile(r"\s*(?:、|和|及|与|以及)\s*")


def run_of(passage: Passage, index: int) -> list[int]:
    """Numbers joined by 和 or 、 only: 684人和77人."""
    items, run = passage.items, [index]
    while (
        len(run) < LONGEST_RUN
        and run[-1] + 1 < len(items)
        and _AND.fullmatch(passage.between(items[run[-1]], items[run[-1] + 1]))
    ):
        run.append(run[-1] + 1)
    while len(run) < LONGEST_RUN and run[0] and _AND.fullmatch(passage.between(items[run[0] - 1], items[run[0]])):
        run.insert(0, run[0] - 1)
    return run if len({items[place].unit for place in run}) == 1 else [index]


def _list_before(passage: Passage, run: list[int], deltas: frozenset[int]) -> list[int]:
    """The nearest list of as many levels in the same sentence."""
    items = passage.items
    for place in range(run[0] - 1, max(run[0] - 24, -1), -1):
        if items[place].sentence != items[run[0]].sentence:
            return []
        if place in deltas or items[place].value is None or not items[place].measured:
            continue
        other = run_of(passage, place)
        if len(other) == len(run) and not any(one in deltas for one in other):
            return other
    return []


_GOAL = re.compile(r"(?:任务|目标|计划|指标)(?:数|量|值)*(?:是|为)?$")  # 任务数是100个,实际减少120个


def _fits(now: Item, delta: Item) -> bool:
    """A level and its change: same unit, or a percentage of change."""
    if now.value is None or now.loose or _GOAL.search(now.label):
        return False
    if delta.kind == "percent":
        return (now.kind == "percent" and not now.points) or (now.measured and not delta.points)
    return now.kind == delta.kind and same_unit(now, delta)


def _levels(passage: Passage, index: int, deltas: frozenset[int]) -> tuple[Item, Item | None] | None:
    """Now, and before if it is printed, for one change."""
    items, delta = passage.items, passage.items[index]
    following = items[index + 1] if index + 1 < len(items) else None
    near = following is not None and following.sentence == delta.sentence and _fits(following, delta)
    near = near and following is not None and not FORMER.search(following.label)  # (上年为32560人)
    if following is not None and near and _REACHED.match(passage.between(delta, following)):
        return following, _former(passage, index, following)
    clause, before = delta.clause, None
    for place in range(index - 1, max(index - 12, -1), -1):
        item = items[place]
        if item.sentence != delta.sentence or clause - item.clause > 2:
            return None
        if place in deltas:
            clause = item.clause
            continue
        if item.kind in ("year", "date", "placeholder", "ordinal", "name"):
            continue
        if _is_share(passage, item, delta) or _is_whole(passage, place):
            clause = item.clause
            continue
        if not _fits(item, delta):
            if item.kind in MEASURED | {"percent"} and delta.kind != "percent":
                return None
            continue
        if before is None and (FORMER.search(item.label) or _is_base(passage, item, clause)):
            before, clause = item, item.clause
            continue
        own = _own_subject(delta)
        if clause > item.clause + 1 or (len(own) >= 2 and own[-2:] not in item.label and item.clause != delta.clause):
            return None
        now = _whole_of_list(passage, place, delta, deltas)
        return now, before if before is not None and same_unit(before, now) else level_before(
            passage, place, now, delta
        )
    return None


_YEARS_AGO = 24
"""The levels of years that are named stand among so many numbers in front."""


def _of_named_years(passage: Passage, index: int) -> tuple[Item, Item] | None:
    """2023年1680人、2024年1890人,2024年比2023年增长12.5%: the levels of the two years that a change names."""
    items = passage.items
    if index < 4 or not all(items[place].kind == "year" for place in (index - 2, index - 1)):
        return None
    if not re.fullmatch(r"\s*[比较]", passage.between(items[index - 2], items[index - 1])):
        return None
    found: list[Item] = []
    for year in (items[index - 2], items[index - 1]):
        for place in range(index - 3, max(index - _YEARS_AGO, 0), -1):
            item, said = items[place], items[place - 1]
            of_it = said.kind == "year" and said.quantity.value == year.quantity.value
            if of_it and _fits(item, items[index]) and not re.search("[,;。]", passage.between(said, item)):
                found.append(item)
                break
    return (found[0], found[1]) if len(found) == 2 and same_unit(*found) else None


_SHARE_OF = re.compile(r"[占的]\s*(?:约|近|达)?\s*$")


def _is_share(passage: Passage, item: Item, delta: Item) -> bool:
    """收入1720万元,为预算3800万元的45.3%,降幅23.6%: what fell is the income, not its share."""
    if item.kind != "percent" or delta.kind != "percent" or delta.points:
        return False
    return bool(_SHARE_OF.search(passage.lead(item)))


def _is_whole(passage: Passage, place: int) -> bool:
    """The budget of that: a number right in front of its own share."""
    following = passage.items[place + 1] if place + 1 < len(passage.items) else None
    if following is None or following.kind != "percent":
        return False
    return bool(re.fullmatch(r"\s*的\s*", passage.between(passage.items[place], following)))


def _is_base(passage: Passage, item: Item, clause: int) -> bool:
    """比2023年的2800万元增加700万元: what stands between 比 and the change is the level before."""
    if re.match("相比|对比|比较", item.after):
        return True
    return item.clause == clause and bool(re.search(r"(?:比|较)[^,;。]{0,16}$", passage.lead(item)))


def _whole_of_list(passage: Passage, place: int, delta: Item, deltas: frozenset[int]) -> Item:
    """7757人,其中义务段…人,普高…人,比去年增加2142人: what follows a list speaks of the whole that was listed."""
    item = passage.items[place]
    opened = passage.text.rfind("其中", max(0, item.begin - 200), item.begin)
    if opened < 0:
        return item
    last = passage.text.rfind(";", opened, item.begin)
    if last >= 0 and passage.text.find(";", opened, last) < 0 and re.search(r"\d", passage.text[opened:last]):
        return item  # 招生…人,其中本科…人、专科…人;在校生…人,比上年增加…: behind the list another thing is told
    listed = 0
    for earlier in range(place, max(place - 40, -1), -1):
        one = passage.items[earlier]
        if one.sentence != item.sentence:
            return item
        if earlier in deltas or not one.measured or not same_unit(one, item):
            continue
        if one.stop > opened and (earlier + 1) in deltas and earlier != place:
            return item  # each of the list is told with its own change
        if one.stop <= opened:
            small = (
                item.value is not None
                and delta.value is not None
                and delta.kind != "percent"
                and delta.value > item.value
            )
            return one if listed >= 2 or small else item
        listed += 1
    return item


def level_before(passage: Passage, place: int, now: Item, delta: Item) -> Item | None:
    """The level before: 由54人增加到87人,增加33人."""
    if not place:
        return None
    before = passage.items[place - 1]
    if before.kind in ("year", "date", "placeholder") and place > 1:
        before = passage.items[place - 2]
    if before.sentence != now.sentence or not _fits(before, delta) or before.kind != now.kind:
        return None
    joined = passage.between(before, now)
    if ";" in joined or ("," in joined and not re.match(r"\s*,\s*(?:增|提|上|升|降|下|减|扩|达|发展|现)", joined)):
        return None  # 占比由46%提高到54%,覆盖率达88%: another thing
    if _FROM.search(passage.lead(before)) and _LEADS_TO.search(joined) and len(joined) <= 20:
        return before
    return None


_BECAME = re.compile(r"[到至为](?:了|\d{2,4}年)?[^,;。\d]{0,10}$")


def became(passage: Passage, before: Item, now: Item) -> bool:
    """由2022年的6420人下降至2024年的5136人: do the words say which of two levels was first?"""
    if before.sentence != now.sentence or before.begin > now.begin:
        return False
    joined = passage.between(before, now)
    led = len(joined) <= 24 and not re.search("[,;。]", joined) and _BECAME.search(joined) is not None
    return led and re.search("[由从]", passage.lead(before)) is not None


def _former(passage: Passage, index: int, now: Item) -> Item | None:
    """比去年的54人增加33人,达到87人: the level before stands in front of the change."""
    if not index:
        return None
    before, delta = passage.items[index - 1], passage.items[index]
    near = before.clause == delta.clause and before.kind == now.kind and _fits(before, delta)
    return before if near and re.search(r"(?:比|较|由|从|在)[^,;。]{0,14}$", passage.lead(before)) else None


def stated_change(now: Item, delta: Item, before: Item | None, sign: int, beside: Item | None) -> Iterator[Relation]:
    """The relation between now, the change, and before (implied or printed). ``beside``: 增加500万元 before 增长20%."""
    if now.value is None or delta.value is None:
        return
    growth = delta.kind == "percent" and now.kind != "percent"
    if growth:
        yield from _growth(now, delta, before, sign, beside)
        return
    operands = (now.operand("now"), delta.operand("delta"), *((before.operand("before"),) if before else ()))
    if before is not None and before.value is not None:
        computed = abs(now.value - before.value)
        why = f"{said(now.value, now)} 与 {said(before.value, now)} 相差 {said(computed, delta)}，原文写 {delta.quantity.text}"
        tol = tolerance_of(delta) if delta.kind == "percent" or decimals(delta.quantity.text) else Fraction(0)
        yield exact("difference", operands, delta.value, computed, tol, why, before.loose or delta.loose, delta)
        return
    implied = now.value - sign * delta.value
    if implied < 0 and (delta.clause - now.clause != 1 or re.search("均|每|其中", now.label)):
        return  # the change speaks of something else
    mark = "-" if sign > 0 else "+"
    holds = implied >= 0 or delta.loose
    means = f"上期应为 {said(implied, now)}" if holds else "增加数比现有数还大"
    why = f"{said(now.value, now)} {mark} {delta.quantity.text} = {said(implied, now)}，{means}"
    yield derived("difference", operands, delta.value, implied, None, holds, why, _of_nothing_else(now, delta))


_SINCE_THEN = re.compile(
    r"(?:同比|[比较]|与)(?:(?:去|上一?|前)(?:年度?|学年|届|学期|月|季度)(?:同期)?(?:相比)?|同期)?(?:净|共|又|有所)*(?:增加|增长|增|多|上升|提高)了?\s*"
)


def _of_nothing_else(now: Item, delta: Item) -> bool:
    """二本上线29人,比去年增加106人: does a change follow its level at once, without a name or noun of its own?"""
    alone = _SINCE_THEN.fullmatch(delta.label.strip()) and delta.clause - now.clause == 1 and not delta.after.strip()
    return bool(alone) and not now.loose and not re.search("均|每|新增|净增|增加", now.label)


def grown_too(passage: Passage, found: Sequence[Relation]) -> Iterator[Relation]:
    """宣传368场…。与去年同期相比,场次增加92场,增长23.3%: what a change of a level known already is in per cent, when it misses."""
    results = {operand.start for one in found for operand in one.operands if operand.role == "pct"}
    for one in found:
        roles = {operand.role: operand for operand in one.operands}
        if one.kind != "difference" or one.check != "feasible" or set(roles) != {"now", "delta"}:
            continue
        now, place = passage.items[passage.at(roles["now"].start)], passage.at(roles["delta"].start)
        delta, pct = passage.items[place], passage.items[min(place + 1, len(passage.items) - 1)]
        if (
            pct.quantity.start in results
            or pct.points
            or delta.kind == "percent"
            or not _in_per_cent(passage, delta, pct)
        ):
            continue
        if one_slip([now, delta, pct], partial(_off_by, direction(delta)), step(pct)):
            yield from (told for told in _growth(now, pct, None, direction(delta), delta) if told.check == "exact")


def _off_by(sign: int, values: Sequence[Any]) -> Any:
    """How far a level, its change and the percentage are from each other."""
    before = values[0] - sign * values[1]
    return 100 * values[1] / before - values[2] if before else before


def _in_per_cent(passage: Passage, delta: Item, pct: Item) -> bool:
    """增加92场,增长23.3%: does a change go on with what it is in per cent, and name nothing of its own?"""
    alone = re.fullmatch(
        r"[,、(]?(?:同比|比上年|较上年)?(?:增长|增|下降|降低|减少|增幅|降幅|上升)(?:率|幅度)?[约为达到了]*",
        passage.between(delta, pct),
    )
    return pct.kind == "percent" and alone is not None


def _growth(now: Item, pct: Item, before: Item | None, sign: int, beside: Item | None) -> Iterator[Relation]:
    if now.value is None or pct.value is None or pct.value <= -100:
        return
    tol = tolerance_of(pct)
    if before is not None and before.value and not _grown_by(now, before, pct, sign):
        computed = 100 * abs(now.value - before.value) / before.value
        high, low = max(now.value, before.value), min(now.value, before.value)
        why = f"({said(high, now)} - {said(low, now)}) ÷ {said(before.value, now)} = {number(computed, max(2, decimals(pct.quantity.text)))}%，原文写 {number(pct.value)}%"
        operands = (now.operand("now"), before.operand("before"), pct.operand("pct"))
        yield exact("growth", operands, pct.value, computed, tol, why, pct.loose or before.loose)
        return
    factor = 1 + sign * pct.value / 100
    if factor <= 0:
        return
    if beside is not None and beside.value is not None and now.value != sign * beside.value:
        base = now.value - sign * beside.value
        computed = 100 * beside.value / base
        off = abs(computed - pct.value)
        if base > 0 and off > tol and int(computed) != pct.value:
            why = f"{said(beside.value, beside)} ÷ ({said(now.value, now)} {'-' if sign > 0 else '+'} {said(beside.value, beside)}) = {number(computed, 2)}%，原文写 {number(pct.value)}%"
            if off <= tol + _rounded(beside, now, base):  # 26.67万所,增加1.17万所,增长4.60%
                told = (now.operand("now"), pct.operand("pct"))
                yield derived("growth", told, pct.value, now.value / factor, tol, False, f"{why}；{ROUNDED}")
                return
            operands = (now.operand("now"), beside.operand("delta"), pct.operand("pct"))
            yield exact("growth", operands, pct.value, computed, tol, why, pct.loose or now.loose or beside.loose)
            return
    implied = now.value / factor
    holds = now.loose or pct.loose or now.kind != "count" or _whole_before(now.value, factor, pct, sign, tol)
    why = f"{number(now.value)} ÷ {number(factor)} = {number(implied)}，上期约 {number(implied, 0)}"
    if not holds:
        why += "，没有一个整数能得出这个增幅"
    yield derived("growth", (now.operand("now"), pct.operand("pct")), pct.value, implied, tol, holds, why)


def _grown_by(level: Item, change: Item, pct: Item, sign: int) -> bool:
    """Does a change give the percentage of its level? 31472 2816 9.8%: in a row of a table what looks like the level before may be it."""
    if level.value is None or change.value is None or pct.value is None:
        return False
    base = level.value - sign * change.value
    return base > 0 and abs(100 * change.value / base - pct.value) <= tolerance_of(pct) + _rounded(change, level, base)


def told_with_change(passage: Passage, index: int, deltas: frozenset[int]) -> bool:
    """352817人,比上年增加8035人,增长2.33%: does the change in front, with the level before it, give this percentage?"""
    pct, change = passage.items[index], passage.items[index - 1]
    if (
        pct.kind != "percent"
        or index - 1 not in deltas
        or not change.value
        or not change.measured
        or pct.clause - change.clause > 1
    ):
        return False
    return any(
        level.sentence == pct.sentence and same_unit(level, change) and _grown_by(level, change, pct, sign)
        for level in passage.items[max(0, index - 6) : index - 1]
        for sign in (1, -1)
    )


def _rounded(delta: Item, now: Item, base: Fraction) -> Fraction:
    """By how much a growth moves with what the printed change and level have been rounded off."""
    if delta.value is None or now.value is None or not base:
        return Fraction(0)
    return 100 * (grain(delta) * now.value + grain(now) * delta.value) / base**2


def _whole_before(now: Fraction, factor: Fraction, pct: Item, sign: int, tol: Fraction) -> bool:
    """Is there a whole number of things before that gives the printed percentage?"""
    centre = int(now / factor)
    for before in range(max(1, centre - 3), centre + 4):
        change = sign * (now / before - 1) * 100
        if pct.value is not None and (abs(change - pct.value) <= tol or int(change) == pct.value):
            return True
    return False
