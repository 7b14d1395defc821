"""Long work outside the request: start it, follow it, find its result.

A stage registers its function with ``@work("registers.import")`` in a module that its app config imports; a view calls
:func:`start` and sends the person to the page of the work. The queue lies in the database: work started in a transaction
that fails was never started, and a worker sees it only after the commit.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from taizhang.events import daily
from taizhang.events.actions import Actor, record
from taizhang.events.models import Work
from taizhang.kernel.errors import NotFound, Problem

log = logging.getLogger(__name__)
# A function gets its work (``work.by``, ``work.tick``, ``work.path``) and its arguments; what it returns is the result.
Function = Callable[..., dict[str, Any] | None]
FUNCTIONS: dict[str, Function] = {}
# A worker sends a sign of life each minute; without one for this long, it is gone.
SILENT = timedelta(minutes=5)
KEPT = timedelta(days=30)


def work(kind: str) -> Callable[[Function], Function]:
    """Register a function as the one that does works of a kind."""

    def registered(function: Function) -> Function:
        if FUNCTIONS.setdefault(kind, function) is not function:
            raise ValueError(f"work {kind!r} is registered twice")
        return function

    return registered


def start(kind: str, *, by: Actor | None, title: str, file: str = "", **args: Any) -> Work:
    """Queue a piece of work in the caller's transaction. ``args`` must be JSON; ``file`` names the file it will make."""
    if kind not in FUNCTIONS:
        raise ValueError(f"no work {kind!r}")
    made = Work.objects.create(kind=kind, title=title[:200], by_id=by.pk if by else None, args=args, file=file[:200])
    record("events.work.started", by=by, subject=f"work:{made.pk}", label=made.title, kind=kind)
    perform.enqueue(made.pk)
    made.refresh_from_db()
    return made


def retry(made: Work, *, by: Actor | None) -> Work:
    """Queue a failed work once more. Raises Problem when it has not failed."""
    again = Work.objects.filter(pk=made.pk, state=Work.FAILED).update(state=Work.QUEUED, problem={}, ended_at=None)
    if not again:
        raise Problem("EVE-001", f"“{made.title}”没有失败，不用重做", remedy="刷新页面看现在的进度")
    record("events.work.retried", by=by, subject=f"work:{made.pk}", label=made.title, kind=made.kind)
    perform.enqueue(made.pk)
    made.refresh_from_db()
    return made


def work_for(user: Actor, work_id: int) -> Work:
    """A work of the person's own. Raises NotFound."""
    found = Work.objects.filter(pk=work_id, by_id=user.pk).first()
    if found is None:
        raise NotFound("EVE-002", "没有这项后台工作，或不是您发起的", remedy="到“后台工作”里查看自己的")
    return found


def waiting_for(user: Actor) -> int:
    """How many of the person's works are not over yet."""
    return Work.objects.filter(by_id=user.pk, state__in=(Work.QUEUED, Work.RUNNING)).count()


@task()
def perform(work_id: int) -> None:
    """Run one work. A failure is kept in the work, with its class and a sentence that helps."""
    claimed = Work.objects.filter(pk=work_id, state=Work.QUEUED)
    now = timezone.now()
    if not claimed.update(state=Work.RUNNING, started_at=now, heard_at=now):
        return
    made = Work.objects.select_related("by").get(pk=work_id)
    try:
        result = FUNCTIONS[made.kind](made, **made.args) or {}
    except Problem as wrong:
        _failed(made, {**wrong.as_dict(), "class": type(wrong).__name__})
    except Exception as wrong:
        log.exception("work %s (%s) failed", made.pk, made.kind)
        _failed(made, {**_accident(wrong), "class": type(wrong).__name__})
    else:
        made.state, made.result, made.ended_at = Work.DONE, result, timezone.now()
        made.save(update_fields=["state", "result", "ended_at", "done", "total", "file"])


def _failed(made: Work, problem: dict[str, Any]) -> None:
    made.state, made.problem, made.ended_at = Work.FAILED, problem, timezone.now()
    made.save(update_fields=["state", "problem", "ended_at", "done", "total"])


def _accident(wrong: BaseException) -> dict[str, str]:
    return {
        "code": "EVE-003",
        "message": f"程序出错（{type(wrong).__name__}）",
        "where": "",
        "remedy": "点“重做”再试一次；仍不行请把这一页和时间告诉管理员，服务器日志里有详情",
    }


def hear(worker_ids: list[int]) -> None:
    """A sign of life for works that this process is doing."""
    Work.objects.filter(pk__in=worker_ids, state=Work.RUNNING).update(heard_at=timezone.now())


def give_up_silent() -> int:
    """Works whose worker is gone become failed, so that they can be done again. Returns how many."""
    problem = {
        "code": "EVE-004",
        "message": "后台工作进程中途停了",
        "where": "",
        "remedy": "点“重做”；已经存好的部分不会重复",
        "class": "WorkerGone",
    }
    silent = Work.objects.filter(state=Work.RUNNING, heard_at__lt=timezone.now() - SILENT)
    return silent.update(state=Work.FAILED, problem=problem, ended_at=timezone.now())


def forget_old(today: date) -> int:
    """Works that ended a month ago go, with their files: sheets of persons are not kept longer than needed."""
    old = list(Work.objects.filter(ended_at__date__lt=today - KEPT))
    for made in old:
        shutil.rmtree(made.folder, ignore_errors=True)
    Work.objects.filter(pk__in=[made.pk for made in old]).delete()
    DBTaskResult.objects.finished().filter(finished_at__date__lt=today - KEPT).delete()
    return len(old)


daily.register("events.work.forget_old", forget_old)
