"""Results whose operands the text does not name but leaves no doubt about: they stand alone with it in the sentence.

What other rules have judged is left alone. Numbers that only stand near one another count as an assertion when they fit,
or when one slip of the pen keeps them from fitting (:mod:`slips`); where the words say outright what is compared with
what, a miss counts as it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import permutations

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import exact, number, percentage, said
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.slips import one_shift, one_slip
from taizhang.reading.numerals import decimals

Formula = Callable[[Sequence[Fraction]], Fraction]
SHIFT = Fraction(1, 9)
"""A figure of an earlier draft is off by no more than this share of itself."""
NEAR = 4
"""Operands stand within so many clauses of the result."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One reading of a result: operands with their roles, what they give, and whether the words say so outright."""

    kind: str
    operands: tuple[tuple[str, Item], ...]
    result: Item
    role: str
    formula: Formula
    shows: str
    strong: bool = False

    def computed(self) -> Fraction:
        return self.formula([item.value or Fraction(0) for _, item in self.operands])

    def fits(self) -> bool:
        """Rounded, cut off or rounded up, the operands give the result."""
        return self.result.value is not None and abs(self.computed() - self.result.value) < step(self.result)

    def slipped(self) -> bool:
        """Is one number all that keeps it from fitting?"""
        items = [*(item for _, item in self.operands), self.result]
        grain = step(self.result)

        def gap(values: Sequence[Fraction]) -> Fraction:
            return self.formula(values[:-1]) - values[-1] if all(values[:-1]) else grain

        if one_slip(items, lambda values: abs(gap(values)) < grain):
            return True
        over = self.role == "pct" and self.computed() > 100 >= (self.result.value or 0)
        # Rates lie close together near 100: strangers would pass.
        return not over and self.kind != "rate" and one_shift(items, gap, SHIFT)

    def relation(self) -> Relation | None:
        items = [item for _, item in self.operands]
        if self.kind in ("share", "rate"):
            return percentage(self.kind, items[:1], items[1], self.result)
        operands = (*(item.operand(role) for role, item in self.operands), self.result.operand(self.role))
        if self.result.value is None:
            return None
        computed, loose = self.computed(), self.result.loose or any(item.loose for item in items)
        unit = step(self.result) if self.result.kind == "percent" or self.kind != "difference" else Fraction(0)
        like = self.result if self.kind in ("difference", "per") else None
        shown = said(computed, self.result) if like else number(computed, max(2, decimals(self.result.quantity.text)))
        why = f"{self.shows.format(*(said(item.value or Fraction(0), item) for item in items))} = {shown}，原文写 {self.result.quantity.text}"
        return exact(self.kind, operands, self.result.value, computed, unit / 2, why, loose, like)


def step(item: Item) -> Fraction:
    """One unit of the last printed digit, in the unit of the value: 3.48万元 → 100."""
    scale = (
        10_000 if re.search("[万萬]", item.quantity.text) else 10**8 if re.search("[亿億]", item.quantity.text) else 1
    )
    return Fraction(scale, 10 ** decimals(item.quantity.text))


def find_plain(passage: Passage, deltas: frozenset[int], settled: set[int]) -> Iterator[Relation]:
    """Judges the results that no other rule has settled (``settled``: where results that are begin)."""
    for index, item in enumerate(passage.items):
        if item.value is None or item.begin in settled or item.loose or item.bound not in ("", "达到", "超过", "以上"):
            continue
        for finder in _FINDERS:
            relation = _judged(list(finder(passage, index, deltas)))
            if relation is not None:
                yield relation
                break
    yield from _doubled(passage, deltas)


def _judged(claims: Sequence[Claim]) -> Relation | None:
    """The claim that fits, else one that the words make or one slip explains."""
    for claim in claims:
        if claim.fits():
            return claim.relation()
    for claim in claims:
        if not claim.result.bound.endswith(("过", "上")) and (claim.strong or claim.slipped()):
            return claim.relation()
    return None


