"""Rounds: what is running, opening one, watching it, the workbooks, the burden."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from taizhang.kernel.errors import Forbidden, Problem
from taizhang.kernel.periods import Period
from taizhang.kernel.tables import table_from_bytes
from taizhang.registers.blueprint import blueprint
from taizhang.registers.collections import actions, policy, queries, xlsx
from taizhang.registers.collections.forms import EditForm, EndForm, ExtendForm, RoundForm, SheetForm
from taizhang.registers.collections.held import Held, held_fields
from taizhang.registers.collections.models import Return, Round
from taizhang.registers.collections.sheet import sheets_for
from taizhang.registers.requests import Request, sent
from taizhang.ui.downloads import XLSX, download
from taizhang.ui.tables import Column, Row, Table

UNPROCESSABLE = 422
CATEGORY = {"todo": "warn", "draft": "draft", "submitted": "open", "returned": "late", "approved": "ok"}
ROUND_CATEGORY = {Round.OPEN: "open", Round.CLOSED: "closed", Round.CANCELLED: "void"}
LAST_YEARS = 2


def crumbs(*parts: tuple[str, str]) -> dict[str, Any]:
    places = [("报送", reverse("collections:index")), *parts]
    return {"breadcrumbs": [{"label": label, "url": url} for label, url in places]}


def index(request: Request) -> HttpResponse:
    """What the person owes, and the rounds that they see."""
    page, tallies = queries.rounds_for(request.user, request.GET.get("page"))
    context = {
        "owed": owed_table(request), "page": page, "rounds": _rounds_table(page, tallies),
        "may_open": bool(queries.registers_to_collect(request.user)),
    }  # fmt: skip
    return render(request, "registers/collections/index.html", context)


def owed_table(request: Request) -> Table:
    """The desk's part: returns to fill and rounds to approve."""
    rows = []
    for item in queries.owed_returns(request.user):
        url = reverse("collections:return", args=[item.pk]) if item.pk else (
            reverse("collections:watch", args=[item.round_id]) + "?state=mine")  # fmt: skip
        told = f"{item.to_approve} 家" if item.to_approve else f"{item.filled}/{item.asked} 项" if item.asked else ""
        cells = [item.title, item.unit, item.state, told, item.due_on]
        rows.append(Row(cells, url, category="late" if item.overdue and item.pk else ""))
    columns = [Column("报送"), Column("单位"), Column("状态"), Column("进度"), Column("截止", "due")]
    return Table(columns, rows, "待办报送", empty="没有要填报或审核的报表", id="owed")


def _rounds_table(page: Any, tallies: dict[int, dict[str, int]]) -> Table:
    columns = [Column("报送"), Column("期间"), Column("发起"), Column("截止", "due"), Column("已报", "progress"),
               Column("已通过", "progress"), Column("状态", "state")]  # fmt: skip
    rows = []
    for round_ in page:
        tally = tallies.get(round_.pk, {})
        total = tally.get("all", 0)
        done = tally.get("submitted", 0) + tally.get("approved", 0)
        cells = [
            round_.title, period_label(round_), round_.section.name, (round_.due_on, round_.state != Round.OPEN),
            (done, total, "已报") if total else None, (tally.get("approved", 0), total, "已通过") if total else None,
            (round_.get_state_display(), ROUND_CATEGORY[round_.state]),
        ]  # fmt: skip
        rows.append(Row(cells, reverse("collections:watch", args=[round_.pk])))
    return Table(columns, rows, "报送轮次", empty="还没有报送", remedy="由科室或办公室发起", id="rounds")


def period_label(round_: Round) -> str:
    """The period in words; what a roster's round says is shown as it is."""
    try:
        return Period.parse(round_.period).label if round_.period else ""
    except Problem:
        return round_.period


