"""Parts that make a total: 共117万元,其中…75万元,…42万元; 一本、二本、三本 and 本科; 合计."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate

from taizhang.reading.model import Relation
from taizhang.reading.numbers.arithmetic import corrupt, exact, number, shown, tolerance_of
from taizhang.reading.numbers.passage import Item, Passage, same_unit
from taizhang.reading.numbers.rates import coordinated
from taizhang.reading.numbers.slips import one_shift, one_slip

_OPENS = re.compile(r"其中|分别(?:是|为)|包括|包含|分为|即|由")
_CLOSES = re.compile(r"^(?:三项|两项|四项|以上|各项|全部|总|上述)?(?:共计|合计|总计|总共)")
_SUMS_UP = re.compile(r"^[,;]?\s*(?:[^,;。]{0,6}?)(?:共计|合计|总计|总共|一共|共)")
_AGAIN = re.compile(r"其中|共|总计|合计|另|此外|同时|累计")
# Labels that cut a whole into all of its parts.
COMPLETE = (
    ("男", "女"), ("应届", "往届"), ("公办", "民办"), ("城区", "农村"), ("城市", "农村"), ("城镇", "乡村"), ("城镇", "农村"), ("文科", "理科"), ("父母双方", "父母一方"),
    ("父母双方", "单方"), ("双方", "一方"), ("本地", "外地"), ("本县", "外县"), ("首次", "再次"), ("初访", "重复访"), ("在编", "编外"), ("在编", "非在编"), ("普通高中", "职业"), ("普高", "职高"),
    ("合格", "不合格"), ("办结", "正在办理"), ("办结", "在办"), ("上级", "本级"), ("中央", "地方"), ("补助", "配套"), ("上级", "自筹"), ("财政", "自筹"), ("补", "配套"), ("新建", "改扩建"), ("新建", "改建"), ("新建", "扩建"), ("线上", "线下"), ("自有", "租赁"),
    ("中学", "小学"), ("已整改", "正在整改"), ("已整改", "未整改"), ("实名", "匿名"), ("来信", "来访"), ("新校区", "老校区"), ("一档", "二档"), ("投诉", "咨询"), ("义务教育", "高中"), ("走读", "寄宿"), ("纸质", "电子"), ("人员", "公用"), ("编内", "编外"), ("校内", "校外"), ("教师", "后勤"), ("小学部", "初中部"),
)  # fmt: skip
# The same for kinds of one thing, which need no 其中; how far a case has come (办结, 在办) is told for its rate.
_HALVES = tuple(pair for pair in COMPLETE if pair[0] not in ("办结", "合格"))
# Lists whose members exclude one another: stages, levels of government, sources of money, prizes, grades, kinds of schools.
CLASSES = tuple(
    re.compile(row)
    for row in (
        "幼儿|学前|小学|初中|高中|中职|职高|普高|职业|职中|特教|特殊|大学|高校|高等|义务|九年|完全中学|教学点|中小学|成人|其他|其它|其余",
        "全国|国家|中央|国培|省|市|县|区|乡|镇|村|自治区|校|本级|上级|自筹|捐|社会|其他|其它|其余|配套|银行|贷款|债券",
        "一等|二等|三等|特等|优秀|良好|合格|及格|满意|待提高|金|银|铜|其他|其它|其余",
        "公开招聘|引进|定向|特岗|选调|考录|招考|调入|选聘|校园招聘|其他|其它|其余",
        "党委|总支|支部|党小组",
        "教师|职工|人员|工勤|后勤|教辅",
        "公办|民办|集体|其他|其它|其余",
        "文科|理科|艺术|体育|音乐|美术|其他|其它|其余",
        "第[一二三四]季度|上半年|下半年|[一二三四]季度|\\d{1,2}月",
        "(?:19|20)\\d\\d年",
        "语文|数学|英语|物理|化学|生物|政治|历史|地理|科学|其他|其它|其余",
    )
)
# Nobody stands in two of these, but a list of them is often left open: only a sum above the whole is wrong.
OPEN_CLASSES = (
    re.compile("博士|硕士|研究生|本科|专科|大专|中专"),
    re.compile("正高|高级|中级|初级|一级|二级|三级|员级"),
)
OVERLAP = re.compile(
    "以上|以下|含|党员|女|男|少数民族|高级|中级|初级|骨干|本科|专科|研究生|硕士|博士|学历|职称|获|贫困|留守|寄宿|随迁|残疾|农村|城区|标准化|示范|重点|星级|规模|特色"
    "|名师|特级|学科带头|班主任|新增|新建|改建|维修|在建|低保|孤儿|单亲"
)


def find_sums(passage: Passage, deltas: frozenset[int]) -> Iterator[Relation]:
    """Sums that the text asserts: an opened list, a closing total, tiers, coordinated percentages."""
    claimed: set[int] = set()
    for index in range(len(passage.items)):
        if index in deltas:
            continue
        for finder in (_tiers, _coordinated_percent, _opened, _carried, _closed):
            relation = finder(passage, index, deltas, claimed)
            if relation is not None:
                yield relation
                break


def added_up(parts: Sequence[Item], total: Item) -> Relation | None:
    if total.value is None or any(part.value is None for part in parts):
        return None
    computed = sum((part.value for part in parts if part.value is not None), Fraction(0))
    percent = total.kind == "percent"
    tol = tolerance_of(total) if percent else Fraction(0)
    texts = shown([*parts, total])
    mark = "%" if percent else ""
    left = " + ".join(text + mark for text in texts[:-1])
    value = number(_in_printed(computed, total, texts[-1]))
    why = f"{left} = {value}{mark}，原文写 {texts[-1]}{mark}"
    loose = total.loose or any(part.loose for part in parts)
    operands = (*(part.operand("part") for part in parts), total.operand("total"))
    return exact("sum", operands, total.value, computed, tol, why, loose, total)


def _in_printed(value: Fraction, total: Item, text: str) -> Fraction:
    """The sum in the scale in which the total is written (万元)."""
    plain = text.replace(",", "")
    if total.value and re.fullmatch(r"\d+(?:\.\d+)?", plain) and Fraction(plain):
        return value * Fraction(plain) / total.value
    return value


# --- an opened list -------------------------------------------------------------------------------------------------
def _opened(passage: Passage, index: int, deltas: frozenset[int], claimed: set[int]) -> Relation | None:
    """共招聘195人,其中幼儿园12人,小学18人 …"""
    total = passage.items[index]
    if not total.measured or total.value is None or index in claimed:
        return None
    parts, opener, colon = parts_after(passage, index, deltas)
    masks = [part for part in parts if part.kind == "placeholder"]
    if masks:
        if len(parts) < 3 or not opener:
            return None
        operands = (*(part.operand("part") for part in parts), total.operand("total"))
        return corrupt(
            "sum", operands, f"「{masks[0].quantity.text}」处的数字已损坏，各项之和无法与 {total.quantity.text} 核对"
        )
    if len(parts) < 2:
        return None
    count = _reaching(parts, total.value)
    halves = count == 2 and _complete_pair(parts[:2])
    if count and (opener or colon or halves or (count >= 3 and total.value >= 20)):
        claimed.update(_closed_parts(passage, parts[:count]))
        return added_up(parts[:count], total)
    if len(parts) > 2 and ";" in passage.between(parts[1], parts[2]) and _complete_pair(parts[:2]):
        parts = parts[:2]  # 1040人,其中男生536人,女生504人;住校生728人
    if opener and _must_add_up(passage, parts, total, opener):
        return added_up(parts, total)
    return None


def _complete_pair(parts: Sequence[Item]) -> bool:
    """Do the names of two parts leave no third (男生, 女生)?"""
    return any(has_pair([part.name for part in parts], one, other) for one, other in _HALVES)


def _closed_parts(passage: Passage, parts: Sequence[Item]) -> Iterator[int]:
    """Parts that no list of their own follows: those are no totals."""
    for part in parts:
        if passage.text[part.stop : part.stop + 1] != "(" and not BEHIND.match(
            passage.text, passage.next_sentence(part)
        ):
            yield passage.place(part)


def _reaching(parts: Sequence[Item], total: Fraction) -> int:
    """How many of the first parts make the total exactly, at least two and as many as possible; 0 when none do."""
    sums = list(accumulate(part.value or Fraction(0) for part in parts))
    return max((count for count, added in enumerate(sums, 1) if added == total and count > 1), default=0)


def parts_after(passage: Passage, index: int, deltas: frozenset[int]) -> tuple[list[Item], str, bool]:
    """Numbers of the total's unit behind it in the same sentence, and how the list is opened."""
    items, total = passage.items, passage.items[index]
    parts: list[Item] = []
    opener, colon = "", False
    last = total
    depth = listed = 0
    scanned = total.stop
    for place in range(index + 1, min(index + 40, len(items))):
        item = items[place]
        if item.sentence != total.sentence:
            break
        gap = passage.text[last.stop : item.begin]
        step = passage.text[scanned : item.begin]
        depth, scanned = depth + step.count("(") - step.count(")"), item.begin
        if parts and depth < listed:
            break  # the bracket that held the list is closed
        if place in deltas or item.kind == "percent" or (parts and depth > listed):
            continue
        mask = item.kind == "placeholder" and re.fullmatch(r"20[xX_]{1,2}", item.quantity.text)
        if not (item.measured and same_unit(total, item)) and not mask:
            continue
        if not parts:
            found = _OPENS.search(gap)
            opener = found.group() if found else ""
            if found and of_another(passage, total, gap[: found.start()]):
                return [], "", False
            colon = ":" in gap or "(" in gap
        elif _AGAIN.search(gap) or (";" in gap and opener == "其中" and _SUMS_UP.search(gap)):
            break
        listed = listed if parts else depth
        parts.append(item)
        last = item
    return parts, opener, colon


