"""The REST interface: the contracts of the command line, by the same actions and queries, for the person behind the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, NinjaAPI, Router, Status, UploadedFile
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer, SessionAuth

from taizhang.api import tokens
from taizhang.api.schedule import schedule
from taizhang.api.schemas import (
    LoadOut,
    ProblemOut,
    RecordChange,
    RecordIn,
    RecordOut,
    RecordsOut,
    RegisterOut,
    StepIn,
    UnitOut,
    WriteIn,
)
from taizhang.catalog.current import catalog
from taizhang.indicators.queries import figures_below, figures_by, value_for
from taizhang.indicators.source_rows import rows_for
from taizhang.indicators.target import registers_of
from taizhang.kernel.errors import NotFound, Problem
from taizhang.kernel.tables import table_from_bytes
from taizhang.org.models import User
from taizhang.org.policy import can
from taizhang.org.queries import find_unit, get_unit_for, units_for
from taizhang.reading import plan_rows, read_bytes
from taizhang.reading.crosscheck import compare, with_across
from taizhang.registers import actions, policy, steps
from taizhang.registers.blueprint import blueprint
from taizhang.registers.loading import check_table, load_table
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Record
from taizhang.registers.queries import Filters, get_record_for, records_for, registers_for
from taizhang.reports.actions import write_report
from taizhang.reports.trace import trace_bytes
from taizhang.ui.downloads import DOCX

MOST_A_PAGE = 500
ERRORS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 422: ProblemOut}


class Bearer(HttpBearer):
    """``Authorization: Bearer tz_…``; the key acts for its person."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        found = tokens.user_of(token)
        if found is not None:
            request.user = found
        return found


