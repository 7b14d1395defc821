"""Parts of a whole: 占农村小学学生总数的58.5%, (占26.67%), 完成年度任务50所的90%."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import corrupt, derived, number, percentage, tolerance_of
from taizhang.reading.numbers.comparisons import run_of
from taizhang.reading.numbers.naming import of_others
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.wholes import with_wholes

SOFTENERS = r"(?:约|近|达到|达|为|是|超过|高达|仅|只|不足|不到|的|比例|比重|份额|百分比|左右|了|将近|接近|分别|各)*"
_SHARE = re.compile(rf"占(?:比|(?P<whole>(?!比)[^,;。:()占%]*?))(?:的)?(?:比例|比重|份额|百分比|比)?{SOFTENERS}\s*$")
# 完成年度任务50所的90%: the whole stands in the clause itself.
_TASK_OF = re.compile(r"(?:完成|达到|达|实现|相当于|为|是|占)[^,;。]{0,24}的(?:约|近)?\s*$")
# 完成年度目标任务的99.27%: a share of the task.
_DONE_OF = re.compile(
    r"完成(?:了|全年|年度|当年|年初|本年度?|今年)*(?P<whole>[^,;。:()占完]{0,10}(?:任务|目标|计划|指标)(?:总?数|总?量)?)的(?:约|近)?\s*$"
)
# Words in front of 占 that name no part of their own.
# 受助学生占…: those of whom the number was just told.
_NO_SUBJECT = re.compile(
    r"^(?:(?:受助|受益|受惠|获奖|参训|受训|参与|上述|这些)(?:学生|教师|师生|幼儿|儿童|者|人员)?|其|均|分别|各|仅|只|约|共|就|也|还|则|已|人数|数量|总量|面积|资金|、|和|及|与|\s)*$"
)
_PERSONS = re.compile(r"(?:生|人|师|员|儿童|幼儿)(?:总?数|总人数|人数|总量)?$")
LIMIT = re.compile(r"(?:及?以[上下]|以内)的?[一-龥]{2}")
"""Behind a number: 56人以上大班额 limits what is told of, and counts nothing."""
_TOGETHER = re.compile("(?:加起来|合起来|合计|共计|一共|总共|之和|相加|共占)")
_TASK = re.compile(r"总|任务|计划|目标|全部")
# What stands before the telling part of a name.
GENERIC = re.compile(
    r"^(?:全[省市县区校局镇乡]|我[省市县区校局]|总|平均|综合|一次性|年度|累计|当年|今年|其|学生|该)+|(?:总|平均|综合|一次性)+"
)
_TOTAL_TAIL = re.compile(r"(?:总人数|人数|总数|总量|总额|总面积|数量|总|数|量|的|全部|所有|本次|此次|其)+$")
_ALL_OF = re.compile(r"^(?:全体|全部|所有|整个|本次|此次)(?=[一-鿿]{2})")
_TOTAL_WORD = re.compile(r"共|总|合计|累计|全部|全体|收到|受理|应(?!届)|现有|拥有|有|参加|参与|计")
_FAR = 1500
_EVERYDAY = frozenset({"人", "个", "所", "元", ""})
_SCOPE = re.compile(r"^(?:全[省市县区校镇乡]|我[省市县区校])")


def _stripped(label: str) -> str:
    """A whole's name without what only says that it is a number."""
    return _ALL_OF.sub("", _TOTAL_TAIL.sub("", re.sub(r"[\s的]", "", label)))


def within(short: str, long: str) -> bool:
    """Do the characters of ``short`` stand in ``long`` in this order? (县下达任务 in 县下达校舍安全工程建设任务)"""
    place = 0
    for char in short:
        place = long.find(char, place) + 1
        if not place:
            return False
    return True


def find_shares(passage: Passage, deltas: frozenset[int]) -> Iterator[Relation]:
    """Shares: every percentage that stands behind 占, or behind a whole in its own clause."""
    yield from with_wholes(passage, deltas, list(_shares(passage, deltas)))


def _shares(passage: Passage, deltas: frozenset[int]) -> Iterator[Relation]:
    for index, pct in enumerate(passage.items):
        if pct.kind == "placeholder":
            yield from _destroyed_share(passage, index, deltas)
        if pct.kind != "percent" or pct.points or index in deltas or pct.value is None:
            continue
        lead = passage.lead(pct)
        share = _SHARE.search(lead)
        if share:
            yield from _share(passage, index, share["whole"] or "", deltas)
        elif _TASK_OF.search(lead) and _whole_inside(passage, index) is not None:
            yield from _share(passage, index, "", deltas)
        elif done := _DONE_OF.search(lead):
            yield from _share(passage, index, done["whole"], deltas)