def of_another(passage: Passage, total: Item, words: str) -> bool:
    """Does the list open with the name of an earlier number (,教学用房包括…)? Then it is not this one's."""
    head = re.split(r"[,;:()]", words)[-1].strip()
    if len(head) < 2 or head[:2] in total.name:
        return False
    return passage.text.find(head[:3], max(0, total.begin - 100), total.begin) >= 0


def _must_add_up(passage: Passage, parts: Sequence[Item], total: Item, opener: str) -> bool:
    """Does the text say that these parts are all of it? Parts above the whole are always wrong; 其中 alone says nothing."""
    if total.value is None or total.loose or total.bound or any(part.loose or part.bound for part in parts):
        return False
    if not parallel(passage, parts):
        return False
    gap = total.value - sum((part.value for part in parts if part.value is not None), Fraction(0))
    largest = max(part.value for part in parts if part.value is not None)
    smallest = min(part.value for part in parts if part.value is not None)
    if largest > total.value:
        return False  # a part above its whole is reported as such
    if opener.startswith(("分别", "包括", "由", "分为")) and len(parts) >= 2:
        return abs(gap) * 2 <= total.value
    labels = [part.name for part in parts]
    if len(parts) == 2 and any(has_pair(labels, one, other) for one, other in COMPLETE):
        return abs(gap) * 5 <= 3 * max(total.value, total.value - gap)
    if any(re.search("其他|其它|其余", label) for label in labels[1:]):
        return True  # a rest is named: nothing else is left
    if gap < 0 and any(all(row.search(label) for label in labels) for row in OPEN_CLASSES):
        return not any("以上" in label + part.after[:2] for label, part in zip(labels, parts, strict=True))
    if any(OVERLAP.search(label) for label in labels):
        return False
    exclusive = any(all(row.search(label) for label in labels) for row in CLASSES)
    if gap < 0:  # 其中地方级财政收入…,财政支出…: the second is no part of it, unless a slip says so
        return exclusive or one_slip([*parts, total], _missing) or one_shift([*parts, total], _missing, _DRAFT)
    if len(parts) == 2:
        # 单位风险点28条,个人风险点87条: named alike and all but complete.
        return gap < smallest and gap * 10 <= total.value and len({label[-2:] for label in labels}) == 1
    # Room for another part is no miss: kinds of schools or persons that the text does not name.
    room = gap >= smallest and not (exclusive and gap * 10 <= total.value)
    return gap * (4 if exclusive else 10) <= total.value and not room


