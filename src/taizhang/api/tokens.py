"""Keys made, recognised and taken back."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from taizhang.api.models import Token
from taizhang.events.actions import record
from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.models import User

PREFIX = "tz_"
LONGEST = timedelta(days=366)
# How exactly the last use is kept: not one write for each request.
USED_STEP = timedelta(minutes=10)


@transaction.atomic
def make_token(*, name: str, expires_on: date, by: User) -> str:
    """A new key for oneself; its text is told this once. Raises Problem for a term of over a year or one that is past."""
    today = timezone.localdate()
    if not name.strip():
        raise Problem("API-001", "没有写用途", where="用途", remedy="写清哪个系统用，如“资产系统同步”")
    if not today < expires_on <= today + LONGEST:
        raise Problem("API-002", "有效期不对", where="有效期至", remedy="从明天起，最长一年；到期再换新的")
    text = PREFIX + secrets.token_urlsafe(32)
    made = Token.objects.create(user=by, name=name.strip(), digest=_digest(text), expires_on=expires_on)
    record("api.token.made", by=by, subject=f"token:{made.pk}", label=made.name, expires_on=expires_on.isoformat())
    return text


@transaction.atomic
def drop_token(*, token_id: int, by: User) -> None:
    """Take a key of one's own back. Raises NotFound for anybody else's."""
    found = Token.objects.filter(pk=token_id, user=by).first()
    if found is None:
        raise NotFound("API-003", "没有这个令牌", remedy="请刷新页面")
    record("api.token.dropped", by=by, subject=f"token:{found.pk}", label=found.name)
    found.delete()


def user_of(text: str) -> User | None:
    """The person for whom a key acts; None when it is unknown, over, or the account is closed, or while its password,
    which somebody had to reset, is not the person's own again."""
    found = (
        Token.objects.select_related("user").filter(digest=_digest(text), expires_on__gte=timezone.localdate()).first()
    )
    if found is None or not found.user.is_active or found.user.must_change_password:
        return None
    now = timezone.now()
    if found.used_at is None or now - found.used_at > USED_STEP:
        Token.objects.filter(pk=found.pk).update(used_at=now)
    return found.user


def _digest(text: str) -> str:
    # The key has 256 random bits: a plain hash cannot be guessed backwards.
    return hashlib.sha256(text.encode()).hexdigest()
