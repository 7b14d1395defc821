"""Is a number in a clause a commitment, a result, or only background? Rules on the words around it (T1, T2, T4, T5).

The rules are ordered tables: an exclusion names one kind of background number of the guideline.
"""

from __future__ import annotations

import re

from taizhang.reading.clause import REACH, Clause

# --- status ---------------------------------------------------------------------------------------------------------
PLANNED = re.compile(
    r"(?<![主重需纲概摘])要(?![求点素闻])|要求|必须|务必|应(?:当|该|不|达)|须|将(?!近)|力争|争取(?!到|资金)|确保|保证|计划|(?<!模)拟|规划|"
    r"目标|不低于|不少于|不得|至少|年底前|前完成|努力|预计|进一步|继续"
)
# A report is full of purposes (为确保安全,投入…) and of 把-phrases (将…纳入…); only these words promise in it.
PROMISED = re.compile(
    r"(?<![的准作体级按标文件神规定关])要求(?=[一-龥])(?![^,。;\d]{2,16}的\d)|必须|务必|应(?:当|该|达)|力争|(?:争取|确保|保证)(?=在|于|明年|年内|年底|20\d\d|[一两二三]年)|"
    r"将(?=继续|进一步|于|在(?!校)|会|陆续|全面|重点|投入|新建|建设|建成|完成|开展|举办|达到|实现|启动|新增|改造|制[订定]|出台)|"
    r"(?<!改造)(?<!行动)(?<!提升)(?<!改善)(?<!攻坚)(?<!培训)(?<!扶持)计划(?=总|投|建|新|完|安|招|用|在|于|实|到)|(?<!模)拟|打算(?=[一-龥])|规划(?=总|建|[新改扩]建|用|占|面|投|全面|完成)|(?:年度|全年)?计划(?:任务|数)?(?:为|是)|下达[^的。]{0,14}任务(?![^。,]{0,3}的)|"
    r"任务(?:数)?(?:为|是|\d)|目标数?(?:为|是|任务(?!的))|不得|(?<!已)年底前|月底前|前完成|预计|明年|下一步|下半年|"
    r"到(?:20\d\d|20xx|[xX]{2})年(?:底|末)?|(?<![主重需纲概只])要(?=确保|保证|力争|实现|完成|达到|新[建增招]|在(?:20|\d|明|年))"
)
# 每期不少于24课时: in a report the rule by which something was done
RULED = re.compile("不低于|不少于|至少")
DONE = re.compile(
    r"(?<![为除])了(?!解)|已经?(?!确定)|目前|现(?:有|在|已)|截[至止]|共(?:计|有|培|举|组|开|投|发|覆)|总计|先后|获|评为|"
    r"比(?:去年|上年|同期|XX|xx|20)|同比|上升|增长|创|突破|顺利|得到|去年|核拨|圆满"
)
# Against a promise in the same clause only these look back: 力争突破10000人 does not.
PAST = re.compile(r"(?<![为除])了(?!解)|已经?(?!确定)|目前|截[至止]")
# 举办了, 完成了, 目前已建成: even in a plan this looks back
FINISHING = re.compile(r"[,;][^,;。]{0,8}已经?(?=完成|建成|竣工|开工|投入|到位|启动|验收)")
FINISHED = re.compile(
    r"(?:办|成|展|织|建|训|投|放|立|装|造|善|出|定|订|得|获|行|设|开)了(?!解)|(?:目前|现|截至[^,]{0,12})已|已(?=建|完|投|新|培|改|配|有)"
)


