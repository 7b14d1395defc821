"""Writes of the desk: drafts and their versions, releases, tombstones. Every release is checked, compared and audited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone

from taizhang.catalog.actions import apply_pack
from taizhang.catalog.current import catalog
from taizhang.catalog.diff import compare
from taizhang.catalog.lifecycle_schema import DEFAULT_LIFECYCLES
from taizhang.catalog.models import PackDraft, PackDraftVersion, PackRelease
from taizhang.catalog.pack import read_files
from taizhang.catalog.schema import RegisterDef
from taizhang.events.actions import record as record_event
from taizhang.events.work import start
from taizhang.kernel.errors import NotFound, Problem, Problems
from taizhang.org.models import User
from taizhang.registers.maker import documents, policy
from taizhang.registers.maker.queries import (
    CORE,
    LOCAL,
    declaring,
    faults_with_records,
    in_force,
    judged,
    pack_of,
    released_files,
    text_of,
)
from taizhang.registers.maker.words import SORTS

VERSIONS_KEPT = 200
MOST_SPAN = timedelta(days=60)
# What a new document of a shared sort says first, beside its name.
BLANKS: dict[str, documents.Data] = {
    "options": {"values": []},
    "ladders": {"steps": []},
    "dashboards": {"tiles": []},
    "letters": {
        "number": "〔{year}〕{seq}号",
        "text": "@文号 {{ 文号 }}\n# 标题\n@主送 {{ 主送 }}：\n\n正文。\n\n@署名 {{ 发文单位 }}\n@日期 {{ 日期 }}\n",
    },
}


@transaction.atomic
def start_draft(*, data: Mapping[str, Any], by: User, what: str = "新建") -> PackDraft:
    """A draft of a new register of the bureau's own pack. Raises Forbidden, and Problem when its code or name is taken."""
    policy.require_making(by)
    code, name = str(data.get("register", "")), str(data.get("name", ""))
    for key in (code, name):
        _require_free(key)
    filled = dict(data)
    if "lifecycle" not in filled:
        plain = DEFAULT_LIFECYCLES[str(data["kind"])]
        filled["lifecycle"] = {"initial": plain.initial, "states": dict(plain.states)}
    draft = PackDraft.objects.create(pack=LOCAL, path=f"registers/{code}.yaml", opened_by=by.display_name)
    _add_version(draft, documents.dump({"fields": [], **filled}), what, by)
    _told("registers.pack.draft_started", draft, by, name)
    return draft


@transaction.atomic
def open_draft(*, code: str, by: User) -> PackDraft:
    """The draft of a released register, made from its document when none is open. Raises Forbidden, NotFound, Problem."""
    policy.require_making(by)
    pack, path = pack_of(code)
    if pack.manifest.name == CORE:
        raise Problem("REG-310", "核心业务包随程序升级，不在这里修改", remedy="要增减内容的，另立本局的台账")
    text = pack.files[path]
    draft, made = PackDraft.objects.get_or_create(
        pack=pack.manifest.name, path=path, defaults={"base": text, "opened_by": by.display_name}
    )
    if made:
        _add_version(draft, text, "取自已发布的内容", by)
        _told("registers.pack.draft_started", draft, by, catalog().register(code).name)
    return draft


@transaction.atomic
def start_thing(*, folder: str, name: str, by: User) -> PackDraft:
    """A draft of a new option set, ladder or letter of the bureau's own pack. Raises Forbidden, Problem (name taken)."""
    policy.require_making(by)
    if name in getattr(catalog(), folder):
        raise Problem("REG-316", f"“{name}”已在使用", where=name, remedy="换一个名称，或打开它来改")
    return _draft_of_thing(folder, name, "", documents.dump({SORTS[folder].key: name, **BLANKS[folder]}), by)


@transaction.atomic
def open_thing(*, folder: str, name: str, by: User) -> PackDraft:
    """The draft of an option set, ladder or letter in force. One of the core pack is copied into the bureau's own pack,
    whose word counts from the release on. Raises Forbidden, NotFound, Problem."""
    policy.require_making(by)
    pack, path = declaring(folder, name)
    text = pack.files[path]
    if pack.manifest.name != CORE:
        draft, made = PackDraft.objects.get_or_create(
            pack=pack.manifest.name, path=path, defaults={"base": text, "opened_by": by.display_name}
        )
        if made:
            _add_version(draft, text, "取自已发布的内容", by)
            _told("registers.pack.draft_started", draft, by, name)
        return draft
    if folder == "letters":
        data = documents.load(text, path)
        body = catalog().letter_source(catalog().letters[name])[0]
        text = documents.dump({**{key: data[key] for key in data if key != "template"}, "text": body})
    return _draft_of_thing(folder, name, "取自核心业务包", text, by)


