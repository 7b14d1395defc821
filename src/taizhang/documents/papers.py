"""Letters as drawn: how one looks belongs to a later stage, which registers its renderer here under a stable key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from taizhang.kernel.errors import Problem


@dataclass(frozen=True, slots=True)
class Paper:
    """A letter as drawn: the file and the same for the screen."""

    title: str
    docx: bytes
    html: str


# The renderer's style sheet for its screen form, as a static file.
STYLES: dict[str, str] = {}
# key "letters.docx": (template's text, its file, values, issuer) → Paper
RENDERERS: dict[str, Callable[..., Paper]] = {}


def draw_letter(source: str, file: str, values: Mapping[str, Any], issuer: str) -> Paper:
    """Fill a letter's template. Raises Problem for a fault of it, and where no stage draws letters."""
    draw = RENDERERS.get("letters.docx")
    if draw is None:
        raise Problem("REG-166", "系统没有装文书的排版功能", remedy="请管理员检查安装")
    return draw(source, file, values, issuer)
