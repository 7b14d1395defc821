"""Rates: 办结率95.98%, 本科上线率66%, and proportions whose sides the text does not name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import percentage
from taizhang.reading.numbers.comparisons import run_of
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.shares import GENERIC, SOFTENERS, feasible, is_share, within
from taizhang.reading.numbers.wholes import with_wholes
from taizhang.reading.numerals import decimals

_RATE = re.compile(
    rf"(?P<name>[一-鿿、和]{{1,24}}?)率(?:分别)?(?:均|都|也|已|就)?{SOFTENERS}(?:提高到|上升到|提升到|保持在|稳定在|控制在|在)?{SOFTENERS}\s*$"
)
_PROPORTION = re.compile(rf"(?P<name>[一-鿿、和]{{1,24}}?)(?:比例|占比|比重){SOFTENERS}\s*$")
# What is counted above the line of a …率, by its stem; the label of the part must hold one of these words.
_ABOVE = {
    "上线": "上线|达线", "达线": "达线|上线", "完工": "完工|竣工|建成|完成", "完成": "完成|实现|建成|实际|已", "竣工": "竣工|完工|建成", "开工": "开工", "办结": "办结|办理|已办",
    "整改": "整改|销号|完成", "合格": "合格|通过|达标", "及格": "及格|合格", "优秀": "优秀", "通过": "通过|合格", "就业": "就业", "录取": "录取", "升学": "升学|升入|录取",
    "获奖": "获奖", "达标": "达标|合格", "到位": "到位|拨付", "覆盖": "覆盖|开展|参加", "参与": "参与|参加", "参训": "参训|参加|培训", "签订": "签订|签", "到课": "到课|出勤",
    "出勤": "出勤|实到", "参保": "参保", "持证": "持证", "回复": "回复|答复", "满意": "满意", "巩固": "巩固|在校", "毕业": "毕业", "报到": "报到", "录用": "录用", "出席": "出席|实到",
    "应答": "应答|答复", "销号": "销号|整改", "化解": "化解", "安置": "安置", "建档": "建档", "受益": "受益", "接种": "接种", "体检": "体检", "入园": "入园|在园", "普及": "普及",
    "重点": "重点", "本科": "本科", "优良": "优良", "公开": "公开", "执行": "执行|支出", "使用": "使用", "验收": "验收|通过", "签约": "签约", "落实": "落实", "按时": "按时", "立项": "立项",
}  # fmt: skip
_SURELY_BELOW = re.compile(
    r"参加|参考|应考|报名|毕业生|受理|收到|接到|转来|排查|发现|查出|检测|抽查|抽检|样品|计划|任务"
)
_UNDONE = re.compile(r"正在|未|待|不合格|不及格|尚")
_PLANNED = re.compile("计划|应|任务|目标|拟")
# What stands below the line.
_BELOW = re.compile(
    r"参加|参考|实考|报考|应考|考生|考试|检测|抽测|抽检|抽查|受检|毕业生|毕业|任务|指标|计划|目标|应|受理|收到|接到|转来|转办|交办|排查|发现|查出|共|总|全|预算|学生|教师|适龄|申请|申报|有|参评|培训|人数|检查"
)


def find_rates(passage: Passage, deltas: frozenset[int]) -> Iterator[Relation]:
    """Every percentage that is called …率 or …比例 and is neither a change nor a share behind 占."""
    yield from with_wholes(passage, deltas, list(_rates(passage, deltas)))


def _rates(passage: Passage, deltas: frozenset[int]) -> Iterator[Relation]:
    for index, pct in enumerate(passage.items):
        if pct.kind != "percent" or pct.points or index in deltas or pct.value is None or is_share(passage, index):
            continue
        lead = passage.lead(pct)
        rate = _RATE.search(lead)
        if _PROPORTION.search(lead):
            yield from _discovered(passage, index, deltas)
        elif rate and not re.search(r"(?:增长|下降|增幅|提高|降幅)$", rate["name"]):
            yield from _rate(passage, index, rate["name"], deltas)


def _rate(passage: Passage, index: int, name: str, deltas: frozenset[int]) -> Iterator[Relation]:
    pct = passage.items[index]
    if pct.value is None or len(run_of(passage, index)) > 1:
        return
    if name.endswith("完成"):
        yield from _of_a_goal(passage, index)
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
        if relation is not None and (relation.holds is True or not of_another_year(name, whole)):
            yield relation
        return
    near = all(_beside(passage, part, index, deltas) for part in parts)
    if near and pct.value < 100 and not any(_ADDED.search(part.label) for part in parts):
        yield from feasible("rate", parts, pct)


_ADDED = re.compile(r"(?:新增|增加|新建|增设)[^,;。]{0,8}(?:学位|席位|床位|园位)")
"""Seats that are new are not those that a rate of coverage counts."""


def _beside(passage: Passage, part: Item, index: int, deltas: frozenset[int]) -> bool:
    """Is the part in the rate's clause or the one before, past a change: 上线420人,比上年增加35人,上线率30%?"""
    gap = passage.items[index].clause - part.clause
    between = range(passage.place(part) + 1, index)
    return gap <= 1 or (gap == 2 and len(between) > 0 and all(place in deltas for place in between))


