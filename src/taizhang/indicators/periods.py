"""Periods as a dashboard says them: a code, or a kind counted back from today."""

from __future__ import annotations

import re
from datetime import date

from django.utils import timezone

from taizhang.kernel.errors import Problem
from taizhang.kernel.periods import KINDS, Period

_COUNTED = re.compile(r"([a-z_]+)(?:-(\d{1,2}))?")


def period_of(text: str, today: date | None = None) -> Period:
    """``year``, ``month-1`` (the month before this one), or a code as in ``2025Q3``. Raises Problem."""
    counted = _COUNTED.fullmatch(text)
    if counted is None:
        return Period.parse(text)
    if counted[1] not in KINDS:
        remedy = f"可以写：{'、'.join(KINDS)}，往前数写 month-1；或期间代码 2025、2025Q3、SY2025"
        raise Problem("IND-025", f"看不懂期间“{text}”", remedy=remedy)
    period = Period.of(counted[1], today or timezone.localdate())
    for _ in range(int(counted[2] or 0)):
        period = period.previous()
    return period


def back_from(period: Period, count: int) -> list[Period]:
    """A period and those before it, the oldest first."""
    found = [period]
    while len(found) < count:
        found.append(found[-1].previous())
    return found[::-1]
