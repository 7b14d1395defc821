"""What was said in a round, one fact after another: the only input of a score. No database here.

A fact is the same whether it is read from the round's entries or from the event log; the tests hold both to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

OPENED = "opened"
MEASURED = "measured"
JUDGED = "judged"
SELF_SCORED = "self_scored"
ADJUSTED = "adjusted"
VETOED = "vetoed"
LIFTED = "lifted"
STRUCK = "struck"
WAIVED = "waived"
PUBLISHED = "published"
OBJECTED = "objected"
ANSWERED = "answered"
FROZEN = "frozen"

WORDS = {
    OPENED: "启动考核", MEASURED: "按公式取数", JUDGED: "评分", SELF_SCORED: "自评", ADJUSTED: "加减分", VETOED: "一票否决",
    LIFTED: "解除否决", STRUCK: "撤销", WAIVED: "不适用", PUBLISHED: "公示", OBJECTED: "申诉", ANSWERED: "申诉答复", FROZEN: "定案",
}  # fmt: skip
STATES = {OPENED: "open", PUBLISHED: "published", FROZEN: "frozen"}


@dataclass(frozen=True, slots=True)
class Fact:
    """``number`` orders facts and names them; ``sheet`` is the code of whom it is about, '' for the whole round; ``item``
    the line or the veto; ``of`` the earlier fact that it answers, lifts or strikes."""

    number: int
    on: date
    kind: str
    sheet: str = ""
    item: str = ""
    of: int | None = None
    data: dict[str, Any] = field(default_factory=dict, compare=True)


def known_on(facts: Iterable[Fact], day: date | None) -> list[Fact]:
    """The facts of a day and before it, in order; all of them without a day."""
    return sorted((fact for fact in facts if day is None or fact.on <= day), key=lambda fact: fact.number)


def subject_of(round_id: int) -> str:
    """What the events of a round are about."""
    return f"appraisal:{round_id}"