def status_of(clause: Clause) -> str:
    """planned or done: by the kind of the part, against it only by words that plainly look the other way."""
    if clause.section == "plan":
        looks_back = FINISHED.search(clause.whole) is not None and PLANNED.search(clause.sentence) is None
        return "done" if looks_back else "planned"
    if clause.section not in ("report", "report+plan"):
        return "planned"
    own_done = DONE.search(clause.whole) is not None
    own = _looking_ahead(clause, clause.whole)
    if PROMISED.search(own):
        return "done" if PAST.search(clause.whole) else "planned"
    if own_done:
        return "done"
    lead = _looking_ahead(clause, clause.lead)
    if RULED.search(own) and not PROMISED.search(lead):
        return "done"
    if FINISHING.match(clause.text, clause.right, clause.last):
        return "done"  # 其中综合楼2幢,已完成投资…
    last_promised = max((match.end() for match in PROMISED.finditer(lead)), default=-1)
    last_done = max((match.end() for match in DONE.finditer(lead)), default=-1)
    if last_promised != last_done:
        return "planned" if last_promised > last_done else "done"
    rest = _without_share(clause.text[clause.right : min(clause.last, clause.right + REACH)])
    # 改造园舍4.1万平方米,计划总投资…; 维修校舍12万平方米,规划新建… begins something else
    ahead = AHEAD.match(rest) is not None
    return "planned" if ahead else "done"


# …,计划总投资3亿元; not 其中“特岗计划”教师40人, 是计划900人的134%
AHEAD = re.compile(
    r"[,;:](?!是|为|占|完成)[^,;。“]{0,10}(?<!特岗)(?<!国培)(?<!省培)(?:计划|规划)(?!(?:新|改|扩|迁|续)建|[”》]|\d[^,;。]{0,8}的)"
)


def _looking_ahead(clause: Clause, text: str) -> str:
    """The words that may promise: where both halves of a year are told, 下半年 is past as well."""
    text = _without_share(text)
    return text.replace("下半年", "") if "上半年" in clause.sentence else text


def _without_share(text: str) -> str:
    """占县下达任务的…, 完成年度任务的…: the plan is only named as the base of what was done."""
    return _OF_PLAN.sub("完成", _OF_WHOLE.sub("占", text))


_OF_WHOLE = re.compile(r"占[^,。;]{0,16}?的")
_OF_PLAN = re.compile(r"完成[^,。;]{0,14}?(?:任务|目标|计划)(?:总?[数量])?(?:的|(?=\d))")


# --- comparator -----------------------------------------------------------------------------------------------------
NEGATED_MORE = re.compile(
    r"(?:不[得应能许准]?|严禁|禁止)(?:超过|高于|多于|大于|突破)[^,、]{0,3}$|(?:控制在|低于|少于|小于)[^,、]{0,3}$"
)
AT_LEAST = re.compile(
    r"(?:不低于|不少于|不小于|至少|超过|突破|高于|多于|大于)[^,、\d]{0,5}$|超$|(?:至少|最少|不少于|不低于)[^,;\d]{0,20}$"
)
ABOUT = re.compile(r"(?:约|近|大约|接近|将近)(?:有|为|达)?$")


def comparator_of(clause: Clause) -> str:
    """>= <= ~ or =, from the words that touch the number (T4)."""
    before, after = clause.before, clause.after.lstrip()
    at_most = after.startswith(("以内", "之内", "内", "以下")) or NEGATED_MORE.search(before)
    if at_most and not re.search(r"(?:不少于|不低于)[^,、]{0,3}$", before):
        return "<="
    if after.startswith(("左右", "上下")) or ABOUT.search(before):
        return "~"
    if after.startswith(("以上", "及以上")) or AT_LEAST.search(before):
        return ">="
    if clause.kind == "duration" and before.endswith("通过"):
        return "<="
    inner = clause.text[clause.start : clause.end]
    return ">=" if ("余" in inner or "多" in inner) and not re.search(r"多[媒元样]", inner) else "="


