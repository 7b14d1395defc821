"""Views of lists that people keep, and what was done to many rows at once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from taizhang.org.models import Unit, User


class SavedView(models.Model):
    """A named list: its filters, order and columns as an address. It carries no right: each reader sees their own rows.

    Seen by its owner; with ``unit`` by everybody who has a post there, with ``role`` by everybody who holds that post.
    """

    register_code = models.CharField(max_length=60)
    name = models.CharField("名称", max_length=40)
    query = models.CharField(max_length=2000, blank=True)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, related_name="+")
    role = models.CharField(max_length=40, blank=True)
    in_menu = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "register_code", "name"], name="saved_view_once"),
            models.CheckConstraint(name="saved_view_shared_one_way", condition=Q(unit__isnull=True) | Q(role="")),
        ]
        indexes = [models.Index(fields=["register_code"], name="saved_view_register")]

    def __str__(self) -> str:
        return self.name


class ListColumns(models.Model):
    """Which columns a person's list of a register shows."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    register_code = models.CharField(max_length=60)
    columns = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "register_code"], name="list_columns_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.register_code}"


class SearchForm(models.Model):
    """How the search index of a register was built last; when another is due, the register is indexed again."""

    register_code = models.CharField(max_length=60, unique=True)
    form = models.CharField(max_length=16)

    def __str__(self) -> str:
        return f"{self.register_code} {self.form}"


class BulkAct(models.Model):
    """One change of many records: what was chosen, what it would do, what it did. An import is such a change too.

    ``rows`` are [record id, revision] as the person saw them, ``done`` the same after the change: whoever saved
    meanwhile is not overwritten, neither by the act nor by its undoing. ``change`` is {kind, name, values, note};
    ``verdict`` and ``outcome`` are what the page shows of preview and result (with masked values only).
    """

    CHOSEN, PREVIEWED, APPLIED, UNDONE = "chosen", "previewed", "applied", "undone"
    LOADING = "loading"  # an import between its first and its last part
    FIELD, STEP, IMPORT = "field", "step", "import"

    register_code = models.CharField(max_length=60)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    query = models.CharField(max_length=2000, blank=True)
    state = models.CharField(max_length=10, default=CHOSEN)
    change = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    done = models.JSONField(default=list)
    verdict = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["by", "-id"], name="bulk_act_own")]

    def __str__(self) -> str:
        return f"{self.register_code} {self.change.get('name', '')} {self.size}"

    @property
    def size(self) -> int:
        """How many rows it is about: those chosen, or those that an import saved."""
        return len(self.rows or self.done)

    @property
    def is_import(self) -> bool:
        return bool(self.change.get("kind") == self.IMPORT)

    @property
    def word(self) -> str:
        """What people call it."""
        return "导入" if self.is_import else "批量处理"
