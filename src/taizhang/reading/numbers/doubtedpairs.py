"""What speaks against alarms about two numbers and what they give: changes, factors, ratios, averages."""

from __future__ import annotations

import re
from fractions import Fraction

from taizhang.reading.numbers.alarms import MOST_PARTS, Alarm
from taizhang.reading.numbers.comparisons import FORMER, run_of
from taizhang.reading.numbers.naming import pairs_of
from taizhang.reading.numbers.passage import Item, same_unit

COMMON = frozenset((
    "教师", "学生", "人员", "学校", "总数", "人数", "具有", "以上", "及以", "比例", "比重", "其中", "数量", "全部", "部分", "总量", "占比",
))  # fmt: skip
"""Words that name anybody."""
_AHEAD = re.compile("(?:超|[高低]于|[快慢]于|领先|落后)[^,;。]{0,8}?(进度|平均|时间|时序)[^,;。]{0,24}$")


def of_no_number(alarm: Alarm) -> bool:
    """完成率43.2%、37.8%,分别超时序进度9.9个、4.5个百分点: what they are ahead of is not printed."""
    if alarm.stated is None:
        return False
    front = alarm.passage.text[alarm.passage.sentence_begin(alarm.stated.sentence) : alarm.stated.begin]
    said = _AHEAD.search(front)
    return said is not None and not any(said[1] in item.label for item in alarm.measured)


def listed(alarm: Alarm) -> bool:
    """优秀22所、良好51所、合格24所、不合格3所: the members of one list are not each other's change."""
    places = sorted(item.begin for item in alarm.items)
    between = alarm.passage.text[places[0] : places[-1]]
    return between.count("、") >= len(alarm.items) - 1 and not re.search("[,;。:]", between)


_PERCENT_OF = re.compile(r"的[^,;。\d]{0,6}\d[\d.]*%")


def from_base(alarm: Alarm) -> bool:
    """大班额118个,占教学班776个的15.21%,比去年减少85个: the sentence is about what is a part, not about its whole."""
    passage = alarm.passage
    return any("占" in passage.lead(item) and _PERCENT_OF.match(passage.text, item.stop) for item in alarm.items)


_COMPARED = re.compile("[比较][^,;。()]{1,14}(?=[,;。()])")
_ONCE = re.compile(f"{FORMER.pattern}|[由从原]|[之以]前")


def of_that_time(alarm: Alarm) -> bool:
    """上届参评率45%,本届报名604人,实到130人: the numbers at hand are not of the time that the percentage is of."""
    stated = alarm.stated
    if stated is None or not FORMER.search(alarm.lead) or any(item.clause == stated.clause for item in alarm.measured):
        return False
    return not any(_ONCE.search(_front(alarm, item)) for item in alarm.measured)


_TENTHS = re.compile("([一-鿿]{2,8})占[^,;。]{0,8}$")


def of_others(alarm: Alarm) -> bool:
    """乡村教师55名,男教师占四成: tenths of a group that no number counts."""
    stated, part = alarm.stated, alarm.bearing("part")
    said = _TENTHS.search(alarm.lead)
    if stated is None or part is None or said is None or not stated.quantity.text.endswith("成"):
        return False
    return said[1] not in f"{part.label}{part.after}"


_YEAR = re.compile(r"(?:19|20)\d\d年")
_SINCE = re.compile(r"与[^,;。]{0,4}(?:[上去前]年|同期)[^,;。]{0,4}相?比[^;。]*$")
"""与去年同期相比,事故减少3起,死亡减少6人: said once of all that follow."""


def against_the_past(alarm: Alarm) -> bool:
    """工程33项,比上年多2项,其中过亿元的13项: what was before is not printed, two levels of today are no change."""
    lead = alarm.lead
    if alarm.stated is not None and re.search("[比较]", lead) is None:
        begin = alarm.passage.sentence_begin(alarm.stated.sentence)
        said = _SINCE.search(alarm.passage.text[begin : alarm.stated.begin])
        lead = said[0] if said else ""
    compared = re.search("[比较与]", lead)
    if compared is None:
        return False
    then = FORMER.search(lead, compared.end()) or _YEAR.search(lead, compared.end())
    if then is None:
        return False
    told = [f"{_front(alarm, item)}{item.after[:6]}" for item in alarm.measured]
    return not any(then[0] in one or _ONCE.search(one) for one in told)


def _front(alarm: Alarm, item: Item) -> str:
    """What the sentence says in front of a number, behind the stated one, without what it is compared with."""
    begin, stated = alarm.passage.sentence_begin(item.sentence), alarm.stated
    if stated is not None and begin < stated.begin < item.begin:
        begin = stated.stop
    return _COMPARED.sub("", alarm.passage.text[begin : item.begin])


def turned(alarm: Alarm) -> bool:
    """净增3.7倍,首季190件,上季902件: it fits when the other of the two came first."""
    now, before, one = alarm.bearing("now"), alarm.bearing("before"), alarm.relation
    if now is None or before is None or not now.value or not before.value or not one.stated or (one.computed or 0) >= 0:
        return False
    gain = float(before.value / now.value) - 1
    return abs(gain - one.stated) <= max(one.tolerance or 0, one.stated / 50)


