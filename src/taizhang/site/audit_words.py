"""The log in words: what an action is called, which kind it belongs to, what is worth saying of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

# Kind → action → words. An action that is not named here is shown by its own name.
KINDS: Mapping[str, Mapping[str, str]] = {
    "查看敏感内容": {
        "registers.field.revealed": "查看敏感字段",
        "registers.record.viewed": "打开记录",
    },
    "导出": {
        "registers.list.exported": "导出名单",
        "indicators.figures.exported": "导出指标",
        "warehouse.exported": "导出数据仓库",
        "site.audit.exported": "导出审计记录",
        "site.backed_up": "备份",
        "site.restored": "从备份恢复",
    },
    "记录": {
        "registers.record.created": "新增",
        "registers.record.edited": "修改",
        "registers.record.imported": "导入",
        "registers.record.collected": "报送入账",
        "registers.record.stepped": "流转",
        "registers.record.restored": "恢复",
        "registers.record.erased": "到期删除个人信息",
        "registers.record.handed": "移交",
        "registers.table.loaded": "导入表格",
        "registers.bulk.applied": "批量处理",
        "registers.bulk.undone": "撤销批量处理",
        "registers.attachment.added": "上传附件",
        "registers.attachment.removed": "删除附件",
        "registers.comment.added": "批注",
        "registers.comment.edited": "修改批注",
        "registers.comment.struck": "划去批注",
        "registers.view.saved": "保存视图",
        "registers.view.removed": "删去视图",
    },
    "期限与文书": {
        "registers.record.urged": "催办",
        "registers.record.escalation_refused": "不再上报督办",
        "registers.record.extended": "延长期限",
        "registers.record.deadline_moved": "调整期限",
        "registers.letter.issued": "发出文书",
        "registers.letter.signed": "签收文书",
    },
    "公众": {
        "registers.public.filed": "公众提交",
        "registers.public.rated": "公众评价",
        "registers.public.code_issued": "发查询码",
    },
    "报送": {
        "registers.round.opened": "发起报送",
        "registers.round.edited": "修改报送",
        "registers.round.closed": "结束报送",
        "registers.round.cancelled": "取消报送",
        "registers.round.sheet_received": "收到报送表格",
        "registers.return.submitted": "提交报表",
        "registers.return.withdrawn": "撤回报表",
        "registers.return.approved": "审核通过",
        "registers.return.sent_back": "退回报表",
        "registers.return.extended": "放宽期限",
        "registers.return.urged": "催报",
    },
    "要点任务": {
        "plans.plan.created": "新建计划",
        "plans.plan.drafted": "生成任务草稿",
        "plans.plan.edited": "修改计划",
        "plans.plan.revised": "修订计划",
        "plans.plan.accepted": "确认计划",
        "plans.plan.closed": "结束计划",
        "plans.task.added": "新增任务",
        "plans.task.edited": "修改任务",
        "plans.task.removed": "删去任务",
        "plans.task.split": "拆分任务",
        "plans.task.merged": "合并任务",
        "plans.task.given": "下达任务",
        "plans.task.assigned": "指派任务",
        "plans.task.urged": "催办任务",
        "plans.task.checked": "核对任务",
        "plans.task.finished": "办结任务",
        "plans.task.cancelled": "取消任务",
        "plans.task.reopened": "重新办理任务",
        "plans.task.commented": "任务批注",
        "plans.task.letter": "任务文书",
        "plans.task.target_set": "设定目标",
        "plans.task.target_removed": "删去目标",
        "plans.task.target_broken_down": "分解目标",
        "plans.task.actual_reported": "报告完成数",
        "plans.task.measured": "任务取数",
        "plans.task.parts_measured": "分项取数",
        "plans.task.milestone_set": "设定节点",
        "plans.task.milestone_removed": "删去节点",
        "plans.task.milestone_reached": "节点完成",
        "plans.task.extension_asked": "申请延期",
        "plans.task.extended": "同意延期",
        "plans.task.extension_refused": "不同意延期",
    },
    "文稿、稿件和周次表": {
        "documents.document.added": "上传文稿",
        "documents.document.reread": "重读文稿",
        "documents.document.finding_settled": "处理核数结果",
        "documents.document.finding_unsettled": "撤回核数处理",
        "reports.report.opened": "新开稿件",
        "reports.report.written": "写成稿件",
        "reports.report.revised": "修改稿件",
        "reports.report.published": "公开稿件",
        "reports.report.withdrawn": "撤回稿件",
        "reports.copy.received": "收回改稿",
        "reports.remark.added": "稿件批注",
        "reports.remark.settled": "处理稿件批注",
        "schedule.table.created": "新建周次表",
        "schedule.table.imported": "导入周次表",
        "schedule.table.entry_removed": "删去日程",
        "schedule.table.remark_set": "周次备注",
        "schedule.table.issued": "印发周次表",
    },
    "考核与标准": {
        "appraisal.opened": "发起考核",
        "appraisal.measured": "考核取数",
        "appraisal.judged": "考核打分",
        "appraisal.self_scored": "自评",
        "appraisal.adjusted": "调整得分",
        "appraisal.vetoed": "一票否决",
        "appraisal.lifted": "解除否决",
        "appraisal.struck": "划去考核一项",
        "appraisal.waived": "免考一项",
        "appraisal.published": "公示考核结果",
        "appraisal.objected": "提出异议",
        "appraisal.answered": "答复异议",
        "appraisal.frozen": "考核定稿",
        "standards.scenario.kept": "保存测算",
        "standards.scenario.dropped": "删去测算",
    },
    "单位、人员和业务包": {
        "org.unit.created": "新建单位",
        "org.unit.updated": "更新单位",
        "org.unit.renamed": "单位更名",
        "org.unit.moved": "调整隶属",
        "org.unit.closed": "撤销单位",
        "org.unit.reopened": "恢复单位",
        "org.user.created": "新建账号",
        "org.user.opened": "启用账号",
        "org.user.closed": "停用账号",
        "org.user.password_changed": "修改密码",
        "org.user.password_reset": "重置密码",
        "org.post.assigned": "安排岗位",
        "org.post.ended": "免去岗位",
        "org.post.delegated": "委托代办",
        "org.post.delegation_ended": "结束委托",
        "api.token.made": "新建接口令牌",
        "api.token.dropped": "作废接口令牌",
        "registers.pack.draft_started": "新开业务包草稿",
        "registers.pack.draft_discarded": "放弃业务包草稿",
        "registers.pack.released": "发布业务包",
        "registers.calendar.changed": "调整工作日历",
    },
    "提醒和后台工作": {
        "org.notices.sent": "发送提醒",
        "events.work.started": "开始后台工作",
        "events.work.retried": "重做后台工作",
    },
}
WORDS = {action: words for kind in KINDS.values() for action, words in kind.items()}
TOLD = {"field": "字段", "from": "由", "to": "到", "filters": "条件", "rows": "行数", "reason": "原因", "file": "文件"}
TYPED = frozenset({"filters", "reason", "file"})
"""What a person wrote: it may say what a record says."""
LONGEST = 200


def words_of(action: str) -> str:
    """What an action is called."""
    return WORDS.get(action, action)


def details_of(data: Mapping[str, Any], *, typed: bool = True) -> str:
    """What an event remembers, as far as a reader of the log needs it: names of fields, never their values. Without
    ``typed`` also nothing that a person wrote, for readers who may not see the records."""
    data = {key: value for key, value in data.items() if typed or key not in TYPED}
    data["filters"] = unquote_plus(str(data.get("filters", "")))
    parts = [
        f"{label}：{data[key]}" for key, label in TOLD.items() if isinstance(data.get(key), str | int) and data[key]
    ]
    if isinstance(changed := data.get("changed"), list) and changed:
        parts.insert(0, f"改动：{'、'.join(str(name) for name in changed)}")
    return "；".join(parts)[:LONGEST]
