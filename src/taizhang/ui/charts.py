"""Turns figures into what the browser draws and into the table that stands behind every chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taizhang.ui.formats import Number, number_text, to_decimal

KINDS = ("bar", "hbar", "line", "small")


def prepared(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The chart's JSON: ``data`` with plain floats and null where a value is missing.

    ``data``: ``title``, ``unit``, ``categories``, ``series`` [{``name``, ``values``}], and, when wanted, ``decimals``,
    ``percent`` (values are ratios), ``target`` {``label``, ``value``}, ``short`` (categories as a narrow drawing writes them). Kind ``small`` draws one panel per series on one scale.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown chart kind {kind!r}: one of {', '.join(KINDS)}")
    factor = 100 if data.get("percent") else 1
    chart = {
        "kind": kind,
        "title": data["title"],
        "unit": "%" if data.get("percent") else data.get("unit", ""),
        "decimals": data.get("decimals", 0),
        "categories": [str(category) for category in data.get("short") or data["categories"]],
        "series": [
            {"name": series["name"], "values": [_plotted(value, factor) for value in series["values"]]}
            for series in data["series"]
        ],
    }
    if target := data.get("target"):
        chart["target"] = {"label": target["label"], "value": _plotted(target["value"], factor)}
    return chart


def table_of(data: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """One row per category with the exact values of every series as text."""
    factor = 100 if data.get("percent") else 1
    columns = [
        [_written(value, factor, data.get("decimals")) for value in series["values"]] for series in data["series"]
    ]
    return [(str(category), list(values)) for category, *values in zip(data["categories"], *columns, strict=True)]


def sparkline(values: Sequence[Number], width: int = 96, height: int = 20) -> list[str]:
    """SVG point lists of a small line; a missing value breaks the line in two."""
    exact = [to_decimal(value) for value in values]
    known = [float(value) for value in exact if value is not None]
    if not known:
        return []
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = (width - 4) / max(len(exact) - 1, 1)
    lines: list[list[str]] = [[]]
    for index, value in enumerate(exact):
        if value is None:
            lines.append([])
        else:
            y = height - 3 - (float(value) - low) / span * (height - 6)
            lines[-1].append(f"{2 + index * step:.1f},{y:.1f}")
    # A year between two gaps still shows: a line to itself is drawn as a dot.
    return [" ".join(points if len(points) > 1 else points * 2) for points in lines if points]


def _plotted(value: Number, factor: int) -> float | None:
    exact = to_decimal(value)
    return None if exact is None else float(exact * factor)


def _written(value: Number, factor: int, decimals: int | None) -> str:
    exact = to_decimal(value)
    return number_text(None if exact is None else exact * factor, decimals)
