"""The index of the search: one row for each record, in the same transaction as the record.

On SQLite an FTS5 table, on PostgreSQL a tsvector under a GIN index; both hold the tokens of :mod:`words`, nothing of a
sensitive field ever. A row also carries its register and unit as tokens, so that the index itself reads only what a
person may see; whoever asks still narrows the records by right, which is the word that counts.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from django.db import connection, transaction

from taizhang.kernel.errors import Problem
from taizhang.org.policy import Reach
from taizhang.registers.blueprint import Blueprint
from taizhang.registers.fields import MISSING, Field
from taizhang.registers.finding.models import SearchForm
from taizhang.registers.finding.words import Term, tokens
from taizhang.registers.lookups import DbLookup
from taizhang.registers.models import Record

TABLE = "registers_search"
# Counted up when what is written into the index changes: every installation then indexes its records again by itself.
FORM = 2
BATCH = 500
# Figures and days are filtered, not searched: their digits would only be noise.
SEARCHED = frozenset({"text", "long_text", "place", "choice", "choices", "unit", "person", "link", "file", "phone"})
NAMED = frozenset({"unit", "person"})
LONGEST_FIELD = 3000
SHORT = 40
# More single units than this in one question: the reader's right alone narrows, after the index.
MOST_UNITS = 400

Scope = Sequence[tuple[Sequence[str], Sequence[int] | None]]


@lru_cache(maxsize=256)  # a blueprint is of one catalogue
def _searched(plan: Blueprint) -> list[tuple[str, str, Field | None]]:
    """(name, label, the field where its key stands for a name) of what is searched."""
    return [
        (name, field.definition.title, field if field.type in NAMED else None)
        for name, field in plan.fields.items()
        if field.type in SEARCHED and name not in plan.sensitive
    ]


def texts_of(plan: Blueprint, record: Record, lookup: DbLookup) -> list[tuple[str, str]]:
    """(label, text) of what may be found in a record's body; sensitive fields are left out."""
    found, data = [], record.data
    for name, label, named in _searched(plan):
        stored = data.get(name)
        if stored is None:
            continue
        text = str(stored) if named is None else named.display(stored, lookup)
        if text and text != MISSING:
            found.append((label, text))
    return found


def head_of(plan: Blueprint, record: Record) -> list[str]:
    """The number and the title, unless the title shows a sensitive field."""
    return [text for text in (record.number, record.title if plan.register.title not in plan.sensitive else "") if text]


def units_of(plan: Blueprint, record: Record, lookup: DbLookup) -> list[int]:
    """The units whose people may find a record: its own, and those that a field names by which the pack shares it."""
    found = [record.unit_id]
    for field in plan.references:
        if field.name not in plan.register.shared_with:
            continue
        for key in field.keys(record.data.get(field.name)):
            with suppress(Problem):  # a unit that is gone
                found.append(lookup.target(field.definition, key).pk)
    return found


def put(items: Iterable[tuple[Blueprint, Record]], lookup: DbLookup) -> None:
    """Index records, again or for the first time, in the caller's transaction."""
    engine = engine_of()
    if engine is None:
        return
    rows = [
        (
            record.pk,
            [*head_of(plan, record)],
            [text[:LONGEST_FIELD] for _, text in texts_of(plan, record, lookup)],
            record.register_code,
            units_of(plan, record, lookup),
        )
        for plan, record in items
    ]
    engine.put(rows)


Row = tuple[int, list[str], list[str], str, list[int]]


def _line(texts: list[str]) -> str:
    """The tokens of some texts with a space between any two."""
    return " ".join(filter(None, [_short(text) if len(text) <= SHORT else " ".join(_tokens(text)) for text in texts]))


@lru_cache(maxsize=20_000)
def _short(text: str) -> str:
    """The same for one short text: the options of choices and the names of a batch come again and again."""
    return " ".join(_tokens(text))


def _tokens(text: str) -> Iterator[str]:
    return (token for run in tokens(text) for token in run)