def is_share(passage: Passage, index: int) -> bool:
    """Does this percentage stand behind 占, or behind a whole in its own clause?"""
    lead = passage.lead(passage.items[index])
    if _DONE_OF.search(lead):
        return True
    return bool(_SHARE.search(lead)) or (bool(_TASK_OF.search(lead)) and _whole_inside(passage, index) is not None)


# --- shares ---------------------------------------------------------------------------------------------------------
def _share(passage: Passage, index: int, whole_name: str, deltas: frozenset[int]) -> Iterator[Relation]:
    items, pct = passage.items, passage.items[index]
    run = run_of(passage, index)
    if len(run) > 1 and index == run[0] and "分别" in passage.lead(pct):
        parts = _list_before(passage, run, deltas)
        for place, one in zip(run, parts, strict=False):
            yield from _judge_share(passage, [items[one]], items[place], whole_name, deltas)
        return
    if len(run) > 1 and index != run[0]:
        return
    inside = _whole_inside(passage, index)
    part = _part(passage, index, deltas, inside)
    if part is None:
        return
    if inside is not None and part.measured and same_unit(part, inside):
        relation = percentage("share", [part], inside, pct)
        if relation is not None:
            yield relation
        return
    if part.kind == "placeholder":
        yield corrupt(
            "share",
            (part.operand("part"), pct.operand("pct")),
            f"「{part.quantity.text}」处的数字已损坏，无法核对 {pct.quantity.text}",
        )
        return
    yield from _judge_share(passage, [part], pct, whole_name, deltas)


def _list_before(passage: Passage, run: list[int], deltas: frozenset[int]) -> list[int]:
    items = passage.items
    for place in range(run[0] - 1, max(run[0] - 24, -1), -1):
        if items[place].sentence != items[run[0]].sentence:
            return []
        if place not in deltas and items[place].measured:
            other = run_of(passage, place)
            if len(other) == len(run):
                return other
            return _clauses_before(passage, place, len(run), deltas)
    return []


def _clauses_before(passage: Passage, place: int, count: int, deltas: frozenset[int]) -> list[int]:
    """小学生…人,初中生…人,高中生…人,分别占…: one number per clause."""
    items, found = passage.items, [place]
    for earlier in range(place - 1, -1, -1):
        one, last = items[earlier], items[found[0]]
        if len(found) == count or one.sentence != last.sentence or last.clause - one.clause > 1:
            break
        if earlier not in deltas and one.measured and same_unit(one, last):
            found.insert(0, earlier)
    return found if len(found) == count else []


def _whole_inside(passage: Passage, index: int) -> Item | None:
    """The whole between 占 and the percentage: 占全部38550人的48%."""
    pct = passage.items[index]
    if not index or not re.match(r"\s*的(?:约|近)?\s*$", passage.text[passage.items[index - 1].stop : pct.begin]):
        return None
    whole = passage.items[index - 1]
    return whole if whole.measured and whole.clause == pct.clause else None


def _part(passage: Passage, index: int, deltas: frozenset[int], inside: Item | None = None) -> Item | None:
    """The number that a share speaks of: the nearest measured one in front, past other shares and changes.

    A subject of its own (公办园占70%) must be found in the label of the part.
    """
    pct = passage.items[index]
    if inside is not None:
        index -= 1
    last = passage.items[index - 1] if index else None
    if last is not None and not last.quantity.text[0].isdigit() and _TOGETHER.match(passage.text, last.stop):
        return None  # 交通、城建、政法三类合计占77%: how many the parts are
    own = passage.items[index].label.rpartition("占")[0] if "占" in passage.items[index].label else ""
    own = re.sub(r"[\s、的和]|^其中", "", own)
    if not _NO_SUBJECT.match(own):
        return _named_part(passage, index, own, deltas)
    clause = pct.clause
    found = _SHARE.search(passage.lead(pct))
    of_persons = found is not None and _PERSONS.search(found["whole"] or "") is not None
    for place in range(index - 1, max(index - 8, -1), -1):
        item = passage.items[place]
        if item.sentence != pct.sentence:
            return None
        if of_persons and item.kind == "money":  # 为2350名学生发放117万元,受助学生占学生数的47%
            clause = item.clause
            continue
        if LIMIT.match(passage.text, item.stop):
            return None
        if item.kind == "percent" or place in deltas:
            clause = item.clause
            continue
        if item.kind == "placeholder" and re.fullmatch(r"20[xX_]{1,2}", item.quantity.text):
            return item if clause - item.clause <= 1 else None
        if item.kind in ("year", "date", "ordinal", "name", "placeholder", "score", "other", "docno"):
            continue
        if not item.measured:
            return None
        return item if clause - item.clause <= 1 else None
    return None


