"""The editor of a draft: one page with a part to change on the left and what comes out on the right."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from taizhang.catalog.diff import compare
from taizhang.catalog.models import PackDraft
from taizhang.kernel.errors import Problem, Problems
from taizhang.registers.maker import actions, documents, policy, queries
from taizhang.registers.maker.completion import words_of
from taizhang.registers.maker.forms import ITEM_FORMS, AccessForm, BasicsForm
from taizhang.registers.maker.inputs import Formula
from taizhang.registers.maker.preview import columns_of_part, line_text, name_of, preview_of, say_formula
from taizhang.registers.maker.queries import Desk
from taizhang.registers.maker.shared_forms import (
    DashboardForm,
    LadderForm,
    LetterForm,
    LetterTextForm,
    OptionForm,
    RungForm,
    TileForm,
    released_options,
)
from taizhang.registers.maker.views import changes_table
from taizhang.registers.maker.words import CATEGORIES, PARTS, TYPES, sort_of
from taizhang.registers.requests import Request

UNPROCESSABLE = 422
VERSIONS_SHOWN = 30
LISTED: dict[str, Any] = {**ITEM_FORMS, "values": OptionForm, "rungs": RungForm, "tiles": TileForm}
# (sort of document, part) → the form of a part that is no list; it changes the document itself.
WHOLE: dict[tuple[str, str], Any] = {
    ("register", "basics"): BasicsForm,
    ("ladder", "basics"): LadderForm,
    ("letter", "basics"): LetterForm,
    ("dashboard", "basics"): DashboardForm,
    ("letter", "text"): LetterTextForm,
}


def draft(request: Request, draft_id: int) -> HttpResponse:
    """The editor. ``part`` is what is being changed, ``item`` which of its items (a number, or ``new``)."""
    found = queries.get_draft_for(request.user, draft_id)
    if request.method == "POST":
        return _change(request, found)
    desk = queries.desk_of(found)
    return _page(request, desk, _part(request.GET.get("part", ""), desk), request.GET.get("item", ""))


def _page(
    request: Request, desk: Desk, part: str, item: str = "", form: Any = None, text: str | None = None,
    problem: Problem | None = None,
) -> HttpResponse:  # fmt: skip
    """The editor with one part open; ``form`` or ``text`` is what was typed and could not be taken."""
    found, data = desk.draft, desk.data or {}
    if form is None and text is None:
        form = _form(desk, part, item)
    address = reverse("maker:draft", args=[found.pk])
    context = {
        "desk": desk,
        "part": part,
        "word": PARTS[part],
        "item": item,
        "form": form,
        "text": desk.text if text is None else text,
        "problem": problem,
        "tabs": [
            {"label": word, "url": f"{address}?part={key}", "active": key == part,
             "badge": len(documents.items(data, key)) if key in LISTED else ""}
            for key, word in PARTS.items() if key in desk.sort.parts
        ],
        "items": _rows(desk, part),
        "listed": part in LISTED,
        "whole_form": (desk.sort.kind, part) in WHOLE,
        "initial": (data.get("lifecycle") or {}).get("initial", "") if isinstance(data.get("lifecycle"), dict) else "",
        "tombs": documents.items(data, "removed") if part == "fields" else [],
        "faults": [(fault, queries.line_in(fault, found.path), line_text(desk, queries.line_in(fault, found.path)))
                   for fault in desk.problems],
        **preview_of(desk, request.user),
        "words": words_of(desk) if _formulas(form) else [],
        "versions": found.versions.defer("text").order_by("-number")[:VERSIONS_SHOWN],
        "undo": found.versions.filter(number__lt=found.number).order_by("-number").first(),
        "redo": found.versions.filter(number__gt=found.number).order_by("number").first(),
        "address": address,
        "may_make": policy.can(request.user, policy.MAKES),
        "may_release": policy.may_release(request.user),
        "breadcrumbs": [{"label": "业务包", "url": reverse("maker:index")}, {"label": desk.name, "url": ""}],
    }  # fmt: skip
    _watch_formulas(form, found)
    status = UNPROCESSABLE if problem or (form is not None and form.is_bound) else 200
    return render(request, "registers/maker/draft.html", context, status=status)


def _part(wanted: str, desk: Desk) -> str:
    """The part to open; while the text is no YAML only the source can be changed."""
    if desk.data is None:
        return "source"
    return wanted if wanted in desk.sort.parts else desk.sort.first


def _form(desk: Desk, part: str, item: str, data: Any = None) -> Any:
    """The form of a part or of one of its items, or None where a list alone is shown."""
    document = desk.data or {}
    if form := WHOLE.get((desk.sort.kind, part)):
        return form(data, desk.whole, document, desk.released, document)
    if part == "access":
        return AccessForm(data, desk.whole, document)
    if part not in LISTED or part not in desk.sort.parts or not item:
        return None
    found = documents.items(document, part)
    if item == "new":
        return LISTED[part](data, desk.whole, document, desk.released, None)
    if not item.isdigit() or int(item) >= len(found):
        return None
    return LISTED[part](data, desk.whole, document, desk.released, found[int(item)])


def _rows(desk: Desk, part: str) -> list[dict[str, Any]]:
    """The items of a part for its list, each with its faults."""
    if part not in LISTED or desk.data is None:
        return []
    found, faults = documents.items(desk.data, part), desk.faults_at(part)
    rows = []
    for index, item in enumerate(found):
        row = {
            "index": index,
            "name": name_of(item),
            "item": item,
            "last": index == len(found) - 1,
        }
        if part == "fields":
            row["type"] = TYPES.get(str(item.get("type")), (str(item.get("type")), ""))[0]
        elif part == "states":
            row["category"], row["kind"] = CATEGORIES.get(item["category"], item["category"]), item["category"]
        else:
            row["words"] = columns_of_part(part, item)
        row["faults"] = faults[index] if index < len(faults) else []
        rows.append(row)
    return rows


def _formulas(form: Any) -> list[tuple[str, Formula]]:
    fields = form.fields.items() if form is not None else ()
    return [(name, field) for name, field in fields if isinstance(field, Formula)]


def _watch_formulas(form: Any, found: PackDraft) -> None:
    """Formulas are checked as they are typed."""
    url = reverse("maker:check", args=[found.pk])
    for name, field in _formulas(form):
        said = {"check": name, "formula_kind": field.kind, "formula_result": field.result}
        field.widget.attrs.update(
            {"hx-post": url, "hx-trigger": "input changed delay:400ms, load", "hx-target": "#formula-check",
             "hx-select": "unset", "hx-select-oob": "unset", "hx-push-url": "false", "hx-swap": "innerHTML",
             "hx-vals": json.dumps(said), "autocomplete": "off"}
        )  # fmt: skip


def _change(request: Request, found: PackDraft) -> HttpResponse:
    """Take a change of a part. What cannot be taken comes back as it was typed."""
    policy.require_making(request.user)
    desk = queries.desk_of(found)
    part, item = request.POST.get("part", ""), request.POST.get("item", "")
    op, _, at = request.POST.get("op", "save").partition(":")
    if part == "source":
        return _save(request, desk, part, request.POST.get("text", ""), "改源文件")
    if desk.data is None or part not in desk.sort.parts:
        return _page(request, desk, "source", problem=Problem("REG-318", "先改好源文件", remedy="按提示的行修改后保存"))
    if op != "save":
        new, what = _moved(desk, part, op, int(at) if at.isdigit() else -1)
        return _save(request, desk, part, documents.dump(new), what)
    form = _form(desk, part, item, request.POST)
    if form is None or not form.is_valid():
        return _page(request, desk, part, item, form)
    new, what = _with_form(desk.data, part, item, form)
    return _save(request, desk, part, documents.dump(new), what, item, form)


def _save(
    request: Request, desk: Desk, part: str, text: str, what: str, item: str = "", form: Any = None
) -> HttpResponse:
    seen = request.POST.get("seen", "")
    try:
        actions.save_draft(
            draft=desk.draft, text=text, what=what, by=request.user, seen=int(seen) if seen.isdigit() else -1
        )
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        return _page(request, desk, part, item, form, text if part == "source" else None, problem)
    again = "&item=new" if request.POST.get("again") else ""
    return redirect(f"{reverse('maker:draft', args=[desk.draft.pk])}?part={part}{again}")


def _with_form(data: documents.Data, part: str, item: str, form: Any) -> tuple[documents.Data, str]:
    """The document with a form's answer in it, and what that was in a few words."""
    if part == "access":
        access = form.to_access()
        return {
            **{key: data[key] for key in data if key != "access"},
            **({"access": access} if access else {}),
        }, "改权限"
    if not item:
        return form.to_item(), f"改{PARTS[part]}"
    made, items = form.to_item(), documents.items(data, part)
    word = f"{PARTS[part]}“{name_of(made)}”"
    if item == "new":
        new = documents.with_items(data, part, [*items, made])
    else:
        new = documents.with_items(data, part, [*items[: int(item)], made, *items[int(item) + 1 :]])
        life = data.get("lifecycle")
        initial = str(life.get("initial", "")) if isinstance(life, dict) else ""
        new = _renamed(new, part, str(items[int(item)].get("name")), str(made.get("name")), initial)
    section = made.get("section") if part == "fields" else None
    if section and section not in (new.get("sections") or []):
        new["sections"] = [*(new.get("sections") or []), section]
    return new, f"{'加' if item == 'new' else '改'}{word}"


