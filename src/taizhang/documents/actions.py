"""Every change of documents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone

from taizhang.documents.across import Across
from taizhang.documents.files import keep, stored
from taizhang.documents.models import EVIDENCE, Document, ReadingResult, Settlement
from taizhang.documents.policy import home_of_documents, require_work_on
from taizhang.documents.queries import checks_for
from taizhang.documents.readings import checks_of
from taizhang.events.actions import record
from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.models import Unit, User
from taizhang.reading import load_bytes, read_source
from taizhang.reading.model import Reading

MAX_BYTES = 40 * 2**20
READABLE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".htm": "text/html",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".doc": "application/msword",
    ".wps": "application/vnd.ms-works",
    ".rtf": "application/rtf",
}
KEPT_ONLY = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".csv": "text/csv",
}


@dataclass(frozen=True, slots=True)
class Added:
    """The document, and whether it is new: the same bytes again give the first one."""

    document: Document
    new: bool


def add_document(*, data: bytes, name: str, by: User | None) -> Added:
    """Read a file and keep it with what was found.

    Nothing is kept when the file cannot be read: the reader's Problem passes through. Reading takes seconds, so it
    happens before the transaction that would make other writers wait.
    """
    unit, name = home_of_documents(by), _plain_name(name)
    media_type = _media_type(data, name, READABLE)
    if first := _first(data, unit):
        return Added(first, new=False) if hasattr(first, "reading") else Added(_promote(first, data, by), new=True)
    reading = _read(data, name)
    with transaction.atomic():
        document = _document(data, name, media_type, unit, by)
        _describe(document, reading)
        document.save()
        _save_reading(document, reading)
        _log("added", document, by)
    return Added(document, new=True)


@transaction.atomic
def add_evidence(*, data: bytes, name: str, by: User | None) -> Added:
    """Keep a file that proves something (a photograph, a scan) without reading it."""
    unit, name = home_of_documents(by), _plain_name(name)
    media_type = _media_type(data, name, {**READABLE, **KEPT_ONLY})
    if first := _first(data, unit):
        return Added(first, new=False)
    document = _document(data, name, media_type, unit, by)
    document.kind, document.title = EVIDENCE, PurePath(name).stem[:300]
    document.save()
    _log("added", document, by)
    return Added(document, new=True)


def reread(*, document: Document, by: User | None) -> Document:
    """Read the kept bytes again, with the reader as it is today; settled doubts stay settled where they still stand."""
    require_work_on(by, document)
    reading = _read(stored(document.sha256).read_bytes(), document.name)
    with transaction.atomic():
        _describe(document, reading)
        document.save()
        _save_reading(document, reading)
        _log("reread", document, by)
    return document


def settle_finding(
    *, document: Document, key: str, decision: str, by: User | None, correction: str = "", note: str = ""
) -> Settlement:
    """Say that a doubt is right as printed, or what the text should say. A later word replaces an earlier one.

    Raises NotFound for a doubt that the reading does not hold, Problem for an unknown decision or an empty correction.
    """
    require_work_on(by, document)
    texts = next((check.texts for check in checks_for(document) if check.key == key), None)
    if texts is None:
        raise NotFound("DOC-020", "这处疑点已不在核对结果里", remedy="请刷新页面后再看")
    return _settle(document, key, texts, decision, correction, note, by)


def settle_across(*, doubt: Across, decision: str, by: User | None, correction: str = "", note: str = "") -> Settlement:
    """The same of a doubt between documents, by who may work on the one that came last; kept there."""
    require_work_on(by, doubt.keeper)
    return _settle(doubt.keeper, doubt.key, tuple(text for _, text in doubt.places), decision, correction, note, by)


@transaction.atomic
def _settle(
    document: Document,
    key: str,
    texts: tuple[str, ...],
    decision: str,
    correction: str,
    note: str,
    by: User | None,
) -> Settlement:
    if decision not in Settlement.DECISIONS:
        raise Problem("DOC-021", "请选择“原文无误”或“更正为”")
    correction = correction.strip() if decision == Settlement.CORRECTED else ""
    if decision == Settlement.CORRECTED and not correction:
        raise Problem("DOC-022", "没有写更正成什么", remedy="填写正确的数字或文字")
    settlement, _ = Settlement.objects.update_or_create(
        document=document,
        key=key,
        defaults={"decision": decision, "correction": correction[:300], "note": note.strip()[:500], "by": by},
    )
    shown = [text[:200] for text in texts]
    _log("finding_settled", document, by, key=key, decision=decision, correction=correction, texts=shown)
    return settlement


@transaction.atomic
def unsettle_finding(*, document: Document, key: str, by: User | None) -> None:
    """Take back what was said of a doubt. NotFound when nothing was said."""
    require_work_on(by, document)
    settlement = Settlement.objects.filter(document=document, key=key).first()
    if settlement is None:
        raise NotFound("DOC-023", "这处疑点还没有处理", remedy="请刷新页面后再看")
    _log("finding_unsettled", document, by, key=key, decision=settlement.decision, correction=settlement.correction)
    settlement.delete()


def _read(data: bytes, name: str) -> Reading:
    """Read a file so that every database can keep its text: PostgreSQL takes no NUL, and offsets must not move."""
    source = load_bytes(data, name)
    return read_source(replace(source, text=source.text.replace("\0", "\ufffd")))


def _media_type(data: bytes, name: str, allowed: dict[str, str]) -> str:
    suffix = PurePath(name).suffix.lower()
    if not data:
        raise Problem("DOC-002", "文件是空的", where=name, remedy="核对是否选对了文件")
    if len(data) > MAX_BYTES:
        raise Problem("DOC-003", "文件超过 40 MB", where=name, remedy="压缩图片或拆成几份后再上传")
    if suffix not in allowed:
        kinds = " ".join(sorted(allowed))
        raise Problem("DOC-004", f"不收“{suffix or '没有扩展名的'}”文件", where=name, remedy=f"请用 {kinds}")
    return allowed[suffix]


def _plain_name(name: str) -> str:
    """The file's own name: some browsers send a whole path, and a name may be longer than we keep."""
    plain = PurePath(name.replace("\\", "/")).name.strip() or "未命名"
    suffix = PurePath(plain).suffix
    return plain if len(plain) <= 200 else plain[: 200 - len(suffix)] + suffix


