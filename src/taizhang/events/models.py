"""One table without foreign keys, so that the log neither blocks nor dies with what it speaks of."""

from django.db import models


class Event(models.Model):
    """Something that somebody did. Never changed, never deleted.

    ``action`` is a dotted past-tense name with the app's prefix (``registers.record.submitted``) and is never renamed.
    ``subject`` is ``<kind>:<id>``; ``data`` holds what the action wants to remember (plain JSON, no secrets).
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    action = models.CharField(max_length=80)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    unit_code = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=120)
    label = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        # The record page's timeline reads one subject in order.
        indexes = [models.Index(fields=["subject", "id"], name="event_subject")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.subject}"
