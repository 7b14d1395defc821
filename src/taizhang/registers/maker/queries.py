"""Packs, releases and drafts as the desk shows them; a draft is judged as if it were released beside all else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Count

from taizhang.catalog.current import Catalog, catalog
from taizhang.catalog.diff import Change, compare
from taizhang.catalog.lint import lint
from taizhang.catalog.models import PackDraft, PackDraftVersion, PackRelease
from taizhang.catalog.pack import Pack, read_files
from taizhang.catalog.schema import RegisterDef
from taizhang.kernel.errors import NotFound, Problem, Problems
from taizhang.org.models import User
from taizhang.org.queries import root_unit
from taizhang.registers.maker import documents, policy
from taizhang.registers.maker.words import SHARED, SORTS, Sort, sort_of
from taizhang.registers.models import Record

LOCAL = "local"
CORE = "core"


@dataclass(slots=True)
class Desk:
    """A document on the desk: its text and all that follows from it. ``data`` is None while the text is no YAML,
    ``register`` while it breaks the form of pack documents."""

    draft: PackDraft
    text: str
    data: documents.Data | None
    problems: list[Problem]
    register: RegisterDef | None
    released: RegisterDef | None
    whole: Catalog
    pack: Pack | None = None
    versions: list[PackDraftVersion] = field(default_factory=list)

    @property
    def sort(self) -> Sort:
        return sort_of(self.draft.path)

    @property
    def name(self) -> str:
        found = self.data.get(self.sort.key) if self.data else None
        return str(found or self.draft.path.partition("/")[2].removesuffix(".yaml"))

    @property
    def thing(self) -> Any:
        """What the document declares; None while it cannot be read."""
        here = self.pack is not None and (self.sort.kind, self.name) in self.pack.places
        return getattr(self.whole, self.draft.path.partition("/")[0]).get(self.name) if here else None

    @property
    def is_changed(self) -> bool:
        return self.text != self.draft.base

    def faults_at(self, part: str) -> list[list[Problem]]:
        """For each item of a list, what is wrong with it."""
        try:
            spans = documents.item_lines(self.text, part)
        except Problem:
            return []
        placed = [(line_in(problem, self.draft.path), problem) for problem in self.problems]
        return [[problem for line, problem in placed if line and start <= line < end] for start, end in spans]


def line_in(problem: Problem, path: str) -> int:
    """The line of ``path`` that a problem speaks of, 0 for another place."""
    file, _, line = problem.where.rpartition(":")
    return int(line) if file == path and line.isdigit() else 0


def released_files(pack: str) -> dict[str, str]:
    """The documents of a pack in force; of the bureau's own pack before its first release, its page alone."""
    newest = PackRelease.objects.filter(name=pack).order_by("-id").first()
    if newest is not None:
        return dict(newest.files)
    if pack == LOCAL:
        title = documents.dump({"name": LOCAL, "version": "0", "title": f"{root_unit().name}自建台账"})
        return {"pack.yaml": title}
    raise NotFound("REG-300", f"没有业务包“{pack}”", remedy="在“设置 › 业务包”中选择")


def pack_of(code: str) -> tuple[Pack, str]:
    """The pack in force that declares a register, and its document's path there. Raises NotFound."""
    register = catalog().register(code)
    for pack in reversed(catalog().packs):
        if register.code in pack.registers:
            return pack, pack.places["register", register.code].file
    raise NotFound("REG-301", f"没有台账“{code}”", remedy="在“设置 › 业务包”中选择")


def declaring(folder: str, name: str) -> tuple[Pack, str]:
    """The pack whose word counts for a shared thing (option set, ladder, letter) and its document. Raises NotFound."""
    kind = SORTS[folder].kind
    pack = catalog().declaring(kind, name)
    return pack, pack.places[kind, name].file


def shared_things() -> list[tuple[str, Sort, list[tuple[str, Pack]]]]:
    """Folder, sort and things of each sort that registers share, each with the pack whose word counts."""
    whole = catalog()
    return [
        (folder, sort, [(name, whole.declaring(sort.kind, name)) for name in sorted(getattr(whole, folder))])
        for folder, sort in SORTS.items()
        if folder in SHARED
    ]


def drafts_for(user: User) -> list[tuple[PackDraft, Desk]]:
    """The drafts that are open, the last changed first. Raises Forbidden."""
    policy.require_look(user)
    found = PackDraft.objects.order_by("-changed_at")
    return [(draft, desk_of(draft)) for draft in found]


def get_draft_for(user: User, draft_id: int) -> PackDraft:
    """A draft. Raises Forbidden, NotFound."""
    policy.require_look(user)
    draft = PackDraft.objects.filter(pk=draft_id).first()
    if draft is None:
        raise NotFound("REG-302", "没有这份草稿", remedy="它可能已经发布或放弃；在“设置 › 业务包”中重新打开")
    return draft


def users_of(register: RegisterDef, whole: Catalog) -> list[str]:
    """What rests on a register: the figures over it, and the fields of other registers that link to it."""
    read = f"{register.name}."
    figures = [
        f"指标 {item.name}"
        for item in whole.indicators.values()
        if item.register_code == register.code or read in item.formula
    ]
    links = [
        f"{other.name}的“{field.name}”"
        for other in whole.registers.values()
        for field in other.fields
        if field.register_code == register.code and other.code != register.code and not other.retired
    ]
    return [*figures, *links]


