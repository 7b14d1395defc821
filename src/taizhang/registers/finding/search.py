"""The search over everything that a person may see: records, tasks, documents, units, people.

Records come from the index: first the one whose number was typed, then hits in number and title, then in the text. At most
``MOST_HITS`` of a kind are looked at: whoever gets so many writes one more word. The other kinds are thousands, not
millions, and are read as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.urls import reverse

from taizhang.documents.models import ReadingResult
from taizhang.documents.queries import documents_for
from taizhang.org.models import Unit, User
from taizhang.org.policy import Reach
from taizhang.org.queries import people_for, root_unit, units_for
from taizhang.plans.queries import tasks_for
from taizhang.registers.blueprint import blueprint
from taizhang.registers.finding.index import MOST_UNITS, engine_of, head_of, scope_of, texts_of
from taizhang.registers.finding.words import Term, fold, pieces, terms
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Record
from taizhang.registers.policy import reach_of
from taizhang.registers.queries import registers_for, seen_by

MOST_HITS = 200
MOST_NAMED_UNITS = 50
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: its name and a cut of its text, each as (words, whether they were looked for)."""

    title: Pieces
    url: str
    facts: tuple[str, ...] = ()
    snippet: Pieces = field(default_factory=list)
    label: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one kind, best first; ``is_capped``: there may be more."""

    hits: list[Hit]
    is_capped: bool = False


def search(user: User, query: str, kind: str = "") -> dict[str, Found]:
    """Kind → what was found of it; only ``kind`` when it is given. An empty query finds nothing."""
    wanted = terms(query)
    if not wanted:
        return {}
    kinds = {kind: SOURCES[kind][1]} if kind in SOURCES else {key: source for key, (_, source) in SOURCES.items()}
    return {key: source(user, wanted, query) for key, source in kinds.items()}


def found_records(user: User, wanted: list[Term], query: str) -> Found:
    """Records of every register, by number, title, text."""
    reaches = [(register.code, reach_of(user, register, "see")) for register in registers_for(user)]
    if not reaches:
        return Found([])
    named = _named_units(user, wanted)
    ids = _ids(user, reaches, [(term, named[term.text]) for term in wanted], query)
    rows = Record.objects.filter(seen_by(user), pk__in=ids).select_related("unit").in_bulk()
    records = [rows[pk] for pk in ids if pk in rows]
    lookup = DbLookup(user).preload(records)
    hits = [hit for record in records if (hit := _record_hit(record, wanted, named, lookup))]
    return Found(hits[:MOST_HITS], len(ids) > MOST_HITS)


def _ids(user: User, reaches: list[tuple[str, Reach]], wanted: list[tuple[Term, list[int]]], query: str) -> list[int]:
    """Record ids, best first, each once; one more than ``MOST_HITS`` at most."""
    number = Record.objects.filter(register_code__in=[code for code, _ in reaches], number=fold(query).strip().upper())
    found = list(number.filter(~Q(number=""), seen_by(user)).values_list("pk", flat=True)[:MOST_HITS])
    engine = engine_of()
    if engine is None:  # SQLite without FTS5: numbers and titles alone
        plain = Record.objects.filter(seen_by(user))
        for term, _ in wanted:
            plain = plain.filter(_contains(term, "number", "title"))
        found += plain.order_by("-id").values_list("pk", flat=True)[: MOST_HITS + 1]
        return list(dict.fromkeys(found))[: MOST_HITS + 1]
    scope = scope_of(reaches, _units_in)
    found += engine.ids(wanted, scope, head=True, most=MOST_HITS + 1)
    if len(found) <= MOST_HITS:
        # Hits of the head come again here, and are passed over.
        found += engine.ids(wanted, scope, head=False, most=MOST_HITS + 1)
    return list(dict.fromkeys(found))[: MOST_HITS + 1]


def _units_in(reach: Reach) -> list[int] | None:
    """The units of a reach; None when it is as good as all of them."""
    if root_unit().path in reach.subtrees:
        return None
    units = list(Unit.objects.filter(reach.q("")).values_list("pk", flat=True)[: MOST_UNITS + 1])
    return units if len(units) <= MOST_UNITS else None


def _named_units(user: User, wanted: list[Term]) -> dict[str, list[int]]:
    """The units that a word of the query names: their records are meant too. One query."""
    asked = Q(pk__in=[])
    for term in wanted:
        if len("".join(term.runs)) > 1:
            asked |= _contains(term, "name")
    units = list(units_for(user).filter(asked).values_list("pk", "name")[:MOST_NAMED_UNITS])
    return {term.text: [pk for pk, name in units if term.pattern.search(fold(name))] for term in wanted}


def _record_hit(record: Record, wanted: list[Term], named: dict[str, list[int]], lookup: DbLookup) -> Hit | None:
    """The hit as this person sees it. None when the words are not in what the record says now: a field may have become
    sensitive since it was indexed, and a hit would tell what it holds."""
    plan = blueprint(record.register_code)
    heads, texts = head_of(plan, record), texts_of(plan, record, lookup)
    whole = "\n".join(fold(text) for text in [*heads, *(text for _, text in texts)])
    if not all(term.pattern.search(whole) or record.unit_id in named[term.text] for term in wanted):
        return None
    label, snippet = next(
        ((name, cut) for name, text in texts if text != record.title and (cut := pieces(text, wanted))), ("", [])
    )
    title = " ".join(heads) or str(record)
    facts = (plan.register.label or plan.register.name, record.unit.name, record.state)
    return Hit(_marked(title, wanted), reverse("registers:record", args=[record.pk]), facts, snippet, label)


def found_tasks(user: User, wanted: list[Term], query: str) -> Found:
    """Tasks by title, text, printed units, number."""
    tasks = tasks_for(user).prefetch_related(None)
    for term in wanted:
        tasks = tasks.filter(_contains(term, "title", "text", "lead_text", "assisting_text"))
    rows = list(tasks[: MOST_HITS + 1])
    hits = [
        Hit(
            _marked(task.title, wanted),
            reverse("plans:task", args=[task.pk]),
            (task.plan.title, task.STATES[task.state], *([f"{task.deadline} 前"] if task.deadline else [])),
            pieces(task.text, wanted) if task.text != task.title else [],
        )
        for task in rows[:MOST_HITS]
    ]
    return Found(_titles_first(hits), len(rows) > MOST_HITS)


def found_documents(user: User, wanted: list[Term], query: str) -> Found:
    """Documents by title, file name and text; evidence too."""
    documents = documents_for(user, evidence=True)
    for term in wanted:
        documents = documents.filter(_contains(term, "title", "name", "reading__text"))
    rows = list(documents[: MOST_HITS + 1])
    hits = [
        Hit(
            _marked(document.title or document.name, wanted),
            reverse("documents:detail", args=[document.pk]),
            (document.kind_label, document.unit.name, f"{document.uploaded_at:%Y-%m-%d}"),
            label=str(document.pk),
        )
        for document in rows[:MOST_HITS]
    ]
    return Found(_titles_first(hits), len(rows) > MOST_HITS)


def found_units(user: User, wanted: list[Term], query: str) -> Found:
    """Units by name and code."""
    units = units_for(user)
    for term in wanted:
        units = units.filter(_contains(term, "name", "code"))
    rows = list(units.order_by("path")[: MOST_HITS + 1])
    hits = [
        Hit(
            _marked(unit.name, wanted),
            f"{reverse('org:units')}?q={unit.code}",
            (unit.kind, unit.code, *([unit.parent.name] if unit.parent else [])),
        )
        for unit in rows[:MOST_HITS]
    ]
    return Found(hits, len(rows) > MOST_HITS)


def found_people(user: User, wanted: list[Term], query: str) -> Found:
    """People by name, at the units that the person may look at; never by telephone or account."""
    posts = people_for(user)
    for term in wanted:
        posts = posts.filter(_contains(term, "user__name", "unit__name", "role"))
    rows = list(posts.order_by("unit__order", "id")[: MOST_HITS + 1])
    address = reverse("org:people")
    hits = [
        Hit(_marked(post.user.name, wanted), f"{address}?q={post.user.name}", (post.unit.name, post.role))
        for post in rows[:MOST_HITS]
    ]
    return Found(hits, len(rows) > MOST_HITS)


def with_text(hits: Sequence[Hit], wanted: list[Term]) -> list[Hit]:
    """Hits of documents with their cuts: texts are long, so only those of the page are read, in one query."""
    texts = dict(
        ReadingResult.objects.filter(document_id__in=[int(hit.label) for hit in hits]).values_list(
            "document_id", "text"
        )
    )
    return [Hit(hit.title, hit.url, hit.facts, pieces(texts.get(int(hit.label), ""), wanted), "") for hit in hits]


def _contains(term: Term, *columns: str) -> Q:
    found = Q(pk__in=[])
    for column in columns:
        for text in term.variants():
            found |= Q(**{f"{column}__icontains": text})
    return found


def _marked(text: str, wanted: list[Term]) -> Pieces:
    """A whole title with its hits marked."""
    return pieces(text, wanted, whole=True) or [(text, False)]


def _titles_first(hits: list[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: not any(marked for _, marked in hit.title))


# Kind → its name on the page, and what finds it.
SOURCES: dict[str, tuple[str, Callable[[User, list[Term], str], Found]]] = {
    "record": ("台账记录", found_records),
    "task": ("任务", found_tasks),
    "document": ("文稿", found_documents),
    "unit": ("单位", found_units),
    "person": ("人员", found_people),
}