_NUMBERED = re.compile("编号|号码|证号|电话|[文批]号")


def numbered(alarm: Alarm) -> bool:
    """报告编号1707—34,样品9组: a number of a paper counts nothing."""
    return any(_NUMBERED.search(alarm.passage.lead(item)) for item in alarm.measured)


_OWN_GROWTH = re.compile(
    r"[,、]?(?:(?:同比|环比|[比较][^,;。]{1,8}?)?(?:增长|增加|提高|上升|下降|减少|降低|增幅|降幅)(?:了|为|达)?)$"
)
_WORDS_OF_CHANGE = re.compile(
    r"(?:同比|环比|[比较与](?:[去上前]年|同期|[年期]初)|相比|今年|本[年期]|当年|目前|现[有在]?|[年期][初末底]|[增降升涨跌]幅|增速|增量|[增降][长低]率|分别|达到?|为|共|增长|增加|提高|上升|下降|减少|降低|[由从自]|[去上前]年|原来?|以前|的|了|人数|总数|数量|,|\s)+"
)


def of_what_is_before(alarm: Alarm) -> bool:
    """教育投入达到6.82亿元,增长11.3%,高考600分以上人数由46人增加到63人: the percentage is told of what stands before it."""
    stated, (first, *_) = alarm.stated, sorted(alarm.measured, key=lambda item: item.begin)
    passage = alarm.passage
    if stated is None or first.begin < stated.begin:
        return False
    its, own = (_WORDS_OF_CHANGE.sub("", passage.lead(item)) for item in (first, stated))
    place = passage.place(stated)
    before = passage.items[place - 1] if place else None
    if before is not None and before.measured and _OWN_GROWTH.fullmatch(passage.between(before, stated)):
        return len(its) > 1
    return min(len(own), len(its)) >= OWN and not pairs_of(own) & pairs_of(its)


def points_of_what_is_before(alarm: Alarm) -> bool:
    """本科率三年提高14.6个百分点,流失率由21.3%降到8.4%: the same of points."""
    return alarm.stated is not None and alarm.stated.points and of_what_is_before(alarm)


_EITHER = re.compile("[前后两二]者|相差|差[额距值]|缺口|合计|总[共计]|净")
_CHANGED = re.compile("(?:增加|增长|增多|提高|上升|减少|降低|下降)[了约达]*$")


def of_its_own_subject(alarm: Alarm) -> bool:
    """报名8632人,实考8590人,…全科及格人数增加213人: whose number changed is named, and is none of these."""
    own, stated, passage = _WORDS_OF_CHANGE.sub("", alarm.lead), alarm.stated, alarm.passage
    names = pairs_of(own) - COMMON
    if stated is None or len(own) < OWN or not names or _EITHER.search(own) or not _CHANGED.search(alarm.lead):
        return False
    if passage.place(stated) - max(map(passage.place, alarm.measured)) < 2:
        return False  # nothing else is told between
    return not any(names & pairs_of(f"{alarm.passage.lead(item)}{item.after[:8]}") for item in alarm.measured)


OWN = 3
"""A name has so many characters."""
_ITEM = re.compile("[①-⑳]|[;。][(][一二三四五六七八九十\\d]{1,2}[)]|[;。,][二三四五六七八九十]是")


def of_another_item(alarm: Alarm) -> bool:
    """①建好项目12个;②招聘教师200名;③化解大班额30个: each item of such a series speaks of its own."""
    first, last = min(item.begin for item in alarm.items), max(item.begin for item in alarm.items)
    return _ITEM.search(alarm.passage.text, first, last) is not None


_RULED = re.compile(
    "每[一-鿿]{1,2}每(?:学期|学年|人|[年天月日次])[^,;。]{0,6}$|(?:限|抽取|至少|至多|不超过?|应当?|须|不得|安排|派)[^,;。]{0,4}$"
)


_OF_PERSONS = re.compile("[生师人][师生机]比")


def of_nobody(alarm: Alarm) -> bool:
    """一体机420台、计算机1100台,生机比提高到8.5:1: whose machines they are is not printed."""
    persons = any(item.unit in ("人", "名", "位", "") for item in alarm.measured)
    return _OF_PERSONS.search(alarm.lead) is not None and not persons


_REMITTED = re.compile(r"(?:减免|免[收除交]|减负)[^,;。\d]{0,8}$")


def remitted(alarm: Alarm) -> bool:
    """春季612万元,秋季638万元,全年减免学费96万元: what is remitted is no decrease."""
    return _REMITTED.search(alarm.lead) is not None


def one_of_several(alarm: Alarm) -> bool:
    """奖教金300万元,表彰优秀教师120名、学生600名,人均分别为1.5万元和0.2万元: each of several averages is of its own total."""
    stated, passage = alarm.stated, alarm.passage
    if stated is None or "分别" not in passage.text[max(0, stated.begin - FRONT) : stated.begin]:
        return False
    row = len(run_of(passage, passage.place(stated)))
    return row > 1 and all(len(run_of(passage, passage.place(item))) != row for item in alarm.measured[:1])