def text_of(draft: PackDraft) -> str:
    """The draft's current text."""
    return PackDraftVersion.objects.values_list("text", flat=True).get(draft=draft, number=draft.number)


def desk_of(draft: PackDraft, text: str | None = None) -> Desk:
    """A draft (or another text in its place) with its faults, judged beside the packs in force."""
    shown = text_of(draft) if text is None else text
    try:
        data: documents.Data | None = documents.load(shown, draft.path)
    except Problem as broken:
        return Desk(draft, shown, None, [broken], None, _released(draft), catalog())
    pack, problems = judged(draft.pack, {draft.path: shown})
    if pack is None:
        return Desk(draft, shown, data, problems, None, _released(draft), catalog())
    others = tuple(item for item in catalog().packs if item.manifest.name != draft.pack)
    register = next(
        (item for code, item in pack.registers.items() if pack.places["register", code].file == draft.path), None
    )
    return Desk(draft, shown, data, problems, register, _released(draft), Catalog(packs=(*others, pack)), pack)


def judged(pack: str, changed: Mapping[str, str]) -> tuple[Pack | None, list[Problem]]:
    """The pack with some documents changed, or None when it cannot be read; and every fault of it."""
    try:
        made = read_files({**released_files(pack), **changed})
    except Problems as wrong:
        return None, wrong.problems
    except Problem as wrong:
        return None, [wrong]
    return made, lint(made, catalog())


def _released(draft: PackDraft) -> RegisterDef | None:
    pack = next((item for item in catalog().packs if item.manifest.name == draft.pack), None)
    if pack is None:
        return None
    return next(
        (item for code, item in pack.registers.items() if pack.places["register", code].file == draft.path), None
    )


def in_force(name: str) -> Pack | None:
    """The released pack of a name."""
    return next((item for item in catalog().packs if item.manifest.name == name), None)


def get_release_for(user: User, release_id: int) -> PackRelease:
    """A release. Raises Forbidden, NotFound."""
    policy.require_look(user)
    release = PackRelease.objects.filter(pk=release_id).first()
    if release is None:
        raise NotFound("REG-303", "没有这次发布", remedy="在“设置 › 业务包”中选择")
    return release


def release_before(release: PackRelease) -> PackRelease | None:
    """The release of the same pack that this one took the place of."""
    return PackRelease.objects.filter(name=release.name, pk__lt=release.pk).order_by("-pk").first()


def changes_of(release: PackRelease) -> tuple[Change, ...]:
    """What a release changed against the one before it."""
    before = release_before(release)
    return _changes(before.pk if before else 0, before.sha256 if before else "", release.pk, release.sha256)


@lru_cache(maxsize=256)
def _changes(before: int, before_digest: str, after: int, after_digest: str) -> tuple[Change, ...]:
    """Releases never change, so what lies between two of them is worked out once. The digests tell apart ids that a
    rolled-back transaction gave out before."""
    files = dict(PackRelease.objects.filter(pk__in=[before, after]).values_list("pk", "files"))
    old = read_files(files[before]) if before else None
    return tuple(compare(old, read_files(files[after])))


def record_counts() -> dict[str, int]:
    """Register code → number of records, struck-out ones too."""
    rows = Record.objects.order_by().values("register_code").annotate(found=Count("id"))
    return {row["register_code"]: row["found"] for row in rows}


def effects_of(old: RegisterDef | None, new: RegisterDef) -> list[str]:
    """What a release means for the records that are there already, in sentences."""
    count = Record.objects.filter(register_code=new.code).count() if old else 0
    if old is None or not count:
        return ["还没有记录，发布后即可填写。"]
    said = [f"已有 {count} 条记录，一条也不改动。"]
    before = {item.name: item for item in old.fields}
    after = {item.name: item for item in new.fields}
    added = [name for name in after if name not in before and after[name].formula is None]
    if added:
        said.append(f"新字段“{'”“'.join(added)}”在已有记录里是空的，以后逐条补填。")
    if gone := [name for name in before if name not in after]:
        said.append(f"停用的字段“{'”“'.join(gone)}”不再显示，已有的值留在历次版本里，名字不能再用。")
    for name, item in after.items():
        if item.required and not (name in before and before[name].required):
            missing = Record.objects.filter(register_code=new.code).exclude(data__has_key=name).count()
            said.append(f"“{name}”改为必填：{missing} 条已有记录没有填，下次修改时须补上。")
    if moved := [name for name, item in after.items() if _newly_listed(before.get(name), item)]:
        said.append(f"“{'”“'.join(moved)}”发布后即可筛选，已有记录同时编入查询。")
    return said


def faults_with_records(old: Pack | None, new: Pack) -> list[Problem]:
    """Changes that a register without records may make and one with records may not: they would not fit them."""
    found = []
    for code, register in new.registers.items():
        was = old.registers.get(code) if old else None
        if was is None or (was.period, was.dimensions) == (register.period, register.dimensions):
            continue
        if Record.objects.filter(register_code=code).exists():
            what = "多久一期" if was.period != register.period else "分列维度"
            remedy = "已有记录是按原来的填的；要改请另立台账"
            found.append(
                Problem("REG-319", f"“{register.name}”已有记录，不能改{what}", where=register.name, remedy=remedy)
            )
    return found


def _newly_listed(old: Any, new: Any) -> bool:
    return old is not None and (new.query or new.unique) and not (old.query or old.unique)