class Session(SessionAuth):
    """A logged-in browser, with the CSRF token as for any form."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any | None:
        return request.user if request.user.is_authenticated else None


api = NinjaAPI(
    title="台账 Taizhang",
    version="1",
    description="各命令的接口；权限与网页相同。出错时回答 {code, message, where, remedy}。",
    auth=[Bearer(), Session()],
    docs_url=None,
    urls_namespace="api",
)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, wrong: Problem) -> HttpResponse:
    return api.create_response(request, wrong.as_dict(), status=wrong.status)


@api.exception_handler(DataError)
def _unfit(request: HttpRequest, wrong: DataError) -> HttpResponse:
    told = Problem("API-013", "有存不下的文字或数值", remedy="检查过长的文字、过大的数和不可见字符")
    return api.create_response(request, told.as_dict(), status=told.status)


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, wrong: AuthenticationError) -> HttpResponse:
    told = Problem(
        "API-010",
        "没有登录，或令牌无效、过期",
        remedy="在请求头写 Authorization: Bearer 令牌；令牌在“接口令牌”页上生成",
    )
    return api.create_response(request, told.as_dict(), status=401)


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    first = wrong.errors[0] if wrong.errors else {"loc": ["body"], "msg": ""}
    where = ".".join(str(part) for part in first["loc"][2:] or first["loc"])
    told = Problem("API-011", f"请求写法不对：{first['msg']}", where=where, remedy="对照 /api/v1/openapi.json")
    return api.create_response(request, told.as_dict(), status=422)


registers = Router(tags=["台账"])
figures = Router(tags=["指标"])
papers = Router(tags=["文稿与稿件"])
places = Router(tags=["单位"])


# 台账


@registers.get("", response={200: list[RegisterOut], **ERRORS})
def list_registers(request: HttpRequest) -> Any:
    """The registers of which the person may see any record."""
    return [_register(item.code) for item in registers_for(_user(request))]


@registers.get("/{code}", response={200: RegisterOut, **ERRORS})
def get_register(request: HttpRequest, code: str) -> Any:
    """One register with its fields and states."""
    return _register(_seen(request, code))


@registers.get("/{code}/records", response={200: RecordsOut, **ERRORS})
def list_records(
    request: HttpRequest,
    code: str,
    q: str = "",
    state: str = "",
    unit: str = "",
    period: str = "",
    sort: str = "",
    page: int = 1,
    size: int = 50,
) -> Any:
    """A page of the list, narrowed and sorted as on the web."""
    user, found = _user(request), _seen(request, code)
    # A program that reads page after page takes the list away: what must not leave as a sheet does not leave here.
    policy.require_export(catalog().register(found))
    place = get_unit_for(user, unit) if unit else None
    filters = Filters(text=q, state=state, unit=place, period=period)
    records = records_for(user, found, filters, sort, page, max(1, min(size, MOST_A_PAGE)))
    lookup = DbLookup(user).preload(records)
    for record in records:
        actions.note_view(record=record, by=user)
    return {
        "items": [_record(record, lookup) for record in records],
        "page": records.number,
        "pages": records.paginator.num_pages,
        "count": records.paginator.count,
    }


@registers.post("/{code}/records", response={201: RecordOut, **ERRORS})
def create_record(request: HttpRequest, code: str, given: RecordIn) -> Any:
    """A new record, by the same rules and checks as the form."""
    user = _user(request)
    saved = actions.create_record(
        register=_seen(request, code),
        unit=find_unit(given.unit),
        period=given.period,
        values=given.values,
        by=user,
        source="接口",
    )
    return Status(201, _saved(saved, user))


@registers.get("/records/{int:record_id}", response={200: RecordOut, **ERRORS})
def get_record(request: HttpRequest, record_id: int) -> Any:
    """One record."""
    user = _user(request)
    found = get_record_for(user, record_id)
    actions.note_view(record=found, by=user)
    return _record(found, DbLookup(user).preload([found]))


@registers.patch("/records/{int:record_id}", response={200: RecordOut, **ERRORS})
def edit_record(request: HttpRequest, record_id: int, given: RecordChange) -> Any:
    """Change the fields that are named."""
    user = _user(request)
    saved = actions.edit_record(
        record=get_record_for(user, record_id),
        values=given.values,
        revision=given.revision,
        reason=given.reason,
        by=user,
        source="接口",
    )
    return _saved(saved, user)


@registers.post("/records/{int:record_id}/steps", response={200: RecordOut, **ERRORS})
def take_step(request: HttpRequest, record_id: int, given: StepIn) -> Any:
    """Take a step of the lifecycle."""
    user = _user(request)
    saved = steps.take_step(
        record=get_record_for(user, record_id),
        step=given.step,
        values=given.values,
        note=given.note,
        revision=given.revision,
        by=user,
    )
    return _saved(saved, user)


@registers.post("/{code}/load", response={200: LoadOut, **ERRORS})
def load(
    request: HttpRequest,
    code: str,
    file: File[UploadedFile],
    unit: str = "",
    period: str = "",
    dry_run: bool = False,
) -> Any:
    """Load a table (xlsx or csv): good rows are saved, faulty ones come back with row, field and remedy."""
    user, found = _user(request), _seen(request, code)
    table = table_from_bytes(file.read(), Path(file.name or "表.xlsx").name)
    work = check_table if dry_run else load_table
    return work(found, table, user, get_unit_for(user, unit) if unit else None, period or None).as_dict()


# 指标


@figures.get("", response={200: list[dict[str, Any]], **ERRORS})
def list_indicators(request: HttpRequest) -> Any:
    """The catalogue of indicators."""
    _at_work(request)
    keys = ("code", "name", "unit", "decimals", "better", "formula", "version", "basis", "theme")
    return [{key: getattr(item, key) for key in keys} for item in catalog().indicators.values()]


@figures.get("/{code}/value", response={200: dict[str, Any] | list[dict[str, Any]], **ERRORS})
def get_value(
    request: HttpRequest, code: str, unit: str | None = None, period: str | None = None, by: str = "", below: str = ""
) -> Any:
    """The value of an indicator; a list with ``by`` (a dimension) or ``below`` (a level of units)."""
    user = _user(request)
    if below:
        return [figure.as_dict() for figure in figures_below(user, code, unit, period, below)]
    if by:
        return [figure.as_dict() for figure in figures_by(user, code, unit, period, by)]
    return value_for(user, code, unit, period).as_dict()


@figures.get("/{code}/rows", response={200: list[dict[str, Any]], **ERRORS})
def get_rows(request: HttpRequest, code: str, unit: str | None = None, period: str | None = None) -> Any:
    """The source rows behind a value that the person may see; none of a register whose lists must not leave."""
    for register in registers_of(catalog().indicator(code)):
        policy.require_export(register)
    return rows_for(_user(request), code, unit, period, MOST_A_PAGE * 20)


# 文稿与稿件


@papers.post("/read", response={200: dict[str, Any], **ERRORS})
def read(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Read a document: headings, quantities, relations with their verdicts, targets, tasks. Nothing is kept."""
    _at_work(request)
    return read_bytes(file.read(), Path(file.name or "文稿").name).as_dict()


