"""Parts of a whole: 占农村小学学生总数的58.5%, (占26.67%), 办结率95.98%."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import corrupt, derived, number, percentage, tolerance_of
from taizhang.reading.numbers.comparisons import run_of
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numerals import decimals

_SOFT = r"(?:约|近|达到|达|为|是|超过|高达|仅|只|不足|不到|的|比例|比重|份额|百分比|左右|了|将近|接近|分别|各)*"
_SHARE = re.compile(rf"占(?:比|(?P<whole>[^,;。:()占]*?))(?:的)?(?:比例|比重|份额|百分比|比)?{_SOFT}\s*$")
_RATE = re.compile(
    rf"(?P<name>[一-鿿、和]{{1,24}}?)率(?:分别)?(?:均|都|也|已|就)?{_SOFT}(?:提高到|上升到|提升到|保持在|稳定在|控制在|在)?{_SOFT}\s*$"
)
_PROPORTION = re.compile(rf"(?P<name>[一-鿿、和]{{1,24}}?)(?:比例|占比|比重){_SOFT}\s*$")
# 完成年度任务50所的90%: the whole stands in the clause itself.
_TASK_OF = re.compile(r"(?:完成|达到|达|实现|相当于|为|是|占)[^,;。]{0,24}的(?:约|近)?\s*$")
# Words in front of 占 that name no part of their own.
_NO_SUBJECT = re.compile(r"^(?:其|均|分别|各|仅|只|约|共|就|也|还|则|已|人数|数量|总量|面积|资金|、|和|及|与|\s)*$")
_TOTAL_TAIL = re.compile(r"(?:总人数|人数|总数|总量|总额|总面积|数量|总|数|量|的|全部|所有|本次|此次|其)+$")
_TOTAL_WORD = re.compile(r"共|总|合计|累计|全部|全体|收到|受理|应|现有|拥有|有|参加|参与|计")
_FAR = 1500


def _stripped(label: str) -> str:
    """A whole's name without what only says that it is a number."""
    return _TOTAL_TAIL.sub("", re.sub(r"[\s的]", "", label))


def within(short: str, long: str) -> bool:
    """Do the characters of ``short`` stand in ``long`` in this order? (县下达任务 in 县下达校舍安全工程建设任务)"""
    place = 0
    for char in short:
        place = long.find(char, place) + 1
        if not place:
            return False
    return True


def find_shares(passage: Passage, deltas: frozenset[int]) -> Iterator[Relation]:
    """Shares and rates of every percentage that is neither a change nor a list label."""
    for index, pct in enumerate(passage.items):
        if pct.kind == "placeholder":
            yield from _destroyed_share(passage, index, deltas)
        if pct.kind != "percent" or pct.points or index in deltas or pct.value is None:
            continue
        lead = passage.lead(pct)
        share = _SHARE.search(lead)
        if share is None and _TASK_OF.search(lead) and _whole_inside(passage, index) is not None:
            yield from _share(passage, index, "", deltas)
            continue
        if share:
            yield from _share(passage, index, share["whole"] or "", deltas)
            continue
        proportion = _PROPORTION.search(lead)
        if proportion:
            yield from _discovered(passage, index, deltas)
            continue
        rate = _RATE.search(lead)
        if rate and not re.search(r"(?:增长|下降|增幅|提高|降幅)$", rate["name"]):
            yield from _rate(passage, index, rate["name"], deltas)


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
            f"「{part.quantity.text}」处的数字已损坏,无法核对 {pct.quantity.text}",
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
    own = passage.items[index].label.rpartition("占")[0] if "占" in passage.items[index].label else ""
    own = re.sub(r"[\s、的和]|^其中", "", own)
    if not _NO_SUBJECT.match(own):
        return _named_part(passage, index, own, deltas)
    clause = pct.clause
    for place in range(index - 1, max(index - 8, -1), -1):
        item = passage.items[place]
        if item.sentence != pct.sentence:
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
        if place not in deltas and item.measured and within(_GENERIC.sub("", own), item.label + item.after):
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
    yield from _feasible("share", parts, pct)


def _feasible(kind: str, parts: Sequence[Item], pct: Item) -> Iterator[Relation]:
    """No whole is printed: does a whole number of things exist that gives this percentage?"""
    if not pct.value or any(part.value is None for part in parts):
        return
    total = sum((part.value for part in parts if part.value is not None), Fraction(0))
    implied = 100 * total / pct.value
    holds = True
    if all(part.kind == "count" for part in parts) and not any(part.loose or part.bound for part in (*parts, pct)):
        holds = _whole_exists(total, pct, implied)
    why = f"{number(total)} ÷ {number(pct.value)}% = {number(implied)},总数约 {number(implied, 0)}"
    if not holds:
        why += ",没有一个整数总数能得出这个百分比"
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
        named = [item for item in candidates if _named(wanted, item)]
        return named[-1] if named else None
    fitting = [
        item for item in candidates if item.value is not None and part.value is not None and item.value >= part.value
    ]
    same = [item for item in fitting if item.sentence == part.sentence]
    announced = [item for item in same if _announced(passage, item)]
    if announced:
        return _best(announced, part, pct)
    near = [item for item in fitting if item.paragraph == part.paragraph and _announced(passage, item)]
    if near:
        return _best(near, part, pct)
    far = [item for item in fitting if _announced(passage, item)]
    if far:
        return _best(far, part, pct)
    return _best(same, part, pct) if same and re.search("其中", passage.text[same[0].stop : part.begin]) else None


