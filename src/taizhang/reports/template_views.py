"""Pages of templates: the list, one template with its draft, the Word file out and in, the preview."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taizhang.catalog.models import PackDraft
from taizhang.kernel.errors import NotFound, Problem
from taizhang.registers.maker import actions, policy
from taizhang.reports import template_desk as desk
from taizhang.reports.forms import PreviewForm, TemplateForm
from taizhang.reports.html import with_origins
from taizhang.reports.views import crumbs, origin, person
from taizhang.ui.downloads import DOCX, download
from taizhang.ui.tables import Column, Row, Table

COLUMNS = (Column("模板"), Column("类别"), Column("写法出自"), Column("草稿", "state"))
FAULTS = (Column("段落"), Column("前后文字"), Column("问题"), Column("怎么改"))


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every template in force, with what lies on the desk."""
    found = desk.templates(person(request))
    drafts = set(PackDraft.objects.values_list("pack", "path"))
    rows = [
        Row(
            (one.name, one.word, one.pack.manifest.title, ("有草稿", "draft") if one.home in drafts else None),
            url=reverse("reports:template", args=[one.folder, one.key]),
        )
        for one in found
    ]
    context = {"table": Table(COLUMNS, rows, "模板", empty="没有模板"), "breadcrumbs": crumbs("模板")}
    return render(request, "reports/templates.html", context)


@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, folder: str, key: str) -> HttpResponse:
    """One template; POST takes a changed Word file."""
    found = desk.get_template(person(request), folder, key)
    form, problem = TemplateForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            desk.take_docx(template=found, data=file.read(desk.MAX_BYTES + 1), name=file.name, by=person(request))
        except Problem as wrong:
            if wrong.status != 422:
                raise
            problem = wrong
        else:
            messages.success(request, "已读回模板，存为草稿；发布后才生效。")
            return redirect("reports:template", folder, key)
    draft = desk.draft_of(found)
    faults = desk.faults_of(draft) if draft else []
    context = {
        "template": found,
        "form": form,
        "problem": problem,
        "draft": draft,
        "faults": Table(FAULTS, [Row((f"第 {one.paragraph} 段", one.around, one.message, one.remedy)) for one in faults], "问题", empty="没有问题"),
        "count": len(faults),
        "changes": list(desk.changes_of(found.source, draft.source)) if draft else [],
        "may_make": policy.can(person(request), policy.MAKES),
        "may_release": policy.may_release(person(request)),
        "breadcrumbs": _crumbs(found.name),
    }  # fmt: skip
    return render(request, "reports/template.html", context, status=422 if problem or form.errors else 200)


@require_GET
def docx(request: HttpRequest, folder: str, key: str) -> HttpResponse:
    """The template for Word, with ``?draft=1`` the draft's."""
    found = desk.get_template(person(request), folder, key)
    chosen = (desk.draft_of(found) if request.GET.get("draft") == "1" else None) or found
    return download(desk.as_docx(chosen), f"{found.word}模板_{found.name}.docx", DOCX)


@require_GET
def preview(request: HttpRequest, folder: str, key: str) -> HttpResponse:
    """The draft, or without one the template in force, filled with the bureau's data."""
    found = desk.get_template(person(request), folder, key)
    chosen = desk.draft_of(found) or found
    form = PreviewForm(person(request), request.GET or None)
    paper: SafeString | str = ""
    problem, filled = None, ""
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    try:
        if folder == "letters":
            paper, filled = desk.preview_letter(person(request), chosen)
        else:
            made = desk.preview_report(person(request), chosen, asked.get("unit", ""), asked.get("period", ""))
            inside = made.bindings.as_dict()["bindings"]
            filled = f"{made.bindings.report['unit_name']} {made.bindings.report['period']}，{len(inside)} 处数字"
            paper = with_origins(desk.report_page(made), inside, origin)
    except Problem as wrong:
        if wrong.status != 422:
            raise
        problem = wrong
    context = {
        "template": chosen, "form": form if folder == "reports" else None, "paper": paper, "problem": problem, "filled": filled,
        "breadcrumbs": [*_crumbs(found.name)[:-1], {"label": found.name, "url": reverse("reports:template", args=[folder, key])}, {"label": "预览"}],
    }  # fmt: skip
    return render(request, "reports/template_preview.html", context, status=422 if problem else 200)


@require_POST
def discard(request: HttpRequest, folder: str, key: str) -> HttpResponse:
    """Give the draft up."""
    found = desk.draft_of(desk.get_template(person(request), folder, key))
    if found is None or found.draft is None:
        raise NotFound("RPT-064", "没有草稿", remedy="刷新页面")
    actions.discard_draft(draft=found.draft, by=person(request))
    messages.success(request, "已放弃草稿，在用的模板不变。")
    return redirect("reports:template", folder, key)


def _crumbs(name: str) -> list[dict[str, str]]:
    return [*crumbs("")[:1], {"label": "模板", "url": reverse("reports:templates")}, {"label": name}]
