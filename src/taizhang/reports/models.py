"""Written reports. A report is one run of a template; writing again makes a new one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from taizhang.documents.files import stored
from taizhang.org.models import Unit, User


class Report(models.Model):
    """A written report, as it was when it was made.

    ``template`` is the code of the pack's report. ``bindings`` maps each number's tag in the text to its origin;
    ``html`` is the page with a mark ``<!--tag-->`` behind each number; the .docx lies in the store of files by its
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

    @property
    def missing(self) -> int:
        """How many of its numbers were not there (shown as —)."""
        return sum(1 for bound in self.bindings.values() if bound["shown"] == "—")
