"""Pages of documents: the list with upload, and the review desk."""

from __future__ import annotations

from itertools import groupby
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from taizhang.documents import actions
from taizhang.documents.checkreport import check_report, findings_table
from taizhang.documents.files import stored
from taizhang.documents.forms import DocumentFilter, received, word_in
from taizhang.documents.hooks import offers
from taizhang.documents.marks import check_marks, outline_marks, pieces, repair_marks, schedule_marks, task_marks
from taizhang.documents.models import Document, Settlement
from taizhang.documents.policy import may_work_on
from taizhang.documents.queries import checks_for, documents_for, get_document_for, reading_for
from taizhang.documents.readings import Check
from taizhang.kernel.errors import Forbidden, Problem
from taizhang.org.request import UserRequest
from taizhang.reading.model import Reading
from taizhang.reading.outline import slot_name, when_name
from taizhang.ui.downloads import XLSX, download
from taizhang.ui.marks import KINDS as MARK_WORDS
from taizhang.ui.tables import Column, Row, Table
from taizhang.ui.templatetags.ui import PAGE_SIZES

TABS = {"check": "核数", "outline": "结构", "tasks": "任务", "schedule": "日程", "repairs": "修补"}
ALWAYS = ("check", "outline", "tasks")
SHOWN = {"": "全部", "open": "未处理", "done": "已处理"}
MOST_FILES = 20
LEVEL_WORDS = {
    "alarm": ("不符", "late"),
    "note": ("提示", "warn"),
    "ok": ("核对无误", "ok"),
    "unknown": ("无法判断", "draft"),
}
COLUMNS = (
    Column("标题"), Column("类别"), Column("期间"), Column("单位"), Column("上传人"), Column("上传时间", "date"),
    Column("任务", "number", "项"), Column("疑点", "state"),
)  # fmt: skip


@require_GET
def index(request: UserRequest) -> HttpResponse:
    """The documents a person may see, and the door for new ones."""
    form = DocumentFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {"q": "", "kind": ""}
    page = _page(request, documents_for(request.user, text=chosen["q"], kind=chosen["kind"]))
    table = Table(
        COLUMNS,
        [_row(document) for document in page],
        caption="文稿",
        empty="没有符合条件的文稿" if form.has_changed() else "还没有文稿",
        selectable=True,
        remedy="换一个条件再找" if form.has_changed() else "上传要点、计划、总结或通知，系统会读出标题、数字和任务",
    )
    accept = ",".join(actions.READABLE)
    return render(
        request, "documents/index.html", {"form": form, "page": page, "table": table, "accept": accept, "name": "file"}
    )


@require_POST
def upload(request: UserRequest) -> HttpResponse:
    """Keep files. One file leads to its page; several to the list, which says of each how it went."""
    files = request.FILES.getlist("file")
    if len(files) > MOST_FILES:
        raise Problem("DOC-006", f"一次最多上传 {MOST_FILES} 份文稿", remedy="分几次上传")
    if len(files) > 1:
        for file in files:
            _add_one_of_many(request, file)
        url = reverse("documents:index")
    else:
        data, name = received(files[0] if files else None)
        added = actions.add_document(data=data, name=name, by=request.user)
        _tell(request, added)
        url = reverse("documents:detail", args=[added.document.pk])
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _add_one_of_many(request: UserRequest, file: UploadedFile) -> None:
    """A file that cannot be read is told and left out; the others are kept."""
    try:
        data, name = received(file)
        _tell(request, actions.add_document(data=data, name=name, by=request.user))
    except Forbidden:
        raise
    except Problem as problem:
        messages.error(request, f"“{file.name}”没有读取：{problem}")


def _tell(request: UserRequest, added: actions.Added) -> None:
    if added.new:
        messages.success(request, f"已读取《{added.document}》。")
    else:
        before = f"{timezone.localdate(added.document.uploaded_at):%Y年%-m月%-d日}"
        messages.info(request, f"《{added.document}》的内容与以前上传过的完全相同（{before}），仍用原来的那一份。")