def new(request: Request) -> HttpResponse:
    """Open a round: the register first, then whom, when and how; fields that the ledger holds are told before."""
    registers = queries.registers_to_collect(request.user)
    if not registers:
        raise Forbidden("REG-200", "您的岗位不能发起报送", remedy="由主管科室或办公室发起")
    copied = request.GET.get("copy", "")
    source = queries.get_round_for(request.user, int(copied)) if copied.isdigit() else None
    code = source.register_code if source else request.GET.get("register", "")
    if code not in {register.code for register in registers}:
        return render(request, "registers/collections/choose.html", {"registers": registers, **crumbs(("发起", ""))})
    plan, today = blueprint(code), timezone.localdate()
    form = RoundForm(plan, today, sent(request, request.POST), source)
    held = None
    if request.method == "POST" and form.is_valid():
        try:
            units = form.units()
            if "look" in request.POST:
                held = held_fields(plan, form.cleaned_data["period"], units)
                messages.info(request, f"将发给 {len(units)} 个单位。")
            else:
                return _opened(request, form, units, source)
        except Problem as problem:
            form.take(problem)
            if problem.code == "REG-222":
                held = held_fields(plan, form.cleaned_data["period"], units)
    context = {"form": form, "plan": plan, "held": None if held is None else _held_table(held), "source": source}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "registers/collections/new.html", context | crumbs(("发起", "")), status=status)


def _opened(request: Request, form: RoundForm, units: list[Any], source: Round | None) -> HttpResponse:
    names = ("title", "period", "due_on", "chain", "instructions", "contact", "swing", "asked_again")
    given = {name: form.cleaned_data[name] for name in names}
    # The order of approval is ours, not the order of the boxes.
    given["chain"] = [key for key in policy.STAGES if key in given["chain"]]
    round_ = actions.open_round(register=form.plan.code, units=units, by=request.user, copied_from=source, **given)
    messages.success(request, f"已发起，{len(units)} 个单位可以填报。")
    return redirect("collections:watch", round_.pk)


def _held_table(held: list[Held]) -> Table:
    """A line a register and period with its fields, for a form of sixty fields is held in sixty of them."""
    groups: dict[tuple[str, str], list[Held]] = {}
    for item in held:
        groups.setdefault((item.register.name, item.period), []).append(item)
    rows = [
        Row([name, Period.parse(period).label, len(items), "、".join(item.field for item in items),
             max(item.units for item in items), max(item.newest for item in items)])
        for (name, period), items in groups.items()
    ]  # fmt: skip
    columns = [Column("已在"), Column("期间"), Column("字段数", "number", "项"), Column("字段"),
               Column("有数的单位", "number", "个"), Column("最近更新", "date")]  # fmt: skip
    return Table(columns, rows, "台账已有的数", empty="台账里还没有本期的同名数据", id="held")


def watch(request: Request, round_id: int) -> HttpResponse:
    """Who has not filled in, live: tiles, districts, list; the same address gives the htmx part."""
    round_ = queries.get_round_for(request.user, round_id)
    plan = blueprint(round_.register_code)
    state, district = request.GET.get("state", ""), request.GET.get("district", "")
    page = queries.watched(request.user, round_, state, district, request.GET.get("page"))
    tally = queries.tallies_of(queries.returns_for(request.user, round_)).get(round_.pk, {"all": 0, "late": 0})
    manages = policy.manager_reach(request.user, plan.register).holds(round_.section)
    reaches = {key: policy.stage_reach(request.user, plan.register, key) for key in policy.STAGES}
    mine = {item.pk for item in page if item.state == Return.SUBMITTED and reaches[item.waits_for].holds(item.unit)}
    query = request.GET.copy()
    query.pop("part", None)
    context = {
        "round": round_, "plan": plan, "period": period_label(round_), "tiles": _tiles(round_, tally),
        "districts": _districts_table(queries.by_district(request.user, round_), round_),
        "tabs": _tabs(round_, tally, state), "page": page, "table": _watch_table(round_, page, mine),
        "manages": manages, "approves": bool(mine), "running": round_.state == Round.OPEN, "query": query.urlencode(),
        "category": ROUND_CATEGORY[round_.state], "today": timezone.localdate(),
        "fills": bool(policy.filler_reach(request.user, plan.register)) and plan.is_statistics,
        "end_form": EndForm(), "stages": [policy.STAGES[key].label for key in round_.chain],
    }  # fmt: skip
    if request.GET.get("part") == "progress":
        return render(request, "registers/collections/parts/progress.html", context)
    return render(request, "registers/collections/watch.html", context | crumbs((round_.title, "")))


