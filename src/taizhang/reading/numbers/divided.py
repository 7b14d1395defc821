"""Candidates for averages and ratios: which two numbers of the paragraph could give them, and what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from taizhang.reading.numbers.candidates import AVERAGED, Ask, Candidate
from taizhang.reading.numbers.claims import Claim
from taizhang.reading.numbers.naming import likeness, pairs_of
from taizhang.reading.numbers.passage import MEASURED, Item, Passage, same_unit, to_one

_PER = re.compile(
    r"(?P<a>[一-鿿])(?<!平)均[^,;。\d]{0,12}$|(?:每|平均一)(?P<many>[百千万])?(?P<b>[一-鿿]{1,6})[^,;。\d]{0,10}$|单(?P<c>方|价|台|套)[^,;。\d]{0,6}$"
    r"|摊到每?(?P<d>[一-鿿]{1,4})[^,;。\d]{0,8}$|(?P<e>平均班额|平均|折合)[^,;。\d]{0,8}$"
)
# What one character in front of 均 divides by: unit, or words of the number.
_BY = {
    "生": "学生|生|幼儿", "人": "人", "师": "教师|师", "校": "所|学校|校", "所": "所", "园": "园|所", "班": "班", "户": "户", "台": "台", "间": "间", "场": "场", "车": "辆|车", "组": "组", "队": "队", "件": "件",
    "次": "次", "期": "期", "县": "县", "镇": "镇", "家": "家", "个": "个", "项": "项", "室": "室|间", "月": "月", "日": "天|日", "天": "天", "周": "周", "年": "年", "额": "班",
}  # fmt: skip
_RULE = re.compile("[由从]|调|不[超少低高][过于]|不应|至少|最多|标准|不得|计划|按")
_MANY = {"百": 100, "千": 1000, "万": 10_000}


def about_average(ask: Ask) -> Iterator[Candidate]:
    """人均, 每个考点, 单方造价: a total divided by a count."""
    passage, deltas, result = ask.passage, ask.deltas, ask.result
    if ask.index in deltas or result.kind not in MEASURED | {"duration", "score"}:
        return
    found = _PER.search(passage.lead(result))
    if found is None or _RULE.search(passage.lead(result)):
        return
    groups = found.groupdict()
    by = (
        groups.get("a")
        or groups.get("b")
        or groups.get("d")
        or {"方": "平方米", "价": ""}.get(groups.get("c") or "", groups.get("c") or "")
    )
    by = "班" if groups.get("e") == "平均班额" else by
    factor = Fraction(_MANY.get(groups.get("many") or "", 1))
    near = [item for item in ask.pool if not AVERAGED.search(item.label) and passage.place(item) not in deltas]
    totals = [item for item in near if item.kind == result.kind and same_unit(item, result)]
    counts = [item for item in near if item.kind in ("count", "area", "duration")]
    for total in totals:
        said = _total_evidence(passage, result, total, totals)
        for count in counts:
            if result.sentence not in (count.sentence, total.sentence):
                continue
            if count is total or (count.kind == "area" and result.kind != "money"):
                continue
            if same_unit(count, total) and by != count.unit:
                continue  # 平均每校3.2个: two counts of 个 lie in no school
            evidence = said + _count_evidence(passage, result, count, total, by, counts)
            operands = (("a", total), ("b", count))
            yield Candidate(
                Claim("per", operands, result, "result", lambda v: factor * v[0] / v[1], "{} ÷ {}"), evidence
            )


def _total_evidence(passage: Passage, result: Item, total: Item, totals: list[Item]) -> float:
    same = [item for item in totals if item.sentence == result.sentence]
    evidence = 0.0
    if same == [total] or (not same and len(totals) == 1):
        evidence += 1.5
    elif same and min(same, key=lambda item: abs(item.begin - result.begin)) is total:
        evidence += 0.5
    words = passage.lead(result)[-10:] + result.after[:4]
    alike = likeness(words, passage, total) if pairs_of(words) else 0.0
    if alike > 0.2:
        only = all(likeness(words, passage, one) < alike for one in totals if one is not total)
        evidence += 1 if only and alike > 0.5 and len(totals) > 1 else 0.5
    if total.sentence != result.sentence and "均" not in passage.lead(result):
        evidence -= 2.5
    return evidence - (0.5 * max(0, result.sentence - total.sentence - 1))


def _count_evidence(passage: Passage, result: Item, count: Item, total: Item, by: str, counts: list[Item]) -> float:
    evidence = 0.0

    def names(item: Item) -> bool:
        around = item.label[-8:] + item.quantity.unit + item.after[:6]
        if len(by) == 1:
            return bool(re.search(_BY.get(by, re.escape(by)), around))
        return (
            item.quantity.unit[:1] == by[:1]
            or bool(pairs_of(by) & pairs_of(around))
            or (len(by) == 2 and by[-1] in around)
        )

    named = bool(by) and names(count)
    evidence += 2 if named else -1
    kin = [item for item in counts if item.sentence == result.sentence and item is not total]
    if kin == [count]:
        evidence += 1
    fits = [item for item in kin if by and names(item)]
    if named and (fits[:1] == [count] or not fits):
        evidence += 1
    return evidence - (0.5 if count.sentence != result.sentence else 0)


_WHOLE_COST = re.compile(r"(?:共|需|计|合计|总|发放|支出|投入|拨付|安排|资金)[^,;。\d]{0,8}$")


_PART_OF_YEAR = re.compile("[上下]半年|季度|学期|月")
"""全年按200天计,上半年支出244.8万元: not the days that are printed."""


def about_product(ask: Ask) -> Iterator[Candidate]:
    """每生每天5元、全年200天,21360人,需资金2136万元; 学校26所,每校配备宿管员4人,共104人: so much for each, and how many there are, and the days or
    months that are printed."""
    passage, result = ask.passage, ask.result
    lead = passage.lead(result)
    if result.kind not in ("money", "count") or AVERAGED.search(result.label) or _PART_OF_YEAR.search(lead):
        return
    begin, _ = passage.part_of(result)
    near = [item for item in ask.pool if begin <= item.begin < result.begin]
    rates = [item for item in near if same_unit(item, result) and AVERAGED.search(item.label)]
    told = _WHOLE_COST if result.kind == "money" else _ALL_OF_THEM
    if len(rates) != 1 or not told.search(lead):
        return
    counts = [item for item in near if item.kind == "count" and not AVERAGED.search(item.label)]
    if len(counts) > 1 or result.kind == "count":  # 学校74所,学生25600人,每生每天5元: the rate says whom it counts
        counts = [item for item in counts if _counted_by(rates[0], item)]
    if result.kind == "count" and (result.clause - rates[0].clause > 1 or "平均" in rates[0].label):
        return
    times = [item for item in near if item.kind == "duration"] if result.kind == "money" else []
    if len(counts) != 1 or len(times) > 1 or (not times and result.clause - rates[0].clause > 2):
        return
    operands = (("a", rates[0]), ("b", counts[0]), *(("b", time) for time in times))
    claim = Claim("per", operands, result, "result", prod, " × ".join(["{}"] * len(operands)))
    yield Candidate(claim, 4.5 if times or result.kind == "count" else 4.0)


_ALL_OF_THEM = re.compile(r"(?:共|合计|总计|共计|累计)[^,;。\d]{0,6}$")
_FOR_EACH = re.compile(r"每一?[名个]?([一-鿿])|([一-鿿])均")


def _counted_by(rate: Item, count: Item) -> bool:
    """Is a number that of those for each of whom a rate is (每校: 26所)?"""
    said = _FOR_EACH.search(rate.label)
    by = (said[1] or said[2]) if said else ""
    named = re.search(_BY.get(by, by), count.label[-8:] + count.unit + count.after[:4])
    return bool(by) and (count.unit == by or (by in "生人师" and count.unit in ("人", "名")) or named is not None)


def prod(values: Sequence[Fraction]) -> Fraction:
    """The product of numbers."""
    found = values[0]
    for value in values[1:]:
        found = found * value
    return found


_SAME = re.compile(r"(?:折合|约合|换算为?|合计为|[,(]即)\s*(?:约|为)?\s*$")


def _scale(item: Item) -> str:
    """What is printed behind the digits."""
    return re.sub(r"[\d.,\s]", "", item.quantity.text)


def about_conversion(ask: Ask) -> Iterator[Candidate]:
    """24210平方米,折合2.42万平方米: one amount in two units."""
    passage, index, result = ask.passage, ask.index, ask.result
    if not index or not result.measured or not _SAME.search(passage.text, max(0, result.begin - 6), result.begin):
        return
    before = passage.items[index - 1]
    if before.sentence == result.sentence and same_unit(before, result) and _scale(before) != _scale(result):
        yield Candidate(Claim("sum", (("part", before),), result, "total", prod, "{}"), 5.0)


_SIDES = re.compile(
    r"(?P<a>[一-鿿“”]{1,10}?)[与和同跟对](?P<b>[一-鿿“”]{1,10}?)(?:人数|数)?之?(?:比|比例|比率|配比)[^,;。\d]{0,6}$|(?P<c>[一-鿿])(?P<d>[一-鿿])比(?:例)?[^,;。\d]{0,6}$"
)


def about_ratio(ask: Ask) -> Iterator[Candidate]:
    """A ratio to one: every two counts beside it."""
    passage, deltas, ratio = ask.passage, ask.deltas, ask.result
    turned = to_one(ratio) if ratio.kind == "ratio" else None
    if turned is None:
        return
    quotient, first = turned
    named = _SIDES.search(passage.lead(ratio))
    names = (named["a"] or named["c"] or "", named["b"] or named["d"] or "") if named else ("", "")
    if first:
        names = names[::-1]
    near = [item for item in ask.pool if item.kind in ("count", "money", "area") and not AVERAGED.search(item.label)]
    same = [item for item in near if item.sentence == ratio.sentence]
    for high in near:
        for low in near:
            if high is low or high.kind != low.kind or {passage.place(high), passage.place(low)} & deltas:
                continue
            evidence = sum(
                1.5 for item, name in ((high, names[0]), (low, names[1])) if name and _bears(passage, item, name)
            )
            evidence += 1.5 if {item.begin for item in same} == {high.begin, low.begin} else 0
            evidence += 0.5 if high.sentence == low.sentence == ratio.sentence else -0.5
            evidence += 0.5 if quotient.rough >= 1 and (high.value or 0) > (low.value or 0) else 0
            claim = Claim("ratio", (("a", high), ("b", low)), quotient, "ratio", lambda v: v[0] / v[1], "{} ÷ {}")
            yield Candidate(claim, evidence)


def _bears(passage: Passage, item: Item, name: str) -> bool:
    if len(name) == 1:
        return name in item.label[-8:] + item.after[:4]
    return likeness(name, passage, item) >= 0.5