@require_GET
def detail(request: UserRequest, pk: int) -> HttpResponse:
    """The review desk: the text with its marks beside what was found."""
    document = get_document_for(request.user, pk)
    context: dict[str, Any] = {
        "document": document,
        "offers": offers(request.user, document),
        "may_work": may_work_on(request.user, document),
        "breadcrumbs": [{"label": "文稿", "url": reverse("documents:index")}, {"label": str(document)}],
    }
    if not hasattr(document, "reading"):
        return render(request, "documents/kept.html", context)
    reading, tab = reading_for(document), request.GET.get("tab", "check")
    checks = checks_for(document, reading)
    tab = tab if tab in TABS else "check"
    show = request.GET.get("show", "")
    found = {
        "check": lambda: _check_tab(document, reading, checks, show if show in SHOWN else ""),
        "outline": lambda: _outline_tab(reading),
        "tasks": lambda: _tasks_tab(reading),
        "schedule": lambda: _schedule_tab(reading),
        "repairs": lambda: _repairs_tab(reading),
    }[tab]()
    context |= found | {"tab": tab, "tabs": _tabs(document, tab, reading, checks), "reading": reading}
    return render(request, "documents/detail.html", context)


@require_GET
def original(request: UserRequest, pk: int) -> FileResponse:
    """The file as it came in; always saved, never opened inside our own pages."""
    document = get_document_for(request.user, pk)
    return FileResponse(
        stored(document.sha256).open("rb"),
        as_attachment=True,
        filename=document.name,
        content_type=document.media_type,
    )


@require_GET
def check_page(request: UserRequest, pk: int) -> HttpResponse:
    """The number check as one page to print or pass on, with what people said of the doubts."""
    return check_report([get_document_for(request.user, pk)])


@require_GET
def findings_xlsx(request: UserRequest, pk: int) -> HttpResponse:
    """The doubts and what was said of them, as a table to pass on."""
    document = get_document_for(request.user, pk)
    return download(findings_table(document), f"核数发现_{PurePath(document.name).stem}.xlsx", XLSX)


@require_POST
def reread(request: UserRequest, pk: int) -> HttpResponse:
    """Read the original again."""
    document = actions.reread(document=get_document_for(request.user, pk), by=request.user)
    messages.success(request, "已重新读取。已处理的疑点仍然有效。")
    return redirect("documents:detail", document.pk)


@require_POST
def settle(request: UserRequest, pk: int) -> HttpResponse:
    """Say what is right in one place of the text."""
    document = get_document_for(request.user, pk)
    key = request.POST.get("key", "")
    actions.settle_finding(document=document, key=key, by=request.user, **word_in(request.POST))
    return _settled(request, document, key)


@require_POST
def unsettle(request: UserRequest, pk: int) -> HttpResponse:
    """Take back what was said."""
    document = get_document_for(request.user, pk)
    key = request.POST.get("key", "")
    actions.unsettle_finding(document=document, key=key, by=request.user)
    return _settled(request, document, key)


def _settled(request: UserRequest, document: Document, key: str) -> HttpResponse:
    """The doubt as it stands now, with the counts that changed with it."""
    reading = reading_for(document)
    checks = checks_for(document, reading)
    check = next((check for check in checks if check.key == key), None)
    if check is None or not request.htmx:
        return redirect(f"{reverse('documents:detail', args=[document.pk])}?tab=check#c-{key}")
    context = {
        "document": document, "check": _shown(check), "may_work": True, "swap": True,
        "tabs": _tabs(document, "check", reading, checks), "progress": _progress(checks),
    }  # fmt: skip
    return render(request, "documents/parts/check.html", context)


def _row(document: Document) -> Row:
    result = getattr(document, "reading", None)
    return Row(
        (
            document.title or document.name, document.kind_label, document.period_text, document.unit.name,
            str(document.uploaded_by or "系统"), document.uploaded_at, result.tasks if result else None,
            _doubt_words(result.doubts, document.settled) if result else None,
        ),
        url=reverse("documents:detail", args=[document.pk]),
        key=str(document.pk) if result else "",
    )  # fmt: skip


