"""What a number measures: a short noun phrase from the words of its clause (guideline T5)."""

from __future__ import annotations

import re
from collections.abc import Sequence

HAN = "一-龥"
MAX_TAIL = 30
"""A noun phrase behind a number is no longer; more is a predicate."""
AND = re.compile(r"\s*(?:、|和|及|与|以及)\s*")
# 由500元提高到700元: the first number is the level before, and the subject stands in front of it.
LEADS_TO = re.compile(
    r"\s*(?:[一-龥]{0,6}(?:提高|增加|提升|调整|上升|增长|上调|扩大|降低|下降|减少|压缩|压减|撤并|合并|整合)[一-龥]{0,4})?(?:到|至|为|成)\s*"
)
FROM = re.compile(r"(?:原来?)?(?:由|从|自|把|将)(?:原来?的?|原有|[去上]年的?|[年期]初的?|每[人年月生]+)*$")
TIME = re.compile(
    r"(?:到|在)?(?:20\d\d|20xx|[xX]{2})年(?:年?度)?(?:\d{1,2}月)?(?:\d{1,2}[日号])?(?:底|末)?(?:之?前)?|"
    r"(?:(?:\d{1,2}|[xX]{1,2})月(?:份|\d{1,2}[日号])?(?:[上中下]旬|底|初|末)?(?:之?前)?|春节前|暑假|寒假)(?:至|到)?|(?:年|月|学期|学年)(?:底|末|初)(?:之?前)?"
)
TIMED = re.compile("[年月节假期]")
"""Without one of these a text tells no time."""
SCOPE = r"在?(?:全[省州市县区乡镇校局]|我[省州市县区乡镇校局])(?:各级|上下|共)?"
# Single characters begin words too: 共建, 对口, 到位, 开出率.
ADVERB = (
    r"共计|总计|累计|合计|一共|总共|共(?![建享青同产])|其中|分别|目前|现已|已经?|先后|实际|从而|并且?|还(?![款清])|也|又|再(?!生)|要(?![求点素闻])|"
    r"将(?!近)|须|应(?=[当该达做])当?该?|必须|务必|切实|严格|全面|全部|大力|积极|努力|力争|争取|确保|保证|保持|坚持|继续|预计|计划(?!总|投资|安排)|"
    r"要求|推动|促进|督促|指导|做到|充分|深入|进一步|至少|不少于|不低于|最少|约(?![谈束])|近(?!年)|年内|全年|上半年|下半年|本学期|当年|今年|去年"
)
# How often is no part of what.
OFTEN = r"每(?:[一两二三]?(?:个?学期|学年|季度|年|周|天|日)|个?月|两年|半年)|(?:一|两|三)(?:年|周|月|学期)(?=$|[一两二三\d])"
VERB = (
    r"举办|举行|召开|开展|实施|进行|组织|推出|安排|启动|完成(?!率)|建成(?!率)|抓好|搞好|取得|获得|通过(?!率)|利用(?!率)|达到|实现|做好|"
    r"对(?![口外接照策象比])|为(?!民)|使(?!用)|让|向(?!上)|到(?![位达课岗])|有(?![效关序力机])|以(?![上下内及])|开(?=了|过)|搞(?=了|过)|获(?!奖)"
)
HEAD = re.compile(rf"^(?:{SCOPE}|{ADVERB}|{OFTEN}|[、,;:\s()—\-]|(?:{VERB})(?:了|过|好)?)+")
LIGHT = re.compile(rf"^(?:{SCOPE}|{ADVERB}|{OFTEN}|[、,;:\s()—\-])+")
TAIL = re.compile(
    r"(?:分别|已经?|均|都|要|总?共计?|一共|累计|合计|约有?|大?约|将?近|接近|达到?了?|到了?|为|是|有|在|仅|只|超过?|突破|首次|实现|保持在|稳定在|控制在|提高到?|上升到?|增加到?|不低于|不少于|至少|完成了?|高达|元|等|——|[≥≤>=<:(—\-])+$"
)
# 甲、乙、丙等五项工程: the list is not what is counted.
LISTED = re.compile(r"、.*等$")
REMARK = re.compile(r"\([^()]*\)$")
# 平均分同比增加1.2分: the change is not the subject.
AGAINST = re.compile(
    r"(?<=[一-龥”)])(?:同比|环比|[比较与][^,;]{1,10}?(?:相比)?)(?:增加|增长|提高|上升|减少|下降|降低|多|少)了?$"
)
# What stands behind a number that closes its noun: 以上, 左右, 的.
BEHIND = re.compile(r"^\s*(?:以上|以下|左右|以内|之内|上下|内)*(?P<of>的)?")
CLOSED = re.compile(r"^\s*(?:以上|以下|左右|以内)的")