def _named_part(passage: Passage, index: int, own: str, deltas: frozenset[int]) -> Item | None:
    """The number whose label names the share's subject."""
    pct = passage.items[index]
    for place in range(index - 1, max(index - 10, -1), -1):
        item = passage.items[place]
        if item.sentence != pct.sentence:
            return None
        if place in deltas or not item.measured or LIMIT.match(passage.text, item.stop):
            continue
        if within(GENERIC.sub("", own), item.label + item.after):
            return item
    return None


def _judge_share(
    passage: Passage, parts: Sequence[Item], pct: Item, whole_name: str, deltas: frozenset[int]
) -> Iterator[Relation]:
    whole = _whole(passage, parts[0], pct, whole_name, deltas)
    if whole is not None:
        relation = percentage("share", parts, whole, pct)
        if relation is not None:
            yield relation
        return
    yield from feasible("share", parts, pct)


def feasible(kind: str, parts: Sequence[Item], pct: Item) -> Iterator[Relation]:
    """No whole is printed: does a whole number of things exist that gives this percentage?"""
    if not pct.value or any(part.value is None for part in parts):
        return
    total = sum((part.value for part in parts if part.value is not None), Fraction(0))
    implied = 100 * total / pct.value
    holds = True
    if all(part.kind == "count" for part in parts) and not any(part.loose or part.bound for part in (*parts, pct)):
        holds = _whole_exists(total, pct, implied)
    why = f"{number(total)} ÷ {number(pct.value)}% = {number(implied)}，总数约 {number(implied, 0)}"
    if not holds:
        why += "，没有一个整数总数能得出这个百分比"
    operands = (*(part.operand("part") for part in parts), pct.operand("pct"))
    yield derived(kind, operands, pct.value, implied, tolerance_of(pct), holds, why)


def _whole_exists(total: Fraction, pct: Item, implied: Fraction) -> bool:
    """Rounded or cut off, some whole number must give the printed percentage."""
    if pct.value is None:
        return True
    low = 100 * total / (pct.value + 2 * tolerance_of(pct))
    high = 100 * total / max(pct.value - tolerance_of(pct), Fraction(1, 1000))
    return implied > 10**7 or int(high) >= low


def _whole(passage: Passage, part: Item, pct: Item, name: str, deltas: frozenset[int]) -> Item | None:
    """The printed whole of a share: by its name, or for 占总数 and (占26.67%) the total that was announced."""
    wanted = _stripped(name)
    candidates = _before(passage, part, pct, deltas)
    if len(wanted) >= 2:
        named = _named_whole([item for item in candidates if _named(wanted, item)], wanted, part, pct)
        return named or _told_otherwise(passage, candidates, wanted, part, pct)
    fitting = [
        item for item in candidates if item.value is not None and part.value is not None and item.value >= part.value
    ]
    announced = [item for item in fitting if _announced(passage, item)]
    same = [item for item in announced if item.sentence == part.sentence]
    near = [item for item in announced if item.paragraph == part.paragraph]
    over = [
        item for item in candidates if item not in fitting and item.sentence == part.sentence and _opened(passage, item)
    ]
    if over and not same and pct.value is not None and pct.value <= 100:
        return over[-1]  # 300人,其中…440人,占80%: the part is larger than its whole, which is the error
    inside = [item for item in fitting if item.sentence == part.sentence]
    if not any(_agrees(item, part, pct) for item in same):
        exact = next((item for item in reversed(inside) if _agrees(item, part, pct)), None)
        if exact is not None:
            return exact  # 教师4820人,30岁以下512人,占10.62%: what fits stands in the sentence itself
    if same or (near and not inside):
        return _best(same or near, part, pct)
    if announced:
        # A total in another paragraph is surely meant when it fits, or when few things are counted in its unit.
        best = _best(announced, part, pct)
        return best if best.unit not in _EVERYDAY or _agrees(best, part, pct) else None
    return _best(inside, part, pct) if inside and "其中" in passage.text[inside[0].stop : part.begin] else None