_DRAFT = Fraction(1, 9)


def _missing(values: Sequence[Fraction]) -> Fraction:
    """How far the parts, the total last, are from it."""
    return sum(values[:-1], -values[-1])


def has_pair(labels: Sequence[str], one: str, other: str) -> bool:
    return (one in labels[0] and other in labels[1]) or (other in labels[0] and one in labels[1])


def parallel(passage: Passage, parts: Sequence[Item]) -> bool:
    """A list that adds up has one number per clause or per enumeration mark, each with its own label."""
    return all(part.name.strip("、和及与 ") for part in parts) and len({part.name for part in parts}) == len(parts)


# --- a list in the sentences behind the total -------------------------------------------------------------------------
BEHIND = re.compile(r"(?:其中|分别(?:是|为))[:,]?\s*")
_ITEM = re.compile(r"\n\s*(?:[一二三四五六七八九十]{1,3}、|\d{1,2}[、.](?!\d)|[(][一二三四五六七八九十\d]{1,2}[)])")
_MOST = 60


def _carried(passage: Passage, index: int, deltas: frozenset[int], claimed: set[int]) -> Relation | None:
    """共8250人。其中小学5000人,初中3250人: the list has a sentence or lines of its own. Only a fit is asserted."""
    total = passage.items[index]
    if not total.measured or total.value is None or index in claimed or total.value < 20:
        return None
    opened = BEHIND.match(passage.text, passage.next_sentence(total))
    if opened is None or any(same_unit(item, total) for item in _rest_of_sentence(passage, index) if item.measured):
        return None
    parts = [item for item in listed_behind(passage, index, opened.end(), deltas) if same_unit(item, total)]
    count = _reaching(parts, total.value)
    if not count or (count < len(parts) and count < 3):
        return None
    claimed.update(_closed_parts(passage, parts[:count]))
    return added_up(parts[:count], total)


