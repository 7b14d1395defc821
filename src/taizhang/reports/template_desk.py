"""Templates of reports and letters as a clerk changes them in Word: what is in force, the draft, its faults, its preview.

A changed template becomes a document of the bureau's own pack and goes through the packs' door, as a new register does.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from django.utils import timezone
from django.utils.safestring import SafeString

from taizhang.catalog.current import catalog
from taizhang.catalog.lifecycle_schema import LetterDef
from taizhang.catalog.lifecycles import letters_of
from taizhang.catalog.models import PackDraft
from taizhang.catalog.pack import Pack
from taizhang.catalog.schema import ReportDef
from taizhang.kernel.errors import NotFound, Problem, Problems
from taizhang.kernel.periods import Period
from taizhang.org.models import User
from taizhang.org.queries import get_unit_for, root_unit
from taizhang.registers.actions import note_view
from taizhang.registers.blueprint import blueprint
from taizhang.registers.letters import NOT_NUMBERED, paper_of
from taizhang.registers.maker import actions, documents, policy, queries
from taizhang.registers.maker.sample import look_of
from taizhang.registers.maker.words import SORTS
from taizhang.registers.models import Record
from taizhang.registers.queries import filtered_records, registers_for
from taizhang.reports.actions import fitting
from taizhang.reports.html import page
from taizhang.reports.letters import lint_letter
from taizhang.reports.linter import lint_template
from taizhang.reports.sources import BureauSources, unit_ref
from taizhang.reports.template import Rendered, render
from taizhang.reports.word_template import CODE, from_docx, to_docx

FOLDERS = ("reports", "letters")
MAX_BYTES = 10 * 2**20
AROUND = 14


@dataclass(frozen=True, slots=True)
class Template:
    """A template: ``folder`` reports | letters, ``key`` a report's code or a letter's name, ``path`` the document of
    ``pack`` that declares it, ``source`` its markup. ``draft`` is set where the source is that of a draft."""

    folder: str
    key: str
    thing: ReportDef | LetterDef
    pack: Pack
    path: str
    source: str
    draft: PackDraft | None = None

    @property
    def name(self) -> str:
        return self.thing.name

    @property
    def word(self) -> str:
        return "稿件" if self.folder == "reports" else "文书"

    @property
    def is_core(self) -> bool:
        return self.pack.manifest.name == queries.CORE

    @property
    def home(self) -> tuple[str, str]:
        """Pack and path of the document that a change of it is written into: of the core's the bureau's own copy."""
        return (
            (queries.LOCAL, f"{self.folder}/{self.key}.yaml") if self.is_core else (self.pack.manifest.name, self.path)
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a template: in which paragraph (a row of a table is one), the words around it, what to do."""

    paragraph: int
    around: str
    message: str
    remedy: str


def templates(user: User) -> list[Template]:
    """Every template in force, reports first. Raises Forbidden."""
    policy.require_look(user)
    whole = catalog()
    keys = [("reports", key) for key in whole.reports] + [("letters", key) for key in whole.letters]
    return [_in_force(folder, key) for folder, key in keys]


def get_template(user: User, folder: str, key: str) -> Template:
    """One template in force. Raises Forbidden, NotFound."""
    policy.require_look(user)
    if folder not in FOLDERS or key not in getattr(catalog(), folder):
        raise NotFound("RPT-060", "没有这个模板", remedy="从模板列表里选")
    return _in_force(folder, key)


def draft_of(template: Template) -> Template | None:
    """The template as the open draft has it; None without one, or while the draft's document cannot be read."""
    drafted = _drafted(template)
    if drafted is None:
        return None
    draft, data = drafted
    source = str(_entry(data, template).get("text") or "")
    thing = template.thing.model_copy(update={"text": source, "template": ""})
    return replace(template, thing=thing, source=source, draft=draft) if source else None


def as_docx(template: Template) -> bytes:
    """The template for Word."""
    return to_docx(template.source, template.name)


def take_docx(*, template: Template, data: bytes, name: str, by: User) -> PackDraft:
    """A changed template, read back and laid on the desk as a draft, faulty or not. Raises Forbidden, Problem."""
    if len(data) > MAX_BYTES:
        raise Problem("RPT-061", "文件超过 10 MB", where=name, remedy="模板里不放图片")
    source = from_docx(data, name)
    if not source.strip():
        raise Problem("RPT-062", "文件里没有文字", where=name, remedy="下载模板，在它上面改")
    standing = draft_of(template) or template
    if source == standing.source:
        raise Problem("RPT-063", "和现在的模板一样，没有改动", where=name, remedy="改过并保存后再上传")
    pack, path = template.home
    return actions.put_document(
        pack=pack, path=path, text=_with_source(template, source), what=f"上传 {name}"[:200], by=by
    )


