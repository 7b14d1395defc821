"""Which builds are kept, for what, and by whom."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from taizhang.org.models import User


class Snapshot(models.Model):
    """A build of the warehouse that is kept: its files lie in the store by their hash and never change.

    ``release`` is the catalogue's newest pack release at that time, which carries the formulas of then; ``day`` is what
    ``today()`` means in them. ``subject`` says what it was kept for (``report:12``); empty, somebody asked for it.
    """

    ASKED, DRAFT, PUBLISHED = "asked", "draft", "published"
    REASONS = {ASKED: "人工留存", DRAFT: "稿件草稿", PUBLISHED: "稿件签发"}

    name = models.CharField("名称", max_length=300)
    reason = models.CharField("缘由", max_length=10, choices=REASONS)
    subject = models.CharField(max_length=60, blank=True, db_index=True)
    build = models.CharField("数据版本", max_length=40, db_index=True)
    release = models.PositiveIntegerField()
    day = models.DateField("数据截止")
    as_of = models.DateTimeField("取数时间")
    tables = models.JSONField(default=dict)
    kept_at = models.DateTimeField("留存时间", auto_now_add=True)
    kept_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name}（{self.build}）"

    @property
    def bytes(self) -> int:
        """The size of its files; files that another snapshot names too are counted in both."""
        return sum(table["bytes"] for table in self.tables.values())

    def as_dict(self) -> dict[str, Any]:
        """The contract of ``taizhang warehouse list --json``."""
        return {
            "name": self.name,
            "build": self.build,
            "day": self.day.isoformat(),
            "as_of": timezone.localtime(self.as_of).isoformat(timespec="seconds"),
            "release": self.release,
            "reason": self.get_reason_display(),
            "subject": self.subject,
            "tables": len(self.tables),
            "bytes": self.bytes,
            "kept_at": timezone.localtime(self.kept_at).isoformat(timespec="seconds"),
            "kept_by": self.kept_by.display_name if self.kept_by else "系统",
        }
