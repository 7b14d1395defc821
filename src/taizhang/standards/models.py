"""What is kept of a what-if: its steps and its name. Results are never stored; they follow the data."""

from __future__ import annotations

from django.db import models

from taizhang.org.models import Unit, User


class Scenario(models.Model):
    """A named what-if on a standard's board of a unit and period; ``changes`` are its steps in order."""

    standard_code = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    period = models.CharField(max_length=20)
    name = models.CharField("名称", max_length=60)
    note = models.CharField("说明", max_length=300, blank=True)
    changes = models.JSONField(default=list)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["standard_code", "unit", "period", "name"], name="scenario_name_once")
        ]
        indexes = [models.Index(fields=["standard_code", "unit", "period"], name="scenario_of_board")]

    def __str__(self) -> str:
        return self.name
