"""A number with the clause and sentence around it; who has to act in it and until when (T3, T5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

HAN = "一-龥"

REACH = 240
"""Words further away than this say nothing about a number; it keeps the cost of a text without full stops linear."""
NEAR = 120
"""A deadline or an actor further away belongs to another statement."""


@dataclass(slots=True)
class Clause:
    """A quantity ``[start, end)`` with its clause ``[left, right)`` and sentence ``[first, last)`` in a view.

    ``section`` is the kind of the part that it stands in, ``chapter`` the text of the headings above it; ``before`` and
    ``after`` are the clause up to the quantity and behind it. ``opened`` and ``closed`` bound the numbered item in which
    it stands: ①…②… without full stops are statements of their own, and a bracket that closes an item speaks of all of it.
    """

    text: str
    start: int
    end: int
    left: int
    right: int
    first: int
    last: int
    kind: str
    unit: str
    section: str
    chapter: str
    opened: int = 0
    closed: int = 0
    before: str = field(init=False)
    after: str = field(init=False)

    def __post_init__(self) -> None:
        self.before = self.text[max(self.left, self.start - REACH) : self.start]
        self.after = self.text[self.end : min(self.right, self.end + REACH)]

    @property
    def lead(self) -> str:
        """The sentence up to the clause."""
        return self.text[max(self.first, self.left - REACH) : self.left]

    @property
    def whole(self) -> str:
        """The clause."""
        return self.before + self.text[self.start : self.end] + self.after

    @property
    def sentence(self) -> str:
        return self.text[self.first : self.last]

    def deadline(self) -> tuple[int, int] | None:
        """The last words of the sentence before the quantity that fix the time; a length of time holds in its clause.

        Without any, those behind it with which a clause without numbers of its own says when this is ready.
        """
        begin = max(self.first, self.start - NEAR, self.opened)
        found = [match.span() for match in DEADLINE.finditer(self.text, begin, min(self.last, self.end + 4))]
        before = [
            span
            for span in found
            if span[0] <= self.start
            and (span[0] >= self.left or not WITHIN.search(self.text, *span))
            and not (
                SPOKEN.search(self.text, span[1], self.start) and FIRST_SPOKEN.search(self.text, self.first, span[0])
            )
        ]
        if before:
            return before[-1]
        if self.kind == "money":
            return None  # what is spent is not ready by a day
        ready = READY.search(self.text, self.right, min(self.last, self.right + NEAR, self.closed or self.last))
        return ready.span("when") if ready else None

    def responsible(self) -> tuple[int, int] | None:
        """The body that the clause names as the one to act, else that the item's bracket does, else that the sentence
        before names; who only pays pays in its clause.
        """
        begin = max(self.first, self.start - NEAR, self.opened)
        found = [
            match.span("who")
            for match in ACTOR.finditer(self.text, begin, self.start)
            if (match.start("who") >= self.left or not PAYS.match(self.text, match.end("who")))
            # 交流教师不少于60名: the persons are what is counted
            and not (self.unit in PERSONS and self.text[match.end("who") : self.start] in ("不少于", "至少", "不低于"))
        ]
        found = [span for span in found if not OURSELVES.fullmatch(self.text[span[0] : span[1]])]
        if found and found[-1][0] >= self.left:
            return found[-1]
        return self._assigned() or (found[-1] if found else None)

    def _assigned(self) -> tuple[int, int] | None:
        """(责任单位:基建办): the first label behind the quantity in its sentence, or at the end of its item; 由…牵头."""
        stop = min(max(self.closed, self.last), self.end + 3 * REACH)
        for match in ASSIGNED.finditer(self.text, self.end, stop) if ":" in self.text[self.end : stop] else ():
            if match.start() < self.last or CLOSES.match(self.text, match.end()):
                return match.span("who")
        begin = max(self.first, self.opened)
        led = LED.search(self.text, begin, self.last) if self.text.find("牵头", begin, self.last) >= 0 else None
        return led.span("who") if led else None


DEADLINE = re.compile(
    r"(?:到|至|在|截至|截止)?(?:20\d\d|20xx|[xX]{2}|20__)年(?:年?度)?(?:\d{1,2}|[xX]{1,2})?(?:月)?(?:上半年|下半年|年底|底|末)?(?:之?前|以前)?"
    r"|(?:今年|明年|本年|年|学期|\d{1,2}月)(?:年?)(?:底|末)(?:之?前|以前)?|\d{1,2}月(?:\d{1,2}[日号])?(?:之?前|以前|底前?)"
    r"|(?:今年|明年)?(?:上半年|下半年|第?[一二三四]季度)|今年(?:内)?|明年|年内|全年|本年度|本学期|本学年"
    r"|(?:利?用|通过)?(?:[一二两三四五六七八九十]|\d{1,2})[年个](?:月)?(?:左右)?(?:时间|努力|之?内)"
)
# 一是年内建成…;二是…: what the first of a spoken series says of time is not said of the second
FIRST_SPOKEN = re.compile(r"一是|一要|首先")
SPOKEN = re.compile(r"(?<=[;,。])[二三四五六七八九十](?:是|要)(?!否)|(?<=[;,。])(?:其次|再次|最后)")
WITHIN = re.compile(r"(?<=[一二两三四五六七八九十\d个左右])[年月个左右]?(?:时间|努力|之?内)$")
# 改扩建学校6所,8月底前全部竣工: a day by which, and a word of finishing, but no number of its own.
READY = re.compile(
    r"(?:^|[,;、])(?:[^,;。\d]{0,4})(?P<when>(?:\d{1,2}月(?:\d{1,2}[日号]|底|末|份|[上中下]旬)?|(?:今年|明年|本年)?[年月学]期?[底末]|(?:今年|明年)?(?:[春秋]季)?开学)(?:之?前|以前))"
    r"[^,;。\d]{0,10}(?:竣工|交付|完工|完成|开工|投入|投用|使用|启用|公布|到位|落实|结束|报送?|上报|建成|验收|发放|兑现|销号|整改)[^,;。\d]{0,8}(?=[,;。()\n]|$)"
)
_LABEL = r"(?:(?:牵头|责任|负责|承办|主办|落实|实施|完成)(?:责任)?(?:单位|部门|科室|股室|处室)|(?:责任|承办|牵头|负责)(?:科|股|处|室|组))"
ASSIGNED = re.compile(rf"{_LABEL}\s*:\s*(?P<who>[^():;。\n\s][^():;。\n]{{0,60}}[^():;。\n\s,、])(?:[;][^()\n]*)?\)?")
CLOSES = re.compile(r"[。;]?\s*(?:\n|$)")
LED = re.compile(
    rf"(?:(?<=由)|(?<=[,;:。\n(])|^)(?P<who>(?![由以])[{HAN}、]{{1,16}}?(?:局|委|办|科|股|室|站|处|部|组|所|校|队|园|馆|中心|学校|单位|部门))(?:负责)?(?=牵头(?!单位|部门|科室))"
)
PERSONS = ("名", "人", "位", "人次")
PAYS = re.compile(r"(?:已|共|应)?(?:核拨|拨付|投入|投资|补助|配套|匹配|安排资金|出资)")
OURSELVES = re.compile(r"(?:我|全|本|各)?(?:局|县|市|区|校|省|州)|我们|全(?:县|市|区)(?:上下)?")
# Bodies by the end of their names; the verb or the time in front of one is no part of it.
BODY = (
    rf"(?!(?:全面|切实|认真|严格|要求|推动|促进|督促|指导|责成|落实|其中|全年|学期末|学年末|年底前?|今年|上半年|下半年|去年|由|向|对|为|在|使|让|与|[{HAN}]{{0,2}}\d))[{HAN}、]{{0,14}}?(?:教育局|财政局|财政|政府|督导室|教研室|办公室|教研员|"
    r"学校|行政领导|班主任|学区|中心校|幼儿园|职校|职高|高校|企业|办事处|单位|部门|教师|校长|县区|乡镇|街道|科室|股室|教研室|中心|委员会|自治区|园区|[省市县区]里?)"
)
ACTOR = re.compile(
    rf"(?:(?<=要求)|(?<=推动)|(?<=促进)|(?<=督促)|(?<=指导)|(?<=责成)|(?<=落实)|(?<=由)|(?<=年度)|(?<=学期末)|(?<=学年末)|(?<=[,;:。\n])|^|(?<=\s)|(?<=其中))(?P<who>(?:\d+所)?{BODY})"
    r"(?=要|必须|须|应|将|每[一两二三]?(?:年|月|学期|周|天)|至少|不少于|完成|核拨|拨付|投入|补助|配套|匹配|制[订定]|争取|组织|安排(?=[一-龥]{0,4}(?:资金|经费|专款))|落实|建立|建成(?!投|并|交)|演练|到|分别完成|重点(?:办|建|抓)|相互|总计)"
)
