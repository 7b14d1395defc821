"""Rounds of appraisal, the score sheets in them, and what was said: entries are added, never changed."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from taizhang.appraisal import facts
from taizhang.documents.models import Document
from taizhang.org.models import Unit, User


class Round(models.Model):
    """One appraisal for a period. Its scheme lies in the opening entry, as it was on that day."""

    OPEN, PUBLISHED, FROZEN = "open", "published", "frozen"
    STATES = {OPEN: "评分中", PUBLISHED: "公示中", FROZEN: "已定案"}

    scheme_code = models.CharField(max_length=60)
    title = models.CharField("名称", max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = models.CharField("期间", max_length=20)
    state = models.CharField("状态", max_length=10, choices=STATES, default=OPEN)
    objections_until = models.DateField("公示截止", null=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["scheme_code", "period", "unit"], name="appraisal_round_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Sheet(models.Model):
    """Who is scored in a round: one unit, or several that are appraised as one. ``code`` is the first unit's."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="sheets")
    code = models.CharField(max_length=40)
    name = models.CharField("单位", max_length=120)
    group = models.CharField("组别", max_length=60)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "code"], name="appraisal_sheet_once")]

    def __str__(self) -> str:
        return self.name


class SheetUnit(models.Model):
    """A unit that a sheet is about. In one round a unit is on one sheet only."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="members")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "unit"], name="appraisal_unit_once")]

    def __str__(self) -> str:
        return str(self.unit)


class Entry(models.Model):
    """One fact of a round (:mod:`taizhang.appraisal.facts`), with who said it and the file that proves it.

    ``on`` is the day from which it counts. ``data`` holds points and figures as text, so that no digit is lost.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="entries")
    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, null=True, related_name="entries")
    kind = models.CharField(max_length=20, choices=facts.WORDS)
    item = models.CharField(max_length=60, blank=True)
    of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    data = models.JSONField(default=dict)
    on = models.DateField(default=timezone.localdate)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    evidence = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["of"],
                condition=models.Q(kind__in=("lifted", "struck", "answered")),
                name="appraisal_followed_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.item}".strip()
