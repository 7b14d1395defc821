"""The leader's page over 20,000 tasks of 500 units: seconds, and database queries against those over 200 tasks.

``python bench/plans/run.py [--tasks 20000] [--units 500]``. Aim: under one second, as many queries as over few tasks. For
comparison, in the same run and over the same rows: reading every task as a model object and counting in Python without
any light (what a page written without care would do at least). Seconds are of the processor: SQLite works in the same process, and
what else the machine does is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 6, 30)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tasks", type=int, default=20_000)
    options.add_argument("--units", type=int, default=500)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="taizhang-bench-") as home:
        os.environ["TAIZHANG_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "taizhang.site.settings"
        sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
        import django

        django.setup()
        result = measure(given.tasks, given.units)
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return 0 if result["page_seconds"] < 1 and result["queries"] == result["queries_over_few"] else 1


def measure(tasks: int, units: int) -> dict[str, float]:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    chief = _county(units)
    _plan(200, units, "少")
    few, _ = _page(chief, 3)
    _plan(tasks - 200, units, "多")
    many, seconds = _page(chief, 5)
    return {
        "tasks": tasks,
        "units": units,
        "page_seconds": round(seconds, 3),
        "model_objects_seconds": round(_peer(), 3),
        "queries": many,
        "queries_over_few": few,
    }


def _county(units: int):
    from tests.support import make_county

    from taizhang.kernel.tables import table_from_bytes
    from taizhang.org.actions import load_units

    county = make_county()
    lines = [
        "编码,名称,类型,上级编码,启用日期,停用日期",
        *(f"X{n},第{n}学校,小学,D1,2000-01-01," for n in range(units)),
    ]
    load_units(table=table_from_bytes("\n".join(lines).encode(), "units.csv"), by=None)
    return county.chief


def _plan(count: int, units: int, title: str) -> None:
    """A year's tasks: a third reported, a third bound to figures, some with milestones; straight into the tables."""
    from taizhang.org.models import Unit
    from taizhang.plans.models import Milestone, Plan, Target, Task, TaskUnit

    rng, plan = random.Random(count), Plan(title=title, unit=Unit.objects.get(code="B1"), period="2026")
    plan.state = Plan.ACCEPTED
    plan.save()
    tasks = []
    for n in range(count):
        done = n % 5 == 0
        tasks.append(
            Task(
                plan=plan, order=n + 1, title=f"{title}任务{n}", path=[f"第{n % 12}章"],
                deadline=date(2026, 1, 31) + timedelta(days=rng.randrange(330)), progress=100 if done else rng.randrange(99),
                state=Task.DONE if done else Task.OPEN, done_on=date(2026, 1, 20) if done else None,
            )
        )  # fmt: skip
    Task.objects.bulk_create(tasks, batch_size=2000)
    keys = list(Unit.objects.filter(code__startswith="X").values_list("pk", flat=True))[:units]
    TaskUnit.objects.bulk_create(
        [TaskUnit(task=task, unit_id=keys[n % len(keys)], part=TaskUnit.LEAD) for n, task in enumerate(tasks)],
        batch_size=2000,
    )
    Target.objects.bulk_create(
        [
            Target(task=task, subject="完成数", comparator=">=", value=Decimal(100), actual=Decimal(rng.randrange(100)))
            for task in tasks[::3]
        ],
        batch_size=2000,
    )
    Milestone.objects.bulk_create(
        [Milestone(task=task, name="节点", due=date(2026, 5, 31)) for task in tasks[::10]], batch_size=2000
    )


def _page(chief, times: int) -> tuple[int, float]:
    """Queries of the page, and the median of its seconds, both through Django's client."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    client, url = Client(), reverse("plans:leader")
    client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    client.get(url)
    asked = []

    def counted(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        assert client.get(url).status_code == 200
    took = []
    for _ in range(times):
        begun = time.process_time()
        client.get(url)
        took.append(time.process_time() - begun)
    return len(asked), statistics.median(took)


def _peer() -> float:
    from taizhang.plans.models import Task

    begun = time.process_time()
    rows = Task.objects.select_related("plan").prefetch_related("units__unit", "targets", "milestones")
    late = sum(task.is_overdue(DAY) for task in rows)
    assert late
    return time.process_time() - begun


if __name__ == "__main__":
    sys.exit(main())