@transaction.atomic
def put_document(*, pack: str, path: str, text: str, what: str, by: User) -> PackDraft:
    """A whole document, laid on the desk as it is given (a template that was edited in Word), faulty or not. A draft that is
    open already gets one more version. Raises Forbidden, and Problem for the core pack."""
    policy.require_making(by)
    if pack == CORE:
        raise Problem("REG-310", "核心业务包随程序升级，不在这里修改", remedy="改动存进本局的业务包")
    draft, made = PackDraft.objects.select_for_update().get_or_create(
        pack=pack, path=path, defaults={"base": released_files(pack).get(path, ""), "opened_by": by.display_name}
    )
    _add_version(draft, text, what, by)
    if made:
        _told("registers.pack.draft_started", draft, by, path)
    return draft


def _draft_of_thing(folder: str, name: str, what: str, text: str, by: User) -> PackDraft:
    draft, made = PackDraft.objects.get_or_create(
        pack=LOCAL, path=f"{folder}/{name}.yaml", defaults={"opened_by": by.display_name}
    )
    if made:
        _add_version(draft, text, what or "新建", by)
        _told("registers.pack.draft_started", draft, by, name)
    return draft


@transaction.atomic
def drop_thing(*, folder: str, name: str, by: User) -> PackRelease:
    """Take a ladder or letter of the bureau's own pack away: what another pack says of it counts again. Raises Forbidden,
    NotFound, Problem (an option set, the core pack), Problems (something still uses it)."""
    policy.require_releasing(by)
    _one_release_at_a_time()
    pack, path = declaring(folder, name)
    if pack.manifest.name == CORE or folder == "options":
        raise Problem("REG-325", f"“{name}”不能撤去", remedy="选项集可逐项停用；核心业务包的内容随程序升级")
    files = released_files(pack.manifest.name)
    return _release({key: text for key, text in files.items() if key != path}, by, path)


@transaction.atomic
def save_draft(*, draft: PackDraft, text: str, what: str, by: User, seen: int) -> PackDraft:
    """Put a new text into a draft, faulty or not. ``seen`` is the version that the person looked at. Raises Forbidden, and
    Problem when somebody saved meanwhile or the new code is taken."""
    policy.require_making(by)
    held = _hold(draft, seen)
    text = text.replace("\r\n", "\n").rstrip() + "\n"
    if text == text_of(held):
        return held
    if not held.base and held.path.startswith("registers/"):
        _follow_code(held, text)
    _add_version(held, text, what, by)
    return held


@transaction.atomic
def go_to_version(*, draft: PackDraft, number: int, by: User, seen: int) -> PackDraft:
    """Undo or redo: another version becomes the current one; nothing is lost until the next change."""
    policy.require_making(by)
    held = _hold(draft, seen)
    if not held.versions.filter(number=number).exists():
        raise Problem("REG-311", "没有这一版", remedy="刷新页面后再选")
    held.number = number
    held.save(update_fields=["number", "changed_at"])
    return held


@transaction.atomic
def discard_draft(*, draft: PackDraft, by: User) -> None:
    """Give a draft up; what is released stays as it is."""
    policy.require_making(by)
    _told("registers.pack.draft_discarded", draft, by, draft.path)
    draft.delete()


@transaction.atomic
def release_draft(*, draft: PackDraft, by: User, seen: int) -> PackRelease:
    """Put a draft into force as a new release of its pack. Raises Forbidden, Problems (faults, refused changes), and
    Problem when the document was released otherwise since the draft was begun."""
    policy.require_releasing(by)
    _one_release_at_a_time()
    held = _hold(draft, seen)
    files = released_files(held.pack)
    if files.get(held.path, "") != held.base:
        raise Problem(
            "REG-312",
            "这份文档在您编辑期间已另有发布",
            remedy="先看已发布的内容，再“以草稿为准”继续，或放弃草稿重新打开",
        )
    release = _release({**files, held.path: text_of(held)}, by, held.path)
    held.delete()
    return release


@transaction.atomic
def rebase_draft(*, draft: PackDraft, by: User, seen: int) -> PackDraft:
    """Take the document in force as what the draft changes: the person has looked at it and holds to the draft."""
    policy.require_making(by)
    held = _hold(draft, seen)
    held.base = released_files(held.pack).get(held.path, "")
    held.save(update_fields=["base", "changed_at"])
    return held