def _tiles(round_: Round, tally: dict[str, int]) -> list[dict[str, Any]]:
    total = tally["all"]
    done = tally.get("submitted", 0) + tally.get("approved", 0)
    missing = total - done
    note = f"覆盖 {tally.get('approved', 0) * 100 // total}%" if total else ""
    tiles: list[dict[str, Any]] = [
        {"label": "应报", "value": str(total), "unit": "家"},
        {"label": "未报", "value": str(missing), "unit": "家", "category": "warn" if missing else ""},
        {"label": "审核中", "value": str(tally.get("submitted", 0)), "unit": "家"},
        {"label": "已通过入账", "value": str(tally.get("approved", 0)), "unit": "家", "note": note},
    ]  # fmt: skip
    if queries.is_due(round_, timezone.localdate()):
        late = tally["late"]
        tiles.append({"label": "逾期报", "value": str(late), "unit": "家", "category": "late" if late else ""})
    return tiles


def _tabs(round_: Round, tally: dict[str, int], state: str) -> list[dict[str, Any]]:
    url = reverse("collections:watch", args=[round_.pk])
    missing = sum(tally.get(key, 0) for key in queries.IN_HAND)
    named = [("", "全部", tally["all"]), ("missing", "未报", missing), ("mine", "待我审核", None),
             *((key, label, tally.get(key, 0)) for key, label in Return.STATES)]  # fmt: skip
    if queries.is_due(round_, timezone.localdate()):
        named.append(("late", "逾期报", tally["late"]))
    return [
        {"label": label, "url": f"{url}?state={key}" if key else url, "active": key == state, "badge": badge}
        for key, label, badge in named
    ]


def _districts_table(lines: list[queries.DistrictLine], round_: Round) -> Table:
    url = reverse("collections:watch", args=[round_.pk])
    due = queries.is_due(round_, timezone.localdate())
    rows = []
    for line in lines:
        cells = [line.name, line.all, line.submitted, line.all - line.submitted, line.approved]
        if due:
            cells.append(line.on_time / line.all if line.all else None)
        rows.append(Row(cells, f"{url}?district={line.code}" if line.code else ""))
    columns = [Column("学区"), *(Column(name, "number", "家") for name in ("应报", "已报", "未报", "已通过"))]
    if due:
        columns.append(Column("按时率", "percent", "%", 1))
    return Table(columns, rows, "各学区填报情况", id="districts")


def _watch_table(round_: Round, page: Any, mine: set[int]) -> Table:
    """The watch list; only what waits for this person's approval can be ticked."""
    marks = queries.marks_of(round_, [item.unit_id for item in page])
    rows = []
    for item in page:
        mark = marks.get(item.unit_id, {})
        told = [f"放宽至 {mark['until']}" if "until" in mark else "", f"催报 {mark['times']} 次" if "times" in mark else "",
                "逾期" if item.is_late else ""]  # fmt: skip
        waits = f"（{policy.STAGES[item.waits_for].label}）" if item.waits_for else ""
        cells = [
            item.unit.name, item.unit.parent.name if item.unit.parent else "",
            (item.get_state_display() + waits, CATEGORY[item.state]),
            (item.filled, item.asked, "已填") if item.asked else None, item.submitted_at,
            "、".join(text for text in told if text), item.receipt,
        ]  # fmt: skip
        key = str(item.pk) if item.pk in mine else ""
        rows.append(Row(cells, reverse("collections:return", args=[item.pk]), key, "late" if item.is_late else ""))
    columns = [Column("单位"), Column("上级"), Column("状态", "state"), Column("已填", "progress"), Column("提交时间", "date"),
               Column("备注"), Column("回执号")]  # fmt: skip
    return Table(columns, rows, "填报情况", empty="没有这样的单位", selectable=bool(mine))


