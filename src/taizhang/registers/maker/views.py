"""Packs, releases and registers: what is in force, who released what; new registers; packs in and out."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from taizhang.catalog.current import catalog
from taizhang.catalog.diff import Change, compare
from taizhang.catalog.lint import lint
from taizhang.catalog.models import PackRelease
from taizhang.catalog.pack import read_files
from taizhang.kernel.errors import NotFound, Problem, Problems
from taizhang.kernel.tables import table_from_bytes
from taizhang.org.models import User
from taizhang.registers.maker import actions, archive, documents, policy, queries
from taizhang.registers.maker.guessing import guess
from taizhang.registers.maker.preview import preview
from taizhang.registers.maker.start_forms import ColumnForms, SheetForm, StartForm
from taizhang.registers.maker.words import SIGNS
from taizhang.registers.requests import Request, sent
from taizhang.ui import downloads
from taizhang.ui.tables import Column, Row, Table

UNPROCESSABLE = 422
RELEASES_SHOWN = 20
MOST_COLUMNS = 300


def index(request: Request) -> HttpResponse:
    """Registers made here, drafts, packs in force, releases."""
    policy.require_look(request.user)
    counts, drafts = queries.record_counts(), queries.drafts_for(request.user)
    open_at = {draft.path: draft for draft, _ in drafts if draft.pack == queries.LOCAL}
    local = queries.in_force(queries.LOCAL)
    made = []
    for code, item in local.registers.items() if local else ():
        path = local.places["register", code].file if local else ""
        made.append((item, counts.get(code, 0), open_at.get(path)))
    page = Paginator(PackRelease.objects.defer("files").order_by("-pk"), RELEASES_SHOWN).get_page(
        request.GET.get("page")
    )
    context = {
        "made": made,
        "drafts": drafts,
        "shared": queries.shared_things(),
        "packs": [(pack, counts) for pack in catalog().packs],
        "releases": [(release, [_change(item) for item in queries.changes_of(release)[:4]],
                      max(0, len(queries.changes_of(release)) - 4)) for release in page],
        "page": page,
        "may_make": policy.can(request.user, policy.MAKES),
        "may_release": policy.may_release(request.user),
    }  # fmt: skip
    return render(request, "registers/maker/index.html", context)


def start(request: Request) -> HttpResponse:
    """A new register, blank or like one that is there."""
    policy.require_making(request.user)
    form = StartForm(sent(request, request.POST), catalog())
    if request.method == "POST" and form.is_valid():
        try:
            data = _started(form.cleaned_data)
            draft = actions.start_draft(data=data, by=request.user)
        except Problem as problem:
            form.add_error(None, f"{problem.message}。{problem.remedy}")
        else:
            messages.success(request, f"已建草稿“{data['name']}”。加好字段，看右边的样子，再发布。")
            return redirect(reverse("maker:draft", args=[draft.pk]) + "?part=fields")
    context = {"form": form, **_crumbs("新建台账")}
    return render(request, "registers/maker/start.html", context, status=UNPROCESSABLE if form.errors else 200)


def _started(chosen: dict[str, Any]) -> documents.Data:
    """The first text of a draft: what was said, over the document of the register that it shall be like."""
    like: documents.Data = {}
    if chosen.get("like"):
        pack, path = queries.pack_of(chosen["like"])
        like = documents.load(pack.files[path], path)
        for key in ("removed", "retired", "indicators", "system", "label"):
            like.pop(key, None)
    said = {key: chosen[key] for key in ("register", "name", "kind", "line", "period") if chosen.get(key)}
    return {**like, **said, **({"kind": like["kind"]} if like else {})}


def from_sheet(request: Request) -> HttpResponse:
    """A new register from a sheet: first the sheet, then its columns for confirmation, then the draft."""
    policy.require_making(request.user)
    if request.method == "POST" and "form-TOTAL_FORMS" in request.POST:
        return _confirm_columns(request)
    form, problem = SheetForm(sent(request, request.POST), sent(request, request.FILES)), None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            return _show_columns(request, file.read(), Path(file.name).name)
        except Problem as wrong:
            problem = wrong
    context = {"form": form, "problem": problem, **_crumbs("由表格新建")}
    return render(
        request, "registers/maker/sheet.html", context, status=UNPROCESSABLE if problem or form.errors else 200
    )


def _show_columns(request: Request, data: bytes, name: str) -> HttpResponse:
    guesses = [item for item in guess(table_from_bytes(data, name)) if item.header]
    if len(guesses) > MOST_COLUMNS:
        raise Problem("REG-330", f"有 {len(guesses)} 列", where=name, remedy=f"一张表最多 {MOST_COLUMNS} 列，拆开再建")
    initial = [
        {"take": True, "name": item.name, "type": item.type, "required": item.required, "sensitive": item.sensitive,
         "query": item.query, "unit": item.unit, "options": "、".join(item.options)}
        for item in guesses if not item.skip
    ]  # fmt: skip
    form = StartForm(None, catalog(), likes=False)
    form.initial["name"] = re.sub(r"[\d\s_（）()-]+", "", Path(name).stem)[:60]
    kept = [item for item in guesses if not item.skip]
    columns = ColumnForms(initial=initial)
    context = {
        "form": form,
        "columns": columns,
        "rows": [(row, item.header, item.why, item.sample) for row, item in zip(columns, kept, strict=True)],
        "skipped": [item for item in guesses if item.skip],
        **_crumbs("由表格新建"),
    }
    return render(request, "registers/maker/columns.html", context)


def _confirm_columns(request: Request) -> HttpResponse:
    form = StartForm(request.POST, catalog(), likes=False)
    columns = ColumnForms(request.POST)
    if form.is_valid() & columns.is_valid():
        fields = [row.to_field() for row in columns if row.cleaned_data.get("take")]
        said = {
            key: form.cleaned_data[key]
            for key in ("register", "name", "kind", "line", "period")
            if form.cleaned_data[key]
        }
        try:
            draft = actions.start_draft(data={**said, "fields": fields}, by=request.user, what="由表格新建")
        except Problem as problem:
            form.add_error(None, f"{problem.message}。{problem.remedy}")
        else:
            messages.success(request, f"已按表头建好 {len(fields)} 个字段。发布以后，这张表可以从台账的“导入”进来。")
            return redirect(reverse("maker:draft", args=[draft.pk]) + "?part=fields")
    rows = [(row, request.POST.get(f"{row.prefix}-header", ""), "", "") for row in columns]
    context = {"form": form, "columns": columns, "rows": rows, "skipped": [], **_crumbs("由表格新建")}
    return render(request, "registers/maker/columns.html", context, status=UNPROCESSABLE)


def register(request: Request, code: str) -> HttpResponse:
    """A register's document as it is in force, with what comes out of it."""
    policy.require_look(request.user)
    pack, path = queries.pack_of(code)
    found = catalog().register(code)
    context = {
        "register": found,
        "pack": pack,
        "path": path,
        "text": pack.files[path],
        "count": queries.record_counts().get(found.code, 0),
        "users": queries.users_of(found, catalog()),
        "core": pack.manifest.name == queries.CORE,
        "may_make": policy.can(request.user, policy.MAKES),
        "may_release": policy.may_release(request.user),
        "preview": preview(found, catalog(), request.user),
        **_crumbs(found.name),
    }
    return render(request, "registers/maker/register.html", context)