FRONT = 24
"""So many characters in front of a list of results 分别 may stand."""


_STANDARD_FOR = re.compile("每[一-鿿]{1,3}$")


def one_of_standards(alarm: Alarm) -> bool:
    """奖补260万元,惠及52所,提升类每园6万元,设施类每园2万元: what each gets of its class is no average."""
    stated, passage = alarm.stated, alarm.passage
    said = _STANDARD_FOR.search(alarm.lead)
    if stated is None or said is None:
        return False
    others = (passage.items[place] for place in passage.sentences[stated.sentence])
    return any(one.value != stated.value and passage.lead(one).endswith(said[0]) for one in others if one is not stated)


def ruled(alarm: Alarm) -> bool:
    """每校抽取两个年级, 每次活动限14人: what is to be is no average."""
    return _RULED.search(alarm.lead) is not None


_SHARED_BY = re.compile("([生师人校园班户])均")
_SHARERS = {"生": "生幼童孩", "师": "师教职", "人": "人名位口", "校": "校所", "园": "园所", "班": "班", "户": "户家"}
"""By which characters those are known among whom something is shared."""


def among_others(alarm: Alarm) -> bool:
    """新建校舍2.4万平方米,维修校舍113栋,生均校舍面积7.8平方米: nothing that is shared among pupils is divided by houses."""
    found = _SHARED_BY.search(alarm.lead)
    if found is None or len(alarm.measured) < 2:
        return False
    count = alarm.measured[1]
    return not set(_SHARERS[found[1]] + found[1]) & set(count.unit + count.label + count.after[:6])


def of_a_nearer(alarm: Alarm) -> bool:
    """占比由46.2%提高到54.8%,覆盖率88.3%,比目标高3.3个百分点: points are told of the percentage right before them."""
    stated, passage = alarm.stated, alarm.passage
    if stated is None or not stated.points or any(item.begin > stated.begin for item in alarm.measured):
        return False
    last = max(passage.place(item) for item in alarm.measured)
    between = passage.items[last + 1 : passage.place(stated)]
    return any(item.kind == "percent" and not item.points and item.sentence == stated.sentence for item in between)


_LEFT = re.compile(r"(?:剩|余|另|尚|还)[^,;。\d]{0,6}$")


def left_over(alarm: Alarm) -> bool:
    """线路120条。东片跑45条,西片跑51条,剩下24条: what remains of a whole when several parts are gone, not one of them."""
    passage, stated, before = alarm.passage, alarm.stated, alarm.bearing("before")
    if stated is None or not _LEFT.search(alarm.lead):
        return False
    kin = [item for item in passage.items[: passage.place(stated)] if item.paragraph == stated.paragraph]
    kin = [item for item in kin if item.value is not None and same_unit(item, stated)][-MOST_PARTS:]
    if before in kin and len(kin) - kin.index(before) > 2:
        return True
    for place, whole in enumerate(kin):
        rest = whole.value or Fraction(0)
        for part in kin[place + 1 :]:
            rest -= part.value or Fraction(0)
            if rest == stated.value:
                return True
    return False


def told_elsewhere(alarm: Alarm) -> bool:
    """同比应为上升26%。全科平均分465分,上年452分: a change told in a sentence before both levels is of something else, unless
    theirs names what changed."""
    stated = alarm.stated
    if stated is None or any(item.sentence <= stated.sentence for item in alarm.measured):
        return False
    said = pairs_of(alarm.lead[-12:])
    return not any(said & pairs_of(f"{alarm.passage.lead(item)}{item.after[:6]}") for item in alarm.measured)


def of_time(alarm: Alarm) -> bool:
    """在五年间翻了两番,五年前2387人: the years are no levels."""
    return all(item.quantity.unit in ("年", "周年") for item in alarm.measured)


_STANDARD = re.compile("规定|标准|要求|配备|不低于|不高于|至$")


def of_a_rule(alarm: Alarm) -> bool:
    """合计600人,国家规定的配备比例为1:7至1:9: what is laid down is no ratio of what is counted."""
    behind = alarm.passage.text[alarm.stated.stop : alarm.stated.stop + 1] if alarm.stated is not None else ""
    return _STANDARD.search(alarm.lead[-16:]) is not None or behind == "至"


_TAUGHT = re.compile("生师比|师生比")


def of_one_side(alarm: Alarm) -> bool:
    """小学在校生25104人,生师比18.1:1;初中在校生11857人: pupils and pupils are no pupils and teachers."""
    sides = [item.label + item.after[:4] for item in alarm.measured]
    return _TAUGHT.search(alarm.lead) is not None and not any("师" in side or "教" in side for side in sides)


_BEFORE = re.compile(r"(?:上一?[年次轮期届]|去年|原先|以往|此前)[^,;。\d]{0,4}的?$")


def of_before(alarm: Alarm) -> bool:
    """比上一轮的1:8更精准: a ratio of another time than its sides."""
    return _BEFORE.search(alarm.lead) is not None and not any(
        _BEFORE.search(alarm.passage.lead(item)) for item in alarm.measured
    )
