"""A register's document as text and as data: the desk's forms and the YAML source change one and the same thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import yaml

from taizhang.catalog import positions

Data = dict[str, Any]
Path = tuple[str, ...]
# Lists whose items stand one to a line, as a person writes them.
ITEM_LISTS: dict[str, Path] = {
    "fields": ("fields",),
    "checks": ("checks",),
    "transitions": ("lifecycle", "transitions"),
    "deadlines": ("lifecycle", "deadlines"),
    "indicators": ("indicators",),
    "removed": ("removed",),
    "values": ("values",),
    "rungs": ("steps",),
    "tiles": ("tiles",),
}
STATE_RULES = ("required", "readonly", "hidden")  # what a state may ask of the fields
# The order of a document's keys; keys that are not here follow in the order they were written in.
ORDER = (
    "register", "name", "label", "description", "system", "line", "kind", "owner", "number", "title", "dated_by",
    "parent", "period", "dimensions", "sections", "list", "fields", "checks", "no_repeat", "lifecycle", "access", "shared_with",
    "task_origin", "indicators",
    "removed", "retired",
)  # fmt: skip


class _OneLine(dict):
    """A mapping that is written ``{name: …, type: …}``."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


_Dumper.add_representer(
    _OneLine, lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)
)
_Dumper.add_representer(
    list,
    lambda dumper, value: dumper.represent_sequence(
        "tag:yaml.org,2002:seq", value, flow_style=not any(isinstance(item, dict) for item in value)
    ),
)


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    """A text of several lines stands as it is read, line by line."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _string)


def load(text: str, path: str = "") -> Data:
    """The document's data. Raises Problem with the line where the text is no YAML; a text that is no mapping is empty."""
    data, _ = positions.parse(text, path)
    return data if isinstance(data, dict) else {}


def dump(data: Mapping[str, Any]) -> str:
    """The text of a document: one item a line, keys in the usual order. Comments do not survive this way."""
    ordered = {key: data[key] for key in (*ORDER, *data) if key in data}
    for path in ITEM_LISTS.values():
        around = ordered
        if len(path) == 2:
            if not isinstance(ordered.get(path[0]), dict):
                continue
            around = ordered[path[0]] = dict(ordered[path[0]])
        items = around.get(path[-1])
        if isinstance(items, list):
            around[path[-1]] = [_OneLine(item) if isinstance(item, dict) else item for item in items]
    if isinstance(ordered.get("access"), dict):
        ordered["access"] = {
            role: _OneLine(scopes) if isinstance(scopes, dict) else scopes for role, scopes in ordered["access"].items()
        }
    life = ordered.get("lifecycle")
    if isinstance(life, dict) and isinstance(life.get("states"), dict):
        ordered["lifecycle"] = {**life, "states": _OneLine(life["states"])}
    return yaml.dump(ordered, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=4000)


def items(data: Mapping[str, Any], part: str) -> list[Data]:
    """The items of a list of the document, in order; states as {name, category}, with what they ask of the fields."""
    if part == "states":
        return _states(_inside(data, "lifecycle"))
    found: Any = data
    for key in ITEM_LISTS[part]:
        found = found.get(key) if isinstance(found, dict) else None
    if part == "values" and isinstance(found, list):
        found = [item if isinstance(item, dict) else {"name": str(item)} for item in found]
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def with_items(data: Mapping[str, Any], part: str, new: list[Data]) -> Data:
    """The document with a list replaced; an empty list leaves its key out."""
    if part == "states":
        life = dict(_inside(data, "lifecycle"))
        life["states"] = {item["name"]: item["category"] for item in new}
        rules = {item["name"]: {key: item[key] for key in STATE_RULES if item.get(key)} for item in new}
        life |= {"in_state": {name: asked for name, asked in rules.items() if asked},
                 "standing": [item["name"] for item in new if item.get("standing")]}  # fmt: skip
        life = {key: value for key, value in life.items() if value or key not in ("in_state", "standing")}
        if life.get("initial") not in life["states"]:
            life["initial"] = next(iter(life["states"]), "")
        return {**data, "lifecycle": life} if new else {key: data[key] for key in data if key != "lifecycle"}
    path = ITEM_LISTS[part]
    around = dict(data) if len(path) == 1 else dict(_inside(data, path[0]))
    around.pop(path[-1], None)
    if new or part == "fields":
        around[path[-1]] = new
    return around if len(path) == 1 else {**data, path[0]: around}


def _states(life: Data) -> list[Data]:
    """The states of a lifecycle, each with its rules for fields and whether it is standing."""
    asked, standing, found = _inside(life, "in_state"), life.get("standing") or [], []
    standing = [standing] if isinstance(standing, str) else standing
    for name, kind in _inside(life, "states").items():
        rules = {key: value for key, value in _inside(asked, name).items() if key in STATE_RULES and value}
        found.append({"name": name, "category": kind, **rules, **({"standing": True} if name in standing else {})})
    return found


def bury(data: Mapping[str, Any], name: str, type_: str, since: date) -> Data:
    """The document without a released field, its name on the list of the names that are never used again."""
    left = with_items(data, "fields", [item for item in items(data, "fields") if item.get("name") != name])
    if isinstance(left.get("list"), list):
        left["list"] = [column for column in left["list"] if column != name]
        if not left["list"]:
            del left["list"]
    tomb = {"name": name, "type": type_, "since": since.isoformat()}
    return with_items(left, "removed", [*items(data, "removed"), tomb])


def item_lines(text: str, part: str) -> list[tuple[int, int]]:
    """(first line, line after the last) of each item of a list, so that a fault can be shown beside its item."""
    if part == "states":
        return []
    _, lines = positions.parse(text, "")
    path = ITEM_LISTS[part]
    starts = list(_starts(lines, path))
    end = min(
        (line for at, line in lines.items() if starts and line > starts[-1] and at[: len(path)] != path), default=10**6
    )
    return list(zip(starts, [*starts[1:], end], strict=True)) if starts else []


def _starts(lines: Mapping[positions.Path, int], path: Path) -> Iterator[int]:
    index = 0
    while (*path, index) in lines:
        yield lines[(*path, index)]
        index += 1


def _inside(data: Mapping[str, Any], key: str) -> Data:
    found = data.get(key)
    return found if isinstance(found, dict) else {}