# --- which numbers count --------------------------------------------------------------------------------------------
STRUCTURE = re.compile(
    r"^(?:大|小)?(?:个|项|条|种|类|级)?(?:位次|名次|等次|组别|档次|学科\d|科目\d|事(?![故件业迹实例])|(?:民生|惠民|为民)?实事|突破(?=[。;,、]|$)|部位|责任区|阶段|层面|层次|方面|场景|情形|(?:关键|重点)?环节|步骤|部分|篇章|章节|路子|周期|原则|维度|板块|领域|类别|类型|版本|"
    r"级[^,]{0,6}(?:网络|体系|机制|管理|预警)|省份|学期|[a-zA-Z]?级指标|指标要求|主要学科|关键|重点(?!项目|学校|工程))"
)
LEVELS = {"级", "大", "类", "大类", "年级", "维"}
"""Units of counts that tell how something is built: 三级网络, 四类作品."""
# 按照评估的17项指标, 围绕4个方面: what a text or a standard consists of
DIVISIONS = {"个", "档", "级", "类", "等", "批", "层", "步", "期", "组", "段"}
BUILT = re.compile(r"对$|(?:按照|对照|依据|根据|围绕|涵盖|分为|分成|细化为)[^,;。]{0,24}$")
STANDARD = re.compile(r"^[^,;。]{0,6}?(?:指标|标准|要求|内容|条款|清单|要点|举措|措施)")
# 3456人报名, 参考268人: who was there to be examined
CANDIDATES_BEHIND = re.compile(
    r"^(?:报名|报考|应考|参考(?!率)|实考|应试|参加[一-龥]{0,6}(?:考试|[高中会学联]考|测试|检测)|符合)"
)
INDICATOR = re.compile(
    r"(?:率|比例|占比|比重|均[一-龥]{0,8}|平均[一-龥]{0,8}|年限|指数|得分|评分|总分|成绩|覆盖面|满意度)[一-龥()“”、]{0,8}\s*$"
)
PASSED = re.compile(
    r"^[^,;]{0,16}(?:通过|获|进入|考入|升入|入围|被评|评为|达标|完成|参加|接受|实现|入选|晋级|考取|录取|上线|享受|成为|投入使用|受益|脱|入学|就读|升学|就业|返校|复学)"
)
RESULT_VERB = re.compile(
    r"(?:完成|建成|建设|[新改扩迁续兴]建|改造|新增|增加|增至|培训|举办|开展|组织|投入|投资|发放|资助|补助|覆盖|争取|招生|招聘|录取|上线|进段|获|发展(?=党员|团员|会员)|"
    r"评|创建|整改|安装|铺设|配备|购置|采购|核拨|拨付|下达|化解|办结|参加|参与|表彰|奖|检查|查处|突破|实现|引进|交流|选派|成立|制[定订]|出台|"
    r"签订|撤并|开工|竣工|维修|推荐|选拔|认定|解决|编写|印发|发表|立项|结题|清理|取缔|关停|走访|慰问|救助|减免|设立|开设|启动|推出|"
    r"添置|享受|装配|硬化|绿化|粉刷|补充|增设|更新|接待|吸引|选聘|聘请|派出|安置|转移|惠及|受益|输送|就业|毕业(?!生|班)|建有|入学(?!适龄|儿童|年龄|对象)|入园(?!儿童|幼儿)|劝返|复学|上[一-龥]{1,8}线|[达过]线|考[取入上]|升入|入围|晋级|"
    r"建立|建档|设置|张贴|制作|汇编|撰写|报送|上报|排查|动员|帮扶|结对|家访|约谈|问责|通报|巡查|督查|督导|调研|听课|评课|抽查|抽检|检测|体检|接种|演练|宣讲|晒课|上传|注册|开通|连通|"
    r"捐|募集|筹集|归还|偿还|清退|退还|退费|追缴|压减|招录|聘用|轮岗|晋升|吸收|培养|选送|送教|答复|回复|回访|推送|刊发|播出)(?!率)"
)
STOCK_VERB = re.compile(
    r"(?<![具所没只享原持含别])有(?!效|关|序|力|机|所|利|助|望|些|的|针|计|组|条)|在[校园职编岗册]|下辖|[收接]到|接收|受理|转来|转办|交办|登记"
)
STOCK = re.compile(
    r"(?:幼儿园|小学|中学|初级?中学?|高中|中等职业学校|职业学校|特殊教育学校|特教学校|学校|教学点|教师|教职工|教职员工|学生|生|幼儿|班级|教学班|人口|"
    r"党员|党支部|党组织|适龄儿童|[考]生)[一-龥()]{0,4}\s*$"
)
CANDIDATES = re.compile(
    r"(?:报考|实考|应考|参考|参加[一-龥]{0,4}(?:考试|[高中会学]考))[一-龥]{0,3}\s*$"
    r"|[高中学会]考报名(?:确认)?(?:考生|学生)?总?(?:人数)?(?:共计?|达到?|为|有|超过|突破|约)*\s*$"
)
RECEIVED = re.compile(r"(?:收到|接到|接收|受理|转来|转办|交办|登记)[^,;]{0,16}$")
PROBLEM = re.compile(
    r"(?<!补)缺(?:编|口|额|少|员)?|不足|短缺|流失|欠|尚未|未能|没有|仍有|尚有|还有|差距|负债|债务|拖欠"
)
# 9所学校没有围墙, 12所不达标: what is wrong is said behind the number
LACKS = re.compile(r"^[^,;。\d]{0,14}(?:没有|尚未|仍未|还未|未能|不达标|不到位|老化|滞后|紧缺|有待|未达)(?!了)")
# 存在的问题 and 困难与不足 tell what is wrong; 资助困难学生, 改造薄弱学校 and 解决突出问题 tell what was done.
PROBLEM_CHAPTER = re.compile(
    r"(?:^|/)(?:(?!解决|整治|治理|整改|化解|破解|消除|补齐|针对|导向)[^/])*(?:问题|不足|困难|短板|差距|薄弱环节)(?:[和与及、][^/]{0,8})?(?=$|/)"
    r"|存在[^/]{0,8}(?:问题|不足|困难)"
)
# Where a county lies and what it is made of: 境内最高海拔4671米, 距省城283公里, 辖三乡二镇
LAND = re.compile(
    r"(?:海拔|气温|降水量?|国土面积|幅员(?:面积)?|[省州市县区乡镇]总面积|草场|林地|耕地(?:面积)?|地处[^,;。]{2,30}|辖[^,;。]{0,12})[^,;\d]{0,3}$"
)
# 8个县中至少3个通过, 参评的10篇作品中有3篇获奖: what the result is some of
BASE = re.compile(
    r"^[^,;。\d中在]{0,8}(?<![初高职])中(?:$|(?![小学心等专间])[^,;。\d]{0,6}(?:\d|[一二两三四五六七八九十]))|^[^,;。]{0,10}中(?:排名|位列|位居|名列|列)"
    r"|^[^,;。\d]{0,12}各(?:建|设|配|新)|^[^,;。\d]{0,12}(?:共有|现有)[^,;。\d]{0,8}\d"
)
# 行政编制38名, 设局长1名, 内设10个科室: what an office consists of
STAFFED = re.compile(r"(?:编制|职数|内设|机构|(?:^|[,、;:。(])(?:副?[一-龥]{1,4}[长席任]|设[一-龥]{1,6}))\s*$")
# 不足100人的学校按100人核定, 3000人以上的行政村: whom a rule is for
WHOM = re.compile(r"^(?:及?以上|以下|以内)的[一-龥]{2}")
# 学校占地13340平方米: what a school stands on
GROUNDS = re.compile(r"(?:占地(?:面积)?|建筑(?:总)?面积|校园面积)[为达约有]?$")
AWAY = re.compile(r"距[^,;\d]{0,16}$")
REGIONS = {"省", "州", "市", "县", "区", "乡", "镇", "街道"}
"""Units that only say where: 覆盖三县五区, unless they did something themselves (3个县通过验收)."""
RANKED_BY, REACHED = re.compile("[前后]$"), re.compile(r"(?:进入?|跻身|保持|位居)[^,;\d]{0,4}前$")
RANKED = {"名", "位", "强", ""}
"""前十名: a rank that others have, unless it was reached (进入全市前三名)."""
THRESHOLD = re.compile(r"^(?:以上|以下|及以上|以内)(?=[一-龥\d])")
SIZE = re.compile(r"^(?:及?以上|以下|以内)的?(?:[大超小]|学校|班|幼儿园|企业|教师|干部|学生|人员|党员)")
CHANGE = re.compile(
    r"(?:(?<![生师机班职])比(?![例重率值])|较|同比|环比)[^,;]{0,14}$|(?:增加|增长|提高|上升|下降|减少|降低|提升|翻|净增|多|少|增|减|升|[增降升减]幅[为达]?|(?:增长|下降|降低|上升)率[为是达]?)了?$|(?:高于|低于|高出|低出|领先)[^,;\d]{0,10}$"
)
PART_OF = re.compile(r"占(?!地)[^,;。]{0,24}$|完成[^,;。]{0,14}(?:任务|目标|计划)(?:总?[数量])?的$")
PLACE = re.compile(r"^(?:以?内|范围)(?=[一-龥])")
AGAINST = re.compile(r"(?:比(?![例重率值])|较|同比|环比)[^,;]{0,20}")
SCOPE = re.compile(r"^(?:全|我)[省州市县区]")
SAME = re.compile(r"(?:人数|数量|总数|总量|金额|资金|数|了|约|[\s,、])+$")
REMARK = re.compile(r"\([^()]*\)")
ALL_SCHOOLS = re.compile(r"(?:全|我)[县市区镇乡](?:各级各类)?(?:学校|中小学|幼儿园|校舍)[^。]{0,40}$")
NO_SUBJECT = re.compile(
    r"^其中[^,;]{1,12}占(?!地)|^(?:分别|其中|均|又|同时|约|各)*(?:完成|比|较|同比|环比|占(?!地)|增|减|上升|下降|提[高升]|降低|多|少|净增|翻|高|低)"
)
FROM_VALUE = re.compile(
    r"^[^,;]{0,8}(?:撤并|合并|整合|提高|增加|提升|调整|上升|增长|上调|降低|下降|减少|缩短|延长|压[减缩]|[降升增减])[^,;]{0,6}(?:到|至|为|成)"
)
AGENTS = re.compile(r"^[一-龥]{1,4}每人|^(?:局|班子|县|市|区)?[一-龥]{0,6}(?:带队|带领|挂点|分赴|组成|深入|分头|分片)")
WHOLE_REGION = re.compile(r"(?:全|我|本)?[县市区省州局校]?(?:内|现有)?")
RANK = re.compile(r"(?:列|居|位|获|得|排|夺|名|全[省市国县区州]|评|前)[^,;。]{0,12}$")
NEVER_MEASURES = {
    "contents": re.compile(r"(?:内?含|包含|包括|附|来自|涉及)[^,;一-龥]{0,2}$"),
    "copies": re.compile(r"一式$"),
    "full marks": re.compile(r"(?:满分|总分值|权重)[为是共]?\s*$"),
}


