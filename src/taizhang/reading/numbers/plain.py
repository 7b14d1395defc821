"""Results whose operands the text does not name but leaves no doubt about: they stand alone with it in the sentence.

What other rules have judged is left alone. Numbers that only stand near one another count as an assertion when they fit,
or when one slip of the pen keeps them from fitting (:mod:`slips`); where the words say outright what is compared with
what, a miss counts as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations

from taizhang.reading.model import Relation
from taizhang.reading.numbers.alone import only_pair
from taizhang.reading.numbers.changes import changed, doubled, multiples
from taizhang.reading.numbers.claims import Claim, around, counted, judged, lead_of, pairs
from taizhang.reading.numbers.comparisons import told_with_change
from taizhang.reading.numbers.passage import MEASURED, Item, Passage, to_one
from taizhang.reading.numbers.rates import of_another_year
from taizhang.reading.numbers.settled import Settled


def find_plain(passage: Passage, deltas: frozenset[int], settled: Settled) -> Iterator[Relation]:
    """Judges the results that no other rule has settled (``settled``: where results that are begin)."""
    for index, item in enumerate(passage.items):
        if told_with_change(passage, index, deltas):
            continue  # 增加6.12万元,增2.88%,系人员由58人增至61人所致
        if item.value is None or item.begin in settled or item.loose or item.bound not in ("", "达到", "超过", "以上"):
            continue
        for finder in _FINDERS:
            relation = judged(list(finder(passage, index, deltas)))
            if relation is not None:
                yield relation
                break
    yield from doubled(passage, deltas)


# --- percentages ----------------------------------------------------------------------------------------------------
_SHARE = re.compile(
    r"(?:占(?:比(?!例|重)|[^,;。()占]{0,16})|(?:比例|比重|占比|百分比))(?:的|约|近|达到|达|为|是|比例|比重|百分比|仅|只)*\s*$"
)
_DONE = re.compile(r"(?:完成|执行|进度|兑现|计划|任务|目标|指标|预算)[^,;。()]{0,10}$")
_RATE = re.compile(r"(?P<stem>[一-鿿]{2})率(?:仅|只|约|近|已|就|分别|达到|达|为|是|在|高)*\s*$")
_PLAN = re.compile(r"计划|任务|目标|下达|预算|应|承诺|承办|安排|指标|受理|收到|交办")
_ADDED = re.compile(r"追加|调增|调减|结转|核减|核增")
_ACTUAL = re.compile(r"完成|实际|实现|已|支出|办结|竣工|建成|新增|落实|到位|录取|兑现|办复|销号")
_LIKE = {
    "持证": "证", "达线": "线", "上线": "线", "升学": "升", "巩固": "毕业|在校", "出勤": "到|勤", "到课": "到", "返校": "返", "回收": "收", "劝返": "返|劝", "入学": "入",
    "参考": "考", "查验": "查", "销号": "销", "整改": "改", "参与": "参", "入园": "园", "覆盖": "覆|参|惠", "普及": "及", "就业": "业", "达标": "达", "满意": "满意", "合格": "合格|通过|达标",
    "及格": "及格|合格", "优秀": "优秀", "优良": "优|良", "验收": "验收", "入住": "住", "到校": "到", "毕业": "毕业", "报到": "报到", "流失": "流失|辍", "辍学": "辍|流失", "回复": "复", "答复": "复", "办复": "复",
    "办结": "办结|办", "完好": "完好|好", "使用": "用", "签约": "签", "签订": "签", "知晓": "知", "完成": "完成|实际|已|实现|建成", "兑现": "兑|办结|完成", "执行": "支出|执行|完成",
}  # fmt: skip


def _percentages(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Claim]:
    """返校率97%, 占比12%, 完成计划的104%: part and whole are the only two numbers of one unit beside it."""
    pct = passage.items[index]
    if pct.kind != "percent" or pct.points or index in deltas:
        return
    lead = lead_of(passage, pct)
    share, done, rate = _SHARE.search(lead), _DONE.search(lead), _RATE.search(lead)
    if not (share or done or rate):
        return
    near = list(pairs(counted(around(passage, index, deltas))))
    # Where any two numbers give the percentage, nothing is wrong with it: only they may be asserted.
    fitting = [pair for pair in near if _quotient("share", *pair, pct, False).fits()]
    for part, whole in fitting or near:
        said_of = part.label + part.after
        if _ADDED.search(passage.text[min(part.stop, whole.stop) : pct.begin]):
            continue
        if done and _PLAN.search(whole.label) and not _PLAN.search(_ACTUAL.sub("", part.label)):
            strong = bool(_ACTUAL.search(said_of))
            yield _quotient("rate" if rate else "share", part, whole, pct, strong)
        elif rate and of_another_year(rate["stem"], whole):
            continue
        elif rate and re.search(_LIKE.get(rate["stem"], rate["stem"]), said_of) and part.value != whole.value:
            told = part.begin > whole.begin or (part, whole) in fitting
            if told and not re.search("未|不合格|不及格|尚|待|正在", part.label):
                yield _quotient("rate", part, whole, pct, False)
        elif (
            share
            and _speaks_of(pct, part)
            and _named(passage, share.group(), whole)
            and (part.begin > whole.begin or "占" in share.group())
        ):
            yield _quotient("share", part, whole, pct, False)


def _speaks_of(pct: Item, part: Item) -> bool:
    """A share with a subject of its own (满意的占92%) speaks of a part that bears its name."""
    own = re.sub(r"所|其中|[\s、的和]", "", pct.label.rpartition("占")[0])
    return not own or own[-2:] in part.label + part.after


def _quotient(kind: str, part: Item, whole: Item, pct: Item, strong: bool) -> Claim:
    operands = (("part", part), ("whole", whole))
    return Claim(kind, operands, pct, "pct", lambda v: 100 * v[0] / v[1], "{} ÷ {}", strong)


def _named(passage: Passage, share: str, whole: Item) -> bool:
    """Does 占… name this whole, or nothing at all?"""
    name = re.sub(
        r"占比(?:例|重)?|占|总?人?数|总量|总额|全部|所有|的|约|近|达到?|为|是|比例|比重|百分比|所|[全我][省市县区校]|\s|\d+[^\d]?",
        "",
        share,
    )
    bracket = passage.text[whole.begin - 1 : whole.begin] == "("
    around_whole = (passage.text[max(0, whole.begin - 14) : whole.begin] if bracket else whole.label) + whole.after
    return not name or (name[:2] in around_whole and name[-2:] in around_whole)


# --- a ratio, an average --------------------------------------------------------------------------------------------
def _ratios(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Claim]:
    """教官与学生之比为1:38: two counts beside a ratio, one of its sides being 1."""
    ratio = passage.items[index]
    if ratio.unit != ":" or "比" not in passage.lead(ratio):
        return
    turned = to_one(ratio)
    if turned is None:
        return
    counts = [item for item in counted(around(passage, index, deltas)) if item.kind == "count"]
    for high, low in permutations(counts[-2:], 2):
        if not re.search("均|每", high.label + low.label):
            operands = (("a", high), ("b", low))
            yield Claim(
                "ratio", operands, turned[0], "ratio", lambda v: v[0] / v[1], "{} ÷ {}", False, len(counts) == 2
            )


_AVERAGE = re.compile(r"(?:(?<![平年月周日])[一-鿿]均|平均|折合|单价|每[一-鿿]{1,4}?)[^,;。\d]{0,12}$")


_PER_THING = re.compile("均|每(?![日天周月年])")
"""Averages are no totals; what is done each week (每周承担课程4401节) is one."""
_BY_TIME = re.compile("[日天]均|平均每[天日]")
_BY_THING = re.compile("每([一-鿿])")


def _averages(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Claim]:
    """改造食堂20个,投入300万元,平均每个15万元; 累计支教600天,人均60天."""
    result = passage.items[index]
    if result.kind not in _DIVIDED or index in deltas or not _AVERAGE.search(passage.lead(result)):
        return
    near = [item for item in around(passage, index, deltas) if item.value and not _PER_THING.search(item.label)]
    totals = [item for item in near if item.kind == result.kind and item.unit == result.unit]
    by_time = bool(_BY_TIME.search(passage.lead(result)))
    counts = [item for item in near if item.kind == ("duration" if by_time else "count") and item.unit != result.unit]
    # 平均每校3.2个: two counts of 个 lie in no school.
    by = _BY_THING.search(passage.lead(result))
    same = [item for item in totals if item.kind == "count" and (by is None or by[1] == item.unit)]
    alone = len(totals) == 1 and len(counts) == 1
    for total in totals:
        for count in [*counts, *(item for item in same if item is not total)]:
            operands = (("a", total), ("b", count))
            yield Claim("per", operands, result, "result", lambda v: v[0] / v[1], "{} ÷ {}", False, alone)


_DIVIDED = MEASURED | {"duration", "score", "amount"}
_FINDERS = (_percentages, only_pair, changed, multiples, _ratios, _averages)
