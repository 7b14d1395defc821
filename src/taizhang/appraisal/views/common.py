"""What the pages share: the day looked at, proof, states, crumbs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from taizhang.appraisal.forms import DayForm
from taizhang.appraisal.models import Round, Sheet
from taizhang.appraisal.policy import overlooks
from taizhang.appraisal.scoring import Score, Standing
from taizhang.documents.actions import add_evidence
from taizhang.documents.forms import received
from taizhang.documents.models import Document
from taizhang.org.models import User
from taizhang.org.request import UserRequest

STATE_CATEGORIES = {Round.OPEN: "open", Round.PUBLISHED: "warn", Round.FROZEN: "closed"}
EFFECTS = {"deduct": "扣分", "fail": "一票否决", "bar": "取消评优"}


def day_of(request: UserRequest) -> tuple[DayForm, date | None]:
    """The day that the address asks for; nonsense is no day."""
    form = DayForm(request.GET)
    return form, form.cleaned_data.get("on") if form.is_valid() else None


def proof_from(file: UploadedFile | None, by: User) -> Document | None:
    """An uploaded file kept as proof."""
    if not file:
        return None
    data, name = received(file)
    return add_evidence(data=data, name=name, by=by).document


def band_cell(score: Score, current: Standing) -> tuple[str, str] | None:
    """A band by word, icon and colour; — while there is no score."""
    if not score.band:
        return None
    names = [band.name for band in current.scheme.bands]
    return score.band, {0: "closed", len(names) - 1: "late"}.get(names.index(score.band), "open")


def shows_rank(user: User, round_: Round) -> bool:
    """Places are the bureau's business until they are published."""
    return round_.state != Round.OPEN or overlooks(user, round_.unit)


def crumbs(round_: Round, sheet: Sheet | None = None, last: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"label": "考核", "url": reverse("appraisal:index")}]
    found.append({"label": round_.title, "url": reverse("appraisal:board", args=[round_.pk])})
    if sheet is not None:
        found.append({"label": sheet.name, "url": reverse("appraisal:sheet", args=[sheet.pk])})
    if last:
        found.append({"label": last})
    return found
