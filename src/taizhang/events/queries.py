"""Reads of the log."""

from django.db.models import QuerySet

from taizhang.events.models import Event


def events_of(subject: str) -> QuerySet[Event]:
    """What was done to one thing, oldest first. The caller has fetched the thing itself, and so may see it."""
    return Event.objects.filter(subject=subject).order_by("id")
