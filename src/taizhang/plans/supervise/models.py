"""What supervision leaves behind: urgings, letters, requests for more time."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from taizhang.documents.models import Document
from taizhang.org.models import Unit, User


class TaskLetter(models.Model):
    """A letter on one task to one unit: numbered, kept as a file, signed for and answered there.

    Its bytes lie in ``files/`` under their hash; ``html`` is the same letter for the screen. ``answer_by`` is the day by
    which the unit reports back (null: no answer is asked).
    """

    task = models.ForeignKey("plans.Task", on_delete=models.PROTECT, related_name="letters")
    name = models.CharField(max_length=60)
    number = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    html = models.TextField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    day = models.DateField("发文日期")
    issued_at = models.DateTimeField(auto_now_add=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    issued_by_name = models.CharField(max_length=80)
    needs_receipt = models.BooleanField(default=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_by_name = models.CharField(max_length=80, blank=True)
    answer_by = models.DateField("反馈期限", null=True, blank=True)
    answer = models.TextField("反馈", blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.CharField(max_length=80, blank=True)
    evidence = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["name", "number"], condition=~Q(number=""), name="task_letter_number_once"),
            models.CheckConstraint(
                name="task_letter_signed_by_somebody",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}".strip()

    def answer_is_late(self, today: date) -> bool:
        """Asked for, not given, and its day is over."""
        return self.answer_by is not None and self.answered_at is None and self.answer_by < today


class TaskUrging(models.Model):
    """A step of the ladder that was given once. ``is_merged``: its day had passed when a later step was given instead."""

    task = models.ForeignKey("plans.Task", on_delete=models.CASCADE, related_name="urgings")
    due_on = models.DateField()
    step = models.CharField(max_length=30)
    level = models.CharField(max_length=20)
    day = models.DateField()
    told = models.CharField(max_length=300, blank=True)
    is_merged = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["task", "due_on", "step"], name="task_urging_once")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.level} {self.due_on}"


class Extension(models.Model):
    """A leading unit asks for a later deadline; who signs letters decides."""

    ASKED, GRANTED, REFUSED = "asked", "granted", "refused"
    STATES = {ASKED: "待批", GRANTED: "同意", REFUSED: "不同意"}

    task = models.ForeignKey("plans.Task", on_delete=models.CASCADE, related_name="extensions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    before = models.DateField("原时限")
    until = models.DateField("申请延至")
    reason = models.CharField("理由", max_length=500)
    evidence = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=STATES, default=ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField("批复意见", max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(state="asked"), name="extension_asked_once"),
            models.CheckConstraint(name="extension_is_later", condition=Q(until__gt=models.F("before"))),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.until}"
