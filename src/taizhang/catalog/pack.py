"""One pack: its documents read, or every reason why they cannot be."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from taizhang.catalog import positions
from taizhang.catalog.appraisal_schema import SchemeDef
from taizhang.catalog.dashboard_schema import DashboardDef
from taizhang.catalog.lifecycle_schema import LadderDef, LetterDef
from taizhang.catalog.schema import (
    CalendarDef,
    IndicatorDef,
    OptionDef,
    OptionSetDef,
    PackDef,
    PostsDef,
    QualityDef,
    RegisterDef,
    ReportDef,
    RoleDef,
    StandardDef,
)
from taizhang.kernel.errors import Problem, Problems

T = TypeVar("T", bound=BaseModel)
TEXT_SUFFIXES = (".yaml", ".yml", ".txt", ".md")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a pack something was said."""

    file: str
    lines: Mapping[positions.Path, int]
    path: positions.Path = ()

    def at(self, *path: str | int) -> str:
        """``file:line`` of a part of this thing."""
        return f"{self.file}:{positions.line_of(dict(self.lines), (*self.path, *path))}"


@dataclass(slots=True, eq=False)
class Pack:
    """A pack's definitions, each with the place that declares it. Nobody changes one after it was read."""

    manifest: PackDef
    files: dict[str, str]
    registers: dict[str, RegisterDef] = field(default_factory=dict)
    indicators: dict[str, IndicatorDef] = field(default_factory=dict)
    options: dict[str, tuple[OptionDef, ...]] = field(default_factory=dict)
    roles: dict[str, RoleDef] = field(default_factory=dict)
    capabilities: dict[str, str] = field(default_factory=dict)
    standards: dict[str, StandardDef] = field(default_factory=dict)
    quality: dict[str, QualityDef] = field(default_factory=dict)
    reports: dict[str, ReportDef] = field(default_factory=dict)
    ladders: dict[str, LadderDef] = field(default_factory=dict)
    letters: dict[str, LetterDef] = field(default_factory=dict)
    schemes: dict[str, SchemeDef] = field(default_factory=dict)
    dashboards: dict[str, DashboardDef] = field(default_factory=dict)
    days: dict[date, bool] = field(default_factory=dict)
    notes: dict[date, str] = field(default_factory=dict)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(f"{name}\0{self.files[name]}\0".encode())
        return digest.hexdigest()


def read_folder(folder: Path) -> Pack:
    """Read a pack from a folder. Raises Problems that name file, line and remedy."""
    if not (folder / "pack.yaml").is_file():
        raise Problem(
            "CAT-004",
            "这里没有业务包",
            where=str(folder),
            remedy="业务包是一个文件夹，其中须有 pack.yaml(name、version、title)",
        )
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in TEXT_SUFFIXES and path.is_file():
            name = path.relative_to(folder).as_posix()
            try:
                files[name] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError as wrong:
                raise Problem("CAT-005", "文件不是 UTF-8 编码", where=name, remedy="用编辑器另存为 UTF-8") from wrong
    return read_files(files)


def read_files(files: dict[str, str]) -> Pack:
    """Read a pack from its documents' texts by relative path. The same texts are read once: every release and every
    process start over from the same few packs."""
    return _read_texts(tuple(files.items()))


@lru_cache(maxsize=16)
def _read_texts(texts: tuple[tuple[str, str], ...]) -> Pack:
    files, problems = dict(texts), list[Problem]()
    manifest = _read_one(PackDef, files, "pack.yaml", problems)
    if manifest is None:
        raise Problems(problems)
    pack = Pack(manifest=manifest, files=files)
    for name in files:
        kind = name.split("/")[0] if "/" in name else Path(name).stem
        reader = READERS.get(kind)
        if reader and name.endswith((".yaml", ".yml")):
            try:
                data, lines = positions.parse(files[name], name)
            except Problem as broken:
                problems.append(broken)
                continue
            reader(pack, data, Place(name, lines), problems)
    if problems:
        raise Problems(problems)
    return pack


def _read_one(model: type[PackDef], files: Mapping[str, str], name: str, problems: list[Problem]) -> PackDef | None:
    try:
        data, lines = positions.parse(files[name], name)
    except Problem as broken:
        problems.append(broken)
        return None
    return _validate(model, data, Place(name, lines), problems)


def _validate(model: type[T], data: Any, place: Place, problems: list[Problem]) -> T | None:
    try:
        return model.model_validate(data)
    except ValidationError as wrong:
        problems.extend(_explain(model, error, place) for error in wrong.errors())
        return None


def _explain(model: type[BaseModel], error: Any, place: Place) -> Problem:
    """One pydantic error as a sentence a clerk can act on."""
    path = tuple(part for part in error["loc"] if not (isinstance(part, str) and part.startswith("function-")))
    key = path[-1] if path else ""
    said = f"“{error.get('input')}”" if isinstance(error.get("input"), str | int | float) else "这一项"
    message, remedy = _SENTENCES.get(error["type"], (f"写法不对（{error['msg']}）", "对照手册“业务包写法”修改"))
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(key), _known_keys(model), n=1)
        remedy = f"是否想写“{near[0]}”？" if near else remedy
    if error["type"] == "literal_error":
        remedy = "可以写：" + str(error["ctx"]["expected"]).replace(" or ", "、").replace("'", "")
    if error["type"] == "string_pattern_mismatch":
        remedy = f"须符合 {error['ctx']['pattern']}（小写字母开头，字母、数字、下划线）"
    return Problem("CAT-010", message.format(key=key, said=said), where=place.at(*path), remedy=remedy)


