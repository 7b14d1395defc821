"""The long works of registers: check a sheet, import it, export a list or everything."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from taizhang.events.models import Work
from taizhang.events.work import work
from taizhang.org.models import User
from taizhang.registers import policy
from taizhang.registers.actions import note_export
from taizhang.registers.blueprint import blueprint
from taizhang.registers.finding.imports import add_rows, begin_import, finish_import
from taizhang.registers.loading import Progress, check_table, load_table
from taizhang.registers.matching import LoadResult
from taizhang.registers.queries import filtered_records, records_in_chunks, registers_for
from taizhang.registers.sheets.export import write_export, write_workbook
from taizhang.registers.sheets.uploads import Upload, kept


def check(upload: Upload, code: str, by: User, period: str, progress: Progress | None = None) -> dict[str, Any]:
    """The verdict of an upload, kept beside it for the page that shows it."""
    source = upload.source(blueprint(code))
    result = check_table(code, source.table(), by, period=period or None, progress=progress)
    return _put(upload, "verdict", result)


def load(
    upload: Upload, code: str, by: User, period: str, *, whole: bool, progress: Progress | None = None
) -> dict[str, Any]:
    """Save an upload's rows; what came of it is kept beside it, and the act by which it can be taken back."""
    source, told = upload.source(blueprint(code)), progress or Progress()
    act = begin_import(register=code, name=upload.name, by=by, act_id=upload.note("act"))
    upload.put("act", act.pk)
    told.saved = partial(add_rows, act)
    result = load_table(code, source.table(), by, period=period or None, whole=whole, progress=told)
    if finish_import(act=act, result=result) is None:
        upload.put("act", None)
    return _put(upload, "outcome", result)


def _put(upload: Upload, key: str, result: LoadResult) -> dict[str, Any]:
    verdict = {**result.as_dict(), "changes": result.changes, "refused_rows": result.refused_rows}
    upload.put(key, verdict)
    return verdict


@work("registers.check")
def check_upload(made: Work, *, code: str, token: str, period: str) -> dict[str, Any]:
    """Check a long sheet."""
    by = _by(made)
    found = check(kept(by, token), code, by, period, Progress(tick=made.tick))
    words = f"可导入 {found['created'] + found['updated']} 行，拒收 {found['refused_rows']} 行"
    return {"words": words, "url": address("confirm", code, token, period), "label": "查看核对结果"}


@work("registers.import")
def import_upload(made: Work, *, code: str, token: str, period: str, whole: bool) -> dict[str, Any]:
    """Save a long sheet; run again after a break, it goes on behind the last part that was saved."""
    by = _by(made)
    progress = Progress(tick=made.tick, keep=lambda memo: made.remember(**memo), kept={} if whole else made.memo)
    found = load(kept(by, token), code, by, period, whole=whole, progress=progress)
    words = (
        f"新增 {found['created']} 行，更新 {found['updated'] - found['unchanged']} 行，拒收 {found['refused_rows']} 行"
    )
    return {"words": words, "url": address("confirm", code, token, period), "label": "查看导入结果"}


@work("registers.export")
def export_list(made: Work, *, code: str, query: str) -> dict[str, Any]:
    """A filtered list as a workbook."""
    from taizhang.registers.finding.lists import order_of
    from taizhang.registers.forms import FilterForm

    by, plan = _by(made), blueprint(code)
    asked = QueryDict(query)
    form = FilterForm(plan, policy.reach_of(by, plan.register, "see"), asked)
    found = filtered_records(by, code, form.filters(), order_of(asked))
    policy.require_export(plan.register)
    total = found.count()
    with made.path.open("wb") as target:
        written = write_export(code, records_in_chunks(found), target, by, tick=lambda done: made.tick(done, total))
    note_export(register=plan.register, filters=query, rows=written, by=by)
    return {"words": f"{written} 行"}


@work("registers.export_all")
def export_all(made: Work, *, unit: str = "") -> dict[str, Any]:
    """Every register that the person sees, a sheet each; of a unit and those below it when one is named."""
    by = _by(made)
    registers = [item for item in registers_for(by) if item.privacy.export != "refused"]
    with made.path.open("wb") as target:
        written = write_workbook(registers, target, by, unit, tick=made.tick)
    for item in registers:
        if item.code in written:
            note_export(register=item, filters=f"unit={unit}", rows=written[item.code], by=by)
    return {"words": f"{len(written)} 本台账，{sum(written.values())} 行"}


def address(name: str, code: str, token: str, period: str) -> str:
    """An address of an upload, with the period that was chosen beside it."""
    return reverse(f"registers:{name}", args=[code, token]) + (f"?period={period}" if period else "")


def _by(made: Work) -> User:
    assert isinstance(made.by, User)
    return made.by