# --- operands -------------------------------------------------------------------------------------------------------
def around(passage: Passage, index: int, deltas: frozenset[int], behind: bool = False) -> list[Item]:
    """Numbers of the sentence in front of a result, back to the last percentage, and those of a bracket right behind it.

    ``behind``: those of the clauses behind it too.
    """
    result, found = passage.items[index], []
    clause = result.clause
    for place in range(index - 1, max(index - 9, -1), -1):
        item = passage.items[place]
        if item.sentence != result.sentence or clause - item.clause > NEAR:
            break
        if ";" in passage.text[item.stop : (found[0] if found else result).begin]:
            break
        if item.kind in ("percent", "ratio") and result.kind != item.kind and not behind:
            break
        if place not in deltas and item.value is not None and not item.loose:
            found.insert(0, item)
            clause = item.clause
    bracket = passage.text[result.stop : result.stop + 2].lstrip("的").startswith("(")
    close = passage.text.find(")", result.stop, result.stop + 60) if bracket else -1
    for place in range(index + 1, min(index + 6, len(passage.items))):
        item = passage.items[place]
        if item.sentence != result.sentence or (item.begin > close and not behind):
            break
        if item.begin > close and (item.clause - result.clause > 1 or ";" in passage.text[result.stop : item.begin]):
            break
        if place not in deltas and item.value is not None and not item.loose:
            found.append(item)
    return found


def lead_of(passage: Passage, item: Item) -> str:
    """The words in front of a result; past a bracket that holds its base: 占在园幼儿总数(3000人)的41%."""
    lead = passage.lead(item)
    start = item.begin - len(lead)
    opened = passage.text.rfind("(", max(0, start - 40), start)
    if lead.startswith("的") and passage.text[start - 1 : start] == ")" and opened >= 0:
        return re.split("[,;。\n]", passage.text[max(0, opened - 30) : opened])[-1] + lead
    return lead


def _counted(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.measured and item.value]


def _pairs(items: Sequence[Item]) -> Iterator[tuple[Item, Item]]:
    """Ordered pairs of one unit among the numbers nearest to the result."""
    for one, other in permutations(items[-3:] if len(items) > 3 else items, 2):
        if same_unit(one, other):
            yield one, other


# --- percentages ----------------------------------------------------------------------------------------------------
_SHARE = re.compile(
    r"(?:占(?:比|[^,;。()占]{0,16})|(?:比例|比重|占比|百分比))(?:的|约|近|达到|达|为|是|比例|比重|百分比|仅|只)*\s*$"
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
    pairs = list(_pairs(_counted(around(passage, index, deltas))))
    # Where any two numbers give the percentage, nothing is wrong with it: only they may be asserted.
    fitting = [pair for pair in pairs if _quotient("share", *pair, pct, False).fits()]
    for part, whole in fitting or pairs:
        said_of = part.label + part.after
        if _ADDED.search(passage.text[min(part.stop, whole.stop) : pct.begin]):
            continue
        if done and _PLAN.search(whole.label) and not _PLAN.search(_ACTUAL.sub("", part.label)):
            strong = bool(_ACTUAL.search(said_of))
            yield _quotient("rate" if rate else "share", part, whole, pct, strong)
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
        r"占比?重?|总?人?数|总量|总额|全部|所有|的|约|近|达到?|为|是|比例|比重|百分比|所|[全我][省市县区校]|\s|\d+[^\d]?",
        "",
        share,
    )
    bracket = passage.text[whole.begin - 1 : whole.begin] == "("
    around_whole = (passage.text[max(0, whole.begin - 14) : whole.begin] if bracket else whole.label) + whole.after
    return not name or (name[:2] in around_whole and name[-2:] in around_whole)


# --- then and now ---------------------------------------------------------------------------------------------------
_THEN = re.compile(
    r"去年|上年|上一年|前年|同期|原来|原有|原先|原|上学年|上一学年|上学期|上届|年初|期初|上次|往年|上季度|上半年|三年前|五年前"
)
_FROM = re.compile(r"(?:由|从|比|较|与)[^,;。]{0,16}$")
_TO = re.compile(r"(?:到|至|为|达|成)了?\s*$")
_WORDS = re.compile(
    r"去年|今年|上年|本年度?|上一年度?|前年|当年|年度|同期|上学[年期]|本学[年期]|年初|年末|期初|期末|目前|现共?有|现|原来|原有|原|共有|达到?|增加到|增至|由|从|比|较|与|相比|为|是|的|有|至|到|了|[\s,、了在]"
)
_CHANGES = re.compile(
    r"(?:新增|新建|新购|新设|新添|添置|关停|关闭|撤并|撤销|取缔|取消|压减|压缩|裁撤|净增|净减|增加|减少|增长|下降|提高|上升|降低|多|少|高|低|化解|消除)(?:了|约|达|为|出)*\s*$"
)