def _renamed(data: documents.Data, part: str, old: str, name: str, initial: str) -> documents.Data:
    """A state that has another name is called so in the steps and deadlines too."""
    if part != "states" or old == name:
        return data
    for kind, keys in (("transitions", ("from", "to")), ("deadlines", ("state", "after", "pause"))):
        items = [
            {**item, **{key: _swap(item[key], old, name) for key in keys if key in item}}
            for item in documents.items(data, kind)
        ]
        data = documents.with_items(data, kind, items)
    life = dict(data["lifecycle"])
    life["initial"] = name if initial == old else initial
    if isinstance(life.get("reopen"), dict):
        life["reopen"] = {**life["reopen"], "to": _swap(life["reopen"].get("to"), old, name)}
    return {**data, "lifecycle": life}


def _swap(value: Any, old: str, name: str) -> Any:
    if isinstance(value, list):
        return [name if item == old else item for item in value]
    return name if value == old else value


def _moved(desk: Desk, part: str, op: str, at: int) -> tuple[documents.Data, str]:
    """The document with an item up, down, away, or a state made the first."""
    data = desk.data or {}
    items = documents.items(data, part) if part in LISTED else []
    if not 0 <= at < len(items):
        return data, ""
    name = name_of(items[at])
    word = f"{PARTS[part]}“{name}”"
    if op == "initial" and part == "states":
        return {**data, "lifecycle": {**data["lifecycle"], "initial": name}}, f"“{name}”设为起始状态"
    if op == "remove" and part == "values" and name in [item.name for item in released_options(data)]:
        # Records hold it: it is not offered any more from today on.
        items[at] = {**items[at], "valid_to": timezone.localdate() - timedelta(days=1)}
        return documents.with_items(data, part, items), f"停用{word}"
    if op == "remove":
        field = desk.released.field(name) if part == "fields" and desk.released else None
        if field is not None:
            return documents.bury(data, name, field.type, timezone.localdate()), f"停用{word}"
        return documents.with_items(data, part, [*items[:at], *items[at + 1 :]]), f"删去{word}"
    to = at + {"up": -1, "down": 1}.get(op, 0)
    if 0 <= to < len(items):
        items[at], items[to] = items[to], items[at]
    return documents.with_items(data, part, items), f"移动{word}"


