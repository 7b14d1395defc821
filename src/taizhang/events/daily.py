"""What runs by itself once a day: reminders, tidying. The worker asks each minute what is due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from taizhang.events.models import DailyRun

log = logging.getLogger(__name__)
FUNCTIONS: dict[str, Callable[[date], object]] = {}
# A function that failed, or broke off, is tried again after an hour, three times in all.
AGAIN_AFTER = timedelta(hours=1)
MOST_TRIES = 3


def register(key: str, function: Callable[[date], object]) -> None:
    """Have a function called once on each day with the date. ``key`` is stable: the day's run is kept under it."""
    if FUNCTIONS.setdefault(key, function) is not function:
        raise ValueError(f"daily function {key!r} is registered twice")


def run_due(today: date | None = None) -> list[str]:
    """Call the functions that have not run on this day; returns the keys of those that ran well. Safe with two workers."""
    day = today or timezone.localdate()
    return [key for key in sorted(FUNCTIONS) if _claimed(key, day) and _ran(key, day)]


def _claimed(key: str, day: date) -> bool:
    """Whether this process is the one to run it now."""
    now = timezone.now()
    run = DailyRun.objects.filter(key=key, day=day)
    if not run.exists():
        try:
            with transaction.atomic():
                DailyRun.objects.create(key=key, day=day, tried_at=now)
        except IntegrityError:  # another worker was first
            return False
        return True
    late = run.filter(done_at__isnull=True, tries__lt=MOST_TRIES, tried_at__lt=now - AGAIN_AFTER)
    return late.update(tries=F("tries") + 1, tried_at=now) == 1


def _ran(key: str, day: date) -> bool:
    run = DailyRun.objects.filter(key=key, day=day)
    try:
        FUNCTIONS[key](day)
    except Exception as wrong:
        log.exception("daily function %s failed", key)
        run.update(problem=f"{type(wrong).__name__}: {wrong}"[:500])
        return False
    run.update(done_at=timezone.now(), problem="")
    return True
