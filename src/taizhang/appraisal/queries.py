"""Reads of the appraisal. A round and a sheet are fetched for a person, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from taizhang.appraisal.facts import Fact, subject_of
from taizhang.appraisal.models import Entry, Round, Sheet
from taizhang.appraisal.policy import may_see_sheet
from taizhang.appraisal.scoring import Score, Standing, standing
from taizhang.events.models import Event
from taizhang.kernel.errors import NotFound
from taizhang.org.models import User


def rounds_for(user: User | AnonymousUser) -> QuerySet[Round]:
    """The rounds in which a person may see a sheet, newest first."""
    seen = Sheet.objects.filter(may_see_sheet(user), round=OuterRef("pk"))
    return Round.objects.filter(Q(Exists(seen))).select_related("unit").order_by("-id")


def sheets_for(user: User | AnonymousUser, round_: Round | None = None) -> QuerySet[Sheet]:
    """The sheets that a person may see: one's own unit's, those of units below, all at the bureau."""
    found = Sheet.objects.filter(may_see_sheet(user)).select_related("round", "round__unit")
    return (found.filter(round=round_) if round_ is not None else found).order_by("id")


def get_round_for(user: User | AnonymousUser, pk: int) -> Round:
    """Raises NotFound when it does not exist or holds nothing that the person may see."""
    found = rounds_for(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("APR-050", "没有这次考核，或您无权查看", remedy="请从“考核”列表打开")
    return found


def get_sheet_for(user: User | AnonymousUser, pk: int) -> Sheet:
    """Raises NotFound when it does not exist or is not for the person."""
    found = sheets_for(user).filter(pk=pk).prefetch_related("members__unit").first()
    if found is None:
        raise NotFound("APR-051", "没有这张评分表，或您无权查看", remedy="请从考核页面打开")
    return found


def get_entry_for(user: User | AnonymousUser, pk: int) -> Entry:
    """An entry of a sheet that the person may see."""
    found = Entry.objects.filter(pk=pk, sheet__in=sheets_for(user).values("pk")).select_related("sheet", "by").first()
    if found is None:
        raise NotFound("APR-052", "没有这条记录，或您无权查看", remedy="请从评分表打开")
    return found


def standing_of(round_: Round, day: date | None = None) -> Standing:
    """Where a round stands, or stood on a day, by its entries. Raises NotFound for a day before it was opened."""
    found = standing(facts_of_entries(round_), day)
    if found is None:
        raise NotFound("APR-053", f"{day} 考核还没有启动", remedy="换一个日期")
    return found


def facts_of_entries(round_: Round) -> Iterator[Fact]:
    """The facts of a round, as its entries keep them."""
    rows = Entry.objects.filter(round=round_).order_by("id")
    for row in rows.values_list("id", "on", "kind", "sheet__code", "item", "of_id", "data"):
        number, on, kind, code, item, of, data = row
        yield Fact(number, on, kind, code or "", item, of, data)


def facts_of_events(round_id: int) -> Iterator[Fact]:
    """The same facts from the event log alone: nothing else is read."""
    rows = Event.objects.filter(subject=subject_of(round_id), action__startswith="appraisal.").order_by("id")
    for said in rows.values_list("data", flat=True):
        yield Fact(
            said["number"],
            date.fromisoformat(said["on"]),
            said["kind"],
            said["sheet"],
            said["item"],
            said["of"],
            said["data"],
        )


def place_of(score: Score, current: Standing) -> str:
    """A unit's place among those of its group, in words."""
    size = sum(other.group == score.group for other in current.scores.values())
    return f"{score.rank} / {size}" if score.rank else "—"