def _before(passage: Passage, part: Item, pct: Item, deltas: frozenset[int]) -> list[Item]:
    """Numbers of the part's unit in front of the percentage, not too far away, in order."""
    found = []
    for place in range(passage.place(pct) - 1, -1, -1):
        item = passage.items[place]
        if pct.begin - item.stop > _FAR:
            break
        if place not in deltas and item is not part and item.measured and same_unit(item, part):
            found.append(item)
    return found[::-1]


def _named(wanted: str, item: Item) -> bool:
    """Does this number's label (or the noun behind it) hold the name of the whole?"""
    label = re.sub(r"[\s的]", "", item.label)
    if within(wanted, label) and label[-1:] and _stripped(label)[-1:] == wanted[-1:]:
        return True
    return within(wanted, label + re.sub(r"[\s的]", "", item.after)) and wanted[-1:] in item.after


def _announced(passage: Passage, item: Item) -> bool:
    """Is this number presented as a total?"""
    return bool(_TOTAL_WORD.search(item.label)) or passage.text[item.stop : item.stop + 8].find("其中") >= 0


def _best(candidates: Sequence[Item], part: Item, pct: Item) -> Item:
    """The candidate that fits the percentage, else the nearest: the text has the benefit of the doubt."""
    for item in reversed(candidates):
        relation = percentage("share", [part], item, pct)
        if relation is not None and relation.holds is True:
            return item
    return candidates[-1]


def _destroyed_share(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Relation]:
    """占20xx: the percentage itself was overwritten by a mask."""
    mask = passage.items[index]
    if not re.fullmatch(r"20[xX_]{1,2}", mask.quantity.text) or not _SHARE.search(passage.lead(mask)):
        return
    part = _part(passage, index, deltas)
    if part is not None and part.value is not None:
        why = f"「{mask.quantity.text}」处的百分比已损坏,无法用 {part.quantity.text} 核对"
        yield corrupt("share", (part.operand("part"), mask.operand("pct")), why)


# --- rates ----------------------------------------------------------------------------------------------------------
# What is counted above the line of a …率, by its stem; the label of the part must hold one of these words.
_ABOVE = {
    "上线": "上线|达线", "达线": "达线|上线", "完工": "完工|竣工|建成|完成", "完成": "完成|实现|建成|实际|已", "竣工": "竣工|完工|建成", "开工": "开工", "办结": "办结|办理|已办",
    "整改": "整改|销号|完成", "合格": "合格|通过|达标", "及格": "及格|合格", "优秀": "优秀", "通过": "通过|合格", "就业": "就业", "录取": "录取", "升学": "升学|升入|录取",
    "获奖": "获奖", "达标": "达标|合格", "到位": "到位|拨付", "覆盖": "覆盖|开展|参加", "参与": "参与|参加", "参训": "参训|参加|培训", "签订": "签订|签", "到课": "到课|出勤",
    "出勤": "出勤|实到", "参保": "参保", "持证": "持证", "回复": "回复|答复", "满意": "满意", "巩固": "巩固|在校", "毕业": "毕业", "报到": "报到", "录用": "录用", "出席": "出席|实到",
    "应答": "应答|答复", "销号": "销号|整改", "化解": "化解", "安置": "安置", "建档": "建档", "受益": "受益", "接种": "接种", "体检": "体检", "入园": "入园|在园", "普及": "普及",
    "重点": "重点", "本科": "本科", "优良": "优良", "公开": "公开", "执行": "执行|支出", "使用": "使用", "验收": "验收|通过", "签约": "签约", "落实": "落实", "按时": "按时", "立项": "立项",
}  # fmt: skip
_UNDONE = re.compile(r"正在|未|待|不合格|不及格|尚|计划|应|任务|目标|拟")
# What stands below the line.
_BELOW = re.compile(
    r"参加|参考|实考|报考|应考|考生|考试|检测|抽测|抽检|抽查|受检|毕业生|毕业|任务|指标|计划|目标|应|受理|收到|接到|转来|转办|交办|排查|发现|查出|共|总|全|预算|学生|教师|适龄|申请|申报|有|参评|培训|人数|检查"
)
_GENERIC = re.compile(
    r"^(?:全[省市县区校局镇乡]|我[省市县区校局]|总|平均|综合|一次性|年度|累计|当年|今年|其|学生|该)+|(?:总|平均|综合|一次性)+"
)