@require_POST
def check(request: Request, draft_id: int) -> HttpResponse:
    """What a formula is, as it stands in a form that is being filled in."""
    desk = queries.desk_of(queries.get_draft_for(request.user, draft_id))
    text = request.POST.get(request.POST.get("check", ""), "")
    said = say_formula(
        desk, text, request.POST.get("formula_kind", "row"), request.POST.get("formula_result", ""), request.user
    )
    return render(request, "registers/maker/parts/formula.html", {"said": said})


@require_POST
def move(request: Request, draft_id: int) -> HttpResponse:
    """Undo, redo, any version; ``discard`` gives the draft up, ``rebase`` holds to it over what was released meanwhile."""
    found = queries.get_draft_for(request.user, draft_id)
    number, seen, op = (request.POST.get(key, "") for key in ("number", "seen", "op"))
    at = int(seen) if seen.isdigit() else -1
    if op == "discard":
        actions.discard_draft(draft=found, by=request.user)
        messages.success(request, "草稿已放弃，已发布的内容没有变。")
        return redirect("maker:index")
    try:
        if op == "rebase":
            actions.rebase_draft(draft=found, by=request.user, seen=at)
        else:
            actions.go_to_version(draft=found, number=int(number) if number.isdigit() else -1, by=request.user, seen=at)
    except Problem as problem:
        if problem.status != UNPROCESSABLE:
            raise
        return _page(request, queries.desk_of(found), sort_of(found.path).first, problem=problem)
    if op == "rebase":
        return redirect("maker:release_draft", found.pk)
    return redirect(f"{reverse('maker:draft', args=[found.pk])}?part={request.POST.get('part', '')}")


def release_draft(request: Request, draft_id: int) -> HttpResponse:
    """What releasing the draft changes, then the release itself."""
    found = queries.get_draft_for(request.user, draft_id)
    desk, problem = queries.desk_of(found), None
    if request.method == "POST":
        policy.require_releasing(request.user)
        seen = request.POST.get("seen", "")
        try:
            made = actions.release_draft(draft=found, by=request.user, seen=int(seen) if seen.isdigit() else -1)
        except Problem as wrong:
            if wrong.status != UNPROCESSABLE:
                raise
            problem = wrong
        else:
            messages.success(request, f"“{desk.name}”已发布（{made.title} {made.version}），立即生效。")
            return redirect("registers:list", desk.register.code) if desk.register else redirect("maker:index")
    changes = compare(queries.in_force(found.pack), desk.pack) if desk.pack else []
    moved = queries.released_files(found.pack).get(found.path, "") != found.base
    context = {
        "desk": desk,
        "table": changes_table(changes, "与已发布的内容没有差别"),
        "faults": actions.faults_before_release(found, desk.text),
        "effects": queries.effects_of(desk.released, desk.register) if desk.register else [],
        "moved": moved,
        "problem": problem if isinstance(problem, Problems) or not moved else None,
        "may_release": policy.may_release(request.user),
        "breadcrumbs": [
            {"label": "业务包", "url": reverse("maker:index")},
            {"label": desk.name, "url": reverse("maker:draft", args=[found.pk])},
            {"label": "发布", "url": ""},
        ],
    }
    return render(request, "registers/maker/release_draft.html", context, status=UNPROCESSABLE if problem else 200)
