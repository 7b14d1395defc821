"""Letters on one record: a pack's text template filled with the record's own words, drawn as an official document.

Unlike a report, a letter computes nothing: what it prints stands in the record, so its values need no binding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from jinja2 import TemplateError, TemplateSyntaxError, meta

from taizhang.catalog.current import Catalog
from taizhang.catalog.faults import near
from taizhang.catalog.lifecycle_schema import LetterDef
from taizhang.catalog.lifecycles import letters_of
from taizhang.catalog.pack import Pack
from taizhang.catalog.schema import RegisterDef
from taizhang.documents.papers import Paper
from taizhang.kernel.errors import Problem
from taizhang.plans.supervise.letters import OWN_NAMES as TASK_NAMES
from taizhang.registers.letters import OWN_NAMES
from taizhang.reports import gongwen, html
from taizhang.reports.blocks import Runs, Title, plain
from taizhang.reports.linter import source_in
from taizhang.reports.markup import DIRECTIVES, blocks_of, directive_of
from taizhang.reports.template import FIRST, LAST, environment, explain

MISSING = "—"


def draw(source: str, file: str, values: Mapping[str, str], author: str = "", at: datetime | None = None) -> Paper:
    """Fill a letter's template. Raises Problem with ``file:line`` for a fault of the template."""
    pieces: list[str] = []

    def mark(value: Any) -> str:
        # What a person typed stands for itself: a line of it that begins with @ or # is no layout.
        pieces.append(" ".join(str(value).split()) if value not in (None, "") else MISSING)
        return chr(FIRST + len(pieces) - 1)

    env = environment()
    env.finalize = mark
    try:
        text = env.template_class.from_code(
            env, env.compile(source, name=file, filename=file), env.make_globals(None)
        ).render(dict(values))
    except TemplateError as wrong:
        raise explain(wrong, file) from wrong

    def runs(line: str) -> Runs:
        return ("".join(pieces[ord(char) - FIRST] if FIRST <= ord(char) <= LAST else char for char in line),)

    blocks = blocks_of(text, runs, file)
    title = next(("".join(plain(line) for line in block.lines) for block in blocks if isinstance(block, Title)), "")
    properties = gongwen.Meta(title=title, author=author, at=at or timezone.now().replace(tzinfo=None))
    return Paper(title, gongwen.write(blocks, properties), html.page(blocks))


def lint_letters(pack: Pack, whole: Catalog) -> Iterator[Problem]:
    """Faults of a pack's letters: markup that cannot be read, names that the records they are written on do not have."""
    for letter in pack.letters.values():
        if letter.text or letter.template in pack.files:
            yield from lint_letter(letter, *source_in(pack, "letter", letter.name, letter), whole)
    # A register of this pack may use a letter of another.
    for register in pack.registers.values():
        for letter in whole.letters.values():
            if letter.name not in pack.letters and letter.name in letters_of(register, whole):
                yield from _names(letter, *whole.letter_source(letter), [register])


def lint_letter(letter: LetterDef, source: str, file: str, whole: Catalog) -> Iterator[Problem]:
    """Every fault of one letter's template, each with ``file:line``."""
    for line, text in enumerate(source.splitlines(), start=1):
        found = directive_of(text.strip())
        if found and found[0] not in DIRECTIVES:
            where = f"{file}:{line}"
            yield Problem("RPT-004", f"没有版式标记“@{found[0]}”", where=where, remedy=near(found[0], DIRECTIVES))
    users = [item for item in whole.registers.values() if letter.name in letters_of(item, whole)]
    of_tasks = letter.name in task_letters(whole)
    yield from _names(letter, source, file, users, of_tasks=of_tasks)
    if of_tasks and users:
        told = f"文书“{letter.name}”既用于任务又用于台账“{users[0].name}”，文号会重复"
        yield Problem("RPT-015", told, where=f"{file}:1", remedy="各用各的文书")


def task_letters(whole: Catalog) -> set[str]:
    """The letters that the ladders of tasks write."""
    steps = [step for ladder in whole.ladders.values() if ladder.about == "task" for step in ladder.steps]
    return {step.letter for step in steps if step.letter}


def _names(
    letter: LetterDef, source: str, file: str, users: list[RegisterDef], *, of_tasks: bool = False
) -> Iterator[Problem]:
    try:
        tree = environment().parse(source, filename=file)
    except TemplateSyntaxError as wrong:
        yield explain(wrong, file)
        return
    named = meta.find_undeclared_variables(tree)
    owners: list[tuple[str, set[str]]] = [
        (f"“{register.name}”", {*OWN_NAMES, *(field.name for field in register.fields)}) for register in users
    ]
    if of_tasks:
        owners.append(("任务", set(TASK_NAMES)))
    for owner, known in owners:
        for name in sorted(named - known):
            line = next((n for n, text in enumerate(source.splitlines(), start=1) if name in text), 1)
            told = f"{owner}没有“{name}”，文书“{letter.name}”用了它"
            yield Problem("RPT-012", told, where=f"{file}:{line}", remedy=near(name, known))