class Fts5:
    """SQLite's own full-text table."""

    create: ClassVar[tuple[str, ...]] = (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING "
        """fts5(head, body, scope, prefix='1', columnsize=0, tokenize="unicode61 remove_diacritics 0")""",
    )
    drop: ClassVar[tuple[str, ...]] = (f"DROP TABLE IF EXISTS {TABLE}",)

    def put(self, rows: Sequence[Row]) -> None:
        made = [
            (pk, _line(head), _line(body), " ".join([_code(code), *(f"u{unit}" for unit in units)]))
            for pk, head, body, code, units in rows
        ]
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [row[:1] for row in made])
            cursor.executemany(f"INSERT INTO {TABLE} (rowid, head, body, scope) VALUES (%s, %s, %s, %s)", made)

    def ids(self, wanted: Sequence[tuple[Term, Sequence[int]]], scope: Scope, *, head: bool, most: int) -> list[int]:
        columns = "head" if head else "{head body}"
        parts = []
        for term, units in wanted:
            words, is_open = term.phrase
            found = f'({columns} : "{" ".join(words)}"{" *" if is_open else ""})'
            named = f" OR (scope : ({_or(units)}))" if units else ""
            parts.append(f"({found}{named})")
        if limits := [self._scope(codes, units) for codes, units in scope]:
            parts.append(f"({' OR '.join(limits)})")
        sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s ORDER BY rowid DESC LIMIT %s"
        return _column(sql, [" AND ".join(parts), most])

    def _scope(self, codes: Sequence[str], units: Sequence[int] | None) -> str:
        found = f"(scope : ({' OR '.join(_code(code) for code in codes)}))"
        return found if units is None else f"({found} AND (scope : ({_or(units)})))"


class TsVector:
    """PostgreSQL's; the vector is written out by us, for its own parser knows no Chinese."""

    create: ClassVar[tuple[str, ...]] = (
        f"CREATE TABLE IF NOT EXISTS {TABLE} (id bigint PRIMARY KEY, words tsvector NOT NULL)",
        f"CREATE INDEX IF NOT EXISTS {TABLE}_words ON {TABLE} USING gin (words)",
    )
    drop: ClassVar[tuple[str, ...]] = (f"DROP TABLE IF EXISTS {TABLE}",)
    last_place = 16_000
    most_places = 200

    def put(self, rows: Sequence[Row]) -> None:
        made = [(pk, self._vector(head, body, code, units)) for pk, head, body, code, units in rows]
        sql = f"INSERT INTO {TABLE} (id, words) VALUES (%s, %s::tsvector) ON CONFLICT (id) DO UPDATE SET words = excluded.words"
        with connection.cursor() as cursor:
            cursor.executemany(sql, made)

    def _vector(self, head: list[str], body: list[str], code: str, units: list[int]) -> str:
        places: dict[str, list[str]] = defaultdict(list)
        at = 0
        for weight, texts in (("A", head), ("B", body)):
            for text in texts:
                for run in tokens(text):
                    for token in run:
                        at = min(at + 1, self.last_place)
                        if len(places[token]) < self.most_places:
                            places[token].append(f"{at}{weight}")
                at += 1  # no phrase reaches from one field into the next
        words = [f"'{token}':{','.join(found)}" for token, found in places.items()]
        return " ".join([*words, f"'#{_code(code)}'", *(f"'#u{unit}'" for unit in dict.fromkeys(units))])

    def ids(self, wanted: Sequence[tuple[Term, Sequence[int]]], scope: Scope, *, head: bool, most: int) -> list[int]:
        weight = "A" if head else "AB"
        parts = []
        for term, units in wanted:
            words, is_open = term.phrase
            marks = [f"'{word}':{weight}" for word in words]
            if is_open:
                marks[-1] = f"'{words[-1]}':*{weight}"
            parts.append(f"(({' <-> '.join(marks)}){f' | {_bar(units)}' if units else ''})")
        if limits := [self._scope(codes, units) for codes, units in scope]:
            parts.append(f"({' | '.join(limits)})")
        sql = f"SELECT id FROM {TABLE} WHERE words @@ %s::tsquery ORDER BY id DESC LIMIT %s"
        return _column(sql, [" & ".join(parts), most])

    def _scope(self, codes: Sequence[str], units: Sequence[int] | None) -> str:
        found = "(" + " | ".join(f"'#{_code(code)}'" for code in codes) + ")"
        return found if units is None else f"({found} & ({_bar(units)}))"


