"""One unit's score sheet: every point with its rule, its event and its proof; judging and self-assessment."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from taizhang.appraisal import actions
from taizhang.appraisal.facts import ADJUSTED, MEASURED, WORDS, Fact
from taizhang.appraisal.forms import LinesForm
from taizhang.appraisal.linter import indicators_of
from taizhang.appraisal.models import Entry, Round, Sheet
from taizhang.appraisal.policy import judged_by, may_run, speaks_for
from taizhang.appraisal.queries import get_sheet_for, place_of, sheets_for, standing_of
from taizhang.appraisal.scoring import Line, Score
from taizhang.appraisal.sources import SOURCES
from taizhang.appraisal.views.common import EFFECTS, STATE_CATEGORIES, band_cell, crumbs, day_of, proof_from, shows_rank
from taizhang.catalog.appraisal_schema import SchemeDef
from taizhang.catalog.current import catalog
from taizhang.documents.queries import documents_for
from taizhang.indicators.queries import shown
from taizhang.kernel.errors import Forbidden
from taizhang.kernel.periods import Period
from taizhang.kernel.texts import plain_number
from taizhang.org.models import Unit, User
from taizhang.org.request import UserRequest


@require_GET
def sheet(request: UserRequest, pk: int) -> HttpResponse:
    """The whole score with its trace, as it stands or stood on a day."""
    found = get_sheet_for(request.user, pk)
    form, day = day_of(request)
    current = standing_of(found.round, day)
    score, ranked = current.scores[found.code], shows_rank(request.user, found.round)
    said = _Said(request, found)
    scheme, user, state = current.scheme, request.user, found.round.state
    bureau, speaks = found.round.unit, speaks_for(request.user, found)
    mine = said.mine = _judged_in(user, scheme, bureau)
    adjusts = [line for line in scheme.adjustments if not line.formula and line.judge in mine]
    context = {
        "sheet": found, "round": found.round, "score": score, "form": form, "day": day, "ranked": ranked,
        "place": place_of(score, current), "band": band_cell(score, current) if ranked and not score.missing else None,
        "category": STATE_CATEGORIES[state], "period": Period.parse(found.round.period).label, "breadcrumbs": crumbs(found.round, found),
        "parts": [(part, [said.line(line) for line in part.lines]) for part in score.parts],
        "adjustments": [said.line(line) for line in score.adjustments if line.earned is not None],
        "vetoes": [said.veto(item) for item in score.vetoes],
        "objections": [said.objection(item, scheme) for item in score.objections],
        "full": sum(part.weight for part in score.parts),
        "may_judge": state == Round.OPEN and bool(_judged(score, mine)),
        "may_self": state == Round.OPEN and speaks, "may_object": state == Round.PUBLISHED and speaks,
        "may_adjust": state == Round.OPEN and bool(adjusts), "may_waive": state == Round.OPEN and may_run(user, bureau),
        "may_veto": state != Round.FROZEN and any(veto.by in mine for veto in scheme.vetoes),
        "members": [item.unit for item in found.members.all()],
    }  # fmt: skip
    return render(request, "appraisal/sheet.html", context)


@require_http_methods(["GET", "POST"])
def judge(request: UserRequest, pk: int) -> HttpResponse:
    """The lines that this person judges, for one unit; then on to the next unit that has gaps."""
    found = get_sheet_for(request.user, pk)
    current = standing_of(found.round)
    mine = _judged_in(request.user, current.scheme, found.round.unit)
    lines = _judged(current.scores[found.code], mine)
    if not lines:
        raise Forbidden("APR-061", "这次考核没有由您评分的项目", remedy="评分人由考核方案规定")
    form = LinesForm(request.POST or None, request.FILES or None, lines=lines)
    if request.method == "POST" and form.is_valid():
        count = _save(request, found, form, actions.judge)
        messages.success(request, f"{found.name}：已评 {count} 项。" if count else f"{found.name}：没有改动。")
        return _onward(request, found, mine)
    context = {
        "sheet": found,
        "form": form,
        "title": "评分",
        "next": True,
        "breadcrumbs": crumbs(found.round, found, "评分"),
    }
    return render(request, "appraisal/lines.html", context)


@require_http_methods(["GET", "POST"])
def score_self(request: UserRequest, pk: int) -> HttpResponse:
    """What the unit gives itself on every judged line."""
    found = get_sheet_for(request.user, pk)
    if not speaks_for(request.user, found):
        raise Forbidden("APR-030", "只能为本单位自评", remedy="由被考核单位的填报员或负责人自评")
    lines = [line for line in standing_of(found.round).scores[found.code].lines if line.item.kind == "judged"]
    form = LinesForm(request.POST or None, request.FILES or None, lines=lines, own=True)
    if request.method == "POST" and form.is_valid():
        count = _save(request, found, form, actions.score_self)
        messages.success(request, f"自评已保存，{count} 项。" if count else "没有改动。")
        return redirect("appraisal:sheet", pk)
    context = {"sheet": found, "form": form, "title": "自评", "breadcrumbs": crumbs(found.round, found, "自评")}
    return render(request, "appraisal/lines.html", context)


def _save(request: UserRequest, found: Sheet, form: LinesForm, action: Any) -> int:
    """All lines or none."""
    with transaction.atomic():
        said = list(form.said())
        for item, points, note, file in said:
            proof = proof_from(file, request.user)
            action(sheet=found, item=item, points=points, note=note, by=request.user, evidence=proof)
    return len(said)


def _judged(score: Score, mine: set[str]) -> list[Line]:
    """The judged lines that are a person's to give who speaks for ``mine``."""
    return [line for line in score.lines if line.item.kind == "judged" and line.item.judge in mine]


