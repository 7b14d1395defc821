"""People and their posts in time: given, ended, lent while the holder is away; accounts closed and passwords reset."""

from __future__ import annotations

import secrets
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from taizhang.catalog.current import catalog
from taizhang.events.actions import record
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.org.actions import assign_post
from taizhang.org.changes import MANAGE
from taizhang.org.models import Delegation, Post, Unit, User
from taizhang.org.policy import can, require

LONGEST_DELEGATION = 366  # days; a longer absence is a change of post


@transaction.atomic
def give_post(*, user: User, unit: Unit, role: str, since: date, by: User | None, until: date | None = None) -> Post:
    """A post from a day on. Raises Problem for an unknown post, one that does not fit the unit, or a closed unit."""
    if by is not None:
        require(by, MANAGE, "安排岗位")
    known = catalog().roles
    if role not in known:
        raise Problem("ORG-031", f"没有岗位“{role}”", where="岗位", remedy="可用：" + "、".join(known))
    fitting = known[role].at
    if fitting and unit.kind not in fitting:
        raise Problem("ORG-032", f"“{role}”不设在{unit.kind}", where="岗位", remedy=f"该岗位设在：{'、'.join(fitting)}")
    if not unit.is_open(since):
        raise Problem("ORG-033", f"“{unit}”在 {since} 没有启用", where="起始日期", remedy="核对单位和日期")
    if until is not None and until < since:
        raise Problem("ORG-034", "截止日期早于起始日期", where="截止日期", remedy="核对两个日期")
    held = Post.objects.filter(user=user, unit=unit, role=role, until__isnull=True).first()
    if held is not None:
        raise Problem("ORG-035", f"{user}自 {held.since} 起已是“{unit}”的{role}", remedy="无须再安排")
    post = assign_post(user=user, unit=unit, role=role, since=since, by=by)
    if until is not None:
        post.until = until
        post.save(update_fields=["until"])
    return post


@transaction.atomic
def end_post(*, post: Post, last_day: date, by: User | None) -> Post:
    """The person holds the post for the last time on ``last_day``. Its delegations end with it."""
    if by is not None:
        require(by, MANAGE, "调整岗位")
    if last_day < post.since:
        raise Problem("ORG-034", f"该岗位自 {post.since} 起任职", where="截止日期", remedy="截止日期不能早于起始日期")
    post.until = last_day
    post.save(update_fields=["until"])
    post.delegations.filter(since__gt=last_day).delete()
    post.delegations.filter(until__gt=last_day).update(until=last_day)
    record(
        "org.post.ended",
        by=by,
        subject=f"user:{post.user_id}",
        label=str(post),
        unit_code=post.unit.code,
        on=last_day.isoformat(),
    )
    return post


@transaction.atomic
def delegate(*, post: Post, to: User, since: date, until: date, reason: str, by: User) -> Delegation:
    """Let somebody act in a post while its holder is away: the holder may, and who manages people."""
    if post.user_id != by.pk and not can(by, MANAGE):
        raise Forbidden("ORG-036", "只能委托自己的岗位", remedy="请本人或管理员办理")
    if to.pk == post.user_id:
        raise Problem("ORG-037", "不能委托给本人", where="受托人", remedy="换一个人")
    if not to.is_active:
        raise Problem("ORG-037", f"{to}的账号已停用", where="受托人", remedy="换一个人")
    if not reason.strip():
        raise Problem("ORG-053", "委托须写明原因", where="原因", remedy="如：出差、休假、学习")
    if until < since or (until - since).days > LONGEST_DELEGATION:
        raise Problem(
            "ORG-038", "委托的起止日期不对", where="截止日期", remedy="截止不早于起始，最长一年；更久的请调整岗位"
        )
    if post.until is not None and until > post.until:
        raise Problem("ORG-038", f"该岗位到 {post.until} 为止", where="截止日期", remedy="委托不能超过岗位的任期")
    made = Delegation.objects.create(post=post, to=to, since=since, until=until, reason=reason.strip())
    record(
        "org.post.delegated", by=by, subject=f"user:{post.user_id}", label=str(made), unit_code=post.unit.code,
        to=to.username, since=since.isoformat(), until=until.isoformat(), reason=reason.strip(),
    )  # fmt: skip
    return made


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: User) -> None:
    """Take a delegation back: today is its last day; one that has not begun never was."""
    if delegation.post.user_id != by.pk and not can(by, MANAGE):
        raise Forbidden("ORG-036", "只能收回自己的委托", remedy="请本人或管理员办理")
    today = timezone.localdate()
    record(
        "org.post.delegation_ended", by=by, subject=f"user:{delegation.post.user_id}", label=str(delegation),
        unit_code=delegation.post.unit.code,
    )  # fmt: skip
    if delegation.since >= today:
        delegation.delete()
        return
    Delegation.objects.filter(pk=delegation.pk).update(until=min(delegation.until, today))


@transaction.atomic
def set_active(*, user: User, active: bool, by: User) -> User:
    """Close an account, or open it again. Nobody closes one's own."""
    require(by, MANAGE, "停用账号")
    if user.pk == by.pk:
        raise Problem("ORG-039", "不能停用自己的账号", remedy="请另一位管理员办理")
    if user.is_superuser and not by.is_superuser:
        raise Forbidden("ORG-041", "不能停用管理员账号", remedy="在服务器上用命令行办理")
    user.is_active = active
    user.save(update_fields=["is_active"])
    record(f"org.user.{'opened' if active else 'closed'}", by=by, subject=f"user:{user.pk}", label=user.name)
    return user


@transaction.atomic
def reset_password(*, user: User, by: User) -> str:
    """A new password that must be changed at the next login; told once, to whoever resets it. Not for one's own."""
    require(by, MANAGE, "重设密码")
    if user.is_superuser and not by.is_superuser:
        raise Forbidden("ORG-041", "不能重设管理员账号的密码", remedy="在服务器上用命令行办理")
    password = secrets.token_urlsafe(9)
    user.password, user.must_change_password = make_password(password), True
    user.save(update_fields=["password", "must_change_password"])
    record("org.user.password_reset", by=by, subject=f"user:{user.pk}", label=user.name)
    return password