def faults_of(template: Template) -> list[Fault]:
    """Everything that is wrong with a template, where it stands in the Word file."""
    lines = template.source.splitlines()
    return [_fault(problem, lines) for problem in _problems(template)]


def changes_of(old: str, new: str, context: int = 1) -> Iterator[tuple[str, str]]:
    """(sign, line) of a comparison: "-" gone, "+" new, " " around, "…" left out."""
    for at, line in enumerate(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=context)):
        if at > 1:
            yield ("…", "") if line.startswith("@@") else (line[0], line[1:])


def preview_report(user: User, template: Template, unit: str = "", period: str = "") -> Rendered:
    """The template filled with the bureau's data as the person may see them; nothing is kept. Raises Problem."""
    declared = cast(ReportDef, template.thing)
    _require_faultless(template)
    place = get_unit_for(user, unit or root_unit().code)
    when = fitting(declared, Period.parse(period) if period else Period.of(declared.period, timezone.localdate()))
    sources = BureauSources(user, place, when)
    return render(template.source, file=template.name, sources=sources, unit=unit_ref(place), period=when)


def preview_letter(user: User, template: Template) -> tuple[SafeString | str, str]:
    """(page, what it was filled with): the letter on the newest record that the person may see; on a made-up one else.
    Raises Problem."""
    _require_faultless(template)
    letter = cast(LetterDef, template.thing).model_copy(update={"text": template.source, "template": ""})
    record = _newest(user, letter)
    if record is not None:
        note_view(record=record, by=user)
        plan = blueprint(record.register_code)
        paper = paper_of(plan, record, letter, timezone.localdate(), number=NOT_NUMBERED)
        return cast(SafeString, paper.html), f"{plan.register.name} {record.number or record.pk}"
    look = look_of(SORTS["letters"], letter.name, letter, catalog())
    return look.get("paper", ""), "示例数据"


def report_page(rendered: Rendered) -> SafeString:
    return page(rendered.blocks)


# Inside


def _in_force(folder: str, key: str) -> Template:
    whole, kind = catalog(), SORTS[folder].kind
    thing: Any = getattr(whole, folder)[key]
    pack = whole.declaring(kind, key)
    return Template(folder, key, thing, pack, pack.places[kind, key].file, whole.source_of(thing)[0])


def _entry(data: documents.Data, template: Template) -> documents.Data:
    """What a document says of the template."""
    if template.folder == "letters":
        return data
    listed = data.get("reports")
    entries = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return next((item for item in entries if item.get("code") == template.key), {})


def _drafted(template: Template) -> tuple[PackDraft, documents.Data] | None:
    """The open draft and its document; None without one that can be read and holds the template."""
    pack, path = template.home
    draft = PackDraft.objects.filter(pack=pack, path=path).first()
    if draft is None:
        return None
    try:
        data = documents.load(queries.text_of(draft), path)
    except Problem:
        return None
    return (draft, data) if _entry(data, template) else None


def _with_source(template: Template, source: str) -> str:
    """The document with another template in it: the draft's, whose other changes stay, else the one in force."""
    drafted = _drafted(template)
    data = drafted[1] if drafted else documents.load(template.pack.files[template.path], template.path)
    said = _entry(data, template)
    changed = {**{key: value for key, value in said.items() if key != "template"}, "text": source}
    if template.folder == "letters":
        return documents.dump(changed)
    if template.is_core and not drafted:
        return documents.dump({"reports": [changed]})
    return documents.dump({**data, "reports": [changed if item is said else item for item in data["reports"]]})


def _problems(template: Template) -> list[Problem]:
    if isinstance(template.thing, ReportDef):
        return lint_template(template.source, template.name, catalog())
    return list(lint_letter(template.thing, template.source, template.name, catalog()))


def _require_faultless(template: Template) -> None:
    if faults := _problems(template):
        raise Problems(faults)


def _fault(problem: Problem, lines: list[str]) -> Fault:
    number = int(problem.where.rpartition(":")[2])
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    quoted = [word for word in re.findall("“([^”]+)”", problem.message) if word in line]
    code = CODE.search(line)
    spot = line.index(quoted[0]) if quoted else code.start() if code else 0
    start, end = max(0, spot - AROUND), spot + len(quoted[0] if quoted else "") + AROUND
    around = ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
    return Fault(number, around, problem.message, problem.remedy)


def _newest(user: User, letter: LetterDef) -> Record | None:
    """The newest record that the person sees, of the first of their registers that writes the letter."""
    whole = catalog()
    for register in registers_for(user):
        if letter.name in letters_of(register, whole):
            found = filtered_records(user, register.code).order_by("-id").first()
            if found is not None:
                return found
    return None
