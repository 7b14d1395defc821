"""The process beside the web that does the queued work, and each minute what is due today."""

from __future__ import annotations

import os
import platform
import signal
import threading
from typing import Any

from django.db import OperationalError, close_old_connections, connections
from django.utils.crypto import get_random_string
from django_tasks.signals import task_finished, task_started
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker

from taizhang.events import daily, work

MINUTE = 60.0


class Worker:
    """Queued work in the main thread, the minute's round in a second one."""

    def __init__(self, *, parent: int = 0) -> None:
        """``parent`` is the process beside which this one runs: without it, the worker ends too."""
        self.parent = parent
        self.doing: list[int] = []
        self.over = threading.Event()

    def once(self) -> list[str]:
        """Do what waits, then what is due today, and come back; returns the daily functions that ran."""
        work.give_up_silent()
        self._queue(batch=True).run()
        return daily.run_due()

    def run(self) -> None:
        """Work until a signal ends it; the work in hand is finished first."""
        minutes = threading.Thread(target=self._minutes, name="minutes", daemon=True)
        minutes.start()
        queue = self._queue(batch=False)
        queue.configure_signals()
        try:
            while queue.running:
                try:
                    queue.run()
                except OperationalError:  # the database was locked for too long, or is away
                    work.log.exception("the worker lost the database")
                    close_old_connections()
                    self.over.wait(5.0)
        finally:
            self.over.set()

    def _queue(self, *, batch: bool) -> QueueWorker:
        task_started.connect(self._begun)
        task_finished.connect(self._ended)
        return QueueWorker(
            queue_names=["default"],
            interval=1.0,
            batch=batch,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{platform.node()[:24]}-{os.getpid()}-{get_random_string(6)}",
            excluded_queue_names=[],
        )

    def _begun(self, *, task_result: Any, **_: Any) -> None:
        self.doing.append(task_result.args[0])

    def _ended(self, *, task_result: Any, **_: Any) -> None:
        self.doing.remove(task_result.args[0])

    def _minutes(self) -> None:
        while True:
            self._minute()
            for _ in range(int(MINUTE)):
                if self.over.wait(1.0):
                    return
                if self.parent and os.getppid() != self.parent:
                    os.kill(os.getpid(), signal.SIGTERM)
                    return

    def _minute(self) -> None:
        """A round that fails (the database is busy or away) is left to the next one."""
        close_old_connections()
        try:
            work.hear(list(self.doing))
            work.give_up_silent()
            daily.run_due()
        except Exception:
            work.log.exception("the worker's round failed")
        finally:
            connections.close_all()