def _rest_of_sentence(passage: Passage, index: int) -> Iterator[Item]:
    for item in passage.items[index + 1 : index + _MOST]:
        if item.sentence != passage.items[index].sentence:
            return
        yield item


def listed_behind(passage: Passage, index: int, begin: int, deltas: frozenset[int]) -> Iterator[Item]:
    """The numbers of a list that begins at ``begin``: of one sentence, of lines closed by ; or of numbered lines.

    What numbered lines open themselves (其中…) is no part of them.
    """
    numbered = _ITEM.match(passage.text, begin - 1) is not None
    last, nested = begin, False
    for place in range(index + 1, min(index + _MOST, len(passage.items))):
        item = passage.items[place]
        if item.begin < begin:
            continue
        gap = passage.text[last : item.begin] if last > begin else passage.text[begin - 1 : item.begin]
        item_opens = _ITEM.search(gap) is not None
        if not numbered and (item_opens or "。" in gap or re.search(r"[^;,]\s*\n", gap)):
            return
        if numbered and "\n" in gap and not item_opens and not re.search(r"\n\s*其中", gap) and not nested:
            return
        nested = False if item_opens else nested or "其中" in gap
        last = item.stop
        if item.measured and place not in deltas and not nested:
            yield item


# --- a closing total ------------------------------------------------------------------------------------------------
def _closed(passage: Passage, index: int, deltas: frozenset[int], claimed: set[int]) -> Relation | None:
    """小学投入120万元,初中投入80万元,合计200万元."""
    total = passage.items[index]
    if not total.measured or total.value is None:
        return None
    lead = passage.lead(total).strip()
    closes, soft = lead in ("共", "共有") or _CLOSES.search(lead), lead.startswith(("总", "共", "一共", "全"))
    if not closes and not soft:
        return None
    parts: list[Item] = []
    last = total
    for place in range(index - 1, max(index - 20, -1), -1):
        item = passage.items[place]
        if item.sentence != total.sentence or place in claimed:
            break
        if place in deltas or item.kind == "percent":
            continue
        if not item.measured or not same_unit(item, total):
            continue
        if last.clause - item.clause > 2:
            break
        parts.insert(0, item)
        last = item
    count = _reaching(parts[::-1], total.value)
    if count:
        return added_up(parts[-count:], total)
    steady = closes and len(parts) >= 2 and parallel(passage, parts)
    if (steady or _shared_out(passage, parts, total)) and _closing_fits(parts, total):
        return added_up(parts, total)
    return None