def _first(data: bytes, unit: Unit) -> Document | None:
    return Document.objects.select_related("reading").filter(sha256=sha256(data).hexdigest(), unit=unit).first()


def _promote(document: Document, data: bytes, by: User | None) -> Document:
    """A file that was only kept as evidence is now to be read."""
    reading = _read(data, document.name)
    with transaction.atomic():
        _describe(document, reading)
        document.save()
        _save_reading(document, reading)
        _log("reread", document, by)
    return document


def _document(data: bytes, name: str, media_type: str, unit: Unit, by: User | None) -> Document:
    return Document(sha256=keep(data), name=name, media_type=media_type, size=len(data), unit=unit, uploaded_by=by)


def _describe(document: Document, reading: Reading) -> None:
    """Kind, title and period are those of the longest article: a web page may carry several."""
    longest = max(reading.articles, key=lambda article: article.end - article.start, default=None)
    document.kind = longest.kind if longest else "other"
    document.title = (" ".join(longest.title.split()) if longest else "")[:300] or PurePath(document.name).stem[:300]
    document.period_text = ((longest.period_text or "") if longest else "")[:200]


def _save_reading(document: Document, reading: Reading) -> None:
    result, _ = ReadingResult.objects.update_or_create(
        document=document,
        defaults={
            "data": reading.as_dict(),
            "text": reading.source.text,
            "reader_version": version("taizhang"),
            "made_at": timezone.now(),
            "doubts": sum(check.doubtful for check in checks_of(reading, {})),
            "tasks": len(reading.tasks),
        },
    )
    document.reading = result


def _log(what: str, document: Document, by: User | None, **data: object) -> None:
    record(
        f"documents.document.{what}",
        by=by,
        subject=f"document:{document.pk}",
        label=str(document),
        unit_code=document.unit.code,
        **data,
    )