def is_target(clause: Clause, clauses: list[Clause], place: int, status: str) -> bool:
    """Does the quantity state a commitment or a result of its own (T2)?"""
    if clause.kind == "ordinal":
        return _is_rank(clause)
    if PROBLEM_CHAPTER.search(clause.chapter) and not PLANNED.search(clause.whole):
        return False
    if clause.kind == "duration":
        told = EVENT.search(clause.before) if clause.unit == "周年" else SERVED.search(clause.before)
        return told is None and not _is_deadline(clauses, place) and _is_time_rule(clause, status)
    if _is_background(clause, status):
        return False
    if _is_attached(clause, _level_before(clauses, place)):
        return False
    if clause.kind in ("count", "area") and status == "done" and _is_stock(clause):
        return False
    if clause.kind == "count" and status == "planned" and (_is_standing(clause) or _is_means(clause)):
        return False
    return not (status == "done" and _is_agent(clause, clauses, place))


STANDING = re.compile(r"(?:现有|共有|下辖|辖区|拥有|总人口|位于|现状)[^。]{0,60}$|(?<!新)在[校园编岗册][^,。]{0,10}$")


def _is_standing(clause: Clause) -> bool:
    """A plan too begins with what there is: 全县现有学校96所. A promise in the same words stays one."""
    if re.search(r"(?:达到?|不少于|不低于|至少|新增|增加)$", clause.before):
        return False
    words = clause.text[max(clause.first, clause.start - REACH) : clause.start]
    return STANDING.search(words) is not None and PLANNED.search(words + clause.after[:4]) is None


