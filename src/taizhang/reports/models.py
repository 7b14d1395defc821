"""Written reports. A report is one run of a template; writing again makes a new one."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from taizhang.documents.files import stored
from taizhang.org.models import Unit, User
from taizhang.reports.stored import tags_of


class Report(models.Model):
    """A written report, as it was when it was made.

    ``template`` is the code of the pack's report. ``bindings`` maps each number's tag in the text to its origin;
    ``blocks`` is its text (:mod:`taizhang.reports.stored`), ``declared`` the words that may hold digits;
    ``revision`` counts how often a clerk changed it, ``html`` is the page with a mark ``<!--tag-->`` behind each number; the .docx lies in the store of files by its
    ``sha256``. ``day`` is the cut-off of the figures, ``build`` the warehouse they were read from.
    """

    DRAFT, PUBLISHED = "draft", "published"
    STATES = {DRAFT: "草稿", PUBLISHED: "已签发"}

    template = models.CharField("模板", max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = models.CharField("期间", max_length=20)
    title = models.CharField("标题", max_length=300)
    state = models.CharField("状态", max_length=10, choices=STATES, default=DRAFT)
    day = models.DateField("数据截止")
    build = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64)
    bindings = models.JSONField(default=dict)
    blocks = models.JSONField(default=list)
    declared = models.JSONField(default=list)
    revision = models.PositiveIntegerField("版次", default=1)
    html = models.TextField()
    made_at = models.DateTimeField("写成时间", auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("签发时间", null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="report_published_has_moment",
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def docx_bytes(self) -> bytes:
        """The file. NotFound when the store has lost it."""
        return stored(self.sha256).read_bytes()

    def used(self) -> dict[str, Any]:
        """The bindings of the numbers that still stand in the text: others stay for the revisions that hold them."""
        tags = set(tags_of(self.blocks))
        return {tag: bound for tag, bound in self.bindings.items() if tag in tags or not self.blocks}

    @property
    def missing(self) -> int:
        """How many numbers of its text were not there (shown as —)."""
        return sum(1 for bound in self.used().values() if bound["shown"] == "—")


class Revision(models.Model):
    """The text as it stood after one change, append-only. ``note`` says in Chinese what was changed; ``carried`` is the mark
    of what its file carries, by which a copy is known again."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField("版次")
    blocks = models.JSONField()
    declared = models.JSONField(default=list)
    bindings = models.JSONField(default=dict)
    carried = models.CharField(max_length=64, blank=True, db_index=True)
    note = models.CharField("改动", max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.report} {self.number}"


class Publication(models.Model):
    """A signed report on the public page, from ``at`` until it was withdrawn, with the reason."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="publications")
    at = models.DateTimeField("公开时间", auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("撤回原因", max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=Q(withdrawn_at__isnull=True), name="publication_open_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.report)


class Remark(models.Model):
    """What somebody says on a draft; ``quoted`` is the beginning of the paragraph that it is about."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="remarks")
    quoted = models.CharField("所指", max_length=60, blank=True)
    text = models.CharField("意见", max_length=1000)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:40]


class ReturnedCopy(models.Model):
    """A report's file that came back from other hands, kept by its ``sha256``; ``kept`` counts its untouched numbers."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="copies")
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64)
    kept = models.PositiveIntegerField("未动")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("收到", auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["report", "sha256"], name="copy_once")]

    def __str__(self) -> str:
        return self.name


class Touch(models.Model):
    """One number of a returned copy that is not as it was written, and what a named person decided about it.

    ``verdict`` is changed | deleted | typed. ``signed``: the person answers for the new number, and ``reason`` says on
    what ground; ``rejected``: the number as written stands.
    """

    SIGNED, REJECTED = "signed", "rejected"
    DECISIONS = {SIGNED: "认可", REJECTED: "退回原数"}

    copy = models.ForeignKey(ReturnedCopy, on_delete=models.CASCADE, related_name="touches")
    verdict = models.CharField("结果", max_length=10)
    tag = models.CharField(max_length=12, blank=True)
    label = models.CharField("数字", max_length=200)
    bound = models.CharField("原文", max_length=300, blank=True)
    found = models.CharField("现文", max_length=300, blank=True)
    difference = models.CharField("相差", max_length=60, blank=True)
    paragraph = models.PositiveIntegerField("段落", null=True, blank=True)
    decision = models.CharField("处理", max_length=10, blank=True, choices=DECISIONS)
    reason = models.CharField("依据", max_length=300, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.label} {self.bound} → {self.found}"