def _levels(passage: Passage, index: int, deltas: frozenset[int]) -> tuple[Item, Item, bool] | None:
    """The level before, the level now, and whether the words say so, when the sentence holds just these two."""
    change = passage.items[index]
    near = around(passage, index, deltas, behind=True)
    kinds = ("percent",) if change.points else ("count", "amount", "area", "length", "money", "score")
    levels = [item for item in near if item.kind in kinds and not item.points and item.value]
    if change.measured and not change.points:
        levels = [item for item in levels if same_unit(item, change)]
    if len(levels) != 2 or not (levels[0].kind == levels[1].kind and levels[0].unit == levels[1].unit):
        return None
    marked = [_is_then(passage, item) for item in levels]
    if marked[0] == marked[1]:
        if not marked[0] or not _TO.search(levels[1].label):
            return None
        marked = [True, False]
    then, now = (levels[0], levels[1]) if marked[0] else (levels[1], levels[0])
    one, other = (_WORDS.sub("", item.label) for item in (then, now))
    same = not one or not other or any(one[place : place + 2] in other for place in range(len(one) - 1))
    return then, now, same or bool(_TO.search(now.label))


def _own_subject(change: Item) -> str:
    """What a change says that it is a change of, beside the times and the verb: 其中设备资金增长 → 其中设备资金."""
    return _WORDS.sub("", _CHANGES.sub("", re.split("[比较与]|增幅|降幅|增长率|同比|环比", change.label)[0]))


def _is_then(passage: Passage, item: Item) -> bool:
    """Is this the level before? Its words say so, or those in front of the bracket that holds it: 上年(120件)."""
    if passage.text[item.begin - 1 : item.begin] == "(":
        return bool(_THEN.search(passage.text[max(0, item.begin - 8) : item.begin]))
    return bool(_THEN.search(item.label) or _FROM.search(passage.lead(item)))


def _changed(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Claim]:
    """去年500人,今年560人,增加60人; 增幅12%; 由12所撤到9所,撤并3所."""
    change = passage.items[index]
    if index not in deltas and not _CHANGES.search(passage.lead(change)):
        return
    levels = _levels(passage, index, deltas)
    if levels is None:
        return
    then, now, plain = levels
    own = _own_subject(change)
    if re.search("均|每", change.label):
        return  # 五年间由5.2万人降到4.6万人,年均减少1200人
    named = _WORDS.sub("", then.label) + _WORDS.sub("", now.label)
    if len(own) >= 2 and named and own[-2:] not in named and own[:2] not in named:
        return
    if now.stop < change.begin and "其中" in passage.text[now.stop : change.begin]:
        return
    operands = (("now", now), ("before", then))
    if change.kind == "percent" and not change.points:
        if now.kind != "percent":
            yield Claim(
                "growth", operands, change, "pct", lambda v: 100 * abs(v[0] - v[1]) / v[1], "({0} - {1}) ÷ {1}", plain
            )
    elif change.points or same_unit(change, now):
        yield Claim(
            "difference",
            operands,
            change,
            "delta",
            lambda v: abs(v[0] - v[1]),
            "{} 与 {} 相差",
            plain and index in deltas,
        )


_FOLD = re.compile(r"(?:增长|增加|提高|扩大|上升|净增|增幅|翻)(?:了|为|达到|达|近|约)*\s*$")
_TIMES = re.compile(r"(?:是|为|达到|达|相当于)[^,;。]{0,20}的?\s*$")