@transaction.atomic
def retire_register(*, code: str, by: User, back: bool = False) -> PackRelease:
    """Write a register's tombstone and release it; ``back`` takes the tombstone away again. Raises Forbidden, NotFound,
    Problem (a register of the core pack, records above it still open)."""
    policy.require_releasing(by)
    _one_release_at_a_time()
    pack, path = pack_of(code)
    if pack.manifest.name == CORE:
        raise Problem("REG-310", "核心业务包的台账不能在这里停用", remedy="在本局业务包里调整")
    register = catalog().register(code)
    if bool(register.retired) != back:
        raise Problem("REG-313", f"“{register.name}”{'没有停用' if back else '已经停用'}", remedy="刷新页面")
    files = released_files(pack.manifest.name)
    data = documents.load(files[path], path)
    data.pop("retired", None)
    if not back:
        data["retired"] = timezone.localdate()
    return _release({**files, path: documents.dump(data)}, by, path)


@transaction.atomic
def restore_release(*, release: PackRelease, by: User) -> PackRelease:
    """An earlier release's documents as a new release. What came after it gets tombstones: registers and fields that it
    did not know are retired. Raises Forbidden, Problems when a change is refused (a name that retired since)."""
    policy.require_releasing(by)
    _one_release_at_a_time()
    return _release(files_to_restore(release), by, "", restored=release.pk)


def files_to_restore(release: PackRelease) -> dict[str, str]:
    """The documents of an earlier release, with tombstones for what has been added since."""
    files, now = dict(release.files), in_force(release.name)
    if now is None:
        return files
    then = read_files(release.files)
    for code, register in now.registers.items():
        path = now.places["register", code].file
        if code not in then.registers:
            data = documents.load(now.files[path], path)
            files[path] = documents.dump({**data, "retired": data.get("retired") or timezone.localdate()})
        else:
            place = then.places["register", code].file
            files[place] = _with_tombs(files[place], register, then.registers[code])
    return files


def _with_tombs(text: str, now: RegisterDef, then: RegisterDef) -> str:
    known = {item.name for item in then.fields} | {item.name for item in then.removed}
    data = written = documents.load(text)
    for field in now.fields:
        if field.name not in known:
            data = documents.bury(data, field.name, field.type, timezone.localdate())
    return text if data is written else documents.dump(data)


@transaction.atomic
def take_in(*, files: Mapping[str, str], by: User) -> PackRelease:
    """Release a pack that came as a folder or a zip. Raises Forbidden, Problems."""
    policy.require_releasing(by)
    _one_release_at_a_time()
    return _release(dict(files), by, "", keep_version=True)


CALENDAR = "calendar.yaml"


@transaction.atomic
def set_days(*, first: date, last: date, word: str, reason: str, by: User) -> PackRelease:
    """Declare the days of a span as the bureau's own days off (休) or working days (班), or leave them to the state's
    arrangement again (空). Deadlines that counted otherwise are worked out anew in the background. Raises Forbidden,
    Problem (span, reason, nothing changes)."""
    policy.require_releasing(by)
    if not first <= last <= first + MOST_SPAN:
        raise Problem("REG-326", "起止日期不对", where="日期", remedy="止日不早于起日，一次最多 60 天")
    if word and len(reason.strip()) < 2:
        raise Problem("REG-327", "没有写事由", where="事由", remedy="写清依据，如“县政府通知 5 月 8 日调休上班”")
    _one_release_at_a_time()
    files = released_files(LOCAL)
    data = documents.load(files[CALENDAR], CALENDAR) if CALENDAR in files else {}
    days, notes = dict(data.get("days") or {}), dict(data.get("notes") or {})
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        days.pop(day, None)
        notes.pop(day, None)
        if word:
            days[day], notes[day] = word, reason.strip()[:200]
    ordered = {"days": dict(sorted(days.items())), "notes": dict(sorted(notes.items()))}
    if ordered["days"] == (data.get("days") or {}) and ordered["notes"] == (data.get("notes") or {}):
        raise Problem("REG-314", "日历没有变", where="日期", remedy="核对日期和“改为”")
    release = _release({**files, CALENDAR: documents.dump(ordered)}, by, CALENDAR)
    record_event(
        "registers.calendar.changed",
        by=by,
        subject=f"pack:{LOCAL}",
        label=f"{first}" + (f" 至 {last}" if last != first else ""),
        word=word or "按国家安排",
        reason=reason.strip()[:200],
    )
    start("registers.deadlines", by=by, title="按新的工作日历重算期限")
    return release


