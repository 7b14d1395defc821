"""What the work table offers on a document's page."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from taizhang.documents.hooks import Offer
from taizhang.documents.models import Document
from taizhang.org.models import User
from taizhang.schedule.policy import writes_for


def offers_for(user: User | AnonymousUser, document: Document) -> list[Offer]:
    """Take a document's schedule into a table."""
    result = getattr(document, "reading", None)
    if result is None or not result.data.get("schedule") or not isinstance(user, User) or not writes_for(user):
        return []
    return [Offer("转入周次表", f"{reverse('schedule:index')}?document={document.pk}")]