_SENTENCES = {
    "missing": ("缺少“{key}”", "补上这一项"),
    "extra_forbidden": ("不认识“{key}”", "删去，或对照手册“业务包写法”改名"),
    "literal_error": ("“{key}”不能写{said}", ""),
    "string_pattern_mismatch": ("“{key}”的写法不对：{said}", ""),
    "string_type": ("“{key}”须是文字，现为{said}", "加上引号"),
    "bool_parsing": ("“{key}”须是 true 或 false", "改为 true 或 false"),
    "int_parsing": ("“{key}”须是整数", "改为整数"),
    "float_parsing": ("“{key}”须是数字", "改为数字"),
    "tuple_type": ("“{key}”须是列表", "写成 [甲，乙]"),
    "dict_type": ("“{key}”须是键值表", "写成 {{名：值}}"),
    "model_type": ("“{key}”须是键值表", "写成 {{名：值}}"),
    "string_too_short": ("“{key}”不能为空", "写上内容"),
    "string_too_long": ("“{key}”太长", "缩短到 60 字以内"),
}


def _known_keys(model: type[BaseModel]) -> list[str]:
    names: set[str] = set()
    todo: list[type[BaseModel]] = [model]
    for item in todo:
        for name, info in item.model_fields.items():
            names.add(info.alias or name)
            todo.extend(kind for kind in _models_in(info.annotation) if kind not in todo)
    return sorted(names)


def _models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)


def _read_register(pack: Pack, data: Any, place: Place, problems: list[Problem]) -> None:
    register = _validate(RegisterDef, data, place, problems)
    if register is None:
        return
    _add(pack.registers, register.code, register, place, "register", pack, problems)
    for index, indicator in enumerate(register.indicators):
        owned = indicator.model_copy(update={"register_code": indicator.register_code or register.code})
        spot = Place(place.file, place.lines, ("indicators", index))
        _add(pack.indicators, owned.code, owned, spot, "indicator", pack, problems)


def _read_list(kind: str, key: str, model: type[Any], table: str) -> Any:
    """A reader of ``{<key>: [ {…}, … ]}`` documents."""

    def read(pack: Pack, data: Any, place: Place, problems: list[Problem]) -> None:
        items = data.get(key) if isinstance(data, dict) else None
        if not isinstance(items, list):
            problems.append(
                Problem("CAT-011", f"这里应有“{key}:”和它的列表", where=place.at(), remedy=f"写成 {key}: 换行 - {{…}}")
            )
            return
        for index, item in enumerate(items):
            spot = Place(place.file, place.lines, (key, index))
            thing = _validate(model, item, spot, problems)
            if thing is not None:
                _add(
                    getattr(pack, table), getattr(thing, "code", None) or thing.name, thing, spot, kind, pack, problems
                )

    return read


def _read_options(pack: Pack, data: Any, place: Place, problems: list[Problem]) -> None:
    """``{options: name, values: [choice or {name, code, …}]}``."""
    if isinstance(data, dict) and isinstance(data.get("values"), list):
        plain = [item if isinstance(item, dict) else {"name": str(item)} for item in data["values"]]
        data = {**data, "values": plain}
    options = _validate(OptionSetDef, data, place, problems)
    if options:
        _add(pack.options, options.name, options.values, place, "options", pack, problems)


def _read_one_of(kind: str, model: type[Any], table: str, key: str = "code") -> Any:
    """A reader of documents that declare one thing each, keyed by its code, or its name when it has none."""

    def read(pack: Pack, data: Any, place: Place, problems: list[Problem]) -> None:
        thing = _validate(model, data, place, problems)
        if thing is not None:
            _add(getattr(pack, table), getattr(thing, key, None) or thing.name, thing, place, kind, pack, problems)

    return read


def _read_calendar(pack: Pack, data: Any, place: Place, problems: list[Problem]) -> None:
    """``{days: {2026-05-08: 班, 2026-12-24: 休}}``."""
    declared = _validate(CalendarDef, data, place, problems)
    if declared is not None:
        pack.days.update({day: word == "班" for day, word in declared.days.items()})
        pack.notes.update(declared.notes)


def _read_roles(pack: Pack, data: Any, place: Place, problems: list[Problem]) -> None:
    """``{capabilities: {code: meaning}, posts: {name: {label, at, access, can}}}``."""
    declared = _validate(PostsDef, data, place, problems)
    if declared is None:
        return
    pack.capabilities.update(declared.capabilities)
    for name, body in declared.posts.items():
        spot = Place(place.file, place.lines, ("posts", name))
        role = _validate(RoleDef, {"name": name, **body}, spot, problems)
        if role:
            _add(pack.roles, name, role, spot, "role", pack, problems)


def _add(
    table: dict[str, Any], key: str, thing: Any, place: Place, kind: str, pack: Pack, problems: list[Problem]
) -> None:
    if key in table:
        first = pack.places[kind, key]
        problems.append(
            Problem("CAT-013", f"“{key}”已在 {first.at()} 声明过", where=place.at(), remedy="改名，或合并两处")
        )
        return
    table[key] = thing
    pack.places[kind, key] = place


READERS: dict[str, Any] = {
    "registers": _read_register,
    "indicators": _read_list("indicator", "indicators", IndicatorDef, "indicators"),
    "options": _read_options,
    "roles": _read_roles,
    "standards": _read_list("standard", "standards", StandardDef, "standards"),
    "quality": _read_list("quality", "quality", QualityDef, "quality"),
    "ladders": _read_one_of("ladder", LadderDef, "ladders"),
    "letters": _read_one_of("letter", LetterDef, "letters"),
    "appraisal": _read_one_of("scheme", SchemeDef, "schemes"),
    "dashboards": _read_one_of("dashboard", DashboardDef, "dashboards", key="name"),
    "calendar": _read_calendar,
    "reports": _read_list("report", "reports", ReportDef, "reports"),
}
