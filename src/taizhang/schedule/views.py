"""The work tables: a week, the term, what is done with them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taizhang.catalog.current import catalog
from taizhang.documents.actions import add_document
from taizhang.documents.forms import received
from taizhang.documents.queries import documents_for, get_document_for
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.periods import Period
from taizhang.org.models import Unit, User
from taizhang.org.queries import root_unit
from taizhang.org.request import UserRequest
from taizhang.schedule import actions
from taizhang.schedule.forms import EntryForm, ImportForm, RemarkForm, TableForm
from taizhang.schedule.ics import Event, calendar
from taizhang.schedule.models import Entry, Table
from taizhang.schedule.paper import line_of, table_docx
from taizhang.schedule.policy import may_write, require_writer, writes_for
from taizhang.schedule.queries import doubts_of, entries_of, get_entry_for, get_table_for, rows_of, tables_for
from taizhang.schedule.weeks import WEEKDAYS, day_note
from taizhang.ui.tables import Column, Row
from taizhang.ui.tables import Table as Shown

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SALT = "schedule.feed"


@require_GET
def index(request: UserRequest) -> HttpResponse:
    """The tables one may read; with ``document``, where its schedule may go."""
    units = writes_for(request.user)
    document = (
        get_document_for(request.user, int(request.GET["document"]))
        if request.GET.get("document", "").isdecimal()
        else None
    )
    tables = list(tables_for(request.user))
    rows = [
        Row((item.title, item.unit.name, item.first_day, item.last_day, (item.get_state_display(), _category(item))),
            url=reverse("schedule:table", args=[item.pk]))
        for item in tables
    ]  # fmt: skip
    columns = [Column("名称"), Column("单位"), Column("开学", "date"), Column("放假", "date"), Column("状态", "state")]
    remedy = "点“新建周次表”，填开学和放假日期。" if units else "印发后会列在这里。"
    context = {
        "table": Shown(columns, rows, caption="周次表", empty="还没有周次表", remedy=remedy),
        "form": TableForm(units=units, initial=_term()) if units else None,
        "document": document, "targets": [item for item in tables if may_write(request.user, item.unit)],
    }  # fmt: skip
    return render(request, "schedule/index.html", context)


@require_POST
def new(request: UserRequest) -> HttpResponse:
    """An empty table."""
    form = TableForm(request.POST, units=writes_for(request.user))
    if not form.is_valid():
        raise Problem("SCH-023", "周次表没有填全", remedy="填写编制单位、学期、开学和放假日期")
    made = actions.create_table(by=request.user, **form.cleaned_data)
    return redirect("schedule:table", made.pk)


@require_GET
def table(request: UserRequest, pk: int) -> HttpResponse:
    """One week day by day, or the whole term as it is printed."""
    found = get_table_for(request.user, pk)
    weeks, whole = found.weeks, request.GET.get("view") == "term"
    number = _week_asked(request, found)
    week = weeks[number - 1]
    writer = may_write(request.user, found.unit)
    # Who writes the table is told of every doubt in it, whichever week is open.
    every = entries_of(found) if writer or whole else entries_of(found, week.start, week.end)
    entries = every if whole else [item for item in every if item.start <= week.end and item.end >= week.start]
    by_key = {item.pk: item for item in every}
    remark = found.remarks.filter(week=number).first()
    doubts = doubts_of(every) if writer else []
    context = {
        "table": found, "week": week, "weeks": weeks, "whole": whole, "writer": writer, "category": _category(found),
        "days": [] if whole else _days(week.days, entries),
        "rows": [(item, [(entry, line_of(entry)) for entry in listed], text) for item, listed, text in rows_of(found, entries)] if whole else [],
        "doubts": [(doubt, [by_key[key] for key in doubt.keys]) for doubt in doubts], "remark": remark.text if remark else "",
        "remark_form": RemarkForm(initial={"text": remark.text if remark else ""}), "previous": number - 1 or None,
        "next": number + 1 if number < len(weeks) else None, "tabs": _tabs(found, number, whole),
        "feed": request.build_absolute_uri(reverse("schedule:feed", args=[_token(request.user, found)])),
        "import_form": ImportForm(documents=_schedules(request.user)) if writer else None, "today": timezone.localdate(),
        "breadcrumbs": [{"label": "日程", "url": reverse("schedule:index")}, {"label": found.title}],
    }  # fmt: skip
    return render(request, "schedule/table.html", context)


@require_http_methods(["GET", "POST"])
def add(request: UserRequest, pk: int) -> HttpResponse:
    """A new entry."""
    found = get_table_for(request.user, pk)
    require_writer(request.user, found.unit)
    return _entry(request, found, None)


@require_http_methods(["GET", "POST"])
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Change an entry."""
    found = get_entry_for(request.user, pk)
    require_writer(request.user, found.table.unit)
    return _entry(request, found.table, found)


@require_POST
def remove(request: UserRequest, pk: int) -> HttpResponse:
    """Take an entry out."""
    found = get_entry_for(request.user, pk)
    week = found.table.week_of(found.start)
    actions.remove_entry(entry=found, by=request.user)
    messages.success(request, "已删除。")
    return redirect(f"{reverse('schedule:table', args=[found.table_id])}?week={week}")


@require_POST
def remark(request: UserRequest, pk: int, week: int) -> HttpResponse:
    """What stands beside a week."""
    actions.set_remark(
        table=get_table_for(request.user, pk), week=week, text=request.POST.get("text", ""), by=request.user
    )
    messages.success(request, "备注已保存。")
    return redirect(f"{reverse('schedule:table', args=[pk])}?week={week}")


@require_POST
def issue(request: UserRequest, pk: int) -> HttpResponse:
    """Show it to everybody."""
    actions.issue_table(table=get_table_for(request.user, pk), by=request.user)
    messages.success(request, "周次表已印发，全局可见。")
    return redirect("schedule:table", pk)