def edit(request: Request, round_id: int) -> HttpResponse:
    """Change words, due date, swing."""
    round_ = queries.get_round_for(request.user, round_id)
    policy.require_manager(request.user, round_)
    form = EditForm(round_, sent(request, request.POST))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        reason = values.pop("reason")
        try:
            actions.edit_round(round_=round_, values=values, reason=reason, by=request.user)
        except Problem as problem:
            form.take(problem)
        else:
            messages.success(request, "已保存。")
            return redirect("collections:watch", round_.pk)
    context = {"round": round_, "form": form, "title": "修改报送", "button": "保存"}
    return _form_page(request, round_, context)


def extend(request: Request, round_id: int) -> HttpResponse:
    """Let one unit fill until a later day."""
    round_ = queries.get_round_for(request.user, round_id)
    policy.require_manager(request.user, round_)
    in_hand = queries.returns_for(request.user, round_).filter(state__in=queries.IN_HAND).select_related("unit")
    units = {item.unit.code: item.unit for item in in_hand.order_by("unit__path")}
    form = ExtendForm([(code, unit.name) for code, unit in units.items()], sent(request, request.POST))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            chosen = [units[given["unit"]]] if given["unit"] in units else []
            if not chosen:
                raise Problem("REG-230", "不在本轮或已提交", where="单位", remedy="从名单中选")
            actions.extend_units(
                round_=round_, units=chosen, until=given["until"], reason=given["reason"], by=request.user
            )
        except Problem as problem:
            form.take(problem)
        else:
            messages.success(request, f"“{chosen[0].name}”可填报至 {given['until']}。")
            return redirect("collections:watch", round_.pk)
    return _form_page(request, round_, {"round": round_, "form": form, "title": "放宽期限", "button": "放宽"})


def _form_page(request: Request, round_: Round, context: dict[str, Any]) -> HttpResponse:
    links = crumbs((round_.title, reverse("collections:watch", args=[round_.pk])), (context["title"], ""))
    status = UNPROCESSABLE if context["form"].errors else 200
    return render(request, "registers/collections/form.html", context | links, status=status)


@require_POST
def end(request: Request, round_id: int) -> HttpResponse:
    """Close or cancel a round."""
    round_ = queries.get_round_for(request.user, round_id)
    form = EndForm(request.POST)
    form.is_valid()
    act = actions.cancel_round if form.cleaned_data.get("how") == "cancel" else actions.close_round
    act(round_=round_, reason=form.cleaned_data.get("reason", ""), by=request.user)
    messages.success(request, "已办理。")
    return redirect("collections:watch", round_.pk)


@require_POST
def urge(request: Request, round_id: int) -> HttpResponse:
    """Urge the missing."""
    round_ = queries.get_round_for(request.user, round_id)
    found = actions.urge_missing(round_=round_, by=request.user)
    messages.success(request, f"已催报 {found} 家。" if found else "没有要催的：未报的今天都催过了。")
    return redirect("collections:watch", round_.pk)


@require_POST
def approve(request: Request, round_id: int) -> HttpResponse:
    """Approve the ticked returns."""
    round_ = queries.get_round_for(request.user, round_id)
    ids = [int(key) for key in request.POST.getlist("key") if key.isdigit()]
    outcome = actions.approve_returns(round_=round_, ids=ids, by=request.user, note=request.POST.get("note", ""))
    if outcome.passed:
        messages.success(request, f"已通过 {outcome.passed} 家，其中 {outcome.entered} 家入账。")
    for item, why in outcome.refused[:5]:
        messages.warning(request, f"{item.unit.name}：{why}")
    if not outcome.passed and not outcome.refused:
        messages.info(request, "没有选中要审核的报表。")
    return redirect("collections:watch", round_.pk)


