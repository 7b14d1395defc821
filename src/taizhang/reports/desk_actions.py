"""Every change of a draft's text: prose is free, numbers stay bound, each change is a revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from taizhang.documents.files import keep
from taizhang.events.actions import record
from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.models import User
from taizhang.reports.actions import held_draft, require_revision, subject_of
from taizhang.reports.blocks import Block, Control, Heading, Paragraph, numbered, plain, texts
from taizhang.reports.bound import Bound, Declared, Phrase
from taizhang.reports.html import page
from taizhang.reports.models import Remark, Report, Revision
from taizhang.reports.paper import carried, carried_key, redrawn
from taizhang.reports.policy import may_see_drafts, require_write
from taizhang.reports.prose import read_back
from taizhang.reports.queries import get_report_for
from taizhang.reports.stored import dump, load

LONGEST = 8000
EDITABLE = (Paragraph, Heading)


@transaction.atomic
def revise_block(*, report: Report, index: int, text: str, revision: int, by: User) -> Report:
    """Replace one paragraph's or heading's text, see :mod:`taizhang.reports.prose`. ``revision`` is the one that the
    person read: a text that others changed meanwhile is not overwritten. Raises Problem, NotFound, Forbidden."""
    held, blocks = _held(report, revision, by)
    block = _block(blocks, index)
    if not isinstance(block, EDITABLE):
        raise Problem("RPT-043", "表格、署名等不能在这里改", remedy="改模板，或下载 docx 后修改再“核对退回稿”")
    runs, words = read_back(_checked(text), held.bindings, [item["text"] for item in held.declared])
    blocks[index] = replace(block, runs=runs)
    return _save(held, blocks, words, f"改第 {index + 1} 段：{plain(runs)[:30]}", by)


@transaction.atomic
def remove_block(*, report: Report, index: int, revision: int, by: User) -> Report:
    """Take a paragraph, heading or table out; the earlier revision keeps it."""
    held, blocks = _held(report, revision, by)
    gone = _block(blocks, index)
    del blocks[index]
    return _save(held, blocks, [], f"删第 {index + 1} 段：{''.join(plain(runs) for runs in texts(gone))[:30]}", by)


@transaction.atomic
def insert_text(*, report: Report, after: int, text: str, revision: int, by: User, level: int = 0) -> Report:
    """Put a new paragraph (or a heading of ``level`` 1-4) behind block ``after`` (-1: at the beginning)."""
    held, blocks = _held(report, revision, by)
    runs, words = read_back(_checked(text), held.bindings, [item["text"] for item in held.declared])
    blocks.insert(after + 1, Heading(level, runs) if level else Paragraph(runs))
    return _save(held, blocks, words, f"在第 {after + 1} 段后加：{plain(runs)[:30]}", by)


@transaction.atomic
def insert_sentence(*, report: Report, after: int, sentence: Phrase, revision: int, by: User) -> Report:
    """Put a drafted sentence behind block ``after``: its numbers are bound like those of the template."""
    held, blocks = _held(report, revision, by)
    last = max((int(tag[1:]) for tag in held.bindings), default=0)
    pieces: list[Any] = []
    words = []
    for piece in sentence.pieces:
        if isinstance(piece, Bound):
            last += 1
            held.bindings[f"b{last}"] = piece.as_dict()
            pieces.append(Control(piece.shown, f"b{last}", piece.label))
        elif isinstance(piece, Declared):
            words.append(piece.text)
            pieces.append(piece.text)
        else:
            pieces.append(piece)
    runs = tuple(pieces)
    blocks.insert(after + 1, Paragraph(runs))
    return _save(held, blocks, words, f"在第 {after + 1} 段后加：{plain(runs)[:30]}", by)


@transaction.atomic
def restore_revision(*, report: Report, number: int, revision: int, by: User) -> Report:
    """Make an earlier text the present one; it becomes a revision of its own."""
    held, _ = _held(report, revision, by)
    found = held.revisions.filter(number=number).first()
    if found is None:
        raise NotFound("RPT-044", "没有这一版", remedy="从版次列表里选")
    held.declared, held.bindings = found.declared, {**held.bindings, **found.bindings}
    return _save(held, list(load(found.blocks)), [], f"恢复第 {number} 版", by)


@transaction.atomic
def add_remark(*, report: Report, text: str, by: User, quoted: str = "") -> Remark:
    """Say something on a draft. Open to all who may read drafts. Raises Problem for nothing said or a signed report,
    NotFound."""
    get_report_for(by, report.pk)
    if not may_see_drafts(by):
        raise NotFound("RPT-030", "没有这份稿件", remedy="回到稿件列表查找")
    made = Remark.objects.create(report=held_draft(report), text=_checked(text)[:1000], quoted=quoted[:60], by=by)
    record("reports.remark.added", by=by, subject=subject_of(report), label=report.title, text=made.text)
    return made


@transaction.atomic
def settle_remark(*, remark: Remark, by: User) -> Remark:
    """Tell that a remark has been dealt with."""
    require_write(by)
    if remark.settled_at is None:
        remark.settled_by, remark.settled_at = by, timezone.now()
        remark.save(update_fields=["settled_by", "settled_at"])
        label = remark.report.title
        record("reports.remark.settled", by=by, subject=subject_of(remark.report), label=label, text=remark.text)
    return remark


def _held(report: Report, revision: int, by: User) -> tuple[Report, list[Block]]:
    """The locked draft and its blocks, when the person may change it and has read it as it is."""
    require_write(by)
    get_report_for(by, report.pk)
    held = held_draft(report)
    if not held.blocks:
        raise Problem("RPT-045", "这份稿件是旧版本写的，不能逐段修改", remedy="按同一模板重新写一份")
    require_revision(held, revision, "看过新的一版再改")
    return held, list(load(held.blocks))


def _block(blocks: Sequence[Block], index: int) -> Block:
    if not 0 <= index < len(blocks):
        raise NotFound("RPT-047", "没有这一段", remedy="刷新页面后再选")
    return blocks[index]


def _checked(text: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise Problem("RPT-048", "没有写内容", remedy="不要这一段请点“删去”")
    if len(said) > LONGEST:
        raise Problem("RPT-049", f"一段不能超过 {LONGEST} 字", remedy="分成几段")
    return said


def _save(held: Report, blocks: Sequence[Block], words: list[str], note: str, by: User) -> Report:
    """The one door: text, page and file change together, the revision is kept, the event is told."""
    done = numbered(blocks)
    known = {item["text"] for item in held.declared}
    held.declared = [
        *held.declared,
        *({"kind": "原文", "text": word} for word in dict.fromkeys(words) if word not in known),
    ]
    held.blocks, held.html, held.revision = dump(done), page(done), held.revision + 1
    inside = carried(held)
    held.sha256 = keep(redrawn(held, done, inside))
    held.save(update_fields=["blocks", "html", "revision", "sha256", "declared", "bindings"])
    Revision.objects.create(
        report=held, number=held.revision, blocks=held.blocks, declared=held.declared, bindings=held.bindings,
        carried=carried_key(inside), note=note[:200], by=by,
    )  # fmt: skip
    record(
        "reports.report.revised",
        by=by,
        subject=subject_of(held),
        label=held.title,
        unit_code=held.unit.code,
        revision=held.revision,
        note=note[:200],
        declared=words,
    )
    return held
