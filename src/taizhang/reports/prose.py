"""A block's text as a clerk edits it: free prose, and numbers as tokens ［2320人#12］ that may move or go, never change.

``#12`` is the binding's tag without its letter. Words that hold digits are declared where they stand: ［原文：…］.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from taizhang.kernel.errors import Problem
from taizhang.reports.blocks import Control, Runs
from taizhang.reports.bound import has_digit

TOKEN = re.compile(r"［(?:([^［］#]*)#(\d+)|原文：([^［］]*))］")
REMEDY = "数字请保留原来的［…#…］，名称和引文写成［原文：…］"


def editable(runs: Runs) -> str:
    """The text with its tokens."""
    return "".join(f"［{one.text}#{one.tag[1:]}］" if isinstance(one, Control) else one for one in runs)


def read_back(text: str, bindings: Mapping[str, Any], declared: Sequence[str]) -> tuple[Runs, list[str]]:
    """(pieces, newly declared words) of an edited text. Raises Problem, with the place, for a number that is changed,
    made up, or typed as plain text."""
    pieces: list[Any] = []
    words: list[str] = []
    prose, last = "", 0
    for match in TOKEN.finditer(text):
        shown, number, quoted = match.groups()
        prose += text[last : match.start()]
        last = match.end()
        if quoted is not None:
            words.append(quoted)
            prose += quoted
            continue
        pieces += [prose, _control(shown, f"b{number}", bindings, match.start())]
        prose = ""
    pieces.append(prose + text[last:])
    for piece in pieces:
        if isinstance(piece, str):
            _refuse_digits(piece, [*declared, *words], text)
    return tuple(piece for piece in pieces if piece != ""), words


def _control(shown: str, tag: str, bindings: Mapping[str, Any], at: int) -> Control:
    bound = bindings.get(tag)
    where = f"第 {at + 1} 字"
    if bound is None:
        raise Problem(
            "RPT-041", f"没有编号为 {tag[1:]} 的数字", where=where, remedy="编号请勿改动；删去这一处，或放弃修改"
        )
    if shown != bound["shown"]:
        said = f"数字不能改写：“{shown}”应为“{bound['shown']}”"
        raise Problem("RPT-040", said, where=where, remedy="数字有误请先改台账，再重新写稿")
    return Control(shown, tag, bound.get("label", ""))


def _refuse_digits(prose: str, declared: Sequence[str], whole: str) -> None:
    rest = prose
    for words in sorted(declared, key=len, reverse=True):
        rest = rest.replace(words, "\u3000" * len(words))
    if "［" in rest or "］" in rest:
        raise Problem("RPT-042", "有不完整的［…］", where=f"第 {whole.find('［') + 1} 字", remedy=REMEDY)
    if not has_digit(rest):
        return
    at = next(index for index, char in enumerate(rest) if has_digit(char))
    around = prose[max(0, at - 6) : at + 8].strip()
    place = whole.find(prose) + at + 1
    raise Problem("RPT-001", f"正文里有没有出处的数字：“{around}”", where=f"第 {place} 字", remedy=REMEDY)
