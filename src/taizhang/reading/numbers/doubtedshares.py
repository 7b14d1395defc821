"""What speaks against alarms about shares and rates."""

from __future__ import annotations

import re
from fractions import Fraction

from taizhang.reading.numbers.alarms import MOST_PARTS, Alarm
from taizhang.reading.numbers.arithmetic import step
from taizhang.reading.numbers.doubtedpairs import COMMON, of_others, of_that_time
from taizhang.reading.numbers.naming import pairs_of
from taizhang.reading.numbers.passage import Item, same_unit

# What people, a test or a standard say of a thing is counted on a basis of its own; what each word may be said by.
_OWN_BASIS = {
    "满意": "满意|好评|赞", "知晓": "知晓|知道|了解", "认可": "认可|认同", "支持": "支持|同意|赞成", "优秀": "优", "优良": "优|良", "及格": "及格|合格|过关|分以上",
    "合格": "合格|通过|过关|符合|达标|达到|问题", "达标": "达标|达到|合格|符合|标准|过",
}  # fmt: skip
_BASIS_NAME = re.compile(f"({'|'.join(_OWN_BASIS)})[率度]")


def judged_elsewhere(alarm: Alarm) -> bool:
    """办结305件,满意率96.4%: who was asked is not printed, and what was settled is not what pleased."""
    named = _BASIS_NAME.search(alarm.lead)
    if alarm.stated is None or named is None:
        return False
    first, last = min(item.begin for item in alarm.items), max(item.stop for item in alarm.items)
    told = _BASIS_NAME.sub("", alarm.passage.text[max(0, first - 20) : last + 6])
    return re.search(_OWN_BASIS[named[1]], told) is None


_OPINION = re.compile("(?:满意|知晓|认可|支持)[率度]")


def of_opinion(alarm: Alarm) -> bool:
    """The same of what people say, however certain the words are: it is never a share of cases."""
    return _OPINION.search(alarm.lead) is not None and judged_elsewhere(alarm)


_BEYOND = re.compile(r"(?:超出|超过|超额|超支|多出|高出|结余|节余|节约|短缺|欠)[^,;。\d]{0,8}$")


def overrun(alarm: Alarm) -> bool:
    """超出计划18.79%: what lies beyond the whole is printed, not the whole quotient, and it fits as such."""
    one = alarm.relation
    if one.computed is None or one.stated is None or not _BEYOND.search(alarm.lead):
        return False
    return abs(abs(one.computed - 100) - one.stated) <= 2 * (one.tolerance or 0) + 1e-9


def itself(alarm: Alarm) -> bool:
    """申请的有743人。申请的743人中,…占六成: a figure that is told again is no part of itself."""
    part, whole = alarm.bearing("part"), alarm.bearing("whole")
    return part is not None and whole is not None and part.value == whole.value


def side_by_side(alarm: Alarm) -> bool:
    """去年和今年分别为269.66万元和330.74万元: two numbers joined by 和 are no part and whole."""
    first, second = sorted(alarm.items[:2], key=lambda item: item.begin)
    between = alarm.passage.text[first.stop : second.begin].strip()
    return len(alarm.items) == 3 and between in ("和", "与", "及", "、")


def of_one_name(alarm: Alarm) -> bool:
    """十五周岁人口420人,完成率99.8%。十五周岁人口433人: what is called the same in two sentences is no part of itself."""
    part, whole = alarm.bearing("part"), alarm.bearing("whole")
    if part is None or whole is None or part.sentence == whole.sentence:
        return False
    alike = len(part.label) > 3 and part.label[-6:] == whole.label[-6:]
    return alike or (part.label == whole.label and len(part.label) > 1)


_BARE = re.compile(r"占(?:比|比例|比重)?[约近达为]*\s*$")


def of_a_sibling(alarm: Alarm) -> bool:
    """应届生31280人,占考生总数的81.6%,往届生7053人,占18.4%: what has a share of its own is another part of the same whole."""
    part, whole, stated, passage = alarm.bearing("part"), alarm.bearing("whole"), alarm.stated, alarm.passage
    if part is None or whole is None or stated is None or not _BARE.search(alarm.lead):
        return False
    place = passage.place(whole) + 1
    following = passage.items[place] if place < len(passage.items) else stated
    if whole.sentence != stated.sentence or following is stated or following.kind != "percent":
        return False
    first, second = sorted((whole, part), key=lambda item: item.begin)
    between = passage.text[first.stop : second.begin]
    return "占" in passage.lead(following) and re.search("其中|当中|中[,有]|里|包括|含", between) is None


_PART_TOLD = re.compile(r"[,、]?(?:约|大约)?占(?:比|比例|比重)?(?:约|近|达|为)*")


def of_what_is_told(alarm: Alarm) -> bool:
    """筛查出重点关注学生1286人,占2.3%,转介就医36人: the number right before 占 is what is so many per cent, not all of whom."""
    whole, part, stated, passage = alarm.bearing("whole"), alarm.bearing("part"), alarm.stated, alarm.passage
    if whole is None or part is None or stated is None or not whole.begin < stated.begin < part.begin:
        return False
    return (
        _PART_TOLD.fullmatch(passage.between(whole, stated)) is not None
        and passage.text[stated.stop : stated.stop + 1] != "的"
    )


_OF_A_PLACE = re.compile(r"占(?P<where>全[国省市州县区])(?:的|总数的?|总量的?)?[约近]*$")