def _release(files: dict[str, str], by: User, path: str, *, keep_version: bool = False, **data: Any) -> PackRelease:
    """Check, compare, release, and say so in the audit."""
    if not keep_version:
        files["pack.yaml"] = _next_version(files["pack.yaml"])
    pack = read_files(files)
    name, before = pack.manifest.name, in_force(pack.manifest.name)
    if name == CORE:
        raise Problem("REG-310", "核心业务包随程序升级，不在这里发布", remedy="把本局的内容放进自己的业务包")
    policy.require_posts_untouched(by, before, pack)
    if not path and before is not None and before.files == files:
        raise Problem("REG-314", "与已发布的内容完全一样", remedy="不必再发布")
    if misfits := faults_with_records(before, pack):
        raise Problems(misfits)
    changes = [str(change) for change in compare(before, pack)]
    release = apply_pack(pack=pack, by_name=by.display_name)
    if release is None:
        raise Problem("REG-314", "与已发布的内容完全一样", remedy="不必再发布")
    record_event(
        "registers.pack.released",
        by=by,
        subject=f"pack:{name}",
        label=f"{pack.manifest.title} {release.version}",
        release=release.pk,
        document=path,
        changes=changes[:100],
        **data,
    )
    return release


def _next_version(text: str) -> str:
    """The pack's page with its version counted up: 7 after 6, 1.2.4 after 1.2.3."""
    data = documents.load(text, "pack.yaml")
    head, dot, last = str(data.get("version", "0")).rpartition(".")
    data["version"] = f"{head}{dot}{int(last) + 1}" if last.isdigit() else f"{head}{dot}{last}.1"
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def _one_release_at_a_time() -> None:
    """Two people who release at once would each leave out the other's change: the second waits for the first."""
    PackRelease.objects.select_for_update().order_by("pk").first()


def _hold(draft: PackDraft, seen: int) -> PackDraft:
    held = PackDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if held is None:
        raise NotFound("REG-302", "没有这份草稿", remedy="它可能已经发布或放弃；在“设置 › 业务包”中重新打开")
    if held.number != seen:
        last = held.versions.get(number=held.number)
        raise Problem(
            "REG-315", f"{last.by_name}刚刚改过这份草稿（{last.what}）",
            remedy="您填的内容还在本页；先在新窗口看最新的草稿，再刷新后重填",
        )  # fmt: skip
    return held


def _add_version(draft: PackDraft, text: str, what: str, by: User) -> None:
    draft.versions.filter(number__gt=draft.number).delete()
    draft.versions.filter(number__lte=draft.number - VERSIONS_KEPT).delete()
    draft.number += 1
    draft.save(update_fields=["number", "path", "changed_at"])
    PackDraftVersion.objects.create(
        draft=draft, number=draft.number, text=text, what=what[:200], by_name=by.display_name
    )


def _follow_code(draft: PackDraft, text: str) -> None:
    """A new register may still change its code; its document is named after it."""
    try:
        code = str(documents.load(text, draft.path).get("register") or "")
    except Problem:
        return
    path = f"registers/{code}.yaml"
    if code and path != draft.path and code.replace("_", "").isalnum():
        _require_free(code, besides=draft)
        draft.path = path


def _require_free(key: str, besides: PackDraft | None = None) -> None:
    """Codes and names are given once, also to registers that have retired."""
    taken = next((item for item in catalog().registers.values() if key in (item.code, item.name)), None)
    if taken is not None:
        why = "曾用过，已停用，不再给别的台账" if taken.retired else "已在使用"
        raise Problem("REG-316", f"“{key}”{why}", where=key, remedy="换一个代码和名称")
    others = PackDraft.objects.filter(pack=LOCAL, path=f"registers/{key}.yaml")
    if (others.exclude(pk=besides.pk) if besides else others).exists():
        raise Problem("REG-317", f"已有一份草稿用了代码“{key}”", where=key, remedy="打开那份草稿，或换一个代码")


def _told(action: str, draft: PackDraft, by: User, label: str) -> None:
    record_event(action, by=by, subject=f"pack:{draft.pack}", label=label, document=draft.path)


def faults_before_release(draft: PackDraft, text: str) -> list[Problem]:
    """Why a draft could not be released now."""
    pack, problems = judged(draft.pack, {draft.path: text})
    if pack is None:
        return problems
    before = in_force(draft.pack)
    refused = [change for change in compare(before, pack) if change.kind == "refuse"]
    told = [Problem("CAT-020", change.what, remedy=change.remedy) for change in refused]
    return [*problems, *told, *faults_with_records(before, pack)]
