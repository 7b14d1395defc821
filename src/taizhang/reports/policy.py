"""Who may write, see and sign reports."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from taizhang.org.models import User
from taizhang.org.policy import can, require

WRITE, APPROVE = "write_report", "approve_report"


def may_write(user: User | AnonymousUser) -> bool:
    return can(user, WRITE)


def may_approve(user: User | AnonymousUser) -> bool:
    return can(user, APPROVE)


def may_see_drafts(user: User | AnonymousUser) -> bool:
    """Whether a person sees reports that nobody has signed yet."""
    return may_write(user) or may_approve(user)


def require_write(user: User | AnonymousUser) -> None:
    require(user, WRITE, "撰写稿件")


def require_approve(user: User | AnonymousUser) -> None:
    require(user, APPROVE, "签发稿件")