# Schools that stand already and serve or are served: 依托两所…, 以3所示范高中为龙头, 支持两所…开展…
MEANS = re.compile(r"(?:依托|依靠|借助|凭借|联合|携手)[^,;\d]{0,6}$")
HELPED = re.compile(r"(?:支持|指导|帮助|鼓励|推动|督促)$")
BODIES = re.compile(r"^[^,;。]{0,8}?(?:学校|院校|中学|小学|高中|幼儿园|学院|单位|企业)")
GOES_ON = re.compile(r"(?:开展|深化|加强|推进|探索|参与|做好|实行|坚持)")
OUTCOME = re.compile(r"(?:创建|建成|达到|达标|完成|新增|通过|获|评|升格|晋)")


def _is_means(clause: Clause) -> bool:
    """The number counts bodies by which, or with which, something is done; what is promised is something else."""
    if not BODIES.match(clause.after):
        return False
    if MEANS.search(clause.before) or (clause.before.endswith("以") and re.match(r"[^,;。]{2,16}为", clause.after)):
        return True
    helped = HELPED.search(clause.before) is not None
    return helped and GOES_ON.search(clause.after) is not None and OUTCOME.search(clause.after) is None


def _level_before(clauses: list[Clause], place: int) -> Clause | None:
    """The quantity before this one in its sentence, past thresholds and ordinals: 700分以上 is no level."""
    for item in reversed(clauses[max(0, place - 4) : place]):
        if item.first != clauses[place].first:
            return None
        if item.kind not in ("ordinal", "duration") and not (item.kind == "score" and THRESHOLD.match(item.after)):
            return item
    return None