@papers.post("/check", response={200: list[dict[str, Any]], **ERRORS})
def check(request: HttpRequest, files: File[list[UploadedFile]]) -> Any:
    """The number check of one or several documents, as ``taizhang check --json``: what differs between them in ``across``."""
    _at_work(request)
    readings = [read_bytes(file.read(), Path(file.name or "文稿").name) for file in files]
    return with_across(readings, compare(readings))


@papers.post("/plan", response={200: list[dict[str, Any]], **ERRORS})
def plan(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """The task table that a plan holds."""
    _at_work(request)
    return plan_rows(read_bytes(file.read(), Path(file.name or "文稿").name))


@papers.post("/write", response={200: None, **ERRORS})
def write(request: HttpRequest, given: WriteIn) -> Any:
    """Write a report; the answer is the docx."""
    report = write_report(template=given.template, unit=given.unit, period=given.period, by=_user(request))
    return HttpResponse(report.docx_bytes(), content_type=DOCX)


@papers.post("/trace", response={200: list[dict[str, Any]], **ERRORS})
def trace(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Which numbers of a returned docx are kept, changed, deleted or typed in."""
    _at_work(request)
    return trace_bytes(file.read(), Path(file.name or "稿件.docx").name)


# 单位


@places.get("", response={200: list[UnitOut], **ERRORS})
def list_units(request: HttpRequest) -> Any:
    """The units that the person may look at, in the tree's order."""
    return [
        {
            "code": unit.code, "name": unit.name, "kind": unit.kind, "parent": unit.parent.code if unit.parent else None,
            "opened_on": unit.opened_on.isoformat(), "closed_on": unit.closed_on.isoformat() if unit.closed_on else None,
        }
        for unit in units_for(_user(request)).order_by("path")
    ]  # fmt: skip


api.add_router("/registers", registers)
api.add_router("/indicators", figures)
api.add_router("/papers", papers)
api.add_router("/units", places)
api.add_router("/schedule", schedule)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the authentication let nobody else through
    return request.user


def _at_work(request: HttpRequest) -> User:
    """Somebody with a post: an account alone opens nothing. Raises NotFound."""
    user = _user(request)
    if not units_for(user).exists() and not can(user, "manage_units"):
        raise NotFound("API-012", "没有这项内容，或您无权查看", remedy="请管理员为您安排岗位")
    return user


def _seen(request: HttpRequest, key: str) -> str:
    """The code of a register of which the person may see records. Raises NotFound."""
    register = catalog().register(key)
    if not policy.may(_user(request), register, "see"):
        raise policy.no_register(register)
    return register.code


def _register(key: str) -> dict[str, Any]:
    register = blueprint(key).register
    fields = [
        {
            "name": item.name, "label": item.title, "type": item.type, "required": item.required, "unit": item.unit,
            "computed": item.formula is not None, "sensitive": item.sensitive, "options": list(blueprint(key).fields[item.name].choices),
        }
        for item in register.fields
    ]  # fmt: skip
    return {
        "code": register.code, "name": register.name, "line": register.line, "kind": register.kind, "period": register.period,
        "fields": fields, "states": dict(register.lifecycle.states),
    }  # fmt: skip


def _saved(saved: actions.Saved, user: User) -> dict[str, Any]:
    found = _record(saved.record, DbLookup(user).preload([saved.record]))
    return {**found, "warnings": saved.warnings}


def _record(record: Record, lookup: DbLookup) -> dict[str, Any]:
    plan = blueprint(record.register_code)
    data = plan.with_computed(record, timezone.localdate(), lookup)
    values = {
        name: plan.shown(name, data, lookup) if plan.fields[name].definition.sensitive else data[name]
        for name in plan.fields
        if name in data
    }
    return {
        "id": record.pk, "register_code": record.register_code, "number": record.number, "unit": record.unit.code,
        "unit_name": record.unit.name, "period": record.period, "state": record.state, "state_category": record.state_category,
        "dated_on": str(record.dated_on), "due_on": str(record.due_on) if record.due_on else None,
        "revision": record.revision, "values": values,
    }  # fmt: skip