@require_POST
def take(request: UserRequest, pk: int) -> HttpResponse:
    """Take a document's schedule in."""
    found = get_table_for(request.user, pk)
    require_writer(request.user, found.unit)
    form = ImportForm(request.POST, request.FILES, documents=_schedules(request.user))
    form.is_valid()
    document = form.cleaned_data.get("document")
    if document is None:
        data, name = received(form.cleaned_data.get("file"))
        document = add_document(data=data, name=name, by=request.user).document
    count, left = actions.import_document(table=found, document=document, by=request.user)
    messages.success(request, f"已导入 {count} 项安排。")
    if left:
        more = f"等 {len(left)} 项" if len(left) > 5 else ""
        messages.warning(
            request, f"没有日期或不在本学期，请手工添加：{'；'.join(text[:40] for text in left[:5])}{more}"
        )
    return redirect(f"{reverse('schedule:table', args=[pk])}?view=term")


@require_GET
def paper(request: UserRequest, pk: int) -> HttpResponse:
    """The term as a Word file."""
    found = get_table_for(request.user, pk)
    response = HttpResponse(table_docx(found, rows_of(found, entries_of(found))), content_type=DOCX)
    response["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(f'{found.title}.docx')}"
    return response


@login_not_required
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The table for a calendar program, which cannot log in: the address itself carries whose it is, signed. It stops
    working with the account and with the password it was made under, and shows what that person may read."""
    user, table_id = _owner(token)
    found = get_table_for(user, table_id)
    events = [
        Event(
            uid=f"schedule-{entry.pk}@taizhang", start=entry.start, end=entry.end, half=entry.half, summary=entry.activity,
            location=entry.place, changed=entry.changed_at, description="\n".join(filter(None, (entry.actor, entry.people))),
        )
        for entry in entries_of(found)
    ]  # fmt: skip
    response = HttpResponse(calendar(found.title, events), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f"inline; filename*=utf-8''{quote(f'{found.title}.ics')}"
    return response


def _entry(request: UserRequest, found: Table, entry: Entry | None) -> HttpResponse:
    units = list(Unit.objects.filter(path__startswith=root_unit().path, level="school"))
    if entry is None:
        day = found.weeks[_week_asked(request, found) - 1].start
        form = EntryForm(request.POST or None, units=units, initial={"start": max(day, found.first_day)})
    else:
        form = EntryForm(request.POST or None, units=units, entry=entry)
    if request.method == "POST" and form.is_valid():
        saved = actions.save_entry(table=found, entry=entry, by=request.user, **form.cleaned_data)
        for doubt in doubts_of(entries_of(found)):
            if saved.pk in doubt.keys:
                messages.warning(request, f"{doubt.kind}：{doubt.text}。")
        messages.success(request, "已保存。")
        week = min(max(found.week_of(saved.start), 1), len(found.weeks))
        return redirect(f"{reverse('schedule:table', args=[found.pk])}?week={week}")
    back = reverse("schedule:table", args=[found.pk])
    crumbs = [
        {"label": "日程", "url": reverse("schedule:index")},
        {"label": found.title, "url": back},
        {"label": "安排"},
    ]
    context = {"table": found, "form": form, "entry": entry, "units": units, "breadcrumbs": crumbs, "back": back}
    return render(request, "schedule/entry.html", context)


def _week_asked(request: UserRequest, found: Table) -> int:
    """The week of the address; else today's; within the term."""
    asked = request.GET.get("week", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 4 else found.week_of(timezone.localdate())
    return min(max(number, 1), len(found.weeks))


def _days(days: list[Any], entries: list[Entry]) -> list[dict[str, Any]]:
    """Each day with what goes on on it; a thing of several days stands on each."""
    office = catalog().calendar
    return [
        {
            "day": day, "name": f"周{WEEKDAYS[day.weekday()]}", "note": day_note(day, office), "weekend": day.weekday() > 4,
            "entries": sorted(
                (entry for entry in entries if entry.start <= day <= entry.end), key=lambda entry: (_HALF_ORDER.get(entry.half, 0), entry.pk)
            ),
        }
        for day in days
    ]  # fmt: skip


_HALF_ORDER = {"": 0, "全天": 0, "上午": 1, "中午": 2, "下午": 3, "晚上": 4}


def _tabs(found: Table, number: int, whole: bool) -> list[dict[str, Any]]:
    base = reverse("schedule:table", args=[found.pk])
    return [
        {"label": "一周", "url": f"{base}?week={number}", "active": not whole},
        {"label": "全学期", "url": f"{base}?view=term", "active": whole},
    ]


def _token(user: User, found: Table) -> str:
    return signing.Signer(salt=SALT).sign_object([user.pk, found.pk, _mark(user)])


def _mark(user: User) -> str:
    """What changes with the person's password: a new one ends every address that was given away."""
    return salted_hmac(SALT, user.get_session_auth_hash()).hexdigest()[:16]


def _owner(token: str) -> tuple[User, int]:
    """Whose address it is, and of which table. Raises NotFound for a forged or an ended one."""
    gone = NotFound("SCH-024", "订阅地址无效", remedy="请在周次表页面重新复制")
    try:
        user_id, table_id, mark = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError) as wrong:
        raise gone from wrong
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not constant_time_compare(mark, _mark(user)):
        raise gone
    return user, table_id


def _schedules(user: User) -> Any:
    return documents_for(user, kind="schedule")


def _category(found: Table) -> str:
    return "closed" if found.state == Table.ISSUED else "draft"


def _term() -> dict[str, Any]:
    now = Period.of("term", timezone.localdate())
    return {"period": now.code, "first_day": now.start, "last_day": now.end}