def _of_a_goal(passage: Passage, index: int) -> Iterator[Relation]:
    """目标78%,实际达到95%,完成率121.8%: a percentage measured against a planned one; only a fit is asserted."""
    if index < 2:
        return
    goal, done, pct = passage.items[index - 2 : index + 1]
    plain = all(item.kind == "percent" and not item.points and item.sentence == pct.sentence for item in (goal, done))
    if plain and re.search("目标|任务|计划|指标", goal.label) and not re.search("目标|任务|计划|指标", done.label):
        relation = percentage("rate", [done], goal, pct)
        if relation is not None and relation.holds is True:
            yield relation


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


_LEAVING = re.compile("毕业|结业|就业|升学|巩固|合格")
_ENTERING = re.compile("招(?:生|收|录|新)(?!计划|任务|指标)|新生|入学人数")


def of_another_year(name: str, whole: Item) -> bool:
    """Those who leave are not those who come in the same year: 招生3200人,毕业生2950人,毕业率98.5%."""
    return bool(_LEAVING.search(name) and _ENTERING.search(whole.label + whole.after[:4]))


def _rate_parts(passage: Passage, index: int, name: str, deltas: frozenset[int]) -> list[Item]:
    """Numbers above the line: their label holds the rate's stem and what narrows it (本科, 专科, 初中)."""
    pct = passage.items[index]
    stem = next((one for one in sorted(_ABOVE, key=len, reverse=True) if name.endswith(one)), name[-2:])
    words = re.compile(_ABOVE.get(stem, re.escape(stem)))
    narrow = GENERIC.sub("", name[: len(name) - len(stem)])
    fitting: list[Item] = []
    for place in range(index - 1, max(index - 12, -1), -1):
        item = passage.items[place]
        if item.sentence != pct.sentence:
            break
        if item.kind == "percent" and fitting:
            break
        around = item.label + item.after
        if (
            place not in deltas
            and item.measured
            and words.search(around)
            and within(narrow[-2:], around)
            and not _UNDONE.search(item.label)
        ):
            fitting.append(item)
    named = [item for item in fitting if stem in item.label + item.after and not _PLANNED.search(item.label)]
    done = [item for item in fitting if not _PLANNED.search(item.label)]
    return (named or done or fitting)[:2]


def _rate_whole(passage: Passage, index: int, parts: Sequence[Item], deltas: frozenset[int]) -> Item | None:
    """The number below the line, in the same sentence or the one before it."""
    pct = passage.items[index]
    first = min(parts, key=lambda part: part.begin)
    found: list[Item] = []
    below: list[Item] = []
    others: list[Item] = []
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
        if item.value is None or first.value is None:
            continue
        if not _BELOW.search(around):
            others += [item] if item.value >= first.value else []
            continue
        if item.value >= first.value:
            found.append(item)
        elif item.sentence == pct.sentence and _SURELY_BELOW.search(item.label) and item.value * 2 >= first.value:
            below.append(item)
    if not found:
        # 排查350处,整改353处: the number below the line is smaller than the one above it, which is the error.
        if not below or pct.value is None:
            return None
        over = percentage("rate", parts, below[0], pct)
        return below[0] if pct.value <= 100 or (over is not None and over.holds is True) else None
    # 就业1813人,其中对口就业1360人,对口就业率75%: the whole may be what a list was opened of.
    for item in (*found, *others):
        relation = percentage("rate", parts, item, pct)
        if relation is not None and relation.holds is True:
            return item
    return found[0]