def _doubt_words(doubts: int, settled: int) -> tuple[str, str]:
    if not doubts:
        return "无", "ok"
    return (f"{doubts} 处，已处理 {settled}", "warn") if settled < doubts else (f"{doubts} 处，均已处理", "closed")


def _tabs(document: Document, active: str, reading: Reading, checks: list[Check]) -> list[dict[str, Any]]:
    counts = {
        "check": sum(check.doubtful and check.settlement is None for check in checks),
        "outline": len(reading.headings),
        "tasks": len(reading.tasks),
        "schedule": len(reading.schedule),
        "repairs": len(reading.repairs),
    }
    url = reverse("documents:detail", args=[document.pk])
    return [
        {"label": label, "url": f"{url}?tab={tab}", "active": tab == active, "badge": counts[tab]}
        for tab, label in TABS.items()
        if tab in ALWAYS or counts[tab] or tab == active
    ]


def _check_tab(document: Document, reading: Reading, checks: list[Check], show: str) -> dict[str, Any]:
    marks = check_marks(reading, checks)
    wanted = [
        check for check in checks if not show or (check.doubtful and (check.settlement is not None) == (show == "done"))
    ]
    shown = [_shown(check) for check in wanted]
    order = {"alarm": 0, "note": 1, "unknown": 2, "ok": 3}
    shown.sort(key=lambda item: (order[item["level"]], item["spans"][0]))
    url = reverse("documents:detail", args=[document.pk])
    filters = [(f"{url}?tab=check&show={code}", word, code == show) for code, word in SHOWN.items()]
    return {
        "pieces": pieces(reading.source.text, marks), "checks": shown, "legend": _legend(marks), "show": show,
        "filters": filters, "progress": _progress(checks),
    }  # fmt: skip


def _progress(checks: list[Check]) -> tuple[int, int]:
    """Settled doubts, and all of them."""
    doubts = [check for check in checks if check.doubtful]
    return sum(check.settlement is not None for check in doubts), len(doubts)


def _schedule_tab(reading: Reading) -> dict[str, Any]:
    marks = schedule_marks(reading)
    weeks = [
        (name, [{"id": f"s{index}", "entry": entry, "when": when_name(entry)} for index, entry in group])
        for name, group in groupby(enumerate(reading.schedule), key=lambda item: slot_name(item[1]))
    ]
    return {"pieces": pieces(reading.source.text, marks), "weeks": weeks, "legend": _legend(marks)}


def _repairs_tab(reading: Reading) -> dict[str, Any]:
    marks = repair_marks(reading)
    return {"pieces": pieces(reading.source.text, marks), "legend": _legend(marks)}


def _outline_tab(reading: Reading) -> dict[str, Any]:
    marks = outline_marks(reading)
    return {"pieces": pieces(reading.source.text, marks), "legend": _legend(marks)}


def _tasks_tab(reading: Reading) -> dict[str, Any]:
    marks = task_marks(reading)
    tasks = [
        {"task": task, "targets": [reading.targets[index].text for index in task.targets]} for task in reading.tasks
    ]
    return {"pieces": pieces(reading.source.text, marks), "tasks": tasks, "legend": _legend(marks)}


def _shown(check: Check) -> dict[str, Any]:
    word, category = LEVEL_WORDS[check.level]
    return {
        "key": check.key,
        "kind": check.kind,
        "level": check.level,
        "word": word,
        "category": category,
        "texts": check.texts,
        "spans": check.spans,
        "why": check.why,
        "doubtful": check.doubtful,
        "settlement": check.settlement,
        "decisions": Settlement.DECISIONS.items(),
    }


def _legend(marks: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """Kind, word and number of things (a relation of three numbers is one thing)."""
    found = {(item["kind"], item["id"]) for item in marks}
    kinds = [kind for kind, _ in found]
    return [(kind, word, kinds.count(kind)) for kind, word in MARK_WORDS.items() if kind in kinds]


def _page(request: UserRequest, found: QuerySet[Document]) -> Page:
    size = request.GET.get("size", "")
    return Paginator(found, int(size) if size in map(str, PAGE_SIZES) else PAGE_SIZES[0]).get_page(
        request.GET.get("page")
    )
