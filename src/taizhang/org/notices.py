"""Telling people: a notice in the program for everyone addressed, and outside it by the channels that are set up.

A notice never carries what a record says beyond its number: it may leave the house by e-mail.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.core.mail import send_mail
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django_tasks import task

from taizhang.events.actions import record as record_event
from taizhang.kernel.errors import NotFound
from taizhang.org.models import Delivery, Notice, Unit, User
from taizhang.org.policy import require
from taizhang.org.queries import acting_in, posts_held
from taizhang.org.robots import ROBOTS

PAGE_SIZE = 50
MOST_TRIES = 5
FIRST_WAIT = timedelta(minutes=5)


class Channel(Protocol):
    """A way out of the program. ``send`` raises when it did not work; it is then tried again, later each time."""

    def is_set_up(self) -> bool:
        """Whether the installation has what the channel needs."""

    def accepts(self, user: User) -> bool:
        """Whether this person can be reached by it."""

    def send(self, notice: Notice) -> None:
        """Hand the notice over."""


class Email:
    """Django's mail, when ``EMAIL_URL`` names a server. The mail says that there is a notice, not what it says."""

    def is_set_up(self) -> bool:
        return bool(settings.NOTICE_EMAIL)

    def accepts(self, user: User) -> bool:
        return bool(user.email)

    def send(self, notice: Notice) -> None:
        text = f"{notice.user}：您在台账系统中有一条新的{notice.level}，请登录查看。\n编号：{notice.pk}\n"
        send_mail(f"台账{notice.level}", text, None, [notice.user.email])


CHANNELS: dict[str, Channel] = {"邮件": Email(), **ROBOTS}


def holders_of(unit: Unit | None, role: str = "") -> list[User]:
    """The people who hold a post (of a role, of any) at a unit today; without a unit, the role's everywhere."""
    posts = posts_held()
    if unit is not None:
        posts = posts.filter(unit=unit)
    if role:
        posts = posts.filter(role=role)
    return acting_in(posts)


@transaction.atomic
def send_notice(
    *, to: Iterable[User], text: str, by: User | None, url: str = "", subject: str = "", level: str = "提醒"
) -> list[Notice]:
    """One notice for each person, each once. ``url`` is a page of this program, ``subject`` is ``kind:id`` of what it is
    about. The channels that are set up get it after the commit."""
    people = list(dict.fromkeys(to))
    if not people:
        return []
    name = by.display_name if by else "系统"
    made = Notice.objects.bulk_create(
        [
            Notice(user=user, text=text[:500], url=url, subject=subject, level=level, by_name=name)
            for user in people
            if user != by
        ]
    )
    waiting = [
        Delivery(notice=notice, channel=key, next_at=timezone.now())
        for key, channel in CHANNELS.items()
        if channel.is_set_up()
        for notice in made
        if channel.accepts(notice.user)
    ]
    Delivery.objects.bulk_create(waiting)
    record_event("org.notices.sent", by=by, subject=subject or "notice:0", label=text, to=[user.pk for user in people])
    if waiting:
        transaction.on_commit(lambda: deliver.enqueue())
    return made


@task()
def deliver() -> None:
    """The task behind :func:`deliver_waiting`."""
    deliver_waiting()


def deliver_waiting(now: datetime | None = None) -> int:
    """Hand over what is waiting and due; what fails waits twice as long each time, and is given up after five tries.
    Returns how many went out. The day's run calls it too, so that nothing stays behind a worker that was off."""
    moment, sent = now or timezone.now(), 0
    due = Delivery.objects.filter(state=Delivery.WAITING, next_at__lte=moment).select_related("notice__user")
    for item in due.order_by("id"):
        # Claimed by moving its next time: two workers do not send one mail twice.
        wait = FIRST_WAIT * 2**item.tries
        claimed = Delivery.objects.filter(pk=item.pk, state=Delivery.WAITING, tries=item.tries)
        if not claimed.update(tries=item.tries + 1, next_at=moment + wait):
            continue
        state, problem = Delivery.SENT, ""
        try:
            CHANNELS[item.channel].send(item.notice)
        except Exception as wrong:  # whatever a mail server may answer is kept and shown
            problem = f"{type(wrong).__name__}: {wrong}"[:300]
            state = Delivery.FAILED if item.tries + 1 >= MOST_TRIES else Delivery.WAITING
        Delivery.objects.filter(pk=item.pk).update(state=state, problem=problem)
        sent += state == Delivery.SENT
    return sent


def unread_count(user: User) -> int:
    """How many notices wait for a person. One query."""
    return Notice.objects.filter(user=user, read_at__isnull=True).count()


def notices_for(user: User, *, unread: bool = False, page: int | str | None = 1) -> Page[Notice]:
    """A person's own notices, newest first, with what became of their deliveries."""
    found = Notice.objects.filter(user=user).order_by("-id")
    if unread:
        found = found.filter(read_at__isnull=True)
    with_deliveries = found.prefetch_related(Prefetch("deliveries", queryset=Delivery.objects.order_by("id")))
    return Paginator(with_deliveries, PAGE_SIZE).get_page(page)


def get_notice_for(user: User, notice_id: int) -> Notice:
    """One of a person's own notices. Raises NotFound for everybody else's."""
    notice = Notice.objects.filter(pk=notice_id, user=user).first()
    if notice is None:
        raise NotFound("ORG-042", "没有这条提醒", remedy="到“提醒”页查看自己的提醒")
    return notice


def failed_deliveries(user: User) -> QuerySet[Delivery]:
    """What could not be handed over, for who sets the program up. Raises Forbidden."""
    require(user, "manage_units", "查看未送达的提醒")
    return (
        Delivery.objects.exclude(state=Delivery.SENT).exclude(problem="").select_related("notice__user").order_by("-id")
    )


@transaction.atomic
def read_notice(*, notice: Notice, by: User) -> Notice:
    """Mark one's own notice as read. Raises NotFound."""
    found = get_notice_for(by, notice.pk)
    if found.read_at is None:
        found.read_at = timezone.now()
        found.save(update_fields=["read_at"])
    return found


@transaction.atomic
def read_all(*, by: User) -> int:
    """Mark all of one's own notices as read; returns how many."""
    return Notice.objects.filter(user=by, read_at__isnull=True).update(read_at=timezone.now())
