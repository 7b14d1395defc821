"""What pages of later stages show of plans."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from taizhang.org.models import User
from taizhang.org.policy import can

register = template.Library()


@register.simple_tag
def take_up_url(user: User | AnonymousUser, origin: str, said: str, url: str) -> str:
    """The address where something becomes a task, for who gives out tasks; '' for everybody else. It carries where the
    task comes from and not what stands there: a task is read by more people than a petition."""
    if not can(user, "accept_plan"):
        return ""
    return f"{reverse('plans:take_up')}?{urlencode({'origin': origin, 'origin_text': said, 'origin_url': url})}"