def export(request: Request, round_id: int) -> HttpResponse:
    """The status list as a workbook."""
    round_, book = queries.get_round_for(request.user, round_id), io.BytesIO()
    xlsx.write_status(request.user, round_, book)
    return download(book, f"{round_.title}-填报情况.xlsx", XLSX)


def template(request: Request, round_id: int) -> HttpResponse:
    """The round's workbook for the units for which the person fills, or one of them (``?unit=``)."""
    round_ = queries.get_round_for(request.user, round_id)
    plan = blueprint(round_.register_code)
    if not plan.is_statistics:
        raise Problem("REG-260", "本轮核对现有名册，不用表格上报", remedy="在台账中修改后，确认报送")
    reach = policy.filler_reach(request.user, plan.register)
    rows = queries.returns_for(request.user, round_).filter(reach.q("unit")).select_related("unit", "round")
    if unit := request.GET.get("unit"):
        rows = rows.filter(unit__code=unit)
    returns = list(rows.order_by("unit__path"))
    if not returns:
        raise policy.no_return()
    book = io.BytesIO()
    xlsx.write_round(plan, sheets_for(plan, returns, request.user), book)
    name = round_.title if len(returns) > 1 else f"{round_.title}-{returns[0].unit.name}"
    return download(book, f"{name}.xlsx", XLSX)


def upload(request: Request, round_id: int) -> HttpResponse:
    """The workbook back: drafts with what still stands in the way; those that are ready may be handed in at once."""
    round_ = queries.get_round_for(request.user, round_id)
    form = SheetForm(sent(request, request.POST), sent(request, request.FILES))
    context: dict[str, Any] = {"round": round_, "form": form, "title": "上传填好的表", "button": "上传"}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            received = actions.receive_table(
                round_=round_, table=table_from_bytes(file.read(), file.name), by=request.user
            )
        except Problem as problem:
            form.take(problem)
        else:
            done = [actions.submit_return(returned=item, by=request.user) for item in received.ready
                    if form.cleaned_data["submit"]]  # fmt: skip
            context |= {"received": received, "done": {item.pk: item.receipt for item in done}}
    return _form_page(request, round_, context)


def burden(request: Request) -> HttpResponse:
    """How much each section asks of a school, month by month, this year against last."""
    if not queries.registers_to_collect(request.user):
        raise Forbidden("REG-200", "您的岗位不能查看填报负担", remedy="由科室或办公室查看")
    year = timezone.localdate().year
    lines = {each: queries.burden(request.user, each) for each in range(year - LAST_YEARS + 1, year + 1)}
    before = {(line.section, line.month): line for line in lines[year - 1]}
    columns = [
        Column("月份", "number", "月"), Column("科室"), Column("轮次", "number", "轮"), Column("每校要填", "number", "项", 1),
        Column("其中已预填", "number", "项", 1), Column("去年同月每校", "number", "项", 1), Column("实测每校用时", "number", "分钟", 1),
    ]  # fmt: skip
    rows = []
    for line in lines[year]:
        last = before.get((line.section, line.month))
        rows.append(Row([
            line.month, line.section, line.rounds, line.per_school, line.prefilled / line.schools,
            last.per_school if last else None, line.minutes / line.schools if line.minutes is not None else None,
        ]))  # fmt: skip
    totals = [{"label": f"{each} 年每校合计", "value": f"{sum(line.per_school for line in lines[each]):.0f}", "unit": "项"}
              for each in sorted(lines, reverse=True)]  # fmt: skip
    table = Table(columns, rows, "填报负担", empty="今年还没有报送")
    return render(
        request, "registers/collections/burden.html", {"table": table, "totals": totals, **crumbs(("填报负担", ""))}
    )
