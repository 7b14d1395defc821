"""The log, which has no foreign keys so that it neither blocks nor dies with what it speaks of; work and daily runs."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone


class Event(models.Model):
    """Something that somebody did. Never changed, never deleted.

    ``action`` is a dotted past-tense name with the app's prefix (``registers.record.submitted``) and is never renamed.
    ``subject`` is ``<kind>:<id>``, ``register_code`` whose record that is; ``data`` holds what the action wants to remember (plain JSON, no secrets).
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    action = models.CharField(max_length=80)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    unit_code = models.CharField(max_length=40, blank=True)
    register_code = models.CharField(max_length=60, blank=True, default="")
    subject = models.CharField(max_length=120)
    label = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        indexes = [
            # The record page's timeline reads one subject in order.
            models.Index(fields=["subject", "id"], name="event_subject"),
            # The audit page reads what one filter leaves, newest first.
            models.Index(fields=["actor_id", "at"], name="event_actor"),
            models.Index(fields=["unit_code", "at"], name="event_unit"),
            models.Index(fields=["action", "at"], name="event_action"),
            models.Index(fields=["register_code", "at"], condition=~models.Q(register_code=""), name="event_register"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.subject}"


class Work(models.Model):
    """A long piece of work outside the request: who asked for it, how far it is, what came of it.

    ``kind`` names the function (:mod:`taizhang.events.work`), ``args`` is what it is called with. ``memo`` is what the
    function wants to find again when it is run once more after a break. ``result`` may hold ``words``, ``url`` and
    ``label`` for the page, and whatever else; ``problem`` has the keys of a Problem and ``class``. ``file`` is the name of
    a file that the work made, for its owner to download.
    """

    QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"
    WORDS = {QUEUED: "排队中", RUNNING: "进行中", DONE: "已完成", FAILED: "失败"}
    TICK_SECONDS = 1.0

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    args = models.JSONField(default=dict)
    memo = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=list(WORDS.items()), default=QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)
    file = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["by", "-id"], name="work_own"),
            models.Index(fields=["state"], condition=models.Q(state__in=("queued", "running")), name="work_waiting"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def folder(self) -> Path:
        """Where files of this work lie; made when it is missing."""
        path = Path(settings.FILES) / "work" / str(self.pk)
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def path(self) -> Path:
        """The file that the work makes."""
        return self.folder / "result"

    @property
    def is_over(self) -> bool:
        return self.state in (self.DONE, self.FAILED)

    def tick(self, done: int, total: int = 0) -> None:
        """Say how far the work is; written once a second at most.

        Inside a transaction nothing is written: nobody would see it before the commit.
        """
        self.done, self.total = done, total or self.total
        now = timezone.now()
        if connection.in_atomic_block or (self.heard_at and (now - self.heard_at).total_seconds() < self.TICK_SECONDS):
            return
        self.heard_at = now
        Work.objects.filter(pk=self.pk).update(done=self.done, total=self.total, heard_at=now)

    def remember(self, **memo: Any) -> None:
        """Keep something for a second run, in the caller's transaction."""
        self.memo = {**self.memo, **memo}
        Work.objects.filter(pk=self.pk).update(memo=self.memo)


class DailyRun(models.Model):
    """That a daily function ran on a day; the unique row keeps two workers from running it twice."""

    key = models.CharField(max_length=80)
    day = models.DateField()
    tries = models.PositiveSmallIntegerField(default=1)
    tried_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="daily_run_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.day}"
