"""Rounds and returns. A return is not yet a record: it becomes one when the last stage has approved it (ADR 0010)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from taizhang.org.models import Unit, User


class Round(models.Model):
    """One round in which units fill a register for a period.

    ``chain`` are the keys of the approval stages in order. ``swing`` is the change against last period (a ratio) that
    must be explained. ``asked_again`` says why fields that the ledger holds already are asked once more.
    """

    OPEN, CLOSED, CANCELLED = "open", "closed", "cancelled"
    STATES = ((OPEN, "进行中"), (CLOSED, "已结束"), (CANCELLED, "已取消"))

    register_code = models.CharField(max_length=60)
    period = models.CharField(max_length=20, blank=True)
    title = models.CharField("名称", max_length=120)
    instructions = models.TextField("填报说明", blank=True)
    contact = models.CharField("联系人", max_length=120, blank=True)
    due_on = models.DateField("截止日期")
    chain = models.JSONField(default=list)
    swing = models.DecimalField(max_digits=6, decimal_places=4)
    asked_again = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=STATES, default=OPEN)
    reason = models.CharField(max_length=500, blank=True)
    section = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register_code", "period"],
                condition=Q(state="open") & ~Q(period=""),
                name="round_open_once_a_period",
            )
        ]
        indexes = [
            # A save asks whether its register and period are being collected.
            models.Index(fields=["register_code", "period"], name="round_register_period"),
            models.Index(fields=["state", "due_on"], name="round_state_due"),
        ]

    def __str__(self) -> str:
        return self.title


class Return(models.Model):
    """What one unit owes in a round.

    ``values`` is {row key: {field: stored value}} and holds only cells that a person typed or confirmed; a row key is a
    record's ``dimension_key``. ``faults`` keeps what was typed and could not be read, ``notes`` the explanations by topic,
    ``remarks`` what an approver said of a cell. ``stage`` is the index in ``stages`` that it waits for.
    ``seconds`` is the measured time between saves, pauses left out. ``token`` is the last submission's.
    """

    TODO, DRAFT, SUBMITTED, RETURNED, APPROVED = "todo", "draft", "submitted", "returned", "approved"
    STATES = (
        (TODO, "未填报"), (DRAFT, "填报中"), (SUBMITTED, "审核中"), (RETURNED, "已退回"), (APPROVED, "已通过"),
    )  # fmt: skip

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="returns")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=STATES, default=TODO)
    stages = models.JSONField(default=list)
    stage = models.PositiveSmallIntegerField(default=0)
    waits_for = models.CharField(max_length=20, blank=True)
    values = models.JSONField(default=dict)
    faults = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    remarks = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    filled = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    prefilled = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)
    token = models.CharField(max_length=40, blank=True)
    receipt = models.CharField(max_length=40, blank=True)
    times = models.PositiveSmallIntegerField(default=0)
    first_submitted_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    is_late = models.BooleanField(default=False)
    approved_at = models.DateTimeField(null=True)
    saved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "unit"], name="return_once_a_round")]
        indexes = [
            # The desk: what a unit owes; the watch page: a round by state; the approver: what waits at a stage.
            models.Index(fields=["unit", "state"], name="return_unit_state"),
            models.Index(fields=["state", "waits_for"], name="return_waiting"),
        ]

    def __str__(self) -> str:
        return self.receipt or f"return:{self.pk}"

    @property
    def is_in_hand(self) -> bool:
        """Whether it lies with the unit."""
        return self.state in (self.TODO, self.DRAFT, self.RETURNED)


class ReturnStep(models.Model):
    """What was done with a return, by whom, when; append-only. A submission keeps the values that were submitted."""

    returned = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="steps")
    action = models.CharField(max_length=40)
    stage = models.CharField(max_length=20, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=500, blank=True)
    receipt = models.CharField(max_length=40, blank=True)
    values = models.JSONField(null=True)
    remarks = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.returned_id} {self.action}"


class Extension(models.Model):
    """A unit may still fill until a day after the round's due date: until when, why, by whom."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="extensions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    until = models.DateField("放宽至")
    reason = models.CharField("原因", max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["round", "unit"], name="extension_round_unit")]

    def __str__(self) -> str:
        return f"{self.unit} {self.until}"


class Urge(models.Model):
    """A unit was urged on a day; the constraint is the rule that a day has one."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="urges")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "unit", "on"], name="urge_once_a_day")]

    def __str__(self) -> str:
        return f"{self.unit} {self.on}"