def _multiples(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Claim]:
    """由120件增加到300件,增加1.5倍; 是上年(120件)的2.5倍; 翻了一番."""
    factor = passage.items[index]
    if factor.unit not in ("倍", "番") or not factor.value:
        return
    lead = lead_of(passage, factor)
    levels = _levels(passage, index, deltas)
    if levels is None:
        return
    then, now, plain = levels
    operands = (("now", now), ("before", then))
    if factor.unit == "番":
        if factor.value in (1, 2, 3):
            times = Fraction(2) ** int(factor.value)
            if now.value is not None and then.value and abs(now.value / then.value - times) * 8 > times:
                yield Claim(
                    "multiple",
                    operands,
                    replace(factor, value=times),
                    "factor",
                    lambda v: v[0] / v[1],
                    "{} ÷ {}",
                    plain,
                )
    elif _FOLD.search(lead):
        yield Claim("multiple", operands, factor, "factor", lambda v: (v[0] - v[1]) / v[1], "({0} - {1}) ÷ {1}", plain)
    elif _TIMES.search(lead) or lead.endswith(("的", ")的")):
        yield Claim("multiple", operands, factor, "factor", lambda v: v[0] / v[1], "{} ÷ {}", plain)


_DOUBLED = re.compile("翻番")


def _doubled(passage: Passage, deltas: frozenset[int]) -> Iterator[Relation]:
    """由24所增加到48所,实现翻番: the factor is a word; only what is clearly something else is wrong."""
    for found in _DOUBLED.finditer(passage.text):
        index = bisect_left(passage.items, found.start(), key=lambda item: item.begin)
        levels = [place for place in range(max(0, index - 2), index) if place not in deltas]
        then, now = (passage.items[place] for place in levels) if len(levels) == 2 else (None, None)
        if then is None or now is None or not then.value or now.value is None or not same_unit(then, now):
            continue
        joined = passage.text[now.stop : found.start()]
        if not re.fullmatch(r"[,，]?[一-鿿]{0,6}", joined) or not (_is_then(passage, then) and _TO.search(now.label)):
            continue
        times = now.value / then.value
        if then.loose or now.loose or not Fraction(7, 4) <= times <= Fraction(9, 4):
            why = f"{said(now.value, now)} ÷ {said(then.value, then)} = {number(times, 2)}，原文写翻番"
            operands = (now.operand("now"), then.operand("before"))
            yield exact("multiple", operands, Fraction(2), times, Fraction(1, 20), why, then.loose or now.loose)


# --- a ratio, an average --------------------------------------------------------------------------------------------
def _ratios(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Claim]:
    """教官与学生之比为1:38: two counts beside a ratio, one of its sides being 1."""
    ratio = passage.items[index]
    sides = re.search(r"(\d+(?:\.\d+)?)\s*[:\uff1a]\s*(\d+(?:\.\d+)?)", ratio.quantity.text)
    if ratio.unit != ":" or not sides or "1" not in sides.groups() or "比" not in passage.lead(ratio):
        return
    quotient = replace(ratio, value=Fraction(sides[1]) if sides[2] == "1" else Fraction(sides[2]))
    counts = [item for item in _counted(around(passage, index, deltas)) if item.kind == "count"]
    for high, low in permutations(counts[-2:], 2):
        if not re.search("均|每", high.label + low.label):
            yield Claim("ratio", (("a", high), ("b", low)), quotient, "ratio", lambda v: v[0] / v[1], "{} ÷ {}")


_AVERAGE = re.compile(r"(?:[生人校师班户园台间室]均|平均|折合|每[一-鿿]{1,4}?)[^,;。\d]{0,12}$")


def _averages(passage: Passage, index: int, deltas: frozenset[int]) -> Iterator[Claim]:
    """改造食堂20个,投入300万元,平均每个15万元."""
    result = passage.items[index]
    if not result.measured or index in deltas or not _AVERAGE.search(passage.lead(result)):
        return
    near = [item for item in _counted(around(passage, index, deltas)) if not re.search("均|每", item.label)]
    for total in near:
        for count in near:
            if total is not count and total.kind == result.kind and total.unit == result.unit and count.kind == "count":
                operands = (("a", total), ("b", count))
                yield Claim("per", operands, result, "result", lambda v: v[0] / v[1], "{} ÷ {}")


_FINDERS = (_percentages, _changed, _multiples, _ratios, _averages)
