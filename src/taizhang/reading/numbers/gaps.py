"""Words for what lies between two levels: what is lacking, left, saved, gone, ahead; and what makes two levels a pair.

The verbs of a difference are many and new ones are made every year (销号, 清零, 瘦身). What they have in common is their
place, right in front of the number or behind it, and two levels of one thing beside them: what there should be and what
there is, then and now, one side and the other. Each of these speaks for the pair.
"""

from __future__ import annotations

import re

from taizhang.reading.numbers.naming import pairs_of
from taizhang.reading.numbers.passage import Item, Passage

# Words that leave no other reading, with what is lacking, saved, gone between them and the number.
_FRONT = re.compile(
    r"(?:消化|化解|消除|消号|销号|销案|清零|清退|清理掉|取消|撤并|关停|摘帽|出列|退出|流失|流出|外流|转走|淘汰|落选|离职|辍学|空编|空岗|空缺|空余|空置|缺口|缺额|缺编|短缺|欠缺|[尚还仍]缺|[尚还仍]差|[尚还仍]欠|富余|宽裕|"
    r"结余|节余|盈余|节约|节省|节支|压减|压降|压缩|精简|裁减|裁撤|瘦身|核减|核增|调减|调增|审减|下浮|上浮|让利|高出|(?<!不)(?:高|低|多|少|大|小|早|晚)于|多出|少了|多了|超出|超编|超支|超收|超额|短收|亏空|"
    r"[多少][发收招报建训拿办支用种拨交来走配]|提前|推迟|延后|延迟|滞后|延长|缩短|缩小|缩减|收窄|年轻|拉开|领先|落后|差距|相差|之差|净[增减流]|回落|回升|上扬|攀升|走高|走低|下滑|滑落|扩大|扩容|增收|减收|减支|增支|转结)"
    r"(?P<of>[一-鿿“”]{0,6})\s*$"
)
_BEHIND = re.compile(
    r"(?:[名人个件份处家所台套户条项例][一-鿿]{0,4})?(?:仍|还|尚|则|因故|均)?(?:不(?!断|仅|少)|未|没(?!收)|空缺|缺[考勤岗席]|落榜|落选|被淘汰|辍学|流失|退出|弃[考权])"
)
# 超出去年2210人的11.3%
_BEYOND = re.compile(r"(?<!不)(?:超出|超过|高于|高出|低于|多出|少于)[^,;。\d]{0,8}\d[\d.]*[万亿]?[一-鿿]{1,3}的\s*$")
# 短供, 掉了, 还可再招, 抬升: a short verb with one of these, behind two levels that are a pair already.
_HINT = re.compile(
    r"^[一-鿿]{0,5}[余剩缺欠差短空再还尚仍掉落跌降少多增减升涨抬拔蹿缩扩添腾省节超高低快慢早晚弃流退消撤砍裁亏盈][一-鿿]{0,4}$"
)
_NO_HINT = re.compile("其中|其他|其余|另|[多少]数|高[中考等级校职]|多媒|节[目日课]|空[调气]|提高到|共|计|总|每|均|率")
_LEVEL = re.compile("[到至占]|共|计|为$|是$|达|的$")
_TIMES_OF = re.compile(r"(?:是|为|相当于|等于)(?P<base>[一-鿿“”]{2,10})的约?\s*$")
_WHOLE = re.compile(
    r"总|共|应|计划|任务|核定|核准|结存|需要|需|原定|原|预算|概算|估算|控制价|申请|申报|报名|受理|收到|存量|编制|定员|容量|可容纳|设计|额定|合同|目标|指标|收入|现有|招标|上限|标准|累计"
)
_DONE = re.compile(
    r"已|实际|实有|实到|实|完成|通过|到位|到岗|在岗|在编|在册|录取|录用|签约|中标|成交|审定|核定|决算|支出|支付|使用|用|整改|化解|办结|销号|合格|剩|还|尚|仅|只|矫治|兑现|目前|现"
)
_AGAINST = re.compile(
    r"(?:比|较|高于|低于|多于|少于|早于|晚于|高出|低出|超出|超过|领先|落后)(?P<base>[一-鿿“”]{1,8}?)(?:高|低|多|少|提|增|减|下|上|强|快|慢|长|短|早|晚|年|$)"
)


def is_gap(passage: Passage, result: Item) -> bool:
    """Do the words beside a number say that it lies between two others?"""
    lead = passage.lead(result)
    if _BEYOND.search(lead):
        return True
    found = _FRONT.search(lead)
    if found:
        return not _LEVEL.search(found["of"])
    return not lead.strip("的 ") and bool(_BEHIND.match(result.after))


def hinted(passage: Passage, result: Item) -> bool:
    """Is a number the last of three of its unit, behind a short verb that may be one of change?"""
    lead = passage.lead(result).strip()
    if not _HINT.match(lead) or _LEVEL.search(lead) or _NO_HINT.search(lead):
        return False
    same = [passage.items[place] for place in passage.sentences.get(result.sentence, [])]
    kin = [item for item in same if item.kind == result.kind and item.unit == result.unit]
    return len(kin) == 3 and kin[-1] is result


def paired(passage: Passage, one: Item, other: Item, result: Item) -> float:
    """What speaks for it that two levels are held against one another: should and is, or the words name one of them."""
    evidence = 0.0
    if (
        result.kind != "percent"
        and _WHOLE.search(one.label + one.after)
        and _DONE.search(other.label)
        and not _WHOLE.search(_DONE.sub("", other.label))
    ):
        evidence += 1
    against = _AGAINST.search(passage.lead(result))
    if against:
        named = pairs_of(against["base"])
        beside = [bool(named & pairs_of(f"{item.label} {item.after[:4]}")) for item in (one, other)]
        evidence += 1.5 if beside[0] != beside[1] else 0
    return evidence


def told_apart(passage: Passage, one: Item, other: Item, result: Item) -> bool:
    """收入700亿元,增长29.4%,支出901亿元,增长23.7%: has each of two levels its own change behind it?"""
    if not one.begin < other.begin < result.begin or result.kind != "percent":
        return False
    place = passage.place(one) + 1
    own = passage.items[place]
    return own.kind == "percent" and own.stop < other.begin and own.points == result.points


def base_of(passage: Passage, one: Item, other: Item, result: Item) -> Item | None:
    """Which of two levels a factor is a multiple of: 是72学时的1.33倍, 新校区是老校区的3倍."""
    if passage.text[other.stop : result.begin].strip("约近 )") == "的":
        return other
    named = _TIMES_OF.search(passage.lead(result))
    if named is None:
        return None
    pairs = pairs_of(named["base"])
    beside = [item for item in (one, other) if pairs & pairs_of(f"{item.label} {item.after[:4]}")]
    return beside[0] if len(beside) == 1 else None


def by_themselves(passage: Passage, one: Item, other: Item, result: Item) -> bool:
    """Does the sentence measure nothing but these three?"""
    measured = [passage.items[place] for place in passage.sentences.get(result.sentence, [])]
    return all(
        item in (one, other, result) or item.kind in ("year", "date", "ordinal", "name", "docno") for item in measured
    )
