"""The names of the icons that pages may use."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def names() -> frozenset[str]:
    """All names in icons.txt; # starts a remark."""
    lines = (Path(__file__).parent / "icons.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines for name in line.partition("#")[0].split())
