"""What the public door keeps beside the records: digests of codes, and how often an address knocked."""

from __future__ import annotations

from django.db import models


class PublicCase(models.Model):
    """A case that can be followed by a code. ``code_digest`` is the code's hash: the code itself is kept nowhere.
    ``form_digest`` is that of the form it came with, so that a form sent twice is one case."""

    record = models.OneToOneField("registers.Record", on_delete=models.CASCADE, related_name="public_case")
    code_digest = models.CharField(max_length=64, unique=True)
    form_digest = models.CharField(max_length=64, unique=True, null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    rated_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.record_id}"


class Knock(models.Model):
    """One use of the door from an address, kept for a day. ``address`` is a digest: this is no list of who came."""

    kind = models.CharField(max_length=10)
    address = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["address", "kind", "at"], name="knock_recent")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%H:%M}"