def _judged_in(user: User, scheme: SchemeDef, bureau: Unit) -> set[str]:
    """Of all whom a scheme names those for whom the person speaks; nobody named is ''."""
    items = [item.judge for section in scheme.sections for item in section.items]
    named = [*items, *(line.judge for line in scheme.adjustments), *(veto.by for veto in scheme.vetoes), ""]
    return judged_by(user, named, bureau)


def _onward(request: UserRequest, found: Sheet, mine: set[str]) -> HttpResponse:
    """The next sheet with a gap that is this person's; else back to the sheet."""
    if "next" in request.POST:
        current = standing_of(found.round)
        for other in sheets_for(request.user, found.round).filter(pk__gt=found.pk):
            if any(line.missing for line in _judged(current.scores[other.code], mine)):
                return redirect("appraisal:judge", other.pk)
    return redirect("appraisal:sheet", found.pk)


class _Said:
    """Facts with their people and their proof, for one sheet's page: two queries."""

    def __init__(self, request: UserRequest, found: Sheet) -> None:
        self.sheet, self.mine = found, set[str]()
        self.entries = {entry.pk: entry for entry in Entry.objects.filter(sheet=found).select_related("by", "evidence")}
        proofs = {entry.evidence_id for entry in self.entries.values() if entry.evidence_id}
        seen = documents_for(request.user, evidence=True).filter(pk__in=proofs) if proofs else ()
        self.seen = {document.pk for document in seen}

    def line(self, line: Line) -> dict[str, Any]:
        """A line as the page prints it."""
        return {
            "line": line,
            "rule": line.item.rule,
            "formula": line.item.formula,
            "judge": line.item.judge or "办公室",
            "inputs": [self._input(name, line) for name in indicators_of(line.item)],
            "said": [self.fact(fact) for fact in line.facts],
        }

    def fact(self, fact: Fact) -> dict[str, Any]:
        """Who said it, when, on what ground."""
        entry = self.entries[fact.number]
        proof = entry.evidence if entry.evidence_id in self.seen else None
        points = fact.data.get("points")
        if fact.kind == MEASURED:
            points, note = None, "数据版本 " + fact.data["build"]
        else:
            note = fact.data.get("note", "")
        return {
            "number": fact.number, "what": WORDS[fact.kind], "points": points, "note": note, "source": fact.data.get("source", ""),
            "times": fact.data.get("times") if fact.kind == ADJUSTED else None, "who": str(entry.by or "系统"), "on": fact.on,
            "proof": proof, "had_proof": bool(entry.evidence_id), "may_strike": fact.kind == ADJUSTED and self.sheet.round.state != Round.FROZEN,
        }  # fmt: skip

    def veto(self, item: Any) -> dict[str, Any]:
        may = item.lifted is None and self.sheet.round.state != Round.FROZEN
        return {
            "veto": item.veto, "effect": EFFECTS[item.veto.effect], "said": self.fact(item.fact),
            "lifted": self.fact(item.lifted) if item.lifted else None,
            "may_lift": may and item.veto.by in self.mine,
        }  # fmt: skip

    def objection(self, item: Any, scheme: SchemeDef) -> dict[str, Any]:
        line = scheme.item(item.fact.item) or scheme.veto(item.fact.item)
        named = getattr(line, "judge", None) or getattr(line, "by", "")
        may = item.answer is None and self.sheet.round.state == Round.PUBLISHED
        return {
            "item": item.fact.item, "said": self.fact(item.fact), "answer": self.fact(item.answer) if item.answer else None,
            "accepted": bool(item.answer and item.answer.data["accepted"]),
            "may_answer": may and named in self.mine,
        }  # fmt: skip

    def _input(self, name: str, line: Line) -> dict[str, str]:
        """One figure that a formula read, linked to its source rows when it is an indicator's."""
        value = line.inputs.get(name)
        known = next((item for item in catalog().indicators.values() if item.name == name), None)
        if known is None or name in SOURCES:
            text = "—" if value is None else plain_number(round(value, 4))
            return {"name": name, "text": text, "url": ""}
        unit = self.sheet.members.all()[0].unit.code
        url = f"{reverse('indicators:indicator', args=[known.code])}?unit={unit}&period={self.sheet.round.period}"
        return {"name": name, "text": f"{shown(value, known)}{known.unit if value is not None else ''}", "url": url}
