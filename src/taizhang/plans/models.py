"""Plans, their tasks, who has them, what they promise in numbers, and how far they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.documents.models import Document
from taizhang.org.models import Unit, User
from taizhang.ui.formats import number_text

if TYPE_CHECKING:
    from taizhang.plans.verdicts import Judgement


class Plan(models.Model):
    """The items of one plan document (要点, 计划, 方案), or a list that a clerk wrote by hand.

    ``unit`` is whose plan it is; ``period`` a period's code, filled before acceptance. A draft is seen by those who
    prepare and oversee; once accepted its tasks are owed. ``ladder`` is the packs' ladder that urges its late tasks (''
    : nobody is urged), ``tolerance`` by how many percentage points a task may be behind its pace before it is 滞后.
    """

    DRAFT, ACCEPTED, CLOSED = "draft", "accepted", "closed"
    STATES = {DRAFT: "草稿", ACCEPTED: "执行中", CLOSED: "已归档"}

    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="plans")
    title = models.CharField("名称", max_length=300)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = models.CharField("期间", max_length=20, blank=True)
    state = models.CharField("状态", max_length=10, choices=STATES, default=DRAFT)
    ladder = models.CharField("督办阶梯", max_length=60, blank=True, default="任务督办")
    tolerance = models.PositiveSmallIntegerField("容许滞后", default=10)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField("确认时间", null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class Task(models.Model):
    """One actionable item. ``start`` and ``end`` are its place in the plan's document (null when written by hand).

    ``lead_text`` and ``assisting_text`` keep the units as printed that nobody could match, for the clerk to assign.
    ``progress`` is the latest reported percent. ``checked`` says that the clerk has looked at the draft row.
    ``begins`` is the day from which its pace counts (null: the period's first), ``pace`` how it is expected to advance,
    ``started_on`` the day of its first report. A task of a task (``parent``) is owed like any other and is counted with
    its parent; ``origin`` says where a task that is in no document came from (a meeting, a leader's note, what an inspection
    or a petition brought up), ``origin_text`` which one, ``origin_url`` its page here. ``repeats`` is the time rule that makes them, ``occurrence`` which time of the rule one stands for.
    """

    OPEN, DONE, CANCELLED = "open", "done", "cancelled"
    STATES = {OPEN: "进行中", DONE: "已完成", CANCELLED: "已取消"}
    LINEAR, BY_MILESTONES, AT_THE_END = "linear", "milestones", "end"
    ORIGINS = {name: name for name in ("会议", "批示", "督查反馈", "信访", "上级来文", "其他")}
    PACES = {LINEAR: "按时间均匀推进", BY_MILESTONES: "按节点推进", AT_THE_END: "期末一次完成"}

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tasks")
    number = models.CharField("序号", max_length=20, blank=True)
    order = models.PositiveIntegerField()
    title = models.CharField("任务", max_length=200)
    text = models.TextField("任务内容", blank=True)
    path = models.JSONField("章节", default=list)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    deadline = models.DateField("完成时限", null=True, blank=True)
    deadline_text = models.CharField("时限原文", max_length=100, blank=True)
    lead_text = models.CharField("牵头单位原文", max_length=300, blank=True)
    assisting_text = models.CharField("配合单位原文", max_length=500, blank=True)
    persons = models.CharField("责任人", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=STATES, default=OPEN)
    progress = models.PositiveSmallIntegerField("进度", default=0)
    done_on = models.DateField("完成日期", null=True, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=300, blank=True)
    checked = models.BooleanField(default=False)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    begins = models.DateField("开始日期", null=True, blank=True)
    started_on = models.DateField("启动日期", null=True, blank=True)
    pace = models.CharField("推进方式", max_length=12, choices=PACES, default=LINEAR)
    repeats = models.CharField("重复规则", max_length=60, blank=True)
    occurrence = models.CharField(max_length=30, blank=True)
    origin = models.CharField("来源", max_length=10, choices=ORIGINS, blank=True)
    origin_text = models.CharField("来源说明", max_length=200, blank=True)
    origin_url = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["order", "id"]
        indexes = [
            models.Index(fields=["plan", "order"], name="task_plan_order"),
            # The desk: what is owed, the most urgent first.
            models.Index(fields=["deadline"], condition=Q(state="open"), name="task_due"),
        ]
        constraints = [
            models.CheckConstraint(name="task_progress_percent", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="task_done_has_day",
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["parent", "occurrence"], condition=~Q(occurrence=""), name="task_occurrence_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def chapter(self) -> str:
        """The headings above, outermost first."""
        return " / ".join(self.path)

    @property
    def leads(self) -> list[Unit]:
        """The units that answer for it, from ``units`` (prefetch ``units__unit``)."""
        return [item.unit for item in self.units.all() if item.part == TaskUnit.LEAD]

    @property
    def assistants(self) -> list[Unit]:
        return [item.unit for item in self.units.all() if item.part == TaskUnit.ASSISTING]

    @property
    def ratio(self) -> Decimal:
        """The progress as a ratio, as figures are stored everywhere."""
        return Decimal(self.progress) / 100

    def is_overdue(self, today: date | None = None) -> bool:
        """Open after its last day. The last day itself is still in time."""
        return self.state == Task.OPEN and self.deadline is not None and self.deadline < (today or timezone.localdate())


class TaskUnit(models.Model):
    """A unit's part in a task. Several units may lead."""

    LEAD, ASSISTING = "lead", "assisting"
    PARTS = {LEAD: "牵头", ASSISTING: "配合"}

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=PARTS)

    class Meta:
        ordering = ["-part", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "unit"], name="task_unit_once")]

    def __str__(self) -> str:
        return f"{self.unit}({self.get_part_display()})"