EVENT = re.compile(r"(?:建[党国校军馆]|成立|诞辰|改革开放|解放|胜利)$")
SERVED = re.compile(r"(?<![圆期完])满$")
"""从教满30年的教师: who is meant, as those of 10人以下教学点6个 are."""
BOUNDED = re.compile(r"^(?:以[上下]|及以[上下])(?:的)?[一-龥]{2,12}\d")
ROW = re.compile(r"\s*[^,。;:\d]{0,12}(?:[ \t\u3000|]+[\d.]+%?){2,}\s*")
"""A line of a table that lost its form: a name, and numbers without units."""


def _line_of(clause: Clause) -> str:
    begin = clause.text.rfind("\n", 0, clause.start) + 1
    end = clause.text.find("\n", clause.end)
    return clause.text[begin : end if end >= 0 else len(clause.text)][:MAX_ROW]


MAX_ROW = 120


def _is_background(clause: Clause, status: str) -> bool:
    """Levels, structure, thresholds, contents, problems, what lies before the result."""
    before, after = clause.before, clause.after
    if clause.whole == clause.text[clause.start : clause.end] and clause.text[clause.left - 1 : clause.left] != ":":
        return True  # a bare number: a cell of a table, a page number
    if (
        clause.unit in LEVELS
        or STRUCTURE.match(after)
        or (clause.kind == "count" and STANDARD.match(after) and BUILT.search(before))
    ):
        return True
    if clause.kind == "count" and (
        CANDIDATES_BEHIND.match(after) or (clause.unit in RANKED and RANKED_BY.search(before) and not _reached(before))
    ):
        return True
    if clause.unit in DIVISIONS and before.endswith("分") and not before.endswith(("部分", "充分")):
        return True  # 结果分四个等次, 分两批
    if clause.kind == "area" and GROUNDS.search(before) and not RESULT_VERB.search(clause.sentence):
        return True
    if before.endswith(("发挥", "发挥好")) and "作用" in after:
        return True
    if clause.kind == "length" and AWAY.search(before):
        return True
    staffed = clause.section == "duties" and STAFFED.search(before) is not None
    if clause.kind == "count" and (BASE.match(after) or staffed or _of_whom(clause)):
        return True
    if LAND.search(before) or (clause.unit in REGIONS and clause.kind == "count" and not PASSED.match(after)):
        return True
    if clause.kind == "score" and THRESHOLD.match(after):
        return True
    if clause.kind == "ratio" and before.endswith("按"):
        return True  # 按3:7的比例分担
    if clause.kind == "length" and PLACE.match(after):
        return True  # 校门两侧200米内道路
    if before.endswith("每") or (not clause.unit and re.match(r"\s*[|.]", after)) or before.rstrip().endswith("|"):
        return True  # 每百名学生; the number of a row
    if SERVED.search(before) or (clause.kind == "count" and (BOUNDED.match(after) or before.endswith("以下"))):
        return True
    if not clause.unit and clause.kind == "count" and ROW.fullmatch(_line_of(clause)):
        return True
    if clause.kind == "count" and SIZE.match(after) and not re.search(r"(?:达到?|不少于|不低于|为)$", before):
        return True
    if any(pattern.search(before) for pattern in NEVER_MEASURES.values()) or clause.whole.endswith("后"):
        return True
    if FROM_VALUE.match(after) and re.search(r"(?:由|从|将|把|原|现)[^,;]{0,14}$", before):
        return True
    if status == "done" and LACKS.match(after):
        return True
    solved = re.search("化解|偿还|清偿|归还|解决|消除", before) is not None
    return status == "done" and (
        (PROBLEM.search(before) is not None and not solved) or RECEIVED.search(before) is not None
    )