def _shared_out(passage: Passage, parts: Sequence[Item], total: Item) -> bool:
    """分别投资8600万元和5400万元,总投资1.4亿元: two names' numbers in a row, closed by 总 in the next clause."""
    if len(parts) != 2 or total.clause - parts[1].clause != 1 or not total.label.startswith("总"):
        return False
    joined = passage.between(parts[0], parts[1]).strip()
    return joined in ("和", "、", "及", "与") and "分别" in passage.lead(parts[0])


def _closing_fits(parts: Sequence[Item], total: Item) -> bool:
    """A closing 合计 is taken at its word unless it is of another order than the sum."""
    added = sum((part.value for part in parts if part.value is not None), Fraction(0))
    if total.value is None or total.loose or any(part.loose for part in parts):
        return False
    return added <= 4 * total.value and total.value <= 4 * added


# --- tiers and coordinated percentages ------------------------------------------------------------------------------
def _tiers(passage: Passage, index: int, deltas: frozenset[int], claimed: set[int]) -> Relation | None:
    """一本87人,二本299人,三本202人,本科588人: exclusive tiers, all three printed."""
    total = passage.items[index]
    if not total.measured or "本科" not in total.label or total.value is None:
        return None
    parts: list[Item] = []
    ranks: list[object] = []
    for place in range(max(index - 14, 0), index):
        item = passage.items[place]
        if item.sentence != total.sentence or place in deltas or not item.measured or not same_unit(item, total):
            continue
        tier = passage.items[place - 1] if place else None
        if (
            tier is not None
            and tier.kind == "ordinal"
            and tier.quantity.unit in ("本", "批")
            and tier.clause == item.clause
        ):
            parts.append(item)
            ranks.append(tier.quantity.value)
    if ranks not in ([1.0, 2.0, 3.0], [1.0, 2.0]):
        return None
    values = [part.value for part in parts if part.value is not None]
    gap = abs(total.value - sum(values, Fraction(0)))
    if len(values) < len(parts) or (
        gap and not (len(parts) == 3 and (gap * 5 <= sum(values) or _exclusive(values, total.value)))
    ):
        return None
    return added_up(parts, total)


def _exclusive(tiers: Sequence[Fraction], total: Fraction) -> bool:
    """Cumulative tiers (一本 within 二本) grow and stay within the total; others must be added."""
    return max(tiers) > total or list(tiers) != sorted(tiers)


def _coordinated_percent(passage: Passage, index: int, deltas: frozenset[int], claimed: set[int]) -> Relation | None:
    """本科总上线率66%,专科总上线率31%,本、专科总上线率97%."""
    total = passage.items[index]
    if total.kind != "percent" or total.points or total.value is None:
        return None
    names = coordinated(re.split(r"达到|达|为", passage.lead(total))[0].strip())
    if len(names) < 2:
        return None
    parts: list[Item] = []
    for name in names:
        for place in range(index - 1, max(index - 10, -1), -1):
            item = passage.items[place]
            label = item.label.strip()
            if (
                item.sentence == total.sentence
                and item.kind == "percent"
                and len(label) >= 3
                and name.endswith(label)
                and place not in deltas
            ):
                parts.append(item)
                break
    if len(parts) != len(names) or any(part.value is None for part in parts):
        return None
    return added_up(parts, total)
