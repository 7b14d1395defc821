"""YAML with line numbers: what a person must see to mend a pack."""

from __future__ import annotations

from typing import Any

import yaml

from taizhang.kernel.errors import Problem

Path = tuple[str | int, ...]


# The C loader is ten times faster; PyYAML has it wherever a wheel could be installed.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str, file: str) -> tuple[Any, dict[Path, int]]:
    """The document and the line (1-based) of every value in it. Raises Problem with file:line on broken YAML."""
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise Problem("CAT-002", "文件是空的", where=file, remedy="删去该文件，或写入内容")
        lines: dict[Path, int] = {}
        _walk(node, (), lines, file)
        return loader.construct_document(node), lines
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark
        line = mark.line + 1 if mark else 1
        raise Problem(
            "CAT-001", f"YAML 写法有误：{broken.problem}", where=f"{file}:{line}",
            remedy="检查该行的缩进、冒号后的空格、引号和括号是否成对",
        ) from broken  # fmt: skip
    except yaml.YAMLError as broken:
        raise Problem(
            "CAT-001", f"YAML 无法读取：{broken}", where=file, remedy="文件须为 UTF-8 编码的 YAML"
        ) from broken
    finally:
        loader.dispose()


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of ``path``, or of the nearest thing around it."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int], file: str) -> None:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise Problem(
                    "CAT-003",
                    f"“{key.value}”写了两次",
                    where=f"{file}:{key.start_mark.line + 1}",
                    remedy="删去其中一处",
                )
            seen.add(key.value)
            _walk(value, (*path, key.value), lines, file)
            lines[(*path, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*path, index), lines, file)
