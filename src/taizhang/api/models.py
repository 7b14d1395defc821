"""The keys with which other programs act for a person."""

from __future__ import annotations

from django.db import models

from taizhang.org.models import User


class Token(models.Model):
    """A program's key. It may do what its person may, no more; only its digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField("用途", max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField("有效期至")
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