def _rate(passage: Passage, index: int, name: str, deltas: frozenset[int]) -> Iterator[Relation]:
    pct = passage.items[index]
    if pct.value is None or len(run_of(passage, index)) > 1:
        return
    names = coordinated(name)
    found = [_rate_parts(passage, index, one, deltas) for one in names]
    if not all(found):
        return
    if len(names) == 1 and len(found[0]) > 1:
        yield from _ambiguous_rate(passage, index, found[0], deltas)
        return
    parts = [some[0] for some in found]
    if len({part.begin for part in parts}) != len(parts):
        return
    whole = _rate_whole(passage, index, parts, deltas)
    if whole is not None:
        relation = percentage("rate", parts, whole, pct)
        if relation is not None:
            yield relation
        return
    if all(pct.clause - part.clause <= 1 for part in parts) and pct.value < 100:
        yield from _feasible("rate", parts, pct)


def _ambiguous_rate(passage: Passage, index: int, parts: list[Item], deltas: frozenset[int]) -> Iterator[Relation]:
    """当场整改180处,限期整改55处,整改率100%: either or both may be meant, so only a fit is asserted."""
    for some in ([parts[0]], parts[::-1], [parts[1]]):
        whole = _rate_whole(passage, index, some, deltas)
        relation = percentage("rate", some, whole, passage.items[index]) if whole is not None else None
        if relation is not None and relation.holds is True:
            yield relation
            return


def _discovered(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Relation]:
    """公办就读比例达到86.03% names neither part nor whole: only an exact fit of fine figures is asserted, never a miss."""
    pct = passage.items[index]
    if pct.value is None or not decimals(pct.quantity.text):
        return
    places = [place for place in passage.same_sentence(index, 12) if place not in deltas]
    items = [passage.items[place] for place in places if passage.items[place].measured]
    for start, whole in enumerate(items):
        later = [item for item in items[start + 1 :] if same_unit(item, whole)]
        for parts in (*([one] for one in later), *([one, two] for one, two in pairwise(later))):
            relation = percentage("share", parts, whole, pct)
            if relation is not None and relation.holds is True and sum(part.value or 0 for part in parts) > 20:
                yield relation
                return


def coordinated(name: str) -> list[str]:
    """本、专科总上线 → 本科总上线 and 专科总上线: what two coordinated words share is written once."""
    found = re.search(r"([一-鿿])、([一-鿿])([一-鿿].*)$", name)
    if not found:
        return [name]
    head = name[: found.start()]
    return [head + found[1] + found[3], head + found[2] + found[3]]


def _rate_parts(passage: Passage, index: int, name: str, deltas: frozenset[int]) -> list[Item]:
    """Numbers above the line: their label holds the rate's stem and what narrows it (本科, 专科, 初中)."""
    pct = passage.items[index]
    stem = next((one for one in sorted(_ABOVE, key=len, reverse=True) if name.endswith(one)), name[-2:])
    words = re.compile(_ABOVE.get(stem, re.escape(stem)))
    narrow = _GENERIC.sub("", name[: len(name) - len(stem)])
    fitting: list[Item] = []
    for place in range(index - 1, max(index - 12, -1), -1):
        item = passage.items[place]
        if item.sentence != pct.sentence:
            break
        if item.kind == "percent" and fitting:
            break
        around = item.label + item.after
        if place not in deltas and item.measured and words.search(around) and within(narrow[-2:], around):
            fitting.append(item)
    named = [item for item in fitting if stem in item.label + item.after and not _UNDONE.search(item.label)]
    done = [item for item in fitting if not _UNDONE.search(item.label)]
    return (named or done)[:2]


def _rate_whole(passage: Passage, index: int, parts: Sequence[Item], deltas: frozenset[int]) -> Item | None:
    """The number below the line, in the same sentence or the one before it."""
    pct = passage.items[index]
    first = min(parts, key=lambda part: part.begin)
    found: list[Item] = []
    for place in range(index - 1, max(index - 16, -1), -1):
        item = passage.items[place]
        if item.paragraph != pct.paragraph or pct.sentence - item.sentence > 1:
            break
        if (
            place in deltas
            or not item.measured
            or item in parts
            or not same_unit(item, *parts)
            or item.begin > first.begin
        ):
            continue
        around = item.label + item.after[:6]
        if item.value is not None and first.value is not None and item.value >= first.value and _BELOW.search(around):
            found.append(item)
    if not found:
        return None
    for item in found:
        relation = percentage("rate", parts, item, pct)
        if relation is not None and relation.holds is True:
            return item
    return found[0]
