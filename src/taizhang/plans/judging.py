"""Who judges a promised number: plans know the rule (:mod:`taizhang.plans.verdicts`) and not the figures, so the stage
that has them registers here how it judges a task's targets.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.db.models import prefetch_related_objects

from taizhang.org.models import User
from taizhang.plans.models import Plan, Task
from taizhang.plans.verdicts import Judgement

Judging = Callable[[User | AnonymousUser, Task], dict[int, Judgement]]
_judges: dict[str, Judging] = {}


def register(key: str, judging: Judging) -> None:
    """Make a stage's judging known under a stable key; registering again replaces."""
    _judges[key] = judging


def judge_targets(user: User | AnonymousUser, task: Task) -> Task:
    """The task with each target's ``judgement``, as far as the person may see the figure. Nobody judges a draft."""
    prefetch_related_objects([task], "targets")
    targets = list(task.targets.all())
    if targets and task.plan.state != Plan.DRAFT:
        found: dict[int, Judgement] = {}
        for _, judging in sorted(_judges.items()):
            found |= judging(user, task)
        for target in targets:
            target.judgement = found.get(target.pk)
    return task
