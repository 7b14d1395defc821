"""When 一 with a measure word says how many, and when it is only an article (guideline Q5).

It counts in a frequency or a rule (每年一次, 每校配备一名) and behind a verb that makes, holds or hands out something
concrete (新建一所, 举办了一期). Before an adjective it is an article (一所好学校, 一支强有力的队伍).
"""

from __future__ import annotations

import re

from taizhang.reading.numbers.scan import Sheet

_RULE_VERBS = """要 应 须 必须 能 可 得 有 为 配 配备 组织 开展 召开 举行 举办 进行 建 建成 明确 确定 突出 一个 安排 设 设立 派 选派 培养 开设 完成 写 读 听 上
参加 撰写 发表 提供 享受 打造 建设 形成 创建"""
_MAKING_VERBS = """举办 举行 召开 新建 建成 建设 建立 兴建 改建 扩建 迁建 创办 开办 新办 发放 配备 配置 购置 购买 添置 采购 新增 增设 增加 培训 培养 引进 选派 派出
评选 评出 评为 推出 编印 编写 印发 出版 发表 出台 下发 组建 成立 开设 设置 设立 安装 完成 获得 荣获 获 开展 组织 进行 建造 拨付 表彰 奖励 招聘 选聘 录用 明确 确定 拿出
选择 整理 撰写 上报 聘请 聘任 评比 检查 查处 处理 通报 处分 撤并 撤销 合并 资助 帮扶 结对 联系 挂钩 负责 承担 申报 立项 增 有 创建 遴选 推荐 调整 新设 打造"""
_GIVING_VERBS = """发放 新建 新增 增设 增加 设立 建成 评选 选派 拿出 推荐 申报 立项 查处 撤销 撤并 获得 荣获 配备 购置 安装 派出 招聘"""
_SERIES_VERBS = "强化 突出 抓住 抓好 把握 围绕 落实 实现 坚持 健全 完善 建好 用好 树立 加强 狠抓 紧扣 明确 聚焦"
_QUALITIES = """好 强 新 高 大 优 真 专业 合格 优秀 良好 安全 干净 和谐 重要 需要 长期 系统 求真 爱岗 有力 健康 整洁 明确 品德 结构 素质 政治 数量 以 集 能打 既 具有
充满 不可 关键 核心 基本 主要 整体 完整 科学 有效 切实 全新 崭新 温馨 宽松 文明 平安 公平 优质 高效"""
_LENGTH_WORDS = "年 天 周 小时 分钟 学期 学年 个月 个小时 个学期 周年 个学年 课时 个课时 星期 个星期 倍 番"
_CONCRETE = frozenset("所期次堂场节届座栋幢间辆册台门篇首部例件处家名位份轮人天") | {"人次", "场次", "小时"}
_LENGTHS = frozenset(_LENGTH_WORDS.split())


def _any(words: str) -> str:
    return "|".join(words.split())


_EVERY = re.compile(
    r"(?:每(?!一)[^,。;:!?\n]{0,14}|[一二两三半]\s?(?:年|月|周|天|学期|季度)|全年|平均|各|都|均|至少|不少于|不低于|最多|限|仅|只|共|或|满)"
    rf"(?:{_any(_RULE_VERBS)})?$"
)
_EACH = re.compile(r"每[^,。;:]{0,12}$")
_MADE = re.compile(rf"(?:{_any(_MAKING_VERBS)})(?:了|过|出|成)?(?:[^,。;:!?\n]{{0,2}})?$")
_GIVEN = re.compile(rf"(?:{_any(_GIVING_VERBS)})(?:了|过)?$")
# 新建学生食堂一处, 购置校车一辆: behind its noun 一 counts, when a verb that makes or holds stands in front.
_MADE_BEFORE = re.compile(rf"(?:{_any(_MAKING_VERBS)})(?:了|过|出|成)?[^,。;:!?\n]{{2,14}}$")
_CLOSED = re.compile(r"\s*(?:[,。;、)\n]|[并和及]|[①-⑳]|$)")
_VAGUE = frozenset("片番面方线道条步层种类级度把".strip())
_SERIES = re.compile(rf"(?:{_any(_SERIES_VERBS)})$")
_ADJECTIVE = re.compile(rf"(?:{_any(_QUALITIES)})")
# 这一所, 又一批, 新的一年: a pointing word, no count.
_POINTED = re.compile(r"(?:这|新的|那|每|某|有|又|哪|任何|同|另|统|不|第|头)$")
# 比上一年度增加, 前一学期: the one before, no stretch of time.
_NEXT = re.compile(r"(?:[上下后]|(?<![提学])前)$")
_TERMS = frozenset(["年", "学年", "学期", "季度"])
# 是全面落实规划的重要一年: the year that is meant, no length of it.
_OF_YEARS = re.compile("(?:的|重要|关键|开局|收官)$")
_TIMED = frozenset({"小时", "个小时", "分钟", "课时"})
"""每天有一小时: so long."""
_OTHER_COUNTS = re.compile(r"[两二三四五六]个")


def one_counts(sheet: Sheet, found: re.Match[str], unit: str) -> bool:
    """Does 一 + measure word (the match) say how many here?"""
    begin, stop = found.start(), found.end()
    before = re.split(r"[,。;:!?\n、]", sheet.text[max(0, begin - 22) : begin])[-1]
    if unit == "年" and _OF_YEARS.search(before) and _CLOSED.match(sheet.text, stop):
        return False
    pointed = _POINTED.search(before) and not (unit in _TIMED and before.endswith("有"))
    if pointed or (unit in _TERMS and _NEXT.search(before)):
        return False
    if unit in _LENGTHS or unit == "遍":  # 轮训一遍, 排查一遍: a verb done once
        return True
    if _EVERY.search(before) or _EACH.search(before):
        return not before.endswith("每")
    if unit == "个" and _SERIES.search(before) and _OTHER_COUNTS.search(sheet.text, max(0, begin - 60), stop + 60):
        return True
    if _ADJECTIVE.match(sheet.text, stop):
        return False
    if unit not in _VAGUE and _CLOSED.match(sheet.text, stop) and _MADE_BEFORE.search(before):
        return True
    return bool((_MADE if unit in _CONCRETE else _GIVEN).search(before))