@require_POST
def edit(request: Request, code: str) -> HttpResponse:
    """Put a register's document on the desk."""
    draft = actions.open_draft(code=code, by=request.user)
    return redirect("maker:draft", draft.pk)


@require_POST
def retire(request: Request, code: str) -> HttpResponse:
    """Retire a register, or with ``back`` take it into use again."""
    back = request.POST.get("back") == "1"
    actions.retire_register(code=code, by=request.user, back=back)
    messages.success(request, "已恢复使用。" if back else "已停用：记录仍可查阅、导出，菜单里不再出现。")
    return redirect("maker:register", code)


def release(request: Request, release_id: int) -> HttpResponse:
    """One release: who, when, what it changed; its documents; the way back to it."""
    found = queries.get_release_for(request.user, release_id)
    newest = PackRelease.objects.filter(name=found.name).order_by("-pk").values_list("pk", flat=True).first()
    back: list[Change] = []
    problems: list[Problem] = []
    if found.pk != newest and found.name != queries.CORE and policy.may_release(request.user):
        pack = read_files(actions.files_to_restore(found))
        back, problems = compare(queries.in_force(found.name), pack), lint(pack, catalog())
    context = {
        "release": found,
        "table": changes_table(list(queries.changes_of(found)), "与上一次发布没有差别"),
        "in_force": found.pk == newest,
        "back": changes_table(back, "与现在没有差别") if back else None,
        "refused": [item for item in back if item.kind == "refuse"],
        "problems": problems,
        "files": sorted(found.files.items()),
        **_crumbs(f"{found.title} {found.version}"),
    }
    return render(request, "registers/maker/release.html", context)