_AMONG = re.compile(r"[\d一二两三四五六七八九十]\s*个[^,;]{0,8}中")


def _reached(before: str) -> bool:
    """在全区37个部门中排名进入前10名 is a result; of 3名同学进入前二十名 the three are."""
    return REACHED.search(before) is not None and not re.search(
        r"[\d一二两三四五六七八九十]\s*[名人位]", _AMONG.sub("", before)
    )


def _of_whom(clause: Clause) -> bool:
    """Does the number only say for whom something is?"""
    ruled = re.search(r"(?:达到?|不少于|不低于|为)$", clause.before) is not None
    return (WHOM.match(clause.after) is not None and not ruled) or (
        clause.before.endswith(("不足", "低于", "超过")) and clause.after.startswith("的")
    )


def _is_rank(clause: Clause) -> bool:
    """第N名 and N等奖 are results when no count stands in the statement."""
    inner = clause.text[clause.start : clause.end]
    if not re.search(r"等奖|第[一二三四五六七八九十\d]+(?:名|位)?$", inner):
        return False
    before = _AMONG.sub("", clause.before)
    if re.search(r"[\d一二两三四五六七八九十]\s*[个名项人篇件节次]", before[-8:] + clause.after):
        return False
    if re.match(r"[^,;。]{0,12}?[\d一二两三四五六七八九十]\s*[名人位]", clause.before):
        return False
    return RANK.search(clause.before) is not None and not re.match(r"[批轮期阶届次中小]", clause.after)


def _is_deadline(clauses: list[Clause], place: int) -> bool:
    """五年内招聘教师2600名: what is promised is another number, and this says until when."""
    own = clauses[place]
    following = clauses[place + 1] if place + 1 < len(clauses) else None
    counted = following is not None and following.left == own.left and following.kind not in ("duration", "ordinal")
    return counted and re.match("以?内|之内", own.after) is not None


WATCHED = re.compile("不间断|值班|值守")
"""24小时值班 is a rule, and done where it is told as such."""


