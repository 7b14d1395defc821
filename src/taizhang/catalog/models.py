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