def _named_whole(named: Sequence[Item], wanted: str, part: Item, pct: Item) -> Item | None:
    """Of the numbers that bear the whole's name the one that fits; a miss counts only in the same paragraph or for the
    very same name, because 教职工 may also be 退休教职工.
    """
    if pct.value is not None and pct.value <= 100 and part.value is not None:
        named = [item for item in named if item.value is not None and item.value * 5 >= part.value * 4]
    if not named:
        return None
    best = _best(named, part, pct)
    plain = _SCOPE.sub("", re.sub(r"[\s的]|现有|共有|共|有", "", best.label))
    if _agrees(best, part, pct) or best.paragraph == part.paragraph or _stripped(plain) == _SCOPE.sub("", wanted):
        return best
    return None


def _told_otherwise(passage: Passage, candidates: Sequence[Item], wanted: str, part: Item, pct: Item) -> Item | None:
    """招聘教师86名,其中硕士11名,占招聘总数的12.8%: a whole named by other words.

    It must stand near, share a word with the name or be the task that the name speaks of, and fit: a miss says nothing.
    """
    words = {wanted[place : place + 2] for place in range(len(wanted) - 1)}
    for item in reversed(candidates):
        near = item.paragraph == part.paragraph and part.sentence - item.sentence <= 2
        if not near or item.value is None or part.value is None or item.value <= part.value:
            continue
        around = item.label + item.after
        if (_TASK.search(wanted) or any(word in around for word in words)) and _agrees(item, part, pct):
            return item
    return None


def _agrees(whole: Item, part: Item, pct: Item) -> bool:
    relation = percentage("share", [part], whole, pct)
    return relation is not None and relation.holds is True


def _before(passage: Passage, part: Item, pct: Item, deltas: frozenset[int]) -> list[Item]:
    """Numbers of the part's unit in front of the percentage, not too far away, in order."""
    found = []
    for place in range(passage.place(pct) - 1, -1, -1):
        item = passage.items[place]
        if pct.begin - item.stop > _FAR:
            break
        if place in deltas or item is part or not item.measured or not same_unit(item, part):
            continue
        if not of_others(passage, part, item) and not _other_persons(part, item):
            found.append(item)
    return found[::-1]


_TEACHERS, _LEARNERS = re.compile("教师|教职工|教练|职工|校长"), re.compile("学生|幼儿|儿童|考生|生源|学员")


def _other_persons(part: Item, whole: Item) -> bool:
    """参加的学生7743.1万名…;参与的教师534.5万名,占86.2%: teachers are no part of the pupils, nor pupils of the teachers."""
    one, other = part.label + part.after[:4], whole.label + whole.after[:4]
    for mine, theirs in ((_TEACHERS, _LEARNERS), (_LEARNERS, _TEACHERS)):
        if mine.search(one) and not theirs.search(one) and theirs.search(other) and not mine.search(other):
            return True
    return False


def _named(wanted: str, item: Item) -> bool:
    """Does this number's label (or the noun behind it) hold the name of the whole?"""
    label = re.sub(r"[\s的]", "", item.label)
    if "中小学" in label and "中小学" not in wanted and wanted.startswith(("小学", "中学")):
        return False
    if within(wanted, label) and label[-1:] and _stripped(label)[-1:] == wanted[-1:]:
        return True
    return within(wanted, label + re.sub(r"[\s的]", "", item.after)) and wanted[-1:] in item.after


def _opened(passage: Passage, item: Item) -> bool:
    """Is a list opened right behind this number?"""
    return passage.text.find("其中", item.stop, item.stop + 8) >= 0


def _announced(passage: Passage, item: Item) -> bool:
    """Is this number presented as a total?"""
    return bool(_TOTAL_WORD.search(item.label)) or _opened(passage, item)


def _best(candidates: Sequence[Item], part: Item, pct: Item) -> Item:
    """The candidate that fits the percentage, else the nearest: the text has the benefit of the doubt."""
    for item in reversed(candidates):
        if _agrees(item, part, pct):
            return item
    return candidates[-1]


def _destroyed_share(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Relation]:
    """占20xx: the percentage itself was overwritten by a mask."""
    mask = passage.items[index]
    if not re.fullmatch(r"20[xX_]{1,2}", mask.quantity.text) or not _SHARE.search(passage.lead(mask)):
        return
    part = _part(passage, index, deltas)
    if part is not None and part.value is not None:
        why = f"「{mask.quantity.text}」处的百分比已损坏，无法用 {part.quantity.text} 核对"
        yield corrupt("share", (part.operand("part"), mask.operand("pct")), why)