@require_POST
def restore(request: Request, release_id: int) -> HttpResponse:
    """Put an earlier release into force again, as a new one."""
    found = queries.get_release_for(request.user, release_id)
    made = actions.restore_release(release=found, by=request.user)
    messages.success(request, f"已按 {found.version} 重新发布为 {made.version}，立即生效。")
    return redirect("maker:release", made.pk)


def download(request: Request, release_id: int) -> HttpResponse:
    """A release as a zip of its folder."""
    found = queries.get_release_for(request.user, release_id)
    return downloads.download(archive.pack_zip(found.files), f"业务包_{found.name}_{found.version}.zip", downloads.ZIP)


def take_in(request: Request) -> HttpResponse:
    """Take a zip and say what it would change; nothing is released yet."""
    policy.require_releasing(request.user)
    form, problem = SheetForm(sent(request, request.POST), sent(request, request.FILES)), None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            files = archive.unpack(file.read(), Path(file.name).name)
            read_files(files)
        except Problem as wrong:
            problem = wrong
        else:
            return redirect("maker:taken", _keep(request.user, files))
    context = {"form": form, "problem": problem, **_crumbs("收入业务包")}
    return render(
        request, "registers/maker/take_in.html", context, status=UNPROCESSABLE if problem or form.errors else 200
    )


def taken(request: Request, token: str) -> HttpResponse:
    """What a zip would change; on POST it is released."""
    policy.require_releasing(request.user)
    files = _kept(request.user, token)
    pack = read_files(files)
    problems: list[Problem] = lint(pack, catalog())
    changes = compare(queries.in_force(pack.manifest.name), pack)
    refused = [Problem("CAT-020", item.what, remedy=item.remedy) for item in changes if item.kind == "refuse"]
    refused += queries.faults_with_records(queries.in_force(pack.manifest.name), pack)
    if request.method == "POST" and not problems and not refused:
        try:
            made = actions.take_in(files=files, by=request.user)
        except Problem as problem:
            if problem.status != UNPROCESSABLE:
                raise
            problems = problem.problems if isinstance(problem, Problems) else [problem]
        else:
            messages.success(request, f"“{made.title}”{made.version} 已发布，立即生效。")
            return redirect("maker:release", made.pk)
    context = {
        "pack": pack,
        "table": changes_table(changes, "与已发布的内容没有差别"),
        "problems": [*problems, *refused],
        **_crumbs("收入业务包"),
    }
    return render(
        request, "registers/maker/taken.html", context, status=UNPROCESSABLE if request.method == "POST" else 200
    )


def changes_table(changes: list[Change], empty: str) -> Table:
    """Changes as a table: what, and what to do about those that are refused."""
    rows = [Row([SIGNS[item.kind], item.what, item.remedy]) for item in changes]
    columns = [Column("变化", "state"), Column("内容")]
    if any(item.remedy for item in changes):
        columns.append(Column("处理办法"))
    else:
        rows = [Row(row.cells[:2]) for row in rows]
    return Table(columns, rows, "变化", empty=empty, remedy="")


def _change(change: Change) -> tuple[str, str]:
    return SIGNS[change.kind][0], change.what


def _keep(user: User, files: dict[str, str]) -> str:
    """Keep what a zip held until it is confirmed; only its sender finds it again."""
    text = json.dumps(files, ensure_ascii=False)
    token = hashlib.sha256(text.encode()).hexdigest()[:32]
    folder = Path(settings.FILES) / "packs" / str(user.pk)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    (folder / f"{token}.json").write_text(text, encoding="utf-8")
    return token


def _kept(user: User, token: str) -> dict[str, str]:
    file = Path(settings.FILES) / "packs" / str(user.pk) / f"{token}.json"
    if not re.fullmatch(r"[0-9a-f]{32}", token) or not file.is_file():
        raise NotFound("REG-323", "没有这次上传的业务包", remedy="请重新上传")
    return dict(json.loads(file.read_text(encoding="utf-8")))


def _crumbs(label: str) -> dict[str, Any]:
    return {"breadcrumbs": [{"label": "业务包", "url": reverse("maker:index")}, {"label": label, "url": ""}]}
