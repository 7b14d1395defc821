"""Plain words for what a clerk chooses: field types, kinds, categories, scopes."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = {
    "case": ("案件型", "一件事一条，有办理过程：隐患、投诉、报修"),
    "roster": ("名册型", "一个人或一件物一条，长期在册：校车、教师、设备"),
    "statistics": ("报表型", "一个单位每期一条，填数字：在校生数、经费"),
}
TYPES = {
    "text": ("文字", "一行字：名称、编号"),
    "long_text": ("长文字", "几行字：说明、措施、意见"),
    "integer": ("整数", "人数、件数"),
    "decimal": ("小数", "面积、得分"),
    "money": ("金额", "按元精确到分"),
    "percent": ("百分数", "填 95 或 95%，可参加计算"),
    "date": ("日期", "某一天，可算天数、可作期限"),
    "datetime": ("日期时间", "某天几点几分"),
    "month": ("月份", "某年某月"),
    "school_year": ("学年", "2025-2026 学年"),
    "choice": ("单选", "从几个选项里选一个"),
    "choices": ("多选", "从几个选项里选几个"),
    "yes_no": ("是否", "是或否"),
    "unit": ("单位", "系统里的一个单位"),
    "person": ("人员", "系统里的一个人"),
    "link": ("关联", "另一本台账的一条记录"),
    "file": ("附件", "照片、文件"),
    "phone": ("电话", "手机或座机，核对写法"),
    "id_card": ("身份证号", "核对校验码，宜设为敏感"),
    "place": ("地点", "地址"),
}
CATEGORIES = {"draft": "未提交", "open": "办理中", "closed": "已办结", "void": "作废"}
SCOPES = {"own": "本单位", "below": "本单位及下级", "all": "全局"}
VERBS = {"see": "查看", "create": "新增", "edit": "修改"}
MEASURES = {
    "": "（不写）",
    "flow": "时期数：这一期里发生的，如支出、人次",
    "stock": "时点数：到期末有多少，如在校生、校车",
}
ADDITIVE = {
    "": "（不写）",
    "yes": "能相加",
    "exclusive": "是另一项的一部分，各部分不重叠",
    "nested": "是另一项的一部分，各部分可能重叠",
    "cumulative": "累计数：从年初算到本期末",
    "no": "不能相加：平均数、比率",
}
PERIODS = {"month": "每月", "term": "每学期", "school_year": "每学年", "year": "每年"}
PARTS = {
    "basics": "基本",
    "fields": "字段",
    "states": "状态",
    "transitions": "步骤",
    "deadlines": "期限",
    "access": "权限",
    "checks": "核对",
    "indicators": "指标",
    "values": "选项",
    "rungs": "级次",
    "tiles": "内容块",
    "text": "正文",
    "source": "源文件",
}
SIGNS = {"add": ("新增", "open"), "change": ("改动", "warn"), "retire": ("停用", "void"), "refuse": ("不允许", "late")}


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of document: what it is called, the key that holds its name, what the pack files it under, its parts."""

    word: str
    key: str
    kind: str
    parts: tuple[str, ...]
    first: str
    help: str = ""


# Folder of a pack → the sort of its documents.
SORTS = {
    "registers": Sort(
        "台账", "name", "register",
        ("basics", "fields", "states", "transitions", "deadlines", "access", "checks", "indicators", "source"), "fields",
    ),
    "options": Sort("选项集", "options", "options", ("values", "source"), "values", "几本台账共用的一组选项"),
    "ladders": Sort("督办阶梯", "ladder", "ladder", ("basics", "rungs", "source"), "rungs", "临期、逾期各催谁、发什么文书"),
    "dashboards": Sort("看板", "dashboard", "dashboard", ("basics", "tiles", "source"), "tiles", "给各岗位的一页指标"),
    "reports": Sort("稿件模板", "report", "report", ("source",), "source", "带数字出处的稿件，按单位和期间写成"),
    "letters": Sort("文书", "letter", "letter", ("basics", "text", "source"), "text", "办理步骤或督办时发出的公文"),
}  # fmt: skip
# What has its own pages elsewhere is not edited by form.
SHARED = tuple(folder for folder in SORTS if folder not in ("registers", "reports"))


def sort_of(path: str) -> Sort:
    """The sort of a document by its path in the pack."""
    return SORTS.get(path.partition("/")[0], SORTS["registers"])
