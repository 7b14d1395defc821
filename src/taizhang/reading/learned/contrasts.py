"""Words that part a whole between them: what one of them names, the other does not.

男 and 女 make all pupils, 已 and 未 all cases. Numbers that are told of different words of one row are parts of one thing rather
than parts of one another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_ROWS = """
男 女
城市 农村 县镇
城区 乡镇 镇区 乡村
城镇 农村 乡村
县城 乡镇 农村
公办 民办
公立 民营 私立
小学 初中 高中 幼儿园 学前 中职 职高 大学 高职 特教
幼儿园 小学 初中 高中
义务教育 高中阶段 学前教育
高一 高二 高三
初一 初二 初三
一年级 二年级 三年级 四年级 五年级 六年级
七年级 八年级 九年级
普通高中 职业高中 中职 中专 技工
专任 兼职 职员 工勤 外聘
在编 编外 聘用 临聘 合同制
校内 校外
线上 线下
网上 现场 书面 电话 来访 来信
来信 来访 来电 网络
新建 改建 扩建 迁建 续建 维修
新增 原有
本级 上级 中央 省级 市级 县级 区级 乡镇级 校级
国家级 省级 市级 县级 区级 校级
中央 省 市 县
一等奖 二等奖 三等奖 优秀奖
特等 一等 二等 三等
金奖 银奖 铜奖
一级 二级 三级 四级
甲级 乙级 丙级
优秀 良好 及格 合格 不及格 不合格
优 良 中 差
红 橙 黄 蓝 绿
重大 较大 一般
严重 较重 轻微
高级 中级 初级
博士 硕士 研究生 本科 专科 大专 中专 高中
第一 第二 第三 第四 第五
首批 次批 二批 末批
一期 二期 三期
一季度 二季度 三季度 四季度
上半年 下半年
上旬 中旬 下旬
春季 秋季
周一 周二 周三 周四 周五 周六 周日
上午 下午 晚上
白班 夜班
已 未 尚 正在
通过 未通过
准予 不予 驳回
受理 不予受理 不受理
属实 不属实 部分属实
满意 基本满意 不满意
同意 反对 弃权
有效 无效
一次性 二次
本科生 专科生 研究生
本地 外地 外来
本市 外市 外省
本县 外县
本校 外校
省内 省外
市内 市外
县内 县外
境内 境外
国内 国外
户籍 非户籍
常住 流动
寄宿 走读
住校 走读
应届 往届
在职 退休 离休
党员 群众 团员
自有 租赁 借用
自筹 配套 拨款 贷款 捐赠
财政 自筹 社会
基本 项目
人员 公用 项目
工资 津贴
东 西 南 北 中
东片 西片 南片 北片 中片
东部 中部 西部
山区 平原 丘陵 库区 湖区
陆路 水路 航空
公路 铁路 水路 民航
客运 货运
进口 出口
助老 助残 助学
汽油 柴油 电动 燃油 混动
大型 中型 小型 微型
一产 二产 三产
第一产业 第二产业 第三产业
工业 农业 服务业
城乡 职工 居民
刑事 民事 行政
批评 警告 罚款 停业
警告 记过 撤职 开除
问责 约谈 通报
一般 重大
学生 教师 职工 家长
师 生
老师 学生 家长
文科 理科
文史 理工 艺术 体育
语文 数学 英语 物理 化学 生物 历史 地理 政治
体育 音乐 美术 科学 信息
走读生 寄宿生
公用 专项
直属 民办 乡镇
机关 事业 企业
出生 死亡
迁入 迁出
调入 调出
收入 支出
流入 流出
转入 转出
增加 减少
其他 其余 另有
"""


def _words() -> dict[str, tuple[int, ...]]:
    """Every word with its rows."""
    found: dict[str, list[int]] = {}
    for row, words in enumerate(_TABLE):
        for word in words:
            found.setdefault(word, []).append(row)
    return {word: tuple(rows) for word, rows in found.items()}


_TABLE = [line.split() for line in _ROWS.strip().splitlines()]
_ROWS_OF = _words()
_WORD = re.compile("|".join(sorted(_ROWS_OF, key=len, reverse=True)))


def contrasted(text: str) -> dict[int, str]:
    """The rows of which a text holds a word, each with the last such word."""
    return {row: word for word in _WORD.findall(text) for row in _ROWS_OF[word]}


def contrast(names: Sequence[Mapping[int, str]]) -> str:
    """How names are told apart: by all words of one row (``f``), each by a word of its own (``e``), two of them (``s``), not at all (``-``)."""
    words: dict[int, list[str]] = {}
    for name in names:
        for row, word in name.items():
            words.setdefault(row, []).append(word)
    best = "-"
    for row, said in words.items():
        different = len(set(said))
        if different == len(names) > 1:
            if different == len(_TABLE[row]):
                return "f"
            best = "e"
        elif different > 1 and best == "-":
            best = "s"
    return best
