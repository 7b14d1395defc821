"""The bulk acts that are too long for a request."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from taizhang.events.models import Work
from taizhang.events.work import work
from taizhang.org.models import User
from taizhang.registers.finding import bulk


@work("registers.bulk")
def bulk_act(made: Work, *, act: int, what: str) -> dict[str, Any]:
    """Preview (``look``), carry out (``whole``, ``accepted``) or take back (``undo``) a bulk act."""
    by = made.by
    assert isinstance(by, User)
    chosen = bulk.act_for(by, act)

    def tick(done: int) -> None:
        made.tick(done, chosen.size)

    if what == "look":
        found = bulk.preview(act=chosen, by=by, tick=tick)
        words = f"将改动 {found['changed']} 条，不能处理 {found['refused']} 条"
    elif what == "undo":
        found = bulk.undo(act=chosen, by=by, tick=tick)
        words = f"已撤销 {found['changed']} 条，{found['refused']} 条没有撤销"
    else:
        found = bulk.apply(act=chosen, by=by, whole=what == "whole", tick=tick)
        words = f"已改动 {found['changed']} 条，{found['refused']} 条没有处理"
    return {"words": words, "url": reverse("registers:bulk_act", args=[act]), "label": "查看结果"}
