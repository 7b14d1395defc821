"""Files by their hash, what the reader found in them, and what people said about its doubts."""

from __future__ import annotations

from django.db import models

from taizhang.org.models import Unit, User


class Document(models.Model):
    """A file that came in or goes out. The bytes lie under ``settings.FILES`` by ``sha256`` and never change.

    ``unit`` is whose document it is. The same bytes are one document within a unit; another unit that sends the same
    file has a row of its own, for whether a stranger holds a file is not ours to tell. ``kind`` is the reader's
    article kind, or ``evidence`` for a file that is only kept.
    """

    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField("文件名", max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField("大小")
    kind = models.CharField("类别", max_length=20)
    title = models.CharField("标题", max_length=300)
    period_text = models.CharField("期间", max_length=200, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["sha256", "unit"], name="document_once_a_unit")]

    def __str__(self) -> str:
        return self.title or self.name

    @property
    def kind_label(self) -> str:
        return KINDS.get(self.kind, self.kind)


EVIDENCE = "evidence"
KINDS = {
    "plan": "计划要点",
    "report": "总结报告",
    "report+plan": "总结和要点",
    "schedule": "工作日程",
    "duties": "工作职责",
    "other": "其他文稿",
    EVIDENCE: "佐证材料",
}


class ReadingResult(models.Model):
    """What one version of the reader found. ``data`` is ``Reading.as_dict()``; its offsets count in ``text``."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="reading")
    data = models.JSONField()
    text = models.TextField()
    reader_version = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    # For the list, which does not open the JSON.
    doubts = models.PositiveIntegerField(default=0)
    tasks = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.document} {self.reader_version}"


ACROSS = "x"
"""How the key of a doubt between documents begins: no key of a doubt within one does."""


class Settlement(models.Model):
    """A person's word on one doubt: right as printed, or to be corrected to something else.

    ``key`` is made from the doubt's kind and places, so that it outlives a second reading; for a doubt between documents
    see :mod:`taizhang.documents.across`.
    """

    RIGHT, CORRECTED = "right", "corrected"
    DECISIONS = {RIGHT: "原文无误", CORRECTED: "更正为"}

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="settlements")
    key = models.CharField(max_length=40)
    decision = models.CharField(max_length=10, choices=DECISIONS)
    correction = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "key"], name="settlement_once")]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.correction}".strip()
