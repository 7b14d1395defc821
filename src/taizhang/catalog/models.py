"""The released packs: the one truth about definitions, kept with the data they define."""

from django.db import models


class PackRelease(models.Model):
    """One applied version of one pack. The newest release of each name is in force.

    ``files`` holds the pack's documents as text by relative path, so that a backup carries the definitions too.
    """

    name = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    files = models.JSONField()
    applied_at = models.DateTimeField(auto_now_add=True)
    applied_by = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["name", "-id"], name="pack_newest")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class PackDraft(models.Model):
    """One document of a pack while it is being edited; released, it becomes that document of the pack's next release.

    ``base`` is the released text that the editing started from, empty for a new document: when the pack was released
    otherwise meanwhile, the two differ and somebody must look. ``number`` says which version is the current one.
    """

    pack = models.CharField(max_length=80)
    path = models.CharField(max_length=200)
    base = models.TextField(blank=True)
    number = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.CharField(max_length=80)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "path"], name="pack_draft_of_a_document")]

    def __str__(self) -> str:
        return f"{self.pack}/{self.path}"


class PackDraftVersion(models.Model):
    """What a draft was after one change. Undo goes back to an earlier one; a change after that drops the later ones."""

    draft = models.ForeignKey(PackDraft, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    what = models.CharField(max_length=200)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="pack_draft_version_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.what}"