def _is_time_rule(clause: Clause, status: str) -> bool:
    """A length of time is a target when it is a rule, a limit or an indicator: 服务2年以上, 三年内完成, 每天一小时."""
    if FROM_VALUE.match(clause.after) and re.search(r"(?:由|从|原)[^,;\d]{0,6}$", clause.before):
        return False
    if WATCHED.match(clause.after):
        return True
    if INDICATOR.search(clause.before) or re.search(r"(?:缩短|延长|压缩)(?:到|至|为)$", clause.before):
        return True
    each = RULED.search(clause.before) is not None and "每" in clause.before
    if (
        (status != "planned" and not each)
        or clause.before.endswith("每")
        or re.match(r"(?:行动|计划|规划|教育(?!局)|一|来|间|要|须|应|至少|不少于)", clause.after)
    ):
        return False
    if re.search(
        r"(?:学前|建党|建国|建校|成立|近|连续|过去|今明|共|合计|规划期|有效期|有效期为|试行|期限|间隔)$|以$",
        clause.before,
    ):
        return False
    ruled = re.match(r"(?:左右|以上|以内|内|之内|时间|努力|的)|$", clause.after) is not None
    return ruled or re.search(r"每|至少|不少于|不低于|必须|约|达到?", clause.before) is not None


def _is_attached(clause: Clause, previous: Clause | None) -> bool:
    """A share of, or a change against, a level that the text states just before; with a subject of its own it stands."""
    if previous is not None and previous.kind == clause.kind and _same_subject(clause, previous):
        return True
    change = CHANGE.search(clause.before) is not None and not re.search(r"(?<!幅)(?:到|至|达)$", clause.before)
    share = PART_OF.search(clause.before) is not None and not re.search(r"占比[^,;]{0,6}$", clause.before)
    if previous is None:
        return False
    if not (change or share):
        return _follows_attached(clause, previous)
    if clause.section == "plan" and not clause.before.startswith(("比", "较", "占", "同比")):
        return False
    return previous.left == clause.left or NO_SUBJECT.match(clause.before.lstrip("(")) is not None


def _same_subject(clause: Clause, previous: Clause) -> bool:
    """考生11899人,考生人数比去年减少184人: the change names again what the level was of."""
    found = AGAINST.search(clause.before)
    if found is None or CHANGE.search(clause.before) is None:
        return False
    name = SCOPE.sub("", SAME.sub("", clause.before[: found.start()]))
    return len(name) >= 2 and name in previous.before and previous.unit == clause.unit


def _follows_attached(clause: Clause, previous: Clause) -> bool:
    """The second member of 分别占…的14.55%和14.43%."""
    if previous.left != clause.left:
        return False
    between = clause.text[previous.end : clause.start]
    return between in ("和", "、", "及", "与") and (
        PART_OF.search(previous.before) is not None or CHANGE.search(previous.before) is not None
    )


def _is_stock(clause: Clause) -> bool:
    """Numbers of schools, pupils, staff, candidates: background, unless the sentence's last verb says what was done."""
    if CANDIDATES.search(clause.before):
        return True
    if re.search(r"(?:达到?|突破|超过?|逾)\s*$|分以[上下]", clause.before):
        return False  # a level reached, a number beyond a score
    if PASSED.search(clause.after):
        return False  # 有12所学校通过验收
    verbs = AGAINST.sub("", clause.text[clause.first : clause.start])
    if clause.kind == "area" and ALL_SCHOOLS.search(verbs):
        return True
    result = max((match.end() for match in RESULT_VERB.finditer(verbs)), default=-1)
    stock = max((match.end() for match in STOCK_VERB.finditer(verbs)), default=-1)
    if stock > result:
        return True
    return result < 0 and (STOCK.search(REMARK.sub("", clause.before)) is not None or clause.before == "")


def _is_agent(clause: Clause, clauses: list[Clause], place: int) -> bool:
    """The number counts those who act or what is acted on, and the result is another number of the same clause."""
    if AGENTS.match(clause.after):
        return True
    following = clauses[place + 1] if place + 1 < len(clauses) else None
    if following is not None and (following.kind == "ordinal" or following.before.endswith("前")):
        return False  # 7名教师获一等奖: so many won it
    heads = (
        WHOLE_REGION.fullmatch(clause.before.strip()) is not None
        or re.search(r"(?:对|由|把|将)$", clause.before) is not None
    )
    if following is not None and clause.before.endswith("、"):  # 、两栋房屋收购资金54万元
        heads = "、" not in clause.text[clause.end : following.start] and following.kind != clause.kind
    return heads and following is not None and following.left == clause.left
