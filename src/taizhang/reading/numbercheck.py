"""Doubts beyond one printed relation, and the numerals that no layer explains.

A number that was not understood is reported as not read, never passed over as clean.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from taizhang.reading.learned.disagreeing import find_disagreeing
from taizhang.reading.learned.weights import Scales
from taizhang.reading.model import Finding, Quantity, Relation, Unread
from taizhang.reading.names import understood
from taizhang.reading.numbers.accounts import find_unbalanced
from taizhang.reading.numbers.arithmetic import number
from taizhang.reading.numbers.averages import MEANS
from taizhang.reading.numbers.comparisons import run_of
from taizhang.reading.numbers.grades import RATED
from taizhang.reading.numbers.partition import TRIM, alike, complete, exclusive, parted, smallest_left_out
from taizhang.reading.numbers.passage import Item, Passage, same_unit, spans_of
from taizhang.reading.numbers.scan import Sheet
from taizhang.reading.numbers.slips import one_shift, one_slip
from taizhang.reading.numerals import decimals
from taizhang.reading.restated import told_of_another, two_values
from taizhang.reading.takenup import reprises
from taizhang.reading.view import view_of

_NUMERAL_RUN = re.compile(r"[0-9][0-9.,]*|[零一二三四五六七八九十百千万亿两]+|[Ⅰ-Ⅻⅰ-ⅻ]+")


def find_doubts(scales: Scales, relations: Sequence[Relation]) -> list[Finding]:
    """Doubts about an article that are not one printed relation.

    Kinds: percent_list (a stated complete list of percentages misses 100), part_over_whole (其中 above its whole),
    two_values (the same thing with two values), unit_value (a note: the quotient of two neighbours is implausible),
    balance (what there was, came and went does not make what is left), graded (a rate of a list of grades),
    outside (a mean of all beyond those of its parts, a least above the most),
    beyond_all (a rate above 100 % of what can at most be all).
    """
    passage, deltas = scales.near.passage, scales.near.deltas
    covered = {
        (operand.start, operand.end)
        for relation in relations
        if relation.holds is False
        for operand in relation.operands
    }
    told: dict[tuple[str, tuple[tuple[int, int], ...]], Finding] = {}  # two finders may see that one list misses 100 %
    for finder in (_percent_lists, _parts_over_whole, _two_values, _unit_values, find_unbalanced, *RATED, *MEANS):
        for finding in finder(passage, deltas, covered):
            told.setdefault((finding.kind, finding.spans), finding)
    found = list(told.values())
    said = {finding.spans[-1] for finding in found}
    found += [
        one
        for one in find_disagreeing(scales, relations)
        if one.spans[-1] not in said and not (one.kind == "two_values" and told_of_another(passage, one))
    ]
    return sorted(found, key=lambda finding: finding.spans[0])


def find_unread(
    text: str, start: int, end: int, quantities: Sequence[Quantity], skip: Sequence[tuple[int, int]] = ()
) -> list[Unread]:
    """Numerals of ``text[start:end]`` that are neither a quantity, a marker, nor a word of the exclusion list."""
    view = view_of(text).excerpt(start, end)
    sheet = Sheet(view)
    sheet.skip(skip)
    sheet.skip([(one.start, one.end) for one in quantities])
    understood(sheet)
    found: list[Unread] = []
    for run in _NUMERAL_RUN.finditer(view.text):
        begin, stop = run.span()
        free = [place for place in range(begin, stop) if not sheet.state[place]]
        if free and view.text[free[0]].strip(",."):
            left, right = view.span(free[0], free[-1] + 1)
            found.append(Unread(left, right, text[left:right]))
    return found


# --- percentages of a complete list ---------------------------------------------------------------------------------
_CLOSED = re.compile(r"[组构]成|分为|分成|[二两三四五六七]方[^,;。]{0,6}(?:承担|分担)")
# The list is called one of all kinds there are, or names the rest.
_ALL_KINDS = re.compile(
    r"结构|构成|组成|分布|归类|类别|类型|层次|渠道|分为|分成|分[:,]|分类|等级|等次|去向|来源|分别[占为是]|比例分别|结果|结论|承担|分担|其余|其他|其它|余下|剩余|各占"
)
_SEEN_BY = re.compile(r"[从按][^,。]{1,8}[看分说],")  # with a lowest class (专科及以下) nothing is left out
_OPEN_ENDED = re.compile("党员|骨干|其中|以上学历|获|率[为达是]*$|增|减|同比|目标|计划|完成")
_BECOMES = re.compile(r"^[变升降提增减涨跌扩调回][^,;。]{0,2}[为成至到]")  # 由上年的92.8%变为97.1%
_PAIRS = (
    ("男", "女"), ("城", "农村"), ("城", "乡"), ("公办", "民办"), ("文", "理"), ("已", "未"), ("合格", "不合格"), ("满意", "不满意"), ("本地", "外地"),
)  # fmt: skip


def _percent_lists(passage: Passage, deltas: frozenset[int], covered: set[tuple[int, int]]) -> Iterator[Finding]:
    """优秀占20%,良好占45%,合格占30%,不合格占4%: grades and complements must reach 100."""
    for shares in _rows_of_shares(passage, deltas):
        shares = [item for item in shares if item.value != 100] or shares  # …,合为100%; (全部=100%)
        if len(shares) < 2 or any(item.loose or item.bound for item in shares):
            continue
        if any(_BECOMES.search(passage.between(one, later)) for one, later in pairwise(shares)):
            continue
        if any(_ANOTHER.search(passage.between(one, later)) for one, later in pairwise(shares)):
            continue
        if any(item.quantity.text.endswith("成") for item in shares):
            continue  # tenths are rounded off
        total = sum((item.value for item in shares if item.value is not None), Fraction(0))
        fine = max(decimals(item.quantity.text) for item in shares)
        slack = Fraction(len(shares), 2 * 10 ** min(decimals(item.quantity.text) for item in shares))
        if (
            abs(total - 100) <= slack
            or 100 - total > FURTHEST
            or len({_whole_name(passage, item) for item in shares} - {""}) > 1
        ):
            continue
        if _goes_on(passage, shares[-1]) or _LEFT.match(passage.text, shares[-1].stop):
            continue
        if total < 100 and all(_REACHED.search(passage.lead(item)) for item in shares):
            continue
        sure = _is_complete(passage, shares) and abs(total - 100) <= 30
        if sure or _is_called_complete(passage, shares, slack):
            added = " + ".join(f"{number(item.value)}%" for item in shares if item.value is not None)
            why = f"{added} = {number(total, fine)}%，各项应合计 100%，相差 {number(abs(total - 100))} 个百分点"
            yield Finding("percent_list", "alarm", spans_of(shares), why)


_LEFT = re.compile("[,;。]?(?:其余|其他|其它|剩余|剩下|余下|还有)")
"""同意的占71.4%,不同意的占19.2%,其余未作答: the rest has no number;"""
_REACHED = re.compile(r"\d分(?:以上|以下|及以上|及以下)[^,;。]*$")
"""60分以下的占36%,30分以下的占11%: and such rows may hold one another."""
_ANOTHER = re.compile("按[^,;。:]{1,8}[分看]|从[^,;。:]{1,10}[分看说]")
"""女生占47.6%;按户口分,农村考生占61.3%: the same people, counted by something else."""
FURTHEST = 50
"""A list further below 100 is none of all there is."""


def _goes_on(passage: Passage, last: Item) -> bool:
    """本科18人,占4.5%;专科222人,占55.5%;高中以下12人。 A further member has no share of its own."""
    place = passage.place(last)
    if not place or place + 1 == len(passage.items):
        return False
    part, following = passage.items[place - 1], passage.items[place + 1]
    both = part.measured and following.measured and part.sentence == following.sentence == last.sentence
    return both and same_unit(part, following) and not _WHOLE_OF.search(passage.between(last, following))


_WHOLE_OF = re.compile("合计|总计|共|总")


def _rows_of_shares(passage: Passage, deltas: frozenset[int]) -> Iterator[list[Item]]:
    """The percentages of a whole in each sentence, and in lines of one name and one percentage each."""
    stacked: list[Item] = []
    for places in passage.sentences.values():
        items = [passage.items[place] for place in places]
        shares = [item for item in items if passage.place(item) not in deltas and _is_share(passage, item)]
        shares = [*shares[:1], *(two for one, two in pairwise(shares) if "其中" not in passage.between(one, two))]
        yield shares
        line = shares[0] if len(items) == len(shares) == 1 else None
        if line is not None and len(passage.sentence_text(line.sentence)) < LINE:
            if stacked and line.sentence - stacked[-1].sentence > 1:
                yield stacked
                stacked = []
            stacked.append(line)
        else:
            yield stacked
            stacked = []
    yield stacked


LINE = 30
"""A line of a name and its percentage is no longer."""
_RATES = re.compile(r"(?<!得票)(?<!占有)率|增|减|上升|下降|提高|降低|高于|低于|同比|环比")
_SAID = re.compile(r"^的?[一-鿿]{0,8}?(?:表示|认为|选择|觉得|持|为|是|来自|属于)")


def _is_share(passage: Passage, item: Item) -> bool:
    """A percentage of a whole: 占20%, (城区20%,…), 20%表示满意."""
    if item.kind != "percent" or item.points or item.value is None:
        return False
    lead = passage.lead(item)
    if re.search(r"占|比例|比重", lead) or _SAID.match(item.after):
        return True
    first = passage.items[run_of(passage, passage.place(item))[0]]  # 及格率分别为96.4%、91.8%、89.3%
    name = item.label.strip("、和及与") or first.label or item.name
    return bool(name) and len(name) <= 16 and not _RATES.search(name)


def _whole_name(passage: Passage, item: Item) -> str:
    found = re.search(r"占([^,;。:()占\d、]*?)(?:的|比例|比重|约|近|达|为|比)*\s*$", passage.lead(item))
    return re.sub(r"分别|各", "", found[1]) if found else ""


def _is_complete(passage: Passage, shares: Sequence[Item]) -> bool:
    """Grades with a lowest class, complements, or 分别占 with as many names."""
    leads = [passage.lead(item) for item in shares]
    if any(re.search(r"占|比例|比重", lead) is None for lead in leads):
        return False
    if len(shares) == 2:
        return any(
            (one in leads[0] and other in leads[1]) or (other in leads[0] and one in leads[1]) for one, other in _PAIRS
        )
    text = "".join(leads)
    graded = ("不合格" in text or "不及格" in text or "待提高" in text or "不满意" in text) and bool(
        re.search("优秀|良好|合格|及格|满意", text)
    )
    return graded or bool(_CLOSED.search(_opening(passage, shares[0])))


def _opening(passage: Passage, first: Item) -> str:
    """What the sentence says before its first percentage."""
    start = max(passage.text.rfind(sign, max(0, first.begin - 120), first.begin) for sign in "。!?\n") + 1
    return passage.text[max(start, first.begin - 120) : first.begin]


def _is_called_complete(passage: Passage, shares: Sequence[Item], slack: Fraction) -> bool:
    """The words speak of all kinds there are, and one slip is all that keeps the list from 100."""
    text = _opening(passage, shares[0]) + passage.text[shares[0].begin : shares[-1].stop] + shares[-1].after
    text += passage.text[shares[-1].stop : shares[-1].stop + 12]
    if _OPEN_ENDED.search(text) or all(not decimals(item.quantity.text) for item in shares):
        return False
    opposite = any(one in text and f"不{one}" in text for one in ("满意", "合格", "及格", "赞成", "同意"))
    opposite = opposite or ("有效" in text and "无效" in text) or _is_complete(passage, shares)
    opposite = opposite or _opposed(shares)
    if not (
        opposite or _one_choice(shares, text) or _ALL_KINDS.search(text) or ("及以下" in text and _SEEN_BY.search(text))
    ):
        return False
    if (
        any(later.clause - one.clause > 2 for one, later in pairwise(shares))
        and shares[0].sentence == shares[-1].sentence
    ):
        return False

    def gap(values: Sequence[Fraction]) -> Fraction:
        return sum(values, Fraction(-100))

    if smallest_left_out([item.rough for item in shares], text):
        return False
    if one_slip(shares, gap, slack + Fraction(1, 10**6)):
        return True
    short = sum((item.value or Fraction(0) for item in shares), Fraction(0)) < 100
    short = short and not (opposite or _PARTED.search(text))
    return not short and one_shift(
        shares, gap, Fraction(1, 6)
    )  # 2.87%、28.40%、36.16%、27.36%: one more may be left out


_PARTED = re.compile(rf"{_CLOSED.pattern}|按[^,。]{{1,8}}分")
_MANY_CHOICES = re.compile("多选|重叠|兼|交叉|同时")


_NO_CHOICE = re.compile("(?<!得票)(?<!占有)率|均|超过|达到|以上")


def _one_choice(shares: Sequence[Item], text: str) -> bool:
    """Three or more short names each with its percentage and nothing else: A等…%,B等…%,C等…%."""
    plain = all(
        (name := item.label or item.name) and len(name) <= 14 and not _NO_CHOICE.search(name) for item in shares
    )
    return plain and len(shares) > 2 and not _MANY_CHOICES.search(text)


def _opposed(shares: Sequence[Item]) -> bool:
    """女性…%、男性…%: two names that leave no third."""
    return len(shares) == 2 and complete([TRIM.sub("", item.label) for item in shares])


# --- a part above its whole -----------------------------------------------------------------------------------------
_OPENS_PART = re.compile(
    r"其中|当中|这里面|里头|里面|内[有含]|(?<=[一-鿿])占[了去]?(?=\d+[人名个所家件条套间项])|(?<=,)有(?=\d+[名人个所家件项](?:持|为|是|来自|属|已|未|被|在|获|因|没|达|不))|(?<=[,;])(?:已|未|尚未)[一-鿿]{1,4}的有?(?=\d)|(?<=[,;(])包[括含](?!在)|(?<=[,;(])含(?!量|义)|(?<=[^高初其集])中(?=,)"
)


def _parts_over_whole(passage: Passage, deltas: frozenset[int], covered: set[tuple[int, int]]) -> Iterator[Finding]:
    """全县幼儿园17所,其中民办30所; 60项课题中,省级72项."""
    told: set[int] = set()
    for found in _OPENS_PART.finditer(passage.text):
        pair = _around(passage, found.start(), deltas)
        if pair is None:
            continue
        whole, parts = pair
        inside = passage.text.rfind("(", whole.stop, found.start())
        if inside >= 0:  # 地铁101台(其中车厢30台)、商场107台: behind the bracket another thing is told
            parts = [part for part in parts if ")" not in passage.text[inside : part.begin]]
        if passage.text[whole.stop : found.start()].count(")") > passage.text[whole.stop : found.start()].count("("):
            continue  # 学校**所(含直属5所),其中小学…: the whole stands in front of the brackets
        commas = passage.text[whole.stop : found.start()].count(",")
        if found.group() not in ("其中", "当中", "这里面") and commas > (found.group() != "中"):
            continue
        if found.group() == "有" and passage.lead(whole).endswith("有"):
            continue  # 有8名临近60岁,有23名持证: side by side
        if found.group() == "其中" and "其中" in passage.lead(whole):
            continue  # 其中男生23份,占47%,其中女生26份: side by side too
        if _APART_FROM.search(passage.text[whole.stop : parts[0].begin] if parts else ""):
            continue
        for part in parts[: None if found.group() == "其中" else 1]:
            if not part.unit or part.bound or _AVERAGED.search(whole.label):
                continue  # 平均班额42.3人,其中56人及以上大班46个: a limit is no part, and no average has parts
            over = part.value is not None and whole.value is not None and part.value > whole.value
            if over and part.begin not in told and not whole.loose and not whole.bound and not part.loose:
                told.add(part.begin)
                why = f"「{found.group()}」的 {part.quantity.text} 大于总数 {whole.quantity.text}"
                yield Finding("part_over_whole", "alarm", spans_of([whole, part]), why)


_AVERAGED = re.compile("均|每")
_APART_FROM = re.compile("比|较|增|减|去年|上年|另|目标|计划|同期|现|新")


def _around(passage: Passage, place: int, deltas: frozenset[int]) -> tuple[Item, list[Item]] | None:
    """The whole in front of a 其中 and the parts behind it, in one sentence and one unit."""
    following = bisect_left(passage.items, place, key=lambda item: item.begin)
    if following == len(passage.items):
        return None
    sentence = passage.items[following].sentence
    near = [
        passage.items[index]
        for index in range(max(0, following - 20), min(len(passage.items), following + 20))
        if index not in deltas and passage.items[index].measured and passage.items[index].sentence == sentence
    ]
    behind = [item for item in near if item.begin >= place]
    front = [item for item in near if item.stop <= place]
    if behind and not front:
        return _named_elsewhere(passage, place, behind[0])
    if not behind or not front:
        return None
    stop = passage.text.find("其中", place + 2, behind[-1].stop)
    wholes = [item for item in front if same_unit(item, behind[0])]
    if not wholes or "\n" in passage.text[wholes[-1].stop : place]:
        return None
    parts: list[Item] = []
    for item in behind:
        if parts and sum((part.value or Fraction(0) for part in parts), Fraction(0)) == wholes[-1].value:
            break  # 3363人次,内含103人次、3260人次,线上6078人次: the whole is told already
        if (0 <= stop < item.begin) or ";" in passage.text[place : item.begin] or not same_unit(item, wholes[-1]):
            break
        if re.search("另|此外|共|总|合计|累计", passage.text[place + 2 : item.begin]):
            break
        parts.append(item)
    # Another number of this unit in the sentence may be the real whole.
    whole = wholes[-1]
    biggest = max(item.rough for item in wholes)
    least = whole.rough if _of_the_nearest(passage, place, wholes, behind[0]) else biggest
    return (whole, [part for part in parts if part.rough > least]) if parts else None


CLOSE_TO = 3
"""A part that is so many times its whole is one of something else."""


def _of_the_nearest(passage: Passage, place: int, wholes: Sequence[Item], part: Item) -> bool:
    """未入学28人,其中送教上门32人: does a 其中 follow its whole at once, which is none of a row of several?"""
    whole = wholes[-1]
    at_once = (
        passage.text.startswith(",其中", place - 1) and passage.text[whole.stop : place - 1] == whole.after.rstrip()
    )
    if not at_once or part.rough > CLOSE_TO * whole.rough or part.clause - whole.clause != 1:
        return False
    if len(wholes) == 1:
        return True
    before = wholes[-2]
    labels = [TRIM.sub("", item.label) for item in (before, whole)]
    row = exclusive(labels) or parted(labels) or (whole.clause - before.clause == 1 and alike(labels))
    return before.clause < whole.clause and not row


def _named_elsewhere(passage: Passage, place: int, part: Item) -> tuple[Item, list[Item]] | None:
    """认定示范学校46所 … 示范学校中,农村学校72所: the only number that bears the name in front of 中."""
    start = max(passage.text.rfind(sign, max(0, place - 20), place) for sign in "。;,:\n") + 1
    name = passage.text[start:place].strip()
    index = passage.place(part)
    near = passage.items[max(0, index - 40) : index + 40]
    found = [item for item in near if item.name.endswith(name) and item.measured and item.sentence != part.sentence]
    if len(name) < 4 or len(found) != 1 or not same_unit(found[0], part):
        return None
    return found[0], [part]


# --- one thing, two values ------------------------------------------------------------------------------------------
def _two_values(passage: Passage, deltas: frozenset[int], covered: set[tuple[int, int]]) -> Iterator[Finding]:
    """全县在校小学生34776人 … 全县在校小学生34767人, with nothing between that tells two times or plans apart."""
    told = set()
    for finding in (*two_values(passage, deltas), *reprises(passage, deltas)):
        if finding.spans[-1] not in told and not told_of_another(passage, finding):
            told.add(finding.spans[-1])
            yield finding


# --- unit values ----------------------------------------------------------------------------------------------------
# (kind above the line, kind below it, word that must stand near, least, most, sentence)
_PLAUSIBLE = (
    ("area", "length", re.compile("路|道|甬路|围墙|硬化"), Fraction(1), Fraction(100), "平均宽度 {} 米"),
    (
        "money",
        "area",
        re.compile("新建|改造|建筑|校舍|建设|维修|扩建|重建"),
        Fraction(30),
        Fraction(20_000),
        "每平方米 {} 元",
    ),
)


def _unit_values(passage: Passage, deltas: frozenset[int], covered: set[tuple[int, int]]) -> Iterator[Finding]:
    """面积9250平方米 ÷ 28375米 = 0.33米: a road that no one can walk on. A note only."""
    for places in passage.sentences.values():
        items = [passage.items[place] for place in places if place not in deltas and passage.items[place].measured]
        items = [item for item in items if not _AVERAGED.search(passage.lead(item))]  # 每套平均面积42平方米
        for index, one in enumerate(items):
            for other in items[index + 1 : index + 4]:
                if other.clause - one.clause <= 2:
                    yield from _unit_value(passage, one, other)


def _unit_value(passage: Passage, one: Item, other: Item) -> Iterator[Finding]:
    for top, bottom, words, least, most, sentence in _PLAUSIBLE:
        pair = (one, other) if (one.kind, other.kind) == (top, bottom) else (other, one)
        if (pair[0].kind, pair[1].kind) != (top, bottom) or pair[0].value is None or not pair[1].value:
            continue
        around = passage.text[max(0, one.begin - 30) : other.stop + 10]
        if (bottom, pair[1].unit) not in (("length", "米"), ("area", "平方米")) or not words.search(around):
            continue
        if top == "area" and pair[0].unit != "平方米":
            continue
        quotient = pair[0].value / pair[1].value
        if not least <= quotient <= most:
            why = f"{pair[0].quantity.text} ÷ {pair[1].quantity.text}，{sentence.format(number(quotient, 2))}，不合常理，请核对"
            yield Finding("unit_value", "note", spans_of([one, other]), why)
