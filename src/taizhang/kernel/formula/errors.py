"""Errors of the formula language: what is wrong, at which character, and what to write instead."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection
from typing import Any

from taizhang.kernel.errors import Problem

_CONTEXT = 24  # characters shown on either side of the caret


class FormulaError(Problem):
    """A formula that cannot be used. ``position`` counts characters from 0; ``caret`` is two lines for a terminal."""

    def __init__(self, code: str, message: str, *, text: str, position: int, remedy: str = "") -> None:
        self.text, self.position = text, min(max(position, 0), len(text))
        super().__init__(
            f"formula.{code}",
            message,
            where=f"公式第 {self.position + 1} 个字符",
            remedy=remedy or "请对照公式说明改写",
        )

    @property
    def caret(self) -> str:
        """The piece of the formula around the error with ``^`` below it, aligned for wide characters."""
        start, end = max(0, self.position - _CONTEXT), min(len(self.text), self.position + _CONTEXT)
        head, tail = "…" if start else "", "…" if end < len(self.text) else ""
        piece = "".join(" " if ch.isspace() else ch for ch in self.text[start:end])
        shown = head + piece + tail
        before = shown[: len(head) + self.position - start]
        pad = "".join("\u3000" if unicodedata.east_asian_width(ch) in "WF" else " " for ch in before)
        return f"{shown}\n{pad}^"

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "position": self.position, "caret": self.caret}


def nearest(name: str, known: Collection[str]) -> str:
    """``您是不是想写“…”`` with the most similar known name, or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"您是不是想写“{close[0]}”?" if close else ""
