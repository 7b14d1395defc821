"""What plans offer on a document's page."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from taizhang.documents.hooks import Offer
from taizhang.documents.models import Document
from taizhang.org.models import User
from taizhang.plans.models import Plan
from taizhang.plans.policy import may_plan, plan_owner
from taizhang.plans.queries import plans_for

# A document may revise one of the last plans; an older one is opened from its own page.
MOST = 2


def offers_for(user: User | AnonymousUser, document: Document) -> list[Offer]:
    """Open the plan made from this document, or make it."""
    plan = plans_for(user).filter(document=document).exclude(state=Plan.CLOSED).first()
    if plan is not None:
        return [Offer("打开任务分解", reverse("plans:plan", args=[plan.pk]))]
    result = getattr(document, "reading", None)
    if result is None or not result.tasks or not may_plan(user, plan_owner(document.unit)):
        return []
    owner = plan_owner(document.unit)
    older = plans_for(user).filter(unit=owner, document__isnull=False).exclude(state=Plan.CLOSED)[:MOST]
    revisions = [
        Offer(f"作为“{item.title[:20]}”的修订稿", reverse("plans:revision", args=[item.pk, document.pk]))
        for item in older
    ]
    return [Offer("起草任务分解", reverse("plans:draft", args=[document.pk]), post=True), *revisions]
