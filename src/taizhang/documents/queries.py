"""Reads of documents. A document is fetched for a person, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from taizhang.documents.models import ACROSS, EVIDENCE, Document, ReadingResult
from taizhang.documents.readings import Check, checks_of, reading_of
from taizhang.kernel.errors import NotFound, Problem
from taizhang.org.models import User
from taizhang.org.policy import visible_units
from taizhang.reading.model import Reading


def documents_for(
    user: User | AnonymousUser, *, text: str = "", kind: str = "", evidence: bool = False
) -> QuerySet[Document]:
    """The documents of the units whose affairs a person may see: bureau posts all, a school its own; newest first.

    ``text`` looks into title and file name. Files that are only evidence are left out unless asked for.
    """
    found = Document.objects.filter(visible_units(user).q("unit")).select_related("unit", "uploaded_by", "reading")
    # The list needs the counts, not megabytes of findings.
    found = found.defer("reading__data", "reading__text").annotate(
        settled=Count("settlements", filter=~Q(settlements__key__startswith=ACROSS))
    )
    if not evidence:
        found = found.exclude(kind=EVIDENCE)
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(name__icontains=text))
    return found.order_by("-id")


def get_document_for(user: User | AnonymousUser, pk: int) -> Document:
    """One document that the person may see; NotFound otherwise, whether or not it exists."""
    seen = visible_units(user).q("unit")
    document = Document.objects.filter(seen, pk=pk).select_related("unit", "uploaded_by", "reading").first()
    if document is None:
        raise NotFound("DOC-030", "没有这份文稿", remedy="回到文稿列表查找")
    return document


def result_of(document: Document) -> ReadingResult:
    """What was found in a document. NotFound for a file that was only kept."""
    try:
        return document.reading
    except ReadingResult.DoesNotExist:
        raise NotFound("DOC-031", "这份材料只作佐证保存，没有读取文字", remedy="可下载原件查看") from None


def reading_for(document: Document) -> Reading:
    """The same as the reader's objects."""
    return reading_of(result_of(document))


def checks_for(document: Document, reading: Reading | None = None) -> list[Check]:
    """Every checked relation and every doubt in the order of the text, with what people said about it."""
    settled = {item.key: item for item in document.settlements.select_related("by")}
    return checks_of(reading or reading_for(document), settled)


MOST_COMPARED = 12
"""So many documents are held against each other in one request."""


def documents_to_compare(user: User | AnonymousUser, keys: Sequence[str]) -> list[Document]:
    """The chosen documents in the order of the choice, each once. NotFound when one of them is not the person's to see;
    Problem for fewer than two, more than :data:`MOST_COMPARED`, or one that was only kept."""
    chosen = list(dict.fromkeys(key for key in keys if key.isdecimal() and len(key) < 19))
    if not 2 <= len(chosen) <= MOST_COMPARED:
        raise Problem("DOC-040", f"请选择 2 到 {MOST_COMPARED} 份文稿", remedy="在文稿列表勾选后再点“互相核对”")
    seen = Document.objects.filter(visible_units(user).q("unit"), pk__in=chosen).select_related("unit", "reading")
    found = {str(document.pk): document for document in seen}
    if len(found) < len(chosen):
        raise NotFound("DOC-030", "没有这份文稿", remedy="回到文稿列表查找")
    documents = [found[key] for key in chosen]
    for document in documents:
        result_of(document)
    return documents
