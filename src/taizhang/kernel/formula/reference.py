"""The reference page of the language, made from the function table."""

from __future__ import annotations

from taizhang.kernel.formula.functions import FUNCTIONS, GROUP_NAMES, KEYWORDS, Function
from taizhang.kernel.formula.parser import MAX_DEPTH, MAX_LENGTH, MAX_NODES
from taizhang.kernel.formula.values import SETTLED_PLACES

_HEAD = f"""# 公式

<!-- 本页由 taizhang.kernel.formula.reference_markdown() 生成,请勿手改。 -->

计算字段、校验、条件、指标和评分细则用同一种公式。名称就是台账里写的中文名。

- **逐行公式**:对一条记录计算,例如 `整改期限 >= 发现日期`。用于计算字段、校验、条件。
- **汇总公式**:对许多记录计算,例如 `count_if(状态 = '已销号') / count()`。用于指标。字段必须放在汇总函数里,汇总函数里不能再套汇总函数。

## 写法

| 写什么 | 怎么写 | 说明 |
|---|---|---|
| 字段 | `在校生数` | 中文名直接写;名称可以用数字开头,如 `15周岁人口` |
| 带符号的名称 | `"占地面积(m²)"` | 用双引号括起来;名称里的双引号写两个 |
| 别的台账的字段 | `教育基本情况.在校生数` | 只能放在汇总函数里,一个汇总函数里只能用同一个台账 |
| 关联记录的字段 | `所属校车.座位数` | 逐行公式里,点前写本台账的关联字段;取那条记录现在的值,敏感、附件、计算字段除外 |
| 文字 | `'已销号'` | 用单引号;文字里的单引号写两个 |
| 日期 | `date'2025-09-01'` | 也可写 `日期'2025-09-01'` |
| 数 | `3`、`2.5`、`95%` | 百分数就是比率,`95%` 等于 0.95 |
| 是、否、空 | `true`、`false`、`null` | 也可写 {{words}} |

全角的括号、逗号、引号和 `＋ － × ÷ ％ ＝ ≤ ≥ ≠` 与半角相同。一个公式最多 {MAX_LENGTH} 个字符、{MAX_NODES} 个部分、{MAX_DEPTH} 层嵌套。

## 运算

从先到后:

| 运算 | 含义 |
|---|---|
| `-a` | 负数 |
| `a * b`、`a / b` | 乘、除;除数为 0 时结果为空 |
| `a + b`、`a - b` | 加、减;只用于数值,日期相减用 `days` |
| `=` `<>` `<` `<=` `>` `>=` | 比较;两边必须同类,文字和是否只分等与不等;不能连写 |
| `a in (甲, 乙)`、`a not in (…)` | 是否等于其中之一({{in}}) |
| `a between 低 and 高`、`not between` | 两端都算在内({{between}}) |
| `a is null`、`a is not null` | 是否为空({{is null}}、{{is not null}}) |
| `not a` | 不({{not}}) |
| `a and b` | 而且({{and}}) |
| `a or b` | 或者({{or}}) |

## 空值

没有填的值是空,不是 0,显示为“—”。

- 空参加加减乘除和比较,结果还是空。
- `and` 有一个为否就是否,`or` 有一个为是就是是;除此以外有空则空。`if` 的条件为空时结果为空。
- 汇总时空值不参加:没有任何值的 `sum`、`avg`、`min`、`max`、`median` 为空,`count` 为 0。
- **两个合计相除时成对取数**:同一台账里,分子和分母所用的字段都填了的记录才算。例如甲校填了 7 和 8,乙校只填了分母 2,
  `sum(甲) / sum(乙)` 是 7 / 8 = 0.875,而不是 7 / 10。不同台账之间无法成对,各自求和。`count` 不参加成对:它数的就是记录。
- 每个结果都带“参加计算的记录数”和“未参加的记录数”,后者是公式所需的值有缺的记录。

## 计量单位

字段写了 `unit`（金额字段是元、百分比字段是比率）的,加减、比较、二选一的两边须是同一种计量单位:元和人不能相加,人和人次不能相加
(可以比大小),万元和元要先换算。相除得到新的单位:元 / 人。没有写单位的字段和公式里的数不受限制。指标的 `unit` 与算出来的明显不符也会指出。

## 什么可以加

字段的 `measure` 和 `additive` 说明它能怎样加:

| 写法 | 含义 | 跨单位 | 跨期间 |
|---|---|---|---|
| `measure: stock` | 时点数,如在校生数 | 相加 | 只取最新一期 |
| `measure: flow` | 时期数,如退费金额 | 相加 | 相加 |
| `additive: cumulative` | 年初以来的累计数 | 相加 | 只取最新一期 |
| `additive: exclusive` | 总数(`part_of`)中互不重合的一档,如各班额档 | 各档可以相加,不能加到总数上 | 同上 |
| `additive: nested` | 总数(`part_of`)的其中数,如女生数 | 不能与总数或别的其中数相加 | 同上 |
| `additive: no` | 比率、最大值等 | 不能求和 | 不能求和 |

问的期间里有好几期报表时(问全年、报表按月),同一个公式里时期数各期相加,时点数取最新一期;最新一期对所有单位是同一期,分合才对得上。

## 数的精度

整数和小数按十进制精确计算。比较大小、判断除数是否为 0、去重时,按小数点后 {SETTLED_PLACES} 位四舍五入后的值判断,在各种计算引擎上结果相同。
`round` 逢五向远离零的方向进位。

## 函数

函数名不分大小写,中文名与英文名相同;同一个名称后面不写括号时是字段。
"""

_TAIL = """
## 例子

| 要算什么 | 公式 |
|---|---|
| 隐患整改率 | `count_if(状态 = '已销号') / count()` |
| 生均图书 | `sum(图书册数) / sum(在校生数)` |
| 生均图书差异系数 | `差异系数(图书册数, 在校生数)` |
| 农村学生占比 | `sum_if(在校生数, 城乡 = '农村') / sum(在校生数)` |
| 随迁子女在公办学校(含购买学位)比例 | `(sum(公办就读) + sum(购买学位)) / sum(随迁子女)` |
| 比上年同期增长 | `sum(在校生数) / 同期(sum(在校生数)) - 1` |
| 校验:期限不早于发现 | `整改期限 >= 发现日期` |
| 计算字段:逾期天数 | `days(整改期限, today())` |
"""


def _spellings(token: str) -> str:
    return "、".join(f"`{word}`" for word, meaning in KEYWORDS.items() if meaning == token and not word.isascii())


def _row(function: Function) -> str:
    aliases = "、".join(f"`{alias}`" for alias in function.aliases)
    return f"| `{function.signature}` | {aliases} | {function.meaning} | `{function.example}` |"


def reference_markdown() -> str:
    """The page ``docs/formulas.md``: grammar, rules, and every function with its Chinese names and an example."""
    head = _HEAD.replace("{words}", "、".join(filter(None, map(_spellings, ("true", "false", "null")))))
    for token in ("in", "between", "is null", "is not null", "not", "and", "or"):
        head = head.replace("{" + token + "}", _spellings(token))
    parts = [head]
    for group, title in GROUP_NAMES.items():
        rows = [_row(function) for function in FUNCTIONS if function.group == group]
        parts.append("\n".join((f"\n### {title}\n", "| 写法 | 中文名 | 含义 | 例子 |", "|---|---|---|---|", *rows, "")))
    return "".join((*parts, _TAIL))