# No run of numbers and no name is longer; hostile text stays linear.
MANY, REACH = 40, 160


def subject_of(text: str, left: int, right: int, spans: Sequence[tuple[int, int]], place: int, actor: int) -> str:
    """The subject of the number ``spans[place]`` in the clause ``text[left:right]``.

    ``spans`` are all measures of the clause; ``actor`` is where the name of the acting body ends (0: none), which is
    not part of the subject.
    """
    first, last = _run(text, spans, place)
    head = _head(text, left, spans, first, actor)
    if last > first:
        head = _own_name(head, place - first, last - first + 1)
    limit = spans[last + 1][0] if last + 1 < len(spans) else right
    behind = _behind(text[spans[place if last == first else last][1] : min(limit, right)])
    if behind and LISTED.search(head):
        head = ""
    what = HEAD.sub("", REMARK.sub("", TAIL.sub("", head))).strip(" 、,:()")
    whole = what + behind
    return whole if len(whole) >= 2 else (LIGHT.sub("", head) + behind).strip(" 、,:()") or whole


def named_before(lead: str) -> str:
    """What the clause before says, for a clause that only gives a number: 硬化了道路,共计3200平方米."""
    piece = re.split(r"[,;:](?!\d)", lead.rstrip(",;: "))[-1]
    piece = re.sub(
        r"^\s*(?:[一二三四五六七八九十]{1,3}(?:、|是)|\d{1,2}[、.]|[(][一二三四五六七八九十\d]{1,2}[)])\s*", "", piece
    )
    piece = TIME.sub("", re.sub(r"\d[\d.]*\s*[万亿]?[余多]?[一-龥%]{0,2}$", "", piece))
    return HEAD.sub("", TAIL.sub("", piece)).strip(" 、,:()“”")


def _run(text: str, spans: Sequence[tuple[int, int]], place: int) -> tuple[int, int]:
    """First and last of the numbers that only 、 or 和 joins to this one."""
    first = last = place
    while first and place - first < MANY and AND.fullmatch(text[spans[first - 1][1] : spans[first][0]]):
        first -= 1
    while last + 1 < len(spans) and last - place < MANY and AND.fullmatch(text[spans[last][1] : spans[last + 1][0]]):
        last += 1
    return first, last


def _head(text: str, left: int, spans: Sequence[tuple[int, int]], first: int, actor: int) -> str:
    """The words in front of a number, back to the number before it where that one has words of its own."""
    for _ in range(min(first, MANY)):
        between = text[spans[first - 1][1] : spans[first][0]]
        if between.strip() and not LEADS_TO.fullmatch(between):
            break
        first -= 1
    begin = max(spans[first - 1][1] if first else left, left, spans[first][0] - REACH)
    head = text[max(begin, actor if actor <= spans[first][0] else begin) : spans[first][0]]
    if first:
        mark = max(head.rfind("、"), head.rfind("和") if "、" not in head else -1)
        head = head[mark + 1 :] if mark >= 0 else head
    opened = head.rfind("(")
    if opened > head.rfind(")"):
        head = head[opened + 1 :]
    head = FROM.sub("", TIME.sub("", head) if TIMED.search(head) else head)
    if LISTED.search(head):
        return head
    head = REMARK.sub("", TAIL.sub("", AGAINST.sub("", head)))
    return FROM.sub("", TAIL.sub("", head))


def _own_name(head: str, index: int, count: int) -> str:
    """小学和初中在校学生巩固率分别达…和…: the name of one of several numbers."""
    names = AND.split(head)
    if len(names) != count:
        return head
    shared = names[-1][len(names[0]) :] if len({len(name) for name in names[:-1]}) == 1 else ""
    return names[index] + (shared if index + 1 < count else "")


def _behind(text: str) -> str:
    """The noun behind a number, without what lists or qualifies further."""
    if CLOSED.match(text):
        return ""
    text = BEHIND.sub("", text, count=1)
    return re.split(r"[、(,;:。|]", text, maxsplit=1)[0].strip()[:MAX_TAIL]
