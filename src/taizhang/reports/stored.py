"""Blocks as JSON and back: what a report keeps of its text, so that a clerk can go on writing while numbers stay bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any, get_args

from taizhang.reports.blocks import Block, Control

KINDS: dict[str, type] = {kind.__name__: kind for kind in get_args(Block)}


def dump(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """JSON of blocks; a number is an object with its tag."""
    return [
        {"kind": type(block).__name__} | {field.name: _plain(getattr(block, field.name)) for field in fields(block)}
        for block in blocks
    ]


def load(stored: Iterable[dict[str, Any]]) -> tuple[Block, ...]:
    """The blocks of :func:`dump`'s JSON."""
    return tuple(
        KINDS[item["kind"]](**{key: _pieces(value) for key, value in item.items() if key != "kind"}) for item in stored
    )


def tags_of(stored: Any) -> Iterator[str]:
    """The tags of the numbers in :func:`dump`'s JSON, in reading order."""
    for item in stored.values() if isinstance(stored, dict) else stored:
        if isinstance(item, dict) and "tag" in item:
            yield item["tag"]
        elif isinstance(item, dict | list):
            yield from tags_of(item)


def _plain(value: Any) -> Any:
    if isinstance(value, Control):
        return {"text": value.text, "tag": value.tag, "alias": value.alias}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _pieces(value: Any) -> Any:
    if isinstance(value, dict):
        return Control(**value)
    return tuple(_pieces(item) for item in value) if isinstance(value, list) else value
