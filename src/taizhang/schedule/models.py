"""Work tables of a term, their entries, and the remark beside each week."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from taizhang.documents.models import Document
from taizhang.org.models import Unit, User
from taizhang.schedule.checking import HALVES
from taizhang.schedule.weeks import FIRST_WEEKDAYS, MONDAY, Week, week_number, weeks_of


class Table(models.Model):
    """One unit's table for a term. A draft is seen by those who write it; once issued by everybody of the bureau.

    ``first_weekday`` is the day that opens a week, as ``date.weekday`` counts.
    """

    DRAFT, ISSUED = "draft", "issued"
    STATES = {DRAFT: "草稿", ISSUED: "已印发"}

    title = models.CharField("名称", max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = models.CharField("学期", max_length=20)
    first_day = models.DateField("开学日期")
    last_day = models.DateField("放假日期")
    first_weekday = models.PositiveSmallIntegerField("每周从", choices=FIRST_WEEKDAYS, default=MONDAY)
    state = models.CharField("状态", max_length=10, choices=STATES, default=DRAFT)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-first_day", "-id"]
        constraints = [
            models.CheckConstraint(name="schedule_table_ends_after_start", condition=Q(last_day__gt=F("first_day"))),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def weeks(self) -> list[Week]:
        return weeks_of(self.first_day, self.last_day, self.first_weekday)

    def week_of(self, day: object) -> int:
        """The number of the week that holds a day."""
        return week_number(day, self.first_day, self.first_weekday)  # type: ignore[arg-type]


class Entry(models.Model):
    """One thing to do. ``schools`` are the units that take part or where it is; ``people`` are names parted by 、;
    ``chain`` is a name shared by what follows from each other (test, marking, statistics, meeting)."""

    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="entries")
    start = models.DateField("开始日期")
    end = models.DateField("结束日期")
    half = models.CharField("时段", max_length=4, blank=True, choices={name: name for name in HALVES})
    actor = models.CharField("责任科室或人员", max_length=200, blank=True)
    activity = models.CharField("工作内容", max_length=500)
    place = models.CharField("地点", max_length=200, blank=True)
    people = models.CharField("参加人员", max_length=300, blank=True)
    chain = models.CharField("工作链", max_length=60, blank=True)
    schools = models.ManyToManyField(Unit, related_name="+", blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["start", "id"]
        indexes = [models.Index(fields=["table", "start"], name="schedule_entry_day")]
        constraints = [models.CheckConstraint(name="schedule_entry_ends_after_start", condition=Q(end__gte=F("start")))]

    def __str__(self) -> str:
        return self.activity


class Remark(models.Model):
    """What stands in the last column beside a week."""

    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="remarks")
    week = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=1000)

    class Meta:
        ordering = ["week"]
        constraints = [models.UniqueConstraint(fields=["table", "week"], name="schedule_remark_once")]

    def __str__(self) -> str:
        return self.text