class Target(models.Model):
    """A number that a task promises: subject, comparator, value as printed (98 with unit %).

    ``value_to`` is the upper end of a printed range. ``issuer`` is who set it, when several did (the county's task and
    the city's for one and the same actual). ``commitment`` (确保, 力争 …) and ``qualifier`` (以上, 左右 …) keep
    the promise's strength in the document's own words. ``indicator_code`` is the catalogue's indicator it speaks of,
    ``stage`` the one 学段 of it that counts ('': all), ``period`` the one it is judged at ('': the plan's).
    ``actual`` is what was reached (完成), ``started`` what was begun (开工): two actuals of one task. ``measured_on`` is the
    day on which the indicator gave the actual; null: people reported it. ``baseline`` is where a level stood at first.
    """

    COMPARATORS = {">=": "不低于", "<=": "不超过", "=": "达到", "~": "约"}
    # How it came out, once a page has asked plans.judging; not a column.
    judgement: Judgement | None = None

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="targets")
    subject = models.CharField("指标对象", max_length=200)
    comparator = models.CharField("比较", max_length=2, choices=COMPARATORS, default="=")
    value = models.DecimalField("目标值", max_digits=20, decimal_places=4, null=True, blank=True)
    value_to = models.DecimalField("上限", max_digits=20, decimal_places=4, null=True, blank=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    text = models.CharField("原文", max_length=500, blank=True)
    commitment = models.CharField("承诺强度", max_length=20, blank=True)
    qualifier = models.CharField("限定词", max_length=20, blank=True)
    issuer = models.CharField("下达方", max_length=60, blank=True)
    deadline = models.DateField("时限", null=True, blank=True)
    indicator_code = models.CharField("对应指标", max_length=60, blank=True)
    stage = models.CharField("学段", max_length=40, blank=True)
    period = models.CharField("考核期间", max_length=20, blank=True)
    actual = models.DecimalField("实际值", max_digits=20, decimal_places=4, null=True, blank=True)
    started = models.DecimalField("启动值", max_digits=20, decimal_places=4, null=True, blank=True)
    baseline = models.DecimalField("基数", max_digits=20, decimal_places=4, null=True, blank=True)
    measured_on = models.DateField("取数日期", null=True, blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_comparator_display()} {self.amount}"

    @property
    def indicator_title(self) -> str:
        """The indicator's name on screen; its code when the catalogue no longer has it."""
        known = catalog().indicators.get(self.indicator_code)
        return known.title if known else self.indicator_code

    @property
    def amount(self) -> str:
        """The promised value as people write it: 98%, 1–2 个."""
        if self.value is None:
            return self.text
        return f"{self.printed_value}{self.unit}"

    @property
    def printed_value(self) -> str:
        """The number or range without its unit; '' when there is none."""
        if self.value is None:
            return ""
        top = f"–{number_text(self.value_to)}" if self.value_to is not None else ""
        return f"{number_text(self.value)}{top}"


class TargetPart(models.Model):
    """What one unit takes over of a target, and how far it is."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="parts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    value = models.DecimalField("分解目标", max_digits=20, decimal_places=4)
    actual = models.DecimalField("实际值", max_digits=20, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ["unit__order", "unit_id"]
        constraints = [models.UniqueConstraint(fields=["target", "unit"], name="target_part_once")]

    def __str__(self) -> str:
        return f"{self.unit} {number_text(self.value)}"


class Milestone(models.Model):
    """A step of a task that shows (形象进度): its day, its share of the whole, and pictures once it is reached."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="milestones")
    name = models.CharField("节点", max_length=100)
    due = models.DateField("计划日期")
    weight = models.PositiveSmallIntegerField("权重", default=1)
    done_on = models.DateField("完成日期", null=True, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    pictures = models.ManyToManyField(Document, related_name="+")

    class Meta:
        ordering = ["due", "id"]
        constraints = [models.CheckConstraint(name="milestone_weighs", condition=Q(weight__gte=1, weight__lte=100))]

    def __str__(self) -> str:
        return self.name


class TaskComment(models.Model):
    """What somebody said on a task. ``is_instruction``: a leader's 批示."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="comments")
    text = models.CharField(max_length=2000)
    is_instruction = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=80)
    post = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.text[:30]}"


class ProgressEntry(models.Model):
    """One report on a task, by a person for a unit. Entries are added, never changed.

    ``at`` is when it was entered, ``on`` the day that it speaks of.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField(auto_now_add=True)
    on = models.DateField("填报日期", default=timezone.localdate)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    percent = models.PositiveSmallIntegerField()
    note = models.TextField()
    evidence = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.percent}% {self.note[:40]}"


# Django finds an app's models in its models module.
from taizhang.plans.supervise import models as supervise  # noqa: E402, F401