Engine = Fts5 | TsVector
_ready: dict[str, bool] = {}


def engine_of() -> Engine | None:
    """The index of this database; None where SQLite was built without FTS5."""
    if connection.vendor == "postgresql":
        return TsVector()
    if "fts5" not in _ready:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'")
            _ready["fts5"] = bool(cursor.fetchone()[0])
    return Fts5() if _ready["fts5"] else None


def scope_of(reaches: Iterable[tuple[str, Reach]], units_in: Callable[[Reach], list[int] | None]) -> Scope:
    """What a person's rights look like to the index: registers that share a reach, with their units (None: all)."""
    groups: dict[Reach, list[str]] = defaultdict(list)
    for code, reach in reaches:
        groups[reach].append(code)
    return [(codes, None if reach.everything else units_in(reach)) for reach, codes in groups.items()]


def reindex(tick: Callable[[int], None] = lambda done: None) -> int:
    """Build the whole index anew; returns how many records it holds. Safe while people work: batch by batch."""
    from taizhang.catalog.current import catalog

    if engine_of() is None:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")
        SearchForm.objects.all().delete()  # what breaks off below is mended by the worker
    total = 0
    for code in catalog().registers:
        total += reindex_register(code, lambda done, before=total: tick(before + done))  # type: ignore[misc]
    return total


def reindex_register(code: str, tick: Callable[[int], None] = lambda done: None) -> int:
    """The records of one register again, each batch held while it is read and written; how many they are."""
    from taizhang.registers.blueprint import blueprint

    plan, done, last = blueprint(code), 0, 0
    records = Record.objects.filter(register_code=code).order_by("pk").select_related("unit")
    while True:
        with transaction.atomic():
            part = list(records.filter(pk__gt=last).select_for_update(of=("self",))[: BATCH * 4])
            put(((plan, record) for record in part), DbLookup(None).preload(part))
        if not part:
            break
        done, last = done + len(part), part[-1].pk
        tick(done)
    SearchForm.objects.update_or_create(register_code=code, defaults={"form": form_of(plan)})
    return done


def form_of(plan: Blueprint) -> str:
    """What the index of a register was built by: the program's way of writing it and what the pack lets be found."""
    shown = plan.register.title not in plan.sensitive
    parts = [FORM, shown, sorted(plan.register.shared_with), *(name for name, _, _ in _searched(plan))]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def outdated() -> list[str]:
    """The registers whose records are indexed as an earlier program or pack did, or not at all."""
    return [code for code in _late() if _holds_any(code)]


def mend(day: date | None = None) -> int:
    """Bring the index in line after an upgrade or a release, register by register; how many records were indexed. What
    is entered into a register that was empty is written as it should be from the first record on."""
    late = _late()
    full = [code for code in late if _holds_any(code)]
    SearchForm.objects.bulk_create(
        [SearchForm(register_code=code, form=form) for code, form in late.items() if code not in full],
        update_conflicts=True, unique_fields=["register_code"], update_fields=["form"],
    )  # fmt: skip
    return sum(reindex_register(code) for code in full)


def _late() -> dict[str, str]:
    """Register → the form due, of those that were not built by it."""
    from taizhang.catalog.current import catalog
    from taizhang.registers.blueprint import blueprint

    if engine_of() is None:
        return {}
    built = dict(SearchForm.objects.values_list("register_code", "form"))
    due = {code: form_of(blueprint(code)) for code in catalog().registers}
    return {code: form for code, form in due.items() if built.get(code) != form}


def _holds_any(code: str) -> bool:
    return Record.objects.filter(register_code=code).exists()


def _column(sql: str, values: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def _code(code: str) -> str:
    """A register's code as one token."""
    return "r" + code.replace("_", "q0q")


def _or(units: Sequence[int]) -> str:
    return " OR ".join(f"u{pk}" for pk in units) or "u0"


def _bar(units: Sequence[int]) -> str:
    return " | ".join(f"'#u{pk}'" for pk in units) or "'#u0'"
