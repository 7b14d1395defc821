"""The unit tree, the people, and the posts that join them. Everything has dates: history is read, not rewritten."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from taizhang.org.kinds import KINDS


class Unit(models.Model):
    """A bureau, section, district or school.

    ``code`` is its code for life (a school's ten-digit 标识码). ``path`` is the materialised chain of ids from the root
    (``/1/7/23/``), so that a subtree is one prefix. A closed unit keeps its records; ``merged_into`` says where it went.
    """

    code = models.CharField("编码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类型", max_length=20)
    level = models.CharField(max_length=10)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, db_index=True, blank=True)
    ownership = models.CharField("办学性质", max_length=20, blank=True)
    locality = models.CharField("城乡", max_length=20, blank=True)
    opened_on = models.DateField("启用日期")
    closed_on = models.DateField("停用日期", null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from")
    split_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="split_into")
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                name="unit_closes_after_opening",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=models.F("opened_on")),
                violation_error_message="停用日期不能早于启用日期",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_open(self, day: date) -> bool:
        """Whether the unit exists on ``day``. It still exists on the day it closes."""
        return self.opened_on <= day and (self.closed_on is None or day <= self.closed_on)

    def holds(self, other: Unit) -> bool:
        """Whether ``other`` is this unit or lies below it."""
        return other.path.startswith(self.path)

    def depth(self) -> int:
        return self.path.count("/") - 2

    @staticmethod
    def level_for(kind: str) -> str:
        return KINDS[kind]


class UnitSpan(models.Model):
    """What a unit was called, was, and belonged to for a time that is over; the present is in the unit itself."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="spans")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    parent = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    until = models.DateField()

    class Meta:
        ordering = ["-until"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "until"], name="span_once"),
            models.CheckConstraint(name="span_ends_after_start", condition=Q(until__gte=models.F("since"))),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.since}—{self.until}"


class User(AbstractUser):
    """A person with an account. ``name`` is what every page and paper prints."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("电话", max_length=20, blank=True)
    must_change_password = models.BooleanField(default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def display_name(self) -> str:
        return str(self)

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class Post(models.Model):
    """A person's post at a unit, for a time. ``role`` is a role's name in the catalogue. One person may hold several."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField("岗位", max_length=40)
    since = models.DateField("起始日期")
    until = models.DateField("截止日期", null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role", "since"], name="post_once"),
            models.CheckConstraint(
                name="post_ends_after_start",
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                violation_error_message="截止日期不能早于起始日期",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.unit} {self.role}"


class Delegation(models.Model):
    """Somebody else acts in a post while its holder is away. The post stays the holder's."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="delegations")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegated_posts")
    since = models.DateField("起始日期")
    until = models.DateField("截止日期")
    reason = models.CharField("原因", max_length=200)

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(
                name="delegation_ends_after_start",
                condition=Q(until__gte=models.F("since")),
                violation_error_message="截止日期不能早于起始日期",
            )
        ]

    def __str__(self) -> str:
        return f"{self.to}代{self.post}"


class Notice(models.Model):
    """Something that one person is told: who waits for what, with the page where it is done."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    level = models.CharField(max_length=20)
    text = models.CharField(max_length=500)
    url = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=120, blank=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The bell of every page, and the list behind it.
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["user", "-id"], name="notice_list"),
        ]

    def __str__(self) -> str:
        return self.text


class Delivery(models.Model):
    """A notice on its way out of the program by one channel."""

    WAITING, SENT, FAILED = "待发", "已发", "未送达"

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once")]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="待发"), name="delivery_waiting")]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