def of_all_of_a_place(alarm: Alarm) -> bool:
    """本科上线总数604人。中考700分以上84人,占全市的20%: how many there are in all the city is not printed."""
    said, whole, passage = _OF_A_PLACE.search(alarm.lead), alarm.bearing("whole"), alarm.passage
    if said is None or whole is None:
        return False
    return said["where"] not in passage.text[passage.sentence_begin(whole.sentence) : whole.stop + 8]


def of_other_things(alarm: Alarm) -> bool:
    """集体访6批82人次,化解积案7件,化解率87.5%: more cases than visits are no part of them."""
    part, whole = alarm.bearing("part"), alarm.bearing("whole")
    return alarm.is_over and part is not None and whole is not None and not same_unit(part, whole)


_MOVED = re.compile(r"(?:上调|下调|上行|下行|调增|调减|追加|核减|攀升|回落)[^,;。\d]{0,6}$")


def moved(alarm: Alarm) -> bool:
    """较1139万元的年初数上调17.97%,追加到1344万元: by so much it moved, it is no part."""
    return _MOVED.search(alarm.lead) is not None


SMALL = 10


def of_a_few(alarm: Alarm) -> bool:
    """佩戴2种证件入场。来访、来电、来信、网络四种渠道各占40.4%…: so few from another sentence count kinds, and give no share."""
    part, whole, stated = alarm.items[0], alarm.items[1], alarm.stated
    return stated is not None and (whole.value or SMALL) < SMALL and part.sentence != stated.sentence


def backwards(alarm: Alarm) -> bool:
    """四成多,15014人参测,7102人优良: a share said in words, of which the larger number is the whole."""
    return alarm.is_over and alarm.stated is not None and not re.search(r"\d", alarm.stated.quantity.text)


def beyond_its_whole(alarm: Alarm) -> bool:
    """A part that is greater than a whole of another sentence and another name is no part of it."""
    part, whole = alarm.items[0], alarm.items[1]
    names = [pairs_of(f"{item.label} {item.after[:6]}") - COMMON for item in (part, whole)]
    return alarm.is_over and part.sentence != whole.sentence and not names[0] & names[1]


_SUBJECT = re.compile(r"(?P<who>[一-鿿]{3,16})(?:占|比[例重][达为到是占]*$)[^,;。\d]{0,12}$")


def of_somebody_else(alarm: Alarm) -> bool:
    """高级教师46人,青年教师占72.41%: who is said to be so many per cent are not those who were counted last."""
    said, part, stated = _SUBJECT.search(alarm.lead), alarm.bearing("part"), alarm.stated
    if said is None or part is None or stated is None or part.clause == stated.clause:
        return False
    names = pairs_of(said["who"]) - COMMON
    around = alarm.passage.text[max(0, part.begin - 30) : part.stop] + part.after[:8]
    return bool(names) and not any(name in around for name in names)


_LIMIT = re.compile(r"的?(?:[^,;。\d]{0,4})(?:控制线|红线|上限|下限|底线|警戒线|标准线|门槛)")


def limit(alarm: Alarm) -> bool:
    """高于概算批复时4%的控制线: a limit is set, not computed."""
    return alarm.stated is not None and _LIMIT.match(alarm.passage.text, alarm.stated.stop) is not None


_ABOVE = ("超过", "超", "突破", "高于", "以上", "及以上")


def of_more(alarm: Alarm) -> bool:
    """投诉总量突破84万件,消费投诉47.84万件,占56.55%: of more than so many less than what they give."""
    whole, stated, computed = alarm.bearing("whole"), alarm.relation.stated, alarm.relation.computed
    return whole is not None and whole.bound in _ABOVE and (stated or 0) < (computed or 0)


SEEN = 80
"""A whole stands no more numbers in front of its share;"""
FINE = Fraction(1, 100)
"""and a share of so many decimals fits nothing by chance."""


def of_another_whole(alarm: Alarm) -> bool:
    """毕业生658.21万人,就业学生520.54万人;就业学生中…300.12万人,占57.65%: the part of a whole further in front, to two decimals."""
    part, stated = alarm.bearing("part"), alarm.stated
    if part is None or stated is None or step(stated) > FINE:
        return False
    place = alarm.passage.place(stated)
    return any(
        _is_share_of(part.rough, one, stated)
        for one in alarm.passage.items[max(0, place - SEEN) : place]
        if one is not part and one.measured and same_unit(one, part)
    )


def of_several(alarm: Alarm) -> bool:
    """其中11所初中、1所九年一贯制学校、29所小学达标,占83.67%: what several parts are together."""
    part, whole, stated = alarm.bearing("part"), alarm.bearing("whole"), alarm.stated
    if part is None or whole is None or stated is None or step(stated) >= 1:
        return False
    row = [alarm.passage.items[place] for place in alarm.passage.sentences[part.sentence]]
    row = [one for one in row if one is not whole and one.measured and same_unit(one, part)]
    if part not in row or len(row) > MOST_PARTS:
        return False
    at = row.index(part)
    sums = (
        sum(one.rough for one in row[first:last]) for first in range(at + 1) for last in range(at + 1, len(row) + 1)
    )
    return any(_is_share_of(total, whole, stated) for total in sums)


def _is_share_of(part: float, whole: Item, stated: Item) -> bool:
    return abs(100 * part / whole.rough - stated.rough) <= 1.01 * float(step(stated)) if whole.rough else False


OF_SHARES = (
    limit, of_more, beyond_its_whole, of_somebody_else, itself, judged_elsewhere, overrun, side_by_side, moved, of_a_few, backwards,
    of_that_time, of_others, of_a_sibling, of_one_name, of_what_is_told, of_all_of_a_place,
)  # fmt: skip
